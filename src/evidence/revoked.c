#include "evidence/revoked.h"

#include <string.h>

int writ_revocation_key(struct writ_digester *digester, const uint8_t issuer[WRIT_TABLE_ISSUER],
                        struct writ_span serial, uint8_t key[WRIT_TABLE_KEY], struct writ_error *e)
{
    uint8_t hash[WRIT_SHA256_BYTES];

    if (writ_digester_sha256(digester, WRIT_SPAN(issuer, WRIT_TABLE_ISSUER), serial, hash, e) < 0)
        return -1;
    memcpy(key, hash, WRIT_TABLE_KEY);
    return 0;
}

static struct writ_revocation_fact fact_of(const struct writ_revoked *revoked)
{
    return (struct writ_revocation_fact){
        .reason = revoked->reason, .since = revoked->since, .revoked_at = revoked->revoked_at};
}

/* An issuer that numbers says exactly how far it has looked. */
static enum writ_status status_by_number(const struct writ_block *block,
                                         const struct writ_cert *cert)
{
    if (!cert->is_numbered)
        return WRIT_STATUS_UNNUMBERED;
    if (writ_block_is_burned(block, cert->number))
        return WRIT_STATUS_BURNED;
    return cert->number < block->covered_below ? WRIT_STATUS_GOOD : WRIT_STATUS_NEWER;
}

/* One that does not is taken to have known what began an hour before it looked. */
static enum writ_status status_by_date(const struct writ_block *block, const struct writ_cert *cert)
{
    return cert->not_before < writ_time_add(block->as_of, -WRIT_COVERED_MARGIN) ? WRIT_STATUS_GOOD
                                                                                : WRIT_STATUS_NEWER;
}

void writ_check_status(const struct writ_block *block, const struct writ_cert *cert,
                       const uint8_t key[WRIT_TABLE_KEY], struct writ_link *link)
{
    struct writ_revoked revoked;

    link->coverage = link->status = WRIT_STATUS_NOT_COVERED;
    if (block == NULL)
        return;
    link->covered_below = block->covered_below;
    link->coverage = block->numbered ? status_by_number(block, cert) : status_by_date(block, cert);
    link->status = link->coverage;
    if (writ_block_find(block, key, &revoked)) {
        link->status = WRIT_STATUS_REVOKED;
        link->revocation = fact_of(&revoked);
    }
}

int writ_check_link(const struct writ_table *table, struct writ_digester *digester,
                    const struct writ_cert *cert, const struct writ_cert *issuer,
                    struct writ_link *link, struct writ_error *e)
{
    uint8_t issuer_hash[WRIT_SHA256_BYTES], key[WRIT_TABLE_KEY];
    struct writ_block block;
    bool known;

    if (writ_digester_sha256(digester, issuer->key.spki, WRIT_SPAN_NONE, issuer_hash, e) < 0 ||
        writ_revocation_key(digester, issuer_hash, cert->serial, key, e) < 0)
        return -1;
    known =
        table != NULL && writ_table_find(table, WRIT_SPAN_OF(issuer_hash), WRIT_BLOCK_LIST, &block);
    writ_check_status(known ? &block : NULL, cert, key, link);
    return 0;
}

int writ_check_revocation(const struct writ_source *source, const struct writ_checked_path *checked,
                          struct writ_path_facts *facts, struct writ_error *e)
{
    const struct writ_table *table = source->state == WRIT_SOURCE_OPEN ? &source->table : NULL;
    struct writ_digester *digester = writ_digester_new(e);
    int rc = digester == NULL ? -1 : 0;

    for (size_t i = 0; rc == 0 && i + 1 < facts->count; i++)
        rc = writ_check_link(table, digester, &checked->cert[i], &checked->cert[i + 1],
                             &facts->link[i], e);
    writ_digester_free(digester);
    return rc;
}

static bool find_contents(const struct writ_source *source, struct writ_block *block)
{
    return source->state == WRIT_SOURCE_OPEN &&
           writ_table_find(&source->table, WRIT_SPAN_OF(source->root_key_hash), WRIT_BLOCK_CONTENTS,
                           block);
}

bool writ_source_has_content_length(const struct writ_source *source, uint64_t length)
{
    struct writ_block block;

    return find_contents(source, &block) && writ_block_has_length(&block, length);
}

void writ_check_content_revocation(const struct writ_source *source, uint64_t length,
                                   struct writ_span root, struct writ_source_facts *facts)
{
    struct writ_block block;
    struct writ_revoked revoked;

    facts->content_asked = true;
    if (find_contents(source, &block) && writ_block_find_content(&block, length, root, &revoked)) {
        facts->content_revoked = true;
        facts->content_revocation = fact_of(&revoked);
    }
}
