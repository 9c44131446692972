#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "serve/answering.h"

#define BATCH     128   /* answers signed together */
#define TBS_ROOM  512   /* bytes of a ResponseData about one certificate */
#define BATCH_MS  20000 /* how long the signer may take for a batch: RSA is slow */
#define LOOK_MS   200   /* between two looks at what is due */
#define FAILED_MS 1000  /* after the signer has failed */

/* ---------------------------------------------------------------------------------------- batches
 */

struct item {
    struct table_record record;
    enum table_hash hash;
    struct table_signed answer;
};

/* Answers of one responder, on their way to the signer. */
struct batch {
    struct answers *answers;
    size_t channel;
    int responder;
    bool failed;
    size_t n;
    struct item item[BATCH];
    struct writ_span message[BATCH], signature[BATCH];
    uint8_t room[BATCH][TBS_ROOM];
};

static void keep(struct batch *b, size_t i)
{
    const struct item *item = &b->item[i];
    uint8_t raw[WRIT_RESPOND_RAW];
    struct writ_span kept =
        respond_shorten(&b->answers->responder[b->responder], b->signature[i], raw);

    if (kept.n > 0)
        table_keep(b->answers->table, item->record.issuer,
                   WRIT_SPAN(item->record.serial, item->record.serial_n), item->record.change,
                   item->hash, &item->answer, kept);
}

static void flush(struct batch *b)
{
    if (b->n > 0 && whosigns_sign(b->answers, b->channel, b->responder, b->message, b->n, BATCH_MS,
                                  b->signature) == 0) {
        for (size_t i = 0; i < b->n; i++)
            keep(b, i);
    } else {
        b->failed = b->failed || b->n > 0;
    }
    if (b->n > 0)
        whosigns_unlock(b->answers, b->channel);
    b->n = 0;
}

static void add(struct batch *b, const struct table_record *record, enum table_hash hash,
                int64_t now)
{
    const struct issuer *issuer = &b->answers->issuer[record->issuer];
    int responder = atomic_load(&issuer->responder);
    struct writ_respond_single single;
    int64_t from, until;

    if (responder == NOBODY ||
        !respond_dates(b->answers, issuer, &b->answers->responder[responder], now, &from, &until))
        return;
    if (b->n == BATCH || responder != b->responder)
        flush(b);
    b->responder = responder;
    single = respond_single(issuer, hash, record, from, until);
    if (writ_respond_tbs(&b->answers->responder[responder].self, &single, 1, WRIT_SPAN_NONE, now,
                         b->room[b->n], TBS_ROOM, &b->message[b->n]) < 0)
        return;
    b->item[b->n].record = *record;
    b->item[b->n].hash = hash;
    b->item[b->n++].answer = (struct table_signed){.produced_at = (uint32_t)now,
                                                   .this_update = (uint32_t)from,
                                                   .next_update = (uint32_t)until,
                                                   .responder = (uint16_t)responder};
}

static struct batch *batch_new(struct answers *a, size_t channel)
{
    struct batch *b = calloc(1, sizeof *b);

    if (b != NULL) {
        b->answers = a;
        b->channel = channel;
        b->responder = NOBODY;
    }
    return b;
}

/* -------------------------------------------------------------------------------- what is due */

/* When this answer is to be signed again: at half its life, a quarter of that earlier or later,
 * each at its own time.  0: now. */
static int64_t due_at(const struct answers *a, const struct table_record *record,
                      enum table_hash hash)
{
    const struct table_signed *s = &record->answer[hash];
    const struct issuer *issuer = &a->issuer[record->issuer];
    int64_t life = (int64_t)s->next_update - s->produced_at;

    if (s->produced_at == 0 || s->responder != atomic_load(&issuer->responder) ||
        (issuer->by_crl && s->this_update != atomic_load(&issuer->crl_this)))
        return 0;
    return s->produced_at + life * 3 / 8 + life / 4 * (int64_t)table_spread(record) / 1024;
}

/* A look at a shard: what is due of it, and when the next one will be. */
struct look {
    const struct answers *answers;
    int64_t now, next;
    struct table_record record[BATCH];
    size_t n;
};

static bool can_promise(const struct answers *a, const struct issuer *issuer, int64_t now)
{
    int responder = atomic_load(&issuer->responder);
    int64_t from, until;

    return responder != NOBODY && atomic_load(&issuer->active) &&
           respond_dates(a, issuer, &a->responder[responder], now, &from, &until);
}

static bool note_due(void *arg, const struct table_record *record)
{
    struct look *look = arg;
    bool due = false;

    if (!can_promise(look->answers, &look->answers->issuer[record->issuer], look->now))
        return true;
    for (int i = 0; i < TABLE_HASHES; i++) {
        int64_t at = due_at(look->answers, record, (enum table_hash)i);

        due = due || at <= look->now;
        if (at > look->now && at < look->next)
            look->next = at;
    }
    if (due)
        look->record[look->n++] = *record;
    return look->n < BATCH;
}

static void sign_due(struct batch *b, const struct look *look)
{
    for (size_t i = 0; i < look->n; i++) {
        for (int h = 0; h < TABLE_HASHES; h++) {
            if (due_at(b->answers, &look->record[i], (enum table_hash)h) <= look->now)
                add(b, &look->record[i], (enum table_hash)h, look->now);
        }
    }
}

/* Returns when the shard is to be looked at again. */
static int64_t sign_shard(struct batch *b, struct look *look, unsigned shard)
{
    uint32_t from = 0;
    bool more = true;

    look->next = INT64_MAX;
    while (more && !b->failed && !answers_pause(b->answers, 0)) {
        look->n = 0;
        look->now = time(NULL);
        more = table_each(b->answers->table, shard, &from, note_due, look);
        sign_due(b, look);
    }
    return look->next;
}

/* A responder or a CRL that was changed makes answers due that were not: looked at once a minute,
 * or when the follower says so by way of the shards' versions. */
static bool is_time(struct answers *a, unsigned shard, int64_t next, uint64_t seen, int64_t now)
{
    return next <= now || table_shard_version(a->table, shard) != seen;
}

struct plan {
    int64_t next[TABLE_SHARDS];
    uint64_t seen[TABLE_SHARDS];
};

static void pass(struct batch *b, struct look *look, struct plan *plan, unsigned first,
                 unsigned step)
{
    for (unsigned i = first; i < TABLE_SHARDS && !b->failed; i += step) {
        int64_t now = time(NULL), next;
        uint64_t version = table_shard_version(b->answers->table, i);

        if (!is_time(b->answers, i, plan->next[i], plan->seen[i], now))
            continue;
        next = sign_shard(b, look, i);
        plan->seen[i] = version;
        plan->next[i] = next < now + WRIT_MINUTE ? next : now + WRIT_MINUTE;
        if (b->failed)
            plan->next[i] = 0;
    }
    flush(b);
}

void *presign_run(void *arg)
{
    struct presign_part *part = arg;
    struct answers *a = part->answers;
    struct batch *b = batch_new(a, FOLLOW_CHANNEL + 1 + part->number);
    struct look *look = calloc(1, sizeof *look);
    struct plan *plan = calloc(1, sizeof *plan);

    if (b == NULL || look == NULL || plan == NULL) {
        answers_problem(a, "out of memory: answers are signed only when they are asked for");
    } else {
        look->answers = a;
        while (!answers_pause(a, b->failed ? FAILED_MS : LOOK_MS)) {
            b->failed = false;
            pass(b, look, plan, part->number, a->threads);
        }
    }
    free(plan);
    free(look);
    free(b);
    free(part);
    return NULL;
}

/* ------------------------------------------------------------------------------ what has changed
 */

void presign_fresh(struct answers *a)
{
    struct batch *b = a->fresh.n == 0 ? NULL : batch_new(a, FOLLOW_CHANNEL);
    uint8_t room[1024];

    for (size_t i = 0; b != NULL && i < a->fresh.n && !b->failed; i++) {
        struct writ_span serial = WRIT_SPAN(a->fresh.at[i].serial, a->fresh.at[i].serial_n);
        struct table_record record;

        if (!table_get(a->table, a->fresh.at[i].issuer, serial, TABLE_SHA1, &record, room))
            continue;
        for (int h = 0; h < TABLE_HASHES; h++)
            add(b, &record, (enum table_hash)h, time(NULL));
    }
    if (b != NULL)
        flush(b);
    free(b);
    a->fresh.n = 0;
}
