/* What a CA publishes: bundle, table, note. */
#include "crypto/digest.h"
#include "evidence/revoked.h"
#include "issue/sign.h"
#include "test.h"
#include "world/world.h"

static void hash_key(const struct world_cert *cert, uint8_t hash[WRIT_SHA256_BYTES])
{
    struct writ_error e = {0};

    assert_ok(writ_sha256(writ_buffer_span(&cert->spki), hash, &e));
}

/* ---- Bundles ---- */

static void make_bundle(struct world *w, struct world_ca *ca)
{
    struct world_cert *root = world_cert(w, ca->root);
    struct writ_bundle bundle = {.serial = 1,
                                 .made = root->from,
                                 .profile = ca->profile,
                                 .purpose = ca->purpose,
                                 .origin = writ_span_text(ca->origin),
                                 .key_count = 1};
    const char *names = ca->anchors;
    char name[WORLD_NAME];
    uint8_t key[WRIT_ED25519_KEY];
    struct writ_error e = {0};

    world_make_cert(w, root);
    bundle.root = writ_buffer_span(&root->der);
    while (strcmp(ca->anchors, "none") != 0 && world_next_name(&names, name)) {
        world_make_cert(w, world_cert(w, name));
        bundle.anchor[bundle.anchor_count++] = writ_buffer_span(&world_cert(w, name)->der);
    }
    ca->feed_key = writ_key_generate(WRIT_KEY_ED25519, &e);
    assert_non_null(ca->feed_key);
    assert_ok(writ_key_ed25519_public(ca->feed_key, key, &e));
    bundle.key[0] = WRIT_SPAN_OF(key);
    assert_ok(writ_sign_bundle(&bundle, root->writ_key, &ca->bundle, &e));
    assert_ok(writ_sha256(bundle.root, ca->fingerprint, &e));
}

/* ---- Tables ---- */

/* The list of an issuer in this CA's feed: as a case says, or as it usually is. */
static struct world_list list_of(const struct world *w, size_t ca, const struct world_cert *issuer)
{
    struct world_list usual = {.in = ca, .numbered = true, .covered_below = 100};

    for (size_t i = 0; i < w->lists; i++) {
        if (w->list[i].in == ca && strcmp(w->list[i].issuer, issuer->name) == 0)
            return w->list[i];
    }
    usual.absent = issuer->ca != ca || !issuer->is_ca;
    return usual;
}

static size_t chain_of(struct world *w, struct world_cert *cert,
                       struct writ_span chain[WRIT_TABLE_CHAIN_MAX])
{
    size_t n = 0;

    for (;; cert = world_cert(w, cert->issuer)) {
        world_make_cert(w, cert);
        assert_true(n < WRIT_TABLE_CHAIN_MAX);
        chain[n++] = writ_buffer_span(&cert->der);
        if (strcmp(cert->issuer, cert->name) == 0)
            return n;
    }
}

static struct writ_revoked revoked_of(const struct writ_revocation *r)
{
    return (struct writ_revoked){
        .reason = r->reason, .since = r->since, .revoked_at = r->revoked_at};
}

/* What is needed for the blocks of a table while it is built. */
struct blocks {
    size_t count;
    struct writ_table_input input[WORLD_CERTS + 1];
    struct writ_span chain[WORLD_CERTS + 1][WRIT_TABLE_CHAIN_MAX];
    struct writ_table_gap gap[WORLD_CERTS][WORLD_GAPS];
    struct writ_table_entry entry[WORLD_CERTS][WORLD_REVOCATIONS];
    struct writ_table_content content[WORLD_REVOCATIONS];
};

static void add_entry(struct world *w, struct writ_table_input *in,
                      const struct world_revocation *revocation)
{
    struct world_cert *cert = world_cert(w, revocation->name);
    struct writ_table_entry *entry = &in->entries[in->entry_count++];
    struct writ_error e = {0};
    struct writ_digester *digester = writ_digester_new(&e);

    world_make_cert(w, cert);
    assert_non_null(digester);
    assert_ok(writ_revocation_key(digester, in->issuer, cert->parsed.serial, entry->key, &e));
    writ_digester_free(digester);
    entry->revoked = revoked_of(&revocation->r);
}

static void add_list(struct world *w, size_t ca, struct world_cert *issuer, struct blocks *blocks)
{
    struct world_list list = list_of(w, ca, issuer);
    size_t i = blocks->count;
    struct writ_table_input *in = &blocks->input[i];

    if (list.absent)
        return;
    blocks->count++;
    *in = (struct writ_table_input){
        .kind = WRIT_BLOCK_LIST,
        .chain = blocks->chain[i],
        .chain_count = chain_of(w, issuer, blocks->chain[i]),
        .as_of = list.has_as_of ? list.as_of : w->ca[ca].as_of,
        .numbered = list.numbered,
        .covered_below = list.numbered ? list.covered_below : 0,
        .gaps = blocks->gap[i],
        .gap_count = list.gaps,
        .entries = blocks->entry[i],
    };
    memcpy(blocks->gap[i], list.gap, sizeof list.gap);
    hash_key(issuer, in->issuer);
    for (size_t j = 0; j < w->revocations; j++) {
        const struct world_revocation *r = &w->revocation[j];

        if (r->in == ca && r->name[0] != '\0' &&
            strcmp(world_cert(w, r->name)->issuer, issuer->name) == 0)
            add_entry(w, in, r);
    }
}

static void add_contents(struct world *w, size_t ca, struct blocks *blocks)
{
    struct world_cert *root = world_cert(w, w->ca[ca].root);
    struct writ_table_input *in = &blocks->input[blocks->count];

    *in = (struct writ_table_input){.kind = WRIT_BLOCK_CONTENTS,
                                    .chain = blocks->chain[blocks->count],
                                    .chain_count = chain_of(w, root, blocks->chain[blocks->count]),
                                    .as_of = w->ca[ca].as_of,
                                    .contents = blocks->content};
    hash_key(root, in->issuer);
    for (size_t i = 0; i < w->revocations; i++) {
        const struct world_revocation *r = &w->revocation[i];
        struct writ_table_content *content = &blocks->content[in->content_count];

        if (r->in != ca || r->name[0] != '\0')
            continue;
        in->content_count++;
        content->length = w->content.n;
        memcpy(content->root, w->root, sizeof content->root);
        content->revoked = revoked_of(&r->r);
    }
    blocks->count += in->content_count > 0;
}

static void make_table(struct world *w, size_t ca)
{
    struct blocks *blocks = calloc(1, sizeof *blocks);
    struct writ_error e = {0};

    assert_non_null(blocks);
    for (size_t i = 0; i < w->certs; i++)
        add_list(w, ca, &w->cert[i], blocks);
    add_contents(w, ca, blocks);
    assert_ok(
        writ_table_build(blocks->input, blocks->count, w->ca[ca].as_of, &w->ca[ca].table, &e));
    free(blocks);
}

/* ---- Notes ---- */

static void make_note(struct world *w, struct world_ca *ca)
{
    struct writ_feed_file *file = &ca->feed.file[0];
    struct writ_key *key = ca->feed_key;
    struct writ_error e = {0};

    ca->feed.version = ca->version;
    ca->feed.as_of = ca->as_of;
    ca->feed.expires = ca->expires;
    ca->feed.file_count = 1;
    world_copy(ca->feed.origin, sizeof ca->feed.origin, ca->origin);
    hash_key(world_cert(w, ca->root), ca->feed.root);
    world_copy(file->kind, sizeof file->kind, "table");
    file->length = ca->table.n;
    assert_ok(writ_sha256(writ_buffer_span(&ca->table), file->hash, &e));
    if (ca->note_foreign)
        key = writ_key_generate(WRIT_KEY_ED25519, &e);
    assert_non_null(key);
    assert_ok(writ_sign_feed(&ca->feed, key, &ca->note, &e));
    if (key != ca->feed_key)
        writ_key_free(key);
}

void world_make_feed(struct world *w, size_t i)
{
    struct world_ca *ca = &w->ca[i];

    make_bundle(w, ca);
    make_table(w, i);
    make_note(w, ca);
    if (ca->note_spoiled)
        ca->note.p[ca->note.n / 2] ^= 1;
    if (ca->table_spoiled)
        ca->table.p[ca->table.n - 9] ^= 1;
}
