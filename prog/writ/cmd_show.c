#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "object/table.h"
#include "shared/file.h"
#include "shared/jail.h"
#include "verdict/judge.h"
#include "writ/commands.h"
#include "writ/showing.h"

#define DEPTH 3 /* schema object, list of objects, one object */

struct task {
    struct writ_span bytes;
    enum writ_emit_form form;
};

static int work(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    const struct task *t = argument;
    struct writ_emit m;

    writ_emit_fragment_start(&m, t->form, DEPTH, answer);
    if (showing_walk(t->bytes, &m, e) < 0)
        return -1;
    return writ_buffer_check(answer, e);
}

/* What is shown goes into one list, which in text begins with the first object: where nothing could
 * be shown, nothing is printed. */
struct listing {
    const struct args *a;
    struct out *o;
    bool begun;
};

static struct writ_emit *begin_object(struct listing *l, const char *path)
{
    struct writ_emit *m = out_emit(l->o);

    if (!l->begun)
        writ_emit_list(m, "objects");
    l->begun = true;
    writ_emit_object(m, NULL);
    writ_emit_string(m, "file", path);
    return m;
}

static int show_bytes(struct listing *l, const char *path, struct writ_span bytes,
                      struct writ_error *e)
{
    struct task t = {.bytes = bytes, .form = l->a->json ? WRIT_EMIT_JSON : WRIT_EMIT_TEXT};
    struct jail limits = {0};
    struct writ_buffer answer = {0};
    int rc = jail_run(&limits, work, &t, &answer, e);

    if (rc == 0) {
        struct writ_emit *m = begin_object(l, path);

        rc = writ_emit_fragment_add(m, writ_buffer_span(&answer), e);
        writ_emit_end(m);
    }
    writ_buffer_free(&answer);
    return rc;
}

static int show_path(struct listing *l, const char *path, struct writ_error *e)
{
    struct writ_span file = WRIT_SPAN_NONE;
    struct stat st;
    int fd = file_open_regular(path, &st, e);
    int rc = -1;

    if (fd < 0)
        return -1;
    if (file_map(fd, (size_t)st.st_size, &file, e) == 0)
        rc = show_bytes(l, path, file, e);
    if (rc < 0)
        writ_error_context(e, "%s", path);
    file_unmap(&file);
    close(fd);
    return rc;
}

static int show_stdin(struct listing *l, struct writ_error *e)
{
    struct writ_buffer bytes = {0};
    int rc = file_read_fd(STDIN_FILENO, "standard input", WRIT_TABLE_MAX, &bytes, e);

    if (rc == 0) {
        rc = show_bytes(l, "-", writ_buffer_span(&bytes), e);
        if (rc < 0)
            writ_error_context(e, "standard input");
    }
    writ_buffer_free(&bytes);
    return rc;
}

/* A file without a tail may have its seal beside it: then that is shown too. */
static int show_one(struct listing *l, const char *path, struct writ_error *e)
{
    char *beside = NULL;
    int rc;

    if (path[0] == '-' && path[1] == '\0')
        return show_stdin(l, e);
    if (asprintf(&beside, "%s.writ", path) < 0)
        return writ_fail_memory(e);
    if (access(beside, F_OK) == 0)
        rc = show_path(l, beside, e);
    else
        rc = show_path(l, path, e);
    free(beside);
    return rc;
}

/* A program finds the fault where the object would be. */
static int tell_fault(struct listing *l, const char *path, const struct writ_error *e)
{
    if (l->a->json) {
        struct writ_emit *m = begin_object(l, path);

        out_emit_fault(m, e);
        writ_emit_end(m);
    }
    return out_fault_line(l->o, e);
}

static int run(const struct args *a, struct out *o)
{
    struct listing l = {.a = a, .o = o};
    int status = 0;

    {
        struct writ_error e = {0};

        if (jail_prepare(&e) < 0)
            return out_fault(o, &e);
    }
    for (size_t i = 0; i < a->operand_count; i++) {
        struct writ_error e = {0};

        if (show_one(&l, args_operand(a, i), &e) < 0)
            status = writ_worse_exit(status, tell_fault(&l, args_operand(a, i), &e));
    }
    return status;
}

const struct command command_show = {
    .words = "show",
    .group = "judge",
    .summary = "show what a seal, certificate, feed or table claims",
    .description = "No judgement: nothing of it is checked. `-` is standard input.\n",
    .operands =
        (const struct operand_spec[]){{.name = "OBJECT", .hint = COMMAND_HINT_FILE, .many = true},
                                      {0}},
    .examples = (const char *const[]){"writ show app", "writ show alice.pem --json",
                                      "writ show feed/feed.note feed/targets/*.table", NULL},
    .run = run,
};
