/*
 * tests/unit/api/asking.h - a world judged through the public functions
 */
#ifndef WRIT_TEST_ASKING_H
#define WRIT_TEST_ASKING_H

#include "test.h"
#include "world/world.h"
#include "writ.h"

/* What a judge of this world is told to do. */
static inline unsigned flags_of(const struct world *w)
{
    return (w->env.asked_for ? WRIT_REPLAY : 0u) |
           (w->policy.allow_uncovered ? WRIT_ALLOW_UNCOVERED : 0u);
}

static inline const struct world_seal *seal_in(const struct world *w, enum writ_seal_place place)
{
    for (size_t i = 0; i < w->seals; i++) {
        if (w->seal[i].place == place)
            return &w->seal[i];
    }
    return NULL;
}

/* The CA whose bundle has this number among those that are trusted. */
static inline const struct world_ca *ca_of_bundle(const struct world *w, size_t bundle)
{
    for (size_t i = 0; i < WORLD_CAS; i++) {
        if (w->ca[i].trusted && bundle-- == 0)
            return &w->ca[i];
    }
    fail_msg("a feed is wanted of a bundle that nobody trusts");
    return NULL;
}

static inline int bring_a_seal(struct writ_judge *j, const struct world *w, int want,
                               struct writ_error *e)
{
    const struct world_seal *seal =
        seal_in(w, want == WRIT_WANT_SEAL_BESIDE ? WRIT_PLACE_BESIDE : WRIT_PLACE_INDEX);
    uint8_t root[WRIT_HASH];

    if (seal == NULL)
        return writ_judge_bring_nothing(j, e);
    if (seal->unreadable)
        return writ_judge_bring_damage(j, "app.writ: Permission denied", e);
    if (want == WRIT_WANT_SEAL_INDEXED) {
        if (writ_judge_content_root(j, root, e) < 0)
            return -1;
        if (memcmp(root, seal->filed_under, sizeof root) != 0)
            return writ_judge_bring_nothing(j, e);
    }
    return writ_judge_bring_seal(j, seal->der.p, seal->der.n, e);
}

static inline int bring_a_feed(struct writ_judge *j, const struct world_ca *ca,
                               struct writ_error *e)
{
    if (ca->feed_damage[0] != '\0')
        return writ_judge_bring_damage(j, ca->feed_damage, e);
    if (ca->feed_absent)
        return writ_judge_bring_nothing(j, e);
    return writ_judge_bring_feed(j, ca->note.p, ca->note.n, ca->table.p, ca->table.n, ca->keys,
                                 strlen(ca->keys), ca->intact ? WRIT_TABLE_INTACT : 0, e);
}

static inline int bring_it(struct writ_judge *j, const struct world *w, int want, size_t bundle,
                           struct writ_error *e)
{
    if (want == WRIT_WANT_FEED)
        return bring_a_feed(j, ca_of_bundle(w, bundle), e);
    return bring_a_seal(j, w, want, e);
}

static inline int trust_them(struct writ_judge *j, const struct world *w, struct writ_error *e)
{
    for (size_t i = 0; i < WORLD_CAS; i++) {
        if (w->ca[i].trusted &&
            writ_judge_trust(j, w->ca[i].bundle.p, w->ca[i].bundle.n, w->ca[i].fingerprint, e) < 0)
            return -1;
    }
    return 0;
}

static inline int finish_asking(struct writ_judge *j, const struct world *w, struct writ_error *e)
{
    size_t bundle = 0;
    int want;

    while ((want = writ_judge_next(j, &bundle, e)) > WRIT_WANT_NOTHING) {
        if (bring_it(j, w, want, bundle, e) < 0)
            return -1;
    }
    return want;
}

/* A judge that has been asked to the end, or until the first fault; NULL when there is none. */
static inline struct writ_judge *ask(const struct world *w, struct writ_error *e)
{
    struct writ_judge *j = writ_judge_new(w->env.now, flags_of(w), w->env.threads, e);

    if (j != NULL && trust_them(j, w, e) == 0 && writ_judge_file(j, w->file.p, w->file.n, e) == 0)
        (void)!finish_asking(j, w, e);
    return j;
}

/* A judge of this world that has the file, and was not asked yet. */
static inline struct writ_judge *about_to_ask(const struct world *w)
{
    struct writ_error e = {0};
    struct writ_judge *j = writ_judge_new(w->env.now, flags_of(w), w->env.threads, &e);

    assert_non_null(j);
    assert_ok(trust_them(j, w, &e));
    assert_ok(writ_judge_file(j, w->file.p, w->file.n, &e));
    return j;
}

#endif
