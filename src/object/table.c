#include "object/table.h"

#include <stdlib.h>
#include <string.h>

#include "bytes/der.h"

/* 64 bytes of header, 64 bytes for each block in the directory, 64 bytes at the head of a block. */
#define HEADER        64
#define ENTRY         64
#define HEAD          64
#define VERSION       1
#define DETAIL_BYTES  12
#define GAP_BYTES     16
#define CONTENT_BYTES 56
#define FLAG_NUMBERED 1u

static const uint8_t magic[8] = {0x97, 'w', 't', 'b', 'l', 0x0d, 0x0a, 0x1a};

static uint64_t aligned(uint64_t n)
{
    return (n + 7) & ~(uint64_t)7;
}

/* ------------------------------------------------------------------------ header, directory */

static int read_header(struct writ_cursor *c, struct writ_table *table)
{
    struct writ_span found;
    uint32_t version, blocks;
    uint64_t length, as_of;

    if (writ_cursor_take(c, sizeof magic, &found, "table magic") < 0)
        return -1;
    if (memcmp(found.p, magic, sizeof magic) != 0)
        return writ_fail_at(c->error, 0, "not a writ table: the magic is missing");
    if (writ_cursor_u32_le(c, &version, "table version") < 0)
        return -1;
    if (version != VERSION)
        return writ_cursor_fail(c, "table version %u, this writ reads %d", version, VERSION);
    if (writ_cursor_u32_le(c, &blocks, "block count") < 0 ||
        writ_cursor_u64_le(c, &length, "table length") < 0 ||
        writ_cursor_u64_le(c, &as_of, "as_of") < 0 ||
        writ_cursor_zeros(c, 32, "reserved part of the table header") < 0)
        return -1;
    if (blocks > WRIT_TABLE_BLOCKS_MAX)
        return writ_cursor_fail(c, "%u blocks, the ceiling is %d", blocks, WRIT_TABLE_BLOCKS_MAX);
    if (length != table->bytes.n)
        return writ_cursor_fail(c, "table says it has %llu bytes, there are %zu",
                                (unsigned long long)length, table->bytes.n);
    if (as_of > (uint64_t)WRIT_TABLE_TIME_MAX)
        return writ_cursor_fail(c, "as_of is beyond what instants can hold");
    table->blocks = blocks;
    table->as_of = (int64_t)as_of;
    return 0;
}

/* What the directory says about one block. */
struct place {
    struct writ_span issuer;
    uint32_t kind;
    uint64_t offset, length;
};

static int read_place(struct writ_cursor *c, struct place *p)
{
    if (writ_cursor_take(c, WRIT_TABLE_ISSUER, &p->issuer, "issuer") < 0 ||
        writ_cursor_u32_le(c, &p->kind, "block kind") < 0 ||
        writ_cursor_zeros(c, 4, "reserved part of the directory") < 0 ||
        writ_cursor_u64_le(c, &p->offset, "block offset") < 0 ||
        writ_cursor_u64_le(c, &p->length, "block length") < 0 ||
        writ_cursor_zeros(c, 8, "reserved part of the directory") < 0)
        return -1;
    if (p->kind != WRIT_BLOCK_LIST && p->kind != WRIT_BLOCK_CONTENTS)
        return writ_cursor_fail(c, "unknown block kind %u: the whole table is refused", p->kind);
    return 0;
}

static int place_at(const struct writ_table *table, size_t i, struct place *p, struct writ_error *e)
{
    struct writ_span entry;
    struct writ_cursor c;

    if (writ_span_part(table->bytes, HEADER + (uint64_t)i * ENTRY, ENTRY, &entry) < 0)
        return writ_fail_at(e, table->bytes.n, "directory entry %zu is cut off", i);
    c = writ_cursor_over(entry, e);
    c.offset = HEADER + i * ENTRY;
    return read_place(&c, p);
}

static int compare_places(const struct place *a, const struct place *b)
{
    int order = writ_span_compare(a->issuer, b->issuer);

    return order != 0 ? order : (a->kind > b->kind) - (a->kind < b->kind);
}

/* Blocks stand in the order of the directory, one right after the other, and fill the file. */
static int check_places(const struct writ_table *table, struct writ_error *e)
{
    uint64_t next = HEADER + (uint64_t)table->blocks * ENTRY;
    struct place last = {0}, p;

    for (size_t i = 0; i < table->blocks; i++, last = p) {
        if (place_at(table, i, &p, e) < 0)
            return -1;
        if (i > 0 && compare_places(&last, &p) >= 0)
            return writ_fail_at(e, HEADER + i * ENTRY, "directory: block %zu is out of order", i);
        if (p.offset != next || p.length < HEAD || p.length % 8 != 0 ||
            p.length > table->bytes.n - next)
            return writ_fail_at(e, HEADER + i * ENTRY,
                                "directory: block %zu lies at %llu with %llu bytes, wanted at %llu "
                                "within %zu",
                                i, (unsigned long long)p.offset, (unsigned long long)p.length,
                                (unsigned long long)next, table->bytes.n);
        next += p.length;
    }
    if (next != table->bytes.n)
        return writ_fail_at(e, (size_t)next, "%llu bytes after the last block",
                            (unsigned long long)(table->bytes.n - next));
    return 0;
}

int writ_table_open(struct writ_span bytes, struct writ_table *table, struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(bytes, e);
    struct writ_block block;

    *table = (struct writ_table){.bytes = bytes};
    if (bytes.n > WRIT_TABLE_MAX)
        return writ_fail_at(e, 0, "table of %zu bytes, the ceiling is %zu", bytes.n,
                            WRIT_TABLE_MAX);
    if (read_header(&c, table) < 0)
        return -1;
    if (table->blocks > (bytes.n - HEADER) / ENTRY)
        return writ_fail_at(e, HEADER, "directory of %zu blocks is cut off", table->blocks);
    if (check_places(table, e) < 0)
        return -1;
    for (size_t i = 0; i < table->blocks; i++) {
        if (writ_table_block(table, i, &block, e) < 0)
            return -1;
    }
    return 0;
}

/* ----------------------------------------------------------------------------------- blocks */

/* The counts at the head of a block, before they are trusted. */
struct head {
    uint32_t flags, chain_count;
    uint64_t covered_below, count, gap_count, chain_bytes, as_of;
};

static int read_head(struct writ_cursor *c, struct head *h)
{
    if (writ_cursor_u32_le(c, &h->flags, "block flags") < 0 ||
        writ_cursor_u32_le(c, &h->chain_count, "chain count") < 0 ||
        writ_cursor_u64_le(c, &h->covered_below, "covered_below") < 0 ||
        writ_cursor_u64_le(c, &h->count, "count of revocations") < 0 ||
        writ_cursor_u64_le(c, &h->gap_count, "count of gaps") < 0 ||
        writ_cursor_u64_le(c, &h->chain_bytes, "bytes of the chain") < 0 ||
        writ_cursor_u64_le(c, &h->as_of, "as_of of the block") < 0)
        return -1;
    return writ_cursor_zeros(c, 16, "reserved part of the block");
}

static int check_head(struct writ_cursor *c, enum writ_block_kind kind, const struct head *h)
{
    bool numbered = (h->flags & FLAG_NUMBERED) != 0;

    if ((h->flags & ~FLAG_NUMBERED) != 0 || (kind == WRIT_BLOCK_CONTENTS && h->flags != 0))
        return writ_cursor_fail(c, "unknown block flags 0x%x", h->flags);
    if (h->chain_count == 0 || h->chain_count > WRIT_TABLE_CHAIN_MAX || h->chain_bytes == 0 ||
        h->chain_bytes > WRIT_TABLE_CHAIN_BYTES)
        return writ_cursor_fail(c, "chain of %u certificates in %llu bytes, over the ceilings",
                                h->chain_count, (unsigned long long)h->chain_bytes);
    if (h->count > WRIT_TABLE_MAX || h->gap_count > WRIT_TABLE_GAPS_MAX)
        return writ_cursor_fail(c, "%llu revocations and %llu gaps, over the ceilings",
                                (unsigned long long)h->count, (unsigned long long)h->gap_count);
    if (!numbered && (h->covered_below != 0 || h->gap_count != 0))
        return writ_cursor_fail(c, "covered_below or gaps in a block without numbers");
    if (h->covered_below > INT64_MAX || h->as_of > (uint64_t)WRIT_TABLE_TIME_MAX)
        return writ_cursor_fail(c, "covered_below or as_of is beyond its ceiling");
    return 0;
}

/* Takes a section of n bytes and the zeros that fill it up to a multiple of 8. */
static int take_section(struct writ_cursor *c, uint64_t n, struct writ_span *section,
                        const char *what)
{
    if (writ_cursor_take(c, (size_t)n, section, what) < 0)
        return -1;
    return writ_cursor_zeros(c, (size_t)(aligned(n) - n), what);
}

static int read_sections(struct writ_cursor *c, const struct head *h, struct writ_block *block)
{
    block->numbered = (h->flags & FLAG_NUMBERED) != 0;
    block->covered_below = h->covered_below;
    block->gap_count = (size_t)h->gap_count;
    block->count = (size_t)h->count;
    block->chain_count = h->chain_count;
    block->as_of = (int64_t)h->as_of;
    if (block->kind == WRIT_BLOCK_CONTENTS) {
        if (take_section(c, h->count * CONTENT_BYTES, &block->contents, "contents") < 0)
            return -1;
    } else if (take_section(c, h->gap_count * GAP_BYTES, &block->gaps, "gaps") < 0 ||
               take_section(c, h->count * WRIT_TABLE_KEY, &block->keys, "keys") < 0 ||
               take_section(c, h->count * DETAIL_BYTES, &block->details, "details") < 0) {
        return -1;
    }
    if (take_section(c, h->chain_bytes, &block->chain, "chain") < 0)
        return -1;
    return writ_cursor_end(c, "the block");
}

int writ_table_block(const struct writ_table *table, size_t i, struct writ_block *block,
                     struct writ_error *e)
{
    struct writ_span bytes;
    struct writ_cursor c;
    struct place p;
    struct head h;

    *block = (struct writ_block){0};
    if (place_at(table, i, &p, e) < 0)
        return -1;
    if (writ_span_part(table->bytes, p.offset, p.length, &bytes) < 0)
        return writ_fail_at(e, (size_t)p.offset, "block %zu lies beyond the table", i);
    block->kind = (enum writ_block_kind)p.kind;
    block->issuer = p.issuer;
    c = writ_cursor_over(bytes, e);
    c.offset = (size_t)p.offset;
    if (read_head(&c, &h) < 0 || check_head(&c, block->kind, &h) < 0)
        return -1;
    return read_sections(&c, &h, block);
}

bool writ_table_find(const struct writ_table *table, struct writ_span issuer,
                     enum writ_block_kind kind, struct writ_block *block)
{
    struct place wanted = {.issuer = issuer, .kind = (uint32_t)kind}, p;
    size_t low = 0, high = table->blocks;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order;

        if (place_at(table, middle, &p, NULL) < 0)
            return false;
        order = compare_places(&wanted, &p);
        if (order == 0)
            return writ_table_block(table, middle, block, NULL) == 0;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return false;
}

int writ_block_chain(const struct writ_block *block, size_t i, struct writ_span *cert)
{
    struct writ_cursor c = writ_cursor_over(block->chain, NULL);

    for (size_t at = 0; at <= i; at++) {
        if (writ_der_whole(&c, WRIT_DER_SEQUENCE, cert, "Certificate") < 0)
            return -1;
    }
    return 0;
}

/* --------------------------------------------------------------------------------- look-ups */

static struct writ_revoked read_detail(struct writ_span details, size_t at)
{
    return (struct writ_revoked){
        .since = (int64_t)writ_span_u40_le(details, at),
        .revoked_at = (int64_t)writ_span_u40_le(details, at + 5),
        .reason = (enum writ_reason)(writ_span_u16_le(details, at + 10) & 0xff),
    };
}

/* The i-th key; empty beyond the list. */
static struct writ_span key_at(const struct writ_block *list, size_t i)
{
    struct writ_span key;

    (void)!writ_span_part(list->keys, (uint64_t)i * WRIT_TABLE_KEY, WRIT_TABLE_KEY, &key);
    return key;
}

bool writ_block_entry(const struct writ_block *list, size_t i, struct writ_span *key,
                      struct writ_revoked *revoked)
{
    *key = key_at(list, i);
    if (i >= list->count || key->n == 0)
        return false;
    *revoked = read_detail(list->details, i * DETAIL_BYTES);
    return true;
}

/* A part of the list where a key may still be, and the prefixes that lie around it. */
struct stretch {
    size_t low, high;      /* [low, high) */
    uint64_t below, above; /* prefix of the key before it, and of the one after it */
};

/* Where the key should lie if keys are spread evenly, as hashes are.  Nothing is read for it. */
static size_t guess(const struct stretch *s, uint64_t prefix)
{
    uint64_t width = s->above - s->below;
    uint64_t part = prefix - s->below;

    if (prefix <= s->below || width == 0)
        return s->low;
    if (prefix >= s->above)
        return s->high - 1;
    return s->low +
           (size_t)((unsigned __int128)part * (s->high - s->low) / ((unsigned __int128)width + 1));
}

/* Two guesses, then a bisection, and so on: who grinds serial numbers spoils the guesses only. */
bool writ_block_find(const struct writ_block *list, const uint8_t key[WRIT_TABLE_KEY],
                     struct writ_revoked *revoked)
{
    struct writ_span wanted = WRIT_SPAN(key, WRIT_TABLE_KEY);
    uint64_t prefix = writ_span_u64_be(wanted, 0);
    struct stretch s = {.high = list->count, .above = UINT64_MAX};

    for (unsigned step = 0; s.low < s.high; step++) {
        size_t at = step % 3 == 2 ? s.low + (s.high - s.low) / 2 : guess(&s, prefix);
        struct writ_span found = key_at(list, at);
        uint64_t its_prefix = writ_span_u64_be(found, 0);
        int order = prefix < its_prefix   ? -1
                    : prefix > its_prefix ? 1
                                          : writ_span_compare(wanted, found);

        if (order == 0) {
            *revoked = read_detail(list->details, at * DETAIL_BYTES);
            return true;
        }
        if (order < 0) {
            s.high = at;
            s.above = its_prefix;
        } else {
            s.low = at + 1;
            s.below = its_prefix;
        }
    }
    return false;
}

static struct writ_table_gap gap_at(const struct writ_block *list, size_t i)
{
    return (struct writ_table_gap){.from = writ_span_u64_le(list->gaps, i * GAP_BYTES),
                                   .to = writ_span_u64_le(list->gaps, i * GAP_BYTES + 8)};
}

bool writ_block_is_burned(const struct writ_block *list, uint64_t number)
{
    for (size_t i = 0; i < list->gap_count; i++) {
        struct writ_table_gap gap = gap_at(list, i);

        if (number >= gap.from && number < gap.to)
            return true;
    }
    return false;
}

bool writ_block_content(const struct writ_block *contents, size_t i, uint64_t *length,
                        struct writ_span *root, struct writ_revoked *revoked)
{
    size_t at = i * CONTENT_BYTES;

    if (i >= contents->count || writ_span_part(contents->contents, at + 8, 32, root) < 0)
        return false;
    *length = writ_span_u64_le(contents->contents, at);
    *revoked = read_detail(contents->contents, at + 40);
    return true;
}

/* The first content that is not before (length, root). */
static size_t lower_content(const struct writ_block *contents, uint64_t length,
                            struct writ_span root)
{
    size_t low = 0, high = contents->count;
    struct writ_revoked ignored;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        struct writ_span its_root = WRIT_SPAN_NONE;
        uint64_t its_length = 0;

        (void)writ_block_content(contents, middle, &its_length, &its_root, &ignored);
        if (its_length < length || (its_length == length && writ_span_compare(its_root, root) < 0))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool writ_block_has_length(const struct writ_block *contents, uint64_t length)
{
    struct writ_revoked ignored;
    struct writ_span root;
    uint64_t found;

    return writ_block_content(contents, lower_content(contents, length, WRIT_SPAN_NONE), &found,
                              &root, &ignored) &&
           found == length;
}

bool writ_block_find_content(const struct writ_block *contents, uint64_t length,
                             struct writ_span root, struct writ_revoked *revoked)
{
    struct writ_span found_root;
    uint64_t found;

    return writ_block_content(contents, lower_content(contents, length, root), &found, &found_root,
                              revoked) &&
           found == length && writ_span_equal(found_root, root);
}

/* ------------------------------------------------------------------------- the whole, once */

static int check_detail(struct writ_span details, size_t at, size_t i, struct writ_error *e)
{
    unsigned low = writ_span_u16_le(details, at + 10) & 0xff;
    unsigned high = (unsigned)writ_span_u16_le(details, at + 10) >> 8;

    if (!writ_reason_is_known(low))
        return writ_fail_at(e, at, "revocation %zu: unknown reason %u", i, low);
    if (high != 0)
        return writ_fail_at(e, at, "revocation %zu: reserved byte is not zero", i);
    return 0;
}

static int check_gaps(const struct writ_block *block, struct writ_error *e)
{
    uint64_t end = 0;

    for (size_t i = 0; i < block->gap_count; i++) {
        struct writ_table_gap gap = gap_at(block, i);

        if ((i > 0 && gap.from < end) || gap.from >= gap.to || gap.to > block->covered_below)
            return writ_fail_at(e, 0, "gap %zu is empty, out of order or above covered_below", i);
        end = gap.to;
    }
    return 0;
}

static int check_list(const struct writ_block *block, struct writ_error *e)
{
    for (size_t i = 0; i < block->count; i++) {
        if (i > 0 && writ_span_compare(key_at(block, i - 1), key_at(block, i)) >= 0)
            return writ_fail_at(e, 0, "key %zu is out of order or stands twice", i);
        if (check_detail(block->details, i * DETAIL_BYTES, i, e) < 0)
            return -1;
    }
    return check_gaps(block, e);
}

static int check_contents(const struct writ_block *block, struct writ_error *e)
{
    struct writ_span root, last_root = WRIT_SPAN_NONE;
    uint64_t length, last_length = 0;
    struct writ_revoked ignored;

    for (size_t i = 0; i < block->count; i++, last_root = root, last_length = length) {
        struct writ_span pad = WRIT_SPAN_NONE;
        struct writ_cursor c;

        if (!writ_block_content(block, i, &length, &root, &ignored) ||
            (i > 0 && (length < last_length ||
                       (length == last_length && writ_span_compare(last_root, root) >= 0))))
            return writ_fail_at(e, 0, "content %zu is out of order or stands twice", i);
        if (check_detail(block->contents, i * CONTENT_BYTES + 40, i, e) < 0 ||
            writ_span_part(block->contents, i * CONTENT_BYTES + 52, 4, &pad) < 0)
            return -1;
        c = writ_cursor_over(pad, e);
        if (writ_cursor_zeros(&c, 4, "reserved part of a content") < 0)
            return -1;
    }
    return 0;
}

static int check_chain(const struct writ_block *block, struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(block->chain, e);
    struct writ_span cert;

    for (size_t i = 0; i < block->chain_count; i++) {
        if (writ_der_whole(&c, WRIT_DER_SEQUENCE, &cert, "certificate of a chain") < 0)
            return -1;
    }
    return writ_der_end(&c, "the chain");
}

int writ_table_check(const struct writ_table *table, struct writ_error *e)
{
    for (size_t i = 0; i < table->blocks; i++) {
        struct writ_block block;
        int rc = writ_table_block(table, i, &block, e);

        if (rc == 0)
            rc = block.kind == WRIT_BLOCK_LIST ? check_list(&block, e) : check_contents(&block, e);
        if (rc < 0 || check_chain(&block, e) < 0) {
            writ_error_context(e, "block %zu", i);
            return -1;
        }
    }
    return 0;
}

/* ---------------------------------------------------------------------------------- writing */

static void add_number(struct writ_buffer *b, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        writ_buffer_byte(b, (uint8_t)(value >> (8 * i)));
}

static void add_padding(struct writ_buffer *b, size_t section_bytes)
{
    writ_buffer_zeros(b, (size_t)aligned(section_bytes) - section_bytes);
}

static void add_detail(struct writ_buffer *b, const struct writ_revoked *r)
{
    add_number(b, (uint64_t)r->since, 5);
    add_number(b, (uint64_t)r->revoked_at, 5);
    add_number(b, (uint64_t)r->reason, 1);
    add_number(b, 0, 1);
}

static size_t chain_bytes(const struct writ_table_input *in)
{
    size_t n = 0;

    for (size_t i = 0; i < in->chain_count; i++)
        n += in->chain[i].n;
    return n;
}

static void add_head(struct writ_buffer *b, const struct writ_table_input *in)
{
    bool list = in->kind == WRIT_BLOCK_LIST;

    add_number(b, list && in->numbered ? FLAG_NUMBERED : 0, 4);
    add_number(b, in->chain_count, 4);
    add_number(b, list && in->numbered ? in->covered_below : 0, 8);
    add_number(b, list ? in->entry_count : in->content_count, 8);
    add_number(b, list && in->numbered ? in->gap_count : 0, 8);
    add_number(b, chain_bytes(in), 8);
    add_number(b, (uint64_t)in->as_of, 8);
    writ_buffer_zeros(b, 16);
}

static void add_list(struct writ_buffer *b, const struct writ_table_input *in)
{
    for (size_t i = 0; in->numbered && i < in->gap_count; i++) {
        add_number(b, in->gaps[i].from, 8);
        add_number(b, in->gaps[i].to, 8);
    }
    for (size_t i = 0; i < in->entry_count; i++)
        writ_buffer_add(b, WRIT_SPAN(in->entries[i].key, WRIT_TABLE_KEY));
    for (size_t i = 0; i < in->entry_count; i++)
        add_detail(b, &in->entries[i].revoked);
    add_padding(b, in->entry_count * DETAIL_BYTES);
}

static void add_contents(struct writ_buffer *b, const struct writ_table_input *in)
{
    for (size_t i = 0; i < in->content_count; i++) {
        add_number(b, in->contents[i].length, 8);
        writ_buffer_add(b, WRIT_SPAN(in->contents[i].root, 32));
        add_detail(b, &in->contents[i].revoked);
        writ_buffer_zeros(b, CONTENT_BYTES - 40 - DETAIL_BYTES);
    }
}

static void add_block(struct writ_buffer *b, const struct writ_table_input *in)
{
    add_head(b, in);
    if (in->kind == WRIT_BLOCK_LIST)
        add_list(b, in);
    else
        add_contents(b, in);
    for (size_t i = 0; i < in->chain_count; i++)
        writ_buffer_add(b, in->chain[i]);
    add_padding(b, chain_bytes(in));
}

static uint64_t block_bytes(const struct writ_table_input *in)
{
    uint64_t n = HEAD + aligned(chain_bytes(in));

    if (in->kind == WRIT_BLOCK_CONTENTS)
        return n + in->content_count * CONTENT_BYTES;
    return n + (in->numbered ? in->gap_count * GAP_BYTES : 0) + in->entry_count * WRIT_TABLE_KEY +
           aligned(in->entry_count * DETAIL_BYTES);
}

static int compare_entries(const void *a, const void *b)
{
    return memcmp(((const struct writ_table_entry *)a)->key,
                  ((const struct writ_table_entry *)b)->key, WRIT_TABLE_KEY);
}

static int compare_contents(const void *a, const void *b)
{
    const struct writ_table_content *x = a, *y = b;

    if (x->length != y->length)
        return x->length < y->length ? -1 : 1;
    return memcmp(x->root, y->root, sizeof x->root);
}

static int compare_gaps(const void *a, const void *b)
{
    uint64_t x = ((const struct writ_table_gap *)a)->from;
    uint64_t y = ((const struct writ_table_gap *)b)->from;

    return (x > y) - (x < y);
}

static int compare_inputs(const void *a, const void *b)
{
    const struct writ_table_input *x = a, *y = b;
    int order = memcmp(x->issuer, y->issuer, WRIT_TABLE_ISSUER);

    return order != 0 ? order : (x->kind > y->kind) - (x->kind < y->kind);
}

static void sort(void *items, size_t count, size_t size, int (*compare)(const void *, const void *))
{
    if (count > 1)
        qsort(items, count, size, compare);
}

static bool holds_instants(const struct writ_revoked *r)
{
    return r->since >= 0 && r->since <= WRIT_TABLE_TIME_MAX && r->revoked_at >= 0 &&
           r->revoked_at <= WRIT_TABLE_TIME_MAX;
}

static int check_input(const struct writ_table_input *in, struct writ_error *e)
{
    if (in->as_of < 0 || in->as_of > WRIT_TABLE_TIME_MAX)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "a block's as_of does not fit a table");
    for (size_t i = 0; i < in->entry_count; i++) {
        if (!holds_instants(&in->entries[i].revoked))
            return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                             "a revocation's instant does not fit a table");
    }
    for (size_t i = 0; i < in->content_count; i++) {
        if (!holds_instants(&in->contents[i].revoked))
            return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                             "a revocation's instant does not fit a table");
    }
    return 0;
}

static void add_directory(struct writ_buffer *b, const struct writ_table_input *blocks,
                          size_t count)
{
    uint64_t offset = HEADER + (uint64_t)count * ENTRY;

    for (size_t i = 0; i < count; i++) {
        uint64_t length = block_bytes(&blocks[i]);

        writ_buffer_add(b, WRIT_SPAN(blocks[i].issuer, WRIT_TABLE_ISSUER));
        add_number(b, (uint64_t)blocks[i].kind, 4);
        add_number(b, 0, 4);
        add_number(b, offset, 8);
        add_number(b, length, 8);
        add_number(b, 0, 8);
        offset += length;
    }
}

static void add_header(struct writ_buffer *b, const struct writ_table_input *blocks, size_t count,
                       int64_t as_of)
{
    uint64_t length = HEADER + (uint64_t)count * ENTRY;

    for (size_t i = 0; i < count; i++)
        length += block_bytes(&blocks[i]);
    writ_buffer_add(b, WRIT_SPAN_OF(magic));
    add_number(b, VERSION, 4);
    add_number(b, count, 4);
    add_number(b, length, 8);
    add_number(b, (uint64_t)as_of, 8);
    writ_buffer_zeros(b, 32);
}

/* The writer ends by reading what it wrote, with the same checks as any device. */
static int read_back(const struct writ_buffer *out, size_t from, struct writ_error *e)
{
    struct writ_table table;

    if (writ_buffer_check(out, e) < 0)
        return -1;
    if (writ_table_open(WRIT_SPAN(out->p + from, out->n - from), &table, e) < 0 ||
        writ_table_check(&table, e) < 0) {
        writ_error_context(e, "the table that was built");
        return -1;
    }
    return 0;
}

int writ_table_build(struct writ_table_input *blocks, size_t count, int64_t as_of,
                     struct writ_buffer *out, struct writ_error *e)
{
    size_t from = out->n;

    if (count > WRIT_TABLE_BLOCKS_MAX || as_of < 0 || as_of > WRIT_TABLE_TIME_MAX)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "%zu blocks or as_of do not fit a table", count);
    sort(blocks, count, sizeof blocks[0], compare_inputs);
    for (size_t i = 0; i < count; i++) {
        if (check_input(&blocks[i], e) < 0)
            return -1;
        sort(blocks[i].entries, blocks[i].entry_count, sizeof blocks[i].entries[0],
             compare_entries);
        sort(blocks[i].contents, blocks[i].content_count, sizeof blocks[i].contents[0],
             compare_contents);
        sort(blocks[i].gaps, blocks[i].gap_count, sizeof blocks[i].gaps[0], compare_gaps);
    }
    out->ceiling = from + WRIT_TABLE_MAX;
    add_header(out, blocks, count, as_of);
    add_directory(out, blocks, count);
    for (size_t i = 0; i < count; i++)
        add_block(out, &blocks[i]);
    return read_back(out, from, e);
}
