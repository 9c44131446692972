#include "evidence/crlsource.h"

#include "evidence/answers.h"
#include "evidence/crllist.h"
#include "object/certs.h"

#define NOW ((int64_t)1767225600 + 30 * WRIT_DAY)

static struct writ_error e;
static const uint8_t issuer[WRIT_TABLE_ISSUER] = {1}, other[WRIT_TABLE_ISSUER] = {2};
static const uint8_t listed[WRIT_TABLE_KEY] = {3}, unlisted[WRIT_TABLE_KEY] = {4};
static struct writ_buffer table_bytes;
static struct writ_cert cert;
static uint8_t room[8192];

/* A CRL of "CA" that lists one key of the issuer, as of NOW, for a week. */
static struct writ_crl_source crl_source(void)
{
    static uint8_t name[64];
    struct writ_table_entry entry = {
        .revoked = {.reason = WRIT_REASON_SUPERSEDED, .since = 5, .revoked_at = 5}};
    struct writ_span ca = der(cert_text(&(struct cert_pieces){.serial = NULL}));
    struct writ_table_input in = {.kind = WRIT_BLOCK_LIST,
                                  .chain = &ca,
                                  .chain_count = 1,
                                  .as_of = NOW,
                                  .entries = &entry,
                                  .entry_count = 1};
    struct writ_crl_source s = {.name = "ca",
                                .idp = {.reasons = WRIT_FLAG_ALL},
                                .this_update = NOW,
                                .has_next_update = true,
                                .next_update = NOW + 7 * WRIT_DAY};

    memcpy(in.issuer, issuer, sizeof in.issuer);
    memcpy(entry.key, listed, sizeof entry.key);
    writ_buffer_free(&table_bytes);
    assert_ok(writ_table_build(&in, 1, NOW, &table_bytes, &e));
    assert_ok(writ_table_open(writ_buffer_span(&table_bytes), &s.table, &e));
    memcpy(room, ca.p, ca.n);
    assert_ok(writ_cert_parse(WRIT_SPAN(room, ca.n), &cert, &e));
    memcpy(name, cert.issuer.der.p, cert.issuer.der.n);
    s.issuer = WRIT_SPAN(name, cert.issuer.der.n);
    return s;
}

static struct writ_crl_fact fact;

static enum writ_crl_answer ask(const struct writ_crl_source *s, const uint8_t *of,
                                const uint8_t *key, int64_t now)
{
    writ_ask_crl(s, &cert, of, key, now, &fact);
    return fact.answer;
}

static void what_is_listed_is_revoked_and_what_is_not_is_good(void **state)
{
    struct writ_crl_source s = crl_source();

    (void)state;
    assert_int_equal(ask(&s, issuer, listed, NOW), WRIT_CRL_LISTED);
    assert_int_equal(fact.revoked.reason, WRIT_REASON_SUPERSEDED);
    assert_int_equal(ask(&s, issuer, unlisted, NOW), WRIT_CRL_NOT_LISTED);
    assert_false(fact.stale);
    assert_true(writ_crls_list(&s, 1, &cert, issuer, listed));
    assert_false(writ_crls_list(&s, 1, &cert, issuer, unlisted));
    assert_false(writ_crls_list(&s, 1, &cert, other, listed));
}

static void another_key_of_the_same_name_is_not_pinned_and_not_good(void **state)
{
    struct writ_crl_source s = crl_source();

    (void)state;
    assert_int_equal(ask(&s, other, unlisted, NOW), WRIT_CRL_NOT_PINNED);
    s.issuer = WRIT_SPAN_NONE;
    assert_int_equal(ask(&s, other, unlisted, NOW), WRIT_CRL_ABSENT);
}

static void it_is_current_until_next_update_and_five_minutes(void **state)
{
    struct writ_crl_source s = crl_source();

    (void)state;
    assert_false(writ_crl_source_is_stale(&s, s.next_update + 300));
    assert_true(writ_crl_source_is_stale(&s, s.next_update + 301));
    assert_false(writ_crl_source_is_stale(&s, NOW - 300));
    assert_true(writ_crl_source_is_stale(&s, NOW - 301));
    s.has_next_update = false;
    assert_int_equal(writ_crl_source_until(&s), NOW + 7 * WRIT_DAY);
    assert_int_equal(ask(&s, issuer, listed, NOW + 90 * WRIT_DAY), WRIT_CRL_LISTED);
    assert_true(fact.stale);
}

static void who_had_expired_may_have_left_unless_the_crl_keeps_them(void **state)
{
    struct writ_crl_source s = crl_source();

    (void)state;
    s.this_update = cert.not_after + 1;
    assert_int_equal(ask(&s, issuer, unlisted, NOW), WRIT_CRL_HAD_EXPIRED);
    assert_int_equal(ask(&s, issuer, listed, NOW), WRIT_CRL_LISTED);
    s.keeps_expired = true;
    s.expired_since = cert.not_after;
    assert_int_equal(ask(&s, issuer, unlisted, NOW), WRIT_CRL_NOT_LISTED);
    s.expired_since = cert.not_after + 1;
    assert_int_equal(ask(&s, issuer, unlisted, NOW), WRIT_CRL_HAD_EXPIRED);
}

static void out_of_scope_is_neither_good_nor_revoked(void **state)
{
    struct writ_crl_source s = crl_source();

    (void)state;
    s.has_idp = true;
    s.idp.only_attribute_certs = true;
    assert_int_equal(ask(&s, issuer, unlisted, NOW), WRIT_CRL_OUT_OF_SCOPE);
    assert_int_equal(ask(&s, issuer, listed, NOW), WRIT_CRL_OUT_OF_SCOPE);
    assert_false(writ_crls_list(&s, 1, &cert, issuer, listed));
}

static void a_certificate_whose_points_do_not_read_is_not_good(void **state)
{
    struct writ_crl_source s = crl_source();

    (void)state;
    cert.has_broken_points = true;
    assert_int_equal(ask(&s, issuer, unlisted, NOW), WRIT_CRL_BROKEN_POINTS);
    assert_int_equal(ask(&s, issuer, listed, NOW), WRIT_CRL_LISTED);
}

static void some_reasons_are_good_only_when_current_crls_have_all_of_them(void **state)
{
    struct writ_crl_source one = crl_source(), two[2] = {one, one};
    struct writ_crl_fact facts[2];

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        two[i].has_idp = two[i].idp.has_reasons = true;
        two[i].idp.reasons =
            i == 0 ? WRIT_FLAG_KEY_COMPROMISE : WRIT_FLAG_ALL & ~(unsigned)WRIT_FLAG_KEY_COMPROMISE;
    }
    assert_int_equal(ask(&two[0], issuer, unlisted, NOW), WRIT_CRL_SOME_REASONS);
    writ_ask_crls(two, 2, &cert, issuer, unlisted, NOW, facts);
    assert_int_equal(facts[0].answer, WRIT_CRL_NOT_LISTED);
    assert_int_equal(facts[1].answer, WRIT_CRL_NOT_LISTED);
    two[1].next_update = NOW - WRIT_DAY;
    writ_ask_crls(two, 2, &cert, issuer, unlisted, NOW, facts);
    assert_int_equal(facts[0].answer, WRIT_CRL_SOME_REASONS);
    assert_int_equal(facts[1].answer, WRIT_CRL_NOT_LISTED);
    assert_true(facts[1].stale);
}

static void a_revocation_is_never_left_out_of_a_full_list(void **state)
{
    struct writ_answer list[2], answer = {.status = WRIT_ANSWER_SCOPE};
    size_t count = 0;

    (void)state;
    writ_answers_add(list, 2, &count, &answer);
    answer.status = WRIT_ANSWER_GOOD;
    writ_answers_add(list, 2, &count, &answer);
    answer.status = WRIT_ANSWER_REVOKED;
    writ_answers_add(list, 2, &count, &answer);
    answer.status = WRIT_ANSWER_NOT_COVERED;
    writ_answers_add(list, 2, &count, &answer);
    assert_int_equal(count, 2);
    assert_int_equal(list[0].status, WRIT_ANSWER_REVOKED);
    assert_int_equal(list[1].status, WRIT_ANSWER_GOOD);
}

static void an_entry_counts_since_the_invalidity_date_or_since_ever(void **state)
{
    struct writ_crl_entry entry = {.revocation_date = 1000};

    (void)state;
    assert_int_equal(writ_crl_entry_meaning(&entry).since, 0);
    assert_int_equal(writ_crl_entry_meaning(&entry).reason, WRIT_REASON_UNSPECIFIED);
    entry.has_reason = true;
    entry.reason = WRIT_REASON_SUPERSEDED;
    assert_int_equal(writ_crl_entry_meaning(&entry).since, 1000);
    entry.reason = WRIT_REASON_KEY_COMPROMISE;
    assert_int_equal(writ_crl_entry_meaning(&entry).since, 0);
    entry.has_invalidity = true;
    entry.invalidity_date = 700;
    assert_int_equal(writ_crl_entry_meaning(&entry).since, 700);
    entry.invalidity_date = 1700; /* after the revocation: no excuse */
    assert_int_equal(writ_crl_entry_meaning(&entry).since, 1000);
    entry.reason = WRIT_CRL_AA_COMPROMISE;
    assert_int_equal(writ_crl_entry_meaning(&entry).reason, WRIT_REASON_CA_COMPROMISE);
}

static const struct CMUnitTest claims[] = {
    CLAIM(what_is_listed_is_revoked_and_what_is_not_is_good),
    CLAIM(another_key_of_the_same_name_is_not_pinned_and_not_good),
    CLAIM(it_is_current_until_next_update_and_five_minutes),
    CLAIM(who_had_expired_may_have_left_unless_the_crl_keeps_them),
    CLAIM(out_of_scope_is_neither_good_nor_revoked),
    CLAIM(a_certificate_whose_points_do_not_read_is_not_good),
    CLAIM(some_reasons_are_good_only_when_current_crls_have_all_of_them),
    CLAIM(a_revocation_is_never_left_out_of_a_full_list),
    CLAIM(an_entry_counts_since_the_invalidity_date_or_since_ever),
};
RUN_CLAIMS(claims)
