#include "ca/ca_make.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "base/text.h"
#include "base/time.h"
#include "bytes/pem.h"
#include "ca/ca_crl.h"
#include "issue/sign.h"

#define ORIGIN_SLUG_MAX 48 /* bytes of an origin that come from the name */

static enum castore_role stored_role(enum writ_role role)
{
    switch (role) {
    case WRIT_ROLE_ROOT:
        return CASTORE_ROOT;
    case WRIT_ROLE_INTERMEDIATE:
        return CASTORE_INTERMEDIATE;
    case WRIT_ROLE_DEVELOPER:
        return CASTORE_DEVELOPER;
    case WRIT_ROLE_TSA:
        return CASTORE_TSA;
    case WRIT_ROLE_RESPONDER:
        return CASTORE_RESPONDER;
    }
    return CASTORE_DEVELOPER;
}

static int seal_key(struct ca *ca, const struct writ_key *key, bool plain,
                    struct writ_buffer *pkcs8, struct writ_error *e)
{
    if (plain)
        return writ_key_to_pkcs8_insecure_plain(key, pkcs8, e);
    return writ_key_to_pkcs8(key, passphrase_bytes(&ca->passphrase), pkcs8, e);
}

/* "P-256", "RSA 3072", "Ed25519": for people. */
static int name_algorithm(struct writ_span spki, char name[CASTORE_ALGORITHM_MAX + 1],
                          struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(spki, e);
    struct writ_public_key key;
    struct writ_buffer text = {0};

    if (writ_public_key_parse(&c, &key) < 0)
        return -1;
    writ_public_key_add_text(&text, &key);
    (void)snprintf(name, CASTORE_ALGORITHM_MAX + 1, "%.*s", CASTORE_ALGORITHM_MAX,
                   writ_buffer_string(&text));
    writ_buffer_free(&text);
    return 0;
}

int ca_keep_key(struct ca *ca, const struct writ_key *key, enum castore_purpose purpose, bool plain,
                int64_t now, struct writ_buffer *spki, uint8_t spki_hash[WRIT_SHA256_BYTES],
                struct writ_error *e)
{
    struct writ_buffer pkcs8 = {0};
    struct castore_key record = {.purpose = purpose, .encrypted = !plain, .created = now};
    int64_t id;
    int rc = -1;

    if (writ_key_public(key, spki, e) < 0 ||
        writ_sha256(writ_buffer_span(spki), spki_hash, e) < 0 ||
        seal_key(ca, key, plain, &pkcs8, e) < 0)
        goto out;
    if (name_algorithm(writ_buffer_span(spki), record.algorithm, e) < 0)
        goto out;
    memcpy(record.spki_hash, spki_hash, sizeof record.spki_hash);
    record.pkcs8 = writ_buffer_span(&pkcs8);
    rc = castore_key_add(ca->store, &record, &id, e);
out:
    writ_buffer_wipe(&pkcs8);
    return rc;
}

/* A certificate does not outlive its issuer: nothing would lead to it any more. */
static int64_t end_of(const struct ca_order *order, int64_t begin)
{
    int64_t end = writ_time_add(begin, order->life);

    return order->issuer != NULL && end > order->issuer->not_after ? order->issuer->not_after : end;
}

static int fill_record(const struct ca_order *order, const struct writ_certificate_order *made,
                       int64_t now, struct writ_span der, struct castore_certificate *record,
                       struct writ_error *e)
{
    *record = (struct castore_certificate){
        .issuer = order->issuer_id,
        .role = stored_role(order->role),
        .serial_n = WRIT_SERIAL_BYTES,
        .number = made->number,
        .not_before = made->not_before,
        .not_after = made->not_after,
        .issued_at = now,
        .der = der,
    };
    memcpy(record->serial, made->serial, WRIT_SERIAL_BYTES);
    (void)snprintf(record->name, sizeof record->name, "%s", order->name);
    (void)snprintf(record->team, sizeof record->team, "%s", order->team);
    return writ_sha256(order->spki, record->spki_hash, e);
}

/* The issuer's next number; an adopted one gives none. */
static int take_number(struct ca *ca, const struct ca_order *order,
                       struct writ_certificate_order *made, struct writ_error *e)
{
    struct castore_adoption adoption;

    if (order->issuer_id == 0)
        return 0;
    if (castore_adoption(ca->store, order->issuer_id, &adoption, e) < 0)
        return -1;
    made->unnumbered = adoption.adopted;
    return made->unnumbered ? 0
                            : castore_number_next(ca->store, order->issuer_id, &made->number, e);
}

/* The CRL that it will be on, where the CA publishes some: empty where it does not. */
static int name_crl(struct ca *ca, const struct ca_order *order,
                    const uint8_t serial[WRIT_SERIAL_BYTES], struct writ_buffer *url,
                    struct writ_error *e)
{
    struct castore_matches m = {0};
    struct ca_crl_settings settings = {0};
    int rc = -1;

    if (order->issuer_id == 0)
        return 0;
    if (castore_find_id(ca->store, order->issuer_id, &m, e) == 0 && m.n == 1 &&
        ca_crl_settings_read(ca, &settings, e) == 0)
        rc = ca_crl_url(&settings, m.at[0]->name, WRIT_SPAN(serial, WRIT_SERIAL_BYTES), url, e);
    castore_matches_free(&m);
    return rc;
}

int ca_make_certificate(struct ca *ca, const struct ca_order *order, int64_t now,
                        struct castore_certificate *record, struct writ_buffer *der,
                        struct writ_error *e)
{
    struct writ_certificate_order made = {
        .role = order->role,
        .common_name = writ_span_text(order->name),
        .organization = writ_span_text(ca->info.name),
        .team = writ_span_text(order->team),
        .spki = order->spki,
        .not_before = now,
        .not_after = end_of(order, now),
        .ocsp_url = order->ocsp_url,
        .issuer = order->issuer,
        .key = order->issuer_key,
    };

    struct writ_buffer crl_url = {0};
    int rc = -1;

    if (take_number(ca, order, &made, e) < 0 || writ_new_serial(made.serial, e) < 0 ||
        name_crl(ca, order, made.serial, &crl_url, e) < 0)
        goto out;
    made.crl_url = crl_url.n > 0 ? writ_buffer_string(&crl_url) : NULL;
    if (writ_issue_certificate(&made, der, e) < 0 ||
        fill_record(order, &made, now, writ_buffer_span(der), record, e) < 0)
        goto out;
    rc = castore_certificate_add(ca->store, record, &record->id, e);
out:
    writ_buffer_free(&crl_url);
    return rc;
}

/* verifier holds the feed's key, which the bundle borrows. */
static int fill_bundle(struct ca *ca, struct writ_span root, const struct writ_key *feed_key,
                       int64_t now, struct writ_note_key *verifier, struct writ_bundle *bundle,
                       struct writ_error *e)
{
    *bundle = (struct writ_bundle){
        .serial = (uint64_t)now, /* the later one holds; made by the second */
        .made = now,
        .profile = WRIT_PROFILE_CODE,
        .purpose = WRIT_OID_CODE_SIGNING,
        .root = root,
        .origin = writ_span_text(ca->info.origin),
        .key_count = 1,
        .anchor_count = 1,
        .anchor = {root},
    };
    if (writ_feed_key(ca->info.origin, feed_key, verifier, e) < 0)
        return -1;
    bundle->key[0] = WRIT_SPAN_OF(verifier->key);
    return 0;
}

int ca_make_bundle_info(struct ca *ca, struct writ_span root, const struct writ_key *feed_key,
                        int64_t now, struct writ_buffer *info, struct writ_error *e)
{
    struct writ_note_key verifier;
    struct writ_bundle bundle;

    if (fill_bundle(ca, root, feed_key, now, &verifier, &bundle, e) < 0)
        return -1;
    return writ_bundle_build_info(&bundle, info, e);
}

void ca_bundle_pem(struct writ_span der, struct writ_buffer *pem)
{
    writ_pem_build(pem, WRIT_BUNDLE_PEM_LABEL, der);
}

int ca_make_bundle(struct ca *ca, const struct writ_key *root_key, struct writ_span root,
                   const struct writ_key *feed_key, int64_t now, struct writ_buffer *pem,
                   struct writ_error *e)
{
    struct writ_note_key verifier;
    struct writ_bundle bundle;
    struct writ_buffer der = {0};
    int rc = fill_bundle(ca, root, feed_key, now, &verifier, &bundle, e);

    if (rc == 0)
        rc = writ_sign_bundle(&bundle, root_key, &der, e);
    if (rc == 0) {
        ca_bundle_pem(writ_buffer_span(&der), pem);
        rc = writ_buffer_check(pem, e);
    }
    writ_buffer_free(&der);
    return rc;
}

int ca_keep_feed_key(struct ca *ca, const struct writ_key *feed, bool plain, int64_t now,
                     struct writ_error *e)
{
    struct writ_buffer spki = {0};
    uint8_t hash[WRIT_SHA256_BYTES];
    int rc = ca_keep_key(ca, feed, CASTORE_KEY_FEED, plain, now, &spki, hash, e);

    writ_buffer_free(&spki);
    return rc;
}

int ca_default_origin(const char *name, struct writ_span root_spki,
                      char origin[CASTORE_NAME_MAX + 1], struct writ_error *e)
{
    uint8_t hash[WRIT_SHA256_BYTES];
    char slug[ORIGIN_SLUG_MAX + 1], digits[2 * 4 + 1];

    if (writ_sha256(root_spki, hash, e) < 0)
        return -1;
    writ_text_slug(slug, sizeof slug, name);
    writ_hex_format(WRIT_SPAN(hash, 4), digits);
    (void)snprintf(origin, CASTORE_NAME_MAX + 1, "%s-%s", slug, digits);
    return 0;
}
