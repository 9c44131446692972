/*
 * What a source wants this device to have: a list that came out of strangers' JSON.
 */
#include "shared/filterplan.h"

#include "shared/manifest.h"
#include "test.h"

#define HASH  "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define OTHER "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define TIMES "as_of 1774137600\ngenerated 0\n"

static void a_plan_says_what_is_wanted(void **state)
{
    struct filterplan plan;
    struct writ_error e = {0};

    (void)state;
    assert_ok(filterplan_take(writ_span_text(TIMES "file " HASH " 6126299 full.filter a/b.filter\n"
                                                   "file " OTHER " 1 1.delta 1.delta\n"),
                              &plan, &e));
    assert_int_equal(plan.count, 2);
    assert_true(plan.as_of == 1774137600);
    assert_true(plan.generated == 0);
    assert_true(plan.bytes == 6126300);
    assert_string_equal(plan.files[0].name, "full.filter");
    assert_string_equal(plan.files[0].location, "a/b.filter");
    assert_true(plan.files[0].size == 6126299);
    assert_spans_equal(WRIT_SPAN_OF(plan.files[0].hash), bytes_of(HASH));
    assert_ptr_equal(filterplan_find(&plan, writ_span_text("1.delta")), &plan.files[1]);
    assert_null(filterplan_find(&plan, writ_span_text("1.delt")));
    filterplan_free(&plan);
}

static void what_is_written_reads_the_same(void **state)
{
    struct writ_buffer text = {0};
    struct filterplan plan;
    struct writ_error e = {0};

    (void)state;
    filterplan_add_times(&text, 7, 9);
    assert_ok(filterplan_add_file(&text, "a.filter", "x/y-z_1.2/a.filter", 268435456, HASH, &e));
    assert_ok(filterplan_take(writ_buffer_span(&text), &plan, &e));
    assert_true(plan.as_of == 7 && plan.generated == 9);
    assert_string_equal(plan.files[0].location, "x/y-z_1.2/a.filter");
    assert_true(plan.files[0].size == 268435456);
    filterplan_free(&plan);
    writ_buffer_free(&text);
}

static void hexadecimal_digits_may_be_capitals_where_they_come_from(void **state)
{
    struct writ_buffer text = {0};
    struct writ_error e = {0};

    (void)state;
    assert_ok(filterplan_add_file(
        &text, "a", "a", 1, "FF0102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F",
        &e));
    assert_text(writ_buffer_span(&text), "file " OTHER " 1 a a\n");
    writ_buffer_free(&text);
}

static void names_that_the_directory_needs_are_refused(void **state)
{
    static const char *const names[] = {"",
                                        ".",
                                        "..",
                                        ".hidden",
                                        "a/b",
                                        "index.bin",
                                        "manifest.json",
                                        "../x",
                                        "caf\xc3\xa9",
                                        "a b",
                                        "0123456789012345678901234567890.x"};
    struct writ_error e = {0};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct writ_buffer text = {0};

        assert_fault(filterplan_add_file(&text, names[i], "a", 1, HASH, &e), WRIT_FAULT_BAD_INPUT,
                     "is no name for a filter: wanted 1 to 32 letters");
        assert_int_equal(text.n, 0);
        writ_buffer_free(&text);
    }
}

static void places_that_lead_elsewhere_are_refused(void **state)
{
    static const char *const places[] = {
        "",    "/",   "/a",   "a/",  "a//b", "../a", "a/..",       ".a",   "a/.b",
        "a b", "a?b", "a%2e", "a#b", "a:b",  "a\\b", "http://x/y", "a\nb", "caf\xc3\xa9"};
    struct writ_error e = {0};

    (void)state;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        struct writ_buffer text = {0};

        assert_fault(filterplan_add_file(&text, "a", places[i], 1, HASH, &e), WRIT_FAULT_BAD_INPUT,
                     "is no place for a filter");
        writ_buffer_free(&text);
    }
}

static void sizes_and_hashes_that_are_none_are_refused(void **state)
{
    static const int64_t sizes[] = {0, -1, INT64_MIN, 268435457, INT64_MAX};
    static const char *const hashes[] = {"", "00", HASH "00", "g" HASH};
    struct writ_buffer text = {0};
    struct writ_error e = {0};

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        assert_fault(filterplan_add_file(&text, "a", "a", sizes[i], HASH, &e), WRIT_FAULT_BAD_INPUT,
                     "wanted 1 to 268435456");
    for (size_t i = 0; i < sizeof hashes / sizeof hashes[0]; i++)
        assert_fault(filterplan_add_file(&text, "a", "a", 1, hashes[i], &e), WRIT_FAULT_BAD_INPUT,
                     "64 hexadecimal digits");
    assert_int_equal(text.n, 0);
    writ_buffer_free(&text);
}

/* The text comes out of a process that strangers' bytes may have taken over. */
static void nothing_of_a_text_is_believed(void **state)
{
    static const char *const texts[][2] = {
        {"", "as_of"},
        {"as_of 1\n", "generated"},
        {"as_of 1\ngenerated 1\n", "no filter at all"},
        {"generated 1\nas_of 1\n", "does not make sense"},
        {"as_of x\ngenerated 1\n", "does not make sense"},
        {"as_of -1\ngenerated 1\n", "does not make sense"},
        {"as_of 253402300800\ngenerated 1\n", "does not make sense"},
        {TIMES "file " HASH " 1 a a", "file"},
        {TIMES "file " HASH " 1 a\n", "no place for a filter"},
        {TIMES "file " HASH " 0 a a\n", "wanted 1 to"},
        {TIMES "file " HASH " 268435457 a a\n", "wanted 1 to"},
        {TIMES "file " HASH " 99999999999 a a\n", "does not make sense"},
        {TIMES "file " HASH " 1 ../a a\n", "no name for a filter"},
        {TIMES "file " HASH " 1 a a/../b\n", "no place for a filter"},
        {TIMES "file 00 1 a a\n", "64 hexadecimal digits"},
        {TIMES "files " HASH " 1 a a\n", "does not make sense"},
        {TIMES "file " HASH " 1 a a\n\n", "does not make sense"},
        {TIMES "file " HASH " 1 a a\nfile " OTHER " 1 a b\n", "two filters are named a"},
        {TIMES "file " HASH " 268435456 a a\nfile " HASH " 268435456 b b\n"
               "file " HASH " 1 c c\n",
         "536870913 bytes together, the ceiling is 536870912"},
    };
    struct writ_error e = {0};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct filterplan plan;

        assert_fault(filterplan_take(writ_span_text(texts[i][0]), &plan, &e), WRIT_FAULT_BAD_INPUT,
                     texts[i][1]);
        filterplan_free(&plan);
    }
}

static void the_number_of_files_has_a_ceiling(void **state)
{
    struct writ_buffer text = {0};
    struct filterplan plan;
    struct writ_error e = {0};

    (void)state;
    filterplan_add_times(&text, 0, 0);
    for (int i = 0; i < WRIT_FILTER_INDEX_FILES_MAX; i++)
        writ_buffer_format(&text, "file " HASH " 1 f%d f\n", i);
    assert_ok(filterplan_take(writ_buffer_span(&text), &plan, &e));
    assert_int_equal(plan.count, 512);
    filterplan_free(&plan);
    writ_buffer_text(&text, "file " HASH " 1 more f\n");
    assert_fault(filterplan_take(writ_buffer_span(&text), &plan, &e), WRIT_FAULT_BAD_INPUT,
                 "more than 512 filters");
    filterplan_free(&plan);
    writ_buffer_free(&text);
}

/* -------------------------------------------------------------------------------- manifests */

#define MANIFEST(list) "{\"generated_at\": 1774137600, \"comment\": \"it's \\u00e9\", " list "}"
#define FILE_A         "{\"filename\": \"a.filter\", \"size\": 5, \"hash\": \"" HASH "\"}"

static void a_manifest_comes_to_a_plan(void **state)
{
    static const char *const names[] = {"files", "filters"};
    char json[1024];
    struct writ_error e = {0};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct writ_buffer text = {0};

        (void)snprintf(json, sizeof json, MANIFEST("\"%s\": [" FILE_A ", %s], \"more\": [{}]"),
                       names[i],
                       "{\"filename\":\"1.delta\",\"size\":6,\"hash\":\"" OTHER "\",\"x\":1}");
        assert_ok(manifest_plan(writ_span_text(json), &text, &e));
        assert_text(writ_buffer_span(&text), "as_of 0\ngenerated 1774137600\n"
                                             "file " HASH " 5 a.filter a.filter\n"
                                             "file " OTHER " 6 1.delta 1.delta\n");
        writ_buffer_free(&text);
    }
}

static void a_manifest_that_is_none_is_refused(void **state)
{
    static const char *const manifests[][2] = {
        {"", "not JSON"},
        {"[]", "wanted one list"},
        {"{}", "wanted one list"},
        {MANIFEST("\"files\": {}"), "wanted one list"},
        {MANIFEST("\"files\": [], \"filters\": []"), "wanted one list"},
        {MANIFEST("\"files\": [], \"files\": []"), "not JSON"},
        {"{\"files\": []}", "generated_at is no time"},
        {"{\"generated_at\": \"1\", \"files\": []}", "generated_at is no time"},
        {"{\"generated_at\": -1, \"files\": []}", "generated_at is no time"},
        {"{\"generated_at\": 253402300800, \"files\": []}", "generated_at is no time"},
        {MANIFEST("\"files\": [1]"), "file 0 has not filename"},
        {MANIFEST("\"files\": [" FILE_A ", {}]"), "file 1 has not filename"},
        {MANIFEST("\"files\": [{\"filename\":\"a\",\"size\":\"1\",\"hash\":\"" HASH "\"}]"),
         "file 0 has not filename"},
        {MANIFEST("\"files\": [{\"filename\":\"../a\",\"size\":1,\"hash\":\"" HASH "\"}]"),
         "\"../a\" is no name for a filter"},
        {MANIFEST("\"files\": [{\"filename\":\"a\",\"size\":0,\"hash\":\"" HASH "\"}]"),
         "a: a size of 0 bytes"},
        {MANIFEST("\"files\": [{\"filename\":\"a\",\"size\":1,\"hash\":\"00\"}]"),
         "a: the hash is not a SHA-256"},
        {MANIFEST("\"files\": [[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]"), "nests deeper"},
    };
    struct writ_error e = {0};

    (void)state;
    for (size_t i = 0; i < sizeof manifests / sizeof manifests[0]; i++) {
        struct writ_buffer text = {0};

        assert_fault(manifest_plan(writ_span_text(manifests[i][0]), &text, &e),
                     WRIT_FAULT_BAD_INPUT, manifests[i][1]);
        writ_buffer_free(&text);
    }
}

static void a_manifest_that_is_written_comes_to_the_same_plan(void **state)
{
    struct writ_buffer text = {0}, again = {0}, json = {0};
    struct filterplan plan;
    struct writ_error e = {0};

    (void)state;
    filterplan_add_times(&text, 0, 1774137600);
    assert_ok(filterplan_add_file(&text, "a.filter", "a.filter", 5, HASH, &e));
    assert_ok(filterplan_add_file(&text, "b.delta", "b.delta", 6, OTHER, &e));
    assert_ok(filterplan_take(writ_buffer_span(&text), &plan, &e));
    manifest_add(&json, &plan, "made by a test");
    assert_ok(manifest_plan(writ_buffer_span(&json), &again, &e));
    assert_spans_equal(writ_buffer_span(&again), writ_buffer_span(&text));
    filterplan_free(&plan);
    writ_buffer_free(&text);
    writ_buffer_free(&again);
    writ_buffer_free(&json);
}

static const struct CMUnitTest claims[] = {
    CLAIM(a_plan_says_what_is_wanted),
    CLAIM(what_is_written_reads_the_same),
    CLAIM(hexadecimal_digits_may_be_capitals_where_they_come_from),
    CLAIM(names_that_the_directory_needs_are_refused),
    CLAIM(places_that_lead_elsewhere_are_refused),
    CLAIM(sizes_and_hashes_that_are_none_are_refused),
    CLAIM(nothing_of_a_text_is_believed),
    CLAIM(the_number_of_files_has_a_ceiling),
    CLAIM(a_manifest_comes_to_a_plan),
    CLAIM(a_manifest_that_is_none_is_refused),
    CLAIM(a_manifest_that_is_written_comes_to_the_same_plan),
};

RUN_CLAIMS(claims)
