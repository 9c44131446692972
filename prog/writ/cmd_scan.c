#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "shared/file.h"
#include "verdict/judge.h"
#include "writ/commands.h"
#include "writ/scanning.h"

#define DEFAULT_DIR "/etc"
#define DEPTH       1     /* the schema object */
#define PROGRESS    256   /* files between two lines of progress */
#define HEAD        16384 /* bytes that tell what is in a large file */

/* Files that may hold certificates, as far as the walk has come. */
struct walk {
    struct out *o;
    struct scanning_file *files; /* owned, with their paths and bytes */
    size_t count;
    size_t bytes;  /* in all of them */
    uint64_t seen; /* files looked at */
    uint64_t skipped;
};

static int keep(struct walk *w, const char *path, struct writ_buffer *bytes, struct writ_error *e)
{
    struct scanning_file *more = reallocarray(w->files, w->count + 1, sizeof *more);

    if (more == NULL)
        return writ_fail_memory(e);
    w->files = more;
    w->bytes += bytes->n;
    if (w->bytes > SCANNING_BYTES_MAX)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                         "more than %zu bytes of certificates; scan less at once",
                         SCANNING_BYTES_MAX);
    more[w->count].path = strdup(path);
    if (more[w->count].path == NULL)
        return writ_fail_memory(e);
    more[w->count++].bytes = *bytes;
    *bytes = (struct writ_buffer){0};
    return 0;
}

/* The first bytes of a file that is too large to be read. */
static bool begins_like(const char *path)
{
    struct writ_error ignored = {0};
    struct stat st;
    uint8_t head[HEAD];
    int fd = file_open_regular(path, &st, &ignored);
    ssize_t n = fd < 0 ? -1 : pread(fd, head, sizeof head, 0);

    if (fd >= 0)
        (void)close(fd);
    return n > 0 && scanning_looks_like(WRIT_SPAN(head, (size_t)n));
}

/* A file that cannot be read, or has certificates and is too large for it, is counted. */
static int look_at(struct walk *w, const FTSENT *entry, struct writ_error *e)
{
    struct writ_buffer bytes = {0};
    struct writ_error found = {0};
    int rc = 0;

    w->seen++;
    if (w->seen % PROGRESS == 0)
        out_progress(w->o, "%" PRIu64 " files looked at, %zu with certificates", w->seen, w->count);
    if (entry->fts_statp->st_size > (off_t)SCANNING_FILE_MAX)
        w->skipped += begins_like(entry->fts_accpath);
    else if (file_read(entry->fts_accpath, SCANNING_FILE_MAX, &bytes, &found) < 0)
        w->skipped++;
    else if (scanning_looks_like(writ_buffer_span(&bytes)))
        rc = keep(w, entry->fts_path, &bytes, e);
    writ_buffer_free(&bytes);
    return rc;
}

static int walk_entry(struct walk *w, const FTSENT *entry, struct writ_error *e)
{
    char shown[FILE_SHOWN_MAX];

    switch (entry->fts_info) {
    case FTS_F:
        return look_at(w, entry, e);
    case FTS_DNR:
    case FTS_ERR:
    case FTS_NS:
        if (entry->fts_level == FTS_ROOTLEVEL)
            return writ_fail_errno(e, WRIT_FAULT_IO, entry->fts_errno, "cannot look into %s",
                                   file_shown(entry->fts_path, shown));
        w->skipped++;
        return 0;
    default:
        return 0;
    }
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* Links are not followed, other file systems are not entered, and the order is that of names. */
static int walk(struct walk *w, const char *dir, struct writ_error *e)
{
    char *roots[] = {strdup(dir), NULL};
    FTS *tree =
        roots[0] == NULL
            ? NULL
            : fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV | FTS_COMFOLLOW, by_name);
    FTSENT *entry;
    int rc = 0;

    if (tree == NULL)
        rc = writ_fail_errno(e, WRIT_FAULT_IO, errno, "cannot walk through %s", dir);
    while (rc == 0 && (entry = fts_read(tree)) != NULL)
        rc = walk_entry(w, entry, e);
    if (tree != NULL)
        (void)fts_close(tree);
    free(roots[0]);
    return rc;
}

static void walk_free(struct walk *w)
{
    for (size_t i = 0; i < w->count; i++) {
        free(w->files[i].path);
        writ_buffer_free(&w->files[i].bytes);
    }
    free(w->files);
}

/* --------------------------------------------------------------------------------- results */

static void tell_counts(const struct walk *w, const struct scanning_counts *c, struct out *o)
{
    const struct {
        const char *name;
        uint64_t count;
    } all[] = {
        {"files", w->seen},
        {"files_skipped", w->skipped},
        {"unreadable", c->unreadable},
        {"ca_certificates", c->authorities},
        {"certificates", c->certificates},
        {"good", c->good},
        {"revoked", c->revoked},
        {"stale", c->stale},
        {"not_covered", c->uncovered},
        {"untrusted", c->untrusted},
    };

    writ_emit_object(out_emit(o), "counts");
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        writ_emit_unsigned(out_emit(o), all[i].name, all[i].count);
    writ_emit_end(out_emit(o));
}

/* The lines came out of the jail: each is made safe again. */
static void tell_lines(struct writ_span lines, struct out *o)
{
    struct writ_cursor c = writ_cursor_over(lines, NULL);
    struct writ_buffer safe = {0};

    while (c.left > 0) {
        writ_buffer_free(&safe);
        writ_text_add_safe(&safe, writ_cursor_field(&c, '\n'));
        out_say(o, "%s", writ_buffer_string(&safe));
    }
    writ_buffer_free(&safe);
}

static void tell_summary(const struct walk *w, const struct scanning_counts *c, struct out *o)
{
    out_say(o,
            "%" PRIu64 " certificates and %" PRIu64 " of CAs in %zu of %" PRIu64 " files: %" PRIu64
            " revoked, %" PRIu64 " good, %" PRIu64 " stale, %" PRIu64 " not covered, %" PRIu64
            " untrusted; network: none",
            c->certificates, c->authorities, w->count, w->seen, c->revoked, c->good, c->stale,
            c->uncovered, c->untrusted);
    if (w->skipped + c->unreadable > 0)
        out_note(o,
                 "%" PRIu64 " files could not be read, %" PRIu64
                 " hold something that is no certificate",
                 w->skipped, c->unreadable);
}

static int status_of(const struct scanning_counts *c, bool allow_uncovered)
{
    int status = 0;

    if (c->revoked > 0)
        status = writ_worse_exit(status, 2);
    if (c->untrusted > 0)
        status = writ_worse_exit(status, 3);
    if (c->stale > 0)
        status = writ_worse_exit(status, 5);
    if (c->uncovered > 0 && !allow_uncovered)
        status = writ_worse_exit(status, 4);
    return status;
}

static int judge(const struct args *a, struct out *o, const struct checking *checking,
                 const struct walk *w, struct writ_error *e)
{
    struct scanning_counts counts = {0};
    struct writ_buffer found = {0};
    int rc;

    out_progress(o, "judging what is in %zu files", w->count);
    rc = scanning_judge(checking, w->files, w->count, a->json ? WRIT_EMIT_JSON : WRIT_EMIT_TEXT,
                        DEPTH, &counts, &found, e);
    if (rc == 0 && a->json) {
        rc = writ_emit_fragment_add(out_emit(o), writ_buffer_span(&found), e);
        tell_counts(w, &counts, o);
    } else if (rc == 0) {
        tell_lines(writ_buffer_span(&found), o);
        tell_summary(w, &counts, o);
    }
    writ_buffer_free(&found);
    return rc < 0 ? rc : status_of(&counts, args_flag(a, "allow-uncovered"));
}

static int run(const struct args *a, struct out *o)
{
    struct checking checking = {0};
    struct walk w = {.o = o};
    struct writ_error e = {0};
    int status = args_flag(a, "certs") ? checking_start(&checking, a->root, a->now, &e)
                                       : args_fail(a, &e, "scan looks for --certs");

    for (size_t i = 0; status == 0 && i < checking.filters.problem_count; i++)
        out_note(o, "%s", checking.filters.problems[i]);
    for (size_t i = 0; i < checking.filters.crls.problem_count; i++)
        out_note(o, "%s", checking.filters.crls.problems[i]);
    if (status == 0 && a->operand_count == 0)
        status = walk(&w, DEFAULT_DIR, &e);
    for (size_t i = 0; status == 0 && i < a->operand_count; i++)
        status = walk(&w, args_operand(a, i), &e);
    if (status == 0)
        status = judge(a, o, &checking, &w, &e);
    walk_free(&w);
    checking_end(&checking);
    return status < 0 ? out_fault(o, &e) : status;
}

const struct command command_scan = {
    .words = "scan",
    .group = "judge",
    .summary = "find certificates on the disk, and those that are revoked",
    .description =
        "Walks through directories (" DEFAULT_DIR " when none is named) for certificates, finds\n"
        "their issuers among each other, and asks as writ check does.\n",
    .operands =
        (const struct operand_spec[]){
            {.name = "DIR", .hint = COMMAND_HINT_DIRECTORY, .optional = true, .many = true}, {0}},
    .options = (const struct option_spec[]){{.name = "certs", .help = "look for certificates"},
                                            {.name = "allow-uncovered",
                                             .help = "exit 0 where no filter can know"},
                                            {0}},
    .examples =
        (const char *const[]){"writ scan --certs good", "writ scan --certs .  # exits 2", NULL},
    .exits = "0 nothing to worry about, 2 revoked, 3 untrusted, 4 not covered, 5 stale,\n"
             "64 and up could not look; of several the worst\n",
    .run = run,
};
