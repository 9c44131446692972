/*
 * issue/clubcard.h - making Mozilla's revocation filters
 *
 * A clubcard of two lists for each issuer: the serial numbers of all certificates that are known,
 * and of those that are revoked.  object/clubcard.h is its reader.
 *
 * The lists are walked rather than held: for each issuer its revoked ones once for each filter, and
 * its known ones once; and everything once more by writ_clubcard_verify.  In memory are at a time
 * the revoked ones of as many issuers as there are threads (where more than half are revoked, the
 * others too), about three times as many keys that the first filter lets pass, and the equations of
 * both filters: 32 bytes for each of their rows.
 *
 * The same lists give the same bytes, whatever the order of issuers and serials, the number of
 * threads, and how often a revoked serial is listed.  A known serial that is listed twice is
 * harmless, but counts twice where the number of certificates decides about the filters' sizes.
 */
#ifndef WRIT_ISSUE_CLUBCARD_H
#define WRIT_ISSUE_CLUBCARD_H

#include "base/buffer.h"
#include "object/clubcard.h"

#define WRIT_CLUBCARD_THREADS_MAX 64

enum writ_clubcard_list { WRIT_CLUBCARD_KNOWN, WRIT_CLUBCARD_REVOKED };

/* One issuer, and how many entries its lists have.  Every revoked one is known, too. */
struct writ_clubcard_enrolled {
    uint8_t id[WRIT_CLUBCARD_ISSUER]; /* SHA-256 of its SubjectPublicKeyInfo */
    uint64_t known;
    uint64_t revoked;
};

/* Is given one serial number after the other: the INTEGER's content octets, at most
 * WRIT_CLUBCARD_SERIAL_MAX, borrowed until it returns.  -1 ends the walk. */
typedef int writ_clubcard_visit(void *to, struct writ_span serial, struct writ_error *e);

/* Where the lists are.  All of it is borrowed, and must stay the same. */
struct writ_clubcard_source {
    const struct writ_clubcard_enrolled *issuers; /* in any order */
    size_t count;
    void *arg; /* for the functions */

    /* Calls visit for each entry of a list, issuer < count.  Must be fit to be called by several
     * threads at once.  0; -1 with its own fault; -1 with visit's, to which it adds the place. */
    int (*walk)(void *arg, size_t issuer, enum writ_clubcard_list list, writ_clubcard_visit *visit,
                void *to, struct writ_error *e);

    /* Told now and then how many of all known serials have been walked; may be NULL.  Called by one
     * thread at a time. */
    void (*progress)(void *arg, uint64_t done, uint64_t total);
};

/* Appends the clubcard in this version (3 or 4), made by so many threads (0 counts as one).  logs
 * says what it covers.  -1 with
 *   - WRIT_FAULT_BAD_INPUT for a serial that is revoked and not known, an issuer or a log that
 *     stands twice, and what does not fit a clubcard;
 *   - the source's fault; or WRIT_FAULT_UNEXPECTED when memory or OpenSSL fails.
 * Of several faults the same is told, whatever the number of threads. */
int writ_clubcard_build(const struct writ_clubcard_source *source,
                        const struct writ_clubcard_log *logs, size_t log_count, unsigned version,
                        unsigned threads, struct writ_buffer *out,
                        struct writ_error *e) WRIT_MUST_CHECK;

/* Asks a clubcard for every entry of every list.  -1 with WRIT_FAULT_UNEXPECTED and the entry when
 * an answer is wrong, or with the source's fault. */
int writ_clubcard_verify(const struct writ_clubcard_source *source,
                         const struct writ_clubcard *card, unsigned threads,
                         struct writ_error *e) WRIT_MUST_CHECK;

#endif
