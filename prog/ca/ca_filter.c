#include <inttypes.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hex.h"
#include "ca/ca.h"
#include "ca/ca_commands.h"
#include "ca/filtercoverage.h"
#include "ca/filterlist.h"
#include "shared/deadline.h"
#include "shared/processors.h"

#define PROGRESS_MS 250 /* between two lines of progress */

struct filter {
    const struct args *a;
    struct out *o;
    struct filterlist known, revoked;
    struct writ_clubcard_enrolled *issuers; /* owned; as the groups of known */
    struct filtercoverage coverage;
    struct writ_clubcard_source source;
    struct writ_buffer file;
    unsigned version;
    unsigned threads;

    const char *doing; /* what the progress is about */
    int64_t began;     /* when (shared/deadline.h) */
    int64_t told;      /* when progress was last told */
};

/* ----------------------------------------------------------------------------------- sources */

static int walk(void *arg, size_t issuer, enum writ_clubcard_list list, writ_clubcard_visit *visit,
                void *to, struct writ_error *e)
{
    const struct filter *f = arg;
    const struct filterlist_group *group = &f->known.groups[issuer];

    if (list == WRIT_CLUBCARD_KNOWN)
        return filterlist_walk(&f->known, group, visit, to, e);
    group = filterlist_find(&f->revoked, group->id);
    return group == NULL ? 0 : filterlist_walk(&f->revoked, group, visit, to, e);
}

static int fail_first(void *to, struct writ_span serial, struct writ_error *e)
{
    char id[2 * WRIT_CLUBCARD_ISSUER + 1];

    (void)serial;
    writ_hex_format(WRIT_SPAN(to, WRIT_CLUBCARD_ISSUER), id);
    return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                     "issuer %s has revoked certificates, and no list of known ones", id);
}

/* Names the file, or the line in it where such an issuer first stands. */
static int fail_unknown_issuer(const struct filter *f, const struct filterlist_group *group,
                               struct writ_error *e)
{
    char shown[FILE_SHOWN_MAX];

    if (group->name == NULL)
        return filterlist_walk(&f->revoked, group, fail_first, (void *)(uintptr_t)group->id, e);
    return writ_fail(e, WRIT_FAULT_BAD_INPUT, "%s/%s: this issuer has no list of known ones",
                     file_shown(f->revoked.path, shown), group->name);
}

static int check_issuers(const struct filter *f, struct writ_error *e)
{
    char shown[FILE_SHOWN_MAX];

    if (f->known.count == 0)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "%s: there is no issuer in it",
                         file_shown(f->known.path, shown));
    for (size_t i = 0; i < f->revoked.count; i++) {
        if (filterlist_find(&f->known, f->revoked.groups[i].id) == NULL)
            return fail_unknown_issuer(f, &f->revoked.groups[i], e);
    }
    return 0;
}

static void tell_progress(void *arg, uint64_t done, uint64_t total)
{
    struct filter *f = arg;
    int64_t now = deadline_now(), spent = now - f->began;
    double rate = spent > 0 ? (double)done / (double)spent : 0;

    if (now - f->told < PROGRESS_MS || rate <= 0)
        return;
    f->told = now;
    out_progress(f->o,
                 "%s: %" PRIu64 " of %" PRIu64 " certificates, %.2f million a second, %.0f s left",
                 f->doing, done, total, rate / 1000, (double)(total - done) / rate / 1000);
}

static void begin_progress(struct filter *f, const char *doing)
{
    f->doing = doing;
    f->began = deadline_now();
    f->told = f->began - PROGRESS_MS;
}

static int make_source(struct filter *f, struct writ_error *e)
{
    if (check_issuers(f, e) < 0)
        return -1;
    f->issuers = calloc(f->known.count, sizeof f->issuers[0]);
    if (f->issuers == NULL)
        return writ_fail_memory(e);
    for (size_t i = 0; i < f->known.count; i++) {
        const struct filterlist_group *known = &f->known.groups[i];
        const struct filterlist_group *revoked = filterlist_find(&f->revoked, known->id);

        memcpy(f->issuers[i].id, known->id, sizeof known->id);
        f->issuers[i].known = known->count;
        f->issuers[i].revoked = revoked == NULL ? 0 : revoked->count;
    }
    f->source = (struct writ_clubcard_source){
        .issuers = f->issuers,
        .count = f->known.count,
        .arg = f,
        .walk = walk,
        .progress = tell_progress,
    };
    return 0;
}

/* ------------------------------------------------------------------------------- a CA's store */

/* The issuers by their ids in the store, which count from 1. */
struct store_walk {
    struct filter *f;
    uint8_t (*spki)[WRIT_CLUBCARD_ISSUER]; /* owned */
    size_t room;
};

static int remember_issuer(struct store_walk *w, const struct castore_certificate *c,
                           struct writ_error *e)
{
    if ((uint64_t)c->id >= w->room) {
        size_t room = 2 * (size_t)c->id + 16;
        uint8_t(*grown)[WRIT_CLUBCARD_ISSUER] = realloc(w->spki, room * sizeof grown[0]);

        if (grown == NULL)
            return writ_fail_memory(e);
        w->spki = grown;
        w->room = room;
    }
    memcpy(w->spki[c->id], c->spki_hash, WRIT_CLUBCARD_ISSUER);
    return filterlist_enrol(&w->f->known, c->spki_hash, e);
}

/* An issuer stands in the store before what it issued. */
static int visit_certificate(void *arg, const struct castore_certificate *c, struct writ_error *e)
{
    struct store_walk *w = arg;
    struct writ_span serial = WRIT_SPAN(c->serial, c->serial_n);

    if ((c->role == CASTORE_ROOT || c->role == CASTORE_INTERMEDIATE) &&
        remember_issuer(w, c, e) < 0)
        return -1;
    if (c->issuer == 0)
        return 0;
    if (c->issuer < 0 || (uint64_t)c->issuer >= w->room)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                         "the CA's store is damaged: an issuer is missing");
    if (filterlist_add(&w->f->known, w->spki[c->issuer], serial, 0, e) < 0)
        return -1;
    return c->revoked ? filterlist_add(&w->f->revoked, w->spki[c->issuer], serial, 0, e) : 0;
}

static int read_store(struct filter *f, struct writ_error *e)
{
    struct store_walk w = {.f = f};
    struct ca ca = {0};
    int rc = -1;

    if (filterlist_begin(&f->known, e) == 0 && filterlist_begin(&f->revoked, e) == 0 &&
        ca_open_read(f->a, &ca, e) == 0)
        rc = castore_certificate_each(ca.store, visit_certificate, &w, e);
    filterlist_end(&f->known);
    filterlist_end(&f->revoked);
    ca_close(&ca);
    free(w.spki);
    return rc;
}

/* ----------------------------------------------------------------------------------- the work */

static int check_options(const struct args *a, struct writ_error *e)
{
    bool lists = args_value(a, "known") != NULL || args_value(a, "revoked") != NULL;

    if (args_flag(a, "ca") && lists)
        return args_fail(a, e,
                         "--ca takes both lists from the CA; --known and --revoked name them");
    if (!args_flag(a, "ca") && (args_value(a, "known") == NULL || args_value(a, "revoked") == NULL))
        return args_fail(a, e, "wanted --known and --revoked, or --ca");
    return 0;
}

static int read_lists(struct filter *f, struct writ_error *e)
{
    if (args_flag(f->a, "ca"))
        return read_store(f, e);
    out_progress(f->o, "reading %s", args_value(f->a, "known"));
    if (filterlist_read(args_value(f->a, "known"), "known", "revoked", &f->known, e) < 0)
        return -1;
    return filterlist_read(args_value(f->a, "revoked"), "revoked", "known", &f->revoked, e);
}

/* What is written is what was asked: every byte comes back from the file before it gets its name.
 */
static int check_written(int fd, struct writ_span wanted, struct writ_error *e)
{
    struct writ_span found;
    struct stat st;
    bool same;

    if (fstat(fd, &st) < 0 || file_map(fd, (size_t)st.st_size, &found, e) < 0)
        return writ_fail(e, WRIT_FAULT_IO, "cannot read the file that was written");
    same = writ_span_equal(wanted, found);
    file_unmap(&found);
    return same ? 0 : writ_fail(e, WRIT_FAULT_IO, "the disk has not kept what was written");
}

/* What killed builds have left beside the file goes. */
static void sweep(const char *path)
{
    struct writ_error ignored = {0};
    char *copy = strdup(path);

    if (copy != NULL)
        (void)!file_sweep_temps(dirname(copy), &ignored);
    free(copy);
}

static int write_file(const struct filter *f, struct writ_error *e)
{
    const char *path = args_value(f->a, "out");
    struct writ_span bytes = writ_buffer_span(&f->file);
    struct file_replace r = FILE_REPLACE_NONE;
    int rc = file_replace_begin(path, &r, e);

    if (rc == 0)
        rc = file_write(r.fd, path, bytes, e);
    if (rc == 0)
        rc = check_written(r.fd, bytes, e);
    if (rc == 0)
        rc = file_replace_commit(&r, 0644, e);
    file_replace_abort(&r);
    sweep(path);
    return rc;
}

static int verify(struct filter *f, struct writ_error *e)
{
    struct writ_clubcard card;
    int rc;

    begin_progress(f, "looking up");
    if (writ_clubcard_open(writ_buffer_span(&f->file), &card, e) < 0)
        return -1;
    rc = writ_clubcard_check(&card, e);
    if (rc == 0)
        rc = writ_clubcard_verify(&f->source, &card, f->threads, e);
    writ_clubcard_close(&card);
    return rc;
}

static int build(struct filter *f, struct writ_error *e)
{
    const char *coverage = args_value(f->a, "coverage");

    if (coverage != NULL && filtercoverage_read(coverage, &f->coverage, e) < 0)
        return -1;
    if (read_lists(f, e) < 0 || make_source(f, e) < 0)
        return -1;
    begin_progress(f, "building");
    if (writ_clubcard_build(&f->source, f->coverage.logs, f->coverage.count, f->version, f->threads,
                            &f->file, e) < 0 ||
        verify(f, e) < 0)
        return -1;
    return f->a->dry_run ? 0 : write_file(f, e);
}

static void tell_json(const struct filter *f, const char *format)
{
    struct writ_emit *m = out_emit(f->o);

    writ_emit_string(m, "file", args_value(f->a, "out"));
    writ_emit_string(m, "format", format);
    writ_emit_unsigned(m, "bytes", f->file.n);
    writ_emit_unsigned(m, "issuers", f->known.count);
    writ_emit_unsigned(m, "known", f->known.total);
    writ_emit_unsigned(m, "revoked", f->revoked.total);
    writ_emit_unsigned(m, "logs", f->coverage.count);
    writ_emit_flag(m, "dry_run", f->a->dry_run);
}

static void tell(const struct filter *f)
{
    const char *format = f->version == 4 ? "clubcard4" : "clubcard3";

    if (f->coverage.left_out > 0)
        out_note(f->o, "%zu log%s left out: nothing of %s is covered", f->coverage.left_out,
                 f->coverage.left_out == 1 ? " is" : "s are",
                 f->coverage.left_out == 1 ? "it" : "them");
    if (f->coverage.count == 0)
        out_note(f->o, "without --coverage the filter covers nothing: only writ filter query, "
                       "without timestamps, gets answers from it");
    if (f->a->json) {
        tell_json(f, format);
        return;
    }
    out_say(f->o,
            "%s %s: %s, %zu bytes; %zu issuer%s, %" PRIu64 " certificate%s, %" PRIu64
            " of them revoked; each was looked up in it",
            f->a->dry_run ? "would write" : "wrote", args_value(f->a, "out"), format, f->file.n,
            f->known.count, f->known.count == 1 ? "" : "s", f->known.total,
            f->known.total == 1 ? "" : "s", f->revoked.total);
}

static void filter_free(struct filter *f)
{
    filterlist_free(&f->known);
    filterlist_free(&f->revoked);
    filtercoverage_free(&f->coverage);
    writ_buffer_free(&f->file);
    free(f->issuers);
}

int ca_filter_build(const struct args *a, struct out *o)
{
    struct filter f = {.a = a, .o = o, .known = FILTERLIST_NONE, .revoked = FILTERLIST_NONE};
    struct writ_error e = {0};
    int64_t threads = 1;
    int status = 0;

    f.version = args_choice(a, "format", 0) == 0 ? 4 : 3;
    if (check_options(a, &e) == 0 &&
        args_number(a, "threads", 1, WRIT_CLUBCARD_THREADS_MAX, processors(), &threads, &e) == 0)
        f.threads = (unsigned)threads;
    if (e.fault != WRIT_FAULT_NONE || build(&f, &e) < 0)
        status = out_fault(o, &e);
    else
        tell(&f);
    filter_free(&f);
    return status;
}
