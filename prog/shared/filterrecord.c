#include "shared/filterrecord.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "base/text.h"
#include "base/time.h"

#define FIRST_LINE "writ-filters 1"

static const char *const kinds[] = {"crlite", "upki"};

const char *filterrecord_kind_name(enum filterrecord_kind kind)
{
    return kinds[kind];
}

void filterrecord_note(struct filterrecord_file *file, const struct stat *st)
{
    file->size = (uint64_t)st->st_size;
    file->inode = st->st_ino;
    file->changed = st->st_ctim.tv_sec;
    file->nanoseconds = (uint32_t)st->st_ctim.tv_nsec;
}

bool filterrecord_is_same(const struct filterrecord_file *file, const struct stat *st)
{
    return file->size == (uint64_t)st->st_size && file->inode == st->st_ino &&
           file->changed == st->st_ctim.tv_sec &&
           file->nanoseconds == (uint32_t)st->st_ctim.tv_nsec;
}

/* ---------------------------------------------------------------------------------- writing */

static void add_file(struct writ_buffer *out, const char *word,
                     const struct filterrecord_file *file)
{
    writ_buffer_format(out, "%s ", word);
    writ_hex_add(out, WRIT_SPAN_OF(file->hash));
    writ_buffer_format(out, " %" PRIu64 " %" PRIu64 " %" PRId64 " %" PRIu32, file->size,
                       file->inode, file->changed, file->nanoseconds);
    writ_buffer_format(out, "%s%s\n", file->name[0] == '\0' ? "" : " ", file->name);
}

void filterrecord_add(struct writ_buffer *out, const struct filterrecord *record)
{
    writ_buffer_format(out, FIRST_LINE "\nkind %s\ndirectory %s\n",
                       filterrecord_kind_name(record->kind), record->directory);
    writ_buffer_format(out, "as_of %" PRId64 "\ngenerated %" PRId64 "\n", record->as_of,
                       record->generated);
    if (record->has_onecrl)
        add_file(out, "onecrl", &record->onecrl);
    for (size_t i = 0; i < record->count; i++)
        add_file(out, "file", &record->files[i]);
}

/* ---------------------------------------------------------------------------------- reading */

int filterrecord_take_line(struct writ_cursor *c, const char *word, struct writ_span *value)
{
    struct writ_cursor fields, before = *c;
    struct writ_span line;

    if (writ_cursor_line(c, &line, word) < 0)
        return -1;
    fields = writ_cursor_over(line, NULL);
    if (!writ_span_equal(writ_cursor_field(&fields, ' '), writ_span_text(word)))
        return writ_cursor_fail(&before, "wanted a line that begins with %s", word);
    *value = WRIT_SPAN(fields.at, fields.left);
    return 0;
}

static int take_time(struct writ_cursor *c, const char *word, int64_t *time)
{
    struct writ_span value;
    uint64_t number;

    if (filterrecord_take_line(c, word, &value) < 0)
        return -1;
    if (writ_span_decimal(value, (uint64_t)WRIT_TIME_MAX, &number) < 0)
        return writ_cursor_fail(c, "%s is not a time", word);
    *time = (int64_t)number;
    return 0;
}

static int take_kind(struct writ_cursor *c, struct filterrecord *record)
{
    struct writ_span value;

    if (filterrecord_take_line(c, "kind", &value) < 0)
        return -1;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (writ_span_equal(value, writ_span_text(kinds[i]))) {
            record->kind = (enum filterrecord_kind)i;
            return 0;
        }
    }
    return writ_cursor_fail(c, "unknown kind");
}

static int take_directory(struct writ_cursor *c, struct filterrecord *record)
{
    struct writ_span value;

    if (filterrecord_take_line(c, "directory", &value) < 0)
        return -1;
    if (value.n >= sizeof record->directory || !writ_text_is_printable(value))
        return writ_cursor_fail(c, "not the name of a directory");
    memcpy(record->directory, value.p, value.n);
    record->directory[value.n] = '\0';
    return 0;
}

static int take_number(struct writ_cursor *fields, uint64_t max, uint64_t *number)
{
    return writ_span_decimal(writ_cursor_field(fields, ' '), max, number);
}

/* "SHA256 SIZE INODE SECONDS NANOSECONDS", and a name where one is wanted. */
static int take_file(struct writ_span value, bool named, struct filterrecord_file *file,
                     const struct writ_cursor *c)
{
    struct writ_cursor fields = writ_cursor_over(value, NULL);
    struct writ_span hash = writ_cursor_field(&fields, ' '), name;
    uint64_t changed, nanoseconds;

    if (writ_hex_parse_strict(hash, file->hash, sizeof file->hash) < 0 ||
        take_number(&fields, INT64_MAX, &file->size) < 0 ||
        take_number(&fields, INT64_MAX, &file->inode) < 0 ||
        take_number(&fields, INT64_MAX, &changed) < 0 ||
        take_number(&fields, 999999999, &nanoseconds) < 0)
        return writ_cursor_fail(c, "wanted HASH SIZE INODE SECONDS NANOSECONDS");
    file->changed = (int64_t)changed;
    file->nanoseconds = (uint32_t)nanoseconds;
    name = WRIT_SPAN(fields.at, fields.left);
    if (named != (name.n > 0) || (named && !writ_filter_name_is_good(name)))
        return writ_cursor_fail(c, "not the name of a filter");
    if (name.n > 0)
        memcpy(file->name, name.p, name.n);
    return 0;
}

static int take_onecrl(struct writ_cursor *c, struct filterrecord *record)
{
    struct writ_span value;

    if (!writ_span_equal(writ_cursor_peek(c, 7), writ_span_text("onecrl ")))
        return 0;
    record->has_onecrl = true;
    return filterrecord_take_line(c, "onecrl", &value) < 0
               ? -1
               : take_file(value, false, &record->onecrl, c);
}

static int take_files(struct writ_cursor *c, struct filterrecord *record)
{
    struct writ_span value;

    while (c->left > 0) {
        if (record->count == WRIT_FILTER_INDEX_FILES_MAX)
            return writ_cursor_fail(c, "more than %d files", WRIT_FILTER_INDEX_FILES_MAX);
        if (filterrecord_take_line(c, "file", &value) < 0 ||
            take_file(value, true, &record->files[record->count], c) < 0)
            return -1;
        record->count++;
    }
    return 0;
}

/* How many lines there can be, so that a small record takes little memory. */
static size_t count_lines(struct writ_span text)
{
    size_t n = 1;

    for (size_t i = 0; i < text.n; i++)
        n += text.p[i] == '\n';
    return n > WRIT_FILTER_INDEX_FILES_MAX ? WRIT_FILTER_INDEX_FILES_MAX : n;
}

int filterrecord_parse(struct writ_span text, struct filterrecord *record, struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(text, e);
    struct writ_span line;

    *record = (struct filterrecord){.files = calloc(count_lines(text), sizeof *record->files)};
    if (record->files == NULL)
        return writ_fail_memory(e);
    if (writ_cursor_line(&c, &line, "version") < 0)
        return -1;
    if (!writ_span_equal(line, writ_span_text(FIRST_LINE)))
        return writ_cursor_fail(&c, "wanted " FIRST_LINE);
    if (take_kind(&c, record) < 0 || take_directory(&c, record) < 0 ||
        take_time(&c, "as_of", &record->as_of) < 0 ||
        take_time(&c, "generated", &record->generated) < 0 || take_onecrl(&c, record) < 0)
        return -1;
    return take_files(&c, record);
}

void filterrecord_free(struct filterrecord *record)
{
    free(record->files);
    record->files = NULL;
    record->count = 0;
}
