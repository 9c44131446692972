/*
 * object/note.h - signed notes (C2SP signed-note)
 *
 *   text that ends in a newline, an empty line, and one line for each signature:
 *   "— " (U+2014) name " " base64(4 bytes of key id, signature)
 *
 * Nothing is verified here: evidence takes `text` and a signature of a key it trusts.
 */
#ifndef WRIT_OBJECT_NOTE_H
#define WRIT_OBJECT_NOTE_H

#include "base/buffer.h"
#include "bytes/cursor.h"

#define WRIT_NOTE_MAX            ((size_t)64 * 1024)
#define WRIT_NOTE_SIGNATURES_MAX 16
#define WRIT_NOTE_NAME_MAX       255
#define WRIT_NOTE_KEY_ID         4
#define WRIT_NOTE_SIGNATURE_MAX  256  /* bytes of a signature of a kind we could know */
#define WRIT_NOTE_ED25519        0x01 /* the signature type of plain Ed25519 */
#define WRIT_ED25519_KEY         32
#define WRIT_ED25519_SIGNATURE   64

struct writ_note_signature {
    struct writ_span name; /* borrowed from the note */
    uint8_t key_id[WRIT_NOTE_KEY_ID];
    uint8_t signature[WRIT_NOTE_SIGNATURE_MAX];
    size_t signature_bytes; /* 0: larger than any kind we know, and not kept */
};

struct writ_note {
    struct writ_span text; /* what is signed, its last newline included; borrowed */
    size_t count;
    struct writ_note_signature signature[WRIT_NOTE_SIGNATURES_MAX];
};

/* A verifier key: "name+hex(key id)+base64(type, key)".  Only Ed25519 is read. */
struct writ_note_key {
    char name[WRIT_NOTE_NAME_MAX + 1];
    uint8_t key_id[WRIT_NOTE_KEY_ID];
    uint8_t key[WRIT_ED25519_KEY];
};

/* Reads a note.  Refused: text that is not UTF-8 or has controls other than newlines, no empty
 * line, no signature, more than 16, lines that are not signatures. */
int writ_note_parse(struct writ_span bytes, struct writ_note *note,
                    struct writ_error *e) WRIT_MUST_CHECK;

/* True for a name a key may have: UTF-8, not empty, without white space, controls and '+'. */
bool writ_note_is_key_name(struct writ_span name);

/* Reads a verifier key's text.  That its id fits its key is checked where hashes are. */
int writ_note_key_parse(struct writ_span text, struct writ_note_key *key,
                        struct writ_error *e) WRIT_MUST_CHECK;
void writ_note_key_add_text(struct writ_buffer *b, const struct writ_note_key *key);

/* Appends the bytes whose SHA-256 begins with the key id: name, newline, type, key. */
void writ_note_key_add_identity(struct writ_buffer *b, const char *name,
                                const uint8_t key[WRIT_ED25519_KEY]);

/* Appends a signature line, for a note whose text and empty line were written before. */
void writ_note_add_signature(struct writ_buffer *b, const struct writ_note_key *key,
                             struct writ_span signature);

#endif
