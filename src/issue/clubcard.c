#include "issue/clubcard.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "issue/keyset.h"
#include "issue/layout.h"
#include "issue/team.h"

#define REPORT_EVERY    16384 /* serials, between two calls of progress */
#define BATCH           256   /* keys that are sifted at a time */
#define TAIL_LEAST      32    /* random bits behind the last row of a column of X */
#define EXCEPTION_BITS  136   /* what an exception costs: a serial of 16 bytes and its length */
#define SERIAL_TEXT_MAX (2 * WRIT_CLUBCARD_SERIAL_MAX + 1)

/* How far it is, for whoever watches. */
struct meter {
    const struct writ_clubcard_source *source;
    atomic_uint_fast64_t done;
    uint64_t total;
    pthread_mutex_t lock;
};

/* Keys, in a list that grows. */
struct keylist {
    struct writ_ribbon_key *at; /* owned */
    size_t n, room;
};

/* One issuer on its way into the file.  The filters hold the smaller half of its certificates, the
 * listed ones: those that are revoked, or where these are more, those that are not. */
struct block {
    const struct writ_clubcard_enrolled *of;
    size_t issuer; /* its place in the source */
    bool inverted; /* the listed ones are those that are not revoked */
    unsigned rank;
    uint64_t seed;
    struct writ_ribbon approx, exact; /* until they are solved */
    uint32_t approx_m, approx_rows, exact_m, exact_rows;
    uint64_t approx_offset, exact_offset;
    struct writ_buffer serials;   /* of the exceptions */
    struct writ_span *exceptions; /* owned; into serials */
    size_t exception_count;
};

struct build {
    const struct writ_clubcard_source *source;
    struct meter meter;
    struct block *blocks; /* owned; ascending by id */
    struct block **work;  /* owned; the same, those with many certificates first */
    struct block **chain; /* owned; the same, as they lie in the columns: descending by rank */
    size_t count;
    uint64_t *x[WRIT_CLUBCARD_COLUMNS_MAX]; /* owned */
    uint64_t x_rows[WRIT_CLUBCARD_COLUMNS_MAX];
    size_t column_count;
    uint64_t *y; /* owned */
    uint64_t y_rows;
    uint64_t seed; /* for what is behind the last block */
};

/* ----------------------------------------------------------------------------------- watching */

static void meter_begin(struct meter *m, const struct writ_clubcard_source *source)
{
    m->source = source;
    atomic_init(&m->done, 0);
    m->total = 0;
    for (size_t i = 0; i < source->count; i++)
        m->total += source->issuers[i].known;
    (void)pthread_mutex_init(&m->lock, NULL);
}

static void meter_end(struct meter *m)
{
    (void)pthread_mutex_destroy(&m->lock);
}

static void meter_add(struct meter *m, uint64_t n)
{
    uint64_t done = atomic_fetch_add(&m->done, n) + n;

    if (m->source->progress == NULL || pthread_mutex_trylock(&m->lock) != 0)
        return;
    m->source->progress(m->source->arg, done < m->total ? done : m->total, m->total);
    (void)pthread_mutex_unlock(&m->lock);
}

/* ------------------------------------------------------------------------------------ walking */

/* What the visitors of an issuer's lists share. */
struct walk {
    const struct writ_clubcard_source *source;
    const struct writ_clubcard_enrolled *of;
    size_t issuer;
    struct writ_digester *digester;
    struct writ_keyset revoked;
    struct meter *meter;
    uint64_t walked;               /* known serials, that the meter knows of up to REPORT_EVERY */
    const struct build *build;     /* for those that look at its columns */
    const struct block *block;     /* for the same */
    struct writ_ribbon_key *batch; /* keys to be sifted; room for BATCH */
    size_t batch_n;                /* how many there are */
    struct keylist listed;         /* keys of certificates that the filters hold */
    struct keylist others;         /* keys of others that pass for them */
    struct writ_keyset contradictions; /* those of them that the exact filter has no room for */
    struct writ_buffer *exceptions;    /* where their serials go, each after its length */
    const struct writ_clubcard *card;  /* what is verified */
};

static int walk_list(struct walk *w, enum writ_clubcard_list list, writ_clubcard_visit *visit,
                     struct writ_error *e)
{
    return w->source->walk(w->source->arg, w->issuer, list, visit, w, e);
}

static int hash_of(const struct walk *w, struct writ_span serial, uint8_t hash[WRIT_SHA256_BYTES],
                   struct writ_error *e)
{
    return writ_digester_sha256(w->digester, WRIT_SPAN(w->of->id, WRIT_CLUBCARD_ISSUER), serial,
                                hash, e);
}

static int key_of(const struct walk *w, struct writ_span serial, struct writ_ribbon_key *key,
                  struct writ_error *e)
{
    uint8_t hash[WRIT_SHA256_BYTES];

    if (hash_of(w, serial, hash, e) < 0)
        return -1;
    *key = writ_ribbon_key(hash);
    return 0;
}

static void count_known(struct walk *w)
{
    if (++w->walked % REPORT_EVERY == 0)
        meter_add(w->meter, REPORT_EVERY);
}

static int keylist_add(struct keylist *l, const struct writ_ribbon_key *key, struct writ_error *e)
{
    if (l->n == l->room) {
        size_t room = l->room + l->room / 2 + 64;
        struct writ_ribbon_key *grown = realloc(l->at, room * sizeof grown[0]);

        if (grown == NULL)
            return writ_fail_memory(e);
        l->at = grown;
        l->room = room;
    }
    l->at[l->n++] = *key;
    return 0;
}

static int visit_revoked(void *to, struct writ_span serial, struct writ_error *e)
{
    struct walk *w = to;
    struct writ_ribbon_key key;

    return key_of(w, serial, &key, e) < 0 ? -1 : writ_keyset_add(&w->revoked, &key, e);
}

static int load_revoked(struct walk *w, struct writ_error *e)
{
    if (writ_keyset_begin(&w->revoked, w->of->revoked, e) < 0)
        return -1;
    return w->of->revoked == 0 ? 0 : walk_list(w, WRIT_CLUBCARD_REVOKED, visit_revoked, e);
}

static void serial_text(struct writ_span serial, char text[SERIAL_TEXT_MAX])
{
    if (serial.n > WRIT_CLUBCARD_SERIAL_MAX)
        serial.n = WRIT_CLUBCARD_SERIAL_MAX;
    writ_hex_format(serial, text);
}

static int visit_to_name_unknown(void *to, struct writ_span serial, struct writ_error *e)
{
    struct walk *w = to;
    struct writ_ribbon_key key;
    char text[SERIAL_TEXT_MAX];
    size_t at;

    if (key_of(w, serial, &key, e) < 0)
        return -1;
    at = writ_keyset_find(&w->revoked, &key);
    if (at != WRIT_KEYSET_NONE && w->revoked.seen[at])
        return 0;
    serial_text(serial, text);
    return writ_fail(e, WRIT_FAULT_BAD_INPUT, "serial %s is revoked, but not among the known ones",
                     text);
}

/* After a walk through all that is known: a certificate outside it cannot be revoked. */
static int check_all_seen(struct walk *w, struct writ_error *e)
{
    if (w->revoked.seen_count == w->revoked.n)
        return 0;
    if (walk_list(w, WRIT_CLUBCARD_REVOKED, visit_to_name_unknown, e) < 0)
        return -1;
    return writ_fail(e, WRIT_FAULT_BAD_INPUT, "a list has changed while it was read");
}

static struct walk walk_of(const struct writ_clubcard_source *source, size_t issuer,
                           struct writ_digester *digester)
{
    return (struct walk){
        .source = source,
        .of = &source->issuers[issuer],
        .issuer = issuer,
        .digester = digester,
    };
}

static void walk_free(struct walk *w)
{
    writ_keyset_free(&w->revoked);
    writ_keyset_free(&w->contradictions);
    free(w->listed.at);
    free(w->others.at);
}

/* ----------------------------------------------------------------------- the approximate filter */

/* The largest rank with which those that pass by chance are still as many as those listed. */
static unsigned rank_of(uint64_t listed, uint64_t known)
{
    unsigned rank = 0;

    while (rank < WRIT_CLUBCARD_COLUMNS_MAX && listed < known - listed &&
           listed <= (known - listed) >> (rank + 1))
        rank++;
    return rank;
}

/* A seed that depends on the issuer and on which certificates are listed, in any order. */
static uint64_t seed_of(const struct walk *w, const struct writ_ribbon_key *keys, size_t n)
{
    uint64_t seed = 0;

    for (size_t i = 0; i < 8; i++)
        seed = seed << 8 | w->of->id[i];
    for (size_t i = 0; i < n; i++)
        seed += keys[i].a[2];
    return writ_ribbon_random(&seed);
}

static int make_approx(struct block *b, struct writ_ribbon_key *keys, size_t n,
                       struct writ_error *e)
{
    struct writ_ribbon_use use = {.homogeneous = true, .penalty = (double)(b->of->known - n)};

    b->rank = rank_of(n, b->of->known);
    b->approx_m = 1;
    if (b->rank == 0)
        return 0;
    use.columns = b->rank;
    if (writ_ribbon_fit(keys, n, &use, &b->approx_m, e) < 0 ||
        writ_ribbon_order(keys, n, b->approx_m, e) < 0 ||
        writ_ribbon_begin(&b->approx, b->approx_m, e) < 0)
        return -1;
    for (size_t i = 0; i < n; i++)
        (void)writ_ribbon_add(&b->approx, &keys[i], false);
    b->approx_rows = b->approx.rows;
    return 0;
}

static int visit_to_list_good(void *to, struct writ_span serial, struct writ_error *e)
{
    struct walk *w = to;
    struct writ_ribbon_key key;
    size_t at;

    if (key_of(w, serial, &key, e) < 0)
        return -1;
    at = writ_keyset_find(&w->revoked, &key);
    if (at == WRIT_KEYSET_NONE)
        return keylist_add(&w->listed, &key, e);
    writ_keyset_see(&w->revoked, at);
    return 0;
}

/* Decides which half is listed, and makes its filter.  When nothing is listed, there is none. */
static int begin_block(struct block *b, struct walk *w, struct writ_error *e)
{
    struct writ_ribbon_key *keys;
    size_t n;

    if (load_revoked(w, e) < 0)
        return -1;
    b->inverted = w->revoked.n > b->of->known / 2;
    if (b->inverted &&
        (walk_list(w, WRIT_CLUBCARD_KNOWN, visit_to_list_good, e) < 0 || check_all_seen(w, e) < 0))
        return -1;
    keys = b->inverted ? w->listed.at : w->revoked.keys;
    n = b->inverted ? w->listed.n : w->revoked.n;
    b->seed = seed_of(w, keys, n);
    if (n > b->of->known)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "a list has grown while it was read");
    return n == 0 ? 0 : make_approx(b, keys, n, e);
}

static int work_begin(void *arg, size_t i, struct writ_digester *digester, struct writ_error *e)
{
    struct build *build = arg;
    struct block *b = build->work[i];
    struct walk w = walk_of(build->source, b->issuer, digester);
    int rc = begin_block(b, &w, e);

    walk_free(&w);
    return rc;
}

/* ---------------------------------------------------------------------------------- columns */

static int by_rank(const void *left, const void *right)
{
    const struct block *a = *(struct block *const *)left, *b = *(struct block *const *)right;

    if (a->rank != b->rank)
        return a->rank > b->rank ? -1 : 1;
    return memcmp(a->of->id, b->of->id, WRIT_CLUBCARD_ISSUER);
}

static int lay_out_approx(struct build *build, struct writ_error *e)
{
    uint64_t rows = 0;

    qsort(build->chain, build->count, sizeof build->chain[0], by_rank);
    for (size_t i = 0; i < build->count; i++) {
        struct block *b = build->chain[i];

        b->approx_offset = rows;
        rows += b->approx_rows;
        for (unsigned c = 0; c < b->rank; c++)
            build->x_rows[c] = rows;
        build->seed += b->seed;
    }
    if (build->count > 0)
        build->column_count = build->chain[0]->rank;
    if (rows <= WRIT_RIBBON_MAX)
        return 0;
    return writ_fail(e, WRIT_FAULT_BAD_INPUT, "%llu rows, a filter holds %zu",
                     (unsigned long long)rows, WRIT_RIBBON_MAX);
}

/* Words of a column of X: all rows, and what fills the last word, but at least TAIL_LEAST bits. */
static size_t x_words(const struct build *build, size_t column)
{
    return (size_t)(build->x_rows[column] + TAIL_LEAST + 63) / 64;
}

/* Zeros for so many rows, and for whoever reads a window behind them. */
static uint64_t *column_new(uint64_t rows)
{
    return calloc((size_t)rows / 64 + 2 + 2 * WRIT_RIBBON_WORDS, sizeof(uint64_t));
}

/* The columns of the last block would be nearly the same without anything behind it: what can be
 * in few free rows is soon settled.  So random bits are. */
static void fill_tail(uint64_t *column, uint64_t rows, size_t words, uint64_t seed)
{
    for (uint64_t i = rows; i < 64 * words; i++)
        column[i / 64] |= writ_ribbon_random(&seed) >> 63 << (i % 64);
}

/* One column of X, from its end.  Columns must differ in what is free, else the second would let
 * pass what the first did. */
static int work_solve(void *arg, size_t c, struct writ_digester *digester, struct writ_error *e)
{
    struct build *build = arg;
    uint64_t rows = build->x_rows[c], salt = c;

    (void)digester;
    salt = writ_ribbon_random(&salt);
    build->x[c] = column_new(rows);
    if (build->x[c] == NULL)
        return writ_fail_memory(e);
    fill_tail(build->x[c], rows, x_words(build, c), build->seed ^ salt);
    for (size_t i = build->count; i-- > 0;) {
        const struct block *b = build->chain[i];

        if (b->rank > c)
            writ_ribbon_solve(&b->approx, b->seed ^ salt, build->x[c], b->approx_offset);
    }
    return 0;
}

/* --------------------------------------------------------------------------- the exact filter */

/* Keeps the keys that pass two columns of the approximate filter.  How many these are.  Whether one
 * passes is nothing a processor foresees, so there is no branch. */
static size_t sift_columns(const struct walk *w, unsigned c, size_t n)
{
    const struct block *b = w->block;
    const uint64_t *one = w->build->x[c];
    const uint64_t *two = c + 1 < b->rank ? w->build->x[c + 1] : one;
    size_t kept = 0;

    for (size_t i = 0; i < n; i++) {
        struct writ_ribbon_key key = w->batch[i];
        struct writ_ribbon_aligned at;

        writ_ribbon_align(&key, b->approx_offset + writ_ribbon_start(&key, b->approx_m), &at);
        w->batch[kept] = key;
        kept += (writ_ribbon_sum(&at, one) | writ_ribbon_sum(&at, two)) == 0;
    }
    return kept;
}

/* A key that passes is a listed one, or another by chance. */
static int keep_key(struct walk *w, const struct writ_ribbon_key *key, struct writ_error *e)
{
    size_t at = writ_keyset_find(&w->revoked, key);

    if (at != WRIT_KEYSET_NONE)
        writ_keyset_see(&w->revoked, at);
    if ((at != WRIT_KEYSET_NONE) != w->block->inverted)
        return keylist_add(&w->listed, key, e);
    return keylist_add(&w->others, key, e);
}

static int sift_batch(struct walk *w, struct writ_error *e)
{
    size_t n = w->batch_n;

    w->batch_n = 0;
    for (unsigned c = 0; c < w->block->rank; c += 2)
        n = sift_columns(w, c, n);
    for (size_t i = 0; i < n; i++) {
        if (keep_key(w, &w->batch[i], e) < 0)
            return -1;
    }
    return 0;
}

static int visit_to_sift(void *to, struct writ_span serial, struct writ_error *e)
{
    struct walk *w = to;

    count_known(w);
    if (key_of(w, serial, &w->batch[w->batch_n++], e) < 0)
        return -1;
    return w->batch_n == BATCH ? sift_batch(w, e) : 0;
}

/* Keeps the keys of all known certificates that pass the approximate filter. */
static int sift(struct walk *w, struct writ_error *e)
{
    struct writ_ribbon_key batch[BATCH];

    w->batch = batch;
    return walk_list(w, WRIT_CLUBCARD_KNOWN, visit_to_sift, e) < 0 ? -1 : sift_batch(w, e);
}

/* Decides on the rows of the exact filter, by all the keys that go into it.  Of those that are lost
 * half contradict the others, and become exceptions. */
static int fit_exact(struct block *b, const struct walk *w, struct writ_error *e)
{
    size_t n = w->listed.n + w->others.n;
    struct writ_ribbon_use use = {.columns = 1, .penalty = (double)n * EXCEPTION_BITS / 2};
    struct writ_ribbon_key *all = malloc((n + 1) * sizeof all[0]);
    int rc;

    if (all == NULL)
        return writ_fail_memory(e);
    memcpy(all, w->listed.at, w->listed.n * sizeof all[0]);
    if (w->others.n > 0)
        memcpy(all + w->listed.n, w->others.at, w->others.n * sizeof all[0]);
    rc = writ_ribbon_fit(all, n, &use, &b->exact_m, e);
    free(all);
    return rc;
}

/* The listed ones come to 0, which never contradicts anything; so every exception is another. */
static int make_exact(struct block *b, struct walk *w, struct writ_error *e)
{
    if (fit_exact(b, w, e) < 0 || writ_ribbon_order(w->listed.at, w->listed.n, b->exact_m, e) < 0 ||
        writ_ribbon_order(w->others.at, w->others.n, b->exact_m, e) < 0 ||
        writ_ribbon_begin(&b->exact, b->exact_m, e) < 0 ||
        writ_keyset_begin(&w->contradictions, w->others.n, e) < 0)
        return -1;
    for (size_t i = 0; i < w->listed.n; i++)
        (void)writ_ribbon_add(&b->exact, &w->listed.at[i], false);
    for (size_t i = 0; i < w->others.n; i++) {
        if (!writ_ribbon_add(&b->exact, &w->others.at[i], true) &&
            writ_keyset_add(&w->contradictions, &w->others.at[i], e) < 0)
            return -1;
    }
    b->exact_rows = b->exact.rows;
    return 0;
}

static int visit_to_except(void *to, struct writ_span serial, struct writ_error *e)
{
    struct walk *w = to;
    struct writ_ribbon_key key;
    size_t at;

    if (key_of(w, serial, &key, e) < 0)
        return -1;
    at = writ_keyset_find(&w->contradictions, &key);
    if (at == WRIT_KEYSET_NONE || w->contradictions.seen[at])
        return 0;
    writ_keyset_see(&w->contradictions, at);
    writ_buffer_byte(w->exceptions, (uint8_t)serial.n);
    writ_buffer_add(w->exceptions, serial);
    return 0;
}

static int by_bytes(const void *left, const void *right)
{
    return writ_span_compare(*(const struct writ_span *)left, *(const struct writ_span *)right);
}

/* Finds the serials of the contradictions, in one more walk, and puts them in order. */
static int make_exceptions(struct block *b, struct walk *w, struct writ_error *e)
{
    struct writ_cursor c;
    uint8_t n;

    if (w->contradictions.n == 0)
        return 0;
    w->exceptions = &b->serials;
    b->exceptions = calloc(w->contradictions.n, sizeof b->exceptions[0]);
    if (b->exceptions == NULL)
        return writ_fail_memory(e);
    if (walk_list(w, WRIT_CLUBCARD_KNOWN, visit_to_except, e) < 0 ||
        writ_buffer_check(&b->serials, e) < 0)
        return -1;
    c = writ_cursor_over(writ_buffer_span(&b->serials), e);
    while (c.left > 0) {
        if (writ_cursor_u8(&c, &n, "length") < 0 ||
            writ_cursor_take(&c, n, &b->exceptions[b->exception_count++], "serial") < 0)
            return -1;
    }
    qsort(b->exceptions, b->exception_count, sizeof b->exceptions[0], by_bytes);
    return 0;
}

static int sift_block(struct block *b, struct walk *w, struct writ_error *e)
{
    if (load_revoked(w, e) < 0 || sift(w, e) < 0)
        return -1;
    if (!b->inverted && check_all_seen(w, e) < 0) /* else begin_block did, for they need not pass */
        return -1;
    if (make_exact(b, w, e) < 0)
        return -1;
    return make_exceptions(b, w, e);
}

static int work_sift(void *arg, size_t i, struct writ_digester *digester, struct writ_error *e)
{
    struct build *build = arg;
    struct block *b = build->work[i];
    struct walk w = walk_of(build->source, b->issuer, digester);
    int rc = 0;

    w.meter = &build->meter;
    w.build = build;
    w.block = b;
    if (b->approx_m != 0)
        rc = sift_block(b, &w, e);
    meter_add(&build->meter, b->of->known - w.walked / REPORT_EVERY * REPORT_EVERY);
    walk_free(&w);
    return rc;
}

static int make_y(struct build *build, struct writ_error *e)
{
    for (size_t i = 0; i < build->count; i++) {
        build->chain[i]->exact_offset = build->y_rows;
        build->y_rows += build->chain[i]->exact_rows;
    }
    if (build->y_rows > WRIT_RIBBON_MAX)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "%llu rows, a filter holds %zu",
                         (unsigned long long)build->y_rows, WRIT_RIBBON_MAX);
    build->y = column_new(build->y_rows);
    if (build->y == NULL)
        return writ_fail_memory(e);
    for (size_t i = build->count; i-- > 0;) {
        const struct block *b = build->chain[i];

        if (b->exact_m != 0)
            writ_ribbon_solve(&b->exact, ~b->seed, build->y, b->exact_offset);
    }
    return 0;
}

/* -------------------------------------------------------------------------------- the whole */

static int by_id(const void *left, const void *right)
{
    const struct block *a = left, *b = right;

    return memcmp(a->of->id, b->of->id, WRIT_CLUBCARD_ISSUER);
}

static int by_size(const void *left, const void *right)
{
    const struct block *a = *(struct block *const *)left, *b = *(struct block *const *)right;

    if (a->of->known != b->of->known)
        return a->of->known > b->of->known ? -1 : 1;
    return by_id(a, b);
}

static int check_ids(const struct build *build, struct writ_error *e)
{
    char id[2 * WRIT_CLUBCARD_ISSUER + 1];

    for (size_t i = 1; i < build->count; i++) {
        if (by_id(&build->blocks[i - 1], &build->blocks[i]) != 0)
            continue;
        writ_hex_format(WRIT_SPAN(build->blocks[i].of->id, WRIT_CLUBCARD_ISSUER), id);
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "issuer %s stands twice", id);
    }
    return 0;
}

static int build_begin(struct build *build, const struct writ_clubcard_source *source,
                       struct writ_error *e)
{
    *build = (struct build){.source = source, .count = source->count};
    meter_begin(&build->meter, source);
    build->blocks = calloc(source->count + 1, sizeof build->blocks[0]);
    build->work = calloc(source->count + 1, sizeof build->work[0]);
    build->chain = calloc(source->count + 1, sizeof build->chain[0]);
    if (build->blocks == NULL || build->work == NULL || build->chain == NULL)
        return writ_fail_memory(e);
    for (size_t i = 0; i < source->count; i++)
        build->blocks[i] = (struct block){.of = &source->issuers[i], .issuer = i};
    qsort(build->blocks, build->count, sizeof build->blocks[0], by_id);
    for (size_t i = 0; i < source->count; i++)
        build->work[i] = build->chain[i] = &build->blocks[i];
    qsort(build->work, build->count, sizeof build->work[0], by_size);
    return check_ids(build, e);
}

static void build_free(struct build *build)
{
    for (size_t i = 0; build->blocks != NULL && i < build->count; i++) {
        writ_ribbon_free(&build->blocks[i].approx);
        writ_ribbon_free(&build->blocks[i].exact);
        writ_buffer_free(&build->blocks[i].serials);
        free(build->blocks[i].exceptions);
    }
    for (size_t c = 0; c < build->column_count; c++)
        free(build->x[c]);
    free(build->y);
    free(build->blocks);
    free(build->work);
    free(build->chain);
    meter_end(&build->meter);
}

static int run(struct build *build, unsigned threads, struct writ_error *e)
{
    if (writ_team_run(work_begin, build, build->count, threads, e) < 0 ||
        lay_out_approx(build, e) < 0 ||
        writ_team_run(work_solve, build, build->column_count, threads, e) < 0)
        return -1;
    for (size_t i = 0; i < build->count; i++)
        writ_ribbon_free(&build->blocks[i].approx);
    return writ_team_run(work_sift, build, build->count, threads, e) < 0 ? -1 : make_y(build, e);
}

static struct writ_layout_block layout_of(const struct block *b)
{
    return (struct writ_layout_block){
        .id = b->of->id,
        .approx_m = b->approx_m,
        .approx_offset = (uint32_t)b->approx_offset,
        .rank = b->rank,
        .exact_m = b->exact_m,
        .exact_offset = (uint32_t)b->exact_offset,
        .inverted = b->inverted,
        .exceptions = b->exceptions,
        .exception_count = b->exception_count,
    };
}

static struct writ_layout_column without_zeros(const uint64_t *words, size_t count)
{
    while (count > 0 && words[count - 1] == 0)
        count--;
    return (struct writ_layout_column){words, count};
}

static int write_out(const struct build *build, const struct writ_clubcard_log *logs,
                     size_t log_count, unsigned version, struct writ_buffer *out,
                     struct writ_error *e)
{
    struct writ_layout_block *blocks = calloc(build->count + 1, sizeof blocks[0]);
    struct writ_layout_column x[WRIT_CLUBCARD_COLUMNS_MAX];
    struct writ_layout layout = {
        .logs = logs,
        .log_count = log_count,
        .blocks = blocks,
        .block_count = build->count,
        .x = x,
        .column_count = build->column_count,
        .y = without_zeros(build->y, (size_t)build->y_rows / 64 + 1),
    };
    int rc;

    if (blocks == NULL)
        return writ_fail_memory(e);
    for (size_t i = 0; i < build->count; i++)
        blocks[i] = layout_of(&build->blocks[i]);
    for (size_t c = 0; c < build->column_count; c++)
        x[c] = without_zeros(build->x[c], x_words(build, c));
    rc = writ_layout_write(&layout, version, out, e);
    free(blocks);
    return rc;
}

static int by_log(const void *left, const void *right)
{
    const struct writ_clubcard_log *a = left, *b = right;

    return writ_span_compare(a->id, b->id);
}

/* The logs in ascending order, so that theirs changes nothing.  The caller frees them. */
static struct writ_clubcard_log *sorted_logs(const struct writ_clubcard_log *logs, size_t n,
                                             struct writ_error *e)
{
    struct writ_clubcard_log *sorted = calloc(n + 1, sizeof sorted[0]);

    if (sorted == NULL) {
        (void)writ_fail_memory(e);
        return NULL;
    }
    if (n > 0)
        memcpy(sorted, logs, n * sizeof sorted[0]);
    qsort(sorted, n, sizeof sorted[0], by_log);
    for (size_t i = 1; i < n; i++) {
        if (by_log(&sorted[i - 1], &sorted[i]) == 0) {
            char id[2 * WRIT_CLUBCARD_LOG + 1];

            writ_hex_format(WRIT_SPAN(sorted[i].id.p, WRIT_CLUBCARD_LOG), id);
            (void)writ_fail(e, WRIT_FAULT_BAD_INPUT, "log %s stands twice", id);
            free(sorted);
            return NULL;
        }
    }
    return sorted;
}

int writ_clubcard_build(const struct writ_clubcard_source *source,
                        const struct writ_clubcard_log *logs, size_t log_count, unsigned version,
                        unsigned threads, struct writ_buffer *out, struct writ_error *e)
{
    struct writ_clubcard_log *sorted = sorted_logs(logs, log_count, e);
    struct build build;
    int rc = -1;

    if (sorted == NULL)
        return -1;
    if (build_begin(&build, source, e) == 0 && run(&build, threads, e) == 0)
        rc = write_out(&build, sorted, log_count, version, out, e);
    build_free(&build);
    free(sorted);
    return rc;
}

/* ---------------------------------------------------------------------------------- verifying */

static int wrong_answer(struct writ_span serial, enum writ_filter_answer wanted,
                        enum writ_filter_answer found, struct writ_error *e)
{
    char text[SERIAL_TEXT_MAX];

    serial_text(serial, text);
    return writ_fail(e, WRIT_FAULT_UNEXPECTED,
                     "the clubcard is wrong: serial %s is %s, and it answers %s", text,
                     writ_filter_answer_name(wanted), writ_filter_answer_name(found));
}

static int visit_to_ask_revoked(void *to, struct writ_span serial, struct writ_error *e)
{
    struct walk *w = to;
    uint8_t hash[WRIT_SHA256_BYTES];
    struct writ_ribbon_key key;
    enum writ_filter_answer answer;

    if (hash_of(w, serial, hash, e) < 0)
        return -1;
    answer = writ_clubcard_ask(w->card, w->of->id, serial, hash);
    if (answer != WRIT_FILTER_REVOKED)
        return wrong_answer(serial, WRIT_FILTER_REVOKED, answer, e);
    key = writ_ribbon_key(hash);
    return writ_keyset_add(&w->revoked, &key, e);
}

/* All that are revoked have been asked: so whatever answers "good" is not among them. */
static int visit_to_ask_known(void *to, struct writ_span serial, struct writ_error *e)
{
    struct walk *w = to;
    uint8_t hash[WRIT_SHA256_BYTES];
    struct writ_ribbon_key key;
    enum writ_filter_answer answer;
    size_t at;

    count_known(w);
    if (hash_of(w, serial, hash, e) < 0)
        return -1;
    answer = writ_clubcard_ask(w->card, w->of->id, serial, hash);
    if (answer == WRIT_FILTER_GOOD)
        return 0;
    key = writ_ribbon_key(hash);
    at = writ_keyset_find(&w->revoked, &key);
    if (answer != WRIT_FILTER_REVOKED || at == WRIT_KEYSET_NONE)
        return wrong_answer(serial, at == WRIT_KEYSET_NONE ? WRIT_FILTER_GOOD : WRIT_FILTER_REVOKED,
                            answer, e);
    writ_keyset_see(&w->revoked, at);
    return 0;
}

/* What the threads that verify share. */
struct verification {
    const struct writ_clubcard_source *source;
    const struct writ_clubcard *card;
    struct meter meter;
};

static int work_verify(void *arg, size_t i, struct writ_digester *digester, struct writ_error *e)
{
    struct verification *v = arg;
    struct walk w = walk_of(v->source, i, digester);
    int rc = -1;

    w.card = v->card;
    w.meter = &v->meter;
    if (writ_keyset_begin(&w.revoked, w.of->revoked, e) == 0 &&
        walk_list(&w, WRIT_CLUBCARD_REVOKED, visit_to_ask_revoked, e) == 0 &&
        walk_list(&w, WRIT_CLUBCARD_KNOWN, visit_to_ask_known, e) == 0)
        rc = check_all_seen(&w, e);
    meter_add(&v->meter, w.of->known - w.walked / REPORT_EVERY * REPORT_EVERY);
    walk_free(&w);
    return rc;
}

int writ_clubcard_verify(const struct writ_clubcard_source *source,
                         const struct writ_clubcard *card, unsigned threads, struct writ_error *e)
{
    struct verification v = {.source = source, .card = card};
    int rc;

    meter_begin(&v.meter, source);
    rc = writ_team_run(work_verify, &v, source->count, threads, e);
    meter_end(&v.meter);
    return rc;
}
