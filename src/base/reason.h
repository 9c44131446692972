/*
 * base/reason.h - why something was revoked (RFC 5280 section 5.3.1)
 */
#ifndef WRIT_BASE_REASON_H
#define WRIT_BASE_REASON_H

#include <stdbool.h>
#include <stdint.h>

#include "writ/reason.h"

/* True for the codes of enum writ_reason. */
bool writ_reason_is_known(unsigned code);

/* 0 and the reason for one of those names, in any case; -1 for anything else. */
int writ_reason_parse(const char *name, enum writ_reason *reason)
    __attribute__((warn_unused_result));

/* How grave a reason is: certificateHold 0 < affiliationChanged = superseded =
 * cessationOfOperation < unspecified < keyCompromise < privilegeWithdrawn < cACompromise.
 * Revoking again may only move up. */
unsigned writ_reason_gravity(enum writ_reason reason);

/* What a revocation with this reason means for a seal that bears a trusted timestamp from before
 * `since`.  Without such a timestamp every revocation refuses. */
enum writ_reason_effect {
    WRIT_REASON_REFUSES_ALL, /* whatever the timestamp: cACompromise, privilegeWithdrawn, hold */
    WRIT_REASON_REFUSES_FROM_SINCE /* sealed before `since`: still good */
};
enum writ_reason_effect writ_reason_effect(enum writ_reason reason);

#endif
