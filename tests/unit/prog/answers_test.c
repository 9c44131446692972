#include "responder.h"

#include <pthread.h>

/* ---------------------------------------------------------------------------------- what is said
 */

static void a_certificate_that_was_issued_is_good_under_both_hashes(void **state)
{
    static const enum writ_oid hash[] = {WRIT_OID_SHA1, WRIT_OID_SHA256};
    struct answer answer;
    struct writ_answer found;

    (void)state;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(ask(a, &w, &w.alice, &w.intermediate, hash[i], &answer, &found),
                         WRIT_ANSWER_GOOD);
        assert_true(answer.is_cacheable);
        assert_false(answer.is_nonced);
        assert_true(answer.next_update > answer.this_update);
        answer_release(&answer);
    }
}

static void a_sha384_certid_is_answered_but_not_kept(void **state)
{
    struct answer answer;
    struct writ_answer found;

    (void)state;
    assert_int_equal(ask(a, &w, &w.alice, &w.intermediate, WRIT_OID_SHA384, &answer, &found),
                     WRIT_ANSWER_GOOD);
    assert_false(answer.is_cacheable);
    answer_release(&answer);
}

static void a_serial_that_was_never_issued_is_unknown(void **state)
{
    struct answer answer;
    struct writ_answer found;

    (void)state;
    assert_int_equal(ask(a, &w, &w.bob, &w.intermediate, WRIT_OID_SHA1, &answer, &found),
                     WRIT_ANSWER_UNKNOWN);
    assert_int_equal(answer.status, WRIT_OCSP_SUCCESSFUL);
    assert_false(answer.is_cacheable);
    answer_release(&answer);
}

static void what_is_revoked_is_said_so_with_time_and_reason(void **state)
{
    struct writ_answer found;

    (void)state;
    world_revoke(&w, &w.alice, WRIT_REASON_KEY_COMPROMISE);
    wait_for(&w.alice, WRIT_ANSWER_REVOKED, &found);
    assert_int_equal(found.reason, WRIT_REASON_KEY_COMPROMISE);
    assert_int_equal(found.revoked_at, w.now);
}

static void a_revocation_is_seen_in_less_than_a_second(void **state)
{
    struct timespec from, to;
    struct writ_answer found;
    struct answers_counts counts;

    (void)state;
    wait_for(&w.alice, WRIT_ANSWER_GOOD, &found);
    world_revoke(&w, &w.alice, WRIT_REASON_SUPERSEDED);
    (void)clock_gettime(CLOCK_MONOTONIC, &from);
    wait_for(&w.alice, WRIT_ANSWER_REVOKED, &found);
    (void)clock_gettime(CLOCK_MONOTONIC, &to);
    assert_true(to.tv_sec - from.tv_sec <= 1);
    answers_counts(a, &counts);
    assert_int_equal(counts.revoked, 1);
}

static void a_hold_that_is_lifted_is_good_again(void **state)
{
    struct writ_answer found;

    (void)state;
    world_revoke(&w, &w.alice, WRIT_REASON_CERTIFICATE_HOLD);
    wait_for(&w.alice, WRIT_ANSWER_REVOKED, &found);
    assert_true(found.held);
    world_reinstate(&w, &w.alice);
    wait_for(&w.alice, WRIT_ANSWER_GOOD, &found);
}

static void what_is_issued_while_it_runs_is_known(void **state)
{
    struct writ_answer found;

    (void)state;
    wait_for(&w.bob, WRIT_ANSWER_UNKNOWN, &found);
    world_issue(&w, &w.bob);
    wait_for(&w.bob, WRIT_ANSWER_GOOD, &found);
}

static void an_issuer_that_is_not_ours_is_unauthorized(void **state)
{
    struct answer answer;
    struct writ_answer found;

    (void)state;
    (void)ask(a, &w, &w.alice, &w.bob, WRIT_OID_SHA1, &answer, &found);
    assert_int_equal(answer.status, WRIT_OCSP_UNAUTHORIZED);
}

static void an_issuer_without_a_signer_is_unauthorized_and_counted(void **state)
{
    struct answer answer;
    struct writ_answer found;
    struct answers_counts counts;

    (void)state;
    (void)ask(a, &w, &w.intermediate, &w.root, WRIT_OID_SHA1, &answer, &found);
    assert_int_equal(answer.status, WRIT_OCSP_UNAUTHORIZED);
    answers_counts(a, &counts);
    assert_int_equal(counts.issuers, 1);
    assert_int_equal(counts.unserved, 1);
}

static void what_is_no_request_is_malformed(void **state)
{
    static const uint8_t garbage[] = {0x30, 0x03, 0x02, 0x01};
    struct writ_buffer request = {0};
    const struct party *about = &w.alice;
    struct answer answer;

    (void)state;
    answers_respond(a, WRIT_SPAN_OF(garbage), w.now, &answer);
    assert_int_equal(answer.status, WRIT_OCSP_MALFORMED_REQUEST);
    answers_respond(a, WRIT_SPAN_NONE, w.now, &answer);
    assert_int_equal(answer.status, WRIT_OCSP_MALFORMED_REQUEST);
    make_request(&about, 1, &w.intermediate, WRIT_OID_SHA1, WRIT_SPAN_NONE, &request);
    writ_buffer_byte(&request, 0);
    answers_respond(a, writ_buffer_span(&request), w.now, &answer);
    assert_int_equal(answer.status, WRIT_OCSP_MALFORMED_REQUEST);
    assert_memory_equal(answer.der.p, "\x30\x03\x0a\x01\x01", 5);
    writ_buffer_free(&request);
}

static void every_cut_of_a_request_is_malformed(void **state)
{
    struct writ_buffer request = {0};
    const struct party *about = &w.alice;
    struct answer answer;

    (void)state;
    make_request(&about, 1, &w.intermediate, WRIT_OID_SHA256, WRIT_SPAN_NONE, &request);
    for (size_t n = 0; n < request.n; n++) {
        answers_respond(a, WRIT_SPAN(request.p, n), w.now, &answer);
        assert_int_equal(answer.status, WRIT_OCSP_MALFORMED_REQUEST);
    }
    writ_buffer_free(&request);
}

/* -------------------------------------------------------------------------------------- nonces */

static void a_nonce_comes_back(void **state)
{
    struct writ_buffer request = {0};
    struct writ_ocsp_question question;
    const struct party *about = &w.alice;
    struct writ_answer found;
    struct answer answer;

    (void)state;
    make_request(&about, 1, &w.intermediate, WRIT_OID_SHA1,
                 writ_span_text("thirty-two bytes that are a nonce"), &request);
    answers_respond(a, writ_buffer_span(&request), w.now, &answer);
    assert_true(answer.is_nonced);
    assert_false(answer.is_cacheable);
    writ_ocsp_question_init(&question, &w.alice.cert, &w.intermediate.cert, w.now);
    question.nonce = writ_span_text("thirty-two bytes that are a nonce");
    question.nonce_required = true;
    assert_ok(writ_check_ocsp(&question, answer.der, &found, &e));
    assert_int_equal(found.status, WRIT_ANSWER_GOOD);
    answer_release(&answer);
    writ_buffer_free(&request);
}

static void beyond_the_budget_a_nonce_is_left_out(void **state)
{
    struct answers_settings settings = settings_of();
    struct writ_buffer request = {0};
    const struct party *about = &w.alice;
    struct answers_counts counts;
    struct answer answer;
    int nonced = 0;

    (void)state;
    settings.budget = 3;
    assert_ok(answers_reload(a, &settings, &e));
    make_request(&about, 1, &w.intermediate, WRIT_OID_SHA1, writ_span_text("nonce"), &request);
    for (int i = 0; i < 10; i++) {
        answers_respond(a, writ_buffer_span(&request), w.now, &answer);
        assert_int_equal(answer.status, WRIT_OCSP_SUCCESSFUL);
        nonced += answer.is_nonced;
        answer_release(&answer);
    }
    assert_int_equal(nonced, 3);
    answers_counts(a, &counts);
    assert_int_equal(counts.over_budget, 7);
    writ_buffer_free(&request);
}

static void beyond_the_budget_what_is_unknown_is_told_to_try_later(void **state)
{
    struct answers_settings settings = settings_of();
    struct writ_answer found;
    struct answer answer;

    (void)state;
    settings.budget = 1;
    assert_ok(answers_reload(a, &settings, &e));
    for (int i = 0; i < 3; i++)
        (void)ask(a, &w, &w.bob, &w.intermediate, WRIT_OID_SHA1, &answer, &found);
    /* The second may change once between them. */
    (void)ask(a, &w, &w.bob, &w.intermediate, WRIT_OID_SHA1, &answer, &found);
    assert_int_equal(answer.status, WRIT_OCSP_TRY_LATER);
}

/* ---------------------------------------------------------------------------------- several, both
 */

static void several_are_answered_in_one_in_their_order(void **state)
{
    const struct party *about[] = {&w.bob, &w.alice, &w.responder};
    static const enum writ_ocsp_cert_status wanted[] = {WRIT_OCSP_UNKNOWN, WRIT_OCSP_GOOD,
                                                        WRIT_OCSP_GOOD};
    struct writ_buffer request = {0};
    struct writ_ocsp_response response;
    struct writ_ocsp_single single;
    struct writ_cursor walk;
    struct answer answer;

    (void)state;
    make_request(about, 3, &w.intermediate, WRIT_OID_SHA256, WRIT_SPAN_NONE, &request);
    answers_respond(a, writ_buffer_span(&request), w.now, &answer);
    assert_ok(writ_ocsp_response_parse(answer.der, &response, &e));
    assert_int_equal(response.single_count, 3);
    walk = writ_ocsp_walk(&response);
    for (int i = 0; i < 3; i++) {
        assert_true(writ_ocsp_next(&walk, &single));
        assert_int_equal(single.status, wanted[i]);
        assert_true(writ_span_equal(single.id.serial, about[i]->cert.serial));
    }
    answer_release(&answer);
    writ_buffer_free(&request);
}

static void the_same_answer_has_the_same_bytes_and_tag_and_another_one_others(void **state)
{
    struct answer first, again, other;
    struct writ_answer found;

    (void)state;
    (void)ask(a, &w, &w.alice, &w.intermediate, WRIT_OID_SHA1, &first, &found);
    (void)ask(a, &w, &w.alice, &w.intermediate, WRIT_OID_SHA1, &again, &found);
    (void)ask(a, &w, &w.responder, &w.intermediate, WRIT_OID_SHA1, &other, &found);
    assert_true(writ_span_equal(first.der, again.der));
    assert_memory_equal(first.etag, again.etag, sizeof first.etag);
    assert_memory_not_equal(first.etag, other.etag, sizeof first.etag);
}

/* ------------------------------------------------------------------------------------- in advance
 */

static void everything_is_signed_before_anybody_asks(void **state)
{
    struct answers_counts counts = {0};

    (void)state;
    for (int i = 0; i < 1000 && (counts.to_sign > 0 || counts.signed_answers == 0); i++) {
        (void)usleep(10000);
        answers_counts(a, &counts);
    }
    assert_int_equal(counts.to_sign, 0);
    assert_int_equal(counts.signed_answers, 2 * 2); /* Alice and the responder, under two hashes */
    assert_int_equal(counts.on_demand, 0);
    assert_true(counts.oldest_next > w.now);
    assert_true(counts.signer_is_alive);
    assert_string_equal(counts.problem, "");
}

static void no_answer_outlives_the_signers_certificate(void **state)
{
    struct answers_settings settings = settings_of();
    struct writ_answer found;
    struct answer answer;

    (void)state;
    settings.validity = 30 * WRIT_DAY;
    assert_ok(answers_reload(a, &settings, &e));
    world_issue(&w, &w.bob); /* signed anew */
    wait_for(&w.bob, WRIT_ANSWER_GOOD, &found);
    (void)ask(a, &w, &w.bob, &w.intermediate, WRIT_OID_SHA1, &answer, &found);
    assert_int_equal(answer.next_update, w.responder.cert.not_after);
}

static void what_needs_no_signature_comes_at_once_and_nothing_else_does(void **state)
{
    struct writ_buffer kept = {0}, unknown = {0}, nonced = {0};
    const struct party *alice = &w.alice, *bob = &w.bob;
    struct answer answer;
    struct writ_answer found;

    (void)state;
    make_request(&alice, 1, &w.intermediate, WRIT_OID_SHA1, WRIT_SPAN_NONE, &kept);
    make_request(&bob, 1, &w.intermediate, WRIT_OID_SHA1, WRIT_SPAN_NONE, &unknown);
    make_request(&alice, 1, &w.intermediate, WRIT_OID_SHA1, writ_span_text("n"), &nonced);
    wait_for(&w.alice, WRIT_ANSWER_GOOD, &found);
    assert_true(answers_respond_at_once(a, writ_buffer_span(&kept), w.now, &answer));
    assert_int_equal(answer.status, WRIT_OCSP_SUCCESSFUL);
    assert_true(answers_respond_at_once(a, WRIT_SPAN_NONE, w.now, &answer));
    assert_int_equal(answer.status, WRIT_OCSP_MALFORMED_REQUEST);
    assert_false(answers_respond_at_once(a, writ_buffer_span(&unknown), w.now, &answer));
    assert_false(answers_respond_at_once(a, writ_buffer_span(&nonced), w.now, &answer));
    writ_buffer_free(&kept);
    writ_buffer_free(&unknown);
    writ_buffer_free(&nonced);
}

/* ---------------------------------------------------------------------------------- many at once
 */

static _Atomic bool enough;
static _Atomic unsigned answered, refused;

/* Asks about Alice and Bob until it is enough. */
static void *ask_on(void *request)
{
    while (!enough) {
        struct answer answer;

        answers_respond(a, writ_buffer_span(request), time(NULL), &answer);
        answered++;
        if (answer.status != WRIT_OCSP_SUCCESSFUL)
            refused++;
        answer_release(&answer);
    }
    return NULL;
}

static void four_threads_are_answered_while_it_reloads_and_the_store_changes(void **state)
{
    const struct party *about[2] = {&w.alice, &w.bob};
    struct answers_settings settings = settings_of();
    struct writ_buffer request[4] = {0};
    pthread_t thread[4];

    (void)state;
    settings.budget = 1000000;
    assert_ok(answers_reload(a, &settings, &e));
    enough = false;
    answered = refused = 0;
    for (int i = 0; i < 4; i++) {
        make_request(&about[i % 2], 1, &w.intermediate, i < 2 ? WRIT_OID_SHA1 : WRIT_OID_SHA256,
                     WRIT_SPAN_NONE, &request[i]);
        assert_int_equal(pthread_create(&thread[i], NULL, ask_on, &request[i]), 0);
    }
    assert_ok(answers_reload(a, &settings, &e));
    world_issue(&w, &w.bob);
    world_revoke(&w, &w.bob, WRIT_REASON_KEY_COMPROMISE);
    assert_ok(answers_reload(a, &settings, &e));
    enough = true;
    for (int i = 0; i < 4; i++) {
        assert_int_equal(pthread_join(thread[i], NULL), 0);
        writ_buffer_free(&request[i]);
    }
    assert_true(answered > 4);
    assert_int_equal(refused, 0);
}

/* ------------------------------------------------------------------------------------ going wrong
 */

static void a_key_that_is_not_the_certificates_is_refused(void **state)
{
    struct answers_settings settings = settings_of();
    struct answers *other;
    struct writ_buffer pkcs8 = {0};
    struct answers_signer signer = {.certificate = w.signer_cert};
    char path[96];

    (void)state;
    assert_ok(writ_key_to_pkcs8_insecure_plain(w.alice.key, &pkcs8, &e));
    write_pem(path_in(&w, "alice.key", path), "PRIVATE KEY", writ_buffer_span(&pkcs8));
    signer.key = path;
    settings.signers = &signer;
    assert_int_equal(answers_start(&settings, &other, &e), -1);
    assert_sentence(WRIT_FAULT_CONFIGURATION, "is not the key of");
    writ_error_clear(&e);
    assert_int_equal(answers_reload(a, &settings, &e), -1); /* and all goes on */
    writ_error_clear(&e);
    {
        struct answer answer;
        struct writ_answer found;

        assert_int_equal(ask(a, &w, &w.alice, &w.intermediate, WRIT_OID_SHA1, &answer, &found),
                         WRIT_ANSWER_GOOD);
        answer_release(&answer);
    }
    writ_buffer_wipe(&pkcs8);
}

static void an_encrypted_key_wants_its_passphrase(void **state)
{
    struct answers_settings settings = settings_of();
    struct writ_buffer pkcs8 = {0};
    struct answers_signer signer = {.certificate = w.signer_cert};
    char path[96];

    (void)state;
    assert_ok(writ_key_to_pkcs8(w.responder.key, writ_span_text("a passphrase"), &pkcs8, &e));
    write_pem(path_in(&w, "sealed.key", path), "ENCRYPTED PRIVATE KEY", writ_buffer_span(&pkcs8));
    signer.key = path;
    settings.signers = &signer;
    settings.passphrase = writ_span_text("another one");
    assert_int_equal(answers_reload(a, &settings, &e), -1);
    assert_sentence(WRIT_FAULT_PERMISSION, "wrong passphrase");
    writ_error_clear(&e);
    settings.passphrase = writ_span_text("a passphrase");
    assert_ok(answers_reload(a, &settings, &e));
    writ_buffer_wipe(&pkcs8);
}

int main(void)
{
    const struct CMUnitTest claims[] = {
        STARTED(a_certificate_that_was_issued_is_good_under_both_hashes),
        STARTED(a_sha384_certid_is_answered_but_not_kept),
        STARTED(a_serial_that_was_never_issued_is_unknown),
        STARTED(what_is_revoked_is_said_so_with_time_and_reason),
        STARTED(a_revocation_is_seen_in_less_than_a_second),
        STARTED(a_hold_that_is_lifted_is_good_again),
        STARTED(what_is_issued_while_it_runs_is_known),
        STARTED(an_issuer_that_is_not_ours_is_unauthorized),
        STARTED(an_issuer_without_a_signer_is_unauthorized_and_counted),
        STARTED(what_is_no_request_is_malformed),
        STARTED(every_cut_of_a_request_is_malformed),
        STARTED(a_nonce_comes_back),
        STARTED(beyond_the_budget_a_nonce_is_left_out),
        STARTED(beyond_the_budget_what_is_unknown_is_told_to_try_later),
        STARTED(several_are_answered_in_one_in_their_order),
        STARTED(the_same_answer_has_the_same_bytes_and_tag_and_another_one_others),
        STARTED(everything_is_signed_before_anybody_asks),
        STARTED(what_needs_no_signature_comes_at_once_and_nothing_else_does),
        STARTED(no_answer_outlives_the_signers_certificate),
        STARTED(four_threads_are_answered_while_it_reloads_and_the_store_changes),
        STARTED(a_key_that_is_not_the_certificates_is_refused),
        STARTED(an_encrypted_key_wants_its_passphrase),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name(__FILE__, claims, NULL, NULL);
}
