/*
 * JSON in the form that Remote Settings signs.  What is wanted here was computed by hand from its
 * rules, and by Python's json with sorted keys and ASCII only.
 */
#include "shared/canonical.h"

#include "shared/jsontext.h"
#include "test.h"

static int canonical(const char *json, struct writ_buffer *out, struct writ_error *e)
{
    json_t *value = jsontext_parse(writ_span_text(json), 100000, "the text", e);
    int rc = value == NULL ? -1 : canonical_add(out, value, e);

    json_decref(value);
    return rc;
}

static void the_form_is_the_signers(void **state)
{
    static const char *const forms[][2] = {
        {"[]", "[]"},
        {" { } ", "{}"},
        {"[true, false, null]", "[true,false,null]"},
        {"{\"b\": 1, \"a\": 2}", "{\"a\":2,\"b\":1}"},
        {"{\"a\":1,\"B\":2,\"_\":3}", "{\"B\":2,\"_\":3,\"a\":1}"},
        {"{\"aa\":1,\"a\":2}", "{\"a\":2,\"aa\":1}"},
        {"[0, -0, 1, -17, 9223372036854775807, -9223372036854775808]",
         "[0,0,1,-17,9223372036854775807,-9223372036854775808]"},
        {"[3, 1, 2]", "[3,1,2]"},
        {"[\"\\u00e9\"]", "[\"\\u00e9\"]"},
        {"[\"\xc3\xa9 \xe2\x9d\xa4\"]", "[\"\\u00e9 \\u2764\"]"},
        {"[\"\xf0\x9d\x84\x9e\"]", "[\"\\ud834\\udd1e\"]"},
        {"[\"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\"]", "[\"\\ud800\\udc00\\udbff\\udfff\"]"},
        {"[\"\xef\xbf\xbf\xdf\xbf\xe0\xa0\x80\"]", "[\"\\uffff\\u07ff\\u0800\"]"},
        {"[\"a/b\\/c\"]", "[\"a/b/c\"]"},
        {"[\"\\\" \\\\ \\b\\f\\n\\r\\t\"]", "[\"\\\" \\\\ \\b\\f\\n\\r\\t\"]"},
        {"[\"\\u0001\\u001f\\u007f\\u0080\"]", "[\"\\u0001\\u001f\\u007f\\u0080\"]"},
        {"[\"it's\"]", "[\"it's\"]"},
        {"{\"\\u00e9\": {\"z\": [ {\"y\":1, \"x\":[]} ] }, \"e\": \"\"}",
         "{\"e\":\"\",\"\\u00e9\":{\"z\":[{\"x\":[],\"y\":1}]}}"},
        /* U+FF61 stands before U+10002 by code point, behind it by UTF-16 */
        {"{\"\xf0\x90\x80\x82\":1,\"\xef\xbd\xa1\":2}", "{\"\\uff61\":2,\"\\ud800\\udc02\":1}"},
    };
    struct writ_error e = {0};

    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        struct writ_buffer out = {0};

        assert_ok(canonical(forms[i][0], &out, &e));
        assert_text(writ_buffer_span(&out), forms[i][1]);
        writ_buffer_free(&out);
    }
}

static void the_form_of_a_form_is_itself(void **state)
{
    static const char whole[] =
        "{\"a\":[1,\"\\u00e9\",{\"b\":null}],\"c\":{\"d\":\"\\ud834\\udd1e\"}}";
    struct writ_buffer out = {0};
    struct writ_error e = {0};

    (void)state;
    assert_ok(canonical(whole, &out, &e));
    assert_text(writ_buffer_span(&out), whole);
    writ_buffer_free(&out);
}

static void numbers_that_signers_write_in_different_ways_are_refused(void **state)
{
    static const char *const numbers[] = {"[1.5]", "[1.0]", "[1e3]", "{\"a\":{\"b\":[-0.0]}}"};
    struct writ_error e = {0};

    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        struct writ_buffer out = {0};

        assert_fault(canonical(numbers[i], &out, &e), WRIT_FAULT_BAD_INPUT, "no canonical form");
        writ_buffer_free(&out);
    }
}

static void a_form_over_its_ceiling_is_a_fault(void **state)
{
    struct writ_buffer out = {.ceiling = 4};
    struct writ_error e = {0};

    (void)state;
    assert_fault(canonical("[1,2,3]", &out, &e), WRIT_FAULT_UNEXPECTED, "ceiling");
    writ_buffer_free(&out);
}

static const struct CMUnitTest claims[] = {
    CLAIM(the_form_is_the_signers),
    CLAIM(the_form_of_a_form_is_itself),
    CLAIM(numbers_that_signers_write_in_different_ways_are_refused),
    CLAIM(a_form_over_its_ceiling_is_a_fault),
};

RUN_CLAIMS(claims)
