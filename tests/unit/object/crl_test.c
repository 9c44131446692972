#include "object/crl.h"

#include <malloc.h>

#include "bytes/build.h"
#include "object/certs.h"
#include "object/crl_entry.h"

static struct writ_error e;
static struct writ_crl crl;

/* ------------------------------------------------------------------- CRLs made for a claim */

#define TIMES                 "17{'260101000000Z'} 17{'460101000000Z'}"
#define PLAIN(hex)            "30{ 02{ " hex " } 17{'260102030405Z'} }"
#define REASON(code)          "30{ 06{ 551d15 } 04{ 0a{ " code " } } }"
#define WITH(hex, extensions) "30{ 02{ " hex " } 17{'260102030405Z'} 30{ " extensions " } }"
#define OWNER(name)           "30{ 06{ 551d1d } 01{ ff } 04{ 30{ a4{ " name " } } } }"
#define CRL_NUMBER            "30{ 06{ 551d14 } 04{ 02{ 07 } } }"

/* A v2 CRL of "CA" with this list ("" for none) and these extensions ("" for none). */
static struct writ_span crl_of(const char *list, const char *extensions)
{
    return der(piece("30{ 30{ 02{ 01 } %s %s %s %s %s } %s 03{ 00 0102 } }", ECDSA_SHA256,
                     NAME("CA"), TIMES, *list == '\0' ? "" : piece("30{ %s }", list),
                     *extensions == '\0' ? "" : piece("a0{ 30{ %s } }", extensions), ECDSA_SHA256));
}

static void read_crl(const char *list, const char *extensions)
{
    static uint8_t room[65536];
    struct writ_span bytes = crl_of(list, extensions);

    memcpy(room, bytes.p, bytes.n);
    writ_error_clear(&e);
    assert_ok(writ_crl_parse(WRIT_SPAN(room, bytes.n), &crl, &e));
}

/* An entry with these extensions. */
static const char *with_all(const char *extensions)
{
    return piece("30{ 02{ 01 } 17{'260102030405Z'} 30{ %s } }", extensions);
}

static bool finds(const char *serial, struct writ_crl_entry *entry)
{
    struct writ_crl_index *index = NULL;
    struct writ_crl_entry other;
    bool found = writ_crl_find(&crl, NULL, bytes_of(serial), WRIT_SPAN_NONE, entry);

    assert_ok(writ_crl_index_build(&crl, 5, &index, &e));
    assert_int_equal(writ_crl_find(&crl, index, bytes_of(serial), WRIT_SPAN_NONE, &other), found);
    if (found)
        assert_int_equal(entry->reason, other.reason);
    writ_crl_index_free(index);
    return found;
}

/* ------------------------------------------------------------------------------- reading */

static void a_crl_is_read_field_by_field(void **state)
{
    struct writ_crl_walk walk;
    struct writ_crl_entry entry;

    (void)state;
    read_crl(PLAIN("1001") " " WITH("1002", REASON("01") " 30{ 06{ 551d18 } 04{ "
                                                         "18{'20251231000000Z'} } }"),
             CRL_NUMBER " 30{ 06{ 551d23 } 04{ 30{ 80{ aabb } } } }");
    assert_int_equal(crl.version, 2);
    assert_text(crl.issuer.common_name, "CA");
    assert_int_equal(crl.this_update, 1767225600);
    assert_true(crl.has_next_update);
    assert_int_equal(crl.next_update, 2398377600);
    assert_spans_equal(crl.number, bytes_of("07"));
    assert_spans_equal(crl.authority_key_id, bytes_of("aabb"));
    assert_spans_equal(crl.signature, bytes_of("0102"));
    assert_int_equal(crl.entry_count, 2);
    assert_int_equal(crl.idp.reasons, WRIT_FLAG_ALL);
    walk = writ_crl_walk(&crl);
    assert_true(writ_crl_next(&walk, &entry));
    assert_spans_equal(entry.serial, bytes_of("1001"));
    assert_int_equal(entry.revocation_date, 1767323045);
    assert_false(entry.has_reason || entry.has_invalidity);
    assert_true(writ_crl_next(&walk, &entry));
    assert_true(entry.has_reason && entry.reason == 1 && entry.has_invalidity);
    assert_int_equal(entry.invalidity_date, 1767139200);
    assert_false(writ_crl_next(&walk, &entry));
}

static void nobody_revoked_is_an_empty_walk(void **state)
{
    struct writ_crl_walk walk;
    struct writ_crl_entry entry;

    (void)state;
    read_crl("", CRL_NUMBER);
    walk = writ_crl_walk(&crl);
    assert_int_equal(crl.entry_count, 0);
    assert_false(writ_crl_next(&walk, &entry));
    assert_false(finds("1001", &entry));
}

static void every_piece_of_it_is_wanted(void **state)
{
    struct writ_span whole;

    (void)state;
    whole = crl_of(PLAIN("1001") " " WITH("1002", REASON("01")), CRL_NUMBER);
    for (size_t n = 0; n < whole.n; n++)
        assert_int_equal(writ_crl_parse(WRIT_SPAN(whole.p, n), &crl, NULL), -1);
    assert_int_equal(writ_crl_parse(whole, &crl, NULL), 0);
}

static void a_length_of_4_gib_is_compared_and_not_believed(void **state)
{
    (void)state;
    assert_fault(writ_crl_parse(bytes_of("3084ffffffff3000"), &crl, &e), WRIT_FAULT_BAD_INPUT,
                 "wanted 4294967295 bytes, 2 are left");
}

static void a_list_that_nests_for_ever_is_refused(void **state)
{
    static char text[4096];
    size_t n = 0;

    (void)state;
    for (int i = 0; i < 100; i++)
        n += (size_t)sprintf(text + n, "30{ ");
    for (int i = 0; i < 100; i++)
        n += (size_t)sprintf(text + n, "} ");
    assert_fault(writ_crl_parse(crl_of(text, ""), &crl, &e), WRIT_FAULT_BAD_INPUT,
                 "userCertificate");
    assert_fault(writ_crl_parse(crl_of(with_all(text), ""), &crl, &e), WRIT_FAULT_BAD_INPUT,
                 "extnID");
}

static void too_many_extensions_are_refused(void **state)
{
    static char text[4096];
    size_t n = 0;

    (void)state;
    for (int i = 0; i <= WRIT_CRL_EXTENSIONS_MAX; i++)
        n += (size_t)sprintf(text + n, "30{ 06{ 2a03%02x } 04{ 05{} } } ", i);
    assert_fault(writ_crl_parse(crl_of("", text), &crl, &e), WRIT_FAULT_BAD_INPUT,
                 "more than 32 extensions");
    assert_fault(writ_crl_parse(crl_of(with_all(text), ""), &crl, &e), WRIT_FAULT_BAD_INPUT,
                 "more than 32 extensions");
}

static void the_first_unknown_critical_extension_is_told(void **state)
{
    (void)state;
    read_crl(PLAIN("01"), "30{ 06{ 2a0304 } 04{ 05{} } }");
    assert_false(crl.has_unknown_critical);
    read_crl(PLAIN("01"), "30{ 06{ 2a0305 } 01{ ff } 04{ 05{} } }");
    assert_true(crl.has_unknown_critical);
    assert_spans_equal(crl.unknown_critical, bytes_of("2a0305"));
    read_crl(WITH("01", "30{ 06{ 2a0306 } 01{ ff } 04{ 05{} } }") " " PLAIN("02"), "");
    assert_true(crl.has_unknown_critical);
    assert_spans_equal(crl.unknown_critical, bytes_of("2a0306"));
}

/* The two common shapes have a reader of their own; what it says of a time is what the strict one
 * says. */
static void each_day_of_utctime_is_the_same_to_both_readers(void **state)
{
    char digits[16];

    (void)state;
    for (int year = 0; year < 100; year++) {
        for (int day = 0; day < 14 * 33; day++) {
            struct writ_cursor c;
            struct writ_span time;
            int64_t quick = 0, slow = 0;

            (void)sprintf(digits, "\x17\x0d%02d%02d%02d%02d%02d%02dZ", year, day / 33, day % 33,
                          day % 26, day % 62, (day + 7) % 62);
            time = WRIT_SPAN(digits, 15);
            c = writ_cursor_over(time, NULL);
            assert_int_equal(writ_crl_quick_time(time, &quick), writ_der_time(&c, &slow, "t") == 0);
            assert_int_equal(quick, slow);
        }
    }
}

static void characters_that_are_no_digits_are_no_time(void **state)
{
    char text[16] = "\x17\x0d"
                    "260102030405Z";
    int64_t instant;

    (void)state;
    assert_true(writ_crl_quick_time(WRIT_SPAN(text, 15), &instant));
    for (int at = 0; at < 15; at++) {
        for (int value = 0; value < 256; value++) {
            char was = text[at];

            text[at] = (char)value;
            if (at < 2 || at == 14 || value < '0' || value > '9')
                assert_int_equal(writ_crl_quick_time(WRIT_SPAN(text, 15), &instant),
                                 text[at] == was);
            text[at] = was;
        }
    }
}

/* An entry in one of the common shapes, and the same with another extension, which only the slow
 * reader takes. */
static void an_entry_is_the_same_to_both_readers(void **state)
{
    static const char *const serials[] = {
        "00", "01", "7f", "0080", "80", "ff", "ff7f", "7f0102030405060708090a0b0c0d0e0f10111213"};
    struct writ_crl_entry_notes notes;

    (void)state;
    for (size_t i = 0; i < sizeof serials / sizeof serials[0]; i++) {
        struct writ_span bytes =
            der(piece("30{ 02{ %s } 17{'260102030405Z'} 30{ " REASON("04") " } }", serials[i]));
        struct writ_cursor c = writ_cursor_over(bytes, NULL), again = c;
        struct writ_crl_entry quick, slow;

        assert_true(writ_crl_quick_entry(&c, &quick));
        assert_int_equal(c.left, 0);
        assert_int_equal(writ_crl_take_entry(&again, &slow, &notes), 0);
        assert_spans_equal(quick.serial, slow.serial);
        assert_int_equal(quick.revocation_date, slow.revocation_date);
        assert_true(quick.has_reason && slow.has_reason && quick.reason == 4 && slow.reason == 4);
    }
}

static void what_the_quick_reader_leaves_it_leaves_untouched(void **state)
{
    static const char *const odd[] = {
        "30{ 02{ 0001 } 17{'260102030405Z'} }",
        "30{ 02{ ff80 } 17{'260102030405Z'} }",
        "30{ 02{} 17{'260102030405Z'} }",
        "30{ 02{ 01 } 18{'20260102030405Z'} }",
        "30{ 02{ 01 } 17{'260102030405Z'} 30{} }",
        "30{ 02{ 01 } 17{'260102030405Z'} 30{ " REASON("07") " } }",
        "30{ 02{ 01 } 17{'260102030405Z'} 30{ " REASON("0b") " } }",
        "30{ 02{ 01 } 17{'260102030405Z'} 05{} }",
        "30{ 02{ 01 } 17{'261302030405Z'} }",
        "30{ 02{ 7f0102030405060708090a0b0c0d0e0f1011121314 } 17{'260102030405Z'} }",
        "31{ 02{ 01 } 17{'260102030405Z'} }",
        "30{ 02{ 01 } }",
        "30{}",
        "30",
        "",
    };

    (void)state;
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        struct writ_span bytes = *odd[i] == '\0' ? WRIT_SPAN_NONE : der(odd[i]);
        struct writ_cursor c = writ_cursor_over(bytes, NULL);
        struct writ_crl_entry entry;

        assert_false(writ_crl_quick_entry(&c, &entry));
        assert_int_equal(c.left, bytes.n);
    }
}

/* --------------------------------------------------------------------------------- order */

static void the_walk_notes_the_order(void **state)
{
    (void)state;
    read_crl(PLAIN("1001") " " PLAIN("1002") " " PLAIN("2001"), "");
    assert_int_equal(crl.order, WRIT_CRL_SORTED);
    assert_false(writ_crl_wants_index(&crl));
    read_crl(PLAIN("1001") " " PLAIN("1001") " " PLAIN("1002"), "");
    assert_int_equal(crl.order, WRIT_CRL_SORTED);
    read_crl(PLAIN("7f") " " PLAIN("0080"), "");
    assert_int_equal(crl.order, WRIT_CRL_UNEVEN);
    read_crl(PLAIN("1001") " " WITH("1002", REASON("01")), "");
    assert_int_equal(crl.order, WRIT_CRL_UNEVEN);
    assert_true(writ_crl_wants_index(&crl));
    read_crl(PLAIN("1002") " " PLAIN("1001"), "");
    assert_int_equal(crl.order, WRIT_CRL_UNSORTED);
    read_crl(PLAIN("0080") " " PLAIN("7f"), "");
    assert_int_equal(crl.order, WRIT_CRL_UNSORTED);
    read_crl(PLAIN("1001") " " WITH("1002", OWNER(NAME("Other"))), "");
    assert_int_equal(crl.order, WRIT_CRL_INDIRECT);
}

/* ----------------------------------------------------------------------------- looking up */

static void serials_are_compared_octet_for_octet(void **state)
{
    struct writ_crl_entry entry;

    (void)state;
    read_crl(PLAIN("0080") " " PLAIN("01") " " PLAIN("ff"), "");
    assert_true(finds("0080", &entry));
    assert_false(finds("80", &entry));
    assert_true(finds("01", &entry));
    assert_false(finds("0001", &entry));
    assert_true(finds("ff", &entry));
    assert_false(finds("00ff", &entry));
    assert_false(finds("", &entry));
}

static void of_a_serial_that_stands_twice_the_one_that_revokes_counts(void **state)
{
    static const char delta[] = "30{ 06{ 551d1b } 01{ ff } 04{ 02{ 01 } } }";
    struct writ_crl_entry entry;

    (void)state;
    read_crl(WITH("11", REASON("08")) " " WITH("11", REASON("01")) " " WITH("12", REASON("08")),
             delta);
    assert_int_equal(crl.order, WRIT_CRL_SORTED);
    assert_true(finds("11", &entry));
    assert_int_equal(entry.reason, 1);
    assert_true(finds("12", &entry));
    assert_int_equal(entry.reason, WRIT_CRL_REMOVE);
    read_crl(WITH("12", REASON("08")) " " WITH("11", REASON("08")) " " WITH("11", REASON("06")),
             delta);
    assert_int_equal(crl.order, WRIT_CRL_UNSORTED);
    assert_true(finds("11", &entry));
    assert_int_equal(entry.reason, 6);
}

static void another_issuers_serial_is_not_found(void **state)
{
    struct writ_crl_entry entry;

    (void)state;
    read_crl(PLAIN("11"), "");
    assert_true(writ_crl_find(&crl, NULL, bytes_of("11"), der(NAME("CA")), &entry));
    assert_true(writ_crl_find(&crl, NULL, bytes_of("11"), der(NAME("ca ")), &entry));
    assert_false(writ_crl_find(&crl, NULL, bytes_of("11"), der(NAME("Other")), &entry));
}

static void a_certificate_issuer_holds_for_the_entries_after_it(void **state)
{
    static const struct {
        const char *serial, *issuer;
        bool listed;
    } cases[] = {
        {"11", NAME("CA"), true},     {"11", NAME("Other"), false}, {"12", NAME("Other"), true},
        {"12", NAME("CA"), false},    {"13", NAME("Other"), true},  {"13", NAME("other"), true},
        {"14", NAME("Third"), true},  {"14", NAME("Other"), false}, {"15", NAME("Third"), true},
        {"13", NAME("Third"), false},
    };
    struct writ_crl_index *index;

    (void)state;
    read_crl(PLAIN("11") " " WITH("12", OWNER(NAME("Other"))) " " PLAIN("13") " " WITH(
                 "14", OWNER(NAME("Third"))) " " PLAIN("15"),
             "");
    assert_ok(writ_crl_index_build(&crl, 1, &index, &e));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct writ_crl_entry entry;
        struct writ_span serial = bytes_of(cases[i].serial), issuer = der(cases[i].issuer);

        assert_int_equal(writ_crl_find(&crl, NULL, serial, issuer, &entry), cases[i].listed);
        assert_int_equal(writ_crl_find(&crl, index, serial, issuer, &entry), cases[i].listed);
    }
    writ_crl_index_free(index);
}

/* A CRL of n entries whose serials are size octets that make_serial fills. */
static struct writ_buffer many(size_t n, size_t size, void (*make_serial)(size_t, uint8_t *))
{
    struct writ_build b = {0};
    uint8_t serial[WRIT_CRL_SERIAL_MAX] = {0};

    writ_build_open(&b, WRIT_DER_SEQUENCE);
    writ_build_open(&b, WRIT_DER_SEQUENCE);
    writ_build_raw(&b, der("02{ 01 }"));
    writ_build_raw(&b, der(ECDSA_SHA256));
    writ_build_raw(&b, der(NAME("CA")));
    writ_build_raw(&b, der("17{'260101000000Z'}"));
    writ_build_open(&b, WRIT_DER_SEQUENCE);
    for (size_t i = 0; i < n; i++) {
        make_serial(i, serial);
        writ_build_open(&b, WRIT_DER_SEQUENCE);
        writ_build_element(&b, WRIT_DER_INTEGER, WRIT_SPAN(serial, size));
        writ_build_raw(&b, der("17{'260102030405Z'}"));
        writ_build_close(&b);
    }
    writ_build_close(&b);
    writ_build_close(&b);
    writ_build_raw(&b, der(ECDSA_SHA256));
    writ_build_raw(&b, der("03{ 00 01 }"));
    writ_build_close(&b);
    assert_ok(writ_buffer_check(&b.out, &e));
    return b.out;
}

static void number(uint64_t value, uint8_t *serial, size_t size)
{
    for (size_t i = size; i > 0; i--, value >>= 8)
        serial[i - 1] = (uint8_t)value;
}

static void evenly(size_t i, uint8_t *serial)
{
    number(UINT64_C(0x0123456789) * (i + 1), serial, 8);
    serial[0] |= 0x40;
}
static void in_steps(size_t i, uint8_t *serial)
{
    number(0x40000000 + i * 2, serial, 4);
}
static void exponentially(size_t i, uint8_t *serial)
{
    number((UINT64_C(1) << (i % 60)) + i, serial, 8);
    serial[0] = (uint8_t)(0x40 + i / 60);
}
static void in_clumps(size_t i, uint8_t *serial)
{
    number(i < 900 ? 0x4000000000000000 + i * 2 : 0x7f00000000000000 + i * 2, serial, 8);
}
static void long_alike(size_t i, uint8_t *serial)
{
    memset(serial, 0x55, 20);
    number(i * 2, serial + 16, 4);
}
static void downwards(size_t i, uint8_t *serial)
{
    number(0x40000000 - i * 2, serial, 4);
}
static void all_the_same(size_t i, uint8_t *serial)
{
    (void)i;
    number(0x41424344, serial, 4);
}

/* Each is found, in place or by a walk and by an index, and what lies beside each is not. */
static void each_is_found(size_t n, size_t size, void (*make_serial)(size_t, uint8_t *), bool alone)
{
    struct writ_buffer bytes = many(n, size, make_serial);
    struct writ_crl_index *index;
    struct writ_crl_entry entry;
    uint8_t serial[WRIT_CRL_SERIAL_MAX] = {0};

    assert_ok(writ_crl_parse(writ_buffer_span(&bytes), &crl, &e));
    assert_int_equal(crl.entry_count, n);
    assert_ok(writ_crl_index_build(&crl, 1, &index, &e));
    for (size_t i = 0; i < n; i++) {
        const struct writ_crl_index *ways[] = {NULL, index};

        for (size_t way = 0; way < 2; way++) {
            make_serial(i, serial);
            assert_true(
                writ_crl_find(&crl, ways[way], WRIT_SPAN(serial, size), WRIT_SPAN_NONE, &entry));
            assert_spans_equal(entry.serial, WRIT_SPAN(serial, size));
            for (int change = -1; alone && change <= 1; change += 2) {
                serial[size - 1] = (uint8_t)(serial[size - 1] + change);
                assert_false(writ_crl_find(&crl, ways[way], WRIT_SPAN(serial, size), WRIT_SPAN_NONE,
                                           &entry));
                make_serial(i, serial);
            }
        }
    }
    writ_crl_index_free(index);
    writ_buffer_free(&bytes);
}

static void each_entry_is_found_however_they_are_spread(void **state)
{
    (void)state;
    for (size_t n = 1; n < 40; n++)
        each_is_found(n, 8, evenly, true);
    each_is_found(1000, 8, evenly, true);
    each_is_found(1000, 4, in_steps, true);
    each_is_found(1000, 8, in_clumps, true);
    each_is_found(1000, 20, long_alike, true);
    each_is_found(300, 4, downwards, true);
    each_is_found(300, 4, all_the_same, true);
    each_is_found(300, 8, exponentially, false);
}

static void what_lies_outside_is_not_found(void **state)
{
    struct writ_crl_entry entry;

    (void)state;
    read_crl(PLAIN("40010203") " " PLAIN("40020203") " " PLAIN("50010203"), "");
    assert_int_equal(crl.order, WRIT_CRL_SORTED);
    assert_false(finds("00", &entry));
    assert_false(finds("30010203", &entry));
    assert_false(finds("7fffffff", &entry));
    assert_false(finds("ffffffff", &entry));
    assert_false(finds("4001020300", &entry));
    assert_true(finds("50010203", &entry));
}

static void an_index_takes_the_bytes_it_says(void **state)
{
    struct writ_buffer sorted = many(100000, 8, evenly), unsorted = many(10000, 4, downwards);
    struct writ_crl_index *index;

    (void)state;
    assert_ok(writ_crl_parse(writ_buffer_span(&sorted), &crl, &e));
    assert_ok(writ_crl_index_build(&crl, 1, &index, &e));
    assert_in_range(writ_crl_index_size(index), 100000, 210000); /* one or two an entry */
    writ_crl_index_free(index);
    assert_ok(writ_crl_parse(writ_buffer_span(&unsorted), &crl, &e));
    assert_ok(writ_crl_index_build(&crl, 1, &index, &e));
    assert_in_range(writ_crl_index_size(index), 90000, 105000); /* nine or ten */
    writ_crl_index_free(index);
    writ_crl_index_free(NULL);
    writ_buffer_free(&sorted);
    writ_buffer_free(&unsorted);
}

/* Bytes that malloc has from the system. */
static size_t taken(void)
{
    struct mallinfo2 m = mallinfo2();

    return m.arena + m.hblkhd;
}

static void reading_and_looking_up_take_no_memory(void **state)
{
    struct writ_buffer bytes = many(200000, 8, evenly);
    struct writ_crl_entry entry;
    size_t before = taken();

    (void)state;
    assert_ok(writ_crl_parse(writ_buffer_span(&bytes), &crl, &e));
    assert_false(writ_crl_find(&crl, NULL, bytes_of("4000000000000001"), WRIT_SPAN_NONE, &entry));
    assert_int_equal(taken(), before);
    writ_buffer_free(&bytes);
}

static void crl_numbers_are_numbers(void **state)
{
    (void)state;
    assert_true(writ_crl_number_compare(bytes_of("07"), bytes_of("08")) < 0);
    assert_true(writ_crl_number_compare(bytes_of("0080"), bytes_of("7f")) > 0);
    assert_true(writ_crl_number_compare(bytes_of("0100"), bytes_of("7f")) > 0);
    assert_int_equal(writ_crl_number_compare(bytes_of("0100"), bytes_of("0100")), 0);
    assert_true(writ_crl_number_compare(WRIT_SPAN_NONE, bytes_of("00")) < 0);
    assert_int_equal(writ_crl_number_compare(WRIT_SPAN_NONE, WRIT_SPAN_NONE), 0);
}

static const struct CMUnitTest claims[] = {
    CLAIM(a_crl_is_read_field_by_field),
    CLAIM(nobody_revoked_is_an_empty_walk),
    CLAIM(every_piece_of_it_is_wanted),
    CLAIM(a_length_of_4_gib_is_compared_and_not_believed),
    CLAIM(a_list_that_nests_for_ever_is_refused),
    CLAIM(too_many_extensions_are_refused),
    CLAIM(the_first_unknown_critical_extension_is_told),
    CLAIM(each_day_of_utctime_is_the_same_to_both_readers),
    CLAIM(characters_that_are_no_digits_are_no_time),
    CLAIM(an_entry_is_the_same_to_both_readers),
    CLAIM(what_the_quick_reader_leaves_it_leaves_untouched),
    CLAIM(the_walk_notes_the_order),
    CLAIM(serials_are_compared_octet_for_octet),
    CLAIM(of_a_serial_that_stands_twice_the_one_that_revokes_counts),
    CLAIM(another_issuers_serial_is_not_found),
    CLAIM(a_certificate_issuer_holds_for_the_entries_after_it),
    CLAIM(each_entry_is_found_however_they_are_spread),
    CLAIM(what_lies_outside_is_not_found),
    CLAIM(an_index_takes_the_bytes_it_says),
    CLAIM(reading_and_looking_up_take_no_memory),
    CLAIM(crl_numbers_are_numbers),
};
RUN_CLAIMS(claims)
