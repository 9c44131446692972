/*
 * tests/unit/der.h - DER spelled out, so that a test can show what it feeds
 *
 *   der("30{ 02{05} 0c{'Alice'} }")      30 0a 02 01 05 0c 05 41 6c 69 63 65
 *
 * Two digits and a brace are a tag; its length is put in when the brace is closed.  Other pairs of
 * digits are bytes, what stands between apostrophes is text, spaces are nothing.  The text may have
 * printf directives: pieces are put together as text and become bytes at the end.
 *
 * It shares no code with bytes/build.h, which is therefore compared with another opinion.
 */
#ifndef WRIT_TEST_DER_H
#define WRIT_TEST_DER_H

#include "base/buffer.h"
#include "test.h"

/* Buffers that live until 64 others were asked for. */
static inline struct writ_buffer *der_room(void)
{
    static struct writ_buffer rooms[64];
    static unsigned turn;
    struct writ_buffer *b = &rooms[turn++ % 64];

    writ_buffer_free(b);
    *b = (struct writ_buffer){0};
    return b;
}

/* A piece of text put together. */
static inline const char *piece(const char *fmt, ...) WRIT_FORMAT(1, 2);
static inline const char *piece(const char *fmt, ...)
{
    struct writ_buffer *b = der_room();
    va_list args;
    char *text;

    va_start(args, fmt);
    if (vasprintf(&text, fmt, args) < 0)
        fail_msg("out of memory");
    va_end(args);
    writ_buffer_text(b, text);
    free(text);
    return writ_buffer_string(b);
}

/* The same text n times. */
static inline const char *times(size_t n, const char *text)
{
    struct writ_buffer *b = der_room();

    while (n-- > 0)
        writ_buffer_text(b, text);
    return writ_buffer_string(b);
}

/* Bytes as digits, to stand in the text. */
static inline const char *digits_of(struct writ_span bytes)
{
    struct writ_buffer *b = der_room();

    writ_hex_add(b, bytes);
    return writ_buffer_string(b);
}

static inline void der_length(struct writ_buffer *out, size_t n)
{
    int octets = n > 0xffffff ? 4 : n > 0xffff ? 3 : n > 0xff ? 2 : 1;

    if (n >= 0x80)
        writ_buffer_byte(out, (uint8_t)(0x80 | octets));
    for (int i = n < 0x80 ? 0 : octets - 1; i >= 0; i--)
        writ_buffer_byte(out, (uint8_t)(n >> (8 * i)));
}

/* Reads up to the closing brace, or the end; leaves *text behind it. */
static inline void der_compile(const char **text, struct writ_buffer *out)
{
    while (**text != '\0' && **text != '}') {
        struct writ_buffer inner = {0};
        uint8_t byte = 0;

        if (**text == ' ') {
            (*text)++;
        } else if (**text == '\'') {
            for ((*text)++; **text != '\'' && **text != '\0'; (*text)++)
                writ_buffer_byte(out, (uint8_t) * *text);
            (*text)++;
        } else {
            if ((*text)[1] == '\0' || writ_hex_parse(WRIT_SPAN(*text, 2), &byte, 1) < 0)
                fail_msg("not two digits: %.20s", *text);
            *text += 2;
            writ_buffer_byte(out, byte);
            if (**text != '{')
                continue;
            (*text)++;
            der_compile(text, &inner);
            if (*(*text)++ != '}')
                fail_msg("a brace is not closed");
            der_length(out, inner.n);
            writ_buffer_add(out, writ_buffer_span(&inner));
            writ_buffer_free(&inner);
        }
    }
}

/* The bytes that a text stands for; they live until 64 other pieces were asked for. */
static inline struct writ_span der(const char *text)
{
    struct writ_buffer *out = der_room();
    const char *at = text;

    der_compile(&at, out);
    if (*at != '\0')
        fail_msg("a brace too many: %.20s", at);
    return writ_buffer_span(out);
}

/* Every shorter beginning of the bytes goes through `parse`, in memory that ends where it ends; all
 * must be refused. */
static inline void assert_no_beginning_passes(struct writ_span bytes,
                                              bool (*parse)(struct writ_span bytes))
{
    for (size_t n = 0; n < bytes.n; n++) {
        uint8_t *copy = malloc(n == 0 ? 1 : n);

        assert_non_null(copy);
        memcpy(copy, bytes.p, n);
        if (parse(WRIT_SPAN(copy, n)))
            fail_msg("the first %zu of %zu bytes pass", n, bytes.n);
        free(copy);
    }
}

/* Every byte in turn gets every other value; what still parses must differ in what `describe`
 * appends.  `describe` returns false, and appends nothing, for what does not parse. */
static inline void assert_every_byte_counts(struct writ_span bytes,
                                            bool (*describe)(struct writ_span bytes,
                                                             struct writ_buffer *out))
{
    struct writ_buffer whole = {0}, changed = {0};
    uint8_t *copy = malloc(bytes.n);

    assert_non_null(copy);
    assert_true(describe(bytes, &whole));
    memcpy(copy, bytes.p, bytes.n);
    for (size_t i = 0; i < bytes.n; i++) {
        for (unsigned value = 0; value < 256; value++) {
            if (value == bytes.p[i])
                continue;
            copy[i] = (uint8_t)value;
            if (describe(WRIT_SPAN(copy, bytes.n), &changed) &&
                writ_span_equal(writ_buffer_span(&changed), writ_buffer_span(&whole)))
                fail_msg("byte %zu may be 0x%02x instead of 0x%02x", i, value, bytes.p[i]);
            writ_buffer_free(&changed);
        }
        copy[i] = bytes.p[i];
    }
    free(copy);
    writ_buffer_free(&whole);
}

#endif
