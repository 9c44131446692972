#include "evidence/crllist.h"

#include <stdlib.h>
#include <string.h>

#include "evidence/crlcheck.h"
#include "evidence/revoked.h"

/* ----------------------------------------------------------------------------------- checking */

static bool has_its_name(const struct writ_crl *crl, const struct writ_cert *pinned)
{
    return writ_name_matches(pinned->subject.der, crl->issuer.der);
}

int writ_crl_list_check(const struct writ_crl *crl, const struct writ_cert *pinned, size_t count,
                        size_t *signer, struct writ_error *e)
{
    struct writ_crlcheck check = {.ignores_dates = true};
    struct writ_answer answer;

    writ_crl_no_evidence(&answer, "none of the pinned certificates is its issuer's");
    for (size_t i = 0; i < count; i++) {
        if (!has_its_name(crl, &pinned[i]))
            continue;
        check.issuer = &pinned[i];
        if (writ_check_one_crl(&check, crl, &answer, e) < 0)
            return -1;
        if (answer.status != WRIT_ANSWER_GOOD)
            continue;
        *signer = i;
        if (crl->is_delta)
            return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                             "a delta CRL, which says nothing without its base");
        return 0;
    }
    return writ_fail(e, WRIT_FAULT_BAD_INPUT, "the CRL cannot be believed: %s", answer.why);
}

/* ------------------------------------------------------------------------------------ meaning */

static int64_t clamped(int64_t instant)
{
    return instant < 0 ? 0 : instant > WRIT_TABLE_TIME_MAX ? WRIT_TABLE_TIME_MAX : instant;
}

/* aACompromise is about an authority for attributes; nobody has said what it means here, so it is
 * taken for the gravest. */
static enum writ_reason reason_of(const struct writ_crl_entry *entry)
{
    if (!entry->has_reason)
        return WRIT_REASON_UNSPECIFIED;
    return writ_reason_is_known(entry->reason) ? (enum writ_reason)entry->reason
                                               : WRIT_REASON_CA_COMPROMISE;
}

static bool ends_in_order(enum writ_reason reason)
{
    return reason == WRIT_REASON_SUPERSEDED || reason == WRIT_REASON_CESSATION_OF_OPERATION ||
           reason == WRIT_REASON_AFFILIATION_CHANGED;
}

struct writ_revoked writ_crl_entry_meaning(const struct writ_crl_entry *entry)
{
    struct writ_revoked r = {.reason = reason_of(entry),
                             .revoked_at = clamped(entry->revocation_date)};

    if (entry->has_invalidity && entry->invalidity_date < entry->revocation_date)
        r.since = clamped(entry->invalidity_date);
    else if (entry->has_invalidity || ends_in_order(r.reason))
        r.since = r.revoked_at;
    return r;
}

/* ----------------------------------------------------------------------------------- building */

/* The list of one pinned certificate, growing. */
struct growing {
    uint8_t issuer[WRIT_TABLE_ISSUER];
    struct writ_table_entry *at; /* owned */
    size_t count, room;
};

struct work {
    const struct writ_crl *crl;
    const struct writ_cert *pinned;
    size_t count;
    struct writ_digester *digester;
    struct growing list[WRIT_CRL_PINNED_MAX];
    size_t stands_for[WRIT_CRL_PINNED_MAX]; /* whose list has the entries of this one's key */
    struct writ_span cert_issuer;           /* of the entries before, and */
    bool theirs[WRIT_CRL_PINNED_MAX];
};

static int make_room(struct growing *g, size_t most, struct writ_error *e)
{
    size_t room = g->room == 0 ? 64 : 2 * g->room;
    struct writ_table_entry *more;

    if (g->count < g->room)
        return 0;
    if (room > most)
        room = most;
    more = reallocarray(g->at, room, sizeof *more);
    if (more == NULL)
        return writ_fail_memory(e);
    g->at = more;
    g->room = room;
    return 0;
}

/* Which pinned certificates an entry is about; entries of one issuer stand together. */
static void find_issuers(struct work *w, struct writ_span cert_issuer)
{
    bool same = w->cert_issuer.p == cert_issuer.p && w->cert_issuer.n == cert_issuer.n;

    if (same && cert_issuer.n > 0)
        return;
    w->cert_issuer = cert_issuer;
    memset(w->theirs, 0, sizeof w->theirs);
    for (size_t i = 0; i < w->count; i++)
        w->theirs[w->stands_for[i]] |=
            cert_issuer.n == 0 ? has_its_name(w->crl, &w->pinned[i])
                               : writ_general_names_have(cert_issuer, w->pinned[i].subject.der);
}

/* True in *kept when it stands on a list now. */
static int add_entry(struct work *w, const struct writ_crl_entry *entry, bool *kept,
                     struct writ_error *e)
{
    *kept = false;
    for (size_t i = 0; i < w->count; i++) {
        struct growing *g = &w->list[i];

        if (!w->theirs[i])
            continue;
        if (make_room(g, w->crl->entry_count, e) < 0 ||
            writ_revocation_key(w->digester, g->issuer, entry->serial, g->at[g->count].key, e) < 0)
            return -1;
        g->at[g->count++].revoked = writ_crl_entry_meaning(entry);
        *kept = true;
    }
    return 0;
}

static int add_entries(struct work *w, struct writ_crl_list *list, struct writ_error *e)
{
    struct writ_crl_walk walk = writ_crl_walk(w->crl);
    struct writ_crl_entry entry;
    bool kept, first = true;

    while (writ_crl_next(&walk, &entry)) {
        if (first || entry.cert_issuer.n > 0 || w->cert_issuer.n > 0)
            find_issuers(w, entry.cert_issuer);
        first = false;
        if (add_entry(w, &entry, &kept, e) < 0)
            return -1;
        if (!kept)
            list->others++;
    }
    return 0;
}

static int compare_keys(const void *a, const void *b)
{
    return memcmp(((const struct writ_table_entry *)a)->key,
                  ((const struct writ_table_entry *)b)->key, WRIT_TABLE_KEY);
}

static void widen(struct writ_revoked *standing, const struct writ_revoked *other)
{
    if (writ_reason_gravity(other->reason) > writ_reason_gravity(standing->reason))
        standing->reason = other->reason;
    if (other->since < standing->since)
        standing->since = other->since;
    if (other->revoked_at < standing->revoked_at)
        standing->revoked_at = other->revoked_at;
}

/* Sorted, each key once. */
static void settle(struct growing *g)
{
    size_t to = 0;

    if (g->count == 0)
        return;
    qsort(g->at, g->count, sizeof *g->at, compare_keys);
    for (size_t i = 1; i < g->count; i++) {
        if (compare_keys(&g->at[to], &g->at[i]) == 0)
            widen(&g->at[to].revoked, &g->at[i].revoked);
        else
            g->at[++to] = g->at[i];
    }
    g->count = to + 1;
}

/* A list of nothing speaks too, for an issuer that the CRL speaks for. */
static bool wants_block(const struct work *w, size_t i)
{
    return w->stands_for[i] == i &&
           (has_its_name(w->crl, &w->pinned[i]) || w->crl->idp.is_indirect);
}

static int build(struct work *w, struct writ_crl_list *list, struct writ_buffer *table,
                 struct writ_error *e)
{
    struct writ_table_input in[WRIT_CRL_PINNED_MAX] = {0};
    struct writ_span chain[WRIT_CRL_PINNED_MAX];
    size_t n = 0;

    for (size_t i = 0; i < w->count; i++) {
        if (!wants_block(w, i))
            continue;
        settle(&w->list[i]);
        chain[n] = w->pinned[i].der;
        in[n] = (struct writ_table_input){.kind = WRIT_BLOCK_LIST,
                                          .chain = &chain[n],
                                          .chain_count = 1,
                                          .as_of = w->crl->this_update,
                                          .entries = w->list[i].at,
                                          .entry_count = w->list[i].count};
        memcpy(in[n].issuer, w->list[i].issuer, WRIT_TABLE_ISSUER);
        list->entries += w->list[i].count;
        n++;
    }
    return writ_table_build(in, n, w->crl->this_update, table, e);
}

/* Certificates of one key are one issuer, as a table has it, whatever they are called: the first
 * with the CRL's name stands for them, so that its list is found as the CRL's own; or the first. */
static size_t find_first(const struct work *w, size_t i)
{
    size_t first = w->count;

    for (size_t k = 0; k < w->count; k++) {
        if (memcmp(w->list[k].issuer, w->list[i].issuer, WRIT_TABLE_ISSUER) != 0)
            continue;
        if (has_its_name(w->crl, &w->pinned[k]))
            return k;
        if (first == w->count)
            first = k;
    }
    return first;
}

static int start(struct work *w, struct writ_error *e)
{
    w->digester = writ_digester_new(e);
    if (w->digester == NULL)
        return -1;
    for (size_t i = 0; i < w->count; i++) {
        if (writ_digester_sha256(w->digester, w->pinned[i].key.spki, WRIT_SPAN_NONE,
                                 w->list[i].issuer, e) < 0)
            return -1;
    }
    for (size_t i = 0; i < w->count; i++)
        w->stands_for[i] = find_first(w, i);
    return 0;
}

int writ_crl_list_build(const struct writ_crl *crl, const struct writ_cert *pinned, size_t count,
                        struct writ_crl_list *list, struct writ_buffer *table, struct writ_error *e)
{
    struct work w = {.crl = crl, .pinned = pinned, .count = count};
    int rc = -1;

    *list = (struct writ_crl_list){0};
    if (count > WRIT_CRL_PINNED_MAX)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "%zu certificates, at most %d can be pinned",
                         count, WRIT_CRL_PINNED_MAX);
    if (writ_crl_list_check(crl, pinned, count, &list->signer, e) == 0 && start(&w, e) == 0 &&
        add_entries(&w, list, e) == 0)
        rc = build(&w, list, table, e);
    for (size_t i = 0; i < count; i++)
        free(w.list[i].at);
    writ_digester_free(w.digester);
    return rc;
}
