#include "base/hex.h"

#include "test.h"

static void every_byte_is_two_lower_case_digits(void **state)
{
    char text[5];

    (void)state;
    for (unsigned v = 0; v < 256; v++) {
        uint8_t byte = (uint8_t)v;
        char wanted[5];

        (void)snprintf(wanted, sizeof wanted, "%02x", v);
        writ_hex_format(WRIT_SPAN(&byte, 1), text);
        assert_string_equal(text, wanted);
    }
    writ_hex_format(WRIT_SPAN_NONE, text);
    assert_string_equal(text, "");
}

static void a_buffer_gets_the_same_digits(void **state)
{
    struct writ_buffer b = {0};

    (void)state;
    writ_buffer_text(&b, "0x");
    writ_hex_add(&b, WRIT_SPAN("\x00\xff\x7a", 3));
    assert_text(writ_buffer_span(&b), "0x00ff7a");
    writ_buffer_free(&b);
}

static int parse(const char *text, size_t n, bool strict)
{
    uint8_t out[16];

    return strict ? writ_hex_parse_strict(writ_span_text(text), out, n)
                  : writ_hex_parse(writ_span_text(text), out, n);
}

static void digits_of_either_case_are_read(void **state)
{
    uint8_t out[3];

    (void)state;
    assert_int_equal(writ_hex_parse(writ_span_text("aBCd09"), out, 3), 0);
    assert_memory_equal(out, "\xab\xcd\x09", 3);
}

static void the_strict_form_is_lower_case_only(void **state)
{
    (void)state;
    assert_int_equal(parse("abcdef0123456789", 8, true), 0);
    assert_int_equal(parse("abcdeF0123456789", 8, true), -1);
    assert_int_equal(parse("Abcdef0123456789", 8, true), -1);
}

static void the_number_of_digits_is_exact(void **state)
{
    (void)state;
    for (int strict = 0; strict < 2; strict++) {
        assert_int_equal(parse("0102", 2, strict), 0);
        assert_int_equal(parse("010", 2, strict), -1);
        assert_int_equal(parse("01020", 2, strict), -1);
        assert_int_equal(parse("010203", 2, strict), -1);
        assert_int_equal(parse("", 2, strict), -1);
        assert_int_equal(parse("", 0, strict), 0);
    }
}

static void only_sixteen_characters_are_digits(void **state)
{
    (void)state;
    for (unsigned c = 1; c < 256; c++) {
        char low[3] = {(char)c, '0', '\0'};
        char high[3] = {'0', (char)c, '\0'};
        bool digit = strchr("0123456789abcdef", (int)c) != NULL;
        bool upper = strchr("ABCDEF", (int)c) != NULL;

        assert_int_equal(parse(low, 1, false), digit || upper ? 0 : -1);
        assert_int_equal(parse(high, 1, false), digit || upper ? 0 : -1);
        assert_int_equal(parse(low, 1, true), digit ? 0 : -1);
        assert_int_equal(parse(high, 1, true), digit ? 0 : -1);
    }
}

static void people_may_put_colons_between_pairs(void **state)
{
    uint8_t out[4];

    (void)state;
    assert_int_equal(writ_hex_parse_loose("AB:cd:01:02", out, 4), 4);
    assert_memory_equal(out, "\xab\xcd\x01\x02", 4);
    assert_int_equal(writ_hex_parse_loose("ABcd:01", out, 4), 3);
    assert_int_equal(writ_hex_parse_loose("00", out, 4), 1);
    assert_int_equal(writ_hex_parse_loose("", out, 4), 0);
}

static void what_people_type_is_still_whole_pairs(void **state)
{
    static const char *const bad[] = {"a",    "abc",   "ab:",    ":ab",  "ab::cd", "ab:c",
                                      "a:bc", "ab cd", "ab:cd:", "0x12", "zz",     ":"};
    uint8_t out[4];

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(writ_hex_parse_loose(bad[i], out, 4), -1);
}

static void what_people_type_fits_the_room(void **state)
{
    uint8_t out[3] = {0, 0, 0x77};

    (void)state;
    assert_int_equal(writ_hex_parse_loose("0102", out, 2), 2);
    assert_int_equal(writ_hex_parse_loose("010203", out, 2), -1);
    assert_int_equal(writ_hex_parse_loose("01:02:03", out, 2), -1);
    assert_int_equal(out[2], 0x77);
}

static const struct CMUnitTest claims[] = {
    CLAIM(every_byte_is_two_lower_case_digits), CLAIM(a_buffer_gets_the_same_digits),
    CLAIM(digits_of_either_case_are_read),      CLAIM(the_strict_form_is_lower_case_only),
    CLAIM(the_number_of_digits_is_exact),       CLAIM(only_sixteen_characters_are_digits),
    CLAIM(people_may_put_colons_between_pairs), CLAIM(what_people_type_is_still_whole_pairs),
    CLAIM(what_people_type_fits_the_room),
};

RUN_CLAIMS(claims)
