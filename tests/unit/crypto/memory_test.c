/*
 * "It is bad" against "there was no memory to look at it".
 */
#include "crypto/memory.h"

#include <openssl/err.h>
#include <openssl/evp.h>

#include "crypto/known.h"
#include "crypto/path.h"
#include "crypto/verify.h"
#include "test.h"

static void without_complaints_there_was_memory(void **state)
{
    struct writ_error e = {0};

    (void)state;
    writ_crypto_forget();
    assert_ok(writ_crypto_had_memory(&e));
}

static void a_complaint_about_memory_is_heard_behind_others(void **state)
{
    static const int complaints[] = {ERR_R_MALLOC_FAILURE, ERR_R_INTERNAL_ERROR};
    struct writ_error e = {0};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        ERR_raise(ERR_LIB_X509, ERR_R_NESTED_ASN1_ERROR);
        ERR_raise(ERR_LIB_EVP, complaints[i]);
        ERR_raise(ERR_LIB_ASN1, ERR_R_NESTED_ASN1_ERROR);
        assert_fault(writ_crypto_had_memory(&e), WRIT_FAULT_UNEXPECTED, "out of memory");
    }
}

static void a_complaint_is_heard_once(void **state)
{
    struct writ_error e = {0};

    (void)state;
    ERR_raise(ERR_LIB_EVP, ERR_R_MALLOC_FAILURE);
    assert_int_equal(writ_crypto_had_memory(NULL), -1);
    assert_ok(writ_crypto_had_memory(&e));
    ERR_raise(ERR_LIB_EVP, ERR_R_MALLOC_FAILURE);
    writ_crypto_forget();
    assert_ok(writ_crypto_had_memory(&e));
}

static void complaints_about_the_input_are_none_about_memory(void **state)
{
    struct writ_error e = {0};

    (void)state;
    ERR_raise(ERR_LIB_ASN1, ERR_R_NESTED_ASN1_ERROR);
    ERR_raise(ERR_LIB_EVP, ERR_R_UNSUPPORTED);
    assert_ok(writ_crypto_had_memory(&e));
    assert_true(ERR_peek_error() == 0);
}

static void the_known_certificate_is_good(void **state)
{
    struct writ_span root = writ_known_root();
    struct writ_error e = {0};
    struct writ_path path = {0};

    (void)state;
    assert_ok(writ_path_self_test(&e));
    assert_ok(writ_path_build(writ_known_leaf(), NULL, 0, &root, 1, 0, true, &path, &e));
    assert_int_equal(path.state, WRIT_PATH_GOOD);
    assert_int_equal(path.count, 2);
    writ_path_free(&path);
}

/* Parts of OpenSSL that failed to start fail for good: as if there were no provider any more. */
static void nothing_is_called_bad_by_an_openssl_that_does_not_work(void **state)
{
    struct writ_span root = writ_known_root();
    struct writ_span any = bytes_of("3059301306072a8648ce3d020106082a8648ce3d03010703420004");
    struct writ_error e = {0};
    struct writ_path path = {0};
    enum writ_signature_state found;

    (void)state;
    assert_ok(writ_verify_signature(any, WRIT_OID_ECDSA_SHA256, any, any, &found, &e));
    assert_int_equal(found, WRIT_SIGNATURE_BAD);
    assert_int_equal(EVP_set_default_properties(NULL, "provider=none"), 1);
    assert_fault(writ_path_build(writ_known_leaf(), NULL, 0, &root, 1, 0, true, &path, &e),
                 WRIT_FAULT_UNEXPECTED, "OpenSSL does not verify a certificate that is good");
    writ_path_free(&path);
    assert_fault(writ_verify_signature(any, WRIT_OID_ECDSA_SHA256, any, any, &found, &e),
                 WRIT_FAULT_UNEXPECTED, "OpenSSL does not verify a certificate that is good");
    assert_int_equal(EVP_set_default_properties(NULL, ""), 1);
    writ_error_clear(&e);
    assert_ok(writ_path_self_test(&e));
}

static const struct CMUnitTest claims[] = {
    CLAIM(without_complaints_there_was_memory),
    CLAIM(a_complaint_about_memory_is_heard_behind_others),
    CLAIM(a_complaint_is_heard_once),
    CLAIM(complaints_about_the_input_are_none_about_memory),
    CLAIM(the_known_certificate_is_good),
    CLAIM(nothing_is_called_bad_by_an_openssl_that_does_not_work),
};

RUN_CLAIMS(claims)
