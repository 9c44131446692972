/*
 * object/namematch.h - are two distinguished names the same name? (RFC 5280 section 7.1)
 *
 * Issuers write one name in many ways: in other string types, in capitals, with two spaces.  The
 * same name has the same attributes in the same order of RDNs (in any order within one), and values
 * that are equal as LDAP prepares them (RFC 4518): characters whatever the string type, in one
 * case, spaces at both ends dropped and those in between as one.
 *
 * Prepared here: the case of ASCII, Latin-1, Latin Extended-A, Greek and Cyrillic letters, and all
 * of U+0020, U+00A0, U+0009..000D as spaces.  Not prepared: compatibility and combining forms
 * (NFKC), and the case of other scripts; such values match when they are written with the same
 * characters.  A value that is no string matches octet for octet.
 *
 * A match is only where to look; that a CRL speaks for a certificate is for signatures to say.
 */
#ifndef WRIT_OBJECT_NAMEMATCH_H
#define WRIT_OBJECT_NAMEMATCH_H

#include "bytes/der.h"

/* Attributes of one RDN that are held against each other in any order; RDNs with more match octet
 * for octet. */
#define WRIT_RDN_ATTRIBUTES_MAX 8

/* True when two Names (DER, with their headers) are the same name.  Two empty names are.  A span
 * that is not a Name matches nothing but the same octets. */
bool writ_name_matches(struct writ_span a, struct writ_span b);

/* A name that is written in two pieces: RDNs of a Name, and one RDN after them
 * (nameRelativeToCRLIssuer, RFC 5280 section 4.2.1.13). */
struct writ_long_name {
    struct writ_span name; /* DER of the Name, with its header */
    struct writ_span rdn;  /* content octets of the last RDN's SET; empty: there is none */
};

/* The same for names in pieces. */
bool writ_long_name_matches(const struct writ_long_name *a, const struct writ_long_name *b);

#endif
