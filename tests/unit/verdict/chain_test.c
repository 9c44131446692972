/* From facts about a chain to a verdict: pure, so the facts are written down by hand. */
#include "verdict/chain.h"

#include "test.h"

/* Alice under Mid under Root, all but the root asked about, each with one answer. */
static struct writ_chain_facts facts_of(enum writ_answer_status leaf,
                                        enum writ_answer_status middle)
{
    static const char *const names[] = {"Alice", "Mid", "Root"};
    const enum writ_answer_status status[] = {leaf, middle};
    struct writ_chain_facts f = {.readable.state = WRIT_CHECK_PASSED,
                                 .built.state = WRIT_CHECK_PASSED,
                                 .purpose.state = WRIT_CHECK_PASSED,
                                 .subject = "Alice",
                                 .count = 3};

    for (size_t i = 0; i < 3; i++)
        (void)snprintf(f.link[i].subject, sizeof f.link[i].subject, "%s", names[i]);
    for (size_t i = 0; i < 2; i++) {
        f.link[i].asked = true;
        f.link[i].answer_count = 1;
        f.link[i].answer[0].status = status[i];
        (void)snprintf(f.link[i].answer[0].why, sizeof f.link[i].answer[0].why, "because");
    }
    return f;
}

static void comes_to(const struct writ_chain_facts *f, int code, const char *line)
{
    struct writ_chain_verdict v;
    struct writ_buffer out = {0};

    writ_judge_chain(f, &v);
    assert_int_equal(v.exit, code);
    writ_explain_chain_line(&v, f, &out);
    assert_string_equal(writ_buffer_string(&out), line);
    writ_buffer_free(&out);
}

static void all_that_were_asked_about_are_good(void **state)
{
    struct writ_chain_facts f = facts_of(WRIT_ANSWER_GOOD, WRIT_ANSWER_GOOD);

    (void)state;
    comes_to(&f, 0, "good: Alice; path of 3 to Root; 2 not revoked");
}

static void nothing_but_good_exits_0(void **state)
{
    static const enum writ_answer_status others[] = {
        WRIT_ANSWER_NO_EVIDENCE, WRIT_ANSWER_REVOKED, WRIT_ANSWER_UNKNOWN,
        WRIT_ANSWER_NOT_COVERED, WRIT_ANSWER_SCOPE,   WRIT_ANSWER_STALE};
    struct writ_chain_verdict v;

    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct writ_chain_facts leaf = facts_of(others[i], WRIT_ANSWER_GOOD);
        struct writ_chain_facts middle = facts_of(WRIT_ANSWER_GOOD, others[i]);

        writ_judge_chain(&leaf, &v);
        assert_int_not_equal(v.exit, 0);
        assert_int_equal(v.link, 0);
        writ_judge_chain(&middle, &v);
        assert_int_not_equal(v.exit, 0);
        assert_int_equal(v.link, 1);
    }
}

static void a_revoked_ca_decides_whatever_is_missing_below_it(void **state)
{
    struct writ_chain_facts f = facts_of(WRIT_ANSWER_NO_EVIDENCE, WRIT_ANSWER_REVOKED);

    (void)state;
    comes_to(&f, 2, "revoked: Mid: because");
}

static void a_revoked_leaf_decides_whatever_is_missing_above_it(void **state)
{
    struct writ_chain_facts f = facts_of(WRIT_ANSWER_REVOKED, WRIT_ANSWER_NO_EVIDENCE);

    (void)state;
    comes_to(&f, 2, "revoked: Alice: because");
}

static void too_old_is_worse_than_unknown(void **state)
{
    struct writ_chain_facts f = facts_of(WRIT_ANSWER_UNKNOWN, WRIT_ANSWER_STALE);

    (void)state;
    comes_to(&f, 5, "stale: Mid: because");
}

static void one_that_has_no_answer_is_no_evidence(void **state)
{
    struct writ_chain_facts f = facts_of(WRIT_ANSWER_GOOD, WRIT_ANSWER_GOOD);

    (void)state;
    f.link[1].answer_count = 0;
    comes_to(&f, 4, "no-evidence: Mid: nothing that was given speaks for it");
}

static void one_that_was_not_asked_about_needs_none(void **state)
{
    struct writ_chain_facts f = facts_of(WRIT_ANSWER_GOOD, WRIT_ANSWER_GOOD);

    (void)state;
    f.link[0].asked = f.link[1].asked = false;
    f.link[0].answer_count = f.link[1].answer_count = 0;
    comes_to(&f, 0, "good: Alice; path of 3 to Root; revocation not asked");
}

static void of_two_answers_about_one_the_revoked_one_counts(void **state)
{
    struct writ_chain_facts f = facts_of(WRIT_ANSWER_GOOD, WRIT_ANSWER_GOOD);

    (void)state;
    f.link[0].answer[1] = f.link[0].answer[0];
    f.link[0].answer[1].status = WRIT_ANSWER_REVOKED;
    f.link[0].answer_count = 2;
    comes_to(&f, 2, "revoked: Alice: because");
}

static void without_a_path_it_is_untrusted_whatever_was_answered(void **state)
{
    struct writ_chain_facts f = {.readable.state = WRIT_CHECK_PASSED, .subject = "Alice"};

    (void)state;
    writ_fact_fail(&f.built, "certificate has expired");
    comes_to(&f, 3, "untrusted: Alice: certificate has expired");
}

static void for_another_purpose_it_is_untrusted(void **state)
{
    struct writ_chain_facts f = facts_of(WRIT_ANSWER_GOOD, WRIT_ANSWER_GOOD);

    (void)state;
    f.purpose = (struct writ_fact){0};
    writ_fact_fail(&f.purpose, "the certificate of Alice is not for codeSigning");
    comes_to(&f, 3, "untrusted: the certificate of Alice is not for codeSigning");
}

static void facts_that_nobody_filled_in_are_never_good(void **state)
{
    struct writ_chain_facts f = {0};
    struct writ_chain_verdict v;

    (void)state;
    writ_judge_chain(&f, &v);
    assert_int_equal(v.exit, 3);
}

static const struct CMUnitTest claims[] = {
    CLAIM(all_that_were_asked_about_are_good),
    CLAIM(nothing_but_good_exits_0),
    CLAIM(a_revoked_ca_decides_whatever_is_missing_below_it),
    CLAIM(a_revoked_leaf_decides_whatever_is_missing_above_it),
    CLAIM(too_old_is_worse_than_unknown),
    CLAIM(one_that_has_no_answer_is_no_evidence),
    CLAIM(one_that_was_not_asked_about_needs_none),
    CLAIM(of_two_answers_about_one_the_revoked_one_counts),
    CLAIM(without_a_path_it_is_untrusted_whatever_was_answered),
    CLAIM(for_another_purpose_it_is_untrusted),
    CLAIM(facts_that_nobody_filled_in_are_never_good),
};

RUN_CLAIMS(claims)
