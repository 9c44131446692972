/*
 * object/csr.h - certification requests (PKCS #10, RFC 2986)
 *
 * A developer makes a key, and asks with this.  Whether the request is signed by that key (proof of
 * possession) is for the caller to check, over `info` with `key`.
 */
#ifndef WRIT_OBJECT_CSR_H
#define WRIT_OBJECT_CSR_H

#include "object/cert.h"

#define WRIT_CSR_MAX ((size_t)16 * 1024)

/* All spans borrow from the bytes that were parsed. */
struct writ_csr {
    struct writ_span info; /* CertificationRequestInfo with its header: what is signed */
    struct writ_name subject;
    struct writ_public_key key;
    enum writ_oid signature_algorithm;
    struct writ_span signature;
};

/* Reads one request that fills der exactly.  Attributes are checked for form and not used: what a
 * certificate says is for the CA to decide. */
int writ_csr_parse(struct writ_span der, struct writ_csr *csr,
                   struct writ_error *e) WRIT_MUST_CHECK;

/* Appends a CertificationRequestInfo for a subject with this common name and this key. */
int writ_csr_build_info(struct writ_span common_name, struct writ_span spki,
                        struct writ_buffer *info, struct writ_error *e) WRIT_MUST_CHECK;

/* Appends the request: the information, and the signature made over it. */
int writ_csr_build(struct writ_span info, enum writ_oid algorithm, struct writ_span signature,
                   struct writ_buffer *csr, struct writ_error *e) WRIT_MUST_CHECK;

#endif
