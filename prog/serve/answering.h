/*
 * serve/answering.h - the inside of serve/answers.h, for its own files
 *
 *   whosigns.c   issuers, responders, the signing process and its channels
 *   follow.c     stores and CRLs, read and followed
 *   presign.c    answers signed before anybody asks
 *   respond.c    a request, and its answer
 *   answers.c    starting, stopping, reloading, counting
 *
 * Issuers and responders are only ever added, so that nobody who answers needs a lock to read one;
 * what changes of them is atomic.  A reload adds, and switches issuers over.
 */
#ifndef WRIT_SERVE_ANSWERING_H
#define WRIT_SERVE_ANSWERING_H

#include <pthread.h>
#include <stdatomic.h>

#include "object/crl.h"
#include "serve/answers.h"
#include "serve/signer.h"
#include "serve/table.h"
#include "shared/castore.h"
#include "shared/watch.h"

#define ISSUERS_MAX     (2 * ANSWERS_ISSUERS_MAX) /* in the life of the process */
#define RESPONDERS_MAX  (8 * ANSWERS_SIGNERS_MAX) /* likewise */
#define HASHES          4                         /* that CertIDs may have: TABLE_HASHES, and two */
#define DEMAND_CHANNELS 4
#define FOLLOW_CHANNEL  0
#define NOBODY          (-1)
#define CLOCK_SLACK     (5 * WRIT_MINUTE) /* that the clock may go back */
#define CRL_KEPT_MAX    100000 /* serials of an issuer known by its CRL that are kept though good */

/* A certificate that is kept. */
struct kept_cert {
    struct writ_buffer der;
    struct writ_cert cert; /* borrows from der */
};

struct issuer {
    struct kept_cert own;
    struct writ_respond_issuer id[HASHES];
    _Atomic bool active;
    _Atomic int responder;              /* number, or NOBODY: unauthorized */
    bool by_crl;                        /* known by its CRL, not by a store */
    int64_t store_id;                   /* of its certificate, in a store */
    _Atomic int64_t crl_this, crl_next; /* of the CRL that holds; crl_next 0: none does */
    _Atomic unsigned kept;              /* good serials of CRL_KEPT_MAX */
};

struct responder {
    struct kept_cert own;
    struct writ_responder self;
    _Atomic int slot; /* of the key in the signing process; NOBODY: of an earlier one */
};

/* One way to the signing process. */
struct channel {
    pthread_mutex_t lock;
    int fd;                    /* -1: none */
    struct writ_buffer answer; /* what signatures borrow from */
};

struct store {
    const char *path;       /* borrowed; NULL: not in use */
    struct castore *handle; /* NULL: could not be opened (again) */
    dev_t device;
    ino_t inode;
    bool is_old;     /* without numbered changes: looked at as a whole */
    int64_t version; /* castore_data_version, when last taken over */
    int64_t last_id; /* certificates up to here are in the table */
    uint64_t change; /* and changes */
    int issuer[ANSWERS_ISSUERS_MAX];
    size_t issuer_count;
};

struct crl_file {
    const char *path; /* borrowed; NULL: not in use */
    int issuer;
    struct watched seen;
    struct watch watch;
    struct writ_buffer number; /* of the CRL that holds; content octets */
};

/* What was put anew and should be signed at once. */
#define FRESH_MAX 4096
struct fresh {
    struct {
        uint8_t issuer, serial_n;
        uint8_t serial[TABLE_SERIAL_MAX];
    } at[FRESH_MAX];
    size_t n; /* those beyond are left to the background */
};

struct answers {
    struct answers_settings settings; /* as given; read and changed under lock */
    _Atomic int64_t validity;         /* of them, with the defaults filled in */
    _Atomic unsigned budget;
    unsigned threads; /* as started */
    struct table *table;
    struct issuer issuer[ISSUERS_MAX];
    _Atomic unsigned issuer_count;
    struct responder responder[RESPONDERS_MAX];
    _Atomic unsigned responder_count;

    pthread_mutex_t lock; /* of what the follower and reloading use: down to fresh */
    struct signer signer;
    struct store store[ANSWERS_STORES_MAX];
    struct crl_file crl[ANSWERS_CRLS_MAX];
    uint32_t round;
    int64_t retry_at; /* when the signing process may be started again */
    int64_t latest;   /* the latest instant the follower has seen */
    struct fresh fresh;

    struct channel channel[SIGNER_CHANNELS_MAX];
    size_t channel_count;
    _Atomic unsigned next_channel;
    _Atomic bool signer_is_alive;
    _Atomic bool clock_is_off; /* it went back: nothing is signed */

    pthread_t follower, presigner[ANSWERS_THREADS_MAX];
    size_t presigners; /* that were started */
    bool follows;      /* the follower was */
    pthread_mutex_t stop_lock;
    pthread_cond_t stop_wanted;
    bool stop;

    _Atomic int64_t budget_second;
    _Atomic unsigned budget_used;
    _Atomic uint64_t signatures, on_demand, over_budget, changes;
    _Atomic int64_t followed_at, lag_ms;
    pthread_mutex_t problem_lock;
    char problem[256];
};

/* ---- answers.c ---- */

/* Notes what is wrong now; "" when it is over. */
void answers_problem(struct answers *a, const char *sentence);

/* Waits; true when it is time to end. */
bool answers_pause(struct answers *a, int ms);

/* ---- whosigns.c ---- */

/* Adds an issuer, or finds it when it is there already (same certificate); NOBODY with a fault. */
int whosigns_add_issuer(struct answers *a, struct writ_span der, bool by_crl, int64_t store_id,
                        struct writ_error *e) WRIT_MUST_CHECK;

/* Reads the signers' certificates, starts a signing process with their keys, and puts it in the
 * place of the one before.  When it fails, the one before goes on. */
int whosigns_start(struct answers *a, const struct answers_settings *settings,
                   struct writ_error *e) WRIT_MUST_CHECK;
void whosigns_stop(struct answers *a);

/* Gives every active issuer the best of the present responders. */
void whosigns_assign(struct answers *a, int64_t now);

/* Reads a certificate's file: PEM or DER, the first one. */
int whosigns_read(const char *path, struct kept_cert *kept, struct writ_error *e) WRIT_MUST_CHECK;
void whosigns_free(struct kept_cert *kept);

/* Has messages signed over this channel, by the responder with this number; the signatures borrow
 * from the channel, which is locked until whosigns_unlock, whatever is returned. */
int whosigns_sign(struct answers *a, size_t channel, int responder,
                  const struct writ_span *messages, size_t count, int timeout_ms,
                  struct writ_span *signatures) WRIT_MUST_CHECK;
void whosigns_unlock(struct answers *a, size_t channel);

/* A channel for one answer on demand. */
size_t whosigns_demand_channel(struct answers *a);

/* ---- respond.c ---- */

/* From when until when an answer of this issuer by this responder holds that is signed now.  False
 * when nothing can be promised. */
bool respond_dates(const struct answers *a, const struct issuer *issuer,
                   const struct responder *responder, int64_t now, int64_t *this_update,
                   int64_t *next_update);

/* What a record says, as a single response with these dates. */
struct writ_respond_single respond_single(const struct issuer *issuer, unsigned hash,
                                          const struct table_record *record, int64_t this_update,
                                          int64_t next_update);

/* A signature as it is kept: short, when it is ECDSA's.  room has WRIT_RESPOND_RAW bytes. */
struct writ_span respond_shorten(const struct responder *responder, struct writ_span signature,
                                 uint8_t *room);

/* ---- presign.c ---- */

/* Signs what is in a->fresh, and empties it. */
void presign_fresh(struct answers *a);

/* A thread: argument is a struct presign_part, owned. */
struct presign_part {
    struct answers *answers;
    unsigned number;
};
void *presign_run(void *part);

/* ---- follow.c ---- */

/* Takes the stores and CRLs of settings into use, and those before that are not in it out of use.
 * Reads all that is new. */
int follow_settings(struct answers *a, const struct answers_settings *settings,
                    struct writ_error *e) WRIT_MUST_CHECK;
void follow_close(struct answers *a);

/* A thread: argument is the struct answers. */
void *follow_run(void *answers);

#endif
