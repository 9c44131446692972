#include "base/span.h"

#include <string.h>

struct writ_span writ_span_text(const char *text)
{
    return WRIT_SPAN(text, strlen(text));
}

bool writ_span_equal(struct writ_span a, struct writ_span b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

int writ_span_compare(struct writ_span a, struct writ_span b)
{
    size_t shorter = a.n < b.n ? a.n : b.n;
    int order = shorter == 0 ? 0 : memcmp(a.p, b.p, shorter);

    if (order != 0)
        return order;
    return (a.n > b.n) - (a.n < b.n);
}

bool writ_bytes_equal_secret(const uint8_t *a, const uint8_t *b, size_t n)
{
    uint8_t difference = 0;

    for (size_t i = 0; i < n; i++)
        difference |= (uint8_t)(a[i] ^ b[i]);
    return difference == 0;
}
