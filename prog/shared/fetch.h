/*
 * shared/fetch.h - one thing from one server, in bounded time
 *
 * HTTP and HTTPS over libcurl; linked only by the programs that fetch.  Every wait ends: there is a
 * limit for connecting, for no progress, and for the whole, and a ceiling on bytes that holds
 * whatever the server announces.  Nothing is followed, decoded, remembered or guessed: no
 * redirects, no content coding, no cookies, no .netrc.  Proxies come from the environment
 * (http_proxy, https_proxy, no_proxy), as curl(1) takes them.  TLS servers are verified against the
 * system's certificates, or those in the file that SSL_CERT_FILE names.
 *
 * What this does not do: it does not make bytes true.  A body without an announced length that the
 * server ends early looks complete; whoever fetches compares lengths and hashes from a signed
 * place.
 *
 * Every function is -1 with
 *   WRIT_FAULT_USAGE: not an http or https URL, a user name or password in it, or too long;
 *   WRIT_FAULT_UNAVAILABLE: not to be reached, too slow, closed half way, a certificate that is not
 *     accepted, an answer 4xx or 5xx (with its Retry-After), or stopped by the caller;
 *   WRIT_FAULT_NO_INPUT: 404 or 410;  WRIT_FAULT_PERMISSION: 401, 403 or 407;
 *   WRIT_FAULT_CONFIGURATION: a redirect; the sentence says where to;
 *   WRIT_FAULT_BAD_INPUT: over the ceiling, not HTTP, a content coding, an unexpected status, type
 *     or part;
 *   WRIT_FAULT_IO: the bytes cannot be written here.
 */
#ifndef WRIT_SHARED_FETCH_H
#define WRIT_SHARED_FETCH_H

#include <signal.h>

#include "base/buffer.h"

#define FETCH_URL_MAX      2048
#define FETCH_ETAG_MAX     256               /* with its NUL; a longer one is not kept */
#define FETCH_ALERT_MAX    256               /* with its NUL; a longer one is cut */
#define FETCH_WAIT_MAX     86400             /* seconds: a server that asks for more gets these */
#define FETCH_HEADERS_MAX  ((size_t)1 << 16) /* bytes of all headers of an answer */
#define FETCH_CONNECT_MS   10000             /* default: name look-up, TCP and TLS */
#define FETCH_GAP_MS       10000             /* default: without progress once connected */
#define FETCH_BASE_MS      10000             /* default for the whole: this … */
#define FETCH_BYTES_PER_MS 16                /* … and the time the ceiling takes at 16 kB/s */

/* What is wanted.  0 stands for the defaults above, or for nothing. */
struct fetch {
    const char *url;
    uint64_t ceiling;                  /* bytes of body at most */
    const char *etag;                  /* of what is there already; NULL or "": none */
    uint64_t from;                     /* so many bytes are there already: only the rest is asked
                                          for (Range); the ceiling is for the whole */
    const char *if_range;              /* the ETag they came with; NULL, "" or a weak one: the rest
                                          is asked for on the chance that nothing has changed */
    int64_t connect_ms;                /* until connected */
    int64_t gap_ms;                    /* the longest time without progress after that */
    int64_t deadline_ms;               /* for the whole */
    const volatile sig_atomic_t *stop; /* gives up soon after a signal handler made it non-zero;
                                          may be NULL */
};

enum fetch_status {
    FETCH_FRESH,       /* 200: the body was delivered */
    FETCH_NOT_MODIFIED /* 304: what has this ETag is still current; nothing was delivered */
};

struct fetch_answer {
    enum fetch_status status;
    bool resumed;                /* what was delivered goes behind the bytes that were there */
    char etag[FETCH_ETAG_MAX];   /* as sent; "" when none, or not printable */
    uint64_t bytes;              /* how many were delivered */
    int64_t wait_seconds;        /* the server asks not to be asked again for so long (Backoff,
                                    Retry-After); 0: it does not */
    char alert[FETCH_ALERT_MAX]; /* what it wants its user to know (Alert), made safe; or "" */
};

/* GETs the URL.  The body is written to fd where it stands, or appended to out.  After a fault fd
 * may have got a part; out holds what it held before; and of the answer etag, wait_seconds and
 * alert are what came, if they came.  With what->from, fd is a regular file that stands there, at
 * its end; should the server send the whole, it is emptied first. */
int fetch_get_fd(const struct fetch *what, int fd, struct fetch_answer *answer,
                 struct writ_error *e) WRIT_MUST_CHECK;
int fetch_get_bytes(const struct fetch *what, struct writ_buffer *out, struct fetch_answer *answer,
                    struct writ_error *e) WRIT_MUST_CHECK;

/* POSTs body as `type` and appends the answer, which must be 200 and of type `wanted` (both without
 * parameters: "application/timestamp-query").  Of *what, etag, from and if_range are not used. */
int fetch_post(const struct fetch *what, const char *type, struct writ_span body,
               const char *wanted, struct writ_buffer *out, struct writ_error *e) WRIT_MUST_CHECK;

/* For those that put questions of their own to libcurl (prog/fetch).  _start starts it, once;
 * _check_url says whether a URL may be fetched at all, and calls it `shown`. */
int fetch_start(struct writ_error *e) WRIT_MUST_CHECK;
int fetch_check_url(const char *url, const char *shown, struct writ_error *e) WRIT_MUST_CHECK;

#endif
