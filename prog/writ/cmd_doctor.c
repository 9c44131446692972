#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "writ/commands.h"
#include "writ/doctor.h"

static const char *const levels[] = {
    [DOCTOR_WELL] = "well",
    [DOCTOR_NOTE] = "note",
    [DOCTOR_WRONG] = "wrong",
};

void doctor_add(struct doctor *d, enum doctor_level level, const char *check, const char *remedy,
                const char *fmt, ...)
{
    struct doctor_finding *more = realloc(d->at, (d->count + 1) * sizeof *more);
    va_list ap;

    if (more == NULL) {
        d->failed = true;
        return;
    }
    d->at = more;
    more += d->count++;
    *more = (struct doctor_finding){.level = level, .check = check};
    (void)snprintf(more->remedy, sizeof more->remedy, "%s", remedy == NULL ? "" : remedy);
    va_start(ap, fmt);
    (void)vsnprintf(more->text, sizeof more->text, fmt, ap);
    va_end(ap);
}

void doctor_free(struct doctor *d)
{
    free(d->at);
    d->at = NULL;
    d->count = 0;
}

static void emit_finding(struct writ_emit *m, const struct doctor_finding *f)
{
    writ_emit_object(m, NULL);
    writ_emit_string(m, "level", levels[f->level]);
    writ_emit_string(m, "check", f->check);
    writ_emit_string(m, "text", f->text);
    if (f->remedy[0] != '\0')
        writ_emit_string(m, "remedy", f->remedy);
    writ_emit_end(m);
}

static void tell_finding(struct out *o, const struct doctor_finding *f)
{
    if (f->level == DOCTOR_WELL && o->verbose == 0)
        return;
    out_say(o, "%s: %s", levels[f->level], f->text);
    if (f->remedy[0] != '\0')
        out_say(o, "  to do: %s", f->remedy);
}

static int tell(const struct doctor *d, struct out *o)
{
    size_t count[sizeof levels / sizeof levels[0]] = {0};

    if (o->json)
        writ_emit_list(out_emit(o), "findings");
    for (size_t i = 0; i < d->count; i++) {
        count[d->at[i].level]++;
        if (o->json)
            emit_finding(out_emit(o), &d->at[i]);
        else
            tell_finding(o, &d->at[i]);
    }
    if (o->json)
        writ_emit_end(out_emit(o));
    if (count[DOCTOR_WRONG] == 0)
        out_say(o, "nothing is wrong: %zu things looked at", d->count);
    return count[DOCTOR_WRONG] == 0 ? 0 : WRIT_FAULT_CONFIGURATION;
}

static int run(const struct args *a, struct out *o)
{
    struct places places = {0};
    struct places_caller who;
    struct doctor d = {.places = &places, .now = a->now};
    struct writ_error e = {0};
    bool has_filters;
    int status = -1;

    places_caller_read(&who, a->root);
    d.root = who.root == NULL ? "" : who.root;
    if (places_find(&places, a->root, &e) == 0) {
        has_filters = doctor_check_filters(&d);
        doctor_check_tls(&d, has_filters);
        doctor_check_feeds(&d);
        doctor_check_jail(&d);
        status = d.failed ? writ_fail_memory(&e) : tell(&d, o);
    }
    doctor_free(&d);
    places_free(&places);
    return status < 0 ? out_fault(o, &e) : status;
}

const struct command command_doctor = {
    .words = "doctor",
    .group = "more",
    .summary = "find what is wrong on this machine, and say what to do",
    .description =
        "Looks at filters, feeds, the clock, rights, and the hooks of writ tls, which it\n"
        "loads into a child process.  Changes nothing.\n",
    .examples = (const char *const[]){"writ doctor", "writ doctor --json", NULL},
    .exits = "0 nothing is wrong, 78 something is\n",
    .run = run,
};
