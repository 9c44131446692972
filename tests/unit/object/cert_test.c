#include "object/cert.h"

#include "base/time.h"
#include "object/certs.h"

static struct writ_error e;
static struct writ_cert cert;

/* Reads a certificate that is sound; shows the sentence when it is not. */
static const struct writ_cert *read_cert(struct writ_span bytes)
{
    writ_error_clear(&e);
    assert_ok(writ_cert_parse(bytes, &cert, &e));
    return &cert;
}

#define READ(...) read_cert(CERT(__VA_ARGS__))

/* A certificate with these pieces is refused with these words. */
#define REFUSED(words, ...)                                                                        \
    assert_fault(writ_cert_parse(CERT(__VA_ARGS__), &cert, &e), WRIT_FAULT_BAD_INPUT, words)

/* ---- the whole ---- */

static void a_certificate_is_read_field_by_field(void **state)
{
    struct cert_pieces pieces = {.extensions = EXTENSIONS(EXTENSION(SUBJECT_KEY_ID, "04{ abcd }"))};
    struct writ_span bytes = der(cert_text(&pieces));

    (void)state;
    read_cert(bytes);
    assert_spans_equal(cert.der, bytes);
    assert_spans_equal(cert.tbs, der(tbs_text(&pieces)));
    assert_spans_equal(cert.serial, bytes_of("11"));
    assert_spans_equal(cert.issuer.der, der(NAME("CA")));
    assert_text(cert.issuer.common_name, "CA");
    assert_spans_equal(cert.subject.der, der(NAME("Alice")));
    assert_text(cert.subject.common_name, "Alice");
    assert_int_equal(cert.not_before, 1735689600);
    assert_int_equal(cert.not_after, 2051222400);
    assert_spans_equal(cert.key.spki, der(P256_KEY));
    assert_spans_equal(cert.key.bits, bytes_of(POINT));
    assert_int_equal(cert.signature_algorithm, WRIT_OID_ECDSA_SHA256);
    assert_spans_equal(cert.signature, der("30{ 02{ 01 } 02{ 01 } }"));
    assert_spans_equal(cert.subject_key_id, bytes_of("abcd"));
}

static void without_extensions_nothing_is_claimed(void **state)
{
    (void)state;
    READ(.extensions = "");
    assert_false(cert.has_basic_constraints || cert.is_ca || cert.has_key_usage ||
                 cert.purposes_critical || cert.is_numbered || cert.has_ocsp_url ||
                 cert.has_unknown_critical);
    assert_int_equal(cert.path_length, WRIT_CERT_NO_PATH_LENGTH);
    assert_int_equal(cert.key_usage, 0);
    assert_int_equal(cert.purpose_count, 0);
    assert_int_equal(cert.subject_key_id.n, 0);
    assert_int_equal(cert.authority_key_id.n, 0);
}

static void nothing_may_follow_anything(void **state)
{
    (void)state;
    REFUSED("trailing bytes after Certificate", .after = "00");
    REFUSED("trailing bytes after Certificate", .inside = "05{}");
    REFUSED("trailing bytes after TBSCertificate", .in_tbs = "05{}");
    REFUSED("trailing bytes after validity",
            .validity = "30{ 17{'250101000000Z'} 17{'350101000000Z'} 05{} }");
    REFUSED("trailing bytes after version", .version = "a0{ 02{ 02 } 05{} }");
    REFUSED("trailing bytes after extensions",
            .extensions = "a3{ 30{ " EXTENSION("2a03", "05{}") " } 05{} }");
}

static void other_things_are_no_certificates(void **state)
{
    (void)state;
    assert_fault(writ_cert_parse(WRIT_SPAN_NONE, &cert, &e), WRIT_FAULT_BAD_INPUT, "Certificate");
    assert_fault(writ_cert_parse(der("31{ 05{} }"), &cert, &e), WRIT_FAULT_BAD_INPUT,
                 "Certificate");
    assert_fault(writ_cert_parse(der("30{}"), &cert, &e), WRIT_FAULT_BAD_INPUT, "TBSCertificate");
    assert_fault(writ_cert_parse(writ_span_text("-----BEGIN CERTIFICATE-----"), &cert, &e),
                 WRIT_FAULT_BAD_INPUT, "Certificate");
}

/* Pads a certificate with an extension to exactly n bytes. */
static struct writ_span cert_of_size(size_t n)
{
    size_t filler = n - 300;
    struct writ_span bytes = WRIT_SPAN_NONE;

    for (int i = 0; i < 3 && bytes.n != n; i++, filler = filler + n - bytes.n)
        bytes =
            CERT(.extensions = piece("a3{ 30{ 30{ 06{ 2a03 } 04{ %s } } } }", times(filler, "05")));
    assert_int_equal(bytes.n, n);
    return bytes;
}

static void a_hundred_and_28_kibibytes_are_the_ceiling(void **state)
{
    (void)state;
    read_cert(cert_of_size(WRIT_CERT_MAX));
    assert_fault(writ_cert_parse(cert_of_size(WRIT_CERT_MAX + 1), &cert, &e), WRIT_FAULT_BAD_INPUT,
                 "certificate of 131073 bytes, the ceiling is 131072");
}

static void lengths_in_ber_are_refused(void **state)
{
    struct writ_span good = CERT(.serial = NULL);
    struct writ_buffer b = {0};

    (void)state;
    writ_buffer_add(&b, bytes_of("3080"));
    writ_buffer_add(&b, WRIT_SPAN(good.p + 4, good.n - 4));
    writ_buffer_add(&b, bytes_of("0000"));
    assert_fault(writ_cert_parse(writ_buffer_span(&b), &cert, &e), WRIT_FAULT_BAD_INPUT,
                 "indefinite length (BER)");
    writ_buffer_free(&b);
}

/* ---- version, serial, validity ---- */

static void versions_1_2_and_3_are_read(void **state)
{
    (void)state;
    READ(.version = "");
    READ(.version = "a0{ 02{ 01 } }");
    READ(.version = "a0{ 02{ 02 } }");
    REFUSED("version: number is larger than 2", .version = "a0{ 02{ 03 } }");
    REFUSED("version: number is negative", .version = "a0{ 02{ ff } }");
    REFUSED("version", .version = "a0{}");
}

static void the_default_version_is_not_written_out(void **state)
{
    (void)state;
    REFUSED("version: the default v1 is written out (BER)", .version = "a0{ 02{ 00 } }");
}

static void only_version_3_has_extensions(void **state)
{
    const char *extensions = EXTENSIONS(EXTENSION("2a03", "05{}"));

    (void)state;
    READ(.extensions = extensions);
    REFUSED("trailing bytes after TBSCertificate", .version = "", .extensions = extensions);
    REFUSED("trailing bytes after TBSCertificate", .version = "a0{ 02{ 01 } }",
            .extensions = extensions);
}

static void a_serial_has_at_most_20_octets(void **state)
{
    (void)state;
    READ(.serial = piece("02{ 7f %s }", times(19, "ff")));
    assert_int_equal(cert.serial.n, 20);
    REFUSED("serialNumber: 21 octets, RFC 5280 allows 20",
            .serial = piece("02{ 7f %s }", times(20, "ff")));
    REFUSED("serialNumber: 22 octets, RFC 5280 allows 20",
            .serial = piece("02{ 00 %s }", times(21, "ff")));
}

static void the_00_before_a_serial_of_20_octets_is_not_counted(void **state)
{
    (void)state;
    READ(.serial = piece("02{ 00 %s }", times(20, "ff")));
    assert_int_equal(cert.serial.n, 21);
}

static void a_serial_is_kept_as_it_stands(void **state)
{
    (void)state;
    assert_spans_equal(READ(.serial = "02{ 00 }")->serial, bytes_of("00"));
    assert_spans_equal(READ(.serial = "02{ ff }")->serial, bytes_of("ff"));
    assert_spans_equal(READ(.serial = "02{ 0080 }")->serial, bytes_of("0080"));
    REFUSED("serialNumber: INTEGER is empty or not minimal", .serial = "02{ 0001 }");
    REFUSED("serialNumber: INTEGER is empty or not minimal", .serial = "02{}");
    REFUSED("serialNumber", .serial = "0a{ 01 }");
}

static void validity_is_two_times_that_exist(void **state)
{
    (void)state;
    READ(.validity = "30{ 18{'19491231235959Z'} 18{'99991231235959Z'} }");
    assert_int_equal(cert.not_before, -631152001);
    assert_int_equal(cert.not_after, WRIT_TIME_MAX);
    REFUSED("notBefore: not a time in UTC that exists",
            .validity = "30{ 17{'250229000000Z'} 17{'350101000000Z'} }");
    REFUSED("notAfter: not a time in UTC that exists",
            .validity = "30{ 17{'250101000000Z'} 17{'350101000000+0100'} }");
    REFUSED("notAfter", .validity = "30{ 17{'250101000000Z'} 17{'3501010000Z'} }");
    REFUSED("notBefore: wanted a time",
            .validity = "30{ 0c{'250101000000Z'} 17{'350101000000Z'} }");
    REFUSED("notAfter", .validity = "30{ 17{'250101000000Z'} }");
}

/* RFC 5280 4.1.2.5 knows no fractions; only timestamps do. */
static void fractions_of_a_second_are_refused(void **state)
{
    (void)state;
    REFUSED("notAfter", .validity = "30{ 17{'250101000000Z'} 18{'20350101000000.5Z'} }");
}

/* ---- algorithms ---- */

static void inner_and_outer_algorithm_are_the_same(void **state)
{
    (void)state;
    READ(.inner = RSA_SHA256, .outer = RSA_SHA256);
    assert_int_equal(cert.signature_algorithm, WRIT_OID_RSA_SHA256);
    REFUSED("signature and signatureAlgorithm differ", .outer = "30{ 06{ 2a8648ce3d040303 } }");
    REFUSED("signature and signatureAlgorithm differ", .inner = RSA_SHA256);
    /* the same identifier, with NULL and without */
    REFUSED("signature and signatureAlgorithm differ", .inner = RSA_SHA256,
            .outer = "30{ 06{ 2a864886f70d01010b } }");
}

/* Both algorithms of a certificate with this one, in text. */
#define ALGORITHM(text) .inner = text, .outer = text

static void parameters_are_those_the_algorithm_has(void **state)
{
    (void)state;
    READ(ALGORITHM("30{ 06{ 2a864886f70d01010b } }"));
    READ(ALGORITHM("30{ 06{ 2b6570 } }"));
    assert_int_equal(cert.signature_algorithm, WRIT_OID_ED25519);
    REFUSED("trailing bytes after signature", ALGORITHM("30{ 06{ 2a8648ce3d040302 } 05{} }"));
    REFUSED("trailing bytes after signature", ALGORITHM("30{ 06{ 2b6570 } 05{} }"));
    REFUSED("signature", ALGORITHM("30{ 06{ 2a864886f70d01010b } 30{} }"));
    REFUSED("trailing bytes after signature",
            ALGORITHM("30{ 06{ 2a864886f70d01010b } 05{} 05{} }"));
    REFUSED("signature: not a valid OBJECT IDENTIFIER", ALGORITHM("30{ 06{ 80 } }"));
}

static void an_algorithm_nobody_knows_is_unknown(void **state)
{
    (void)state;
    READ(ALGORITHM("30{ 06{ 2a864886f70d01010a } 30{ a0{ 30{} } } }")); /* RSASSA-PSS */
    assert_int_equal(cert.signature_algorithm, WRIT_OID_UNKNOWN);
}

static void a_signature_is_whole_octets(void **state)
{
    (void)state;
    READ(.signature = "03{ 00 }");
    REFUSED("signatureValue: 4 unused bits", .signature = "03{ 04 f0 }");
    REFUSED("signatureValue", .signature = "03{}");
    REFUSED("signatureValue", .signature = "04{ 00 }");
}

/* ---- names ---- */

static void the_last_of_several_names_is_kept_and_teams_are_counted(void **state)
{
    const struct writ_name *n = &cert.subject;

    (void)state;
    READ(.subject = "30{ " ATTRIBUTE(O, "0c{'first'}") ATTRIBUTE(O, "13{'Example'}")
             ATTRIBUTE(OU, "0c{'one'}") ATTRIBUTE(OU, "0c{'two'}") ATTRIBUTE(CN, "0c{'a'}")
                 ATTRIBUTE(CN, "0c{'b'}") " }");
    assert_text(n->organization, "Example");
    assert_text(n->unit, "two");
    assert_int_equal(n->unit_count, 2);
    assert_text(n->common_name, "b");
}

static void a_part_of_a_name_may_hold_several_attributes(void **state)
{
    (void)state;
    READ(.subject = "30{ 31{ 30{ " CN " 0c{'a'} } 30{ " OU " 0c{'t'} } } }");
    assert_text(cert.subject.common_name, "a");
    assert_text(cert.subject.unit, "t");
}

static void a_name_may_be_empty(void **state)
{
    (void)state;
    READ(.subject = "30{}");
    assert_spans_equal(cert.subject.der, bytes_of("3000"));
    assert_int_equal(cert.subject.common_name.n, 0);
    assert_int_equal(cert.subject.unit_count, 0);
}

static void every_kind_of_string_is_text_and_nothing_else_is(void **state)
{
    static const char *const strings[] = {"0c", "13", "14", "16", "1c", "1e"};
    static const char *const others[] = {"02", "04", "1a", "80"};

    (void)state;
    for (size_t i = 0; i < 6; i++) {
        READ(.subject = piece("30{ 31{ 30{ " CN " %s{ 41 } } } }", strings[i]));
        assert_text(cert.subject.common_name, "A");
    }
    for (size_t i = 0; i < 4; i++) {
        READ(.subject = piece("30{ 31{ 30{ " OU " %s{ 41 } } } }", others[i]));
        assert_int_equal(cert.subject.unit_count, 0);
    }
}

static void malformed_names_are_refused(void **state)
{
    (void)state;
    REFUSED("subject", .subject = "31{}");
    REFUSED("subject", .subject = "30{ 31{} }");
    REFUSED("subject", .subject = "30{ 30{ 30{ " CN " 0c{'a'} } } }");
    REFUSED("subject", .subject = "30{ 31{ 30{ " CN " } } }");
    REFUSED("trailing bytes after subject", .subject = "30{ 31{ 30{ " CN " 0c{'a'} 0c{'b'} } } }");
    REFUSED("issuer", .issuer = "30{ 31{ 30{ 0c{'a'} " CN " } } }");
    REFUSED("subject", .subject = "30{ " ATTRIBUTE(CN, "0c{'a'}") " 31 }");
    REFUSED("subject", .subject = "30{ 31{ 30{ " CN " 0c{'a'} } 30 } }");
    REFUSED("issuer: not a valid OBJECT IDENTIFIER", .issuer = "30{ 31{ 30{ 06{} 0c{'a'} } } }");
}

static void self_issued_means_the_same_name_octet_for_octet(void **state)
{
    (void)state;
    assert_true(writ_cert_is_self_issued(READ(.issuer = NAME("Root"), .subject = NAME("Root"))));
    assert_false(writ_cert_is_self_issued(READ(.issuer = NAME("Root"), .subject = NAME("root"))));
    assert_false(writ_cert_is_self_issued(
        READ(.issuer = NAME("Root"), .subject = "30{ " ATTRIBUTE(CN, "13{'Root'}") " }")));
}

static void assert_shown(const char *subject, const char *wanted)
{
    struct writ_buffer b = {0};

    READ(.subject = subject);
    writ_name_add_text(&b, &cert.subject);
    assert_string_equal(writ_buffer_string(&b), wanted);
    writ_buffer_free(&b);
}

static void a_name_is_shown_as_people_read_it(void **state)
{
    (void)state;
    assert_shown("30{ " ATTRIBUTE(O, "0c{'Example Corp'}") ATTRIBUTE(OU, "0c{'team'}")
                     ATTRIBUTE(CN, "0c{'Alice'}") " }",
                 "Alice, Example Corp");
    assert_shown("30{ " ATTRIBUTE(O, "0c{'Example Corp'}") ATTRIBUTE(OU, "0c{'team'}") " }",
                 "team, Example Corp");
    assert_shown("30{ " ATTRIBUTE(O, "0c{'Example Corp'}") " }", "Example Corp");
    assert_shown("30{ " ATTRIBUTE(CN, "0c{'Alice'}") " }", "Alice");
    assert_shown("30{ " ATTRIBUTE(O, "0c{'O'}") ATTRIBUTE(CN, "0c{'A'}") " }", "A, O");
    assert_shown("30{}", "unnamed");
    assert_shown("30{ " ATTRIBUTE(CN, "0c{ 'a' 1b '[2J' }") " }", "a\\x1b[2J");
    assert_shown("30{ " ATTRIBUTE(CN, "1e{ 0041 }") " }", "\\x00A");
}

/* ---- keys ---- */

#define RSA_KEY(public) "30{ 30{ 06{ 2a864886f70d010101 } 05{} } 03{ 00 " public " } }"

static void assert_key(const char *key, const char *wanted)
{
    struct writ_buffer b = {0};

    READ(.key = key);
    writ_public_key_add_text(&b, &cert.key);
    assert_string_equal(writ_buffer_string(&b), wanted);
    writ_buffer_free(&b);
}

static void keys_are_told_apart(void **state)
{
    (void)state;
    assert_key(P256_KEY, "P-256");
    assert_int_equal(cert.key.curve, WRIT_OID_P256);
    assert_key(EC_KEY("06{ 2b81040022 }"), "P-384");
    assert_key(EC_KEY("06{ 2b8104000a }"), "EC on an unknown curve"); /* secp256k1 */
    assert_key("30{ 30{ 06{ 2b6570 } } 03{ 00 0102 } }", "Ed25519");
    assert_key("30{ 30{ 06{ 2b6571 } 30{} } 03{ 00 0102 } }", "unknown kind of key"); /* Ed448 */
}

static void the_length_of_an_rsa_key_is_that_of_its_modulus(void **state)
{
    (void)state;
    assert_key(piece(RSA_KEY("30{ 02{ 00 80 %s } 02{ 010001 } }"), times(255, "00")), "RSA 2048");
    assert_int_equal(cert.key.rsa_bits, 2048);
    assert_key(piece(RSA_KEY("30{ 02{ 7f %s } 02{ 03 } }"), times(255, "ff")), "RSA 2047");
    assert_key(RSA_KEY("30{ 02{ 01 } 02{ 03 } }"), "RSA 1");
    assert_key(RSA_KEY("30{ 02{ 00 } 02{ 03 } }"), "RSA 0");
    assert_key(RSA_KEY("30{ 02{ 00ff } 02{ 03 } }"), "RSA 8");
}

static void malformed_rsa_keys_are_refused(void **state)
{
    (void)state;
    REFUSED("RSAPublicKey", .key = RSA_KEY(""));
    REFUSED("modulus: INTEGER is empty or not minimal",
            .key = RSA_KEY("30{ 02{ 0001 } 02{ 03 } }"));
    REFUSED("publicExponent", .key = RSA_KEY("30{ 02{ 01 } }"));
    REFUSED("trailing bytes after RSAPublicKey", .key = RSA_KEY("30{ 02{ 01 } 02{ 03 } 05{} }"));
    REFUSED("trailing bytes after RSAPublicKey", .key = RSA_KEY("30{ 02{ 01 } 02{ 03 } } 00"));
    REFUSED("modulus or publicExponent is negative", .key = RSA_KEY("30{ 02{ 80 } 02{ 03 } }"));
    REFUSED("modulus or publicExponent is negative", .key = RSA_KEY("30{ 02{ 01 } 02{ 80 } }"));
    REFUSED("rsaEncryption parameters",
            .key = "30{ 30{ 06{ 2a864886f70d010101 } } 03{ 00 30{ 02{ 01 } 02{ 03 } } } }");
}

/* RFC 5480 2.1.1: a curve is a name.  CVE-2020-0601 was a curve that a stranger had described. */
static void a_curve_described_by_its_parameters_is_refused(void **state)
{
    (void)state;
    REFUSED("namedCurve", .key = EC_KEY("30{ 02{ 01 } 30{} }"));
    REFUSED("namedCurve", .key = EC_KEY("05{}"));
    REFUSED("namedCurve", .key = EC_KEY(""));
    REFUSED("trailing bytes after subjectPublicKey algorithm",
            .key = EC_KEY("06{ 2a8648ce3d030107 } 05{}"));
}

static void malformed_keys_are_refused(void **state)
{
    (void)state;
    REFUSED("trailing bytes after subjectPublicKey algorithm",
            .key = "30{ 30{ 06{ 2b6570 } 05{} } 03{ 00 01 } }");
    REFUSED("subjectPublicKey: 1 unused bits", .key = "30{ 30{ 06{ 2b6570 } } 03{ 01 02 } }");
    REFUSED("trailing bytes after subjectPublicKeyInfo",
            .key = "30{ 30{ 06{ 2b6570 } } 03{ 00 01 } 05{} }");
    REFUSED("subjectPublicKey algorithm", .key = "30{ 30{} 03{ 00 01 } }");
    REFUSED("subjectPublicKey", .key = "30{ 30{ 06{ 2b6570 } } 04{ 00 01 } }");
}

static void unique_identifiers_are_stepped_over_in_their_order(void **state)
{
    (void)state;
    READ(.unique = "81{ 00 01 } 82{ 00 01 }");
    READ(.unique = "82{ 00 01 }", .extensions = EXTENSIONS(EXTENSION("2a03", "05{}")));
    REFUSED("trailing bytes after TBSCertificate", .unique = "82{ 00 01 } 81{ 00 01 }");
    REFUSED("trailing bytes after TBSCertificate", .unique = "a1{ 03{ 00 } }");
    REFUSED("trailing bytes after TBSCertificate", .unique = "83{ 00 01 }");
}

/* ---- extensions ---- */

static void an_extension_has_one_form(void **state)
{
    (void)state;
    REFUSED("Extension", .extensions = "a3{ 30{} }");
    REFUSED("extensions", .extensions = "a3{}");
    REFUSED("Extension", .extensions = "a3{ 30{ " EXTENSION("2a03", "05{}") " 30 } }");
    REFUSED("trailing bytes after Extension",
            .extensions = EXTENSIONS("30{ 06{ 2a03 } 04{ 05{} } 05{} }"));
    REFUSED("extnValue", .extensions = EXTENSIONS("30{ 06{ 2a03 } }"));
    REFUSED("extnID", .extensions = EXTENSIONS("30{ 04{ 05{} } }"));
    REFUSED("critical", .extensions = EXTENSIONS("30{ 06{ 2a03 } 01{ 01 } 04{ 05{} } }"));
    REFUSED("critical: the default FALSE is written out (BER)",
            .extensions = EXTENSIONS("30{ 06{ 2a03 } 01{ 00 } 04{ 05{} } }"));
    REFUSED("trailing bytes after extnValue",
            .extensions = EXTENSIONS(EXTENSION(SUBJECT_KEY_ID, "04{ ab } 00")));
}

static void the_same_extension_twice_is_refused(void **state)
{
    (void)state;
    READ(.extensions = EXTENSIONS(EXTENSION("2a03", "05{}") EXTENSION("2a04", "05{}")));
    REFUSED("the same extension stands twice",
            .extensions = EXTENSIONS(EXTENSION("2a03", "05{}") EXTENSION("2a04", "05{}")
                                         EXTENSION("2a03", "05{}")));
    REFUSED("the same extension stands twice",
            .extensions = EXTENSIONS(EXTENSION(NUMBER, "02{ 05 }") EXTENSION(NUMBER, "02{ 06 }")));
}

/* n extensions that nobody knows. */
static const char *unknown_extensions(size_t n)
{
    const char *list = "";

    for (size_t i = 0; i < n; i++)
        list = piece("%s 30{ 06{ 2a03 %02zx } 04{ 05{} } }", list, i);
    return piece("a3{ 30{ %s } }", list);
}

static void forty_extensions_are_the_ceiling(void **state)
{
    (void)state;
    READ(.extensions = unknown_extensions(WRIT_CERT_EXTENSIONS_MAX));
    REFUSED("more than 40 extensions",
            .extensions = unknown_extensions(WRIT_CERT_EXTENSIONS_MAX + 1));
}

static void the_first_unknown_critical_extension_is_remembered(void **state)
{
    (void)state;
    READ(.extensions = EXTENSIONS(EXTENSION("2a02", "05{}") CRITICAL("2a03", "05{}")
                                      CRITICAL("2a04", "05{}")));
    assert_true(cert.has_unknown_critical);
    assert_spans_equal(cert.unknown_critical, bytes_of("2a03"));
}

static void what_is_enforced_may_be_critical(void **state)
{
    static const char *const enforced[] = {"551d11", "551d1e", "551d1f", "551d20",
                                           "551d21", "551d24", "551d36"};

    (void)state;
    for (size_t i = 0; i < sizeof enforced / sizeof enforced[0]; i++) {
        READ(.extensions = piece("a3{ 30{ 30{ 06{ %s } 01{ ff } 04{ 30{} } } } }", enforced[i]));
        assert_false(cert.has_unknown_critical);
    }
    READ(.extensions = EXTENSIONS(CRITICAL(BASIC_CONSTRAINTS, "30{}") CRITICAL(
             KEY_USAGE, "03{ 07 80 }") CRITICAL(EXT_KEY_USAGE, "30{ 06{ 2a03 } }")));
    assert_false(cert.has_unknown_critical);
}

/* RFC 5280 says of each that it is not critical; one that is says something we do not know. */
static void identifiers_and_numbers_may_not_be_critical(void **state)
{
    (void)state;
    assert_true(
        READ(.extensions = EXTENSIONS(CRITICAL(SUBJECT_KEY_ID, "04{ ab }")))->has_unknown_critical);
    assert_true(
        READ(.extensions = EXTENSIONS(CRITICAL(AUTHORITY_KEY_ID, "30{}")))->has_unknown_critical);
    assert_true(READ(.extensions = EXTENSIONS(CRITICAL(ACCESS, "30{}")))->has_unknown_critical);
    assert_true(READ(.extensions = EXTENSIONS(CRITICAL(NUMBER, "02{ 01 }")))->has_unknown_critical);
}

/* ---- each extension ---- */

#define BASIC(value) .extensions = EXTENSIONS(CRITICAL(BASIC_CONSTRAINTS, value))

static void basic_constraints_make_a_ca_or_not(void **state)
{
    (void)state;
    READ(BASIC("30{}"));
    assert_true(cert.has_basic_constraints && !cert.is_ca);
    assert_int_equal(cert.path_length, WRIT_CERT_NO_PATH_LENGTH);
    READ(BASIC("30{ 01{ ff } }"));
    assert_true(cert.is_ca);
    assert_int_equal(cert.path_length, WRIT_CERT_NO_PATH_LENGTH);
    assert_int_equal(READ(BASIC("30{ 01{ ff } 02{ 00 } }"))->path_length, 0);
    assert_int_equal(READ(BASIC("30{ 01{ ff } 02{ 00ff } }"))->path_length, 255);
    REFUSED("pathLenConstraint: number is larger than 255", BASIC("30{ 01{ ff } 02{ 0100 } }"));
    REFUSED("pathLenConstraint: number is negative", BASIC("30{ 01{ ff } 02{ ff } }"));
    REFUSED("cA: the default FALSE is written out (BER)", BASIC("30{ 01{ 00 } }"));
    REFUSED("cA", BASIC("30{ 01{ 01 } }"));
    REFUSED("trailing bytes after basicConstraints", BASIC("30{ 01{ ff } 02{ 00 } 05{} }"));
    REFUSED("basicConstraints", BASIC("05{}"));
}

#define USAGE(value) .extensions = EXTENSIONS(CRITICAL(KEY_USAGE, value))

static void key_usage_is_a_set_of_bits(void **state)
{
    (void)state;
    assert_int_equal(READ(USAGE("03{ 07 80 }"))->key_usage, WRIT_USAGE_DIGITAL_SIGNATURE);
    assert_int_equal(READ(USAGE("03{ 06 c0 }"))->key_usage,
                     WRIT_USAGE_DIGITAL_SIGNATURE | WRIT_USAGE_CONTENT_COMMITMENT);
    assert_int_equal(READ(USAGE("03{ 01 06 }"))->key_usage,
                     WRIT_USAGE_KEY_CERT_SIGN | WRIT_USAGE_CRL_SIGN);
    assert_true(cert.has_key_usage);
    assert_int_equal(READ(USAGE("03{ 07 00 80 }"))->key_usage, 1 << 8); /* decipherOnly */
    REFUSED("keyUsage: wanted 1 or 2 octets of bits, found 0", USAGE("03{ 00 }"));
    REFUSED("keyUsage: wanted 1 or 2 octets of bits, found 3", USAGE("03{ 00 010203 }"));
    REFUSED("keyUsage: BIT STRING whose unused bits are not zero", USAGE("03{ 07 81 }"));
    REFUSED("keyUsage: BIT STRING with 8 unused bits", USAGE("03{ 08 80 }"));
}

#define CODE_SIGNING  "06{ 2b06010505070303 }"
#define TIME_STAMPING "06{ 2b06010505070308 }"

static void purposes_are_listed_with_their_criticality(void **state)
{
    (void)state;
    READ(.extensions = EXTENSIONS(EXTENSION(EXT_KEY_USAGE, "30{" CODE_SIGNING " 06{ 2a03 } }")));
    assert_int_equal(cert.purpose_count, 2);
    assert_int_equal(cert.purpose[0], WRIT_OID_CODE_SIGNING);
    assert_int_equal(cert.purpose[1], WRIT_OID_UNKNOWN);
    assert_false(cert.purposes_critical);
    assert_true(writ_cert_has_purpose(&cert, WRIT_OID_CODE_SIGNING));
    assert_false(writ_cert_has_purpose(&cert, WRIT_OID_TIME_STAMPING));
    assert_false(writ_cert_has_sole_purpose(&cert, WRIT_OID_CODE_SIGNING));
    READ(.extensions = EXTENSIONS(CRITICAL(EXT_KEY_USAGE, "30{" TIME_STAMPING "}")));
    assert_true(cert.purposes_critical);
    assert_true(writ_cert_has_sole_purpose(&cert, WRIT_OID_TIME_STAMPING));
    assert_false(writ_cert_has_sole_purpose(&cert, WRIT_OID_CODE_SIGNING));
}

static void no_purposes_are_refused_and_sixteen_are_the_ceiling(void **state)
{
    (void)state;
    REFUSED("KeyPurposeId", .extensions = EXTENSIONS(CRITICAL(EXT_KEY_USAGE, "30{}")));
    REFUSED("KeyPurposeId",
            .extensions = EXTENSIONS(CRITICAL(EXT_KEY_USAGE, "30{ 06{ 2a03 } 06 }")));
    READ(.extensions = piece(EXTENSIONS(CRITICAL(EXT_KEY_USAGE, "30{ %s }")),
                             times(WRIT_CERT_PURPOSES_MAX, "06{ 2a03 }")));
    assert_int_equal(cert.purpose_count, WRIT_CERT_PURPOSES_MAX);
    REFUSED("extKeyUsage: more than 16 purposes",
            .extensions = piece(EXTENSIONS(CRITICAL(EXT_KEY_USAGE, "30{ %s }")),
                                times(WRIT_CERT_PURPOSES_MAX + 1, "06{ 2a03 }")));
}

static void the_issuers_key_is_named_by_its_identifier(void **state)
{
    (void)state;
    READ(.extensions = EXTENSIONS(EXTENSION(AUTHORITY_KEY_ID, "30{ 80{ abcdef } }")));
    assert_spans_equal(cert.authority_key_id, bytes_of("abcdef"));
    READ(.extensions =
             EXTENSIONS(EXTENSION(AUTHORITY_KEY_ID, "30{ 80{ ab } a1{ 86{'x'} } 82{ 01 } }")));
    assert_spans_equal(cert.authority_key_id, bytes_of("ab"));
    READ(.extensions = EXTENSIONS(EXTENSION(AUTHORITY_KEY_ID, "30{ a1{ 86{'x'} } 82{ 01 } }")));
    assert_int_equal(cert.authority_key_id.n, 0);
    REFUSED("authorityKeyIdentifier",
            .extensions = EXTENSIONS(EXTENSION(AUTHORITY_KEY_ID, "05{}")));
    REFUSED("authorityKeyIdentifier",
            .extensions = EXTENSIONS(EXTENSION(AUTHORITY_KEY_ID, "30{ 80{ ab } ff }")));
    REFUSED("subjectKeyIdentifier", .extensions = EXTENSIONS(EXTENSION(SUBJECT_KEY_ID, "05{}")));
}

#define WHERE(method) "30{ 06{ 2b060105050730 " method " } 86{'http://x/'} }"

static void a_responder_that_is_named_is_noticed(void **state)
{
    (void)state;
    assert_true(
        READ(.extensions = EXTENSIONS(EXTENSION(ACCESS, "30{" WHERE("01") "}")))->has_ocsp_url);
    assert_true(READ(.extensions = EXTENSIONS(
                         EXTENSION(ACCESS, "30{" WHERE("02") WHERE("01") WHERE("02") "}")))
                    ->has_ocsp_url);
    assert_false(
        READ(.extensions = EXTENSIONS(EXTENSION(ACCESS, "30{" WHERE("02") "}")))->has_ocsp_url);
    REFUSED("AccessDescription", .extensions = EXTENSIONS(EXTENSION(ACCESS, "30{ 05{} }")));
    REFUSED("AccessDescription",
            .extensions = EXTENSIONS(EXTENSION(ACCESS, "30{" WHERE("01") " 30 }")));
    REFUSED("accessLocation",
            .extensions = EXTENSIONS(EXTENSION(ACCESS, "30{ 30{ 06{ 2a03 } } }")));
    REFUSED("trailing bytes after AccessDescription",
            .extensions = EXTENSIONS(EXTENSION(ACCESS, "30{ 30{ 06{ 2a03 } 05{} 05{} } }")));
}

#define NUMBERED(value) .extensions = EXTENSIONS(EXTENSION(NUMBER, value))

static void an_issuance_number_is_0_to_63_bits(void **state)
{
    (void)state;
    READ(NUMBERED("02{ 00 }"));
    assert_true(cert.is_numbered);
    assert_int_equal(cert.number, 0);
    assert_int_equal(READ(NUMBERED("02{ 7fffffffffffffff }"))->number, INT64_MAX);
    REFUSED("issuance number: number is larger than 9223372036854775807",
            NUMBERED("02{ 00 8000000000000000 }"));
    REFUSED("issuance number: number is negative", NUMBERED("02{ ff }"));
    REFUSED("issuance number", NUMBERED("0c{'1'}"));
    REFUSED("trailing bytes after extnValue", NUMBERED("02{ 01 } 02{ 02 }"));
}

/* ---- all of it ---- */

/* A certificate with everything writ reads. */
static struct writ_span a_full_certificate(void)
{
    return CERT(.subject = "30{ " ATTRIBUTE(O, "0c{'Example'}") ATTRIBUTE(OU, "0c{'team'}")
                    ATTRIBUTE(CN, "0c{'Alice'}") " }",
                .extensions = EXTENSIONS(CRITICAL(BASIC_CONSTRAINTS, "30{}") CRITICAL(
                    KEY_USAGE, "03{ 07 80 }") CRITICAL(EXT_KEY_USAGE, "30{" CODE_SIGNING "}")
                                             EXTENSION(SUBJECT_KEY_ID, "04{ 01020304 }")
                                                 EXTENSION(AUTHORITY_KEY_ID, "30{ 80{ 05060708 } }")
                                                     EXTENSION(NUMBER, "02{ 2a }")
                                                         EXTENSION(ACCESS, "30{" WHERE("02") "}")));
}

static bool passes(struct writ_span bytes)
{
    struct writ_error found = {0};
    struct writ_cert c;

    return writ_cert_parse(bytes, &c, &found) == 0;
}

static void no_beginning_of_a_certificate_passes(void **state)
{
    (void)state;
    assert_no_beginning_passes(a_full_certificate(), passes);
}

/* What is signed, by which algorithm, and the signature: nothing else is in a certificate. */
static bool describe(struct writ_span bytes, struct writ_buffer *out)
{
    struct writ_error found = {0};
    struct writ_cert c;

    if (writ_cert_parse(bytes, &c, &found) < 0)
        return false;
    writ_buffer_add(out, c.tbs);
    writ_buffer_byte(out, (uint8_t)c.signature_algorithm);
    writ_buffer_add(out, c.signature);
    return true;
}

static void every_byte_of_a_certificate_counts(void **state)
{
    (void)state;
    assert_every_byte_counts(a_full_certificate(), describe);
}

static bool has_name(const char *alt_names_hex, const char *name)
{
    struct writ_cert named = {.alt_names = bytes_of(alt_names_hex)};

    return writ_cert_has_dns_name(&named, name);
}

/* SEQUENCE { [2] "a.b", [1] "c@d", [2] "E.f" } */
#define THREE_NAMES "30 0f 82 03 612e62 81 03 634064 82 03 452e66"

static void a_dns_name_is_found_whole_and_in_any_case(void **state)
{
    (void)state;
    assert_true(has_name(THREE_NAMES, "a.b"));
    assert_true(has_name(THREE_NAMES, "A.B"));
    assert_true(has_name(THREE_NAMES, "e.F"));
    assert_false(has_name(THREE_NAMES, "c@d"));
    assert_false(has_name(THREE_NAMES, "a."));
    assert_false(has_name(THREE_NAMES, "a.bc"));
    assert_false(has_name(THREE_NAMES, ""));
    assert_false(has_name("", "a.b"));
    assert_false(has_name("", ""));
    assert_true(has_name("30 05 82 03 2a2e62", "*.b"));
    assert_false(has_name("30 05 82 03 2a2e62", "a.b"));
}

static void names_that_are_malformed_are_none(void **state)
{
    (void)state;
    assert_false(has_name("30 06 82 03 612e62", "a.b"));
    assert_false(has_name("30 04 82 03 612e62", "a.b"));
    assert_false(has_name("30 05 82 03 612e62 00", "a.b"));
    assert_false(has_name("30 06 82 81 03 612e62", "a.b"));
    assert_false(has_name("30 08 82 03 612e62 82 03 61", "a.b"));
    assert_false(has_name("31 05 82 03 612e62", "a.b"));
    assert_false(has_name("30 06 82 04 612e6200", "a.b"));
}

static const struct CMUnitTest claims[] = {
    CLAIM(a_certificate_is_read_field_by_field),
    CLAIM(without_extensions_nothing_is_claimed),
    CLAIM(nothing_may_follow_anything),
    CLAIM(other_things_are_no_certificates),
    CLAIM(a_hundred_and_28_kibibytes_are_the_ceiling),
    CLAIM(lengths_in_ber_are_refused),
    CLAIM(versions_1_2_and_3_are_read),
    CLAIM(the_default_version_is_not_written_out),
    CLAIM(only_version_3_has_extensions),
    CLAIM(a_serial_has_at_most_20_octets),
    CLAIM(the_00_before_a_serial_of_20_octets_is_not_counted),
    CLAIM(a_serial_is_kept_as_it_stands),
    CLAIM(validity_is_two_times_that_exist),
    CLAIM(fractions_of_a_second_are_refused),
    CLAIM(inner_and_outer_algorithm_are_the_same),
    CLAIM(parameters_are_those_the_algorithm_has),
    CLAIM(an_algorithm_nobody_knows_is_unknown),
    CLAIM(a_signature_is_whole_octets),
    CLAIM(the_last_of_several_names_is_kept_and_teams_are_counted),
    CLAIM(a_part_of_a_name_may_hold_several_attributes),
    CLAIM(a_name_may_be_empty),
    CLAIM(every_kind_of_string_is_text_and_nothing_else_is),
    CLAIM(malformed_names_are_refused),
    CLAIM(self_issued_means_the_same_name_octet_for_octet),
    CLAIM(a_name_is_shown_as_people_read_it),
    CLAIM(keys_are_told_apart),
    CLAIM(the_length_of_an_rsa_key_is_that_of_its_modulus),
    CLAIM(malformed_rsa_keys_are_refused),
    CLAIM(a_curve_described_by_its_parameters_is_refused),
    CLAIM(malformed_keys_are_refused),
    CLAIM(unique_identifiers_are_stepped_over_in_their_order),
    CLAIM(an_extension_has_one_form),
    CLAIM(the_same_extension_twice_is_refused),
    CLAIM(forty_extensions_are_the_ceiling),
    CLAIM(the_first_unknown_critical_extension_is_remembered),
    CLAIM(what_is_enforced_may_be_critical),
    CLAIM(identifiers_and_numbers_may_not_be_critical),
    CLAIM(basic_constraints_make_a_ca_or_not),
    CLAIM(key_usage_is_a_set_of_bits),
    CLAIM(purposes_are_listed_with_their_criticality),
    CLAIM(no_purposes_are_refused_and_sixteen_are_the_ceiling),
    CLAIM(the_issuers_key_is_named_by_its_identifier),
    CLAIM(a_responder_that_is_named_is_noticed),
    CLAIM(an_issuance_number_is_0_to_63_bits),
    CLAIM(no_beginning_of_a_certificate_passes),
    CLAIM(every_byte_of_a_certificate_counts),
    CLAIM(a_dns_name_is_found_whole_and_in_any_case),
    CLAIM(names_that_are_malformed_are_none),
};

RUN_CLAIMS(claims)
