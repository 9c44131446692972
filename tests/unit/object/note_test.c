#include "object/note.h"

#include "base/base64.h"
#include "der.h"

static struct writ_error e;
static struct writ_note note;
static struct writ_note_key key;

#define DASH "\xe2\x80\x94 "

/* The C2SP example's text and signature line. */
#define TEXT "This is an example message.\n"
#define LINE                                                                                       \
    DASH "example.com/foo "                                                                        \
         "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72Ine" \
         "yaQM=\n"
#define VKEY "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"

static void read_note(const char *text)
{
    writ_error_clear(&e);
    assert_ok(writ_note_parse(writ_span_text(text), &note, &e));
}

#define REFUSED(text, words)                                                                       \
    assert_fault(writ_note_parse(writ_span_text(text), &note, &e), WRIT_FAULT_BAD_INPUT, words)

/* ---- notes ---- */

static void a_note_is_text_and_signatures(void **state)
{
    (void)state;
    read_note(TEXT "\n" LINE);
    assert_text(note.text, TEXT);
    assert_int_equal(note.count, 1);
    assert_text(note.signature[0].name, "example.com/foo");
    assert_spans_equal(WRIT_SPAN_OF(note.signature[0].key_id), bytes_of("530d903a"));
    assert_int_equal(note.signature[0].signature_bytes, WRIT_ED25519_SIGNATURE);
    assert_int_equal(note.signature[0].signature[0], 0x49);
    assert_int_equal(note.signature[0].signature[63], 0x03);
}

static void the_text_ends_at_the_last_empty_line(void **state)
{
    (void)state;
    read_note("a\n\nb\n\n" DASH "n AAAAAAA=\n");
    assert_text(note.text, "a\n\nb\n");
    read_note("a\n\n\n" DASH "n AAAAAAA=\n");
    assert_text(note.text, "a\n\n");
    read_note("\n\n" DASH "n AAAAAAA=\n");
    assert_text(note.text, "\n");
    read_note(TEXT "\n" DASH "x AAAAAAA=\n\n" DASH "n AAAAAAA=\n");
    assert_text(note.text, TEXT "\n" DASH "x AAAAAAA=\n");
}

static void signatures_stand_in_their_order(void **state)
{
    (void)state;
    read_note(TEXT "\n" LINE DASH "other AQIDBAU=\n");
    assert_int_equal(note.count, 2);
    assert_text(note.signature[1].name, "other");
    assert_spans_equal(WRIT_SPAN_OF(note.signature[1].key_id), bytes_of("01020304"));
    assert_int_equal(note.signature[1].signature_bytes, 1);
    assert_int_equal(note.signature[1].signature[0], 5);
}

static void a_note_without_signatures_is_refused(void **state)
{
    (void)state;
    REFUSED("", "note: no empty line between text and signatures");
    REFUSED("\n", "note: no empty line between text and signatures");
    REFUSED(TEXT, "note: no empty line between text and signatures");
    REFUSED(TEXT LINE, "note: no empty line between text and signatures");
    REFUSED(TEXT "\n", "note: no signature");
    REFUSED("\n\n", "note: no signature");
    REFUSED(TEXT "\n" LINE "\n", "note: no signature");
}

static void sixteen_signatures_are_the_ceiling(void **state)
{
    const char *line = DASH "n AAAAAAA=\n";

    (void)state;
    read_note(piece("a\n\n%s", times(WRIT_NOTE_SIGNATURES_MAX, line)));
    assert_int_equal(note.count, 16);
    REFUSED(piece("a\n\n%s", times(WRIT_NOTE_SIGNATURES_MAX + 1, line)),
            "note: more than 16 signatures");
}

static void sixty_four_kibibytes_are_the_ceiling(void **state)
{
    size_t around = strlen("\n\n" LINE);

    (void)state;
    read_note(piece("%s\n\n" LINE, times(WRIT_NOTE_MAX - around, "x")));
    REFUSED(piece("%s\n\n" LINE, times(WRIT_NOTE_MAX - around + 1, "x")),
            "note of 65537 bytes, the ceiling is 65536");
}

static void the_whole_is_utf8_without_controls(void **state)
{
    static const char with_nul[] = "a\0b\n\n" LINE;

    (void)state;
    read_note("Zo\xc3\xab\n\n" LINE);
    REFUSED("\xff\n\n" LINE, "note: not UTF-8");
    REFUSED("\xc0\xaf\n\n" LINE, "note: not UTF-8");
    REFUSED("a\rb\n\n" LINE, "byte 1: note: control character 0x0d");
    REFUSED("a\tb\n\n" LINE, "byte 1: note: control character 0x09");
    REFUSED("\x01\n\n" LINE, "byte 0: note: control character 0x01");
    REFUSED("a\n\n" DASH "n AAAAAAA=\r\n", "note: control character 0x0d");
    assert_fault(writ_note_parse(WRIT_SPAN(with_nul, sizeof with_nul - 1), &note, &e),
                 WRIT_FAULT_BAD_INPUT, "byte 1: note: control character 0x00");
    /* cut in the middle of a character */
    assert_fault(writ_note_parse(WRIT_SPAN("\xe2\x80\n\n", 4), &note, &e), WRIT_FAULT_BAD_INPUT,
                 "note: not UTF-8");
}

/* A signature line in place of the example's is refused. */
#define LINE_REFUSED(line, words) REFUSED(TEXT "\n" line, words)

static void lines_that_are_no_signatures_are_refused(void **state)
{
    (void)state;
    LINE_REFUSED("n AAAAAAA=\n", "note: signature line does not begin with an em dash");
    LINE_REFUSED("- n AAAAAAA=\n", "note: signature line");
    LINE_REFUSED("\xe2\x80\x94n AAAAAAA=\n", "note: signature line");
    LINE_REFUSED("\xe2\x80\x93 n AAAAAAA=\n", "note: signature line"); /* an en dash */
    LINE_REFUSED(" " DASH "n AAAAAAA=\n", "note: signature line");
    LINE_REFUSED(DASH "n AAAAAAA=", "note: signature line");
    LINE_REFUSED("x\n", "note: signature line");
    LINE_REFUSED(LINE "x", "note: signature line");
    LINE_REFUSED(LINE "more\n", "note: signature line");
    LINE_REFUSED(DASH " AAAAAAA=\n", "note: not a key name");
    LINE_REFUSED(DASH "\n", "note: not a key name");
    LINE_REFUSED(DASH "a+b AAAAAAA=\n", "note: not a key name");
}

static void a_fault_names_the_byte_where_it_stands(void **state)
{
    (void)state;
    LINE_REFUSED("- n AAAAAAA=\n", "note: signature line does not begin with an em dash");
    assert_int_equal(e.offset, strlen(TEXT "\n") + 4);
    LINE_REFUSED(DASH "n AAAAAAA=\n- n AAAAAAA=\n", "note: signature line does not begin");
    assert_int_equal(e.offset, strlen(TEXT "\n" DASH "n AAAAAAA=\n") + 4);
}

static void a_signature_is_strict_base64(void **state)
{
    (void)state;
    LINE_REFUSED(DASH "n\n", "note: signature is not base64");
    LINE_REFUSED(DASH "n \n", "note: signature is not base64");
    LINE_REFUSED(DASH "n  AAAAAAA=\n", "note: signature is not base64");
    LINE_REFUSED(DASH "n AAAAAAA= \n", "note: signature is not base64");
    LINE_REFUSED(DASH "n AAAAAAA\n", "note: signature is not base64");  /* no padding */
    LINE_REFUSED(DASH "n AAAAAAB=\n", "note: signature is not base64"); /* unused bits */
    LINE_REFUSED(DASH "n AAAA_AA=\n", "note: signature is not base64");
    LINE_REFUSED(DASH "n AAAAAA==\n", "note: signature is not base64"); /* a key id alone */
    LINE_REFUSED(DASH "n AAAA\n", "note: signature is not base64");
}

/* C2SP: signatures of kinds nobody knows are passed over, not refused. */
static void a_signature_too_large_to_be_known_is_not_kept(void **state)
{
    struct writ_buffer b = {0};
    uint8_t large[WRIT_NOTE_KEY_ID + WRIT_NOTE_SIGNATURE_MAX + 1] = {1, 2, 3, 4, 5};

    (void)state;
    writ_buffer_text(&b, TEXT "\n" DASH "n ");
    writ_base64_add(&b, WRIT_SPAN(large, sizeof large - 1));
    writ_buffer_text(&b, "\n" DASH "n ");
    writ_base64_add(&b, WRIT_SPAN_OF(large));
    writ_buffer_text(&b, "\n");
    read_note(writ_buffer_string(&b));
    assert_int_equal(note.count, 2);
    assert_int_equal(note.signature[0].signature_bytes, WRIT_NOTE_SIGNATURE_MAX);
    assert_int_equal(note.signature[1].signature_bytes, 0);
    assert_spans_equal(WRIT_SPAN_OF(note.signature[1].key_id), bytes_of("01020304"));
    writ_buffer_free(&b);
}

/* ---- names ---- */

static bool is_name(const char *text)
{
    return writ_note_is_key_name(writ_span_text(text));
}

static void names_are_words(void **state)
{
    (void)state;
    assert_true(is_name("example.com/foo"));
    assert_true(is_name("Zo\xc3\xab"));
    assert_true(is_name("=-_~!"));
    assert_true(is_name(times(255, "x")));
    assert_false(is_name(times(256, "x")));
    assert_false(is_name(""));
    assert_false(is_name("a+b"));
    assert_false(is_name("+"));
    assert_false(is_name("a\x1b"));
    assert_false(is_name("a\xff"));
    assert_false(is_name("a\xe2\x80\xae"));
}

/* Every character with the property White_Space, at each place in a name. */
static void no_white_space_is_in_a_name(void **state)
{
    static const char *const white[] = {
        "\t",           "\n",           "\v",
        "\f",           "\r",           " ",
        "\xc2\x85",     "\xc2\xa0",     "\xe1\x9a\x80",
        "\xe2\x80\x80", "\xe2\x80\x81", "\xe2\x80\x82",
        "\xe2\x80\x83", "\xe2\x80\x84", "\xe2\x80\x85",
        "\xe2\x80\x86", "\xe2\x80\x87", "\xe2\x80\x88",
        "\xe2\x80\x89", "\xe2\x80\x8a", "\xe2\x80\xa8",
        "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f",
        "\xe3\x80\x80",
    };

    (void)state;
    for (size_t i = 0; i < sizeof white / sizeof white[0]; i++) {
        assert_false(is_name(white[i]));
        assert_false(is_name(piece("%sb", white[i])));
        assert_false(is_name(piece("a%sb", white[i])));
        assert_false(is_name(piece("a%s", white[i])));
    }
    assert_true(is_name("\xe2\x80\x90")); /* hyphen, U+2010 */
    assert_true(is_name("\xe3\x80\x81")); /* ideographic comma, U+3001 */
    assert_true(is_name("\xc3\xa0"));     /* a with grave, whose second byte is that of U+00A0 */
}

/* ---- keys ---- */

static void a_key_is_read_and_written_the_same(void **state)
{
    struct writ_buffer b = {0};

    (void)state;
    assert_ok(writ_note_key_parse(writ_span_text(VKEY), &key, &e));
    assert_string_equal(key.name, "example.com/foo");
    assert_spans_equal(WRIT_SPAN_OF(key.key_id), bytes_of("530d903a"));
    assert_int_equal(key.key[0], 0xe9);
    assert_int_equal(key.key[31], 0xa4);
    writ_note_key_add_text(&b, &key);
    assert_text(writ_buffer_span(&b), VKEY);
    writ_buffer_free(&b);
}

#define KEY_REFUSED(text, words)                                                                   \
    assert_fault(writ_note_key_parse(writ_span_text(text), &key, &e), WRIT_FAULT_BAD_INPUT, words)

#define BASE64 "AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"

static void malformed_keys_are_refused(void **state)
{
    (void)state;
    KEY_REFUSED("", "verifier key: wanted name+8 hexadecimal digits+base64");
    KEY_REFUSED("n", "verifier key: wanted name");
    KEY_REFUSED("n+530d903a", "verifier key: wanted an Ed25519 key");
    KEY_REFUSED("+530d903a+" BASE64, "verifier key: wanted name");
    KEY_REFUSED("a b+530d903a+" BASE64, "verifier key: wanted name");
    KEY_REFUSED("n+530d903+" BASE64, "verifier key: wanted name+8 hexadecimal digits");
    KEY_REFUSED("n+530d903a0+" BASE64, "verifier key: wanted name+8 hexadecimal digits");
    KEY_REFUSED("n+530D903A+" BASE64, "verifier key: wanted name+8 hexadecimal digits");
    KEY_REFUSED("n+530d903g+" BASE64, "verifier key: wanted name+8 hexadecimal digits");
    KEY_REFUSED(piece("%s+530d903a+" BASE64, times(256, "n")), "verifier key: wanted name");
    KEY_REFUSED("n+530d903a+" BASE64 " ", "verifier key: wanted an Ed25519 key");
    KEY_REFUSED("n+530d903a+" BASE64 "\n", "verifier key: wanted an Ed25519 key");
    KEY_REFUSED("n+530d903a+", "verifier key: wanted an Ed25519 key");
}

static void only_ed25519_keys_of_32_bytes_are_read(void **state)
{
    (void)state;
    /* type 2 */
    KEY_REFUSED("n+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "wanted an Ed25519 key");
    /* 31 and 33 bytes */
    KEY_REFUSED("n+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U0=", "wanted an Ed25519 key");
    KEY_REFUSED("n+530d903a+" BASE64 "AAA=", "wanted an Ed25519 key");
    KEY_REFUSED(piece("n+530d903a+%s", times(2000, "AAAA")), "wanted an Ed25519 key");
}

static void the_longest_name_fits(void **state)
{
    (void)state;
    assert_ok(writ_note_key_parse(writ_span_text(piece("%s+530d903a+" BASE64, times(255, "n"))),
                                  &key, &e));
    assert_int_equal(strlen(key.name), 255);
}

static void a_key_is_identified_by_name_type_and_bytes(void **state)
{
    struct writ_buffer b = {0};
    uint8_t bytes[WRIT_ED25519_KEY] = {0xaa, 0xbb};

    (void)state;
    writ_note_key_add_identity(&b, "ab", bytes);
    assert_int_equal(b.n, 2 + 1 + 1 + 32);
    assert_spans_equal(WRIT_SPAN(b.p, 6), bytes_of("61620a01aabb"));
    writ_buffer_free(&b);
}

static void a_signature_that_is_written_is_read_the_same(void **state)
{
    struct writ_buffer b = {0};
    uint8_t signature[WRIT_ED25519_SIGNATURE] = {1, 2, 3};

    (void)state;
    assert_ok(writ_note_key_parse(writ_span_text(VKEY), &key, &e));
    writ_buffer_text(&b, TEXT "\n");
    writ_note_add_signature(&b, &key, WRIT_SPAN_OF(signature));
    read_note(writ_buffer_string(&b));
    assert_text(note.signature[0].name, "example.com/foo");
    assert_spans_equal(WRIT_SPAN_OF(note.signature[0].key_id), bytes_of("530d903a"));
    assert_spans_equal(WRIT_SPAN(note.signature[0].signature, note.signature[0].signature_bytes),
                       WRIT_SPAN_OF(signature));
    writ_buffer_free(&b);
}

/* ---- all of it ---- */

static bool passes(struct writ_span bytes)
{
    struct writ_error found = {0};
    struct writ_note n;

    return writ_note_parse(bytes, &n, &found) == 0;
}

static void no_beginning_of_a_note_passes(void **state)
{
    (void)state;
    assert_no_beginning_passes(writ_span_text(TEXT "\n" LINE), passes);
}

static bool describe(struct writ_span bytes, struct writ_buffer *out)
{
    struct writ_error found = {0};
    struct writ_note n;

    if (writ_note_parse(bytes, &n, &found) < 0)
        return false;
    writ_buffer_add(out, n.text);
    for (size_t i = 0; i < n.count; i++) {
        writ_buffer_format(out, "%zu ", n.signature[i].signature_bytes);
        writ_buffer_add(out, n.signature[i].name);
        writ_buffer_add(out, WRIT_SPAN_OF(n.signature[i].key_id));
        writ_buffer_add(out, WRIT_SPAN(n.signature[i].signature, n.signature[i].signature_bytes));
    }
    return true;
}

static void every_byte_of_a_note_counts(void **state)
{
    (void)state;
    assert_every_byte_counts(writ_span_text(TEXT "\n" LINE DASH "other AQIDBAU=\n"), describe);
}

static bool describe_key(struct writ_span bytes, struct writ_buffer *out)
{
    struct writ_error found = {0};
    struct writ_note_key k;

    if (writ_note_key_parse(bytes, &k, &found) < 0)
        return false;
    writ_note_key_add_text(out, &k);
    return true;
}

static void every_byte_of_a_key_counts(void **state)
{
    (void)state;
    assert_every_byte_counts(writ_span_text(VKEY), describe_key);
}

static const struct CMUnitTest claims[] = {
    CLAIM(a_note_is_text_and_signatures),
    CLAIM(the_text_ends_at_the_last_empty_line),
    CLAIM(signatures_stand_in_their_order),
    CLAIM(a_note_without_signatures_is_refused),
    CLAIM(sixteen_signatures_are_the_ceiling),
    CLAIM(sixty_four_kibibytes_are_the_ceiling),
    CLAIM(the_whole_is_utf8_without_controls),
    CLAIM(lines_that_are_no_signatures_are_refused),
    CLAIM(a_fault_names_the_byte_where_it_stands),
    CLAIM(a_signature_is_strict_base64),
    CLAIM(a_signature_too_large_to_be_known_is_not_kept),
    CLAIM(names_are_words),
    CLAIM(no_white_space_is_in_a_name),
    CLAIM(a_key_is_read_and_written_the_same),
    CLAIM(malformed_keys_are_refused),
    CLAIM(only_ed25519_keys_of_32_bytes_are_read),
    CLAIM(the_longest_name_fits),
    CLAIM(a_key_is_identified_by_name_type_and_bytes),
    CLAIM(a_signature_that_is_written_is_read_the_same),
    CLAIM(no_beginning_of_a_note_passes),
    CLAIM(every_byte_of_a_note_counts),
    CLAIM(every_byte_of_a_key_counts),
};

RUN_CLAIMS(claims)
