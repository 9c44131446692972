#include <string.h>

#include "evidence/ocsp.h"
#include "object/namematch.h"
#include "shared/certfile.h"
#include "shared/file.h"
#include "shared/jail.h"
#include "shared/ocspclient.h"
#include "verdict/answer.h"
#include "writ/commands.h"

#define URL_MAX      1024
#define DEADLINE_MAX 60000 /* ms */

static const char *const methods[] = {"auto", "get", "post", NULL};
static const char *const hashes[] = {"sha1", "sha256", NULL};
static const enum writ_oid hash_oids[] = {WRIT_OID_SHA1, WRIT_OID_SHA256};

/* What is asked, with all it is made of. */
struct query {
    struct places places;
    struct certfile chain, issuers;
    struct writ_cert cert, issuer;
    char url[RACE_SERVERS_MAX][URL_MAX + 1];
    struct ocspclient_question question;
    struct ocspclient_result result;
};

/* -------------------------------------------------------------------------- the certificates */

static bool take_issuer(struct query *q, const struct certfile *f, size_t from)
{
    for (size_t i = from; i < f->count; i++) {
        if (writ_cert_parse(f->cert[i], &q->issuer, NULL) == 0 &&
            writ_name_matches(q->issuer.subject.der, q->cert.issuer.der))
            return true;
    }
    return false;
}

static int read_certificates(const struct args *a, struct query *q, struct writ_error *e)
{
    const char *issuer = args_value(a, "issuer");

    if (certfile_read(args_operand(a, 0), &q->chain, e) < 0 ||
        (issuer != NULL && certfile_read(issuer, &q->issuers, e) < 0) ||
        writ_cert_parse(q->chain.cert[0], &q->cert, e) < 0)
        return -1;
    if (take_issuer(q, &q->issuers, 0) || (issuer == NULL && take_issuer(q, &q->chain, 1)))
        return 0;
    if (issuer != NULL)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "%s was not issued by %s", args_operand(a, 0),
                         issuer);
    return writ_fail(e, WRIT_FAULT_NO_INPUT,
                     "the issuer of %s is not in that file; name it with --issuer FILE",
                     args_operand(a, 0));
}

/* --------------------------------------------------------------------------- the responders */

static int add_url(struct query *q, struct writ_span url, struct writ_error *e)
{
    struct ocspclient_question *o = &q->question;

    if (o->urls == RACE_SERVERS_MAX)
        return 0;
    if (url.n > URL_MAX)
        return writ_fail(e, WRIT_FAULT_USAGE, "the URL of a responder has %zu bytes, at most %d",
                         url.n, URL_MAX);
    memcpy(q->url[o->urls], url.p, url.n);
    q->url[o->urls][url.n] = '\0';
    o->url[o->urls] = q->url[o->urls];
    o->urls++;
    return 0;
}

static int add_given(const struct args *a, struct query *q, struct writ_error *e)
{
    const char *url;

    for (size_t i = 0; (url = args_value_at(a, "url", i)) != NULL; i++) {
        if (strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0)
            return args_fail(a, e, "--url %s: wanted http://... or https://...", url);
        if (i == RACE_SERVERS_MAX)
            return args_fail(a, e, "--url: %d responders at most", RACE_SERVERS_MAX);
        if (add_url(q, writ_span_text(url), e) < 0)
            return -1;
    }
    return 0;
}

/* Those that the certificate names, unless others were given. */
static int choose_responders(const struct args *a, struct query *q, struct writ_error *e)
{
    struct writ_span rest = q->cert.access, url;

    if (args_flag(a, "cached") || args_value(a, "url") != NULL)
        return add_given(a, q, e);
    while (q->cert.has_ocsp_url && writ_cert_next_ocsp_url(&rest, &url)) {
        if (memchr(url.p, 0, url.n) == NULL && add_url(q, url, e) < 0)
            return -1;
    }
    if (q->question.urls == 0)
        return writ_fail(e, WRIT_FAULT_NO_INPUT,
                         "%s names no OCSP responder; name one with --url URL", args_operand(a, 0));
    return 0;
}

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
    for (size_t i = 0; i < q->question.urls; i++) {
        const struct ocspclient_server *s = &q->result.server[i];

        writ_emit_object(m, NULL);
        writ_emit_string(m, "url", q->question.url[i]);
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

    writ_name_add_text(&subject, &q->cert.subject);
    writ_emit_string(m, "file", args_operand(a, 0));
    writ_emit_span(m, "subject", writ_buffer_span(&subject));
    writ_emit_hex(m, "serial", q->cert.serial);
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

    writ_name_add_text(&line, &q->cert.subject);
    writ_buffer_text(&line, ": ");
    writ_explain_answer_line(&q->result.answer, &line);
    out_say(o, "%.*s; %s, %lld ms", (int)line.n, (const char *)line.p, where_from(&q->result),
            (long long)q->result.ms);
    for (size_t i = 0; i < q->question.urls; i++) {
        const struct ocspclient_server *s = &q->result.server[i];

        out_detail(o, 1, "%s: %s%s%s", q->question.url[i], ocspclient_state_name(s->state),
                   s->why[0] == '\0' ? "" : ": ", s->why);
    }
    writ_buffer_free(&line);
}

/* ----------------------------------------------------------------------------- the command */

static int read_options(const struct args *a, struct query *q, struct writ_error *e)
{
    struct ocspclient_question *o = &q->question;

    if (args_flag(a, "cached") && args_flag(a, "nonce"))
        return args_fail(a, e, "--nonce wants a new answer, and --cached an old one");
    o->places = &q->places;
    o->method = (enum ocspclient_method)args_choice(a, "method", OCSPCLIENT_AUTO);
    o->hash = hash_oids[args_choice(a, "hash", 0)];
    o->with_nonce = args_flag(a, "nonce");
    o->cached_only = args_flag(a, "cached");
    o->now = a->now;
    return args_number(a, "deadline", 1, DEADLINE_MAX, OCSPCLIENT_DEADLINE, &o->deadline_ms, e);
}

static int ask(const struct args *a, struct query *q, struct writ_error *e)
{
    const char *out = args_value(a, "out");

    if (read_options(a, q, e) < 0 || places_find(&q->places, a->root, e) < 0 ||
        jail_prepare(e) < 0 || read_certificates(a, q, e) < 0 || choose_responders(a, q, e) < 0)
        return -1;
    q->question.cert = q->cert.der;
    q->question.issuer = q->issuer.der;
    if (ocspclient_ask(&q->question, &q->result, e) < 0)
        return -1;
    if (out == NULL || q->result.response.n == 0)
        return 0;
    return file_replace_bytes(out, 0644, writ_buffer_span(&q->result.response), e);
}

static int run(const struct args *a, struct out *o)
{
    struct query q = {.question = {0}};
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
    certfile_free(&q.chain);
    certfile_free(&q.issuers);
    places_free(&q.places);
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
    .network = "unless --cached",
    .examples = (const char *const[]){"writ ocsp query alice.pem --issuer=ca.pem --cached "
                                      "# exits 4",
                                      NULL},
    .exits = "0 good, 2 revoked, 4 no usable answer in time, 5 too old\n",
    .run = run,
};
