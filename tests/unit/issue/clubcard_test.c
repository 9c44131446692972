/* issue/clubcard.h: what is made answers rightly, is small, and always the same */
#include "issue/clubcard.h"

#include "issue/layout.h"
#include "issue/universe.h"

static struct writ_error e;

static struct writ_buffer build(struct universe *u, unsigned version, unsigned threads)
{
    struct writ_clubcard_source source = universe_source(u);
    struct writ_buffer out = {0};

    writ_error_clear(&e);
    assert_ok(writ_clubcard_build(&source, NULL, 0, version, threads, &out, &e));
    return out;
}

/* Builds it, opens it, asks about every certificate in two ways. */
static void build_and_check(struct universe *u, unsigned version)
{
    struct writ_buffer out = build(u, version, 2);
    struct writ_clubcard_source source = universe_source(u);
    struct writ_clubcard card;

    assert_ok(writ_clubcard_open(writ_buffer_span(&out), &card, &e));
    assert_int_equal(card.version, version);
    assert_int_equal(card.trailing, 0);
    assert_ok(writ_clubcard_check(&card, &e));
    assert_ok(writ_clubcard_verify(&source, &card, 2, &e));
    universe_check(u, &card);
    writ_clubcard_close(&card);
    writ_buffer_free(&out);
    free(u->issuers);
    u->issuers = NULL;
}

/* The block of the only issuer. */
static struct writ_clubcard_issuer block_of(size_t known, size_t revoked)
{
    struct universe_issuer one[] = {{.known = known, .revoked = revoked}};
    struct universe u = UNIVERSE(one);
    struct writ_buffer out = build(&u, 4, 1);
    struct writ_clubcard card;
    struct writ_clubcard_issuer block;

    assert_ok(writ_clubcard_open(writ_buffer_span(&out), &card, &e));
    assert_true(writ_clubcard_issuer(&card, 0, &block));
    writ_clubcard_close(&card);
    writ_buffer_free(&out);
    free(u.issuers);
    return block;
}

/* ------------------------------------------------------------------------------------ answers */

static void every_part_of_up_to_forty_certificates_can_be_revoked(void **state)
{
    struct universe_issuer all[41 * 42 / 2];
    struct universe u = UNIVERSE(all);
    size_t n = 0;

    (void)state;
    for (size_t known = 0; known <= 40; known++) {
        for (size_t revoked = 0; revoked <= known; revoked++)
            all[n++] = (struct universe_issuer){.known = known, .revoked = revoked};
    }
    assert_int_equal(n, u.n);
    build_and_check(&u, 4);
    build_and_check(&u, 3);
}

static void larger_issuers_are_exact_too(void **state)
{
    static const struct universe_issuer all[] = {
        {.known = 100000, .revoked = 1},    {.known = 50000, .revoked = 200},
        {.known = 20000, .revoked = 255},   {.known = 20000, .revoked = 256},
        {.known = 20000, .revoked = 257},   {.known = 8192, .revoked = 1024},
        {.known = 8192, .revoked = 4095},   {.known = 8192, .revoked = 4096},
        {.known = 8192, .revoked = 4097},   {.known = 3000, .revoked = 2999},
        {.known = 3000, .revoked = 3000},   {.known = 3000, .revoked = 0},
        {.known = 60000, .revoked = 20000}, {.known = 60000, .revoked = 40000},
    };
    struct universe u = UNIVERSE(all);

    (void)state;
    build_and_check(&u, 4);
}

static void serials_of_any_length_are_told_apart(void **state)
{
    struct universe_issuer all[30];
    struct universe u = UNIVERSE(all);

    (void)state;
    for (size_t i = 0; i < 30; i++)
        all[i] =
            (struct universe_issuer){.known = 200, .revoked = 20, .octets = i < 26 ? i + 2 : 255};
    build_and_check(&u, 4);
}

static int walk_empty(void *arg, size_t issuer, enum writ_clubcard_list list,
                      writ_clubcard_visit *visit, void *to, struct writ_error *fault)
{
    uint8_t zero = 0;

    (void)arg;
    (void)issuer;
    if (visit(to, WRIT_SPAN_NONE, fault) < 0)
        return -1;
    return list == WRIT_CLUBCARD_REVOKED ? 0 : visit(to, WRIT_SPAN(&zero, 1), fault);
}

static void even_a_serial_of_no_octets_is_a_serial(void **state)
{
    struct writ_clubcard_enrolled one = {.known = 2, .revoked = 1};
    struct writ_clubcard_source source = {.issuers = &one, .count = 1, .walk = walk_empty};
    struct writ_buffer out = {0};
    struct writ_clubcard card;

    (void)state;
    assert_ok(writ_clubcard_build(&source, NULL, 0, 4, 1, &out, &e));
    assert_ok(writ_clubcard_open(writ_buffer_span(&out), &card, &e));
    assert_ok(writ_clubcard_verify(&source, &card, 1, &e));
    writ_clubcard_close(&card);
    writ_buffer_free(&out);
}

static void many_issuers_have_their_own_blocks(void **state)
{
    enum { N = 3000 };
    struct universe_issuer *all = calloc(N, sizeof all[0]);
    struct universe u = {.at = all, .n = N, .fails_at = SIZE_MAX};

    (void)state;
    assert_non_null(all);
    for (size_t i = 0; i < N; i++)
        all[i] = (struct universe_issuer){.known = i % 50 + 1, .revoked = i % 50 / 7};
    build_and_check(&u, 4);
    free(all);
}

static void no_issuers_make_an_empty_file(void **state)
{
    struct universe u = {.fails_at = SIZE_MAX};
    struct writ_buffer four = build(&u, 4, 3), three = build(&u, 3, 3);

    (void)state;
    assert_spans_equal(writ_buffer_span(&four), bytes_of("0400 0000 00000000 00 00000000"));
    assert_int_equal(three.n, 2 + 4 * 8);
    writ_buffer_free(&four);
    writ_buffer_free(&three);
    free(u.issuers);
}

/* ------------------------------------------------------------------------------------ blocks */

static void where_nothing_or_everything_is_revoked_there_is_no_filter(void **state)
{
    struct writ_clubcard_issuer none = block_of(100, 0), all = block_of(100, 100);

    (void)state;
    assert_int_equal(none.approx_m, 0);
    assert_int_equal(none.exact_m, 0);
    assert_false(none.inverted);
    assert_int_equal(all.approx_m, 0);
    assert_int_equal(all.exact_m, 0);
    assert_true(all.inverted);
}

static void the_smaller_half_is_in_the_filters(void **state)
{
    struct writ_clubcard_issuer few = block_of(1000, 100), many = block_of(1000, 900);

    (void)state;
    assert_false(few.inverted);
    assert_true(many.inverted);
    assert_int_equal(few.rank, many.rank);
    assert_false(block_of(1000, 500).inverted);
    assert_true(block_of(1000, 501).inverted);
}

static void the_rank_is_how_often_the_listed_ones_double_into_the_others(void **state)
{
    (void)state;
    assert_int_equal(block_of(300, 150).rank, 0);
    assert_int_equal(block_of(299, 100).rank, 0);
    assert_int_equal(block_of(300, 100).rank, 1);
    assert_int_equal(block_of(499, 100).rank, 1);
    assert_int_equal(block_of(500, 100).rank, 2);
    assert_int_equal(block_of(1025, 1).rank, 10);
}

static void blocks_with_fewer_columns_lie_behind_those_with_more(void **state)
{
    static const struct universe_issuer all[] = {{.known = 300, .revoked = 100},
                                                 {.known = 9000, .revoked = 100},
                                                 {.known = 1000, .revoked = 100}};
    struct universe u = UNIVERSE(all);
    struct writ_buffer out = build(&u, 4, 1);
    struct writ_clubcard_issuer block[3];
    struct writ_clubcard card;

    (void)state;
    assert_ok(writ_clubcard_open(writ_buffer_span(&out), &card, &e));
    for (size_t i = 0; i < 3; i++)
        assert_true(writ_clubcard_issuer(&card, i, &block[i]));
    assert_int_equal(block[1].approx_offset, 0);
    assert_true(block[2].approx_offset < block[0].approx_offset);
    assert_true(writ_clubcard_words(card.x[0]) >= writ_clubcard_words(card.x[1]));
    assert_true(writ_clubcard_words(card.x[1]) >= writ_clubcard_words(card.x[2]));
    writ_clubcard_close(&card);
    writ_buffer_free(&out);
    free(u.issuers);
}

static void a_file_is_smaller_than_with_two_per_cent_of_slack(void **state)
{
    static const struct universe_issuer all[] = {{.known = 400000, .revoked = 5000}};
    struct universe u = UNIVERSE(all);
    struct writ_buffer out = build(&u, 4, 1);
    /* rank 6 of 79 good ones for each revoked one; as many pass by chance as 79 / 64 of them */
    double bits = 1.02 * 5000 * (6 + 1 + 79.0 / 64);
    size_t numbers = 2 + 2 + 4 + 52 + 1 + 7 * 4;

    (void)state;
    assert_true((double)(out.n - numbers) < bits / 8);
    writ_buffer_free(&out);
    free(u.issuers);
}

/* --------------------------------------------------------------------------- always the same */

static const struct universe_issuer mixed[] = {
    {.known = 3000, .revoked = 30},  {.known = 500, .revoked = 400}, {.known = 20, .revoked = 20},
    {.known = 9000, .revoked = 900}, {.known = 7, .revoked = 0},     {.known = 2500, .revoked = 1},
};

static void the_number_of_threads_and_the_order_of_lists_change_nothing(void **state)
{
    struct universe u = UNIVERSE(mixed);
    struct writ_buffer first = build(&u, 4, 1);

    (void)state;
    for (unsigned way = 1; way < 16; way++) {
        struct writ_buffer again;

        u.backwards = way & 1;
        u.turned = way & 2;
        again = build(&u, 4, 1 + way / 4 * 2);
        assert_spans_equal(writ_buffer_span(&again), writ_buffer_span(&first));
        writ_buffer_free(&again);
    }
    writ_buffer_free(&first);
    free(u.issuers);
}

/* The first word of the first column of one issuer with one revoked certificate: but for the first
 * bit it is free. */
static uint64_t free_bits_of(const struct universe_issuer *one)
{
    struct universe u = {.at = one, .n = 1, .fails_at = SIZE_MAX};
    struct writ_buffer out = build(&u, 4, 1);
    struct writ_clubcard card;
    uint64_t word;

    assert_ok(writ_clubcard_open(writ_buffer_span(&out), &card, &e));
    word = writ_clubcard_word(&card, card.x[0], 0);
    writ_clubcard_close(&card);
    writ_buffer_free(&out);
    free(u.issuers);
    return word >> 1;
}

static void what_is_free_depends_on_which_certificates_are_revoked(void **state)
{
    struct universe_issuer one = {.known = 100, .revoked = 1};
    struct universe_issuer other = {.known = 100, .revoked = 1, .octets = 19};

    (void)state;
    assert_true(free_bits_of(&one) == free_bits_of(&one));
    assert_true(free_bits_of(&one) != free_bits_of(&other));
}

static void a_revoked_one_may_be_listed_twice(void **state)
{
    struct universe_issuer once[] = {{.known = 1000, .revoked = 90}};
    struct universe_issuer twice[] = {{.known = 1000, .revoked = 90, .revoked_twice = 90}};
    struct universe u = UNIVERSE(once), v = UNIVERSE(twice);
    struct writ_buffer first = build(&u, 4, 1), second = build(&v, 4, 1);

    (void)state;
    assert_spans_equal(writ_buffer_span(&second), writ_buffer_span(&first));
    writ_buffer_free(&first);
    writ_buffer_free(&second);
    free(u.issuers);
    free(v.issuers);
}

static void a_known_one_that_is_listed_twice_does_no_harm(void **state)
{
    static const struct universe_issuer all[] = {
        {.known = 1000, .revoked = 90, .known_twice = 1000},
        {.known = 1000, .revoked = 900, .known_twice = 1000, .revoked_twice = 300},
        {.known = 1, .revoked = 1, .known_twice = 1},
        {.known = 2, .revoked = 1, .known_twice = 1, .revoked_twice = 1},
    };
    struct universe u = UNIVERSE(all);

    (void)state;
    build_and_check(&u, 4);
}

static void both_versions_have_the_same_content(void **state)
{
    struct universe u = UNIVERSE(mixed);
    struct writ_buffer three = build(&u, 3, 1), four = build(&u, 4, 1), converted = {0};
    struct writ_clubcard card;

    (void)state;
    assert_ok(writ_clubcard_open(writ_buffer_span(&three), &card, &e));
    assert_ok(writ_layout_convert(&card, 4, &converted, &e));
    assert_spans_equal(writ_buffer_span(&converted), writ_buffer_span(&four));
    writ_clubcard_close(&card);
    writ_buffer_free(&three);
    writ_buffer_free(&four);
    writ_buffer_free(&converted);
    free(u.issuers);
}

static void logs_are_written_in_ascending_order(void **state)
{
    struct universe u = {.fails_at = SIZE_MAX};
    struct writ_clubcard_source source = universe_source(&u);
    uint8_t ids[3][32] = {{2}, {3}, {1}};
    struct writ_clubcard_log logs[3], log;
    struct writ_buffer out = {0};
    struct writ_clubcard card;

    (void)state;
    for (size_t i = 0; i < 3; i++)
        logs[i] = (struct writ_clubcard_log){WRIT_SPAN(ids[i], 32), i, i + 10};
    assert_ok(writ_clubcard_build(&source, logs, 3, 4, 1, &out, &e));
    assert_ok(writ_clubcard_open(writ_buffer_span(&out), &card, &e));
    for (size_t i = 0; i < 3; i++) {
        assert_true(writ_clubcard_log(&card, i, &log));
        assert_int_equal(log.id.p[0], i + 1);
    }
    assert_true(writ_clubcard_covers(&card, ids[1], 11));
    assert_false(writ_clubcard_covers(&card, ids[1], 12));
    writ_clubcard_close(&card);
    writ_buffer_free(&out);
    free(u.issuers);
}

/* ------------------------------------------------------------------------------------- faults */

#define REFUSED(u, threads, class, words)                                                          \
    do {                                                                                           \
        struct writ_clubcard_source source_ = universe_source(u);                                  \
        struct writ_buffer out_ = {0};                                                             \
        assert_fault(writ_clubcard_build(&source_, NULL, 0, 4, threads, &out_, &e), class, words); \
        assert_int_equal(out_.n, 0);                                                               \
        writ_buffer_free(&out_);                                                                   \
        free((u)->issuers);                                                                        \
        (u)->issuers = NULL;                                                                       \
    } while (0)

static void a_revoked_certificate_that_is_not_known_is_refused_with_its_place(void **state)
{
    static const struct universe_issuer few[] = {{.known = 100, .revoked = 3, .stray = 1}};
    static const struct universe_issuer many[] = {{.known = 10, .revoked = 9, .stray = 1}};
    static const struct universe_issuer none[] = {{.known = 0, .revoked = 0, .stray = 1}};
    static const struct universe_issuer all[] = {{.known = 5, .revoked = 5, .stray = 1}};
    struct universe u = UNIVERSE(few), v = UNIVERSE(many), w = UNIVERSE(none), x = UNIVERSE(all);

    (void)state;
    REFUSED(&u, 1, WRIT_FAULT_BAD_INPUT, "entry 1000003: serial 43420f0000000000");
    REFUSED(&v, 1, WRIT_FAULT_BAD_INPUT, "entry 1000009: serial 49420f0000000000");
    REFUSED(&w, 1, WRIT_FAULT_BAD_INPUT, "is revoked, but not among the known ones");
    REFUSED(&x, 1, WRIT_FAULT_BAD_INPUT, "is revoked, but not among the known ones");
}

static void of_several_faults_the_same_is_told_by_any_number_of_threads(void **state)
{
    struct universe_issuer all[40];
    struct universe u = UNIVERSE(all);

    (void)state;
    for (size_t i = 0; i < 40; i++)
        all[i] =
            (struct universe_issuer){.known = 500 + i % 7 * 100, .revoked = 100, .stray = i % 3};
    for (unsigned threads = 1; threads <= 8; threads++) {
        /* The largest issuers come first: of those with strays 13, 20 and 34.  13 has the lowest
         * id. */
        REFUSED(&u, threads, WRIT_FAULT_BAD_INPUT, "entry 1000100: serial a4420f00000d00");
    }
}

static void a_list_that_grows_meanwhile_is_refused(void **state)
{
    static const struct universe_issuer all[] = {{.known = 100, .revoked = 3, .hidden = 1}};
    struct universe u = UNIVERSE(all);

    (void)state;
    REFUSED(&u, 1, WRIT_FAULT_BAD_INPUT, "has grown");
}

static void the_fault_of_a_source_is_given_back(void **state)
{
    struct universe u = UNIVERSE(mixed);

    (void)state;
    u.fails_at = 1; /* of which most are revoked: walked at once */
    REFUSED(&u, 2, WRIT_FAULT_IO, "the list of issuer 1 is gone");
    u.fails_at = 3;
    REFUSED(&u, 2, WRIT_FAULT_IO, "the list of issuer 3 is gone");
}

static void an_issuer_that_stands_twice_is_refused(void **state)
{
    struct writ_clubcard_enrolled twice[2] = {{.id = {0xab}}, {.id = {0xab}}};
    struct writ_clubcard_source source = {.issuers = twice, .count = 2, .walk = universe_walk};
    struct writ_buffer out = {0};

    (void)state;
    assert_fault(writ_clubcard_build(&source, NULL, 0, 4, 1, &out, &e), WRIT_FAULT_BAD_INPUT,
                 "issuer ab00");
}

static void a_log_that_stands_twice_is_refused(void **state)
{
    struct universe u = {.fails_at = SIZE_MAX};
    struct writ_clubcard_source source = universe_source(&u);
    uint8_t id[32] = {0xcd};
    struct writ_clubcard_log logs[2] = {{WRIT_SPAN_OF(id), 1, 2}, {WRIT_SPAN_OF(id), 3, 4}};
    struct writ_buffer out = {0};

    (void)state;
    assert_fault(writ_clubcard_build(&source, logs, 2, 4, 1, &out, &e), WRIT_FAULT_BAD_INPUT,
                 "log cd00");
    free(u.issuers);
}

/* ---------------------------------------------------------------------------------- verifying */

/* Builds u, and verifies it against the lists of v. */
static int verify_against(struct universe *u, struct universe *v)
{
    struct writ_buffer out = build(u, 4, 1);
    struct writ_clubcard_source source = universe_source(v);
    struct writ_clubcard card;
    int rc;

    assert_ok(writ_clubcard_open(writ_buffer_span(&out), &card, &e));
    rc = writ_clubcard_verify(&source, &card, 2, &e);
    writ_clubcard_close(&card);
    writ_buffer_free(&out);
    free(u->issuers);
    free(v->issuers);
    u->issuers = v->issuers = NULL;
    return rc;
}

static void verifying_finds_a_wrong_answer_in_either_direction(void **state)
{
    static const struct universe_issuer more[] = {{.known = 1000, .revoked = 101}};
    static const struct universe_issuer less[] = {{.known = 1000, .revoked = 100}};
    struct universe u = UNIVERSE(more), v = UNIVERSE(less);

    (void)state;
    assert_int_equal(verify_against(&u, &v), -1);
    assert_sentence(WRIT_FAULT_UNEXPECTED, "entry 100: the clubcard is wrong");
    assert_non_null(strstr(e.text, "is good, and it answers revoked"));
    assert_int_equal(verify_against(&v, &u), -1);
    assert_sentence(WRIT_FAULT_UNEXPECTED, "is revoked, and it answers good");
}

static void verifying_finds_an_issuer_that_is_missing(void **state)
{
    static const struct universe_issuer two[] = {{.known = 5, .revoked = 0},
                                                 {.known = 5, .revoked = 0}};
    struct universe u = UNIVERSE(two), v = UNIVERSE(two);

    (void)state;
    u.n = 1;
    assert_int_equal(verify_against(&u, &v), -1);
    assert_sentence(WRIT_FAULT_UNEXPECTED, "answers not-enrolled");
}

static void verifying_finds_a_flipped_bit(void **state)
{
    static const struct universe_issuer one[] = {{.known = 3000, .revoked = 300}};
    struct universe u = UNIVERSE(one);
    struct writ_buffer out = build(&u, 4, 1);
    struct writ_clubcard_source source = universe_source(&u);
    struct writ_clubcard card;

    (void)state;
    out.p[out.n - 20] ^= 1;
    assert_ok(writ_clubcard_open(writ_buffer_span(&out), &card, &e));
    assert_fault(writ_clubcard_verify(&source, &card, 1, &e), WRIT_FAULT_UNEXPECTED, "is wrong");
    writ_clubcard_close(&card);
    writ_buffer_free(&out);
    free(u.issuers);
}

/* ----------------------------------------------------------------------------------- progress */

static void progress_ends_at_all_certificates(void **state)
{
    static const struct universe_issuer all[] = {{.known = 40000, .revoked = 1000},
                                                 {.known = 20000, .revoked = 19000},
                                                 {.known = 10, .revoked = 0}};
    struct universe u = UNIVERSE(all);
    struct writ_buffer out = build(&u, 4, 1);

    (void)state;
    assert_true(u.told >= 4);
    assert_int_equal(u.total, 60010);
    assert_int_equal(u.progress, u.total);
    writ_buffer_free(&out);
    free(u.issuers);
}

static const struct CMUnitTest claims[] = {
    CLAIM(every_part_of_up_to_forty_certificates_can_be_revoked),
    CLAIM(larger_issuers_are_exact_too),
    CLAIM(serials_of_any_length_are_told_apart),
    CLAIM(even_a_serial_of_no_octets_is_a_serial),
    CLAIM(many_issuers_have_their_own_blocks),
    CLAIM(no_issuers_make_an_empty_file),
    CLAIM(where_nothing_or_everything_is_revoked_there_is_no_filter),
    CLAIM(the_smaller_half_is_in_the_filters),
    CLAIM(the_rank_is_how_often_the_listed_ones_double_into_the_others),
    CLAIM(blocks_with_fewer_columns_lie_behind_those_with_more),
    CLAIM(a_file_is_smaller_than_with_two_per_cent_of_slack),
    CLAIM(the_number_of_threads_and_the_order_of_lists_change_nothing),
    CLAIM(what_is_free_depends_on_which_certificates_are_revoked),
    CLAIM(a_revoked_one_may_be_listed_twice),
    CLAIM(a_known_one_that_is_listed_twice_does_no_harm),
    CLAIM(both_versions_have_the_same_content),
    CLAIM(logs_are_written_in_ascending_order),
    CLAIM(a_revoked_certificate_that_is_not_known_is_refused_with_its_place),
    CLAIM(of_several_faults_the_same_is_told_by_any_number_of_threads),
    CLAIM(a_list_that_grows_meanwhile_is_refused),
    CLAIM(the_fault_of_a_source_is_given_back),
    CLAIM(an_issuer_that_stands_twice_is_refused),
    CLAIM(a_log_that_stands_twice_is_refused),
    CLAIM(verifying_finds_a_wrong_answer_in_either_direction),
    CLAIM(verifying_finds_an_issuer_that_is_missing),
    CLAIM(verifying_finds_a_flipped_bit),
    CLAIM(progress_ends_at_all_certificates),
};

RUN_CLAIMS(claims)
