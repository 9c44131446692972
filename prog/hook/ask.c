#include "hook/ask.h"

#include <stdatomic.h>

#include "evidence/onecrl.h"

/* One digester that nobody uses at the moment; making one costs as much as a look-up. */
static _Atomic(struct writ_digester *) spare;

static struct writ_digester *take_digester(void)
{
    struct writ_digester *d = atomic_exchange(&spare, NULL);
    struct writ_error ignored = {0};

    return d != NULL ? d : writ_digester_new(&ignored);
}

static void give_digester(struct writ_digester *d)
{
    writ_digester_free(atomic_exchange(&spare, d));
}

/* ---- a certificate, and the key above it ---- */

/* What is looked up with. */
struct question {
    struct writ_cert cert;
    uint8_t issuer[WRIT_SHA256_BYTES];
    uint8_t key[WRIT_SHA256_BYTES]; /* for CRLs */
};

static int prepare(struct question *q, struct writ_digester *digester, bool with_key,
                   struct writ_span spki)
{
    struct writ_error ignored = {0};

    if (spki.n == 0 ||
        writ_digester_sha256(digester, spki, WRIT_SPAN_NONE, q->issuer, &ignored) < 0)
        return -1;
    return with_key ? writ_filter_key(digester, q->issuer, q->cert.serial, q->key, &ignored) : 0;
}

/* ---- a leaf ---- */

/* What all sources come to. */
struct known {
    bool revoked, good, stale; /* stale: it would be good */
};

static int ask_filters(const struct filters *f, struct writ_digester *digester,
                       const struct question *q, int64_t now, struct known *known)
{
    struct writ_filter_fact fact;
    struct writ_error ignored = {0};

    if (f->set_count == 0)
        return 0;
    if (writ_check_filters(f->sets, f->set_count, digester, &q->cert, q->issuer, now, &fact,
                           &ignored) < 0)
        return -1;
    known->revoked = fact.answer == WRIT_FILTER_REVOKED;
    known->good = fact.answer == WRIT_FILTER_GOOD && !fact.stale;
    known->stale = fact.answer == WRIT_FILTER_GOOD && fact.stale;
    return 0;
}

/* Only who refuses what is not covered wants to know more than whether it is listed. */
static void ask_crls(const struct crls *c, const struct question *q, enum hook_policy policy,
                     int64_t now, struct known *known)
{
    struct writ_crl_fact facts[CRLS_MAX];

    if (policy == HOOK_PASS) {
        known->revoked |= writ_crls_list(c->sources, c->count, &q->cert, q->issuer, q->key);
        return;
    }
    writ_ask_crls(c->sources, c->count, &q->cert, q->issuer, q->key, now, facts);
    for (size_t i = 0; i < c->count; i++) {
        known->revoked |= facts[i].answer == WRIT_CRL_LISTED;
        known->good |= facts[i].answer == WRIT_CRL_NOT_LISTED && !facts[i].stale;
        known->stale |= facts[i].answer == WRIT_CRL_NOT_LISTED && facts[i].stale;
    }
}

static int look_up(const struct filters *f, struct writ_digester *digester, enum hook_policy policy,
                   struct writ_span cert, struct writ_span spki, int64_t now, struct known *known)
{
    struct writ_error ignored = {0};
    struct question q;

    if (writ_cert_parse(cert, &q.cert, &ignored) < 0 ||
        prepare(&q, digester, f->crls.count > 0, spki) < 0 ||
        ask_filters(f, digester, &q, now, known) < 0)
        return -1;
    if (f->crls.count > 0)
        ask_crls(&f->crls, &q, policy, now, known);
    return 0;
}

static enum hook_answer judge(const struct known *known, enum hook_policy policy)
{
    if (known->revoked)
        return HOOK_ANSWER_REVOKED;
    if (policy == HOOK_PASS || known->good)
        return HOOK_ANSWER_PASS;
    return known->stale ? HOOK_ANSWER_STALE : HOOK_ANSWER_UNCOVERED;
}

enum hook_answer hook_ask_leaf(const struct filters *filters, enum hook_policy policy,
                               struct writ_span cert, struct writ_span spki, int64_t now)
{
    const struct known nothing = {0};
    struct known known = nothing;
    struct writ_digester *digester;

    if (filters == NULL || (filters->set_count == 0 && filters->crls.count == 0))
        return judge(&nothing, policy);
    digester = take_digester();
    if (digester == NULL || look_up(filters, digester, policy, cert, spki, now, &known) < 0)
        known = nothing;
    give_digester(digester);
    return judge(&known, policy);
}

/* ---- a CA ---- */

bool hook_asks_about_cas(const struct filters *filters)
{
    if (filters != NULL && filters->crls.count > 0)
        return true;
    for (size_t i = 0; filters != NULL && i < filters->set_count; i++) {
        if (filters->sets[i].onecrl != NULL)
            return true;
    }
    return false;
}

static bool onecrl_lists(const struct filters *f, struct writ_digester *digester,
                         const struct writ_cert *cert)
{
    struct writ_error ignored = {0};
    bool listed = false;

    for (size_t i = 0; i < f->set_count && !listed; i++) {
        if (f->sets[i].onecrl != NULL &&
            writ_check_onecrl(f->sets[i].onecrl, digester, cert, &listed, &ignored) < 0)
            listed = false;
    }
    return listed;
}

static bool is_listed(const struct filters *f, struct writ_digester *digester, struct question *q,
                      struct writ_span spki)
{
    if (onecrl_lists(f, digester, &q->cert))
        return true;
    return f->crls.count > 0 && prepare(q, digester, true, spki) == 0 &&
           writ_crls_list(f->crls.sources, f->crls.count, &q->cert, q->issuer, q->key);
}

enum hook_answer hook_ask_ca(const struct filters *filters, struct writ_span cert,
                             struct writ_span spki)
{
    struct writ_error ignored = {0};
    struct writ_digester *digester;
    struct question q;
    bool listed;

    if (!hook_asks_about_cas(filters) || writ_cert_parse(cert, &q.cert, &ignored) < 0)
        return HOOK_ANSWER_PASS;
    digester = take_digester();
    listed = digester != NULL && is_listed(filters, digester, &q, spki);
    give_digester(digester);
    return listed ? HOOK_ANSWER_REVOKED : HOOK_ANSWER_PASS;
}
