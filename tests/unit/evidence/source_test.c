/* Bundles, notes and tables: who may say what, and the sentence for everybody who may not. */
#include "evidence/source.h"

#include "bytes/build.h"
#include "crypto/digest.h"
#include "issue/sign.h"
#include "test.h"
#include "world/world.h"

static struct world w;
static struct writ_source source;

static struct writ_span der_of(const char *name)
{
    return writ_buffer_span(&world_cert(&w, name)->der);
}

/* A world, and its first CA's bundle as a source that was accepted. */
static void begin(const char *lines)
{
    struct writ_error e = {0};

    world_start(&w);
    world_say(&w, lines);
    world_make(&w);
    assert_ok(writ_source_trust(writ_buffer_span(&w.ca[0].bundle), &source, &e));
}

static void end(void)
{
    world_free(&w);
}

/* ---- Bundles ---- */

static void a_bundle_that_its_root_signed_is_trusted_without_data(void **state)
{
    struct writ_error e = {0};
    uint8_t hash[WRIT_SHA256_BYTES];

    (void)state;
    begin("");
    assert_int_equal(source.state, WRIT_SOURCE_ABSENT);
    assert_memory_equal(source.root_fingerprint, w.ca[0].fingerprint, WRIT_HASH_BYTES);
    assert_ok(writ_sha256(writ_buffer_span(&world_cert(&w, "root")->spki), hash, &e));
    assert_memory_equal(source.root_key_hash, hash, sizeof hash);
    assert_spans_equal(source.root.der, der_of("root"));
    end();
}

static void bytes_that_are_no_bundle_are_refused(void **state)
{
    struct writ_error e = {0};

    (void)state;
    assert_fault(writ_source_trust(bytes_of("3003020100"), &source, &e), WRIT_FAULT_BAD_INPUT,
                 "bundle");
    assert_fault(writ_source_trust(WRIT_SPAN_NONE, &source, &e), WRIT_FAULT_BAD_INPUT, "");
}

/* Signs a bundle of this root's certificate with a key, as hands can. */
static struct writ_buffer bundle_of(struct writ_span root, const char *signer)
{
    static uint8_t key[WRIT_ED25519_KEY];
    struct writ_bundle bundle = {.serial = 1,
                                 .profile = WRIT_PROFILE_CODE,
                                 .purpose = WRIT_OID_CODE_SIGNING,
                                 .origin = writ_span_text("example.com/code"),
                                 .root = root,
                                 .key_count = 1,
                                 .key = {WRIT_SPAN_OF(key)}};
    struct writ_buffer der = {0};
    struct writ_error e = {0};

    assert_ok(writ_sign_bundle(&bundle, world_cert(&w, signer)->writ_key, &der, &e));
    return der;
}

static void a_bundle_signed_by_another_key_is_refused(void **state)
{
    struct writ_error e = {0};
    struct writ_buffer bundle;

    (void)state;
    begin("");
    bundle = bundle_of(der_of("root"), "mid");
    assert_fault(writ_source_trust(writ_buffer_span(&bundle), &source, &e), WRIT_FAULT_BAD_INPUT,
                 "bundle: the bundle is not signed by its root's key");
    writ_buffer_free(&bundle);
    end();
}

static void a_root_that_did_not_sign_itself_is_refused(void **state)
{
    struct writ_error e = {0};
    struct writ_buffer bundle;

    (void)state;
    begin("cert odd like root issuer=odd spoiled");
    bundle = bundle_of(der_of("odd"), "odd");
    assert_fault(writ_source_trust(writ_buffer_span(&bundle), &source, &e), WRIT_FAULT_BAD_INPUT,
                 "bundle: the root certificate is not signed by its root's key");
    writ_buffer_free(&bundle);
    end();
}

static void a_root_that_signed_itself_with_sha_1_is_refused(void **state)
{
    struct writ_error e = {0};
    struct writ_buffer bundle;

    (void)state;
    begin("cert old like root issuer=old hash=sha1");
    bundle = bundle_of(der_of("old"), "old");
    assert_fault(writ_source_trust(writ_buffer_span(&bundle), &source, &e), WRIT_FAULT_BAD_INPUT,
                 "the root certificate is not signed by its root's key");
    writ_buffer_free(&bundle);
    end();
}

static void every_byte_of_a_bundle_counts(void **state)
{
    struct writ_error e = {0};
    struct writ_buffer *bundle = &w.ca[0].bundle;

    (void)state;
    begin("");
    for (size_t i = 0; i < bundle->n; i++) {
        bundle->p[i] ^= 0x10;
        writ_error_clear(&e);
        if (writ_source_trust(writ_buffer_span(bundle), &source, &e) == 0)
            fail_msg("byte %zu of the bundle does not count", i);
        assert_int_equal(e.fault, WRIT_FAULT_BAD_INPUT);
        bundle->p[i] ^= 0x10;
    }
    end();
}

/* ---- Feed keys ---- */

/* C2SP signed-note: SHA-256(name, newline, 0x01, key), first four bytes. */
static void the_id_of_a_feed_key_is_the_start_of_a_hash(void **state)
{
    uint8_t key[WRIT_ED25519_KEY] = {7}, id[WRIT_NOTE_KEY_ID], hash[WRIT_SHA256_BYTES];
    struct writ_buffer text = {0};
    struct writ_error e = {0};

    (void)state;
    writ_buffer_text(&text, "example.com/code\n\x01");
    writ_buffer_add(&text, WRIT_SPAN_OF(key));
    assert_ok(writ_sha256(writ_buffer_span(&text), hash, &e));
    assert_ok(writ_source_key_id("example.com/code", key, id, &e));
    assert_memory_equal(id, hash, sizeof id);
    writ_buffer_free(&text);
}

/* The line of a verifier key. */
static struct writ_buffer key_line(const char *name, const struct writ_key *key)
{
    struct writ_note_key verifier;
    struct writ_buffer line = {0};
    struct writ_error e = {0};

    assert_ok(writ_feed_key(name, key, &verifier, &e));
    writ_note_key_add_text(&line, &verifier);
    writ_buffer_byte(&line, '\n');
    return line;
}

static struct writ_key *new_feed_key(void)
{
    struct writ_error e = {0};
    struct writ_key *key = writ_key_generate(WRIT_KEY_ED25519, &e);

    assert_non_null(key);
    return key;
}

/* The note of the world, signed by another key. */
static struct writ_buffer note_signed_by(const struct writ_key *key)
{
    struct writ_buffer note = {0};
    struct writ_error e = {0};

    assert_ok(writ_sign_feed(&w.ca[0].feed, key, &note, &e));
    return note;
}

static void a_key_that_was_named_as_the_next_one_signs_too(void **state)
{
    struct writ_key *next;
    struct writ_buffer line, note;
    struct writ_feed feed;
    struct writ_error e = {0};

    (void)state;
    begin("");
    next = new_feed_key();
    line = key_line(w.ca[0].origin, next);
    note = note_signed_by(next);
    assert_fault(writ_source_check_note(&source, writ_buffer_span(&note), &feed, &e),
                 WRIT_FAULT_BAD_INPUT, "not signed by the key");
    writ_error_clear(&e);
    assert_ok(writ_source_add_keys(&source, writ_buffer_span(&line), &e));
    assert_ok(writ_source_check_note(&source, writ_buffer_span(&note), &feed, &e));
    /* and the first one still does */
    assert_ok(writ_source_check_note(&source, writ_buffer_span(&w.ca[0].note), &feed, &e));
    writ_buffer_free(&line);
    writ_buffer_free(&note);
    writ_key_free(next);
    end();
}

static void four_further_keys_are_kept_and_no_more(void **state)
{
    struct writ_error e = {0};
    struct writ_key *key;
    struct writ_buffer line;

    (void)state;
    begin("");
    key = new_feed_key();
    line = key_line(w.ca[0].origin, key);
    for (int i = 0; i < WRIT_BUNDLE_KEYS_MAX; i++)
        assert_ok(writ_source_add_keys(&source, writ_buffer_span(&line), &e));
    assert_fault(writ_source_add_keys(&source, writ_buffer_span(&line), &e), WRIT_FAULT_BAD_INPUT,
                 "more than 4 further feed keys");
    writ_buffer_free(&line);
    writ_key_free(key);
    end();
}

static void a_key_whose_id_is_not_its_own_is_refused(void **state)
{
    struct writ_error e = {0};
    struct writ_key *key;
    struct writ_buffer line;
    size_t plus;

    (void)state;
    begin("");
    key = new_feed_key();
    line = key_line(w.ca[0].origin, key);
    plus = strlen(w.ca[0].origin);
    line.p[plus + 1] = line.p[plus + 1] == '0' ? '1' : '0';
    assert_fault(writ_source_add_keys(&source, writ_buffer_span(&line), &e), WRIT_FAULT_BAD_INPUT,
                 "its id is not that of its key");
    writ_buffer_free(&line);
    writ_key_free(key);
    end();
}

static void lines_that_are_no_keys_are_refused(void **state)
{
    struct writ_error e = {0};

    (void)state;
    begin("");
    assert_fault(writ_source_add_keys(&source, writ_span_text("no key\n"), &e),
                 WRIT_FAULT_BAD_INPUT, "");
    assert_fault(writ_source_add_keys(&source, writ_span_text("\n"), &e), WRIT_FAULT_BAD_INPUT, "");
    writ_error_clear(&e);
    assert_ok(writ_source_add_keys(&source, WRIT_SPAN_NONE, &e));
    assert_int_equal(source.extra_key_count, 0);
    end();
}

/* ---- Notes ---- */

static void a_note_says_what_its_feed_says(void **state)
{
    struct writ_feed feed;
    struct writ_error e = {0};

    (void)state;
    begin("");
    assert_ok(writ_source_check_note(&source, writ_buffer_span(&w.ca[0].note), &feed, &e));
    assert_int_equal(feed.version, 12);
    assert_int_equal(feed.as_of, world_time(WORLD_AS_OF));
    assert_int_equal(feed.expires, world_time(WORLD_EXPIRES));
    assert_int_equal(writ_feed_table(&feed)->length, w.ca[0].table.n);
    end();
}

static void note_is_refused(struct writ_span note, const char *words)
{
    struct writ_feed feed;
    struct writ_error e = {0};

    assert_fault(writ_source_check_note(&source, note, &feed, &e), WRIT_FAULT_BAD_INPUT, words);
}

static void a_note_by_another_key_is_refused(void **state)
{
    (void)state;
    begin("feed example note-foreign");
    note_is_refused(writ_buffer_span(&w.ca[0].note),
                    "note: not signed by the key that the bundle names for example.com/code");
    end();
}

static void a_note_that_was_changed_is_refused(void **state)
{
    char *version;

    (void)state;
    begin("");
    (void)writ_buffer_string(&w.ca[0].note); /* a NUL at the end */
    version = strstr((char *)w.ca[0].note.p, "version 12");
    assert_non_null(version);
    version[strlen("version ")] = '3';
    note_is_refused(writ_buffer_span(&w.ca[0].note),
                    "note: the signature by the feed's key does not verify");
    end();
}

static void every_byte_of_a_notes_text_counts(void **state)
{
    struct writ_buffer *note = &w.ca[0].note;
    struct writ_feed feed;
    struct writ_error e = {0};

    (void)state;
    begin("");
    for (size_t i = 0; i < note->n; i++) {
        note->p[i] ^= 1;
        writ_error_clear(&e);
        if (writ_source_check_note(&source, writ_buffer_span(note), &feed, &e) == 0)
            fail_msg("byte %zu of the note does not count", i);
        note->p[i] ^= 1;
    }
    end();
}

static void bytes_that_are_no_note_are_refused(void **state)
{
    (void)state;
    begin("");
    note_is_refused(WRIT_SPAN_NONE, "");
    note_is_refused(writ_span_text("hello\n"), "");
    end();
}

/* Signed by the right key under the right name, so that only the text is wrong. */
static void a_note_of_another_origin_is_refused(void **state)
{
    struct writ_buffer note = {0}, signature = {0};
    struct writ_note_key verifier;
    struct writ_feed other;
    struct writ_error e = {0};

    (void)state;
    begin("");
    other = w.ca[0].feed;
    world_copy(other.origin, sizeof other.origin, "example.com/other");
    assert_ok(writ_feed_build(&other, &note, &e));
    assert_ok(writ_key_sign(w.ca[0].feed_key, writ_buffer_span(&note), &signature, &e));
    writ_buffer_byte(&note, '\n');
    assert_ok(writ_feed_key(w.ca[0].origin, w.ca[0].feed_key, &verifier, &e));
    writ_note_add_signature(&note, &verifier, writ_buffer_span(&signature));
    note_is_refused(writ_buffer_span(&note), "note: of example.com/other, wanted example.com/code");
    writ_buffer_free(&note);
    writ_buffer_free(&signature);
    end();
}

static void a_note_for_another_root_is_refused(void **state)
{
    struct writ_buffer note;

    (void)state;
    begin("");
    w.ca[0].feed.root[0] ^= 1;
    note = note_signed_by(w.ca[0].feed_key);
    note_is_refused(writ_buffer_span(&note), "note: speaks for another root");
    writ_buffer_free(&note);
    end();
}

/* A note may bear signatures of keys that nobody here knows: witnesses, or the next key. */
static void signatures_of_strangers_neither_help_nor_hurt(void **state)
{
    struct writ_key *stranger;
    struct writ_buffer both = {0}, other;
    struct writ_feed feed;
    struct writ_error e = {0};
    const char *line;

    (void)state;
    begin("");
    stranger = new_feed_key();
    other = note_signed_by(stranger);
    line = strstr(writ_buffer_string(&other), "\n\n");
    assert_non_null(line);
    writ_buffer_add(&both, writ_buffer_span(&w.ca[0].note));
    writ_buffer_text(&both, line + 2);
    assert_ok(writ_source_check_note(&source, writ_buffer_span(&both), &feed, &e));
    writ_buffer_free(&both);
    writ_buffer_free(&other);
    writ_key_free(stranger);
    end();
}

/* ---- Tables ---- */

/* One block of a table, made by hand. */
struct offer {
    enum writ_block_kind kind;
    const char *issuer;    /* whose key the block speaks for */
    const char *chain;     /* names with commas, issuer first */
    const char *wrong_key; /* another certificate's key, or NULL */
};

/* Builds a table of the block and fits the note's feed to it. */
static struct writ_buffer table_of(const struct offer *o, struct writ_feed *feed)
{
    struct writ_span chain[WRIT_TABLE_CHAIN_MAX];
    struct writ_table_content content = {.length = 1,
                                         .revoked = {.reason = WRIT_REASON_SUPERSEDED}};
    struct writ_table_input in = {.kind = o->kind,
                                  .chain = chain,
                                  .as_of = w.ca[0].as_of,
                                  .numbered = o->kind == WRIT_BLOCK_LIST,
                                  .covered_below = o->kind == WRIT_BLOCK_LIST ? 10 : 0,
                                  .contents = &content,
                                  .content_count = o->kind == WRIT_BLOCK_CONTENTS};
    const char *names = o->chain;
    const char *key = o->wrong_key != NULL ? o->wrong_key : o->issuer;
    char name[WORLD_NAME];
    struct writ_buffer table = {0};
    struct writ_error e = {0};

    while (world_next_name(&names, name))
        chain[in.chain_count++] = der_of(name);
    assert_ok(writ_sha256(writ_buffer_span(&world_cert(&w, key)->spki), in.issuer, &e));
    assert_ok(writ_table_build(&in, 1, w.ca[0].as_of, &table, &e));
    *feed = w.ca[0].feed;
    feed->file[0].length = table.n;
    assert_ok(writ_sha256(writ_buffer_span(&table), feed->file[0].hash, &e));
    return table;
}

static void a_block_is_accepted(const char *lines, const struct offer *o)
{
    struct writ_feed feed;
    struct writ_table table;
    struct writ_buffer bytes;
    struct writ_error e = {0};

    begin(lines);
    bytes = table_of(o, &feed);
    assert_ok(writ_source_check_table(&source, &feed, writ_buffer_span(&bytes), &table, &e));
    writ_buffer_free(&bytes);
    end();
}

static void a_block_is_refused(const char *lines, const struct offer *o, const char *words)
{
    struct writ_feed feed;
    struct writ_table table;
    struct writ_buffer bytes;
    struct writ_error e = {0};

    begin(lines);
    bytes = table_of(o, &feed);
    assert_fault(writ_source_check_table(&source, &feed, writ_buffer_span(&bytes), &table, &e),
                 WRIT_FAULT_BAD_INPUT, words);
    assert_non_null(strstr(e.text, "table: block 0"));
    writ_buffer_free(&bytes);
    end();
}

static void the_root_and_everybody_under_it_may_be_spoken_about(void **state)
{
    (void)state;
    a_block_is_accepted("", &(struct offer){WRIT_BLOCK_LIST, "root", "root", NULL});
    a_block_is_accepted("", &(struct offer){WRIT_BLOCK_LIST, "mid", "mid,root", NULL});
    a_block_is_accepted("cert root path-length=none\ncert mid path-length=none\n"
                        "cert low like mid issuer=mid number=20",
                        &(struct offer){WRIT_BLOCK_LIST, "low", "low,mid,root", NULL});
    a_block_is_accepted("", &(struct offer){WRIT_BLOCK_CONTENTS, "root", "root", NULL});
}

/* An issuer's list outlives the issuer: stamped seals of its developers do too. */
static void an_issuer_that_has_ended_may_be_spoken_about(void **state)
{
    (void)state;
    a_block_is_accepted("cert mid until=2025-02-01",
                        &(struct offer){WRIT_BLOCK_LIST, "mid", "mid,root", NULL});
}

static void an_issuer_under_another_root_may_not(void **state)
{
    (void)state;
    a_block_is_refused("ca other trusted",
                       &(struct offer){WRIT_BLOCK_LIST, "other-mid", "other-mid,other-root", NULL},
                       "it speaks about an issuer that does not stand under this feed's root");
    a_block_is_refused("ca other trusted",
                       &(struct offer){WRIT_BLOCK_LIST, "other-root", "other-root", NULL},
                       "it speaks about an issuer that does not stand under this feed's root");
}

/* The chain ends in the right root, and does not lead there. */
static void an_issuer_that_only_says_so_may_not_either(void **state)
{
    (void)state;
    a_block_is_refused("ca other trusted",
                       &(struct offer){WRIT_BLOCK_LIST, "other-mid", "other-mid,root", NULL},
                       "under this feed's root: ");
    a_block_is_refused("cert mid spoiled",
                       &(struct offer){WRIT_BLOCK_LIST, "mid", "mid,root", NULL},
                       "under this feed's root: ");
}

static void a_chain_without_the_root_at_its_end_is_refused(void **state)
{
    (void)state;
    a_block_is_refused("", &(struct offer){WRIT_BLOCK_LIST, "mid", "mid", NULL},
                       "it speaks about an issuer that does not stand under this feed's root");
}

static void a_chain_of_another_key_is_refused(void **state)
{
    (void)state;
    a_block_is_refused("ca other trusted",
                       &(struct offer){WRIT_BLOCK_LIST, "mid", "mid,root", "other-mid"},
                       "the chain is not the issuer's");
    a_block_is_refused("", &(struct offer){WRIT_BLOCK_LIST, "mid", "mid,root", "root"},
                       "the chain is not the issuer's");
}

static void an_issuer_that_is_no_ca_is_refused(void **state)
{
    (void)state;
    a_block_is_refused("", &(struct offer){WRIT_BLOCK_LIST, "alice", "alice,mid,root", NULL},
                       "the issuer is not a CA");
}

static void only_the_root_may_revoke_contents(void **state)
{
    (void)state;
    a_block_is_refused("", &(struct offer){WRIT_BLOCK_CONTENTS, "mid", "mid,root", NULL},
                       "table: block 0: only the root may revoke contents");
}

static void table_is_refused(struct writ_span bytes, const struct writ_feed *feed,
                             const char *words)
{
    struct writ_table table;
    struct writ_error e = {0};

    assert_fault(writ_source_check_table(&source, feed, bytes, &table, &e), WRIT_FAULT_BAD_INPUT,
                 words);
}

static void a_table_of_another_length_or_hash_is_refused(void **state)
{
    struct writ_span table;

    (void)state;
    begin("");
    table = writ_buffer_span(&w.ca[0].table);
    table_is_refused(WRIT_SPAN(table.p, table.n - 1), &w.ca[0].feed, "the note says");
    w.ca[0].table.p[table.n / 2] ^= 1;
    table_is_refused(table, &w.ca[0].feed, "table: its SHA-256 is not the note's");
    end();
}

static void a_table_of_another_as_of_is_refused(void **state)
{
    (void)state;
    begin("");
    w.ca[0].feed.as_of += 1;
    table_is_refused(writ_buffer_span(&w.ca[0].table), &w.ca[0].feed,
                     "table: its as_of is not the note's");
    end();
}

static void bytes_that_are_no_table_are_refused_though_the_note_names_them(void **state)
{
    struct writ_span bytes = writ_span_text("this is no table");
    struct writ_error e = {0};

    (void)state;
    begin("");
    w.ca[0].feed.file[0].length = bytes.n;
    assert_ok(writ_sha256(bytes, w.ca[0].feed.file[0].hash, &e));
    table_is_refused(bytes, &w.ca[0].feed, "magic");
    end();
}

/* ---- On the device ---- */

static enum writ_source_state opened(const char *lines, bool intact)
{
    struct writ_error e = {0};

    begin(lines);
    assert_ok(writ_source_open(&source, writ_buffer_span(&w.ca[0].note),
                               writ_buffer_span(&w.ca[0].table), intact, &e));
    return source.state;
}

static void what_was_pulled_is_opened(void **state)
{
    (void)state;
    assert_int_equal(opened("", false), WRIT_SOURCE_OPEN);
    assert_int_equal(source.feed.version, 12);
    assert_true(source.table.blocks >= 2);
    end();
    assert_int_equal(opened("", true), WRIT_SOURCE_OPEN);
    assert_true(source.table.blocks >= 2);
    end();
}

static void damage_is_a_state_of_the_source_with_a_sentence(void **state)
{
    static const struct {
        const char *lines, *sentence;
    } damaged[] = {
        {"feed example note-spoiled", ""},
        {"feed example note-foreign",
         "note: not signed by the key that the bundle names for example.com/code"},
        {"feed example table-spoiled", "table: its SHA-256 is not the note's"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof damaged / sizeof damaged[0]; i++) {
        assert_int_equal(opened(damaged[i].lines, false), WRIT_SOURCE_DAMAGED);
        assert_true(source.reason[0] != '\0');
        assert_non_null(strstr(source.reason, damaged[i].sentence));
        end();
    }
}

static void an_intact_table_must_still_have_its_length(void **state)
{
    struct writ_error e = {0};
    struct writ_span table;

    (void)state;
    begin("");
    table = writ_buffer_span(&w.ca[0].table);
    assert_ok(writ_source_open(&source, writ_buffer_span(&w.ca[0].note),
                               WRIT_SPAN(table.p, table.n - 8), true, &e));
    assert_int_equal(source.state, WRIT_SOURCE_DAMAGED);
    assert_string_equal(source.reason, "table: its length is not the note's");
    end();
}

static void an_intact_table_must_still_have_its_bounds(void **state)
{
    struct writ_error e = {0};

    (void)state;
    begin("");
    w.ca[0].table.p[0] ^= 1;
    assert_ok(writ_source_open(&source, writ_buffer_span(&w.ca[0].note),
                               writ_buffer_span(&w.ca[0].table), true, &e));
    assert_int_equal(source.state, WRIT_SOURCE_DAMAGED);
    end();
}

static void a_caller_may_say_that_data_is_damaged(void **state)
{
    char longer[2 * WRIT_FACT_TEXT];

    (void)state;
    begin("");
    writ_source_damaged(&source, "the disk is full");
    assert_int_equal(source.state, WRIT_SOURCE_DAMAGED);
    assert_string_equal(source.reason, "the disk is full");
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    writ_source_damaged(&source, longer);
    assert_int_equal(strlen(source.reason), WRIT_FACT_TEXT - 1);
    end();
}

int main(void)
{
    const struct CMUnitTest claims[] = {
        CLAIM(a_bundle_that_its_root_signed_is_trusted_without_data),
        CLAIM(bytes_that_are_no_bundle_are_refused),
        CLAIM(a_bundle_signed_by_another_key_is_refused),
        CLAIM(a_root_that_did_not_sign_itself_is_refused),
        CLAIM(a_root_that_signed_itself_with_sha_1_is_refused),
        CLAIM(every_byte_of_a_bundle_counts),
        CLAIM(the_id_of_a_feed_key_is_the_start_of_a_hash),
        CLAIM(a_key_that_was_named_as_the_next_one_signs_too),
        CLAIM(four_further_keys_are_kept_and_no_more),
        CLAIM(a_key_whose_id_is_not_its_own_is_refused),
        CLAIM(lines_that_are_no_keys_are_refused),
        CLAIM(a_note_says_what_its_feed_says),
        CLAIM(a_note_by_another_key_is_refused),
        CLAIM(a_note_that_was_changed_is_refused),
        CLAIM(every_byte_of_a_notes_text_counts),
        CLAIM(bytes_that_are_no_note_are_refused),
        CLAIM(a_note_of_another_origin_is_refused),
        CLAIM(a_note_for_another_root_is_refused),
        CLAIM(signatures_of_strangers_neither_help_nor_hurt),
        CLAIM(the_root_and_everybody_under_it_may_be_spoken_about),
        CLAIM(an_issuer_that_has_ended_may_be_spoken_about),
        CLAIM(an_issuer_under_another_root_may_not),
        CLAIM(an_issuer_that_only_says_so_may_not_either),
        CLAIM(a_chain_without_the_root_at_its_end_is_refused),
        CLAIM(a_chain_of_another_key_is_refused),
        CLAIM(an_issuer_that_is_no_ca_is_refused),
        CLAIM(only_the_root_may_revoke_contents),
        CLAIM(a_table_of_another_length_or_hash_is_refused),
        CLAIM(a_table_of_another_as_of_is_refused),
        CLAIM(bytes_that_are_no_table_are_refused_though_the_note_names_them),
        CLAIM(what_was_pulled_is_opened),
        CLAIM(damage_is_a_state_of_the_source_with_a_sentence),
        CLAIM(an_intact_table_must_still_have_its_length),
        CLAIM(an_intact_table_must_still_have_its_bounds),
        CLAIM(a_caller_may_say_that_data_is_damaged),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name(__FILE__, claims, NULL, NULL);
}
