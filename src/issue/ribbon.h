/*
 * issue/ribbon.h - systems of linear equations whose rows are 256 bits wide
 *
 * A ribbon filter is the solution of a system over GF(2): each key is an equation with 256
 * coefficients that begins at a row which the key's hash says.  Because equations are narrow, one
 * is eliminated in a few dozen steps, whatever the number of rows (Dillinger, Hübschle-Schneider,
 * Sanders, Walzer: "Fast Succinct Retrieval and Approximate Membership using Ribbon", Algorithm 1).
 *
 * A filter of many issuers is a chain of such systems.  The last equations of one reach into the
 * rows of the next, so they are solved from the end: each takes the bits that follow it (its tail)
 * as given.
 *
 * Everything here depends on nothing but its arguments, and not on the order of keys.
 */
#ifndef WRIT_ISSUE_RIBBON_H
#define WRIT_ISSUE_RIBBON_H

#include <endian.h>
#include <string.h>

#include "base/error.h"
#include "base/span.h"

#define WRIT_RIBBON_WIDTH 256                      /* coefficients of an equation */
#define WRIT_RIBBON_WORDS (WRIT_RIBBON_WIDTH / 64) /* and their words */
#define WRIT_RIBBON_MAX   ((size_t)1 << 31)        /* keys of a system, and rows */

/* Coefficients; the first is always 1.  The last word also says the row an equation begins at. */
struct writ_ribbon_key {
    uint64_t a[WRIT_RIBBON_WORDS];
};

/* The key of a hash: its words, little-endian, the first bit set. */
static inline struct writ_ribbon_key writ_ribbon_key(const uint8_t hash[32])
{
    struct writ_ribbon_key key;

    memcpy(key.a, hash, sizeof key.a);
    for (size_t i = 0; i < WRIT_RIBBON_WORDS; i++)
        key.a[i] = le64toh(key.a[i]);
    key.a[0] |= 1;
    return key;
}

/* Equal keys.  (Of two hashes that differ in nothing but their first bit, too.) */
static inline bool writ_ribbon_key_equal(const struct writ_ribbon_key *a,
                                         const struct writ_ribbon_key *b)
{
    return a->a[0] == b->a[0] && a->a[1] == b->a[1] && a->a[2] == b->a[2] && a->a[3] == b->a[3];
}

/* The row that a key begins at, of m. */
static inline uint32_t writ_ribbon_start(const struct writ_ribbon_key *key, uint32_t m)
{
    return (uint32_t)(key->a[3] % m);
}

/* A system in echelon form.  Start with all bytes zero; writ_ribbon_free gives the memory back. */
struct writ_ribbon {
    uint32_t m;                  /* rows that equations begin at; 0: no system */
    uint32_t rows;               /* rows in use, at least m; less than m + WRIT_RIBBON_WIDTH */
    struct writ_ribbon_key *row; /* owned; the equation that settles a row, or zeros: a free row */
    uint64_t *right;             /* owned; bit i: what the equation of row i must come to */
};

/* What a system is for, to know what its rows cost. */
struct writ_ribbon_use {
    unsigned columns; /* how many solutions are stored: a row costs so many bits */
    bool homogeneous; /* all equations come to 0 */
    double penalty;   /* bits.  Homogeneous: what it costs when all windows are zeros, and every key
                         passes.  Otherwise: what it costs when all equations are lost */
};

/* Chooses m for these keys: the number of start rows with which the filter is smallest.  Where rows
 * are few, equations crowd; but each m sends the keys to other rows, so for a score of candidates
 * the crowds are counted.  -1 when memory runs out, or with WRIT_FAULT_BAD_INPUT for too many keys.
 */
int writ_ribbon_fit(const struct writ_ribbon_key *keys, size_t n, const struct writ_ribbon_use *use,
                    uint32_t *m, struct writ_error *e) WRIT_MUST_CHECK;

/* Begins a system with m start rows, 0 < m <= WRIT_RIBBON_MAX. */
int writ_ribbon_begin(struct writ_ribbon *r, uint32_t m, struct writ_error *e) WRIT_MUST_CHECK;

/* Adds the equation key . x = right.  False when what stands already contradicts it; then nothing
 * is added.  One that follows from what stands changes nothing. */
bool writ_ribbon_add(struct writ_ribbon *r, const struct writ_ribbon_key *key, bool right);

/* Puts keys into the order in which they are to be added: by start row, and among equals by their
 * words, so that the same keys make the same system.  -1 when memory runs out. */
int writ_ribbon_order(struct writ_ribbon_key *keys, size_t n, uint32_t m,
                      struct writ_error *e) WRIT_MUST_CHECK;

/* Solves the system into the bits from `at` on of a column, which are zeros; the bits that follow
 * are solved already.  What the equations leave free comes from a generator that starts at seed.
 * The column has memory, in zeros where there is nothing else, for WRIT_RIBBON_WIDTH bits more. */
void writ_ribbon_solve(const struct writ_ribbon *r, uint64_t seed, uint64_t *column, uint64_t at);

/* A key's coefficients where they meet the words of a column. */
struct writ_ribbon_aligned {
    size_t word; /* the first one */
    uint64_t a[WRIT_RIBBON_WORDS + 1];
};

/* Puts the first coefficient to bit `at`.  (Here and in writ_ribbon_sum no loops: they are gone
 * through for every certificate there is.) */
static inline void writ_ribbon_align(const struct writ_ribbon_key *key, uint64_t at,
                                     struct writ_ribbon_aligned *aligned)
{
    const uint64_t *a = key->a;
    unsigned left = at % 64, right = 63 - left;

    aligned->word = (size_t)(at / 64);
    aligned->a[0] = a[0] << left;
    aligned->a[1] = a[1] << left | a[0] >> 1 >> right;
    aligned->a[2] = a[2] << left | a[1] >> 1 >> right;
    aligned->a[3] = a[3] << left | a[2] >> 1 >> right;
    aligned->a[4] = a[3] >> 1 >> right;
}

/* What the equation comes to in this column, which has memory for WRIT_RIBBON_WIDTH bits behind the
 * first coefficient. */
static inline unsigned writ_ribbon_sum(const struct writ_ribbon_aligned *aligned,
                                       const uint64_t *column)
{
    const uint64_t *a = aligned->a, *x = column + aligned->word;

    return (unsigned)__builtin_parityll((a[0] & x[0]) ^ (a[1] & x[1]) ^ (a[2] & x[2]) ^
                                        (a[3] & x[3]) ^ (a[4] & x[4]));
}

/* A new state of the generator, and the number made of it.  Not for secrets. */
uint64_t writ_ribbon_random(uint64_t *state);

void writ_ribbon_free(struct writ_ribbon *r);

#endif
