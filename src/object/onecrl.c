#include "object/onecrl.h"

#include <stdlib.h>
#include <string.h>

#include "bytes/cursor.h"

static const uint8_t magic[8] = {0x97, 'w', 'o', 'c', 'l', 0x0d, 0x0a, 0x1a};

bool writ_onecrl_is(struct writ_span bytes)
{
    struct writ_cursor c = writ_cursor_over(bytes, NULL);

    return writ_span_equal(writ_cursor_peek(&c, sizeof magic), WRIT_SPAN_OF(magic));
}

/* The i-th key, i < count. */
static struct writ_span key_at(const struct writ_onecrl *onecrl, size_t i)
{
    struct writ_span key;

    (void)!writ_span_part(onecrl->keys, (uint64_t)i * WRIT_ONECRL_KEY, WRIT_ONECRL_KEY, &key);
    return key;
}

static int check_order(const struct writ_onecrl *onecrl, struct writ_error *e)
{
    for (size_t i = 1; i < onecrl->count; i++) {
        if (writ_span_compare(key_at(onecrl, i - 1), key_at(onecrl, i)) >= 0)
            return writ_fail_at(e, 16 + i * WRIT_ONECRL_KEY,
                                "OneCRL: key %zu is not above the one before it", i);
    }
    return 0;
}

static int read_keys(struct writ_cursor *c, struct writ_onecrl *onecrl)
{
    struct writ_span found;
    uint64_t count;

    if (writ_cursor_take(c, sizeof magic, &found, "OneCRL magic") < 0)
        return -1;
    if (!writ_span_equal(found, WRIT_SPAN_OF(magic)))
        return writ_fail_at(c->error, 0, "not a OneCRL file: the magic is missing");
    if (writ_cursor_u64_le(c, &count, "count of keys") < 0)
        return -1;
    if (count > WRIT_ONECRL_KEYS_MAX)
        return writ_cursor_fail(c, "OneCRL of %llu keys, the ceiling is %d",
                                (unsigned long long)count, WRIT_ONECRL_KEYS_MAX);
    if (writ_cursor_take(c, (size_t)count * WRIT_ONECRL_KEY, &onecrl->keys, "OneCRL keys") < 0)
        return -1;
    onecrl->count = (size_t)count;
    return writ_cursor_end(c, "the last key of OneCRL");
}

int writ_onecrl_open(struct writ_span bytes, struct writ_onecrl *onecrl, struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(bytes, e);

    *onecrl = (struct writ_onecrl){0};
    if (read_keys(&c, onecrl) == 0 && check_order(onecrl, e) == 0)
        return 0;
    *onecrl = (struct writ_onecrl){0};
    return -1;
}

bool writ_onecrl_find(const struct writ_onecrl *onecrl, const uint8_t key[WRIT_ONECRL_KEY])
{
    size_t low = 0, high = onecrl->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = writ_span_compare(key_at(onecrl, middle), WRIT_SPAN(key, WRIT_ONECRL_KEY));

        if (order == 0)
            return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

/* ------------------------------------------------------------------------------- writing */

static int compare_keys(const void *a, const void *b)
{
    return memcmp(a, b, WRIT_ONECRL_KEY);
}

/* Leaves one of each in sorted keys; returns how many. */
static size_t drop_twins(uint8_t (*keys)[WRIT_ONECRL_KEY], size_t n)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++) {
        if (kept > 0 && compare_keys(keys[kept - 1], keys[i]) == 0)
            continue;
        memmove(keys[kept++], keys[i], WRIT_ONECRL_KEY);
    }
    return kept;
}

int writ_onecrl_build(uint8_t (*keys)[WRIT_ONECRL_KEY], size_t n, struct writ_buffer *out,
                      struct writ_error *e)
{
    if (n > 1)
        qsort(keys, n, WRIT_ONECRL_KEY, compare_keys);
    n = drop_twins(keys, n);
    if (n > WRIT_ONECRL_KEYS_MAX)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "OneCRL of %zu keys, the ceiling is %d", n,
                         WRIT_ONECRL_KEYS_MAX);
    writ_buffer_add(out, WRIT_SPAN_OF(magic));
    for (unsigned shift = 0; shift < 64; shift += 8)
        writ_buffer_byte(out, (uint8_t)((uint64_t)n >> shift));
    if (n > 0)
        writ_buffer_add(out, WRIT_SPAN(keys, n * WRIT_ONECRL_KEY));
    return writ_buffer_check(out, e);
}
