/*
 * hook/gnutls.h - the GnuTLS that the program has loaded
 *
 * The preload is loaded into every program, and most have no GnuTLS; so it is not linked with it.
 * When a program calls one of its functions, GnuTLS is there, and is asked for the others.
 */
#ifndef WRIT_HOOK_GNUTLS_H
#define WRIT_HOOK_GNUTLS_H

#include <stdbool.h>

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

/* What is used of it. */
#define HOOK_GNUTLS_FUNCTIONS(F)                                                                   \
    F(certificate_type_get)                                                                        \
    F(certificate_get_peers)                                                                       \
    F(credentials_get)                                                                             \
    F(certificate_get_trust_list)                                                                  \
    F(x509_trust_list_get_issuer)                                                                  \
    F(x509_crt_init)                                                                               \
    F(x509_crt_deinit)                                                                             \
    F(x509_crt_import)                                                                             \
    F(x509_crt_export)                                                                             \
    F(x509_crt_check_issuer)                                                                       \
    F(x509_crt_verify)                                                                             \
    F(hash_init)                                                                                   \
    F(hash)                                                                                        \
    F(hash_output)                                                                                 \
    F(hash_fast)                                                                                   \
    F(hash_deinit)

#define HOOK_GNUTLS_MEMBER(name) __typeof__(gnutls_##name) *name;

struct hook_gnutls {
    HOOK_GNUTLS_FUNCTIONS(HOOK_GNUTLS_MEMBER)
    /* Those that the preload stands before. */
    __typeof__(gnutls_certificate_verify_peers) *certificate_verify_peers;
    __typeof__(gnutls_certificate_verify_peers2) *certificate_verify_peers2;
    __typeof__(gnutls_certificate_verify_peers3) *certificate_verify_peers3;
    bool whole; /* all that is needed for asking is there */
};

/* Finds it, the first time, and is safe in several threads.  Never NULL; functions that are not
 * there are. */
const struct hook_gnutls *hook_gnutls(void);

#endif
