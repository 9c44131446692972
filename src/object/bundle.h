/*
 * object/bundle.h - what a device is asked to trust, in one signed file
 *
 *   Bundle     ::= SEQUENCE { info BundleInfo, algorithm AlgorithmIdentifier,
 *                             signature BIT STRING }          -- by the root's key over info
 *   BundleInfo ::= SEQUENCE { id-writ-bundle, version INTEGER (1), serial INTEGER,
 *                             made Time, profile ENUMERATED { code (1), tls (2) },
 *                             purpose OBJECT IDENTIFIER, root Certificate, origin UTF8String,
 *                             feedKeys SEQUENCE SIZE (1..4) OF OCTET STRING (SIZE (32)),
 *                             tsaAnchors SEQUENCE SIZE (0..8) OF Certificate }
 *
 * A bundle is as good as the fingerprint of its root, which a person compares: the signature then
 * shows that the owner of that root named these keys.  man/writ-bundle.5 is the specification.
 */
#ifndef WRIT_OBJECT_BUNDLE_H
#define WRIT_OBJECT_BUNDLE_H

#include "object/cert.h"
#include "object/note.h"

#define WRIT_BUNDLE_MAX         ((size_t)64 * 1024)
#define WRIT_BUNDLE_KEYS_MAX    4
#define WRIT_BUNDLE_ANCHORS_MAX 8
#define WRIT_BUNDLE_PEM_LABEL   "WRIT BUNDLE"

/* Who uses what the root certifies. */
enum writ_profile {
    WRIT_PROFILE_CODE = 1, /* programs: revocations are kept for ever */
    WRIT_PROFILE_TLS = 2,  /* servers: expired certificates leave the data */
};

/* Spans borrow from the bytes that were parsed. */
struct writ_bundle {
    struct writ_span info; /* BundleInfo with its header: what is signed */
    uint64_t serial;       /* of two bundles for one root the higher one holds */
    int64_t made;
    enum writ_profile profile;
    enum writ_oid purpose; /* the extended key usage that leaves must have */
    struct writ_span root; /* Certificate, DER */
    struct writ_span origin;
    size_t key_count;
    struct writ_span key[WRIT_BUNDLE_KEYS_MAX]; /* Ed25519 public keys of the feed */
    size_t anchor_count;
    struct writ_span anchor[WRIT_BUNDLE_ANCHORS_MAX]; /* roots of TSAs, DER */
    enum writ_oid signature_algorithm;
    struct writ_span signature;
};

/* "code", "tls". */
const char *writ_profile_name(enum writ_profile profile);

/* Reads a bundle that fills der exactly. */
int writ_bundle_parse(struct writ_span der, struct writ_bundle *bundle,
                      struct writ_error *e) WRIT_MUST_CHECK;

/* Appends the BundleInfo (info, signature and its algorithm are not read). */
int writ_bundle_build_info(const struct writ_bundle *bundle, struct writ_buffer *info,
                           struct writ_error *e) WRIT_MUST_CHECK;

/* Appends the bundle: the information and the root's signature over it. */
int writ_bundle_build(struct writ_span info, enum writ_oid algorithm, struct writ_span signature,
                      struct writ_buffer *bundle, struct writ_error *e) WRIT_MUST_CHECK;

#endif
