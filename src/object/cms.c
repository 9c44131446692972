#include "object/cms.h"

#include "bytes/build.h"

/* ---------------------------------------------------------------------- signed attributes */

static int take_content_type(struct writ_cursor *value, struct writ_cms *cms)
{
    cms->has_content_type_attribute = true;
    return writ_der_oid(value, &cms->content_type_attribute, NULL, "contentType");
}

static int take_message_digest(struct writ_cursor *value, struct writ_cms *cms)
{
    cms->has_message_digest = true;
    return writ_der_octet_string(value, &cms->message_digest, "messageDigest");
}

static int take_signing_time(struct writ_cursor *value, struct writ_cms *cms)
{
    cms->has_signing_time = true;
    return writ_der_time(value, &cms->signing_time, "signingTime");
}

/* IssuerSerial ::= SEQUENCE { issuer GeneralNames, serialNumber CertificateSerialNumber } */
static int take_issuer_serial(struct writ_cursor *id, struct writ_ess_cert_id *ess)
{
    struct writ_cursor sequence, names;

    if (!writ_der_next_is(id, WRIT_DER_SEQUENCE))
        return 0;
    if (writ_der_enter(id, WRIT_DER_SEQUENCE, &sequence, "issuerSerial") < 0 ||
        writ_der_enter(&sequence, WRIT_DER_SEQUENCE, &names, "issuer") < 0 ||
        writ_der_integer(&sequence, &ess->serial, "serialNumber") < 0)
        return -1;
    return writ_der_end(&sequence, "issuerSerial");
}

static int take_ess_hash(struct writ_cursor *id, bool v2, struct writ_ess_cert_id *ess)
{
    ess->hash_algorithm = v2 ? WRIT_OID_SHA256 : WRIT_OID_SHA1;
    if (v2 && writ_der_next_is(id, WRIT_DER_SEQUENCE) &&
        writ_algorithm_parse(id, &ess->hash_algorithm, NULL, "hashAlgorithm") < 0)
        return -1;
    return writ_der_octet_string(id, &ess->hash, "certHash");
}

/* SigningCertificate[V2] ::= SEQUENCE { certs SEQUENCE OF ESSCertID[v2], policies OPTIONAL };
 * the first certificate is the signer's, further ones and policies restrict nothing here. */
static int take_signing_certificate(struct writ_cursor *value, bool v2,
                                    struct writ_ess_cert_id *ess)
{
    struct writ_cursor sequence, certs, id;

    ess->present = true;
    if (writ_der_enter(value, WRIT_DER_SEQUENCE, &sequence, "signingCertificate") < 0 ||
        writ_der_enter(&sequence, WRIT_DER_SEQUENCE, &certs, "certs") < 0 ||
        writ_der_enter(&certs, WRIT_DER_SEQUENCE, &id, "ESSCertID") < 0 ||
        take_ess_hash(&id, v2, ess) < 0 || take_issuer_serial(&id, ess) < 0)
        return -1;
    return writ_der_end(&id, "ESSCertID");
}

static int take_attribute_value(struct writ_cursor *value, enum writ_oid type, struct writ_cms *cms)
{
    switch (type) {
    case WRIT_OID_CONTENT_TYPE:
        return take_content_type(value, cms);
    case WRIT_OID_MESSAGE_DIGEST:
        return take_message_digest(value, cms);
    case WRIT_OID_SIGNING_TIME:
        return take_signing_time(value, cms);
    case WRIT_OID_SIGNING_CERTIFICATE:
        return take_signing_certificate(value, false, &cms->ess);
    case WRIT_OID_SIGNING_CERTIFICATE_V2:
        return take_signing_certificate(value, true, &cms->ess_v2);
    default:
        value->left = 0; /* signed and not understood: restricts nothing */
        return 0;
    }
}

static int take_attribute(struct writ_cursor *set, struct writ_cms *cms, struct writ_span *type)
{
    struct writ_cursor attribute, values;
    enum writ_oid oid;

    if (writ_der_enter(set, WRIT_DER_SEQUENCE, &attribute, "Attribute") < 0 ||
        writ_der_oid(&attribute, type, &oid, "attrType") < 0 ||
        writ_der_enter(&attribute, WRIT_DER_SET, &values, "attrValues") < 0 ||
        writ_der_end(&attribute, "Attribute") < 0)
        return -1;
    if (take_attribute_value(&values, oid, cms) < 0)
        return -1;
    return writ_der_end(&values, "attrValues (one was wanted)");
}

/* X.690 11.6: the elements of a SET OF stand in the order of their encodings. */
static int check_order(const struct writ_cursor *set)
{
    struct writ_cursor c = *set;
    struct writ_span last = WRIT_SPAN_NONE;
    struct writ_span whole;

    while (c.left > 0) {
        if (writ_der_whole(&c, WRIT_DER_SEQUENCE, &whole, "Attribute") < 0)
            return -1;
        if (last.n > 0 && writ_span_compare(last, whole) >= 0)
            return writ_cursor_fail(&c, "signedAttrs: not in DER order");
        last = whole;
    }
    return 0;
}

static int take_signed_attributes(struct writ_cursor *signer, struct writ_cms *cms)
{
    struct writ_cursor set;
    struct writ_span seen[WRIT_CMS_ATTRIBUTES_MAX];
    size_t count = 0;

    if (!writ_der_next_is(signer, WRIT_DER_CONTEXT_CONSTRUCTED(0)))
        return writ_cursor_fail(signer, "SignerInfo: signed attributes are missing");
    if (writ_der_enter(signer, WRIT_DER_CONTEXT_CONSTRUCTED(0), &set, "signedAttrs") < 0 ||
        check_order(&set) < 0)
        return -1;
    cms->signed_attributes = WRIT_SPAN(set.at, set.left);
    do {
        if (count == WRIT_CMS_ATTRIBUTES_MAX)
            return writ_cursor_fail(&set, "signedAttrs: more than %d", WRIT_CMS_ATTRIBUTES_MAX);
        if (take_attribute(&set, cms, &seen[count]) < 0)
            return -1;
        for (size_t i = 0; i < count; i++) {
            if (writ_span_equal(seen[i], seen[count]))
                return writ_cursor_fail(&set, "signedAttrs: the same attribute stands twice");
        }
        count++;
    } while (set.left > 0);
    return 0;
}

/* -------------------------------------------------------------------- SignerInfo (RFC 5652 5.3) */

static int take_signer_id(struct writ_cursor *signer, uint64_t version, struct writ_cms *cms)
{
    struct writ_cursor id;
    struct writ_name name;

    if (version == 3)
        return writ_der_contents(signer, WRIT_DER_CONTEXT(0), &cms->signer_key_id,
                                 "subjectKeyIdentifier");
    if (version != 1)
        return writ_cursor_fail(signer, "SignerInfo: version %llu", (unsigned long long)version);
    if (writ_der_enter(signer, WRIT_DER_SEQUENCE, &id, "issuerAndSerialNumber") < 0 ||
        writ_name_parse(&id, &name, "issuer") < 0 ||
        writ_der_integer(&id, &cms->signer_serial, "serialNumber") < 0)
        return -1;
    cms->signer_issuer = name.der;
    return writ_der_end(&id, "issuerAndSerialNumber");
}

/* rsaEncryption in a SignerInfo (RFC 3370 section 3.2) takes its hash from digestAlgorithm. */
static enum writ_oid with_hash(enum writ_oid signature, enum writ_oid digest)
{
    if (signature != WRIT_OID_RSA)
        return signature;
    switch (digest) {
    case WRIT_OID_SHA1:
        return WRIT_OID_RSA_SHA1;
    case WRIT_OID_SHA256:
        return WRIT_OID_RSA_SHA256;
    case WRIT_OID_SHA384:
        return WRIT_OID_RSA_SHA384;
    case WRIT_OID_SHA512:
        return WRIT_OID_RSA_SHA512;
    default:
        return WRIT_OID_UNKNOWN;
    }
}

/* The hash that a signature algorithm names; unknown for one that names none. */
static enum writ_oid hash_of(enum writ_oid signature)
{
    switch (signature) {
    case WRIT_OID_ECDSA_SHA1:
    case WRIT_OID_RSA_SHA1:
        return WRIT_OID_SHA1;
    case WRIT_OID_ECDSA_SHA256:
    case WRIT_OID_RSA_SHA256:
        return WRIT_OID_SHA256;
    case WRIT_OID_ECDSA_SHA384:
    case WRIT_OID_RSA_SHA384:
        return WRIT_OID_SHA384;
    case WRIT_OID_ECDSA_SHA512:
    case WRIT_OID_RSA_SHA512:
        return WRIT_OID_SHA512;
    default:
        return WRIT_OID_UNKNOWN;
    }
}

static int take_signer(struct writ_cursor *signers, struct writ_cms *cms)
{
    struct writ_cursor signer;
    uint64_t version;
    enum writ_oid algorithm;

    if (writ_der_enter(signers, WRIT_DER_SEQUENCE, &signer, "SignerInfo") < 0 ||
        writ_der_unsigned(&signer, WRIT_DER_INTEGER, 5, &version, "SignerInfo version") < 0 ||
        take_signer_id(&signer, version, cms) < 0 ||
        writ_algorithm_parse(&signer, &cms->digest_algorithm, NULL, "digestAlgorithm") < 0 ||
        take_signed_attributes(&signer, cms) < 0 ||
        writ_algorithm_parse(&signer, &algorithm, NULL, "signatureAlgorithm") < 0 ||
        writ_der_octet_string(&signer, &cms->signature, "signature") < 0)
        return -1;
    cms->signature_algorithm = with_hash(algorithm, cms->digest_algorithm);
    /* Others (OpenSSL) hash the attributes with the digest's hash, whatever the signature says. */
    if (hash_of(algorithm) != WRIT_OID_UNKNOWN && hash_of(algorithm) != cms->digest_algorithm)
        return writ_cursor_fail(&signer, "signatureAlgorithm: another hash than the digest's");
    if (writ_der_next_is(&signer, WRIT_DER_CONTEXT_CONSTRUCTED(1)))
        return writ_cursor_fail(&signer, "SignerInfo: unsigned attributes are not allowed");
    return writ_der_end(&signer, "SignerInfo");
}

static int take_signers(struct writ_cursor *data, struct writ_cms *cms)
{
    struct writ_cursor signers;

    if (writ_der_enter(data, WRIT_DER_SET, &signers, "signerInfos") < 0)
        return -1;
    if (signers.left == 0)
        return writ_cursor_fail(&signers, "signerInfos: empty; exactly one SignerInfo was wanted");
    if (take_signer(&signers, cms) < 0)
        return -1;
    if (signers.left > 0)
        return writ_cursor_fail(&signers, "signerInfos: more than the one SignerInfo wanted");
    return 0;
}

/* -------------------------------------------------------------------- SignedData (RFC 5652 5.1) */

/* A reader that hashes as it goes learns here which hash the signer will want (RFC 5652 section
 * 5.1): with one signer that is one, and it is checked against his once he has been read. */
static int take_digest_algorithm(struct writ_cursor *data, enum writ_oid *algorithm)
{
    struct writ_cursor set;

    if (writ_der_enter(data, WRIT_DER_SET, &set, "digestAlgorithms") < 0 ||
        writ_algorithm_parse(&set, algorithm, NULL, "digestAlgorithm") < 0)
        return -1;
    return writ_der_end(&set, "digestAlgorithms (one was wanted)");
}

static int take_encapsulated(struct writ_cursor *data, struct writ_cms *cms)
{
    struct writ_cursor info, tagged;

    if (writ_der_enter(data, WRIT_DER_SEQUENCE, &info, "encapContentInfo") < 0 ||
        writ_der_oid(&info, &cms->content_type, NULL, "eContentType") < 0 ||
        writ_der_enter_optional(&info, WRIT_DER_CONTEXT_CONSTRUCTED(0), &tagged, &cms->has_content,
                                "eContent") < 0)
        return -1;
    if (cms->has_content && (writ_der_octet_string(&tagged, &cms->content, "eContent") < 0 ||
                             writ_der_end(&tagged, "eContent") < 0))
        return -1;
    return writ_der_end(&info, "encapContentInfo");
}

static int take_certificates(struct writ_cursor *data, struct writ_cms *cms)
{
    struct writ_cursor set;
    bool present;

    if (writ_der_enter_optional(data, WRIT_DER_CONTEXT_CONSTRUCTED(0), &set, &present,
                                "certificates") < 0)
        return -1;
    while (set.left > 0) {
        if (cms->certificate_count == WRIT_CMS_CERTIFICATES_MAX)
            return writ_cursor_fail(&set, "certificates: more than %d", WRIT_CMS_CERTIFICATES_MAX);
        if (writ_der_whole(&set, WRIT_DER_SEQUENCE, &cms->certificate[cms->certificate_count],
                           "Certificate") < 0)
            return -1;
        cms->certificate_count++;
    }
    return 0;
}

static int take_signed_data(struct writ_cursor *c, struct writ_cms *cms)
{
    struct writ_cursor data;
    enum writ_oid digest;
    uint64_t version;

    if (writ_der_enter(c, WRIT_DER_SEQUENCE, &data, "SignedData") < 0 ||
        writ_der_unsigned(&data, WRIT_DER_INTEGER, 5, &version, "SignedData version") < 0 ||
        take_digest_algorithm(&data, &digest) < 0 || take_encapsulated(&data, cms) < 0 ||
        take_certificates(&data, cms) < 0)
        return -1;
    /* RFC 5652 section 5.1: 3 wherever the content is not id-data. */
    if (version != 3)
        return writ_cursor_fail(c, "SignedData: version %llu, wanted 3",
                                (unsigned long long)version);
    if (writ_der_next_is(&data, WRIT_DER_CONTEXT_CONSTRUCTED(1)))
        return writ_cursor_fail(&data, "SignedData: CRLs are not allowed here");
    if (take_signers(&data, cms) < 0)
        return -1;
    if (digest != cms->digest_algorithm)
        return writ_cursor_fail(c, "digestAlgorithms: another one than the signer's");
    return writ_der_end(&data, "SignedData");
}

int writ_cms_parse(struct writ_span der, struct writ_cms *cms, struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(der, e);
    struct writ_cursor info, tagged;

    *cms = (struct writ_cms){0};
    if (der.n > WRIT_CMS_MAX)
        return writ_cursor_fail(&c, "CMS of %zu bytes, the ceiling is %zu", der.n, WRIT_CMS_MAX);
    if (writ_der_check(der, e) < 0 ||
        writ_der_enter(&c, WRIT_DER_SEQUENCE, &info, "ContentInfo") < 0 ||
        writ_der_end(&c, "ContentInfo") < 0 ||
        writ_der_oid_exactly(&info, WRIT_OID_SIGNED_DATA, "contentType") < 0 ||
        writ_der_enter(&info, WRIT_DER_CONTEXT_CONSTRUCTED(0), &tagged, "content") < 0 ||
        writ_der_end(&info, "ContentInfo") < 0 || take_signed_data(&tagged, cms) < 0)
        return -1;
    return writ_der_end(&tagged, "content");
}

int writ_cms_signed_bytes(const struct writ_cms *cms, struct writ_buffer *out, struct writ_error *e)
{
    struct writ_build b = {0};

    writ_build_element(&b, WRIT_DER_SET, cms->signed_attributes);
    return writ_build_finish_into(&b, out, e);
}

bool writ_cms_names_signer(const struct writ_cms *cms, const struct writ_cert *cert)
{
    if (cms->signer_key_id.n > 0)
        return writ_span_equal(cms->signer_key_id, cert->subject_key_id);
    return writ_span_equal(cms->signer_issuer, cert->issuer.der) &&
           writ_span_equal(cms->signer_serial, cert->serial);
}

/* -------------------------------------------------------------------------------- writing */

static void open_attribute(struct writ_build *b, enum writ_oid type)
{
    writ_build_open(b, WRIT_DER_SEQUENCE);
    writ_build_oid(b, type);
    writ_build_open(b, WRIT_DER_SET);
}

static void close_attribute(struct writ_build *b)
{
    writ_build_close(b);
    writ_build_close(b);
}

/* ESSCertIDv2 with SHA-256, the default, which DER leaves out. */
static void add_signing_certificate(struct writ_build *b, const struct writ_cms_to_sign *what)
{
    open_attribute(b, WRIT_OID_SIGNING_CERTIFICATE_V2);
    writ_build_open(b, WRIT_DER_SEQUENCE); /* SigningCertificateV2 */
    writ_build_open(b, WRIT_DER_SEQUENCE); /* certs */
    writ_build_open(b, WRIT_DER_SEQUENCE); /* ESSCertIDv2 */
    writ_build_octet_string(b, what->certificate_digest);
    writ_build_open(b, WRIT_DER_SEQUENCE); /* issuerSerial */
    writ_build_open(b, WRIT_DER_SEQUENCE); /* GeneralNames */
    writ_build_open(b, WRIT_DER_CONTEXT_CONSTRUCTED(4));
    writ_build_raw(b, what->signer->issuer.der);
    writ_build_close(b);
    writ_build_close(b);
    writ_build_element(b, WRIT_DER_INTEGER, what->signer->serial);
    writ_build_close(b);
    writ_build_close(b);
    writ_build_close(b);
    writ_build_close(b);
    close_attribute(b);
}

int writ_cms_build_attributes(const struct writ_cms_to_sign *what, struct writ_buffer *attributes,
                              struct writ_error *e)
{
    struct writ_build b = {0};

    writ_build_open(&b, WRIT_DER_SET);
    open_attribute(&b, WRIT_OID_CONTENT_TYPE);
    writ_build_oid(&b, what->content_type);
    close_attribute(&b);
    open_attribute(&b, WRIT_OID_SIGNING_TIME);
    writ_build_time(&b, what->signing_time);
    close_attribute(&b);
    open_attribute(&b, WRIT_OID_MESSAGE_DIGEST);
    writ_build_octet_string(&b, what->content_digest);
    close_attribute(&b);
    add_signing_certificate(&b, what);
    writ_build_close_set_of(&b);
    return writ_build_finish_into(&b, attributes, e);
}

/* The attributes go in under [0] IMPLICIT: the same contents with another tag. */
static void add_attributes(struct writ_build *b, struct writ_span attributes)
{
    struct writ_cursor c = writ_cursor_over(attributes, NULL);
    struct writ_span contents = WRIT_SPAN_NONE;

    if (writ_der_contents(&c, WRIT_DER_SET, &contents, "attributes") < 0)
        b->out.failed = true;
    writ_build_element(b, WRIT_DER_CONTEXT_CONSTRUCTED(0), contents);
}

static void add_signer_info(struct writ_build *b, const struct writ_cms_to_sign *what,
                            struct writ_span attributes, enum writ_oid algorithm,
                            struct writ_span signature)
{
    writ_build_open(b, WRIT_DER_SEQUENCE);
    writ_build_unsigned(b, WRIT_DER_INTEGER, 1);
    writ_build_open(b, WRIT_DER_SEQUENCE); /* issuerAndSerialNumber */
    writ_build_raw(b, what->signer->issuer.der);
    writ_build_element(b, WRIT_DER_INTEGER, what->signer->serial);
    writ_build_close(b);
    writ_build_algorithm(b, WRIT_OID_SHA256);
    add_attributes(b, attributes);
    writ_build_algorithm(b, algorithm);
    writ_build_octet_string(b, signature);
    writ_build_close(b);
}

int writ_cms_build(const struct writ_cms_to_sign *what, struct writ_span attributes,
                   enum writ_oid algorithm, struct writ_span signature,
                   const struct writ_span *certificates, size_t certificate_count,
                   struct writ_buffer *cms, struct writ_error *e)
{
    struct writ_build b = {0};

    writ_build_open(&b, WRIT_DER_SEQUENCE); /* ContentInfo */
    writ_build_oid(&b, WRIT_OID_SIGNED_DATA);
    writ_build_open(&b, WRIT_DER_CONTEXT_CONSTRUCTED(0));
    writ_build_open(&b, WRIT_DER_SEQUENCE);       /* SignedData */
    writ_build_unsigned(&b, WRIT_DER_INTEGER, 3); /* RFC 5652 5.1: eContentType is not id-data */
    writ_build_open(&b, WRIT_DER_SET);
    writ_build_algorithm(&b, WRIT_OID_SHA256);
    writ_build_close(&b);
    writ_build_open(&b, WRIT_DER_SEQUENCE); /* encapContentInfo */
    writ_build_oid(&b, what->content_type);
    writ_build_close(&b);
    writ_build_open(&b, WRIT_DER_CONTEXT_CONSTRUCTED(0)); /* certificates */
    for (size_t i = 0; i < certificate_count; i++)
        writ_build_raw(&b, certificates[i]);
    writ_build_close_set_of(&b);
    writ_build_open(&b, WRIT_DER_SET); /* signerInfos */
    add_signer_info(&b, what, attributes, algorithm, signature);
    writ_build_close(&b);
    writ_build_close(&b);
    writ_build_close(&b);
    writ_build_close(&b);
    return writ_build_finish_into(&b, cms, e);
}
