#include "shared/castore_sql.h"

#include <stdlib.h>
#include <string.h>

struct castore *castore_handle_new(const char *path, bool writable, struct writ_error *e)
{
    struct castore *s = calloc(1, sizeof *s);

    if (s == NULL) {
        (void)writ_fail_memory(e);
        return NULL;
    }
    s->birth = FILE_REPLACE_NONE;
    s->writable = writable;
    (void)file_shown(path, s->shown);
    s->path = strdup(path);
    if (s->path == NULL)
        (void)writ_fail_memory(e);
    else
        s->digester = writ_digester_new(e);
    if (s->digester != NULL)
        return s;
    castore_handle_free(s);
    return NULL;
}

void castore_handle_free(struct castore *s)
{
    castore_handle_disconnect(s);
    file_replace_abort(&s->birth);
    writ_digester_free(s->digester);
    free(s->path);
    free(s);
}

static void add_escaped(struct writ_buffer *b, const char *path)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./";

    if (path[0] != '/')
        writ_buffer_text(b, "./");
    for (; *path != '\0'; path++) {
        if (strchr(plain, *path) != NULL)
            writ_buffer_byte(b, (uint8_t)*path);
        else
            writ_buffer_format(b, "%%%02x", (unsigned char)*path);
    }
}

/* What a file that somebody else may have written must not be able to do to us.  Nothing of it has
 * been read yet. */
static int be_careful(struct castore *s, struct writ_error *e)
{
    int code = sqlite3_busy_timeout(s->db, CASTORE_WAIT_SECONDS * 1000);

    if (code == SQLITE_OK)
        code = sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_db_config(s->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    if (code != SQLITE_OK)
        return castore_sql_fail(s, code, e);
    return castore_sql_exec(s,
                            "PRAGMA cell_size_check = ON; PRAGMA foreign_keys = ON;"
                            "PRAGMA recursive_triggers = ON; PRAGMA temp_store = MEMORY;",
                            e);
}

int castore_handle_connect(struct castore *s, const char *path, int flags, const char *query,
                           struct writ_error *e)
{
    struct writ_buffer uri = {0};
    int code = SQLITE_NOMEM;

    writ_buffer_text(&uri, "file:");
    add_escaped(&uri, path);
    writ_buffer_text(&uri, query);
    if (writ_buffer_check(&uri, NULL) == 0)
        code = sqlite3_open_v2(writ_buffer_string(&uri), &s->db,
                               flags | SQLITE_OPEN_URI | SQLITE_OPEN_EXRESCODE, "unix");
    writ_buffer_free(&uri);
    return code == SQLITE_OK ? be_careful(s, e) : castore_sql_fail(s, code, e);
}

void castore_handle_disconnect(struct castore *s)
{
    (void)sqlite3_close(s->db);
    s->db = NULL;
}

int castore_handle_durable(struct castore *s, struct writ_error *e)
{
    return castore_sql_exec(s, "PRAGMA synchronous = FULL", e);
}

int castore_handle_temp_path(const struct castore *s, struct writ_buffer *path,
                             struct writ_error *e)
{
    const char *slash = strrchr(s->path, '/');

    if (slash != NULL)
        writ_buffer_add(path, WRIT_SPAN(s->path, (size_t)(slash - s->path) + 1));
    writ_buffer_text(path, s->birth.temp);
    return writ_buffer_check(path, e);
}

int castore_handle_connect_file(struct castore *s, struct writ_error *e)
{
    struct writ_buffer path = {0};
    int rc = castore_handle_temp_path(s, &path, e);

    if (rc == 0)
        rc = castore_handle_connect(s, writ_buffer_string(&path), SQLITE_OPEN_READWRITE,
                                    "?nolock=1", e);
    writ_buffer_free(&path);
    if (rc < 0 || castore_handle_durable(s, e) < 0)
        return -1;
    return castore_sql_exec(s, "PRAGMA journal_mode = MEMORY", e);
}

int castore_handle_deliver(struct castore *s, struct writ_error *e)
{
    castore_handle_disconnect(s);
    return file_replace_commit(&s->birth, 0600, e);
}
