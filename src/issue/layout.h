/*
 * issue/layout.h - a clubcard as it is written, in either form
 *
 * What object/clubcard.h reads: man/writ-clubcard.5 is the specification.
 */
#ifndef WRIT_ISSUE_LAYOUT_H
#define WRIT_ISSUE_LAYOUT_H

#include "base/buffer.h"
#include "object/clubcard.h"

/* One issuer's block.  Everything is borrowed. */
struct writ_layout_block {
    const uint8_t *id; /* WRIT_CLUBCARD_ISSUER bytes */
    uint32_t approx_m;
    uint32_t approx_offset;
    unsigned rank;
    uint32_t exact_m;
    uint32_t exact_offset;
    bool inverted;
    const struct writ_span *exceptions; /* serials */
    size_t exception_count;
};

/* The words of a column, written as they are. */
struct writ_layout_column {
    const uint64_t *words;
    size_t count;
};

struct writ_layout {
    const struct writ_clubcard_log *logs;
    size_t log_count;
    const struct writ_layout_block *blocks; /* ascending by id */
    size_t block_count;
    const struct writ_layout_column *x;
    size_t column_count;
    struct writ_layout_column y;
};

/* Appends the file, version 3 or 4, of at most WRIT_CLUBCARD_MAX bytes.  -1 with
 * WRIT_FAULT_BAD_INPUT when a number does not fit the form's fields or a ceiling of
 * object/clubcard.h, or with WRIT_FAULT_UNEXPECTED when memory runs out. */
int writ_layout_write(const struct writ_layout *layout, unsigned version, struct writ_buffer *out,
                      struct writ_error *e) WRIT_MUST_CHECK;

/* Appends the same clubcard in this version: every answer and every bit of the columns stay.  Bytes
 * behind the end of a version 3 are no part of it.  Fails like writ_layout_write. */
int writ_layout_convert(const struct writ_clubcard *card, unsigned version, struct writ_buffer *out,
                        struct writ_error *e) WRIT_MUST_CHECK;

#endif
