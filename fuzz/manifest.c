/* fuzz/manifest.c - feeds shared/manifest.h and shared/filterplan.h: a plan that is good makes a
 * manifest that comes to the same plan */
#include "shared/manifest.h"

#include "fuzz.h"

static void make_again(const struct filterplan *plan, struct writ_span text)
{
    struct writ_buffer json = {0}, again = {0};
    struct writ_error e = {0};

    manifest_add(&json, plan, "again");
    HOLDS(manifest_plan(writ_buffer_span(&json), &again, &e) == 0);
    HOLDS(writ_span_equal(writ_buffer_span(&again), text));
    writ_buffer_free(&json);
    writ_buffer_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct writ_buffer text = {0};
    struct filterplan plan;
    struct writ_error e = {0};

    if (manifest_plan(WRIT_SPAN(data, size), &text, &e) == 0) {
        if (filterplan_take(writ_buffer_span(&text), &plan, &e) == 0)
            make_again(&plan, writ_buffer_span(&text));
        filterplan_free(&plan);
    }
    writ_buffer_free(&text);
    writ_error_clear(&e);
    (void)!filterplan_take(WRIT_SPAN(data, size), &plan, &e);
    filterplan_free(&plan);
    return 0;
}
