/* fuzz/convert.c - feeds issue/layout.h: what any clubcard is converted into opens, says the same,
 * and converts back into the same octets */
#include "issue/layout.h"

#include "fuzz.h"

static void check_same(const struct writ_clubcard *a, const struct writ_clubcard *b)
{
    struct writ_clubcard_issuer left, right;

    HOLDS(a->log_count == b->log_count && a->column_count == b->column_count);
    HOLDS(a->issuer_count == b->issuer_count);
    HOLDS(writ_clubcard_latest(a) == writ_clubcard_latest(b));
    for (size_t i = 0; writ_clubcard_issuer(a, i, &left); i++) {
        HOLDS(writ_clubcard_issuer(b, i, &right));
        HOLDS(writ_span_equal(left.id, right.id));
        HOLDS(left.approx_m == right.approx_m && left.approx_offset == right.approx_offset);
        HOLDS(left.exact_m == right.exact_m && left.exact_offset == right.exact_offset);
        HOLDS(left.rank == right.rank && left.inverted == right.inverted);
        HOLDS(left.exception_count == right.exception_count);
    }
}

static void convert(const struct writ_clubcard *card, unsigned version)
{
    struct writ_buffer there = {0}, back = {0};
    struct writ_clubcard converted;
    struct writ_error e = {0};

    HOLDS(writ_layout_convert(card, version, &there, &e) == 0);
    HOLDS(writ_clubcard_open(writ_buffer_span(&there), &converted, &e) == 0);
    HOLDS(converted.version == version && converted.trailing == 0);
    check_same(card, &converted);
    HOLDS(writ_layout_convert(&converted, card->version, &back, &e) == 0);
    HOLDS(writ_span_equal(writ_buffer_span(&back), card->bytes));
    writ_clubcard_close(&converted);
    writ_buffer_free(&there);
    writ_buffer_free(&back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct writ_clubcard card;
    struct writ_error e = {0};

    if (writ_clubcard_open(WRIT_SPAN(data, size), &card, &e) < 0)
        return 0;
    convert(&card, 3);
    convert(&card, 4);
    writ_clubcard_close(&card);
    return 0;
}
