#include "bytes/pem.h"

#include "scratch.h"
#include "test.h"

#define BLOCK "-----BEGIN A B-----\nQUJD\n-----END A B-----\n"

/* The first block of the text has this label and these bytes. */
static void assert_first(const char *text, const char *label, const char *bytes)
{
    struct writ_error e = {0};
    struct writ_cursor c = writ_cursor_over(writ_span_text(text), &e);
    struct writ_pem pem = {0};
    bool found = false;

    assert_ok(writ_pem_next(&c, &pem, &found));
    assert_true(found);
    assert_string_equal(pem.label, label);
    assert_text(writ_buffer_span(&pem.der), bytes);
    writ_pem_free(&pem);
}

/* The first block of the text is malformed. */
static void assert_malformed(const char *text, const char *words)
{
    struct writ_error e = {0};
    struct writ_cursor c = writ_cursor_over(writ_span_text(text), &e);
    struct writ_pem pem = {0};
    bool found = true;

    assert_fault(writ_pem_next(&c, &pem, &found), WRIT_FAULT_BAD_INPUT, words);
    assert_false(found);
    assert_null(pem.der.p);
}

static void a_block_has_a_label_and_bytes(void **state)
{
    (void)state;
    assert_first(BLOCK, "A B", "ABC");
    assert_first("-----BEGIN X509 CRL-----\nQQ==\n-----END X509 CRL-----\n", "X509 CRL", "A");
    assert_first("-----BEGIN A-B-----\nQQ==\n-----END A-B-----\n", "A-B", "A");
}

static void text_around_blocks_is_skipped(void **state)
{
    (void)state;
    assert_first("subject=CN = Alice\nissuer=x\n\n" BLOCK "trailing words", "A B", "ABC");
    assert_first("----BEGIN A-----\n -----BEGIN B-----\n-----END C-----\n" BLOCK, "A B", "ABC");
}

static void blocks_follow_each_other(void **state)
{
    struct writ_error e = {0};
    struct writ_cursor c = writ_cursor_over(
        writ_span_text("one\n" BLOCK "two\n-----BEGIN C-----\nREVG\n-----END C-----\nthree\n"), &e);
    struct writ_pem pem = {0};
    bool found;

    (void)state;
    assert_ok(writ_pem_next(&c, &pem, &found));
    assert_true(found);
    assert_text(writ_buffer_span(&pem.der), "ABC");
    writ_pem_free(&pem);
    assert_ok(writ_pem_next(&c, &pem, &found));
    assert_true(found);
    assert_string_equal(pem.label, "C");
    assert_text(writ_buffer_span(&pem.der), "DEF");
    writ_pem_free(&pem);
    assert_ok(writ_pem_next(&c, &pem, &found));
    assert_false(found);
    assert_ok(writ_cursor_end(&c, "all"));
}

static void no_block_is_no_fault(void **state)
{
    static const char *const none[] = {"", "\n", "just words\n", "-----END A-----\n", "---"};
    struct writ_error e = {0};

    (void)state;
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        struct writ_cursor c = writ_cursor_over(writ_span_text(none[i]), &e);
        struct writ_pem pem = {0};
        bool found = true;

        assert_ok(writ_pem_next(&c, &pem, &found));
        assert_false(found);
        assert_false(writ_pem_looks_like(writ_span_text(none[i])));
    }
}

static void line_endings_of_other_systems_are_read(void **state)
{
    (void)state;
    assert_first("-----BEGIN A-----\r\nQUJD\r\nREVG\r\n-----END A-----\r\n", "A", "ABCDEF");
    assert_first("-----BEGIN A-----  \nQUJD  \n-----END A----- \n", "A", "ABC");
    assert_first("-----BEGIN A-----\nQUJD\n-----END A-----", "A", "ABC");
    assert_first("-----BEGIN A-----\nQUJD\n-----END A-----\r", "A", "ABC");
}

static void lines_may_have_any_length_up_to_the_ceiling(void **state)
{
    char text[2 * WRIT_PEM_LINE_MAX + 128];
    struct writ_error e = {0};

    (void)state;
    assert_first("-----BEGIN A-----\nQ\nU\n\nJ\nD\n-----END A-----\n", "A", "ABC");
    for (size_t n = WRIT_PEM_LINE_MAX; n <= WRIT_PEM_LINE_MAX + 4; n += 4) {
        struct writ_pem pem = {0};
        struct writ_cursor c;
        bool found;
        int at = snprintf(text, sizeof text, "-----BEGIN A-----\n");

        memset(text + at, 'A', n);
        (void)snprintf(text + at + n, sizeof text - (size_t)at - n, "\n-----END A-----\n");
        c = writ_cursor_over(writ_span_text(text), &e);
        if (n == WRIT_PEM_LINE_MAX) {
            assert_ok(writ_pem_next(&c, &pem, &found));
            assert_int_equal(pem.der.n, WRIT_PEM_LINE_MAX / 4 * 3);
        } else {
            assert_fault(writ_pem_next(&c, &pem, &found), WRIT_FAULT_BAD_INPUT, "line too long");
        }
        writ_pem_free(&pem);
    }
}

static void the_end_line_is_wanted(void **state)
{
    (void)state;
    assert_malformed("-----BEGIN A-----\n", "PEM A: the END line is missing");
    assert_malformed("-----BEGIN A-----", "the END line is missing");
    assert_malformed("-----BEGIN A-----\nQUJD", "the END line is missing");
    assert_malformed("-----BEGIN A-----\nQUJD\n", "the END line is missing");
    assert_malformed("-----BEGIN A-----\nQUJD\n-----END A----\n", "PEM A: wanted its END line");
    assert_malformed("-----BEGIN A-----\nQUJD\n-----END A-----\t\n", "PEM A: wanted its END line");
}

static void the_end_line_has_the_same_label(void **state)
{
    (void)state;
    assert_malformed("-----BEGIN A-----\nQUJD\n-----END B-----\n", "wanted its END line");
    assert_malformed("-----BEGIN A-----\nQUJD\n-----END A B-----\n", "wanted its END line");
    assert_malformed("-----BEGIN A-----\nQUJD\n-----END -----\n", "wanted its END line");
    assert_malformed("-----BEGIN A-----\nQUJD\n-----BEGIN A-----\n", "wanted its END line");
    assert_malformed("-----BEGIN A-----\nQUJD\n-----END a-----\n", "wanted its END line");
}

static void inside_a_block_is_only_base64(void **state)
{
    static const char *const bodies[] = {
        "QUJ",       "QUJDR", "Q*JD",  "QUL=",   "QU==JD==", "Proc-Type: 4,ENCRYPTED\n\nQUJD",
        "# x\nQUJD", " QUJD", "QU JD", "\tQUJD", "=",        "",
        "\n\n"};
    char text[256];

    (void)state;
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        (void)snprintf(text, sizeof text, "-----BEGIN A-----\n%s\n-----END A-----\n", bodies[i]);
        assert_malformed(text, "PEM A: not base64");
    }
}

/* RFC 7468 section 3; a label is shown to people. */
static void a_label_is_printable_ascii(void **state)
{
    static const char *const bad[] = {"",           " ",    "A ",   " A",   "A  B",
                                      "-A",         "A-",   "A--B", "A- B", "A\x1b[2JB",
                                      "Zo\xc3\xab", "A\tB", "A\x7f"};
    char text[512];

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        (void)snprintf(text, sizeof text, "-----BEGIN %s-----\nQUJD\n-----END %s-----\n", bad[i],
                       bad[i]);
        assert_malformed(text, "BEGIN line without a proper label");
    }
    assert_malformed("-----BEGIN A\nQUJD\n-----END A-----\n", "without a proper label");
    assert_malformed("-----BEGIN CERTIFICATE\nQUJD\n-----END CERTIF-----\n", "proper label");
    assert_first("-----BEGIN !~-----\nQUJD\n-----END !~-----\n", "!~", "ABC");
    assert_malformed("-----BEGIN ----\nQUJD\n", "without a proper label");
}

static void a_label_has_a_ceiling(void **state)
{
    char label[WRIT_PEM_LABEL_MAX + 1], text[512];

    (void)state;
    memset(label, 'A', sizeof label);
    label[WRIT_PEM_LABEL_MAX - 1] = '\0';
    (void)snprintf(text, sizeof text, "-----BEGIN %s-----\nQUJD\n-----END %s-----\n", label, label);
    assert_first(text, label, "ABC");
    label[WRIT_PEM_LABEL_MAX - 1] = 'A';
    label[WRIT_PEM_LABEL_MAX] = '\0';
    (void)snprintf(text, sizeof text, "-----BEGIN %s-----\nQUJD\n-----END %s-----\n", label, label);
    assert_malformed(text, "without a proper label");
}

static void a_nul_is_just_another_wrong_character(void **state)
{
    static const char text[] = "-----BEGIN A\0-----\nQUJD\n-----END A\0-----\n";
    struct writ_error e = {0};
    struct writ_cursor c = writ_cursor_over(WRIT_SPAN(text, sizeof text - 1), &e);
    struct writ_pem pem = {0};
    bool found;

    (void)state;
    assert_fault(writ_pem_next(&c, &pem, &found), WRIT_FAULT_BAD_INPUT, "without a proper label");
}

static void the_look_of_pem_is_a_begin_line(void **state)
{
    (void)state;
    assert_true(writ_pem_looks_like(writ_span_text(BLOCK)));
    assert_true(writ_pem_looks_like(writ_span_text("words\r\n-----BEGIN X")));
    assert_false(writ_pem_looks_like(writ_span_text(" -----BEGIN A-----")));
    assert_false(writ_pem_looks_like(writ_span_text("-----BEGIN")));
    assert_false(writ_pem_looks_like(bytes_of("30820122")));
}

static void what_is_written_has_64_characters_a_line(void **state)
{
    struct writ_buffer b = {0};
    uint8_t bytes[50];

    (void)state;
    memset(bytes, 0, sizeof bytes);
    writ_pem_build(&b, "X", WRIT_SPAN(bytes, 50));
    assert_text(writ_buffer_span(&b),
                "-----BEGIN X-----\n"
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
                "AAA=\n"
                "-----END X-----\n");
    writ_buffer_free(&b);
}

static void every_length_comes_back(void **state)
{
    uint8_t bytes[200];

    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 31);
    for (size_t n = 1; n <= sizeof bytes; n++) {
        struct writ_error e = {0};
        struct writ_buffer text = {0};
        struct writ_pem pem = {0};
        struct writ_cursor c;
        bool found;

        writ_pem_build(&text, "TEST", WRIT_SPAN(bytes, n));
        c = writ_cursor_over(writ_buffer_span(&text), &e);
        assert_ok(writ_pem_next(&c, &pem, &found));
        assert_spans_equal(writ_buffer_span(&pem.der), WRIT_SPAN(bytes, n));
        assert_ok(writ_cursor_end(&c, "block"));
        writ_pem_free(&pem);
        writ_buffer_free(&text);
    }
}

static void openssl_reads_ours_and_we_read_openssl(void **state)
{
    struct scratch s = scratch_make();
    struct writ_error e = {0};
    struct writ_buffer theirs, der, text = {0}, again;
    struct writ_pem pem = {0};
    struct writ_cursor c;
    bool found;

    (void)state;
    scratch_run(&s, "openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out key.pem &&"
                    "openssl pkey -in key.pem -outform DER -out key.der");
    theirs = scratch_get(&s, "key.pem");
    der = scratch_get(&s, "key.der");
    c = writ_cursor_over(writ_buffer_span(&theirs), &e);
    assert_ok(writ_pem_next(&c, &pem, &found));
    assert_string_equal(pem.label, "PRIVATE KEY");
    writ_pem_build(&text, pem.label, writ_buffer_span(&pem.der));
    assert_spans_equal(writ_buffer_span(&text), writ_buffer_span(&theirs));
    scratch_put(&s, "ours.pem", writ_buffer_span(&text));
    scratch_run(&s, "openssl pkey -in ours.pem -outform DER -out again.der");
    again = scratch_get(&s, "again.der");
    assert_spans_equal(writ_buffer_span(&again), writ_buffer_span(&der));
    writ_pem_free(&pem);
    writ_buffer_free(&theirs);
    writ_buffer_free(&der);
    writ_buffer_free(&text);
    writ_buffer_free(&again);
    scratch_remove(&s);
}

static const struct CMUnitTest claims[] = {
    CLAIM(a_block_has_a_label_and_bytes),
    CLAIM(text_around_blocks_is_skipped),
    CLAIM(blocks_follow_each_other),
    CLAIM(no_block_is_no_fault),
    CLAIM(line_endings_of_other_systems_are_read),
    CLAIM(lines_may_have_any_length_up_to_the_ceiling),
    CLAIM(the_end_line_is_wanted),
    CLAIM(the_end_line_has_the_same_label),
    CLAIM(inside_a_block_is_only_base64),
    CLAIM(a_label_is_printable_ascii),
    CLAIM(a_label_has_a_ceiling),
    CLAIM(a_nul_is_just_another_wrong_character),
    CLAIM(the_look_of_pem_is_a_begin_line),
    CLAIM(what_is_written_has_64_characters_a_line),
    CLAIM(every_length_comes_back),
    CLAIM(openssl_reads_ours_and_we_read_openssl),
};

RUN_CLAIMS(claims)
