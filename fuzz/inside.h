/*
 * fuzz/inside.h - what a parser points at lies in what it was given
 */
#ifndef WRIT_FUZZ_INSIDE_H
#define WRIT_FUZZ_INSIDE_H

#include "fuzz.h"

/* An empty span, or one within the whole. */
static inline void inside(struct writ_span part, struct writ_span whole)
{
    HOLDS(part.n == 0 || (part.p >= whole.p && part.n <= whole.n &&
                          (size_t)(part.p - whole.p) <= whole.n - part.n));
}

/* A parser that refuses says so as bad input. */
static inline int refused(const struct writ_error *e)
{
    HOLDS(e->fault == WRIT_FAULT_BAD_INPUT && e->text[0] != '\0');
    return 0;
}

#endif
