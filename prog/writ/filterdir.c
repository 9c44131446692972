#include "writ/filterdir.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "base/time.h"
#include "bytes/cursor.h"
#include "shared/file.h"

#define FLOORS     "floors"        /* in a state */
#define SMALL_MAX  ((size_t)65536) /* bytes of a small file of ours */
#define FLOORS_MAX 16              /* collections under one root */
#define UPKI_FILES "revocation"    /* in upki's cache directory */
#define FILES_LOCK ".writ-lock"

char *filterdir_join(const char *dir, const char *name, struct writ_error *e)
{
    char *path = NULL;

    if (asprintf(&path, "%s/%s", dir, name) >= 0)
        return path;
    (void)writ_fail_memory(e);
    return NULL;
}

/* ---------------------------------------------------------------------------------- opening */

static int find_files(struct filterdir *d, struct writ_error *e)
{
    d->shared = d->source->kind == SOURCE_UPKI;
    d->files = d->shared ? filterdir_join(d->source->cache, UPKI_FILES, e)
                         : filterdir_join(d->path, FILTERRECORD_FILES, e);
    return d->files == NULL ? -1 : 0;
}

static int take_lock(const char *dir, const char *name, int *lock, struct writ_error *e)
{
    char *path = filterdir_join(dir, name, e);

    if (path != NULL)
        *lock = file_lock(path, FILTERDIR_LOCK_SECONDS, e);
    free(path);
    return *lock < 0 ? -1 : 0;
}

/* For every user of the machine, whatever root's umask. */
static int make_files(const struct filterdir *d, struct writ_error *e)
{
    mode_t before = umask(022);
    int rc = file_make_dirs(d->files, 0755, e);

    (void)umask(before);
    return rc;
}

/* A record that is damaged is as good as none: everything is checked anew. */
static int read_record(struct filterdir *d, struct writ_error *e)
{
    struct writ_buffer text = {0};
    struct writ_error why = {0};

    if (filterdir_read(d, FILTERRECORD_NAME, FILTERRECORD_MAX, &text, &why) == 0 && text.n > 0)
        d->is_here = filterrecord_parse(writ_buffer_span(&text), &d->here, &why) == 0;
    writ_buffer_free(&text);
    return why.fault == WRIT_FAULT_UNEXPECTED ? writ_fail(e, why.fault, "%s", why.text) : 0;
}

static char *name_of(const struct source *source, struct writ_error *e)
{
    return filterdir_join(FILTERRECORD_FILTERS, source->name, e);
}

int filterdir_open(struct filterdir *d, const struct places *places, const struct source *source,
                   struct writ_error *e)
{
    struct writ_buffer path = {0};
    char *name = name_of(source, e);
    int rc = -1;

    *d = (struct filterdir){.places = places, .source = source, .lock = -1, .files_lock = -1};
    if (name == NULL || places_make(places, name, &path, e) < 0)
        goto out;
    d->path = strdup(writ_buffer_string(&path));
    if (d->path == NULL)
        (void)writ_fail_memory(e);
    else if (find_files(d, e) == 0 && take_lock(d->path, "lock", &d->lock, e) == 0 &&
             make_files(d, e) == 0 &&
             (!d->shared || take_lock(d->files, FILES_LOCK, &d->files_lock, e) == 0) &&
             file_sweep_temps(d->path, e) == 0 && file_sweep_temps(d->files, e) == 0)
        rc = read_record(d, e);
out:
    writ_buffer_free(&path);
    free(name);
    return rc;
}

void filterdir_close(struct filterdir *d)
{
    filterrecord_free(&d->here);
    file_unlock(d->files_lock);
    file_unlock(d->lock);
    free(d->files);
    free(d->path);
    *d = (struct filterdir){.lock = -1, .files_lock = -1};
}

/* ------------------------------------------------------------------------------- small files */

static int read_at(const char *dir, const char *name, size_t ceiling, struct writ_buffer *out,
                   struct writ_error *e)
{
    char *path = filterdir_join(dir, name, e);
    int rc = path == NULL ? -1 : 0;

    if (rc == 0 && (access(path, F_OK) == 0 || errno != ENOENT))
        rc = file_read(path, ceiling, out, e);
    free(path);
    return rc;
}

int filterdir_read(const struct filterdir *d, const char *name, size_t ceiling,
                   struct writ_buffer *out, struct writ_error *e)
{
    return read_at(d->path, name, ceiling, out, e);
}

int filterdir_put(const char *dir, const char *name, struct writ_span bytes, bool *changed,
                  struct writ_error *e)
{
    struct writ_buffer there = {0};
    struct writ_error ignored = {0};
    char *path = NULL;
    int rc = 0;

    if (read_at(dir, name, bytes.n, &there, &ignored) < 0 || there.p == NULL ||
        !writ_span_equal(writ_buffer_span(&there), bytes)) {
        if (changed != NULL)
            *changed = true;
        path = filterdir_join(dir, name, e);
        rc = path == NULL ? -1 : file_replace_bytes_nofollow(path, 0644, bytes, e);
    }
    free(path);
    writ_buffer_free(&there);
    return rc;
}

/* ------------------------------------------------------------------ what servers have asked for */

/* A line of the file: "UNTIL LOCATION". */
static bool take_wait(struct writ_cursor *c, uint64_t *until, struct writ_span *location)
{
    struct writ_cursor line = writ_cursor_over(writ_cursor_field(c, '\n'), NULL);
    struct writ_span number = writ_cursor_field(&line, ' ');

    *location = WRIT_SPAN(line.at, line.left);
    return writ_span_decimal(number, (uint64_t)WRIT_TIME_MAX, until) == 0;
}

/* A clock that was wrong when it was written must not keep a device from its updates. */
static bool counts(uint64_t until, int64_t now)
{
    return (int64_t)until > now && (int64_t)until - now <= FILTERDIR_WAIT_MAX;
}

int filterdir_check_wait(const struct filterdir *d, const char *location, int64_t now,
                         struct writ_error *e)
{
    struct writ_buffer text = {0};
    struct writ_cursor c;
    struct writ_span place;
    char when[WRIT_TIME_TEXT];
    struct writ_error ignored = {0}; /* a file that cannot be read asks for nothing */
    uint64_t until;
    int rc = 0;

    (void)!filterdir_read(d, "wait", SMALL_MAX, &text, &ignored);
    c = writ_cursor_over(writ_buffer_span(&text), NULL);
    while (rc == 0 && c.left > 0) {
        if (!take_wait(&c, &until, &place) || !counts(until, now) ||
            !writ_span_equal(place, writ_span_text(location)))
            continue;
        writ_time_format((int64_t)until, when);
        rc = writ_fail(e, WRIT_FAULT_UNAVAILABLE, "%.200s asked not to be asked again before %s",
                       location, when);
    }
    writ_buffer_free(&text);
    return rc;
}

int filterdir_set_wait(const struct filterdir *d, const char *location, int64_t now,
                       int64_t seconds, struct writ_error *e)
{
    struct writ_buffer text = {0}, longer = {0};
    struct writ_error ignored = {0};
    struct writ_cursor c;
    struct writ_span place;
    uint64_t until;
    int rc;

    (void)!filterdir_read(d, "wait", SMALL_MAX / 2, &text, &ignored);
    c = writ_cursor_over(writ_buffer_span(&text), NULL);
    while (c.left > 0) {
        if (take_wait(&c, &until, &place) && counts(until, now) &&
            !writ_span_equal(place, writ_span_text(location)))
            writ_buffer_format(&longer, "%" PRIu64 " %.*s\n", until, (int)place.n,
                               (const char *)place.p);
    }
    writ_buffer_format(&longer, "%" PRId64 " %s\n",
                       now + (seconds < FILTERDIR_WAIT_MAX ? seconds : FILTERDIR_WAIT_MAX),
                       location);
    rc = writ_buffer_check(&longer, e);
    if (rc == 0)
        rc = filterdir_put(d->path, "wait", writ_buffer_span(&longer), NULL, e);
    writ_buffer_free(&text);
    writ_buffer_free(&longer);
    return rc;
}

int filterdir_set_alert(const struct filterdir *d, const char *text, struct writ_error *e)
{
    char *path = filterdir_join(d->path, "alert", e);
    int rc = path == NULL ? -1 : 0;

    if (rc == 0 && text[0] != '\0')
        rc = filterdir_put(d->path, "alert", writ_span_text(text), NULL, e);
    else if (rc == 0 && unlink(path) < 0 && errno != ENOENT)
        rc = writ_fail_errno(e, WRIT_FAULT_IO, errno, "cannot remove %s", path);
    free(path);
    return rc;
}

void filterdir_get_alert(const struct places *places, const struct source *source,
                         char alert[FILTERDIR_ALERT_MAX])
{
    struct writ_buffer name = {0}, path = {0}, text = {0};
    struct writ_error ignored = {0};
    bool found = false;

    writ_buffer_format(&name, FILTERRECORD_FILTERS "/%s/alert", source->name);
    if (places_look(places, writ_buffer_string(&name), &path, &found, &ignored) == 0 && found)
        (void)!file_read(writ_buffer_string(&path), FILTERDIR_ALERT_MAX, &text, &ignored);
    writ_text_copy_safe(alert, FILTERDIR_ALERT_MAX, writ_buffer_span(&text));
    writ_buffer_free(&name);
    writ_buffer_free(&path);
    writ_buffer_free(&text);
}

/* --------------------------------------------------------------------- what must not go back */

struct floors {
    struct {
        char name[32];
        uint64_t timestamp;
    } at[FLOORS_MAX];
    size_t count;
};

static uint64_t *find_floor(struct floors *floors, struct writ_span name)
{
    for (size_t i = 0; i < floors->count; i++) {
        if (writ_span_equal(writ_span_text(floors->at[i].name), name))
            return &floors->at[i].timestamp;
    }
    if (floors->count == FLOORS_MAX || name.n == 0 || name.n >= sizeof floors->at[0].name)
        return NULL;
    memcpy(floors->at[floors->count].name, name.p, name.n);
    floors->at[floors->count].name[name.n] = '\0';
    return &floors->at[floors->count++].timestamp;
}

/* Lines "COLLECTION TIMESTAMP". */
static bool parse_floors(struct writ_span text, struct floors *floors)
{
    struct writ_cursor c = writ_cursor_over(text, NULL), fields;
    struct writ_span line, name;
    uint64_t *timestamp;

    while (c.left > 0) {
        if (writ_cursor_line(&c, &line, "floor") < 0)
            return false;
        fields = writ_cursor_over(line, NULL);
        name = writ_cursor_field(&fields, ' ');
        timestamp = find_floor(floors, name);
        if (timestamp == NULL || *timestamp != 0 ||
            writ_span_decimal(WRIT_SPAN(fields.at, fields.left), INT64_MAX, timestamp) < 0)
            return false;
    }
    return true;
}

static int read_floors(const struct places *places, const char *root, struct floors *floors,
                       struct writ_error *e)
{
    struct writ_buffer dir = {0}, text = {0};
    int rc;

    *floors = (struct floors){0};
    places_path(&dir, places->write, FLOORS);
    rc = read_at(writ_buffer_string(&dir), root, SMALL_MAX, &text, e);
    if (rc == 0 && !parse_floors(writ_buffer_span(&text), floors))
        rc = writ_fail(e, WRIT_FAULT_IO,
                       "%s/%s is damaged, and with it what must not go back; remove it to take "
                       "whatever the server says now",
                       writ_buffer_string(&dir), root);
    writ_buffer_free(&dir);
    writ_buffer_free(&text);
    return rc;
}

int filterdir_floor(const struct places *places, const char *root, const char *collection,
                    uint64_t *timestamp, struct writ_error *e)
{
    struct floors floors;
    const uint64_t *found;

    *timestamp = 0;
    if (read_floors(places, root, &floors, e) < 0)
        return -1;
    found = find_floor(&floors, writ_span_text(collection));
    if (found != NULL)
        *timestamp = *found;
    return 0;
}

static int write_floors(const char *dir, const char *root, const struct floors *floors,
                        struct writ_error *e)
{
    struct writ_buffer text = {0};
    int rc;

    for (size_t i = 0; i < floors->count; i++)
        writ_buffer_format(&text, "%s %" PRIu64 "\n", floors->at[i].name, floors->at[i].timestamp);
    rc = writ_buffer_check(&text, e);
    if (rc == 0)
        rc = filterdir_put(dir, root, writ_buffer_span(&text), NULL, e);
    writ_buffer_free(&text);
    return rc;
}

int filterdir_raise_floor(const struct places *places, const char *root, const char *collection,
                          uint64_t timestamp, struct writ_error *e)
{
    struct writ_buffer dir = {0};
    struct floors floors;
    uint64_t *standing = NULL;
    int lock = -1;
    int rc = places_make(places, FLOORS, &dir, e);

    if (rc == 0)
        rc = take_lock(writ_buffer_string(&dir), "lock", &lock, e);
    if (rc == 0)
        rc = read_floors(places, root, &floors, e);
    if (rc == 0)
        standing = find_floor(&floors, writ_span_text(collection));
    if (rc == 0 && standing != NULL && *standing < timestamp) {
        *standing = timestamp;
        rc = write_floors(writ_buffer_string(&dir), root, &floors, e);
    }
    file_unlock(lock);
    writ_buffer_free(&dir);
    return rc;
}

/* -------------------------------------------------------------------------------- forgetting */

static int remove_all(const char *path, struct writ_error *e)
{
    DIR *d = opendir(path);
    struct dirent *entry;
    int rc = 0;

    if (d == NULL)
        return errno == ENOENT ? 0
                               : writ_fail_errno(e, WRIT_FAULT_IO, errno, "cannot read %s", path);
    while (rc == 0 && (entry = readdir(d)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
            strcmp(entry->d_name, "lock") == 0)
            continue;
        if (unlinkat(dirfd(d), entry->d_name, 0) < 0 && errno != EISDIR && errno != ENOENT)
            rc = writ_fail_errno(e, WRIT_FAULT_IO, errno, "cannot remove %s/%s", path,
                                 entry->d_name);
    }
    closedir(d);
    return rc;
}

/* The record goes first: without it nobody looks for the rest. */
int filterdir_forget(const struct places *places, const struct source *source, struct writ_error *e)
{
    struct writ_buffer path = {0};
    char *record = NULL, *files = NULL, *name = name_of(source, e);
    int lock = -1, rc = name == NULL ? -1 : 0;

    if (rc == 0)
        places_path(&path, places->write, name);
    if (rc == 0 && access(writ_buffer_string(&path), F_OK) != 0)
        goto out;
    if (rc == 0)
        rc = take_lock(writ_buffer_string(&path), "lock", &lock, e);
    if (rc == 0)
        record = filterdir_join(writ_buffer_string(&path), FILTERRECORD_NAME, e);
    if (rc == 0)
        files = filterdir_join(writ_buffer_string(&path), FILTERRECORD_FILES, e);
    if (rc < 0 || record == NULL || files == NULL)
        rc = -1;
    else if (unlink(record) < 0 && errno != ENOENT)
        rc = writ_fail_errno(e, WRIT_FAULT_IO, errno, "cannot remove %s", record);
    else if (remove_all(files, e) < 0 || remove_all(writ_buffer_string(&path), e) < 0)
        rc = -1;
    if (rc == 0)
        (void)rmdir(files);
out:
    file_unlock(lock);
    free(record);
    free(files);
    free(name);
    writ_buffer_free(&path);
    return rc;
}
