/* base/murmur3.h */
#include "base/murmur3.h"
#include "test.h"

static void known_answers(void **state)
{
    static const struct {
        const char *text;
        uint32_t seed, hash;
    } texts[] = {
        {"", 0, 0},
        {"", 1, 0x514e28b7},
        {"", 0xffffffff, 0x81f16f39},
        {"aaaa", 0x9747b28c, 0x5a97808a},
        {"aaa", 0x9747b28c, 0x283e0130},
        {"abcd", 0x9747b28c, 0xf0478627},
        {"Hello, world!", 0x9747b28c, 0x24884cba},
        {"The quick brown fox jumps over the lazy dog", 0x9747b28c, 0x2fa826cd},
    };
    static const struct {
        const char *hex;
        uint32_t seed, hash;
    } bytes[] = {
        {"ffffffff", 0, 0x76293b50},
        {"21436587", 0, 0xf55b516b},
        {"21436587", 0x5082edee, 0x2362f9de}, /* the first block cancels the seed */
        {"214365", 0, 0x7e4a8634},
        {"2143", 0, 0xa0f7b07a},
        {"21", 0, 0x72661cf4},
        {"00000000", 0, 0x2362f9de},
        {"000000", 0, 0x85f0b427},
        {"0000", 0, 0x30f4c306},
        {"00", 0, 0x514e28b7},
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_int_equal(writ_murmur3(writ_span_text(texts[i].text), texts[i].seed), texts[i].hash);
    for (size_t i = 0; i < sizeof bytes / sizeof bytes[0]; i++)
        assert_int_equal(writ_murmur3(bytes_of(bytes[i].hex), bytes[i].seed), bytes[i].hash);
}

/* The check that came with the hash, in SMHasher: the hashes of 0, 0 1, 0 1 2 and so on, hashed. */
static void the_verification_value_of_smhasher(void **state)
{
    uint8_t key[256], hashes[4 * 256];

    (void)state;
    for (unsigned i = 0; i < 256; i++) {
        uint32_t hash = writ_murmur3(WRIT_SPAN(key, i), 256 - i);

        for (unsigned j = 0; j < 4; j++)
            hashes[4 * i + j] = (uint8_t)(hash >> (8 * j));
        key[i] = (uint8_t)i;
    }
    assert_int_equal(writ_murmur3(WRIT_SPAN_OF(hashes), 0), 0xb0f57ee3);
}

static void nothing_is_read_past_the_end(void **state)
{
    (void)state;
    for (size_t n = 0; n < 16; n++) {
        uint8_t *bytes = calloc(1, n == 0 ? 1 : n);

        assert_non_null(bytes);
        (void)writ_murmur3(WRIT_SPAN(bytes, n), 7);
        free(bytes);
    }
    assert_int_equal(writ_murmur3(WRIT_SPAN_NONE, 1), 0x514e28b7);
}

static const struct CMUnitTest claims[] = {
    CLAIM(known_answers),
    CLAIM(the_verification_value_of_smhasher),
    CLAIM(nothing_is_read_past_the_end),
};

RUN_CLAIMS(claims)
