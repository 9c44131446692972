#include "serve/answers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "serve/answering.h"

/* ------------------------------------------------------------------------------------ the threads
 */

void answers_problem(struct answers *a, const char *sentence)
{
    (void)pthread_mutex_lock(&a->problem_lock);
    (void)snprintf(a->problem, sizeof a->problem, "%s", sentence);
    (void)pthread_mutex_unlock(&a->problem_lock);
}

bool answers_pause(struct answers *a, int ms)
{
    struct timespec until;
    bool stop;

    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += (long)(ms % 1000) * 1000000;
    until.tv_sec += ms / 1000 + until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    (void)pthread_mutex_lock(&a->stop_lock);
    while (!a->stop && ms > 0 &&
           pthread_cond_timedwait(&a->stop_wanted, &a->stop_lock, &until) == 0)
        ;
    stop = a->stop;
    (void)pthread_mutex_unlock(&a->stop_lock);
    return stop;
}

static int start_presigner(struct answers *a, unsigned number, struct writ_error *e)
{
    struct presign_part *part = malloc(sizeof *part);

    if (part == NULL)
        return writ_fail_memory(e);
    *part = (struct presign_part){.answers = a, .number = number};
    if (pthread_create(&a->presigner[number], NULL, presign_run, part) != 0) {
        free(part);
        return writ_fail(e, WRIT_FAULT_UNAVAILABLE, "a thread could not be started");
    }
    a->presigners++;
    return 0;
}

static int start_threads(struct answers *a, struct writ_error *e)
{
    if (pthread_create(&a->follower, NULL, follow_run, a) != 0)
        return writ_fail(e, WRIT_FAULT_UNAVAILABLE, "a thread could not be started");
    a->follows = true;
    for (unsigned i = 0; i < a->threads; i++) {
        if (start_presigner(a, i, e) < 0)
            return -1;
    }
    return 0;
}

static void stop_threads(struct answers *a)
{
    (void)pthread_mutex_lock(&a->stop_lock);
    a->stop = true;
    (void)pthread_cond_broadcast(&a->stop_wanted);
    (void)pthread_mutex_unlock(&a->stop_lock);
    if (a->follows)
        (void)pthread_join(a->follower, NULL);
    for (size_t i = 0; i < a->presigners; i++)
        (void)pthread_join(a->presigner[i], NULL);
}

/* ----------------------------------------------------------------------------- starting, stopping
 */

static int check_settings(const struct answers_settings *s, struct writ_error *e)
{
    if (s->store_count > ANSWERS_STORES_MAX || s->crl_count > ANSWERS_CRLS_MAX ||
        s->signer_count > ANSWERS_SIGNERS_MAX || s->threads > ANSWERS_THREADS_MAX)
        return writ_fail(e, WRIT_FAULT_CONFIGURATION,
                         "wanted at most %d stores, %d CRLs, %d signers and %d threads",
                         ANSWERS_STORES_MAX, ANSWERS_CRLS_MAX, ANSWERS_SIGNERS_MAX,
                         ANSWERS_THREADS_MAX);
    if (s->store_count + s->crl_count == 0 || s->signer_count == 0)
        return writ_fail(e, WRIT_FAULT_CONFIGURATION,
                         "wanted a CA to answer for, and a signer: writ ca issue --responder");
    if (s->validity != 0 &&
        (s->validity < ANSWERS_VALIDITY_MIN || s->validity > ANSWERS_VALIDITY_MAX))
        return writ_fail(e, WRIT_FAULT_CONFIGURATION,
                         "the life of an answer: wanted 2 minutes to 30 days");
    return 0;
}

static void take_settings(struct answers *a, const struct answers_settings *s)
{
    a->settings = *s;
    atomic_store(&a->validity, s->validity == 0 ? ANSWERS_VALIDITY : s->validity);
    atomic_store(&a->budget, s->budget == 0 ? ANSWERS_BUDGET : s->budget);
}

static struct answers *make(const struct answers_settings *settings, struct writ_error *e)
{
    struct answers *a = calloc(1, sizeof *a);
    pthread_condattr_t attributes;

    if (a == NULL) {
        (void)writ_fail_memory(e);
        return NULL;
    }
    take_settings(a, settings);
    a->signer.control = -1;
    a->threads = settings->threads == 0 ? ANSWERS_THREADS : settings->threads;
    a->channel_count = 1 + a->threads + DEMAND_CHANNELS;
    for (size_t i = 0; i < a->channel_count; i++) {
        a->channel[i].fd = -1;
        (void)pthread_mutex_init(&a->channel[i].lock, NULL);
    }
    (void)pthread_mutex_init(&a->lock, NULL);
    (void)pthread_mutex_init(&a->stop_lock, NULL);
    (void)pthread_mutex_init(&a->problem_lock, NULL);
    (void)pthread_condattr_init(&attributes);
    (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&a->stop_wanted, &attributes);
    (void)pthread_condattr_destroy(&attributes);
    a->table = table_new(e);
    return a;
}

/* Every signer is for one of the issuers, or somebody has mistaken a file for another. */
static int check_assigned(struct answers *a, struct writ_error *e)
{
    unsigned responders = atomic_load(&a->responder_count);

    for (unsigned r = 0; r < responders; r++) {
        unsigned n = atomic_load(&a->issuer_count), i = 0;
        char name[WRIT_TIME_TEXT];

        if (atomic_load(&a->responder[r].slot) == NOBODY)
            continue;
        while (i < n &&
               !writ_span_equal(a->issuer[i].own.cert.subject.der,
                                a->responder[r].own.cert.issuer.der) &&
               !writ_span_equal(a->issuer[i].own.cert.der, a->responder[r].own.cert.der))
            i++;
        writ_time_format(a->responder[r].own.cert.not_after, name);
        if (i == n)
            return writ_fail(e, WRIT_FAULT_CONFIGURATION,
                             "a signer (until %s) was certified by none of the CAs here", name);
    }
    for (unsigned i = 0; i < atomic_load(&a->issuer_count); i++) {
        if (atomic_load(&a->issuer[i].responder) != NOBODY)
            return 0;
    }
    return writ_fail(e, WRIT_FAULT_CONFIGURATION,
                     "no signer may sign for any of the CAs here: wanted a certificate by writ ca "
                     "issue --responder, valid now");
}

int answers_start(const struct answers_settings *settings, struct answers **answers,
                  struct writ_error *e)
{
    struct answers *a;

    *answers = NULL;
    if (check_settings(settings, e) < 0)
        return -1;
    a = make(settings, e);
    if (a == NULL)
        return -1;
    if (a->table == NULL || whosigns_start(a, settings, e) < 0 ||
        follow_settings(a, settings, e) < 0)
        goto fail;
    a->fresh.n = 0; /* all of it is the background's */
    a->latest = time(NULL);
    whosigns_assign(a, time(NULL));
    atomic_store(&a->followed_at, time(NULL));
    if (check_assigned(a, e) < 0 || start_threads(a, e) < 0)
        goto fail;
    *answers = a;
    return 0;
fail:
    answers_stop(a);
    return -1;
}

void answers_stop(struct answers *a)
{
    if (a == NULL)
        return;
    stop_threads(a);
    follow_close(a);
    whosigns_stop(a);
    table_free(a->table);
    (void)pthread_mutex_destroy(&a->lock);
    (void)pthread_mutex_destroy(&a->stop_lock);
    (void)pthread_mutex_destroy(&a->problem_lock);
    (void)pthread_cond_destroy(&a->stop_wanted);
    free(a);
}

int answers_reload(struct answers *a, const struct answers_settings *settings, struct writ_error *e)
{
    struct answers_settings before = a->settings;
    int rc = -1;

    if (check_settings(settings, e) < 0)
        return -1;
    (void)pthread_mutex_lock(&a->lock);
    if (whosigns_start(a, settings, e) == 0 && follow_settings(a, settings, e) == 0) {
        take_settings(a, settings);
        rc = 0;
    } else if (whosigns_start(a, &before, NULL) < 0 || follow_settings(a, &before, NULL) < 0) {
        answers_problem(a, "reloading failed, and so did going back: start again");
    }
    whosigns_assign(a, time(NULL));
    a->fresh.n = 0;
    (void)pthread_mutex_unlock(&a->lock);
    return rc;
}

/* --------------------------------------------------------------------------------------- counting
 */

struct counting {
    const struct answers *answers;
    struct answers_counts *counts;
    int64_t now;
};

static void count_answer(struct counting *c, const struct table_record *record, int hash)
{
    const struct table_signed *s = &record->answer[hash];

    if (s->produced_at == 0 || s->next_update <= c->now) {
        c->counts->to_sign++;
        return;
    }
    c->counts->signed_answers++;
    if (c->counts->oldest_next == 0 || s->next_update < c->counts->oldest_next)
        c->counts->oldest_next = s->next_update;
}

static bool count_record(void *arg, const struct table_record *record)
{
    struct counting *c = arg;
    const struct issuer *issuer = &c->answers->issuer[record->issuer];

    if (!atomic_load(&issuer->active))
        return true;
    c->counts->certificates++;
    c->counts->revoked += record->state == TABLE_REVOKED;
    for (int h = 0; atomic_load(&issuer->responder) != NOBODY && h < TABLE_HASHES; h++)
        count_answer(c, record, h);
    return true;
}

static void count_issuers(const struct answers *a, struct answers_counts *counts)
{
    for (unsigned i = 0; i < atomic_load(&a->issuer_count); i++) {
        int r = atomic_load(&a->issuer[i].responder);

        if (!atomic_load(&a->issuer[i].active))
            continue;
        counts->issuers += r != NOBODY;
        counts->unserved += r == NOBODY;
        if (r != NOBODY &&
            (counts->signer_ends == 0 || a->responder[r].own.cert.not_after < counts->signer_ends))
            counts->signer_ends = a->responder[r].own.cert.not_after;
    }
}

void answers_counts(struct answers *a, struct answers_counts *counts)
{
    struct counting c = {.answers = a, .counts = counts, .now = time(NULL)};

    *counts = (struct answers_counts){
        .signatures = atomic_load(&a->signatures),
        .on_demand = atomic_load(&a->on_demand),
        .over_budget = atomic_load(&a->over_budget),
        .changes = atomic_load(&a->changes),
        .followed_at = atomic_load(&a->followed_at),
        .lag_ms = atomic_load(&a->lag_ms),
        .signer_is_alive = atomic_load(&a->signer_is_alive),
    };
    count_issuers(a, counts);
    for (unsigned i = 0; i < TABLE_SHARDS; i++) {
        uint32_t from = 0;

        (void)table_each(a->table, i, &from, count_record, &c);
    }
    (void)pthread_mutex_lock(&a->problem_lock);
    (void)snprintf(counts->problem, sizeof counts->problem, "%s", a->problem);
    (void)pthread_mutex_unlock(&a->problem_lock);
}
