/*
 * base/time.h - instants and durations
 *
 * An instant is a count of seconds since 1970-01-01T00:00:00Z, leap seconds not counted, in an
 * int64_t.  Nothing here reads a clock: `now` is always an argument.
 */
#ifndef WRIT_BASE_TIME_H
#define WRIT_BASE_TIME_H

#include "base/error.h"
#include "base/span.h"

#define WRIT_MINUTE       ((int64_t)60)
#define WRIT_HOUR         ((int64_t)3600)
#define WRIT_DAY          ((int64_t)86400)
#define WRIT_TIME_MIN     ((int64_t)-62135596800) /* 0001-01-01T00:00:00Z */
#define WRIT_TIME_MAX     ((int64_t)253402300799) /* 9999-12-31T23:59:59Z */
#define WRIT_TIME_TEXT    21                      /* "2026-11-25T07:00:00Z" and its NUL */
#define WRIT_DURATION_MAX 32                      /* room for writ_duration_format */

/* A calendar date and time of day in UTC, as written in certificates. */
struct writ_civil {
    int year;   /* 1 to 9999 */
    int month;  /* 1 to 12 */
    int day;    /* 1 to 31 */
    int hour;   /* 0 to 23 */
    int minute; /* 0 to 59 */
    int second; /* 0 to 59 */
};

/* 0 and the instant, or -1 when a field is out of range or the day does not exist. */
int writ_time_from_civil(const struct writ_civil *c, int64_t *t) WRIT_MUST_CHECK;

/* t must lie in WRIT_TIME_MIN..WRIT_TIME_MAX; it is clamped to that. */
void writ_time_to_civil(int64_t t, struct writ_civil *c);

/* "2026-11-25T07:00:00Z" (RFC 3339, always UTC).  text holds WRIT_TIME_TEXT bytes. */
void writ_time_format(int64_t t, char text[WRIT_TIME_TEXT]);

/* Reads RFC 3339 with a numeric offset or Z ("2026-11-25T07:00:00+01:00", a space for the T, or a
 * date alone, which is its first second in UTC), or a Unix time ("@1795590000" or plain digits).
 * The instant lies in WRIT_TIME_MIN..WRIT_TIME_MAX.  Fails with WRIT_FAULT_USAGE
 * and a sentence that shows what was wanted. */
int writ_time_parse(const char *text, int64_t *t, struct writ_error *e) WRIT_MUST_CHECK;

/* Reads exactly "2026-11-25T07:00:00Z": one form, for formats that must have one spelling. */
int writ_time_parse_strict(struct writ_span text, int64_t *t) WRIT_MUST_CHECK;

/* Reads "90s", "10m", "36h", "7d", "2w", "1y" (365 days).  Fails with WRIT_FAULT_USAGE. */
int writ_duration_parse(const char *text, int64_t *seconds, struct writ_error *e) WRIT_MUST_CHECK;

/* "4 s", "12 min", "3 h", "9 days": the largest unit of which there are at least two, rounded down.
 * The sign is left out: the words around it say "ago" or "in". */
void writ_duration_format(int64_t seconds, char text[WRIT_DURATION_MAX]);

/* a + b, held within WRIT_TIME_MIN..WRIT_TIME_MAX. */
int64_t writ_time_add(int64_t a, int64_t b);

#endif
