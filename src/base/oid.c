#include "base/oid.h"

#include <string.h>

/* uuid 758022e2-1cc4-4d6b-ab3e-48932d3c0650, drawn once for writ (X.667: 2.25.<uuid as a number>)
 */
#define WRIT_ARC "\x69\x81\xeb\x80\x91\xb8\xc3\xcc\xa2\xb5\xd7\xab\x9f\x92\x92\xb2\xe9\xf0\x8c\x50"
#define PKIX     "\x2b\x06\x01\x05\x05\x07"
#define PKCS1    "\x2a\x86\x48\x86\xf7\x0d\x01\x01"
#define PKCS9    "\x2a\x86\x48\x86\xf7\x0d\x01\x09"
#define NIST     "\x60\x86\x48\x01\x65\x03\x04\x02"
#define ANSI     "\x2a\x86\x48\xce\x3d"

struct known {
    const char *content;
    size_t length; /* some contain a zero octet */
    const char *name;
};

#define KNOWN(text, word)                                                                          \
    {                                                                                              \
        .content = text, .length = sizeof(text) - 1, .name = word                                  \
    }

static const struct known known[WRIT_OID_COUNT] = {
    [WRIT_OID_UNKNOWN] = KNOWN("", "unknown"),
    [WRIT_OID_COMMON_NAME] = KNOWN("\x55\x04\x03", "CN"),
    [WRIT_OID_COUNTRY] = KNOWN("\x55\x04\x06", "C"),
    [WRIT_OID_LOCALITY] = KNOWN("\x55\x04\x07", "L"),
    [WRIT_OID_STATE] = KNOWN("\x55\x04\x08", "ST"),
    [WRIT_OID_ORGANIZATION] = KNOWN("\x55\x04\x0a", "O"),
    [WRIT_OID_ORGANIZATIONAL_UNIT] = KNOWN("\x55\x04\x0b", "OU"),
    [WRIT_OID_EMAIL] = KNOWN(PKCS9 "\x01", "emailAddress"),
    [WRIT_OID_EC_PUBLIC_KEY] = KNOWN(ANSI "\x02\x01", "ecPublicKey"),
    [WRIT_OID_P256] = KNOWN(ANSI "\x03\x01\x07", "P-256"),
    [WRIT_OID_P384] = KNOWN("\x2b\x81\x04\x00\x22", "P-384"),
    [WRIT_OID_RSA] = KNOWN(PKCS1 "\x01", "rsaEncryption"),
    [WRIT_OID_ED25519] = KNOWN("\x2b\x65\x70", "Ed25519"),
    [WRIT_OID_SHA1] = KNOWN("\x2b\x0e\x03\x02\x1a", "sha1"),
    [WRIT_OID_SHA256] = KNOWN(NIST "\x01", "sha256"),
    [WRIT_OID_SHA384] = KNOWN(NIST "\x02", "sha384"),
    [WRIT_OID_SHA512] = KNOWN(NIST "\x03", "sha512"),
    [WRIT_OID_ECDSA_SHA1] = KNOWN(ANSI "\x04\x01", "ecdsa-with-SHA1"),
    [WRIT_OID_ECDSA_SHA256] = KNOWN(ANSI "\x04\x03\x02", "ecdsa-with-SHA256"),
    [WRIT_OID_ECDSA_SHA384] = KNOWN(ANSI "\x04\x03\x03", "ecdsa-with-SHA384"),
    [WRIT_OID_ECDSA_SHA512] = KNOWN(ANSI "\x04\x03\x04", "ecdsa-with-SHA512"),
    [WRIT_OID_RSA_SHA1] = KNOWN(PKCS1 "\x05", "sha1WithRSAEncryption"),
    [WRIT_OID_RSA_SHA256] = KNOWN(PKCS1 "\x0b", "sha256WithRSAEncryption"),
    [WRIT_OID_RSA_SHA384] = KNOWN(PKCS1 "\x0c", "sha384WithRSAEncryption"),
    [WRIT_OID_RSA_SHA512] = KNOWN(PKCS1 "\x0d", "sha512WithRSAEncryption"),
    [WRIT_OID_DSA_SHA1] = KNOWN("\x2a\x86\x48\xce\x38\x04\x03", "dsa-with-sha1"),
    [WRIT_OID_DSA_SHA256] = KNOWN("\x60\x86\x48\x01\x65\x03\x04\x03\x02", "dsa-with-sha256"),
    [WRIT_OID_SUBJECT_KEY_ID] = KNOWN("\x55\x1d\x0e", "subjectKeyIdentifier"),
    [WRIT_OID_KEY_USAGE] = KNOWN("\x55\x1d\x0f", "keyUsage"),
    [WRIT_OID_SUBJECT_ALT_NAME] = KNOWN("\x55\x1d\x11", "subjectAltName"),
    [WRIT_OID_BASIC_CONSTRAINTS] = KNOWN("\x55\x1d\x13", "basicConstraints"),
    [WRIT_OID_NAME_CONSTRAINTS] = KNOWN("\x55\x1d\x1e", "nameConstraints"),
    [WRIT_OID_CRL_DISTRIBUTION_POINTS] = KNOWN("\x55\x1d\x1f", "cRLDistributionPoints"),
    [WRIT_OID_CERTIFICATE_POLICIES] = KNOWN("\x55\x1d\x20", "certificatePolicies"),
    [WRIT_OID_POLICY_MAPPINGS] = KNOWN("\x55\x1d\x21", "policyMappings"),
    [WRIT_OID_AUTHORITY_KEY_ID] = KNOWN("\x55\x1d\x23", "authorityKeyIdentifier"),
    [WRIT_OID_POLICY_CONSTRAINTS] = KNOWN("\x55\x1d\x24", "policyConstraints"),
    [WRIT_OID_EXTENDED_KEY_USAGE] = KNOWN("\x55\x1d\x25", "extKeyUsage"),
    [WRIT_OID_INHIBIT_ANY_POLICY] = KNOWN("\x55\x1d\x36", "inhibitAnyPolicy"),
    [WRIT_OID_AUTHORITY_INFO_ACCESS] = KNOWN(PKIX "\x01\x01", "authorityInfoAccess"),
    [WRIT_OID_AD_OCSP] = KNOWN(PKIX "\x30\x01", "ocsp"),
    [WRIT_OID_SCT_LIST] =
        KNOWN("\x2b\x06\x01\x04\x01\xd6\x79\x02\x04\x02", "signedCertificateTimestamps"),
    [WRIT_OID_FRESHEST_CRL] = KNOWN("\x55\x1d\x2e", "freshestCRL"),
    [WRIT_OID_TLS_FEATURE] = KNOWN(PKIX "\x01\x18", "tlsFeature"),
    [WRIT_OID_OCSP_NOCHECK] = KNOWN(PKIX "\x30\x01\x05", "ocspNoCheck"),
    [WRIT_OID_OCSP_BASIC] = KNOWN(PKIX "\x30\x01\x01", "basicOcspResponse"),
    [WRIT_OID_OCSP_NONCE] = KNOWN(PKIX "\x30\x01\x02", "ocspNonce"),
    [WRIT_OID_OCSP_CRL_REFERENCES] = KNOWN(PKIX "\x30\x01\x03", "crlReferences"),
    [WRIT_OID_OCSP_RESPONSE_TYPES] = KNOWN(PKIX "\x30\x01\x04", "acceptableResponses"),
    [WRIT_OID_OCSP_ARCHIVE_CUTOFF] = KNOWN(PKIX "\x30\x01\x06", "archiveCutoff"),
    [WRIT_OID_OCSP_PREFERRED_ALGORITHMS] =
        KNOWN(PKIX "\x30\x01\x08", "preferredSignatureAlgorithms"),
    [WRIT_OID_OCSP_EXTENDED_REVOKE] = KNOWN(PKIX "\x30\x01\x09", "extendedRevoke"),
    [WRIT_OID_OCSP_SCT_LIST] =
        KNOWN("\x2b\x06\x01\x04\x01\xd6\x79\x02\x04\x05", "ocspSignedCertificateTimestamps"),
    [WRIT_OID_CRL_NUMBER] = KNOWN("\x55\x1d\x14", "cRLNumber"),
    [WRIT_OID_DELTA_CRL_INDICATOR] = KNOWN("\x55\x1d\x1b", "deltaCRLIndicator"),
    [WRIT_OID_ISSUING_DISTRIBUTION_POINT] = KNOWN("\x55\x1d\x1c", "issuingDistributionPoint"),
    [WRIT_OID_EXPIRED_CERTS_ON_CRL] = KNOWN("\x55\x1d\x3c", "expiredCertsOnCRL"),
    [WRIT_OID_REASON_CODE] = KNOWN("\x55\x1d\x15", "reasonCode"),
    [WRIT_OID_INVALIDITY_DATE] = KNOWN("\x55\x1d\x18", "invalidityDate"),
    [WRIT_OID_CERTIFICATE_ISSUER] = KNOWN("\x55\x1d\x1d", "certificateIssuer"),
    [WRIT_OID_ANY_PURPOSE] = KNOWN("\x55\x1d\x25\x00", "anyExtendedKeyUsage"),
    [WRIT_OID_SERVER_AUTH] = KNOWN(PKIX "\x03\x01", "serverAuth"),
    [WRIT_OID_CLIENT_AUTH] = KNOWN(PKIX "\x03\x02", "clientAuth"),
    [WRIT_OID_EMAIL_PROTECTION] = KNOWN(PKIX "\x03\x04", "emailProtection"),
    [WRIT_OID_CODE_SIGNING] = KNOWN(PKIX "\x03\x03", "codeSigning"),
    [WRIT_OID_TIME_STAMPING] = KNOWN(PKIX "\x03\x08", "timeStamping"),
    [WRIT_OID_OCSP_SIGNING] = KNOWN(PKIX "\x03\x09", "OCSPSigning"),
    [WRIT_OID_SIGNED_DATA] = KNOWN("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", "signedData"),
    [WRIT_OID_CONTENT_TYPE] = KNOWN(PKCS9 "\x03", "contentType"),
    [WRIT_OID_MESSAGE_DIGEST] = KNOWN(PKCS9 "\x04", "messageDigest"),
    [WRIT_OID_SIGNING_TIME] = KNOWN(PKCS9 "\x05", "signingTime"),
    [WRIT_OID_SIGNING_CERTIFICATE] = KNOWN(PKCS9 "\x10\x02\x0c", "signingCertificate"),
    [WRIT_OID_SIGNING_CERTIFICATE_V2] = KNOWN(PKCS9 "\x10\x02\x2f", "signingCertificateV2"),
    [WRIT_OID_TST_INFO] = KNOWN(PKCS9 "\x10\x01\x04", "TSTInfo"),
    [WRIT_OID_EXTENSION_REQUEST] = KNOWN(PKCS9 "\x0e", "extensionRequest"),
    [WRIT_OID_SEAL] = KNOWN(WRIT_ARC "\x01", "writ-seal"),
    [WRIT_OID_CODE_DIRECTORY] = KNOWN(WRIT_ARC "\x02", "writ-codeDirectory"),
    [WRIT_OID_ISSUANCE_NUMBER] = KNOWN(WRIT_ARC "\x03", "writ-issuanceNumber"),
    [WRIT_OID_BUNDLE] = KNOWN(WRIT_ARC "\x04", "writ-bundle"),
};

struct writ_span writ_oid_content(enum writ_oid oid)
{
    return WRIT_SPAN(known[oid].content, known[oid].length);
}

/* Most known identifiers differ in their last octet. */
static bool is_known(const struct known *k, struct writ_span content)
{
    return k->length == content.n &&
           (uint8_t)k->content[k->length - 1] == content.p[content.n - 1] &&
           memcmp(k->content, content.p, content.n) == 0;
}

enum writ_oid writ_oid_find(struct writ_span content)
{
    for (int i = WRIT_OID_UNKNOWN + 1; i < WRIT_OID_COUNT; i++) {
        if (is_known(&known[i], content))
            return (enum writ_oid)i;
    }
    return WRIT_OID_UNKNOWN;
}

const char *writ_oid_name(enum writ_oid oid)
{
    return oid > WRIT_OID_UNKNOWN && oid < WRIT_OID_COUNT ? known[oid].name : "unknown";
}

bool writ_oid_is_valid(struct writ_span content)
{
    bool first_of_arc = true;

    for (size_t i = 0; i < content.n; i++) {
        if (first_of_arc && content.p[i] == 0x80)
            return false;
        first_of_arc = (content.p[i] & 0x80) == 0;
    }
    return content.n > 0 && first_of_arc;
}

#define ARC_DIGITS 60 /* decimal digits of the largest arc written in full */

/* Multiplies a decimal number, least significant digit first, by 128 and adds. */
static int multiply_add(uint8_t digits[ARC_DIGITS], unsigned add)
{
    unsigned carry = add;

    for (size_t i = 0; i < ARC_DIGITS; i++) {
        unsigned value = digits[i] * 128u + carry;

        digits[i] = (uint8_t)(value % 10);
        carry = value / 10;
    }
    return carry == 0 ? 0 : -1;
}

static void subtract(uint8_t digits[ARC_DIGITS], unsigned amount)
{
    for (size_t i = 0; i < ARC_DIGITS && amount > 0; i++, amount /= 10) {
        unsigned low = amount % 10;

        if (digits[i] < low) {
            digits[i] = (uint8_t)(digits[i] + 10);
            amount += 10;
        }
        digits[i] = (uint8_t)(digits[i] - low);
    }
}

static bool at_least(const uint8_t digits[ARC_DIGITS], unsigned limit)
{
    for (size_t i = 2; i < ARC_DIGITS; i++) {
        if (digits[i] != 0)
            return true;
    }
    return digits[1] * 10u + digits[0] >= limit;
}

static void add_digits(struct writ_buffer *b, const uint8_t digits[ARC_DIGITS])
{
    size_t n = ARC_DIGITS;

    while (n > 1 && digits[n - 1] == 0)
        n--;
    while (n > 0)
        writ_buffer_byte(b, (uint8_t)('0' + digits[--n]));
}

/* The first arc holds two numbers: 40 * x + y with x in 0..2 (X.690 section 8.19.4). */
static void add_first_arc(struct writ_buffer *b, uint8_t digits[ARC_DIGITS])
{
    unsigned x = at_least(digits, 80) ? 2 : at_least(digits, 40) ? 1 : 0;

    subtract(digits, 40 * x);
    writ_buffer_format(b, "%u.", x);
    add_digits(b, digits);
}

void writ_oid_add_dotted(struct writ_buffer *b, struct writ_span content)
{
    uint8_t arc[ARC_DIGITS] = {0};
    bool first = true;

    if (!writ_oid_is_valid(content)) {
        writ_buffer_text(b, "invalid");
        return;
    }
    for (size_t i = 0; i < content.n; i++) {
        if (multiply_add(arc, content.p[i] & 0x7f) < 0) {
            writ_buffer_text(b, first ? "huge" : ".huge");
            return;
        }
        if (content.p[i] & 0x80)
            continue;
        if (first) {
            add_first_arc(b, arc);
        } else {
            writ_buffer_byte(b, '.');
            add_digits(b, arc);
        }
        first = false;
        memset(arc, 0, sizeof arc);
    }
}

void writ_oid_add_name(struct writ_buffer *b, struct writ_span content)
{
    enum writ_oid oid = writ_oid_find(content);

    if (oid == WRIT_OID_UNKNOWN)
        writ_oid_add_dotted(b, content);
    else
        writ_buffer_text(b, writ_oid_name(oid));
}
