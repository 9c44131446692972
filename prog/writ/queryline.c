#include "writ/queryline.h"

#include "base/hex.h"

static int take_issuer(struct writ_span column, struct queryline *q, struct writ_error *e)
{
    if (writ_hex_parse(column, q->question.issuer, WRIT_CLUBCARD_ISSUER) == 0)
        return 0;
    return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                     "issuer: wanted %d hexadecimal digits, the SHA-256 of its public key",
                     2 * WRIT_CLUBCARD_ISSUER);
}

static int take_serial(struct writ_span column, struct queryline *q, struct writ_error *e)
{
    size_t n = column.n / 2;

    if (n == 0 || n > sizeof q->serial || writ_hex_parse(column, q->serial, n) < 0)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                         "serial: wanted the content of its INTEGER, 1 to %d octets in hexadecimal",
                         WRIT_CLUBCARD_SERIAL_MAX);
    q->question.serial = WRIT_SPAN(q->serial, n);
    return 0;
}

static int take_timestamp(struct writ_span item, struct queryline *q, struct writ_error *e)
{
    size_t i = q->question.sct_count;
    struct writ_cursor c = writ_cursor_over(item, NULL);
    struct writ_span id = writ_cursor_field(&c, ':');
    uint64_t timestamp;

    if (i == WRIT_SCTS_MAX)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "more than %d timestamps", WRIT_SCTS_MAX);
    if (writ_hex_parse(id, q->log_id[i], WRIT_SCT_LOG_ID) < 0 ||
        writ_span_decimal(WRIT_SPAN(c.at, c.left), UINT64_MAX, &timestamp) < 0)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                         "timestamp %zu: wanted a log id of %d hexadecimal digits, a colon and "
                         "milliseconds",
                         i + 1, 2 * WRIT_SCT_LOG_ID);
    q->question.scts[i] = (struct writ_sct){.log_id = WRIT_SPAN(q->log_id[i], WRIT_SCT_LOG_ID),
                                            .timestamp = timestamp};
    q->question.sct_count++;
    return 0;
}

/* A text in pieces: one more piece than there are separators. */
struct pieces {
    struct writ_cursor c;
    bool more;
};

static struct writ_span next_piece(struct pieces *p, uint8_t separator)
{
    size_t before = p->c.left;
    struct writ_span piece = writ_cursor_field(&p->c, separator);

    p->more = piece.n + p->c.left != before;
    return piece;
}

static int take_timestamps(struct writ_span column, struct queryline *q, struct writ_error *e)
{
    struct pieces items = {.c = writ_cursor_over(column, NULL), .more = column.n > 0};

    q->question.asks_coverage = true;
    while (items.more) {
        if (take_timestamp(next_piece(&items, ','), q, e) < 0)
            return -1;
    }
    return 0;
}

int queryline_parse(struct writ_span line, struct queryline *q, struct writ_error *e)
{
    struct pieces columns = {.c = writ_cursor_over(line, NULL)};

    q->question.asks_coverage = false;
    q->question.sct_count = 0;
    if (line.n > QUERYLINE_MAX)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "longer than %d bytes", QUERYLINE_MAX);
    if (take_issuer(next_piece(&columns, '\t'), q, e) < 0)
        return -1;
    if (!columns.more)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                         "wanted issuer, tab and serial, found one column");
    if (take_serial(next_piece(&columns, '\t'), q, e) < 0)
        return -1;
    if (columns.more && take_timestamps(next_piece(&columns, '\t'), q, e) < 0)
        return -1;
    if (columns.more)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "more than three columns");
    return 0;
}
