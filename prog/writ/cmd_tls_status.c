#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "shared/filters.h"
#include "shared/hooks.h"
#include "shared/places.h"
#include "writ/commands.h"
#include "writ/tlsstate.h"

static void emit_part(struct writ_emit *m, const struct tlsstate_part *part)
{
    writ_emit_flag(m, "works", part->reason[0] == '\0');
    if (part->reason[0] != '\0')
        writ_emit_string(m, "reason", part->reason);
}

static void tell_hook(struct writ_emit *m, const char *name, const struct tlsstate_part *part)
{
    writ_emit_object(m, name);
    emit_part(m, part);
    writ_emit_end(m);
}

static void tell_hooks(struct writ_emit *m, const struct tlsstate *s)
{
    tell_hook(m, "openssl", &s->openssl);
    tell_hook(m, "gnutls", &s->gnutls);
    writ_emit_object(m, "system");
    writ_emit_flag(m, "enabled", s->in_system);
    writ_emit_string(m, "path", s->conf);
    if (s->in_system) {
        writ_emit_string(m, "policy", hooks_policies[s->policy]);
        emit_part(m, &s->system);
    }
    writ_emit_end(m);
    writ_emit_list(m, "services");
    for (size_t i = 0; i < s->unit_count; i++) {
        writ_emit_object(m, NULL);
        writ_emit_string(m, "unit", s->units[i].name);
        writ_emit_string(m, "policy", s->units[i].policy);
        emit_part(m, &s->units[i].part);
        writ_emit_end(m);
    }
    writ_emit_end(m);
}

static void tell_set(struct writ_emit *m, const struct writ_filter_set *set, int64_t now)
{
    writ_emit_object(m, NULL);
    writ_emit_string(m, "source", set->source);
    writ_emit_time(m, "as_of", set->as_of);
    writ_emit_number(m, "age_seconds", now - set->as_of);
    writ_emit_flag(m, "fresh", !writ_filter_set_is_stale(set, now));
    writ_emit_unsigned(m, "files", set->file_count);
    writ_emit_flag(m, "onecrl", set->onecrl != NULL);
    writ_emit_end(m);
}

static void tell_crl(struct writ_emit *m, const struct writ_crl_source *crl, int64_t now)
{
    writ_emit_object(m, NULL);
    writ_emit_string(m, "source", crl->name);
    writ_emit_time(m, "as_of", crl->this_update);
    writ_emit_time(m, "until", writ_crl_source_until(crl));
    writ_emit_flag(m, "fresh", !writ_crl_source_is_stale(crl, now));
    writ_emit_end(m);
}

static bool tell_crls(struct writ_emit *m, const struct crls *c, int64_t now)
{
    bool good = c->problem_count == 0;

    writ_emit_list(m, "crls");
    for (size_t i = 0; i < c->count; i++) {
        tell_crl(m, &c->sources[i], now);
        good = good && !writ_crl_source_is_stale(&c->sources[i], now);
    }
    writ_emit_end(m);
    return good;
}

/* Whether everything that was pulled is whole and fresh, and there is something. */
static bool tell_filters(struct writ_emit *m, const struct filters *f, int64_t now)
{
    bool good = f->set_count + f->crls.count > 0 && f->problem_count == 0;

    writ_emit_list(m, "filters");
    for (size_t i = 0; i < f->set_count; i++) {
        tell_set(m, &f->sets[i], now);
        good = good && !writ_filter_set_is_stale(&f->sets[i], now);
    }
    writ_emit_end(m);
    good &= tell_crls(m, &f->crls, now);
    writ_emit_list(m, "problems");
    for (size_t i = 0; i < f->problem_count; i++)
        writ_emit_string(m, NULL, f->problems[i]);
    for (size_t i = 0; i < f->crls.problem_count; i++)
        writ_emit_string(m, NULL, f->crls.problems[i]);
    writ_emit_end(m);
    return good;
}

static int run(const struct args *a, struct out *o)
{
    struct tlsstate *s = calloc(1, sizeof *s);
    struct places places = {0};
    struct filters filters = {0};
    struct places_caller who;
    struct writ_error e = {0};
    int status = 0;

    places_caller_read(&who, a->root);
    if (s == NULL) {
        (void)writ_fail_memory(&e);
        status = out_fault(o, &e);
    } else if (places_find(&places, a->root, &e) < 0 || filters_open(&filters, &places, &e) < 0 ||
               tlsstate_read(s, who.root == NULL ? "" : who.root, &e) < 0) {
        status = out_fault(o, &e);
    } else {
        tell_hooks(out_emit(o), s);
        status = tell_filters(out_emit(o), &filters, a->now) ? 0 : 5;
        if (!tlsstate_works(s))
            status = WRIT_FAULT_CONFIGURATION;
    }
    if (s != NULL)
        tlsstate_free(s);
    free(s);
    filters_close(&filters);
    places_free(&places);
    return status;
}

const struct command command_tls_status = {
    .words = "tls status",
    .group = "tls",
    .summary = "show where writ tls is enabled, whether it works, and its data",
    .examples = (const char *const[]){"writ tls status", "writ tls status --json", NULL},
    .exits = "0 all works and is fresh, 5 data is old, damaged or missing,\n"
             "78 a hook does not work\n",
    .run = run,
};
