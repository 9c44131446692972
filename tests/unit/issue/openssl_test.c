/* What writ issues, as openssl(1) sees it; and what openssl makes, as writ's readers see it. */
#include "bytes/pem.h"
#include "crypto/keys.h"
#include "issue/orders.h"
#include "issue/sign.h"
#include "object/cms.h"
#include "object/csr.h"
#include "object/timestamp.h"

static struct writ_error e;

static const char *missing(void)
{
    return program_exists("openssl") ? NULL : "openssl is not installed";
}

/* A root, an intermediate, a developer and a TSA under it, and a folder with all of it in PEM. */
struct family {
    struct scratch s;
    struct holder root, mid, alice, tsa;
};

static void put_pem(const struct scratch *s, const char *name, const char *label,
                    struct writ_span bytes)
{
    struct writ_buffer pem = {0};

    writ_pem_build(&pem, label, bytes);
    scratch_put(s, name, writ_buffer_span(&pem));
    writ_buffer_free(&pem);
}

static void put_holder(const struct scratch *s, const char *name, const struct holder *h)
{
    struct writ_buffer pkcs8 = {0};

    put_pem(s, piece("%s.pem", name), "CERTIFICATE", writ_buffer_span(&h->der));
    assert_ok(writ_key_to_pkcs8_insecure_plain(h->key, &pkcs8, &e));
    put_pem(s, piece("%s.key", name), "PRIVATE KEY", writ_buffer_span(&pkcs8));
    writ_buffer_free(&pkcs8);
}

static struct family make_family(void)
{
    struct family f = {.s = scratch_make(), .root = issued(WRIT_ROLE_ROOT, NULL)};
    struct writ_certificate_order order;

    f.mid = new_holder();
    order = order_of(WRIT_ROLE_INTERMEDIATE, &f.mid, &f.root);
    order.common_name = writ_span_text("CA 1");
    issue(&f.mid, &order);
    f.alice = issued(WRIT_ROLE_DEVELOPER, &f.mid);
    f.tsa = issued(WRIT_ROLE_TSA, &f.mid);
    put_holder(&f.s, "root", &f.root);
    put_holder(&f.s, "mid", &f.mid);
    put_holder(&f.s, "alice", &f.alice);
    put_holder(&f.s, "tsa", &f.tsa);
    return f;
}

static void free_family(struct family *f)
{
    holder_free(&f->root);
    holder_free(&f->mid);
    holder_free(&f->alice);
    holder_free(&f->tsa);
    scratch_remove(&f->s);
}

/* ---- certificates and requests ---- */

#define AT     "-attime 1764054000 "
#define VERIFY "openssl verify " AT "-x509_strict -CAfile root.pem -untrusted mid.pem "

static void certificates_verify_strictly(void **state)
{
    struct family f = make_family();

    (void)state;
    scratch_run(&f.s, "openssl verify " AT "-x509_strict -CAfile root.pem root.pem");
    scratch_run(&f.s, VERIFY "mid.pem");
    scratch_run(&f.s, VERIFY "alice.pem");
    scratch_run(&f.s, VERIFY "-purpose timestampsign tsa.pem");
    assert_int_not_equal(scratch_try(&f.s, VERIFY "-purpose timestampsign alice.pem"), 0);
    assert_int_not_equal(scratch_try(&f.s, VERIFY "-purpose sslserver alice.pem"), 0);
    assert_int_not_equal(scratch_try(&f.s, "openssl verify " AT "-CAfile root.pem alice.pem"), 0);
    free_family(&f);
}

static void openssl_reads_what_a_certificate_says(void **state)
{
    struct family f = make_family();

    (void)state;
    scratch_run(&f.s, "openssl x509 -in alice.pem -noout -text >text");
    scratch_run(&f.s, "grep -q 'Subject: O = Example, OU = team, CN = Alice' text");
    scratch_run(&f.s, "grep -A1 'Extended Key Usage: critical' text | grep -q 'Code Signing'");
    scratch_run(&f.s, "grep -A1 'Key Usage: critical' text | grep -q 'Digital Signature$'");
    scratch_run(&f.s, "grep -A1 'Basic Constraints: critical' text | grep -q 'CA:FALSE'");
    scratch_run(&f.s, "grep -q 2.25.156184997021121762790734345848554784336.3 text");
    assert_int_not_equal(scratch_try(&f.s, "grep -q OCSP text"), 0);
    scratch_run(&f.s, "openssl x509 -in root.pem -noout -text | grep -q 'CA:TRUE, pathlen:1'");
    free_family(&f);
}

static void a_request_verifies(void **state)
{
    struct scratch s = scratch_make();
    struct holder alice = new_holder();
    struct writ_buffer request = {0};

    (void)state;
    assert_ok(writ_issue_request(writ_span_text("Alice"), alice.key, &request, &e));
    scratch_put(&s, "csr.der", writ_buffer_span(&request));
    scratch_run(&s, "openssl req -verify -in csr.der -inform DER -noout -subject >subject");
    scratch_run(&s, "grep -q 'CN = Alice' subject");
    request.p[request.n - 1] ^= 1;
    scratch_put(&s, "csr.der", writ_buffer_span(&request));
    assert_int_not_equal(scratch_try(&s, "openssl req -verify -in csr.der -inform DER -noout "
                                         "2>&1 | grep -q 'verify OK'"),
                         0);
    writ_buffer_free(&request);
    holder_free(&alice);
    scratch_remove(&s);
}

/* openssl req can ask for extensions; what a certificate says is for the CA to decide. */
static void a_request_of_openssl_with_extensions_is_read(void **state)
{
    struct scratch s = scratch_make();
    struct writ_key *key = openssl_key(&s, "-algorithm EC -pkeyopt ec_paramgen_curve:P-256");
    struct writ_buffer request;
    struct writ_csr csr;

    (void)state;
    scratch_run(&s, "openssl req -new -key key.pem -subj '/O=Evil/OU=other/CN=Zo\xc3\xab' -utf8 "
                    "-addext basicConstraints=critical,CA:TRUE -outform DER -out csr.der");
    request = scratch_get(&s, "csr.der");
    assert_ok(writ_check_request(writ_buffer_span(&request), &csr, &e));
    assert_text(csr.subject.common_name, "Zo\xc3\xab");
    assert_text(csr.subject.unit, "other");
    writ_buffer_free(&request);
    writ_key_free(key);
    scratch_remove(&s);
}

/* ---- seals ---- */

#define CMS_VERIFY                                                                                 \
    "openssl cms -verify -binary -inform DER -in sig.der -content codedirectory -purpose any " AT  \
    "-CAfile root.pem -out verified "

/* Seals as a holder, and leaves directory and signature in the folder. */
static void put_entry(const struct family *f, const struct holder *h)
{
    struct writ_span chain = writ_buffer_span(&f->mid.der);
    struct writ_signer signer = {
        .key = h->key, .certificate = writ_buffer_span(&h->der), .chain = &chain, .chain_count = 1};
    struct writ_code_directory directory = {
        .kind = WRIT_SEAL_PROGRAM,
        .content_length = 4711,
        .root = bytes_of("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"),
        .identifier = writ_span_text("app"),
        .team = writ_span_text("team"),
    };
    struct writ_buffer d = {0}, cms = {0};

    assert_ok(writ_sign_entry(&directory, &signer, 1764054000, &d, &cms, &e));
    scratch_put(&f->s, "codedirectory", writ_buffer_span(&d));
    scratch_put(&f->s, "sig.der", writ_buffer_span(&cms));
    writ_buffer_free(&d);
    writ_buffer_free(&cms);
}

static void a_seal_is_checked_by_openssl_alone(void **state)
{
    struct family f = make_family();

    (void)state;
    put_entry(&f, &f.alice);
    scratch_run(&f.s, CMS_VERIFY);
    scratch_run(&f.s, CMS_VERIFY "-cades"); /* with signingCertificateV2 */
    scratch_run(&f.s, "cmp verified codedirectory");
    scratch_run(&f.s, "printf x >>codedirectory");
    assert_int_not_equal(scratch_try(&f.s, CMS_VERIFY), 0);
    free_family(&f);
}

static void a_seal_of_another_root_is_not(void **state)
{
    struct family f = make_family(), other = make_family();

    (void)state;
    put_entry(&f, &f.alice);
    put_holder(&f.s, "root", &other.root);
    assert_int_not_equal(scratch_try(&f.s, CMS_VERIFY), 0);
    free_family(&other);
    free_family(&f);
}

static void a_seal_by_an_rsa_key_is_checked_by_openssl_alone(void **state)
{
    struct family f = make_family();
    struct holder bob =
        holder_of(openssl_key(&f.s, "-algorithm RSA -pkeyopt rsa_keygen_bits:3072"));
    struct writ_certificate_order order = order_of(WRIT_ROLE_DEVELOPER, &bob, &f.mid);

    (void)state;
    issue(&bob, &order);
    put_entry(&f, &bob);
    scratch_run(&f.s, CMS_VERIFY "-cades");
    holder_free(&bob);
    free_family(&f);
}

/* The way back: a signature openssl made over our content type is read by our strict reader. */
static void a_signature_made_by_openssl_is_read(void **state)
{
    struct family f = make_family();
    struct writ_buffer theirs;
    struct writ_cms cms;

    (void)state;
    put_entry(&f, &f.alice);
    scratch_run(&f.s, "openssl cms -sign -cades -binary -in codedirectory -signer alice.pem "
                      "-inkey alice.key -certfile mid.pem -md sha256 -outform DER -out theirs.der "
                      "-econtent_type 2.25.156184997021121762790734345848554784336.2");
    theirs = scratch_get(&f.s, "theirs.der");
    assert_ok(writ_cms_parse(writ_buffer_span(&theirs), &cms, &e));
    assert_false(cms.has_content);
    assert_spans_equal(cms.content_type, writ_oid_content(WRIT_OID_CODE_DIRECTORY));
    assert_int_equal(cms.certificate_count, 2);
    assert_int_equal(cms.signature_algorithm, WRIT_OID_ECDSA_SHA256);
    assert_true(cms.has_signing_time && cms.has_message_digest && cms.ess_v2.present);
    assert_true(writ_cms_names_signer(&cms, &f.alice.cert));
    writ_buffer_free(&theirs);
    free_family(&f);
}

static void what_openssl_makes_otherwise_is_refused_with_a_reason(void **state)
{
    static const struct {
        const char *options, *words;
    } cases[] = {
        {"-noattr", "signed attributes are missing"},
        {"-stream -indef", "indefinite length (BER)"},
        {"-signer tsa.pem -inkey tsa.key", "more than the one SignerInfo"},
    };
    struct family f = make_family();

    (void)state;
    put_entry(&f, &f.alice);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct writ_buffer theirs;
        struct writ_cms cms;

        scratch_run(&f.s,
                    piece("openssl cms -sign -nodetach -binary -in codedirectory -signer alice.pem "
                          "-inkey alice.key -outform DER -out theirs.der %s "
                          "-econtent_type 2.25.156184997021121762790734345848554784336.2",
                          cases[i].options));
        theirs = scratch_get(&f.s, "theirs.der");
        assert_fault(writ_cms_parse(writ_buffer_span(&theirs), &cms, &e), WRIT_FAULT_BAD_INPUT,
                     cases[i].words);
        writ_buffer_free(&theirs);
    }
    free_family(&f);
}

/* ---- timestamps ---- */

#define IMPRINT "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static const char configuration[] = "[tsa]\n"
                                    "default_tsa = t\n"
                                    "[t]\n"
                                    "serial = serial\n"
                                    "default_policy = 1.2.3\n"
                                    "signer_digest = sha256\n"
                                    "digests = sha256\n"
                                    "accuracy = secs:1, millisecs:500, microsecs:100\n"
                                    "clock_precision_digits = 3\n"
                                    "ordering = yes\n"
                                    "tsa_name = yes\n"
                                    "ess_cert_id_chain = yes\n"
                                    "ess_cert_id_alg = sha256\n";

/* Lets `openssl ts` answer query.tsq; the caller frees the answer. */
static struct writ_buffer answer_of(const struct family *f)
{
    scratch_put(&f->s, "ts.cnf", writ_span_text(configuration));
    scratch_run(&f->s, "openssl ts -reply -config ts.cnf -queryfile query.tsq -signer tsa.pem "
                       "-inkey tsa.key -chain mid.pem -out answer.tsr");
    return scratch_get(&f->s, "answer.tsr");
}

static void openssl_answers_our_request_and_we_read_its_answer(void **state)
{
    struct family f = make_family();
    struct writ_buffer request = {0}, answer;
    struct writ_span token;
    struct writ_timestamp stamp;

    (void)state;
    assert_ok(writ_timestamp_build_request(bytes_of(IMPRINT), bytes_of("80ff"), &request, &e));
    scratch_put(&f.s, "query.tsq", writ_buffer_span(&request));
    scratch_run(&f.s, "openssl ts -query -in query.tsq -text | grep -q 'Nonce: 0x80FF'");
    answer = answer_of(&f);
    assert_ok(writ_timestamp_parse_answer(writ_buffer_span(&answer), &token, &e));
    assert_ok(writ_timestamp_parse(token, &stamp, &e));
    assert_int_equal(stamp.hash_algorithm, WRIT_OID_SHA256);
    assert_spans_equal(stamp.imprint, bytes_of(IMPRINT));
    assert_spans_equal(stamp.nonce, bytes_of("0080ff"));
    assert_spans_equal(stamp.policy, bytes_of("2a03"));
    assert_int_equal(stamp.accuracy, 2);
    assert_true(stamp.cms.ess_v2.present);
    assert_true(writ_cms_names_signer(&stamp.cms, &f.tsa.cert));
    writ_buffer_free(&request);
    writ_buffer_free(&answer);
    free_family(&f);
}

static void openssls_refusal_is_told(void **state)
{
    struct family f = make_family();
    struct writ_buffer answer;
    struct writ_span token;

    (void)state;
    scratch_run(&f.s, "printf x >x && openssl ts -query -data x -sha512 -out query.tsq");
    answer = answer_of(&f);
    assert_fault(writ_timestamp_parse_answer(writ_buffer_span(&answer), &token, &e),
                 WRIT_FAULT_UNAVAILABLE, "the timestamp authority refused (status 2): ");
    writ_buffer_free(&answer);
    free_family(&f);
}

static const struct CMUnitTest claims[] = {
    CLAIM(certificates_verify_strictly),
    CLAIM(openssl_reads_what_a_certificate_says),
    CLAIM(a_request_verifies),
    CLAIM(a_request_of_openssl_with_extensions_is_read),
    CLAIM(a_seal_is_checked_by_openssl_alone),
    CLAIM(a_seal_of_another_root_is_not),
    CLAIM(a_seal_by_an_rsa_key_is_checked_by_openssl_alone),
    CLAIM(a_signature_made_by_openssl_is_read),
    CLAIM(what_openssl_makes_otherwise_is_refused_with_a_reason),
    CLAIM(openssl_answers_our_request_and_we_read_its_answer),
    CLAIM(openssls_refusal_is_told),
};

RUN_CLAIMS_UNLESS(missing, claims)
