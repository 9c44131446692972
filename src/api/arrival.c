#include "writ/arrival.h"

#include <stdlib.h>

#include "api/bundle.h"
#include "api/usage.h"
#include "crypto/digest.h"
#include "crypto/start.h"
#include "evidence/fresh.h"

struct writ_arrival {
    int64_t now;
    struct writ_buffer bundle; /* DER; the source borrows it */
    struct writ_source source;
    struct writ_floor floor;      /* what was remembered */
    struct writ_buffer keys;      /* and the lines of keys */
    struct writ_feed feed;        /* what the accepted note says */
    uint8_t note_hash[WRIT_HASH]; /* of its text */
    bool has_note;
    char table_name[WRIT_FEED_NAME_MAX];
    bool has_table;
    struct writ_buffer memory; /* what is to be remembered, once has_table */
};

static int recall(struct writ_arrival *a, struct writ_span memory, struct writ_error *e)
{
    struct writ_span keys;

    if (writ_memory_parse(memory, &a->floor, &keys, e) < 0)
        return -1;
    writ_buffer_add(&a->keys, keys);
    if (writ_buffer_check(&a->keys, e) < 0)
        return -1;
    return writ_source_add_keys(&a->source, keys, e);
}

static int begin(struct writ_arrival *a, struct writ_span bundle,
                 const uint8_t fingerprint[WRIT_HASH], struct writ_span memory,
                 struct writ_error *e)
{
    if (writ_crypto_begin(e) < 0 || writ_bundle_add_der(&a->bundle, bundle, e) < 0 ||
        writ_source_trust(writ_buffer_span(&a->bundle), &a->source, e) < 0)
        return -1;
    if (!writ_span_equal(WRIT_SPAN(fingerprint, WRIT_HASH),
                         WRIT_SPAN_OF(a->source.root_fingerprint)))
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "bundle: its root is not the one accepted");
    if (recall(a, memory, e) < 0) {
        writ_error_context(e, "memory");
        return -1;
    }
    return 0;
}

struct writ_arrival *writ_arrival_new(int64_t now, const uint8_t *bundle, size_t n,
                                      const uint8_t fingerprint[WRIT_HASH], const char *memory,
                                      size_t memory_n, struct writ_error *e)
{
    struct writ_arrival *a;

    if (bundle == NULL || fingerprint == NULL || writ_is_missing(memory, memory_n)) {
        (void)writ_fail_null(e, "writ_arrival_new");
        return NULL;
    }
    a = calloc(1, sizeof *a);
    if (a == NULL) {
        (void)writ_fail_memory(e);
        return NULL;
    }
    a->now = writ_time_add(now, 0);
    if (begin(a, WRIT_SPAN(bundle, n), fingerprint, WRIT_SPAN(memory, memory_n), e) < 0) {
        writ_arrival_free(a);
        return NULL;
    }
    return a;
}

void writ_arrival_free(struct writ_arrival *a)
{
    if (a == NULL)
        return;
    writ_buffer_free(&a->bundle);
    writ_buffer_free(&a->keys);
    writ_buffer_free(&a->memory);
    free(a);
}

static int check_note(struct writ_arrival *a, struct writ_span bytes, struct writ_error *e)
{
    struct writ_note note;

    if (writ_source_check_note(&a->source, bytes, &a->feed, e) < 0 ||
        writ_note_parse(bytes, &note, e) < 0 || writ_sha256(note.text, a->note_hash, e) < 0)
        return -1;
    return writ_check_fresh(&a->feed, a->note_hash, &a->floor, a->now, e);
}

int writ_arrival_note(struct writ_arrival *a, const uint8_t *note, size_t n, struct writ_error *e)
{
    if (a == NULL || writ_is_missing(note, n))
        return writ_fail_null(e, "writ_arrival_note");
    if (a->has_note)
        return writ_fail(e, WRIT_FAULT_USAGE, "writ_arrival_note: a note was accepted already");
    if (check_note(a, WRIT_SPAN(note, n), e) < 0)
        return -1;
    writ_feed_file_name(writ_feed_table(&a->feed), a->table_name);
    a->has_note = true;
    return 0;
}

const char *writ_arrival_table_name(const struct writ_arrival *a)
{
    return a != NULL && a->has_note ? a->table_name : "";
}

uint64_t writ_arrival_table_length(const struct writ_arrival *a)
{
    return a != NULL && a->has_note ? writ_feed_table(&a->feed)->length : 0;
}

uint64_t writ_arrival_version(const struct writ_arrival *a)
{
    return a != NULL && a->has_note ? a->feed.version : 0;
}

int64_t writ_arrival_as_of(const struct writ_arrival *a)
{
    return a != NULL && a->has_note ? a->feed.as_of : 0;
}

int64_t writ_arrival_expires(const struct writ_arrival *a)
{
    return a != NULL && a->has_note ? a->feed.expires : 0;
}

/* Written before the table is called accepted, so that there is never one without the other. */
static int remember(struct writ_arrival *a, struct writ_error *e)
{
    writ_buffer_free(&a->memory);
    writ_floor_add(&a->memory, &a->feed, a->note_hash);
    writ_keys_renew(&a->memory, writ_buffer_span(&a->keys), &a->feed);
    (void)writ_buffer_string(&a->memory);
    return writ_buffer_check(&a->memory, e);
}

int writ_arrival_table(struct writ_arrival *a, const uint8_t *table, size_t n, struct writ_error *e)
{
    struct writ_table opened;

    if (a == NULL || writ_is_missing(table, n))
        return writ_fail_null(e, "writ_arrival_table");
    if (!a->has_note)
        return writ_fail(e, WRIT_FAULT_USAGE, "writ_arrival_table: no note was accepted yet");
    if (writ_source_check_table(&a->source, &a->feed, WRIT_SPAN(table, n), &opened, e) < 0 ||
        remember(a, e) < 0)
        return -1;
    a->has_table = true;
    return 0;
}

const char *writ_arrival_memory(const struct writ_arrival *a)
{
    return a != NULL && a->has_table ? (const char *)a->memory.p : NULL;
}
