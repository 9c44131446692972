/*
 * serve/http.h - OCSP over HTTP (RFC 6960 appendix A, RFC 5019)
 *
 *   POST anything below the base     an OCSP request, application/ocsp-request
 *   GET  base/BASE64                 the same in the path (serve/uri.h)
 *   GET  /feed/NAME                  a file of the feed
 *   GET  /metrics /status /status.json   serve/page.h
 *
 * Every error status of OCSP is a 200 of HTTP.  What is signed already is answered by the thread
 * that has read the request; the rest goes through serve/waiting.h.
 */
#ifndef WRIT_SERVE_HTTP_H
#define WRIT_SERVE_HTTP_H

#include "serve/answers.h"

#define HTTP_LISTENERS_MAX 8
#define HTTP_MEMORY        ((size_t)8 * 1024) /* of a connection: request line and headers */
#define HTTP_RETRY_SECONDS 5                  /* Retry-After */
#define HTTP_WAIT_MS       1500               /* how long one may stand in line */
#define HTTP_THREADS_MAX   64

struct http_settings {
    struct answers *answers; /* borrowed; outlives the server */
    const char *base;        /* what the path of a GET begins with: "/", "/ocsp" */
    int feed;                /* directory (serve/feed.h), taken over; -1: none */
    unsigned threads;        /* that read and write */
    unsigned connections;    /* at once */
    unsigned queue;          /* requests in line */
    int64_t patience;        /* seconds for a whole request (serve/clients.h) */
    int64_t max_age;         /* seconds that a cache may keep an answer, at most */
    int64_t started_at;
};

struct http;

/* Serves at these listening sockets, which it takes over.  WRIT_FAULT_UNEXPECTED when the library
 * refuses. */
int http_start(const struct http_settings *settings, const int *listeners, int count,
               struct http **http, struct writ_error *e) WRIT_MUST_CHECK;

/* From now on files come from this directory (taken over; -1: none), and a page says when. */
void http_reloaded(struct http *http, int feed, int64_t now);

/* Takes no more connections, answers what has arrived, for at most wait_ms, and ends.  NULL is
 * nothing. */
void http_stop(struct http *http, int64_t wait_ms);

/* How many OCSP requests were answered. */
uint64_t http_answered(struct http *http);

#endif
