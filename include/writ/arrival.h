/*
 * writ/arrival.h - what was fetched, checked before it is used
 *
 * For those who fetch feeds themselves.  A feed is a note and the table that it names
 * (writ-feed(5), writ-table(5)).  The library fetches nothing; it says whether what came is what
 * the publisher of a bundle published, and whether this device may go on to it from what it had:
 *
 *     a = writ_arrival_new(now, bundle, bundle_n, fingerprint, memory, memory_n, &e);
 *     ... fetch feed.note ...
 *     writ_arrival_note(a, note, note_n, &e);
 *     ... fetch writ_arrival_table_name(a), writ_arrival_table_length(a) bytes of it ...
 *     writ_arrival_table(a, table, table_n, &e);
 *     ... store note, table and writ_arrival_memory(a) ...
 *
 * Store the table first, then the memory, and the note last, each in one step (rename): whoever
 * looks at any moment then finds a note and the table it names.  The memory is what must not be
 * lost: without it an old feed, with which somebody takes back a revocation, looks like a new one.
 * Keep it when a feed is removed.
 */
#ifndef WRIT_ARRIVAL_H
#define WRIT_ARRIVAL_H

#include <stddef.h>
#include <stdint.h>

#include "writ/api.h"
#include "writ/error.h"

#ifdef __cplusplus
extern "C" {
#endif

struct writ_arrival;

/* Begins to check what is fetched for one bundle.
 * Returns: the check, or NULL with WRIT_FAULT_BAD_INPUT (the bundle is not sound, its root is not
 * the one with this fingerprint, or the memory is damaged), WRIT_FAULT_UNEXPECTED,
 * WRIT_FAULT_USAGE. In:  now: seconds since 1970. bundle, n, fingerprint: as in writ_judge_trust;
 * copied. memory, memory_n: what writ_arrival_memory gave at the last time; read during the call
 * only. NULL and 0 only if nothing was ever accepted for this bundle. Out: e, may be NULL. */
WRIT_API struct writ_arrival *writ_arrival_new(int64_t now, const uint8_t *bundle, size_t n,
                                               const uint8_t fingerprint[WRIT_HASH],
                                               const char *memory, size_t memory_n,
                                               struct writ_error *e) WRIT_MUST_CHECK;

/* Frees a check and all strings it gave; a may be NULL. */
WRIT_API void writ_arrival_free(struct writ_arrival *a);

/* Checks a note: signed by a key that the bundle or an accepted note names, for the bundle's origin
 * and root; not expired, not more than a day ahead of now; version and as_of not lower than what
 * the memory says was accepted, and the same version only with the same text.  A note may be
 * checked after another one was refused; not after one was accepted.
 * Returns: 0, or -1 with WRIT_FAULT_BAD_INPUT and a sentence that says which of these it was,
 * WRIT_FAULT_USAGE, WRIT_FAULT_UNEXPECTED.
 * In:  note, n: read during the call only.
 * Out: e, may be NULL. */
WRIT_API int writ_arrival_note(struct writ_arrival *a, const uint8_t *note, size_t n,
                               struct writ_error *e) WRIT_MUST_CHECK;

/* Where the table lies that the accepted note names, relative to the note.
 * Returns: "targets/<SHA-256>.table", "" before a note was accepted; until the check is freed. */
WRIT_API const char *writ_arrival_table_name(const struct writ_arrival *a);

/* How long that table is: not one byte more need be fetched.
 * Returns: its length, 0 before a note was accepted.  More than 256 MiB will be refused. */
WRIT_API uint64_t writ_arrival_table_length(const struct writ_arrival *a);

/* What the accepted note says of the feed.
 * Returns: its version, 1 or more; when the CA looked; and until when it is fresh, in seconds since
 * 1970.  0 before a note was accepted. */
WRIT_API uint64_t writ_arrival_version(const struct writ_arrival *a);
WRIT_API int64_t writ_arrival_as_of(const struct writ_arrival *a);
WRIT_API int64_t writ_arrival_expires(const struct writ_arrival *a);

/* Checks the table: length and hash are the note's, every part of it is in order, and it speaks
 * only for issuers under the bundle's root. Returns: 0, or -1 with WRIT_FAULT_BAD_INPUT,
 * WRIT_FAULT_USAGE (no note was accepted yet), WRIT_FAULT_UNEXPECTED. In:  table, n: read during
 * the call only. Out: e, may be NULL. */
WRIT_API int writ_arrival_table(struct writ_arrival *a, const uint8_t *table, size_t n,
                                struct writ_error *e) WRIT_MUST_CHECK;

/* What to remember once note and table were accepted, in place of what was remembered before: text
 * of at most 4096 bytes, for this library only.
 * Returns: the text, NULL before; until the check is freed. */
WRIT_API const char *writ_arrival_memory(const struct writ_arrival *a);

#ifdef __cplusplus
}
#endif
#endif
