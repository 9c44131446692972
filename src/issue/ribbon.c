#include "issue/ribbon.h"

#include <float.h>
#include <stdlib.h>

#define WORDS WRIT_RIBBON_WORDS
#define WIDTH WRIT_RIBBON_WIDTH

/* splitmix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators"). */
uint64_t writ_ribbon_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* --------------------------------------------------------------------------- how many rows */

/* Rows fewer than keys: right for small systems, whose last equations all find room behind.  Not as
 * many fewer as would fit: what few bits of the next system decide is not reckoned with here. */
static const uint32_t fewer[] = {208, 192, 176, 160, 128, 96, 64, 48, 32, 16, 8, 0};
/* Rows more than keys, in 1/1024 of them: large systems need air between. */
static const uint32_t more[] = {1, 2, 4, 6, 8, 10, 12, 13, 14, 15, 16, 17, 18, 20, 22, 25};

#define FEWER (sizeof fewer / sizeof fewer[0])
#define MORE  (sizeof more / sizeof more[0])

/* The i-th candidate, or 0 when it makes no sense for so many keys. */
static uint32_t candidate(size_t n, size_t i)
{
    if (i < FEWER)
        return n > 65536 ? 0 : n > fewer[i] ? (uint32_t)(n - fewer[i]) : 1;
    if (n < 1024 || (n > 65536 && more[i - FEWER] < 6))
        return 0;
    return (uint32_t)(n + n * more[i - FEWER] / 1024);
}

/* Equations before there are any: only the rows that they begin at are known.  In the order of
 * these each row settles the oldest that waits, and the longer that one has waited, the fewer
 * coefficients it has left. */
struct queue {
    uint32_t m;
    uint32_t rows;    /* in use: m, and those behind where equations still wait */
    uint32_t *begin;  /* how many begin at each row and have not been settled; m of them */
    uint16_t *left;   /* coefficients left to the one that a row settles, 1 to WIDTH; 0: none */
    uint32_t oldest;  /* none that waits begins before this row */
    uint32_t waiting; /* how many wait */
    size_t lost;      /* how many had no coefficient left */
    double power[WIDTH + 1]; /* 2^-i */
};

static void begin_queue(struct queue *q, const struct writ_ribbon_key *keys, size_t n, uint32_t m)
{
    q->m = m;
    q->rows = m;
    q->oldest = q->waiting = 0;
    q->lost = 0;
    memset(q->begin, 0, m * sizeof q->begin[0]);
    memset(q->left, 0, (m + WIDTH) * sizeof q->left[0]);
    for (size_t i = 0; i < n; i++)
        q->begin[writ_ribbon_start(&keys[i], m)]++;
}

/* Takes the oldest that has a coefficient left at row i.  How many it has; 0 when there is none. */
static uint16_t take_oldest(struct queue *q, uint32_t i)
{
    for (; q->waiting > 0; q->lost++) {
        while (q->begin[q->oldest] == 0)
            q->oldest++;
        q->begin[q->oldest]--;
        q->waiting--;
        if (i - q->oldest < WIDTH)
            return (uint16_t)(WIDTH - (i - q->oldest));
    }
    return 0;
}

/* Goes through all rows. */
static void run_queue(struct queue *q)
{
    for (uint32_t i = 0; i < q->m + WIDTH && (i < q->m || q->waiting > 0); i++) {
        q->waiting += i < q->m ? q->begin[i] : 0;
        q->left[i] = take_oldest(q, i);
        if (i >= q->rows)
            q->rows = i + 1;
    }
    q->lost += q->waiting;
}

/* The part of equations that are lost: an equation with few coefficients left has only zeros there
 * in one case of 2^left. */
static double part_lost(const struct queue *q, size_t n)
{
    double lost = (double)q->lost;

    for (uint32_t i = 0; i < q->rows; i++)
        lost += q->left[i] == 0 ? 0 : q->power[q->left[i]];
    return lost / (double)n;
}

/* The part of windows that are all zeros.  Windows are decided from the end: where an equation with
 * few coefficients left is settled, so many bits say all that is before, up to the next free rows.
 */
static double part_zero(const struct queue *q)
{
    unsigned bits = WIDTH;
    double sum = 0;

    for (uint32_t i = q->rows; i-- > 0;) {
        if (q->left[i] == 0)
            bits += bits < WIDTH;
        else if (bits > q->left[i])
            bits = q->left[i];
        sum += i < q->m ? q->power[bits] : 0;
    }
    return sum / q->m;
}

/* What a filter with m start rows costs, in bits. */
static double cost_of(struct queue *q, const struct writ_ribbon_key *keys, size_t n,
                      const struct writ_ribbon_use *use, uint32_t m)
{
    double part;

    begin_queue(q, keys, n, m);
    run_queue(q);
    part = use->homogeneous ? part_zero(q) : part_lost(q, n);
    return (double)use->columns * (double)q->rows + use->penalty * part;
}

/* Candidates ascend, and their rows alone are a part of what they cost. */
static void find_least(struct queue *q, const struct writ_ribbon_key *keys, size_t n,
                       const struct writ_ribbon_use *use, uint32_t *m)
{
    double least = DBL_MAX;

    for (size_t i = 0; i < FEWER + MORE; i++) {
        uint32_t rows = candidate(n, i);
        double cost;

        if (rows == 0 || (double)use->columns * rows >= least)
            continue;
        cost = cost_of(q, keys, n, use, rows);
        if (cost < least) {
            least = cost;
            *m = rows;
        }
    }
}

int writ_ribbon_fit(const struct writ_ribbon_key *keys, size_t n, const struct writ_ribbon_use *use,
                    uint32_t *m, struct writ_error *e)
{
    size_t most = n + n / 32 + 1;
    struct queue q = {.power = {1}};
    int rc = 0;

    if (n > WRIT_RIBBON_MAX - WRIT_RIBBON_MAX / 32)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "%zu certificates are too many for one filter",
                         n);
    for (size_t i = 1; i <= WIDTH; i++)
        q.power[i] = q.power[i - 1] / 2;
    q.begin = calloc(most, sizeof q.begin[0]);
    q.left = calloc(most + WIDTH, sizeof q.left[0]);
    if (q.begin == NULL || q.left == NULL)
        rc = writ_fail_memory(e);
    else
        find_least(&q, keys, n, use, m);
    free(q.begin);
    free(q.left);
    return rc;
}

/* ------------------------------------------------------------------------------ elimination */

int writ_ribbon_begin(struct writ_ribbon *r, uint32_t m, struct writ_error *e)
{
    size_t room = (size_t)m + WIDTH;

    *r = (struct writ_ribbon){.m = m, .rows = m};
    r->row = calloc(room, sizeof r->row[0]);
    r->right = calloc(room / 64 + 1, sizeof r->right[0]);
    if (r->row != NULL && r->right != NULL)
        return 0;
    writ_ribbon_free(r);
    return writ_fail_memory(e);
}

void writ_ribbon_free(struct writ_ribbon *r)
{
    free(r->row);
    free(r->right);
    *r = (struct writ_ribbon){0};
}

static bool bit_of(const uint64_t *bits, size_t i)
{
    return (bits[i / 64] >> (i % 64)) & 1;
}

/* Drops the zeros before the first coefficient.  How many there were, or WIDTH: all are zero. */
static unsigned normalize(uint64_t a[WORDS])
{
    unsigned zeros = 0, few;

    while (a[0] == 0) {
        if ((zeros += 64) == WIDTH)
            return WIDTH;
        memmove(a, a + 1, (WORDS - 1) * sizeof a[0]);
        a[WORDS - 1] = 0;
    }
    few = (unsigned)__builtin_ctzll(a[0]);
    if (few == 0)
        return zeros;
    for (size_t i = 0; i + 1 < WORDS; i++)
        a[i] = (a[i] >> few) | (a[i + 1] << (64 - few));
    a[WORDS - 1] >>= few;
    return zeros + few;
}

/* Equations end before row m + WIDTH - 1, and so do their sums: `row` holds whatever comes. */
bool writ_ribbon_add(struct writ_ribbon *r, const struct writ_ribbon_key *key, bool right)
{
    struct writ_ribbon_key at = *key;
    size_t i = writ_ribbon_start(key, r->m);

    while (r->row[i].a[0] != 0) {
        unsigned zeros;

        for (size_t j = 0; j < WORDS; j++)
            at.a[j] ^= r->row[i].a[j];
        right ^= bit_of(r->right, i);
        zeros = normalize(at.a);
        if (zeros == WIDTH)
            return !right;
        i += zeros;
    }
    r->row[i] = at;
    r->right[i / 64] |= (uint64_t)right << (i % 64);
    if (i >= r->rows)
        r->rows = (uint32_t)i + 1;
    return true;
}

static int compare_keys(const void *left, const void *right)
{
    const struct writ_ribbon_key *a = left, *b = right;

    for (size_t i = 0; i < WORDS; i++) {
        if (a->a[i] != b->a[i])
            return a->a[i] < b->a[i] ? -1 : 1;
    }
    return 0;
}

/* Where the keys of each start row begin; with one more for the end. */
static uint32_t *places_of(const struct writ_ribbon_key *keys, size_t n, uint32_t m)
{
    uint32_t *places = calloc((size_t)m + 1, sizeof places[0]);

    if (places == NULL)
        return NULL;
    for (size_t i = 0; i < n; i++)
        places[writ_ribbon_start(&keys[i], m) + 1]++;
    for (uint32_t i = 0; i < m; i++)
        places[i + 1] += places[i];
    return places;
}

int writ_ribbon_order(struct writ_ribbon_key *keys, size_t n, uint32_t m, struct writ_error *e)
{
    struct writ_ribbon_key *sorted = NULL;
    uint32_t *next;

    if (n < 2)
        return 0;
    next = places_of(keys, n, m);
    sorted = malloc(n * sizeof sorted[0]);
    if (next == NULL || sorted == NULL) {
        free(next);
        free(sorted);
        return writ_fail_memory(e);
    }
    for (size_t i = 0; i < n; i++)
        sorted[next[writ_ribbon_start(&keys[i], m)]++] = keys[i];
    for (uint32_t i = 0, from = 0; i < m; from = next[i++]) {
        if (next[i] - from > 1)
            qsort(sorted + from, next[i] - from, sizeof sorted[0], compare_keys);
    }
    memcpy(keys, sorted, n * sizeof keys[0]);
    free(next);
    free(sorted);
    return 0;
}

/* ----------------------------------------------------------------------------- the solution */

static bool product(const uint64_t a[WORDS], const uint64_t x[WORDS])
{
    uint64_t sum = 0;

    for (size_t i = 0; i < WORDS; i++)
        sum ^= a[i] & x[i];
    return __builtin_parityll(sum);
}

/* Makes room for a bit before all others. */
static void shift_in(uint64_t x[WORDS])
{
    for (size_t i = WORDS - 1; i > 0; i--)
        x[i] = (x[i] << 1) | (x[i - 1] >> 63);
    x[0] <<= 1;
}

/* The 256 bits from `at` on. */
static void read_window(const uint64_t *column, uint64_t at, uint64_t x[WORDS])
{
    const uint64_t *word = column + at / 64;
    unsigned shift = at % 64;

    for (size_t i = 0; i < WORDS; i++)
        x[i] = word[i] >> shift | word[i + 1] << 1 << (63 - shift);
}

void writ_ribbon_solve(const struct writ_ribbon *r, uint64_t seed, uint64_t *column, uint64_t at)
{
    uint64_t window[WORDS];

    read_window(column, at + r->rows, window);
    for (size_t i = r->rows; i-- > 0;) {
        uint64_t bit;

        shift_in(window);
        if (r->row[i].a[0] == 0)
            bit = writ_ribbon_random(&seed) >> 63;
        else
            bit = product(r->row[i].a, window) ^ bit_of(r->right, i);
        window[0] |= bit;
        column[(at + i) / 64] |= bit << ((at + i) % 64);
    }
}
