/*
 * fetch/chain.h - the certificates that a TLS server shows, and the OCSP answer it staples
 *
 * A handshake, and nothing after it: no request is sent.  The server is not verified here, because
 * its certificates are what is to be looked at; nothing it says is used for anything else.
 */
#ifndef WRIT_FETCH_CHAIN_H
#define WRIT_FETCH_CHAIN_H

#include "base/buffer.h"

#define CHAIN_CERTS_MAX    16
#define CHAIN_BYTES_MAX    ((size_t)256 * 1024) /* of all of them together */
#define CHAIN_STAPLE_MAX   ((size_t)64 * 1024)  /* of the OCSP answer that comes with them */
#define CHAIN_LINE_MAX     1024                 /* of a line before TLS begins */
#define CHAIN_LINES_MAX    64                   /* of an answer of several lines */
#define CHAIN_STARTTLS_ALL "smtp, imap, ldap or postgres"

struct chain {
    const char *name;     /* what the server is asked for (SNI); an address is not sent */
    const char *host;     /* what is connected to: a name or an address */
    const char *port;     /* a number */
    const char *starttls; /* "smtp", "imap", "ldap", "postgres", or "" for TLS at once */
    int64_t deadline_ms;  /* for the whole, name look-up included */
};

/* Connects, and appends the certificates in DER, one after the other, leaf first; to staple the
 * OCSP answer that came with the first (RFC 6066 section 8), unread, or nothing.  -1 with
 *   WRIT_FAULT_USAGE: a protocol that is none of the above;
 *   WRIT_FAULT_UNAVAILABLE: not to be reached, no TLS, or refused;
 *   WRIT_FAULT_BAD_INPUT: no certificates, or over the ceilings.
 * Should the deadline pass, the process ends through `expire`, which is called in a signal handler
 * and must not return. */
int chain_fetch(const struct chain *what, void (*expire)(int), struct writ_buffer *out,
                struct writ_buffer *staple, struct writ_error *e) WRIT_MUST_CHECK;

#endif
