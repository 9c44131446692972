/*
 * evidence/cascade.h: cascades of every kind answer for the keys that they were made of
 *
 * tests/fixtures/cascade/make.py made the files, and shares nothing with the code that reads them.
 */
#include "evidence/cascade.h"

#include "der.h"
#include "fixture.h"
#include "object/stash.h"

static struct writ_error e;
static struct writ_digester *digester;

/* A file of tests/fixtures/cascade, opened. */
struct opened {
    struct writ_buffer bytes;
    struct writ_cascade cascade;
};

static struct opened open_fixture(const char *name)
{
    struct opened o = {.bytes = fixture(piece("cascade/%s", name))};

    writ_error_clear(&e);
    assert_ok(writ_cascade_open(writ_buffer_span(&o.bytes), &o.cascade, &e));
    return o;
}

static const char *ask(const struct writ_cascade *cascade, struct writ_span issuer,
                       struct writ_span serial)
{
    enum writ_filter_answer answer = WRIT_FILTER_NOT_COVERED;

    assert_int_equal(issuer.n, WRIT_CLUBCARD_ISSUER);
    assert_ok(writ_cascade_ask(cascade, digester, issuer.p, serial, &answer, &e));
    assert_true(answer == WRIT_FILTER_GOOD || answer == WRIT_FILTER_REVOKED);
    return writ_filter_answer_name(answer);
}

/* The lines of keys.tsv about one file, each asked; how many there were. */
static unsigned ask_all(const char *name, const struct writ_cascade *cascade)
{
    struct writ_buffer keys = fixture("cascade/keys.tsv");
    struct writ_cursor c = writ_cursor_over(writ_buffer_span(&keys), NULL);
    struct writ_span field[TSV_FIELDS];
    unsigned asked = 0;

    while (tsv_line(&c, field)) {
        const char *answer;

        if (!writ_span_equal(field[0], writ_span_text(name)))
            continue;
        answer = ask(cascade, tsv_bytes(field[1]), tsv_bytes(field[2]));
        if (strcmp(answer, tsv_text(field[3])) != 0)
            fail_msg("%s says %s of %s %s", name, answer, tsv_text(field[1]), tsv_text(field[2]));
        asked++;
    }
    writ_buffer_free(&keys);
    return asked;
}

static void all_of(const char *name, enum writ_cascade_hash hash, bool inverted, size_t salt)
{
    struct opened o = open_fixture(name);

    assert_int_equal(o.cascade.hash, hash);
    assert_int_equal(o.cascade.inverted, inverted);
    assert_int_equal(o.cascade.salt.n, salt);
    assert_true(o.cascade.layer_count > 4);
    assert_true(ask_all(name, &o.cascade) >= 60);
    writ_buffer_free(&o.bytes);
}

static void murmur3_answers(void **state)
{
    (void)state;
    all_of("v1-murmur3", WRIT_CASCADE_MURMUR3, false, 0);
    all_of("v2-murmur3", WRIT_CASCADE_MURMUR3, false, 0);
    all_of("v2-murmur3-inverted", WRIT_CASCADE_MURMUR3, true, 0);
}

static void sha256l32_answers(void **state)
{
    (void)state;
    all_of("v1-sha256l32", WRIT_CASCADE_SHA256_32, false, 0);
    all_of("v2-sha256l32", WRIT_CASCADE_SHA256_32, false, 0);
    all_of("v2-sha256l32-salt-inverted", WRIT_CASCADE_SHA256_32, true, 16);
}

/* Layers of up to 256 bits take one byte of the stream for each bit, up to 65,536 two, then three.
 */
static void sha256ctr_answers(void **state)
{
    (void)state;
    all_of("v2-sha256ctr", WRIT_CASCADE_SHA256_CTR, false, 0);
    all_of("v2-sha256ctr-salt", WRIT_CASCADE_SHA256_CTR, false, 16);
    all_of("v2-sha256ctr-salt-inverted", WRIT_CASCADE_SHA256_CTR, true, 16);
    all_of("v2-sha256ctr-large", WRIT_CASCADE_SHA256_CTR, false, 255);
}

static void stashes_list_what_they_list(void **state)
{
    static const char *const names[] = {"stash-0", "stash-1", "stash-2",
                                        "stash-3", "stash-4", "stash-5"};
    struct writ_buffer keys = fixture("cascade/keys.tsv");
    struct writ_span field[TSV_FIELDS];
    unsigned asked = 0;

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct writ_buffer b = fixture(piece("cascade/%s", names[i]));
        struct writ_cursor c = writ_cursor_over(writ_buffer_span(&keys), NULL);
        struct writ_stash stash;

        assert_true(writ_stash_is(writ_buffer_span(&b)));
        assert_ok(writ_stash_open(writ_buffer_span(&b), &stash, &e));
        for (; tsv_line(&c, field); asked++) {
            if (!writ_span_equal(field[0], writ_span_text(names[i])))
                continue;
            assert_int_equal(writ_stash_find(&stash, tsv_bytes(field[1]), tsv_bytes(field[2])),
                             writ_span_equal(field[3], writ_span_text("revoked")));
        }
        writ_buffer_free(&b);
    }
    assert_true(asked > 100);
    writ_buffer_free(&keys);
}

/* ---- One layer, by hand ---- */

/* A cascade of one layer of 256 bits, of which one is set. */
static struct writ_cascade one_bit(const char *head, unsigned bit)
{
    static uint8_t file[64];
    struct writ_span start = bytes_of(head);
    struct writ_cascade cascade;

    memset(file, 0, sizeof file);
    memcpy(file, start.p, start.n);
    file[start.n + bit / 8] = (uint8_t)(1 << bit % 8);
    writ_error_clear(&e);
    assert_ok(writ_cascade_open(WRIT_SPAN(file, start.n + 32), &cascade, &e));
    return cascade;
}

/* The bits that a key may have are asked for one after the other; the only one that is found. */
static unsigned only_bit(const char *head, const char *key)
{
    unsigned found = 256;

    for (unsigned bit = 0; bit < 256; bit++) {
        struct writ_cascade cascade = one_bit(head, bit);
        bool has = false;

        assert_ok(writ_cascade_has(&cascade, digester, writ_span_text(key), &has, &e));
        if (has && found != 256)
            fail_msg("bits %u and %u are both found", found, bit);
        if (has)
            found = bit;
    }
    return found;
}

/* Computed with Python's hashlib, from the formulas of the page. */
static void the_bit_of_a_key_is_the_one_of_the_formula(void **state)
{
    (void)state;
    assert_int_equal(only_bit("0100 01 00010000 01000000 01", "abcd"), 146);
    assert_int_equal(only_bit("0100 02 00010000 01000000 01", "abcd"), 154);
    assert_int_equal(only_bit("0200 00 04 6e61636c 02 00010000 01000000 01", "abcd"), 77);
    assert_int_equal(only_bit("0200 00 00 03 00010000 01000000 01", "abcd"), 39);
    assert_int_equal(only_bit("0200 00 04 6e61636c 03 00010000 01000000 01", "abcd"), 171);
}

/* With 256 bits each of the 64 numbers is one byte of the stream: of two blocks of it, which were
 * computed with Python. */
static void the_stream_goes_on_from_block_to_block(void **state)
{
    struct writ_span stream = bytes_of("27fff97af1fd19eba03a4a826c7ca84d"
                                       "c9442e1239dbc697a20a70934b4ca4e8"
                                       "6327b99ace3df1ad5c491e57054904a9"
                                       "f3ccde37a6e2f8558ec1b19f9d22a3ae");
    uint8_t file[14 + 32] = {2, 0, 0, 0, 3, 0, 1, 0, 0, 64, 0, 0, 0, 1};
    struct writ_cascade cascade;
    bool has = false;

    (void)state;
    assert_int_equal(stream.n, 64);
    assert_ok(writ_cascade_open(WRIT_SPAN_OF(file), &cascade, &e));
    for (size_t i = 0; i < stream.n; i++) {
        assert_ok(writ_cascade_has(&cascade, digester, writ_span_text("abcd"), &has, &e));
        assert_false(has);
        file[14 + stream.p[i] / 8] |= (uint8_t)(1 << stream.p[i] % 8);
    }
    assert_ok(writ_cascade_has(&cascade, digester, writ_span_text("abcd"), &has, &e));
    assert_true(has);
}

/* A layer of one bit takes nothing off the stream: 0 is the only number there is. */
static void a_layer_of_one_bit_has_what_its_bit_says(void **state)
{
    struct writ_cascade cascade;
    bool has = true;

    (void)state;
    for (unsigned hash = 1; hash <= 3; hash++) {
        const char *file = piece("0100 %02x 01000000 40000000 01 fe", hash);

        assert_ok(writ_cascade_open(bytes_of(file), &cascade, &e));
        assert_ok(writ_cascade_has(&cascade, digester, writ_span_text("abcd"), &has, &e));
        assert_false(has);
        file = piece("0100 %02x 01000000 40000000 01 01", hash);
        assert_ok(writ_cascade_open(bytes_of(file), &cascade, &e));
        assert_ok(writ_cascade_has(&cascade, digester, writ_span_text("abcd"), &has, &e));
        assert_true(has);
    }
}

static void a_key_is_the_issuer_and_then_the_serial(void **state)
{
    struct opened o = open_fixture("v2-sha256ctr-salt");
    uint8_t key[WRIT_CLUBCARD_ISSUER + 20] = {0};

    (void)state;
    for (unsigned i = 0; i < 200; i++) {
        bool has = false;

        key[0] = (uint8_t)i;
        key[WRIT_CLUBCARD_ISSUER] = (uint8_t)(i * 7);
        assert_ok(writ_cascade_has(&o.cascade, digester, WRIT_SPAN_OF(key), &has, &e));
        assert_string_equal(ask(&o.cascade, WRIT_SPAN(key, WRIT_CLUBCARD_ISSUER),
                                WRIT_SPAN(key + WRIT_CLUBCARD_ISSUER, 20)),
                            has ? "revoked" : "good");
    }
    writ_buffer_free(&o.bytes);
}

static void a_serial_of_255_octets_can_be_asked_for_and_not_one_of_256(void **state)
{
    static const uint8_t zeros[256];
    struct opened o = open_fixture("v1-murmur3");
    enum writ_filter_answer answer;

    (void)state;
    assert_ok(writ_cascade_ask(&o.cascade, digester, zeros, WRIT_SPAN(zeros, 255), &answer, &e));
    assert_ok(writ_cascade_ask(&o.cascade, digester, zeros, WRIT_SPAN_NONE, &answer, &e));
    assert_fault(writ_cascade_ask(&o.cascade, digester, zeros, WRIT_SPAN(zeros, 256), &answer, &e),
                 WRIT_FAULT_BAD_INPUT, "a serial number of 256 octets, at most 255");
    writ_buffer_free(&o.bytes);
}

/* ---- Broken ---- */

/* Whatever a file says, the questions end, in memory that ends where the file ends. */
static void ask_copy(struct writ_span bytes, size_t n)
{
    uint8_t *copy = malloc(n == 0 ? 1 : n);
    struct writ_cascade cascade;
    uint8_t key[WRIT_CLUBCARD_ISSUER] = {0};

    assert_non_null(copy);
    memcpy(copy, bytes.p, n);
    writ_error_clear(&e);
    if (writ_cascade_open(WRIT_SPAN(copy, n), &cascade, &e) == 0) {
        for (key[0] = 0; key[0] < 4; key[0]++)
            (void)ask(&cascade, WRIT_SPAN_OF(key), WRIT_SPAN(key, 9));
    } else {
        assert_sentence(WRIT_FAULT_BAD_INPUT, "cascade");
    }
    free(copy);
}

static void with_every_byte_changed_and_cut_anywhere_it_answers_or_is_refused(void **state)
{
    static const char *const names[] = {"v1-murmur3", "v2-sha256l32-salt-inverted",
                                        "v2-sha256ctr-salt"};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct writ_buffer b = fixture(piece("cascade/%s", names[i]));

        for (size_t at = 0; at < b.n; at++) {
            ask_copy(writ_buffer_span(&b), at);
            for (unsigned change = 1; change < 256; change++) {
                b.p[at] ^= (uint8_t)change;
                ask_copy(writ_buffer_span(&b), b.n);
                b.p[at] ^= (uint8_t)change;
            }
        }
        writ_buffer_free(&b);
    }
}

static int make_digester(void **state)
{
    (void)state;
    digester = writ_digester_new(&e);
    return digester == NULL;
}

static int drop_digester(void **state)
{
    (void)state;
    writ_digester_free(digester);
    return 0;
}

static const struct CMUnitTest claims[] = {
    CLAIM(murmur3_answers),
    CLAIM(sha256l32_answers),
    CLAIM(sha256ctr_answers),
    CLAIM(stashes_list_what_they_list),
    CLAIM(the_bit_of_a_key_is_the_one_of_the_formula),
    CLAIM(the_stream_goes_on_from_block_to_block),
    CLAIM(a_layer_of_one_bit_has_what_its_bit_says),
    CLAIM(a_key_is_the_issuer_and_then_the_serial),
    CLAIM(a_serial_of_255_octets_can_be_asked_for_and_not_one_of_256),
    CLAIM(with_every_byte_changed_and_cut_anywhere_it_answers_or_is_refused),
};

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name(__FILE__, claims, make_digester, drop_digester);
}
