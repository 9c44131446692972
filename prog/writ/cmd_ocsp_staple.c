#include "shared/file.h"
#include "shared/reload.h"
#include "verdict/answer.h"
#include "writ/commands.h"
#include "writ/ocspasking.h"
#include "writ/ocspfile.h"

/* No person waits for a staple. */
#define DEADLINE     10000 /* ms */
#define DEADLINE_MAX 60000 /* ms */

/* A staple on its way from a responder, or a file, to where a server reads it. */
struct staple {
    struct ocspasking asking;
    struct ocspclient_result result; /* its answer and response, wherever they came from */
    const char *file;
    bool is_new; /* the file held something else */
};

static int read_response(const char *path, struct staple *s, struct writ_error *e)
{
    struct writ_buffer bytes = {0};
    int rc = -1;

    if (file_read(path, OCSPFILE_MAX, &bytes, e) == 0 &&
        ocspfile_decode(writ_buffer_span(&bytes), OCSPFILE_RESPONSE, &s->result.response, e) == 0)
        rc = ocspclient_verify(&s->asking.question, writ_buffer_span(&s->result.response),
                               &s->result.answer, e);
    writ_buffer_free(&bytes);
    return rc;
}

/* A new answer, unless what is kept is good for a while: a server that reads it now may serve it
 * for days. */
static int get_response(const struct args *a, struct staple *s, struct writ_error *e)
{
    const char *response = args_value(a, "response");
    struct ocspclient_question *o = &s->asking.question;

    if (ocspasking_start(&s->asking, a, response != NULL, e) < 0)
        return -1;
    if (response != NULL)
        return read_response(response, s, e);
    if (args_number(a, "deadline", 1, DEADLINE_MAX, DEADLINE, &o->deadline_ms, e) < 0)
        return -1;
    return ocspclient_ask(o, &s->result, e);
}

static bool is_there_already(const struct staple *s)
{
    struct writ_buffer there = {0};
    struct writ_error ignored = {0};
    bool same = file_read(s->file, OCSPFILE_MAX, &there, &ignored) == 0 &&
                writ_span_equal(writ_buffer_span(&there), writ_buffer_span(&s->result.response));

    writ_buffer_free(&there);
    return same;
}

/* Only a good answer is written: with any other one clients are better off without. */
static int write_out(const struct args *a, struct staple *s, struct writ_error *e)
{
    const char *command = args_value(a, "reload-cmd");

    if (s->result.answer.status != WRIT_ANSWER_GOOD || is_there_already(s))
        return 0;
    s->is_new = true;
    if (a->dry_run)
        return 0;
    if (file_replace_bytes(s->file, 0644, writ_buffer_span(&s->result.response), e) < 0)
        return -1;
    return command == NULL ? 0 : reload_run(command, e);
}

static const char *what_was_done(const struct args *a, const struct staple *s)
{
    if (s->result.answer.status != WRIT_ANSWER_GOOD)
        return "left as it is";
    if (!s->is_new)
        return "is up to date";
    return a->dry_run ? "would be written" : "written";
}

static void tell(const struct args *a, struct out *o, const struct staple *s, int status)
{
    struct writ_buffer line = {0};
    struct writ_emit *m;

    if (a->json) {
        m = out_emit(o);
        writ_emit_string(m, "file", s->file);
        writ_explain_answer(&s->result.answer, m);
        writ_emit_flag(m, "changed", s->is_new);
        writ_emit_flag(m, "dry_run", a->dry_run);
        writ_emit_number(m, "exit", status);
        return;
    }
    writ_explain_answer_line(&s->result.answer, &line);
    out_say(o, "%s: %s; %.*s", s->file, what_was_done(a, s), (int)line.n, (const char *)line.p);
    writ_buffer_free(&line);
}

static int run(const struct args *a, struct out *o)
{
    struct staple s = {.file = args_value(a, "out")};
    struct writ_error e = {0};
    int status;

    if (get_response(a, &s, &e) < 0 || write_out(a, &s, &e) < 0) {
        status = out_fault(o, &e);
    } else {
        status = writ_answer_exit(s.result.answer.status);
        tell(a, o, &s, status);
    }
    ocspclient_free(&s.result);
    ocspasking_end(&s.asking);
    return status;
}

const struct command command_ocsp_staple = {
    .words = "ocsp staple",
    .group = "more",
    .summary = "keep the OCSP answer that a TLS server staples",
    .description = "A good answer is written to FILE, which nginx and haproxy read; any other one\n"
                   "leaves it as it is.\n",
    .operands =
        (const struct operand_spec[]){{.name = "CERT|CHAIN", .hint = COMMAND_HINT_FILE}, {0}},
    .options =
        (const struct option_spec[]){
            {.name = "out",
             .value = "FILE",
             .help = "where the server reads it, DER",
             .hint = COMMAND_HINT_FILE,
             .required = true},
            {.name = "issuer",
             .value = "FILE",
             .help = "the certificate that issued it; else from CHAIN",
             .hint = COMMAND_HINT_FILE},
            {.name = "url",
             .value = "URL",
             .help = "a responder, instead of those the certificate names",
             .repeatable = true},
            {.name = "response",
             .value = "FILE",
             .help = "take this answer, and ask nobody",
             .hint = COMMAND_HINT_FILE},
            {.name = "deadline", .value = "MS", .help = "for asking; default 10000"},
            {.name = "reload-cmd", .value = "COMMAND", .help = "run it when the file has changed"},
            {0}},
    .network = "for an answer that is not given",
    .mutates = true,
    .examples = (const char *const[]){"writ ocsp staple alice.pem --issuer=ca.pem "
                                      "--response answer.der --out staple",
                                      NULL},
    .exits = "0 good and in place, 2 revoked, 4 no usable answer, 5 too old\n",
    .run = run,
};
