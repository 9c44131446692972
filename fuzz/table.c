/* fuzz/table.c - feeds object/table.h: look-ups end, what is listed is found, and a table that was
 * checked is built again, octet for octet */
#include "object/table.h"

#include <string.h>

#include "inside.h"

#define BLOCKS_MAX 8 /* more are looked at, and not built again */

/* Room for what is built again; a fuzzer's input is small. */
static struct writ_table_input inputs[BLOCKS_MAX];
static struct writ_span chains[BLOCKS_MAX][WRIT_TABLE_CHAIN_MAX];

static void take_list(const struct writ_block *block, struct writ_table_input *in, bool checked)
{
    in->entries = calloc(block->count + 1, sizeof *in->entries);
    HOLDS(in->entries != NULL);
    for (size_t i = 0; i < block->count; i++) {
        struct writ_table_entry *entry = &in->entries[i];
        struct writ_revoked found = {0};
        struct writ_span key;

        HOLDS(writ_block_entry(block, i, &key, &entry->revoked));
        memcpy(entry->key, key.p, sizeof entry->key);
        if (writ_block_find(block, entry->key, &found) || checked)
            HOLDS(!checked ||
                  (found.reason == entry->revoked.reason && found.since == entry->revoked.since &&
                   found.revoked_at == entry->revoked.revoked_at));
    }
    in->entry_count = block->count;
    in->gaps = calloc(block->gap_count + 1, sizeof *in->gaps);
    HOLDS(in->gaps != NULL);
    for (size_t i = 0; i < block->gap_count; i++) {
        in->gaps[i].from = writ_span_u64_le(block->gaps, 16 * i);
        in->gaps[i].to = writ_span_u64_le(block->gaps, 16 * i + 8);
        HOLDS(!checked || (writ_block_is_burned(block, in->gaps[i].from) &&
                           writ_block_is_burned(block, in->gaps[i].to - 1)));
    }
    in->gap_count = block->gap_count;
}

static void take_contents(const struct writ_block *block, struct writ_table_input *in, bool checked)
{
    in->contents = calloc(block->count + 1, sizeof *in->contents);
    HOLDS(in->contents != NULL);
    for (size_t i = 0; i < block->count; i++) {
        struct writ_table_content *content = &in->contents[i];
        struct writ_revoked found;
        struct writ_span root;

        HOLDS(writ_block_content(block, i, &content->length, &root, &content->revoked));
        memcpy(content->root, root.p, sizeof content->root);
        HOLDS((writ_block_find_content(block, content->length, root, &found) &&
               writ_block_has_length(block, content->length)) ||
              !checked);
    }
    in->content_count = block->count;
}

static void take_block(const struct writ_table *table, size_t i, bool checked)
{
    struct writ_table_input *in = &inputs[i % BLOCKS_MAX];
    struct writ_error e = {0};
    struct writ_block block, found;

    HOLDS(writ_table_block(table, i, &block, &e) == 0);
    HOLDS(writ_table_find(table, block.issuer, block.kind, &found) &&
          found.chain.p == block.chain.p);
    *in = (struct writ_table_input){.kind = block.kind,
                                    .chain = chains[i % BLOCKS_MAX],
                                    .chain_count = block.chain_count,
                                    .as_of = block.as_of,
                                    .numbered = block.numbered,
                                    .covered_below = block.covered_below};
    memcpy(in->issuer, block.issuer.p, sizeof in->issuer);
    for (size_t j = 0; j < block.chain_count; j++)
        HOLDS(writ_block_chain(&block, j, &chains[i % BLOCKS_MAX][j]) == 0 || !checked);
    if (block.kind == WRIT_BLOCK_LIST)
        take_list(&block, in, checked);
    else
        take_contents(&block, in, checked);
}

static void drop_block(size_t i)
{
    free(inputs[i % BLOCKS_MAX].entries);
    free(inputs[i % BLOCKS_MAX].gaps);
    free(inputs[i % BLOCKS_MAX].contents);
    inputs[i % BLOCKS_MAX] = (struct writ_table_input){0};
}

static void built_again_it_is_the_same(const struct writ_table *table)
{
    struct writ_error e = {0};
    struct writ_buffer out = {0};

    HOLDS(writ_table_build(inputs, table->blocks, table->as_of, &out, &e) == 0);
    HOLDS(writ_span_equal(writ_buffer_span(&out), table->bytes));
    writ_buffer_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct writ_error e = {0};
    struct writ_table table;
    bool checked;

    if (writ_table_open(WRIT_SPAN(data, size), &table, &e) < 0)
        return refused(&e);
    checked = writ_table_check(&table, &e) == 0;
    HOLDS(checked || e.fault == WRIT_FAULT_BAD_INPUT);
    for (size_t i = 0; i < table.blocks; i++) {
        take_block(&table, i, checked);
        if (table.blocks > BLOCKS_MAX)
            drop_block(i);
    }
    if (table.blocks > BLOCKS_MAX)
        return 0;
    if (checked)
        built_again_it_is_the_same(&table);
    for (size_t i = 0; i < table.blocks; i++)
        drop_block(i);
    return 0;
}
