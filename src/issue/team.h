/*
 * issue/team.h - the same work for many things, by several threads
 */
#ifndef WRIT_ISSUE_TEAM_H
#define WRIT_ISSUE_TEAM_H

#include "base/error.h"
#include "crypto/digest.h"

/* The work for thing i.  digester is the thread's own. */
typedef int writ_team_work(void *arg, size_t i, struct writ_digester *digester,
                           struct writ_error *e);

/* Calls work for 0 to count - 1, which are begun in this order, by up to `threads` threads; the
 * calling one is among them, and does it alone where no other can be had.  -1 with the fault of the
 * lowest i that failed, however many threads there are; what had not begun by then is left out. */
int writ_team_run(writ_team_work *work, void *arg, size_t count, unsigned threads,
                  struct writ_error *e) WRIT_MUST_CHECK;

#endif
