/*
 * object/feed.h - the text of a feed's note: what is published, since when, until when
 *
 *   writ-feed/v1 <origin> <SHA-256 of the root's SubjectPublicKeyInfo, hex>
 *   version <number>
 *   as_of 2026-11-25T07:00:00Z
 *   expires 2026-12-02T07:00:00Z
 *   file targets/<SHA-256, hex>.<kind> <bytes> <SHA-256, hex>        (one line each, 1 to 16)
 *   next-key <verifier key>                                          (at most one)
 *
 * One spelling only: fields in this order, single spaces, numbers without leading zeros, lower-case
 * hexadecimal.  The note around it is object/note.h; man/writ-feed.5 is the specification.
 */
#ifndef WRIT_OBJECT_FEED_H
#define WRIT_OBJECT_FEED_H

#include "base/buffer.h"
#include "base/time.h"
#include "bytes/cursor.h"
#include "object/note.h"

#define WRIT_FEED_FILES_MAX   16
#define WRIT_FEED_KIND_MAX    16              /* letters of a file's kind */
#define WRIT_FEED_LIFE        (7 * WRIT_DAY)  /* expires - as_of, unless the CA chooses otherwise */
#define WRIT_FEED_LIFE_MAX    (30 * WRIT_DAY) /* at most */
#define WRIT_FEED_VERSION_MAX ((uint64_t)INT64_MAX)
#define WRIT_FEED_HASH        32
#define WRIT_FEED_NAME_MAX    (sizeof "targets/" + 64 + 1 + WRIT_FEED_KIND_MAX)

struct writ_feed_file {
    char kind[WRIT_FEED_KIND_MAX + 1]; /* "table" */
    uint64_t length;
    uint8_t hash[WRIT_FEED_HASH]; /* SHA-256 */
};

struct writ_feed {
    char origin[WRIT_NOTE_NAME_MAX + 1]; /* also the name of the key that signs */
    uint8_t root[WRIT_FEED_HASH];        /* SHA-256 of the root's SubjectPublicKeyInfo */
    uint64_t version;
    int64_t as_of;
    int64_t expires;
    size_t file_count;
    struct writ_feed_file file[WRIT_FEED_FILES_MAX];
    bool has_next_key;
    struct writ_note_key next_key;
};

/* Reads the text of a note.  Refused besides malformed lines: expires not after as_of, or more than
 * WRIT_FEED_LIFE_MAX after it; no file of kind "table", or two. */
int writ_feed_parse(struct writ_span text, struct writ_feed *feed,
                    struct writ_error *e) WRIT_MUST_CHECK;

/* Appends that text. */
int writ_feed_build(const struct writ_feed *feed, struct writ_buffer *text,
                    struct writ_error *e) WRIT_MUST_CHECK;

/* The one file of kind "table".  Never NULL for a feed that was parsed. */
const struct writ_feed_file *writ_feed_table(const struct writ_feed *feed);

/* "targets/<hash>.<kind>": where a file lies, relative to the note. */
void writ_feed_file_name(const struct writ_feed_file *file, char name[WRIT_FEED_NAME_MAX]);

#endif
