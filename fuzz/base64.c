/* fuzz/base64.c - feeds writ_base64_parse: what is accepted has exactly one spelling */
#include "base/base64.h"
#include "fuzz.h"

static void text_has_one_spelling(struct writ_span text)
{
    struct writ_buffer bytes = {0};
    struct writ_buffer again = {0};

    if (writ_base64_parse(text, &bytes) == 0) {
        writ_base64_add(&again, writ_buffer_span(&bytes));
        HOLDS(writ_span_equal(writ_buffer_span(&again), text));
    } else {
        HOLDS(bytes.n == 0);
    }
    writ_buffer_free(&bytes);
    writ_buffer_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct writ_buffer text = {0};
    struct writ_buffer again = {0};

    text_has_one_spelling(WRIT_SPAN(data, size));
    writ_base64_add(&text, WRIT_SPAN(data, size));
    HOLDS(writ_base64_parse(writ_buffer_span(&text), &again) == 0);
    HOLDS(writ_span_equal(writ_buffer_span(&again), WRIT_SPAN(data, size)));
    writ_buffer_free(&text);
    writ_buffer_free(&again);
    return 0;
}
