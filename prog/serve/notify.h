/*
 * serve/notify.h - what a supervisor is told, and what it hands over (sd_notify(3),
 * sd_listen_fds(3)), without its library
 */
#ifndef WRIT_SERVE_NOTIFY_H
#define WRIT_SERVE_NOTIFY_H

#include "base/error.h"

#define NOTIFY_SOCKETS_MAX 8 /* that one may hand over */

/* Sends state ("READY=1\nSTATUS=...") to $NOTIFY_SOCKET; nothing without one.  Nobody who does not
 * listen keeps the server from working: failures are not told. */
void notify_send(const char *fmt, ...) WRIT_FORMAT(1, 2);

/* "RELOADING=1" with the time that the protocol wants. */
void notify_reloading(void);

/* Half of the watchdog's interval in milliseconds, or 0 when there is none for this process. */
int notify_watchdog_ms(void);

/* The listening sockets that were handed over (LISTEN_PID, LISTEN_FDS), set to close on exec; how
 * many, 0 for none.  The variables are taken out of the environment.  -1 with
 * WRIT_FAULT_CONFIGURATION when one of them is no listening stream socket, or there are more than
 * NOTIFY_SOCKETS_MAX. */
int notify_sockets(int fds[NOTIFY_SOCKETS_MAX], struct writ_error *e) WRIT_MUST_CHECK;

#endif
