/*
 * base/span.h - some bytes that somebody else owns
 *
 * A span borrows: it is valid as long as what it points into.  Reading it byte by byte is the
 * business of bytes/cursor.h; here are only the comparisons that need no parsing.
 */
#ifndef WRIT_BASE_SPAN_H
#define WRIT_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct writ_span {
    const uint8_t *p; /* first byte; may be NULL when n is 0 */
    size_t n;         /* how many */
};

#define WRIT_SPAN(pointer, count) ((struct writ_span){(const uint8_t *)(pointer), (count)})
#define WRIT_SPAN_OF(array)       WRIT_SPAN(array, sizeof(array))
#define WRIT_SPAN_NONE            ((struct writ_span){NULL, 0})

/* The bytes of a C string without its final NUL. */
struct writ_span writ_span_text(const char *text);

/* Equal length and equal bytes. */
bool writ_span_equal(struct writ_span a, struct writ_span b);

/* Order by bytes as unsigned, a prefix before what it is a prefix of: <0, 0, >0. */
int writ_span_compare(struct writ_span a, struct writ_span b);

/* Equal bytes of two buffers of the same length, in time that does not depend on where they
 * differ.  For secrets and authenticators. */
bool writ_bytes_equal_secret(const uint8_t *a, const uint8_t *b, size_t n);

#endif
