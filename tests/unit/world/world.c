/* The sound world, and what becomes of it. */
#include "world/world.h"

#include "test.h"

/* ---- The sound world ---- */

struct sound {
    const char *name, *issuer, *common_name, *unit, *from, *until;
    enum writ_role role;
    uint64_t number;
};

static const struct sound sound[WORLD_CAS][4] = {
    {
        {"root", "root", "Example Corp Root", NULL, "2024-01-01", "2044-01-01", WRIT_ROLE_ROOT, 0},
        {"mid", "root", "Example Corp CA", NULL, "2025-01-01", "2030-01-01", WRIT_ROLE_INTERMEDIATE,
         1},
        {"tsa", "mid", "Example Corp TSA", "tsa", "2025-06-01", "2029-06-01", WRIT_ROLE_TSA, 2},
        {"alice", "mid", "Alice", "alice", "2026-01-01", "2027-01-01", WRIT_ROLE_DEVELOPER, 7},
    },
    {
        {"other-root", "other-root", "Other Inc Root", NULL, "2024-01-01", "2044-01-01",
         WRIT_ROLE_ROOT, 0},
        {"other-mid", "other-root", "Other Inc CA", NULL, "2025-01-01", "2030-01-01",
         WRIT_ROLE_INTERMEDIATE, 1},
        {"other-tsa", "other-mid", "Other Inc TSA", "tsa", "2025-06-01", "2029-06-01",
         WRIT_ROLE_TSA, 2},
        {"bob", "other-mid", "Bob", "bob", "2026-01-01", "2027-01-01", WRIT_ROLE_DEVELOPER, 7},
    },
};

static void add_sound(struct world *w, size_t ca, const struct sound *s)
{
    struct world_cert *cert = &w->cert[w->certs++];
    bool is_ca = s->role == WRIT_ROLE_ROOT || s->role == WRIT_ROLE_INTERMEDIATE;

    *cert = (struct world_cert){
        .ca = ca,
        .role = s->role,
        .from = world_time(s->from),
        .until = world_time(s->until),
        .numbered = s->role != WRIT_ROLE_ROOT,
        .number = s->number,
        .key_kind = "p256",
        .hash = WRIT_OID_SHA256,
        .is_ca = is_ca,
        .path_length = s->role == WRIT_ROLE_ROOT ? 1
                       : is_ca                   ? 0
                                                 : -1,
        .usage = s->role == WRIT_ROLE_ROOT ? 0x86
                 : is_ca                   ? 0x06
                                           : 0x80,
        .purposes_critical = true,
    };
    world_copy(cert->name, sizeof cert->name, s->name);
    world_copy(cert->issuer, sizeof cert->issuer, s->issuer);
    world_copy(cert->common_name, sizeof cert->common_name, s->common_name);
    world_copy(cert->organization, sizeof cert->organization,
               ca == 0 ? "Example Corp" : "Other Inc");
    world_copy(cert->purposes, sizeof cert->purposes,
               is_ca                      ? "none"
               : s->role == WRIT_ROLE_TSA ? "timeStamping"
                                          : "codeSigning");
    if (s->unit != NULL)
        world_copy(cert->unit[cert->units++], WORLD_NAME, s->unit);
}

static void add_ca(struct world *w, size_t i)
{
    struct world_ca *ca = &w->ca[i];

    *ca = (struct world_ca){.here = i == 0,
                            .trusted = i == 0,
                            .profile = WRIT_PROFILE_CODE,
                            .purpose = WRIT_OID_CODE_SIGNING,
                            .version = 12,
                            .as_of = world_time(WORLD_AS_OF),
                            .expires = world_time(WORLD_EXPIRES)};
    world_copy(ca->origin, sizeof ca->origin, i == 0 ? "example.com/code" : "other.example/code");
    world_copy(ca->root, sizeof ca->root, sound[i][0].name);
    world_copy(ca->anchors, sizeof ca->anchors, sound[i][0].name);
    for (size_t j = 0; j < 4; j++)
        add_sound(w, i, &sound[i][j]);
}

void world_start(struct world *w)
{
    memset(w, 0, sizeof *w);
    for (size_t i = 0; i < WORLD_CAS; i++)
        add_ca(w, i);
    world_copy(w->form, sizeof w->form, "program");
    w->env = (struct writ_env){.now = world_time(WORLD_NOW), .threads = 1};
}

static void free_entry(struct world_entry *entry)
{
    writ_buffer_free(&entry->directory);
    writ_buffer_free(&entry->signature);
    writ_buffer_free(&entry->cms_der);
    writ_buffer_free(&entry->token);
}

void world_free(struct world *w)
{
    writ_engine_free(w->engine);
    for (size_t i = 0; i < w->certs; i++) {
        EVP_PKEY_free(w->cert[i].key);
        writ_key_free(w->cert[i].writ_key);
        writ_buffer_free(&w->cert[i].spki);
        writ_buffer_free(&w->cert[i].der);
    }
    for (size_t i = 0; i < WORLD_CAS; i++) {
        writ_key_free(w->ca[i].feed_key);
        writ_buffer_free(&w->ca[i].bundle);
        writ_buffer_free(&w->ca[i].note);
        writ_buffer_free(&w->ca[i].table);
    }
    for (size_t i = 0; i < w->entries; i++)
        free_entry(&w->entry[i]);
    for (size_t i = 0; i < w->seals; i++)
        writ_buffer_free(&w->seal[i].der);
    writ_buffer_free(&w->content);
    writ_buffer_free(&w->file);
    memset(w, 0, sizeof *w);
}

struct world_cert *world_cert(struct world *w, const char *name)
{
    for (size_t i = 0; i < w->certs; i++) {
        if (strcmp(w->cert[i].name, name) == 0)
            return &w->cert[i];
    }
    fail_msg("%s: no such certificate in this world", name);
    return NULL;
}

/* ---- Making ---- */

/* A file has a seal unless it is said to be unsigned, and a seal has an entry. */
static void fill_in(struct world *w)
{
    bool has_tail = strcmp(w->form, "program") == 0 || strcmp(w->form, "pie") == 0 ||
                    strcmp(w->form, "library") == 0;

    if (w->seals == 0 && !w->is_unsigned)
        world_say(w, has_tail ? "seal tail" : "seal beside");
    if (w->seals > 0 && w->seal[w->seals - 1].count == 0)
        world_say(w, "entry");
}

void world_make(struct world *w)
{
    fill_in(w);
    for (size_t i = 0; i < w->certs; i++) {
        if (w->ca[w->cert[i].ca].here)
            world_make_cert(w, &w->cert[i]);
    }
    world_make_content(w);
    world_make_seals(w);
    for (size_t i = 0; i < WORLD_CAS; i++) {
        if (w->ca[i].here)
            world_make_feed(w, i);
    }
}

/* ---- Judging, as prog/shared/judge.c does it ---- */

struct writ_engine *world_engine(const struct world *w)
{
    struct writ_error e = {0};
    struct writ_engine *engine = writ_engine_new(&w->policy, &w->env, &e);

    assert_non_null(engine);
    for (size_t i = 0; i < WORLD_CAS; i++) {
        if (w->ca[i].trusted)
            assert_ok(writ_engine_trust(engine, writ_buffer_span(&w->ca[i].bundle),
                                        w->ca[i].fingerprint, &e));
    }
    return engine;
}

static const struct world_seal *seal_at(const struct world *w, enum writ_seal_place place)
{
    for (size_t i = 0; i < w->seals; i++) {
        if (w->seal[i].place == place)
            return &w->seal[i];
    }
    return NULL;
}

static void bring_beside(struct world *w)
{
    const struct world_seal *seal = seal_at(w, WRIT_PLACE_BESIDE);
    struct writ_error e = {0};

    if (seal == NULL)
        writ_engine_bring_nothing(w->engine);
    else if (seal->unreadable)
        writ_engine_bring_damage(w->engine, "app.writ: Permission denied");
    else
        assert_ok(writ_engine_bring_seal(w->engine, writ_buffer_span(&seal->der), &e));
}

static void bring_indexed(struct world *w, uint64_t length)
{
    const struct world_seal *seal = seal_at(w, WRIT_PLACE_INDEX);
    struct writ_error e = {0};
    const uint8_t *root;

    if (seal == NULL || length != w->content.n) {
        writ_engine_bring_nothing(w->engine);
        return;
    }
    assert_ok(writ_engine_root(w->engine, &root, &e));
    if (memcmp(root, seal->filed_under, WRIT_HASH_BYTES) != 0)
        writ_engine_bring_nothing(w->engine);
    else
        assert_ok(writ_engine_bring_seal(w->engine, writ_buffer_span(&seal->der), &e));
}

/* The bundle with this number among those that are trusted. */
static const struct world_ca *trusted_ca(const struct world *w, size_t bundle)
{
    for (size_t i = 0; i < WORLD_CAS; i++) {
        if (w->ca[i].trusted && bundle-- == 0)
            return &w->ca[i];
    }
    fail_msg("the engine wants the feed of a bundle that nobody trusts");
    return NULL;
}

static void bring_feed(struct world *w, const struct world_ca *ca)
{
    struct writ_error e = {0};
    struct writ_feed_files files = {.note = writ_buffer_span(&ca->note),
                                    .table = writ_buffer_span(&ca->table),
                                    .keys = writ_span_text(ca->keys),
                                    .intact = ca->intact};

    if (ca->feed_damage[0] != '\0')
        writ_engine_bring_damage(w->engine, ca->feed_damage);
    else if (ca->feed_absent)
        writ_engine_bring_nothing(w->engine);
    else
        assert_ok(writ_engine_bring_feed(w->engine, &files, &e));
}

void world_bring(struct world *w, const struct writ_wanted *wanted)
{
    switch (wanted->what) {
    case WRIT_WANT_SEAL_BESIDE:
        bring_beside(w);
        break;
    case WRIT_WANT_SEAL_INDEXED:
        bring_indexed(w, wanted->length);
        break;
    case WRIT_WANT_FEED:
        bring_feed(w, trusted_ca(w, wanted->bundle));
        break;
    case WRIT_WANT_NOTHING:
        break;
    }
}

void world_judge(struct world *w)
{
    struct writ_wanted wanted = {.what = WRIT_WANT_SEAL_BESIDE};
    struct writ_error e = {0};

    world_make(w);
    w->engine = world_engine(w);
    assert_ok(writ_engine_subject(w->engine, writ_buffer_span(&w->file), &e));
    while (wanted.what != WRIT_WANT_NOTHING) {
        assert_ok(writ_engine_next(w->engine, &wanted, &e));
        world_bring(w, &wanted);
    }
    writ_engine_verdict(w->engine, &w->verdict);
    w->evidence = writ_engine_evidence(w->engine);
}

void world_of(struct world *w, const char *lines)
{
    world_start(w);
    world_say(w, lines);
    world_judge(w);
}
