/*
 * evidence/chain.h - a certification path, and what the evidence given says of every certificate
 * of it (RFC 5280 section 6)
 *
 * The path is built and checked by crypto/path.h at an instant that is given; then every
 * certificate but the anchor is asked about in CRLs (evidence/crl.h) and OCSP answers
 * (evidence/ocsp.h).  Nothing is fetched, and nothing else is known than what is given.
 */
#ifndef WRIT_EVIDENCE_CHAIN_H
#define WRIT_EVIDENCE_CHAIN_H

#include "crypto/path.h"
#include "evidence/answer.h"
#include "evidence/crl.h"
#include "object/cert.h"

#define WRIT_CHAIN_OCSP_MAX    64 /* OCSP answers that are given */
#define WRIT_CHAIN_ANSWERS_MAX 8  /* answers about one certificate that are kept */

/* Which certificates of the path must be shown not to be revoked. */
enum writ_chain_revocation { WRIT_CHAIN_NONE, WRIT_CHAIN_LEAF, WRIT_CHAIN_ALL };

struct writ_given_ocsp {
    struct writ_span der; /* a response; need not parse */
    const char *source;   /* a file's name */
};

/* What is asked.  Everything is borrowed; of the CRLs what is found is kept in them. */
struct writ_chain_question {
    struct writ_span leaf;             /* DER; need not parse */
    const struct writ_span *untrusted; /* DER; those that object/cert.h refuses are left out */
    size_t untrusted_count;            /* up to WRIT_PATH_MANY_MAX */
    const struct writ_span *anchors;   /* the same */
    size_t anchor_count;
    struct writ_path_rules rules; /* insecure_weak holds for CRLs and OCSP answers, too */
    enum writ_oid purpose;        /* or WRIT_OID_UNKNOWN: any */
    enum writ_chain_revocation revocation;
    struct writ_given_crl *crls;
    size_t crl_count;
    const struct writ_given_ocsp *ocsp;
    size_t ocsp_count;
    int64_t max_age; /* of CRLs and OCSP answers, in seconds; 0: as they say themselves */
};

/* One certificate of the path. */
struct writ_chain_link {
    char subject[WRIT_WHO_TEXT];
    char issuer[WRIT_WHO_TEXT];
    char serial[WRIT_SERIAL_TEXT];
    uint8_t fingerprint[WRIT_HASH_BYTES]; /* SHA-256 of the certificate */
    int64_t not_before;
    int64_t not_after;
    bool asked; /* its status was asked for */
    size_t answer_count;
    struct writ_answer answer[WRIT_CHAIN_ANSWERS_MAX]; /* CRLs first; then OCSP as given */
};

struct writ_chain_facts {
    struct writ_fact readable; /* the leaf parses */
    struct writ_fact built;    /* a path, valid at the instant, by the rules */
    struct writ_fact purpose;  /* the leaf and all above it are for the purpose */
    char subject[WRIT_WHO_TEXT];
    int64_t now;
    size_t count;                                      /* 0 when there is no path */
    struct writ_chain_link link[WRIT_PATH_LENGTH_MAX]; /* leaf first, anchor last */
    struct writ_path_policies policies;
};

/* Looks.  0 with the facts, which must be zero before; -1 only without memory, when OpenSSL fails,
 * or with WRIT_FAULT_USAGE for more certificates than the ceiling. */
int writ_check_chain(const struct writ_chain_question *question, struct writ_chain_facts *facts,
                     struct writ_error *e) WRIT_MUST_CHECK;

#endif
