#include "bytes/build.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"

#define HEADER_MAX 6 /* tag, length of the length, four bytes of length */

/* Writes the header of an element; returns how many bytes it takes. */
static size_t header(uint8_t tag, size_t length, uint8_t out[HEADER_MAX])
{
    size_t bytes = length < 0x80      ? 0
                   : length < 0x100   ? 1
                   : length < 0x10000 ? 2
                   : length >> 24     ? 4
                                      : 3;

    out[0] = tag;
    if (bytes == 0) {
        out[1] = (uint8_t)length;
        return 2;
    }
    out[1] = (uint8_t)(0x80 | bytes);
    for (size_t i = 0; i < bytes; i++)
        out[2 + i] = (uint8_t)(length >> (8 * (bytes - 1 - i)));
    return 2 + bytes;
}

void writ_build_open(struct writ_build *b, uint8_t tag)
{
    if (b->depth == WRIT_DEPTH_MAX) {
        b->out.failed = true;
        return;
    }
    b->tag[b->depth] = tag;
    b->start[b->depth] = b->out.n;
    b->depth++;
}

void writ_build_close(struct writ_build *b)
{
    uint8_t head[HEADER_MAX];
    size_t start, length, n;

    if (b->depth == 0 || b->out.failed) {
        b->out.failed = true;
        return;
    }
    b->depth--;
    start = b->start[b->depth];
    length = b->out.n - start;
    n = header(b->tag[b->depth], length, head);
    if (writ_buffer_extend(&b->out, n) == NULL)
        return;
    memmove(b->out.p + start + n, b->out.p + start, length);
    memcpy(b->out.p + start, head, n);
}

#define SET_MAX 64 /* elements of one SET OF */

static int compare_spans(const void *a, const void *b)
{
    return writ_span_compare(*(const struct writ_span *)a, *(const struct writ_span *)b);
}

/* Appends the elements of a SET OF, given in any order, in the order of their encodings. */
static void add_sorted(struct writ_buffer *out, struct writ_span elements)
{
    struct writ_span list[SET_MAX];
    struct writ_cursor c = writ_cursor_over(elements, NULL);
    size_t n = 0;

    while (c.left > 0) {
        struct writ_cursor contents;
        uint8_t tag;

        if (n == SET_MAX || writ_der_any(&c, &tag, &contents, &list[n], "element") < 0) {
            out->failed = true;
            return;
        }
        n++;
    }
    qsort(list, n, sizeof list[0], compare_spans);
    for (size_t i = 0; i < n; i++)
        writ_buffer_add(out, list[i]);
}

void writ_build_close_set_of(struct writ_build *b)
{
    struct writ_buffer sorted = {0};
    size_t start;

    if (b->depth == 0 || b->out.failed) {
        b->out.failed = true;
        return;
    }
    start = b->start[b->depth - 1];
    if (b->out.n > start) {
        add_sorted(&sorted, WRIT_SPAN(b->out.p + start, b->out.n - start));
        b->out.failed |= sorted.failed;
        if (!b->out.failed)
            memcpy(b->out.p + start, sorted.p, sorted.n);
    }
    writ_buffer_free(&sorted);
    writ_build_close(b);
}

void writ_build_element(struct writ_build *b, uint8_t tag, struct writ_span contents)
{
    uint8_t head[HEADER_MAX];

    writ_buffer_add(&b->out, WRIT_SPAN(head, header(tag, contents.n, head)));
    writ_buffer_add(&b->out, contents);
}

void writ_build_raw(struct writ_build *b, struct writ_span der)
{
    writ_buffer_add(&b->out, der);
}

void writ_build_boolean(struct writ_build *b, bool value)
{
    uint8_t octet = value ? 0xff : 0x00;

    writ_build_element(b, WRIT_DER_BOOLEAN, WRIT_SPAN(&octet, 1));
}

static void add_magnitude(struct writ_build *b, uint8_t tag, struct writ_span octets)
{
    uint8_t head[HEADER_MAX];
    size_t pad;

    while (octets.n > 1 && octets.p[0] == 0)
        octets = WRIT_SPAN(octets.p + 1, octets.n - 1);
    pad = octets.n == 0 || octets.p[0] >= 0x80 ? 1 : 0;
    writ_buffer_add(&b->out, WRIT_SPAN(head, header(tag, octets.n + pad, head)));
    writ_buffer_zeros(&b->out, pad);
    writ_buffer_add(&b->out, octets);
}

void writ_build_unsigned(struct writ_build *b, uint8_t tag, uint64_t value)
{
    uint8_t octets[8];

    for (size_t i = 0; i < sizeof octets; i++)
        octets[i] = (uint8_t)(value >> (8 * (7 - i)));
    add_magnitude(b, tag, WRIT_SPAN_OF(octets));
}

void writ_build_magnitude(struct writ_build *b, struct writ_span octets)
{
    add_magnitude(b, WRIT_DER_INTEGER, octets);
}

void writ_build_octet_string(struct writ_build *b, struct writ_span octets)
{
    writ_build_element(b, WRIT_DER_OCTET_STRING, octets);
}

void writ_build_bit_string(struct writ_build *b, struct writ_span bits, unsigned unused)
{
    uint8_t head[HEADER_MAX];

    writ_buffer_add(&b->out, WRIT_SPAN(head, header(WRIT_DER_BIT_STRING, bits.n + 1, head)));
    writ_buffer_byte(&b->out, (uint8_t)unused);
    writ_buffer_add(&b->out, bits);
}

void writ_build_null(struct writ_build *b)
{
    writ_build_element(b, WRIT_DER_NULL, WRIT_SPAN_NONE);
}

void writ_build_oid(struct writ_build *b, enum writ_oid oid)
{
    writ_build_element(b, WRIT_DER_OID, writ_oid_content(oid));
}

void writ_build_utf8(struct writ_build *b, struct writ_span text)
{
    writ_build_element(b, WRIT_DER_UTF8_STRING, text);
}

void writ_build_time(struct writ_build *b, int64_t instant)
{
    struct writ_civil c;
    char text[32];
    bool utc;

    writ_time_to_civil(instant, &c);
    utc = c.year >= 1950 && c.year <= 2049;
    (void)snprintf(text, sizeof text, "%04d%02d%02d%02d%02d%02dZ", c.year, c.month, c.day, c.hour,
                   c.minute, c.second);
    writ_build_element(b, utc ? WRIT_DER_UTC_TIME : WRIT_DER_GENERALIZED_TIME,
                       writ_span_text(utc ? text + 2 : text));
}

static bool wants_null(enum writ_oid algorithm)
{
    switch (algorithm) {
    case WRIT_OID_RSA:
    case WRIT_OID_RSA_SHA256:
    case WRIT_OID_RSA_SHA384:
    case WRIT_OID_RSA_SHA512:
        return true; /* RFC 4055 section 5 */
    default:
        return false; /* RFC 5754 and 5758: digests and ECDSA have none */
    }
}

void writ_build_algorithm(struct writ_build *b, enum writ_oid algorithm)
{
    writ_build_open(b, WRIT_DER_SEQUENCE);
    writ_build_oid(b, algorithm);
    if (wants_null(algorithm))
        writ_build_null(b);
    writ_build_close(b);
}

void writ_build_name_part(struct writ_build *b, enum writ_oid type, struct writ_span text)
{
    writ_build_open(b, WRIT_DER_SET);
    writ_build_open(b, WRIT_DER_SEQUENCE);
    writ_build_oid(b, type);
    writ_build_utf8(b, text);
    writ_build_close(b);
    writ_build_close(b);
}

int writ_build_finish(struct writ_build *b, struct writ_span *der, struct writ_error *e)
{
    if (writ_buffer_check(&b->out, e) < 0)
        return -1;
    if (b->depth != 0)
        return writ_fail(e, WRIT_FAULT_UNEXPECTED, "a structure was left open");
    *der = writ_buffer_span(&b->out);
    return 0;
}

int writ_build_finish_into(struct writ_build *b, struct writ_buffer *out, struct writ_error *e)
{
    struct writ_span der;
    int rc = writ_build_finish(b, &der, e);

    if (rc == 0) {
        writ_buffer_add(out, der);
        rc = writ_buffer_check(out, e);
    }
    writ_build_free(b);
    return rc;
}

void writ_build_free(struct writ_build *b)
{
    writ_buffer_free(&b->out);
    b->depth = 0;
}
