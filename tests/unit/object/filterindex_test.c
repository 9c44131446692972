/*
 * The index of a directory of filters: which file covers which log at which time.  It is shared
 * with upki, so that every byte of it matters.
 */
#include "object/filterindex.h"

#include "test.h"

#define LOG_A   "a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1"
#define LOG_B   "b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2"
#define FULL    "66756c6c2e66696c746572" /* "full.filter" and its padding to 32 bytes */
#define PAD_21  "000000000000000000000000000000000000000000"
#define DELTA   "312e64656c7461" /* "1.delta" and its padding */
#define PAD_25  "00000000000000000000000000000000000000000000000000"
#define MAGIC_0 "75706b6969647830"
#define MAGIC_1 "75706b6969647831"

/* full.filter covers A from 100 to 200 and B from 1000 to 2000; 1.delta covers A from 150 to 300.
 * The names end at 78 (14 + 2 x 32), the logs at 162. */
#define NAMES  FULL PAD_21 DELTA PAD_25
#define LOGS_1 LOG_A "00000000000000a2 0002" LOG_B "00000000000000c6 0001"
#define ENTRIES_1                                                                                  \
    "0000 0000000000000064 00000000000000c8 0001 0000000000000096 000000000000012c 0000 "          \
    "00000000000003e8 00000000000007d0"
#define INDEX_1 MAGIC_1 "0002 00000002" NAMES LOGS_1 ENTRIES_1

/* The same in the older form: names end at 77, logs at 161, an entry has 17 bytes. */
#define LOGS_0 LOG_A "00000000000000a1 0002" LOG_B "00000000000000c3 0001"
#define ENTRIES_0                                                                                  \
    "00 0000000000000064 00000000000000c8 01 0000000000000096 000000000000012c 00 "                \
    "00000000000003e8 00000000000007d0"
#define INDEX_0 MAGIC_0 "02 00000002" NAMES LOGS_0 ENTRIES_0

/* Opens an index; bytes_of has few rooms, so the bytes stay in one of their own. */
static int open_index(const char *hex, struct writ_filter_index *index, struct writ_error *e)
{
    static uint8_t room[4096];
    struct writ_span bytes = bytes_of(hex);

    memcpy(room, bytes.p, bytes.n);
    return writ_filter_index_open(WRIT_SPAN(room, bytes.n), index, e);
}

/* The files that cover a log at a time, as text: "0 1". */
static const char *files_at(const struct writ_filter_index *index, const char *log, uint64_t at)
{
    static char text[256];
    struct writ_filter_entries entries;
    size_t file, used = 0;

    text[0] = '\0';
    (void)writ_filter_index_find(index, bytes_of(log).p, &entries);
    while (writ_filter_entries_next_at(&entries, at, &file))
        used +=
            (size_t)snprintf(text + used, sizeof text - used, "%s%zu", used == 0 ? "" : " ", file);
    return text;
}

static void assert_answers(const struct writ_filter_index *index)
{
    static const char stranger[] =
        "c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3";

    assert_int_equal(index->files, 2);
    assert_int_equal(index->logs, 2);
    assert_int_equal(index->entries, 3);
    assert_true(index->latest == 2000);
    assert_text(writ_filter_index_name(index, 0), "full.filter");
    assert_text(writ_filter_index_name(index, 1), "1.delta");
    assert_spans_equal(writ_filter_index_log(index, 0), bytes_of(LOG_A));
    assert_spans_equal(writ_filter_index_log(index, 1), bytes_of(LOG_B));
    assert_string_equal(files_at(index, LOG_A, 99), "");
    assert_string_equal(files_at(index, LOG_A, 100), "0");
    assert_string_equal(files_at(index, LOG_A, 149), "0");
    assert_string_equal(files_at(index, LOG_A, 150), "0 1");
    assert_string_equal(files_at(index, LOG_A, 200), "0 1");
    assert_string_equal(files_at(index, LOG_A, 201), "1");
    assert_string_equal(files_at(index, LOG_A, 301), "");
    assert_string_equal(files_at(index, LOG_B, 1000), "0");
    assert_string_equal(files_at(index, LOG_B, 2001), "");
    assert_string_equal(files_at(index, stranger, 150), "");
}

static void both_forms_of_upki_are_read(void **state)
{
    struct writ_filter_index index;
    struct writ_error e = {0};

    (void)state;
    assert_ok(open_index(INDEX_1, &index, &e));
    assert_int_equal(index.number_size, 2);
    assert_answers(&index);
    assert_ok(open_index(INDEX_0, &index, &e));
    assert_int_equal(index.number_size, 1);
    assert_answers(&index);
}

static void what_is_asked_for_beyond_the_end_is_empty(void **state)
{
    struct writ_filter_index index;
    struct writ_error e = {0};

    (void)state;
    assert_ok(open_index(INDEX_1, &index, &e));
    assert_int_equal(writ_filter_index_log(&index, 2).n, 0);
    assert_int_equal(writ_filter_index_name(&index, SIZE_MAX / 32).n, 0);
}

static void an_index_without_files_covers_nothing(void **state)
{
    struct writ_filter_index index;
    struct writ_filter_entries entries;
    struct writ_error e = {0};

    (void)state;
    assert_ok(open_index(MAGIC_1 "0000 00000000", &index, &e));
    assert_false(writ_filter_index_find(&index, bytes_of(LOG_A).p, &entries));
    assert_true(index.latest == 0);
}

static void a_log_of_no_entries_is_not_covered(void **state)
{
    struct writ_filter_index index;
    struct writ_filter_entries entries;
    struct writ_error e = {0};

    (void)state;
    assert_ok(open_index(MAGIC_1 "0000 00000001" LOG_A "0000000000000038 0000", &index, &e));
    assert_false(writ_filter_index_find(&index, bytes_of(LOG_A).p, &entries));
}

static void an_interval_that_ends_before_it_begins_covers_nothing(void **state)
{
    struct writ_filter_index index;
    struct writ_error e = {0};

    (void)state;
    assert_ok(open_index(MAGIC_1 "0001 00000001" FULL PAD_21 LOG_A
                                 "0000000000000058 0001 0000 00000000000000c8 0000000000000064",
                         &index, &e));
    assert_string_equal(files_at(&index, LOG_A, 150), "");
    assert_true(index.latest == 0);
}

static void a_name_may_fill_its_slot(void **state)
{
    static const char digits[] = "3031323334353637383930313233343536373839303132333435363738393031";
    struct writ_filter_index index;
    struct writ_error e = {0};
    char hex[256];

    (void)state;
    (void)snprintf(hex, sizeof hex, MAGIC_1 "000100000000%s", digits);
    assert_ok(open_index(hex, &index, &e));
    assert_text(writ_filter_index_name(&index, 0), "01234567890123456789012345678901");
}

static void a_damaged_index_is_refused_with_a_sentence(void **state)
{
    static const char *const damaged[][2] = {
        {"", "magic"},
        {MAGIC_1, "number of files"},
        {"75706b6969647832 0000 00000000", "not an index of filters"},
        {MAGIC_1 "0000", "number of logs"},
        {MAGIC_1 "0201 00000000", "513 files, the ceiling is 512"},
        {MAGIC_1 "0000 00001001", "4097 logs, the ceiling is 4096"},
        {MAGIC_1 "0001 00000000" FULL, "file name"},
        {MAGIC_1 "0001 00000000 00 0000000000000000000000000000000000000000000000000000000000 0000",
         "the name of file 0 is none"},
        {MAGIC_1 "0001 00000000 2e2e 000000000000000000000000000000000000000000000000000000 000000",
         "the name of file 0 is none"},
        {MAGIC_1 "0001 00000000 612f62 0000000000000000000000000000000000000000000000000000 000000",
         "the name of file 0 is none"},
        {MAGIC_1 "0001 00000000" FULL "000000000000000000000000000000000000000001", "padding"},
        {MAGIC_1 "0002 00000000" FULL PAD_21 FULL PAD_21, "two files are named full.filter"},
        {MAGIC_1 "0000 00000001" LOG_A "0000000000000038", "number of entries"},
        {MAGIC_1 "0000 00000002" LOG_B "0000000000000062 0000" LOG_A "0000000000000062 0000",
         "log 1 does not stand behind"},
        {MAGIC_1 "0000 00000002" LOG_A "0000000000000062 0000" LOG_A "0000000000000062 0000",
         "log 1 does not stand behind"},
        {MAGIC_1 "0000 00000001" LOG_A "0000000000000039 0000", "begin at 57, wanted 56"},
        {MAGIC_1 "0000 00000001" LOG_A "ffffffffffffffff 0000", "wanted 56"},
        {MAGIC_1 "0001 00000001" FULL PAD_21 LOG_A "0000000000000058 0001", "number of a file"},
        {MAGIC_1 "0001 00000001" FULL PAD_21 LOG_A
                 "0000000000000058 0001 0001 0000000000000064 00000000000000c8",
         "entry 0 names file 1 of 1"},
        {INDEX_1 "00", "1 trailing byte"},
        {INDEX_0 "00", "1 trailing byte"},
    };
    struct writ_filter_index index;
    struct writ_error e = {0};

    (void)state;
    for (size_t i = 0; i < sizeof damaged / sizeof damaged[0]; i++) {
        assert_fault(open_index(damaged[i][0], &index, &e), WRIT_FAULT_BAD_INPUT, damaged[i][1]);
        assert_int_equal(index.files, 0);
    }
}

static void an_index_over_its_ceiling_is_refused(void **state)
{
    static uint8_t large[WRIT_FILTER_INDEX_MAX + 1];
    struct writ_filter_index index;
    struct writ_error e = {0};

    (void)state;
    assert_fault(writ_filter_index_open(WRIT_SPAN_OF(large), &index, &e), WRIT_FAULT_BAD_INPUT,
                 "the ceiling is 8388608");
}

static void an_index_that_is_cut_anywhere_is_refused(void **state)
{
    const char *const whole[] = {INDEX_0, INDEX_1};
    struct writ_filter_index index;

    (void)state;
    for (size_t k = 0; k < 2; k++) {
        struct writ_span bytes = bytes_of(whole[k]);

        for (size_t n = 0; n < bytes.n; n++)
            assert_int_equal(writ_filter_index_open(WRIT_SPAN(bytes.p, n), &index, NULL), -1);
    }
}

/* Whatever byte is changed: refused, or look-ups that stay inside (under the sanitizers). */
static void an_index_with_any_byte_changed_is_safe_to_ask(void **state)
{
    uint8_t copy[512];
    struct writ_span good = bytes_of(INDEX_1);
    struct writ_filter_index index;

    (void)state;
    memcpy(copy, good.p, good.n);
    for (size_t i = 0; i < good.n; i++) {
        for (unsigned change = 1; change < 256; change++) {
            copy[i] ^= (uint8_t)change;
            if (writ_filter_index_open(WRIT_SPAN(copy, good.n), &index, NULL) == 0) {
                struct writ_filter_entries entries;
                struct writ_filter_interval interval;

                for (size_t k = 0; k < index.logs; k++) {
                    (void)writ_filter_index_find(&index, writ_filter_index_log(&index, k).p,
                                                 &entries);
                    while (writ_filter_entries_next(&entries, &interval))
                        assert_true(interval.file < index.files);
                }
            }
            copy[i] ^= (uint8_t)change;
        }
    }
}

static void names_are_letters_digits_and_three_signs(void **state)
{
    static const char *const good[] = {"a",  "20260322-0-default.filter",       "A_b-C.9", "...",
                                       ".x", "01234567890123456789012345678901"};
    static const char *const bad[] = {
        "",    ".",        "..",  "a/b", "a b",
        "a\n", "\xc3\xa9", "a+b", "~",   "012345678901234567890123456789012"};

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_true(writ_filter_name_is_good(writ_span_text(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(writ_filter_name_is_good(writ_span_text(bad[i])));
    assert_false(writ_filter_name_is_good(WRIT_SPAN("a\0b", 3)));
}

/* ---------------------------------------------------------------------------------- writing */

/* A clubcard of version 4 without issuers and columns, that covers what the text says. */
static void open_card(const char *logs_hex, struct writ_clubcard *card)
{
    static uint8_t rooms[4][1024];
    static unsigned turn;
    char hex[2048];
    struct writ_error e = {0};
    struct writ_span bytes;
    uint8_t *room = rooms[turn++ % 4];
    size_t logs = strlen(logs_hex) / (2 * 48);

    (void)snprintf(hex, sizeof hex,
                   "0400%04zx%s"
                   "00000000 00 00000000",
                   logs, logs_hex);
    bytes = bytes_of(hex);
    memcpy(room, bytes.p, bytes.n);
    assert_ok(writ_clubcard_open(WRIT_SPAN(room, bytes.n), card, &e));
}

#define COVERS(log, low, high) log low high

static void an_index_that_is_written_is_upkis_byte_for_byte(void **state)
{
    struct writ_clubcard full, delta;
    struct writ_buffer out = {0};
    struct writ_error e = {0};

    (void)state;
    open_card(COVERS(LOG_B, "00000000000003e8", "00000000000007d0")
                  COVERS(LOG_A, "0000000000000064", "00000000000000c8"),
              &full);
    open_card(COVERS(LOG_A, "0000000000000096", "000000000000012c"), &delta);
    assert_ok(writ_filter_index_build(
        (struct writ_filter_index_input[]){{writ_span_text("full.filter"), &full},
                                           {writ_span_text("1.delta"), &delta}},
        2, &out, &e));
    assert_spans_equal(writ_buffer_span(&out), bytes_of(INDEX_1));
    writ_buffer_free(&out);
    writ_clubcard_close(&full);
    writ_clubcard_close(&delta);
}

static void an_index_is_appended_to_what_is_there(void **state)
{
    struct writ_clubcard full, delta;
    struct writ_buffer out = {0};
    struct writ_error e = {0};

    (void)state;
    open_card(COVERS(LOG_A, "0000000000000064", "00000000000000c8")
                  COVERS(LOG_B, "00000000000003e8", "00000000000007d0"),
              &full);
    open_card(COVERS(LOG_A, "0000000000000096", "000000000000012c"), &delta);
    writ_buffer_text(&out, "before");
    assert_ok(writ_filter_index_build(
        (struct writ_filter_index_input[]){{writ_span_text("full.filter"), &full},
                                           {writ_span_text("1.delta"), &delta}},
        2, &out, &e));
    assert_spans_equal(WRIT_SPAN(out.p + 6, out.n - 6), bytes_of(INDEX_1));
    writ_buffer_free(&out);
    writ_clubcard_close(&full);
    writ_clubcard_close(&delta);
}

static void an_interval_that_holds_nothing_is_not_written(void **state)
{
    struct writ_clubcard card;
    struct writ_filter_index index;
    struct writ_buffer out = {0};
    struct writ_error e = {0};

    (void)state;
    open_card(COVERS(LOG_A, "00000000000000c8", "00000000000000c7")
                  COVERS(LOG_B, "00000000000000c8", "00000000000000c8"),
              &card);
    assert_ok(writ_filter_index_build(
        &(struct writ_filter_index_input){writ_span_text("one"), &card}, 1, &out, &e));
    assert_ok(writ_filter_index_open(writ_buffer_span(&out), &index, &e));
    assert_int_equal(index.logs, 1);
    assert_string_equal(files_at(&index, LOG_B, 200), "0");
    writ_buffer_free(&out);
    writ_clubcard_close(&card);
}

static void no_files_make_an_empty_index(void **state)
{
    struct writ_buffer out = {0};
    struct writ_error e = {0};

    (void)state;
    assert_ok(writ_filter_index_build(NULL, 0, &out, &e));
    assert_spans_equal(writ_buffer_span(&out), bytes_of(MAGIC_1 "0000 00000000"));
    writ_buffer_free(&out);
}

static void bad_and_equal_names_are_not_written(void **state)
{
    struct writ_clubcard card;
    struct writ_buffer out = {0};
    struct writ_error e = {0};

    (void)state;
    open_card("", &card);
    assert_fault(writ_filter_index_build(
                     &(struct writ_filter_index_input){
                         writ_span_text("012345678901234567890123456789012"), &card},
                     1, &out, &e),
                 WRIT_FAULT_BAD_INPUT, "the name of file 0 is none");
    assert_fault(
        writ_filter_index_build((struct writ_filter_index_input[]){{writ_span_text("one"), &card},
                                                                   {writ_span_text("one"), &card}},
                                2, &out, &e),
        WRIT_FAULT_BAD_INPUT, "two files are named one");
    assert_int_equal(out.n, 0);
    writ_clubcard_close(&card);
}

static void files_over_the_ceiling_are_not_written(void **state)
{
    static struct writ_filter_index_input files[WRIT_FILTER_INDEX_FILES_MAX + 1];
    static char names[WRIT_FILTER_INDEX_FILES_MAX + 1][8];
    struct writ_clubcard card;
    struct writ_filter_index index;
    struct writ_buffer out = {0};
    struct writ_error e = {0};

    (void)state;
    open_card(COVERS(LOG_A, "0000000000000064", "00000000000000c8"), &card);
    for (size_t i = 0; i <= WRIT_FILTER_INDEX_FILES_MAX; i++) {
        (void)snprintf(names[i], sizeof names[i], "f%zu", i);
        files[i] = (struct writ_filter_index_input){writ_span_text(names[i]), &card};
    }
    assert_fault(writ_filter_index_build(files, WRIT_FILTER_INDEX_FILES_MAX + 1, &out, &e),
                 WRIT_FAULT_BAD_INPUT, "513 files, the ceiling is 512");
    assert_int_equal(out.n, 0);
    assert_ok(writ_filter_index_build(files, WRIT_FILTER_INDEX_FILES_MAX, &out, &e));
    assert_ok(writ_filter_index_open(writ_buffer_span(&out), &index, &e));
    assert_int_equal(index.entries, WRIT_FILTER_INDEX_FILES_MAX);
    writ_buffer_free(&out);
    writ_clubcard_close(&card);
}

static const struct CMUnitTest claims[] = {
    CLAIM(both_forms_of_upki_are_read),
    CLAIM(what_is_asked_for_beyond_the_end_is_empty),
    CLAIM(an_index_without_files_covers_nothing),
    CLAIM(a_log_of_no_entries_is_not_covered),
    CLAIM(an_interval_that_ends_before_it_begins_covers_nothing),
    CLAIM(a_name_may_fill_its_slot),
    CLAIM(a_damaged_index_is_refused_with_a_sentence),
    CLAIM(an_index_over_its_ceiling_is_refused),
    CLAIM(an_index_that_is_cut_anywhere_is_refused),
    CLAIM(an_index_with_any_byte_changed_is_safe_to_ask),
    CLAIM(names_are_letters_digits_and_three_signs),
    CLAIM(an_index_that_is_written_is_upkis_byte_for_byte),
    CLAIM(an_index_is_appended_to_what_is_there),
    CLAIM(an_interval_that_holds_nothing_is_not_written),
    CLAIM(no_files_make_an_empty_index),
    CLAIM(bad_and_equal_names_are_not_written),
    CLAIM(files_over_the_ceiling_are_not_written),
};

RUN_CLAIMS(claims)
