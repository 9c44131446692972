#include "hook/device.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22 /* Linux 5.14 */
#endif

#define PATIENCE_SECONDS 60 /* before what could not be seen is looked for again */

/* Filters that are open, and those before them that some thread may still be asking. */
struct held {
    struct filters filters;
    struct held *older;
};

static struct {
    pthread_once_t once;
    const struct hook_settings *settings;
    _Atomic(struct held *) current; /* NULL when there are none */
    atomic_uint askers;             /* threads between hold and release */
    atomic_bool looking;            /* a thread is looking for newer data, or closing old */
    atomic_llong next_look;         /* seconds of the monotonic clock */
    struct held *retired;           /* whoever is looking owns them */
} device = {.once = PTHREAD_ONCE_INIT};

static long long monotonic_seconds(void)
{
    struct timespec t = {0};

    (void)clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
    return t.tv_sec;
}

static void close_held(struct held *h)
{
    while (h != NULL) {
        struct held *older = h->older;

        filters_close(&h->filters);
        free(h);
        h = older;
    }
}

static struct held *open_filters(void)
{
    struct held *h = calloc(1, sizeof *h);
    struct writ_error ignored = {0};

    if (h != NULL && filters_open(&h->filters, &device.settings->places, &ignored) < 0) {
        close_held(h);
        return NULL;
    }
    return h;
}

/* A thread of the parent that was asking, or looking, is not in the child. */
static void forget_other_threads(void)
{
    atomic_store(&device.askers, 0);
    atomic_store(&device.looking, false);
}

static void open_once(void)
{
    (void)pthread_atfork(NULL, NULL, forget_other_threads);
    atomic_store(&device.next_look, monotonic_seconds() + device.settings->look_seconds);
    atomic_store(&device.current, open_filters());
}

void hook_device_start(const struct hook_settings *s)
{
    device.settings = s;
}

void hook_device_open(void)
{
    (void)pthread_once(&device.once, open_once);
}

/* Files are replaced and never changed, so that what is mapped stays as it is.  Where somebody has
 * cut one short all the same, reading behind its new end would kill the program with SIGBUS; the
 * kernel says so without that when it is asked to bring the last page. */
static bool is_whole(struct writ_span map)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t last;

    if (map.n == 0)
        return true;
    last = ((uintptr_t)map.p + map.n - 1) / page * page;
    return madvise((void *)last, (size_t)page, MADV_POPULATE_READ) == 0 || errno != EFAULT;
}

static bool set_is_whole(const struct writ_filter_set *set)
{
    bool whole =
        is_whole(set->index->bytes) && (set->onecrl == NULL || is_whole(set->onecrl->keys));

    for (size_t i = 0; i < set->file_count && whole; i++)
        whole = is_whole(set->files[i].card.bytes);
    return whole;
}

static bool all_are_whole(const struct filters *f)
{
    bool whole = true;

    for (size_t i = 0; i < f->set_count && whole; i++)
        whole = set_is_whole(&f->sets[i]);
    for (size_t i = 0; i < f->crls.count && whole; i++)
        whole = is_whole(f->crls.sources[i].table.bytes);
    return whole;
}

static void retire(struct held *h)
{
    if (h == NULL)
        return;
    h->older = device.retired;
    device.retired = h;
}

/* With fewer sets or CRLs than before something has gone away, or is damaged, or this process
 * cannot see it any more: what is open is then the better knowledge, as long as it is whole. */
static bool is_better(const struct held *newer, const struct held *standing)
{
    return standing == NULL || !all_are_whole(&standing->filters) ||
           (newer->filters.set_count >= standing->filters.set_count &&
            newer->filters.crls.count >= standing->filters.crls.count);
}

static void change_over(struct held *standing)
{
    struct held *newer = open_filters();

    if (newer != NULL && is_better(newer, standing)) {
        atomic_store(&device.current, newer);
        retire(standing);
        return;
    }
    close_held(newer);
    atomic_store(&device.next_look, monotonic_seconds() + PATIENCE_SECONDS);
}

/* Whoever asks after this sees the newer filters, so that with no asker nobody has the old ones. */
static void close_retired(void)
{
    struct held *retired = device.retired;

    if (retired == NULL || atomic_load(&device.askers) != 0)
        return;
    device.retired = NULL;
    close_held(retired);
}

static void look(void)
{
    struct held *standing = atomic_load(&device.current);

    if (standing == NULL || !filters_are_current(&standing->filters) ||
        !all_are_whole(&standing->filters))
        change_over(standing);
    close_retired();
}

static void look_when_due(void)
{
    long long now = monotonic_seconds();
    bool idle = false;

    if (now < atomic_load(&device.next_look) ||
        !atomic_compare_exchange_strong(&device.looking, &idle, true))
        return;
    atomic_store(&device.next_look, now + device.settings->look_seconds);
    look();
    atomic_store(&device.looking, false);
}

const struct filters *hook_device_hold(void)
{
    const struct held *standing;

    look_when_due();
    (void)atomic_fetch_add(&device.askers, 1);
    standing = atomic_load(&device.current);
    return standing == NULL ? NULL : &standing->filters;
}

void hook_device_release(void)
{
    (void)atomic_fetch_sub(&device.askers, 1);
}
