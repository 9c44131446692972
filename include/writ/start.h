/*
 * writ/start.h - the library itself
 */
#ifndef WRIT_START_H
#define WRIT_START_H

#include "writ/api.h"
#include "writ/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The version of the library that runs, which may be newer than these headers.
 * Returns: "0.1.0"; static.  Never fails. */
WRIT_API const char *writ_version(void);

/* Does now what the first judgement would do otherwise: starts OpenSSL as said above and loads what
 * it needs (1 ms).  For programs that fork, or give up their rights to open files, before they
 * judge.  Calling it again is harmless.
 * Returns: 0, or -1 with WRIT_FAULT_UNEXPECTED when OpenSSL has no SHA-256 or no P-256.
 * Out: e, may be NULL. */
WRIT_API int writ_start(struct writ_error *e) WRIT_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
