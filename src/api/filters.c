#include "writ/filters.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/usage.h"
#include "crypto/start.h"
#include "evidence/filter.h"
#include "object/sct.h"

_Static_assert(WRIT_FILTERS_MAX == WRIT_FILTER_INDEX_FILES_MAX, "the header's ceiling of files");
_Static_assert(WRIT_FILTERS_TIMESTAMPS_MAX == WRIT_SCTS_MAX, "the header's ceiling of timestamps");
_Static_assert(WRIT_HASH == WRIT_CLUBCARD_ISSUER && WRIT_HASH == WRIT_CLUBCARD_LOG, "SHA-256");

struct writ_filters {
    int64_t as_of;                  /* as the caller says, or 0 */
    uint64_t latest;                /* the latest instant that a file covers, milliseconds */
    struct writ_filter_file *files; /* owned, and their names, which end with NUL */
    size_t count;
    size_t room;
    struct writ_onecrl onecrl;
    bool has_onecrl;
    struct writ_buffer index_bytes;
    struct writ_filter_index index; /* over index_bytes */
    bool indexed;                   /* the index is of all files */
    struct writ_digester *digester;
    const char *why; /* the last answer, never NULL */
    const char *uncovered;
    const char *file;
};

/* ------------------------------------------------------------------------------- making one */

struct writ_filters *writ_filters_new(int64_t as_of, struct writ_error *e)
{
    struct writ_filters *f = calloc(1, sizeof *f);

    if (f == NULL) {
        (void)writ_fail_memory(e);
        return NULL;
    }
    f->as_of = as_of;
    f->why = f->uncovered = f->file = "";
    if (writ_crypto_begin(e) == 0)
        f->digester = writ_digester_new(e);
    if (f->digester == NULL) {
        writ_filters_free(f);
        return NULL;
    }
    return f;
}

static void free_name(const struct writ_filter_file *file)
{
    free((void *)(uintptr_t)file->name.p);
}

void writ_filters_free(struct writ_filters *f)
{
    if (f == NULL)
        return;
    for (size_t i = 0; i < f->count; i++) {
        writ_clubcard_close(&f->files[i].card);
        free_name(&f->files[i]);
    }
    free(f->files);
    writ_buffer_free(&f->index_bytes);
    writ_digester_free(f->digester);
    free(f);
}

static int make_room(struct writ_filters *f, struct writ_error *e)
{
    size_t room = f->room == 0 ? 8 : 2 * f->room;
    struct writ_filter_file *files;

    if (f->count == WRIT_FILTERS_MAX)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "more than %d filters", WRIT_FILTERS_MAX);
    if (f->count < f->room)
        return 0;
    files = realloc(f->files, room * sizeof *files);
    if (files == NULL)
        return writ_fail_memory(e);
    f->files = files;
    f->room = room;
    return 0;
}

int writ_filters_add(struct writ_filters *f, const char *name, const uint8_t *bytes, size_t n,
                     struct writ_error *e)
{
    struct writ_filter_file file;
    char *copy;

    if (f == NULL || name == NULL || writ_is_missing(bytes, n))
        return writ_fail_null(e, "writ_filters_add");
    if (make_room(f, e) < 0 || writ_clubcard_open(WRIT_SPAN(bytes, n), &file.card, e) < 0)
        return -1;
    copy = malloc(strlen(name) + 1);
    if (copy == NULL) {
        writ_clubcard_close(&file.card);
        return writ_fail_memory(e);
    }
    file.name = writ_span_text(strcpy(copy, name));
    if (writ_clubcard_latest(&file.card) > f->latest)
        f->latest = writ_clubcard_latest(&file.card);
    f->files[f->count++] = file;
    f->indexed = false;
    return 0;
}

int writ_filters_onecrl(struct writ_filters *f, const uint8_t *bytes, size_t n,
                        struct writ_error *e)
{
    struct writ_onecrl onecrl;

    if (f == NULL || writ_is_missing(bytes, n))
        return writ_fail_null(e, "writ_filters_onecrl");
    if (writ_onecrl_open(WRIT_SPAN(bytes, n), &onecrl, e) < 0)
        return -1;
    f->onecrl = onecrl;
    f->has_onecrl = true;
    return 0;
}

int64_t writ_filters_as_of(const struct writ_filters *f)
{
    if (f == NULL)
        return 0;
    return f->as_of != 0 ? f->as_of : (int64_t)(f->latest / 1000);
}

static bool is_stale(const struct writ_filters *f, int64_t now)
{
    struct writ_filter_set set = {.as_of = writ_filters_as_of(f)};

    return writ_filter_set_is_stale(&set, now);
}

/* ------------------------------------------------------------------------------ remembering */

static int remember(struct writ_filters *f, enum writ_filters_answer answer, const char *why,
                    const char *uncovered, const char *file)
{
    f->why = why;
    f->uncovered = uncovered;
    f->file = file;
    return (int)answer;
}

static int remember_uncovered(struct writ_filters *f, enum writ_uncovered why)
{
    return remember(f, WRIT_FILTERS_NOT_COVERED, writ_uncovered_text(why), writ_uncovered_name(why),
                    "");
}

/* What a filter has said; file is not NULL. */
static int remember_filter(struct writ_filters *f, enum writ_filter_answer answer, bool stale,
                           const struct writ_filter_file *file)
{
    const char *name = (const char *)file->name.p;

    if (answer == WRIT_FILTER_REVOKED)
        return remember(f, WRIT_FILTERS_REVOKED, "a filter lists it as revoked", "", name);
    if (stale)
        return remember(f, WRIT_FILTERS_STALE, "not revoked as of filters that are too old", "",
                        name);
    if (answer == WRIT_FILTER_GOOD)
        return remember(f, WRIT_FILTERS_GOOD, "covered, and not revoked", "", name);
    return remember(f, WRIT_FILTERS_NOT_ENROLLED, "the filters know nothing of its issuer", "",
                    name);
}

static int remember_fact(struct writ_filters *f, const struct writ_filter_fact *fact)
{
    if (fact->answer == WRIT_FILTER_NOT_COVERED)
        return remember_uncovered(f, fact->uncovered);
    if (fact->file == NULL)
        return remember(f, WRIT_FILTERS_REVOKED, "OneCRL lists it as revoked", "", "OneCRL");
    return remember_filter(f, fact->answer, fact->stale, fact->file);
}

/* ----------------------------------------------------------------------------- certificates */

/* A name for the index, where those of the caller may be too long, or the same. */
#define INDEX_NAME_SIZE 8

static int index_files(struct writ_filters *f, struct writ_error *e)
{
    struct writ_filter_index_input *input = calloc(f->count + 1, sizeof *input);
    char(*names)[INDEX_NAME_SIZE] = calloc(f->count + 1, sizeof *names);
    int rc = -1;

    for (size_t i = 0; input != NULL && names != NULL && i < f->count; i++) {
        (void)snprintf(names[i], sizeof names[i], "%u", (unsigned)i);
        input[i] = (struct writ_filter_index_input){writ_span_text(names[i]), &f->files[i].card};
    }
    writ_buffer_free(&f->index_bytes);
    if (input == NULL || names == NULL)
        (void)writ_fail_memory(e);
    else if (writ_filter_index_build(input, f->count, &f->index_bytes, e) == 0)
        rc = writ_filter_index_open(writ_buffer_span(&f->index_bytes), &f->index, e);
    f->indexed = rc == 0;
    free(names);
    free(input);
    return rc;
}

/* The files as evidence knows them; count says whether there is anything at all. */
static int make_set(struct writ_filters *f, struct writ_filter_set *set, size_t *count,
                    struct writ_error *e)
{
    if (!f->indexed && index_files(f, e) < 0)
        return -1;
    *set = (struct writ_filter_set){
        .source = "",
        .as_of = writ_filters_as_of(f),
        .index = &f->index,
        .files = f->files,
        .file_count = f->count,
        .onecrl = f->has_onecrl ? &f->onecrl : NULL,
    };
    *count = f->count > 0 || f->has_onecrl ? 1 : 0;
    return 0;
}

static int parse_both(struct writ_span cert, struct writ_span issuer, struct writ_cert *parsed,
                      struct writ_cert *issuer_parsed, struct writ_error *e)
{
    if (writ_cert_parse(cert, parsed, e) < 0)
        return -1;
    if (writ_cert_parse(issuer, issuer_parsed, e) == 0)
        return 0;
    writ_error_context(e, "its issuer");
    return -1;
}

int writ_filters_certificate(struct writ_filters *f, int64_t now, const uint8_t *cert, size_t n,
                             const uint8_t *issuer, size_t issuer_n, struct writ_error *e)
{
    struct writ_cert parsed, issuer_parsed;
    struct writ_filter_set set;
    struct writ_filter_fact fact;
    uint8_t key[WRIT_SHA256_BYTES];
    size_t count;

    if (f == NULL || cert == NULL || issuer == NULL)
        return writ_fail_null(e, "writ_filters_certificate");
    if (parse_both(WRIT_SPAN(cert, n), WRIT_SPAN(issuer, issuer_n), &parsed, &issuer_parsed, e) <
            0 ||
        make_set(f, &set, &count, e) < 0 ||
        writ_digester_sha256(f->digester, issuer_parsed.key.spki, WRIT_SPAN_NONE, key, e) < 0 ||
        writ_check_filters(&set, count, f->digester, &parsed, key, now, &fact, e) < 0)
        return -1;
    return remember_fact(f, &fact);
}

/* --------------------------------------------------------------------------- serial numbers */

/* A serial number, and those files that are to be asked about it. */
struct question {
    const uint8_t *issuer;
    struct writ_span serial;
    const struct writ_filters_timestamp *timestamps; /* NULL: every file */
    size_t count;
};

static bool is_for(const struct question *q, const struct writ_clubcard *card)
{
    for (size_t i = 0; q->timestamps != NULL && i < q->count; i++) {
        if (writ_clubcard_covers(card, q->timestamps[i].log_id, q->timestamps[i].milliseconds))
            return true;
    }
    return q->timestamps == NULL;
}

/* The greatest answer of all files, and which of them gave it: NULL when none was asked. */
static int ask_files(struct writ_filters *f, const struct question *q,
                     enum writ_filter_answer *answer, const struct writ_filter_file **file,
                     struct writ_error *e)
{
    uint8_t key[WRIT_SHA256_BYTES];

    *answer = WRIT_FILTER_NOT_COVERED;
    *file = NULL;
    if (writ_filter_key(f->digester, q->issuer, q->serial, key, e) < 0)
        return -1;
    for (size_t i = 0; i < f->count; i++) {
        enum writ_filter_answer one;

        if (!is_for(q, &f->files[i].card))
            continue;
        one = writ_clubcard_ask(&f->files[i].card, q->issuer, q->serial, key);
        if (one <= *answer)
            continue;
        *answer = one;
        *file = &f->files[i];
    }
    return 0;
}

int writ_filters_serial(struct writ_filters *f, int64_t now, const uint8_t issuer[WRIT_HASH],
                        const uint8_t *serial, size_t n,
                        const struct writ_filters_timestamp *timestamps, size_t count,
                        struct writ_error *e)
{
    struct question q = {issuer, WRIT_SPAN(serial, n), timestamps, count};
    enum writ_filter_answer answer;
    const struct writ_filter_file *file;

    if (f == NULL || issuer == NULL || serial == NULL || writ_is_missing(timestamps, count))
        return writ_fail_null(e, "writ_filters_serial");
    if (count > WRIT_FILTERS_TIMESTAMPS_MAX)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "%zu timestamps, the ceiling is %d", count,
                         WRIT_FILTERS_TIMESTAMPS_MAX);
    if (f->count == 0)
        return remember_uncovered(f, WRIT_UNCOVERED_SOURCE);
    if (count == 0)
        return remember_uncovered(f, WRIT_UNCOVERED_NO_SCT);
    if (ask_files(f, &q, &answer, &file, e) < 0)
        return -1;
    if (file == NULL)
        return remember_uncovered(f, WRIT_UNCOVERED_INTERVAL);
    return remember_filter(f, answer, is_stale(f, now), file);
}

int writ_filters_serial_insecure_nocoverage(struct writ_filters *f, const uint8_t issuer[WRIT_HASH],
                                            const uint8_t *serial, size_t n, struct writ_error *e)
{
    struct question q = {issuer, WRIT_SPAN(serial, n), NULL, 0};
    enum writ_filter_answer answer;
    const struct writ_filter_file *file;

    if (f == NULL || issuer == NULL || serial == NULL)
        return writ_fail_null(e, "writ_filters_serial_insecure_nocoverage");
    if (ask_files(f, &q, &answer, &file, e) < 0)
        return -1;
    return file == NULL ? remember_uncovered(f, WRIT_UNCOVERED_SOURCE)
                        : remember_filter(f, answer, false, file);
}

int writ_filters_timestamps(const uint8_t *list, size_t n,
                            struct writ_filters_timestamp timestamps[WRIT_FILTERS_TIMESTAMPS_MAX],
                            size_t *count, struct writ_error *e)
{
    struct writ_sct scts[WRIT_SCTS_MAX];

    if (writ_is_missing(list, n) || timestamps == NULL || count == NULL)
        return writ_fail_null(e, "writ_filters_timestamps");
    if (writ_sct_list_parse(WRIT_SPAN(list, n), scts, count, e) < 0)
        return -1;
    for (size_t i = 0; i < *count; i++) {
        memcpy(timestamps[i].log_id, scts[i].log_id.p, WRIT_HASH);
        timestamps[i].milliseconds = scts[i].timestamp;
    }
    return 0;
}

/* -------------------------------------------------------------------------- the last answer */

const char *writ_filters_why(const struct writ_filters *f)
{
    return f == NULL ? "" : f->why;
}

const char *writ_filters_uncovered(const struct writ_filters *f)
{
    return f == NULL ? "" : f->uncovered;
}

const char *writ_filters_file(const struct writ_filters *f)
{
    return f == NULL ? "" : f->file;
}
