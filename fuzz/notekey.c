/* fuzz/notekey.c - feeds writ_note_key_parse: a key has one spelling */
#include "inside.h"
#include "object/note.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct writ_span text = WRIT_SPAN(data, size);
    struct writ_error e = {0};
    struct writ_buffer out = {0};
    struct writ_note_key key;

    if (writ_note_key_parse(text, &key, &e) < 0)
        return refused(&e);
    writ_note_key_add_text(&out, &key);
    HOLDS(writ_span_equal(writ_buffer_span(&out), text));
    writ_buffer_free(&out);
    return 0;
}
