#include "ca/ca_standing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bytes/pem.h"
#include "evidence/revoked.h"
#include "shared/file.h"
#include "shared/jail.h"

#define PATH_BYTES 4200

/* ------------------------------------------------------------------------------- reading */

static int read_in(const char *dir, const char *name, size_t ceiling, struct writ_buffer *out,
                   struct writ_error *e)
{
    char path[PATH_BYTES + 128];

    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    return file_read(path, ceiling, out, e);
}

/* The bundle is this CA's own file, beside its store. */
static int read_bundle(struct ca *ca, struct writ_buffer *der, struct writ_error *e)
{
    struct writ_buffer pem = {0};
    struct writ_pem block = {0};
    struct writ_cursor c;
    bool found = false;
    int rc = read_in(writ_buffer_string(&ca->dir), CA_BUNDLE, 2 * WRIT_BUNDLE_MAX, &pem, e);

    c = writ_cursor_over(writ_buffer_span(&pem), e);
    if (rc == 0)
        rc = writ_pem_next(&c, &block, &found);
    if (rc == 0 && found)
        writ_buffer_add(der, writ_buffer_span(&block.der));
    if (rc == 0 && der->n == 0)
        rc = writ_fail(e, WRIT_FAULT_BAD_INPUT, "%s holds no bundle", CA_BUNDLE);
    writ_pem_free(&block);
    writ_buffer_free(&pem);
    return rc;
}

/* Whose feed it is, before it is asked who signed it: another CA's is named as such. */
static int check_origin(const struct ca *ca, const char *dir, struct ca_standing *s,
                        struct writ_error *e)
{
    struct writ_note note;

    if (writ_note_parse(writ_buffer_span(&s->note), &note, e) < 0 ||
        writ_feed_parse(note.text, &s->feed, e) < 0)
        return -1;
    if (strcmp(s->feed.origin, ca->info.origin) == 0)
        return 0;
    return writ_fail(e, WRIT_FAULT_USAGE, "%s holds the feed of %s, not of %s", dir, s->feed.origin,
                     ca->info.origin);
}

static int check(struct ca_standing *s, struct writ_error *e)
{
    struct writ_feed feed;

    if (writ_source_trust(writ_buffer_span(&s->bundle), &s->source, e) < 0 ||
        writ_source_check_note(&s->source, writ_buffer_span(&s->note), &feed, e) < 0)
        return -1;
    if (s->table.n == 0)
        return 0;
    return writ_source_open(&s->source, writ_buffer_span(&s->note), writ_buffer_span(&s->table),
                            false, e);
}

/* The first look is taken where it can do no harm. */
static int work(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    (void)answer;
    return check(argument, e);
}

static int check_all(struct ca_standing *s, struct writ_error *e)
{
    struct jail limits = {0};
    struct writ_buffer nothing = {0};
    int rc = jail_run(&limits, work, s, &nothing, e);

    writ_buffer_free(&nothing);
    return rc < 0 ? -1 : check(s, e);
}

int ca_standing_read(struct ca *ca, const char *dir, struct ca_standing *standing,
                     struct writ_error *e)
{
    char path[PATH_BYTES + 128], name[WRIT_FEED_NAME_MAX];

    (void)snprintf(path, sizeof path, "%s/feed.note", dir);
    if (access(path, F_OK) < 0)
        return 0;
    standing->exists = true;
    if (read_in(dir, "feed.note", WRIT_NOTE_MAX, &standing->note, e) < 0 ||
        check_origin(ca, dir, standing, e) < 0 || read_bundle(ca, &standing->bundle, e) < 0)
        goto fault;
    writ_feed_file_name(writ_feed_table(&standing->feed), name);
    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    if (access(path, F_OK) == 0 && read_in(dir, name, WRIT_TABLE_MAX, &standing->table, e) < 0)
        goto fault;
    if (check_all(standing, e) == 0)
        return 0;
fault:
    writ_error_context(e, "%s/feed.note", dir);
    return -1;
}

void ca_standing_free(struct ca_standing *standing)
{
    writ_buffer_free(&standing->note);
    writ_buffer_free(&standing->bundle);
    writ_buffer_free(&standing->table);
}

/* ---------------------------------------------------------------------------- recovering */

/* A certificate of this store that the standing feed lists and the store does not. */
struct found {
    int64_t id;
    struct writ_revoked revoked;
};

struct search {
    struct ca *ca;
    const struct ca_standing *standing;
    struct writ_digester *digester;
    struct found *found;
    size_t count, room;
};

static int issuer_hash(struct ca *ca, int64_t issuer, uint8_t hash[WRIT_SHA256_BYTES],
                       struct writ_error *e)
{
    struct castore_matches m = {0};
    int rc = castore_find_id(ca->store, issuer, &m, e);

    if (rc == 0 && m.n == 1)
        memcpy(hash, m.at[0]->spki_hash, WRIT_SHA256_BYTES);
    else if (rc == 0)
        rc = writ_fail(e, WRIT_FAULT_BAD_INPUT, "the store lacks a certificate's issuer");
    castore_matches_free(&m);
    return rc;
}

static int keep(struct search *s, int64_t id, const struct writ_revoked *revoked,
                struct writ_error *e)
{
    if (s->count == s->room) {
        size_t room = s->room == 0 ? 64 : 2 * s->room;
        struct found *larger = reallocarray(s->found, room, sizeof *larger);

        if (larger == NULL)
            return writ_fail_memory(e);
        s->found = larger;
        s->room = room;
    }
    s->found[s->count++] = (struct found){.id = id, .revoked = *revoked};
    return 0;
}

static int visit(void *arg, const struct castore_certificate *c, struct writ_error *e)
{
    struct search *s = arg;
    uint8_t issuer[WRIT_SHA256_BYTES], key[WRIT_TABLE_KEY];
    struct writ_block block;
    struct writ_revoked revoked;

    if (c->revoked || c->issuer == 0)
        return 0;
    if (issuer_hash(s->ca, c->issuer, issuer, e) < 0 ||
        writ_revocation_key(s->digester, issuer, WRIT_SPAN(c->serial, c->serial_n), key, e) < 0)
        return -1;
    if (!writ_table_find(&s->standing->source.table, WRIT_SPAN_OF(issuer), WRIT_BLOCK_LIST,
                         &block) ||
        !writ_block_find(&block, key, &revoked))
        return 0;
    return keep(s, c->id, &revoked, e);
}

static void note_text(const struct ca_standing *standing, char *note, size_t room)
{
    (void)snprintf(note, room, "recovered from feed %llu, which the lost store had published",
                   (unsigned long long)standing->feed.version);
}

static int revoke_found(struct search *s, struct writ_error *e)
{
    for (size_t i = 0; i < s->count; i++) {
        struct writ_revocation r = {
            .reason = s->found[i].revoked.reason,
            .since = s->found[i].revoked.since,
            .revoked_at = s->found[i].revoked.revoked_at,
            .since_given = s->found[i].revoked.since != s->found[i].revoked.revoked_at &&
                           s->found[i].revoked.reason != WRIT_REASON_CERTIFICATE_HOLD,
        };

        note_text(s->standing, r.note, sizeof r.note);
        if (castore_revoke(s->ca->store, s->found[i].id, &r, e) < 0)
            return -1;
    }
    return 0;
}

/* What is revoked already makes the store object; that is no reason to stop. */
static int recover_contents(struct search *s, struct writ_error *e)
{
    const struct ca_standing *standing = s->standing;
    struct writ_block block;
    struct writ_span root;
    struct writ_revoked revoked;
    uint64_t length;

    if (!writ_table_find(&standing->source.table, WRIT_SPAN_OF(standing->source.root_key_hash),
                         WRIT_BLOCK_CONTENTS, &block))
        return 0;
    for (size_t i = 0; writ_block_content(&block, i, &length, &root, &revoked); i++) {
        struct castore_content c = {
            .length = length, .reason = revoked.reason, .revoked_at = revoked.revoked_at};
        struct writ_error known = {0};

        memcpy(c.root, root.p, sizeof c.root);
        note_text(standing, c.note, sizeof c.note);
        if (castore_content_revoke(s->ca->store, &c, &known) == 0)
            s->count++;
        else if (known.fault != WRIT_FAULT_USAGE)
            return writ_fail(e, known.fault, "%s", known.text);
    }
    return 0;
}

int ca_standing_recover(struct ca *ca, const struct ca_standing *standing, int64_t now,
                        size_t *recovered, struct writ_error *e)
{
    struct search s = {.ca = ca, .standing = standing, .digester = writ_digester_new(e)};
    char subject[64];
    int rc = -1;

    *recovered = 0;
    if (s.digester == NULL)
        return -1;
    if (standing->source.state != WRIT_SOURCE_OPEN) {
        rc =
            writ_fail(e, WRIT_FAULT_BAD_INPUT,
                      "the table of feed %llu, which the lost store had published, cannot be read; "
                      "what it had revoked would be forgotten",
                      (unsigned long long)standing->feed.version);
        goto out;
    }
    if (castore_certificate_each(ca->store, visit, &s, e) < 0 || revoke_found(&s, e) < 0 ||
        recover_contents(&s, e) < 0)
        goto out;
    *recovered = s.count;
    (void)snprintf(subject, sizeof subject, "%zu revocations from feed %llu", s.count,
                   (unsigned long long)standing->feed.version);
    rc = s.count == 0 ? 0 : ca_audit(ca, now, "recover", subject, NULL, NULL, e);
out:
    writ_digester_free(s.digester);
    free(s.found);
    return rc;
}
