#include "issue/team.h"

#include <pthread.h>

#define THREADS_MAX 64

struct team {
    writ_team_work *work;
    void *arg;
    pthread_mutex_t lock;
    size_t next;  /* nobody has begun it yet */
    size_t count; /* nothing from here on is begun: the end, or behind a failure */
    struct writ_error fault;
};

static bool take(struct team *t, size_t *i)
{
    bool is_left;

    (void)pthread_mutex_lock(&t->lock);
    is_left = t->next < t->count;
    *i = t->next;
    t->next += is_left;
    (void)pthread_mutex_unlock(&t->lock);
    return is_left;
}

/* Whatever comes before a failure has begun already, so the lowest one is found in the end. */
static void fail(struct team *t, size_t i, const struct writ_error *e)
{
    (void)pthread_mutex_lock(&t->lock);
    if (i < t->count) {
        t->count = i;
        t->fault = *e;
    }
    (void)pthread_mutex_unlock(&t->lock);
}

static void *take_part(void *arg)
{
    struct team *t = arg;
    struct writ_error e = {0};
    struct writ_digester *digester = writ_digester_new(&e);
    size_t i;

    while (take(t, &i)) {
        if (digester == NULL || t->work(t->arg, i, digester, &e) < 0) {
            fail(t, i, &e);
            break;
        }
    }
    writ_digester_free(digester);
    return NULL;
}

int writ_team_run(writ_team_work *work, void *arg, size_t count, unsigned threads,
                  struct writ_error *e)
{
    struct team t = {.work = work, .arg = arg, .count = count};
    pthread_t thread[THREADS_MAX];
    unsigned started = 0;

    (void)pthread_mutex_init(&t.lock, NULL);
    while (started + 1 < threads && started + 1 < count && started < THREADS_MAX &&
           pthread_create(&thread[started], NULL, take_part, &t) == 0)
        started++;
    (void)take_part(&t);
    while (started > 0)
        (void)pthread_join(thread[--started], NULL);
    (void)pthread_mutex_destroy(&t.lock);
    if (t.count == count)
        return 0;
    if (e != NULL && e->fault == 0)
        *e = t.fault;
    return -1;
}
