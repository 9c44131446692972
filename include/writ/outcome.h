/*
 * writ/outcome.h - what a verdict says
 *
 * A verdict means: writ looked.  When it could not look the outcome is WRIT_FAULT, and the fault's
 * class (writ/error.h) is the exit code.
 */
#ifndef WRIT_OUTCOME_H
#define WRIT_OUTCOME_H

#include "writ/api.h"

#ifdef __cplusplus
extern "C" {
#endif

/* In JSON the field "outcome" holds writ_outcome_name; it is API. */
enum writ_outcome {
    WRIT_ALLOWED = 0, /* looked, and the policy lets it pass                             exit 0 */
    WRIT_REVOKED,     /* a certificate of the chain, or this very content, is revoked    exit 2 */
    WRIT_UNTRUSTED,   /* signature, chain, dates, purpose, kind or name do not hold      exit 3 */
    WRIT_MODIFIED,    /* the content is not what was sealed                              exit 3 */
    WRIT_MALFORMED,   /* the seal, or what it is attached to, cannot be parsed           exit 3 */
    WRIT_NOT_COVERED, /* no source on this device covers the certificate                 exit 4 */
    WRIT_STALE,       /* covered, but the source is older than allowed                   exit 5 */
    WRIT_UNSIGNED,    /* no seal at all                                                  exit 6 */
    WRIT_FAULT,       /* could not look                                          exit 64 and up */
};

/* An outcome in one word, as in JSON.
 * Returns: "allowed", "not-covered" …, or "fault" for what is no outcome; static.  Never fails. */
WRIT_API const char *writ_outcome_name(enum writ_outcome outcome);

#ifdef __cplusplus
}
#endif
#endif
