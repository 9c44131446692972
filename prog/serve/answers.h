/*
 * serve/answers.h - from the bytes of an OCSP request to the bytes of its response
 *
 * Holds every answer of every issuer in memory, signed before anybody asks, under SHA-1 and SHA-256
 * CertIDs; follows the stores and CRLs that the answers come from; has new ones signed by a process
 * of its own (serve/signer.h), the only one that ever sees a private key.  No sockets to strangers:
 * serve/http.c has those.
 *
 * What it answers (RFC 6960, RFC 5019):
 *   good          only for a serial that the store has issued; for an issuer that is known by its
 *                 CRL alone, for a serial that is not on it
 *   revoked       with the time and, unless unspecified, the reason; a hold is certificateHold
 *   unknown       signed: an issuer of ours that never gave this serial
 *   unauthorized  none of the issuers in the request is ours
 *   malformedRequest
 *   tryLater      the answer must be signed first, and the budget for that is used up, or the
 * signer does not answer; or what is known is too old to promise anything
 *
 * No answer promises longer than its signer's certificate lives or, for an issuer known by its CRL,
 * than that CRL's nextUpdate.
 *
 * Starting reads the stores and is then ready at once: what nobody has signed yet is signed when it
 * is asked for, and by and by in the background.  All calls but start and stop may come from any
 * number of threads.
 */
#ifndef WRIT_SERVE_ANSWERS_H
#define WRIT_SERVE_ANSWERS_H

#include "base/time.h"
#include "object/ocsp.h"

#define ANSWERS_STORES_MAX   16 /* CAs, each a store */
#define ANSWERS_CRLS_MAX     16 /* issuers known by their CRL */
#define ANSWERS_SIGNERS_MAX  32 /* delegated responders */
#define ANSWERS_ISSUERS_MAX  64 /* in all stores and CRLs together */
#define ANSWERS_ETAG_BYTES   32
#define ANSWERS_VALIDITY     (4 * WRIT_DAY) /* default life of an answer */
#define ANSWERS_VALIDITY_MIN (2 * WRIT_MINUTE)
#define ANSWERS_VALIDITY_MAX (30 * WRIT_DAY)
#define ANSWERS_BUDGET       2000 /* default: signatures on demand in a second, nonces included */
#define ANSWERS_THREADS      2    /* default: threads that sign in the background */
#define ANSWERS_THREADS_MAX  16
#define ANSWERS_FOLLOW_MS    100  /* how often the stores are looked at */
#define ANSWERS_SIGN_MS      2000 /* how long the signer may take for one answer on demand */

/* An issuer that is known by its CRL: an adopted CA whose records are elsewhere. */
struct answers_crl {
    const char *issuer; /* file of its certificate, PEM or DER */
    const char *crl;    /* file of its complete CRL, PEM or DER; looked at again when replaced */
};

/* Who signs: what `writ ca issue --responder` makes, or an issuer's own certificate and key.  It
 * signs for every issuer here that has certified it (or that it is). */
struct answers_signer {
    const char *certificate; /* file, PEM or DER; the first certificate counts */
    const char *key;         /* file, PEM of PKCS #8; opened by the signing process only */
};

/* Paths are borrowed until answers_stop or the next reload returns. */
struct answers_settings {
    const char *const *stores; /* paths of CA stores (ca.db) */
    size_t store_count;
    const struct answers_crl *crls;
    size_t crl_count;
    const struct answers_signer *signers;
    size_t signer_count;
    struct writ_span
        passphrase;             /* of encrypted keys; empty: none.  Handed to the signing process */
    int64_t validity;           /* seconds from thisUpdate to nextUpdate; 0: ANSWERS_VALIDITY */
    unsigned budget;            /* signatures on demand in a second; 0: ANSWERS_BUDGET */
    unsigned threads;           /* 0: ANSWERS_THREADS */
    const char *signer_program; /* path of writ-signer; NULL: libexec's */
};

struct answers;

/* Starts serving: reads the stores and CRLs, starts the signing process, which opens the keys, and
 * the threads that follow and sign.  -1 with WRIT_FAULT_CONFIGURATION when there is no issuer or no
 * signer, a signer is for none of the issuers, has expired or its key is not its certificate's;
 * WRIT_FAULT_PERMISSION for a wrong passphrase; and as castore_open_read and file_read fail.  The
 * caller ignores SIGPIPE. */
int answers_start(const struct answers_settings *settings, struct answers **answers,
                  struct writ_error *e) WRIT_MUST_CHECK;

/* Ends threads and signing process and gives everything back.  No other call may be under way, and
 * no answer unreleased.  NULL is nothing. */
void answers_stop(struct answers *answers);

/* Reads certificates, keys, stores and CRLs again, of new settings.  Answers go on while it works;
 * when it fails, all is as it was. */
int answers_reload(struct answers *answers, const struct answers_settings *settings,
                   struct writ_error *e) WRIT_MUST_CHECK;

/* One response. */
struct answer {
    struct writ_span der; /* the response; valid until answer_release */
    enum writ_ocsp_status status;
    bool is_cacheable;                /* successful, pre-signed, without a nonce: the rest is set */
    bool is_nonced;                   /* gives the nonce of the request back */
    int64_t this_update;              /* of its single response; Last-Modified */
    int64_t next_update;              /* Expires; no max-age may reach beyond it */
    uint8_t etag[ANSWERS_ETAG_BYTES]; /* other bytes, other tag */
    uint8_t bytes[2048];              /* where der stands, unless it is longer */
    void *more;                       /* then: owned */
};

/* Answers one request at the instant now.  Always leaves a response in *answer: malformedRequest,
 * unauthorized, tryLater, internalError are responses, too.  Waits for the signer where it must, at
 * most about ANSWERS_SIGN_MS. */
void answers_respond(struct answers *answers, struct writ_span request, int64_t now,
                     struct answer *answer);

/* The same where nobody may wait: true when the response was there, or needs no signature; false
 * when the signer has to be waited for: *answer then says nothing, and answers_respond is to be
 * called where waiting is allowed. */
bool answers_respond_at_once(struct answers *answers, struct writ_span request, int64_t now,
                             struct answer *answer) WRIT_MUST_CHECK;

void answer_release(struct answer *answer);

/* A response without a signature: what status says.  For who sheds load before asking; never fails,
 * and needs no release. */
void answer_of_status(enum writ_ocsp_status status, struct answer *answer);

/* How things stand, for /metrics and /status. */
struct answers_counts {
    uint64_t issuers;        /* that are answered for */
    uint64_t unserved;       /* issuers of the stores that have no signer: unauthorized */
    uint64_t certificates;   /* serials that are known */
    uint64_t revoked;        /* of these; holds included */
    uint64_t signed_answers; /* in memory; two for each certificate when all are */
    uint64_t to_sign;        /* not signed yet, or due again */
    uint64_t signatures;     /* made since the start */
    uint64_t on_demand;      /* of these, for somebody who waited */
    uint64_t over_budget;    /* requests that were to have one, and got none */
    int64_t oldest_next;     /* nextUpdate of the answer that ends first; 0: none yet.  The alarm */
    int64_t signer_ends;     /* notAfter of the signer's certificate that ends first */
    int64_t followed_at; /* when stores and CRLs were last seen to be unchanged, or taken over */
    int64_t lag_ms;      /* from seeing the last change to its new answers */
    uint64_t changes;    /* revocations, holds, liftings and new certificates taken over */
    bool signer_is_alive;
    char problem[256]; /* the last thing that went wrong and still holds; "" when all is well */
};

void answers_counts(struct answers *answers, struct answers_counts *counts);

#endif
