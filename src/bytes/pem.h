/*
 * bytes/pem.h - PEM (RFC 7468)
 *
 * Text between the blocks is skipped, as RFC 7468 section 5.2 allows and people expect of a chain
 * file.  Inside a block nothing is: base64 lines of at most WRIT_PEM_LINE_MAX characters, whatever
 * their number (some tools write one long line), strict as base/base64.h says, and no headers.
 * Spaces and a carriage return at the end of a line are not part of it.
 */
#ifndef WRIT_BYTES_PEM_H
#define WRIT_BYTES_PEM_H

#include "base/buffer.h"
#include "bytes/cursor.h"

#define WRIT_PEM_LABEL_MAX 64
#define WRIT_PEM_LINE_MAX  1024

struct writ_pem {
    char label[WRIT_PEM_LABEL_MAX]; /* "CERTIFICATE" */
    struct writ_buffer der;         /* owned; writ_pem_free gives it back */
};

/* Reads the next block.  0 with *found telling whether there was one; -1 when a block is malformed.
 * pem must be zero or freed before. */
int writ_pem_next(struct writ_cursor *c, struct writ_pem *pem, bool *found) WRIT_MUST_CHECK;
void writ_pem_free(struct writ_pem *pem);

/* True when the bytes hold a line that begins "-----BEGIN ". */
bool writ_pem_looks_like(struct writ_span bytes);

/* Appends a block with 64 characters a line. */
void writ_pem_build(struct writ_buffer *b, const char *label, struct writ_span der);

#endif
