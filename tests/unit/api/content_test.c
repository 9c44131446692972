/*
 * Length and root of content, the names of enums, and the library's start.
 */
#include "asking.h"

static void content_ends_where_the_tail_begins(void **state)
{
    struct writ_error e = {0};
    struct world w;
    uint64_t length = 0;

    (void)state;
    world_of(&w, "");
    assert_ok(writ_content_length(w.file.p, w.file.n, &length, &e));
    assert_true(length == w.content.n);
    assert_ok(writ_content_length(w.content.p, w.content.n, &length, &e));
    assert_true(length == w.content.n);
    assert_ok(writ_content_length(NULL, 0, &length, &e));
    assert_true(length == 0);
    world_free(&w);
}

static void a_tail_that_does_not_hold_together_has_no_content(void **state)
{
    struct writ_error e = {0};
    struct world w;
    uint64_t length = 42;

    (void)state;
    world_of(&w, "seal tail bad-pad");
    assert_fault(writ_content_length(w.file.p, w.file.n, &length, &e), WRIT_FAULT_BAD_INPUT, "");
    assert_true(length == 42);
    world_free(&w);
}

static void the_root_does_not_depend_on_threads(void **state)
{
    struct writ_error e = {0};
    size_t n = 3 * 1024 * 1024 + 5;
    uint8_t *bytes = malloc(n);
    uint8_t one[WRIT_HASH], many[WRIT_HASH];

    (void)state;
    assert_non_null(bytes);
    for (size_t i = 0; i < n; i++)
        bytes[i] = (uint8_t)(i * 31 >> 3);
    assert_ok(writ_content_root(bytes, n, 0, one, &e));
    for (unsigned threads = 1; threads < 40; threads += 13) {
        assert_ok(writ_content_root(bytes, n, threads, many, &e));
        assert_spans_equal(WRIT_SPAN_OF(many), WRIT_SPAN_OF(one));
    }
    free(bytes);
}

static void no_content_has_a_root_of_zeros(void **state)
{
    struct writ_error e = {0};
    static const uint8_t zeros[WRIT_HASH];
    uint8_t root[WRIT_HASH] = {1};

    (void)state;
    assert_ok(writ_content_root(NULL, 0, 1, root, &e));
    assert_spans_equal(WRIT_SPAN_OF(root), WRIT_SPAN_OF(zeros));
}

static void null_is_a_fault_where_it_is_not_allowed(void **state)
{
    struct writ_error e = {0};
    uint8_t root[WRIT_HASH] = {0};
    uint64_t length;

    (void)state;
    assert_fault(writ_content_length(NULL, 1, &length, &e), WRIT_FAULT_USAGE,
                 "writ_content_length: NULL");
    assert_fault(writ_content_length(root, 1, NULL, &e), WRIT_FAULT_USAGE, "NULL");
    assert_fault(writ_content_root(NULL, 1, 1, root, &e), WRIT_FAULT_USAGE,
                 "writ_content_root: NULL");
    assert_fault(writ_content_root(root, 1, 1, NULL, &e), WRIT_FAULT_USAGE, "NULL");
    assert_int_equal(writ_content_root(NULL, 1, 1, root, NULL), -1);
}

static void what_is_in_no_enum_has_a_name_too(void **state)
{
    (void)state;
    assert_string_equal(writ_outcome_name(WRIT_NOT_COVERED), "not-covered");
    assert_string_equal(writ_outcome_name((enum writ_outcome)99), "fault");
    assert_string_equal(writ_outcome_name((enum writ_outcome) - 1), "fault");
    assert_string_equal(writ_fault_name(WRIT_FAULT_BAD_INPUT), "bad-input");
    assert_string_equal(writ_fault_name((enum writ_fault)2), "unexpected");
    assert_string_equal(writ_reason_name(WRIT_REASON_CERTIFICATE_HOLD), "certificateHold");
    assert_string_equal(writ_reason_name((enum writ_reason)7), "unknown");
    assert_string_equal(writ_reason_name((enum writ_reason) - 1), "unknown");
}

static void starting_twice_is_harmless(void **state)
{
    struct writ_error e = {0};

    (void)state;
    assert_ok(writ_start(&e));
    assert_ok(writ_start(&e));
    assert_int_equal(writ_start(NULL), 0);
    assert_string_equal(writ_version(), WRIT_VERSION);
}

static const struct CMUnitTest claims[] = {
    CLAIM(content_ends_where_the_tail_begins),
    CLAIM(a_tail_that_does_not_hold_together_has_no_content),
    CLAIM(the_root_does_not_depend_on_threads),
    CLAIM(no_content_has_a_root_of_zeros),
    CLAIM(null_is_a_fault_where_it_is_not_allowed),
    CLAIM(what_is_in_no_enum_has_a_name_too),
    CLAIM(starting_twice_is_harmless),
};

RUN_CLAIMS(claims)
