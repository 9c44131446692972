/*
 * base/oid.h - the object identifiers writ knows
 *
 * An identifier is handled as the content octets of its DER encoding (X.690 section 8.19).
 */
#ifndef WRIT_BASE_OID_H
#define WRIT_BASE_OID_H

#include "base/buffer.h"

enum writ_oid {
    WRIT_OID_UNKNOWN = 0,
    /* names (X.520) */
    WRIT_OID_COMMON_NAME,
    WRIT_OID_COUNTRY,
    WRIT_OID_LOCALITY,
    WRIT_OID_STATE,
    WRIT_OID_ORGANIZATION,
    WRIT_OID_ORGANIZATIONAL_UNIT,
    WRIT_OID_EMAIL,
    /* keys, digests and signatures (RFC 3279, 4055, 5480, 5758, 8410) */
    WRIT_OID_EC_PUBLIC_KEY,
    WRIT_OID_P256,
    WRIT_OID_P384,
    WRIT_OID_RSA,
    WRIT_OID_ED25519,
    WRIT_OID_SHA1,
    WRIT_OID_SHA256,
    WRIT_OID_SHA384,
    WRIT_OID_SHA512,
    WRIT_OID_ECDSA_SHA1,
    WRIT_OID_ECDSA_SHA256,
    WRIT_OID_ECDSA_SHA384,
    WRIT_OID_ECDSA_SHA512,
    WRIT_OID_RSA_SHA1,
    WRIT_OID_RSA_SHA256,
    WRIT_OID_RSA_SHA384,
    WRIT_OID_RSA_SHA512,
    WRIT_OID_DSA_SHA1,
    WRIT_OID_DSA_SHA256,
    /* certificate extensions (RFC 5280 section 4.2) */
    WRIT_OID_SUBJECT_KEY_ID,
    WRIT_OID_KEY_USAGE,
    WRIT_OID_SUBJECT_ALT_NAME,
    WRIT_OID_BASIC_CONSTRAINTS,
    WRIT_OID_NAME_CONSTRAINTS,
    WRIT_OID_CRL_DISTRIBUTION_POINTS,
    WRIT_OID_CERTIFICATE_POLICIES,
    WRIT_OID_POLICY_MAPPINGS,
    WRIT_OID_AUTHORITY_KEY_ID,
    WRIT_OID_POLICY_CONSTRAINTS,
    WRIT_OID_EXTENDED_KEY_USAGE,
    WRIT_OID_INHIBIT_ANY_POLICY,
    WRIT_OID_AUTHORITY_INFO_ACCESS,
    WRIT_OID_AD_OCSP,
    WRIT_OID_SCT_LIST, /* RFC 6962 section 3.3 */
    WRIT_OID_FRESHEST_CRL,
    WRIT_OID_TLS_FEATURE,  /* RFC 7633 */
    WRIT_OID_OCSP_NOCHECK, /* RFC 6960 section 4.2.2.2.1 */
    /* OCSP (RFC 6960 section 4, RFC 6962 section 3.3) */
    WRIT_OID_OCSP_BASIC,
    WRIT_OID_OCSP_NONCE,
    WRIT_OID_OCSP_CRL_REFERENCES,
    WRIT_OID_OCSP_RESPONSE_TYPES,
    WRIT_OID_OCSP_ARCHIVE_CUTOFF,
    WRIT_OID_OCSP_PREFERRED_ALGORITHMS,
    WRIT_OID_OCSP_EXTENDED_REVOKE,
    WRIT_OID_OCSP_SCT_LIST,
    /* extensions of CRLs and their entries (RFC 5280 sections 5.2 and 5.3) */
    WRIT_OID_CRL_NUMBER,
    WRIT_OID_DELTA_CRL_INDICATOR,
    WRIT_OID_ISSUING_DISTRIBUTION_POINT,
    WRIT_OID_EXPIRED_CERTS_ON_CRL, /* X.509 section 9.5.2.8 */
    WRIT_OID_REASON_CODE,
    WRIT_OID_INVALIDITY_DATE,
    WRIT_OID_CERTIFICATE_ISSUER,
    /* purposes (RFC 5280 section 4.2.1.12) */
    WRIT_OID_ANY_PURPOSE,
    WRIT_OID_SERVER_AUTH,
    WRIT_OID_CLIENT_AUTH,
    WRIT_OID_EMAIL_PROTECTION,
    WRIT_OID_CODE_SIGNING,
    WRIT_OID_TIME_STAMPING,
    WRIT_OID_OCSP_SIGNING,
    /* CMS (RFC 5652, 5035, 3161) */
    WRIT_OID_SIGNED_DATA,
    WRIT_OID_CONTENT_TYPE,
    WRIT_OID_MESSAGE_DIGEST,
    WRIT_OID_SIGNING_TIME,
    WRIT_OID_SIGNING_CERTIFICATE,
    WRIT_OID_SIGNING_CERTIFICATE_V2,
    WRIT_OID_TST_INFO,
    WRIT_OID_EXTENSION_REQUEST,
    /* ours, under 2.25.156184997021121762790734345848554784336 */
    WRIT_OID_SEAL,
    WRIT_OID_CODE_DIRECTORY,
    WRIT_OID_ISSUANCE_NUMBER,
    WRIT_OID_BUNDLE,
    WRIT_OID_COUNT
};

/* The identifier with these content octets, or WRIT_OID_UNKNOWN. */
enum writ_oid writ_oid_find(struct writ_span content);

/* The content octets of a known identifier. */
struct writ_span writ_oid_content(enum writ_oid oid);

/* The field's usual name ("codeSigning"), or "unknown". */
const char *writ_oid_name(enum writ_oid oid);

/* Appends "2.5.4.3".  Arcs of up to 128 bits are written in full; an encoding that is not valid
 * (X.690 8.19.2: padding, no end) is appended as "invalid". */
void writ_oid_add_dotted(struct writ_buffer *b, struct writ_span content);

/* Appends the name when the identifier is known, else the dotted form. */
void writ_oid_add_name(struct writ_buffer *b, struct writ_span content);

/* True for content octets that X.690 section 8.19.2 allows: not empty, ends, no padding. */
bool writ_oid_is_valid(struct writ_span content);

#endif
