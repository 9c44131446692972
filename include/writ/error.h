/*
 * writ/error.h - what went wrong when writ could not look
 *
 * A fault means "could not look": the file is not there, the bytes do not parse as the tool's own
 * input, the disk is full.  It is never a verdict.  "Revoked" and "untrusted" are verdicts: writ
 * looked, and says so through writ/judge.h.
 */
#ifndef WRIT_ERROR_H
#define WRIT_ERROR_H

#include <stddef.h>

#include "writ/api.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The class of a fault, for code to branch on.  The value is also the exit code of the tools. */
enum writ_fault {
    WRIT_FAULT_NONE = 0,           /* nothing went wrong */
    WRIT_FAULT_UNEXPECTED = 1,     /* a bug, or no memory */
    WRIT_FAULT_USAGE = 64,         /* the call or command line makes no sense */
    WRIT_FAULT_BAD_INPUT = 65,     /* bytes that are not what they should be */
    WRIT_FAULT_NO_INPUT = 66,      /* no such file, or not a regular file */
    WRIT_FAULT_UNAVAILABLE = 69,   /* a service, lock or peer did not answer in time */
    WRIT_FAULT_CANNOT_CREATE = 73, /* an output file cannot be made */
    WRIT_FAULT_IO = 74,            /* reading or writing failed half way */
    WRIT_FAULT_PERMISSION = 77,    /* not allowed, or a wrong passphrase */
    WRIT_FAULT_CONFIGURATION = 78, /* this machine is not set up for what was asked */
};

#define WRIT_ERROR_TEXT_MAX 512

/*
 * Filled in by the callee when a function returns -1 or NULL.  The caller owns it; no function
 * keeps a pointer to it.  Start with all bytes zero.  The first fault wins: a function given an
 * error that is already set leaves it alone.
 */
struct writ_error {
    enum writ_fault fault;          /* WRIT_FAULT_NONE: nothing happened yet */
    size_t offset;                  /* byte of the input the fault is about, or SIZE_MAX */
    char text[WRIT_ERROR_TEXT_MAX]; /* one sentence for a person, without a full stop */
};

/* The class of a fault in one word, as in JSON.
 * Returns: "bad-input" …; static.  Never fails. */
WRIT_API const char *writ_fault_name(enum writ_fault f);

#ifdef __cplusplus
}
#endif
#endif
