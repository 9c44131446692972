/*
 * shared/canonical.h - JSON in the one form that is signed
 *
 * Remote Settings signs the canonical form of a collection: members in the order of their names'
 * code points, no white space, everything that is not printable ASCII as \uXXXX with lower-case
 * digits (two of them beyond U+FFFF), the short escapes of RFC 8259 where there are any, and
 * integers plain.
 */
#ifndef WRIT_SHARED_CANONICAL_H
#define WRIT_SHARED_CANONICAL_H

#include <jansson.h>

#include "base/buffer.h"

/* Appends the canonical form of a value that jsontext_parse gave.  -1 with WRIT_FAULT_BAD_INPUT for
 * a number with a fraction or an exponent, which signers write in different ways; otherwise only
 * without memory. */
int canonical_add(struct writ_buffer *out, const json_t *value,
                  struct writ_error *e) WRIT_MUST_CHECK;

#endif
