#include "shared/out.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

#define LINE_BYTES     4096 /* of one line for people */
#define PROGRESS_BYTES 80   /* of one that must not wrap */

static void guard_descriptor(int fd)
{
    if (fcntl(fd, F_GETFD) >= 0)
        return;
    if (open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
        _exit(WRIT_FAULT_CONFIGURATION); /* going on could write results into a store */
}

void out_start(struct out *o, const char *program)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        guard_descriptor(fd);
    *o = (struct out){.program = program, .text = {.ceiling = OUT_CEILING}};
}

/* All of it, or -1 and errno. */
static int write_all(int fd, struct writ_span bytes)
{
    size_t done = 0;

    while (done < bytes.n) {
        ssize_t n = write(fd, bytes.p + done, bytes.n - done);

        if (n >= 0) {
            done += (size_t)n;
        } else if (errno == EAGAIN) {
            struct pollfd wait = {.fd = fd, .events = POLLOUT};

            (void)poll(&wait, 1, -1);
        } else if (errno != EINTR) {
            return -1;
        }
    }
    return 0;
}

/* Standard error is the last resort: when it does not take a line there is nobody to tell. */
static void write_stderr(struct writ_span bytes)
{
    if (write_all(STDERR_FILENO, bytes) < 0)
        return;
}

static void clear_progress(struct out *o)
{
    if (o->progress)
        write_stderr(writ_span_text("\r\033[K"));
    o->progress = false;
}

static void release_notes(struct out *o)
{
    write_stderr(writ_buffer_span(&o->notes));
    writ_buffer_free(&o->notes);
}

/* In one write, so that lines of several processes do not mix; frees the line. */
static void write_line(struct out *o, struct writ_buffer *line)
{
    clear_progress(o);
    release_notes(o);
    write_stderr(writ_buffer_span(line));
    writ_buffer_free(line);
}

static void add_line(struct writ_buffer *to, const struct out *o, const char *sentence)
{
    writ_buffer_format(to, "%s: ", o->program);
    writ_text_add_safe(to, writ_span_text(sentence));
    writ_buffer_byte(to, '\n');
}

static void say_line(struct out *o, const char *sentence)
{
    struct writ_buffer line = {0};

    add_line(&line, o, sentence);
    write_line(o, &line);
}

void out_say(struct out *o, const char *fmt, ...)
{
    char *line = NULL;
    va_list args;
    int n;

    if (o->quiet || o->json)
        return;
    va_start(args, fmt);
    n = vasprintf(&line, fmt, args);
    va_end(args);
    if (n < 0) {
        o->text.failed = true;
        return;
    }
    writ_text_add_safe(&o->text, WRIT_SPAN(line, (size_t)n));
    writ_buffer_byte(&o->text, '\n');
    free(line);
}

struct writ_emit *out_emit(struct out *o)
{
    bool unwanted = (o->quiet && !o->json) || o->faulted;

    if (o->emitting)
        return &o->emit;
    writ_emit_start(&o->emit, o->json ? WRIT_EMIT_JSON : WRIT_EMIT_TEXT,
                    unwanted ? &o->unwanted : &o->text);
    writ_emit_object(&o->emit, NULL);
    if (o->json)
        writ_emit_number(&o->emit, "schema", OUT_JSON_SCHEMA);
    o->emitting = true;
    return &o->emit;
}

void out_data(struct out *o, struct writ_span bytes)
{
    writ_buffer_add(&o->text, bytes);
}

void out_note(struct out *o, const char *fmt, ...)
{
    char line[LINE_BYTES];
    va_list args;

    if (o->quiet)
        return;
    va_start(args, fmt);
    (void)vsnprintf(line, sizeof line, fmt, args);
    va_end(args);
    if (o->text.n > 0)
        add_line(&o->notes, o, line);
    else
        say_line(o, line);
}

void out_detail(struct out *o, unsigned level, const char *fmt, ...)
{
    char line[LINE_BYTES];
    va_list args;

    if (o->verbose < level)
        return;
    va_start(args, fmt);
    (void)vsnprintf(line, sizeof line, fmt, args);
    va_end(args);
    say_line(o, line);
}

static bool can_redraw(void)
{
    const char *terminal = getenv("TERM");

    return terminal != NULL && strcmp(terminal, "dumb") != 0 && isatty(STDERR_FILENO) == 1;
}

void out_progress(struct out *o, const char *fmt, ...)
{
    char sentence[PROGRESS_BYTES];
    struct writ_buffer line = {0};
    va_list args;

    if (o->quiet || !can_redraw())
        return;
    va_start(args, fmt);
    (void)vsnprintf(sentence, sizeof sentence, fmt, args);
    va_end(args);
    writ_text_add_safe(&line, writ_span_text(sentence));
    write_line(o, &line);
    o->progress = true;
}

void out_screen(struct out *o, struct writ_span text)
{
    if (o->quiet)
        return;
    clear_progress(o);
    release_notes(o);
    write_stderr(text);
}

int out_fault_line(struct out *o, const struct writ_error *e)
{
    say_line(o, e->text);
    return (int)e->fault;
}

void out_emit_fault(struct writ_emit *m, const struct writ_error *e)
{
    writ_emit_object(m, "fault");
    writ_emit_string(m, "class", writ_fault_name(e->fault));
    writ_emit_number(m, "exit", e->fault);
    writ_emit_string(m, "message", e->text);
    if (e->offset != SIZE_MAX)
        writ_emit_unsigned(m, "offset", e->offset);
    writ_emit_end(m);
}

int out_fault(struct out *o, const struct writ_error *e)
{
    assert(e->fault != WRIT_FAULT_NONE);
    if (o->json && !o->faulted) {
        writ_buffer_free(&o->text);
        o->emitting = false;
        out_emit_fault(out_emit(o), e);
        writ_emit_finish(&o->emit);
        o->emitting = false;
        o->faulted = true;
    }
    return out_fault_line(o, e);
}

int out_flush(struct out *o, struct writ_error *e)
{
    int rc = writ_buffer_check(&o->text, e);

    clear_progress(o);
    if (rc == 0 && write_all(STDOUT_FILENO, writ_buffer_span(&o->text)) < 0)
        rc = writ_fail(e, WRIT_FAULT_IO, "standard output: %s", strerror(errno));
    writ_buffer_free(&o->text);
    release_notes(o);
    return rc;
}

/* Worse than a fault, by the order for several subjects: 2 > 3 > 6 > fault > 5 > 4 > 0. */
static bool is_refusal(int status)
{
    return status == 2 || status == 3 || status == 6;
}

int out_finish(struct out *o, int status)
{
    struct writ_error e = {0};

    if (o->emitting)
        writ_emit_finish(&o->emit);
    if (out_flush(o, &e) < 0) {
        int fault = out_fault_line(o, &e);

        if (!is_refusal(status))
            status = fault;
    }
    writ_buffer_free(&o->unwanted);
    return status;
}
