/*
 * tests/unit/world/world.h - a CA, a feed, a file and its seal, made as a few lines of text say
 *
 * A world begins sound: a program in the team of Alice, sealed with a tail, under the pinned root
 * of Example Corp, with a fresh feed that covers everybody.  Statements, one a line, change it:
 *
 *   cert alice until=2026-06-01 number=none       so that a case says only what it is about
 *   revoked alice keyCompromise since=2026-10-01
 *   stamp 2026-09-01
 *
 * The words are described in tests/spec/README.md.  Everything is made in memory: with src/issue
 * where writ itself would make it, by hand where writ would refuse to.  A statement that is not
 * understood fails the test.
 */
#ifndef WRIT_TEST_WORLD_H
#define WRIT_TEST_WORLD_H

#include <openssl/evp.h>

#include "base/time.h"
#include "crypto/key.h"
#include "engine/engine.h"
#include "issue/certificate.h"
#include "issue/revocation.h"
#include "object/bundle.h"
#include "object/feed.h"
#include "object/seal.h"
#include "object/table.h"

#define WORLD_NAME        64 /* bytes of a name, and its NUL */
#define WORLD_TEXT        512
#define WORLD_CERTS       24
#define WORLD_UNITS       3
#define WORLD_CAS         2 /* example, other */
#define WORLD_LISTS       16
#define WORLD_GAPS        4
#define WORLD_REVOCATIONS 8
#define WORLD_ENTRIES     9
#define WORLD_SEALS       3
#define WORLD_WORDS       24

#define WORLD_NOW     "2026-11-25T12:00:00Z"
#define WORLD_AS_OF   "2026-11-25T06:00:00Z"
#define WORLD_EXPIRES "2026-12-02T06:00:00Z"

/* A certificate, as it is to be made, and as it was. */
struct world_cert {
    char name[WORLD_NAME];
    char issuer[WORLD_NAME]; /* its own name: it signs itself */
    size_t ca;               /* whose tree it stands in */
    enum writ_role role;
    char common_name[WORLD_TEXT];
    char organization[WORLD_NAME];
    char unit[WORLD_UNITS][WORLD_NAME];
    size_t units;
    int64_t from, until;
    bool numbered;
    uint64_t number;
    char key_kind[12];         /* "p256", "p384", "p521", "rsa2048", "rsa1024", "ed25519" */
    char key_of[WORLD_NAME];   /* another certificate with the same key, or "" */
    enum writ_oid hash;        /* of its signature */
    bool by_hand;              /* it is something that issue/certificate does not make */
    bool is_ca;                /* cA of basicConstraints */
    int path_length;           /* -1: none */
    unsigned usage;            /* first octet of keyUsage; 0: no keyUsage */
    char purposes[WORLD_TEXT]; /* names with commas; "none": no extendedKeyUsage */
    bool purposes_critical;
    bool unknown_critical; /* carries a critical extension nobody knows */
    bool no_constraints;   /* carries no basicConstraints */
    bool wants_policy;     /* carries policyConstraints: a policy must be valid from here on */
    bool no_key_id;        /* carries no subjectKeyIdentifier */
    bool spoiled;          /* one bit of its signature is wrong */

    bool made;
    uint8_t serial[WRIT_SERIAL_BYTES];
    EVP_PKEY *key;
    struct writ_key *writ_key; /* the same key, for src/issue; NULL unless P-256 */
    struct writ_buffer spki;
    struct writ_buffer der;
    struct writ_cert parsed;
};

/* How a CMS SignedData departs from what writ makes. */
struct world_cms {
    char by[WORLD_NAME];           /* whose certificate */
    char key[WORLD_NAME];          /* whose key signs, when not theirs */
    char certificates[WORLD_TEXT]; /* names with commas; "": signer and intermediates; "none" */
    enum writ_oid digest;
    enum writ_oid signature_hash; /* when not the same; 0: it is */
    bool by_key_id;               /* the signer is named by subjectKeyIdentifier */
    char ess[WORLD_NAME];         /* "v2", "v1", "none", "other", "sha1", "serial", "both" */
    char without[WORLD_NAME];     /* a signed attribute that is left out */
    bool wrong_digest;            /* messageDigest is another content's */
    bool wrong_type;              /* the signed contentType is another */
    bool wrong_econtent;          /* so is eContentType, and the signed one is it */
    bool content_inside;          /* eContent is there: right for a timestamp, wrong for a seal */
    bool spoiled;                 /* one bit of the signature is wrong */
    bool garbage;                 /* no CMS at all */
    int64_t signing_time;
};

struct world_stamp {
    bool present;
    struct world_cms cms;
    int64_t time;
    uint64_t accuracy;
    char imprint[WORLD_NAME]; /* "sha256", "sha1", "sha512", "other" (of another signature) */
};

struct world_entry {
    struct world_cms cms;
    bool by_hand; /* writ_sign_entry would not make it */
    bool kind_given;
    enum writ_seal_kind kind;
    bool team_given;
    char team[WORLD_NAME];
    char identifier[WORLD_TEXT];
    uint64_t flags;
    int64_t longer; /* added to the content length that is sealed */
    bool wrong_root;
    struct world_stamp stamp;

    struct writ_buffer directory;
    struct writ_buffer signature; /* the value that a timestamp stamps */
    struct writ_buffer cms_der;
    struct writ_buffer token;
};

struct world_seal {
    enum writ_seal_place place;
    size_t first, count; /* its entries */
    bool bad_pad;
    bool garbage;
    bool unreadable; /* the file system says no */
    bool misindexed; /* filed under another content's root */
    size_t size;     /* 0, or how many bytes it is made to have (they are then no seal) */
    struct writ_buffer der;
    uint8_t filed_under[WRIT_HASH_BYTES];
};

struct world_list {
    char issuer[WORLD_NAME];
    size_t in; /* the CA whose feed says so */
    bool absent;
    bool numbered;
    uint64_t covered_below;
    bool has_as_of;
    int64_t as_of;
    struct writ_table_gap gap[WORLD_GAPS];
    size_t gaps;
};

struct world_revocation {
    char name[WORLD_NAME]; /* a certificate; "" for the content */
    size_t in;
    struct writ_revocation r;
};

struct world_ca {
    bool here;    /* it takes part */
    bool trusted; /* its bundle is */
    enum writ_profile profile;
    enum writ_oid purpose;
    char origin[WORLD_NAME];
    char root[WORLD_NAME];
    char anchors[WORLD_TEXT]; /* of TSAs: names with commas; "none" */

    bool feed_absent;
    char feed_damage[WORLD_TEXT]; /* what the caller says, or "" */
    bool note_spoiled;
    bool note_foreign; /* signed by another key */
    bool table_spoiled;
    bool intact;
    char keys[WORLD_TEXT]; /* lines of further feed keys */
    uint64_t version;
    int64_t as_of, expires;

    struct writ_key *feed_key;
    struct writ_buffer bundle;
    uint8_t fingerprint[WRIT_HASH_BYTES];
    struct writ_feed feed;
    struct writ_buffer note;
    struct writ_buffer table;
};

struct world {
    struct world_ca ca[WORLD_CAS];
    struct world_cert cert[WORLD_CERTS];
    size_t certs;
    struct world_list list[WORLD_LISTS];
    size_t lists;
    struct world_revocation revocation[WORLD_REVOCATIONS];
    size_t revocations;
    char form[WORLD_NAME]; /* of the file: "program" … */
    size_t size;           /* bytes of content; 0: what the form needs */
    size_t behind;         /* bytes of content that follow them, which no ELF header names */
    bool changed;          /* a byte of the content was changed after it was sealed */
    bool appended;         /* bytes were added after the end */
    bool is_unsigned;
    struct world_seal seal[WORLD_SEALS];
    size_t seals;
    struct world_entry entry[WORLD_ENTRIES];
    size_t entries;
    struct writ_env env;
    struct writ_policy policy;

    struct writ_buffer content;
    uint8_t root[WRIT_HASH_BYTES];
    struct writ_buffer file;
    struct writ_engine *engine;
    struct writ_verdict verdict;
    const struct writ_evidence *evidence; /* borrowed from the engine */
};

/* The sound world.  world_free gives everything back, whatever was made. */
void world_start(struct world *w);
void world_free(struct world *w);

/* Statements, one a line; empty lines and those that begin with # say nothing. */
void world_say(struct world *w, const char *lines);

/* Makes every byte, but judges nothing. */
void world_make(struct world *w);

/* Makes, and judges as prog/shared/judge.c does: verdict and evidence are then set. */
void world_judge(struct world *w);

/* The same in one go, for a world that was not started: start, say, judge. */
void world_of(struct world *w, const char *lines);

/* Brings one thing that the engine wants, as world_judge does. */
void world_bring(struct world *w, const struct writ_wanted *wanted);

/* A new engine that trusts the bundles of the world. */
struct writ_engine *world_engine(const struct world *w);

/* A certificate by its name. */
struct world_cert *world_cert(struct world *w, const char *name);

/* ---- Between the files of this folder ---- */

/* The words of a line, quotes taken off. */
struct world_words {
    size_t count;
    char word[WORLD_WORDS][WORLD_TEXT];
};
void world_words_read(struct world_words *words, struct writ_span line);

/* One of names that stand with commas between them; false when there is none left. */
bool world_next_name(const char **names, char name[WORLD_NAME]);

int64_t world_time(const char *text);
void world_copy(char *out, size_t room, const char *text);

void world_make_cert(struct world *w, struct world_cert *cert);
void world_sign(EVP_PKEY *key, enum writ_oid algorithm, struct writ_span message,
                struct writ_buffer *signature);
enum writ_oid world_algorithm(const EVP_PKEY *key, enum writ_oid hash);

/* Appends a CMS over content; the value of its signature goes to signature as well. */
void world_make_cms(struct world *w, const struct world_cms *how, enum writ_oid content_type,
                    struct writ_span content, struct writ_buffer *cms,
                    struct writ_buffer *signature);
void world_make_token(struct world *w, const struct world_stamp *how,
                      struct writ_span signature_value, struct writ_buffer *token);
void world_make_content(struct world *w);
void world_make_seals(struct world *w);
void world_make_feed(struct world *w, size_t ca);

#endif
