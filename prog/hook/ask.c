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

/* ---- a leaf ---- */

static int look_up(const struct filters *f, struct writ_digester *digester, struct writ_span cert,
                   struct writ_span spki, int64_t now, struct writ_filter_fact *fact)
{
    struct writ_cert parsed;
    uint8_t spki_hash[WRIT_SHA256_BYTES];
    struct writ_error ignored = {0};

    if (spki.n == 0 || writ_cert_parse(cert, &parsed, &ignored) < 0 ||
        writ_digester_sha256(digester, spki, WRIT_SPAN_NONE, spki_hash, &ignored) < 0)
        return -1;
    return writ_check_filters(f->sets, f->set_count, digester, &parsed, spki_hash, now, fact,
                              &ignored);
}

static enum hook_answer judge(const struct writ_filter_fact *fact, enum hook_policy policy)
{
    if (fact->answer == WRIT_FILTER_REVOKED)
        return HOOK_ANSWER_REVOKED;
    if (policy == HOOK_PASS)
        return HOOK_ANSWER_PASS;
    if (fact->answer != WRIT_FILTER_GOOD)
        return HOOK_ANSWER_UNCOVERED;
    return fact->stale ? HOOK_ANSWER_STALE : HOOK_ANSWER_PASS;
}

enum hook_answer hook_ask_leaf(const struct filters *filters, enum hook_policy policy,
                               struct writ_span cert, struct writ_span spki, int64_t now)
{
    const struct writ_filter_fact nothing = {.uncovered = WRIT_UNCOVERED_SOURCE};
    struct writ_filter_fact fact = nothing;
    struct writ_digester *digester;

    if (filters == NULL || filters->set_count == 0)
        return judge(&nothing, policy);
    digester = take_digester();
    if (digester == NULL || look_up(filters, digester, cert, spki, now, &fact) < 0)
        fact = nothing;
    give_digester(digester);
    return judge(&fact, policy);
}

/* ---- a CA ---- */

bool hook_asks_about_cas(const struct filters *filters)
{
    for (size_t i = 0; filters != NULL && i < filters->set_count; i++) {
        if (filters->sets[i].onecrl != NULL)
            return true;
    }
    return false;
}

static bool is_listed(const struct filters *f, struct writ_digester *digester,
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

enum hook_answer hook_ask_ca(const struct filters *filters, struct writ_span cert)
{
    struct writ_error ignored = {0};
    struct writ_digester *digester;
    struct writ_cert parsed;
    bool listed;

    if (!hook_asks_about_cas(filters) || writ_cert_parse(cert, &parsed, &ignored) < 0)
        return HOOK_ANSWER_PASS;
    digester = take_digester();
    listed = digester != NULL && is_listed(filters, digester, &parsed);
    give_digester(digester);
    return listed ? HOOK_ANSWER_REVOKED : HOOK_ANSWER_PASS;
}
