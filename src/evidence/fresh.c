#include "evidence/fresh.h"

#include <string.h>

int64_t writ_effective_now(int64_t clock, bool asked_for, const struct writ_source *sources,
                           size_t count)
{
    int64_t now = clock;

    for (size_t i = 0; !asked_for && i < count; i++) {
        if (sources[i].state == WRIT_SOURCE_OPEN && sources[i].feed.as_of > now)
            now = sources[i].feed.as_of;
    }
    return now;
}

static int check_clock(const struct writ_feed *feed, int64_t now, struct writ_error *e)
{
    char when[WRIT_TIME_TEXT];

    writ_time_format(feed->expires, when);
    if (now > feed->expires)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "feed: version %llu expired at %s",
                         (unsigned long long)feed->version, when);
    writ_time_format(feed->as_of, when);
    if (feed->as_of > writ_time_add(now, WRIT_AHEAD_MAX))
        return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                         "feed: as_of %s lies more than a day ahead of this machine's clock", when);
    return 0;
}

int writ_check_fresh(const struct writ_feed *feed, const uint8_t note_hash[WRIT_HASH_BYTES],
                     const struct writ_floor *floor, int64_t now, struct writ_error *e)
{
    if (check_clock(feed, now, e) < 0)
        return -1;
    if (!floor->known || strcmp(floor->origin, feed->origin) != 0)
        return 0;
    if (feed->version < floor->version)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                         "feed: version %llu is older than version %llu, which this device has "
                         "accepted",
                         (unsigned long long)feed->version, (unsigned long long)floor->version);
    if (feed->version == floor->version && memcmp(note_hash, floor->note_hash, WRIT_HASH_BYTES))
        return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                         "feed: version %llu with other contents than the version %llu that this "
                         "device has accepted",
                         (unsigned long long)feed->version, (unsigned long long)floor->version);
    if (feed->as_of < floor->as_of)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                         "feed: as_of goes back behind what this device has accepted");
    return 0;
}
