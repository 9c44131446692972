/*
 * writ/upki.h - the same filters from a mirror, in upki's cache directory
 *
 * Nobody signs a mirror's manifest: it is as good as its https and its owner.  A list that says it
 * was made before the one that is here is not taken; how old the data is, is read from the filters
 * themselves.
 */
#ifndef WRIT_UPKI_H
#define WRIT_UPKI_H

#include "writ/filterpull.h"

#define UPKI_LOCATION "https://upki.rustls.dev"

/* Pulls once, from the first of the mirrors that has something good; called by filterpull_run. */
int upki_pull(struct filterwork *w, struct writ_error *e) WRIT_MUST_CHECK;

/* Where upki keeps its data for this caller, by default: appended to path.  In the state's root
 * where there is one (--root). */
int upki_default_cache(const struct places *places, struct writ_buffer *path,
                       struct writ_error *e) WRIT_MUST_CHECK;

#endif
