#include "crypto/digest.h"

#include <stdlib.h>

#include <openssl/evp.h>
#include <openssl/rand.h>

struct writ_digester {
    EVP_MD *sha256;
    EVP_MD_CTX *context;
};

struct writ_digester *writ_digester_new(struct writ_error *e)
{
    struct writ_digester *d = calloc(1, sizeof *d);

    if (d == NULL) {
        (void)writ_fail_memory(e);
        return NULL;
    }
    d->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    d->context = EVP_MD_CTX_new();
    if (d->sha256 == NULL || d->context == NULL ||
        EVP_DigestInit_ex2(d->context, d->sha256, NULL) != 1) {
        (void)writ_fail(e, WRIT_FAULT_UNEXPECTED, "OpenSSL has no SHA-256");
        writ_digester_free(d);
        return NULL;
    }
    return d;
}

void writ_digester_free(struct writ_digester *d)
{
    if (d == NULL)
        return;
    EVP_MD_CTX_free(d->context);
    EVP_MD_free(d->sha256);
    free(d);
}

int writ_digester_sha256(struct writ_digester *d, struct writ_span a, struct writ_span b,
                         uint8_t out[WRIT_SHA256_BYTES], struct writ_error *e)
{
    if (EVP_DigestInit_ex2(d->context, NULL, NULL) == 1 &&
        EVP_DigestUpdate(d->context, a.p, a.n) == 1 &&
        EVP_DigestUpdate(d->context, b.p, b.n) == 1 &&
        EVP_DigestFinal_ex(d->context, out, NULL) == 1)
        return 0;
    return writ_fail(e, WRIT_FAULT_UNEXPECTED, "OpenSSL failed to compute SHA-256");
}

int writ_sha256(struct writ_span bytes, uint8_t out[WRIT_SHA256_BYTES], struct writ_error *e)
{
    if (EVP_Digest(bytes.p, bytes.n, out, NULL, EVP_sha256(), NULL) == 1)
        return 0;
    return writ_fail(e, WRIT_FAULT_UNEXPECTED, "OpenSSL failed to compute SHA-256");
}

static const EVP_MD *digest_of(enum writ_oid algorithm)
{
    switch (algorithm) {
    case WRIT_OID_SHA1:
        return EVP_sha1();
    case WRIT_OID_SHA256:
        return EVP_sha256();
    case WRIT_OID_SHA384:
        return EVP_sha384();
    case WRIT_OID_SHA512:
        return EVP_sha512();
    default:
        return NULL;
    }
}

int writ_digest(enum writ_oid algorithm, struct writ_span bytes, uint8_t out[WRIT_DIGEST_MAX],
                size_t *n, struct writ_error *e)
{
    const EVP_MD *md = digest_of(algorithm);
    unsigned length = 0;

    if (md == NULL)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "%s is not a hash that writ accepts",
                         writ_oid_name(algorithm));
    if (EVP_Digest(bytes.p, bytes.n, out, &length, md, NULL) != 1)
        return writ_fail(e, WRIT_FAULT_UNEXPECTED, "OpenSSL failed to compute %s",
                         writ_oid_name(algorithm));
    *n = length;
    return 0;
}

int writ_random(uint8_t *out, size_t n, struct writ_error *e)
{
    if (n <= 1024 && RAND_bytes(out, (int)n) == 1)
        return 0;
    return writ_fail(e, WRIT_FAULT_UNEXPECTED, "the system's random generator failed");
}
