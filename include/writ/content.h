/*
 * writ/content.h - what a seal speaks of: the content of a file, by its length and Merkle root
 *
 * The root is that of the Merkle tree which Linux builds for fs-verity, with SHA-256, blocks of
 * 4096 bytes and no salt.  It says nothing about the length, which must always be compared beside
 * it.
 */
#ifndef WRIT_CONTENT_H
#define WRIT_CONTENT_H

#include <stddef.h>
#include <stdint.h>

#include "writ/api.h"
#include "writ/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How many bytes of a file are its content: all of them, or those before the tail, when a seal is
 * attached to the end.  That there is a tail says nothing about the seal in it.
 * Returns: 0, or -1 with WRIT_FAULT_BAD_INPUT when there is a trailer that does not hold together
 * (the file is then malformed, and no verdict about it will be "allowed").
 * In:  file, n: all bytes of the file; read during the call only.
 * Out: *length, only when 0 is returned; e, may be NULL. */
WRIT_API int writ_content_length(const uint8_t *file, size_t n, uint64_t *length,
                                 struct writ_error *e) WRIT_MUST_CHECK;

/* The Merkle root of content.
 * Returns: 0, or -1 with WRIT_FAULT_UNEXPECTED.
 * In:  content, n: without a tail (writ_content_length); read during the call only.
 *      threads: how many threads may hash, the caller's among them; 0 means 1, more than 16 mean
 *      16.  When one cannot be started the others do its work.
 * Out: root, only when 0 is returned; 32 zeros for no content.  e, may be NULL. */
WRIT_API int writ_content_root(const uint8_t *content, size_t n, unsigned threads,
                               uint8_t root[WRIT_HASH], struct writ_error *e) WRIT_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
