#include "serve/table.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/murmur3.h"

#define CHUNK     256 /* records that are allocated together */
#define SLOTS_MIN 64

struct shard {
    pthread_mutex_t lock;
    struct table_record **chunk; /* of CHUNK records each */
    size_t chunks;
    uint32_t n;     /* records in use */
    uint32_t *slot; /* open addressing: number of a record and one, or 0 */
    uint32_t slots; /* a power of two, at least twice n */
    uint64_t version;
};

struct table {
    uint32_t seed;
    struct shard shard[TABLE_SHARDS];
};

struct table *table_new(struct writ_error *e)
{
    struct table *t = calloc(1, sizeof *t);

    if (t == NULL) {
        (void)writ_fail_memory(e);
        return NULL;
    }
    if (writ_random((uint8_t *)&t->seed, sizeof t->seed, e) < 0) {
        free(t);
        return NULL;
    }
    for (size_t i = 0; i < TABLE_SHARDS; i++)
        (void)pthread_mutex_init(&t->shard[i].lock, NULL);
    return t;
}

static struct table_record *record_at(const struct shard *s, uint32_t i)
{
    return &s->chunk[i / CHUNK][i % CHUNK];
}

static void forget_signature(struct table_signed *answer)
{
    if (answer->n > WRIT_RESPOND_RAW)
        free(answer->signature.owned);
    memset(answer, 0, sizeof *answer);
}

static void void_answers(struct table_record *r)
{
    for (int i = 0; i < TABLE_HASHES; i++)
        forget_signature(&r->answer[i]);
    r->change++;
}

void table_free(struct table *t)
{
    if (t == NULL)
        return;
    for (size_t i = 0; i < TABLE_SHARDS; i++) {
        struct shard *s = &t->shard[i];

        for (uint32_t j = 0; j < s->n; j++)
            void_answers(record_at(s, j));
        for (size_t j = 0; j < s->chunks; j++)
            free(s->chunk[j]);
        free(s->chunk);
        free(s->slot);
        (void)pthread_mutex_destroy(&s->lock);
    }
    free(t);
}

/* ------------------------------------------------------------------------------ finding, adding */

static uint32_t hash_of(const struct table *t, unsigned issuer, struct writ_span serial)
{
    return writ_murmur3(serial, t->seed ^ (issuer * 0x9e3779b9U));
}

static bool is_record(const struct table_record *r, unsigned issuer, struct writ_span serial)
{
    return r->issuer == issuer && writ_span_equal(WRIT_SPAN(r->serial, r->serial_n), serial);
}

/* The slot of a record, or the empty one where it would stand. */
static uint32_t *find_slot(const struct shard *s, uint32_t hash, unsigned issuer,
                           struct writ_span serial)
{
    uint32_t at = hash / TABLE_SHARDS;

    for (;; at++) {
        uint32_t *slot = &s->slot[at & (s->slots - 1)];

        if (*slot == 0 || is_record(record_at(s, *slot - 1), issuer, serial))
            return slot;
    }
}

static struct table_record *find(const struct shard *s, uint32_t hash, unsigned issuer,
                                 struct writ_span serial)
{
    uint32_t *slot = s->slots == 0 ? NULL : find_slot(s, hash, issuer, serial);

    return slot == NULL || *slot == 0 ? NULL : record_at(s, *slot - 1);
}

/* The lock stays as it is: others may be waiting for it. */
static int grow_slots(const struct table *t, struct shard *s)
{
    uint32_t *before = s->slot, slots = s->slots == 0 ? SLOTS_MIN : 2 * s->slots;
    uint32_t *slot = calloc(slots, sizeof *slot);

    if (slot == NULL)
        return -1;
    s->slot = slot;
    s->slots = slots;
    for (uint32_t i = 0; i < s->n; i++) {
        const struct table_record *r = record_at(s, i);
        struct writ_span serial = WRIT_SPAN(r->serial, r->serial_n);

        *find_slot(s, hash_of(t, r->issuer, serial), r->issuer, serial) = i + 1;
    }
    free(before);
    return 0;
}

static int grow_chunks(struct shard *s)
{
    struct table_record **more = realloc(s->chunk, (s->chunks + 1) * sizeof *more);

    if (more == NULL)
        return -1;
    s->chunk = more;
    more[s->chunks] = calloc(CHUNK, sizeof **more);
    if (more[s->chunks] == NULL)
        return -1;
    s->chunks++;
    return 0;
}

static struct table_record *add(const struct table *t, struct shard *s, uint32_t hash,
                                unsigned issuer, struct writ_span serial)
{
    struct table_record *r;

    if (s->n >= TABLE_MAX / TABLE_SHARDS || (2 * (s->n + 1) > s->slots && grow_slots(t, s) < 0) ||
        (s->n == s->chunks * CHUNK && grow_chunks(s) < 0))
        return NULL;
    r = record_at(s, s->n);
    r->issuer = (uint8_t)issuer;
    r->serial_n = (uint8_t)serial.n;
    memcpy(r->serial, serial.p, serial.n);
    *find_slot(s, hash, issuer, serial) = ++s->n;
    return r;
}

/* A CRL may have dates from 1950 on, and beyond 2106. */
static uint32_t instant_of(int64_t t)
{
    return t < 0 ? 0 : t > UINT32_MAX ? UINT32_MAX : (uint32_t)t;
}

static int put_status(struct table_record *r, const struct table_status *status)
{
    bool revoked = status->state == TABLE_REVOKED;
    uint8_t reason = revoked ? (uint8_t)status->reason : 0;
    uint32_t at = revoked ? instant_of(status->revoked_at) : 0;

    if (status->weak && r->state != TABLE_ABSENT && r->round == status->round)
        return 0;
    r->round = status->round;
    if (r->state == status->state && r->reason == reason && r->revoked_at == at)
        return 0;
    r->state = (uint8_t)status->state;
    r->reason = reason;
    r->revoked_at = at;
    void_answers(r);
    return 1;
}

int table_put(struct table *t, const struct table_status *status)
{
    uint32_t hash = hash_of(t, status->issuer, status->serial);
    struct shard *s = &t->shard[hash % TABLE_SHARDS];
    struct table_record *r;
    int rc = -1;

    if (status->serial.n == 0 || status->serial.n > TABLE_SERIAL_MAX)
        return -1;
    (void)pthread_mutex_lock(&s->lock);
    r = find(s, hash, status->issuer, status->serial);
    if (r == NULL)
        r = add(t, s, hash, status->issuer, status->serial);
    if (r != NULL)
        rc = put_status(r, status);
    if (rc > 0)
        s->version++;
    (void)pthread_mutex_unlock(&s->lock);
    return rc;
}

static size_t sweep_shard(struct shard *s, unsigned issuer, uint32_t round)
{
    size_t gone = 0;

    for (uint32_t i = 0; i < s->n; i++) {
        struct table_record *r = record_at(s, i);

        if (r->issuer != issuer || r->round == round || r->state == TABLE_ABSENT)
            continue;
        r->state = TABLE_ABSENT;
        void_answers(r);
        gone++;
    }
    return gone;
}

size_t table_sweep(struct table *t, unsigned issuer, uint32_t round)
{
    size_t gone = 0;

    for (size_t i = 0; i < TABLE_SHARDS; i++) {
        (void)pthread_mutex_lock(&t->shard[i].lock);
        gone += sweep_shard(&t->shard[i], issuer, round);
        (void)pthread_mutex_unlock(&t->shard[i].lock);
    }
    return gone;
}

/* ---------------------------------------------------------------------------- asking, keeping */

bool table_get(struct table *t, unsigned issuer, struct writ_span serial, enum table_hash hash,
               struct table_record *record, uint8_t room[1024])
{
    uint32_t h = hash_of(t, issuer, serial);
    struct shard *s = &t->shard[h % TABLE_SHARDS];
    const struct table_record *r;
    const struct table_signed *a;

    (void)pthread_mutex_lock(&s->lock);
    r = find(s, h, issuer, serial);
    if (r != NULL) {
        *record = *r;
        a = &r->answer[hash];
        if (a->n > WRIT_RESPOND_RAW)
            memcpy(room, a->signature.owned, a->n);
    }
    (void)pthread_mutex_unlock(&s->lock);
    if (r == NULL)
        record->state = TABLE_ABSENT;
    return r != NULL && record->state != TABLE_ABSENT;
}

static int set_signature(struct table_signed *a, struct writ_span signature)
{
    a->n = (uint16_t)signature.n;
    if (signature.n <= WRIT_RESPOND_RAW) {
        memcpy(a->signature.raw, signature.p, signature.n);
        return 0;
    }
    a->signature.owned = malloc(signature.n);
    if (a->signature.owned == NULL)
        return -1;
    memcpy(a->signature.owned, signature.p, signature.n);
    return 0;
}

void table_keep(struct table *t, unsigned issuer, struct writ_span serial, uint16_t change,
                enum table_hash hash, const struct table_signed *answer, struct writ_span signature)
{
    uint32_t h = hash_of(t, issuer, serial);
    struct shard *s = &t->shard[h % TABLE_SHARDS];
    struct table_signed kept = *answer;
    struct table_record *r;

    if (signature.n > 1024 || set_signature(&kept, signature) < 0)
        return; /* it will be signed again when it is asked for */
    (void)pthread_mutex_lock(&s->lock);
    r = find(s, h, issuer, serial);
    if (r != NULL && r->change == change && r->state != TABLE_ABSENT &&
        r->answer[hash].produced_at <= kept.produced_at) {
        forget_signature(&r->answer[hash]);
        r->answer[hash] = kept;
        kept.n = 0;
    }
    (void)pthread_mutex_unlock(&s->lock);
    forget_signature(&kept);
}

bool table_each(struct table *t, unsigned shard, uint32_t *from, table_visit *visit, void *arg)
{
    struct shard *s = &t->shard[shard];
    bool more = true, left;

    (void)pthread_mutex_lock(&s->lock);
    for (; more && *from < s->n; (*from)++) {
        if (record_at(s, *from)->state != TABLE_ABSENT)
            more = visit(arg, record_at(s, *from));
    }
    left = *from < s->n;
    (void)pthread_mutex_unlock(&s->lock);
    return left;
}

uint64_t table_shard_version(struct table *t, unsigned shard)
{
    struct shard *s = &t->shard[shard];
    uint64_t version;

    (void)pthread_mutex_lock(&s->lock);
    version = s->version;
    (void)pthread_mutex_unlock(&s->lock);
    return version;
}

unsigned table_spread(const struct table_record *record)
{
    return writ_murmur3(WRIT_SPAN(record->serial, record->serial_n), 0x77726974) % 1024;
}
