#include "object/note.h"

#include <string.h>

#include "base/base64.h"
#include "base/hex.h"
#include "base/text.h"

#define KEY_BASE64 44 /* characters for the type and the 32 bytes of a key */

static const char dash[] = "\xe2\x80\x94 "; /* U+2014 and a space */

/* The white space of Unicode (PropList.txt) beyond what is unprintable anyhow. */
static const char *const spaces[] = {
    " ",
    "\xc2\xa0",
    "\xe1\x9a\x80",
    "\xe2\x80\x80",
    "\xe2\x80\x81",
    "\xe2\x80\x82",
    "\xe2\x80\x83",
    "\xe2\x80\x84",
    "\xe2\x80\x85",
    "\xe2\x80\x86",
    "\xe2\x80\x87",
    "\xe2\x80\x88",
    "\xe2\x80\x89",
    "\xe2\x80\x8a",
    "\xe2\x80\xaf",
    "\xe2\x81\x9f",
    "\xe3\x80\x80",
};

static bool holds(struct writ_span text, const char *piece)
{
    return memmem(text.p, text.n, piece, strlen(piece)) != NULL;
}

bool writ_note_is_key_name(struct writ_span name)
{
    if (name.n == 0 || name.n > WRIT_NOTE_NAME_MAX || !writ_text_is_printable(name) ||
        holds(name, "+"))
        return false;
    for (size_t i = 0; i < sizeof spaces / sizeof spaces[0]; i++) {
        if (holds(name, spaces[i]))
            return false;
    }
    return true;
}

/* Where the text ends: after the last empty line's predecessor.  The signatures follow. */
static int split(struct writ_span bytes, struct writ_span *text, struct writ_span *signatures,
                 struct writ_error *e)
{
    for (size_t i = bytes.n; i >= 2; i--) {
        if (bytes.p[i - 1] == '\n' && bytes.p[i - 2] == '\n') {
            *text = WRIT_SPAN(bytes.p, i - 1);
            return writ_span_part(bytes, i, bytes.n - i, signatures);
        }
    }
    return writ_fail_at(e, 0, "note: no empty line between text and signatures");
}

static int check_text(struct writ_span text, struct writ_error *e)
{
    if (!writ_text_is_utf8(text))
        return writ_fail_at(e, 0, "note: not UTF-8");
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] < 0x20 && text.p[i] != '\n')
            return writ_fail_at(e, i, "byte %zu: note: control character 0x%02x", i, text.p[i]);
    }
    return 0;
}

static int take_blob(struct writ_cursor *c, struct writ_span base64, struct writ_note_signature *s)
{
    struct writ_buffer blob = {.ceiling = WRIT_NOTE_MAX};
    int rc = -1;

    if (writ_base64_parse(base64, &blob) < 0 || blob.n <= WRIT_NOTE_KEY_ID) {
        if (writ_buffer_check(&blob, c->error) == 0)
            (void)writ_cursor_fail(c, "note: signature is not base64 of a key id and a signature");
        goto out;
    }
    memcpy(s->key_id, blob.p, WRIT_NOTE_KEY_ID);
    if (blob.n <= WRIT_NOTE_KEY_ID + WRIT_NOTE_SIGNATURE_MAX) {
        s->signature_bytes = blob.n - WRIT_NOTE_KEY_ID;
        memcpy(s->signature, blob.p + WRIT_NOTE_KEY_ID, s->signature_bytes);
    }
    rc = 0;
out:
    writ_buffer_free(&blob);
    return rc;
}

static int take_signature(struct writ_cursor *c, struct writ_note_signature *s)
{
    struct writ_span line, mark;
    struct writ_cursor fields;

    if (writ_cursor_line(c, &line, "note: signature line") < 0)
        return -1;
    fields = writ_cursor_over(line, c->error);
    fields.offset = c->offset - line.n - 1;
    if (writ_cursor_take(&fields, sizeof dash - 1, &mark, "note: signature line") < 0)
        return -1;
    if (memcmp(mark.p, dash, sizeof dash - 1) != 0)
        return writ_cursor_fail(&fields, "note: signature line does not begin with an em dash");
    s->name = writ_cursor_field(&fields, ' ');
    if (!writ_note_is_key_name(s->name))
        return writ_cursor_fail(&fields, "note: not a key name");
    return take_blob(&fields, WRIT_SPAN(fields.at, fields.left), s);
}

int writ_note_parse(struct writ_span bytes, struct writ_note *note, struct writ_error *e)
{
    struct writ_span signatures;
    struct writ_cursor c;

    *note = (struct writ_note){0};
    if (bytes.n > WRIT_NOTE_MAX)
        return writ_fail_at(e, 0, "note of %zu bytes, the ceiling is %zu", bytes.n, WRIT_NOTE_MAX);
    if (split(bytes, &note->text, &signatures, e) < 0 || check_text(bytes, e) < 0)
        return -1;
    c = writ_cursor_over(signatures, e);
    c.offset = note->text.n + 1;
    if (c.left == 0)
        return writ_cursor_fail(&c, "note: no signature");
    while (c.left > 0) {
        if (note->count == WRIT_NOTE_SIGNATURES_MAX)
            return writ_cursor_fail(&c, "note: more than %d signatures", WRIT_NOTE_SIGNATURES_MAX);
        if (take_signature(&c, &note->signature[note->count]) < 0)
            return -1;
        note->count++;
    }
    return 0;
}

static int take_key_bytes(struct writ_cursor *c, struct writ_note_key *key)
{
    struct writ_span base64 = WRIT_SPAN(c->at, c->left);
    struct writ_buffer blob = {0};
    int rc = -1;

    if (base64.n == KEY_BASE64 && writ_base64_parse(base64, &blob) == 0 &&
        blob.n == 1 + WRIT_ED25519_KEY && blob.p[0] == WRIT_NOTE_ED25519) {
        memcpy(key->key, blob.p + 1, WRIT_ED25519_KEY);
        rc = 0;
    } else if (writ_buffer_check(&blob, c->error) == 0) {
        (void)writ_cursor_fail(c, "verifier key: wanted an Ed25519 key (type 1, 32 bytes)");
    }
    writ_buffer_free(&blob);
    return rc;
}

int writ_note_key_parse(struct writ_span text, struct writ_note_key *key, struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(text, e);
    struct writ_span name = writ_cursor_field(&c, '+');
    struct writ_span id = writ_cursor_field(&c, '+');

    *key = (struct writ_note_key){0};
    if (!writ_note_is_key_name(name) || writ_hex_parse_strict(id, key->key_id, sizeof key->key_id))
        return writ_cursor_fail(&c, "verifier key: wanted name+8 hexadecimal digits+base64");
    if (take_key_bytes(&c, key) < 0)
        return -1;
    memcpy(key->name, name.p, name.n);
    return 0;
}

void writ_note_key_add_text(struct writ_buffer *b, const struct writ_note_key *key)
{
    uint8_t typed[1 + WRIT_ED25519_KEY] = {WRIT_NOTE_ED25519};

    memcpy(typed + 1, key->key, WRIT_ED25519_KEY);
    writ_buffer_format(b, "%s+", key->name);
    writ_hex_add(b, WRIT_SPAN_OF(key->key_id));
    writ_buffer_byte(b, '+');
    writ_base64_add(b, WRIT_SPAN_OF(typed));
}

void writ_note_key_add_identity(struct writ_buffer *b, const char *name,
                                const uint8_t key[WRIT_ED25519_KEY])
{
    writ_buffer_text(b, name);
    writ_buffer_byte(b, '\n');
    writ_buffer_byte(b, WRIT_NOTE_ED25519);
    writ_buffer_add(b, WRIT_SPAN(key, WRIT_ED25519_KEY));
}

void writ_note_add_signature(struct writ_buffer *b, const struct writ_note_key *key,
                             struct writ_span signature)
{
    struct writ_buffer blob = {0};

    writ_buffer_add(&blob, WRIT_SPAN_OF(key->key_id));
    writ_buffer_add(&blob, signature);
    writ_buffer_format(b, "%s%s ", dash, key->name);
    writ_base64_add(b, writ_buffer_span(&blob));
    writ_buffer_byte(b, '\n');
    b->failed |= blob.failed;
    writ_buffer_free(&blob);
}
