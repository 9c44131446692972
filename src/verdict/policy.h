/*
 * verdict/policy.h - what the owner of this machine wants
 */
#ifndef WRIT_VERDICT_POLICY_H
#define WRIT_VERDICT_POLICY_H

#include <stdbool.h>

/* The built-in policy is all zero: the code profile of doc/DESIGN.md, chapter 1. */
struct writ_policy {
    bool allow_uncovered; /* a certificate that no source covers passes */
    bool require_ocsp;    /* without a current OCSP answer, good or stapled, nothing passes */
};

#endif
