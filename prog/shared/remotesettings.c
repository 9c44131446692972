#include "shared/remotesettings.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "bytes/cursor.h"
#include "shared/canonical.h"
#include "shared/filterplan.h"
#include "shared/jsontext.h"

/* A member that must be a string without control characters; NULL with a sentence otherwise. */
static const char *text_of(const json_t *object, const char *name, size_t max, const char *what,
                           struct writ_error *e)
{
    const json_t *member = json_object_get(object, name);
    const char *text = json_string_value(member);

    if (text != NULL && strlen(text) <= max && writ_text_is_printable(writ_span_text(text)))
        return text;
    (void)writ_fail(e, WRIT_FAULT_BAD_INPUT, "%s: %s is %s, wanted a text of 1 to %zu characters",
                    what, name, member == NULL ? "missing" : "something else", max);
    return NULL;
}

static int take_number(const json_t *object, const char *name, const char *what, uint64_t *number,
                       struct writ_error *e)
{
    const json_t *member = json_object_get(object, name);
    json_int_t value = json_integer_value(member);

    if (!json_is_integer(member) || value < 0 || (uint64_t)value > REMOTESETTINGS_TIME_MAX)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "%s: %s is no number of 0 to %" PRIu64, what,
                         name, REMOTESETTINGS_TIME_MAX);
    *number = (uint64_t)value;
    return 0;
}

/* ----------------------------------------------------------------------------------- merging */

/* The id of a record; NULL with a sentence. */
static const char *id_of(const json_t *record, struct writ_error *e)
{
    return text_of(record, "id", REMOTESETTINGS_ID_MAX, "a record", e);
}

/* What was removed from the collection. */
static bool is_removal(const json_t *record)
{
    return json_is_true(json_object_get(record, "deleted"));
}

/* Signers leave these out. */
static void drop_unsigned(json_t *record)
{
    (void)json_object_del(record, "deleted");
    if (json_is_null(json_object_get(record, "attachment")))
        (void)json_object_del(record, "attachment");
}

static int add_record(json_t *set, json_t *record, const char *id, struct writ_error *e)
{
    if (json_object_size(set) >= REMOTESETTINGS_RECORDS_MAX)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "more than %d records",
                         REMOTESETTINGS_RECORDS_MAX);
    drop_unsigned(record);
    return json_object_set(set, id, record) < 0 ? writ_fail_memory(e) : 0;
}

/* Puts records into the set, which is an object with a member for each id; what an answer says of
 * one record twice could be read in two ways. */
static int apply(json_t *set, const json_t *records, struct writ_error *e)
{
    json_t *seen = json_object();
    int rc = seen == NULL ? writ_fail_memory(e) : 0;

    for (size_t i = 0; rc == 0 && i < json_array_size(records); i++) {
        json_t *record = json_array_get(records, i);
        const char *id = id_of(record, e);

        if (id == NULL)
            rc = -1;
        else if (json_object_get(seen, id) != NULL)
            rc = writ_fail(e, WRIT_FAULT_BAD_INPUT, "two records have the id %s", id);
        else if (json_object_set_new(seen, id, json_true()) < 0)
            rc = writ_fail_memory(e);
        else if (!is_removal(record))
            rc = add_record(set, record, id, e);
        else
            (void)json_object_del(set, id);
    }
    json_decref(seen);
    return rc;
}

static json_t *list_of(const json_t *object, const char *name, const char *what,
                       struct writ_error *e)
{
    json_t *list = json_object_get(object, name);

    if (json_is_array(list))
        return list;
    (void)writ_fail(e, WRIT_FAULT_BAD_INPUT, "%s: %s is no list", what, name);
    return NULL;
}

/* The message that stands, as a set. */
static int apply_message(json_t *set, struct writ_span message, struct writ_error *e)
{
    json_t *whole, *data;
    int rc = -1;

    if (message.n == 0)
        return 0;
    whole = jsontext_parse(message, REMOTESETTINGS_ANSWER_MAX, "the collection that is here", e);
    if (whole == NULL)
        return -1;
    data = list_of(whole, "data", "the collection that is here", e);
    if (data != NULL)
        rc = apply(set, data, e);
    json_decref(whole);
    return rc;
}

static int compare_ids(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The records of the set in the order of their ids, as a list of the caller's. */
static json_t *sorted(json_t *set, struct writ_error *e)
{
    const char **ids = calloc(json_object_size(set) + 1, sizeof *ids);
    json_t *list = json_array();
    const char *id;
    json_t *record;
    size_t n = 0;
    bool failed = ids == NULL || list == NULL;

    if (ids != NULL) {
        json_object_foreach(set, id, record) ids[n++] = id;
        qsort(ids, n, sizeof *ids, compare_ids);
    }
    for (size_t i = 0; !failed && i < n; i++)
        failed = json_array_append(list, json_object_get(set, ids[i])) < 0;
    free(ids);
    if (!failed)
        return list;
    json_decref(list);
    (void)writ_fail_memory(e);
    return NULL;
}

static int add_message(struct writ_buffer *out, json_t *set, uint64_t timestamp,
                       struct writ_error *e)
{
    char text[24];
    json_t *list = sorted(set, e);
    json_t *message;
    int rc;

    if (list == NULL)
        return -1;
    (void)snprintf(text, sizeof text, "%" PRIu64, timestamp);
    message = json_pack("{s:o,s:s}", "data", list, "last_modified", text);
    if (message == NULL)
        return writ_fail_memory(e);
    rc = canonical_add(out, message, e);
    json_decref(message);
    return rc;
}

/* The signature in the metadata; servers that are about to change keys list several. */
static const json_t *signature_of(const json_t *changeset)
{
    const json_t *metadata = json_object_get(changeset, "metadata");
    const json_t *signature = json_object_get(metadata, "signature");

    return json_is_object(signature) ? signature
                                     : json_array_get(json_object_get(metadata, "signatures"), 0);
}

static int add_signature(struct writ_buffer *out, const json_t *changeset, uint64_t timestamp,
                         struct writ_error *e)
{
    const json_t *signature = signature_of(changeset);
    const char *mode = json_string_value(json_object_get(signature, "mode"));
    const char *value = text_of(signature, "signature", REMOTESETTINGS_SIGNATURE_MAX,
                                "the collection's signature", e);
    const char *chain = value == NULL ? NULL
                                      : text_of(signature, "x5u", REMOTESETTINGS_URL_MAX,
                                                "the collection's signature", e);

    if (chain == NULL)
        return -1;
    if (mode != NULL && strcmp(mode, "p384ecdsa") != 0)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                         "the collection's signature is in another mode than p384ecdsa");
    writ_buffer_format(out, "%" PRIu64 "\n%s\n%s\n", timestamp, value, chain);
    return 0;
}

static int merge(const json_t *changeset, struct writ_span message, struct writ_buffer *out,
                 struct writ_error *e)
{
    json_t *changes = list_of(changeset, "changes", "the server's answer", e);
    json_t *set = json_object();
    uint64_t timestamp;
    int rc = -1;

    if (set == NULL)
        (void)writ_fail_memory(e);
    else if (changes != NULL &&
             take_number(changeset, "timestamp", "the server's answer", &timestamp, e) == 0 &&
             add_signature(out, changeset, timestamp, e) == 0 &&
             apply_message(set, message, e) == 0 && apply(set, changes, e) == 0)
        rc = add_message(out, set, timestamp, e);
    json_decref(set);
    return rc;
}

int remotesettings_merge(struct writ_span answer, struct writ_span message, struct writ_buffer *out,
                         struct writ_error *e)
{
    json_t *changeset = jsontext_parse(answer, REMOTESETTINGS_ANSWER_MAX, "the server's answer", e);
    int rc;

    if (changeset == NULL)
        return -1;
    rc = merge(changeset, message, out, e);
    json_decref(changeset);
    return rc;
}

/* A line of at most max bytes as a string. */
static int take_text(struct writ_cursor *c, char *out, size_t max, const char *what)
{
    struct writ_span line;

    if (writ_cursor_line(c, &line, what) < 0)
        return -1;
    if (line.n > max)
        return writ_cursor_fail(c, "%s of %zu characters, the ceiling is %zu", what, line.n, max);
    if (line.n > 0)
        memcpy(out, line.p, line.n);
    out[line.n] = '\0';
    return 0;
}

static bool is_https(const char *url)
{
    for (const char *at = url; *at != '\0'; at++) {
        if (*at <= 0x20 || *at >= 0x7f)
            return false;
    }
    return strncmp(url, "https://", 8) == 0 && url[8] != '\0';
}

int remotesettings_take(struct writ_span merged, struct remotesettings_collection *collection,
                        struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(merged, e);
    struct writ_span line;
    char shown[128];

    *collection = (struct remotesettings_collection){0};
    if (writ_cursor_line(&c, &line, "timestamp") < 0 ||
        take_text(&c, collection->signature, REMOTESETTINGS_SIGNATURE_MAX, "signature") < 0 ||
        take_text(&c, collection->chain_url, REMOTESETTINGS_URL_MAX, "x5u") < 0)
        return -1;
    if (writ_span_decimal(line, REMOTESETTINGS_TIME_MAX, &collection->timestamp) < 0)
        return writ_cursor_fail(&c, "the timestamp is no number");
    if (!is_https(collection->chain_url)) {
        writ_text_copy_safe(shown, sizeof shown, writ_span_text(collection->chain_url));
        return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                         "the certificates are said to be at \"%s\", wanted an https URL", shown);
    }
    collection->message = WRIT_SPAN(c.at, c.left);
    return 0;
}

/* ----------------------------------------------------------------------------------- filters */

static bool is_incremental(const json_t *record)
{
    return json_is_true(json_object_get(record, "incremental"));
}

static bool in_channel(const json_t *record, const char *channel)
{
    const char *found = json_string_value(json_object_get(record, "channel"));

    return found != NULL && strcmp(found, channel) == 0;
}

/* The one record of the channel that is (`parent` NULL) a full filter, or follows parent; NULL in
 * *found when there is none. */
static int find_record(const json_t *data, const char *channel, const char *parent,
                       const json_t **found, struct writ_error *e)
{
    *found = NULL;
    for (size_t i = 0; i < json_array_size(data); i++) {
        const json_t *record = json_array_get(data, i);
        const char *follows = json_string_value(json_object_get(record, "parent"));

        if (!in_channel(record, channel) || is_incremental(record) != (parent != NULL) ||
            (parent != NULL && (follows == NULL || strcmp(follows, parent) != 0)))
            continue;
        if (*found != NULL)
            return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                             parent == NULL ? "two full filters in the channel %s"
                                            : "two deltas of the channel %s follow one filter",
                             channel);
        *found = record;
    }
    return 0;
}

static size_t count_deltas(const json_t *data, const char *channel)
{
    size_t n = 0;

    for (size_t i = 0; i < json_array_size(data); i++) {
        const json_t *record = json_array_get(data, i);

        n += in_channel(record, channel) && is_incremental(record);
    }
    return n;
}

static int add_file(struct writ_buffer *files, const json_t *record, struct writ_error *e)
{
    const json_t *attachment = json_object_get(record, "attachment");
    const char *name = text_of(attachment, "filename", REMOTESETTINGS_ID_MAX, "an attachment", e);
    const char *location =
        name == NULL ? NULL : text_of(attachment, "location", REMOTESETTINGS_URL_MAX, name, e);
    const char *hash =
        location == NULL ? NULL : text_of(attachment, "hash", REMOTESETTINGS_ID_MAX, name, e);
    uint64_t size;

    if (hash == NULL || take_number(attachment, "size", name, &size, e) < 0)
        return -1;
    return filterplan_add_file(files, name, location, (int64_t)size, hash, e);
}

/* When a record says that its filter was built, in seconds; 0 when it does not. */
static int64_t built_at(const json_t *record)
{
    json_int_t ms = json_integer_value(json_object_get(record, "effectiveTimestamp"));

    return ms < 0 || (uint64_t)ms > REMOTESETTINGS_TIME_MAX ? 0 : ms / 1000;
}

static int walk(const json_t *data, const char *channel, struct writ_buffer *files, int64_t *as_of,
                struct writ_error *e)
{
    const json_t *record;
    size_t deltas = 0, wanted = count_deltas(data, channel);
    int rc = find_record(data, channel, NULL, &record, e);

    if (rc == 0 && record == NULL)
        rc = writ_fail(e, WRIT_FAULT_BAD_INPUT, "no full filter in the channel %s", channel);
    while (rc == 0 && record != NULL) {
        const char *id = id_of(record, e);

        if (deltas > wanted)
            return writ_fail(e, WRIT_FAULT_BAD_INPUT, "deltas of the channel %s follow themselves",
                             channel);
        rc = id == NULL ? -1 : add_file(files, record, e);
        if (built_at(record) > *as_of)
            *as_of = built_at(record);
        if (rc == 0)
            rc = find_record(data, channel, id, &record, e);
        if (rc == 0 && record != NULL)
            deltas++;
    }
    if (rc == 0 && deltas < wanted)
        rc = writ_fail(e, WRIT_FAULT_BAD_INPUT,
                       "%zu of %zu deltas of the channel %s follow a filter that is not there",
                       wanted - deltas, wanted, channel);
    return rc;
}

int remotesettings_plan(struct writ_span message, const char *channel, struct writ_buffer *out,
                        struct writ_error *e)
{
    json_t *whole = jsontext_parse(message, REMOTESETTINGS_ANSWER_MAX, "the collection", e);
    struct writ_buffer files = {.ceiling = FILTERPLAN_TEXT_MAX};
    int64_t as_of = 0;
    int rc = -1;

    if (whole == NULL)
        return -1;
    if (list_of(whole, "data", "the collection", e) != NULL &&
        walk(json_object_get(whole, "data"), channel, &files, &as_of, e) == 0) {
        filterplan_add_times(out, as_of, 0);
        writ_buffer_add(out, writ_buffer_span(&files));
        rc = writ_buffer_check(out, e);
    }
    writ_buffer_free(&files);
    json_decref(whole);
    return rc;
}

/* ----------------------------------------------------------------------------------- the root */

int remotesettings_base(struct writ_span answer, struct writ_buffer *out, struct writ_error *e)
{
    json_t *root = jsontext_parse(answer, REMOTESETTINGS_ROOT_MAX, "the server's description", e);
    const json_t *attachments;
    const char *base;

    if (root == NULL)
        return -1;
    attachments = json_object_get(json_object_get(root, "capabilities"), "attachments");
    base = text_of(attachments, "base_url", REMOTESETTINGS_URL_MAX, "the server's description", e);
    if (base != NULL)
        writ_buffer_format(out, "%s%s", base, base[strlen(base) - 1] == '/' ? "" : "/");
    json_decref(root);
    return base == NULL ? -1 : writ_buffer_check(out, e);
}
