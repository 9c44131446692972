/*
 * evidence/crlcheck.h - what one CRL by itself is worth, and says about one certificate
 *
 * Checked in this order, so that what cannot be believed is never called merely old: no critical
 * extension that nobody understands; the issuer's name, its right to sign CRLs and its signature,
 * over the octets received; thisUpdate is not of a time to come.  Then, when a certificate is asked
 * about: the scope (RFC 5280 section 6.3.3 (b)), and whether it is listed.  Then nextUpdate.
 *
 * Not checked here: that the issuer's certificate leads to an anchor; several CRLs together, deltas
 * with their bases, signers with other keys (evidence/crl.h has all of section 6.3).
 */
#ifndef WRIT_EVIDENCE_CRLCHECK_H
#define WRIT_EVIDENCE_CRLCHECK_H

#include "base/time.h"
#include "evidence/answer.h"
#include "object/crl.h"

#define WRIT_CRLCHECK_SKEW    (5 * WRIT_MINUTE) /* what two clocks may differ by */
#define WRIT_CRLCHECK_MAX_AGE (7 * WRIT_DAY)    /* of a CRL without nextUpdate */

/* What is asked.  Everything is borrowed. */
struct writ_crlcheck {
    const struct writ_cert *issuer; /* whose signature it must bear; NULL: nobody's, form alone */
    const struct writ_cert *cert;   /* the certificate asked about; NULL: about none */
    bool ignores_dates;             /* whatever thisUpdate and nextUpdate are */
    int64_t now;
    int64_t max_age; /* seconds since thisUpdate, 0: nextUpdate decides, or the above */
    bool allow_sha1;
};

/* Checks a CRL that was parsed.  0 with the answer: no evidence, scope, revoked (which may be
 * stale), stale or good; good without a certificate means: signed, complete and current.  -1 only
 * without memory or when OpenSSL fails. */
int writ_check_one_crl(const struct writ_crlcheck *check, const struct writ_crl *crl,
                       struct writ_answer *answer, struct writ_error *e) WRIT_MUST_CHECK;

/* The answer of bytes that are no CRL, and why they are not. */
void writ_crl_no_evidence(struct writ_answer *answer, const char *why);

#endif
