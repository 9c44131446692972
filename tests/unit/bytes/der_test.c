#include "bytes/der.h"

#include "base/time.h"
#include "test.h"

/* A cursor over the bytes that hexadecimal digits stand for. */
#define OVER(hex) (*(struct writ_cursor[]){writ_cursor_over(bytes_of(hex), &e)})

/* The reader refuses the bytes with these words, at this offset. */
#define REFUSED(hex, read, place, words)                                                           \
    do {                                                                                           \
        struct writ_cursor r = OVER(hex);                                                          \
        assert_fault(read, WRIT_FAULT_BAD_INPUT, words);                                           \
        assert_int_equal(e.offset, place);                                                         \
    } while (0)

static void an_element_is_its_tag_length_and_contents(void **state)
{
    struct writ_error e = {0};
    struct writ_cursor c = OVER("3003 020105 0500");
    struct writ_cursor contents;
    struct writ_span whole;
    uint8_t tag;

    (void)state;
    assert_ok(writ_der_any(&c, &tag, &contents, &whole, "x"));
    assert_int_equal(tag, WRIT_DER_SEQUENCE);
    assert_spans_equal(whole, bytes_of("3003020105"));
    assert_spans_equal(WRIT_SPAN(contents.at, contents.left), bytes_of("020105"));
    assert_int_equal(contents.offset, 2);
    assert_int_equal(contents.depth, 1);
    assert_int_equal(c.left, 2);
    assert_int_equal(c.depth, 0);
    assert_ok(writ_der_any(&c, &tag, &contents, NULL, "y"));
    assert_int_equal(tag, WRIT_DER_NULL);
    assert_ok(writ_der_end(&c, "all"));
}

/* An OCTET STRING of n bytes with the given header comes out whole. */
static void assert_length(const char *header, size_t n)
{
    struct writ_error e = {0};
    struct writ_buffer b = {0};
    struct writ_cursor c;
    struct writ_span octets;

    writ_buffer_add(&b, bytes_of(header));
    writ_buffer_zeros(&b, n);
    c = writ_cursor_over(writ_buffer_span(&b), &e);
    assert_ok(writ_der_octet_string(&c, &octets, "x"));
    assert_int_equal(octets.n, n);
    assert_ok(writ_der_end(&c, "x"));
    c = writ_cursor_over(WRIT_SPAN(b.p, b.n - 1), &e);
    assert_int_equal(writ_der_octet_string(&c, &octets, "x"), -1);
    writ_buffer_free(&b);
}

static void every_length_has_its_shortest_form(void **state)
{
    (void)state;
    assert_length("0400", 0);
    assert_length("047f", 127);
    assert_length("048180", 128);
    assert_length("0481ff", 255);
    assert_length("04820100", 256);
    assert_length("0482ffff", 65535);
    assert_length("0483010000", 65536);
    assert_length("0483ffffff", 16777215);
    assert_length("048401000000", 16777216);
}

static void other_forms_of_a_length_are_refused(void **state)
{
    struct writ_error e = {0};
    struct writ_cursor in;
    uint8_t tag;

    (void)state;
    REFUSED("3080 0500 0000", writ_der_any(&r, &tag, &in, NULL, "x"), 2, "indefinite length (BER)");
    REFUSED("308102 0500", writ_der_any(&r, &tag, &in, NULL, "x"), 3, "long form without need");
    REFUSED("30817f 0500", writ_der_any(&r, &tag, &in, NULL, "x"), 3, "long form without need");
    REFUSED("3082 0080 0500", writ_der_any(&r, &tag, &in, NULL, "x"), 3, "leading zeros");
    REFUSED("3084 00010000 0500", writ_der_any(&r, &tag, &in, NULL, "x"), 3, "leading zeros");
    REFUSED("308100", writ_der_any(&r, &tag, &in, NULL, "x"), 3, "leading zeros");
    REFUSED("3085 0100000000", writ_der_any(&r, &tag, &in, NULL, "x"), 2, "more than 4 bytes");
    REFUSED("30ff 00", writ_der_any(&r, &tag, &in, NULL, "x"), 2, "more than 4 bytes");
}

static void a_length_beyond_the_end_is_refused(void **state)
{
    struct writ_error e = {0};
    struct writ_cursor in;
    uint8_t tag;

    (void)state;
    REFUSED("", writ_der_any(&r, &tag, &in, NULL, "x"), 0, "wanted 1 bytes, 0 are left");
    REFUSED("30", writ_der_any(&r, &tag, &in, NULL, "x"), 1, "0 are left");
    REFUSED("3001", writ_der_any(&r, &tag, &in, NULL, "x"), 2, "wanted 1 bytes, 0 are left");
    REFUSED("3003 0500", writ_der_any(&r, &tag, &in, NULL, "x"), 2, "wanted 3 bytes, 2 are left");
    REFUSED("3082 01", writ_der_any(&r, &tag, &in, NULL, "x"), 3, "0 are left");
    REFUSED("3084 ffffffff 00", writ_der_any(&r, &tag, &in, NULL, "x"), 6,
            "wanted 4294967295 bytes, 1 are left");
}

static void tags_in_the_high_form_and_zero_are_refused(void **state)
{
    struct writ_error e = {0};
    struct writ_cursor in;
    uint8_t tag;

    (void)state;
    REFUSED("1f2000", writ_der_any(&r, &tag, &in, NULL, "x"), 0, "tag 0x1f is not allowed");
    REFUSED("3f2000", writ_der_any(&r, &tag, &in, NULL, "x"), 0, "tag 0x3f is not allowed");
    REFUSED("bf810100", writ_der_any(&r, &tag, &in, NULL, "x"), 0, "tag 0xbf is not allowed");
    REFUSED("df2000", writ_der_any(&r, &tag, &in, NULL, "x"), 0, "tag 0xdf is not allowed");
    REFUSED("0000", writ_der_any(&r, &tag, &in, NULL, "x"), 0, "tag 0x00 is not allowed");
}

/* X.690 10.2: no string in pieces; 8.9.1 and 8.11.1: SEQUENCE and SET are constructed. */
static void universal_types_have_one_form_each(void **state)
{
    struct writ_error e = {0};
    struct writ_cursor in;
    uint8_t tag;

    (void)state;
    for (unsigned number = 1; number < 31; number++) {
        bool constructed =
            number == 8 || number == 11 || number == 16 || number == 17 || number == 29;
        uint8_t plain[2] = {(uint8_t)number, 0};
        uint8_t nested[2] = {(uint8_t)(0x20 | number), 0};
        struct writ_cursor c = writ_cursor_over(WRIT_SPAN_OF(plain), &e);
        struct writ_cursor d = writ_cursor_over(WRIT_SPAN_OF(nested), &e);

        assert_int_equal(writ_der_any(&c, &tag, &in, NULL, "x"), constructed ? -1 : 0);
        assert_int_equal(writ_der_any(&d, &tag, &in, NULL, "x"), constructed ? 0 : -1);
    }
    REFUSED("2405 040101 0402", writ_der_any(&r, &tag, &in, NULL, "x"), 0, "wrong form (BER)");
}

static void other_classes_may_have_either_form(void **state)
{
    struct writ_error e = {0};
    struct writ_cursor in;
    uint8_t tag;

    (void)state;
    for (unsigned class = 0x40; class < 0x100; class += 0x20) {
        uint8_t bytes[2] = {(uint8_t) class, 0};
        struct writ_cursor c = writ_cursor_over(WRIT_SPAN_OF(bytes), &e);

        assert_ok(writ_der_any(&c, &tag, &in, NULL, "x"));
        assert_int_equal(tag, class);
    }
    assert_int_equal(WRIT_DER_CONTEXT(3), 0x83);
    assert_int_equal(WRIT_DER_CONTEXT_CONSTRUCTED(3), 0xa3);
}

/* n SEQUENCEs inside each other, the innermost one empty. */
static struct writ_span nested(unsigned n)
{
    static uint8_t bytes[256];

    assert_true(n <= 63);
    for (unsigned i = 0; i < n; i++) {
        bytes[2 * i] = WRIT_DER_SEQUENCE;
        bytes[2 * i + 1] = (uint8_t)(2 * (n - 1 - i));
    }
    return WRIT_SPAN(bytes, 2 * n);
}

static void structures_nest_32_deep_and_not_33(void **state)
{
    struct writ_error e = {0};
    struct writ_cursor c = writ_cursor_over(nested(33), &e);
    struct writ_cursor inner;

    (void)state;
    for (int i = 0; i < 32; i++) {
        assert_ok(writ_der_enter(&c, WRIT_DER_SEQUENCE, &inner, "x"));
        c = inner;
    }
    assert_fault(writ_der_enter(&c, WRIT_DER_SEQUENCE, &inner, "x"), WRIT_FAULT_BAD_INPUT,
                 "nested deeper than 32");
    assert_int_equal(e.offset, 64);
}

static void entering_wants_the_tag_and_says_what_it_found(void **state)
{
    struct writ_error e = {0};
    struct writ_cursor in;
    struct writ_span s;

    (void)state;
    REFUSED("3100", writ_der_enter(&r, WRIT_DER_SEQUENCE, &in, "tbsCertificate"), 0,
            "tbsCertificate: wanted SEQUENCE (tag 0x30), found tag 0x31");
    REFUSED("", writ_der_enter(&r, WRIT_DER_SET, &in, "issuer"), 0,
            "issuer: wanted SET (tag 0x31), found the end");
    REFUSED("0500", writ_der_contents(&r, WRIT_DER_OCTET_STRING, &s, "value"), 0,
            "value: wanted OCTET STRING");
    REFUSED("0500", writ_der_whole(&r, WRIT_DER_CONTEXT(1), &s, "value"), 0,
            "value: wanted element (tag 0x81), found tag 0x05");
}

static void each_type_is_called_by_its_name(void **state)
{
    static const struct {
        uint8_t tag;
        const char *name;
    } types[] = {{WRIT_DER_BOOLEAN, "BOOLEAN"},
                 {WRIT_DER_INTEGER, "INTEGER"},
                 {WRIT_DER_BIT_STRING, "BIT STRING"},
                 {WRIT_DER_OCTET_STRING, "OCTET STRING"},
                 {WRIT_DER_NULL, "NULL"},
                 {WRIT_DER_OID, "OBJECT IDENTIFIER"},
                 {WRIT_DER_ENUMERATED, "ENUMERATED"},
                 {WRIT_DER_UTF8_STRING, "UTF8String"},
                 {WRIT_DER_UTC_TIME, "UTCTime"},
                 {WRIT_DER_GENERALIZED_TIME, "GeneralizedTime"},
                 {WRIT_DER_SEQUENCE, "SEQUENCE"},
                 {WRIT_DER_SET, "SET"}};

    (void)state;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        struct writ_error e = {0};
        struct writ_cursor c = OVER("");
        struct writ_span s;
        char wanted[64];

        (void)snprintf(wanted, sizeof wanted, "x: wanted %s (tag", types[i].name);
        assert_fault(writ_der_whole(&c, types[i].tag, &s, "x"), WRIT_FAULT_BAD_INPUT, wanted);
    }
}

static void the_next_tag_can_be_looked_at(void **state)
{
    struct writ_error e = {0};
    struct writ_cursor c = OVER("a000");

    (void)state;
    assert_true(writ_der_next_is(&c, WRIT_DER_CONTEXT_CONSTRUCTED(0)));
    assert_false(writ_der_next_is(&c, WRIT_DER_SEQUENCE));
    assert_int_equal(c.left, 2);
    c.left = 0;
    assert_false(writ_der_next_is(&c, WRIT_DER_CONTEXT_CONSTRUCTED(0)));
}

static void an_optional_element_may_be_absent_but_not_malformed(void **state)
{
    struct writ_error e = {0};
    struct writ_cursor c = OVER("a002 0500 3000");
    struct writ_cursor in;
    bool present;

    (void)state;
    assert_ok(writ_der_enter_optional(&c, 0xa0, &in, &present, "version"));
    assert_true(present);
    assert_int_equal(in.left, 2);
    assert_ok(writ_der_enter_optional(&c, 0xa1, &in, &present, "issuerUniqueID"));
    assert_false(present);
    assert_int_equal(in.left, 0);
    assert_ok(writ_der_end(&in, "issuerUniqueID"));
    assert_int_equal(c.left, 2);
    REFUSED("a003 0500", writ_der_enter_optional(&r, 0xa0, &in, &present, "version"), 2,
            "version: wanted 3 bytes");
    c = OVER("");
    assert_ok(writ_der_enter_optional(&c, 0xa0, &in, &present, "version"));
    assert_false(present);
}

static void whole_and_contents_differ_by_the_header(void **state)
{
    struct writ_error e = {0};
    struct writ_cursor c = OVER("3002 0500 3002 0500");
    struct writ_span s;

    (void)state;
    assert_ok(writ_der_whole(&c, WRIT_DER_SEQUENCE, &s, "x"));
    assert_spans_equal(s, bytes_of("30020500"));
    assert_ok(writ_der_contents(&c, WRIT_DER_SEQUENCE, &s, "x"));
    assert_spans_equal(s, bytes_of("0500"));
    assert_ok(writ_der_end(&c, "x"));
}

static void a_boolean_is_00_or_ff(void **state)
{
    struct writ_error e = {0};
    bool value;

    (void)state;
    for (unsigned octet = 0; octet < 256; octet++) {
        uint8_t bytes[] = {1, 1, (uint8_t)octet};
        struct writ_cursor c = writ_cursor_over(WRIT_SPAN_OF(bytes), &e);
        int rc = writ_der_boolean(&c, &value, "critical");

        assert_int_equal(rc, octet == 0 || octet == 0xff ? 0 : -1);
        if (rc == 0)
            assert_int_equal(value, octet == 0xff);
    }
    REFUSED("0100", writ_der_boolean(&r, &value, "critical"), 0,
            "critical: BOOLEAN is neither 00 nor ff");
    REFUSED("0102 ffff", writ_der_boolean(&r, &value, "critical"), 0, "neither 00 nor ff");
    REFUSED("0201 ff", writ_der_boolean(&r, &value, "critical"), 0, "wanted BOOLEAN");
}

/* X.690 11.5. */
static void a_default_is_not_written_out(void **state)
{
    struct writ_error e = {0};
    struct writ_cursor c = OVER("0101ff 0500");
    bool value = false;

    (void)state;
    assert_ok(writ_der_boolean_default_false(&c, &value, "critical"));
    assert_true(value);
    assert_ok(writ_der_boolean_default_false(&c, &value, "critical"));
    assert_false(value);
    assert_int_equal(c.left, 2);
    REFUSED("010100", writ_der_boolean_default_false(&r, &value, "critical"), 0,
            "critical: the default FALSE is written out");
    REFUSED("010101", writ_der_boolean_default_false(&r, &value, "critical"), 0, "neither");
}

/* X.690 8.3.2. */
static void an_integer_is_as_short_as_possible(void **state)
{
    static const char *const good[] = {"00",
                                       "01",
                                       "7f",
                                       "80",
                                       "ff",
                                       "0080",
                                       "00ff",
                                       "ff7f",
                                       "8000",
                                       "7fff",
                                       "008000000000000000000000000000000000000000"};
    static const char *const bad[] = {"",     "0000", "0001",   "007f",
                                      "ff80", "ffff", "00007f", "ffffff"};
    struct writ_error e = {0};
    char hex[256];
    struct writ_span s;

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        (void)snprintf(hex, sizeof hex, "02%02x%s", (unsigned)strlen(good[i]) / 2, good[i]);
        struct writ_cursor c = OVER(hex);

        assert_ok(writ_der_integer(&c, &s, "serialNumber"));
        assert_spans_equal(s, bytes_of(good[i]));
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        (void)snprintf(hex, sizeof hex, "02%02x%s", (unsigned)strlen(bad[i]) / 2, bad[i]);
        REFUSED(hex, writ_der_integer(&r, &s, "serialNumber"), 0,
                "serialNumber: INTEGER is empty or not minimal");
    }
}

static void assert_unsigned(const char *hex, uint64_t wanted)
{
    struct writ_error e = {0};
    struct writ_cursor c = OVER(hex);
    uint64_t value = ~wanted;

    assert_ok(writ_der_unsigned(&c, WRIT_DER_INTEGER, UINT64_MAX, &value, "n"));
    assert_true(value == wanted);
}

static void small_numbers_are_read_whole(void **state)
{
    (void)state;
    assert_unsigned("020100", 0);
    assert_unsigned("02017f", 127);
    assert_unsigned("02020080", 128);
    assert_unsigned("02020100", 256);
    assert_unsigned("02087fffffffffffffff", INT64_MAX);
    assert_unsigned("02090080 00000000000000", UINT64_C(1) << 55 << 8);
    assert_unsigned("020900 ffffffffffffffff", UINT64_MAX);
}

static void numbers_out_of_range_are_refused(void **state)
{
    struct writ_error e = {0};
    uint64_t v;

    (void)state;
    REFUSED("0201ff", writ_der_unsigned(&r, 2, 9, &v, "n"), 0, "n: number is negative");
    REFUSED("020180", writ_der_unsigned(&r, 2, 9, &v, "n"), 0, "negative");
    REFUSED("0209ff0000000000000000", writ_der_unsigned(&r, 2, 9, &v, "n"), 0, "negative");
    REFUSED("0200", writ_der_unsigned(&r, 2, 9, &v, "n"), 0, "empty or not minimal");
    REFUSED("02020001", writ_der_unsigned(&r, 2, 9, &v, "n"), 0, "empty or not minimal");
    REFUSED("02010a", writ_der_unsigned(&r, 2, 9, &v, "n"), 0, "n: number is larger than 9");
    REFUSED("0209010000000000000000", writ_der_unsigned(&r, 2, UINT64_MAX, &v, "n"), 0,
            "larger than 18446744073709551615");
    REFUSED("020a00ffffffffffffffffff", writ_der_unsigned(&r, 2, UINT64_MAX, &v, "n"), 0, "larger");
    REFUSED("0a0105", writ_der_unsigned(&r, 2, 9, &v, "n"), 0, "wanted INTEGER");
    REFUSED("020105", writ_der_unsigned(&r, WRIT_DER_ENUMERATED, 9, &v, "n"), 0, "ENUMERATED");
    struct writ_cursor c = OVER("0a0109");
    assert_ok(writ_der_unsigned(&c, WRIT_DER_ENUMERATED, 9, &v, "reasonCode"));
    assert_true(v == 9);
}

static void unused_bits_of_a_bit_string_are_zero(void **state)
{
    struct writ_error e = {0};
    struct writ_cursor c = OVER("0303 04 1230 030100 0302 0780");
    struct writ_span bits;
    unsigned unused;

    (void)state;
    assert_ok(writ_der_bit_string(&c, &bits, &unused, "keyUsage"));
    assert_spans_equal(bits, bytes_of("1230"));
    assert_int_equal(unused, 4);
    assert_ok(writ_der_bit_string(&c, &bits, &unused, "empty"));
    assert_int_equal(bits.n, 0);
    assert_int_equal(unused, 0);
    assert_ok(writ_der_bit_string(&c, &bits, &unused, "one bit"));
    assert_int_equal(unused, 7);
    REFUSED("0302 0418", writ_der_bit_string(&r, &bits, &unused, "keyUsage"), 0,
            "keyUsage: BIT STRING whose unused bits are not zero");
    REFUSED("0302 0101", writ_der_bit_string(&r, &bits, &unused, "keyUsage"), 0, "not zero");
    REFUSED("0302 0800", writ_der_bit_string(&r, &bits, &unused, "keyUsage"), 0,
            "BIT STRING with 8 unused bits");
    REFUSED("0301 01", writ_der_bit_string(&r, &bits, &unused, "keyUsage"), 0, "1 unused bits");
    REFUSED("0300", writ_der_bit_string(&r, &bits, &unused, "keyUsage"), 2, "0 are left");
}

static void octet_strings_and_null_are_what_they_are(void **state)
{
    struct writ_error e = {0};
    struct writ_cursor c = OVER("040212ab 0400 0500");
    struct writ_span s;

    (void)state;
    assert_ok(writ_der_octet_string(&c, &s, "x"));
    assert_spans_equal(s, bytes_of("12ab"));
    assert_ok(writ_der_octet_string(&c, &s, "x"));
    assert_int_equal(s.n, 0);
    assert_ok(writ_der_null(&c, "x"));
    assert_ok(writ_der_end(&c, "x"));
    REFUSED("0501 00", writ_der_null(&r, "parameters"), 2, "1 trailing bytes after parameters");
    REFUSED("3000", writ_der_null(&r, "parameters"), 0, "wanted NULL");
}

static void identifiers_are_valid_and_known_ones_are_found(void **state)
{
    struct writ_error e = {0};
    struct writ_cursor c = OVER("0603550403 0603550405 0603550403");
    struct writ_span s;
    enum writ_oid oid;

    (void)state;
    assert_ok(writ_der_oid(&c, &s, &oid, "type"));
    assert_int_equal(oid, WRIT_OID_COMMON_NAME);
    assert_ok(writ_der_oid(&c, &s, &oid, "type"));
    assert_int_equal(oid, WRIT_OID_UNKNOWN);
    assert_spans_equal(s, bytes_of("550405"));
    assert_ok(writ_der_oid(&c, &s, NULL, "type"));
    REFUSED("0600", writ_der_oid(&r, &s, &oid, "type"), 0, "type: not a valid OBJECT IDENTIFIER");
    REFUSED("0500", writ_der_oid(&r, &s, &oid, "type"), 0, "type: wanted OBJECT IDENTIFIER");
    REFUSED("06022a80", writ_der_oid(&r, &s, &oid, "type"), 0, "not a valid");
    REFUSED("06032a8001", writ_der_oid(&r, &s, &oid, "type"), 0, "not a valid");
}

static void an_identifier_that_must_be_this_one(void **state)
{
    struct writ_error e = {0};
    struct writ_cursor c = OVER("0603550403");

    (void)state;
    assert_ok(writ_der_oid_exactly(&c, WRIT_OID_COMMON_NAME, "type"));
    REFUSED("0603550406", writ_der_oid_exactly(&r, WRIT_OID_COMMON_NAME, "type"), 0,
            "type: wanted CN, found C");
    REFUSED("0603550405", writ_der_oid_exactly(&r, WRIT_OID_SIGNED_DATA, "contentType"), 0,
            "contentType: wanted signedData, found 2.5.4.5");
    REFUSED("06022a80", writ_der_oid_exactly(&r, WRIT_OID_SIGNED_DATA, "contentType"), 0,
            "not a valid");
}

static void text_is_printable_and_within_bounds(void **state)
{
    struct writ_error e = {0};
    struct writ_cursor c = OVER("0c04 5a6fc3ab 0c00");
    struct writ_span s;

    (void)state;
    assert_ok(writ_der_utf8(&c, 4, 4, &s, "team"));
    assert_text(s, "Zo\xc3\xab");
    assert_ok(writ_der_utf8(&c, 0, 4, &s, "team"));
    assert_int_equal(s.n, 0);
    REFUSED("0c00", writ_der_utf8(&r, 1, 4, &s, "team"), 0, "team: wanted 1 to 4 bytes, found 0");
    REFUSED("0c05 6162636465", writ_der_utf8(&r, 1, 4, &s, "team"), 0, "found 5");
    REFUSED("0c03 610a62", writ_der_utf8(&r, 1, 4, &s, "team"), 0, "team: not printable UTF-8");
    REFUSED("0c01 0a", writ_der_utf8(&r, 1, 4, &s, "team"), 0, "not printable");
    REFUSED("0c02 c0af", writ_der_utf8(&r, 1, 4, &s, "team"), 0, "not printable");
    REFUSED("0c03 e280ae", writ_der_utf8(&r, 1, 4, &s, "team"), 0, "not printable");
    REFUSED("1302 6162", writ_der_utf8(&r, 1, 4, &s, "team"), 0, "wanted UTF8String");
}

/* Reads a time whose characters are given; -1 when it is refused. */
static int64_t read_time(uint8_t tag, const char *text, bool fraction, int *rc)
{
    struct writ_error e = {0};
    uint8_t bytes[64] = {tag, (uint8_t)strlen(text)};
    struct writ_cursor c;
    int64_t t = 0;

    memcpy(bytes + 2, text, strlen(text));
    c = writ_cursor_over(WRIT_SPAN(bytes, 2 + strlen(text)), &e);
    *rc = fraction ? writ_der_time_with_fraction(&c, &t, "time") : writ_der_time(&c, &t, "time");
    if (*rc < 0)
        assert_int_equal(e.fault, WRIT_FAULT_BAD_INPUT);
    else
        assert_int_equal(c.left, 0);
    return t;
}

static void assert_time(uint8_t tag, const char *text, bool fraction, const char *wanted)
{
    char found[WRIT_TIME_TEXT];
    int rc;

    writ_time_format(read_time(tag, text, fraction, &rc), found);
    assert_int_equal(rc, 0);
    assert_string_equal(found, wanted);
}

static void a_utc_time_has_two_digits_of_year(void **state)
{
    (void)state;
    assert_time(WRIT_DER_UTC_TIME, "261125070000Z", false, "2026-11-25T07:00:00Z");
    assert_time(WRIT_DER_UTC_TIME, "000101000000Z", false, "2000-01-01T00:00:00Z");
    assert_time(WRIT_DER_UTC_TIME, "491231235959Z", false, "2049-12-31T23:59:59Z");
    assert_time(WRIT_DER_UTC_TIME, "500101000000Z", false, "1950-01-01T00:00:00Z");
    assert_time(WRIT_DER_UTC_TIME, "991231235959Z", false, "1999-12-31T23:59:59Z");
    assert_time(WRIT_DER_UTC_TIME, "000229000000Z", false, "2000-02-29T00:00:00Z");
}

static void a_generalized_time_has_four(void **state)
{
    (void)state;
    assert_time(WRIT_DER_GENERALIZED_TIME, "20500101000000Z", false, "2050-01-01T00:00:00Z");
    assert_time(WRIT_DER_GENERALIZED_TIME, "99991231235959Z", false, "9999-12-31T23:59:59Z");
    assert_time(WRIT_DER_GENERALIZED_TIME, "00010101000000Z", false, "0001-01-01T00:00:00Z");
    assert_time(WRIT_DER_GENERALIZED_TIME, "20261125070000Z", true, "2026-11-25T07:00:00Z");
}

static void times_in_another_form_are_refused(void **state)
{
    static const char *const utc[] = {"",
                                      "2611250700Z",
                                      "261125070000",
                                      "261125070000+0100",
                                      "261125070000-0000",
                                      "261125070000z",
                                      "261125070000ZZ",
                                      "261125070000Z0",
                                      "261125070000.5Z",
                                      "260229070000Z",
                                      "261325070000Z",
                                      "261100070000Z",
                                      "261125240000Z",
                                      "261125076000Z",
                                      "261125070060Z",
                                      "2611250700 0Z",
                                      "26112507000:Z",
                                      "26112507001/Z",
                                      ":01125070000Z",
                                      "/:1125070000Z",
                                      "-61125070000Z",
                                      "20261125070000Z"};
    static const char *const generalized[] = {"00000101000000Z",     "2026112507Z",
                                              "202611250700Z",       "20261125070000",
                                              "20261125070000+0100", "20261125070000,5Z",
                                              "261125070000Z",       "20261125070000.5Z",
                                              "20260229070000Z",     "Z"};
    int rc;

    (void)state;
    for (size_t i = 0; i < sizeof utc / sizeof utc[0]; i++) {
        (void)read_time(WRIT_DER_UTC_TIME, utc[i], false, &rc);
        assert_int_equal(rc, -1);
    }
    for (size_t i = 0; i < sizeof generalized / sizeof generalized[0]; i++) {
        (void)read_time(WRIT_DER_GENERALIZED_TIME, generalized[i], false, &rc);
        assert_int_equal(rc, -1);
    }
    (void)read_time(WRIT_DER_UTF8_STRING, "261125070000Z", false, &rc);
    assert_int_equal(rc, -1);
}

/* A claim of "before" must not profit from the fraction. */
static void a_fraction_is_rounded_up(void **state)
{
    (void)state;
    assert_time(WRIT_DER_GENERALIZED_TIME, "20261125070000.1Z", true, "2026-11-25T07:00:01Z");
    assert_time(WRIT_DER_GENERALIZED_TIME, "20261125070000.000001Z", true, "2026-11-25T07:00:01Z");
    assert_time(WRIT_DER_GENERALIZED_TIME, "20261125235959.999Z", true, "2026-11-26T00:00:00Z");
    assert_time(WRIT_DER_GENERALIZED_TIME, "99991231235959.9Z", true, "9999-12-31T23:59:59Z");
}

/* X.690 11.7. */
static void a_fraction_is_not_empty_and_does_not_end_in_zero(void **state)
{
    static const char *const bad[] = {
        "20261125070000.Z", "20261125070000.0Z",  "20261125070000.50Z", "20261125070000,5Z",
        "20261125070000.5", "20261125070000.5ZZ", "20261125070000.-5Z", "20261125070000.5.5Z"};
    int rc;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        (void)read_time(WRIT_DER_GENERALIZED_TIME, bad[i], true, &rc);
        assert_int_equal(rc, -1);
    }
    (void)read_time(WRIT_DER_UTC_TIME, "261125070000Z", true, &rc);
    assert_int_equal(rc, -1);
}

static void nothing_may_be_left_of_a_structure(void **state)
{
    struct writ_error e = {0};
    struct writ_cursor c = OVER("3004 0500 0500");
    struct writ_cursor in;

    (void)state;
    assert_ok(writ_der_enter(&c, WRIT_DER_SEQUENCE, &in, "algorithm"));
    assert_ok(writ_der_null(&in, "first"));
    assert_fault(writ_der_end(&in, "algorithm"), WRIT_FAULT_BAD_INPUT,
                 "byte 4: 2 trailing bytes after algorithm");
    assert_int_equal(e.offset, 4);
}

static void offsets_count_from_the_start_of_the_input(void **state)
{
    struct writ_error e = {0};
    struct writ_cursor c = OVER("3009 3007 0500 3003 020200");
    struct writ_cursor one, two, three;
    struct writ_span s;

    (void)state;
    assert_ok(writ_der_enter(&c, WRIT_DER_SEQUENCE, &one, "a"));
    assert_ok(writ_der_enter(&one, WRIT_DER_SEQUENCE, &two, "b"));
    assert_ok(writ_der_null(&two, "c"));
    assert_ok(writ_der_enter(&two, WRIT_DER_SEQUENCE, &three, "d"));
    assert_fault(writ_der_integer(&three, &s, "e"), WRIT_FAULT_BAD_INPUT, "byte 10: e: wanted 2");
    assert_int_equal(e.offset, 10);
}

static int check(const char *hex, struct writ_error *e)
{
    writ_error_clear(e);
    return writ_der_check(bytes_of(hex), e);
}

static void a_whole_encoding_is_walked_to_the_last_element(void **state)
{
    struct writ_error e = {0};

    (void)state;
    assert_ok(check("0500", &e));
    assert_ok(check("3000", &e));
    assert_ok(check("3009 a002 0500 0403 308005", &e)); /* what a string holds is not looked at */
    assert_ok(check("310a 3003 020100 a003 800101", &e));
    assert_ok(writ_der_check(nested(32), &e));
}

static void a_fault_anywhere_in_an_encoding_is_found(void **state)
{
    struct writ_error e = {0};

    (void)state;
    assert_fault(check("", &e), WRIT_FAULT_BAD_INPUT, "encoding is empty");
    assert_fault(check("0500 00", &e), WRIT_FAULT_BAD_INPUT, "1 trailing bytes after the encoding");
    assert_fault(check("0500 0500", &e), WRIT_FAULT_BAD_INPUT, "2 trailing bytes");
    assert_fault(check("3080 0500 0000", &e), WRIT_FAULT_BAD_INPUT, "indefinite");
    assert_fault(check("3004 a080 0000", &e), WRIT_FAULT_BAD_INPUT, "indefinite");
    assert_fault(check("3004 0500 30", &e), WRIT_FAULT_BAD_INPUT, "wanted 4 bytes");
    assert_fault(check("3003 0500 30", &e), WRIT_FAULT_BAD_INPUT, "byte 5");
    assert_fault(check("3004 0403 0102 00", &e), WRIT_FAULT_BAD_INPUT,
                 "wanted 3 bytes, 2 are left");
    assert_fault(check("3006 0500 2402 0400", &e), WRIT_FAULT_BAD_INPUT, "wrong form");
    assert_fault(check("3003 1f2000", &e), WRIT_FAULT_BAD_INPUT, "tag 0x1f");
    assert_fault(check("3004 048101 00", &e), WRIT_FAULT_BAD_INPUT, "without need");
    writ_error_clear(&e);
    assert_fault(writ_der_check(nested(33), &e), WRIT_FAULT_BAD_INPUT, "nested deeper than 32");
    assert_fault(writ_der_check(nested(63), &e), WRIT_FAULT_BAD_INPUT, "nested deeper than 32");
}

static void an_encoding_cut_anywhere_is_refused(void **state)
{
    struct writ_span whole = bytes_of("3012 a00c 3003 020100 3105 0403616263 0c026869");
    struct writ_error e = {0};

    (void)state;
    assert_ok(writ_der_check(whole, &e));
    for (size_t n = 0; n < whole.n; n++)
        assert_int_equal(writ_der_check(WRIT_SPAN(whole.p, n), NULL), -1);
}

static const struct CMUnitTest claims[] = {
    CLAIM(an_element_is_its_tag_length_and_contents),
    CLAIM(every_length_has_its_shortest_form),
    CLAIM(other_forms_of_a_length_are_refused),
    CLAIM(a_length_beyond_the_end_is_refused),
    CLAIM(tags_in_the_high_form_and_zero_are_refused),
    CLAIM(universal_types_have_one_form_each),
    CLAIM(other_classes_may_have_either_form),
    CLAIM(structures_nest_32_deep_and_not_33),
    CLAIM(entering_wants_the_tag_and_says_what_it_found),
    CLAIM(each_type_is_called_by_its_name),
    CLAIM(the_next_tag_can_be_looked_at),
    CLAIM(an_optional_element_may_be_absent_but_not_malformed),
    CLAIM(whole_and_contents_differ_by_the_header),
    CLAIM(a_boolean_is_00_or_ff),
    CLAIM(a_default_is_not_written_out),
    CLAIM(an_integer_is_as_short_as_possible),
    CLAIM(small_numbers_are_read_whole),
    CLAIM(numbers_out_of_range_are_refused),
    CLAIM(unused_bits_of_a_bit_string_are_zero),
    CLAIM(octet_strings_and_null_are_what_they_are),
    CLAIM(identifiers_are_valid_and_known_ones_are_found),
    CLAIM(an_identifier_that_must_be_this_one),
    CLAIM(text_is_printable_and_within_bounds),
    CLAIM(a_utc_time_has_two_digits_of_year),
    CLAIM(a_generalized_time_has_four),
    CLAIM(times_in_another_form_are_refused),
    CLAIM(a_fraction_is_rounded_up),
    CLAIM(a_fraction_is_not_empty_and_does_not_end_in_zero),
    CLAIM(nothing_may_be_left_of_a_structure),
    CLAIM(offsets_count_from_the_start_of_the_input),
    CLAIM(a_whole_encoding_is_walked_to_the_last_element),
    CLAIM(a_fault_anywhere_in_an_encoding_is_found),
    CLAIM(an_encoding_cut_anywhere_is_refused),
};

RUN_CLAIMS(claims)
