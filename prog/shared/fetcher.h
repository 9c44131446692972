/*
 * shared/fetcher.h - writ-fetch, asked
 *
 * Whatever touches the network is a process of its own: writ-fetch (shared/fetch.h says what it
 * does and does not do).  It gets a URL and a ceiling, writes the body where it is told to, and
 * says what happened in one line.  It knows no state and no keys.
 */
#ifndef WRIT_SHARED_FETCHER_H
#define WRIT_SHARED_FETCHER_H

#include "base/buffer.h"

#define FETCHER_ETAG_MAX  256
#define FETCHER_ALERT_MAX 256
#define FETCHER_LINE_MAX  2048 /* bytes of what writ-fetch says */
#define FETCHER_HOST_MAX  254  /* a name of RFC 1035, or an address, and a NUL */
#define FETCHER_PORT_MAX  6

struct fetcher_answer {
    bool not_modified;           /* what has the ETag is still current */
    bool resumed;                /* the rest came, behind what was there */
    char etag[FETCHER_ETAG_MAX]; /* of what came; "" when there is none */
    uint64_t staple_bytes;       /* of a chain: the last so many bytes are the staple */
    int64_t wait_seconds;        /* the server asks to be left alone for so long; 0: it does not */
    char alert[FETCHER_ALERT_MAX]; /* what it wants its user to know; "" when nothing */
};

/* True for an http or https URL, as opposed to the path of a folder. */
bool fetcher_is_url(const char *location);

/* What is wanted; see struct fetch.  0, NULL: the defaults of shared/fetch.h, or nothing. */
struct fetcher_request {
    const char *url;
    uint64_t ceiling; /* bytes at most, those that are there included */
    const char *etag;
    int64_t deadline_ms;
    uint64_t from; /* bytes that are there already */
    const char *if_range;
};

/* GETs a URL: the body goes to out_fd where it stands.  The faults are those of shared/fetch.h;
 * after one of them etag, wait_seconds and alert of the answer are what came, if they came. */
int fetcher_ask(const struct fetcher_request *what, int out_fd, struct fetcher_answer *answer,
                struct writ_error *e) WRIT_MUST_CHECK;

/* The same into a buffer, the whole of it. */
int fetcher_ask_buffer(const struct fetcher_request *what, struct writ_buffer *out,
                       struct fetcher_answer *answer, struct writ_error *e) WRIT_MUST_CHECK;

/* The same for those who want nothing else.  etag may be NULL. */
int fetcher_get(const char *url, uint64_t ceiling, const char *etag, int64_t deadline_ms,
                int out_fd, struct fetcher_answer *answer, struct writ_error *e) WRIT_MUST_CHECK;
int fetcher_get_buffer(const char *url, uint64_t ceiling, const char *etag, int64_t deadline_ms,
                       struct writ_buffer *out, struct fetcher_answer *answer,
                       struct writ_error *e) WRIT_MUST_CHECK;

/* POSTs a body of this type and appends the answer, which must be of the wanted type. */
int fetcher_post(const char *url, const char *type, struct writ_span body, const char *wanted,
                 uint64_t ceiling, int64_t deadline_ms, struct writ_buffer *out,
                 struct writ_error *e) WRIT_MUST_CHECK;

/* A TLS server. */
struct fetcher_server {
    char name[FETCHER_HOST_MAX]; /* what it is asked for */
    char host[FETCHER_HOST_MAX]; /* where it is */
    char port[FETCHER_PORT_MAX];
    const char *starttls; /* "smtp", "imap", "ldap", "postgres", or "" for TLS at once; borrowed */
};

/* Appends the certificates that a server shows in a handshake, in DER, one after the other, leaf
 * first, and to staple the OCSP answer that came with them, if one did: what both are worth is for
 * whoever reads them.  Nothing else is asked of it, and it is not verified.  The faults are those
 * of prog/fetch/chain.h. */
int fetcher_chain(const struct fetcher_server *server, int64_t deadline_ms, uint64_t ceiling,
                  struct writ_buffer *out, struct writ_buffer *staple,
                  struct writ_error *e) WRIT_MUST_CHECK;

#endif
