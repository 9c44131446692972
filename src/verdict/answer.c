#include "verdict/answer.h"

#include "base/time.h"

const char *writ_answer_status_name(enum writ_answer_status status)
{
    switch (status) {
    case WRIT_ANSWER_GOOD:
        return "good";
    case WRIT_ANSWER_REVOKED:
        return "revoked";
    case WRIT_ANSWER_UNKNOWN:
        return "unknown";
    case WRIT_ANSWER_NOT_COVERED:
        return "not-covered";
    case WRIT_ANSWER_SCOPE:
        return "scope";
    case WRIT_ANSWER_STALE:
        return "stale";
    default:
        return "no-evidence";
    }
}

const char *writ_answer_from_name(enum writ_answer_from from)
{
    static const char *const names[] = {
        [WRIT_FROM_TABLE] = "table",   [WRIT_FROM_CLUBCARD] = "clubcard",
        [WRIT_FROM_ONECRL] = "onecrl", [WRIT_FROM_CRL] = "crl",
        [WRIT_FROM_OCSP] = "ocsp",     [WRIT_FROM_STAPLE] = "staple",
    };

    return (size_t)from < sizeof names / sizeof names[0] ? names[from] : "nothing";
}

int writ_answer_exit(enum writ_answer_status status)
{
    switch (status) {
    case WRIT_ANSWER_GOOD:
        return 0;
    case WRIT_ANSWER_REVOKED:
        return 2;
    case WRIT_ANSWER_STALE:
        return 5;
    default:
        return 4;
    }
}

static unsigned weight(enum writ_answer_status status)
{
    switch (status) {
    case WRIT_ANSWER_REVOKED:
        return 4;
    case WRIT_ANSWER_GOOD:
        return 3;
    case WRIT_ANSWER_STALE:
        return 2;
    case WRIT_ANSWER_UNKNOWN:
        return 1;
    default:
        return 0;
    }
}

size_t writ_answers_weigh(const struct writ_answer *answers, size_t count)
{
    size_t best = 0;

    for (size_t i = 1; i < count; i++) {
        if (weight(answers[i].status) > weight(answers[best].status))
            best = i;
    }
    return best;
}

static void add_time(struct writ_buffer *out, const char *word, int64_t t)
{
    char text[WRIT_TIME_TEXT];

    if (t == 0)
        return;
    writ_time_format(t, text);
    writ_buffer_format(out, " %s %s", word, text);
}

void writ_explain_answer_line(const struct writ_answer *a, struct writ_buffer *out)
{
    writ_buffer_text(out, writ_answer_status_name(a->status));
    if (a->why[0] != '\0')
        writ_buffer_format(out, ": %s", a->why);
    if (a->status == WRIT_ANSWER_REVOKED && a->stale)
        writ_buffer_text(out, "; too old, and revoked all the same");
    writ_buffer_format(out, "; %s", writ_answer_from_name(a->from));
    if (a->source[0] != '\0')
        writ_buffer_format(out, ": %s", a->source);
    if (a->as_of != 0 || a->until != 0)
        writ_buffer_byte(out, ',');
    add_time(out, "as of", a->as_of);
    add_time(out, "until", a->until);
}

static void explain_revocation(const struct writ_answer *a, struct writ_emit *m)
{
    writ_emit_string(m, "reason", writ_reason_name(a->reason));
    writ_emit_time(m, "since", a->since);
    writ_emit_time(m, "revoked_at", a->revoked_at);
    writ_emit_flag(m, "held", a->held);
}

void writ_explain_answer(const struct writ_answer *a, struct writ_emit *m)
{
    writ_emit_string(m, "status", writ_answer_status_name(a->status));
    writ_emit_flag(m, "stale", a->stale);
    writ_emit_string(m, "from", writ_answer_from_name(a->from));
    if (a->source[0] != '\0')
        writ_emit_string(m, "source", a->source);
    if (a->as_of != 0)
        writ_emit_time(m, "as_of", a->as_of);
    if (a->until != 0)
        writ_emit_time(m, "until", a->until);
    if (a->status == WRIT_ANSWER_REVOKED)
        explain_revocation(a, m);
    if (a->why[0] != '\0')
        writ_emit_string(m, "why", a->why);
}

void writ_explain_answers(const struct writ_answer *answers, size_t count, struct writ_emit *m)
{
    writ_emit_list(m, "answers");
    for (size_t i = 0; i < count; i++) {
        writ_emit_object(m, NULL);
        writ_explain_answer(&answers[i], m);
        writ_emit_end(m);
    }
    writ_emit_end(m);
}
