/* What object/clubcard.h does not take: every rule of man/writ-clubcard.5, broken. */
#include <sys/mman.h>

#include "object/clubcards.h"

static struct writ_error e;

static int try_open(struct writ_span bytes)
{
    struct writ_clubcard card;
    int rc;

    writ_error_clear(&e);
    rc = writ_clubcard_open(bytes, &card, &e);
    if (rc == 0)
        writ_clubcard_close(&card);
    else
        assert_null(card.index);
    return rc;
}

static int try_check(struct writ_span bytes)
{
    struct writ_clubcard card;
    int rc;

    writ_error_clear(&e);
    if (writ_clubcard_open(bytes, &card, &e) < 0)
        fail_msg("not even opened: %s", e.text);
    rc = writ_clubcard_check(&card, &e);
    writ_clubcard_close(&card);
    return rc;
}

static struct made sound(unsigned version)
{
    struct spec s = sound_spec(version);

    return make_card(&s);
}

/* With this field set to this value, opening is refused with these words, or not. */
static void not_opened(struct made m, size_t at, size_t width, uint64_t value, const char *words)
{
    poke(&m, at, width, value);
    assert_fault(try_open(writ_buffer_span(&m.bytes)), WRIT_FAULT_BAD_INPUT, words);
    writ_buffer_free(&m.bytes);
}

static void still_opened(struct made m, size_t at, size_t width, uint64_t value)
{
    poke(&m, at, width, value);
    assert_ok(try_open(writ_buffer_span(&m.bytes)));
    writ_buffer_free(&m.bytes);
}

/* The field of a block with this name, of the i-th block of a sound file. */
#define BLOCK_NOT_OPENED(version, i, field, width, value, words)                                   \
    do {                                                                                           \
        struct made m_ = sound(version);                                                           \
        not_opened(m_, m_.block[i] + field(&m_), width, value, words);                             \
    } while (0)

#define BLOCK_STILL_OPENED(version, i, field, width, value)                                        \
    do {                                                                                           \
        struct made m_ = sound(version);                                                           \
        still_opened(m_, m_.block[i] + field(&m_), width, value);                                  \
    } while (0)

static void the_files_these_claims_break_are_sound(void **state)
{
    (void)state;
    for (unsigned version = 3; version <= 4; version++) {
        struct made m = sound(version);

        assert_ok(try_check(writ_buffer_span(&m.bytes)));
        writ_buffer_free(&m.bytes);
    }
}

static void other_versions_are_refused(void **state)
{
    static const uint8_t others[] = {0, 1, 2, 5, 255};

    (void)state;
    for (size_t i = 0; i < sizeof others; i++)
        not_opened(sound(4), 0, 1, others[i], "this writ reads 3 and 4");
    not_opened(sound(3), 1, 1, 1, "reserved byte must be zero, found 0x01");
    not_opened(sound(4), 1, 1, 0x80, "reserved byte must be zero, found 0x80");
    not_opened(sound(3), 0, 1, 4, "byte "); /* the other version's bytes */
    not_opened(sound(4), 0, 1, 3, "byte ");
}

/* ---- counts ---- */

static void more_logs_than_there_are_or_than_the_ceiling_are_refused(void **state)
{
    struct made three = sound(3), four = sound(4);
    size_t at3 = three.log_count, at4 = four.log_count;

    (void)state;
    writ_buffer_free(&three.bytes);
    writ_buffer_free(&four.bytes);
    not_opened(sound(3), at3, 8, WRIT_CLUBCARD_LOGS_MAX, "logs: wanted 49152 bytes");
    not_opened(sound(3), at3, 8, WRIT_CLUBCARD_LOGS_MAX + 1,
               "byte 2: number of logs is 1025, the ceiling is 1024");
    not_opened(sound(3), at3, 8, UINT64_MAX, "the ceiling is 1024");
    not_opened(sound(4), at4, 2, 1000, "logs: wanted 48000 bytes");
    not_opened(sound(4), at4, 2, 65535, "byte 2: number of logs is 65535, the ceiling is 1024");
}

static void more_issuers_than_there_are_or_than_the_ceiling_are_refused(void **state)
{
    struct made three = sound(3), four = sound(4);
    size_t at3 = three.block_count, at4 = four.block_count;

    (void)state;
    writ_buffer_free(&three.bytes);
    writ_buffer_free(&four.bytes);
    not_opened(sound(3), at3, 8, 60000, "60000 issuers do not fit into");
    not_opened(sound(3), at3, 8, WRIT_CLUBCARD_ISSUERS_MAX + 1,
               "number of issuers is 65537, the ceiling is 65536");
    not_opened(sound(3), at3, 8, UINT64_MAX, "the ceiling is 65536");
    not_opened(sound(3), at3, 8, 4, "issuer 3: wanted a hash of 32 bytes");
    not_opened(sound(4), at4, 4, 60000, "60000 issuers do not fit into");
    not_opened(sound(4), at4, 4, UINT32_MAX, "the ceiling is 65536");
    not_opened(sound(4), at4, 4, 2,
               "words of a column of X is"); /* the third issuer's hash is read as columns */
}

static void more_columns_than_there_are_or_than_the_ceiling_are_refused(void **state)
{
    struct made three = sound(3), four = sound(4);
    size_t at3 = three.column_count, at4 = four.column_count;

    (void)state;
    writ_buffer_free(&three.bytes);
    writ_buffer_free(&four.bytes);
    not_opened(sound(3), at3, 8, 4, "words of a column of X: wanted 8 bytes, 0 are left");
    not_opened(sound(3), at3, 8, 65, "number of columns is 65, the ceiling is 64");
    not_opened(sound(3), at3, 8, UINT64_MAX, "the ceiling is 64");
    not_opened(sound(4), at4, 1, 4, "words of a column of X: wanted 4 bytes, 0 are left");
    not_opened(sound(4), at4, 1, 255, "number of columns is 255, the ceiling is 64");
    not_opened(sound(4), at4, 1, 1, "trailing bytes after the clubcard");
}

static void columns_that_are_longer_than_the_file_are_refused(void **state)
{
    static const uint64_t many[] = {1000, 1 << 25, (1 << 25) + 1, UINT32_MAX};

    (void)state;
    for (unsigned version = 3; version <= 4; version++) {
        for (size_t i = 0; i < 4; i++) {
            struct made m = sound(version), n = sound(version), o = sound(version);

            not_opened(m, m.x[0], version == 3 ? 8 : 4, many[i], "words of a column of X");
            not_opened(n, n.x[1], version == 3 ? 8 : 4, many[i], "words of a column of X");
            not_opened(o, o.y, version == 3 ? 8 : 4, many[i], "words of Y");
        }
    }
    /* times 8 it would be 8, or 0 */
    for (size_t i = 0; i < 2; i++) {
        struct made m = sound(3);

        not_opened(m, i == 0 ? m.x[0] : m.y, 8, (UINT64_C(1) << 61) + i, "the ceiling is 33554432");
    }
}

/* ---- logs ---- */

static void a_log_that_stands_twice_is_refused_and_their_order_is_free(void **state)
{
    (void)state;
    for (unsigned version = 3; version <= 4; version++) {
        struct spec s = sound_spec(version);
        struct made m;

        s.log[0].first = 9;
        m = make_card(&s);
        assert_ok(try_open(writ_buffer_span(&m.bytes)));
        not_opened(m, m.log[0], 1, 2, "log 1 stands twice, as log 0 before");
    }
}

static void logs_that_differ_in_their_last_byte_only_are_two(void **state)
{
    (void)state;
    for (unsigned version = 3; version <= 4; version++) {
        struct spec s = sound_spec(version);
        struct made m;

        s.log[0].first = 2;
        m = make_card(&s);
        assert_fault(try_open(writ_buffer_span(&m.bytes)), WRIT_FAULT_BAD_INPUT, "stands twice");
        still_opened(m, m.log[0] + 31, 1, 0xed);
    }
}

/* ---- issuers ---- */

static void issuers_out_of_order_or_twice_are_refused(void **state)
{
    (void)state;
    for (unsigned version = 3; version <= 4; version++) {
        BLOCK_NOT_OPENED(version, 1, B_ID, 1, 0x10, "issuer 1 is out of order or stands twice");
        BLOCK_NOT_OPENED(version, 1, B_ID, 1, 0x0f, "issuer 1 is out of order or stands twice");
        BLOCK_NOT_OPENED(version, 0, B_ID, 1, 0x21, "issuer 1 is out of order or stands twice");
        BLOCK_NOT_OPENED(version, 1, B_ID, 1, 0x31, "issuer 2 is out of order or stands twice");
        BLOCK_STILL_OPENED(version, 1, B_ID, 1, 0x11);
    }
}

/* Those that begin alike are compared to their end. */
static void issuers_that_differ_in_their_last_byte_only_have_an_order_too(void **state)
{
    (void)state;
    for (unsigned version = 3; version <= 4; version++) {
        struct spec s = sound_spec(version);
        struct made m;

        s.block[1].first = 0x10;
        m = make_card(&s);
        m.bytes.p[m.block[1] + B_ID(&m) + 31] = 0x12;
        assert_ok(try_open(writ_buffer_span(&m.bytes)));
        not_opened(m, m.block[1] + B_ID(&m) + 31, 1, 0x10, "issuer 1 is out of order");
    }
}

static void an_issuer_of_another_length_is_refused(void **state)
{
    struct made m = sound(3);

    (void)state;
    not_opened(sound(3), m.block[1], 8, 31, "issuer 1: wanted a hash of 32 bytes, found 31");
    not_opened(sound(3), m.block[1], 8, 33, "issuer 1: wanted a hash of 32 bytes, found 33");
    not_opened(sound(3), m.block[0], 8, UINT64_MAX, "issuer 0: wanted a hash of 32 bytes");
    writ_buffer_free(&m.bytes);
}

static void inverted_is_0_or_1(void **state)
{
    (void)state;
    for (unsigned version = 3; version <= 4; version++) {
        BLOCK_STILL_OPENED(version, 0, B_INVERTED, 1, 1);
        BLOCK_NOT_OPENED(version, 0, B_INVERTED, 1, 2,
                         "issuer 0 (10111111): inverted is 2, neither 0 nor 1");
        BLOCK_NOT_OPENED(version, 1, B_INVERTED, 1, 255, "issuer 1 (20111111): inverted is 255");
    }
}

/* Mozilla's library crashes on such a file when it is asked. */
static void a_rank_above_the_number_of_columns_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++) { /* those without rows too */
        BLOCK_NOT_OPENED(3, i, B_RANK, 8, 3, "): rank 3, there are 2 columns");
        BLOCK_NOT_OPENED(4, i, B_RANK, 1, 3, "): rank 3, there are 2 columns");
        BLOCK_NOT_OPENED(4, i, B_RANK, 1, 255, "): rank 255, there are 2 columns");
        BLOCK_NOT_OPENED(3, i, B_RANK, 8, 65, "): rank 65, there are 2 columns");
        BLOCK_NOT_OPENED(3, i, B_RANK, 8, UINT32_MAX, "): rank 4294967295, there are 2 columns");
        BLOCK_STILL_OPENED(3, i, B_RANK, 8, 2);
        BLOCK_STILL_OPENED(4, i, B_RANK, 1, 2);
    }
}

static void numbers_of_more_than_32_bits_are_refused(void **state)
{
    static const uint64_t large[] = {UINT64_C(1) << 32, UINT64_MAX, UINT64_C(3) << 33 | 1};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        for (size_t b = 0; b < 3; b++) {
            BLOCK_NOT_OPENED(3, b, B_APPROX_M, 8, large[i], "needs more than 32 bits");
            BLOCK_NOT_OPENED(3, b, B_EXACT_M, 8, large[i], "needs more than 32 bits");
            BLOCK_NOT_OPENED(3, b, B_RANK, 8, large[i], "needs more than 32 bits");
            BLOCK_NOT_OPENED(3, b, B_APPROX_OFFSET, 8, large[i], "needs more than 32 bits");
            BLOCK_NOT_OPENED(3, b, B_EXACT_OFFSET, 8, large[i], "needs more than 32 bits");
        }
    }
}

static void exceptions_have_ceilings(void **state)
{
    struct made m = sound(3);
    size_t length = m.block[1] + B_EXCEPTIONS(&m) + 8;

    (void)state;
    BLOCK_NOT_OPENED(3, 1, B_EXCEPTIONS, 8, 65536,
                     "issuer 1 (20111111): 65536 exceptions, the "
                     "ceiling is 65535");
    BLOCK_NOT_OPENED(3, 1, B_EXCEPTIONS, 8, UINT64_MAX, "exceptions, the ceiling is 65535");
    BLOCK_NOT_OPENED(3, 2, B_EXCEPTIONS, 8, 65535, "exception");
    BLOCK_NOT_OPENED(4, 2, B_EXCEPTIONS, 2, 65535, "exception");
    not_opened(sound(3), length, 8, 256, "an exception of 256 bytes, the ceiling is 255");
    not_opened(sound(3), length, 8, UINT64_MAX, "the ceiling is 255");
    writ_buffer_free(&m.bytes);
}

/* ---- rows ---- */

/* Of the first block: X has 128 bits where it is shortest, Y 256. */
static void rows_far_behind_the_end_of_their_column_are_refused(void **state)
{
    const uint64_t x = 128 + WRIT_CLUBCARD_TRIMMED_MAX, y = 256 + WRIT_CLUBCARD_TRIMMED_MAX;

    (void)state;
    for (unsigned version = 3; version <= 4; version++) {
        size_t width = version == 3 ? 8 : 4;

        BLOCK_STILL_OPENED(version, 0, B_APPROX_OFFSET, width, x - 40);
        BLOCK_NOT_OPENED(
            version, 0, B_APPROX_OFFSET, width, x - 39,
            "issuer 0 (10111111): rows 65625 to 65665 of column 1, which has 128 bits");
        BLOCK_NOT_OPENED(version, 0, B_APPROX_OFFSET, width, UINT32_MAX, "rows 4294967295 to");
        BLOCK_STILL_OPENED(version, 0, B_APPROX_M, width, x - 3);
        BLOCK_NOT_OPENED(version, 0, B_APPROX_M, width, x - 2, "of column 1");
        BLOCK_NOT_OPENED(version, 0, B_APPROX_M, width, UINT32_MAX, "of column ");
        BLOCK_STILL_OPENED(version, 2, B_EXACT_OFFSET, width, y - 20);
        BLOCK_NOT_OPENED(version, 2, B_EXACT_OFFSET, width, y - 19,
                         "issuer 2 (30111111): rows 65773 to 65793 of Y, which has 256 bits");
        BLOCK_NOT_OPENED(version, 2, B_EXACT_OFFSET, width, UINT32_MAX, "of Y");
        BLOCK_NOT_OPENED(version, 2, B_EXACT_M, width, UINT32_MAX, "of Y");
    }
}

/* Builders write running sums there, which may lie anywhere. */
static void offsets_that_are_not_used_may_be_anything(void **state)
{
    (void)state;
    for (unsigned version = 3; version <= 4; version++) {
        size_t width = version == 3 ? 8 : 4;

        BLOCK_STILL_OPENED(version, 1, B_APPROX_OFFSET, width, UINT32_MAX); /* no rows at all */
        BLOCK_STILL_OPENED(version, 1, B_EXACT_OFFSET, width, UINT32_MAX);
        BLOCK_STILL_OPENED(version, 1, B_EXACT_M, width, UINT32_MAX);
        BLOCK_STILL_OPENED(version, 2, B_APPROX_OFFSET, width, UINT32_MAX); /* reads no column */
    }
}

/* A later block of lower rank reads the longer columns only. */
static void a_block_reads_as_many_columns_as_its_rank(void **state)
{
    const uint64_t only_first = 192 + WRIT_CLUBCARD_TRIMMED_MAX;

    (void)state;
    for (unsigned version = 3; version <= 4; version++) {
        struct spec s = sound_spec(version);
        struct made m;

        s.block[2].rank = 1;
        s.block[2].approx_offset = only_first - 10;
        m = make_card(&s);
        assert_ok(try_check(writ_buffer_span(&m.bytes)));
        not_opened(m, m.block[2] + B_RANK(&m), version == 3 ? 8 : 1, 2, "issuer 2 (30111111)");
    }
}

static void blocks_that_share_rows_do_not_pass_the_check(void **state)
{
    (void)state;
    for (unsigned version = 3; version <= 4; version++) {
        struct spec s = sound_spec(version);
        struct made m;

        s.block[2].exact_offset = 59;
        m = make_card(&s);
        assert_ok(try_open(writ_buffer_span(&m.bytes)));
        assert_fault(try_check(writ_buffer_span(&m.bytes)), WRIT_FAULT_BAD_INPUT,
                     "issuer 2 has rows of Y from 59 on, issuer 0 up to 60");
        writ_buffer_free(&m.bytes);

        s = sound_spec(version);
        s.block[2].rank = 1;
        s.block[2].approx_offset = 42;
        m = make_card(&s);
        assert_fault(try_check(writ_buffer_span(&m.bytes)), WRIT_FAULT_BAD_INPUT,
                     "issuer 2 has rows of X from 42 on, issuer 0 up to 43");
        writ_buffer_free(&m.bytes);

        s.block[2].approx_offset = 43;
        m = make_card(&s);
        assert_ok(try_check(writ_buffer_span(&m.bytes)));
        writ_buffer_free(&m.bytes);
    }
}

/* Blocks without rows, and rows of X of a block that reads no column, are nobody's neighbours. */
static void rows_that_nobody_reads_overlap_nothing(void **state)
{
    struct spec s = sound_spec(4);
    struct made m;

    (void)state;
    s.block[1].exact_m = 500;     /* approx_m is 0 */
    s.block[2].approx_offset = 0; /* rank 0 */
    m = make_card(&s);
    assert_ok(try_check(writ_buffer_span(&m.bytes)));
    writ_buffer_free(&m.bytes);

    s.block[2].exact_m = 0; /* within the rows of the first */
    s.block[2].exact_offset = 30;
    m = make_card(&s);
    assert_ok(try_check(writ_buffer_span(&m.bytes)));
    writ_buffer_free(&m.bytes);
}

/* ---- the whole ---- */

static void bytes_behind_version_4_are_refused(void **state)
{
    struct made m = sound(4);

    (void)state;
    writ_buffer_byte(&m.bytes, 0);
    assert_fault(try_open(writ_buffer_span(&m.bytes)), WRIT_FAULT_BAD_INPUT,
                 "1 trailing bytes after the clubcard");
    writ_buffer_free(&m.bytes);
}

/* Pages that are never touched: only the length is looked at. */
static void a_file_over_the_ceiling_is_refused_unread(void **state)
{
    size_t n = WRIT_CLUBCARD_MAX + 1;
    uint8_t *file =
        mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    struct made m = sound(3);

    (void)state;
    assert_true(file != MAP_FAILED);
    memcpy(file, m.bytes.p, m.bytes.n);
    assert_fault(try_open(WRIT_SPAN(file, n)), WRIT_FAULT_BAD_INPUT,
                 "clubcard of 268435457 bytes, the ceiling is 268435456");
    assert_ok(try_open(WRIT_SPAN(file, n - 1)));
    assert_int_equal(munmap(file, n), 0);
    writ_buffer_free(&m.bytes);
}

static const struct CMUnitTest claims[] = {
    CLAIM(the_files_these_claims_break_are_sound),
    CLAIM(other_versions_are_refused),
    CLAIM(more_logs_than_there_are_or_than_the_ceiling_are_refused),
    CLAIM(more_issuers_than_there_are_or_than_the_ceiling_are_refused),
    CLAIM(more_columns_than_there_are_or_than_the_ceiling_are_refused),
    CLAIM(columns_that_are_longer_than_the_file_are_refused),
    CLAIM(a_log_that_stands_twice_is_refused_and_their_order_is_free),
    CLAIM(logs_that_differ_in_their_last_byte_only_are_two),
    CLAIM(issuers_out_of_order_or_twice_are_refused),
    CLAIM(issuers_that_differ_in_their_last_byte_only_have_an_order_too),
    CLAIM(an_issuer_of_another_length_is_refused),
    CLAIM(inverted_is_0_or_1),
    CLAIM(a_rank_above_the_number_of_columns_is_refused),
    CLAIM(numbers_of_more_than_32_bits_are_refused),
    CLAIM(exceptions_have_ceilings),
    CLAIM(rows_far_behind_the_end_of_their_column_are_refused),
    CLAIM(offsets_that_are_not_used_may_be_anything),
    CLAIM(a_block_reads_as_many_columns_as_its_rank),
    CLAIM(blocks_that_share_rows_do_not_pass_the_check),
    CLAIM(rows_that_nobody_reads_overlap_nothing),
    CLAIM(bytes_behind_version_4_are_refused),
    CLAIM(a_file_over_the_ceiling_is_refused_unread),
};

RUN_CLAIMS(claims)
