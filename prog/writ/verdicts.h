/*
 * writ/verdicts.h - the judgements that verify and why have in common
 */
#ifndef WRIT_VERDICTS_H
#define WRIT_VERDICTS_H

#include "shared/args.h"
#include "shared/out.h"

/* Judges every operand and says what came of it: a line each, or with `whole` everything it rests
 * on; the whole always in JSON.  Returns the worst exit code. */
int verdicts_run(const struct args *a, struct out *o, bool whole);

/* Says that one of several subjects could not be looked at: a line, and its object in the list of
 * results in JSON.  Returns the fault's exit code. */
int verdicts_tell_fault(struct out *o, const char *subject, const struct writ_error *e);

#endif
