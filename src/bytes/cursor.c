#include "bytes/cursor.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct writ_cursor writ_cursor_over(struct writ_span bytes, struct writ_error *e)
{
    return (struct writ_cursor){.at = bytes.p, .left = bytes.n, .error = e};
}

int writ_cursor_fail(const struct writ_cursor *c, const char *fmt, ...)
{
    char text[WRIT_ERROR_TEXT_MAX];
    va_list args;

    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    return writ_fail_at(c->error, c->offset, "byte %zu: %s", c->offset, text);
}

int writ_cursor_u16_be(struct writ_cursor *c, uint16_t *out, const char *what)
{
    struct writ_span s;

    if (writ_cursor_take(c, 2, &s, what) < 0)
        return -1;
    *out = (uint16_t)(s.p[0] << 8 | s.p[1]);
    return 0;
}

int writ_cursor_u32_be(struct writ_cursor *c, uint32_t *out, const char *what)
{
    struct writ_span s;

    if (writ_cursor_take(c, 4, &s, what) < 0)
        return -1;
    *out = writ_span_u32_be(s, 0);
    return 0;
}

int writ_cursor_u64_be(struct writ_cursor *c, uint64_t *out, const char *what)
{
    struct writ_span s;

    if (writ_cursor_take(c, 8, &s, what) < 0)
        return -1;
    *out = writ_span_u64_be(s, 0);
    return 0;
}

int writ_cursor_u16_le(struct writ_cursor *c, uint16_t *out, const char *what)
{
    struct writ_span s;

    if (writ_cursor_take(c, 2, &s, what) < 0)
        return -1;
    *out = (uint16_t)(s.p[1] << 8 | s.p[0]);
    return 0;
}

int writ_cursor_u32_le(struct writ_cursor *c, uint32_t *out, const char *what)
{
    struct writ_span s;

    if (writ_cursor_take(c, 4, &s, what) < 0)
        return -1;
    *out = writ_span_u32_le(s, 0);
    return 0;
}

int writ_cursor_u64_le(struct writ_cursor *c, uint64_t *out, const char *what)
{
    struct writ_span s;

    if (writ_cursor_take(c, 8, &s, what) < 0)
        return -1;
    *out = writ_span_u64_le(s, 0);
    return 0;
}

int writ_cursor_zeros(struct writ_cursor *c, size_t n, const char *what)
{
    size_t start = c->offset;
    struct writ_span s;

    if (writ_cursor_take(c, n, &s, what) < 0)
        return -1;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] != 0)
            return writ_fail_at(c->error, start + i, "byte %zu: %s must be zero, found 0x%02x",
                                start + i, what, s.p[i]);
    }
    return 0;
}

int writ_cursor_line(struct writ_cursor *c, struct writ_span *line, const char *what)
{
    const uint8_t *end = c->left == 0 ? NULL : memchr(c->at, '\n', c->left);
    struct writ_span newline;

    if (end == NULL)
        return writ_cursor_fail(c, "%s: wanted a line that ends in a newline", what);
    if (writ_cursor_take(c, (size_t)(end - c->at), line, what) < 0)
        return -1;
    return writ_cursor_take(c, 1, &newline, what);
}

struct writ_span writ_cursor_field(struct writ_cursor *c, uint8_t separator)
{
    const uint8_t *end = c->left == 0 ? NULL : memchr(c->at, separator, c->left);
    size_t n = end == NULL ? c->left : (size_t)(end - c->at);
    struct writ_span field = WRIT_SPAN(c->at, n);
    size_t step = n + (end != NULL);

    if (step > 0)
        c->at += step;
    c->left -= step;
    c->offset += step;
    return field;
}

int writ_cursor_end(const struct writ_cursor *c, const char *what)
{
    if (c->left == 0)
        return 0;
    return writ_cursor_fail(c, "%zu trailing bytes after %s", c->left, what);
}

static uint64_t little_endian(struct writ_span s, size_t from, size_t bytes)
{
    uint64_t value = 0;

    if (from > s.n || bytes > s.n - from)
        return 0;
    for (size_t i = bytes; i > 0; i--)
        value = value << 8 | s.p[from + i - 1];
    return value;
}

uint16_t writ_span_u16_le(struct writ_span s, size_t from)
{
    return (uint16_t)little_endian(s, from, 2);
}

uint32_t writ_span_u32_le(struct writ_span s, size_t from)
{
    return (uint32_t)little_endian(s, from, 4);
}

uint64_t writ_span_u40_le(struct writ_span s, size_t from)
{
    return little_endian(s, from, 5);
}

int writ_span_decimal(struct writ_span digits, uint64_t max, uint64_t *value)
{
    if (digits.n == 0 || digits.n > 19 || (digits.n > 1 && digits.p[0] == '0'))
        return -1;
    *value = 0;
    for (size_t i = 0; i < digits.n; i++) {
        if (digits.p[i] < '0' || digits.p[i] > '9')
            return -1;
        *value = *value * 10 + (uint64_t)(digits.p[i] - '0');
    }
    return *value > max ? -1 : 0;
}
