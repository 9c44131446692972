/*
 * What a device remembers of a feed: the floor that must not go back, and the keys to come.
 */
#include "object/memory.h"

#include "base/buffer.h"
#include "test.h"

#define HASH "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define FLOOR                                                                                      \
    "origin example-corp\nversion 17\nas_of 1795597615\n"                                          \
    "note " HASH "\n"

static int take(const char *text, struct writ_floor *floor, struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(writ_span_text(text), e);

    return writ_floor_take(&c, floor);
}

static void a_floor_says_what_was_accepted(void **state)
{
    struct writ_error e = {0};
    struct writ_floor floor;

    (void)state;
    assert_ok(take(FLOOR, &floor, &e));
    assert_true(floor.known);
    assert_string_equal(floor.origin, "example-corp");
    assert_true(floor.version == 17);
    assert_true(floor.as_of == 1795597615);
    assert_spans_equal(WRIT_SPAN_OF(floor.note_hash), bytes_of(HASH));
}

static void what_follows_the_floor_is_left(void **state)
{
    struct writ_error e = {0};
    struct writ_floor floor;
    struct writ_cursor c = writ_cursor_over(writ_span_text(FLOOR "a key\n"), &e);

    (void)state;
    assert_ok(writ_floor_take(&c, &floor));
    assert_text(WRIT_SPAN(c.at, c.left), "a key\n");
}

static void a_floor_that_is_written_reads_the_same(void **state)
{
    struct writ_error e = {0};
    struct writ_feed feed = {.origin = "o", .version = WRIT_FEED_VERSION_MAX, .as_of = 0};
    struct writ_buffer text = {0};
    struct writ_floor floor;

    (void)state;
    writ_floor_add(&text, &feed, bytes_of(HASH).p);
    assert_ok(take(writ_buffer_string(&text), &floor, &e));
    assert_string_equal(floor.origin, "o");
    assert_true(floor.version == WRIT_FEED_VERSION_MAX);
    assert_true(floor.as_of == 0);
    assert_spans_equal(WRIT_SPAN_OF(floor.note_hash), bytes_of(HASH));
    writ_buffer_free(&text);
}

/* A floor that cannot be read must not look like "nothing was accepted before". */
static void a_floor_that_is_damaged_is_not_read(void **state)
{
    static const char *const damaged[][2] = {
        {"", "floor"},
        {"origin example-corp\n", "floor"},
        {"origin example-corp\nversion 17\nas_of 1\nnote " HASH, "floor"},
        {"Origin example-corp\n", "wanted a line that begins with origin"},
        {"origin \nversion 17\nas_of 1\nnote " HASH "\n", "not an origin"},
        {"origin a b\nversion 17\nas_of 1\nnote " HASH "\n", "not an origin"},
        {"origin a+b\nversion 17\nas_of 1\nnote " HASH "\n", "not an origin"},
        {"origin a\nas_of 1\nversion 17\nnote " HASH "\n", "begins with version"},
        {"origin a\nversion 017\nas_of 1\nnote " HASH "\n", "not a number"},
        {"origin a\nversion -1\nas_of 1\nnote " HASH "\n", "not a number"},
        {"origin a\nversion 9223372036854775808\nas_of 1\nnote " HASH "\n", "not a number"},
        {"origin a\nversion 1\nas_of 253402300800\nnote " HASH "\n", "not a number"},
        {"origin a\nversion 1\nas_of \nnote " HASH "\n", "not a number"},
        {"origin a\nversion 1\nas_of 1\nnote 00\n", "64 hexadecimal digits"},
        {"origin a\nversion 1\nas_of 1\nnote " HASH "0\n", "64 hexadecimal digits"},
        {"origin a\nversion 1\nas_of 1\nhash " HASH "\n", "begins with note"},
    };
    struct writ_floor floor;

    (void)state;
    for (size_t i = 0; i < sizeof damaged / sizeof damaged[0]; i++) {
        struct writ_error e = {0};

        assert_fault(take(damaged[i][0], &floor, &e), WRIT_FAULT_BAD_INPUT, damaged[i][1]);
        assert_false(floor.known);
    }
}

/* ------------------------------------------------------------------------------------ keys */

/* A feed whose next key has this first byte; 0: it names none. */
static struct writ_feed feed_naming(uint8_t first)
{
    struct writ_feed feed = {.has_next_key = first != 0};

    (void)snprintf(feed.next_key.name, sizeof feed.next_key.name, "o");
    feed.next_key.key_id[0] = first;
    feed.next_key.key[0] = first;
    return feed;
}

/* Appends the lines as they are after feeds that name the keys 1 to n, one after the other. */
static void renew_often(struct writ_buffer *lines, uint8_t n)
{
    for (uint8_t i = 1; i <= n; i++) {
        struct writ_feed feed = feed_naming(i);
        struct writ_buffer renewed = {0};

        writ_keys_renew(&renewed, writ_buffer_span(lines), &feed);
        writ_buffer_free(lines);
        *lines = renewed;
    }
}

static size_t lines_of(const struct writ_buffer *b, char *first_id)
{
    struct writ_cursor c = writ_cursor_over(writ_buffer_span(b), NULL);
    struct writ_span line;
    size_t count = 0;

    for (; c.left > 0; count++) {
        if (writ_cursor_line(&c, &line, "line") < 0)
            fail_msg("a line without an end");
        if (count == 0)
            (void)snprintf(first_id, 3, "%.2s", (const char *)line.p + 2);
    }
    return count;
}

static void a_feed_without_a_next_key_changes_no_key(void **state)
{
    struct writ_feed feed = feed_naming(0);
    struct writ_buffer b = {0};

    (void)state;
    writ_keys_renew(&b, writ_span_text("one\ntwo\n"), &feed);
    assert_text(writ_buffer_span(&b), "one\ntwo\n");
    writ_buffer_free(&b);
    writ_keys_renew(&b, WRIT_SPAN_NONE, &feed);
    assert_int_equal(b.n, 0);
    writ_buffer_free(&b);
}

static void the_next_key_comes_last_and_once(void **state)
{
    struct writ_buffer once = {0}, twice = {0};
    struct writ_feed feed = feed_naming(2);
    struct writ_note_key key;
    struct writ_error e = {0};
    char first[3];

    (void)state;
    renew_often(&once, 2);
    assert_int_equal(lines_of(&once, first), 2);
    assert_string_equal(first, "01");
    writ_keys_renew(&twice, writ_buffer_span(&once), &feed);
    assert_spans_equal(writ_buffer_span(&twice), writ_buffer_span(&once));
    assert_ok(writ_note_key_parse(WRIT_SPAN(once.p, once.n / 2 - 1), &key, &e));
    assert_int_equal(key.key[0], 1);
    writ_buffer_free(&once);
    writ_buffer_free(&twice);
}

static void the_oldest_key_makes_room_for_the_fifth(void **state)
{
    struct writ_buffer b = {0};
    char first[3];

    (void)state;
    renew_often(&b, WRIT_BUNDLE_KEYS_MAX);
    assert_int_equal(lines_of(&b, first), WRIT_BUNDLE_KEYS_MAX);
    assert_string_equal(first, "01");
    writ_buffer_free(&b);
    renew_often(&b, WRIT_BUNDLE_KEYS_MAX + 1);
    assert_int_equal(lines_of(&b, first), WRIT_BUNDLE_KEYS_MAX);
    assert_string_equal(first, "02");
    writ_buffer_free(&b);
}

static void a_memory_that_is_full_fits_its_ceiling(void **state)
{
    struct writ_feed feed = {.version = WRIT_FEED_VERSION_MAX, .as_of = WRIT_TIME_MAX};
    struct writ_buffer b = {0}, keys = {0};

    (void)state;
    memset(feed.origin, 'o', WRIT_NOTE_NAME_MAX);
    writ_floor_add(&b, &feed, bytes_of(HASH).p);
    for (uint8_t i = 1; i <= WRIT_BUNDLE_KEYS_MAX; i++) {
        struct writ_buffer more = {0};

        feed.has_next_key = true;
        memset(feed.next_key.name, 'o', WRIT_NOTE_NAME_MAX);
        feed.next_key.key[0] = i;
        writ_keys_renew(&more, writ_buffer_span(&keys), &feed);
        writ_buffer_free(&keys);
        keys = more;
    }
    assert_true(b.n + keys.n > WRIT_MEMORY_MAX / 4);
    assert_true(b.n + keys.n <= WRIT_MEMORY_MAX);
    writ_buffer_free(&b);
    writ_buffer_free(&keys);
}

static const struct CMUnitTest claims[] = {
    CLAIM(a_floor_says_what_was_accepted),           CLAIM(what_follows_the_floor_is_left),
    CLAIM(a_floor_that_is_written_reads_the_same),   CLAIM(a_floor_that_is_damaged_is_not_read),
    CLAIM(a_feed_without_a_next_key_changes_no_key), CLAIM(the_next_key_comes_last_and_once),
    CLAIM(the_oldest_key_makes_room_for_the_fifth),  CLAIM(a_memory_that_is_full_fits_its_ceiling),
};

RUN_CLAIMS(claims)
