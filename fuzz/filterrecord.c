/* fuzz/filterrecord.c - feeds shared/filterrecord.h: a record reads as it was written */
#include "shared/filterrecord.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct filterrecord *record = calloc(1, sizeof *record);
    struct writ_buffer text = {0};
    struct writ_error e = {0};

    HOLDS(record != NULL);
    if (filterrecord_parse(WRIT_SPAN(data, size), record, &e) == 0) {
        filterrecord_add(&text, record);
        HOLDS(writ_span_equal(writ_buffer_span(&text), WRIT_SPAN(data, size)));
    } else {
        HOLDS(e.fault == WRIT_FAULT_BAD_INPUT);
    }
    filterrecord_free(record);
    writ_buffer_free(&text);
    free(record);
    return 0;
}
