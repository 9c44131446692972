/*
 * evidence/crllist.h - a CRL made into exact lists: checked once, when it is pulled
 *
 * The person has pinned certificates of CAs.  The CRL must be signed by one whose name is that of
 * the CRL's issuer.  Each pinned certificate of that name (a CA renews its key) gets a list of what
 * the CRL revokes; and, of an indirect CRL, each other pinned one a list of the entries that name
 * it.  What is on no list cannot be asked about, and is counted.
 */
#ifndef WRIT_EVIDENCE_CRLLIST_H
#define WRIT_EVIDENCE_CRLLIST_H

#include "object/crl.h"
#include "object/table.h"

#define WRIT_CRL_PINNED_MAX 16 /* certificates of CAs that one source pins */

/* What came of it. */
struct writ_crl_list {
    size_t signer;  /* which of the pinned ones signed it */
    size_t entries; /* revocations in the lists */
    size_t others;  /* entries about certificates of issuers that are not pinned */
};

/* Checks that a CRL is one of a pinned issuer: signed, without unknown critical extensions, and no
 * delta, which is nothing without its base.  Its dates are not looked at.  -1 with
 * WRIT_FAULT_BAD_INPUT and the reason, or when OpenSSL fails. */
int writ_crl_list_check(const struct writ_crl *crl, const struct writ_cert *pinned, size_t count,
                        size_t *signer, struct writ_error *e) WRIT_MUST_CHECK;

/* The same, and appends the table of its lists.  Where a serial stands twice the graver reason and
 * the earlier time count.  -1 also when the table would be over WRIT_TABLE_MAX. */
int writ_crl_list_build(const struct writ_crl *crl, const struct writ_cert *pinned, size_t count,
                        struct writ_crl_list *list, struct writ_buffer *table,
                        struct writ_error *e) WRIT_MUST_CHECK;

/* What an entry means: reason and times as a table holds them.  The time it counts from is
 * invalidityDate; without it, for a lost key and without a reason, the beginning, since nobody has
 * said when; for other reasons the revocation. */
struct writ_revoked writ_crl_entry_meaning(const struct writ_crl_entry *entry);

#endif
