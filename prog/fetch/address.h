/*
 * fetch/address.h - addresses that a stranger must not send us to
 */
#ifndef WRIT_FETCH_ADDRESS_H
#define WRIT_FETCH_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

/* True for an address of the public internet.  False for this host (127/8, 0/8, ::1, ::), private
 * networks (RFC 1918, RFC 4193, RFC 6598), link-local (169.254/16, fe80::/10), site-local,
 * multicast and reserved ones, IPv6 forms that carry such an IPv4 address (mapped, compatible,
 * NAT64, 6to4), and every other family. */
bool address_is_public(const struct sockaddr *a);

#endif
