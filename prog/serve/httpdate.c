#include "serve/httpdate.h"

#include <string.h>

#include "base/time.h"

static void put_two(char *at, int value)
{
    at[0] = (char)('0' + value / 10 % 10);
    at[1] = (char)('0' + value % 10);
}

/* By hand: this is done twice for every answer, and printf would cost as much as finding it. */
void httpdate_format(int64_t t, char text[HTTPDATE_TEXT])
{
    static const char days[] = "ThuFriSatSunMonTueWed";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    int64_t day = (t - WRIT_TIME_MIN) / WRIT_DAY;
    struct writ_civil c;

    writ_time_to_civil(t, &c);
    memcpy(text, "Thu, 01 Jan 1970 00:00:00 GMT", HTTPDATE_TEXT);
    /* 0001-01-01 was a Monday. */
    memcpy(text, days + (day + 4) % 7 * 3, 3);
    put_two(text + 5, c.day);
    memcpy(text + 8, months + (c.month - 1) * 3, 3);
    put_two(text + 12, c.year / 100);
    put_two(text + 14, c.year);
    put_two(text + 17, c.hour);
    put_two(text + 20, c.minute);
    put_two(text + 23, c.second);
}
