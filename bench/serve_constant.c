/*
 * bench/serve_constant.c - what libmicrohttpd can do at best: the same bytes for everybody
 *
 *   bench-serve-constant PORT BYTES THREADS
 *
 * Answers every GET and POST on 127.0.0.1 with a body of BYTES and the headers an OCSP responder
 * sends, made once.  The yardstick of bench/serve.sh: it parses no request, looks nothing up and
 * signs nothing.  Ends at a signal.
 */
#include <arpa/inet.h>
#include <microhttpd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BODY_MAX 65536

/* Marks a request whose body is still coming. */
static int reading;

static enum MHD_Result answer(void *response, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *body,
                              size_t *body_size, void **state)
{
    (void)url, (void)method, (void)version, (void)body;
    if (*state == NULL) { /* MHD asks once before the body, as its manual wants it */
        *state = &reading;
        return MHD_YES;
    }
    if (*body_size > 0) {
        *body_size = 0;
        return MHD_YES;
    }
    return MHD_queue_response(connection, MHD_HTTP_OK, response);
}

static struct MHD_Response *make_response(size_t size)
{
    static char body[BODY_MAX];
    struct MHD_Response *r;

    memset(body, 'x', sizeof body);
    r = MHD_create_response_from_buffer(size, body, MHD_RESPMEM_PERSISTENT);
    if (r == NULL)
        return NULL;
    (void)MHD_add_response_header(r, "Content-Type", "application/ocsp-response");
    (void)MHD_add_response_header(r, "Last-Modified", "Wed, 25 Nov 2026 12:00:00 GMT");
    (void)MHD_add_response_header(r, "Expires", "Sun, 29 Nov 2026 12:00:00 GMT");
    (void)MHD_add_response_header(r, "ETag", "\"0123456789abcdef0123456789abcdef\"");
    (void)MHD_add_response_header(r, "Cache-Control",
                                  "max-age=3600, public, no-transform, must-revalidate");
    return r;
}

int main(int argc, char **argv)
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    struct MHD_Response *response;
    struct MHD_Daemon *daemon;
    sigset_t ends;
    int signal_number;

    if (argc != 4 || strtoul(argv[2], NULL, 10) > BODY_MAX) {
        (void)fprintf(stderr, "bench-serve-constant PORT BYTES THREADS\n");
        return 64;
    }
    at.sin_port = htons((uint16_t)strtoul(argv[1], NULL, 10));
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    (void)sigemptyset(&ends);
    (void)sigaddset(&ends, SIGTERM);
    (void)sigaddset(&ends, SIGINT);
    (void)sigprocmask(SIG_BLOCK, &ends, NULL);
    response = make_response(strtoul(argv[2], NULL, 10));
    daemon = response == NULL
                 ? NULL
                 : MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, answer, response,
                                    MHD_OPTION_SOCK_ADDR, &at, MHD_OPTION_THREAD_POOL_SIZE,
                                    (unsigned)strtoul(argv[3], NULL, 10), MHD_OPTION_END);
    if (daemon == NULL) {
        (void)fprintf(stderr, "bench-serve-constant: cannot listen on port %s\n", argv[1]);
        return 74;
    }
    (void)sigwait(&ends, &signal_number);
    MHD_stop_daemon(daemon);
    MHD_destroy_response(response);
    return 0;
}
