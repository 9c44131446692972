/*
 * crypto/merkle.h - the hash of a program's content
 *
 * The root hash of the Merkle tree that Linux fs-verity builds (Documentation/filesystems/
 * fsverity.rst): SHA-256, blocks of 4096 bytes, no salt.  Data blocks are hashed; 128 hashes fill a
 * block of the level above; the last block of each level is filled up with zeros; the root is the
 * hash of the only block of the highest level.  One block of data: its hash.  No data: 32 zeros.
 *
 * It says nothing about the length, which must be compared beside it.
 */
#ifndef WRIT_CRYPTO_MERKLE_H
#define WRIT_CRYPTO_MERKLE_H

#include "crypto/digest.h"

#define WRIT_MERKLE_BLOCK   4096
#define WRIT_MERKLE_THREADS 16 /* at most */

/* The root over content, hashed by up to `threads` threads (0 and 1: the caller alone).  When a
 * thread cannot be started the others do its work. */
int writ_merkle_root(struct writ_span content, unsigned threads, uint8_t root[WRIT_SHA256_BYTES],
                     struct writ_error *e) WRIT_MUST_CHECK;

#endif
