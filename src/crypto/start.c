#include "crypto/start.h"

#include <stdbool.h>

#include <openssl/crypto.h>
#include <openssl/decoder.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

/* Any key makes OpenSSL load its decoders: this one is the generator of P-256 (SEC 2 section
 * 2.4.2) as a SubjectPublicKeyInfo. */
static const unsigned char some_key[] = {
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04, 0x6b, 0x17, 0xd1, 0xf2, 0xe1,
    0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40, 0xf2, 0x77, 0x03, 0x7d, 0x81, 0x2d,
    0xeb, 0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96, 0x4f, 0xe3, 0x42, 0xe2, 0xfe,
    0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb, 0x4a, 0x7c, 0x0f, 0x9e, 0x16, 0x2b, 0xce, 0x33, 0x57, 0x6b,
    0x31, 0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51, 0xf5};

/* Without a default context, which may fail for lack of memory and then fails for good, OpenSSL 3.0
 * crashes in the first fetch. */
static bool is_started(void)
{
    return OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) == 1 &&
           OSSL_LIB_CTX_get0_global_default() != NULL;
}

static bool has_hash(const char *name)
{
    EVP_MD *hash = EVP_MD_fetch(NULL, name, NULL);

    EVP_MD_free(hash);
    return hash != NULL;
}

static bool has_scheme(const char *name)
{
    EVP_SIGNATURE *scheme = EVP_SIGNATURE_fetch(NULL, name, NULL);

    EVP_SIGNATURE_free(scheme);
    return scheme != NULL;
}

static bool has_key_type(const char *name)
{
    EVP_KEYMGMT *type = EVP_KEYMGMT_fetch(NULL, name, NULL);
    OSSL_DECODER *decoder =
        OSSL_DECODER_fetch(NULL, name, "input=der,structure=SubjectPublicKeyInfo");
    bool both = type != NULL && decoder != NULL;

    EVP_KEYMGMT_free(type);
    OSSL_DECODER_free(decoder);
    return both;
}

/* The first name that OpenSSL has nothing for; NULL when it has all. */
static const char *first_missing(bool (*has)(const char *name), const char *const *names)
{
    for (; *names != NULL; names++) {
        if (!has(*names))
            return *names;
    }
    return NULL;
}

static const char *what_is_missing(void)
{
    static const char *const hashes[] = {"SHA1", "SHA256", "SHA384", "SHA512", NULL};
    static const char *const schemes[] = {"ECDSA", "RSA", "ED25519", NULL};
    static const char *const types[] = {"EC", "RSA", "ED25519", NULL};
    const char *missing = first_missing(has_hash, hashes);

    if (missing == NULL)
        missing = first_missing(has_scheme, schemes);
    return missing != NULL ? missing : first_missing(has_key_type, types);
}

int writ_crypto_begin(struct writ_error *e)
{
    const char *missing;

    if (!is_started())
        return writ_fail(e, WRIT_FAULT_UNEXPECTED, "OpenSSL does not start");
    missing = what_is_missing();
    ERR_clear_error();
    if (missing != NULL)
        return writ_fail(e, WRIT_FAULT_UNEXPECTED, "OpenSSL has no %s", missing);
    return 0;
}

const char *writ_crypto_reason(unsigned long code)
{
    (void)OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CRYPTO_STRINGS, NULL);
    return ERR_reason_error_string(code);
}

int writ_crypto_start_bare(struct writ_error *e)
{
    bool complete;

    (void)OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT |
                                  OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS,
                              NULL);
    complete = is_started() && has_hash("SHA256") && has_scheme("ECDSA");
    ERR_clear_error();
    return complete ? 0 : writ_fail(e, WRIT_FAULT_UNEXPECTED, "OpenSSL has no SHA-256 or no ECDSA");
}

int writ_crypto_start(struct writ_error *e)
{
    const unsigned char *p = some_key;
    EVP_MD *hash = NULL;
    EVP_PKEY *key = NULL;
    int rc = -1;

    /* What OpenSSL would put in order at the end takes a tenth of a short process's time, and the
     * kernel does it anyway.  A failure shows again in writ_crypto_begin. */
    (void)OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, NULL);
    if (writ_crypto_begin(e) < 0)
        return -1;
    hash = EVP_MD_fetch(NULL, "SHA256", NULL);
    key = d2i_PUBKEY(NULL, &p, (long)sizeof some_key);
    if (hash != NULL && key != NULL)
        rc = 0;
    else
        (void)writ_fail(e, WRIT_FAULT_UNEXPECTED, "OpenSSL has no SHA-256 or no P-256");
    EVP_PKEY_free(key);
    EVP_MD_free(hash);
    ERR_clear_error();
    return rc;
}
