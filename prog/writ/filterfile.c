#include "writ/filterfile.h"

#include "evidence/cascade.h"
#include "evidence/filter.h"

/* --------------------------------------------------------------------------------- clubcards */

static bool covers_one(const struct writ_clubcard *card, const struct filterfile_question *q)
{
    for (size_t i = 0; i < q->sct_count; i++) {
        if (writ_clubcard_covers(card, q->scts[i].log_id.p, q->scts[i].timestamp))
            return true;
    }
    return false;
}

static int ask_clubcard(const struct writ_clubcard *card, struct writ_digester *digester,
                        const struct filterfile_question *q, enum writ_filter_answer *answer,
                        struct writ_error *e)
{
    uint8_t key[WRIT_SHA256_BYTES];

    *answer = WRIT_FILTER_NOT_COVERED;
    if (q->asks_coverage && !covers_one(card, q))
        return 0;
    if (writ_filter_key(digester, q->issuer, q->serial, key, e) < 0)
        return -1;
    *answer = writ_clubcard_ask(card, q->issuer, q->serial, key);
    return 0;
}

/* --------------------------------------------------------------------- cascades and stashes */

static int ask_cascade(const struct writ_cascade *cascade, struct writ_digester *digester,
                       const struct filterfile_question *q, enum writ_filter_answer *answer,
                       struct writ_error *e)
{
    *answer = WRIT_FILTER_NOT_COVERED;
    if (q->asks_coverage)
        return 0;
    return writ_cascade_ask(cascade, digester, q->issuer, q->serial, answer, e);
}

static enum writ_filter_answer ask_stash(const struct writ_stash *stash,
                                         const struct filterfile_question *q)
{
    if (writ_stash_find(stash, WRIT_SPAN_OF(q->issuer), q->serial))
        return WRIT_FILTER_REVOKED;
    return q->asks_coverage ? WRIT_FILTER_NOT_COVERED : WRIT_FILTER_NOT_ENROLLED;
}

/* -------------------------------------------------------------------------------- which is it */

/* Stashes first: one can begin with the version of another. */
static bool find_kind(struct writ_span bytes, enum filterfile_kind *kind)
{
    if (writ_stash_is(bytes))
        *kind = FILTERFILE_STASH;
    else if (writ_cascade_is(bytes))
        *kind = FILTERFILE_CASCADE;
    else if (writ_clubcard_is(bytes))
        *kind = FILTERFILE_CLUBCARD;
    else
        return false;
    return true;
}

bool filterfile_is(struct writ_span bytes)
{
    enum filterfile_kind kind;
    struct writ_stash stash;

    return find_kind(bytes, &kind) &&
           (kind != FILTERFILE_STASH || writ_stash_open(bytes, &stash, NULL) == 0);
}

int filterfile_open(struct writ_span bytes, struct filterfile *f, struct writ_error *e)
{
    *f = (struct filterfile){0};
    if (!find_kind(bytes, &f->kind))
        return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                         "no filter that writ knows; wanted a clubcard of version 3 or 4, a "
                         "cascade of version 1 or 2, or a stash");
    switch (f->kind) {
    case FILTERFILE_CASCADE:
        return writ_cascade_open(bytes, &f->cascade, e);
    case FILTERFILE_STASH:
        return writ_stash_open(bytes, &f->stash, e);
    case FILTERFILE_CLUBCARD:
        break;
    }
    return writ_clubcard_open(bytes, &f->card, e);
}

int filterfile_check(const struct filterfile *f, struct writ_error *e)
{
    return f->kind == FILTERFILE_CLUBCARD ? writ_clubcard_check(&f->card, e) : 0;
}

void filterfile_close(struct filterfile *f)
{
    if (f->kind == FILTERFILE_CLUBCARD)
        writ_clubcard_close(&f->card);
}

int filterfile_ask(const struct filterfile *f, struct writ_digester *digester,
                   const struct filterfile_question *question, enum writ_filter_answer *answer,
                   struct writ_error *e)
{
    switch (f->kind) {
    case FILTERFILE_CASCADE:
        return ask_cascade(&f->cascade, digester, question, answer, e);
    case FILTERFILE_STASH:
        *answer = ask_stash(&f->stash, question);
        return 0;
    case FILTERFILE_CLUBCARD:
        break;
    }
    return ask_clubcard(&f->card, digester, question, answer, e);
}
