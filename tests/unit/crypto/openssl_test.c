/* crypto/key.h and crypto/verify.h against the real openssl. */
#include "crypto/verify.h"

#include "bytes/pem.h"
#include "keys.h"
#include "test.h"

static const char *missing(void)
{
    return program_exists("openssl") ? NULL : "openssl is not installed";
}

static void openssl_reads_our_encrypted_key(void **state)
{
    struct scratch s = scratch_make();
    struct writ_error e = {0};
    struct writ_key *k = writ_key_generate(WRIT_KEY_P256, &e);
    struct writ_buffer der = {0}, pem = {0}, spki = spki_of(k), theirs;

    (void)state;
    assert_ok(writ_key_to_pkcs8(k, writ_span_text("correct horse"), &der, &e));
    writ_pem_build(&pem, "ENCRYPTED PRIVATE KEY", writ_buffer_span(&der));
    scratch_put(&s, "ours.pem", writ_buffer_span(&pem));
    scratch_run(&s, "openssl pkey -in ours.pem -passin 'pass:correct horse' -check -noout");
    scratch_run(&s, "openssl pkey -in ours.pem -passin 'pass:correct horse' -pubout -outform DER"
                    " -out theirs.der");
    theirs = scratch_get(&s, "theirs.der");
    assert_spans_equal(writ_buffer_span(&theirs), writ_buffer_span(&spki));
    assert_int_not_equal(scratch_try(&s, "openssl pkey -in ours.pem -passin pass:wrong"), 0);
    writ_key_free(k);
    writ_buffer_free(&der);
    writ_buffer_free(&pem);
    writ_buffer_free(&spki);
    writ_buffer_free(&theirs);
    scratch_remove(&s);
}

static const struct {
    const char *options;
    enum writ_oid algorithm; /* that writ signs with, or WRIT_OID_UNKNOWN */
} kinds[] = {
    {"-algorithm EC -pkeyopt ec_paramgen_curve:P-256", WRIT_OID_ECDSA_SHA256},
    {"-algorithm ED25519", WRIT_OID_ED25519},
    {"-algorithm RSA -pkeyopt rsa_keygen_bits:2048", WRIT_OID_RSA_SHA256},
    {"-algorithm RSA -pkeyopt rsa_keygen_bits:1024", WRIT_OID_UNKNOWN},
    {"-algorithm EC -pkeyopt ec_paramgen_curve:P-384", WRIT_OID_UNKNOWN},
    {"-algorithm EC -pkeyopt ec_paramgen_curve:secp256k1", WRIT_OID_UNKNOWN},
    {"-algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048", WRIT_OID_UNKNOWN},
    {"-algorithm ED448", WRIT_OID_UNKNOWN},
    {"-algorithm X25519", WRIT_OID_UNKNOWN},
};

#define KINDS (sizeof kinds / sizeof kinds[0])

static void openssls_keys_are_read_and_known_by_kind(void **state)
{
    struct scratch s = scratch_make();

    (void)state;
    for (size_t i = 0; i < KINDS; i++) {
        struct writ_key *k = openssl_key(&s, kinds[i].options);
        struct writ_buffer spki = spki_of(k), theirs;

        if (writ_key_algorithm(k) != kinds[i].algorithm)
            fail_msg("%s", kinds[i].options);
        scratch_run(&s, "openssl pkey -in key.pem -pubout -outform DER -out theirs.der");
        theirs = scratch_get(&s, "theirs.der");
        assert_spans_equal(writ_buffer_span(&spki), writ_buffer_span(&theirs));
        assert_true(writ_key_matches(k, writ_buffer_span(&theirs)));
        writ_buffer_free(&spki);
        writ_buffer_free(&theirs);
        writ_key_free(k);
    }
    scratch_remove(&s);
}

static void keys_writ_does_not_sign_with_are_refused(void **state)
{
    struct scratch s = scratch_make();

    (void)state;
    for (size_t i = 0; i < KINDS; i++) {
        struct writ_key *k;
        struct writ_buffer out = {0};
        struct writ_error e = {0};

        if (kinds[i].algorithm != WRIT_OID_UNKNOWN)
            continue;
        k = openssl_key(&s, kinds[i].options);
        assert_fault(writ_key_sign(k, writ_span_text("m"), &out, &e), WRIT_FAULT_USAGE,
                     "P-256, RSA of at least 2048 bits, or Ed25519");
        assert_int_equal(out.n, 0);
        writ_buffer_free(&out);
        writ_key_free(k);
    }
    scratch_remove(&s);
}

/* PBES2 with PBKDF2, which openssl writes by itself. */
static void openssls_encrypted_keys_are_read(void **state)
{
    struct scratch s = scratch_make();
    struct writ_key *k = openssl_key(&s, kinds[0].options);
    struct writ_buffer spki = spki_of(k), der;
    struct writ_error e = {0};
    struct writ_key *again;

    (void)state;
    scratch_run(&s,
                "openssl pkcs8 -topk8 -in key.pem -passout pass:secret -outform DER -out enc.der");
    der = scratch_get(&s, "enc.der");
    again = writ_key_from_pkcs8(writ_buffer_span(&der), true, writ_span_text("secret"), &e);
    assert_non_null(again);
    assert_true(writ_key_matches(again, writ_buffer_span(&spki)));
    assert_fault_null(writ_key_from_pkcs8(writ_buffer_span(&der), true, writ_span_text("x"), &e),
                      WRIT_FAULT_PERMISSION, "wrong passphrase");
    writ_key_free(k);
    writ_key_free(again);
    writ_buffer_free(&spki);
    writ_buffer_free(&der);
    scratch_remove(&s);
}

static void openssl_verifies_our_signatures(void **state)
{
    struct scratch s = scratch_make();

    (void)state;
    scratch_put(&s, "message", writ_span_text("message"));
    for (size_t i = 0; i < 3; i++) {
        struct writ_key *k = openssl_key(&s, kinds[i].options);
        struct writ_buffer signature = signature_of(k, "message");

        scratch_put(&s, "sig", writ_buffer_span(&signature));
        if (kinds[i].algorithm == WRIT_OID_ED25519)
            scratch_run(&s,
                        "openssl pkeyutl -verify -inkey key.pem -rawin -in message -sigfile sig");
        else
            scratch_run(&s, "openssl dgst -sha256 -prverify key.pem -signature sig message");
        writ_buffer_free(&signature);
        writ_key_free(k);
    }
    scratch_remove(&s);
}

/* Signs `message` with key.pem by this command, and checks the signature as this algorithm. */
static enum writ_signature_state their_signature(const struct scratch *s, const struct writ_key *k,
                                                 const char *command, enum writ_oid algorithm)
{
    struct writ_buffer spki = spki_of(k), signature;
    enum writ_signature_state found;
    struct writ_error e = {0};

    scratch_run(s, command);
    signature = scratch_get(s, "sig");
    assert_ok(writ_verify_signature(writ_buffer_span(&spki), algorithm, writ_span_text("message"),
                                    writ_buffer_span(&signature), &found, &e));
    writ_buffer_free(&spki);
    writ_buffer_free(&signature);
    return found;
}

static const struct {
    const char *key;
    const char *command;
    enum writ_oid algorithm;
    enum writ_signature_state wanted;
} theirs[] = {
    {"-algorithm EC -pkeyopt ec_paramgen_curve:P-256", "openssl dgst -sha256 -sign key.pem",
     WRIT_OID_ECDSA_SHA256, WRIT_SIGNATURE_GOOD},
    {"-algorithm EC -pkeyopt ec_paramgen_curve:P-384", "openssl dgst -sha384 -sign key.pem",
     WRIT_OID_ECDSA_SHA384, WRIT_SIGNATURE_GOOD},
    {"-algorithm EC -pkeyopt ec_paramgen_curve:P-256", "openssl dgst -sha512 -sign key.pem",
     WRIT_OID_ECDSA_SHA512, WRIT_SIGNATURE_GOOD},
    {"-algorithm RSA -pkeyopt rsa_keygen_bits:2048", "openssl dgst -sha256 -sign key.pem",
     WRIT_OID_RSA_SHA256, WRIT_SIGNATURE_GOOD},
    {"-algorithm RSA -pkeyopt rsa_keygen_bits:2048", "openssl dgst -sha384 -sign key.pem",
     WRIT_OID_RSA_SHA384, WRIT_SIGNATURE_GOOD},
    {"-algorithm RSA -pkeyopt rsa_keygen_bits:2048", "openssl dgst -sha512 -sign key.pem",
     WRIT_OID_RSA_SHA512, WRIT_SIGNATURE_GOOD},
    {"-algorithm ED25519", "openssl pkeyutl -sign -inkey key.pem -rawin -in", WRIT_OID_ED25519,
     WRIT_SIGNATURE_GOOD},
    /* SHA-1 is refused even where OpenSSL itself would accept it */
    {"-algorithm RSA -pkeyopt rsa_keygen_bits:2048", "openssl dgst -sha1 -sign key.pem",
     WRIT_OID_RSA_SHA1, WRIT_SIGNATURE_BAD},
    {"-algorithm EC -pkeyopt ec_paramgen_curve:P-256", "openssl dgst -sha1 -sign key.pem",
     WRIT_OID_ECDSA_SHA1, WRIT_SIGNATURE_BAD},
    /* the hash named is not the hash used */
    {"-algorithm EC -pkeyopt ec_paramgen_curve:P-256", "openssl dgst -sha384 -sign key.pem",
     WRIT_OID_ECDSA_SHA256, WRIT_SIGNATURE_BAD},
    {"-algorithm RSA -pkeyopt rsa_keygen_bits:2048", "openssl dgst -sha1 -sign key.pem",
     WRIT_OID_RSA_SHA256, WRIT_SIGNATURE_BAD},
    /* PSS is another algorithm */
    {"-algorithm RSA -pkeyopt rsa_keygen_bits:2048",
     "openssl dgst -sha256 -sigopt rsa_padding_mode:pss -sign key.pem", WRIT_OID_RSA_SHA256,
     WRIT_SIGNATURE_BAD},
};

static void openssls_signatures_are_judged(void **state)
{
    struct scratch s = scratch_make();

    (void)state;
    scratch_put(&s, "message", writ_span_text("message"));
    for (size_t i = 0; i < sizeof theirs / sizeof theirs[0]; i++) {
        struct writ_key *k = openssl_key(&s, theirs[i].key);
        char command[256];

        if (theirs[i].algorithm == WRIT_OID_ED25519)
            (void)snprintf(command, sizeof command, "%s message -out sig", theirs[i].command);
        else
            (void)snprintf(command, sizeof command, "%s -out sig message", theirs[i].command);
        if (their_signature(&s, k, command, theirs[i].algorithm) != theirs[i].wanted)
            fail_msg("%s: %s", theirs[i].key, command);
        writ_key_free(k);
    }
    scratch_remove(&s);
}

static const struct CMUnitTest claims[] = {
    CLAIM(openssl_reads_our_encrypted_key),
    CLAIM(openssls_keys_are_read_and_known_by_kind),
    CLAIM(keys_writ_does_not_sign_with_are_refused),
    CLAIM(openssls_encrypted_keys_are_read),
    CLAIM(openssl_verifies_our_signatures),
    CLAIM(openssls_signatures_are_judged),
};

RUN_CLAIMS_UNLESS(missing, claims)
