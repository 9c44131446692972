#include "writ/filterfile.h"

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

/* -------------------------------------------------------------------------------- which is it */

bool filterfile_is(struct writ_span bytes)
{
    return writ_clubcard_is(bytes);
}

int filterfile_open(struct writ_span bytes, struct filterfile *f, struct writ_error *e)
{
    *f = (struct filterfile){.kind = FILTERFILE_CLUBCARD};
    if (writ_clubcard_is(bytes))
        return writ_clubcard_open(bytes, &f->card, e);
    return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                     "no filter that writ knows; wanted a clubcard of version 3 or 4");
}

int filterfile_check(const struct filterfile *f, struct writ_error *e)
{
    return writ_clubcard_check(&f->card, e);
}

void filterfile_close(struct filterfile *f)
{
    writ_clubcard_close(&f->card);
}

int filterfile_ask(const struct filterfile *f, struct writ_digester *digester,
                   const struct filterfile_question *question, enum writ_filter_answer *answer,
                   struct writ_error *e)
{
    return ask_clubcard(&f->card, digester, question, answer, e);
}
