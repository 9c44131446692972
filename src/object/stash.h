/*
 * object/stash.h - lists of revoked serials, which came between two cascades
 *
 *   count (32 bits, little-endian), length of the issuer, issuer, count times { length, serial }
 *
 * once for each issuer, to the end of the file.  An issuer is the SHA-256 of its
 * SubjectPublicKeyInfo, 32 bytes; one of Mozilla's own tests has other lengths, so any is read.
 * There is no magic and no order.  A stash knows what it lists and nothing else: a certificate that
 * is not in it may be good, or not known.  Firefox read these until ESR 115.
 */
#ifndef WRIT_OBJECT_STASH_H
#define WRIT_OBJECT_STASH_H

#include "bytes/cursor.h"

#define WRIT_STASH_MAX ((size_t)16 * 1024 * 1024) /* bytes of a file; real ones have 60 kB */

/* An opened stash; borrows its bytes. */
struct writ_stash {
    struct writ_span bytes;
    size_t issuer_count;
    size_t serial_count; /* of all issuers */
};

/* True when the bytes begin as no filter of another kind does, with a count that a stash can have:
 * a stash has no version, and its first count can be 1, 2, 3 or 4.  Then the two bytes after it are
 * zero and the fifth, the length of the issuer, is above 3, which is no hash of a cascade, and
 * would be millions of logs or issuers in a clubcard. */
bool writ_stash_is(struct writ_span bytes);

/* Reads all of it once.  -1 with WRIT_FAULT_BAD_INPUT and a sentence when it is empty, larger than
 * WRIT_STASH_MAX or cut off, or when an issuer or a serial has no octets. */
int writ_stash_open(struct writ_span bytes, struct writ_stash *stash,
                    struct writ_error *e) WRIT_MUST_CHECK;

/* True when the stash lists this serial under this issuer.  Reads the file from its beginning;
 * without allocation. */
bool writ_stash_find(const struct writ_stash *stash, struct writ_span issuer,
                     struct writ_span serial);

/* One issuer of a stash, while it is walked. */
struct writ_stash_issuer {
    struct writ_span id;
    size_t count;             /* serials that follow, counted down by writ_stash_serial */
    struct writ_cursor after; /* private: where the next one begins */
};

/* Walks an opened stash: _first and _next give an issuer, false at the end.  _serial takes its next
 * serial, false when there is none left; what is not taken is skipped by _next. */
bool writ_stash_first(const struct writ_stash *stash, struct writ_stash_issuer *issuer);
bool writ_stash_next(struct writ_stash_issuer *issuer);
bool writ_stash_serial(struct writ_stash_issuer *issuer, struct writ_span *serial);

#endif
