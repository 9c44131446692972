#include "base/time.h"

#include <time.h>

#include "test.h"

static int64_t from_civil(int year, int month, int day, int hour, int minute, int second)
{
    struct writ_civil c = {year, month, day, hour, minute, second};
    int64_t t;

    if (writ_time_from_civil(&c, &t) < 0)
        fail_msg("%d-%d-%d does not exist", year, month, day);
    return t;
}

static bool exists(int year, int month, int day, int hour, int minute, int second)
{
    struct writ_civil c = {year, month, day, hour, minute, second};
    int64_t t;

    return writ_time_from_civil(&c, &t) == 0;
}

static void known_dates_are_known_instants(void **state)
{
    (void)state;
    assert_true(from_civil(1970, 1, 1, 0, 0, 0) == 0);
    assert_true(from_civil(1969, 12, 31, 23, 59, 59) == -1);
    assert_true(from_civil(2000, 3, 1, 0, 0, 0) == 951868800);
    assert_true(from_civil(2038, 1, 19, 3, 14, 8) == INT64_C(2147483648));
    assert_true(from_civil(2026, 11, 25, 7, 0, 0) == INT64_C(1795590000));
    assert_true(from_civil(1, 1, 1, 0, 0, 0) == WRIT_TIME_MIN);
    assert_true(from_civil(9999, 12, 31, 23, 59, 59) == WRIT_TIME_MAX);
}

/* Every day of 9999 years, against a calendar that is counted up by hand. */
static void every_day_of_the_calendar_comes_back(void **state)
{
    static const int length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t t = WRIT_TIME_MIN;

    (void)state;
    for (int year = 1; year <= 9999; year++) {
        bool leap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0);

        for (int month = 1; month <= 12; month++) {
            int days = length[month - 1] + (leap && month == 2);

            for (int day = 1; day <= days; day++, t += WRIT_DAY) {
                struct writ_civil c;

                if (from_civil(year, month, day, 0, 0, 0) != t)
                    fail_msg("%04d-%02d-%02d is another instant", year, month, day);
                writ_time_to_civil(t + WRIT_DAY - 1, &c);
                if (c.year != year || c.month != month || c.day != day || c.hour != 23 ||
                    c.minute != 59 || c.second != 59)
                    fail_msg("%04d-%02d-%02d comes back as another day", year, month, day);
            }
            if (exists(year, month, days + 1, 0, 0, 0))
                fail_msg("%04d-%02d-%02d exists", year, month, days + 1);
        }
    }
    assert_true(t == WRIT_TIME_MAX + 1);
}

static void the_c_library_agrees(void **state)
{
    (void)state;
    for (int64_t t = WRIT_TIME_MIN; t < WRIT_TIME_MAX; t += 86400 * 97 + 12345) {
        struct writ_civil c;
        time_t seconds = (time_t)t;
        struct tm tm;

        writ_time_to_civil(t, &c);
        assert_non_null(gmtime_r(&seconds, &tm));
        assert_int_equal(c.year, tm.tm_year + 1900);
        assert_int_equal(c.month, tm.tm_mon + 1);
        assert_int_equal(c.day, tm.tm_mday);
        assert_int_equal(c.hour, tm.tm_hour);
        assert_int_equal(c.minute, tm.tm_min);
        assert_int_equal(c.second, tm.tm_sec);
        assert_true(from_civil(c.year, c.month, c.day, c.hour, c.minute, c.second) == t);
    }
}

static void leap_days_follow_the_gregorian_rule(void **state)
{
    (void)state;
    assert_true(exists(2000, 2, 29, 0, 0, 0));
    assert_true(exists(2024, 2, 29, 0, 0, 0));
    assert_false(exists(1900, 2, 29, 0, 0, 0));
    assert_false(exists(2100, 2, 29, 0, 0, 0));
    assert_false(exists(2025, 2, 29, 0, 0, 0));
    assert_false(exists(2024, 2, 30, 0, 0, 0));
}

static void fields_out_of_range_do_not_exist(void **state)
{
    (void)state;
    assert_false(exists(0, 1, 1, 0, 0, 0));
    assert_false(exists(-1, 1, 1, 0, 0, 0));
    assert_false(exists(10000, 1, 1, 0, 0, 0));
    assert_false(exists(2026, 0, 1, 0, 0, 0));
    assert_false(exists(2026, 13, 1, 0, 0, 0));
    assert_false(exists(2026, 1, 0, 0, 0, 0));
    assert_false(exists(2026, 1, 32, 0, 0, 0));
    assert_false(exists(2026, 4, 31, 0, 0, 0));
    assert_false(exists(2026, 1, 1, 24, 0, 0));
    assert_false(exists(2026, 1, 1, -1, 0, 0));
    assert_false(exists(2026, 1, 1, 0, 60, 0));
    assert_false(exists(2026, 1, 1, 0, -1, 0));
    assert_false(exists(2026, 1, 1, 0, 0, 60)); /* leap seconds are not counted */
    assert_false(exists(2026, 1, 1, 0, 0, -1));
}

static void instants_out_of_range_are_clamped(void **state)
{
    struct writ_civil c;
    char text[WRIT_TIME_TEXT];

    (void)state;
    writ_time_to_civil(INT64_MIN, &c);
    assert_int_equal(c.year, 1);
    writ_time_format(INT64_MIN, text);
    assert_string_equal(text, "0001-01-01T00:00:00Z");
    writ_time_format(INT64_MAX, text);
    assert_string_equal(text, "9999-12-31T23:59:59Z");
}

static void an_instant_is_written_in_one_form(void **state)
{
    char text[WRIT_TIME_TEXT];

    (void)state;
    writ_time_format(0, text);
    assert_string_equal(text, "1970-01-01T00:00:00Z");
    writ_time_format(-1, text);
    assert_string_equal(text, "1969-12-31T23:59:59Z");
    writ_time_format(1795590000, text);
    assert_string_equal(text, "2026-11-25T07:00:00Z");
}

/* What people may type for 2026-11-25T07:00:00Z. */
static void all_these_forms_are_the_same_instant(void **state)
{
    static const char *const forms[] = {"2026-11-25T07:00:00Z",
                                        "2026-11-25t07:00:00z",
                                        "2026-11-25 07:00:00Z",
                                        "2026-11-25T07:00:00+00:00",
                                        "2026-11-25T07:00:00-00:00",
                                        "2026-11-25T08:00:00+01:00",
                                        "2026-11-24T19:30:00-11:30",
                                        "2026-11-26T06:59:00+23:59",
                                        "@1795590000",
                                        "1795590000"};

    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        struct writ_error e = {0};
        int64_t t = 0;

        assert_ok(writ_time_parse(forms[i], &t, &e));
        if (t != 1795590000)
            fail_msg("%s is another instant", forms[i]);
    }
}

static void the_first_and_the_last_instant_can_be_written(void **state)
{
    struct writ_error e = {0};
    int64_t t;

    (void)state;
    assert_ok(writ_time_parse("0001-01-01T00:00:00Z", &t, &e));
    assert_true(t == WRIT_TIME_MIN);
    assert_ok(writ_time_parse("0001-01-01T05:00:00+05:00", &t, &e));
    assert_true(t == WRIT_TIME_MIN);
    assert_ok(writ_time_parse("9999-12-31T23:59:59Z", &t, &e));
    assert_true(t == WRIT_TIME_MAX);
}

static void a_date_alone_is_its_first_second(void **state)
{
    struct writ_error e = {0};
    int64_t t;

    (void)state;
    assert_ok(writ_time_parse("2026-11-25", &t, &e));
    assert_true(t == from_civil(2026, 11, 25, 0, 0, 0));
}

static void unix_times_reach_to_the_last_second(void **state)
{
    struct writ_error e = {0};
    int64_t t;

    (void)state;
    assert_ok(writ_time_parse("@0", &t, &e));
    assert_true(t == 0);
    assert_ok(writ_time_parse("@253402300799", &t, &e));
    assert_true(t == WRIT_TIME_MAX);
    assert_fault(writ_time_parse("@253402300800", &t, &e), WRIT_FAULT_USAGE, "is not a time");
    assert_fault(writ_time_parse("@0000000000001", &t, &e), WRIT_FAULT_USAGE, "is not a time");
}

static void what_is_no_time_is_refused(void **state)
{
    static const char *const bad[] = {"",
                                      "@",
                                      "now",
                                      "@-1",
                                      "-1",
                                      "1e9",
                                      " 2026-11-25",
                                      "2026-11-25 ",
                                      "2026-11-25T",
                                      "2026-11-25T07",
                                      "2026-11-25T07:00",
                                      "2026-11-25T07:00Z",
                                      "2026-11-25T07:00:00",
                                      "2026-11-25T07:00:00.5Z",
                                      "2026-11-25T07:00:00ZZ",
                                      "2026-11-25T07:00:00+1:00",
                                      "2026-11-25T07:00:00+0100",
                                      "2026-11-25T07:00:00+24:00",
                                      "2026-11-25T07:00:00+01:60",
                                      "2026-11-25T07:00:00*01:00",
                                      "2026-11-25T24:00:00Z",
                                      "2026-11-25T07:60:00Z",
                                      "2026-11-25T07:00:60Z",
                                      "2026-11-25X07:00:00Z",
                                      "2026/11/25",
                                      "2026-11-5",
                                      "26-11-25",
                                      "2026-13-01",
                                      "2026-02-29",
                                      "0000-01-01",
                                      "+2026-11-25",
                                      "2026-1/-25",
                                      "2026-0:-25",
                                      "202:-11-25",
                                      "2026-11-25T0::00:00Z",
                                      "0001-01-01T00:00:00+00:01",
                                      "9999-12-31T23:59:59-00:01"};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct writ_error e = {0};
        int64_t t;

        if (writ_time_parse(bad[i], &t, &e) == 0)
            fail_msg("\"%s\" was read", bad[i]);
        assert_sentence(WRIT_FAULT_USAGE, "wanted 2026-11-25T07:00:00Z");
    }
}

static void the_strict_form_reads_only_what_is_written(void **state)
{
    static const char *const bad[] = {"2026-11-25t07:00:00Z", "2026-11-25T07:00:00z",
                                      "2026-11-25 07:00:00Z", "2026-11-25T07:00:00",
                                      "2026-11-25",           "@1795590000",
                                      "1795590000",           "2026-11-25T07:00:00Z ",
                                      "2026-02-29T07:00:00Z", "2026-11-25T07:00:60Z",
                                      "0000-11-25T07:00:00Z", ""};
    int64_t t = 0;

    (void)state;
    assert_int_equal(writ_time_parse_strict(writ_span_text("2026-11-25T07:00:00Z"), &t), 0);
    assert_true(t == 1795590000);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(writ_time_parse_strict(writ_span_text(bad[i]), &t), -1);
    assert_int_equal(writ_time_parse_strict(WRIT_SPAN("2026-11-25\0\0\0\0\0\0\0\0\0\0", 20), &t),
                     -1);
    assert_int_equal(writ_time_parse_strict(WRIT_SPAN_NONE, &t), -1);
}

static void durations_have_a_number_and_a_unit(void **state)
{
    static const struct {
        const char *text;
        int64_t seconds;
    } good[] = {{"0s", 0},
                {"90s", 90},
                {"10m", 600},
                {"36h", 129600},
                {"7d", 604800},
                {"2w", 1209600},
                {"1y", 31536000},
                {"007d", 604800},
                {"1000y", INT64_C(31536000000)},
                {"31536000000s", INT64_C(31536000000)}};

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct writ_error e = {0};
        int64_t seconds = -1;

        assert_ok(writ_duration_parse(good[i].text, &seconds, &e));
        assert_true(seconds == good[i].seconds);
    }
}

static void what_is_no_duration_is_refused(void **state)
{
    static const char *const bad[] = {"",           "7",    "d",     "7D",
                                      "7 d",        "-7d",  "+7d",   " 7d",
                                      "7days",      "7.5d", "1001y", "31536000001s",
                                      "7dd",        "7mo",  "0x7d",  "999999999999999999999s",
                                      "1000000000y"};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct writ_error e = {0};
        int64_t seconds;

        if (writ_duration_parse(bad[i], &seconds, &e) == 0)
            fail_msg("\"%s\" was read", bad[i]);
        assert_sentence(WRIT_FAULT_USAGE, "is not a duration");
    }
}

static void assert_duration(int64_t seconds, const char *wanted)
{
    char text[WRIT_DURATION_MAX];

    writ_duration_format(seconds, text);
    assert_string_equal(text, wanted);
}

static void a_duration_is_told_in_the_unit_of_which_there_are_two(void **state)
{
    (void)state;
    assert_duration(0, "0 s");
    assert_duration(4, "4 s");
    assert_duration(119, "119 s");
    assert_duration(120, "2 min");
    assert_duration(7199, "119 min");
    assert_duration(7200, "2 h");
    assert_duration(2 * WRIT_DAY - 1, "47 h");
    assert_duration(2 * WRIT_DAY, "2 days");
    assert_duration(9 * WRIT_DAY + WRIT_DAY / 2, "9 days");
    assert_duration(365 * 1000 * WRIT_DAY, "365000 days");
}

static void a_duration_has_no_sign(void **state)
{
    (void)state;
    assert_duration(-4, "4 s");
    assert_duration(-7200, "2 h");
    assert_duration(INT64_MIN, "106751991167300 days");
    assert_duration(INT64_MAX, "106751991167300 days");
}

static void sums_stay_within_the_calendar(void **state)
{
    (void)state;
    assert_true(writ_time_add(1, 2) == 3);
    assert_true(writ_time_add(1, -2) == -1);
    assert_true(writ_time_add(WRIT_TIME_MAX, 1) == WRIT_TIME_MAX);
    assert_true(writ_time_add(WRIT_TIME_MIN, -1) == WRIT_TIME_MIN);
    assert_true(writ_time_add(WRIT_TIME_MAX, INT64_MAX) == WRIT_TIME_MAX);
    assert_true(writ_time_add(INT64_MAX, INT64_MAX) == WRIT_TIME_MAX);
    assert_true(writ_time_add(WRIT_TIME_MIN, INT64_MIN) == WRIT_TIME_MIN);
    assert_true(writ_time_add(INT64_MIN, INT64_MIN) == WRIT_TIME_MIN);
    assert_true(writ_time_add(INT64_MIN, INT64_MAX) == -1);
}

static const struct CMUnitTest claims[] = {
    CLAIM(known_dates_are_known_instants),
    CLAIM(every_day_of_the_calendar_comes_back),
    CLAIM(the_c_library_agrees),
    CLAIM(leap_days_follow_the_gregorian_rule),
    CLAIM(fields_out_of_range_do_not_exist),
    CLAIM(instants_out_of_range_are_clamped),
    CLAIM(an_instant_is_written_in_one_form),
    CLAIM(all_these_forms_are_the_same_instant),
    CLAIM(the_first_and_the_last_instant_can_be_written),
    CLAIM(a_date_alone_is_its_first_second),
    CLAIM(unix_times_reach_to_the_last_second),
    CLAIM(what_is_no_time_is_refused),
    CLAIM(the_strict_form_reads_only_what_is_written),
    CLAIM(durations_have_a_number_and_a_unit),
    CLAIM(what_is_no_duration_is_refused),
    CLAIM(a_duration_is_told_in_the_unit_of_which_there_are_two),
    CLAIM(a_duration_has_no_sign),
    CLAIM(sums_stay_within_the_calendar),
};

RUN_CLAIMS(claims)
