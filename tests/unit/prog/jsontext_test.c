/* shared/jsontext.h */
#include "base/buffer.h"
#include "shared/jsontext.h"
#include "test.h"

static struct writ_error e;

static json_t *parse(const char *text)
{
    return jsontext_parse(writ_span_text(text), 1000, "the letter", &e);
}

static void an_object_or_a_list_is_read(void **state)
{
    json_t *json = parse("{\"a\": [1, \"zw\\u00f6lf\", true, null]}");

    (void)state;
    assert_non_null(json);
    assert_string_equal(json_string_value(json_array_get(json_object_get(json, "a"), 1)), "zwölf");
    json_decref(json);
    json = parse(" [ ] ");
    assert_int_equal(json_array_size(json), 0);
    json_decref(json);
}

static void what_is_not_json_is_refused_with_its_line(void **state)
{
    static const char *const wrong[] = {
        "",       "1",          "\"text\"", "{\"a\":\n}",    "[1,]", "[1] 2", "{'a': 1}",
        "[\xff]", "[\"\xff\"]", "[\"a",     "[\"\\u0000\"]", "[",    "]",     "[\"a\\",
        "[01]",   "[\"\t\"]",   "[NaN]",    "[\"\\ud800\"]", "{]",   "nul",   "[1e999]",
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_fault_null(parse(wrong[i]), WRIT_FAULT_BAD_INPUT, "the letter is not JSON: line ");
    assert_fault_null(parse("{\"a\":\n\n\n}"), WRIT_FAULT_BAD_INPUT, "line 4: ");
}

/* What stands last would win, and what was signed may have been read by somebody who takes the
 * first. */
static void a_member_that_comes_twice_is_refused(void **state)
{
    (void)state;
    assert_fault_null(parse("{\"a\": 1, \"a\": 1}"), WRIT_FAULT_BAD_INPUT, "duplicate object key");
}

static void a_stranger_s_controls_do_not_get_into_the_sentence(void **state)
{
    (void)state;
    assert_fault_null(parse("[\x1b[2J]"), WRIT_FAULT_BAD_INPUT, "the letter is not JSON");
    for (const char *at = e.text; *at != '\0'; at++)
        assert_in_range((unsigned char)*at, 0x20, 0x7e);
}

static void more_bytes_than_the_ceiling_are_not_looked_at(void **state)
{
    char text[1002];

    (void)state;
    writ_error_clear(&e);
    memset(text, ' ', sizeof text);
    text[0] = '[', text[1] = ']', text[1000] = '\0';
    json_decref(parse(text));
    assert_int_equal(e.fault, WRIT_FAULT_NONE);
    text[1000] = ' ', text[1001] = '\0';
    assert_fault_null(parse(text), WRIT_FAULT_BAD_INPUT,
                      "the letter of 1001 bytes, the ceiling is 1000");
}

static const char *nested(unsigned depth, const char *open, const char *inside, const char *close)
{
    static char text[1000];

    text[0] = '\0';
    for (unsigned i = 0; i < depth; i++)
        strcat(text, open);
    strcat(text, inside);
    for (unsigned i = 0; i < depth; i++)
        strcat(text, close);
    return text;
}

static void sixteen_levels_are_read_and_seventeen_are_not(void **state)
{
    (void)state;
    writ_error_clear(&e);
    json_decref(parse(nested(16, "[", "1", "]")));
    assert_int_equal(e.fault, WRIT_FAULT_NONE);
    assert_fault_null(parse(nested(17, "[", "1", "]")), WRIT_FAULT_BAD_INPUT,
                      "byte 16: the letter nests deeper than 16, the ceiling");
    assert_fault_null(parse(nested(17, "{\"a\":", "1", "}")), WRIT_FAULT_BAD_INPUT,
                      "nests deeper than 16");
}

/* Brackets inside strings are text, a quote behind a backslash does not end one, and what is closed
 * is no depth. */
static void depth_is_counted_where_json_counts_it(void **state)
{
    static const char *const flat[] = {
        "[\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"]",
        "[\"\\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"]",
        "[[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[]]",
        "[{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}]",
    };

    (void)state;
    writ_error_clear(&e);
    for (size_t i = 0; i < sizeof flat / sizeof flat[0]; i++) {
        json_t *json = parse(flat[i]);

        assert_non_null(json);
        json_decref(json);
    }
    assert_fault_null(parse(nested(17, "[\"\\\\\",", "1", "]")), WRIT_FAULT_BAD_INPUT,
                      "nests deeper than 16");
}

static const struct CMUnitTest claims[] = {
    CLAIM(an_object_or_a_list_is_read),
    CLAIM(what_is_not_json_is_refused_with_its_line),
    CLAIM(a_member_that_comes_twice_is_refused),
    CLAIM(a_stranger_s_controls_do_not_get_into_the_sentence),
    CLAIM(more_bytes_than_the_ceiling_are_not_looked_at),
    CLAIM(sixteen_levels_are_read_and_seventeen_are_not),
    CLAIM(depth_is_counted_where_json_counts_it),
};

RUN_CLAIMS(claims)
