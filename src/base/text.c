#include "base/text.h"

#include <stdio.h>
#include <string.h>

/* The length in bytes of a well-formed UTF-8 character at the start of s and its code point, or 0.
 */
static size_t decode(struct writ_span s, uint32_t *point)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t n;

    if (s.p[0] < 0x80)
        n = 1;
    else if (s.p[0] >= 0xc2 && s.p[0] < 0xe0)
        n = 2;
    else if (s.p[0] >= 0xe0 && s.p[0] < 0xf0)
        n = 3;
    else if (s.p[0] >= 0xf0 && s.p[0] < 0xf5)
        n = 4;
    else
        return 0;
    if (n > s.n)
        return 0;
    *point = n == 1 ? s.p[0] : s.p[0] & (0x7fu >> n);
    for (size_t i = 1; i < n; i++) {
        if ((s.p[i] & 0xc0) != 0x80)
            return 0;
        *point = *point << 6 | (s.p[i] & 0x3f);
    }
    if (*point < smallest[n] || *point > 0x10ffff || (*point >= 0xd800 && *point < 0xe000))
        return 0;
    return n;
}

/* Controls (C0, DEL, C1), line and paragraph separators, bidirectional marks and overrides,
 * zero-width characters, the byte-order mark, interlinear annotations and tags. */
static bool unprintable(uint32_t point)
{
    return point < 0x20 || (point >= 0x7f && point < 0xa0) || point == 0x61c ||
           (point >= 0x200b && point <= 0x200f) || (point >= 0x2028 && point <= 0x202e) ||
           (point >= 0x2060 && point <= 0x206f) || point == 0xfeff || point == 0xad ||
           point == 0x180e || (point >= 0xfff9 && point <= 0xfffb) ||
           (point >= 0xe0000 && point <= 0xe007f);
}

bool writ_text_is_utf8(struct writ_span bytes)
{
    uint32_t point;
    size_t n;

    for (size_t i = 0; i < bytes.n; i += n) {
        n = decode(WRIT_SPAN(bytes.p + i, bytes.n - i), &point);
        if (n == 0)
            return false;
    }
    return true;
}

bool writ_text_is_printable(struct writ_span bytes)
{
    uint32_t point;
    size_t n;

    for (size_t i = 0; i < bytes.n; i += n) {
        n = decode(WRIT_SPAN(bytes.p + i, bytes.n - i), &point);
        if (n == 0 || unprintable(point))
            return false;
    }
    return bytes.n > 0;
}

/* Spells the character at the start of s into piece; returns how many bytes of s it took. */
static size_t spell(struct writ_span s, char piece[16])
{
    uint32_t point = 0;
    size_t n = decode(s, &point);

    if (n == 0) {
        (void)snprintf(piece, 16, "\\x%02x", s.p[0]);
        return 1;
    }
    if (unprintable(point)) {
        (void)snprintf(piece, 16, point < 0x100 ? "\\x%02x" : "\\u{%04x}", (unsigned)point);
        return n;
    }
    memcpy(piece, s.p, n);
    piece[n] = '\0';
    return n;
}

void writ_text_add_safe(struct writ_buffer *b, struct writ_span bytes)
{
    char piece[16];

    for (size_t i = 0; i < bytes.n;) {
        i += spell(WRIT_SPAN(bytes.p + i, bytes.n - i), piece);
        writ_buffer_text(b, piece);
    }
}

void writ_text_copy_safe(char *out, size_t room, struct writ_span bytes)
{
    char piece[16];
    size_t used = 0;
    size_t cut = 0; /* the last boundary that leaves room for the dots */

    for (size_t i = 0; i < bytes.n;) {
        i += spell(WRIT_SPAN(bytes.p + i, bytes.n - i), piece);
        if (used + strlen("...") < room)
            cut = used;
        if (used + strlen(piece) >= room) {
            (void)snprintf(out + cut, room - cut, "...");
            return;
        }
        memcpy(out + used, piece, strlen(piece));
        used += strlen(piece);
    }
    out[used] = '\0';
}

void writ_text_make_safe(char *text, size_t room)
{
    char copy[WRIT_TEXT_FIXED_MAX];
    size_t n = strnlen(text, room - 1);

    if (n >= sizeof copy)
        n = sizeof copy - 1;
    memcpy(copy, text, n);
    writ_text_copy_safe(text, room, WRIT_SPAN(copy, n));
}

static char slug_letter(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (char)(c - 'A' + 'a');
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : '-';
}

void writ_text_slug(char *out, size_t room, const char *name)
{
    size_t n = 0;

    for (; *name != '\0' && n + 1 < room; name++) {
        char c = slug_letter(*name);

        if (c != '-' || (n > 0 && out[n - 1] != '-'))
            out[n++] = c;
    }
    while (n > 0 && out[n - 1] == '-')
        n--;
    if (n == 0)
        out[n++] = 'x';
    out[n] = '\0';
}

static unsigned smaller(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

unsigned writ_text_distance(const char *a, const char *b)
{
    unsigned row[64];
    size_t columns = strlen(b);

    if (columns >= sizeof row / sizeof row[0])
        return 64;
    for (size_t j = 0; j <= columns; j++)
        row[j] = (unsigned)j;
    for (size_t i = 0; a[i] != '\0'; i++) {
        unsigned diagonal = row[0];

        row[0] = (unsigned)i + 1;
        for (size_t j = 0; j < columns; j++) {
            unsigned above = row[j + 1];

            row[j + 1] = smaller(smaller(above, row[j]) + 1, diagonal + (a[i] != b[j]));
            diagonal = above;
        }
    }
    return row[columns];
}
