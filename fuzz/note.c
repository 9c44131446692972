/* fuzz/note.c - feeds writ_note_parse: the lines of a note are written again, octet for octet */
#include "object/note.h"

#include <string.h>

#include "base/text.h"
#include "inside.h"

/* False when the signature is of a kind that is too large to be kept. */
static bool add_line(struct writ_buffer *out, const struct writ_note_signature *s)
{
    struct writ_note_key key = {0};

    HOLDS(writ_note_is_key_name(s->name));
    memcpy(key.name, s->name.p, s->name.n);
    memcpy(key.key_id, s->key_id, sizeof key.key_id);
    writ_note_add_signature(out, &key, WRIT_SPAN(s->signature, s->signature_bytes));
    return s->signature_bytes > 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct writ_span bytes = WRIT_SPAN(data, size);
    struct writ_error e = {0};
    struct writ_buffer out = {0};
    struct writ_note note;
    bool whole = true;

    if (writ_note_parse(bytes, &note, &e) < 0)
        return refused(&e);
    HOLDS(note.text.p == bytes.p && note.text.n >= 1 && note.text.p[note.text.n - 1] == '\n');
    HOLDS(writ_text_is_utf8(note.text) && note.count >= 1);
    writ_buffer_add(&out, note.text);
    writ_buffer_byte(&out, '\n');
    for (size_t i = 0; i < note.count; i++)
        whole &= add_line(&out, &note.signature[i]);
    HOLDS(!whole || writ_span_equal(writ_buffer_span(&out), bytes));
    writ_buffer_free(&out);
    return 0;
}
