#include "object/memory.h"

#include <inttypes.h>
#include <string.h>

#include "base/hex.h"

/* Takes a line of a word, a space and a value. */
static int take_value(struct writ_cursor *c, const char *word, struct writ_span *value)
{
    struct writ_span line;
    struct writ_cursor fields;

    if (writ_cursor_line(c, &line, "floor") < 0)
        return -1;
    fields = writ_cursor_over(line, c->error);
    if (!writ_span_equal(writ_cursor_field(&fields, ' '), writ_span_text(word)))
        return writ_cursor_fail(c, "floor: wanted a line that begins with %s", word);
    *value = WRIT_SPAN(fields.at, fields.left);
    return 0;
}

int writ_floor_take(struct writ_cursor *c, struct writ_floor *floor)
{
    struct writ_span origin, version, as_of, hash;
    uint64_t instant;

    *floor = (struct writ_floor){0};
    if (take_value(c, "origin", &origin) < 0 || take_value(c, "version", &version) < 0 ||
        take_value(c, "as_of", &as_of) < 0 || take_value(c, "note", &hash) < 0)
        return -1;
    if (!writ_note_is_key_name(origin))
        return writ_cursor_fail(c, "floor: not an origin");
    if (writ_span_decimal(version, WRIT_FEED_VERSION_MAX, &floor->version) < 0 ||
        writ_span_decimal(as_of, (uint64_t)WRIT_TIME_MAX, &instant) < 0)
        return writ_cursor_fail(c, "floor: version or as_of is not a number");
    if (writ_hex_parse_strict(hash, floor->note_hash, sizeof floor->note_hash) < 0)
        return writ_cursor_fail(c, "floor: the note's hash is not 64 hexadecimal digits");
    memcpy(floor->origin, origin.p, origin.n);
    floor->as_of = (int64_t)instant;
    floor->known = true;
    return 0;
}

int writ_memory_parse(struct writ_span memory, struct writ_floor *floor, struct writ_span *keys,
                      struct writ_error *e)
{
    static const char start[] = "origin ";
    struct writ_cursor c = writ_cursor_over(memory, e);

    *floor = (struct writ_floor){0};
    if (memory.n > WRIT_MEMORY_MAX)
        return writ_fail_at(e, 0, "memory of %zu bytes, the ceiling is %zu", memory.n,
                            WRIT_MEMORY_MAX);
    if (writ_span_equal(writ_cursor_peek(&c, strlen(start)), writ_span_text(start)) &&
        writ_floor_take(&c, floor) < 0)
        return -1;
    *keys = WRIT_SPAN(c.at, c.left);
    return 0;
}

void writ_floor_add(struct writ_buffer *b, const struct writ_feed *feed,
                    const uint8_t note_hash[WRIT_FEED_HASH])
{
    writ_buffer_format(b, "origin %s\nversion %" PRIu64 "\nas_of %" PRId64 "\nnote ", feed->origin,
                       feed->version, feed->as_of);
    writ_hex_add(b, WRIT_SPAN(note_hash, WRIT_FEED_HASH));
    writ_buffer_byte(b, '\n');
}

/* How many lines there are, and whether one of them is this one. */
static size_t count_lines(struct writ_span lines, struct writ_span wanted, bool *found)
{
    struct writ_cursor c = writ_cursor_over(lines, NULL);
    size_t count = 0;

    for (*found = false; c.left > 0; count++)
        *found |= writ_span_equal(writ_cursor_field(&c, '\n'), wanted);
    return count;
}

void writ_keys_renew(struct writ_buffer *b, struct writ_span lines, const struct writ_feed *feed)
{
    struct writ_cursor c = writ_cursor_over(lines, NULL);
    struct writ_buffer key = {0};
    bool known = false;
    size_t count;

    if (feed->has_next_key)
        writ_note_key_add_text(&key, &feed->next_key);
    count = count_lines(lines, writ_buffer_span(&key), &known);
    for (; feed->has_next_key && !known && count >= WRIT_BUNDLE_KEYS_MAX; count--)
        (void)writ_cursor_field(&c, '\n');
    writ_buffer_add(b, WRIT_SPAN(c.at, c.left));
    if (feed->has_next_key && !known) {
        writ_buffer_add(b, writ_buffer_span(&key));
        writ_buffer_byte(b, '\n');
    }
    b->failed |= key.failed;
    writ_buffer_free(&key);
}
