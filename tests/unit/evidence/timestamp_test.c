/* Timestamps: what is checked before the authority's status is known, and what its status makes of
 * it.  What each stamp does to a seal is in tests/spec/timestamps.txt. */
#include "evidence/timestamp.h"

#include "test.h"
#include "world/world.h"

#define NOW world_time(WORLD_NOW)

static struct world w;
static struct writ_source source;
static struct writ_checked_path tsa;
static struct writ_stamp_facts stamp;

static struct writ_span token(void)
{
    return writ_buffer_span(&w.entry[0].token);
}

static struct writ_span value(void)
{
    return writ_buffer_span(&w.entry[0].signature);
}

static void begin(const char *lines)
{
    struct writ_error e = {0};

    world_start(&w);
    world_say(&w, lines);
    world_make(&w);
    assert_ok(writ_source_trust(writ_buffer_span(&w.ca[0].bundle), &source, &e));
    tsa = (struct writ_checked_path){0};
    stamp = (struct writ_stamp_facts){0};
}

static void end(void)
{
    writ_checked_path_free(&tsa);
    world_free(&w);
}

/* Checks the stamp of a world, without its authority's status. */
static void check(const char *lines)
{
    struct writ_error e = {0};

    begin(lines);
    assert_ok(writ_check_stamp(token(), value(), &source, NOW, &tsa, &stamp, &e));
}

/* And then asks the feed. */
static void check_status(const char *lines)
{
    struct writ_error e = {0};

    check(lines);
    if (!w.ca[0].feed_absent)
        assert_ok(writ_source_open(&source, writ_buffer_span(&w.ca[0].note),
                                   writ_buffer_span(&w.ca[0].table), false, &e));
    assert_ok(writ_check_stamp_status(&source, &tsa, &stamp, &e));
}

static void stamp_is(enum writ_stamp_state state, const char *reason)
{
    assert_int_equal(stamp.state, state);
    assert_string_equal(stamp.reason, reason);
    end();
}

/* ---- Before the status is known ---- */

static void a_sound_stamp_is_not_counted_before_its_authority_was_looked_up(void **state)
{
    (void)state;
    check("stamp 2026-09-01");
    stamp_is(WRIT_STAMP_NOT_COUNTED, "the authority's status was not asked");
}

static void the_instant_is_gentime_and_accuracy(void **state)
{
    (void)state;
    check("stamp 2026-09-01 accuracy=90");
    assert_int_equal(stamp.time, world_time("2026-09-01"));
    assert_int_equal(stamp.accuracy, 90);
    assert_int_equal(stamp.instant, world_time("2026-09-01T00:01:30Z"));
    end();
}

static void the_authoritys_path_is_checked_at_gentime(void **state)
{
    (void)state;
    check("stamp 2026-09-01 accuracy=90");
    assert_int_equal(stamp.path.instant, world_time("2026-09-01"));
    assert_int_equal(stamp.path.count, 3);
    assert_string_equal(stamp.path.link[0].subject, "Example Corp TSA, Example Corp");
    end();
}

static void each_thing_that_is_wrong_has_its_sentence(void **state)
{
    static const struct {
        const char *lines, *sentence;
    } wrong[] = {
        {"stamp 2026-09-01 imprint=other", "the timestamp is of another signature"},
        {"stamp 2026-09-01 imprint=sha1", "the timestamp's imprint is made with SHA-1"},
        {"stamp 2026-09-01 imprint=unknown",
         "the timestamp's imprint is made with an unknown hash"},
        {"stamp 2026-09-01 spoiled", "the signature does not verify"},
        {"stamp 2026-09-01 wrong-digest", "messageDigest is not the digest of what was signed"},
        {"stamp 2026-09-01 certificates=mid", "the signer's certificate is not in the signature"},
        {"stamp 2026-09-01 ess=other",
         "signingCertificate binds another certificate than the signer's"},
        {"stamp 2026-09-01 by=alice",
         "the timestamp's signer lacks the critical and sole purpose timeStamping (RFC 3161 "
         "section 2.3)"},
        {"cert tsa ca=yes\nstamp 2026-09-01", "the timestamp's signer is a CA certificate"},
        {"cert tsa usage=0x20\nstamp 2026-09-01",
         "the keyUsage of the timestamp's signer does not allow signatures"},
        {"stamp 2026-11-25T12:05:01Z", "the timestamp is from the future (2026-11-25T12:05:01Z)"},
        {"cert tsa until=2026-08-31\nstamp 2026-09-01",
         "timestamp: the certificate of Example Corp TSA, Example Corp ended at "
         "2026-08-31T00:00:00Z, before 2026-09-01T00:00:00Z"},
        {"cert time-ca like mid number=3 key=ed25519\ncert tsa issuer=time-ca\nstamp 2026-09-01",
         "timestamp: the certificate of Example Corp TSA, Example Corp is signed with Ed25519"},
        {"cert time-ca like mid number=3 purpose=codeSigning\ncert tsa issuer=time-ca\n"
         "stamp 2026-09-01",
         "timestamp: the certificate of time-ca, Example Corp is not for timeStamping"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        check(wrong[i].lines);
        stamp_is(WRIT_STAMP_REFUSED, wrong[i].sentence);
    }
}

static void a_token_that_cannot_be_read_says_why(void **state)
{
    (void)state;
    check("entry by-key-id\nstamp 2026-09-01 garbage");
    assert_int_equal(stamp.state, WRIT_STAMP_REFUSED);
    assert_non_null(strstr(stamp.reason, "timestamp: "));
    assert_int_equal(stamp.path.count, 0);
    end();
}

static void an_authority_under_no_anchor_is_not_pinned(void **state)
{
    (void)state;
    check("stamp 2026-09-01 by=other-tsa");
    assert_int_equal(stamp.state, WRIT_STAMP_REFUSED);
    assert_non_null(strstr(stamp.reason, "the timestamp is not from a pinned authority: "));
    end();
}

static void key_usage_may_be_absent_and_may_be_content_commitment(void **state)
{
    (void)state;
    check("cert tsa usage=0\nstamp 2026-09-01");
    assert_int_equal(stamp.state, WRIT_STAMP_NOT_COUNTED);
    end();
    check("cert tsa usage=0x40\nstamp 2026-09-01");
    assert_int_equal(stamp.state, WRIT_STAMP_NOT_COUNTED);
    end();
}

static void five_minutes_ahead_is_not_the_future(void **state)
{
    (void)state;
    check("stamp 2026-11-25T12:05:00Z");
    assert_int_equal(stamp.state, WRIT_STAMP_NOT_COUNTED);
    end();
}

/* ---- What a developer can know ---- */

static void a_token_is_checked_without_trusting_anybody(void **state)
{
    struct writ_timestamp parsed;
    struct writ_cert signer;
    struct writ_fact fact = {0};
    struct writ_error e = {0};
    size_t index = 77;

    (void)state;
    begin("stamp 2026-09-01 by=other-tsa certificates=other-mid,other-tsa");
    assert_ok(writ_check_token(token(), value(), &parsed, &signer, &index, &fact, &e));
    assert_true(writ_fact_holds(&fact));
    assert_spans_equal(signer.der, writ_buffer_span(&world_cert(&w, "other-tsa")->der));
    assert_spans_equal(parsed.cms.certificate[index], signer.der);
    assert_int_equal(parsed.time, world_time("2026-09-01"));
    end();
}

static void a_token_over_another_value_is_not_this_ones(void **state)
{
    struct writ_timestamp parsed;
    struct writ_cert signer;
    struct writ_fact fact = {0};
    struct writ_error e = {0};
    size_t index;

    (void)state;
    begin("stamp 2026-09-01");
    assert_ok(
        writ_check_token(token(), writ_span_text("another"), &parsed, &signer, &index, &fact, &e));
    assert_string_equal(fact.reason, "the timestamp is of another signature");
    end();
}

/* ---- What the status makes of it ---- */

static void a_covered_authority_makes_a_stamp_count(void **state)
{
    (void)state;
    check_status("stamp 2026-09-01");
    stamp_is(WRIT_STAMP_COUNTS, "");
}

static void a_revoked_authority_makes_it_refused(void **state)
{
    (void)state;
    check_status("revoked tsa keyCompromise\nstamp 2026-09-01");
    stamp_is(WRIT_STAMP_REFUSED, "the timestamp's certificate of Example Corp TSA, Example Corp "
                                 "is revoked (keyCompromise)");
}

/* superseded, cessationOfOperation, affiliationChanged: genTime + accuracy before `since`. */
static void an_authority_that_ended_in_order_counts_until_then(void **state)
{
    static const struct {
        const char *time;
        enum writ_stamp_state state;
    } edges[] = {
        {"stamp 2026-09-30T23:59:59Z", WRIT_STAMP_COUNTS},
        {"stamp 2026-10-01T00:00:00Z", WRIT_STAMP_REFUSED},
        {"stamp 2026-09-30T23:59:58Z accuracy=1", WRIT_STAMP_COUNTS},
        {"stamp 2026-09-30T23:59:59Z accuracy=1", WRIT_STAMP_REFUSED},
    };
    static const char *const reasons[] = {"superseded", "cessationOfOperation",
                                          "affiliationChanged"};
    char lines[256];

    (void)state;
    for (size_t i = 0; i < 3 * sizeof edges / sizeof edges[0]; i++) {
        (void)snprintf(lines, sizeof lines, "revoked tsa %s since=2026-10-01\n%s", reasons[i % 3],
                       edges[i / 3].time);
        check_status(lines);
        assert_int_equal(stamp.state, edges[i / 3].state);
        end();
    }
}

static void no_other_reason_ends_in_order(void **state)
{
    static const char *const reasons[] = {"keyCompromise", "unspecified", "cACompromise",
                                          "privilegeWithdrawn", "certificateHold"};
    char lines[256];

    (void)state;
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        (void)snprintf(lines, sizeof lines,
                       "revoked tsa %s exactly since=2026-10-01\nstamp 2026-09-01", reasons[i]);
        check_status(lines);
        assert_int_equal(stamp.state, WRIT_STAMP_REFUSED);
        end();
    }
}

static void an_authority_that_is_not_covered_is_not_counted(void **state)
{
    static const char *const lines[] = {
        "cert tsa number=100\nstamp 2026-09-01", "list mid gap=2,3\nstamp 2026-09-01",
        "list mid absent\nstamp 2026-09-01",     "list root absent\nstamp 2026-09-01",
        "feed example absent\nstamp 2026-09-01",
    };

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        check_status(lines[i]);
        assert_int_equal(stamp.state, WRIT_STAMP_NOT_COUNTED);
        assert_non_null(strstr(stamp.reason, "the revocation data on this device does not cover"));
        end();
    }
}

static void an_authority_without_a_number_is_refused(void **state)
{
    (void)state;
    check_status("cert tsa number=none\nstamp 2026-09-01");
    stamp_is(WRIT_STAMP_REFUSED, "the timestamp's certificate of Example Corp TSA, Example Corp "
                                 "has no number, and its issuer numbers");
}

static void what_is_refused_stays_refused_whatever_the_status(void **state)
{
    (void)state;
    check_status("stamp 2026-09-01 imprint=other");
    stamp_is(WRIT_STAMP_REFUSED, "the timestamp is of another signature");
}

static void refused_is_worse_than_not_counted_in_either_order(void **state)
{
    (void)state;
    check_status("cert tsa number=100\nrevoked mid keyCompromise\nstamp 2026-09-01");
    stamp_is(WRIT_STAMP_REFUSED, "the timestamp's certificate of Example Corp CA, Example Corp is "
                                 "revoked (keyCompromise)");
    check_status("list root covered-below=0\nrevoked tsa keyCompromise\nstamp 2026-09-01");
    stamp_is(WRIT_STAMP_REFUSED, "the timestamp's certificate of Example Corp TSA, Example Corp is "
                                 "revoked (keyCompromise)");
}

int main(void)
{
    const struct CMUnitTest claims[] = {
        CLAIM(a_sound_stamp_is_not_counted_before_its_authority_was_looked_up),
        CLAIM(the_instant_is_gentime_and_accuracy),
        CLAIM(the_authoritys_path_is_checked_at_gentime),
        CLAIM(each_thing_that_is_wrong_has_its_sentence),
        CLAIM(a_token_that_cannot_be_read_says_why),
        CLAIM(an_authority_under_no_anchor_is_not_pinned),
        CLAIM(key_usage_may_be_absent_and_may_be_content_commitment),
        CLAIM(five_minutes_ahead_is_not_the_future),
        CLAIM(a_token_is_checked_without_trusting_anybody),
        CLAIM(a_token_over_another_value_is_not_this_ones),
        CLAIM(a_covered_authority_makes_a_stamp_count),
        CLAIM(a_revoked_authority_makes_it_refused),
        CLAIM(an_authority_that_ended_in_order_counts_until_then),
        CLAIM(no_other_reason_ends_in_order),
        CLAIM(an_authority_that_is_not_covered_is_not_counted),
        CLAIM(an_authority_without_a_number_is_refused),
        CLAIM(what_is_refused_stays_refused_whatever_the_status),
        CLAIM(refused_is_worse_than_not_counted_in_either_order),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name(__FILE__, claims, NULL, NULL);
}
