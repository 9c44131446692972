#include "base/hex.h"

static const char digits[] = "0123456789abcdef";

void writ_hex_format(struct writ_span bytes, char *text)
{
    for (size_t i = 0; i < bytes.n; i++) {
        *text++ = digits[bytes.p[i] >> 4];
        *text++ = digits[bytes.p[i] & 15];
    }
    *text = '\0';
}

void writ_hex_add(struct writ_buffer *b, struct writ_span bytes)
{
    for (size_t i = 0; i < bytes.n; i++) {
        writ_buffer_byte(b, (uint8_t)digits[bytes.p[i] >> 4]);
        writ_buffer_byte(b, (uint8_t)digits[bytes.p[i] & 15]);
    }
}

static int value_of(uint8_t digit, bool upper_case_too)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    if (upper_case_too && digit >= 'A' && digit <= 'F')
        return digit - 'A' + 10;
    return -1;
}

static int parse(struct writ_span text, uint8_t *out, size_t n, bool upper_case_too)
{
    if (text.n != 2 * n)
        return -1;
    for (size_t i = 0; i < n; i++) {
        int high = value_of(text.p[2 * i], upper_case_too);
        int low = value_of(text.p[2 * i + 1], upper_case_too);

        if (high < 0 || low < 0)
            return -1;
        out[i] = (uint8_t)(high << 4 | low);
    }
    return 0;
}

int writ_hex_parse(struct writ_span text, uint8_t *out, size_t n)
{
    return parse(text, out, n, true);
}

int writ_hex_parse_strict(struct writ_span text, uint8_t *out, size_t n)
{
    return parse(text, out, n, false);
}

int writ_hex_parse_loose(const char *text, uint8_t *out, size_t room)
{
    size_t n = 0;

    while (*text != '\0') {
        if (n == room || text[1] == '\0' || parse(WRIT_SPAN(text, 2), out + n, 1, true) < 0)
            return -1;
        n++;
        text += 2;
        if (*text == ':' && text[1] != '\0')
            text++;
    }
    return (int)n;
}
