/*
 * object/cascade.h - Mozilla's revocation filters of before, versions 1 and 2
 *
 * A cascade is a pile of Bloom filters.  The first holds all that is revoked, the second those of
 * the others that the first takes for revoked, the third those of the revoked that the second takes
 * for others, and so on: the layer at which a key stops being in decides, and for every key that
 * was known when it was built the answer is right.  Asked about another one it answers by chance.
 *
 *   version 1   01 00
 *   version 2   02 00, inverted (0 or 1), length of the salt, salt
 *   each layer  hash (1 to 3), bits and k (32 bits, little-endian), layer (1, 2, …), the bits
 *
 * to the end of the file.  Firefox read these until ESR 115; what replaced them is
 * object/clubcard.h.  man/writ-cascade.5 is the specification, evidence/cascade.h asks.  A cascade
 * is mapped and never copied; writ_cascade_open checks all there is to check, and reads no bits,
 * because any bits are a valid layer.
 */
#ifndef WRIT_OBJECT_CASCADE_H
#define WRIT_OBJECT_CASCADE_H

#include "bytes/cursor.h"

#define WRIT_CASCADE_MAX        ((size_t)64 * 1024 * 1024) /* bytes of a file; real: a few MB */
#define WRIT_CASCADE_LAYERS_MAX 64                  /* each holds about half of what the last did */
#define WRIT_CASCADE_BITS_MAX   ((uint32_t)1 << 29) /* of a layer: as many as a file can hold */
#define WRIT_CASCADE_K_MAX      64                  /* bits looked at in a layer; real ones: 7 */
#define WRIT_CASCADE_SALT_MAX   255                 /* bytes; real ones: 16 */

/* How a key becomes the numbers of bits. */
enum writ_cascade_hash {
    WRIT_CASCADE_MURMUR3 = 1,   /* murmur3, seeded with the layer and the number of the bit */
    WRIT_CASCADE_SHA256_32 = 2, /* a SHA-256 for each bit, of which 32 bits are used */
    WRIT_CASCADE_SHA256_CTR = 3 /* one stream of bytes for all layers, SHA-256 in counter mode */
};

struct writ_cascade_layer {
    uint32_t bits; /* 1 to WRIT_CASCADE_BITS_MAX */
    uint32_t k;    /* how many of them must be set, 1 to WRIT_CASCADE_K_MAX */
    struct writ_span data;
};

/* An opened cascade; borrows its bytes. */
struct writ_cascade {
    unsigned version; /* 1 or 2 */
    bool inverted;    /* the first layer holds what is good */
    struct writ_span salt;
    enum writ_cascade_hash hash;
    size_t layer_count; /* at least 1 */
    struct writ_cascade_layer layer[WRIT_CASCADE_LAYERS_MAX];
};

/* True when the first bytes are those of a version 1 or 2.  A stash (object/stash.h) can begin with
 * the same two bytes: ask writ_stash_is first. */
bool writ_cascade_is(struct writ_span bytes);

/* Checks the whole file but the bits.  -1 with WRIT_FAULT_BAD_INPUT, the offset and a sentence when
 *   - it is empty, cut off, of another version, or over one of the ceilings above;
 *   - `inverted` is neither 0 nor 1, or there is a salt where the hash is murmur3, which has none;
 *   - a layer has no bits, no k, an unknown hash, another hash than the first, or a number that is
 *     not its place; or there is no layer;
 *   - the last layer does not end where the file does. */
int writ_cascade_open(struct writ_span bytes, struct writ_cascade *cascade,
                      struct writ_error *e) WRIT_MUST_CHECK;

/* The bit of a layer; false beyond its end. */
bool writ_cascade_bit(const struct writ_cascade_layer *layer, uint32_t bit);

/* "murmur3", "sha256l32", "sha256ctr", as the builders call them; static. */
const char *writ_cascade_hash_name(enum writ_cascade_hash hash);

#endif
