#include "base/oid.h"

#include <openssl/objects.h>

#include "test.h"

/* What each identifier is, as its RFC or X.520 writes it. */
static const struct {
    enum writ_oid oid;
    const char *dotted;
    const char *name;
} table[] = {
    {WRIT_OID_COMMON_NAME, "2.5.4.3", "CN"},
    {WRIT_OID_COUNTRY, "2.5.4.6", "C"},
    {WRIT_OID_LOCALITY, "2.5.4.7", "L"},
    {WRIT_OID_STATE, "2.5.4.8", "ST"},
    {WRIT_OID_ORGANIZATION, "2.5.4.10", "O"},
    {WRIT_OID_ORGANIZATIONAL_UNIT, "2.5.4.11", "OU"},
    {WRIT_OID_EMAIL, "1.2.840.113549.1.9.1", "emailAddress"},
    {WRIT_OID_EC_PUBLIC_KEY, "1.2.840.10045.2.1", "ecPublicKey"},
    {WRIT_OID_P256, "1.2.840.10045.3.1.7", "P-256"},
    {WRIT_OID_P384, "1.3.132.0.34", "P-384"},
    {WRIT_OID_RSA, "1.2.840.113549.1.1.1", "rsaEncryption"},
    {WRIT_OID_ED25519, "1.3.101.112", "Ed25519"},
    {WRIT_OID_SHA1, "1.3.14.3.2.26", "sha1"},
    {WRIT_OID_SHA256, "2.16.840.1.101.3.4.2.1", "sha256"},
    {WRIT_OID_SHA384, "2.16.840.1.101.3.4.2.2", "sha384"},
    {WRIT_OID_SHA512, "2.16.840.1.101.3.4.2.3", "sha512"},
    {WRIT_OID_ECDSA_SHA1, "1.2.840.10045.4.1", "ecdsa-with-SHA1"},
    {WRIT_OID_ECDSA_SHA256, "1.2.840.10045.4.3.2", "ecdsa-with-SHA256"},
    {WRIT_OID_ECDSA_SHA384, "1.2.840.10045.4.3.3", "ecdsa-with-SHA384"},
    {WRIT_OID_ECDSA_SHA512, "1.2.840.10045.4.3.4", "ecdsa-with-SHA512"},
    {WRIT_OID_RSA_SHA1, "1.2.840.113549.1.1.5", "sha1WithRSAEncryption"},
    {WRIT_OID_RSA_SHA256, "1.2.840.113549.1.1.11", "sha256WithRSAEncryption"},
    {WRIT_OID_RSA_SHA384, "1.2.840.113549.1.1.12", "sha384WithRSAEncryption"},
    {WRIT_OID_RSA_SHA512, "1.2.840.113549.1.1.13", "sha512WithRSAEncryption"},
    {WRIT_OID_DSA_SHA1, "1.2.840.10040.4.3", "dsa-with-sha1"},
    {WRIT_OID_DSA_SHA256, "2.16.840.1.101.3.4.3.2", "dsa-with-sha256"},
    {WRIT_OID_SUBJECT_KEY_ID, "2.5.29.14", "subjectKeyIdentifier"},
    {WRIT_OID_KEY_USAGE, "2.5.29.15", "keyUsage"},
    {WRIT_OID_SUBJECT_ALT_NAME, "2.5.29.17", "subjectAltName"},
    {WRIT_OID_BASIC_CONSTRAINTS, "2.5.29.19", "basicConstraints"},
    {WRIT_OID_NAME_CONSTRAINTS, "2.5.29.30", "nameConstraints"},
    {WRIT_OID_CRL_DISTRIBUTION_POINTS, "2.5.29.31", "cRLDistributionPoints"},
    {WRIT_OID_CERTIFICATE_POLICIES, "2.5.29.32", "certificatePolicies"},
    {WRIT_OID_POLICY_MAPPINGS, "2.5.29.33", "policyMappings"},
    {WRIT_OID_AUTHORITY_KEY_ID, "2.5.29.35", "authorityKeyIdentifier"},
    {WRIT_OID_POLICY_CONSTRAINTS, "2.5.29.36", "policyConstraints"},
    {WRIT_OID_EXTENDED_KEY_USAGE, "2.5.29.37", "extKeyUsage"},
    {WRIT_OID_INHIBIT_ANY_POLICY, "2.5.29.54", "inhibitAnyPolicy"},
    {WRIT_OID_AUTHORITY_INFO_ACCESS, "1.3.6.1.5.5.7.1.1", "authorityInfoAccess"},
    {WRIT_OID_AD_OCSP, "1.3.6.1.5.5.7.48.1", "ocsp"},
    {WRIT_OID_SCT_LIST, "1.3.6.1.4.1.11129.2.4.2", "signedCertificateTimestamps"},
    {WRIT_OID_FRESHEST_CRL, "2.5.29.46", "freshestCRL"},
    {WRIT_OID_TLS_FEATURE, "1.3.6.1.5.5.7.1.24", "tlsFeature"},
    {WRIT_OID_OCSP_NOCHECK, "1.3.6.1.5.5.7.48.1.5", "ocspNoCheck"},
    {WRIT_OID_OCSP_BASIC, "1.3.6.1.5.5.7.48.1.1", "basicOcspResponse"},
    {WRIT_OID_OCSP_NONCE, "1.3.6.1.5.5.7.48.1.2", "ocspNonce"},
    {WRIT_OID_OCSP_CRL_REFERENCES, "1.3.6.1.5.5.7.48.1.3", "crlReferences"},
    {WRIT_OID_OCSP_RESPONSE_TYPES, "1.3.6.1.5.5.7.48.1.4", "acceptableResponses"},
    {WRIT_OID_OCSP_ARCHIVE_CUTOFF, "1.3.6.1.5.5.7.48.1.6", "archiveCutoff"},
    {WRIT_OID_OCSP_PREFERRED_ALGORITHMS, "1.3.6.1.5.5.7.48.1.8", "preferredSignatureAlgorithms"},
    {WRIT_OID_OCSP_EXTENDED_REVOKE, "1.3.6.1.5.5.7.48.1.9", "extendedRevoke"},
    {WRIT_OID_OCSP_SCT_LIST, "1.3.6.1.4.1.11129.2.4.5", "ocspSignedCertificateTimestamps"},
    {WRIT_OID_CRL_NUMBER, "2.5.29.20", "cRLNumber"},
    {WRIT_OID_DELTA_CRL_INDICATOR, "2.5.29.27", "deltaCRLIndicator"},
    {WRIT_OID_ISSUING_DISTRIBUTION_POINT, "2.5.29.28", "issuingDistributionPoint"},
    {WRIT_OID_EXPIRED_CERTS_ON_CRL, "2.5.29.60", "expiredCertsOnCRL"},
    {WRIT_OID_REASON_CODE, "2.5.29.21", "reasonCode"},
    {WRIT_OID_INVALIDITY_DATE, "2.5.29.24", "invalidityDate"},
    {WRIT_OID_CERTIFICATE_ISSUER, "2.5.29.29", "certificateIssuer"},
    {WRIT_OID_ANY_PURPOSE, "2.5.29.37.0", "anyExtendedKeyUsage"},
    {WRIT_OID_SERVER_AUTH, "1.3.6.1.5.5.7.3.1", "serverAuth"},
    {WRIT_OID_CLIENT_AUTH, "1.3.6.1.5.5.7.3.2", "clientAuth"},
    {WRIT_OID_EMAIL_PROTECTION, "1.3.6.1.5.5.7.3.4", "emailProtection"},
    {WRIT_OID_CODE_SIGNING, "1.3.6.1.5.5.7.3.3", "codeSigning"},
    {WRIT_OID_TIME_STAMPING, "1.3.6.1.5.5.7.3.8", "timeStamping"},
    {WRIT_OID_OCSP_SIGNING, "1.3.6.1.5.5.7.3.9", "OCSPSigning"},
    {WRIT_OID_SIGNED_DATA, "1.2.840.113549.1.7.2", "signedData"},
    {WRIT_OID_CONTENT_TYPE, "1.2.840.113549.1.9.3", "contentType"},
    {WRIT_OID_MESSAGE_DIGEST, "1.2.840.113549.1.9.4", "messageDigest"},
    {WRIT_OID_SIGNING_TIME, "1.2.840.113549.1.9.5", "signingTime"},
    {WRIT_OID_SIGNING_CERTIFICATE, "1.2.840.113549.1.9.16.2.12", "signingCertificate"},
    {WRIT_OID_SIGNING_CERTIFICATE_V2, "1.2.840.113549.1.9.16.2.47", "signingCertificateV2"},
    {WRIT_OID_TST_INFO, "1.2.840.113549.1.9.16.1.4", "TSTInfo"},
    {WRIT_OID_EXTENSION_REQUEST, "1.2.840.113549.1.9.14", "extensionRequest"},
    {WRIT_OID_SEAL, "2.25.156184997021121762790734345848554784336.1", "writ-seal"},
    {WRIT_OID_CODE_DIRECTORY, "2.25.156184997021121762790734345848554784336.2",
     "writ-codeDirectory"},
    {WRIT_OID_ISSUANCE_NUMBER, "2.25.156184997021121762790734345848554784336.3",
     "writ-issuanceNumber"},
    {WRIT_OID_BUNDLE, "2.25.156184997021121762790734345848554784336.4", "writ-bundle"},
};

#define ROWS (sizeof table / sizeof table[0])

static void assert_dotted(struct writ_span content, const char *wanted)
{
    struct writ_buffer b = {0};

    writ_oid_add_dotted(&b, content);
    assert_text(writ_buffer_span(&b), wanted);
    writ_buffer_free(&b);
}

static void this_table_has_every_identifier_once(void **state)
{
    (void)state;
    assert_int_equal(ROWS, WRIT_OID_COUNT - 1);
    for (size_t i = 0; i < ROWS; i++)
        assert_int_equal(table[i].oid, (int)i + 1);
}

static void every_identifier_is_what_its_rfc_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++)
        assert_dotted(writ_oid_content(table[i].oid), table[i].dotted);
}

static void openssl_encodes_every_identifier_the_same(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        ASN1_OBJECT *o = OBJ_txt2obj(table[i].dotted, 1);

        assert_non_null(o);
        assert_spans_equal(writ_oid_content(table[i].oid),
                           WRIT_SPAN(OBJ_get0_data(o), OBJ_length(o)));
        ASN1_OBJECT_free(o);
    }
}

static void every_identifier_is_found_by_its_content(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        struct writ_span content = writ_oid_content(table[i].oid);

        assert_true(writ_oid_is_valid(content));
        assert_int_equal(writ_oid_find(content), table[i].oid);
        assert_int_not_equal(writ_oid_find(WRIT_SPAN(content.p, content.n - 1)), table[i].oid);
        assert_string_equal(writ_oid_name(table[i].oid), table[i].name);
    }
}

static void nothing_else_is_found(void **state)
{
    (void)state;
    assert_int_equal(writ_oid_find(WRIT_SPAN_NONE), WRIT_OID_UNKNOWN);
    assert_int_equal(writ_oid_find(bytes_of("550405")), WRIT_OID_UNKNOWN);
    assert_int_equal(writ_oid_find(bytes_of("55040300")), WRIT_OID_UNKNOWN);
    assert_string_equal(writ_oid_name(WRIT_OID_UNKNOWN), "unknown");
    assert_string_equal(writ_oid_name(WRIT_OID_COUNT), "unknown");
    assert_string_equal(writ_oid_name((enum writ_oid) - 1), "unknown");
}

/* X.690 8.19.4: the first octet holds 40 * x + y, and only x = 2 has room for more. */
static void the_first_two_arcs_share_a_number(void **state)
{
    (void)state;
    assert_dotted(bytes_of("00"), "0.0");
    assert_dotted(bytes_of("27"), "0.39");
    assert_dotted(bytes_of("28"), "1.0");
    assert_dotted(bytes_of("4f"), "1.39");
    assert_dotted(bytes_of("50"), "2.0");
    assert_dotted(bytes_of("7f"), "2.47");
    assert_dotted(bytes_of("8100"), "2.48");
    assert_dotted(bytes_of("8837"), "2.999");
    assert_dotted(bytes_of("8837 03"), "2.999.3");
}

static void arcs_of_128_bits_are_written_in_full(void **state)
{
    (void)state;
    assert_dotted(bytes_of("69 83ffffffffffffffffffffffffffffffffff7f"),
                  "2.25.340282366920938463463374607431768211455");
    assert_dotted(bytes_of("2a 8180808080808080808000"), "1.2.1180591620717411303424");
    assert_dotted(bytes_of("2a 00 7f 8100 ff7f"), "1.2.0.127.128.16383");
}

static void an_arc_beyond_measure_is_called_huge(void **state)
{
    char hex[256] = "2a";

    (void)state;
    for (int i = 0; i < 40; i++)
        strcat(hex, "ff");
    strcat(hex, "7f");
    assert_dotted(bytes_of(hex), "1.2.huge");
    assert_dotted(bytes_of(hex + 2), "huge");
}

/* X.690 8.19.2. */
static void padding_and_loose_ends_are_not_valid(void **state)
{
    static const char *const bad[] = {"",       "80",   "8001",           "2a80",
                                      "2a8001", "2a86", "2a8648ce3d8001", "ff"};
    static const char *const good[] = {"00", "2a", "2a8100", "2a818001", "8100"};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(writ_oid_is_valid(bytes_of(bad[i])));
        assert_dotted(bytes_of(bad[i]), "invalid");
    }
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_true(writ_oid_is_valid(bytes_of(good[i])));
}

static void an_identifier_is_shown_by_name_or_number(void **state)
{
    struct writ_buffer b = {0};

    (void)state;
    writ_oid_add_name(&b, writ_oid_content(WRIT_OID_CODE_SIGNING));
    writ_buffer_byte(&b, ' ');
    writ_oid_add_name(&b, bytes_of("550405"));
    writ_buffer_byte(&b, ' ');
    writ_oid_add_name(&b, WRIT_SPAN_NONE);
    assert_text(writ_buffer_span(&b), "codeSigning 2.5.4.5 invalid");
    writ_buffer_free(&b);
}

static const struct CMUnitTest claims[] = {
    CLAIM(this_table_has_every_identifier_once),
    CLAIM(every_identifier_is_what_its_rfc_says),
    CLAIM(openssl_encodes_every_identifier_the_same),
    CLAIM(every_identifier_is_found_by_its_content),
    CLAIM(nothing_else_is_found),
    CLAIM(the_first_two_arcs_share_a_number),
    CLAIM(arcs_of_128_bits_are_written_in_full),
    CLAIM(an_arc_beyond_measure_is_called_huge),
    CLAIM(padding_and_loose_ends_are_not_valid),
    CLAIM(an_identifier_is_shown_by_name_or_number),
};

RUN_CLAIMS(claims)
