/* crypto/merkle.h on a system that starts no threads, or only some. */
#include <errno.h>
#include <pthread.h>

#include "content.h"
#include "test.h"

/* In the place of the C library's: refuses, as a system at its limit of processes does. */
static int asked;

int pthread_create(pthread_t *restrict thread, const pthread_attr_t *restrict attributes,
                   void *(*start)(void *), void *restrict argument)
{
    (void)thread;
    (void)attributes;
    (void)start;
    (void)argument;
    asked++;
    return EAGAIN;
}

static void without_threads_the_caller_does_all_the_work(void **state)
{
    size_t n = 17 * GROUP + 4711;
    uint8_t *content = content_of(n);
    uint8_t alone[WRIT_SHA256_BYTES], helped[WRIT_SHA256_BYTES];
    struct writ_error e = {0};

    (void)state;
    assert_ok(writ_merkle_root(WRIT_SPAN(content, n), 1, alone, &e));
    assert_int_equal(asked, 0);
    assert_ok(writ_merkle_root(WRIT_SPAN(content, n), 8, helped, &e));
    assert_int_equal(asked, 1);
    assert_memory_equal(alone, helped, sizeof alone);
    free(content);
}

static void one_group_needs_no_thread(void **state)
{
    uint8_t *content = content_of(GROUP);
    uint8_t root[WRIT_SHA256_BYTES];
    struct writ_error e = {0};

    (void)state;
    asked = 0;
    assert_ok(writ_merkle_root(WRIT_SPAN(content, GROUP), 8, root, &e));
    assert_int_equal(asked, 0);
    free(content);
}

static const struct CMUnitTest claims[] = {
    CLAIM(without_threads_the_caller_does_all_the_work),
    CLAIM(one_group_needs_no_thread),
};

RUN_CLAIMS(claims)
