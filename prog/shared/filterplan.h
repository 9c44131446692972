/*
 * shared/filterplan.h - which filter files a source wants this device to have
 *
 * Made by the readers of a signed collection (shared/remotesettings.h) or of a mirror's manifest
 * (shared/manifest.h), both of which run in a jail; so it travels as text, and filterplan_take
 * believes nothing of it.
 */
#ifndef WRIT_SHARED_FILTERPLAN_H
#define WRIT_SHARED_FILTERPLAN_H

#include "base/buffer.h"
#include "bytes/cursor.h"
#include "object/filterindex.h"

#define FILTERPLAN_HASH         32
#define FILTERPLAN_LOCATION_MAX 1024
#define FILTERPLAN_BYTES_MAX    ((uint64_t)512 << 20) /* of all files of a source together */
#define FILTERPLAN_TEXT_MAX     ((size_t)1 << 20)

/* One file. */
struct filterplan_file {
    char name[WRIT_FILTER_NAME_MAX + 1]; /* what it is called here */
    uint64_t size;
    uint8_t hash[FILTERPLAN_HASH];              /* SHA-256 */
    char location[FILTERPLAN_LOCATION_MAX + 1]; /* what to append to the place they come from */
};

struct filterplan {
    struct filterplan_file *files; /* owned; the full filter first, deltas in their order */
    size_t count;
    uint64_t bytes;    /* of all of them */
    int64_t as_of;     /* when the newest was built, as somebody signed; 0: nobody did */
    int64_t generated; /* when the list was made, as it says; 0: it does not */
};

/* Appends one file to the text of a plan; where it stands is said in "NAME: ..." when it is refused
 * (WRIT_FAULT_BAD_INPUT): a name that a filter may not have, or that the directory itself needs; a
 * location with other characters than letters, digits, `.`, `_`, `-` and single slashes, or with a
 * segment that begins with a dot; a size of nothing, or over WRIT_CLUBCARD_MAX; a hash that is not
 * 64 hexadecimal digits. */
int filterplan_add_file(struct writ_buffer *text, const char *name, const char *location,
                        int64_t size, const char *hash, struct writ_error *e) WRIT_MUST_CHECK;

/* Appends the two lines that a plan begins with. */
void filterplan_add_times(struct writ_buffer *text, int64_t as_of, int64_t generated);

/* Reads the text of a plan, with the same checks, and that no two files have one name, that there
 * are 1 to WRIT_FILTER_INDEX_FILES_MAX of them and FILTERPLAN_BYTES_MAX bytes at most.  Call
 * filterplan_free in any case. */
int filterplan_take(struct writ_span text, struct filterplan *plan,
                    struct writ_error *e) WRIT_MUST_CHECK;
void filterplan_free(struct filterplan *plan);

/* The file with this name, or NULL. */
const struct filterplan_file *filterplan_find(const struct filterplan *plan, struct writ_span name);

#endif
