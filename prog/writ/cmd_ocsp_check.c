#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bytes/cursor.h"
#include "evidence/ocsp.h"
#include "evidence/path.h"
#include "object/namematch.h"
#include "shared/certfile.h"
#include "shared/file.h"
#include "shared/jail.h"
#include "verdict/answer.h"
#include "writ/commands.h"
#include "writ/crlfile.h"
#include "writ/ocspfile.h"

#define DEPTH          1 /* the schema object */
#define SHOWN_LINE_MAX 2048

/* Everything the child is given. */
struct task {
    const char *subject; /* the response's file, for the walk */
    struct writ_buffer response, request;
    struct certfile cert, issuer, anchors, responder;
    struct crlfile crls;
    struct writ_ocsp_question question;
    enum writ_emit_form form;
};

/* ------------------------------------------------------------------------------ in the child */

/* Of a file with several, the one that issued the certificate; or the first, when none did. */
static int choose_issuer(const struct task *t, const struct writ_cert *cert,
                         struct writ_cert *issuer, struct writ_error *e)
{
    bool issued = false;

    for (size_t i = 0; i < t->issuer.count && !issued; i++) {
        if (writ_cert_parse(t->issuer.cert[i], issuer, e) < 0 ||
            writ_ocsp_is_issued(cert, issuer, t->question.allow_sha1, &issued, e) < 0)
            return -1;
    }
    return issued ? 0 : writ_cert_parse(t->issuer.cert[0], issuer, e);
}

static bool is_sha1(enum writ_oid algorithm)
{
    return algorithm == WRIT_OID_RSA_SHA1 || algorithm == WRIT_OID_ECDSA_SHA1;
}

/* Of a path at any strength: nothing in it is weaker than SHA-1, and only signatures are. */
static bool is_no_weaker_than_sha1(const struct writ_path *path)
{
    struct writ_cert cert;

    for (size_t i = 0; i < path->count; i++) {
        if (writ_cert_parse(path->cert[i], &cert, NULL) < 0 || !writ_is_strong_key(&cert.key))
            return false;
        if (i + 1 < path->count && !writ_is_strong_signature(cert.signature_algorithm) &&
            !is_sha1(cert.signature_algorithm))
            return false;
    }
    return true;
}

static int build_path(const struct task *t, struct writ_span issuer, struct writ_path *path,
                      struct writ_error *e)
{
    const struct writ_ocsp_question *q = &t->question;

    if (writ_path_build(issuer, t->issuer.cert, t->issuer.count, t->anchors.cert, t->anchors.count,
                        q->now, false, path, e) < 0)
        return -1;
    if (path->state != WRIT_PATH_WEAK || !q->allow_sha1)
        return 0;
    writ_path_free(path);
    if (writ_path_build_insecure_weak(issuer, t->issuer.cert, t->issuer.count, t->anchors.cert,
                                      t->anchors.count, q->now, path, e) < 0)
        return -1;
    if (path->state == WRIT_PATH_GOOD && !is_no_weaker_than_sha1(path)) {
        path->state = WRIT_PATH_WEAK;
        (void)snprintf(path->reason, sizeof path->reason, "a key or hash is weak");
    }
    return 0;
}

/* Whether the issuer is one of the anchors, or leads to one.  Without anchors it is one itself. */
static int is_anchored(const struct task *t, const struct writ_cert *issuer, char why[256],
                       bool *anchored, struct writ_error *e)
{
    struct writ_path path = {0};
    int rc;

    *anchored = t->anchors.count == 0;
    for (size_t i = 0; i < t->anchors.count && !*anchored; i++)
        *anchored = writ_span_equal(t->anchors.cert[i], issuer->der);
    if (*anchored)
        return 0;
    rc = build_path(t, issuer->der, &path, e);
    *anchored = rc == 0 && path.state == WRIT_PATH_GOOD;
    (void)snprintf(why, 256, "%s", path.reason);
    writ_path_free(&path);
    return rc;
}

/* The nonce of the request that was sent. */
static int take_request(const struct task *t, struct writ_buffer *der,
                        struct writ_ocsp_question *question, struct writ_error *e)
{
    struct writ_ocsp_request request;

    if (t->request.n == 0)
        return 0;
    if (ocspfile_decode(writ_buffer_span(&t->request), OCSPFILE_REQUEST, der, e) < 0 ||
        writ_ocsp_request_parse(writ_buffer_span(der), &request, e) < 0) {
        writ_error_context(e, "--request");
        return -1;
    }
    question->nonce = request.nonce;
    return 0;
}

/* The CRLs of a file, and the DER they point into. */
struct crls {
    struct writ_crl crl[CRLFILE_MAX];
    struct writ_buffer der[CRLFILE_MAX];
    size_t count;
};

static int keep_crl(struct writ_span der, void *into, struct writ_error *e)
{
    struct crls *crls = into;
    struct writ_buffer *copy = &crls->der[crls->count];

    writ_buffer_add(copy, der);
    if (writ_buffer_check(copy, e) < 0 ||
        writ_crl_parse(writ_buffer_span(copy), &crls->crl[crls->count], e) < 0)
        return -1;
    crls->count++;
    return 0;
}

static struct crls *read_crls(const struct task *t, struct writ_error *e)
{
    struct crls *crls = calloc(1, sizeof *crls);

    if (crls == NULL)
        (void)writ_fail_memory(e);
    else if (t->crls.bytes.n > 0 && crlfile_each(t->crls.bytes, keep_crl, crls, e) < 0)
        writ_error_context(e, "--crls");
    return crls;
}

static void free_crls(struct crls *crls)
{
    for (size_t i = 0; crls != NULL && i < CRLFILE_MAX; i++)
        writ_buffer_free(&crls->der[i]);
    free(crls);
}

static int no_evidence(struct writ_ocsp_finding *finding, const char *what, const char *why)
{
    *finding = (struct writ_ocsp_finding){.answer = {.from = WRIT_FROM_OCSP}};
    (void)snprintf(finding->answer.why, sizeof finding->answer.why, "%s: %.*s", what, 300, why);
    return 0;
}

static int examine(const struct task *t, const struct writ_ocsp_question *q,
                   struct writ_ocsp_finding *finding, struct writ_error *e)
{
    struct writ_buffer der = {0};
    struct writ_error found = {0};
    char why[256];
    bool anchored;
    int rc;

    if (is_anchored(t, q->issuer, why, &anchored, e) < 0)
        return -1;
    if (!anchored)
        return no_evidence(finding, "the issuer does not lead to one of the anchors", why);
    if (ocspfile_decode(writ_buffer_span(&t->response), OCSPFILE_RESPONSE, &der, &found) < 0)
        rc = no_evidence(finding, "it does not parse", found.text);
    else
        rc = writ_examine_ocsp(q, writ_buffer_span(&der), finding, e);
    writ_buffer_free(&der);
    return rc;
}

static const char *signer_kind(enum writ_ocsp_signer signer)
{
    switch (signer) {
    case WRIT_OCSP_SIGNER_ISSUER:
        return "issuer";
    case WRIT_OCSP_SIGNER_DELEGATE:
        return "delegate";
    case WRIT_OCSP_SIGNER_RESPONDER:
        return "responder";
    default:
        return "none";
    }
}

/* "Alice: good; ocsp: Example CA, as of T until T" */
static void write_line(const struct writ_ocsp_question *q, const struct writ_ocsp_finding *f,
                       struct writ_buffer *out)
{
    writ_name_add_text(out, &q->cert->subject);
    writ_buffer_text(out, ": ");
    writ_explain_answer_line(&f->answer, out);
    writ_buffer_byte(out, '\n');
}

static void emit_finding(const struct writ_ocsp_question *q, const struct writ_ocsp_finding *f,
                         struct writ_emit *m)
{
    struct writ_buffer subject = {0};

    writ_name_add_text(&subject, &q->cert->subject);
    writ_emit_span(m, "subject", writ_buffer_span(&subject));
    writ_emit_hex(m, "serial", q->cert->serial);
    writ_explain_answer(&f->answer, m);
    writ_emit_string(m, "signer", signer_kind(f->signer));
    if (f->signer == WRIT_OCSP_SIGNER_DELEGATE) {
        writ_emit_flag(m, "delegate_nocheck", f->delegate_is_nocheck);
        writ_emit_flag(m, "delegate_checked", f->delegate_is_checked);
    }
    writ_emit_flag(m, "weak_signature", f->is_sha1);
    writ_emit_flag(m, "nonce_fits", f->nonce_fits);
    if (f->has_response)
        writ_emit_time(m, "produced_at", f->produced_at);
    writ_emit_unsigned(m, "answers", f->answers);
    writ_emit_unsigned(m, "other_answers", f->others);
    writ_buffer_free(&subject);
}

static void write_answer(const struct task *t, const struct writ_ocsp_question *q,
                         const struct writ_ocsp_finding *f, struct writ_buffer *answer)
{
    bool unchecked = f->signer == WRIT_OCSP_SIGNER_DELEGATE && !f->delegate_is_nocheck &&
                     !f->delegate_is_checked;
    struct writ_emit m;

    writ_buffer_format(answer, "%d\n%d %d\n", writ_answer_exit(f->answer.status), f->is_sha1,
                       unchecked);
    write_line(q, f, answer);
    writ_emit_fragment_start(&m, t->form, DEPTH, answer);
    emit_finding(q, f, &m);
}

/* The certificates were read before, each by itself. */
static int work_with(const struct task *t, const struct crls *crls, struct writ_buffer *answer,
                     struct writ_error *e)
{
    struct writ_cert cert, issuer, responder;
    struct writ_ocsp_question q = t->question;
    struct writ_ocsp_finding finding;
    struct writ_buffer request = {0};
    int rc = -1;

    q.cert = &cert;
    q.issuer = &issuer;
    q.responder = t->responder.count > 0 ? &responder : NULL;
    q.crls = crls->crl;
    q.crl_count = crls->count;
    if (writ_cert_parse(t->cert.cert[0], &cert, e) == 0 &&
        choose_issuer(t, &cert, &issuer, e) == 0 && take_request(t, &request, &q, e) == 0 &&
        (q.responder == NULL || writ_cert_parse(t->responder.cert[0], &responder, e) == 0) &&
        examine(t, &q, &finding, e) == 0) {
        write_answer(t, &q, &finding, answer);
        rc = writ_buffer_check(answer, e);
    }
    writ_buffer_free(&request);
    return rc;
}

static int work(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    const struct task *t = argument;
    struct writ_error found = {0};
    struct crls *crls = read_crls(t, &found);
    int rc = -1;

    if (found.fault == WRIT_FAULT_NONE)
        rc = work_with(t, crls, answer, e);
    else
        *e = found;
    free_crls(crls);
    return rc;
}

/* ----------------------------------------------------------------------------- in the parent */

/* What came back, cut into its lines; borrows from the child's answer. */
struct reply {
    uint64_t exit;
    bool is_sha1, is_unchecked; /* what is noted, whatever the answer */
    struct writ_span line, fragment;
};

static int read_reply(struct writ_span bytes, struct reply *r, struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(bytes, e);
    struct writ_span number, notes;

    if (writ_cursor_line(&c, &number, "answer of the child") < 0 ||
        writ_cursor_line(&c, &notes, "answer of the child") < 0 ||
        writ_cursor_line(&c, &r->line, "answer of the child") < 0)
        return -1;
    if (writ_span_decimal(number, 5, &r->exit) < 0 || r->exit == 1 || r->exit == 3 ||
        notes.n != 3 || r->line.n > SHOWN_LINE_MAX)
        return writ_fail(e, WRIT_FAULT_UNEXPECTED, "the child's answer makes no sense");
    r->is_sha1 = notes.p[0] == '1';
    r->is_unchecked = notes.p[2] == '1';
    r->fragment = WRIT_SPAN(c.at, c.left);
    return 0;
}

static int tell(const struct args *a, struct out *o, const struct reply *r, struct writ_error *e)
{
    if (r->is_sha1 && !args_flag(a, "allow-sha1"))
        out_note(o, "it is signed with SHA-1, which others may forge; --strict takes none");
    if (r->is_unchecked)
        out_detail(o, 1, "nothing tells whether its signer's certificate is revoked itself");
    if (a->json) {
        struct writ_emit *m = out_emit(o);

        writ_emit_string(m, "file", args_operand(a, 0));
        writ_emit_span(m, "line", r->line);
        if (writ_emit_fragment_add(m, r->fragment, e) < 0)
            return -1;
        writ_emit_unsigned(m, "exit", r->exit);
        return 0;
    }
    out_say(o, "%.*s", (int)r->line.n, (const char *)r->line.p);
    if (a->verbose > 0)
        out_data(o, r->fragment);
    return 0;
}

static int read_some(const char *path, struct writ_buffer *bytes, struct writ_error *e)
{
    return strcmp(path, "-") == 0
               ? file_read_fd(STDIN_FILENO, "standard input", OCSPFILE_MAX, bytes, e)
               : file_read(path, OCSPFILE_MAX, bytes, e);
}

static int read_certs(const char *path, struct certfile *f, struct writ_error *e)
{
    return path == NULL ? 0 : certfile_read(path, f, e);
}

static int start(const struct args *a, struct task *t, struct writ_error *e)
{
    struct writ_ocsp_question *q = &t->question;
    const char *request = args_value(a, "request"), *crls = args_value(a, "crls");

    bool strict = args_flag(a, "strict");

    if (strict && args_flag(a, "allow-sha1"))
        return args_fail(a, e, "--strict takes no SHA-1, and --allow-sha1 does");
    writ_ocsp_question_init(q, NULL, NULL, a->now);
    q->allow_sha1 = !strict;
    q->nocheck_required = strict;
    q->nonce_required = strict;
    if (ocspfile_seconds(a, "max-age", &q->max_age, e) < 0 || jail_prepare(e) < 0 ||
        read_certs(args_value(a, "cert"), &t->cert, e) < 0 ||
        read_certs(args_value(a, "issuer"), &t->issuer, e) < 0 ||
        read_certs(args_value(a, "anchors"), &t->anchors, e) < 0 ||
        read_certs(args_value(a, "responder"), &t->responder, e) < 0 ||
        (request != NULL && read_some(request, &t->request, e) < 0) ||
        (crls != NULL && crlfile_open(crls, &t->crls, e) < 0))
        return -1;
    return read_some(args_operand(a, 0), &t->response, e);
}

static void end(struct task *t)
{
    writ_buffer_free(&t->response);
    writ_buffer_free(&t->request);
    certfile_free(&t->cert);
    certfile_free(&t->issuer);
    certfile_free(&t->anchors);
    certfile_free(&t->responder);
    crlfile_close(&t->crls);
}

static int run(const struct args *a, struct out *o)
{
    struct task t = {.form = a->json ? WRIT_EMIT_JSON : WRIT_EMIT_TEXT};
    struct jail limits = {0};
    struct writ_buffer answer = {0};
    struct writ_error e = {0};
    struct reply reply;
    int status;

    if (start(a, &t, &e) < 0 || jail_run(&limits, work, &t, &answer, &e) < 0 ||
        read_reply(writ_buffer_span(&answer), &reply, &e) < 0 || tell(a, o, &reply, &e) < 0)
        status = out_fault(o, &e);
    else
        status = (int)reply.exit;
    writ_buffer_free(&answer);
    end(&t);
    return status;
}

const struct command command_ocsp_check = {
    .words = "ocsp check",
    .group = "more",
    .summary = "what an OCSP answer in a file says, checked",
    .operands = (const struct operand_spec[]){{.name = "RESPONSE", .hint = COMMAND_HINT_FILE}, {0}},
    .options =
        (const struct option_spec[]){
            {.name = "issuer",
             .value = "FILE",
             .help = "the certificate that issued it",
             .hint = COMMAND_HINT_FILE,
             .required = true},
            {.name = "cert",
             .value = "FILE",
             .help = "the certificate asked about",
             .hint = COMMAND_HINT_FILE,
             .required = true},
            {.name = "anchors",
             .value = "FILE",
             .help = "roots the issuer must lead to; else it is trusted itself",
             .hint = COMMAND_HINT_FILE},
            {.name = "responder",
             .value = "FILE",
             .help = "a certificate whose key may sign too",
             .hint = COMMAND_HINT_FILE},
            {.name = "crls",
             .value = "FILE",
             .help = "the issuer's CRLs, asked whether a delegate is revoked",
             .hint = COMMAND_HINT_FILE},
            {.name = "max-age",
             .value = "SECONDS",
             .help = "how old it may be (7d without nextUpdate)"},
            {.name = "request",
             .value = "FILE",
             .help = "the request it answers, for its nonce",
             .hint = COMMAND_HINT_FILE},
            {.name = "allow-sha1", .help = "say nothing about a signature with SHA-1"},
            {.name = "strict",
             .help = "no SHA-1, the nonce is back, no delegate of unknown status"},
            {0}},
    .examples = (const char *const[]){"writ ocsp check answer.der --issuer=ca.pem --cert=alice.pem",
                                      "writ ocsp check revoked.der --issuer=ca.pem --cert=bob.pem "
                                      "# exits 2",
                                      NULL},
    .exits = "0 good, 2 revoked, 4 no usable evidence, 5 too old",
    .run = run,
};
