#include "ca/linefile.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "bytes/cursor.h"

#define WINDOW ((size_t)256 * 1024)

int linefile_open(const char *path, struct linefile *f, struct writ_error *e)
{
    struct stat st;

    *f = LINEFILE_NONE;
    (void)file_shown(path, f->shown);
    f->fd = file_open_regular(path, &st, e);
    return f->fd < 0 ? -1 : 0;
}

void linefile_close(struct linefile *f)
{
    if (f->fd >= 0)
        (void)close(f->fd);
    writ_buffer_free(&f->window);
    *f = LINEFILE_NONE;
}

int linefile_blame(const struct linefile *f, struct writ_error *e)
{
    writ_error_context(e, "%s:%llu", f->shown, (unsigned long long)f->line);
    return -1;
}

/* What is in the window and was not given yet. */
static struct writ_span rest_of(const struct linefile *f)
{
    struct writ_span rest;

    return writ_span_part(writ_buffer_span(&f->window), f->from, f->window.n - f->from, &rest) < 0
               ? WRIT_SPAN_NONE
               : rest;
}

/* Puts the rest to the beginning of the window and reads on behind it. */
static int refill(struct linefile *f, struct writ_error *e)
{
    struct writ_span rest = rest_of(f);
    uint8_t *to;
    ssize_t n;

    if (rest.n > 0)
        memmove(f->window.p, rest.p, rest.n);
    f->window.n = rest.n;
    f->from = 0;
    to = writ_buffer_extend(&f->window, WINDOW - rest.n);
    if (to == NULL)
        return writ_fail_memory(e);
    do
        n = read(f->fd, to, WINDOW - rest.n);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return writ_fail_errno(e, WRIT_FAULT_IO, errno, "cannot read %s", f->shown);
    f->window.n = rest.n + (size_t)n;
    f->ended = n == 0;
    return 0;
}

/* Takes a line, and all of its length with the newline. */
static int give(struct linefile *f, struct writ_span line, size_t length, struct writ_error *e)
{
    f->line++;
    f->from += length;
    if (line.n <= LINEFILE_LINE_MAX)
        return 0;
    (void)writ_fail(e, WRIT_FAULT_BAD_INPUT, "a line of more than %d bytes", LINEFILE_LINE_MAX);
    return linefile_blame(f, e);
}

int linefile_next(struct linefile *f, struct writ_span *line, bool *is_line, struct writ_error *e)
{
    *is_line = true;
    for (;;) {
        struct writ_span rest = rest_of(f);
        struct writ_cursor c = writ_cursor_over(rest, NULL);

        if (writ_cursor_line(&c, line, "line") == 0)
            return give(f, *line, c.offset, e);
        if (f->ended || rest.n > LINEFILE_LINE_MAX) {
            *line = rest;
            *is_line = rest.n > 0;
            return rest.n == 0 ? 0 : give(f, rest, rest.n, e);
        }
        if (refill(f, e) < 0)
            return -1;
    }
}

int linefile_count(struct linefile *f, uint64_t *count, struct writ_error *e)
{
    bool is_line = true;
    struct writ_span line;

    for (*count = 0;; (*count)++) {
        if (linefile_next(f, &line, &is_line, e) < 0)
            return -1;
        if (!is_line)
            return 0;
    }
}
