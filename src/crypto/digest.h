/*
 * crypto/digest.h - hashes
 */
#ifndef WRIT_CRYPTO_DIGEST_H
#define WRIT_CRYPTO_DIGEST_H

#include "base/buffer.h"
#include "base/oid.h"

#define WRIT_SHA256_BYTES 32
#define WRIT_SHA1_BYTES   20
#define WRIT_DIGEST_MAX   64

/* A SHA-256 context that is made once and used for many messages. */
struct writ_digester;

/* NULL and WRIT_FAULT_UNEXPECTED when OpenSSL has no memory or no SHA-256. */
struct writ_digester *writ_digester_new(struct writ_error *e) WRIT_MUST_CHECK;
void writ_digester_free(struct writ_digester *d);

/* The SHA-256 of a followed by b (either may be empty).  Together up to 55 bytes, such as the key
 * of a certificate, cost little more than the hash itself. */
int writ_digester_sha256(struct writ_digester *d, struct writ_span a, struct writ_span b,
                         uint8_t out[WRIT_SHA256_BYTES], struct writ_error *e) WRIT_MUST_CHECK;

/* One message, one hash. */
int writ_sha256(struct writ_span bytes, uint8_t out[WRIT_SHA256_BYTES],
                struct writ_error *e) WRIT_MUST_CHECK;

/* A hash chosen by its identifier: SHA-1 (to compare identifiers only, never for a signature),
 * SHA-256, SHA-384 or SHA-512.  *n gets its length.  Another one is WRIT_FAULT_BAD_INPUT. */
int writ_digest(enum writ_oid algorithm, struct writ_span bytes, uint8_t out[WRIT_DIGEST_MAX],
                size_t *n, struct writ_error *e) WRIT_MUST_CHECK;

/* n bytes, at most 1024, from the system's random generator. */
int writ_random(uint8_t *out, size_t n, struct writ_error *e) WRIT_MUST_CHECK;

#endif
