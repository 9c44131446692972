#include "object/cert.h"

#include <string.h>

#include "base/text.h"
#include "object/distribution.h"

/* ------------------------------------------------------------------ names (RFC 5280 4.1.2.4) */

static bool is_string(uint8_t tag)
{
    switch (tag) {
    case WRIT_DER_UTF8_STRING:
    case WRIT_DER_PRINTABLE_STRING:
    case WRIT_DER_TELETEX_STRING:
    case WRIT_DER_IA5_STRING:
    case WRIT_DER_UNIVERSAL_STRING:
    case WRIT_DER_BMP_STRING:
        return true;
    default:
        return false;
    }
}

static void keep_attribute(struct writ_name *name, enum writ_oid type, struct writ_span value)
{
    if (type == WRIT_OID_COMMON_NAME)
        name->common_name = value;
    else if (type == WRIT_OID_ORGANIZATION)
        name->organization = value;
    else if (type == WRIT_OID_ORGANIZATIONAL_UNIT) {
        name->unit = value;
        name->unit_count++;
    }
}

static int take_attribute(struct writ_cursor *rdn, struct writ_name *name, const char *what)
{
    struct writ_cursor attribute, value;
    struct writ_span type_content;
    enum writ_oid type;
    uint8_t tag;

    if (writ_der_enter(rdn, WRIT_DER_SEQUENCE, &attribute, what) < 0 ||
        writ_der_oid(&attribute, &type_content, &type, what) < 0 ||
        writ_der_any(&attribute, &tag, &value, NULL, what) < 0)
        return -1;
    if (is_string(tag))
        keep_attribute(name, type, WRIT_SPAN(value.at, value.left));
    return writ_der_end(&attribute, what);
}

int writ_name_parse(struct writ_cursor *c, struct writ_name *name, const char *what)
{
    struct writ_cursor start = *c;
    struct writ_cursor sequence, rdn;

    *name = (struct writ_name){0};
    if (writ_der_whole(&start, WRIT_DER_SEQUENCE, &name->der, what) < 0 ||
        writ_der_enter(c, WRIT_DER_SEQUENCE, &sequence, what) < 0)
        return -1;
    while (sequence.left > 0) {
        if (writ_der_enter(&sequence, WRIT_DER_SET, &rdn, what) < 0)
            return -1;
        do {
            if (take_attribute(&rdn, name, what) < 0)
                return -1;
        } while (rdn.left > 0);
    }
    return 0;
}

/* ------------------------------------------------------------- algorithms and keys (RFC 3279) */

/* RFC 5758 section 3.2 and RFC 8410 section 3: parameters are absent. */
static bool wants_no_parameters(enum writ_oid algorithm)
{
    switch (algorithm) {
    case WRIT_OID_ECDSA_SHA1:
    case WRIT_OID_ECDSA_SHA256:
    case WRIT_OID_ECDSA_SHA384:
    case WRIT_OID_ECDSA_SHA512:
    case WRIT_OID_ED25519:
        return true;
    default:
        return false;
    }
}

int writ_algorithm_parse(struct writ_cursor *c, enum writ_oid *algorithm, struct writ_span *whole,
                         const char *what)
{
    struct writ_cursor start = *c;
    struct writ_cursor inner;
    struct writ_span content, ignored;

    if (writ_der_whole(&start, WRIT_DER_SEQUENCE, whole == NULL ? &ignored : whole, what) < 0 ||
        writ_der_enter(c, WRIT_DER_SEQUENCE, &inner, what) < 0 ||
        writ_der_oid(&inner, &content, algorithm, what) < 0)
        return -1;
    /* An algorithm we do not know may have parameters we do not know: nobody will use them. */
    if (*algorithm == WRIT_OID_UNKNOWN || inner.left == 0)
        return 0;
    if (wants_no_parameters(*algorithm))
        return writ_der_end(&inner, what);
    if (writ_der_null(&inner, what) < 0)
        return -1;
    return writ_der_end(&inner, what);
}

static size_t bit_length(struct writ_span magnitude)
{
    size_t n = magnitude.n;
    size_t i = 0;

    while (i < n && magnitude.p[i] == 0)
        i++;
    if (i == n)
        return 0;
    return (n - i) * 8 - (size_t)(__builtin_clz(magnitude.p[i]) - 24);
}

static int take_rsa_key(struct writ_public_key *key, struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(key->bits, e);
    struct writ_cursor sequence;
    struct writ_span modulus, exponent;

    if (writ_der_enter(&c, WRIT_DER_SEQUENCE, &sequence, "RSAPublicKey") < 0 ||
        writ_der_integer(&sequence, &modulus, "modulus") < 0 ||
        writ_der_integer(&sequence, &exponent, "publicExponent") < 0 ||
        writ_der_end(&sequence, "RSAPublicKey") < 0 || writ_der_end(&c, "RSAPublicKey") < 0)
        return -1;
    if (modulus.p[0] >= 0x80 || exponent.p[0] >= 0x80)
        return writ_cursor_fail(&sequence, "RSAPublicKey: modulus or publicExponent is negative");
    key->rsa_bits = bit_length(modulus);
    return 0;
}

/* RFC 5480 2.1.1: only a named curve; explicit parameters let a stranger choose the mathematics. */
static int take_key_parameters(struct writ_cursor *c, struct writ_public_key *key)
{
    struct writ_span curve;

    switch (key->algorithm) {
    case WRIT_OID_EC_PUBLIC_KEY:
        if (writ_der_oid(c, &curve, &key->curve, "namedCurve") < 0)
            return -1;
        break;
    case WRIT_OID_RSA:
        if (writ_der_null(c, "rsaEncryption parameters") < 0)
            return -1;
        break;
    case WRIT_OID_ED25519:
        break; /* RFC 8410 section 3: absent, which the end below checks */
    default:
        return 0;
    }
    return writ_der_end(c, "subjectPublicKey algorithm");
}

int writ_public_key_parse(struct writ_cursor *c, struct writ_public_key *key)
{
    struct writ_cursor start = *c;
    struct writ_cursor spki, algorithm;
    struct writ_span content;
    unsigned unused;

    *key = (struct writ_public_key){0};
    if (writ_der_whole(&start, WRIT_DER_SEQUENCE, &key->spki, "subjectPublicKeyInfo") < 0 ||
        writ_der_enter(c, WRIT_DER_SEQUENCE, &spki, "subjectPublicKeyInfo") < 0 ||
        writ_der_enter(&spki, WRIT_DER_SEQUENCE, &algorithm, "subjectPublicKey algorithm") < 0 ||
        writ_der_oid(&algorithm, &content, &key->algorithm, "subjectPublicKey algorithm") < 0 ||
        take_key_parameters(&algorithm, key) < 0 ||
        writ_der_bit_string(&spki, &key->bits, &unused, "subjectPublicKey") < 0 ||
        writ_der_end(&spki, "subjectPublicKeyInfo") < 0)
        return -1;
    if (unused != 0)
        return writ_cursor_fail(&start, "subjectPublicKey: %u unused bits", unused);
    return key->algorithm == WRIT_OID_RSA ? take_rsa_key(key, c->error) : 0;
}

/* ---------------------------------------------------------------- extensions (RFC 5280 4.2) */

static int take_basic_constraints(struct writ_cursor *c, struct writ_cert *cert)
{
    struct writ_cursor sequence;

    cert->has_basic_constraints = true;
    cert->path_length = WRIT_CERT_NO_PATH_LENGTH;
    if (writ_der_enter(c, WRIT_DER_SEQUENCE, &sequence, "basicConstraints") < 0 ||
        writ_der_boolean_default_false(&sequence, &cert->is_ca, "cA") < 0)
        return -1;
    if (writ_der_next_is(&sequence, WRIT_DER_INTEGER) &&
        writ_der_unsigned(&sequence, WRIT_DER_INTEGER, 255, &cert->path_length,
                          "pathLenConstraint") < 0)
        return -1;
    return writ_der_end(&sequence, "basicConstraints");
}

static int take_key_usage(struct writ_cursor *c, struct writ_cert *cert)
{
    struct writ_span bits;
    unsigned unused;

    cert->has_key_usage = true;
    if (writ_der_bit_string(c, &bits, &unused, "keyUsage") < 0)
        return -1;
    if (bits.n == 0 || bits.n > 2)
        return writ_cursor_fail(c, "keyUsage: wanted 1 or 2 octets of bits, found %zu", bits.n);
    for (unsigned i = 0; i < bits.n * 8; i++) {
        if (bits.p[i / 8] & (0x80u >> (i % 8)))
            cert->key_usage |= 1u << i;
    }
    return 0;
}

static int take_purposes(struct writ_cursor *c, struct writ_cert *cert)
{
    struct writ_cursor sequence;
    struct writ_span content;

    if (writ_der_enter(c, WRIT_DER_SEQUENCE, &sequence, "extKeyUsage") < 0)
        return -1;
    do {
        if (cert->purpose_count == WRIT_CERT_PURPOSES_MAX)
            return writ_cursor_fail(&sequence, "extKeyUsage: more than %d purposes",
                                    WRIT_CERT_PURPOSES_MAX);
        if (writ_der_oid(&sequence, &content, &cert->purpose[cert->purpose_count++],
                         "KeyPurposeId") < 0)
            return -1;
    } while (sequence.left > 0);
    return 0;
}

static int take_authority_key_id(struct writ_cursor *c, struct writ_cert *cert)
{
    struct writ_cursor sequence, ignored;
    uint8_t tag;

    if (writ_der_enter(c, WRIT_DER_SEQUENCE, &sequence, "authorityKeyIdentifier") < 0)
        return -1;
    if (writ_der_next_is(&sequence, WRIT_DER_CONTEXT(0)) &&
        writ_der_contents(&sequence, WRIT_DER_CONTEXT(0), &cert->authority_key_id,
                          "keyIdentifier") < 0)
        return -1;
    while (sequence.left > 0) {
        if (writ_der_any(&sequence, &tag, &ignored, NULL, "authorityKeyIdentifier") < 0)
            return -1;
    }
    return 0;
}

static int take_access_descriptions(struct writ_cursor *c, struct writ_cert *cert)
{
    struct writ_cursor sequence, description, location;
    struct writ_span content;
    enum writ_oid method;
    uint8_t tag;

    if (writ_der_enter(c, WRIT_DER_SEQUENCE, &sequence, "authorityInfoAccess") < 0)
        return -1;
    cert->access = WRIT_SPAN(sequence.at, sequence.left);
    while (sequence.left > 0) {
        if (writ_der_enter(&sequence, WRIT_DER_SEQUENCE, &description, "AccessDescription") < 0 ||
            writ_der_oid(&description, &content, &method, "accessMethod") < 0 ||
            writ_der_any(&description, &tag, &location, NULL, "accessLocation") < 0 ||
            writ_der_end(&description, "AccessDescription") < 0)
            return -1;
        cert->has_ocsp_url |= method == WRIT_OID_AD_OCSP;
    }
    return 0;
}

/* A list of points that is not one does not make the certificate worse for who does not ask for
 * CRLs; who does is told. */
static void take_points(struct writ_cursor *value, struct writ_span *points, struct writ_cert *cert)
{
    struct writ_cursor inside = *value;

    inside.error = NULL;
    if (writ_points_take(&inside, points, "distribution points") < 0 || inside.left > 0) {
        *points = WRIT_SPAN_NONE;
        cert->has_broken_points = true;
    }
    value->left = 0;
}

#define FEATURE_STATUS_REQUEST 5 /* the number of the TLS extension (RFC 6066 section 8) */

/* RFC 7633 section 4.1: numbers of the TLS extensions without which the certificate is not good. */
static int take_features(struct writ_cursor *c, struct writ_cert *cert)
{
    struct writ_cursor sequence;
    uint64_t feature;

    if (writ_der_enter(c, WRIT_DER_SEQUENCE, &sequence, "tlsFeature") < 0)
        return -1;
    while (sequence.left > 0) {
        if (writ_der_unsigned(&sequence, WRIT_DER_INTEGER, UINT16_MAX, &feature, "tlsFeature") < 0)
            return -1;
        cert->must_staple |= feature == FEATURE_STATUS_REQUEST;
    }
    return 0;
}

static int take_number(struct writ_cursor *c, struct writ_cert *cert)
{
    cert->is_numbered = true;
    return writ_der_unsigned(c, WRIT_DER_INTEGER, INT64_MAX, &cert->number, "issuance number");
}

/* RFC 6962 section 3.3: an OCTET STRING within the one that every extension has. */
static void take_sct_list(struct writ_cursor *value, struct writ_cert *cert)
{
    struct writ_cursor inside = *value;

    inside.error = NULL;
    if (writ_der_octet_string(&inside, &cert->sct_list, "SCTs") < 0 ||
        writ_der_end(&inside, "SCTs") < 0)
        cert->sct_list = WRIT_SPAN_NONE;
    value->left = 0;
}

/* The value of an extension writ reads.  Extensions that only OpenSSL works on are left unread. */
static int take_known(struct writ_cursor *value, enum writ_oid oid, bool critical,
                      struct writ_cert *cert)
{
    switch (oid) {
    case WRIT_OID_BASIC_CONSTRAINTS:
        return take_basic_constraints(value, cert);
    case WRIT_OID_KEY_USAGE:
        return take_key_usage(value, cert);
    case WRIT_OID_EXTENDED_KEY_USAGE:
        cert->purposes_critical = critical;
        return take_purposes(value, cert);
    case WRIT_OID_SUBJECT_KEY_ID:
        return writ_der_octet_string(value, &cert->subject_key_id, "subjectKeyIdentifier");
    case WRIT_OID_AUTHORITY_KEY_ID:
        return take_authority_key_id(value, cert);
    case WRIT_OID_AUTHORITY_INFO_ACCESS:
        return take_access_descriptions(value, cert);
    case WRIT_OID_ISSUANCE_NUMBER:
        return take_number(value, cert);
    case WRIT_OID_SUBJECT_ALT_NAME:
        cert->alt_names = WRIT_SPAN(value->at, value->left);
        value->left = 0;
        return 0;
    case WRIT_OID_SCT_LIST:
        take_sct_list(value, cert);
        return 0;
    case WRIT_OID_CRL_DISTRIBUTION_POINTS:
        take_points(value, &cert->crl_points, cert);
        return 0;
    case WRIT_OID_FRESHEST_CRL:
        take_points(value, &cert->freshest_points, cert);
        return 0;
    case WRIT_OID_TLS_FEATURE:
        return take_features(value, cert);
    case WRIT_OID_OCSP_NOCHECK:
        cert->has_nocheck = true;
        value->left = 0;
        return 0;
    default:
        value->left = 0;
        return 0;
    }
}

/* What writ or OpenSSL enforces when it is critical. */
static bool is_enforced(enum writ_oid oid)
{
    switch (oid) {
    case WRIT_OID_BASIC_CONSTRAINTS:
    case WRIT_OID_KEY_USAGE:
    case WRIT_OID_EXTENDED_KEY_USAGE:
    case WRIT_OID_SUBJECT_ALT_NAME:
    case WRIT_OID_NAME_CONSTRAINTS:
    case WRIT_OID_CERTIFICATE_POLICIES:
    case WRIT_OID_POLICY_MAPPINGS:
    case WRIT_OID_POLICY_CONSTRAINTS:
    case WRIT_OID_INHIBIT_ANY_POLICY:
    case WRIT_OID_CRL_DISTRIBUTION_POINTS:
        return true;
    default:
        return false;
    }
}

static int take_extension(struct writ_cursor *extensions, struct writ_cert *cert,
                          struct writ_span *content)
{
    struct writ_cursor extension, value;
    enum writ_oid oid;
    bool critical;

    if (writ_der_enter(extensions, WRIT_DER_SEQUENCE, &extension, "Extension") < 0 ||
        writ_der_oid(&extension, content, &oid, "extnID") < 0 ||
        writ_der_boolean_default_false(&extension, &critical, "critical") < 0 ||
        writ_der_enter(&extension, WRIT_DER_OCTET_STRING, &value, "extnValue") < 0 ||
        writ_der_end(&extension, "Extension") < 0 || take_known(&value, oid, critical, cert) < 0)
        return -1;
    if (critical && !is_enforced(oid) && !cert->has_unknown_critical) {
        cert->has_unknown_critical = true;
        cert->unknown_critical = *content;
    }
    return writ_der_end(&value, "extnValue");
}

static int take_extensions(struct writ_cursor *tbs, struct writ_cert *cert)
{
    struct writ_cursor tagged, extensions;
    struct writ_span seen[WRIT_CERT_EXTENSIONS_MAX];
    size_t count = 0;
    bool present;

    if (writ_der_enter_optional(tbs, WRIT_DER_CONTEXT_CONSTRUCTED(3), &tagged, &present,
                                "extensions") < 0)
        return -1;
    if (!present)
        return 0;
    if (writ_der_enter(&tagged, WRIT_DER_SEQUENCE, &extensions, "extensions") < 0)
        return -1;
    do {
        if (count == WRIT_CERT_EXTENSIONS_MAX)
            return writ_cursor_fail(&extensions, "more than %d extensions",
                                    WRIT_CERT_EXTENSIONS_MAX);
        if (take_extension(&extensions, cert, &seen[count]) < 0)
            return -1;
        /* RFC 5280 4.2: "must not include more than one instance of a particular extension" */
        for (size_t i = 0; i < count; i++) {
            if (writ_span_equal(seen[i], seen[count]))
                return writ_cursor_fail(&extensions, "the same extension stands twice");
        }
        count++;
    } while (extensions.left > 0);
    return writ_der_end(&tagged, "extensions");
}

/* ------------------------------------------------------------- the certificate (RFC 5280 4.1) */

static int take_version(struct writ_cursor *tbs, uint64_t *version)
{
    struct writ_cursor tagged;
    bool present;

    *version = 0;
    if (writ_der_enter_optional(tbs, WRIT_DER_CONTEXT_CONSTRUCTED(0), &tagged, &present,
                                "version") < 0)
        return -1;
    if (!present)
        return 0;
    if (writ_der_unsigned(&tagged, WRIT_DER_INTEGER, 2, version, "version") < 0)
        return -1;
    if (*version == 0) /* X.690 11.5 */
        return writ_cursor_fail(&tagged, "version: the default v1 is written out (BER)");
    return writ_der_end(&tagged, "version");
}

static int take_serial(struct writ_cursor *tbs, struct writ_cert *cert)
{
    if (writ_der_integer(tbs, &cert->serial, "serialNumber") < 0)
        return -1;
    if (cert->serial.n > WRIT_CERT_SERIAL_MAX - (cert->serial.p[0] != 0))
        return writ_cursor_fail(tbs, "serialNumber: %zu octets, RFC 5280 allows %d", cert->serial.n,
                                WRIT_CERT_SERIAL_MAX - 1);
    return 0;
}

static int take_validity(struct writ_cursor *tbs, struct writ_cert *cert)
{
    struct writ_cursor validity;

    if (writ_der_enter(tbs, WRIT_DER_SEQUENCE, &validity, "validity") < 0 ||
        writ_der_time(&validity, &cert->not_before, "notBefore") < 0 ||
        writ_der_time(&validity, &cert->not_after, "notAfter") < 0)
        return -1;
    return writ_der_end(&validity, "validity");
}

/* issuerUniqueID and subjectUniqueID: RFC 5280 4.1.2.8 forbids them; old certificates have them. */
static int skip_unique_ids(struct writ_cursor *tbs)
{
    struct writ_span ignored;

    for (uint8_t number = 1; number <= 2; number++) {
        if (writ_der_next_is(tbs, WRIT_DER_CONTEXT(number)) &&
            writ_der_contents(tbs, WRIT_DER_CONTEXT(number), &ignored, "unique identifier") < 0)
            return -1;
    }
    return 0;
}

static int take_tbs(struct writ_cursor *c, struct writ_cert *cert, struct writ_span *algorithm)
{
    struct writ_cursor start = *c;
    struct writ_cursor tbs;
    uint64_t version;

    if (writ_der_whole(&start, WRIT_DER_SEQUENCE, &cert->tbs, "TBSCertificate") < 0 ||
        writ_der_enter(c, WRIT_DER_SEQUENCE, &tbs, "TBSCertificate") < 0 ||
        take_version(&tbs, &version) < 0 || take_serial(&tbs, cert) < 0 ||
        writ_algorithm_parse(&tbs, &cert->signature_algorithm, algorithm, "signature") < 0 ||
        writ_name_parse(&tbs, &cert->issuer, "issuer") < 0 || take_validity(&tbs, cert) < 0 ||
        writ_name_parse(&tbs, &cert->subject, "subject") < 0 ||
        writ_public_key_parse(&tbs, &cert->key) < 0 || skip_unique_ids(&tbs) < 0)
        return -1;
    if (version == 2 && take_extensions(&tbs, cert) < 0)
        return -1;
    return writ_der_end(&tbs, "TBSCertificate");
}

int writ_cert_parse(struct writ_span der, struct writ_cert *cert, struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(der, e);
    struct writ_cursor whole;
    struct writ_span inner, outer;
    enum writ_oid outer_algorithm;
    unsigned unused;

    *cert = (struct writ_cert){.der = der, .path_length = WRIT_CERT_NO_PATH_LENGTH};
    if (der.n > WRIT_CERT_MAX)
        return writ_cursor_fail(&c, "certificate of %zu bytes, the ceiling is %zu", der.n,
                                WRIT_CERT_MAX);
    if (writ_der_enter(&c, WRIT_DER_SEQUENCE, &whole, "Certificate") < 0 ||
        writ_der_end(&c, "Certificate") < 0 || take_tbs(&whole, cert, &inner) < 0 ||
        writ_algorithm_parse(&whole, &outer_algorithm, &outer, "signatureAlgorithm") < 0 ||
        writ_der_bit_string(&whole, &cert->signature, &unused, "signatureValue") < 0 ||
        writ_der_end(&whole, "Certificate") < 0)
        return -1;
    if (!writ_span_equal(inner, outer))
        return writ_cursor_fail(&c, "signature and signatureAlgorithm differ (RFC 5280 4.1.1.2)");
    if (unused != 0)
        return writ_cursor_fail(&c, "signatureValue: %u unused bits", unused);
    return 0;
}

/* ------------------------------------------------------------------------------- questions */

bool writ_cert_next_ocsp_url(struct writ_span *rest, struct writ_span *url)
{
    struct writ_cursor c = writ_cursor_over(*rest, NULL);
    struct writ_cursor description, location;
    struct writ_general_name name;
    struct writ_span content;
    enum writ_oid method;

    while (c.left > 0) {
        if (writ_der_enter(&c, WRIT_DER_SEQUENCE, &description, "AccessDescription") < 0 ||
            writ_der_oid(&description, &content, &method, "accessMethod") < 0 ||
            writ_der_any(&description, &name.tag, &location, NULL, "accessLocation") < 0)
            return false;
        *rest = WRIT_SPAN(c.at, c.left);
        name.value = *url = WRIT_SPAN(location.at, location.left);
        if (method == WRIT_OID_AD_OCSP && writ_general_name_is_url(&name))
            return true;
    }
    return false;
}

bool writ_cert_has_purpose(const struct writ_cert *cert, enum writ_oid purpose)
{
    for (size_t i = 0; i < cert->purpose_count; i++) {
        if (cert->purpose[i] == purpose)
            return true;
    }
    return false;
}

bool writ_cert_has_sole_purpose(const struct writ_cert *cert, enum writ_oid purpose)
{
    return cert->purpose_count == 1 && cert->purpose[0] == purpose;
}

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

static bool is_name(struct writ_cursor value, const char *name)
{
    if (value.left != strlen(name))
        return false;
    for (size_t i = 0; i < value.left; i++) {
        if (lower(value.at[i]) != lower((uint8_t)name[i]))
            return false;
    }
    return true;
}

bool writ_cert_has_dns_name(const struct writ_cert *cert, const char *name)
{
    struct writ_cursor c = writ_cursor_over(cert->alt_names, NULL);
    struct writ_cursor names, value;
    bool found = false;
    uint8_t tag;

    if (writ_der_enter(&c, WRIT_DER_SEQUENCE, &names, "subjectAltName") < 0 || c.left > 0)
        return false;
    while (names.left > 0) {
        if (writ_der_any(&names, &tag, &value, NULL, "GeneralName") < 0)
            return false;
        found = found || (tag == WRIT_DER_CONTEXT(2) && is_name(value, name));
    }
    return found;
}

bool writ_cert_is_self_issued(const struct writ_cert *cert)
{
    return writ_span_equal(cert->issuer.der, cert->subject.der);
}

void writ_name_add_text(struct writ_buffer *b, const struct writ_name *name)
{
    struct writ_span first = name->common_name.n > 0 ? name->common_name : name->unit;

    writ_text_add_safe(b, first);
    if (first.n > 0 && name->organization.n > 0)
        writ_buffer_text(b, ", ");
    writ_text_add_safe(b, name->organization);
    if (first.n == 0 && name->organization.n == 0)
        writ_buffer_text(b, "unnamed");
}

void writ_public_key_add_text(struct writ_buffer *b, const struct writ_public_key *key)
{
    switch (key->algorithm) {
    case WRIT_OID_EC_PUBLIC_KEY:
        writ_buffer_text(b, key->curve == WRIT_OID_UNKNOWN ? "EC on an unknown curve"
                                                           : writ_oid_name(key->curve));
        break;
    case WRIT_OID_RSA:
        writ_buffer_format(b, "RSA %zu", key->rsa_bits);
        break;
    case WRIT_OID_ED25519:
        writ_buffer_text(b, "Ed25519");
        break;
    default:
        writ_buffer_text(b, "unknown kind of key");
    }
}
