#include "evidence/crlcheck.h"

#include "object/certs.h"

static struct writ_error e;
static struct writ_answer answer;

#define DAY_1        ((int64_t)1767225600) /* 2026-01-01: thisUpdate of the CRLs here */
#define DAYS(n)      (DAY_1 + (n)*WRIT_DAY)
#define ENTRY(hex)   "30{ 02{ " hex " } 17{'251230000000Z'} }"
#define WITH(hex, x) "30{ 02{ " hex " } 17{'251230000000Z'} 30{ " x " } }"
#define REASON(code) "30{ 06{ 551d15 } 04{ 0a{ " code " } } }"
#define SINCE        "30{ 06{ 551d18 } 04{ 18{'20251225000000Z'} } }"
#define IDP(fields)  "30{ 06{ 551d1c } 01{ ff } 04{ 30{ " fields " } } }"
#define UNTIL        "17{'260108000000Z'}" /* day 7 */

struct crl_pieces {
    const char *until, *list, *extensions;
};

/* Checks a CRL of "CA" of these pieces for a certificate of "CA" with serial 11, without signature,
 * at this instant. */
static enum writ_answer_status check(const struct crl_pieces *p, const struct cert_pieces *of,
                                     struct writ_crlcheck how)
{
    static uint8_t room[2][8192];
    struct writ_span bytes = der(
        piece("30{ 30{ 02{ 01 } " ECDSA_SHA256 " %s 17{'260101000000Z'} %s %s %s } " ECDSA_SHA256
              " 03{ 00 01 } }",
              NAME("CA"), OR(p->until, UNTIL), p->list == NULL ? "" : piece("30{ %s }", p->list),
              p->extensions == NULL ? "" : piece("a0{ 30{ %s } }", p->extensions)));
    struct writ_span cert_bytes = of == NULL ? WRIT_SPAN_NONE : der(cert_text(of));
    struct writ_cert cert;
    struct writ_crl crl;

    writ_error_clear(&e);
    memcpy(room[0], bytes.p, bytes.n);
    assert_ok(writ_crl_parse(WRIT_SPAN(room[0], bytes.n), &crl, &e));
    if (of != NULL) {
        memcpy(room[1], cert_bytes.p, cert_bytes.n);
        assert_ok(writ_cert_parse(WRIT_SPAN(room[1], cert_bytes.n), &cert, &e));
        how.cert = &cert;
    }
    assert_ok(writ_check_one_crl(&how, &crl, &answer, &e));
    return answer.status;
}

#define CRL(...)               (&(struct crl_pieces){__VA_ARGS__})
#define OF(...)                (&(struct cert_pieces){__VA_ARGS__})
#define ANY                    OF(.serial = NULL)
#define AT(instant)            ((struct writ_crlcheck){.now = (instant)})
#define LATER_AT(instant, age) ((struct writ_crlcheck){.now = (instant), .max_age = (age)})

static void it_is_good_between_its_dates_and_five_minutes_around_them(void **state)
{
    (void)state;
    assert_int_equal(check(CRL(NULL), NULL, AT(DAY_1)), WRIT_ANSWER_GOOD);
    assert_int_equal(check(CRL(NULL), NULL, AT(DAY_1 - 300)), WRIT_ANSWER_GOOD);
    assert_int_equal(check(CRL(NULL), NULL, AT(DAY_1 - 301)), WRIT_ANSWER_NO_EVIDENCE);
    assert_non_null(strstr(answer.why, "time to come"));
    assert_int_equal(check(CRL(NULL), NULL, AT(DAYS(7) + 300)), WRIT_ANSWER_GOOD);
    assert_int_equal(check(CRL(NULL), NULL, AT(DAYS(7) + 301)), WRIT_ANSWER_STALE);
    assert_true(answer.stale);
    assert_int_equal(answer.as_of, DAY_1);
    assert_int_equal(answer.until, DAYS(7));
    assert_string_equal(answer.source, "CA");
}

static void without_next_update_seven_days_or_what_the_caller_says(void **state)
{
    (void)state;
    assert_int_equal(check(CRL(.until = ""), NULL, AT(DAYS(7))), WRIT_ANSWER_GOOD);
    assert_int_equal(check(CRL(.until = ""), NULL, AT(DAYS(8))), WRIT_ANSWER_STALE);
    assert_int_equal(check(CRL(.until = ""), NULL, LATER_AT(DAYS(8), 30 * WRIT_DAY)),
                     WRIT_ANSWER_GOOD);
    assert_int_equal(check(CRL(NULL), NULL, LATER_AT(DAYS(2), WRIT_DAY)), WRIT_ANSWER_STALE);
    assert_int_equal(answer.until, DAYS(7));
}

static void a_time_at_either_end_of_time_does_not_overflow(void **state)
{
    (void)state;
    assert_int_equal(check(CRL(NULL), NULL, AT(WRIT_TIME_MAX)), WRIT_ANSWER_STALE);
    assert_int_equal(check(CRL(NULL), NULL, AT(WRIT_TIME_MIN)), WRIT_ANSWER_NO_EVIDENCE);
    assert_int_equal(check(CRL(NULL), NULL, LATER_AT(DAY_1, INT64_MAX / 2)), WRIT_ANSWER_GOOD);
}

static void dates_can_be_left_alone(void **state)
{
    const struct writ_crlcheck undated = {.now = WRIT_TIME_MIN, .ignores_dates = true};

    (void)state;
    assert_int_equal(check(CRL(NULL), NULL, undated), WRIT_ANSWER_GOOD);
}

static void who_is_listed_is_revoked_with_all_that_is_said(void **state)
{
    (void)state;
    assert_int_equal(check(CRL(.list = WITH("11", REASON("04") " " SINCE)), ANY, AT(DAY_1)),
                     WRIT_ANSWER_REVOKED);
    assert_int_equal(answer.reason, WRIT_REASON_SUPERSEDED);
    assert_int_equal(answer.revoked_at, DAY_1 - 2 * WRIT_DAY);
    assert_int_equal(answer.since, DAY_1 - 7 * WRIT_DAY);
    assert_false(answer.held || answer.stale);
    assert_int_equal(check(CRL(.list = ENTRY("11")), ANY, AT(DAY_1)), WRIT_ANSWER_REVOKED);
    assert_int_equal(answer.reason, WRIT_REASON_UNSPECIFIED);
    assert_int_equal(answer.since, answer.revoked_at);
    assert_int_equal(check(CRL(.list = WITH("11", REASON("06"))), ANY, AT(DAY_1)),
                     WRIT_ANSWER_REVOKED);
    assert_true(answer.held);
    assert_int_equal(check(CRL(.list = WITH("11", REASON("0a"))), ANY, AT(DAY_1)),
                     WRIT_ANSWER_REVOKED);
    assert_int_equal(check(CRL(.list = ENTRY("12")), ANY, AT(DAY_1)), WRIT_ANSWER_GOOD);
}

static void revoked_outweighs_stale(void **state)
{
    (void)state;
    assert_int_equal(check(CRL(.list = ENTRY("11")), ANY, AT(DAYS(400))), WRIT_ANSWER_REVOKED);
    assert_true(answer.stale);
    assert_int_equal(check(CRL(.list = ENTRY("12")), ANY, AT(DAYS(400))), WRIT_ANSWER_STALE);
}

static void an_unknown_critical_extension_outweighs_all(void **state)
{
    (void)state;
    assert_int_equal(
        check(CRL(.list = ENTRY("11"), .extensions = "30{ 06{ 2a0304 } 01{ ff } 04{ 05{} } }"), ANY,
              AT(DAY_1)),
        WRIT_ANSWER_NO_EVIDENCE);
    assert_non_null(strstr(answer.why, "1.2.3.4"));
}

static void what_it_does_not_speak_about_is_never_good(void **state)
{
    (void)state;
    assert_int_equal(check(CRL(.extensions = IDP("82{ ff }")), ANY, AT(DAY_1)), WRIT_ANSWER_SCOPE);
    assert_int_equal(check(CRL(.extensions = IDP("83{ 01 02 }")), ANY, AT(DAY_1)),
                     WRIT_ANSWER_SCOPE);
    assert_non_null(strstr(answer.why, "some reasons"));
    assert_int_equal(check(CRL(NULL), OF(.issuer = NAME("Other")), AT(DAY_1)),
                     WRIT_ANSWER_NOT_COVERED);
}

/* RFC 5280 section 3.3: it stands on one CRL after it has expired, and may leave then. */
static void who_had_expired_may_have_left(void **state)
{
    static const char kept[] = "30{ 06{ 551d3c } 04{ 18{'20200101000000Z'} } }";
    static const char kept_since_then[] = "30{ 06{ 551d3c } 04{ 18{'20251231000000Z'} } }";
    const struct cert_pieces expired = {.validity =
                                            "30{ 17{'240101000000Z'} 17{'251215000000Z'} }"};

    (void)state;
    assert_int_equal(check(CRL(NULL), &expired, AT(DAY_1)), WRIT_ANSWER_SCOPE);
    assert_non_null(strstr(answer.why, "may have left"));
    assert_int_equal(check(CRL(.extensions = kept), &expired, AT(DAY_1)), WRIT_ANSWER_GOOD);
    assert_int_equal(check(CRL(.extensions = kept_since_then), &expired, AT(DAY_1)),
                     WRIT_ANSWER_SCOPE);
    assert_int_equal(check(CRL(.list = ENTRY("11")), &expired, AT(DAY_1)), WRIT_ANSWER_REVOKED);
}

static void a_delta_alone_can_only_revoke(void **state)
{
    static const char delta[] = "30{ 06{ 551d1b } 01{ ff } 04{ 02{ 01 } } }";

    (void)state;
    assert_int_equal(check(CRL(.extensions = delta), ANY, AT(DAY_1)), WRIT_ANSWER_NO_EVIDENCE);
    assert_int_equal(
        check(CRL(.list = WITH("11", REASON("08")), .extensions = delta), ANY, AT(DAY_1)),
        WRIT_ANSWER_NO_EVIDENCE);
    assert_int_equal(check(CRL(.list = ENTRY("11"), .extensions = delta), ANY, AT(DAY_1)),
                     WRIT_ANSWER_REVOKED);
}

static void a_certificate_whose_points_do_not_read_is_not_good(void **state)
{
    (void)state;
    assert_int_equal(
        check(CRL(NULL), OF(.extensions = EXTENSIONS(EXTENSION("551d1f", "30{}"))), AT(DAY_1)),
        WRIT_ANSWER_NO_EVIDENCE);
    assert_non_null(strstr(answer.why, "distribution points"));
    assert_int_equal(check(CRL(.list = ENTRY("11")),
                           OF(.extensions = EXTENSIONS(EXTENSION("551d1f", "30{}"))), AT(DAY_1)),
                     WRIT_ANSWER_REVOKED);
}

static const struct CMUnitTest claims[] = {
    CLAIM(it_is_good_between_its_dates_and_five_minutes_around_them),
    CLAIM(without_next_update_seven_days_or_what_the_caller_says),
    CLAIM(a_time_at_either_end_of_time_does_not_overflow),
    CLAIM(dates_can_be_left_alone),
    CLAIM(who_is_listed_is_revoked_with_all_that_is_said),
    CLAIM(revoked_outweighs_stale),
    CLAIM(an_unknown_critical_extension_outweighs_all),
    CLAIM(what_it_does_not_speak_about_is_never_good),
    CLAIM(who_had_expired_may_have_left),
    CLAIM(a_delta_alone_can_only_revoke),
    CLAIM(a_certificate_whose_points_do_not_read_is_not_good),
};
RUN_CLAIMS(claims)
