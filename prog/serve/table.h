/*
 * serve/table.h - where every certificate stands, and the signatures that say so
 *
 * In memory, for any number of threads: shards with a lock each, whose records never move.  A
 * record has its serial, its status, and under two hashes the times and the signature of its
 * answer; the rest of an answer is the same for all of one issuer and signer (issue/respond.h).  A
 * million certificates take about 220 MB, both answers signed; as whole responses they would take
 * 1.3 GB.
 */
#ifndef WRIT_SERVE_TABLE_H
#define WRIT_SERVE_TABLE_H

#include "issue/respond.h"

#define TABLE_SHARDS     256
#define TABLE_SERIAL_MAX 21
#define TABLE_MAX        ((uint64_t)100000000) /* certificates */

/* The hashes that answers are signed for before anybody asks. */
enum table_hash { TABLE_SHA1, TABLE_SHA256, TABLE_HASHES };

enum table_state {
    TABLE_ABSENT, /* not there, or not any more */
    TABLE_GOOD,
    TABLE_REVOKED
};

/* An answer that was signed. */
struct table_signed {
    uint32_t produced_at; /* seconds since 1970; 0: not signed */
    uint32_t this_update;
    uint32_t next_update;
    uint16_t responder; /* who signed: the caller's number */
    uint16_t n;         /* bytes of signature; up to WRIT_RESPOND_RAW they stand here */
    union {
        uint8_t raw[WRIT_RESPOND_RAW];
        uint8_t *owned; /* a longer one (RSA) */
    } signature;
};

struct table_record {
    uint8_t serial[TABLE_SERIAL_MAX];
    uint8_t serial_n;
    uint8_t issuer;  /* the caller's number */
    uint8_t state;   /* enum table_state */
    uint8_t reason;  /* code, when revoked */
    uint16_t change; /* goes up with every change of its state: what was signed before is void */
    uint32_t round;  /* in which the source told of it last (table_sweep) */
    uint32_t revoked_at;
    struct table_signed answer[TABLE_HASHES];
};

struct table;

struct table *table_new(struct writ_error *e) WRIT_MUST_CHECK;
void table_free(struct table *t);

/* Says where a certificate stands, adding it when it is new.  0: as before; 1: it is new, or
 * changed, and its answers are void; -1 without memory or beyond TABLE_MAX. */
struct table_status {
    unsigned issuer;
    struct writ_span serial; /* 1 to TABLE_SERIAL_MAX octets */
    enum table_state state;
    unsigned reason;
    int64_t revoked_at;
    uint32_t round;
    bool weak; /* what was put in this round already holds */
};
int table_put(struct table *t, const struct table_status *status) WRIT_MUST_CHECK;

/* Makes absent what was not put in this round; returns how many of the issuer's those were. */
size_t table_sweep(struct table *t, unsigned issuer, uint32_t round);

/* Copies a record.  False, and state TABLE_ABSENT, when there is none.  A long signature of the
 * answer under `hash` is copied into room. */
bool table_get(struct table *t, unsigned issuer, struct writ_span serial, enum table_hash hash,
               struct table_record *record, uint8_t room[1024]);

/* Keeps an answer, unless the record has changed since the caller read it with this `change`. */
void table_keep(struct table *t, unsigned issuer, struct writ_span serial, uint16_t change,
                enum table_hash hash, const struct table_signed *answer,
                struct writ_span signature);

/* Lets visit look at the records of a shard, under its lock, so it must be quick: from the one at
 * *from on, until it returns false (that one was seen) or the end.  *from gets where to go on;
 * false at the end. */
typedef bool table_visit(void *arg, const struct table_record *record);
bool table_each(struct table *t, unsigned shard, uint32_t *from, table_visit *visit, void *arg);

/* A number that changes when something in the shard is put anew; to know whether a look is due. */
uint64_t table_shard_version(struct table *t, unsigned shard);

/* A number between 0 and 1023 that is the record's own: to spread work out. */
unsigned table_spread(const struct table_record *record);

#endif
