/*
 * writ/attach.h - which form a seal takes, and writing it
 *
 * A tail for ELF programs and libraries that end where their headers say; a seal beside the file
 * for everything whose end has a meaning of its own: scripts, self-extractors, programs with an
 * archive behind them, data.
 */
#ifndef WRIT_ATTACH_H
#define WRIT_ATTACH_H

#include <sys/stat.h>

#include "shared/content.h"
#include "shared/places.h"

enum attach_form {
    ATTACH_AUTO,
    ATTACH_TAIL,
    ATTACH_DETACHED, /* FILE.writ */
    ATTACH_INDEX,    /* seals/LENGTH/ROOT.writ in the state to write */
};

struct attach_choice {
    enum attach_form form; /* never ATTACH_AUTO */
    const char *why;       /* for people; static */
};

/* "tail", "detached", "index". */
const char *attach_form_name(enum attach_form form);

/* Chooses, or checks what was wanted: WRIT_FAULT_USAGE when a tail is wanted where none can be. */
int attach_choose(const char *path, enum attach_form wanted, const struct content_id *id,
                  bool hard_linked, struct attach_choice *choice,
                  struct writ_error *e) WRIT_MUST_CHECK;

/* Where a detached seal goes. */
int attach_path(const char *path, enum attach_form form, const struct content_id *id,
                const struct places *places, struct writ_buffer *to,
                struct writ_error *e) WRIT_MUST_CHECK;

/* A seal is replaced only by somebody who says so: WRIT_FAULT_CANNOT_CREATE when one is in the
 * place of this form already. */
int attach_check_free(const char *path, enum attach_form form, const struct content_id *id,
                      const struct places *places, struct writ_error *e) WRIT_MUST_CHECK;

/* A file that a seal goes to, or is taken from: open, and looked at. */
struct attach_file {
    const char *path;
    int fd;
    const struct stat *seen; /* what fstat said when it was opened */
    const struct content_id *id;
};

/* Writes the seal in the form that was chosen; of a file that has a tail already only the content
 * is kept.  A file is replaced whole, or not at all: WRIT_FAULT_UNAVAILABLE when it is not what was
 * seen any more.  A seal beside it or in the index never goes through a symbolic link. */
int attach_write(const struct attach_file *file, const struct attach_choice *choice,
                 const struct places *places, struct writ_span seal,
                 struct writ_error *e) WRIT_MUST_CHECK;

/* Replaces the file by its content alone, likewise. */
int attach_strip_tail(const struct attach_file *file, struct writ_error *e) WRIT_MUST_CHECK;

#endif
