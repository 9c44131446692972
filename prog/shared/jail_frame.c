#include "shared/jail_frame.h"

#include <string.h>

#include "base/text.h"
#include "bytes/cursor.h"

static void put(uint8_t *at, uint64_t value, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        at[i] = (uint8_t)(value >> 8 * i);
}

static void put_header(uint8_t *header, uint32_t length, enum writ_fault fault, uint64_t offset)
{
    put(header, JAIL_FRAME_MAGIC, 4);
    put(header + 4, length, 4);
    put(header + 8, (uint64_t)fault, 4);
    put(header + 12, offset, 8);
}

void jail_frame_answer(uint8_t header[JAIL_FRAME_HEADER], uint32_t length)
{
    put_header(header, length, WRIT_FAULT_NONE, UINT64_MAX);
}

void jail_frame_fault(uint8_t header[JAIL_FRAME_HEADER], const struct writ_error *e)
{
    put_header(header, (uint32_t)strlen(e->text), e->fault, e->offset);
}

/* The child's fault, in words that can be shown. */
static int pass_on(uint32_t fault, uint64_t offset, struct writ_span sentence, struct writ_error *e)
{
    char text[WRIT_ERROR_TEXT_MAX];

    if (sentence.n == 0)
        sentence = writ_span_text("the jailed child failed without saying why");
    writ_text_copy_safe(text, sizeof text, sentence);
    if (e != NULL && e->fault == WRIT_FAULT_NONE) {
        (void)writ_fail(e, (enum writ_fault)fault, "%s", text);
        e->offset = offset > SIZE_MAX ? SIZE_MAX : (size_t)offset;
    }
    return -1;
}

int jail_frame_read(struct writ_span message, struct writ_span *answer, struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(message, NULL);
    uint32_t magic, length, fault;
    struct writ_span body;
    uint64_t offset;

    *answer = WRIT_SPAN_NONE;
    if (writ_cursor_u32_le(&c, &magic, "magic") < 0 || magic != JAIL_FRAME_MAGIC ||
        writ_cursor_u32_le(&c, &length, "length") < 0 ||
        writ_cursor_u32_le(&c, &fault, "fault") < 0 ||
        writ_cursor_u64_le(&c, &offset, "offset") < 0 ||
        writ_cursor_take(&c, length, &body, "body") < 0 || writ_cursor_end(&c, "body") < 0)
        return writ_fail(e, WRIT_FAULT_UNEXPECTED,
                         "the jailed child sent an answer that is not well formed");
    if (fault == WRIT_FAULT_NONE) {
        *answer = body;
        return 0;
    }
    if (!writ_is_fault(fault))
        return writ_fail(e, WRIT_FAULT_UNEXPECTED,
                         "the jailed child sent a fault of unknown class %u", (unsigned)fault);
    return pass_on(fault, offset, body, e);
}
