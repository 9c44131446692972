/*
 * issue/respond.h - OCSP responses, put together (RFC 6960 section 4.2.1)
 *
 * In two steps, with the signature between them: what is signed (ResponseData), and the response
 * around it.  Written from the end to the beginning into room of the caller, so that lengths are
 * known when they are due: no memory is taken, and a response costs less than a microsecond.  That
 * is what lets a responder keep nothing of a million answers but their times and signatures.
 *
 * The responder is named by its key (byKey): 22 octets, whatever its name is.
 */
#ifndef WRIT_ISSUE_RESPOND_H
#define WRIT_ISSUE_RESPOND_H

#include "crypto/digest.h"
#include "object/ocsp.h"

#define WRIT_RESPOND_PREFIX_MAX 160  /* bytes of a CertID without its serial */
#define WRIT_RESPOND_TBS_MAX    4096 /* bytes of a ResponseData about WRIT_OCSP_IDS_MAX */
#define WRIT_RESPOND_RAW        64   /* bytes of an ECDSA signature with P-256, without its DER */

/* An issuer as CertIDs under one hash name it. */
struct writ_respond_issuer {
    enum writ_oid hash;
    uint8_t name_hash[WRIT_DIGEST_MAX];
    uint8_t key_hash[WRIT_DIGEST_MAX];
    size_t hash_n;
    uint8_t prefix[WRIT_RESPOND_PREFIX_MAX]; /* hashAlgorithm, issuerNameHash, issuerKeyHash */
    size_t prefix_n;
};

/* SHA-1, SHA-256, SHA-384 or SHA-512; as writ_digest fails. */
int writ_respond_issuer(const struct writ_cert *issuer, enum writ_oid hash,
                        struct writ_respond_issuer *r, struct writ_error *e) WRIT_MUST_CHECK;

/* True when a CertID of a request, which the hash fits, names this issuer. */
bool writ_respond_is_issuer(const struct writ_respond_issuer *r, const struct writ_ocsp_id *id);

/* Who signs. */
struct writ_responder {
    uint8_t key_hash[WRIT_SHA1_BYTES];
    enum writ_oid algorithm;
    struct writ_span certificate; /* borrowed; empty: the issuer itself, which nobody needs twice */
};

/* From the signer's certificate; with_certificate for a delegate.  WRIT_FAULT_CONFIGURATION when
 * writ does not sign with such a key: wanted P-256, RSA of at least 2048 bits, or Ed25519. */
int writ_responder(const struct writ_cert *signer, bool with_certificate, struct writ_responder *r,
                   struct writ_error *e) WRIT_MUST_CHECK;

/* What is said about one certificate. */
struct writ_respond_single {
    const struct writ_respond_issuer *issuer; /* NULL: id has the whole CertID instead */
    struct writ_span id;
    struct writ_span serial; /* content octets of the INTEGER */
    enum writ_ocsp_cert_status status;
    int64_t revoked_at;
    unsigned reason; /* code of CRLReason; 0 (unspecified) is left out, as RFC 5280 5.3.1 wants */
    int64_t this_update;
    int64_t next_update;
};

/* Writes a ResponseData to the end of room; *tbs points into it.  nonce: octets, or empty.  -1 when
 * room is too small or an instant has no year of four digits. */
int writ_respond_tbs(const struct writ_responder *r, const struct writ_respond_single *singles,
                     size_t count, struct writ_span nonce, int64_t produced_at, uint8_t *room,
                     size_t room_n, struct writ_span *tbs) WRIT_MUST_CHECK;

/* Writes the response around what was signed, likewise. */
int writ_respond_whole(const struct writ_responder *r, struct writ_span tbs,
                       struct writ_span signature, uint8_t *room, size_t room_n,
                       struct writ_span *der) WRIT_MUST_CHECK;

/* The response that is nothing but a status, DER of five bytes. */
struct writ_span writ_respond_status(enum writ_ocsp_status status);

/* An ECDSA signature of P-256 as r and s, and back; *n gets the length.  -1 when it is none. */
#define WRIT_RESPOND_ECDSA_MAX 72
int writ_respond_to_raw(struct writ_span signature, uint8_t raw[WRIT_RESPOND_RAW]) WRIT_MUST_CHECK;
struct writ_span writ_respond_from_raw(const uint8_t raw[WRIT_RESPOND_RAW],
                                       uint8_t room[WRIT_RESPOND_ECDSA_MAX]);

#endif
