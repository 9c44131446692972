/*
 * crypto/verify.h - signatures of others
 */
#ifndef WRIT_CRYPTO_VERIFY_H
#define WRIT_CRYPTO_VERIFY_H

#include "base/error.h"
#include "base/oid.h"

/* What a check of a signature found.  "Bad" is a finding, not a fault. */
enum writ_signature_state { WRIT_SIGNATURE_GOOD, WRIT_SIGNATURE_BAD };

/* Checks a signature over message with the key in a SubjectPublicKeyInfo (DER, read by
 * object/cert.h before).  algorithm is the signature algorithm of RFC 5758, 4055 or 8410 and must
 * fit the key; an algorithm that does not fit, an unusable key and a signature that does not
 * verify are all WRIT_SIGNATURE_BAD.  -1 and WRIT_FAULT_UNEXPECTED only without memory. */
int writ_verify_signature(struct writ_span spki, enum writ_oid algorithm, struct writ_span message,
                          struct writ_span signature, enum writ_signature_state *state,
                          struct writ_error *e) WRIT_MUST_CHECK;

/* The same, and SHA-1 with RSA, ECDSA or DSA, and DSA with SHA-256, as well: for those who have
 * been told to take it. */
int writ_verify_signature_insecure_sha1(struct writ_span spki, enum writ_oid algorithm,
                                        struct writ_span message, struct writ_span signature,
                                        enum writ_signature_state *state,
                                        struct writ_error *e) WRIT_MUST_CHECK;

/* Checks the signature of a whole certificate (DER) in whatever algorithm OpenSSL knows, RSASSA-PSS
 * (RFC 4055) among them, as long as its security is WRIT_VERIFY_BITS: for certificates that others
 * decide about, and writ only finds the issuer of. */
#define WRIT_VERIFY_BITS 112
int writ_verify_certificate(struct writ_span spki, struct writ_span cert,
                            enum writ_signature_state *state, struct writ_error *e) WRIT_MUST_CHECK;

/* As writ_verify_signature, with the 32 bytes of an Ed25519 key (RFC 8032, cofactorless, as OpenSSL
 * and Go do). */
int writ_verify_ed25519(const uint8_t key[32], struct writ_span message, struct writ_span signature,
                        enum writ_signature_state *state, struct writ_error *e) WRIT_MUST_CHECK;

#endif
