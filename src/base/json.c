#include "base/json.h"

#include <string.h>

/* The text, and how far it was read. */
struct reader {
    struct writ_span text;
    size_t at;
    unsigned depth;
};

/* The names of one object. */
struct names {
    size_t count;
    struct writ_span name[WRIT_JSON_MEMBERS_MAX];
};

static bool value(struct reader *r);

/* The byte that comes next; -1 at the end. */
static int peek(const struct reader *r)
{
    return r->at < r->text.n ? r->text.p[r->at] : -1;
}

static void space(struct reader *r)
{
    while (peek(r) == ' ' || peek(r) == '\n')
        r->at++;
}

static bool take(struct reader *r, int byte)
{
    if (peek(r) != byte)
        return false;
    r->at++;
    return true;
}

static bool string(struct reader *r, struct writ_span *content)
{
    size_t from;

    if (!take(r, '"'))
        return false;
    for (from = r->at; peek(r) != '"'; r->at++) {
        if (peek(r) < ' ')
            return false; /* a control, or the end */
        if (take(r, '\\') && peek(r) != '"' && peek(r) != '\\')
            return false;
    }
    *content = WRIT_SPAN(r->text.p + from, r->at - from);
    return take(r, '"');
}

static bool number(struct reader *r)
{
    size_t from;

    (void)take(r, '-');
    for (from = r->at; peek(r) >= '0' && peek(r) <= '9';)
        r->at++;
    return r->at > from && (r->at == from + 1 || r->text.p[from] != '0');
}

static bool word(struct reader *r, const char *wanted)
{
    for (; *wanted != '\0'; wanted++) {
        if (!take(r, *wanted))
            return false;
    }
    return true;
}

static bool is_new(struct names *names, struct writ_span name)
{
    for (size_t i = 0; i < names->count; i++) {
        if (writ_span_equal(names->name[i], name))
            return false;
    }
    if (names->count == WRIT_JSON_MEMBERS_MAX)
        return false;
    names->name[names->count++] = name;
    return true;
}

/* Members up to what cannot belong to them: a brace, or the end. */
static bool members(struct reader *r, struct names *names)
{
    struct writ_span name;

    do {
        space(r);
        if (!string(r, &name) || !is_new(names, name) || !take(r, ':'))
            return false;
        space(r);
        if (!value(r))
            return false;
        space(r);
    } while (take(r, ','));
    return true;
}

static bool object(struct reader *r)
{
    struct names names = {.count = 0};

    space(r);
    return take(r, '}') || (members(r, &names) && take(r, '}'));
}

static bool list(struct reader *r)
{
    space(r);
    if (take(r, ']'))
        return true;
    do {
        space(r);
        if (!value(r))
            return false;
        space(r);
    } while (take(r, ','));
    return take(r, ']');
}

static bool value(struct reader *r)
{
    struct writ_span content;
    bool good;

    if (peek(r) == '"')
        return string(r, &content);
    if (peek(r) == 't')
        return word(r, "true");
    if (peek(r) == 'f')
        return word(r, "false");
    if (peek(r) != '{' && peek(r) != '[')
        return number(r);
    if (r->depth == WRIT_JSON_DEPTH_MAX)
        return false;
    r->depth++;
    good = take(r, '{') ? object(r) : take(r, '[') && list(r);
    r->depth--;
    return good;
}

static bool add_members(struct writ_span text, struct names *names)
{
    struct reader r = {.text = text};

    space(&r);
    if (r.at == text.n)
        return true;
    return members(&r, names) && r.at == text.n;
}

bool writ_json_continues(struct writ_span before, struct writ_span more)
{
    struct names names = {.count = 0};

    return add_members(before, &names) && add_members(more, &names);
}
