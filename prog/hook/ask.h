/*
 * hook/ask.h - one certificate of a chain that another program is verifying
 */
#ifndef WRIT_HOOK_ASK_H
#define WRIT_HOOK_ASK_H

#include "hook/settings.h"
#include "shared/filters.h"

/* What a program is told. */
enum hook_answer {
    HOOK_ANSWER_PASS,     /* nothing against it */
    HOOK_ANSWER_REVOKED,  /* it is revoked */
    HOOK_ANSWER_STALE,    /* policy refuse: only data that is too old says that it is good */
    HOOK_ANSWER_UNCOVERED /* policy refuse: nothing here says whether it is */
};

/* A certificate and the one above it in the chain that the program has built, as DER. */
struct hook_link {
    struct writ_span cert;
    struct writ_span issuer;
    bool is_leaf; /* the first of the chain: the policy is about this one alone */
};

/* Asks.  filters may be NULL.  What cannot be read or looked up is not covered. */
enum hook_answer hook_ask(const struct filters *filters, enum hook_policy policy,
                          const struct hook_link *link, int64_t now);

#endif
