/* The order of questions: which come, which do not, and that no wrong order of answers does harm.
 */
#include "engine/engine.h"

#include "test.h"
#include "world/world.h"

/* ---- Asking a world ---- */

static struct world w;

/* A world whose engine has been given its file, and nothing else yet. */
static void begin(const char *lines)
{
    struct writ_error e = {0};

    world_start(&w);
    world_say(&w, lines);
    world_make(&w);
    w.engine = world_engine(&w);
    assert_ok(writ_engine_subject(w.engine, writ_buffer_span(&w.file), &e));
}

static struct writ_wanted next(void)
{
    struct writ_wanted wanted;
    struct writ_error e = {0};

    assert_ok(writ_engine_next(w.engine, &wanted, &e));
    return wanted;
}

/* Goes on with what the world has until this is wanted. */
static struct writ_wanted go_on_until(enum writ_want what)
{
    struct writ_wanted wanted = next();

    for (; wanted.what != what; wanted = next()) {
        assert_int_not_equal(wanted.what, WRIT_WANT_NOTHING);
        world_bring(&w, &wanted);
    }
    return wanted;
}

static struct writ_verdict verdict(void)
{
    struct writ_verdict v;

    writ_engine_verdict(w.engine, &v);
    return v;
}

/* What is wanted of a world, in order: b beside, i index, f and the bundle's number. */
static void questions_are(const char *lines, const char *wanted)
{
    char found[32] = "";
    struct writ_wanted one;

    begin(lines);
    for (one = next(); one.what != WRIT_WANT_NOTHING; one = next()) {
        size_t n = strlen(found);

        if (one.what == WRIT_WANT_FEED)
            (void)snprintf(found + n, sizeof found - n, "f%u", (unsigned)one.bundle % 100);
        else
            (void)snprintf(found + n, sizeof found - n, "%s",
                           one.what == WRIT_WANT_SEAL_BESIDE ? "b" : "i");
        world_bring(&w, &one);
    }
    assert_string_equal(found, wanted);
    world_free(&w);
}

/* ---- Questions ---- */

static void a_tail_leaves_only_the_seal_beside_and_the_feed_to_ask_for(void **state)
{
    (void)state;
    questions_are("", "bf0");
}

static void the_index_is_asked_where_no_seal_was_found(void **state)
{
    (void)state;
    questions_are("seal index", "bif0");
    questions_are("seal beside", "bf0");
    questions_are("seal beside unreadable", "b");
}

static void only_the_feed_that_the_seal_leads_to_is_wanted(void **state)
{
    (void)state;
    questions_are("ca other trusted", "bf0");
    questions_are("ca other trusted\nentry by=bob", "bf1");
    questions_are("ca other trusted\nentry by=bob\nentry by=alice", "bf0f1");
}

static void without_a_seal_every_feed_is_wanted(void **state)
{
    (void)state;
    questions_are("unsigned", "bif0");
    questions_are("unsigned\nca other trusted", "bif0f1");
    questions_are("unsigned\nca example trusted=no", "bi");
}

static void a_seal_that_leads_nowhere_wants_no_feed(void **state)
{
    (void)state;
    questions_are("entry by=bob", "b");
    questions_are("entry garbage spoiled", "b");
    questions_are("seal tail garbage", "b");
    questions_are("seal tail bad-pad", "b");
}

static void the_index_is_asked_for_the_length_of_the_content(void **state)
{
    (void)state;
    begin("file data size=12345\nseal index");
    world_bring(&w, &(struct writ_wanted){.what = next().what});
    assert_int_equal(next().length, 12345);
    world_free(&w);
}

static void asked_again_before_an_answer_it_wants_the_same(void **state)
{
    struct writ_wanted wanted;

    (void)state;
    begin("seal index\nca other trusted\nentry by=bob");
    for (int i = 0; i < 3; i++)
        assert_int_equal(next().what, WRIT_WANT_SEAL_BESIDE);
    wanted = next();
    world_bring(&w, &wanted);
    for (int i = 0; i < 3; i++)
        assert_int_equal((wanted = next()).what, WRIT_WANT_SEAL_INDEXED);
    world_bring(&w, &wanted);
    for (int i = 0; i < 3; i++)
        assert_int_equal((wanted = next()).bundle, 1);
    world_bring(&w, &wanted);
    for (int i = 0; i < 3; i++)
        assert_int_equal(next().what, WRIT_WANT_NOTHING);
    assert_int_equal(verdict().outcome, WRIT_ALLOWED);
    world_free(&w);
}

/* ---- Content ---- */

static void content_is_hashed_only_when_a_seal_of_its_length_wants_it(void **state)
{
    (void)state;
    world_of(&w, "entry longer=1");
    assert_false(w.evidence->has_root);
    world_free(&w);
    world_of(&w, "unsigned");
    assert_false(w.evidence->has_root);
    world_free(&w);
    world_of(&w, "");
    assert_true(w.evidence->has_root);
    world_free(&w);
}

static void content_is_hashed_when_something_of_its_length_is_revoked(void **state)
{
    (void)state;
    world_of(&w, "unsigned\nfile program changed\ncontent-revoked superseded");
    assert_true(w.evidence->has_root);
    assert_true(w.evidence->source[0].content_asked);
    assert_false(w.evidence->source[0].content_revoked);
    world_free(&w);
}

static void the_root_is_that_of_the_content_without_its_tail(void **state)
{
    struct writ_error e = {0};
    const uint8_t *root;

    (void)state;
    begin("");
    assert_ok(writ_engine_root(w.engine, &root, &e));
    assert_memory_equal(root, w.root, WRIT_HASH_BYTES);
    world_free(&w);
}

static void what_the_kernel_would_execute_is_said(void **state)
{
    static const struct {
        const char *lines, *form;
        bool executable;
    } files[] = {
        {"file program", "ELF program", true}, {"file pie", "ELF program", true},
        {"file library", "ELF library", true}, {"file script", "script", true},
        {"file object", "ELF object", false},  {"file data", "data", false},
        {"file empty", "data", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        world_of(&w, files[i].lines);
        assert_string_equal(w.evidence->form, files[i].form);
        assert_int_equal(w.evidence->executable, files[i].executable);
        world_free(&w);
    }
    world_of(&w, "file broken\nunsigned");
    assert_true(w.evidence->executable);
    world_free(&w);
}

/* ---- Wrong orders ---- */

static void without_a_file_nothing_is_known(void **state)
{
    struct writ_error e = {0};
    struct writ_wanted wanted;
    const uint8_t *root;

    (void)state;
    world_start(&w);
    world_make(&w);
    w.engine = world_engine(&w);
    assert_fault(writ_engine_next(w.engine, &wanted, &e), WRIT_FAULT_USAGE, "given no file");
    assert_fault(writ_engine_root(w.engine, &root, &e), WRIT_FAULT_USAGE, "given no file");
    assert_int_equal(verdict().outcome, WRIT_FAULT);
    world_free(&w);
}

static void an_engine_judges_one_file(void **state)
{
    struct writ_error e = {0};

    (void)state;
    begin("");
    assert_fault(writ_engine_subject(w.engine, writ_buffer_span(&w.file), &e), WRIT_FAULT_USAGE,
                 "an engine judges one file");
    world_free(&w);
}

static void bundles_are_trusted_before_the_file_is_given(void **state)
{
    struct writ_error e = {0};

    (void)state;
    begin("");
    assert_fault(
        writ_engine_trust(w.engine, writ_buffer_span(&w.ca[0].bundle), w.ca[0].fingerprint, &e),
        WRIT_FAULT_USAGE, "before the file");
    world_free(&w);
}

static struct writ_feed_files files_of(const struct world_ca *ca)
{
    return (struct writ_feed_files){.note = writ_buffer_span(&ca->note),
                                    .table = writ_buffer_span(&ca->table)};
}

/* Brings everything there is to an engine that wants nothing of it. */
static void bring_all_in_vain(void)
{
    struct writ_feed_files files = files_of(&w.ca[0]);
    struct writ_error e = {0};

    assert_fault(writ_engine_bring_seal(w.engine, WRIT_SPAN_NONE, &e), WRIT_FAULT_USAGE,
                 "no seal is wanted");
    assert_fault(writ_engine_bring_feed(w.engine, &files, &e), WRIT_FAULT_USAGE,
                 "no feed is wanted");
    writ_engine_bring_nothing(w.engine);
    writ_engine_bring_damage(w.engine, "in vain");
}

static void what_was_not_asked_for_is_not_taken(void **state)
{
    struct writ_wanted wanted;

    (void)state;
    begin("");
    bring_all_in_vain();
    for (wanted = next(); wanted.what != WRIT_WANT_NOTHING; wanted = next()) {
        world_bring(&w, &wanted);
        bring_all_in_vain();
    }
    bring_all_in_vain();
    assert_int_equal(verdict().why, WRIT_WHY_SOUND);
    assert_int_equal(writ_engine_evidence(w.engine)->seal_count, 1);
    world_free(&w);
}

static void a_seal_is_not_a_feed_nor_a_feed_a_seal(void **state)
{
    struct writ_feed_files files;
    struct writ_error e = {0};

    (void)state;
    begin("");
    files = files_of(&w.ca[0]);
    (void)go_on_until(WRIT_WANT_SEAL_BESIDE);
    assert_fault(writ_engine_bring_feed(w.engine, &files, &e), WRIT_FAULT_USAGE, "no feed");
    (void)go_on_until(WRIT_WANT_FEED);
    assert_fault(writ_engine_bring_seal(w.engine, WRIT_SPAN_NONE, &e), WRIT_FAULT_USAGE, "no seal");
    world_free(&w);
}

/* A tail, and a seal beside it: there is no room for a third. */
static void a_third_seal_is_never_taken(void **state)
{
    struct writ_error e = {0};

    (void)state;
    begin("seal tail\nseal beside");
    (void)next();
    assert_ok(writ_engine_bring_seal(w.engine, writ_buffer_span(&w.seal[1].der), &e));
    for (int i = 0; i < 4; i++) {
        assert_fault(writ_engine_bring_seal(w.engine, writ_buffer_span(&w.seal[1].der), &e),
                     WRIT_FAULT_USAGE, "no seal is wanted");
        writ_engine_bring_damage(w.engine, "in vain");
    }
    assert_int_equal(writ_engine_evidence(w.engine)->seal_count, 2);
    assert_int_equal(next().what, WRIT_WANT_FEED);
    world_free(&w);
}

static void one_question_takes_one_feed(void **state)
{
    struct writ_feed_files files;
    struct writ_error e = {0};

    (void)state;
    begin("ca other trusted");
    files = files_of(&w.ca[0]);
    (void)go_on_until(WRIT_WANT_FEED);
    assert_ok(writ_engine_bring_feed(w.engine, &files, &e));
    files = files_of(&w.ca[1]);
    assert_fault(writ_engine_bring_feed(w.engine, &files, &e), WRIT_FAULT_USAGE, "no feed");
    assert_int_equal(next().what, WRIT_WANT_NOTHING);
    assert_int_equal(writ_engine_evidence(w.engine)->source[1].state, WRIT_SOURCE_NOT_ASKED);
    world_free(&w);
}

static void a_verdict_before_the_end_is_a_fault(void **state)
{
    struct writ_wanted wanted;

    (void)state;
    begin("");
    for (wanted = next(); wanted.what != WRIT_WANT_NOTHING; wanted = next()) {
        assert_int_equal(verdict().outcome, WRIT_FAULT);
        assert_int_equal(verdict().fault, WRIT_FAULT_USAGE);
        world_bring(&w, &wanted);
        assert_int_equal(verdict().outcome, WRIT_FAULT);
    }
    assert_int_equal(verdict().outcome, WRIT_ALLOWED);
    world_free(&w);
}

/* The unsigned file would else be "unsigned" at once, though its content may be revoked. */
static void an_unsigned_file_too_is_nothing_before_the_end(void **state)
{
    (void)state;
    begin("unsigned\ncontent-revoked superseded");
    (void)go_on_until(WRIT_WANT_FEED);
    assert_int_equal(verdict().outcome, WRIT_FAULT);
    world_free(&w);
}

/* ---- Trust ---- */

static void a_bundle_with_another_fingerprint_is_not_trusted(void **state)
{
    struct writ_error e = {0};

    (void)state;
    world_start(&w);
    world_make(&w);
    w.ca[0].trusted = false;
    w.engine = world_engine(&w);
    w.ca[0].fingerprint[31] ^= 1;
    assert_fault(
        writ_engine_trust(w.engine, writ_buffer_span(&w.ca[0].bundle), w.ca[0].fingerprint, &e),
        WRIT_FAULT_BAD_INPUT, "its root is not the one accepted");
    w.ca[0].fingerprint[31] ^= 1;
    writ_error_clear(&e);
    assert_ok(
        writ_engine_trust(w.engine, writ_buffer_span(&w.ca[0].bundle), w.ca[0].fingerprint, &e));
    world_free(&w);
}

static void thirty_two_bundles_are_trusted_and_no_more(void **state)
{
    struct writ_error e = {0};

    (void)state;
    world_start(&w);
    world_make(&w);
    w.engine = world_engine(&w);
    for (int i = 1; i < WRIT_BUNDLES_MAX; i++)
        assert_ok(writ_engine_trust(w.engine, writ_buffer_span(&w.ca[0].bundle),
                                    w.ca[0].fingerprint, &e));
    assert_fault(
        writ_engine_trust(w.engine, writ_buffer_span(&w.ca[0].bundle), w.ca[0].fingerprint, &e),
        WRIT_FAULT_USAGE, "more than 32 trusted bundles");
    world_free(&w);
}

static void free_of_nothing_is_nothing(void **state)
{
    (void)state;
    writ_engine_free(NULL);
}

/* ---- Sizes ---- */

static void a_seal_of_exactly_the_ceiling_is_looked_at(void **state)
{
    (void)state;
    world_of(&w, "seal beside size=1048576");
    assert_null(strstr(w.verdict.reason, "ceiling"));
    assert_int_equal(w.verdict.outcome, WRIT_MALFORMED);
    world_free(&w);
}

static void a_seal_one_byte_over_the_ceiling_is_not(void **state)
{
    (void)state;
    world_of(&w, "seal beside size=1048577");
    assert_string_equal(w.verdict.reason, "seal of 1048577 bytes, the ceiling is 1048576");
    world_free(&w);
}

/* The file may change while it is judged; the tail that was read must not. */
static void a_seal_is_copied_when_it_is_taken(void **state)
{
    struct writ_wanted wanted;

    (void)state;
    begin("");
    memset(w.file.p + w.content.n, 0xff, w.file.n - w.content.n);
    for (wanted = next(); wanted.what != WRIT_WANT_NOTHING; wanted = next())
        world_bring(&w, &wanted);
    assert_int_equal(verdict().outcome, WRIT_ALLOWED);
    world_free(&w);
}

int main(void)
{
    const struct CMUnitTest claims[] = {
        CLAIM(a_tail_leaves_only_the_seal_beside_and_the_feed_to_ask_for),
        CLAIM(the_index_is_asked_where_no_seal_was_found),
        CLAIM(only_the_feed_that_the_seal_leads_to_is_wanted),
        CLAIM(without_a_seal_every_feed_is_wanted),
        CLAIM(a_seal_that_leads_nowhere_wants_no_feed),
        CLAIM(the_index_is_asked_for_the_length_of_the_content),
        CLAIM(asked_again_before_an_answer_it_wants_the_same),
        CLAIM(content_is_hashed_only_when_a_seal_of_its_length_wants_it),
        CLAIM(content_is_hashed_when_something_of_its_length_is_revoked),
        CLAIM(the_root_is_that_of_the_content_without_its_tail),
        CLAIM(what_the_kernel_would_execute_is_said),
        CLAIM(without_a_file_nothing_is_known),
        CLAIM(an_engine_judges_one_file),
        CLAIM(bundles_are_trusted_before_the_file_is_given),
        CLAIM(what_was_not_asked_for_is_not_taken),
        CLAIM(a_seal_is_not_a_feed_nor_a_feed_a_seal),
        CLAIM(a_third_seal_is_never_taken),
        CLAIM(one_question_takes_one_feed),
        CLAIM(a_verdict_before_the_end_is_a_fault),
        CLAIM(an_unsigned_file_too_is_nothing_before_the_end),
        CLAIM(a_bundle_with_another_fingerprint_is_not_trusted),
        CLAIM(thirty_two_bundles_are_trusted_and_no_more),
        CLAIM(free_of_nothing_is_nothing),
        CLAIM(a_seal_of_exactly_the_ceiling_is_looked_at),
        CLAIM(a_seal_one_byte_over_the_ceiling_is_not),
        CLAIM(a_seal_is_copied_when_it_is_taken),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name(__FILE__, claims, NULL, NULL);
}
