/*
 * api/usage.h - what the public functions ask of their callers
 */
#ifndef WRIT_API_USAGE_H
#define WRIT_API_USAGE_H

#include "base/error.h"
#include "base/span.h"

/* True for a pointer that is NULL and should point to bytes. */
bool writ_is_missing(const void *p, size_t n);

/* Records WRIT_FAULT_USAGE: this function was given NULL where it wants something.  Always returns
 * -1. */
int writ_fail_null(struct writ_error *e, const char *function);

#endif
