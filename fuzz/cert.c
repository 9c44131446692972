/* fuzz/cert.c - feeds object/cert.h; what OpenSSL reads as well, it reads the same */
#include "object/cert.h"

#include <openssl/x509v3.h>

#include "base/text.h"
#include "inside.h"
#include "object/distribution.h"

static void everything_lies_inside(const struct writ_cert *cert, struct writ_span bytes)
{
    inside(cert->tbs, bytes);
    inside(cert->serial, cert->tbs);
    inside(cert->issuer.der, cert->tbs);
    inside(cert->subject.der, cert->tbs);
    inside(cert->subject.common_name, cert->subject.der);
    inside(cert->subject.organization, cert->subject.der);
    inside(cert->subject.unit, cert->subject.der);
    inside(cert->key.spki, cert->tbs);
    inside(cert->key.bits, cert->key.spki);
    inside(cert->signature, bytes);
    inside(cert->subject_key_id, cert->tbs);
    inside(cert->authority_key_id, cert->tbs);
    inside(cert->unknown_critical, cert->tbs);
    inside(cert->access, cert->tbs);
    inside(cert->crl_points, cert->tbs);
    inside(cert->freshest_points, cert->tbs);
    HOLDS(cert->serial.n >= 1 && cert->serial.n <= WRIT_CERT_SERIAL_MAX);
    HOLDS(cert->purpose_count <= WRIT_CERT_PURPOSES_MAX);
}

/* Lists that were taken are walked to their ends. */
static void points_are_walked(const struct writ_cert *cert)
{
    struct writ_span rest = cert->crl_points, url;
    struct writ_point point;

    while (writ_point_next(&rest, &point))
        HOLDS(point.name.is_present || point.crl_issuer.n > 0);
    HOLDS(rest.n == 0);
    for (rest = cert->access; writ_cert_next_ocsp_url(&rest, &url);)
        inside(url, cert->access);
    (void)writ_scope_of(cert->subject.der, NULL, cert, NULL);
}

static void what_is_shown_is_printable(const struct writ_cert *cert)
{
    struct writ_buffer b = {0};

    writ_name_add_text(&b, &cert->subject);
    writ_public_key_add_text(&b, &cert->key);
    HOLDS(writ_text_is_printable(writ_buffer_span(&b)));
    writ_buffer_free(&b);
}

/* A name as OpenSSL keeps it: the octets it was read from. */
static struct writ_span name_of(const X509_NAME *name)
{
    const uint8_t *p = NULL;
    size_t n = 0;

    return X509_NAME_get0_der(name, &p, &n) == 1 ? WRIT_SPAN(p, n) : WRIT_SPAN_NONE;
}

static struct writ_span string_of(const ASN1_STRING *s)
{
    return s == NULL ? WRIT_SPAN_NONE
                     : WRIT_SPAN(ASN1_STRING_get0_data(s), (size_t)ASN1_STRING_length(s));
}

/* The serial as DER has it: OpenSSL keeps sign and magnitude. */
static void serials_agree(const struct writ_cert *cert, const X509 *x)
{
    uint8_t *der = NULL;
    int n = i2d_ASN1_INTEGER(X509_get0_serialNumber(x), &der);

    HOLDS(n >= 2 && writ_span_equal(WRIT_SPAN(der + 2, (size_t)n - 2), cert->serial));
    OPENSSL_free(der);
}

static void times_agree(int64_t ours, const ASN1_TIME *theirs)
{
    int days = 0, seconds = 0;
    ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);

    if (epoch != NULL && ASN1_TIME_check(theirs) == 1 &&
        ASN1_TIME_diff(&days, &seconds, epoch, theirs) == 1)
        HOLDS((int64_t)days * 86400 + seconds == ours);
    ASN1_TIME_free(epoch);
}

static void extensions_agree(const struct writ_cert *cert, X509 *x)
{
    uint32_t flags = X509_get_extension_flags(x);

    if (flags & EXFLAG_INVALID)
        return; /* OpenSSL refuses it wherever it stands in a path */
    HOLDS(((flags & EXFLAG_CA) != 0) == cert->is_ca);
    HOLDS(((flags & EXFLAG_BCONS) != 0) == cert->has_basic_constraints);
    if (cert->is_ca && cert->path_length != WRIT_CERT_NO_PATH_LENGTH)
        HOLDS(X509_get_pathlen(x) == (long)cert->path_length);
    HOLDS(((flags & EXFLAG_KUSAGE) != 0) == cert->has_key_usage);
    if (cert->has_key_usage)
        HOLDS(((X509_get_key_usage(x) & KU_DIGITAL_SIGNATURE) != 0) ==
              ((cert->key_usage & WRIT_USAGE_DIGITAL_SIGNATURE) != 0));
    if (cert->has_key_usage)
        HOLDS(((X509_get_key_usage(x) & KU_KEY_CERT_SIGN) != 0) ==
              ((cert->key_usage & WRIT_USAGE_KEY_CERT_SIGN) != 0));
    HOLDS(((flags & EXFLAG_XKUSAGE) != 0) == (cert->purpose_count > 0));
    if (cert->purpose_count > 0)
        HOLDS(((X509_get_extended_key_usage(x) & XKU_CODE_SIGN) != 0) ==
              writ_cert_has_purpose(cert, WRIT_OID_CODE_SIGNING));
    HOLDS(writ_span_equal(string_of(X509_get0_subject_key_id(x)), cert->subject_key_id));
    HOLDS(writ_span_equal(string_of(X509_get0_authority_key_id(x)), cert->authority_key_id));
}

/* "The serial and issuer looked up come from the chain that was verified": they are the same. */
static void openssl_reads_the_same(const struct writ_cert *cert, struct writ_span bytes)
{
    const uint8_t *p = bytes.p;
    const ASN1_BIT_STRING *signature;
    X509 *x = d2i_X509(NULL, &p, (long)bytes.n);

    if (x == NULL)
        return;
    HOLDS(p == bytes.p + bytes.n);
    serials_agree(cert, x);
    HOLDS(writ_span_equal(name_of(X509_get_issuer_name(x)), cert->issuer.der));
    HOLDS(writ_span_equal(name_of(X509_get_subject_name(x)), cert->subject.der));
    times_agree(cert->not_before, X509_get0_notBefore(x));
    times_agree(cert->not_after, X509_get0_notAfter(x));
    HOLDS(writ_span_equal(string_of(X509_get0_pubkey_bitstr(x)), cert->key.bits));
    X509_get0_signature(&signature, NULL, x);
    HOLDS(writ_span_equal(string_of(signature), cert->signature));
    extensions_agree(cert, x);
    X509_free(x);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct writ_span bytes = WRIT_SPAN(data, size);
    struct writ_error e = {0};
    struct writ_cert cert;

    if (writ_cert_parse(bytes, &cert, &e) < 0)
        return refused(&e);
    everything_lies_inside(&cert, bytes);
    points_are_walked(&cert);
    what_is_shown_is_printable(&cert);
    openssl_reads_the_same(&cert, bytes);
    return 0;
}
