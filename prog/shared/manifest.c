#include "shared/manifest.h"

#include <inttypes.h>
#include <string.h>

#include "base/hex.h"
#include "base/time.h"
#include "shared/jsontext.h"

static int add_file(const json_t *file, size_t i, struct writ_buffer *out, struct writ_error *e)
{
    const char *name = json_string_value(json_object_get(file, "filename"));
    const char *hash = json_string_value(json_object_get(file, "hash"));
    const json_t *size = json_object_get(file, "size");

    if (name == NULL || hash == NULL || !json_is_integer(size))
        return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                         "manifest: file %zu has not filename, hash and size", i);
    return filterplan_add_file(out, name, name, json_integer_value(size), hash, e);
}

/* The list of files under either of its names; under both, nobody knows which one counts. */
static const json_t *files_of(const json_t *manifest, struct writ_error *e)
{
    const json_t *files = json_object_get(manifest, "files");
    const json_t *filters = json_object_get(manifest, "filters");

    if ((files == NULL) != (filters == NULL) && json_is_array(files == NULL ? filters : files))
        return files == NULL ? filters : files;
    (void)writ_fail(e, WRIT_FAULT_BAD_INPUT, "manifest: wanted one list, `files` or `filters`");
    return NULL;
}

static int add_plan(const json_t *manifest, struct writ_buffer *out, struct writ_error *e)
{
    const json_t *files = files_of(manifest, e);
    const json_t *generated = json_object_get(manifest, "generated_at");
    json_int_t seconds = json_integer_value(generated);

    if (files == NULL)
        return -1;
    if (!json_is_integer(generated) || seconds < 0 || seconds > WRIT_TIME_MAX)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "manifest: generated_at is no time");
    filterplan_add_times(out, 0, seconds);
    for (size_t i = 0; i < json_array_size(files); i++) {
        if (add_file(json_array_get(files, i), i, out, e) < 0)
            return -1;
    }
    return writ_buffer_check(out, e);
}

int manifest_plan(struct writ_span json, struct writ_buffer *out, struct writ_error *e)
{
    json_t *manifest = jsontext_parse(json, MANIFEST_MAX, "manifest", e);
    int rc;

    if (manifest == NULL)
        return -1;
    rc = add_plan(manifest, out, e);
    json_decref(manifest);
    return rc;
}

void manifest_add(struct writ_buffer *out, const struct filterplan *plan, const char *comment)
{
    writ_buffer_format(out, "{\"generated_at\": %" PRId64 ", \"comment\": \"%s\", \"files\": [",
                       plan->generated, comment);
    for (size_t i = 0; i < plan->count; i++) {
        const struct filterplan_file *file = &plan->files[i];

        writ_buffer_format(out, "%s\n  {\"filename\": \"%s\", \"size\": %" PRIu64 ", \"hash\": \"",
                           i == 0 ? "" : ",", file->name, file->size);
        writ_hex_add(out, WRIT_SPAN_OF(file->hash));
        writ_buffer_text(out, "\"}");
    }
    writ_buffer_text(out, "\n]}\n");
}
