/*
 * shared/filters.h - the filters and CRLs that are on this device, opened
 *
 * Every source of the kinds crlite and upki leaves, in the state it was pulled to,
 *
 *   filters/NAME/pulled      what was taken over last, as text (man/writ-filters.5)
 *   filters/NAME/onecrl      revoked CA certificates, where the source has them
 *   filters/NAME/files/      index.bin, manifest.json and the filter files, in upki's layout; or,
 * for a source that shares upki's cache, that directory
 *
 * and every source of the kind crl leaves what shared/crls.h opens.
 *
 * What is damaged or missing takes its own set away and is said as a problem; it is no fault, and
 * never keeps the others from being asked.
 *
 * This is loaded into other people's programs (prog/hook): no JSON, no threads, no signal handler,
 * no message, no descriptor left open.
 */
#ifndef WRIT_SHARED_FILTERS_H
#define WRIT_SHARED_FILTERS_H

#include "evidence/filter.h"
#include "shared/crls.h"
#include "shared/places.h"

#define FILTERS_SOURCES_MAX  16                        /* sources of filters on a device */
#define FILTERS_PROBLEMS_MAX (2 * FILTERS_SOURCES_MAX) /* sentences about them */
#define FILTERS_PROBLEM_MAX  256                       /* bytes of one */

/* What the sets point into. */
struct filters_memory;

struct filters {
    struct writ_filter_set *sets; /* those that can be asked */
    size_t set_count;
    char (*problems)[FILTERS_PROBLEM_MAX]; /* "NAME: sentence", one for each source whose set is
                                              not among them, or is not whole */
    size_t problem_count;
    struct crls crls;              /* and the CRLs, which answer the same question */
    struct filters_memory *memory; /* owned */
};

/* Opens all of them.  -1 only when memory runs out; a device without any source has no sets and no
 * problems.  Call filters_close in any case; no set is used after it. */
int filters_open(struct filters *f, const struct places *places,
                 struct writ_error *e) WRIT_MUST_CHECK;
void filters_close(struct filters *f);

/* False when a source was pulled, added or removed since f was opened: whoever runs for long closes
 * it then, and opens it again.  Costs a few stat(2). */
bool filters_are_current(const struct filters *f);

#endif
