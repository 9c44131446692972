#include "serve/waiting.h"

#include <poll.h>
#include <string.h>

#include "serve/clients.h"

/* The other side has closed, or reset. */
static bool is_gone(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLRDHUP};

    return poll(&p, 1, 0) > 0 && (p.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

/* Without the lock. */
static void deal_with(struct waiting *w, struct waiting_one *one)
{
    bool gone = is_gone(one->fd);

    if (gone || clients_clock() - one->since > w->longest_ms) {
        one->end = gone ? WAITING_GONE : WAITING_SHED;
        (void)pthread_mutex_lock(&w->lock);
        w->gone += gone;
        w->shed += !gone;
        (void)pthread_mutex_unlock(&w->lock);
    } else {
        one->end = WAITING_SERVED;
        w->serve(one);
    }
    w->ended(one);
}

static void *work(void *arg)
{
    struct waiting *w = arg;
    struct waiting_one *one;

    (void)pthread_mutex_lock(&w->lock);
    while (!w->ends) {
        one = TAILQ_FIRST(&w->line);
        if (one == NULL) {
            (void)pthread_cond_wait(&w->wake, &w->lock);
            continue;
        }
        TAILQ_REMOVE(&w->line, one, link);
        w->n--;
        (void)pthread_mutex_unlock(&w->lock);
        deal_with(w, one);
        (void)pthread_mutex_lock(&w->lock);
    }
    (void)pthread_mutex_unlock(&w->lock);
    return NULL;
}

int waiting_start(struct waiting *w, unsigned most, int64_t longest_ms,
                  void (*serve)(struct waiting_one *one), void (*ended)(struct waiting_one *one),
                  struct writ_error *e)
{
    memset(w, 0, sizeof *w);
    TAILQ_INIT(&w->line);
    w->most = most;
    w->longest_ms = longest_ms;
    w->serve = serve;
    w->ended = ended;
    (void)pthread_mutex_init(&w->lock, NULL);
    (void)pthread_cond_init(&w->wake, NULL);
    while (w->running < WAITING_THREADS) {
        if (pthread_create(&w->threads[w->running], NULL, work, w) != 0) {
            waiting_stop(w);
            return writ_fail(e, WRIT_FAULT_UNEXPECTED, "cannot start a thread");
        }
        w->running++;
    }
    return 0;
}

/* Takes the oldest out of the line; with the lock. */
static struct waiting_one *take_oldest(struct waiting *w)
{
    struct waiting_one *one = TAILQ_LAST(&w->line, waiting_line);

    TAILQ_REMOVE(&w->line, one, link);
    w->n--;
    w->shed++;
    one->end = WAITING_SHED;
    return one;
}

void waiting_stop(struct waiting *w)
{
    struct waiting_one *one;

    (void)pthread_mutex_lock(&w->lock);
    w->ends = true;
    (void)pthread_cond_broadcast(&w->wake);
    (void)pthread_mutex_unlock(&w->lock);
    for (unsigned i = 0; i < w->running; i++)
        (void)pthread_join(w->threads[i], NULL);
    w->running = 0;
    while (!TAILQ_EMPTY(&w->line)) {
        one = take_oldest(w);
        w->ended(one);
    }
}

void waiting_add(struct waiting *w, struct waiting_one *one)
{
    struct waiting_one *oldest = NULL;

    (void)pthread_mutex_lock(&w->lock);
    TAILQ_INSERT_HEAD(&w->line, one, link);
    w->n++;
    if (w->n > w->most || w->ends)
        oldest = take_oldest(w);
    (void)pthread_cond_signal(&w->wake);
    (void)pthread_mutex_unlock(&w->lock);
    if (oldest != NULL)
        w->ended(oldest);
}

void waiting_count(struct waiting *w, uint64_t *n, uint64_t *shed, uint64_t *gone)
{
    (void)pthread_mutex_lock(&w->lock);
    *n = w->n;
    *shed = w->shed;
    *gone = w->gone;
    (void)pthread_mutex_unlock(&w->lock);
}
