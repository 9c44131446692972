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

/* Asks about the first certificate of a chain, as DER; spki is the SubjectPublicKeyInfo of the one
 * above it.  The policy is about this one alone.  filters may be NULL.  What cannot be read or
 * looked up is not covered. */
enum hook_answer hook_ask_leaf(const struct filters *filters, enum hook_policy policy,
                               struct writ_span cert, struct writ_span spki, int64_t now);

/* Asks about another one.  What is known of CAs is OneCRL's and CRLs'; where there is neither,
 * nothing has to be asked, and hook_asks_about_cas says so.  spki may be empty when it is not
 * known: then CRLs are not asked. */
bool hook_asks_about_cas(const struct filters *filters);
enum hook_answer hook_ask_ca(const struct filters *filters, struct writ_span cert,
                             struct writ_span spki);

#endif
