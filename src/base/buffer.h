/*
 * base/buffer.h - bytes we are writing
 *
 * A buffer grows up to a ceiling and remembers failure: after the first append that did not fit,
 * all later ones do nothing, so that a writer checks once, at the end.
 */
#ifndef WRIT_BASE_BUFFER_H
#define WRIT_BASE_BUFFER_H

#include "base/error.h"
#include "base/span.h"

#define WRIT_BUFFER_CEILING ((size_t)1 << 31) /* no buffer is ever larger: 2 GiB */

struct writ_buffer {
    uint8_t *p;     /* owned; NULL until the first append */
    size_t n;       /* bytes in use */
    size_t room;    /* bytes allocated */
    size_t ceiling; /* 0 means WRIT_BUFFER_CEILING */
    bool failed;    /* an append did not fit, or memory ran out */
};

/* Appends bytes.  They are copied. */
void writ_buffer_add(struct writ_buffer *b, struct writ_span bytes);
void writ_buffer_byte(struct writ_buffer *b, uint8_t byte);
void writ_buffer_zeros(struct writ_buffer *b, size_t n);
void writ_buffer_text(struct writ_buffer *b, const char *text);
void writ_buffer_format(struct writ_buffer *b, const char *fmt, ...) WRIT_FORMAT(2, 3);

/* Makes room for n more bytes at the end and returns where they go, or NULL.  They count as used.
 */
uint8_t *writ_buffer_extend(struct writ_buffer *b, size_t n);

/* 0 when every append succeeded; otherwise -1 and "out of memory or over the ceiling". */
int writ_buffer_check(const struct writ_buffer *b, struct writ_error *e) WRIT_MUST_CHECK;

/* What has been written so far, borrowed from the buffer until the next append. */
struct writ_span writ_buffer_span(const struct writ_buffer *b);

/* The bytes as a C string: a NUL is kept after the end, and counts towards the ceiling.  "" when
 * nothing was written, or the buffer failed. */
const char *writ_buffer_string(struct writ_buffer *b);

/* Gives the memory back.  The buffer can be used again.  _wipe overwrites it with zeros first. */
void writ_buffer_free(struct writ_buffer *b);
void writ_buffer_wipe(struct writ_buffer *b);

#endif
