#include "issue/respond.h"

#include "base/reason.h"
#include "issue/certificate.h"
#include "test.h"

static struct writ_error e;
static struct writ_buffer ca_der;
static struct writ_cert ca;
static struct writ_key *key;
static struct writ_responder responder;
static struct writ_respond_issuer issuer;
static uint8_t room[WRIT_RESPOND_TBS_MAX], outer[8192];

#define NOW ((int64_t)1772366400) /* 2026-03-01T12:00:00Z */

static int make(void **state)
{
    struct writ_buffer spki = {0};
    struct writ_certificate_order order = {.role = WRIT_ROLE_ROOT,
                                           .common_name = writ_span_text("CA"),
                                           .not_before = NOW,
                                           .not_after = NOW + 1000};

    (void)state;
    key = writ_key_generate(WRIT_KEY_P256, &e);
    assert_non_null(key);
    assert_ok(writ_key_public(key, &spki, &e));
    order.spki = writ_buffer_span(&spki);
    order.key = key;
    assert_ok(writ_new_serial(order.serial, &e));
    assert_ok(writ_issue_certificate(&order, &ca_der, &e));
    assert_ok(writ_cert_parse(writ_buffer_span(&ca_der), &ca, &e));
    assert_ok(writ_responder(&ca, true, &responder, &e));
    assert_ok(writ_respond_issuer(&ca, WRIT_OID_SHA256, &issuer, &e));
    writ_buffer_free(&spki);
    return 0;
}

static int end(void **state)
{
    (void)state;
    writ_key_free(key);
    writ_buffer_free(&ca_der);
    return 0;
}

static struct writ_respond_single single_of(enum writ_ocsp_cert_status status)
{
    return (struct writ_respond_single){.issuer = &issuer,
                                        .serial = WRIT_SPAN("\x00\x80", 2),
                                        .status = status,
                                        .revoked_at = NOW - 5,
                                        .reason = WRIT_REASON_SUPERSEDED,
                                        .this_update = NOW,
                                        .next_update = NOW + 60};
}

/* Builds, signs nothing, and reads it back with the strict reader. */
static void round_trip(const struct writ_respond_single *singles, size_t count,
                       struct writ_span nonce, struct writ_ocsp_response *response)
{
    uint8_t signature[] = {0x30, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x01};
    struct writ_span tbs, der;

    assert_ok(
        writ_respond_tbs(&responder, singles, count, nonce, NOW + 1, room, sizeof room, &tbs));
    assert_ok(
        writ_respond_whole(&responder, tbs, WRIT_SPAN_OF(signature), outer, sizeof outer, &der));
    assert_ok(writ_ocsp_response_parse(der, response, &e));
    assert_true(writ_span_equal(response->tbs, tbs));
    assert_true(writ_span_equal(response->signature, WRIT_SPAN_OF(signature)));
}

static void what_is_built_is_read_back_strictly_and_the_same(void **state)
{
    struct writ_respond_single said[3] = {single_of(WRIT_OCSP_GOOD), single_of(WRIT_OCSP_REVOKED),
                                          single_of(WRIT_OCSP_UNKNOWN)};
    struct writ_ocsp_response response;
    struct writ_ocsp_single single;
    struct writ_cursor walk;

    (void)state;
    round_trip(said, 3, WRIT_SPAN_NONE, &response);
    assert_true(response.by_key);
    assert_false(response.has_version);
    assert_int_equal(response.produced_at, NOW + 1);
    assert_int_equal(response.cert_count, 1);
    assert_true(writ_span_equal(response.cert[0], ca.der));
    walk = writ_ocsp_walk(&response);
    for (int i = 0; i < 3; i++) {
        assert_true(writ_ocsp_next(&walk, &single));
        assert_int_equal(single.status, said[i].status);
        assert_int_equal(single.this_update, NOW);
        assert_int_equal(single.next_update, NOW + 60);
        assert_true(writ_span_equal(single.id.serial, said[i].serial));
        assert_true(writ_respond_is_issuer(&issuer, &single.id));
        if (i == 1)
            assert_int_equal(single.revoked_at, NOW - 5);
        if (i == 1)
            assert_int_equal(single.reason, WRIT_REASON_SUPERSEDED);
    }
}

static void the_reason_unspecified_is_left_out(void **state)
{
    struct writ_respond_single said = single_of(WRIT_OCSP_REVOKED);
    struct writ_ocsp_response response;
    struct writ_ocsp_single single;
    struct writ_cursor walk;

    (void)state;
    said.reason = WRIT_REASON_UNSPECIFIED;
    round_trip(&said, 1, WRIT_SPAN_NONE, &response);
    walk = writ_ocsp_walk(&response);
    assert_true(writ_ocsp_next(&walk, &single));
    assert_false(single.has_reason);
}

static void nonces_of_1_to_128_octets_come_through(void **state)
{
    struct writ_respond_single said = single_of(WRIT_OCSP_GOOD);
    struct writ_ocsp_response response;
    uint8_t nonce[WRIT_OCSP_NONCE_MAX] = {1, 2, 3};

    (void)state;
    for (size_t n = 1; n <= sizeof nonce; n++) {
        round_trip(&said, 1, WRIT_SPAN(nonce, n), &response);
        assert_true(response.has_nonce);
        assert_true(writ_span_equal(response.nonce, WRIT_SPAN(nonce, n)));
    }
    round_trip(&said, 1, WRIT_SPAN_NONE, &response);
    assert_false(response.has_nonce);
}

static void room_that_is_too_small_fails_at_every_size(void **state)
{
    struct writ_respond_single said = single_of(WRIT_OCSP_REVOKED);
    struct writ_span tbs, der;
    size_t needed;

    (void)state;
    assert_ok(writ_respond_tbs(&responder, &said, 1, WRIT_SPAN_NONE, NOW, room, sizeof room, &tbs));
    needed = tbs.n;
    for (size_t n = 0; n < needed; n++)
        assert_int_equal(
            writ_respond_tbs(&responder, &said, 1, WRIT_SPAN_NONE, NOW, outer, n, &der), -1);
    assert_ok(writ_respond_tbs(&responder, &said, 1, WRIT_SPAN_NONE, NOW, outer, needed, &der));
    assert_true(writ_span_equal(tbs, der));
}

static void a_status_alone_is_five_bytes_that_say_it(void **state)
{
    static const enum writ_ocsp_status status[] = {WRIT_OCSP_MALFORMED_REQUEST,
                                                   WRIT_OCSP_INTERNAL_ERROR, WRIT_OCSP_TRY_LATER,
                                                   WRIT_OCSP_SIG_REQUIRED, WRIT_OCSP_UNAUTHORIZED};
    struct writ_ocsp_response response;

    (void)state;
    for (size_t i = 0; i < sizeof status / sizeof status[0]; i++) {
        assert_ok(writ_ocsp_response_parse(writ_respond_status(status[i]), &response, &e));
        assert_int_equal(response.status, status[i]);
    }
}

static void a_signature_made_short_comes_back_octet_for_octet(void **state)
{
    uint8_t raw[WRIT_RESPOND_RAW], back[WRIT_RESPOND_ECDSA_MAX];
    struct writ_buffer signature = {0};

    (void)state;
    for (int i = 0; i < 2000; i++) { /* r or s begins with zeros in one of 128 */
        signature.n = 0;
        assert_ok(writ_key_sign(key, WRIT_SPAN(&i, sizeof i), &signature, &e));
        assert_ok(writ_respond_to_raw(writ_buffer_span(&signature), raw));
        assert_true(
            writ_span_equal(writ_respond_from_raw(raw, back), writ_buffer_span(&signature)));
    }
    writ_buffer_free(&signature);
}

static void what_is_no_signature_is_not_made_short(void **state)
{
    static const uint8_t one[] = {0x30, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x01};
    uint8_t raw[WRIT_RESPOND_RAW], longer[sizeof one + 1] = {0};

    (void)state;
    assert_int_equal(writ_respond_to_raw(WRIT_SPAN_OF(one), raw), 0);
    for (size_t n = 0; n < sizeof one; n++)
        assert_int_equal(writ_respond_to_raw(WRIT_SPAN(one, n), raw), -1);
    memcpy(longer, one, sizeof one);
    assert_int_equal(writ_respond_to_raw(WRIT_SPAN_OF(longer), raw), -1);
}

int main(void)
{
    const struct CMUnitTest claims[] = {
        CLAIM(what_is_built_is_read_back_strictly_and_the_same),
        CLAIM(the_reason_unspecified_is_left_out),
        CLAIM(nonces_of_1_to_128_octets_come_through),
        CLAIM(room_that_is_too_small_fails_at_every_size),
        CLAIM(a_status_alone_is_five_bytes_that_say_it),
        CLAIM(a_signature_made_short_comes_back_octet_for_octet),
        CLAIM(what_is_no_signature_is_not_made_short),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name(__FILE__, claims, make, end);
}
