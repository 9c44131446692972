/*
 * shared/trust.h - the bundles this machine trusts, and what was pulled for them
 *
 * A state directory (shared/places.h) holds
 *
 *   trust/FINGERPRINT.bundle      a bundle, DER; FINGERPRINT is that of its root certificate
 *   feeds/FINGERPRINT/feed.note   the note that was accepted last
 *   feeds/FINGERPRINT/HASH.table  the table it names
 *   feeds/FINGERPRINT/keys        feed keys that accepted notes named, one a line
 *   feeds/FINGERPRINT/floor       what must not go back: origin, version, as_of, hash of the note
 *   feeds/FINGERPRINT/intact      the table's file as it was when all of it was checked
 *
 * Bundles and tables are not read here: they go into a jail as bytes.
 */
#ifndef WRIT_SHARED_TRUST_H
#define WRIT_SHARED_TRUST_H

#include "evidence/evidence.h"
#include "shared/places.h"

#define TRUST_FINGERPRINT_TEXT (2 * WRIT_HASH_BYTES + 1)
#define TRUST_KEYS_MAX         4096 /* bytes of the file of keys */

/* What was pulled for a bundle, as bytes. */
struct trust_feed {
    bool present; /* there is a note */
    bool damaged; /* there is something, and it cannot be read */
    char reason[WRIT_FACT_TEXT];
    struct writ_buffer note;
    struct writ_buffer keys;
    struct writ_span table; /* mapped */
    bool intact;            /* the table's file is the one that was checked */
    uint64_t version;       /* what the note says; 0 when damaged */
};

struct trust_bundle {
    uint8_t fingerprint[WRIT_HASH_BYTES];
    char fingerprint_text[TRUST_FINGERPRINT_TEXT];
    char *path; /* of the bundle's file */
    struct writ_buffer der;
    struct trust_feed feed; /* after trust_load_feeds */
};

struct trust {
    struct trust_bundle *at; /* owned */
    size_t count;
};

/* Reads the bundles of all states, the caller's own before the system's; one root counts once.
 * Call trust_free in any case.  WRIT_FAULT_CONFIGURATION for more than WRIT_BUNDLES_MAX; -1 also
 * when a directory or file cannot be read. */
int trust_load(const struct places *places, struct trust *trust,
               struct writ_error *e) WRIT_MUST_CHECK;
void trust_free(struct trust *trust);

/* Reads what was pulled for each bundle and maps its table.  What cannot be read is damage, which
 * is noted and no fault.  Of several states the newest version counts: a feed that a person pulled
 * once must not hide the ones that the system went on to pull.  Damage in the caller's own state
 * hides nothing either. */
int trust_load_feeds(const struct places *places, struct trust *trust,
                     struct writ_error *e) WRIT_MUST_CHECK;

/* Reads what is in one feed's directory, in the same way.  Free it in any case. */
void trust_feed_read(const char *dir, struct trust_feed *feed);
void trust_feed_free(struct trust_feed *feed);

/* The bundle whose fingerprint begins with these hexadecimal digits (8 at least); -1 when there is
 * none, or more than one. */
int trust_find(const struct trust *trust, const char *prefix, size_t *index,
               struct writ_error *e) WRIT_MUST_CHECK;

/* ---- the records beside a feed ---- */

#define TRUST_RECORD_MAX 1024

/* Appends the name of a feed's directory or of a file in it, relative to a state. */
void trust_feed_name(struct writ_buffer *b, const char *fingerprint_text, const char *file);

/* Appends the record that says which file a table was checked in: its name's hash, device, inode,
 * size and change time. */
int trust_intact_build(int table_fd, const char *hash_text, struct writ_buffer *record,
                       struct writ_error *e) WRIT_MUST_CHECK;

#endif
