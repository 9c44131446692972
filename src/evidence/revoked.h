/*
 * evidence/revoked.h - what a table says about a certificate of a verified path
 */
#ifndef WRIT_EVIDENCE_REVOKED_H
#define WRIT_EVIDENCE_REVOKED_H

#include "crypto/digest.h"
#include "evidence/path.h"
#include "evidence/source.h"

/* How long before a list's as_of an unnumbered certificate must have begun to count as covered. */
#define WRIT_COVERED_MARGIN WRIT_HOUR

/* The key of a certificate in a list: the first bytes of SHA-256(issuer, serial), where issuer is
 * the SHA-256 of the issuer's SubjectPublicKeyInfo and serial the content octets. */
int writ_revocation_key(struct writ_digester *digester, const uint8_t issuer[WRIT_TABLE_ISSUER],
                        struct writ_span serial, uint8_t key[WRIT_TABLE_KEY],
                        struct writ_error *e) WRIT_MUST_CHECK;

/* Asks the source, and the CRLs that are sources, about every certificate of the path but the root.
 * The list is asked first, whatever the number.  A source that is not open covers nothing.  What a
 * CRL lists is revoked; what a current one covers is good, where the feed's table covers nothing or
 * is older than the certificate. */
int writ_check_revocation(const struct writ_source *source, const struct writ_checked_path *checked,
                          struct writ_path_facts *facts, struct writ_error *e) WRIT_MUST_CHECK;

/* Asks a table about one certificate and the one that issued it; without a table (NULL) nothing is
 * covered.  -1 only when OpenSSL fails. */
int writ_check_link(const struct writ_table *table, struct writ_digester *digester,
                    const struct writ_cert *cert, const struct writ_cert *issuer,
                    struct writ_link *link, struct writ_error *e) WRIT_MUST_CHECK;

/* Counts an OCSP response that came with the certificate (RFC 6960), as one more answer: it may
 * revoke, and it may cover what no source covers, until its nextUpdate; it never makes good what
 * another source calls revoked.  One that proves nothing changes nothing.  -1 only without memory.
 */
int writ_check_staple(const struct writ_cert *cert, const struct writ_cert *issuer,
                      struct writ_span staple, int64_t now, struct writ_link *link,
                      struct writ_error *e) WRIT_MUST_CHECK;

/* What one list says of one certificate; block is NULL when no source knows the issuer. */
void writ_check_status(const struct writ_block *block, const struct writ_cert *cert,
                       const uint8_t key[WRIT_TABLE_KEY], struct writ_link *link);

/* Asks the source whether content of this length can be revoked, and whether it is. */
bool writ_source_has_content_length(const struct writ_source *source, uint64_t length);
void writ_check_content_revocation(const struct writ_source *source, uint64_t length,
                                   struct writ_span root, struct writ_source_facts *facts);

#endif
