#include "bytes/cursor.h"

#include "test.h"

static const uint8_t ten[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};

static void a_cursor_starts_at_the_first_byte(void **state)
{
    struct writ_error e = {0};
    struct writ_cursor c = writ_cursor_over(WRIT_SPAN_OF(ten), &e);

    (void)state;
    assert_ptr_equal(c.at, ten);
    assert_int_equal(c.left, 10);
    assert_int_equal(c.offset, 0);
    assert_int_equal(c.depth, 0);
    assert_ptr_equal(c.error, &e);
}

/* Success, then the first failure past the edge. */
static void bytes_are_taken_up_to_the_last_and_not_one_more(void **state)
{
    struct writ_error e = {0};
    struct writ_cursor c = writ_cursor_over(WRIT_SPAN_OF(ten), &e);
    struct writ_span s;

    (void)state;
    assert_ok(writ_cursor_take(&c, 3, &s, "magic"));
    assert_spans_equal(s, bytes_of("000102"));
    assert_ok(writ_cursor_take(&c, 7, &s, "rest"));
    assert_spans_equal(s, bytes_of("03040506070809"));
    assert_int_equal(c.left, 0);
    assert_int_equal(c.offset, 10);
    assert_ok(writ_cursor_take(&c, 0, &s, "nothing"));
    assert_int_equal(s.n, 0);
    assert_fault(writ_cursor_take(&c, 1, &s, "more"), WRIT_FAULT_BAD_INPUT,
                 "byte 10: more: wanted 1 bytes, 0 are left");
    assert_int_equal(e.offset, 10);
}

static void a_take_that_fails_takes_nothing(void **state)
{
    struct writ_error e = {0};
    struct writ_cursor c = writ_cursor_over(WRIT_SPAN_OF(ten), &e);
    struct writ_span s = bytes_of("ff");

    (void)state;
    assert_ok(writ_cursor_take(&c, 4, &s, "head"));
    assert_fault(writ_cursor_take(&c, 7, &s, "contentLength"), WRIT_FAULT_BAD_INPUT,
                 "byte 4: contentLength: wanted 7 bytes, 6 are left");
    assert_int_equal(s.n, 0);
    assert_null(s.p);
    assert_int_equal(c.left, 6);
    assert_int_equal(c.offset, 4);
    assert_fault(writ_cursor_take(&c, SIZE_MAX, &s, "lie"), WRIT_FAULT_BAD_INPUT, "6 are left");
    assert_int_equal(c.left, 6);
}

static void a_cursor_over_nothing_gives_nothing(void **state)
{
    struct writ_error e = {0};
    struct writ_cursor c = writ_cursor_over(WRIT_SPAN_NONE, &e);
    struct writ_span s;
    uint8_t byte;

    (void)state;
    assert_ok(writ_cursor_take(&c, 0, &s, "nothing"));
    assert_ok(writ_cursor_zeros(&c, 0, "nothing"));
    assert_ok(writ_cursor_end(&c, "nothing"));
    assert_int_equal(writ_cursor_peek(&c, 1).n, 0);
    assert_int_equal(writ_cursor_field(&c, ',').n, 0);
    assert_fault(writ_cursor_u8(&c, &byte, "byte"), WRIT_FAULT_BAD_INPUT, "byte 0: byte");
    assert_fault(writ_cursor_line(&c, &s, "line"), WRIT_FAULT_BAD_INPUT, "newline");
}

static void peeking_takes_nothing(void **state)
{
    struct writ_cursor c = writ_cursor_over(WRIT_SPAN_OF(ten), NULL);

    (void)state;
    assert_spans_equal(writ_cursor_peek(&c, 2), bytes_of("0001"));
    assert_int_equal(c.left, 10);
    assert_int_equal(writ_cursor_peek(&c, 10).n, 10);
    assert_int_equal(writ_cursor_peek(&c, 11).n, 0);
    assert_int_equal(writ_cursor_peek(&c, SIZE_MAX).n, 0);
}

static void numbers_have_the_byte_order_of_their_name(void **state)
{
    struct writ_error e = {0};
    struct writ_span s =
        bytes_of("01 0203 0405060708090a0b 0203 04050607 08090a0b0c0d0e0f 10111213");
    struct writ_cursor c = writ_cursor_over(s, &e);
    uint8_t u8;
    uint16_t u16;
    uint32_t u32;
    uint64_t u64;

    (void)state;
    assert_ok(writ_cursor_u8(&c, &u8, "a"));
    assert_int_equal(u8, 1);
    assert_ok(writ_cursor_u16_be(&c, &u16, "b"));
    assert_int_equal(u16, 0x0203);
    assert_ok(writ_cursor_u64_be(&c, &u64, "c"));
    assert_true(u64 == UINT64_C(0x0405060708090a0b));
    assert_ok(writ_cursor_u16_le(&c, &u16, "d"));
    assert_int_equal(u16, 0x0302);
    assert_ok(writ_cursor_u32_le(&c, &u32, "e"));
    assert_true(u32 == 0x07060504);
    assert_ok(writ_cursor_u64_le(&c, &u64, "f"));
    assert_true(u64 == UINT64_C(0x0f0e0d0c0b0a0908));
    assert_ok(writ_cursor_u32_be(&c, &u32, "g"));
    assert_true(u32 == 0x10111213);
    assert_ok(writ_cursor_end(&c, "all"));
}

static void the_highest_numbers_are_read_whole(void **state)
{
    struct writ_error e = {0};
    struct writ_cursor c;
    uint8_t ff[8];
    uint32_t u32;
    uint64_t u64;

    (void)state;
    memset(ff, 0xff, sizeof ff);
    c = writ_cursor_over(WRIT_SPAN_OF(ff), &e);
    assert_ok(writ_cursor_u32_le(&c, &u32, "a"));
    assert_true(u32 == UINT32_MAX);
    c = writ_cursor_over(WRIT_SPAN_OF(ff), &e);
    assert_ok(writ_cursor_u32_be(&c, &u32, "a"));
    assert_true(u32 == UINT32_MAX);
    c = writ_cursor_over(WRIT_SPAN_OF(ff), &e);
    assert_ok(writ_cursor_u64_le(&c, &u64, "b"));
    assert_true(u64 == UINT64_MAX);
    c = writ_cursor_over(WRIT_SPAN_OF(ff), &e);
    assert_ok(writ_cursor_u64_be(&c, &u64, "c"));
    assert_true(u64 == UINT64_MAX);
}

/* Each number with exactly its bytes, then with one byte less. */
static void a_number_that_is_cut_takes_nothing(void **state)
{
    struct writ_error e = {0};
    uint8_t u8;
    uint16_t u16;
    uint32_t u32;
    uint64_t u64;

    (void)state;
    for (int kind = 0; kind < 7; kind++) {
        static const size_t width[] = {1, 2, 2, 4, 8, 8, 4};

        for (size_t n = width[kind] - 1; n <= width[kind]; n++) {
            struct writ_cursor c = writ_cursor_over(WRIT_SPAN(ten, n), &e);
            int rc = kind == 0   ? writ_cursor_u8(&c, &u8, "n")
                     : kind == 1 ? writ_cursor_u16_be(&c, &u16, "n")
                     : kind == 2 ? writ_cursor_u16_le(&c, &u16, "n")
                     : kind == 3 ? writ_cursor_u32_le(&c, &u32, "n")
                     : kind == 4 ? writ_cursor_u64_be(&c, &u64, "n")
                     : kind == 5 ? writ_cursor_u64_le(&c, &u64, "n")
                                 : writ_cursor_u32_be(&c, &u32, "n");

            assert_int_equal(rc, n == width[kind] ? 0 : -1);
            assert_int_equal(c.left, n == width[kind] ? 0 : n);
        }
    }
}

static void reserved_bytes_are_zero(void **state)
{
    struct writ_error e = {0};
    struct writ_cursor c = writ_cursor_over(bytes_of("00000000 0000a500"), &e);

    (void)state;
    assert_ok(writ_cursor_zeros(&c, 4, "pad"));
    assert_fault(writ_cursor_zeros(&c, 4, "reserved"), WRIT_FAULT_BAD_INPUT,
                 "byte 6: reserved must be zero, found 0xa5");
    assert_int_equal(e.offset, 6);
    c = writ_cursor_over(bytes_of("0100"), &e);
    assert_fault(writ_cursor_zeros(&c, 2, "pad"), WRIT_FAULT_BAD_INPUT, "found 0x01");
    c = writ_cursor_over(bytes_of("0000"), &e);
    assert_fault(writ_cursor_zeros(&c, 3, "pad"), WRIT_FAULT_BAD_INPUT, "wanted 3 bytes");
}

static void lines_end_in_a_newline_that_is_not_part_of_them(void **state)
{
    struct writ_error e = {0};
    struct writ_cursor c = writ_cursor_over(writ_span_text("one\n\r\n\nrest"), &e);
    struct writ_span line;

    (void)state;
    assert_ok(writ_cursor_line(&c, &line, "first"));
    assert_text(line, "one");
    assert_ok(writ_cursor_line(&c, &line, "second"));
    assert_text(line, "\r");
    assert_ok(writ_cursor_line(&c, &line, "third"));
    assert_text(line, "");
    assert_fault(writ_cursor_line(&c, &line, "fourth"), WRIT_FAULT_BAD_INPUT,
                 "byte 7: fourth: wanted a line that ends in a newline");
    assert_int_equal(c.left, 4);
}

static void a_newline_alone_is_an_empty_line(void **state)
{
    struct writ_error e = {0};
    struct writ_cursor c = writ_cursor_over(writ_span_text("\n"), &e);
    struct writ_span line;

    (void)state;
    assert_ok(writ_cursor_line(&c, &line, "line"));
    assert_text(line, "");
    assert_ok(writ_cursor_end(&c, "line"));
    c = writ_cursor_over(writ_span_text(","), &e);
    assert_text(writ_cursor_field(&c, ','), "");
    assert_ok(writ_cursor_end(&c, "field"));
}

static void fields_are_split_at_the_separator(void **state)
{
    struct writ_cursor c = writ_cursor_over(writ_span_text("a bc  d"), NULL);

    (void)state;
    assert_text(writ_cursor_field(&c, ' '), "a");
    assert_text(writ_cursor_field(&c, ' '), "bc");
    assert_text(writ_cursor_field(&c, ' '), "");
    assert_text(writ_cursor_field(&c, ' '), "d");
    assert_text(writ_cursor_field(&c, ' '), "");
    assert_int_equal(c.offset, 7);
}

static void a_separator_at_the_end_leaves_nothing(void **state)
{
    struct writ_cursor c = writ_cursor_over(writ_span_text("a,"), NULL);

    (void)state;
    assert_text(writ_cursor_field(&c, ','), "a");
    assert_int_equal(c.left, 0);
}

static void nothing_may_be_left_at_the_end(void **state)
{
    struct writ_error e = {0};
    struct writ_cursor c = writ_cursor_over(WRIT_SPAN_OF(ten), &e);
    struct writ_span s;

    (void)state;
    assert_ok(writ_cursor_take(&c, 8, &s, "head"));
    assert_fault(writ_cursor_end(&c, "the trailer"), WRIT_FAULT_BAD_INPUT,
                 "byte 8: 2 trailing bytes after the trailer");
    assert_ok(writ_cursor_take(&c, 2, &s, "rest"));
    assert_ok(writ_cursor_end(&c, "the trailer"));
}

static void parts_lie_within_the_whole(void **state)
{
    struct writ_span whole = WRIT_SPAN_OF(ten);
    struct writ_span part;

    (void)state;
    assert_int_equal(writ_span_part(whole, 0, 10, &part), 0);
    assert_spans_equal(part, whole);
    assert_int_equal(writ_span_part(whole, 3, 2, &part), 0);
    assert_spans_equal(part, bytes_of("0304"));
    assert_int_equal(writ_span_part(whole, 10, 0, &part), 0);
    assert_int_equal(part.n, 0);
    assert_int_equal(writ_span_part(WRIT_SPAN_NONE, 0, 0, &part), 0);
    assert_int_equal(part.n, 0);
}

static void parts_that_reach_beyond_are_refused_and_cannot_overflow(void **state)
{
    static const struct {
        uint64_t from, n;
    } bad[] = {{0, 11},
               {10, 1},
               {11, 0},
               {5, 6},
               {UINT64_MAX, 0},
               {UINT64_MAX, 1},
               {0, UINT64_MAX},
               {5, UINT64_MAX - 4},
               {UINT64_MAX, UINT64_MAX},
               {1, UINT64_MAX},
               {UINT64_MAX - 4, 10}};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct writ_span part = WRIT_SPAN_OF(ten);

        assert_int_equal(writ_span_part(WRIT_SPAN_OF(ten), bad[i].from, bad[i].n, &part), -1);
        assert_int_equal(part.n, 0);
        assert_null(part.p);
    }
}

static void numbers_at_a_place_of_a_span(void **state)
{
    struct writ_span s = WRIT_SPAN_OF(ten);

    (void)state;
    assert_int_equal(writ_span_u16_le(s, 1), 0x0201);
    assert_true(writ_span_u32_le(s, 1) == 0x04030201);
    assert_true(writ_span_u40_le(s, 1) == UINT64_C(0x0504030201));
    assert_true(writ_span_u64_le(s, 1) == UINT64_C(0x0807060504030201));
    assert_true(writ_span_u64_be(s, 1) == UINT64_C(0x0102030405060708));
    assert_true(writ_span_u16_le(s, 8) == 0x0908);
    assert_true(writ_span_u32_le(s, 6) == 0x09080706);
    assert_true(writ_span_u40_le(s, 5) == UINT64_C(0x0908070605));
    assert_true(writ_span_u64_le(s, 2) == UINT64_C(0x0908070605040302));
    assert_true(writ_span_u64_be(s, 2) == UINT64_C(0x0203040506070809));
    assert_int_equal(writ_span_u8(s, 9), 9);
    assert_int_equal(writ_span_u16_be(s, 1), 0x0102);
    assert_int_equal(writ_span_u16_be(s, 8), 0x0809);
    assert_true(writ_span_u32_be(s, 1) == 0x01020304);
    assert_true(writ_span_u32_be(s, 6) == 0x06070809);
}

static void numbers_beyond_the_span_are_zero(void **state)
{
    static const size_t far[] = {10, 11, SIZE_MAX, SIZE_MAX - 3, SIZE_MAX - 8};
    struct writ_span s = WRIT_SPAN_OF(ten);

    (void)state;
    assert_int_equal(writ_span_u16_le(s, 9), 0);
    assert_true(writ_span_u32_le(s, 7) == 0);
    assert_true(writ_span_u40_le(s, 6) == 0);
    assert_true(writ_span_u64_le(s, 3) == 0);
    assert_true(writ_span_u64_be(s, 3) == 0);
    assert_int_equal(writ_span_u16_be(s, 9), 0);
    assert_true(writ_span_u32_be(s, 7) == 0);
    for (size_t i = 0; i < sizeof far / sizeof far[0]; i++) {
        assert_int_equal(writ_span_u16_le(s, far[i]), 0);
        assert_true(writ_span_u32_le(s, far[i]) == 0);
        assert_true(writ_span_u40_le(s, far[i]) == 0);
        assert_true(writ_span_u64_le(s, far[i]) == 0);
        assert_true(writ_span_u64_be(s, far[i]) == 0);
        assert_int_equal(writ_span_u8(s, far[i]), 0);
        assert_int_equal(writ_span_u16_be(s, far[i]), 0);
        assert_true(writ_span_u32_be(s, far[i]) == 0);
    }
}

static int decimal(const char *digits, uint64_t max, uint64_t *value)
{
    return writ_span_decimal(writ_span_text(digits), max, value);
}

static void decimal_numbers_have_one_spelling(void **state)
{
    static const char *const wrong[] = {
        "", "01", "00", "-1", "+1", "1 ", " 1", "1a", "x", "0x1", "10000000000000000000"};
    uint64_t value = 7;

    (void)state;
    assert_int_equal(decimal("0", UINT64_MAX, &value), 0);
    assert_true(value == 0);
    assert_int_equal(decimal("10", 10, &value), 0);
    assert_true(value == 10);
    assert_int_equal(decimal("11", 10, &value), -1);
    assert_int_equal(decimal("9223372036854775807", INT64_MAX, &value), 0);
    assert_true(value == INT64_MAX);
    assert_int_equal(decimal("9223372036854775808", INT64_MAX, &value), -1);
    assert_int_equal(decimal("9999999999999999999", UINT64_MAX, &value), 0);
    assert_true(value == 9999999999999999999u);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(decimal(wrong[i], UINT64_MAX, &value), -1);
}

static void faults_name_the_place_and_the_first_one_wins(void **state)
{
    struct writ_error e = {0};
    struct writ_cursor c = writ_cursor_over(WRIT_SPAN_OF(ten), &e);
    struct writ_span s;

    (void)state;
    assert_ok(writ_cursor_take(&c, 5, &s, "head"));
    assert_int_equal(writ_cursor_fail(&c, "%s is %d", "x", 7), -1);
    assert_int_equal(writ_cursor_fail(&c, "later"), -1);
    assert_sentence(WRIT_FAULT_BAD_INPUT, "byte 5: x is 7");
    assert_int_equal(e.offset, 5);
}

static void nobody_has_to_listen(void **state)
{
    struct writ_cursor c = writ_cursor_over(WRIT_SPAN_OF(ten), NULL);
    struct writ_span s;

    (void)state;
    assert_int_equal(writ_cursor_take(&c, 11, &s, "x"), -1);
    assert_int_equal(writ_cursor_end(&c, "x"), -1);
    assert_int_equal(writ_cursor_zeros(&c, 2, "x"), -1);
}

static const struct CMUnitTest claims[] = {
    CLAIM(a_cursor_starts_at_the_first_byte),
    CLAIM(bytes_are_taken_up_to_the_last_and_not_one_more),
    CLAIM(a_take_that_fails_takes_nothing),
    CLAIM(a_cursor_over_nothing_gives_nothing),
    CLAIM(peeking_takes_nothing),
    CLAIM(numbers_have_the_byte_order_of_their_name),
    CLAIM(the_highest_numbers_are_read_whole),
    CLAIM(a_number_that_is_cut_takes_nothing),
    CLAIM(reserved_bytes_are_zero),
    CLAIM(lines_end_in_a_newline_that_is_not_part_of_them),
    CLAIM(a_newline_alone_is_an_empty_line),
    CLAIM(fields_are_split_at_the_separator),
    CLAIM(a_separator_at_the_end_leaves_nothing),
    CLAIM(nothing_may_be_left_at_the_end),
    CLAIM(parts_lie_within_the_whole),
    CLAIM(parts_that_reach_beyond_are_refused_and_cannot_overflow),
    CLAIM(numbers_at_a_place_of_a_span),
    CLAIM(numbers_beyond_the_span_are_zero),
    CLAIM(decimal_numbers_have_one_spelling),
    CLAIM(faults_name_the_place_and_the_first_one_wins),
    CLAIM(nobody_has_to_listen),
};

RUN_CLAIMS(claims)
