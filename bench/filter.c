/*
 * bench/filter - asking a clubcard
 *
 *   bench-filter [FILE]
 *
 * Without FILE the clubcard is made up: version 4, 795 issuers of very different sizes, 100 million
 * certificates of which 1.4 million are revoked, blocks and columns as long as a writer makes them,
 * and random bits in the columns, because what a look-up costs does not depend on them.  Prints
 * nanoseconds for each look-up: the key (one SHA-256 of issuer and serial), the question (finding
 * the issuer, both filters), and both one after the other, as the programs do it; the median and
 * the least of ROUNDS rounds of LOOKUPS certificates, of issuers in proportion to their size.  Then
 * microseconds to open that file, and to check it, and the same for a file of 6 MB.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>

#include "base/buffer.h"
#include "crypto/digest.h"
#include "object/clubcard.h"

#define ISSUERS 795
#define KNOWN   100e6
#define REVOKED 1.4e6
#define ROUNDS  31
#define LOOKUPS 100000
#define SERIAL  16

struct question {
    uint8_t issuer[WRIT_CLUBCARD_ISSUER];
    uint8_t serial[SERIAL];
    uint8_t key[WRIT_SHA256_BYTES];
};

static struct question questions[LOOKUPS];
static struct writ_error e;

static void must(bool ok, const char *what)
{
    if (ok)
        return;
    (void)fprintf(stderr, "bench-filter: %s: %s\n", what, e.text);
    exit(1);
}

static double now(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static uint64_t next_random(void)
{
    static uint64_t state;
    uint64_t z = state += 0x9e3779b97f4a7c15;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

static double uniform(void)
{
    return (double)(next_random() >> 11) / 9007199254740992.0;
}

static void randomize(uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        bytes[i] = (uint8_t)next_random();
}

/* ---------------------------------------------------------------------------- a file made up */

struct cell {
    uint8_t id[WRIT_CLUBCARD_ISSUER];
    double known, revoked;
    unsigned rank;
    uint64_t approx_m, exact_m, approx_offset, exact_offset;
};

static int by_rank(const void *a, const void *b)
{
    return (int)((const struct cell *)b)->rank - (int)((const struct cell *)a)->rank;
}

static int by_id(const void *a, const void *b)
{
    return memcmp(((const struct cell *)a)->id, ((const struct cell *)b)->id, WRIT_CLUBCARD_ISSUER);
}

/* Sizes fall as 1/i; of some issuers a few are revoked, of others one in ten. */
static void make_sizes(struct cell *cells, double known, double revoked)
{
    double n = 0, r = 0;

    for (size_t i = 0; i < ISSUERS; i++) {
        randomize(cells[i].id, sizeof cells[i].id);
        cells[i].known = 1 / (double)(i + 1);
        cells[i].revoked = cells[i].known * uniform() * uniform();
        n += cells[i].known;
        r += cells[i].revoked;
    }
    for (size_t i = 0; i < ISSUERS; i++) {
        cells[i].known *= known / n;
        cells[i].revoked *= revoked / r;
    }
}

/* man/writ-clubcard.5, "Writing" */
static void lay_out(struct cell *cells)
{
    uint64_t approx = 0, exact = 0;

    for (size_t i = 0; i < ISSUERS; i++) {
        struct cell *c = &cells[i];
        double share = (c->known - c->revoked) / (c->revoked + 1);

        for (c->rank = 0; share >= 2 && c->rank < 20; share /= 2)
            c->rank++;
        c->approx_m = (uint64_t)(1.02 * c->revoked) + 1;
        c->exact_m = (uint64_t)(1.02 * (c->revoked + c->known / (double)(1 << c->rank))) + 1;
    }
    qsort(cells, ISSUERS, sizeof cells[0], by_rank);
    for (size_t i = 0; i < ISSUERS; i++) {
        cells[i].approx_offset = approx;
        cells[i].exact_offset = exact;
        approx += cells[i].approx_m;
        exact += cells[i].exact_m;
    }
}

static void add(struct writ_buffer *out, unsigned width, uint64_t value)
{
    for (unsigned i = width; i > 0; i--)
        writ_buffer_byte(out, (uint8_t)(value >> 8 * (i - 1)));
}

static void add_column(struct writ_buffer *out, uint64_t bits)
{
    uint64_t words = (bits + 64) / 64 + 1;
    uint8_t *at;

    add(out, 4, words);
    at = writ_buffer_extend(out, (size_t)words * 8);
    must(at != NULL, "no memory");
    randomize(at, (size_t)words * 8);
}

static void add_blocks(struct writ_buffer *out, struct cell *cells)
{
    qsort(cells, ISSUERS, sizeof cells[0], by_id);
    add(out, 4, ISSUERS);
    for (size_t i = 0; i < ISSUERS; i++) {
        writ_buffer_add(out, WRIT_SPAN_OF(cells[i].id));
        add(out, 4, cells[i].approx_m);
        add(out, 1, cells[i].rank);
        add(out, 4, cells[i].approx_offset);
        add(out, 4, cells[i].exact_m);
        add(out, 4, cells[i].exact_offset);
        add(out, 1, 0);
        add(out, 2, 0);
    }
}

/* Where the rows of the blocks end that use a column. */
static uint64_t end_of(const struct cell *cells, unsigned column)
{
    uint64_t end = 0;

    for (size_t i = 0; i < ISSUERS; i++) {
        if (cells[i].rank > column && cells[i].approx_offset + cells[i].approx_m > end)
            end = cells[i].approx_offset + cells[i].approx_m;
    }
    return end;
}

static struct writ_buffer make_up(double known, double revoked, struct cell *cells)
{
    struct writ_buffer out = {0};
    uint64_t exact = 0;
    unsigned columns = 0;

    make_sizes(cells, known, revoked);
    lay_out(cells);
    for (size_t i = 0; i < ISSUERS; i++) {
        exact += cells[i].exact_m;
        columns = cells[i].rank > columns ? cells[i].rank : columns;
    }
    add(&out, 2, 0x0400);
    add(&out, 2, 0); /* no logs: coverage is not asked here */
    add_blocks(&out, cells);
    add(&out, 1, columns);
    for (unsigned i = 0; i < columns; i++)
        add_column(&out, end_of(cells, i));
    add_column(&out, exact);
    return out;
}

/* --------------------------------------------------------------------------------- questions */

/* An issuer in proportion to its size. */
static const uint8_t *pick(const struct cell *cells, double known)
{
    double at = uniform() * known;
    size_t i = 0;

    while (i + 1 < ISSUERS && at >= cells[i].known)
        at -= cells[i++].known;
    return cells[i].id;
}

static void make_questions(const struct writ_clubcard *card, const struct cell *cells)
{
    struct writ_clubcard_issuer b;

    for (size_t i = 0; i < LOOKUPS; i++) {
        if (cells != NULL)
            memcpy(questions[i].issuer, pick(cells, KNOWN), WRIT_CLUBCARD_ISSUER);
        else if (writ_clubcard_issuer(card, next_random() % card->issuer_count, &b))
            memcpy(questions[i].issuer, b.id.p, WRIT_CLUBCARD_ISSUER);
        randomize(questions[i].serial, SERIAL);
    }
}

static void hash(struct writ_digester *d, struct question *q)
{
    must(writ_digester_sha256(d, WRIT_SPAN_OF(q->issuer), WRIT_SPAN_OF(q->serial), q->key, &e) == 0,
         "hash");
}

static unsigned ask(const struct writ_clubcard *card, const struct question *q)
{
    return writ_clubcard_ask(card, q->issuer, WRIT_SPAN_OF(q->serial), q->key) ==
           WRIT_FILTER_REVOKED;
}

enum measured { KEY, QUESTION, BOTH, MEASURED };

static double measure(enum measured what, const struct writ_clubcard *card, struct writ_digester *d,
                      unsigned *revoked)
{
    double start = now();

    *revoked = 0;
    for (size_t i = 0; i < LOOKUPS; i++) {
        if (what != QUESTION)
            hash(d, &questions[i]);
        if (what != KEY)
            *revoked += ask(card, &questions[i]);
    }
    return (now() - start) / LOOKUPS;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double times[ROUNDS])
{
    qsort(times, ROUNDS, sizeof times[0], compare);
    return times[ROUNDS / 2];
}

static void tell(const char *what, double times[ROUNDS])
{
    double middle = median(times);

    (void)printf("%s: median %.1f ns, least %.1f\n", what, middle, times[0]);
}

static void look_up(const struct writ_clubcard *card)
{
    static double times[MEASURED][ROUNDS];
    struct writ_digester *d = writ_digester_new(&e);
    unsigned revoked = 0, counted = 0;

    must(d != NULL, "digest");
    (void)measure(BOTH, card, d, &counted); /* warm */
    for (size_t round = 0; round < ROUNDS; round++) {
        for (unsigned what = 0; what < MEASURED; what++) {
            times[what][round] = measure((enum measured)what, card, d, &revoked);
            must(what == KEY || revoked == counted, "answers differ");
        }
    }
    tell("look-up, warm, key and question", times[BOTH]);
    tell("  the key alone", times[KEY]);
    tell("  the question alone", times[QUESTION]);
    (void)printf("  %u of %d revoked\n", counted, LOOKUPS);
    writ_digester_free(d);
}

/* ----------------------------------------------------------------------------------- opening */

static void open_and_check(struct writ_span bytes)
{
    double opening[ROUNDS], checking[ROUNDS];
    struct writ_clubcard card;

    for (size_t round = 0; round < ROUNDS; round++) {
        double start = now(), opened;

        must(writ_clubcard_open(bytes, &card, &e) == 0, "open");
        opened = now();
        must(writ_clubcard_check(&card, &e) == 0, "check");
        checking[round] = (now() - opened) / 1000;
        opening[round] = (opened - start) / 1000;
        writ_clubcard_close(&card);
    }
    (void)printf("%zu bytes, %d issuers: open %.1f us, check %.1f us more\n", bytes.n, ISSUERS,
                 median(opening), median(checking));
}

static void bench_made_up(void)
{
    static struct cell cells[ISSUERS];
    struct writ_buffer file = make_up(KNOWN, REVOKED, cells), large;
    struct writ_clubcard card;

    must(writ_clubcard_open(writ_buffer_span(&file), &card, &e) == 0, "open");
    make_questions(&card, cells);
    look_up(&card);
    writ_clubcard_close(&card);
    open_and_check(writ_buffer_span(&file));
    large = make_up(4.6 * KNOWN, 4.6 * REVOKED, cells);
    open_and_check(writ_buffer_span(&large));
    writ_buffer_free(&file);
    writ_buffer_free(&large);
}

static void bench_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    struct writ_clubcard card;
    struct stat st;
    void *map;

    must(f != NULL && fstat(fileno(f), &st) == 0, path);
    map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fileno(f), 0);
    must(map != MAP_FAILED, path);
    must(writ_clubcard_open(WRIT_SPAN(map, (size_t)st.st_size), &card, &e) == 0, path);
    must(card.issuer_count > 0, "no issuers");
    make_questions(&card, NULL);
    look_up(&card);
    writ_clubcard_close(&card);
    (void)munmap(map, (size_t)st.st_size);
    (void)fclose(f);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        bench_file(argv[1]);
    else
        bench_made_up();
    return 0;
}
