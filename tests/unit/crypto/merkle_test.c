#include "crypto/merkle.h"

#include "content.h"
#include "test.h"

/* The tree once more, slowly and level by level, as fsverity.rst describes it. */
static void slow_root(const uint8_t *content, size_t n, uint8_t root[WRIT_SHA256_BYTES])
{
    uint8_t *level = calloc((n + BLOCK - 1) / BLOCK + 1, BLOCK);
    struct writ_error e = {0};

    assert_non_null(level);
    memset(root, 0, WRIT_SHA256_BYTES);
    if (n > 0)
        memcpy(level, content, n);
    while (n > 0) {
        size_t blocks = (n + BLOCK - 1) / BLOCK;
        uint8_t *above = calloc(blocks / 128 + 1, BLOCK);

        assert_non_null(above);
        for (size_t i = 0; i < blocks; i++)
            assert_ok(writ_sha256(WRIT_SPAN(level + i * BLOCK, BLOCK), above + 32 * i, &e));
        free(level);
        level = above;
        n = blocks == 1 ? 0 : 32 * blocks;
    }
    memcpy(root, level, WRIT_SHA256_BYTES);
    free(level);
}

static void no_content_is_32_zeros(void **state)
{
    static const uint8_t zeros[WRIT_SHA256_BYTES];
    uint8_t root[WRIT_SHA256_BYTES];
    struct writ_error e = {0};

    (void)state;
    assert_ok(writ_merkle_root(WRIT_SPAN_NONE, 1, root, &e));
    assert_memory_equal(root, zeros, sizeof root);
}

static void one_block_is_its_hash_filled_with_zeros(void **state)
{
    uint8_t block[BLOCK] = {'a', 'b', 'c'};
    uint8_t wanted[WRIT_SHA256_BYTES], root[WRIT_SHA256_BYTES];
    struct writ_error e = {0};

    (void)state;
    assert_ok(writ_sha256(WRIT_SPAN_OF(block), wanted, &e));
    assert_ok(writ_merkle_root(writ_span_text("abc"), 1, root, &e));
    assert_memory_equal(root, wanted, sizeof root);
    assert_ok(writ_merkle_root(WRIT_SPAN_OF(block), 1, root, &e));
    assert_memory_equal(root, wanted, sizeof root);
}

static void every_size_has_the_root_of_the_slow_tree(void **state)
{
    uint8_t *content = content_of(sizes[SIZES - 1]);

    (void)state;
    for (size_t i = 0; i < SIZES; i++) {
        uint8_t wanted[WRIT_SHA256_BYTES], root[WRIT_SHA256_BYTES];
        struct writ_error e = {0};

        slow_root(content, sizes[i], wanted);
        assert_ok(writ_merkle_root(WRIT_SPAN(content, sizes[i]), 1, root, &e));
        if (memcmp(root, wanted, sizeof root) != 0)
            fail_msg("another root for %zu bytes", sizes[i]);
    }
    free(content);
}

static void a_third_level_of_hashes_is_climbed(void **state)
{
    uint8_t *content = content_of(LARGEST);

    (void)state;
    for (size_t n = SUPER; n <= LARGEST; n += BLOCK) {
        uint8_t wanted[WRIT_SHA256_BYTES], root[WRIT_SHA256_BYTES];
        struct writ_error e = {0};

        slow_root(content, n, wanted);
        assert_ok(writ_merkle_root(WRIT_SPAN(content, n), 2, root, &e));
        assert_memory_equal(root, wanted, sizeof root);
    }
    free(content);
}

static void the_number_of_threads_changes_nothing(void **state)
{
    static const unsigned threads[] = {0, 2, 3, 16, 17, 1000};
    uint8_t *content = content_of(sizes[SIZES - 1]);

    (void)state;
    for (size_t i = 0; i < SIZES; i++) {
        uint8_t wanted[WRIT_SHA256_BYTES];
        struct writ_error e = {0};

        assert_ok(writ_merkle_root(WRIT_SPAN(content, sizes[i]), 1, wanted, &e));
        for (size_t j = 0; j < sizeof threads / sizeof threads[0]; j++) {
            uint8_t root[WRIT_SHA256_BYTES];

            assert_ok(writ_merkle_root(WRIT_SPAN(content, sizes[i]), threads[j], root, &e));
            if (memcmp(root, wanted, sizeof root) != 0)
                fail_msg("another root for %zu bytes with %u threads", sizes[i], threads[j]);
        }
    }
    free(content);
}

static void any_changed_byte_changes_the_root(void **state)
{
    size_t n = 2 * GROUP + 3;
    size_t places[] = {0, BLOCK - 1, BLOCK, GROUP - 1, GROUP, 2 * GROUP, n - 1};
    uint8_t *content = content_of(n);
    uint8_t whole[WRIT_SHA256_BYTES], root[WRIT_SHA256_BYTES];
    struct writ_error e = {0};

    (void)state;
    assert_ok(writ_merkle_root(WRIT_SPAN(content, n), 2, whole, &e));
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        content[places[i]] ^= 1;
        assert_ok(writ_merkle_root(WRIT_SPAN(content, n), 2, root, &e));
        assert_memory_not_equal(root, whole, sizeof root);
        content[places[i]] ^= 1;
    }
    assert_ok(writ_merkle_root(WRIT_SPAN(content, n), 2, root, &e));
    assert_memory_equal(root, whole, sizeof root);
    free(content);
}

/* Why the header wants the length compared beside the root. */
static void zeros_at_the_end_are_not_seen(void **state)
{
    uint8_t block[BLOCK] = {1, 2, 3};
    uint8_t a[WRIT_SHA256_BYTES], b[WRIT_SHA256_BYTES];
    struct writ_error e = {0};

    (void)state;
    assert_ok(writ_merkle_root(WRIT_SPAN(block, 3), 1, a, &e));
    assert_ok(writ_merkle_root(WRIT_SPAN(block, 4), 1, b, &e));
    assert_memory_equal(a, b, sizeof a);
}

static const struct CMUnitTest claims[] = {
    CLAIM(no_content_is_32_zeros),
    CLAIM(one_block_is_its_hash_filled_with_zeros),
    CLAIM(every_size_has_the_root_of_the_slow_tree),
    CLAIM(a_third_level_of_hashes_is_climbed),
    CLAIM(the_number_of_threads_changes_nothing),
    CLAIM(any_changed_byte_changes_the_root),
    CLAIM(zeros_at_the_end_are_not_seen),
};

RUN_CLAIMS(claims)
