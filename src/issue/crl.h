/*
 * issue/crl.h - certificate revocation lists, written (RFC 5280 section 5)
 *
 * Version 2, always with authorityKeyIdentifier and cRLNumber; entries sorted as object/crl.h finds
 * them in place, by the length and then the octets of their serial numbers, which stand in them
 * exactly as in the certificates.  Four kinds come from one writer:
 *
 *   complete             no issuing distribution point: any tool that reads CRLs takes it
 *   a partition          of certificates that name it in their cRLDistributionPoints: a critical
 *                        issuing distribution point with the same URL, octet for octet, so that
 *                        nobody can put one partition into the place of another
 *   a delta of either    a critical deltaCRLIndicator names the complete one it builds on
 *
 * What it does not do: it has no clock, takes no number and knows no store (prog/ca/ca_export.c
 * does that in one transaction), and writes no indirect CRLs.
 */
#ifndef WRIT_ISSUE_CRL_H
#define WRIT_ISSUE_CRL_H

#include "base/reason.h"
#include "crypto/key.h"
#include "object/cert.h"
#include "object/crl.h"

#define WRIT_CRL_LIFE       (7 * WRIT_DAY)
#define WRIT_CRL_LIFE_MAX   (366 * WRIT_DAY) /* between thisUpdate and nextUpdate */
#define WRIT_CRL_URL_MAX    1024             /* bytes of a URL in it */
#define WRIT_PARTITIONS_MAX 4096

/* A line of a CRL. */
struct writ_crl_line {
    uint8_t serial[WRIT_CRL_SERIAL_MAX]; /* content octets of the INTEGER */
    uint8_t serial_n;
    bool removed;            /* removeFromCRL: revoked no more, in a delta only */
    enum writ_reason reason; /* unspecified is not written down (RFC 5280 section 5.3.1) */
    int64_t revoked_at;
    bool has_invalidity; /* the certificate must be thought bad since: */
    int64_t invalidity;
};

struct writ_crl_form {
    const struct writ_cert *issuer;
    const struct writ_key *key; /* the issuer's */
    int64_t this_update;
    int64_t next_update;
    uint64_t number;
    bool is_delta;
    uint64_t base;               /* number of the complete one, of a delta */
    const char *partition_url;   /* of a partition; else NULL */
    const char *delta_url;       /* where the delta of this complete one is; or NULL */
    bool keeps_expired;          /* certificates stay listed after they have ended: */
    int64_t expired_since;       /* those that ended at this instant or later */
    struct writ_crl_line *lines; /* sorted in place; may be NULL when there are none */
    size_t line_count;
};

/* Appends the CRL and reads it back with object/crl.h, its signature checked with the issuer's
 * certificate, before it is given out.  WRIT_FAULT_USAGE for two lines of one serial number, a
 * serial number of no or more than WRIT_CRL_SERIAL_MAX octets, a line that is removed and no delta,
 * a delta whose base is not before it, a partition's URL that is no printable text of at most
 * WRIT_CRL_URL_MAX bytes, a nextUpdate that is not after thisUpdate or more than WRIT_CRL_LIFE_MAX
 * after it, an issuer that may not sign CRLs (keyUsage without cRLSign), a key that is not the
 * issuer's or that writ does not sign with. */
int writ_issue_crl(const struct writ_crl_form *form, struct writ_buffer *der,
                   struct writ_error *e) WRIT_MUST_CHECK;

/* Which of n partitions (at least 1) a serial number belongs to, from 0: the first four octets of
 * its SHA-256 as a number, modulo n.  The serial is the content octets. */
int writ_crl_partition(struct writ_span serial, size_t n, size_t *partition,
                       struct writ_error *e) WRIT_MUST_CHECK;

#endif
