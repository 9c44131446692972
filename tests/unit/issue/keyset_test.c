/* issue/keyset.h: keys, each once */
#include "issue/keyset.h"

#include "test.h"

static struct writ_error e;

/* Keys whose place in the table is the same: only the second word says it. */
static struct writ_ribbon_key key_of(uint64_t i)
{
    return (struct writ_ribbon_key){.a = {i << 1 | 1, 5, i, i}};
}

static struct writ_keyset set_of(uint64_t n)
{
    struct writ_keyset set;

    writ_error_clear(&e);
    assert_ok(writ_keyset_begin(&set, n, &e));
    for (uint64_t i = 0; i < n; i++) {
        struct writ_ribbon_key key = key_of(i);

        assert_ok(writ_keyset_add(&set, &key, &e));
    }
    return set;
}

static void keys_are_found_where_they_were_added(void **state)
{
    struct writ_keyset set = set_of(100);

    (void)state;
    assert_int_equal(set.n, 100);
    for (uint64_t i = 0; i < 100; i++) {
        struct writ_ribbon_key key = key_of(i), other = key_of(1000 + i);

        assert_int_equal(writ_keyset_find(&set, &key), i);
        assert_true(writ_ribbon_key_equal(&set.keys[i], &key));
        assert_int_equal(writ_keyset_find(&set, &other), WRIT_KEYSET_NONE);
    }
    writ_keyset_free(&set);
}

static void a_key_that_differs_in_any_word_is_another(void **state)
{
    struct writ_keyset set = set_of(1);

    (void)state;
    for (size_t i = 0; i < WRIT_RIBBON_WORDS; i++) {
        struct writ_ribbon_key key = key_of(0);

        key.a[i] ^= (uint64_t)1 << 63;
        assert_int_equal(writ_keyset_find(&set, &key), WRIT_KEYSET_NONE);
    }
    writ_keyset_free(&set);
}

static void a_key_that_is_there_needs_no_room(void **state)
{
    struct writ_keyset set = set_of(3);
    struct writ_ribbon_key again = key_of(2), more = key_of(3);

    (void)state;
    assert_ok(writ_keyset_add(&set, &again, &e));
    assert_int_equal(set.n, 3);
    assert_fault(writ_keyset_add(&set, &more, &e), WRIT_FAULT_BAD_INPUT, "has grown");
    assert_int_equal(set.n, 3);
    assert_int_equal(writ_keyset_find(&set, &more), WRIT_KEYSET_NONE);
    writ_keyset_free(&set);
}

static void what_was_seen_counts_once(void **state)
{
    struct writ_keyset set = set_of(3);

    (void)state;
    writ_keyset_see(&set, 1);
    writ_keyset_see(&set, 1);
    writ_keyset_see(&set, 2);
    assert_int_equal(set.seen_count, 2);
    assert_false(set.seen[0]);
    assert_true(set.seen[1]);
    writ_keyset_free(&set);
}

static void an_empty_set_has_nothing(void **state)
{
    struct writ_keyset set = set_of(0);
    struct writ_ribbon_key key = key_of(0);

    (void)state;
    assert_int_equal(writ_keyset_find(&set, &key), WRIT_KEYSET_NONE);
    assert_fault(writ_keyset_add(&set, &key, &e), WRIT_FAULT_BAD_INPUT, "has grown");
    writ_keyset_free(&set);
    writ_keyset_free(&set);
}

static void more_than_a_filter_holds_is_refused(void **state)
{
    struct writ_keyset set;

    (void)state;
    assert_fault(writ_keyset_begin(&set, (uint64_t)WRIT_RIBBON_MAX + 1, &e), WRIT_FAULT_BAD_INPUT,
                 "ceiling");
    assert_null(set.keys);
}

static const struct CMUnitTest claims[] = {
    CLAIM(keys_are_found_where_they_were_added),
    CLAIM(a_key_that_differs_in_any_word_is_another),
    CLAIM(a_key_that_is_there_needs_no_room),
    CLAIM(what_was_seen_counts_once),
    CLAIM(an_empty_set_has_nothing),
    CLAIM(more_than_a_filter_holds_is_refused),
};

RUN_CLAIMS(claims)
