/*
 * examples/upki.c - a program that was written for upki
 *
 *     upki CONFIG HOST PORT ROOT.pem   connects, and lets upki's callback judge the server's chain
 *     upki CONFIG CERTIFICATE...       asks about the first of these certificates (DER)
 *
 * CONFIG is upki's configuration file, "" for the one that upki finds, or "-" to leave that to the
 * callback.  Nothing here knows of writ: it is built with `pkg-config --cflags --libs writ-upki`
 * where it would be built with upki's.  Exit code: upki's number; of a connection 0, or the error
 * of X509_STORE_CTX_get_error(3).
 */
#include <netdb.h>
#include <sys/socket.h>

#include <openssl/err.h>

#include <upki-openssl.h>

#include "files.h"

#define CERTIFICATES_MAX 16

/* ------------------------------------------------------------------------------- certificates */

static int check(const upki_config *config, char **paths, int count)
{
    struct file files[CERTIFICATES_MAX] = {{NULL, 0}};
    upki_certificate_der certificates[CERTIFICATES_MAX];
    int result = -1, n = 0;

    while (n < count && n < CERTIFICATES_MAX && file_map(paths[n], &files[n]) == 0) {
        certificates[n] = (upki_certificate_der){files[n].p, files[n].n};
        n++;
    }
    if (n == count)
        result = (int)upki_check_revocation(config, certificates, (uintptr_t)n);
    else
        fprintf(stderr, "upki: %s: %s\n", paths[n], strerror(errno));
    while (n-- > 0)
        file_unmap(&files[n]);
    return result;
}

static int tell(int result)
{
    switch (result) {
    case UPKI_REVOCATION_NOT_COVERED:
        printf("not covered\n");
        break;
    case UPKI_REVOCATION_REVOKED:
        printf("revoked\n");
        break;
    case UPKI_REVOCATION_NOT_REVOKED:
        printf("not revoked\n");
        break;
    default:
        printf("cannot tell: %d\n", result);
        break;
    }
    return result;
}

/* ---------------------------------------------------------------------------------- connections */

static int connect_to(const char *host, const char *port)
{
    struct addrinfo hints = {0}, *found = NULL;
    int s = -1;

    hints.ai_socktype = SOCK_STREAM;
    if (getaddrinfo(host, port, &hints, &found) != 0)
        return -1;
    for (struct addrinfo *at = found; at != NULL && s < 0; at = at->ai_next) {
        s = socket(at->ai_family, at->ai_socktype, at->ai_protocol);
        if (s >= 0 && connect(s, at->ai_addr, at->ai_addrlen) != 0) {
            close(s);
            s = -1;
        }
    }
    freeaddrinfo(found);
    return s;
}

/* A handshake; the result is that of the verification. */
static long shake(SSL_CTX *ctx, const char *host, const char *port)
{
    SSL *ssl = SSL_new(ctx);
    int s = connect_to(host, port);
    long result = -1;

    if (ssl != NULL && s >= 0 && SSL_set1_host(ssl, host) == 1 && SSL_set_fd(ssl, s) == 1) {
        int done = SSL_connect(ssl);

        result = SSL_get_verify_result(ssl);
        printf("%s: %s\n", done == 1 ? "connected" : "refused",
               X509_verify_cert_error_string(result));
    }
    SSL_free(ssl);
    if (s >= 0)
        close(s);
    return result;
}

/* config may be NULL; it is given away. */
static int visit(upki_config *config, char **argv)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    long result = -1;

    if (ctx == NULL) {
        upki_config_free(config);
        return -1;
    }
    upki_openssl_set_config(ctx, config);
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, upki_openssl_verify_callback);
    if (SSL_CTX_load_verify_file(ctx, argv[2]) == 1)
        result = shake(ctx, argv[0], argv[1]);
    SSL_CTX_free(ctx);
    return (int)result;
}

int main(int argc, char **argv)
{
    upki_config *config = NULL;
    enum upki_result result = UPKI_OK;
    int code;

    if (argc < 3) {
        fprintf(stderr, "usage: upki CONFIG (HOST PORT ROOT | CERTIFICATE...)\n");
        return 255;
    }
    if (strcmp(argv[1], "-") != 0)
        result = upki_config_new(argv[1][0] == '\0' ? NULL : argv[1], &config);
    if (result != UPKI_OK)
        return tell((int)result);
    if (argc == 5 && strspn(argv[3], "0123456789") == strlen(argv[3]))
        return visit(config, argv + 2);
    code = tell(check(config, argv + 2, argc - 2));
    upki_config_free(config);
    return code;
}
