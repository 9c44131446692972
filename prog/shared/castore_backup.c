#include "shared/castore_sql.h"

/* SQLite's codes do not say which of the two files failed.  What fails in practice is the one that
 * is written. */
static int fail_copy(struct castore *s, const struct castore *copy, int code, struct writ_error *e)
{
    switch (code & 0xff) {
    case SQLITE_FULL:
        return writ_fail(e, WRIT_FAULT_IO, "no space left to write the backup %s", copy->shown);
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
        return writ_fail(e, WRIT_FAULT_IO, "copying the CA store %s into %s failed (%s)", s->shown,
                         copy->shown, sqlite3_errmsg(s->db));
    default:
        return castore_sql_fail(s, code, e);
    }
}

/* Copies everything as of one moment, whatever others write meanwhile.  VACUUM INTO rather than
 * sqlite3_backup: it reads every row, and what it writes is not in WAL mode, so that a backup is
 * one file, readable from a read-only place. */
static int copy_rows(struct castore *s, const struct castore *copy, struct writ_error *e)
{
    struct writ_buffer path = {0};
    sqlite3_stmt *stmt = NULL;
    int code;
    int rc = castore_handle_temp_path(copy, &path, e);

    if (rc < 0)
        goto out;
    code = sqlite3_prepare_v2(s->db, "VACUUM INTO ?", -1, &stmt, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_bind_text(stmt, 1, writ_buffer_string(&path), -1, SQLITE_TRANSIENT);
    if (code == SQLITE_OK)
        code = sqlite3_step(stmt);
    if (code != SQLITE_DONE)
        rc = fail_copy(s, copy, code, e);
out:
    (void)sqlite3_finalize(stmt);
    writ_buffer_free(&path);
    return rc;
}

static int mark(struct castore *copy, int64_t now, struct writ_error *e)
{
    uint8_t id[CASTORE_ID_BYTES];
    struct sql q;

    if (writ_random(id, sizeof id, e) < 0)
        return -1;
    q = castore_sql(copy, "the CA", "UPDATE ca SET copy_id = ?, copied_at = ?");
    castore_sql_put_blob(&q, WRIT_SPAN_OF(id));
    castore_sql_put(&q, now);
    return castore_sql_run(&q, e);
}

/* A backup that cannot be read is found out now, not on the day it is needed. */
static int check_copy(struct castore *copy, struct writ_error *e)
{
    int64_t sound = 0;

    if (castore_sql_number(copy, "SELECT integrity_check = 'ok' FROM pragma_integrity_check(1)",
                           &sound, e) < 0)
        return -1;
    return sound == 1 ? 0 : castore_sql_fail(copy, SQLITE_CORRUPT, e);
}

int castore_backup(struct castore *s, const char *path, int64_t now, struct writ_error *e)
{
    struct castore *copy = castore_handle_new(path, true, e);
    int rc = -1;

    if (copy == NULL)
        return -1;
    if (s->open || s->db == NULL) {
        (void)writ_fail(e, WRIT_FAULT_UNEXPECTED, "a backup of the CA store %s in a transaction",
                        s->shown);
        goto out;
    }
    if (file_create_begin(path, &copy->birth, e) < 0 || copy_rows(s, copy, e) < 0 ||
        castore_handle_connect_file(copy, e) < 0 || mark(copy, now, e) < 0 ||
        check_copy(copy, e) < 0)
        goto out;
    rc = castore_handle_deliver(copy, e);
out:
    castore_handle_free(copy);
    return rc;
}
