#include "evidence/signature.h"

#include "crypto/digest.h"
#include "crypto/verify.h"
#include "evidence/path.h"

/* RFC 5035 section 5.4: the hash must be that of the certificate, and issuerSerial, if it is there,
 * must fit. */
static int check_ess(const struct writ_ess_cert_id *ess, const struct writ_cert *cert, bool *fits,
                     struct writ_error *e)
{
    uint8_t hash[WRIT_DIGEST_MAX];
    struct writ_error found = {0};
    size_t n;

    *fits = false;
    if (writ_digest(ess->hash_algorithm, cert->der, hash, &n, &found) < 0)
        return found.fault == WRIT_FAULT_BAD_INPUT
                   ? 0
                   : writ_fail(e, WRIT_FAULT_UNEXPECTED, "%s", found.text);
    *fits = writ_span_equal(WRIT_SPAN(hash, n), ess->hash) &&
            (ess->serial.n == 0 || writ_span_equal(ess->serial, cert->serial));
    return 0;
}

/* Every binding that is there must fit. */
static int is_bound(const struct writ_cms *cms, const struct writ_cert *cert, bool *fits,
                    struct writ_error *e)
{
    *fits = cms->ess.present || cms->ess_v2.present;
    if (*fits && cms->ess_v2.present && check_ess(&cms->ess_v2, cert, fits, e) < 0)
        return -1;
    if (*fits && cms->ess.present && check_ess(&cms->ess, cert, fits, e) < 0)
        return -1;
    return 0;
}

int writ_find_signer(const struct writ_cms *cms, struct writ_cert *signer, size_t *index,
                     struct writ_fact *fact, struct writ_error *e)
{
    bool named = false;

    for (size_t i = 0; i < cms->certificate_count; i++) {
        struct writ_error found = {0};
        bool fits;

        if (writ_cert_parse(cms->certificate[i], signer, &found) < 0) {
            writ_fact_fail(fact, "certificate %zu of the signature: %s", i, found.text);
            return 0;
        }
        if (!writ_cms_names_signer(cms, signer))
            continue;
        named = true;
        if (is_bound(cms, signer, &fits, e) < 0)
            return -1;
        if (fits) {
            *index = i;
            return 0;
        }
    }
    if (!named)
        writ_fact_fail(fact, "the signer's certificate is not in the signature");
    else
        writ_fact_fail(fact, "signingCertificate binds another certificate than the signer's");
    return 0;
}

static int check_digest(const struct writ_cms *cms, struct writ_span content,
                        struct writ_fact *fact, struct writ_error *e)
{
    uint8_t hash[WRIT_DIGEST_MAX];
    struct writ_error found = {0};
    size_t n;

    if (cms->digest_algorithm == WRIT_OID_SHA1) {
        writ_fact_fail(fact, "signed with SHA-1");
        return 0;
    }
    if (writ_digest(cms->digest_algorithm, content, hash, &n, &found) < 0) {
        if (found.fault != WRIT_FAULT_BAD_INPUT)
            return writ_fail(e, found.fault, "%s", found.text);
        writ_fact_fail(fact, "signed with a hash that writ does not accept");
        return 0;
    }
    if (!writ_span_equal(WRIT_SPAN(hash, n), cms->message_digest))
        writ_fact_fail(fact, "messageDigest is not the digest of what was signed");
    return 0;
}

static int check_value(const struct writ_cms *cms, const struct writ_cert *signer,
                       struct writ_fact *fact, struct writ_error *e)
{
    struct writ_buffer message = {0};
    enum writ_signature_state state = WRIT_SIGNATURE_BAD;
    int rc = -1;

    if (writ_cms_signed_bytes(cms, &message, e) < 0)
        goto out;
    if (writ_verify_signature(signer->key.spki, cms->signature_algorithm,
                              writ_buffer_span(&message), cms->signature, &state, e) < 0)
        goto out;
    if (state != WRIT_SIGNATURE_GOOD)
        writ_fact_fail(fact, "the signature does not verify");
    rc = 0;
out:
    writ_buffer_free(&message);
    return rc;
}

int writ_check_signature(const struct writ_cms *cms, const struct writ_cert *signer,
                         struct writ_span content, struct writ_fact *fact, struct writ_error *e)
{
    if (!cms->has_content_type_attribute || !cms->has_message_digest)
        writ_fact_fail(fact, "contentType or messageDigest is missing from the signed attributes");
    if (!writ_span_equal(cms->content_type_attribute, cms->content_type))
        writ_fact_fail(fact, "the signed contentType is not that of the content");
    if (!writ_is_strong_signature(cms->signature_algorithm))
        writ_fact_fail(fact, "signed with %s, which writ does not accept",
                       writ_oid_name(cms->signature_algorithm));
    if (check_digest(cms, content, fact, e) < 0 || check_value(cms, signer, fact, e) < 0)
        return -1;
    writ_fact_pass(fact);
    return 0;
}
