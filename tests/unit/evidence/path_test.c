/* Paths: what is noted about each certificate, and the sentence for everything that does not hold.
 * What OpenSSL finds is in tests/fixtures/path/cases.txt. */
#include "evidence/path.h"

#include <openssl/x509.h>

#include "crypto/digest.h"
#include "test.h"
#include "world/world.h"

#define INSTANT world_time("2026-09-01")

static struct world w;
static struct writ_checked_path checked;
static struct writ_path_facts facts;

static struct writ_span der_of(const char *name)
{
    return writ_buffer_span(&world_cert(&w, name)->der);
}

/* Looks for a path from a leaf over these candidates (names with commas) to these anchors. */
static void look(const char *leaf, const char *candidates, const char *anchors, int64_t instant)
{
    struct writ_span middle[WORLD_CERTS], roots[WORLD_CERTS];
    size_t middles = 0, count = 0;
    char name[WORLD_NAME];
    struct writ_error e = {0};

    while (world_next_name(&candidates, name))
        middle[middles++] = der_of(name);
    while (world_next_name(&anchors, name))
        roots[count++] = strcmp(name, "none") == 0 ? WRIT_SPAN_NONE : der_of(name);
    checked = (struct writ_checked_path){0};
    facts = (struct writ_path_facts){0};
    assert_ok(writ_check_path(der_of(leaf), middle, middles, roots, count, instant, &checked,
                              &facts, &e));
}

static void begin(const char *lines)
{
    world_start(&w);
    world_say(&w, lines);
    world_make(&w);
}

static void end(void)
{
    writ_checked_path_free(&checked);
    world_free(&w);
}

static void fact_fails(const struct writ_fact *fact, const char *reason)
{
    assert_int_equal(fact->state, WRIT_CHECK_FAILED);
    assert_string_equal(fact->reason, reason);
}

/* ---- What is noted ---- */

static void a_good_path_is_built_dated_and_strong(void **state)
{
    (void)state;
    begin("");
    look("alice", "mid", "root", INSTANT);
    assert_true(writ_fact_holds(&facts.built));
    assert_true(writ_fact_holds(&facts.dated));
    assert_true(writ_fact_holds(&facts.strong));
    assert_int_equal(facts.count, 3);
    assert_int_equal(facts.instant, INSTANT);
    assert_int_equal(facts.bundle, 0);
    end();
}

static void each_certificate_is_noted_as_it_is(void **state)
{
    struct writ_error e = {0};
    uint8_t hash[WRIT_SHA256_BYTES];
    const struct writ_link *leaf = &facts.link[0];

    (void)state;
    begin("");
    look("alice", "mid", "root", INSTANT);
    assert_string_equal(leaf->subject, "Alice, Example Corp");
    assert_string_equal(leaf->issuer, "Example Corp CA, Example Corp");
    assert_string_equal(leaf->serial, "4d000000000000000000000000000003");
    assert_string_equal(leaf->key, "P-256");
    assert_int_equal(leaf->not_before, world_time("2026-01-01"));
    assert_int_equal(leaf->not_after, world_time("2027-01-01"));
    assert_true(leaf->is_numbered);
    assert_int_equal(leaf->number, 7);
    assert_int_equal(leaf->status, WRIT_STATUS_NOT_ASKED);
    assert_ok(writ_sha256(der_of("alice"), hash, &e));
    assert_memory_equal(leaf->fingerprint, hash, sizeof hash);
    end();
}

static void the_path_goes_from_the_leaf_to_the_root(void **state)
{
    (void)state;
    begin("");
    look("alice", "mid", "root", INSTANT);
    assert_string_equal(facts.link[1].subject, "Example Corp CA, Example Corp");
    assert_string_equal(facts.link[2].subject, "Example Corp Root, Example Corp");
    assert_false(facts.link[2].is_numbered);
    for (size_t i = 0; i < 3; i++)
        assert_spans_equal(checked.cert[i].der, checked.path.cert[i]);
    end();
}

/* What is looked up comes from the path that was verified, so it outlives what it was given. */
static void a_checked_path_owns_its_certificates(void **state)
{
    (void)state;
    begin("");
    look("alice", "mid", "root", INSTANT);
    world_free(&w);
    assert_spans_equal(checked.cert[0].serial, bytes_of("4d000000000000000000000000000003"));
    writ_checked_path_free(&checked);
}

static void names_of_strangers_are_made_safe(void **state)
{
    (void)state;
    begin("cert alice name=\"Mal\033[2Jlory\xe2\x80\xae\"");
    look("alice", "mid", "root", INSTANT);
    assert_string_equal(facts.link[0].subject, "Mal\\x1b[2Jlory\\u{202e}, Example Corp");
    end();
}

static void the_bundle_is_that_of_the_anchor_the_path_ends_in(void **state)
{
    (void)state;
    begin("ca other trusted");
    look("bob", "other-mid,mid", "root,other-root", INSTANT);
    assert_int_equal(facts.bundle, 1);
    writ_checked_path_free(&checked);
    look("alice", "other-mid,mid", "root,other-root", INSTANT);
    assert_int_equal(facts.bundle, 0);
    end();
}

/* A bundle that vouches for something else takes part with no root at all. */
static void an_empty_anchor_is_stepped_over_and_counted(void **state)
{
    (void)state;
    begin("ca other trusted");
    look("bob", "other-mid", "none,other-root", INSTANT);
    assert_true(writ_fact_holds(&facts.built));
    assert_int_equal(facts.bundle, 1);
    end();
}

/* ---- No path ---- */

static void no_path_says_why_and_where_and_nothing_more(void **state)
{
    (void)state;
    begin("");
    look("alice", "", "root", INSTANT);
    assert_int_equal(facts.built.state, WRIT_CHECK_FAILED);
    assert_non_null(strstr(facts.built.reason, "no path to a trusted root: "));
    assert_non_null(strstr(facts.built.reason, "(certificate 0 of the path)"));
    assert_int_equal(facts.count, 0);
    assert_int_equal(facts.dated.state, WRIT_CHECK_NOT_MADE);
    assert_int_equal(facts.strong.state, WRIT_CHECK_NOT_MADE);
    end();
}

static void without_anchors_no_ca_is_trusted_and_it_says_so(void **state)
{
    (void)state;
    begin("");
    look("alice", "", "", INSTANT);
    assert_string_equal(facts.built.reason, "no path to a trusted root: this device trusts no CA");
    assert_int_equal(facts.count, 0);
    end();
}

/* OpenSSL takes serial numbers that RFC 5280 section 4.1.2.2 does not; our reader does not. */
static struct writ_buffer with_long_serial(const char *name, const char *issuer)
{
    struct writ_buffer der = {0};
    struct writ_span old = der_of(name);
    const uint8_t *p = old.p;
    X509 *cert = d2i_X509(NULL, &p, (long)old.n);
    BIGNUM *serial = BN_new();
    uint8_t *out = NULL;
    int n;

    assert_non_null(cert);
    assert_int_equal(BN_lshift(serial, BN_value_one(), 180), 1);
    assert_non_null(BN_to_ASN1_INTEGER(serial, X509_get_serialNumber(cert)));
    assert_true(X509_sign(cert, world_cert(&w, issuer)->key, EVP_sha256()) > 0);
    n = i2d_X509(cert, &out);
    writ_buffer_add(&der, WRIT_SPAN(out, (size_t)n));
    OPENSSL_free(out);
    BN_free(serial);
    X509_free(cert);
    return der;
}

/* Looks for a path with one certificate of the sound world exchanged for an odd one. */
static void look_with_odd(const char *odd, const char *issuer)
{
    struct writ_buffer made;
    struct writ_span leaf, mid, root;
    struct writ_error e = {0};

    begin("");
    made = with_long_serial(odd, issuer);
    leaf = strcmp(odd, "alice") == 0 ? writ_buffer_span(&made) : der_of("alice");
    mid = strcmp(odd, "mid") == 0 ? writ_buffer_span(&made) : der_of("mid");
    root = der_of("root");
    checked = (struct writ_checked_path){0};
    facts = (struct writ_path_facts){0};
    assert_ok(writ_check_path(leaf, &mid, 1, &root, 1, INSTANT, &checked, &facts, &e));
    writ_buffer_free(&made);
    end();
}

static void a_certificate_that_only_openssl_reads_makes_no_path(void **state)
{
    (void)state;
    look_with_odd("mid", "root");
    assert_int_equal(facts.built.state, WRIT_CHECK_FAILED);
    assert_int_equal(facts.count, 0);
    look_with_odd("alice", "mid");
    assert_int_equal(facts.built.state, WRIT_CHECK_FAILED);
    assert_non_null(strstr(facts.built.reason, "certificate 0 of the path: "));
    assert_int_equal(facts.count, 0);
}

/* ---- Dates ---- */

static void a_path_whose_dates_alone_are_wrong_is_built(void **state)
{
    (void)state;
    begin("");
    look("alice", "mid", "root", world_time("2027-01-01T00:00:01Z"));
    assert_true(writ_fact_holds(&facts.built));
    assert_int_equal(facts.count, 3);
    fact_fails(&facts.dated, "the certificate of Alice, Example Corp ended at "
                             "2027-01-01T00:00:00Z, before 2027-01-01T00:00:01Z");
    writ_checked_path_free(&checked);
    look("alice", "mid", "root", world_time("2025-12-31T23:59:59Z"));
    assert_true(writ_fact_holds(&facts.built));
    fact_fails(&facts.dated, "the certificate of Alice, Example Corp begins at "
                             "2026-01-01T00:00:00Z, after 2025-12-31T23:59:59Z");
    end();
}

static void the_first_and_the_last_second_are_valid(void **state)
{
    (void)state;
    begin("");
    look("alice", "mid", "root", world_time("2026-01-01T00:00:00Z"));
    assert_true(writ_fact_holds(&facts.dated));
    writ_checked_path_free(&checked);
    look("alice", "mid", "root", world_time("2027-01-01T00:00:00Z"));
    assert_true(writ_fact_holds(&facts.dated));
    end();
}

static void dates_are_checked_anew_for_another_instant(void **state)
{
    (void)state;
    begin("");
    look("alice", "mid", "root", INSTANT);
    writ_check_dates(&checked, world_time("2045-01-01"), &facts);
    assert_int_equal(facts.instant, world_time("2045-01-01"));
    fact_fails(&facts.dated, "the certificate of Alice, Example Corp ended at "
                             "2027-01-01T00:00:00Z, before 2045-01-01T00:00:00Z");
    writ_check_dates(&checked, INSTANT, &facts);
    assert_true(writ_fact_holds(&facts.dated));
    assert_string_equal(facts.dated.reason, "");
    end();
}

static void the_root_must_be_valid_as_well(void **state)
{
    (void)state;
    begin("cert root until=2026-10-01");
    look("alice", "mid", "root", world_time("2026-10-02"));
    assert_int_equal(facts.dated.state, WRIT_CHECK_FAILED);
    assert_non_null(strstr(facts.dated.reason, "Example Corp Root"));
    end();
}

/* ---- Strength ---- */

static void signatures_with_sha_256_and_better_are_strong_and_no_others(void **state)
{
    static const enum writ_oid strong[] = {WRIT_OID_ECDSA_SHA256, WRIT_OID_ECDSA_SHA384,
                                           WRIT_OID_ECDSA_SHA512, WRIT_OID_RSA_SHA256,
                                           WRIT_OID_RSA_SHA384,   WRIT_OID_RSA_SHA512};

    (void)state;
    for (int oid = 0; oid < WRIT_OID_COUNT; oid++) {
        bool wanted = false;

        for (size_t i = 0; i < sizeof strong / sizeof strong[0]; i++)
            wanted = wanted || strong[i] == (enum writ_oid)oid;
        assert_int_equal(writ_is_strong_signature((enum writ_oid)oid), wanted);
    }
}

static bool strong_key(enum writ_oid algorithm, enum writ_oid curve, size_t bits)
{
    struct writ_public_key key = {.algorithm = algorithm, .curve = curve, .rsa_bits = bits};

    return writ_is_strong_key(&key);
}

static void p_256_p_384_and_rsa_of_2048_bits_are_strong_and_no_others(void **state)
{
    (void)state;
    assert_true(strong_key(WRIT_OID_EC_PUBLIC_KEY, WRIT_OID_P256, 0));
    assert_true(strong_key(WRIT_OID_EC_PUBLIC_KEY, WRIT_OID_P384, 0));
    assert_false(strong_key(WRIT_OID_EC_PUBLIC_KEY, WRIT_OID_UNKNOWN, 0));
    assert_true(strong_key(WRIT_OID_RSA, WRIT_OID_UNKNOWN, 2048));
    assert_true(strong_key(WRIT_OID_RSA, WRIT_OID_UNKNOWN, 4096));
    assert_false(strong_key(WRIT_OID_RSA, WRIT_OID_UNKNOWN, 2047));
    assert_false(strong_key(WRIT_OID_ED25519, WRIT_OID_UNKNOWN, 0));
    assert_false(strong_key(WRIT_OID_UNKNOWN, WRIT_OID_P256, 4096));
}

static void a_weak_key_is_named_with_its_owner(void **state)
{
    (void)state;
    begin("cert mid2 like mid number=20 key=p521\ncert alice issuer=mid2");
    look("alice", "mid2", "root", INSTANT);
    assert_true(writ_fact_holds(&facts.built));
    assert_int_equal(facts.strong.state, WRIT_CHECK_FAILED);
    assert_non_null(strstr(facts.strong.reason, "the key of mid2, Example Corp ("));
    assert_non_null(strstr(facts.strong.reason, "is not one that writ accepts"));
    end();
}

static void a_weak_signature_is_named_with_its_certificate(void **state)
{
    (void)state;
    begin("cert mid2 like mid number=20 key=ed25519\ncert alice issuer=mid2");
    look("alice", "mid2", "root", INSTANT);
    fact_fails(&facts.strong, "the certificate of Alice, Example Corp is signed with Ed25519");
    end();
}

static void the_signature_of_an_intermediate_counts_like_a_leafs(void **state)
{
    (void)state;
    begin("cert root path-length=none\n"
          "cert high like mid number=20 path-length=none key=ed25519\n"
          "cert low like mid number=21 issuer=high\ncert alice issuer=low");
    look("alice", "low,high", "root", INSTANT);
    fact_fails(&facts.strong, "the certificate of low, Example Corp is signed with Ed25519");
    end();
}

/* OpenSSL builds no path for want of strength: that is a failure of strength too. */
static void what_is_too_weak_for_a_path_is_weak(void **state)
{
    static const char *const weak[] = {"cert alice key=rsa1024", "cert alice hash=sha1",
                                       "cert mid key=rsa1024", "cert mid hash=sha1"};

    (void)state;
    for (size_t i = 0; i < sizeof weak / sizeof weak[0]; i++) {
        begin(weak[i]);
        look("alice", "mid", "root", INSTANT);
        assert_int_equal(facts.strong.state, WRIT_CHECK_FAILED);
        assert_int_equal(facts.built.state, WRIT_CHECK_FAILED);
        assert_non_null(strstr(facts.strong.reason, "too weak"));
        end();
    }
}

/* ---- Purposes that are handed on ---- */

static struct writ_fact handed_on(const char *lines, enum writ_oid purpose)
{
    struct writ_fact fact = {0};

    begin(lines);
    look("alice", "mid", "root", INSTANT);
    writ_check_handed_on(&checked, purpose, &facts, &fact);
    end();
    return fact;
}

static void an_intermediate_without_purposes_hands_on_every_one(void **state)
{
    (void)state;
    assert_int_equal(handed_on("", WRIT_OID_CODE_SIGNING).state, WRIT_CHECK_NOT_MADE);
    assert_int_equal(handed_on("", WRIT_OID_TIME_STAMPING).state, WRIT_CHECK_NOT_MADE);
}

static void an_intermediate_with_purposes_hands_on_only_those(void **state)
{
    struct writ_fact fact = handed_on("cert mid purpose=codeSigning", WRIT_OID_TIME_STAMPING);

    (void)state;
    fact_fails(&fact, "the certificate of Example Corp CA, Example Corp is not for timeStamping");
    assert_int_equal(handed_on("cert mid purpose=codeSigning", WRIT_OID_CODE_SIGNING).state,
                     WRIT_CHECK_NOT_MADE);
    assert_int_equal(handed_on("cert mid purpose=anyExtendedKeyUsage", WRIT_OID_CODE_SIGNING).state,
                     WRIT_CHECK_NOT_MADE);
}

static void neither_leaf_nor_root_is_asked_what_it_hands_on(void **state)
{
    (void)state;
    assert_int_equal(handed_on("cert alice purpose=serverAuth\ncert root purpose=serverAuth",
                               WRIT_OID_CODE_SIGNING)
                         .state,
                     WRIT_CHECK_NOT_MADE);
}

/* ---- Facts ---- */

static void a_fact_that_failed_stays_failed_for_its_first_reason(void **state)
{
    struct writ_fact fact = {0};

    (void)state;
    assert_false(writ_fact_holds(&fact));
    writ_fact_pass(&fact);
    assert_true(writ_fact_holds(&fact));
    writ_fact_fail(&fact, "the %s", "cause");
    writ_fact_fail(&fact, "an echo");
    writ_fact_pass(&fact);
    fact_fails(&fact, "the cause");
}

static void a_reason_that_does_not_fit_is_cut(void **state)
{
    char longer[2 * WRIT_FACT_TEXT];
    struct writ_fact fact = {0};

    (void)state;
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    writ_fact_fail(&fact, "%s", longer);
    assert_int_equal(strlen(fact.reason), WRIT_FACT_TEXT - 1);
}

int main(void)
{
    const struct CMUnitTest claims[] = {
        CLAIM(a_good_path_is_built_dated_and_strong),
        CLAIM(each_certificate_is_noted_as_it_is),
        CLAIM(the_path_goes_from_the_leaf_to_the_root),
        CLAIM(a_checked_path_owns_its_certificates),
        CLAIM(names_of_strangers_are_made_safe),
        CLAIM(the_bundle_is_that_of_the_anchor_the_path_ends_in),
        CLAIM(an_empty_anchor_is_stepped_over_and_counted),
        CLAIM(no_path_says_why_and_where_and_nothing_more),
        CLAIM(without_anchors_no_ca_is_trusted_and_it_says_so),
        CLAIM(a_certificate_that_only_openssl_reads_makes_no_path),
        CLAIM(a_path_whose_dates_alone_are_wrong_is_built),
        CLAIM(the_first_and_the_last_second_are_valid),
        CLAIM(dates_are_checked_anew_for_another_instant),
        CLAIM(the_root_must_be_valid_as_well),
        CLAIM(signatures_with_sha_256_and_better_are_strong_and_no_others),
        CLAIM(p_256_p_384_and_rsa_of_2048_bits_are_strong_and_no_others),
        CLAIM(a_weak_key_is_named_with_its_owner),
        CLAIM(a_weak_signature_is_named_with_its_certificate),
        CLAIM(the_signature_of_an_intermediate_counts_like_a_leafs),
        CLAIM(what_is_too_weak_for_a_path_is_weak),
        CLAIM(an_intermediate_without_purposes_hands_on_every_one),
        CLAIM(an_intermediate_with_purposes_hands_on_only_those),
        CLAIM(neither_leaf_nor_root_is_asked_what_it_hands_on),
        CLAIM(a_fact_that_failed_stays_failed_for_its_first_reason),
        CLAIM(a_reason_that_does_not_fit_is_cut),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name(__FILE__, claims, NULL, NULL);
}
