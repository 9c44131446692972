/*
 * evidence/onecrl.h - what OneCRL says about a certificate
 *
 * A record of OneCRL names a certificate in one of two ways, and so does a key of object/onecrl.h:
 *
 *   SHA-256(01, length of the issuer's Name, issuer's Name, content octets of the serial number)
 *   SHA-256(02, length of the subject's Name, subject's Name, SHA-256 of the SubjectPublicKeyInfo)
 *
 * where lengths are 32 bits, big-endian, and a Name is its DER, octet for octet: names are not
 * normalised, as Firefox does not normalise them.
 */
#ifndef WRIT_EVIDENCE_ONECRL_H
#define WRIT_EVIDENCE_ONECRL_H

#include "crypto/digest.h"
#include "object/cert.h"
#include "object/onecrl.h"

#define WRIT_ONECRL_NAME_MAX   2048 /* bytes of a Name in a record; Mozilla's longest has 284 */
#define WRIT_ONECRL_SERIAL_MAX 64   /* octets of a serial in a record; Mozilla's longest has 21 */

/* The key of a record that names a certificate by issuer and serial number.  -1 with
 * WRIT_FAULT_BAD_INPUT when either is empty or over its ceiling. */
int writ_onecrl_serial_key(struct writ_digester *digester, struct writ_span issuer_name,
                           struct writ_span serial, uint8_t key[WRIT_ONECRL_KEY],
                           struct writ_error *e) WRIT_MUST_CHECK;

/* The key of a record that names a subject and the SHA-256 of a SubjectPublicKeyInfo. */
int writ_onecrl_subject_key(struct writ_digester *digester, struct writ_span subject_name,
                            const uint8_t spki_hash[WRIT_SHA256_BYTES],
                            uint8_t key[WRIT_ONECRL_KEY], struct writ_error *e) WRIT_MUST_CHECK;

/* Says whether a certificate is listed, in either way.  A certificate whose names are longer than
 * those of any record is not.  -1 only when OpenSSL fails. */
int writ_check_onecrl(const struct writ_onecrl *onecrl, struct writ_digester *digester,
                      const struct writ_cert *cert, bool *revoked,
                      struct writ_error *e) WRIT_MUST_CHECK;

#endif
