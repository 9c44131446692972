/*
 * evidence/evidence.h - what was checked about one file, with source and as-of time
 *
 * A fact says what was found, never "allow".  Everything here is plain data that owns its words, so
 * that the verdict needs neither the seal nor the certificates any more, and can be replayed.
 * Strings from strangers are in the safe form of base/text.h.
 */
#ifndef WRIT_EVIDENCE_EVIDENCE_H
#define WRIT_EVIDENCE_EVIDENCE_H

#include "evidence/answer.h"

#define WRIT_SERIAL_TEXT   43 /* 21 octets in hexadecimal, and a NUL */
#define WRIT_LINKS_MAX     8
#define WRIT_FACTS_ENTRIES 8
#define WRIT_FACTS_SEALS   2 /* a tail, and a detached seal beside it */
#define WRIT_BUNDLES_MAX   32
#define WRIT_HASH_BYTES    32
#define WRIT_LINK_ANSWERS  4 /* of all sources, about one certificate of a path */

/* A check that can fail, and why it did. */
enum writ_check { WRIT_CHECK_NOT_MADE, WRIT_CHECK_PASSED, WRIT_CHECK_FAILED };

struct writ_fact {
    enum writ_check state;
    char reason[WRIT_FACT_TEXT]; /* a sentence when it failed */
};

/* What the source says about one certificate. */
enum writ_status {
    WRIT_STATUS_NOT_ASKED,   /* the root, which nobody can revoke from above */
    WRIT_STATUS_GOOD,        /* covered, and not listed */
    WRIT_STATUS_REVOKED,     /* listed */
    WRIT_STATUS_NEWER,       /* issued after the source looked */
    WRIT_STATUS_NOT_COVERED, /* no source on this device knows its issuer */
    WRIT_STATUS_BURNED,      /* numbered by a CA that was lost and restored from a backup */
    WRIT_STATUS_UNNUMBERED,  /* no number, from an issuer that numbers */
    WRIT_STATUS_STALE,       /* only a CRL covers it, and that is too old */
};

struct writ_revocation_fact {
    enum writ_reason reason;
    int64_t since;
    int64_t revoked_at;
};

/* One certificate of a path that was built and verified. */
struct writ_link {
    char subject[WRIT_WHO_TEXT];
    char issuer[WRIT_WHO_TEXT];
    char serial[WRIT_SERIAL_TEXT];
    char key[32];                         /* "P-256" */
    uint8_t fingerprint[WRIT_HASH_BYTES]; /* SHA-256 of the certificate */
    int64_t not_before;
    int64_t not_after;
    bool is_numbered;
    uint64_t number;
    enum writ_status status;
    enum writ_status coverage; /* what its number or date says, whether it is listed or not: a
                                  revocation that a timestamp outlives covers nothing */
    struct writ_revocation_fact revocation; /* when revoked */
    uint64_t covered_below;                 /* what the source covered, when it numbers */
    bool by_crl;         /* it is good by a CRL that is current, whatever the feed covers */
    int64_t crl_until;   /* until when it is */
    size_t answer_count; /* what each source says, in the order they were asked */
    struct writ_answer answer[WRIT_LINK_ANSWERS];
};

/* A path, leaf first. */
struct writ_path_facts {
    struct writ_fact built;  /* leads to a trusted root, every signature good */
    struct writ_fact dated;  /* every certificate valid at the instant asked for */
    struct writ_fact strong; /* keys and hashes that writ accepts */
    int64_t instant;         /* the instant `dated` speaks of */
    size_t count;
    struct writ_link link[WRIT_LINKS_MAX];
    size_t bundle; /* which trusted bundle its root is from */
};

/* What a timestamp does for its seal. */
enum writ_stamp_state {
    WRIT_STAMP_ABSENT,
    WRIT_STAMP_COUNTS,      /* the instant counts */
    WRIT_STAMP_NOT_COUNTED, /* sound, but this device's data cannot vouch for the TSA now */
    WRIT_STAMP_REFUSED,     /* malformed, of something else, or from nobody we trust */
};

struct writ_stamp_facts {
    enum writ_stamp_state state;
    char reason[WRIT_FACT_TEXT]; /* why not, unless it counts */
    int64_t time;                /* genTime */
    int64_t accuracy;            /* seconds */
    int64_t instant;             /* genTime + accuracy */
    struct writ_path_facts path; /* of the TSA */
};

/* One entry of a seal. */
struct writ_entry_facts {
    const char *kind; /* "program" …; static */
    uint64_t content_length;
    uint8_t root[WRIT_HASH_BYTES];
    char identifier[WRIT_WHO_TEXT];
    char team[WRIT_WHO_TEXT];
    uint64_t critical_flags;
    bool has_signing_time;
    int64_t signing_time; /* claimed by the signer: shown, never used */

    struct writ_fact readable;  /* the CMS has the form a seal wants */
    struct writ_fact content;   /* length and root are the file's */
    struct writ_fact form;      /* the kind fits what the file is */
    struct writ_fact flags;     /* no critical flag we do not know */
    struct writ_fact signature; /* the signer signed this code directory */
    struct writ_fact purpose;   /* the leaf may sign code */
    struct writ_fact team_fits; /* the team is the leaf's */
    struct writ_path_facts path;
    struct writ_stamp_facts stamp;
};

/* How a seal was found. */
enum writ_seal_place { WRIT_PLACE_TAIL, WRIT_PLACE_BESIDE, WRIT_PLACE_INDEX };

struct writ_seal_facts {
    enum writ_seal_place place;
    struct writ_fact readable; /* trailer and seal have the form they must */
    size_t count;
    struct writ_entry_facts entry[WRIT_FACTS_ENTRIES];
};

/* A source of revocation data: the feed of one trusted bundle. */
enum writ_source_state {
    WRIT_SOURCE_NOT_ASKED, /* nothing of it was needed */
    WRIT_SOURCE_ABSENT,    /* trusted, never pulled */
    WRIT_SOURCE_OPEN,      /* verified and used */
    WRIT_SOURCE_DAMAGED,   /* there, and not what was pulled */
};

struct writ_source_facts {
    enum writ_source_state state;
    char reason[WRIT_FACT_TEXT]; /* when damaged */
    char origin[WRIT_WHO_TEXT];
    char root_name[WRIT_WHO_TEXT];
    uint8_t root_fingerprint[WRIT_HASH_BYTES];
    uint64_t version;
    int64_t as_of;
    int64_t expires;
    uint8_t table_hash[WRIT_HASH_BYTES];
    bool content_asked; /* the subject's content was looked up in it */
    bool content_revoked;
    struct writ_revocation_fact content_revocation;
};

struct writ_evidence {
    uint64_t length; /* of the content, without a tail */
    bool has_root;   /* the content was hashed */
    uint8_t root[WRIT_HASH_BYTES];
    const char *form; /* "ELF program" …; static */
    bool executable;  /* the kernel would execute it */
    int64_t now;      /* the instant that counts as now: the clock's, or the newest feed's if that
                         is later */
    int64_t clock;    /* the instant the caller gave */
    size_t seal_count;
    struct writ_seal_facts seal[WRIT_FACTS_SEALS];
    size_t source_count;
    struct writ_source_facts source[WRIT_BUNDLES_MAX];
};

/* Sets a fact.  A fact that failed stays failed: the first reason is the cause. */
void writ_fact_pass(struct writ_fact *fact);
void writ_fact_fail(struct writ_fact *fact, const char *fmt, ...) WRIT_FORMAT(2, 3);
bool writ_fact_holds(const struct writ_fact *fact);

#endif
