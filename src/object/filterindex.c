#include "object/filterindex.h"

#include <stdlib.h>
#include <string.h>

#define MAGIC_BYTES 8
#define LOG_BYTES   (WRIT_LOG_ID + 8 + 2) /* a log in the table of logs */
#define TIMES_BYTES 16                    /* of an entry, behind the number of its file */

static const char magic[2][MAGIC_BYTES + 1] = {"upkiidx0", "upkiidx1"};

/* ------------------------------------------------------------------------------------ names */

static bool is_name_byte(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_';
}

bool writ_filter_name_is_good(struct writ_span name)
{
    for (size_t i = 0; i < name.n; i++) {
        if (!is_name_byte(name.p[i]))
            return false;
    }
    return name.n > 0 && name.n <= WRIT_FILTER_NAME_MAX &&
           !writ_span_equal(name, writ_span_text(".")) &&
           !writ_span_equal(name, writ_span_text(".."));
}

/* The bytes of a slot before its padding. */
static struct writ_span without_padding(struct writ_span slot)
{
    const uint8_t *end = memchr(slot.p, 0, slot.n);

    return end == NULL ? slot : WRIT_SPAN(slot.p, (size_t)(end - slot.p));
}

/* ---------------------------------------------------------------------------------- opening */

static int take_version(struct writ_cursor *c, struct writ_filter_index *index)
{
    struct writ_span found;

    if (writ_cursor_take(c, MAGIC_BYTES, &found, "magic") < 0)
        return -1;
    for (size_t i = 0; i < 2; i++) {
        if (memcmp(found.p, magic[i], MAGIC_BYTES) == 0) {
            index->number_size = i + 1;
            return 0;
        }
    }
    return writ_cursor_fail(c, "not an index of filters: wanted upkiidx0 or upkiidx1");
}

/* The number of a file, or of files: one byte or two. */
static int take_number(struct writ_cursor *c, size_t size, size_t *number, const char *what)
{
    uint16_t two = 0;
    uint8_t one = 0;
    int rc = size == 1 ? writ_cursor_u8(c, &one, what) : writ_cursor_u16_be(c, &two, what);

    *number = size == 1 ? one : two;
    return rc;
}

static int take_counts(struct writ_cursor *c, struct writ_filter_index *index)
{
    uint32_t logs;

    if (take_number(c, index->number_size, &index->files, "number of files") < 0 ||
        writ_cursor_u32_be(c, &logs, "number of logs") < 0)
        return -1;
    index->logs = logs;
    if (index->files > WRIT_FILTER_INDEX_FILES_MAX)
        return writ_cursor_fail(c, "index of %zu files, the ceiling is %d", index->files,
                                WRIT_FILTER_INDEX_FILES_MAX);
    if (index->logs > WRIT_FILTER_INDEX_LOGS_MAX)
        return writ_cursor_fail(c, "index of %zu logs, the ceiling is %d", index->logs,
                                WRIT_FILTER_INDEX_LOGS_MAX);
    return 0;
}

static bool is_named_before(const struct writ_filter_index *index, size_t i, struct writ_span name)
{
    for (size_t k = 0; k < i; k++) {
        if (writ_span_equal(writ_filter_index_name(index, k), name))
            return true;
    }
    return false;
}

static int take_names(struct writ_cursor *c, struct writ_filter_index *index)
{
    struct writ_span slot, name;
    struct writ_cursor rest;

    index->names_at = c->offset;
    for (size_t i = 0; i < index->files; i++) {
        rest = *c;
        if (writ_cursor_take(c, WRIT_FILTER_NAME_MAX, &slot, "file name") < 0)
            return -1;
        name = without_padding(slot);
        if (!writ_filter_name_is_good(name))
            return writ_cursor_fail(&rest, "the name of file %zu is none that a filter may have",
                                    i);
        if (writ_cursor_take(&rest, name.n, &name, "file name") < 0 ||
            writ_cursor_zeros(&rest, WRIT_FILTER_NAME_MAX - name.n, "padding of a file name") < 0)
            return -1;
        if (is_named_before(index, i, name))
            return writ_cursor_fail(&rest, "two files are named %.*s", (int)name.n,
                                    (const char *)name.p);
    }
    return 0;
}

/* The logs in their order; what each says about its entries must be where the ones before end. */
static int take_logs(struct writ_cursor *c, struct writ_filter_index *index)
{
    struct writ_span id, before = WRIT_SPAN_NONE;
    uint64_t offset, wanted;
    uint16_t count;

    index->logs_at = c->offset;
    index->entries_at = index->logs_at + index->logs * LOG_BYTES;
    for (size_t i = 0; i < index->logs; i++, before = id) {
        wanted = index->entries_at + index->entries * (index->number_size + TIMES_BYTES);
        if (writ_cursor_take(c, WRIT_LOG_ID, &id, "log id") < 0 ||
            writ_cursor_u64_be(c, &offset, "offset of entries") < 0 ||
            writ_cursor_u16_be(c, &count, "number of entries") < 0)
            return -1;
        if (i > 0 && writ_span_compare(before, id) >= 0)
            return writ_cursor_fail(c, "log %zu does not stand behind the one before it", i);
        if (offset != wanted)
            return writ_cursor_fail(c, "the entries of log %zu begin at %llu, wanted %llu", i,
                                    (unsigned long long)offset, (unsigned long long)wanted);
        index->entries += count;
        if (index->entries > WRIT_FILTER_INDEX_ENTRIES_MAX)
            return writ_cursor_fail(c, "index of more than %zu entries",
                                    WRIT_FILTER_INDEX_ENTRIES_MAX);
    }
    return 0;
}

static int take_entries(struct writ_cursor *c, struct writ_filter_index *index)
{
    uint64_t earliest, latest;
    size_t file;

    for (size_t i = 0; i < index->entries; i++) {
        if (take_number(c, index->number_size, &file, "number of a file") < 0 ||
            writ_cursor_u64_be(c, &earliest, "earliest timestamp") < 0 ||
            writ_cursor_u64_be(c, &latest, "latest timestamp") < 0)
            return -1;
        if (file >= index->files)
            return writ_cursor_fail(c, "entry %zu names file %zu of %zu", i, file, index->files);
        if (earliest <= latest && latest > index->latest)
            index->latest = latest;
    }
    return writ_cursor_end(c, "the index of filters");
}

int writ_filter_index_open(struct writ_span bytes, struct writ_filter_index *index,
                           struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(bytes, e);

    *index = (struct writ_filter_index){.bytes = bytes};
    if (bytes.n > WRIT_FILTER_INDEX_MAX) {
        (void)writ_fail_at(e, 0, "index of filters of %zu bytes, the ceiling is %zu", bytes.n,
                           WRIT_FILTER_INDEX_MAX);
        goto failed;
    }
    if (take_version(&c, index) < 0 || take_counts(&c, index) < 0 || take_names(&c, index) < 0 ||
        take_logs(&c, index) < 0 || take_entries(&c, index) < 0)
        goto failed;
    return 0;
failed:
    *index = (struct writ_filter_index){0};
    return -1;
}

/* --------------------------------------------------------------------------------- look-ups */

struct writ_span writ_filter_index_name(const struct writ_filter_index *index, size_t i)
{
    struct writ_span slot;

    if (writ_span_part(index->bytes, index->names_at + i * WRIT_FILTER_NAME_MAX,
                       WRIT_FILTER_NAME_MAX, &slot) < 0)
        return WRIT_SPAN_NONE;
    return without_padding(slot);
}

static struct writ_span log_at(const struct writ_filter_index *index, size_t i)
{
    struct writ_span log;

    if (i >= index->logs ||
        writ_span_part(index->bytes, index->logs_at + i * LOG_BYTES, LOG_BYTES, &log) < 0)
        return WRIT_SPAN_NONE;
    return log;
}

struct writ_span writ_filter_index_log(const struct writ_filter_index *index, size_t i)
{
    struct writ_span log = log_at(index, i);
    struct writ_span id;

    return writ_span_part(log, 0, WRIT_LOG_ID, &id) < 0 ? WRIT_SPAN_NONE : id;
}

static void give_entries(const struct writ_filter_index *index, struct writ_span log,
                         struct writ_filter_entries *entries)
{
    struct writ_cursor c = writ_cursor_over(log, NULL);
    struct writ_span id;
    uint64_t offset;
    uint16_t count;

    entries->number_size = index->number_size;
    if (writ_cursor_take(&c, WRIT_LOG_ID, &id, "log id") < 0 ||
        writ_cursor_u64_be(&c, &offset, "offset of entries") < 0 ||
        writ_cursor_u16_be(&c, &count, "number of entries") < 0 ||
        writ_span_part(index->bytes, offset, count * (index->number_size + TIMES_BYTES),
                       &entries->left) < 0)
        entries->left = WRIT_SPAN_NONE;
}

bool writ_filter_index_find(const struct writ_filter_index *index,
                            const uint8_t log_id[WRIT_LOG_ID], struct writ_filter_entries *entries)
{
    size_t from = 0, to = index->logs;

    *entries = (struct writ_filter_entries){0};
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        struct writ_span log = log_at(index, middle);
        int order = memcmp(log.p, log_id, WRIT_LOG_ID);

        if (order == 0) {
            give_entries(index, log, entries);
            return entries->left.n > 0;
        }
        if (order < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return false;
}

bool writ_filter_entries_next(struct writ_filter_entries *entries,
                              struct writ_filter_interval *interval)
{
    struct writ_cursor c = writ_cursor_over(entries->left, NULL);

    if (c.left == 0 ||
        take_number(&c, entries->number_size, &interval->file, "number of a file") < 0 ||
        writ_cursor_u64_be(&c, &interval->earliest, "earliest timestamp") < 0 ||
        writ_cursor_u64_be(&c, &interval->latest, "latest timestamp") < 0)
        return false;
    entries->left = WRIT_SPAN(c.at, c.left);
    return true;
}

bool writ_filter_entries_next_at(struct writ_filter_entries *entries, uint64_t timestamp,
                                 size_t *file)
{
    struct writ_filter_interval interval;

    while (writ_filter_entries_next(entries, &interval)) {
        if (interval.earliest <= timestamp && timestamp <= interval.latest) {
            *file = interval.file;
            return true;
        }
    }
    return false;
}

/* ---------------------------------------------------------------------------------- writing */

/* An entry on its way into the index. */
struct entry {
    struct writ_span log;
    struct writ_filter_interval interval;
};

/* By log, then in the order of files. */
static int compare_entries(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    int order = writ_span_compare(x->log, y->log);

    if (order != 0)
        return order;
    return x->interval.file < y->interval.file ? -1 : x->interval.file > y->interval.file;
}

static int check_names(const struct writ_filter_index_input *files, size_t count,
                       struct writ_error *e)
{
    if (count > WRIT_FILTER_INDEX_FILES_MAX)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "index of %zu files, the ceiling is %d", count,
                         WRIT_FILTER_INDEX_FILES_MAX);
    for (size_t i = 0; i < count; i++) {
        if (!writ_filter_name_is_good(files[i].name))
            return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                             "the name of file %zu is none that a filter may have", i);
        for (size_t k = 0; k < i; k++) {
            if (writ_span_equal(files[k].name, files[i].name))
                return writ_fail(e, WRIT_FAULT_BAD_INPUT, "two files are named %.*s",
                                 (int)files[i].name.n, (const char *)files[i].name.p);
        }
    }
    return 0;
}

/* The intervals of all files that hold anything; *count gets their number. */
static struct entry *collect(const struct writ_filter_index_input *files, size_t file_count,
                             size_t *count, struct writ_error *e)
{
    struct entry *entries;
    size_t room = 1;

    *count = 0;
    for (size_t i = 0; i < file_count; i++)
        room += files[i].card->log_count;
    if (room > WRIT_FILTER_INDEX_ENTRIES_MAX) {
        (void)writ_fail(e, WRIT_FAULT_BAD_INPUT, "index of more than %zu entries",
                        WRIT_FILTER_INDEX_ENTRIES_MAX);
        return NULL;
    }
    entries = calloc(room, sizeof *entries);
    if (entries == NULL)
        (void)writ_fail_memory(e);
    for (size_t i = 0; entries != NULL && i < file_count; i++) {
        struct writ_clubcard_log log;

        for (size_t k = 0; writ_clubcard_log(files[i].card, k, &log); k++) {
            if (log.low <= log.high)
                entries[(*count)++] = (struct entry){log.id, {i, log.low, log.high}};
        }
    }
    return entries;
}

/* How many of the entries, from the first on, are of its log. */
static size_t same_log(const struct entry *entries, size_t count)
{
    size_t n = 1;

    while (n < count && writ_span_equal(entries[n].log, entries[0].log))
        n++;
    return n;
}

static size_t count_logs(const struct entry *entries, size_t count)
{
    size_t logs = 0;

    for (size_t i = 0; i < count; i += same_log(entries + i, count - i))
        logs++;
    return logs;
}

static void add_be(struct writ_buffer *out, uint64_t value, unsigned bytes)
{
    while (bytes > 0) {
        bytes--;
        writ_buffer_byte(out, (uint8_t)(value >> (8 * bytes)));
    }
}

static void add_names(const struct writ_filter_index_input *files, size_t count,
                      struct writ_buffer *out)
{
    for (size_t i = 0; i < count; i++) {
        writ_buffer_add(out, files[i].name);
        writ_buffer_zeros(out, WRIT_FILTER_NAME_MAX - files[i].name.n);
    }
}

static void add_logs(const struct entry *entries, size_t count, uint64_t offset,
                     struct writ_buffer *out)
{
    size_t n;

    for (size_t i = 0; i < count; i += n) {
        n = same_log(entries + i, count - i);
        writ_buffer_add(out, entries[i].log);
        add_be(out, offset, 8);
        add_be(out, n, 2);
        offset += n * (2 + TIMES_BYTES);
    }
}

static void add_entries(const struct entry *entries, size_t count, struct writ_buffer *out)
{
    for (size_t i = 0; i < count; i++) {
        add_be(out, entries[i].interval.file, 2);
        add_be(out, entries[i].interval.earliest, 8);
        add_be(out, entries[i].interval.latest, 8);
    }
}

int writ_filter_index_build(const struct writ_filter_index_input *files, size_t count,
                            struct writ_buffer *out, struct writ_error *e)
{
    struct entry *entries = NULL;
    size_t entry_count, logs, begin = out->n;
    int rc = -1;

    if (check_names(files, count, e) < 0)
        return -1;
    entries = collect(files, count, &entry_count, e);
    if (entries == NULL)
        return -1;
    qsort(entries, entry_count, sizeof *entries, compare_entries);
    logs = count_logs(entries, entry_count);
    if (logs > WRIT_FILTER_INDEX_LOGS_MAX) {
        (void)writ_fail(e, WRIT_FAULT_BAD_INPUT, "index of %zu logs, the ceiling is %d", logs,
                        WRIT_FILTER_INDEX_LOGS_MAX);
        goto out;
    }
    writ_buffer_text(out, magic[1]);
    add_be(out, count, 2);
    add_be(out, logs, 4);
    add_names(files, count, out);
    add_logs(entries, entry_count, out->n - begin + logs * LOG_BYTES, out);
    add_entries(entries, entry_count, out);
    rc = writ_buffer_check(out, e);
out:
    free(entries);
    return rc;
}
