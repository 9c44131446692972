/*
 * bench/filter-build - making a clubcard, and looking everything up in it
 *
 *   bench-filter-build CELLS [THREADS [OUT]]
 *
 * CELLS is a file of lines "N R": an issuer with N certificates, of which R are revoked; or a pair
 * "N,R" for one issuer.  Serials have 16 octets that look random, and cost next to nothing to make;
 * each is hashed as often as the builder wants.  Prints seconds (on the clock, and of the
 * processor) for the build and for asking about every certificate afterwards, and the bytes of the
 * file (version 4).  OUT gets the file, for other readers.  bench/filter_build_peer.rs does the
 * same with Mozilla's library.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "issue/clubcard.h"

#define SERIAL 16

struct cells {
    struct writ_clubcard_enrolled *at;
    size_t n;
};

struct instant {
    double clock, processor;
};

static double seconds(clockid_t clock)
{
    struct timespec t;

    (void)clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct instant now(void)
{
    return (struct instant){seconds(CLOCK_MONOTONIC), seconds(CLOCK_PROCESS_CPUTIME_ID)};
}

static void must(bool ok, const char *what)
{
    if (ok)
        return;
    (void)fprintf(stderr, "bench-filter-build: %s\n", what);
    exit(1);
}

static uint64_t mixed(uint64_t x)
{
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

/* The i-th serial: 16 octets that look random. */
static void serial_of(uint64_t i, uint8_t serial[SERIAL])
{
    uint64_t words[2] = {mixed(2 * i + 1) << 9 >> 1 | 64, mixed(2 * i + 2)};

    memcpy(serial, words, sizeof words);
}

static void add_cell(struct cells *c, uint64_t n, uint64_t r)
{
    struct writ_clubcard_enrolled *e;

    c->at = realloc(c->at, (c->n + 1) * sizeof c->at[0]);
    must(c->at != NULL, "no memory");
    e = &c->at[c->n];
    e->known = n;
    e->revoked = r;
    serial_of((uint64_t)1 << 40 | c->n, e->id);
    serial_of((uint64_t)1 << 41 | c->n, e->id + SERIAL);
    c->n++;
}

static struct cells read_cells(const char *arg)
{
    struct cells c = {0};
    unsigned long long n, r;
    FILE *f;

    if (sscanf(arg, "%llu,%llu", &n, &r) == 2) {
        add_cell(&c, n, r);
        return c;
    }
    f = fopen(arg, "r");
    must(f != NULL, "cannot read the cells");
    while (fscanf(f, "%llu %llu", &n, &r) == 2)
        add_cell(&c, n, r);
    (void)fclose(f);
    return c;
}

/* Certificate j of issuer i has serial i << 32 | j; the first ones are revoked. */
static int walk(void *arg, size_t issuer, enum writ_clubcard_list list, writ_clubcard_visit *visit,
                void *to, struct writ_error *e)
{
    const struct cells *c = arg;
    uint64_t n = list == WRIT_CLUBCARD_KNOWN ? c->at[issuer].known : c->at[issuer].revoked;

    for (uint64_t j = 0; j < n; j++) {
        uint8_t serial[SERIAL];

        serial_of((uint64_t)issuer << 32 | j, serial);
        if (visit(to, WRIT_SPAN_OF(serial), e) < 0)
            return -1;
    }
    return 0;
}

static void save(const char *path, const struct writ_buffer *file)
{
    FILE *f = fopen(path, "w");

    must(f != NULL && fwrite(file->p, 1, file->n, f) == file->n && fclose(f) == 0,
         "cannot write the file");
}

int main(int argc, char **argv)
{
    unsigned threads = argc > 2 ? (unsigned)atoi(argv[2]) : 1;
    struct writ_clubcard_source source = {.walk = walk};
    struct writ_buffer file = {0};
    struct writ_clubcard card;
    struct writ_error e = {0};
    struct cells cells;
    struct instant start, built, verified;

    must(argc > 1, "usage: bench-filter-build CELLS [THREADS [OUT]]");
    cells = read_cells(argv[1]);
    source.issuers = cells.at;
    source.count = cells.n;
    source.arg = &cells;
    start = now();
    must(writ_clubcard_build(&source, NULL, 0, 4, threads, &file, &e) == 0, e.text);
    built = now();
    must(writ_clubcard_open(writ_buffer_span(&file), &card, &e) == 0 &&
             writ_clubcard_check(&card, &e) == 0 &&
             writ_clubcard_verify(&source, &card, threads, &e) == 0,
         e.text);
    verified = now();
    (void)printf("%.3f s (processor %.3f), %zu bytes v4; every one looked up: %.3f s (%.3f)\n",
                 built.clock - start.clock, built.processor - start.processor, file.n,
                 verified.clock - built.clock, verified.processor - built.processor);
    if (argc > 3)
        save(argv[3], &file);
    writ_clubcard_close(&card);
    writ_buffer_free(&file);
    free(cells.at);
    return 0;
}
