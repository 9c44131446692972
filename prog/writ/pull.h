/*
 * writ/pull.h - fetching what a source has published, checking all of it, and taking it over
 *
 * Nothing on the disk changes until everything that came was checked: the note's signature, origin,
 * root, version and dates; the table's length, hash, form and every issuer in it.  Then the table
 * is put beside the old one, the floor is raised, and the note is replaced last: whoever reads at
 * any moment finds a note and the table it names.
 *
 * What is damaged on the disk is pulled again.  A floor that is damaged or lost is that of the note
 * that stands; only when that cannot be read either, nobody knows what must not go back, and a
 * person has to decide.
 */
#ifndef WRIT_PULL_H
#define WRIT_PULL_H

#include "writ/sources.h"

#define PULL_LOCK_SECONDS 30

/* What came of it. */
struct pull_result {
    bool changed; /* a newer version was taken over */
    uint64_t version;
    int64_t as_of;
    int64_t expires;
    uint64_t table_bytes;
};

struct pull {
    const struct places *places;
    const struct trust_bundle *bundle; /* its feed is not looked at: it may be old by now */
    bool new_bundle;                   /* keys that notes named under an older one do not count */
    const char *location;              /* URL, or path of a folder */
    int64_t now;
    bool dry_run;
};

/* Pulls once.  Waits up to PULL_LOCK_SECONDS for another pull of the same feed. */
int pull_feed(const struct pull *p, struct pull_result *result,
              struct writ_error *e) WRIT_MUST_CHECK;

/* Fetches the bundle that a location publishes, as the bytes of its file. */
int pull_bundle(const char *location, struct writ_buffer *bytes,
                struct writ_error *e) WRIT_MUST_CHECK;

/* Forgets the keys that notes named under a bundle that a newer one is about to replace. */
int pull_forget_keys(const struct places *places, const char *fingerprint,
                     struct writ_error *e) WRIT_MUST_CHECK;

/* Forgets what was pulled for a bundle, and keeps the floor. */
int pull_forget(const struct places *places, const char *fingerprint,
                struct writ_error *e) WRIT_MUST_CHECK;

#endif
