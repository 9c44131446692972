/* fuzz/feed.c - feeds object/feed.h: a feed has one spelling */
#include "object/feed.h"

#include <string.h>

#include "inside.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct writ_span text = WRIT_SPAN(data, size);
    struct writ_error e = {0};
    struct writ_buffer out = {0};
    struct writ_feed feed;

    if (writ_feed_parse(text, &feed, &e) < 0)
        return refused(&e);
    HOLDS(feed.expires > feed.as_of && feed.expires - feed.as_of <= WRIT_FEED_LIFE_MAX);
    HOLDS(writ_feed_table(&feed) != NULL && feed.file_count <= WRIT_FEED_FILES_MAX);
    for (size_t i = 0; i < feed.file_count; i++) {
        char name[WRIT_FEED_NAME_MAX];

        writ_feed_file_name(&feed.file[i], name);
        HOLDS(strncmp(name, "targets/", 8) == 0 && strchr(name + 8, '/') == NULL);
    }
    HOLDS(writ_feed_build(&feed, &out, &e) == 0);
    HOLDS(writ_span_equal(writ_buffer_span(&out), text));
    writ_buffer_free(&out);
    return 0;
}
