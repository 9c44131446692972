#include "writ/crlsource.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "base/text.h"
#include "base/time.h"
#include "evidence/crllist.h"
#include "shared/fetcher.h"

/* ------------------------------------------------------------------------------------ pulling */

static const char *revocations_word(uint64_t n)
{
    return n == 1 ? "revocation" : "revocations";
}

static void note_result(struct out *o, const struct source *source,
                        const struct crlpull_result *result)
{
    char until[WRIT_TIME_TEXT];

    writ_time_format(result->until, until);
    if (result->stale)
        out_note(o, "%s: stale: its CRL was current until %s", source->name, until);
    if (result->others > 0)
        out_note(o,
                 "%s: %" PRIu64 " entries are about certificates of issuers that are not pinned, "
                 "and are left out",
                 source->name, result->others);
}

int crlsource_pull(const struct args *a, struct out *o, const struct places *places,
                   const struct source *source, const char *from, int64_t now,
                   struct crlpull_result *result, struct writ_error *e)
{
    struct crlpull p = {.places = places,
                        .source = source,
                        .location = from != NULL ? from : source->location,
                        .now = now,
                        .dry_run = a->dry_run};

    out_progress(o, "pulling %s", source->name);
    if (crlpull_run(&p, result, e) < 0)
        return -1;
    note_result(o, source, result);
    return 0;
}

void crlsource_tell_pull(const struct args *a, struct out *o, const struct source *source,
                         const struct crlpull_result *result)
{
    char until[WRIT_TIME_TEXT], as_of[WRIT_TIME_TEXT];
    struct writ_emit *m;

    writ_time_format(result->until, until);
    writ_time_format(result->this_update, as_of);
    out_say(o, "%s: CRL of %s%s, %" PRIu64 " %s, current until %s", source->name, as_of,
            !result->changed ? " stands already"
            : a->dry_run     ? " would be taken over"
                             : " taken over",
            result->entries, revocations_word(result->entries), until);
    if (!a->json)
        return;
    m = out_emit(o);
    writ_emit_string(m, "source", source->name);
    writ_emit_flag(m, "changed", result->changed && !a->dry_run);
    writ_emit_time(m, "as_of", result->this_update);
    writ_emit_time(m, "until", result->until);
    writ_emit_flag(m, "stale", result->stale);
    writ_emit_unsigned(m, "revocations", result->entries);
    writ_emit_unsigned(m, "left_out", result->others);
    writ_emit_unsigned(m, "crl_bytes", result->bytes);
}

/* ------------------------------------------------------------------------------------- adding */

static int take_location(const struct args *a, struct source *s, struct writ_error *e)
{
    const char *given = args_operand(a, 1);

    if (given == NULL)
        return args_fail(a, e, "a CRL needs a URL or a file");
    if (source_locate(s, given, "a file", e) < 0)
        return -1;
    return source_check_location(SOURCE_CRL, s->location, e);
}

/* The roots of the CAs that are trusted already, as PEM. */
static int add_trusted(const struct places *places, struct writ_buffer *out, struct writ_error *e)
{
    struct trust trust = {0};
    struct certfile_bundle b = {0};
    int rc = trust_load(places, &trust, e);

    for (size_t i = 0; rc == 0 && i < trust.count && i < WRIT_CRL_PINNED_MAX; i++) {
        rc = certfile_read_bundle(writ_buffer_span(&trust.at[i].der), trust.at[i].path, &b, e);
        if (rc == 0)
            writ_buffer_add(out, writ_buffer_span(&b.root));
        certfile_bundle_free(&b);
    }
    trust_free(&trust);
    return rc == 0 ? writ_buffer_check(out, e) : -1;
}

/* What is not given with --issuer must be trusted. */
static int take_pinned(const struct args *a, const struct places *places, struct certfile *pinned,
                       struct writ_error *e)
{
    const char *given = args_value(a, "issuer");
    struct writ_buffer roots = {0};
    int rc = 0;

    if (given != NULL)
        return certfile_read(given, pinned, e);
    if (add_trusted(places, &roots, e) < 0)
        rc = -1;
    else if (roots.n == 0)
        rc = args_fail(a, e, "a CRL needs --issuer FILE, the certificate of the CA that signs it");
    else
        rc = certfile_parse(writ_buffer_span(&roots), "the trusted roots", pinned, e);
    writ_buffer_free(&roots);
    return rc;
}

/* The name a person chose, or the pinned CA's. */
static int take_name(const struct args *a, const struct certfile *pinned, struct source *s,
                     struct writ_error *e)
{
    const char *given = args_value(a, "name");
    struct writ_buffer name = {0};
    struct writ_cert cert;

    if (given != NULL && !source_is_name(given))
        return args_fail(a, e, "--name: wanted lower-case letters, digits, hyphens and dots");
    if (given != NULL) {
        (void)snprintf(s->name, sizeof s->name, "%s", given);
        return 0;
    }
    if (writ_cert_parse(pinned->cert[0], &cert, e) < 0)
        return -1;
    writ_name_add_text(&name, &cert.subject);
    writ_text_slug(s->name, SOURCE_NAME_MAX - 4, writ_buffer_string(&name));
    (void)strncat(s->name, "-crl", sizeof s->name - strlen(s->name) - 1);
    writ_buffer_free(&name);
    return 0;
}

/* An option of another kind would be ignored, which nobody means. */
static int check_options(const struct args *a, struct writ_error *e)
{
    static const char *const others[] = {"fingerprint", "channel", "pin", "cache", "mirror"};

    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (args_value_at(a, others[i], 0) != NULL)
            return args_fail(a, e, "--%s does not go with crl", others[i]);
    }
    return 0;
}

static void tell_added(const struct args *a, struct out *o, const struct source *s,
                       const struct crlpull_result *result)
{
    char until[WRIT_TIME_TEXT];

    if (a->json) {
        struct writ_emit *m = out_emit(o);

        writ_emit_string(m, "name", s->name);
        writ_emit_string(m, "kind", source_kind_name(s->kind));
        writ_emit_string(m, "location", s->location);
        writ_emit_time(m, "as_of", result->this_update);
        writ_emit_time(m, "until", result->until);
        writ_emit_unsigned(m, "revocations", result->entries);
        writ_emit_unsigned(m, "left_out", result->others);
        writ_emit_flag(m, "dry_run", a->dry_run);
        return;
    }
    writ_time_format(result->until, until);
    out_say(o, "%s source %s: %" PRIu64 " %s, current until %s", a->dry_run ? "would add" : "added",
            s->name, result->entries, revocations_word(result->entries), until);
}

static int keep(const struct args *a, const struct places *places, const struct source *s,
                const struct certfile *pinned, struct crlpull_result *result, struct writ_error *e)
{
    struct crlpull p = {.places = places,
                        .source = s,
                        .pinned = pinned,
                        .location = s->location,
                        .now = a->now,
                        .dry_run = a->dry_run};
    struct writ_error ignored = {0};
    int rc = crlpull_run(&p, result, e);

    if (rc == 0 && !a->dry_run)
        rc = source_save(places, s, e);
    if (rc < 0 && !a->dry_run)
        (void)!crlpull_forget(places, s, &ignored);
    return rc;
}

int crlsource_add(const struct args *a, struct out *o, struct writ_error *e)
{
    struct source *s = calloc(1, sizeof *s);
    struct places places = {0};
    struct certfile pinned = {0};
    struct crlpull_result result = {0};
    int rc = -1;

    if (s == NULL)
        return writ_fail_memory(e);
    s->kind = SOURCE_CRL;
    if (check_options(a, e) < 0 || places_find(&places, a->root, e) < 0 ||
        take_location(a, s, e) < 0 || take_pinned(a, &places, &pinned, e) < 0 ||
        take_name(a, &pinned, s, e) < 0 || sources_check_new(&places, s->name, e) < 0 ||
        crlpull_fingerprint(&pinned, s->fingerprint, e) < 0)
        goto out;
    rc = keep(a, &places, s, &pinned, &result, e);
    if (rc == 0) {
        note_result(o, s, &result);
        tell_added(a, o, s, &result);
    }
out:
    certfile_free(&pinned);
    places_free(&places);
    free(s);
    return rc;
}

/* ------------------------------------------------------------------------------------ showing */

static const char *const states[] = {
    [CRLSOURCE_FRESH] = "fresh",
    [CRLSOURCE_STALE] = "stale",
    [CRLSOURCE_DAMAGED] = "damaged",
    [CRLSOURCE_NEVER_PULLED] = "never-pulled",
};

void crlsource_look(const struct crls *crls, const struct source *source, int64_t now,
                    struct crlsource_facts *facts)
{
    size_t n = strlen(source->name);

    *facts = (struct crlsource_facts){.state = CRLSOURCE_NEVER_PULLED};
    for (size_t i = 0; i < crls->problem_count && facts->problem == NULL; i++) {
        if (strncmp(crls->problems[i], source->name, n) == 0 && crls->problems[i][n] == ':')
            facts->problem = crls->problems[i] + n + 2;
    }
    for (size_t i = 0; i < crls->count && facts->crl == NULL; i++) {
        if (strcmp(crls->sources[i].name, source->name) == 0)
            facts->crl = &crls->sources[i];
    }
    if (facts->problem != NULL)
        facts->state = CRLSOURCE_DAMAGED;
    else if (facts->crl != NULL)
        facts->state =
            writ_crl_source_is_stale(facts->crl, now) ? CRLSOURCE_STALE : CRLSOURCE_FRESH;
}

void crlsource_words(const struct crlsource_facts *facts, char words[160])
{
    char until[WRIT_TIME_TEXT] = "";

    if (facts->crl != NULL)
        writ_time_format(writ_crl_source_until(facts->crl), until);
    if (facts->problem != NULL)
        (void)snprintf(words, 160, "damaged: %.140s", facts->problem);
    else if (facts->crl == NULL)
        (void)snprintf(words, 160, "never pulled");
    else
        (void)snprintf(words, 160, "%s, current until %s", states[facts->state], until);
}

void crlsource_add_scope(struct writ_buffer *out, const struct writ_crl_source *crl)
{
    const struct writ_idp *idp = &crl->idp;
    struct writ_span url;

    writ_buffer_text(out, idp->only_ca_certs          ? "CA certificates"
                          : idp->only_user_certs      ? "end-entity certificates"
                          : idp->only_attribute_certs ? "attribute certificates"
                                                      : "all certificates");
    writ_buffer_text(out, idp->is_indirect ? " of several issuers" : " of its issuer");
    if (idp->name.is_present) {
        url = idp->name.is_relative ? WRIT_SPAN_NONE : writ_general_names_url(idp->name.names, 0);
        writ_buffer_text(out, " under the distribution point ");
        if (url.n > 0)
            writ_text_add_safe(out, url);
        else
            writ_buffer_text(out, "that it names");
    }
    if (idp->has_reasons)
        writ_buffer_text(out, ", for some reasons only");
}

static void emit_crl(struct writ_emit *m, const struct crls *crls,
                     const struct writ_crl_source *crl, int64_t now)
{
    struct crls_figures figures;
    struct writ_buffer scope = {0};

    crls_get_figures(crls, crl, &figures);
    crlsource_add_scope(&scope, crl);
    writ_emit_time(m, "as_of", crl->this_update);
    writ_emit_number(m, "age_seconds", now - crl->this_update);
    writ_emit_time(m, "until", writ_crl_source_until(crl));
    if (figures.number.n > 0)
        writ_emit_hex(m, "crl_number", figures.number);
    writ_emit_span(m, "scope", writ_buffer_span(&scope));
    writ_emit_unsigned(m, "revocations", figures.entries);
    writ_emit_unsigned(m, "left_out", figures.others);
    writ_buffer_free(&scope);
}

void crlsource_emit(struct writ_emit *m, const struct crls *crls,
                    const struct crlsource_facts *facts, int64_t now)
{
    writ_emit_flag(m, "signed", true);
    writ_emit_string(m, "state", states[facts->state]);
    if (facts->problem != NULL)
        writ_emit_string(m, "reason", facts->problem);
    if (facts->crl != NULL)
        emit_crl(m, crls, facts->crl, now);
}
