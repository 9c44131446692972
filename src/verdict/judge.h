/*
 * verdict/judge.h - (policy, evidence) gives a verdict: pure and total
 *
 * The same policy and evidence give the same verdict, on any machine, at any time.
 */
#ifndef WRIT_VERDICT_JUDGE_H
#define WRIT_VERDICT_JUDGE_H

#include "evidence/evidence.h"
#include "verdict/policy.h"
#include "writ/outcome.h"

#define WRIT_VERDICT_TEXT 640
#define WRIT_NO_ENTRY     ((size_t)-1)

/* Why, finer than the outcome, for programs to branch on.  writ_why_name gives the words of the
 * JSON field "why". */
enum writ_why {
    WRIT_WHY_SOUND,            /* allowed: everything holds */
    WRIT_WHY_NEWER,            /* allowed: newer than the feed, and the feed is fresh */
    WRIT_WHY_UNCOVERED_PASSES, /* allowed: not covered, and the policy lets that pass */
    WRIT_WHY_CERTIFICATE_REVOKED,
    WRIT_WHY_CONTENT_REVOKED,
    WRIT_WHY_BAD_SIGNATURE,
    WRIT_WHY_NO_PATH,
    WRIT_WHY_DATES,
    WRIT_WHY_WEAK,
    WRIT_WHY_PURPOSE,
    WRIT_WHY_TEAM,
    WRIT_WHY_KIND,
    WRIT_WHY_TIMESTAMP,
    WRIT_WHY_UNNUMBERED,
    WRIT_WHY_CONTENT_CHANGED,
    WRIT_WHY_MALFORMED,
    WRIT_WHY_CRITICAL_FLAG,
    WRIT_WHY_ISSUER_UNKNOWN,
    WRIT_WHY_NEVER_PULLED,
    WRIT_WHY_BURNED_NUMBER,
    WRIT_WHY_FEED_EXPIRED,
    WRIT_WHY_CRL_EXPIRED,
    WRIT_WHY_NO_SEAL,
    WRIT_WHY_DATA_DAMAGED,
    WRIT_WHY_UNDECIDED, /* the evidence is not complete: no verdict yet */
    WRIT_WHY_COUNT
};

struct writ_verdict {
    enum writ_outcome outcome;
    enum writ_why why;
    enum writ_fault fault;          /* when the outcome is WRIT_FAULT */
    char reason[WRIT_VERDICT_TEXT]; /* one sentence, without a full stop */
    const char *remedy;             /* what to do about it; static, "" when allowed */
    size_t seal;                    /* which seal and entry the verdict rests on, */
    size_t entry;                   /* or WRIT_NO_ENTRY */
    bool has_holds_until;
    int64_t holds_until; /* the instant from which this verdict must not be used any more */
    bool pull_wanted;    /* newer data might change it */
};

/* Judges one file.  Never fails. */
void writ_judge(const struct writ_policy *policy, const struct writ_evidence *evidence,
                struct writ_verdict *verdict);

/* What is said where there is no evidence to judge by: WRIT_FAULT, WRIT_FAULT_USAGE. */
void writ_judge_nothing(struct writ_verdict *verdict);

/* "certificate-revoked" …. */
const char *writ_why_name(enum writ_why why);

/* The exit code of a verdict: 0, 2, 3, 4, 5, 6, or the fault's class. */
int writ_verdict_exit(const struct writ_verdict *verdict);

/* The worse of two exit codes of the tools, in the order 2 > 3 > 6 > faults > 5 > 4 > 0. */
int writ_worse_exit(int a, int b);

#endif
