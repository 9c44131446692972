/*
 * shared/libexec.h - writ's other programs
 *
 * What needs SQLite or libcurl is a program of its own (writ-ca, writ-fetch), so that judging a
 * file loads neither.  Installed they stand in the libexec directory; before, beside the program
 * that calls them.
 */
#ifndef WRIT_SHARED_LIBEXEC_H
#define WRIT_SHARED_LIBEXEC_H

#include "shared/args.h"
#include "shared/out.h"

/* Appends the path of the program with this name.  WRIT_FAULT_CONFIGURATION when it is not there.
 */
int libexec_path(const char *name, struct writ_buffer *path, struct writ_error *e) WRIT_MUST_CHECK;

/* The same for a file that is not executed, but must be readable. */
int libexec_file(const char *name, struct writ_buffer *path, struct writ_error *e) WRIT_MUST_CHECK;

/* Becomes that program, with the same command line.  Returns only when it could not be started:
 * the exit code of the fault, which has been said. */
int libexec_become(const char *name, const struct args *a, struct out *o);

#endif
