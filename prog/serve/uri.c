#include "serve/uri.h"

#include <ctype.h>
#include <string.h>

#include "base/base64.h"

bool uri_below(const char *path, const char *base, const char **rest)
{
    size_t n = strlen(base);

    while (n > 0 && base[n - 1] == '/')
        n--;
    if (strncmp(path, base, n) != 0 || (path[n] != '\0' && path[n] != '/'))
        return false;
    *rest = path + n;
    return true;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)tolower((unsigned char)c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The next character of text at *at, percent-decoded; -1 at the end or where a '%' is no code. */
static int next_character(const char *text, size_t *at)
{
    int high, low;

    if (text[*at] == '\0')
        return -1;
    if (text[*at] != '%')
        return (unsigned char)text[(*at)++];
    high = hex_digit(text[*at + 1]);
    low = high < 0 ? -1 : hex_digit(text[*at + 2]);
    if (low < 0)
        return -1;
    *at += 3;
    return high << 4 | low;
}

/* A plus that somebody took for a space is one all the same. */
static int value_of(int c)
{
    return writ_base64_value((uint8_t)(c == ' ' ? '+' : c));
}

/* The six-bit values of text into room, at most room_n; how many, or -1. */
static int read_values(const char *text, uint8_t *room, size_t room_n)
{
    size_t n = 0, at = 0, padding = 0;

    while (text[at] != '\0') {
        int c = next_character(text, &at);

        if (c == '=' && padding++ < 2)
            continue;
        if (padding > 0 || value_of(c) < 0 || n == room_n || at > URI_TEXT_MAX)
            return -1;
        room[n++] = (uint8_t)value_of(c);
    }
    return padding > 0 && (n + padding) % 4 != 0 ? -1 : (int)n;
}

bool uri_request(const char *rest, uint8_t *room, size_t room_n, struct writ_span *request)
{
    uint32_t bits = 0;
    size_t bytes = 0;
    int n;

    rest += strspn(rest, "/");
    while (strncmp(rest, "%2F", 3) == 0 || strncmp(rest, "%2f", 3) == 0 || *rest == '/')
        rest += *rest == '/' ? 1 : 3;
    n = read_values(rest, room, room_n);
    if (n <= 0 || n % 4 == 1)
        return false;
    for (int i = 0; i < n; i++) {
        bits = bits << 6 | room[i];
        if (i % 4 != 0)
            room[bytes++] = (uint8_t)(bits >> (6 - 2 * (i % 4)));
    }
    *request = WRIT_SPAN(room, bytes);
    return n % 4 == 0 || (bits & (n % 4 == 2 ? 15U : 3U)) == 0;
}

bool uri_is_file_name(const char *name)
{
    bool begins = true;

    for (size_t i = 0; name[i] != '\0'; i++) {
        bool slash = name[i] == '/';

        if ((begins && (slash || name[i] == '.')) || i >= URI_TEXT_MAX)
            return false;
        if (!slash && !isalnum((unsigned char)name[i]) && strchr("._-+~", name[i]) == NULL)
            return false;
        begins = slash;
    }
    return !begins;
}
