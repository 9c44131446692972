#include "verdict/answer.h"

#include "test.h"

static struct writ_error e;

static const enum writ_answer_status statuses[] = {
    WRIT_ANSWER_NO_EVIDENCE, WRIT_ANSWER_GOOD,  WRIT_ANSWER_REVOKED, WRIT_ANSWER_UNKNOWN,
    WRIT_ANSWER_NOT_COVERED, WRIT_ANSWER_SCOPE, WRIT_ANSWER_STALE,
};

#define STATUSES (sizeof statuses / sizeof statuses[0])

static void only_good_exits_with_zero(void **state)
{
    (void)state;
    for (size_t i = 0; i < STATUSES; i++) {
        int exit = writ_answer_exit(statuses[i]);

        assert_int_equal(exit == 0, statuses[i] == WRIT_ANSWER_GOOD);
        assert_int_equal(exit == 2, statuses[i] == WRIT_ANSWER_REVOKED);
        assert_int_equal(exit == 5, statuses[i] == WRIT_ANSWER_STALE);
        assert_true(exit == 0 || exit == 2 || exit == 4 || exit == 5);
    }
    assert_int_equal(writ_answer_exit((enum writ_answer_status)99), 4);
}

static void every_status_and_source_has_a_name_of_its_own(void **state)
{
    (void)state;
    for (size_t i = 0; i < STATUSES; i++) {
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(writ_answer_status_name(statuses[i]),
                                    writ_answer_status_name(statuses[j]));
    }
    for (int i = WRIT_FROM_TABLE; i <= WRIT_FROM_STAPLE; i++) {
        for (int j = WRIT_FROM_TABLE; j < i; j++)
            assert_string_not_equal(writ_answer_from_name((enum writ_answer_from)i),
                                    writ_answer_from_name((enum writ_answer_from)j));
    }
    assert_string_equal(writ_answer_from_name((enum writ_answer_from)99), "nothing");
}

static size_t weigh(enum writ_answer_status a, enum writ_answer_status b)
{
    struct writ_answer both[2] = {{.status = a}, {.status = b}};

    return writ_answers_weigh(both, 2);
}

static void revoked_by_anybody_wins(void **state)
{
    (void)state;
    for (size_t i = 0; i < STATUSES; i++) {
        if (statuses[i] != WRIT_ANSWER_REVOKED)
            assert_int_equal(weigh(statuses[i], WRIT_ANSWER_REVOKED), 1);
        assert_int_equal(weigh(WRIT_ANSWER_REVOKED, statuses[i]), 0);
    }
}

static void then_the_first_good_then_stale_then_unknown(void **state)
{
    (void)state;
    assert_int_equal(weigh(WRIT_ANSWER_STALE, WRIT_ANSWER_GOOD), 1);
    assert_int_equal(weigh(WRIT_ANSWER_UNKNOWN, WRIT_ANSWER_STALE), 1);
    assert_int_equal(weigh(WRIT_ANSWER_NO_EVIDENCE, WRIT_ANSWER_UNKNOWN), 1);
    assert_int_equal(weigh(WRIT_ANSWER_SCOPE, WRIT_ANSWER_UNKNOWN), 1);
    assert_int_equal(weigh(WRIT_ANSWER_NOT_COVERED, WRIT_ANSWER_NO_EVIDENCE), 0);
    assert_int_equal(weigh(WRIT_ANSWER_GOOD, WRIT_ANSWER_GOOD), 0);
    assert_int_equal(writ_answers_weigh(NULL, 0), 0);
}

static const struct writ_answer revoked = {
    .from = WRIT_FROM_CRL,
    .status = WRIT_ANSWER_REVOKED,
    .stale = true,
    .source = "Example CA",
    .as_of = 1772323200,
    .until = 1772409600,
    .reason = WRIT_REASON_SUPERSEDED,
    .since = 1772323200,
    .revoked_at = 1772323200,
    .why = "revoked at noon",
};

static void a_line_says_what_who_and_when(void **state)
{
    struct writ_answer good = {
        .status = WRIT_ANSWER_GOOD, .from = WRIT_FROM_OCSP, .source = "X", .as_of = 1772323200};
    struct writ_answer none = {.from = WRIT_FROM_STAPLE, .why = "it does not parse"};
    struct writ_buffer line = {0};

    (void)state;
    writ_explain_answer_line(&revoked, &line);
    assert_text(
        writ_buffer_span(&line),
        "revoked: revoked at noon; too old, and revoked all the same; crl: Example CA, as of "
        "2026-03-01T00:00:00Z until 2026-03-02T00:00:00Z");
    writ_buffer_free(&line);
    writ_explain_answer_line(&good, &line);
    assert_text(writ_buffer_span(&line), "good; ocsp: X, as of 2026-03-01T00:00:00Z");
    writ_buffer_free(&line);
    writ_explain_answer_line(&none, &line);
    assert_text(writ_buffer_span(&line), "no-evidence: it does not parse; staple");
    writ_buffer_free(&line);
}

static void json_has_what_there_is_and_nothing_else(void **state)
{
    struct writ_answer good = {.status = WRIT_ANSWER_GOOD, .from = WRIT_FROM_OCSP};
    struct writ_buffer out = {0};
    struct writ_emit m;

    (void)state;
    writ_emit_fragment_start(&m, WRIT_EMIT_JSON, 1, &out);
    writ_explain_answer(&revoked, &m);
    assert_ok(writ_buffer_check(&out, &e));
    assert_non_null(strstr(writ_buffer_string(&out), "\"reason\": \"superseded\""));
    assert_non_null(strstr(writ_buffer_string(&out), "\"until\": \"2026-03-02T00:00:00Z\""));
    assert_non_null(strstr(writ_buffer_string(&out), "\"held\": false"));
    writ_buffer_free(&out);
    writ_emit_fragment_start(&m, WRIT_EMIT_JSON, 1, &out);
    writ_explain_answer(&good, &m);
    assert_non_null(strstr(writ_buffer_string(&out), "\"from\": \"ocsp\""));
    assert_null(strstr(writ_buffer_string(&out), "reason"));
    assert_null(strstr(writ_buffer_string(&out), "as_of"));
    assert_null(strstr(writ_buffer_string(&out), "why"));
    writ_buffer_free(&out);
}

static const struct CMUnitTest claims[] = {
    CLAIM(only_good_exits_with_zero),     CLAIM(every_status_and_source_has_a_name_of_its_own),
    CLAIM(revoked_by_anybody_wins),       CLAIM(then_the_first_good_then_stale_then_unknown),
    CLAIM(a_line_says_what_who_and_when), CLAIM(json_has_what_there_is_and_nothing_else),
};

RUN_CLAIMS(claims)
