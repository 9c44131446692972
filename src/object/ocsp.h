/*
 * object/ocsp.h - OCSP requests and responses (RFC 6960), as they claim to be
 *
 * Reads DER strictly, with one exception that others rely on: the version v1 written out although
 * it is the default.  Times are GeneralizedTime without fractions (RFC 6960 section 4.2.2.1).  Says
 * nothing about whether any of it is true: signature, signer, dates and the certificate asked about
 * are evidence's business (evidence/ocsp.h).
 *
 * A request is read for a responder; whatever is refused here is its malformedRequest.
 */
#ifndef WRIT_OBJECT_OCSP_H
#define WRIT_OBJECT_OCSP_H

#include "object/cert.h"

#define WRIT_OCSP_REQUEST_MAX    ((size_t)16 * 1024) /* bytes of a request, signed ones included */
#define WRIT_OCSP_RESPONSE_MAX   ((size_t)64 * 1024) /* bytes of a response */
#define WRIT_OCSP_IDS_MAX        8                   /* certificates one request asks about */
#define WRIT_OCSP_SINGLES_MAX    256                 /* answers in one response */
#define WRIT_OCSP_CERTS_MAX      16                  /* certificates a response carries */
#define WRIT_OCSP_EXTENSIONS_MAX 16                  /* of one list of them */
#define WRIT_OCSP_NONCE_MAX      128                 /* octets (RFC 9654 section 2.1) */
#define WRIT_OCSP_NONCE_SENT     32                  /* octets to send (RFC 9654 section 2.1) */

/* Which certificate is meant (RFC 6960 section 4.1.1).  Spans borrow from what was parsed. */
struct writ_ocsp_id {
    struct writ_span der;       /* the whole CertID: what a responder may give back unchanged */
    enum writ_oid hash;         /* SHA-1, SHA-256, SHA-384, SHA-512 or another */
    struct writ_span algorithm; /* AlgorithmIdentifier of the hash */
    struct writ_span name_hash; /* of the issuer's DN, DER */
    struct writ_span key_hash;  /* of the issuer's subjectPublicKey, content without unused bits */
    struct writ_span serial;    /* content octets of the INTEGER */
};

/* ---------------------------------------------------------------------- requests (section 4.1) */

struct writ_ocsp_request {
    struct writ_span der;
    size_t count; /* 1 to WRIT_OCSP_IDS_MAX */
    struct writ_ocsp_id id[WRIT_OCSP_IDS_MAX];
    bool has_nonce;
    struct writ_span nonce; /* 1 to WRIT_OCSP_NONCE_MAX octets */
    bool has_requestor;     /* requestorName: not looked at */
    bool is_signed;         /* optionalSignature: not looked at */
    bool has_unknown_critical;
    struct writ_span unknown_critical; /* the identifier of the first one */
};

/* Reads one request that fills der exactly.  0, or -1 with WRIT_FAULT_BAD_INPUT: not DER, trailing
 * bytes, another version than v1, no CertID or more than WRIT_OCSP_IDS_MAX, a serial of more than
 * 21 octets, an extension twice, a nonce that is empty, too long or no OCTET STRING. */
int writ_ocsp_request_parse(struct writ_span der, struct writ_ocsp_request *request,
                            struct writ_error *e) WRIT_MUST_CHECK;

/* Appends an unsigned request about count certificates, of each `hash` (which must be known: the
 * AlgorithmIdentifier is written with NULL, as everybody does), name_hash, key_hash and serial.  A
 * nonce is put in unless it is empty.  -1 and WRIT_FAULT_USAGE when count or the nonce is outside
 * the limits, WRIT_FAULT_UNEXPECTED without memory. */
int writ_ocsp_request_build(const struct writ_ocsp_id *ids, size_t count, struct writ_span nonce,
                            struct writ_buffer *out, struct writ_error *e) WRIT_MUST_CHECK;

/* --------------------------------------------------------------------- responses (section 4.2) */

/* OCSPResponseStatus.  4 is not used. */
enum writ_ocsp_status {
    WRIT_OCSP_SUCCESSFUL = 0,
    WRIT_OCSP_MALFORMED_REQUEST = 1,
    WRIT_OCSP_INTERNAL_ERROR = 2,
    WRIT_OCSP_TRY_LATER = 3,
    WRIT_OCSP_SIG_REQUIRED = 5,
    WRIT_OCSP_UNAUTHORIZED = 6,
};

/* "tryLater" */
const char *writ_ocsp_status_name(enum writ_ocsp_status status);

/* What a response says about one certificate. */
enum writ_ocsp_cert_status { WRIT_OCSP_GOOD, WRIT_OCSP_REVOKED, WRIT_OCSP_UNKNOWN };

/* "good", "revoked", "unknown" */
const char *writ_ocsp_cert_status_name(enum writ_ocsp_cert_status status);

struct writ_ocsp_single {
    struct writ_ocsp_id id;
    enum writ_ocsp_cert_status status;
    int64_t revoked_at; /* when revoked */
    bool has_reason;
    unsigned reason; /* code of CRLReason: 0..6, 8..10 */
    int64_t this_update;
    bool has_next_update;
    int64_t next_update;
    bool has_invalidity; /* invalidityDate (section 4.4.5): since when, as the issuer says */
    int64_t invalidity_date;
    bool has_archive_cutoff; /* section 4.4.4 */
    int64_t archive_cutoff;
    bool has_unknown_critical; /* whoever decides must not use this answer */
    struct writ_span unknown_critical;
};

/* All spans borrow from the bytes that were parsed. */
struct writ_ocsp_response {
    struct writ_span der;
    enum writ_ocsp_status status;
    bool is_basic;         /* responseType is id-pkix-ocsp-basic; without it nothing below is set */
    struct writ_span type; /* content octets of responseType; empty unless successful */

    struct writ_span tbs;           /* ResponseData with its header: what is signed */
    bool has_version;               /* v1 is written out (not DER, but seen) */
    bool by_key;                    /* responderID is byKey, not byName */
    struct writ_name responder;     /* byName */
    struct writ_span responder_key; /* byKey: 20 octets, SHA-1 of the subjectPublicKey */
    int64_t produced_at;
    struct writ_span singles; /* content of responses, for writ_ocsp_walk */
    size_t single_count;
    bool has_nonce;
    struct writ_span nonce;
    bool has_extended_revoke;  /* section 4.4.8: "revoked" may mean never issued */
    bool has_unknown_critical; /* of the response: whoever decides must not use it */
    struct writ_span unknown_critical;
    enum writ_oid signature_algorithm;
    struct writ_span algorithm; /* AlgorithmIdentifier, for those writ has no name for */
    struct writ_span signature;
    size_t cert_count;
    struct writ_span cert[WRIT_OCSP_CERTS_MAX]; /* DER of each, not read any further */
};

/* Reads one response that fills der exactly, all single responses included.  0, or -1 with
 * WRIT_FAULT_BAD_INPUT.  That it is not successful, or not basic, is no fault. */
int writ_ocsp_response_parse(struct writ_span der, struct writ_ocsp_response *response,
                             struct writ_error *e) WRIT_MUST_CHECK;

/* The single responses, one after the other. */
struct writ_cursor writ_ocsp_walk(const struct writ_ocsp_response *response);

/* The next one.  False at the end. */
bool writ_ocsp_next(struct writ_cursor *walk, struct writ_ocsp_single *single);

#endif
