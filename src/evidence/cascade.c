#include "evidence/cascade.h"

#include <endian.h>
#include <string.h>

#include "base/murmur3.h"

/* A question, and how far it has come.  The stream of sha256ctr goes on from layer to layer. */
struct ask {
    const struct writ_cascade *cascade;
    struct writ_digester *digester;
    struct writ_span key;
    uint32_t counter;                 /* of the next block of the stream */
    size_t used;                      /* bytes taken from block */
    uint8_t block[WRIT_SHA256_BYTES]; /* of the stream */
    struct writ_error *error;
};

/* The number of the i-th bit in a layer, before it is taken modulo the layer's bits. */
typedef int number_fn(struct ask *a, size_t layer, uint32_t i, uint32_t *number);

static uint32_t number_of(size_t layer)
{
    return (uint32_t)layer + 1;
}

static int murmur3(struct ask *a, size_t layer, uint32_t i, uint32_t *number)
{
    *number = writ_murmur3(a->key, (i << 16) + number_of(layer));
    return 0;
}

static int sha256_32(struct ask *a, size_t layer, uint32_t i, uint32_t *number)
{
    uint8_t head[WRIT_CASCADE_SALT_MAX + 5], hash[WRIT_SHA256_BYTES];
    size_t salt = a->cascade->salt.n;
    uint32_t little = htole32(i);

    if (salt > 0)
        memcpy(head, a->cascade->salt.p, salt);
    memcpy(head + salt, &little, sizeof little);
    head[salt + 4] = (uint8_t)number_of(layer);
    if (writ_digester_sha256(a->digester, WRIT_SPAN(head, salt + 5), a->key, hash, a->error) < 0)
        return -1;
    *number = writ_span_u32_le(WRIT_SPAN_OF(hash), 0);
    return 0;
}

static int fill_block(struct ask *a)
{
    uint8_t head[4 + WRIT_CASCADE_SALT_MAX];
    size_t salt = a->cascade->salt.n;
    uint32_t little = htole32(a->counter);

    memcpy(head, &little, sizeof little);
    if (salt > 0)
        memcpy(head + 4, a->cascade->salt.p, salt);
    a->counter++;
    a->used = 0;
    return writ_digester_sha256(a->digester, WRIT_SPAN(head, 4 + salt), a->key, a->block, a->error);
}

/* As many bytes as the greatest number of a bit needs: 1 for 256 bits, 2 for 257, none for one. */
static unsigned bytes_needed(uint32_t bits)
{
    unsigned n = 0;

    for (uint32_t greatest = bits - 1; greatest > 0; greatest >>= 8)
        n++;
    return n;
}

static int sha256_ctr(struct ask *a, size_t layer, uint32_t i, uint32_t *number)
{
    unsigned n = bytes_needed(a->cascade->layer[layer].bits);

    (void)i;
    *number = 0;
    for (unsigned shift = 0; shift < 8 * n; shift += 8) {
        if (a->used == sizeof a->block && fill_block(a) < 0)
            return -1;
        *number |= (uint32_t)a->block[a->used++] << shift;
    }
    return 0;
}

static number_fn *function_of(enum writ_cascade_hash hash)
{
    switch (hash) {
    case WRIT_CASCADE_MURMUR3:
        return murmur3;
    case WRIT_CASCADE_SHA256_32:
        return sha256_32;
    case WRIT_CASCADE_SHA256_CTR:
        break;
    }
    return sha256_ctr;
}

static int layer_has(struct ask *a, size_t layer, bool *has)
{
    const struct writ_cascade_layer *l = &a->cascade->layer[layer];
    number_fn *hash = function_of(a->cascade->hash);
    uint32_t number;

    *has = true;
    for (uint32_t i = 0; i < l->k && *has; i++) {
        if (hash(a, layer, i, &number) < 0)
            return -1;
        *has = writ_cascade_bit(l, number % l->bits);
    }
    return 0;
}

int writ_cascade_has(const struct writ_cascade *cascade, struct writ_digester *digester,
                     struct writ_span key, bool *has, struct writ_error *e)
{
    struct ask a = {
        .cascade = cascade, .digester = digester, .key = key, .used = sizeof a.block, .error = e};
    bool in = true;

    *has = cascade->inverted;
    for (size_t i = 0; i < cascade->layer_count; i++) {
        if (layer_has(&a, i, &in) < 0)
            return -1;
        if (!in)
            break;
        *has = !*has;
    }
    return 0;
}

int writ_cascade_ask(const struct writ_cascade *cascade, struct writ_digester *digester,
                     const uint8_t issuer[WRIT_CLUBCARD_ISSUER], struct writ_span serial,
                     enum writ_filter_answer *answer, struct writ_error *e)
{
    uint8_t key[WRIT_CLUBCARD_ISSUER + WRIT_CASCADE_SERIAL_MAX];
    bool revoked;

    if (serial.n > WRIT_CASCADE_SERIAL_MAX)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "a serial number of %zu octets, at most %d",
                         serial.n, WRIT_CASCADE_SERIAL_MAX);
    memcpy(key, issuer, WRIT_CLUBCARD_ISSUER);
    if (serial.n > 0)
        memcpy(key + WRIT_CLUBCARD_ISSUER, serial.p, serial.n);
    if (writ_cascade_has(cascade, digester, WRIT_SPAN(key, WRIT_CLUBCARD_ISSUER + serial.n),
                         &revoked, e) < 0)
        return -1;
    *answer = revoked ? WRIT_FILTER_REVOKED : WRIT_FILTER_GOOD;
    return 0;
}
