/*
 * From facts to a verdict about a TLS certificate: pure, so the facts are written down by hand.
 */
#include "verdict/tls.h"

#include "base/buffer.h"
#include "base/time.h"
#include "test.h"

#define NOW ((int64_t)1800000000)

static struct writ_filter_file file;
static struct writ_filter_set set = {.source = "crlite", .as_of = NOW - 4 * WRIT_HOUR};

/* A chain of two, of which the upper is a CA that nobody revoked. */
static struct writ_tls_facts facts_of(enum writ_filter_answer answer)
{
    struct writ_tls_facts f = {.now = NOW, .issuer = WRIT_TLS_ISSUER_VERIFIED, .count = 2};

    file.name = writ_span_text("filter-1");
    for (size_t i = 0; i < f.count; i++) {
        (void)snprintf(f.link[i].subject, sizeof f.link[i].subject, i == 0 ? "example.org" : "R3");
        (void)snprintf(f.link[i].issuer, sizeof f.link[i].issuer, i == 0 ? "R3" : "Root");
        (void)snprintf(f.link[i].serial, sizeof f.link[i].serial, "0%zu", i + 1);
        f.link[i].not_before = NOW - WRIT_DAY;
        f.link[i].not_after = NOW + 60 * WRIT_DAY;
    }
    f.link[0].fact = (struct writ_filter_fact){.answer = answer, .set = &set};
    if (answer != WRIT_FILTER_NOT_COVERED)
        f.link[0].fact.file = &file;
    else
        f.link[0].fact.uncovered = WRIT_UNCOVERED_INTERVAL;
    f.link[1].is_ca = true;
    f.link[1].fact = (struct writ_filter_fact){.uncovered = WRIT_UNCOVERED_CA, .set = &set};
    return f;
}

static struct writ_tls_verdict judge(const struct writ_tls_facts *f, bool allow_uncovered)
{
    struct writ_policy policy = {.allow_uncovered = allow_uncovered};
    struct writ_tls_verdict v;

    writ_judge_tls(&policy, f, &v);
    return v;
}

static void check(const struct writ_tls_facts *f, int code, const char *line)
{
    struct writ_tls_verdict v = judge(f, false);
    struct writ_buffer out = {0};

    assert_int_equal(writ_tls_exit(&v), code);
    writ_explain_tls_line(&v, f, &out);
    assert_string_equal(writ_buffer_string(&out), line);
    writ_buffer_free(&out);
}

static void good_exits_0_and_names_file_age_and_expiry(void **state)
{
    struct writ_tls_facts f = facts_of(WRIT_FILTER_GOOD);

    (void)state;
    check(&f, 0, "good: example.org; crlite: filter-1, 4 h old; expires in 60 days");
}

static void revoked_exits_2_and_names_the_serial(void **state)
{
    struct writ_tls_facts f = facts_of(WRIT_FILTER_REVOKED);

    (void)state;
    check(&f, 2, "revoked: example.org, serial 01; crlite: filter-1, 4 h old; expires in 60 days");
}

static void a_revoked_ca_above_it_is_revoked_and_named(void **state)
{
    struct writ_tls_facts f = facts_of(WRIT_FILTER_GOOD);

    (void)state;
    f.link[1].fact = (struct writ_filter_fact){.answer = WRIT_FILTER_REVOKED, .set = &set};
    check(&f, 2,
          "revoked: a CA above it is revoked: R3, serial 02; crlite: OneCRL, 4 h old; expires in "
          "60 days");
}

static void not_covered_and_not_enrolled_exit_4_unless_allowed(void **state)
{
    struct writ_tls_facts f = facts_of(WRIT_FILTER_NOT_COVERED);
    struct writ_tls_verdict v;

    (void)state;
    check(&f, 4,
          "not-covered: example.org: no filter covers the log and time of its timestamps; crlite: "
          "4 h old; expires in 60 days");
    v = judge(&f, true);
    assert_int_equal(writ_tls_exit(&v), 0);
    f = facts_of(WRIT_FILTER_NOT_ENROLLED);
    check(&f, 4,
          "not-enrolled: example.org: the filters know nothing of its issuer; crlite: filter-1, 4 "
          "h old; expires in 60 days");
    v = judge(&f, true);
    assert_int_equal(writ_tls_exit(&v), 0);
}

static void allowing_the_uncovered_allows_nothing_else(void **state)
{
    struct writ_tls_facts f = facts_of(WRIT_FILTER_REVOKED);
    struct writ_tls_verdict v = judge(&f, true);

    (void)state;
    assert_int_equal(writ_tls_exit(&v), 2);
    f = facts_of(WRIT_FILTER_GOOD);
    f.link[0].fact.stale = true;
    v = judge(&f, true);
    assert_int_equal(writ_tls_exit(&v), 5);
    f.issuer = WRIT_TLS_ISSUER_WRONG;
    v = judge(&f, true);
    assert_int_equal(writ_tls_exit(&v), 3);
}

static void stale_exits_5(void **state)
{
    struct writ_tls_facts f = facts_of(WRIT_FILTER_GOOD);

    (void)state;
    f.link[0].fact.stale = true;
    check(&f, 5,
          "stale: example.org: not revoked as of filters that are too old; crlite: filter-1, 4 h "
          "old; expires in 60 days");
}

static void an_issuer_that_did_not_sign_it_exits_3_and_a_missing_one_66(void **state)
{
    struct writ_tls_facts f = facts_of(WRIT_FILTER_NOT_COVERED);

    (void)state;
    f.count = 1;
    f.link[0].fact = (struct writ_filter_fact){.uncovered = WRIT_UNCOVERED_ISSUER};
    f.issuer = WRIT_TLS_ISSUER_WRONG;
    check(&f, 3,
          "untrusted: example.org: its signature does not verify with the key of R3; expires in 60 "
          "days");
    f.issuer = WRIT_TLS_ISSUER_MISSING;
    check(&f, 66,
          "could not look: example.org: the certificate of its issuer, R3, is missing; expires in "
          "60 days");
}

static void a_revoked_certificate_stays_so_when_its_issuer_is_missing(void **state)
{
    struct writ_tls_facts f = facts_of(WRIT_FILTER_REVOKED);
    struct writ_tls_verdict v;

    (void)state;
    f.count = 1;
    f.issuer = WRIT_TLS_ISSUER_MISSING;
    v = judge(&f, false);
    assert_int_equal(writ_tls_exit(&v), 2);
}

static void what_cannot_be_read_is_malformed(void **state)
{
    struct writ_tls_facts f = {.now = NOW, .issuer = WRIT_TLS_SUBJECT_MALFORMED};

    (void)state;
    (void)snprintf(f.reason, sizeof f.reason, "no certificate");
    check(&f, 3, "malformed: no certificate");
}

static void dates_are_told(void **state)
{
    struct writ_tls_facts f = facts_of(WRIT_FILTER_GOOD);

    (void)state;
    f.link[0].not_after = NOW - 3 * WRIT_DAY;
    check(&f, 0, "good: example.org; crlite: filter-1, 4 h old; expired 3 days ago");
    f.link[0].not_after = NOW + 60 * WRIT_DAY;
    f.link[0].not_before = NOW + 5 * WRIT_HOUR;
    check(&f, 0, "good: example.org; crlite: filter-1, 4 h old; valid in 5 h");
}

static const struct CMUnitTest claims[] = {
    CLAIM(good_exits_0_and_names_file_age_and_expiry),
    CLAIM(revoked_exits_2_and_names_the_serial),
    CLAIM(a_revoked_ca_above_it_is_revoked_and_named),
    CLAIM(not_covered_and_not_enrolled_exit_4_unless_allowed),
    CLAIM(allowing_the_uncovered_allows_nothing_else),
    CLAIM(stale_exits_5),
    CLAIM(an_issuer_that_did_not_sign_it_exits_3_and_a_missing_one_66),
    CLAIM(a_revoked_certificate_stays_so_when_its_issuer_is_missing),
    CLAIM(what_cannot_be_read_is_malformed),
    CLAIM(dates_are_told),
};

RUN_CLAIMS(claims)
