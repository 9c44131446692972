/* fuzz/jail_frame.c - feeds shared/jail_frame.h: what a child that was taken over sends */
#include "shared/jail_frame.h"

#include <string.h>

#include "base/text.h"
#include "fuzz.h"

/* Either the answer is the rest of the message, and is sent with the same header; or there is a
 * fault that can be shown. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct writ_error e = {0};
    struct writ_span answer;
    uint8_t header[JAIL_FRAME_HEADER];

    if (jail_frame_read(WRIT_SPAN(data, size), &answer, &e) == 0) {
        HOLDS(answer.p == data + JAIL_FRAME_HEADER && answer.n == size - JAIL_FRAME_HEADER);
        jail_frame_answer(header, (uint32_t)answer.n);
        HOLDS(memcmp(header, data, 12) == 0); /* the offset means nothing here */
    } else {
        HOLDS(e.fault != WRIT_FAULT_NONE && answer.n == 0);
        HOLDS(writ_text_is_printable(writ_span_text(e.text)));
    }
    return 0;
}
