/*
 * serve/listener.h - sockets that wait for clients
 */
#ifndef WRIT_SERVE_LISTENER_H
#define WRIT_SERVE_LISTENER_H

#include "base/error.h"

#define LISTENER_TEXT 64 /* room for "[2001:db8::1]:65535" */

/* Opens a listening socket at where: "127.0.0.1:2560", "[::1]:2560", ":2560" for every address, or
 * a port alone for this machine only; port 0 is any.  Addresses are numeric: nothing is looked up.
 * Returns the descriptor, or -1 with WRIT_FAULT_USAGE when it is no such text,
 * WRIT_FAULT_UNAVAILABLE when it is taken, or WRIT_FAULT_PERMISSION. */
int listener_open(const char *where, struct writ_error *e) WRIT_MUST_CHECK;

/* Where a socket listens, as text. */
void listener_name(int fd, char text[LISTENER_TEXT]);

#endif
