/*
 * fetch/race.h - one question, put to several servers at once
 *
 * All servers are asked side by side under one deadline, which covers name look-up, connection,
 * TLS, headers and body; whoever is done is told about at once, so that a slow server delays
 * nobody.  Which answer is the right one is not for here: the caller reads until it has one that it
 * believes, and ends this process.
 *
 * What holds for each server: at most RACE_BYTES_MAX bytes of headers and body are taken, whatever
 * it announces; status 200 and the wanted type, or there is no answer; no cookies, no content
 * coding.  One redirect is followed, to http or https only, never to this host or a private network
 * (RFC 1918, RFC 4193, RFC 6598, link-local, multicast), and not where a proxy is set, behind which
 * nobody can tell where a name leads.
 */
#ifndef WRIT_FETCH_RACE_H
#define WRIT_FETCH_RACE_H

#include "base/buffer.h"
#include "shared/raceframe.h"

struct race_server {
    const char *url;
    bool post; /* POST with the body; else GET, the question being in the URL */
};

struct race {
    struct race_server server[RACE_SERVERS_MAX];
    size_t count;
    struct writ_span body; /* for those that get a POST */
    const char *type;      /* of it */
    const char *wanted;    /* the type of an answer, without parameters */
    int64_t deadline_ms;   /* for all of it */
};

/* Asks, and writes a frame (shared/raceframe.h) to fd for each server as soon as it is done; a
 * server that is not done at the deadline is told about then.  0 also when none has an answer.  -1
 * with WRIT_FAULT_USAGE for no server or too many, WRIT_FAULT_IO when nobody reads the frames,
 * WRIT_FAULT_UNEXPECTED when libcurl does not start. */
int race_run(const struct race *what, int fd, struct writ_error *e) WRIT_MUST_CHECK;

#endif
