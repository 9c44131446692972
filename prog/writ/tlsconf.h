/*
 * writ/tlsconf.h - the openssl.cnf that `tls run` and services get
 *
 * Kept in the state as tls/openssl-HASH.cnf, HASH being that of its content, so that programs that
 * still read one are not disturbed when another one is made.
 */
#ifndef WRIT_TLSCONF_H
#define WRIT_TLSCONF_H

#include "shared/places.h"
#include "writ/hooks.h"

/* What is made. */
struct tlsconf {
    const char *base; /* the openssl.cnf that it reads first; it need not be there */
    const char *root; /* the directory that / is for base; "" for this machine's */
    bool dry_run;     /* only say where it would be */
};

/* Makes it, unless it is there, and appends its path. */
int tlsconf_make(const struct tlsconf *t, const struct places *places, const struct hooks *hooks,
                 struct writ_buffer *path, struct writ_error *e) WRIT_MUST_CHECK;

#endif
