#include "writ/pull.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hex.h"
#include "crypto/digest.h"
#include "evidence/fresh.h"
#include "evidence/source.h"
#include "shared/fetcher.h"
#include "shared/file.h"
#include "shared/jail.h"

#define ETAG_FILE "etag"
#define ETAG_MAX  ((size_t)4096) /* bytes of that file: a location, a newline, an ETag */

/* One pull, from lock to note. */
struct work {
    const struct pull *p;
    struct writ_buffer dir; /* of the feed, in the state to write */
    int lock;
    struct trust_feed here; /* what stands there, read under the lock */
    bool repair;            /* a record beside it is damaged and has to be written again */
    bool keys_lost;         /* that of the keys */
    struct writ_buffer note, keys, etag;
    struct writ_span table; /* what came, mapped; or nothing yet */
    struct writ_floor floor;
    struct writ_feed feed;
    uint8_t note_hash[WRIT_HASH_BYTES]; /* of its text */
    char new_etag[FETCHER_ETAG_MAX];
};

static char *path_in(const struct work *w, const char *name)
{
    char *path = NULL;

    return asprintf(&path, "%.*s/%s", (int)w->dir.n, (const char *)w->dir.p, name) < 0 ? NULL
                                                                                       : path;
}

/* Reads a file of the feed's directory; one that is missing is empty. */
static int read_own(const struct work *w, const char *name, size_t ceiling, struct writ_buffer *out,
                    struct writ_error *e)
{
    char *path = path_in(w, name);
    int rc = 0;

    if (path == NULL)
        return writ_fail_memory(e);
    if (access(path, F_OK) == 0)
        rc = file_read(path, ceiling, out, e);
    free(path);
    return rc;
}

static int replace_own(const struct work *w, const char *name, struct writ_span bytes,
                       struct writ_error *e)
{
    char *path = path_in(w, name);
    int rc = path == NULL ? writ_fail_memory(e) : file_replace_bytes(path, 0644, bytes, e);

    free(path);
    return rc;
}

/* ---------------------------------------------------------------------------- notes and keys */

/* Who signed a note, for what, and the hash of its text: by the keys of the bundle and those that
 * earlier notes named. */
static int check_note(const struct work *w, struct writ_span bytes, struct writ_source *source,
                      struct writ_feed *feed, uint8_t note_hash[WRIT_HASH_BYTES],
                      struct writ_error *e)
{
    struct writ_note note;

    if (writ_source_trust(writ_buffer_span(&w->p->bundle->der), source, e) < 0 ||
        writ_source_add_keys(source, writ_buffer_span(&w->keys), e) < 0 ||
        writ_source_check_note(source, bytes, feed, e) < 0 || writ_note_parse(bytes, &note, e) < 0)
        return -1;
    return writ_sha256(note.text, note_hash, e);
}

/* Damaged keys are as good as none: the bundle's own remain. */
static int read_keys(struct work *w, struct writ_error *e)
{
    struct writ_source *source = &(struct writ_source){0};
    struct writ_error ignored = {0};

    if (w->p->new_bundle)
        return 0;
    if (read_own(w, "keys", TRUST_KEYS_MAX, &w->keys, &ignored) == 0 &&
        writ_source_add_keys(source, writ_buffer_span(&w->keys), &ignored) == 0)
        return 0;
    if (ignored.fault == WRIT_FAULT_UNEXPECTED)
        return writ_fail(e, ignored.fault, "%s", ignored.text);
    writ_buffer_free(&w->keys);
    w->keys_lost = true;
    w->repair = true;
    return 0;
}

/* A note may name the key that will sign later ones.  The key that signed this one stays known. */
static int write_keys(const struct work *w, struct writ_error *e)
{
    struct writ_buffer keys = {0};
    int rc;

    writ_keys_renew(&keys, writ_buffer_span(&w->keys), &w->feed);
    rc = writ_buffer_check(&keys, e);
    if (rc == 0 && (w->repair || w->p->new_bundle ||
                    !writ_span_equal(writ_buffer_span(&keys), writ_buffer_span(&w->keys))))
        rc = replace_own(w, "keys", writ_buffer_span(&keys), e);
    writ_buffer_free(&keys);
    return rc;
}

/* ----------------------------------------------------------------------------------- floor */

/* The note that stands was accepted once, so the floor is at least what it says. */
static bool floor_from_note(struct work *w)
{
    struct writ_source *source = &(struct writ_source){0};
    struct writ_error ignored = {0};
    struct writ_feed feed;

    if (!w->here.present || check_note(w, writ_buffer_span(&w->here.note), source, &feed,
                                       w->floor.note_hash, &ignored) < 0)
        return false;
    (void)snprintf(w->floor.origin, sizeof w->floor.origin, "%s", feed.origin);
    w->floor.version = feed.version;
    w->floor.as_of = feed.as_of;
    w->floor.known = true;
    w->repair = true;
    return true;
}

/* object/memory.h; our own record, and kept for good. */
static int read_floor(struct work *w, struct writ_error *e)
{
    struct writ_buffer text = {0};
    struct writ_error why = {0};
    struct writ_cursor c;
    bool damaged = read_own(w, "floor", TRUST_RECORD_MAX, &text, &why) < 0;

    c = writ_cursor_over(writ_buffer_span(&text), NULL);
    if (!damaged && text.n > 0)
        damaged = writ_floor_take(&c, &w->floor) < 0 || c.left > 0;
    writ_buffer_free(&text);
    if (damaged)
        w->floor.known = false;
    if (w->floor.known || floor_from_note(w) || !damaged)
        return 0;
    return writ_fail(e, WRIT_FAULT_IO,
                     "%.*s/floor is damaged, and with it what must not go back; remove it to take "
                     "whatever the feed says now",
                     (int)w->dir.n, (const char *)w->dir.p);
}

static int write_floor(struct work *w, struct writ_error *e)
{
    struct writ_buffer text = {0};
    int rc;

    writ_floor_add(&text, &w->feed, w->note_hash);
    rc = writ_buffer_check(&text, e);
    if (rc == 0)
        rc = replace_own(w, "floor", writ_buffer_span(&text), e);
    writ_buffer_free(&text);
    return rc;
}

/* -------------------------------------------------------------------------------- checking */

/* Everything a note and, if it is here, its table must be.  Runs in the jail first, and the parts
 * that decide about trust again outside. */
static int check(const struct work *w, bool deep, struct writ_feed *feed,
                 uint8_t note_hash[WRIT_HASH_BYTES], struct writ_error *e)
{
    struct writ_source *source = &(struct writ_source){0};
    struct writ_table table;

    if (check_note(w, writ_buffer_span(&w->note), source, feed, note_hash, e) < 0 ||
        writ_check_fresh(feed, note_hash, &w->floor, w->p->now, e) < 0)
        return -1;
    if (!deep || w->table.n == 0)
        return 0;
    return writ_source_check_table(source, feed, w->table, &table, e);
}

static int check_in_jail(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    const struct work *w = argument;
    uint8_t hash[WRIT_HASH_BYTES];
    struct writ_feed feed;

    (void)answer;
    return check(w, true, &feed, hash, e);
}

static int check_hash(const struct work *w, struct writ_error *e)
{
    const struct writ_feed_file *file = writ_feed_table(&w->feed);
    uint8_t hash[WRIT_HASH_BYTES];

    if (w->table.n == 0)
        return 0;
    if (writ_sha256(w->table, hash, e) < 0)
        return -1;
    if (w->table.n != file->length || memcmp(hash, file->hash, sizeof hash) != 0)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "table: its length or SHA-256 is not the note's");
    return 0;
}

/* What comes from the jail is only "nothing was wrong".  Who signed the note, and that the table is
 * the one it names, is checked here too, because everything later rests on it. */
static int check_all(struct work *w, struct writ_error *e)
{
    struct jail limits = {0};
    struct writ_buffer nothing = {0};
    int rc = jail_run(&limits, check_in_jail, w, &nothing, e);

    writ_buffer_free(&nothing);
    if (rc < 0 || check(w, false, &w->feed, w->note_hash, e) < 0)
        return -1;
    return check_hash(w, e);
}

/* -------------------------------------------------------------------------------- fetching */

static char *join(const char *location, const char *name)
{
    size_t n = strlen(location);
    char *path = NULL;

    while (n > 1 && location[n - 1] == '/')
        n--;
    return asprintf(&path, "%.*s/%s", (int)n, location, name) < 0 ? NULL : path;
}

static int fetch_note(struct work *w, bool *not_modified, struct writ_error *e)
{
    char *from = join(w->p->location, "feed.note");
    struct fetcher_answer answer = {0};
    int rc;

    if (from == NULL)
        return writ_fail_memory(e);
    if (fetcher_is_url(from))
        rc = fetcher_get_buffer(from, WRIT_NOTE_MAX, writ_buffer_string(&w->etag), 0, &w->note,
                                &answer, e);
    else
        rc = file_read(from, WRIT_NOTE_MAX, &w->note, e);
    *not_modified = answer.not_modified;
    (void)snprintf(w->new_etag, sizeof w->new_etag, "%s", answer.etag);
    free(from);
    return rc;
}

/* What was fetched, or is about to be copied, has the length that the note names. */
static int check_length(int fd, uint64_t length, struct writ_error *e)
{
    struct stat st;

    if (fstat(fd, &st) < 0)
        return writ_fail_errno(e, WRIT_FAULT_IO, errno, "cannot look at the table");
    if (st.st_size >= 0 && (uint64_t)st.st_size == length)
        return 0;
    return writ_fail(e, WRIT_FAULT_BAD_INPUT, "table: has %jd bytes, the note says %llu",
                     (intmax_t)st.st_size, (unsigned long long)length);
}

static int copy_table(const char *from, int to, uint64_t length, struct writ_error *e)
{
    struct stat st;
    int fd = file_open_regular(from, &st, e);
    int rc = -1;

    if (fd < 0)
        return -1;
    if (check_length(fd, length, e) == 0)
        rc = file_copy(fd, 0, length, to, from, e);
    close(fd);
    return rc;
}

static int fetch_table(const struct work *w, int to, struct writ_error *e)
{
    const struct writ_feed_file *file = writ_feed_table(&w->feed);
    char name[WRIT_FEED_NAME_MAX];
    struct fetcher_answer answer;
    char *from;
    int rc;

    if (file->length > WRIT_TABLE_MAX)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "table: of %llu bytes, the ceiling is %zu",
                         (unsigned long long)file->length, WRIT_TABLE_MAX);
    writ_feed_file_name(file, name);
    from = join(w->p->location, name);
    if (from == NULL)
        return writ_fail_memory(e);
    rc = fetcher_is_url(from) ? fetcher_get(from, file->length, NULL, 0, to, &answer, e)
                              : copy_table(from, to, file->length, e);
    free(from);
    return rc < 0 ? -1 : check_length(to, file->length, e);
}

int pull_bundle(const char *location, struct writ_buffer *bytes, struct writ_error *e)
{
    char *from = join(location, "bundle.pem");
    struct fetcher_answer answer;
    int rc;

    if (from == NULL)
        return writ_fail_memory(e);
    rc = fetcher_is_url(from)
             ? fetcher_get_buffer(from, 2 * WRIT_BUNDLE_MAX, NULL, 0, bytes, &answer, e)
             : file_read(from, 2 * WRIT_BUNDLE_MAX, bytes, e);
    free(from);
    return rc;
}

/* ------------------------------------------------------------------------------------ ETag */

/* An ETag means something only to the place it came from. */
static void read_etag(struct work *w)
{
    struct writ_buffer text = {0};
    struct writ_error ignored = {0};
    struct writ_cursor c;

    if (read_own(w, ETAG_FILE, ETAG_MAX, &text, &ignored) == 0) {
        c = writ_cursor_over(writ_buffer_span(&text), NULL);
        if (writ_span_equal(writ_cursor_field(&c, '\n'), writ_span_text(w->p->location)) &&
            c.left < FETCHER_ETAG_MAX)
            writ_buffer_add(&w->etag, WRIT_SPAN(c.at, c.left));
    }
    writ_buffer_free(&text);
}

static int write_etag(const struct work *w, struct writ_error *e)
{
    struct writ_buffer text = {0};
    int rc;

    if (w->new_etag[0] != '\0')
        writ_buffer_format(&text, "%s\n%s", w->p->location, w->new_etag);
    rc = writ_buffer_check(&text, e);
    if (rc == 0)
        rc = replace_own(w, ETAG_FILE, writ_buffer_span(&text), e);
    writ_buffer_free(&text);
    return rc;
}

/* ------------------------------------------------------------------------------ taking over */

static void table_name(const struct writ_feed *feed, char name[WRIT_FEED_NAME_MAX])
{
    char hash[2 * WRIT_FEED_HASH + 1];

    writ_hex_format(WRIT_SPAN_OF(writ_feed_table(feed)->hash), hash);
    (void)snprintf(name, WRIT_FEED_NAME_MAX, "%s.table", hash);
}

static int write_intact(const struct work *w, const char *name, struct writ_error *e)
{
    char *path = path_in(w, name);
    struct writ_buffer record = {0};
    struct stat st;
    int fd = path == NULL ? -1 : file_open_regular(path, &st, e);
    int rc = -1;

    if (fd >= 0 && trust_intact_build(fd, name, &record, e) == 0)
        rc = replace_own(w, "intact", writ_buffer_span(&record), e);
    if (fd >= 0)
        close(fd);
    writ_buffer_free(&record);
    free(path);
    return rc;
}

/* Tables that no note names any more. */
static void remove_old_tables(const struct work *w, const char *keep)
{
    DIR *d = opendir((const char *)w->dir.p);
    struct dirent *entry;

    while (d != NULL && (entry = readdir(d)) != NULL) {
        const char *dot = strrchr(entry->d_name, '.');

        if (dot != NULL && strcmp(dot, ".table") == 0 && strcmp(entry->d_name, keep) != 0)
            (void)unlinkat(dirfd(d), entry->d_name, 0);
    }
    if (d != NULL)
        closedir(d);
}

/* Fetches the table to a temporary file, checks it where it lies, and puts it in place. */
static int bring_table(struct work *w, const char *name, struct writ_error *e)
{
    struct file_replace r = FILE_REPLACE_NONE;
    char *path = path_in(w, name);
    int rc = -1;

    if (path == NULL)
        return writ_fail_memory(e);
    if (file_replace_begin(path, &r, e) < 0)
        goto out;
    if (fetch_table(w, r.fd, e) < 0 ||
        file_map(r.fd, (size_t)writ_feed_table(&w->feed)->length, &w->table, e) < 0 ||
        check_all(w, e) < 0)
        goto out;
    rc = w->p->dry_run ? 0 : file_replace_commit(&r, 0644, e);
out:
    file_replace_abort(&r);
    file_unmap(&w->table);
    free(path);
    return rc;
}

static int take_over(struct work *w, const char *table, struct writ_error *e)
{
    if (bring_table(w, table, e) < 0)
        return -1;
    if (w->p->dry_run)
        return 0;
    if (write_floor(w, e) < 0 || write_keys(w, e) < 0 || write_intact(w, table, e) < 0 ||
        write_etag(w, e) < 0)
        return -1;
    return replace_own(w, "feed.note", writ_buffer_span(&w->note), e);
}

/* ------------------------------------------------------------------------------------ pull */

/* What is here already: true when note and table are the ones that were accepted. */
static bool stands(const struct work *w)
{
    return w->here.present && !w->here.damaged && w->here.intact && !w->repair;
}

/* The same note as the one that is installed, with its table intact. */
static bool is_installed(const struct work *w)
{
    return stands(w) && !w->p->new_bundle &&
           writ_span_equal(writ_buffer_span(&w->note), writ_buffer_span(&w->here.note));
}

static int lock_feed(struct work *w, const struct places *places, const char *fingerprint,
                     struct writ_error *e)
{
    struct writ_buffer name = {0};
    char *lock = NULL;

    trust_feed_name(&name, fingerprint, "");
    if (places_make(places, writ_buffer_string(&name), &w->dir, e) == 0) {
        (void)writ_buffer_string(&w->dir);
        lock = path_in(w, "lock");
        w->lock = lock == NULL ? writ_fail_memory(e) : file_lock(lock, PULL_LOCK_SECONDS, e);
    }
    free(lock);
    writ_buffer_free(&name);
    return w->lock < 0 ? -1 : 0;
}

static int prepare(struct work *w, struct writ_error *e)
{
    if (lock_feed(w, w->p->places, w->p->bundle->fingerprint_text, e) < 0 ||
        file_sweep_temps((const char *)w->dir.p, e) < 0)
        return -1;
    trust_feed_read((const char *)w->dir.p, &w->here);
    if (read_keys(w, e) < 0 || read_floor(w, e) < 0)
        return -1;
    if (stands(w))
        read_etag(w);
    return 0;
}

static void work_free(struct work *w)
{
    file_unlock(w->lock);
    trust_feed_free(&w->here);
    writ_buffer_free(&w->dir);
    writ_buffer_free(&w->note);
    writ_buffer_free(&w->keys);
    writ_buffer_free(&w->etag);
}

static int check_what_came(struct work *w, struct writ_error *e)
{
    if (check_all(w, e) == 0)
        return 0;
    if (w->keys_lost)
        writ_error_context(e, "%s/keys is damaged, so that only the bundle's own keys count",
                           (const char *)w->dir.p);
    return -1;
}

static int run(struct work *w, struct pull_result *result, struct writ_error *e)
{
    char table[WRIT_FEED_NAME_MAX];
    bool not_modified = false;

    if (prepare(w, e) < 0 || fetch_note(w, &not_modified, e) < 0)
        return -1;
    if (not_modified)
        writ_buffer_add(&w->note, writ_buffer_span(&w->here.note));
    if (check_what_came(w, e) < 0)
        return -1;
    result->changed = !is_installed(w);
    result->version = w->feed.version;
    result->as_of = w->feed.as_of;
    result->expires = w->feed.expires;
    result->table_bytes = writ_feed_table(&w->feed)->length;
    table_name(&w->feed, table);
    if (result->changed && take_over(w, table, e) < 0)
        return -1;
    /* Also those that a pull left which was killed after its note. */
    if (!w->p->dry_run)
        remove_old_tables(w, table);
    return 0;
}

int pull_feed(const struct pull *p, struct pull_result *result, struct writ_error *e)
{
    struct work w = {.p = p, .lock = -1};
    int rc;

    *result = (struct pull_result){0};
    rc = run(&w, result, e);
    work_free(&w);
    return rc;
}

/* -------------------------------------------------------------------------------- forgetting */

static bool is_there(const struct places *places, const char *fingerprint)
{
    struct writ_buffer name = {0}, path = {0};
    bool there;

    trust_feed_name(&name, fingerprint, "");
    places_path(&path, places->write, writ_buffer_string(&name));
    there = access(writ_buffer_string(&path), F_OK) == 0;
    writ_buffer_free(&name);
    writ_buffer_free(&path);
    return there;
}

static int forget(const struct places *places, const char *fingerprint, const char *const names[],
                  bool tables, struct writ_error *e)
{
    struct work w = {.lock = -1};
    int rc;

    if (!is_there(places, fingerprint))
        return 0;
    rc = lock_feed(&w, places, fingerprint, e);
    for (size_t i = 0; rc == 0 && names[i] != NULL; i++) {
        char *path = path_in(&w, names[i]);

        if (path == NULL)
            rc = writ_fail_memory(e);
        else if (unlink(path) < 0 && errno != ENOENT)
            rc = writ_fail_errno(e, WRIT_FAULT_IO, errno, "cannot remove %s", path);
        free(path);
    }
    if (rc == 0 && tables)
        remove_old_tables(&w, "");
    work_free(&w);
    return rc;
}

int pull_forget_keys(const struct places *places, const char *fingerprint, struct writ_error *e)
{
    static const char *const names[] = {"keys", NULL};

    return forget(places, fingerprint, names, false, e);
}

/* The note goes first: without it there is no feed, whatever else remains. */
int pull_forget(const struct places *places, const char *fingerprint, struct writ_error *e)
{
    static const char *const names[] = {"feed.note", "intact", ETAG_FILE, NULL};

    return forget(places, fingerprint, names, true, e);
}
