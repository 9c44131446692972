#include "evidence/path.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "base/text.h"
#include "base/time.h"
#include "crypto/digest.h"

bool writ_is_strong_signature(enum writ_oid algorithm)
{
    switch (algorithm) {
    case WRIT_OID_ECDSA_SHA256:
    case WRIT_OID_ECDSA_SHA384:
    case WRIT_OID_ECDSA_SHA512:
    case WRIT_OID_RSA_SHA256:
    case WRIT_OID_RSA_SHA384:
    case WRIT_OID_RSA_SHA512:
        return true;
    default:
        return false;
    }
}

bool writ_is_strong_key(const struct writ_public_key *key)
{
    switch (key->algorithm) {
    case WRIT_OID_EC_PUBLIC_KEY:
        return key->curve == WRIT_OID_P256 || key->curve == WRIT_OID_P384;
    case WRIT_OID_RSA:
        return key->rsa_bits >= WRIT_RSA_BITS_MIN;
    default:
        return false;
    }
}

int writ_copy_name(char out[WRIT_WHO_TEXT], const struct writ_name *name, struct writ_error *e)
{
    struct writ_buffer text = {0};
    int rc;

    writ_name_add_text(&text, name);
    writ_text_copy_safe(out, WRIT_WHO_TEXT, writ_buffer_span(&text));
    rc = writ_buffer_check(&text, e);
    writ_buffer_free(&text);
    return rc;
}

static int copy_key(char *out, size_t room, const struct writ_public_key *key, struct writ_error *e)
{
    struct writ_buffer text = {0};
    int rc;

    writ_public_key_add_text(&text, key);
    writ_text_copy_safe(out, room, writ_buffer_span(&text));
    rc = writ_buffer_check(&text, e);
    writ_buffer_free(&text);
    return rc;
}

static int note_link(const struct writ_cert *cert, struct writ_link *link, struct writ_error *e)
{
    if (writ_copy_name(link->subject, &cert->subject, e) < 0 ||
        writ_copy_name(link->issuer, &cert->issuer, e) < 0 ||
        copy_key(link->key, sizeof link->key, &cert->key, e) < 0)
        return -1;
    writ_hex_format(cert->serial, link->serial);
    link->not_before = cert->not_before;
    link->not_after = cert->not_after;
    link->is_numbered = cert->is_numbered;
    link->number = cert->number;
    return writ_sha256(cert->der, link->fingerprint, e);
}

static void check_strength(const struct writ_checked_path *checked, struct writ_path_facts *facts)
{
    for (size_t i = 0; i < checked->path.count; i++) {
        bool is_root = i + 1 == checked->path.count; /* its signature vouches for nothing */

        if (!writ_is_strong_key(&checked->cert[i].key))
            writ_fact_fail(&facts->strong, "the key of %s (%s) is not one that writ accepts",
                           facts->link[i].subject, facts->link[i].key);
        if (!is_root && !writ_is_strong_signature(checked->cert[i].signature_algorithm))
            writ_fact_fail(&facts->strong, "the certificate of %s is signed with %s",
                           facts->link[i].subject,
                           writ_oid_name(checked->cert[i].signature_algorithm));
    }
    writ_fact_pass(&facts->strong);
}

void writ_check_dates(const struct writ_checked_path *checked, int64_t instant,
                      struct writ_path_facts *facts)
{
    char when[WRIT_TIME_TEXT], limit[WRIT_TIME_TEXT];

    facts->instant = instant;
    facts->dated = (struct writ_fact){0};
    writ_time_format(instant, when);
    for (size_t i = 0; i < checked->path.count; i++) {
        writ_time_format(checked->cert[i].not_after, limit);
        if (instant > checked->cert[i].not_after)
            writ_fact_fail(&facts->dated, "the certificate of %s ended at %s, before %s",
                           facts->link[i].subject, limit, when);
        writ_time_format(checked->cert[i].not_before, limit);
        if (instant < checked->cert[i].not_before)
            writ_fact_fail(&facts->dated, "the certificate of %s begins at %s, after %s",
                           facts->link[i].subject, limit, when);
    }
    writ_fact_pass(&facts->dated);
}

/* RFC 5280 section 4.2.1.12 speaks of the certificate's own key only, but everybody who issues an
 * intermediate for one purpose means that it shall not hand on another.  The root's purpose is the
 * bundle's business. */
void writ_check_handed_on(const struct writ_checked_path *checked, enum writ_oid purpose,
                          const struct writ_path_facts *facts, struct writ_fact *fact)
{
    for (size_t i = 1; i + 1 < facts->count; i++) {
        const struct writ_cert *issuer = &checked->cert[i];

        if (issuer->purpose_count > 0 && !writ_cert_has_purpose(issuer, purpose) &&
            !writ_cert_has_purpose(issuer, WRIT_OID_ANY_PURPOSE))
            writ_fact_fail(fact, "the certificate of %s is not for %s", facts->link[i].subject,
                           writ_oid_name(purpose));
    }
}

static void find_bundle(const struct writ_checked_path *checked, const struct writ_span *anchors,
                        size_t anchor_count, struct writ_path_facts *facts)
{
    for (size_t i = 0; i < anchor_count; i++) {
        if (writ_span_equal(anchors[i], checked->path.cert[checked->path.count - 1])) {
            facts->bundle = i;
            return;
        }
    }
    writ_fact_fail(&facts->built, "the path ends in no trusted root");
}

/* The path that OpenSSL verified is read again by our own reader: what it says from here on is
 * what was verified. */
static int note_path(struct writ_checked_path *checked, const struct writ_span *anchors,
                     size_t anchor_count, int64_t instant, struct writ_path_facts *facts,
                     struct writ_error *e)
{
    struct writ_error found = {0};

    facts->count = checked->path.count;
    for (size_t i = 0; i < checked->path.count; i++) {
        if (writ_cert_parse(checked->path.cert[i], &checked->cert[i], &found) < 0) {
            writ_fact_fail(&facts->built, "certificate %zu of the path: %s", i, found.text);
            facts->count = 0;
            return 0;
        }
        if (note_link(&checked->cert[i], &facts->link[i], e) < 0)
            return -1;
    }
    find_bundle(checked, anchors, anchor_count, facts);
    check_strength(checked, facts);
    writ_check_dates(checked, instant, facts);
    writ_fact_pass(&facts->built);
    return 0;
}

static bool is_about_dates(enum writ_path_state state)
{
    return state == WRIT_PATH_EXPIRED || state == WRIT_PATH_NOT_YET_VALID;
}

/* Leaves out what our own reader refuses: OpenSSL sees nothing that it has not accepted. */
static size_t keep_readable(const struct writ_span *candidates, size_t count,
                            struct writ_span kept[WRIT_PATH_CANDIDATES_MAX])
{
    struct writ_cert cert;
    size_t n = 0;

    for (size_t i = 0; i < count && n < WRIT_PATH_CANDIDATES_MAX; i++) {
        if (writ_cert_parse(candidates[i], &cert, NULL) == 0)
            kept[n++] = candidates[i];
    }
    return n;
}

int writ_check_path(struct writ_span leaf, const struct writ_span *candidates,
                    size_t candidate_count, const struct writ_span *anchors, size_t anchor_count,
                    int64_t instant, struct writ_checked_path *checked,
                    struct writ_path_facts *facts, struct writ_error *e)
{
    struct writ_span kept[WRIT_PATH_CANDIDATES_MAX];
    size_t count = keep_readable(candidates, candidate_count, kept);

    if (anchor_count == 0) {
        writ_fact_fail(&facts->built, "no path to a trusted root: this device trusts no CA");
        return 0;
    }
    if (writ_path_build(leaf, kept, count, anchors, anchor_count, instant, false, &checked->path,
                        e) < 0)
        return -1;
    if (is_about_dates(checked->path.state)) {
        writ_path_free(&checked->path);
        checked->path = (struct writ_path){0};
        if (writ_path_build(leaf, kept, count, anchors, anchor_count, instant, true, &checked->path,
                            e) < 0)
            return -1;
    }
    if (checked->path.state == WRIT_PATH_WEAK)
        writ_fact_fail(&facts->strong, "%s (certificate %zu of the path)", checked->path.reason,
                       checked->path.failed_at);
    if (checked->path.state != WRIT_PATH_GOOD) {
        writ_fact_fail(&facts->built, "no path to a trusted root: %s (certificate %zu of the path)",
                       checked->path.reason, checked->path.failed_at);
        return 0;
    }
    return note_path(checked, anchors, anchor_count, instant, facts, e);
}

void writ_checked_path_free(struct writ_checked_path *checked)
{
    writ_path_free(&checked->path);
}
