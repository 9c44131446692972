/*
 * issue/revocation.h - since when a certificate is revoked, and what may still change
 *
 * The rules of the design's chapter 1, without a clock and without a store: `now` is an argument,
 * and what stands already is handed in.  Sentences name the command's flags, because a person reads
 * them there.
 *
 *   reason                                             `since` when nobody gave one
 *   keyCompromise, unspecified                         notBefore
 *   cACompromise, privilegeWithdrawn                   notBefore
 *   cessationOfOperation, superseded,                  now; when something stands already, never
 *   affiliationChanged                                 later than the `since` of that
 *   certificateHold                                    now, always
 */
#ifndef WRIT_ISSUE_REVOCATION_H
#define WRIT_ISSUE_REVOCATION_H

#include "base/error.h"
#include "base/reason.h"

#define WRIT_REVOCATION_NOTE_MAX 1024 /* bytes of a note */

/* A revocation as it is kept and published. */
struct writ_revocation {
    enum writ_reason reason;                 /* RFC 5280 section 5.3.1 */
    int64_t since;                           /* the instant it counts from */
    int64_t revoked_at;                      /* when it was decided */
    bool since_given;                        /* a person named `since`; else it is the default */
    char note[WRIT_REVOCATION_NOTE_MAX + 1]; /* a person's cause; "" when there is none */
};

/* What a person asked for. */
struct writ_revocation_request {
    enum writ_reason reason;
    bool since_given;
    int64_t since;    /* meaningful when since_given */
    const char *note; /* borrowed; NULL or "" when there is none */
};

/*
 * Fills in r from a request to revoke a certificate valid from not_before.
 *
 * An expired certificate can be revoked like any other, because stamped seals outlive it.  One that
 * is not valid yet can be revoked too: then notBefore is the only `since` there is.
 *
 * Fails with WRIT_FAULT_USAGE: a reason writ does not use; a `since` outside notBefore..now; a
 * `since` for keyCompromise or unspecified without a note (it keeps earlier stamped seals good,
 * which somebody should be able to explain later); a `since` for a hold; a note that is too long or
 * not printable.  r is then unchanged.
 */
int writ_revocation_begin(const struct writ_revocation_request *request, int64_t not_before,
                          int64_t now, struct writ_revocation *r,
                          struct writ_error *e) WRIT_MUST_CHECK;

/*
 * Decides whether `wider` may replace `standing`.  Revoking again may only widen: an earlier
 * `since`, a graver reason, or both; never one of them at the price of the other.  A `since` nobody
 * gave is moved back to the standing one where it would be later, so that asking for a reason again
 * never narrows by accident.
 *
 * A hold binds like a revocation: what replaces it counts at the latest from the moment it was
 * held.  Seals made while held were refused then, and stay refused; who wants a later `since` lifts
 * the hold first, with a note.  A hold never replaces anything.
 *
 * Fails with WRIT_FAULT_USAGE and a sentence that says what stands; when `wider` is exactly what
 * stands it begins "already revoked" or "already held" and ends "nothing to do".
 */
int writ_revocation_widen(const struct writ_revocation *standing, struct writ_revocation *wider,
                          struct writ_error *e) WRIT_MUST_CHECK;

/* 0 when a reason, `since`, decision and note can have come from writ_revocation_begin, whatever
 * the certificate: for records that come back from disk.  Otherwise -1 and WRIT_FAULT_BAD_INPUT. */
int writ_revocation_check(const struct writ_revocation *r, struct writ_error *e) WRIT_MUST_CHECK;

#endif
