/*
 * shared/judge.h - one file judged in a jail
 *
 * The caller opens and maps; the child, which can open nothing, runs the engine over what was
 * mapped and answers with the verdict's exit code, a line and the whole walk.
 */
#ifndef WRIT_SHARED_JUDGE_H
#define WRIT_SHARED_JUDGE_H

#include "base/emit.h"
#include "base/env.h"
#include "shared/crls.h"
#include "shared/trust.h"
#include "verdict/judge.h"

#define JUDGE_INDEX_MAX    64   /* seals for one length that are read without looking which */
#define JUDGE_LINE_MAX     4096 /* bytes of the verdict's line */
#define JUDGE_NO_INSTANT   INT64_MIN
#define JUDGE_SEALS_DIR    "seals"
#define JUDGE_SYSTEM_SEALS "/usr/share/writ/seals"

/* What all subjects of one command have in common. */
struct judge {
    struct places places;
    struct trust trust;
    struct crls crls; /* the CRLs that are sources */
    struct writ_policy policy;
    struct writ_env env;
};

/* Reads trust, feeds and CRLs.  now and asked_for are args' now and now_was_given. */
int judge_start(struct judge *j, const char *root, int64_t now, bool asked_for,
                struct writ_error *e) WRIT_MUST_CHECK;
void judge_end(struct judge *j);

/* One answer.  The texts are owned; judge_answer_free gives them back. */
struct judge_answer {
    int exit; /* 0, 2 … 6, or a fault's class */
    enum writ_outcome outcome;
    enum writ_why why;
    int64_t holds_until;         /* or JUDGE_NO_INSTANT */
    bool executable;             /* the kernel would execute the content */
    struct writ_buffer line;     /* one line for people */
    struct writ_buffer fragment; /* the walk, for writ_emit_fragment_add at `depth` */
};

/* What the walk is wanted for. */
struct judge_form {
    enum writ_emit_form form;
    unsigned depth; /* of the object that is open */
};

/* What is judged: a file that is mapped or in memory, and where its seal may be. */
struct judge_subject {
    struct writ_span file;
    const char *beside; /* path of a file beside which a seal may lie; NULL: none is looked for */
    struct writ_span seal; /* a detached seal to use instead of looking for one; empty: look */
};

/* Judges the file at path.  seal is the path of a detached seal to use instead of looking beside
 * the file, or NULL.  -1 when it could not be looked at. */
int judge_path(const struct judge *j, const char *path, const char *seal,
               const struct judge_form *form, struct judge_answer *answer,
               struct writ_error *e) WRIT_MUST_CHECK;

/* The same for what is open or in memory already. */
int judge_bytes(const struct judge *j, const struct judge_subject *what,
                const struct judge_form *form, struct judge_answer *answer,
                struct writ_error *e) WRIT_MUST_CHECK;

void judge_answer_free(struct judge_answer *answer);

#endif
