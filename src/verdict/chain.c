#include "verdict/chain.h"

#include <stdarg.h>
#include <stdio.h>

#include "verdict/answer.h"

static void decide(struct writ_chain_verdict *v, enum writ_outcome outcome, int code,
                   const char *fmt, ...) WRIT_FORMAT(4, 5);

static void decide(struct writ_chain_verdict *v, enum writ_outcome outcome, int code,
                   const char *fmt, ...)
{
    va_list args;

    v->outcome = outcome;
    v->exit = code;
    va_start(args, fmt);
    (void)vsnprintf(v->reason, sizeof v->reason, fmt, args);
    va_end(args);
}

/* The answer that counts for a certificate; NULL when there is none. */
static const struct writ_answer *answer_of(const struct writ_chain_link *link)
{
    return link->answer_count == 0
               ? NULL
               : &link->answer[writ_answers_weigh(link->answer, link->answer_count)];
}

static int exit_of(const struct writ_chain_link *link)
{
    const struct writ_answer *answer = answer_of(link);

    if (!link->asked)
        return 0;
    return writ_answer_exit(answer == NULL ? WRIT_ANSWER_NO_EVIDENCE : answer->status);
}

static enum writ_outcome outcome_of(int code)
{
    switch (code) {
    case 0:
        return WRIT_ALLOWED;
    case 2:
        return WRIT_REVOKED;
    case 5:
        return WRIT_STALE;
    default:
        return WRIT_NOT_COVERED;
    }
}

/* The certificate with the worst answer; of equal ones the one nearest to the leaf. */
static void judge_status(const struct writ_chain_facts *facts, struct writ_chain_verdict *v)
{
    const struct writ_answer *answer;
    int code = 0;

    for (size_t i = 0; i < facts->count; i++) {
        int one = exit_of(&facts->link[i]);

        if (one != code && writ_worse_exit(code, one) == one) {
            code = one;
            v->link = i;
        }
    }
    answer = answer_of(&facts->link[v->link]);
    if (code == 0)
        decide(v, WRIT_ALLOWED, 0, "%s", facts->subject);
    else
        decide(v, outcome_of(code), code, "%s: %s", facts->link[v->link].subject,
               answer == NULL ? "nothing that was given speaks for it" : answer->why);
}

void writ_judge_chain(const struct writ_chain_facts *facts, struct writ_chain_verdict *verdict)
{
    *verdict = (struct writ_chain_verdict){0};
    if (!writ_fact_holds(&facts->readable))
        decide(verdict, WRIT_MALFORMED, 3, "%s", facts->readable.reason);
    else if (!writ_fact_holds(&facts->built))
        decide(verdict, WRIT_UNTRUSTED, 3, "%s: %s", facts->subject, facts->built.reason);
    else if (!writ_fact_holds(&facts->purpose))
        decide(verdict, WRIT_UNTRUSTED, 3, "%s", facts->purpose.reason);
    else
        judge_status(facts, verdict);
}

/* -------------------------------------------------------------------------------- in words */

/* What the line begins with, and JSON's `status`. */
static const char *status(const struct writ_chain_verdict *v, const struct writ_chain_facts *facts)
{
    const struct writ_answer *answer;

    if (v->outcome == WRIT_ALLOWED)
        return "good";
    if (v->outcome == WRIT_MALFORMED || v->outcome == WRIT_UNTRUSTED)
        return writ_outcome_name(v->outcome);
    answer = answer_of(&facts->link[v->link]);
    return writ_answer_status_name(answer == NULL ? WRIT_ANSWER_NO_EVIDENCE : answer->status);
}

void writ_explain_chain_line(const struct writ_chain_verdict *verdict,
                             const struct writ_chain_facts *facts, struct writ_buffer *out)
{
    size_t asked = 0;

    for (size_t i = 0; i < facts->count; i++)
        asked += facts->link[i].asked;
    writ_buffer_format(out, "%s: %s", status(verdict, facts), verdict->reason);
    if (verdict->outcome != WRIT_ALLOWED)
        return;
    writ_buffer_format(out, "; path of %zu to %s; ", facts->count,
                       facts->link[facts->count - 1].subject);
    if (asked == 0)
        writ_buffer_text(out, "revocation not asked");
    else
        writ_buffer_format(out, "%zu not revoked", asked);
}

static void emit_link(struct writ_emit *m, const struct writ_chain_link *link)
{
    writ_emit_object(m, NULL);
    writ_emit_string(m, "subject", link->subject);
    writ_emit_string(m, "issuer", link->issuer);
    writ_emit_string(m, "serial", link->serial);
    writ_emit_hex(m, "sha256", WRIT_SPAN(link->fingerprint, WRIT_HASH_BYTES));
    writ_emit_time(m, "not_before", link->not_before);
    writ_emit_time(m, "not_after", link->not_after);
    writ_emit_flag(m, "asked", link->asked);
    if (link->asked)
        writ_explain_answers(link->answer, link->answer_count, m);
    writ_emit_end(m);
}

void writ_explain_chain(const struct writ_chain_verdict *verdict,
                        const struct writ_chain_facts *facts, struct writ_emit *m)
{
    writ_emit_string(m, "outcome", writ_outcome_name(verdict->outcome));
    writ_emit_string(m, "status", status(verdict, facts));
    writ_emit_string(m, "reason", verdict->reason);
    writ_emit_time(m, "judged_at", facts->now);
    writ_emit_list(m, "policies");
    for (size_t i = 0; i < facts->policies.count; i++)
        writ_emit_string(m, NULL, facts->policies.dotted[i]);
    writ_emit_end(m);
    writ_emit_list(m, "chain");
    for (size_t i = 0; i < facts->count; i++)
        emit_link(m, &facts->link[i]);
    writ_emit_end(m);
}
