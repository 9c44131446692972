/*
 * evidence/cascade.h - what a cascade says about a certificate
 *
 * The answer is right for every certificate that was known when the cascade was built, and comes by
 * chance for another one.  Which were known stands in no file that writ reads, so this is for
 * `writ filter query`, which asks the bare file, and not for `writ check`.
 */
#ifndef WRIT_EVIDENCE_CASCADE_H
#define WRIT_EVIDENCE_CASCADE_H

#include "crypto/digest.h"
#include "object/cascade.h"
#include "object/clubcard.h"

#define WRIT_CASCADE_SERIAL_MAX 255 /* octets of a serial that can be asked for */

/* Asks for a certificate: issuer is the SHA-256 of the issuer's SubjectPublicKeyInfo, serial the
 * content octets.  *answer is WRIT_FILTER_GOOD or WRIT_FILTER_REVOKED.  -1 with
 * WRIT_FAULT_BAD_INPUT when the serial is longer than WRIT_CASCADE_SERIAL_MAX, or when OpenSSL
 * fails.  Without allocation. */
int writ_cascade_ask(const struct writ_cascade *cascade, struct writ_digester *digester,
                     const uint8_t issuer[WRIT_CLUBCARD_ISSUER], struct writ_span serial,
                     enum writ_filter_answer *answer, struct writ_error *e) WRIT_MUST_CHECK;

/* Says whether any key is in the set that the cascade was built from ("revoked" of a key that is no
 * certificate's).  -1 only when OpenSSL fails. */
int writ_cascade_has(const struct writ_cascade *cascade, struct writ_digester *digester,
                     struct writ_span key, bool *has, struct writ_error *e) WRIT_MUST_CHECK;

#endif
