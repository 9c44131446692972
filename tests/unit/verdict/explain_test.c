/* A verdict in words and in JSON: one walk, the fields that man/writ-json.5 describes, and nothing
 * in either that could move a cursor or hide a word. */
#include "verdict/explain.h"

#include <jansson.h>

#include "base/text.h"
#include "scratch.h"
#include "test.h"
#include "world/world.h"

static struct world w;

/* ---- One line ---- */

static void line_is(const char *lines, const char *wanted)
{
    struct writ_buffer line = {0};

    world_of(&w, lines);
    writ_explain_line(&w.verdict, w.evidence, &line);
    assert_text(writ_buffer_span(&line), wanted);
    writ_buffer_free(&line);
    world_free(&w);
}

static void every_outcome_has_its_line(void **state)
{
    (void)state;
    line_is("", "allowed: Alice, Example Corp; feed 12, 6 h old; network: none");
    line_is("revoked alice keyCompromise",
            "refused: revoked 24 days ago (keyCompromise, since 2026-01-01T00:00:00Z): Alice, "
            "Example Corp, serial 4d000000000000000000000000000003; feed 12, 6 h old; network: "
            "none");
    line_is("entry team=mallory",
            "refused: untrusted: the seal claims the team \"mallory\", the certificate is of "
            "another; feed 12, 6 h old; network: none");
    line_is("seal beside unreadable",
            "refused: malformed: app.writ: Permission denied; network: none");
    line_is("file program changed",
            "refused: modified: the content was changed after it was sealed; feed 12, 6 h old; "
            "network: none");
    line_is("entry flags=5",
            "refused: malformed: critical flags 0x5 are not known to this writ; feed 12, 6 h old; "
            "network: none");
    line_is("list mid absent",
            "refused: not-covered: feed 12 of example.com/code knows nothing of the issuer of "
            "Alice, Example Corp; feed 12, 6 h old; network: none");
    line_is("now 2026-12-05T06:00:00Z",
            "refused: stale: feed 12 of example.com/code expired 3 days ago; feed 12, 10 days old; "
            "network: none");
    line_is("unsigned", "unsigned: no seal; network: none");
    line_is("feed example damaged=\"the disk is full\"",
            "could not look: the revocation data of example.com/code is damaged: the disk is full; "
            "network: none");
}

static void an_allowed_line_says_what_is_special(void **state)
{
    (void)state;
    line_is("cert alice number=100",
            "allowed: Alice, Example Corp (newer than feed 12, which is fresh); feed 12, 6 h old; "
            "network: none");
    line_is("list root covered-below=1",
            "allowed: Alice, Example Corp (Example Corp CA, Example Corp is newer than feed 12, "
            "which is fresh); feed 12, 6 h old; network: none");
    line_is("feed example absent\npolicy allow-uncovered",
            "allowed: Alice, Example Corp (no revocation data of example.com/code is on this "
            "device); network: none");
}

static void a_revoked_line_shows_the_stamp_that_did_not_help(void **state)
{
    (void)state;
    line_is("revoked alice superseded since=2026-08-01\nstamp 2026-09-01",
            "refused: revoked 24 days ago (superseded, since 2026-08-01T00:00:00Z; stamped "
            "2026-09-01T00:00:00Z): Alice, Example Corp, serial "
            "4d000000000000000000000000000003; feed 12, 6 h old; network: none");
}

static void at_a_time_before_the_data_nothing_is_ago(void **state)
{
    (void)state;
    line_is("at 2026-10-15", "allowed: Alice, Example Corp; feed 12 of 2026-11-25T06:00:00Z; "
                             "network: none");
    line_is("at 2026-10-15\nrevoked alice keyCompromise",
            "refused: revoked on 2026-11-01T00:00:00Z (keyCompromise, since 2026-01-01T00:00:00Z): "
            "Alice, Example Corp, serial 4d000000000000000000000000000003; feed 12 of "
            "2026-11-25T06:00:00Z; network: none");
    line_is("at 2026-11-25T06:00:00Z", "allowed: Alice, Example Corp; feed 12, 0 s old; network: "
                                       "none");
}

static void revoked_content_names_who_revoked_it(void **state)
{
    (void)state;
    line_is("unsigned\nca other trusted\ncontent-revoked privilegeWithdrawn in=other",
            "refused: this very content was revoked 24 days ago (privilegeWithdrawn) by Other Inc "
            "Root, Other Inc; feed 12, 6 h old; network: none");
}

static void without_a_verdict_the_line_is_a_fault(void **state)
{
    struct writ_buffer line = {0};
    struct writ_verdict v;

    (void)state;
    world_of(&w, "");
    writ_judge_nothing(&v);
    writ_explain_line(&v, w.evidence, &line);
    assert_text(writ_buffer_span(&line), "could not look: nothing is decided yet; network: none");
    writ_buffer_free(&line);
    world_free(&w);
}

/* ---- JSON ---- */

/* The walk of a world's verdict; the caller frees it. */
static struct writ_buffer walk(const char *lines, enum writ_emit_form form)
{
    struct writ_buffer out = {0};
    struct writ_emit m;

    world_of(&w, lines);
    writ_emit_start(&m, form, &out);
    writ_emit_object(&m, NULL);
    writ_explain(&w.verdict, w.evidence, &m);
    writ_emit_finish(&m);
    assert_false(out.failed);
    world_free(&w);
    return out;
}

static json_t *json_of(const char *lines)
{
    struct writ_buffer out = walk(lines, WRIT_EMIT_JSON);
    json_error_t error;
    json_t *json = json_loadb((const char *)out.p, out.n, JSON_REJECT_DUPLICATES, &error);

    if (json == NULL)
        fail_msg("not JSON: %s at %d", error.text, error.position);
    writ_buffer_free(&out);
    return json;
}

static const char *text_at(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    if (text == NULL)
        fail_msg("%s: no such string", key);
    return text;
}

static json_t *first(const json_t *object, const char *key)
{
    json_t *found = json_array_get(json_object_get(object, key), 0);

    if (found == NULL)
        fail_msg("%s: no such list, or empty", key);
    return found;
}

static void the_verdict_stands_at_the_top(void **state)
{
    json_t *json = json_of("");

    (void)state;
    assert_string_equal(text_at(json, "outcome"), "allowed");
    assert_string_equal(text_at(json, "why"), "sound");
    assert_string_equal(text_at(json, "reason"), "everything holds");
    assert_int_equal(json_integer_value(json_object_get(json, "exit")), 0);
    assert_string_equal(text_at(json, "holds_until"), "2026-12-02T06:00:00Z");
    assert_string_equal(text_at(json, "judged_at"), "2026-11-25T12:00:00Z");
    assert_string_equal(text_at(json, "network"), "none");
    assert_true(json_is_false(json_object_get(json, "pull_wanted")));
    assert_null(json_object_get(json, "what_to_do"));
    assert_null(json_object_get(json, "clock_behind_the_data"));
    json_decref(json);
}

static void a_refusal_says_what_to_do(void **state)
{
    json_t *json = json_of("now 2026-12-20");

    (void)state;
    assert_string_equal(text_at(json, "what_to_do"), "pull (writ pull)");
    assert_int_equal(json_integer_value(json_object_get(json, "exit")), 5);
    assert_true(json_is_true(json_object_get(json, "pull_wanted")));
    assert_null(json_object_get(json, "holds_until"));
    json_decref(json);
}

static void a_clock_behind_the_data_is_shown(void **state)
{
    json_t *json = json_of("now 2026-11-20");

    (void)state;
    assert_string_equal(text_at(json, "judged_at"), "2026-11-25T06:00:00Z");
    assert_string_equal(text_at(json, "clock_behind_the_data"), "2026-11-20T00:00:00Z");
    json_decref(json);
}

static void the_content_is_described(void **state)
{
    json_t *json = json_of("");
    const json_t *content = json_object_get(json, "content");

    (void)state;
    assert_string_equal(text_at(content, "form"), "ELF program");
    assert_int_equal(json_integer_value(json_object_get(content, "length")), 1003);
    assert_int_equal(strlen(text_at(content, "root")), 64);
    json_decref(json);
    json = json_of("unsigned");
    assert_null(json_object_get(json_object_get(json, "content"), "root"));
    json_decref(json);
}

static void each_entry_shows_its_claims_and_checks(void **state)
{
    static const char *const names[] = {
        "readable", "critical-flags", "signature", "content", "path",
        "dates",    "strength",       "purpose",   "team",    "kind"};
    json_t *json = json_of("stamp 2026-09-01 accuracy=5");
    const json_t *entry = first(first(json, "seals"), "entries");

    (void)state;
    assert_string_equal(text_at(first(json, "seals"), "place"), "tail");
    assert_string_equal(text_at(entry, "kind"), "program");
    assert_string_equal(text_at(entry, "identifier"), "app");
    assert_string_equal(text_at(entry, "team"), "alice");
    assert_int_equal(json_integer_value(json_object_get(entry, "content_length")), 1003);
    assert_string_equal(text_at(entry, "content_root"),
                        text_at(json_object_get(json, "content"), "root"));
    assert_string_equal(text_at(entry, "signing_time_claimed"), "2026-08-01T00:00:00Z");
    assert_string_equal(text_at(entry, "valid_at"), "2026-09-01T00:00:05Z");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const json_t *check = json_array_get(json_object_get(entry, "checks"), i);

        assert_string_equal(text_at(check, "check"), names[i]);
        assert_true(json_is_true(json_object_get(check, "passed")));
        assert_null(json_object_get(check, "reason"));
    }
    json_decref(json);
}

static void a_check_that_failed_has_its_reason_and_one_not_made_is_absent(void **state)
{
    json_t *json = json_of("entry by=bob");
    const json_t *checks = json_object_get(first(first(json, "seals"), "entries"), "checks");
    const json_t *path = json_array_get(checks, 4);

    (void)state;
    assert_int_equal(json_array_size(checks), 6); /* dates, strength, purpose, team: not made */
    assert_string_equal(text_at(path, "check"), "path");
    assert_true(json_is_false(json_object_get(path, "passed")));
    assert_non_null(strstr(text_at(path, "reason"), "no path to a trusted root"));
    assert_string_equal(text_at(json_array_get(checks, 5), "check"), "kind");
    json_decref(json);
}

static void each_certificate_of_the_path_is_shown(void **state)
{
    json_t *json = json_of("revoked alice superseded since=2026-10-01");
    const json_t *path = json_object_get(first(first(json, "seals"), "entries"), "path");
    const json_t *leaf = json_array_get(path, 0), *mid = json_array_get(path, 1);
    const json_t *root = json_array_get(path, 2);

    (void)state;
    assert_int_equal(json_array_size(path), 3);
    assert_string_equal(text_at(leaf, "subject"), "Alice, Example Corp");
    assert_string_equal(text_at(leaf, "serial"), "4d000000000000000000000000000003");
    assert_int_equal(json_integer_value(json_object_get(leaf, "number")), 7);
    assert_string_equal(text_at(leaf, "key"), "P-256");
    assert_string_equal(text_at(leaf, "not_before"), "2026-01-01T00:00:00Z");
    assert_string_equal(text_at(leaf, "not_after"), "2027-01-01T00:00:00Z");
    assert_int_equal(strlen(text_at(leaf, "fingerprint")), 64);
    assert_string_equal(text_at(leaf, "status"), "revoked");
    assert_int_equal(json_integer_value(json_object_get(leaf, "covered_below")), 100);
    leaf = json_object_get(leaf, "revocation");
    assert_string_equal(text_at(leaf, "reason"), "superseded");
    assert_string_equal(text_at(leaf, "since"), "2026-10-01T00:00:00Z");
    assert_string_equal(text_at(leaf, "revoked_at"), "2026-11-01T00:00:00Z");
    assert_string_equal(text_at(mid, "status"), "good");
    assert_null(json_object_get(mid, "revocation"));
    assert_string_equal(text_at(root, "status"), "pinned-root");
    assert_null(json_object_get(root, "number"));
    json_decref(json);
}

static void every_status_has_its_word(void **state)
{
    static const struct {
        const char *lines, *status;
    } statuses[] = {
        {"", "good"},
        {"revoked alice keyCompromise", "revoked"},
        {"cert alice number=100", "newer-than-feed"},
        {"list mid absent", "not-covered"},
        {"list mid gap=7,8", "burned-number"},
        {"cert alice number=none", "unnumbered"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        json_t *json = json_of(statuses[i].lines);
        const json_t *entry = first(first(json, "seals"), "entries");

        assert_string_equal(text_at(first(entry, "path"), "status"), statuses[i].status);
        json_decref(json);
    }
}

static void a_timestamp_is_shown_with_its_state(void **state)
{
    static const struct {
        const char *lines, *state;
        bool has_reason, has_time;
    } stamps[] = {
        {"", "absent", false, false},
        {"stamp 2026-09-01", "counts", false, true},
        {"stamp 2026-09-01\ncert tsa number=100", "not-counted", true, true},
        {"stamp 2026-09-01 imprint=other", "refused", true, true},
        {"entry by-key-id\nstamp 2026-09-01 garbage", "refused", true, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof stamps / sizeof stamps[0]; i++) {
        json_t *json = json_of(stamps[i].lines);
        const json_t *stamp = json_object_get(first(first(json, "seals"), "entries"), "timestamp");

        assert_string_equal(text_at(stamp, "state"), stamps[i].state);
        assert_int_equal(json_object_get(stamp, "reason") != NULL, stamps[i].has_reason);
        assert_int_equal(json_object_get(stamp, "time") != NULL, stamps[i].has_time);
        assert_int_equal(json_object_get(stamp, "instant") != NULL, stamps[i].has_time);
        assert_int_equal(json_object_get(stamp, "accuracy_seconds") != NULL, stamps[i].has_time);
        json_decref(json);
    }
}

static void the_authoritys_path_is_shown_in_its_timestamp(void **state)
{
    json_t *json = json_of("stamp 2026-09-01 accuracy=5");
    const json_t *stamp = json_object_get(first(first(json, "seals"), "entries"), "timestamp");

    (void)state;
    assert_string_equal(text_at(stamp, "time"), "2026-09-01T00:00:00Z");
    assert_int_equal(json_integer_value(json_object_get(stamp, "accuracy_seconds")), 5);
    assert_string_equal(text_at(stamp, "instant"), "2026-09-01T00:00:05Z");
    assert_string_equal(text_at(stamp, "valid_at"), "2026-09-01T00:00:00Z");
    assert_string_equal(text_at(first(stamp, "path"), "subject"), "Example Corp TSA, Example Corp");
    json_decref(json);
}

static void every_place_of_a_seal_has_its_word(void **state)
{
    static const char *const places[][2] = {
        {"seal tail", "tail"}, {"seal beside", "beside"}, {"seal index", "index"}};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        json_t *json = json_of(places[i][0]);

        assert_string_equal(text_at(first(json, "seals"), "place"), places[i][1]);
        json_decref(json);
    }
}

static void a_malformed_seal_says_why_and_shows_no_entry(void **state)
{
    json_t *json = json_of("seal beside unreadable");
    const json_t *seal = first(json, "seals");

    (void)state;
    assert_string_equal(text_at(seal, "malformed"), "app.writ: Permission denied");
    assert_int_equal(json_array_size(json_object_get(seal, "entries")), 0);
    json_decref(json);
}

static void a_source_that_was_asked_is_shown(void **state)
{
    json_t *json = json_of("");
    const json_t *source = first(json, "sources");

    (void)state;
    assert_string_equal(text_at(source, "origin"), "example.com/code");
    assert_string_equal(text_at(source, "root"), "Example Corp Root, Example Corp");
    assert_int_equal(strlen(text_at(source, "root_fingerprint")), 64);
    assert_string_equal(text_at(source, "state"), "open");
    assert_int_equal(json_integer_value(json_object_get(source, "version")), 12);
    assert_string_equal(text_at(source, "as_of"), "2026-11-25T06:00:00Z");
    assert_string_equal(text_at(source, "expires"), "2026-12-02T06:00:00Z");
    assert_int_equal(json_integer_value(json_object_get(source, "age_seconds")), 6 * 3600);
    assert_true(json_is_true(json_object_get(source, "fresh")));
    assert_int_equal(strlen(text_at(source, "table")), 64);
    json_decref(json);
}

static void fresh_is_true_until_expires(void **state)
{
    json_t *json = json_of("now 2026-12-02T06:00:00Z");

    (void)state;
    assert_true(json_is_true(json_object_get(first(json, "sources"), "fresh")));
    json_decref(json);
    json = json_of("now 2026-12-02T06:00:01Z");
    assert_true(json_is_false(json_object_get(first(json, "sources"), "fresh")));
    json_decref(json);
}

static void a_source_that_is_not_open_shows_its_state_only(void **state)
{
    json_t *json = json_of("feed example damaged=\"the disk is full\"");
    const json_t *source = first(json, "sources");

    (void)state;
    assert_string_equal(text_at(source, "state"), "damaged");
    assert_string_equal(text_at(source, "reason"), "the disk is full");
    assert_null(json_object_get(source, "version"));
    json_decref(json);
    json = json_of("feed example absent");
    assert_string_equal(text_at(first(json, "sources"), "state"), "never-pulled");
    assert_null(json_object_get(first(json, "sources"), "as_of"));
    json_decref(json);
}

static void a_source_that_was_not_asked_is_not_shown(void **state)
{
    json_t *json = json_of("ca other trusted");

    (void)state;
    assert_int_equal(json_array_size(json_object_get(json, "sources")), 1);
    json_decref(json);
}

static void revoked_content_is_shown_with_its_source(void **state)
{
    json_t *json = json_of("content-revoked superseded exactly since=2026-10-01");
    const json_t *revocation = json_object_get(first(json, "sources"), "revocation");

    (void)state;
    assert_string_equal(text_at(revocation, "reason"), "superseded");
    assert_string_equal(text_at(revocation, "since"), "2026-10-01T00:00:00Z");
    assert_string_equal(text_at(revocation, "revoked_at"), "2026-11-01T00:00:00Z");
    json_decref(json);
}

/* ---- Both forms, many worlds ---- */

static const char *const worlds[] = {
    "",
    "stamp 2026-09-01 accuracy=5",
    "stamp 2026-09-01 imprint=other",
    "stamp 2026-09-01\ncert tsa number=100",
    "revoked alice superseded since=2026-08-01\nstamp 2026-09-01",
    "revoked mid cACompromise",
    "file program changed",
    "entry flags=5",
    "entry by=bob",
    "entry spoiled\nentry kind=data\nentry team=mallory",
    "cert alice number=none",
    "cert alice number=100",
    "cert alice until=2026-11-01",
    "cert alice purpose=serverAuth",
    "cert alice hash=sha1",
    "list mid absent",
    "list mid gap=7,8",
    "list mid numbered=no",
    "feed example absent",
    "feed example absent\npolicy allow-uncovered",
    "feed example table-spoiled",
    "unsigned\nca other trusted\ncontent-revoked privilegeWithdrawn in=other",
    "unsigned",
    "seal tail\nseal beside garbage",
    "seal beside unreadable",
    "now 2026-12-20",
    "now 2026-11-20",
    "file script",
};
#define WORLDS (sizeof worlds / sizeof worlds[0])

/* Calls for every member of every object, in any depth. */
static void for_each_member(const json_t *json, void (*call)(const char *key, const json_t *value))
{
    json_t *item;
    const char *key;
    size_t i;

    json_array_foreach(json, i, item) for_each_member(item, call);
    if (!json_is_object(json))
        return;
    json_object_foreach((json_t *)(uintptr_t)json, key, item)
    {
        call(key, item);
        for_each_member(item, call);
    }
}

static struct writ_buffer page;

/* In mdoc a field stands as a word after a space, and may be followed by punctuation. */
static void is_in_the_page(const char *key, const json_t *value)
{
    const char *at = writ_buffer_string(&page);
    size_t n = strlen(key);

    (void)value;
    while ((at = strstr(at, key)) != NULL) {
        if (strchr(" \n", at[-1]) != NULL && strchr(" \n,", at[n]) != NULL)
            return;
        at += n;
    }
    fail_msg("%s: not in man/writ-json.5", key);
}

static void every_field_is_in_the_manual(void **state)
{
    (void)state;
    page = source_read("man/writ-json.5");
    for (size_t i = 0; i < WORLDS; i++) {
        json_t *json = json_of(worlds[i]);

        for_each_member(json, is_in_the_page);
        json_decref(json);
    }
    writ_buffer_free(&page);
}

static void every_why_is_in_the_manual(void **state)
{
    (void)state;
    page = source_read("man/writ-json.5");
    for (int i = 0; i < WRIT_WHY_UNDECIDED; i++)
        is_in_the_page(writ_why_name((enum writ_why)i), NULL);
    for (int i = 0; i <= WRIT_FAULT; i++)
        is_in_the_page(writ_outcome_name((enum writ_outcome)i), NULL);
    writ_buffer_free(&page);
}

static const char *rest_of_text;

/* Finds a member in the text, after the one before it. */
static void comes_next_in_the_text(const char *key, const json_t *value)
{
    char wanted[1024];
    char name[64];

    (void)snprintf(name, sizeof name, "%s", key);
    for (char *c = name; *c != '\0'; c++)
        *c = *c == '_' ? ' ' : *c;
    if (json_is_string(value))
        (void)snprintf(wanted, sizeof wanted, "%s: %s\n", name, json_string_value(value));
    else if (json_is_integer(value))
        (void)snprintf(wanted, sizeof wanted, "%s: %lld\n", name,
                       (long long)json_integer_value(value));
    else if (json_is_boolean(value))
        (void)snprintf(wanted, sizeof wanted, "%s: %s\n", name, json_is_true(value) ? "yes" : "no");
    else if (json_array_size(value) + json_object_size(value) == 0)
        (void)snprintf(wanted, sizeof wanted, "%s: none\n", name);
    else
        (void)snprintf(wanted, sizeof wanted, "%s:\n", name);
    rest_of_text = strstr(rest_of_text, wanted);
    if (rest_of_text == NULL)
        fail_msg("\"%s\" does not come next in the text", wanted);
    rest_of_text += strlen(wanted);
}

static void text_says_what_json_says_in_the_same_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < WORLDS; i++) {
        static struct world same;
        struct writ_buffer text = {0}, out = {0};
        struct writ_emit m;
        json_t *json;

        world_of(&same, worlds[i]);
        writ_emit_start(&m, WRIT_EMIT_TEXT, &text);
        writ_emit_object(&m, NULL);
        writ_explain(&same.verdict, same.evidence, &m);
        writ_emit_finish(&m);
        writ_emit_start(&m, WRIT_EMIT_JSON, &out);
        writ_emit_object(&m, NULL);
        writ_explain(&same.verdict, same.evidence, &m);
        writ_emit_finish(&m);
        json = json_loadb((const char *)out.p, out.n, 0, NULL);
        rest_of_text = writ_buffer_string(&text);
        for_each_member(json, comes_next_in_the_text);
        json_decref(json);
        writ_buffer_free(&text);
        writ_buffer_free(&out);
        world_free(&same);
    }
}

/* ---- Strangers' words ---- */

static const char *const hostile[] = {
    "cert alice name=\"\033[2J\033]0;owned\a\"",
    ("cert alice name=\"\xe2\x80\xae"
     "ecilA\""),
    "cert alice name=\"\xff\xfe\" until=2026-11-01",
    "cert alice name=\"\033[31m\"\nrevoked alice keyCompromise",
    "cert mid name=\"\r\b\x7f\"\ncert alice issuer=mid\nrevoked mid keyCompromise",
    "cert tsa name=\"\033[1A\"\nrevoked tsa keyCompromise\nstamp 2026-09-01",
    "cert root name=\"\xe2\x80\xa8line\"\ncontent-revoked superseded",
    "feed example damaged=\"\033[2J gone\"",
    "seal beside unreadable\ncert alice name=\"\xc2\x9b\"",
};
#define HOSTILE (sizeof hostile / sizeof hostile[0])

/* Newlines apart, which the walk puts between its lines. */
static void is_printable(struct writ_span text)
{
    struct writ_cursor c = writ_cursor_over(text, NULL);

    while (c.left > 0) {
        struct writ_span line = writ_cursor_field(&c, '\n');

        if (line.n > 0 && !writ_text_is_printable(line))
            fail_msg("not printable: %.*s", (int)line.n, (const char *)line.p);
    }
}

static void nothing_that_strangers_chose_reaches_a_terminal_raw(void **state)
{
    (void)state;
    for (size_t i = 0; i < HOSTILE; i++) {
        struct writ_buffer line = {0}, text = walk(hostile[i], WRIT_EMIT_TEXT);
        struct writ_buffer json = walk(hostile[i], WRIT_EMIT_JSON);

        is_printable(writ_buffer_span(&text));
        is_printable(writ_buffer_span(&json));
        world_of(&w, hostile[i]);
        writ_explain_line(&w.verdict, w.evidence, &line);
        assert_true(writ_text_is_printable(writ_buffer_span(&line)));
        world_free(&w);
        writ_buffer_free(&line);
        writ_buffer_free(&text);
        writ_buffer_free(&json);
    }
}

static void what_is_not_printable_is_spelled_out(void **state)
{
    json_t *json = json_of("cert alice name=\"\033[2J\xe2\x80\xae\"");
    const json_t *entry = first(first(json, "seals"), "entries");

    (void)state;
    assert_string_equal(text_at(first(entry, "path"), "subject"),
                        "\\x1b[2J\\u{202e}, Example Corp");
    json_decref(json);
}

int main(void)
{
    const struct CMUnitTest claims[] = {
        CLAIM(every_outcome_has_its_line),
        CLAIM(an_allowed_line_says_what_is_special),
        CLAIM(a_revoked_line_shows_the_stamp_that_did_not_help),
        CLAIM(at_a_time_before_the_data_nothing_is_ago),
        CLAIM(revoked_content_names_who_revoked_it),
        CLAIM(without_a_verdict_the_line_is_a_fault),
        CLAIM(the_verdict_stands_at_the_top),
        CLAIM(a_refusal_says_what_to_do),
        CLAIM(a_clock_behind_the_data_is_shown),
        CLAIM(the_content_is_described),
        CLAIM(each_entry_shows_its_claims_and_checks),
        CLAIM(a_check_that_failed_has_its_reason_and_one_not_made_is_absent),
        CLAIM(each_certificate_of_the_path_is_shown),
        CLAIM(every_status_has_its_word),
        CLAIM(a_timestamp_is_shown_with_its_state),
        CLAIM(the_authoritys_path_is_shown_in_its_timestamp),
        CLAIM(every_place_of_a_seal_has_its_word),
        CLAIM(a_malformed_seal_says_why_and_shows_no_entry),
        CLAIM(a_source_that_was_asked_is_shown),
        CLAIM(fresh_is_true_until_expires),
        CLAIM(a_source_that_is_not_open_shows_its_state_only),
        CLAIM(a_source_that_was_not_asked_is_not_shown),
        CLAIM(revoked_content_is_shown_with_its_source),
        CLAIM(every_field_is_in_the_manual),
        CLAIM(every_why_is_in_the_manual),
        CLAIM(text_says_what_json_says_in_the_same_order),
        CLAIM(nothing_that_strangers_chose_reaches_a_terminal_raw),
        CLAIM(what_is_not_printable_is_spelled_out),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name(__FILE__, claims, NULL, NULL);
}
