/*
 * shared/places.h - where things are
 *
 * State is a directory: /var/lib/writ for the system, $XDG_DATA_HOME/writ or ~/.local/share/writ
 * for a person.  Root writes to the system's, everybody else to their own; reading looks in one's
 * own first and then in the system's.  With --root DIR or WRIT_ROOT there is one state only,
 * DIR/var/lib/writ, for reading and writing.
 *
 * A program that runs with more rights than its caller ignores the environment (AT_SECURE).
 */
#ifndef WRIT_SHARED_PLACES_H
#define WRIT_SHARED_PLACES_H

#include <sys/types.h>

#include "base/buffer.h"

#define PLACES_SYSTEM   "/var/lib/writ"
#define PLACES_READ_MAX 2

struct places {
    char *write;                 /* the state that is written to; owned, no slash at the end */
    char *read[PLACES_READ_MAX]; /* the states that are read, in this order; owned */
    size_t reads;                /* how many */
};

/* What decides about the places.  Strings are borrowed; NULL or "" when not set. */
struct places_caller {
    uid_t uid;
    const char *root;          /* --root, else WRIT_ROOT */
    const char *xdg_data_home; /* XDG_DATA_HOME */
    const char *home;          /* HOME */
};

/* Who runs this process, from its rights and its environment.  root is --root, or NULL. */
void places_caller_read(struct places_caller *who, const char *root);

/* Decides.  Fails with WRIT_FAULT_NO_INPUT when the root is no directory, and with
 * WRIT_FAULT_CONFIGURATION when the caller has no home.  Call places_free in any case. */
int places_decide(struct places *p, const struct places_caller *who,
                  struct writ_error *e) WRIT_MUST_CHECK;

/* Both in one step: what programs call. */
int places_find(struct places *p, const char *root, struct writ_error *e) WRIT_MUST_CHECK;
void places_free(struct places *p);

/* Appends "<state>/<name>"; state is p->write or one of p->read. */
void places_path(struct writ_buffer *b, const char *state, const char *name);

/* Appends the path of the first thing called name ("trust/acme") among the states to read, and
 * tells whether there is one.  WRIT_FAULT_PERMISSION when a state cannot be looked into. */
int places_look(const struct places *p, const char *name, struct writ_buffer *path, bool *found,
                struct writ_error *e) WRIT_MUST_CHECK;

/* Makes the directory called name ("ca", "sources/acme"; "" for the state itself) in the state to
 * write, and those above it, where they are missing, and appends its path.  New ones have mode
 * 0755 whatever the umask; "ca", "identities" and what is below them 0700.  Fails with
 * WRIT_FAULT_CANNOT_CREATE or WRIT_FAULT_PERMISSION. */
int places_make(const struct places *p, const char *name, struct writ_buffer *path,
                struct writ_error *e) WRIT_MUST_CHECK;

#endif
