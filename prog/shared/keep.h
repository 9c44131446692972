/*
 * shared/keep.h - what a file keeps when its content is replaced
 */
#ifndef WRIT_SHARED_KEEP_H
#define WRIT_SHARED_KEEP_H

#include <sys/types.h>

#include "base/error.h"

/* Gives the file `to` the owner, group, extended attributes and mode of the file `from`, in this
 * order, after its content is written: writing takes set-user-ID bits and capabilities away, and so
 * does changing the owner.  An access control list that `to` has from its directory and `from` has
 * not is dropped; security.ima and security.evm are not kept.  -1 with a sentence that names what
 * cannot be kept and calls the file `shown`. */
int keep_attributes(int from, int to, const char *shown, struct writ_error *e) WRIT_MUST_CHECK;

#endif
