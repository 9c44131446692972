/*
 * writ/reason.h - why something was revoked (RFC 5280 section 5.3.1)
 */
#ifndef WRIT_REASON_H
#define WRIT_REASON_H

#include "writ/api.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The codes of CRLReason that writ uses.  removeFromCRL (8) only stands in delta CRLs, and
 * aACompromise (10) is for attribute certificates. */
enum writ_reason {
    WRIT_REASON_UNSPECIFIED = 0,
    WRIT_REASON_KEY_COMPROMISE = 1,
    WRIT_REASON_CA_COMPROMISE = 2,
    WRIT_REASON_AFFILIATION_CHANGED = 3,
    WRIT_REASON_SUPERSEDED = 4,
    WRIT_REASON_CESSATION_OF_OPERATION = 5,
    WRIT_REASON_CERTIFICATE_HOLD = 6,
    WRIT_REASON_PRIVILEGE_WITHDRAWN = 9
};

/* A reason as RFC 5280 spells it.
 * Returns: "keyCompromise" …, or "unknown"; static.  Never fails. */
WRIT_API const char *writ_reason_name(enum writ_reason reason);

#ifdef __cplusplus
}
#endif
#endif
