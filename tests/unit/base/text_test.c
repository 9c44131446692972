#include "base/text.h"

#include "test.h"

/* The encoding of a code point, surrogates and numbers beyond Unicode included, in `length` bytes.
 */
static struct writ_span encode_in(uint32_t point, size_t length)
{
    static uint8_t out[4];
    static const uint8_t lead[] = {0, 0, 0xc0, 0xe0, 0xf0};

    for (size_t i = length - 1; i > 0; i--, point >>= 6)
        out[i] = (uint8_t)(0x80 | (point & 0x3f));
    out[0] = (uint8_t)(length == 1 ? point : lead[length] | point);
    return WRIT_SPAN(out, length);
}

static size_t shortest(uint32_t point)
{
    return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
}

static void every_code_point_is_utf8_in_its_shortest_form_only(void **state)
{
    (void)state;
    for (uint32_t point = 0; point < 0x1fffff; point++) {
        size_t n = shortest(point);
        bool unicode = point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff);

        if (writ_text_is_utf8(encode_in(point, n)) != unicode)
            fail_msg("U+%04X in %zu bytes", (unsigned)point, n);
        if (n < 4 && writ_text_is_utf8(encode_in(point, n + 1)))
            fail_msg("U+%04X is accepted in %zu bytes", (unsigned)point, n + 1);
    }
}

static void no_byte_is_missing_or_left_over(void **state)
{
    static const char *const bad[] = {
        "80",      "bf",    "c2",       "e282",     "f09f94",   "c2c2",     "e28241",   "f09f9441",
        "c280 80", "41 80", "f5808080", "f8808080", "fc808080", "ffbfbfbf", "84808080", "c1808080",
        "fe",      "ff",    "c0af",     "c1bf",     "e080af",   "f08080af", "eda080",   "f4908080"};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(writ_text_is_utf8(bytes_of(bad[i])));
        assert_false(writ_text_is_printable(bytes_of(bad[i])));
    }
    assert_true(writ_text_is_utf8(WRIT_SPAN_NONE));
    assert_true(writ_text_is_utf8(writ_span_text("Zo\xc3\xab \xe2\x82\xac \xf0\x9f\x94\x91")));
}

static void words_of_every_language_are_printable(void **state)
{
    static const char *const good[] = {"a",
                                       "Example Corp., Inc. \"quoted\" \\ 100%",
                                       "Zo\xc3\xab",                       /* Zoë */
                                       "\xd0\x9c\xd0\xb8\xd1\x80",         /* Мир */
                                       "\xe6\x97\xa5\xe6\x9c\xac",         /* 日本 */
                                       "\xd8\xb3\xd9\x84\xd8\xa7\xd9\x85", /* سلام */
                                       "\xf0\x9f\x94\x91",                 /* a key */
                                       "\xc2\xa0",
                                       "\xe2\x80\x8a",
                                       "\xef\xbf\xbd"};

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        if (!writ_text_is_printable(writ_span_text(good[i])))
            fail_msg("\"%s\" is not printable", good[i]);
    }
    assert_false(writ_text_is_printable(WRIT_SPAN_NONE));
}

static void what_moves_hides_or_turns_text_is_not_printable(void **state)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {{0x00, 0x1f},     {0x7f, 0x9f},     {0xad, 0xad},      {0x61c, 0x61c},
                  {0x180e, 0x180e}, {0x200b, 0x200f}, {0x2028, 0x202e},  {0x2060, 0x206f},
                  {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0000, 0xe007f}};
    size_t r = 0;

    (void)state;
    for (uint32_t point = 0; point < 0x110000; point++) {
        bool hidden;

        if (point >= 0xd800 && point <= 0xdfff)
            continue;
        while (r < sizeof ranges / sizeof ranges[0] && point > ranges[r].last)
            r++;
        hidden = r < sizeof ranges / sizeof ranges[0] && point >= ranges[r].first;
        if (writ_text_is_printable(encode_in(point, shortest(point))) == hidden)
            fail_msg("U+%04X", (unsigned)point);
    }
}

static void one_hidden_character_spoils_a_text(void **state)
{
    (void)state;
    assert_false(writ_text_is_printable(writ_span_text("user\xe2\x80\xaegnp.exe")));
    assert_false(writ_text_is_printable(writ_span_text("two\nlines")));
    assert_false(writ_text_is_printable(WRIT_SPAN("nul\0", 4)));
}

static void assert_safe(struct writ_span bytes, const char *wanted)
{
    struct writ_buffer b = {0};

    writ_text_add_safe(&b, bytes);
    assert_text(writ_buffer_span(&b), wanted);
    writ_buffer_free(&b);
}

static void hidden_characters_are_spelled_out(void **state)
{
    (void)state;
    assert_safe(writ_span_text("Zo\xc3\xab"), "Zo\xc3\xab");
    assert_safe(writ_span_text("\x1b]0;t\x07"), "\\x1b]0;t\\x07");
    assert_safe(writ_span_text("a\r\n\tb\x7f"), "a\\x0d\\x0a\\x09b\\x7f");
    assert_safe(WRIT_SPAN("a\0b", 3), "a\\x00b");
    assert_safe(writ_span_text("\xc2\x9b"), "\\x9b");              /* C1: CSI */
    assert_safe(writ_span_text("\xc2\xad"), "\\xad");              /* soft hyphen */
    assert_safe(writ_span_text("x\xe2\x80\xae"), "x\\u{202e}");    /* override */
    assert_safe(writ_span_text("\xe2\x81\xa6"), "\\u{2066}");      /* isolate */
    assert_safe(writ_span_text("\xd8\x9c"), "\\u{061c}");          /* Arabic letter mark */
    assert_safe(writ_span_text("\xef\xbb\xbf"), "\\u{feff}");      /* byte-order mark */
    assert_safe(writ_span_text("\xf3\xa0\x81\x81"), "\\u{e0041}"); /* tag */
    assert_safe(WRIT_SPAN_NONE, "");
}

static void bytes_that_are_not_utf8_are_spelled_out_one_by_one(void **state)
{
    (void)state;
    assert_safe(bytes_of("ff"), "\\xff");
    assert_safe(bytes_of("c0af"), "\\xc0\\xaf");
    assert_safe(bytes_of("e282"), "\\xe2\\x82");
    assert_safe(bytes_of("eda080"), "\\xed\\xa0\\x80");
    assert_safe(bytes_of("c3c3ab"), "\\xc3\xc3\xab");
}

static void assert_copy(size_t room, const char *text, const char *wanted)
{
    char out[32];

    memset(out, '#', sizeof out);
    writ_text_copy_safe(out, room, writ_span_text(text));
    assert_string_equal(out, wanted);
    assert_int_equal(out[room], '#');
}

static void a_copy_that_fits_is_whole(void **state)
{
    (void)state;
    assert_copy(9, "Zo\xc3\xab x", "Zo\xc3\xab x");
    assert_copy(7, "sealed", "sealed");
    assert_copy(5, "\x1b", "\\x1b");
    assert_copy(1, "", "");
}

static void a_copy_that_does_not_fit_is_cut_between_characters(void **state)
{
    (void)state;
    assert_copy(6, "sealed", "se...");
    assert_copy(8, "ab\xc3\xab\xc3\xab\xc3\xab", "ab\xc3\xab...");
    assert_copy(7, "ab\xc3\xab\xc3\xab\xc3\xab", "ab...");
    assert_copy(8, "\x1b\x1b", "\\x1b...");
    assert_copy(7, "\x1b\x1b", "...");
    assert_copy(4, "\x1b", "...");
    assert_copy(2, "sealed", ".");
}

static void assert_slug(const char *name, const char *wanted)
{
    char out[16];

    writ_text_slug(out, sizeof out, name);
    assert_string_equal(out, wanted);
}

static void a_slug_is_made_of_letters_digits_and_single_hyphens(void **state)
{
    (void)state;
    assert_slug("Alice", "alice");
    assert_slug("AZaz09", "azaz09");
    assert_slug("@[`{/:", "x");
    assert_slug("Example Corp.", "example-corp");
    assert_slug("  -- A  &  B --  ", "a-b");
    assert_slug("../../etc/passwd", "etc-passwd");
    assert_slug("Zo\xc3\xab 9", "zo-9");
    assert_slug("a\nb", "a-b");
}

static void a_slug_is_never_empty(void **state)
{
    (void)state;
    assert_slug("", "x");
    assert_slug("...", "x");
    assert_slug("\xe6\x97\xa5\xe6\x9c\xac", "x");
}

static void a_slug_fits_its_room(void **state)
{
    char out[3] = "##";

    (void)state;
    assert_slug("abcdefghijklmnopqrstuvwxyz", "abcdefghijklmno");
    assert_slug("abcdefghijklmn opq", "abcdefghijklmn");
    writ_text_slug(out, 2, "abc");
    assert_string_equal(out, "a");
    writ_text_slug(out, 2, "--");
    assert_string_equal(out, "x");
}

static void distance_counts_single_edits(void **state)
{
    (void)state;
    assert_int_equal(writ_text_distance("", ""), 0);
    assert_int_equal(writ_text_distance("verify", "verify"), 0);
    assert_int_equal(writ_text_distance("verfy", "verify"), 1);
    assert_int_equal(writ_text_distance("verrify", "verify"), 1);
    assert_int_equal(writ_text_distance("verafy", "verify"), 1);
    assert_int_equal(writ_text_distance("evrify", "verify"), 2);
    assert_int_equal(writ_text_distance("kitten", "sitting"), 3);
    assert_int_equal(writ_text_distance("", "sign"), 4);
    assert_int_equal(writ_text_distance("sign", ""), 4);
    assert_int_equal(writ_text_distance("abc", "xyz"), 3);
}

static void distance_is_the_same_both_ways(void **state)
{
    static const char *const words[] = {"sign", "verify", "why", "show", "seal", "revoke", "", "x"};

    (void)state;
    for (size_t i = 0; i < 8; i++) {
        for (size_t j = 0; j < 8; j++)
            assert_int_equal(writ_text_distance(words[i], words[j]),
                             writ_text_distance(words[j], words[i]));
    }
}

static void a_word_that_is_too_long_is_far_from_all(void **state)
{
    char longest[64], longer[65];

    (void)state;
    memset(longest, 'a', sizeof longest - 1);
    longest[63] = '\0';
    memset(longer, 'a', sizeof longer - 1);
    longer[64] = '\0';
    assert_int_equal(writ_text_distance(longest, longest), 0);
    assert_int_equal(writ_text_distance(longer, longer), 64);
}

static void what_stands_in_an_array_is_made_safe_there(void **state)
{
    char words[8] = "a\033b", endless[8];

    (void)state;
    writ_text_make_safe(words, sizeof words);
    assert_string_equal(words, "a\\x1bb");
    memset(endless, 'x', sizeof endless);
    writ_text_make_safe(endless, sizeof endless);
    assert_string_equal(endless, "xxxxxxx");
}

static const struct CMUnitTest claims[] = {
    CLAIM(what_stands_in_an_array_is_made_safe_there),
    CLAIM(every_code_point_is_utf8_in_its_shortest_form_only),
    CLAIM(no_byte_is_missing_or_left_over),
    CLAIM(words_of_every_language_are_printable),
    CLAIM(what_moves_hides_or_turns_text_is_not_printable),
    CLAIM(one_hidden_character_spoils_a_text),
    CLAIM(hidden_characters_are_spelled_out),
    CLAIM(bytes_that_are_not_utf8_are_spelled_out_one_by_one),
    CLAIM(a_copy_that_fits_is_whole),
    CLAIM(a_copy_that_does_not_fit_is_cut_between_characters),
    CLAIM(a_slug_is_made_of_letters_digits_and_single_hyphens),
    CLAIM(a_slug_is_never_empty),
    CLAIM(a_slug_fits_its_room),
    CLAIM(distance_counts_single_edits),
    CLAIM(distance_is_the_same_both_ways),
    CLAIM(a_word_that_is_too_long_is_far_from_all),
};

RUN_CLAIMS(claims)
