/*
 * verdict/explain.h - a verdict and its evidence, in words and in JSON
 *
 * Text and JSON come from one walk (base/emit.h).  The JSON fields are described in
 * man/writ-json.5 and are API.
 */
#ifndef WRIT_VERDICT_EXPLAIN_H
#define WRIT_VERDICT_EXPLAIN_H

#include "base/emit.h"
#include "verdict/judge.h"

/* Appends one line without a newline: "allowed: Alice, Example Corp; feed 1, 4 s old; network:
 * none". */
void writ_explain_line(const struct writ_verdict *verdict, const struct writ_evidence *evidence,
                       struct writ_buffer *out);

/* Walks the verdict and everything it rests on, as members of an object that is open. */
void writ_explain(const struct writ_verdict *verdict, const struct writ_evidence *evidence,
                  struct writ_emit *m);

#endif
