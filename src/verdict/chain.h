/*
 * verdict/chain.h - may this chain be believed: facts give a verdict, in words and JSON
 *
 * Pure and total.  Every certificate that was asked about must have a good answer; a revoked one
 * decides whatever else is missing.
 */
#ifndef WRIT_VERDICT_CHAIN_H
#define WRIT_VERDICT_CHAIN_H

#include "base/emit.h"
#include "evidence/chain.h"
#include "verdict/judge.h"

struct writ_chain_verdict {
    enum writ_outcome outcome;      /* allowed, revoked, untrusted, malformed, not-covered, stale */
    int exit;                       /* 0, 2, 3, 4, 5 */
    size_t link;                    /* which certificate it rests on; 0 is the one asked about */
    char reason[WRIT_VERDICT_TEXT]; /* one sentence, without a full stop */
};

/* Judges.  Never fails. */
void writ_judge_chain(const struct writ_chain_facts *facts, struct writ_chain_verdict *verdict);

/* Appends one line without a newline: "good: Alice; 3 certificates, of which 2 not revoked",
 * "revoked: …", "untrusted: …", "no-evidence: …". */
void writ_explain_chain_line(const struct writ_chain_verdict *verdict,
                             const struct writ_chain_facts *facts, struct writ_buffer *out);

/* Walks the verdict and everything it rests on, as members of an object that is open; the fields
 * are described in man/writ-json.5 and are API. */
void writ_explain_chain(const struct writ_chain_verdict *verdict,
                        const struct writ_chain_facts *facts, struct writ_emit *m);

#endif
