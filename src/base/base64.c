#include "base/base64.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void writ_base64_add(struct writ_buffer *b, struct writ_span bytes)
{
    for (size_t i = 0; i < bytes.n; i += 3) {
        size_t left = bytes.n - i;
        uint32_t group = (uint32_t)bytes.p[i] << 16;

        group |= left > 1 ? (uint32_t)bytes.p[i + 1] << 8 : 0;
        group |= left > 2 ? (uint32_t)bytes.p[i + 2] : 0;
        writ_buffer_byte(b, (uint8_t)alphabet[group >> 18]);
        writ_buffer_byte(b, (uint8_t)alphabet[group >> 12 & 63]);
        writ_buffer_byte(b, (uint8_t)(left > 1 ? alphabet[group >> 6 & 63] : '='));
        writ_buffer_byte(b, (uint8_t)(left > 2 ? alphabet[group & 63] : '='));
    }
}

int writ_base64_value(uint8_t c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+')
        return 62;
    return c == '/' ? 63 : -1;
}

static size_t padding_of(struct writ_span text)
{
    if (text.n < 2 || text.p[text.n - 1] != '=')
        return 0;
    return text.p[text.n - 2] == '=' ? 2 : 1;
}

/* One group of four characters, the last `padding` of them '='. */
static int parse_group(const uint8_t *four, size_t padding, struct writ_buffer *b)
{
    uint32_t group = 0;

    for (size_t i = 0; i < 4; i++) {
        int value = i >= 4 - padding ? 0 : writ_base64_value(four[i]);

        if (value < 0)
            return -1;
        group = group << 6 | (uint32_t)value;
    }
    if ((padding == 1 && (group & 0xff) != 0) || (padding == 2 && (group & 0xffff) != 0))
        return -1;
    for (size_t i = 0; i < 3 - padding; i++)
        writ_buffer_byte(b, (uint8_t)(group >> (16 - 8 * i)));
    return 0;
}

int writ_base64_parse(struct writ_span text, struct writ_buffer *b)
{
    size_t before = b->n;
    size_t padding = padding_of(text);

    if (text.n % 4 != 0)
        return -1;
    for (size_t i = 0; i < text.n; i += 4) {
        if (parse_group(text.p + i, i + 4 == text.n ? padding : 0, b) < 0 || b->failed) {
            b->n = before;
            return -1;
        }
    }
    return b->failed ? -1 : 0;
}
