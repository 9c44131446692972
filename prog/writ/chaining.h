/*
 * writ/chaining.h - the files of `writ chain`: what is given, and a chain judged by it in a jail
 */
#ifndef WRIT_CHAINING_H
#define WRIT_CHAINING_H

#include "base/emit.h"
#include "evidence/chain.h"
#include "writ/crlfile.h"

#define CHAINING_FILES_MAX 64                /* files of one kind */
#define CHAINING_BYTES_MAX ((size_t)4 << 20) /* of a file that is no CRL */

/* Files of one kind, in the order given. */
struct chaining_files {
    size_t count;
    char *name[CHAINING_FILES_MAX];               /* owned */
    struct writ_buffer bytes[CHAINING_FILES_MAX]; /* owned */
};

/* Everything that is given, unread. */
struct chaining {
    struct chaining_files leaf, anchors, untrusted, ocsp;
    size_t crl_count;
    char *crl_name[CHAINING_FILES_MAX]; /* owned */
    struct crlfile crl[CHAINING_FILES_MAX];
    struct writ_chain_question question; /* without certificates, CRLs and OCSP answers */
    enum writ_emit_form form;
    unsigned depth; /* of the fragment */
};

/* Opens the files of a list "a.pem,b.pem".  -1 with the fault of the first that cannot be opened,
 * WRIT_FAULT_USAGE for an empty name or more than CHAINING_FILES_MAX. */
int chaining_open_one(struct chaining_files *files, const char *name,
                      struct writ_error *e) WRIT_MUST_CHECK; /* a name, commas and all */
int chaining_open(struct chaining_files *files, const char *list,
                  struct writ_error *e) WRIT_MUST_CHECK;
int chaining_open_crls(struct chaining *c, const char *list, struct writ_error *e) WRIT_MUST_CHECK;

/* What came of it. */
struct chaining_answer {
    int exit;
    struct writ_buffer bytes;        /* owned */
    struct writ_span line, fragment; /* in bytes: one line, and members of an object */
};

/* Reads and judges everything in a jailed child.  -1 with WRIT_FAULT_BAD_INPUT when a file of
 * certificates is none.  CRLs and OCSP answers that do not parse are no evidence, and listed as
 * such. */
int chaining_judge(struct chaining *c, struct chaining_answer *answer,
                   struct writ_error *e) WRIT_MUST_CHECK;

void chaining_answer_free(struct chaining_answer *answer);
void chaining_free(struct chaining *c);

#endif
