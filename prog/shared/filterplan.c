#include "shared/filterplan.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "base/text.h"
#include "base/time.h"

/* ----------------------------------------------------------------------------------- checks */

/* Not those that the directory needs for itself, nor hidden ones, where downloads and locks are. */
static bool is_name(struct writ_span name)
{
    return writ_filter_name_is_good(name) && name.p[0] != '.' &&
           !writ_span_equal(name, writ_span_text("index.bin")) &&
           !writ_span_equal(name, writ_span_text("manifest.json"));
}

static bool is_location_byte(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_';
}

static bool is_location(struct writ_span location)
{
    bool begins = true; /* a segment */

    for (size_t i = 0; i < location.n; i++) {
        uint8_t c = location.p[i];

        if (begins ? !is_location_byte(c) || c == '.' : !is_location_byte(c) && c != '/')
            return false;
        begins = c == '/';
    }
    return location.n > 0 && location.n <= FILTERPLAN_LOCATION_MAX && !begins;
}

static int check_size(struct writ_span name, uint64_t size, struct writ_error *e)
{
    if (size > 0 && size <= WRIT_CLUBCARD_MAX)
        return 0;
    return writ_fail(e, WRIT_FAULT_BAD_INPUT, "%.*s: a size of %" PRIu64 " bytes, wanted 1 to %zu",
                     (int)name.n, (const char *)name.p, size, WRIT_CLUBCARD_MAX);
}

static int check_name(struct writ_span name, struct writ_error *e)
{
    char shown[WRIT_FILTER_NAME_MAX * 2];

    if (is_name(name))
        return 0;
    writ_text_copy_safe(shown, sizeof shown, name);
    return writ_fail(
        e, WRIT_FAULT_BAD_INPUT,
        "\"%s\" is no name for a filter: wanted 1 to %d letters, digits, dots, hyphens "
        "and underscores, no dot first",
        shown, WRIT_FILTER_NAME_MAX);
}

static int check_location(struct writ_span name, struct writ_span location, struct writ_error *e)
{
    char shown[128];

    if (is_location(location))
        return 0;
    writ_text_copy_safe(shown, sizeof shown, location);
    return writ_fail(e, WRIT_FAULT_BAD_INPUT, "%.*s: \"%s\" is no place for a filter", (int)name.n,
                     (const char *)name.p, shown);
}

static int fail_hash(struct writ_span name, struct writ_error *e)
{
    return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                     "%.*s: the hash is not a SHA-256 in 64 hexadecimal digits", (int)name.n,
                     (const char *)name.p);
}

/* ---------------------------------------------------------------------------------- writing */

void filterplan_add_times(struct writ_buffer *text, int64_t as_of, int64_t generated)
{
    writ_buffer_format(text, "as_of %" PRId64 "\ngenerated %" PRId64 "\n", as_of, generated);
}

int filterplan_add_file(struct writ_buffer *text, const char *name, const char *location,
                        int64_t size, const char *hash, struct writ_error *e)
{
    struct writ_span shown = writ_span_text(name);
    uint8_t bytes[FILTERPLAN_HASH];

    if (check_name(shown, e) < 0 || check_location(shown, writ_span_text(location), e) < 0 ||
        check_size(shown, size < 0 ? 0 : (uint64_t)size, e) < 0)
        return -1;
    if (writ_hex_parse(writ_span_text(hash), bytes, sizeof bytes) < 0)
        return fail_hash(shown, e);
    writ_buffer_text(text, "file ");
    writ_hex_add(text, WRIT_SPAN_OF(bytes));
    writ_buffer_format(text, " %" PRId64 " %s %s\n", size, name, location);
    return writ_buffer_check(text, e);
}

/* ---------------------------------------------------------------------------------- reading */

static int fail_text(struct writ_error *e)
{
    return writ_fail(e, WRIT_FAULT_BAD_INPUT, "the list of filters does not make sense");
}

static int take_time(struct writ_cursor *c, const char *word, int64_t *value, struct writ_error *e)
{
    struct writ_span line, first;
    struct writ_cursor fields;
    uint64_t number;

    if (writ_cursor_line(c, &line, word) < 0)
        return -1;
    fields = writ_cursor_over(line, NULL);
    first = writ_cursor_field(&fields, ' ');
    if (!writ_span_equal(first, writ_span_text(word)) ||
        writ_span_decimal(WRIT_SPAN(fields.at, fields.left), (uint64_t)WRIT_TIME_MAX, &number) < 0)
        return fail_text(e);
    *value = (int64_t)number;
    return 0;
}

static void copy_text(char *out, struct writ_span text)
{
    if (text.n > 0)
        memcpy(out, text.p, text.n);
    out[text.n] = '\0';
}

static int take_file(struct writ_span line, struct filterplan_file *file, struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(line, NULL);
    struct writ_span word = writ_cursor_field(&c, ' ');
    struct writ_span hash = writ_cursor_field(&c, ' ');
    struct writ_span size = writ_cursor_field(&c, ' ');
    struct writ_span name = writ_cursor_field(&c, ' ');
    struct writ_span location = WRIT_SPAN(c.at, c.left);

    if (!writ_span_equal(word, writ_span_text("file")) ||
        writ_span_decimal(size, UINT32_MAX, &file->size) < 0)
        return fail_text(e);
    if (check_name(name, e) < 0 || check_location(name, location, e) < 0 ||
        check_size(name, file->size, e) < 0)
        return -1;
    if (writ_hex_parse_strict(hash, file->hash, sizeof file->hash) < 0)
        return fail_hash(name, e);
    copy_text(file->name, name);
    copy_text(file->location, location);
    return 0;
}

static int take_files(struct writ_cursor *c, struct filterplan *plan, struct writ_error *e)
{
    struct writ_span line;

    while (c->left > 0) {
        struct filterplan_file *file = &plan->files[plan->count];

        if (plan->count == WRIT_FILTER_INDEX_FILES_MAX)
            return writ_fail(e, WRIT_FAULT_BAD_INPUT, "more than %d filters",
                             WRIT_FILTER_INDEX_FILES_MAX);
        if (writ_cursor_line(c, &line, "file") < 0 || take_file(line, file, e) < 0)
            return -1;
        if (filterplan_find(plan, writ_span_text(file->name)) != NULL)
            return writ_fail(e, WRIT_FAULT_BAD_INPUT, "two filters are named %s", file->name);
        plan->count++;
        plan->bytes += file->size;
    }
    if (plan->count == 0)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "no filter at all");
    if (plan->bytes > FILTERPLAN_BYTES_MAX)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                         "filters of %" PRIu64 " bytes together, the ceiling is %" PRIu64,
                         plan->bytes, FILTERPLAN_BYTES_MAX);
    return 0;
}

int filterplan_take(struct writ_span text, struct filterplan *plan, struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(text, e);

    *plan =
        (struct filterplan){.files = calloc(WRIT_FILTER_INDEX_FILES_MAX + 1, sizeof *plan->files)};
    if (plan->files == NULL)
        return writ_fail_memory(e);
    if (take_time(&c, "as_of", &plan->as_of, e) < 0 ||
        take_time(&c, "generated", &plan->generated, e) < 0)
        return -1;
    return take_files(&c, plan, e);
}

void filterplan_free(struct filterplan *plan)
{
    free(plan->files);
    *plan = (struct filterplan){0};
}

const struct filterplan_file *filterplan_find(const struct filterplan *plan, struct writ_span name)
{
    for (size_t i = 0; i < plan->count; i++) {
        if (writ_span_equal(writ_span_text(plan->files[i].name), name))
            return &plan->files[i];
    }
    return NULL;
}
