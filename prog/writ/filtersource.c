#include "writ/filtersource.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "base/text.h"
#include "base/time.h"
#include "shared/file.h"
#include "writ/crlite.h"
#include "writ/upki.h"

#define SIZE_MAX_TEXT 24 /* room for a size in words */

/* "175.4 kB". */
static const char *size_words(uint64_t bytes, char words[SIZE_MAX_TEXT])
{
    if (bytes >= 1000000)
        (void)snprintf(words, SIZE_MAX_TEXT, "%" PRIu64 ".%" PRIu64 " MB", bytes / 1000000,
                       bytes / 100000 % 10);
    else if (bytes >= 1000)
        (void)snprintf(words, SIZE_MAX_TEXT, "%" PRIu64 ".%" PRIu64 " kB", bytes / 1000,
                       bytes / 100 % 10);
    else
        (void)snprintf(words, SIZE_MAX_TEXT, "%" PRIu64 " bytes", bytes);
    return words;
}

static const char *filters_word(size_t n)
{
    return n == 1 ? "filter" : "filters";
}

/* ------------------------------------------------------------------------------------ pulling */

struct teller {
    struct out *o;
    const struct source *source;
};

static void note(void *own, const char *text)
{
    const struct teller *t = own;

    out_note(t->o, "%s: %s", t->source->name, text);
}

int filtersource_pull(const struct args *a, struct out *o, const struct places *places,
                      const struct source *source, const char *from, int64_t now,
                      struct filterpull_result *result, struct writ_error *e)
{
    struct teller t = {.o = o, .source = source};
    struct filterpull p = {.places = places,
                           .source = source,
                           .location = from != NULL ? from : source->location,
                           .elsewhere = from != NULL,
                           .now = now,
                           .dry_run = a->dry_run,
                           .note = note,
                           .own = &t};
    char age[WRIT_DURATION_MAX];

    if (from != NULL && source_check_location(source->kind, from, e) < 0)
        return -1;
    out_progress(o, "pulling %s", source->name);
    if (filterpull_run(&p, result, e) < 0)
        return -1;
    writ_duration_format(now - result->as_of, age);
    if (result->stale)
        out_note(o, "%s: stale: its filters were built %s ago", source->name, age);
    return 0;
}

void filtersource_tell_pull(const struct args *a, struct out *o, const struct source *source,
                            const struct filterpull_result *result)
{
    struct writ_emit *m;
    char here[SIZE_MAX_TEXT], came[SIZE_MAX_TEXT], when[WRIT_TIME_TEXT];

    writ_time_format(result->as_of, when);
    out_say(o, "%s: %zu %s%s, built at %s; %s, of which %s came", source->name, result->files,
            filters_word(result->files),
            !result->changed ? (result->files == 1 ? " stands already" : " stand already")
            : a->dry_run     ? " would be taken over"
                             : " taken over",
            when, size_words(result->bytes, here), size_words(result->fetched, came));
    if (!a->json)
        return;
    m = out_emit(o);
    writ_emit_string(m, "source", source->name);
    writ_emit_flag(m, "changed", result->changed && !a->dry_run);
    writ_emit_time(m, "as_of", result->as_of);
    writ_emit_flag(m, "stale", result->stale);
    writ_emit_unsigned(m, "filters", result->files);
    writ_emit_unsigned(m, "filter_bytes", result->bytes);
    writ_emit_unsigned(m, "fetched_bytes", result->fetched);
    writ_emit_flag(m, "onecrl", result->has_onecrl);
}

/* ------------------------------------------------------------------------------------- adding */

static int take_location(const struct args *a, struct source *s, struct writ_error *e)
{
    const char *given = args_operand(a, 1);
    char *path = NULL;
    int rc = 0;

    if (given == NULL)
        given = s->kind == SOURCE_CRLITE ? CRLITE_LOCATION : UPKI_LOCATION;
    if (!fetcher_is_url(given) && s->kind == SOURCE_UPKI) {
        path = realpath(given, NULL);
        if (path == NULL)
            return writ_fail(e, WRIT_FAULT_NO_INPUT,
                             "%.200s: wanted an http or https URL, or a folder that is there",
                             given);
        given = path;
    }
    if (strlen(given) > SOURCE_LOCATION_MAX || !writ_text_is_printable(writ_span_text(given)))
        rc = writ_fail(e, WRIT_FAULT_USAGE, "a location has at most %d printable characters",
                       SOURCE_LOCATION_MAX);
    else
        rc = source_check_location(s->kind, given, e);
    if (rc == 0)
        (void)snprintf(s->location, sizeof s->location, "%s", given);
    free(path);
    return rc;
}

static int take_root(const struct args *a, struct source *s, struct writ_error *e)
{
    const char *given = args_value(a, "pin");
    uint8_t bytes[WRIT_HASH_BYTES];

    if (writ_hex_parse_loose(given == NULL ? CRLITE_ROOT : given, bytes, sizeof bytes) !=
        WRIT_HASH_BYTES)
        return args_fail(a, e, "--pin: wanted 64 hexadecimal digits, the SHA-256 of the root");
    writ_hex_format(WRIT_SPAN_OF(bytes), s->fingerprint);
    return 0;
}

static int take_mirrors(const struct args *a, struct source *s, struct writ_error *e)
{
    const char *given;

    for (size_t i = 0; (given = args_value_at(a, "mirror", i)) != NULL; i++) {
        if (i == SOURCE_MIRRORS_MAX)
            return args_fail(a, e, "--mirror: at most %d", SOURCE_MIRRORS_MAX);
        if (strlen(given) > SOURCE_MIRROR_MAX || !writ_text_is_printable(writ_span_text(given)))
            return args_fail(a, e, "--mirror: wanted at most %d printable characters",
                             SOURCE_MIRROR_MAX);
        if (source_check_location(s->kind, given, e) < 0)
            return -1;
        (void)snprintf(s->mirror[s->mirrors++], sizeof s->mirror[0], "%s", given);
    }
    return 0;
}

/* An absolute path, so that it is found from anywhere; the directory need not be there yet. */
static int take_cache(const struct args *a, const struct places *places, struct source *s,
                      struct writ_error *e)
{
    const char *given = args_value(a, "cache");
    struct writ_buffer path = {0};
    char *here = NULL;
    int rc = 0;

    if (given == NULL)
        rc = upki_default_cache(places, &path, e);
    else if (given[0] == '/')
        writ_buffer_text(&path, given);
    else if ((here = realpath(".", NULL)) != NULL)
        writ_buffer_format(&path, "%s/%s", here, given);
    if (rc == 0)
        rc = writ_buffer_check(&path, e);
    if (rc == 0 && (path.n == 0 || path.n > SOURCE_CACHE_MAX ||
                    !writ_text_is_printable(writ_buffer_span(&path))))
        rc = args_fail(a, e, "--cache: wanted a directory, of at most %d printable characters",
                       SOURCE_CACHE_MAX);
    if (rc == 0)
        (void)snprintf(s->cache, sizeof s->cache, "%s", writ_buffer_string(&path));
    writ_buffer_free(&path);
    free(here);
    return rc;
}

static int take_name(const struct args *a, struct source *s, struct writ_error *e)
{
    const char *given = args_value(a, "name");

    if (given == NULL)
        given = source_kind_name(s->kind);
    if (!source_is_name(given))
        return args_fail(a, e, "--name: wanted lower-case letters, digits, hyphens and dots");
    (void)snprintf(s->name, sizeof s->name, "%s", given);
    return 0;
}

/* An option of another kind would be ignored, which nobody means. */
static int check_options(const struct args *a, enum source_kind kind, struct writ_error *e)
{
    static const struct {
        const char *name;
        enum source_kind kind;
    } options[] = {{"fingerprint", SOURCE_FEED}, {"channel", SOURCE_CRLITE},
                   {"pin", SOURCE_CRLITE},       {"cache", SOURCE_UPKI},
                   {"mirror", SOURCE_UPKI},      {"issuer", SOURCE_CRL}};

    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        if (args_value_at(a, options[i].name, 0) != NULL && options[i].kind != kind)
            return args_fail(a, e, "--%s goes with %s", options[i].name,
                             source_kind_name(options[i].kind));
    }
    return 0;
}

static int read_wish(const struct args *a, const struct places *places, struct source *s,
                     struct writ_error *e)
{
    int channel = args_choice(a, "channel", 0);

    if (take_location(a, s, e) < 0 || take_name(a, s, e) < 0)
        return -1;
    if (s->kind == SOURCE_UPKI)
        return take_mirrors(a, s, e) < 0 ? -1 : take_cache(a, places, s, e);
    (void)snprintf(s->channel, sizeof s->channel, "%s", channel == 1 ? "compat" : CRLITE_CHANNEL);
    return take_root(a, s, e);
}

static void tell_added(const struct args *a, struct out *o, const struct source *s,
                       const struct filterpull_result *result)
{
    char size[SIZE_MAX_TEXT], when[WRIT_TIME_TEXT];

    if (a->json) {
        writ_emit_string(out_emit(o), "name", s->name);
        writ_emit_string(out_emit(o), "kind", source_kind_name(s->kind));
        writ_emit_string(out_emit(o), "location", s->location);
        if (s->kind == SOURCE_CRLITE)
            writ_emit_string(out_emit(o), "root_fingerprint", s->fingerprint);
        writ_emit_time(out_emit(o), "as_of", result->as_of);
        writ_emit_unsigned(out_emit(o), "filters", result->files);
        writ_emit_flag(out_emit(o), "dry_run", a->dry_run);
        return;
    }
    writ_time_format(result->as_of, when);
    out_say(o, "%s source %s: %zu %s of %s, built at %s", a->dry_run ? "would add" : "added",
            s->name, result->files, filters_word(result->files), size_words(result->bytes, size),
            when);
    if (s->kind == SOURCE_CRLITE)
        out_say(o, "  pinned %s", s->fingerprint);
    else
        out_say(o, "  shared %s", s->cache);
    if (s->kind == SOURCE_UPKI)
        out_note(o, "%s: nobody signs what a mirror says: it is as good as its owner", s->name);
}

/* What a first pull that failed has left is of no use; but what came of a large file, when only the
 * connection broke, is for the next try. */
static void clean_up(const struct places *places, const struct source *s,
                     const struct writ_error *why)
{
    struct writ_error ignored = {0};

    if (why->fault != WRIT_FAULT_UNAVAILABLE)
        (void)!filterdir_forget(places, s, &ignored);
}

/* One that may be lost in a power failure is not kept either: its filters would be there alone. */
static int save(const struct places *places, const struct source *s, struct writ_error *e)
{
    struct writ_error ignored = {0};

    if (source_save(places, s, e) == 0)
        return 0;
    (void)!source_delete(places, s->name, &ignored);
    return -1;
}

int filtersource_add(const struct args *a, struct out *o, enum source_kind kind,
                     struct writ_error *e)
{
    struct source *s = calloc(1, sizeof *s);
    struct places places = {0};
    struct filterpull_result result = {0};
    int rc = -1;

    if (s == NULL)
        return writ_fail_memory(e);
    s->kind = kind;
    if (check_options(a, kind, e) < 0 || places_find(&places, a->root, e) < 0 ||
        read_wish(a, &places, s, e) < 0 || sources_check_new(&places, s->name, e) < 0)
        goto out;
    rc = filtersource_pull(a, o, &places, s, NULL, a->now, &result, e);
    if (rc == 0 && !a->dry_run)
        rc = save(&places, s, e);
    if (rc < 0 || a->dry_run)
        clean_up(&places, s, e);
    if (rc == 0)
        tell_added(a, o, s, &result);
out:
    places_free(&places);
    free(s);
    return rc;
}

/* ------------------------------------------------------------------------------------ showing */

static const char *const states[] = {
    [FILTERSOURCE_FRESH] = "fresh",
    [FILTERSOURCE_STALE] = "stale",
    [FILTERSOURCE_DAMAGED] = "damaged",
    [FILTERSOURCE_NEVER_PULLED] = "never-pulled",
};

static bool is_about(const char *problem, const struct source *source)
{
    size_t n = strlen(source->name);

    return strncmp(problem, source->name, n) == 0 && problem[n] == ':';
}

void filtersource_look(const struct filters *filters, const struct source *source, int64_t now,
                       struct filtersource_facts *facts)
{
    *facts = (struct filtersource_facts){.state = FILTERSOURCE_NEVER_PULLED};
    for (size_t i = 0; i < filters->problem_count && facts->problem == NULL; i++) {
        if (is_about(filters->problems[i], source))
            facts->problem = filters->problems[i] + strlen(source->name) + 2;
    }
    for (size_t i = 0; i < filters->set_count && facts->set == NULL; i++) {
        if (strcmp(filters->sets[i].source, source->name) == 0)
            facts->set = &filters->sets[i];
    }
    if (facts->problem != NULL)
        facts->state = FILTERSOURCE_DAMAGED;
    else if (facts->set != NULL)
        facts->state =
            writ_filter_set_is_stale(facts->set, now) ? FILTERSOURCE_STALE : FILTERSOURCE_FRESH;
}

void filtersource_words(const struct filtersource_facts *facts, int64_t now, char words[160])
{
    char age[WRIT_DURATION_MAX] = "";

    if (facts->set != NULL)
        writ_duration_format(now - facts->set->as_of, age);
    if (facts->problem != NULL)
        (void)snprintf(words, 160, "damaged: %.140s", facts->problem);
    else if (facts->set == NULL)
        (void)snprintf(words, 160, "never pulled");
    else
        (void)snprintf(words, 160, "%s, built %s ago", states[facts->state], age);
}

void filtersource_emit(struct writ_emit *m, const struct places *places,
                       const struct source *source, const struct filtersource_facts *facts,
                       int64_t now)
{
    char alert[FILTERDIR_ALERT_MAX];

    writ_emit_flag(m, "signed", source->kind == SOURCE_CRLITE);
    writ_emit_string(m, "state", states[facts->state]);
    if (facts->problem != NULL)
        writ_emit_string(m, "reason", facts->problem);
    if (facts->set != NULL) {
        writ_emit_time(m, "as_of", facts->set->as_of);
        writ_emit_number(m, "age_seconds", now - facts->set->as_of);
        writ_emit_unsigned(m, "filters", facts->set->file_count);
        writ_emit_flag(m, "onecrl", facts->set->onecrl != NULL);
    }
    filterdir_get_alert(places, source, alert);
    if (alert[0] != '\0')
        writ_emit_string(m, "server_says", alert);
}
