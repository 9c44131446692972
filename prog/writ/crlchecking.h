/*
 * writ/crlchecking.h - a CRL of a file, held against its issuer in a jail
 */
#ifndef WRIT_CRLCHECKING_H
#define WRIT_CRLCHECKING_H

#include "crypto/digest.h"
#include "evidence/crlcheck.h"
#include "shared/certfile.h"

/* Checks a CRL with each of the issuer's certificates whose name fits, until one has signed it; of
 * *check the issuer is not used.  issuer->count may be 0.  Runs in a jail. */
int crlchecking_try(const struct writ_crlcheck *check, const struct certfile *issuer,
                    const struct writ_crl *crl, struct writ_answer *answer,
                    struct writ_error *e) WRIT_MUST_CHECK;

/* What a look at the one CRL in some bytes has found. */
struct crlchecking_found {
    enum writ_answer_status status; /* good, stale or no evidence */
    uint8_t is_delta;               /* not 0: it is one */
    int64_t as_of, until;           /* until is 0 without nextUpdate */
    uint64_t entries;
    uint8_t number[WRIT_CRL_NUMBER_MAX];
    size_t number_size;                /* octets; 0: it has none */
    uint8_t scope[WRIT_SHA256_BYTES];  /* of its issuing distribution point; all 0 without one */
    uint8_t digest[WRIT_SHA256_BYTES]; /* of the bytes */
    char source[WRIT_WHO_TEXT];
    char why[WRIT_FACT_TEXT]; /* unless good */
};

/* Looks in a jail.  Bytes that are no CRL, or several, are no evidence.  -1 when the look fails. */
int crlchecking_look(struct writ_span bytes, const struct writ_crlcheck *check,
                     const struct certfile *issuer, struct crlchecking_found *found,
                     struct writ_error *e) WRIT_MUST_CHECK;

/* True when *newer must not replace *older: it has a lower number or an earlier thisUpdate, or it
 * is about something else.  Both were signed by one issuer; *why gets a sentence. */
bool crlchecking_goes_back(const struct crlchecking_found *older,
                           const struct crlchecking_found *newer, char why[WRIT_FACT_TEXT]);

#endif
