/*
 * verdict/tls.h - is this certificate revoked: (policy, facts) gives a verdict, in words and JSON
 *
 * Pure and total.  The certificate asked about decides; those above it only matter when one of them
 * is revoked.  Dates are told and decide nothing, except that a filter cannot be asked about what
 * had expired before it was built (evidence/filter.h).
 */
#ifndef WRIT_VERDICT_TLS_H
#define WRIT_VERDICT_TLS_H

#include "base/emit.h"
#include "evidence/tls.h"
#include "verdict/judge.h"

struct writ_tls_verdict {
    enum writ_outcome outcome; /* allowed, revoked, untrusted, malformed, not-covered, stale; or
                                  fault: the issuer is missing */
    size_t link;               /* which certificate it rests on; 0 is the one asked about */
    char reason[WRIT_VERDICT_TEXT]; /* one sentence, without a full stop */
    const char *remedy;             /* what to do about it; static, "" when there is nothing */
};

/* Judges.  Never fails. */
void writ_judge_tls(const struct writ_policy *policy, const struct writ_tls_facts *facts,
                    struct writ_tls_verdict *verdict);

/* The exit code: 0, 2, 3, 4, 5, or 66 when the issuer is missing. */
int writ_tls_exit(const struct writ_tls_verdict *verdict);

/* Appends one line without a newline: "good: example.org; crlite: filter-1, 4 h old; expires in 60
 * days". */
void writ_explain_tls_line(const struct writ_tls_verdict *verdict,
                           const struct writ_tls_facts *facts, struct writ_buffer *out);

/* Walks the verdict and everything it rests on, as members of an object that is open; the fields
 * are described in man/writ-json.5 and are API. */
void writ_explain_tls(const struct writ_tls_verdict *verdict, const struct writ_tls_facts *facts,
                      struct writ_emit *m);

#endif
