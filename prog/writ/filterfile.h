/*
 * writ/filterfile.h - a file that says which certificates are revoked, whatever its kind
 *
 * For `filter query`, which asks the bare file.  What kind it is shows in its first bytes, so that
 * the command takes files of several kinds at once.  Runs in a jail.
 */
#ifndef WRIT_FILTERFILE_H
#define WRIT_FILTERFILE_H

#include "crypto/digest.h"
#include "object/cascade.h"
#include "object/clubcard.h"
#include "object/sct.h"
#include "object/stash.h"

enum filterfile_kind { FILTERFILE_CLUBCARD, FILTERFILE_CASCADE, FILTERFILE_STASH };

/* An opened file; borrows its bytes. */
struct filterfile {
    enum filterfile_kind kind;
    union {
        struct writ_clubcard card;
        struct writ_cascade cascade;
        struct writ_stash stash;
    };
};

/* What is asked about one certificate, of every file. */
struct filterfile_question {
    uint8_t issuer[WRIT_CLUBCARD_ISSUER]; /* SHA-256 of the issuer's SubjectPublicKeyInfo */
    struct writ_span serial;
    bool asks_coverage; /* whether the file covers one of the timestamps comes first */
    struct writ_sct scts[WRIT_SCTS_MAX];
    size_t sct_count;
};

/* True when the first bytes are those of a file of any kind here.  A stash has no magic: it is one
 * only if all of it is. */
bool filterfile_is(struct writ_span bytes);

/* Finds out what the bytes are and checks them.  -1 with WRIT_FAULT_BAD_INPUT when they are of no
 * kind, or malformed; nothing is owned then.  bytes must stay until filterfile_close. */
int filterfile_open(struct writ_span bytes, struct filterfile *f,
                    struct writ_error *e) WRIT_MUST_CHECK;

/* Checks what no answer needs but a sound file has (writ_clubcard_check). */
int filterfile_check(const struct filterfile *f, struct writ_error *e) WRIT_MUST_CHECK;

void filterfile_close(struct filterfile *f);

/* What the file says.  Not-covered only when coverage was asked for: always of a cascade, which
 * does not say what it covers, and of what a stash does not list.  Without it, what a stash does
 * not list is not-enrolled.  -1 when OpenSSL fails. */
int filterfile_ask(const struct filterfile *f, struct writ_digester *digester,
                   const struct filterfile_question *question, enum writ_filter_answer *answer,
                   struct writ_error *e) WRIT_MUST_CHECK;

#endif
