#include "crypto/verify.h"

#include <string.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/x509.h>

#include "crypto/memory.h"
#include "crypto/path.h"

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

static bool verifies(EVP_PKEY *key, struct scheme scheme, struct writ_span message,
                     struct writ_span signature)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good = context != NULL && key != NULL && scheme.key_type != NULL &&
                EVP_PKEY_is_a(key, scheme.key_type) &&
                EVP_DigestVerifyInit_ex(context, NULL, scheme.hash, NULL, NULL, key, NULL) == 1 &&
                EVP_DigestVerify(context, signature.p, signature.n, message.p, message.n) == 1;

    EVP_MD_CTX_free(context);
    return good;
}

/* A SubjectPublicKeyInfo of a named curve is the same bytes up to the point (RFC 5480), which
 * begins with 04 for the uncompressed form. */
struct curve {
    const char *name;
    const char *prefix;
    size_t prefix_bytes;
    size_t point_bytes;
};

static const struct curve curves[] = {
    {"P-256",
     "\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01"
     "\x07\x03\x42\x00",
     26, 65},
    {"P-384",
     "\x30\x76\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x22\x03\x62"
     "\x00",
     23, 97},
};

static EVP_PKEY *key_from_point(const struct curve *curve, struct writ_span spki)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    char name[8];
    uint8_t point[97];
    OSSL_PARAM params[3];
    EVP_PKEY *key = NULL;

    memcpy(name, curve->name, strlen(curve->name) + 1);
    memcpy(point, spki.p + curve->prefix_bytes, curve->point_bytes);
    params[0] = OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, name, 0);
    params[1] =
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, curve->point_bytes);
    params[2] = OSSL_PARAM_construct_end();
    if (context != NULL && EVP_PKEY_fromdata_init(context) == 1)
        (void)EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params);
    EVP_PKEY_CTX_free(context);
    return key;
}

/* The key of a SubjectPublicKeyInfo; NULL when there is none in it.  OpenSSL 3's decoders take 100
 * microseconds to find out what this one comparison tells (measured: 108 against 17). */
static EVP_PKEY *read_key(struct writ_span spki)
{
    const unsigned char *p = spki.p;
    EVP_PKEY *key;

    for (size_t i = 0; i < sizeof curves / sizeof curves[0]; i++) {
        const struct curve *c = &curves[i];

        if (spki.n == c->prefix_bytes + c->point_bytes &&
            memcmp(spki.p, c->prefix, c->prefix_bytes) == 0 && spki.p[c->prefix_bytes] == 0x04)
            return key_from_point(c, spki);
    }
    key = d2i_PUBKEY(NULL, &p, (long)spki.n);
    if (key != NULL && p != spki.p + spki.n) {
        EVP_PKEY_free(key);
        key = NULL;
    }
    return key;
}

/* A public key: a SubjectPublicKeyInfo, or the 32 bytes of an Ed25519 key. */
struct key {
    struct writ_span bytes;
    bool is_raw;
};

static bool try_once(struct key from, struct scheme scheme, struct writ_span message,
                     struct writ_span signature)
{
    EVP_PKEY *key = from.is_raw ? EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, from.bytes.p,
                                                              from.bytes.n)
                                : read_key(from.bytes);
    bool good = verifies(key, scheme, message, signature);

    EVP_PKEY_free(key);
    return good;
}

static int verify(struct key key, struct scheme scheme, struct writ_span message,
                  struct writ_span signature, enum writ_signature_state *state,
                  struct writ_error *e)
{
    *state = WRIT_SIGNATURE_BAD;
    for (int i = 0; i < WRIT_CRYPTO_TRIES; i++) {
        writ_crypto_forget();
        if (try_once(key, scheme, message, signature)) {
            *state = WRIT_SIGNATURE_GOOD;
            writ_crypto_forget();
            return 0;
        }
        if (writ_crypto_had_memory(e) < 0)
            return -1;
    }
    return writ_path_self_test(e);
}

int writ_verify_signature(struct writ_span spki, enum writ_oid algorithm, struct writ_span message,
                          struct writ_span signature, enum writ_signature_state *state,
                          struct writ_error *e)
{
    return verify((struct key){.bytes = spki}, scheme_of(algorithm), message, signature, state, e);
}

int writ_verify_signature_insecure_sha1(struct writ_span spki, enum writ_oid algorithm,
                                        struct writ_span message, struct writ_span signature,
                                        enum writ_signature_state *state, struct writ_error *e)
{
    struct scheme scheme = scheme_of(algorithm);

    if (algorithm == WRIT_OID_RSA_SHA1)
        scheme = (struct scheme){"RSA", "SHA1"};
    else if (algorithm == WRIT_OID_ECDSA_SHA1)
        scheme = (struct scheme){"EC", "SHA1"};
    else if (algorithm == WRIT_OID_DSA_SHA1)
        scheme = (struct scheme){"DSA", "SHA1"};
    else if (algorithm == WRIT_OID_DSA_SHA256)
        scheme = (struct scheme){"DSA", "SHA256"};
    return verify((struct key){.bytes = spki}, scheme, message, signature, state, e);
}

static bool certificate_verifies(struct writ_span spki, struct writ_span cert)
{
    const unsigned char *p = cert.p;
    X509 *x509 = d2i_X509(NULL, &p, (long)cert.n);
    EVP_PKEY *key = read_key(spki);
    int bits = 0;
    bool good = x509 != NULL && key != NULL &&
                X509_get_signature_info(x509, NULL, NULL, &bits, NULL) == 1 &&
                bits >= WRIT_VERIFY_BITS && X509_verify(x509, key) == 1;

    EVP_PKEY_free(key);
    X509_free(x509);
    return good;
}

int writ_verify_certificate(struct writ_span spki, struct writ_span cert,
                            enum writ_signature_state *state, struct writ_error *e)
{
    *state = WRIT_SIGNATURE_BAD;
    for (int i = 0; i < WRIT_CRYPTO_TRIES && *state == WRIT_SIGNATURE_BAD; i++) {
        writ_crypto_forget();
        if (certificate_verifies(spki, cert))
            *state = WRIT_SIGNATURE_GOOD;
        else if (writ_crypto_had_memory(e) < 0)
            return -1;
    }
    writ_crypto_forget();
    return 0;
}

int writ_verify_ed25519(const uint8_t key[32], struct writ_span message, struct writ_span signature,
                        enum writ_signature_state *state, struct writ_error *e)
{
    return verify((struct key){.bytes = WRIT_SPAN(key, 32), .is_raw = true},
                  scheme_of(WRIT_OID_ED25519), message, signature, state, e);
}
