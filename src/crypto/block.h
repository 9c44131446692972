/*
 * crypto/block.h - the SHA-256 of one short message, by the processor's own instructions
 *
 * The key of a certificate in a filter or a table is a hash of fifty bytes, and most of what a
 * look-up costs.  OpenSSL has the same instructions, behind calls that cost as much again.
 */
#ifndef WRIT_CRYPTO_BLOCK_H
#define WRIT_CRYPTO_BLOCK_H

#include "base/span.h"

#define WRIT_BLOCK_HEAD 32 /* bytes of the first part: an issuer's hash */
#define WRIT_BLOCK_TAIL 23 /* at most, of the second: a serial number */

/* True when this processor has them (Intel SHA extensions) and the C library can tell. */
bool writ_block_is_possible(void);

/* The SHA-256 (FIPS 180-4) of head followed by tail, which has at most WRIT_BLOCK_TAIL bytes.  Only
 * where writ_block_is_possible said true: elsewhere the process ends with SIGILL. */
void writ_block_sha256(const uint8_t head[WRIT_BLOCK_HEAD], struct writ_span tail, uint8_t out[32]);

#endif
