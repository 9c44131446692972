/*
 * crypto/path.h - certification paths (RFC 5280 section 6.1), built and checked by OpenSSL
 *
 * Names, signatures, dates, basic constraints, path length, keyUsage, name constraints, policies
 * (any will do, unless a certificate wants one) and unknown critical extensions of every
 * certificate of the path are checked here, at an instant that is an argument, and that keys and
 * hashes have 112 bits of strength.  Purpose and revocation are not: evidence/path.h does that.
 * OpenSSL takes a certificate to have ended in the second of its notAfter (RFC 5280 section 4.1.2.5
 * still counts that second in).
 */
#ifndef WRIT_CRYPTO_PATH_H
#define WRIT_CRYPTO_PATH_H

#include "base/buffer.h"

#define WRIT_PATH_LENGTH_MAX     8    /* certificates of one path, root included */
#define WRIT_PATH_CANDIDATES_MAX 16   /* certificates offered for the middle of the path */
#define WRIT_PATH_MANY_MAX       1024 /* the same for writ_path_build_by, which is given files */
#define WRIT_PATH_POLICIES_MAX   32   /* certificate policies that a path is asked for or gives */

/* Why there is no path, for code to branch on. */
enum writ_path_state {
    WRIT_PATH_GOOD,
    WRIT_PATH_NO_ANCHOR,         /* does not lead to a trusted root */
    WRIT_PATH_EXPIRED,           /* a certificate had ended at the instant */
    WRIT_PATH_NOT_YET_VALID,     /* a certificate had not begun */
    WRIT_PATH_BAD_SIGNATURE,     /* a certificate is not signed by its issuer */
    WRIT_PATH_NOT_A_CA,          /* an issuer is not a CA, or may not sign certificates */
    WRIT_PATH_TOO_LONG,          /* a path length constraint, or the ceiling above */
    WRIT_PATH_UNKNOWN_EXTENSION, /* a critical extension that nobody understands */
    WRIT_PATH_WEAK,              /* a key or hash below 112 bits of strength */
    WRIT_PATH_POLICY,            /* no certificate policy that was asked for holds for all of it */
    WRIT_PATH_NAME,              /* the certificate is not for the host asked about */
    WRIT_PATH_OTHER
};

struct writ_path {
    enum writ_path_state state;
    char reason[256];                            /* a sentence when the state is not good */
    size_t failed_at;                            /* 0 the leaf, 1 its issuer … where it failed */
    size_t count;                                /* certificates in the path; 0 when not good */
    struct writ_span cert[WRIT_PATH_LENGTH_MAX]; /* leaf first, root last; DER, in `bytes` */
    struct writ_buffer bytes;                    /* owned; writ_path_free gives it back */
};

/* Looks for a path from leaf over any of the candidates to one of the anchors, valid at `instant`,
 * or at any time when ignore_dates is true.  All certificates are DER that object/cert.h has read.
 * 0 with path->state telling what was found (path must be zero before), -1 with
 * WRIT_FAULT_UNEXPECTED without memory, WRIT_FAULT_USAGE when there are too many candidates. */
int writ_path_build(struct writ_span leaf, const struct writ_span *candidates,
                    size_t candidate_count, const struct writ_span *anchors, size_t anchor_count,
                    int64_t instant, bool ignore_dates, struct writ_path *path,
                    struct writ_error *e) WRIT_MUST_CHECK;

/* The same at any strength of keys and hashes: for those who have been told to take SHA-1, and who
 * look at the strength of every certificate of the path themselves. */
int writ_path_build_insecure_weak(struct writ_span leaf, const struct writ_span *candidates,
                                  size_t candidate_count, const struct writ_span *anchors,
                                  size_t anchor_count, int64_t instant, struct writ_path *path,
                                  struct writ_error *e) WRIT_MUST_CHECK;

/* What a path must be like: the inputs of RFC 5280 section 6.1.1.  All zero is a path at 1970 with
 * everything else as writ_path_build has it. */
struct writ_path_rules {
    int64_t instant;
    bool ignore_dates;
    bool insecure_weak; /* take SHA-1, and keys of 80 bits of strength (RSA and DSA of 1024) */
    const char *const *policies; /* user-initial-policy-set: identifiers, "2.5.29.32.0" is any */
    size_t policy_count;         /* 0: any policy */
    bool explicit_policy;        /* initial-explicit-policy: one must hold */
    bool inhibit_mapping;        /* initial-policy-mapping-inhibit */
    bool inhibit_any;            /* initial-any-policy-inhibit */
    const char *host;            /* a DNS name or address the leaf must be for; or NULL */
};

/* The policies that hold for a path: the user-constrained-policy-set of RFC 5280 section 6.1.6. */
struct writ_path_policies {
    size_t count;
    char dotted[WRIT_PATH_POLICIES_MAX][80]; /* "2.5.29.32.0" is any; a longer one is left out */
};

/* As writ_path_build, by these rules; an anchor is one whether it is self-signed or not.  policies
 * may be NULL, and is filled in when the state is good. */
int writ_path_build_by(const struct writ_path_rules *rules, struct writ_span leaf,
                       const struct writ_span *candidates, size_t candidate_count,
                       const struct writ_span *anchors, size_t anchor_count, struct writ_path *path,
                       struct writ_path_policies *policies, struct writ_error *e) WRIT_MUST_CHECK;
void writ_path_free(struct writ_path *path);

/* 0 when OpenSSL verifies a certificate that is good; -1 with WRIT_FAULT_UNEXPECTED when it does
 * not: then nothing it calls bad is to be believed.  writ_path_build asks by itself. */
int writ_path_self_test(struct writ_error *e) WRIT_MUST_CHECK;

#endif
