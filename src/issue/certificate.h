/*
 * issue/certificate.h - the certificates a writ CA makes (RFC 5280)
 *
 * Every one carries keyUsage, the key identifiers and, below the root, its issuer's dense issuance
 * number in a private extension that is not critical.  No OCSP URL unless asked for: a URL baked
 * into a certificate is what told a responder in 2020 who opened what.
 */
#ifndef WRIT_ISSUE_CERTIFICATE_H
#define WRIT_ISSUE_CERTIFICATE_H

#include "crypto/key.h"
#include "object/cert.h"

#define WRIT_SERIAL_BYTES      16 /* of a new serial: 127 random bits */
#define WRIT_LEAF_LIFE         (365 * WRIT_DAY)
#define WRIT_RESPONDER_LIFE    (30 * WRIT_DAY) /* nobody asks whether it is revoked */
#define WRIT_INTERMEDIATE_LIFE (5 * 365 * WRIT_DAY)
#define WRIT_ROOT_LIFE         (20 * 365 * WRIT_DAY)

enum writ_role {
    WRIT_ROLE_ROOT,         /* signs intermediates, and the bundle */
    WRIT_ROLE_INTERMEDIATE, /* signs developers and TSAs; no CA below it */
    WRIT_ROLE_DEVELOPER,    /* signs code */
    WRIT_ROLE_TSA,          /* signs timestamps */
    WRIT_ROLE_RESPONDER,    /* signs OCSP answers for its issuer (RFC 6960 section 4.2.2.2) */
};

/* "root", "intermediate", "developer", "tsa", "responder". */
const char *writ_role_name(enum writ_role role);

struct writ_certificate_order {
    enum writ_role role;
    struct writ_span common_name;
    struct writ_span organization;
    struct writ_span team; /* organizationalUnit; not for CAs */
    struct writ_span spki; /* of the subject */
    uint8_t serial[WRIT_SERIAL_BYTES];
    bool unnumbered; /* its issuer gives no issuance numbers */
    uint64_t number; /* issuance number; not used for the root, nor when unnumbered */
    int64_t not_before;
    int64_t not_after;
    const char *ocsp_url;           /* or NULL */
    const char *crl_url;            /* the CRL it will be on, as its issuing point; or NULL */
    const struct writ_cert *issuer; /* NULL for the root, which signs itself */
    const struct writ_key *key;     /* the issuer's */
};

/* A fresh serial: positive, of WRIT_SERIAL_BYTES octets, never zero. */
int writ_new_serial(uint8_t serial[WRIT_SERIAL_BYTES], struct writ_error *e) WRIT_MUST_CHECK;

/* Appends the certificate, and reads it back with object/cert.h before it is given out.
 * WRIT_FAULT_USAGE for a serial of zero, a name that is not 1 to 64 bytes of printable UTF-8, a
 * leaf without a team or a CA with one, an end that is not after the beginning, a key that is not
 * the issuer's, or one that writ does not issue with. */
int writ_issue_certificate(const struct writ_certificate_order *order, struct writ_buffer *der,
                           struct writ_error *e) WRIT_MUST_CHECK;

/* Appends a certification request of this name, signed with the key: proof that its asker has it.
 */
int writ_issue_request(struct writ_span common_name, const struct writ_key *key,
                       struct writ_buffer *csr, struct writ_error *e) WRIT_MUST_CHECK;

/* Reads a certification request and checks its proof of possession and that writ issues for such a
 * key.  WRIT_FAULT_BAD_INPUT when not. */
struct writ_csr;
int writ_check_request(struct writ_span der, struct writ_csr *csr,
                       struct writ_error *e) WRIT_MUST_CHECK;

#endif
