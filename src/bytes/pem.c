#include "bytes/pem.h"

#include <string.h>

#include "base/base64.h"

#define BEGIN      "-----BEGIN "
#define END        "-----END "
#define DASHES     "-----"
#define LINE_BYTES 48 /* encoded as 64 characters */

static bool starts_with(struct writ_span s, const char *prefix)
{
    size_t n = strlen(prefix);

    return s.n >= n && memcmp(s.p, prefix, n) == 0;
}

static bool ends_with(struct writ_span s, const char *suffix)
{
    size_t n = strlen(suffix);

    return s.n >= n && memcmp(s.p + s.n - n, suffix, n) == 0;
}

/* The next line without its ending; the last one may lack a newline. */
static struct writ_span take_line(struct writ_cursor *c)
{
    struct writ_span line = writ_cursor_field(c, '\n');

    while (line.n > 0 && (line.p[line.n - 1] == '\r' || line.p[line.n - 1] == ' '))
        line.n--;
    return line;
}

/* The label of "-----BEGIN label-----"; NULL span when the line is not of that form. */
static struct writ_span label_of(struct writ_span line, const char *opening)
{
    size_t n = strlen(opening);

    if (!starts_with(line, opening) || !ends_with(line, DASHES) || line.n < n + strlen(DASHES))
        return WRIT_SPAN_NONE;
    return WRIT_SPAN(line.p + n, line.n - n - strlen(DASHES));
}

/* RFC 7468 section 3: printable ASCII, with single spaces or hyphens inside.  Labels are shown, so
 * a stranger's control characters must not get this far. */
static bool label_fits(struct writ_span label)
{
    bool apart = true; /* the last character was a space or hyphen, or there was none */

    for (size_t i = 0; i < label.n; i++) {
        bool separator = label.p[i] == ' ' || label.p[i] == '-';

        if ((separator && apart) || label.p[i] < ' ' || label.p[i] > '~')
            return false;
        apart = separator;
    }
    return !apart && label.n < WRIT_PEM_LABEL_MAX;
}

static int take_body(struct writ_cursor *c, struct writ_pem *pem)
{
    struct writ_buffer text = {0};
    struct writ_span wanted = writ_span_text(pem->label);
    int rc = -1;

    for (;;) {
        bool at_end = c->left == 0;
        struct writ_span line = take_line(c);

        if (starts_with(line, DASHES)) {
            if (!writ_span_equal(label_of(line, END), wanted)) {
                (void)writ_cursor_fail(c, "PEM %s: wanted its END line", pem->label);
                goto out;
            }
            break;
        }
        if (at_end || line.n > WRIT_PEM_LINE_MAX) {
            (void)writ_cursor_fail(c, "PEM %s: %s", pem->label,
                                   at_end ? "the END line is missing" : "line too long");
            goto out;
        }
        writ_buffer_add(&text, line);
    }
    if (writ_buffer_check(&text, c->error) < 0)
        goto out;
    if (writ_base64_parse(writ_buffer_span(&text), &pem->der) < 0 || pem->der.n == 0) {
        (void)writ_cursor_fail(c, "PEM %s: not base64", pem->label);
        goto out;
    }
    rc = 0;
out:
    writ_buffer_wipe(&text); /* it may be a private key */
    return rc;
}

int writ_pem_next(struct writ_cursor *c, struct writ_pem *pem, bool *found)
{
    *found = false;
    while (c->left > 0) {
        struct writ_span line = take_line(c);
        struct writ_span label = label_of(line, BEGIN);

        if (!starts_with(line, BEGIN))
            continue;
        if (!label_fits(label))
            return writ_cursor_fail(c, "PEM: BEGIN line without a proper label");
        memcpy(pem->label, label.p, label.n);
        pem->label[label.n] = '\0';
        if (take_body(c, pem) < 0) {
            writ_pem_free(pem);
            return -1;
        }
        *found = true;
        return 0;
    }
    return 0;
}

void writ_pem_free(struct writ_pem *pem)
{
    writ_buffer_wipe(&pem->der);
}

bool writ_pem_looks_like(struct writ_span bytes)
{
    struct writ_cursor c = writ_cursor_over(bytes, NULL);

    while (c.left > 0) {
        if (starts_with(take_line(&c), BEGIN))
            return true;
    }
    return false;
}

void writ_pem_build(struct writ_buffer *b, const char *label, struct writ_span der)
{
    writ_buffer_format(b, "-----BEGIN %s-----\n", label);
    for (size_t i = 0; i < der.n; i += LINE_BYTES) {
        size_t n = der.n - i < LINE_BYTES ? der.n - i : LINE_BYTES;

        writ_base64_add(b, WRIT_SPAN(der.p + i, n));
        writ_buffer_byte(b, '\n');
    }
    writ_buffer_format(b, "-----END %s-----\n", label);
}
