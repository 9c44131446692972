/*
 * upki/openssl - upki's functions for OpenSSL (include/writ-upki/upki-openssl.h)
 *
 * This runs within somebody else's handshake: nothing is printed, and errno stays what it was.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include <upki-openssl.h>

#include "upki/chain.h"

/* ------------------------------------------------------------ the configuration of an SSL_CTX */

static pthread_once_t place_once = PTHREAD_ONCE_INIT;
static int place = -1; /* of a configuration among what belongs to an SSL_CTX */

static void free_with_context(void *context, void *config, CRYPTO_EX_DATA *data, int index,
                              long argl, void *argp)
{
    (void)context;
    (void)data;
    (void)index;
    (void)argl;
    (void)argp;
    upki_config_free(config);
}

static void find_place(void)
{
    place = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, free_with_context);
}

void upki_openssl_set_config(SSL_CTX *ctx, const upki_config *config)
{
    (void)pthread_once(&place_once, find_place);
    if (ctx == NULL || place < 0)
        return;
    upki_config_free(SSL_CTX_get_ex_data(ctx, place));
    (void)SSL_CTX_set_ex_data(ctx, place, (void *)(uintptr_t)config);
}

/* The configuration of the connection that is being made; NULL when there is none. */
static const upki_config *config_of(X509_STORE_CTX *ctx)
{
    const SSL *ssl = X509_STORE_CTX_get_ex_data(ctx, SSL_get_ex_data_X509_STORE_CTX_idx());

    (void)pthread_once(&place_once, find_place);
    return ssl == NULL || place < 0 ? NULL : SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), place);
}

/* -------------------------------------------------------------------------------- the question */

/* The chain as DER, until the first that cannot be encoded: its bytes are then NULL. */
static void encode(STACK_OF(X509) * chain, upki_certificate_der *certificates, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        unsigned char *der = NULL;
        int n = i2d_X509(sk_X509_value(chain, (int)i), &der);

        if (n <= 0)
            return;
        certificates[i] = (upki_certificate_der){der, (uintptr_t)n};
    }
}

static enum upki_result ask(const upki_config *config, const upki_certificate_der *certificates,
                            size_t count)
{
    upki_config *own = NULL;
    enum upki_result result = UPKI_OK;

    if (config == NULL)
        result = upki_config_new(NULL, &own);
    if (result == UPKI_OK)
        result = upki_check_revocation(config != NULL ? config : own, certificates, count);
    upki_config_free(own);
    return result;
}

static enum upki_result ask_chain(X509_STORE_CTX *ctx)
{
    STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(ctx);
    size_t count = chain == NULL ? 0 : (size_t)sk_X509_num(chain);
    upki_certificate_der *certificates;
    enum upki_result result;

    if (count > CHAIN_CERTIFICATES_MAX)
        return UPKI_ERR_UNKNOWN;
    certificates = calloc(count + 1, sizeof *certificates);
    if (certificates == NULL)
        return UPKI_ERR_PANICKED;
    encode(chain, certificates, count);
    result = ask(config_of(ctx), certificates, count);
    for (size_t i = 0; i < count; i++)
        OPENSSL_free((void *)(uintptr_t)certificates[i].data);
    free(certificates);
    return result;
}

static int refuse(X509_STORE_CTX *ctx, int error)
{
    X509_STORE_CTX_set_error(ctx, error);
    return 0;
}

static int verify(int preverify_ok, X509_STORE_CTX *ctx)
{
    switch (ask_chain(ctx)) {
    case UPKI_REVOCATION_REVOKED:
        return refuse(ctx, X509_V_ERR_CERT_REVOKED);
    case UPKI_REVOCATION_NOT_COVERED:
    case UPKI_REVOCATION_NOT_REVOKED:
        return preverify_ok;
    default:
        return refuse(ctx, X509_V_ERR_APPLICATION_VERIFICATION);
    }
}

/* It is called for each certificate, from the root down: at the leaf all is known. */
int upki_openssl_verify_callback(int preverify_ok, X509_STORE_CTX *x509_ctx)
{
    int kept = errno, result;

    if (preverify_ok == 0 || x509_ctx == NULL)
        return 0;
    if (X509_STORE_CTX_get_error_depth(x509_ctx) != 0)
        return preverify_ok;
    result = verify(preverify_ok, x509_ctx);
    errno = kept;
    return result;
}
