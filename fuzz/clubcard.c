/* fuzz/clubcard.c - feeds object/clubcard.h: what was read is the file, octet for octet, every
 * issuer is found, and every answer is that of a reader that looks at one bit after the other */
#include "object/clubcard.h"

#include <string.h>

#include "base/buffer.h"
#include "inside.h"

#define ASKED_MAX 16 /* issuers that are asked */

/* ------------------------------------------------------------------------- written again */

static void add(struct writ_buffer *out, unsigned version, unsigned three, unsigned four,
                uint64_t value)
{
    unsigned width = version == 3 ? three : four;

    for (unsigned i = 0; i < width; i++)
        writ_buffer_byte(out, (uint8_t)(value >> 8 * (version == 3 ? i : width - 1 - i)));
}

static void add_logs(struct writ_buffer *out, const struct writ_clubcard *card)
{
    struct writ_clubcard_log log;

    add(out, card->version, 8, 2, card->log_count);
    for (size_t i = 0; writ_clubcard_log(card, i, &log); i++) {
        writ_buffer_add(out, log.id);
        add(out, card->version, 8, 8, log.low);
        add(out, card->version, 8, 8, log.high);
        HOLDS(writ_clubcard_covers(card, log.id.p, log.low) == (log.low <= log.high));
        HOLDS(writ_clubcard_latest(card) >= log.high);
    }
}

static void add_block(struct writ_buffer *out, struct writ_clubcard_issuer b)
{
    size_t left = b.exception_count;
    struct writ_span serial;

    add(out, b.version, 8, 0, WRIT_CLUBCARD_ISSUER);
    writ_buffer_add(out, b.id);
    add(out, b.version, 8, 4, b.approx_m);
    add(out, b.version, 8, 0, b.exact_m);
    add(out, b.version, 8, 1, b.rank);
    add(out, b.version, 8, 4, b.approx_offset);
    add(out, b.version, 0, 4, b.exact_m);
    add(out, b.version, 8, 4, b.exact_offset);
    add(out, b.version, 1, 1, b.inverted);
    add(out, b.version, 8, 2, b.exception_count);
    for (; writ_clubcard_exception(&b, &serial); left--) {
        add(out, b.version, 8, 1, serial.n);
        writ_buffer_add(out, serial);
    }
    HOLDS(left == 0 && b.exceptions.n == 0);
}

static void add_column(struct writ_buffer *out, const struct writ_clubcard *card,
                       struct writ_span column)
{
    size_t words = writ_clubcard_words(column);

    inside(column, card->bytes);
    add(out, card->version, 8, 4, words);
    for (size_t i = 0; i < words; i++)
        add(out, card->version, 8, 8, writ_clubcard_word(card, column, i));
    HOLDS(writ_clubcard_word(card, column, words) == 0);
}

static void written_again_it_is_the_same(const struct writ_clubcard *card)
{
    struct writ_buffer out = {0};
    struct writ_clubcard_issuer b;

    add(&out, card->version, 2, 0, 3);
    add(&out, card->version, 0, 2, 0x0400);
    add_logs(&out, card);
    add(&out, card->version, 8, 4, card->issuer_count);
    for (size_t i = 0; writ_clubcard_issuer(card, i, &b); i++)
        add_block(&out, b);
    add(&out, card->version, 8, 1, card->column_count);
    for (size_t i = 0; i < card->column_count; i++)
        add_column(&out, card, card->x[i]);
    add_column(&out, card, card->y);
    HOLDS(writ_span_equal(writ_buffer_span(&out), card->bytes));
    writ_buffer_free(&out);
}

/* ---------------------------------------------------------------------- bit after bit */

static bool is_zero(const struct writ_clubcard *card, struct writ_span column, uint64_t offset,
                    uint64_t m, const uint8_t hash[32])
{
    uint64_t start = 0;
    unsigned sum = 0;

    for (unsigned i = 0; i < 8; i++)
        start |= (uint64_t)hash[24 + i] << (8 * i);
    start = start % (m == 0 ? 1 : m) + offset;
    for (unsigned i = 0; i < 256; i++) {
        uint64_t word = writ_clubcard_word(card, column, (size_t)((start + i) / 64));
        unsigned coefficient = i == 0 ? 1U : ((unsigned)hash[i / 8] >> (i % 8)) & 1U;

        sum ^= (unsigned)(word >> ((start + i) % 64)) & coefficient;
    }
    return (sum & 1) == 0;
}

static bool is_revoked(const struct writ_clubcard *card, struct writ_clubcard_issuer b,
                       struct writ_span serial, const uint8_t hash[32])
{
    bool held = b.approx_m != 0;
    struct writ_span exception;

    for (unsigned i = 0; held && i < b.rank; i++)
        held = is_zero(card, card->x[i], b.approx_offset, b.approx_m, hash);
    held = held && is_zero(card, card->y, b.exact_offset, b.exact_m, hash);
    while (writ_clubcard_exception(&b, &exception))
        held = held && !writ_span_equal(exception, serial);
    return held != b.inverted;
}

static void every_answer_is_that_of_a_slow_reader(const struct writ_clubcard *card)
{
    struct writ_clubcard_issuer b, found;

    for (size_t i = 0; i < ASKED_MAX && writ_clubcard_issuer(card, i, &b); i++) {
        struct writ_clubcard_issuer rest = b;
        struct writ_span serial = b.id, first;
        uint8_t hash[32];

        HOLDS(writ_clubcard_find(card, b.id.p, &found) && found.id.p == b.id.p);
        if (writ_clubcard_exception(&rest, &first) && i % 2 == 0)
            serial = first;
        memcpy(hash, b.id.p, sizeof hash); /* as good as any, and the fuzzer's to choose */
        hash[31] ^= (uint8_t)i;
        HOLDS(writ_clubcard_ask(card, b.id.p, serial, hash) ==
              (is_revoked(card, b, serial, hash) ? WRIT_FILTER_REVOKED : WRIT_FILTER_GOOD));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct writ_error e = {0};
    struct writ_clubcard card;

    if (writ_clubcard_open(WRIT_SPAN(data, size), &card, &e) < 0)
        return refused(&e);
    HOLDS(writ_clubcard_is(WRIT_SPAN(data, size)));
    HOLDS(card.bytes.n + card.trailing == size && (card.version == 3 || card.trailing == 0));
    written_again_it_is_the_same(&card);
    every_answer_is_that_of_a_slow_reader(&card);
    if (writ_clubcard_check(&card, &e) < 0)
        HOLDS(e.fault == WRIT_FAULT_BAD_INPUT);
    writ_clubcard_close(&card);
    return 0;
}
