#include "shared/onecrl_json.h"

#include <stdlib.h>

#include "base/base64.h"
#include "base/text.h"
#include "evidence/onecrl.h"
#include "shared/jsontext.h"

#define ID_SHOWN 64 /* bytes of a record's id in a sentence */

typedef uint8_t key_bytes[WRIT_ONECRL_KEY];

/* What a conversion needs for every record; the buffers are used again and again. */
struct conversion {
    struct writ_digester *digester;
    struct writ_buffer name, value;
    struct writ_error *error;
};

/* Decodes a member into a buffer. */
static int take_member(const struct conversion *c, const json_t *record, const char *member,
                       struct writ_buffer *out)
{
    const json_t *value = json_object_get(record, member);
    struct writ_span text = WRIT_SPAN(json_string_value(value), json_string_length(value));

    writ_buffer_free(out);
    if (!json_is_string(value))
        return writ_fail(c->error, WRIT_FAULT_BAD_INPUT, "%s is no string", member);
    if (writ_base64_parse(text, out) < 0)
        return writ_fail(c->error, WRIT_FAULT_BAD_INPUT, "%s is not base64", member);
    return 0;
}

static int take_name(struct conversion *c, const json_t *record, const char *member)
{
    struct writ_cursor at;
    struct writ_name name;

    if (take_member(c, record, member, &c->name) < 0)
        return -1;
    at = writ_cursor_over(writ_buffer_span(&c->name), c->error);
    if (writ_name_parse(&at, &name, member) < 0)
        return -1;
    return writ_cursor_end(&at, member);
}

static int by_serial(struct conversion *c, const json_t *record, key_bytes key)
{
    if (take_name(c, record, "issuerName") < 0 ||
        take_member(c, record, "serialNumber", &c->value) < 0)
        return -1;
    return writ_onecrl_serial_key(c->digester, writ_buffer_span(&c->name),
                                  writ_buffer_span(&c->value), key, c->error);
}

static int by_subject(struct conversion *c, const json_t *record, key_bytes key)
{
    if (take_name(c, record, "subject") < 0 || take_member(c, record, "pubKeyHash", &c->value) < 0)
        return -1;
    if (c->value.n != WRIT_SHA256_BYTES)
        return writ_fail(c->error, WRIT_FAULT_BAD_INPUT, "pubKeyHash has %zu bytes, wanted %d",
                         c->value.n, WRIT_SHA256_BYTES);
    return writ_onecrl_subject_key(c->digester, writ_buffer_span(&c->name), c->value.p, key,
                                   c->error);
}

/* How many of two members a record has. */
static int has(const json_t *record, const char *a, const char *b)
{
    return (json_object_get(record, a) != NULL) + (json_object_get(record, b) != NULL);
}

static int convert_record(struct conversion *c, const json_t *record, key_bytes key)
{
    int serial = has(record, "issuerName", "serialNumber");
    int subject = has(record, "subject", "pubKeyHash");

    if (serial == 2 && subject == 0)
        return by_serial(c, record, key);
    if (subject == 2 && serial == 0)
        return by_subject(c, record, key);
    return writ_fail(c->error, WRIT_FAULT_BAD_INPUT,
                     "wanted issuerName and serialNumber, or subject and pubKeyHash");
}

/* "OneCRL, record 7 (8cf0dbe4-...): ", before what is wrong with it. */
static void name_record(struct writ_error *e, const json_t *record, size_t i)
{
    const json_t *id = json_object_get(record, "id");
    char shown[ID_SHOWN];

    writ_text_copy_safe(shown, sizeof shown,
                        WRIT_SPAN(json_string_value(id), json_string_length(id)));
    writ_error_context(e, "OneCRL, record %zu (%s)", i, json_is_string(id) ? shown : "without id");
}

static int convert_all(struct conversion *c, const json_t *records, key_bytes *keys,
                       struct writ_buffer *out)
{
    size_t n = json_array_size(records);

    for (size_t i = 0; i < n; i++) {
        const json_t *record = json_array_get(records, i);

        if (convert_record(c, record, keys[i]) < 0) {
            name_record(c->error, record, i);
            return -1;
        }
    }
    return writ_onecrl_build(keys, n, out, c->error);
}

static int convert(struct conversion *c, const json_t *records, struct writ_buffer *out)
{
    size_t n = json_array_size(records);
    key_bytes *keys;
    int rc;

    if (!json_is_array(records))
        return writ_fail(c->error, WRIT_FAULT_BAD_INPUT,
                         "OneCRL: wanted an object with a list \"data\"");
    if (n > WRIT_ONECRL_KEYS_MAX)
        return writ_fail(c->error, WRIT_FAULT_BAD_INPUT, "OneCRL of %zu records, the ceiling is %d",
                         n, WRIT_ONECRL_KEYS_MAX);
    keys = calloc(n + 1, sizeof *keys);
    if (keys == NULL)
        return writ_fail_memory(c->error);
    rc = convert_all(c, records, keys, out);
    free(keys);
    return rc;
}

int onecrl_json_convert(struct writ_span text, struct writ_buffer *out, struct writ_error *e)
{
    struct conversion c = {.digester = writ_digester_new(e), .error = e};
    json_t *json = c.digester == NULL ? NULL : jsontext_parse(text, ONECRL_JSON_MAX, "OneCRL", e);
    int rc = json == NULL ? -1 : convert(&c, json_object_get(json, "data"), out);

    json_decref(json);
    writ_buffer_free(&c.name);
    writ_buffer_free(&c.value);
    writ_digester_free(c.digester);
    return rc;
}
