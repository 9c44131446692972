#include "hook/ask.h"

/* What is known; a fault leaves the fact at "no source". */
static void look_up(const struct filters *filters, const struct hook_link *link, int64_t now,
                    struct writ_filter_fact *fact)
{
    struct writ_cert cert, issuer;
    uint8_t spki_hash[WRIT_SHA256_BYTES];
    struct writ_error ignored = {0};
    struct writ_digester *digester = NULL;

    *fact = (struct writ_filter_fact){.uncovered = WRIT_UNCOVERED_SOURCE};
    if (filters == NULL || filters->set_count == 0 ||
        writ_cert_parse(link->cert, &cert, &ignored) < 0 ||
        writ_cert_parse(link->issuer, &issuer, &ignored) < 0)
        return;
    digester = writ_digester_new(&ignored);
    if (digester != NULL &&
        writ_digester_sha256(digester, issuer.key.spki, WRIT_SPAN_NONE, spki_hash, &ignored) == 0 &&
        writ_check_filters(filters->sets, filters->set_count, digester, &cert, spki_hash, now, fact,
                           &ignored) < 0)
        *fact = (struct writ_filter_fact){.uncovered = WRIT_UNCOVERED_SOURCE};
    writ_digester_free(digester);
}

enum hook_answer hook_ask(const struct filters *filters, enum hook_policy policy,
                          const struct hook_link *link, int64_t now)
{
    struct writ_filter_fact fact;

    look_up(filters, link, now, &fact);
    if (fact.answer == WRIT_FILTER_REVOKED)
        return HOOK_ANSWER_REVOKED;
    if (policy == HOOK_PASS || !link->is_leaf)
        return HOOK_ANSWER_PASS;
    if (fact.answer != WRIT_FILTER_GOOD)
        return HOOK_ANSWER_UNCOVERED;
    return fact.stale ? HOOK_ANSWER_STALE : HOOK_ANSWER_PASS;
}
