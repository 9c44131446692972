/* fuzz/pem.c - feeds bytes/pem.h: what is accepted is written, and read again the same */
#include "bytes/pem.h"

#include <string.h>

#include "base/text.h"
#include "fuzz.h"

static void reads_back(const struct writ_pem *pem)
{
    struct writ_error e = {0};
    struct writ_buffer text = {0};
    struct writ_pem again = {0};
    struct writ_cursor c;
    bool found;

    HOLDS(writ_text_is_printable(writ_span_text(pem->label)));
    writ_pem_build(&text, pem->label, writ_buffer_span(&pem->der));
    HOLDS(writ_pem_looks_like(writ_buffer_span(&text)));
    c = writ_cursor_over(writ_buffer_span(&text), &e);
    HOLDS(writ_pem_next(&c, &again, &found) == 0 && found && c.left == 0);
    HOLDS(strcmp(again.label, pem->label) == 0);
    HOLDS(writ_span_equal(writ_buffer_span(&again.der), writ_buffer_span(&pem->der)));
    writ_pem_free(&again);
    writ_buffer_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct writ_error e = {0};
    struct writ_cursor c = writ_cursor_over(WRIT_SPAN(data, size), &e);
    struct writ_pem pem = {0};
    bool found = true;

    while (found && writ_pem_next(&c, &pem, &found) == 0) {
        if (found)
            reads_back(&pem);
        writ_pem_free(&pem);
    }
    HOLDS(!found || e.fault == WRIT_FAULT_BAD_INPUT);
    return 0;
}
