/*
 * shared/ocspclient.h - OCSP responders, asked so that nobody hangs
 *
 * One deadline covers everything: cache, names, connections, answers, their verification.  All
 * responders are asked side by side; the first answer that is believed and says good or revoked
 * ends it.  Answers that were believed are kept (shared/ocspcache.h), so that the next look needs
 * no network; one that comes after the deadline is waited for by a process that is left behind, and
 * kept too.  Who did not answer in time twice is left alone for a minute (shared/ocsphosts.h).
 *
 * What responders say is read and verified in a jail.
 */
#ifndef WRIT_SHARED_OCSPCLIENT_H
#define WRIT_SHARED_OCSPCLIENT_H

#include "base/oid.h"
#include "evidence/answer.h"
#include "shared/places.h"
#include "shared/raceframe.h"

#define OCSPCLIENT_DEADLINE 300   /* ms that a person waits for all of it */
#define OCSPCLIENT_LINGER   10000 /* ms after which nobody waits for an answer any more */
#define OCSPCLIENT_GET_MAX  254   /* bytes of a URL, longer ones are POSTed (RFC 6960 A.1) */
#define OCSPCLIENT_URL_MAX  1024  /* bytes of a responder's URL */
#define OCSPCLIENT_TYPE     "application/ocsp-request"
#define OCSPCLIENT_WANTED   "application/ocsp-response"

enum ocspclient_method { OCSPCLIENT_AUTO, OCSPCLIENT_GET, OCSPCLIENT_POST };

struct ocspclient_question {
    const struct places *places;
    struct writ_span cert, issuer;                      /* DER that object/cert.h has read before */
    char url[RACE_SERVERS_MAX][OCSPCLIENT_URL_MAX + 1]; /* ocspclient_add_url adds them */
    size_t urls;                                        /* 0: only what is kept can answer */
    enum ocspclient_method method;
    enum writ_oid hash;  /* SHA-1, which all know, or SHA-256 */
    bool with_nonce;     /* an answer made for this question: nothing that is kept will do */
    bool cached_only;    /* ask nobody */
    int64_t now;         /* seconds: when the answer must hold, and when it came */
    int64_t deadline_ms; /* from the call on */
};

enum ocspclient_state {
    OCSPCLIENT_NOT_ASKED,  /* nobody needed it */
    OCSPCLIENT_LEFT_ALONE, /* it had not answered in time before, or wants to be left alone */
    OCSPCLIENT_ANSWERED,
    OCSPCLIENT_FAILED, /* it told us, or the network did, that there is no answer */
    OCSPCLIENT_LATE,   /* nothing came before the deadline */
};

/* What became of one responder. */
struct ocspclient_server {
    enum ocspclient_state state;
    int64_t ms;               /* until it answered or failed */
    char why[WRIT_FACT_TEXT]; /* a sentence when it failed, or was left alone */
};

struct ocspclient_result {
    struct writ_answer answer; /* the one that counts */
    bool is_kept;              /* it was on this device already */
    int64_t received;          /* when it came; 0 when there is none */
    int64_t ms;                /* that all of it took */
    struct ocspclient_server server[RACE_SERVERS_MAX];
    struct writ_buffer response; /* DER of the OCSPResponse that counts, or empty; owned */
};

/* Adds a responder.  One too many, or with a NUL in it, is left out.  WRIT_FAULT_USAGE for one that
 * is too long. */
int ocspclient_add_url(struct ocspclient_question *question, struct writ_span url,
                       struct writ_error *e) WRIT_MUST_CHECK;

/* Asks.  0 with the answer, whose status is "no evidence" when there is none; -1 only for faults of
 * this device: no memory, no jail, no writ-fetch.  Call ocspclient_free in any case. */
int ocspclient_ask(const struct ocspclient_question *question, struct ocspclient_result *result,
                   struct writ_error *e) WRIT_MUST_CHECK;
void ocspclient_free(struct ocspclient_result *result);

/* Verifies a response that came in another way, and asks nobody.  Responders, cache and nonce of
 * the question do not matter. */
int ocspclient_verify(const struct ocspclient_question *question, struct writ_span response,
                      struct writ_answer *answer, struct writ_error *e) WRIT_MUST_CHECK;

/* "not-asked", "left-alone", "answered", "failed", "late". */
const char *ocspclient_state_name(enum ocspclient_state state);

#endif
