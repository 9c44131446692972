/*
 * shared/castore_sql.h - how the files of the CA's store speak to SQLite
 *
 * Only castore*.c include this.  A statement is made, filled, stepped and read through these calls;
 * they remember the first failure, so that a caller checks once, where it steps.
 */
#ifndef WRIT_SHARED_CASTORE_SQL_H
#define WRIT_SHARED_CASTORE_SQL_H

#include <sqlite3.h>

#include "shared/castore.h"
#include "shared/file.h"

struct castore {
    sqlite3 *db;
    char *path;                     /* owned */
    char shown[FILE_SHOWN_MAX];     /* path, made safe for sentences */
    bool writable;                  /* opened or created for writing */
    bool open;                      /* in a transaction */
    bool needs_why;                 /* the transaction lifted a revocation */
    bool has_why;                   /* and an audit record says why */
    unsigned audits;                /* audit records in this transaction */
    sqlite3_int64 changes;          /* sqlite3_total_changes64 where it began */
    struct file_replace birth;      /* while it is being created: the file on its way */
    struct writ_digester *digester; /* for fingerprints */
};

/* --- the handle --- */

/* A handle that is not connected to anything yet; ends with castore_handle_free. */
struct castore *castore_handle_new(const char *path, bool writable,
                                   struct writ_error *e) WRIT_MUST_CHECK;
void castore_handle_free(struct castore *s);

/* Opens the database at path, which always means a file: SQLite gives names such as ":memory:" and
 * "file:x" another meaning.  query is "" or "?" and parameters of SQLite's URIs.  Reads nothing
 * yet. */
int castore_handle_connect(struct castore *s, const char *path, int flags, const char *query,
                           struct writ_error *e) WRIT_MUST_CHECK;
void castore_handle_disconnect(struct castore *s);

/* Asks for what makes a commit survive a power failure. */
int castore_handle_durable(struct castore *s, struct writ_error *e) WRIT_MUST_CHECK;

/* Connects to s->birth, a file that file_create_begin began.  It is private until it is put in
 * place: nobody to lock out, no journal to leave behind. */
int castore_handle_connect_file(struct castore *s, struct writ_error *e) WRIT_MUST_CHECK;

/* Appends the path of that file. */
int castore_handle_temp_path(const struct castore *s, struct writ_buffer *path,
                             struct writ_error *e) WRIT_MUST_CHECK;

/* Puts the file in place, durably and with mode 0600.  Its descriptors are closed first: from here
 * on it is opened anew. */
int castore_handle_deliver(struct castore *s, struct writ_error *e) WRIT_MUST_CHECK;

/* --- the schema --- */

/* Makes the tables, indexes and triggers of an empty store, of CASTORE_SCHEMA. */
int castore_schema_make(struct castore *s, struct writ_error *e) WRIT_MUST_CHECK;

/* 0 when the store has exactly those of this version; WRIT_FAULT_BAD_INPUT when somebody changed or
 * dropped one. */
int castore_schema_check(struct castore *s, int version, struct writ_error *e) WRIT_MUST_CHECK;

/* Takes a store of an older version to CASTORE_SCHEMA, in a transaction of its own that is recorded
 * in the name of who.  It is the old store, whole, or the new one. */
int castore_schema_migrate(struct castore *s, const char *who, int64_t now,
                           struct writ_error *e) WRIT_MUST_CHECK;

/* The version of the store as it is now: another command may have taken it to a newer one. */
int castore_schema_version(struct castore *s, int64_t *version,
                           struct writ_error *e) WRIT_MUST_CHECK;

/* --- statements --- */

/* Records the fault that a result code of SQLite stands for, in a sentence about this store.
 * Always returns -1. */
int castore_sql_fail(struct castore *s, int code, struct writ_error *e);

/* Runs statements without parameters and results. */
int castore_sql_exec(struct castore *s, const char *sql, struct writ_error *e) WRIT_MUST_CHECK;

/* One number that a statement without parameters gives, such as a pragma. */
int castore_sql_number(struct castore *s, const char *sql, int64_t *number,
                       struct writ_error *e) WRIT_MUST_CHECK;

/* A statement. */
struct sql {
    struct castore *s;
    sqlite3_stmt *stmt;
    int code;         /* the first failure, or SQLITE_OK */
    int next;         /* parameters filled, or columns read, so far */
    const char *what; /* what a row is: "a certificate", for sentences */
    bool damaged;     /* a column read so far held what it cannot hold */
};

/* Makes a statement over s.  what says what its rows are.  Ends with castore_sql_end or
 * castore_sql_run. */
struct sql castore_sql(struct castore *s, const char *what, const char *text);

/* Fills the next parameter. */
void castore_sql_put(struct sql *q, int64_t number);
void castore_sql_put_text(struct sql *q, const char *text); /* NULL or "" is stored as NULL */
void castore_sql_put_name(struct sql *q, const char *text); /* stored as it is */
void castore_sql_put_blob(struct sql *q, struct writ_span bytes);
void castore_sql_put_null(struct sql *q);

/* 1 with a row to read, 0 at the end, -1 with a fault. */
int castore_sql_step(struct sql *q, struct writ_error *e) WRIT_MUST_CHECK;

/* Steps to the end, which must come without a row, and frees the statement. */
int castore_sql_run(struct sql *q, struct writ_error *e) WRIT_MUST_CHECK;

/* Frees the statement. */
void castore_sql_end(struct sql *q);

/*
 * The next column of a row, checked.  Something else than what is asked for marks the row as
 * damaged and gives zeros; castore_sql_row_check tells.
 */
int64_t castore_sql_get(struct sql *q, int64_t smallest, int64_t largest);
uint64_t castore_sql_get_number(struct sql *q, uint64_t smallest); /* up to CASTORE_NUMBER_MAX */
int64_t castore_sql_get_time(struct sql *q);
bool castore_sql_get_flag(struct sql *q);
void castore_sql_get_text(struct sql *q, char *out, size_t room);         /* NULL gives "" */
void castore_sql_get_hash(struct sql *q, uint8_t out[WRIT_SHA256_BYTES]); /* exactly 32 bytes */
size_t castore_sql_get_bytes(struct sql *q, uint8_t *out, size_t least, size_t most);
struct writ_span castore_sql_get_blob(struct sql *q,
                                      size_t most); /* borrowed until the next step */
bool castore_sql_is_null(struct sql *q);            /* of the next column, without reading it */
void castore_sql_skip(struct sql *q, int columns);
void castore_sql_doubt(struct sql *q, bool damaged); /* marks the row for a reason of the caller */

/* 0, or -1 and "is damaged" when a column of this row was not what it should be. */
int castore_sql_row_check(struct sql *q, struct writ_error *e) WRIT_MUST_CHECK;

/* 0 when the handle may change things now: opened for writing and in a transaction.  Otherwise -1
 * and WRIT_FAULT_UNEXPECTED. */
int castore_sql_may_change(struct castore *s, struct writ_error *e) WRIT_MUST_CHECK;

/* 0 when text is printable and has at most `most` bytes; at least one when wanted.  Otherwise -1,
 * WRIT_FAULT_USAGE and a sentence with what. */
int castore_sql_check_text(const char *text, size_t most, bool wanted, const char *what,
                           struct writ_error *e) WRIT_MUST_CHECK;

#endif
