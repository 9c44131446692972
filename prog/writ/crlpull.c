#include "writ/crlpull.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/time.h"
#include "bytes/build.h"
#include "bytes/cursor.h"
#include "bytes/pem.h"
#include "crypto/digest.h"
#include "evidence/crllist.h"
#include "evidence/crlsource.h"
#include "shared/crlrecord.h"
#include "shared/fetcher.h"
#include "shared/file.h"
#include "shared/jail.h"
#include "writ/crlfile.h"
#include "writ/filterdir.h"

#define PINNED_MAX     CERTFILE_BYTES_MAX
#define FLOOR_TIME     "crl"        /* collections of a floor: thisUpdate, and */
#define FLOOR_NUMBER   "crl-number" /* the CRL number, where 63 bits hold it */
#define FLOOR_NAME_MAX (2 * WRIT_SHA256_BYTES + 1)

/* A pull that is going on. */
struct work {
    const struct crlpull *p;
    struct crlpull_result *result;
    struct filterdir dir;  /* for its path, lock and small files */
    struct crlrecord here; /* what was taken over last */
    bool is_here;
    struct certfile kept; /* pinned certificates, when they are read from the disk */
    const struct certfile *pinned;
    struct crlfile file; /* of a CRL on this machine */
    int fd;              /* of one that was fetched */
    struct writ_span map, bytes;
    char etag[CRLRECORD_ETAG_MAX];
    bool not_modified;
    struct writ_buffer found; /* what the jail says: claims, then the table */
    struct crlrecord record;  /* the record to be */
    struct writ_span table;
};

/* ----------------------------------------------------------------------------------- pinned */

static void add_pinned(struct writ_buffer *out, const struct certfile *pinned)
{
    for (size_t i = 0; i < pinned->count; i++)
        writ_pem_build(out, "CERTIFICATE", pinned->cert[i]);
}

static int fingerprint_of(struct writ_span bytes, char text[TRUST_FINGERPRINT_TEXT],
                          struct writ_error *e)
{
    uint8_t hash[WRIT_SHA256_BYTES];

    if (writ_sha256(bytes, hash, e) < 0)
        return -1;
    writ_hex_format(WRIT_SPAN_OF(hash), text);
    return 0;
}

int crlpull_fingerprint(const struct certfile *pinned, char text[TRUST_FINGERPRINT_TEXT],
                        struct writ_error *e)
{
    struct writ_buffer bytes = {0};
    int rc;

    add_pinned(&bytes, pinned);
    rc = writ_buffer_check(&bytes, e);
    if (rc == 0)
        rc = fingerprint_of(writ_buffer_span(&bytes), text, e);
    writ_buffer_free(&bytes);
    return rc;
}

/* The source's own file says which certificates are pinned, by their hash. */
static int read_pinned(struct work *w, struct writ_error *e)
{
    struct writ_buffer bytes = {0};
    char text[TRUST_FINGERPRINT_TEXT];
    int rc = 0;

    w->pinned = w->p->pinned;
    if (w->pinned != NULL)
        return 0;
    if (filterdir_read(&w->dir, CRLRECORD_PINNED, PINNED_MAX, &bytes, e) < 0 ||
        fingerprint_of(writ_buffer_span(&bytes), text, e) < 0)
        rc = -1;
    else if (strcmp(text, w->p->source->fingerprint) != 0)
        rc = writ_fail(e, WRIT_FAULT_IO,
                       "the pinned certificates are not those that it was added with; remove the "
                       "source and add it again");
    else
        rc = certfile_parse(writ_buffer_span(&bytes), CRLRECORD_PINNED, &w->kept, e);
    w->pinned = &w->kept;
    writ_buffer_free(&bytes);
    return rc;
}

/* --------------------------------------------------------------------------------- directory */

/* A record that is damaged is as good as none: what must not go back stands elsewhere, too. */
static void read_record(struct work *w)
{
    struct writ_buffer text = {0};
    struct writ_error ignored = {0};

    if (filterdir_read(&w->dir, CRLRECORD_NAME, CRLRECORD_MAX, &text, &ignored) == 0 && text.n > 0)
        w->is_here = crlrecord_parse(writ_buffer_span(&text), &w->here, &ignored) == 0;
    writ_buffer_free(&text);
}

static int open_dir(struct work *w, struct writ_error *e)
{
    struct writ_buffer path = {0};
    char *name = filterdir_join(CRLRECORD_CRLS, w->p->source->name, e), *lock = NULL;
    int rc = name == NULL ? -1 : 0;

    w->dir = (struct filterdir){
        .places = w->p->places, .source = w->p->source, .lock = -1, .files_lock = -1};
    if (rc == 0 && w->p->dry_run)
        places_path(&path, w->p->places->write, name);
    else if (rc == 0)
        rc = places_make(w->p->places, name, &path, e);
    if (rc == 0) {
        w->dir.path = strdup(writ_buffer_string(&path));
        rc = w->dir.path == NULL ? writ_fail_memory(e) : 0;
    }
    if (rc == 0 && !w->p->dry_run) {
        lock = filterdir_join(w->dir.path, "lock", e);
        w->dir.lock = lock == NULL ? -1 : file_lock(lock, CRLPULL_LOCK_SECONDS, e);
        rc = w->dir.lock < 0 ? -1 : file_sweep_temps(w->dir.path, e);
    }
    free(lock);
    free(name);
    writ_buffer_free(&path);
    if (rc == 0)
        read_record(w);
    return rc;
}

/* ----------------------------------------------------------------------------------- fetching */

/* True when the table that stands can be asked: only then "not modified" is good news. */
static bool stands_whole(const struct work *w)
{
    char name[CRLRECORD_TABLE_MAX];
    struct writ_error ignored = {0};
    struct stat st;
    char *path;
    bool whole;

    if (!w->is_here)
        return false;
    crlrecord_table_name(&w->here, name);
    path = filterdir_join(w->dir.path, name, &ignored);
    whole = path != NULL && lstat(path, &st) == 0 && filterrecord_is_same(&w->here.table, &st);
    free(path);
    return whole;
}

static int ask(struct work *w, struct writ_error *e)
{
    bool same = stands_whole(w) && strcmp(w->p->location, w->p->source->location) == 0;
    struct fetcher_request what = {.url = w->p->location,
                                   .ceiling = CRLPULL_BYTES_MAX,
                                   .etag = same ? w->here.etag : "",
                                   .deadline_ms = CRLPULL_DEADLINE_MS};
    struct fetcher_answer answer = {0};
    struct writ_error ignored = {0};
    int rc;

    w->fd = memfd_create("writ", MFD_CLOEXEC);
    if (w->fd < 0)
        return writ_fail_errno(e, WRIT_FAULT_IO, errno, "cannot make room for the CRL");
    rc = fetcher_ask(&what, w->fd, &answer, e);
    if (answer.wait_seconds > 0 && !w->p->dry_run)
        (void)!filterdir_set_wait(&w->dir, w->p->location, w->p->now, answer.wait_seconds,
                                  &ignored);
    w->not_modified = rc == 0 && answer.not_modified;
    (void)snprintf(w->etag, sizeof w->etag, "%s", answer.etag);
    return rc;
}

static int fetch(struct work *w, struct writ_error *e)
{
    off_t size;

    if (!fetcher_is_url(w->p->location)) {
        if (crlfile_open(w->p->location, &w->file, e) < 0)
            return -1;
        w->bytes = w->file.bytes;
        return 0;
    }
    if (filterdir_check_wait(&w->dir, w->p->location, w->p->now, e) < 0 || ask(w, e) < 0)
        return -1;
    if (w->not_modified)
        return 0;
    size = lseek(w->fd, 0, SEEK_END);
    if (size < 0)
        return writ_fail_errno(e, WRIT_FAULT_IO, errno, "what was fetched");
    if (file_map(w->fd, (size_t)size, &w->map, e) < 0)
        return -1;
    w->bytes = w->map;
    return 0;
}

/* ------------------------------------------------------------------------------- in the jail */

/* The IDP as it is kept: the whole SEQUENCE. */
static int keep_idp(const struct writ_crl *crl, struct crlrecord *r, struct writ_error *e)
{
    struct writ_build b = {0};
    int rc;

    if (!crl->has_idp)
        return 0;
    writ_build_element(&b, WRIT_DER_SEQUENCE, crl->idp.der);
    rc = writ_build_finish_into(&b, &r->idp_bytes, e);
    if (rc == 0 && r->idp_bytes.n > CRLRECORD_IDP_MAX)
        rc = writ_fail(e, WRIT_FAULT_BAD_INPUT, "an issuing distribution point of %zu bytes",
                       r->idp_bytes.n);
    r->has_idp = true;
    r->idp = writ_buffer_span(&r->idp_bytes);
    return rc;
}

static int keep_claims(const struct writ_crl *crl, const struct writ_crl_list *list,
                       const struct writ_cert *signer, struct crlrecord *r, struct writ_error *e)
{
    r->this_update = crl->this_update;
    r->has_next_update = crl->has_next_update;
    r->next_update = crl->next_update;
    r->keeps_expired = crl->has_expired_certs;
    r->expired_since = crl->expired_certs;
    r->number_n = crl->number.n;
    if (crl->number.n > 0)
        memcpy(r->number, crl->number.p, crl->number.n);
    r->entries = list->entries;
    r->others = list->others;
    r->crl_size = crl->der.n;
    if (keep_idp(crl, r, e) < 0 || writ_sha256(signer->key.spki, r->signer, e) < 0)
        return -1;
    return writ_sha256(crl->der, r->crl, e);
}

/* What the jail is given, and collects. */
struct reading {
    const struct work *w;
    struct writ_buffer *answer;
    size_t count; /* CRLs in the file */
};

static int read_one(struct writ_span der, void *into, struct writ_error *e)
{
    struct reading *r = into;
    const struct certfile *pinned = r->w->pinned;
    struct writ_cert cert[WRIT_CRL_PINNED_MAX];
    struct crlrecord record = {0};
    struct writ_crl_list list;
    struct writ_buffer table = {.ceiling = WRIT_TABLE_MAX};
    struct writ_crl crl;
    int rc = -1;

    if (r->count++ > 0)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "more than one CRL; a source has one");
    for (size_t i = 0; i < pinned->count; i++) {
        if (writ_cert_parse(pinned->cert[i], &cert[i], e) < 0)
            return -1;
    }
    if (writ_crl_parse(der, &crl, e) == 0 &&
        writ_crl_list_build(&crl, cert, pinned->count, &list, &table, e) == 0 &&
        keep_claims(&crl, &list, &cert[list.signer], &record, e) == 0) {
        crlrecord_add_claims(r->answer, &record);
        writ_buffer_add(r->answer, writ_buffer_span(&table));
        rc = writ_buffer_check(r->answer, e);
    }
    writ_buffer_free(&table);
    crlrecord_free(&record);
    return rc;
}

static int read_in_jail(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    struct reading r = {.w = argument, .answer = answer};

    return crlfile_each(r.w->bytes, read_one, &r, e);
}

/* What comes back is parsed like a stranger's, and the table read whole. */
static int read_crl(struct work *w, struct writ_error *e)
{
    struct jail limits = {.answer_bytes = WRIT_TABLE_MAX + CRLRECORD_MAX};
    struct writ_cursor c;
    struct writ_table table;

    if (jail_run(&limits, read_in_jail, w, &w->found, e) < 0)
        return -1;
    c = writ_cursor_over(writ_buffer_span(&w->found), e);
    if (crlrecord_take_claims(&c, &w->record) < 0)
        return -1;
    w->table = WRIT_SPAN(c.at, c.left);
    (void)snprintf(w->record.etag, sizeof w->record.etag, "%s", w->etag);
    if (writ_table_open(w->table, &table, e) < 0 || writ_table_check(&table, e) < 0)
        return -1;
    return writ_sha256(w->table, w->record.table.hash, e);
}

/* ----------------------------------------------------------------------------- never back */

static bool is_same_crl(const struct work *w)
{
    return w->is_here && memcmp(w->here.crl, w->record.crl, sizeof w->here.crl) == 0;
}

static struct writ_span number_of(const struct crlrecord *r)
{
    return WRIT_SPAN(r->number, r->number_n);
}

/* What stands on this device from this source. */
static int check_after(const struct work *w, struct writ_error *e)
{
    const struct crlrecord *then = &w->here, *now = &w->record;
    int order = writ_crl_number_compare(number_of(now), number_of(then));
    char was[WRIT_TIME_TEXT], is[WRIT_TIME_TEXT];

    if (!w->is_here || is_same_crl(w))
        return 0;
    writ_time_format(then->this_update, was);
    writ_time_format(now->this_update, is);
    if (now->has_idp != then->has_idp || (now->has_idp && !writ_span_equal(now->idp, then->idp)))
        return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                         "the CRL has another scope (issuingDistributionPoint) than the one that "
                         "stands; if its CA meant that, remove the source and add it again");
    if (order < 0)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                         "the CRL has a lower number than the one that stands");
    if (now->this_update < then->this_update)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "the CRL is of %s, the one that stands of %s", is,
                         was);
    if (order == 0 && now->this_update == then->this_update)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                         "two different CRLs of %s that claim to be the same one", is);
    return 0;
}

/* A floor is of an issuer's key and a scope, whatever the source is called. */
static int floor_name(const struct crlrecord *r, char name[FLOOR_NAME_MAX], struct writ_error *e)
{
    struct writ_buffer bytes = {0};
    uint8_t hash[WRIT_SHA256_BYTES];
    int rc;

    writ_buffer_add(&bytes, WRIT_SPAN_OF(r->signer));
    writ_buffer_add(&bytes, r->has_idp ? r->idp : WRIT_SPAN_NONE);
    rc = writ_buffer_check(&bytes, e);
    if (rc == 0)
        rc = writ_sha256(writ_buffer_span(&bytes), hash, e);
    writ_buffer_free(&bytes);
    writ_hex_format(WRIT_SPAN_OF(hash), name);
    return rc;
}

/* The number, where a floor can hold it; else 0. */
static uint64_t small_number(const struct crlrecord *r)
{
    uint64_t n = 0;

    for (size_t i = 0; i < r->number_n; i++) {
        if (n > (INT64_MAX >> 8))
            return 0;
        n = n << 8 | r->number[i];
    }
    return n;
}

static int check_floor(const struct work *w, const char *name, struct writ_error *e)
{
    uint64_t time, number, ours = small_number(&w->record);
    char was[WRIT_TIME_TEXT];

    if (filterdir_floor(w->p->places, name, FLOOR_TIME, &time, e) < 0 ||
        filterdir_floor(w->p->places, name, FLOOR_NUMBER, &number, e) < 0)
        return -1;
    writ_time_format((int64_t)time, was);
    if ((uint64_t)w->record.this_update < time)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                         "the CRL is older than one of %s that was seen on this device", was);
    if (ours != 0 && ours < number)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                         "the CRL has a lower number than one that was seen on this device");
    return 0;
}

static int check_time(const struct work *w, struct writ_error *e)
{
    char is[WRIT_TIME_TEXT];

    writ_time_format(w->record.this_update, is);
    if (w->record.this_update < 0)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "the CRL is of %s, which is absurd", is);
    if (w->record.this_update <= writ_time_add(w->p->now, WRIT_CRL_SOURCE_SKEW))
        return 0;
    return writ_fail(e, WRIT_FAULT_BAD_INPUT, "the CRL is of a time to come, %s", is);
}

/* -------------------------------------------------------------------------------- taking over */

static int place_table(struct work *w, struct writ_error *e)
{
    char name[CRLRECORD_TABLE_MAX];
    struct stat st;
    char *path;
    int rc = -1;

    crlrecord_table_name(&w->record, name);
    path = filterdir_join(w->dir.path, name, e);
    if (path != NULL && file_replace_bytes_nofollow(path, 0644, w->table, e) == 0) {
        rc = lstat(path, &st);
        if (rc < 0)
            (void)writ_fail_errno(e, WRIT_FAULT_IO, errno, "%s", path);
        else
            filterrecord_note(&w->record.table, &st);
    }
    free(path);
    return rc;
}

/* Tables that no record names any more. */
static void remove_old(const struct work *w)
{
    char name[CRLRECORD_TABLE_MAX];
    DIR *d = opendir(w->dir.path);
    struct dirent *entry;

    crlrecord_table_name(&w->record, name);
    while (d != NULL && (entry = readdir(d)) != NULL) {
        const char *dot = strrchr(entry->d_name, '.');

        if (dot != NULL && strcmp(dot, ".table") == 0 && strcmp(entry->d_name, name) != 0)
            (void)unlinkat(dirfd(d), entry->d_name, 0);
    }
    if (d != NULL)
        closedir(d);
}

static int write_record(struct work *w, struct writ_error *e)
{
    struct writ_buffer text = {0};
    int rc;

    crlrecord_add(&text, &w->record);
    rc = writ_buffer_check(&text, e);
    if (rc == 0)
        rc = filterdir_put(w->dir.path, CRLRECORD_NAME, writ_buffer_span(&text), NULL, e);
    writ_buffer_free(&text);
    return rc;
}

static int write_pinned(struct work *w, struct writ_error *e)
{
    struct writ_buffer bytes = {0};
    int rc;

    if (w->p->pinned == NULL)
        return 0;
    add_pinned(&bytes, w->pinned);
    rc = writ_buffer_check(&bytes, e);
    if (rc == 0)
        rc = filterdir_put(w->dir.path, CRLRECORD_PINNED, writ_buffer_span(&bytes), NULL, e);
    writ_buffer_free(&bytes);
    return rc;
}

/* A floor of a CRL that then was not taken over does no harm: the same one comes again. */
static int raise_floors(const struct work *w, const char *floor, struct writ_error *e)
{
    uint64_t number = small_number(&w->record);

    if (filterdir_raise_floor(w->p->places, floor, FLOOR_TIME, (uint64_t)w->record.this_update, e) <
        0)
        return -1;
    return number == 0 ? 0 : filterdir_raise_floor(w->p->places, floor, FLOOR_NUMBER, number, e);
}

static int commit(struct work *w, const char *floor, struct writ_error *e)
{
    if (w->p->dry_run)
        return 0;
    if (write_pinned(w, e) < 0 || place_table(w, e) < 0 || raise_floors(w, floor, e) < 0 ||
        write_record(w, e) < 0)
        return -1;
    remove_old(w);
    return 0;
}

/* -------------------------------------------------------------------------------------- pull */

static void tell(struct work *w, const struct crlrecord *r)
{
    struct writ_crl_source source = {.this_update = r->this_update,
                                     .has_next_update = r->has_next_update,
                                     .next_update = r->next_update};

    w->result->this_update = r->this_update;
    w->result->until = writ_crl_source_until(&source);
    w->result->stale = writ_crl_source_is_stale(&source, w->p->now);
    w->result->entries = r->entries;
    w->result->others = r->others;
    w->result->bytes = r->crl_size;
}

static int take_over(struct work *w, struct writ_error *e)
{
    char floor[FLOOR_NAME_MAX];

    if (read_crl(w, e) < 0 || check_time(w, e) < 0 || check_after(w, e) < 0 ||
        floor_name(&w->record, floor, e) < 0 || check_floor(w, floor, e) < 0)
        return -1;
    w->result->changed = !is_same_crl(w);
    tell(w, &w->record);
    return commit(w, floor, e);
}

int crlpull_run(const struct crlpull *p, struct crlpull_result *result, struct writ_error *e)
{
    struct work w = {.p = p, .result = result, .fd = -1};
    int rc = -1;

    *result = (struct crlpull_result){0};
    if (open_dir(&w, e) == 0 && read_pinned(&w, e) == 0 && fetch(&w, e) == 0) {
        if (w.not_modified)
            tell(&w, &w.here);
        rc = w.not_modified ? 0 : take_over(&w, e);
    }
    if (w.fd >= 0)
        close(w.fd);
    file_unmap(&w.map);
    crlfile_close(&w.file);
    certfile_free(&w.kept);
    crlrecord_free(&w.here);
    crlrecord_free(&w.record);
    writ_buffer_free(&w.found);
    file_unlock(w.dir.lock);
    free(w.dir.path);
    return rc;
}

/* The record goes first: without it nobody looks for the rest. */
int crlpull_forget(const struct places *places, const struct source *source, struct writ_error *e)
{
    struct writ_buffer path = {0};
    struct dirent *entry;
    DIR *d;
    int rc = 0;

    places_path(&path, places->write, CRLRECORD_CRLS);
    writ_buffer_format(&path, "/%s", source->name);
    d = opendir(writ_buffer_string(&path));
    if (d != NULL && unlinkat(dirfd(d), CRLRECORD_NAME, 0) < 0 && errno != ENOENT)
        rc = writ_fail_errno(e, WRIT_FAULT_IO, errno, "cannot remove %s/" CRLRECORD_NAME,
                             writ_buffer_string(&path));
    while (rc == 0 && d != NULL && (entry = readdir(d)) != NULL) {
        if (entry->d_name[0] != '.')
            (void)unlinkat(dirfd(d), entry->d_name, 0);
    }
    if (d != NULL) {
        closedir(d);
        (void)rmdir(writ_buffer_string(&path));
    }
    writ_buffer_free(&path);
    return rc;
}
