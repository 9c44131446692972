/*
 * tls_probe - a program that verifies certificates with OpenSSL, and knows nothing of writ
 *
 *   tls_probe ROOT.pem ISSUER.pem
 *
 * Does what the lines of standard input say, one after the other, and prints a line for each:
 *
 *   verify CERT.pem             "CERT.pem: ERROR at DEPTH", as the verify callback is told; also
 * what the verification left behind in errno and OpenSSL's queue of errors store a new X509_STORE
 * for the verifications that follow unload                      CONF_modules_unload load reads
 * openssl.cnf once more fork                        goes on in a child, whose parent waits for it
 *   chroot DIRECTORY            gives up everything outside of it
 *   run COMMAND                 a line for the shell, in between
 *   verifications N ROUNDS CERT.pem CERT.pem   N threads, both certificates in turn
 *   handshakes N ROUNDS CHAIN.pem KEY.pem      N threads, TLS between two ends in one process
 *
 * The last two print how often each error came: "0 x 100, 23 x 100".
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/conf.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#define THREADS_MAX 64
#define ERRORS_MAX  128

static X509 *root, *issuer;
static X509_STORE *store;

/* ---- one verification ---- */

static int told_depth;

static int callback(int ok, X509_STORE_CTX *ctx)
{
    if (!ok)
        told_depth = X509_STORE_CTX_get_error_depth(ctx);
    return ok;
}

static X509 *load(const char *path)
{
    FILE *f = fopen(path, "r");
    X509 *cert = f == NULL ? NULL : PEM_read_X509(f, NULL, NULL, NULL);

    if (f != NULL)
        (void)fclose(f);
    if (cert == NULL) {
        (void)fprintf(stderr, "tls_probe: no certificate in %s\n", path);
        exit(1);
    }
    return cert;
}

static X509_STORE *new_store(void)
{
    X509_STORE *s = X509_STORE_new();

    if (s == NULL || X509_STORE_add_cert(s, root) != 1) {
        (void)fprintf(stderr, "tls_probe: no store\n");
        exit(1);
    }
    return s;
}

/* The error, 0 for none, -1 when nothing could be verified; told may be NULL. */
static int verify_cert(X509 *cert, X509_STORE_CTX_verify_cb told)
{
    STACK_OF(X509) *untrusted = sk_X509_new_null();
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    int error = -1;

    if (untrusted != NULL && ctx != NULL && sk_X509_push(untrusted, issuer) > 0 &&
        X509_STORE_CTX_init(ctx, store, cert, untrusted) == 1) {
        if (told != NULL)
            X509_STORE_CTX_set_verify_cb(ctx, told);
        errno = ELNRNG; /* an unlikely one, to see whether it stays */
        error = X509_verify_cert(ctx) == 1 ? 0 : X509_STORE_CTX_get_error(ctx);
    }
    X509_STORE_CTX_free(ctx);
    sk_X509_free(untrusted);
    return error;
}

static void verify(const char *path)
{
    X509 *cert = load(path);
    int error, left;

    told_depth = -1;
    ERR_clear_error();
    error = verify_cert(cert, callback);
    left = errno;
    (void)printf("%s: %d at %d%s%s\n", path, error, told_depth, left == ELNRNG ? "" : ", errno",
                 ERR_peek_error() == 0 ? "" : ", errors");
    X509_free(cert);
}

/* ---- many ---- */

struct many {
    char first[512], second[512];
    unsigned rounds;
    void (*once)(struct many *, unsigned);
    X509 *certs[2];
    SSL_CTX *server, *client;
    atomic_uint seen[ERRORS_MAX];
};

static void count(struct many *m, int error)
{
    atomic_fetch_add(&m->seen[error < 0 || error >= ERRORS_MAX ? ERRORS_MAX - 1 : error], 1);
}

static void verify_once(struct many *m, unsigned round)
{
    count(m, verify_cert(m->certs[round % 2], NULL));
}

static void shake_hands_once(struct many *m, unsigned round)
{
    SSL *server = SSL_new(m->server), *client = SSL_new(m->client);
    BIO *a = NULL, *b = NULL;

    (void)round;
    if (server == NULL || client == NULL || BIO_new_bio_pair(&a, 0, &b, 0) != 1)
        abort();
    SSL_set_bio(server, a, a);
    SSL_set_bio(client, b, b);
    SSL_set_accept_state(server);
    SSL_set_connect_state(client);
    for (int i = 0; i < 20 && !SSL_is_init_finished(client); i++) {
        int rc = SSL_do_handshake(client);

        if (rc != 1 && SSL_get_error(client, rc) != SSL_ERROR_WANT_READ)
            break;
        (void)SSL_do_handshake(server);
    }
    count(m, SSL_is_init_finished(client) || SSL_get_verify_result(client) != X509_V_OK
                 ? (int)SSL_get_verify_result(client)
                 : -1);
    SSL_free(server);
    SSL_free(client);
    ERR_clear_error();
}

static void *work(void *argument)
{
    struct many *m = argument;

    for (unsigned i = 0; i < m->rounds; i++)
        m->once(m, i);
    return NULL;
}

static void run_threads(struct many *m, unsigned n)
{
    pthread_t threads[THREADS_MAX];
    const char *between = "";

    for (unsigned i = 0; i < n; i++) {
        if (pthread_create(&threads[i], NULL, work, m) != 0)
            abort();
    }
    for (unsigned i = 0; i < n; i++)
        (void)pthread_join(threads[i], NULL);
    for (int i = 0; i < ERRORS_MAX; i++) {
        if (m->seen[i] > 0) {
            (void)printf("%s%d x %u", between, i, m->seen[i]);
            between = ", ";
        }
    }
    (void)printf("\n");
}

static void verifications(struct many *m, unsigned n)
{
    m->once = verify_once;
    m->certs[0] = load(m->first);
    m->certs[1] = load(m->second);
    run_threads(m, n);
    X509_free(m->certs[0]);
    X509_free(m->certs[1]);
}

static void handshakes(struct many *m, unsigned n)
{
    m->once = shake_hands_once;
    m->server = SSL_CTX_new(TLS_server_method());
    m->client = SSL_CTX_new(TLS_client_method());
    if (m->server == NULL || m->client == NULL ||
        SSL_CTX_use_certificate_chain_file(m->server, m->first) != 1 ||
        SSL_CTX_use_PrivateKey_file(m->server, m->second, SSL_FILETYPE_PEM) != 1 ||
        X509_STORE_add_cert(SSL_CTX_get_cert_store(m->client), root) != 1)
        abort();
    SSL_CTX_set_verify(m->client, SSL_VERIFY_PEER, NULL);
    run_threads(m, n);
    SSL_CTX_free(m->server);
    SSL_CTX_free(m->client);
}

/* ---- lines ---- */

static void go_on_in_child(void)
{
    int status = 0;
    pid_t child;

    (void)fflush(stdout);
    child = fork();
    if (child == 0)
        return;
    (void)waitpid(child, &status, 0);
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

static void obey(char *line)
{
    struct many m = {0};
    unsigned n;
    char path[512];

    if (sscanf(line, "verify %511s", path) == 1) {
        verify(path);
    } else if (sscanf(line, "verifications %u %u %511s %511s", &n, &m.rounds, m.first, m.second) ==
               4) {
        verifications(&m, n > THREADS_MAX ? THREADS_MAX : n);
    } else if (sscanf(line, "handshakes %u %u %511s %511s", &n, &m.rounds, m.first, m.second) ==
               4) {
        handshakes(&m, n > THREADS_MAX ? THREADS_MAX : n);
    } else if (strncmp(line, "run ", 4) == 0) {
        (void)fflush(stdout);
        (void)printf("run: %d\n", system(line + 4));
    } else if (sscanf(line, "chroot %511s", path) == 1) {
        (void)printf("chroot: %d\n", chroot(path) == 0 ? chdir("/") : -1);
    } else if (strcmp(line, "store") == 0) {
        X509_STORE_free(store);
        store = new_store();
    } else if (strcmp(line, "unload") == 0) {
        CONF_modules_unload(1);
    } else if (strcmp(line, "load") == 0) {
        (void)printf("load: %d\n", CONF_modules_load_file(NULL, NULL, 0));
    } else if (strcmp(line, "fork") == 0) {
        go_on_in_child();
    } else {
        (void)fprintf(stderr, "tls_probe: %s?\n", line);
        exit(64);
    }
    (void)fflush(stdout);
}

int main(int argc, char **argv)
{
    char line[2048];

    if (argc != 3)
        return 64;
    /* The script is read byte by byte, so that a child goes on where its parent was. */
    (void)setvbuf(stdin, NULL, _IONBF, 0);
    if (OPENSSL_init_ssl(0, NULL) != 1)
        return 1;
    root = load(argv[1]);
    issuer = load(argv[2]);
    store = new_store();
    while (fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        obey(line);
    }
    X509_STORE_free(store);
    X509_free(root);
    X509_free(issuer);
    return 0;
}
