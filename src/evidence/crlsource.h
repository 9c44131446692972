/*
 * evidence/crlsource.h - what a CRL that a person has made a source says about a certificate
 *
 * The CRL was verified when it was pulled and is kept as a table (object/table.h): an exact list
 * for each key of its issuer that the person has pinned, and, of an indirect CRL, for each other
 * issuer that is pinned too.  Here the list is asked, but first whether it may answer: RFC 5280
 * section 6.3.3 (b), which is about names, kinds and reasons, and section 3.3, by which a
 * certificate that has expired may have left.  What a CRL does not speak for is never good by its
 * silence; that it is out of scope is an answer of its own.
 *
 * Looking up takes no memory and two comparisons of names, so that it can be done in other people's
 * programs.
 */
#ifndef WRIT_EVIDENCE_CRLSOURCE_H
#define WRIT_EVIDENCE_CRLSOURCE_H

#include "base/time.h"
#include "object/distribution.h"
#include "object/table.h"

/* A CRL without nextUpdate is stale after this. */
#define WRIT_CRL_SOURCE_LIFE (7 * WRIT_DAY)
/* What two clocks may differ by. */
#define WRIT_CRL_SOURCE_SKEW (5 * WRIT_MINUTE)

/* What one source has put on this device.  Everything is borrowed from whoever opened it. */
struct writ_crl_source {
    const char *name;        /* the source's */
    struct writ_table table; /* a list block for each pinned key */
    struct writ_span issuer; /* DER of the Name of the CRL's issuer */
    bool has_idp;
    struct writ_idp idp; /* all reasons and no name when there is none */
    int64_t this_update;
    bool has_next_update;
    int64_t next_update;
    bool keeps_expired; /* expiredCertsOnCRL: who expired since then stays on it */
    int64_t expired_since;
};

/* What one CRL comes to for one certificate. */
enum writ_crl_answer {
    WRIT_CRL_ABSENT,        /* it has nothing to do with the certificate: no answer at all */
    WRIT_CRL_NOT_PINNED,    /* it may speak for it, but its issuer's key is not pinned with it */
    WRIT_CRL_OUT_OF_SCOPE,  /* `scope` says why */
    WRIT_CRL_BROKEN_POINTS, /* not listed, and its distribution points do not read */
    WRIT_CRL_SOME_REASONS,  /* not listed, for some reasons of revocation only */
    WRIT_CRL_HAD_EXPIRED,   /* not listed, and it had expired before, so that it may have left */
    WRIT_CRL_NOT_LISTED,    /* not listed for any reason: good */
    WRIT_CRL_LISTED         /* revoked */
};

struct writ_crl_fact {
    const struct writ_crl_source *source;
    enum writ_crl_answer answer;
    enum writ_scope scope;       /* when out of scope */
    unsigned reasons;            /* enum writ_reason_flag: what it speaks about, when in scope */
    bool stale;                  /* not current any more; a revocation stays true */
    struct writ_revoked revoked; /* when listed */
};

/* Asks one source.  issuer is the SHA-256 of the SubjectPublicKeyInfo of the certificate that
 * verified cert's signature, key the first bytes of SHA-256(issuer, serial) (writ_revocation_key,
 * or writ_filter_key, which begins with the same bytes).  Never fails. */
void writ_ask_crl(const struct writ_crl_source *source, const struct writ_cert *cert,
                  const uint8_t issuer[WRIT_TABLE_ISSUER], const uint8_t key[WRIT_TABLE_KEY],
                  int64_t now, struct writ_crl_fact *fact);

/* Asks several; facts has room for as many.  CRLs that speak for some reasons each count as good
 * when together, all of them current, they speak for all; and as stale when that takes stale ones.
 */
void writ_ask_crls(const struct writ_crl_source *sources, size_t count,
                   const struct writ_cert *cert, const uint8_t issuer[WRIT_TABLE_ISSUER],
                   const uint8_t key[WRIT_TABLE_KEY], int64_t now, struct writ_crl_fact *facts);

/* True when any source lists the certificate within its scope: what a hook wants to know, without
 * any other fact. */
bool writ_crls_list(const struct writ_crl_source *sources, size_t count,
                    const struct writ_cert *cert, const uint8_t issuer[WRIT_TABLE_ISSUER],
                    const uint8_t key[WRIT_TABLE_KEY]);

/* True when the CRL is not current: nextUpdate (or WRIT_CRL_SOURCE_LIFE) has passed, or it is of a
 * time to come. */
bool writ_crl_source_is_stale(const struct writ_crl_source *source, int64_t now);

/* Until when it is current. */
int64_t writ_crl_source_until(const struct writ_crl_source *source);

/* Appends a sentence, without a full stop, about what was not found good: "speaks for CA
 * certificates only". */
void writ_crl_fact_add_text(struct writ_buffer *b, const struct writ_crl_fact *fact);

#endif
