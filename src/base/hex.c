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

/* What each character stands for, plus one; 0: it is no digit. */
static const uint8_t values[256] = {
    ['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
    ['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
    ['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

/* With a table, because millions of serial numbers come this way. */
static int parse(struct writ_span text, uint8_t *out, size_t n)
{
    bool bad = text.n != 2 * n;

    for (size_t i = 0; !bad && i < n; i++) {
        unsigned high = values[text.p[2 * i]], low = values[text.p[2 * i + 1]];

        bad = high == 0 || low == 0;
        if (!bad)
            out[i] = (uint8_t)((high - 1) << 4 | (low - 1));
    }
    return bad ? -1 : 0;
}

static bool has_capitals(struct writ_span text)
{
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] >= 'A' && text.p[i] <= 'F')
            return true;
    }
    return false;
}

int writ_hex_parse(struct writ_span text, uint8_t *out, size_t n)
{
    return parse(text, out, n);
}

int writ_hex_parse_strict(struct writ_span text, uint8_t *out, size_t n)
{
    return has_capitals(text) ? -1 : parse(text, out, n);
}

int writ_hex_parse_loose(const char *text, uint8_t *out, size_t room)
{
    size_t n = 0;

    while (*text != '\0') {
        if (n == room || text[1] == '\0' || parse(WRIT_SPAN(text, 2), out + n, 1) < 0)
            return -1;
        n++;
        text += 2;
        if (*text == ':' && text[1] != '\0')
            text++;
    }
    return (int)n;
}
