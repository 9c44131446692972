/*
 * tests/unit/crypto/keys.h - keys that openssl made, for the tests of crypto/key.h and
 * crypto/verify.h
 */
#ifndef WRIT_TEST_KEYS_H
#define WRIT_TEST_KEYS_H

#include "crypto/key.h"
#include "scratch.h"
#include "test.h"

/* Runs `openssl genpkey` with these options and reads its PKCS #8 DER; also left in key.der. */
static inline struct writ_key *openssl_key(const struct scratch *s, const char *options)
{
    struct writ_error e = {0};
    struct writ_buffer der;
    struct writ_key *k;
    char command[512];

    (void)snprintf(command, sizeof command,
                   "openssl genpkey %s -out key.pem &&"
                   "openssl pkcs8 -topk8 -nocrypt -in key.pem -outform DER -out key.der",
                   options);
    scratch_run(s, command);
    der = scratch_get(s, "key.der");
    k = writ_key_from_pkcs8(writ_buffer_span(&der), false, WRIT_SPAN_NONE, &e);
    if (k == NULL)
        fail_msg("%s: %s", options, e.text);
    writ_buffer_free(&der);
    return k;
}

/* The SubjectPublicKeyInfo of a key; the caller frees it. */
static inline struct writ_buffer spki_of(const struct writ_key *k)
{
    struct writ_buffer spki = {0};
    struct writ_error e = {0};

    assert_ok(writ_key_public(k, &spki, &e));
    return spki;
}

/* The signature of a key over a text; the caller frees it. */
static inline struct writ_buffer signature_of(const struct writ_key *k, const char *text)
{
    struct writ_buffer signature = {0};
    struct writ_error e = {0};

    assert_ok(writ_key_sign(k, writ_span_text(text), &signature, &e));
    return signature;
}

#endif
