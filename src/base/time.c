#include "base/time.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool leap_year(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return days[month - 1] + (month == 2 && leap_year(year));
}

/* Days from 1970-01-01 to a date of the proleptic Gregorian calendar.  The year is taken to begin
 * in March, so that the leap day is its last. */
static int64_t days_from_civil(int year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = y / 400; /* y >= 0 here: years begin at 1 */
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

    return era * 146097 + day_of_era - 719468;
}

int writ_time_from_civil(const struct writ_civil *c, int64_t *t)
{
    if (c->year < 1 || c->year > 9999 || c->month < 1 || c->month > 12 || c->day < 1 ||
        c->day > days_in_month(c->year, c->month))
        return -1;
    if (c->hour < 0 || c->hour > 23 || c->minute < 0 || c->minute > 59 || c->second < 0 ||
        c->second > 59)
        return -1;
    *t = days_from_civil(c->year, c->month, c->day) * WRIT_DAY + c->hour * WRIT_HOUR +
         c->minute * WRIT_MINUTE + c->second;
    return 0;
}

static int64_t clamp(int64_t t)
{
    if (t < WRIT_TIME_MIN)
        return WRIT_TIME_MIN;
    return t > WRIT_TIME_MAX ? WRIT_TIME_MAX : t;
}

void writ_time_to_civil(int64_t t, struct writ_civil *c)
{
    int64_t from_year_zero = clamp(t) + (int64_t)719468 * WRIT_DAY;
    int64_t days = from_year_zero / WRIT_DAY;
    int64_t second = from_year_zero % WRIT_DAY;
    int64_t era = days / 146097;
    int64_t day_of_era = days % 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day_of_year + 2) / 153;

    c->day = (int)(day_of_year - (153 * month + 2) / 5 + 1);
    c->month = (int)(month < 10 ? month + 3 : month - 9);
    c->year = (int)(year_of_era + era * 400 + (c->month <= 2));
    c->hour = (int)(second / WRIT_HOUR);
    c->minute = (int)(second % WRIT_HOUR / WRIT_MINUTE);
    c->second = (int)(second % WRIT_MINUTE);
}

void writ_time_format(int64_t t, char text[WRIT_TIME_TEXT])
{
    struct writ_civil c;

    writ_time_to_civil(t, &c);
    (void)snprintf(text, WRIT_TIME_TEXT, "%04u-%02u-%02uT%02u:%02u:%02uZ", (unsigned)c.year % 10000,
                   (unsigned)c.month % 100, (unsigned)c.day % 100, (unsigned)c.hour % 100,
                   (unsigned)c.minute % 100, (unsigned)c.second % 100);
}

/* Reads exactly `digits` decimal digits and moves past them. */
static int take_number(const char **text, int digits, int *value)
{
    *value = 0;
    for (int i = 0; i < digits; i++, (*text)++) {
        if (**text < '0' || **text > '9')
            return -1;
        *value = *value * 10 + (**text - '0');
    }
    return 0;
}

static int take_char(const char **text, char wanted)
{
    if (**text != wanted)
        return -1;
    (*text)++;
    return 0;
}

static int take_date(const char **text, struct writ_civil *c)
{
    if (take_number(text, 4, &c->year) < 0 || take_char(text, '-') < 0 ||
        take_number(text, 2, &c->month) < 0 || take_char(text, '-') < 0)
        return -1;
    return take_number(text, 2, &c->day);
}

static int take_clock(const char **text, struct writ_civil *c)
{
    if (take_number(text, 2, &c->hour) < 0 || take_char(text, ':') < 0 ||
        take_number(text, 2, &c->minute) < 0 || take_char(text, ':') < 0)
        return -1;
    return take_number(text, 2, &c->second);
}

/* "Z" or "+hh:mm" or "-hh:mm", as seconds east of UTC. */
static int take_zone(const char **text, int64_t *east)
{
    int hours, minutes, sign;

    *east = 0;
    if (**text == 'Z' || **text == 'z')
        return take_char(text, **text);
    if (**text != '+' && **text != '-')
        return -1;
    sign = **text == '+' ? 1 : -1;
    (*text)++;
    if (take_number(text, 2, &hours) < 0 || take_char(text, ':') < 0 ||
        take_number(text, 2, &minutes) < 0 || hours > 23 || minutes > 59)
        return -1;
    *east = sign * (hours * WRIT_HOUR + minutes * WRIT_MINUTE);
    return 0;
}

static int parse_rfc3339(const char *text, int64_t *t)
{
    struct writ_civil c = {0};
    int64_t east = 0;

    if (take_date(&text, &c) < 0)
        return -1;
    if (*text != '\0') {
        if (*text != 'T' && *text != 't' && *text != ' ')
            return -1;
        text++;
        if (take_clock(&text, &c) < 0 || take_zone(&text, &east) < 0 || *text != '\0')
            return -1;
    }
    if (writ_time_from_civil(&c, t) < 0)
        return -1;
    *t -= east;
    return *t < WRIT_TIME_MIN || *t > WRIT_TIME_MAX ? -1 : 0;
}

static int parse_unix(const char *text, int64_t *t)
{
    int64_t value = 0;

    if (*text == '@')
        text++;
    if (*text == '\0' || strlen(text) > 12)
        return -1;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9')
            return -1;
        value = value * 10 + (*text - '0');
    }
    *t = value;
    return value > WRIT_TIME_MAX ? -1 : 0;
}

int writ_time_parse(const char *text, int64_t *t, struct writ_error *e)
{
    if (parse_rfc3339(text, t) == 0 || parse_unix(text, t) == 0)
        return 0;
    return writ_fail(e, WRIT_FAULT_USAGE,
                     "\"%.64s\" is not a time; wanted 2026-11-25T07:00:00Z, 2026-11-25 or a Unix "
                     "time such as @1795590000",
                     text);
}

int writ_time_parse_strict(struct writ_span text, int64_t *t)
{
    char copy[WRIT_TIME_TEXT];
    char again[WRIT_TIME_TEXT];

    if (text.n != WRIT_TIME_TEXT - 1)
        return -1;
    memcpy(copy, text.p, text.n);
    copy[text.n] = '\0';
    if (parse_rfc3339(copy, t) < 0)
        return -1;
    writ_time_format(*t, again);
    return strcmp(copy, again) == 0 ? 0 : -1;
}

static int64_t seconds_per(char unit)
{
    switch (unit) {
    case 's':
        return 1;
    case 'm':
        return WRIT_MINUTE;
    case 'h':
        return WRIT_HOUR;
    case 'd':
        return WRIT_DAY;
    case 'w':
        return 7 * WRIT_DAY;
    case 'y':
        return 365 * WRIT_DAY;
    default:
        return 0;
    }
}

int writ_duration_parse(const char *text, int64_t *seconds, struct writ_error *e)
{
    char *end = NULL;
    unsigned long count = text[0] >= '0' && text[0] <= '9' ? strtoul(text, &end, 10) : 0;
    int64_t unit = end == NULL || end[0] == '\0' || end[1] != '\0' ? 0 : seconds_per(end[0]);

    if (unit == 0 || count > (unsigned long)(1000 * 365 * WRIT_DAY / unit))
        return writ_fail(e, WRIT_FAULT_USAGE,
                         "\"%.64s\" is not a duration; wanted a number and a unit, such as 90s, "
                         "10m, 36h, 7d, 2w or 1y",
                         text);
    *seconds = (int64_t)count * unit;
    return 0;
}

void writ_duration_format(int64_t seconds, char text[WRIT_DURATION_MAX])
{
    int64_t s = seconds < 0 ? -(seconds + (seconds == INT64_MIN)) : seconds;
    long long days = (long long)(s / WRIT_DAY);

    if (s < 2 * WRIT_MINUTE)
        (void)snprintf(text, WRIT_DURATION_MAX, "%lld s", (long long)s);
    else if (s < 2 * WRIT_HOUR)
        (void)snprintf(text, WRIT_DURATION_MAX, "%lld min", (long long)(s / WRIT_MINUTE));
    else if (s < 2 * WRIT_DAY)
        (void)snprintf(text, WRIT_DURATION_MAX, "%lld h", (long long)(s / WRIT_HOUR));
    else
        (void)snprintf(text, WRIT_DURATION_MAX, "%lld days", days);
}

int64_t writ_time_add(int64_t a, int64_t b)
{
    int64_t sum;

    if (__builtin_add_overflow(a, b, &sum))
        return b < 0 ? WRIT_TIME_MIN : WRIT_TIME_MAX;
    return clamp(sum);
}
