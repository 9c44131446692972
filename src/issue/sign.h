/*
 * issue/sign.h - seals, bundles and notes, signed
 */
#ifndef WRIT_ISSUE_SIGN_H
#define WRIT_ISSUE_SIGN_H

#include "crypto/key.h"
#include "object/bundle.h"
#include "object/cert.h"
#include "object/feed.h"
#include "object/seal.h"

/* Who signs a seal: a key and its certificate, and the certificates above it but the root. */
struct writ_signer {
    const struct writ_key *key;
    struct writ_span certificate; /* DER */
    const struct writ_span *chain;
    size_t chain_count;
};

/* Appends the DER of the code directory to directory_der and a detached CMS SignedData over it to
 * cms.  The directory must be one that object/seal.h reads; its team must be the certificate's; the
 * key must be the certificate's and P-256 or RSA. */
int writ_sign_entry(const struct writ_code_directory *directory, const struct writ_signer *signer,
                    int64_t signing_time, struct writ_buffer *directory_der,
                    struct writ_buffer *cms, struct writ_error *e) WRIT_MUST_CHECK;

/* Appends a bundle signed by the root's key. */
int writ_sign_bundle(const struct writ_bundle *bundle, const struct writ_key *root_key,
                     struct writ_buffer *der, struct writ_error *e) WRIT_MUST_CHECK;

/* Appends a note of the feed's text signed with its Ed25519 key, which is named by the origin. */
int writ_sign_feed(const struct writ_feed *feed, const struct writ_key *key,
                   struct writ_buffer *note, struct writ_error *e) WRIT_MUST_CHECK;

/* The verifier key of an Ed25519 key under a name. */
int writ_feed_key(const char *name, const struct writ_key *key, struct writ_note_key *verifier,
                  struct writ_error *e) WRIT_MUST_CHECK;

#endif
