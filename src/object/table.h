/*
 * object/table.h - revocation data as a device holds it
 *
 * One file, little-endian, every section aligned to 8 bytes, exact in length, reserved bits zero; a
 * header, a directory of blocks sorted by issuer, and the blocks.  A list block holds what one
 * issuer has revoked, sorted by key; a contents block what it has revoked by content.  Each carries
 * the issuer's certificates up to the root, so that a reader can check that a feed speaks only for
 * issuers under its own root.  man/writ-table.5 is the specification.
 *
 * A table is mapped and never copied: all structures here borrow from it.  writ_table_open costs
 * the same however many revocations there are; writ_table_check reads everything, once, when a
 * table arrives.  The look-ups are safe on a table that was only opened.
 */
#ifndef WRIT_OBJECT_TABLE_H
#define WRIT_OBJECT_TABLE_H

#include "base/buffer.h"
#include "base/reason.h"
#include "bytes/cursor.h"

#define WRIT_TABLE_MAX         ((size_t)256 * 1024 * 1024) /* bytes of a table */
#define WRIT_TABLE_BLOCKS_MAX  65536
#define WRIT_TABLE_CHAIN_MAX   8 /* certificates in a block's chain */
#define WRIT_TABLE_CHAIN_BYTES ((size_t)64 * 1024)
#define WRIT_TABLE_GAPS_MAX    4096
#define WRIT_TABLE_ISSUER      32 /* SHA-256 of the issuer's SubjectPublicKeyInfo */
#define WRIT_TABLE_KEY         16 /* first bytes of SHA-256(issuer, serial) */
#define WRIT_TABLE_TIME_MAX    (((int64_t)1 << 40) - 1) /* seconds; instants are 40 bits wide */

enum writ_block_kind {
    WRIT_BLOCK_LIST = 1,     /* revoked certificates of an issuer */
    WRIT_BLOCK_CONTENTS = 2, /* revoked contents, by the root of the CA */
};

/* What a table says about one revoked certificate or content. */
struct writ_revoked {
    enum writ_reason reason;
    int64_t since;      /* seals stamped before it may still be good (base/reason.h) */
    int64_t revoked_at; /* when the CA said so */
};

/* An opened table. */
struct writ_table {
    struct writ_span bytes;
    int64_t as_of; /* when the CA looked */
    size_t blocks;
};

/* One block of it, found or iterated. */
struct writ_block {
    enum writ_block_kind kind;
    struct writ_span issuer; /* WRIT_TABLE_ISSUER bytes */
    size_t chain_count;
    struct writ_span chain; /* DER certificates one after the other, issuer first, root last */
    int64_t as_of;          /* when the CA looked at this issuer */

    /* list blocks */
    bool numbered;          /* the issuer numbers its certificates */
    uint64_t covered_below; /* numbers below this are covered; 0 when not numbered */
    size_t gap_count;
    struct writ_span gaps; /* pairs of 64-bit numbers [from, to) that a restored CA has burned */
    size_t count;          /* revocations, of certificates or contents */
    struct writ_span keys;
    struct writ_span details;
    /* contents blocks: count above, and */
    struct writ_span contents;
};

/* Checks header, directory and the bounds of every block. */
int writ_table_open(struct writ_span bytes, struct writ_table *table,
                    struct writ_error *e) WRIT_MUST_CHECK;

/* Checks everything else: order of keys, contents and gaps, reasons, reserved bits, padding, and
 * that each chain holds the certificates it says. */
int writ_table_check(const struct writ_table *table, struct writ_error *e) WRIT_MUST_CHECK;

/* The i-th block, i < table->blocks. */
int writ_table_block(const struct writ_table *table, size_t i, struct writ_block *block,
                     struct writ_error *e) WRIT_MUST_CHECK;

/* The block of this kind for this issuer; false when there is none. */
bool writ_table_find(const struct writ_table *table, struct writ_span issuer,
                     enum writ_block_kind kind, struct writ_block *block);

/* The i-th certificate of a block's chain, i < chain_count; -1 when the chain is malformed. */
int writ_block_chain(const struct writ_block *block, size_t i,
                     struct writ_span *cert) WRIT_MUST_CHECK;

/* Looks up a key (WRIT_TABLE_KEY bytes) in a list block.  Without allocation. */
bool writ_block_find(const struct writ_block *list, const uint8_t key[WRIT_TABLE_KEY],
                     struct writ_revoked *revoked);

/* True when the number lies in a range that was burned when the CA was restored from a backup:
 * whoever has such a certificate got it from the CA that was lost, and this one knows nothing of
 * it. */
bool writ_block_is_burned(const struct writ_block *list, uint64_t number);

/* Looks up revoked content.  _has_length tells without a hash whether it can be there at all. */
bool writ_block_has_length(const struct writ_block *contents, uint64_t length);
bool writ_block_find_content(const struct writ_block *contents, uint64_t length,
                             struct writ_span root, struct writ_revoked *revoked);

/* The i-th revocation of a block, for those who list them. */
bool writ_block_entry(const struct writ_block *list, size_t i, struct writ_span *key,
                      struct writ_revoked *revoked);
bool writ_block_content(const struct writ_block *contents, size_t i, uint64_t *length,
                        struct writ_span *root, struct writ_revoked *revoked);

/* ------------------------------------------------------------------------------- writing */

struct writ_table_gap {
    uint64_t from, to; /* half open */
};

struct writ_table_entry {
    uint8_t key[WRIT_TABLE_KEY];
    struct writ_revoked revoked;
};

struct writ_table_content {
    uint64_t length;
    uint8_t root[32];
    struct writ_revoked revoked;
};

/* A block to be written.  Entries may come in any order; they are sorted in place. */
struct writ_table_input {
    enum writ_block_kind kind;
    uint8_t issuer[WRIT_TABLE_ISSUER];
    const struct writ_span *chain; /* DER, issuer first, root last */
    size_t chain_count;
    int64_t as_of;
    bool numbered;
    uint64_t covered_below;
    struct writ_table_gap *gaps;
    size_t gap_count;
    struct writ_table_entry *entries; /* list blocks */
    size_t entry_count;
    struct writ_table_content *contents; /* contents blocks */
    size_t content_count;
};

/* Appends a table of these blocks, which are sorted in place.  The same input gives the same bytes,
 * in whatever order it comes.  Fails on two blocks of a kind for one issuer, two entries for one
 * key, instants before 1970 or beyond WRIT_TABLE_TIME_MAX, and sizes over the ceilings. */
int writ_table_build(struct writ_table_input *blocks, size_t count, int64_t as_of,
                     struct writ_buffer *out, struct writ_error *e) WRIT_MUST_CHECK;

#endif
