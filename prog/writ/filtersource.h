/*
 * writ/filtersource.h - sources of filters, as the commands add and show them
 */
#ifndef WRIT_FILTERSOURCE_H
#define WRIT_FILTERSOURCE_H

#include "shared/args.h"
#include "shared/filters.h"
#include "shared/out.h"
#include "writ/filterpull.h"

/* `source add crlite|upki`: checks what was asked for, pulls once, and keeps the source when that
 * went well. */
int filtersource_add(const struct args *a, struct out *o, enum source_kind kind,
                     struct writ_error *e) WRIT_MUST_CHECK;

/* Pulls one, with notes to the person.  from is --from, or NULL. */
int filtersource_pull(const struct args *a, struct out *o, const struct places *places,
                      const struct source *source, const char *from, int64_t now,
                      struct filterpull_result *result, struct writ_error *e) WRIT_MUST_CHECK;

/* Says what came of a pull, as members of an open object or as a line. */
void filtersource_tell_pull(const struct args *a, struct out *o, const struct source *source,
                            const struct filterpull_result *result);

/* How a source stands on this device. */
enum filtersource_state {
    FILTERSOURCE_FRESH,
    FILTERSOURCE_STALE,   /* older than WRIT_FILTER_LIFE */
    FILTERSOURCE_DAMAGED, /* or not whole */
    FILTERSOURCE_NEVER_PULLED
};

struct filtersource_facts {
    enum filtersource_state state;
    const struct writ_filter_set *set; /* borrowed from filters; NULL when it cannot be asked */
    const char *problem;               /* likewise; NULL when there is none */
};

/* Looks for a source among the filters that were opened. */
void filtersource_look(const struct filters *filters, const struct source *source, int64_t now,
                       struct filtersource_facts *facts);

/* What there is to say of it: as members of an open object, and in a few words ("fresh, built 3 h
 * ago"). */
void filtersource_emit(struct writ_emit *m, const struct places *places,
                       const struct source *source, const struct filtersource_facts *facts,
                       int64_t now);
void filtersource_words(const struct filtersource_facts *facts, int64_t now, char words[160]);

#endif
