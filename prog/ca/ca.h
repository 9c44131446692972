/*
 * ca/ca.h - the CA that this command works on
 */
#ifndef WRIT_CA_CA_H
#define WRIT_CA_CA_H

#include "crypto/key.h"
#include "object/cert.h"
#include "shared/args.h"
#include "shared/castore.h"
#include "shared/out.h"
#include "shared/passphrase.h"
#include "shared/places.h"

#define CA_STORE     "ca.db"      /* in the directory ca of a state */
#define CA_BUNDLE    "bundle.pem" /* beside it: what devices are to trust, public */
#define CA_CHAIN_MAX 4

struct ca {
    struct places places;
    struct writ_buffer dir; /* of the store */
    struct writ_buffer path;
    struct castore *store;
    struct castore_info info;
    struct passphrase passphrase;
    char who[CASTORE_NAME_MAX + 1]; /* who does this, for the audit */
};

/* Opens the CA for looking or for changing.  Call ca_close in any case. */
int ca_open_read(const struct args *a, struct ca *ca, struct writ_error *e) WRIT_MUST_CHECK;
int ca_open_write(const struct args *a, struct ca *ca, struct writ_error *e) WRIT_MUST_CHECK;

/* Finds out where a CA would be, without opening one. */
int ca_place(const struct args *a, struct ca *ca, struct writ_error *e) WRIT_MUST_CHECK;
void ca_close(struct ca *ca);

/* The instant of a change: --at when it was given, otherwise the clock, read anew, since another
 * writer may have been waited for. */
int64_t ca_now(const struct args *a);

/* The key with this purpose (spki_hash NULL: the newest), decrypted.  The caller owns it. */
struct writ_key *ca_key(struct ca *ca, enum castore_purpose purpose, const uint8_t *spki_hash,
                        struct writ_error *e) WRIT_MUST_CHECK;

/* The newest certificate with this role; its bytes are owned by m. */
int ca_newest(struct ca *ca, enum castore_role role, struct castore_matches *m,
              struct writ_cert *cert, struct writ_error *e) WRIT_MUST_CHECK;

/* The certificate that issues: the root or intermediate that a person means by word, or when word
 * is NULL the newest intermediate, else the root.  Its bytes are owned by m, which holds this one.
 */
int ca_issuer(struct ca *ca, const char *word, struct castore_matches *m, struct writ_cert *cert,
              struct writ_error *e) WRIT_MUST_CHECK;

/* The key of a root or intermediate, like ca_key. */
struct writ_key *ca_issuer_key(struct ca *ca, const struct castore_certificate *issuer,
                               struct writ_error *e) WRIT_MUST_CHECK;

/* The certificates above this one, nearest first, the root last. */
struct ca_chain {
    size_t count;
    struct castore_matches match[CA_CHAIN_MAX];
};
int ca_chain_of(struct ca *ca, int64_t issuer, struct ca_chain *chain,
                struct writ_error *e) WRIT_MUST_CHECK;
void ca_chain_free(struct ca_chain *chain);

/* The one certificate that a person means by a serial number, a name, a team or a file (also
 * WORD.pem).  Several: a fault that lists them. */
int ca_find(struct ca *ca, const char *word, struct castore_matches *m,
            const struct castore_certificate **found, struct writ_error *e) WRIT_MUST_CHECK;

/* Records in the audit what was done, to what and why; strings may be NULL. */
int ca_audit(struct ca *ca, int64_t now, const char *action, const char *subject, const char *why,
             const char *details, struct writ_error *e) WRIT_MUST_CHECK;

/* Ends a change: commits it, or with --dry-run forgets it. */
int ca_finish(const struct args *a, struct ca *ca, struct writ_error *e) WRIT_MUST_CHECK;

/* Appends the serial number in hexadecimal. */
void ca_serial_text(const struct castore_certificate *c, char text[2 * CASTORE_SERIAL_MAX + 1]);

#endif
