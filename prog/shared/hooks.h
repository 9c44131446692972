/*
 * shared/hooks.h - names that the hooks (prog/hook) and the commands that set them up agree on
 */
#ifndef WRIT_SHARED_HOOKS_H
#define WRIT_SHARED_HOOKS_H

/* Files beside writ's other programs (shared/libexec.h). */
#define HOOKS_MODULE      "writ.so"          /* the configuration module of OpenSSL */
#define HOOKS_MODULE_CONF "writ-openssl.cnf" /* the lines of openssl.cnf that name it */
#define HOOKS_PRELOAD     "writ-gnutls.so"   /* what is preloaded for GnuTLS */

/* The section that HOOKS_MODULE_CONF makes, for the module's settings. */
#define HOOKS_SECTION "writ_tls"

/* What becomes of a certificate that no source covers, or only a stale one: one of hooks_policies,
 * from this line of the section, or from this variable, which wins. */
#define HOOKS_POLICY          "policy"
#define HOOKS_POLICY_VARIABLE "WRIT_TLS_POLICY"

/* The number of a policy is its place here; NULL at the end. */
static const char *const hooks_policies[] = {"pass", "refuse", 0};

#endif
