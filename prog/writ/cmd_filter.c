#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shared/file.h"
#include "shared/jail.h"
#include "writ/commands.h"
#include "writ/queryline.h"

#define FILES_MAX 1024              /* filters asked at once */
#define BATCH     ((size_t)1 << 20) /* bytes of lines that one child answers */

_Static_assert(BATCH > 2 * QUERYLINE_MAX, "a batch holds a line");

struct query {
    const struct args *a;
    struct out *o;
    struct writ_span *files; /* mapped; as many as there are operands */
    struct writ_buffer input;
    uint64_t lines; /* that were answered */
    bool ended;     /* standard input */
};

/* ------------------------------------------------------------------------------ in the child */

/* Lines that were found sound, for a child to answer. */
struct batch {
    const struct query *q;
    struct writ_span text;
};

static void close_filters(struct filterfile *filters, size_t count)
{
    for (size_t i = 0; i < count; i++)
        filterfile_close(&filters[i]);
    free(filters);
}

/* Opens all, or NULL and the fault of the first that cannot be. */
static struct filterfile *open_filters(const struct query *q, struct writ_error *e)
{
    struct filterfile *filters = calloc(q->a->operand_count, sizeof filters[0]);

    if (filters == NULL)
        (void)writ_fail_memory(e);
    for (size_t i = 0; filters != NULL && i < q->a->operand_count; i++) {
        if (filterfile_open(q->files[i], &filters[i], e) < 0) {
            writ_error_context(e, "%s", args_operand(q->a, i));
            close_filters(filters, i);
            filters = NULL;
        }
    }
    return filters;
}

static int check_filters(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    const struct query *q = argument;
    struct filterfile *filters = open_filters(q, e);
    int rc = filters == NULL ? -1 : 0;

    (void)answer;
    for (size_t i = 0; rc == 0 && i < q->a->operand_count; i++) {
        rc = filterfile_check(&filters[i], e);
        if (rc < 0)
            writ_error_context(e, "%s", args_operand(q->a, i));
    }
    if (filters != NULL)
        close_filters(filters, q->a->operand_count);
    return rc;
}

/* The greatest answer of all files (object/clubcard.h). */
static int ask_all(const struct filterfile *filters, size_t count, struct writ_digester *digester,
                   const struct filterfile_question *question, enum writ_filter_answer *answer,
                   struct writ_error *e)
{
    *answer = WRIT_FILTER_NOT_COVERED;
    for (size_t i = 0; i < count; i++) {
        enum writ_filter_answer one;

        if (filterfile_ask(&filters[i], digester, question, &one, e) < 0)
            return -1;
        if (one > *answer)
            *answer = one;
    }
    return 0;
}

/* One byte for each line. */
static int answer_lines(const struct batch *b, const struct filterfile *filters,
                        struct writ_digester *digester, struct writ_buffer *answers,
                        struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(b->text, NULL);
    enum writ_filter_answer answer;
    struct queryline line;

    while (c.left > 0) {
        if (queryline_parse(writ_cursor_field(&c, '\n'), &line, e) < 0 ||
            ask_all(filters, b->q->a->operand_count, digester, &line.question, &answer, e) < 0)
            return -1;
        writ_buffer_byte(answers, (uint8_t)answer);
    }
    return writ_buffer_check(answers, e);
}

static int answer_batch(void *argument, struct writ_buffer *answers, struct writ_error *e)
{
    const struct batch *b = argument;
    struct writ_digester *digester = writ_digester_new(e);
    struct filterfile *filters = digester == NULL ? NULL : open_filters(b->q, e);
    int rc = -1;

    if (filters != NULL) {
        rc = answer_lines(b, filters, digester, answers, e);
        close_filters(filters, b->q->a->operand_count);
    }
    writ_digester_free(digester);
    return rc;
}

/* ----------------------------------------------------------------------------- in the parent */

static int map_filter(const char *path, struct writ_span *bytes, struct writ_error *e)
{
    struct stat st;
    int fd = file_open_regular(path, &st, e);
    int rc;

    if (fd < 0)
        return -1;
    rc = file_map(fd, (size_t)st.st_size, bytes, e);
    (void)close(fd);
    return rc;
}

static int map_filters(struct query *q, struct writ_error *e)
{
    if (q->a->operand_count > FILES_MAX)
        return args_fail(q->a, e, "%zu filters at once, the ceiling is %d", q->a->operand_count,
                         FILES_MAX);
    q->files = calloc(q->a->operand_count, sizeof q->files[0]);
    if (q->files == NULL)
        return writ_fail_memory(e);
    for (size_t i = 0; i < q->a->operand_count; i++) {
        if (map_filter(args_operand(q->a, i), &q->files[i], e) < 0)
            return -1;
    }
    return 0;
}

static void unmap_filters(struct query *q)
{
    for (size_t i = 0; q->files != NULL && i < q->a->operand_count; i++)
        file_unmap(&q->files[i]);
    free(q->files);
}

static bool more_is_there(void)
{
    struct pollfd one = {.fd = STDIN_FILENO, .events = POLLIN};

    return poll(&one, 1, 0) > 0;
}

/* Reads until there is a whole line, and then on while there is something to read: who asks line by
 * line gets an answer to each, and who sends many is answered by few children. */
static int read_lines(struct query *q, struct writ_error *e)
{
    bool whole = false;

    while (!q->ended && q->input.n < BATCH && (!whole || more_is_there())) {
        size_t room = BATCH - q->input.n;
        uint8_t *at = writ_buffer_extend(&q->input, room);
        ssize_t n = at == NULL ? -1 : read(STDIN_FILENO, at, room);
        int error = errno;

        if (at == NULL)
            return writ_buffer_check(&q->input, e);
        q->input.n -= room - (n < 0 ? 0 : (size_t)n);
        if (n < 0 && error != EINTR)
            return writ_fail_errno(e, WRIT_FAULT_IO, error, "cannot read standard input");
        q->ended = n == 0;
        whole = whole || (n > 0 && memchr(at, '\n', (size_t)n) != NULL);
    }
    return 0;
}

/* The lines at the beginning of the input that are whole and sound, and how many they are.  A fault
 * in the line after them goes to *bad; at the end of the input a line may lack its newline. */
static struct writ_span sound_lines(const struct query *q, size_t *count, struct writ_error *bad)
{
    struct writ_cursor c = writ_cursor_over(writ_buffer_span(&q->input), NULL);
    size_t sound = 0;
    struct queryline line;

    for (*count = 0; c.left > 0; (*count)++, sound = c.offset) {
        bool whole = q->ended || memchr(c.at, '\n', c.left) != NULL;

        if (!whole && c.left <= QUERYLINE_MAX)
            break;
        if (queryline_parse(writ_cursor_field(&c, '\n'), &line, bad) < 0) {
            writ_error_context(bad, "standard input, line %llu",
                               (unsigned long long)(q->lines + *count + 1));
            break;
        }
    }
    return WRIT_SPAN(q->input.p, sound);
}

static void tell_json(struct writ_emit *m, const struct queryline *line,
                      enum writ_filter_answer answer)
{
    writ_emit_object(m, NULL);
    writ_emit_hex(m, "issuer", WRIT_SPAN_OF(line->question.issuer));
    writ_emit_hex(m, "serial", line->question.serial);
    writ_emit_string(m, "answer", writ_filter_answer_name(answer));
    writ_emit_end(m);
}

static int tell_line(const struct query *q, struct writ_span text, uint8_t answer,
                     struct writ_error *e)
{
    const char *name = writ_filter_answer_name((enum writ_filter_answer)answer);
    struct queryline line;

    if (!q->a->json) {
        out_data(q->o, text);
        out_data(q->o, writ_span_text("\t"));
        out_data(q->o, writ_span_text(name));
        out_data(q->o, writ_span_text("\n"));
        return 0;
    }
    if (queryline_parse(text, &line, e) < 0)
        return -1;
    tell_json(out_emit(q->o), &line, (enum writ_filter_answer)answer);
    return 0;
}

/* What a child says is read like strangers' bytes: one answer for each line, and no other words. */
static int tell_answers(const struct query *q, struct writ_span text, size_t count,
                        struct writ_span answers, struct writ_error *e)
{
    struct writ_cursor lines = writ_cursor_over(text, NULL);
    struct writ_cursor c = writ_cursor_over(answers, e);
    uint8_t answer;

    if (answers.n != count)
        return writ_fail(e, WRIT_FAULT_UNEXPECTED, "a child gave %zu answers to %zu lines",
                         answers.n, count);
    while (lines.left > 0) {
        if (writ_cursor_u8(&c, &answer, "answer") < 0)
            return -1;
        if (answer > WRIT_FILTER_REVOKED)
            return writ_fail(e, WRIT_FAULT_UNEXPECTED, "a child gave the answer %u", answer);
        if (tell_line(q, writ_cursor_field(&lines, '\n'), answer, e) < 0)
            return -1;
    }
    return 0;
}

/* Text goes out at once; a JSON document only when it is whole. */
static int answer_sound(struct query *q, struct writ_span text, size_t count, struct writ_error *e)
{
    struct batch b = {.q = q, .text = text};
    struct jail limits = {0};
    struct writ_buffer answers = {0};
    int rc = count == 0 ? 0 : jail_run(&limits, answer_batch, &b, &answers, e);

    if (rc == 0)
        rc = tell_answers(q, text, count, writ_buffer_span(&answers), e);
    if (rc == 0 && !q->a->json)
        rc = out_flush(q->o, e);
    writ_buffer_free(&answers);
    return rc;
}

/* Forgets the first n bytes of the input. */
static int drop(struct writ_buffer *input, size_t n, struct writ_error *e)
{
    struct writ_buffer rest = {0};
    struct writ_span left;

    if (writ_span_part(writ_buffer_span(input), n, input->n - n, &left) < 0)
        return writ_fail(e, WRIT_FAULT_UNEXPECTED, "more lines than there were bytes");
    writ_buffer_add(&rest, left);
    writ_buffer_free(input);
    *input = rest;
    return writ_buffer_check(input, e);
}

/* Reads some lines, answers them, and only then complains about the one after them. */
static int answer_some(struct query *q, struct writ_error *e)
{
    struct writ_error bad = {0};
    struct writ_span text;
    size_t count = 0;

    if (read_lines(q, e) < 0)
        return -1;
    text = sound_lines(q, &count, &bad);
    if (answer_sound(q, text, count, e) < 0)
        return -1;
    q->lines += count;
    if (bad.fault != WRIT_FAULT_NONE) {
        *e = bad;
        return -1;
    }
    return drop(&q->input, text.n, e);
}

static int answer_all(struct query *q, struct writ_error *e)
{
    do {
        if (answer_some(q, e) < 0)
            return -1;
    } while (!q->ended);
    return 0;
}

static int prepare(struct query *q, struct writ_error *e)
{
    struct jail limits = {0};
    struct writ_buffer nothing = {0};

    if (jail_prepare(e) < 0 || map_filters(q, e) < 0)
        return -1;
    return jail_run(&limits, check_filters, q, &nothing, e);
}

static int run_query(const struct args *a, struct out *o)
{
    struct query q = {.a = a, .o = o};
    struct writ_error e = {0};
    int status = 0;

    if (prepare(&q, &e) < 0) {
        status = out_fault(o, &e);
    } else {
        if (a->json)
            writ_emit_list(out_emit(o), "answers");
        if (answer_all(&q, &e) < 0)
            status = out_fault_line(o, &e);
        if (a->json) {
            writ_emit_end(out_emit(o));
            if (status != 0)
                out_emit_fault(out_emit(o), &e);
        }
    }
    unmap_filters(&q);
    writ_buffer_free(&q.input);
    return status;
}

const struct command command_filter_query = {
    .words = "filter query",
    .group = "more",
    .summary = "ask bare filters about certificates, line by line",
    .description =
        "Standard input has a line for each certificate: the SHA-256 of its issuer's key\n"
        "and its serial number, in hexadecimal, with a tab between. The same line comes\n"
        "out with another column: revoked, good, not-enrolled or not-covered. A third\n"
        "column, \"log:milliseconds,...\", lists its timestamps; without it coverage is not\n"
        "asked, and of what the filter has not seen it answers by chance. `writ check`\n"
        "asks all of it.\n",
    .operands =
        (const struct operand_spec[]){{.name = "FILE", .hint = COMMAND_HINT_FILE, .many = true},
                                      {0}},
    .examples =
        (const char *const[]){"writ filter query filter <certificates.tsv",
                              "writ filter query filter *.delta --json <certificates.tsv", NULL},
    .exits = "0 when every line was answered, whatever the answers; 65 for a file or a\n"
             "line that cannot be read. The lines before it have been answered.\n",
    .run = run_query,
};
