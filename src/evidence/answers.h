/*
 * evidence/answers.h - what tables, filters and CRLs say, in the one form of evidence/answer.h
 *
 * A list of answers keeps the order in which they were asked.  Where it is full, what would change
 * a verdict takes the place of what would not: a revocation is never left out.
 */
#ifndef WRIT_EVIDENCE_ANSWERS_H
#define WRIT_EVIDENCE_ANSWERS_H

#include "evidence/answer.h"
#include "evidence/crlsource.h"
#include "evidence/filter.h"

#define WRIT_CRLS_ASKED_MAX 64 /* CRLs that are asked about one certificate */

/* Adds one to a list with room for `room`. */
void writ_answers_add(struct writ_answer *list, size_t room, size_t *count,
                      const struct writ_answer *answer);

/* What one set of filters found about a certificate. */
void writ_answer_of_filter(const struct writ_filter_fact *fact, int64_t now,
                           struct writ_answer *answer);

/* What one CRL says.  False when it has nothing to do with the certificate, and so no answer. */
bool writ_answer_of_crl(const struct writ_crl_fact *fact, struct writ_answer *answer);

/* Told of each answer, whether or not there is room to keep it. */
typedef void writ_hear_answer(const struct writ_answer *answer, void *who);

/* Asks several CRLs (up to WRIT_CRLS_ASKED_MAX), and tells what each says.  key as for
 * writ_ask_crl. */
void writ_hear_crls(const struct writ_crl_source *crls, size_t crl_count,
                    const struct writ_cert *cert, const uint8_t issuer[WRIT_TABLE_ISSUER],
                    const uint8_t key[WRIT_TABLE_KEY], int64_t now, writ_hear_answer *hear,
                    void *who);

/* The same, and adds what each says to a list. */
void writ_answers_add_crls(struct writ_answer *list, size_t room, size_t *count,
                           const struct writ_crl_source *crls, size_t crl_count,
                           const struct writ_cert *cert, const uint8_t issuer[WRIT_TABLE_ISSUER],
                           const uint8_t key[WRIT_TABLE_KEY], int64_t now);

#endif
