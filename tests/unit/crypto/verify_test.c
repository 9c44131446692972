#include "crypto/verify.h"

#include "keys.h"
#include "test.h"

static enum writ_signature_state verify(struct writ_span spki, enum writ_oid algorithm,
                                        const char *message, struct writ_span signature)
{
    enum writ_signature_state found = (enum writ_signature_state)99;
    struct writ_error e = {0};

    assert_ok(
        writ_verify_signature(spki, algorithm, writ_span_text(message), signature, &found, &e));
    return found;
}

struct signer {
    struct writ_key *key;
    struct writ_buffer spki;
    struct writ_buffer signature; /* over "message" */
};

static struct signer signer_make(enum writ_key_kind kind)
{
    struct signer s = {0};
    struct writ_error e = {0};

    s.key = writ_key_generate(kind, &e);
    assert_non_null(s.key);
    s.spki = spki_of(s.key);
    s.signature = signature_of(s.key, "message");
    return s;
}

static void signer_free(struct signer *s)
{
    writ_key_free(s->key);
    writ_buffer_free(&s->spki);
    writ_buffer_free(&s->signature);
}

static void a_signature_is_good_for_its_message_and_key_only(void **state)
{
    (void)state;
    for (int kind = WRIT_KEY_P256; kind <= WRIT_KEY_ED25519; kind++) {
        struct signer a = signer_make((enum writ_key_kind)kind);
        struct signer b = signer_make((enum writ_key_kind)kind);
        enum writ_oid algorithm = writ_key_algorithm(a.key);
        struct writ_span spki = writ_buffer_span(&a.spki);
        struct writ_span signature = writ_buffer_span(&a.signature);

        assert_int_equal(verify(spki, algorithm, "message", signature), WRIT_SIGNATURE_GOOD);
        assert_int_equal(verify(spki, algorithm, "massage", signature), WRIT_SIGNATURE_BAD);
        assert_int_equal(verify(spki, algorithm, "message ", signature), WRIT_SIGNATURE_BAD);
        assert_int_equal(verify(spki, algorithm, "", signature), WRIT_SIGNATURE_BAD);
        assert_int_equal(verify(writ_buffer_span(&b.spki), algorithm, "message", signature),
                         WRIT_SIGNATURE_BAD);
        signer_free(&a);
        signer_free(&b);
    }
}

static void any_changed_bit_of_a_signature_is_bad(void **state)
{
    (void)state;
    for (int kind = WRIT_KEY_P256; kind <= WRIT_KEY_ED25519; kind++) {
        struct signer s = signer_make((enum writ_key_kind)kind);
        enum writ_oid algorithm = writ_key_algorithm(s.key);

        for (size_t i = 0; i < 8 * s.signature.n; i++) {
            s.signature.p[i / 8] ^= (uint8_t)(1u << i % 8);
            assert_int_equal(verify(writ_buffer_span(&s.spki), algorithm, "message",
                                    writ_buffer_span(&s.signature)),
                             WRIT_SIGNATURE_BAD);
            s.signature.p[i / 8] ^= (uint8_t)(1u << i % 8);
        }
        signer_free(&s);
    }
}

static void a_cut_or_longer_signature_is_bad(void **state)
{
    (void)state;
    for (int kind = WRIT_KEY_P256; kind <= WRIT_KEY_ED25519; kind++) {
        struct signer s = signer_make((enum writ_key_kind)kind);
        enum writ_oid algorithm = writ_key_algorithm(s.key);

        for (size_t n = 0; n < s.signature.n; n++)
            assert_int_equal(verify(writ_buffer_span(&s.spki), algorithm, "message",
                                    WRIT_SPAN(s.signature.p, n)),
                             WRIT_SIGNATURE_BAD);
        writ_buffer_byte(&s.signature, 0);
        assert_int_equal(
            verify(writ_buffer_span(&s.spki), algorithm, "message", writ_buffer_span(&s.signature)),
            WRIT_SIGNATURE_BAD);
        signer_free(&s);
    }
}

static void an_algorithm_that_does_not_fit_the_key_is_bad(void **state)
{
    struct signer p256 = signer_make(WRIT_KEY_P256);
    struct signer ed25519 = signer_make(WRIT_KEY_ED25519);

    (void)state;
    for (int oid = WRIT_OID_UNKNOWN; oid < WRIT_OID_COUNT; oid++) {
        if (oid != WRIT_OID_ECDSA_SHA256)
            assert_int_equal(verify(writ_buffer_span(&p256.spki), (enum writ_oid)oid, "message",
                                    writ_buffer_span(&p256.signature)),
                             WRIT_SIGNATURE_BAD);
        if (oid != WRIT_OID_ED25519)
            assert_int_equal(verify(writ_buffer_span(&ed25519.spki), (enum writ_oid)oid, "message",
                                    writ_buffer_span(&ed25519.signature)),
                             WRIT_SIGNATURE_BAD);
    }
    signer_free(&p256);
    signer_free(&ed25519);
}

/* "message" signed with ECDSA and SHA-1 by the key before it: openssl dgst -sha1 -sign */
#define SHA1_KEY                                                                                   \
    "3059301306072a8648ce3d020106082a8648ce3d030107034200042b9348d429"                             \
    "c4a852abc9d7a144ec0e043ee2aad3d974e0c7dc28a9c561cc299b8d234d5089"                             \
    "fedd29e9ab371403ca4c47531a3ebfa63b1271b0e1d9ef7a3c6902"
#define SHA1_SIGNATURE                                                                             \
    "3045022071069a82deed717c240b688fc0b576c8b9e5fc781e2c3a9657e2cc76"                             \
    "e3699b25022100d97461aba934731abb743ad94b6a27ac2e20706c4b5e54c7b3"                             \
    "d297e4bb389cd6"

static void sha1_is_taken_only_where_it_is_asked_for(void **state)
{
    struct writ_span spki = bytes_of(SHA1_KEY), signature = bytes_of(SHA1_SIGNATURE);
    struct writ_span message = writ_span_text("message");
    enum writ_signature_state found;
    struct writ_error e = {0};

    (void)state;
    assert_int_equal(verify(spki, WRIT_OID_ECDSA_SHA1, "message", signature), WRIT_SIGNATURE_BAD);
    assert_ok(writ_verify_signature_insecure_sha1(spki, WRIT_OID_ECDSA_SHA1, message, signature,
                                                  &found, &e));
    assert_int_equal(found, WRIT_SIGNATURE_GOOD);
    assert_ok(writ_verify_signature_insecure_sha1(spki, WRIT_OID_ECDSA_SHA256, message, signature,
                                                  &found, &e));
    assert_int_equal(found, WRIT_SIGNATURE_BAD);
    assert_ok(writ_verify_signature_insecure_sha1(spki, WRIT_OID_RSA_SHA1, message, signature,
                                                  &found, &e));
    assert_int_equal(found, WRIT_SIGNATURE_BAD);
}

static void what_is_good_without_sha1_is_good_with_it(void **state)
{
    struct signer s = signer_make(WRIT_KEY_P256);
    enum writ_signature_state found;
    struct writ_error e = {0};

    (void)state;
    assert_ok(writ_verify_signature_insecure_sha1(writ_buffer_span(&s.spki), WRIT_OID_ECDSA_SHA256,
                                                  writ_span_text("message"),
                                                  writ_buffer_span(&s.signature), &found, &e));
    assert_int_equal(found, WRIT_SIGNATURE_GOOD);
    signer_free(&s);
}

static void a_key_that_cannot_be_read_makes_every_signature_bad(void **state)
{
    struct signer s = signer_make(WRIT_KEY_P256);
    struct writ_span spki = writ_buffer_span(&s.spki);
    struct writ_span signature = writ_buffer_span(&s.signature);
    struct writ_buffer longer = {0};

    (void)state;
    assert_int_equal(verify(WRIT_SPAN_NONE, WRIT_OID_ECDSA_SHA256, "message", signature),
                     WRIT_SIGNATURE_BAD);
    assert_int_equal(verify(bytes_of("3000"), WRIT_OID_ECDSA_SHA256, "message", signature),
                     WRIT_SIGNATURE_BAD);
    assert_int_equal(
        verify(WRIT_SPAN(spki.p, spki.n - 1), WRIT_OID_ECDSA_SHA256, "message", signature),
        WRIT_SIGNATURE_BAD);
    writ_buffer_add(&longer, spki);
    writ_buffer_byte(&longer, 0);
    assert_int_equal(verify(writ_buffer_span(&longer), WRIT_OID_ECDSA_SHA256, "message", signature),
                     WRIT_SIGNATURE_BAD);
    s.spki.p[40] ^= 1; /* a point that is not on the curve */
    assert_int_equal(verify(spki, WRIT_OID_ECDSA_SHA256, "message", signature), WRIT_SIGNATURE_BAD);
    writ_buffer_free(&longer);
    signer_free(&s);
}

/* RFC 8032 section 7.1, test 2. */
static void the_vector_of_the_rfc_verifies(void **state)
{
    struct writ_span key =
        bytes_of("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
    struct writ_span signature =
        bytes_of("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                 "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
    enum writ_signature_state found;
    struct writ_error e = {0};

    (void)state;
    assert_ok(writ_verify_ed25519(key.p, bytes_of("72"), signature, &found, &e));
    assert_int_equal(found, WRIT_SIGNATURE_GOOD);
    assert_ok(writ_verify_ed25519(key.p, bytes_of("73"), signature, &found, &e));
    assert_int_equal(found, WRIT_SIGNATURE_BAD);
    assert_ok(writ_verify_ed25519(key.p, bytes_of("72"), WRIT_SPAN(signature.p, 63), &found, &e));
    assert_int_equal(found, WRIT_SIGNATURE_BAD);
    assert_ok(writ_verify_ed25519(key.p, bytes_of("72"), WRIT_SPAN_NONE, &found, &e));
    assert_int_equal(found, WRIT_SIGNATURE_BAD);
}

static void both_ways_to_name_an_ed25519_key_agree(void **state)
{
    struct signer s = signer_make(WRIT_KEY_ED25519);
    enum writ_signature_state found;
    struct writ_error e = {0};
    uint8_t raw[32];

    (void)state;
    assert_ok(writ_key_ed25519_public(s.key, raw, &e));
    assert_ok(writ_verify_ed25519(raw, writ_span_text("message"), writ_buffer_span(&s.signature),
                                  &found, &e));
    assert_int_equal(found, WRIT_SIGNATURE_GOOD);
    signer_free(&s);
}

static const struct CMUnitTest claims[] = {
    CLAIM(a_signature_is_good_for_its_message_and_key_only),
    CLAIM(any_changed_bit_of_a_signature_is_bad),
    CLAIM(a_cut_or_longer_signature_is_bad),
    CLAIM(an_algorithm_that_does_not_fit_the_key_is_bad),
    CLAIM(sha1_is_taken_only_where_it_is_asked_for),
    CLAIM(what_is_good_without_sha1_is_good_with_it),
    CLAIM(a_key_that_cannot_be_read_makes_every_signature_bad),
    CLAIM(the_vector_of_the_rfc_verifies),
    CLAIM(both_ways_to_name_an_ed25519_key_agree),
};

RUN_CLAIMS(claims)
