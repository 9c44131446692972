/*
 * object/distribution.h - which CRL speaks for which certificates (RFC 5280 sections 4.2.1.13,
 * 5.2.5, 5.2.6)
 *
 * A certificate names the distribution points of the CRLs it is on; a CRL's issuing distribution
 * point says which part of its issuer's certificates it is about.  Here both are read, and held
 * against each other: without a signature, a clock or a chain.
 */
#ifndef WRIT_OBJECT_DISTRIBUTION_H
#define WRIT_OBJECT_DISTRIBUTION_H

#include "object/cert.h"
#include "object/namematch.h"

#define WRIT_POINTS_MAX        64 /* distribution points of one certificate */
#define WRIT_GENERAL_NAMES_MAX 64 /* names in one GeneralNames; each may be compared with each */

/* Bits of ReasonFlags, numbered as in RFC 5280 section 4.2.1.13.  (CRLReason counts otherwise.) */
enum writ_reason_flag {
    WRIT_FLAG_KEY_COMPROMISE = 1 << 1,
    WRIT_FLAG_CA_COMPROMISE = 1 << 2,
    WRIT_FLAG_AFFILIATION_CHANGED = 1 << 3,
    WRIT_FLAG_SUPERSEDED = 1 << 4,
    WRIT_FLAG_CESSATION_OF_OPERATION = 1 << 5,
    WRIT_FLAG_CERTIFICATE_HOLD = 1 << 6,
    WRIT_FLAG_PRIVILEGE_WITHDRAWN = 1 << 7,
    WRIT_FLAG_AA_COMPROMISE = 1 << 8,
    WRIT_FLAG_ALL = 0x1fe, /* what a CRL without onlySomeReasons speaks about */
};

/* ---- names ---- */

enum writ_general_name_tag {
    WRIT_NAME_EMAIL = 0x81,
    WRIT_NAME_DNS = 0x82,
    WRIT_NAME_DIRECTORY = 0xa4, /* its value is a whole Name */
    WRIT_NAME_URI = 0x86,
};

struct writ_general_name {
    uint8_t tag;            /* one of the above, or another context tag */
    struct writ_span value; /* content octets */
    struct writ_span whole; /* with the header */
};

/* Takes the content of a GeneralNames: one to WRIT_GENERAL_NAMES_MAX names, a directoryName being a
 * whole Name.  *names gets the content octets, for writ_general_name_next. */
int writ_general_names_take(struct writ_cursor *c, struct writ_span *names,
                            const char *what) WRIT_MUST_CHECK;

/* The next name of content octets that were taken before; *rest is what follows it.  False at the
 * end. */
bool writ_general_name_next(struct writ_span *rest, struct writ_general_name *name);

/* True for a URI that begins with http:// or https://, in any case. */
bool writ_general_name_is_url(const struct writ_general_name *name);

/* True when a directoryName among them is this Name (DER, with header; section 7.1). */
bool writ_general_names_have(struct writ_span names, struct writ_span name);

/* The first directoryName (DER of the Name), or empty. */
struct writ_span writ_general_names_directory(struct writ_span names);

/* The n-th URI (from 0) that begins with http:// or https://, or empty. */
struct writ_span writ_general_names_url(struct writ_span names, size_t n);

/* ---- distribution points ---- */

/* DistributionPointName: fullName, nameRelativeToCRLIssuer, or neither. */
struct writ_point_name {
    bool is_present;
    bool is_relative;
    struct writ_span names; /* fullName: content of the GeneralNames; relative: of the RDN */
};

/* DistributionPoint, of cRLDistributionPoints and of freshestCRL. */
struct writ_point {
    struct writ_point_name name;
    bool has_reasons;
    unsigned reasons;            /* enum writ_reason_flag, or'ed; WRIT_FLAG_ALL without reasons */
    struct writ_span crl_issuer; /* content of the GeneralNames, or empty */
};

/* Takes a CRLDistributionPoints and checks all of it: one to WRIT_POINTS_MAX points, each with a
 * name or a cRLIssuer.  *points gets the content octets, for writ_point_next. */
int writ_points_take(struct writ_cursor *c, struct writ_span *points,
                     const char *what) WRIT_MUST_CHECK;

/* The next point of content octets that were taken before (cert->crl_points, ->freshest_points,
 * crl->freshest).  False at the end. */
bool writ_point_next(struct writ_span *rest, struct writ_point *point);

/* The n-th http URL of a list of points, over all of its points; empty when there are fewer. */
struct writ_span writ_points_url(struct writ_span points, size_t n);

/* ---- issuing distribution point ---- */

struct writ_idp {
    struct writ_point_name name;
    bool only_user_certs;
    bool only_ca_certs;
    bool only_attribute_certs;
    bool has_reasons;
    unsigned reasons; /* WRIT_FLAG_ALL without onlySomeReasons */
    bool is_indirect;
    struct writ_span der; /* content of the SEQUENCE: two scopes are the same when it is */
};

/* Takes an IssuingDistributionPoint (RFC 5280 section 5.2.5).  Refused: an empty one, FALSE written
 * out, more than one of the three "only contains", a field it does not have. */
int writ_idp_take(struct writ_cursor *c, struct writ_idp *idp) WRIT_MUST_CHECK;

/* ---- one against the other (RFC 5280 section 6.3.3 (b)) ---- */

/* Why a CRL does not speak for a certificate under a distribution point. */
enum writ_scope {
    WRIT_SCOPE_FITS,
    WRIT_SCOPE_ISSUER,       /* it is another issuer's CRL */
    WRIT_SCOPE_NOT_INDIRECT, /* the point has a cRLIssuer, and the CRL is not an indirect one */
    WRIT_SCOPE_POINT,        /* no name in common */
    WRIT_SCOPE_ONLY_USER,    /* the certificate is a CA's */
    WRIT_SCOPE_ONLY_CA,      /* the certificate is not a CA's */
    WRIT_SCOPE_ONLY_ATTRIBUTE,
};

/* Holds a CRL, by its issuer (DER of the Name) and its issuing distribution point (NULL: it has
 * none), against a certificate and one of its points (NULL: the one that 6.3.3 assumes at the end,
 * and for certificates without any: named by the certificate's issuer, no reasons, no cRLIssuer).
 * Reasons are not looked at: the caller collects them. */
enum writ_scope writ_scope_of(struct writ_span crl_issuer, const struct writ_idp *idp,
                              const struct writ_cert *cert, const struct writ_point *point);

/* The scope as a piece of a sentence: "speaks for CA certificates only". */
const char *writ_scope_text(enum writ_scope scope);

#endif
