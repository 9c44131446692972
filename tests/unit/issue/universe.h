/* A source of lists in memory, for the tests of issue/clubcard.h. */
#ifndef WRIT_TEST_UNIVERSE_H
#define WRIT_TEST_UNIVERSE_H

#include <pthread.h>

#include "crypto/digest.h"
#include "issue/clubcard.h"
#include "test.h"

#define UNIVERSE_SERIAL 20 /* octets of most serials */

/* One issuer's lists.  Certificate j has the serial universe_serial(issuer, j); the first `revoked`
 * ones are revoked. */
struct universe_issuer {
    size_t known, revoked;
    size_t octets;      /* of each serial; 0: UNIVERSE_SERIAL, and any but a stranger to j */
    size_t known_twice; /* so many of the known ones are listed again */
    size_t revoked_twice;
    size_t stray;  /* so many are revoked that are not known */
    size_t hidden; /* so many are listed that the counts do not tell */
};

struct universe {
    const struct universe_issuer *at;
    size_t n;
    bool backwards;  /* every list from its end */
    bool turned;     /* the issuers from the last */
    size_t fails_at; /* walking the known ones of this issuer fails; SIZE_MAX: none */
    struct writ_clubcard_enrolled *issuers; /* owned */
    uint64_t progress;                      /* what was told last */
    uint64_t total;
    unsigned told;
};

#define UNIVERSE(issuers)                                                                          \
    ((struct universe){                                                                            \
        .at = (issuers), .n = sizeof(issuers) / sizeof(issuers)[0], .fails_at = SIZE_MAX})

static inline size_t universe_serial(const struct universe *u, size_t issuer, size_t j,
                                     uint8_t serial[256])
{
    size_t octets = u->at[issuer].octets == 0 ? UNIVERSE_SERIAL : u->at[issuer].octets;
    uint64_t x = (uint64_t)issuer << 40 | j;

    for (size_t i = 0; i < octets; i++)
        serial[i] = (uint8_t)(i < 8 ? x >> (8 * (i % 8)) : 0x41);
    return octets;
}

static inline void universe_id(size_t issuer, uint8_t id[32])
{
    memset(id, 0x33, 32);
    id[0] = (uint8_t)(issuer * 37);
    id[1] = (uint8_t)(issuer >> 8);
    id[2] = (uint8_t)issuer;
}

/* How many entries a list really has. */
static inline size_t universe_entries(const struct universe *u, size_t issuer,
                                      enum writ_clubcard_list list)
{
    const struct universe_issuer *i = &u->at[issuer];

    return list == WRIT_CLUBCARD_KNOWN ? i->known + i->known_twice
                                       : i->revoked + i->revoked_twice + i->stray + i->hidden;
}

/* Which certificate entry k of a list is. */
static inline size_t universe_entry(const struct universe *u, size_t issuer,
                                    enum writ_clubcard_list list, size_t k)
{
    const struct universe_issuer *i = &u->at[issuer];
    size_t all = list == WRIT_CLUBCARD_KNOWN ? i->known : i->revoked;
    size_t twice = list == WRIT_CLUBCARD_KNOWN ? i->known_twice : i->revoked_twice;

    if (k < all)
        return k;
    if (k < all + twice)
        return k - all;
    return 1000000 + k; /* a stray one */
}

static inline int universe_walk(void *arg, size_t at, enum writ_clubcard_list list,
                                writ_clubcard_visit *visit, void *to, struct writ_error *fault)
{
    const struct universe *u = arg;
    size_t issuer = u->turned ? u->n - 1 - at : at;
    size_t n = universe_entries(u, issuer, list);
    uint8_t serial[256];

    if (issuer == u->fails_at && list == WRIT_CLUBCARD_KNOWN)
        return writ_fail(fault, WRIT_FAULT_IO, "the list of issuer %zu is gone", issuer);
    for (size_t k = 0; k < n; k++) {
        size_t entry = universe_entry(u, issuer, list, u->backwards ? n - 1 - k : k);
        size_t octets = universe_serial(u, issuer, entry, serial);

        if (visit(to, WRIT_SPAN(serial, octets), fault) < 0) {
            writ_error_context(fault, "entry %zu", entry);
            return -1;
        }
    }
    return 0;
}

static inline void universe_progress(void *arg, uint64_t done, uint64_t total)
{
    struct universe *u = arg;

    u->told++;
    u->progress = done;
    u->total = total;
}

static inline struct writ_clubcard_source universe_source(struct universe *u)
{
    free(u->issuers);
    u->issuers = calloc(u->n + 1, sizeof u->issuers[0]);
    assert_non_null(u->issuers);
    for (size_t at = 0; at < u->n; at++) {
        size_t i = u->turned ? u->n - 1 - at : at;

        universe_id(i, u->issuers[at].id);
        u->issuers[at].known = universe_entries(u, i, WRIT_CLUBCARD_KNOWN);
        u->issuers[at].revoked = universe_entries(u, i, WRIT_CLUBCARD_REVOKED) - u->at[i].hidden;
    }
    return (struct writ_clubcard_source){.issuers = u->issuers,
                                         .count = u->n,
                                         .arg = u,
                                         .walk = universe_walk,
                                         .progress = universe_progress};
}

/* What the finished clubcard says of certificate j of an issuer. */
static inline enum writ_filter_answer
universe_ask(const struct universe *u, const struct writ_clubcard *card, size_t issuer, size_t j)
{
    struct writ_digester *digester = writ_digester_new(NULL);
    uint8_t id[32], hash[WRIT_SHA256_BYTES], serial[256];
    size_t octets = universe_serial(u, issuer, j, serial);

    universe_id(issuer, id);
    assert_non_null(digester);
    assert_int_equal(
        writ_digester_sha256(digester, WRIT_SPAN(id, 32), WRIT_SPAN(serial, octets), hash, NULL),
        0);
    writ_digester_free(digester);
    return writ_clubcard_ask(card, id, WRIT_SPAN(serial, octets), hash);
}

/* Asks about every certificate, by itself and not through writ_clubcard_verify. */
static inline void universe_check(const struct universe *u, const struct writ_clubcard *card)
{
    for (size_t i = 0; i < u->n; i++) {
        for (size_t j = 0; j < u->at[i].known; j++) {
            enum writ_filter_answer wanted =
                j < u->at[i].revoked ? WRIT_FILTER_REVOKED : WRIT_FILTER_GOOD;

            if (universe_ask(u, card, i, j) != wanted)
                fail_msg("issuer %zu of %zu known, %zu revoked: certificate %zu", i, u->at[i].known,
                         u->at[i].revoked, j);
        }
    }
}

#endif
