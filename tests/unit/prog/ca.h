/*
 * tests/unit/prog/ca.h - a CA's store in a scratch directory, for the tests of shared/castore.h
 */
#ifndef WRIT_TEST_CA_H
#define WRIT_TEST_CA_H

#include <sqlite3.h>

#include "base/time.h"
#include "scratch.h"
#include "shared/castore.h"

#define T0  ((int64_t)1800000000) /* when the CA was made */
#define WHO "alice (uid 1000)"

static struct writ_error e;

/* A store, its directory, and what every CA has. */
struct ca {
    struct scratch dir;
    char path[128];
    struct castore *s; /* open for writing, in no transaction; NULL when closed */
    int64_t root;
    int64_t intermediate;
};

static inline const char *ca_path(const struct ca *ca, const char *name)
{
    static char path[4][160];
    static unsigned turn;
    char *p = path[turn++ % 4];

    (void)snprintf(p, sizeof path[0], "%s/%s", ca->dir.path, name);
    return p;
}

static inline void ca_audit(struct ca *ca, const char *why)
{
    struct castore_audit a = {.at = T0, .who = WHO, .action = "test", .why = why};

    assert_ok(castore_audit_add(ca->s, &a, &e));
}

static inline void ca_begin(struct ca *ca)
{
    writ_error_clear(&e);
    assert_ok(castore_begin(ca->s, &e));
}

static inline void ca_commit(struct ca *ca)
{
    ca_audit(ca, "");
    assert_ok(castore_commit(ca->s, &e));
}

/* A certificate with a serial number made of one byte, 16 times. */
static inline struct castore_certificate ca_certificate(enum castore_role role, int64_t issuer,
                                                        uint8_t serial, const char *name)
{
    static char bytes[8][64];
    static unsigned turn;
    char *der = bytes[turn++ % 8];
    struct castore_certificate c = {.role = role, .issuer = issuer, .serial_n = 16};

    memset(c.serial, serial, 16);
    memset(c.spki_hash, serial, sizeof c.spki_hash);
    (void)snprintf(c.name, sizeof c.name, "%s", name);
    (void)snprintf(der, sizeof bytes[0], "certificate %u of %s", serial, name);
    c.der = writ_span_text(der);
    c.not_before = T0;
    c.not_after = T0 + 365 * WRIT_DAY;
    c.issued_at = T0;
    return c;
}

/* Adds it with the next number of its issuer; returns its id. */
static inline int64_t ca_add(struct ca *ca, struct castore_certificate c)
{
    int64_t id = 0;

    if (c.issuer != 0)
        assert_ok(castore_number_next(ca->s, c.issuer, &c.number, &e));
    assert_ok(castore_certificate_add(ca->s, &c, &id, &e));
    return id;
}

/* Issues one to a developer, in a transaction of its own. */
static inline int64_t ca_issue(struct ca *ca, uint8_t serial, const char *name)
{
    int64_t id;

    ca_begin(ca);
    id = ca_add(ca, ca_certificate(CASTORE_DEVELOPER, ca->intermediate, serial, name));
    ca_commit(ca);
    return id;
}

static inline struct writ_revocation ca_revocation(enum writ_reason reason)
{
    struct writ_revocation_request q = {.reason = reason, .note = "a note"};
    struct writ_revocation r;

    assert_ok(writ_revocation_begin(&q, T0, T0 + WRIT_DAY, &r, &e));
    return r;
}

static inline void ca_revoke(struct ca *ca, int64_t id, enum writ_reason reason)
{
    struct writ_revocation r = ca_revocation(reason);

    ca_begin(ca);
    assert_ok(castore_revoke(ca->s, id, &r, &e));
    ca_commit(ca);
}

static inline void ca_close(struct ca *ca)
{
    castore_close(ca->s);
    ca->s = NULL;
}

/* Opens the store, or the one with another name beside it, for writing. */
static inline void ca_open(struct ca *ca, const char *name, int64_t now)
{
    writ_error_clear(&e);
    ca->s = castore_open_write(ca_path(ca, name), WHO, now, &e);
    if (ca->s == NULL)
        fail_msg("%s", e.text);
}

/* A new CA with a root and an intermediate, in a new directory. */
static inline struct ca ca_new(void)
{
    struct ca ca = {.dir = scratch_make()};

    (void)snprintf(ca.path, sizeof ca.path, "%s/ca", ca.dir.path);
    writ_error_clear(&e);
    ca.s = castore_create(ca.path, "Example Corp", "example.org/feed", T0, &e);
    if (ca.s == NULL)
        fail_msg("%s", e.text);
    ca.root = ca_add(&ca, ca_certificate(CASTORE_ROOT, 0, 1, "Root"));
    ca.intermediate = ca_add(&ca, ca_certificate(CASTORE_INTERMEDIATE, ca.root, 2, "Intermediate"));
    ca_commit(&ca);
    ca_close(&ca);
    ca_open(&ca, "ca", T0);
    return ca;
}

static inline void ca_remove(struct ca *ca)
{
    ca_close(ca);
    scratch_remove(&ca->dir);
}

/* The one certificate with this id, copied without its bytes. */
static inline struct castore_certificate ca_get(struct ca *ca, int64_t id)
{
    struct castore_matches m = {0};
    struct castore_certificate c;

    assert_ok(castore_find_id(ca->s, id, &m, &e));
    assert_int_equal(m.n, 1);
    c = *m.at[0];
    c.der = WRIT_SPAN_NONE;
    castore_matches_free(&m);
    return c;
}

/* Changes a store behind writ's back: no triggers, no checks.  Returns SQLite's code. */
static inline int ca_tamper(const char *path, bool with_triggers, const char *sql)
{
    sqlite3 *db = NULL;
    int code = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL);

    if (code == SQLITE_OK && !with_triggers) {
        (void)sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
        (void)sqlite3_exec(db, "PRAGMA ignore_check_constraints = ON", NULL, NULL, NULL);
    }
    if (code == SQLITE_OK)
        code = sqlite3_exec(db, sql, NULL, NULL, NULL);
    (void)sqlite3_close(db);
    return code;
}

#endif
