/* issue/clubcard.h: what has no room in the filters is listed.  With the number of start rows that
 * fits there is nothing of that, so here it is far too small. */
#include "issue/clubcard.h"

#include "issue/ribbon.h"
#include "issue/universe.h"

static struct writ_error e;
static uint32_t tight; /* how many keys share a start row */

int __wrap_writ_ribbon_fit(const struct writ_ribbon_key *keys, size_t n,
                           const struct writ_ribbon_use *use, uint32_t *m,
                           struct writ_error *fault);

int __wrap_writ_ribbon_fit(const struct writ_ribbon_key *keys, size_t n,
                           const struct writ_ribbon_use *use, uint32_t *m, struct writ_error *fault)
{
    (void)keys;
    (void)use;
    (void)fault;
    *m = (uint32_t)(n / tight) + 1;
    return 0;
}

static struct writ_buffer build(struct universe *u, unsigned version, unsigned threads)
{
    struct writ_clubcard_source source = universe_source(u);
    struct writ_buffer out = {0};

    writ_error_clear(&e);
    assert_ok(writ_clubcard_build(&source, NULL, 0, version, threads, &out, &e));
    return out;
}

static const struct universe_issuer crowded[] = {
    {.known = 4000, .revoked = 1000},
    {.known = 4000, .revoked = 3000},
    {.known = 3000, .revoked = 1000, .octets = 255},
    {.known = 3000, .revoked = 1000, .octets = 9},
    {.known = 2000, .revoked = 600, .known_twice = 2000}};

static void answers_are_right_all_the_same(void **state)
{
    struct universe u = UNIVERSE(crowded);

    (void)state;
    tight = 4;
    for (unsigned version = 3; version <= 4; version++) {
        struct writ_buffer out = build(&u, version, 2);
        struct writ_clubcard_source source = universe_source(&u);
        struct writ_clubcard_issuer block;
        struct writ_clubcard card;

        assert_ok(writ_clubcard_open(writ_buffer_span(&out), &card, &e));
        assert_ok(writ_clubcard_check(&card, &e));
        for (size_t i = 0; i < u.n; i++) {
            assert_true(writ_clubcard_issuer(&card, i, &block));
            assert_in_range(block.exception_count, 20, 3000);
        }
        assert_ok(writ_clubcard_verify(&source, &card, 2, &e));
        universe_check(&u, &card);
        writ_clubcard_close(&card);
        writ_buffer_free(&out);
    }
    free(u.issuers);
}

static void exceptions_ascend_and_stand_once(void **state)
{
    struct universe u = UNIVERSE(crowded);
    struct writ_buffer out;
    struct writ_clubcard card;
    struct writ_clubcard_issuer block;

    (void)state;
    tight = 4;
    out = build(&u, 4, 1);
    assert_ok(writ_clubcard_open(writ_buffer_span(&out), &card, &e));
    for (size_t i = 0; i < u.n; i++) {
        struct writ_span last, serial;

        assert_true(writ_clubcard_issuer(&card, i, &block));
        assert_true(writ_clubcard_exception(&block, &last));
        for (; writ_clubcard_exception(&block, &serial); last = serial)
            assert_true(writ_span_compare(last, serial) < 0);
    }
    writ_clubcard_close(&card);
    writ_buffer_free(&out);
    free(u.issuers);
}

static void the_order_of_lists_and_threads_changes_nothing(void **state)
{
    struct universe u = UNIVERSE(crowded);
    struct writ_buffer first, second;

    (void)state;
    tight = 4;
    first = build(&u, 4, 1);
    u.backwards = true;
    u.turned = true;
    second = build(&u, 4, 5);
    assert_spans_equal(writ_buffer_span(&second), writ_buffer_span(&first));
    writ_buffer_free(&first);
    writ_buffer_free(&second);
    free(u.issuers);
}

static void more_exceptions_than_a_clubcard_holds_are_refused(void **state)
{
    static const struct universe_issuer all[] = {{.known = 280000, .revoked = 70000}};
    struct universe u = UNIVERSE(all);
    struct writ_clubcard_source source = universe_source(&u);
    struct writ_buffer out = {0};

    (void)state;
    tight = 1000;
    assert_fault(writ_clubcard_build(&source, NULL, 0, 4, 1, &out, &e), WRIT_FAULT_BAD_INPUT,
                 "exceptions for one issuer, a clubcard holds 65535");
    writ_buffer_free(&out);
    free(u.issuers);
}

static const struct CMUnitTest claims[] = {
    CLAIM(answers_are_right_all_the_same),
    CLAIM(exceptions_ascend_and_stand_once),
    CLAIM(the_order_of_lists_and_threads_changes_nothing),
    CLAIM(more_exceptions_than_a_clubcard_holds_are_refused),
};

RUN_CLAIMS(claims)
