#include "evidence/crlsource.h"

int64_t writ_crl_source_until(const struct writ_crl_source *source)
{
    return source->has_next_update ? source->next_update
                                   : writ_time_add(source->this_update, WRIT_CRL_SOURCE_LIFE);
}

bool writ_crl_source_is_stale(const struct writ_crl_source *source, int64_t now)
{
    return now > writ_time_add(writ_crl_source_until(source), WRIT_CRL_SOURCE_SKEW) ||
           source->this_update > writ_time_add(now, WRIT_CRL_SOURCE_SKEW);
}

/* ------------------------------------------------------------------------------------- scope */

static enum writ_scope scope_under(const struct writ_crl_source *source,
                                   const struct writ_cert *cert, const struct writ_point *point)
{
    return writ_scope_of(source->issuer, source->has_idp ? &source->idp : NULL, cert, point);
}

/* RFC 5280 section 6.3.3: each distribution point of the certificate, and in the end the one that
 * its issuer's name makes.  The reasons that the CRL speaks about, or none and *why. */
static unsigned reasons_in_scope(const struct writ_crl_source *source, const struct writ_cert *cert,
                                 enum writ_scope *why)
{
    struct writ_span rest = cert->crl_points;
    struct writ_point point;
    enum writ_scope scope;
    unsigned reasons = 0;

    *why = scope_under(source, cert, NULL);
    if (*why == WRIT_SCOPE_FITS)
        reasons = source->idp.reasons;
    while (writ_point_next(&rest, &point)) {
        scope = scope_under(source, cert, &point);
        if (scope == WRIT_SCOPE_FITS)
            reasons |= point.reasons & source->idp.reasons;
        else if (*why == WRIT_SCOPE_ISSUER)
            *why = scope;
    }
    return reasons;
}

/* --------------------------------------------------------------------------------- one source */

static bool find_block(const struct writ_crl_source *source,
                       const uint8_t issuer[WRIT_TABLE_ISSUER], struct writ_block *block)
{
    return writ_table_find(&source->table, WRIT_SPAN(issuer, WRIT_TABLE_ISSUER), WRIT_BLOCK_LIST,
                           block);
}

/* RFC 5280 section 3.3: it stands on one CRL after it has expired, and may leave then. */
static bool may_have_left(const struct writ_crl_source *source, const struct writ_cert *cert)
{
    return cert->not_after < source->this_update &&
           !(source->keeps_expired && source->expired_since <= cert->not_after);
}

static void ask_block(const struct writ_crl_source *source, const struct writ_block *block,
                      const struct writ_cert *cert, const uint8_t key[WRIT_TABLE_KEY],
                      struct writ_crl_fact *fact)
{
    fact->reasons = reasons_in_scope(source, cert, &fact->scope);
    if (fact->reasons == 0)
        fact->answer = WRIT_CRL_OUT_OF_SCOPE;
    else if (writ_block_find(block, key, &fact->revoked))
        fact->answer = WRIT_CRL_LISTED;
    else if (cert->has_broken_points)
        fact->answer = WRIT_CRL_BROKEN_POINTS;
    else if (may_have_left(source, cert))
        fact->answer = WRIT_CRL_HAD_EXPIRED;
    else
        fact->answer = fact->reasons == WRIT_FLAG_ALL ? WRIT_CRL_NOT_LISTED : WRIT_CRL_SOME_REASONS;
}

void writ_ask_crl(const struct writ_crl_source *source, const struct writ_cert *cert,
                  const uint8_t issuer[WRIT_TABLE_ISSUER], const uint8_t key[WRIT_TABLE_KEY],
                  int64_t now, struct writ_crl_fact *fact)
{
    struct writ_block block;

    *fact = (struct writ_crl_fact){.source = source};
    fact->stale = writ_crl_source_is_stale(source, now);
    if (find_block(source, issuer, &block))
        ask_block(source, &block, cert, key, fact);
    else if (reasons_in_scope(source, cert, &fact->scope) != 0 || fact->scope != WRIT_SCOPE_ISSUER)
        fact->answer = WRIT_CRL_NOT_PINNED;
}

/* ------------------------------------------------------------------------------------ several */

/* All reasons that the CRLs that do not list it speak about. */
static unsigned union_of(const struct writ_crl_fact *facts, size_t count, bool with_stale)
{
    unsigned reasons = 0;

    for (size_t i = 0; i < count; i++) {
        if ((facts[i].answer == WRIT_CRL_SOME_REASONS || facts[i].answer == WRIT_CRL_NOT_LISTED) &&
            (with_stale || !facts[i].stale))
            reasons |= facts[i].reasons;
    }
    return reasons;
}

void writ_ask_crls(const struct writ_crl_source *sources, size_t count,
                   const struct writ_cert *cert, const uint8_t issuer[WRIT_TABLE_ISSUER],
                   const uint8_t key[WRIT_TABLE_KEY], int64_t now, struct writ_crl_fact *facts)
{
    bool current, together;

    for (size_t i = 0; i < count; i++)
        writ_ask_crl(&sources[i], cert, issuer, key, now, &facts[i]);
    current = union_of(facts, count, false) == WRIT_FLAG_ALL;
    together = union_of(facts, count, true) == WRIT_FLAG_ALL;
    for (size_t i = 0; i < count; i++) {
        if (facts[i].answer == WRIT_CRL_SOME_REASONS && together && (facts[i].stale || current))
            facts[i].answer = WRIT_CRL_NOT_LISTED;
    }
}

bool writ_crls_list(const struct writ_crl_source *sources, size_t count,
                    const struct writ_cert *cert, const uint8_t issuer[WRIT_TABLE_ISSUER],
                    const uint8_t key[WRIT_TABLE_KEY])
{
    struct writ_block block;
    struct writ_revoked revoked;
    enum writ_scope ignored;

    for (size_t i = 0; i < count; i++) {
        if (find_block(&sources[i], issuer, &block) && writ_block_find(&block, key, &revoked) &&
            reasons_in_scope(&sources[i], cert, &ignored) != 0)
            return true;
    }
    return false;
}

/* ------------------------------------------------------------------------------------ in words */

void writ_crl_fact_add_text(struct writ_buffer *b, const struct writ_crl_fact *fact)
{
    switch (fact->answer) {
    case WRIT_CRL_ABSENT:
        writ_buffer_text(b, "the CRL is another issuer's");
        break;
    case WRIT_CRL_NOT_PINNED:
        writ_buffer_text(b, "the CRL may speak for it, but the key of its issuer is not pinned "
                            "with the source");
        break;
    case WRIT_CRL_OUT_OF_SCOPE:
        writ_buffer_format(b, "the CRL %s", writ_scope_text(fact->scope));
        break;
    case WRIT_CRL_BROKEN_POINTS:
        writ_buffer_text(b, "the certificate's distribution points do not read");
        break;
    case WRIT_CRL_SOME_REASONS:
        writ_buffer_text(b, "the CRL speaks about some reasons of revocation only");
        break;
    case WRIT_CRL_HAD_EXPIRED:
        writ_buffer_text(b, "it had expired before the CRL was made, and may have left it");
        break;
    case WRIT_CRL_NOT_LISTED:
    case WRIT_CRL_LISTED:
        break;
    }
}
