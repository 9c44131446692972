/* fuzz/cms.c - feeds object/cms.h: what is signed is the attributes that were read */
#include "object/cms.h"

#include "inside.h"

static void what_is_signed_is_a_set_of_the_attributes(const struct writ_cms *cms)
{
    struct writ_error e = {0};
    struct writ_buffer out = {0};
    struct writ_cursor c;
    struct writ_span contents;

    HOLDS(writ_cms_signed_bytes(cms, &out, &e) == 0);
    c = writ_cursor_over(writ_buffer_span(&out), &e);
    HOLDS(writ_der_contents(&c, WRIT_DER_SET, &contents, "attributes") == 0 && c.left == 0);
    HOLDS(writ_span_equal(contents, cms->signed_attributes));
    HOLDS(writ_der_check(writ_buffer_span(&out), &e) == 0);
    writ_buffer_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct writ_span bytes = WRIT_SPAN(data, size);
    struct writ_error e = {0};
    struct writ_cms cms;
    struct writ_cert cert;

    if (writ_cms_parse(bytes, &cms, &e) < 0)
        return refused(&e);
    inside(cms.content, bytes);
    inside(cms.signature, bytes);
    inside(cms.signed_attributes, bytes);
    inside(cms.message_digest, cms.signed_attributes);
    inside(cms.content_type_attribute, cms.signed_attributes);
    inside(cms.ess_v2.hash, cms.signed_attributes);
    HOLDS((cms.signer_issuer.n > 0) + (cms.signer_key_id.n > 0) < 2);
    for (size_t i = 0; i < cms.certificate_count; i++) {
        inside(cms.certificate[i], bytes);
        if (writ_cert_parse(cms.certificate[i], &cert, &e) == 0 &&
            writ_cms_names_signer(&cms, &cert))
            HOLDS(cms.signer_key_id.n > 0 || writ_span_equal(cert.serial, cms.signer_serial));
    }
    what_is_signed_is_a_set_of_the_attributes(&cms);
    return 0;
}
