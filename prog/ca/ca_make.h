/*
 * ca/ca_make.h - keys and certificates, made and kept in one transaction
 */
#ifndef WRIT_CA_CA_MAKE_H
#define WRIT_CA_CA_MAKE_H

#include "ca/ca.h"
#include "issue/certificate.h"

/* Adds a key to the store, encrypted with the CA's passphrase unless plain.  *spki gets its public
 * half appended and spki_hash the SHA-256 of that. */
int ca_keep_key(struct ca *ca, const struct writ_key *key, enum castore_purpose purpose, bool plain,
                int64_t now, struct writ_buffer *spki, uint8_t spki_hash[WRIT_SHA256_BYTES],
                struct writ_error *e) WRIT_MUST_CHECK;

/* Adds the feed's key likewise, whose public half nobody needs. */
int ca_keep_feed_key(struct ca *ca, const struct writ_key *feed, bool plain, int64_t now,
                     struct writ_error *e) WRIT_MUST_CHECK;

/* An origin that no other CA will have: the name, and the beginning of the hash of the root's
 * SubjectPublicKeyInfo. */
int ca_default_origin(const char *name, struct writ_span root_spki,
                      char origin[CASTORE_NAME_MAX + 1], struct writ_error *e) WRIT_MUST_CHECK;

/* What a new certificate is to say; the rest follows from the role and the issuer. */
struct ca_order {
    enum writ_role role;
    const char *name; /* common name */
    const char *team; /* or "" */
    struct writ_span spki;
    int64_t life;                   /* seconds */
    const char *ocsp_url;           /* or NULL */
    int64_t issuer_id;              /* 0: signs itself */
    const struct writ_cert *issuer; /* NULL likewise */
    const struct writ_key *issuer_key;
};

/* Issues a certificate in the open transaction: serial number, issuance number and the record of
 * it.  It ends when its issuer ends, at the latest.  der gets the certificate appended. */
int ca_make_certificate(struct ca *ca, const struct ca_order *order, int64_t now,
                        struct castore_certificate *record, struct writ_buffer *der,
                        struct writ_error *e) WRIT_MUST_CHECK;

/* What a root is to sign without its key being here: the BundleInfo, DER, appended. */
int ca_make_bundle_info(struct ca *ca, struct writ_span root, const struct writ_key *feed_key,
                        int64_t now, struct writ_buffer *info,
                        struct writ_error *e) WRIT_MUST_CHECK;

/* Appends a bundle (DER) as PEM. */
void ca_bundle_pem(struct writ_span der, struct writ_buffer *pem);

/* Appends the CA's bundle, signed by its root, as PEM. */
int ca_make_bundle(struct ca *ca, const struct writ_key *root_key, struct writ_span root,
                   const struct writ_key *feed_key, int64_t now, struct writ_buffer *pem,
                   struct writ_error *e) WRIT_MUST_CHECK;

#endif
