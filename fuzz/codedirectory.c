/* fuzz/codedirectory.c - feeds writ_code_directory_parse: one spelling for each meaning */
#include "base/text.h"
#include "inside.h"
#include "object/seal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct writ_span bytes = WRIT_SPAN(data, size);
    struct writ_error e = {0};
    struct writ_buffer out = {0};
    struct writ_code_directory directory;

    if (writ_code_directory_parse(bytes, &directory, &e) < 0)
        return refused(&e);
    HOLDS(directory.root.n == WRIT_CONTENT_ROOT);
    HOLDS(writ_text_is_printable(directory.identifier) && writ_text_is_printable(directory.team));
    HOLDS(writ_code_directory_build(&directory, &out, &e) == 0);
    HOLDS(writ_span_equal(writ_buffer_span(&out), bytes));
    writ_buffer_free(&out);
    return 0;
}
