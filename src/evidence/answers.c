#include "evidence/answers.h"

#include <stdio.h>

static void say(struct writ_answer *answer, const char *why)
{
    (void)snprintf(answer->why, sizeof answer->why, "%s", why);
}

/* ------------------------------------------------------------------------------------- a list */

/* Whether it could be missed. */
static unsigned weight(const struct writ_answer *a)
{
    switch (a->status) {
    case WRIT_ANSWER_REVOKED:
        return 3;
    case WRIT_ANSWER_GOOD:
        return 2;
    case WRIT_ANSWER_STALE:
        return 1;
    default:
        return 0;
    }
}

void writ_answers_add(struct writ_answer *list, size_t room, size_t *count,
                      const struct writ_answer *answer)
{
    size_t least = 0;

    if (*count < room) {
        list[(*count)++] = *answer;
        return;
    }
    for (size_t i = 1; i < room; i++) {
        if (weight(&list[i]) < weight(&list[least]))
            least = i;
    }
    if (weight(answer) > weight(&list[least]))
        list[least] = *answer;
}

/* ------------------------------------------------------------------------------------ filters */

static void tell_uncovered(const struct writ_filter_fact *fact, struct writ_answer *answer)
{
    answer->status =
        fact->uncovered == WRIT_UNCOVERED_EXPIRED ? WRIT_ANSWER_SCOPE : WRIT_ANSWER_NOT_COVERED;
    say(answer, writ_uncovered_text(fact->uncovered));
}

void writ_answer_of_filter(const struct writ_filter_fact *fact, int64_t now,
                           struct writ_answer *answer)
{
    bool onecrl = fact->answer == WRIT_FILTER_REVOKED && fact->file == NULL;

    *answer = (struct writ_answer){.from = onecrl ? WRIT_FROM_ONECRL : WRIT_FROM_CLUBCARD};
    if (fact->set != NULL) {
        (void)snprintf(answer->source, sizeof answer->source, "%s", fact->set->source);
        answer->as_of = fact->set->as_of;
        answer->until = writ_time_add(fact->set->as_of, WRIT_FILTER_LIFE);
        answer->stale = writ_filter_set_is_stale(fact->set, now);
    }
    switch (fact->answer) {
    case WRIT_FILTER_REVOKED:
        answer->status = WRIT_ANSWER_REVOKED;
        say(answer, "it is revoked");
        break;
    case WRIT_FILTER_GOOD:
        answer->status = fact->stale ? WRIT_ANSWER_STALE : WRIT_ANSWER_GOOD;
        say(answer, fact->stale ? "the filters are too old" : "");
        break;
    case WRIT_FILTER_NOT_ENROLLED:
        answer->status = WRIT_ANSWER_NOT_COVERED;
        say(answer, "the filters know nothing of its issuer");
        break;
    case WRIT_FILTER_NOT_COVERED:
        tell_uncovered(fact, answer);
        break;
    }
}

/* --------------------------------------------------------------------------------------- CRLs */

static void tell_listed(const struct writ_crl_fact *fact, struct writ_answer *answer)
{
    answer->status = WRIT_ANSWER_REVOKED;
    answer->reason = fact->revoked.reason;
    answer->since = fact->revoked.since;
    answer->revoked_at = fact->revoked.revoked_at;
    answer->held = fact->revoked.reason == WRIT_REASON_CERTIFICATE_HOLD;
    say(answer, answer->held ? "it is on hold" : "it is revoked");
}

static void tell_not_good(const struct writ_crl_fact *fact, struct writ_answer *answer)
{
    struct writ_buffer text = {0};

    answer->status =
        fact->answer == WRIT_CRL_NOT_PINNED ? WRIT_ANSWER_NOT_COVERED : WRIT_ANSWER_SCOPE;
    writ_crl_fact_add_text(&text, fact);
    say(answer, writ_buffer_string(&text));
    writ_buffer_free(&text);
}

bool writ_answer_of_crl(const struct writ_crl_fact *fact, struct writ_answer *answer)
{
    *answer = (struct writ_answer){.from = WRIT_FROM_CRL,
                                   .as_of = fact->source->this_update,
                                   .until = writ_crl_source_until(fact->source),
                                   .stale = fact->stale};
    (void)snprintf(answer->source, sizeof answer->source, "%s", fact->source->name);
    switch (fact->answer) {
    case WRIT_CRL_ABSENT:
        return false;
    case WRIT_CRL_LISTED:
        tell_listed(fact, answer);
        break;
    case WRIT_CRL_NOT_LISTED:
        answer->status = fact->stale ? WRIT_ANSWER_STALE : WRIT_ANSWER_GOOD;
        say(answer, fact->stale ? "the CRL is too old" : "");
        break;
    case WRIT_CRL_NOT_PINNED:
    case WRIT_CRL_OUT_OF_SCOPE:
    case WRIT_CRL_BROKEN_POINTS:
    case WRIT_CRL_SOME_REASONS:
    case WRIT_CRL_HAD_EXPIRED:
        tell_not_good(fact, answer);
        break;
    }
    return true;
}

void writ_hear_crls(const struct writ_crl_source *crls, size_t crl_count,
                    const struct writ_cert *cert, const uint8_t issuer[WRIT_TABLE_ISSUER],
                    const uint8_t key[WRIT_TABLE_KEY], int64_t now, writ_hear_answer *hear,
                    void *who)
{
    struct writ_crl_fact facts[WRIT_CRLS_ASKED_MAX];
    struct writ_answer answer;

    if (crl_count > WRIT_CRLS_ASKED_MAX)
        crl_count = WRIT_CRLS_ASKED_MAX;
    writ_ask_crls(crls, crl_count, cert, issuer, key, now, facts);
    for (size_t i = 0; i < crl_count; i++) {
        if (!writ_answer_of_crl(&facts[i], &answer))
            continue;
        if (answer.status == WRIT_ANSWER_REVOKED && answer.since < cert->not_before)
            answer.since = cert->not_before; /* nobody was hurt before it was there */
        hear(&answer, who);
    }
}

struct list {
    struct writ_answer *at;
    size_t room, *count;
};

static void add_heard(const struct writ_answer *answer, void *who)
{
    const struct list *list = who;

    writ_answers_add(list->at, list->room, list->count, answer);
}

void writ_answers_add_crls(struct writ_answer *list, size_t room, size_t *count,
                           const struct writ_crl_source *crls, size_t crl_count,
                           const struct writ_cert *cert, const uint8_t issuer[WRIT_TABLE_ISSUER],
                           const uint8_t key[WRIT_TABLE_KEY], int64_t now)
{
    struct list into = {.at = list, .room = room, .count = count};

    writ_hear_crls(crls, crl_count, cert, issuer, key, now, add_heard, &into);
}
