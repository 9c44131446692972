/*
 * evidence/source.h - trusted bundles and their feeds, checked
 *
 * A source is a bundle whose root's fingerprint a person has accepted, with the feed that was
 * pulled for it.  The same checks are made when a bundle is trusted, when a feed arrives and when a
 * file is judged.
 */
#ifndef WRIT_EVIDENCE_SOURCE_H
#define WRIT_EVIDENCE_SOURCE_H

#include "evidence/crlsource.h"
#include "evidence/evidence.h"
#include "object/bundle.h"
#include "object/cert.h"
#include "object/feed.h"
#include "object/table.h"

/* The CRLs of this device, which are asked about a source's certificates as well. */
struct writ_source_crls {
    const struct writ_crl_source *at;
    size_t count;
    int64_t now;
};

/* Everything borrows from the bytes the caller brought. */
struct writ_source {
    struct writ_bundle bundle;
    struct writ_cert root;
    uint8_t root_fingerprint[WRIT_HASH_BYTES]; /* SHA-256 of the root certificate */
    uint8_t root_key_hash[WRIT_HASH_BYTES];    /* SHA-256 of its SubjectPublicKeyInfo */
    size_t extra_key_count;                    /* feed keys that earlier notes named */
    struct writ_note_key extra_key[WRIT_BUNDLE_KEYS_MAX];
    struct writ_feed feed;   /* when state is open */
    struct writ_table table; /* when state is open */
    enum writ_source_state state;
    char reason[WRIT_FACT_TEXT];
    struct writ_source_crls crls;
};

/* Reads a bundle (DER) and checks that its root signed itself and the bundle.  The source is then
 * absent: trusted, without data.  -1 with WRIT_FAULT_BAD_INPUT. */
int writ_source_trust(struct writ_span bundle, struct writ_source *source,
                      struct writ_error *e) WRIT_MUST_CHECK;

/* Checks a note against the source: signed by one of its feed keys, for its origin and its root; a
 * next key that it names could sign, too.
 * *feed gets what it says.  -1 with WRIT_FAULT_BAD_INPUT and a sentence naming what was wrong. */
int writ_source_check_note(const struct writ_source *source, struct writ_span note,
                           struct writ_feed *feed, struct writ_error *e) WRIT_MUST_CHECK;

/* Checks a table that has just arrived against the feed that names it: length, hash, everything in
 * object/table.h, its as_of, and that every block's issuer stands under the source's root. */
int writ_source_check_table(const struct writ_source *source, const struct writ_feed *feed,
                            struct writ_span bytes, struct writ_table *table,
                            struct writ_error *e) WRIT_MUST_CHECK;

/* Opens what was pulled: note and table.  When `intact` is true the caller knows that the table's
 * file has not changed since writ_source_check_table accepted it, and only its bounds are checked.
 * Damage is a state of the source, not a fault; -1 only without memory. */
int writ_source_open(struct writ_source *source, struct writ_span note, struct writ_span table,
                     bool intact, struct writ_error *e) WRIT_MUST_CHECK;

/* Says that nothing usable was pulled, and why when something was there. */
void writ_source_damaged(struct writ_source *source, const char *reason);

/* The id of a feed key: the first 4 bytes of SHA-256(name, newline, type, key) (C2SP). */
int writ_source_key_id(const char *name, const uint8_t key[WRIT_ED25519_KEY],
                       uint8_t id[WRIT_NOTE_KEY_ID], struct writ_error *e) WRIT_MUST_CHECK;

/* Lets keys that verified notes named as the next ones sign notes too: verifier keys, one a line.
 */
int writ_source_add_keys(struct writ_source *source, struct writ_span lines,
                         struct writ_error *e) WRIT_MUST_CHECK;

/* What the evidence keeps of a source.  -1 only without memory. */
int writ_source_facts(const struct writ_source *source, struct writ_source_facts *facts,
                      struct writ_error *e) WRIT_MUST_CHECK;

#endif
