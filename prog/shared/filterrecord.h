/*
 * shared/filterrecord.h - what a pull leaves beside the filters of a source
 *
 * The file `pulled` says where the filter files are, which ones were checked, and when they were
 * built.  man/writ-filters.5 is the specification.  A file is known again by its inode, size and
 * change time (ctime), which nobody can set back; when these differ, a restored backup perhaps, its
 * SHA-256 decides.
 */
#ifndef WRIT_SHARED_FILTERRECORD_H
#define WRIT_SHARED_FILTERRECORD_H

#include <limits.h>
#include <sys/stat.h>

#include "base/buffer.h"
#include "object/filterindex.h"

#define FILTERRECORD_MAX     ((size_t)256 << 10) /* bytes of the file */
#define FILTERRECORD_HASH    32
#define FILTERRECORD_NAME    "pulled"
#define FILTERRECORD_ONECRL  "onecrl"
#define FILTERRECORD_FILES   "revocation" /* where the filters are, if the source has them alone */
#define FILTERRECORD_FILTERS "filters"    /* in a state: a directory for each source */

enum filterrecord_kind { FILTERRECORD_CRLITE, FILTERRECORD_UPKI };

/* A file that was checked. */
struct filterrecord_file {
    char name[WRIT_FILTER_NAME_MAX + 1];
    uint8_t hash[FILTERRECORD_HASH]; /* SHA-256 */
    uint64_t size;
    uint64_t inode;
    int64_t changed; /* its ctime: seconds, and */
    uint32_t nanoseconds;
};

struct filterrecord {
    enum filterrecord_kind kind;
    char directory[PATH_MAX];        /* of the filters: absolute, or seen from the record's own */
    int64_t as_of;                   /* when they were built, as was signed; 0: nobody signed it */
    int64_t generated;               /* when a mirror says it made its list; 0: no mirror */
    struct filterrecord_file *files; /* owned; in the order of the index */
    size_t count;
    bool has_onecrl;
    struct filterrecord_file onecrl;
};

/* Reads a record.  WRIT_FAULT_BAD_INPUT.  Call filterrecord_free in any case. */
int filterrecord_parse(struct writ_span text, struct filterrecord *record,
                       struct writ_error *e) WRIT_MUST_CHECK;
void filterrecord_free(struct filterrecord *record);

/* Appends the text of a record. */
void filterrecord_add(struct writ_buffer *out, const struct filterrecord *record);

/* Notes which file it is; name and hash are the caller's to set. */
void filterrecord_note(struct filterrecord_file *file, const struct stat *st);

/* True when st is about the very file that was noted, unchanged. */
bool filterrecord_is_same(const struct filterrecord_file *file, const struct stat *st);

/* "crlite", "upki". */
const char *filterrecord_kind_name(enum filterrecord_kind kind);

/* Takes a line of a record, "WORD VALUE": *value gets the rest of it.  -1 with the fault of the
 * cursor. */
int filterrecord_take_line(struct writ_cursor *c, const char *word,
                           struct writ_span *value) WRIT_MUST_CHECK;

#endif
