#include "object/cms.h"

#include "object/signeddata.h"

static struct writ_error e;
static struct writ_cms cms;

static const struct writ_cms *read_cms(struct writ_span bytes)
{
    writ_error_clear(&e);
    assert_ok(writ_cms_parse(bytes, &cms, &e));
    return &cms;
}

#define READ(...) read_cms(CMS(__VA_ARGS__))

#define REFUSED(words, ...)                                                                        \
    assert_fault(writ_cms_parse(CMS(__VA_ARGS__), &cms, &e), WRIT_FAULT_BAD_INPUT, words)

/* ---- the whole ---- */

static void a_signature_is_read_field_by_field(void **state)
{
    (void)state;
    READ(.type = NULL);
    assert_spans_equal(cms.content_type, writ_oid_content(WRIT_OID_CODE_DIRECTORY));
    assert_false(cms.has_content);
    assert_int_equal(cms.content.n, 0);
    assert_int_equal(cms.certificate_count, 1);
    assert_spans_equal(cms.certificate[0], bytes_of("30020500"));
    assert_spans_equal(cms.signer_issuer, der(NAME("CA")));
    assert_spans_equal(cms.signer_serial, bytes_of("11"));
    assert_int_equal(cms.signer_key_id.n, 0);
    assert_int_equal(cms.digest_algorithm, WRIT_OID_SHA256);
    assert_int_equal(cms.signature_algorithm, WRIT_OID_ECDSA_SHA256);
    assert_spans_equal(cms.signature, bytes_of("0a0b"));
}

static void its_signed_attributes_are_read(void **state)
{
    (void)state;
    READ(.type = NULL);
    assert_spans_equal(cms.signed_attributes, der(TIME TYPE DIGEST BOUND));
    assert_true(cms.has_content_type_attribute && cms.has_message_digest && cms.has_signing_time);
    assert_spans_equal(cms.content_type_attribute, writ_oid_content(WRIT_OID_CODE_DIRECTORY));
    assert_spans_equal(cms.message_digest, bytes_of(HASH));
    assert_int_equal(cms.signing_time, 1764054000);
    assert_true(cms.ess_v2.present);
    assert_int_equal(cms.ess_v2.hash_algorithm, WRIT_OID_SHA256);
    assert_spans_equal(cms.ess_v2.hash, bytes_of(HASH));
    assert_int_equal(cms.ess_v2.serial.n, 0);
    assert_false(cms.ess.present);
}

static void the_signature_is_over_the_attributes_as_a_set(void **state)
{
    struct writ_buffer b = {0};

    (void)state;
    READ(.type = NULL);
    assert_ok(writ_cms_signed_bytes(&cms, &b, &e));
    assert_spans_equal(writ_buffer_span(&b), der("31{ " TIME TYPE DIGEST BOUND " }"));
    writ_buffer_free(&b);
}

static void nothing_may_follow_anything(void **state)
{
    (void)state;
    REFUSED("trailing bytes after the encoding", .after = "00");
    REFUSED("trailing bytes after the encoding", .after = "05{}");
    REFUSED("trailing bytes after ContentInfo", .in_info = "05{}");
    REFUSED("trailing bytes after SignedData", .in_data = "05{}");
    REFUSED("trailing bytes after SignerInfo", .in_signer = "05{}");
    REFUSED("trailing bytes after content", .in_content = "05{}");
    REFUSED("trailing bytes after encapContentInfo", .content = "05{}");
    REFUSED("trailing bytes after eContent", .content = "a0{ 04{ 01 } 04{ 02 } }");
    REFUSED("trailing bytes after issuerAndSerialNumber",
            .signer_id = "30{ " NAME("CA") " 02{ 11 } 02{ 11 } }");
}

static void only_signed_data_is_read(void **state)
{
    (void)state;
    REFUSED("contentType: wanted signedData, found 1.2.840.113549.1.7.3",
            .type = "06{ 2a864886f70d010703 }");
    assert_fault(writ_cms_parse(WRIT_SPAN_NONE, &cms, &e), WRIT_FAULT_BAD_INPUT, "empty");
    assert_fault(writ_cms_parse(der("30{ " SIGNED_DATA " }"), &cms, &e), WRIT_FAULT_BAD_INPUT,
                 "content");
}

/* OpenSSL reads all of these. */
static void ber_is_refused_wherever_it_stands(void **state)
{
    (void)state;
    REFUSED("indefinite length (BER)", .certificates = "a0{ 30 80 05{} 0000 }");
    REFUSED("wrong form (BER)", .signature = "24{ 04{ 0a } 04{ 0b } }");
    REFUSED("wrong form (BER)", .content = "a0{ 24{ 04{ 0a } } }");
    REFUSED("wrong form (BER)", .certificates = "a0{ 30{ 24{ 04{ 0a } } } }");
    REFUSED("long form without need", .signature = "04 81 02 0a0b");
}

/* A certificate that holds n bytes. */
#define FILLED(n) piece("a0{ 30{ 04{ %s } } }", times(n, "00"))

static void sixty_four_kibibytes_are_the_ceiling(void **state)
{
    size_t around = CMS(.certificates = FILLED(60000)).n - 60000;

    (void)state;
    READ(.certificates = FILLED(WRIT_CMS_MAX - around));
    REFUSED("CMS of 65537 bytes, the ceiling is 65536",
            .certificates = FILLED(WRIT_CMS_MAX - around + 1));
}

/* ---- SignedData ---- */

/* RFC 5652 5.1: 3 where the content is not id-data, which we have no use for. */
static void signed_data_has_version_3(void **state)
{
    (void)state;
    REFUSED("SignedData: version 0, wanted 3", .version = "02{ 00 }");
    REFUSED("SignedData: version 1, wanted 3", .version = "02{ 01 }");
    REFUSED("SignedData: version 4, wanted 3", .version = "02{ 04 }");
    REFUSED("SignedData version: number is larger than 5", .version = "02{ 06 }");
}

/* No signature reaches this list: nothing may stand in it but what the signer says again. */
static void the_one_digest_algorithm_is_the_signers(void **state)
{
    (void)state;
    READ(.digests = "31{ 30{ 06{ 608648016503040201 } 05{} } }");
    REFUSED("digestAlgorithm", .digests = "31{}");
    REFUSED("digestAlgorithm", .digests = "31{ 05{} }");
    REFUSED("digestAlgorithms", .digests = "");
    REFUSED("trailing bytes after digestAlgorithms (one was wanted)",
            .digests = "31{ " SHA256 SHA256 " }");
    REFUSED("digestAlgorithms: another one than the signer's",
            .digests = "31{ 30{ 06{ 608648016503040202 } } }");
    REFUSED("digestAlgorithms: another one than the signer's", .digests = "31{ 30{ 06{ 2a03 } } }");
}

static void content_may_be_inside_or_detached(void **state)
{
    (void)state;
    READ(.content = "a0{ 04{ 010203 } }");
    assert_true(cms.has_content);
    assert_spans_equal(cms.content, bytes_of("010203"));
    READ(.content = "a0{ 04{} }");
    assert_true(cms.has_content);
    assert_int_equal(cms.content.n, 0);
    REFUSED("eContent", .content = "a0{}");
    REFUSED("eContent", .content = "a0{ 30{} }");
}

static void up_to_eight_certificates_are_kept_in_their_order(void **state)
{
    (void)state;
    READ(.certificates = "");
    assert_int_equal(cms.certificate_count, 0);
    READ(.certificates = "a0{ 30{ 02{ 07 } } 30{ 02{ 01 } } }");
    assert_int_equal(cms.certificate_count, 2);
    assert_spans_equal(cms.certificate[0], bytes_of("3003020107"));
    assert_spans_equal(cms.certificate[1], bytes_of("3003020101"));
    READ(.certificates = piece("a0{ %s }", times(WRIT_CMS_CERTIFICATES_MAX, "30{}")));
    assert_int_equal(cms.certificate_count, WRIT_CMS_CERTIFICATES_MAX);
    REFUSED("certificates: more than 8",
            .certificates = piece("a0{ %s }", times(WRIT_CMS_CERTIFICATES_MAX + 1, "30{}")));
}

static void other_kinds_of_certificates_are_refused(void **state)
{
    (void)state;
    REFUSED("Certificate", .certificates = "a0{ a2{ 05{} } }");
    REFUSED("Certificate", .certificates = "a0{ 30{} a3{ 05{} } }");
}

static void crls_are_refused(void **state)
{
    (void)state;
    REFUSED("SignedData: CRLs are not allowed here", .crls = "a1{ 30{} }");
    REFUSED("SignedData: CRLs are not allowed here", .crls = "a1{}");
}

static void there_is_exactly_one_signer(void **state)
{
    const char *signer = signer_text(&(struct cms_pieces){.type = NULL});

    (void)state;
    REFUSED("signerInfos: empty; exactly one SignerInfo was wanted", .signers = "");
    READ(.signers = signer);
    REFUSED("signerInfos: more than the one SignerInfo wanted",
            .signers = piece("%s %s", signer, signer));
    REFUSED("signerInfos: more than the one SignerInfo wanted",
            .signers = piece("%s 05{}", signer));
}

/* ---- SignerInfo ---- */

static void a_signer_is_named_by_issuer_and_serial_or_by_key(void **state)
{
    (void)state;
    READ(.signer_version = "02{ 03 }", .signer_id = "80{ abcd }");
    assert_spans_equal(cms.signer_key_id, bytes_of("abcd"));
    assert_int_equal(cms.signer_issuer.n, 0);
    REFUSED("subjectKeyIdentifier", .signer_version = "02{ 03 }");
    REFUSED("issuerAndSerialNumber", .signer_id = "80{ abcd }");
    REFUSED("SignerInfo: version 0", .signer_version = "02{ 00 }");
    REFUSED("SignerInfo: version 2", .signer_version = "02{ 02 }");
    REFUSED("SignerInfo version: number is larger than 5", .signer_version = "02{ 06 }");
    REFUSED("issuer", .signer_id = "30{ 02{ 11 } }");
    REFUSED("serialNumber", .signer_id = "30{ " NAME("CA") " 02{ 0011 } }");
}

static void a_certificate_is_the_signers_when_it_is_named(void **state)
{
    struct writ_cert cert;

    (void)state;
    assert_ok(writ_cert_parse(CERT(.serial = "02{ 11 }"), &cert, &e));
    assert_true(writ_cms_names_signer(READ(.type = NULL), &cert));
    assert_false(writ_cms_names_signer(READ(.signer_id = "30{ " NAME("CB") " 02{ 11 } }"), &cert));
    assert_false(writ_cms_names_signer(READ(.signer_id = "30{ " NAME("CA") " 02{ 12 } }"), &cert));
}

static void a_certificate_is_the_signers_when_its_key_is_named(void **state)
{
    const char *extensions = EXTENSIONS(EXTENSION(SUBJECT_KEY_ID, "04{ abcd }"));
    struct writ_cert with, without;

    (void)state;
    assert_ok(writ_cert_parse(CERT(.extensions = extensions), &with, &e));
    assert_ok(writ_cert_parse(CERT(.extensions = ""), &without, &e));
    READ(.signer_version = "02{ 03 }", .signer_id = "80{ abcd }");
    assert_true(writ_cms_names_signer(&cms, &with));
    assert_false(writ_cms_names_signer(&cms, &without));
    READ(.signer_version = "02{ 03 }", .signer_id = "80{ abce }");
    assert_false(writ_cms_names_signer(&cms, &with));
    READ(.signer_version = "02{ 03 }", .signer_id = "80{ cd }");
    assert_ok(writ_cert_parse(CERT(.extensions = EXTENSIONS(EXTENSION(SUBJECT_KEY_ID, "04{ cd }"))),
                              &with, &e));
    assert_true(writ_cms_names_signer(&cms, &with));
    READ(.signer_version = "02{ 03 }", .signer_id = "80{}");
    assert_false(writ_cms_names_signer(&cms, &without));
}

static void rsa_takes_its_hash_from_the_digest_algorithm(void **state)
{
    static const struct {
        const char *digest;
        enum writ_oid wanted;
    } cases[] = {
        {"30{ 06{ 2b0e03021a } }", WRIT_OID_RSA_SHA1},
        {SHA256, WRIT_OID_RSA_SHA256},
        {"30{ 06{ 608648016503040202 } 05{} }", WRIT_OID_RSA_SHA384},
        {"30{ 06{ 608648016503040203 } 05{} }", WRIT_OID_RSA_SHA512},
        {"30{ 06{ 2a864886f70d0205 } 05{} }", WRIT_OID_UNKNOWN}, /* MD5 */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        READ(.digests = piece("31{ %s }", cases[i].digest), .digest = cases[i].digest,
             .algorithm = "30{ 06{ 2a864886f70d010101 } 05{} }");
        assert_int_equal(cms.signature_algorithm, cases[i].wanted);
    }
}

/* Of six algorithms, each with the three digests: the two of the same hash are read. */
static void a_signature_has_the_hash_of_the_digest(void **state)
{
    static const char *const digests[] = {SHA256, "30{ 06{ 608648016503040202 } 05{} }",
                                          "30{ 06{ 608648016503040203 } 05{} }"};
    static const char *const algorithms[][2] = {
        {"30{ 06{ 2a8648ce3d040302 } }", "30{ 06{ 2a864886f70d01010b } 05{} }"},
        {"30{ 06{ 2a8648ce3d040303 } }", "30{ 06{ 2a864886f70d01010c } 05{} }"},
        {"30{ 06{ 2a8648ce3d040304 } }", "30{ 06{ 2a864886f70d01010d } 05{} }"}};
    static const enum writ_oid names[][2] = {{WRIT_OID_ECDSA_SHA256, WRIT_OID_RSA_SHA256},
                                             {WRIT_OID_ECDSA_SHA384, WRIT_OID_RSA_SHA384},
                                             {WRIT_OID_ECDSA_SHA512, WRIT_OID_RSA_SHA512}};

    (void)state;
    for (size_t i = 0; i < 3 * 3 * 2; i++) {
        size_t digest = i / 6, hash = i / 2 % 3, scheme = i % 2;

        if (digest == hash) {
            READ(.digest = digests[digest], .algorithm = algorithms[hash][scheme]);
            assert_int_equal(cms.signature_algorithm, names[hash][scheme]);
        } else {
            REFUSED("signatureAlgorithm: another hash than the digest's", .digest = digests[digest],
                    .algorithm = algorithms[hash][scheme]);
        }
    }
    REFUSED("signatureAlgorithm: another hash than the digest's",
            .algorithm = "30{ 06{ 2a8648ce3d0401 } }");
    REFUSED("signatureAlgorithm: another hash than the digest's",
            .algorithm = "30{ 06{ 2a864886f70d010105 } 05{} }");
}

static void unsigned_attributes_are_refused(void **state)
{
    (void)state;
    REFUSED("SignerInfo: unsigned attributes are not allowed",
            .unsigneds = "a1{ 30{ 06{ 2a03 } 31{ 05{} } } }");
    REFUSED("SignerInfo: unsigned attributes are not allowed", .unsigneds = "a1{}");
}

/* ---- signed attributes ---- */

/* Without them the signature is over the content itself, and could be moved between the two. */
static void signed_attributes_are_required(void **state)
{
    (void)state;
    REFUSED("SignerInfo: signed attributes are missing", .attributes = "");
    REFUSED("Attribute", .attributes = "a0{}");
}

static void attributes_stand_in_the_order_of_der(void **state)
{
    (void)state;
    READ(.attributes = "a0{ " TIME TYPE " }");
    REFUSED("signedAttrs: not in DER order", .attributes = "a0{ " TYPE TIME " }");
    REFUSED("signedAttrs: not in DER order", .attributes = "a0{ " TIME TYPE BOUND DIGEST " }");
}

static void no_attribute_stands_twice(void **state)
{
    (void)state;
    REFUSED("signedAttrs: not in DER order", .attributes = "a0{ " TIME TIME " }");
    REFUSED("signedAttrs: the same attribute stands twice",
            .attributes = "a0{ " TIME ATTR("05", "17{'261125070000Z'}") " }");
    REFUSED("signedAttrs: the same attribute stands twice",
            .attributes = "a0{ 30{ 06{ 2a03 } 31{ 02{ 01 } } } 30{ 06{ 2a03 } 31{ 02{ 02 } } } }");
}

static void an_attribute_has_one_value(void **state)
{
    (void)state;
    REFUSED("messageDigest", .attributes = "a0{ " ATTR("04", "") " }");
    REFUSED("trailing bytes after attrValues (one was wanted)",
            .attributes = "a0{ " ATTR("04", "04{ 01 } 04{ 02 }") " }");
    REFUSED("trailing bytes after Attribute",
            .attributes = "a0{ 30{ 06{ 2a03 } 31{ 05{} } 05{} } }");
    REFUSED("attrValues", .attributes = "a0{ 30{ 06{ 2a03 } } }");
}

static void values_are_of_their_attributes_type(void **state)
{
    (void)state;
    REFUSED("contentType", .attributes = "a0{ " ATTR("03", "04{ 01 }") " }");
    REFUSED("messageDigest", .attributes = "a0{ " ATTR("04", "06{ 2a03 }") " }");
    REFUSED("signingTime: wanted a time", .attributes = "a0{ " ATTR("05", "0c{'now'}") " }");
    REFUSED("signingTime: not a time in UTC that exists",
            .attributes = "a0{ " ATTR("05", "17{'251325070000Z'}") " }");
}

static void an_unknown_attribute_restricts_nothing(void **state)
{
    (void)state;
    READ(.attributes = "a0{ 30{ 06{ 2a03 } 31{ 02{ 01 } 02{ 02 } } } }");
    assert_false(cms.has_content_type_attribute || cms.has_message_digest || cms.has_signing_time ||
                 cms.ess.present || cms.ess_v2.present);
}

/* n attributes that nobody knows, in order. */
static const char *unknown_attributes(size_t n)
{
    const char *list = "";

    for (size_t i = 0; i < n; i++)
        list = piece("%s 30{ 06{ 2a03 %02zx } 31{ 05{} } }", list, i);
    return piece("a0{ %s }", list);
}

static void sixteen_attributes_are_the_ceiling(void **state)
{
    (void)state;
    READ(.attributes = unknown_attributes(WRIT_CMS_ATTRIBUTES_MAX));
    REFUSED("signedAttrs: more than 16",
            .attributes = unknown_attributes(WRIT_CMS_ATTRIBUTES_MAX + 1));
}

#define ESS_V1(id)  ATTR("10020c", "30{ 30{ " id " } }")
#define ISSUER(seq) "30{ 30{ a4{ " NAME("CA") " } } " seq " }"

static void the_signers_certificate_is_bound_by_its_hash(void **state)
{
    (void)state;
    READ(.attributes = "a0{ " ESS("30{ 30{ 06{ 608648016503040203 } } 04{ aa } }") " }");
    assert_int_equal(cms.ess_v2.hash_algorithm, WRIT_OID_SHA512);
    assert_spans_equal(cms.ess_v2.hash, bytes_of("aa"));
    READ(.attributes = "a0{ " ESS_V1("30{ 04{ bb } }") " }");
    assert_true(cms.ess.present && !cms.ess_v2.present);
    assert_int_equal(cms.ess.hash_algorithm, WRIT_OID_SHA1);
    assert_spans_equal(cms.ess.hash, bytes_of("bb"));
    READ(.attributes = "a0{ " ESS("30{ 04{ aa } " ISSUER("02{ 11 }") " }") " }");
    assert_spans_equal(cms.ess_v2.serial, bytes_of("11"));
}

/* RFC 5035 section 5.4: the first is the signer's, further ones name the certificates above. */
static void further_certificates_and_policies_restrict_nothing(void **state)
{
    (void)state;
    READ(.attributes = "a0{ " ESS("30{ 04{ aa } } 30{ 04{ bb } }") " }");
    assert_spans_equal(cms.ess_v2.hash, bytes_of("aa"));
    READ(.attributes =
             "a0{ " ATTR("10022f", "30{ 30{ 30{ 04{ aa } } } 30{ 30{ 06{ 2a03 } } } }") " }");
    assert_spans_equal(cms.ess_v2.hash, bytes_of("aa"));
}

static void malformed_bindings_are_refused(void **state)
{
    (void)state;
    REFUSED("ESSCertID", .attributes = "a0{ " ESS("") " }");
    REFUSED("certHash", .attributes = "a0{ " ESS("30{}") " }");
    REFUSED("certHash", .attributes = "a0{ " ESS_V1("30{ 30{ 06{ 2a03 } } 04{ aa } }") " }");
    REFUSED("trailing bytes after ESSCertID", .attributes = "a0{ " ESS("30{ 04{ aa } 05{} }") " }");
    REFUSED("serialNumber", .attributes = "a0{ " ESS("30{ 04{ aa } " ISSUER("") " }") " }");
    REFUSED("trailing bytes after issuerSerial",
            .attributes = "a0{ " ESS("30{ 04{ aa } " ISSUER("02{ 11 } 05{}") " }") " }");
    REFUSED("certs", .attributes = "a0{ " ATTR("10022f", "30{}") " }");
}

/* ---- writing ---- */

static struct writ_cms_to_sign what_to_sign(const struct writ_cert *signer)
{
    return (struct writ_cms_to_sign){
        .content_type = WRIT_OID_CODE_DIRECTORY,
        .content_digest = bytes_of(HASH),
        .signing_time = 1764054000,
        .certificate_digest = bytes_of(HASH),
        .signer = signer,
    };
}

#define BOUND_WITH_SERIAL ESS("30{ 04{ " HASH " } " ISSUER("02{ 11 }") " }")

static void what_is_built_is_what_is_read(void **state)
{
    const char *cert_piece = CERT_TEXT(.serial = "02{ 11 }");
    struct writ_span certificates[] = {der(cert_piece), der("30{}")};
    struct writ_buffer attributes = {0}, bytes = {0};
    struct writ_cert signer;
    struct writ_cms_to_sign what;

    (void)state;
    assert_ok(writ_cert_parse(certificates[0], &signer, &e));
    what = what_to_sign(&signer);
    assert_ok(writ_cms_build_attributes(&what, &attributes, &e));
    assert_spans_equal(writ_buffer_span(&attributes),
                       der("31{ " TIME TYPE DIGEST BOUND_WITH_SERIAL " }"));
    assert_ok(writ_cms_build(&what, writ_buffer_span(&attributes), WRIT_OID_ECDSA_SHA256,
                             bytes_of("0a0b"), certificates, 2, &bytes, &e));
    assert_spans_equal(writ_buffer_span(&bytes),
                       CMS(.certificates = piece("a0{ 30{} %s }", cert_piece),
                           .attributes = "a0{ " TIME TYPE DIGEST BOUND_WITH_SERIAL " }"));
    assert_true(writ_cms_names_signer(read_cms(writ_buffer_span(&bytes)), &signer));
    writ_buffer_free(&attributes);
    writ_buffer_free(&bytes);
}

static void attributes_that_are_no_set_are_not_built_in(void **state)
{
    struct writ_buffer bytes = {0};
    struct writ_cert signer;
    struct writ_cms_to_sign what;

    (void)state;
    assert_ok(writ_cert_parse(CERT(.serial = NULL), &signer, &e));
    what = what_to_sign(&signer);
    writ_error_clear(&e);
    assert_int_equal(writ_cms_build(&what, bytes_of("3000"), WRIT_OID_ECDSA_SHA256,
                                    bytes_of("0a0b"), NULL, 0, &bytes, &e),
                     -1);
    assert_int_not_equal(e.fault, WRIT_FAULT_NONE);
    writ_buffer_free(&bytes);
}

static bool passes(struct writ_span bytes)
{
    struct writ_error found = {0};
    struct writ_cms c;

    return writ_cms_parse(bytes, &c, &found) == 0;
}

static void no_beginning_of_a_signature_passes(void **state)
{
    (void)state;
    assert_no_beginning_passes(CMS(.type = NULL), passes);
}

/* All that evidence looks at. */
static bool describe(struct writ_span bytes, struct writ_buffer *out)
{
    struct writ_error found = {0};
    struct writ_cms c;

    if (writ_cms_parse(bytes, &c, &found) < 0)
        return false;
    writ_buffer_add(out, c.content_type);
    writ_buffer_add(out, c.certificate_count > 0 ? c.certificate[0] : WRIT_SPAN_NONE);
    writ_buffer_add(out, c.signer_issuer);
    writ_buffer_add(out, c.signer_serial);
    writ_buffer_format(out, "%d %d %d", c.digest_algorithm, c.signature_algorithm, c.has_content);
    writ_buffer_add(out, c.signed_attributes);
    writ_buffer_add(out, c.signature);
    return true;
}

static void every_byte_of_a_signature_counts(void **state)
{
    (void)state;
    assert_every_byte_counts(CMS(.version = NULL), describe);
}

static const struct CMUnitTest claims[] = {
    CLAIM(a_signature_is_read_field_by_field),
    CLAIM(its_signed_attributes_are_read),
    CLAIM(the_signature_is_over_the_attributes_as_a_set),
    CLAIM(nothing_may_follow_anything),
    CLAIM(only_signed_data_is_read),
    CLAIM(ber_is_refused_wherever_it_stands),
    CLAIM(sixty_four_kibibytes_are_the_ceiling),
    CLAIM(signed_data_has_version_3),
    CLAIM(the_one_digest_algorithm_is_the_signers),
    CLAIM(content_may_be_inside_or_detached),
    CLAIM(up_to_eight_certificates_are_kept_in_their_order),
    CLAIM(other_kinds_of_certificates_are_refused),
    CLAIM(crls_are_refused),
    CLAIM(there_is_exactly_one_signer),
    CLAIM(a_signer_is_named_by_issuer_and_serial_or_by_key),
    CLAIM(a_certificate_is_the_signers_when_it_is_named),
    CLAIM(a_certificate_is_the_signers_when_its_key_is_named),
    CLAIM(rsa_takes_its_hash_from_the_digest_algorithm),
    CLAIM(a_signature_has_the_hash_of_the_digest),
    CLAIM(unsigned_attributes_are_refused),
    CLAIM(signed_attributes_are_required),
    CLAIM(attributes_stand_in_the_order_of_der),
    CLAIM(no_attribute_stands_twice),
    CLAIM(an_attribute_has_one_value),
    CLAIM(values_are_of_their_attributes_type),
    CLAIM(an_unknown_attribute_restricts_nothing),
    CLAIM(sixteen_attributes_are_the_ceiling),
    CLAIM(the_signers_certificate_is_bound_by_its_hash),
    CLAIM(further_certificates_and_policies_restrict_nothing),
    CLAIM(malformed_bindings_are_refused),
    CLAIM(what_is_built_is_what_is_read),
    CLAIM(attributes_that_are_no_set_are_not_built_in),
    CLAIM(no_beginning_of_a_signature_passes),
    CLAIM(every_byte_of_a_signature_counts),
};

RUN_CLAIMS(claims)
