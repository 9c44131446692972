/* issue/layout.h: both forms, byte by byte, and one made of the other */
#include "issue/layout.h"

#include "test.h"

static struct writ_error e;

static const uint8_t first_id[32] = {0x11}, second_id[32] = {0x22};
static const uint8_t long_id[32] = {0x33};
static const uint64_t x0[] = {0x0102030405060708, 0}, x1[] = {9}, y[] = {0xff, 0xfe};

/* Two logs' worth of everything, with fields that all differ. */
static struct writ_layout small(void)
{
    static struct writ_clubcard_log logs[1];
    static struct writ_span exceptions[2];
    static struct writ_layout_block blocks[2];
    static struct writ_layout_column x[2];
    static const uint8_t serials[3] = {0xaa, 0xbb, 0xcc};

    logs[0] = (struct writ_clubcard_log){WRIT_SPAN_OF(long_id), 7, 8};
    exceptions[0] = WRIT_SPAN(serials, 2);
    exceptions[1] = WRIT_SPAN(serials + 2, 1);
    blocks[0] = (struct writ_layout_block){.id = first_id,
                                           .approx_m = 1,
                                           .rank = 2,
                                           .approx_offset = 3,
                                           .exact_m = 4,
                                           .exact_offset = 5};
    blocks[1] = (struct writ_layout_block){.id = second_id,
                                           .approx_offset = 4,
                                           .exact_offset = 9,
                                           .inverted = true,
                                           .exceptions = exceptions,
                                           .exception_count = 2};
    x[0] = (struct writ_layout_column){x0, 2};
    x[1] = (struct writ_layout_column){x1, 1};
    return (struct writ_layout){.logs = logs,
                                .log_count = 1,
                                .blocks = blocks,
                                .block_count = 2,
                                .x = x,
                                .column_count = 2,
                                .y = {y, 2}};
}

#define ZEROS31 "00000000000000000000000000000000000000000000000000000000000000"

static const char *const four = "0400"
                                "0001 33" ZEROS31 "0000000000000007 0000000000000008"
                                "00000002"
                                "11" ZEROS31 "00000001 02 00000003 00000004 00000005 00 0000"
                                "22" ZEROS31 "00000000 00 00000004 00000000 00000009 01 0002"
                                "02aabb 01cc"
                                "02 00000002 0102030405060708 0000000000000000"
                                "00000001 0000000000000009"
                                "00000002 00000000000000ff 00000000000000fe";
static const char *const three =
    "0300"
    "0100000000000000 33" ZEROS31 "0700000000000000 0800000000000000"
    "0200000000000000"
    "2000000000000000 11" ZEROS31 "0100000000000000 0400000000000000 0200000000000000"
    "0300000000000000 0500000000000000 00 0000000000000000"
    "2000000000000000 22" ZEROS31 "0000000000000000 0000000000000000 0000000000000000"
    "0400000000000000 0900000000000000 01 0200000000000000"
    "0200000000000000aabb 0100000000000000cc"
    "0200000000000000 0200000000000000 0807060504030201 0000000000000000"
    "0100000000000000 0900000000000000"
    "0200000000000000 ff00000000000000 fe00000000000000";

static void check_written(unsigned version, const char *wanted)
{
    struct writ_layout l = small();
    struct writ_buffer out = {0};

    writ_error_clear(&e);
    assert_ok(writ_layout_write(&l, version, &out, &e));
    assert_spans_equal(writ_buffer_span(&out), bytes_of(wanted));
    writ_buffer_free(&out);
}

static void version_4_is_big_endian_with_small_fields(void **state)
{
    (void)state;
    check_written(4, four);
}

static void version_3_is_little_endian_with_fields_of_64_bits(void **state)
{
    (void)state;
    check_written(3, three);
}

static void check_converted(const char *from, unsigned version, const char *to)
{
    struct writ_buffer out = {0};
    struct writ_clubcard card;

    writ_error_clear(&e);
    assert_ok(writ_clubcard_open(bytes_of(from), &card, &e));
    assert_ok(writ_layout_convert(&card, version, &out, &e));
    assert_spans_equal(writ_buffer_span(&out), bytes_of(to));
    writ_clubcard_close(&card);
    writ_buffer_free(&out);
}

static void each_converts_into_the_other_and_into_itself(void **state)
{
    (void)state;
    check_converted(three, 4, four);
    check_converted(four, 3, three);
    check_converted(three, 3, three);
    check_converted(four, 4, four);
}

static void what_stands_behind_version_3_is_left_behind(void **state)
{
    char longer[2048];

    (void)state;
    (void)snprintf(longer, sizeof longer, "%s%s", three, "0102");
    check_converted(longer, 4, four);
    check_converted(longer, 3, three);
}

static void it_is_appended_to_what_stands_there(void **state)
{
    struct writ_layout empty = {0};
    struct writ_buffer out = {0};

    (void)state;
    writ_buffer_text(&out, "x");
    assert_ok(writ_layout_write(&empty, 4, &out, &e));
    assert_spans_equal(writ_buffer_span(&out), bytes_of("78 0400 0000 00000000 00 00000000"));
    writ_buffer_free(&out);
}

static void refuse(const struct writ_layout *l, const char *words)
{
    struct writ_buffer out = {0};

    for (unsigned version = 3; version <= 4; version++) {
        assert_fault(writ_layout_write(l, version, &out, &e), WRIT_FAULT_BAD_INPUT, words);
        assert_int_equal(out.n, 0);
    }
}

static void what_no_reader_takes_is_not_written(void **state)
{
    static const struct writ_span exception = {first_id, WRIT_CLUBCARD_SERIAL_MAX + 1};
    struct writ_layout_block block = {.id = first_id};
    struct writ_layout l = small();

    (void)state;
    l.log_count = WRIT_CLUBCARD_LOGS_MAX + 1;
    refuse(&l, "1025 logs, a clubcard holds 1024");
    l = small();
    l.block_count = WRIT_CLUBCARD_ISSUERS_MAX + 1;
    refuse(&l, "65537 issuers, a clubcard holds 65536");
    l = small();
    l.column_count = WRIT_CLUBCARD_COLUMNS_MAX + 1;
    refuse(&l, "65 columns, a clubcard holds 64");
    l = small();
    l.column_count = 1;
    refuse(&l, "a block of rank 2, there are 1 columns");
    l = (struct writ_layout){.blocks = &block, .block_count = 1};
    block.exception_count = WRIT_CLUBCARD_EXCEPTIONS_MAX + 1;
    refuse(&l, "65536 exceptions for one issuer, a clubcard holds 65535");
    block.exception_count = 1;
    block.exceptions = &exception;
    refuse(&l, "serial of 256 bytes, a clubcard holds 255");
}

static const struct CMUnitTest claims[] = {
    CLAIM(version_4_is_big_endian_with_small_fields),
    CLAIM(version_3_is_little_endian_with_fields_of_64_bits),
    CLAIM(each_converts_into_the_other_and_into_itself),
    CLAIM(what_stands_behind_version_3_is_left_behind),
    CLAIM(it_is_appended_to_what_stands_there),
    CLAIM(what_no_reader_takes_is_not_written),
};

RUN_CLAIMS(claims)
