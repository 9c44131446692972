/*
 * shared/castore_certificate.h - a certificate's row, for the files of the CA's store
 */
#ifndef WRIT_SHARED_CASTORE_CERTIFICATE_H
#define WRIT_SHARED_CASTORE_CERTIFICATE_H

#include "shared/castore_sql.h"

/* What every statement selects that castore_certificate_read reads.  A WHERE and an ORDER BY may
 * follow; c is the certificate and r its revocation. */
#define CASTORE_CERTIFICATE_SELECT                                                                 \
    "SELECT c.id, c.issuer, c.role, c.serial, c.number, c.name, c.team, c.not_before,"             \
    " c.not_after, c.issued_at, c.spki_hash, c.fingerprint, c.der,"                                \
    " r.certificate, r.reason, r.since, r.since_given, r.revoked_at, r.note"                       \
    " FROM certificates AS c LEFT JOIN revocations AS r ON r.certificate = c.id "

/* Reads a row of that; der is borrowed from the statement until its next step. */
int castore_certificate_read(struct sql *q, struct castore_certificate *c,
                             struct writ_error *e) WRIT_MUST_CHECK;

/* Visits every certificate of a statement that selects CASTORE_CERTIFICATE_SELECT, and ends it. */
int castore_certificate_walk(struct sql *q, castore_certificate_visit *visit, void *arg,
                             struct writ_error *e) WRIT_MUST_CHECK;

#endif
