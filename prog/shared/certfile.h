/*
 * shared/certfile.h - files of certificates, requests and bundles, read in a jail
 *
 * PEM or DER, told apart by content.  What comes back was read by our own strict reader in a child
 * that could do no harm, and is DER.
 */
#ifndef WRIT_SHARED_CERTFILE_H
#define WRIT_SHARED_CERTFILE_H

#include "evidence/evidence.h"
#include "object/cert.h"
#include "object/note.h"

#define CERTFILE_BYTES_MAX ((size_t)256 * 1024) /* of a file */
#define CERTFILE_MAX       16                   /* certificates in one */

/* Certificates, in the order of the file. */
struct certfile {
    struct writ_buffer bytes; /* owned; certfile_free gives it back */
    size_t count;
    struct writ_span cert[CERTFILE_MAX]; /* DER, in bytes */
};

/* Reads the certificates of a file; other PEM blocks in it (a key) are left alone.  At least one is
 * wanted: WRIT_FAULT_BAD_INPUT names the file and what was found. */
int certfile_read(const char *path, struct certfile *f, struct writ_error *e) WRIT_MUST_CHECK;
int certfile_parse(struct writ_span bytes, const char *path, struct certfile *f,
                   struct writ_error *e) WRIT_MUST_CHECK;
void certfile_free(struct certfile *f);

/* Finds, among certificates that were read before, the first with the name of another one's issuer
 * (RFC 5280 section 7.1).  False when there is none. */
bool certfile_find_issuer(const struct writ_span *certs, size_t count, const struct writ_cert *of,
                          struct writ_cert *issuer);

/* What a request asks for, its proof of possession checked. */
struct certfile_request {
    struct writ_buffer spki;         /* DER; owned */
    char common_name[WRIT_WHO_TEXT]; /* as asked for; "" when there is none */
    bool unprintable;                /* there is one, and it cannot be shown or is too long */
};
int certfile_read_request(const char *path, struct certfile_request *r,
                          struct writ_error *e) WRIT_MUST_CHECK;
void certfile_request_free(struct certfile_request *r);

/* What a bundle says, its signatures checked against its own root. */
struct certfile_bundle {
    struct writ_buffer der; /* owned */
    uint8_t fingerprint[WRIT_HASH_BYTES];
    uint8_t root_key_hash[WRIT_HASH_BYTES];
    uint64_t serial;
    int64_t made;
    int profile; /* enum writ_profile */
    char purpose[32];
    char root_name[WRIT_WHO_TEXT];
    char origin[WRIT_NOTE_NAME_MAX + 1];
    size_t anchors;
    size_t key_count;
    uint8_t key[4][WRIT_ED25519_KEY];
    struct writ_buffer root; /* the root certificate, DER; owned */
};
int certfile_read_bundle(struct writ_span bytes, const char *path, struct certfile_bundle *b,
                         struct writ_error *e) WRIT_MUST_CHECK;
void certfile_bundle_free(struct certfile_bundle *b);

#endif
