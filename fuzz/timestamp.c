/* fuzz/timestamp.c - feeds object/timestamp.h, as a token and as the answer around one */
#include "object/timestamp.h"

#include "base/time.h"
#include "inside.h"

static int token(struct writ_span bytes)
{
    struct writ_error e = {0};
    struct writ_timestamp stamp;

    if (writ_timestamp_parse(bytes, &stamp, &e) < 0)
        return refused(&e);
    inside(stamp.imprint, stamp.cms.content);
    inside(stamp.serial, stamp.cms.content);
    inside(stamp.nonce, stamp.cms.content);
    HOLDS(stamp.accuracy >= 0 && writ_timestamp_instant(&stamp) >= stamp.time);
    HOLDS(stamp.time >= WRIT_TIME_MIN && writ_timestamp_instant(&stamp) <= WRIT_TIME_MAX);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct writ_span bytes = WRIT_SPAN(data, size);
    struct writ_error e = {0};
    struct writ_span inner;

    (void)token(bytes);
    if (writ_timestamp_parse_answer(bytes, &inner, &e) < 0) {
        HOLDS(e.fault == WRIT_FAULT_BAD_INPUT || e.fault == WRIT_FAULT_UNAVAILABLE);
        return 0;
    }
    inside(inner, bytes);
    return token(inner);
}
