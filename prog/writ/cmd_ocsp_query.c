#include "shared/file.h"
#include "verdict/answer.h"
#include "writ/commands.h"
#include "writ/ocspasking.h"

#define DEADLINE_MAX 60000 /* ms */

static const char *const methods[] = {"auto", "get", "post", NULL};
static const char *const hashes[] = {"sha1", "sha256", NULL};
static const enum writ_oid hash_oids[] = {WRIT_OID_SHA1, WRIT_OID_SHA256};

struct query {
    struct ocspasking asking;
    struct ocspclient_result result;
};

/* ------------------------------------------------------------------------------- in words */

static const char *where_from(const struct ocspclient_result *r)
{
    if (r->received == 0)
        return "no answer";
    return r->is_kept ? "kept from before" : "asked now";
}

static void emit_servers(const struct query *q, struct writ_emit *m)
{
    writ_emit_list(m, "responders");
    for (size_t i = 0; i < q->asking.question.urls; i++) {
        const struct ocspclient_server *s = &q->result.server[i];

        writ_emit_object(m, NULL);
        writ_emit_string(m, "url", q->asking.question.url[i]);
        writ_emit_string(m, "state", ocspclient_state_name(s->state));
        writ_emit_number(m, "milliseconds", s->ms);
        if (s->why[0] != '\0')
            writ_emit_string(m, "why", s->why);
        writ_emit_end(m);
    }
    writ_emit_end(m);
}

static void emit(const struct args *a, const struct query *q, int status, struct writ_emit *m)
{
    struct writ_buffer subject = {0};

    writ_name_add_text(&subject, &q->asking.cert.subject);
    writ_emit_string(m, "file", args_operand(a, 0));
    writ_emit_span(m, "subject", writ_buffer_span(&subject));
    writ_emit_hex(m, "serial", q->asking.cert.serial);
    writ_explain_answer(&q->result.answer, m);
    writ_emit_flag(m, "kept", q->result.is_kept);
    if (q->result.received != 0)
        writ_emit_time(m, "received", q->result.received);
    writ_emit_number(m, "milliseconds", q->result.ms);
    emit_servers(q, m);
    writ_emit_number(m, "exit", status);
    writ_buffer_free(&subject);
}

static void say(struct out *o, const struct query *q)
{
    struct writ_buffer line = {0};

    writ_name_add_text(&line, &q->asking.cert.subject);
    writ_buffer_text(&line, ": ");
    writ_explain_answer_line(&q->result.answer, &line);
    out_say(o, "%.*s; %s, %lld ms", (int)line.n, (const char *)line.p, where_from(&q->result),
            (long long)q->result.ms);
    ocspasking_tell(o, &q->asking.question, &q->result);
    writ_buffer_free(&line);
}

/* ----------------------------------------------------------------------------- the command */

static int read_options(const struct args *a, struct ocspclient_question *o, struct writ_error *e)
{
    if (args_flag(a, "cached") && args_flag(a, "nonce"))
        return args_fail(a, e, "--nonce wants a new answer, and --cached an old one");
    o->method = (enum ocspclient_method)args_choice(a, "method", OCSPCLIENT_AUTO);
    o->hash = hash_oids[args_choice(a, "hash", 0)];
    o->with_nonce = args_flag(a, "nonce");
    o->cached_only = args_flag(a, "cached");
    return args_number(a, "deadline", 1, DEADLINE_MAX, OCSPCLIENT_DEADLINE, &o->deadline_ms, e);
}

static int ask(const struct args *a, struct query *q, struct writ_error *e)
{
    const char *out = args_value(a, "out");

    if (ocspasking_start(&q->asking, a, args_flag(a, "cached"), e) < 0 ||
        read_options(a, &q->asking.question, e) < 0 ||
        ocspclient_ask(&q->asking.question, &q->result, e) < 0)
        return -1;
    if (out == NULL || q->result.response.n == 0)
        return 0;
    return file_replace_bytes(out, 0644, writ_buffer_span(&q->result.response), e);
}

static int run(const struct args *a, struct out *o)
{
    struct query q = {.result = {.ms = 0}};
    struct writ_error e = {0};
    int status;

    if (ask(a, &q, &e) < 0) {
        status = out_fault(o, &e);
    } else {
        status = writ_answer_exit(q.result.answer.status);
        if (a->json)
            emit(a, &q, status, out_emit(o));
        else
            say(o, &q);
    }
    ocspclient_free(&q.result);
    ocspasking_end(&q.asking);
    return status;
}

const struct command command_ocsp_query = {
    .words = "ocsp query",
    .group = "more",
    .summary = "ask the OCSP responders of a certificate, for 0.3 s at most",
    .operands =
        (const struct operand_spec[]){{.name = "CERT|CHAIN", .hint = COMMAND_HINT_FILE}, {0}},
    .options =
        (const struct option_spec[]){
            {.name = "issuer",
             .value = "FILE",
             .help = "the certificate that issued it; else from CHAIN",
             .hint = COMMAND_HINT_FILE},
            {.name = "url",
             .value = "URL",
             .help = "a responder, instead of those the certificate names",
             .repeatable = true},
            {.name = "cached", .help = "ask nobody: what is kept on this device"},
            {.name = "deadline", .value = "MS", .help = "for all of it; default 300"},
            {.name = "nonce", .help = "want an answer made for this question"},
            {.name = "method", .value = "METHOD", .help = "get, post or auto", .choices = methods},
            {.name = "hash",
             .value = "HASH",
             .help = "how the issuer is named: sha1, which all know, or sha256",
             .choices = hashes},
            {.name = "out",
             .value = "FILE",
             .help = "write the answer there, DER",
             .hint = COMMAND_HINT_FILE},
            {0}},
    .network = "for an answer that is not kept",
    .examples = (const char *const[]){"writ ocsp query alice.pem --issuer=ca.pem --cached "
                                      "# exits 4",
                                      NULL},
    .exits = "0 good, 2 revoked, 4 no usable answer in time, 5 too old\n",
    .run = run,
};
