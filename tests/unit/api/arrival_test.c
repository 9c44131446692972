/*
 * What was fetched, checked before it is used: the floor holds, and nobody but the bundle's own
 * keys and their successors speaks for it.
 */
#include "crypto/digest.h"
#include "evidence/source.h"
#include "issue/sign.h"
#include "object/memory.h"

#include "asking.h"

static struct writ_arrival *begin(const struct world *w, const char *memory)
{
    struct writ_error e = {0};
    struct writ_arrival *a =
        writ_arrival_new(w->env.now, w->ca[0].bundle.p, w->ca[0].bundle.n, w->ca[0].fingerprint,
                         memory, memory == NULL ? 0 : strlen(memory), &e);

    if (a == NULL)
        fail_msg("%s", e.text);
    return a;
}

static int note(struct writ_arrival *a, const struct world *w, struct writ_error *e)
{
    return writ_arrival_note(a, w->ca[0].note.p, w->ca[0].note.n, e);
}

static int table(struct writ_arrival *a, const struct world *w, struct writ_error *e)
{
    return writ_arrival_table(a, w->ca[0].table.p, w->ca[0].table.n, e);
}

/* What is to be remembered of this world's feed, after it was accepted with this memory. */
static char *accepted(const struct world *w, const char *memory)
{
    struct writ_error e = {0};
    struct writ_arrival *a = begin(w, memory);
    char *text;

    assert_ok(note(a, w, &e));
    assert_ok(table(a, w, &e));
    text = strdup(writ_arrival_memory(a));
    assert_non_null(text);
    writ_arrival_free(a);
    return text;
}

/* This world's note is refused, with this memory, for this reason. */
static void refused(const struct world *w, const char *memory, const char *words)
{
    struct writ_error e = {0};
    struct writ_arrival *a = begin(w, memory);

    assert_fault(note(a, w, &e), WRIT_FAULT_BAD_INPUT, words);
    assert_string_equal(writ_arrival_table_name(a), "");
    assert_null(writ_arrival_memory(a));
    writ_arrival_free(a);
}

/* ------------------------------------------------------------------------------ a sound feed */

static void a_sound_feed_is_accepted_and_says_what_it_is(void **state)
{
    struct writ_error e = {0};
    struct world w;
    struct writ_arrival *a;
    char name[WRIT_FEED_NAME_MAX];

    (void)state;
    world_of(&w, "");
    a = begin(&w, NULL);
    assert_ok(note(a, &w, &e));
    writ_feed_file_name(&w.ca[0].feed.file[0], name);
    assert_string_equal(writ_arrival_table_name(a), name);
    assert_true(writ_arrival_table_length(a) == w.ca[0].table.n);
    assert_true(writ_arrival_version(a) == 12);
    assert_true(writ_arrival_as_of(a) == world_time(WORLD_AS_OF));
    assert_true(writ_arrival_expires(a) == world_time(WORLD_EXPIRES));
    assert_null(writ_arrival_memory(a));
    assert_ok(table(a, &w, &e));
    assert_non_null(writ_arrival_memory(a));
    writ_arrival_free(a);
    world_free(&w);
}

static void nothing_is_known_before_a_note_was_accepted(void **state)
{
    struct world w;
    struct writ_arrival *a;

    (void)state;
    world_of(&w, "");
    a = begin(&w, NULL);
    for (int i = 0; i < 2; i++) {
        const struct writ_arrival *one = i == 0 ? a : NULL;

        assert_string_equal(writ_arrival_table_name(one), "");
        assert_true(writ_arrival_table_length(one) == 0);
        assert_true(writ_arrival_version(one) == 0);
        assert_true(writ_arrival_as_of(one) == 0);
        assert_true(writ_arrival_expires(one) == 0);
        assert_null(writ_arrival_memory(one));
    }
    writ_arrival_free(a);
    writ_arrival_free(NULL);
    world_free(&w);
}

static void what_was_accepted_is_what_a_judge_takes(void **state)
{
    struct writ_error e = {0};
    struct world w;
    struct writ_judge *j;
    char *memory;

    (void)state;
    world_of(&w, "");
    memory = accepted(&w, NULL);
    world_copy(w.ca[0].keys, sizeof w.ca[0].keys, memory);
    w.ca[0].intact = true;
    j = ask(&w, &e);
    assert_int_equal(writ_judge_outcome(j), WRIT_ALLOWED);
    writ_judge_free(j);
    free(memory);
    world_free(&w);
}

/* -------------------------------------------------------------------------------- the floor */

/* A world like `lines`, whose keys are those of the one before it: another publication of it. */
static void publish_again(struct world *w, uint64_t version, const char *as_of)
{
    struct world_ca *ca = &w->ca[0];
    struct writ_error e = {0};

    ca->feed.version = version;
    ca->feed.as_of = world_time(as_of);
    writ_buffer_free(&ca->note);
    assert_ok(writ_sign_feed(&ca->feed, ca->feed_key, &ca->note, &e));
}

static void the_same_feed_is_accepted_again(void **state)
{
    struct world w;
    char *memory, *again;

    (void)state;
    world_of(&w, "");
    memory = accepted(&w, NULL);
    again = accepted(&w, memory);
    assert_string_equal(again, memory);
    free(memory);
    free(again);
    world_free(&w);
}

static void a_version_does_not_go_back(void **state)
{
    struct world w;
    char *memory;

    (void)state;
    world_of(&w, "");
    memory = accepted(&w, NULL);
    publish_again(&w, 11, WORLD_AS_OF);
    refused(&w, memory, "version 11 is older than version 12");
    free(accepted(&w, NULL)); /* it is the memory that refuses it */
    free(memory);
    world_free(&w);
}

static void a_version_says_one_thing_only(void **state)
{
    struct world w;
    char *memory;

    (void)state;
    world_of(&w, "");
    memory = accepted(&w, NULL);
    publish_again(&w, 12, "2026-11-25T06:00:01Z");
    refused(&w, memory, "version 12 with other contents");
    free(memory);
    world_free(&w);
}

static void the_instant_does_not_go_back(void **state)
{
    struct world w;
    char *memory;

    (void)state;
    world_of(&w, "");
    memory = accepted(&w, NULL);
    publish_again(&w, 13, "2026-11-25T05:59:59Z");
    refused(&w, memory, "as_of goes back");
    free(memory);
    world_free(&w);
}

static void a_newer_version_is_accepted_and_raises_the_floor(void **state)
{
    struct world w;
    char *memory, *higher;

    (void)state;
    world_of(&w, "");
    memory = accepted(&w, NULL);
    publish_again(&w, 13, WORLD_AS_OF);
    higher = accepted(&w, memory);
    publish_again(&w, 12, WORLD_AS_OF);
    refused(&w, higher, "version 12 is older than version 13");
    free(memory);
    free(higher);
    world_free(&w);
}

static void a_floor_of_another_origin_does_not_hold(void **state)
{
    struct world w, other;
    char *memory;

    (void)state;
    world_of(&w, "feed example version=90");
    world_of(&other, "ca example origin=moved.example/code\nfeed example version=3");
    memory = accepted(&w, NULL);
    free(accepted(&other, memory));
    free(memory);
    world_free(&w);
    world_free(&other);
}

static void a_memory_that_is_damaged_is_not_taken_for_none(void **state)
{
    static const char *const damaged[] = {"origin example.com/code\n", "nonsense\n", "x"};
    struct world w;

    (void)state;
    world_of(&w, "");
    for (size_t i = 0; i < sizeof damaged / sizeof damaged[0]; i++) {
        struct writ_error e = {0};

        assert_fault_null(writ_arrival_new(w.env.now, w.ca[0].bundle.p, w.ca[0].bundle.n,
                                           w.ca[0].fingerprint, damaged[i], strlen(damaged[i]), &e),
                          WRIT_FAULT_BAD_INPUT, "memory: ");
    }
    world_free(&w);
}

/* ----------------------------------------------------------------------------- the next key */

static void name_next_key(struct world *w, struct writ_key *next)
{
    struct writ_note_key *key = &w->ca[0].feed.next_key;
    struct writ_error e = {0};

    w->ca[0].feed.has_next_key = true;
    world_copy(key->name, sizeof key->name, w->ca[0].origin);
    assert_ok(writ_key_ed25519_public(next, key->key, &e));
    assert_ok(writ_source_key_id(key->name, key->key, key->key_id, &e));
}

static void a_key_that_an_accepted_note_named_signs_the_next_ones(void **state)
{
    struct writ_error e = {0};
    struct writ_key *next = writ_key_generate(WRIT_KEY_ED25519, &e);
    struct world w;
    struct writ_judge *j;
    char *memory;

    (void)state;
    world_start(&w);
    name_next_key(&w, next);
    world_make(&w);
    memory = accepted(&w, NULL);
    w.ca[0].feed.has_next_key = false;
    w.ca[0].feed.version = 13;
    writ_buffer_free(&w.ca[0].note);
    assert_ok(writ_sign_feed(&w.ca[0].feed, next, &w.ca[0].note, &e));
    refused(&w, NULL, "not signed by the key that the bundle names");
    free(accepted(&w, memory));

    world_copy(w.ca[0].keys, sizeof w.ca[0].keys, memory);
    j = ask(&w, &e);
    assert_int_equal(writ_judge_outcome(j), WRIT_ALLOWED);
    writ_judge_free(j);
    w.ca[0].keys[0] = '\0';
    j = ask(&w, &e);
    assert_int_equal(writ_judge_exit(j), WRIT_FAULT_IO);
    writ_judge_free(j);
    free(memory);
    writ_key_free(next);
    world_free(&w);
}

/* ---------------------------------------------------------------------------- notes refused */

static void a_note_is_refused_for_one_reason(void **state)
{
    static const char *const notes[][2] = {
        {"now 2026-12-02T06:00:01Z", "version 12 expired at 2026-12-02T06:00:00Z"},
        {"now 2026-11-24T05:59:59Z", "more than a day ahead"},
        {"feed example note-foreign", "not signed by the key that the bundle names"},
        {"feed example note-spoiled", ""},
    };
    static const char *const taken[] = {"now 2026-12-02T06:00:00Z", "now 2026-11-24T06:00:00Z"};
    struct world w;

    (void)state;
    for (size_t i = 0; i < sizeof notes / sizeof notes[0]; i++) {
        world_of(&w, notes[i][0]);
        refused(&w, NULL, notes[i][1]);
        world_free(&w);
    }
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
        world_of(&w, taken[i]);
        free(accepted(&w, NULL));
        world_free(&w);
    }
}

static void a_note_of_another_ca_is_refused(void **state)
{
    struct writ_error e = {0};
    struct world w, other;
    struct writ_arrival *a;

    (void)state;
    world_of(&w, "");
    world_of(&other, "");
    a = begin(&w, NULL);
    assert_fault(note(a, &other, &e), WRIT_FAULT_BAD_INPUT, "not signed by the key");
    writ_arrival_free(a);
    world_free(&w);
    world_free(&other);
}

static void after_a_refused_note_another_one_may_come_and_after_an_accepted_one_none(void **state)
{
    struct writ_error e = {0};
    struct world w;
    struct writ_arrival *a;

    (void)state;
    world_of(&w, "");
    a = begin(&w, NULL);
    assert_fault(writ_arrival_note(a, NULL, 0, &e), WRIT_FAULT_BAD_INPUT, "no empty line");
    assert_fault(table(a, &w, &e), WRIT_FAULT_USAGE, "no note was accepted yet");
    writ_error_clear(&e);
    assert_ok(note(a, &w, &e));
    assert_fault(note(a, &w, &e), WRIT_FAULT_USAGE, "accepted already");
    writ_error_clear(&e);
    assert_ok(table(a, &w, &e));
    assert_ok(table(a, &w, &e));
    writ_arrival_free(a);
    world_free(&w);
}

/* --------------------------------------------------------------------------- tables refused */

static void refuse_table(const char *lines, size_t shorter, const char *words)
{
    struct writ_error e = {0};
    struct world w;
    struct writ_arrival *a;

    world_of(&w, lines);
    a = begin(&w, NULL);
    assert_ok(note(a, &w, &e));
    assert_fault(writ_arrival_table(a, w.ca[0].table.p, w.ca[0].table.n - shorter, &e),
                 WRIT_FAULT_BAD_INPUT, words);
    assert_null(writ_arrival_memory(a));
    writ_arrival_free(a);
    world_free(&w);
}

static void a_table_is_the_one_that_the_note_names(void **state)
{
    (void)state;
    refuse_table("", 1, "bytes, the note says");
    refuse_table("feed example table-spoiled", 0, "its SHA-256 is not the note's");
}

static void a_table_speaks_only_for_issuers_under_the_root(void **state)
{
    (void)state;
    refuse_table("ca other trusted=no\nlist other-mid in=example", 0,
                 "does not stand under this feed's root");
}

/* -------------------------------------------------------------------------------- beginning */

static void a_bundle_is_checked_before_anything_else(void **state)
{
    struct writ_error e = {0};
    struct world w;

    (void)state;
    world_of(&w, "");
    assert_fault_null(
        writ_arrival_new(w.env.now, w.ca[0].bundle.p, w.ca[0].bundle.n, w.root, NULL, 0, &e),
        WRIT_FAULT_BAD_INPUT, "not the one accepted");
    assert_fault_null(writ_arrival_new(w.env.now, w.ca[0].bundle.p, w.ca[0].bundle.n - 1,
                                       w.ca[0].fingerprint, NULL, 0, &e),
                      WRIT_FAULT_BAD_INPUT, "");
    w.ca[0].bundle.p[w.ca[0].bundle.n - 1] ^= 1;
    assert_fault_null(writ_arrival_new(w.env.now, w.ca[0].bundle.p, w.ca[0].bundle.n,
                                       w.ca[0].fingerprint, NULL, 0, &e),
                      WRIT_FAULT_BAD_INPUT, "not signed by its root's key");
    world_free(&w);
}

static void bundle_and_memory_are_copied(void **state)
{
    struct writ_error e = {0};
    struct world w;
    struct writ_arrival *a;
    char *memory;
    uint8_t *bundle;

    (void)state;
    world_of(&w, "");
    memory = accepted(&w, NULL);
    bundle = malloc(w.ca[0].bundle.n);
    assert_non_null(bundle);
    memcpy(bundle, w.ca[0].bundle.p, w.ca[0].bundle.n);
    a = writ_arrival_new(w.env.now, bundle, w.ca[0].bundle.n, w.ca[0].fingerprint, memory,
                         strlen(memory), &e);
    memset(bundle, 0xa5, w.ca[0].bundle.n);
    memset(memory, 'x', strlen(memory));
    free(bundle);
    free(memory);
    assert_non_null(a);
    assert_ok(note(a, &w, &e));
    assert_ok(table(a, &w, &e));
    writ_arrival_free(a);
    world_free(&w);
}

static void null_is_a_fault_where_it_is_not_allowed(void **state)
{
    struct writ_error e = {0};
    const uint8_t hash[WRIT_HASH] = {0};
    struct world w;
    struct writ_arrival *a;

    (void)state;
    assert_fault_null(writ_arrival_new(0, NULL, 0, hash, NULL, 0, &e), WRIT_FAULT_USAGE, "NULL");
    assert_fault_null(writ_arrival_new(0, hash, 1, NULL, NULL, 0, &e), WRIT_FAULT_USAGE, "NULL");
    assert_fault_null(writ_arrival_new(0, hash, 1, hash, NULL, 1, &e), WRIT_FAULT_USAGE, "NULL");
    assert_null(writ_arrival_new(0, hash, 1, hash, NULL, 0, NULL));
    assert_fault(writ_arrival_note(NULL, hash, 1, &e), WRIT_FAULT_USAGE, "writ_arrival_note");
    assert_fault(writ_arrival_table(NULL, hash, 1, &e), WRIT_FAULT_USAGE, "writ_arrival_table");
    world_of(&w, "");
    a = begin(&w, NULL);
    assert_fault(writ_arrival_note(a, NULL, 1, &e), WRIT_FAULT_USAGE, "NULL");
    assert_fault(writ_arrival_table(a, NULL, 1, &e), WRIT_FAULT_USAGE, "NULL");
    assert_int_equal(note(a, &w, NULL), 0);
    assert_int_equal(table(a, &w, NULL), 0);
    writ_arrival_free(a);
    world_free(&w);
}

static const struct CMUnitTest claims[] = {
    CLAIM(a_sound_feed_is_accepted_and_says_what_it_is),
    CLAIM(nothing_is_known_before_a_note_was_accepted),
    CLAIM(what_was_accepted_is_what_a_judge_takes),
    CLAIM(the_same_feed_is_accepted_again),
    CLAIM(a_version_does_not_go_back),
    CLAIM(a_version_says_one_thing_only),
    CLAIM(the_instant_does_not_go_back),
    CLAIM(a_newer_version_is_accepted_and_raises_the_floor),
    CLAIM(a_floor_of_another_origin_does_not_hold),
    CLAIM(a_memory_that_is_damaged_is_not_taken_for_none),
    CLAIM(a_key_that_an_accepted_note_named_signs_the_next_ones),
    CLAIM(a_note_is_refused_for_one_reason),
    CLAIM(a_note_of_another_ca_is_refused),
    CLAIM(after_a_refused_note_another_one_may_come_and_after_an_accepted_one_none),
    CLAIM(a_table_is_the_one_that_the_note_names),
    CLAIM(a_table_speaks_only_for_issuers_under_the_root),
    CLAIM(a_bundle_is_checked_before_anything_else),
    CLAIM(bundle_and_memory_are_copied),
    CLAIM(null_is_a_fault_where_it_is_not_allowed),
};

RUN_CLAIMS(claims)
