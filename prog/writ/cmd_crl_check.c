#include <stdio.h>
#include <string.h>

#include "bytes/cursor.h"
#include "shared/file.h"
#include "shared/jail.h"
#include "verdict/answer.h"
#include "verdict/judge.h"
#include "writ/commands.h"
#include "writ/crlchecking.h"
#include "writ/crlfile.h"
#include "writ/showing_crl.h"

#define DEPTH          3 /* schema object, list of files, one file */
#define SHOWN_LINE_MAX 2048

/* Everything the child is given, and what it makes of it. */
struct task {
    struct writ_span bytes;
    const struct certfile *issuer, *cert; /* count 0: not given */
    struct writ_crlcheck check;           /* without certificates */
    enum writ_emit_form form;

    struct writ_cert subject; /* the certificate asked about */
    struct writ_emit m;
    struct writ_buffer fragment, lines;
    size_t count; /* CRLs in the file */
    int exit;
};

/* ------------------------------------------------------------------------------ in the child */

/* Without an issuer nothing is believed: the form is good, no more. */
static const char *status_name(const struct task *t, enum writ_answer_status status)
{
    return status == WRIT_ANSWER_GOOD && t->issuer->count == 0 ? "well-formed"
                                                               : writ_answer_status_name(status);
}

static int examine(const struct task *t, const struct writ_crl *crl, struct writ_answer *answer,
                   struct writ_error *e)
{
    struct writ_crlcheck check = t->check;

    check.cert = t->cert->count > 0 ? &t->subject : NULL;
    return crlchecking_try(&check, t->issuer, crl, answer, e);
}

/* "good: CRL of Example CA; 12 entries; as of T until T" */
static void write_line(struct task *t, const struct writ_crl *crl, const struct writ_answer *a)
{
    struct writ_buffer *out = &t->lines;
    char at[WRIT_TIME_TEXT];

    writ_buffer_text(out, status_name(t, a->status));
    if (crl != NULL) {
        writ_buffer_format(out, ": CRL of %s; %zu %s", a->source, crl->entry_count,
                           crl->entry_count == 1 ? "entry" : "entries");
        writ_time_format(a->as_of, at);
        writ_buffer_format(out, "; as of %s", at);
    }
    if (a->until != 0) {
        writ_time_format(a->until, at);
        writ_buffer_format(out, " until %s", at);
    }
    if (a->why[0] != '\0')
        writ_buffer_format(out, "%s %s", crl == NULL ? ":" : ";", a->why);
    if (a->status == WRIT_ANSWER_REVOKED) {
        writ_time_format(a->revoked_at, at);
        writ_buffer_format(out, " (%s) at %s", writ_reason_name(a->reason), at);
        if (a->stale)
            writ_buffer_text(out, "; too old, and revoked all the same");
    }
    writ_buffer_byte(out, '\n');
}

static void emit_answer(struct task *t, const struct writ_crl *crl, const struct writ_answer *a)
{
    struct writ_emit *m = &t->m;

    writ_emit_object(m, NULL);
    writ_emit_string(m, "status", status_name(t, a->status));
    writ_emit_flag(m, "stale", a->stale);
    if (a->status == WRIT_ANSWER_REVOKED) {
        writ_emit_string(m, "reason", writ_reason_name(a->reason));
        writ_emit_time(m, "since", a->since);
        writ_emit_time(m, "revoked_at", a->revoked_at);
        writ_emit_flag(m, "held", a->held);
    }
    if (a->why[0] != '\0')
        writ_emit_string(m, "why", a->why);
    if (crl != NULL)
        showing_crl_emit(m, crl);
    writ_emit_end(m);
}

static void tell_in_child(struct task *t, const struct writ_crl *crl, const struct writ_answer *a)
{
    write_line(t, crl, a);
    emit_answer(t, crl, a);
    t->exit = writ_worse_exit(t->exit, writ_answer_exit(a->status));
    t->count++;
}

static void tell_unreadable(struct task *t, const struct writ_error *found)
{
    struct writ_answer answer;
    char why[WRIT_FACT_TEXT];

    (void)snprintf(why, sizeof why, "it does not parse: %.*s", 300, found->text);
    writ_crl_no_evidence(&answer, why);
    tell_in_child(t, NULL, &answer);
}

static int visit(struct writ_span der, void *into, struct writ_error *e)
{
    struct task *t = into;
    struct writ_error found = {0};
    struct writ_answer answer;
    struct writ_crl crl;

    if (writ_crl_parse(der, &crl, &found) < 0) {
        tell_unreadable(t, &found);
        return 0;
    }
    if (examine(t, &crl, &answer, e) < 0)
        return -1;
    tell_in_child(t, &crl, &answer);
    return 0;
}

static int work(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    struct task *t = argument;
    struct writ_error found = {0};
    int rc = -1;

    if (t->cert->count > 0 && writ_cert_parse(t->cert->cert[0], &t->subject, e) < 0)
        return -1;
    writ_emit_fragment_start(&t->m, t->form, DEPTH, &t->fragment);
    writ_emit_list(&t->m, "crls");
    if (crlfile_each(t->bytes, visit, t, &found) < 0) {
        if (found.fault != WRIT_FAULT_BAD_INPUT) {
            *e = found;
            goto out;
        }
        tell_unreadable(t, &found);
    }
    writ_emit_end(&t->m);
    writ_buffer_format(answer, "%d\n%zu\n", t->exit, t->count);
    writ_buffer_add(answer, writ_buffer_span(&t->lines));
    writ_buffer_add(answer, writ_buffer_span(&t->fragment));
    rc = writ_buffer_check(answer, e);
out:
    writ_buffer_free(&t->lines);
    writ_buffer_free(&t->fragment);
    return rc;
}

/* ----------------------------------------------------------------------------- in the parent */

/* What all files have in common. */
struct run {
    const struct args *a;
    struct out *o;
    struct certfile issuer, cert;
    struct writ_crlcheck check;
};

static int read_exit(struct writ_cursor *c, uint64_t *code, uint64_t *count)
{
    struct writ_span exit_text, count_text;

    if (writ_cursor_line(c, &exit_text, "answer of the child") < 0 ||
        writ_cursor_line(c, &count_text, "answer of the child") < 0)
        return -1;
    if (writ_span_decimal(exit_text, 5, code) < 0 || *code == 1 || *code == 3 ||
        writ_span_decimal(count_text, CRLFILE_MAX + 1, count) < 0)
        return writ_cursor_fail(c, "the child's answer makes no sense");
    return 0;
}

static int tell_line(const struct run *r, const char *path, struct writ_cursor *c)
{
    char shown[FILE_SHOWN_MAX];
    struct writ_span line;

    if (writ_cursor_line(c, &line, "answer of the child") < 0)
        return -1;
    if (line.n > SHOWN_LINE_MAX)
        return writ_cursor_fail(c, "the child's answer is too long");
    if (!r->a->json)
        out_say(r->o, "%s: %.*s", file_shown(path, shown), (int)line.n, (const char *)line.p);
    return 0;
}

static int tell(const struct run *r, const char *path, struct writ_span answer, int *status,
                struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(answer, e);
    struct writ_emit *m;
    uint64_t code, count;
    int rc;

    if (read_exit(&c, &code, &count) < 0)
        return -1;
    for (uint64_t i = 0; i < count; i++) {
        if (tell_line(r, path, &c) < 0)
            return -1;
    }
    *status = (int)code;
    if (!r->a->json)
        return 0;
    m = out_emit(r->o);
    writ_emit_object(m, NULL);
    writ_emit_string(m, "file", path);
    rc = writ_emit_fragment_add(m, WRIT_SPAN(c.at, c.left), e);
    writ_emit_unsigned(m, "exit", code);
    writ_emit_end(m);
    return rc;
}

static int check_bytes(const struct run *r, const char *path, struct writ_span bytes, int *status,
                       struct writ_error *e)
{
    struct task t = {.bytes = bytes,
                     .issuer = &r->issuer,
                     .cert = &r->cert,
                     .check = r->check,
                     .form = r->a->json ? WRIT_EMIT_JSON : WRIT_EMIT_TEXT};
    struct jail limits = {0};
    struct writ_buffer answer = {0};
    int rc = jail_run(&limits, work, &t, &answer, e);

    if (rc == 0)
        rc = tell(r, path, writ_buffer_span(&answer), status, e);
    writ_buffer_free(&answer);
    return rc;
}

static int tell_fault(const struct run *r, const char *path, const struct writ_error *e)
{
    if (r->a->json) {
        struct writ_emit *m = out_emit(r->o);

        writ_emit_object(m, NULL);
        writ_emit_string(m, "file", path);
        out_emit_fault(m, e);
        writ_emit_end(m);
    }
    return out_fault_line(r->o, e);
}

static int check_file(const struct run *r, const char *path)
{
    struct crlfile f;
    struct writ_error e = {0};
    int status = 0;

    if (crlfile_open(path, &f, &e) < 0 || check_bytes(r, path, f.bytes, &status, &e) < 0)
        status = tell_fault(r, path, &e);
    crlfile_close(&f);
    return status;
}

static int read_certs(const char *path, struct certfile *f, struct writ_error *e)
{
    return path == NULL ? 0 : certfile_read(path, f, e);
}

static int start(struct run *r, struct writ_error *e)
{
    const char *issuer = args_value(r->a, "issuer"), *cert = args_value(r->a, "cert");

    if (cert != NULL && issuer == NULL)
        return args_fail(r->a, e, "--cert needs --issuer: without a signature a CRL says nothing");
    r->check.now = r->a->now;
    r->check.ignores_dates = issuer == NULL && !r->a->now_was_given;
    r->check.allow_sha1 = args_flag(r->a, "allow-sha1");
    if (args_duration(r->a, "max-age", 0, &r->check.max_age, e) < 0 || jail_prepare(e) < 0 ||
        read_certs(issuer, &r->issuer, e) < 0)
        return -1;
    return read_certs(cert, &r->cert, e);
}

static int run(const struct args *a, struct out *o)
{
    struct run r = {.a = a, .o = o};
    struct writ_error e = {0};
    int status = 0;

    if (start(&r, &e) < 0) {
        status = out_fault(o, &e);
    } else {
        if (a->json)
            writ_emit_list(out_emit(o), "files");
        for (size_t i = 0; i < a->operand_count; i++)
            status = writ_worse_exit(status, check_file(&r, args_operand(a, i)));
        if (a->json)
            writ_emit_end(out_emit(o));
    }
    certfile_free(&r.issuer);
    certfile_free(&r.cert);
    return status;
}

const struct command command_crl_check = {
    .words = "crl check",
    .group = "more",
    .summary = "whether a CRL can be believed, and has a certificate",
    .description =
        "With --issuer form, signature and dates; without, the form alone. Several CRLs\n"
        "together, and deltas, are for `writ chain`. PEM or DER; `-` is standard input.\n",
    .operands =
        (const struct operand_spec[]){{.name = "FILE", .hint = COMMAND_HINT_FILE, .many = true},
                                      {0}},
    .options =
        (const struct option_spec[]){{.name = "issuer",
                                      .value = "FILE",
                                      .help = "the certificate whose key must have signed it",
                                      .hint = COMMAND_HINT_FILE},
                                     {.name = "cert",
                                      .value = "FILE",
                                      .help = "a certificate to look up",
                                      .hint = COMMAND_HINT_FILE},
                                     {.name = "max-age",
                                      .value = "DURATION",
                                      .help = "how old it may be (7d without nextUpdate)"},
                                     {.name = "allow-sha1", .help = "take signatures with SHA-1"},
                                     {0}},
    .examples = (const char *const[]){"writ crl check ca.crl --issuer=ca.pem",
                                      "writ crl check ca.crl --issuer=ca.pem --cert=bob.pem "
                                      "# exits 2",
                                      NULL},
    .exits = "0 good (without --issuer: well-formed), 2 revoked, 4 no usable evidence,\n"
             "5 too old; of several the worst.\n",
    .run = run,
};
