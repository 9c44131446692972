#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "issue/layout.h"
#include "shared/file.h"
#include "shared/jail.h"
#include "writ/commands.h"

/* Files and what they become are no larger than this. */
#define ANSWER_MAX (WRIT_CLUBCARD_MAX + sizeof(uint64_t))
/* For reading: a copy of the columns, two conversions, and what a buffer leaves when it grows. */
#define MEMORY_MAX (8 * WRIT_CLUBCARD_MAX)

/* ------------------------------------------------------------------------------ in the child */

struct task {
    struct writ_span bytes;
    unsigned version;
};

/* The way back gives the same bytes, or something was lost. */
static int check_back(const struct writ_clubcard *from, struct writ_span converted,
                      struct writ_error *e)
{
    struct writ_clubcard card;
    struct writ_buffer back = {0};
    int rc = writ_clubcard_open(converted, &card, e);

    if (rc == 0) {
        rc = writ_layout_convert(&card, from->version, &back, e);
        writ_clubcard_close(&card);
    }
    if (rc == 0 && !writ_span_equal(writ_buffer_span(&back), from->bytes))
        rc = writ_fail(e, WRIT_FAULT_UNEXPECTED,
                       "converted back, the clubcard is not what it was before");
    writ_buffer_free(&back);
    return rc;
}

/* The answer: how many bytes were left behind, then the file. */
static int convert(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    const struct task *t = argument;
    struct writ_clubcard card;
    struct writ_buffer converted = {0};
    uint64_t trailing;
    int rc = -1;

    if (writ_clubcard_open(t->bytes, &card, e) < 0)
        return -1;
    trailing = card.trailing;
    if (writ_clubcard_check(&card, e) == 0 &&
        writ_layout_convert(&card, t->version, &converted, e) == 0 &&
        check_back(&card, writ_buffer_span(&converted), e) == 0) {
        writ_buffer_add(answer, WRIT_SPAN(&trailing, sizeof trailing));
        writ_buffer_add(answer, writ_buffer_span(&converted));
        rc = writ_buffer_check(answer, e);
    }
    writ_buffer_free(&converted);
    writ_clubcard_close(&card);
    return rc;
}

/* ----------------------------------------------------------------------------- in the parent */

static int convert_file(const char *path, unsigned version, struct writ_buffer *answer,
                        struct writ_error *e)
{
    struct jail limits = {.memory_bytes = MEMORY_MAX, .answer_bytes = ANSWER_MAX};
    struct task t = {.version = version};
    struct stat st;
    int fd = file_open_regular(path, &st, e);
    int rc = -1;

    if (fd < 0)
        return -1;
    if (file_map(fd, (size_t)st.st_size, &t.bytes, e) == 0)
        rc = jail_run(&limits, convert, &t, answer, e);
    if (rc < 0)
        writ_error_context(e, "%s", path);
    file_unmap(&t.bytes);
    (void)close(fd);
    return rc;
}

static void tell(const struct args *a, struct out *o, unsigned version, size_t bytes,
                 uint64_t trailing)
{
    if (trailing > 0)
        out_note(o, "%s: %llu bytes behind its end are left out", args_operand(a, 0),
                 (unsigned long long)trailing);
    if (a->json) {
        struct writ_emit *m = out_emit(o);

        writ_emit_string(m, "file", args_operand(a, 1));
        writ_emit_string(m, "format", version == 4 ? "clubcard4" : "clubcard3");
        writ_emit_unsigned(m, "bytes", bytes);
        writ_emit_unsigned(m, "left_out_bytes", trailing);
        writ_emit_flag(m, "dry_run", a->dry_run);
        return;
    }
    out_say(o, "%s %s: clubcard%u, %zu bytes", a->dry_run ? "would write" : "wrote",
            args_operand(a, 1), version, bytes);
}

static int write_converted(const struct args *a, struct out *o, unsigned version,
                           struct writ_span answer, struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(answer, e);
    struct writ_span trailing, file;
    uint64_t count;

    if (writ_cursor_take(&c, sizeof count, &trailing, "child's answer") < 0)
        return -1;
    memcpy(&count, trailing.p, sizeof count);
    file = WRIT_SPAN(c.at, c.left);
    if (!a->dry_run && file_replace_bytes(args_operand(a, 1), 0644, file, e) < 0)
        return -1;
    tell(a, o, version, file.n, count);
    return 0;
}

static int run(const struct args *a, struct out *o)
{
    unsigned version = args_choice(a, "format", 0) == 0 ? 4 : 3;
    struct writ_buffer answer = {0};
    struct writ_error e = {0};
    int status = 0;

    if (jail_prepare(&e) < 0 || convert_file(args_operand(a, 0), version, &answer, &e) < 0 ||
        write_converted(a, o, version, writ_buffer_span(&answer), &e) < 0)
        status = out_fault(o, &e);
    writ_buffer_free(&answer);
    return status;
}

static const char *const formats[] = {"clubcard4", "clubcard3", NULL};

const struct command command_filter_convert = {
    .words = "filter convert",
    .group = "more",
    .summary = "rewrite a clubcard in its other form",
    .description = "Version 3 is what Firefox reads, version 4 the smaller one. Nothing that is\n"
                   "asked of either is answered otherwise.\n",
    .operands = (const struct operand_spec[]){{.name = "IN", .hint = COMMAND_HINT_FILE},
                                              {.name = "OUT", .hint = COMMAND_HINT_FILE},
                                              {0}},
    .options = (const struct option_spec[]){{.name = "format",
                                             .value = "FORM",
                                             .help = "clubcard4 or clubcard3",
                                             .choices = formats,
                                             .required = true},
                                            {0}},
    .mutates = true,
    .examples =
        (const char *const[]){"writ filter convert filter filter.v4 --format clubcard4", NULL},
    .run = run,
};
