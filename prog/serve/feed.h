/*
 * serve/feed.h - the files of a feed, as writ publish has left them
 */
#ifndef WRIT_SERVE_FEED_H
#define WRIT_SERVE_FEED_H

#include <stdint.h>

#include "base/error.h"

#define FEED_ETAG 64 /* room for a tag with its quotes */

struct feed_file {
    int fd; /* the caller closes it */
    uint64_t size;
    int64_t changed_at;
    char etag[FEED_ETAG]; /* another file under this name has another tag */
};

/* Opens the directory.  -1 with WRIT_FAULT_NO_INPUT or WRIT_FAULT_PERMISSION. */
int feed_open(const char *path, struct writ_error *e) WRIT_MUST_CHECK;

/* Opens the regular file called name (serve/uri.h) below it; false when there is none.  A symbolic
 * link at its end is not followed. */
bool feed_file_open(int dir, const char *name, struct feed_file *file);

#endif
