/*
 * serve/waiting.h - requests that cannot be answered at once
 *
 * Most answers are signed already, and given on the spot.  What must be signed first, or counted,
 * waits here for one of a few threads.  The line is bounded.  The newest is served first: under
 * overload those at the other end have given up already, and an answer to them helps nobody.  When
 * the line is full its oldest is turned away; whoever has waited too long, too; and one whose
 * client is gone costs no signature.
 */
#ifndef WRIT_SERVE_WAITING_H
#define WRIT_SERVE_WAITING_H

#include <pthread.h>
#include <sys/queue.h>

#include "base/error.h"

#define WAITING_THREADS 4

/* How one of them ended. */
enum waiting_end {
    WAITING_SERVED, /* serve was called */
    WAITING_SHED,   /* turned away: the line was full, or it took too long */
    WAITING_GONE    /* its client has left */
};

/* One that waits: a part of whatever the caller keeps about it. */
struct waiting_one {
    TAILQ_ENTRY(waiting_one) link;
    int fd;        /* of its client, to see whether it is still there */
    int64_t since; /* milliseconds (serve/clients.h) */
    enum waiting_end end;
};

struct waiting {
    TAILQ_HEAD(waiting_line, waiting_one) line; /* newest first */
    pthread_mutex_t lock;
    pthread_cond_t wake;
    pthread_t threads[WAITING_THREADS];
    unsigned running;
    unsigned n, most;
    int64_t longest_ms;
    bool ends;
    void (*serve)(struct waiting_one *one); /* does the work */
    void (*ended)(struct waiting_one *one); /* gives it back; one->end says how it went */
    uint64_t shed, gone;
};

/* Starts the threads.  Both calls are made by any of them, ended also by waiting_add.
 * WRIT_FAULT_UNEXPECTED when there can be no thread. */
int waiting_start(struct waiting *w, unsigned most, int64_t longest_ms,
                  void (*serve)(struct waiting_one *one), void (*ended)(struct waiting_one *one),
                  struct writ_error *e) WRIT_MUST_CHECK;

/* Turns away whoever still waits, and ends the threads. */
void waiting_stop(struct waiting *w);

/* Puts one in the line; fd and since are set.  It may have ended when this returns. */
void waiting_add(struct waiting *w, struct waiting_one *one);

/* How many wait, and have been turned away or were gone. */
void waiting_count(struct waiting *w, uint64_t *n, uint64_t *shed, uint64_t *gone);

#endif
