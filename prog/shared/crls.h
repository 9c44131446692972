/*
 * shared/crls.h - the CRLs that are on this device, opened
 *
 * Every source of the kind crl leaves, in the state it was pulled to,
 *
 *   crls/NAME/pulled        what was taken over last, as text (man/writ-crls.5)
 *   crls/NAME/issuers       the certificates that are pinned with it
 *   crls/NAME/HASH.table    what the CRL revokes, as an exact list
 *
 * What is damaged or missing takes its own CRL away and is said as a problem; it is no fault, and
 * never keeps the others from being asked.  Loaded into other people's programs, too: see
 * shared/filters.h.
 */
#ifndef WRIT_SHARED_CRLS_H
#define WRIT_SHARED_CRLS_H

#include "evidence/crlsource.h"
#include "shared/places.h"

#define CRLS_MAX         64  /* CRLs that are sources on a device */
#define CRLS_PROBLEM_MAX 256 /* bytes of a sentence about one */

/* What the sources point into. */
struct crls_memory;

struct crls {
    struct writ_crl_source *sources; /* those that can be asked */
    size_t count;
    char (*problems)[CRLS_PROBLEM_MAX]; /* "NAME: sentence", one for each that cannot be */
    size_t problem_count;
    struct crls_memory *memory; /* owned */
};

/* Opens all of them.  -1 only when memory runs out; a device without any has none, and no problems.
 * Call crls_close in any case; no source is used after it. */
int crls_open(struct crls *c, const struct places *places, struct writ_error *e) WRIT_MUST_CHECK;
void crls_close(struct crls *c);

/* False when one was pulled, added or removed since c was opened. */
bool crls_are_current(const struct crls *c);

/* How many revocations one holds, and how many entries of its CRL are about issuers that are not
 * pinned; its number (content octets; empty when it has none). */
struct crls_figures {
    uint64_t entries;
    uint64_t others;
    struct writ_span number;
};
void crls_get_figures(const struct crls *c, const struct writ_crl_source *source,
                      struct crls_figures *figures);

#endif
