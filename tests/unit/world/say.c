/* Statements, read.  A word that is not understood fails the test: a case must not say what nobody
 * hears. */
#include <ctype.h>
#include <errno.h>

#include "test.h"
#include "world/world.h"

/* ---- Words ---- */

void world_copy(char *out, size_t room, const char *text)
{
    if (strlen(text) >= room)
        fail_msg("too long for this world: %s", text);
    memcpy(out, text, strlen(text) + 1);
}

int64_t world_time(const char *text)
{
    struct writ_error e = {0};
    int64_t t = 0;

    assert_ok(writ_time_parse(text, &t, &e));
    return t;
}

void world_words_read(struct world_words *words, struct writ_span line)
{
    bool quoted = false, inside = false;
    char *out = NULL;

    words->count = 0;
    for (size_t i = 0; i < line.n; i++) {
        char c = (char)line.p[i];

        if (c == ' ' && !quoted) {
            inside = false;
            continue;
        }
        if (!inside) {
            assert_true(words->count < WORLD_WORDS);
            out = words->word[words->count++];
            memset(out, 0, WORLD_TEXT);
            inside = true;
        }
        if (c == '"') {
            quoted = !quoted;
            continue;
        }
        assert_true(strlen(out) + 1 < WORLD_TEXT);
        out[strlen(out)] = c;
    }
}

bool world_next_name(const char **names, char name[WORLD_NAME])
{
    size_t n = strcspn(*names, ",");

    if (n == 0)
        return false;
    assert_true(n < WORLD_NAME);
    memcpy(name, *names, n);
    name[n] = '\0';
    *names += n + ((*names)[n] == ',');
    return true;
}

static uint64_t number_of(const char *text)
{
    char *end;
    unsigned long long value;

    errno = 0;
    value = strtoull(text, &end, 0);
    if (errno != 0 || *end != '\0' || !isdigit((unsigned char)text[0]))
        fail_msg("%s: a number was wanted", text);
    return value;
}

static bool yes(const char *text)
{
    if (strcmp(text, "yes") != 0 && strcmp(text, "no") != 0)
        fail_msg("%s: yes or no was wanted", text);
    return text[0] == 'y';
}

static enum writ_oid hash_named(const char *name)
{
    return strcmp(name, "sha1") == 0     ? WRIT_OID_SHA1
           : strcmp(name, "sha384") == 0 ? WRIT_OID_SHA384
           : strcmp(name, "sha512") == 0 ? WRIT_OID_SHA512
                                         : WRIT_OID_SHA256;
}

static size_t ca_named(struct world *w, const char *name)
{
    size_t ca = strcmp(name, "other") == 0 ? 1 : 0;

    if (ca == 0 && strcmp(name, "example") != 0)
        fail_msg("%s: no such CA", name);
    w->ca[ca].here = true;
    return ca;
}

/* The words "key=value" of a statement, each given to a function that knows some keys. */
typedef bool (*take)(struct world *w, void *what, const char *key, const char *value);

static void take_words(struct world *w, const struct world_words *words, size_t from, take one,
                       void *what)
{
    for (size_t i = from; i < words->count; i++) {
        char key[WORLD_TEXT];
        char *equals;

        world_copy(key, sizeof key, words->word[i]);
        equals = strchr(key, '=');
        if (equals != NULL)
            *equals++ = '\0';
        if (!one(w, what, key, equals == NULL ? "" : equals))
            fail_msg("%s %s: nobody knows what that is", words->word[0], words->word[i]);
    }
}

/* ---- cert ---- */

static void set_number(struct world_cert *cert, const char *value)
{
    cert->numbered = strcmp(value, "none") != 0;
    if (cert->numbered)
        cert->number = number_of(value);
    else
        cert->by_hand = true;
}

static void set_units(struct world_cert *cert, const char *value)
{
    cert->units = 0;
    if (strcmp(value, "none") != 0) {
        while (world_next_name(&value, cert->unit[cert->units])) {
            cert->units++;
            assert_true(cert->units < WORLD_UNITS);
        }
    }
    cert->by_hand = cert->by_hand || cert->units != 1;
}

/* What src/issue can make as well. */
static bool take_plain(struct world_cert *cert, const char *key, const char *value)
{
    if (strcmp(key, "from") == 0)
        cert->from = world_time(value);
    else if (strcmp(key, "until") == 0)
        cert->until = world_time(value);
    else if (strcmp(key, "number") == 0)
        set_number(cert, value);
    else if (strcmp(key, "unit") == 0)
        set_units(cert, value);
    else if (strcmp(key, "key") == 0)
        world_copy(cert->key_kind, sizeof cert->key_kind, value);
    else if (strcmp(key, "key-of") == 0)
        world_copy(cert->key_of, sizeof cert->key_of, value);
    else
        return false;
    return true;
}

/* What only hands make. */
static bool take_odd(struct world_cert *cert, const char *key, const char *value)
{
    if (strcmp(key, "name") == 0)
        world_copy(cert->common_name, sizeof cert->common_name, value);
    else if (strcmp(key, "hash") == 0)
        cert->hash = hash_named(value);
    else if (strcmp(key, "ca") == 0)
        cert->is_ca = yes(value);
    else if (strcmp(key, "path-length") == 0)
        cert->path_length = strcmp(value, "none") == 0 ? -1 : (int)number_of(value);
    else if (strcmp(key, "usage") == 0)
        cert->usage = (unsigned)number_of(value);
    else if (strcmp(key, "purpose") == 0)
        world_copy(cert->purposes, sizeof cert->purposes, value);
    else if (strcmp(key, "purpose-critical") == 0)
        cert->purposes_critical = yes(value);
    else if (strcmp(key, "unknown-critical") == 0)
        cert->unknown_critical = true;
    else if (strcmp(key, "no-constraints") == 0)
        cert->no_constraints = true;
    else if (strcmp(key, "wants-policy") == 0)
        cert->wants_policy = true;
    else if (strcmp(key, "no-key-id") == 0)
        cert->no_key_id = true;
    else if (strcmp(key, "spoiled") == 0)
        cert->spoiled = true;
    else
        return false;
    return true;
}

static bool take_cert(struct world *w, void *what, const char *key, const char *value)
{
    struct world_cert *cert = what;

    if (strcmp(key, "issuer") == 0) {
        world_copy(cert->issuer, sizeof cert->issuer, value);
        cert->ca = world_cert(w, value)->ca;
        return true;
    }
    if (take_plain(cert, key, value))
        return true;
    cert->by_hand = true;
    return take_odd(cert, key, value);
}

/* A name that is new begins as a copy of alice, mid or tsa, by what it is to be. */
static void new_cert(struct world *w, const char *name, const char *like)
{
    struct world_cert *cert = &w->cert[w->certs];

    assert_true(w->certs < WORLD_CERTS);
    *cert = *world_cert(w, like);
    w->certs++;
    world_copy(cert->name, sizeof cert->name, name);
    world_copy(cert->common_name, sizeof cert->common_name, name);
}

static void say_cert(struct world *w, const struct world_words *words)
{
    const char *name = words->word[1];
    size_t from = 2;

    if (words->count > 3 && strcmp(words->word[2], "like") == 0) {
        new_cert(w, name, words->word[3]);
        from = 4;
    }
    w->ca[world_cert(w, name)->ca].here = true;
    take_words(w, words, from, take_cert, world_cert(w, name));
}

/* ---- The CA and its feed ---- */

static bool take_ca(struct world *w, void *what, const char *key, const char *value)
{
    struct world_ca *ca = what;

    (void)w;
    if (strcmp(key, "profile") == 0)
        ca->profile = strcmp(value, "tls") == 0 ? WRIT_PROFILE_TLS : WRIT_PROFILE_CODE;
    else if (strcmp(key, "purpose") == 0)
        ca->purpose =
            strcmp(value, "serverAuth") == 0 ? WRIT_OID_SERVER_AUTH : WRIT_OID_CODE_SIGNING;
    else if (strcmp(key, "anchors") == 0)
        world_copy(ca->anchors, sizeof ca->anchors, value);
    else if (strcmp(key, "origin") == 0)
        world_copy(ca->origin, sizeof ca->origin, value);
    else if (strcmp(key, "trusted") == 0)
        ca->trusted = value[0] == '\0' || yes(value);
    else
        return false;
    return true;
}

static bool take_feed_damage(struct world_ca *ca, const char *key, const char *value)
{
    if (strcmp(key, "absent") == 0)
        ca->feed_absent = true;
    else if (strcmp(key, "damaged") == 0)
        world_copy(ca->feed_damage, sizeof ca->feed_damage, value);
    else if (strcmp(key, "note-spoiled") == 0)
        ca->note_spoiled = true;
    else if (strcmp(key, "note-foreign") == 0)
        ca->note_foreign = true;
    else if (strcmp(key, "table-spoiled") == 0)
        ca->table_spoiled = true;
    else if (strcmp(key, "intact") == 0)
        ca->intact = true;
    else if (strcmp(key, "keys") == 0)
        world_copy(ca->keys, sizeof ca->keys, value);
    else
        return false;
    return true;
}

static bool take_feed(struct world *w, void *what, const char *key, const char *value)
{
    struct world_ca *ca = what;

    (void)w;
    if (strcmp(key, "version") == 0)
        ca->version = number_of(value);
    else if (strcmp(key, "as-of") == 0)
        ca->as_of = world_time(value);
    else if (strcmp(key, "expires") == 0)
        ca->expires = world_time(value);
    else
        return take_feed_damage(ca, key, value);
    return true;
}

/* `ca` and `feed` begin with the CA's name. */
static void say_ca(struct world *w, const struct world_words *words)
{
    take_words(w, words, 2, take_ca, &w->ca[ca_named(w, words->word[1])]);
}

static void say_feed(struct world *w, const struct world_words *words)
{
    take_words(w, words, 2, take_feed, &w->ca[ca_named(w, words->word[1])]);
}

static void add_gap(struct world_list *list, const char *value)
{
    struct writ_table_gap *gap = &list->gap[list->gaps++];
    char from[WORLD_NAME];

    assert_true(list->gaps <= WORLD_GAPS);
    if (!world_next_name(&value, from))
        fail_msg("gap=FROM,TO was wanted");
    gap->from = number_of(from);
    gap->to = number_of(value);
}

static bool take_list(struct world *w, void *what, const char *key, const char *value)
{
    struct world_list *list = what;

    if (strcmp(key, "absent") == 0)
        list->absent = true;
    else if (strcmp(key, "numbered") == 0)
        list->numbered = yes(value);
    else if (strcmp(key, "covered-below") == 0)
        list->covered_below = number_of(value);
    else if (strcmp(key, "as-of") == 0)
        list->as_of = world_time(value);
    else if (strcmp(key, "gap") == 0)
        add_gap(list, value);
    else if (strcmp(key, "in") == 0)
        list->in = ca_named(w, value);
    else
        return false;
    list->has_as_of = list->has_as_of || strcmp(key, "as-of") == 0;
    return true;
}

static void say_list(struct world *w, const struct world_words *words)
{
    struct world_list *list = &w->list[w->lists++];

    assert_true(w->lists <= WORLD_LISTS);
    *list = (struct world_list){
        .in = world_cert(w, words->word[1])->ca, .numbered = true, .covered_below = 100};
    world_copy(list->issuer, sizeof list->issuer, words->word[1]);
    take_words(w, words, 2, take_list, list);
}

/* ---- Revocations ---- */

struct asked {
    struct writ_revocation_request request;
    int64_t at;
    size_t in;
    bool exact; /* as it stands here, whatever src/issue thinks of it */
};

static bool take_revocation(struct world *w, void *what, const char *key, const char *value)
{
    struct asked *asked = what;

    if (strcmp(key, "at") == 0)
        asked->at = world_time(value);
    else if (strcmp(key, "in") == 0)
        asked->in = ca_named(w, value);
    else if (strcmp(key, "exactly") == 0)
        asked->exact = true;
    else if (strcmp(key, "since") == 0)
        asked->request.since = world_time(value);
    else
        return false;
    asked->request.since_given = asked->request.since_given || strcmp(key, "since") == 0;
    return true;
}

/* `since` is what src/issue makes of it, so that cases speak of what a CA can publish. */
static void revoke(struct world *w, const struct world_words *words, size_t from, const char *name,
                   size_t ca, int64_t not_before)
{
    struct world_revocation *r = &w->revocation[w->revocations++];
    struct asked asked = {.request = {.note = "a case"}, .at = world_time("2026-11-01"), .in = ca};
    struct writ_error e = {0};

    assert_true(w->revocations <= WORLD_REVOCATIONS);
    if (writ_reason_parse(words->word[from - 1], &asked.request.reason) < 0)
        fail_msg("%s: no such reason", words->word[from - 1]);
    take_words(w, words, from, take_revocation, &asked);
    world_copy(r->name, sizeof r->name, name);
    r->in = asked.in;
    if (!asked.exact)
        assert_ok(writ_revocation_begin(&asked.request, not_before, asked.at, &r->r, &e));
    else
        r->r = (struct writ_revocation){
            .reason = asked.request.reason, .since = asked.request.since, .revoked_at = asked.at};
}

static void say_revoked(struct world *w, const struct world_words *words)
{
    const struct world_cert *cert = world_cert(w, words->word[1]);

    revoke(w, words, 3, cert->name, cert->ca, cert->from);
}

static void say_content_revoked(struct world *w, const struct world_words *words)
{
    revoke(w, words, 2, "", 0, 0);
}

/* ---- The file and its seals ---- */

static bool take_file(struct world *w, void *what, const char *key, const char *value)
{
    (void)what;
    if (strcmp(key, "size") == 0)
        w->size = (size_t)number_of(value);
    else if (strcmp(key, "behind") == 0)
        w->behind = (size_t)number_of(value);
    else if (strcmp(key, "changed") == 0)
        w->changed = true;
    else if (strcmp(key, "appended") == 0)
        w->appended = true;
    else
        return false;
    return true;
}

static void say_file(struct world *w, const struct world_words *words)
{
    world_copy(w->form, sizeof w->form, words->word[1]);
    take_words(w, words, 2, take_file, NULL);
}

static void say_unsigned(struct world *w, const struct world_words *words)
{
    (void)words;
    w->is_unsigned = true;
}

static bool take_seal(struct world *w, void *what, const char *key, const char *value)
{
    struct world_seal *seal = what;

    (void)w;
    if (strcmp(key, "bad-pad") == 0)
        seal->bad_pad = true;
    else if (strcmp(key, "garbage") == 0)
        seal->garbage = true;
    else if (strcmp(key, "unreadable") == 0)
        seal->unreadable = true;
    else if (strcmp(key, "misindexed") == 0)
        seal->misindexed = true;
    else if (strcmp(key, "size") == 0)
        seal->size = (size_t)number_of(value);
    else
        return false;
    return true;
}

static enum writ_seal_place place_named(const char *name)
{
    if (strcmp(name, "beside") == 0)
        return WRIT_PLACE_BESIDE;
    if (strcmp(name, "index") == 0)
        return WRIT_PLACE_INDEX;
    if (strcmp(name, "tail") != 0)
        fail_msg("%s: no such place for a seal", name);
    return WRIT_PLACE_TAIL;
}

static void say_seal(struct world *w, const struct world_words *words)
{
    struct world_seal *seal;

    if (w->seals > 0 && w->seal[w->seals - 1].count == 0)
        world_say(w, "entry");
    assert_true(w->seals < WORLD_SEALS);
    seal = &w->seal[w->seals++];
    *seal = (struct world_seal){.place = place_named(words->word[1]), .first = w->entries};
    take_words(w, words, 2, take_seal, seal);
}

/* ---- entry, stamp ---- */

static bool take_cms_names(struct world_cms *cms, const char *key, const char *value)
{
    if (strcmp(key, "key-of") == 0)
        world_copy(cms->key, sizeof cms->key, value);
    else if (strcmp(key, "certificates") == 0)
        world_copy(cms->certificates, sizeof cms->certificates, value);
    else if (strcmp(key, "digest") == 0)
        cms->digest = hash_named(value);
    else if (strcmp(key, "signature-hash") == 0)
        cms->signature_hash = hash_named(value);
    else if (strcmp(key, "ess") == 0)
        world_copy(cms->ess, sizeof cms->ess, value);
    else if (strcmp(key, "without") == 0)
        world_copy(cms->without, sizeof cms->without, value);
    else
        return false;
    return true;
}

/* What a seal's signature and a timestamp have in common. */
static bool take_cms(struct world_cms *cms, const char *key, const char *value)
{
    if (take_cms_names(cms, key, value))
        return true;
    if (strcmp(key, "by-key-id") == 0)
        cms->by_key_id = true;
    else if (strcmp(key, "wrong-digest") == 0)
        cms->wrong_digest = true;
    else if (strcmp(key, "wrong-type") == 0)
        cms->wrong_type = true;
    else if (strcmp(key, "wrong-econtent") == 0)
        cms->wrong_econtent = true;
    else if (strcmp(key, "content-inside") == 0)
        cms->content_inside = value[0] == '\0' || yes(value);
    else if (strcmp(key, "spoiled") == 0)
        cms->spoiled = true;
    else if (strcmp(key, "garbage") == 0)
        cms->garbage = true;
    else
        return false;
    return true;
}

static void set_kind(struct world_entry *entry, const char *value)
{
    entry->kind_given = true;
    if (writ_seal_kind_parse(value, &entry->kind) < 0)
        fail_msg("%s: no such kind", value);
}

static bool take_directory(struct world_entry *entry, const char *key, const char *value)
{
    if (strcmp(key, "by") == 0)
        world_copy(entry->cms.by, sizeof entry->cms.by, value);
    else if (strcmp(key, "kind") == 0)
        set_kind(entry, value);
    else if (strcmp(key, "identifier") == 0)
        world_copy(entry->identifier, sizeof entry->identifier, value);
    else if (strcmp(key, "flags") == 0)
        entry->flags = number_of(value);
    else if (strcmp(key, "longer") == 0)
        entry->longer = (int64_t)number_of(value);
    else if (strcmp(key, "wrong-root") == 0)
        entry->wrong_root = true;
    else if (strcmp(key, "signing-time") == 0)
        entry->cms.signing_time = world_time(value);
    else
        return false;
    return true;
}

static bool take_entry(struct world *w, void *what, const char *key, const char *value)
{
    struct world_entry *entry = what;

    if (take_directory(entry, key, value))
        return true;
    entry->by_hand = true;
    if (strcmp(key, "team") == 0) {
        world_copy(entry->team, sizeof entry->team, value);
        entry->team_given = true;
        return true;
    }
    w->ca[world_cert(w, entry->cms.by)->ca].here = true;
    return take_cms(&entry->cms, key, value);
}

static void say_entry(struct world *w, const struct world_words *words)
{
    struct world_entry *entry;

    if (w->seals == 0) {
        bool has_tail = strcmp(w->form, "program") == 0 || strcmp(w->form, "pie") == 0 ||
                        strcmp(w->form, "library") == 0;

        w->seals = 1;
        w->seal[0] = (struct world_seal){.place = has_tail ? WRIT_PLACE_TAIL : WRIT_PLACE_BESIDE};
    }
    assert_true(w->entries < WORLD_ENTRIES);
    entry = &w->entry[w->entries++];
    w->seal[w->seals - 1].count++;
    *entry = (struct world_entry){.cms = {.by = "alice",
                                          .digest = WRIT_OID_SHA256,
                                          .ess = "v2",
                                          .signing_time = world_time("2026-08-01")},
                                  .identifier = "app"};
    take_words(w, words, 1, take_entry, entry);
    w->ca[world_cert(w, entry->cms.by)->ca].here = true;
}

static bool take_stamp(struct world *w, void *what, const char *key, const char *value)
{
    struct world_stamp *stamp = what;

    (void)w;
    if (strcmp(key, "by") == 0)
        world_copy(stamp->cms.by, sizeof stamp->cms.by, value);
    else if (strcmp(key, "accuracy") == 0)
        stamp->accuracy = number_of(value);
    else if (strcmp(key, "imprint") == 0)
        world_copy(stamp->imprint, sizeof stamp->imprint, value);
    else
        return take_cms(&stamp->cms, key, value);
    return true;
}

/* An instant; or since, since+1, since-1: the first revocation's, and seconds to it. */
static int64_t stamp_time(const struct world *w, const char *text)
{
    char *end;
    long seconds;

    if (strncmp(text, "since", 5) != 0)
        return world_time(text);
    assert_true(w->revocations > 0);
    seconds = text[5] == '\0' ? 0 : strtol(text + 5, &end, 10);
    return w->revocation[0].r.since + seconds;
}

/* Stamps the entry that was named last. */
static void say_stamp(struct world *w, const struct world_words *words)
{
    struct world_stamp *stamp;

    if (w->entries == 0)
        world_say(w, "entry");
    stamp = &w->entry[w->entries - 1].stamp;
    *stamp = (struct world_stamp){
        .present = true,
        .cms = {.by = "tsa", .digest = WRIT_OID_SHA256, .ess = "v2", .content_inside = true},
        .imprint = "sha256",
        .time = stamp_time(w, words->word[1]),
    };
    stamp->cms.signing_time = stamp->time;
    take_words(w, words, 2, take_stamp, stamp);
    w->ca[world_cert(w, stamp->cms.by)->ca].here = true;
}

/* ---- Who judges ---- */

static void say_now(struct world *w, const struct world_words *words)
{
    w->env.now = world_time(words->word[1]);
}

static void say_at(struct world *w, const struct world_words *words)
{
    w->env.now = world_time(words->word[1]);
    w->env.asked_for = true;
}

static void say_policy(struct world *w, const struct world_words *words)
{
    if (strcmp(words->word[1], "allow-uncovered") != 0)
        fail_msg("policy %s: no such policy", words->word[1]);
    w->policy.allow_uncovered = true;
}

static const struct {
    const char *word;
    size_t words; /* at least */
    void (*say)(struct world *w, const struct world_words *words);
} statements[] = {
    {"cert", 3, say_cert},       {"ca", 3, say_ca},
    {"feed", 3, say_feed},       {"list", 3, say_list},
    {"revoked", 3, say_revoked}, {"content-revoked", 2, say_content_revoked},
    {"file", 2, say_file},       {"unsigned", 1, say_unsigned},
    {"seal", 2, say_seal},       {"entry", 1, say_entry},
    {"stamp", 2, say_stamp},     {"now", 2, say_now},
    {"at", 2, say_at},           {"policy", 2, say_policy},
};

static void say_line(struct world *w, struct writ_span line)
{
    struct world_words words;

    world_words_read(&words, line);
    if (words.count == 0 || words.word[0][0] == '#')
        return;
    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++) {
        if (strcmp(words.word[0], statements[i].word) != 0)
            continue;
        if (words.count < statements[i].words)
            fail_msg("%s: more words were wanted", statements[i].word);
        statements[i].say(w, &words);
        return;
    }
    fail_msg("%s: no such statement", words.word[0]);
}

void world_say(struct world *w, const char *lines)
{
    struct writ_cursor c = writ_cursor_over(writ_span_text(lines), NULL);

    while (c.left > 0)
        say_line(w, writ_cursor_field(&c, '\n'));
}
