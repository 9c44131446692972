/*
 * tests/unit/test.h - what every unit test begins with
 *
 * A test's name is its claim.  Programs print TAP for prove.
 */
#ifndef WRIT_TEST_H
#define WRIT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/hex.h"
#include "base/span.h"

#define CLAIM(function) cmocka_unit_test(function)

#define RUN_CLAIMS(claims)                                                                         \
    int main(void)                                                                                 \
    {                                                                                              \
        cmocka_set_message_output(CM_OUTPUT_TAP);                                                  \
        return cmocka_run_group_tests_name(__FILE__, claims, NULL, NULL);                          \
    }

/* The call succeeded; shows the sentence when it did not. */
#define assert_ok(call)                                                                            \
    do {                                                                                           \
        struct writ_error *shown_ = &e;                                                            \
        if ((call) != 0)                                                                           \
            fail_msg("%s: %s", #call, shown_->text);                                               \
    } while (0)

/* The call failed with this class, and its sentence holds these words. */
#define assert_fault(call, class, words)                                                           \
    do {                                                                                           \
        writ_error_clear(&e);                                                                      \
        if ((call) == 0)                                                                           \
            fail_msg("%s succeeded", #call);                                                       \
        assert_int_equal(e.fault, (class));                                                        \
        if (strstr(e.text, (words)) == NULL)                                                       \
            fail_msg("wanted \"%s\" in \"%s\"", (words), e.text);                                  \
    } while (0)

/* The bytes that pairs of hexadecimal digits (spaces allowed) stand for, in a static array. */
static inline struct writ_span bytes_of(const char *hex)
{
    static uint8_t room[8][4096];
    static unsigned turn;
    uint8_t *out = room[turn++ % 8];
    char digits[8193];
    size_t n = 0;

    for (; *hex != '\0' && n + 1 < sizeof digits; hex++) {
        if (*hex != ' ')
            digits[n++] = *hex;
    }
    if (writ_hex_parse(WRIT_SPAN(digits, n), out, n / 2) < 0)
        fail_msg("not hexadecimal");
    return WRIT_SPAN(out, n / 2);
}

#endif
