#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/time.h"
#include "evidence/source.h"
#include "shared/filterrecord.h"
#include "shared/filters.h"
#include "shared/jail.h"
#include "shared/trust.h"
#include "writ/crlsource.h"
#include "writ/doctor.h"
#include "writ/sources.h"

#define CLOCK_TOLERANCE ((int64_t)WRIT_HOUR) /* how far data may be ahead of the clock */

static void pull_of(const char *name, char remedy[DOCTOR_TEXT_MAX])
{
    (void)snprintf(remedy, DOCTOR_TEXT_MAX, "writ pull %s", name);
}

/* ---- filters ---- */

static void check_age(struct doctor *d, const struct writ_filter_set *set)
{
    char remedy[DOCTOR_TEXT_MAX], as_of[WRIT_TIME_TEXT];

    pull_of(set->source, remedy);
    writ_time_format(set->as_of, as_of);
    if (set->as_of - d->now > CLOCK_TOLERANCE)
        doctor_add(d, DOCTOR_WRONG, "clock", "set the clock",
                   "the clock stands before the data: %s was built at %s", set->source, as_of);
    else if (writ_filter_set_is_stale(set, d->now))
        doctor_add(d, DOCTOR_WRONG, "data", remedy,
                   "%s is too old to say that anything is good: of %s", set->source, as_of);
    else
        doctor_add(d, DOCTOR_WELL, "data", NULL, "%s is fresh: %zu files, of %s", set->source,
                   set->file_count, as_of);
}

static void check_problem(struct doctor *d, const char *problem)
{
    char name[SOURCE_NAME_MAX + 1], remedy[DOCTOR_TEXT_MAX];

    (void)snprintf(name, sizeof name, "%.*s", (int)strcspn(problem, ":"), problem);
    pull_of(name, remedy);
    doctor_add(d, DOCTOR_WRONG, "data", remedy, "%s", problem);
}

/* A source is there, and what it would have brought is not. */
static bool was_pulled(const struct filters *f, const char *name)
{
    size_t n = strlen(name);

    for (size_t i = 0; i < f->set_count; i++) {
        if (strcmp(f->sets[i].source, name) == 0)
            return true;
    }
    for (size_t i = 0; i < f->problem_count; i++) {
        if (strncmp(f->problems[i], name, n) == 0 && f->problems[i][n] == ':')
            return true;
    }
    return false;
}

/* Its CRL, and how it stands. */
static void check_crl(struct doctor *d, const struct crls *crls, const struct source *s)
{
    struct crlsource_facts facts;
    char remedy[DOCTOR_TEXT_MAX], words[160];

    pull_of(s->name, remedy);
    crlsource_look(crls, s, d->now, &facts);
    crlsource_words(&facts, words);
    doctor_add(d, facts.state == CRLSOURCE_FRESH ? DOCTOR_WELL : DOCTOR_WRONG, "data",
               facts.state == CRLSOURCE_FRESH ? NULL : remedy, "%s, a CRL: %s", s->name, words);
}

static void check_sources(struct doctor *d, const struct filters *f)
{
    struct sources sources = {0};
    struct writ_error e = {0};
    char remedy[DOCTOR_TEXT_MAX];

    if (sources_load(d->places, &sources, &e) < 0)
        doctor_add(d, DOCTOR_WRONG, "sources", "mend the file, or writ source remove", "%s",
                   e.text);
    for (size_t i = 0; i < sources.count; i++) {
        const struct source *s = &sources.at[i];

        pull_of(s->name, remedy);
        if (s->kind == SOURCE_CRL)
            check_crl(d, &f->crls, s);
        else if (s->kind != SOURCE_FEED && !was_pulled(f, s->name))
            doctor_add(d, DOCTOR_WRONG, "sources", remedy, "%s was never pulled", s->name);
    }
    sources_free(&sources);
}

/* What root pulls is for every program of the machine. */
static void check_rights(struct doctor *d)
{
    struct writ_buffer path = {0};
    struct stat st;

    places_path(&path, d->places->write, FILTERRECORD_FILTERS);
    if (geteuid() == 0 && stat(writ_buffer_string(&path), &st) == 0 &&
        (st.st_mode & (S_IROTH | S_IXOTH)) != (S_IROTH | S_IXOTH))
        doctor_add(d, DOCTOR_WRONG, "rights", "chmod -R o+rX, there",
                   "other users' programs cannot read %s", writ_buffer_string(&path));
    writ_buffer_free(&path);
}

bool doctor_check_filters(struct doctor *d)
{
    struct filters f = {0};
    struct writ_error e = {0};
    bool any;

    if (filters_open(&f, d->places, &e) < 0)
        doctor_add(d, DOCTOR_WRONG, "data", NULL, "%s", e.text);
    for (size_t i = 0; i < f.set_count; i++)
        check_age(d, &f.sets[i]);
    for (size_t i = 0; i < f.problem_count; i++)
        check_problem(d, f.problems[i]);
    check_sources(d, &f);
    check_rights(d);
    any = f.set_count > 0 || f.crls.count > 0;
    filters_close(&f);
    return any;
}

/* ---- feeds ---- */

static int read_feed(const struct trust_bundle *bundle, struct writ_source *source,
                     struct writ_error *e)
{
    if (writ_source_trust(writ_buffer_span(&bundle->der), source, e) < 0 ||
        writ_source_add_keys(source, writ_buffer_span(&bundle->feed.keys), e) < 0)
        return -1;
    return writ_source_open(source, writ_buffer_span(&bundle->feed.note), bundle->feed.table,
                            bundle->feed.intact, e);
}

/* In the jail: when the feed expires, or why it cannot be read. */
static int look_at_feed(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    struct writ_source *source = &(struct writ_source){0};

    if (read_feed(argument, source, e) < 0)
        return -1;
    if (source->state != WRIT_SOURCE_OPEN)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "%s", source->reason);
    writ_buffer_add(answer, WRIT_SPAN(&source->feed.expires, sizeof source->feed.expires));
    return writ_buffer_check(answer, e);
}

static void check_feed(struct doctor *d, struct trust_bundle *bundle)
{
    static const char remedy[] = "writ pull";
    struct jail limits = {0};
    struct writ_buffer answer = {0};
    struct writ_error e = {0};
    int64_t expires = 0;
    char text[WRIT_TIME_TEXT];

    if (bundle->feed.damaged)
        doctor_add(d, DOCTOR_WRONG, "feeds", remedy, "the feed of %.16s is damaged: %s",
                   bundle->fingerprint_text, bundle->feed.reason);
    else if (!bundle->feed.present)
        doctor_add(d, DOCTOR_WRONG, "feeds", "writ source add feed LOCATION, then writ pull",
                   "%.16s is trusted, and nothing was ever pulled from it",
                   bundle->fingerprint_text);
    else if (jail_run(&limits, look_at_feed, bundle, &answer, &e) < 0 || answer.n != sizeof expires)
        doctor_add(d, DOCTOR_WRONG, "feeds", remedy, "the feed of %.16s cannot be used: %s",
                   bundle->fingerprint_text, e.text);
    else {
        memcpy(&expires, answer.p, sizeof expires);
        writ_time_format(expires, text);
        doctor_add(d, expires < d->now ? DOCTOR_WRONG : DOCTOR_WELL, "feeds",
                   expires < d->now ? remedy : NULL, "the feed of %.16s is fresh until %s",
                   bundle->fingerprint_text, text);
    }
    writ_buffer_free(&answer);
}

void doctor_check_feeds(struct doctor *d)
{
    struct trust trust = {0};
    struct writ_error e = {0};

    if (trust_load(d->places, &trust, &e) < 0 || trust_load_feeds(d->places, &trust, &e) < 0)
        doctor_add(d, DOCTOR_WRONG, "feeds", NULL, "%s", e.text);
    for (size_t i = 0; i < trust.count; i++)
        check_feed(d, &trust.at[i]);
    trust_free(&trust);
}

void doctor_check_jail(struct doctor *d)
{
    struct jail_strength strength = jail_strength();

    doctor_add(d, strength.seccomp ? DOCTOR_WELL : DOCTOR_WRONG, "jail",
               strength.seccomp ? NULL : "run a kernel with seccomp", "files are judged %s seccomp",
               strength.seccomp ? "under" : "without");
    doctor_add(d, strength.landlock > 0 ? DOCTOR_WELL : DOCTOR_NOTE, "jail",
               strength.landlock > 0 ? NULL : "boot with lsm=landlock,… where the kernel has it",
               "files are judged %s Landlock", strength.landlock > 0 ? "under" : "without");
}
