/* fuzz/showing.c - feeds writ/showing.h: a walk over anything is JSON, or text with a margin */
#include "writ/showing.h"

#include <jansson.h>
#include <string.h>

#include "inside.h"

/* Walks into an object that is open, as the jailed child does. */
static int walk(enum writ_emit_form form, struct writ_span bytes, struct writ_buffer *out)
{
    struct writ_error e = {0};
    struct writ_emit m;
    int rc;

    writ_emit_start(&m, form, out);
    writ_emit_object(&m, NULL);
    rc = showing_walk(bytes, &m, &e);
    HOLDS(rc == 0 || (e.fault == WRIT_FAULT_BAD_INPUT && e.text[0] != '\0'));
    if (rc == 0)
        writ_emit_finish(&m);
    return rc;
}

static void json_is_json(struct writ_span bytes)
{
    struct writ_buffer out = {0};
    json_t *json;

    if (walk(WRIT_EMIT_JSON, bytes, &out) == 0) {
        HOLDS(!out.failed);
        json = json_loadb((const char *)out.p, out.n, JSON_REJECT_DUPLICATES, NULL);
        HOLDS(json != NULL && json_is_object(json));
        json_decref(json);
    }
    writ_buffer_free(&out);
}

/* No control character of a stranger reaches the terminal. */
static void text_is_safe(struct writ_span bytes)
{
    struct writ_buffer out = {0};

    if (walk(WRIT_EMIT_TEXT, bytes, &out) == 0) {
        for (size_t i = 0; i < out.n; i++)
            HOLDS((out.p[i] >= 0x20 || out.p[i] == '\n') && out.p[i] != 0x7f);
    }
    writ_buffer_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_is_json(WRIT_SPAN(data, size));
    text_is_safe(WRIT_SPAN(data, size));
    return 0;
}
