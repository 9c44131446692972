/*
 * shared/passphrase.h - the secret that opens a key
 *
 * It comes from the first of these: --passphrase-fd N (one line), WRIT_PASSPHRASE in the
 * environment, the terminal.  It is asked for once: whatever needs it later in the same run gets
 * the same one.
 */
#ifndef WRIT_SHARED_PASSPHRASE_H
#define WRIT_SHARED_PASSPHRASE_H

#include "base/buffer.h"

#define PASSPHRASE_SHORT 8 /* a new one of fewer bytes is called short on the terminal */
#define PASSPHRASE_TRIES 3 /* how often a new one that was mistyped is asked for */

enum passphrase_use {
    PASSPHRASE_OPEN, /* opens a key that exists: asked for once */
    PASSPHRASE_NEW   /* will protect a new key: asked for twice on a terminal, never empty */
};

struct passphrase {
    int fd;                  /* --passphrase-fd; -1 when not given */
    bool known;              /* text holds it */
    struct writ_buffer text; /* owned; wiped by passphrase_forget */
};

/* Starts without one.  fd is args' passphrase_fd. */
void passphrase_start(struct passphrase *p, int fd);

/* Makes it known, if it is not yet.  what names the key in the question ("the CA Example Corp").
 * WRIT_PASSPHRASE is overwritten and removed from the environment once read, so that no child
 * inherits it.  From a descriptor no more than the line is taken.  On the terminal echo is off
 * while it is typed, and back on when a signal arrives.
 * Fails with WRIT_FAULT_USAGE when there is none (the sentence names the three ways), or it is
 * empty, longer than WRIT_PASSPHRASE_MAX bytes, holds a NUL, or was mistyped too often. */
int passphrase_need(struct passphrase *p, enum passphrase_use use, const char *what,
                    struct writ_error *e) WRIT_MUST_CHECK;

/* The bytes, borrowed until passphrase_forget; it must be known. */
struct writ_span passphrase_bytes(const struct passphrase *p);

/* Overwrites and frees it. */
void passphrase_forget(struct passphrase *p);

#endif
