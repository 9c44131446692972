/*
 * writ/attach.h - which form a seal takes, and writing it
 *
 * A tail for ELF programs and libraries that end where their headers say; a seal beside the file
 * for everything whose end has a meaning of its own: scripts, self-extractors, programs with an
 * archive behind them, data.
 */
#ifndef WRIT_ATTACH_H
#define WRIT_ATTACH_H

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
int attach_choose(enum attach_form wanted, const struct content_id *id, bool hard_linked,
                  struct attach_choice *choice, struct writ_error *e) WRIT_MUST_CHECK;

/* Where a detached seal goes. */
int attach_path(const char *path, enum attach_form form, const struct content_id *id,
                const struct places *places, struct writ_buffer *to,
                struct writ_error *e) WRIT_MUST_CHECK;

/* A seal is replaced only by somebody who says so: WRIT_FAULT_CANNOT_CREATE when one is in the
 * place of this form already. */
int attach_check_free(const char *path, enum attach_form form, const struct content_id *id,
                      const struct places *places, struct writ_error *e) WRIT_MUST_CHECK;

/* Writes the seal in the form that was chosen.  fd is the open file at path; of a file that has a
 * tail already only the content is kept.  A file is replaced whole, or not at all. */
int attach_write(const char *path, int fd, const struct content_id *id,
                 const struct attach_choice *choice, const struct places *places,
                 struct writ_span seal, struct writ_error *e) WRIT_MUST_CHECK;

/* Replaces the file by its content alone. */
int attach_strip_tail(const char *path, int fd, const struct content_id *id,
                      struct writ_error *e) WRIT_MUST_CHECK;

#endif
