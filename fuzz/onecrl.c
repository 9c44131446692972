/* fuzz/onecrl.c - feeds object/onecrl.h: what is listed is found, and built again it is the same */
#include "object/onecrl.h"

#include <string.h>

#include "bytes/cursor.h"
#include "inside.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct writ_error e = {0};
    struct writ_buffer out = {0};
    struct writ_onecrl onecrl;
    uint8_t(*keys)[WRIT_ONECRL_KEY];

    if (writ_onecrl_open(WRIT_SPAN(data, size), &onecrl, &e) < 0) {
        HOLDS(onecrl.count == 0);
        return refused(&e);
    }
    HOLDS(writ_onecrl_is(WRIT_SPAN(data, size)));
    inside(onecrl.keys, WRIT_SPAN(data, size));
    keys = calloc(onecrl.count + 1, sizeof *keys);
    HOLDS(keys != NULL);
    for (size_t i = onecrl.count; i > 0; i--) { /* backwards, so that there is something to sort */
        struct writ_span key;

        HOLDS(writ_span_part(onecrl.keys, (i - 1) * sizeof *keys, sizeof *keys, &key) == 0);
        memcpy(keys[onecrl.count - i], key.p, sizeof *keys);
        HOLDS(writ_onecrl_find(&onecrl, keys[onecrl.count - i]));
    }
    HOLDS(writ_onecrl_build(keys, onecrl.count, &out, &e) == 0);
    HOLDS(writ_span_equal(writ_buffer_span(&out), WRIT_SPAN(data, size)));
    writ_buffer_free(&out);
    free(keys);
    return 0;
}
