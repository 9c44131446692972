/*
 * shared/identity.h - a developer's key and certificate, by the name of them
 *
 * REF is a path: PREFIX for PREFIX.key and PREFIX.pem, or the key's own path (X.key, then X.pem is
 * its certificate).  Where no such file is, it is the name of an identity that was imported:
 * identities/NAME.key and .pem in the caller's state.
 */
#ifndef WRIT_SHARED_IDENTITY_H
#define WRIT_SHARED_IDENTITY_H

#include "shared/certfile.h"
#include "shared/places.h"

struct identity_paths {
    struct writ_buffer key;
    struct writ_buffer cert;
};

/* Finds the two files.  chain is the path of a chain to use instead, or NULL.  WRIT_FAULT_NO_INPUT
 * names what was looked for. */
int identity_find(const struct places *places, const char *ref, const char *chain,
                  struct identity_paths *paths, struct writ_error *e) WRIT_MUST_CHECK;
void identity_paths_free(struct identity_paths *paths);

/* True for a name an identity may be kept under: letters, digits, hyphens, dots, underscores; no
 * dot first. */
bool identity_is_name(const char *name);

#endif
