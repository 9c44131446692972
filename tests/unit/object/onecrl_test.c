/* object/onecrl.h: the file of man/writ-onecrl.5, written, read, and broken */
#include "object/onecrl.h"

#include "object/tables.h"

#define COUNT  8 /* offset of the count */
#define KEY(i) (16 + 32 * (size_t)(i))

static struct writ_error e;

static struct writ_buffer built_of(uint8_t (*keys)[WRIT_ONECRL_KEY], size_t n)
{
    struct writ_buffer out = {0};

    writ_error_clear(&e);
    assert_ok(writ_onecrl_build(keys, n, &out, &e));
    return out;
}

/* A sound file of four keys: 10…, 20…, 30…, 40…. */
static struct writ_buffer sound(void)
{
    uint8_t keys[4][WRIT_ONECRL_KEY] = {{0x30}, {0x10}, {0x40}, {0x20}};

    return built_of(keys, 4);
}

static int try_open(const struct writ_buffer *b, struct writ_onecrl *onecrl)
{
    writ_error_clear(&e);
    return writ_onecrl_open(writ_buffer_span(b), onecrl, &e);
}

static void it_is_written_as_the_page_says(void **state)
{
    uint8_t keys[2][WRIT_ONECRL_KEY] = {{0xff, 1}, {0x00, 2}};
    struct writ_buffer b = built_of(keys, 2);

    (void)state;
    assert_spans_equal(
        writ_buffer_span(&b),
        bytes_of("97776f636c0d0a1a 0200000000000000"
                 "0002000000000000000000000000000000000000000000000000000000000000"
                 "ff01000000000000000000000000000000000000000000000000000000000000"));
    assert_true(writ_onecrl_is(writ_buffer_span(&b)));
    writ_buffer_free(&b);
}

static void it_is_appended_to_what_stands_there(void **state)
{
    uint8_t keys[1][WRIT_ONECRL_KEY] = {{1}};
    struct writ_buffer out = {0};

    (void)state;
    writ_buffer_text(&out, "before");
    assert_ok(writ_onecrl_build(keys, 1, &out, &e));
    assert_int_equal(out.n, 6 + 16 + 32);
    assert_memory_equal(out.p, "before\x97wocl", 11);
    writ_buffer_free(&out);
}

static void what_is_listed_is_found_and_nothing_else(void **state)
{
    struct writ_buffer b = sound();
    struct writ_onecrl onecrl;

    (void)state;
    assert_ok(try_open(&b, &onecrl));
    assert_int_equal(onecrl.count, 4);
    for (unsigned first = 0; first < 256; first++) {
        uint8_t key[WRIT_ONECRL_KEY] = {(uint8_t)first};
        bool listed = first == 0x10 || first == 0x20 || first == 0x30 || first == 0x40;

        assert_int_equal(writ_onecrl_find(&onecrl, key), listed);
        key[31] = 1; /* the last byte counts too */
        assert_false(writ_onecrl_find(&onecrl, key));
    }
    writ_buffer_free(&b);
}

static void a_file_without_keys_lists_nothing(void **state)
{
    struct writ_buffer b = built_of(NULL, 0);
    uint8_t key[WRIT_ONECRL_KEY] = {0};
    struct writ_onecrl onecrl;

    (void)state;
    assert_int_equal(b.n, 16);
    assert_ok(try_open(&b, &onecrl));
    assert_int_equal(onecrl.count, 0);
    assert_false(writ_onecrl_find(&onecrl, key));
    writ_buffer_free(&b);
}

static void the_same_keys_give_the_same_bytes(void **state)
{
    uint8_t once[3][WRIT_ONECRL_KEY] = {{1}, {2}, {3}};
    uint8_t thrice[7][WRIT_ONECRL_KEY] = {{3}, {1}, {3}, {2}, {3}, {2}, {1}};
    struct writ_buffer a = built_of(once, 3), b = built_of(thrice, 7);

    (void)state;
    assert_spans_equal(writ_buffer_span(&b), writ_buffer_span(&a));
    writ_buffer_free(&a);
    writ_buffer_free(&b);
}

static void as_many_keys_as_the_ceiling_and_not_one_more(void **state)
{
    size_t n = WRIT_ONECRL_KEYS_MAX;
    uint8_t(*keys)[WRIT_ONECRL_KEY] = calloc(n + 1, sizeof *keys);
    struct writ_buffer b, more = {0};
    struct writ_onecrl onecrl;

    (void)state;
    assert_non_null(keys);
    for (size_t i = 0; i <= n; i++) {
        keys[i][0] = (uint8_t)(i >> 16);
        keys[i][1] = (uint8_t)(i >> 8);
        keys[i][2] = (uint8_t)i;
    }
    b = built_of(keys, n);
    assert_int_equal(b.n, WRIT_ONECRL_MAX);
    assert_ok(try_open(&b, &onecrl));
    assert_true(writ_onecrl_find(&onecrl, keys[0]));
    assert_true(writ_onecrl_find(&onecrl, keys[n - 1]));
    assert_false(writ_onecrl_find(&onecrl, keys[n]));
    assert_fault(writ_onecrl_build(keys, n + 1, &more, &e), WRIT_FAULT_BAD_INPUT,
                 "OneCRL of 65537 keys, the ceiling is 65536");
    assert_int_equal(more.n, 0);
    writ_buffer_free(&b);
    free(keys);
}

/* ---- Broken ---- */

#define NOT_OPENED(at, width, value, words)                                                        \
    do {                                                                                           \
        struct writ_buffer b_ = sound();                                                           \
        struct writ_onecrl onecrl_ = {.count = 7};                                                 \
        poke(&b_, at, width, value);                                                               \
        assert_fault(try_open(&b_, &onecrl_), WRIT_FAULT_BAD_INPUT, words);                        \
        assert_int_equal(onecrl_.count, 0);                                                        \
        assert_int_equal(onecrl_.keys.n, 0);                                                       \
        writ_buffer_free(&b_);                                                                     \
    } while (0)

static void the_head_is_checked(void **state)
{
    (void)state;
    NOT_OPENED(0, 1, 0x96, "not a OneCRL file: the magic is missing");
    NOT_OPENED(7, 1, 0, "not a OneCRL file: the magic is missing");
    NOT_OPENED(COUNT, 8, 65537, "OneCRL of 65537 keys, the ceiling is 65536");
    NOT_OPENED(COUNT, 8, UINT64_MAX, "OneCRL of 18446744073709551615 keys");
    NOT_OPENED(COUNT, 8, (uint64_t)1 << 59, "the ceiling is 65536");
    NOT_OPENED(COUNT, 8, 5, "byte 16: OneCRL keys: wanted 160 bytes, 128 are left");
    NOT_OPENED(COUNT, 8, 3, "byte 112: 32 trailing bytes after the last key of OneCRL");
}

static void keys_out_of_order_are_refused(void **state)
{
    (void)state;
    NOT_OPENED(KEY(0), 1, 0x20, "OneCRL: key 1 is not above the one before it");
    NOT_OPENED(KEY(1), 1, 0x10, "OneCRL: key 1 is not above the one before it");
    NOT_OPENED(KEY(3), 1, 0x2f, "OneCRL: key 3 is not above the one before it");
}

static void every_truncation_is_refused(void **state)
{
    struct writ_buffer b = sound();
    struct writ_onecrl onecrl;

    (void)state;
    for (size_t n = 0; n < b.n; n++) {
        uint8_t *cut = malloc(n == 0 ? 1 : n);

        assert_non_null(cut);
        memcpy(cut, b.p, n);
        assert_fault(writ_onecrl_open(WRIT_SPAN(cut, n), &onecrl, &e), WRIT_FAULT_BAD_INPUT, "");
        assert_true(strlen(e.text) > 10);
        assert_int_equal(writ_onecrl_is(WRIT_SPAN(cut, n)), n >= 8);
        free(cut);
    }
    writ_buffer_free(&b);
}

/* With any byte changed to anything, it is refused with a sentence, or lists four keys, of which
 * three are the ones that were there. */
static void with_every_byte_changed_it_is_refused_or_in_order(void **state)
{
    static const uint8_t old[4] = {0x10, 0x20, 0x30, 0x40};
    struct writ_buffer b = sound();
    struct writ_onecrl onecrl;

    (void)state;
    for (size_t at = 0; at < b.n; at++) {
        for (unsigned change = 1; change < 256; change++) {
            unsigned kept = 0;

            b.p[at] ^= (uint8_t)change;
            if (try_open(&b, &onecrl) < 0) {
                assert_sentence(WRIT_FAULT_BAD_INPUT, "OneCRL");
            } else {
                assert_true(at >= KEY(0) && onecrl.count == 4);
                for (size_t i = 0; i < 4; i++)
                    kept += writ_onecrl_find(&onecrl, (const uint8_t[WRIT_ONECRL_KEY]){old[i]});
                assert_int_equal(kept, 3);
            }
            b.p[at] ^= (uint8_t)change;
        }
    }
    writ_buffer_free(&b);
}

static const struct CMUnitTest claims[] = {
    CLAIM(it_is_written_as_the_page_says),
    CLAIM(it_is_appended_to_what_stands_there),
    CLAIM(what_is_listed_is_found_and_nothing_else),
    CLAIM(a_file_without_keys_lists_nothing),
    CLAIM(the_same_keys_give_the_same_bytes),
    CLAIM(as_many_keys_as_the_ceiling_and_not_one_more),
    CLAIM(the_head_is_checked),
    CLAIM(keys_out_of_order_are_refused),
    CLAIM(every_truncation_is_refused),
    CLAIM(with_every_byte_changed_it_is_refused_or_in_order),
};

RUN_CLAIMS(claims)
