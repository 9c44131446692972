/* fuzz/onecrl_json.c - feeds shared/onecrl_json.h, and jansson behind it: what is converted opens,
 * with no more keys than there can be records */
#include "shared/onecrl_json.h"

#include "inside.h"
#include "object/onecrl.h"

#define RECORD_MIN 60 /* bytes: {"subject":"...","pubKeyHash":"44 letters"} has more */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct writ_error e = {0};
    struct writ_buffer out = {0};
    struct writ_onecrl onecrl;

    if (onecrl_json_convert(WRIT_SPAN(data, size), &out, &e) < 0) {
        HOLDS(out.n == 0);
        return refused(&e);
    }
    HOLDS(writ_onecrl_open(writ_buffer_span(&out), &onecrl, &e) == 0);
    HOLDS(onecrl.count <= size / RECORD_MIN + 1);
    writ_buffer_free(&out);
    return 0;
}
