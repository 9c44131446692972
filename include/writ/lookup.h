/*
 * writ/lookup.h - who is revoked in a table
 *
 * A table (writ-table(5)) holds what CAs have revoked.  By itself it says nothing about who made
 * it: ask one that writ_arrival_table has accepted.  A table is not copied; a look-up reads a few
 * cache lines of it, however many revocations there are.
 *
 * "Not listed" alone does not mean good: the certificate may be newer than the table.
 * writ_lookup_certificate knows how far the table has looked.
 */
#ifndef WRIT_LOOKUP_H
#define WRIT_LOOKUP_H

#include <stddef.h>
#include <stdint.h>

#include "writ/api.h"
#include "writ/error.h"
#include "writ/reason.h"

#ifdef __cplusplus
extern "C" {
#endif

struct writ_lookup;

/* What a table says. */
enum writ_lookup_answer {
    WRIT_LOOKUP_GOOD = 0,       /* covered, and not listed */
    WRIT_LOOKUP_REVOKED = 1,    /* listed */
    WRIT_LOOKUP_NEWER = 2,      /* issued after the CA looked: this table cannot know */
    WRIT_LOOKUP_NO_ISSUER = 3,  /* the table says nothing about this issuer */
    WRIT_LOOKUP_BURNED = 4,     /* numbered by a CA that was lost and restored from a backup */
    WRIT_LOOKUP_UNNUMBERED = 5, /* without a number, from an issuer that numbers */
    WRIT_LOOKUP_UNLISTED = 6,   /* not listed; whether it is covered was not asked */
};

/* Opens a table and checks all of it.
 * Returns: something to ask, or NULL with WRIT_FAULT_BAD_INPUT (not a table, or not in order),
 * WRIT_FAULT_USAGE, WRIT_FAULT_UNEXPECTED.
 * In:  table, n: BORROWED until writ_lookup_free.
 * Out: e, may be NULL. */
WRIT_API struct writ_lookup *writ_lookup_new(const uint8_t *table, size_t n,
                                             struct writ_error *e) WRIT_MUST_CHECK;

/* Frees it; l may be NULL. */
WRIT_API void writ_lookup_free(struct writ_lookup *l);

/* When the CA looked.
 * Returns: seconds since 1970; 0 for NULL. */
WRIT_API int64_t writ_lookup_as_of(const struct writ_lookup *l);

/* Asks about a serial number.
 * Returns: WRIT_LOOKUP_REVOKED, WRIT_LOOKUP_UNLISTED or WRIT_LOOKUP_NO_ISSUER; or -1 with
 * WRIT_FAULT_USAGE, WRIT_FAULT_UNEXPECTED.
 * In:  issuer: SHA-256 of the issuer's SubjectPublicKeyInfo, DER.
 *      serial, n: the content octets of the serial number, exactly as they stand in the
 * certificate. Out: when revoked, *reason, and *since: seals with a trusted timestamp from before
 * it may still be good; each may be NULL.  e, may be NULL. */
WRIT_API int writ_lookup_serial(struct writ_lookup *l, const uint8_t issuer[WRIT_HASH],
                                const uint8_t *serial, size_t n, enum writ_reason *reason,
                                int64_t *since, struct writ_error *e) WRIT_MUST_CHECK;

/* Asks about a certificate, coverage included.  That the issuer signed it is not checked: ask about
 * certificates of a path that was verified.
 * Returns: one of enum writ_lookup_answer but WRIT_LOOKUP_UNLISTED; or -1 with WRIT_FAULT_BAD_INPUT
 * (one of them is not a certificate), WRIT_FAULT_USAGE, WRIT_FAULT_UNEXPECTED. In:  cert, n and
 * issuer, issuer_n: DER. Out: as above. */
WRIT_API int writ_lookup_certificate(struct writ_lookup *l, const uint8_t *cert, size_t n,
                                     const uint8_t *issuer, size_t issuer_n,
                                     enum writ_reason *reason, int64_t *since,
                                     struct writ_error *e) WRIT_MUST_CHECK;

/* Asks about content: whether a CA, by the hash of its root's SubjectPublicKeyInfo, has revoked
 * this very file.
 * Returns: WRIT_LOOKUP_REVOKED, WRIT_LOOKUP_UNLISTED or WRIT_LOOKUP_NO_ISSUER (that CA has
 * revoked no content at all); or -1 with WRIT_FAULT_USAGE.
 * In:  root_key: SHA-256.  length, root: writ_content_length, writ_content_root.
 * Out: as above. */
WRIT_API int writ_lookup_content(struct writ_lookup *l, const uint8_t root_key[WRIT_HASH],
                                 uint64_t length, const uint8_t root[WRIT_HASH],
                                 enum writ_reason *reason, int64_t *since,
                                 struct writ_error *e) WRIT_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
