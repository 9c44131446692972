/*
 * shared/manifest.h - the manifest of a directory of filters, as upki and its mirrors have it
 *
 *   {"generated_at": SECONDS, "comment": "...", "files": [{"filename", "size", "hash"}, ...]}
 *
 * `filters` is an older name of `files`.  The full filter comes first, deltas in their order.
 * Nobody signs it.
 */
#ifndef WRIT_SHARED_MANIFEST_H
#define WRIT_SHARED_MANIFEST_H

#include "shared/filterplan.h"

#define MANIFEST_MAX ((size_t)1 << 20) /* bytes */

/* Appends the plan (shared/filterplan.h) that a manifest comes to.  Reads strangers' JSON: to be
 * run in a jail, like shared/remotesettings.h.  WRIT_FAULT_BAD_INPUT. */
int manifest_plan(struct writ_span json, struct writ_buffer *out,
                  struct writ_error *e) WRIT_MUST_CHECK;

/* Appends the manifest of a plan. */
void manifest_add(struct writ_buffer *out, const struct filterplan *plan, const char *comment);

#endif
