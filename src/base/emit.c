#include "base/emit.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/hex.h"
#include "base/json.h"
#include "base/text.h"
#include "base/time.h"

void writ_emit_start(struct writ_emit *m, enum writ_emit_form form, struct writ_buffer *out)
{
    *m = (struct writ_emit){.form = form, .out = out};
}

static void indent(struct writ_emit *m)
{
    for (unsigned i = 1; i < m->depth; i++)
        writ_buffer_text(m->out, "  ");
}

/* A JSON string: quotes, backslashes and controls escaped, bytes that are not UTF-8 spelled out. */
static void add_json_string(struct writ_buffer *b, struct writ_span value)
{
    struct writ_buffer safe = {0};

    writ_text_add_safe(&safe, value);
    writ_buffer_byte(b, '"');
    for (size_t i = 0; i < safe.n; i++) {
        if (safe.p[i] == '"' || safe.p[i] == '\\')
            writ_buffer_byte(b, '\\');
        writ_buffer_byte(b, safe.p[i]);
    }
    writ_buffer_byte(b, '"');
    b->failed |= safe.failed;
    writ_buffer_free(&safe);
}

static void begin_json(struct writ_emit *m, const char *name)
{
    if (m->used[m->depth])
        writ_buffer_byte(m->out, ',');
    if (m->depth > 0)
        writ_buffer_byte(m->out, '\n');
    for (unsigned i = 0; i < m->depth; i++)
        writ_buffer_text(m->out, "  ");
    if (name != NULL) {
        add_json_string(m->out, writ_span_text(name));
        writ_buffer_text(m->out, ": ");
    }
}

/* Ends the line of a name that was opened last: there is something in it. */
static void end_heading(struct writ_emit *m)
{
    if (m->headed)
        writ_buffer_byte(m->out, '\n');
    m->headed = false;
}

static void begin_text(struct writ_emit *m, const char *name)
{
    end_heading(m);
    if (!m->dashed)
        indent(m);
    m->dashed = false;
    if (m->depth > 0 && m->in_list[m->depth])
        writ_buffer_text(m->out, "- ");
    for (; name != NULL && *name != '\0'; name++)
        writ_buffer_byte(m->out, *name == '_' ? ' ' : (uint8_t)*name);
}

static void begin(struct writ_emit *m, const char *name)
{
    if (m->form == WRIT_EMIT_JSON)
        begin_json(m, name);
    else
        begin_text(m, name);
    m->used[m->depth] = true;
}

static void open(struct writ_emit *m, const char *name, bool list)
{
    bool top = m->depth == 0;

    if (m->depth + 1 >= WRIT_EMIT_DEPTH_MAX) {
        m->out->failed = true;
        return;
    }
    if (m->form == WRIT_EMIT_JSON) {
        begin(m, name);
        writ_buffer_byte(m->out, list ? '[' : '{');
    } else if (!top) {
        begin(m, name);
        if (name != NULL)
            writ_buffer_byte(m->out, ':');
        m->headed = name != NULL;
        m->dashed = name == NULL;
    }
    m->depth++;
    m->in_list[m->depth] = list;
    m->used[m->depth] = false;
    m->begun[m->depth] = m->out->n;
}

void writ_emit_object(struct writ_emit *m, const char *name)
{
    open(m, name, false);
}

void writ_emit_list(struct writ_emit *m, const char *name)
{
    open(m, name, true);
}

void writ_emit_end(struct writ_emit *m)
{
    bool list = m->in_list[m->depth];
    bool used = m->used[m->depth];

    if (m->depth == 0)
        return;
    m->depth--;
    if (m->form == WRIT_EMIT_TEXT) {
        if (m->headed)
            writ_buffer_text(m->out, " none");
        if (m->headed || m->dashed)
            writ_buffer_byte(m->out, '\n');
        m->headed = false;
        m->dashed = false;
        return;
    }
    if (used) {
        writ_buffer_byte(m->out, '\n');
        for (unsigned i = 0; i < m->depth; i++)
            writ_buffer_text(m->out, "  ");
    }
    writ_buffer_byte(m->out, list ? ']' : '}');
}

/* The name of a member in text form is followed by a colon, unless it stands in a list. */
static void begin_member(struct writ_emit *m, const char *name)
{
    begin(m, name);
    if (m->form == WRIT_EMIT_TEXT && name != NULL)
        writ_buffer_text(m->out, ": ");
}

static void end_member(struct writ_emit *m)
{
    if (m->form == WRIT_EMIT_TEXT)
        writ_buffer_byte(m->out, '\n');
}

void writ_emit_span(struct writ_emit *m, const char *name, struct writ_span value)
{
    begin_member(m, name);
    if (m->form == WRIT_EMIT_JSON)
        add_json_string(m->out, value);
    else
        writ_text_add_safe(m->out, value);
    end_member(m);
}

void writ_emit_string(struct writ_emit *m, const char *name, const char *value)
{
    writ_emit_span(m, name, writ_span_text(value));
}

void writ_emit_number(struct writ_emit *m, const char *name, int64_t value)
{
    begin_member(m, name);
    writ_buffer_format(m->out, "%" PRId64, value);
    end_member(m);
}

void writ_emit_unsigned(struct writ_emit *m, const char *name, uint64_t value)
{
    begin_member(m, name);
    writ_buffer_format(m->out, "%" PRIu64, value);
    end_member(m);
}

void writ_emit_flag(struct writ_emit *m, const char *name, bool value)
{
    begin_member(m, name);
    if (m->form == WRIT_EMIT_JSON)
        writ_buffer_text(m->out, value ? "true" : "false");
    else
        writ_buffer_text(m->out, value ? "yes" : "no");
    end_member(m);
}

void writ_emit_time(struct writ_emit *m, const char *name, int64_t instant)
{
    char text[WRIT_TIME_TEXT];

    writ_time_format(instant, text);
    writ_emit_string(m, name, text);
}

void writ_emit_hex(struct writ_emit *m, const char *name, struct writ_span bytes)
{
    struct writ_buffer hex = {0};

    writ_hex_add(&hex, bytes);
    writ_emit_span(m, name, writ_buffer_span(&hex));
    m->out->failed |= hex.failed;
    writ_buffer_free(&hex);
}

void writ_emit_fragment_start(struct writ_emit *m, enum writ_emit_form form, unsigned depth,
                              struct writ_buffer *out)
{
    *m = (struct writ_emit){.form = form, .out = out};
    m->depth = depth < WRIT_EMIT_DEPTH_MAX ? depth : WRIT_EMIT_DEPTH_MAX - 1;
}

/* The members of the open object that are written already. */
static struct writ_span written(const struct writ_emit *m)
{
    size_t from = m->begun[m->depth];

    return from < m->out->n ? WRIT_SPAN(m->out->p + from, m->out->n - from) : WRIT_SPAN_NONE;
}

/* The indentation that every line of a text fragment must have. */
static bool is_indented(struct writ_span text, unsigned depth)
{
    size_t wanted = depth > 1 ? 2 * ((size_t)depth - 1) : 0;
    size_t column = 0;

    for (size_t i = 0; i < text.n; i++) {
        if (column < wanted && text.p[i] != ' ')
            return false;
        column = text.p[i] == '\n' ? 0 : column + 1;
    }
    return text.n == 0 || text.p[text.n - 1] == '\n';
}

static bool is_printable_lines(struct writ_span text)
{
    size_t from = 0;

    for (size_t i = 0; i <= text.n; i++) {
        if (i < text.n && text.p[i] != '\n')
            continue;
        if (i > from && !writ_text_is_printable(WRIT_SPAN(text.p + from, i - from)))
            return false;
        from = i + 1;
    }
    return true;
}

int writ_emit_fragment_add(struct writ_emit *m, struct writ_span fragment, struct writ_error *e)
{
    bool json = m->form == WRIT_EMIT_JSON;

    if (!is_printable_lines(fragment) ||
        !(json ? writ_json_continues(written(m), fragment) : is_indented(fragment, m->depth)))
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "an answer that is not in the form agreed on");
    if (fragment.n == 0)
        return 0;
    if (json && m->used[m->depth])
        writ_buffer_byte(m->out, ',');
    end_heading(m);
    writ_buffer_add(m->out, fragment);
    m->used[m->depth] = true;
    return 0;
}

void writ_emit_finish(struct writ_emit *m)
{
    while (m->depth > 0)
        writ_emit_end(m);
    if (m->form == WRIT_EMIT_JSON)
        writ_buffer_byte(m->out, '\n');
}
