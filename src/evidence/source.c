#include "evidence/source.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/path.h"
#include "crypto/verify.h"
#include "evidence/path.h"

/* ---------------------------------------------------------------------------------- bundles */

static int check_signed_by_root(const struct writ_source *s, enum writ_oid algorithm,
                                struct writ_span message, struct writ_span signature,
                                const char *what, struct writ_error *e)
{
    enum writ_signature_state state;

    if (writ_verify_signature(s->root.key.spki, algorithm, message, signature, &state, e) < 0)
        return -1;
    if (state != WRIT_SIGNATURE_GOOD)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "bundle: %s is not signed by its root's key",
                         what);
    return 0;
}

int writ_source_trust(struct writ_span bundle, struct writ_source *source, struct writ_error *e)
{
    *source = (struct writ_source){.state = WRIT_SOURCE_ABSENT};
    if (writ_bundle_parse(bundle, &source->bundle, e) < 0 ||
        writ_cert_parse(source->bundle.root, &source->root, e) < 0)
        return -1;
    if (check_signed_by_root(source, source->root.signature_algorithm, source->root.tbs,
                             source->root.signature, "the root certificate", e) < 0 ||
        check_signed_by_root(source, source->bundle.signature_algorithm, source->bundle.info,
                             source->bundle.signature, "the bundle", e) < 0)
        return -1;
    if (writ_sha256(source->root.key.spki, source->root_key_hash, e) < 0)
        return -1;
    return writ_sha256(source->bundle.root, source->root_fingerprint, e);
}

int writ_source_key_id(const char *name, const uint8_t key[WRIT_ED25519_KEY],
                       uint8_t id[WRIT_NOTE_KEY_ID], struct writ_error *e)
{
    struct writ_buffer identity = {0};
    uint8_t hash[WRIT_SHA256_BYTES];
    int rc = -1;

    writ_note_key_add_identity(&identity, name, key);
    if (writ_buffer_check(&identity, e) == 0 &&
        writ_sha256(writ_buffer_span(&identity), hash, e) == 0) {
        memcpy(id, hash, WRIT_NOTE_KEY_ID);
        rc = 0;
    }
    writ_buffer_free(&identity);
    return rc;
}

/* A key whose id is not its own would never be found by a note: it is refused. */
static int add_key(struct writ_source *source, const struct writ_note_key *key,
                   struct writ_error *e)
{
    uint8_t id[WRIT_NOTE_KEY_ID];

    if (source->extra_key_count == WRIT_BUNDLE_KEYS_MAX)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "more than %d further feed keys",
                         WRIT_BUNDLE_KEYS_MAX);
    if (writ_source_key_id(key->name, key->key, id, e) < 0)
        return -1;
    if (memcmp(id, key->key_id, sizeof id) != 0)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "feed key: its id is not that of its key");
    source->extra_key[source->extra_key_count++] = *key;
    return 0;
}

int writ_source_add_keys(struct writ_source *source, struct writ_span lines, struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(lines, e);

    while (c.left > 0) {
        struct writ_span line;
        struct writ_note_key key;

        if (writ_cursor_line(&c, &line, "feed keys") < 0 ||
            writ_note_key_parse(line, &key, e) < 0 || add_key(source, &key, e) < 0)
            return -1;
    }
    return 0;
}

/* ------------------------------------------------------------------------------------- notes */

/* The signature of a note that claims to be by this key; NULL when there is none. */
static const struct writ_note_signature *
signature_by(const struct writ_note *note, const char *name, const uint8_t id[WRIT_NOTE_KEY_ID])
{
    for (size_t i = 0; i < note->count; i++) {
        if (writ_span_equal(note->signature[i].name, writ_span_text(name)) &&
            memcmp(note->signature[i].key_id, id, WRIT_NOTE_KEY_ID) == 0)
            return &note->signature[i];
    }
    return NULL;
}

/* C2SP: a signature by a known key that does not verify condemns the whole note. */
static int check_signature_by(const struct writ_note *note, const char *origin,
                              const uint8_t key[WRIT_ED25519_KEY], bool *signed_by_it,
                              struct writ_error *e)
{
    const struct writ_note_signature *s;
    uint8_t id[WRIT_NOTE_KEY_ID];
    enum writ_signature_state state;

    if (writ_source_key_id(origin, key, id, e) < 0)
        return -1;
    s = signature_by(note, origin, id);
    if (s == NULL)
        return 0;
    if (writ_verify_ed25519(key, note->text, WRIT_SPAN(s->signature, s->signature_bytes), &state,
                            e) < 0)
        return -1;
    if (state != WRIT_SIGNATURE_GOOD)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                         "note: the signature by the feed's key does not verify");
    *signed_by_it = true;
    return 0;
}

static int check_note_signatures(const struct writ_source *source, const struct writ_note *note,
                                 struct writ_error *e)
{
    char origin[WRIT_NOTE_NAME_MAX + 1];
    bool signed_by_one = false;

    (void)snprintf(origin, sizeof origin, "%.*s", (int)source->bundle.origin.n,
                   (const char *)source->bundle.origin.p);
    for (size_t i = 0; i < source->bundle.key_count; i++) {
        if (check_signature_by(note, origin, source->bundle.key[i].p, &signed_by_one, e) < 0)
            return -1;
    }
    for (size_t i = 0; i < source->extra_key_count; i++) {
        if (check_signature_by(note, origin, source->extra_key[i].key, &signed_by_one, e) < 0)
            return -1;
    }
    if (!signed_by_one)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                         "note: not signed by the key that the bundle names for %s", origin);
    return 0;
}

/* The next key must be one that can sign: named for this origin, with its own id. */
static int check_next_key(const struct writ_feed *feed, struct writ_error *e)
{
    uint8_t id[WRIT_NOTE_KEY_ID];

    if (!feed->has_next_key)
        return 0;
    if (strcmp(feed->next_key.name, feed->origin) != 0)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "note: its next key is of %s, wanted %s",
                         feed->next_key.name, feed->origin);
    if (writ_source_key_id(feed->origin, feed->next_key.key, id, e) < 0)
        return -1;
    if (memcmp(id, feed->next_key.key_id, sizeof id) != 0)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "note: the id of its next key is not the key's");
    return 0;
}

int writ_source_check_note(const struct writ_source *source, struct writ_span bytes,
                           struct writ_feed *feed, struct writ_error *e)
{
    struct writ_note note;

    if (writ_note_parse(bytes, &note, e) < 0 || check_note_signatures(source, &note, e) < 0 ||
        writ_feed_parse(note.text, feed, e) < 0)
        return -1;
    if (!writ_span_equal(writ_span_text(feed->origin), source->bundle.origin))
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "note: of %s, wanted %.*s", feed->origin,
                         (int)source->bundle.origin.n, (const char *)source->bundle.origin.p);
    if (memcmp(feed->root, source->root_key_hash, sizeof feed->root) != 0)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "note: speaks for another root");
    return check_next_key(feed, e);
}

/* ------------------------------------------------------------------------------------ tables */

static int read_chain(const struct writ_block *block, struct writ_span *certs,
                      struct writ_cert *parsed, struct writ_error *e)
{
    for (size_t i = 0; i < block->chain_count; i++) {
        if (writ_block_chain(block, i, &certs[i]) < 0)
            return writ_fail(e, WRIT_FAULT_BAD_INPUT, "a chain is malformed");
        if (writ_cert_parse(certs[i], &parsed[i], e) < 0)
            return -1;
    }
    return 0;
}

/* The last certificate is this source's root, the first one has the key the block speaks for, and
 * a path leads from it to the root.  Dates do not matter: an issuer's list outlives the issuer. */
static int check_subtree(const struct writ_source *source, const struct writ_block *block,
                         struct writ_error *e)
{
    struct writ_span certs[WRIT_TABLE_CHAIN_MAX];
    struct writ_cert parsed[WRIT_TABLE_CHAIN_MAX];
    struct writ_path path = {0};
    uint8_t key_hash[WRIT_SHA256_BYTES];
    size_t last = block->chain_count - 1;
    int rc = -1;

    if (read_chain(block, certs, parsed, e) < 0 || writ_sha256(parsed[0].key.spki, key_hash, e) < 0)
        return -1;
    if (!writ_span_equal(WRIT_SPAN_OF(key_hash), block->issuer))
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "the chain is not the issuer's");
    if (!writ_span_equal(certs[last], source->bundle.root))
        return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                         "it speaks about an issuer that does not stand under this feed's root");
    if (!parsed[0].is_ca)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "the issuer is not a CA");
    if (writ_path_build(certs[0], certs + 1, last, &source->bundle.root, 1, 0, true, &path, e) == 0)
        rc = path.state == WRIT_PATH_GOOD
                 ? 0
                 : writ_fail(e, WRIT_FAULT_BAD_INPUT,
                             "it speaks about an issuer that does not stand under this feed's "
                             "root: %s",
                             path.reason);
    writ_path_free(&path);
    return rc;
}

static int check_blocks(const struct writ_source *source, const struct writ_table *table,
                        struct writ_error *e)
{
    struct writ_block block;

    for (size_t i = 0; i < table->blocks; i++) {
        if (writ_table_block(table, i, &block, e) < 0 || check_subtree(source, &block, e) < 0) {
            writ_error_context(e, "table: block %zu", i);
            return -1;
        }
        if (block.kind == WRIT_BLOCK_CONTENTS && block.chain_count != 1)
            return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                             "table: block %zu: only the root may revoke contents", i);
    }
    return 0;
}

static int check_hash(const struct writ_feed_file *file, struct writ_span bytes,
                      struct writ_error *e)
{
    uint8_t hash[WRIT_SHA256_BYTES];

    if (bytes.n != file->length)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "table: has %zu bytes, the note says %llu",
                         bytes.n, (unsigned long long)file->length);
    if (writ_sha256(bytes, hash, e) < 0)
        return -1;
    if (memcmp(hash, file->hash, sizeof hash) != 0)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "table: its SHA-256 is not the note's");
    return 0;
}

static int check_as_of(const struct writ_feed *feed, const struct writ_table *table,
                       struct writ_error *e)
{
    if (table->as_of == feed->as_of)
        return 0;
    return writ_fail(e, WRIT_FAULT_BAD_INPUT, "table: its as_of is not the note's");
}

int writ_source_check_table(const struct writ_source *source, const struct writ_feed *feed,
                            struct writ_span bytes, struct writ_table *table, struct writ_error *e)
{
    if (check_hash(writ_feed_table(feed), bytes, e) < 0 || writ_table_open(bytes, table, e) < 0 ||
        writ_table_check(table, e) < 0 || check_as_of(feed, table, e) < 0)
        return -1;
    return check_blocks(source, table, e);
}

/* -------------------------------------------------------------------------- on the device */

void writ_source_damaged(struct writ_source *source, const char *reason)
{
    source->state = WRIT_SOURCE_DAMAGED;
    (void)snprintf(source->reason, sizeof source->reason, "%.*s", WRIT_FACT_TEXT - 1, reason);
}

/* What was pulled, either looked at whole or, when it is known to be intact, at its bounds. */
static int open_table(struct writ_source *source, const struct writ_feed *feed,
                      struct writ_span bytes, bool intact, struct writ_error *e)
{
    if (!intact)
        return writ_source_check_table(source, feed, bytes, &source->table, e);
    if (bytes.n != writ_feed_table(feed)->length)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "table: its length is not the note's");
    return writ_table_open(bytes, &source->table, e);
}

int writ_source_open(struct writ_source *source, struct writ_span note, struct writ_span table,
                     bool intact, struct writ_error *e)
{
    struct writ_error found = {0};

    if (writ_source_check_note(source, note, &source->feed, &found) == 0 &&
        open_table(source, &source->feed, table, intact, &found) == 0) {
        source->state = WRIT_SOURCE_OPEN;
        return 0;
    }
    if (found.fault == WRIT_FAULT_UNEXPECTED)
        return writ_fail(e, WRIT_FAULT_UNEXPECTED, "%s", found.text);
    writ_source_damaged(source, found.text);
    return 0;
}

int writ_source_facts(const struct writ_source *source, struct writ_source_facts *facts,
                      struct writ_error *e)
{
    facts->state = source->state;
    (void)snprintf(facts->reason, sizeof facts->reason, "%s", source->reason);
    writ_text_copy_safe(facts->origin, sizeof facts->origin, source->bundle.origin);
    memcpy(facts->root_fingerprint, source->root_fingerprint, sizeof facts->root_fingerprint);
    if (writ_copy_name(facts->root_name, &source->root.subject, e) < 0)
        return -1;
    if (source->state != WRIT_SOURCE_OPEN)
        return 0;
    facts->version = source->feed.version;
    facts->as_of = source->feed.as_of;
    facts->expires = source->feed.expires;
    memcpy(facts->table_hash, writ_feed_table(&source->feed)->hash, sizeof facts->table_hash);
    return 0;
}
