/*
 * shared/ocspcache.h - OCSP answers that were believed once
 *
 * An answer is kept for min(what the server's max-age allows, 1 day without one), never less than
 * an hour and never more than 7 days: a server that forgets its cache headers, or has broken ones,
 * must not make everybody ask at every look (the incident of 2020), and one that allows a year does
 * not decide for us.  How long the answer itself holds is not for here: what comes out is a
 * stranger's bytes again, and is verified like one that has just arrived.
 *
 * A file per certificate in "ocsp/answers" of the state (man/writ-state.5).  One that cannot be
 * read is none; what cannot be written is not kept.  Neither is a fault.
 */
#ifndef WRIT_SHARED_OCSPCACHE_H
#define WRIT_SHARED_OCSPCACHE_H

#include "shared/places.h"

#define OCSPCACHE_KEY      32                  /* bytes: who is meant; a SHA-256 of the caller's */
#define OCSPCACHE_FLOOR    3600                /* seconds */
#define OCSPCACHE_CEILING  (7 * 86400)         /* seconds */
#define OCSPCACHE_STANDARD 86400               /* seconds, without a max-age */
#define OCSPCACHE_SHELF    (8 * 86400)         /* seconds, after which a file is in the way */
#define OCSPCACHE_MAX      ((size_t)64 * 1024) /* bytes of an answer */
#define OCSPCACHE_NO_AGE   ((int64_t)-1)

struct ocspcache_entry {
    int64_t received;         /* when it came */
    int64_t max_age;          /* as the server said, or OCSPCACHE_NO_AGE */
    int64_t as_of;            /* its thisUpdate, as it was verified then */
    struct writ_span answer;  /* an OCSPResponse; what is read borrows from bytes */
    struct writ_buffer bytes; /* of the file; owned by what was read */
};

/* Looks for an answer.  False when there is none that can be read.  Call _free after true. */
bool ocspcache_read(const struct places *p, const uint8_t key[OCSPCACHE_KEY],
                    struct ocspcache_entry *entry);
void ocspcache_free(struct ocspcache_entry *entry);

/* Until when nobody needs to ask again. */
int64_t ocspcache_until(const struct ocspcache_entry *entry);

/* True from when it came until then; not when the clock has been put back behind that. */
bool ocspcache_is_current(const struct ocspcache_entry *entry, int64_t now);

/* Keeps an answer, unless one of a later thisUpdate is there.  Files of the same directory that
 * have stood there for OCSPCACHE_SHELF make room.  Tells whether the answer is kept. */
bool ocspcache_write(const struct places *p, const uint8_t key[OCSPCACHE_KEY],
                     const struct ocspcache_entry *entry);

#endif
