#include "shared/castore_sql.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "base/time.h"

static int fail_io(struct castore *s, struct writ_error *e)
{
    int number = sqlite3_system_errno(s->db);

    if (number == 0)
        return writ_fail(e, WRIT_FAULT_IO, "reading or writing the CA store %s failed (%s)",
                         s->shown, sqlite3_errmsg(s->db));
    return writ_fail_errno(e, WRIT_FAULT_IO, number, "reading or writing the CA store %s failed",
                           s->shown);
}

/* Why no file can be made beside the store, as errno; 0 when one can. */
static int directory_refuses(const struct castore *s)
{
    const char *slash = strrchr(s->path, '/');
    struct writ_buffer directory = {0};
    int number = 0;

    writ_buffer_add(&directory, slash == NULL ? WRIT_SPAN(".", 1)
                                              : WRIT_SPAN(s->path, (size_t)(slash - s->path) + 1));
    if (access(writ_buffer_string(&directory), W_OK) < 0)
        number = errno;
    writ_buffer_free(&directory);
    return number;
}

/* SQLite tries to make its journal for writing and then to open it for reading; the ENOENT of the
 * second hides the reason of the first. */
static int fail_open(struct castore *s, struct writ_error *e)
{
    int number = sqlite3_system_errno(s->db);

    if (number == 0 || number == ENOENT)
        number = directory_refuses(s);
    if (number != 0)
        return writ_fail_errno(e, WRIT_FAULT_CANNOT_CREATE, number,
                               "cannot open the CA store %s, or make its journal beside it",
                               s->shown);
    return writ_fail(e, WRIT_FAULT_CANNOT_CREATE,
                     "cannot open the CA store %s, or make its journal beside it", s->shown);
}

int castore_sql_fail(struct castore *s, int code, struct writ_error *e)
{
    switch (code & 0xff) {
    case SQLITE_NOMEM:
        return writ_fail_memory(e);
    case SQLITE_NOTADB:
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "%s is not a writ CA store", s->shown);
    case SQLITE_CORRUPT:
    case SQLITE_ERROR: /* of statements that are right: a file of another format, for instance */
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "the CA store %s is damaged (%s)", s->shown,
                         sqlite3_errmsg(s->db));
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return writ_fail(e, WRIT_FAULT_UNAVAILABLE,
                         "another command keeps the CA store %s; waited %d s for it", s->shown,
                         CASTORE_WAIT_SECONDS);
    case SQLITE_FULL:
        return writ_fail(e, WRIT_FAULT_IO, "no space left to write the CA store %s", s->shown);
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return writ_fail(e, WRIT_FAULT_PERMISSION, "the CA store %s is read-only", s->shown);
    case SQLITE_IOERR:
        return fail_io(s, e);
    case SQLITE_CANTOPEN:
        return fail_open(s, e);
    default:
        return writ_fail(e, WRIT_FAULT_UNEXPECTED, "the CA store %s: %s", s->shown,
                         sqlite3_errmsg(s->db));
    }
}

int castore_sql_exec(struct castore *s, const char *sql, struct writ_error *e)
{
    int code = sqlite3_exec(s->db, sql, NULL, NULL, NULL);

    return code == SQLITE_OK ? 0 : castore_sql_fail(s, code, e);
}

int castore_sql_number(struct castore *s, const char *sql, int64_t *number, struct writ_error *e)
{
    struct sql q = castore_sql(s, "a number", sql);
    int rc = castore_sql_step(&q, e);

    if (rc > 0)
        *number = castore_sql_get(&q, INT64_MIN, INT64_MAX);
    castore_sql_end(&q);
    if (rc == 0)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "the CA store %s is damaged", s->shown);
    return rc < 0 ? -1 : 0;
}

/* --- statements --- */

struct sql castore_sql(struct castore *s, const char *what, const char *text)
{
    struct sql q = {.s = s, .what = what};

    q.code = s->db == NULL ? SQLITE_MISUSE : sqlite3_prepare_v2(s->db, text, -1, &q.stmt, NULL);
    return q;
}

static void keep(struct sql *q, int code)
{
    if (q->code == SQLITE_OK)
        q->code = code;
}

void castore_sql_put(struct sql *q, int64_t number)
{
    if (q->code == SQLITE_OK)
        keep(q, sqlite3_bind_int64(q->stmt, ++q->next, number));
}

void castore_sql_put_name(struct sql *q, const char *text)
{
    if (q->code == SQLITE_OK)
        keep(q, sqlite3_bind_text(q->stmt, ++q->next, text, -1, SQLITE_TRANSIENT));
}

void castore_sql_put_text(struct sql *q, const char *text)
{
    if (text == NULL || text[0] == '\0')
        castore_sql_put_null(q);
    else
        castore_sql_put_name(q, text);
}

void castore_sql_put_blob(struct sql *q, struct writ_span bytes)
{
    if (q->code == SQLITE_OK)
        keep(q, sqlite3_bind_blob64(q->stmt, ++q->next, bytes.p, bytes.n, SQLITE_TRANSIENT));
}

void castore_sql_put_null(struct sql *q)
{
    if (q->code == SQLITE_OK)
        keep(q, sqlite3_bind_null(q->stmt, ++q->next));
}

int castore_sql_step(struct sql *q, struct writ_error *e)
{
    int code;

    if (q->s->db == NULL)
        return writ_fail(e, WRIT_FAULT_UNEXPECTED, "the CA store %s is in place; open it to use it",
                         q->s->shown);
    if (q->code != SQLITE_OK)
        return castore_sql_fail(q->s, q->code, e);
    code = sqlite3_step(q->stmt);
    q->next = 0;
    q->damaged = false;
    if (code == SQLITE_ROW)
        return 1;
    return code == SQLITE_DONE ? 0 : castore_sql_fail(q->s, code, e);
}

int castore_sql_run(struct sql *q, struct writ_error *e)
{
    int rc = castore_sql_step(q, e);

    castore_sql_end(q);
    if (rc > 0)
        return writ_fail(e, WRIT_FAULT_UNEXPECTED, "the CA store %s gave a row nobody asked for",
                         q->s->shown);
    return rc;
}

void castore_sql_end(struct sql *q)
{
    (void)sqlite3_finalize(q->stmt);
    q->stmt = NULL;
}

/* --- columns --- */

/* The next column, when it has this type; otherwise -1, and the row is damaged. */
static int column(struct sql *q, int type)
{
    int at = q->next++;

    if (sqlite3_column_type(q->stmt, at) == type)
        return at;
    q->damaged = true;
    return -1;
}

int64_t castore_sql_get(struct sql *q, int64_t smallest, int64_t largest)
{
    int at = column(q, SQLITE_INTEGER);
    int64_t number = at < 0 ? smallest : sqlite3_column_int64(q->stmt, at);

    if (number >= smallest && number <= largest)
        return number;
    q->damaged = true;
    return smallest;
}

uint64_t castore_sql_get_number(struct sql *q, uint64_t smallest)
{
    return (uint64_t)castore_sql_get(q, (int64_t)smallest, (int64_t)CASTORE_NUMBER_MAX);
}

int64_t castore_sql_get_time(struct sql *q)
{
    return castore_sql_get(q, WRIT_TIME_MIN, WRIT_TIME_MAX);
}

bool castore_sql_get_flag(struct sql *q)
{
    return castore_sql_get(q, 0, 1) == 1;
}

void castore_sql_get_text(struct sql *q, char *out, size_t room)
{
    struct writ_span text = WRIT_SPAN_NONE;
    int at;

    out[0] = '\0';
    if (castore_sql_is_null(q)) {
        q->next++;
        return;
    }
    at = column(q, SQLITE_TEXT);
    if (at >= 0)
        text =
            WRIT_SPAN(sqlite3_column_text(q->stmt, at), (size_t)sqlite3_column_bytes(q->stmt, at));
    if (text.p == NULL || text.n >= room || (text.n > 0 && !writ_text_is_printable(text))) {
        q->damaged = true;
        return;
    }
    memcpy(out, text.p, text.n);
    out[text.n] = '\0';
}

struct writ_span castore_sql_get_blob(struct sql *q, size_t most)
{
    int at = column(q, SQLITE_BLOB);
    struct writ_span bytes = WRIT_SPAN_NONE;

    if (at >= 0)
        bytes =
            WRIT_SPAN(sqlite3_column_blob(q->stmt, at), (size_t)sqlite3_column_bytes(q->stmt, at));
    if (bytes.p == NULL || bytes.n == 0 || bytes.n > most) {
        q->damaged = true;
        return WRIT_SPAN_NONE;
    }
    return bytes;
}

size_t castore_sql_get_bytes(struct sql *q, uint8_t *out, size_t least, size_t most)
{
    struct writ_span bytes = castore_sql_get_blob(q, most);

    if (bytes.n < least) {
        q->damaged = true;
        bytes = WRIT_SPAN_NONE;
    }
    memset(out, 0, most);
    if (bytes.n > 0)
        memcpy(out, bytes.p, bytes.n);
    return bytes.n;
}

void castore_sql_get_hash(struct sql *q, uint8_t out[WRIT_SHA256_BYTES])
{
    (void)castore_sql_get_bytes(q, out, WRIT_SHA256_BYTES, WRIT_SHA256_BYTES);
}

bool castore_sql_is_null(struct sql *q)
{
    return sqlite3_column_type(q->stmt, q->next) == SQLITE_NULL;
}

void castore_sql_skip(struct sql *q, int columns)
{
    q->next += columns;
}

void castore_sql_doubt(struct sql *q, bool damaged)
{
    q->damaged = q->damaged || damaged;
}

int castore_sql_row_check(struct sql *q, struct writ_error *e)
{
    if (!q->damaged)
        return 0;
    return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                     "the CA store %s is damaged: %s is not what it can be", q->s->shown, q->what);
}

/* --- rules of every change --- */

int castore_sql_may_change(struct castore *s, struct writ_error *e)
{
    if (s->writable && s->open)
        return 0;
    return writ_fail(e, WRIT_FAULT_UNEXPECTED, "a change of the CA store %s outside a transaction",
                     s->shown);
}

int castore_sql_check_text(const char *text, size_t most, bool wanted, const char *what,
                           struct writ_error *e)
{
    size_t n = text == NULL ? 0 : strlen(text);

    if (n == 0)
        return wanted ? writ_fail(e, WRIT_FAULT_USAGE, "%s is empty", what) : 0;
    if (n > most)
        return writ_fail(e, WRIT_FAULT_USAGE, "%s has at most %zu bytes, this one has %zu", what,
                         most, n);
    if (!writ_text_is_printable(WRIT_SPAN(text, n)))
        return writ_fail(e, WRIT_FAULT_USAGE, "%s is not one line of printable UTF-8 text", what);
    return 0;
}
