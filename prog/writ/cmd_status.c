#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "base/time.h"
#include "evidence/source.h"
#include "shared/jail.h"
#include "shared/judge.h"
#include "writ/commands.h"
#include "writ/crlsource.h"
#include "writ/filtersource.h"

/* A source's state, as the judge would see it: everything is verified anew, in the jail. */
struct look {
    const struct trust_bundle *bundle;
    enum writ_emit_form form;
    unsigned depth;
    int64_t now;
    bool deep; /* the table is read whole, even where it is known to be intact */
};

static void emit_feed(struct writ_emit *m, const struct writ_source *source, int64_t now)
{
    writ_emit_unsigned(m, "version", source->feed.version);
    writ_emit_time(m, "as_of", source->feed.as_of);
    writ_emit_time(m, "expires", source->feed.expires);
    writ_emit_number(m, "age_seconds", now - source->feed.as_of);
    writ_emit_flag(m, "fresh", now <= source->feed.expires);
    writ_emit_unsigned(m, "issuers", source->table.blocks);
    writ_emit_unsigned(m, "table_bytes", source->table.bytes.n);
}

static const char *state_of(const struct writ_source *source, int64_t now)
{
    switch (source->state) {
    case WRIT_SOURCE_OPEN:
        return now <= source->feed.expires ? "fresh" : "stale";
    case WRIT_SOURCE_DAMAGED:
        return "damaged";
    case WRIT_SOURCE_ABSENT:
    case WRIT_SOURCE_NOT_ASKED:
        break;
    }
    return "never-pulled";
}

static int open_feed(struct writ_source *source, const struct look *l, struct writ_error *e)
{
    const struct trust_feed *feed = &l->bundle->feed;
    struct writ_error found = {0};

    if (feed->damaged)
        writ_source_damaged(source, feed->reason);
    else if (feed->present &&
             writ_source_add_keys(source, writ_buffer_span(&feed->keys), &found) < 0)
        writ_source_damaged(source, found.text);
    else if (feed->present)
        return writ_source_open(source, writ_buffer_span(&feed->note), feed->table,
                                feed->intact && !l->deep, e);
    return 0;
}

static int work(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    const struct look *l = argument;
    struct writ_source *source = &(struct writ_source){0};
    struct writ_source_facts facts = {0};
    struct writ_emit m;

    if (writ_source_trust(writ_buffer_span(&l->bundle->der), source, e) < 0 ||
        open_feed(source, l, e) < 0 || writ_source_facts(source, &facts, e) < 0)
        return -1;
    writ_buffer_format(answer, "%s\n", state_of(source, l->now));
    writ_emit_fragment_start(&m, l->form, l->depth, answer);
    writ_emit_string(&m, "origin", facts.origin);
    writ_emit_string(&m, "root", facts.root_name);
    writ_emit_string(&m, "state", state_of(source, l->now));
    if (source->state == WRIT_SOURCE_DAMAGED)
        writ_emit_string(&m, "reason", source->reason);
    if (source->state == WRIT_SOURCE_OPEN)
        emit_feed(&m, source, l->now);
    return writ_buffer_check(answer, e);
}

/* One trusted CA as an object of the list; what the child says is checked on the way in. */
static int tell(const struct args *a, struct out *o, const struct judge *j, size_t i, bool *bad,
                struct writ_error *e)
{
    struct look l = {.bundle = &j->trust.at[i],
                     .form = a->json ? WRIT_EMIT_JSON : WRIT_EMIT_TEXT,
                     .depth = 3,
                     .now = a->now,
                     .deep = args_flag(a, "check")};
    struct jail limits = {0};
    struct writ_buffer answer = {0};
    struct writ_cursor c;
    struct writ_span state;
    int rc = jail_run(&limits, work, &l, &answer, e);

    if (rc == 0) {
        c = writ_cursor_over(writ_buffer_span(&answer), e);
        rc = writ_cursor_line(&c, &state, "state");
    }
    if (rc == 0) {
        *bad |= !writ_span_equal(state, writ_span_text("fresh"));
        writ_emit_object(out_emit(o), NULL);
        writ_emit_string(out_emit(o), "root_fingerprint", l.bundle->fingerprint_text);
        rc = writ_emit_fragment_add(out_emit(o), WRIT_SPAN(c.at, c.left), e);
        writ_emit_end(out_emit(o));
    }
    writ_buffer_free(&answer);
    return rc;
}

/* A feed's state stands with the CA it is of. */
static void tell_source(const struct args *a, struct out *o, const struct places *places,
                        const struct filters *filters, const struct source *source, bool *bad)
{
    struct filtersource_facts facts;
    struct crlsource_facts crl;

    writ_emit_object(out_emit(o), NULL);
    writ_emit_string(out_emit(o), "name", source->name);
    writ_emit_string(out_emit(o), "kind", source_kind_name(source->kind));
    writ_emit_string(out_emit(o), "location", source->location);
    if (source->kind == SOURCE_CRL) {
        crlsource_look(&filters->crls, source, a->now, &crl);
        crlsource_emit(out_emit(o), &filters->crls, &crl, a->now);
        *bad |= crl.state != CRLSOURCE_FRESH;
    } else if (source->kind != SOURCE_FEED) {
        filtersource_look(filters, source, a->now, &facts);
        filtersource_emit(out_emit(o), places, source, &facts, a->now);
        *bad |= facts.state != FILTERSOURCE_FRESH;
    }
    writ_emit_end(out_emit(o));
}

static int tell_sources(const struct args *a, struct out *o, const struct places *places, bool *bad,
                        struct writ_error *e)
{
    struct sources sources = {0};
    struct filters filters = {0};
    int rc = sources_load(places, &sources, e);

    if (rc == 0)
        rc = filters_open(&filters, places, e);
    writ_emit_list(out_emit(o), "sources");
    for (size_t i = 0; rc == 0 && i < sources.count; i++)
        tell_source(a, o, places, &filters, &sources.at[i], bad);
    writ_emit_end(out_emit(o));
    filters_close(&filters);
    sources_free(&sources);
    return rc;
}

static void tell_jail(struct out *o)
{
    struct jail_strength strength = jail_strength();

    writ_emit_object(out_emit(o), "jail");
    writ_emit_flag(out_emit(o), "seccomp", strength.seccomp);
    writ_emit_number(out_emit(o), "landlock", strength.landlock);
    writ_emit_end(out_emit(o));
}

static int run(const struct args *a, struct out *o)
{
    struct judge j = {0};
    struct writ_error e = {0};
    bool bad = false;
    int rc = judge_start(&j, a->root, a->now, a->now_was_given, &e);

    if (rc == 0) {
        writ_emit_string(out_emit(o), "writ", WRIT_VERSION);
        writ_emit_string(out_emit(o), "state_directory", j.places.write);
        writ_emit_time(out_emit(o), "now", a->now);
        tell_jail(o);
        writ_emit_list(out_emit(o), "trusted");
    }
    for (size_t i = 0; rc == 0 && i < j.trust.count; i++)
        rc = tell(a, o, &j, i, &bad, &e);
    if (rc == 0) {
        writ_emit_end(out_emit(o));
        rc = tell_sources(a, o, &j.places, &bad, &e);
    }
    judge_end(&j);
    if (rc < 0)
        return out_fault(o, &e);
    return bad ? 5 : 0;
}

const struct command command_status = {
    .words = "status",
    .group = "judge",
    .summary = "show what is trusted here, and how fresh its data is",
    .options =
        (const struct option_spec[]){{.name = "check", .help = "read every table whole"}, {0}},
    .examples = (const char *const[]){"writ status", "writ status --check --json", NULL},
    .exits = "0 all fresh, 5 something is stale, damaged or was never pulled\n",
    .run = run,
};
