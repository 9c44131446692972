/*
 * upki-openssl.h - upki's functions for programs that use OpenSSL, on writ (see upki.h)
 */
#ifndef UPKI_OPENSSL_H
#define UPKI_OPENSSL_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include "upki.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Tells which configuration the connections of ctx are asked with.  config then belongs to ctx and
 * is freed with it; the one before is freed now, and NULL only does that.  Nothing without ctx. */
void upki_openssl_set_config(SSL_CTX *ctx, const upki_config *config);

/* A callback for SSL_CTX_set_verify.  What has failed already stays failed.  When it comes to the
 * leaf, the whole chain having been verified, the filters are asked: a revoked certificate fails
 * the handshake with X509_V_ERR_CERT_REVOKED, one that is not covered passes, and whatever keeps
 * the filters from being asked fails it with X509_V_ERR_APPLICATION_VERIFICATION.  Without
 * upki_openssl_set_config it asks with upki_config_new(NULL).
 * Returns preverify_ok or 0. */
int upki_openssl_verify_callback(int preverify_ok, X509_STORE_CTX *x509_ctx);

#ifdef __cplusplus
}
#endif
#endif
