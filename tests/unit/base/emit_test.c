#include "base/emit.h"
#include "base/json.h"

#include <jansson.h>

#include "test.h"

/* One walk with a bit of everything. */
static void walk(struct writ_emit *m)
{
    writ_emit_object(m, NULL);
    writ_emit_string(m, "outcome", "allowed");
    writ_emit_number(m, "lowest", INT64_MIN);
    writ_emit_unsigned(m, "highest", UINT64_MAX);
    writ_emit_flag(m, "fresh", true);
    writ_emit_flag(m, "stale", false);
    writ_emit_time(m, "as_of", 1795590000);
    writ_emit_hex(m, "root_hash", WRIT_SPAN("\x00\xff", 2));
    writ_emit_list(m, "chain");
    writ_emit_object(m, NULL);
    writ_emit_string(m, "subject", "Alice");
    writ_emit_object(m, "seen");
    writ_emit_number(m, "times", 3);
    writ_emit_end(m);
    writ_emit_end(m);
    writ_emit_object(m, NULL);
    writ_emit_string(m, "subject", "Example Corp");
    writ_emit_end(m);
    writ_emit_end(m);
    writ_emit_list(m, "notes");
    writ_emit_string(m, NULL, "one");
    writ_emit_number(m, NULL, 2);
    writ_emit_end(m);
    writ_emit_list(m, "nothing");
    writ_emit_end(m);
    writ_emit_object(m, "empty");
    writ_emit_end(m);
    writ_emit_end(m);
    writ_emit_finish(m);
}

static void the_walk_as_text_is_for_people(void **state)
{
    struct writ_buffer out = {0};
    struct writ_emit m;

    (void)state;
    writ_emit_start(&m, WRIT_EMIT_TEXT, &out);
    walk(&m);
    assert_text(writ_buffer_span(&out), "outcome: allowed\n"
                                        "lowest: -9223372036854775808\n"
                                        "highest: 18446744073709551615\n"
                                        "fresh: yes\n"
                                        "stale: no\n"
                                        "as of: 2026-11-25T07:00:00Z\n"
                                        "root hash: 00ff\n"
                                        "chain:\n"
                                        "  - subject: Alice\n"
                                        "    seen:\n"
                                        "      times: 3\n"
                                        "  - subject: Example Corp\n"
                                        "notes:\n"
                                        "  - one\n"
                                        "  - 2\n"
                                        "nothing: none\n"
                                        "empty: none\n");
    writ_buffer_free(&out);
}

static json_t *load(struct writ_buffer *out)
{
    json_error_t why;
    json_t *json = json_loadb((const char *)out->p, out->n, JSON_REJECT_DUPLICATES, &why);

    if (json == NULL)
        fail_msg("line %d: %s in %s", why.line, why.text, writ_buffer_string(out));
    return json;
}

static void the_walk_as_json_is_the_same(void **state)
{
    struct writ_buffer out = {0};
    struct writ_emit m;
    json_t *json, *chain;

    (void)state;
    writ_emit_start(&m, WRIT_EMIT_JSON, &out);
    walk(&m);
    /* jansson has no unsigned numbers: the highest one is looked at as text */
    assert_non_null(strstr(writ_buffer_string(&out), "\"highest\": 18446744073709551615,"));
    memcpy(strstr((char *)out.p, "18446744073709551615"), "1                   ", 20);
    json = load(&out);
    assert_string_equal(json_string_value(json_object_get(json, "outcome")), "allowed");
    assert_true(json_integer_value(json_object_get(json, "lowest")) == INT64_MIN);
    assert_true(json_is_true(json_object_get(json, "fresh")));
    assert_true(json_is_false(json_object_get(json, "stale")));
    assert_string_equal(json_string_value(json_object_get(json, "as_of")), "2026-11-25T07:00:00Z");
    assert_string_equal(json_string_value(json_object_get(json, "root_hash")), "00ff");
    chain = json_object_get(json, "chain");
    assert_int_equal(json_array_size(chain), 2);
    assert_string_equal(json_string_value(json_object_get(json_array_get(chain, 1), "subject")),
                        "Example Corp");
    assert_int_equal(json_integer_value(json_object_get(
                         json_object_get(json_array_get(chain, 0), "seen"), "times")),
                     3);
    assert_int_equal(json_array_size(json_object_get(json, "notes")), 2);
    assert_int_equal(json_array_size(json_object_get(json, "nothing")), 0);
    assert_int_equal(json_object_size(json_object_get(json, "empty")), 0);
    assert_int_equal(json_object_size(json), 11);
    json_decref(json);
    writ_buffer_free(&out);
}

static void json_ends_in_one_newline(void **state)
{
    struct writ_buffer out = {0};
    struct writ_emit m;

    (void)state;
    writ_emit_start(&m, WRIT_EMIT_JSON, &out);
    writ_emit_object(&m, NULL);
    writ_emit_number(&m, "schema", 1);
    writ_emit_finish(&m);
    assert_text(writ_buffer_span(&out), "{\n  \"schema\": 1\n}\n");
    writ_buffer_free(&out);
}

/* Writes {"a": value} and returns the value as jansson reads it; the caller frees it. */
static char *through_json(struct writ_span value)
{
    struct writ_buffer out = {0};
    struct writ_emit m;
    json_t *json;
    char *text;

    writ_emit_start(&m, WRIT_EMIT_JSON, &out);
    writ_emit_object(&m, NULL);
    writ_emit_span(&m, "a", value);
    writ_emit_finish(&m);
    json = load(&out);
    text = strdup(json_string_value(json_object_get(json, "a")));
    json_decref(json);
    writ_buffer_free(&out);
    return text;
}

static void any_bytes_make_a_json_string(void **state)
{
    static const struct {
        const char *hex;
        const char *wanted;
    } cases[] = {{"", ""},
                 {"22 5c 2f", "\"\\/"},
                 {"5c 6e", "\\n"},
                 {"0a", "\\x0a"},
                 {"00 41", "\\x00A"},
                 {"ff", "\\xff"},
                 {"1b 5b 33 31 6d", "\\x1b[31m"},
                 {"e280ae", "\\u{202e}"},
                 {"c3ab", "\xc3\xab"}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *text = through_json(bytes_of(cases[i].hex));

        assert_string_equal(text, cases[i].wanted);
        free(text);
    }
    for (unsigned c = 0; c < 256; c++) {
        uint8_t byte = (uint8_t)c;

        free(through_json(WRIT_SPAN(&byte, 1)));
    }
}

static void a_stranger_cannot_add_a_line_of_text(void **state)
{
    struct writ_buffer out = {0};
    struct writ_emit m;

    (void)state;
    writ_emit_start(&m, WRIT_EMIT_TEXT, &out);
    writ_emit_object(&m, NULL);
    writ_emit_string(&m, "subject", "x\noutcome: allowed\x1b[2K");
    writ_emit_finish(&m);
    assert_text(writ_buffer_span(&out), "subject: x\\x0aoutcome: allowed\\x1b[2K\n");
    writ_buffer_free(&out);
}

static void finish_closes_what_is_open(void **state)
{
    struct writ_buffer out = {0};
    struct writ_emit m;
    json_t *json;

    (void)state;
    writ_emit_start(&m, WRIT_EMIT_JSON, &out);
    writ_emit_object(&m, NULL);
    writ_emit_list(&m, "a");
    writ_emit_object(&m, NULL);
    writ_emit_string(&m, "b", "c");
    writ_emit_finish(&m);
    json = load(&out);
    assert_int_equal(json_array_size(json_object_get(json, "a")), 1);
    json_decref(json);
    writ_buffer_free(&out);
}

static void lists_and_empty_objects_in_lists_keep_their_dashes(void **state)
{
    struct writ_buffer out = {0};
    struct writ_emit m;

    (void)state;
    writ_emit_start(&m, WRIT_EMIT_TEXT, &out);
    writ_emit_object(&m, NULL);
    writ_emit_list(&m, "rows");
    writ_emit_list(&m, NULL);
    writ_emit_number(&m, NULL, 1);
    writ_emit_number(&m, NULL, 2);
    writ_emit_end(&m);
    writ_emit_object(&m, NULL);
    writ_emit_end(&m);
    writ_emit_number(&m, NULL, 3);
    writ_emit_finish(&m);
    assert_text(writ_buffer_span(&out), "rows:\n"
                                        "  - - 1\n"
                                        "    - 2\n"
                                        "  - \n"
                                        "  - 3\n");
    writ_buffer_free(&out);
}

static void nesting_has_a_ceiling(void **state)
{
    for (int form = WRIT_EMIT_TEXT; form <= WRIT_EMIT_JSON; form++) {
        struct writ_buffer out = {0};
        struct writ_emit m;

        (void)state;
        writ_emit_start(&m, (enum writ_emit_form)form, &out);
        for (int i = 0; i + 1 < WRIT_EMIT_DEPTH_MAX; i++)
            writ_emit_list(&m, NULL);
        assert_false(out.failed);
        writ_emit_list(&m, NULL);
        assert_true(out.failed);
        writ_emit_finish(&m);
        writ_buffer_free(&out);
    }
}

static void output_over_the_ceiling_is_noticed(void **state)
{
    struct writ_buffer out = {.ceiling = 16};
    struct writ_error e = {0};
    struct writ_emit m;

    (void)state;
    writ_emit_start(&m, WRIT_EMIT_TEXT, &out);
    walk(&m);
    assert_fault(writ_buffer_check(&out, &e), WRIT_FAULT_UNEXPECTED, "ceiling");
    writ_buffer_free(&out);
}

static void one_end_too_many_is_nothing(void **state)
{
    struct writ_buffer out = {0};
    struct writ_emit m;

    (void)state;
    writ_emit_start(&m, WRIT_EMIT_JSON, &out);
    writ_emit_object(&m, NULL);
    writ_emit_end(&m);
    writ_emit_end(&m);
    writ_emit_finish(&m);
    assert_text(writ_buffer_span(&out), "{}\n");
    writ_buffer_free(&out);
}

static void json_is_indented_by_depth(void **state)
{
    struct writ_buffer out = {0};
    struct writ_emit m;

    (void)state;
    writ_emit_start(&m, WRIT_EMIT_JSON, &out);
    writ_emit_object(&m, NULL);
    writ_emit_list(&m, "a");
    writ_emit_object(&m, NULL);
    writ_emit_number(&m, "b", 1);
    writ_emit_number(&m, "c", 2);
    writ_emit_end(&m);
    writ_emit_number(&m, NULL, 3);
    writ_emit_finish(&m);
    assert_text(writ_buffer_span(&out), "{\n"
                                        "  \"a\": [\n"
                                        "    {\n"
                                        "      \"b\": 1,\n"
                                        "      \"c\": 2\n"
                                        "    },\n"
                                        "    3\n"
                                        "  ]\n"
                                        "}\n");
    writ_buffer_free(&out);
}

/* ---- Fragments: members written by one process and taken over by another ---- */

static void members(struct writ_emit *m)
{
    writ_emit_string(m, "subject", "a \"}\\ b");
    writ_emit_list(m, "chain");
    writ_emit_object(m, NULL);
    writ_emit_number(m, "serial", 7);
    writ_emit_end(m);
    writ_emit_end(m);
}

/* The same walk, at once and through a fragment, comes out the same. */
static void a_walk_through_a_fragment_is_the_same(void **state)
{
    (void)state;
    for (int form = WRIT_EMIT_TEXT; form <= WRIT_EMIT_JSON; form++) {
        for (int before = 0; before < 2; before++) {
            struct writ_buffer whole = {0}, joined = {0}, fragment = {0};
            struct writ_error e = {0};
            struct writ_emit m, part;

            writ_emit_start(&m, (enum writ_emit_form)form, &whole);
            writ_emit_object(&m, NULL);
            writ_emit_object(&m, "file");
            if (before)
                writ_emit_string(&m, "name", "app");
            members(&m);
            writ_emit_flag(&m, "last", true);
            writ_emit_finish(&m);

            writ_emit_start(&m, (enum writ_emit_form)form, &joined);
            writ_emit_object(&m, NULL);
            writ_emit_object(&m, "file");
            if (before)
                writ_emit_string(&m, "name", "app");
            writ_emit_fragment_start(&part, (enum writ_emit_form)form, m.depth, &fragment);
            members(&part);
            assert_ok(writ_emit_fragment_add(&m, writ_buffer_span(&fragment), &e));
            writ_emit_flag(&m, "last", true);
            writ_emit_finish(&m);

            assert_text(writ_buffer_span(&joined), writ_buffer_string(&whole));
            writ_buffer_free(&whole);
            writ_buffer_free(&joined);
            writ_buffer_free(&fragment);
        }
    }
}

/* What adding this fragment to an object that has a member already gives. */
static int add_fragment(enum writ_emit_form form, const char *fragment, struct writ_buffer *out,
                        struct writ_error *e)
{
    struct writ_emit m;
    size_t before;
    int rc;

    writ_buffer_free(out);
    writ_emit_start(&m, form, out);
    writ_emit_object(&m, NULL);
    writ_emit_object(&m, "file");
    writ_emit_number(&m, "a", 1);
    before = out->n;
    rc = writ_emit_fragment_add(&m, writ_span_text(fragment), e);
    if (rc < 0)
        assert_int_equal(out->n, before);
    writ_emit_finish(&m);
    return rc;
}

static void an_empty_fragment_adds_nothing(void **state)
{
    struct writ_buffer out = {0};
    struct writ_error e = {0};

    (void)state;
    assert_ok(add_fragment(WRIT_EMIT_JSON, "", &out, &e));
    assert_text(writ_buffer_span(&out), "{\n  \"file\": {\n    \"a\": 1\n  }\n}\n");
    assert_ok(add_fragment(WRIT_EMIT_TEXT, "", &out, &e));
    assert_text(writ_buffer_span(&out), "file:\n  a: 1\n");
    writ_buffer_free(&out);
}

static void a_fragment_of_json_closes_only_what_it_opened(void **state)
{
    static const char *const good[] = {"\"b\": 2",      "\"b\": {}",        "\"b\": [{}, []]",
                                       "\"b\": \"}]\"", "\"b\": \"\\\"}\"", "\"b\": \"\\\\\""};
    static const char *const bad[] = {
        "}, \"x\": {",   "\"b\": {",     "\"b\": }",        "]",
        "\"b\": [[]",    "\"b",          "\"b\": \"",       "\"b\": \"\\\"",
        "\"b\": {}}, {", "\"\\\\\"}, {", "\"b\": 2}\n}\n{{"};
    struct writ_buffer out = {0};
    struct writ_error e = {0};

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_ok(add_fragment(WRIT_EMIT_JSON, good[i], &out, &e));
        json_decref(load(&out));
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_fault(add_fragment(WRIT_EMIT_JSON, bad[i], &out, &e), WRIT_FAULT_BAD_INPUT,
                     "not in the form agreed on");
    writ_buffer_free(&out);
}

/* What other readers of JSON would each take in their own way. */
static void a_fragment_of_json_is_what_would_have_been_written(void **state)
{
    static const char *const bad[] = {
        "\"b\": [}",      "\"b\": {]",      "\"b\": [2}", "\"b\": {\"c\": [}]",
        "\"b\": 2 3",     "\"b\" 2",        "b: 2",       "\"b\": x",
        "\"b\": 2,",      ", \"b\": 2",     ",",          "\"b\": 2,, \"c\": 3",
        "\"b\": [2,]",    "\"b\": [,2]",    "\"b\": {2}", "\"b\": {\"c\"}",
        "\"b\": 02",      "\"b\": -",       "\"b\": 1.5", "\"b\": 1e9",
        "\"b\": null",    "\"b\": truth",   "\"b\": tru", "\"b\": \"\\u0041\"",
        "\"b\": \"\\n\"", "\"\\u0062\": 1", "2",          "\"b\": 2 // c",
    };
    static const char *const twice[] = {"\"a\": 2", "\"b\": 2, \"b\": 3",
                                        "\"b\": {\"c\": 1, \"d\": 2, \"c\": 3}",
                                        "\"b\": [{\"c\": 1, \"c\": 1}]", "\"b\": 2,\n    \"a\": 3"};
    static const char *const good[] = {
        "\"b\": {\"a\": 1, \"b\": 2}", "\"b\": [{\"c\": 1}, {\"c\": 1}]", "\"A\": 1",
        "\n    \"b\": -20,\n    \"c\": true, \"d\": [false, \"\", []]\n", "\"\": 0"};
    struct writ_buffer out = {0};
    struct writ_error e = {0};

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_ok(add_fragment(WRIT_EMIT_JSON, good[i], &out, &e));
        json_decref(load(&out));
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_fault(add_fragment(WRIT_EMIT_JSON, bad[i], &out, &e), WRIT_FAULT_BAD_INPUT,
                     "not in the form agreed on");
    for (size_t i = 0; i < sizeof twice / sizeof twice[0]; i++)
        assert_fault(add_fragment(WRIT_EMIT_JSON, twice[i], &out, &e), WRIT_FAULT_BAD_INPUT,
                     "not in the form agreed on");
    writ_buffer_free(&out);
}

/* "m0":0,"m1":0 and so on; or [[[ and so on. */
static void a_fragment_of_json_has_ceilings(void **state)
{
    struct writ_buffer out = {0}, many = {0}, deep = {0};
    struct writ_error e = {0};

    (void)state;
    for (int i = 0; i < WRIT_JSON_MEMBERS_MAX - 1; i++)
        writ_buffer_format(&many, "%s\"m%d\": 0", i == 0 ? "" : ",", i);
    assert_ok(add_fragment(WRIT_EMIT_JSON, writ_buffer_string(&many), &out, &e));
    writ_buffer_text(&many, ",\"more\": 0");
    assert_fault(add_fragment(WRIT_EMIT_JSON, writ_buffer_string(&many), &out, &e),
                 WRIT_FAULT_BAD_INPUT, "not in the form agreed on");
    for (int more = 0; more < 2; more++) {
        writ_buffer_text(&deep, "\"b\": ");
        for (int i = 0; i < WRIT_JSON_DEPTH_MAX + more; i++)
            writ_buffer_byte(&deep, '[');
        for (int i = 0; i < WRIT_JSON_DEPTH_MAX + more; i++)
            writ_buffer_byte(&deep, ']');
        assert_int_equal(add_fragment(WRIT_EMIT_JSON, writ_buffer_string(&deep), &out, &e),
                         more == 0 ? 0 : -1);
        writ_buffer_free(&deep);
    }
    writ_buffer_free(&many);
    writ_buffer_free(&out);
}

static void a_fragment_of_text_stays_inside_its_object(void **state)
{
    static const char *const good[] = {"  b: 2\n", "  b:\n    c: 3\n", "  b: 2\n  c: 3\n"};
    static const char *const bad[] = {"b: 2\n",       " b: 2\n", "  b: 2", "  b: 2\nx: 3\n",
                                      "  b: 2\n x\n", "  b\n\n", "x",      "\n"};
    struct writ_buffer out = {0};
    struct writ_error e = {0};

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_ok(add_fragment(WRIT_EMIT_TEXT, good[i], &out, &e));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_fault(add_fragment(WRIT_EMIT_TEXT, bad[i], &out, &e), WRIT_FAULT_BAD_INPUT,
                     "not in the form agreed on");
    writ_buffer_free(&out);
}

static void a_fragment_is_printable(void **state)
{
    static const char *const bad[] = {"  b: \x1b[2K\n", "  b: \r\n", "  b: \xff\n",
                                      "  b: \xe2\x80\xae\n", "  b: x\n  \x07\n"};
    struct writ_buffer out = {0};
    struct writ_error e = {0};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        for (int form = WRIT_EMIT_TEXT; form <= WRIT_EMIT_JSON; form++)
            assert_fault(add_fragment((enum writ_emit_form)form, bad[i], &out, &e),
                         WRIT_FAULT_BAD_INPUT, "not in the form agreed on");
    }
    writ_buffer_free(&out);
}

static void a_fragment_cannot_start_too_deep(void **state)
{
    struct writ_buffer out = {0};
    struct writ_emit m;

    (void)state;
    writ_emit_fragment_start(&m, WRIT_EMIT_TEXT, 1000, &out);
    assert_int_equal(m.depth, WRIT_EMIT_DEPTH_MAX - 1);
    writ_emit_object(&m, "a");
    assert_true(out.failed);
    writ_buffer_free(&out);
}

static const struct CMUnitTest claims[] = {
    CLAIM(json_is_indented_by_depth),
    CLAIM(a_walk_through_a_fragment_is_the_same),
    CLAIM(an_empty_fragment_adds_nothing),
    CLAIM(a_fragment_of_json_closes_only_what_it_opened),
    CLAIM(a_fragment_of_json_is_what_would_have_been_written),
    CLAIM(a_fragment_of_json_has_ceilings),
    CLAIM(a_fragment_of_text_stays_inside_its_object),
    CLAIM(a_fragment_is_printable),
    CLAIM(a_fragment_cannot_start_too_deep),
    CLAIM(the_walk_as_text_is_for_people),
    CLAIM(the_walk_as_json_is_the_same),
    CLAIM(json_ends_in_one_newline),
    CLAIM(any_bytes_make_a_json_string),
    CLAIM(a_stranger_cannot_add_a_line_of_text),
    CLAIM(finish_closes_what_is_open),
    CLAIM(lists_and_empty_objects_in_lists_keep_their_dashes),
    CLAIM(nesting_has_a_ceiling),
    CLAIM(output_over_the_ceiling_is_noticed),
    CLAIM(one_end_too_many_is_nothing),
};

RUN_CLAIMS(claims)
