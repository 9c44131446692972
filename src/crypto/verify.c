#include "crypto/verify.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

/* The hash that goes with an algorithm and the key type it wants; NULL key type: not accepted. */
struct scheme {
    const char *key_type;
    const char *hash; /* NULL: the scheme hashes by itself */
};

static struct scheme scheme_of(enum writ_oid algorithm)
{
    switch (algorithm) {
    case WRIT_OID_ECDSA_SHA256:
        return (struct scheme){"EC", "SHA256"};
    case WRIT_OID_ECDSA_SHA384:
        return (struct scheme){"EC", "SHA384"};
    case WRIT_OID_ECDSA_SHA512:
        return (struct scheme){"EC", "SHA512"};
    case WRIT_OID_RSA_SHA256:
        return (struct scheme){"RSA", "SHA256"};
    case WRIT_OID_RSA_SHA384:
        return (struct scheme){"RSA", "SHA384"};
    case WRIT_OID_RSA_SHA512:
        return (struct scheme){"RSA", "SHA512"};
    case WRIT_OID_ED25519:
        return (struct scheme){"ED25519", NULL};
    default: /* SHA-1 among them */
        return (struct scheme){NULL, NULL};
    }
}

static int check(EVP_PKEY *key, struct scheme scheme, struct writ_span message,
                 struct writ_span signature, enum writ_signature_state *state, struct writ_error *e)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();

    *state = WRIT_SIGNATURE_BAD;
    if (context == NULL)
        return writ_fail_memory(e);
    if (key != NULL && scheme.key_type != NULL && EVP_PKEY_is_a(key, scheme.key_type) &&
        EVP_DigestVerifyInit_ex(context, NULL, scheme.hash, NULL, NULL, key, NULL) == 1 &&
        EVP_DigestVerify(context, signature.p, signature.n, message.p, message.n) == 1)
        *state = WRIT_SIGNATURE_GOOD;
    EVP_MD_CTX_free(context);
    ERR_clear_error();
    return 0;
}

int writ_verify_signature(struct writ_span spki, enum writ_oid algorithm, struct writ_span message,
                          struct writ_span signature, enum writ_signature_state *state,
                          struct writ_error *e)
{
    const unsigned char *p = spki.p;
    EVP_PKEY *key = d2i_PUBKEY(NULL, &p, (long)spki.n);
    bool whole = key != NULL && p == spki.p + spki.n;
    int rc = check(whole ? key : NULL, scheme_of(algorithm), message, signature, state, e);

    EVP_PKEY_free(key);
    return rc;
}

int writ_verify_ed25519(const uint8_t key[32], struct writ_span message, struct writ_span signature,
                        enum writ_signature_state *state, struct writ_error *e)
{
    EVP_PKEY *pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key, 32);
    int rc = check(pkey, scheme_of(WRIT_OID_ED25519), message, signature, state, e);

    EVP_PKEY_free(pkey);
    return rc;
}
