#include "evidence/crl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/verify.h"

#define NOBODY "nobody who may, and leads to the same anchor, has signed it"

/* One question, and what has been found so far. */
struct look {
    struct writ_crl_pool *pool;
    const struct writ_cert *cert;
    struct writ_answer *answer;
    unsigned covered;                   /* reasons that current CRLs speak about */
    unsigned outdated;                  /* reasons that only CRLs that are too old speak about */
    const struct writ_given_crl *late;  /* the newest of those */
    const struct writ_given_crl *unfit; /* a CRL in scope that is of no use */
    enum writ_scope scope;              /* why a CRL of the issuer is out of scope */
};

/* ------------------------------------------------------------------------------------ order */

static int compare(const void *left, const void *right)
{
    const struct writ_crl *a = &((const struct writ_given_crl *)left)->crl;
    const struct writ_crl *b = &((const struct writ_given_crl *)right)->crl;

    if (a->this_update != b->this_update)
        return a->this_update > b->this_update ? -1 : 1;
    return -writ_crl_number_compare(a->number, b->number);
}

void writ_crl_pool_start(struct writ_crl_pool *pool)
{
    if (pool->crl_count > 1)
        qsort(pool->crl, pool->crl_count, sizeof pool->crl[0], compare);
}

/* ------------------------------------------------------------------------------------ dates */

static bool is_to_come(const struct writ_crl_pool *pool, const struct writ_crl *crl)
{
    return crl->this_update > writ_time_add(pool->now, WRIT_CRLS_SKEW);
}

static bool is_late(const struct writ_crl_pool *pool, const struct writ_crl *crl)
{
    int64_t earliest = writ_time_add(pool->now, -WRIT_CRLS_SKEW);
    int64_t max_age = pool->max_age;

    if (crl->has_next_update && crl->next_update < earliest)
        return true;
    if (max_age == 0 && !crl->has_next_update)
        max_age = WRIT_CRLS_MAX_AGE;
    return max_age != 0 && writ_time_add(crl->this_update, max_age) < earliest;
}

/* ------------------------------------------------------------------- signers (section 6.3.3 (f))
 */

static bool is_in_path(const struct writ_path *path, struct writ_span der)
{
    for (size_t i = 0; i < path->count; i++) {
        if (writ_span_equal(path->cert[i], der))
            return true;
    }
    return false;
}

/* Nothing of a signer's own path may be revoked, or unknown.  What is of the main path is asked
 * about by whoever built it. */
static int is_unrevoked(struct writ_crl_pool *pool, const struct writ_path *path, bool *good,
                        struct writ_error *e)
{
    struct writ_answer answer;
    struct writ_cert cert;

    *good = true;
    for (size_t i = 0; i + 1 < path->count && *good; i++) {
        if (is_in_path(pool->path, path->cert[i]))
            continue;
        if (writ_cert_parse(path->cert[i], &cert, NULL) < 0) {
            *good = false;
            return 0;
        }
        if (writ_check_crls(pool, &cert, &answer, e) < 0)
            return -1;
        *good = answer.status == WRIT_ANSWER_GOOD;
    }
    return 0;
}

/* A signer of the path itself, or with a path to the same anchor. */
static int is_authorised(struct writ_crl_pool *pool, const struct writ_cert *signer, bool *good,
                         struct writ_error *e)
{
    struct writ_path_rules rules = {.instant = pool->now, .insecure_weak = pool->allow_sha1};
    const struct writ_span *anchor = &pool->path->cert[pool->path->count - 1];
    struct writ_path path = {0};
    int rc;

    *good = is_in_path(pool->path, signer->der);
    if (*good)
        return 0;
    rc = writ_path_build_by(&rules, signer->der, pool->cert, pool->cert_count, anchor, 1, &path,
                            NULL, e);
    if (rc == 0 && path.state == WRIT_PATH_GOOD)
        rc = is_unrevoked(pool, &path, good, e);
    writ_path_free(&path);
    return rc;
}

/* True for one whose key has signed the CRL, and may. */
static int has_signed(struct writ_crl_pool *pool, struct writ_given_crl *given,
                      struct writ_span der, bool *good, struct writ_error *e)
{
    const struct writ_crl *crl = &given->crl;
    enum writ_signature_state state;
    struct writ_cert signer;

    *good = false;
    if (writ_cert_parse(der, &signer, NULL) < 0 ||
        !writ_name_matches(signer.subject.der, crl->issuer.der) ||
        (signer.has_key_usage && (signer.key_usage & WRIT_USAGE_CRL_SIGN) == 0))
        return 0;
    if ((pool->allow_sha1 ? writ_verify_signature_insecure_sha1 : writ_verify_signature)(
            signer.key.spki, crl->signature_algorithm, crl->tbs, crl->signature, &state, e) < 0)
        return -1;
    if (state != WRIT_SIGNATURE_GOOD)
        return 0;
    given->key = signer.key.spki;
    return is_authorised(pool, &signer, good, e);
}

static int find_signer(struct writ_crl_pool *pool, struct writ_given_crl *given,
                       struct writ_error *e)
{
    bool good = false;

    for (size_t i = pool->path->count; i-- > 0 && !good;) {
        if (has_signed(pool, given, pool->path->cert[i], &good, e) < 0)
            return -1;
    }
    for (size_t i = 0; i < pool->cert_count && !good; i++) {
        if (has_signed(pool, given, pool->cert[i], &good, e) < 0)
            return -1;
    }
    /* Deeper down it may rest on a CRL whose own signer is still being looked for. */
    if (pool->depth == 1)
        given->signed_well = good ? WRIT_CHECK_PASSED : WRIT_CHECK_FAILED;
    given->fault = good ? NULL : NOBODY;
    return 0;
}

/* Sets given->fault, or NULL for one that is of use. */
static int examine(struct writ_crl_pool *pool, struct writ_given_crl *given, struct writ_error *e)
{
    int rc;

    given->fault = NULL;
    if (given->crl.has_unknown_critical) {
        given->fault = "it has a critical extension that writ does not know";
        return 0;
    }
    if (is_to_come(pool, &given->crl)) {
        given->fault = "it is of a time to come (thisUpdate)";
        return 0;
    }
    /* P4.14.30: who has signed it is being asked about, and only this speaks about that. */
    if (given->signed_well == WRIT_CHECK_PASSED || (given->checking && given->key.n > 0))
        return 0;
    if (given->checking || given->signed_well == WRIT_CHECK_FAILED) {
        given->fault = NOBODY;
        return 0;
    }
    given->checking = true;
    rc = find_signer(pool, given, e);
    given->checking = false;
    return rc;
}

/* --------------------------------------------------------------------- deltas (section 6.3.3 (c))
 */

static bool have_one_scope(const struct writ_crl *a, const struct writ_crl *b)
{
    return a->has_idp == b->has_idp && (!a->has_idp || writ_span_equal(a->idp.der, b->idp.der)) &&
           writ_span_equal(a->authority_key_id, b->authority_key_id);
}

static bool is_delta_of(const struct writ_crl *delta, const struct writ_crl *base)
{
    return delta->is_delta && base->number.n > 0 &&
           writ_name_matches(delta->issuer.der, base->issuer.der) && have_one_scope(delta, base) &&
           writ_crl_number_compare(base->number, delta->base_number) >= 0 &&
           writ_crl_number_compare(base->number, delta->number) < 0;
}

/* The newest delta that goes with a base: signed with the same key, usable and current. */
static int find_delta(struct writ_crl_pool *pool, const struct writ_given_crl *base,
                      const struct writ_given_crl **found, struct writ_error *e)
{
    *found = NULL;
    for (size_t i = 0; i < pool->crl_count && *found == NULL; i++) {
        struct writ_given_crl *delta = &pool->crl[i];

        if (!is_delta_of(&delta->crl, &base->crl) || is_late(pool, &delta->crl))
            continue;
        if (examine(pool, delta, e) < 0)
            return -1;
        if (delta->fault == NULL && writ_span_equal(delta->key, base->key))
            *found = delta;
    }
    return 0;
}

/* -------------------------------------------------------------------------------- one CRL */

static void note_source(struct writ_answer *a, const struct writ_given_crl *given)
{
    (void)snprintf(a->source, sizeof a->source, "%s", given->source);
}

static void settle_revoked(struct look *l, const struct writ_given_crl *given,
                           const struct writ_crl_entry *entry)
{
    struct writ_answer *a = l->answer;

    a->status = WRIT_ANSWER_REVOKED;
    a->stale = is_late(l->pool, &given->crl);
    note_source(a, given);
    a->as_of = given->crl.this_update;
    a->until = given->crl.has_next_update ? given->crl.next_update : 0;
    a->reason = writ_reason_is_known(entry->reason) ? (enum writ_reason)entry->reason
                                                    : WRIT_REASON_UNSPECIFIED;
    a->revoked_at = entry->revocation_date;
    a->since = entry->has_invalidity ? entry->invalidity_date : entry->revocation_date;
    a->held = a->reason == WRIT_REASON_CERTIFICATE_HOLD;
    (void)snprintf(a->why, sizeof a->why, "%s", a->held ? "it is on hold" : "it is revoked");
}

/* What counts of several is the oldest, and what ends first. */
static void note_covered(struct look *l, const struct writ_given_crl *given)
{
    struct writ_answer *a = l->answer;

    if (a->source[0] == '\0')
        note_source(a, given);
    if (a->as_of == 0 || given->crl.this_update < a->as_of)
        a->as_of = given->crl.this_update;
    if (given->crl.has_next_update && (a->until == 0 || given->crl.next_update < a->until))
        a->until = given->crl.next_update;
}

static bool lists(const struct look *l, const struct writ_given_crl *given,
                  struct writ_crl_entry *entry)
{
    return given != NULL &&
           writ_crl_find(&given->crl, NULL, l->cert->serial, l->cert->issuer.der, entry);
}

/* RFC 5280 section 3.3: who has expired may leave the list, unless expiredCertsOnCRL keeps them. */
static bool may_have_left(const struct writ_cert *cert, const struct writ_crl *crl)
{
    return cert->not_after < crl->this_update &&
           !(crl->has_expired_certs && crl->expired_certs <= cert->not_after);
}

/* Looks a certificate up in a CRL that is usable and in scope, and in its delta first. */
static void look_up(struct look *l, const struct writ_given_crl *base,
                    const struct writ_given_crl *delta, unsigned reasons)
{
    struct writ_crl_entry entry;
    bool removed = false;

    if (lists(l, delta, &entry)) {
        if (entry.reason != WRIT_CRL_REMOVE) {
            settle_revoked(l, delta, &entry);
            return;
        }
        removed = !may_have_left(l->cert, &delta->crl); /* the end of it lifts nothing (5.3.1) */
    }
    if (!removed && lists(l, base, &entry)) {
        settle_revoked(l, base, &entry);
        return;
    }
    if (may_have_left(l->cert, &base->crl))
        return;
    if (is_late(l->pool, &base->crl)) {
        l->outdated |= reasons;
        l->late = l->late == NULL ? base : l->late;
        return;
    }
    l->covered |= reasons;
    note_covered(l, delta != NULL ? delta : base);
}

static bool is_settled(const struct look *l)
{
    return l->answer->status == WRIT_ANSWER_REVOKED || l->covered == WRIT_FLAG_ALL;
}

/* A CRL under a distribution point (NULL: the one that the issuer's name makes). */
static int ask(struct look *l, struct writ_given_crl *given, const struct writ_point *point,
               struct writ_error *e)
{
    const struct writ_crl *crl = &given->crl;
    const struct writ_given_crl *delta;
    enum writ_scope scope =
        writ_scope_of(crl->issuer.der, crl->has_idp ? &crl->idp : NULL, l->cert, point);
    unsigned reasons = crl->idp.reasons & (point == NULL ? WRIT_FLAG_ALL : point->reasons);

    if (scope != WRIT_SCOPE_FITS) {
        if (scope != WRIT_SCOPE_ISSUER)
            l->scope = scope;
        return 0;
    }
    if ((reasons & ~l->covered) == 0)
        return 0;
    if (examine(l->pool, given, e) < 0)
        return -1;
    if (given->fault != NULL) {
        l->unfit = l->unfit == NULL ? given : l->unfit;
        return 0;
    }
    if (find_delta(l->pool, given, &delta, e) < 0)
        return -1;
    look_up(l, given, delta, reasons);
    return 0;
}

static int ask_all(struct look *l, const struct writ_point *point, struct writ_error *e)
{
    for (size_t i = 0; i < l->pool->crl_count && !is_settled(l); i++) {
        if (!l->pool->crl[i].crl.is_delta && ask(l, &l->pool->crl[i], point, e) < 0)
            return -1;
    }
    return 0;
}

/* ------------------------------------------------------------------------------ the answer */

static void say(struct look *l, enum writ_answer_status status, const struct writ_given_crl *given,
                const char *why)
{
    struct writ_answer *a = l->answer;

    a->status = status;
    a->stale = status == WRIT_ANSWER_STALE;
    if (given != NULL) {
        note_source(a, given);
        a->as_of = given->crl.this_update;
        a->until = given->crl.has_next_update ? given->crl.next_update : 0;
    }
    (void)snprintf(a->why, sizeof a->why, "%s", why);
}

static void conclude(struct look *l)
{
    char why[WRIT_FACT_TEXT];

    if (l->answer->status == WRIT_ANSWER_REVOKED)
        return;
    if (l->covered == WRIT_FLAG_ALL)
        l->answer->status = WRIT_ANSWER_GOOD;
    else if ((l->covered | l->outdated) == WRIT_FLAG_ALL)
        say(l, WRIT_ANSWER_STALE, l->late, "it is too old");
    else if (l->cert->has_broken_points)
        say(l, WRIT_ANSWER_NO_EVIDENCE, NULL, "the certificate's distribution points do not parse");
    else if (l->covered != 0)
        say(l, WRIT_ANSWER_SCOPE, NULL, "the CRLs speak about some reasons of revocation only");
    else if (l->unfit != NULL)
        say(l, WRIT_ANSWER_NO_EVIDENCE, l->unfit, l->unfit->fault);
    else if (l->scope != WRIT_SCOPE_FITS) {
        (void)snprintf(why, sizeof why, "a CRL of the issuer %s", writ_scope_text(l->scope));
        say(l, WRIT_ANSWER_SCOPE, NULL, why);
    } else
        say(l, WRIT_ANSWER_NO_EVIDENCE, NULL, "no CRL speaks for it");
}

static int walk_points(struct look *l, struct writ_error *e)
{
    struct writ_span rest = l->cert->crl_points;
    struct writ_point point;

    if (l->cert->has_broken_points)
        return 0;
    while (!is_settled(l) && writ_point_next(&rest, &point)) {
        if (ask_all(l, &point, e) < 0)
            return -1;
    }
    return is_settled(l) ? 0 : ask_all(l, NULL, e);
}

int writ_check_crls(struct writ_crl_pool *pool, const struct writ_cert *cert,
                    struct writ_answer *answer, struct writ_error *e)
{
    struct look l = {.pool = pool, .cert = cert, .answer = answer, .scope = WRIT_SCOPE_FITS};
    int rc;

    *answer = (struct writ_answer){.from = WRIT_FROM_CRL};
    if (pool->depth == WRIT_CRLS_DEPTH) {
        say(&l, WRIT_ANSWER_NO_EVIDENCE, NULL, "signers of CRLs about signers of CRLs go too deep");
        return 0;
    }
    pool->depth++;
    rc = walk_points(&l, e);
    pool->depth--;
    if (rc == 0)
        conclude(&l);
    return rc;
}
