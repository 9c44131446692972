#include "object/cascade.h"

bool writ_cascade_is(struct writ_span bytes)
{
    uint16_t version = writ_span_u16_le(bytes, 0);

    return version == 1 || version == 2;
}

static int read_version_2(struct writ_cursor *c, struct writ_cascade *cascade)
{
    uint8_t inverted, salt;

    if (writ_cursor_u8(c, &inverted, "cascade inverted") < 0)
        return -1;
    if (inverted > 1)
        return writ_cursor_fail(c, "cascade inverted is %u, wanted 0 or 1", inverted);
    cascade->inverted = inverted == 1;
    if (writ_cursor_u8(c, &salt, "length of the cascade's salt") < 0)
        return -1;
    return writ_cursor_take(c, salt, &cascade->salt, "cascade salt");
}

static int read_head(struct writ_cursor *c, struct writ_cascade *cascade)
{
    uint16_t version;

    if (writ_cursor_u16_le(c, &version, "cascade version") < 0)
        return -1;
    if (version != 1 && version != 2)
        return writ_cursor_fail(c, "cascade version %u, this writ reads 1 and 2", version);
    cascade->version = version;
    return version == 2 ? read_version_2(c, cascade) : 0;
}

static int check_hash(const struct writ_cursor *c, const struct writ_cascade *cascade, uint8_t hash)
{
    if (hash < WRIT_CASCADE_MURMUR3 || hash > WRIT_CASCADE_SHA256_CTR)
        return writ_cursor_fail(c, "cascade layer %zu: hash %u, wanted 1 to 3",
                                cascade->layer_count + 1, hash);
    if (cascade->layer_count > 0 && hash != cascade->hash)
        return writ_cursor_fail(c, "cascade layer %zu: hash %u, the first layer has %d",
                                cascade->layer_count + 1, hash, cascade->hash);
    if (hash == WRIT_CASCADE_MURMUR3 && cascade->salt.n > 0)
        return writ_cursor_fail(c, "a salt in a cascade of murmur3, which has none");
    return 0;
}

static int check_layer(const struct writ_cursor *c, const struct writ_cascade *cascade,
                       const struct writ_cascade_layer *layer, uint8_t number)
{
    size_t place = cascade->layer_count + 1;

    if (number != place)
        return writ_cursor_fail(c, "cascade layer %zu says that it is layer %u", place, number);
    if (layer->bits == 0 || layer->bits > WRIT_CASCADE_BITS_MAX)
        return writ_cursor_fail(c, "cascade layer %zu: %u bits, wanted 1 to %u", place, layer->bits,
                                WRIT_CASCADE_BITS_MAX);
    if (layer->k == 0 || layer->k > WRIT_CASCADE_K_MAX)
        return writ_cursor_fail(c, "cascade layer %zu: k is %u, wanted 1 to %d", place, layer->k,
                                WRIT_CASCADE_K_MAX);
    return 0;
}

static int read_layer(struct writ_cursor *c, struct writ_cascade *cascade)
{
    struct writ_cascade_layer *layer;
    uint8_t hash, number;

    if (cascade->layer_count == WRIT_CASCADE_LAYERS_MAX)
        return writ_cursor_fail(c, "a cascade of more than %d layers", WRIT_CASCADE_LAYERS_MAX);
    layer = &cascade->layer[cascade->layer_count];
    if (writ_cursor_u8(c, &hash, "hash of a cascade layer") < 0 ||
        check_hash(c, cascade, hash) < 0 ||
        writ_cursor_u32_le(c, &layer->bits, "bits of a cascade layer") < 0 ||
        writ_cursor_u32_le(c, &layer->k, "k of a cascade layer") < 0 ||
        writ_cursor_u8(c, &number, "number of a cascade layer") < 0 ||
        check_layer(c, cascade, layer, number) < 0 ||
        writ_cursor_take(c, ((size_t)layer->bits + 7) / 8, &layer->data, "cascade layer") < 0)
        return -1;
    cascade->hash = (enum writ_cascade_hash)hash;
    cascade->layer_count++;
    return 0;
}

int writ_cascade_open(struct writ_span bytes, struct writ_cascade *cascade, struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(bytes, e);

    *cascade = (struct writ_cascade){0};
    if (bytes.n == 0)
        return writ_fail_at(e, 0, "an empty file is no cascade");
    if (bytes.n > WRIT_CASCADE_MAX)
        return writ_fail_at(e, 0, "cascade of %zu bytes, the ceiling is %zu", bytes.n,
                            WRIT_CASCADE_MAX);
    if (read_head(&c, cascade) < 0)
        return -1;
    do {
        if (read_layer(&c, cascade) < 0)
            return -1;
    } while (c.left > 0);
    return 0;
}

bool writ_cascade_bit(const struct writ_cascade_layer *layer, uint32_t bit)
{
    struct writ_span byte;

    if (bit >= layer->bits || writ_span_part(layer->data, bit / 8, 1, &byte) < 0)
        return false;
    return (byte.p[0] >> (bit % 8) & 1) != 0;
}

const char *writ_cascade_hash_name(enum writ_cascade_hash hash)
{
    switch (hash) {
    case WRIT_CASCADE_MURMUR3:
        return "murmur3";
    case WRIT_CASCADE_SHA256_32:
        return "sha256l32";
    case WRIT_CASCADE_SHA256_CTR:
        return "sha256ctr";
    }
    return "unknown";
}
