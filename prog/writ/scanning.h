/*
 * writ/scanning.h - every certificate of many files, judged in one jail
 *
 * Issuers are looked for among all certificates that were found, whatever file they are in, so that
 * a server's certificate is judged whose chain lies beside it.
 */
#ifndef WRIT_SCANNING_H
#define WRIT_SCANNING_H

#include "writ/checking.h"

#define SCANNING_FILE_MAX     CHECKING_BYTES_MAX
#define SCANNING_BYTES_MAX    ((size_t)256 * 1024 * 1024) /* of all files that hold certificates */
#define SCANNING_FOUND_MAX    ((size_t)1 << 18)           /* certificates in all of them */
#define SCANNING_ANSWER_BYTES ((size_t)64 * 1024 * 1024)

/* A file that may hold certificates. */
struct scanning_file {
    char *path;
    struct writ_buffer bytes;
};

/* What was found.  Certificates that stand in several files are counted once. */
struct scanning_counts {
    uint64_t certificates; /* that are no CA's: those that were judged */
    uint64_t authorities;  /* CA certificates; OneCRL was asked about them */
    uint64_t good;
    uint64_t revoked; /* of both kinds */
    uint64_t stale;
    uint64_t uncovered;  /* nobody can know, or the issuer was not found */
    uint64_t untrusted;  /* not signed by the issuer that is there */
    uint64_t unreadable; /* what stands where a certificate might, and cannot be read */
};

/* True when a file's bytes look as if there were certificates in it. */
bool scanning_looks_like(struct writ_span bytes);

/* Judges all of them.  Lines for people, or for JSON the member "certificates" (of an object at
 * `depth`), are appended to `found`; nothing is said of CA certificates that are not revoked. */
int scanning_judge(const struct checking *c, const struct scanning_file *files, size_t count,
                   enum writ_emit_form form, unsigned depth, struct scanning_counts *counts,
                   struct writ_buffer *found, struct writ_error *e) WRIT_MUST_CHECK;

#endif
