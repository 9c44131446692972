#include "base/murmur3.h"

static uint32_t rotate(uint32_t x, unsigned bits)
{
    return x << bits | x >> (32 - bits);
}

static uint32_t scramble(uint32_t block)
{
    return rotate(block * 0xcc9e2d51u, 15) * 0x1b873593u;
}

/* Up to four bytes from `from` on, the first one lowest. */
static uint32_t block_at(struct writ_span bytes, size_t from)
{
    uint32_t block = 0;

    for (size_t i = 0; i < 4 && from + i < bytes.n; i++)
        block |= (uint32_t)bytes.p[from + i] << (8 * i);
    return block;
}

static uint32_t finish(uint32_t h)
{
    h = (h ^ h >> 16) * 0x85ebca6bu;
    h = (h ^ h >> 13) * 0xc2b2ae35u;
    return h ^ h >> 16;
}

uint32_t writ_murmur3(struct writ_span bytes, uint32_t seed)
{
    size_t whole = bytes.n - bytes.n % 4;
    uint32_t h = seed;

    for (size_t i = 0; i < whole; i += 4)
        h = rotate(h ^ scramble(block_at(bytes, i)), 13) * 5 + 0xe6546b64u;
    h ^= scramble(block_at(bytes, whole));
    return finish(h ^ (uint32_t)bytes.n);
}
