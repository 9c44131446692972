#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/time.h"
#include "ca/ca.h"
#include "ca/ca_commands.h"
#include "ca/ca_make.h"
#include "ca/ca_standing.h"
#include "ca/ca_table.h"
#include "issue/sign.h"
#include "object/note.h"
#include "shared/file.h"

#define SETTING_DIR "publish_dir"
#define PATH_BYTES  4096

/* One publication, on its way. */
struct publication {
    char dir[PATH_BYTES];
    struct writ_buffer table;
    struct writ_feed feed;
    struct writ_buffer note;
    struct ca_standing standing;
    char previous[WRIT_FEED_NAME_MAX]; /* the table of the note that stands there; or "" */
    size_t recovered;                  /* revocations that only the standing feed knew */
    bool is_first_after_loss;          /* restored from a backup, and no feed to recover from */
    int lock;
};

static void publication_free(struct publication *p)
{
    file_unlock(p->lock);
    writ_buffer_free(&p->table);
    writ_buffer_free(&p->note);
    ca_standing_free(&p->standing);
}

/* What is published is for everybody, whatever the umask; a directory that is there is left as it
 * is. */
static int make_public_dir(const char *path, struct writ_error *e)
{
    struct stat st;

    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return 0;
    if (file_make_dirs(path, 0755, e) < 0)
        return -1;
    if (chmod(path, 0755) < 0)
        return writ_fail_errno(e, WRIT_FAULT_CANNOT_CREATE, errno, "%s", path);
    return 0;
}

static int choose_dir(const struct args *a, struct ca *ca, struct publication *p,
                      struct writ_error *e)
{
    const char *given = args_operand(a, 0);
    char remembered[CASTORE_TEXT_MAX + 1] = "";
    char *absolute;

    if (given == NULL && castore_setting_get(ca->store, SETTING_DIR, remembered, e) < 0)
        return -1;
    if (given == NULL && remembered[0] == '\0')
        return args_fail(a, e, "say where to: writ publish DIR (it is remembered)");
    if (given == NULL) {
        (void)snprintf(p->dir, sizeof p->dir, "%s", remembered);
        return 0;
    }
    if (!a->dry_run && make_public_dir(given, e) < 0)
        return -1;
    absolute = realpath(given, NULL);
    (void)snprintf(p->dir, sizeof p->dir, "%s", absolute == NULL ? given : absolute);
    free(absolute);
    return 0;
}

/* Publishing over a newer feed means that this store is a copy of what published it. */
static int check_version(struct publication *p, uint64_t version, struct writ_error *e)
{
    if (!p->standing.exists)
        return 0;
    if (p->standing.feed.version >= version)
        return writ_fail(
            e, WRIT_FAULT_CONFIGURATION,
            "%s holds version %llu already, and this store is at %llu: it is an old copy "
            "(a backup made with writ ca backup would have known)",
            p->dir, (unsigned long long)p->standing.feed.version, (unsigned long long)version);
    writ_feed_file_name(writ_feed_table(&p->standing.feed), p->previous);
    return 0;
}

/* A feed that stands there and that this store did not publish is that of a store that was lost:
 * what it had revoked is taken over, or devices would trust it again. */
static int recover(struct ca *ca, struct publication *p, int64_t now, struct writ_error *e)
{
    struct castore_publication *last = NULL;
    uint64_t known;

    if (castore_publication_last(ca->store, &last, e) < 0)
        return -1;
    known = last == NULL ? 0 : last->version;
    castore_publication_free(last);
    p->is_first_after_loss = ca->info.restored > 0 && !p->standing.exists;
    if (!p->standing.exists || p->standing.feed.version <= known)
        return 0;
    return ca_standing_recover(ca, &p->standing, now, &p->recovered, e);
}

static int fill_feed(const struct args *a, struct ca *ca, struct publication *p, uint64_t version,
                     int64_t now, struct writ_error *e)
{
    struct castore_matches root = {0};
    struct writ_cert cert;
    int64_t life;
    int rc = -1;

    if (args_duration(a, "expires", WRIT_FEED_LIFE, &life, e) < 0 ||
        ca_newest(ca, CASTORE_ROOT, &root, &cert, e) < 0)
        goto out;
    if (life < 1 || life > WRIT_FEED_LIFE_MAX) {
        (void)args_fail(a, e, "--expires: wanted one second to 30 days");
        goto out;
    }
    p->feed = (struct writ_feed){
        .version = version, .as_of = now, .expires = now + life, .file_count = 1};
    (void)snprintf(p->feed.origin, sizeof p->feed.origin, "%.*s", WRIT_NOTE_NAME_MAX,
                   ca->info.origin);
    (void)snprintf(p->feed.file[0].kind, sizeof p->feed.file[0].kind, "table");
    p->feed.file[0].length = p->table.n;
    if (writ_sha256(cert.key.spki, p->feed.root, e) == 0 &&
        writ_sha256(writ_buffer_span(&p->table), p->feed.file[0].hash, e) == 0)
        rc = 0;
out:
    castore_matches_free(&root);
    return rc;
}

/* Version, table, note and the record of them in one transaction, before anything is written into
 * the directory: a version is never used with two contents. */
static int make(const struct args *a, struct ca *ca, struct publication *p,
                const struct writ_key *key, struct writ_error *e)
{
    struct castore_publication record = {.recorded = true};
    char subject[32];
    uint64_t version;
    int64_t now;

    if (castore_begin(ca->store, e) < 0)
        return -1;
    now = ca_now(a);
    if (castore_publication_reserve(ca->store, now, &version, e) < 0 ||
        check_version(p, version, e) < 0 || recover(ca, p, now, e) < 0 ||
        ca_build_table(ca, now, &p->table, e) < 0 || fill_feed(a, ca, p, version, now, e) < 0 ||
        writ_sign_feed(&p->feed, key, &p->note, e) < 0)
        return -1;
    record.version = version;
    record.reserved_at = now;
    record.as_of = now;
    record.expires = p->feed.expires;
    record.note = writ_buffer_span(&p->note);
    memcpy(record.table_hash, p->feed.file[0].hash, sizeof record.table_hash);
    (void)snprintf(subject, sizeof subject, "feed %llu", (unsigned long long)version);
    if (castore_publication_record(ca->store, &record, e) < 0 ||
        castore_setting_set(ca->store, SETTING_DIR, p->dir, e) < 0 ||
        ca_audit(ca, now, "publish", subject, args_value(a, "note"), NULL, e) < 0)
        return -1;
    return ca_finish(a, ca, e);
}

/* Servers make an ETag of a file's length and of the second in which it was last changed: of two
 * notes that follow each other within a second a device would never see the latter. */
static int set_later(int fd, const char *standing, struct writ_error *e)
{
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {0}};
    struct stat before, now;

    if (stat(standing, &before) < 0)
        return 0;
    if (fstat(fd, &now) == 0 && now.st_mtim.tv_sec > before.st_mtim.tv_sec)
        return 0;
    times[1].tv_sec = before.st_mtim.tv_sec + 1;
    if (futimens(fd, times) == 0)
        return 0;
    return writ_fail_errno(e, WRIT_FAULT_IO, errno, "cannot set the time of %s", standing);
}

static int write_note(const char *path, struct writ_span note, struct writ_error *e)
{
    struct file_replace r = FILE_REPLACE_NONE;
    int rc = file_replace_begin_nofollow(path, &r, e);

    if (rc == 0)
        rc = file_write(r.fd, path, note, e);
    if (rc == 0)
        rc = set_later(r.fd, path, e);
    if (rc == 0)
        rc = file_replace_commit(&r, 0644, e);
    file_replace_abort(&r);
    return rc;
}

/* The directory may belong to a web server's user: what is published goes where it is, and not
 * where a symbolic link in it leads, such as over the store. */
static int make_targets(const char *path, struct writ_error *e)
{
    struct stat st;

    if (lstat(path, &st) == 0 && S_ISLNK(st.st_mode))
        return writ_fail(e, WRIT_FAULT_CANNOT_CREATE,
                         "%s is a symbolic link; a directory was wanted", path);
    return make_public_dir(path, e);
}

/* The note comes last, so that whoever reads it finds the table it names. */
static int write_out(struct ca *ca, const struct publication *p, struct writ_error *e)
{
    char path[PATH_BYTES + WRIT_FEED_NAME_MAX], name[WRIT_FEED_NAME_MAX];
    struct writ_buffer bundle = {0};
    int rc = -1;

    (void)snprintf(path, sizeof path, "%s/targets", p->dir);
    if (make_targets(path, e) < 0)
        return -1;
    writ_feed_file_name(&p->feed.file[0], name);
    (void)snprintf(path, sizeof path, "%s/%s", p->dir, name);
    if (file_replace_bytes_nofollow(path, 0644, writ_buffer_span(&p->table), e) < 0)
        return -1;
    (void)snprintf(path, sizeof path, "%s/%s", writ_buffer_string(&ca->dir), CA_BUNDLE);
    if (file_read(path, WRIT_BUNDLE_MAX * 2, &bundle, e) < 0)
        goto out;
    (void)snprintf(path, sizeof path, "%s/%s", p->dir, CA_BUNDLE);
    if (file_replace_bytes_nofollow(path, 0644, writ_buffer_span(&bundle), e) < 0)
        goto out;
    (void)snprintf(path, sizeof path, "%s/feed.note", p->dir);
    rc = write_note(path, writ_buffer_span(&p->note), e);
out:
    writ_buffer_free(&bundle);
    return rc;
}

/* True for the name of a table that a feed of ours could have named. */
static bool is_table(const char *name)
{
    static const char suffix[] = ".table";
    uint8_t hash[WRIT_FEED_HASH];
    size_t n = strlen(name), digits = 2 * sizeof hash;

    return n == digits + strlen(suffix) && strcmp(name + digits, suffix) == 0 &&
           writ_hex_parse_strict(WRIT_SPAN(name, digits), hash, sizeof hash) == 0;
}

/* Whoever has just fetched the previous note still finds its table; older ones go, and what killed
 * commands have left.  That something cannot be removed is no reason to call the feed bad. */
static void remove_old(const struct publication *p)
{
    char path[PATH_BYTES + 16], name[WRIT_FEED_NAME_MAX], current[WRIT_FEED_NAME_MAX];
    struct writ_error ignored = {0};
    struct dirent *entry;
    DIR *d;

    (void)snprintf(path, sizeof path, "%s/targets", p->dir);
    writ_feed_file_name(&p->feed.file[0], current);
    d = opendir(path);
    while (d != NULL && (entry = readdir(d)) != NULL) {
        if (!is_table(entry->d_name))
            continue;
        (void)snprintf(name, sizeof name, "targets/%.*s", (int)sizeof name - 9, entry->d_name);
        if (strcmp(name, current) != 0 && strcmp(name, p->previous) != 0)
            (void)unlinkat(dirfd(d), entry->d_name, 0);
    }
    if (d != NULL)
        closedir(d);
    (void)!file_sweep_temps(path, &ignored);
    (void)!file_sweep_temps(p->dir, &ignored);
}

/* A CA that was restored must know what it has forgotten. */
static void warn_of_loss(struct out *o, const struct publication *p)
{
    if (p->recovered > 0)
        out_note(o,
                 "this store is older than the feed that stood there; %zu revocation%s recovered "
                 "from it",
                 p->recovered, p->recovered == 1 ? " was" : "s were");
    if (p->is_first_after_loss)
        out_note(o, "this CA was restored from a backup, and no feed stands here: revocations made "
                    "after the backup are not in this one; revoke them again");
}

static void tell(const struct args *a, struct out *o, const struct publication *p)
{
    char expires[WRIT_TIME_TEXT];

    warn_of_loss(o, p);

    writ_time_format(p->feed.expires, expires);
    if (a->json) {
        struct writ_emit *m = out_emit(o);

        writ_emit_string(m, "directory", p->dir);
        writ_emit_unsigned(m, "version", p->feed.version);
        writ_emit_time(m, "as_of", p->feed.as_of);
        writ_emit_time(m, "expires", p->feed.expires);
        writ_emit_unsigned(m, "table_bytes", p->table.n);
        writ_emit_unsigned(m, "recovered_revocations", p->recovered);
        writ_emit_flag(m, "dry_run", a->dry_run);
        return;
    }
    out_say(o, "%s feed %llu to %s: table of %zu bytes, fresh until %s",
            a->dry_run ? "would publish" : "published", (unsigned long long)p->feed.version, p->dir,
            p->table.n, expires);
}

static int make_bundle(struct ca *ca, const char *path, struct writ_error *e)
{
    struct castore_matches root = {0};
    struct writ_cert cert;
    struct writ_key *root_key = NULL, *feed_key = NULL;
    struct writ_buffer pem = {0};
    int rc = -1;

    if (ca_newest(ca, CASTORE_ROOT, &root, &cert, e) < 0)
        goto out;
    feed_key = ca_key(ca, CASTORE_KEY_FEED, NULL, e);
    root_key = feed_key == NULL ? NULL : ca_key(ca, CASTORE_KEY_ROOT, root.at[0]->spki_hash, e);
    if (feed_key != NULL && root_key == NULL)
        writ_error_context(e,
                           "%s is not there, and needs the root's signature (writ ca adopt "
                           "--bundle-signature)",
                           path);
    if (root_key != NULL &&
        ca_make_bundle(ca, root_key, root.at[0]->der, feed_key, ca->info.created, &pem, e) == 0)
        rc = file_replace_bytes(path, 0644, writ_buffer_span(&pem), e);
out:
    writ_key_free(root_key);
    writ_key_free(feed_key);
    writ_buffer_free(&pem);
    castore_matches_free(&root);
    return rc;
}

/* A bundle that was lost with the store's directory is made again; only that needs the root. */
static int ensure_bundle(const struct args *a, struct ca *ca, struct writ_error *e)
{
    char path[PATH_BYTES];

    (void)snprintf(path, sizeof path, "%s/%s", writ_buffer_string(&ca->dir), CA_BUNDLE);
    if (access(path, F_OK) == 0)
        return 0;
    if (a->dry_run)
        return writ_fail(e, WRIT_FAULT_CONFIGURATION,
                         "%s is missing; writ publish without --dry-run makes it again", path);
    return make_bundle(ca, path, e);
}

static int publish(const struct args *a, struct ca *ca, struct publication *p, struct writ_error *e)
{
    struct writ_buffer lock = {0};
    struct writ_key *key = NULL;
    int rc = -1;

    if (ca_open_write(a, ca, e) < 0 || choose_dir(a, ca, p, e) < 0)
        return -1;
    writ_buffer_format(&lock, "%s/publish.lock", writ_buffer_string(&ca->dir));
    p->lock = file_lock(writ_buffer_string(&lock), CASTORE_WAIT_SECONDS, e);
    writ_buffer_free(&lock);
    if (p->lock < 0)
        return -1;
    if (ensure_bundle(a, ca, e) < 0 || ca_standing_read(ca, p->dir, &p->standing, e) < 0)
        return -1;
    key = ca_key(ca, CASTORE_KEY_FEED, NULL, e);
    if (key != NULL && make(a, ca, p, key, e) == 0)
        rc = a->dry_run ? 0 : write_out(ca, p, e);
    if (rc == 0 && !a->dry_run)
        remove_old(p);
    writ_key_free(key);
    return rc;
}

int ca_publish(const struct args *a, struct out *o)
{
    struct publication p = {.lock = -1};
    struct ca ca = {0};
    struct writ_error e = {0};
    int status = 0;

    if (publish(a, &ca, &p, &e) < 0)
        status = out_fault(o, &e);
    else
        tell(a, o, &p);
    publication_free(&p);
    ca_close(&ca);
    return status;
}
