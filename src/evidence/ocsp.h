/*
 * evidence/ocsp.h - what an OCSP response says about one certificate, checked (RFC 6960
 * section 3.2)
 *
 * Checked in this order, so that what cannot be believed is never called merely old:
 *   the response parses, is successful and basic;
 *   its signer is the issuer (name and key), a responder that the caller knows, or a delegate:
 * signed by the issuer's own key, with OCSPSigning among its purposes; the signature, over the
 * octets received; critical extensions that nobody understands, and the nonce; at least one answer
 * in it is about this certificate: name hash, key hash and serial all fit; producedAt, thisUpdate,
 * nextUpdate. Of several answers about the certificate the worst counts: revoked, unknown, good.
 *
 * A delegate without id-pkix-ocsp-nocheck may have been revoked itself: the CRLs that the caller
 * has are asked, and where none of them answers it is taken, unless nocheck_required, and the
 * finding tells.
 *
 * Not checked here: that the issuer's certificate leads to an anchor, and that it is valid now.
 */
#ifndef WRIT_EVIDENCE_OCSP_H
#define WRIT_EVIDENCE_OCSP_H

#include "base/time.h"
#include "crypto/digest.h"
#include "evidence/answer.h"
#include "object/crl.h"
#include "object/ocsp.h"

#define WRIT_OCSP_SKEW    (5 * WRIT_MINUTE) /* what two clocks may differ by */
#define WRIT_OCSP_MAX_AGE (7 * WRIT_DAY)    /* of an answer without nextUpdate */

/* What is asked.  Everything is borrowed. */
struct writ_ocsp_question {
    const struct writ_cert *cert;   /* the certificate asked about */
    const struct writ_cert *issuer; /* the one that issued it: trusted for that by the caller */
    bool is_issued;         /* the caller has verified the issuer's signature on it already */
    int64_t now;            /* */
    int64_t skew;           /* seconds */
    int64_t max_age;        /* seconds since thisUpdate; 0: nextUpdate decides, or WRIT_OCSP_MAX_AGE
                               where there is none */
    struct writ_span nonce; /* that was sent, or empty */
    bool nonce_required;    /* an answer without the nonce is none */
    bool allow_sha1;        /* take signatures with SHA-1, on the response and on the delegate */
    bool nocheck_required;  /* a delegate must be known not to be revoked: by id-pkix-ocsp-nocheck,
                               or  by one of the CRLs */
    const struct writ_crl *crls; /* parsed, of the issuer; asked about delegates without nocheck */
    size_t crl_count;
    const struct writ_cert *responder; /* a signer that is trusted for this issuer, or NULL */
};

/* Sets *question to the usual: this skew, no age but nextUpdate's, no nonce, no SHA-1. */
void writ_ocsp_question_init(struct writ_ocsp_question *question, const struct writ_cert *cert,
                             const struct writ_cert *issuer, int64_t now);

enum writ_ocsp_signer {
    WRIT_OCSP_SIGNER_NONE,      /* nobody who may, or the signature does not verify */
    WRIT_OCSP_SIGNER_ISSUER,    /* the issuer itself */
    WRIT_OCSP_SIGNER_DELEGATE,  /* whom the issuer has certified for it */
    WRIT_OCSP_SIGNER_RESPONDER, /* the caller's own */
};

/* What was found on the way. */
struct writ_ocsp_finding {
    struct writ_answer answer;
    enum writ_ocsp_signer signer;
    char signer_name[WRIT_WHO_TEXT]; /* "" when there is none */
    struct writ_span delegate;       /* DER, in the response; or empty */
    bool delegate_is_nocheck;        /* trusted for its lifetime (section 4.2.2.2.1) */
    bool delegate_is_checked;        /* one of the CRLs says that it is not revoked */
    bool is_sha1;                    /* response or delegate is signed with SHA-1 */
    bool nonce_fits;                 /* the nonce that was sent came back */
    bool has_response;               /* it parsed, and was successful: produced_at is set */
    int64_t produced_at;
    size_t answers; /* about this certificate */
    size_t others;  /* about other ones */
};

/* Checks a response.  0 with the answer, whose status is good, revoked, unknown, stale or no
 * evidence; a response that does not parse is no evidence either.  A revoked one may be stale.  -1
 * only without memory or when OpenSSL fails. */
int writ_check_ocsp(const struct writ_ocsp_question *question, struct writ_span response,
                    struct writ_answer *answer, struct writ_error *e) WRIT_MUST_CHECK;

/* The same, and what was found on the way. */
int writ_examine_ocsp(const struct writ_ocsp_question *question, struct writ_span response,
                      struct writ_ocsp_finding *finding, struct writ_error *e) WRIT_MUST_CHECK;

/* Whether the issuer's key signed the certificate, and its name is the one that stands there:
 * without that its serial number means nothing. */
int writ_ocsp_is_issued(const struct writ_cert *cert, const struct writ_cert *issuer,
                        bool allow_sha1, bool *issued, struct writ_error *e) WRIT_MUST_CHECK;

/* Names a certificate for a request: its CertID under SHA-1 or SHA-256.  The spans of *id point
 * into *hashes and the certificate; id->der is empty. */
struct writ_ocsp_hashes {
    uint8_t name[WRIT_DIGEST_MAX];
    uint8_t key[WRIT_DIGEST_MAX];
};
int writ_ocsp_identify(const struct writ_cert *cert, const struct writ_cert *issuer,
                       enum writ_oid hash, struct writ_ocsp_hashes *hashes, struct writ_ocsp_id *id,
                       struct writ_error *e) WRIT_MUST_CHECK;

/* True when the name is this certificate's, under the name's own hash.  -1 only when OpenSSL fails.
 */
int writ_ocsp_id_is(const struct writ_ocsp_id *id, const struct writ_cert *cert,
                    const struct writ_cert *issuer, bool *is, struct writ_error *e) WRIT_MUST_CHECK;

#endif
