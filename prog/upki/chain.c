#include "upki/chain.h"

#include "crypto/verify.h"

/* What was found among the certificates. */
struct search {
    struct writ_cert best; /* the first with the name, until one verifies */
    bool found;
    bool tried;    /* best's key, on the signature */
    bool verified; /* and it was the one */
    size_t unreadable;
};

static bool verifies(const struct writ_cert *cert, const struct writ_cert *issuer)
{
    enum writ_signature_state state;
    struct writ_error ignored = {0};

    return writ_verify_signature(issuer->key.spki, cert->signature_algorithm, cert->tbs,
                                 cert->signature, &state, &ignored) == 0 &&
           state == WRIT_SIGNATURE_GOOD;
}

/* Takes the next one with the name.  A signature is verified only where there is a choice. */
static void consider(struct search *s, const struct writ_cert *cert,
                     const struct writ_cert *candidate)
{
    if (s->verified || !writ_span_equal(candidate->subject.der, cert->issuer.der))
        return;
    if (s->found && !s->tried)
        s->verified = verifies(cert, &s->best);
    s->tried = s->found;
    if (!s->found || (!s->verified && verifies(cert, candidate))) {
        s->verified = s->found;
        s->best = *candidate;
    }
    s->found = true;
}

/* The first of the certificates is nobody's issuer here. */
static void find_issuer(const struct upki_certificate_der *certificates, size_t count,
                        const struct writ_cert *cert, struct search *s)
{
    struct writ_error ignored = {0};
    struct writ_cert candidate;

    *s = (struct search){.found = false};
    for (size_t i = 1; i < count; i++) {
        if (writ_cert_parse(WRIT_SPAN(certificates[i].data, certificates[i].len), &candidate,
                            &ignored) < 0)
            s->unreadable++;
        else
            consider(s, cert, &candidate);
    }
}

static enum upki_result read_first(const struct upki_certificate_der *first, struct chain *chain)
{
    struct writ_error ignored = {0};

    if (writ_cert_parse(WRIT_SPAN(first->data, first->len), &chain->link[0], &ignored) < 0)
        return UPKI_ERR_REVOCATION_INVALID_END_ENTITY_CERT;
    if (writ_sct_list_parse(chain->link[0].sct_list, chain->scts, &chain->sct_count, &ignored) < 0)
        return UPKI_ERR_REVOCATION_INVALID_SCT_IN_CERT;
    return UPKI_OK;
}

enum upki_result chain_find(const struct upki_certificate_der *certificates, size_t count,
                            struct chain *chain)
{
    enum upki_result result = read_first(&certificates[0], chain);
    struct search s;

    if (result != UPKI_OK)
        return result;
    for (chain->count = 1; chain->count <= CHAIN_LINKS_MAX; chain->count++) {
        const struct writ_cert *last = &chain->link[chain->count - 1];

        if (chain->count > 1 && writ_cert_is_self_issued(last))
            break;
        find_issuer(certificates, count, last, &s);
        if (!s.found)
            break;
        chain->link[chain->count] = s.best;
    }
    if (chain->count > 1)
        return UPKI_OK;
    return s.unreadable > 0 ? UPKI_ERR_REVOCATION_INVALID_INTERMEDIATE_CERT
                            : UPKI_ERR_REVOCATION_NO_ISSUER;
}

/* OneCRL names a CA certificate by names and key: no issuer's key is needed. */
static int ask_ca(const struct writ_cert *cert, const struct writ_filter_set *sets, size_t count,
                  struct writ_digester *digester, int64_t now, struct writ_filter_fact *fact,
                  struct writ_error *e)
{
    static const uint8_t none[WRIT_SHA256_BYTES];
    struct writ_filter_fact one;

    if (!cert->is_ca)
        return 0;
    if (writ_check_filters(sets, count, digester, cert, none, now, &one, e) < 0)
        return -1;
    if (one.answer == WRIT_FILTER_REVOKED)
        *fact = one;
    return 0;
}

int chain_ask(const struct chain *chain, const struct writ_filter_set *sets, size_t count,
              int64_t now, struct writ_filter_fact *fact, struct writ_error *e)
{
    struct writ_digester *digester = writ_digester_new(e);
    uint8_t key[WRIT_SHA256_BYTES];
    int rc = -1;

    if (digester != NULL &&
        writ_digester_sha256(digester, chain->link[1].key.spki, WRIT_SPAN_NONE, key, e) == 0)
        rc = writ_check_filters(sets, count, digester, &chain->link[0], key, now, fact, e);
    for (size_t i = 1; rc == 0 && fact->answer != WRIT_FILTER_REVOKED && i < chain->count; i++)
        rc = ask_ca(&chain->link[i], sets, count, digester, now, fact, e);
    writ_digester_free(digester);
    return rc;
}
