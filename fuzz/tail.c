/* fuzz/tail.c - feeds writ_seal_find_tail: the tail that is found is the one that would be made */
#include "inside.h"
#include "object/seal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct writ_span file = WRIT_SPAN(data, size);
    struct writ_error e = {0};
    struct writ_buffer out = {0};
    struct writ_seal_tail tail;

    if (writ_seal_find_tail(file, &tail, &e) < 0)
        return refused(&e);
    inside(tail.content, file);
    inside(tail.seal, file);
    HOLDS(tail.content_length == tail.content.n);
    writ_buffer_add(&out, tail.content);
    if (tail.present)
        HOLDS(writ_seal_build_tail(tail.content_length, tail.seal, &out, &e) == 0);
    HOLDS(writ_span_equal(writ_buffer_span(&out), file));
    writ_buffer_free(&out);
    return 0;
}
