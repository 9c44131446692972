/* fuzz/fragment.c - feeds writ_emit_fragment_add: members from another process stay inside their
 * object */
#include <jansson.h>

#include "base/emit.h"
#include "fuzz.h"

/* Writes an object `file` with the fragment in it, and a member `end` after it. */
static int walk(enum writ_emit_form form, struct writ_span fragment, struct writ_buffer *out)
{
    struct writ_error e = {0};
    struct writ_emit m;
    size_t before;
    int rc;

    writ_emit_start(&m, form, out);
    writ_emit_object(&m, NULL);
    writ_emit_object(&m, "file");
    writ_emit_number(&m, "a", 1);
    before = out->n;
    rc = writ_emit_fragment_add(&m, fragment, &e);
    HOLDS(rc == 0 || (out->n == before && e.fault == WRIT_FAULT_BAD_INPUT));
    writ_emit_end(&m);
    writ_emit_flag(&m, "end", true);
    writ_emit_finish(&m);
    return rc;
}

/* Another reader of JSON, where it accepts the whole, sees two members at the top and no more. */
static void json_stays_inside(struct writ_span fragment)
{
    struct writ_buffer out = {0};
    json_t *json = NULL;

    if (walk(WRIT_EMIT_JSON, fragment, &out) == 0)
        json = json_loadb((const char *)out.p, out.n, 0, NULL);
    HOLDS(json == NULL || json_object_size(json) == 2);
    HOLDS(json == NULL || json_is_true(json_object_get(json, "end")));
    json_decref(json);
    writ_buffer_free(&out);
}

/* Only the first and the last line begin at the margin. */
static void text_stays_inside(struct writ_span fragment)
{
    struct writ_buffer out = {0};
    size_t at_margin = 0;

    if (walk(WRIT_EMIT_TEXT, fragment, &out) == 0) {
        for (size_t i = 0; i < out.n; i++)
            at_margin += (i == 0 || out.p[i - 1] == '\n') && out.p[i] != ' ';
        HOLDS(at_margin == 2);
    }
    writ_buffer_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_stays_inside(WRIT_SPAN(data, size));
    text_stays_inside(WRIT_SPAN(data, size));
    return 0;
}
