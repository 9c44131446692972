/* shared/ocspcache.h: how long an answer is kept, and which one stays. */
#include <stdio.h>

#include "shared/ocspcache.h"

#include "scratch.h"

#define NOW ((int64_t)1795590000)

static struct places places;
static struct scratch scratch;
static const uint8_t key[OCSPCACHE_KEY] = {0xab, 1, 2, 3};

static int set_up(void **state)
{
    struct writ_error e = {0};
    struct places_caller who = {0};

    (void)state;
    scratch = scratch_make();
    who.root = scratch.path;
    return places_decide(&places, &who, &e);
}

static int tear_down(void **state)
{
    (void)state;
    places_free(&places);
    scratch_remove(&scratch);
    return 0;
}

static struct ocspcache_entry entry_of(const char *answer, int64_t as_of, int64_t max_age)
{
    return (struct ocspcache_entry){
        .received = NOW, .max_age = max_age, .as_of = as_of, .answer = writ_span_text(answer)};
}

static void assert_kept(const char *answer)
{
    struct ocspcache_entry found;

    assert_true(ocspcache_read(&places, key, &found));
    assert_spans_equal(found.answer, writ_span_text(answer));
    ocspcache_free(&found);
}

static void what_was_written_is_read(void **state)
{
    struct ocspcache_entry entry = entry_of("an answer", NOW - 5, 7200), found;

    (void)state;
    assert_false(ocspcache_read(&places, key, &found));
    assert_true(ocspcache_write(&places, key, &entry));
    assert_true(ocspcache_read(&places, key, &found));
    assert_int_equal(found.received, NOW);
    assert_int_equal(found.as_of, NOW - 5);
    assert_int_equal(found.max_age, 7200);
    assert_spans_equal(found.answer, writ_span_text("an answer"));
    ocspcache_free(&found);
}

static void another_certificate_has_another_place(void **state)
{
    const uint8_t other[OCSPCACHE_KEY] = {0xab, 1, 2, 4};
    struct ocspcache_entry entry = entry_of("an answer", NOW, 7200), found;

    (void)state;
    assert_true(ocspcache_write(&places, key, &entry));
    assert_false(ocspcache_read(&places, other, &found));
}

static void nobody_is_asked_again_within_an_hour_or_kept_longer_than_a_week(void **state)
{
    static const struct {
        int64_t max_age, life;
    } cases[] = {{0, 3600},        {300, 3600},        {7200, 7200},
                 {604800, 604800}, {31536000, 604800}, {OCSPCACHE_NO_AGE, 86400}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ocspcache_entry entry = entry_of("x", NOW, cases[i].max_age);

        assert_int_equal(ocspcache_until(&entry), NOW + cases[i].life);
        assert_true(ocspcache_is_current(&entry, NOW + cases[i].life - 1));
        assert_false(ocspcache_is_current(&entry, NOW + cases[i].life));
    }
}

static void an_answer_that_came_in_the_future_is_not_current(void **state)
{
    struct ocspcache_entry entry = entry_of("x", NOW, 7200);

    (void)state;
    assert_true(ocspcache_is_current(&entry, NOW - 300));
    assert_false(ocspcache_is_current(&entry, NOW - 301));
}

static void an_older_answer_does_not_take_the_place_of_a_later_one(void **state)
{
    struct ocspcache_entry later = entry_of("later", NOW, 7200),
                           older = entry_of("older", NOW - 1, 0);

    (void)state;
    assert_true(ocspcache_write(&places, key, &later));
    assert_false(ocspcache_write(&places, key, &older));
    assert_kept("later");
    older.as_of = NOW;
    assert_true(ocspcache_write(&places, key, &older));
    assert_kept("older");
}

static void a_file_that_is_no_answer_is_none(void **state)
{
    static const char *const wrong[] = {"", "\n", "writ-ocsp-answer 1 2\nx",
                                        "writ-ocsp-answer 1 2 three\nx", "something 1 2 3\nx"};
    struct ocspcache_entry entry = entry_of("x", NOW, 7200), found;
    char path[sizeof scratch.path + 200], name[2 * OCSPCACHE_KEY + 1];

    (void)state;
    assert_true(ocspcache_write(&places, key, &entry));
    for (size_t i = 0; i < OCSPCACHE_KEY; i++)
        (void)snprintf(name + 2 * i, 3, "%02x", key[i]);
    (void)snprintf(path, sizeof path, "%s/var/lib/writ/ocsp/answers/ab/%s", scratch.path, name);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        FILE *f = fopen(path, "w");

        assert_non_null(f);
        (void)fputs(wrong[i], f);
        (void)fclose(f);
        assert_false(ocspcache_read(&places, key, &found));
    }
}

static void one_that_is_too_long_is_not_kept(void **state)
{
    static uint8_t bytes[OCSPCACHE_MAX + 1];
    struct ocspcache_entry entry = entry_of("", NOW, 7200);

    (void)state;
    entry.answer = WRIT_SPAN_OF(bytes);
    assert_false(ocspcache_write(&places, key, &entry));
    entry.answer.n--;
    assert_true(ocspcache_write(&places, key, &entry));
}

#define EACH(claim) cmocka_unit_test_setup_teardown(claim, set_up, tear_down)

static const struct CMUnitTest claims[] = {
    EACH(what_was_written_is_read),
    EACH(another_certificate_has_another_place),
    EACH(nobody_is_asked_again_within_an_hour_or_kept_longer_than_a_week),
    EACH(an_answer_that_came_in_the_future_is_not_current),
    EACH(an_older_answer_does_not_take_the_place_of_a_later_one),
    EACH(a_file_that_is_no_answer_is_none),
    EACH(one_that_is_too_long_is_not_kept),
};

RUN_CLAIMS(claims)
