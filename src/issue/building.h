/*
 * issue/building.h - what certificates and CRLs are both built of (RFC 5280 sections 4.1 and 5.1)
 */
#ifndef WRIT_ISSUE_BUILDING_H
#define WRIT_ISSUE_BUILDING_H

#include "bytes/build.h"
#include "crypto/key.h"

#define WRIT_KEY_ID_BYTES 20 /* RFC 7093 section 2, method 1: leftmost 160 bits of SHA-256 */

/* An Extension: its value is what is built between these two. */
void writ_build_open_extension(struct writ_build *b, enum writ_oid oid, bool critical);
void writ_build_close_extension(struct writ_build *b);

/* An AuthorityKeyIdentifier that names a key. */
void writ_build_authority_key_id(struct writ_build *b, struct writ_span id);

/* DistributionPointName: fullName with one URI (section 4.2.1.13). */
void writ_build_point_name(struct writ_build *b, const char *url);

/* An extension of distribution points, one point with one URI: cRLDistributionPoints, freshestCRL.
 */
void writ_build_points(struct writ_build *b, enum writ_oid oid, const char *url);

/* Appends what an issuer signs, tbs (a whole SEQUENCE), with its signature: SEQUENCE { tbs,
 * algorithm, signature }.  The faults are those of writ_key_sign and writ_build_finish_into. */
int writ_issue_signed(const struct writ_key *key, struct writ_span tbs, struct writ_buffer *der,
                      struct writ_error *e) WRIT_MUST_CHECK;

#endif
