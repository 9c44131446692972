#include "ca/ca_table.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/digest.h"
#include "object/table.h"

#define ISSUERS_MAX 64

/* An issuer's block while it fills. */
struct issuer {
    int64_t id;
    struct castore_matches self;
    struct ca_chain above;
    struct writ_span chain[WRIT_TABLE_CHAIN_MAX];
    size_t room;     /* entries allocated in input.entries */
    size_t gap_room; /* gaps likewise */
    struct writ_table_input input;
};

struct builder {
    struct ca *ca;
    struct writ_digester *digester;
    size_t count;
    struct issuer issuer[ISSUERS_MAX];
    size_t content_room;
    struct writ_table_input contents;
};

/* Makes room for one more element of a growing array; NULL without memory. */
static void *grow(void *array, size_t count, size_t *room, size_t size)
{
    size_t wanted = *room == 0 ? 64 : *room * 2;
    void *larger;

    if (count < *room)
        return array;
    larger = reallocarray(array, wanted, size);
    if (larger != NULL)
        *room = wanted;
    return larger;
}

static struct issuer *issuer_by_id(struct builder *b, int64_t id)
{
    for (size_t i = 0; i < b->count; i++) {
        if (b->issuer[i].id == id)
            return &b->issuer[i];
    }
    return NULL;
}

static int fill_chain(struct builder *b, struct issuer *it, struct writ_error *e)
{
    const struct castore_certificate *self = it->self.at[0];

    if (ca_chain_of(b->ca, self->issuer, &it->above, e) < 0)
        return -1;
    it->chain[0] = self->der;
    for (size_t i = 0; i < it->above.count; i++)
        it->chain[1 + i] = it->above.match[i].at[0]->der;
    it->input.chain = it->chain;
    it->input.chain_count = 1 + it->above.count;
    return 0;
}

/* An adopted issuer gives no numbers.  Where its key is not here, its revocations are made
 * elsewhere, and what is known of them is as of the last import. */
static int look_at_adoption(struct builder *b, const struct castore_certificate *c,
                            struct writ_table_input *input, struct writ_error *e)
{
    struct castore_adoption adoption;
    struct castore_key *key = NULL;

    if (castore_adoption(b->ca->store, c->id, &adoption, e) < 0)
        return -1;
    if (!adoption.adopted)
        return castore_number_next(b->ca->store, c->id, &input->covered_below, e);
    input->numbered = false;
    if (castore_key_find(b->ca->store,
                         c->role == CASTORE_ROOT ? CASTORE_KEY_ROOT : CASTORE_KEY_INTERMEDIATE,
                         c->spki_hash, &key, e) < 0)
        return -1;
    if (key == NULL && adoption.looked_at < input->as_of)
        input->as_of = adoption.looked_at;
    castore_key_free(key);
    return 0;
}

static int add_issuer(struct builder *b, const struct castore_certificate *c, int64_t as_of,
                      struct writ_error *e)
{
    struct issuer *it = &b->issuer[b->count];

    if (b->count == ISSUERS_MAX)
        return writ_fail(e, WRIT_FAULT_CONFIGURATION, "more than %d issuers", ISSUERS_MAX);
    b->count++;
    it->id = c->id;
    it->input =
        (struct writ_table_input){.kind = WRIT_BLOCK_LIST, .numbered = true, .as_of = as_of};
    memcpy(it->input.issuer, c->spki_hash, sizeof it->input.issuer);
    if (castore_find_id(b->ca->store, c->id, &it->self, e) < 0 ||
        look_at_adoption(b, c, &it->input, e) < 0)
        return -1;
    return fill_chain(b, it, e);
}

static int add_issuers(struct builder *b, enum castore_role role, int64_t as_of,
                       struct writ_error *e)
{
    struct castore_matches m = {0};
    int rc = castore_find_role(b->ca->store, role, &m, e);

    for (size_t i = 0; rc == 0 && i < m.n; i++)
        rc = add_issuer(b, m.at[i], as_of, e);
    castore_matches_free(&m);
    return rc;
}

static int add_revocation(void *arg, const struct castore_certificate *c, struct writ_error *e)
{
    struct builder *b = arg;
    struct issuer *it = issuer_by_id(b, c->issuer);
    struct writ_table_entry *entries, *entry;
    uint8_t hash[WRIT_SHA256_BYTES];

    if (!c->revoked)
        return 0;
    if (it == NULL)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "the store holds a revocation without an issuer");
    entries = grow(it->input.entries, it->input.entry_count, &it->room, sizeof *entries);
    if (entries == NULL)
        return writ_fail_memory(e);
    it->input.entries = entries;
    if (writ_digester_sha256(b->digester, WRIT_SPAN_OF(it->input.issuer),
                             WRIT_SPAN(c->serial, c->serial_n), hash, e) < 0)
        return -1;
    entry = &entries[it->input.entry_count++];
    memcpy(entry->key, hash, sizeof entry->key);
    entry->revoked = (struct writ_revoked){.reason = c->revocation.reason,
                                           .since = c->revocation.since,
                                           .revoked_at = c->revocation.revoked_at};
    return 0;
}

static int add_gap(void *arg, const struct castore_gap *g, struct writ_error *e)
{
    struct builder *b = arg;
    struct issuer *it = issuer_by_id(b, g->issuer);
    struct writ_table_gap *gaps;

    if (it == NULL)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "the store holds a gap without an issuer");
    gaps = grow(it->input.gaps, it->input.gap_count, &it->gap_room, sizeof *gaps);
    if (gaps == NULL)
        return writ_fail_memory(e);
    it->input.gaps = gaps;
    gaps[it->input.gap_count++] = (struct writ_table_gap){.from = g->first, .to = g->next};
    return 0;
}

static int add_content(void *arg, const struct castore_content *c, struct writ_error *e)
{
    struct builder *b = arg;
    struct writ_table_content *contents, *one;

    contents =
        grow(b->contents.contents, b->contents.content_count, &b->content_room, sizeof *contents);
    if (contents == NULL)
        return writ_fail_memory(e);
    b->contents.contents = contents;
    one = &contents[b->contents.content_count++];
    one->length = c->length;
    memcpy(one->root, c->root, sizeof one->root);
    one->revoked = (struct writ_revoked){
        .reason = c->reason, .since = c->revoked_at, .revoked_at = c->revoked_at};
    return 0;
}

/* Contents are revoked in the name of the root. */
static int gather(struct builder *b, int64_t as_of, struct writ_error *e)
{
    if (add_issuers(b, CASTORE_ROOT, as_of, e) < 0 ||
        add_issuers(b, CASTORE_INTERMEDIATE, as_of, e) < 0)
        return -1;
    if (b->count == 0)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "the store holds no root");
    b->contents = (struct writ_table_input){
        .kind = WRIT_BLOCK_CONTENTS,
        .chain = b->issuer[0].chain,
        .chain_count = 1,
        .as_of = as_of,
    };
    memcpy(b->contents.issuer, b->issuer[0].input.issuer, sizeof b->contents.issuer);
    if (castore_certificate_each(b->ca->store, add_revocation, b, e) < 0 ||
        castore_gap_each(b->ca->store, add_gap, b, e) < 0)
        return -1;
    return castore_content_each(b->ca->store, add_content, b, e);
}

static int build(struct builder *b, int64_t as_of, struct writ_buffer *table, struct writ_error *e)
{
    struct writ_table_input inputs[ISSUERS_MAX + 1];
    size_t count = 0;

    for (size_t i = 0; i < b->count; i++)
        inputs[count++] = b->issuer[i].input;
    if (b->contents.content_count > 0)
        inputs[count++] = b->contents;
    return writ_table_build(inputs, count, as_of, table, e);
}

static void builder_free(struct builder *b)
{
    for (size_t i = 0; i < b->count; i++) {
        castore_matches_free(&b->issuer[i].self);
        ca_chain_free(&b->issuer[i].above);
        free(b->issuer[i].input.entries);
        free(b->issuer[i].input.gaps);
    }
    free(b->contents.contents);
    writ_digester_free(b->digester);
    free(b);
}

int ca_build_table(struct ca *ca, int64_t as_of, struct writ_buffer *table, struct writ_error *e)
{
    struct builder *b = calloc(1, sizeof *b);
    int rc = -1;

    if (b == NULL)
        return writ_fail_memory(e);
    b->ca = ca;
    b->digester = writ_digester_new(e);
    if (b->digester != NULL && gather(b, as_of, e) == 0)
        rc = build(b, as_of, table, e);
    builder_free(b);
    return rc;
}
