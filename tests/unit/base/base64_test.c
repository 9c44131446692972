#include "base/base64.h"

#include "test.h"

/* RFC 4648 section 10. */
static const struct {
    const char *bytes;
    const char *text;
} vectors[] = {
    {"", ""},
    {"f", "Zg=="},
    {"fo", "Zm8="},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"},
};

static void the_vectors_of_the_rfc_encode(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        struct writ_buffer b = {0};

        writ_base64_add(&b, writ_span_text(vectors[i].bytes));
        assert_text(writ_buffer_span(&b), vectors[i].text);
        writ_buffer_free(&b);
    }
}

static void the_vectors_of_the_rfc_decode(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        struct writ_buffer b = {0};

        assert_int_equal(writ_base64_parse(writ_span_text(vectors[i].text), &b), 0);
        assert_text(writ_buffer_span(&b), vectors[i].bytes);
        writ_buffer_free(&b);
    }
}

static void every_length_and_byte_comes_back(void **state)
{
    uint8_t bytes[300];

    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 101 + 13);
    for (size_t n = 0; n <= sizeof bytes; n++) {
        struct writ_buffer text = {0};
        struct writ_buffer again = {0};

        writ_base64_add(&text, WRIT_SPAN(bytes, n));
        assert_int_equal(text.n, (n + 2) / 3 * 4);
        assert_int_equal(writ_base64_parse(writ_buffer_span(&text), &again), 0);
        assert_spans_equal(writ_buffer_span(&again), WRIT_SPAN(bytes, n));
        writ_buffer_free(&text);
        writ_buffer_free(&again);
    }
}

static int parse(const char *text)
{
    struct writ_buffer b = {0};
    int rc;

    writ_buffer_text(&b, "kept");
    rc = writ_base64_parse(writ_span_text(text), &b);
    if (rc < 0)
        assert_text(writ_buffer_span(&b), "kept");
    writ_buffer_free(&b);
    return rc;
}

static void only_the_alphabet_is_read(void **state)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    (void)state;
    for (unsigned c = 1; c < 256; c++) {
        for (size_t place = 0; place < 4; place++) {
            char text[5] = "AAAA";

            if (c == '=' && place == 3)
                continue; /* that is padding */
            text[place] = (char)c;
            assert_int_equal(parse(text), strchr(alphabet, (int)c) != NULL ? 0 : -1);
        }
    }
}

static void padding_is_wanted_and_stands_at_the_end(void **state)
{
    static const char *const bad[] = {
        "Zg",       "Zg=",      "Zm8",    "=", "==",    "===",       "====", "Z===", "=Zg=",
        "Zg==Zg==", "Zm9v====", "Zg==\n", "A", "AAAAA", "Zm9v Yg==", "Zm=v", "Z=9v"};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(parse(bad[i]), -1);
}

/* RFC 4648 section 3.5: otherwise one byte string would have many spellings. */
static void unused_bits_are_zero(void **state)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    (void)state;
    for (size_t i = 0; i < 64; i++) {
        char one[5] = {'A', alphabet[i], '=', '=', '\0'};
        char two[5] = {'A', 'A', alphabet[i], '=', '\0'};

        assert_int_equal(parse(one), i % 16 == 0 ? 0 : -1);
        assert_int_equal(parse(two), i % 4 == 0 ? 0 : -1);
    }
}

static void what_fails_late_leaves_the_buffer_as_it_was(void **state)
{
    (void)state;
    assert_int_equal(parse("Zm9vYmFyZm9vYmFyZm9vYmF*"), -1);
}

static void a_buffer_that_is_full_fails_unchanged(void **state)
{
    struct writ_buffer b = {.ceiling = 4};

    (void)state;
    assert_int_equal(writ_base64_parse(writ_span_text("Zm9vYmFy"), &b), -1);
    assert_int_equal(b.n, 0);
    assert_true(b.failed);
    assert_int_equal(writ_base64_parse(writ_span_text(""), &b), -1);
    writ_buffer_free(&b);
}

static const struct CMUnitTest claims[] = {
    CLAIM(the_vectors_of_the_rfc_encode),
    CLAIM(the_vectors_of_the_rfc_decode),
    CLAIM(every_length_and_byte_comes_back),
    CLAIM(only_the_alphabet_is_read),
    CLAIM(padding_is_wanted_and_stands_at_the_end),
    CLAIM(unused_bits_are_zero),
    CLAIM(what_fails_late_leaves_the_buffer_as_it_was),
    CLAIM(a_buffer_that_is_full_fails_unchanged),
};

RUN_CLAIMS(claims)
