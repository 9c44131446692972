#include "serve/table.h"

#include "test.h"

static struct writ_error e;
static struct table *t;
static uint8_t room[1024];

static int make(void **state)
{
    (void)state;
    t = table_new(&e);
    return t == NULL ? -1 : 0;
}

static int end(void **state)
{
    (void)state;
    table_free(t);
    return 0;
}

static int put(unsigned issuer, const char *serial, enum table_state state, unsigned reason,
               uint32_t round, bool weak)
{
    struct table_status status = {.issuer = issuer,
                                  .serial = writ_span_text(serial),
                                  .state = state,
                                  .reason = reason,
                                  .revoked_at = 1000,
                                  .round = round,
                                  .weak = weak};

    return table_put(t, &status);
}

static struct table_record get(unsigned issuer, const char *serial)
{
    struct table_record r = {0};

    (void)table_get(t, issuer, writ_span_text(serial), TABLE_SHA1, &r, room);
    return r;
}

static void keep(const char *serial, uint16_t change, struct writ_span signature)
{
    struct table_signed s = {.produced_at = 5, .this_update = 6, .next_update = 7, .responder = 3};

    table_keep(t, 1, writ_span_text(serial), change, TABLE_SHA1, &s, signature);
}

static void a_serial_is_one_of_its_issuer_only(void **state)
{
    (void)state;
    assert_int_equal(put(1, "serial", TABLE_GOOD, 0, 1, false), 1);
    assert_int_equal(get(1, "serial").state, TABLE_GOOD);
    assert_int_equal(get(2, "serial").state, TABLE_ABSENT);
    assert_int_equal(get(1, "seria").state, TABLE_ABSENT);
    assert_int_equal(get(1, "serial ").state, TABLE_ABSENT);
}

static void saying_the_same_again_changes_nothing(void **state)
{
    (void)state;
    assert_int_equal(put(1, "s", TABLE_REVOKED, 1, 1, false), 1);
    keep("s", get(1, "s").change, WRIT_SPAN(room, 64));
    assert_int_equal(put(1, "s", TABLE_REVOKED, 1, 2, false), 0);
    assert_int_equal(get(1, "s").answer[TABLE_SHA1].produced_at, 5);
}

static void a_change_makes_what_was_signed_void(void **state)
{
    (void)state;
    assert_int_equal(put(1, "s", TABLE_GOOD, 0, 1, false), 1);
    keep("s", get(1, "s").change, WRIT_SPAN(room, 64));
    assert_int_equal(put(1, "s", TABLE_REVOKED, 1, 1, false), 1);
    assert_int_equal(get(1, "s").answer[TABLE_SHA1].produced_at, 0);
    assert_int_equal(put(1, "s", TABLE_REVOKED, 5, 1, false), 1);
}

static void what_was_signed_before_a_change_is_not_kept_after_it(void **state)
{
    uint16_t before;

    (void)state;
    assert_int_equal(put(1, "s", TABLE_GOOD, 0, 1, false), 1);
    before = get(1, "s").change;
    assert_int_equal(put(1, "s", TABLE_REVOKED, 1, 1, false), 1);
    keep("s", before, WRIT_SPAN(room, 64));
    assert_int_equal(get(1, "s").answer[TABLE_SHA1].produced_at, 0);
}

static void what_is_weak_does_not_undo_what_the_same_round_has_said(void **state)
{
    (void)state;
    assert_int_equal(put(1, "s", TABLE_REVOKED, 1, 7, false), 1);
    assert_int_equal(put(1, "s", TABLE_GOOD, 0, 7, true), 0);
    assert_int_equal(get(1, "s").state, TABLE_REVOKED);
    assert_int_equal(put(1, "s", TABLE_GOOD, 0, 8, true), 1); /* the next round lifts it */
    assert_int_equal(get(1, "s").state, TABLE_GOOD);
}

static void a_sweep_takes_what_the_round_has_not_told_of(void **state)
{
    (void)state;
    (void)put(1, "old", TABLE_GOOD, 0, 1, false);
    (void)put(1, "new", TABLE_GOOD, 0, 2, false);
    (void)put(2, "other", TABLE_GOOD, 0, 1, false);
    assert_int_equal(table_sweep(t, 1, 2), 1);
    assert_int_equal(get(1, "old").state, TABLE_ABSENT);
    assert_int_equal(get(1, "new").state, TABLE_GOOD);
    assert_int_equal(get(2, "other").state, TABLE_GOOD);
    assert_int_equal(put(1, "old", TABLE_GOOD, 0, 3, true), 1); /* and it may come back */
}

static void a_long_signature_is_kept_whole_and_a_longer_one_not_at_all(void **state)
{
    uint8_t signature[1025];

    (void)state;
    memset(signature, 0xa5, sizeof signature);
    assert_int_equal(put(1, "s", TABLE_GOOD, 0, 1, false), 1);
    keep("s", get(1, "s").change, WRIT_SPAN(signature, 256));
    assert_int_equal(get(1, "s").answer[TABLE_SHA1].n, 256);
    assert_memory_equal(room, signature, 256);
    keep("s", get(1, "s").change, WRIT_SPAN(signature, 1024));
    assert_int_equal(get(1, "s").answer[TABLE_SHA1].n, 1024);
    keep("s", get(1, "s").change, WRIT_SPAN(signature, 1025));
    assert_int_equal(get(1, "s").answer[TABLE_SHA1].n, 1024);
}

static void a_date_before_1970_or_after_2106_becomes_the_nearest(void **state)
{
    struct table_status status = {
        .issuer = 1, .serial = writ_span_text("s"), .state = TABLE_REVOKED, .revoked_at = -5};

    (void)state;
    assert_int_equal(table_put(t, &status), 1);
    assert_int_equal(get(1, "s").revoked_at, 0);
    status.revoked_at = (int64_t)UINT32_MAX + 5;
    assert_int_equal(table_put(t, &status), 1);
    assert_int_equal(get(1, "s").revoked_at, UINT32_MAX);
}

static void serials_of_no_and_of_22_octets_are_refused(void **state)
{
    (void)state;
    assert_int_equal(put(1, "", TABLE_GOOD, 0, 1, false), -1);
    assert_int_equal(put(1, "123456789012345678901", TABLE_GOOD, 0, 1, false), 1);
    assert_int_equal(put(1, "1234567890123456789012", TABLE_GOOD, 0, 1, false), -1);
}

struct seen {
    size_t n, stop_after;
};

static bool see(void *arg, const struct table_record *record)
{
    struct seen *seen = arg;

    assert_int_equal(record->state, TABLE_GOOD);
    return ++seen->n < seen->stop_after;
}

/* More than the first slots and the first chunk of every shard hold. */
static void a_hundred_thousand_are_found_and_walked_through_once_each_in_parts(void **state)
{
    const size_t count = 100000;
    struct seen seen = {0};
    char serial[16];

    (void)state;
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(serial, sizeof serial, "%zu", i);
        assert_int_equal(put(1, serial, TABLE_GOOD, 0, 1, false), 1);
    }
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(serial, sizeof serial, "%zu", i);
        assert_int_equal(get(1, serial).state, TABLE_GOOD);
    }
    assert_int_equal(get(1, "100000").state, TABLE_ABSENT);
    for (unsigned shard = 0; shard < TABLE_SHARDS; shard++) {
        uint32_t from = 0;

        do
            seen.stop_after = seen.n + 100;
        while (table_each(t, shard, &from, see, &seen));
    }
    assert_int_equal(seen.n, count);
}

#define WITH_TABLE(claim) cmocka_unit_test_setup_teardown(claim, make, end)

int main(void)
{
    const struct CMUnitTest claims[] = {
        WITH_TABLE(a_serial_is_one_of_its_issuer_only),
        WITH_TABLE(saying_the_same_again_changes_nothing),
        WITH_TABLE(a_change_makes_what_was_signed_void),
        WITH_TABLE(what_was_signed_before_a_change_is_not_kept_after_it),
        WITH_TABLE(what_is_weak_does_not_undo_what_the_same_round_has_said),
        WITH_TABLE(a_sweep_takes_what_the_round_has_not_told_of),
        WITH_TABLE(a_long_signature_is_kept_whole_and_a_longer_one_not_at_all),
        WITH_TABLE(a_date_before_1970_or_after_2106_becomes_the_nearest),
        WITH_TABLE(serials_of_no_and_of_22_octets_are_refused),
        WITH_TABLE(a_hundred_thousand_are_found_and_walked_through_once_each_in_parts),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name(__FILE__, claims, NULL, NULL);
}
