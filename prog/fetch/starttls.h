/*
 * fetch/starttls.h - the words before TLS begins
 *
 * SMTP (RFC 3207), IMAP (RFC 9051 section 6.2.1), LDAP (RFC 4511 section 4.14) and PostgreSQL
 * (protocol 3.0, SSLRequest).  Input is read byte by byte, so that nothing a server, or somebody in
 * between, sends ahead of the handshake is taken for a part of it.
 */
#ifndef WRIT_FETCH_STARTTLS_H
#define WRIT_FETCH_STARTTLS_H

#include "base/error.h"

/* Speaks the protocol's words on a connected socket until the other side is ready for TLS.
 * WRIT_FAULT_USAGE for a protocol that is not known, WRIT_FAULT_UNAVAILABLE when the server does
 * not offer it or says something else. */
int starttls_ask(int fd, const char *protocol, struct writ_error *e) WRIT_MUST_CHECK;

#endif
