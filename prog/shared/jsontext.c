#include "shared/jsontext.h"

#include "base/text.h"

/* How a byte changes what the bytes after it mean. */
struct scan {
    unsigned depth;
    bool in_string;
    bool escaped; /* the byte before was a backslash in a string */
};

static void scan_byte(struct scan *s, uint8_t byte)
{
    if (s->escaped)
        s->escaped = false;
    else if (s->in_string && byte == '\\')
        s->escaped = true;
    else if (byte == '"')
        s->in_string = !s->in_string;
    else if (!s->in_string && (byte == '{' || byte == '['))
        s->depth++;
    else if (!s->in_string && (byte == '}' || byte == ']') && s->depth > 0)
        s->depth--;
}

/* jansson would recurse 2,048 times. */
static int check_depth(struct writ_span text, const char *what, struct writ_error *e)
{
    struct scan s = {0};

    for (size_t i = 0; i < text.n; i++) {
        scan_byte(&s, text.p[i]);
        if (s.depth > JSONTEXT_DEPTH_MAX)
            return writ_fail_at(e, i, "byte %zu: %s nests deeper than %d, the ceiling", i, what,
                                JSONTEXT_DEPTH_MAX);
    }
    return 0;
}

json_t *jsontext_parse(struct writ_span text, size_t max, const char *what, struct writ_error *e)
{
    char words[JSON_ERROR_TEXT_LENGTH * 4];
    json_error_t error;
    json_t *json;

    if (text.n > max) {
        (void)writ_fail_at(e, 0, "%s of %zu bytes, the ceiling is %zu", what, text.n, max);
        return NULL;
    }
    if (check_depth(text, what, e) < 0)
        return NULL;
    json =
        json_loadb(text.n == 0 ? "" : (const char *)text.p, text.n, JSON_REJECT_DUPLICATES, &error);
    if (json == NULL) {
        writ_text_copy_safe(words, sizeof words, writ_span_text(error.text));
        (void)writ_fail_at(e, error.position < 0 ? 0 : (size_t)error.position,
                           "%s is not JSON: line %d: %s", what, error.line, words);
    }
    return json;
}
