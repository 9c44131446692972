#include "issue/sign.h"

#include <stdio.h>
#include <string.h>

#include "crypto/digest.h"
#include "object/cms.h"

#define CHAIN_MAX (WRIT_CMS_CERTIFICATES_MAX - 1)

static int check_signer(const struct writ_code_directory *directory,
                        const struct writ_signer *signer, struct writ_cert *leaf,
                        struct writ_error *e)
{
    if (writ_cert_parse(signer->certificate, leaf, e) < 0)
        return -1;
    if (!writ_key_matches(signer->key, leaf->key.spki))
        return writ_fail(e, WRIT_FAULT_USAGE, "the key is not the certificate's");
    if (writ_key_algorithm(signer->key) == WRIT_OID_ED25519)
        return writ_fail(e, WRIT_FAULT_USAGE, "seals are signed with P-256 or RSA, not Ed25519");
    if (leaf->subject.unit_count != 1 || !writ_span_equal(leaf->subject.unit, directory->team))
        return writ_fail(e, WRIT_FAULT_USAGE, "the team is not the certificate's");
    if (signer->chain_count > CHAIN_MAX)
        return writ_fail(e, WRIT_FAULT_USAGE, "more than %d certificates above the signer's",
                         CHAIN_MAX);
    return 0;
}

static int sign_attributes(const struct writ_cms_to_sign *what, const struct writ_signer *signer,
                           struct writ_buffer *cms, struct writ_error *e)
{
    struct writ_span certificates[WRIT_CMS_CERTIFICATES_MAX] = {signer->certificate};
    struct writ_buffer attributes = {0}, signature = {0};
    int rc = -1;

    for (size_t i = 0; i < signer->chain_count; i++)
        certificates[1 + i] = signer->chain[i];
    if (writ_cms_build_attributes(what, &attributes, e) == 0 &&
        writ_key_sign(signer->key, writ_buffer_span(&attributes), &signature, e) == 0)
        rc = writ_cms_build(what, writ_buffer_span(&attributes), writ_key_algorithm(signer->key),
                            writ_buffer_span(&signature), certificates, 1 + signer->chain_count,
                            cms, e);
    writ_buffer_free(&attributes);
    writ_buffer_free(&signature);
    return rc;
}

int writ_sign_entry(const struct writ_code_directory *directory, const struct writ_signer *signer,
                    int64_t signing_time, struct writ_buffer *directory_der,
                    struct writ_buffer *cms, struct writ_error *e)
{
    uint8_t content[WRIT_SHA256_BYTES], certificate[WRIT_SHA256_BYTES];
    size_t from = directory_der->n;
    struct writ_code_directory again;
    struct writ_span der;
    struct writ_cert leaf;
    struct writ_cms_to_sign what = {
        .content_type = WRIT_OID_CODE_DIRECTORY,
        .content_digest = WRIT_SPAN_OF(content),
        .signing_time = signing_time,
        .certificate_digest = WRIT_SPAN_OF(certificate),
        .signer = &leaf,
    };

    if (check_signer(directory, signer, &leaf, e) < 0 ||
        writ_code_directory_build(directory, directory_der, e) < 0)
        return -1;
    der = WRIT_SPAN(directory_der->p + from, directory_der->n - from);
    if (writ_code_directory_parse(der, &again, e) < 0 || writ_sha256(der, content, e) < 0 ||
        writ_sha256(signer->certificate, certificate, e) < 0)
        return -1;
    return sign_attributes(&what, signer, cms, e);
}

int writ_sign_bundle(const struct writ_bundle *bundle, const struct writ_key *root_key,
                     struct writ_buffer *der, struct writ_error *e)
{
    struct writ_buffer info = {0}, signature = {0};
    struct writ_bundle again;
    size_t from = der->n;
    int rc = -1;

    if (writ_bundle_build_info(bundle, &info, e) < 0 ||
        writ_key_sign(root_key, writ_buffer_span(&info), &signature, e) < 0 ||
        writ_bundle_build(writ_buffer_span(&info), writ_key_algorithm(root_key),
                          writ_buffer_span(&signature), der, e) < 0)
        goto out;
    rc = writ_bundle_parse(WRIT_SPAN(der->p + from, der->n - from), &again, e);
out:
    writ_buffer_free(&info);
    writ_buffer_free(&signature);
    return rc;
}

int writ_feed_key(const char *name, const struct writ_key *key, struct writ_note_key *verifier,
                  struct writ_error *e)
{
    struct writ_buffer identity = {0};
    uint8_t hash[WRIT_SHA256_BYTES];
    int rc = -1;

    *verifier = (struct writ_note_key){0};
    if (!writ_note_is_key_name(writ_span_text(name)))
        return writ_fail(e, WRIT_FAULT_USAGE, "not a name for a feed: no spaces, no plus signs");
    (void)snprintf(verifier->name, sizeof verifier->name, "%s", name);
    if (writ_key_ed25519_public(key, verifier->key, e) < 0)
        return -1;
    writ_note_key_add_identity(&identity, name, verifier->key);
    if (writ_buffer_check(&identity, e) == 0 &&
        writ_sha256(writ_buffer_span(&identity), hash, e) == 0) {
        memcpy(verifier->key_id, hash, sizeof verifier->key_id);
        rc = 0;
    }
    writ_buffer_free(&identity);
    return rc;
}

int writ_sign_feed(const struct writ_feed *feed, const struct writ_key *key,
                   struct writ_buffer *note, struct writ_error *e)
{
    struct writ_buffer signature = {0};
    struct writ_note_key verifier;
    size_t from = note->n;
    int rc = -1;

    if (writ_feed_key(feed->origin, key, &verifier, e) < 0 || writ_feed_build(feed, note, e) < 0 ||
        writ_key_sign(key, WRIT_SPAN(note->p + from, note->n - from), &signature, e) < 0)
        goto out;
    writ_buffer_byte(note, '\n');
    writ_note_add_signature(note, &verifier, writ_buffer_span(&signature));
    rc = writ_buffer_check(note, e);
out:
    writ_buffer_free(&signature);
    return rc;
}
