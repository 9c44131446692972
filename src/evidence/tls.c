#include "evidence/tls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "base/text.h"
#include "crypto/verify.h"
#include "evidence/ocsp.h"
#include "evidence/onecrl.h"
#include "evidence/path.h"

/* What is being looked at. */
struct look {
    const struct writ_span *certs; /* those among which issuers are looked for */
    size_t count;
    const struct writ_tls_sources *sources;
    int64_t now;
    struct writ_digester *digester;
    bool is_first; /* it is about the certificate asked about, not one above it */
};

static bool same_name(const struct writ_name *a, const struct writ_name *b)
{
    return writ_span_equal(a->der, b->der);
}

/* Web CAs may sign in ways that writ has no other use for. */
static int verify(const struct writ_cert *cert, const struct writ_cert *issuer,
                  enum writ_signature_state *state, struct writ_error *e)
{
    if (cert->signature_algorithm == WRIT_OID_UNKNOWN)
        return writ_verify_certificate(issuer->key.spki, cert->der, state, e);
    return writ_verify_signature(issuer->key.spki, cert->signature_algorithm, cert->tbs,
                                 cert->signature, state, e);
}

/* Finds the certificate whose key verifies the signature of cert.  More than one may have the name:
 * keys are renewed. */
static int find_issuer(const struct look *l, const struct writ_cert *cert, struct writ_cert *issuer,
                       enum writ_tls_issuer *found, struct writ_error *e)
{
    enum writ_signature_state state;
    struct writ_error ignored = {0};

    *found = WRIT_TLS_ISSUER_MISSING;
    for (size_t i = 0; i < l->count; i++) {
        if (writ_cert_parse(l->certs[i], issuer, &ignored) < 0 ||
            !same_name(&issuer->subject, &cert->issuer))
            continue;
        if (verify(cert, issuer, &state, e) < 0)
            return -1;
        if (state == WRIT_SIGNATURE_GOOD) {
            *found = WRIT_TLS_ISSUER_VERIFIED;
            return 0;
        }
        *found = WRIT_TLS_ISSUER_WRONG;
    }
    return 0;
}

static int describe(const struct look *l, const struct writ_cert *cert, struct writ_tls_link *link,
                    struct writ_error *e)
{
    writ_hex_format(cert->serial, link->serial);
    link->not_before = cert->not_before;
    link->not_after = cert->not_after;
    link->is_ca = cert->is_ca;
    if (writ_copy_name(link->subject, &cert->subject, e) < 0 ||
        writ_copy_name(link->issuer, &cert->issuer, e) < 0)
        return -1;
    return writ_digester_sha256(l->digester, cert->der, WRIT_SPAN_NONE, link->fingerprint, e);
}

static void add_filter(const struct look *l, const struct writ_filter_fact *fact,
                       struct writ_tls_link *link)
{
    struct writ_answer answer;

    writ_answer_of_filter(fact, l->now, &answer);
    writ_answers_add(link->answer, WRIT_TLS_ANSWERS_MAX, &link->answer_count, &answer);
}

/* Without the issuer's key there is nothing to ask a filter or a CRL with. */
static int ask_onecrl(const struct look *l, const struct writ_cert *cert,
                      struct writ_tls_link *link, struct writ_error *e)
{
    const struct writ_filter_set *set = l->sources->sets;
    bool listed = false;

    link->fact.uncovered = cert->is_ca ? WRIT_UNCOVERED_CA : WRIT_UNCOVERED_ISSUER;
    for (size_t i = 0; i < l->sources->set_count && !listed; i++, set++) {
        if (set->onecrl == NULL)
            continue;
        if (writ_check_onecrl(set->onecrl, l->digester, cert, &listed, e) < 0)
            return -1;
        if (listed) {
            link->fact = (struct writ_filter_fact){.answer = WRIT_FILTER_REVOKED, .set = set};
            add_filter(l, &link->fact, link);
        }
    }
    return 0;
}

/* Each set by itself, for what it says, and so what all of them come to. */
static int ask_filters(const struct look *l, const struct writ_cert *cert,
                       const uint8_t issuer[WRIT_SHA256_BYTES], struct writ_tls_link *link,
                       struct writ_error *e)
{
    const struct writ_filter_set *sets = l->sources->sets;
    struct writ_filter_fact fact;

    link->fact = (struct writ_filter_fact){.uncovered = WRIT_UNCOVERED_SOURCE};
    for (size_t i = 0; i < l->sources->set_count; i++) {
        if (writ_check_filters(&sets[i], 1, l->digester, cert, issuer, l->now, &fact, e) < 0)
            return -1;
        add_filter(l, &fact, link);
        if (i == 0 || writ_filter_fact_outweighs(&fact, &link->fact))
            link->fact = fact;
    }
    return 0;
}

/* A response is worth what it proves, whoever brought it. */
static int add_response(const struct look *l, const struct writ_cert *cert,
                        const struct writ_cert *issuer, struct writ_span response,
                        enum writ_answer_from from, struct writ_tls_link *link,
                        struct writ_error *e)
{
    struct writ_ocsp_question question;
    struct writ_answer answer = {.from = from};

    if (response.n == 0)
        return 0;
    writ_ocsp_question_init(&question, cert, issuer, l->now);
    question.is_issued = true;
    if (writ_check_ocsp(&question, response, &answer, e) < 0)
        return -1;
    answer.from = from;
    writ_answers_add(link->answer, WRIT_TLS_ANSWERS_MAX, &link->answer_count, &answer);
    return 0;
}

/* They are about the certificate asked about, and none above it. */
static int add_responses(const struct look *l, const struct writ_cert *cert,
                         const struct writ_cert *issuer, struct writ_tls_link *link,
                         struct writ_error *e)
{
    if (!l->is_first)
        return 0;
    if (add_response(l, cert, issuer, l->sources->staple, WRIT_FROM_STAPLE, link, e) < 0)
        return -1;
    return add_response(l, cert, issuer, l->sources->ocsp, WRIT_FROM_OCSP, link, e);
}

/* Asks about one certificate; issuer is NULL when it is not known. */
static int ask(const struct look *l, const struct writ_cert *cert, const struct writ_cert *issuer,
               struct writ_tls_link *link, struct writ_error *e)
{
    uint8_t hash[WRIT_SHA256_BYTES], key[WRIT_SHA256_BYTES];

    if (issuer == NULL)
        return ask_onecrl(l, cert, link, e);
    if (writ_digester_sha256(l->digester, issuer->key.spki, WRIT_SPAN_NONE, hash, e) < 0 ||
        writ_filter_key(l->digester, hash, cert->serial, key, e) < 0 ||
        ask_filters(l, cert, hash, link, e) < 0)
        return -1;
    writ_answers_add_crls(link->answer, WRIT_TLS_ANSWERS_MAX, &link->answer_count, l->sources->crls,
                          l->sources->crl_count, cert, hash, key, l->now);
    return add_responses(l, cert, issuer, link, e);
}

/* From the certificate asked about upwards, until a root or a missing link. */
static int climb(struct look *l, struct writ_cert *cert, struct writ_tls_facts *facts,
                 struct writ_error *e)
{
    enum writ_tls_issuer found = WRIT_TLS_ISSUER_VERIFIED;
    struct writ_cert issuer;

    while (found == WRIT_TLS_ISSUER_VERIFIED && facts->count < WRIT_TLS_LINKS_MAX) {
        struct writ_tls_link *link = &facts->link[facts->count];

        l->is_first = facts->count == 0;
        if (find_issuer(l, cert, &issuer, &found, e) < 0 || describe(l, cert, link, e) < 0 ||
            ask(l, cert, found == WRIT_TLS_ISSUER_VERIFIED ? &issuer : NULL, link, e) < 0)
            return -1;
        if (facts->count++ == 0)
            facts->issuer = found;
        if (writ_cert_is_self_issued(cert))
            break;
        *cert = issuer;
    }
    return 0;
}

int writ_check_tls(const struct writ_span *certs, size_t count,
                   const struct writ_tls_sources *sources, int64_t now,
                   struct writ_tls_facts *facts, struct writ_error *e)
{
    struct look l = {certs, count, sources, now, NULL, true};
    struct writ_error found = {0};
    struct writ_cert cert;
    int rc;

    *facts = (struct writ_tls_facts){.now = now, .issuer = WRIT_TLS_SUBJECT_MALFORMED};
    if (count == 0 || count > WRIT_TLS_CERTS_MAX)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "%zu certificates; 1 to %d were wanted", count,
                         WRIT_TLS_CERTS_MAX);
    if (writ_cert_parse(certs[0], &cert, &found) < 0) {
        (void)snprintf(facts->reason, sizeof facts->reason, "%.*s", WRIT_FACT_TEXT - 1, found.text);
        return 0;
    }
    l.digester = writ_digester_new(e);
    if (l.digester == NULL)
        return -1;
    rc = climb(&l, &cert, facts, e);
    writ_digester_free(l.digester);
    return rc;
}
