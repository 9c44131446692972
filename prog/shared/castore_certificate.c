#include "shared/castore_certificate.h"

#include <string.h>

#include "base/hex.h"
#include "base/time.h"

const char *castore_role_name(enum castore_role role)
{
    switch (role) {
    case CASTORE_ROOT:
        return "root";
    case CASTORE_INTERMEDIATE:
        return "intermediate";
    case CASTORE_DEVELOPER:
        return "developer";
    case CASTORE_TSA:
        return "tsa";
    case CASTORE_RESPONDER:
        return "responder";
    case CASTORE_IMPORTED:
        return "imported";
    }
    return "unknown";
}

/* --- reading a row --- */

static void read_revocation(struct sql *q, struct castore_certificate *c)
{
    struct writ_revocation *r = &c->revocation;

    memset(r, 0, sizeof *r);
    c->revoked = !castore_sql_is_null(q);
    if (!c->revoked)
        return;
    castore_sql_skip(q, 1);
    r->reason = (enum writ_reason)castore_sql_get(q, 0, 9);
    r->since = castore_sql_get_time(q);
    r->since_given = castore_sql_get_flag(q);
    r->revoked_at = castore_sql_get_time(q);
    castore_sql_get_text(q, r->note, sizeof r->note);
    castore_sql_doubt(q, writ_revocation_check(r, NULL) < 0);
}

static void read_identity(struct sql *q, struct castore_certificate *c)
{
    bool is_root, has_number;

    c->id = castore_sql_get(q, 1, INT64_MAX);
    is_root = castore_sql_is_null(q);
    castore_sql_skip(q, is_root ? 1 : 0);
    c->issuer = is_root ? 0 : castore_sql_get(q, 1, INT64_MAX);
    c->role = (enum castore_role)castore_sql_get(q, CASTORE_ROOT, CASTORE_IMPORTED);
    c->serial_n = castore_sql_get_bytes(q, c->serial, 1, CASTORE_SERIAL_MAX);
    has_number = !castore_sql_is_null(q);
    castore_sql_doubt(q, is_root != (c->role == CASTORE_ROOT) || (is_root && has_number));
    castore_sql_skip(q, has_number ? 0 : 1);
    c->number = has_number ? castore_sql_get_number(q, 1) : 0;
    castore_sql_get_text(q, c->name, sizeof c->name);
    castore_sql_get_text(q, c->team, sizeof c->team);
    castore_sql_doubt(q, c->name[0] == '\0');
}

static void read_dates(struct sql *q, struct castore_certificate *c)
{
    bool begins = !castore_sql_is_null(q);

    castore_sql_skip(q, begins ? 0 : 1);
    c->not_before = begins ? castore_sql_get_time(q) : 0;
    c->not_after = castore_sql_get_time(q);
    c->issued_at = castore_sql_get_time(q);
    castore_sql_doubt(q, begins && c->not_before > c->not_after);
}

/* The bytes and what they hash to; all three columns are there, or none. */
static int read_bytes(struct sql *q, struct castore_certificate *c, struct writ_error *e)
{
    uint8_t fingerprint[WRIT_SHA256_BYTES];

    memset(c->spki_hash, 0, sizeof c->spki_hash);
    memset(c->fingerprint, 0, sizeof c->fingerprint);
    c->der = WRIT_SPAN_NONE;
    if (c->role == CASTORE_IMPORTED && castore_sql_is_null(q)) {
        castore_sql_skip(q, 3);
        return 0;
    }
    castore_sql_get_hash(q, c->spki_hash);
    castore_sql_get_hash(q, c->fingerprint);
    c->der = castore_sql_get_blob(q, CASTORE_DER_MAX);
    if (writ_digester_sha256(q->s->digester, c->der, WRIT_SPAN_NONE, fingerprint, e) < 0)
        return -1;
    castore_sql_doubt(q, memcmp(fingerprint, c->fingerprint, sizeof fingerprint) != 0);
    return 0;
}

int castore_certificate_read(struct sql *q, struct castore_certificate *c, struct writ_error *e)
{
    read_identity(q, c);
    read_dates(q, c);
    if (read_bytes(q, c, e) < 0)
        return -1;
    read_revocation(q, c);
    return castore_sql_row_check(q, e);
}

/* --- numbers --- */

int castore_number_next(struct castore *s, int64_t issuer, uint64_t *number, struct writ_error *e)
{
    struct sql q =
        castore_sql(s, "an issuer", "SELECT next_number FROM issuers WHERE certificate = ?");
    int rc;

    castore_sql_put(&q, issuer);
    rc = castore_sql_step(&q, e);
    if (rc > 0) {
        *number = castore_sql_get_number(&q, 1);
        rc = castore_sql_row_check(&q, e);
    } else if (rc == 0) {
        rc = writ_fail(e, WRIT_FAULT_USAGE, "no certificate %lld that issues others",
                       (long long)issuer);
    }
    castore_sql_end(&q);
    return rc;
}

/* --- adding --- */

static int check_bytes(const struct castore_certificate *c, struct writ_error *e)
{
    if (c->der.n == 0 && c->role == CASTORE_IMPORTED)
        return 0;
    if (c->der.n < 1 || c->der.n > CASTORE_DER_MAX)
        return writ_fail(e, WRIT_FAULT_USAGE, "a certificate has 1 to %zu bytes, this one has %zu",
                         CASTORE_DER_MAX, c->der.n);
    return 0;
}

static int check_new(const struct castore_certificate *c, struct writ_error *e)
{
    if (castore_sql_check_text(c->name, CASTORE_NAME_MAX, true, "a certificate's name", e) < 0 ||
        castore_sql_check_text(c->team, CASTORE_NAME_MAX, false, "a certificate's team", e) < 0)
        return -1;
    if (c->role < CASTORE_ROOT || c->role > CASTORE_IMPORTED ||
        (c->role == CASTORE_ROOT) != (c->issuer == 0) || (c->issuer == 0 && c->number != 0))
        return writ_fail(e, WRIT_FAULT_USAGE,
                         "a root has neither issuer nor issuance number, every other certificate "
                         "has an issuer");
    if (c->serial_n < 1 || c->serial_n > CASTORE_SERIAL_MAX)
        return writ_fail(e, WRIT_FAULT_USAGE,
                         "RFC 5280 section 4.1.2.2: a serial number has 1 to %d bytes, this one "
                         "has %zu",
                         CASTORE_SERIAL_MAX, c->serial_n);
    if (check_bytes(c, e) < 0)
        return -1;
    if ((c->not_before != 0 && c->not_before > c->not_after) || c->not_before < WRIT_TIME_MIN ||
        c->not_after > WRIT_TIME_MAX)
        return writ_fail(e, WRIT_FAULT_USAGE, "a certificate's notAfter is before its notBefore");
    return 0;
}

static void put_parent(struct sql *q, const struct castore_certificate *c)
{
    if (c->issuer == 0)
        castore_sql_put_null(q);
    else
        castore_sql_put(q, c->issuer);
}

static void put_fingerprint(struct sql *q, const struct castore_certificate *c,
                            const uint8_t *fingerprint)
{
    if (c->der.n == 0)
        castore_sql_put_null(q);
    else
        castore_sql_put_blob(q, WRIT_SPAN(fingerprint, WRIT_SHA256_BYTES));
}

/* Does a certificate of this issuer with this serial number, or exactly this one, exist?  What this
 * CA numbers itself has a serial number that none of its issuers has given before. */
static int refuse_known(struct castore *s, const struct castore_certificate *c,
                        const uint8_t *fingerprint, struct writ_error *e)
{
    char hex[2 * CASTORE_SERIAL_MAX + 1];
    struct writ_span serial = WRIT_SPAN(c->serial, c->serial_n);
    struct sql q = castore_sql(s, "a certificate",
                               "SELECT 1 FROM certificates WHERE (serial = ?1 AND"
                               " (issuer IS ?2 OR ?3 > 0)) OR fingerprint = ?4");
    int rc;

    castore_sql_put_blob(&q, serial);
    put_parent(&q, c);
    castore_sql_put(&q, (int64_t)c->number);
    put_fingerprint(&q, c, fingerprint);
    rc = castore_sql_step(&q, e);
    castore_sql_end(&q);
    if (rc <= 0)
        return rc;
    writ_hex_format(serial, hex);
    return writ_fail(e, WRIT_FAULT_USAGE,
                     "the serial number %s, or this very certificate, was issued before", hex);
}

static int refuse_other_number(struct castore *s, const struct castore_certificate *c,
                               struct writ_error *e)
{
    struct castore_adoption adoption;
    uint64_t next;

    if (c->issuer == 0)
        return 0;
    if (castore_adoption(s, c->issuer, &adoption, e) < 0 ||
        castore_number_next(s, c->issuer, &next, e) < 0)
        return -1;
    if (adoption.adopted && c->number != 0)
        return writ_fail(e, WRIT_FAULT_USAGE, "an adopted issuer gives no issuance numbers");
    if (adoption.adopted || c->number == next)
        return 0;
    return writ_fail(e, WRIT_FAULT_USAGE,
                     "issuance number %llu is not the next one of this issuer, which is %llu",
                     (unsigned long long)c->number, (unsigned long long)next);
}

/* What only the bytes tell; NULL without them. */
static void put_bytes(struct sql *q, const struct castore_certificate *c,
                      const uint8_t *fingerprint)
{
    if (c->der.n == 0) {
        castore_sql_put_null(q);
        castore_sql_put_null(q);
        castore_sql_put_null(q);
        return;
    }
    castore_sql_put_blob(q, WRIT_SPAN_OF(c->spki_hash));
    castore_sql_put_blob(q, WRIT_SPAN(fingerprint, WRIT_SHA256_BYTES));
    castore_sql_put_blob(q, c->der);
}

static void put_beginning(struct sql *q, const struct castore_certificate *c)
{
    if (c->not_before == 0 && c->der.n == 0)
        castore_sql_put_null(q);
    else
        castore_sql_put(q, c->not_before);
}

static int insert(struct castore *s, const struct castore_certificate *c,
                  const uint8_t *fingerprint, struct writ_error *e)
{
    struct sql q = castore_sql(
        s, "a certificate",
        "INSERT INTO certificates (issuer, number, role, serial, name, team, not_before,"
        " not_after, issued_at, spki_hash, fingerprint, der)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");

    put_parent(&q, c);
    if (c->number == 0)
        castore_sql_put_null(&q);
    else
        castore_sql_put(&q, (int64_t)c->number);
    castore_sql_put(&q, c->role);
    castore_sql_put_blob(&q, WRIT_SPAN(c->serial, c->serial_n));
    castore_sql_put_name(&q, c->name);
    castore_sql_put_text(&q, c->team);
    put_beginning(&q, c);
    castore_sql_put(&q, c->not_after);
    castore_sql_put(&q, c->issued_at);
    put_bytes(&q, c, fingerprint);
    return castore_sql_run(&q, e);
}

int castore_certificate_add(struct castore *s, const struct castore_certificate *c, int64_t *id,
                            struct writ_error *e)
{
    uint8_t fingerprint[WRIT_SHA256_BYTES];

    if (castore_sql_may_change(s, e) < 0 || check_new(c, e) < 0 ||
        writ_digester_sha256(s->digester, c->der, WRIT_SPAN_NONE, fingerprint, e) < 0 ||
        refuse_known(s, c, fingerprint, e) < 0 || refuse_other_number(s, c, e) < 0 ||
        insert(s, c, fingerprint, e) < 0)
        return -1;
    *id = sqlite3_last_insert_rowid(s->db);
    return 0;
}

int castore_certificate_complete(struct castore *s, int64_t id, const struct castore_certificate *c,
                                 struct writ_error *e)
{
    uint8_t fingerprint[WRIT_SHA256_BYTES];
    struct sql q;

    if (castore_sql_may_change(s, e) < 0 || check_new(c, e) < 0 ||
        writ_digester_sha256(s->digester, c->der, WRIT_SPAN_NONE, fingerprint, e) < 0)
        return -1;
    q = castore_sql(s, "a certificate",
                    "UPDATE certificates SET name = ?, team = ?, not_before = ?, spki_hash = ?,"
                    " fingerprint = ?, der = ? WHERE id = ? AND der IS NULL");
    castore_sql_put_name(&q, c->name);
    castore_sql_put_text(&q, c->team);
    castore_sql_put(&q, c->not_before);
    put_bytes(&q, c, fingerprint);
    castore_sql_put(&q, id);
    if (castore_sql_run(&q, e) < 0)
        return -1;
    if (sqlite3_changes64(s->db) == 1)
        return 0;
    return writ_fail(e, WRIT_FAULT_USAGE, "no certificate %lld that lacks its bytes",
                     (long long)id);
}

/* --- walking --- */

int castore_certificate_walk(struct sql *q, castore_certificate_visit *visit, void *arg,
                             struct writ_error *e)
{
    struct castore_certificate c;
    int rc;

    while ((rc = castore_sql_step(q, e)) > 0) {
        if (castore_certificate_read(q, &c, e) < 0 || visit(arg, &c, e) < 0) {
            rc = -1;
            break;
        }
    }
    castore_sql_end(q);
    return rc;
}

int castore_certificate_each(struct castore *s, castore_certificate_visit *visit, void *arg,
                             struct writ_error *e)
{
    struct sql q = castore_sql(s, "a certificate", CASTORE_CERTIFICATE_SELECT "ORDER BY c.id");

    return castore_certificate_walk(&q, visit, arg, e);
}

int castore_gap_each(struct castore *s, castore_gap_visit *visit, void *arg, struct writ_error *e)
{
    struct sql q = castore_sql(
        s, "a gap", "SELECT issuer, first, next, burned_at FROM gaps ORDER BY issuer, first");
    int rc;

    while ((rc = castore_sql_step(&q, e)) > 0) {
        struct castore_gap g = {
            .issuer = castore_sql_get(&q, 1, INT64_MAX),
            .first = castore_sql_get_number(&q, 1),
            .next = castore_sql_get_number(&q, 2),
            .burned_at = castore_sql_get_time(&q),
        };

        castore_sql_doubt(&q, g.first >= g.next);
        if (castore_sql_row_check(&q, e) < 0 || visit(arg, &g, e) < 0) {
            rc = -1;
            break;
        }
    }
    castore_sql_end(&q);
    return rc;
}
