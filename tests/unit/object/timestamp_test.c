#include "object/timestamp.h"

#include "base/time.h"
#include "object/signeddata.h"

static struct writ_error e;
static struct writ_timestamp stamp;

/* The pieces of a TSTInfo, in their order; NULL is the sound one, "" leaves it out. */
struct pieces {
    const char *version, *policy, *imprint, *serial, *time, *accuracy, *ordering, *nonce, *tsa,
        *extensions, *after;
};

#define IMPRINT "30{ " SHA256 " 04{ " HASH " } }"

static const char *info_text(const struct pieces *p)
{
    return piece("30{ %s %s %s %s %s %s %s %s %s %s } %s", OR(p->version, "02{ 01 }"),
                 OR(p->policy, "06{ 2a03 }"), OR(p->imprint, IMPRINT), OR(p->serial, "02{ 2a }"),
                 OR(p->time, "18{'20251125070000Z'}"), OR(p->accuracy, ""), OR(p->ordering, ""),
                 OR(p->nonce, ""), OR(p->tsa, ""), OR(p->extensions, ""), OR(p->after, ""));
}

#define TST_INFO "06{ 2a864886f70d0109100104 }"

static struct writ_span token_of(const struct pieces *p)
{
    return CMS(.content_type = TST_INFO, .content = piece("a0{ 04{ %s } }", info_text(p)));
}

#define TOKEN(...) token_of(&(struct pieces){__VA_ARGS__})

static const struct writ_timestamp *read_token(struct writ_span bytes)
{
    writ_error_clear(&e);
    assert_ok(writ_timestamp_parse(bytes, &stamp, &e));
    return &stamp;
}

#define READ(...) read_token(TOKEN(__VA_ARGS__))

#define REFUSED(words, ...)                                                                        \
    assert_fault(writ_timestamp_parse(TOKEN(__VA_ARGS__), &stamp, &e), WRIT_FAULT_BAD_INPUT, words)

#define SEVEN ((int64_t)1764054000) /* 2025-11-25T07:00:00Z */

/* ---- tokens ---- */

static void a_token_is_read_field_by_field(void **state)
{
    (void)state;
    READ(.nonce = "02{ 00ff }", .accuracy = "30{ 02{ 02 } }");
    assert_int_equal(stamp.hash_algorithm, WRIT_OID_SHA256);
    assert_spans_equal(stamp.imprint, bytes_of(HASH));
    assert_spans_equal(stamp.serial, bytes_of("2a"));
    assert_spans_equal(stamp.policy, bytes_of("2a03"));
    assert_spans_equal(stamp.nonce, bytes_of("00ff"));
    assert_int_equal(stamp.time, SEVEN);
    assert_int_equal(stamp.accuracy, 2);
    assert_spans_equal(stamp.cms.signature, bytes_of("0a0b"));
}

static void what_is_optional_may_be_left_out(void **state)
{
    (void)state;
    READ(.version = NULL);
    assert_int_equal(stamp.nonce.n, 0);
    assert_int_equal(stamp.accuracy, 0);
    READ(.ordering = "01{ ff }", .nonce = "02{ 01 }", .tsa = "a0{ a4{ " NAME("TSA") " } }");
}

static void a_fraction_of_a_second_counts_as_a_whole_one(void **state)
{
    (void)state;
    assert_int_equal(READ(.time = "18{'20251125070000Z'}")->time, SEVEN);
    assert_int_equal(READ(.time = "18{'20251125070000.001Z'}")->time, SEVEN + 1);
    assert_int_equal(READ(.time = "18{'20251125070000.999999999Z'}")->time, SEVEN + 1);
    assert_int_equal(READ(.time = "18{'20251231235959.5Z'}")->time, 1767225600);
}

static void a_time_has_one_spelling(void **state)
{
    (void)state;
    REFUSED("fraction of a second is empty or ends in 0", .time = "18{'20251125070000.0Z'}");
    REFUSED("fraction of a second is empty or ends in 0", .time = "18{'20251125070000.50Z'}");
    REFUSED("fraction of a second is empty or ends in 0", .time = "18{'20251125070000.Z'}");
    REFUSED("genTime: not a time in UTC that exists", .time = "18{'20251125070000,5Z'}");
    REFUSED("genTime: not a time in UTC that exists", .time = "18{'20251125070000+0100'}");
    REFUSED("genTime: not a time in UTC that exists", .time = "18{'20251125070060Z'}");
    REFUSED("genTime: wanted a time", .time = "17{'251125070000Z'}");
    REFUSED("genTime", .time = "18{'202511250700Z'}");
}

static void accuracy_is_rounded_up_to_seconds(void **state)
{
    (void)state;
    assert_int_equal(READ(.accuracy = "30{}")->accuracy, 0);
    assert_int_equal(READ(.accuracy = "30{ 02{ 05 } }")->accuracy, 5);
    assert_int_equal(READ(.accuracy = "30{ 80{ 01 } }")->accuracy, 1);
    assert_int_equal(READ(.accuracy = "30{ 81{ 01 } }")->accuracy, 1);
    assert_int_equal(READ(.accuracy = "30{ 80{ 03e7 } 81{ 03e7 } }")->accuracy, 1);
    assert_int_equal(READ(.accuracy = "30{ 02{ 05 } 80{ 00 } 81{ 00 } }")->accuracy, 5);
    assert_int_equal(READ(.accuracy = "30{ 02{ 05 } 81{ 01 } }")->accuracy, 6);
    assert_int_equal(READ(.accuracy = "30{ 02{ 01e28500 } }")->accuracy, 366 * WRIT_DAY);
}

static void other_accuracies_are_refused(void **state)
{
    (void)state;
    REFUSED("seconds: number is larger than 31622400", .accuracy = "30{ 02{ 01e28501 } }");
    REFUSED("seconds: number is negative", .accuracy = "30{ 02{ ff } }");
    REFUSED("millis: number is larger than 999", .accuracy = "30{ 80{ 03e8 } }");
    REFUSED("micros: number is larger than 999", .accuracy = "30{ 81{ 03e8 } }");
    REFUSED("millis: number is empty or not minimal", .accuracy = "30{ 80{} }");
    REFUSED("trailing bytes after accuracy", .accuracy = "30{ 81{ 01 } 80{ 01 } }");
    REFUSED("trailing bytes after accuracy", .accuracy = "30{ 02{ 01 } 02{ 01 } }");
}

static void the_instant_is_the_latest_moment_it_can_have_been(void **state)
{
    (void)state;
    READ(.time = "18{'20251125070000.5Z'}", .accuracy = "30{ 02{ 0a } 81{ 01 } }");
    assert_int_equal(writ_timestamp_instant(&stamp), SEVEN + 1 + 11);
    READ(.time = "18{'99991231235959Z'}", .accuracy = "30{ 02{ 01e28500 } }");
    assert_int_equal(writ_timestamp_instant(&stamp), WRIT_TIME_MAX);
}

static void a_token_holds_a_tst_info(void **state)
{
    (void)state;
    assert_fault(writ_timestamp_parse(CMS(.content = "a0{ 04{ 05{} } }"), &stamp, &e),
                 WRIT_FAULT_BAD_INPUT, "timestamp: the CMS holds no TSTInfo");
    assert_fault(writ_timestamp_parse(CMS(.content_type = TST_INFO), &stamp, &e),
                 WRIT_FAULT_BAD_INPUT, "timestamp: the CMS holds no TSTInfo");
    assert_fault(
        writ_timestamp_parse(CMS(.content_type = TST_INFO, .content = "a0{ 04{} }"), &stamp, &e),
        WRIT_FAULT_BAD_INPUT, "TSTInfo");
    assert_fault(writ_timestamp_parse(der("30{}"), &stamp, &e), WRIT_FAULT_BAD_INPUT,
                 "contentType");
}

static void fields_have_their_type_and_order(void **state)
{
    (void)state;
    REFUSED("TSTInfo: version 0, wanted 1", .version = "02{ 00 }");
    REFUSED("TSTInfo version: number is larger than 1", .version = "02{ 02 }");
    REFUSED("policy", .policy = "");
    REFUSED("hashedMessage", .imprint = "30{ " SHA256 " }");
    REFUSED("trailing bytes after messageImprint", .imprint = "30{ " SHA256 " 04{ 01 } 05{} }");
    REFUSED("serialNumber", .serial = "02{}");
    REFUSED("ordering: the default FALSE is written out (BER)", .ordering = "01{ 00 }");
    REFUSED("nonce: INTEGER is empty or not minimal", .nonce = "02{ 0001 }");
    REFUSED("trailing bytes after TSTInfo", .nonce = "02{ 01 } 02{ 01 }");
    REFUSED("trailing bytes after TSTInfo", .tsa = "80{ 01 }");
    REFUSED("trailing bytes after TSTInfo", .after = "00");
    REFUSED("accuracy: wanted 127 bytes", .accuracy = "30 7f");
    REFUSED("tsa: wanted 127 bytes", .tsa = "a0 7f");
    REFUSED("trailing bytes after TSTInfo", .nonce = "02{ 01 } 01{ ff }");
}

static void extensions_are_not_understood(void **state)
{
    (void)state;
    REFUSED("TSTInfo: extensions are not understood", .extensions = "a1{ 30{} }");
}

static bool passes(struct writ_span bytes)
{
    struct writ_error found = {0};
    struct writ_timestamp s;

    return writ_timestamp_parse(bytes, &s, &found) == 0;
}

static void no_beginning_of_a_token_passes(void **state)
{
    (void)state;
    assert_no_beginning_passes(TOKEN(.nonce = "02{ 01 }"), passes);
}

/* ---- requests ---- */

static void a_request_asks_for_the_tsas_certificate(void **state)
{
    struct writ_buffer b = {0};

    (void)state;
    assert_ok(writ_timestamp_build_request(bytes_of(HASH), bytes_of("80ff"), &b, &e));
    assert_spans_equal(writ_buffer_span(&b),
                       der("30{ 02{ 01 } " IMPRINT " 02{ 0080ff } 01{ ff } }"));
    writ_buffer_free(&b);
}

/* ---- answers ---- */

static struct writ_span token;

/* The text of an answer: its status, and what follows. */
#define ANSWER(status, rest) der("30{ 30{ " status " } " rest " }")

static void an_answer_that_grants_holds_a_token(void **state)
{
    (void)state;
    assert_ok(writ_timestamp_parse_answer(ANSWER("02{ 00 }", "30{ 05{} }"), &token, &e));
    assert_spans_equal(token, bytes_of("30020500"));
    assert_ok(writ_timestamp_parse_answer(ANSWER("02{ 01 } 30{ 0c{'fine'} }", "30{}"), &token, &e));
    assert_spans_equal(token, bytes_of("3000"));
}

#define ANSWER_REFUSED(answer, class, words)                                                       \
    assert_fault(writ_timestamp_parse_answer(answer, &token, &e), class, words)

static void a_refusal_is_told_in_the_tsas_words(void **state)
{
    (void)state;
    ANSWER_REFUSED(ANSWER("02{ 02 } 30{ 0c{'no time today'} } 03{ 00 80 }", ""),
                   WRIT_FAULT_UNAVAILABLE,
                   "the timestamp authority refused (status 2): no time today");
    ANSWER_REFUSED(ANSWER("02{ 05 }", ""), WRIT_FAULT_UNAVAILABLE, "(status 5): no reason given");
    ANSWER_REFUSED(ANSWER("02{ 02 } 30{ 0c{ 1b '[2J' } }", ""), WRIT_FAULT_UNAVAILABLE,
                   "(status 2): \\x1b[2J");
    assert_int_equal(token.n, 0);
}

static void a_refusal_in_words_that_are_no_text_is_still_a_refusal(void **state)
{
    (void)state;
    ANSWER_REFUSED(ANSWER("02{ 02 } 30{ 13{'no'} }", ""), WRIT_FAULT_UNAVAILABLE,
                   "(status 2): no reason given");
    ANSWER_REFUSED(ANSWER("02{ 02 } 30{}", ""), WRIT_FAULT_UNAVAILABLE,
                   "(status 2): no reason given");
}

static void a_refusals_words_are_cut_where_they_are_too_long(void **state)
{
    (void)state;
    ANSWER_REFUSED(der(piece("30{ 30{ 02{ 02 } 30{ 0c{'%s'} } } }", times(4000, "x"))),
                   WRIT_FAULT_UNAVAILABLE, "xxx...");
    assert_true(strlen(e.text) < 200);
}

static void malformed_answers_are_refused(void **state)
{
    (void)state;
    ANSWER_REFUSED(WRIT_SPAN_NONE, WRIT_FAULT_BAD_INPUT, "empty");
    ANSWER_REFUSED(der("30{}"), WRIT_FAULT_BAD_INPUT, "PKIStatusInfo");
    ANSWER_REFUSED(ANSWER("", "30{}"), WRIT_FAULT_BAD_INPUT, "status");
    ANSWER_REFUSED(ANSWER("02{ 06 }", "30{}"), WRIT_FAULT_BAD_INPUT,
                   "status: number is larger than 5");
    ANSWER_REFUSED(ANSWER("02{ 00 }", ""), WRIT_FAULT_BAD_INPUT, "timeStampToken");
    ANSWER_REFUSED(ANSWER("02{ 00 }", "30{} 30{}"), WRIT_FAULT_BAD_INPUT,
                   "trailing bytes after TimeStampResp");
    ANSWER_REFUSED(der("30{ 30{ 02{ 00 } } 30{} } 00"), WRIT_FAULT_BAD_INPUT, "trailing bytes");
    ANSWER_REFUSED(ANSWER("02{ 00 }", "30 80 0000"), WRIT_FAULT_BAD_INPUT,
                   "indefinite length (BER)");
    assert_int_equal(token.n, 0);
}

/* An answer with a token of n bytes. */
#define FILLED(n) der(piece("30{ 30{ 02{ 00 } } 30{ 04{ %s } } }", times(n, "00")))

static void an_answer_has_a_ceiling(void **state)
{
    size_t around = FILLED(66000).n - 66000;

    (void)state;
    writ_error_clear(&e);
    assert_ok(writ_timestamp_parse_answer(FILLED(WRIT_TIMESTAMP_ANSWER_MAX - around), &token, &e));
    ANSWER_REFUSED(FILLED(WRIT_TIMESTAMP_ANSWER_MAX - around + 1), WRIT_FAULT_BAD_INPUT,
                   "answer of 69633 bytes, the ceiling is 69632");
}

static const struct CMUnitTest claims[] = {
    CLAIM(a_token_is_read_field_by_field),
    CLAIM(what_is_optional_may_be_left_out),
    CLAIM(a_fraction_of_a_second_counts_as_a_whole_one),
    CLAIM(a_time_has_one_spelling),
    CLAIM(accuracy_is_rounded_up_to_seconds),
    CLAIM(other_accuracies_are_refused),
    CLAIM(the_instant_is_the_latest_moment_it_can_have_been),
    CLAIM(a_token_holds_a_tst_info),
    CLAIM(fields_have_their_type_and_order),
    CLAIM(extensions_are_not_understood),
    CLAIM(no_beginning_of_a_token_passes),
    CLAIM(a_request_asks_for_the_tsas_certificate),
    CLAIM(an_answer_that_grants_holds_a_token),
    CLAIM(a_refusal_is_told_in_the_tsas_words),
    CLAIM(a_refusal_in_words_that_are_no_text_is_still_a_refusal),
    CLAIM(a_refusals_words_are_cut_where_they_are_too_long),
    CLAIM(malformed_answers_are_refused),
    CLAIM(an_answer_has_a_ceiling),
};

RUN_CLAIMS(claims)
