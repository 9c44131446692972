/*
 * writ/checking.h - is a certificate revoked: one subject, judged in a jail
 *
 * What is judged is bytes: PEM, or certificates in DER one after the other; the first certificate
 * is the one that is asked about.  The child reads, verifies and asks the filters, which were
 * opened before.
 */
#ifndef WRIT_CHECKING_H
#define WRIT_CHECKING_H

#include "base/emit.h"
#include "shared/filters.h"
#include "verdict/policy.h"

#define CHECKING_BYTES_MAX ((size_t)1 << 20) /* of a subject; a store of roots has 220 kB */
#define CHECKING_LINE_MAX  4096

struct checking {
    struct filters filters;
    struct writ_policy policy;
    int64_t now;
};

/* Opens this device's filters.  Call checking_end in any case. */
int checking_start(struct checking *c, const char *root, int64_t now,
                   struct writ_error *e) WRIT_MUST_CHECK;
void checking_end(struct checking *c);

struct checking_subject {
    struct writ_span bytes;
    struct writ_span chain; /* more certificates among which issuers are looked for, or empty */
    struct writ_span ocsp, staple; /* OCSP responses about the first one, or empty */
    enum writ_emit_form form;
    unsigned depth; /* of the object that is open */
};

struct checking_answer {
    int exit;                    /* 0, 2 … 5, or a fault's class */
    struct writ_buffer line;     /* for people; owned, as is the fragment */
    struct writ_buffer fragment; /* the walk, for writ_emit_fragment_add at `depth` */
};

/* Judges one subject.  -1 when it could not be looked at.  Bytes that are no certificate are a
 * verdict (malformed), and so is everything found in them. */
int checking_judge(const struct checking *c, const struct checking_subject *what,
                   struct checking_answer *answer, struct writ_error *e) WRIT_MUST_CHECK;
void checking_answer_free(struct checking_answer *answer);

#endif
