#include "fetch/chain.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "crypto/start.h"
#include "fetch/starttls.h"

/* ------------------------------------------------------------------------------ connecting */

/* Waits for a connection that was begun: 0, or the error number. */
static int wait_connected(int fd, int64_t ms)
{
    struct pollfd p = {.fd = fd, .events = POLLOUT};
    socklen_t n = sizeof(int);
    int error = 0, ready;

    do
        ready = poll(&p, 1, (int)ms);
    while (ready < 0 && errno == EINTR);
    if (ready == 0)
        return ETIMEDOUT;
    if (ready < 0 || getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &n) < 0)
        return errno;
    return error;
}

/* One address: a blocking socket that is connected, or -1 and errno. */
static int connect_one(const struct addrinfo *a, int64_t ms)
{
    int fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, a->ai_protocol);
    int error = 0;

    if (fd < 0)
        return -1;
    if (connect(fd, a->ai_addr, a->ai_addrlen) < 0)
        error = errno == EINPROGRESS ? wait_connected(fd, ms) : errno;
    if (error == 0) {
        int one = 0;

        if (ioctl(fd, FIONBIO, &one) == 0)
            return fd;
        error = errno;
    }
    close(fd);
    errno = error;
    return -1;
}

/* Tries the addresses in the resolver's order; each has its share of the time. */
static int connect_any(const struct chain *what, const struct addrinfo *all, struct writ_error *e)
{
    int64_t count = 0;
    int fd = -1;

    for (const struct addrinfo *a = all; a != NULL; a = a->ai_next)
        count++;
    for (const struct addrinfo *a = all; a != NULL && fd < 0; a = a->ai_next)
        fd = connect_one(a, what->deadline_ms / (count + 1));
    if (fd >= 0)
        return fd;
    return writ_fail_errno(e, WRIT_FAULT_UNAVAILABLE, errno, "cannot connect to %s port %s",
                           what->host, what->port);
}

static int connect_to(const struct chain *what, struct writ_error *e)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    struct addrinfo *all = NULL;
    int rc = getaddrinfo(what->host, what->port, &hints, &all);
    int fd;

    if (rc != 0)
        return writ_fail(e, WRIT_FAULT_UNAVAILABLE, "cannot look up %s: %s", what->host,
                         gai_strerror(rc));
    fd = connect_any(what, all, e);
    freeaddrinfo(all);
    return fd;
}

/* ------------------------------------------------------------------------------- handshake */

static bool is_address(const char *name)
{
    struct in6_addr address;

    return inet_pton(AF_INET, name, &address) == 1 || inet_pton(AF_INET6, name, &address) == 1;
}

static int add_certificates(SSL *tls, struct writ_buffer *out, struct writ_error *e)
{
    STACK_OF(X509) *chain = SSL_get_peer_cert_chain(tls);
    size_t before = out->n;

    if (chain == NULL || sk_X509_num(chain) == 0)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "the server shows no certificate");
    if (sk_X509_num(chain) > CHAIN_CERTS_MAX)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "the server shows more than %d certificates",
                         CHAIN_CERTS_MAX);
    for (int i = 0; i < sk_X509_num(chain); i++) {
        unsigned char *der = NULL;
        int n = i2d_X509(sk_X509_value(chain, i), &der);

        if (n > 0)
            writ_buffer_add(out, WRIT_SPAN(der, (size_t)n));
        OPENSSL_free(der);
    }
    if (out->n - before > CHAIN_BYTES_MAX)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "the server's certificates are over %zu bytes",
                         CHAIN_BYTES_MAX);
    return writ_buffer_check(out, e);
}

/* What the server was asked for with the handshake; most have none. */
static int add_staple(SSL *tls, struct writ_buffer *out, struct writ_error *e)
{
    const unsigned char *der = NULL;
    long n = SSL_get_tlsext_status_ocsp_resp(tls, &der);

    if (n <= 0 || der == NULL)
        return 0;
    if ((size_t)n > CHAIN_STAPLE_MAX)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "the server staples an answer of over %zu bytes",
                         CHAIN_STAPLE_MAX);
    writ_buffer_add(out, WRIT_SPAN(der, (size_t)n));
    return writ_buffer_check(out, e);
}

static int refused(const struct chain *what, struct writ_error *e)
{
    const char *reason = writ_crypto_reason(ERR_peek_last_error());

    return writ_fail(e, WRIT_FAULT_UNAVAILABLE, "no TLS with %s port %s: %s", what->host,
                     what->port, reason == NULL ? "the server closed" : reason);
}

static int shake_hands(const struct chain *what, int fd, struct writ_buffer *out,
                       struct writ_buffer *staple, struct writ_error *e)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL *tls = context == NULL ? NULL : SSL_new(context);
    int rc = -1;

    if (tls == NULL || SSL_set_fd(tls, fd) != 1 ||
        SSL_set_tlsext_status_type(tls, TLSEXT_STATUSTYPE_ocsp) != 1 ||
        (!is_address(what->name) && SSL_set_tlsext_host_name(tls, what->name) != 1)) {
        (void)writ_fail(e, WRIT_FAULT_UNEXPECTED, "OpenSSL cannot prepare a handshake");
    } else {
        SSL_set_verify(tls, SSL_VERIFY_NONE, NULL);
        SSL_set_security_level(tls, 0); /* to look at a server is not to trust it */
        rc = SSL_connect(tls) == 1 ? add_certificates(tls, out, e) : refused(what, e);
        if (rc == 0)
            rc = add_staple(tls, staple, e);
    }
    SSL_free(tls);
    SSL_CTX_free(context);
    return rc;
}

/* ---------------------------------------------------------------------------- in bounded time */

/* Whoever started this may have blocked the signal. */
static void arm(int64_t ms, void (*expire)(int))
{
    struct itimerval when = {.it_value = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 + 1}};
    struct sigaction action = {.sa_handler = expire};
    sigset_t alarms;

    (void)sigemptyset(&alarms);
    (void)sigaddset(&alarms, SIGALRM);
    (void)sigaction(SIGALRM, &action, NULL);
    (void)sigprocmask(SIG_UNBLOCK, &alarms, NULL);
    (void)setitimer(ITIMER_REAL, &when, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
}

int chain_fetch(const struct chain *what, void (*expire)(int), struct writ_buffer *out,
                struct writ_buffer *staple, struct writ_error *e)
{
    int fd, rc;

    arm(what->deadline_ms, expire);
    fd = connect_to(what, e);
    if (fd < 0)
        return -1;
    rc = what->starttls[0] == '\0' ? 0 : starttls_ask(fd, what->starttls, e);
    if (rc == 0)
        rc = shake_hands(what, fd, out, staple, e);
    close(fd);
    return rc;
}
