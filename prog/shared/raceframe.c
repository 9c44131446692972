#include "shared/raceframe.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define LINE_MAX_BYTES (WRIT_ERROR_TEXT_MAX + 128)

void raceframe_add(struct writ_buffer *b, const struct raceframe *f)
{
    if (f->fault != WRIT_FAULT_NONE) {
        writ_buffer_format(b, "fault %zu %" PRId64 " %d %" PRId64 " %s\n", f->server, f->ms,
                           (int)f->fault, f->wait_seconds, f->sentence);
        return;
    }
    writ_buffer_format(b, "answer %zu %" PRId64 " ", f->server, f->ms);
    if (f->max_age == RACE_NO_AGE)
        writ_buffer_text(b, "none");
    else
        writ_buffer_format(b, "%" PRId64, f->max_age);
    writ_buffer_format(b, " %" PRId64 " %zu\n", f->wait_seconds, f->body.n);
    writ_buffer_add(b, f->body);
}

static int nonsense(struct writ_error *e)
{
    return writ_fail(e, WRIT_FAULT_UNEXPECTED, "writ-fetch said nothing that makes sense");
}

/* The next word of the line as a number of at most `most`. */
static int number(struct writ_cursor *line, uint64_t most, uint64_t *value)
{
    return writ_span_decimal(writ_cursor_field(line, ' '), most, value);
}

static int read_age(struct writ_cursor *line, int64_t *age)
{
    struct writ_span word = writ_cursor_field(line, ' ');
    uint64_t value = 0;

    *age = RACE_NO_AGE;
    if (writ_span_equal(word, writ_span_text("none")))
        return 0;
    if (writ_span_decimal(word, (uint64_t)RACE_SECONDS_MAX, &value) < 0)
        return -1;
    *age = (int64_t)value;
    return 0;
}

/* What follows "answer SERVER MS": 1, 0 or -1 as raceframe_read. */
static int read_answer(struct writ_cursor *line, struct writ_cursor *rest, struct raceframe *f,
                       struct writ_error *e)
{
    uint64_t length = 0, wait = 0;

    if (read_age(line, &f->max_age) < 0 || number(line, (uint64_t)RACE_SECONDS_MAX, &wait) < 0 ||
        number(line, RACE_BYTES_MAX, &length) < 0 || line->left > 0)
        return nonsense(e);
    f->wait_seconds = (int64_t)wait;
    if (length > rest->left)
        return 0;
    return writ_cursor_take(rest, (size_t)length, &f->body, "answer of writ-fetch") < 0 ? -1 : 1;
}

static int read_fault(struct writ_cursor *line, struct raceframe *f, struct writ_error *e)
{
    uint64_t class = 0, wait = 0;

    if (number(line, UINT32_MAX, &class) < 0 || !writ_is_fault((uint32_t) class) ||
        number(line, (uint64_t)RACE_SECONDS_MAX, &wait) < 0)
        return nonsense(e);
    f->fault = (enum writ_fault) class;
    f->wait_seconds = (int64_t)wait;
    writ_text_copy_safe(f->sentence, sizeof f->sentence, WRIT_SPAN(line->at, line->left));
    return 1;
}

/* One whole line, and what stands behind it. */
static int read_frame(struct writ_span text, size_t servers, struct writ_cursor *rest,
                      struct raceframe *f, struct writ_error *e)
{
    struct writ_cursor line = writ_cursor_over(text, NULL);
    struct writ_span kind = writ_cursor_field(&line, ' ');
    uint64_t server = 0, ms = 0;

    *f = (struct raceframe){.max_age = RACE_NO_AGE};
    if (servers == 0 || number(&line, servers - 1, &server) < 0 ||
        number(&line, (uint64_t)RACE_SECONDS_MAX, &ms) < 0)
        return nonsense(e);
    f->server = (size_t)server;
    f->ms = (int64_t)ms;
    if (writ_span_equal(kind, writ_span_text("answer")))
        return read_answer(&line, rest, f, e);
    if (writ_span_equal(kind, writ_span_text("fault")))
        return read_fault(&line, f, e);
    return nonsense(e);
}

int raceframe_read(struct writ_cursor *c, size_t servers, struct raceframe *f, struct writ_error *e)
{
    struct writ_cursor rest = *c;
    struct writ_span text;
    int rc;

    rest.error = NULL;
    if (writ_cursor_line(&rest, &text, "line of writ-fetch") < 0)
        return c->left > LINE_MAX_BYTES ? nonsense(e) : 0;
    if (text.n > LINE_MAX_BYTES)
        return nonsense(e);
    rc = read_frame(text, servers, &rest, f, e);
    if (rc == 1) {
        rest.error = c->error;
        *c = rest;
    }
    return rc;
}
