#include "object/clubcard.h"

#include <stdlib.h>
#include <string.h>

#include "base/hex.h"

#define LITTLE     3 /* versions, named by the order of their bytes */
#define BIG        4
#define LOG_BYTES  48 /* id, low, high */
#define WORD       8
#define ROW_WORDS  5 /* a row of 256 bits that begins anywhere in a word */
#define STASH_MARK 4 /* at least this in the fifth byte: millions of logs, or of issuers */

/* The part of an issuer's block that has the same length in every block of a version. */
#define BLOCK_3     (8 + WRIT_CLUBCARD_ISSUER + 5 * 8 + 1 + 8)
#define BLOCK_4     (WRIT_CLUBCARD_ISSUER + 4 + 1 + 4 + 4 + 4 + 1 + 2)
#define ID_3        8 /* where the issuer's hash stands in it, behind its length */
#define ID_4        0
#define EXCEPTION_3 8 /* bytes of an exception's length */
#define EXCEPTION_4 1
#define FEW         8 /* slots that are looked at one by one */
#define TAG_BYTES   9 /* of an issuer in messages: eight digits and a NUL */

/* Issuers are found by the first bits of their hash, of which there are about twice as many
 * patterns as issuers: most of the time the first one that is looked at is the one. */
struct slot {
    uint64_t prefix; /* first eight bytes of the hash */
    uint32_t offset; /* of the block in the file */
};

struct writ_clubcard_index {
    unsigned shift;     /* what is left of a prefix shifted so far are the bits */
    uint32_t *first;    /* by those bits: the first slot with these or more; and one more */
    struct slot slot[]; /* in order; one more at the end, where the blocks end */
};

/* What a block holds, as wide as version 3 writes it. */
struct fields {
    uint64_t id_length;
    struct writ_span id;
    uint64_t approx_m, exact_m, rank, approx_offset, exact_offset, exceptions;
    uint8_t inverted;
};

const char *writ_filter_answer_name(enum writ_filter_answer answer)
{
    switch (answer) {
    case WRIT_FILTER_NOT_COVERED:
        return "not-covered";
    case WRIT_FILTER_NOT_ENROLLED:
        return "not-enrolled";
    case WRIT_FILTER_GOOD:
        return "good";
    case WRIT_FILTER_REVOKED:
        return "revoked";
    }
    return "unknown";
}

bool writ_clubcard_is(struct writ_span bytes)
{
    struct writ_cursor c = writ_cursor_over(bytes, NULL);
    uint16_t version, low;
    uint8_t next = 0;

    if (writ_cursor_u16_le(&c, &version, "") < 0 || (version != LITTLE && version != BIG))
        return false;
    if (writ_cursor_u16_le(&c, &low, "") < 0 || low != 0 || writ_cursor_u8(&c, &next, "") < 0)
        return true;
    return next < STASH_MARK;
}

/* ------------------------------------------------------------------------------------- blocks */

static inline struct writ_span part(struct writ_span whole, size_t from, size_t n)
{
    struct writ_span out;

    return writ_span_part(whole, from, n, &out) < 0 ? WRIT_SPAN_NONE : out;
}

static inline size_t block_bytes(unsigned version)
{
    return version == LITTLE ? BLOCK_3 : BLOCK_4;
}

static inline struct fields read_little(struct writ_span block)
{
    return (struct fields){
        .id_length = writ_span_u64_le(block, 0),
        .id = part(block, ID_3, WRIT_CLUBCARD_ISSUER),
        .approx_m = writ_span_u64_le(block, 40),
        .exact_m = writ_span_u64_le(block, 48),
        .rank = writ_span_u64_le(block, 56),
        .approx_offset = writ_span_u64_le(block, 64),
        .exact_offset = writ_span_u64_le(block, 72),
        .inverted = writ_span_u8(block, 80),
        .exceptions = writ_span_u64_le(block, 81),
    };
}

static inline struct fields read_big(struct writ_span block)
{
    return (struct fields){
        .id_length = WRIT_CLUBCARD_ISSUER,
        .id = part(block, ID_4, WRIT_CLUBCARD_ISSUER),
        .approx_m = writ_span_u32_be(block, 32),
        .rank = writ_span_u8(block, 36),
        .approx_offset = writ_span_u32_be(block, 37),
        .exact_m = writ_span_u32_be(block, 41),
        .exact_offset = writ_span_u32_be(block, 45),
        .inverted = writ_span_u8(block, 49),
        .exceptions = writ_span_u16_be(block, 50),
    };
}

static inline struct fields fields_at(const struct writ_clubcard *card, size_t i)
{
    struct writ_span fixed =
        part(card->bytes, card->index->slot[i].offset, block_bytes(card->version));

    return card->version == LITTLE ? read_little(fixed) : read_big(fixed);
}

/* A block that open has looked at: its numbers fit. */
static inline struct writ_clubcard_issuer block_at(const struct writ_clubcard *card, size_t i)
{
    size_t from = card->index->slot[i].offset, end = card->index->slot[i + 1].offset;
    size_t fixed = block_bytes(card->version);
    struct writ_span block = part(card->bytes, from, end - from);
    struct fields f = card->version == LITTLE ? read_little(block) : read_big(block);

    return (struct writ_clubcard_issuer){
        .id = f.id,
        .approx_m = (uint32_t)f.approx_m,
        .approx_offset = (uint32_t)f.approx_offset,
        .rank = (unsigned)f.rank,
        .exact_m = (uint32_t)f.exact_m,
        .exact_offset = (uint32_t)f.exact_offset,
        .inverted = f.inverted != 0,
        .exception_count = (size_t)f.exceptions,
        .exceptions = part(block, fixed, block.n - fixed),
        .version = card->version,
    };
}

bool writ_clubcard_issuer(const struct writ_clubcard *card, size_t i,
                          struct writ_clubcard_issuer *issuer)
{
    if (i >= card->issuer_count)
        return false;
    *issuer = block_at(card, i);
    return true;
}

static int take_exception(struct writ_cursor *c, unsigned version, struct writ_span *serial)
{
    uint64_t length;
    uint8_t byte = 0;

    if (version == BIG) {
        if (writ_cursor_u8(c, &byte, "length of an exception") < 0)
            return -1;
        length = byte;
    } else if (writ_cursor_u64_le(c, &length, "length of an exception") < 0)
        return -1;
    if (length > WRIT_CLUBCARD_SERIAL_MAX)
        return writ_cursor_fail(c, "an exception of %llu bytes, the ceiling is %d",
                                (unsigned long long)length, WRIT_CLUBCARD_SERIAL_MAX);
    return writ_cursor_take(c, (size_t)length, serial, "an exception");
}

bool writ_clubcard_exception(struct writ_clubcard_issuer *block, struct writ_span *serial)
{
    struct writ_cursor c = writ_cursor_over(block->exceptions, NULL);

    if (block->exception_count == 0 || take_exception(&c, block->version, serial) < 0)
        return false;
    block->exceptions = WRIT_SPAN(c.at, c.left);
    block->exception_count--;
    return true;
}

/* ------------------------------------------------------------------------------------ opening */

/* A count of version 3 (64 bits) or version 4 (as many bytes as it says) under its ceiling. */
static int take_count(struct writ_cursor *c, unsigned version, unsigned bytes_4, uint64_t max,
                      uint64_t *count, const char *what)
{
    struct writ_cursor start = *c;
    struct writ_span number;
    size_t n = version == LITTLE ? 8 : bytes_4;

    *count = 0;
    if (writ_cursor_take(c, n, &number, what) < 0)
        return -1;
    if (version == LITTLE)
        *count = writ_span_u64_le(number, 0);
    for (size_t i = 0; version == BIG && i < n; i++)
        *count = *count << 8 | writ_span_u8(number, i);
    if (*count > max)
        return writ_cursor_fail(&start, "%s is %llu, the ceiling is %llu", what,
                                (unsigned long long)*count, (unsigned long long)max);
    return 0;
}

static int take_version(struct writ_cursor *c, struct writ_clubcard *card)
{
    uint8_t version, reserved;

    if (writ_cursor_u8(c, &version, "clubcard version") < 0 ||
        writ_cursor_u8(c, &reserved, "reserved byte of a clubcard") < 0)
        return -1;
    if (version != LITTLE && version != BIG)
        return writ_fail_at(c->error, 0, "byte 0: clubcard version %u, this writ reads 3 and 4",
                            version);
    if (reserved != 0)
        return writ_fail_at(c->error, 1, "byte 1: reserved byte must be zero, found 0x%02x",
                            reserved);
    card->version = version;
    return 0;
}

static inline struct writ_span log_id(const struct writ_clubcard *card, size_t i)
{
    return part(card->logs, i * LOG_BYTES, WRIT_CLUBCARD_LOG);
}

/* Two hashes; nearly always their first bytes differ. */
static inline bool is_same_id(struct writ_span a, struct writ_span b)
{
    return writ_span_u64_be(a, 0) == writ_span_u64_be(b, 0) && writ_span_equal(a, b);
}

static inline bool is_before(struct writ_span a, struct writ_span b)
{
    uint64_t x = writ_span_u64_be(a, 0), y = writ_span_u64_be(b, 0);

    return x != y ? x < y : writ_span_compare(a, b) < 0;
}

/* Which of two intervals would count is anybody's guess. */
static int check_logs(const struct writ_clubcard *card, size_t offset, struct writ_error *e)
{
    for (size_t i = 1; i < card->log_count; i++) {
        struct writ_span id = log_id(card, i);

        for (size_t k = 0; k < i; k++) {
            if (is_same_id(log_id(card, k), id))
                return writ_fail_at(e, offset + i * LOG_BYTES,
                                    "byte %zu: log %zu stands twice, as log %zu before",
                                    offset + i * LOG_BYTES, i, k);
        }
    }
    return 0;
}

static int take_logs(struct writ_cursor *c, struct writ_clubcard *card)
{
    uint64_t count;
    size_t offset;

    if (take_count(c, card->version, 2, WRIT_CLUBCARD_LOGS_MAX, &count, "number of logs") < 0)
        return -1;
    offset = c->offset;
    card->log_count = (size_t)count;
    if (writ_cursor_take(c, card->log_count * LOG_BYTES, &card->logs, "logs") < 0)
        return -1;
    return check_logs(card, offset, c->error);
}

/* The beginning of an issuer's hash, for messages. */
static const char *tag_of(struct writ_span id, char text[TAG_BYTES])
{
    writ_hex_format(part(id, 0, TAG_BYTES / 2), text);
    return text;
}

/* What can be said of a block before the columns are known. */
static int check_fields(const struct writ_cursor *at, const struct fields *f, size_t i)
{
    uint64_t all = f->approx_m | f->exact_m | f->rank | f->approx_offset | f->exact_offset;
    char tag[TAG_BYTES];

    if (f->id_length == WRIT_CLUBCARD_ISSUER && all <= UINT32_MAX && f->inverted <= 1 &&
        f->exceptions <= WRIT_CLUBCARD_EXCEPTIONS_MAX)
        return 0; /* before anything is made for a message */
    if (f->id_length != WRIT_CLUBCARD_ISSUER)
        return writ_cursor_fail(at, "issuer %zu: wanted a hash of %d bytes, found %llu", i,
                                WRIT_CLUBCARD_ISSUER, (unsigned long long)f->id_length);
    (void)tag_of(f->id, tag);
    if (all > UINT32_MAX)
        return writ_cursor_fail(at, "issuer %zu (%s): m, rank or offset needs more than 32 bits", i,
                                tag);
    if (f->inverted > 1)
        return writ_cursor_fail(at, "issuer %zu (%s): inverted is %u, neither 0 nor 1", i, tag,
                                f->inverted);
    return writ_cursor_fail(at, "issuer %zu (%s): %llu exceptions, the ceiling is %d", i, tag,
                            (unsigned long long)f->exceptions, WRIT_CLUBCARD_EXCEPTIONS_MAX);
}

/* How far blocks reach into the columns, which come behind them. */
struct reach {
    uint64_t rank;                                  /* the greatest */
    uint64_t approx[WRIT_CLUBCARD_COLUMNS_MAX + 1]; /* by rank: where the rows of X end */
    uint64_t exact;                                 /* where those of Y end */
};

static inline void note_reach(struct reach *reach, const struct fields *f)
{
    uint64_t approx = f->approx_offset + f->approx_m, exact = f->exact_offset + f->exact_m;

    if (f->rank > reach->rank)
        reach->rank = f->rank;
    if (f->approx_m == 0 || f->rank > WRIT_CLUBCARD_COLUMNS_MAX)
        return;
    if (approx > reach->approx[f->rank])
        reach->approx[f->rank] = approx;
    if (exact > reach->exact)
        reach->exact = exact;
}

static int take_block(struct writ_cursor *c, unsigned version, size_t i, struct writ_span *last,
                      struct reach *reach)
{
    struct writ_cursor start = *c;
    struct writ_span fixed, serial;
    struct fields f;

    if (writ_cursor_take(c, block_bytes(version), &fixed, "issuer") < 0)
        return -1;
    f = version == LITTLE ? read_little(fixed) : read_big(fixed);
    if (check_fields(&start, &f, i) < 0)
        return -1;
    if (i > 0 && !is_before(*last, f.id))
        return writ_cursor_fail(&start, "issuer %zu is out of order or stands twice", i);
    *last = f.id;
    note_reach(reach, &f);
    for (uint64_t k = 0; k < f.exceptions; k++) {
        if (take_exception(c, version, &serial) < 0)
            return -1;
    }
    return 0;
}

/* One piece of memory for all of it. */
static struct writ_clubcard_index *new_index(size_t count)
{
    unsigned bits = 2 + (count == 0 ? 0 : 63 - (unsigned)__builtin_clzll(count));
    size_t slots = count + 1, patterns = ((size_t)1 << bits) + 1;
    struct writ_clubcard_index *index =
        malloc(sizeof *index + slots * sizeof index->slot[0] + patterns * sizeof index->first[0]);

    if (index == NULL)
        return NULL;
    index->shift = 64 - bits;
    index->first = (uint32_t *)(void *)&index->slot[slots];
    return index;
}

static void find_first(struct writ_clubcard_index *index, size_t count)
{
    size_t next = 0;

    for (size_t i = 0; i < count; i++) {
        while (next <= index->slot[i].prefix >> index->shift)
            index->first[next++] = (uint32_t)i;
    }
    while (next <= (size_t)1 << (64 - index->shift))
        index->first[next++] = (uint32_t)count;
}

static int take_issuers(struct writ_cursor *c, struct writ_clubcard *card, struct reach *reach)
{
    struct writ_span last = WRIT_SPAN_NONE;
    uint64_t count;

    if (take_count(c, card->version, 4, WRIT_CLUBCARD_ISSUERS_MAX, &count, "number of issuers") < 0)
        return -1;
    if (count > c->left / block_bytes(card->version))
        return writ_cursor_fail(c, "%llu issuers do not fit into %zu bytes",
                                (unsigned long long)count, c->left);
    card->issuer_count = (size_t)count;
    card->index = new_index(card->issuer_count);
    if (card->index == NULL)
        return writ_fail_memory(c->error);
    for (size_t i = 0; i < card->issuer_count; i++) {
        uint32_t offset = (uint32_t)c->offset;

        if (take_block(c, card->version, i, &last, reach) < 0)
            return -1;
        card->index->slot[i] = (struct slot){.prefix = writ_span_u64_be(last, 0), .offset = offset};
    }
    card->index->slot[count] = (struct slot){.offset = (uint32_t)c->offset};
    find_first(card->index, card->issuer_count);
    return 0;
}

static int take_column(struct writ_cursor *c, unsigned version, struct writ_span *column,
                       const char *what)
{
    uint64_t words;

    if (take_count(c, version, 4, WRIT_CLUBCARD_MAX / WORD, &words, what) < 0)
        return -1;
    return writ_cursor_take(c, (size_t)words * WORD, column, what);
}

static int take_columns(struct writ_cursor *c, struct writ_clubcard *card)
{
    uint64_t count;

    if (take_count(c, card->version, 1, WRIT_CLUBCARD_COLUMNS_MAX, &count, "number of columns") < 0)
        return -1;
    card->column_count = (size_t)count;
    for (size_t i = 0; i < card->column_count; i++) {
        if (take_column(c, card->version, &card->x[i], "words of a column of X") < 0)
            return -1;
    }
    return take_column(c, card->version, &card->y, "words of Y");
}

/* Both filters of a block against the columns they read.  C2SP has columns as long as the last
 * block's rows.  Real ones are longer, because rows overflow, and shorter, because zero words are
 * dropped from their end: bits behind it are 0 by definition. */
static bool ends_within(uint64_t offset, uint64_t m, struct writ_span column)
{
    return offset + m <= (uint64_t)column.n * 8 + WRIT_CLUBCARD_TRIMMED_MAX;
}

static bool block_fits(const struct writ_clubcard *card, size_t i)
{
    struct writ_clubcard_issuer b = block_at(card, i);
    bool fits = b.rank <= card->column_count && ends_within(b.exact_offset, b.exact_m, card->y);

    for (unsigned k = 0; fits && k < b.rank && b.approx_m != 0; k++)
        fits = ends_within(b.approx_offset, b.approx_m, card->x[k]);
    return fits || (b.approx_m == 0 && b.rank <= card->column_count);
}

/* The sentence about rows that do not fit. */
static int fail_rows(const struct writ_clubcard *card, size_t i, struct writ_error *e)
{
    struct writ_clubcard_issuer b = block_at(card, i);
    size_t at = card->index->slot[i].offset;
    char tag[TAG_BYTES];

    if (b.rank > card->column_count)
        return writ_fail_at(e, at, "byte %zu: issuer %zu (%s): rank %u, there are %zu columns", at,
                            i, tag_of(b.id, tag), b.rank, card->column_count);
    for (unsigned k = 0; k < b.rank; k++) {
        if (!ends_within(b.approx_offset, b.approx_m, card->x[k]))
            return writ_fail_at(e, at,
                                "byte %zu: issuer %zu (%s): rows %u to %llu of column %u, which "
                                "has %zu bits",
                                at, i, tag_of(b.id, tag), b.approx_offset,
                                (unsigned long long)b.approx_offset + b.approx_m, k,
                                card->x[k].n * 8);
    }
    return writ_fail_at(e, at,
                        "byte %zu: issuer %zu (%s): rows %u to %llu of Y, which has %zu bits", at,
                        i, tag_of(b.id, tag), b.exact_offset,
                        (unsigned long long)b.exact_offset + b.exact_m, card->y.n * 8);
}

/* True when all rows end within the columns that they read. */
static bool rows_fit(const struct writ_clubcard *card, const struct reach *reach)
{
    struct writ_span shortest = card->x[0];

    for (size_t r = 1; r <= card->column_count; r++) {
        if (card->x[r - 1].n < shortest.n)
            shortest = card->x[r - 1];
        if (reach->approx[r] > 0 && !ends_within(0, reach->approx[r], shortest))
            return false;
    }
    return reach->rank <= card->column_count && ends_within(0, reach->exact, card->y);
}

/* Only when some do not fit is it worth looking which. */
static int check_rows(const struct writ_clubcard *card, const struct reach *reach,
                      struct writ_error *e)
{
    size_t i = 0;

    if (rows_fit(card, reach))
        return 0;
    while (i + 1 < card->issuer_count && block_fits(card, i))
        i++;
    return fail_rows(card, i, e);
}

static int take_all(struct writ_cursor *c, struct writ_clubcard *card)
{
    struct reach reach = {0};

    if (card->bytes.n > WRIT_CLUBCARD_MAX)
        return writ_cursor_fail(c, "clubcard of %zu bytes, the ceiling is %zu", card->bytes.n,
                                WRIT_CLUBCARD_MAX);
    if (take_version(c, card) < 0 || take_logs(c, card) < 0 || take_issuers(c, card, &reach) < 0 ||
        take_columns(c, card) < 0)
        return -1;
    if (card->version == BIG && writ_cursor_end(c, "the clubcard") < 0)
        return -1;
    card->trailing = c->left;
    card->bytes = part(card->bytes, 0, c->offset);
    return check_rows(card, &reach, c->error);
}

int writ_clubcard_open(struct writ_span bytes, struct writ_clubcard *card, struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(bytes, e);

    *card = (struct writ_clubcard){.bytes = bytes};
    if (take_all(&c, card) == 0)
        return 0;
    writ_clubcard_close(card);
    return -1;
}

void writ_clubcard_close(struct writ_clubcard *card)
{
    free(card->index);
    *card = (struct writ_clubcard){0};
}

/* -------------------------------------------------------------------------- the whole, once */

struct rows {
    uint64_t from, to; /* half open */
    size_t issuer;
};

static int compare_rows(const void *a, const void *b)
{
    const struct rows *x = a, *y = b;

    return (x->from > y->from) - (x->from < y->from);
}

/* The rows of one filter: of X when approximate, else of Y.  Returns how many blocks have any. */
static size_t collect(const struct writ_clubcard *card, bool approximate, struct rows *rows)
{
    size_t n = 0;

    for (size_t i = 0; i < card->issuer_count; i++) {
        struct writ_clubcard_issuer b = block_at(card, i);
        uint64_t from = approximate ? b.approx_offset : b.exact_offset;
        uint64_t m = approximate ? b.approx_m : b.exact_m;

        if (b.approx_m != 0 && m != 0 && !(approximate && b.rank == 0))
            rows[n++] = (struct rows){.from = from, .to = from + m, .issuer = i};
    }
    return n;
}

static int check_overlap(const struct writ_clubcard *card, bool approximate, struct rows *rows,
                         struct writ_error *e)
{
    size_t n = collect(card, approximate, rows);

    if (n > 1)
        qsort(rows, n, sizeof rows[0], compare_rows);
    for (size_t i = 1; i < n; i++) {
        size_t at = card->index->slot[rows[i].issuer].offset;

        if (rows[i].from < rows[i - 1].to)
            return writ_fail_at(
                e, at, "byte %zu: issuer %zu has rows of %s from %llu on, issuer %zu up to %llu",
                at, rows[i].issuer, approximate ? "X" : "Y", (unsigned long long)rows[i].from,
                rows[i - 1].issuer, (unsigned long long)rows[i - 1].to);
    }
    return 0;
}

int writ_clubcard_check(const struct writ_clubcard *card, struct writ_error *e)
{
    struct rows *rows = calloc(card->issuer_count + 1, sizeof rows[0]);
    int rc = -1;

    if (rows == NULL)
        return writ_fail_memory(e);
    if (check_overlap(card, true, rows, e) == 0 && check_overlap(card, false, rows, e) == 0)
        rc = 0;
    free(rows);
    return rc;
}

/* ----------------------------------------------------------------------------------- coverage */

bool writ_clubcard_log(const struct writ_clubcard *card, size_t i, struct writ_clubcard_log *log)
{
    struct writ_span entry = part(card->logs, i * LOG_BYTES, LOG_BYTES);
    bool little = card->version == LITTLE;

    if (i >= card->log_count)
        return false;
    log->id = part(entry, 0, WRIT_CLUBCARD_LOG);
    log->low = little ? writ_span_u64_le(entry, 32) : writ_span_u64_be(entry, 32);
    log->high = little ? writ_span_u64_le(entry, 40) : writ_span_u64_be(entry, 40);
    return true;
}

bool writ_clubcard_covers(const struct writ_clubcard *card, const uint8_t id[WRIT_CLUBCARD_LOG],
                          uint64_t timestamp)
{
    struct writ_clubcard_log log;

    for (size_t i = 0; writ_clubcard_log(card, i, &log); i++) {
        if (memcmp(log.id.p, id, WRIT_CLUBCARD_LOG) == 0)
            return log.low <= timestamp && timestamp <= log.high;
    }
    return false;
}

uint64_t writ_clubcard_latest(const struct writ_clubcard *card)
{
    struct writ_clubcard_log log;
    uint64_t latest = 0;

    for (size_t i = 0; writ_clubcard_log(card, i, &log); i++) {
        if (log.high > latest)
            latest = log.high;
    }
    return latest;
}

/* ------------------------------------------------------------------------------------ columns */

size_t writ_clubcard_words(struct writ_span column)
{
    return column.n / WORD;
}

uint64_t writ_clubcard_word(const struct writ_clubcard *card, struct writ_span column, size_t i)
{
    if (i >= writ_clubcard_words(column))
        return 0;
    return card->version == LITTLE ? writ_span_u64_le(column, i * WORD)
                                   : writ_span_u64_be(column, i * WORD);
}

/* ------------------------------------------------------------------------------------ looking */

/* The first slot from low on whose prefix is not smaller; high when there is none. */
static inline size_t lower_slot(const struct slot *slot, size_t low, size_t high, uint64_t prefix)
{
    while (high - low > FEW) {
        size_t middle = low + (high - low) / 2;

        if (slot[middle].prefix < prefix)
            low = middle + 1;
        else
            high = middle;
    }
    while (low < high && slot[low].prefix < prefix)
        low++;
    return low;
}

/* The place of an issuer, or issuer_count. */
static inline size_t find(const struct writ_clubcard *card, struct writ_span id)
{
    const struct writ_clubcard_index *index = card->index;
    uint64_t prefix = writ_span_u64_be(id, 0);
    size_t bits, end, i;

    if (index == NULL)
        return card->issuer_count;
    bits = prefix >> index->shift;
    end = index->first[bits + 1];
    i = lower_slot(index->slot, index->first[bits], end, prefix);
    for (; i < end && index->slot[i].prefix == prefix; i++) {
        size_t at = index->slot[i].offset + (card->version == LITTLE ? ID_3 : ID_4);

        if (memcmp(part(card->bytes, at, WRIT_CLUBCARD_ISSUER).p, id.p, WRIT_CLUBCARD_ISSUER) == 0)
            return i;
    }
    return card->issuer_count;
}

bool writ_clubcard_find(const struct writ_clubcard *card,
                        const uint8_t issuer[WRIT_CLUBCARD_ISSUER],
                        struct writ_clubcard_issuer *block)
{
    size_t i = find(card, WRIT_SPAN(issuer, WRIT_CLUBCARD_ISSUER));

    return writ_clubcard_issuer(card, i, block);
}

/* The numbers of a certificate's equation. */
struct equation {
    uint64_t a0, a1, a2, a3;
};

/* The coefficients of a row, moved to where they stand in a column's words.  Words are read in one
 * order of bytes, whatever the file's: turning the row's five once is cheaper than all that they
 * meet.  Five numbers and no array, so that they stay in registers. */
struct row {
    uint64_t m0, m1, m2, m3, m4;
    uint64_t at; /* byte of the column where the first word begins */
};

static inline uint64_t turned(uint64_t word, unsigned version)
{
    return version == LITTLE ? word : __builtin_bswap64(word);
}

static inline struct row row_at(const struct equation *q, uint64_t start, unsigned version)
{
    unsigned shift = start % 64, back = 63 - shift;

    return (struct row){
        .m0 = turned(q->a0 << shift, version),
        .m1 = turned(q->a1 << shift | q->a0 >> 1 >> back, version),
        .m2 = turned(q->a2 << shift | q->a1 >> 1 >> back, version),
        .m3 = turned(q->a3 << shift | q->a2 >> 1 >> back, version),
        .m4 = turned(q->a3 >> 1 >> back, version),
        .at = start / 64 * WORD,
    };
}

static inline unsigned parity_at(const struct row *r, struct writ_span words, uint64_t at)
{
    uint64_t sum = (writ_span_u64_le(words, at) & r->m0) ^
                   (writ_span_u64_le(words, at + WORD) & r->m1) ^
                   (writ_span_u64_le(words, at + 2 * WORD) & r->m2) ^
                   (writ_span_u64_le(words, at + 3 * WORD) & r->m3) ^
                   (writ_span_u64_le(words, at + 4 * WORD) & r->m4);

    return (unsigned)__builtin_parityll(sum);
}

/* Behind the end of a column bits are 0, as words are that are read behind a span. */
static __attribute__((noinline, cold)) unsigned parity_at_end(const struct row *row,
                                                              struct writ_span column)
{
    return parity_at(row, column, row->at);
}

/* 0 when the row and the column's bits have an even number in common. */
static inline __attribute__((always_inline)) unsigned parity(const struct row *row,
                                                             struct writ_span column)
{
    struct writ_span words;

    if (writ_span_part(column, row->at, ROW_WORDS * WORD, &words) < 0)
        return parity_at_end(row, column);
    return parity_at(row, words, 0);
}

/* Columns are read in twos before either is judged: which of them says no is not to be foreseen,
 * and a processor that guesses wrong loses more time than the reading takes.  More than two would
 * be read in vain, mostly. */
static inline bool passes_approximate(const struct writ_clubcard *card, const struct fields *f,
                                      const struct equation *q)
{
    struct row row = row_at(q, q->a3 % f->approx_m + f->approx_offset, card->version);
    size_t i = 0;

    for (; i + 2 <= f->rank; i += 2) {
        if (parity(&row, card->x[i]) | parity(&row, card->x[i + 1]))
            return false;
    }
    for (; i < f->rank; i++) {
        if (parity(&row, card->x[i]))
            return false;
    }
    return true;
}

static inline bool passes_exact(const struct writ_clubcard *card, const struct fields *f,
                                const struct equation *q)
{
    uint64_t m = f->exact_m == 0 ? 1 : f->exact_m;
    struct row row = row_at(q, q->a3 % m + f->exact_offset, card->version);

    return parity(&row, card->y) == 0;
}

static bool is_excepted(const struct writ_clubcard *card, size_t i, struct writ_span serial)
{
    struct writ_clubcard_issuer b = block_at(card, i);
    struct writ_span exception;

    while (writ_clubcard_exception(&b, &exception)) {
        if (writ_span_equal(exception, serial))
            return true;
    }
    return false;
}

enum writ_filter_answer writ_clubcard_ask(const struct writ_clubcard *card,
                                          const uint8_t issuer[WRIT_CLUBCARD_ISSUER],
                                          struct writ_span serial,
                                          const uint8_t hash[WRIT_CLUBCARD_KEY])
{
    size_t i = find(card, WRIT_SPAN(issuer, WRIT_CLUBCARD_ISSUER));
    struct writ_span key = WRIT_SPAN(hash, WRIT_CLUBCARD_KEY);
    struct equation q = {writ_span_u64_le(key, 0) | 1, writ_span_u64_le(key, 8),
                         writ_span_u64_le(key, 16), writ_span_u64_le(key, 24)};
    struct fields f;
    bool held;

    if (i == card->issuer_count)
        return WRIT_FILTER_NOT_ENROLLED;
    f = fields_at(card, i);
    held = f.approx_m != 0 && passes_approximate(card, &f, &q) && passes_exact(card, &f, &q) &&
           !is_excepted(card, i, serial);
    return held != (f.inverted != 0) ? WRIT_FILTER_REVOKED : WRIT_FILTER_GOOD;
}
