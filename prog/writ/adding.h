/*
 * writ/adding.h - how a bundle comes to be trusted
 */
#ifndef WRIT_ADDING_H
#define WRIT_ADDING_H

#include "object/bundle.h"
#include "shared/certfile.h"
#include "shared/places.h"

/* The fingerprint a person gave must be that of the bundle's root, whole. */
int adding_check_fingerprint(const char *given, const struct certfile_bundle *b,
                             struct writ_error *e) WRIT_MUST_CHECK;

/* True when the root is that of the CA in the caller's own state. */
int adding_is_own_ca(const struct places *places, const struct certfile_bundle *b, bool *own,
                     struct writ_error *e) WRIT_MUST_CHECK;

/* What is kept for the same root, in the caller's own state and in the system's: refuses one with a
 * higher serial (WRIT_FAULT_BAD_INPUT), and says in *newer whether this one replaces one of the
 * caller's own with a lower serial.  One that is damaged does not count. */
int adding_check_newer(const struct places *places, const struct certfile_bundle *b, bool *newer,
                       struct writ_error *e) WRIT_MUST_CHECK;

/* Keeps the bundle.  One for the same root with a higher serial that is kept already is not
 * replaced: WRIT_FAULT_BAD_INPUT. */
int adding_trust(const struct places *places, const struct certfile_bundle *b, bool dry_run,
                 struct writ_error *e) WRIT_MUST_CHECK;

#endif
