/* fuzz/cursor.c - feeds bytes/cursor.h: each byte of the input is a step taken over the rest */
#include "bytes/cursor.h"

#include <string.h>

#include "fuzz.h"

static int read_number(struct writ_cursor *c, uint8_t kind)
{
    uint8_t u8;
    uint16_t u16;
    uint32_t u32;
    uint64_t u64;

    switch (kind) {
    case 0:
        return writ_cursor_u8(c, &u8, "u8");
    case 1:
        return writ_cursor_u16_be(c, &u16, "u16");
    case 2:
        return writ_cursor_u16_le(c, &u16, "u16");
    case 3:
        return writ_cursor_u32_le(c, &u32, "u32");
    case 4:
        return writ_cursor_u64_be(c, &u64, "u64");
    default:
        return writ_cursor_u64_le(c, &u64, "u64");
    }
}

static int take_step(struct writ_cursor *c, uint8_t step)
{
    struct writ_span s;

    switch (step % 4) {
    case 0:
        return writ_cursor_take(c, step / 4, &s, "bytes");
    case 1:
        return writ_cursor_line(c, &s, "line");
    case 2:
        (void)writ_cursor_field(c, step);
        return 0;
    default:
        return read_number(c, step / 4 % 8);
    }
}

/* Whatever is asked, the cursor stands inside the input, and a step that failed took nothing. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct writ_error e = {0};
    struct writ_cursor c = writ_cursor_over(WRIT_SPAN(data, size), &e);
    uint8_t step;

    while (writ_cursor_u8(&c, &step, "step") == 0) {
        struct writ_cursor before = c;
        int rc = take_step(&c, step);

        HOLDS(c.offset + c.left == size && c.offset >= before.offset);
        HOLDS(c.left == 0 || c.at == data + c.offset);
        HOLDS(rc == 0 || (c.offset == before.offset && e.fault == WRIT_FAULT_BAD_INPUT));
        if (writ_cursor_zeros(&before, step % 5, "zeros") == 0)
            HOLDS(memcmp(before.at - step % 5, "\0\0\0\0", step % 5) == 0);
    }
    HOLDS(c.left == 0 && writ_cursor_end(&c, "input") == 0);
    return 0;
}
