/*
 * shared/watch.h - has something been replaced since it was read?
 *
 * Files are replaced by renaming and never changed, so that inode and change time (ctime) tell.  A
 * program that runs for long looks again with a stat(2) for each path.
 */
#ifndef WRIT_SHARED_WATCH_H
#define WRIT_SHARED_WATCH_H

#include <stdbool.h>
#include <sys/stat.h>
#include <time.h>

#include "base/error.h"

/* A path, and what stood there when it was looked at. */
struct watched {
    char *path; /* owned */
    bool there;
    ino_t inode;
    struct timespec changed;
};

/* Paths; the array is the caller's. */
struct watch {
    struct watched *at;
    size_t count, room;
};

/* Notes what stands at a path.  To be called before it is read: what comes in between is then seen
 * as newer.  Without room nothing is noted.  -1 only without memory. */
int watch_add(struct watch *w, const char *path, struct writ_error *e) WRIT_MUST_CHECK;

/* False when anything has changed since. */
bool watch_is_current(const struct watch *w);

/* Forgets all paths. */
void watch_clear(struct watch *w);

#endif
