/*
 * shared/ocsphosts.h - responders that had better be left alone for a while
 *
 * Whoever had to wait in vain should not wait again at once: after OCSPHOSTS_FAILURES time-outs in
 * a row a host is skipped for OCSPHOSTS_SKIP seconds, by every process of this user.  A host that
 * asks to be left alone (Retry-After) is, for as long as it asks, at most OCSPHOSTS_WAIT_MAX.  An
 * answer makes good for everything.
 *
 * Memory is a small file per host in the directory "ocsp/hosts" of the state (man/writ-state.5).
 * It is a help and nothing more: one that cannot be read or written is none, and is not a fault.
 */
#ifndef WRIT_SHARED_OCSPHOSTS_H
#define WRIT_SHARED_OCSPHOSTS_H

#include "shared/places.h"

#define OCSPHOSTS_FAILURES 2
#define OCSPHOSTS_SKIP     60   /* seconds */
#define OCSPHOSTS_WAIT_MAX 3600 /* seconds */
#define OCSPHOSTS_NAME_MAX 260  /* host, colon, port and a NUL */

/* The host a URL names, as it stands there, in lower case and with its port; "" when there is none
 * or it is too long. */
void ocsphosts_name(const char *url, char name[OCSPHOSTS_NAME_MAX]);

/* For how many seconds from now on the host of this URL is to be left alone; 0: ask. */
int64_t ocsphosts_left(const struct places *p, const char *url, int64_t now);

/* What came of asking it.  now is the clock.  _waits: it asks to be left alone for so long. */
void ocsphosts_failed(const struct places *p, const char *url, int64_t now);
void ocsphosts_waits(const struct places *p, const char *url, int64_t now, int64_t seconds);
void ocsphosts_answered(const struct places *p, const char *url);

#endif
