#include "evidence/revoked.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "evidence/answers.h"
#include "evidence/ocsp.h"

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

/* -------------------------------------------------------------- the CRLs that are sources */

/* What the feed's table says, as an answer; none when there is no table. */
static void add_table_answer(const struct writ_source *source, struct writ_link *link)
{
    struct writ_answer a = {.from = WRIT_FROM_TABLE};

    if (source->state != WRIT_SOURCE_OPEN)
        return;
    writ_text_copy_safe(a.source, sizeof a.source, source->bundle.origin);
    a.as_of = source->feed.as_of;
    a.until = source->feed.expires;
    a.stale = source->crls.now > source->feed.expires;
    switch (link->status) {
    case WRIT_STATUS_REVOKED:
        a.status = WRIT_ANSWER_REVOKED;
        a.reason = link->revocation.reason;
        a.since = link->revocation.since;
        a.revoked_at = link->revocation.revoked_at;
        a.held = a.reason == WRIT_REASON_CERTIFICATE_HOLD;
        (void)snprintf(a.why, sizeof a.why, "it is %s", a.held ? "on hold" : "revoked");
        break;
    case WRIT_STATUS_GOOD:
        a.status = a.stale ? WRIT_ANSWER_STALE : WRIT_ANSWER_GOOD;
        (void)snprintf(a.why, sizeof a.why, "%s", a.stale ? "the feed is too old" : "");
        break;
    case WRIT_STATUS_NEWER:
        a.status = WRIT_ANSWER_SCOPE;
        (void)snprintf(a.why, sizeof a.why, "it is newer than the feed");
        break;
    default:
        a.status = WRIT_ANSWER_NOT_COVERED;
        (void)snprintf(a.why, sizeof a.why, "the feed does not cover it");
    }
    writ_answers_add(link->answer, WRIT_LINK_ANSWERS, &link->answer_count, &a);
}

/* Another source may only widen a revocation: the graver reason, the earlier time. */
static void take_revocation(const struct writ_answer *a, struct writ_link *link)
{
    struct writ_revocation_fact theirs = {
        .reason = a->reason, .since = a->since, .revoked_at = a->revoked_at};

    if (link->status != WRIT_STATUS_REVOKED) {
        link->status = WRIT_STATUS_REVOKED;
        link->revocation = theirs;
        return;
    }
    if (writ_reason_gravity(theirs.reason) > writ_reason_gravity(link->revocation.reason))
        link->revocation.reason = theirs.reason;
    if (theirs.since < link->revocation.since)
        link->revocation.since = theirs.since;
    if (theirs.revoked_at < link->revocation.revoked_at)
        link->revocation.revoked_at = theirs.revoked_at;
}

/* What a CRL covers, where the table does not: a certificate that is burned or has lost its number
 * is none the better for it. */
static void cover(enum writ_status coverage, struct writ_link *link)
{
    bool open = link->coverage == WRIT_STATUS_NOT_COVERED || link->coverage == WRIT_STATUS_STALE ||
                (link->coverage == WRIT_STATUS_NEWER && coverage == WRIT_STATUS_GOOD);

    if (!open)
        return;
    if (link->status == link->coverage)
        link->status = coverage;
    link->coverage = coverage;
}

static void cover_by_crl(const struct writ_answer *a, struct writ_link *link)
{
    if (a->stale) {
        if (!link->by_crl)
            cover(WRIT_STATUS_STALE, link);
        return;
    }
    cover(WRIT_STATUS_GOOD, link);
    if (!link->by_crl || a->until > link->crl_until)
        link->crl_until = a->until;
    link->by_crl = true;
}

/* What it lists it covers, too: a revocation may be outlived. */
static void take_answer(const struct writ_answer *a, struct writ_link *link)
{
    if (a->status == WRIT_ANSWER_REVOKED)
        take_revocation(a, link);
    if (a->status == WRIT_ANSWER_REVOKED || a->status == WRIT_ANSWER_GOOD ||
        a->status == WRIT_ANSWER_STALE)
        cover_by_crl(a, link);
}

/* The list may be full: what an answer does must not hang on whether it is kept. */
static void hear(const struct writ_answer *a, void *who)
{
    struct writ_link *link = who;

    take_answer(a, link);
    writ_answers_add(link->answer, WRIT_LINK_ANSWERS, &link->answer_count, a);
}

static int ask_crls(const struct writ_source_crls *crls, struct writ_digester *digester,
                    const struct writ_cert *cert, const struct writ_cert *issuer,
                    struct writ_link *link, struct writ_error *e)
{
    uint8_t hash[WRIT_SHA256_BYTES], key[WRIT_TABLE_KEY];

    if (crls->count == 0)
        return 0;
    if (writ_digester_sha256(digester, issuer->key.spki, WRIT_SPAN_NONE, hash, e) < 0 ||
        writ_revocation_key(digester, hash, cert->serial, key, e) < 0)
        return -1;
    writ_hear_crls(crls->at, crls->count, cert, hash, key, crls->now, hear, link);
    return 0;
}

int writ_check_staple(const struct writ_cert *cert, const struct writ_cert *issuer,
                      struct writ_span staple, int64_t now, struct writ_link *link,
                      struct writ_error *e)
{
    struct writ_ocsp_question question;
    struct writ_answer answer;

    writ_ocsp_question_init(&question, cert, issuer, now);
    question.is_issued = true;
    if (writ_check_ocsp(&question, staple, &answer, e) < 0)
        return -1;
    answer.from = WRIT_FROM_STAPLE;
    if (answer.until == 0) /* without nextUpdate it holds as long as writ_check_ocsp believes it */
        answer.until = answer.as_of + WRIT_OCSP_MAX_AGE;
    hear(&answer, link);
    return 0;
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

    for (size_t i = 0; rc == 0 && i + 1 < facts->count; i++) {
        rc = writ_check_link(table, digester, &checked->cert[i], &checked->cert[i + 1],
                             &facts->link[i], e);
        facts->link[i].answer_count = 0;
        facts->link[i].by_crl = false;
        add_table_answer(source, &facts->link[i]);
        if (rc == 0)
            rc = ask_crls(&source->crls, digester, &checked->cert[i], &checked->cert[i + 1],
                          &facts->link[i], e);
    }
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
