/*
 * object/cms.h - CMS SignedData (RFC 5652), the narrow profile that seals and timestamps use
 *
 * One SignerInfo, one hash for digest and signature, signed attributes always, definite lengths,
 * certificates but no CRLs, no unsigned attributes: everything unsigned in a seal stands in its
 * extras, where it can be seen.
 */
#ifndef WRIT_OBJECT_CMS_H
#define WRIT_OBJECT_CMS_H

#include "object/cert.h"

#define WRIT_CMS_MAX              ((size_t)64 * 1024)
#define WRIT_CMS_CERTIFICATES_MAX 8
#define WRIT_CMS_ATTRIBUTES_MAX   16

/* The certificate a signer bound his signature to: ESSCertID (RFC 2634) or ESSCertIDv2 (RFC 5035).
 */
struct writ_ess_cert_id {
    bool present;
    enum writ_oid hash_algorithm;
    struct writ_span hash;   /* of the whole certificate */
    struct writ_span serial; /* issuerSerial's serialNumber, or empty when it is not given */
};

/* All spans borrow from the bytes that were parsed. */
struct writ_cms {
    struct writ_span content_type; /* content octets of eContentType */
    bool has_content;
    struct writ_span content; /* eContent; empty when detached */
    size_t certificate_count;
    struct writ_span certificate[WRIT_CMS_CERTIFICATES_MAX]; /* DER, in the order they stand */

    /* the one SignerInfo */
    struct writ_span signer_issuer; /* Name, DER; empty when the signer is named by key id */
    struct writ_span signer_serial;
    struct writ_span signer_key_id;
    enum writ_oid digest_algorithm;
    enum writ_oid signature_algorithm; /* with its hash: rsaEncryption is resolved */
    struct writ_span signature;

    /* its signed attributes */
    struct writ_span signed_attributes; /* the contents of the SET, without its header */
    bool has_content_type_attribute;
    struct writ_span content_type_attribute; /* content octets */
    bool has_message_digest;
    struct writ_span message_digest;
    bool has_signing_time;
    int64_t signing_time;           /* a claim of the signer: shown, never used */
    struct writ_ess_cert_id ess;    /* signingCertificate: SHA-1, in timestamps only */
    struct writ_ess_cert_id ess_v2; /* signingCertificateV2 */
};

/* Reads one ContentInfo of type signedData that fills der exactly. */
int writ_cms_parse(struct writ_span der, struct writ_cms *cms,
                   struct writ_error *e) WRIT_MUST_CHECK;

/* Appends the bytes the signature is over: the attributes as a SET (RFC 5652 section 5.4). */
int writ_cms_signed_bytes(const struct writ_cms *cms, struct writ_buffer *out,
                          struct writ_error *e) WRIT_MUST_CHECK;

/* True when cert is the one the SignerInfo names. */
bool writ_cms_names_signer(const struct writ_cms *cms, const struct writ_cert *cert);

/* What a signer puts into the signed attributes. */
struct writ_cms_to_sign {
    enum writ_oid content_type;
    struct writ_span content_digest; /* SHA-256 of the content */
    int64_t signing_time;
    struct writ_span certificate_digest; /* SHA-256 of the signer's certificate */
    const struct writ_cert *signer;      /* for issuerSerial */
};

/* Appends the signed attributes as the SET that is to be signed. */
int writ_cms_build_attributes(const struct writ_cms_to_sign *what, struct writ_buffer *attributes,
                              struct writ_error *e) WRIT_MUST_CHECK;

/* Appends the finished ContentInfo, detached: the attributes from above and the signature over
 * them by `algorithm`; certificates holds the signer's first. */
int writ_cms_build(const struct writ_cms_to_sign *what, struct writ_span attributes,
                   enum writ_oid algorithm, struct writ_span signature,
                   const struct writ_span *certificates, size_t certificate_count,
                   struct writ_buffer *cms, struct writ_error *e) WRIT_MUST_CHECK;

#endif
