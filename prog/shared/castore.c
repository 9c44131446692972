#include "shared/castore.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bytes/cursor.h"
#include "shared/castore_sql.h"

#define CHECK_MAX      ((int64_t)64 << 20) /* a larger file is not checked whole at each opening */
#define HEADER_BYTES   100                 /* of an SQLite file: www.sqlite.org/fileformat.html */
#define HEADER_MAGIC   16                  /* "SQLite format 3" and a NUL */
#define HEADER_REST    49                  /* from behind the write version to application_id */
#define APPLICATION_ID 4                   /* bytes of what says whose file it is */
#define WAIT_PAUSE     20                  /* ms between attempts where SQLite does not wait */
#define RESTORE_ACTION "restore"           /* what the audit calls taking a backup into use */

void castore_close(struct castore *s)
{
    if (s == NULL)
        return;
    castore_rollback(s);
    castore_handle_free(s);
}

/* --- creating --- */

static int make_tables(struct castore *s, struct writ_error *e)
{
    if (castore_begin(s, e) < 0 || castore_schema_make(s, e) < 0)
        return -1;
    /* "wrCA", and CASTORE_SCHEMA */
    return castore_sql_exec(s, "PRAGMA application_id = 0x77724341; PRAGMA user_version = 2;", e);
}

static int put_ca(struct castore *s, const char *name, const char *origin, int64_t now,
                  struct writ_error *e)
{
    uint8_t id[CASTORE_ID_BYTES];
    struct sql q;

    if (writ_random(id, sizeof id, e) < 0)
        return -1;
    q = castore_sql(s, "the CA",
                    "INSERT INTO ca (one, id, name, origin, created) VALUES (1, ?, ?, ?, ?)");
    castore_sql_put_blob(&q, WRIT_SPAN_OF(id));
    castore_sql_put_name(&q, name);
    castore_sql_put_name(&q, origin);
    castore_sql_put(&q, now);
    return castore_sql_run(&q, e);
}

struct castore *castore_create(const char *path, const char *name, const char *origin, int64_t now,
                               struct writ_error *e)
{
    struct castore *s = NULL;

    if (castore_sql_check_text(name, CASTORE_NAME_MAX, true, "the name of a CA", e) == 0 &&
        castore_sql_check_text(origin, CASTORE_NAME_MAX, true, "the origin of a feed", e) == 0)
        s = castore_handle_new(path, true, e);
    if (s == NULL)
        return NULL;
    if (file_create_begin(path, &s->birth, e) == 0 && castore_handle_connect_file(s, e) == 0 &&
        make_tables(s, e) == 0 && put_ca(s, name, origin, now, e) == 0)
        return s;
    castore_close(s);
    return NULL;
}

/* --- opening --- */

/* Looks at the name before SQLite does: it would wait for a FIFO to be written. */
static int check_file(const struct castore *s, struct writ_error *e)
{
    struct stat st;

    if (stat(s->path, &st) < 0)
        return writ_fail_errno(e, WRIT_FAULT_NO_INPUT, errno, "no CA store at %s", s->shown);
    if (!S_ISREG(st.st_mode))
        return writ_fail(e, WRIT_FAULT_NO_INPUT, "no CA store at %s: %s", s->shown,
                         file_kind(st.st_mode));
    if (st.st_size == 0)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "%s is empty, not a writ CA store", s->shown);
    return 0;
}

/* The size in bytes of the file with this suffix beside the store; 0 when there is none. */
static int64_t size_beside(const struct castore *s, const char *suffix)
{
    struct writ_buffer path = {0};
    struct stat st;
    int64_t size = 0;

    writ_buffer_format(&path, "%s%s", s->path, suffix);
    if (writ_buffer_check(&path, NULL) == 0 && stat(writ_buffer_string(&path), &st) == 0)
        size = st.st_size;
    writ_buffer_free(&path);
    return size;
}

/* A store that is not in WAL mode (new, or a backup) with a WAL beside it: the WAL belongs to the
 * store that stood here before.  SQLite would play it into this one. */
static int refuse_foreign_journal(const struct castore *s, struct writ_error *e)
{
    return writ_fail(e, WRIT_FAULT_CONFIGURATION,
                     "beside the backup %s lies the journal of another store; move %s-wal and "
                     "%s-shm away first",
                     s->shown, s->shown, s->shown);
}

/* The header, read through SQLite's own descriptor: to close another one on this file would drop
 * the locks that this process holds on it (POSIX).  Reading it before anything else keeps SQLite
 * from making journals beside files that are not ours.  The WAL is looked for before the header is
 * read: another command that takes the store into WAL mode just now writes the header first. */
static int check_header(struct castore *s, struct writ_error *e)
{
    uint8_t header[HEADER_BYTES];
    struct writ_cursor c = writ_cursor_over(WRIT_SPAN_OF(header), e);
    struct writ_span magic, rest, id;
    sqlite3_file *file = NULL;
    uint8_t write_version;
    bool has_wal = size_beside(s, "-wal") > 0;
    int code = sqlite3_file_control(s->db, "main", SQLITE_FCNTL_FILE_POINTER, &file);

    if (code == SQLITE_OK)
        code = file->pMethods->xRead(file, header, sizeof header, 0);
    if (code != SQLITE_OK && code != SQLITE_IOERR_SHORT_READ) /* the rest is then zeros */
        return castore_sql_fail(s, code, e);
    if (writ_cursor_take(&c, HEADER_MAGIC, &magic, "magic") < 0 ||
        writ_cursor_take(&c, 2, &rest, "page size") < 0 ||
        writ_cursor_u8(&c, &write_version, "write version") < 0 ||
        writ_cursor_take(&c, HEADER_REST, &rest, "header") < 0 ||
        writ_cursor_take(&c, APPLICATION_ID, &id, "application id") < 0)
        return -1;
    if (!writ_span_equal(magic, WRIT_SPAN("SQLite format 3", HEADER_MAGIC)) ||
        !writ_span_equal(id, WRIT_SPAN("wrCA", APPLICATION_ID)))
        return castore_sql_fail(s, SQLITE_NOTADB, e);
    return write_version == 1 && has_wal ? refuse_foreign_journal(s, e) : 0;
}

static int check_version_in_view(struct castore *s, struct writ_error *e)
{
    int64_t version = 0;

    if (castore_schema_version(s, &version, e) < 0)
        return -1;
    if (version > CASTORE_SCHEMA)
        return writ_fail(e, WRIT_FAULT_CONFIGURATION,
                         "the CA store %s was made by a newer writ: it has schema %lld, this one "
                         "knows %d",
                         s->shown, (long long)version, CASTORE_SCHEMA);
    if (version < CASTORE_SCHEMA_OLDEST)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                         "the CA store %s is damaged: it has schema %lld, wanted %d to %d",
                         s->shown, (long long)version, CASTORE_SCHEMA_OLDEST, CASTORE_SCHEMA);
    return castore_schema_check(s, (int)version, e);
}

/* In one view of the file: another command may just now take it to a newer schema. */
static int check_version(struct castore *s, struct writ_error *e)
{
    int rc = castore_sql_exec(s, "BEGIN", e);

    if (rc == 0)
        rc = check_version_in_view(s, e);
    if (sqlite3_get_autocommit(s->db) == 0)
        (void)sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    return rc;
}

/* Every page, when that is quick. */
static int check_pages(struct castore *s, struct writ_error *e)
{
    int64_t bytes = 0;
    struct sql q;
    int rc;

    if (castore_sql_number(s,
                           "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
                           &bytes, e) < 0)
        return -1;
    if (bytes > CHECK_MAX)
        return 0;
    q = castore_sql(s, "a page", "SELECT quick_check = 'ok' FROM pragma_quick_check(1)");
    rc = castore_sql_step(&q, e);
    if (rc > 0 && !castore_sql_get_flag(&q))
        rc = castore_sql_fail(s, SQLITE_CORRUPT, e);
    castore_sql_end(&q);
    return rc < 0 ? -1 : 0;
}

/* Opens what is there as far as its header.  To read, too, with the right to write where there is
 * one: the last to close a store then plays in its journal and removes it, whoever that is. */
static struct castore *open_file(const char *path, bool writable, struct writ_error *e)
{
    struct castore *s = castore_handle_new(path, writable, e);

    if (s == NULL)
        return NULL;
    if (check_file(s, e) == 0 &&
        castore_handle_connect(s, path, SQLITE_OPEN_READWRITE, "", e) == 0 &&
        check_header(s, e) == 0)
        return s;
    castore_close(s);
    return NULL;
}

/* --- opening to read --- */

static bool journal_cannot_be_made(int code)
{
    return (code & 0xff) == SQLITE_CANTOPEN || (code & 0xff) == SQLITE_READONLY ||
           (code & 0xff) == SQLITE_FULL || code == SQLITE_IOERR_SHMSIZE;
}

/* Reading a store in WAL mode wants a -shm file beside it.  Where none can be made (a read-only
 * mount, a full disk), the file alone is the truth as long as no WAL lies there, so it is read as
 * one that does not change.  Whoever writes it meanwhile all the same makes this reading fail or
 * see a mixture; nothing is written by it. */
static int read_without_journal(struct castore *s, struct writ_error *e)
{
    int code = sqlite3_exec(s->db, "SELECT 1 FROM sqlite_schema", NULL, NULL, NULL);

    if (!journal_cannot_be_made(code))
        return code == SQLITE_OK ? 0 : castore_sql_fail(s, code, e);
    if (size_beside(s, "-wal") > 0)
        return writ_fail(e, WRIT_FAULT_CANNOT_CREATE,
                         "the CA store %s has a journal that was not played in, and its directory "
                         "cannot be written",
                         s->shown);
    castore_handle_disconnect(s);
    return castore_handle_connect(s, s->path, SQLITE_OPEN_READONLY, "?immutable=1", e);
}

struct castore *castore_open_read(const char *path, struct writ_error *e)
{
    struct castore *s = open_file(path, false, e);
    struct castore_info info;

    if (s == NULL)
        return NULL;
    if (read_without_journal(s, e) == 0 && check_version(s, e) == 0 &&
        castore_info(s, &info, e) == 0)
        return s;
    castore_close(s);
    return NULL;
}

/* --- opening to write --- */

/* SQLite opens a file it cannot write for reading, without a word. */
static int check_writable(struct castore *s, struct writ_error *e)
{
    if (sqlite3_db_readonly(s->db, "main") == 0)
        return 0;
    if (access(s->path, W_OK) < 0)
        return writ_fail_errno(e, WRIT_FAULT_PERMISSION, errno, "the CA store %s cannot be written",
                               s->shown);
    return castore_sql_fail(s, SQLITE_READONLY, e);
}

/* Into WAL mode, where a new store and a backup are not yet.  That needs the file for itself for a
 * moment, and SQLite does not wait for it by itself. */
static int use_wal(struct castore *s, struct writ_error *e)
{
    int code;

    for (int waited = 0; waited < CASTORE_WAIT_SECONDS * 1000; waited += WAIT_PAUSE) {
        code = sqlite3_exec(s->db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
        if ((code & 0xff) != SQLITE_BUSY)
            return code == SQLITE_OK ? 0 : castore_sql_fail(s, code, e);
        (void)sqlite3_sleep(WAIT_PAUSE);
    }
    return castore_sql_fail(s, SQLITE_BUSY, e);
}

static int burn(struct castore *s, uint64_t gap, int64_t now, struct writ_error *e)
{
    struct sql q = castore_sql(s, "a gap",
                               "INSERT INTO gaps (issuer, first, next, burned_at)"
                               " SELECT certificate, next_number, next_number + ?, ? FROM issuers"
                               " WHERE certificate NOT IN (SELECT certificate FROM adopted)");

    castore_sql_put(&q, (int64_t)gap);
    castore_sql_put(&q, now);
    if (castore_sql_run(&q, e) < 0)
        return -1;
    q = castore_sql(s, "an issuer",
                    "UPDATE issuers SET next_number = next_number + ?"
                    " WHERE certificate NOT IN (SELECT certificate FROM adopted)");
    castore_sql_put(&q, (int64_t)gap);
    if (castore_sql_run(&q, e) < 0)
        return -1;
    /* Nobody knows the last complete CRLs, so that the next delta waits for a new one. */
    q = castore_sql(s, "a CRL",
                    "UPDATE crls SET next_number = next_number + ?, base_number = NULL,"
                    " base_change = NULL, base_update = NULL");
    castore_sql_put(&q, (int64_t)gap);
    if (castore_sql_run(&q, e) < 0)
        return -1;
    q = castore_sql(s, "the CA",
                    "UPDATE ca SET copy_id = NULL, copied_at = NULL, restored = restored + 1,"
                    " next_version = next_version + ?");
    castore_sql_put(&q, (int64_t)gap);
    return castore_sql_run(&q, e);
}

static int record_burning(struct castore *s, const struct castore_info *info, uint64_t gap,
                          const char *who, int64_t now, struct writ_error *e)
{
    struct writ_buffer details = {0};
    int rc = -1;

    writ_buffer_format(&details,
                       "{\"copied_at\":%lld,\"numbers_burned\":%llu,\"feed_versions_burned\":%llu,"
                       "\"serials\":\"random, no gap needed\"}",
                       (long long)info->copied_at, (unsigned long long)gap,
                       (unsigned long long)gap);
    if (writ_buffer_check(&details, e) == 0)
        rc = castore_audit_add(s,
                               &(struct castore_audit){
                                   .at = now,
                                   .who = who,
                                   .action = RESTORE_ACTION,
                                   .subject = info->name,
                                   .why = "a backup was opened for writing",
                                   .details = writ_buffer_string(&details),
                               },
                               e);
    writ_buffer_free(&details);
    return rc;
}

static int burn_gap(struct castore *s, const struct castore_info *info, const char *who,
                    int64_t now, struct writ_error *e)
{
    uint64_t gap;

    if (now < info->copied_at)
        return writ_fail(e, WRIT_FAULT_CONFIGURATION,
                         "the clock stands before the moment when the backup %s was made; set it "
                         "first",
                         s->shown);
    gap = CASTORE_GAP + CASTORE_GAP_PER_SECOND * (uint64_t)(now - info->copied_at);
    if (burn(s, gap, now, e) < 0)
        return -1;
    return record_burning(s, info, gap, who, now, e);
}

static int bring_up_to_date(struct castore *s, const char *who, int64_t now, struct writ_error *e)
{
    int64_t version = 0;

    if (castore_schema_version(s, &version, e) < 0)
        return -1;
    return version == CASTORE_SCHEMA ? 0 : castore_schema_migrate(s, who, now, e);
}

/* Takes a backup into use; does nothing to a store that is none. */
static int take_into_use(struct castore *s, const char *who, int64_t now, struct writ_error *e)
{
    struct castore_info info;

    if (castore_info(s, &info, e) < 0)
        return -1;
    if (!info.is_backup)
        return 0;
    if (castore_begin(s, e) < 0)
        return -1;
    /* Again: another command may have been faster. */
    if (castore_info(s, &info, e) == 0 && (!info.is_backup || burn_gap(s, &info, who, now, e) == 0))
        return castore_commit(s, e);
    castore_rollback(s);
    return -1;
}

struct castore *castore_open_write(const char *path, const char *who, int64_t now,
                                   struct writ_error *e)
{
    struct castore *s = open_file(path, true, e);

    if (s == NULL)
        return NULL;
    if (check_writable(s, e) == 0 && castore_handle_durable(s, e) == 0 &&
        check_version(s, e) == 0 && check_pages(s, e) == 0 && use_wal(s, e) == 0 &&
        bring_up_to_date(s, who, now, e) == 0 && take_into_use(s, who, now, e) == 0)
        return s;
    castore_close(s);
    return NULL;
}

/* --- about it --- */

int castore_info(struct castore *s, struct castore_info *info, struct writ_error *e)
{
    struct sql q = castore_sql(s, "what the CA is",
                               "SELECT id, name, origin, created, restored, copied_at FROM ca");
    int64_t version = 0;
    int rc = castore_schema_version(s, &version, e);

    if (rc == 0)
        rc = castore_sql_step(&q, e);
    memset(info, 0, sizeof *info);
    if (rc > 0) {
        (void)castore_sql_get_bytes(&q, info->id, CASTORE_ID_BYTES, CASTORE_ID_BYTES);
        castore_sql_get_text(&q, info->name, sizeof info->name);
        castore_sql_get_text(&q, info->origin, sizeof info->origin);
        info->created = castore_sql_get_time(&q);
        info->restored = castore_sql_get_number(&q, 0);
        info->is_backup = !castore_sql_is_null(&q);
        info->copied_at = info->is_backup ? castore_sql_get_time(&q) : 0;
        info->writable = s->writable;
        info->is_old = version < CASTORE_SCHEMA;
        castore_sql_doubt(&q, info->name[0] == '\0' || info->origin[0] == '\0');
        rc = castore_sql_row_check(&q, e);
    } else if (rc == 0) {
        rc = castore_sql_fail(s, SQLITE_CORRUPT, e);
    }
    castore_sql_end(&q);
    return rc;
}

/* --- transactions --- */

int castore_begin(struct castore *s, struct writ_error *e)
{
    if (s->open || s->db == NULL)
        return writ_fail(e, WRIT_FAULT_UNEXPECTED,
                         "a transaction of the CA store %s where none can begin", s->shown);
    if (castore_sql_exec(s, s->writable ? "BEGIN IMMEDIATE" : "BEGIN; SELECT 1 FROM ca", e) < 0) {
        if (sqlite3_get_autocommit(s->db) == 0)
            (void)sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
        return -1;
    }
    s->open = true;
    s->needs_why = false;
    s->has_why = false;
    s->audits = 0;
    s->changes = sqlite3_total_changes64(s->db);
    return 0;
}

static int check_audited(struct castore *s, struct writ_error *e)
{
    if (s->audits == 0 && sqlite3_total_changes64(s->db) != s->changes)
        return writ_fail(e, WRIT_FAULT_UNEXPECTED,
                         "a change of the CA store %s without an audit record", s->shown);
    if (s->needs_why && !s->has_why)
        return writ_fail(e, WRIT_FAULT_UNEXPECTED,
                         "a revocation in the CA store %s lifted without saying why", s->shown);
    return 0;
}

int castore_commit(struct castore *s, struct writ_error *e)
{
    if (castore_sql_may_change(s, e) < 0)
        return -1;
    if (check_audited(s, e) < 0 || castore_sql_exec(s, "COMMIT", e) < 0) {
        castore_rollback(s);
        return -1;
    }
    s->open = false;
    return s->birth.fd < 0 ? 0 : castore_handle_deliver(s, e);
}

void castore_rollback(struct castore *s)
{
    /* SQLite may have rolled back by itself, after a full disk for instance. */
    if (s->open && sqlite3_get_autocommit(s->db) == 0)
        (void)sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    s->open = false;
}
