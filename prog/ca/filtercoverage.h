/*
 * ca/filtercoverage.h - what a clubcard is to say that it covers
 */
#ifndef WRIT_CA_FILTERCOVERAGE_H
#define WRIT_CA_FILTERCOVERAGE_H

#include "object/clubcard.h"

#define FILTERCOVERAGE_MAX ((size_t)16 << 20) /* bytes of the file */

struct filtercoverage {
    struct writ_clubcard_log *logs; /* owned */
    size_t count;
    uint8_t (*ids)[WRIT_CLUBCARD_LOG]; /* owned; what the logs' ids point to */
    size_t left_out;                   /* logs with nothing that is covered */
};

/*
 * Reads the logs and intervals from one of two kinds of file:
 * - lines LOG TAB FIRST TAB LAST: the log's id in hexadecimal, and the first and the last
 *   millisecond that is covered;
 * - the JSON of Mozilla's ct-fetch ("ct-logs.json"): a list of objects with LogID in base64,
 *   MinEntry, MinTimestamp and MaxTimestamp in milliseconds, and MMD, the log's maximum merge
 * delay, in seconds.  Only what the log must have merged between the entries that were fetched
 * counts: from MinTimestamp (plus MMD, unless MinEntry is 0) to MaxTimestamp less MMD. A log of
 * which nothing remains is counted, and left out.  -1 with WRIT_FAULT_BAD_INPUT for anything else
 * and for a log that stands twice.  Call filtercoverage_free in any case.
 */
int filtercoverage_read(const char *path, struct filtercoverage *coverage,
                        struct writ_error *e) WRIT_MUST_CHECK;
void filtercoverage_free(struct filtercoverage *coverage);

#endif
