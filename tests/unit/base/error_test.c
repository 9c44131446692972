#include "base/error.h"

#include <errno.h>

#include "test.h"

static void a_fault_records_its_class_and_sentence(void **state)
{
    struct writ_error e = {0};

    (void)state;
    assert_int_equal(writ_fail(&e, WRIT_FAULT_IO, "wanted %d, found %s", 3, "four"), -1);
    assert_int_equal(e.fault, WRIT_FAULT_IO);
    assert_string_equal(e.text, "wanted 3, found four");
    assert_true(e.offset == SIZE_MAX);
}

static void the_first_fault_wins(void **state)
{
    struct writ_error e = {0};

    (void)state;
    assert_int_equal(writ_fail(&e, WRIT_FAULT_IO, "first"), -1);
    assert_int_equal(writ_fail(&e, WRIT_FAULT_USAGE, "second"), -1);
    assert_int_equal(writ_fail_at(&e, 7, "third"), -1);
    assert_int_equal(writ_fail_memory(&e), -1);
    assert_int_equal(writ_fail_errno(&e, WRIT_FAULT_IO, ENOENT, "fifth"), -1);
    assert_int_equal(e.fault, WRIT_FAULT_IO);
    assert_string_equal(e.text, "first");
    assert_true(e.offset == SIZE_MAX);
}

static void a_fault_in_bytes_carries_its_offset(void **state)
{
    struct writ_error e = {0};

    (void)state;
    assert_int_equal(writ_fail_at(&e, 42, "bad"), -1);
    assert_int_equal(e.fault, WRIT_FAULT_BAD_INPUT);
    assert_int_equal(e.offset, 42);
}

static void nobody_has_to_listen(void **state)
{
    (void)state;
    assert_int_equal(writ_fail(NULL, WRIT_FAULT_IO, "x"), -1);
    assert_int_equal(writ_fail_at(NULL, 1, "x"), -1);
    assert_int_equal(writ_fail_errno(NULL, WRIT_FAULT_IO, EIO, "x"), -1);
    assert_int_equal(writ_fail_memory(NULL), -1);
    writ_error_context(NULL, "x");
}

static enum writ_fault class_of(int errno_value, enum writ_fault otherwise)
{
    struct writ_error e = {0};

    (void)writ_fail_errno(&e, otherwise, errno_value, "opening a");
    return e.fault;
}

static void a_failed_call_is_classed_by_its_errno(void **state)
{
    (void)state;
    assert_int_equal(class_of(ENOENT, WRIT_FAULT_IO), WRIT_FAULT_NO_INPUT);
    assert_int_equal(class_of(ENOTDIR, WRIT_FAULT_IO), WRIT_FAULT_NO_INPUT);
    assert_int_equal(class_of(ELOOP, WRIT_FAULT_IO), WRIT_FAULT_NO_INPUT);
    assert_int_equal(class_of(ENAMETOOLONG, WRIT_FAULT_IO), WRIT_FAULT_NO_INPUT);
    assert_int_equal(class_of(EACCES, WRIT_FAULT_IO), WRIT_FAULT_PERMISSION);
    assert_int_equal(class_of(EPERM, WRIT_FAULT_CANNOT_CREATE), WRIT_FAULT_PERMISSION);
    assert_int_equal(class_of(EIO, WRIT_FAULT_IO), WRIT_FAULT_IO);
    assert_int_equal(class_of(ENOSPC, WRIT_FAULT_UNAVAILABLE), WRIT_FAULT_UNAVAILABLE);
}

static void a_missing_directory_of_an_output_is_no_missing_input(void **state)
{
    (void)state;
    assert_int_equal(class_of(ENOENT, WRIT_FAULT_CANNOT_CREATE), WRIT_FAULT_CANNOT_CREATE);
    assert_int_equal(class_of(ENOTDIR, WRIT_FAULT_CANNOT_CREATE), WRIT_FAULT_CANNOT_CREATE);
}

static void a_failed_call_says_why(void **state)
{
    struct writ_error e = {0};

    (void)state;
    (void)writ_fail_errno(&e, WRIT_FAULT_IO, ENOENT, "%s", "/etc/writ/writ.conf");
    assert_string_equal(e.text, "/etc/writ/writ.conf: No such file or directory");
}

static void context_goes_before_the_sentence(void **state)
{
    struct writ_error e = {0};

    (void)state;
    (void)writ_fail_at(&e, 3, "length with leading zeros");
    writ_error_context(&e, "certificate %d", 2);
    writ_error_context(&e, "%s", "seal");
    assert_string_equal(e.text, "seal: certificate 2: length with leading zeros");
    assert_int_equal(e.offset, 3);
    assert_int_equal(e.fault, WRIT_FAULT_BAD_INPUT);
}

static void context_without_a_fault_is_nothing(void **state)
{
    struct writ_error e = {0};

    (void)state;
    writ_error_context(&e, "seal");
    assert_int_equal(e.fault, WRIT_FAULT_NONE);
    assert_string_equal(e.text, "");
}

static void sentences_that_are_too_long_are_cut(void **state)
{
    struct writ_error e = {0};
    char text[2 * WRIT_ERROR_TEXT_MAX];

    (void)state;
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    (void)writ_fail(&e, WRIT_FAULT_IO, "%s", text);
    assert_int_equal(strlen(e.text), WRIT_ERROR_TEXT_MAX - 1);
    writ_error_context(&e, "%s", text);
    assert_int_equal(strlen(e.text), WRIT_ERROR_TEXT_MAX - 1);
    (void)writ_fail_errno(&e, WRIT_FAULT_IO, EIO, "%s", text);
    assert_int_equal(strlen(e.text), WRIT_ERROR_TEXT_MAX - 1);

    writ_error_clear(&e);
    (void)writ_fail_errno(&e, WRIT_FAULT_IO, EIO, "%s", text);
    assert_int_equal(strlen(e.text), WRIT_ERROR_TEXT_MAX - 1);
}

static void a_cleared_error_takes_the_next_fault(void **state)
{
    struct writ_error e = {0};

    (void)state;
    (void)writ_fail_at(&e, 3, "first");
    writ_error_clear(&e);
    assert_int_equal(e.fault, WRIT_FAULT_NONE);
    assert_string_equal(e.text, "");
    assert_true(e.offset == SIZE_MAX);
    (void)writ_fail(&e, WRIT_FAULT_IO, "second");
    assert_string_equal(e.text, "second");
}

static void running_out_of_memory_is_unexpected(void **state)
{
    struct writ_error e = {0};

    (void)state;
    assert_int_equal(writ_fail_memory(&e), -1);
    assert_sentence(WRIT_FAULT_UNEXPECTED, "out of memory");
}

static void every_class_has_a_name(void **state)
{
    (void)state;
    assert_string_equal(writ_fault_name(WRIT_FAULT_NONE), "none");
    assert_string_equal(writ_fault_name(WRIT_FAULT_UNEXPECTED), "unexpected");
    assert_string_equal(writ_fault_name(WRIT_FAULT_USAGE), "usage");
    assert_string_equal(writ_fault_name(WRIT_FAULT_BAD_INPUT), "bad-input");
    assert_string_equal(writ_fault_name(WRIT_FAULT_NO_INPUT), "no-input");
    assert_string_equal(writ_fault_name(WRIT_FAULT_UNAVAILABLE), "unavailable");
    assert_string_equal(writ_fault_name(WRIT_FAULT_CANNOT_CREATE), "cannot-create");
    assert_string_equal(writ_fault_name(WRIT_FAULT_IO), "io");
    assert_string_equal(writ_fault_name(WRIT_FAULT_PERMISSION), "permission");
    assert_string_equal(writ_fault_name(WRIT_FAULT_CONFIGURATION), "configuration");
    assert_string_equal(writ_fault_name((enum writ_fault)99), "unexpected");
}

static void no_fault_shares_its_exit_code_with_a_verdict(void **state)
{
    static const enum writ_fault all[] = {
        WRIT_FAULT_UNEXPECTED, WRIT_FAULT_USAGE,       WRIT_FAULT_BAD_INPUT,
        WRIT_FAULT_NO_INPUT,   WRIT_FAULT_UNAVAILABLE, WRIT_FAULT_CANNOT_CREATE,
        WRIT_FAULT_IO,         WRIT_FAULT_PERMISSION,  WRIT_FAULT_CONFIGURATION};

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        assert_true(all[i] == 1 || all[i] >= 64);
}

static const struct CMUnitTest claims[] = {
    CLAIM(a_fault_records_its_class_and_sentence),
    CLAIM(the_first_fault_wins),
    CLAIM(a_fault_in_bytes_carries_its_offset),
    CLAIM(nobody_has_to_listen),
    CLAIM(a_failed_call_is_classed_by_its_errno),
    CLAIM(a_missing_directory_of_an_output_is_no_missing_input),
    CLAIM(a_failed_call_says_why),
    CLAIM(context_goes_before_the_sentence),
    CLAIM(context_without_a_fault_is_nothing),
    CLAIM(sentences_that_are_too_long_are_cut),
    CLAIM(a_cleared_error_takes_the_next_fault),
    CLAIM(running_out_of_memory_is_unexpected),
    CLAIM(every_class_has_a_name),
    CLAIM(no_fault_shares_its_exit_code_with_a_verdict),
};

RUN_CLAIMS(claims)
