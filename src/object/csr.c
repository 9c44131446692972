#include "object/csr.h"

#include "bytes/build.h"

static int take_info(struct writ_cursor *c, struct writ_csr *csr)
{
    struct writ_cursor start = *c;
    struct writ_cursor info, attributes;
    uint64_t version;
    bool present;

    if (writ_der_whole(&start, WRIT_DER_SEQUENCE, &csr->info, "certificationRequestInfo") < 0 ||
        writ_der_enter(c, WRIT_DER_SEQUENCE, &info, "certificationRequestInfo") < 0 ||
        writ_der_unsigned(&info, WRIT_DER_INTEGER, 0, &version, "version") < 0 ||
        writ_name_parse(&info, &csr->subject, "subject") < 0 ||
        writ_public_key_parse(&info, &csr->key) < 0 ||
        writ_der_enter_optional(&info, WRIT_DER_CONTEXT_CONSTRUCTED(0), &attributes, &present,
                                "attributes") < 0)
        return -1;
    return writ_der_end(&info, "certificationRequestInfo");
}

int writ_csr_parse(struct writ_span der, struct writ_csr *csr, struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(der, e);
    struct writ_cursor whole;
    unsigned unused;

    *csr = (struct writ_csr){0};
    if (der.n > WRIT_CSR_MAX)
        return writ_cursor_fail(&c, "request of %zu bytes, the ceiling is %zu", der.n,
                                WRIT_CSR_MAX);
    if (writ_der_check(der, e) < 0 ||
        writ_der_enter(&c, WRIT_DER_SEQUENCE, &whole, "CertificationRequest") < 0 ||
        writ_der_end(&c, "CertificationRequest") < 0 || take_info(&whole, csr) < 0 ||
        writ_algorithm_parse(&whole, &csr->signature_algorithm, NULL, "signatureAlgorithm") < 0 ||
        writ_der_bit_string(&whole, &csr->signature, &unused, "signature") < 0 ||
        writ_der_end(&whole, "CertificationRequest") < 0)
        return -1;
    if (unused != 0)
        return writ_cursor_fail(&c, "signature: %u unused bits", unused);
    return 0;
}

int writ_csr_build_info(struct writ_span common_name, struct writ_span spki,
                        struct writ_buffer *info, struct writ_error *e)
{
    struct writ_build b = {0};

    writ_build_open(&b, WRIT_DER_SEQUENCE);
    writ_build_unsigned(&b, WRIT_DER_INTEGER, 0);
    writ_build_open(&b, WRIT_DER_SEQUENCE);
    writ_build_name_part(&b, WRIT_OID_COMMON_NAME, common_name);
    writ_build_close(&b);
    writ_build_raw(&b, spki);
    writ_build_open(&b, WRIT_DER_CONTEXT_CONSTRUCTED(0));
    writ_build_close(&b);
    writ_build_close(&b);
    return writ_build_finish_into(&b, info, e);
}

int writ_csr_build(struct writ_span info, enum writ_oid algorithm, struct writ_span signature,
                   struct writ_buffer *csr, struct writ_error *e)
{
    struct writ_build b = {0};

    writ_build_open(&b, WRIT_DER_SEQUENCE);
    writ_build_raw(&b, info);
    writ_build_algorithm(&b, algorithm);
    writ_build_bit_string(&b, signature, 0);
    writ_build_close(&b);
    return writ_build_finish_into(&b, csr, e);
}
