/*
 * crypto/namehash.h - the number under which OpenSSL looks for a name in a directory
 */
#ifndef WRIT_CRYPTO_NAMEHASH_H
#define WRIT_CRYPTO_NAMEHASH_H

#include "base/error.h"
#include "base/span.h"

/* What `openssl x509 -subject_hash` and `openssl crl -hash` print, and what c_rehash names files
 * by: of a Name (DER, read by object/cert.h before).  -1 with WRIT_FAULT_BAD_INPUT when OpenSSL
 * does not read it, WRIT_FAULT_UNEXPECTED when it has no SHA-1 for it. */
int writ_name_hash(struct writ_span name, uint32_t *hash, struct writ_error *e) WRIT_MUST_CHECK;

#endif
