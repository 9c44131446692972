/*
 * writ/showing_filter.h - what a filter says of itself, as a walk
 */
#ifndef WRIT_SHOWING_FILTER_H
#define WRIT_SHOWING_FILTER_H

#include "base/emit.h"

/* Walks the logs, issuers and columns, the layers, or the serials of a file that filterfile_is
 * knows (writ/filterfile.h), after checking it whole.  -1 with WRIT_FAULT_BAD_INPUT when it is
 * malformed.
 */
int showing_filter_walk(struct writ_span bytes, struct writ_emit *m,
                        struct writ_error *e) WRIT_MUST_CHECK;

/* Says how many keys a file of object/onecrl.h has, after checking it whole: they are hashes, and
 * say nothing to anybody. */
int showing_onecrl_walk(struct writ_span bytes, struct writ_emit *m,
                        struct writ_error *e) WRIT_MUST_CHECK;

#endif
