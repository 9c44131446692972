/*
 * base/env.h - what the library needs of the world, as arguments
 */
#ifndef WRIT_BASE_ENV_H
#define WRIT_BASE_ENV_H

#include <stdbool.h>
#include <stdint.h>

struct writ_env {
    int64_t now;      /* seconds since 1970, from the caller's clock, or the time asked for */
    bool asked_for;   /* a person asked for this time (--at): it is used as it is */
    unsigned threads; /* how many threads may hash one content; 0 means one */
};

#endif
