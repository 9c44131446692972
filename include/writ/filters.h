/*
 * writ/filters.h - is this certificate for TLS revoked, as Mozilla's filters know it
 *
 * A filter (writ-clubcard(5)) is a small file that says, of each certificate that its builder had
 * seen in the logs of Certificate Transparency, whether it is revoked.  A source has a full one and
 * deltas, and OneCRL beside them, which lists revoked CA certificates (writ-onecrl(5)); the files
 * are named and checked by whoever pulled them (writ-pull(1)), and are given to this as bytes.
 * Nobody is asked over a network.
 *
 * Of several files every one that covers the certificate is asked, and "revoked" by any of them is
 * the answer: their order changes nothing.
 *
 * WHAT IT DOES NOT DO
 *
 * - A filter that is asked about what its builder had not seen answers by chance.  So
 *   writ_filters_certificate asks no filter about a certificate without a log's timestamp (SCT) in
 *   the time that the filter covers, about one that had expired before the filters were built, or
 *   about a CA's.  Those are not covered, which is not "good".
 * - It does not verify: neither the certificate's signature, nor the path above it, nor names,
 *   dates and purposes, nor the signatures of the timestamps.  Ask about certificates of a path
 *   that was verified.
 * - It does not know where the bytes came from.  A filter says nothing about who made it.
 */
#ifndef WRIT_FILTERS_H
#define WRIT_FILTERS_H

#include <stddef.h>
#include <stdint.h>

#include "writ/api.h"
#include "writ/error.h"

#ifdef __cplusplus
extern "C" {
#endif

#define WRIT_FILTERS_MAX            512 /* files */
#define WRIT_FILTERS_TIMESTAMPS_MAX 64  /* timestamps of one certificate */

struct writ_filters;

/* What the filters say. */
enum writ_filters_answer {
    WRIT_FILTERS_GOOD = 0,         /* covered, and not revoked */
    WRIT_FILTERS_REVOKED = 1,      /* revoked, by a filter or by OneCRL, however old they are */
    WRIT_FILTERS_NOT_ENROLLED = 2, /* covered, and the filters know nothing of its issuer */
    WRIT_FILTERS_NOT_COVERED = 3,  /* nothing here can know it; writ_filters_uncovered says why */
    WRIT_FILTERS_STALE = 4, /* good or not enrolled, say filters that are older than ten days */
};

/* A promise of a log that it has seen a certificate. */
struct writ_filters_timestamp {
    uint8_t log_id[WRIT_HASH]; /* SHA-256 of the log's SubjectPublicKeyInfo */
    uint64_t milliseconds;     /* since 1970-01-01T00:00:00Z */
};

/* Makes an empty set of filters: those of one source.
 * Returns: something to add files to, or NULL with WRIT_FAULT_UNEXPECTED.
 * In:  as_of: when the files were built, as their signed record says, in seconds since 1970; 0 when
 *      nobody says so: then it is the latest instant that one of them covers.
 * Out: e, may be NULL. */
WRIT_API struct writ_filters *writ_filters_new(int64_t as_of, struct writ_error *e) WRIT_MUST_CHECK;

/* Frees it; f may be NULL. */
WRIT_API void writ_filters_free(struct writ_filters *f);

/* Adds a filter: a clubcard of version 3 or 4, of which everything is checked that a look-up rests
 * on.  The cascades of before 2025 are not read here.
 * Returns: 0; or -1 with WRIT_FAULT_BAD_INPUT (not a clubcard, not in order, over 256 MiB, or one
 *      more than WRIT_FILTERS_MAX), WRIT_FAULT_USAGE, WRIT_FAULT_UNEXPECTED, and nothing is added.
 * In:  name: what writ_filters_file calls it; copied.
 *      bytes, n: BORROWED until writ_filters_free.
 * Out: e, may be NULL. */
WRIT_API int writ_filters_add(struct writ_filters *f, const char *name, const uint8_t *bytes,
                              size_t n, struct writ_error *e) WRIT_MUST_CHECK;

/* Adds OneCRL, in the form in which writ keeps it.  A second one takes the place of the first.
 * Returns: 0; or -1 with WRIT_FAULT_BAD_INPUT, WRIT_FAULT_USAGE, and nothing has changed.
 * In:  bytes, n: BORROWED until writ_filters_free.
 * Out: e, may be NULL. */
WRIT_API int writ_filters_onecrl(struct writ_filters *f, const uint8_t *bytes, size_t n,
                                 struct writ_error *e) WRIT_MUST_CHECK;

/* When the filters were built.
 * Returns: seconds since 1970; 0 when nothing tells, and for NULL. */
WRIT_API int64_t writ_filters_as_of(const struct writ_filters *f);

/* Asks about a certificate.
 * Returns: one of enum writ_filters_answer; or -1 with WRIT_FAULT_BAD_INPUT (one of them is not a
 *      certificate, or the files cover more than 4096 logs), WRIT_FAULT_USAGE,
 *      WRIT_FAULT_UNEXPECTED.
 * In:  now: seconds since 1970.
 *      cert, n and issuer, issuer_n: DER; the issuer's key is the one that verified the signature.
 * Out: e, may be NULL. */
WRIT_API int writ_filters_certificate(struct writ_filters *f, int64_t now, const uint8_t *cert,
                                      size_t n, const uint8_t *issuer, size_t issuer_n,
                                      struct writ_error *e) WRIT_MUST_CHECK;

/* Asks about a serial number, for those who have read the certificate themselves: they keep out
 * what had expired before writ_filters_as_of, and CA certificates.  OneCRL is not asked.
 * Returns: as writ_filters_certificate, but WRIT_FAULT_BAD_INPUT only for more than
 *      WRIT_FILTERS_TIMESTAMPS_MAX.
 * In:  now: seconds since 1970.
 *      issuer: SHA-256 of the issuer's SubjectPublicKeyInfo, DER.
 *      serial, n: the content octets of the serial number, exactly as they stand in the
 *      certificate.
 *      timestamps, count: those of the certificate; none: not covered.
 * Out: e, may be NULL. */
WRIT_API int writ_filters_serial(struct writ_filters *f, int64_t now,
                                 const uint8_t issuer[WRIT_HASH], const uint8_t *serial, size_t n,
                                 const struct writ_filters_timestamp *timestamps, size_t count,
                                 struct writ_error *e) WRIT_MUST_CHECK;

/* Asks every file about a serial number WHETHER IT COVERS IT OR NOT: of what a file has not seen
 * the answer is chance.  For tests of filters, and for those who know otherwise that it is covered.
 * Returns: WRIT_FILTERS_GOOD, WRIT_FILTERS_REVOKED or WRIT_FILTERS_NOT_ENROLLED, and with no files
 *      WRIT_FILTERS_NOT_COVERED; or -1 with WRIT_FAULT_USAGE, WRIT_FAULT_UNEXPECTED.
 * In, out: as above. */
WRIT_API int writ_filters_serial_insecure_nocoverage(struct writ_filters *f,
                                                     const uint8_t issuer[WRIT_HASH],
                                                     const uint8_t *serial, size_t n,
                                                     struct writ_error *e) WRIT_MUST_CHECK;

/* Reads a SignedCertificateTimestampList (RFC 6962 section 3.3), as it stands in a certificate's
 * extension 1.3.6.1.4.1.11129.2.4.2 within both OCTET STRINGs; a certificate's own are read by
 * writ_filters_certificate.  Timestamps of other versions than 1 are skipped.
 * Returns: 0, or -1 with WRIT_FAULT_BAD_INPUT (not such a list, or more than
 *      WRIT_FILTERS_TIMESTAMPS_MAX), WRIT_FAULT_USAGE.
 * In:  list, n.
 * Out: timestamps, *count of them; e, may be NULL. */
WRIT_API int
writ_filters_timestamps(const uint8_t *list, size_t n,
                        struct writ_filters_timestamp timestamps[WRIT_FILTERS_TIMESTAMPS_MAX],
                        size_t *count, struct writ_error *e) WRIT_MUST_CHECK;

/* About the last answer: one sentence for people, without a full stop.
 * Returns: "no filter covers the log and time of its timestamps" …; "" before the first answer and
 * for NULL; static. */
WRIT_API const char *writ_filters_why(const struct writ_filters *f);

/* About the last answer: why nothing can know the certificate, in a word for programs.
 * Returns: "no-source" (there are no files), "ca", "expired", "no-sct" or "interval"; "" when the
 * last answer was another one, and for NULL; static. */
WRIT_API const char *writ_filters_uncovered(const struct writ_filters *f);

/* About the last answer: the file that gave it.
 * Returns: the name it was added with; "OneCRL"; or "" when no file gave it, and for NULL. */
WRIT_API const char *writ_filters_file(const struct writ_filters *f);

#ifdef __cplusplus
}
#endif
#endif
