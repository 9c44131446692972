#include "evidence/ocsp.h"

#include "bytes/build.h"
#include "issue/certificate.h"
#include "test.h"

static struct writ_error e;

#define NOW ((int64_t)1772366400) /* 2026-03-01T12:00:00Z */

/* A CA, a certificate, and whom the CA lets sign answers. */
struct party {
    struct writ_key *key;
    struct writ_buffer der;
    struct writ_cert cert;
};
static struct party ca, alice, responder;

static void make_party(struct party *p, enum writ_role role, const char *name,
                       const struct party *issuer)
{
    struct writ_buffer spki = {0};
    struct writ_certificate_order order = {
        .role = role,
        .common_name = writ_span_text(name),
        .organization = writ_span_text("Example Corp"),
        .number = 7,
        .not_before = NOW - 30 * WRIT_DAY,
        .not_after = NOW + 300 * WRIT_DAY,
        .issuer = issuer == NULL ? NULL : &issuer->cert,
    };

    if (role == WRIT_ROLE_DEVELOPER || role == WRIT_ROLE_RESPONDER)
        order.team = writ_span_text("team");
    p->key = writ_key_generate(WRIT_KEY_P256, &e);
    assert_non_null(p->key);
    assert_ok(writ_key_public(p->key, &spki, &e));
    order.spki = writ_buffer_span(&spki);
    order.key = issuer == NULL ? p->key : issuer->key;
    assert_ok(writ_new_serial(order.serial, &e));
    assert_ok(writ_issue_certificate(&order, &p->der, &e));
    assert_ok(writ_cert_parse(writ_buffer_span(&p->der), &p->cert, &e));
    writ_buffer_free(&spki);
}

static int make_all(void **state)
{
    (void)state;
    make_party(&ca, WRIT_ROLE_ROOT, "Example CA", NULL);
    make_party(&alice, WRIT_ROLE_DEVELOPER, "Alice", &ca);
    make_party(&responder, WRIT_ROLE_RESPONDER, "Responder", &ca);
    return 0;
}

static void end_party(struct party *p)
{
    writ_key_free(p->key);
    writ_buffer_free(&p->der);
}

static int end_all(void **state)
{
    (void)state;
    end_party(&ca);
    end_party(&alice);
    end_party(&responder);
    return 0;
}

/* ----------------------------------------------------------------------- answers, by the book */

static void add_time(struct writ_build *b, int64_t t)
{
    struct writ_civil c;
    char text[32];

    writ_time_to_civil(t, &c);
    (void)snprintf(text, sizeof text, "%04d%02d%02d%02d%02d%02dZ", c.year, c.month, c.day, c.hour,
                   c.minute, c.second);
    writ_build_element(b, WRIT_DER_GENERALIZED_TIME, writ_span_text(text));
}

static void add_single(struct writ_build *b)
{
    struct writ_ocsp_hashes hashes;
    struct writ_ocsp_id id;

    assert_ok(writ_ocsp_identify(&alice.cert, &ca.cert, WRIT_OID_SHA256, &hashes, &id, &e));
    writ_build_open(b, WRIT_DER_SEQUENCE);
    writ_build_open(b, WRIT_DER_SEQUENCE);
    writ_build_open(b, WRIT_DER_SEQUENCE);
    writ_build_oid(b, WRIT_OID_SHA256);
    writ_build_close(b);
    writ_build_octet_string(b, id.name_hash);
    writ_build_octet_string(b, id.key_hash);
    writ_build_element(b, WRIT_DER_INTEGER, id.serial);
    writ_build_close(b);
    writ_build_element(b, WRIT_DER_CONTEXT(0), WRIT_SPAN_NONE);
    add_time(b, NOW - WRIT_HOUR);
    writ_build_open(b, WRIT_DER_CONTEXT_CONSTRUCTED(0));
    add_time(b, NOW + WRIT_DAY);
    writ_build_close(b);
    writ_build_close(b);
}

static void build_data(const struct party *signer, struct writ_buffer *data)
{
    struct writ_build b = {0};

    writ_build_open(&b, WRIT_DER_SEQUENCE);
    writ_build_open(&b, WRIT_DER_CONTEXT_CONSTRUCTED(1));
    writ_build_raw(&b, signer->cert.subject.der);
    writ_build_close(&b);
    add_time(&b, NOW - WRIT_HOUR);
    writ_build_open(&b, WRIT_DER_SEQUENCE);
    add_single(&b);
    writ_build_close(&b);
    writ_build_close(&b);
    assert_ok(writ_build_finish_into(&b, data, &e));
}

/* A good answer about Alice; with the signer's certificate when it is not the CA. */
static void build_response(const struct party *signer, struct writ_buffer *out)
{
    struct writ_buffer data = {0}, signature = {0};
    struct writ_build b = {0};

    build_data(signer, &data);
    assert_ok(writ_key_sign(signer->key, writ_buffer_span(&data), &signature, &e));
    writ_build_open(&b, WRIT_DER_SEQUENCE);
    writ_build_unsigned(&b, WRIT_DER_ENUMERATED, 0);
    writ_build_open(&b, WRIT_DER_CONTEXT_CONSTRUCTED(0));
    writ_build_open(&b, WRIT_DER_SEQUENCE);
    writ_build_oid(&b, WRIT_OID_OCSP_BASIC);
    writ_build_open(&b, WRIT_DER_OCTET_STRING);
    writ_build_open(&b, WRIT_DER_SEQUENCE);
    writ_build_raw(&b, writ_buffer_span(&data));
    writ_build_algorithm(&b, WRIT_OID_ECDSA_SHA256);
    writ_build_bit_string(&b, writ_buffer_span(&signature), 0);
    if (signer != &ca) {
        writ_build_open(&b, WRIT_DER_CONTEXT_CONSTRUCTED(0));
        writ_build_open(&b, WRIT_DER_SEQUENCE);
        writ_build_raw(&b, signer->cert.der);
        writ_build_close(&b);
        writ_build_close(&b);
    }
    while (b.depth > 0)
        writ_build_close(&b);
    assert_ok(writ_build_finish_into(&b, out, &e));
    writ_buffer_free(&data);
    writ_buffer_free(&signature);
}

static struct writ_ocsp_question question_at(int64_t now)
{
    struct writ_ocsp_question q;

    writ_ocsp_question_init(&q, &alice.cert, &ca.cert, now);
    return q;
}

static void what_a_ca_of_ours_answers_is_good(void **state)
{
    struct writ_ocsp_question q = question_at(NOW);
    struct writ_buffer response = {0};
    struct writ_ocsp_finding finding;

    (void)state;
    build_response(&ca, &response);
    assert_ok(writ_examine_ocsp(&q, writ_buffer_span(&response), &finding, &e));
    assert_int_equal(finding.answer.status, WRIT_ANSWER_GOOD);
    assert_int_equal(finding.answer.from, WRIT_FROM_OCSP);
    assert_string_equal(finding.answer.source, "Example CA, Example Corp");
    assert_string_equal(finding.answer.why, "");
    assert_int_equal(finding.answer.as_of, NOW - WRIT_HOUR);
    assert_int_equal(finding.answer.until, NOW + WRIT_DAY);
    assert_int_equal(finding.signer, WRIT_OCSP_SIGNER_ISSUER);
    assert_int_equal(finding.answers, 1);
    writ_buffer_free(&response);
}

static void a_responder_of_ours_is_a_delegate_for_its_lifetime(void **state)
{
    struct writ_ocsp_question q = question_at(NOW);
    struct writ_buffer response = {0};
    struct writ_ocsp_finding finding;

    (void)state;
    q.nocheck_required = true;
    build_response(&responder, &response);
    assert_ok(writ_examine_ocsp(&q, writ_buffer_span(&response), &finding, &e));
    assert_int_equal(finding.answer.status, WRIT_ANSWER_GOOD);
    assert_int_equal(finding.signer, WRIT_OCSP_SIGNER_DELEGATE);
    assert_true(finding.delegate_is_nocheck);
    assert_spans_equal(finding.delegate, responder.cert.der);
    writ_buffer_free(&response);
}

static void who_has_verified_the_path_need_not_again(void **state)
{
    struct writ_ocsp_question q = question_at(NOW);
    struct writ_cert spoiled = alice.cert;
    struct writ_buffer response = {0};
    struct writ_answer answer;

    (void)state;
    build_response(&ca, &response);
    spoiled.der = responder.cert.der; /* a signature that is not over these bytes */
    spoiled.issuer = alice.cert.issuer;
    q.cert = &spoiled;
    q.is_issued = true;
    assert_ok(writ_check_ocsp(&q, writ_buffer_span(&response), &answer, &e));
    assert_int_equal(answer.status, WRIT_ANSWER_GOOD);
    writ_buffer_free(&response);
}

static void a_certid_is_the_one_for_its_own_hash_only(void **state)
{
    static const enum writ_oid hashes[] = {WRIT_OID_SHA1, WRIT_OID_SHA256, WRIT_OID_SHA384,
                                           WRIT_OID_SHA512};
    struct writ_ocsp_hashes room;
    struct writ_ocsp_id id;
    bool is;

    (void)state;
    for (size_t i = 0; i < sizeof hashes / sizeof hashes[0]; i++) {
        assert_ok(writ_ocsp_identify(&alice.cert, &ca.cert, hashes[i], &room, &id, &e));
        assert_ok(writ_ocsp_id_is(&id, &alice.cert, &ca.cert, &is, &e));
        assert_true(is);
        assert_ok(writ_ocsp_id_is(&id, &responder.cert, &ca.cert, &is, &e));
        assert_false(is);
        assert_ok(writ_ocsp_id_is(&id, &alice.cert, &responder.cert, &is, &e));
        assert_false(is);
        id.hash = hashes[(i + 1) % 4];
        assert_ok(writ_ocsp_id_is(&id, &alice.cert, &ca.cert, &is, &e));
        assert_false(is);
    }
    id.hash = WRIT_OID_UNKNOWN;
    assert_ok(writ_ocsp_id_is(&id, &alice.cert, &ca.cert, &is, &e));
    assert_false(is);
    assert_fault(writ_ocsp_identify(&alice.cert, &ca.cert, WRIT_OID_RSA, &room, &id, &e),
                 WRIT_FAULT_BAD_INPUT, "");
}

/* RFC 5280 section 7.1: the same name in another string type. */
static void a_certid_may_spell_the_issuer_as_either_certificate_does(void **state)
{
    struct writ_cert other = alice.cert;
    struct writ_ocsp_hashes room;
    struct writ_ocsp_id id;
    uint8_t name[256];
    bool is;

    (void)state;
    assert_true(other.issuer.der.n < sizeof name);
    memcpy(name, other.issuer.der.p, other.issuer.der.n);
    for (size_t i = 0; i + 1 < other.issuer.der.n; i++) {
        if (name[i] == WRIT_DER_UTF8_STRING && name[i + 1] == 10) /* "Example CA" */
            name[i] = WRIT_DER_PRINTABLE_STRING;
    }
    other.issuer.der.p = name;
    assert_false(writ_span_equal(other.issuer.der, ca.cert.subject.der));
    assert_ok(writ_ocsp_identify(&other, &ca.cert, WRIT_OID_SHA1, &room, &id, &e));
    assert_ok(writ_ocsp_id_is(&id, &other, &ca.cert, &is, &e));
    assert_true(is);
    assert_ok(writ_ocsp_id_is(&id, &alice.cert, &ca.cert, &is, &e));
    assert_false(is);
    assert_ok(writ_ocsp_identify(&alice.cert, &ca.cert, WRIT_OID_SHA1, &room, &id, &e));
    assert_ok(writ_ocsp_id_is(&id, &other, &ca.cert, &is, &e));
    assert_true(is);
}

/* No bit of what the CA signs itself may be another one, nor one be missing at the end. */
static void no_bit_of_an_answer_may_change(void **state)
{
    struct writ_ocsp_question q = question_at(NOW);
    struct writ_buffer response = {0};
    struct writ_answer answer;

    (void)state;
    build_response(&ca, &response);
    for (size_t i = 0; i < response.n * 8; i++) {
        response.p[i / 8] ^= (uint8_t)(1u << (i % 8));
        assert_ok(writ_check_ocsp(&q, writ_buffer_span(&response), &answer, &e));
        if (answer.status != WRIT_ANSWER_NO_EVIDENCE)
            fail_msg("bit %zu of byte %zu may change", i % 8, i / 8);
        response.p[i / 8] ^= (uint8_t)(1u << (i % 8));
    }
    for (size_t n = 0; n < response.n; n++) {
        assert_ok(writ_check_ocsp(&q, WRIT_SPAN(response.p, n), &answer, &e));
        assert_int_equal(answer.status, WRIT_ANSWER_NO_EVIDENCE);
    }
    writ_buffer_free(&response);
}

static void ages_at_the_ends_of_time_do_not_overflow(void **state)
{
    static const int64_t ends[] = {WRIT_TIME_MIN, WRIT_TIME_MAX, INT64_MIN, INT64_MAX};
    struct writ_buffer response = {0};
    struct writ_answer answer;

    (void)state;
    build_response(&responder, &response);
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        struct writ_ocsp_question q = question_at(ends[i]);

        q.max_age = INT64_MAX;
        assert_ok(writ_check_ocsp(&q, writ_buffer_span(&response), &answer, &e));
        assert_int_not_equal(answer.status, WRIT_ANSWER_GOOD);
    }
    writ_buffer_free(&response);
}

static const struct CMUnitTest claims[] = {
    CLAIM(what_a_ca_of_ours_answers_is_good),
    CLAIM(a_responder_of_ours_is_a_delegate_for_its_lifetime),
    CLAIM(who_has_verified_the_path_need_not_again),
    CLAIM(a_certid_is_the_one_for_its_own_hash_only),
    CLAIM(a_certid_may_spell_the_issuer_as_either_certificate_does),
    CLAIM(no_bit_of_an_answer_may_change),
    CLAIM(ages_at_the_ends_of_time_do_not_overflow),
};

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name(__FILE__, claims, make_all, end_all);
}
