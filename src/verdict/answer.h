/*
 * verdict/answer.h - several answers about one certificate: which one counts, in words, JSON and an
 * exit code
 *
 * Pure and total.
 */
#ifndef WRIT_VERDICT_ANSWER_H
#define WRIT_VERDICT_ANSWER_H

#include "base/emit.h"
#include "evidence/answer.h"

/* "good", "revoked", "unknown", "stale", "not-covered", "scope", "no-evidence". */
const char *writ_answer_status_name(enum writ_answer_status status);

/* "table", "clubcard", "onecrl", "crl", "ocsp", "staple". */
const char *writ_answer_from_name(enum writ_answer_from from);

/* 0 good, 2 revoked, 5 stale, 4 everything else: nothing but a good answer is 0. */
int writ_answer_exit(enum writ_answer_status status);

/* The one that counts of count answers, in the order in which the policy asks: the first that says
 * revoked, whoever it is; else the first good; else the first stale; else the first unknown; else
 * the first.  0 when there are none. */
size_t writ_answers_weigh(const struct writ_answer *answers, size_t count);

/* Appends one line without a newline: "revoked: superseded; crl: Example CA, as of T until T". */
void writ_explain_answer_line(const struct writ_answer *answer, struct writ_buffer *out);

/* Walks the answer as members of an object that is open: status, stale, from, source, as_of, until,
 * reason, since, revoked_at, held, why; described in man/writ-json.5. */
void writ_explain_answer(const struct writ_answer *answer, struct writ_emit *m);

/* Walks several, in the order they were asked, as the list "answers". */
void writ_explain_answers(const struct writ_answer *answers, size_t count, struct writ_emit *m);

#endif
