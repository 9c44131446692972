/* issue/team.h: everything is done once, and of several faults always the same is told */
#include "issue/team.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>

#include "test.h"

#define THINGS 200

static struct writ_error e;
static atomic_uint done[THINGS];
static bool refuses_threads;
static unsigned started;

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*start)(void *), void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*start)(void *), void *argument);

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*start)(void *), void *argument)
{
    if (refuses_threads)
        return EAGAIN;
    started++;
    return __real_pthread_create(thread, attributes, start, argument);
}

static void forget(void)
{
    for (size_t i = 0; i < THINGS; i++)
        atomic_store(&done[i], 0);
    started = 0;
    writ_error_clear(&e);
}

static int do_one(void *arg, size_t i, struct writ_digester *digester, struct writ_error *fault)
{
    uint8_t hash[WRIT_SHA256_BYTES];

    (void)arg;
    atomic_fetch_add(&done[i], 1);
    return writ_digester_sha256(digester, WRIT_SPAN_NONE, WRIT_SPAN_NONE, hash, fault);
}

/* Fails at 50, 60, 70 ... */
static int fail_some(void *arg, size_t i, struct writ_digester *digester, struct writ_error *fault)
{
    (void)arg;
    (void)digester;
    atomic_fetch_add(&done[i], 1);
    if (i >= 50 && i % 10 == 0)
        return writ_fail(fault, WRIT_FAULT_BAD_INPUT, "thing %zu", i);
    return 0;
}

static void check_all_done(void)
{
    for (size_t i = 0; i < THINGS; i++)
        assert_int_equal(atomic_load(&done[i]), 1);
}

static void everything_is_done_once_by_any_number_of_threads(void **state)
{
    (void)state;
    for (unsigned threads = 0; threads <= 9; threads += 3) {
        forget();
        assert_ok(writ_team_run(do_one, NULL, THINGS, threads, &e));
        check_all_done();
        assert_int_equal(started, threads > 1 ? threads - 1 : 0);
    }
}

static void there_are_no_more_threads_than_things(void **state)
{
    (void)state;
    forget();
    assert_ok(writ_team_run(do_one, NULL, 3, 64, &e));
    assert_int_equal(started, 2);
    assert_ok(writ_team_run(do_one, NULL, 0, 64, &e));
    assert_int_equal(started, 2);
}

static void where_there_are_no_threads_the_caller_does_it_alone(void **state)
{
    (void)state;
    forget();
    refuses_threads = true;
    assert_ok(writ_team_run(do_one, NULL, THINGS, 4, &e));
    refuses_threads = false;
    check_all_done();
}

static void the_fault_is_that_of_the_first_thing_whatever_the_number_of_threads(void **state)
{
    (void)state;
    for (unsigned threads = 1; threads <= 8; threads++) {
        forget();
        assert_int_equal(writ_team_run(fail_some, NULL, THINGS, threads, &e), -1);
        assert_string_equal(e.text, "thing 50");
        for (size_t i = 0; i <= 50; i++)
            assert_int_equal(atomic_load(&done[i]), 1);
    }
}

static void after_a_fault_nothing_is_begun(void **state)
{
    (void)state;
    forget();
    assert_int_equal(writ_team_run(fail_some, NULL, THINGS, 1, &e), -1);
    for (size_t i = 51; i < THINGS; i++)
        assert_int_equal(atomic_load(&done[i]), 0);
}

static void a_fault_that_was_there_before_stays(void **state)
{
    (void)state;
    forget();
    (void)writ_fail(&e, WRIT_FAULT_IO, "before");
    assert_int_equal(writ_team_run(fail_some, NULL, THINGS, 2, &e), -1);
    assert_string_equal(e.text, "before");
    assert_int_equal(writ_team_run(fail_some, NULL, THINGS, 2, NULL), -1);
}

static const struct CMUnitTest claims[] = {
    CLAIM(everything_is_done_once_by_any_number_of_threads),
    CLAIM(there_are_no_more_threads_than_things),
    CLAIM(where_there_are_no_threads_the_caller_does_it_alone),
    CLAIM(the_fault_is_that_of_the_first_thing_whatever_the_number_of_threads),
    CLAIM(after_a_fault_nothing_is_begun),
    CLAIM(a_fault_that_was_there_before_stays),
};

RUN_CLAIMS(claims)
