/*
 * crypto/key.h - private keys
 *
 * Kept only by those who sign; nothing that judges includes this.
 */
#ifndef WRIT_CRYPTO_KEY_H
#define WRIT_CRYPTO_KEY_H

#include "base/buffer.h"
#include "base/oid.h"

struct writ_key;

enum writ_key_kind { WRIT_KEY_P256, WRIT_KEY_ED25519 };

#define WRIT_PASSPHRASE_MAX 1024

/* A new key from the system's random generator.  The caller owns it. */
struct writ_key *writ_key_generate(enum writ_key_kind kind, struct writ_error *e) WRIT_MUST_CHECK;
void writ_key_free(struct writ_key *k);

/* Reads PKCS #8 (RFC 5958), encrypted when encrypted is true.  A wrong passphrase is
 * WRIT_FAULT_PERMISSION; anything that is no key, or encrypted as OpenSSL does not read by default,
 * is WRIT_FAULT_BAD_INPUT. */
struct writ_key *writ_key_from_pkcs8(struct writ_span der, bool encrypted,
                                     struct writ_span passphrase,
                                     struct writ_error *e) WRIT_MUST_CHECK;

/* Appends PKCS #8, encrypted with AES-256-CBC under scrypt (N 16384, r 8, p 2; RFC 7914).  The
 * passphrase has 1 to WRIT_PASSPHRASE_MAX bytes, else WRIT_FAULT_USAGE.  The other one writes the
 * key in the clear, and says so where it is called. */
int writ_key_to_pkcs8(const struct writ_key *k, struct writ_span passphrase,
                      struct writ_buffer *out, struct writ_error *e) WRIT_MUST_CHECK;
int writ_key_to_pkcs8_insecure_plain(const struct writ_key *k, struct writ_buffer *out,
                                     struct writ_error *e) WRIT_MUST_CHECK;

/* Appends the SubjectPublicKeyInfo. */
int writ_key_public(const struct writ_key *k, struct writ_buffer *out,
                    struct writ_error *e) WRIT_MUST_CHECK;

/* The 32 bytes of an Ed25519 public key.  WRIT_FAULT_USAGE for another kind of key. */
int writ_key_ed25519_public(const struct writ_key *k, uint8_t out[32],
                            struct writ_error *e) WRIT_MUST_CHECK;

/* The signature algorithm this key signs with: ECDSA with SHA-256, RSA with SHA-256, Ed25519; or
 * WRIT_OID_UNKNOWN when writ does not sign with such a key. */
enum writ_oid writ_key_algorithm(const struct writ_key *k);

/* Appends the signature over message with writ_key_algorithm (ECDSA: the DER of RFC 3279). */
int writ_key_sign(const struct writ_key *k, struct writ_span message, struct writ_buffer *signature,
                  struct writ_error *e) WRIT_MUST_CHECK;

/* The same for who signs many messages, a third faster: what OpenSSL needs for it is made once. One
 * thread at a time uses a pen; several may have pens of one key, which must outlive them. */
struct writ_pen;
struct writ_pen *writ_pen_new(const struct writ_key *k, struct writ_error *e) WRIT_MUST_CHECK;
void writ_pen_free(struct writ_pen *pen);
int writ_pen_sign(struct writ_pen *pen, struct writ_span message, struct writ_buffer *signature,
                  struct writ_error *e) WRIT_MUST_CHECK;

/* True when the key's public half is this SubjectPublicKeyInfo. */
bool writ_key_matches(const struct writ_key *k, struct writ_span spki);

#endif
