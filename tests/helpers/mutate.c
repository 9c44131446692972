/*
 * tests/helpers/mutate.c - every byte of a sealed file changed, one at a time
 *
 *   mutate some|all TIME FILE [SEAL]
 *
 * Judges FILE as this machine (WRIT_ROOT) would at TIME, in this process and without a jail: first
 * as it is, then once for every changed byte of it or, where a detached SEAL is given, of that.
 * `all` changes each byte to each of the 255 other values; `some` flips either of its two lowest
 * bits, and sets a sample to 0 and to 255.  Prints the changes that were allowed, and how many were
 * tried.  Exits 0 when the file as it is was allowed and no change was.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "engine/engine.h"
#include "shared/file.h"
#include "shared/judge.h"

#define FILE_MAX ((size_t)1 << 20)
#define SAMPLE   64 /* every which byte is set to 0 and to 255 as well */

struct mutation {
    struct judge judge;
    struct writ_buffer file, seal;
    bool all;
    unsigned long tried, allowed, faults;
};

static int bring_feed(struct writ_engine *engine, const struct trust_feed *feed,
                      struct writ_error *e)
{
    struct writ_feed_files files = {
        .note = writ_buffer_span(&feed->note),
        .table = feed->table,
        .keys = writ_buffer_span(&feed->keys),
        .intact = feed->intact,
    };

    if (feed->present && !feed->damaged)
        return writ_engine_bring_feed(engine, &files, e);
    writ_engine_bring_nothing(engine);
    return 0;
}

static int answer(struct mutation *m, struct writ_engine *engine, const struct writ_wanted *wanted,
                  struct writ_error *e)
{
    if (wanted->what == WRIT_WANT_FEED)
        return bring_feed(engine, &m->judge.trust.at[wanted->bundle].feed, e);
    if (wanted->what == WRIT_WANT_SEAL_BESIDE && m->seal.n > 0)
        return writ_engine_bring_seal(engine, writ_buffer_span(&m->seal), e);
    writ_engine_bring_nothing(engine);
    return 0;
}

static int feed_engine(struct mutation *m, struct writ_engine *engine, struct writ_error *e)
{
    struct writ_wanted wanted;

    for (size_t i = 0; i < m->judge.trust.count; i++) {
        const struct trust_bundle *bundle = &m->judge.trust.at[i];

        if (writ_engine_trust(engine, writ_buffer_span(&bundle->der), bundle->fingerprint, e) < 0)
            return -1;
    }
    if (writ_engine_subject(engine, writ_buffer_span(&m->file), e) < 0)
        return -1;
    for (;;) {
        if (writ_engine_next(engine, &wanted, e) < 0)
            return -1;
        if (wanted.what == WRIT_WANT_NOTHING)
            return 0;
        if (answer(m, engine, &wanted, e) < 0)
            return -1;
    }
}

/* True when the bytes as they are now are allowed. */
static bool judge_once(struct mutation *m)
{
    struct writ_error e = {0};
    struct writ_verdict verdict = {.outcome = WRIT_FAULT};
    struct writ_engine *engine = writ_engine_new(&m->judge.policy, &m->judge.env, &e);

    if (engine != NULL && feed_engine(m, engine, &e) == 0)
        writ_engine_verdict(engine, &verdict);
    else
        m->faults++;
    if (e.fault != WRIT_FAULT_NONE)
        printf("fault: %s\n", e.text);
    writ_engine_free(engine);
    return verdict.outcome == WRIT_ALLOWED;
}

static void try(struct mutation *m, const char *what, uint8_t *byte, size_t offset, uint8_t value)
{
    uint8_t was = *byte;

    if (value == was)
        return;
    *byte = value;
    m->tried++;
    if (judge_once(m)) {
        printf("allowed: byte %zu of the %s changed from 0x%02x to 0x%02x\n", offset, what, was,
               value);
        m->allowed++;
    }
    *byte = was;
}

static void change_each(struct mutation *m, const char *what, struct writ_buffer *bytes)
{
    for (size_t i = 0; i < bytes->n; i++) {
        if (m->all) {
            for (unsigned by = 1; by < 256; by++)
                try(m, what, &bytes->p[i], i, bytes->p[i] ^ (uint8_t)by);
        } else {
            try(m, what, &bytes->p[i], i, bytes->p[i] ^ 1);
            try(m, what, &bytes->p[i], i, bytes->p[i] ^ 2);
            if (i % SAMPLE == 0) {
                try(m, what, &bytes->p[i], i, 0);
                try(m, what, &bytes->p[i], i, 255);
            }
        }
    }
}

static int start(struct mutation *m, int argc, char **argv, struct writ_error *e)
{
    int64_t now;

    m->all = strcmp(argv[1], "all") == 0;
    if (writ_time_parse(argv[2], &now, e) < 0 || judge_start(&m->judge, NULL, now, true, e) < 0 ||
        file_read(argv[3], FILE_MAX, &m->file, e) < 0)
        return -1;
    return argc > 4 ? file_read(argv[4], FILE_MAX, &m->seal, e) : 0;
}

int main(int argc, char **argv)
{
    struct mutation m = {0};
    struct writ_error e = {0};
    bool whole = false;

    if (argc < 4 || start(&m, argc, argv, &e) < 0) {
        fprintf(stderr, "mutate: %s\n", argc < 4 ? "some|all TIME FILE [SEAL]" : e.text);
        return WRIT_FAULT_USAGE;
    }
    m.judge.env.threads = 1;
    whole = judge_once(&m);
    if (m.seal.n > 0)
        change_each(&m, "seal", &m.seal);
    else
        change_each(&m, "file", &m.file);
    printf("%lu changes tried, %lu allowed, %lu faults; unchanged it is %s\n", m.tried, m.allowed,
           m.faults, whole ? "allowed" : "refused");
    judge_end(&m.judge);
    writ_buffer_free(&m.file);
    writ_buffer_free(&m.seal);
    return whole && m.allowed == 0 && m.faults == 0 ? 0 : 1;
}
