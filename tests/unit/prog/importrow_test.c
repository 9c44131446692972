/*
 * shared/importrow.h: a row is read as it is meant, or refused
 */
#include "shared/importrow.h"

#include "base/hex.h"
#include "base/time.h"
#include "test.h"

static struct writ_error e;

/* The octets of a serial number, in hexadecimal; "-" when it is refused. */
static const char *serial(const char *text, enum importrow_base base)
{
    static char hex[2 * IMPORTROW_SERIAL_MAX + 1];
    struct importrow row = {0};

    writ_error_clear(&e);
    if (importrow_serial(writ_span_text(text), base, &row, &e) < 0)
        return "-";
    writ_hex_format(WRIT_SPAN(row.serial, row.serial_n), hex);
    return hex;
}

static void a_number_becomes_the_octets_of_its_integer(void **state)
{
    static const struct {
        const char *text;
        enum importrow_base base;
        const char *octets;
    } cases[] = {
        {"0", IMPORTROW_DECIMAL, "00"},
        {"127", IMPORTROW_DECIMAL, "7f"},
        {"128", IMPORTROW_DECIMAL, "0080"},
        {"255", IMPORTROW_DECIMAL, "00ff"},
        {"256", IMPORTROW_DECIMAL, "0100"},
        {"-1", IMPORTROW_DECIMAL, "ff"},
        {"-128", IMPORTROW_DECIMAL, "80"},
        {"-129", IMPORTROW_DECIMAL, "ff7f"},
        {"-255", IMPORTROW_DECIMAL, "ff01"},
        {"10", IMPORTROW_HEX, "10"},
        {"10", IMPORTROW_DECIMAL, "0a"},
        {"80", IMPORTROW_HEX, "0080"},
        {"0080", IMPORTROW_HEX, "0080"},
        {"-80", IMPORTROW_HEX, "80"},
        {"-01", IMPORTROW_HEX, "ff"},
        {"0x1F", IMPORTROW_HEX, "1f"},
        {"ab:CD", IMPORTROW_HEX, "00abcd"},
        {"f", IMPORTROW_HEX, "0f"},
        {"7fffffffffffffffffffffffffffffffffffffff", IMPORTROW_HEX,
         "7fffffffffffffffffffffffffffffffffffffff"},
        {"730750818665451459101842416358141509827966271487", IMPORTROW_DECIMAL,
         "7fffffffffffffffffffffffffffffffffffffff"},
        {"-730750818665451459101842416358141509827966271488", IMPORTROW_DECIMAL,
         "8000000000000000000000000000000000000000"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(serial(cases[i].text, cases[i].base), cases[i].octets);
}

static void what_is_no_number_or_too_large_is_refused(void **state)
{
    static const char *const hex[] = {"", "-", "0x", "1g", "1 2", "--1", ":12", "12:", " 12", "+1"};
    static const char *const decimal[] = {"", "-", "1f", "0x10", "1:2", "1.0", "1e3"};

    (void)state;
    for (size_t i = 0; i < sizeof hex / sizeof hex[0]; i++)
        assert_string_equal(serial(hex[i], IMPORTROW_HEX), "-");
    for (size_t i = 0; i < sizeof decimal / sizeof decimal[0]; i++)
        assert_string_equal(serial(decimal[i], IMPORTROW_DECIMAL), "-");
    /* 20 octets would do for the magnitude, but not for its sign */
    assert_string_equal(serial("8000000000000000000000000000000000000000", IMPORTROW_HEX), "-");
    assert_string_equal(
        serial("730750818665451459101842416358141509827966271488", IMPORTROW_DECIMAL), "-");
    assert_string_equal(
        serial("-730750818665451459101842416358141509827966271489", IMPORTROW_DECIMAL), "-");
    assert_string_equal(
        serial("10000000000000000000000000000000000000000000000000000000000000", IMPORTROW_HEX),
        "-");
}

static void digits_alone_are_neither_decimal_nor_hexadecimal(void **state)
{
    (void)state;
    assert_string_equal(serial("10", IMPORTROW_UNSAID), "-");
    assert_non_null(strstr(e.text, "hexadecimal or decimal?"));
    assert_string_equal(serial("-10", IMPORTROW_UNSAID), "-");
    assert_string_equal(serial("0x10", IMPORTROW_UNSAID), "10");
    assert_string_equal(serial("00:10", IMPORTROW_UNSAID), "10");
    assert_string_equal(serial("1f", IMPORTROW_UNSAID), "1f");
}

static int index_row(const char *line, struct importrow *row)
{
    writ_error_clear(&e);
    return importrow_index(writ_span_text(line), row, &e);
}

static void a_line_of_an_index_says_all_it_says(void **state)
{
    struct importrow row;

    (void)state;
    assert_ok(
        index_row("V\t270101000000Z\t\t80\tunknown\t/C=DE/O=X/CN=Alice B/emailAddress=a", &row));
    assert_string_equal(row.name, "Alice B");
    assert_false(row.revoked);
    assert_int_equal(row.not_after, 1798761600);
    assert_int_equal(row.serial_n, 2);
    assert_ok(
        index_row("R\t20510101000000Z\t260101000000Z,keyTime,20251231000000Z\t01\tx\t/O=X", &row));
    assert_true(row.revoked && row.since_given);
    assert_int_equal(row.reason, WRIT_REASON_KEY_COMPROMISE);
    assert_int_equal(row.revoked_at, 1767225600);
    assert_int_equal(row.since, 1767139200);
    assert_int_equal(row.not_after, 2556144000);
    assert_string_equal(row.name, "/O=X");
    assert_ok(index_row(
        "R\t270101000000Z\t500101000000Z,holdInstruction,holdInstructionReject\t01\tx\t", &row));
    assert_int_equal(row.reason, WRIT_REASON_CERTIFICATE_HOLD);
    assert_int_equal(row.revoked_at, -631152000); /* 50 to 99 are 19xx */
    assert_string_equal(row.name, "unnamed");
    assert_ok(index_row("E\t200101000000Z\t\t01\tx\t/CN=", &row));
    assert_string_equal(row.name, "unnamed");
    assert_false(row.revoked);
}

static void a_line_that_contradicts_itself_or_is_cut_is_refused(void **state)
{
    static const char *const lines[] = {
        "",
        "V",
        "V\t270101000000Z\t\t01\tx",
        "V\t270101000000Z\t\t01\tx\t/CN=a\tmore",
        "v\t270101000000Z\t\t01\tx\t/CN=a",
        "R\t270101000000Z\t\t01\tx\t/CN=a",
        "V\t270101000000Z\t260101000000Z\t01\tx\t/CN=a",
        "E\t270101000000Z\t260101000000Z\t01\tx\t/CN=a",
        "R\t270101000000Z\t260101000000Z,removeFromCRL\t01\tx\t/CN=a",
        "R\t270101000000Z\t260101000000Z,keyTime\t01\tx\t/CN=a",
        "R\t270101000000Z\t2601010000Z\t01\tx\t/CN=a",
        "V\t271301000000Z\t\t01\tx\t/CN=a",
        "V\t27010100000Z\t\t01\tx\t/CN=a",
        "V\t2701010000000\t\t01\tx\t/CN=a",
    };
    struct importrow row;

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        assert_fault(index_row(lines[i], &row), WRIT_FAULT_BAD_INPUT, "");
}

static int csv(const char *header_line, const char *line, struct importrow *row)
{
    struct importrow_header header;

    writ_error_clear(&e);
    if (importrow_csv_header(writ_span_text(header_line), IMPORTROW_UNSAID, &header, &e) < 0)
        return -1;
    return importrow_csv(&header, writ_span_text(line), row, &e);
}

static void a_row_of_a_csv_is_read_by_its_columns(void **state)
{
    struct importrow row;

    (void)state;
    assert_ok(csv(
        "name,SERIAL_decimal,reason,revoked_at,since,not_before,not_after\r",
        "\"A, \"\"B\"\"\",10,KeyCompromise,2026-01-01,2025-12-31T00:00:00Z,@5,2027-01-01\r", &row));
    assert_string_equal(row.name, "A, \"B\"");
    assert_int_equal(row.serial[0], 10);
    assert_int_equal(row.reason, WRIT_REASON_KEY_COMPROMISE);
    assert_int_equal(row.revoked_at, 1767225600);
    assert_true(row.since_given);
    assert_int_equal(row.not_before, 5);
    assert_int_equal(row.not_after, 1798761600);
    assert_ok(csv("serial_hex", "10", &row));
    assert_int_equal(row.serial[0], 16);
    assert_int_equal(row.not_after, WRIT_TIME_MAX);
    assert_string_equal(row.name, "unnamed");
}

static void a_csv_that_can_be_taken_two_ways_is_refused(void **state)
{
    static const struct {
        const char *header, *line, *words;
    } cases[] = {
        {"name", "x", "one column of serial numbers, have 0"},
        {"serial_hex,serial_decimal", "1,1", "have 2"},
        {"serial_hex,serial_hex", "1,1", "twice"},
        {"serial_hex,colour", "1,red", "column"},
        {"serial", "10", "hexadecimal or decimal?"},
        {"serial_hex,name", "10", "wanted 2 fields, have 1"},
        {"serial_hex", "10,11", "wanted 1 fields, have 2"},
        {"serial_hex,name", "10,\"open", "a quote"},
        {"serial_hex,status", "10,revoked", "no revoked_at"},
        {"serial_hex,status,revoked_at", "10,valid,2026-01-01", "a revoked_at"},
        {"serial_hex,status", "10,maybe", "status"},
        {"serial_hex,reason", "10,superseded", "no revoked_at"},
        {"serial_hex,since", "10,2026-01-01", "no revoked_at"},
        {"serial_hex,revoked_at", "10,20260101", "revoked_at"},
        {"serial_hex,revoked_at,reason", "10,2026-01-01,removeFromCRL", "reason"},
    };
    struct importrow row;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_fault(csv(cases[i].header, cases[i].line, &row), WRIT_FAULT_BAD_INPUT,
                     cases[i].words);
}

static const struct CMUnitTest claims[] = {
    CLAIM(a_number_becomes_the_octets_of_its_integer),
    CLAIM(what_is_no_number_or_too_large_is_refused),
    CLAIM(digits_alone_are_neither_decimal_nor_hexadecimal),
    CLAIM(a_line_of_an_index_says_all_it_says),
    CLAIM(a_line_that_contradicts_itself_or_is_cut_is_refused),
    CLAIM(a_row_of_a_csv_is_read_by_its_columns),
    CLAIM(a_csv_that_can_be_taken_two_ways_is_refused),
};

RUN_CLAIMS(claims)
