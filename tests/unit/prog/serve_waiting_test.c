/*
 * serve/waiting.h and serve/httpdate.h: who is served first, who is turned away
 */
#include "serve/waiting.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "serve/clients.h"
#include "serve/httpdate.h"
#include "test.h"

#define MANY 8

/* A line whose threads are all kept at the door until it is opened, so that the order counts. */
static struct {
    struct waiting line;
    struct waiting_one one[MANY + WAITING_THREADS];
    pthread_mutex_t lock;
    pthread_cond_t changed;
    unsigned at_door;
    bool open;
    char order[64]; /* letters of those that were served */
    unsigned ended;
} s = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static void serve(struct waiting_one *one)
{
    (void)pthread_mutex_lock(&s.lock);
    if (one >= s.one + MANY) {
        s.at_door++;
        (void)pthread_cond_broadcast(&s.changed);
        /* One thread goes on alone; the others stay until all is over. */
        while (!s.open || (one > s.one + MANY && s.ended < MANY + 1))
            (void)pthread_cond_wait(&s.changed, &s.lock);
    } else {
        s.order[strlen(s.order)] = (char)('a' + (one - s.one));
    }
    (void)pthread_mutex_unlock(&s.lock);
}

static void ended(struct waiting_one *one)
{
    (void)one;
    (void)pthread_mutex_lock(&s.lock);
    s.ended++;
    (void)pthread_cond_broadcast(&s.changed);
    (void)pthread_mutex_unlock(&s.lock);
}

static void add(struct waiting_one *one, int fd, int64_t since)
{
    one->fd = fd;
    one->since = since;
    waiting_add(&s.line, one);
}

static void wait_until(const unsigned *number, unsigned wanted)
{
    (void)pthread_mutex_lock(&s.lock);
    while (*number < wanted)
        (void)pthread_cond_wait(&s.changed, &s.lock);
    (void)pthread_mutex_unlock(&s.lock);
}

static void the_newest_is_served_first_and_the_oldest_turned_away(void **state)
{
    struct writ_error e = {0};
    uint64_t n, shed, gone;
    int here[2], left[2];

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, here), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, left), 0);
    (void)close(left[1]);
    assert_ok(waiting_start(&s.line, 6, 60000, serve, ended, &e));
    for (int i = 0; i < WAITING_THREADS; i++) {
        add(&s.one[MANY + i], here[0], clients_clock());
        wait_until(&s.at_door, (unsigned)i + 1);
    }
    for (int i = 0; i < MANY; i++) /* a to h; d has left, f has waited too long */
        add(&s.one[i], i == 3 ? left[0] : here[0], clients_clock() - (i == 5 ? 100000 : 0));
    assert_int_equal(s.one[0].end, WAITING_SHED);
    assert_int_equal(s.one[1].end, WAITING_SHED);
    assert_int_equal(s.ended, 2);
    (void)pthread_mutex_lock(&s.lock);
    s.open = true;
    (void)pthread_cond_broadcast(&s.changed);
    (void)pthread_mutex_unlock(&s.lock);
    wait_until(&s.ended, MANY + WAITING_THREADS);
    waiting_count(&s.line, &n, &shed, &gone);
    waiting_stop(&s.line);
    assert_string_equal(s.order, "hgec");
    assert_int_equal(s.one[3].end, WAITING_GONE);
    assert_int_equal(s.one[5].end, WAITING_SHED);
    assert_int_equal(n, 0);
    assert_int_equal(shed, 3);
    assert_int_equal(gone, 1);
    (void)close(here[0]);
    (void)close(here[1]);
    (void)close(left[0]);
}

static void dates_are_written_as_http_wants_them(void **state)
{
    static const struct {
        int64_t t;
        const char *text;
    } cases[] = {{0, "Thu, 01 Jan 1970 00:00:00 GMT"},
                 {784111777, "Sun, 06 Nov 1994 08:49:37 GMT"},
                 {1709210096, "Thu, 29 Feb 2024 12:34:56 GMT"},
                 {-1, "Wed, 31 Dec 1969 23:59:59 GMT"},
                 {253402300799, "Fri, 31 Dec 9999 23:59:59 GMT"}};
    char text[HTTPDATE_TEXT];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        httpdate_format(cases[i].t, text);
        assert_string_equal(text, cases[i].text);
    }
}

static const struct CMUnitTest claims[] = {
    CLAIM(the_newest_is_served_first_and_the_oldest_turned_away),
    CLAIM(dates_are_written_as_http_wants_them),
};

RUN_CLAIMS(claims)
