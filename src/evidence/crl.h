/*
 * evidence/crl.h - what a set of CRLs says about a certificate: RFC 5280 section 6.3, whole
 *
 * Given are CRLs of any kind (complete, delta, partitioned, indirect, for some reasons only) and
 * certificates among which their signers are found.  For each distribution point of the
 * certificate, and at the end for the one that its issuer's name makes, every CRL in scope is
 * held against it, the newest first (thisUpdate, then CRL number: two CRLs may be of one second),
 * until all reasons are covered.
 *
 *   usable    no unknown critical extension, its own or of an entry; thisUpdate is not to come; its
 *             signer has the name of the CRL's issuer, may sign CRLs (keyUsage, if there is one),
 *             and is of the path or has a path of its own to the same anchor, of which nothing is
 *             revoked or unknown; a signer that only its own CRL speaks about is taken
 *   current   nextUpdate, or max_age where there is none, has not passed; one that is not current
 *             can only say "revoked"
 *   delta     counts with a base of the same issuer, scope and key that is not older than its
 *             BaseCRLNumber; it is looked into first, and removeFromCRL in it cancels the base's
 * entry; without a delta that is usable and current, a current base will do
 *
 * Good is only who is covered for all reasons by CRLs that are current.
 */
#ifndef WRIT_EVIDENCE_CRL_H
#define WRIT_EVIDENCE_CRL_H

#include "base/time.h"
#include "crypto/path.h"
#include "evidence/answer.h"
#include "evidence/evidence.h"
#include "object/crl.h"

#define WRIT_CRLS_SKEW    (5 * WRIT_MINUTE) /* what two clocks may differ by */
#define WRIT_CRLS_MAX_AGE (7 * WRIT_DAY)    /* of a CRL without nextUpdate */
#define WRIT_CRLS_MAX     1024              /* CRLs that are given */
#define WRIT_CRLS_DEPTH   4                 /* signers of CRLs about signers of CRLs … */

/* A CRL that is given.  What is known of its signer is kept from one question to the next. */
struct writ_given_crl {
    struct writ_crl crl;
    const char *source; /* a file's name; borrowed */
    enum writ_check signed_well;
    bool checking; /* its signer is being looked for right now: taken meanwhile, once it verifies */
    struct writ_span key;       /* of the signer that was found: its SubjectPublicKeyInfo */
    const char *fault;          /* why it is of no use; static */
    struct writ_span extension; /* the unknown critical one that is why */
};

/* Everything that is given.  Borrowed, but for what is kept of each CRL. */
struct writ_crl_pool {
    struct writ_given_crl *crl; /* in any order; writ_crl_pool_start sorts them */
    size_t crl_count;
    const struct writ_span *cert; /* where signers are found; DER */
    size_t cert_count;
    const struct writ_path *path; /* verified; its last certificate is the anchor */
    int64_t now;
    int64_t max_age; /* seconds since thisUpdate; 0: nextUpdate, or WRIT_CRLS_MAX_AGE without it */
    bool allow_sha1;
    size_t depth; /* of questions within questions; 0 at the start */
};

/* Puts the newest first.  Once, before the first question. */
void writ_crl_pool_start(struct writ_crl_pool *pool);

/* Asks about one certificate, of the path or whose issuer is of it.  0 with the answer: revoked
 * (perhaps stale), good, stale, scope or no evidence.  -1 only without memory or when OpenSSL
 * fails.
 */
int writ_check_crls(struct writ_crl_pool *pool, const struct writ_cert *cert,
                    struct writ_answer *answer, struct writ_error *e) WRIT_MUST_CHECK;

#endif
