/* The cases of tests/fixtures/path/cases.txt, and what no case can say. */
#include "crypto/path.h"

#include "base/time.h"
#include "bytes/pem.h"
#include "scratch.h"
#include "test.h"

#define FOLDER    "tests/fixtures/path/"
#define CASES_MAX 64
#define CERTS_MAX 17

static const struct {
    const char *name;
    enum writ_path_state state;
} states[] = {
    {"GOOD", WRIT_PATH_GOOD},
    {"NO_ANCHOR", WRIT_PATH_NO_ANCHOR},
    {"EXPIRED", WRIT_PATH_EXPIRED},
    {"NOT_YET_VALID", WRIT_PATH_NOT_YET_VALID},
    {"BAD_SIGNATURE", WRIT_PATH_BAD_SIGNATURE},
    {"NOT_A_CA", WRIT_PATH_NOT_A_CA},
    {"TOO_LONG", WRIT_PATH_TOO_LONG},
    {"UNKNOWN_EXTENSION", WRIT_PATH_UNKNOWN_EXTENSION},
    {"WEAK", WRIT_PATH_WEAK},
    {"OTHER", WRIT_PATH_OTHER},
};

/* Certificates by their names: files of the folder without ".pem". */
struct certs {
    struct writ_buffer der[CERTS_MAX];
    struct writ_span span[CERTS_MAX];
    size_t count;
};

struct scenario {
    char claim[96];
    char leaf[32];
    char candidates[160];
    char anchors[64];
    char path[160];
    enum writ_path_state state;
    int64_t at;
    bool any_time;
    int failed_at; /* -1: not said */
};

static void certs_add(struct certs *c, struct writ_span name)
{
    struct writ_pem pem = {0};
    struct writ_error e = {0};
    struct writ_buffer text;
    struct writ_cursor cursor;
    char file[128];
    bool found;

    assert_true(c->count < CERTS_MAX);
    (void)snprintf(file, sizeof file, FOLDER "%.*s.pem", (int)name.n, (const char *)name.p);
    text = source_read(file);
    cursor = writ_cursor_over(writ_buffer_span(&text), &e);
    assert_ok(writ_pem_next(&cursor, &pem, &found));
    assert_true(found);
    c->der[c->count] = pem.der;
    c->span[c->count] = writ_buffer_span(&pem.der);
    c->count++;
    writ_buffer_free(&text);
}

static struct certs certs_read(const char *names)
{
    struct writ_cursor c = writ_cursor_over(writ_span_text(names), NULL);
    struct certs certs = {0};

    while (c.left > 0)
        certs_add(&certs, writ_cursor_field(&c, ' '));
    return certs;
}

static void certs_free(struct certs *c)
{
    for (size_t i = 0; i < c->count; i++)
        writ_buffer_free(&c->der[i]);
}

/* ---- The cases ---- */

static void path_is(const struct writ_path *path, const char *names)
{
    struct certs wanted = certs_read(names);

    assert_int_equal(path->count, wanted.count);
    for (size_t i = 0; i < wanted.count; i++)
        assert_spans_equal(path->cert[i], wanted.span[i]);
    assert_string_equal(path->reason, "");
    certs_free(&wanted);
}

static void check_scenario(void **state)
{
    const struct scenario *s = *state;
    struct certs leaf = certs_read(s->leaf);
    struct certs candidates = certs_read(s->candidates);
    struct certs anchors = certs_read(s->anchors);
    struct writ_path path = {0};
    struct writ_error e = {0};

    assert_ok(writ_path_build(leaf.span[0], candidates.span, candidates.count, anchors.span,
                              anchors.count, s->at, s->any_time, &path, &e));
    if (path.state != s->state)
        fail_msg("found state %d, wanted %d: %s at %zu", path.state, s->state, path.reason,
                 path.failed_at);
    if (s->state == WRIT_PATH_GOOD) {
        path_is(&path, s->path);
    } else {
        assert_int_equal(path.count, 0);
        assert_true(path.reason[0] != '\0');
        if (s->failed_at >= 0)
            assert_int_equal(path.failed_at, s->failed_at);
    }
    writ_path_free(&path);
    certs_free(&leaf);
    certs_free(&candidates);
    certs_free(&anchors);
}

static void copy(char *out, size_t room, struct writ_span value)
{
    assert_true(value.n < room);
    memcpy(out, value.p, value.n);
    out[value.n] = '\0';
}

static void read_state(struct scenario *s, struct writ_span value)
{
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        if (writ_span_equal(value, writ_span_text(states[i].name))) {
            s->state = states[i].state;
            return;
        }
    }
    fail_msg("%s: no such state", s->claim);
}

static void read_at(struct scenario *s, struct writ_span value)
{
    s->any_time = writ_span_equal(value, writ_span_text("any time"));
    if (!s->any_time)
        assert_int_equal(writ_time_parse_strict(value, &s->at), 0);
}

static void read_line(struct scenario *s, struct writ_span key, struct writ_span value)
{
    char word[16];

    copy(word, sizeof word, key);
    if (strcmp(word, "claim") == 0)
        copy(s->claim, sizeof s->claim, value);
    else if (strcmp(word, "leaf") == 0)
        copy(s->leaf, sizeof s->leaf, value);
    else if (strcmp(word, "candidates") == 0)
        copy(s->candidates, sizeof s->candidates, value);
    else if (strcmp(word, "anchors") == 0)
        copy(s->anchors, sizeof s->anchors, value);
    else if (strcmp(word, "path") == 0)
        copy(s->path, sizeof s->path, value);
    else if (strcmp(word, "at") == 0)
        read_at(s, value);
    else if (strcmp(word, "state") == 0)
        read_state(s, value);
    else if (strcmp(word, "failed-at") == 0)
        s->failed_at = value.p[0] - '0';
    else
        fail_msg("%s: no such key in cases.txt", word);
}

/* Reads cases.txt; returns how many cases there are. */
static size_t read_scenarios(struct scenario *list)
{
    struct writ_buffer text = source_read(FOLDER "cases.txt");
    struct writ_cursor c = writ_cursor_over(writ_buffer_span(&text), NULL);
    size_t n = 0;

    while (c.left > 0) {
        struct writ_span line = writ_cursor_field(&c, '\n');
        struct writ_cursor words = writ_cursor_over(line, NULL);
        struct writ_span key = writ_cursor_field(&words, ' ');

        if (line.n == 0 || line.p[0] == '#')
            continue;
        if (writ_span_equal(key, writ_span_text("claim"))) {
            assert_true(n < CASES_MAX);
            list[n++] = (struct scenario){.state = WRIT_PATH_OTHER, .failed_at = -1};
        }
        assert_true(n > 0);
        read_line(&list[n - 1], key, WRIT_SPAN(words.at, words.left));
    }
    writ_buffer_free(&text);
    return n;
}

/* ---- What no case can say ---- */

/* Builds a path from leaf.pem over these candidates to root.pem. */
static void build(struct writ_span leaf, const struct writ_span *candidates, size_t count,
                  struct writ_path *path)
{
    struct certs root = certs_read("root");
    struct writ_error e = {0};

    assert_ok(writ_path_build(leaf, candidates, count, root.span, 1, 1750000000, false, path, &e));
    certs_free(&root);
}

static void what_openssl_cannot_read_has_no_path(void **state)
{
    struct writ_path path = {0};

    (void)state;
    build(bytes_of("3003020100"), NULL, 0, &path);
    assert_int_equal(path.state, WRIT_PATH_OTHER);
    assert_string_equal(path.reason, "OpenSSL cannot read the certificate");
    assert_int_equal(path.count, 0);
    writ_path_free(&path);
    build(WRIT_SPAN_NONE, NULL, 0, &path);
    assert_int_equal(path.state, WRIT_PATH_OTHER);
}

static void candidates_that_cannot_be_read_are_stepped_over(void **state)
{
    struct certs certs = certs_read("leaf mid");
    struct writ_span candidates[] = {bytes_of("3003020100"), certs.span[1], WRIT_SPAN_NONE};
    struct writ_path path = {0};

    (void)state;
    build(certs.span[0], candidates, 3, &path);
    assert_int_equal(path.state, WRIT_PATH_GOOD);
    writ_path_free(&path);
    certs_free(&certs);
}

static void more_than_16_candidates_are_a_wrong_call(void **state)
{
    struct certs certs = certs_read("leaf mid root");
    struct writ_span candidates[WRIT_PATH_CANDIDATES_MAX + 1];
    struct writ_path path = {0};
    struct writ_error e = {0};

    (void)state;
    for (size_t i = 0; i <= WRIT_PATH_CANDIDATES_MAX; i++)
        candidates[i] = certs.span[1];
    build(certs.span[0], candidates, WRIT_PATH_CANDIDATES_MAX, &path);
    assert_int_equal(path.state, WRIT_PATH_GOOD);
    writ_path_free(&path);
    assert_fault(writ_path_build(certs.span[0], candidates, WRIT_PATH_CANDIDATES_MAX + 1,
                                 &certs.span[2], 1, 1750000000, false, &path, &e),
                 WRIT_FAULT_USAGE, "more than 16 certificates");
    assert_int_not_equal(path.state, WRIT_PATH_GOOD);
    certs_free(&certs);
}

static void a_path_outlives_what_it_was_built_from(void **state)
{
    struct certs certs = certs_read("leaf mid");
    struct writ_path path = {0};

    (void)state;
    build(certs.span[0], &certs.span[1], 1, &path);
    certs_free(&certs);
    path_is(&path, "leaf mid root");
    writ_path_free(&path);
    assert_int_equal(path.count, 0);
    writ_path_free(&path);
}

int main(void)
{
    static struct scenario scenarios[CASES_MAX];
    struct CMUnitTest claims[CASES_MAX + 4] = {
        CLAIM(what_openssl_cannot_read_has_no_path),
        CLAIM(candidates_that_cannot_be_read_are_stepped_over),
        CLAIM(more_than_16_candidates_are_a_wrong_call),
        CLAIM(a_path_outlives_what_it_was_built_from),
    };
    size_t n = read_scenarios(scenarios);

    for (size_t i = 0; i < n; i++)
        claims[4 + i] = (struct CMUnitTest){.name = scenarios[i].claim,
                                            .test_func = check_scenario,
                                            .initial_state = &scenarios[i]};
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return _cmocka_run_group_tests(__FILE__, claims, 4 + n, NULL, NULL);
}
