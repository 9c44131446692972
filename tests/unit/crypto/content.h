/*
 * tests/unit/crypto/content.h - content to hash, for the two tests of crypto/merkle.h
 */
#ifndef WRIT_TEST_CONTENT_H
#define WRIT_TEST_CONTENT_H

#include "crypto/merkle.h"
#include "test.h"

#define BLOCK   ((size_t)WRIT_MERKLE_BLOCK)
#define GROUP   (128 * BLOCK)   /* data under one hash block */
#define SUPER   (128 * GROUP)   /* data under two levels of them: 64 MiB */
#define LARGEST (SUPER + BLOCK) /* more than two levels hold */

/* Around every edge of the tree: a block, a group of 128 blocks, several groups. */
static const size_t sizes[] = {0,
                               1,
                               BLOCK - 1,
                               BLOCK,
                               BLOCK + 1,
                               2 * BLOCK,
                               100 * BLOCK + 7,
                               GROUP - 1,
                               GROUP,
                               GROUP + 1,
                               2 * GROUP,
                               3 * GROUP + BLOCK - 1,
                               17 * GROUP + 4711};

#define SIZES (sizeof sizes / sizeof sizes[0])

/* n bytes that do not repeat from block to block; the caller frees them. */
static inline uint8_t *content_of(size_t n)
{
    uint8_t *p = malloc(n + 1);
    uint32_t x = 2463534242;

    assert_non_null(p);
    for (size_t i = 0; i < n; i++) {
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        p[i] = (uint8_t)x;
    }
    return p;
}

#endif
