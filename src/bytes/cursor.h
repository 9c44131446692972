/*
 * bytes/cursor.h - the one place where a wire length meets a remaining length
 *
 * A cursor walks over bytes that a stranger wrote.  Everything that reads such bytes reads them
 * through writ_cursor_take, which holds the only comparison; outside src/bytes there is no
 * arithmetic on a pointer into input.  A cursor borrows the bytes and the error.
 */
#ifndef WRIT_BYTES_CURSOR_H
#define WRIT_BYTES_CURSOR_H

#include <endian.h>
#include <string.h>

#include "base/error.h"
#include "base/span.h"

#define WRIT_DEPTH_MAX 32 /* how deep structures may nest */

struct writ_cursor {
    const uint8_t *at;        /* next byte */
    size_t left;              /* how many there are */
    size_t offset;            /* where `at` stands in the whole input, for messages */
    unsigned depth;           /* how many structures have been entered */
    struct writ_error *error; /* where faults go; may be NULL */
};

/* A cursor over the whole of bytes, at offset 0. */
struct writ_cursor writ_cursor_over(struct writ_span bytes, struct writ_error *e);

/* Records a fault at the cursor's place.  Always returns -1. */
int writ_cursor_fail(const struct writ_cursor *c, const char *fmt, ...) WRIT_FORMAT(2, 3);

/* Takes the next n bytes.  what names them in the fault ("contentLength").  -1 when fewer are
 * left; the cursor is then unchanged and *out empty.  Inline, as what a parser consists of. */
static inline int writ_cursor_take(struct writ_cursor *c, size_t n, struct writ_span *out,
                                   const char *what) WRIT_MUST_CHECK;
static inline int writ_cursor_take(struct writ_cursor *c, size_t n, struct writ_span *out,
                                   const char *what)
{
    *out = WRIT_SPAN_NONE;
    if (n > c->left)
        return writ_cursor_fail(c, "%s: wanted %zu bytes, %zu are left", what, n, c->left);
    *out = WRIT_SPAN(c->at, n);
    if (n > 0)
        c->at += n;
    c->left -= n;
    c->offset += n;
    return 0;
}

/* The next n bytes, without taking them; an empty span when fewer are left. */
static inline struct writ_span writ_cursor_peek(const struct writ_cursor *c, size_t n)
{
    return n > c->left ? WRIT_SPAN_NONE : WRIT_SPAN(c->at, n);
}

/* Big-endian (_be) and little-endian (_le) unsigned numbers, and single bytes. */
static inline int writ_cursor_u8(struct writ_cursor *c, uint8_t *out,
                                 const char *what) WRIT_MUST_CHECK;
static inline int writ_cursor_u8(struct writ_cursor *c, uint8_t *out, const char *what)
{
    struct writ_span s;

    if (writ_cursor_take(c, 1, &s, what) < 0)
        return -1;
    *out = s.p[0];
    return 0;
}
int writ_cursor_u16_be(struct writ_cursor *c, uint16_t *out, const char *what) WRIT_MUST_CHECK;
int writ_cursor_u32_be(struct writ_cursor *c, uint32_t *out, const char *what) WRIT_MUST_CHECK;
int writ_cursor_u64_be(struct writ_cursor *c, uint64_t *out, const char *what) WRIT_MUST_CHECK;
int writ_cursor_u16_le(struct writ_cursor *c, uint16_t *out, const char *what) WRIT_MUST_CHECK;
int writ_cursor_u32_le(struct writ_cursor *c, uint32_t *out, const char *what) WRIT_MUST_CHECK;
int writ_cursor_u64_le(struct writ_cursor *c, uint64_t *out, const char *what) WRIT_MUST_CHECK;

/* Takes n bytes that must all be zero (reserved fields, padding). */
int writ_cursor_zeros(struct writ_cursor *c, size_t n, const char *what) WRIT_MUST_CHECK;

/* Takes the bytes up to and without the next '\n', and the '\n' itself.  -1 when there is none. */
int writ_cursor_line(struct writ_cursor *c, struct writ_span *line,
                     const char *what) WRIT_MUST_CHECK;

/* Takes the bytes up to and without the next `separator`, and it; or all that is left, when there
 * is none.  For splitting a line into fields. */
struct writ_span writ_cursor_field(struct writ_cursor *c, uint8_t separator);

/* 0 when nothing is left, -1 and "trailing bytes after what" otherwise. */
int writ_cursor_end(const struct writ_cursor *c, const char *what) WRIT_MUST_CHECK;

/* A part of a span: n bytes from offset from.  -1 (and *out empty) when it does not fit.  For
 * formats that name their parts by offset; the check cannot overflow. */
static inline int writ_span_part(struct writ_span whole, uint64_t from, uint64_t n,
                                 struct writ_span *out) WRIT_MUST_CHECK;
static inline int writ_span_part(struct writ_span whole, uint64_t from, uint64_t n,
                                 struct writ_span *out)
{
    *out = WRIT_SPAN_NONE;
    if (from > whole.n || n > whole.n - from)
        return -1;
    if (n > 0)
        *out = WRIT_SPAN(whole.p + from, (size_t)n);
    return 0;
}

/* Numbers at a fixed place of a span that has been checked to be long enough; 0 when it is not.
 * Those that look-ups are made of are inline. */
uint16_t writ_span_u16_le(struct writ_span s, size_t from);
uint32_t writ_span_u32_le(struct writ_span s, size_t from);
uint64_t writ_span_u40_le(struct writ_span s, size_t from);
static inline uint8_t writ_span_u8(struct writ_span s, size_t from)
{
    return from < s.n ? s.p[from] : 0;
}
static inline uint16_t writ_span_u16_be(struct writ_span s, size_t from)
{
    uint16_t value;

    if (from > s.n || sizeof value > s.n - from)
        return 0;
    memcpy(&value, s.p + from, sizeof value);
    return be16toh(value);
}
static inline uint32_t writ_span_u32_be(struct writ_span s, size_t from)
{
    uint32_t value;

    if (from > s.n || sizeof value > s.n - from)
        return 0;
    memcpy(&value, s.p + from, sizeof value);
    return be32toh(value);
}
static inline uint64_t writ_span_u64_be(struct writ_span s, size_t from)
{
    uint64_t value;

    if (from > s.n || sizeof value > s.n - from)
        return 0;
    memcpy(&value, s.p + from, sizeof value);
    return be64toh(value);
}
static inline uint64_t writ_span_u64_le(struct writ_span s, size_t from)
{
    uint64_t value;

    if (from > s.n || sizeof value > s.n - from)
        return 0;
    memcpy(&value, s.p + from, sizeof value);
    return le64toh(value);
}

/* Reads a number of 1 to 19 decimal digits, without sign or leading zeros, that is at most max. */
int writ_span_decimal(struct writ_span digits, uint64_t max, uint64_t *value) WRIT_MUST_CHECK;

#endif
