#include <string.h>
#include <unistd.h>

#include "crypto/start.h"
#include "object/ocsp.h"
#include "shared/fetcher.h"
#include "shared/file.h"
#include "verdict/judge.h"
#include "writ/checking.h"
#include "writ/checkocsp.h"
#include "writ/commands.h"
#include "writ/server.h"
#include "writ/verdicts.h"

#define RESULT_DEPTH   3 /* schema object, list of results, one result */
#define TEXT_DEPTH     2
#define CHAIN_DEADLINE 10000 /* ms, for a server that is asked for its chain */

/* What all subjects have in common. */
struct run {
    const struct args *a;
    struct out *o;
    struct checking checking;
    struct writ_buffer chain;  /* of --chain */
    struct writ_buffer staple; /* of --staple, DER or whatever it is */
};

/* -------------------------------------------------------------------------------- subjects */

static bool is_server(const char *subject)
{
    return strncmp(subject, "https://", 8) == 0;
}

static int read_server(const struct run *r, const char *url, struct writ_buffer *bytes,
                       struct writ_buffer *staple, struct writ_error *e)
{
    struct fetcher_server server;

    if (server_parse(url, args_value(r->a, "starttls"), args_value(r->a, "connect"), &server, e) <
        0)
        return -1;
    out_detail(r->o, 1, "%s: asking %s port %s for its certificates and a staple", url, server.host,
               server.port);
    return fetcher_chain(&server, CHAIN_DEADLINE, CHECKING_BYTES_MAX, bytes, staple, e);
}

static int read_subject(const struct run *r, const char *subject, struct writ_buffer *bytes,
                        struct writ_buffer *staple, struct writ_error *e)
{
    if (is_server(subject))
        return read_server(r, subject, bytes, staple, e);
    if (strcmp(subject, "-") == 0)
        return file_read_fd(STDIN_FILENO, "standard input", CHECKING_BYTES_MAX, bytes, e);
    return file_read(subject, CHECKING_BYTES_MAX, bytes, e);
}

/* --------------------------------------------------------------------------------- answers */

static const char *network(const struct run *r, const char *subject)
{
    bool asks = args_choice(r->a, "ocsp", CHECKOCSP_NEVER) >= CHECKOCSP_SOFT;

    if (is_server(subject))
        return asks ? "asked the server for its chain, and OCSP" : "asked the server for its chain";
    return asks ? "OCSP" : "none";
}

static int tell_json(const struct run *r, const char *subject, const struct checking_answer *answer,
                     struct writ_error *e)
{
    struct writ_emit *m = out_emit(r->o);
    int rc;

    writ_emit_object(m, NULL);
    writ_emit_string(m, "subject", subject);
    writ_emit_span(m, "line", writ_buffer_span(&answer->line));
    writ_emit_string(m, "network", network(r, subject));
    rc = writ_emit_fragment_add(m, writ_buffer_span(&answer->fragment), e);
    writ_emit_end(m);
    return rc;
}

/* A line; with -v the whole walk below it. */
static int tell_text(const struct run *r, const char *subject, const struct checking_answer *answer,
                     struct writ_error *e)
{
    struct writ_buffer text = {0};
    struct writ_emit m;
    char shown[FILE_SHOWN_MAX];
    int rc = 0;

    if (r->a->operand_count > 1)
        out_say(r->o, "%s: %.*s; network: %s", file_shown(subject, shown), (int)answer->line.n,
                (const char *)answer->line.p, network(r, subject));
    else
        out_say(r->o, "%.*s; network: %s", (int)answer->line.n, (const char *)answer->line.p,
                network(r, subject));
    if (r->a->verbose > 0) {
        writ_emit_fragment_start(&m, WRIT_EMIT_TEXT, TEXT_DEPTH, &text);
        rc = writ_emit_fragment_add(&m, writ_buffer_span(&answer->fragment), e);
        out_data(r->o, writ_buffer_span(&text));
        writ_buffer_free(&text);
    }
    return rc;
}

static int check_one(const struct run *r, const char *subject)
{
    struct writ_buffer bytes = {0}, ocsp = {0}, staple = {0};
    struct checking_subject what = {
        .chain = writ_buffer_span(&r->chain),
        .form = r->a->json ? WRIT_EMIT_JSON : WRIT_EMIT_TEXT,
        .depth = r->a->json ? RESULT_DEPTH : TEXT_DEPTH,
    };
    struct checking_answer answer = {0};
    struct writ_error e = {0};
    int status;

    if (read_subject(r, subject, &bytes, &staple, &e) < 0 ||
        checkocsp_ask(r->a, r->o, writ_buffer_span(&bytes), what.chain, &ocsp, &e) < 0) {
        status = verdicts_tell_fault(r->o, subject, &e);
    } else {
        what.bytes = writ_buffer_span(&bytes);
        what.ocsp = writ_buffer_span(&ocsp);
        what.staple = writ_buffer_span(r->staple.n > 0 ? &r->staple : &staple);
        if (checking_judge(&r->checking, &what, &answer, &e) < 0)
            status = verdicts_tell_fault(r->o, subject, &e);
        else if ((r->a->json ? tell_json(r, subject, &answer, &e)
                             : tell_text(r, subject, &answer, &e)) < 0)
            status = out_fault_line(r->o, &e);
        else
            status = answer.exit;
    }
    checking_answer_free(&answer);
    writ_buffer_free(&bytes);
    writ_buffer_free(&ocsp);
    writ_buffer_free(&staple);
    return status;
}

/* ----------------------------------------------------------------------------- the command */

static int usage(const struct args *a, struct writ_error *e)
{
    bool server = false;

    for (size_t i = 0; i < a->operand_count; i++)
        server = server || is_server(args_operand(a, i));
    if (!server && (args_value(a, "starttls") != NULL || args_value(a, "connect") != NULL))
        return args_fail(a, e, "--starttls and --connect go with https://HOST");
    return 0;
}

static int start(struct run *r, struct writ_error *e)
{
    const char *chain = args_value(r->a, "chain"), *staple = args_value(r->a, "staple");

    if (usage(r->a, e) < 0 ||
        (r->a->operand_count > 1 && writ_crypto_start(e) < 0) || /* once, not in each child */
        (chain != NULL && file_read(chain, CHECKING_BYTES_MAX, &r->chain, e) < 0) ||
        (staple != NULL && file_read(staple, WRIT_OCSP_RESPONSE_MAX, &r->staple, e) < 0) ||
        checking_start(&r->checking, r->a->root, r->a->now, e) < 0)
        return -1;
    for (size_t i = 0; i < r->checking.filters.problem_count; i++)
        out_note(r->o, "%s", r->checking.filters.problems[i]);
    for (size_t i = 0; i < r->checking.filters.crls.problem_count; i++)
        out_note(r->o, "%s", r->checking.filters.crls.problems[i]);
    r->checking.policy.allow_uncovered = args_flag(r->a, "allow-uncovered");
    r->checking.policy.require_ocsp = args_choice(r->a, "ocsp", CHECKOCSP_NEVER) == CHECKOCSP_HARD;
    return 0;
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
            writ_emit_list(out_emit(o), "results");
        for (size_t i = 0; i < a->operand_count; i++)
            status = writ_worse_exit(status, check_one(&r, args_operand(a, i)));
        if (a->json) {
            writ_emit_end(out_emit(o));
            writ_emit_number(out_emit(o), "exit", status);
        }
    }
    checking_end(&r.checking);
    writ_buffer_free(&r.chain);
    writ_buffer_free(&r.staple);
    return status;
}

const struct command command_check = {
    .words = "check",
    .group = "judge",
    .summary = "is this TLS certificate revoked",
    .description =
        "Asks what is on this device about the first certificate of a file (PEM or DER).\n",
    .operands =
        (const struct operand_spec[]){
            {.name = "CERT|https://HOST", .hint = COMMAND_HINT_FILE, .many = true}, {0}},
    .options =
        (const struct option_spec[]){
            {.name = "chain",
             .value = "FILE",
             .help = "more certificates among which issuers are found",
             .hint = COMMAND_HINT_FILE},
            {.name = "starttls",
             .value = "PROTOCOL",
             .help = "what the server speaks before TLS",
             .choices = server_protocols},
            {.name = "connect", .value = "HOST[:PORT]", .help = "connect there instead"},
            {.name = "ocsp",
             .value = "POLICY",
             .help = "ask OCSP responders, too; by default never",
             .choices = checkocsp_policies},
            {.name = "staple",
             .value = "FILE",
             .help = "an OCSP answer that came with it, DER",
             .hint = COMMAND_HINT_FILE},
            {.name = "allow-uncovered", .help = "exit 0 where no filter can know"},
            {0}},
    .network = "with https://HOST or --ocsp",
    .starts_bare = true,
    .examples = (const char *const[]){"writ check good.pem revoked.pem  # exits 2", NULL},
    .exits = "0 good, 2 revoked, 3 untrusted, 4 not covered, 5 stale, 64+ a fault\n",
    .run = run,
};
