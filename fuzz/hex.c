/* fuzz/hex.c - feeds the three readers of hexadecimal digits */
#include "base/hex.h"

#include <string.h>

#include "fuzz.h"

#define ROOM 64 /* bytes */

static void exact_forms_agree(struct writ_span text)
{
    uint8_t any[ROOM], strict[ROOM];
    char again[2 * ROOM + 1];
    size_t n = text.n / 2;

    if (n > ROOM || writ_hex_parse_strict(text, strict, n) < 0)
        return;
    HOLDS(writ_hex_parse(text, any, n) == 0 && memcmp(any, strict, n) == 0);
    writ_hex_format(WRIT_SPAN(strict, n), again);
    HOLDS(writ_span_equal(writ_span_text(again), text));
}

static void loose_form_means_its_digits(struct writ_span text)
{
    char typed[4 * ROOM], again[2 * ROOM + 1];
    uint8_t bytes[ROOM], same[ROOM];
    int n;

    (void)snprintf(typed, sizeof typed, "%.*s", (int)text.n, (const char *)text.p);
    n = writ_hex_parse_loose(typed, bytes, ROOM);
    if (n < 0)
        return;
    HOLDS(n <= ROOM);
    writ_hex_format(WRIT_SPAN(bytes, (size_t)n), again);
    HOLDS(writ_hex_parse_strict(writ_span_text(again), same, (size_t)n) == 0);
    HOLDS(memcmp(bytes, same, (size_t)n) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    exact_forms_agree(WRIT_SPAN(data, size));
    if (size < 4 * ROOM)
        loose_form_means_its_digits(WRIT_SPAN(data, size));
    return 0;
}
