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
#include <stdio.h>
#include <stdlib.h>
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

/* The same for a file whose claims need something that may be absent: skip_reason() returns NULL,
 * or why nothing can be tested here.  (cmocka 1.1.5 prints a skipped case as a failure.) */
#define RUN_CLAIMS_UNLESS(skip_reason, claims)                                                     \
    int main(void)                                                                                 \
    {                                                                                              \
        const char *why_ = skip_reason();                                                          \
        if (why_ != NULL) {                                                                        \
            (void)printf("1..0 # SKIP %s\n", why_);                                                \
            return 0;                                                                              \
        }                                                                                          \
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

/* e holds a fault of this class whose sentence holds these words. */
#define assert_sentence(class, words)                                                              \
    do {                                                                                           \
        assert_int_equal(e.fault, (class));                                                        \
        if (strstr(e.text, (words)) == NULL)                                                       \
            fail_msg("wanted \"%s\" in \"%s\"", (words), e.text);                                  \
    } while (0)

/* The call failed with this class, and its sentence holds these words. */
#define assert_fault(call, class, words)                                                           \
    do {                                                                                           \
        writ_error_clear(&e);                                                                      \
        if ((call) == 0)                                                                           \
            fail_msg("%s succeeded", #call);                                                       \
        assert_sentence(class, words);                                                             \
    } while (0)

/* The same for a call that returns a pointer, NULL when it failed. */
#define assert_fault_null(call, class, words)                                                      \
    do {                                                                                           \
        writ_error_clear(&e);                                                                      \
        if ((call) != NULL)                                                                        \
            fail_msg("%s succeeded", #call);                                                       \
        assert_sentence(class, words);                                                             \
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

/* Two spans hold the same bytes; shows the first 64 of each in hexadecimal when they do not. */
static inline void assert_spans_equal(struct writ_span found, struct writ_span wanted)
{
    char left[129], right[129];

    if (writ_span_equal(found, wanted))
        return;
    writ_hex_format(WRIT_SPAN(found.p, found.n < 64 ? found.n : 64), left);
    writ_hex_format(WRIT_SPAN(wanted.p, wanted.n < 64 ? wanted.n : 64), right);
    fail_msg("found %zu bytes %s, wanted %zu bytes %s", found.n, left, wanted.n, right);
}

/* The bytes of a span are those of a C string; shows both when they are not. */
static inline void assert_text(struct writ_span found, const char *wanted)
{
    if (!writ_span_equal(found, writ_span_text(wanted)))
        fail_msg("found \"%.*s\", wanted \"%s\"", (int)found.n, (const char *)found.p, wanted);
}

#endif
