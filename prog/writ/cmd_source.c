#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/text.h"
#include "base/time.h"
#include "shared/certfile.h"
#include "shared/fetcher.h"
#include "writ/adding.h"
#include "writ/commands.h"
#include "writ/crlsource.h"
#include "writ/filtersource.h"
#include "writ/pull.h"
#include "writ/sources.h"

/* ------------------------------------------------------------------------------------- add */

/* The name a person chose, or the feed's own. */
static int choose_name(const struct args *a, const struct certfile_bundle *b, struct source *s,
                       struct writ_error *e)
{
    const char *given = args_value(a, "name");

    if (given == NULL)
        writ_text_slug(s->name, sizeof s->name, b->origin);
    else if (source_is_name(given))
        (void)snprintf(s->name, sizeof s->name, "%s", given);
    else
        return args_fail(a, e, "--name: wanted lower-case letters, digits, hyphens and dots");
    return 0;
}

/* Why this bundle may be trusted: it is already, or the fingerprint was compared, or the folder was
 * written by the caller's own CA. */
static int check_trust(const struct args *a, const struct places *places, const struct trust *trust,
                       const struct certfile_bundle *b, struct writ_error *e)
{
    const char *given = args_value(a, "fingerprint");
    char fingerprint[TRUST_FINGERPRINT_TEXT];
    struct writ_error ignored = {0};
    bool own = false;
    size_t i;

    writ_hex_format(WRIT_SPAN_OF(b->fingerprint), fingerprint);
    if (given != NULL)
        return adding_check_fingerprint(given, b, e);
    if (trust_find(trust, fingerprint, &i, &ignored) == 0)
        return 0;
    if (!fetcher_is_url(args_operand(a, 1)) && adding_is_own_ca(places, b, &own, e) < 0)
        return -1;
    if (own)
        return 0;
    return writ_fail(e, WRIT_FAULT_USAGE,
                     "%s is not trusted yet; compare its fingerprint with its owner, then add "
                     "--fingerprint %s",
                     b->root_name, fingerprint);
}

/* The first pull belongs to adding: a source that does not work is not kept, and a CA is not
 * trusted for its sake. */
static int first_pull(const struct args *a, const struct places *places, const struct source *s,
                      const struct certfile_bundle *b, bool new_bundle, struct pull_result *result,
                      struct writ_error *e)
{
    struct trust_bundle bundle = {.der = b->der}; /* borrowed */
    struct pull p = {.places = places,
                     .bundle = &bundle,
                     .new_bundle = new_bundle,
                     .location = s->location,
                     .now = a->now,
                     .dry_run = a->dry_run};

    memcpy(bundle.fingerprint, b->fingerprint, sizeof bundle.fingerprint);
    memcpy(bundle.fingerprint_text, s->fingerprint, sizeof bundle.fingerprint_text);
    return pull_feed(&p, result, e);
}

static void tell_added(const struct args *a, struct out *o, const struct source *s,
                       const struct certfile_bundle *b, const struct pull_result *result)
{
    if (a->json) {
        struct writ_emit *m = out_emit(o);

        writ_emit_string(m, "name", s->name);
        writ_emit_string(m, "location", s->location);
        writ_emit_string(m, "root", b->root_name);
        writ_emit_string(m, "root_fingerprint", s->fingerprint);
        writ_emit_unsigned(m, "version", result->version);
        writ_emit_flag(m, "dry_run", a->dry_run);
        return;
    }
    out_say(o, "%s source %s: feed %llu of %s", a->dry_run ? "would add" : "added", s->name,
            (unsigned long long)result->version, b->origin);
    out_say(o, "  root   %s", b->root_name);
    out_say(o, "  pinned %s", s->fingerprint);
}

/* A newer bundle of a root that is trusted takes the place of the older one before its feed comes,
 * and after a rehearsal of that: killed in between, any later pull mends it.  The other way round
 * the older bundle would stand before a feed that it does not know the key of, and no pull would.
 */
static int replace_bundle(const struct args *a, const struct places *places, const struct source *s,
                          const struct certfile_bundle *b, struct writ_error *e)
{
    struct pull_result result;
    struct args rehearsal = *a;

    rehearsal.dry_run = true;
    if (first_pull(&rehearsal, places, s, b, true, &result, e) < 0)
        return -1;
    if (a->dry_run)
        return 0;
    return pull_forget_keys(places, s->fingerprint, e) < 0 ? -1 : adding_trust(places, b, false, e);
}

static int keep(const struct args *a, const struct places *places, const struct source *s,
                const struct certfile_bundle *b, struct pull_result *result, struct writ_error *e)
{
    bool newer;

    if (adding_check_newer(places, b, &newer, e) < 0 ||
        (newer && replace_bundle(a, places, s, b, e) < 0) ||
        first_pull(a, places, s, b, newer, result, e) < 0 ||
        (!newer && adding_trust(places, b, a->dry_run, e) < 0))
        return -1;
    return a->dry_run ? 0 : source_save(places, s, e);
}

static int add_source(const struct args *a, struct out *o, struct writ_error *e)
{
    struct source s = {0};
    struct certfile_bundle b = {0};
    struct writ_buffer bytes = {0};
    struct places places = {0};
    struct trust trust = {0};
    struct pull_result result = {0};
    int rc = -1;

    if (source_locate(&s, args_operand(a, 1), "a folder", e) < 0 ||
        places_find(&places, a->root, e) < 0 || pull_bundle(s.location, &bytes, e) < 0 ||
        certfile_read_bundle(writ_buffer_span(&bytes), s.location, &b, e) < 0 ||
        trust_load(&places, &trust, e) < 0 || check_trust(a, &places, &trust, &b, e) < 0 ||
        choose_name(a, &b, &s, e) < 0 || sources_check_new(&places, s.name, e) < 0)
        goto out;
    writ_hex_format(WRIT_SPAN_OF(b.fingerprint), s.fingerprint);
    rc = keep(a, &places, &s, &b, &result, e);
    if (rc == 0)
        tell_added(a, o, &s, &b, &result);
out:
    certfile_bundle_free(&b);
    writ_buffer_free(&bytes);
    trust_free(&trust);
    places_free(&places);
    return rc;
}

static const char *const kinds[] = {"feed", "crlite", "upki", "crl", NULL};
static const char *const channels[] = {"default", "compat", NULL};

static enum source_kind kind_of(const char *given)
{
    size_t i = 0;

    while (kinds[i + 1] != NULL && strcmp(kinds[i], given) != 0)
        i++;
    return (enum source_kind)i;
}

static int add_feed(const struct args *a, struct out *o, struct writ_error *e)
{
    static const char *const others[] = {"channel", "pin", "cache", "mirror", "issuer"};

    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (args_value_at(a, others[i], 0) != NULL)
            return args_fail(a, e, "--%s does not go with feed", others[i]);
    }
    if (args_operand(a, 1) == NULL)
        return args_fail(a, e, "a feed needs a URL or a folder");
    return add_source(a, o, e);
}

static int add(const struct args *a, struct out *o)
{
    struct writ_error e = {0};
    enum source_kind kind = kind_of(args_operand(a, 0));
    int rc = kind == SOURCE_FEED  ? add_feed(a, o, &e)
             : kind == SOURCE_CRL ? crlsource_add(a, o, &e)
                                  : filtersource_add(a, o, kind, &e);

    return rc < 0 ? out_fault(o, &e) : 0;
}

const struct command command_source_add = {
    .words = "source add",
    .group = "trust",
    .summary = "add a source of revocation, and pull it",
    .description = "A feed needs --fingerprint, a CRL --issuer, unless its CA is trusted already.\n"
                   "Without a URL, crlite comes from Mozilla and upki from its makers' mirror.\n",
    .operands =
        (const struct operand_spec[]){
            {.name = "KIND", .choices = kinds},
            {.name = "URL|DIR|FILE", .hint = COMMAND_HINT_FILE, .optional = true},
            {0}},
    .options =
        (const struct option_spec[]){
            {.name = "fingerprint",
             .value = "HEX",
             .help = "feed: of the root, as its owner told you"},
            {.name = "issuer",
             .value = "FILE",
             .hint = COMMAND_HINT_FILE,
             .help = "crl: certificates of the CA that signs it"},
            {.name = "channel",
             .value = "NAME",
             .choices = channels,
             .help = "crlite: revocations for all reasons, or for some"},
            {.name = "pin",
             .value = "HEX",
             .help = "crlite: of the root of the signers' certificates"},
            {.name = "cache",
             .value = "DIR",
             .hint = COMMAND_HINT_DIRECTORY,
             .help = "upki: its cache directory"},
            {.name = "mirror",
             .value = "URL",
             .repeatable = true,
             .help = "upki: asked when the first one fails"},
            {.name = "name", .value = "NAME", .help = "what to call it here"},
            {0}},
    .network = "always",
    .mutates = true,
    .examples = (const char *const[]){"writ source add feed ./feed --name example",
                                      "writ source add crl ca.crl --issuer ca.pem", NULL},
    .run = add,
};

/* -------------------------------------------------------------------------------- list, show */

static void emit_source(struct writ_emit *m, const struct source *s)
{
    writ_emit_string(m, "name", s->name);
    writ_emit_string(m, "kind", source_kind_name(s->kind));
    writ_emit_string(m, "location", s->location);
    if (s->kind == SOURCE_FEED || s->kind == SOURCE_CRLITE)
        writ_emit_string(m, "root_fingerprint", s->fingerprint);
    if (s->kind == SOURCE_CRL)
        writ_emit_string(m, "issuers_sha256", s->fingerprint);
    if (s->kind == SOURCE_CRLITE)
        writ_emit_string(m, "channel", s->channel);
    if (s->kind != SOURCE_UPKI)
        return;
    writ_emit_list(m, "mirrors");
    for (size_t i = 0; i < s->mirrors; i++)
        writ_emit_string(m, NULL, s->mirror[i]);
    writ_emit_end(m);
    writ_emit_string(m, "cache", s->cache);
}

/* What a command that shows sources needs. */
struct showing {
    const struct args *a;
    struct out *o;
    struct places places;
    struct sources sources;
    struct filters filters;
};

static int showing_start(struct showing *s, struct writ_error *e)
{
    if (places_find(&s->places, s->a->root, e) < 0 || sources_load(&s->places, &s->sources, e) < 0)
        return -1;
    return filters_open(&s->filters, &s->places, e);
}

static void showing_end(struct showing *s)
{
    filters_close(&s->filters);
    sources_free(&s->sources);
    places_free(&s->places);
}

static void emit_whole(const struct showing *s, const struct source *source)
{
    struct filtersource_facts facts;
    struct crlsource_facts crl;

    emit_source(out_emit(s->o), source);
    if (source->kind == SOURCE_CRL) {
        crlsource_look(&s->filters.crls, source, s->a->now, &crl);
        crlsource_emit(out_emit(s->o), &s->filters.crls, &crl, s->a->now);
    }
    if (source->kind == SOURCE_FEED || source->kind == SOURCE_CRL)
        return;
    filtersource_look(&s->filters, source, s->a->now, &facts);
    filtersource_emit(out_emit(s->o), &s->places, source, &facts, s->a->now);
}

static void find_words(const struct showing *s, const struct source *source, char words[160])
{
    struct filtersource_facts facts;
    struct crlsource_facts crl;

    if (source->kind == SOURCE_CRL) {
        crlsource_look(&s->filters.crls, source, s->a->now, &crl);
        crlsource_words(&crl, words);
        return;
    }
    filtersource_look(&s->filters, source, s->a->now, &facts);
    filtersource_words(&facts, s->a->now, words);
}

static void list_one(const struct showing *s, const struct source *source)
{
    char words[160];

    if (s->a->json) {
        writ_emit_object(out_emit(s->o), NULL);
        emit_whole(s, source);
        writ_emit_end(out_emit(s->o));
        return;
    }
    if (source->kind == SOURCE_FEED) {
        out_say(s->o, "%s  feed  %s", source->name, source->location);
        return;
    }
    find_words(s, source, words);
    out_say(s->o, "%s  %s  %s  %s", source->name, source_kind_name(source->kind), source->location,
            words);
}

static int list(const struct args *a, struct out *o)
{
    struct showing s = {.a = a, .o = o};
    struct writ_error e = {0};
    int rc = showing_start(&s, &e);

    if (rc == 0 && a->json)
        writ_emit_list(out_emit(o), "sources");
    for (size_t i = 0; rc == 0 && i < s.sources.count; i++)
        list_one(&s, &s.sources.at[i]);
    if (rc == 0 && a->json)
        writ_emit_end(out_emit(o));
    if (rc == 0 && s.sources.count == 0)
        out_note(o, "no source yet; see writ source add");
    showing_end(&s);
    return rc < 0 ? out_fault(o, &e) : 0;
}

const struct command command_source_list = {
    .words = "source list",
    .group = "trust",
    .summary = "list the sources of revocation",
    .examples = (const char *const[]){"writ source list", NULL},
    .run = list,
};

static int with_source(const struct args *a, struct places *places, struct sources *sources,
                       const struct source **s, struct writ_error *e)
{
    if (places_find(places, a->root, e) < 0 || sources_load(places, sources, e) < 0)
        return -1;
    *s = sources_find(sources, args_operand(a, 0));
    if (*s != NULL)
        return 0;
    return writ_fail(e, WRIT_FAULT_NO_INPUT, "there is no source called %.64s", args_operand(a, 0));
}

static int show(const struct args *a, struct out *o)
{
    struct showing s = {.a = a, .o = o};
    const struct source *source = NULL;
    struct writ_error e = {0};
    int rc = with_source(a, &s.places, &s.sources, &source, &e);

    if (rc == 0)
        rc = filters_open(&s.filters, &s.places, &e);
    if (rc == 0)
        emit_whole(&s, source);
    showing_end(&s);
    return rc < 0 ? out_fault(o, &e) : 0;
}

const struct command command_source_show = {
    .words = "source show",
    .group = "trust",
    .summary = "show one source",
    .operands = (const struct operand_spec[]){{.name = "NAME"}, {0}},
    .examples = (const char *const[]){"writ source show example", NULL},
    .run = show,
};

/* ---------------------------------------------------------------------------------- remove */

/* Another source of the same feed goes on using what was pulled. */
static bool is_shared(const struct sources *sources, const struct source *s)
{
    for (size_t i = 0; i < sources->count; i++) {
        if (&sources->at[i] != s && sources->at[i].kind == SOURCE_FEED &&
            strcmp(sources->at[i].fingerprint, s->fingerprint) == 0)
            return true;
    }
    return false;
}

static int forget_source(const struct places *places, const struct sources *sources,
                         const struct source *s, struct writ_error *e)
{
    if (source_delete(places, s->name, e) < 0)
        return -1;
    if (s->kind == SOURCE_CRL)
        return crlpull_forget(places, s, e);
    if (s->kind != SOURCE_FEED)
        return filterdir_forget(places, s, e);
    return is_shared(sources, s) ? 0 : pull_forget(places, s->fingerprint, e);
}

/* What stays when a source is removed. */
static const char *kept_of(enum source_kind kind)
{
    switch (kind) {
    case SOURCE_FEED:
        return "what its feed must not go back behind is remembered";
    case SOURCE_CRLITE:
        return "what Mozilla's collections must not go back behind is remembered";
    case SOURCE_CRL:
        return "what its CRL must not go back behind is remembered";
    case SOURCE_UPKI:
        break;
    }
    return "what is in upki's cache stays";
}

static int remove_source(const struct args *a, struct out *o)
{
    struct places places = {0};
    struct sources sources = {0};
    const struct source *s;
    struct writ_error e = {0};
    int rc = with_source(a, &places, &sources, &s, &e);

    if (rc == 0 && strcmp(s->state, places.write) != 0)
        rc = writ_fail(&e, WRIT_FAULT_PERMISSION, "the source %s is not yours to remove", s->name);
    if (rc == 0 && !a->dry_run)
        rc = forget_source(&places, &sources, s, &e);
    if (rc == 0) {
        out_say(o, "%s %s; %s", a->dry_run ? "would remove" : "removed", s->name, kept_of(s->kind));
        if (a->json)
            writ_emit_string(out_emit(o), "removed", s->name);
    }
    sources_free(&sources);
    places_free(&places);
    return rc < 0 ? out_fault(o, &e) : 0;
}

const struct command command_source_remove = {
    .words = "source remove",
    .group = "trust",
    .summary = "remove a source and what was pulled from it",
    .operands = (const struct operand_spec[]){{.name = "NAME"}, {0}},
    .mutates = true,
    .examples = (const char *const[]){"writ source remove example", NULL},
    .run = remove_source,
};
