/*
 * base/json.h - whether text is JSON of the kind that base/emit.h writes
 *
 * Nothing is built from it.  What is taken: objects, lists, strings, whole numbers, true and false;
 * in strings the escapes \" and \\ only, so that two names are the same only when their bytes are;
 * no name twice in one object.  Spaces and newlines may stand between.
 */
#ifndef WRIT_BASE_JSON_H
#define WRIT_BASE_JSON_H

#include "base/span.h"

#define WRIT_JSON_DEPTH_MAX   16  /* objects and lists in each other */
#define WRIT_JSON_MEMBERS_MAX 128 /* of one object */

/* True when more can follow before, both in one object: each is members of an object with commas
 * between them, or empty, and no name stands in both. */
bool writ_json_continues(struct writ_span before, struct writ_span more);

#endif
