/* fuzz/memory.c - feeds object/memory.h: a floor has one spelling, and keys are renewed in bounds
 */
#include "object/memory.h"

#include <string.h>

#include "inside.h"

static void a_memory_is_written_the_same(struct writ_span bytes)
{
    struct writ_error e = {0};
    struct writ_feed feed = {0};
    struct writ_buffer out = {0};
    struct writ_floor floor;
    struct writ_span keys;

    if (writ_memory_parse(bytes, &floor, &keys, &e) < 0) {
        (void)refused(&e);
        return;
    }
    inside(keys, bytes);
    memcpy(feed.origin, floor.origin, sizeof feed.origin);
    feed.version = floor.version;
    feed.as_of = floor.as_of;
    if (floor.known)
        writ_floor_add(&out, &feed, floor.note_hash);
    writ_buffer_add(&out, keys);
    HOLDS(writ_span_equal(writ_buffer_span(&out), bytes));
    writ_buffer_free(&out);
}

static void a_key_is_added_once(struct writ_span bytes)
{
    struct writ_feed feed = {.has_next_key = true, .next_key = {.name = "next"}};
    struct writ_buffer once = {0}, twice = {0};

    if (bytes.n > 0 && bytes.p[bytes.n - 1] != '\n')
        return; /* lines are wanted */
    writ_keys_renew(&once, bytes, &feed);
    HOLDS(once.n <= bytes.n + 512);
    writ_keys_renew(&twice, writ_buffer_span(&once), &feed);
    HOLDS(writ_span_equal(writ_buffer_span(&once), writ_buffer_span(&twice)));
    writ_buffer_free(&once);
    writ_buffer_free(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    a_memory_is_written_the_same(WRIT_SPAN(data, size));
    a_key_is_added_once(WRIT_SPAN(data, size));
    return 0;
}
