#include "shared/castore_sql.h"

#include <string.h>

/*
 * The schemas, in parts: what every version has, and what came or changed with one.
 *
 * Texts are counted in bytes (the cast), as the C side does.  `BEFORE INSERT` guards stand beside
 * those against UPDATE and DELETE, because INSERT OR REPLACE deletes without asking a trigger
 * unless recursive_triggers is on.
 */
static const char common[] =
    "CREATE TABLE ca ("
    " one INTEGER PRIMARY KEY CHECK (one = 1),"
    " id BLOB NOT NULL CHECK (length(id) = 16),"
    " name TEXT NOT NULL CHECK (length(CAST(name AS BLOB)) BETWEEN 1 AND 256),"
    " origin TEXT NOT NULL CHECK (length(CAST(origin AS BLOB)) BETWEEN 1 AND 256),"
    " created INTEGER NOT NULL,"
    " next_version INTEGER NOT NULL DEFAULT 1"
    "  CHECK (next_version BETWEEN 1 AND 4611686018427387904),"
    " restored INTEGER NOT NULL DEFAULT 0 CHECK (restored >= 0),"
    " copy_id BLOB CHECK (length(copy_id) = 16),"
    " copied_at INTEGER,"
    " CHECK ((copy_id IS NULL) = (copied_at IS NULL))"
    ") STRICT;"

    "CREATE TABLE settings ("
    " name TEXT PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 64 AND name NOT GLOB '*[^a-z_]*'),"
    " value TEXT NOT NULL CHECK (length(CAST(value AS BLOB)) <= 1024)"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE keys ("
    " id INTEGER PRIMARY KEY,"
    " purpose INTEGER NOT NULL CHECK (purpose BETWEEN 1 AND 4)," /* enum castore_purpose */
    " algorithm TEXT NOT NULL CHECK (length(CAST(algorithm AS BLOB)) BETWEEN 1 AND 32),"
    " encrypted INTEGER NOT NULL CHECK (encrypted IN (0, 1)),"
    " spki_hash BLOB NOT NULL UNIQUE CHECK (length(spki_hash) = 32),"
    " created INTEGER NOT NULL,"
    " pkcs8 BLOB NOT NULL CHECK (length(pkcs8) BETWEEN 1 AND 65536)"
    ") STRICT;"

    "CREATE TABLE issuers ("
    " certificate INTEGER PRIMARY KEY REFERENCES certificates (id),"
    " next_number INTEGER NOT NULL DEFAULT 1"
    "  CHECK (next_number BETWEEN 1 AND 4611686018427387904)"
    ") STRICT;"

    "CREATE TABLE gaps ("
    " issuer INTEGER NOT NULL REFERENCES issuers (certificate),"
    " first INTEGER NOT NULL CHECK (first >= 1),"
    " next INTEGER NOT NULL,"
    " burned_at INTEGER NOT NULL,"
    " PRIMARY KEY (issuer, first),"
    " CHECK (first < next)"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE revocations ("
    " certificate INTEGER PRIMARY KEY REFERENCES certificates (id),"
    " reason INTEGER NOT NULL CHECK (reason IN (0, 1, 2, 3, 4, 5, 6, 9)),"
    " since INTEGER NOT NULL,"
    " since_given INTEGER NOT NULL CHECK (since_given IN (0, 1)),"
    " revoked_at INTEGER NOT NULL,"
    " note TEXT CHECK (length(CAST(note AS BLOB)) BETWEEN 1 AND 1024)"
    ") STRICT;"

    "CREATE TABLE contents ("
    " root BLOB NOT NULL CHECK (length(root) = 32),"
    " length INTEGER NOT NULL CHECK (length BETWEEN 0 AND 4611686018427387904),"
    " reason INTEGER NOT NULL CHECK (reason IN (0, 1, 2, 3, 4, 5, 6, 9)),"
    " revoked_at INTEGER NOT NULL,"
    " name TEXT CHECK (length(CAST(name AS BLOB)) BETWEEN 1 AND 1024),"
    " note TEXT CHECK (length(CAST(note AS BLOB)) BETWEEN 1 AND 1024),"
    " PRIMARY KEY (root, length)"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE publications ("
    " version INTEGER PRIMARY KEY CHECK (version >= 1),"
    " reserved_at INTEGER NOT NULL,"
    " as_of INTEGER,"
    " expires INTEGER,"
    " table_hash BLOB CHECK (length(table_hash) = 32),"
    " note BLOB CHECK (length(note) BETWEEN 1 AND 65536),"
    " CHECK (as_of <= expires),"
    " CHECK ((as_of IS NULL) = (expires IS NULL)),"
    " CHECK ((as_of IS NULL) = (table_hash IS NULL)),"
    " CHECK ((as_of IS NULL) = (note IS NULL))"
    ") STRICT;"

    "CREATE TABLE audit ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id >= 1),"
    " at INTEGER NOT NULL,"
    " who TEXT NOT NULL CHECK (length(CAST(who AS BLOB)) BETWEEN 1 AND 256),"
    " action TEXT NOT NULL CHECK (length(CAST(action AS BLOB)) BETWEEN 1 AND 256),"
    " subject TEXT CHECK (length(CAST(subject AS BLOB)) BETWEEN 1 AND 1024),"
    " why TEXT CHECK (length(CAST(why AS BLOB)) BETWEEN 1 AND 1024),"
    " details TEXT CHECK (length(CAST(details AS BLOB)) BETWEEN 1 AND 65536)"
    ") STRICT;"

    /* What was recorded stays. */
    "CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit"
    " BEGIN SELECT RAISE(ABORT, 'an audit record is never changed'); END;"
    "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit"
    " BEGIN SELECT RAISE(ABORT, 'an audit record is never deleted'); END;"
    "CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit"
    " WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id)"
    " BEGIN SELECT RAISE(ABORT, 'an audit record is never replaced'); END;"
    "CREATE TRIGGER issuers_only_up BEFORE UPDATE ON issuers"
    " WHEN NEW.certificate <> OLD.certificate OR NEW.next_number <= OLD.next_number"
    " BEGIN SELECT RAISE(ABORT, 'issuance numbers only go up'); END;"
    "CREATE TRIGGER issuers_no_delete BEFORE DELETE ON issuers"
    " BEGIN SELECT RAISE(ABORT, 'an issuer is never deleted'); END;"
    "CREATE TRIGGER issuers_no_replace BEFORE INSERT ON issuers"
    " WHEN EXISTS (SELECT 1 FROM issuers WHERE certificate = NEW.certificate)"
    " BEGIN SELECT RAISE(ABORT, 'an issuer is never replaced'); END;"
    "CREATE TRIGGER gaps_no_update BEFORE UPDATE ON gaps"
    " BEGIN SELECT RAISE(ABORT, 'a gap is never changed'); END;"
    "CREATE TRIGGER gaps_no_delete BEFORE DELETE ON gaps"
    " BEGIN SELECT RAISE(ABORT, 'a gap is never deleted'); END;"
    "CREATE TRIGGER gaps_no_replace BEFORE INSERT ON gaps"
    " WHEN EXISTS (SELECT 1 FROM gaps WHERE issuer = NEW.issuer AND first = NEW.first)"
    " BEGIN SELECT RAISE(ABORT, 'a gap is never replaced'); END;"

    /* Feed versions go up, and a version says one thing once. */
    "CREATE TRIGGER ca_fixed BEFORE UPDATE ON ca"
    " WHEN NEW.one <> OLD.one OR NEW.id <> OLD.id OR NEW.name <> OLD.name"
    "  OR NEW.origin <> OLD.origin OR NEW.created <> OLD.created"
    "  OR NEW.next_version < OLD.next_version OR NEW.restored < OLD.restored"
    " BEGIN SELECT RAISE(ABORT, 'who a CA is never changes, and feed versions only go up'); END;"
    "CREATE TRIGGER ca_no_delete BEFORE DELETE ON ca"
    " BEGIN SELECT RAISE(ABORT, 'a CA is never deleted'); END;"
    "CREATE TRIGGER ca_no_replace BEFORE INSERT ON ca WHEN EXISTS (SELECT 1 FROM ca)"
    " BEGIN SELECT RAISE(ABORT, 'a CA is never replaced'); END;"
    "CREATE TRIGGER publications_once BEFORE UPDATE ON publications"
    " WHEN OLD.as_of IS NOT NULL OR NEW.version <> OLD.version"
    "  OR NEW.reserved_at <> OLD.reserved_at"
    " BEGIN SELECT RAISE(ABORT, 'what a feed version says never changes'); END;"
    "CREATE TRIGGER publications_no_delete BEFORE DELETE ON publications"
    " BEGIN SELECT RAISE(ABORT, 'a feed version is never deleted'); END;"
    "CREATE TRIGGER publications_no_replace BEFORE INSERT ON publications"
    " WHEN EXISTS (SELECT 1 FROM publications WHERE version = NEW.version)"
    " BEGIN SELECT RAISE(ABORT, 'a feed version is never replaced'); END;";

/* Schema 1: certificates that this CA issued, all of them numbered. */
static const char certificates_1[] =
    "CREATE TABLE certificates ("
    " id INTEGER PRIMARY KEY CHECK (id >= 1),"
    " issuer INTEGER REFERENCES certificates (id),"
    " role INTEGER NOT NULL CHECK (role BETWEEN 1 AND 4)," /* enum castore_role */
    " serial BLOB NOT NULL UNIQUE CHECK (length(serial) BETWEEN 1 AND 20),"
    " number INTEGER CHECK (number BETWEEN 1 AND 4611686018427387904),"
    " name TEXT NOT NULL CHECK (length(CAST(name AS BLOB)) BETWEEN 1 AND 256),"
    " team TEXT CHECK (length(CAST(team AS BLOB)) BETWEEN 1 AND 256),"
    " not_before INTEGER NOT NULL,"
    " not_after INTEGER NOT NULL,"
    " issued_at INTEGER NOT NULL,"
    " spki_hash BLOB NOT NULL CHECK (length(spki_hash) = 32),"
    " fingerprint BLOB NOT NULL UNIQUE CHECK (length(fingerprint) = 32),"
    " der BLOB NOT NULL CHECK (length(der) BETWEEN 1 AND 65536),"
    " UNIQUE (issuer, number),"
    " CHECK (not_before <= not_after),"
    " CHECK ((issuer IS NULL) = (role = 1)),"
    " CHECK ((issuer IS NULL) = (number IS NULL))"
    ") STRICT;"
    "CREATE INDEX certificates_by_name ON certificates (name);"
    "CREATE INDEX certificates_by_team ON certificates (team);"

    "CREATE TRIGGER certificates_no_update BEFORE UPDATE ON certificates"
    " BEGIN SELECT RAISE(ABORT, 'a certificate is never changed'); END;"
    "CREATE TRIGGER certificates_no_delete BEFORE DELETE ON certificates"
    " BEGIN SELECT RAISE(ABORT, 'a certificate is never deleted'); END;"
    "CREATE TRIGGER certificates_no_replace BEFORE INSERT ON certificates"
    " WHEN EXISTS (SELECT 1 FROM certificates WHERE id = NEW.id OR serial = NEW.serial"
    "  OR fingerprint = NEW.fingerprint OR (issuer = NEW.issuer AND number = NEW.number))"
    " BEGIN SELECT RAISE(ABORT, 'a certificate is never replaced'); END;"

    /* Numbers are dense, and only a root or an intermediate gives them. */
    "CREATE TRIGGER certificates_dense BEFORE INSERT ON certificates"
    " WHEN NEW.issuer IS NOT NULL AND NEW.number IS NOT"
    "  (SELECT next_number FROM issuers WHERE certificate = NEW.issuer)"
    " BEGIN SELECT RAISE(ABORT, 'not the next issuance number of this issuer'); END;"
    "CREATE TRIGGER certificates_count AFTER INSERT ON certificates WHEN NEW.issuer IS NOT NULL"
    " BEGIN UPDATE issuers SET next_number = next_number + 1 WHERE certificate = NEW.issuer; END;"
    "CREATE TRIGGER certificates_issue AFTER INSERT ON certificates WHEN NEW.role IN (1, 2)"
    " BEGIN INSERT INTO issuers (certificate) VALUES (NEW.id); END;";

/*
 * Schema 2: certificates that others issued, too.  Of an adopted issuer they have no number, and
 * one that came without its bytes has neither these nor what only they tell; a serial number is
 * unique for its issuer.  Bytes that come later fill the row in, once.
 */
static const char certificates_2[] =
    "CREATE TABLE certificates ("
    " id INTEGER PRIMARY KEY CHECK (id >= 1),"
    " issuer INTEGER REFERENCES certificates (id),"
    " role INTEGER NOT NULL CHECK (role BETWEEN 1 AND 6)," /* enum castore_role */
    " serial BLOB NOT NULL CHECK (length(serial) BETWEEN 1 AND 20),"
    " number INTEGER CHECK (number BETWEEN 1 AND 4611686018427387904),"
    " name TEXT NOT NULL CHECK (length(CAST(name AS BLOB)) BETWEEN 1 AND 256),"
    " team TEXT CHECK (length(CAST(team AS BLOB)) BETWEEN 1 AND 256),"
    " not_before INTEGER,"
    " not_after INTEGER NOT NULL,"
    " issued_at INTEGER NOT NULL,"
    " spki_hash BLOB CHECK (length(spki_hash) = 32),"
    " fingerprint BLOB UNIQUE CHECK (length(fingerprint) = 32),"
    " der BLOB CHECK (length(der) BETWEEN 1 AND 65536),"
    " UNIQUE (issuer, serial),"
    " UNIQUE (issuer, number),"
    " CHECK (not_before <= not_after),"
    " CHECK ((issuer IS NULL) = (role = 1)),"
    " CHECK (issuer IS NOT NULL OR number IS NULL),"
    " CHECK (number IS NULL OR der IS NOT NULL),"
    " CHECK ((der IS NULL) = (fingerprint IS NULL)),"
    " CHECK ((der IS NULL) = (spki_hash IS NULL)),"
    " CHECK (der IS NOT NULL OR role = 6),"
    " CHECK (der IS NULL OR not_before IS NOT NULL)"
    ") STRICT;"
    "CREATE INDEX certificates_by_serial ON certificates (serial);"
    "CREATE INDEX certificates_by_name ON certificates (name);"
    "CREATE INDEX certificates_by_team ON certificates (team);";

static const char guards_2[] =
    "CREATE TRIGGER certificates_no_update BEFORE UPDATE ON certificates"
    " WHEN OLD.der IS NOT NULL OR NEW.der IS NULL OR NEW.id <> OLD.id"
    "  OR NEW.issuer <> OLD.issuer OR NEW.role <> OLD.role OR NEW.serial <> OLD.serial"
    "  OR NEW.number IS NOT NULL OR NEW.issued_at <> OLD.issued_at"
    "  OR NEW.not_after <> OLD.not_after"
    " BEGIN SELECT RAISE(ABORT, 'a certificate is never changed'); END;"
    "CREATE TRIGGER certificates_no_delete BEFORE DELETE ON certificates"
    " BEGIN SELECT RAISE(ABORT, 'a certificate is never deleted'); END;"
    "CREATE TRIGGER certificates_no_replace BEFORE INSERT ON certificates"
    " WHEN EXISTS (SELECT 1 FROM certificates WHERE id = NEW.id"
    "  OR (serial = NEW.serial AND issuer IS NEW.issuer)"
    "  OR fingerprint = NEW.fingerprint OR (issuer = NEW.issuer AND number = NEW.number))"
    " BEGIN SELECT RAISE(ABORT, 'a certificate is never replaced'); END;"

    /* Numbers are dense, and only a root or an intermediate gives them; an adopted one does not. */
    "CREATE TRIGGER certificates_dense BEFORE INSERT ON certificates"
    " WHEN NEW.issuer IS NOT NULL AND NEW.number IS NOT"
    "  (SELECT next_number FROM issuers WHERE certificate = NEW.issuer"
    "   AND NOT EXISTS (SELECT 1 FROM adopted WHERE certificate = NEW.issuer))"
    " BEGIN SELECT RAISE(ABORT, 'not the next issuance number of this issuer'); END;"
    "CREATE TRIGGER certificates_known BEFORE INSERT ON certificates"
    " WHEN NEW.issuer IS NOT NULL"
    "  AND NOT EXISTS (SELECT 1 FROM issuers WHERE certificate = NEW.issuer)"
    " BEGIN SELECT RAISE(ABORT, 'issued by what issues nothing'); END;"
    "CREATE TRIGGER certificates_count AFTER INSERT ON certificates WHEN NEW.number IS NOT NULL"
    " BEGIN UPDATE issuers SET next_number = next_number + 1 WHERE certificate = NEW.issuer; END;"
    "CREATE TRIGGER certificates_issue AFTER INSERT ON certificates WHEN NEW.role IN (1, 2)"
    " BEGIN INSERT INTO issuers (certificate) VALUES (NEW.id); END;";

/* And what schema 2 adds. */
static const char additions_2[] =
    /* Issuers that exist elsewhere, and when their own records were looked at last. */
    "CREATE TABLE adopted ("
    " certificate INTEGER PRIMARY KEY REFERENCES issuers (certificate),"
    " adopted_at INTEGER NOT NULL,"
    " looked_at INTEGER NOT NULL"
    ") STRICT;"
    "CREATE TRIGGER adopted_first BEFORE INSERT ON adopted"
    " WHEN EXISTS (SELECT 1 FROM certificates WHERE issuer = NEW.certificate)"
    "  OR EXISTS (SELECT 1 FROM adopted WHERE certificate = NEW.certificate)"
    " BEGIN SELECT RAISE(ABORT, 'an issuer is adopted before it has certificates'); END;"
    "CREATE TRIGGER adopted_only_later BEFORE UPDATE ON adopted"
    " WHEN NEW.certificate <> OLD.certificate OR NEW.adopted_at <> OLD.adopted_at"
    "  OR NEW.looked_at < OLD.looked_at"
    " BEGIN SELECT RAISE(ABORT, 'an adopted issuer was looked at later, or not at all'); END;"
    "CREATE TRIGGER adopted_no_delete BEFORE DELETE ON adopted"
    " BEGIN SELECT RAISE(ABORT, 'an adopted issuer stays one'); END;"

    /* Every change of a revocation, in order: what delta CRLs and responders follow. */
    "CREATE TABLE changes ("
    " seq INTEGER PRIMARY KEY AUTOINCREMENT CHECK (seq >= 1),"
    " certificate INTEGER NOT NULL REFERENCES certificates (id)"
    ") STRICT;"
    "CREATE TRIGGER changes_no_update BEFORE UPDATE ON changes"
    " BEGIN SELECT RAISE(ABORT, 'what has happened is never changed'); END;"
    "CREATE TRIGGER changes_no_delete BEFORE DELETE ON changes"
    " BEGIN SELECT RAISE(ABORT, 'what has happened is never deleted'); END;"
    "CREATE TRIGGER changes_no_replace BEFORE INSERT ON changes"
    " WHEN EXISTS (SELECT 1 FROM changes WHERE seq = NEW.seq)"
    " BEGIN SELECT RAISE(ABORT, 'what has happened is never replaced'); END;"
    "CREATE TRIGGER revocations_made AFTER INSERT ON revocations"
    " BEGIN INSERT INTO changes (certificate) VALUES (NEW.certificate); END;"
    "CREATE TRIGGER revocations_widened AFTER UPDATE ON revocations"
    " BEGIN INSERT INTO changes (certificate) VALUES (NEW.certificate); END;"
    "CREATE TRIGGER revocations_lifted AFTER DELETE ON revocations"
    " BEGIN INSERT INTO changes (certificate) VALUES (OLD.certificate); END;"

    /* The CRLs of an issuer, a row for each scope: the number of the next one, and the complete one
     * that deltas build on. */
    "CREATE TABLE crls ("
    " issuer INTEGER NOT NULL REFERENCES issuers (certificate),"
    " scope TEXT NOT NULL CHECK (length(CAST(scope AS BLOB)) <= 32),"
    " next_number INTEGER NOT NULL CHECK (next_number BETWEEN 1 AND 4611686018427387904),"
    " this_update INTEGER NOT NULL,"
    " base_number INTEGER CHECK (base_number < next_number),"
    " base_change INTEGER,"
    " base_update INTEGER,"
    " PRIMARY KEY (issuer, scope),"
    " CHECK ((base_number IS NULL) = (base_change IS NULL)),"
    " CHECK ((base_number IS NULL) = (base_update IS NULL))"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TRIGGER crls_only_up BEFORE UPDATE ON crls"
    " WHEN NEW.issuer <> OLD.issuer OR NEW.scope <> OLD.scope"
    "  OR NEW.next_number <= OLD.next_number OR NEW.this_update < OLD.this_update"
    " BEGIN SELECT RAISE(ABORT, 'the numbers of CRLs only go up'); END;"
    "CREATE TRIGGER crls_no_delete BEFORE DELETE ON crls"
    " BEGIN SELECT RAISE(ABORT, 'the numbers of CRLs are never forgotten'); END;"
    "CREATE TRIGGER crls_no_replace BEFORE INSERT ON crls"
    " WHEN EXISTS (SELECT 1 FROM crls WHERE issuer = NEW.issuer AND scope = NEW.scope)"
    " BEGIN SELECT RAISE(ABORT, 'the numbers of CRLs are never replaced'); END;";

/* Which parts a version is made of; tables before what refers to them. */
static const struct {
    int first, last; /* versions that have it */
    const char *sql;
} parts[] = {
    {1, CASTORE_SCHEMA, common},         {1, 1, certificates_1},
    {2, CASTORE_SCHEMA, certificates_2}, {2, CASTORE_SCHEMA, guards_2},
    {2, CASTORE_SCHEMA, additions_2},
};

static int make(sqlite3 *db, int version)
{
    int code = SQLITE_OK;

    for (size_t i = 0; code == SQLITE_OK && i < sizeof parts / sizeof parts[0]; i++) {
        if (version >= parts[i].first && version <= parts[i].last)
            code = sqlite3_exec(db, parts[i].sql, NULL, NULL, NULL);
    }
    return code;
}

int castore_schema_make(struct castore *s, struct writ_error *e)
{
    int code = make(s->db, CASTORE_SCHEMA);

    return code == SQLITE_OK ? 0 : castore_sql_fail(s, code, e);
}

int castore_schema_version(struct castore *s, int64_t *version, struct writ_error *e)
{
    return castore_sql_number(s, "PRAGMA user_version", version, e);
}

/* --- from 1 to 2 --- */

/* The certificates move into their new table over a copy: a table that is renamed would not have
 * the words of its schema.  Their rows are moved before their triggers come, which would count
 * them. */
static int move_certificates(struct castore *s, struct writ_error *e)
{
    if (castore_sql_exec(s,
                         "CREATE TABLE certificates_1 AS SELECT * FROM certificates;"
                         "DROP TABLE certificates;",
                         e) < 0 ||
        castore_sql_exec(s, certificates_2, e) < 0)
        return -1;
    return castore_sql_exec(
        s,
        "INSERT INTO certificates SELECT id, issuer, role, serial, number, name,"
        " team, not_before, not_after, issued_at, spki_hash, fingerprint, der"
        " FROM certificates_1 ORDER BY id;"
        "DROP TABLE certificates_1;",
        e);
}

/* What is revoked already is the first that has changed. */
static int add_tables(struct castore *s, struct writ_error *e)
{
    if (castore_sql_exec(s, guards_2, e) < 0 || castore_sql_exec(s, additions_2, e) < 0)
        return -1;
    return castore_sql_exec(s,
                            "INSERT INTO changes (certificate)"
                            " SELECT certificate FROM revocations ORDER BY revoked_at, certificate;"
                            "PRAGMA user_version = 2;",
                            e);
}

/* Nothing refers to what is not there any more. */
static int check_references(struct castore *s, struct writ_error *e)
{
    int64_t dangling = 0;

    if (castore_sql_number(s, "SELECT count(*) FROM pragma_foreign_key_check", &dangling, e) < 0)
        return -1;
    return dangling == 0 ? 0 : castore_sql_fail(s, SQLITE_CORRUPT, e);
}

static int migrate(struct castore *s, const char *who, int64_t now, struct writ_error *e)
{
    struct castore_audit record = {.at = now,
                                   .who = who,
                                   .action = "migrate",
                                   .subject = "schema 2",
                                   .why = "a store of schema 1 was opened for writing"};
    int64_t version = 0;

    /* Again: another command may have been faster. */
    if (castore_schema_version(s, &version, e) < 0)
        return -1;
    if (version == CASTORE_SCHEMA)
        return 0;
    if (move_certificates(s, e) < 0 || add_tables(s, e) < 0 || check_references(s, e) < 0)
        return -1;
    return castore_audit_add(s, &record, e);
}

int castore_schema_migrate(struct castore *s, const char *who, int64_t now, struct writ_error *e)
{
    int rc = -1;

    /* Dropping a table would ask the triggers for each of its rows, as if they were deleted. */
    if (castore_sql_exec(s, "PRAGMA foreign_keys = OFF", e) < 0 || castore_begin(s, e) < 0)
        return -1;
    if (migrate(s, who, now, e) == 0)
        rc = castore_commit(s, e);
    else
        castore_rollback(s);
    if (rc == 0)
        rc = castore_sql_exec(s, "PRAGMA foreign_keys = ON", e);
    return rc < 0 ? -1 : castore_schema_check(s, CASTORE_SCHEMA, e);
}

/* --- checking --- */

/* Everything the schema says, as one text.  Tables named sqlite_stat are left out: ANALYZE makes
 * them, and they change nothing but speed. */
static const char schema_text[] =
    "SELECT group_concat(type || ' ' || name || ' ' || tbl_name || ' ' || ifnull(sql, ''), "
    "char(10))"
    " FROM (SELECT * FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%' ORDER BY type, name)";

/* The statement, standing on its one row; NULL with *code when that fails. */
static sqlite3_stmt *schema_of(sqlite3 *db, int *code)
{
    sqlite3_stmt *stmt = NULL;

    *code = sqlite3_prepare_v2(db, schema_text, -1, &stmt, NULL);
    if (*code == SQLITE_OK)
        *code = sqlite3_step(stmt);
    if (*code == SQLITE_ROW)
        return stmt;
    (void)sqlite3_finalize(stmt);
    return NULL;
}

static bool same_text(sqlite3_stmt *a, sqlite3_stmt *b)
{
    const unsigned char *left = sqlite3_column_text(a, 0);
    const unsigned char *right = sqlite3_column_text(b, 0);

    return left != NULL && right != NULL && strcmp((const char *)left, (const char *)right) == 0;
}

int castore_schema_check(struct castore *s, int version, struct writ_error *e)
{
    sqlite3 *model = NULL;
    sqlite3_stmt *wanted = NULL, *found = NULL;
    int code = SQLITE_OK;
    int rc = -1;

    if (sqlite3_open_v2(":memory:", &model, SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY, NULL) !=
            SQLITE_OK ||
        make(model, version) != SQLITE_OK) {
        (void)writ_fail_memory(e);
        goto out;
    }
    wanted = schema_of(model, &code);
    found = wanted == NULL ? NULL : schema_of(s->db, &code);
    if (found == NULL)
        (void)castore_sql_fail(s, code, e);
    else if (!same_text(wanted, found))
        (void)writ_fail(e, WRIT_FAULT_BAD_INPUT,
                        "the CA store %s is damaged: its tables and triggers are not those writ "
                        "made",
                        s->shown);
    else
        rc = 0;
out:
    (void)sqlite3_finalize(wanted);
    (void)sqlite3_finalize(found);
    (void)sqlite3_close(model);
    return rc;
}
