/*
 * shared/pulled.h - what pulls have left below a state: a directory for each kind of source, in it
 * one for each source, in that files that are replaced and never changed
 *
 * Loaded into strangers' processes too: no message, nothing that waits.
 */
#ifndef WRIT_SHARED_PULLED_H
#define WRIT_SHARED_PULLED_H

#include <sys/stat.h>

#include "base/span.h"
#include "shared/watch.h"

#define PULLED_NAME_MAX 64 /* bytes of a source's name */

/* Maps a regular file of 1 to `ceiling` bytes below a directory; st gets what fstat says.  Give it
 * back with pulled_unmap.  WRIT_FAULT_IO, _NO_INPUT for what is no regular file, _BAD_INPUT for its
 * size. */
int pulled_map(int dir, const char *name, size_t ceiling, struct writ_span *map, struct stat *st,
               struct writ_error *e) WRIT_MUST_CHECK;
void pulled_unmap(struct writ_span *map);

/* One source: kind_dir is "<state>/<kind>".  0, or -1 to stop. */
typedef int pulled_look(void *who, const char *kind_dir, const char *name, struct writ_error *e);

/* Looks at every source of a kind in a state, in no order.  The kind's directory is watched;
 * *problem is set when it is there and cannot be read.  -1 without memory or when look says so. */
int pulled_each(const char *state, const char *kind, struct watch *w, pulled_look *look, void *who,
                struct writ_error *problem, struct writ_error *e) WRIT_MUST_CHECK;

#endif
