#include "crypto/key.h"

#include "bytes/der.h"
#include "crypto/verify.h"
#include "keys.h"
#include "test.h"

#define PASSPHRASE writ_span_text("correct horse")

static struct writ_key *generate(enum writ_key_kind kind)
{
    struct writ_error e = {0};
    struct writ_key *k = writ_key_generate(kind, &e);

    if (k == NULL)
        fail_msg("%s", e.text);
    return k;
}

static void each_kind_signs_with_its_algorithm(void **state)
{
    struct writ_key *p256 = generate(WRIT_KEY_P256);
    struct writ_key *ed25519 = generate(WRIT_KEY_ED25519);

    (void)state;
    assert_int_equal(writ_key_algorithm(p256), WRIT_OID_ECDSA_SHA256);
    assert_int_equal(writ_key_algorithm(ed25519), WRIT_OID_ED25519);
    writ_key_free(p256);
    writ_key_free(ed25519);
    writ_key_free(NULL);
}

static void two_keys_are_never_the_same(void **state)
{
    struct writ_key *a = generate(WRIT_KEY_P256);
    struct writ_key *b = generate(WRIT_KEY_P256);
    struct writ_buffer spki = spki_of(a);

    (void)state;
    assert_true(writ_key_matches(a, writ_buffer_span(&spki)));
    assert_false(writ_key_matches(b, writ_buffer_span(&spki)));
    assert_false(writ_key_matches(a, WRIT_SPAN(spki.p, spki.n - 1)));
    assert_false(writ_key_matches(a, WRIT_SPAN_NONE));
    writ_buffer_free(&spki);
    writ_key_free(a);
    writ_key_free(b);
}

/* RFC 5480: the named curve and an uncompressed point. */
static void a_public_key_is_strict_der_with_a_named_curve(void **state)
{
    struct writ_key *k = generate(WRIT_KEY_P256);
    struct writ_buffer spki = spki_of(k);
    struct writ_error e = {0};

    (void)state;
    assert_ok(writ_der_check(writ_buffer_span(&spki), &e));
    assert_int_equal(spki.n, 91);
    assert_spans_equal(WRIT_SPAN(spki.p, 27),
                       bytes_of("3059 3013 06072a8648ce3d0201 06082a8648ce3d030107 034200 04"));
    writ_buffer_free(&spki);
    writ_key_free(k);
}

static void an_ed25519_key_has_32_public_bytes(void **state)
{
    struct writ_key *k = generate(WRIT_KEY_ED25519);
    struct writ_key *other = generate(WRIT_KEY_P256);
    struct writ_buffer spki = spki_of(k);
    struct writ_error e = {0};
    uint8_t raw[32];

    (void)state;
    assert_ok(writ_key_ed25519_public(k, raw, &e));
    assert_spans_equal(WRIT_SPAN(spki.p, 12), bytes_of("302a 3005 06032b6570 032100"));
    assert_spans_equal(WRIT_SPAN(spki.p + 12, spki.n - 12), WRIT_SPAN_OF(raw));
    assert_fault(writ_key_ed25519_public(other, raw, &e), WRIT_FAULT_USAGE, "not an Ed25519 key");
    writ_buffer_free(&spki);
    writ_key_free(k);
    writ_key_free(other);
}

static void a_plain_key_comes_back(void **state)
{
    (void)state;
    for (int kind = WRIT_KEY_P256; kind <= WRIT_KEY_ED25519; kind++) {
        struct writ_key *k = generate((enum writ_key_kind)kind);
        struct writ_buffer der = {0}, spki = spki_of(k);
        struct writ_error e = {0};
        struct writ_key *again;

        assert_ok(writ_key_to_pkcs8_insecure_plain(k, &der, &e));
        assert_ok(writ_der_check(writ_buffer_span(&der), &e));
        again = writ_key_from_pkcs8(writ_buffer_span(&der), false, WRIT_SPAN_NONE, &e);
        assert_non_null(again);
        assert_true(writ_key_matches(again, writ_buffer_span(&spki)));
        assert_int_equal(writ_key_algorithm(again), writ_key_algorithm(k));
        writ_key_free(k);
        writ_key_free(again);
        writ_buffer_free(&der);
        writ_buffer_free(&spki);
    }
}

static void an_encrypted_key_comes_back_with_its_passphrase(void **state)
{
    struct writ_key *k = generate(WRIT_KEY_P256);
    struct writ_buffer der = {0}, spki = spki_of(k);
    struct writ_error e = {0};
    struct writ_key *again;

    (void)state;
    assert_ok(writ_key_to_pkcs8(k, PASSPHRASE, &der, &e));
    assert_ok(writ_der_check(writ_buffer_span(&der), &e));
    again = writ_key_from_pkcs8(writ_buffer_span(&der), true, PASSPHRASE, &e);
    assert_non_null(again);
    assert_true(writ_key_matches(again, writ_buffer_span(&spki)));
    writ_key_free(k);
    writ_key_free(again);
    writ_buffer_free(&der);
    writ_buffer_free(&spki);
}

/* id-scrypt, N 16384, r 8, p 2, then AES-256-CBC (RFC 7914 section 7). */
static void the_encryption_is_what_the_header_says(void **state)
{
    struct writ_key *k = generate(WRIT_KEY_P256);
    struct writ_buffer der = {0}, again = {0};
    struct writ_error e = {0};

    (void)state;
    assert_ok(writ_key_to_pkcs8(k, PASSPHRASE, &der, &e));
    assert_non_null(memmem(der.p, der.n, "\x2b\x06\x01\x04\x01\xda\x47\x04\x0b", 9));
    assert_non_null(memmem(der.p, der.n, "\x02\x02\x40\x00\x02\x01\x08\x02\x01\x02", 10));
    assert_non_null(memmem(der.p, der.n, "\x60\x86\x48\x01\x65\x03\x04\x01\x2a", 9));
    assert_ok(writ_key_to_pkcs8(k, PASSPHRASE, &again, &e));
    assert_false(
        writ_span_equal(writ_buffer_span(&der), writ_buffer_span(&again))); /* a new salt */
    writ_key_free(k);
    writ_buffer_free(&der);
    writ_buffer_free(&again);
}

static void a_wrong_passphrase_is_a_matter_of_permission(void **state)
{
    static const char *const wrong[] = {"", "correct horse ", "Correct horse", "x"};
    struct writ_key *k = generate(WRIT_KEY_ED25519);
    struct writ_buffer der = {0};
    struct writ_error e = {0};

    (void)state;
    assert_ok(writ_key_to_pkcs8(k, PASSPHRASE, &der, &e));
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_fault_null(
            writ_key_from_pkcs8(writ_buffer_span(&der), true, writ_span_text(wrong[i]), &e),
            WRIT_FAULT_PERMISSION, "wrong passphrase");
    writ_key_free(k);
    writ_buffer_free(&der);
}

/* aes256-CBC, in a sealed key, becomes the object identifier of something else. */
static void an_unknown_cipher_is_not_a_wrong_passphrase(void **state)
{
    static const uint8_t aes[] = {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2a};
    static const uint8_t cipher[][sizeof aes] = {
        {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x7f}, /* of nothing */
        {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01}, /* SHA-256 */
    };
    struct writ_key *k = generate(WRIT_KEY_P256);
    struct writ_buffer der = {0};
    struct writ_error e = {0};
    uint8_t *at;

    (void)state;
    assert_ok(writ_key_to_pkcs8(k, PASSPHRASE, &der, &e));
    at = memmem(der.p, der.n, aes, sizeof aes);
    assert_non_null(at);
    for (size_t i = 0; i < sizeof cipher / sizeof cipher[0]; i++) {
        memcpy(at, cipher[i], sizeof aes);
        assert_fault_null(writ_key_from_pkcs8(writ_buffer_span(&der), true, PASSPHRASE, &e),
                          WRIT_FAULT_BAD_INPUT, "encrypted in a way that is not read here (");
    }
    writ_key_free(k);
    writ_buffer_free(&der);
}

static void a_passphrase_has_1_to_1024_bytes(void **state)
{
    static uint8_t most[WRIT_PASSPHRASE_MAX + 1];
    struct writ_key *k = generate(WRIT_KEY_P256);
    struct writ_buffer der = {0};
    struct writ_error e = {0};
    struct writ_key *again;

    (void)state;
    memset(most, 'p', sizeof most);
    assert_fault(writ_key_to_pkcs8(k, WRIT_SPAN_NONE, &der, &e), WRIT_FAULT_USAGE,
                 "a passphrase has 1 to 1024 bytes");
    assert_fault(writ_key_to_pkcs8(k, WRIT_SPAN_OF(most), &der, &e), WRIT_FAULT_USAGE,
                 "a passphrase has 1 to 1024 bytes");
    assert_int_equal(der.n, 0);
    writ_error_clear(&e);
    assert_ok(writ_key_to_pkcs8(k, WRIT_SPAN(most, WRIT_PASSPHRASE_MAX), &der, &e));
    again =
        writ_key_from_pkcs8(writ_buffer_span(&der), true, WRIT_SPAN(most, WRIT_PASSPHRASE_MAX), &e);
    assert_non_null(again);
    assert_fault_null(writ_key_from_pkcs8(writ_buffer_span(&der), true, WRIT_SPAN_OF(most), &e),
                      WRIT_FAULT_BAD_INPUT, "too long");
    writ_key_free(k);
    writ_key_free(again);
    writ_buffer_free(&der);
}

static void what_is_no_key_is_bad_input(void **state)
{
    static uint8_t huge[(1 << 20) + 1];
    struct writ_key *k = generate(WRIT_KEY_P256);
    struct writ_buffer plain = {0}, sealed = {0};
    struct writ_error e = {0};

    (void)state;
    assert_ok(writ_key_to_pkcs8_insecure_plain(k, &plain, &e));
    assert_ok(writ_key_to_pkcs8(k, PASSPHRASE, &sealed, &e));
    assert_fault_null(writ_key_from_pkcs8(WRIT_SPAN_NONE, false, WRIT_SPAN_NONE, &e),
                      WRIT_FAULT_BAD_INPUT, "not a PKCS #8 private key");
    assert_fault_null(writ_key_from_pkcs8(bytes_of("3000"), false, WRIT_SPAN_NONE, &e),
                      WRIT_FAULT_BAD_INPUT, "not a PKCS #8 private key");
    assert_fault_null(writ_key_from_pkcs8(bytes_of("3000"), true, PASSPHRASE, &e),
                      WRIT_FAULT_BAD_INPUT, "not an encrypted PKCS #8 private key");
    assert_fault_null(writ_key_from_pkcs8(writ_buffer_span(&sealed), false, WRIT_SPAN_NONE, &e),
                      WRIT_FAULT_BAD_INPUT, "not a PKCS #8 private key");
    assert_fault_null(writ_key_from_pkcs8(writ_buffer_span(&plain), true, PASSPHRASE, &e),
                      WRIT_FAULT_BAD_INPUT, "not an encrypted PKCS #8 private key");
    assert_fault_null(writ_key_from_pkcs8(WRIT_SPAN_OF(huge), false, WRIT_SPAN_NONE, &e),
                      WRIT_FAULT_BAD_INPUT, "too long");
    writ_key_free(k);
    writ_buffer_free(&plain);
    writ_buffer_free(&sealed);
}

static void a_cut_or_longer_key_is_bad_input(void **state)
{
    struct writ_key *k = generate(WRIT_KEY_P256);
    struct writ_error e = {0};

    (void)state;
    for (int encrypted = 0; encrypted < 2; encrypted++) {
        struct writ_buffer der = {0};
        size_t n;

        assert_ok(encrypted ? writ_key_to_pkcs8(k, PASSPHRASE, &der, &e)
                            : writ_key_to_pkcs8_insecure_plain(k, &der, &e));
        n = der.n;
        writ_buffer_byte(&der, 0);
        assert_fault_null(writ_key_from_pkcs8(writ_buffer_span(&der), encrypted, PASSPHRASE, &e),
                          WRIT_FAULT_BAD_INPUT, "PKCS #8");
        assert_fault_null(writ_key_from_pkcs8(WRIT_SPAN(der.p, n - 1), encrypted, PASSPHRASE, &e),
                          WRIT_FAULT_BAD_INPUT, "PKCS #8");
        writ_error_clear(&e);
        writ_buffer_free(&der);
    }
    writ_key_free(k);
}

static void a_signature_is_appended_and_verifies(void **state)
{
    (void)state;
    for (int kind = WRIT_KEY_P256; kind <= WRIT_KEY_ED25519; kind++) {
        struct writ_key *k = generate((enum writ_key_kind)kind);
        struct writ_buffer spki = spki_of(k), out = {0};
        enum writ_signature_state found;
        struct writ_error e = {0};

        writ_buffer_text(&out, "before");
        assert_ok(writ_key_sign(k, writ_span_text("message"), &out, &e));
        assert_text(WRIT_SPAN(out.p, 6), "before");
        assert_ok(writ_verify_signature(writ_buffer_span(&spki), writ_key_algorithm(k),
                                        writ_span_text("message"), WRIT_SPAN(out.p + 6, out.n - 6),
                                        &found, &e));
        assert_int_equal(found, WRIT_SIGNATURE_GOOD);
        writ_key_free(k);
        writ_buffer_free(&spki);
        writ_buffer_free(&out);
    }
}

static void what_a_pen_signs_again_and_again_verifies(void **state)
{
    (void)state;
    for (int kind = WRIT_KEY_P256; kind <= WRIT_KEY_ED25519; kind++) {
        struct writ_key *k = generate((enum writ_key_kind)kind);
        struct writ_buffer spki = spki_of(k), out = {0};
        enum writ_signature_state found;
        struct writ_error e = {0};
        struct writ_pen *pen = writ_pen_new(k, &e);

        assert_non_null(pen);
        for (int i = 0; i < 3; i++) {
            struct writ_span message = WRIT_SPAN("message", (size_t)i + 1);

            out.n = 0;
            assert_ok(writ_pen_sign(pen, message, &out, &e));
            assert_ok(writ_verify_signature(writ_buffer_span(&spki), writ_key_algorithm(k), message,
                                            writ_buffer_span(&out), &found, &e));
            assert_int_equal(found, WRIT_SIGNATURE_GOOD);
        }
        writ_pen_free(pen);
        writ_key_free(k);
        writ_buffer_free(&spki);
        writ_buffer_free(&out);
    }
}

static void a_signature_that_does_not_fit_leaves_the_buffer(void **state)
{
    struct writ_key *k = generate(WRIT_KEY_P256);
    struct writ_buffer out = {.ceiling = 10};
    struct writ_error e = {0};

    (void)state;
    writ_buffer_text(&out, "before");
    assert_fault(writ_key_sign(k, writ_span_text("m"), &out, &e), WRIT_FAULT_UNEXPECTED, "sign");
    assert_text(writ_buffer_span(&out), "before");
    writ_buffer_free(&out);
    writ_key_free(k);
}

static void output_over_the_ceiling_is_a_fault(void **state)
{
    struct writ_key *k = generate(WRIT_KEY_P256);
    struct writ_buffer out = {.ceiling = 10};
    struct writ_error e = {0};

    (void)state;
    assert_fault(writ_key_public(k, &out, &e), WRIT_FAULT_UNEXPECTED, "public key");
    assert_fault(writ_key_to_pkcs8_insecure_plain(k, &out, &e), WRIT_FAULT_UNEXPECTED,
                 "encode the private key");
    assert_fault(writ_key_to_pkcs8(k, PASSPHRASE, &out, &e), WRIT_FAULT_UNEXPECTED,
                 "encrypt the private key");
    assert_int_equal(out.n, 0);
    writ_buffer_free(&out);
    writ_key_free(k);
}

static const struct CMUnitTest claims[] = {
    CLAIM(each_kind_signs_with_its_algorithm),
    CLAIM(two_keys_are_never_the_same),
    CLAIM(a_public_key_is_strict_der_with_a_named_curve),
    CLAIM(an_ed25519_key_has_32_public_bytes),
    CLAIM(a_plain_key_comes_back),
    CLAIM(an_encrypted_key_comes_back_with_its_passphrase),
    CLAIM(the_encryption_is_what_the_header_says),
    CLAIM(a_wrong_passphrase_is_a_matter_of_permission),
    CLAIM(an_unknown_cipher_is_not_a_wrong_passphrase),
    CLAIM(a_passphrase_has_1_to_1024_bytes),
    CLAIM(what_is_no_key_is_bad_input),
    CLAIM(a_cut_or_longer_key_is_bad_input),
    CLAIM(a_signature_is_appended_and_verifies),
    CLAIM(what_a_pen_signs_again_and_again_verifies),
    CLAIM(a_signature_that_does_not_fit_leaves_the_buffer),
    CLAIM(output_over_the_ceiling_is_a_fault),
};

RUN_CLAIMS(claims)
