/*
 * writ/crlpull.h - fetching a CRL that is a source, checking all of it, and taking it over
 *
 * What comes is read in a jail: there its signature is verified with the pinned certificates, and
 * the exact lists are made.  A CRL replaces the one before only when it is one of the same issuer,
 * key and issuing distribution point, with a number and a thisUpdate that are not lower.  Whatever
 * is wrong, the one before stays and goes on answering until its nextUpdate.
 *
 * The table is put in place first, under the name of its hash, and the record that names it last:
 * whoever reads at any moment, or after a kill at any moment, finds a record and its table.
 */
#ifndef WRIT_CRLPULL_H
#define WRIT_CRLPULL_H

#include "shared/certfile.h"
#include "writ/sources.h"

#define CRLPULL_BYTES_MAX    ((uint64_t)256 << 20) /* of a CRL */
#define CRLPULL_DEADLINE_MS  ((int64_t)900000)     /* for all of it */
#define CRLPULL_LOCK_SECONDS 30

struct crlpull {
    const struct places *places;
    const struct source *source;
    const struct certfile *pinned; /* when the source is new; NULL: those that are kept with it */
    const char *location;          /* where to fetch from this time */
    int64_t now;
    bool dry_run;
};

/* What came of it. */
struct crlpull_result {
    bool changed; /* another CRL was taken over */
    int64_t this_update;
    int64_t until; /* nextUpdate, or when it is stale without one */
    bool stale;
    uint64_t entries, others;
    uint64_t bytes; /* of the CRL */
};

/* Pulls once.  The faults are those of shared/fetch.h; WRIT_FAULT_BAD_INPUT for a CRL that is not
 * to be believed, of a time to come, older than the one that stands, or of another scope. */
int crlpull_run(const struct crlpull *p, struct crlpull_result *result,
                struct writ_error *e) WRIT_MUST_CHECK;

/* The SHA-256 of pinned certificates as they are kept, in hexadecimal digits. */
int crlpull_fingerprint(const struct certfile *pinned, char text[TRUST_FINGERPRINT_TEXT],
                        struct writ_error *e) WRIT_MUST_CHECK;

/* Removes what was pulled.  What must not go back stays. */
int crlpull_forget(const struct places *places, const struct source *source,
                   struct writ_error *e) WRIT_MUST_CHECK;

#endif
