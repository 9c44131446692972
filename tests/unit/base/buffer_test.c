#include "base/buffer.h"

#include "test.h"

static void appends_follow_each_other(void **state)
{
    struct writ_buffer b = {0};
    struct writ_error e = {0};

    (void)state;
    writ_buffer_add(&b, bytes_of("0102"));
    writ_buffer_byte(&b, 3);
    writ_buffer_zeros(&b, 2);
    writ_buffer_text(&b, "hi");
    writ_buffer_format(&b, "%s-%d", "x", 7);
    memcpy(writ_buffer_extend(&b, 2), "ab", 2);
    assert_ok(writ_buffer_check(&b, &e));
    assert_spans_equal(writ_buffer_span(&b), bytes_of("01 02 03 00 00 6869 782d37 6162"));
    writ_buffer_free(&b);
}

static void appending_nothing_is_nothing(void **state)
{
    struct writ_buffer b = {0};

    (void)state;
    writ_buffer_add(&b, WRIT_SPAN_NONE);
    writ_buffer_zeros(&b, 0);
    writ_buffer_text(&b, "");
    assert_null(b.p);
    assert_int_equal(b.n, 0);
    assert_int_equal(writ_buffer_span(&b).n, 0);
    writ_buffer_free(&b);
}

static void a_buffer_keeps_its_bytes_while_it_grows(void **state)
{
    struct writ_buffer b = {0};
    struct writ_error e = {0};

    (void)state;
    for (unsigned i = 0; i < 100000; i++)
        writ_buffer_byte(&b, (uint8_t)(i * 7));
    assert_ok(writ_buffer_check(&b, &e));
    assert_int_equal(b.n, 100000);
    for (unsigned i = 0; i < 100000; i++)
        assert_int_equal(b.p[i], (uint8_t)(i * 7));
    writ_buffer_free(&b);
}

static void a_buffer_fills_up_to_its_ceiling(void **state)
{
    struct writ_buffer b = {.ceiling = 300};
    struct writ_error e = {0};

    (void)state;
    writ_buffer_zeros(&b, 300);
    assert_ok(writ_buffer_check(&b, &e));
    assert_int_equal(b.n, 300);
    writ_buffer_byte(&b, 1);
    assert_fault(writ_buffer_check(&b, &e), WRIT_FAULT_UNEXPECTED, "ceiling of 300 bytes");
    assert_int_equal(b.n, 300);
    writ_buffer_free(&b);
}

static void a_failure_is_remembered(void **state)
{
    struct writ_buffer b = {.ceiling = 4};
    struct writ_error e = {0};

    (void)state;
    writ_buffer_text(&b, "abc");
    writ_buffer_text(&b, "de");
    writ_buffer_byte(&b, 'f'); /* would fit by itself */
    writ_buffer_zeros(&b, 1);
    writ_buffer_format(&b, "%d", 1);
    assert_null(writ_buffer_extend(&b, 1));
    assert_text(writ_buffer_span(&b), "abc");
    assert_fault(writ_buffer_check(&b, &e), WRIT_FAULT_UNEXPECTED, "out of memory");
    writ_buffer_free(&b);
}

static void no_buffer_passes_the_ceiling_of_all(void **state)
{
    struct writ_buffer b = {0};
    struct writ_buffer own = {.ceiling = SIZE_MAX};
    struct writ_error e = {0};

    (void)state;
    writ_buffer_byte(&b, 1);
    assert_null(writ_buffer_extend(&b, WRIT_BUFFER_CEILING));
    assert_fault(writ_buffer_check(&b, &e), WRIT_FAULT_UNEXPECTED, "2147483648");
    assert_null(writ_buffer_extend(&own, SIZE_MAX));
    assert_null(writ_buffer_extend(&own, WRIT_BUFFER_CEILING + 1));
    assert_fault(writ_buffer_check(&own, &e), WRIT_FAULT_UNEXPECTED, "2147483648");
    writ_buffer_free(&b);
    writ_buffer_free(&own);
}

static void a_string_ends_in_a_nul_that_does_not_count(void **state)
{
    struct writ_buffer b = {0};

    (void)state;
    assert_string_equal(writ_buffer_string(&b), "");
    writ_buffer_text(&b, "one");
    assert_string_equal(writ_buffer_string(&b), "one");
    writ_buffer_text(&b, " two");
    assert_string_equal(writ_buffer_string(&b), "one two");
    assert_int_equal(b.n, 7);
    writ_buffer_free(&b);
}

static void a_string_whose_nul_does_not_fit_is_a_failure(void **state)
{
    struct writ_buffer b = {.ceiling = 3};

    (void)state;
    writ_buffer_text(&b, "one");
    assert_string_equal(writ_buffer_string(&b), "");
    assert_true(b.failed);
    writ_buffer_free(&b);
}

static void a_freed_buffer_starts_again_under_the_same_ceiling(void **state)
{
    struct writ_buffer b = {.ceiling = 4};

    (void)state;
    writ_buffer_text(&b, "abcde");
    assert_true(b.failed);
    writ_buffer_free(&b);
    assert_false(b.failed);
    assert_null(b.p);
    writ_buffer_text(&b, "abcd");
    assert_false(b.failed);
    writ_buffer_byte(&b, 'e');
    assert_true(b.failed);
    writ_buffer_free(&b);
}

static void freeing_what_was_never_used_is_nothing(void **state)
{
    struct writ_buffer b = {0};

    (void)state;
    writ_buffer_free(&b);
    writ_buffer_wipe(&b);
    writ_buffer_free(&b);
    assert_null(b.p);
}

static void a_wiped_buffer_is_empty(void **state)
{
    struct writ_buffer b = {0};

    (void)state;
    writ_buffer_text(&b, "secret");
    writ_buffer_wipe(&b);
    assert_null(b.p);
    assert_int_equal(b.n, 0);
    assert_int_equal(b.room, 0);
}

static const struct CMUnitTest claims[] = {
    CLAIM(appends_follow_each_other),
    CLAIM(appending_nothing_is_nothing),
    CLAIM(a_buffer_keeps_its_bytes_while_it_grows),
    CLAIM(a_buffer_fills_up_to_its_ceiling),
    CLAIM(a_failure_is_remembered),
    CLAIM(no_buffer_passes_the_ceiling_of_all),
    CLAIM(a_string_ends_in_a_nul_that_does_not_count),
    CLAIM(a_string_whose_nul_does_not_fit_is_a_failure),
    CLAIM(a_freed_buffer_starts_again_under_the_same_ceiling),
    CLAIM(freeing_what_was_never_used_is_nothing),
    CLAIM(a_wiped_buffer_is_empty),
};

RUN_CLAIMS(claims)
