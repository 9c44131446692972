/*
 * shared/jail_walls.h - what holds a jailed child
 */
#ifndef WRIT_SHARED_JAIL_WALLS_H
#define WRIT_SHARED_JAIL_WALLS_H

#include "shared/jail.h"

#define JAIL_WALLS_ANSWER_FD                                                                       \
    1 /* where the child's answer goes: its only descriptor to write to                            \
       */

/* The system calls that are allowed, compiled: made by the parent, so that running out of memory
 * shows there.  NULL with WRIT_FAULT_CONFIGURATION. */
void *jail_walls_filter(struct writ_error *e) WRIT_MUST_CHECK;
void jail_walls_filter_free(void *filter);

/* Locks the calling process up, for good: closes all descriptors but those to keep and
 * JAIL_WALLS_ANSWER_FD, sets the limits, and puts up what strength says (filter may be NULL when
 * it has no seccomp).  parent is the process whose death ends this one.  -1 with
 * WRIT_FAULT_CONFIGURATION naming the wall that would not stand: the caller must end then. */
int jail_walls_enter(const struct jail *limits, struct jail_strength strength, void *filter,
                     int parent, struct writ_error *e) WRIT_MUST_CHECK;

#endif
