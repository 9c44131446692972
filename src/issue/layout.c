#include "issue/layout.h"

#include <stdlib.h>

/* Where the numbers go: version 3 has them in 64 bits, little-endian; version 4 in as few as they
 * need, big-endian. */
struct form {
    struct writ_buffer *out;
    bool is_v4;
};

static void add_le(struct writ_buffer *out, uint64_t value, size_t bytes)
{
    uint8_t *to = writ_buffer_extend(out, bytes);

    for (size_t i = 0; to != NULL && i < bytes; i++)
        to[i] = (uint8_t)(value >> (8 * i));
}

static void add_be(struct writ_buffer *out, uint64_t value, size_t bytes)
{
    uint8_t *to = writ_buffer_extend(out, bytes);

    for (size_t i = 0; to != NULL && i < bytes; i++)
        to[i] = (uint8_t)(value >> (8 * (bytes - 1 - i)));
}

/* A number that has this many bytes in version 4. */
static void add(const struct form *f, uint64_t value, size_t bytes)
{
    if (f->is_v4)
        add_be(f->out, value, bytes);
    else
        add_le(f->out, value, 8);
}

static void add_logs(const struct form *f, const struct writ_layout *l)
{
    add(f, l->log_count, 2);
    for (size_t i = 0; i < l->log_count; i++) {
        writ_buffer_add(f->out, l->logs[i].id);
        add(f, l->logs[i].low, 8);
        add(f, l->logs[i].high, 8);
    }
}

static void add_exceptions(const struct form *f, const struct writ_layout_block *b)
{
    add(f, b->exception_count, 2);
    for (size_t i = 0; i < b->exception_count; i++) {
        add(f, b->exceptions[i].n, 1);
        writ_buffer_add(f->out, b->exceptions[i]);
    }
}

static void add_block_v3(const struct form *f, const struct writ_layout_block *b)
{
    add(f, WRIT_CLUBCARD_ISSUER, 8);
    writ_buffer_add(f->out, WRIT_SPAN(b->id, WRIT_CLUBCARD_ISSUER));
    add(f, b->approx_m, 8);
    add(f, b->exact_m, 8);
    add(f, b->rank, 8);
    add(f, b->approx_offset, 8);
    add(f, b->exact_offset, 8);
}

static void add_block_v4(const struct form *f, const struct writ_layout_block *b)
{
    writ_buffer_add(f->out, WRIT_SPAN(b->id, WRIT_CLUBCARD_ISSUER));
    add(f, b->approx_m, 4);
    add(f, b->rank, 1);
    add(f, b->approx_offset, 4);
    add(f, b->exact_m, 4);
    add(f, b->exact_offset, 4);
}

static void add_blocks(const struct form *f, const struct writ_layout *l)
{
    add(f, l->block_count, 4);
    for (size_t i = 0; i < l->block_count; i++) {
        if (f->is_v4)
            add_block_v4(f, &l->blocks[i]);
        else
            add_block_v3(f, &l->blocks[i]);
        writ_buffer_byte(f->out, l->blocks[i].inverted);
        add_exceptions(f, &l->blocks[i]);
    }
}

static void add_column(const struct form *f, const struct writ_layout_column *c)
{
    add(f, c->count, 4);
    for (size_t i = 0; i < c->count; i++)
        add(f, c->words[i], 8);
}

static int check_block(const struct writ_layout_block *b, size_t columns, struct writ_error *e)
{
    if (b->rank > columns)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "a block of rank %u, there are %zu columns",
                         b->rank, columns);
    if (b->exception_count > WRIT_CLUBCARD_EXCEPTIONS_MAX)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                         "%zu exceptions for one issuer, a clubcard holds %d", b->exception_count,
                         WRIT_CLUBCARD_EXCEPTIONS_MAX);
    for (size_t i = 0; i < b->exception_count; i++) {
        if (b->exceptions[i].n > WRIT_CLUBCARD_SERIAL_MAX)
            return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                             "an exception with a serial of %zu bytes, a clubcard holds %d",
                             b->exceptions[i].n, WRIT_CLUBCARD_SERIAL_MAX);
    }
    return 0;
}

static int check(const struct writ_layout *l, struct writ_error *e)
{
    if (l->log_count > WRIT_CLUBCARD_LOGS_MAX)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "%zu logs, a clubcard holds %d", l->log_count,
                         WRIT_CLUBCARD_LOGS_MAX);
    if (l->block_count > WRIT_CLUBCARD_ISSUERS_MAX)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "%zu issuers, a clubcard holds %d",
                         l->block_count, WRIT_CLUBCARD_ISSUERS_MAX);
    if (l->column_count > WRIT_CLUBCARD_COLUMNS_MAX)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "%zu columns, a clubcard holds %d",
                         l->column_count, WRIT_CLUBCARD_COLUMNS_MAX);
    for (size_t i = 0; i < l->block_count; i++) {
        if (check_block(&l->blocks[i], l->column_count, e) < 0)
            return -1;
    }
    return 0;
}

int writ_layout_write(const struct writ_layout *layout, unsigned version, struct writ_buffer *out,
                      struct writ_error *e)
{
    struct form f = {.out = out, .is_v4 = version == 4};

    if (check(layout, e) < 0)
        return -1;
    out->ceiling = out->n + WRIT_CLUBCARD_MAX;
    add_le(out, version, 2);
    add_logs(&f, layout);
    add_blocks(&f, layout);
    add(&f, layout->column_count, 1);
    for (size_t i = 0; i < layout->column_count; i++)
        add_column(&f, &layout->x[i]);
    add_column(&f, &layout->y);
    return writ_buffer_check(out, e);
}

/* ------------------------------------------------------------------------------- converting */

/* What a clubcard says, taken out of it. */
struct copy {
    struct writ_clubcard_log *logs;
    struct writ_layout_block *blocks;
    struct writ_span *exceptions; /* of all blocks */
    struct writ_layout_column x[WRIT_CLUBCARD_COLUMNS_MAX];
    uint64_t *words; /* of all columns */
};

static size_t count_exceptions(const struct writ_clubcard *card)
{
    struct writ_clubcard_issuer issuer;
    size_t n = 0;

    for (size_t i = 0; writ_clubcard_issuer(card, i, &issuer); i++)
        n += issuer.exception_count;
    return n;
}

static size_t count_words(const struct writ_clubcard *card)
{
    size_t n = writ_clubcard_words(card->y);

    for (size_t i = 0; i < card->column_count; i++)
        n += writ_clubcard_words(card->x[i]);
    return n;
}

static int make_room(const struct writ_clubcard *card, struct copy *c, struct writ_error *e)
{
    c->logs = calloc(card->log_count + 1, sizeof c->logs[0]);
    c->blocks = calloc(card->issuer_count + 1, sizeof c->blocks[0]);
    c->exceptions = calloc(count_exceptions(card) + 1, sizeof c->exceptions[0]);
    c->words = calloc(count_words(card) + 1, sizeof c->words[0]);
    if (c->logs == NULL || c->blocks == NULL || c->exceptions == NULL || c->words == NULL)
        return writ_fail_memory(e);
    return 0;
}

static void copy_blocks(const struct writ_clubcard *card, struct copy *c)
{
    struct writ_span *next = c->exceptions;
    struct writ_clubcard_issuer from;

    for (size_t i = 0; writ_clubcard_issuer(card, i, &from); i++) {
        c->blocks[i] = (struct writ_layout_block){
            .id = from.id.p,
            .approx_m = from.approx_m,
            .approx_offset = from.approx_offset,
            .rank = from.rank,
            .exact_m = from.exact_m,
            .exact_offset = from.exact_offset,
            .inverted = from.inverted,
            .exceptions = next,
        };
        while (writ_clubcard_exception(&from, next))
            next++;
        c->blocks[i].exception_count = (size_t)(next - c->blocks[i].exceptions);
    }
}

static struct writ_layout_column copy_column(const struct writ_clubcard *card,
                                             struct writ_span column, uint64_t **next)
{
    struct writ_layout_column copied = {*next, writ_clubcard_words(column)};

    for (size_t i = 0; i < copied.count; i++)
        *(*next)++ = writ_clubcard_word(card, column, i);
    return copied;
}

static void copy_all(const struct writ_clubcard *card, struct copy *c, struct writ_layout *l)
{
    uint64_t *next = c->words;

    for (size_t i = 0; i < card->log_count; i++)
        (void)writ_clubcard_log(card, i, &c->logs[i]);
    copy_blocks(card, c);
    for (size_t i = 0; i < card->column_count; i++)
        c->x[i] = copy_column(card, card->x[i], &next);
    *l = (struct writ_layout){
        .logs = c->logs,
        .log_count = card->log_count,
        .blocks = c->blocks,
        .block_count = card->issuer_count,
        .x = c->x,
        .column_count = card->column_count,
        .y = copy_column(card, card->y, &next),
    };
}

int writ_layout_convert(const struct writ_clubcard *card, unsigned version, struct writ_buffer *out,
                        struct writ_error *e)
{
    struct copy c = {0};
    struct writ_layout layout;
    int rc = make_room(card, &c, e);

    if (rc == 0) {
        copy_all(card, &c, &layout);
        rc = writ_layout_write(&layout, version, out, e);
    }
    free(c.logs);
    free(c.blocks);
    free(c.exceptions);
    free(c.words);
    return rc;
}
