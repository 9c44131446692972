#include "base/span.h"

#include "test.h"

static void the_span_of_a_string_leaves_its_nul_out(void **state)
{
    struct writ_span s = writ_span_text("abc");

    (void)state;
    assert_int_equal(s.n, 3);
    assert_memory_equal(s.p, "abc", 3);
    assert_int_equal(writ_span_text("").n, 0);
}

static void equal_spans_have_equal_lengths_and_bytes(void **state)
{
    (void)state;
    assert_true(writ_span_equal(writ_span_text("abc"), writ_span_text("abc")));
    assert_false(writ_span_equal(writ_span_text("abc"), writ_span_text("abd")));
    assert_false(writ_span_equal(writ_span_text("a"), writ_span_text("b")));
    assert_false(writ_span_equal(writ_span_text("abc"), writ_span_text("abcd")));
    assert_false(writ_span_equal(writ_span_text("abc"), writ_span_text("ab")));
}

static void all_empty_spans_are_equal(void **state)
{
    (void)state;
    assert_true(writ_span_equal(WRIT_SPAN_NONE, writ_span_text("")));
    assert_true(writ_span_equal(WRIT_SPAN_NONE, WRIT_SPAN_NONE));
    assert_false(writ_span_equal(WRIT_SPAN_NONE, writ_span_text("a")));
    assert_int_equal(writ_span_compare(WRIT_SPAN_NONE, writ_span_text("")), 0);
}

static void order_is_by_unsigned_bytes(void **state)
{
    (void)state;
    assert_true(writ_span_compare(bytes_of("7f"), bytes_of("80")) < 0);
    assert_true(writ_span_compare(bytes_of("ff"), bytes_of("00")) > 0);
    assert_true(writ_span_compare(bytes_of("0100"), bytes_of("0001")) > 0);
    assert_int_equal(writ_span_compare(bytes_of("0102"), bytes_of("0102")), 0);
}

static void a_prefix_comes_before_what_it_begins(void **state)
{
    (void)state;
    assert_true(writ_span_compare(bytes_of("01"), bytes_of("0100")) < 0);
    assert_true(writ_span_compare(bytes_of("0100"), bytes_of("01")) > 0);
    assert_true(writ_span_compare(WRIT_SPAN_NONE, bytes_of("00")) < 0);
    assert_true(writ_span_compare(bytes_of("00"), WRIT_SPAN_NONE) > 0);
}

static void secrets_compare_in_every_byte(void **state)
{
    uint8_t a[32], b[32];

    (void)state;
    memset(a, 0x5a, sizeof a);
    for (size_t i = 0; i < sizeof a; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            memcpy(b, a, sizeof b);
            assert_true(writ_bytes_equal_secret(a, b, sizeof a));
            b[i] ^= (uint8_t)(1u << bit);
            assert_false(writ_bytes_equal_secret(a, b, sizeof a));
            assert_true(writ_bytes_equal_secret(a, b, i));
        }
    }
    assert_true(writ_bytes_equal_secret(a, b, 0));
}

static const struct CMUnitTest claims[] = {
    CLAIM(the_span_of_a_string_leaves_its_nul_out),
    CLAIM(equal_spans_have_equal_lengths_and_bytes),
    CLAIM(all_empty_spans_are_equal),
    CLAIM(order_is_by_unsigned_bytes),
    CLAIM(a_prefix_comes_before_what_it_begins),
    CLAIM(secrets_compare_in_every_byte),
};

RUN_CLAIMS(claims)
