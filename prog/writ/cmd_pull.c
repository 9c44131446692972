#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/time.h"
#include "crypto/digest.h"
#include "verdict/judge.h"
#include "writ/commands.h"
#include "writ/crlsource.h"
#include "writ/filtersource.h"
#include "writ/pull.h"
#include "writ/sources.h"

/* What all sources of one command have in common. */
struct pulling {
    const struct args *a;
    struct out *o;
    struct places places;
    struct trust trust;
    struct sources sources;
    int64_t now;
};

static void tell(const struct pulling *s, const struct source *source,
                 const struct pull_result *result)
{
    char expires[WRIT_TIME_TEXT];

    writ_time_format(result->expires, expires);
    if (s->a->json) {
        struct writ_emit *m = out_emit(s->o);

        writ_emit_object(m, NULL);
        writ_emit_string(m, "source", source->name);
        writ_emit_flag(m, "changed", result->changed && !s->a->dry_run);
        writ_emit_unsigned(m, "version", result->version);
        writ_emit_time(m, "as_of", result->as_of);
        writ_emit_time(m, "expires", result->expires);
        writ_emit_unsigned(m, "table_bytes", result->table_bytes);
        writ_emit_end(m);
        return;
    }
    out_say(s->o, "%s: feed %llu%s, fresh until %s", source->name,
            (unsigned long long)result->version,
            !result->changed ? " stands already"
            : s->a->dry_run  ? " would be taken over"
                             : " taken over",
            expires);
}

static int tell_fault(const struct pulling *s, const struct source *source, struct writ_error *e)
{
    writ_error_context(e, "%s", source->name);
    if (s->a->json) {
        struct writ_emit *m = out_emit(s->o);

        writ_emit_object(m, NULL);
        writ_emit_string(m, "source", source->name);
        out_emit_fault(m, e);
        writ_emit_end(m);
    }
    return out_fault_line(s->o, e);
}

static int pull_filters(struct pulling *s, const struct source *source, const char *from)
{
    struct writ_error e = {0};
    struct filterpull_result result = {0};

    if (filtersource_pull(s->a, s->o, &s->places, source, from, s->now, &result, &e) < 0)
        return tell_fault(s, source, &e);
    if (s->a->json)
        writ_emit_object(out_emit(s->o), NULL);
    filtersource_tell_pull(s->a, s->o, source, &result);
    if (s->a->json)
        writ_emit_end(out_emit(s->o));
    return 0;
}

static int pull_crl(struct pulling *s, const struct source *source, const char *from)
{
    struct writ_error e = {0};
    struct crlpull_result result = {0};

    if (crlsource_pull(s->a, s->o, &s->places, source, from, s->now, &result, &e) < 0)
        return tell_fault(s, source, &e);
    if (s->a->json)
        writ_emit_object(out_emit(s->o), NULL);
    crlsource_tell_pull(s->a, s->o, source, &result);
    if (s->a->json)
        writ_emit_end(out_emit(s->o));
    return 0;
}

static int pull_one(struct pulling *s, const struct source *source, const char *from)
{
    struct writ_error e = {0};
    struct pull_result result = {0};
    struct pull p = {.places = &s->places,
                     .location = from != NULL ? from : source->location,
                     .now = s->now,
                     .dry_run = s->a->dry_run};
    size_t i;

    if (source->kind == SOURCE_CRL)
        return pull_crl(s, source, from);
    if (source->kind != SOURCE_FEED)
        return pull_filters(s, source, from);
    if (trust_find(&s->trust, source->fingerprint, &i, &e) < 0)
        return tell_fault(s, source, &e);
    p.bundle = &s->trust.at[i];
    out_progress(s->o, "pulling %s", source->name);
    if (pull_feed(&p, &result, &e) < 0)
        return tell_fault(s, source, &e);
    tell(s, source, &result);
    return 0;
}

/* All sources, or those that are named. */
static int pull_all(struct pulling *s)
{
    const char *from = args_value(s->a, "from");
    int status = 0;

    for (size_t i = 0; i < s->sources.count && s->a->operand_count == 0; i++)
        status = writ_worse_exit(status, pull_one(s, &s->sources.at[i], from));
    for (size_t i = 0; i < s->a->operand_count; i++)
        status = writ_worse_exit(
            status, pull_one(s, sources_find(&s->sources, args_operand(s->a, i)), from));
    return status;
}

static int check_named(const struct pulling *s, struct writ_error *e)
{
    size_t wanted = s->a->operand_count == 0 ? s->sources.count : s->a->operand_count;

    for (size_t i = 0; i < s->a->operand_count; i++) {
        if (sources_find(&s->sources, args_operand(s->a, i)) == NULL)
            return writ_fail(e, WRIT_FAULT_NO_INPUT, "there is no source called %.64s",
                             args_operand(s->a, i));
    }
    if (wanted == 0)
        return writ_fail(e, WRIT_FAULT_CONFIGURATION, "there is no source; see writ source add");
    if (args_value(s->a, "from") != NULL && wanted != 1)
        return args_fail(s->a, e, "--from goes with one source; say which");
    return 0;
}

/* Waits for up to --jitter, so that not all devices come at once; then it is later. */
static int wait_a_little(struct pulling *s, struct writ_error *e)
{
    int64_t most;
    uint64_t random;
    struct timespec left;

    s->now = s->a->now;
    if (args_duration(s->a, "jitter", 0, &most, e) < 0 ||
        writ_random((uint8_t *)&random, sizeof random, e) < 0)
        return -1;
    if (most == 0)
        return 0;
    left = (struct timespec){.tv_sec = (time_t)(random % (uint64_t)most)};
    out_detail(s->o, 1, "waiting %lld s", (long long)left.tv_sec);
    while (nanosleep(&left, &left) < 0 && errno == EINTR)
        ;
    if (!s->a->now_was_given)
        s->now = (int64_t)time(NULL);
    return 0;
}

static int run(const struct args *a, struct out *o)
{
    struct pulling s = {.a = a, .o = o};
    struct writ_error e = {0};
    int status;

    if (wait_a_little(&s, &e) < 0 || places_find(&s.places, a->root, &e) < 0 ||
        trust_load(&s.places, &s.trust, &e) < 0 || sources_load(&s.places, &s.sources, &e) < 0 ||
        check_named(&s, &e) < 0) {
        status = out_fault(o, &e);
    } else {
        if (a->json)
            writ_emit_list(out_emit(o), "sources");
        status = pull_all(&s);
        if (a->json)
            writ_emit_end(out_emit(o));
    }
    sources_free(&s.sources);
    trust_free(&s.trust);
    places_free(&s.places);
    return status;
}

const struct command command_pull = {
    .words = "pull",
    .group = "trust",
    .summary = "fetch what sources have published, check it, take it over",
    .description = "What is bad, older or foreign changes nothing on this device.\n",
    .operands =
        (const struct operand_spec[]){{.name = "SOURCE", .optional = true, .many = true}, {0}},
    .options =
        (const struct option_spec[]){{.name = "from",
                                      .value = "URL|DIR",
                                      .help = "this time from here, such as a folder on a stick",
                                      .hint = COMMAND_HINT_DIRECTORY},
                                     {.name = "jitter",
                                      .value = "DURATION",
                                      .help = "first wait for up to so long, such as 10m"},
                                     {0}},
    .network = "always",
    .mutates = true,
    .examples = (const char *const[]){"writ pull", "writ pull example --from ./feed", NULL},
    .run = run,
};
