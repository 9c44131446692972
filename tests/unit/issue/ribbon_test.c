/* issue/ribbon.h: systems are solved, and need few rows */
#include "issue/ribbon.h"

#include "test.h"

#define COLUMN_WORDS 4096

static struct writ_error e;

static struct writ_ribbon_key random_key(uint64_t *state)
{
    struct writ_ribbon_key key;

    for (size_t i = 0; i < WRIT_RIBBON_WORDS; i++)
        key.a[i] = writ_ribbon_random(state);
    key.a[0] |= 1;
    return key;
}

/* n keys, the same for the same seed.  The caller frees. */
static struct writ_ribbon_key *random_keys(size_t n, uint64_t seed)
{
    struct writ_ribbon_key *keys = calloc(n + 1, sizeof keys[0]);

    assert_non_null(keys);
    for (size_t i = 0; i < n; i++)
        keys[i] = random_key(&seed);
    return keys;
}

static bool bit_at(const uint64_t *column, uint64_t i)
{
    return (column[i / 64] >> (i % 64)) & 1;
}

/* The sum, bit by bit. */
static bool slow_sum(const struct writ_ribbon_key *key, const uint64_t *column, uint64_t at)
{
    bool sum = false;

    for (uint64_t i = 0; i < WRIT_RIBBON_WIDTH; i++)
        sum ^= bit_at(key->a, i) && bit_at(column, at + i);
    return sum;
}

static unsigned sum_of(const struct writ_ribbon_key *key, const uint64_t *column, uint64_t at)
{
    struct writ_ribbon_aligned aligned;

    writ_ribbon_align(key, at, &aligned);
    return writ_ribbon_sum(&aligned, column);
}

/* Even keys come to 0, odd ones to 1. */
static struct writ_ribbon system_of(const struct writ_ribbon_key *keys, size_t n, uint32_t m)
{
    struct writ_ribbon r = {0};

    writ_error_clear(&e);
    assert_ok(writ_ribbon_begin(&r, m, &e));
    for (size_t i = 0; i < n; i++)
        assert_true(writ_ribbon_add(&r, &keys[i], i % 2));
    return r;
}

static void check_solved(const struct writ_ribbon_key *keys, size_t n, uint32_t m,
                         const uint64_t *column, uint64_t at)
{
    for (size_t i = 0; i < n; i++)
        assert_int_equal(sum_of(&keys[i], column, at + writ_ribbon_start(&keys[i], m)), i % 2);
}

static void a_key_is_the_hash_in_little_endian_words_with_its_first_bit_set(void **state)
{
    struct writ_ribbon_key key = writ_ribbon_key(
        bytes_of("0001020304050607 08090a0b0c0d0e0f 1011121314151617 18191a1b1c1d1e1f").p);

    (void)state;
    assert_int_equal(key.a[0], 0x0706050403020101);
    assert_int_equal(key.a[1], 0x0f0e0d0c0b0a0908);
    assert_int_equal(key.a[2], 0x1716151413121110);
    assert_int_equal(key.a[3], 0x1f1e1d1c1b1a1918);
    assert_int_equal(writ_ribbon_start(&key, 1), 0);
    assert_int_equal(writ_ribbon_start(&key, 1000), 0x1f1e1d1c1b1a1918 % 1000);
}

static void the_sum_over_a_window_is_right_wherever_it_begins(void **state)
{
    uint64_t column[16], seed = 1;

    (void)state;
    for (size_t i = 0; i < 16; i++)
        column[i] = writ_ribbon_random(&seed);
    for (uint64_t at = 0; at < 3 * 64 + 3; at++) {
        struct writ_ribbon_key key = random_key(&seed);

        assert_int_equal(sum_of(&key, column, at), slow_sum(&key, column, at));
    }
}

static void every_equation_of_a_system_holds_in_its_solution(void **state)
{
    static const size_t sizes[] = {1, 2, 63, 64, 65, 250, 1000, 5000};

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        size_t n = sizes[i];
        uint32_t m = (uint32_t)(n + n / 20);
        struct writ_ribbon_key *keys = random_keys(n, n);
        uint64_t column[COLUMN_WORDS] = {0};
        struct writ_ribbon r = system_of(keys, n, m);

        assert_true(r.rows >= m && r.rows < m + WRIT_RIBBON_WIDTH);
        writ_ribbon_solve(&r, 7, column, 0);
        check_solved(keys, n, m, column, 0);
        writ_ribbon_free(&r);
        free(keys);
    }
}

static void systems_that_follow_each_other_are_solved_from_the_end(void **state)
{
    struct writ_ribbon_key *keys[3];
    struct writ_ribbon r[3];
    uint64_t column[COLUMN_WORDS] = {0}, at[4] = {5};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        keys[i] = random_keys(77 + 300 * i, i);
        r[i] = system_of(keys[i], 77 + 300 * i, (uint32_t)(40 + 310 * i));
        at[i + 1] = at[i] + r[i].rows;
    }
    for (size_t i = 3; i-- > 0;)
        writ_ribbon_solve(&r[i], i, column, at[i]);
    for (size_t i = 0; i < 3; i++) {
        check_solved(keys[i], 77 + 300 * i, r[i].m, column, at[i]);
        writ_ribbon_free(&r[i]);
        free(keys[i]);
    }
    for (uint64_t i = 0; i < 5; i++)
        assert_false(bit_at(column, i));
}

static void solutions_with_other_seeds_differ_and_hold_too(void **state)
{
    struct writ_ribbon_key *keys = random_keys(100, 3);
    struct writ_ribbon r = system_of(keys, 100, 120);
    uint64_t one[COLUMN_WORDS] = {0}, two[COLUMN_WORDS] = {0}, again[COLUMN_WORDS] = {0};

    (void)state;
    writ_ribbon_solve(&r, 1, one, 0);
    writ_ribbon_solve(&r, 2, two, 0);
    writ_ribbon_solve(&r, 1, again, 0);
    assert_memory_not_equal(one, two, sizeof one);
    assert_memory_equal(one, again, sizeof one);
    check_solved(keys, 100, 120, two, 0);
    writ_ribbon_free(&r);
    free(keys);
}

static void an_equation_that_follows_is_accepted_and_one_that_contradicts_is_not(void **state)
{
    uint64_t seed = 9;
    struct writ_ribbon_key key = random_key(&seed);
    struct writ_ribbon r;

    (void)state;
    assert_ok(writ_ribbon_begin(&r, 10, &e));
    assert_true(writ_ribbon_add(&r, &key, true));
    assert_true(writ_ribbon_add(&r, &key, true));
    assert_false(writ_ribbon_add(&r, &key, false));
    assert_true(writ_ribbon_add(&r, &key, true));
    writ_ribbon_free(&r);
}

static void one_start_row_holds_256_equations_and_no_more(void **state)
{
    struct writ_ribbon_key *keys = random_keys(2000, 4);
    size_t contradictions = 0;
    struct writ_ribbon r;

    (void)state;
    assert_ok(writ_ribbon_begin(&r, 1, &e));
    for (size_t i = 0; i < 2000; i++)
        contradictions += !writ_ribbon_add(&r, &keys[i], i % 2);
    assert_int_equal(r.rows, WRIT_RIBBON_WIDTH);
    /* Of the others every second one is contradicted: 872, give or take five deviations of 21. */
    assert_in_range(contradictions, 872 - 105, 872 + 105);
    writ_ribbon_free(&r);
    free(keys);
}

static void equations_that_come_to_zero_never_contradict_each_other(void **state)
{
    struct writ_ribbon_key *keys = random_keys(3000, 5);
    struct writ_ribbon r;

    (void)state;
    assert_ok(writ_ribbon_begin(&r, 100, &e));
    for (size_t i = 0; i < 3000; i++)
        assert_true(writ_ribbon_add(&r, &keys[i], false));
    assert_true(r.rows < 100 + WRIT_RIBBON_WIDTH);
    writ_ribbon_free(&r);
    free(keys);
}

static void the_order_is_the_same_whatever_it_was_before(void **state)
{
    struct writ_ribbon_key *keys = random_keys(1000, 6), *turned = random_keys(1000, 6);

    (void)state;
    for (size_t i = 0; i < 500; i++) {
        struct writ_ribbon_key key = turned[i];

        turned[i] = turned[999 - i];
        turned[999 - i] = key;
    }
    assert_memory_not_equal(keys, turned, 1000 * sizeof keys[0]);
    assert_ok(writ_ribbon_order(keys, 1000, 30, &e));
    assert_ok(writ_ribbon_order(turned, 1000, 30, &e));
    assert_memory_equal(keys, turned, 1000 * sizeof keys[0]);
    for (size_t i = 1; i < 1000; i++)
        assert_true(writ_ribbon_start(&keys[i - 1], 30) <= writ_ribbon_start(&keys[i], 30));
    free(keys);
    free(turned);
}

static void no_keys_and_one_key_are_in_order(void **state)
{
    struct writ_ribbon_key *one = random_keys(1, 1);

    (void)state;
    assert_ok(writ_ribbon_order(NULL, 0, 10, &e));
    assert_ok(writ_ribbon_order(one, 1, 10, &e));
    free(one);
}

/* Rows that a filter of n keys comes to, with the number of start rows that fits. */
static uint32_t rows_for(size_t n, const struct writ_ribbon_use *use)
{
    struct writ_ribbon_key *keys = random_keys(n, n);
    struct writ_ribbon r;
    uint32_t m, rows;

    assert_ok(writ_ribbon_fit(keys, n, use, &m, &e));
    assert_ok(writ_ribbon_order(keys, n, m, &e));
    assert_ok(writ_ribbon_begin(&r, m, &e));
    for (size_t i = 0; i < n; i++)
        (void)writ_ribbon_add(&r, &keys[i], false);
    rows = r.rows;
    writ_ribbon_free(&r);
    free(keys);
    return rows;
}

/* An approximate filter over n of 75 n certificates, and an exact one with serials of 16 octets. */
static struct writ_ribbon_use approximate(size_t n)
{
    return (struct writ_ribbon_use){.columns = 6, .homogeneous = true, .penalty = 74 * (double)n};
}

static struct writ_ribbon_use exact(size_t n)
{
    return (struct writ_ribbon_use){.columns = 1, .penalty = 68 * (double)n};
}

static void small_filters_need_hardly_a_row_more_than_keys(void **state)
{
    struct writ_ribbon_use use = approximate(1);

    (void)state;
    assert_int_equal(rows_for(1, &use), 1);
    for (size_t n = 2; n <= 4000; n += n / 8 + 9) {
        use = approximate(n);
        assert_in_range(rows_for(n, &use), n, n + 20);
        use = exact(n);
        assert_in_range(rows_for(n, &use), n, n + 20);
    }
}

static void large_filters_need_less_than_two_per_cent_more(void **state)
{
    struct writ_ribbon_use few = approximate(20000), many = approximate(200000),
                           one = exact(200000);

    (void)state;
    assert_in_range(rows_for(20000, &few), 20000, 20000 + 20000 / 60);
    assert_in_range(rows_for(200000, &many), 200000, 200000 + 200000 / 49);
    assert_in_range(rows_for(200000, &one), 200000, 200000 + 200000 / 70);
}

/* What the fit reckons with: the part of strangers that pass by chance, of 2^-columns. */
static double part_passing(size_t n, uint64_t seed)
{
    struct writ_ribbon_use use = approximate(n);
    struct writ_ribbon_key *keys = random_keys(n, seed);
    uint64_t *column = calloc(2 * n / 64 + 64, sizeof column[0]), state = ~seed;
    size_t passing = 0, strangers = 20 * n;
    struct writ_ribbon r;
    uint32_t m;

    assert_non_null(column);
    assert_ok(writ_ribbon_fit(keys, n, &use, &m, &e));
    assert_ok(writ_ribbon_order(keys, n, m, &e));
    assert_ok(writ_ribbon_begin(&r, m, &e));
    for (size_t i = 0; i < n; i++)
        assert_true(writ_ribbon_add(&r, &keys[i], false));
    for (size_t i = r.rows; i < r.rows + 40u; i++)
        column[i / 64] |= writ_ribbon_random(&state) >> 63 << (i % 64);
    writ_ribbon_solve(&r, seed, column, 0);
    for (size_t i = 0; i < strangers; i++) {
        struct writ_ribbon_key key = random_key(&state);

        passing += sum_of(&key, column, writ_ribbon_start(&key, m)) == 0;
    }
    writ_ribbon_free(&r);
    free(column);
    free(keys);
    return (double)passing / (double)strangers;
}

static void half_of_all_strangers_pass_a_column_and_hardly_more(void **state)
{
    /* Some of these have m for which few bits decide of long stretches, though the equations that
     * wait are not too many anywhere. */
    static const uint64_t seeds[] = {1, 2, 3, 10, 12, 15};

    (void)state;
    for (size_t i = 0; i < sizeof seeds / sizeof seeds[0]; i++) {
        double few = part_passing(20000, seeds[i]), many = part_passing(154318, seeds[i]);

        assert_true(few > 0.496 && few < 0.504); /* five deviations */
        assert_true(many > 0.498 && many < 0.502);
    }
}

static void the_fit_avoids_windows_of_zeros_and_lost_equations_as_they_cost(void **state)
{
    struct writ_ribbon_key *keys = random_keys(50000, 8);
    struct writ_ribbon_use uses[4] = {approximate(0), approximate(100000000), exact(0),
                                      exact(100000000)};
    uint32_t m[4];

    (void)state;
    for (size_t i = 0; i < 4; i++)
        assert_ok(writ_ribbon_fit(keys, 50000, &uses[i], &m[i], &e));
    assert_true(m[0] < m[1]);
    assert_true(m[2] < m[3]);
    free(keys);
}

static void too_many_keys_are_refused(void **state)
{
    struct writ_ribbon_use use = exact(1);
    uint32_t m;

    (void)state;
    assert_fault(writ_ribbon_fit(NULL, WRIT_RIBBON_MAX, &use, &m, &e), WRIT_FAULT_BAD_INPUT,
                 "too many");
}

static void a_system_that_was_given_back_can_be_given_back_again(void **state)
{
    struct writ_ribbon r = {0};

    (void)state;
    writ_ribbon_free(&r);
    assert_ok(writ_ribbon_begin(&r, 3, &e));
    writ_ribbon_free(&r);
    writ_ribbon_free(&r);
    assert_null(r.row);
}

static const struct CMUnitTest claims[] = {
    CLAIM(a_key_is_the_hash_in_little_endian_words_with_its_first_bit_set),
    CLAIM(the_sum_over_a_window_is_right_wherever_it_begins),
    CLAIM(every_equation_of_a_system_holds_in_its_solution),
    CLAIM(systems_that_follow_each_other_are_solved_from_the_end),
    CLAIM(solutions_with_other_seeds_differ_and_hold_too),
    CLAIM(an_equation_that_follows_is_accepted_and_one_that_contradicts_is_not),
    CLAIM(one_start_row_holds_256_equations_and_no_more),
    CLAIM(equations_that_come_to_zero_never_contradict_each_other),
    CLAIM(the_order_is_the_same_whatever_it_was_before),
    CLAIM(no_keys_and_one_key_are_in_order),
    CLAIM(small_filters_need_hardly_a_row_more_than_keys),
    CLAIM(large_filters_need_less_than_two_per_cent_more),
    CLAIM(half_of_all_strangers_pass_a_column_and_hardly_more),
    CLAIM(the_fit_avoids_windows_of_zeros_and_lost_equations_as_they_cost),
    CLAIM(too_many_keys_are_refused),
    CLAIM(a_system_that_was_given_back_can_be_given_back_again),
};

RUN_CLAIMS(claims)
