/*
 * ca/ca_adopt.h - certificates that others made, taken into the store
 */
#ifndef WRIT_CA_CA_ADOPT_H
#define WRIT_CA_CA_ADOPT_H

#include "ca/ca.h"

/* Finds, among the store's roots and intermediates, the one that issued this certificate: by its
 * name, octet for octet, and its signature.  *issuer is 0 when there is none. */
int ca_issuer_of(struct ca *ca, const struct writ_cert *cert, int64_t *issuer,
                 struct writ_error *e) WRIT_MUST_CHECK;

/* True when the certificate says that it issues others. */
bool ca_is_issuer(const struct writ_cert *cert);

/* Fills in a record of a certificate that is not this CA's work.  WRIT_FAULT_BAD_INPUT for a serial
 * number of more than CASTORE_SERIAL_MAX octets. */
int ca_foreign_record(const struct writ_cert *cert, int64_t issuer, enum castore_role role,
                      int64_t now, struct castore_certificate *record,
                      struct writ_error *e) WRIT_MUST_CHECK;

/* In the open transaction: takes a root (issuer 0) or an intermediate in, as adopted. */
int ca_adopt_issuer(struct ca *ca, const struct writ_cert *cert, int64_t issuer, int64_t now,
                    struct writ_error *e) WRIT_MUST_CHECK;

#endif
