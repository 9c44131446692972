/*
 * writ/server.h - which TLS server is meant by https://host[:port]
 */
#ifndef WRIT_SERVER_H
#define WRIT_SERVER_H

#include "shared/fetcher.h"

/* The protocols of --starttls, NULL at the end. */
extern const char *const server_protocols[];

/* Reads a URL: host and port; what follows them is of no use here and is left out.  protocol is one
 * of server_protocols, or NULL for TLS at once; it decides about the port when the URL names none.
 * connect ("host[:port]", or NULL) is where to connect to instead, as curl's --connect-to.
 * WRIT_FAULT_USAGE names what is wrong. */
int server_parse(const char *url, const char *protocol, const char *connect,
                 struct fetcher_server *server, struct writ_error *e) WRIT_MUST_CHECK;

#endif
