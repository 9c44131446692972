/*
 * object/timestamp.h - RFC 3161 timestamps: request, response, and what a token claims
 */
#ifndef WRIT_OBJECT_TIMESTAMP_H
#define WRIT_OBJECT_TIMESTAMP_H

#include "object/cms.h"

#define WRIT_TIMESTAMP_MAX        WRIT_CMS_MAX
#define WRIT_TIMESTAMP_ANSWER_MAX (WRIT_CMS_MAX + 4096)

/* TSTInfo (RFC 3161 section 2.4.2).  Spans borrow from the bytes that were parsed. */
struct writ_timestamp {
    struct writ_cms cms;          /* the SignedData around it */
    enum writ_oid hash_algorithm; /* of messageImprint */
    struct writ_span imprint;     /* the hash that was stamped */
    struct writ_span serial;      /* the TSA's number for this token */
    int64_t time;                 /* genTime, a fraction rounded up */
    int64_t accuracy;             /* seconds, fractions rounded up; 0 when not given */
    struct writ_span nonce;       /* content octets, or empty */
    struct writ_span policy;      /* content octets of the identifier */
};

/* Reads a TimeStampToken that fills der exactly. */
int writ_timestamp_parse(struct writ_span der, struct writ_timestamp *stamp,
                         struct writ_error *e) WRIT_MUST_CHECK;

/* The instant that counts against `since` and validity: genTime + accuracy, the latest moment at
 * which the stamp may have been made. */
int64_t writ_timestamp_instant(const struct writ_timestamp *stamp);

/* Appends a TimeStampReq for a SHA-256 imprint, asking for the TSA's certificate. */
int writ_timestamp_build_request(struct writ_span imprint, struct writ_span nonce,
                                 struct writ_buffer *request, struct writ_error *e) WRIT_MUST_CHECK;

/* Reads a TimeStampResp: the token in it, or a fault with the TSA's own words when it refused. */
int writ_timestamp_parse_answer(struct writ_span der, struct writ_span *token,
                                struct writ_error *e) WRIT_MUST_CHECK;

#endif
