/*
 * "It is bad" against "there was no memory to look at it".
 */
#include "crypto/memory.h"

#include <openssl/err.h>

#include "crypto/known.h"
#include "crypto/path.h"
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

static const struct CMUnitTest claims[] = {
    CLAIM(without_complaints_there_was_memory),
    CLAIM(a_complaint_about_memory_is_heard_behind_others),
    CLAIM(a_complaint_is_heard_once),
    CLAIM(complaints_about_the_input_are_none_about_memory),
    CLAIM(the_known_certificate_is_good),
};

RUN_CLAIMS(claims)
