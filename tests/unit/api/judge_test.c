/*
 * The judge of the public header: that it says what the engine says, and that nothing else it is
 * asked or given makes it say "allowed".
 */
#include "base/emit.h"
#include "bytes/pem.h"
#include "verdict/explain.h"

#include <jansson.h>

#include "asking.h"

/* ------------------------------------------------------------------- what the engine says */

static const char *const worlds[] = {
    "",
    "stamp 2026-09-01",
    "now 2026-11-25T06:00:00Z",
    "file script",
    "file data",
    "file data\nseal index",
    "file data\nseal index misindexed",
    "file empty",
    "file library",
    "seal tail\nentry\nseal beside\nentry",
    "seal tail\nentry\nseal beside garbage\nentry",
    "file data\nseal beside unreadable",
    "unsigned",
    "unsigned\ncontent-revoked privilegeWithdrawn",
    "content-revoked superseded",
    "revoked alice keyCompromise",
    "revoked alice keyCompromise since=2026-10-01\nstamp 2026-09-01",
    "revoked mid cACompromise",
    "file program changed",
    "file program appended",
    "file broken",
    "seal tail bad-pad",
    "file data\nseal beside size=1048577",
    "entry spoiled",
    "entry kind=data",
    "entry team=mallory",
    "entry flags=1",
    "entry by=bob",
    "entry by=bob\nca other trusted",
    "entry by=bob\nca other trusted\nfeed other absent",
    "cert alice until=2026-06-01",
    "cert alice number=100",
    "cert alice number=none",
    "list mid gap=5,9",
    "list mid absent",
    "list mid absent\npolicy allow-uncovered",
    "feed example absent",
    "feed example absent\npolicy allow-uncovered",
    "feed example damaged=\"the disk is full\"",
    "feed example note-spoiled",
    "feed example note-foreign",
    "feed example table-spoiled",
    "feed example table-spoiled intact",
    "feed example intact",
    "now 2027-01-01\nstamp 2026-09-01",
    "now 2026-11-20",
    "at 2026-11-20",
    "at 2026-01-01\ncert alice from=2026-02-01",
    "stamp 2026-09-01 spoiled",
    "stamp 2026-09-01 imprint=other",
    "ca example profile=tls",
};

static void assert_same_text(const char *found, const char *wanted, const char *lines)
{
    if (strcmp(found, wanted) != 0)
        fail_msg("found \"%s\", wanted \"%s\", in the world\n%s", found, wanted, lines);
}

static void walk_of(const struct world *w, enum writ_emit_form form, struct writ_buffer *out)
{
    struct writ_buffer line = {0};
    struct writ_emit m;

    writ_explain_line(&w->verdict, w->evidence, &line);
    writ_emit_start(&m, form, out);
    writ_emit_object(&m, NULL);
    writ_emit_span(&m, "line", writ_buffer_span(&line));
    writ_explain(&w->verdict, w->evidence, &m);
    writ_emit_finish(&m);
    writ_buffer_free(&line);
}

static void compare_walks(const struct world *w, const struct writ_judge *j, const char *lines)
{
    static const struct {
        enum writ_form public;
        enum writ_emit_form form;
    } forms[] = {{WRIT_FORM_TEXT, WRIT_EMIT_TEXT}, {WRIT_FORM_JSON, WRIT_EMIT_JSON}};
    struct writ_error e = {0};

    for (size_t i = 0; i < 2; i++) {
        struct writ_buffer wanted = {0};
        char *found = writ_judge_explain(j, forms[i].public, &e);

        assert_non_null(found);
        walk_of(w, forms[i].form, &wanted);
        assert_same_text(found, writ_buffer_string(&wanted), lines);
        writ_buffer_free(&wanted);
        free(found);
    }
}

static void compare(const struct world *w, const struct writ_judge *j, const char *lines)
{
    struct writ_buffer line = {0};
    struct writ_error e = {0};
    int64_t until = 0;
    char *found;

    assert_same_text(writ_outcome_name(writ_judge_outcome(j)),
                     writ_outcome_name(w->verdict.outcome), lines);
    assert_same_text(writ_judge_why(j), writ_why_name(w->verdict.why), lines);
    assert_same_text(writ_judge_reason(j), w->verdict.reason, lines);
    assert_same_text(writ_judge_remedy(j), w->verdict.remedy, lines);
    assert_int_equal(writ_judge_exit(j), writ_verdict_exit(&w->verdict));
    assert_int_equal(writ_judge_pull_wanted(j), w->verdict.pull_wanted);
    assert_int_equal(writ_judge_holds_until(j, &until), w->verdict.has_holds_until);
    assert_true(until == w->verdict.holds_until);
    writ_explain_line(&w->verdict, w->evidence, &line);
    found = writ_judge_explain(j, WRIT_FORM_LINE, &e);
    assert_non_null(found);
    assert_same_text(found, writ_buffer_string(&line), lines);
    free(found);
    writ_buffer_free(&line);
    compare_walks(w, j, lines);
}

static void the_public_judge_says_what_the_engine_says(void **state)
{
    unsigned seen = 0;

    (void)state;
    for (size_t i = 0; i < sizeof worlds / sizeof worlds[0]; i++) {
        struct writ_error e = {0};
        struct writ_judge *j;
        struct world w;

        world_of(&w, worlds[i]);
        j = ask(&w, &e);
        assert_int_equal(e.fault, WRIT_FAULT_NONE);
        compare(&w, j, worlds[i]);
        seen |= 1u << w.verdict.outcome;
        writ_judge_free(j);
        world_free(&w);
    }
    assert_int_equal(seen, (1u << (WRIT_FAULT + 1)) - 1);
}

/* ------------------------------------------------------------------------ one verdict */

static void a_verdict_names_the_signer_and_says_how_long_it_holds(void **state)
{
    struct writ_error e = {0};
    struct world w;
    struct writ_judge *j;
    int64_t until = 0;

    (void)state;
    world_of(&w, "");
    j = ask(&w, &e);
    assert_int_equal(writ_judge_outcome(j), WRIT_ALLOWED);
    assert_int_equal(writ_judge_exit(j), 0);
    assert_string_equal(writ_judge_why(j), "sound");
    assert_string_equal(writ_judge_signer(j), "Alice, Example Corp");
    assert_string_equal(writ_judge_team(j), "alice");
    assert_string_equal(writ_judge_identifier(j), "app");
    assert_string_equal(writ_judge_remedy(j), "");
    assert_true(writ_judge_holds_until(j, &until));
    assert_true(until == world_time(WORLD_EXPIRES));
    assert_true(writ_judge_holds_until(j, NULL));
    assert_false(writ_judge_pull_wanted(j));
    writ_judge_free(j);
    world_free(&w);
}

static void what_a_stranger_chose_is_safe_to_show(void **state)
{
    struct writ_error e = {0};
    struct world w;
    struct writ_judge *j;

    (void)state;
    world_start(&w);
    world_say(&w, "cert alice name=\"A\xe2\x80\xaeZ\"");
    world_judge(&w);
    j = ask(&w, &e);
    assert_int_equal(writ_judge_outcome(j), WRIT_ALLOWED);
    assert_string_equal(writ_judge_signer(j), "A\\u{202e}Z, Example Corp");
    writ_judge_free(j);
    world_free(&w);
}

static void an_unsigned_file_has_no_signer(void **state)
{
    struct writ_error e = {0};
    struct world w;
    struct writ_judge *j;

    (void)state;
    world_of(&w, "unsigned");
    j = ask(&w, &e);
    assert_int_equal(writ_judge_outcome(j), WRIT_UNSIGNED);
    assert_string_equal(writ_judge_signer(j), "");
    assert_string_equal(writ_judge_team(j), "");
    assert_string_equal(writ_judge_identifier(j), "");
    assert_false(writ_judge_holds_until(j, NULL));
    writ_judge_free(j);
    world_free(&w);
}

static void line_text_and_json_say_the_same(void **state)
{
    struct writ_error e = {0};
    struct world w;
    struct writ_judge *j;
    char *line, *text, *json;
    json_t *parsed;

    (void)state;
    world_of(&w, "revoked alice keyCompromise");
    j = ask(&w, &e);
    line = writ_judge_explain(j, WRIT_FORM_LINE, &e);
    text = writ_judge_explain(j, WRIT_FORM_TEXT, &e);
    json = writ_judge_explain(j, WRIT_FORM_JSON, &e);
    assert_non_null(line);
    assert_non_null(text);
    assert_non_null(json);
    assert_null(strchr(line, '\n'));
    assert_non_null(strstr(text, line));
    parsed = json_loads(json, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(parsed);
    assert_string_equal(json_string_value(json_object_get(parsed, "line")), line);
    assert_string_equal(json_string_value(json_object_get(parsed, "outcome")), "revoked");
    assert_int_equal(json_integer_value(json_object_get(parsed, "exit")), 2);
    json_decref(parsed);
    free(line);
    free(text);
    free(json);
    writ_judge_free(j);
    world_free(&w);
}

/* ------------------------------------------------- nothing but a whole judgement allows */

static void assert_undecided(const struct writ_judge *j)
{
    struct writ_error e = {0};

    assert_int_equal(writ_judge_outcome(j), WRIT_FAULT);
    assert_int_equal(writ_judge_exit(j), WRIT_FAULT_USAGE);
    assert_string_equal(writ_judge_why(j), "fault");
    assert_string_equal(writ_judge_reason(j), "nothing is decided yet");
    assert_string_equal(writ_judge_remedy(j), "");
    assert_string_equal(writ_judge_signer(j), "");
    assert_string_equal(writ_judge_team(j), "");
    assert_string_equal(writ_judge_identifier(j), "");
    assert_false(writ_judge_holds_until(j, NULL));
    assert_false(writ_judge_pull_wanted(j));
    assert_fault_null(writ_judge_explain(j, WRIT_FORM_LINE, &e), WRIT_FAULT_USAGE,
                      j == NULL ? "NULL" : "nothing is decided yet");
}

static void there_is_no_verdict_before_the_last_question_was_answered(void **state)
{
    struct writ_error e = {0};
    struct world w;
    struct writ_judge *j;
    size_t bundle = 0;
    int want, asked = 0;

    (void)state;
    world_of(&w, "");
    j = writ_judge_new(w.env.now, 0, 1, &e);
    assert_undecided(j);
    assert_ok(trust_them(j, &w, &e));
    assert_undecided(j);
    assert_ok(writ_judge_file(j, w.file.p, w.file.n, &e));
    assert_undecided(j);
    while ((want = writ_judge_next(j, &bundle, &e)) > WRIT_WANT_NOTHING) {
        assert_undecided(j);
        assert_ok(bring_it(j, &w, want, bundle, &e));
        assert_undecided(j);
        asked++;
    }
    assert_int_equal(asked, 2); /* a tail is there, so that no index is asked */
    assert_int_equal(writ_judge_outcome(j), WRIT_ALLOWED);
    assert_int_equal(writ_judge_next(j, NULL, &e), WRIT_WANT_NOTHING);
    assert_int_equal(writ_judge_outcome(j), WRIT_ALLOWED);
    writ_judge_free(j);
    world_free(&w);
}

static void no_judge_is_no_verdict(void **state)
{
    (void)state;
    assert_undecided(NULL);
    writ_judge_free(NULL);
}

static void what_is_wanted_is_wanted_until_it_is_brought(void **state)
{
    struct writ_error e = {0};
    struct world w;
    struct writ_judge *j;
    size_t bundle = 7;

    (void)state;
    world_of(&w, "file data\nseal index");
    j = about_to_ask(&w);
    for (int i = 0; i < 3; i++)
        assert_int_equal(writ_judge_next(j, &bundle, &e), WRIT_WANT_SEAL_BESIDE);
    assert_ok(writ_judge_bring_nothing(j, &e));
    for (int i = 0; i < 3; i++)
        assert_int_equal(writ_judge_next(j, NULL, &e), WRIT_WANT_SEAL_INDEXED);
    assert_ok(bring_it(j, &w, WRIT_WANT_SEAL_INDEXED, 0, &e));
    for (int i = 0; i < 3; i++)
        assert_int_equal(writ_judge_next(j, &bundle, &e), WRIT_WANT_FEED);
    assert_int_equal(bundle, 0);
    assert_ok(bring_it(j, &w, WRIT_WANT_FEED, bundle, &e));
    assert_int_equal(writ_judge_next(j, &bundle, &e), WRIT_WANT_NOTHING);
    assert_int_equal(writ_judge_outcome(j), WRIT_ALLOWED);
    writ_judge_free(j);
    world_free(&w);
}

static void the_feed_that_is_wanted_is_that_of_the_seals_root(void **state)
{
    struct writ_error e = {0};
    struct world w;
    struct writ_judge *j;
    size_t bundle = 7;

    (void)state;
    world_of(&w, "ca other trusted\nentry by=bob");
    j = about_to_ask(&w);
    assert_int_equal(writ_judge_next(j, &bundle, &e), WRIT_WANT_SEAL_BESIDE);
    assert_ok(writ_judge_bring_nothing(j, &e));
    assert_int_equal(writ_judge_next(j, &bundle, &e), WRIT_WANT_FEED);
    assert_int_equal(bundle, 1);
    assert_ok(bring_it(j, &w, WRIT_WANT_FEED, bundle, &e));
    assert_int_equal(writ_judge_next(j, &bundle, &e), WRIT_WANT_NOTHING);
    assert_string_equal(writ_judge_signer(j), "Bob, Other Inc");
    writ_judge_free(j);
    world_free(&w);
}

/* --------------------------------------------------------------------------- out of order */

static int bring_anything(struct writ_judge *j, const struct world *w, int which,
                          struct writ_error *e)
{
    switch (which) {
    case 0:
        return writ_judge_bring_seal(j, w->file.p, w->file.n, e);
    case 1:
        return bring_a_feed(j, &w->ca[0], e);
    case 2:
        return writ_judge_bring_nothing(j, e);
    default:
        return writ_judge_bring_damage(j, "why not", e);
    }
}

static void assert_nothing_can_be_brought(struct writ_judge *j, const struct world *w)
{
    static const char *const words[] = {"no seal is wanted", "no feed is wanted",
                                        "no answer is wanted", "no answer is wanted"};
    struct writ_error e = {0};

    for (int i = 0; i < 4; i++)
        assert_fault(bring_anything(j, w, i, &e), WRIT_FAULT_USAGE, words[i]);
}

static void what_is_not_wanted_is_not_taken_and_changes_nothing(void **state)
{
    struct writ_error e = {0};
    struct world w;
    struct writ_judge *j;
    size_t bundle = 0;
    int want;

    (void)state;
    world_of(&w, "");
    j = writ_judge_new(w.env.now, 0, 1, &e);
    assert_nothing_can_be_brought(j, &w);
    assert_ok(trust_them(j, &w, &e));
    assert_ok(writ_judge_file(j, w.file.p, w.file.n, &e));
    assert_nothing_can_be_brought(j, &w);
    while ((want = writ_judge_next(j, &bundle, &e)) > WRIT_WANT_NOTHING) {
        assert_fault(bring_anything(j, &w, want == WRIT_WANT_FEED ? 0 : 1, &e), WRIT_FAULT_USAGE,
                     "is wanted");
        writ_error_clear(&e);
        assert_ok(bring_it(j, &w, want, bundle, &e));
        assert_nothing_can_be_brought(j, &w);
    }
    assert_nothing_can_be_brought(j, &w);
    compare(&w, j, "");
    writ_judge_free(j);
    world_free(&w);
}

static void calls_out_of_order_are_faults(void **state)
{
    struct writ_error e = {0};
    struct world w;
    struct writ_judge *j;
    uint8_t root[WRIT_HASH];

    (void)state;
    world_of(&w, "");
    j = writ_judge_new(w.env.now, 0, 1, &e);
    assert_fault(writ_judge_next(j, NULL, &e), WRIT_FAULT_USAGE, "no file yet");
    assert_fault(writ_judge_content_root(j, root, &e), WRIT_FAULT_USAGE, "no file yet");
    writ_error_clear(&e);
    assert_ok(writ_judge_file(j, w.file.p, w.file.n, &e));
    assert_fault(writ_judge_file(j, w.file.p, w.file.n, &e), WRIT_FAULT_USAGE, "one file");
    assert_fault(trust_them(j, &w, &e), WRIT_FAULT_USAGE, "before writ_judge_file");
    writ_error_clear(&e);
    assert_int_equal(finish_asking(j, &w, &e), 0);
    assert_int_equal(writ_judge_outcome(j), WRIT_UNTRUSTED);
    assert_string_equal(writ_judge_why(j), "no-path");
    writ_judge_free(j);
    world_free(&w);
}

static void unknown_values_are_faults(void **state)
{
    struct writ_error e = {0};
    struct world w;
    struct writ_judge *j;
    size_t bundle;

    (void)state;
    assert_fault_null(writ_judge_new(0, 1u << 2, 1, &e), WRIT_FAULT_USAGE, "flags 0x4");
    assert_fault_null(writ_judge_new(0, 1u << 31, 1, &e), WRIT_FAULT_USAGE, "are not known");
    writ_error_clear(&e);
    world_of(&w, "");
    j = about_to_ask(&w);
    assert_int_equal(writ_judge_next(j, &bundle, &e), WRIT_WANT_SEAL_BESIDE);
    assert_ok(writ_judge_bring_nothing(j, &e));
    assert_int_equal(writ_judge_next(j, &bundle, &e), WRIT_WANT_FEED);
    assert_fault(writ_judge_bring_feed(j, w.ca[0].note.p, w.ca[0].note.n, w.ca[0].table.p,
                                       w.ca[0].table.n, NULL, 0, 2, &e),
                 WRIT_FAULT_USAGE, "flags 0x2 are not known");
    writ_error_clear(&e);
    assert_int_equal(finish_asking(j, &w, &e), 0);
    assert_int_equal(writ_judge_outcome(j), WRIT_ALLOWED);
    assert_fault_null(writ_judge_explain(j, (enum writ_form)3, &e), WRIT_FAULT_USAGE,
                      "3 is not a form");
    writ_judge_free(j);
    world_free(&w);
}

static void null_is_a_fault_where_it_is_not_allowed(void **state)
{
    struct writ_error e = {0};
    const uint8_t byte = 0;
    uint8_t root[WRIT_HASH];
    struct writ_judge *j = writ_judge_new(0, 0, 0, &e);

    (void)state;
    assert_non_null(j);
    assert_fault(writ_judge_trust(NULL, &byte, 1, root, &e), WRIT_FAULT_USAGE, "writ_judge_trust");
    assert_fault(writ_judge_trust(j, NULL, 1, root, &e), WRIT_FAULT_USAGE, "NULL");
    assert_fault(writ_judge_trust(j, &byte, 1, NULL, &e), WRIT_FAULT_USAGE, "NULL");
    assert_fault(writ_judge_file(NULL, &byte, 1, &e), WRIT_FAULT_USAGE, "writ_judge_file");
    assert_fault(writ_judge_file(j, NULL, 1, &e), WRIT_FAULT_USAGE, "NULL");
    assert_fault(writ_judge_next(NULL, NULL, &e), WRIT_FAULT_USAGE, "writ_judge_next");
    assert_fault(writ_judge_bring_seal(NULL, &byte, 1, &e), WRIT_FAULT_USAGE, "bring_seal");
    assert_fault(writ_judge_bring_seal(j, NULL, 1, &e), WRIT_FAULT_USAGE, "NULL");
    assert_fault(writ_judge_bring_feed(NULL, &byte, 1, &byte, 1, NULL, 0, 0, &e), WRIT_FAULT_USAGE,
                 "bring_feed");
    assert_fault(writ_judge_bring_feed(j, NULL, 1, &byte, 1, NULL, 0, 0, &e), WRIT_FAULT_USAGE,
                 "NULL");
    assert_fault(writ_judge_bring_feed(j, &byte, 1, NULL, 1, NULL, 0, 0, &e), WRIT_FAULT_USAGE,
                 "NULL");
    assert_fault(writ_judge_bring_feed(j, &byte, 1, &byte, 1, NULL, 1, 0, &e), WRIT_FAULT_USAGE,
                 "NULL");
    assert_fault(writ_judge_bring_nothing(NULL, &e), WRIT_FAULT_USAGE, "bring_nothing");
    assert_fault(writ_judge_bring_damage(NULL, "x", &e), WRIT_FAULT_USAGE, "bring_damage");
    assert_fault(writ_judge_bring_damage(j, NULL, &e), WRIT_FAULT_USAGE, "NULL");
    assert_fault(writ_judge_content_root(NULL, root, &e), WRIT_FAULT_USAGE, "content_root");
    assert_fault(writ_judge_content_root(j, NULL, &e), WRIT_FAULT_USAGE, "NULL");
    assert_undecided(j);
    writ_judge_free(j);
}

static void nobody_has_to_listen_to_faults(void **state)
{
    struct world w;
    struct writ_judge *j;

    (void)state;
    world_of(&w, "");
    j = writ_judge_new(w.env.now, 0, 1, NULL);
    assert_int_equal(writ_judge_next(j, NULL, NULL), -1);
    assert_int_equal(writ_judge_bring_nothing(j, NULL), -1);
    assert_null(writ_judge_explain(j, WRIT_FORM_LINE, NULL));
    assert_int_equal(writ_judge_trust(j, w.file.p, w.file.n, w.ca[0].fingerprint, NULL), -1);
    writ_judge_free(j);
    assert_null(writ_judge_new(0, 8, 1, NULL));
    j = ask(&w, NULL);
    assert_int_equal(writ_judge_outcome(j), WRIT_ALLOWED);
    writ_judge_free(j);
    world_free(&w);
}

static void the_first_fault_wins(void **state)
{
    struct writ_error e = {0};
    struct writ_judge *j = writ_judge_new(0, 0, 0, &e);

    (void)state;
    assert_int_equal(writ_judge_next(j, NULL, &e), -1);
    assert_int_equal(writ_judge_bring_nothing(j, &e), -1);
    assert_sentence(WRIT_FAULT_USAGE, "there is no file yet");
    writ_judge_free(j);
}

/* -------------------------------------------------------------------------------- trust */

static void a_bundle_may_be_pem_with_text_around_it(void **state)
{
    struct writ_error e = {0};
    struct writ_buffer pem = {0};
    struct world w;
    struct writ_judge *j;

    (void)state;
    world_of(&w, "");
    writ_buffer_text(&pem, "The bundle of Example Corp\n");
    writ_pem_build(&pem, "CERTIFICATE", writ_span_text("of something else"));
    writ_pem_build(&pem, "WRIT BUNDLE", writ_buffer_span(&w.ca[0].bundle));
    j = writ_judge_new(w.env.now, 0, 1, &e);
    assert_ok(writ_judge_trust(j, pem.p, pem.n, w.ca[0].fingerprint, &e));
    writ_buffer_wipe(&pem);
    assert_ok(writ_judge_file(j, w.file.p, w.file.n, &e));
    assert_int_equal(finish_asking(j, &w, &e), 0);
    assert_int_equal(writ_judge_outcome(j), WRIT_ALLOWED);
    writ_judge_free(j);
    world_free(&w);
}

static void one_pem_holds_one_bundle(void **state)
{
    struct writ_error e = {0};
    struct writ_buffer two = {0}, none = {0}, broken = {0};
    struct world w;
    struct writ_judge *j = writ_judge_new(0, 0, 1, &e);

    (void)state;
    world_of(&w, "");
    writ_pem_build(&two, "WRIT BUNDLE", writ_buffer_span(&w.ca[0].bundle));
    writ_pem_build(&two, "WRIT BUNDLE", writ_buffer_span(&w.ca[0].bundle));
    writ_pem_build(&none, "CERTIFICATE", writ_buffer_span(&w.ca[0].bundle));
    writ_buffer_text(&broken, "-----BEGIN WRIT BUNDLE-----\nAAAA\n");
    assert_fault(writ_judge_trust(j, two.p, two.n, w.ca[0].fingerprint, &e), WRIT_FAULT_BAD_INPUT,
                 "2 PEM blocks WRIT BUNDLE, wanted one");
    assert_fault(writ_judge_trust(j, none.p, none.n, w.ca[0].fingerprint, &e), WRIT_FAULT_BAD_INPUT,
                 "0 PEM blocks");
    assert_fault(writ_judge_trust(j, broken.p, broken.n, w.ca[0].fingerprint, &e),
                 WRIT_FAULT_BAD_INPUT, "");
    writ_buffer_free(&two);
    writ_buffer_free(&none);
    writ_buffer_free(&broken);
    writ_judge_free(j);
    world_free(&w);
}

static void a_bundle_that_is_refused_is_not_trusted(void **state)
{
    struct writ_error e = {0};
    struct world w;
    struct writ_judge *j;
    uint8_t *large;

    (void)state;
    world_of(&w, "");
    large = calloc(1, 131073);
    j = writ_judge_new(w.env.now, 0, 1, &e);
    assert_fault(writ_judge_trust(j, w.ca[0].bundle.p, w.ca[0].bundle.n, w.root, &e),
                 WRIT_FAULT_BAD_INPUT, "not the one accepted");
    assert_fault(writ_judge_trust(j, large, 131073, w.ca[0].fingerprint, &e), WRIT_FAULT_BAD_INPUT,
                 "131073 bytes, the ceiling is 131072");
    assert_fault(writ_judge_trust(j, large, 131072, w.ca[0].fingerprint, &e), WRIT_FAULT_BAD_INPUT,
                 "the ceiling is 65536");
    w.ca[0].bundle.p[w.ca[0].bundle.n - 1] ^= 1;
    assert_fault(trust_them(j, &w, &e), WRIT_FAULT_BAD_INPUT, "not signed by its root's key");
    writ_error_clear(&e);
    assert_ok(writ_judge_file(j, w.file.p, w.file.n, &e));
    assert_int_equal(finish_asking(j, &w, &e), 0);
    assert_int_equal(writ_judge_outcome(j), WRIT_UNTRUSTED);
    free(large);
    writ_judge_free(j);
    world_free(&w);
}

static void thirty_two_bundles_are_enough(void **state)
{
    struct writ_error e = {0};
    struct world w;
    struct writ_judge *j;

    (void)state;
    world_of(&w, "");
    j = writ_judge_new(w.env.now, 0, 1, &e);
    for (int i = 0; i < 32; i++)
        assert_ok(trust_them(j, &w, &e));
    assert_fault(trust_them(j, &w, &e), WRIT_FAULT_USAGE, "more than 32");
    writ_error_clear(&e);
    assert_ok(writ_judge_file(j, w.file.p, w.file.n, &e));
    assert_int_equal(finish_asking(j, &w, &e), 0);
    assert_int_equal(writ_judge_outcome(j), WRIT_ALLOWED);
    writ_judge_free(j);
    world_free(&w);
}

/* ---------------------------------------------------------------------------- ownership */

/* A copy that is overwritten and freed as soon as the call is over. */
static uint8_t *copy_of(const struct writ_buffer *b)
{
    uint8_t *p = malloc(b->n);

    assert_non_null(p);
    memcpy(p, b->p, b->n);
    return p;
}

static void spoil(uint8_t *p, size_t n)
{
    memset(p, 0xa5, n);
    free(p);
}

static void only_file_and_table_are_borrowed(void **state)
{
    struct writ_error e = {0};
    struct world w;
    struct writ_judge *j;
    uint8_t *bundle, *seal, *note;
    size_t which;

    (void)state;
    world_of(&w, "file data\nstamp 2026-09-01");
    bundle = copy_of(&w.ca[0].bundle);
    seal = copy_of(&w.seal[0].der);
    note = copy_of(&w.ca[0].note);
    j = writ_judge_new(w.env.now, 0, 1, &e);
    assert_ok(writ_judge_trust(j, bundle, w.ca[0].bundle.n, w.ca[0].fingerprint, &e));
    spoil(bundle, w.ca[0].bundle.n);
    assert_ok(writ_judge_file(j, w.file.p, w.file.n, &e));
    assert_int_equal(writ_judge_next(j, NULL, &e), WRIT_WANT_SEAL_BESIDE);
    assert_ok(writ_judge_bring_seal(j, seal, w.seal[0].der.n, &e));
    spoil(seal, w.seal[0].der.n);
    assert_int_equal(writ_judge_next(j, &which, &e), WRIT_WANT_FEED);
    assert_ok(writ_judge_bring_feed(j, note, w.ca[0].note.n, w.ca[0].table.p, w.ca[0].table.n, NULL,
                                    0, 0, &e));
    spoil(note, w.ca[0].note.n);
    assert_int_equal(writ_judge_next(j, &which, &e), WRIT_WANT_NOTHING);
    compare(&w, j, "file data, stamped");
    writ_judge_free(j);
    world_free(&w);
}

static void judges_know_nothing_of_each_other(void **state)
{
    struct writ_error e = {0};
    struct world good, bad;
    struct writ_judge *first, *second;
    size_t bundle;
    int want, other;

    (void)state;
    world_of(&good, "");
    world_of(&bad, "revoked alice keyCompromise");
    first = about_to_ask(&good);
    second = about_to_ask(&bad);
    do {
        want = writ_judge_next(first, &bundle, &e);
        other = writ_judge_next(second, &bundle, &e);
        assert_int_equal(want, other);
        if (want > WRIT_WANT_NOTHING) {
            assert_ok(bring_it(second, &bad, want, bundle, &e));
            assert_ok(bring_it(first, &good, want, bundle, &e));
        }
    } while (want > WRIT_WANT_NOTHING);
    assert_int_equal(writ_judge_outcome(first), WRIT_ALLOWED);
    assert_int_equal(writ_judge_outcome(second), WRIT_REVOKED);
    writ_judge_free(second);
    assert_string_equal(writ_judge_signer(first), "Alice, Example Corp");
    writ_judge_free(first);
    world_free(&good);
    world_free(&bad);
}

/* ------------------------------------------------------------------------ what is brought */

static void damage_condemns_a_seal_and_is_a_fault_of_a_feed(void **state)
{
    struct writ_error e = {0};
    struct world w;
    struct writ_judge *j;

    (void)state;
    world_of(&w, "");
    j = about_to_ask(&w);
    assert_int_equal(writ_judge_next(j, NULL, &e), WRIT_WANT_SEAL_BESIDE);
    assert_ok(writ_judge_bring_damage(j, "cannot be read", &e));
    assert_int_equal(finish_asking(j, &w, &e), 0);
    assert_int_equal(writ_judge_outcome(j), WRIT_MALFORMED);
    assert_string_equal(writ_judge_reason(j), "cannot be read");
    writ_judge_free(j);

    j = about_to_ask(&w);
    assert_int_equal(writ_judge_next(j, NULL, &e), WRIT_WANT_SEAL_BESIDE);
    assert_ok(writ_judge_bring_nothing(j, &e));
    assert_int_equal(writ_judge_next(j, NULL, &e), WRIT_WANT_FEED);
    assert_ok(writ_judge_bring_damage(j, "cannot be read", &e));
    assert_int_equal(finish_asking(j, &w, &e), 0);
    assert_int_equal(writ_judge_outcome(j), WRIT_FAULT);
    assert_int_equal(writ_judge_exit(j), WRIT_FAULT_IO);
    assert_string_equal(writ_judge_why(j), "data-damaged");
    assert_true(writ_judge_pull_wanted(j));
    writ_judge_free(j);
    world_free(&w);
}

/* Judges the sound world with this memory of its feed. */
static struct writ_judge *judge_remembering(const struct world *w, const char *memory, size_t n)
{
    struct writ_error e = {0};
    struct writ_judge *j = about_to_ask(w);

    assert_int_equal(writ_judge_next(j, NULL, &e), WRIT_WANT_SEAL_BESIDE);
    assert_ok(writ_judge_bring_nothing(j, &e));
    assert_int_equal(writ_judge_next(j, NULL, &e), WRIT_WANT_FEED);
    assert_ok(writ_judge_bring_feed(j, w->ca[0].note.p, w->ca[0].note.n, w->ca[0].table.p,
                                    w->ca[0].table.n, memory, n, 0, &e));
    assert_int_equal(writ_judge_next(j, NULL, &e), WRIT_WANT_NOTHING);
    return j;
}

static void a_memory_that_is_damaged_is_damage_of_the_feed(void **state)
{
    static const char *const damaged[] = {"origin x\n", "no key\n", "without an end"};
    struct world w;
    struct writ_judge *j;
    char *large;

    (void)state;
    world_of(&w, "");
    for (size_t i = 0; i < 3; i++) {
        j = judge_remembering(&w, damaged[i], strlen(damaged[i]));
        assert_string_equal(writ_judge_why(j), "data-damaged");
        writ_judge_free(j);
    }
    large = calloc(1, 4097);
    j = judge_remembering(&w, large, 4097);
    assert_non_null(strstr(writ_judge_reason(j), "the ceiling is 4096"));
    writ_judge_free(j);
    free(large);
    j = judge_remembering(&w, "", 0);
    assert_int_equal(writ_judge_outcome(j), WRIT_ALLOWED);
    writ_judge_free(j);
    world_free(&w);
}

static void the_root_of_the_content_is_that_of_the_file_without_its_tail(void **state)
{
    struct writ_error e = {0};
    struct world w;
    struct writ_judge *j;
    uint8_t root[WRIT_HASH] = {0}, again[WRIT_HASH] = {0};
    uint64_t length = 0;

    (void)state;
    world_of(&w, "file program size=100000");
    j = about_to_ask(&w);
    assert_ok(writ_judge_content_root(j, root, &e));
    assert_spans_equal(WRIT_SPAN_OF(root), WRIT_SPAN_OF(w.root));
    assert_ok(writ_content_length(w.file.p, w.file.n, &length, &e));
    assert_true(length == 100000);
    assert_ok(writ_content_root(w.file.p, length, 2, again, &e));
    assert_spans_equal(WRIT_SPAN_OF(again), WRIT_SPAN_OF(w.root));
    writ_judge_free(j);
    world_free(&w);
}

static void no_file_at_all_is_a_file_of_no_bytes(void **state)
{
    struct writ_error e = {0};
    struct writ_judge *j = writ_judge_new(0, 0, 1, &e);

    (void)state;
    assert_ok(writ_judge_file(j, NULL, 0, &e));
    assert_int_equal(writ_judge_next(j, NULL, &e), WRIT_WANT_SEAL_BESIDE);
    assert_ok(writ_judge_bring_seal(j, NULL, 0, &e));
    assert_int_equal(writ_judge_next(j, NULL, &e), WRIT_WANT_NOTHING);
    assert_int_equal(writ_judge_outcome(j), WRIT_MALFORMED);
    writ_judge_free(j);
}

static void no_clock_is_too_wrong(void **state)
{
    static const int64_t clocks[] = {INT64_MIN, -1, 0, INT64_MAX};
    struct world w;

    (void)state;
    world_of(&w, "stamp 2026-09-01");
    for (size_t i = 0; i < sizeof clocks / sizeof clocks[0]; i++) {
        struct writ_error e = {0};
        struct writ_judge *j;

        w.env.now = clocks[i];
        w.env.asked_for = i % 2 == 0;
        j = ask(&w, &e);
        assert_int_equal(e.fault, WRIT_FAULT_NONE);
        if (clocks[i] == INT64_MAX) /* the feed is stale, and so is what rests on it */
            assert_int_equal(writ_judge_outcome(j), WRIT_STALE);
        writ_judge_free(j);
    }
    world_free(&w);
}

static const struct CMUnitTest claims[] = {
    CLAIM(the_public_judge_says_what_the_engine_says),
    CLAIM(a_verdict_names_the_signer_and_says_how_long_it_holds),
    CLAIM(what_a_stranger_chose_is_safe_to_show),
    CLAIM(an_unsigned_file_has_no_signer),
    CLAIM(line_text_and_json_say_the_same),
    CLAIM(there_is_no_verdict_before_the_last_question_was_answered),
    CLAIM(no_judge_is_no_verdict),
    CLAIM(what_is_wanted_is_wanted_until_it_is_brought),
    CLAIM(the_feed_that_is_wanted_is_that_of_the_seals_root),
    CLAIM(what_is_not_wanted_is_not_taken_and_changes_nothing),
    CLAIM(calls_out_of_order_are_faults),
    CLAIM(unknown_values_are_faults),
    CLAIM(null_is_a_fault_where_it_is_not_allowed),
    CLAIM(nobody_has_to_listen_to_faults),
    CLAIM(the_first_fault_wins),
    CLAIM(a_bundle_may_be_pem_with_text_around_it),
    CLAIM(one_pem_holds_one_bundle),
    CLAIM(a_bundle_that_is_refused_is_not_trusted),
    CLAIM(thirty_two_bundles_are_enough),
    CLAIM(only_file_and_table_are_borrowed),
    CLAIM(judges_know_nothing_of_each_other),
    CLAIM(damage_condemns_a_seal_and_is_a_fault_of_a_feed),
    CLAIM(a_memory_that_is_damaged_is_damage_of_the_feed),
    CLAIM(the_root_of_the_content_is_that_of_the_file_without_its_tail),
    CLAIM(no_file_at_all_is_a_file_of_no_bytes),
    CLAIM(no_clock_is_too_wrong),
};

RUN_CLAIMS(claims)
