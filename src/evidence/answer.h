/*
 * evidence/answer.h - what one source says about one certificate
 *
 * Tables, clubcards, OneCRL, CRLs and OCSP answer the same question in different ways; here they
 * have one form, so that they can be held against each other (verdict/answer.h) and shown.  Plain
 * data that owns its words, in the safe form of base/text.h.
 */
#ifndef WRIT_EVIDENCE_ANSWER_H
#define WRIT_EVIDENCE_ANSWER_H

#include "base/error.h"
#include "base/reason.h"

#define WRIT_FACT_TEXT 384
#define WRIT_WHO_TEXT  256

enum writ_answer_from {
    WRIT_FROM_TABLE,
    WRIT_FROM_CLUBCARD,
    WRIT_FROM_ONECRL,
    WRIT_FROM_CRL,
    WRIT_FROM_OCSP,
    WRIT_FROM_STAPLE,
};

enum writ_answer_status {
    WRIT_ANSWER_NO_EVIDENCE, /* nothing that can be used: wrong signer, another certificate, from
                                the future, does not parse … */
    WRIT_ANSWER_GOOD,
    WRIT_ANSWER_REVOKED,
    WRIT_ANSWER_UNKNOWN,     /* OCSP's word: the responder does not know the certificate */
    WRIT_ANSWER_NOT_COVERED, /* the source does not speak about certificates of this issuer */
    WRIT_ANSWER_SCOPE,       /* the source speaks about its issuer, and not about this one */
    WRIT_ANSWER_STALE,       /* it would be good, if it were not too old */
};

struct writ_answer {
    enum writ_answer_from from;
    enum writ_answer_status status;
    bool stale;                 /* too old; a revoked one may be */
    char source[WRIT_WHO_TEXT]; /* who says so */
    int64_t as_of;              /* thisUpdate; 0 when there is none */
    int64_t until;              /* nextUpdate, or 0 */
    enum writ_reason reason;    /* when revoked */
    int64_t since;              /* when revoked: since when it counts */
    int64_t revoked_at;         /* when revoked */
    bool held;                  /* certificateHold: may be undone */
    char why[WRIT_FACT_TEXT];   /* a sentence, unless good */
};

#endif
