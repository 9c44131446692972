#include "crypto/digest.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include "crypto/block.h"

struct writ_digester {
    EVP_MD *sha256;
    EVP_MD_CTX *context;
    bool by_instruction; /* crypto/block.h can be used */
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
    d->by_instruction = writ_block_is_possible();
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

static int digest_pieces(struct writ_digester *d, struct writ_span a, struct writ_span b,
                         uint8_t out[WRIT_SHA256_BYTES], struct writ_error *e)
{
    if (EVP_DigestInit_ex2(d->context, NULL, NULL) == 1 &&
        EVP_DigestUpdate(d->context, a.p, a.n) == 1 &&
        EVP_DigestUpdate(d->context, b.p, b.n) == 1 &&
        EVP_DigestFinal_ex(d->context, out, NULL) == 1)
        return 0;
    return writ_fail(e, WRIT_FAULT_UNEXPECTED, "OpenSSL failed to compute SHA-256");
}

#ifdef OPENSSL_NO_DEPRECATED_3_0
#define ONE_BLOCK_MAX 0

static int digest_block(struct writ_span a, struct writ_span b, uint8_t out[WRIT_SHA256_BYTES])
{
    (void)a, (void)b, (void)out;
    return -1;
}
#else
#define ONE_BLOCK_MAX (SHA256_CBLOCK - 9) /* what leaves room for the end mark and the length */

/* The key of a certificate in a filter or a table is a hash of fifty bytes, and most of what a
 * look-up costs.  Through EVP that takes twice the time of the hash itself (110 ns and 50 ns on the
 * machine it was measured on, with SHA-NI), so short messages are padded here (FIPS 180-4 section
 * 5.1.1) and given to the compression function.  OpenSSL 3 calls these functions deprecated, and
 * has them; built without them, EVP does everything. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
static int digest_block(struct writ_span a, struct writ_span b, uint8_t out[WRIT_SHA256_BYTES])
{
    uint8_t block[SHA256_CBLOCK] = {0};
    size_t n = a.n + b.n;
    SHA256_CTX context;
    uint64_t word;

    if (a.n > 0)
        memcpy(block, a.p, a.n);
    if (b.n > 0)
        memcpy(block + a.n, b.p, b.n);
    block[n] = 0x80;
    block[SHA256_CBLOCK - 2] = (uint8_t)(n * 8 >> 8);
    block[SHA256_CBLOCK - 1] = (uint8_t)(n * 8);
    if (SHA256_Init(&context) != 1)
        return -1;
    SHA256_Transform(&context, block);
    /* in eights: whoever reads them back so at once does not wait for two stores each */
    for (size_t i = 0; i < WRIT_SHA256_BYTES / sizeof word; i++) {
        word = htobe64((uint64_t)context.h[2 * i] << 32 | context.h[2 * i + 1]);
        memcpy(out + i * sizeof word, &word, sizeof word);
    }
    return 0;
}
#pragma GCC diagnostic pop
#endif

int writ_digester_sha256(struct writ_digester *d, struct writ_span a, struct writ_span b,
                         uint8_t out[WRIT_SHA256_BYTES], struct writ_error *e)
{
    bool fits = a.n <= ONE_BLOCK_MAX && b.n <= ONE_BLOCK_MAX - a.n;

    if (d->by_instruction && a.n == WRIT_BLOCK_HEAD && b.n <= WRIT_BLOCK_TAIL) {
        writ_block_sha256(a.p, b, out);
        return 0;
    }
    if (fits && digest_block(a, b, out) == 0)
        return 0;
    return digest_pieces(d, a, b, out, e);
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
