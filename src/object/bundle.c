#include "object/bundle.h"

#include "bytes/build.h"

#define BUNDLE_VERSION 1

const char *writ_profile_name(enum writ_profile profile)
{
    return profile == WRIT_PROFILE_TLS ? "tls" : "code";
}

static int take_profile(struct writ_cursor *info, struct writ_bundle *bundle)
{
    struct writ_span content;
    uint64_t profile;

    if (writ_der_unsigned(info, WRIT_DER_ENUMERATED, WRIT_PROFILE_TLS, &profile, "profile") < 0)
        return -1;
    if (profile != WRIT_PROFILE_CODE && profile != WRIT_PROFILE_TLS)
        return writ_cursor_fail(info, "profile: wanted code (1) or tls (2)");
    bundle->profile = (enum writ_profile)profile;
    if (writ_der_oid(info, &content, &bundle->purpose, "purpose") < 0)
        return -1;
    if (bundle->purpose != WRIT_OID_CODE_SIGNING && bundle->purpose != WRIT_OID_SERVER_AUTH)
        return writ_cursor_fail(info, "purpose: wanted codeSigning or serverAuth");
    return 0;
}

static int take_keys(struct writ_cursor *info, struct writ_bundle *bundle)
{
    struct writ_cursor keys;

    if (writ_der_enter(info, WRIT_DER_SEQUENCE, &keys, "feedKeys") < 0)
        return -1;
    do {
        if (bundle->key_count == WRIT_BUNDLE_KEYS_MAX)
            return writ_cursor_fail(&keys, "feedKeys: more than %d", WRIT_BUNDLE_KEYS_MAX);
        if (writ_der_octet_string(&keys, &bundle->key[bundle->key_count], "feed key") < 0)
            return -1;
        if (bundle->key[bundle->key_count].n != WRIT_ED25519_KEY)
            return writ_cursor_fail(&keys, "feed key: wanted %d bytes", WRIT_ED25519_KEY);
        bundle->key_count++;
    } while (keys.left > 0);
    return 0;
}

static int take_anchors(struct writ_cursor *info, struct writ_bundle *bundle)
{
    struct writ_cursor anchors;
    struct writ_cert cert;

    if (writ_der_enter(info, WRIT_DER_SEQUENCE, &anchors, "tsaAnchors") < 0)
        return -1;
    while (anchors.left > 0) {
        struct writ_span *anchor = &bundle->anchor[bundle->anchor_count];

        if (bundle->anchor_count == WRIT_BUNDLE_ANCHORS_MAX)
            return writ_cursor_fail(&anchors, "tsaAnchors: more than %d", WRIT_BUNDLE_ANCHORS_MAX);
        if (writ_der_whole(&anchors, WRIT_DER_SEQUENCE, anchor, "tsaAnchor") < 0 ||
            writ_cert_parse(*anchor, &cert, info->error) < 0)
            return -1;
        bundle->anchor_count++;
    }
    return 0;
}

static int take_root(struct writ_cursor *info, struct writ_bundle *bundle)
{
    struct writ_cert cert;

    if (writ_der_whole(info, WRIT_DER_SEQUENCE, &bundle->root, "root") < 0 ||
        writ_cert_parse(bundle->root, &cert, info->error) < 0)
        return -1;
    if (!cert.is_ca || !writ_cert_is_self_issued(&cert))
        return writ_cursor_fail(info, "root: not a self-issued CA certificate");
    return 0;
}

static int take_info(struct writ_cursor *c, struct writ_bundle *bundle)
{
    struct writ_cursor start = *c;
    struct writ_cursor info;
    uint64_t version;

    if (writ_der_whole(&start, WRIT_DER_SEQUENCE, &bundle->info, "bundle info") < 0 ||
        writ_der_enter(c, WRIT_DER_SEQUENCE, &info, "bundle info") < 0 ||
        writ_der_oid_exactly(&info, WRIT_OID_BUNDLE, "bundle info") < 0 ||
        writ_der_unsigned(&info, WRIT_DER_INTEGER, UINT32_MAX, &version, "bundle version") < 0)
        return -1;
    if (version != BUNDLE_VERSION)
        return writ_cursor_fail(&info, "bundle: version %llu, this writ reads %d",
                                (unsigned long long)version, BUNDLE_VERSION);
    if (writ_der_unsigned(&info, WRIT_DER_INTEGER, INT64_MAX, &bundle->serial, "serial") < 0 ||
        writ_der_time(&info, &bundle->made, "made") < 0 || take_profile(&info, bundle) < 0 ||
        take_root(&info, bundle) < 0 ||
        writ_der_utf8(&info, 1, WRIT_NOTE_NAME_MAX, &bundle->origin, "origin") < 0)
        return -1;
    if (!writ_note_is_key_name(bundle->origin))
        return writ_cursor_fail(&info, "origin: may not hold spaces or plus signs");
    if (take_keys(&info, bundle) < 0 || take_anchors(&info, bundle) < 0)
        return -1;
    return writ_der_end(&info, "bundle info");
}

int writ_bundle_parse(struct writ_span der, struct writ_bundle *bundle, struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(der, e);
    struct writ_cursor whole;
    unsigned unused;

    *bundle = (struct writ_bundle){0};
    if (der.n > WRIT_BUNDLE_MAX)
        return writ_cursor_fail(&c, "bundle of %zu bytes, the ceiling is %zu", der.n,
                                WRIT_BUNDLE_MAX);
    if (writ_der_enter(&c, WRIT_DER_SEQUENCE, &whole, "bundle") < 0 ||
        writ_der_end(&c, "bundle") < 0 || take_info(&whole, bundle) < 0 ||
        writ_algorithm_parse(&whole, &bundle->signature_algorithm, NULL, "algorithm") < 0 ||
        writ_der_bit_string(&whole, &bundle->signature, &unused, "signature") < 0)
        return -1;
    if (unused != 0)
        return writ_cursor_fail(&whole, "signature: %u unused bits", unused);
    return writ_der_end(&whole, "bundle");
}

int writ_bundle_build_info(const struct writ_bundle *bundle, struct writ_buffer *info,
                           struct writ_error *e)
{
    struct writ_build b = {0};

    writ_build_open(&b, WRIT_DER_SEQUENCE);
    writ_build_oid(&b, WRIT_OID_BUNDLE);
    writ_build_unsigned(&b, WRIT_DER_INTEGER, BUNDLE_VERSION);
    writ_build_unsigned(&b, WRIT_DER_INTEGER, bundle->serial);
    writ_build_time(&b, bundle->made);
    writ_build_unsigned(&b, WRIT_DER_ENUMERATED, (uint64_t)bundle->profile);
    writ_build_oid(&b, bundle->purpose);
    writ_build_raw(&b, bundle->root);
    writ_build_utf8(&b, bundle->origin);
    writ_build_open(&b, WRIT_DER_SEQUENCE);
    for (size_t i = 0; i < bundle->key_count; i++)
        writ_build_octet_string(&b, bundle->key[i]);
    writ_build_close(&b);
    writ_build_open(&b, WRIT_DER_SEQUENCE);
    for (size_t i = 0; i < bundle->anchor_count; i++)
        writ_build_raw(&b, bundle->anchor[i]);
    writ_build_close(&b);
    writ_build_close(&b);
    return writ_build_finish_into(&b, info, e);
}

int writ_bundle_build(struct writ_span info, enum writ_oid algorithm, struct writ_span signature,
                      struct writ_buffer *bundle, struct writ_error *e)
{
    struct writ_build b = {0};

    writ_build_open(&b, WRIT_DER_SEQUENCE);
    writ_build_raw(&b, info);
    writ_build_algorithm(&b, algorithm);
    writ_build_bit_string(&b, signature, 0);
    writ_build_close(&b);
    return writ_build_finish_into(&b, bundle, e);
}
