#include "shared/canonical.h"

#include <stdlib.h>
#include <string.h>

static int add_value(struct writ_buffer *out, const json_t *value, struct writ_error *e);

/* ---------------------------------------------------------------------------------- strings */

/* Takes a character off UTF-8 that jansson has checked. */
static uint32_t take_character(const uint8_t **at, const uint8_t *end)
{
    uint32_t c = *(*at)++;
    unsigned more = c < 0x80 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;

    if (more > 0)
        c &= 0x3fu >> more;
    for (; more > 0 && *at < end; more--)
        c = c << 6 | (*(*at)++ & 0x3f);
    return c;
}

static void add_character(struct writ_buffer *out, uint32_t c)
{
    static const char escaped[] = "\b\t\n\f\r\"\\";
    static const char letters[] = "btnfr\"\\";
    const char *found = c > 0 && c < 0x80 ? strchr(escaped, (int)c) : NULL;

    if (found != NULL)
        writ_buffer_format(out, "\\%c", letters[found - escaped]);
    else if (c >= 0x20 && c < 0x7f)
        writ_buffer_byte(out, (uint8_t)c);
    else if (c <= 0xffff)
        writ_buffer_format(out, "\\u%04x", c);
    else
        writ_buffer_format(out, "\\u%04x\\u%04x", 0xd800 + ((c - 0x10000) >> 10),
                           0xdc00 + ((c - 0x10000) & 0x3ff));
}

static void add_string(struct writ_buffer *out, const char *text, size_t n)
{
    const uint8_t *at = (const uint8_t *)text, *end = at + n;

    writ_buffer_byte(out, '"');
    while (at < end)
        add_character(out, take_character(&at, end));
    writ_buffer_byte(out, '"');
}

/* ------------------------------------------------------------------------- objects and lists */

/* The bytes of UTF-8 stand in the order of code points. */
static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int add_members(struct writ_buffer *out, const json_t *object, const char **names, size_t n,
                       struct writ_error *e)
{
    writ_buffer_byte(out, '{');
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            writ_buffer_byte(out, ',');
        add_string(out, names[i], strlen(names[i]));
        writ_buffer_byte(out, ':');
        if (add_value(out, json_object_get(object, names[i]), e) < 0)
            return -1;
    }
    writ_buffer_byte(out, '}');
    return 0;
}

static int add_object(struct writ_buffer *out, const json_t *object, struct writ_error *e)
{
    size_t n = 0;
    const char **names = calloc(json_object_size(object) + 1, sizeof *names);
    const char *name;
    json_t *unused;
    int rc;

    if (names == NULL)
        return writ_fail_memory(e);
    /* jansson's macro wants an object that could be changed. */
    json_object_foreach((json_t *)(uintptr_t)object, name, unused) names[n++] = name;
    qsort(names, n, sizeof *names, compare_names);
    rc = add_members(out, object, names, n, e);
    free(names);
    return rc;
}

static int add_list(struct writ_buffer *out, const json_t *list, struct writ_error *e)
{
    writ_buffer_byte(out, '[');
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (i > 0)
            writ_buffer_byte(out, ',');
        if (add_value(out, json_array_get(list, i), e) < 0)
            return -1;
    }
    writ_buffer_byte(out, ']');
    return 0;
}

static int add_value(struct writ_buffer *out, const json_t *value, struct writ_error *e)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return add_object(out, value, e);
    case JSON_ARRAY:
        return add_list(out, value, e);
    case JSON_STRING:
        add_string(out, json_string_value(value), json_string_length(value));
        return 0;
    case JSON_INTEGER:
        writ_buffer_format(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        return 0;
    case JSON_REAL:
        return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                         "a number with a fraction or an exponent has no canonical form: %g",
                         json_real_value(value));
    case JSON_TRUE:
        writ_buffer_text(out, "true");
        return 0;
    case JSON_FALSE:
        writ_buffer_text(out, "false");
        return 0;
    case JSON_NULL:
        writ_buffer_text(out, "null");
        return 0;
    }
    return writ_fail(e, WRIT_FAULT_UNEXPECTED, "a JSON value of no kind");
}

int canonical_add(struct writ_buffer *out, const json_t *value, struct writ_error *e)
{
    return add_value(out, value, e) < 0 ? -1 : writ_buffer_check(out, e);
}
