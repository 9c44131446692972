#include "ca/filtercoverage.h"

#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/hex.h"
#include "shared/file.h"
#include "shared/jsontext.h"

static int add_log(struct filtercoverage *coverage, struct writ_span id, uint64_t low,
                   uint64_t high, struct writ_error *e)
{
    struct writ_clubcard_log *log = &coverage->logs[coverage->count];

    if (coverage->count + coverage->left_out == WRIT_CLUBCARD_LOGS_MAX)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "more than %d logs, the ceiling",
                         WRIT_CLUBCARD_LOGS_MAX);
    for (size_t i = 0; i < coverage->count; i++) {
        if (writ_span_equal(coverage->logs[i].id, id))
            return writ_fail(e, WRIT_FAULT_BAD_INPUT, "the log stands twice");
    }
    if (low >= high) {
        coverage->left_out++;
        return 0;
    }
    memcpy(coverage->ids[coverage->count], id.p, WRIT_CLUBCARD_LOG);
    log->id = WRIT_SPAN(coverage->ids[coverage->count], WRIT_CLUBCARD_LOG);
    log->low = low;
    log->high = high;
    coverage->count++;
    return 0;
}

/* ------------------------------------------------------------------------------------- lines */

static int read_line(struct filtercoverage *coverage, struct writ_span line, struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(line, NULL);
    uint8_t id[WRIT_CLUBCARD_LOG];
    uint64_t low, high;

    if (writ_hex_parse(writ_cursor_field(&c, '\t'), id, sizeof id) < 0 ||
        writ_span_decimal(writ_cursor_field(&c, '\t'), UINT64_MAX, &low) < 0 ||
        writ_span_decimal(WRIT_SPAN(c.at, c.left), UINT64_MAX, &high) < 0)
        return writ_fail(
            e, WRIT_FAULT_BAD_INPUT,
            "wanted a log's id in hexadecimal, a tab, the first millisecond covered, a "
            "tab, the last one");
    return add_log(coverage, WRIT_SPAN_OF(id), low, high, e);
}

static int read_lines(struct filtercoverage *coverage, struct writ_span text, struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(text, NULL);

    for (unsigned line = 1; c.left > 0; line++) {
        if (read_line(coverage, writ_cursor_field(&c, '\n'), e) < 0) {
            writ_error_context(e, "line %u", line);
            return -1;
        }
    }
    return 0;
}

/* -------------------------------------------------------------------------------------- JSON */

static int read_number(const json_t *object, const char *name, uint64_t *value,
                       struct writ_error *e)
{
    const json_t *member = json_object_get(object, name);

    if (!json_is_integer(member) || json_integer_value(member) < 0)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "wanted a number %s that is not negative", name);
    *value = (uint64_t)json_integer_value(member);
    return 0;
}

static int read_id(const json_t *object, struct writ_buffer *id, struct writ_error *e)
{
    const char *text = json_string_value(json_object_get(object, "LogID"));

    if (text != NULL && writ_base64_parse(writ_span_text(text), id) == 0 &&
        id->n == WRIT_CLUBCARD_LOG)
        return 0;
    return writ_fail(e, WRIT_FAULT_BAD_INPUT, "wanted a LogID: 32 bytes in base64");
}

/* A timestamp is the log's promise to merge within MMD: what lies nearer to the ends than that may
 * stand among the entries that were not fetched. */
static int read_object(struct filtercoverage *coverage, const json_t *object, struct writ_error *e)
{
    struct writ_buffer id = {0};
    uint64_t low, high, entry, mmd;
    int rc = -1;

    if (read_id(object, &id, e) == 0 && read_number(object, "MinEntry", &entry, e) == 0 &&
        read_number(object, "MinTimestamp", &low, e) == 0 &&
        read_number(object, "MaxTimestamp", &high, e) == 0 &&
        read_number(object, "MMD", &mmd, e) == 0) {
        mmd = mmd > UINT64_MAX / 2000 ? UINT64_MAX / 2 : mmd * 1000;
        low += entry == 0 ? 0 : mmd;
        rc = add_log(coverage, writ_buffer_span(&id), low, high > mmd ? high - mmd : 0, e);
    }
    writ_buffer_free(&id);
    return rc;
}

static int read_json(struct filtercoverage *coverage, struct writ_span text, struct writ_error *e)
{
    json_t *list = jsontext_parse(text, FILTERCOVERAGE_MAX, "the list of logs", e);
    int rc = list == NULL ? -1 : 0;

    if (rc == 0 && !json_is_array(list))
        rc = writ_fail(e, WRIT_FAULT_BAD_INPUT, "wanted a list of logs");
    for (size_t i = 0; rc == 0 && i < json_array_size(list); i++) {
        rc = read_object(coverage, json_array_get(list, i), e);
        if (rc < 0)
            writ_error_context(e, "log %zu", i + 1);
    }
    json_decref(list);
    return rc;
}

int filtercoverage_read(const char *path, struct filtercoverage *coverage, struct writ_error *e)
{
    struct writ_buffer text = {0};
    char shown[FILE_SHOWN_MAX];
    int rc = -1;

    *coverage = (struct filtercoverage){0};
    coverage->logs = calloc(WRIT_CLUBCARD_LOGS_MAX, sizeof coverage->logs[0]);
    coverage->ids = calloc(WRIT_CLUBCARD_LOGS_MAX, sizeof coverage->ids[0]);
    if (coverage->logs == NULL || coverage->ids == NULL)
        return writ_fail_memory(e);
    if (file_read(path, FILTERCOVERAGE_MAX, &text, e) == 0) {
        rc = text.n > 0 && text.p[0] == '[' ? read_json(coverage, writ_buffer_span(&text), e)
                                            : read_lines(coverage, writ_buffer_span(&text), e);
        if (rc < 0)
            writ_error_context(e, "%s", file_shown(path, shown));
    }
    writ_buffer_free(&text);
    return rc;
}

void filtercoverage_free(struct filtercoverage *coverage)
{
    free(coverage->logs);
    free(coverage->ids);
    *coverage = (struct filtercoverage){0};
}
