/* crypto/merkle.h against the fsverity tool of fsverity-utils. */
#include "content.h"
#include "scratch.h"
#include "test.h"

static const char *missing(void)
{
    return program_exists("fsverity") ? NULL : "fsverity is not installed";
}

/* The root hash stands at byte 16 of struct fsverity_descriptor. */
static void the_tool_agrees_on_every_root(void **state)
{
    uint8_t *content = content_of(sizes[SIZES - 1]);
    struct scratch s = scratch_make();

    (void)state;
    for (size_t i = 0; i < SIZES; i++) {
        struct writ_buffer descriptor;
        uint8_t root[WRIT_SHA256_BYTES];
        struct writ_error e = {0};

        scratch_put(&s, "content", WRIT_SPAN(content, sizes[i]));
        scratch_run(&s, "fsverity digest --hash-alg=sha256 --block-size=4096 --compact"
                        " --out-descriptor=descriptor content");
        descriptor = scratch_get(&s, "descriptor");
        assert_int_equal(descriptor.n, 256);
        assert_ok(writ_merkle_root(WRIT_SPAN(content, sizes[i]), 2, root, &e));
        assert_spans_equal(WRIT_SPAN_OF(root), WRIT_SPAN(descriptor.p + 16, sizeof root));
        writ_buffer_free(&descriptor);
    }
    scratch_remove(&s);
    free(content);
}

/* The tool writes the highest level first: its first block is hashed to the root. */
static void the_root_is_the_hash_of_the_tools_highest_block(void **state)
{
    size_t n = 3 * GROUP + BLOCK - 1;
    uint8_t *content = content_of(n);
    struct scratch s = scratch_make();
    uint8_t root[WRIT_SHA256_BYTES], wanted[WRIT_SHA256_BYTES];
    struct writ_error e = {0};
    struct writ_buffer tree;

    (void)state;
    scratch_put(&s, "content", WRIT_SPAN(content, n));
    scratch_run(&s, "fsverity digest --compact --out-merkle-tree=tree content");
    tree = scratch_get(&s, "tree");
    assert_int_equal(tree.n, (1 + 4) * BLOCK); /* one block above four: 3 * 128 + 1 data blocks */
    assert_ok(writ_sha256(WRIT_SPAN(tree.p, BLOCK), wanted, &e));
    assert_ok(writ_merkle_root(WRIT_SPAN(content, n), 2, root, &e));
    assert_memory_equal(root, wanted, sizeof root);
    writ_buffer_free(&tree);
    scratch_remove(&s);
    free(content);
}

static const struct CMUnitTest claims[] = {
    CLAIM(the_tool_agrees_on_every_root),
    CLAIM(the_root_is_the_hash_of_the_tools_highest_block),
};

RUN_CLAIMS_UNLESS(missing, claims)
