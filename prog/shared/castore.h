/*
 * shared/castore.h - what a CA remembers
 *
 * One SQLite file holds a CA: its keys (as PKCS #8 bytes, encrypted or not), every certificate it
 * ever issued, what is revoked, which feed versions were used, and who did all that and why.
 *
 * What it promises:
 * - Every change happens in a transaction and is committed only together with an audit record.
 *   Audit records and certificates are never changed or deleted; triggers in the file see to that.
 * - Two writers at once lose nothing: the second waits, at most CASTORE_WAIT_SECONDS.
 * - Killed at any moment, with a full disk or with a failing one, the file still opens, and holds
 *   all of a transaction or nothing of it.  A serial number, an issuance number or a feed version
 *   that left the process was committed before, so none is used twice.  That holds as long as the
 *   caller lets nothing out (no certificate file, no feed) before castore_commit returned 0.
 * - A copy made by castore_backup knows that it is one.  The first opening for writing burns a gap
 *   of issuance numbers and feed versions (CASTORE_GAP), because nobody knows what the lost store
 *   used after the copy was made.
 *
 * What it does not promise: a copy made with cp does not know that it is one; bytes on the disk are
 * not signed, so whoever can write the file can invent a CA's past; and it keeps bytes, not
 * objects: a caller that gets a certificate back parses it again.
 *
 * What comes back from the disk is checked for size and range before it reaches a caller, and a
 * certificate's bytes against their fingerprint.  A file that fails is WRIT_FAULT_BAD_INPUT, "is
 * damaged".  Other faults of any call: WRIT_FAULT_IO (disk full or failing), _UNAVAILABLE (another
 * command kept the store for too long), _PERMISSION (read-only), _UNEXPECTED (no memory, or a call
 * the rules above forbid).  Only what goes beyond these is said at each function.
 *
 * A handle belongs to one thread.  Instants are seconds since 1970 in UTC; nothing here reads a
 * clock.
 */
#ifndef WRIT_SHARED_CASTORE_H
#define WRIT_SHARED_CASTORE_H

#include "base/buffer.h"
#include "crypto/digest.h"
#include "issue/revocation.h"

#define CASTORE_SCHEMA        2                   /* the version this program writes */
#define CASTORE_SCHEMA_OLDEST 1                   /* and the oldest one that it reads */
#define CASTORE_WAIT_SECONDS  10                  /* how long a writer waits for another one */
#define CASTORE_ID_BYTES      16                  /* random, made with the store */
#define CASTORE_SERIAL_MAX    20                  /* bytes, RFC 5280 section 4.1.2.2 */
#define CASTORE_NAME_MAX      256                 /* bytes of a name, a team, a person */
#define CASTORE_ALGORITHM_MAX 32                  /* bytes of an algorithm's name */
#define CASTORE_TEXT_MAX      1024                /* bytes of a subject, a cause, a setting */
#define CASTORE_DETAILS_MAX   ((size_t)65536)     /* bytes of an audit record's details */
#define CASTORE_DER_MAX       ((size_t)65536)     /* bytes of a certificate */
#define CASTORE_KEY_MAX       ((size_t)65536)     /* bytes of a PKCS #8 key */
#define CASTORE_FEED_NOTE_MAX ((size_t)65536)     /* bytes of a feed's signed note */
#define CASTORE_NUMBER_MAX    ((uint64_t)1 << 62) /* issuance numbers and feed versions */
#define CASTORE_MATCHES_MAX   100                 /* certificates that one word may find */

/* The gap that a restored backup burns: so many numbers, and so many more for every second since
 * the copy was made.  The second part keeps a backup that is restored twice from using the numbers
 * that were used after its first restoration. */
#define CASTORE_GAP            ((uint64_t)1000000)
#define CASTORE_GAP_PER_SECOND ((uint64_t)1000)

struct castore;

/* --- opening --- */

/* Who the CA is.  Everything here but `restored` and the marks of a copy is fixed at birth. */
struct castore_info {
    uint8_t id[CASTORE_ID_BYTES];
    char name[CASTORE_NAME_MAX + 1];   /* "Example Corp" */
    char origin[CASTORE_NAME_MAX + 1]; /* of its feed */
    int64_t created;
    uint64_t restored; /* how many times a backup was taken into use */
    bool is_backup;    /* a copy that nobody has opened for writing yet */
    int64_t copied_at; /* when is_backup: when the copy was made */
    bool writable;     /* this handle may write */
    bool is_old;       /* of an older schema: opening it for writing takes it to the newest */
};

/* Begins a new CA at path: the returned handle is in its first transaction, to which the caller
 * adds keys, certificates and an audit record.  castore_commit then puts the file in place, whole
 * and with mode 0600; until then it has a temporary name beside path, and closing the handle
 * removes it.  After that commit the handle can only be closed.  WRIT_FAULT_CANNOT_CREATE when path
 * exists or cannot be made, WRIT_FAULT_USAGE for a name or origin that is empty, too long or not
 * printable. */
struct castore *castore_create(const char *path, const char *name, const char *origin, int64_t now,
                               struct writ_error *e) WRIT_MUST_CHECK;

/* Opens a CA to look at it.  Nothing in it changes.  Works from a read-only place, and shows a
 * backup as such.  WRIT_FAULT_NO_INPUT when there is no regular file at path, _BAD_INPUT when it is
 * no writ CA store or damaged, _CONFIGURATION when a newer writ made it. */
struct castore *castore_open_read(const char *path, struct writ_error *e) WRIT_MUST_CHECK;

/* Opens a CA to change it; also checks the whole file when it is not large.  A store of an older
 * schema is taken to the newest, in one transaction that is recorded in the name of who.  Takes a
 * backup into use: one transaction burns the gap and records it likewise.  Fails like
 * castore_open_read, and with WRIT_FAULT_PERMISSION or _CANNOT_CREATE in a read-only place, and
 * with _CONFIGURATION when now is before the backup was made or when the journal of another store
 * lies beside a restored backup. */
struct castore *castore_open_write(const char *path, const char *who, int64_t now,
                                   struct writ_error *e) WRIT_MUST_CHECK;

/* Rolls back what is not committed, and closes.  NULL is nothing. */
void castore_close(struct castore *s);

int castore_info(struct castore *s, struct castore_info *info,
                 struct writ_error *e) WRIT_MUST_CHECK;

/* --- transactions --- */

/* Begins a transaction; on a handle for reading, a view that stays the same until
 * castore_rollback.  Read the clock after this call, not before: another writer may have been
 * waited for. */
int castore_begin(struct castore *s, struct writ_error *e) WRIT_MUST_CHECK;

/* Makes the transaction durable.  Refuses (WRIT_FAULT_UNEXPECTED) one that changed something
 * without castore_audit_add, or lifted a revocation without an audit record that says why.  When it
 * fails, nothing of the transaction remains and it is over. */
int castore_commit(struct castore *s, struct writ_error *e) WRIT_MUST_CHECK;

/* Ends the transaction and forgets it; nothing when there is none. */
void castore_rollback(struct castore *s);

/* --- the audit --- */

/* All strings are printable text; who and action are not empty, the others may be NULL. */
struct castore_audit {
    int64_t id; /* in the order of commitment; given by the store */
    int64_t at;
    const char *who;     /* "alice (uid 1000)" */
    const char *action;  /* the command: "issue" */
    const char *subject; /* what it was done to: a serial, a name */
    const char *why;     /* a person's note */
    const char *details; /* anything more, as JSON */
};

int castore_audit_add(struct castore *s, const struct castore_audit *a,
                      struct writ_error *e) WRIT_MUST_CHECK;

/* Calls visit for each record, oldest first; what it is given is borrowed until it returns, with
 * "" for what is absent.  visit returns 0 to go on, or -1 with a fault, which ends the walk. */
typedef int castore_audit_visit(void *arg, const struct castore_audit *a, struct writ_error *e);
int castore_audit_each(struct castore *s, castore_audit_visit *visit, void *arg,
                       struct writ_error *e) WRIT_MUST_CHECK;

/* --- settings --- */

/* A word the commands keep between runs, such as where the feed was last published.  name is made
 * of a-z and _; a value is printable text.  value holds CASTORE_TEXT_MAX + 1 bytes and becomes ""
 * when it was never set. */
int castore_setting_get(struct castore *s, const char *name, char *value,
                        struct writ_error *e) WRIT_MUST_CHECK;
int castore_setting_set(struct castore *s, const char *name, const char *value,
                        struct writ_error *e) WRIT_MUST_CHECK;

/* --- keys --- */

enum castore_purpose {
    CASTORE_KEY_ROOT = 1,
    CASTORE_KEY_INTERMEDIATE,
    CASTORE_KEY_FEED,
    CASTORE_KEY_TSA
};

/* "root", "intermediate", "feed", "tsa"; or "unknown". */
const char *castore_purpose_name(enum castore_purpose purpose);

struct castore_key {
    int64_t id; /* given by the store */
    enum castore_purpose purpose;
    char algorithm[CASTORE_ALGORITHM_MAX + 1]; /* for people: "P-256" */
    bool encrypted;                            /* the PKCS #8 wants a passphrase */
    uint8_t spki_hash[WRIT_SHA256_BYTES];      /* of its SubjectPublicKeyInfo; unique */
    int64_t created;
    struct writ_span pkcs8; /* borrowed by _add; owned by the key that _find gives */
};

/* WRIT_FAULT_USAGE for an algorithm or a PKCS #8 that is empty, too long or not printable; for a
 * key that is there already. */
int castore_key_add(struct castore *s, const struct castore_key *k, int64_t *id,
                    struct writ_error *e) WRIT_MUST_CHECK;

/* Gives the key with this purpose and SubjectPublicKeyInfo hash (NULL: the newest of that purpose).
 * 0 and *found NULL when there is none.  The caller frees it, which wipes the bytes. */
int castore_key_find(struct castore *s, enum castore_purpose purpose, const uint8_t *spki_hash,
                     struct castore_key **found, struct writ_error *e) WRIT_MUST_CHECK;
void castore_key_free(struct castore_key *k);

/* --- certificates --- */

enum castore_role {
    CASTORE_ROOT = 1,
    CASTORE_INTERMEDIATE,
    CASTORE_DEVELOPER,
    CASTORE_TSA,
    CASTORE_RESPONDER, /* signs OCSP answers for its issuer */
    CASTORE_IMPORTED   /* of an adopted issuer, for whatever it is good */
};

/* "root", "intermediate", "developer", "tsa", "responder", "imported"; or "unknown". */
const char *castore_role_name(enum castore_role role);

struct castore_certificate {
    int64_t id;     /* given by the store, from 1 */
    int64_t issuer; /* the id of its issuer; 0 for a root */
    enum castore_role role;
    uint8_t serial[CASTORE_SERIAL_MAX];   /* the content octets of the INTEGER */
    size_t serial_n;                      /* 1 to CASTORE_SERIAL_MAX */
    uint64_t number;                      /* its issuer's issuance number, from 1; 0 for a root, and
                                           * for all that an adopted issuer has */
    char name[CASTORE_NAME_MAX + 1];      /* subject commonName */
    char team[CASTORE_NAME_MAX + 1];      /* subject organizationalUnit; "" when there is none */
    int64_t not_before;                   /* 0 when nobody told */
    int64_t not_after;                    /* WRIT_TIME_MAX likewise */
    int64_t issued_at;                    /* or imported */
    uint8_t spki_hash[WRIT_SHA256_BYTES]; /* of its SubjectPublicKeyInfo; zeros without der */
    uint8_t fingerprint[WRIT_SHA256_BYTES]; /* of der; computed by the store */
    struct writ_span der; /* borrowed by _add; owned by one that was found; empty for one that was
                           * imported without its bytes */
    bool revoked;         /* revoked or held: revocation says which */
    struct writ_revocation revocation; /* meaningful when revoked */
};

/* The issuance number that this issuer gives next: everything it ever issued has a lower one.
 * Inside the transaction that adds the certificate it is reserved by the transaction itself; read
 * without one it is a feed's covered_below.  WRIT_FAULT_USAGE when the id is no root or
 * intermediate. */
int castore_number_next(struct castore *s, int64_t issuer, uint64_t *number,
                        struct writ_error *e) WRIT_MUST_CHECK;

/* Records a certificate and moves its issuer's next number on, so that numbers are dense; one of an
 * adopted issuer has none.  Of *c, the store gives the id and computes the fingerprint.
 * WRIT_FAULT_USAGE for a certificate that is there already, a serial number that its issuer has
 * used, a number that is not the issuer's next one, an issuer that is none, texts, lengths and
 * dates out of range, and one without bytes that is not CASTORE_IMPORTED. */
int castore_certificate_add(struct castore *s, const struct castore_certificate *c, int64_t *id,
                            struct writ_error *e) WRIT_MUST_CHECK;

/* Fills in what a certificate that was imported without its bytes says itself: der, spki_hash,
 * not_before, name and team of *c.  WRIT_FAULT_USAGE when the one with this id has its bytes. */
int castore_certificate_complete(struct castore *s, int64_t id, const struct castore_certificate *c,
                                 struct writ_error *e) WRIT_MUST_CHECK;

/* Calls visit for each certificate, with its revocation, in the order of issue; what it is given is
 * borrowed until it returns.  visit returns 0 to go on, or -1 with a fault, which ends the walk.
 * It may read from the store but not write. */
typedef int castore_certificate_visit(void *arg, const struct castore_certificate *c,
                                      struct writ_error *e);
int castore_certificate_each(struct castore *s, castore_certificate_visit *visit, void *arg,
                             struct writ_error *e) WRIT_MUST_CHECK;

/* Certificates that were found.  Start with all bytes zero; a search that follows replaces what the
 * last one found. */
struct castore_matches {
    struct castore_certificate **at; /* owned, like the bytes of each */
    size_t n;
    bool more; /* there are more than CASTORE_MATCHES_MAX */
};

void castore_matches_free(struct castore_matches *m);

enum castore_by {
    CASTORE_BY_WORD,   /* serial number or name: what a person types */
    CASTORE_BY_SERIAL, /* hexadecimal */
    CASTORE_BY_NAME,   /* exactly this commonName */
    CASTORE_BY_TEAM    /* exactly this organizationalUnit */
};

/*
 * Finds the certificates that text names, newest first; 0 also when there is none.
 *
 * A serial number is written in hexadecimal, in pairs of digits of any case with or without colons,
 * exactly as the certificate holds it: leading zeros count, and digits alone are hexadecimal too
 * ("10" is sixteen).  A text that is not that matches no serial number.
 */
int castore_find(struct castore *s, enum castore_by by, const char *text, struct castore_matches *m,
                 struct writ_error *e) WRIT_MUST_CHECK;

/* Finds the certificate with exactly these bytes, with this id, or those with this role (newest
 * first). */
int castore_find_der(struct castore *s, struct writ_span der, struct castore_matches *m,
                     struct writ_error *e) WRIT_MUST_CHECK;
int castore_find_id(struct castore *s, int64_t id, struct castore_matches *m,
                    struct writ_error *e) WRIT_MUST_CHECK;
/* Finds the one that this issuer has given exactly this serial number (content octets). */
int castore_find_serial(struct castore *s, int64_t issuer, struct writ_span serial,
                        struct castore_matches *m, struct writ_error *e) WRIT_MUST_CHECK;
int castore_find_role(struct castore *s, enum castore_role role, struct castore_matches *m,
                      struct writ_error *e) WRIT_MUST_CHECK;

/* Finds those that may issue, without looking at the others. */
int castore_find_issuers(struct castore *s, struct castore_matches *m,
                         struct writ_error *e) WRIT_MUST_CHECK;

/* Finds the certificates of the key with this SubjectPublicKeyInfo hash that are revoked for
 * keyCompromise. */
int castore_find_compromised(struct castore *s, const uint8_t spki_hash[WRIT_SHA256_BYTES],
                             struct castore_matches *m, struct writ_error *e) WRIT_MUST_CHECK;

/* The one certificate that text found, borrowed from m.  NULL when there are none
 * (WRIT_FAULT_NO_INPUT) or several (WRIT_FAULT_USAGE, and the sentence lists the first candidates;
 * m has all of them). */
const struct castore_certificate *castore_matches_only(const struct castore_matches *m,
                                                       const char *text,
                                                       struct writ_error *e) WRIT_MUST_CHECK;

/* Appends "4f3a... (Alice, team Tools, 2026-01-01 to 2027-01-01, revoked keyCompromise)". */
void castore_certificate_describe(const struct castore_certificate *c, struct writ_buffer *text);

/* --- adopted issuers --- */

/* An issuer that existed before this store: its certificates have no issuance numbers, and its own
 * records may go on elsewhere. */
struct castore_adoption {
    bool adopted;
    int64_t adopted_at;
    int64_t looked_at; /* when those records were last taken over */
};

/* Marks a root or intermediate as adopted; before it has certificates.  WRIT_FAULT_USAGE when it
 * has, or is adopted already. */
int castore_adopt(struct castore *s, int64_t issuer, int64_t now,
                  struct writ_error *e) WRIT_MUST_CHECK;

/* Whether it is; all zero when it is not. */
int castore_adoption(struct castore *s, int64_t issuer, struct castore_adoption *adoption,
                     struct writ_error *e) WRIT_MUST_CHECK;

/* Its records were taken over as they stood at now; an earlier instant than the last changes
 * nothing. */
int castore_looked(struct castore *s, int64_t issuer, int64_t now,
                   struct writ_error *e) WRIT_MUST_CHECK;

/* --- revoking --- */

/* Revokes or holds the certificate with this id, or widens what stands (issue/revocation.h).  r
 * comes from writ_revocation_begin and leaves as what was written.  WRIT_FAULT_USAGE when it would
 * not widen, when there is no such certificate, or for a root: devices trust it by itself, so only
 * they can stop. */
int castore_revoke(struct castore *s, int64_t certificate, struct writ_revocation *r,
                   struct writ_error *e) WRIT_MUST_CHECK;

/* Lifts a revocation or a hold; *lifted (may be NULL) gets what stood.  The transaction then needs
 * an audit record that says why.  WRIT_FAULT_USAGE when nothing stands. */
int castore_reinstate(struct castore *s, int64_t certificate, struct writ_revocation *lifted,
                      struct writ_error *e) WRIT_MUST_CHECK;

/* Every revocation, every widening and every reinstatement of a certificate is a change, and has a
 * number of its own that is higher than that of all before it. */

/* The number of the last one; 0 when there was none, or in a store of schema 1. */
int castore_change_last(struct castore *s, uint64_t *seq, struct writ_error *e) WRIT_MUST_CHECK;

/* Calls visit, once and as it is now, for each certificate that has changed after the change with
 * this number; otherwise like castore_certificate_each. */
int castore_change_each(struct castore *s, uint64_t after, castore_certificate_visit *visit,
                        void *arg, struct writ_error *e) WRIT_MUST_CHECK;

/* --- what a responder follows --- */

/* A certificate and where it stands, without its bytes. */
struct castore_status {
    int64_t id;
    int64_t issuer;                     /* its issuer's id; its own, for a root */
    uint8_t serial[CASTORE_SERIAL_MAX]; /* as in castore_certificate */
    size_t serial_n;
    bool revoked; /* or held: then the rest is meaningful */
    enum writ_reason reason;
    int64_t revoked_at;
};

/* Calls visit for each certificate with a higher id than after, in any order; a million take less
 * than a second.  revoked is always false: castore_status_revoked tells, in the same view
 * (castore_begin).  Otherwise like castore_certificate_each. */
typedef int castore_status_visit(void *arg, const struct castore_status *status,
                                 struct writ_error *e);
int castore_status_each(struct castore *s, int64_t after, castore_status_visit *visit, void *arg,
                        struct writ_error *e) WRIT_MUST_CHECK;

/* Calls visit for each that is revoked or held. */
int castore_status_revoked(struct castore *s, castore_status_visit *visit, void *arg,
                           struct writ_error *e) WRIT_MUST_CHECK;

/* Calls visit, once and as it is now, for each that has changed after the change with this number;
 * those whose revocation was lifted are not revoked.  The store must have castore_change_last. */
int castore_status_changed(struct castore *s, uint64_t after, castore_status_visit *visit,
                           void *arg, struct writ_error *e) WRIT_MUST_CHECK;

/* A number that is another one after anybody else has committed something: cheap enough to ask for
 * many times a second. */
int castore_data_version(struct castore *s, int64_t *version, struct writ_error *e) WRIT_MUST_CHECK;

/* Content that is revoked by itself, whoever sealed it. */
struct castore_content {
    uint64_t length;
    uint8_t root[WRIT_SHA256_BYTES]; /* its Merkle root (crypto/merkle.h) */
    enum writ_reason reason;
    int64_t revoked_at;
    char name[CASTORE_TEXT_MAX + 1];         /* what a person calls it; may be "" */
    char note[WRIT_REVOCATION_NOTE_MAX + 1]; /* a person's cause; may be "" */
};

/* WRIT_FAULT_USAGE when it is revoked already, for a length over CASTORE_NUMBER_MAX, an unknown
 * reason and texts that are too long or not printable. */
int castore_content_revoke(struct castore *s, const struct castore_content *c,
                           struct writ_error *e) WRIT_MUST_CHECK;

/* Like castore_reinstate. */
int castore_content_reinstate(struct castore *s, uint64_t length,
                              const uint8_t root[WRIT_SHA256_BYTES], struct castore_content *lifted,
                              struct writ_error *e) WRIT_MUST_CHECK;

/* In the order of their roots; otherwise like castore_certificate_each. */
typedef int castore_content_visit(void *arg, const struct castore_content *c, struct writ_error *e);
int castore_content_each(struct castore *s, castore_content_visit *visit, void *arg,
                         struct writ_error *e) WRIT_MUST_CHECK;

/* --- publishing --- */

struct castore_publication {
    uint64_t version;
    int64_t reserved_at;
    bool recorded; /* the rest is known */
    int64_t as_of;
    int64_t expires;
    uint8_t table_hash[WRIT_SHA256_BYTES];
    struct writ_span note; /* borrowed by _record; owned by the one that _last gives */
};

/* Takes the next feed version.  It is used up as soon as the transaction is committed, whatever
 * happens then, so commit before anything is written into the feed's directory. */
int castore_publication_reserve(struct castore *s, int64_t now, uint64_t *version,
                                struct writ_error *e) WRIT_MUST_CHECK;

/* Records what a reserved version says: in the same transaction, when the feed was made from what
 * the transaction sees, or in a later one.  Once.  WRIT_FAULT_USAGE for a version that was not
 * reserved or is recorded already, _CONFIGURATION when as_of is before the last one's (the clock
 * went back: devices would refuse it). */
int castore_publication_record(struct castore *s, const struct castore_publication *p,
                               struct writ_error *e) WRIT_MUST_CHECK;

/* Gives the last one that was recorded; 0 and *found NULL when there is none.  The caller frees. */
int castore_publication_last(struct castore *s, struct castore_publication **found,
                             struct writ_error *e) WRIT_MUST_CHECK;
void castore_publication_free(struct castore_publication *p);

/* --- CRLs --- */

#define CASTORE_SCOPE_MAX 32 /* bytes of what a CRL is for: "" for all, "3/16" for a partition */

/* Where the CRLs of one issuer and scope stand.  Complete ones and deltas share one sequence. */
struct castore_crl {
    uint64_t next_number; /* of the next one; 1 before the first */
    int64_t this_update;  /* of the last one; 0 before the first */
    bool has_base;        /* there is a complete one that a delta can build on */
    uint64_t base_number;
    uint64_t base_change; /* the last change that it holds */
    int64_t base_update;  /* its thisUpdate */
};

int castore_crl(struct castore *s, int64_t issuer, const char *scope, struct castore_crl *crl,
                struct writ_error *e) WRIT_MUST_CHECK;

/* Takes the next number for a CRL of what the open transaction sees; a complete one becomes the
 * base.  WRIT_FAULT_CONFIGURATION when now is before the last one's thisUpdate, WRIT_FAULT_USAGE
 * for an issuer that is none or a scope that is too long. */
int castore_crl_take(struct castore *s, int64_t issuer, const char *scope, int64_t now,
                     bool complete, uint64_t *number, struct writ_error *e) WRIT_MUST_CHECK;

/* Has the next CRL of this scope be one that comes after a CRL which was made elsewhere: a number
 * above its, and no earlier thisUpdate.  Only ever raises; nothing when it is so already.
 * WRIT_FAULT_USAGE for an issuer that is none, a scope that is too long, or a number that is not
 * below CASTORE_NUMBER_MAX. */
int castore_crl_follow(struct castore *s, int64_t issuer, const char *scope, uint64_t number,
                       int64_t this_update, struct writ_error *e) WRIT_MUST_CHECK;

/* --- backups --- */

/* Numbers of an issuer that were never given: first..next-1. */
struct castore_gap {
    int64_t issuer;
    uint64_t first;
    uint64_t next;
    int64_t burned_at;
};

/* By issuer and number; otherwise like castore_certificate_each. */
typedef int castore_gap_visit(void *arg, const struct castore_gap *g, struct writ_error *e);
int castore_gap_each(struct castore *s, castore_gap_visit *visit, void *arg,
                     struct writ_error *e) WRIT_MUST_CHECK;

/* Copies the store as it stands into a new file at path, mode 0600, checked, durable, and marked as
 * a copy made at now.  Works while others write.  WRIT_FAULT_CANNOT_CREATE when path exists; a
 * partial copy never has that name. */
int castore_backup(struct castore *s, const char *path, int64_t now,
                   struct writ_error *e) WRIT_MUST_CHECK;

#endif
