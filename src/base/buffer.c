#include "base/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 256

static size_t ceiling_of(const struct writ_buffer *b)
{
    bool own = b->ceiling > 0 && b->ceiling < WRIT_BUFFER_CEILING;

    return own ? b->ceiling : WRIT_BUFFER_CEILING;
}

static bool reserve(struct writ_buffer *b, size_t more)
{
    size_t room = b->room == 0 ? FIRST_ROOM : b->room;
    uint8_t *p;

    if (b->failed || more > ceiling_of(b) - b->n) {
        b->failed = true;
        return false;
    }
    while (room < b->n + more)
        room *= 2;
    if (room == b->room)
        return true;
    p = malloc(room);
    if (p == NULL) {
        b->failed = true;
        return false;
    }
    if (b->n > 0)
        memcpy(p, b->p, b->n);
    writ_buffer_wipe(&(struct writ_buffer){.p = b->p, .n = b->n, .room = b->room});
    b->p = p;
    b->room = room;
    return true;
}

uint8_t *writ_buffer_extend(struct writ_buffer *b, size_t n)
{
    uint8_t *at;

    if (!reserve(b, n))
        return NULL;
    at = b->p + b->n;
    b->n += n;
    return at;
}

void writ_buffer_add(struct writ_buffer *b, struct writ_span bytes)
{
    uint8_t *at;

    if (bytes.n == 0)
        return;
    at = writ_buffer_extend(b, bytes.n);
    if (at != NULL)
        memcpy(at, bytes.p, bytes.n);
}

void writ_buffer_byte(struct writ_buffer *b, uint8_t byte)
{
    writ_buffer_add(b, WRIT_SPAN(&byte, 1));
}

void writ_buffer_zeros(struct writ_buffer *b, size_t n)
{
    uint8_t *at = n == 0 ? NULL : writ_buffer_extend(b, n);

    if (at != NULL)
        memset(at, 0, n);
}

void writ_buffer_text(struct writ_buffer *b, const char *text)
{
    writ_buffer_add(b, writ_span_text(text));
}

void writ_buffer_format(struct writ_buffer *b, const char *fmt, ...)
{
    va_list args;
    char *text = NULL;
    int n;

    va_start(args, fmt);
    n = vasprintf(&text, fmt, args);
    va_end(args);
    if (n < 0) {
        b->failed = true;
        return;
    }
    writ_buffer_add(b, WRIT_SPAN(text, (size_t)n));
    free(text);
}

int writ_buffer_check(const struct writ_buffer *b, struct writ_error *e)
{
    if (!b->failed)
        return 0;
    return writ_fail(e, WRIT_FAULT_UNEXPECTED,
                     "out of memory, or output over its ceiling of %zu bytes", ceiling_of(b));
}

struct writ_span writ_buffer_span(const struct writ_buffer *b)
{
    return WRIT_SPAN(b->p, b->n);
}

const char *writ_buffer_string(struct writ_buffer *b)
{
    if (!reserve(b, 1))
        return "";
    b->p[b->n] = '\0';
    return (const char *)b->p;
}

void writ_buffer_free(struct writ_buffer *b)
{
    free(b->p);
    *b = (struct writ_buffer){.ceiling = b->ceiling};
}

void writ_buffer_wipe(struct writ_buffer *b)
{
    if (b->p != NULL)
        explicit_bzero(b->p, b->room);
    writ_buffer_free(b);
}
