/*
 * tests/unit/object/clubcards.h - clubcards to ask, and to break
 *
 * Both versions from one description.  Where each part went is kept, and the places of the fields
 * are those of man/writ-clubcard.5, so that what is broken is what the page says.
 */
#ifndef WRIT_TEST_CLUBCARDS_H
#define WRIT_TEST_CLUBCARDS_H

#include "base/buffer.h"
#include "object/clubcard.h"
#include "test.h"

#define SPEC_MAX 4

struct spec_log {
    uint8_t first; /* byte of its id; the others are 0xee */
    uint64_t low, high;
};

struct spec_block {
    uint8_t first; /* byte of its id; the others are 0x11 */
    uint64_t approx_m, exact_m, rank, approx_offset, exact_offset;
    unsigned inverted;
    const char *exceptions[SPEC_MAX]; /* serials in hexadecimal */
};

struct spec_column {
    size_t count;
    uint64_t word[8];
};

struct spec {
    unsigned version;
    size_t logs, blocks, columns;
    struct spec_log log[SPEC_MAX];
    struct spec_block block[SPEC_MAX];
    struct spec_column x[SPEC_MAX];
    struct spec_column y;
};

/* A file, and where its parts begin. */
struct made {
    unsigned version;
    struct writ_buffer bytes;
    size_t log_count, log[SPEC_MAX];
    size_t block_count, block[SPEC_MAX];
    size_t column_count, x[SPEC_MAX];
    size_t y;
};

/* Fields of a block, from its beginning: version 3, version 4. */
#define PLACE(m, three, four) ((m)->version == 3 ? (size_t)(three) : (size_t)(four))
#define B_ID(m)               PLACE(m, 8, 0)
#define B_APPROX_M(m)         PLACE(m, 40, 32)
#define B_EXACT_M(m)          PLACE(m, 48, 41)
#define B_RANK(m)             PLACE(m, 56, 36)
#define B_APPROX_OFFSET(m)    PLACE(m, 64, 37)
#define B_EXACT_OFFSET(m)     PLACE(m, 72, 45)
#define B_INVERTED(m)         PLACE(m, 80, 49)
#define B_EXCEPTIONS(m)       PLACE(m, 81, 50)
#define B_BYTES(m)            PLACE(m, 89, 52)

static inline void put_number(uint8_t *at, unsigned version, size_t width, uint64_t value)
{
    for (size_t i = 0; i < width; i++)
        at[version == 3 ? i : width - 1 - i] = (uint8_t)(value >> (8 * i));
}

/* A number as wide as the version has it, and where it stands. */
static inline size_t add_number(struct made *m, size_t three, size_t four, uint64_t value)
{
    size_t at = m->bytes.n, width = PLACE(m, three, four);
    uint8_t *to = writ_buffer_extend(&m->bytes, width);

    assert_non_null(to);
    put_number(to, m->version, width, value);
    return at;
}

static inline void poke(struct made *m, size_t at, size_t width, uint64_t value)
{
    assert_true(at + width <= m->bytes.n);
    put_number(m->bytes.p + at, m->version, width, value);
}

static inline void add_id(struct made *m, uint8_t first, uint8_t others)
{
    writ_buffer_byte(&m->bytes, first);
    for (int i = 1; i < 32; i++)
        writ_buffer_byte(&m->bytes, others);
}

static inline void add_exceptions(struct made *m, const struct spec_block *b)
{
    size_t n = 0;

    while (n < SPEC_MAX && b->exceptions[n] != NULL)
        n++;
    (void)add_number(m, 8, 2, n);
    for (size_t i = 0; i < n; i++) {
        struct writ_span serial = bytes_of(b->exceptions[i]);

        (void)add_number(m, 8, 1, serial.n);
        writ_buffer_add(&m->bytes, serial);
    }
}

static inline void add_block(struct made *m, const struct spec_block *b)
{
    if (m->version == 3)
        (void)add_number(m, 8, 0, 32);
    add_id(m, b->first, 0x11);
    (void)add_number(m, 8, 4, b->approx_m);
    if (m->version == 3) {
        (void)add_number(m, 8, 0, b->exact_m);
        (void)add_number(m, 8, 0, b->rank);
        (void)add_number(m, 8, 0, b->approx_offset);
    } else {
        (void)add_number(m, 0, 1, b->rank);
        (void)add_number(m, 0, 4, b->approx_offset);
        (void)add_number(m, 0, 4, b->exact_m);
    }
    (void)add_number(m, 8, 4, b->exact_offset);
    (void)add_number(m, 1, 1, b->inverted);
    add_exceptions(m, b);
}

static inline size_t add_column(struct made *m, const struct spec_column *column)
{
    size_t at = add_number(m, 8, 4, column->count);

    for (size_t i = 0; i < column->count; i++)
        (void)add_number(m, 8, 8, column->word[i]);
    return at;
}

static inline struct made make_card(const struct spec *s)
{
    struct made m = {.version = s->version};

    writ_buffer_byte(&m.bytes, (uint8_t)s->version);
    writ_buffer_byte(&m.bytes, 0);
    m.log_count = add_number(&m, 8, 2, s->logs);
    for (size_t i = 0; i < s->logs; i++) {
        m.log[i] = m.bytes.n;
        add_id(&m, s->log[i].first, 0xee);
        (void)add_number(&m, 8, 8, s->log[i].low);
        (void)add_number(&m, 8, 8, s->log[i].high);
    }
    m.block_count = add_number(&m, 8, 4, s->blocks);
    for (size_t i = 0; i < s->blocks; i++) {
        m.block[i] = m.bytes.n;
        add_block(&m, &s->block[i]);
    }
    m.column_count = add_number(&m, 8, 1, s->columns);
    for (size_t i = 0; i < s->columns; i++)
        m.x[i] = add_column(&m, &s->x[i]);
    m.y = add_column(&m, &s->y);
    return m;
}

/* Two logs; issuers 10 (rank 2), 20 (inverted, all alike, two exceptions) and 30 (rank 0); two
 * columns of different length. */
static inline struct spec sound_spec(unsigned version)
{
    return (struct spec){
        .version = version,
        .logs = 2,
        .log = {{1, 1000, 2000}, {2, 1500, 3000}},
        .blocks = 3,
        .block = {{.first = 0x10,
                   .approx_m = 40,
                   .exact_m = 60,
                   .rank = 2,
                   .approx_offset = 3,
                   .exact_offset = 0},
                  {.first = 0x20, .inverted = 1, .exceptions = {"0102", "00ff00"}},
                  {.first = 0x30, .approx_m = 10, .exact_m = 20, .exact_offset = 60}},
        .columns = 2,
        .x = {{3, {UINT64_C(0x0123456789abcdef), 2, 3}}, {2, {4, UINT64_C(0xfedcba9876543210)}}},
        .y = {4, {5, 6, 7, UINT64_C(0x8000000000000001)}},
    };
}

/* A copy that ends where the memory ends, so that a sanitizer sees a read beyond it. */
static inline uint8_t *exact_copy(struct writ_span bytes)
{
    uint8_t *copy = malloc(bytes.n + (bytes.n == 0));

    assert_non_null(copy);
    if (bytes.n > 0)
        memcpy(copy, bytes.p, bytes.n);
    return copy;
}

/* Numbers that look random and are the same in every run. */
static inline uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

#endif
