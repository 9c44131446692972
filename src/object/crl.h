/*
 * object/crl.h - certificate revocation lists (RFC 5280 section 5), as they claim to be
 *
 * One strict walk over the bytes, which may be a mapping of a file of any size: nothing is copied,
 * and no memory is taken.  The walk notes how the entries are ordered.  Where they are sorted and
 * of one size (what most large CRLs are), a serial is found in place.  Where they are not, whoever
 * has more than a few questions builds an index (9 to 13 bytes an entry); without one, find walks.
 * For thousands of questions there is one of a byte or two an entry for sorted CRLs, too.
 *
 * Refused: BER, trailing bytes, a version other than v1 (absent) and v2, v1 with extensions, an
 * empty list of entries (it must be absent), inner and outer algorithm that differ, an extension
 * twice, serials and CRL numbers of more than 20 octets, a reason RFC 5280 does not have, times
 * before 1950.  Not refused but told: unknown critical extensions (has_unknown_critical), which
 * make the CRL unusable for whoever decides; a CRL without nextUpdate, AKI or number.
 *
 * Says nothing about whether any of it is true: the signature and §6.3 are evidence's business.
 */
#ifndef WRIT_OBJECT_CRL_H
#define WRIT_OBJECT_CRL_H

#include "object/distribution.h"

#define WRIT_CRL_MAX            ((size_t)1 << 30) /* bytes of one CRL */
#define WRIT_CRL_EXTENSIONS_MAX 32                /* of the CRL, and of one entry */
#define WRIT_CRL_SERIAL_MAX     WRIT_CERT_SERIAL_MAX
#define WRIT_CRL_NUMBER_MAX     20 /* octets of a CRL number (RFC 5280 section 5.2.3) */
#define WRIT_CRL_REMOVE         8  /* removeFromCRL: legal in a delta CRL only */
#define WRIT_CRL_AA_COMPROMISE  10

/* How the entries stand in the list: by (length, octets) of their serials, which for the positive
 * and minimal ones is their order as numbers. */
enum writ_crl_order {
    WRIT_CRL_SORTED,   /* in order, all entries and serials of one size: found in place */
    WRIT_CRL_UNEVEN,   /* in order, entries of several sizes */
    WRIT_CRL_UNSORTED, /* in no order */
    WRIT_CRL_INDIRECT, /* some entries name a certificate issuer: the key is (issuer, serial) */
};

/* All spans borrow from the bytes that were parsed. */
struct writ_crl {
    struct writ_span der; /* the whole CRL */
    struct writ_span tbs; /* TBSCertList with its header: what is signed */
    unsigned version;     /* 1 or 2 */
    struct writ_name issuer;
    enum writ_oid signature_algorithm;
    struct writ_span algorithm; /* AlgorithmIdentifier, for algorithms writ has no name for */
    struct writ_span signature;
    int64_t this_update;
    bool has_next_update;
    int64_t next_update;

    struct writ_span entries; /* content of revokedCertificates, or empty */
    size_t entry_count;
    size_t entry_size;  /* of each, header included; for WRIT_CRL_SORTED */
    size_t serial_size; /* of each, likewise */
    /* Likewise, where serials lie: how many octets all begin with, and the eight after those, as a
     * number, of the first and of the last. */
    size_t common_octets;
    uint64_t first_place;
    uint64_t last_place;
    enum writ_crl_order order;
    bool has_empty_extensions; /* an entry has an empty list of them: against SIZE (1..MAX), common
                                */
    bool has_removals;         /* an entry is removeFromCRL; the CRL is then a delta */

    struct writ_span authority_key_id; /* keyIdentifier, or empty */
    struct writ_span authority_issuer; /* authorityCertIssuer: content of GeneralNames, or empty */
    struct writ_span authority_serial; /* authorityCertSerialNumber, or empty */
    struct writ_span number;           /* cRLNumber: content octets, not negative; or empty */
    bool is_delta;
    struct writ_span base_number; /* BaseCRLNumber, for a delta */
    bool has_idp;
    struct writ_idp idp;       /* all reasons and no name when there is none */
    struct writ_span freshest; /* freshestCRL: for writ_point_next; or empty */
    bool has_expired_certs;    /* expiredCertsOnCRL (X.509 9.5.2.8): who expired since then stays */
    int64_t expired_certs;
    bool has_unknown_critical;         /* of the CRL or of an entry: whoever decides must refuse */
    struct writ_span unknown_critical; /* the identifier of the first one */
};

/* One revoked certificate.  Spans borrow as those of the CRL. */
struct writ_crl_entry {
    struct writ_span serial; /* content octets of the INTEGER */
    int64_t revocation_date;
    bool has_reason;
    unsigned reason; /* code of CRLReason: 0..6, 8..10; unspecified when absent */
    bool has_invalidity;
    int64_t invalidity_date;      /* since when the key must be thought lost, as the issuer says */
    struct writ_span cert_issuer; /* content of GeneralNames; empty: the CRL's issuer */
};

/* Reads one CRL that fills der exactly, all of it.  0, or -1 with WRIT_FAULT_BAD_INPUT. */
int writ_crl_parse(struct writ_span der, struct writ_crl *crl,
                   struct writ_error *e) WRIT_MUST_CHECK;

/* ---- one entry after the other ---- */

struct writ_crl_walk {
    struct writ_cursor left;
    struct writ_span cert_issuer; /* in force: of an entry before */
};

/* At the first entry of a CRL that was parsed. */
struct writ_crl_walk writ_crl_walk(const struct writ_crl *crl);

/* The next entry.  False at the end. */
bool writ_crl_next(struct writ_crl_walk *walk, struct writ_crl_entry *entry);

/* ---- looking one up ---- */

struct writ_crl_index;

/* True when finding without an index means walking through all entries. */
bool writ_crl_wants_index(const struct writ_crl *crl);

/* Builds an index of any CRL, in one or two walks; the CRL's bytes must stay where they are as long
 * as it is used.  seed: a number that the CRL's issuer cannot know (a random one), or any where
 * that does not matter.  -1 with WRIT_FAULT_UNEXPECTED when memory runs out. */
int writ_crl_index_build(const struct writ_crl *crl, uint32_t seed, struct writ_crl_index **index,
                         struct writ_error *e) WRIT_MUST_CHECK;

/* Bytes of memory it takes. */
size_t writ_crl_index_size(const struct writ_crl_index *index);
void writ_crl_index_free(struct writ_crl_index *index);

/* Looks up a serial (content octets, exactly as in the certificate; compared octet for octet) of an
 * issuer (DER of the Name; empty: the CRL's own).  index may be NULL.  True when it is listed;
 * *entry is then the entry, and one that revokes where the serial stands twice. */
bool writ_crl_find(const struct writ_crl *crl, const struct writ_crl_index *index,
                   struct writ_span serial, struct writ_span issuer, struct writ_crl_entry *entry);

/* Orders two CRL numbers (content octets, not negative): <0, 0, >0.  An empty one comes first. */
int writ_crl_number_compare(struct writ_span a, struct writ_span b);

#endif
