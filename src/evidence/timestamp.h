/*
 * evidence/timestamp.h - whether an RFC 3161 token says when a seal was made
 *
 * The time that counts is genTime + accuracy of a TSA whose root the bundle names: critical, sole
 * extended key usage timeStamping, valid at genTime, over this very signature value, and not
 * revoked in a way that touches it.
 */
#ifndef WRIT_EVIDENCE_TIMESTAMP_H
#define WRIT_EVIDENCE_TIMESTAMP_H

#include "evidence/path.h"
#include "evidence/source.h"
#include "object/timestamp.h"

/* How far a stamp may lie ahead of now, for clocks that differ. */
#define WRIT_STAMP_SKEW (5 * WRIT_MINUTE)

/* Checks everything but the TSA's status, against the TSA anchors of the source.  stamp->state is
 * WRIT_STAMP_REFUSED, or WRIT_STAMP_NOT_COUNTED until writ_check_stamp_status has been asked.
 * -1 only without memory. */
int writ_check_stamp(struct writ_span token, struct writ_span signature_value,
                     const struct writ_source *source, int64_t now, struct writ_checked_path *tsa,
                     struct writ_stamp_facts *stamp, struct writ_error *e) WRIT_MUST_CHECK;

/* Asks the source about the TSA's certificates, and settles the state. */
int writ_check_stamp_status(const struct writ_source *source, const struct writ_checked_path *tsa,
                            struct writ_stamp_facts *stamp, struct writ_error *e) WRIT_MUST_CHECK;

/* Reads a token and checks that it stamps this value and is signed by the certificate it carries,
 * with the purpose a TSA needs: what a developer can know without trusting anybody.  *signer is the
 * TSA's certificate and *index its place in stamp->cms. */
int writ_check_token(struct writ_span token, struct writ_span signature_value,
                     struct writ_timestamp *stamp, struct writ_cert *signer, size_t *index,
                     struct writ_fact *fact, struct writ_error *e) WRIT_MUST_CHECK;

#endif
