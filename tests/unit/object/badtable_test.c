/* What object/table.h does not take: every rule of man/writ-table.5, broken. */
#include "object/tables.h"

static struct writ_error e;

/*
 * A sound table: issuer 1 with a list (three keys, numbered, two gaps) and contents (two), issuer 2
 * with an empty list.  Blocks stand in this order: list, contents, list.
 */
static struct writ_buffer sound(void)
{
    struct writ_table_entry entries[] = {entry_of(1, 0), entry_of(2, 0), entry_of(3, 0)};
    struct writ_table_content contents[] = {content_of(10, 1), content_of(20, 2)};
    struct writ_table_gap gaps[] = {{5, 10}, {20, 30}};
    struct writ_table_input inputs[] = {list_of(1, entries, 3), contents_of(1, contents, 2),
                                        list_of(2, NULL, 0)};

    inputs[0].numbered = true;
    inputs[0].covered_below = 1000;
    inputs[0].gaps = gaps;
    inputs[0].gap_count = 2;
    return built(inputs, 3);
}

/* Where the i-th block begins. */
static size_t block_offset(const struct writ_buffer *b, size_t i)
{
    return (size_t)peek(b, D_ENTRY(i) + D_OFFSET, 8);
}

/* Parts of the first block. */
#define GAP(i)    (B_SECTIONS + 16 * (size_t)(i))
#define KEY(i)    (B_SECTIONS + 2 * 16 + 16 * (size_t)(i))
#define DETAIL(i) (B_SECTIONS + 2 * 16 + 3 * 16 + 12 * (size_t)(i))
#define CHAIN     (B_SECTIONS + 2 * 16 + 3 * 16 + 40)

static int try_open(const struct writ_buffer *b)
{
    struct writ_table table;

    writ_error_clear(&e);
    return writ_table_open(writ_buffer_span(b), &table, &e);
}

static int try_check(const struct writ_buffer *b)
{
    struct writ_table table;

    writ_error_clear(&e);
    if (writ_table_open(writ_buffer_span(b), &table, &e) < 0)
        fail_msg("not even opened: %s", e.text);
    return writ_table_check(&table, &e);
}

/* With this field set to this value, opening (or, opened, checking) is refused with these words. */
#define NOT_OPENED(at, width, value, words)                                                        \
    do {                                                                                           \
        struct writ_buffer b_ = sound();                                                           \
        poke(&b_, at, width, value);                                                               \
        assert_fault(try_open(&b_), WRIT_FAULT_BAD_INPUT, words);                                  \
        writ_buffer_free(&b_);                                                                     \
    } while (0)

#define NOT_CHECKED(at, width, value, words)                                                       \
    do {                                                                                           \
        struct writ_buffer b_ = sound();                                                           \
        poke(&b_, at, width, value);                                                               \
        assert_fault(try_check(&b_), WRIT_FAULT_BAD_INPUT, words);                                 \
        writ_buffer_free(&b_);                                                                     \
    } while (0)

/* The same with an offset in the i-th block. */
#define BLOCK_NOT_OPENED(i, at, width, value, words)                                               \
    do {                                                                                           \
        struct writ_buffer measured_ = sound();                                                    \
        size_t block_ = block_offset(&measured_, i);                                               \
        writ_buffer_free(&measured_);                                                              \
        NOT_OPENED(block_ + (at), width, value, words);                                            \
    } while (0)

#define BLOCK_NOT_CHECKED(i, at, width, value, words)                                              \
    do {                                                                                           \
        struct writ_buffer measured_ = sound();                                                    \
        size_t block_ = block_offset(&measured_, i);                                               \
        writ_buffer_free(&measured_);                                                              \
        NOT_CHECKED(block_ + (at), width, value, words);                                           \
    } while (0)

static void the_table_these_claims_break_is_sound(void **state)
{
    struct writ_buffer b = sound();

    (void)state;
    assert_ok(try_check(&b));
    assert_int_equal(b.n % 8, 0);
    writ_buffer_free(&b);
}

/* ---- header ---- */

static void the_header_is_checked(void **state)
{
    (void)state;
    NOT_OPENED(0, 1, 0x96, "not a writ table: the magic is missing");
    NOT_OPENED(7, 1, 0, "not a writ table: the magic is missing");
    NOT_OPENED(T_VERSION, 4, 0, "table version 0, this writ reads 1");
    NOT_OPENED(T_VERSION, 4, 2, "table version 2, this writ reads 1");
    NOT_OPENED(T_AS_OF, 8, (uint64_t)WRIT_TABLE_TIME_MAX + 1, "as_of is beyond");
    NOT_OPENED(T_AS_OF, 8, UINT64_MAX, "as_of is beyond");
}

/* Where no block would betray it. */
static void the_header_of_an_empty_table_is_checked(void **state)
{
    static const struct {
        size_t at;
        const char *words;
    } cases[] = {
        {0, "not a writ table: the magic is missing"},
        {T_VERSION, "table version 255, this writ reads 1"},
        {T_BLOCKS, "directory of 255 blocks is cut off"},
        {T_BLOCKS + 3, "4278190080 blocks, the ceiling is 65536"},
        {T_LENGTH, "table says it has 255 bytes, there are 64"},
        {T_AS_OF + 5, "as_of is beyond what instants can hold"},
        {T_RESERVED, "reserved part of the table header"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct writ_buffer b = built(NULL, 0);

        poke(&b, cases[i].at, 1, 0xff);
        assert_fault(try_open(&b), WRIT_FAULT_BAD_INPUT, cases[i].words);
        writ_buffer_free(&b);
    }
}

static void the_length_is_exact(void **state)
{
    struct writ_buffer b = sound();
    size_t n = b.n;

    (void)state;
    NOT_OPENED(T_LENGTH, 8, n - 1, "table says it has");
    NOT_OPENED(T_LENGTH, 8, n + 1, "table says it has");
    NOT_OPENED(T_LENGTH, 8, (UINT64_C(1) << 32) + n, "table says it has");
    writ_buffer_byte(&b, 0);
    assert_fault(try_open(&b), WRIT_FAULT_BAD_INPUT, "table says it has");
    poke(&b, T_LENGTH, 8, n + 1);
    assert_fault(try_open(&b), WRIT_FAULT_BAD_INPUT, "1 bytes after the last block");
    writ_buffer_free(&b);
}

static void the_count_of_blocks_is_exact(void **state)
{
    (void)state;
    NOT_OPENED(T_BLOCKS, 4, 2, "directory: block 0 lies at");
    NOT_OPENED(T_BLOCKS, 4, 4, "directory: block 0 lies at");
    NOT_OPENED(T_BLOCKS, 4, 0, "bytes after the last block");
    NOT_OPENED(T_BLOCKS, 4, 1000, "directory of 1000 blocks is cut off");
    NOT_OPENED(T_BLOCKS, 4, WRIT_TABLE_BLOCKS_MAX, "directory of 65536 blocks is cut off");
    NOT_OPENED(T_BLOCKS, 4, WRIT_TABLE_BLOCKS_MAX + 1, "65537 blocks, the ceiling is 65536");
    NOT_OPENED(T_BLOCKS, 4, UINT32_MAX, "4294967295 blocks, the ceiling is 65536");
}

static void reserved_bytes_are_zero(void **state)
{
    (void)state;
    for (size_t i = 0; i < 32; i++)
        NOT_OPENED(T_RESERVED + i, 1, 1, "reserved part of the table header");
    for (size_t i = 0; i < 4; i++)
        NOT_OPENED(D_ENTRY(1) + D_RESERVED + i, 1, 1, "reserved part of the directory");
    assert_int_equal(e.offset, D_ENTRY(1) + D_RESERVED + 3);
    for (size_t i = 0; i < 8; i++)
        NOT_OPENED(D_ENTRY(2) + D_RESERVED2 + i, 1, 1, "reserved part of the directory");
    for (size_t i = 0; i < 16; i++)
        BLOCK_NOT_OPENED(1, B_RESERVED + i, 1, 1, "reserved part of the block");
}

static void a_table_over_the_ceiling_is_refused_unread(void **state)
{
    static const uint8_t byte;
    struct writ_table table;

    (void)state;
    assert_fault(writ_table_open(WRIT_SPAN(&byte, WRIT_TABLE_MAX + 1), &table, &e),
                 WRIT_FAULT_BAD_INPUT, "table of 268435457 bytes, the ceiling is 268435456");
}

/* ---- directory ---- */

static void an_unknown_kind_of_block_refuses_the_whole(void **state)
{
    (void)state;
    NOT_OPENED(D_ENTRY(0) + D_KIND, 4, 0, "unknown block kind 0: the whole table is refused");
    NOT_OPENED(D_ENTRY(2) + D_KIND, 4, 3, "unknown block kind 3: the whole table is refused");
    NOT_OPENED(D_ENTRY(1) + D_KIND, 4, 0x102, "unknown block kind 258");
}

static void the_directory_is_in_order(void **state)
{
    (void)state;
    NOT_OPENED(D_ENTRY(0), 1, 9, "directory: block 1 is out of order");
    NOT_OPENED(D_ENTRY(2), 1, 0, "directory: block 2 is out of order");
    assert_int_equal(e.offset, D_ENTRY(2));
    NOT_OPENED(D_ENTRY(1) + D_KIND, 4, 1, "directory: block 1 is out of order"); /* twice */
    NOT_OPENED(D_ENTRY(0) + D_KIND, 4, 2, "directory: block 1 is out of order");
}

static void blocks_stand_one_right_after_the_other(void **state)
{
    struct writ_buffer b = sound();
    uint64_t offset = peek(&b, D_ENTRY(1) + D_OFFSET, 8);
    uint64_t length = peek(&b, D_ENTRY(1) + D_LENGTH, 8);

    (void)state;
    writ_buffer_free(&b);
    NOT_OPENED(D_ENTRY(1) + D_OFFSET, 8, offset - 8, "directory: block 1 lies at");
    NOT_OPENED(D_ENTRY(1) + D_OFFSET, 8, offset + 8, "directory: block 1 lies at");
    assert_int_equal(e.offset, D_ENTRY(1));
    NOT_OPENED(D_ENTRY(1) + D_OFFSET, 8, UINT64_MAX, "directory: block 1 lies at");
    NOT_OPENED(D_ENTRY(0) + D_OFFSET, 8, 0, "directory: block 0 lies at");
    NOT_OPENED(D_ENTRY(1) + D_LENGTH, 8, length - 8, "directory: block 2 lies at");
    NOT_OPENED(D_ENTRY(1) + D_LENGTH, 8, length + 8, "directory: block 2 lies at");
    NOT_OPENED(D_ENTRY(1) + D_LENGTH, 8, length + 1, "directory: block 1 lies at");
    NOT_OPENED(D_ENTRY(1) + D_LENGTH, 8, 0, "directory: block 1 lies at");
    NOT_OPENED(D_ENTRY(1) + D_LENGTH, 8, 56, "directory: block 1 lies at");
    NOT_OPENED(D_ENTRY(1) + D_LENGTH, 8, UINT64_MAX - 7, "directory: block 1 lies at");
    NOT_OPENED(D_ENTRY(2) + D_LENGTH, 8, 64, "bytes after the last block");
    NOT_OPENED(D_ENTRY(2) + D_LENGTH, 8, 1 << 20, "directory: block 2 lies at");
}

/* ---- heads of blocks ---- */

static void unknown_flags_refuse(void **state)
{
    (void)state;
    BLOCK_NOT_OPENED(0, B_FLAGS, 4, 3, "unknown block flags 0x3");
    BLOCK_NOT_OPENED(0, B_FLAGS, 4, 0x80000001, "unknown block flags 0x80000001");
    BLOCK_NOT_OPENED(1, B_FLAGS, 4, 1, "unknown block flags 0x1"); /* contents have none */
}

static void numbers_are_for_those_who_number(void **state)
{
    (void)state;
    BLOCK_NOT_OPENED(0, B_FLAGS, 4, 0, "covered_below or gaps in a block without numbers");
    BLOCK_NOT_OPENED(2, B_COVERED, 8, 1, "covered_below or gaps in a block without numbers");
    BLOCK_NOT_OPENED(2, B_GAPS, 8, 1, "covered_below or gaps in a block without numbers");
    BLOCK_NOT_OPENED(1, B_COVERED, 8, 1, "covered_below or gaps in a block without numbers");
    BLOCK_NOT_OPENED(0, B_COVERED, 8, (uint64_t)INT64_MAX + 1, "beyond its ceiling");
    BLOCK_NOT_OPENED(0, B_AS_OF, 8, (uint64_t)WRIT_TABLE_TIME_MAX + 1, "beyond its ceiling");
}

static void counts_have_ceilings(void **state)
{
    (void)state;
    BLOCK_NOT_OPENED(0, B_CHAIN, 4, 0, "chain of 0 certificates in 9 bytes, over the ceilings");
    BLOCK_NOT_OPENED(0, B_CHAIN, 4, 9, "chain of 9 certificates in 9 bytes, over the ceilings");
    BLOCK_NOT_OPENED(0, B_BYTES, 8, 0, "chain of 2 certificates in 0 bytes, over the ceilings");
    BLOCK_NOT_OPENED(0, B_BYTES, 8, 65537, "over the ceilings");
    BLOCK_NOT_OPENED(0, B_COUNT, 8, WRIT_TABLE_MAX + 1, "over the ceilings");
    BLOCK_NOT_OPENED(0, B_COUNT, 8, UINT64_MAX, "over the ceilings");
    BLOCK_NOT_OPENED(0, B_GAPS, 8, WRIT_TABLE_GAPS_MAX + 1, "over the ceilings");
    BLOCK_NOT_OPENED(0, B_GAPS, 8, UINT64_C(1) << 60, "over the ceilings"); /* x 16 wraps to 0 */
}

static void sections_fill_their_block(void **state)
{
    (void)state;
    BLOCK_NOT_OPENED(0, B_COUNT, 8, 2, "chain must be zero");
    BLOCK_NOT_OPENED(0, B_COUNT, 8, 4, "details");
    BLOCK_NOT_OPENED(0, B_COUNT, 8, 100, "keys: wanted 1600 bytes");
    BLOCK_NOT_OPENED(0, B_COUNT, 8, WRIT_TABLE_MAX, "keys: wanted 4294967296 bytes");
    BLOCK_NOT_OPENED(0, B_GAPS, 8, 1, "details");
    BLOCK_NOT_OPENED(0, B_GAPS, 8, 1000, "gaps: wanted 16000 bytes");
    BLOCK_NOT_OPENED(1, B_COUNT, 8, 1, "chain must be zero");
    BLOCK_NOT_OPENED(1, B_COUNT, 8, 3, "contents: wanted 168 bytes");
    BLOCK_NOT_OPENED(0, B_BYTES, 8, 17, "chain: wanted 17 bytes");
    BLOCK_NOT_OPENED(0, B_BYTES, 8, 8, "trailing bytes after the block");
}

static void padding_is_zero(void **state)
{
    (void)state;
    for (size_t i = 0; i < 4; i++)
        BLOCK_NOT_OPENED(0, DETAIL(3) + i, 1, 1, "details");
    for (size_t i = 0; i < 7; i++)
        BLOCK_NOT_OPENED(0, CHAIN + 9 + i, 1, 1, "chain");
}

/* ---- what is checked once ---- */

static void keys_are_in_order(void **state)
{
    (void)state;
    BLOCK_NOT_CHECKED(0, KEY(0), 1, 1, "block 0: key 1 is out of order or stands twice");
    BLOCK_NOT_CHECKED(0, KEY(1) + 7, 1, 1, "block 0: key 1 is out of order or stands twice");
    BLOCK_NOT_CHECKED(0, KEY(1) + 7, 1, 3, "block 0: key 2 is out of order or stands twice");
    BLOCK_NOT_CHECKED(0, KEY(2) + 7, 1, 0, "block 0: key 2 is out of order or stands twice");
}

static void details_have_known_reasons(void **state)
{
    (void)state;
    BLOCK_NOT_CHECKED(0, DETAIL(1) + 10, 1, 7, "block 0: revocation 1: unknown reason 7");
    BLOCK_NOT_CHECKED(0, DETAIL(2) + 10, 1, 8, "block 0: revocation 2: unknown reason 8");
    BLOCK_NOT_CHECKED(0, DETAIL(0) + 11, 1, 1, "block 0: revocation 0: reserved byte is not zero");
    BLOCK_NOT_CHECKED(1, B_SECTIONS + 56 + 50, 1, 10, "block 1: revocation 1: unknown reason 10");
    BLOCK_NOT_CHECKED(1, B_SECTIONS + 51, 1, 1, "block 1: revocation 0: reserved byte");
    for (size_t i = 0; i < 4; i++)
        BLOCK_NOT_CHECKED(1, B_SECTIONS + 52 + i, 1, 1, "reserved part of a content");
}

static void gaps_are_in_order_and_not_empty(void **state)
{
    (void)state;
    BLOCK_NOT_CHECKED(0, GAP(0), 8, 10, "block 0: gap 0 is empty");
    BLOCK_NOT_CHECKED(0, GAP(0), 8, 11, "block 0: gap 0 is empty");
    BLOCK_NOT_CHECKED(0, GAP(0) + 8, 8, 21, "block 0: gap 1 is empty, out of order");
    BLOCK_NOT_CHECKED(0, GAP(1), 8, 9, "block 0: gap 1 is empty, out of order");
    BLOCK_NOT_CHECKED(0, GAP(1) + 8, 8, 1001, "block 0: gap 1 is empty, out of order or above");
    BLOCK_NOT_CHECKED(0, B_COVERED, 8, 29, "block 0: gap 1 is empty, out of order or above");
}

static void contents_are_in_order(void **state)
{
    (void)state;
    BLOCK_NOT_CHECKED(1, B_SECTIONS, 8, 21, "block 1: content 1 is out of order or stands twice");
}

static void contents_of_one_length_are_in_the_order_of_their_roots(void **state)
{
    struct writ_buffer b = sound();
    size_t at = block_offset(&b, 1) + B_SECTIONS;

    (void)state;
    poke(&b, at, 8, 20); /* both of length 20, roots 1 and 2 */
    assert_ok(try_check(&b));
    poke(&b, at + 8, 1, 2);
    assert_fault(try_check(&b), WRIT_FAULT_BAD_INPUT, "block 1: content 1 is out of order");
    poke(&b, at + 8, 1, 3);
    assert_fault(try_check(&b), WRIT_FAULT_BAD_INPUT, "block 1: content 1 is out of order");
    writ_buffer_free(&b);
}

static void a_chain_holds_the_certificates_it_says(void **state)
{
    (void)state;
    BLOCK_NOT_CHECKED(0, B_CHAIN, 4, 1, "block 0: ");
    BLOCK_NOT_CHECKED(0, B_CHAIN, 4, 3, "certificate of a chain");
    BLOCK_NOT_CHECKED(0, CHAIN, 1, 0x31, "certificate of a chain: wanted SEQUENCE");
    BLOCK_NOT_CHECKED(0, CHAIN + 1, 1, 0x20, "certificate of a chain: wanted 32 bytes");
    BLOCK_NOT_CHECKED(0, CHAIN + 6, 1, 1, "trailing bytes after the chain");
}

/* ---- look-ups in what was only opened ---- */

/* Where bytes changed after the check, an answer may be wrong; it comes, and from inside. */
static void looking_up_in_disorder_ends(void **state)
{
    struct writ_table_entry entries[200];
    struct writ_table_input input = list_of(1, entries, 200);
    struct writ_buffer b;
    uint64_t seed = 11;

    (void)state;
    for (size_t i = 0; i < 200; i++)
        entries[i] = entry_of(i << 50, i);
    b = built(&input, 1);
    for (int round = 0; round < 100; round++) {
        struct writ_table table;
        struct writ_block list;

        for (size_t i = 0; i < 200 * WRIT_TABLE_KEY; i++)
            b.p[D_ENTRY(1) + B_SECTIONS + i] = (uint8_t)next_random(&seed);
        assert_ok(try_open(&b));
        assert_ok(writ_table_open(writ_buffer_span(&b), &table, &e));
        list = block_at(&table, 0);
        for (size_t i = 0; i < 200; i++) {
            struct writ_revoked r;

            (void)writ_block_find(&list, entries[i].key, &r);
        }
    }
    writ_buffer_free(&b);
}

static bool opens(struct writ_span bytes)
{
    struct writ_error found = {0};
    struct writ_table table;

    return writ_table_open(bytes, &table, &found) == 0;
}

static void no_beginning_of_a_table_opens(void **state)
{
    struct writ_buffer b = sound();

    (void)state;
    assert_no_beginning_passes(writ_buffer_span(&b), opens);
    writ_buffer_free(&b);
}

static void every_byte_of_a_table_counts(void **state)
{
    struct writ_buffer b = sound();

    (void)state;
    assert_true(b.n <= 1024);
    assert_every_byte_counts(writ_buffer_span(&b), describe_table);
    writ_buffer_free(&b);
}

static const struct CMUnitTest claims[] = {
    CLAIM(the_table_these_claims_break_is_sound),
    CLAIM(the_header_is_checked),
    CLAIM(the_header_of_an_empty_table_is_checked),
    CLAIM(the_length_is_exact),
    CLAIM(the_count_of_blocks_is_exact),
    CLAIM(reserved_bytes_are_zero),
    CLAIM(a_table_over_the_ceiling_is_refused_unread),
    CLAIM(an_unknown_kind_of_block_refuses_the_whole),
    CLAIM(the_directory_is_in_order),
    CLAIM(blocks_stand_one_right_after_the_other),
    CLAIM(unknown_flags_refuse),
    CLAIM(numbers_are_for_those_who_number),
    CLAIM(counts_have_ceilings),
    CLAIM(sections_fill_their_block),
    CLAIM(padding_is_zero),
    CLAIM(keys_are_in_order),
    CLAIM(details_have_known_reasons),
    CLAIM(gaps_are_in_order_and_not_empty),
    CLAIM(contents_are_in_order),
    CLAIM(contents_of_one_length_are_in_the_order_of_their_roots),
    CLAIM(a_chain_holds_the_certificates_it_says),
    CLAIM(looking_up_in_disorder_ends),
    CLAIM(no_beginning_of_a_table_opens),
    CLAIM(every_byte_of_a_table_counts),
};

RUN_CLAIMS(claims)
