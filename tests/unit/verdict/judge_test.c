/* The verdict, given the evidence: whatever fails or was not looked at refuses, in an order. */
#include "verdict/judge.h"

#include "test.h"
#include "world/world.h"

/* ---- Evidence to begin with ---- */

static struct writ_evidence good;

/* The evidence of a stamped program, sound in everything. */
static void look_at_a_good_program(void)
{
    static struct world w;

    world_of(&w, "stamp 2026-09-01");
    assert_int_equal(w.verdict.outcome, WRIT_ALLOWED);
    good = *w.evidence;
    world_free(&w);
}

static struct writ_verdict judge(const struct writ_evidence *evidence)
{
    static const struct writ_policy policy;
    struct writ_verdict v;

    writ_judge(&policy, evidence, &v);
    return v;
}

/* ---- What can be wrong with an entry, in the order in which it is told ---- */

/* Facts of good evidence have passed; this makes one fail. */
static void break_fact(struct writ_fact *fact)
{
    fact->state = WRIT_CHECK_NOT_MADE;
    writ_fact_fail(fact, "a test");
}

static void fail_readable(struct writ_entry_facts *e)
{
    break_fact(&e->readable);
}

static void fail_flags(struct writ_entry_facts *e)
{
    break_fact(&e->flags);
}

static void fail_signature(struct writ_entry_facts *e)
{
    break_fact(&e->signature);
}

static void fail_content(struct writ_entry_facts *e)
{
    break_fact(&e->content);
}

static void fail_built(struct writ_entry_facts *e)
{
    break_fact(&e->path.built);
}

static struct writ_evidence *whole;

static void revoke_content(struct writ_entry_facts *e)
{
    (void)e;
    whole->source[0].content_revoked = true;
}

static void revoke_leaf(struct writ_entry_facts *e)
{
    e->path.link[0].status = WRIT_STATUS_REVOKED;
    e->path.link[0].revocation.reason = WRIT_REASON_PRIVILEGE_WITHDRAWN;
}

static void refuse_stamp(struct writ_entry_facts *e)
{
    e->stamp.state = WRIT_STAMP_REFUSED;
    strcpy(e->stamp.reason, "a test");
}

static void fail_dates(struct writ_entry_facts *e)
{
    break_fact(&e->path.dated);
}

static void fail_strength(struct writ_entry_facts *e)
{
    break_fact(&e->path.strong);
}

static void fail_purpose(struct writ_entry_facts *e)
{
    break_fact(&e->purpose);
}

static void fail_team(struct writ_entry_facts *e)
{
    break_fact(&e->team_fits);
}

static void fail_form(struct writ_entry_facts *e)
{
    break_fact(&e->form);
}

static void damage_source(struct writ_entry_facts *e)
{
    (void)e;
    whole->source[0].state = WRIT_SOURCE_DAMAGED;
}

static void leave_number_out(struct writ_entry_facts *e)
{
    e->path.link[1].coverage = WRIT_STATUS_UNNUMBERED;
}

static void burn_number(struct writ_entry_facts *e)
{
    e->path.link[1].coverage = WRIT_STATUS_BURNED;
}

static void expire_feed(struct writ_entry_facts *e)
{
    (void)e;
    whole->source[0].expires = whole->now - 1;
}

static const struct cause {
    void (*make)(struct writ_entry_facts *entry);
    enum writ_outcome outcome;
    enum writ_why why;
    int exit;
} causes[] = {
    {fail_readable, WRIT_MALFORMED, WRIT_WHY_MALFORMED, 3},
    {fail_flags, WRIT_MALFORMED, WRIT_WHY_CRITICAL_FLAG, 3},
    {fail_signature, WRIT_UNTRUSTED, WRIT_WHY_BAD_SIGNATURE, 3},
    {fail_content, WRIT_MODIFIED, WRIT_WHY_CONTENT_CHANGED, 3},
    {fail_built, WRIT_UNTRUSTED, WRIT_WHY_NO_PATH, 3},
    {revoke_content, WRIT_REVOKED, WRIT_WHY_CONTENT_REVOKED, 2},
    {revoke_leaf, WRIT_REVOKED, WRIT_WHY_CERTIFICATE_REVOKED, 2},
    {refuse_stamp, WRIT_UNTRUSTED, WRIT_WHY_TIMESTAMP, 3},
    {fail_dates, WRIT_UNTRUSTED, WRIT_WHY_DATES, 3},
    {fail_strength, WRIT_UNTRUSTED, WRIT_WHY_WEAK, 3},
    {fail_purpose, WRIT_UNTRUSTED, WRIT_WHY_PURPOSE, 3},
    {fail_team, WRIT_UNTRUSTED, WRIT_WHY_TEAM, 3},
    {fail_form, WRIT_UNTRUSTED, WRIT_WHY_KIND, 3},
    {damage_source, WRIT_FAULT, WRIT_WHY_DATA_DAMAGED, 74},
    {leave_number_out, WRIT_UNTRUSTED, WRIT_WHY_UNNUMBERED, 3},
    {burn_number, WRIT_NOT_COVERED, WRIT_WHY_BURNED_NUMBER, 4},
    {expire_feed, WRIT_STALE, WRIT_WHY_FEED_EXPIRED, 5},
};

#define CAUSES (sizeof causes / sizeof causes[0])

static void the_cause_is(const struct writ_evidence *evidence, const struct cause *wanted)
{
    struct writ_verdict v = judge(evidence);

    assert_int_equal(v.outcome, wanted->outcome);
    assert_string_equal(writ_why_name(v.why), writ_why_name(wanted->why));
    assert_int_equal(writ_verdict_exit(&v), wanted->exit);
    assert_true(v.reason[0] != '\0');
    assert_true(v.remedy[0] != '\0');
    assert_false(v.has_holds_until);
}

static void each_cause_alone_refuses(void **state)
{
    static struct writ_evidence evidence;

    (void)state;
    whole = &evidence;
    for (size_t i = 0; i < CAUSES; i++) {
        evidence = good;
        causes[i].make(&evidence.seal[0].entry[0]);
        the_cause_is(&evidence, &causes[i]);
    }
}

/* leave_number_out and burn_number are about one link, so the later one would undo the earlier: the
 * first made stands. */
static void of_two_causes_the_earlier_in_the_order_is_told(void **state)
{
    static struct writ_evidence evidence;

    (void)state;
    whole = &evidence;
    for (size_t i = 0; i < CAUSES; i++) {
        for (size_t j = i + 1; j < CAUSES; j++) {
            evidence = good;
            causes[j].make(&evidence.seal[0].entry[0]);
            causes[i].make(&evidence.seal[0].entry[0]);
            the_cause_is(&evidence, &causes[i]);
        }
    }
}

/* ---- What was not looked at ---- */

static struct writ_fact *fact_of(struct writ_entry_facts *e, size_t i)
{
    struct writ_fact *const facts[] = {
        &e->readable,   &e->flags,       &e->signature, &e->content,   &e->path.built,
        &e->path.dated, &e->path.strong, &e->purpose,   &e->team_fits, &e->form,
    };

    return i < sizeof facts / sizeof facts[0] ? facts[i] : NULL;
}

static void a_check_that_was_not_made_refuses(void **state)
{
    static struct writ_evidence evidence;
    struct writ_fact *fact;

    (void)state;
    for (size_t i = 0; evidence = good, (fact = fact_of(&evidence.seal[0].entry[0], i)) != NULL;
         i++) {
        struct writ_verdict v;

        *fact = (struct writ_fact){.state = WRIT_CHECK_NOT_MADE};
        v = judge(&evidence);
        assert_int_equal(writ_verdict_exit(&v), 3);
        assert_string_equal(v.reason, "a check was not made");
    }
}

static void a_seal_that_was_not_read_refuses(void **state)
{
    static struct writ_evidence evidence;

    (void)state;
    evidence = good;
    evidence.seal[0].readable.state = WRIT_CHECK_NOT_MADE;
    assert_int_equal(judge(&evidence).outcome, WRIT_MALFORMED);
}

static void a_seal_without_an_entry_refuses(void **state)
{
    static struct writ_evidence evidence;
    struct writ_verdict v;

    (void)state;
    evidence = good;
    evidence.seal[0].count = 0;
    v = judge(&evidence);
    assert_int_equal(v.outcome, WRIT_MALFORMED);
    assert_string_equal(v.reason, "a seal without an entry");
    assert_true(v.entry == WRIT_NO_ENTRY);
}

static void a_path_without_a_certificate_refuses(void **state)
{
    static struct writ_evidence evidence;

    (void)state;
    evidence = good;
    evidence.seal[0].entry[0].path.count = 0;
    assert_int_equal(judge(&evidence).why, WRIT_WHY_NO_PATH);
}

static void a_certificate_that_no_source_was_asked_about_is_not_covered(void **state)
{
    static struct writ_evidence evidence;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        evidence = good;
        evidence.seal[0].entry[0].path.link[i].coverage = WRIT_STATUS_NOT_ASKED;
        assert_int_equal(judge(&evidence).why, WRIT_WHY_ISSUER_UNKNOWN);
    }
}

static void a_source_that_was_not_asked_vouches_for_nobody(void **state)
{
    static struct writ_evidence evidence;

    (void)state;
    evidence = good;
    evidence.source[0] = (struct writ_source_facts){.state = WRIT_SOURCE_NOT_ASKED};
    assert_int_not_equal(judge(&evidence).outcome, WRIT_ALLOWED);
}

static void evidence_of_zeros_is_an_unsigned_file(void **state)
{
    static const struct writ_evidence evidence;

    (void)state;
    assert_int_equal(judge(&evidence).outcome, WRIT_UNSIGNED);
}

static void without_evidence_there_is_no_verdict(void **state)
{
    struct writ_verdict v;

    (void)state;
    writ_judge_nothing(&v);
    assert_int_equal(v.outcome, WRIT_FAULT);
    assert_int_equal(writ_verdict_exit(&v), WRIT_FAULT_USAGE);
    assert_string_equal(writ_why_name(v.why), "fault");
    assert_true(v.entry == WRIT_NO_ENTRY && v.seal == WRIT_NO_ENTRY);
    assert_false(v.has_holds_until || v.pull_wanted);
    assert_true(v.reason[0] != '\0' && v.remedy[0] != '\0');
}

static void the_same_evidence_gives_the_same_verdict(void **state)
{
    struct writ_verdict one, two;

    (void)state;
    memset(&one, 0xaa, sizeof one);
    memset(&two, 0x55, sizeof two);
    one = judge(&good);
    two = judge(&good);
    assert_int_equal(one.outcome, two.outcome);
    assert_int_equal(one.why, two.why);
    assert_int_equal(one.holds_until, two.holds_until);
    assert_string_equal(one.reason, two.reason);
}

/* ---- Edges that no case of tests/spec can reach ---- */

/* The whole table of DESIGN chapter 1 is in tests/spec/reasons.txt; here is what it rests on. */
static void only_a_stamp_that_counts_outlives_a_revocation(void **state)
{
    static struct writ_evidence evidence;
    struct writ_entry_facts *entry = &evidence.seal[0].entry[0];

    (void)state;
    evidence = good;
    entry->path.link[0].status = WRIT_STATUS_REVOKED;
    entry->path.link[0].revocation.reason = WRIT_REASON_SUPERSEDED;
    entry->path.link[0].revocation.since = entry->stamp.instant + 1;
    assert_int_equal(judge(&evidence).outcome, WRIT_ALLOWED);
    entry->stamp.state = WRIT_STAMP_NOT_COUNTED;
    assert_int_equal(judge(&evidence).outcome, WRIT_REVOKED);
    entry->stamp.state = WRIT_STAMP_ABSENT;
    assert_int_equal(judge(&evidence).outcome, WRIT_REVOKED);
}

static void a_reason_nobody_knows_refuses_whatever_the_stamp(void **state)
{
    static struct writ_evidence evidence;
    struct writ_link *leaf = &evidence.seal[0].entry[0].path.link[0];

    (void)state;
    evidence = good;
    leaf->status = WRIT_STATUS_REVOKED;
    leaf->revocation.reason = (enum writ_reason)77;
    leaf->revocation.since = evidence.now;
    assert_int_equal(judge(&evidence).outcome, WRIT_REVOKED);
}

static void a_reason_is_made_safe_to_show(void **state)
{
    static struct writ_evidence evidence;

    (void)state;
    evidence = good;
    refuse_stamp(&evidence.seal[0].entry[0]);
    strcpy(evidence.seal[0].entry[0].stamp.reason, "\033[2J\xe2\x80\xae\xff gone");
    assert_string_equal(judge(&evidence).reason, "\\x1b[2J\\u{202e}\\xff gone");
}

static void a_reason_that_is_too_long_is_cut_with_dots(void **state)
{
    static struct writ_evidence evidence;
    struct writ_source_facts *source = &evidence.source[0];
    struct writ_verdict v;

    (void)state;
    evidence = good;
    source->state = WRIT_SOURCE_DAMAGED;
    memset(source->origin, 'o', sizeof source->origin - 1);
    memset(source->reason, 'r', sizeof source->reason - 1);
    v = judge(&evidence);
    assert_true(strlen(v.reason) < sizeof v.reason);
    assert_non_null(strstr(v.reason, "rrr"));
}

/* ---- Exit codes ---- */

static const int ranks[][10] = {
    /* best first; codes in a row are equally bad */
    {0}, {4}, {5}, {1, 64, 65, 66, 69, 73, 74, 77, 78}, {6}, {3}, {2},
};

#define RANKS (sizeof ranks / sizeof ranks[0])

static void two_is_worse_than_3_than_6_than_faults_than_5_than_4_than_0(void **state)
{
    (void)state;
    for (size_t i = 0; i < RANKS; i++) {
        for (size_t j = 0; j < i; j++) {
            for (size_t m = 0; m < 10 && (m == 0 || ranks[i][m] != 0); m++) {
                for (size_t n = 0; n < 10 && (n == 0 || ranks[j][n] != 0); n++) {
                    assert_int_equal(writ_worse_exit(ranks[i][m], ranks[j][n]), ranks[i][m]);
                    assert_int_equal(writ_worse_exit(ranks[j][n], ranks[i][m]), ranks[i][m]);
                }
            }
        }
    }
}

static void of_two_equally_bad_codes_the_first_stays(void **state)
{
    (void)state;
    assert_int_equal(writ_worse_exit(74, 64), 74);
    assert_int_equal(writ_worse_exit(64, 74), 64);
    for (size_t i = 0; i < RANKS; i++)
        assert_int_equal(writ_worse_exit(ranks[i][0], ranks[i][0]), ranks[i][0]);
}

/* Whatever the order in which three subjects come, the worst of them is the same. */
static void the_worst_of_three_does_not_depend_on_their_order(void **state)
{
    static const int codes[] = {0, 2, 3, 4, 5, 6, 66};
    size_t n = sizeof codes / sizeof codes[0];

    (void)state;
    for (size_t i = 0; i < n * n * n; i++) {
        int a = codes[i % n], b = codes[i / n % n], c = codes[i / n / n];

        assert_int_equal(writ_worse_exit(writ_worse_exit(a, b), c),
                         writ_worse_exit(a, writ_worse_exit(b, c)));
        assert_int_equal(writ_worse_exit(writ_worse_exit(a, b), c),
                         writ_worse_exit(writ_worse_exit(c, a), b));
    }
}

static void every_outcome_has_its_exit_code(void **state)
{
    static const int codes[] = {[WRIT_ALLOWED] = 0,  [WRIT_REVOKED] = 2,   [WRIT_UNTRUSTED] = 3,
                                [WRIT_MODIFIED] = 3, [WRIT_MALFORMED] = 3, [WRIT_NOT_COVERED] = 4,
                                [WRIT_STALE] = 5,    [WRIT_UNSIGNED] = 6,  [WRIT_FAULT] = 74};

    (void)state;
    for (size_t i = 0; i <= WRIT_FAULT; i++) {
        struct writ_verdict v = {.outcome = (enum writ_outcome)i, .fault = WRIT_FAULT_IO};

        assert_int_equal(writ_verdict_exit(&v), codes[i]);
    }
}

static void a_fault_without_a_class_is_unexpected_and_never_0(void **state)
{
    struct writ_verdict v = {.outcome = WRIT_FAULT};

    (void)state;
    assert_int_equal(writ_verdict_exit(&v), WRIT_FAULT_UNEXPECTED);
    v.outcome = (enum writ_outcome)77;
    assert_int_equal(writ_verdict_exit(&v), WRIT_FAULT_UNEXPECTED);
}

/* ---- Names ---- */

static void every_why_has_a_name_of_its_own(void **state)
{
    (void)state;
    for (int i = 0; i < WRIT_WHY_COUNT; i++) {
        assert_non_null(writ_why_name((enum writ_why)i));
        for (int j = 0; j < i; j++)
            assert_string_not_equal(writ_why_name((enum writ_why)i),
                                    writ_why_name((enum writ_why)j));
    }
    assert_string_equal(writ_why_name(WRIT_WHY_COUNT), "unknown");
}

static void every_outcome_has_a_name_of_its_own(void **state)
{
    (void)state;
    for (int i = 0; i <= WRIT_FAULT; i++) {
        for (int j = 0; j < i; j++)
            assert_string_not_equal(writ_outcome_name((enum writ_outcome)i),
                                    writ_outcome_name((enum writ_outcome)j));
    }
    assert_string_equal(writ_outcome_name((enum writ_outcome)77), "fault");
}

int main(void)
{
    const struct CMUnitTest claims[] = {
        CLAIM(each_cause_alone_refuses),
        CLAIM(of_two_causes_the_earlier_in_the_order_is_told),
        CLAIM(a_check_that_was_not_made_refuses),
        CLAIM(a_seal_that_was_not_read_refuses),
        CLAIM(a_seal_without_an_entry_refuses),
        CLAIM(a_path_without_a_certificate_refuses),
        CLAIM(a_certificate_that_no_source_was_asked_about_is_not_covered),
        CLAIM(a_source_that_was_not_asked_vouches_for_nobody),
        CLAIM(evidence_of_zeros_is_an_unsigned_file),
        CLAIM(without_evidence_there_is_no_verdict),
        CLAIM(the_same_evidence_gives_the_same_verdict),
        CLAIM(only_a_stamp_that_counts_outlives_a_revocation),
        CLAIM(a_reason_nobody_knows_refuses_whatever_the_stamp),
        CLAIM(a_reason_is_made_safe_to_show),
        CLAIM(a_reason_that_is_too_long_is_cut_with_dots),
        CLAIM(two_is_worse_than_3_than_6_than_faults_than_5_than_4_than_0),
        CLAIM(of_two_equally_bad_codes_the_first_stays),
        CLAIM(the_worst_of_three_does_not_depend_on_their_order),
        CLAIM(every_outcome_has_its_exit_code),
        CLAIM(a_fault_without_a_class_is_unexpected_and_never_0),
        CLAIM(every_why_has_a_name_of_its_own),
        CLAIM(every_outcome_has_a_name_of_its_own),
    };

    look_at_a_good_program();
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name(__FILE__, claims, NULL, NULL);
}
