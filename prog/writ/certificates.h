/*
 * writ/certificates.h - the certificates in a file, whatever its form
 *
 * PEM with anything between the blocks, or DER, one certificate after the other.  For use in a
 * jail: what comes out has not been read beyond its outermost length.
 */
#ifndef WRIT_CERTIFICATES_H
#define WRIT_CERTIFICATES_H

#include "base/buffer.h"

#define CERTIFICATES_MAX 1024 /* in one file */

struct certificates {
    struct writ_span at[CERTIFICATES_MAX]; /* DER, in the bytes that were given or in `decoded` */
    size_t count;
    struct writ_buffer decoded[CERTIFICATES_MAX]; /* owned */
    size_t decoded_count;
};

/* Adds those of one file.  -1 with WRIT_FAULT_BAD_INPUT when a block is malformed, when bytes that
 * are no PEM are not certificates to the end, or for more than CERTIFICATES_MAX. */
int certificates_add(struct certificates *c, struct writ_span bytes,
                     struct writ_error *e) WRIT_MUST_CHECK;
void certificates_free(struct certificates *c);

#endif
