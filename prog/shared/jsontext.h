/*
 * shared/jsontext.h - strangers' JSON
 *
 * jansson reads it, after a cap on its size and on how deep it nests.  Only the programs that pull
 * link jansson.
 */
#ifndef WRIT_SHARED_JSONTEXT_H
#define WRIT_SHARED_JSONTEXT_H

#include <jansson.h>

#include "base/error.h"
#include "base/span.h"

#define JSONTEXT_DEPTH_MAX 16 /* objects and lists inside one another */

/* Reads text as one JSON value, an object or a list, in UTF-8 (RFC 8259).  The caller gives it back
 * with json_decref.  what names it in the fault ("OneCRL").  NULL with WRIT_FAULT_BAD_INPUT when it
 * has more than max bytes, nests deeper than JSONTEXT_DEPTH_MAX, names a member twice, or is not
 * JSON; then the sentence has jansson's words, made safe to show. */
json_t *jsontext_parse(struct writ_span text, size_t max, const char *what,
                       struct writ_error *e) WRIT_MUST_CHECK;

#endif
