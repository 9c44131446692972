/*
 * object/sct.h - signed certificate timestamps inside certificates (RFC 6962 section 3.3)
 *
 * A log of Certificate Transparency promises, in an SCT, that it has seen a certificate by an
 * instant.  Which certificates a clubcard can have seen is told by these instants, so they are all
 * that is kept here: the signatures are checked to be there and in shape, and not verified.  Who
 * issues a certificate chooses its SCTs, and could only make it less covered, or covered by a file
 * that then says what the CA has revoked.
 */
#ifndef WRIT_OBJECT_SCT_H
#define WRIT_OBJECT_SCT_H

#include "bytes/cursor.h"

#define WRIT_SCTS_MAX   64 /* timestamps of one certificate; real ones have two to five */
#define WRIT_SCT_LOG_ID 32 /* SHA-256 of the log's SubjectPublicKeyInfo */

struct writ_sct {
    struct writ_span log_id; /* WRIT_SCT_LOG_ID bytes */
    uint64_t timestamp;      /* milliseconds since the epoch */
};

/* Reads a SignedCertificateTimestampList in its TLS encoding, as `sct_list` of object/cert.h has
 * it: both OCTET STRINGs taken off.  The spans borrow from it.  An empty span is no list, and gives
 * count 0.  A list must fill the span, each item its length, each SCT its item: version, log,
 * timestamp, extensions, the signature's two algorithms, the signature.
 *
 * An SCT of another version than v1 is skipped whole, as RFC 6962 section 3.3 wants of clients:
 * only its length is read.  -1 with WRIT_FAULT_BAD_INPUT when anything else does not fit, when the
 * list or an item is empty, and for more than WRIT_SCTS_MAX; *count is then 0. */
int writ_sct_list_parse(struct writ_span list, struct writ_sct scts[WRIT_SCTS_MAX], size_t *count,
                        struct writ_error *e) WRIT_MUST_CHECK;

#endif
