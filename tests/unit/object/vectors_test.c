/*
 * Signed notes of other projects: C2SP's example, the Go checksum database's checkpoint, keys that
 * must be refused, and a witness's conversation.  WRIT_DATA names the folder they lie in.
 */
#include <jansson.h>

#include "base/hex.h"
#include "crypto/digest.h"
#include "crypto/verify.h"
#include "object/note.h"
#include "scratch.h"
#include "test.h"

static struct writ_error e;

static struct writ_buffer data(const char *name)
{
    char path[1024];

    (void)snprintf(path, sizeof path, "%s/tlog/%s", getenv("WRIT_DATA"), name);
    return file_read(path);
}

static const char *missing(void)
{
    char path[1024];

    if (getenv("WRIT_DATA") == NULL)
        return "WRIT_DATA is not set";
    (void)snprintf(path, sizeof path, "%s/tlog/signed-notes.json", getenv("WRIT_DATA"));
    return access(path, R_OK) == 0 ? NULL : "no signed-notes.json in WRIT_DATA";
}

static json_t *vectors(void)
{
    struct writ_buffer text = data("signed-notes.json");
    json_t *json = json_loadb((const char *)text.p, text.n, 0, NULL);

    assert_non_null(json);
    writ_buffer_free(&text);
    return json;
}

static struct writ_note_key key_of(const char *vkey)
{
    struct writ_note_key key;

    writ_error_clear(&e);
    assert_ok(writ_note_key_parse(writ_span_text(vkey), &key, &e));
    return key;
}

/* The id is that of the key. */
static bool id_fits(const struct writ_note_key *key)
{
    struct writ_buffer identity = {0};
    uint8_t hash[WRIT_SHA256_BYTES];

    writ_note_key_add_identity(&identity, key->name, key->key);
    assert_ok(writ_sha256(writ_buffer_span(&identity), hash, &e));
    writ_buffer_free(&identity);
    return memcmp(hash, key->key_id, WRIT_NOTE_KEY_ID) == 0;
}

/* The note has a signature of this key that verifies. */
static bool is_signed_by(const struct writ_note *note, const struct writ_note_key *key)
{
    for (size_t i = 0; i < note->count; i++) {
        const struct writ_note_signature *s = &note->signature[i];
        enum writ_signature_state found;

        if (!writ_span_equal(s->name, writ_span_text(key->name)) ||
            memcmp(s->key_id, key->key_id, WRIT_NOTE_KEY_ID) != 0)
            continue;
        assert_ok(writ_verify_ed25519(key->key, note->text,
                                      WRIT_SPAN(s->signature, s->signature_bytes), &found, &e));
        return found == WRIT_SIGNATURE_GOOD;
    }
    return false;
}

static void every_note_is_read_and_verifies(void **state)
{
    json_t *json = vectors();
    const json_t *notes = json_object_get(json, "notes");

    (void)state;
    assert_int_equal(json_array_size(notes), 2);
    for (size_t i = 0; i < json_array_size(notes); i++) {
        const json_t *v = json_array_get(notes, i);
        struct writ_note_key key = key_of(json_string_value(json_object_get(v, "vkey")));
        const char *text = json_string_value(json_object_get(v, "note"));
        struct writ_note note;

        assert_ok(writ_note_parse(writ_span_text(text), &note, &e));
        assert_true(id_fits(&key));
        assert_int_equal(is_signed_by(&note, &key), json_is_true(json_object_get(v, "valid")));
        note.text.n--; /* another text */
        assert_false(is_signed_by(&note, &key));
    }
    json_decref(json);
}

static void every_published_key_is_read_and_has_its_id(void **state)
{
    json_t *json = vectors();
    const json_t *keys = json_object_get(json, "test_keys");

    (void)state;
    assert_int_equal(json_array_size(keys), 2);
    for (size_t i = 0; i < json_array_size(keys); i++) {
        const json_t *v = json_array_get(keys, i);
        const char *vkey = json_string_value(json_object_get(v, "vkey"));
        struct writ_note_key key = key_of(vkey);
        struct writ_buffer b = {0};

        assert_true(id_fits(&key));
        writ_note_key_add_text(&b, &key);
        assert_text(writ_buffer_span(&b), vkey);
        writ_buffer_free(&b);
        /* a private key is no verifier key */
        assert_fault(writ_note_key_parse(
                         writ_span_text(json_string_value(json_object_get(v, "skey"))), &key, &e),
                     WRIT_FAULT_BAD_INPUT, "verifier key");
    }
    json_decref(json);
}

static void every_malformed_key_is_refused(void **state)
{
    json_t *json = vectors();
    const json_t *keys = json_object_get(json, "malformed_vkeys");

    (void)state;
    assert_int_equal(json_array_size(keys), 2);
    for (size_t i = 0; i < json_array_size(keys); i++) {
        struct writ_note_key key;

        assert_fault(writ_note_key_parse(writ_span_text(json_string_value(json_array_get(keys, i))),
                                         &key, &e),
                     WRIT_FAULT_BAD_INPUT, "verifier key: wanted an Ed25519 key");
    }
    json_decref(json);
}

/* What a witness was sent: an old size and a proof, an empty line, a note.  The notes are well
 * formed, but for requests that are refused as such. */
static void the_notes_a_witness_was_sent_are_read(void **state)
{
    struct writ_buffer text = data("witness-add-checkpoint.jsonl");
    struct writ_cursor c = writ_cursor_over(writ_buffer_span(&text), NULL);
    size_t read = 0;

    (void)state;
    while (c.left > 0) {
        struct writ_span line = writ_cursor_field(&c, '\n');
        json_t *json = json_loadb((const char *)line.p, line.n, 0, NULL);
        const char *request = json_string_value(json_object_get(json, "request"));
        const char *start = request == NULL ? NULL : strstr(request, "\n\n");
        struct writ_note note;

        writ_error_clear(&e);
        if (start != NULL && json_integer_value(json_object_get(json, "status")) == 200) {
            assert_ok(writ_note_parse(writ_span_text(start + 2), &note, &e));
            assert_true(note.count >= 1);
            assert_int_equal(note.signature[0].signature_bytes, WRIT_ED25519_SIGNATURE);
            read++;
        }
        json_decref(json);
    }
    assert_true(read >= 1);
    writ_buffer_free(&text);
}

static const struct CMUnitTest claims[] = {
    CLAIM(every_note_is_read_and_verifies),
    CLAIM(every_published_key_is_read_and_has_its_id),
    CLAIM(every_malformed_key_is_refused),
    CLAIM(the_notes_a_witness_was_sent_are_read),
};

RUN_CLAIMS_UNLESS(missing, claims)
