/*
 * What the filters may be asked, and which answer wins.  The filters here are of the smallest kind:
 * an issuer all of whose certificates are good, or all revoked.
 */
#include "evidence/filter.h"

#include "base/buffer.h"
#include "evidence/onecrl.h"
#include "test.h"

#define DAY_MS    ((uint64_t)86400000)
#define NOW       ((int64_t)1800000000)
#define NOW_MS    ((uint64_t)NOW * 1000)
#define LOGS      2
#define FILES_MAX 4

static const uint8_t serial[] = {0x01, 0x02, 0x03};
static const uint8_t name[] = {0x30, 0x00};

/* ------------------------------------------------------------------ filters, made by hand */

static void put(struct writ_buffer *b, uint64_t value, int bytes)
{
    for (int i = bytes - 1; i >= 0; i--)
        writ_buffer_byte(b, (uint8_t)(value >> (8 * i)));
}

static void put_id(struct writ_buffer *b, uint8_t id)
{
    for (int i = 0; i < 32; i++)
        writ_buffer_byte(b, id);
}

/* Version 4: one log covered from low to high, one issuer with one answer for everything. */
static void make_card(struct writ_buffer *b, uint8_t log, uint64_t low, uint64_t high,
                      uint8_t issuer, bool revoked)
{
    put(b, 0x0400, 2);
    put(b, 1, 2);
    put_id(b, log);
    put(b, low, 8);
    put(b, high, 8);
    put(b, 1, 4);
    put_id(b, issuer);
    writ_buffer_zeros(b, 4 + 1 + 4 + 4 + 4);
    put(b, revoked, 1);
    put(b, 0, 2);
    put(b, 0, 1);
    put(b, 0, 4);
}

/* One source: files of which each is made by the caller. */
struct source {
    struct writ_buffer bytes[FILES_MAX];
    struct writ_filter_file file[FILES_MAX];
    size_t count;
    struct writ_buffer index_bytes;
    struct writ_filter_index index;
    struct writ_filter_set set;
};

static void add_file(struct source *s, const char *file, uint8_t log, uint64_t low, uint64_t high,
                     uint8_t issuer, bool revoked)
{
    struct writ_error e = {0};

    make_card(&s->bytes[s->count], log, low, high, issuer, revoked);
    s->file[s->count].name = writ_span_text(file);
    assert_ok(
        writ_clubcard_open(writ_buffer_span(&s->bytes[s->count]), &s->file[s->count].card, &e));
    s->count++;
}

static void finish(struct source *s, const char *source, int64_t as_of)
{
    struct writ_filter_index_input input[FILES_MAX];
    struct writ_error e = {0};

    for (size_t i = 0; i < s->count; i++)
        input[i] = (struct writ_filter_index_input){s->file[i].name, &s->file[i].card};
    assert_ok(writ_filter_index_build(input, s->count, &s->index_bytes, &e));
    assert_ok(writ_filter_index_open(writ_buffer_span(&s->index_bytes), &s->index, &e));
    s->set = (struct writ_filter_set){.source = source,
                                      .as_of = as_of,
                                      .index = &s->index,
                                      .files = s->file,
                                      .file_count = s->count};
}

static void drop(struct source *s)
{
    for (size_t i = 0; i < s->count; i++) {
        writ_clubcard_close(&s->file[i].card);
        writ_buffer_free(&s->bytes[i]);
    }
    writ_buffer_free(&s->index_bytes);
}

/* ------------------------------------------------------------------ certificates, likewise */

/* A list with an SCT of each of these logs. */
static struct writ_span make_scts(struct writ_buffer *b, const uint8_t *logs, size_t count,
                                  uint64_t timestamp)
{
    put(b, count * 51, 2);
    for (size_t i = 0; i < count; i++) {
        put(b, 49, 2);
        put(b, 0, 1);
        put_id(b, logs[i]);
        put(b, timestamp, 8);
        put(b, 0, 2);
        put(b, 0x0403, 2);
        put(b, 2, 2);
        put(b, 0, 2);
    }
    return writ_buffer_span(b);
}

static struct writ_cert leaf(struct writ_span scts)
{
    return (struct writ_cert){
        .serial = WRIT_SPAN(serial, sizeof serial),
        .issuer = {.der = WRIT_SPAN(name, sizeof name)},
        .subject = {.der = WRIT_SPAN(name, sizeof name)},
        .key = {.spki = WRIT_SPAN(name, sizeof name)},
        .not_before = NOW - 40 * WRIT_DAY,
        .not_after = NOW + 40 * WRIT_DAY,
        .sct_list = scts,
    };
}

/* What all sets together say is the best of what each says by itself. */
static void assert_each_comes_to(const struct writ_filter_set *sets, size_t count,
                                 struct writ_digester *digester, const struct writ_cert *cert,
                                 const uint8_t issuer[32], const struct writ_filter_fact *all)
{
    struct writ_filter_fact best = {.uncovered = WRIT_UNCOVERED_SOURCE}, one;
    struct writ_error e = {0};

    for (size_t i = 0; i < count; i++) {
        assert_ok(writ_check_filters(&sets[i], 1, digester, cert, issuer, NOW, &one, &e));
        if (i == 0 || writ_filter_fact_outweighs(&one, &best))
            best = one;
    }
    assert_int_equal(best.answer, all->answer);
    assert_int_equal(best.uncovered, all->uncovered);
    assert_int_equal(best.stale, all->stale);
    assert_ptr_equal(best.set, all->set);
    assert_ptr_equal(best.file, all->file);
}

static struct writ_filter_fact ask(const struct writ_filter_set *sets, size_t count,
                                   const struct writ_cert *cert)
{
    struct writ_error e = {0};
    struct writ_digester *digester = writ_digester_new(&e);
    struct writ_filter_fact fact;
    uint8_t issuer[32];

    memset(issuer, 0xaa, sizeof issuer);
    assert_non_null(digester);
    assert_ok(writ_check_filters(sets, count, digester, cert, issuer, NOW, &fact, &e));
    assert_each_comes_to(sets, count, digester, cert, issuer, &fact);
    writ_digester_free(digester);
    return fact;
}

/* A source with one file that covers log 1 in the last ten days, asked about a certificate whose
 * SCT is of `log` at `timestamp`. */
static struct writ_filter_fact ask_one(uint8_t issuer, bool revoked, int64_t as_of, uint8_t log,
                                       uint64_t timestamp)
{
    struct source s = {0};
    struct writ_buffer scts = {0};
    struct writ_cert cert = leaf(make_scts(&scts, &log, 1, timestamp));
    struct writ_filter_fact fact;

    add_file(&s, "full", 1, NOW_MS - 10 * DAY_MS, NOW_MS, issuer, revoked);
    finish(&s, "crlite", as_of);
    fact = ask(&s.set, 1, &cert);
    fact.set = NULL; /* they go away */
    fact.file = NULL;
    drop(&s);
    writ_buffer_free(&scts);
    return fact;
}

/* ------------------------------------------------------------------------------- the claims */

static void without_a_source_nothing_is_covered(void **state)
{
    struct writ_cert cert = leaf(WRIT_SPAN_NONE);
    struct writ_filter_fact fact = ask(NULL, 0, &cert);

    (void)state;
    assert_int_equal(fact.answer, WRIT_FILTER_NOT_COVERED);
    assert_int_equal(fact.uncovered, WRIT_UNCOVERED_SOURCE);
    assert_null(fact.set);
}

static void a_covered_certificate_gets_the_filters_answer(void **state)
{
    (void)state;
    assert_int_equal(ask_one(0xaa, false, NOW, 1, NOW_MS - DAY_MS).answer, WRIT_FILTER_GOOD);
    assert_int_equal(ask_one(0xaa, true, NOW, 1, NOW_MS - DAY_MS).answer, WRIT_FILTER_REVOKED);
    assert_int_equal(ask_one(0xbb, true, NOW, 1, NOW_MS - DAY_MS).answer, WRIT_FILTER_NOT_ENROLLED);
}

static void both_ends_of_the_interval_are_covered_and_nothing_beyond(void **state)
{
    (void)state;
    assert_int_equal(ask_one(0xaa, true, NOW, 1, NOW_MS).answer, WRIT_FILTER_REVOKED);
    assert_int_equal(ask_one(0xaa, true, NOW, 1, NOW_MS - 10 * DAY_MS).answer, WRIT_FILTER_REVOKED);
    assert_int_equal(ask_one(0xaa, true, NOW, 1, NOW_MS + 1).uncovered, WRIT_UNCOVERED_INTERVAL);
    assert_int_equal(ask_one(0xaa, true, NOW, 1, NOW_MS - 10 * DAY_MS - 1).uncovered,
                     WRIT_UNCOVERED_INTERVAL);
}

static void another_log_is_not_covered(void **state)
{
    struct writ_filter_fact fact = ask_one(0xaa, true, NOW, 2, NOW_MS - DAY_MS);

    (void)state;
    assert_int_equal(fact.answer, WRIT_FILTER_NOT_COVERED);
    assert_int_equal(fact.uncovered, WRIT_UNCOVERED_INTERVAL);
}

/* A filter that says "revoked" of everything, and what must never get that answer. */
static void outside_the_universe_the_filter_is_not_asked(void **state)
{
    static const uint8_t log = 1;
    struct source s = {0};
    struct writ_buffer scts = {0};
    struct writ_cert cert = leaf(make_scts(&scts, &log, 1, NOW_MS - DAY_MS));

    (void)state;
    add_file(&s, "full", 1, NOW_MS - 10 * DAY_MS, NOW_MS, 0xaa, true);
    finish(&s, "crlite", NOW);
    assert_int_equal(ask(&s.set, 1, &cert).answer, WRIT_FILTER_REVOKED);

    cert.not_after = NOW - 1;
    assert_int_equal(ask(&s.set, 1, &cert).answer, WRIT_FILTER_NOT_COVERED);
    assert_int_equal(ask(&s.set, 1, &cert).uncovered, WRIT_UNCOVERED_EXPIRED);
    cert.not_after = NOW;
    assert_int_equal(ask(&s.set, 1, &cert).answer, WRIT_FILTER_REVOKED);

    s.set.as_of = NOW + 1000 * WRIT_DAY; /* as one log with a wrong clock has it */
    assert_int_equal(ask(&s.set, 1, &cert).answer, WRIT_FILTER_REVOKED);
    cert.not_after = NOW - 1;
    assert_int_equal(ask(&s.set, 1, &cert).uncovered, WRIT_UNCOVERED_EXPIRED);
    cert.not_after = NOW;
    s.set.as_of = NOW;

    cert.is_ca = true;
    assert_int_equal(ask(&s.set, 1, &cert).uncovered, WRIT_UNCOVERED_CA);
    cert.is_ca = false;

    cert.sct_list = WRIT_SPAN_NONE;
    assert_int_equal(ask(&s.set, 1, &cert).uncovered, WRIT_UNCOVERED_NO_SCT);
    cert.sct_list = WRIT_SPAN(serial, sizeof serial); /* no list at all */
    assert_int_equal(ask(&s.set, 1, &cert).uncovered, WRIT_UNCOVERED_NO_SCT);
    drop(&s);
    writ_buffer_free(&scts);
}

/* Three files: all cover the certificate, one of them says "revoked". */
static void revoked_by_any_file_is_revoked_in_every_order(void **state)
{
    static const uint8_t log = 1;
    static const char *const names[] = {"a", "b", "c"};
    struct writ_buffer scts = {0};
    struct writ_cert cert = leaf(make_scts(&scts, &log, 1, NOW_MS - DAY_MS));

    (void)state;
    for (size_t revoking = 0; revoking < 3; revoking++) {
        struct source s = {0};
        struct writ_filter_fact fact;

        for (size_t i = 0; i < 3; i++)
            add_file(&s, names[i], 1, 0, NOW_MS, 0xaa, i == revoking);
        finish(&s, "crlite", NOW);
        fact = ask(&s.set, 1, &cert);
        assert_int_equal(fact.answer, WRIT_FILTER_REVOKED);
        assert_ptr_equal(fact.file, &s.file[revoking]);
        drop(&s);
    }
    writ_buffer_free(&scts);
}

/* The first timestamp is covered by a file that says good, the second by one that says revoked:
 * whoever stops at the first misses it. */
static void every_timestamp_is_asked_with(void **state)
{
    static const uint8_t logs[] = {1, 2}, back[] = {2, 1};
    struct source s = {0};
    struct writ_buffer scts = {0}, reversed = {0};
    struct writ_cert cert = leaf(make_scts(&scts, logs, 2, NOW_MS - DAY_MS));

    (void)state;
    add_file(&s, "good", 1, 0, NOW_MS, 0xaa, false);
    add_file(&s, "revoked", 2, 0, NOW_MS, 0xaa, true);
    finish(&s, "upki", NOW);
    assert_int_equal(ask(&s.set, 1, &cert).answer, WRIT_FILTER_REVOKED);
    cert.sct_list = make_scts(&reversed, back, 2, NOW_MS - DAY_MS);
    assert_int_equal(ask(&s.set, 1, &cert).answer, WRIT_FILTER_REVOKED);
    drop(&s);
    writ_buffer_free(&scts);
    writ_buffer_free(&reversed);
}

static void a_file_that_does_not_cover_is_not_asked(void **state)
{
    static const uint8_t log = 1;
    struct source s = {0};
    struct writ_buffer scts = {0};
    struct writ_cert cert = leaf(make_scts(&scts, &log, 1, NOW_MS - DAY_MS));

    (void)state;
    add_file(&s, "good", 1, 0, NOW_MS, 0xaa, false);
    add_file(&s, "later", 1, NOW_MS, NOW_MS + DAY_MS, 0xaa, true);
    add_file(&s, "other", 2, 0, NOW_MS, 0xaa, true);
    finish(&s, "upki", NOW);
    assert_int_equal(ask(&s.set, 1, &cert).answer, WRIT_FILTER_GOOD);
    drop(&s);
    writ_buffer_free(&scts);
}

static void after_ten_days_good_is_stale_and_revoked_is_not(void **state)
{
    int64_t old = NOW - WRIT_FILTER_LIFE - 1;

    (void)state;
    assert_false(ask_one(0xaa, false, NOW - WRIT_FILTER_LIFE, 1, NOW_MS - DAY_MS).stale);
    assert_true(ask_one(0xaa, false, old, 1, NOW_MS - DAY_MS).stale);
    assert_false(ask_one(0xaa, true, old, 1, NOW_MS - DAY_MS).stale);
    assert_int_equal(ask_one(0xaa, true, old, 1, NOW_MS - DAY_MS).answer, WRIT_FILTER_REVOKED);
}

/* Two sources, of which the first gives one answer and the second another, in both orders. */
static void check_two(uint8_t issuer_a, bool revoked_a, int64_t as_of_a, uint8_t issuer_b,
                      bool revoked_b, int64_t as_of_b, enum writ_filter_answer answer, bool stale)
{
    static const uint8_t log = 1;
    struct source a = {0}, b = {0};
    struct writ_buffer scts = {0};
    struct writ_cert cert = leaf(make_scts(&scts, &log, 1, NOW_MS - DAY_MS));

    add_file(&a, "a", 1, 0, NOW_MS, issuer_a, revoked_a);
    add_file(&b, "b", 1, 0, NOW_MS, issuer_b, revoked_b);
    finish(&a, "a", as_of_a);
    finish(&b, "b", as_of_b);
    for (int order = 0; order < 2; order++) {
        struct writ_filter_set sets[2] = {order == 0 ? a.set : b.set, order == 0 ? b.set : a.set};
        struct writ_filter_fact fact = ask(sets, 2, &cert);

        assert_int_equal(fact.answer, answer);
        assert_int_equal(fact.stale, stale);
    }
    drop(&a);
    drop(&b);
    writ_buffer_free(&scts);
}

static void of_two_sources_the_worse_news_win_and_the_fresher(void **state)
{
    int64_t old = NOW - WRIT_FILTER_LIFE - 1;

    (void)state;
    check_two(0xaa, true, old, 0xaa, false, NOW, WRIT_FILTER_REVOKED, false);
    check_two(0xaa, false, old, 0xaa, false, NOW, WRIT_FILTER_GOOD, false);
    check_two(0xaa, false, old, 0xbb, false, NOW, WRIT_FILTER_GOOD, true);
    check_two(0xbb, true, NOW, 0xbb, true, old, WRIT_FILTER_NOT_ENROLLED, false);
}

/* OneCRL lists by name: for a CA, for a certificate without timestamps, and for one that a filter
 * calls good. */
static void onecrl_is_asked_about_every_certificate(void **state)
{
    static const uint8_t log = 1;
    struct writ_error e = {0};
    struct writ_digester *digester = writ_digester_new(&e);
    struct source s = {0};
    struct writ_buffer scts = {0}, file = {0};
    struct writ_cert cert = leaf(make_scts(&scts, &log, 1, NOW_MS - DAY_MS));
    struct writ_onecrl onecrl;
    uint8_t key[1][WRIT_ONECRL_KEY];

    (void)state;
    assert_ok(writ_onecrl_serial_key(digester, cert.issuer.der, cert.serial, key[0], &e));
    assert_ok(writ_onecrl_build(key, 1, &file, &e));
    assert_ok(writ_onecrl_open(writ_buffer_span(&file), &onecrl, &e));
    add_file(&s, "good", 1, 0, NOW_MS, 0xaa, false);
    finish(&s, "crlite", NOW);
    assert_int_equal(ask(&s.set, 1, &cert).answer, WRIT_FILTER_GOOD);
    s.set.onecrl = &onecrl;
    assert_int_equal(ask(&s.set, 1, &cert).answer, WRIT_FILTER_REVOKED);
    assert_null(ask(&s.set, 1, &cert).file);
    cert.is_ca = true;
    cert.sct_list = WRIT_SPAN_NONE;
    assert_int_equal(ask(&s.set, 1, &cert).answer, WRIT_FILTER_REVOKED);
    cert.serial.n = 2; /* another certificate */
    assert_int_equal(ask(&s.set, 1, &cert).uncovered, WRIT_UNCOVERED_CA);
    drop(&s);
    writ_digester_free(digester);
    writ_buffer_free(&scts);
    writ_buffer_free(&file);
}

static void every_reason_has_a_name_and_a_sentence(void **state)
{
    (void)state;
    for (int why = WRIT_UNCOVERED_NOT; why <= WRIT_UNCOVERED_INTERVAL; why++) {
        assert_non_null(writ_uncovered_name((enum writ_uncovered)why));
        assert_non_null(writ_uncovered_text((enum writ_uncovered)why));
    }
}

static const struct CMUnitTest claims[] = {
    CLAIM(without_a_source_nothing_is_covered),
    CLAIM(a_covered_certificate_gets_the_filters_answer),
    CLAIM(both_ends_of_the_interval_are_covered_and_nothing_beyond),
    CLAIM(another_log_is_not_covered),
    CLAIM(outside_the_universe_the_filter_is_not_asked),
    CLAIM(revoked_by_any_file_is_revoked_in_every_order),
    CLAIM(every_timestamp_is_asked_with),
    CLAIM(a_file_that_does_not_cover_is_not_asked),
    CLAIM(after_ten_days_good_is_stale_and_revoked_is_not),
    CLAIM(of_two_sources_the_worse_news_win_and_the_fresher),
    CLAIM(onecrl_is_asked_about_every_certificate),
    CLAIM(every_reason_has_a_name_and_a_sentence),
};

RUN_CLAIMS(claims)
