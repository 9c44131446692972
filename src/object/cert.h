/*
 * object/cert.h - X.509 certificates (RFC 5280 section 4), as they claim to be
 *
 * Reads DER strictly: inner and outer algorithm alike, no extension twice, named curves only.
 * Says nothing about whether any of it is true: paths and signatures are evidence's business.
 */
#ifndef WRIT_OBJECT_CERT_H
#define WRIT_OBJECT_CERT_H

#include "bytes/der.h"

/* Bytes of one certificate: as many as GnuTLS takes of a server, and more than OpenSSL.  Whoever
 * orders one with a hundred long names must not get out of sight of those who ask whether it is
 * revoked. */
#define WRIT_CERT_MAX ((size_t)128 * 1024)
/* RFC 5280 section 4.1.2.2 has 20 octets.  Some CAs did not count the 00 that says "positive", and
 * one such certificate stands in OneCRL: 21, if the first is 00. */
#define WRIT_CERT_SERIAL_MAX     21
#define WRIT_CERT_EXTENSIONS_MAX 40
#define WRIT_CERT_PURPOSES_MAX   16
#define WRIT_CERT_NO_PATH_LENGTH UINT64_MAX

/* Bits of keyUsage, numbered as in RFC 5280 section 4.2.1.3. */
enum writ_key_usage {
    WRIT_USAGE_DIGITAL_SIGNATURE = 1 << 0,
    WRIT_USAGE_CONTENT_COMMITMENT = 1 << 1,
    WRIT_USAGE_KEY_CERT_SIGN = 1 << 5,
    WRIT_USAGE_CRL_SIGN = 1 << 6,
};

/* A distinguished name: the encoding, and the attributes writ shows. */
struct writ_name {
    struct writ_span der;          /* the whole Name */
    struct writ_span common_name;  /* the last CN, or empty */
    struct writ_span organization; /* the last O, or empty */
    struct writ_span unit;         /* the last OU, or empty */
    size_t unit_count;             /* how many OUs there are */
};

/* A public key: the encoding, and what evidence must know to judge its strength. */
struct writ_public_key {
    struct writ_span spki;   /* the whole SubjectPublicKeyInfo */
    struct writ_span bits;   /* content of subjectPublicKey without the unused-bits octet */
    enum writ_oid algorithm; /* ecPublicKey, rsaEncryption, Ed25519 or unknown */
    enum writ_oid curve;     /* P-256, P-384 or unknown; for ecPublicKey only */
    size_t rsa_bits;         /* length of the modulus; for rsaEncryption only */
};

/* All spans borrow from the bytes that were parsed. */
struct writ_cert {
    struct writ_span der;    /* the whole certificate */
    struct writ_span tbs;    /* TBSCertificate with its header: what is signed */
    struct writ_span serial; /* content octets of the INTEGER, exactly as they stand there */
    struct writ_name issuer;
    struct writ_name subject;
    int64_t not_before; /* first second it is valid */
    int64_t not_after;  /* last second it is valid */
    struct writ_public_key key;
    enum writ_oid signature_algorithm;
    struct writ_span signature;

    bool has_basic_constraints;
    bool is_ca;
    uint64_t path_length; /* or WRIT_CERT_NO_PATH_LENGTH */
    bool has_key_usage;
    unsigned key_usage; /* enum writ_key_usage, or'ed */
    size_t purpose_count;
    enum writ_oid purpose[WRIT_CERT_PURPOSES_MAX]; /* extended key usage; unknown ones as such */
    bool purposes_critical;
    struct writ_span subject_key_id;   /* or empty */
    struct writ_span authority_key_id; /* or empty */
    bool is_numbered;                  /* carries writ's issuance number */
    uint64_t number;                   /* that number */
    bool has_ocsp_url;                 /* authorityInfoAccess names a responder */
    struct writ_span access;     /* authorityInfoAccess, for writ_cert_next_ocsp_url; or empty */
    struct writ_span crl_points; /* cRLDistributionPoints, for writ_point_next; or empty */
    struct writ_span freshest_points; /* freshestCRL, likewise */
    bool has_broken_points;           /* one of the two does not read; it is then empty */
    bool must_staple;                 /* TLS feature status_request (RFC 7633): no staple, no use */
    bool has_nocheck;                 /* id-pkix-ocsp-nocheck: its own status is not asked about */
    struct writ_span alt_names;       /* value of subjectAltName, unread; or empty */
    struct writ_span sct_list;        /* SCTs as object/sct.h reads them; empty when it has none */
    bool has_unknown_critical;        /* a critical extension that writ does not know */
    struct writ_span unknown_critical; /* the identifier of the first one */
};

/* Reads one certificate that fills der exactly.  0, or -1 with WRIT_FAULT_BAD_INPUT.
 *
 * An extension of SCTs that is not an OCTET STRING is taken for none: browsers do so too, and a
 * certificate that is none of the worse for it must not be refused over it. */
int writ_cert_parse(struct writ_span der, struct writ_cert *cert,
                    struct writ_error *e) WRIT_MUST_CHECK;

/* Reads a Name, and a SubjectPublicKeyInfo, at the cursor. */
int writ_name_parse(struct writ_cursor *c, struct writ_name *name,
                    const char *what) WRIT_MUST_CHECK;
int writ_public_key_parse(struct writ_cursor *c, struct writ_public_key *key) WRIT_MUST_CHECK;

/* Reads an AlgorithmIdentifier: which one it is, and that its parameters are what the RFC of that
 * algorithm allows (absent; for RSA and hashes NULL too).  whole may be NULL. */
int writ_algorithm_parse(struct writ_cursor *c, enum writ_oid *algorithm, struct writ_span *whole,
                         const char *what) WRIT_MUST_CHECK;

/* The next http:// or https:// URL of an OCSP responder; rest begins as cert->access.  False when
 * there are no more. */
bool writ_cert_next_ocsp_url(struct writ_span *rest, struct writ_span *url);

/* True when the extended key usage names the purpose. */
bool writ_cert_has_purpose(const struct writ_cert *cert, enum writ_oid purpose);

/* True when it is the only one named. */
bool writ_cert_has_sole_purpose(const struct writ_cert *cert, enum writ_oid purpose);

/* True when subjectAltName (RFC 5280 section 4.2.1.6) holds exactly this dNSName; the case of ASCII
 * letters does not matter, and wildcards mean nothing.  One that is malformed holds no name. */
bool writ_cert_has_dns_name(const struct writ_cert *cert, const char *name);

/* True when subject and issuer are the same name, octet for octet. */
bool writ_cert_is_self_issued(const struct writ_cert *cert);

/* Appends the name as people read it: "Alice, Example Corp" from CN (or else OU) and O, in the safe
 * form of base/text.h.  "unnamed" when there is none of them. */
void writ_name_add_text(struct writ_buffer *b, const struct writ_name *name);

/* Appends "P-256", "RSA 3072", "Ed25519" or the identifier. */
void writ_public_key_add_text(struct writ_buffer *b, const struct writ_public_key *key);

#endif
