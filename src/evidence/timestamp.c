#include "evidence/timestamp.h"

#include <stdarg.h>
#include <stdio.h>

#include "crypto/digest.h"
#include "evidence/revoked.h"
#include "evidence/signature.h"

static void settle(struct writ_stamp_facts *stamp, enum writ_stamp_state state, const char *fmt,
                   ...) WRIT_FORMAT(3, 4);

/* A stamp that was refused stays refused: the first reason is the cause. */
static void settle(struct writ_stamp_facts *stamp, enum writ_stamp_state state, const char *fmt,
                   ...)
{
    va_list args;

    if (stamp->state == WRIT_STAMP_REFUSED)
        return;
    stamp->state = state;
    va_start(args, fmt);
    (void)vsnprintf(stamp->reason, sizeof stamp->reason, fmt, args);
    va_end(args);
}

static int check_imprint(const struct writ_timestamp *stamp, struct writ_span signature_value,
                         struct writ_fact *fact, struct writ_error *e)
{
    uint8_t hash[WRIT_DIGEST_MAX];
    struct writ_error found = {0};
    size_t n;

    if (stamp->hash_algorithm == WRIT_OID_SHA1) {
        writ_fact_fail(fact, "the timestamp's imprint is made with SHA-1");
        return 0;
    }
    if (writ_digest(stamp->hash_algorithm, signature_value, hash, &n, &found) < 0) {
        if (found.fault != WRIT_FAULT_BAD_INPUT)
            return writ_fail(e, found.fault, "%s", found.text);
        writ_fact_fail(fact, "the timestamp's imprint is made with an unknown hash");
        return 0;
    }
    if (!writ_span_equal(WRIT_SPAN(hash, n), stamp->imprint))
        writ_fact_fail(fact, "the timestamp is of another signature");
    return 0;
}

static void check_purpose(const struct writ_cert *tsa, struct writ_fact *fact)
{
    if (!writ_cert_has_sole_purpose(tsa, WRIT_OID_TIME_STAMPING) || !tsa->purposes_critical)
        writ_fact_fail(fact, "the timestamp's signer lacks the critical and sole purpose "
                             "timeStamping (RFC 3161 section 2.3)");
    if (tsa->is_ca)
        writ_fact_fail(fact, "the timestamp's signer is a CA certificate");
    if (tsa->has_key_usage &&
        !(tsa->key_usage & (WRIT_USAGE_DIGITAL_SIGNATURE | WRIT_USAGE_CONTENT_COMMITMENT)))
        writ_fact_fail(fact, "the keyUsage of the timestamp's signer does not allow signatures");
}

int writ_check_token(struct writ_span token, struct writ_span signature_value,
                     struct writ_timestamp *stamp, struct writ_cert *signer, size_t *index,
                     struct writ_fact *fact, struct writ_error *e)
{
    struct writ_error found = {0};

    if (writ_timestamp_parse(token, stamp, &found) < 0) {
        writ_fact_fail(fact, "timestamp: %s", found.text);
        return 0;
    }
    if (check_imprint(stamp, signature_value, fact, e) < 0 ||
        writ_find_signer(&stamp->cms, signer, index, fact, e) < 0)
        return -1;
    if (fact->state == WRIT_CHECK_FAILED)
        return 0;
    check_purpose(signer, fact);
    return writ_check_signature(&stamp->cms, signer, stamp->cms.content, fact, e);
}

static void check_instant(const struct writ_stamp_facts *stamp, int64_t now, struct writ_fact *fact)
{
    char when[WRIT_TIME_TEXT];

    writ_time_format(stamp->time, when);
    if (stamp->time > now + WRIT_STAMP_SKEW)
        writ_fact_fail(fact, "the timestamp is from the future (%s)", when);
}

static int check_path(const struct writ_timestamp *token, size_t index,
                      const struct writ_source *source, struct writ_checked_path *tsa,
                      struct writ_stamp_facts *stamp, struct writ_error *e)
{
    struct writ_fact purpose = {0};

    if (writ_check_path(token->cms.certificate[index], token->cms.certificate,
                        token->cms.certificate_count, source->bundle.anchor,
                        source->bundle.anchor_count, stamp->time, tsa, &stamp->path, e) < 0)
        return -1;
    writ_check_handed_on(tsa, WRIT_OID_TIME_STAMPING, &stamp->path, &purpose);
    if (!writ_fact_holds(&stamp->path.built))
        settle(stamp, WRIT_STAMP_REFUSED, "the timestamp is not from a pinned authority: %s",
               stamp->path.built.reason);
    else if (!writ_fact_holds(&stamp->path.dated))
        settle(stamp, WRIT_STAMP_REFUSED, "timestamp: %s", stamp->path.dated.reason);
    else if (!writ_fact_holds(&stamp->path.strong))
        settle(stamp, WRIT_STAMP_REFUSED, "timestamp: %s", stamp->path.strong.reason);
    else if (purpose.state == WRIT_CHECK_FAILED)
        settle(stamp, WRIT_STAMP_REFUSED, "timestamp: %s", purpose.reason);
    return 0;
}

int writ_check_stamp(struct writ_span token, struct writ_span signature_value,
                     const struct writ_source *source, int64_t now, struct writ_checked_path *tsa,
                     struct writ_stamp_facts *stamp, struct writ_error *e)
{
    struct writ_timestamp parsed;
    struct writ_cert signer;
    struct writ_fact fact = {0};
    size_t index = 0;

    settle(stamp, WRIT_STAMP_NOT_COUNTED, "the authority's status was not asked");
    if (writ_check_token(token, signature_value, &parsed, &signer, &index, &fact, e) < 0)
        return -1;
    stamp->time = parsed.time;
    stamp->accuracy = parsed.accuracy;
    stamp->instant = writ_timestamp_instant(&parsed);
    check_instant(stamp, now, &fact);
    if (fact.state == WRIT_CHECK_FAILED) {
        settle(stamp, WRIT_STAMP_REFUSED, "%s", fact.reason);
        return 0;
    }
    return check_path(&parsed, index, source, tsa, stamp, e);
}

/* Only an orderly end leaves what was stamped before it standing. */
static bool ended_in_order(const struct writ_revocation_fact *revocation, int64_t instant)
{
    switch (revocation->reason) {
    case WRIT_REASON_SUPERSEDED:
    case WRIT_REASON_CESSATION_OF_OPERATION:
    case WRIT_REASON_AFFILIATION_CHANGED:
        return instant < revocation->since;
    default:
        return false;
    }
}

static void settle_by_coverage(const struct writ_link *link, struct writ_stamp_facts *stamp)
{
    switch (link->coverage) {
    case WRIT_STATUS_GOOD:
        return;
    case WRIT_STATUS_UNNUMBERED:
        settle(stamp, WRIT_STAMP_REFUSED,
               "the timestamp's certificate of %s has no number, and its issuer numbers",
               link->subject);
        return;
    default:
        settle(stamp, WRIT_STAMP_NOT_COUNTED,
               "the revocation data on this device does not cover the timestamp's certificate of "
               "%s yet",
               link->subject);
    }
}

/* A revocation that the stamp outlives is no better than none. */
static void settle_by_link(const struct writ_link *link, struct writ_stamp_facts *stamp)
{
    if (link->status == WRIT_STATUS_REVOKED && !ended_in_order(&link->revocation, stamp->instant))
        settle(stamp, WRIT_STAMP_REFUSED, "the timestamp's certificate of %s is revoked (%s)",
               link->subject, writ_reason_name(link->revocation.reason));
    else
        settle_by_coverage(link, stamp);
}

int writ_check_stamp_status(const struct writ_source *source, const struct writ_checked_path *tsa,
                            struct writ_stamp_facts *stamp, struct writ_error *e)
{
    if (stamp->state == WRIT_STAMP_REFUSED)
        return 0;
    if (writ_check_revocation(source, tsa, &stamp->path, e) < 0)
        return -1;
    stamp->state = WRIT_STAMP_COUNTS;
    stamp->reason[0] = '\0';
    if (stamp->path.count < 2) /* nobody stands above it who could have said that it is revoked */
        settle(stamp, WRIT_STAMP_NOT_COUNTED,
               "the timestamp's authority is its own anchor, which no revocation data covers");
    for (size_t i = 0; i + 1 < stamp->path.count; i++)
        settle_by_link(&stamp->path.link[i], stamp);
    return 0;
}
