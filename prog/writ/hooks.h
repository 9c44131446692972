/*
 * writ/hooks.h - the hooks of prog/hook as they are installed here, and whether they work
 */
#ifndef WRIT_HOOKS_H
#define WRIT_HOOKS_H

#include "base/buffer.h"

/* Their files, for naming them elsewhere. */
struct hooks {
    struct writ_buffer module_conf; /* to be included in an openssl.cnf */
    struct writ_buffer preload;     /* for LD_PRELOAD */
};

/* Finds them.  WRIT_FAULT_CONFIGURATION when one is missing or cannot be read.  Call hooks_free in
 * any case. */
int hooks_find(struct hooks *h, struct writ_error *e) WRIT_MUST_CHECK;
void hooks_free(struct hooks *h);

/* Gives OpenSSL this text as its openssl.cnf, in a child process, and looks whether an X509_STORE
 * made afterwards asks writ.  -1 with WRIT_FAULT_CONFIGURATION and OpenSSL's reason when it does
 * not; whatever a module does to the child, this process goes on. */
int hooks_try_openssl(struct writ_span conf, struct writ_error *e) WRIT_MUST_CHECK;

/* The same for the module alone, and for the preload. */
int hooks_try_module(const struct hooks *h, struct writ_error *e) WRIT_MUST_CHECK;
int hooks_try_preload(const struct hooks *h, struct writ_error *e) WRIT_MUST_CHECK;

#endif
