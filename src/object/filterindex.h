/*
 * object/filterindex.h - which filter file covers which log at which time
 *
 * A directory of filter files (object/clubcard.h) has an index beside them, so that a certificate's
 * timestamps (SCTs) name the files to ask before any of these is touched.  The format is that of
 * upki's index.bin, with which such directories are shared; upkiidx0 and upkiidx1 are read, the
 * latter is written.  Big-endian, without padding:
 *
 *   8            "upkiidx1"
 *   2            number of files                  (upkiidx0: 1)
 *   4            number of logs
 *   32 x files   file name, padded with NUL
 *   42 x logs    log id (32), offset of its entries in the file (8), number of entries (2); in the
 *                order of log ids
 *   18 x entries number of a file (2; upkiidx0: 1), earliest and latest timestamp (8 and 8), both
 *                inclusive, in milliseconds since the epoch; nothing when the latest comes first
 *
 * The entries of the logs follow each other in the order of the logs, without gaps, to the end of
 * the file.  An index borrows its bytes.
 */
#ifndef WRIT_OBJECT_FILTERINDEX_H
#define WRIT_OBJECT_FILTERINDEX_H

#include "base/buffer.h"
#include "bytes/cursor.h"
#include "object/clubcard.h"

#define WRIT_FILTER_INDEX_FILES_MAX   512 /* a full filter and 255 days of two deltas a day */
#define WRIT_FILTER_INDEX_LOGS_MAX    4096
#define WRIT_FILTER_INDEX_ENTRIES_MAX ((size_t)1 << 18)
#define WRIT_FILTER_INDEX_MAX         ((size_t)8 * 1024 * 1024) /* bytes of an index */
#define WRIT_FILTER_NAME_MAX          32                        /* bytes of a file's name */
#define WRIT_LOG_ID                   32 /* SHA-256 of a log's SubjectPublicKeyInfo */

/* An opened index. */
struct writ_filter_index {
    struct writ_span bytes;
    size_t files;
    size_t logs;
    size_t entries;     /* of all logs */
    size_t number_size; /* bytes of a file's number: 1 or 2 */
    size_t names_at;    /* where the names begin, and the logs, and the entries */
    size_t logs_at;
    size_t entries_at;
    uint64_t latest; /* the latest timestamp that any file covers; 0 when there are no entries */
};

/* One entry: this file covers this time of the log it was found for. */
struct writ_filter_interval {
    size_t file;       /* its number, < index->files */
    uint64_t earliest; /* both inclusive, milliseconds since the epoch */
    uint64_t latest;
};

/* The entries of one log, as far as they have not been looked at. */
struct writ_filter_entries {
    struct writ_span left; /* whole entries */
    size_t number_size;
};

/* Checks everything: sizes, names and that no two are equal, the order of logs, that their entries
 * follow each other to the end and that every entry names a file.  WRIT_FAULT_BAD_INPUT.  Look-ups
 * in an index that was opened cannot fail. */
int writ_filter_index_open(struct writ_span bytes, struct writ_filter_index *index,
                           struct writ_error *e) WRIT_MUST_CHECK;

/* The name of the i-th file, without its padding; i < index->files. */
struct writ_span writ_filter_index_name(const struct writ_filter_index *index, size_t i);

/* The id of the i-th log, WRIT_LOG_ID bytes; i < index->logs. */
struct writ_span writ_filter_index_log(const struct writ_filter_index *index, size_t i);

/* The entries of a log; false, and none, when no file covers anything of it. */
bool writ_filter_index_find(const struct writ_filter_index *index,
                            const uint8_t log_id[WRIT_LOG_ID], struct writ_filter_entries *entries);

/* Takes the next entry; false when none is left. */
bool writ_filter_entries_next(struct writ_filter_entries *entries,
                              struct writ_filter_interval *interval);

/* Takes entries up to the next one whose interval holds the timestamp, and gives its file; false
 * when none is left.  A file can come more than once. */
bool writ_filter_entries_next_at(struct writ_filter_entries *entries, uint64_t timestamp,
                                 size_t *file);

/* True for a name that a filter file may have: 1 to 32 letters, digits, dots, hyphens and
 * underscores, and neither "." nor "..". */
bool writ_filter_name_is_good(struct writ_span name);

/* A file to be indexed. */
struct writ_filter_index_input {
    struct writ_span name;
    const struct writ_clubcard *card; /* opened */
};

/* Appends an upkiidx1 of these files, in their order.  Names that are not good or equal, and sizes
 * over the ceilings, are WRIT_FAULT_BAD_INPUT. */
int writ_filter_index_build(const struct writ_filter_index_input *files, size_t count,
                            struct writ_buffer *out, struct writ_error *e) WRIT_MUST_CHECK;

#endif
