#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "bytes/pem.h"
#include "evidence/crlcheck.h"
#include "serve/answering.h"
#include "shared/file.h"

#define RETRY_SECONDS 5 /* between two attempts to start the signing process */

static int64_t clock_ms(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ------------------------------------------------------------------------------- into the table */

static int put(struct answers *a, const struct table_status *status, struct writ_error *e)
{
    int rc = table_put(a->table, status);

    if (rc < 0)
        return writ_fail(e, WRIT_FAULT_UNEXPECTED,
                         "no memory for another certificate, or more than the table holds");
    if (rc == 0)
        return 0;
    atomic_fetch_add(&a->changes, 1);
    if (a->fresh.n < FRESH_MAX) {
        size_t i = a->fresh.n++;

        a->fresh.at[i].issuer = (uint8_t)status->issuer;
        a->fresh.at[i].serial_n = (uint8_t)status->serial.n;
        memcpy(a->fresh.at[i].serial, status->serial.p, status->serial.n);
    }
    return 0;
}

/* ---------------------------------------------------------------------------------------- stores
 */

/* A store that is being read into the table. */
struct reading {
    struct answers *answers;
    struct store *store;
    int issuer;       /* of the last row: rows of one issuer come together */
    int64_t store_id; /* its id in the store; 0: none yet */
    uint32_t round;
    bool weak;
};

/* Issuers of ours only: what an adopted root has issued elsewhere has no row. */
static int issuer_of(struct reading *r, int64_t store_id)
{
    if (r->store_id == store_id)
        return r->issuer;
    r->store_id = store_id;
    r->issuer = NOBODY;
    for (size_t i = 0; i < r->store->issuer_count; i++) {
        int number = r->store->issuer[i];

        if (r->answers->issuer[number].store_id == store_id)
            r->issuer = number;
    }
    return r->issuer;
}

static int take_status(void *arg, const struct castore_status *s, struct writ_error *e)
{
    struct reading *r = arg;
    int issuer = issuer_of(r, s->issuer);
    struct table_status status = {
        .issuer = (unsigned)issuer,
        .serial = WRIT_SPAN(s->serial, s->serial_n),
        .state = s->revoked ? TABLE_REVOKED : TABLE_GOOD,
        .reason = (unsigned)s->reason,
        .revoked_at = s->revoked_at,
        .round = r->round,
        .weak = r->weak,
    };

    if (s->id > r->store->last_id)
        r->store->last_id = s->id;
    return issuer == NOBODY ? 0 : put(r->answers, &status, e);
}

static int add_issuer(struct answers *a, struct store *st, const struct castore_certificate *c,
                      struct writ_error *e)
{
    int number = whosigns_add_issuer(a, c->der, false, c->id, e);
    size_t i = 0;

    if (number == NOBODY)
        return -1;
    while (i < st->issuer_count && st->issuer[i] != number)
        i++;
    if (i == ANSWERS_ISSUERS_MAX)
        return writ_fail(e, WRIT_FAULT_CONFIGURATION, "%s has more than %d issuers", st->path,
                         ANSWERS_ISSUERS_MAX);
    if (i == st->issuer_count)
        st->issuer[st->issuer_count++] = number;
    return 0;
}

static int add_issuers(struct answers *a, struct store *st, struct writ_error *e)
{
    struct castore_matches m = {0};
    int rc = castore_find_issuers(st->handle, &m, e);

    for (size_t i = 0; rc == 0 && i < m.n; i++)
        rc = add_issuer(a, st, m.at[i], e);
    castore_matches_free(&m);
    return rc;
}

/* Revocations first: at no moment does what is revoked look good. */
static int read_whole(struct answers *a, struct store *st, struct writ_error *e)
{
    struct reading r = {.answers = a, .store = st, .round = ++a->round};

    if (castore_change_last(st->handle, &st->change, e) < 0 || add_issuers(a, st, e) < 0 ||
        castore_status_revoked(st->handle, take_status, &r, e) < 0)
        return -1;
    st->last_id = 0;
    r.weak = true;
    if (castore_status_each(st->handle, 0, take_status, &r, e) < 0)
        return -1;
    for (size_t i = 0; i < st->issuer_count; i++)
        atomic_fetch_add(&a->changes, table_sweep(a->table, (unsigned)st->issuer[i], r.round));
    return 0;
}

static int read_changes(struct answers *a, struct store *st, struct writ_error *e)
{
    struct reading r = {.answers = a, .store = st, .round = ++a->round};
    int64_t known = st->last_id;
    uint64_t change;

    if (castore_change_last(st->handle, &change, e) < 0 || add_issuers(a, st, e) < 0 ||
        castore_status_changed(st->handle, st->change, take_status, &r, e) < 0)
        return -1;
    r.weak = true;
    if (castore_status_each(st->handle, known == 0 ? 1 : known, take_status, &r, e) < 0)
        return -1;
    st->change = change;
    return 0;
}

/* In one view of the store.  When it fails, all is looked at again the next time. */
static int read_store(struct answers *a, struct store *st, bool whole, struct writ_error *e)
{
    int64_t version;
    int rc = castore_begin(st->handle, e);

    if (rc == 0) {
        rc = whole || st->is_old ? read_whole(a, st, e) : read_changes(a, st, e);
        castore_rollback(st->handle);
    }
    if (rc == 0)
        rc = castore_data_version(st->handle, &version, e);
    st->version = rc == 0 ? version : -1;
    return rc;
}

static int open_store(struct answers *a, struct store *st, struct writ_error *e)
{
    struct castore_info info;
    struct stat seen;

    castore_close(st->handle);
    st->handle = NULL;
    if (stat(st->path, &seen) < 0)
        return writ_fail_errno(e, WRIT_FAULT_NO_INPUT, errno, "%s", st->path);
    st->handle = castore_open_read(st->path, e);
    if (st->handle == NULL || castore_info(st->handle, &info, e) < 0)
        return -1;
    st->is_old = info.is_old;
    st->device = seen.st_dev;
    st->inode = seen.st_ino;
    if (castore_data_version(st->handle, &st->version, e) < 0)
        return -1;
    return read_store(a, st, true, e);
}

/* Another file under the name (a restored backup) is another store. */
static bool is_replaced(const struct store *st)
{
    struct stat now;

    return st->handle == NULL ||
           (stat(st->path, &now) == 0 && (now.st_dev != st->device || now.st_ino != st->inode));
}

static int follow_store(struct answers *a, struct store *st, struct writ_error *e)
{
    int64_t version;

    if (is_replaced(st))
        return open_store(a, st, e);
    if (castore_data_version(st->handle, &version, e) < 0)
        return -1;
    if (version == st->version)
        return 0;
    /* Read before the view is taken: what comes between the two is seen again, not lost. */
    if (read_store(a, st, st->version < 0, e) < 0)
        return -1;
    st->version = version;
    return 1;
}

/* ------------------------------------------------------------------------------------------ CRLs
 */

static int put_entry(struct answers *a, int issuer, const struct writ_crl_entry *entry,
                     uint32_t round, struct writ_error *e)
{
    struct table_status status = {.issuer = (unsigned)issuer,
                                  .serial = entry->serial,
                                  .state = TABLE_REVOKED,
                                  .reason = entry->reason,
                                  .revoked_at = entry->revocation_date,
                                  .round = round};

    return put(a, &status, e);
}

/* A CRL that tells all about its issuer, and is signed by it. */
static int check_crl(const struct issuer *issuer, const struct writ_crl *crl, int64_t now,
                     struct writ_error *e)
{
    struct writ_crlcheck check = {.issuer = &issuer->own.cert, .now = now, .ignores_dates = true};
    struct writ_answer answer;

    if (writ_check_one_crl(&check, crl, &answer, e) < 0)
        return -1;
    if (answer.status != WRIT_ANSWER_GOOD)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "%s", answer.why);
    /* One with a distribution point may be a part, even when it does not say of what. */
    if (crl->is_delta || crl->has_idp || crl->order == WRIT_CRL_INDIRECT)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                         "wanted a CRL of all certificates of its issuer for all reasons");
    if (crl->this_update > now + WRIT_CRLCHECK_SKEW)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "thisUpdate is in the future");
    return 0;
}

static int check_newer(const struct crl_file *f, const struct issuer *issuer,
                       const struct writ_crl *crl, struct writ_error *e)
{
    if (crl->this_update < atomic_load(&issuer->crl_this) ||
        writ_crl_number_compare(crl->number, writ_buffer_span(&f->number)) < 0)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "is older than the one before it");
    return 0;
}

static int take_crl(struct answers *a, struct crl_file *f, const struct writ_crl *crl,
                    struct writ_error *e)
{
    struct issuer *issuer = &a->issuer[f->issuer];
    struct writ_crl_walk walk = writ_crl_walk(crl);
    struct writ_crl_entry entry;
    uint32_t round = ++a->round;

    while (writ_crl_next(&walk, &entry)) {
        if (put_entry(a, f->issuer, &entry, round, e) < 0)
            return -1;
    }
    (void)table_sweep(a->table, (unsigned)f->issuer, round);
    atomic_store(&issuer->kept, 0);
    f->number.n = 0;
    writ_buffer_add(&f->number, crl->number);
    atomic_store(&issuer->crl_this, crl->this_update);
    atomic_store(&issuer->crl_next, crl->has_next_update
                                        ? crl->next_update
                                        : crl->this_update + WRIT_CRLCHECK_MAX_AGE);
    return writ_buffer_check(&f->number, e);
}

static int use_crl(struct answers *a, struct crl_file *f, struct writ_span der,
                   struct writ_error *e)
{
    const struct issuer *issuer = &a->issuer[f->issuer];
    struct writ_crl crl;

    if (writ_crl_parse(der, &crl, e) < 0 || check_crl(issuer, &crl, time(NULL), e) < 0 ||
        check_newer(f, issuer, &crl, e) < 0)
        return -1;
    return take_crl(a, f, &crl, e);
}

static int use_pem(struct answers *a, struct crl_file *f, struct writ_span text,
                   struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(text, e);
    struct writ_pem pem = {0};
    bool found = true;
    int rc = writ_pem_next(&c, &pem, &found);

    if (rc == 0 && (!found || strcmp(pem.label, "X509 CRL") != 0))
        rc = writ_fail(e, WRIT_FAULT_BAD_INPUT, "there is no CRL in it");
    if (rc == 0)
        rc = use_crl(a, f, writ_buffer_span(&pem.der), e);
    writ_pem_free(&pem);
    return rc;
}

static int read_crl(struct answers *a, struct crl_file *f, struct writ_error *e)
{
    struct writ_buffer bytes = {0};
    struct writ_span all;
    int rc = -1;

    watch_clear(&f->watch);
    f->watch = (struct watch){.at = &f->seen, .room = 1};
    if (watch_add(&f->watch, f->path, e) == 0 && file_read(f->path, WRIT_CRL_MAX, &bytes, e) == 0) {
        all = writ_buffer_span(&bytes);
        rc = writ_pem_looks_like(all) ? use_pem(a, f, all, e) : use_crl(a, f, all, e);
        if (rc < 0)
            writ_error_context(e, "%s", f->path);
    }
    writ_buffer_free(&bytes);
    return rc;
}

/* -------------------------------------------------------------------------------------- settings
 */

void follow_close(struct answers *a)
{
    for (size_t i = 0; i < ANSWERS_STORES_MAX; i++) {
        castore_close(a->store[i].handle);
        a->store[i] = (struct store){0};
    }
    for (size_t i = 0; i < ANSWERS_CRLS_MAX; i++) {
        watch_clear(&a->crl[i].watch);
        writ_buffer_free(&a->crl[i].number);
        a->crl[i] = (struct crl_file){0};
    }
}

static bool is_in_use(const struct answers *a, int issuer)
{
    for (size_t i = 0; i < ANSWERS_STORES_MAX; i++) {
        for (size_t j = 0; j < a->store[i].issuer_count; j++) {
            if (a->store[i].issuer[j] == issuer)
                return true;
        }
    }
    for (size_t i = 0; i < ANSWERS_CRLS_MAX; i++) {
        if (a->crl[i].path != NULL && a->crl[i].issuer == issuer)
            return true;
    }
    return false;
}

/* Last, so that those who stay are answered for all the time. */
static void drop_unused(struct answers *a)
{
    for (unsigned i = 0; i < atomic_load(&a->issuer_count); i++) {
        if (!is_in_use(a, (int)i))
            atomic_store(&a->issuer[i].active, false);
    }
}

static int start_crl(struct answers *a, struct crl_file *f, const struct answers_crl *given,
                     struct writ_error *e)
{
    struct kept_cert issuer;

    if (whosigns_read(given->issuer, &issuer, e) < 0)
        return -1;
    f->issuer = whosigns_add_issuer(a, issuer.cert.der, true, 0, e);
    whosigns_free(&issuer);
    if (f->issuer == NOBODY)
        return -1;
    f->path = given->crl;
    return read_crl(a, f, e);
}

int follow_settings(struct answers *a, const struct answers_settings *settings,
                    struct writ_error *e)
{
    follow_close(a);
    for (size_t i = 0; i < settings->store_count; i++) {
        a->store[i].path = settings->stores[i];
        if (open_store(a, &a->store[i], e) < 0)
            return -1;
    }
    for (size_t i = 0; i < settings->crl_count; i++) {
        if (start_crl(a, &a->crl[i], &settings->crls[i], e) < 0)
            return -1;
    }
    drop_unused(a);
    return 0;
}

/* ----------------------------------------------------------------------------------- the follower
 */

/* A signing process that died is started again, with the keys as they are now. */
static void watch_signer(struct answers *a)
{
    struct writ_error e = {0};
    int64_t now = time(NULL);

    if (a->signer.pid > 0 && waitpid(a->signer.pid, NULL, WNOHANG) == a->signer.pid) {
        a->signer.pid = 0;
        atomic_store(&a->signer_is_alive, false);
    }
    if (atomic_load(&a->signer_is_alive) || now < a->retry_at)
        return;
    a->retry_at = now + RETRY_SECONDS;
    if (a->signer.pid > 0)
        (void)kill(a->signer.pid, SIGKILL); /* it hangs: whoever waits for it waits no more */
    if (whosigns_start(a, &a->settings, &e) == 0)
        whosigns_assign(a, now);
    else
        answers_problem(a, e.text);
}

static void note_trouble(struct answers *a, const struct writ_error *e, bool *trouble)
{
    answers_problem(a, e->text);
    *trouble = true;
}

/* Everything once.  A store that cannot be read, or a CRL that is bad, leaves what was. */
static bool look(struct answers *a, bool *trouble)
{
    bool changed = false;

    for (size_t i = 0; i < ANSWERS_STORES_MAX; i++) {
        struct writ_error e = {0};
        int rc = a->store[i].path == NULL ? 0 : follow_store(a, &a->store[i], &e);

        if (rc < 0)
            note_trouble(a, &e, trouble);
        changed = changed || rc > 0 || a->fresh.n > 0;
    }
    for (size_t i = 0; i < ANSWERS_CRLS_MAX; i++) {
        struct writ_error e = {0};

        if (a->crl[i].path == NULL || watch_is_current(&a->crl[i].watch))
            continue;
        if (read_crl(a, &a->crl[i], &e) < 0)
            note_trouble(a, &e, trouble);
        changed = true;
    }
    return changed;
}

static bool crl_is_over(struct answers *a, int64_t now)
{
    for (size_t i = 0; i < ANSWERS_CRLS_MAX; i++) {
        if (a->crl[i].path != NULL && atomic_load(&a->issuer[a->crl[i].issuer].crl_next) <= now)
            return true;
    }
    return false;
}

/* What a clock that is behind signs looks older than it is: whoever has the answer before it may
 * keep that one, and a revocation is lost on them. */
static bool clock_is_off(struct answers *a, int64_t now)
{
    bool off = now < a->latest - CLOCK_SLACK;

    if (now > a->latest)
        a->latest = now;
    atomic_store(&a->clock_is_off, off);
    return off;
}

/* One look at everything; true when something is wrong. */
static bool follow(struct answers *a)
{
    int64_t began = clock_ms(), now = time(NULL);
    bool trouble = false;

    watch_signer(a);
    if (look(a, &trouble)) {
        whosigns_assign(a, now);
        presign_fresh(a);
        atomic_store(&a->lag_ms, clock_ms() - began);
    }
    if (crl_is_over(a, now)) {
        answers_problem(a, "a CRL has reached its nextUpdate, and there is no newer one");
        trouble = true;
    }
    if (clock_is_off(a, now)) {
        answers_problem(a, "the clock has gone back: nothing is signed until it is right again");
        trouble = true;
    }
    return trouble || !atomic_load(&a->signer_is_alive);
}

void *follow_run(void *arg)
{
    struct answers *a = arg;
    bool troubled = false;

    while (!answers_pause(a, ANSWERS_FOLLOW_MS)) {
        bool trouble;

        (void)pthread_mutex_lock(&a->lock);
        trouble = follow(a);
        (void)pthread_mutex_unlock(&a->lock);
        if (!trouble)
            atomic_store(&a->followed_at, time(NULL));
        if (!trouble && troubled)
            answers_problem(a, "");
        troubled = trouble;
    }
    return NULL;
}
