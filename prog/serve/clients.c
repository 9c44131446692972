#include "serve/clients.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define LOOK_MS 250 /* how often the keeper looks round */

int64_t clients_clock(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ------------------------------------------------------------------------------- showing out */

/* libmicrohttpd sees the end of the stream and closes; the lock keeps the descriptor ours. */
static void show_out(struct client *who, uint64_t *count)
{
    if (who->is_out)
        return;
    who->is_out = true;
    *count += 1;
    (void)shutdown(who->fd, SHUT_RDWR);
}

/* What has arrived already can still be read, and is answered; nothing more is taken. */
static void take_no_more(struct client *who)
{
    if (!who->takes_no_more)
        (void)shutdown(who->fd, SHUT_RD);
    who->takes_no_more = true;
}

static void show_out_slow(struct clients *c, int64_t now)
{
    struct client *who;

    TAILQ_FOREACH(who, &c->all, link)
    {
        if (c->drains)
            take_no_more(who);
        if (now - atomic_load(&who->since) > c->patience_ms + atomic_load(&who->more))
            show_out(who, &c->counts.too_slow);
    }
}

static int by_age(const void *left, const void *right)
{
    long long a = atomic_load(&(*(struct client *const *)left)->since);
    long long b = atomic_load(&(*(struct client *const *)right)->since);

    return (a > b) - (a < b);
}

static bool is_crowded(const struct clients *c)
{
    return c->counts.now > c->most - c->most / 8;
}

/* Makes a quarter of the places free again, of those without a request, the longest waiting first.
 */
static void make_room(struct clients *c)
{
    struct client **waiting = calloc(c->counts.now, sizeof(struct client *)), *who;
    size_t n = 0, leaving = 0, wanted = c->counts.now - (c->most - c->most / 4);

    if (waiting == NULL)
        return;
    TAILQ_FOREACH(who, &c->all, link)
    {
        leaving += who->is_out;
        if (!atomic_load(&who->is_busy) && !who->is_out && n < c->counts.now)
            waiting[n++] = who;
    }
    wanted = wanted > leaving ? wanted - leaving : 0;
    qsort(waiting, n, sizeof(struct client *), by_age);
    for (size_t i = 0; i < n && i < wanted; i++)
        show_out(waiting[i], &c->counts.crowded);
    free(waiting);
}

static void *keep(void *arg)
{
    struct clients *c = arg;
    struct timespec until;

    (void)pthread_mutex_lock(&c->lock);
    while (!c->ends) {
        (void)clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += LOOK_MS * 1000000L;
        until.tv_sec += until.tv_nsec / 1000000000L;
        until.tv_nsec %= 1000000000L;
        (void)pthread_cond_timedwait(&c->wake, &c->lock, &until);
        show_out_slow(c, clients_clock());
        if (is_crowded(c))
            make_room(c);
    }
    (void)pthread_mutex_unlock(&c->lock);
    return NULL;
}

/* ------------------------------------------------------------------------------- coming and going
 */

int clients_start(struct clients *c, unsigned most, int64_t patience_ms, struct writ_error *e)
{
    pthread_condattr_t monotonic;

    memset(c, 0, sizeof *c);
    TAILQ_INIT(&c->all);
    c->most = most;
    c->patience_ms = patience_ms;
    (void)pthread_mutex_init(&c->lock, NULL);
    (void)pthread_condattr_init(&monotonic);
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&c->wake, &monotonic);
    (void)pthread_condattr_destroy(&monotonic);
    if (pthread_create(&c->keeper, NULL, keep, c) != 0)
        return writ_fail(e, WRIT_FAULT_UNEXPECTED, "cannot start a thread");
    return 0;
}

void clients_stop(struct clients *c)
{
    (void)pthread_mutex_lock(&c->lock);
    c->ends = true;
    (void)pthread_cond_signal(&c->wake);
    (void)pthread_mutex_unlock(&c->lock);
    (void)pthread_join(c->keeper, NULL);
}

bool clients_admit(struct clients *c)
{
    bool admitted;

    (void)pthread_mutex_lock(&c->lock);
    if (c->counts.now >= c->most)
        make_room(c);
    admitted = c->counts.now < c->most + c->most / CLIENTS_ROOM;
    (void)pthread_mutex_unlock(&c->lock);
    return admitted;
}

struct client *clients_enter(struct clients *c, int fd)
{
    struct client *who = calloc(1, sizeof *who);

    if (who == NULL)
        return NULL;
    who->fd = fd;
    atomic_store(&who->since, clients_clock());
    (void)pthread_mutex_lock(&c->lock);
    TAILQ_INSERT_TAIL(&c->all, who, link);
    c->counts.now++;
    c->counts.accepted++;
    if (is_crowded(c))
        (void)pthread_cond_signal(&c->wake);
    (void)pthread_mutex_unlock(&c->lock);
    return who;
}

void clients_leave(struct clients *c, struct client *who)
{
    if (who == NULL)
        return;
    clients_done(c, who);
    (void)pthread_mutex_lock(&c->lock);
    TAILQ_REMOVE(&c->all, who, link);
    c->counts.now--;
    (void)pthread_mutex_unlock(&c->lock);
    free(who);
}

void clients_begin(struct clients *c, struct client *who)
{
    if (who == NULL || atomic_load(&who->is_busy))
        return;
    atomic_store_explicit(&who->since, clients_clock(), memory_order_relaxed);
    atomic_store_explicit(&who->is_busy, true, memory_order_relaxed);
    atomic_fetch_add_explicit(&c->busy, 1, memory_order_relaxed);
}

void clients_done(struct clients *c, struct client *who)
{
    if (who == NULL || !atomic_load(&who->is_busy))
        return;
    atomic_store_explicit(&who->more, 0, memory_order_relaxed);
    atomic_store_explicit(&who->since, clients_clock(), memory_order_relaxed);
    atomic_store_explicit(&who->is_busy, false, memory_order_relaxed);
    atomic_fetch_sub_explicit(&c->busy, 1, memory_order_relaxed);
}

void clients_allow(struct client *who, uint64_t bytes)
{
    if (who != NULL)
        atomic_store(&who->more, (long long)(bytes / CLIENTS_RATE));
}

uint64_t clients_number(struct clients *c)
{
    uint64_t n;

    (void)pthread_mutex_lock(&c->lock);
    n = c->counts.now;
    (void)pthread_mutex_unlock(&c->lock);
    return n;
}

void clients_drain(struct clients *c, int64_t wait_ms)
{
    int64_t until = clients_clock() + wait_ms;
    struct timespec moment = {.tv_nsec = 5000000};

    (void)pthread_mutex_lock(&c->lock);
    c->drains = true;
    (void)pthread_cond_signal(&c->wake);
    (void)pthread_mutex_unlock(&c->lock);
    while (clients_number(c) > 0 && clients_clock() < until)
        (void)nanosleep(&moment, NULL);
}

void clients_count(struct clients *c, struct clients_counts *counts)
{
    (void)pthread_mutex_lock(&c->lock);
    *counts = c->counts;
    (void)pthread_mutex_unlock(&c->lock);
    counts->busy = (uint64_t)atomic_load(&c->busy);
}
