/*
 * evidence/contentsignature.h - who signed a collection of Mozilla's
 *
 * A content signature is ECDSA with P-384 and SHA-384 over "Content-Signature:", a zero byte and
 * the message, as r and s of 48 bytes each in URL-safe base64.  The key is that of a certificate
 * whose chain, PEM and leaf first, holds the root that is known by its SHA-256.
 */
#ifndef WRIT_EVIDENCE_CONTENTSIGNATURE_H
#define WRIT_EVIDENCE_CONTENTSIGNATURE_H

#include "base/span.h"
#include "evidence/evidence.h"

#define WRIT_CONTENT_CHAIN_MAX ((size_t)64 * 1024) /* bytes of a chain in PEM */
#define WRIT_CONTENT_CERTS_MAX 8                   /* certificates in it are fewer */

/* What a message is checked with. */
struct writ_content_signature {
    struct writ_span signature; /* base64 */
    struct writ_span chain;     /* PEM */
    const char *signer;         /* the dNSName that the leaf must have */
    const uint8_t *root;        /* SHA-256 of the root, WRIT_HASH_BYTES */
    int64_t now;                /* every certificate of the chain must be valid then */
};

/* Checks path, dates, strength, name, purpose (codeSigning, in the leaf and in whatever hands it
 * on) and signature.  0 with the fact saying what was found; -1 only without memory, or when
 * OpenSSL fails. */
int writ_check_content_signature(const struct writ_content_signature *how, struct writ_span message,
                                 struct writ_fact *fact, struct writ_error *e) WRIT_MUST_CHECK;

#endif
