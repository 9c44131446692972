#include "shared/trust.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hex.h"
#include "object/bundle.h"
#include "object/feed.h"
#include "object/table.h"
#include "shared/file.h"

#define SUFFIX ".bundle"

/* ---------------------------------------------------------------------------------- bundles */

static bool is_bundle_name(const char *name, uint8_t fingerprint[WRIT_HASH_BYTES])
{
    size_t digits = 2 * WRIT_HASH_BYTES;

    return strlen(name) == digits + strlen(SUFFIX) && strcmp(name + digits, SUFFIX) == 0 &&
           writ_hex_parse_strict(WRIT_SPAN(name, digits), fingerprint, WRIT_HASH_BYTES) == 0;
}

static bool is_known(const struct trust *trust, const uint8_t fingerprint[WRIT_HASH_BYTES])
{
    for (size_t i = 0; i < trust->count; i++) {
        if (memcmp(trust->at[i].fingerprint, fingerprint, WRIT_HASH_BYTES) == 0)
            return true;
    }
    return false;
}

static int add_bundle(struct trust *trust, const char *dir, const char *name,
                      const uint8_t fingerprint[WRIT_HASH_BYTES], struct writ_error *e)
{
    struct trust_bundle *b;

    if (trust->count == WRIT_BUNDLES_MAX)
        return writ_fail(e, WRIT_FAULT_CONFIGURATION, "more than %d trusted bundles",
                         WRIT_BUNDLES_MAX);
    b = &trust->at[trust->count];
    *b = (struct trust_bundle){0};
    memcpy(b->fingerprint, fingerprint, WRIT_HASH_BYTES);
    writ_hex_format(WRIT_SPAN_OF(b->fingerprint), b->fingerprint_text);
    if (asprintf(&b->path, "%s/%s", dir, name) < 0) {
        b->path = NULL;
        return writ_fail_memory(e);
    }
    trust->count++;
    return file_read(b->path, WRIT_BUNDLE_MAX, &b->der, e);
}

static int load_dir(const char *dir, struct trust *trust, struct writ_error *e)
{
    DIR *d = opendir(dir);
    struct dirent *entry;
    uint8_t fingerprint[WRIT_HASH_BYTES];
    int rc = 0;

    if (d == NULL)
        return errno == ENOENT ? 0
                               : writ_fail_errno(e, WRIT_FAULT_IO, errno, "cannot read %s", dir);
    while (rc == 0 && (entry = readdir(d)) != NULL) {
        if (is_bundle_name(entry->d_name, fingerprint) && !is_known(trust, fingerprint))
            rc = add_bundle(trust, dir, entry->d_name, fingerprint, e);
    }
    closedir(d);
    return rc;
}

/* In the order of fingerprints, whatever the directory's: the same store gives the same answers. */
static int compare_bundles(const void *a, const void *b)
{
    return memcmp(((const struct trust_bundle *)a)->fingerprint,
                  ((const struct trust_bundle *)b)->fingerprint, WRIT_HASH_BYTES);
}

int trust_load(const struct places *places, struct trust *trust, struct writ_error *e)
{
    struct writ_buffer dir = {0};
    int rc = 0;

    *trust = (struct trust){.at = calloc(WRIT_BUNDLES_MAX, sizeof *trust->at)};
    if (trust->at == NULL)
        return writ_fail_memory(e);
    for (size_t i = 0; rc == 0 && i < places->reads; i++) {
        places_path(&dir, places->read[i], "trust");
        rc = load_dir(writ_buffer_string(&dir), trust, e);
        writ_buffer_free(&dir);
    }
    qsort(trust->at, trust->count, sizeof *trust->at, compare_bundles);
    return rc;
}

void trust_feed_free(struct trust_feed *feed)
{
    writ_buffer_free(&feed->note);
    writ_buffer_free(&feed->keys);
    file_unmap(&feed->table);
    *feed = (struct trust_feed){0};
}

void trust_free(struct trust *trust)
{
    for (size_t i = 0; i < trust->count; i++) {
        free(trust->at[i].path);
        writ_buffer_free(&trust->at[i].der);
        trust_feed_free(&trust->at[i].feed);
    }
    free(trust->at);
    *trust = (struct trust){0};
}

int trust_find(const struct trust *trust, const char *prefix, size_t *index, struct writ_error *e)
{
    char digits[TRUST_FINGERPRINT_TEXT];
    uint8_t bytes[WRIT_HASH_BYTES];
    int n = writ_hex_parse_loose(prefix, bytes, sizeof bytes);
    size_t found = 0;

    if (n < 4)
        return writ_fail(e, WRIT_FAULT_USAGE,
                         "\"%.80s\" is no fingerprint; wanted at least 8 hexadecimal digits",
                         prefix);
    writ_hex_format(WRIT_SPAN(bytes, (size_t)n), digits);
    for (size_t i = 0; i < trust->count; i++) {
        if (strncmp(trust->at[i].fingerprint_text, digits, strlen(digits)) != 0)
            continue;
        *index = i;
        found++;
    }
    if (found == 1)
        return 0;
    return writ_fail(e, WRIT_FAULT_NO_INPUT, "%s trusted bundle has the fingerprint %s",
                     found == 0 ? "no" : "more than one", digits);
}

/* ------------------------------------------------------------------------------------ feeds */

void trust_feed_name(struct writ_buffer *b, const char *fingerprint_text, const char *file)
{
    writ_buffer_format(b, "feeds/%s%s%s", fingerprint_text, file[0] == '\0' ? "" : "/", file);
}

int trust_intact_build(int table_fd, const char *hash_text, struct writ_buffer *record,
                       struct writ_error *e)
{
    struct stat st;

    if (fstat(table_fd, &st) < 0)
        return writ_fail_errno(e, WRIT_FAULT_IO, errno, "cannot look at the table");
    writ_buffer_format(record, "%s %ju %ju %jd %jd.%09ld\n", hash_text, (uintmax_t)st.st_dev,
                       (uintmax_t)st.st_ino, (intmax_t)st.st_size, (intmax_t)st.st_ctim.tv_sec,
                       st.st_ctim.tv_nsec);
    return writ_buffer_check(record, e);
}

static void damage(struct trust_feed *feed, const char *reason)
{
    feed->damaged = true;
    (void)snprintf(feed->reason, sizeof feed->reason, "%.*s", WRIT_FACT_TEXT - 1, reason);
}

/* A file of a feed in the state where its note is; *found, which may be NULL, is false and nothing
 * is appended when it is missing. */
static int read_beside(const char *dir, const char *name, size_t ceiling, struct writ_buffer *out,
                       bool *found, struct writ_error *e)
{
    char *path = NULL;
    bool there;
    int rc = 0;

    if (asprintf(&path, "%s/%s", dir, name) < 0)
        return writ_fail_memory(e);
    there = access(path, F_OK) == 0 || errno != ENOENT;
    if (there)
        rc = file_read(path, ceiling, out, e);
    if (found != NULL)
        *found = there;
    free(path);
    return rc;
}

/* The version, and the name of the table's file.  The note was accepted when it came and is ours
 * now; whether it is still what was accepted is checked in the jail, where its signature is. */
static int read_note(struct trust_feed *feed, char name[WRIT_FEED_NAME_MAX], struct writ_error *e)
{
    struct writ_note note;
    struct writ_feed said;
    char hash[2 * WRIT_FEED_HASH + 1];

    if (writ_note_parse(writ_buffer_span(&feed->note), &note, e) < 0 ||
        writ_feed_parse(note.text, &said, e) < 0)
        return -1;
    writ_hex_format(WRIT_SPAN_OF(writ_feed_table(&said)->hash), hash);
    (void)snprintf(name, WRIT_FEED_NAME_MAX, "%s.table", hash);
    feed->version = said.version;
    return 0;
}

static int map_table(const char *dir, const char *name, struct trust_feed *feed,
                     struct writ_error *e)
{
    struct writ_buffer now = {0}, recorded = {0};
    char *path = NULL;
    struct stat st;
    int fd = -1, rc = -1;

    if (asprintf(&path, "%s/%s", dir, name) < 0) {
        path = NULL;
        (void)writ_fail_memory(e);
        goto out;
    }
    fd = file_open_regular(path, &st, e);
    if (fd < 0)
        goto out;
    if (st.st_size < 0 || (uint64_t)st.st_size > WRIT_TABLE_MAX) {
        (void)writ_fail(e, WRIT_FAULT_BAD_INPUT, "the table is over its ceiling");
        goto out;
    }
    if (trust_intact_build(fd, name, &now, e) < 0 ||
        read_beside(dir, "intact", TRUST_RECORD_MAX, &recorded, NULL, e) < 0 ||
        file_map(fd, (size_t)st.st_size, &feed->table, e) < 0)
        goto out;
    feed->intact = writ_span_equal(writ_buffer_span(&now), writ_buffer_span(&recorded));
    rc = 0;
out:
    if (fd >= 0)
        close(fd);
    writ_buffer_free(&now);
    writ_buffer_free(&recorded);
    free(path);
    return rc;
}

void trust_feed_read(const char *dir, struct trust_feed *feed)
{
    struct writ_error found = {0};
    char name[WRIT_FEED_NAME_MAX];

    *feed = (struct trust_feed){0};
    if (read_beside(dir, "feed.note", WRIT_NOTE_MAX, &feed->note, &feed->present, &found) < 0 ||
        read_beside(dir, "keys", TRUST_KEYS_MAX, &feed->keys, NULL, &found) < 0) {
        damage(feed, found.text);
        return;
    }
    if (!feed->present)
        return;
    if (read_note(feed, name, &found) < 0 || map_table(dir, name, feed, &found) < 0)
        damage(feed, found.text);
}

static bool is_better(const struct trust_feed *feed, const struct trust_feed *so_far)
{
    if (!so_far->present && !so_far->damaged)
        return true;
    return !so_far->damaged && !feed->damaged && feed->version > so_far->version;
}

static int load_feed(const struct places *places, struct trust_bundle *b, struct writ_error *e)
{
    struct writ_buffer name = {0};
    int rc = 0;

    trust_feed_name(&name, b->fingerprint_text, "");
    for (size_t i = 0; rc == 0 && i < places->reads; i++) {
        struct writ_buffer path = {0};
        struct trust_feed feed = {0};

        places_path(&path, places->read[i], writ_buffer_string(&name));
        rc = writ_buffer_check(&path, e);
        if (rc == 0)
            trust_feed_read(writ_buffer_string(&path), &feed);
        if (rc == 0 && is_better(&feed, &b->feed)) {
            trust_feed_free(&b->feed);
            b->feed = feed;
        } else {
            trust_feed_free(&feed);
        }
        writ_buffer_free(&path);
    }
    writ_buffer_free(&name);
    return rc;
}

int trust_load_feeds(const struct places *places, struct trust *trust, struct writ_error *e)
{
    for (size_t i = 0; i < trust->count; i++) {
        if (load_feed(places, &trust->at[i], e) < 0)
            return -1;
    }
    return 0;
}
