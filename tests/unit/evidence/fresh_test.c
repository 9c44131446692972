/* How old a feed may be when it arrives, and which time it is. */
#include "evidence/fresh.h"

#include <string.h>

#include "test.h"

#define NOW     ((int64_t)1795600000)
#define ORIGIN  "example.com/code"
#define EXPIRES (NOW + 7 * WRIT_DAY)

/* ---- A feed that arrives ---- */

static const uint8_t hash[WRIT_HASH_BYTES] = {1, 2, 3};
static const uint8_t other_hash[WRIT_HASH_BYTES] = {1, 2, 4};

static struct writ_feed feed_of(uint64_t version)
{
    return (struct writ_feed){
        .origin = ORIGIN, .version = version, .as_of = NOW - WRIT_HOUR, .expires = EXPIRES};
}

/* What a device remembers that accepted version 12 an hour ago. */
static struct writ_floor floor_of(uint64_t version)
{
    struct writ_floor floor = {
        .known = true, .origin = ORIGIN, .version = version, .as_of = NOW - WRIT_HOUR};

    memcpy(floor.note_hash, hash, sizeof hash);
    return floor;
}

static const struct writ_floor nothing;

static int check(const struct writ_feed *feed, const struct writ_floor *floor, int64_t now,
                 struct writ_error *e)
{
    return writ_check_fresh(feed, hash, floor, now, e);
}

static void the_first_feed_of_a_device_is_taken(void **state)
{
    struct writ_feed feed = feed_of(1);
    struct writ_error e = {0};

    (void)state;
    assert_ok(check(&feed, &nothing, NOW, &e));
}

static void a_feed_is_taken_up_to_the_second_in_which_it_expires(void **state)
{
    struct writ_feed feed = feed_of(12);
    struct writ_error e = {0};

    (void)state;
    assert_ok(check(&feed, &nothing, EXPIRES, &e));
    assert_fault(check(&feed, &nothing, EXPIRES + 1, &e), WRIT_FAULT_BAD_INPUT,
                 "feed: version 12 expired at ");
}

static void as_of_may_lie_a_day_ahead_and_no_more(void **state)
{
    struct writ_feed feed = feed_of(12);
    struct writ_error e = {0};

    (void)state;
    assert_ok(check(&feed, &nothing, feed.as_of - WRIT_DAY, &e));
    assert_fault(check(&feed, &nothing, feed.as_of - WRIT_DAY - 1, &e), WRIT_FAULT_BAD_INPUT,
                 "lies more than a day ahead of this machine's clock");
}

static void a_version_never_goes_down(void **state)
{
    struct writ_feed feed = feed_of(11);
    struct writ_floor floor = floor_of(12);
    struct writ_error e = {0};

    (void)state;
    assert_fault(check(&feed, &floor, NOW, &e), WRIT_FAULT_BAD_INPUT,
                 "feed: version 11 is older than version 12, which this device has accepted");
    feed.version = 0;
    assert_fault(check(&feed, &floor, NOW, &e), WRIT_FAULT_BAD_INPUT, "older than version 12");
}

static void the_same_version_is_taken_with_the_same_text_only(void **state)
{
    struct writ_feed feed = feed_of(12);
    struct writ_floor floor = floor_of(12);
    struct writ_error e = {0};

    (void)state;
    assert_ok(check(&feed, &floor, NOW, &e));
    assert_fault(writ_check_fresh(&feed, other_hash, &floor, NOW, &e), WRIT_FAULT_BAD_INPUT,
                 "feed: version 12 with other contents than the version 12 that this device has "
                 "accepted");
}

static void a_higher_version_has_other_text(void **state)
{
    struct writ_feed feed = feed_of(13);
    struct writ_floor floor = floor_of(12);
    struct writ_error e = {0};

    (void)state;
    assert_ok(writ_check_fresh(&feed, other_hash, &floor, NOW, &e));
}

static void as_of_never_goes_back(void **state)
{
    struct writ_feed feed = feed_of(13);
    struct writ_floor floor = floor_of(12);
    struct writ_error e = {0};

    (void)state;
    assert_ok(writ_check_fresh(&feed, other_hash, &floor, NOW, &e)); /* the same instant */
    feed.as_of -= 1;
    assert_fault(writ_check_fresh(&feed, other_hash, &floor, NOW, &e), WRIT_FAULT_BAD_INPUT,
                 "as_of goes back behind what this device has accepted");
}

/* Floors are kept for each origin. */
static void the_floor_of_another_origin_binds_nobody(void **state)
{
    struct writ_feed feed = feed_of(1);
    struct writ_floor floor = floor_of(12);
    struct writ_error e = {0};

    (void)state;
    strcpy(floor.origin, "example.com/code2");
    assert_ok(check(&feed, &floor, NOW, &e));
    strcpy(floor.origin, "example.com/cod");
    assert_ok(check(&feed, &floor, NOW, &e));
}

static void a_floor_does_not_excuse_an_expired_feed(void **state)
{
    struct writ_feed feed = feed_of(12);
    struct writ_floor floor = floor_of(12);
    struct writ_error e = {0};

    (void)state;
    assert_fault(check(&feed, &floor, EXPIRES + 1, &e), WRIT_FAULT_BAD_INPUT, "expired");
}

static void the_end_of_time_is_no_overflow(void **state)
{
    struct writ_feed feed = feed_of(12);
    struct writ_error e = {0};

    (void)state;
    feed.as_of = feed.expires = WRIT_TIME_MAX;
    assert_ok(check(&feed, &nothing, WRIT_TIME_MAX, &e));
    assert_fault(check(&feed, &nothing, NOW, &e), WRIT_FAULT_BAD_INPUT, "ahead");
}

/* ---- Which time it is ---- */

static struct writ_source source_of(enum writ_source_state state, int64_t as_of)
{
    return (struct writ_source){.state = state, .feed = {.as_of = as_of}};
}

static void a_clock_after_all_feeds_is_believed(void **state)
{
    struct writ_source sources[2];

    (void)state;
    sources[0] = source_of(WRIT_SOURCE_OPEN, NOW - 10);
    sources[1] = source_of(WRIT_SOURCE_OPEN, NOW);
    assert_int_equal(writ_effective_now(NOW, false, sources, 2), NOW);
    assert_int_equal(writ_effective_now(NOW, false, NULL, 0), NOW);
}

static void the_newest_open_feed_is_later_than_a_wrong_clock(void **state)
{
    struct writ_source sources[3];

    (void)state;
    sources[0] = source_of(WRIT_SOURCE_OPEN, NOW + 10);
    sources[1] = source_of(WRIT_SOURCE_OPEN, NOW + 30);
    sources[2] = source_of(WRIT_SOURCE_OPEN, NOW + 20);
    assert_int_equal(writ_effective_now(NOW, false, sources, 3), NOW + 30);
}

static void a_feed_that_is_not_open_knows_no_time(void **state)
{
    struct writ_source sources[3];

    (void)state;
    sources[0] = source_of(WRIT_SOURCE_ABSENT, NOW + 10);
    sources[1] = source_of(WRIT_SOURCE_DAMAGED, NOW + 30);
    sources[2] = source_of(WRIT_SOURCE_NOT_ASKED, NOW + 20);
    assert_int_equal(writ_effective_now(NOW, false, sources, 3), NOW);
}

static void a_time_that_was_asked_for_is_used_as_it_is(void **state)
{
    struct writ_source source = source_of(WRIT_SOURCE_OPEN, NOW + 10);

    (void)state;
    assert_int_equal(writ_effective_now(NOW, true, &source, 1), NOW);
}

int main(void)
{
    const struct CMUnitTest claims[] = {
        CLAIM(the_first_feed_of_a_device_is_taken),
        CLAIM(a_feed_is_taken_up_to_the_second_in_which_it_expires),
        CLAIM(as_of_may_lie_a_day_ahead_and_no_more),
        CLAIM(a_version_never_goes_down),
        CLAIM(the_same_version_is_taken_with_the_same_text_only),
        CLAIM(a_higher_version_has_other_text),
        CLAIM(as_of_never_goes_back),
        CLAIM(the_floor_of_another_origin_binds_nobody),
        CLAIM(a_floor_does_not_excuse_an_expired_feed),
        CLAIM(the_end_of_time_is_no_overflow),
        CLAIM(a_clock_after_all_feeds_is_believed),
        CLAIM(the_newest_open_feed_is_later_than_a_wrong_clock),
        CLAIM(a_feed_that_is_not_open_knows_no_time),
        CLAIM(a_time_that_was_asked_for_is_used_as_it_is),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name(__FILE__, claims, NULL, NULL);
}
