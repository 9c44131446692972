#include "verdict/tls.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/hex.h"
#include "base/time.h"
#include "verdict/answer.h"

static void decide(struct writ_tls_verdict *v, enum writ_outcome outcome, const char *remedy,
                   const char *fmt, ...) WRIT_FORMAT(4, 5);

static void decide(struct writ_tls_verdict *v, enum writ_outcome outcome, const char *remedy,
                   const char *fmt, ...)
{
    va_list args;

    v->outcome = outcome;
    v->remedy = remedy;
    va_start(args, fmt);
    (void)vsnprintf(v->reason, sizeof v->reason, fmt, args);
    va_end(args);
}

/* -------------------------------------------------------------------------------- the verdict */

/* The answer that counts, of sources that are no filters: those have words of their own. */
static const struct writ_answer *other_answer(const struct writ_tls_link *link,
                                              enum writ_answer_status status)
{
    for (size_t i = 0; i < link->answer_count; i++) {
        const struct writ_answer *a = &link->answer[i];

        if (a->status == status && a->from != WRIT_FROM_CLUBCARD && a->from != WRIT_FROM_ONECRL)
            return a;
    }
    return NULL;
}

static bool link_is_revoked(const struct writ_tls_link *link)
{
    return link->fact.answer == WRIT_FILTER_REVOKED ||
           other_answer(link, WRIT_ANSWER_REVOKED) != NULL;
}

static bool link_is_good(const struct writ_tls_link *link)
{
    return (link->fact.answer == WRIT_FILTER_GOOD && !link->fact.stale) ||
           other_answer(link, WRIT_ANSWER_GOOD) != NULL;
}

static bool revoked(const struct writ_tls_facts *facts, struct writ_tls_verdict *v)
{
    const struct writ_tls_link *link;

    for (v->link = 0; v->link < facts->count; v->link++) {
        link = &facts->link[v->link];
        if (!link_is_revoked(link))
            continue;
        decide(v, WRIT_REVOKED, "its owner has to replace it", "%s%s, serial %s",
               v->link == 0 ? "" : "a CA above it is revoked: ", link->subject, link->serial);
        return true;
    }
    v->link = 0;
    return false;
}

static void judge_issuer(const struct writ_tls_facts *facts, struct writ_tls_verdict *v)
{
    if (facts->issuer == WRIT_TLS_ISSUER_WRONG)
        decide(v, WRIT_UNTRUSTED, "give the certificate that issued it",
               "%s: its signature does not verify with the key of %s", facts->link[0].subject,
               facts->link[0].issuer);
    else
        decide(v, WRIT_FAULT, "give its issuer's certificate with --chain FILE",
               "%s: the certificate of its issuer, %s, is missing", facts->link[0].subject,
               facts->link[0].issuer);
}

static const char *remedy_uncovered(enum writ_uncovered why)
{
    switch (why) {
    case WRIT_UNCOVERED_SOURCE:
        return "add one: writ source add crlite URL";
    case WRIT_UNCOVERED_INTERVAL:
        return "newer filters may cover it: writ pull";
    case WRIT_UNCOVERED_NOT:
    case WRIT_UNCOVERED_ISSUER:
    case WRIT_UNCOVERED_CA:
    case WRIT_UNCOVERED_EXPIRED:
    case WRIT_UNCOVERED_NO_SCT:
        break;
    }
    return "";
}

/* What a source says that speaks about its issuer's certificates, but not about this one. */
static const struct writ_answer *scope_answer(const struct writ_tls_link *link)
{
    const struct writ_answer *a = other_answer(link, WRIT_ANSWER_SCOPE);

    if (a == NULL)
        a = other_answer(link, WRIT_ANSWER_UNKNOWN);
    return a != NULL ? a : other_answer(link, WRIT_ANSWER_NOT_COVERED);
}

/* Looked, and nobody could know. */
static void judge_unknown(const struct writ_policy *policy, const struct writ_tls_link *link,
                          struct writ_tls_verdict *v)
{
    const struct writ_filter_fact *fact = &link->fact;
    const struct writ_answer *scope = scope_answer(link);
    const char *subject = link->subject;
    enum writ_outcome outcome = policy->allow_uncovered ? WRIT_ALLOWED : WRIT_NOT_COVERED;

    if (scope != NULL)
        decide(v, outcome, "", "%s: %s (%s)", subject, scope->why, scope->source);
    else if (fact->answer == WRIT_FILTER_NOT_ENROLLED)
        decide(v, outcome, "", "%s: the filters know nothing of its issuer", subject);
    else
        decide(v, outcome, remedy_uncovered(fact->uncovered), "%s: %s", subject,
               writ_uncovered_text(fact->uncovered));
}

static bool has_ocsp(const struct writ_tls_link *link, enum writ_answer_status status)
{
    for (size_t i = 0; i < link->answer_count; i++) {
        const struct writ_answer *a = &link->answer[i];

        if ((a->from == WRIT_FROM_OCSP || a->from == WRIT_FROM_STAPLE) && a->status == status)
            return true;
    }
    return false;
}

/* Whatever the other sources say. */
static void judge_lack_of_ocsp(const struct writ_tls_link *link, struct writ_tls_verdict *v)
{
    if (has_ocsp(link, WRIT_ANSWER_STALE))
        decide(v, WRIT_STALE, "", "%s: its OCSP answer is too old", link->subject);
    else
        decide(v, WRIT_NOT_COVERED, "try again later, or without --ocsp hard",
               "%s: there is no OCSP answer that can be used", link->subject);
}

void writ_judge_tls(const struct writ_policy *policy, const struct writ_tls_facts *facts,
                    struct writ_tls_verdict *verdict)
{
    const struct writ_tls_link *link = &facts->link[0];

    *verdict = (struct writ_tls_verdict){.remedy = ""};
    if (facts->issuer == WRIT_TLS_SUBJECT_MALFORMED || facts->count == 0)
        decide(verdict, WRIT_MALFORMED, "", "%s", facts->reason);
    else if (revoked(facts, verdict))
        return;
    else if (facts->issuer != WRIT_TLS_ISSUER_VERIFIED)
        judge_issuer(facts, verdict);
    else if (policy->require_ocsp && !has_ocsp(link, WRIT_ANSWER_GOOD))
        judge_lack_of_ocsp(link, verdict);
    else if (link_is_good(link))
        decide(verdict, WRIT_ALLOWED, "", "%s", link->subject);
    else if (link->fact.answer == WRIT_FILTER_GOOD)
        decide(verdict, WRIT_STALE, "writ pull", "%s: not revoked as of filters that are too old",
               link->subject);
    else if (other_answer(link, WRIT_ANSWER_STALE) != NULL)
        decide(verdict, WRIT_STALE, "writ pull", "%s: not revoked as of %s that is too old",
               link->subject,
               other_answer(link, WRIT_ANSWER_STALE)->from == WRIT_FROM_CRL ? "a CRL"
                                                                            : "an OCSP answer");
    else
        judge_unknown(policy, link, verdict);
}

int writ_tls_exit(const struct writ_tls_verdict *verdict)
{
    struct writ_verdict v = {.outcome = verdict->outcome, .fault = WRIT_FAULT_NO_INPUT};

    return writ_verdict_exit(&v);
}

/* -------------------------------------------------------------------------------- in words */

/* What the line begins with, and JSON's `status`. */
static const char *status(const struct writ_tls_verdict *verdict,
                          const struct writ_tls_facts *facts)
{
    const struct writ_tls_link *link = &facts->link[0];

    switch (verdict->outcome) {
    case WRIT_ALLOWED:
    case WRIT_NOT_COVERED:
        if (link_is_good(link)) /* others say so, and that was not enough */
            return writ_answer_status_name(
                verdict->outcome == WRIT_ALLOWED ? WRIT_ANSWER_GOOD : WRIT_ANSWER_NO_EVIDENCE);
        return scope_answer(link) != NULL ? writ_answer_status_name(scope_answer(link)->status)
                                          : writ_filter_answer_name(link->fact.answer);
    case WRIT_FAULT:
        return "could not look";
    case WRIT_REVOKED:
    case WRIT_UNTRUSTED:
    case WRIT_MODIFIED:
    case WRIT_MALFORMED:
    case WRIT_STALE:
    case WRIT_UNSIGNED:
        break;
    }
    return writ_outcome_name(verdict->outcome);
}

static struct writ_span file_name(const struct writ_filter_fact *fact)
{
    return fact->file == NULL ? WRIT_SPAN("OneCRL", 6) : fact->file->name;
}

/* An answer comes from a file of a set; "no file covers it" does not. */
static bool has_source(const struct writ_filter_fact *fact)
{
    return fact->set != NULL && (fact->file != NULL || fact->answer == WRIT_FILTER_REVOKED);
}

static void add_source(struct writ_buffer *out, const struct writ_filter_fact *fact, int64_t now)
{
    char age[WRIT_DURATION_MAX];

    if (fact->set == NULL)
        return;
    writ_duration_format(now - fact->set->as_of, age);
    writ_buffer_format(out, "; %s: ", fact->set->source);
    if (has_source(fact)) {
        writ_buffer_add(out, file_name(fact));
        writ_buffer_text(out, ", ");
    }
    writ_buffer_format(out, "%s %s", age, fact->set->as_of > now ? "ahead of the clock" : "old");
}

/* The answer of a source that is no filter, when the verdict rests on it. */
static const struct writ_answer *counting_answer(const struct writ_tls_verdict *v,
                                                 const struct writ_tls_link *link)
{
    switch (v->outcome) {
    case WRIT_REVOKED:
        return link->fact.answer == WRIT_FILTER_REVOKED ? NULL
                                                        : other_answer(link, WRIT_ANSWER_REVOKED);
    case WRIT_ALLOWED:
        return link->fact.answer == WRIT_FILTER_GOOD && !link->fact.stale
                   ? NULL
                   : other_answer(link, WRIT_ANSWER_GOOD);
    case WRIT_STALE:
        return link->fact.answer == WRIT_FILTER_GOOD ? NULL : other_answer(link, WRIT_ANSWER_STALE);
    default:
        return NULL;
    }
}

static void add_answer(struct writ_buffer *out, const struct writ_answer *a, int64_t now)
{
    char age[WRIT_DURATION_MAX];

    writ_duration_format(now - a->as_of, age);
    writ_buffer_format(out, "; %s: %s, %s %s", a->source, writ_answer_from_name(a->from), age,
                       a->as_of > now ? "ahead of the clock" : "old");
}

static void add_dates(struct writ_buffer *out, const struct writ_tls_link *link, int64_t now)
{
    char span[WRIT_DURATION_MAX];

    if (now > link->not_after) {
        writ_duration_format(now - link->not_after, span);
        writ_buffer_format(out, "; expired %s ago", span);
    } else if (now < link->not_before) {
        writ_duration_format(link->not_before - now, span);
        writ_buffer_format(out, "; valid in %s", span);
    } else {
        writ_duration_format(link->not_after - now, span);
        writ_buffer_format(out, "; expires in %s", span);
    }
}

void writ_explain_tls_line(const struct writ_tls_verdict *verdict,
                           const struct writ_tls_facts *facts, struct writ_buffer *out)
{
    const struct writ_tls_link *link = &facts->link[verdict->link];

    writ_buffer_format(out, "%s: %s", status(verdict, facts), verdict->reason);
    if (facts->count == 0)
        return;
    if (counting_answer(verdict, link) != NULL)
        add_answer(out, counting_answer(verdict, link), facts->now);
    else
        add_source(out, &link->fact, facts->now);
    add_dates(out, &facts->link[0], facts->now);
}

/* -------------------------------------------------------------------------------- the whole */

static void emit_source(struct writ_emit *m, const struct writ_filter_fact *fact, int64_t now)
{
    if (fact->set == NULL)
        return;
    writ_emit_string(m, "source", fact->set->source);
    if (has_source(fact))
        writ_emit_span(m, "file", file_name(fact));
    writ_emit_time(m, "as_of", fact->set->as_of);
    writ_emit_number(m, "age_seconds", now - fact->set->as_of);
    writ_emit_flag(m, "stale", writ_filter_set_is_stale(fact->set, now));
}

/* What all sources come to; without any but filters, their own word. */
static const char *link_status(const struct writ_tls_link *link)
{
    if (link_is_revoked(link))
        return writ_filter_answer_name(WRIT_FILTER_REVOKED);
    if (link_is_good(link))
        return writ_filter_answer_name(WRIT_FILTER_GOOD);
    return writ_filter_answer_name(link->fact.answer);
}

static void emit_link(struct writ_emit *m, const struct writ_tls_link *link, int64_t now)
{
    writ_emit_object(m, NULL);
    writ_emit_string(m, "subject", link->subject);
    writ_emit_string(m, "issuer", link->issuer);
    writ_emit_string(m, "serial", link->serial);
    writ_emit_hex(m, "sha256", WRIT_SPAN(link->fingerprint, WRIT_HASH_BYTES));
    writ_emit_time(m, "not_before", link->not_before);
    writ_emit_time(m, "not_after", link->not_after);
    writ_emit_flag(m, "expired", now > link->not_after);
    writ_emit_flag(m, "ca", link->is_ca);
    writ_emit_string(m, "status", link_status(link));
    if (!link_is_revoked(link) && !link_is_good(link) &&
        link->fact.answer == WRIT_FILTER_NOT_COVERED)
        writ_emit_string(m, "uncovered", writ_uncovered_name(link->fact.uncovered));
    emit_source(m, &link->fact, now);
    writ_explain_answers(link->answer, link->answer_count, m);
    writ_emit_end(m);
}

void writ_explain_tls(const struct writ_tls_verdict *verdict, const struct writ_tls_facts *facts,
                      struct writ_emit *m)
{
    writ_emit_string(m, "outcome", writ_outcome_name(verdict->outcome));
    writ_emit_number(m, "exit", writ_tls_exit(verdict));
    writ_emit_string(m, "status", status(verdict, facts));
    writ_emit_string(m, "reason", verdict->reason);
    if (verdict->remedy[0] != '\0')
        writ_emit_string(m, "what_to_do", verdict->remedy);
    writ_emit_time(m, "judged_at", facts->now);
    writ_emit_list(m, "chain");
    for (size_t i = 0; i < facts->count; i++)
        emit_link(m, &facts->link[i], facts->now);
    writ_emit_end(m);
}
