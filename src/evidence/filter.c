#include "evidence/filter.h"

#include <string.h>

#include "evidence/onecrl.h"
#include "object/sct.h"

/* What is asked of every set, prepared once. */
struct question {
    const struct writ_cert *cert;
    const uint8_t *issuer;
    uint8_t key[WRIT_SHA256_BYTES];
    struct writ_sct scts[WRIT_SCTS_MAX];
    size_t sct_count;
};

/* Which files of a set have been asked: a bit each. */
struct asked {
    uint64_t word[(WRIT_FILTER_INDEX_FILES_MAX + 63) / 64];
};

int writ_filter_key(struct writ_digester *digester, const uint8_t issuer[WRIT_SHA256_BYTES],
                    struct writ_span serial, uint8_t key[WRIT_SHA256_BYTES], struct writ_error *e)
{
    return writ_digester_sha256(digester, WRIT_SPAN(issuer, WRIT_SHA256_BYTES), serial, key, e);
}

bool writ_filter_set_is_stale(const struct writ_filter_set *set, int64_t now)
{
    return now - set->as_of > WRIT_FILTER_LIFE;
}

static const struct {
    const char *name;
    const char *text;
} uncovered[] = {
    [WRIT_UNCOVERED_NOT] = {"covered", "covered"},
    [WRIT_UNCOVERED_SOURCE] = {"no-source", "there is no source of filters on this device"},
    [WRIT_UNCOVERED_ISSUER] = {"no-issuer", "its issuer is not known"},
    [WRIT_UNCOVERED_CA] = {"ca", "a CA certificate, which only OneCRL could list"},
    [WRIT_UNCOVERED_EXPIRED] = {"expired", "it had expired before the filters were built"},
    [WRIT_UNCOVERED_NO_SCT] = {"no-sct", "it carries no timestamp of a certificate log"},
    [WRIT_UNCOVERED_INTERVAL] = {"interval", "no filter covers the log and time of its timestamps"},
};

const char *writ_uncovered_name(enum writ_uncovered why)
{
    return uncovered[why].name;
}

const char *writ_uncovered_text(enum writ_uncovered why)
{
    return uncovered[why].text;
}

/* True the first time a file is named. */
static bool ask_once(struct asked *asked, size_t file)
{
    uint64_t bit = (uint64_t)1 << (file % 64);

    if (file >= WRIT_FILTER_INDEX_FILES_MAX || (asked->word[file / 64] & bit) != 0)
        return false;
    asked->word[file / 64] |= bit;
    return true;
}

static void ask_file(const struct writ_filter_set *set, size_t i, const struct question *q,
                     struct writ_filter_fact *fact)
{
    enum writ_filter_answer answer =
        writ_clubcard_ask(&set->files[i].card, q->issuer, q->cert->serial, q->key);

    if (fact->file != NULL && answer <= fact->answer)
        return;
    fact->answer = answer;
    fact->uncovered = WRIT_UNCOVERED_NOT;
    fact->file = &set->files[i];
}

/* Every file that covers one of the timestamps. */
static void ask_files(const struct writ_filter_set *set, const struct question *q,
                      struct writ_filter_fact *fact)
{
    struct asked asked = {0};
    struct writ_filter_entries entries;
    size_t file;

    fact->uncovered = WRIT_UNCOVERED_INTERVAL;
    for (size_t i = 0; i < q->sct_count; i++) {
        if (!writ_filter_index_find(set->index, q->scts[i].log_id.p, &entries))
            continue;
        while (writ_filter_entries_next_at(&entries, q->scts[i].timestamp, &file)) {
            if (file < set->file_count && ask_once(&asked, file))
                ask_file(set, file, q, fact);
        }
    }
}

/* What is said to have been built later than now, by one log whose clock is ahead, was not: else
 * nothing could be asked of it, since everything would have expired before. */
static bool had_expired(const struct writ_cert *cert, const struct writ_filter_set *set,
                        int64_t now)
{
    return cert->not_after < (set->as_of < now ? set->as_of : now);
}

static int ask_set(const struct writ_filter_set *set, struct writ_digester *digester,
                   const struct question *q, int64_t now, struct writ_filter_fact *fact,
                   struct writ_error *e)
{
    bool listed = false;

    *fact = (struct writ_filter_fact){.set = set};
    if (set->onecrl != NULL && writ_check_onecrl(set->onecrl, digester, q->cert, &listed, e) < 0)
        return -1;
    if (listed)
        fact->answer = WRIT_FILTER_REVOKED;
    else if (q->cert->is_ca)
        fact->uncovered = WRIT_UNCOVERED_CA;
    else if (had_expired(q->cert, set, now))
        fact->uncovered = WRIT_UNCOVERED_EXPIRED;
    else if (q->sct_count == 0)
        fact->uncovered = WRIT_UNCOVERED_NO_SCT;
    else
        ask_files(set, q, fact);
    return 0;
}

/* "Revoked" stays true however old; anything else is worth less from a stale set than from a fresh
 * one, and a fresh "not enrolled" less than a stale "good". */
static int worth(const struct writ_filter_fact *fact)
{
    return 2 * (int)fact->answer + (fact->stale ? 0 : 1);
}

bool writ_filter_fact_outweighs(const struct writ_filter_fact *fact,
                                const struct writ_filter_fact *standing)
{
    return worth(fact) > worth(standing);
}

static int ask(const struct writ_filter_set *sets, size_t count, struct writ_digester *digester,
               const struct question *q, int64_t now, struct writ_filter_fact *fact,
               struct writ_error *e)
{
    struct writ_filter_fact one;

    for (size_t i = 0; i < count; i++) {
        if (ask_set(&sets[i], digester, q, now, &one, e) < 0)
            return -1;
        one.stale = one.answer != WRIT_FILTER_REVOKED && writ_filter_set_is_stale(one.set, now);
        if (i == 0 || writ_filter_fact_outweighs(&one, fact))
            *fact = one;
    }
    return 0;
}

int writ_check_filters(const struct writ_filter_set *sets, size_t count,
                       struct writ_digester *digester, const struct writ_cert *cert,
                       const uint8_t issuer[WRIT_SHA256_BYTES], int64_t now,
                       struct writ_filter_fact *fact, struct writ_error *e)
{
    struct question q = {.cert = cert, .issuer = issuer};
    struct writ_error ignored = {0};

    *fact = (struct writ_filter_fact){.uncovered = WRIT_UNCOVERED_SOURCE};
    if (writ_filter_key(digester, issuer, cert->serial, q.key, e) < 0)
        return -1;
    if (cert->sct_list.n > 0 &&
        writ_sct_list_parse(cert->sct_list, q.scts, &q.sct_count, &ignored) < 0)
        q.sct_count = 0;
    return ask(sets, count, digester, &q, now, fact, e);
}
