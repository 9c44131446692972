/*
 * bench/judge_once - the work of one `writ verify`, without the process around it
 *
 *   bench-judge-once FILE STATE-DIRECTORY [REPEAT]
 *
 * Trusts the bundle and brings the feed that are in the state directory, judges FILE REPEAT times
 * (default 1) in this very process, without a jail, and prints the median.  For counting
 * instructions (valgrind cannot follow into the jail) and for seeing what a process start costs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "crypto/start.h"
#include "engine/engine.h"
#include "shared/file.h"
#include "shared/trust.h"

static void must(int rc, const struct writ_error *e)
{
    if (rc == 0)
        return;
    (void)fprintf(stderr, "bench-judge-once: %s\n", e->text);
    exit(1);
}

static double now_ns(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void bring(struct writ_engine *engine, const struct writ_wanted *wanted,
                  const struct trust *trust, struct writ_error *e)
{
    const struct trust_feed *feed = &trust->at[wanted->bundle].feed;
    struct writ_feed_files files = {.note = writ_buffer_span(&feed->note),
                                    .table = feed->table,
                                    .keys = writ_buffer_span(&feed->keys),
                                    .intact = feed->intact};

    if (wanted->what == WRIT_WANT_FEED)
        must(writ_engine_bring_feed(engine, &files, e), e);
    else
        writ_engine_bring_nothing(engine);
}

static enum writ_outcome judge(struct writ_span file, const struct trust *trust)
{
    struct writ_policy policy = {0};
    struct writ_env env = {.now = (int64_t)time(NULL), .threads = 2};
    struct writ_error e = {0};
    struct writ_engine *engine = writ_engine_new(&policy, &env, &e);
    struct writ_wanted wanted;
    struct writ_verdict verdict;

    must(engine == NULL ? -1 : 0, &e);
    for (size_t i = 0; i < trust->count; i++)
        must(writ_engine_trust(engine, writ_buffer_span(&trust->at[i].der),
                               trust->at[i].fingerprint, &e),
             &e);
    must(writ_engine_subject(engine, file, &e), &e);
    for (;;) {
        must(writ_engine_next(engine, &wanted, &e), &e);
        if (wanted.what == WRIT_WANT_NOTHING)
            break;
        bring(engine, &wanted, trust, &e);
    }
    writ_engine_verdict(engine, &verdict);
    writ_engine_free(engine);
    return verdict.outcome;
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    struct places places = {.read = {argc > 2 ? argv[2] : NULL}, .reads = 1};
    size_t repeat = argc > 3 ? strtoul(argv[3], NULL, 10) : 1;
    double *times = calloc(repeat == 0 ? 1 : repeat, sizeof *times);
    struct trust trust;
    struct writ_error e = {0};
    struct writ_span file;
    struct stat st;
    int fd;

    if (argc < 3 || repeat == 0 || times == NULL)
        return WRIT_FAULT_USAGE;
    must(writ_crypto_start(&e), &e);
    must(trust_load(&places, &trust, &e), &e);
    must(trust_load_feeds(&places, &trust, &e), &e);
    fd = file_open_regular(argv[1], &st, &e);
    must(fd < 0 ? -1 : 0, &e);
    must(file_map(fd, (size_t)st.st_size, &file, &e), &e);
    for (size_t i = 0; i < repeat; i++) {
        double start = now_ns();
        enum writ_outcome outcome = judge(file, &trust);

        times[i] = now_ns() - start;
        if (outcome != WRIT_ALLOWED) {
            (void)fprintf(stderr, "bench-judge-once: not allowed\n");
            return 1;
        }
    }
    qsort(times, repeat, sizeof *times, compare_doubles);
    (void)printf("%.3f ms\n", times[repeat / 2] / 1e6);
    file_unmap(&file);
    close(fd);
    trust_free(&trust);
    free(times);
    return 0;
}
