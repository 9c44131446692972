/*
 * evidence/tls.h - what was checked about a certificate for TLS and those above it
 *
 * The question is whether it is revoked, not whether a TLS client should connect: names and roots
 * are the client's business.  What must hold is that the certificate that is asked about was issued
 * by the key that the filters are asked with; so each link's signature is verified.
 */
#ifndef WRIT_EVIDENCE_TLS_H
#define WRIT_EVIDENCE_TLS_H

#include "evidence/answers.h"
#include "evidence/evidence.h"

#define WRIT_TLS_LINKS_MAX   8
#define WRIT_TLS_CERTS_MAX   1024 /* certificates among which issuers are looked for */
#define WRIT_TLS_ANSWERS_MAX 16   /* of all sources, about one certificate */

/* Everything that is asked, in this order.  Borrowed from whoever opened it. */
struct writ_tls_sources {
    const struct writ_filter_set *sets;
    size_t set_count;
    const struct writ_crl_source *crls;
    size_t crl_count;
    /* OCSP responses about the certificate asked about, or empty: strangers' bytes */
    struct writ_span ocsp;   /* of a responder, or kept from before */
    struct writ_span staple; /* that came with the certificate */
};

/* What is known of the issuer of the certificate asked about. */
enum writ_tls_issuer {
    WRIT_TLS_ISSUER_VERIFIED,  /* its certificate is there and verifies the signature */
    WRIT_TLS_ISSUER_MISSING,   /* no certificate with its name is there */
    WRIT_TLS_ISSUER_WRONG,     /* there is one with its name, and the signature does not verify */
    WRIT_TLS_SUBJECT_MALFORMED /* the certificate asked about cannot be read */
};

/* One certificate: the one asked about, or one above it whose key verified the one below. */
struct writ_tls_link {
    char subject[WRIT_WHO_TEXT];
    char issuer[WRIT_WHO_TEXT];
    char serial[WRIT_SERIAL_TEXT];
    uint8_t fingerprint[WRIT_HASH_BYTES]; /* SHA-256 of the certificate */
    int64_t not_before;
    int64_t not_after;
    bool is_ca;
    struct writ_filter_fact fact; /* what all filters together say */
    size_t answer_count;          /* what each source says, in the order they were asked */
    struct writ_answer answer[WRIT_TLS_ANSWERS_MAX];
};

struct writ_tls_facts {
    int64_t now;
    enum writ_tls_issuer issuer;
    char reason[WRIT_FACT_TEXT]; /* why it cannot be read, when it is malformed */
    size_t count; /* 0 when malformed; else at least 1, the certificate asked about */
    struct writ_tls_link link[WRIT_TLS_LINKS_MAX];
};

/* Checks the first certificate of `certs` (DER) and those above it, which are looked for among all
 * of them; others, and those that cannot be read, are left out.  Where the issuer is not verified,
 * only OneCRL, which names certificates by the issuer's name, is asked.  The facts point into the
 * sources.  -1 only when OpenSSL fails or there are more than WRIT_TLS_CERTS_MAX. */
int writ_check_tls(const struct writ_span *certs, size_t count,
                   const struct writ_tls_sources *sources, int64_t now,
                   struct writ_tls_facts *facts, struct writ_error *e) WRIT_MUST_CHECK;

#endif
