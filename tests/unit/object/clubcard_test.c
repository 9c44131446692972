/* object/clubcard.h: what is read, and what is answered. */
#include "crypto/digest.h"
#include "object/clubcards.h"
#include "scratch.h"

static struct writ_error e;

#define FIXTURES "tests/fixtures/clubcard/"

static const char *const fixtures[] = {FIXTURES "small.v3", FIXTURES "small.v4",
                                       FIXTURES "delta.v3", FIXTURES "delta.v4"};

static struct writ_clubcard opened(struct writ_span bytes)
{
    struct writ_clubcard card;

    writ_error_clear(&e);
    assert_ok(writ_clubcard_open(bytes, &card, &e));
    assert_ok(writ_clubcard_check(&card, &e));
    return card;
}

static enum writ_filter_answer ask(const struct writ_clubcard *card, const uint8_t *issuer,
                                   struct writ_span serial)
{
    struct writ_digester *d = writ_digester_new(&e);
    uint8_t hash[WRIT_SHA256_BYTES];

    assert_non_null(d);
    assert_ok(writ_digester_sha256(d, WRIT_SPAN(issuer, WRIT_CLUBCARD_ISSUER), serial, hash, &e));
    writ_digester_free(d);
    return writ_clubcard_ask(card, issuer, serial, hash);
}

/* ---- the fixtures ---- */

/* One line of small.tsv: issuer, serial, timestamps or none, answer. */
struct truth {
    uint8_t issuer[WRIT_CLUBCARD_ISSUER];
    uint8_t serial[64];
    size_t serial_n;
    bool asks_coverage;
    uint8_t log[4][WRIT_CLUBCARD_LOG];
    uint64_t ms[4];
    size_t scts;
    char wanted[32];
};

static void take_scts(struct writ_span column, struct truth *t)
{
    struct writ_cursor c = writ_cursor_over(column, NULL);

    t->asks_coverage = true;
    while (c.left > 0) {
        struct writ_span item = writ_cursor_field(&c, ',');
        struct writ_cursor inner = writ_cursor_over(item, NULL);
        struct writ_span log = writ_cursor_field(&inner, ':');

        assert_true(t->scts < 4);
        assert_int_equal(writ_hex_parse(log, t->log[t->scts], WRIT_CLUBCARD_LOG), 0);
        assert_int_equal(
            writ_span_decimal(WRIT_SPAN(inner.at, inner.left), UINT64_MAX, &t->ms[t->scts++]), 0);
    }
}

static void take_truth(struct writ_span line, struct truth *t)
{
    struct writ_cursor c = writ_cursor_over(line, NULL);
    struct writ_span column = writ_cursor_field(&c, '\t'), next;

    *t = (struct truth){0};
    assert_int_equal(writ_hex_parse(column, t->issuer, WRIT_CLUBCARD_ISSUER), 0);
    column = writ_cursor_field(&c, '\t');
    t->serial_n = column.n / 2;
    assert_int_equal(writ_hex_parse(column, t->serial, t->serial_n), 0);
    column = writ_cursor_field(&c, '\t');
    next = WRIT_SPAN(c.at, c.left);
    if (next.n > 0)
        take_scts(column, t);
    else
        next = column;
    assert_true(next.n < sizeof t->wanted);
    memcpy(t->wanted, next.p, next.n);
}

static enum writ_filter_answer answer(const struct writ_clubcard *card, const struct truth *t)
{
    bool covered = !t->asks_coverage;

    for (size_t i = 0; i < t->scts; i++)
        covered = covered || writ_clubcard_covers(card, t->log[i], t->ms[i]);
    return covered ? ask(card, t->issuer, WRIT_SPAN(t->serial, t->serial_n))
                   : WRIT_FILTER_NOT_COVERED;
}

/* Every certificate of the fixture's universe, asked of a file that holds these bytes. */
static size_t hold_against_truth(struct writ_span bytes)
{
    struct writ_buffer tsv = source_read(FIXTURES "small.tsv");
    struct writ_cursor c = writ_cursor_over(writ_buffer_span(&tsv), NULL);
    struct writ_clubcard card = opened(bytes);
    size_t n = 0;

    while (c.left > 0) {
        struct truth t;

        take_truth(writ_cursor_field(&c, '\n'), &t);
        assert_string_equal(writ_filter_answer_name(answer(&card, &t)), t.wanted);
        n++;
    }
    writ_clubcard_close(&card);
    writ_buffer_free(&tsv);
    return n;
}

static void what_another_writer_made_answers_the_truth(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct writ_buffer file = source_read(fixtures[i]);

        assert_int_equal(hold_against_truth(writ_buffer_span(&file)), 130);
        writ_buffer_free(&file);
    }
}

static void words_may_lie_at_any_address(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct writ_buffer file = source_read(fixtures[i]);

        for (size_t shift = 0; shift < 8; shift++) {
            uint8_t *room = malloc(file.n + shift);

            assert_non_null(room);
            memcpy(room + shift, file.p, file.n);
            assert_int_equal(hold_against_truth(WRIT_SPAN(room + shift, file.n)), 130);
            free(room);
        }
        writ_buffer_free(&file);
    }
}

static void both_versions_of_a_file_show_the_same(void **state)
{
    struct writ_buffer three = source_read(fixtures[0]), four = source_read(fixtures[1]);
    struct writ_clubcard a = opened(writ_buffer_span(&three)), b = opened(writ_buffer_span(&four));
    struct writ_clubcard_issuer x, y;
    struct writ_clubcard_log p, q;

    (void)state;
    assert_int_equal(a.version, 3);
    assert_int_equal(b.version, 4);
    assert_int_equal(a.log_count, 2);
    assert_int_equal(b.log_count, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_true(writ_clubcard_log(&a, i, &p) && writ_clubcard_log(&b, i, &q));
        assert_spans_equal(p.id, q.id);
        assert_true(p.low == q.low && p.high == q.high && p.low < p.high);
    }
    assert_int_equal(a.issuer_count, 6);
    assert_int_equal(b.issuer_count, 6);
    for (size_t i = 0; i < 6; i++) {
        struct writ_span s, t;

        assert_true(writ_clubcard_issuer(&a, i, &x) && writ_clubcard_issuer(&b, i, &y));
        assert_spans_equal(x.id, y.id);
        assert_true(x.approx_m == y.approx_m && x.exact_m == y.exact_m && x.rank == y.rank);
        assert_true(x.approx_offset == y.approx_offset && x.exact_offset == y.exact_offset);
        assert_true(x.inverted == y.inverted && x.exception_count == y.exception_count);
        while (writ_clubcard_exception(&x, &s)) {
            assert_true(writ_clubcard_exception(&y, &t));
            assert_spans_equal(s, t);
        }
        assert_false(writ_clubcard_exception(&y, &t));
    }
    assert_int_equal(a.column_count, 4);
    assert_int_equal(b.column_count, 4);
    for (size_t i = 0; i < 5; i++) {
        struct writ_span u = i < 4 ? a.x[i] : a.y, v = i < 4 ? b.x[i] : b.y;

        assert_int_equal(writ_clubcard_words(u), writ_clubcard_words(v));
        for (size_t k = 0; k < writ_clubcard_words(u); k++)
            assert_true(writ_clubcard_word(&a, u, k) == writ_clubcard_word(&b, v, k));
    }
    writ_clubcard_close(&a);
    writ_clubcard_close(&b);
    writ_buffer_free(&three);
    writ_buffer_free(&four);
}

/* ---- rows, against bits that are looked at one by one ---- */

static unsigned bit(const struct spec_column *column, uint64_t i)
{
    return i / 64 < column->count ? (unsigned)(column->word[i / 64] >> (i % 64)) & 1 : 0;
}

static bool slowly_zero(const struct spec_column *column, uint64_t offset, uint64_t m,
                        const uint64_t a[4])
{
    uint64_t start = a[3] % (m == 0 ? 1 : m) + offset;
    unsigned sum = 0;

    for (uint64_t i = 0; i < 256; i++)
        sum ^= (unsigned)(a[i / 64] >> (i % 64)) & 1 & bit(column, start + i);
    return sum == 0;
}

static bool slowly_revoked(const struct spec *s, const struct spec_block *b, const uint8_t *hash)
{
    uint64_t a[4] = {0};
    bool held = b->approx_m != 0;

    for (size_t i = 0; i < 32; i++)
        a[i / 8] |= (uint64_t)hash[i] << (8 * (i % 8));
    a[0] |= 1;
    for (uint64_t i = 0; held && i < b->rank; i++)
        held = slowly_zero(&s->x[i], b->approx_offset, b->approx_m, a);
    held = held && slowly_zero(&s->y, b->exact_offset, b->exact_m, a);
    return held != (b->inverted != 0);
}

static void random_hash(uint64_t *random, uint8_t hash[32])
{
    for (size_t i = 0; i < 32; i += 8) {
        uint64_t word = next_random(random);

        memcpy(hash + i, &word, 8);
    }
}

static struct spec random_spec(uint64_t *random, unsigned version)
{
    struct spec s = sound_spec(version);

    for (size_t i = 0; i < 3; i++) {
        struct spec_block *b = &s.block[i];

        b->approx_m = next_random(random) % 8 == 0 ? 0 : next_random(random) % 500;
        b->exact_m = next_random(random) % 500;
        b->rank = next_random(random) % 4;
        b->approx_offset = next_random(random) % 600;
        b->exact_offset = next_random(random) % 600;
        b->inverted = next_random(random) % 2;
        b->exceptions[0] = NULL;
    }
    s.columns = 3;
    for (size_t i = 0; i < 4; i++) {
        struct spec_column *column = i < 3 ? &s.x[i] : &s.y;

        column->count = next_random(random) % 9;
        for (size_t k = 0; k < 8; k++)
            column->word[k] = next_random(random);
    }
    return s;
}

/* Rows that lie in a column, hang over its end, or lie behind it. */
static void every_row_is_read_as_its_bits_one_by_one_and_0_behind_the_end(void **state)
{
    uint64_t random = 1, counts[2] = {0};

    (void)state;
    for (size_t round = 0; round < 600; round++) {
        struct spec s = random_spec(&random, 3 + round % 2);
        struct made m = make_card(&s);
        uint8_t *copy = exact_copy(writ_buffer_span(&m.bytes));
        struct writ_clubcard card;

        assert_ok(writ_clubcard_open(WRIT_SPAN(copy, m.bytes.n), &card, &e));
        for (size_t k = 0; k < 60; k++) {
            const struct spec_block *b = &s.block[k % 3];
            uint8_t hash[32];
            bool wanted;

            random_hash(&random, hash);
            wanted = slowly_revoked(&s, b, hash);
            counts[wanted]++;
            assert_int_equal(writ_clubcard_ask(&card, m.bytes.p + m.block[k % 3] + B_ID(&m),
                                               bytes_of("99"), hash),
                             wanted ? WRIT_FILTER_REVOKED : WRIT_FILTER_GOOD);
        }
        writ_clubcard_close(&card);
        writ_buffer_free(&m.bytes);
        free(copy);
    }
    assert_true(counts[0] > 1000 && counts[1] > 1000);
}

/* A hash that is all zeros still has a coefficient: the first is always 1. */
static void the_first_coefficient_is_1(void **state)
{
    (void)state;
    for (unsigned version = 3; version <= 4; version++) {
        for (uint64_t word = 0; word < 2; word++) {
            struct spec s = sound_spec(version);
            uint8_t hash[32] = {0};
            struct writ_clubcard card;
            struct made m;

            s.block[0].exact_offset = 100;
            s.block[2].exact_offset = 0;
            s.y = (struct spec_column){1, {word}};
            m = make_card(&s);
            card = opened(writ_buffer_span(&m.bytes));
            assert_int_equal(
                writ_clubcard_ask(&card, m.bytes.p + m.block[2] + B_ID(&m), bytes_of("99"), hash),
                word == 0 ? WRIT_FILTER_REVOKED : WRIT_FILTER_GOOD);
            writ_clubcard_close(&card);
            writ_buffer_free(&m.bytes);
        }
    }
}

static void an_issuer_without_rows_has_one_answer(void **state)
{
    (void)state;
    for (unsigned version = 3; version <= 4; version++) {
        struct spec s = sound_spec(version);
        struct made m = make_card(&s);
        struct writ_clubcard card = opened(writ_buffer_span(&m.bytes));
        const uint8_t *issuer = m.bytes.p + m.block[1] + B_ID(&m);
        uint64_t random = 5;
        uint8_t hash[32];

        for (size_t i = 0; i < 100; i++) {
            random_hash(&random, hash);
            assert_int_equal(writ_clubcard_ask(&card, issuer, bytes_of("01"), hash),
                             WRIT_FILTER_REVOKED);
        }
        m.bytes.p[m.block[1] + B_INVERTED(&m)] = 0;
        assert_int_equal(writ_clubcard_ask(&card, issuer, bytes_of("01"), hash), WRIT_FILTER_GOOD);
        writ_clubcard_close(&card);
        writ_buffer_free(&m.bytes);
    }
}

/* All rows of this one are empty, so that it holds everything but its exceptions. */
static void an_exception_is_the_serial_octet_for_octet(void **state)
{
    static const char *const not_excepted[] = {"01",   "010203",   "000102",
                                               "ff00", "00ff0000", "0103"};

    (void)state;
    for (unsigned version = 3; version <= 4; version++) {
        for (unsigned inverted = 0; inverted <= 1; inverted++) {
            struct spec s = sound_spec(version);
            const uint8_t *issuer;
            struct made m;
            struct writ_clubcard card;

            s.block[1].approx_m = 5;
            s.block[1].inverted = inverted;
            s.y.count = 0;
            m = make_card(&s);
            assert_ok(writ_clubcard_open(writ_buffer_span(&m.bytes), &card, &e));
            issuer = m.bytes.p + m.block[1] + B_ID(&m);
            assert_int_equal(ask(&card, issuer, bytes_of("0102")),
                             inverted ? WRIT_FILTER_REVOKED : WRIT_FILTER_GOOD);
            assert_int_equal(ask(&card, issuer, bytes_of("00ff00")),
                             inverted ? WRIT_FILTER_REVOKED : WRIT_FILTER_GOOD);
            for (size_t i = 0; i < sizeof not_excepted / sizeof not_excepted[0]; i++)
                assert_int_equal(ask(&card, issuer, bytes_of(not_excepted[i])),
                                 inverted ? WRIT_FILTER_GOOD : WRIT_FILTER_REVOKED);
            writ_clubcard_close(&card);
            writ_buffer_free(&m.bytes);
        }
    }
}

/* ---- coverage ---- */

static void log_id_of(uint8_t first, uint8_t id[WRIT_CLUBCARD_LOG])
{
    memset(id, 0xee, WRIT_CLUBCARD_LOG);
    id[0] = first;
}

static void an_instant_is_covered_from_low_to_high_both_included(void **state)
{
    static const struct {
        uint8_t log;
        uint64_t ms;
        bool wanted;
    } rows[] = {{1, 999, false},       {1, 1000, true},     {1, 2000, true}, {1, 2001, false},
                {2, 1499, false},      {2, 1500, true},     {2, 3000, true}, {2, 3001, false},
                {3, 1700, false},      {0xee, 1700, false}, {4, 0, true},    {4, UINT64_MAX, true},
                {1, UINT64_MAX, false}};

    (void)state;
    for (unsigned version = 3; version <= 4; version++) {
        struct spec s = sound_spec(version);
        struct made m;
        struct writ_clubcard card;

        s.logs = 4;
        s.log[2] = (struct spec_log){4, 0, UINT64_MAX};
        s.log[3] = (struct spec_log){3, 1701, 1699}; /* covers nothing */
        m = make_card(&s);
        card = opened(writ_buffer_span(&m.bytes));
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
            uint8_t id[WRIT_CLUBCARD_LOG];

            log_id_of(rows[i].log, id);
            if (writ_clubcard_covers(&card, id, rows[i].ms) != rows[i].wanted)
                fail_msg("row %zu", i);
            id[31] ^= 1;
            assert_false(writ_clubcard_covers(&card, id, rows[i].ms));
        }
        assert_true(writ_clubcard_latest(&card) == UINT64_MAX);
        writ_clubcard_close(&card);
        writ_buffer_free(&m.bytes);
    }
}

static void the_latest_instant_is_that_of_any_log(void **state)
{
    struct spec s = sound_spec(4);
    struct made m = make_card(&s), none;
    struct writ_clubcard card = opened(writ_buffer_span(&m.bytes));

    (void)state;
    assert_true(writ_clubcard_latest(&card) == 3000);
    writ_clubcard_close(&card);
    writ_buffer_free(&m.bytes);
    s.logs = 0;
    none = make_card(&s);
    card = opened(writ_buffer_span(&none.bytes));
    assert_true(writ_clubcard_latest(&card) == 0);
    writ_clubcard_close(&card);
    writ_buffer_free(&none.bytes);
}

/* ---- issuers ---- */

/* A version 4 file of issuers without rows. */
static struct writ_buffer issuers_file(uint8_t (*ids)[WRIT_CLUBCARD_ISSUER], size_t count)
{
    struct made m = {.version = 4};

    writ_buffer_byte(&m.bytes, 4);
    writ_buffer_byte(&m.bytes, 0);
    (void)add_number(&m, 0, 2, 0);
    (void)add_number(&m, 0, 4, count);
    for (size_t i = 0; i < count; i++) {
        writ_buffer_add(&m.bytes, WRIT_SPAN(ids[i], WRIT_CLUBCARD_ISSUER));
        writ_buffer_zeros(&m.bytes, 52 - WRIT_CLUBCARD_ISSUER);
    }
    (void)add_number(&m, 0, 1, 0);
    (void)add_number(&m, 0, 4, 0);
    assert_ok(writ_buffer_check(&m.bytes, &e));
    return m.bytes;
}

static int compare_ids(const void *a, const void *b)
{
    return memcmp(a, b, WRIT_CLUBCARD_ISSUER);
}

/* Each is found, and what differs from it in its last bit is not. */
static void find_each(uint8_t (*ids)[WRIT_CLUBCARD_ISSUER], size_t count)
{
    struct writ_buffer file = issuers_file(ids, count);
    struct writ_clubcard card = opened(writ_buffer_span(&file));
    struct writ_clubcard_issuer b;

    for (size_t i = 0; i < count; i++) {
        uint8_t other[WRIT_CLUBCARD_ISSUER];

        assert_true(writ_clubcard_find(&card, ids[i], &b));
        assert_spans_equal(b.id, WRIT_SPAN(ids[i], WRIT_CLUBCARD_ISSUER));
        assert_int_equal(ask(&card, ids[i], bytes_of("01")), WRIT_FILTER_GOOD);
        memcpy(other, ids[i], sizeof other);
        other[31] ^= 0x40;
        assert_false(writ_clubcard_find(&card, other, &b));
        assert_int_equal(ask(&card, other, bytes_of("01")), WRIT_FILTER_NOT_ENROLLED);
    }
    writ_clubcard_close(&card);
    writ_buffer_free(&file);
}

static void each_of_many_issuers_is_found_and_no_other(void **state)
{
    static uint8_t ids[1000][WRIT_CLUBCARD_ISSUER];
    uint64_t random = 3;

    (void)state;
    for (size_t i = 0; i < 1000; i++)
        random_hash(&random, ids[i]);
    qsort(ids, 1000, sizeof ids[0], compare_ids);
    for (size_t count = 0; count <= 1000; count = count < 4 ? count + 1 : count * 4)
        find_each(ids, count);
    find_each(ids, 1000);
}

/* Hashes that somebody has ground so that they begin alike, and those at both ends. */
static void issuers_that_begin_alike_are_told_apart(void **state)
{
    static uint8_t ids[64][WRIT_CLUBCARD_ISSUER];
    static const uint8_t first[] = {0x00, 0x7f, 0xff};

    (void)state;
    for (size_t alike = 0; alike < 3; alike++) {
        memset(ids, 0, sizeof ids);
        for (size_t i = 0; i < 64; i++) {
            memset(ids[i], first[alike], 8); /* the whole of what the index holds */
            ids[i][8 + alike] = (uint8_t)i;
        }
        find_each(ids, 64);
    }
    memset(ids[0], 0x00, 32);
    memset(ids[1], 0xff, 32);
    find_each(ids, 2);
}

static void what_lies_beyond_is_not_there(void **state)
{
    struct spec s = sound_spec(3);
    struct made m = make_card(&s);
    struct writ_clubcard card = opened(writ_buffer_span(&m.bytes)), closed = {0};
    struct writ_clubcard_issuer b;
    struct writ_clubcard_log log;
    uint8_t id[32] = {0};

    (void)state;
    assert_true(writ_clubcard_issuer(&card, 2, &b));
    assert_false(writ_clubcard_issuer(&card, 3, &b));
    assert_false(writ_clubcard_issuer(&card, SIZE_MAX, &b));
    assert_true(writ_clubcard_log(&card, 1, &log));
    assert_false(writ_clubcard_log(&card, 2, &log));
    assert_false(writ_clubcard_log(&card, SIZE_MAX / 48 + 1, &log));
    assert_true(writ_clubcard_word(&card, card.y, 3) == UINT64_C(0x8000000000000001));
    assert_true(writ_clubcard_word(&card, card.y, 4) == 0);
    assert_true(writ_clubcard_word(&card, card.y, SIZE_MAX) == 0);
    writ_clubcard_close(&card);
    writ_clubcard_close(&card);
    assert_int_equal(ask(&closed, id, bytes_of("01")), WRIT_FILTER_NOT_ENROLLED);
    assert_false(writ_clubcard_covers(&closed, id, 0));
    writ_buffer_free(&m.bytes);
}

static void a_file_with_nothing_in_it_is_a_clubcard(void **state)
{
    (void)state;
    for (unsigned version = 3; version <= 4; version++) {
        struct spec s = {.version = version};
        struct made m = make_card(&s);
        struct writ_clubcard card = opened(writ_buffer_span(&m.bytes));
        uint8_t id[32] = {0};

        assert_int_equal(ask(&card, id, bytes_of("01")), WRIT_FILTER_NOT_ENROLLED);
        assert_true(writ_clubcard_is(writ_buffer_span(&m.bytes)));
        writ_clubcard_close(&card);
        writ_buffer_free(&m.bytes);
    }
}

static void bytes_behind_version_3_are_counted_and_left_out(void **state)
{
    struct spec s = sound_spec(3);
    struct made m = make_card(&s);
    size_t n = m.bytes.n;
    struct writ_clubcard card;

    (void)state;
    writ_buffer_text(&m.bytes, "trailing");
    card = opened(writ_buffer_span(&m.bytes));
    assert_int_equal(card.trailing, 8);
    assert_int_equal(card.bytes.n, n);
    writ_clubcard_close(&card);
    writ_buffer_free(&m.bytes);
}

/* ---- what it is, and what the answers are called ---- */

static void clubcards_are_told_from_other_files_by_their_first_bytes(void **state)
{
    static const struct {
        const char *bytes;
        bool wanted;
    } rows[] = {
        {"", false},           {"03", false},        {"0300", true},        {"0400", true},
        {"0301", false},       {"0200", false},      {"0500", false},       {"30820400", false},
        {"03000000", true},    {"0300000003", true}, {"0300000004", false}, {"0300000020", false},
        {"0400000020", false}, {"0400000000", true}, {"040000ff20", true},  {"0300ff0020", true}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (writ_clubcard_is(bytes_of(rows[i].bytes)) != rows[i].wanted)
            fail_msg("%s", rows[i].bytes);
    }
}

static void of_several_answers_the_greatest_is_the_worst(void **state)
{
    static const char *const names[] = {"not-covered", "not-enrolled", "good", "revoked"};

    (void)state;
    for (int i = 0; i < 4; i++)
        assert_string_equal(writ_filter_answer_name((enum writ_filter_answer)i), names[i]);
    assert_string_equal(writ_filter_answer_name((enum writ_filter_answer)4), "unknown");
    assert_true(WRIT_FILTER_NOT_COVERED < WRIT_FILTER_NOT_ENROLLED &&
                WRIT_FILTER_NOT_ENROLLED < WRIT_FILTER_GOOD &&
                WRIT_FILTER_GOOD < WRIT_FILTER_REVOKED);
}

/* ---- every byte ---- */

/* Walks all there is to be seen of a file that opened, whatever it says by now. */
static void look_at_all(const struct writ_clubcard *card)
{
    struct writ_clubcard_issuer b;
    struct writ_clubcard_log log;
    struct writ_span serial;
    uint8_t hash[32];
    uint64_t random = 9;

    for (size_t i = 0; writ_clubcard_log(card, i, &log); i++)
        assert_int_equal(writ_clubcard_covers(card, log.id.p, log.low), log.low <= log.high);
    for (size_t i = 0; writ_clubcard_issuer(card, i, &b); i++) {
        random_hash(&random, hash);
        assert_true(writ_clubcard_ask(card, b.id.p, bytes_of("0102"), hash) >= WRIT_FILTER_GOOD);
        while (writ_clubcard_exception(&b, &serial))
            assert_true(serial.n <= WRIT_CLUBCARD_SERIAL_MAX);
        assert_int_equal(b.exception_count, 0);
    }
    writ_error_clear(&e);
    if (writ_clubcard_check(card, &e) < 0)
        assert_int_equal(e.fault, WRIT_FAULT_BAD_INPUT);
}

static void every_byte_changed_to_every_other_is_refused_or_harmless(void **state)
{
    size_t refused = 0, taken = 0;

    (void)state;
    for (size_t f = 0; f < 4; f++) {
        struct writ_buffer file = source_read(fixtures[f]);
        uint8_t *copy = exact_copy(writ_buffer_span(&file));

        for (size_t at = 0; at < file.n; at++) {
            for (unsigned change = 1; change < 256; change++) {
                struct writ_clubcard card;

                copy[at] = (uint8_t)(file.p[at] ^ change);
                writ_error_clear(&e);
                if (writ_clubcard_open(WRIT_SPAN(copy, file.n), &card, &e) == 0) {
                    look_at_all(&card);
                    writ_clubcard_close(&card);
                    taken++;
                } else {
                    assert_int_equal(e.fault, WRIT_FAULT_BAD_INPUT);
                    assert_true(e.offset <= file.n && e.text[0] != '\0');
                    refused++;
                }
            }
            copy[at] = file.p[at];
        }
        free(copy);
        writ_buffer_free(&file);
    }
    assert_true(refused > 10000 && taken > 10000);
}

static void every_file_that_is_cut_is_refused(void **state)
{
    (void)state;
    for (size_t f = 0; f < 4; f++) {
        struct writ_buffer file = source_read(fixtures[f]);

        for (size_t n = 0; n < file.n; n++) {
            uint8_t *copy = exact_copy(WRIT_SPAN(file.p, n));
            struct writ_clubcard card;

            assert_fault(writ_clubcard_open(WRIT_SPAN(copy, n), &card, &e), WRIT_FAULT_BAD_INPUT,
                         "byte ");
            free(copy);
        }
        writ_buffer_free(&file);
    }
}

static const struct CMUnitTest claims[] = {
    CLAIM(what_another_writer_made_answers_the_truth),
    CLAIM(words_may_lie_at_any_address),
    CLAIM(both_versions_of_a_file_show_the_same),
    CLAIM(every_row_is_read_as_its_bits_one_by_one_and_0_behind_the_end),
    CLAIM(the_first_coefficient_is_1),
    CLAIM(an_issuer_without_rows_has_one_answer),
    CLAIM(an_exception_is_the_serial_octet_for_octet),
    CLAIM(an_instant_is_covered_from_low_to_high_both_included),
    CLAIM(the_latest_instant_is_that_of_any_log),
    CLAIM(each_of_many_issuers_is_found_and_no_other),
    CLAIM(issuers_that_begin_alike_are_told_apart),
    CLAIM(what_lies_beyond_is_not_there),
    CLAIM(a_file_with_nothing_in_it_is_a_clubcard),
    CLAIM(bytes_behind_version_3_are_counted_and_left_out),
    CLAIM(clubcards_are_told_from_other_files_by_their_first_bytes),
    CLAIM(of_several_answers_the_greatest_is_the_worst),
    CLAIM(every_byte_changed_to_every_other_is_refused_or_harmless),
    CLAIM(every_file_that_is_cut_is_refused),
};

RUN_CLAIMS(claims)
