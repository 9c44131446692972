#include "crypto/key.h"

#include "crypto/digest.h"
#include "crypto/start.h"

#include <stdlib.h>

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pkcs12.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

/* OpenSSL gives scrypt at most 32 MiB unless told otherwise, when it writes a key and when it reads
 * one: N 32768 would be a little over.  Twice half the memory is the same work. */
#define SCRYPT_N 16384
#define SCRYPT_R 8
#define SCRYPT_P 2

struct writ_key {
    EVP_PKEY *pkey;
};

/* Takes over pkey, which may be NULL. */
static struct writ_key *wrap(EVP_PKEY *pkey, struct writ_error *e)
{
    struct writ_key *k = pkey == NULL ? NULL : calloc(1, sizeof *k);

    if (k == NULL) {
        EVP_PKEY_free(pkey);
        (void)writ_fail_memory(e);
        return NULL;
    }
    k->pkey = pkey;
    return k;
}

struct writ_key *writ_key_generate(enum writ_key_kind kind, struct writ_error *e)
{
    EVP_PKEY *pkey =
        kind == WRIT_KEY_P256 ? EVP_EC_gen("P-256") : EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");

    return wrap(pkey, e);
}

void writ_key_free(struct writ_key *k)
{
    if (k == NULL)
        return;
    EVP_PKEY_free(k->pkey);
    free(k);
}

/* Whether what OpenSSL says comes of another passphrase: padding that makes no sense, or, once in
 * 256, what is in it. */
static bool is_of_passphrase(unsigned long code)
{
    return ERR_GET_LIB(code) == ERR_LIB_PKCS12 &&
           (ERR_GET_REASON(code) == PKCS12_R_PKCS12_CIPHERFINAL_ERROR ||
            ERR_GET_REASON(code) == PKCS12_R_DECODE_ERROR);
}

/* Why a key was not decrypted.  A cipher or a derivation that is not to be had, such as the old
 * ones of PKCS #5 version 1, says nothing about the passphrase; its cause comes first. */
static int fail_decrypt(struct writ_error *e)
{
    const char *why = writ_crypto_reason(ERR_peek_error());
    unsigned long code;

    while ((code = ERR_get_error()) != 0) {
        if (is_of_passphrase(code))
            return writ_fail(e, WRIT_FAULT_PERMISSION, "wrong passphrase");
    }
    return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                     "encrypted in a way that is not read here (%s); convert it with openssl pkcs8 "
                     "-topk8 -scrypt",
                     why == NULL ? "no reason given" : why);
}

/* The decrypted PKCS #8, or NULL with the fault. */
static PKCS8_PRIV_KEY_INFO *decrypt(struct writ_span der, struct writ_span passphrase,
                                    struct writ_error *e)
{
    const unsigned char *p = der.p;
    X509_SIG *sealed = d2i_X509_SIG(NULL, &p, (long)der.n);
    PKCS8_PRIV_KEY_INFO *plain = NULL;

    if (sealed == NULL || p != der.p + der.n) {
        (void)writ_fail(e, WRIT_FAULT_BAD_INPUT, "not an encrypted PKCS #8 private key");
        goto out;
    }
    ERR_clear_error();
    plain = PKCS8_decrypt(sealed, (const char *)passphrase.p, (int)passphrase.n);
    if (plain == NULL)
        (void)fail_decrypt(e);
out:
    X509_SIG_free(sealed);
    ERR_clear_error();
    return plain;
}

struct writ_key *writ_key_from_pkcs8(struct writ_span der, bool encrypted,
                                     struct writ_span passphrase, struct writ_error *e)
{
    const unsigned char *p = der.p;
    PKCS8_PRIV_KEY_INFO *plain;
    EVP_PKEY *pkey;
    bool whole;

    if (der.n > 1 << 20 || passphrase.n > WRIT_PASSPHRASE_MAX) {
        (void)writ_fail(e, WRIT_FAULT_BAD_INPUT, "private key or passphrase too long");
        return NULL;
    }
    plain =
        encrypted ? decrypt(der, passphrase, e) : d2i_PKCS8_PRIV_KEY_INFO(NULL, &p, (long)der.n);
    whole = plain != NULL && (encrypted || p == der.p + der.n);
    pkey = whole ? EVP_PKCS82PKEY(plain) : NULL;
    PKCS8_PRIV_KEY_INFO_free(plain);
    ERR_clear_error();
    if (pkey == NULL) {
        (void)writ_fail(e, WRIT_FAULT_BAD_INPUT, "not a PKCS #8 private key that OpenSSL knows");
        return NULL;
    }
    return wrap(pkey, e);
}

static int append_plain(const PKCS8_PRIV_KEY_INFO *plain, struct writ_buffer *out)
{
    int n = i2d_PKCS8_PRIV_KEY_INFO(plain, NULL);
    uint8_t *at = n <= 0 ? NULL : writ_buffer_extend(out, (size_t)n);

    return at != NULL && i2d_PKCS8_PRIV_KEY_INFO(plain, &at) == n ? 0 : -1;
}

static int append_sealed(const X509_SIG *sealed, struct writ_buffer *out)
{
    int n = i2d_X509_SIG(sealed, NULL);
    uint8_t *at = n <= 0 ? NULL : writ_buffer_extend(out, (size_t)n);

    return at != NULL && i2d_X509_SIG(sealed, &at) == n ? 0 : -1;
}

int writ_key_to_pkcs8(const struct writ_key *k, struct writ_span passphrase,
                      struct writ_buffer *out, struct writ_error *e)
{
    PKCS8_PRIV_KEY_INFO *plain = EVP_PKEY2PKCS8(k->pkey);
    X509_ALGOR *how =
        PKCS5_pbe2_set_scrypt(EVP_aes_256_cbc(), NULL, 0, NULL, SCRYPT_N, SCRYPT_R, SCRYPT_P);
    X509_SIG *sealed = NULL;
    int rc = -1;

    if (passphrase.n == 0 || passphrase.n > WRIT_PASSPHRASE_MAX)
        (void)writ_fail(e, WRIT_FAULT_USAGE, "a passphrase has 1 to %d bytes", WRIT_PASSPHRASE_MAX);
    else if (plain != NULL && how != NULL)
        sealed = PKCS8_set0_pbe((const char *)passphrase.p, (int)passphrase.n, plain, how);
    if (sealed != NULL) {
        how = NULL; /* now part of sealed */
        rc = append_sealed(sealed, out);
    }
    if (rc < 0)
        (void)writ_fail(e, WRIT_FAULT_UNEXPECTED, "OpenSSL could not encrypt the private key");
    X509_SIG_free(sealed);
    X509_ALGOR_free(how);
    PKCS8_PRIV_KEY_INFO_free(plain);
    ERR_clear_error();
    return rc;
}

int writ_key_to_pkcs8_insecure_plain(const struct writ_key *k, struct writ_buffer *out,
                                     struct writ_error *e)
{
    PKCS8_PRIV_KEY_INFO *plain = EVP_PKEY2PKCS8(k->pkey);
    int rc = plain == NULL ? -1 : append_plain(plain, out);

    PKCS8_PRIV_KEY_INFO_free(plain);
    if (rc < 0)
        (void)writ_fail(e, WRIT_FAULT_UNEXPECTED, "OpenSSL could not encode the private key");
    return rc;
}

int writ_key_public(const struct writ_key *k, struct writ_buffer *out, struct writ_error *e)
{
    int n = i2d_PUBKEY(k->pkey, NULL);
    uint8_t *at = n <= 0 ? NULL : writ_buffer_extend(out, (size_t)n);

    if (at != NULL && i2d_PUBKEY(k->pkey, &at) == n)
        return 0;
    return writ_fail(e, WRIT_FAULT_UNEXPECTED, "OpenSSL could not encode the public key");
}

int writ_key_ed25519_public(const struct writ_key *k, uint8_t out[32], struct writ_error *e)
{
    size_t n = 32;

    if (EVP_PKEY_is_a(k->pkey, "ED25519") && EVP_PKEY_get_raw_public_key(k->pkey, out, &n) == 1 &&
        n == 32)
        return 0;
    return writ_fail(e, WRIT_FAULT_USAGE, "not an Ed25519 key");
}

enum writ_oid writ_key_algorithm(const struct writ_key *k)
{
    char group[32] = "";

    if (EVP_PKEY_is_a(k->pkey, "ED25519"))
        return WRIT_OID_ED25519;
    if (EVP_PKEY_is_a(k->pkey, "RSA") && EVP_PKEY_get_bits(k->pkey) >= 2048)
        return WRIT_OID_RSA_SHA256;
    if (EVP_PKEY_is_a(k->pkey, "EC") &&
        EVP_PKEY_get_group_name(k->pkey, group, sizeof group, NULL) == 1 &&
        OBJ_txt2nid(group) == NID_X9_62_prime256v1)
        return WRIT_OID_ECDSA_SHA256;
    return WRIT_OID_UNKNOWN;
}

int writ_key_sign(const struct writ_key *k, struct writ_span message, struct writ_buffer *signature,
                  struct writ_error *e)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    const char *hash = writ_key_algorithm(k) == WRIT_OID_ED25519 ? NULL : "SHA256";
    size_t n = (size_t)EVP_PKEY_get_size(k->pkey);
    size_t before = signature->n;
    uint8_t *at = NULL;
    int rc = -1;

    if (writ_key_algorithm(k) == WRIT_OID_UNKNOWN) {
        (void)writ_fail(e, WRIT_FAULT_USAGE,
                        "writ signs with P-256, RSA of at least 2048 bits, or Ed25519 keys");
        goto out;
    }
    at = writ_buffer_extend(signature, n);
    if (context != NULL && at != NULL &&
        EVP_DigestSignInit_ex(context, NULL, hash, NULL, NULL, k->pkey, NULL) == 1 &&
        EVP_DigestSign(context, at, &n, message.p, message.n) == 1) {
        signature->n = before + n;
        rc = 0;
    } else {
        signature->n = before;
        (void)writ_fail(e, WRIT_FAULT_UNEXPECTED, "OpenSSL could not sign");
    }
out:
    EVP_MD_CTX_free(context);
    ERR_clear_error();
    return rc;
}

/* A context that is ready to sign digests; NULL for Ed25519, which signs messages as they are. */
struct writ_pen {
    const struct writ_key *key;
    EVP_PKEY_CTX *context;
    struct writ_digester *digester;
};

static bool make_ready(EVP_PKEY_CTX *context)
{
    return context != NULL && EVP_PKEY_sign_init(context) == 1 &&
           EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()) == 1;
}

struct writ_pen *writ_pen_new(const struct writ_key *k, struct writ_error *e)
{
    struct writ_pen *pen = calloc(1, sizeof *pen);

    if (pen == NULL) {
        (void)writ_fail_memory(e);
        return NULL;
    }
    pen->key = k;
    if (writ_key_algorithm(k) == WRIT_OID_ED25519)
        return pen;
    pen->context = EVP_PKEY_CTX_new_from_pkey(NULL, k->pkey, NULL);
    pen->digester = writ_digester_new(e);
    if (pen->digester != NULL && writ_key_algorithm(k) != WRIT_OID_UNKNOWN &&
        make_ready(pen->context))
        return pen;
    (void)writ_fail(e, WRIT_FAULT_UNEXPECTED, "OpenSSL could not sign");
    ERR_clear_error();
    writ_pen_free(pen);
    return NULL;
}

void writ_pen_free(struct writ_pen *pen)
{
    if (pen == NULL)
        return;
    EVP_PKEY_CTX_free(pen->context);
    writ_digester_free(pen->digester);
    free(pen);
}

int writ_pen_sign(struct writ_pen *pen, struct writ_span message, struct writ_buffer *signature,
                  struct writ_error *e)
{
    uint8_t digest[WRIT_SHA256_BYTES];
    size_t n = (size_t)EVP_PKEY_get_size(pen->key->pkey), before = signature->n;
    uint8_t *at;

    if (pen->context == NULL)
        return writ_key_sign(pen->key, message, signature, e);
    if (writ_digester_sha256(pen->digester, message, WRIT_SPAN_NONE, digest, e) < 0)
        return -1;
    at = writ_buffer_extend(signature, n);
    if (at != NULL && EVP_PKEY_sign(pen->context, at, &n, digest, sizeof digest) == 1) {
        signature->n = before + n;
        return 0;
    }
    signature->n = before;
    ERR_clear_error();
    return writ_fail(e, WRIT_FAULT_UNEXPECTED, "OpenSSL could not sign");
}

bool writ_key_matches(const struct writ_key *k, struct writ_span spki)
{
    struct writ_buffer own = {0};
    bool same =
        writ_key_public(k, &own, NULL) == 0 && writ_span_equal(writ_buffer_span(&own), spki);

    writ_buffer_free(&own);
    return same;
}
