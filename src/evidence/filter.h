/*
 * evidence/filter.h - what Mozilla's filters and OneCRL say about a certificate for TLS
 *
 * A filter knows which certificates were revoked among those that its builder had seen in the
 * Certificate Transparency logs.  Asked about another one it answers by chance; so coverage is
 * asked first, always.  Outside what a filter can know are: a certificate without a timestamp (SCT)
 * of a log within an interval that a file covers, one that had expired before the build, and a
 * CA's. CA certificates are OneCRL's business, which lists the revoked ones.
 */
#ifndef WRIT_EVIDENCE_FILTER_H
#define WRIT_EVIDENCE_FILTER_H

#include "base/time.h"
#include "crypto/digest.h"
#include "object/cert.h"
#include "object/clubcard.h"
#include "object/filterindex.h"
#include "object/onecrl.h"

/* Filters older than this answer nothing but "revoked" (Firefox has the same limit). */
#define WRIT_FILTER_LIFE (10 * WRIT_DAY)

/* One file of a source, opened. */
struct writ_filter_file {
    struct writ_span name;
    struct writ_clubcard card;
};

/* What one source has put on this device.  Everything is borrowed from whoever opened it. */
struct writ_filter_set {
    const char *source; /* its name */
    int64_t as_of;      /* when it was built: the signed record's time, else the latest time a file
                           covers; seconds since the epoch */
    const struct writ_filter_index *index; /* which file covers which SCT; its file i is files[i] */
    const struct writ_filter_file *files;
    size_t file_count;
    const struct writ_onecrl *onecrl; /* or NULL */
};

/* Why nothing could be said. */
enum writ_uncovered {
    WRIT_UNCOVERED_NOT,     /* something was said */
    WRIT_UNCOVERED_SOURCE,  /* there is no source at all */
    WRIT_UNCOVERED_ISSUER,  /* its issuer is not known, so that there is nothing to ask with */
    WRIT_UNCOVERED_CA,      /* it is a CA certificate, and no OneCRL lists it */
    WRIT_UNCOVERED_EXPIRED, /* it had expired before the newest build */
    WRIT_UNCOVERED_NO_SCT,  /* it carries no timestamp of a log, or none that can be read */
    WRIT_UNCOVERED_INTERVAL /* no file covers any of its timestamps */
};

/* What was found. */
struct writ_filter_fact {
    enum writ_filter_answer answer;
    enum writ_uncovered uncovered;       /* why, when the answer is WRIT_FILTER_NOT_COVERED */
    bool stale;                          /* no set younger than WRIT_FILTER_LIFE says so; never when
                                            the answer is "revoked": that stays true */
    const struct writ_filter_set *set;   /* who says so, or why not; NULL: no source */
    const struct writ_filter_file *file; /* the file of it; NULL when it was OneCRL */
};

/* The key of a certificate in a filter: the SHA-256 of issuer, which is the SHA-256 of the issuer's
 * SubjectPublicKeyInfo, and the content octets of the serial number.  -1 only when OpenSSL fails.
 */
int writ_filter_key(struct writ_digester *digester, const uint8_t issuer[WRIT_SHA256_BYTES],
                    struct writ_span serial, uint8_t key[WRIT_SHA256_BYTES],
                    struct writ_error *e) WRIT_MUST_CHECK;

/* Asks every set about one certificate; issuer is the SHA-256 of the SubjectPublicKeyInfo of the
 * certificate that verified its signature.  Every file that covers one of the certificate's
 * timestamps is asked, and "revoked" by any of them, fresh or stale, is the answer; else "good" by
 * a fresh set, by a stale one, "not enrolled", "not covered".  The order of sets and files changes
 * nothing but, among equals, who is named: the first.  now is in seconds.  -1 only when OpenSSL
 * fails. */
int writ_check_filters(const struct writ_filter_set *sets, size_t count,
                       struct writ_digester *digester, const struct writ_cert *cert,
                       const uint8_t issuer[WRIT_SHA256_BYTES], int64_t now,
                       struct writ_filter_fact *fact, struct writ_error *e) WRIT_MUST_CHECK;

/* True when one set's fact counts for more than another's about the same certificate: so the best
 * of what each set says by itself, the first among equals, is what all together say. */
bool writ_filter_fact_outweighs(const struct writ_filter_fact *fact,
                                const struct writ_filter_fact *standing);

/* True when the set is older than WRIT_FILTER_LIFE. */
bool writ_filter_set_is_stale(const struct writ_filter_set *set, int64_t now);

/* A word for programs ("no-source", "expired" …; the JSON field "uncovered"), and a sentence for
 * people; static. */
const char *writ_uncovered_name(enum writ_uncovered why);
const char *writ_uncovered_text(enum writ_uncovered why);

#endif
