#include "crypto/block.h"

#include <endian.h>
#include <string.h>

#if defined(__x86_64__) && __has_include(<sys/platform/x86.h>)

#include <immintrin.h>
#include <sys/platform/x86.h>

#define WITH_SHA __attribute__((target("sha,sse4.1")))

/* As the C library found it: asking the processor again takes 30 us on a virtual machine. */
bool writ_block_is_possible(void)
{
    return CPU_FEATURE_ACTIVE(SHA) && CPU_FEATURE_ACTIVE(SSE4_1) && CPU_FEATURE_ACTIVE(SSSE3);
}

/* FIPS 180-4 section 4.2.2 */
static const uint32_t constants[64] __attribute__((aligned(16))) = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

/* The end of the message: the tail, a one bit, zeros, and the length in bits.  Put together in
 * registers, because reading back in sixteens what was just written in pieces takes as long as a
 * dozen rounds. */
struct ending {
    uint64_t word[4];
};

static inline uint64_t eight(const uint8_t *p)
{
    uint64_t word;

    memcpy(&word, p, sizeof word);
    return word;
}

/* The last n % 8 bytes of the tail, the first of them lowest. */
static inline uint64_t rest_of(struct writ_span tail)
{
    size_t k = tail.n % 8;
    uint64_t word = 0;

    if (k == 0)
        return 0;
    if (tail.n >= 8)
        return eight(tail.p + tail.n - 8) >> 8 * (8 - k);
    for (size_t i = 0; i < k; i++)
        word |= (uint64_t)tail.p[i] << 8 * i;
    return word;
}

static inline struct ending ending_of(struct writ_span tail)
{
    struct ending end = {{0}};
    size_t full = tail.n / 8;

    for (size_t i = 0; i < full; i++)
        end.word[i] = eight(tail.p + 8 * i);
    end.word[full] = rest_of(tail) | (uint64_t)0x80 << 8 * (tail.n % 8);
    end.word[3] = htobe64((uint64_t)(WRIT_BLOCK_HEAD + tail.n) * 8);
    return end;
}

struct state {
    __m128i abef, cdgh;
};

/* Four rounds: two by each instruction. */
WITH_SHA static inline __attribute__((always_inline)) void rounds(struct state *s, __m128i words,
                                                                  size_t group)
{
    __m128i sum =
        _mm_add_epi32(words, _mm_load_si128((const __m128i *)(const void *)&constants[4 * group]));

    s->cdgh = _mm_sha256rnds2_epu32(s->cdgh, s->abef, sum);
    s->abef = _mm_sha256rnds2_epu32(s->abef, s->cdgh, _mm_shuffle_epi32(sum, 0x0e));
}

/* Section 6.2.2: the next four words from the sixteen before them, oldest first. */
WITH_SHA static inline __attribute__((always_inline)) __m128i schedule(__m128i w0, __m128i w1,
                                                                       __m128i w2, __m128i w3)
{
    __m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(w0, w1), _mm_alignr_epi8(w3, w2, 4));

    return _mm_sha256msg2_epu32(sum, w3);
}

WITH_SHA static inline __attribute__((always_inline)) void compress(struct state *s, __m128i w[4])
{
#pragma GCC unroll 16
    for (size_t group = 0; group < 16; group++) {
        rounds(s, w[group % 4], group);
        if (group < 12)
            w[group % 4] =
                schedule(w[group % 4], w[(group + 1) % 4], w[(group + 2) % 4], w[(group + 3) % 4]);
    }
}

WITH_SHA void writ_block_sha256(const uint8_t head[WRIT_BLOCK_HEAD], struct writ_span tail,
                                uint8_t out[32])
{
    const __m128i turn = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    const __m128i order = _mm_set_epi64x(0x08090a0b0c0d0e0f, 0x0001020304050607);
    /* section 5.3.3, as the instructions want them */
    const struct state first = {
        _mm_set_epi32(0x6a09e667, (int)0xbb67ae85, 0x510e527f, (int)0x9b05688c),
        _mm_set_epi32(0x3c6ef372, (int)0xa54ff53a, 0x1f83d9ab, 0x5be0cd19),
    };
    struct ending end = ending_of(tail);
    struct state s = first;
    __m128i w[4] = {
        _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(const void *)head), turn),
        _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(const void *)(head + 16)), turn),
        _mm_shuffle_epi8(_mm_set_epi64x((long long)end.word[1], (long long)end.word[0]), turn),
        _mm_shuffle_epi8(_mm_set_epi64x((long long)end.word[3], (long long)end.word[2]), turn),
    };
    __m128i abcd, efgh;

    compress(&s, w);
    s.abef = _mm_add_epi32(s.abef, first.abef);
    s.cdgh = _mm_add_epi32(s.cdgh, first.cdgh);
    abcd = _mm_shuffle_epi8(_mm_unpackhi_epi64(s.abef, s.cdgh), order);
    efgh = _mm_shuffle_epi8(_mm_unpacklo_epi64(s.abef, s.cdgh), order);
    _mm_storeu_si128((__m128i *)(void *)out, abcd);
    _mm_storeu_si128((__m128i *)(void *)(out + 16), efgh);
}

#else

bool writ_block_is_possible(void)
{
    return false;
}

void writ_block_sha256(const uint8_t head[WRIT_BLOCK_HEAD], struct writ_span tail, uint8_t out[32])
{
    (void)head, (void)tail, (void)out;
    __builtin_trap();
}

#endif
