#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shared/filters.h"
#include "shared/hooks.h"
#include "shared/places.h"
#include "writ/commands.h"
#include "writ/hooks.h"
#include "writ/opensslconf.h"
#include "writ/tlsconf.h"

/* As env(1) and timeout(1) have it. */
#define EXIT_CANNOT_RUN 126
#define EXIT_NOT_FOUND  127

/* What the program's environment gets. */
struct surroundings {
    struct hooks hooks;
    struct places places;
    struct writ_buffer conf;    /* OPENSSL_CONF */
    struct writ_buffer preload; /* LD_PRELOAD */
};

static bool is_set(const char *value)
{
    return value != NULL && value[0] != '\0';
}

/* What the program would have read without us; a caller's own file is not lost. */
static const char *base_conf(void)
{
    const char *own = getenv("OPENSSL_CONF");

    return is_set(own) ? own : OPENSSLCONF_SYSTEM;
}

static void add_preload(struct surroundings *s)
{
    const char *before = getenv("LD_PRELOAD");

    writ_buffer_add(&s->preload, writ_buffer_span(&s->hooks.preload));
    if (is_set(before))
        writ_buffer_format(&s->preload, ":%s", before);
}

static int prepare(const struct args *a, struct surroundings *s, struct writ_error *e)
{
    struct tlsconf conf = {.base = base_conf(), .root = "", .dry_run = a->dry_run};

    if (hooks_find(&s->hooks, e) < 0 || places_find(&s->places, a->root, e) < 0 ||
        tlsconf_make(&conf, &s->places, &s->hooks, &s->conf, e) < 0)
        return -1;
    add_preload(s);
    return writ_buffer_check(&s->preload, e);
}

/* Who starts a program this way wants to know when it cannot help. */
static void note_data(const struct args *a, struct out *o, const struct places *places)
{
    struct filters filters = {0};
    struct writ_error e = {0};
    bool fresh = false;

    if (filters_open(&filters, places, &e) < 0)
        out_note(o, "%s", e.text);
    for (size_t i = 0; i < filters.set_count; i++)
        fresh = fresh || !writ_filter_set_is_stale(&filters.sets[i], a->now);
    for (size_t i = 0; i < filters.crls.count; i++)
        fresh = fresh || !writ_crl_source_is_stale(&filters.crls.sources[i], a->now);
    if (filters.set_count == 0 && filters.crls.count == 0)
        out_note(o, "no filter or CRL on this device knows what is revoked; see writ doctor");
    else if (!fresh)
        out_note(o, "what this device knows of revocations is old; see writ doctor");
    filters_close(&filters);
}

static int set(const char *name, const char *value, struct writ_error *e)
{
    if (value == NULL || setenv(name, value, 1) == 0)
        return 0;
    return writ_fail_errno(e, WRIT_FAULT_UNEXPECTED, errno, "cannot set %s", name);
}

static int surround(const struct args *a, struct surroundings *s, struct writ_error *e)
{
    if (set("OPENSSL_CONF", writ_buffer_string(&s->conf), e) < 0 ||
        set("LD_PRELOAD", writ_buffer_string(&s->preload), e) < 0 ||
        set(HOOKS_POLICY_VARIABLE, args_value(a, "policy"), e) < 0)
        return -1;
    return set("WRIT_ROOT", a->root, e);
}

/* Becomes the program.  Returns only when that fails. */
static int execute(const struct args *a, struct out *o)
{
    struct writ_error e = {0};
    int status = COMMAND_EXIT_FAILED;

    if (out_flush(o, &e) == 0) {
        (void)execvp(a->operands[0], (char *const *)(uintptr_t)a->operands);
        status = errno == ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT_RUN;
        (void)writ_fail_errno(&e, WRIT_FAULT_PERMISSION, errno, "cannot run %s", a->operands[0]);
    }
    (void)out_fault(o, &e);
    return status;
}

static void tell_dry_run(const struct args *a, struct out *o, struct surroundings *s)
{
    if (a->json) {
        writ_emit_string(out_emit(o), "program", a->operands[0]);
        writ_emit_string(out_emit(o), "openssl_conf", writ_buffer_string(&s->conf));
        writ_emit_string(out_emit(o), "ld_preload", writ_buffer_string(&s->preload));
        writ_emit_flag(out_emit(o), "dry_run", true);
    }
    out_say(o, "would run %s with OPENSSL_CONF=%s LD_PRELOAD=%s", a->operands[0],
            writ_buffer_string(&s->conf), writ_buffer_string(&s->preload));
}

static int run(const struct args *a, struct out *o)
{
    struct surroundings s = {0};
    struct writ_error e = {0};
    int status = COMMAND_EXIT_FAILED;

    if (prepare(a, &s, &e) < 0 || (!a->dry_run && surround(a, &s, &e) < 0)) {
        (void)out_fault(o, &e);
    } else if (a->dry_run) {
        tell_dry_run(a, o, &s);
        status = 0;
    } else {
        note_data(a, o, &s.places);
        status = execute(a, o);
    }
    writ_buffer_free(&s.preload);
    writ_buffer_free(&s.conf);
    places_free(&s.places);
    hooks_free(&s.hooks);
    return status;
}

const struct command command_tls_run = {
    .words = "tls run",
    .group = "tls",
    .summary = "run a program that refuses revoked TLS certificates",
    .description =
        "PROGRAM is looked for in PATH.  It need not know of writ: its OpenSSL or GnuTLS\n"
        "asks the filters on this device.\n",
    .operands = (const struct operand_spec[]){{.name = "PROGRAM", .hint = COMMAND_HINT_FILE},
                                              {.name = "ARG", .optional = true, .many = true},
                                              {0}},
    .options =
        (const struct option_spec[]){
            {.name = "policy",
             .value = "POLICY",
             .help = "what becomes of certificates that no fresh source covers",
             .choices = hooks_policies},
            {0}},
    .mutates = true,
    .program_follows = true,
    .examples = (const char *const[]){"writ tls run -- openssl version",
                                      "writ tls run --policy refuse curl --version",
                                      "writ tls run ./missing  # exits 127", NULL},
    .exits = "the program's own; 125 writ failed, 126 it cannot be run, 127 not found\n",
    .run = run,
};
