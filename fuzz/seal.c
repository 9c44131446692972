/* fuzz/seal.c - feeds object/seal.h: a seal that is read is built again, octet for octet */
#include "object/seal.h"

#include "inside.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct writ_span bytes = WRIT_SPAN(data, size);
    struct writ_error e = {0};
    struct writ_buffer out = {0};
    struct writ_seal seal;

    if (writ_seal_parse(bytes, &seal, &e) < 0)
        return refused(&e);
    HOLDS(seal.count >= 1 && seal.count <= WRIT_SEAL_ENTRIES_MAX);
    for (size_t i = 0; i < seal.count; i++) {
        struct writ_code_directory directory;

        inside(seal.entry[i].directory.der, bytes);
        inside(seal.entry[i].cms, bytes);
        inside(seal.entry[i].timestamp, bytes);
        HOLDS(writ_code_directory_parse(seal.entry[i].directory.der, &directory, &e) == 0);
    }
    HOLDS(writ_seal_build(&seal, &out, &e) == 0);
    HOLDS(writ_span_equal(writ_buffer_span(&out), bytes));
    writ_buffer_free(&out);
    return 0;
}
