/*
 * shared/fetcher_spawn.h - writ-fetch, started
 */
#ifndef WRIT_SHARED_FETCHER_SPAWN_H
#define WRIT_SHARED_FETCHER_SPAWN_H

#include <sys/types.h>

#include "base/buffer.h"

/* Descriptors for it.  -1: /dev/null, and for standard error what it is here. */
struct fetcher_ends {
    int in;    /* its standard input */
    int out;   /* its standard output */
    int say;   /* its descriptor 3, where it says what happened */
    bool mute; /* nothing of ours is left to it: standard error is /dev/null, all others closed */
};

/* Starts writ-fetch with these arguments (argv[0] included, NULL at the end), without a passphrase
 * in its environment.  The caller waits for *pid.  WRIT_FAULT_CONFIGURATION when it cannot be
 * started. */
int fetcher_spawn(char *const *argv, const struct fetcher_ends *ends, pid_t *pid,
                  struct writ_error *e) WRIT_MUST_CHECK;

/* A descriptor of a file in memory that holds these bytes and stands at its beginning. */
int fetcher_memory(struct writ_span bytes, struct writ_error *e) WRIT_MUST_CHECK;

#endif
