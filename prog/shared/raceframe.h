/*
 * shared/raceframe.h - what writ-fetch says while several servers are asked at once
 *
 *   answer SERVER MS AGE WAIT LENGTH\n   and LENGTH bytes: what it answered
 *   fault SERVER MS CLASS WAIT SENTENCE\n
 *
 * SERVER is the place of its URL in the question, MS how long it took, AGE the max-age it allows in
 * seconds or "none", WAIT the Retry-After it asks for in seconds.  One frame for each server, in
 * the order in which they are done.  The reader takes the writer for an enemy.
 */
#ifndef WRIT_SHARED_RACEFRAME_H
#define WRIT_SHARED_RACEFRAME_H

#include "base/buffer.h"
#include "bytes/cursor.h"

#define RACE_SERVERS_MAX 8                 /* asked at once */
#define RACE_BYTES_MAX   ((size_t)1 << 16) /* headers and body of one answer, as received */
#define RACE_SECONDS_MAX ((int64_t)1 << 31)
#define RACE_NO_AGE      ((int64_t)-1)

struct raceframe {
    size_t server;                      /* which one: its place in the question */
    int64_t ms;                         /* since the question was put */
    enum writ_fault fault;              /* WRIT_FAULT_NONE: there is an answer */
    char sentence[WRIT_ERROR_TEXT_MAX]; /* of the fault, made safe; or "" */
    int64_t wait_seconds;               /* Retry-After; 0: none */
    int64_t max_age;                    /* of Cache-Control, or RACE_NO_AGE.  With an answer */
    struct writ_span body;              /* borrowed from what was read.  With an answer */
};

/* Appends a frame. */
void raceframe_add(struct writ_buffer *b, const struct raceframe *f);

/* Takes the frame that the cursor stands at.  1 when it is there whole; 0 when it is not yet, and
 * the cursor has not moved; -1 with WRIT_FAULT_UNEXPECTED when it is none of the above, names a
 * server that is not one of `servers`, or is longer than it may be. */
int raceframe_read(struct writ_cursor *c, size_t servers, struct raceframe *f,
                   struct writ_error *e) WRIT_MUST_CHECK;

#endif
