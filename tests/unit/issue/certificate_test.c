#include "issue/certificate.h"

#include "crypto/digest.h"
#include "crypto/keys.h"
#include "issue/orders.h"
#include "object/csr.h"

static struct writ_error e;

/* Issuing what the order says is refused with these words. */
static void assert_refused(const struct writ_certificate_order *order, const char *words)
{
    struct writ_buffer der = {0};

    assert_fault(writ_issue_certificate(order, &der, &e), WRIT_FAULT_USAGE, words);
    writ_buffer_free(&der);
}

/* ---- serials ---- */

static void a_new_serial_is_positive_and_of_one_length(void **state)
{
    uint8_t last[WRIT_SERIAL_BYTES] = {0}, serial[WRIT_SERIAL_BYTES];

    (void)state;
    for (int i = 0; i < 1000; i++) {
        assert_ok(writ_new_serial(serial, &e));
        assert_int_equal(serial[0] & 0xc0, 0x40);
        assert_memory_not_equal(serial, last, sizeof serial);
        memcpy(last, serial, sizeof last);
    }
}

static void a_serial_of_zero_is_refused(void **state)
{
    struct holder root = new_holder();
    struct writ_certificate_order order = order_of(WRIT_ROLE_ROOT, &root, NULL);

    (void)state;
    memset(order.serial, 0, sizeof order.serial);
    assert_refused(&order, "a serial number is positive");
    order.serial[WRIT_SERIAL_BYTES - 1] = 1;
    issue(&root, &order);
    assert_spans_equal(root.cert.serial, bytes_of("01"));
    order.serial[WRIT_SERIAL_BYTES - 1] = 0;
    order.serial[0] = 1;
    issue(&root, &order);
    assert_spans_equal(root.cert.serial, bytes_of("01000000000000000000000000000000"));
    holder_free(&root);
}

static void a_serial_that_begins_with_a_one_bit_is_not_negative(void **state)
{
    struct holder root = new_holder();
    struct writ_certificate_order order = order_of(WRIT_ROLE_ROOT, &root, NULL);

    (void)state;
    memset(order.serial, 0xff, sizeof order.serial);
    issue(&root, &order);
    assert_spans_equal(root.cert.serial, bytes_of("00 ffffffffffffffffffffffffffffffff"));
    holder_free(&root);
}

/* ---- each role, octet for octet ---- */

#define SUBJECT(rest) "30{ " ATTRIBUTE(O, "0c{'Example'}") rest " }"
#define CA_NAME       SUBJECT(ATTRIBUTE(CN, "0c{'CA'}"))
#define ALICE         SUBJECT(ATTRIBUTE(OU, "0c{'team'}") ATTRIBUTE(CN, "0c{'Alice'}"))

/* The key identifier of RFC 7093: the first 20 bytes of SHA-256 over the key's bits. */
static const char *key_id(const struct holder *h)
{
    uint8_t hash[WRIT_SHA256_BYTES];

    assert_ok(writ_sha256(h->cert.key.bits, hash, &e));
    return digits_of(WRIT_SPAN(hash, 20));
}

/* What is signed is these extensions among the other pieces. */
static void assert_issued(const struct holder *h, unsigned role, const char *issuer,
                          const char *subject, const char *extensions)
{
    struct cert_pieces pieces = {
        .serial = piece("02{ 40 0102030405060708090a0b0c0d0e %02x }", role),
        .issuer = issuer,
        .subject = subject,
        .key = digits_of(writ_buffer_span(&h->spki)),
        .extensions = extensions,
    };

    assert_spans_equal(h->cert.tbs, der(tbs_text(&pieces)));
}

static void a_root_signs_certificates_lists_and_bundles(void **state)
{
    struct holder root = issued(WRIT_ROLE_ROOT, NULL);
    const char *id = key_id(&root);

    (void)state;
    assert_issued(&root, WRIT_ROLE_ROOT, CA_NAME, CA_NAME,
                  piece(EXTENSIONS("%s" EXTENSION(SUBJECT_KEY_ID, "04{ %s }")
                                       EXTENSION(AUTHORITY_KEY_ID, "30{ 80{ %s } }")),
                        CRITICAL(BASIC_CONSTRAINTS, "30{ 01{ ff } 02{ 01 } }")
                            CRITICAL(KEY_USAGE, "03{ 01 86 }"),
                        id, id));
    assert_true(is_signed_by(&root.cert, &root));
    assert_false(root.cert.is_numbered);
    holder_free(&root);
}

static void an_intermediate_has_no_ca_below_it(void **state)
{
    struct holder root = issued(WRIT_ROLE_ROOT, NULL);
    struct holder mid = issued(WRIT_ROLE_INTERMEDIATE, &root);

    (void)state;
    assert_issued(&mid, WRIT_ROLE_INTERMEDIATE, CA_NAME, CA_NAME,
                  piece(EXTENSIONS("%s" EXTENSION(SUBJECT_KEY_ID, "04{ %s }") EXTENSION(
                            AUTHORITY_KEY_ID, "30{ 80{ %s } }") EXTENSION(NUMBER, "02{ 2a }")),
                        CRITICAL(BASIC_CONSTRAINTS, "30{ 01{ ff } 02{ 00 } }")
                            CRITICAL(KEY_USAGE, "03{ 01 06 }"),
                        key_id(&mid), key_id(&root)));
    assert_true(is_signed_by(&mid.cert, &root));
    assert_false(is_signed_by(&mid.cert, &mid));
    holder_free(&mid);
    holder_free(&root);
}

/* A leaf of this role has this one purpose. */
static void assert_leaf(enum writ_role role, const char *purpose)
{
    struct holder root = issued(WRIT_ROLE_ROOT, NULL);
    struct holder leaf = issued(role, &root);

    assert_issued(
        &leaf, role, CA_NAME, ALICE,
        piece(EXTENSIONS("%s 30{ 06{ " EXT_KEY_USAGE " } 01{ ff } 04{ 30{ 06{ %s } } } }" EXTENSION(
                  SUBJECT_KEY_ID, "04{ %s }") EXTENSION(AUTHORITY_KEY_ID, "30{ 80{ %s } }")
                             EXTENSION(NUMBER, "02{ 2a }")),
              CRITICAL(BASIC_CONSTRAINTS, "30{}") CRITICAL(KEY_USAGE, "03{ 07 80 }"), purpose,
              key_id(&leaf), key_id(&root)));
    assert_true(is_signed_by(&leaf.cert, &root));
    holder_free(&leaf);
    holder_free(&root);
}

static void a_developer_signs_code_and_nothing_else(void **state)
{
    (void)state;
    assert_leaf(WRIT_ROLE_DEVELOPER, "2b06010505070303");
}

static void a_tsa_stamps_and_nothing_else(void **state)
{
    (void)state;
    assert_leaf(WRIT_ROLE_TSA, "2b06010505070308");
}

static void roles_have_names(void **state)
{
    (void)state;
    assert_string_equal(writ_role_name(WRIT_ROLE_ROOT), "root");
    assert_string_equal(writ_role_name(WRIT_ROLE_INTERMEDIATE), "intermediate");
    assert_string_equal(writ_role_name(WRIT_ROLE_DEVELOPER), "developer");
    assert_string_equal(writ_role_name(WRIT_ROLE_TSA), "tsa");
    assert_string_equal(writ_role_name((enum writ_role)9), "unknown");
}

/* The one of 2020 told its responder who opened what. */
static void a_responder_is_named_only_when_asked_for(void **state)
{
    struct holder root = issued(WRIT_ROLE_ROOT, NULL);
    struct holder leaf = new_holder();
    struct writ_certificate_order order = order_of(WRIT_ROLE_DEVELOPER, &leaf, &root);
    struct writ_span wanted;

    (void)state;
    issue(&leaf, &order);
    assert_false(leaf.cert.has_ocsp_url);
    order.ocsp_url = "http://ocsp.example.com/";
    issue(&leaf, &order);
    assert_true(leaf.cert.has_ocsp_url);
    wanted =
        der(EXTENSION(ACCESS, "30{ 30{ 06{ 2b06010505073001 } 86{'http://ocsp.example.com/'} } }"));
    assert_non_null(memmem(leaf.der.p, leaf.der.n, wanted.p, wanted.n));
    holder_free(&leaf);
    holder_free(&root);
}

/* ---- orders that are refused ---- */

static void names_are_1_to_64_bytes_of_printable_utf8(void **state)
{
    struct holder root = issued(WRIT_ROLE_ROOT, NULL), leaf = new_holder();
    struct writ_certificate_order sound = order_of(WRIT_ROLE_DEVELOPER, &leaf, &root);
    struct writ_span bad[] = {writ_span_text(times(65, "x")), writ_span_text("a\x1b"),
                              writ_span_text("a\xff"), writ_span_text("a\xe2\x80\xae"),
                              writ_span_text("a\nb")};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct writ_certificate_order order = sound;

        order.common_name = bad[i];
        assert_refused(&order, "common name: wanted 1 to 64 bytes of printable UTF-8");
        order = sound;
        order.organization = bad[i];
        assert_refused(&order, "organization: wanted 1 to 64 bytes");
        order = sound;
        order.team = bad[i];
        assert_refused(&order, "team: wanted 1 to 64 bytes");
    }
    sound.common_name = sound.organization = sound.team = writ_span_text(times(64, "x"));
    issue(&leaf, &sound);
    sound.common_name = sound.organization = sound.team = writ_span_text("x");
    issue(&leaf, &sound);
    assert_text(leaf.cert.subject.organization, "x");
    assert_text(leaf.cert.subject.unit, "x");
    sound.organization = writ_span_text("\x01");
    assert_refused(&sound, "organization");
    sound.common_name = WRIT_SPAN_NONE;
    assert_refused(&sound, "common name");
    holder_free(&leaf);
    holder_free(&root);
}

static void an_organization_may_be_missing(void **state)
{
    struct holder root = new_holder();
    struct writ_certificate_order order = order_of(WRIT_ROLE_ROOT, &root, NULL);

    (void)state;
    order.organization = WRIT_SPAN_NONE;
    issue(&root, &order);
    assert_spans_equal(root.cert.subject.der, der(NAME("CA")));
    holder_free(&root);
}

static void leaves_have_a_team_and_cas_have_none(void **state)
{
    struct holder root = issued(WRIT_ROLE_ROOT, NULL), other = new_holder();
    struct writ_certificate_order order = order_of(WRIT_ROLE_DEVELOPER, &other, &root);

    (void)state;
    order.team = WRIT_SPAN_NONE;
    assert_refused(&order, "team: wanted 1 to 64 bytes");
    order = order_of(WRIT_ROLE_TSA, &other, &root);
    order.team = WRIT_SPAN_NONE;
    assert_refused(&order, "team: wanted 1 to 64 bytes");
    order = order_of(WRIT_ROLE_INTERMEDIATE, &other, &root);
    order.team = writ_span_text("team");
    assert_refused(&order, "a CA has no team");
    order = order_of(WRIT_ROLE_ROOT, &other, NULL);
    order.team = writ_span_text("t");
    assert_refused(&order, "a CA has no team");
    holder_free(&other);
    holder_free(&root);
}

static void a_certificate_ends_after_it_begins(void **state)
{
    struct holder root = new_holder();
    struct writ_certificate_order order = order_of(WRIT_ROLE_ROOT, &root, NULL);

    (void)state;
    order.not_after = order.not_before;
    assert_refused(&order, "a certificate must end after it begins");
    order.not_after = order.not_before - 1;
    assert_refused(&order, "a certificate must end after it begins");
    order.not_after = order.not_before + 1;
    issue(&root, &order);
    holder_free(&root);
}

/* UTCTime ends with 2049. */
static void dates_beyond_2049_are_written(void **state)
{
    struct holder root = new_holder();
    struct writ_certificate_order order = order_of(WRIT_ROLE_ROOT, &root, NULL);

    (void)state;
    order.not_before = 2524607999; /* the last second of 2049 */
    order.not_after = WRIT_TIME_MAX;
    issue(&root, &order);
    assert_int_equal(root.cert.not_before, 2524607999);
    assert_int_equal(root.cert.not_after, WRIT_TIME_MAX);
    assert_non_null(memmem(root.der.p, root.der.n, "491231235959Z", 13));
    assert_non_null(memmem(root.der.p, root.der.n, "99991231235959Z", 15));
    holder_free(&root);
}

static void the_key_that_signs_is_the_issuers(void **state)
{
    struct holder root = issued(WRIT_ROLE_ROOT, NULL), leaf = new_holder();
    struct writ_certificate_order order = order_of(WRIT_ROLE_DEVELOPER, &leaf, &root);

    (void)state;
    order.key = leaf.key;
    assert_refused(&order, "the key is not the issuer's");
    order = order_of(WRIT_ROLE_ROOT, &leaf, NULL);
    order.key = root.key;
    assert_refused(&order, "the key is not the issuer's");
    holder_free(&leaf);
    holder_free(&root);
}

static void only_a_root_issues_itself(void **state)
{
    struct holder root = issued(WRIT_ROLE_ROOT, NULL), other = new_holder();
    struct writ_certificate_order order = order_of(WRIT_ROLE_INTERMEDIATE, &other, NULL);

    (void)state;
    assert_refused(&order, "a root, and nothing else, issues itself");
    order = order_of(WRIT_ROLE_ROOT, &other, &root);
    assert_refused(&order, "a root, and nothing else, issues itself");
    holder_free(&other);
    holder_free(&root);
}

/* A root with a key that openssl made; issuing with it is refused, or not. */
static void assert_issues_with(const struct scratch *s, const char *options, bool issues)
{
    struct holder root = holder_of(openssl_key(s, options));
    struct writ_certificate_order order = order_of(WRIT_ROLE_ROOT, &root, NULL);

    if (issues)
        issue(&root, &order);
    else
        assert_refused(&order, "a CA signs with P-256, or RSA of at least 2048 bits");
    holder_free(&root);
}

static void a_ca_signs_with_p256_or_rsa(void **state)
{
    struct scratch s = scratch_make();

    (void)state;
    assert_issues_with(&s, "-algorithm EC -pkeyopt ec_paramgen_curve:P-256", true);
    assert_issues_with(&s, "-algorithm RSA -pkeyopt rsa_keygen_bits:2048", true);
    assert_issues_with(&s, "-algorithm RSA -pkeyopt rsa_keygen_bits:1024", false);
    assert_issues_with(&s, "-algorithm EC -pkeyopt ec_paramgen_curve:P-384", false);
    assert_issues_with(&s, "-algorithm ED25519", false);
    scratch_remove(&s);
}

static void a_responder_signs_answers_and_nobody_asks_about_it(void **state)
{
    struct holder root = issued(WRIT_ROLE_ROOT, NULL);
    struct holder responder = issued(WRIT_ROLE_RESPONDER, &root);

    (void)state;
    assert_true(writ_cert_has_sole_purpose(&responder.cert, WRIT_OID_OCSP_SIGNING));
    assert_false(responder.cert.purposes_critical);
    assert_true(responder.cert.has_nocheck);
    assert_false(responder.cert.is_ca || responder.cert.has_unknown_critical);
    assert_false(root.cert.has_nocheck);
    holder_free(&responder);
    holder_free(&root);
}

static void an_adopted_issuer_numbers_nothing(void **state)
{
    struct holder root = issued(WRIT_ROLE_ROOT, NULL);
    struct holder leaf = holder_of(writ_key_generate(WRIT_KEY_P256, &e));
    struct writ_certificate_order order = order_of(WRIT_ROLE_DEVELOPER, &leaf, &root);

    (void)state;
    order.unnumbered = true;
    assert_ok(writ_issue_certificate(&order, &leaf.der, &e));
    assert_ok(writ_cert_parse(writ_buffer_span(&leaf.der), &leaf.cert, &e));
    assert_false(leaf.cert.is_numbered);
    holder_free(&leaf);
    holder_free(&root);
}

static void numbers_have_63_bits(void **state)
{
    struct holder root = issued(WRIT_ROLE_ROOT, NULL), leaf = new_holder();
    struct writ_certificate_order order = order_of(WRIT_ROLE_DEVELOPER, &leaf, &root);
    struct writ_buffer der = {0};

    (void)state;
    order.number = INT64_MAX;
    issue(&leaf, &order);
    assert_int_equal(leaf.cert.number, INT64_MAX);
    order.number = 0;
    issue(&leaf, &order);
    assert_true(leaf.cert.is_numbered);
    assert_int_equal(leaf.cert.number, 0);
    order.number = (uint64_t)INT64_MAX + 1;
    assert_fault(writ_issue_certificate(&order, &der, &e), WRIT_FAULT_BAD_INPUT,
                 "issuance number: number is larger");
    writ_buffer_free(&der);
    holder_free(&leaf);
    holder_free(&root);
}

static void a_key_that_is_none_is_refused(void **state)
{
    struct holder root = issued(WRIT_ROLE_ROOT, NULL), leaf = new_holder();
    struct writ_certificate_order order = order_of(WRIT_ROLE_DEVELOPER, &leaf, &root);
    struct writ_buffer der_out = {0};

    (void)state;
    order.spki = bytes_of("3000");
    assert_fault(writ_issue_certificate(&order, &der_out, &e), WRIT_FAULT_BAD_INPUT,
                 "subjectPublicKey algorithm");
    order.spki = der(P256_KEY " 81{ 00 }"); /* would be read as a unique identifier */
    assert_fault(writ_issue_certificate(&order, &der_out, &e), WRIT_FAULT_BAD_INPUT,
                 "trailing bytes after subjectPublicKeyInfo");
    writ_buffer_free(&der_out);
    holder_free(&leaf);
    holder_free(&root);
}

static void a_certificate_is_appended(void **state)
{
    struct holder root = new_holder();
    struct writ_certificate_order order = order_of(WRIT_ROLE_ROOT, &root, NULL);
    struct writ_buffer b = {0};
    struct writ_cert cert;

    (void)state;
    writ_buffer_text(&b, "before");
    assert_ok(writ_issue_certificate(&order, &b, &e));
    assert_ok(writ_cert_parse(WRIT_SPAN(b.p + 6, b.n - 6), &cert, &e));
    assert_true(is_signed_by(&cert, &root));
    writ_buffer_free(&b);
    holder_free(&root);
}

/* ---- requests ---- */

/* A request of this key; the caller frees it. */
static struct writ_buffer request_by(const struct writ_key *key)
{
    struct writ_buffer b = {0};

    writ_error_clear(&e);
    assert_ok(writ_issue_request(writ_span_text("Alice"), key, &b, &e));
    return b;
}

static void a_request_proves_that_its_asker_has_the_key(void **state)
{
    struct holder alice = new_holder();
    struct writ_buffer request = request_by(alice.key);
    struct writ_csr csr;

    (void)state;
    assert_ok(writ_check_request(writ_buffer_span(&request), &csr, &e));
    assert_text(csr.subject.common_name, "Alice");
    assert_spans_equal(csr.key.spki, writ_buffer_span(&alice.spki));
    writ_buffer_free(&request);
    holder_free(&alice);
}

static void a_request_for_the_key_of_another_is_refused(void **state)
{
    struct holder alice = new_holder(), mallory = new_holder();
    struct writ_buffer info = {0}, signature = {0}, request = {0};
    struct writ_csr csr;

    (void)state;
    assert_ok(
        writ_csr_build_info(writ_span_text("Mallory"), writ_buffer_span(&alice.spki), &info, &e));
    assert_ok(writ_key_sign(mallory.key, writ_buffer_span(&info), &signature, &e));
    assert_ok(writ_csr_build(writ_buffer_span(&info), WRIT_OID_ECDSA_SHA256,
                             writ_buffer_span(&signature), &request, &e));
    assert_fault(writ_check_request(writ_buffer_span(&request), &csr, &e), WRIT_FAULT_BAD_INPUT,
                 "request: not signed by the key it asks for (proof of possession)");
    writ_buffer_free(&info);
    writ_buffer_free(&signature);
    writ_buffer_free(&request);
    holder_free(&alice);
    holder_free(&mallory);
}

static void a_request_that_was_changed_is_refused(void **state)
{
    struct holder alice = new_holder();
    struct writ_buffer request = request_by(alice.key);
    struct writ_csr csr;

    (void)state;
    for (size_t i = 0; i < request.n; i++) {
        request.p[i] ^= 1;
        writ_error_clear(&e);
        if (writ_check_request(writ_buffer_span(&request), &csr, &e) == 0)
            fail_msg("byte %zu may be changed", i);
        request.p[i] ^= 1;
    }
    writ_buffer_free(&request);
    holder_free(&alice);
}

/* A request of a key that openssl made is refused, or not. */
static void assert_may_ask(const struct scratch *s, const char *options, bool may)
{
    struct writ_key *key = openssl_key(s, options);
    struct writ_buffer request;
    struct writ_csr csr;

    scratch_run(s, "openssl req -new -key key.pem -subj /CN=Alice -outform DER -out csr.der");
    request = scratch_get(s, "csr.der");
    writ_error_clear(&e);
    if (may)
        assert_ok(writ_check_request(writ_buffer_span(&request), &csr, &e));
    else
        assert_fault(writ_check_request(writ_buffer_span(&request), &csr, &e), WRIT_FAULT_BAD_INPUT,
                     "request: wanted a P-256 key, or RSA of at least 3072 bits");
    writ_buffer_free(&request);
    writ_key_free(key);
}

static void developers_have_p256_or_rsa_of_3072_bits(void **state)
{
    struct scratch s = scratch_make();

    (void)state;
    assert_may_ask(&s, "-algorithm EC -pkeyopt ec_paramgen_curve:P-256", true);
    assert_may_ask(&s, "-algorithm RSA -pkeyopt rsa_keygen_bits:3072", true);
    assert_may_ask(&s, "-algorithm RSA -pkeyopt rsa_keygen_bits:2048", false);
    assert_may_ask(&s, "-algorithm EC -pkeyopt ec_paramgen_curve:P-384", false);
    assert_may_ask(&s, "-algorithm EC -pkeyopt ec_paramgen_curve:secp256k1", false);
    assert_may_ask(&s, "-algorithm ED25519", false);
    scratch_remove(&s);
}

static void a_request_has_a_name(void **state)
{
    struct holder alice = new_holder();
    struct writ_buffer b = {0};

    (void)state;
    assert_fault(writ_issue_request(WRIT_SPAN_NONE, alice.key, &b, &e), WRIT_FAULT_USAGE,
                 "name: wanted 1 to 64 bytes of printable UTF-8");
    assert_fault(writ_issue_request(writ_span_text("a\x1b"), alice.key, &b, &e), WRIT_FAULT_USAGE,
                 "name: wanted 1 to 64 bytes of printable UTF-8");
    assert_int_equal(b.n, 0);
    holder_free(&alice);
}

static void what_is_no_request_is_refused(void **state)
{
    struct holder root = issued(WRIT_ROLE_ROOT, NULL);
    struct writ_csr csr;

    (void)state;
    assert_fault(writ_check_request(writ_buffer_span(&root.der), &csr, &e), WRIT_FAULT_BAD_INPUT,
                 "version");
    assert_fault(writ_check_request(WRIT_SPAN_NONE, &csr, &e), WRIT_FAULT_BAD_INPUT, "empty");
    holder_free(&root);
}

static const struct CMUnitTest claims[] = {
    CLAIM(a_new_serial_is_positive_and_of_one_length),
    CLAIM(a_serial_of_zero_is_refused),
    CLAIM(a_serial_that_begins_with_a_one_bit_is_not_negative),
    CLAIM(a_root_signs_certificates_lists_and_bundles),
    CLAIM(an_intermediate_has_no_ca_below_it),
    CLAIM(a_developer_signs_code_and_nothing_else),
    CLAIM(a_tsa_stamps_and_nothing_else),
    CLAIM(roles_have_names),
    CLAIM(a_responder_is_named_only_when_asked_for),
    CLAIM(names_are_1_to_64_bytes_of_printable_utf8),
    CLAIM(an_organization_may_be_missing),
    CLAIM(leaves_have_a_team_and_cas_have_none),
    CLAIM(a_certificate_ends_after_it_begins),
    CLAIM(dates_beyond_2049_are_written),
    CLAIM(the_key_that_signs_is_the_issuers),
    CLAIM(only_a_root_issues_itself),
    CLAIM(a_ca_signs_with_p256_or_rsa),
    CLAIM(a_responder_signs_answers_and_nobody_asks_about_it),
    CLAIM(an_adopted_issuer_numbers_nothing),
    CLAIM(numbers_have_63_bits),
    CLAIM(a_key_that_is_none_is_refused),
    CLAIM(a_certificate_is_appended),
    CLAIM(a_request_proves_that_its_asker_has_the_key),
    CLAIM(a_request_for_the_key_of_another_is_refused),
    CLAIM(a_request_that_was_changed_is_refused),
    CLAIM(developers_have_p256_or_rsa_of_3072_bits),
    CLAIM(a_request_has_a_name),
    CLAIM(what_is_no_request_is_refused),
};

RUN_CLAIMS(claims)
