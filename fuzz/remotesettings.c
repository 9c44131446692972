/* fuzz/remotesettings.c - feeds shared/remotesettings.h: an answer, and behind a byte 0xff the
 * message that stands; what was merged is merged with nothing to the same again */
#include "shared/remotesettings.h"

#include <string.h>

#include "fuzz.h"
#include "shared/filterplan.h"

#define NOTHING                                                                                    \
    "{\"timestamp\":%llu,\"changes\":[],\"metadata\":{\"signature\":{\"signature\":\"S\","         \
    "\"x5u\":\"https://x\"}}}"

/* A message is its own canonical form. */
static void merge_again(const struct remotesettings_collection *c)
{
    struct writ_buffer answer = {0}, again = {0};
    struct remotesettings_collection *second = calloc(1, sizeof *second);
    struct writ_error e = {0};

    HOLDS(second != NULL);
    writ_buffer_format(&answer, NOTHING, (unsigned long long)c->timestamp);
    if (remotesettings_merge(writ_buffer_span(&answer), c->message, &again, &e) == 0) {
        HOLDS(remotesettings_take(writ_buffer_span(&again), second, &e) == 0);
        HOLDS(writ_span_equal(second->message, c->message));
    }
    writ_buffer_free(&answer);
    writ_buffer_free(&again);
    free(second);
}

static void plan(struct writ_span message)
{
    struct writ_buffer text = {0};
    struct filterplan wanted;
    struct writ_error e = {0};

    if (remotesettings_plan(message, "default", &text, &e) == 0) {
        (void)!filterplan_take(writ_buffer_span(&text), &wanted, &e);
        filterplan_free(&wanted);
    }
    writ_buffer_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *split = size == 0 ? NULL : memchr(data, 0xff, size);
    size_t n = split == NULL ? size : (size_t)(split - data);
    struct writ_span message = split == NULL ? WRIT_SPAN_NONE : WRIT_SPAN(split + 1, size - n - 1);
    struct remotesettings_collection *c = calloc(1, sizeof *c);
    struct writ_buffer merged = {0}, base = {0};
    struct writ_error e = {0};

    HOLDS(c != NULL);
    if (remotesettings_merge(WRIT_SPAN(data, n), message, &merged, &e) == 0 &&
        remotesettings_take(writ_buffer_span(&merged), c, &e) == 0) {
        merge_again(c);
        plan(c->message);
    }
    plan(WRIT_SPAN(data, n));
    (void)!remotesettings_base(WRIT_SPAN(data, n), &base, &e);
    writ_buffer_free(&merged);
    writ_buffer_free(&base);
    free(c);
    return 0;
}
