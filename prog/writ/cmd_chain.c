#include <stdlib.h>
#include <string.h>

#include "shared/jail.h"
#include "writ/chaining.h"
#include "writ/commands.h"
#include "writ/ocspfile.h"

#define DEPTH 1 /* the schema object */

static const char *const revocations[] = {"none", "leaf", "all", NULL};
static const char *const purposes[] = {
    "serverAuth",   "clientAuth",  "codeSigning", "emailProtection",
    "timeStamping", "OCSPSigning", NULL};
static const enum writ_oid purpose_oids[] = {WRIT_OID_SERVER_AUTH,   WRIT_OID_CLIENT_AUTH,
                                             WRIT_OID_CODE_SIGNING,  WRIT_OID_EMAIL_PROTECTION,
                                             WRIT_OID_TIME_STAMPING, WRIT_OID_OCSP_SIGNING};

/* ------------------------------------------------------------------------------- policies */

/* The policies asked for, cut out of one list. */
struct policies {
    char *list; /* owned */
    const char *at[WRIT_PATH_POLICIES_MAX];
    size_t count;
};

/* An object identifier: arcs of digits with a dot between, the first 0, 1 or 2, the second below 40
 * unless the first is 2 (X.660). */
static bool is_identifier(const char *text)
{
    size_t n = strlen(text);
    size_t first = strspn(text, "0123456789");

    if (n == 0 || n > 70 || strspn(text, "0123456789.") != n || strstr(text, "..") != NULL ||
        first != 1 || text[0] > '2' || text[1] != '.' || text[n - 1] == '.')
        return false;
    return text[0] == '2' || strtoul(text + 2, NULL, 10) < 40;
}

static int read_policies(const struct args *a, struct policies *p, struct writ_error *e)
{
    const char *value = args_value(a, "policy");
    char *rest;

    if (value == NULL)
        return 0;
    rest = p->list = strdup(value);
    if (rest == NULL)
        return writ_fail_memory(e);
    while (rest != NULL) {
        const char *one = strsep(&rest, ",");

        if (strcmp(one, "anyPolicy") == 0)
            one = "2.5.29.32.0";
        if (!is_identifier(one))
            return args_fail(a, e, "--policy: \"%.80s\" is no object identifier", one);
        if (p->count == WRIT_PATH_POLICIES_MAX)
            return args_fail(a, e, "--policy: more than %d policies", WRIT_PATH_POLICIES_MAX);
        p->at[p->count++] = one;
    }
    return 0;
}

/* ----------------------------------------------------------------------------- the command */

static int ask(const struct args *a, const struct policies *policies, struct writ_chain_question *q,
               struct writ_error *e)
{
    int purpose = args_choice(a, "purpose", -1);

    q->rules = (struct writ_path_rules){.instant = a->now,
                                        .insecure_weak = args_flag(a, "allow-sha1"),
                                        .policies = policies->at,
                                        .policy_count = policies->count,
                                        .explicit_policy = args_flag(a, "explicit-policy"),
                                        .inhibit_mapping = args_flag(a, "inhibit-mapping"),
                                        .inhibit_any = args_flag(a, "inhibit-any"),
                                        .host = args_value(a, "host")};
    q->purpose = purpose < 0 ? WRIT_OID_UNKNOWN : purpose_oids[purpose];
    q->revocation = (enum writ_chain_revocation)args_choice(a, "revocation", WRIT_CHAIN_ALL);
    return ocspfile_seconds(a, "max-age", &q->max_age, e);
}

static int open_all(const struct args *a, struct chaining *c, struct writ_error *e)
{
    const char *untrusted = args_value(a, "untrusted"), *crls = args_value(a, "crls");
    const char *ocsp = args_value(a, "ocsp");

    if (chaining_open_one(&c->leaf, args_operand(a, 0), e) < 0 ||
        chaining_open(&c->anchors, args_value(a, "anchors"), e) < 0 ||
        (untrusted != NULL && chaining_open(&c->untrusted, untrusted, e) < 0) ||
        (crls != NULL && chaining_open_crls(c, crls, e) < 0))
        return -1;
    return ocsp == NULL ? 0 : chaining_open(&c->ocsp, ocsp, e);
}

static int tell(const struct args *a, struct out *o, const struct chaining_answer *answer,
                struct writ_error *e)
{
    if (!a->json) {
        out_say(o, "%.*s", (int)answer->line.n, (const char *)answer->line.p);
        if (a->verbose > 0)
            out_data(o, answer->fragment);
        return 0;
    }
    writ_emit_string(out_emit(o), "file", args_operand(a, 0));
    writ_emit_span(out_emit(o), "line", answer->line);
    if (writ_emit_fragment_add(out_emit(o), answer->fragment, e) < 0)
        return -1;
    writ_emit_number(out_emit(o), "exit", answer->exit);
    return 0;
}

static int run(const struct args *a, struct out *o)
{
    struct chaining c = {.form = a->json ? WRIT_EMIT_JSON : WRIT_EMIT_TEXT, .depth = DEPTH};
    struct policies policies = {0};
    struct chaining_answer answer = {0};
    struct writ_error e = {0};
    int status;

    if (read_policies(a, &policies, &e) < 0 || ask(a, &policies, &c.question, &e) < 0 ||
        jail_prepare(&e) < 0 || open_all(a, &c, &e) < 0 || chaining_judge(&c, &answer, &e) < 0 ||
        tell(a, o, &answer, &e) < 0)
        status = out_fault(o, &e);
    else
        status = answer.exit;
    chaining_answer_free(&answer);
    chaining_free(&c);
    free(policies.list);
    return status;
}

const struct command command_chain = {
    .words = "chain",
    .group = "more",
    .summary = "is a chain good, by the evidence given alone",
    .operands = (const struct operand_spec[]){{.name = "LEAF", .hint = COMMAND_HINT_FILE}, {0}},
    .options =
        (const struct option_spec[]){
            {.name = "anchors",
             .value = "FILE,...",
             .help = "certificates that are trusted",
             .hint = COMMAND_HINT_FILE,
             .required = true},
            {.name = "untrusted",
             .value = "FILE,...",
             .help = "certificates the path may lead over",
             .hint = COMMAND_HINT_FILE},
            {.name = "crls",
             .value = "FILE,...",
             .help = "lists of revoked certificates, of any kind",
             .hint = COMMAND_HINT_FILE},
            {.name = "ocsp",
             .value = "FILE,...",
             .help = "answers of OCSP responders",
             .hint = COMMAND_HINT_FILE},
            {.name = "revocation",
             .value = "WHICH",
             .help = "whose status must be good (all but the anchor)",
             .choices = revocations},
            {.name = "purpose",
             .value = "PURPOSE",
             .help = "what the chain must be for",
             .choices = purposes},
            {.name = "host", .value = "HOST", .help = "the name or address it must be for"},
            {.name = "policy",
             .value = "OID,...",
             .help = "certificate policies of which one must hold"},
            {.name = "explicit-policy", .help = "some policy must hold for all of it"},
            {.name = "inhibit-mapping", .help = "no policy may stand for another one"},
            {.name = "inhibit-any", .help = "anyPolicy stands for none"},
            {.name = "max-age", .value = "SECONDS", .help = "how old CRLs and OCSP answers may be"},
            {.name = "allow-sha1", .help = "take SHA-1, DSA, and keys of 1024 bits"},
            {0}},
    .examples = (const char *const[]){"writ chain alice.pem --anchors=ca.pem --crls=ca.crl", NULL},
    .run = run,
};
