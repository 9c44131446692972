/*
 * shared/reload.h - the command that tells a server of new files
 */
#ifndef WRIT_SHARED_RELOAD_H
#define WRIT_SHARED_RELOAD_H

#include "base/error.h"

/* Runs a command line with /bin/sh and waits for its end.  It reads nothing, what it prints goes to
 * standard error, and it does not inherit a passphrase.  WRIT_FAULT_UNAVAILABLE when it ends with
 * anything but 0; the sentence says how. */
int reload_run(const char *command, struct writ_error *e) WRIT_MUST_CHECK;

#endif
