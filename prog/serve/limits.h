/*
 * serve/limits.h - what writ serve spends at most: --set NAME=VALUE
 */
#ifndef WRIT_SERVE_LIMITS_H
#define WRIT_SERVE_LIMITS_H

#include "shared/args.h"

struct limits {
    int64_t nonces;      /* signatures on demand in a second */
    int64_t queue;       /* requests in line for one */
    int64_t connections; /* at once */
    int64_t patience;    /* seconds for a whole request */
    int64_t threads;     /* that read and write, and as many that sign ahead */
    int64_t validity;    /* seconds from thisUpdate to nextUpdate */
    int64_t cache;       /* seconds that a cache may keep an answer, at most */
};

/* Reads all --set options over the defaults.  WRIT_FAULT_USAGE for a name that there is not, or a
 * value outside its bounds. */
int limits_read(const struct args *a, struct limits *l, struct writ_error *e) WRIT_MUST_CHECK;

/* Raises the limit of open files as far as it may be, and lowers connections to what is left. */
void limits_fit(struct limits *l);

#endif
