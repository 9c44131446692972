/*
 * tests/unit/object/tables.h - tables to build, and to break
 *
 * The offsets are those of man/writ-table.5, so that what is broken is what the page says.
 */
#ifndef WRIT_TEST_TABLES_H
#define WRIT_TEST_TABLES_H

#include "der.h"
#include "object/table.h"

#define AS_OF ((int64_t)1764054000)

/* Offsets of the fields, from the beginning of the table, of a directory entry, of a block. */
#define T_VERSION   8
#define T_BLOCKS    12
#define T_LENGTH    16
#define T_AS_OF     24
#define T_RESERVED  32
#define D_ENTRY(i)  (64 + 64 * (size_t)(i))
#define D_KIND      32
#define D_RESERVED  36
#define D_OFFSET    40
#define D_LENGTH    48
#define D_RESERVED2 56
#define B_FLAGS     0
#define B_CHAIN     4
#define B_COVERED   8
#define B_COUNT     16
#define B_GAPS      24
#define B_BYTES     32
#define B_AS_OF     40
#define B_RESERVED  48
#define B_SECTIONS  64

static inline void poke(struct writ_buffer *table, size_t at, size_t width, uint64_t value)
{
    assert_true(at + width <= table->n);
    for (size_t i = 0; i < width; i++)
        table->p[at + i] = (uint8_t)(value >> (8 * i));
}

static inline uint64_t peek(const struct writ_buffer *table, size_t at, size_t width)
{
    uint64_t value = 0;

    assert_true(at + width <= table->n);
    for (size_t i = width; i > 0; i--)
        value = value << 8 | table->p[at + i - 1];
    return value;
}

/* Numbers that look random and are the same in every run. */
static inline uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

/* A key whose first eight bytes are `high`, big-endian, and the others `low`. */
static inline struct writ_table_entry entry_of(uint64_t high, uint64_t low)
{
    struct writ_table_entry entry = {.revoked = {.reason = WRIT_REASON_KEY_COMPROMISE,
                                                 .since = (int64_t)(high % 1000000),
                                                 .revoked_at = (int64_t)(low % 1000000)}};

    for (int i = 0; i < 8; i++) {
        entry.key[i] = (uint8_t)(high >> (8 * (7 - i)));
        entry.key[8 + i] = (uint8_t)(low >> (8 * (7 - i)));
    }
    return entry;
}

static inline struct writ_table_content content_of(uint64_t length, uint8_t first_of_root)
{
    return (struct writ_table_content){
        .length = length,
        .root = {first_of_root, 0x11, 0x22},
        .revoked = {.reason = WRIT_REASON_PRIVILEGE_WITHDRAWN, .since = 5, .revoked_at = 7}};
}

/* A chain of two certificates, as far as a table looks at them. */
static const uint8_t chain_leaf[] = {0x30, 0x03, 0x02, 0x01, 0x05};
static const uint8_t chain_root[] = {0x30, 0x02, 0x05, 0x00};
static const struct writ_span two_certificates[] = {WRIT_SPAN_OF(chain_leaf),
                                                    WRIT_SPAN_OF(chain_root)};

/* A list block of these entries; the issuer is `first` and zeros. */
static inline struct writ_table_input list_of(uint8_t first, struct writ_table_entry *entries,
                                              size_t count)
{
    return (struct writ_table_input){.kind = WRIT_BLOCK_LIST,
                                     .issuer = {first},
                                     .chain = two_certificates,
                                     .chain_count = 2,
                                     .as_of = AS_OF,
                                     .entries = entries,
                                     .entry_count = count};
}

static inline struct writ_table_input contents_of(uint8_t first,
                                                  struct writ_table_content *contents, size_t count)
{
    return (struct writ_table_input){.kind = WRIT_BLOCK_CONTENTS,
                                     .issuer = {first},
                                     .chain = two_certificates,
                                     .chain_count = 2,
                                     .as_of = AS_OF,
                                     .contents = contents,
                                     .content_count = count};
}

/* The table of these blocks; the caller frees it. */
static inline struct writ_buffer built(struct writ_table_input *blocks, size_t count)
{
    struct writ_error e = {0};
    struct writ_buffer b = {0};

    assert_ok(writ_table_build(blocks, count, AS_OF, &b, &e));
    return b;
}

/* Opens and checks; the table borrows from b. */
static inline struct writ_table opened(const struct writ_buffer *b)
{
    struct writ_error e = {0};
    struct writ_table table;

    assert_ok(writ_table_open(writ_buffer_span(b), &table, &e));
    assert_ok(writ_table_check(&table, &e));
    return table;
}

/* The i-th block of an opened table. */
static inline struct writ_block block_at(const struct writ_table *table, size_t i)
{
    struct writ_error e = {0};
    struct writ_block block;

    assert_ok(writ_table_block(table, i, &block, &e));
    return block;
}

/* Appends everything that a table says, whatever its bytes are. */
static inline void describe_block(const struct writ_block *block, struct writ_buffer *out)
{
    struct writ_revoked r;
    struct writ_span key, root;
    uint64_t length;

    writ_buffer_format(out, "%d %zu %lld %d %llu %zu %zu ", block->kind, block->chain_count,
                       (long long)block->as_of, block->numbered,
                       (unsigned long long)block->covered_below, block->gap_count, block->count);
    writ_buffer_add(out, block->issuer);
    writ_buffer_add(out, block->chain);
    writ_buffer_add(out, block->gaps);
    for (size_t i = 0; i < block->count; i++) {
        if (block->kind == WRIT_BLOCK_LIST) {
            assert_true(writ_block_entry(block, i, &key, &r));
            writ_buffer_add(out, key);
        } else {
            assert_true(writ_block_content(block, i, &length, &root, &r));
            writ_buffer_format(out, "%llu ", (unsigned long long)length);
            writ_buffer_add(out, root);
        }
        writ_buffer_format(out, " %d %lld %lld ", r.reason, (long long)r.since,
                           (long long)r.revoked_at);
    }
}

/* The same for a table; false when it is refused. */
static inline bool describe_table(struct writ_span bytes, struct writ_buffer *out)
{
    struct writ_error e = {0};
    struct writ_table table;

    if (writ_table_open(bytes, &table, &e) < 0 || writ_table_check(&table, &e) < 0)
        return false;
    writ_buffer_format(out, "%lld %zu ", (long long)table.as_of, table.blocks);
    for (size_t i = 0; i < table.blocks; i++) {
        struct writ_block block = block_at(&table, i);

        describe_block(&block, out);
    }
    return true;
}

#endif
