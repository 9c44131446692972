/*
 * serve/clients.h - who is connected, and how long we are patient with them
 *
 * libmicrohttpd knows an idle time only, which a client that sends a byte a second never reaches.
 * Here every step has one end: a client has `patience` to deliver a whole request (waiting between
 * two of them included), and as long again to take its answer.  When nearly all places are taken,
 * those that have kept us waiting longest are shown out first, so that somebody with a request
 * always finds a place.
 */
#ifndef WRIT_SERVE_CLIENTS_H
#define WRIT_SERVE_CLIENTS_H

#include <pthread.h>
#include <stdatomic.h>
#include <sys/queue.h>

#include "base/error.h"

#define CLIENTS_ROOM 4 /* one in so many more, for those who come while others leave */

#define CLIENTS_RATE 16 /* bytes in a millisecond: whoever reads a file more slowly is too slow */

/* One connection. */
struct client {
    TAILQ_ENTRY(client) link;
    int fd;
    atomic_llong since;  /* milliseconds, monotonic: when the present step began */
    atomic_llong more;   /* milliseconds that this answer may take besides: it is long */
    atomic_bool is_busy; /* its request is complete, and being answered */
    bool is_out;         /* was shown out */
    bool takes_no_more;  /* we read to the end of what has arrived, and close */
};

struct clients_counts {
    uint64_t now;      /* connections */
    uint64_t accepted; /* since the start */
    uint64_t too_slow; /* shown out at the end of our patience */
    uint64_t crowded;  /* shown out for somebody else's sake */
    uint64_t busy;     /* requests being answered */
};

struct clients {
    TAILQ_HEAD(, client) all;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    pthread_t keeper;
    unsigned most; /* places */
    int64_t patience_ms;
    bool ends;
    bool drains; /* what has arrived is answered, and nothing else */
    atomic_int busy;
    struct clients_counts counts;
};

/* Starts the thread that watches.  WRIT_FAULT_UNEXPECTED when there can be none. */
int clients_start(struct clients *c, unsigned most, int64_t patience_ms,
                  struct writ_error *e) WRIT_MUST_CHECK;
void clients_stop(struct clients *c);

/* A connection begins and ends; NULL without memory: then nobody watches it. */
struct client *clients_enter(struct clients *c, int fd);
void clients_leave(struct clients *c, struct client *who);

/* Its request is complete; its answer is on the way, or given up.  who may be NULL. */
void clients_begin(struct clients *c, struct client *who);
void clients_done(struct clients *c, struct client *who);

/* Its answer has so many bytes: besides our patience it may take what CLIENTS_RATE needs. */
void clients_allow(struct client *who, uint64_t bytes);

/* One more wants to come in.  When all places are taken those that have waited longest are shown
 * out for it; false when that has not helped yet, and there is no room to wait in. */
bool clients_admit(struct clients *c);

/* How many are connected. */
uint64_t clients_number(struct clients *c);

/* Reads nothing that has not arrived yet, and waits until everybody has left with an answer to what
 * has, at most for wait_ms. */
void clients_drain(struct clients *c, int64_t wait_ms);

void clients_count(struct clients *c, struct clients_counts *counts);

/* Milliseconds of a clock that only goes forward; coarse. */
int64_t clients_clock(void);

#endif
