#include "evidence/crlcheck.h"

#include <stdio.h>

#include "base/reason.h"
#include "base/text.h"
#include "crypto/verify.h"

/* Whatever else it may be worth, it is this. */
static void settle(struct writ_answer *answer, enum writ_answer_status status, const char *why)
{
    answer->status = status;
    (void)snprintf(answer->why, sizeof answer->why, "%s", why);
}

void writ_crl_no_evidence(struct writ_answer *answer, const char *why)
{
    *answer = (struct writ_answer){.from = WRIT_FROM_CRL};
    settle(answer, WRIT_ANSWER_NO_EVIDENCE, why);
}

/* ---------------------------------------------------------------------------- the signature */

static int verify(const struct writ_crlcheck *check, const struct writ_crl *crl,
                  enum writ_signature_state *state, struct writ_error *e)
{
    return (check->allow_sha1 ? writ_verify_signature_insecure_sha1 : writ_verify_signature)(
        check->issuer->key.spki, crl->signature_algorithm, crl->tbs, crl->signature, state, e);
}

static bool is_sha1(enum writ_oid algorithm)
{
    return algorithm == WRIT_OID_RSA_SHA1 || algorithm == WRIT_OID_ECDSA_SHA1;
}

/* What is wrong with its signer, or NULL. */
static int find_signer_fault(const struct writ_crlcheck *check, const struct writ_crl *crl,
                             const char **fault, struct writ_error *e)
{
    enum writ_signature_state state;

    *fault = NULL;
    if (!writ_name_matches(crl->issuer.der, check->issuer->subject.der))
        *fault = "it is another issuer's";
    else if (check->issuer->has_key_usage && (check->issuer->key_usage & WRIT_USAGE_CRL_SIGN) == 0)
        *fault = "its issuer's certificate may not sign CRLs (keyUsage)";
    else if (!check->allow_sha1 && is_sha1(crl->signature_algorithm))
        *fault = "it is signed with SHA-1";
    else if (crl->signature_algorithm == WRIT_OID_UNKNOWN)
        *fault = "it is signed with an algorithm that writ does not know";
    else if (verify(check, crl, &state, e) < 0)
        return -1;
    else if (state != WRIT_SIGNATURE_GOOD)
        *fault = "its signature does not verify with the issuer's key";
    return 0;
}

static void name_source(const struct writ_crl *crl, struct writ_answer *answer)
{
    struct writ_buffer text = {0};

    writ_name_add_text(&text, &crl->issuer);
    writ_text_copy_safe(answer->source, sizeof answer->source, writ_buffer_span(&text));
    writ_buffer_free(&text);
}

static void say_unknown_critical(const struct writ_crl *crl, struct writ_answer *answer)
{
    struct writ_buffer text = {0};

    writ_buffer_text(&text, "it has a critical extension that writ does not know, ");
    writ_oid_add_name(&text, crl->unknown_critical);
    settle(answer, WRIT_ANSWER_NO_EVIDENCE, writ_buffer_string(&text));
    writ_buffer_free(&text);
}

/* --------------------------------------------------------------------------------- its dates */

static bool is_to_come(const struct writ_crlcheck *check, const struct writ_crl *crl)
{
    return !check->ignores_dates &&
           crl->this_update > writ_time_add(check->now, WRIT_CRLCHECK_SKEW);
}

static bool is_stale(const struct writ_crlcheck *check, const struct writ_crl *crl)
{
    int64_t earliest = writ_time_add(check->now, -WRIT_CRLCHECK_SKEW);
    int64_t max_age = check->max_age;

    if (check->ignores_dates)
        return false;
    if (crl->has_next_update && crl->next_update < earliest)
        return true;
    if (max_age == 0 && !crl->has_next_update)
        max_age = WRIT_CRLCHECK_MAX_AGE;
    return max_age != 0 && writ_time_add(crl->this_update, max_age) < earliest;
}

/* --------------------------------------------------------------------------- the certificate */

/* The reasons it speaks about for the certificate, over all of its points and the one that its
 * issuer's name makes; 0 and why not. */
static unsigned reasons_for(const struct writ_crl *crl, const struct writ_cert *cert,
                            enum writ_scope *why)
{
    const struct writ_idp *idp = crl->has_idp ? &crl->idp : NULL;
    struct writ_span rest = cert->crl_points;
    struct writ_point point;
    unsigned reasons = 0;

    *why = writ_scope_of(crl->issuer.der, idp, cert, NULL);
    if (*why == WRIT_SCOPE_FITS)
        reasons = crl->idp.reasons;
    while (writ_point_next(&rest, &point)) {
        enum writ_scope scope = writ_scope_of(crl->issuer.der, idp, cert, &point);

        if (scope == WRIT_SCOPE_FITS)
            reasons |= point.reasons & crl->idp.reasons;
        else if (*why == WRIT_SCOPE_ISSUER)
            *why = scope;
    }
    return reasons;
}

static void keep_revoked(const struct writ_crl_entry *entry, struct writ_answer *answer)
{
    answer->reason = writ_reason_is_known(entry->reason) ? (enum writ_reason)entry->reason
                                                         : WRIT_REASON_UNSPECIFIED;
    answer->revoked_at = entry->revocation_date;
    answer->since = entry->has_invalidity ? entry->invalidity_date : entry->revocation_date;
    answer->held = answer->reason == WRIT_REASON_CERTIFICATE_HOLD;
    settle(answer, WRIT_ANSWER_REVOKED, answer->held ? "it is on hold" : "it is revoked");
}

/* True when the answer about the certificate is settled. */
static bool ask(const struct writ_crl *crl, const struct writ_cert *cert,
                struct writ_answer *answer)
{
    struct writ_crl_entry entry;
    enum writ_scope scope;
    unsigned reasons = reasons_for(crl, cert, &scope);
    char why[WRIT_FACT_TEXT];

    if (reasons == 0) {
        (void)snprintf(why, sizeof why, "it %s", writ_scope_text(scope));
        settle(answer, scope == WRIT_SCOPE_ISSUER ? WRIT_ANSWER_NOT_COVERED : WRIT_ANSWER_SCOPE,
               why);
        return true;
    }
    if (writ_crl_find(crl, NULL, cert->serial, cert->issuer.der, &entry) &&
        entry.reason != WRIT_CRL_REMOVE) {
        keep_revoked(&entry, answer);
        return true;
    }
    if (cert->has_broken_points)
        settle(answer, WRIT_ANSWER_NO_EVIDENCE,
               "the certificate's distribution points do not read");
    else if (crl->is_delta)
        settle(answer, WRIT_ANSWER_NO_EVIDENCE, "it is a delta CRL, which alone says nothing");
    else if (reasons != WRIT_FLAG_ALL)
        settle(answer, WRIT_ANSWER_SCOPE, "it speaks about some reasons of revocation only");
    else if (cert->not_after < crl->this_update &&
             !(crl->has_expired_certs && crl->expired_certs <= cert->not_after))
        settle(answer, WRIT_ANSWER_SCOPE,
               "the certificate had expired before it was made, and may have left it");
    else
        return false;
    return true;
}

int writ_check_one_crl(const struct writ_crlcheck *check, const struct writ_crl *crl,
                       struct writ_answer *answer, struct writ_error *e)
{
    const char *fault = NULL;

    writ_crl_no_evidence(answer, "");
    name_source(crl, answer);
    answer->as_of = crl->this_update;
    answer->until = crl->has_next_update ? crl->next_update : 0;
    if (crl->has_unknown_critical) {
        say_unknown_critical(crl, answer);
        return 0;
    }
    if (check->issuer != NULL && find_signer_fault(check, crl, &fault, e) < 0)
        return -1;
    if (fault == NULL && is_to_come(check, crl))
        fault = "it is of a time to come (thisUpdate)";
    if (fault != NULL) {
        settle(answer, WRIT_ANSWER_NO_EVIDENCE, fault);
        return 0;
    }
    answer->stale = is_stale(check, crl);
    if (check->cert != NULL && ask(crl, check->cert, answer))
        return 0;
    settle(answer, answer->stale ? WRIT_ANSWER_STALE : WRIT_ANSWER_GOOD,
           answer->stale ? "it is too old" : "");
    return 0;
}
