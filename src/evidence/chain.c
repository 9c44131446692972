#include "evidence/chain.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/hex.h"
#include "crypto/digest.h"
#include "evidence/answers.h"
#include "evidence/ocsp.h"
#include "evidence/path.h"

struct look {
    const struct writ_chain_question *q;
    struct writ_chain_facts *facts;
    struct writ_span *pool; /* all certificates but the leaf that parse; owned */
    size_t pool_count;      /* the first of them are the untrusted ones */
    size_t anchors_at;
    struct writ_path path;
    struct writ_cert cert[WRIT_PATH_LENGTH_MAX];
    struct writ_crl_pool crls;
};

/* ------------------------------------------------------------------------------- the path */

static void keep_readable(struct look *l, const struct writ_span *certs, size_t count)
{
    struct writ_cert cert;

    for (size_t i = 0; i < count; i++) {
        if (writ_cert_parse(certs[i], &cert, NULL) == 0)
            l->pool[l->pool_count++] = certs[i];
    }
}

static int gather(struct look *l, struct writ_error *e)
{
    const struct writ_chain_question *q = l->q;

    if (q->untrusted_count > WRIT_PATH_MANY_MAX || q->anchor_count > WRIT_PATH_MANY_MAX)
        return writ_fail(e, WRIT_FAULT_USAGE, "more than %d certificates", WRIT_PATH_MANY_MAX);
    l->pool = calloc(q->untrusted_count + q->anchor_count + 1, sizeof l->pool[0]);
    if (l->pool == NULL)
        return writ_fail_memory(e);
    keep_readable(l, q->untrusted, q->untrusted_count);
    l->anchors_at = l->pool_count;
    keep_readable(l, q->anchors, q->anchor_count);
    return 0;
}

static int note_link(const struct writ_cert *cert, struct writ_chain_link *link,
                     struct writ_error *e)
{
    if (writ_copy_name(link->subject, &cert->subject, e) < 0 ||
        writ_copy_name(link->issuer, &cert->issuer, e) < 0)
        return -1;
    writ_hex_format(cert->serial, link->serial);
    link->not_before = cert->not_before;
    link->not_after = cert->not_after;
    return writ_sha256(cert->der, link->fingerprint, e);
}

/* The path that OpenSSL verified is read again by our own reader. */
static int note_path(struct look *l, struct writ_error *e)
{
    struct writ_chain_facts *f = l->facts;
    struct writ_error found = {0};

    for (size_t i = 0; i < l->path.count; i++) {
        if (writ_cert_parse(l->path.cert[i], &l->cert[i], &found) < 0) {
            writ_fact_fail(&f->built, "certificate %zu of the path: %.*s", i, 300, found.text);
            return 0;
        }
        if (note_link(&l->cert[i], &f->link[i], e) < 0)
            return -1;
    }
    f->count = l->path.count;
    writ_fact_pass(&f->built);
    return 0;
}

static int build(struct look *l, struct writ_error *e)
{
    if (writ_path_build_by(&l->q->rules, l->q->leaf, l->pool, l->anchors_at,
                           l->pool + l->anchors_at, l->pool_count - l->anchors_at, &l->path,
                           &l->facts->policies, e) < 0)
        return -1;
    if (l->path.state == WRIT_PATH_GOOD)
        return note_path(l, e);
    writ_fact_fail(&l->facts->built, "%s (certificate %zu of the path)", l->path.reason,
                   l->path.failed_at);
    return 0;
}

/* RFC 5280 section 4.2.1.12 for the leaf; for those above it as evidence/path.h has it. */
static void check_purpose(struct look *l)
{
    struct writ_chain_facts *f = l->facts;

    for (size_t i = 0; l->q->purpose != WRIT_OID_UNKNOWN && i + 1 < f->count; i++) {
        const struct writ_cert *cert = &l->cert[i];

        if (cert->purpose_count > 0 && !writ_cert_has_purpose(cert, l->q->purpose) &&
            !writ_cert_has_purpose(cert, WRIT_OID_ANY_PURPOSE))
            writ_fact_fail(&f->purpose, "the certificate of %s is not for %s", f->link[i].subject,
                           writ_oid_name(l->q->purpose));
    }
    writ_fact_pass(&f->purpose);
}

/* ----------------------------------------------------------------------------- revocation */

/* A delegate without id-pkix-ocsp-nocheck is asked about in the CRLs, when one speaks for it. */
static int check_delegate(struct look *l, struct writ_ocsp_finding *f, struct writ_error *e)
{
    struct writ_answer status;
    struct writ_cert delegate;

    if (f->delegate.n == 0 || f->delegate_is_nocheck || l->q->crl_count == 0 ||
        writ_cert_parse(f->delegate, &delegate, NULL) < 0)
        return 0;
    if (writ_check_crls(&l->crls, &delegate, &status, e) < 0)
        return -1;
    if (status.status == WRIT_ANSWER_REVOKED) {
        f->answer.status = WRIT_ANSWER_NO_EVIDENCE;
        (void)snprintf(f->answer.why, sizeof f->answer.why, "its signer is revoked (%s)",
                       status.source);
    }
    return 0;
}

/* False for a response that is about other certificates only: it has nothing to say about this one.
 * One that does not parse, or is not successful, may have been meant. */
static int may_be_about(struct look *l, size_t at, struct writ_span der, bool *may,
                        struct writ_error *e)
{
    struct writ_ocsp_response response;
    struct writ_ocsp_single single;
    struct writ_cursor walk;

    *may = writ_ocsp_response_parse(der, &response, NULL) < 0 || !response.is_basic;
    if (*may)
        return 0;
    walk = writ_ocsp_walk(&response);
    while (!*may && writ_ocsp_next(&walk, &single)) {
        if (writ_ocsp_id_is(&single.id, &l->cert[at], &l->cert[at + 1], may, e) < 0)
            return -1;
    }
    return 0;
}

static int ask_ocsp(struct look *l, size_t at, const struct writ_given_ocsp *given,
                    struct writ_error *e)
{
    struct writ_chain_link *link = &l->facts->link[at];
    struct writ_ocsp_finding finding = {0};
    struct writ_ocsp_question q;
    bool may;

    if (may_be_about(l, at, given->der, &may, e) < 0)
        return -1;
    if (!may)
        return 0;
    writ_ocsp_question_init(&q, &l->cert[at], &l->cert[at + 1], l->q->rules.instant);
    q.is_issued = true;
    q.max_age = l->q->max_age;
    q.allow_sha1 = l->q->rules.insecure_weak;
    if (writ_examine_ocsp(&q, given->der, &finding, e) < 0 || check_delegate(l, &finding, e) < 0)
        return -1;
    (void)snprintf(finding.answer.source, sizeof finding.answer.source, "%s", given->source);
    writ_answers_add(link->answer, WRIT_CHAIN_ANSWERS_MAX, &link->answer_count, &finding.answer);
    return 0;
}

static int ask(struct look *l, size_t at, struct writ_error *e)
{
    struct writ_chain_link *link = &l->facts->link[at];

    link->asked = true;
    if (l->q->crl_count > 0) {
        if (writ_check_crls(&l->crls, &l->cert[at], &link->answer[0], e) < 0)
            return -1;
        link->answer_count = 1;
    }
    for (size_t i = 0; i < l->q->ocsp_count; i++) {
        if (ask_ocsp(l, at, &l->q->ocsp[i], e) < 0)
            return -1;
    }
    return 0;
}

static int ask_all(struct look *l, struct writ_error *e)
{
    size_t end = l->facts->count == 0 ? 0 : l->facts->count - 1; /* the anchor is not asked about */

    l->crls = (struct writ_crl_pool){.crl = l->q->crls,
                                     .crl_count = l->q->crl_count,
                                     .cert = l->pool,
                                     .cert_count = l->pool_count,
                                     .path = &l->path,
                                     .now = l->q->rules.instant,
                                     .max_age = l->q->max_age,
                                     .allow_sha1 = l->q->rules.insecure_weak};
    writ_crl_pool_start(&l->crls);
    if (l->q->revocation == WRIT_CHAIN_NONE)
        return 0;
    if (l->q->revocation == WRIT_CHAIN_LEAF && end > 1)
        end = 1;
    for (size_t i = 0; i < end; i++) {
        if (ask(l, i, e) < 0)
            return -1;
    }
    return 0;
}

int writ_check_chain(const struct writ_chain_question *question, struct writ_chain_facts *facts,
                     struct writ_error *e)
{
    struct look l = {.q = question, .facts = facts};
    struct writ_error found = {0};
    struct writ_cert leaf;
    int rc = -1;

    facts->now = question->rules.instant;
    if (writ_cert_parse(question->leaf, &leaf, &found) < 0) {
        writ_fact_fail(&facts->readable, "%.*s", WRIT_FACT_TEXT - 1, found.text);
        return 0;
    }
    writ_fact_pass(&facts->readable);
    if (writ_copy_name(facts->subject, &leaf.subject, e) < 0 || gather(&l, e) < 0 ||
        build(&l, e) < 0)
        goto out;
    check_purpose(&l);
    rc = ask_all(&l, e);
out:
    writ_path_free(&l.path);
    free(l.pool);
    return rc;
}
