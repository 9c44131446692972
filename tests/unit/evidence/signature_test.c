/* Who signed a CMS, and whether over these bytes: each sentence, from a signature that is wrong in
 * exactly one thing. */
#include "evidence/signature.h"

#include "test.h"
#include "world/world.h"

static struct world w;
static struct writ_cms cms;
static struct writ_cert signer;
static size_t place;
static struct writ_fact fact;

/* Makes a seal by these statements, reads the CMS of its first entry, and finds the signer. */
static void find(const char *lines)
{
    struct writ_error e = {0};

    world_start(&w);
    world_say(&w, lines);
    world_make(&w);
    assert_ok(writ_cms_parse(writ_buffer_span(&w.entry[0].cms_der), &cms, &e));
    fact = (struct writ_fact){0};
    place = 77;
    assert_ok(writ_find_signer(&cms, &signer, &place, &fact, &e));
}

/* The same, and checks the signature over the code directory. */
static void check(const char *lines)
{
    struct writ_error e = {0};

    find(lines);
    assert_int_equal(fact.state, WRIT_CHECK_NOT_MADE);
    assert_ok(
        writ_check_signature(&cms, &signer, writ_buffer_span(&w.entry[0].directory), &fact, &e));
}

static void fails_with(const char *reason)
{
    assert_int_equal(fact.state, WRIT_CHECK_FAILED);
    assert_string_equal(fact.reason, reason);
    world_free(&w);
}

static void signer_is(const char *name)
{
    assert_int_equal(fact.state, WRIT_CHECK_NOT_MADE);
    assert_spans_equal(signer.der, writ_buffer_span(&world_cert(&w, name)->der));
    assert_spans_equal(cms.certificate[place], signer.der);
    world_free(&w);
}

/* ---- Who ---- */

static void the_signer_is_found_by_issuer_and_serial(void **state)
{
    (void)state;
    find("entry certificates=mid,alice");
    signer_is("alice");
}

static void the_signer_is_found_by_key_id(void **state)
{
    (void)state;
    find("entry by-key-id certificates=mid,alice");
    signer_is("alice");
}

static void of_two_with_one_key_id_the_bound_one_is_found(void **state)
{
    static const char *const lines[] = {
        "cert carol like alice number=8 key-of=alice\nentry by=carol by-key-id "
        "certificates=alice,carol",
        "cert carol like alice number=8 key-of=alice\nentry by=alice by-key-id "
        "certificates=alice,carol",
    };

    (void)state;
    find(lines[0]);
    signer_is("carol");
    find(lines[1]);
    signer_is("alice");
}

static void one_that_is_not_there_is_not_found(void **state)
{
    (void)state;
    find("entry certificates=mid");
    fails_with("the signer's certificate is not in the signature");
    find("entry certificates=none");
    fails_with("the signer's certificate is not in the signature");
    find("cert alice no-key-id\nentry by-key-id");
    fails_with("the signer's certificate is not in the signature");
}

static void every_binding_must_fit(void **state)
{
    static const char *const wrong[] = {"entry ess=other", "entry ess=serial", "entry ess=v1-other",
                                        "entry ess=none"};
    static const char *const right[] = {"entry ess=v2",     "entry ess=v1",
                                        "entry ess=both",   "entry ess=sha1",
                                        "entry ess=sha512", "entry ess=no-serial"};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        find(wrong[i]);
        fails_with("signingCertificate binds another certificate than the signer's");
    }
    for (size_t i = 0; i < sizeof right / sizeof right[0]; i++) {
        find(right[i]);
        signer_is("alice");
    }
}

static void a_binding_with_a_hash_nobody_knows_fits_nothing(void **state)
{
    struct writ_error e = {0};

    (void)state;
    find("");
    cms.ess_v2.hash_algorithm = WRIT_OID_UNKNOWN;
    assert_ok(writ_find_signer(&cms, &signer, &place, &fact, &e));
    fails_with("signingCertificate binds another certificate than the signer's");
}

/* The reader of certificates is strict for all that stand there, not only for the signer's. */
static void a_certificate_that_cannot_be_read_is_named(void **state)
{
    struct writ_error e = {0};

    (void)state;
    find("entry certificates=alice,mid");
    cms.certificate[0] = bytes_of("3003020100");
    assert_ok(writ_find_signer(&cms, &signer, &place, &fact, &e));
    assert_int_equal(fact.state, WRIT_CHECK_FAILED);
    assert_non_null(strstr(fact.reason, "certificate 0 of the signature: "));
    world_free(&w);
}

/* ---- Over what ---- */

static void a_good_signature_passes(void **state)
{
    static const char *const good[] = {
        "",
        "entry digest=sha384",
        "entry digest=sha512",
        "cert alice key=rsa2048",
        "cert alice key=p384\nentry digest=sha384",
        "entry by-key-id",
    };

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        check(good[i]);
        assert_true(writ_fact_holds(&fact));
        world_free(&w);
    }
}

static void each_thing_that_is_wrong_has_its_sentence(void **state)
{
    static const struct {
        const char *lines, *sentence;
    } wrong[] = {
        {"entry spoiled", "the signature does not verify"},
        {"cert carol like alice number=8\nentry key-of=carol", "the signature does not verify"},
        {"entry wrong-digest", "messageDigest is not the digest of what was signed"},
        {"entry wrong-type", "the signed contentType is not that of the content"},
        {"entry without=contentType",
         "contentType or messageDigest is missing from the signed attributes"},
        {"entry without=messageDigest",
         "contentType or messageDigest is missing from the signed attributes"},
        {"entry digest=sha1", "signed with ecdsa-with-SHA1, which writ does not accept"},
        {"cert alice key=ed25519\nentry ess=v2", "signed with Ed25519, which writ does not accept"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        check(wrong[i].lines);
        fails_with(wrong[i].sentence);
    }
}

static void a_digest_with_sha_1_is_refused_though_the_signature_is_not(void **state)
{
    struct writ_error e = {0};

    (void)state;
    find("");
    cms.digest_algorithm = WRIT_OID_SHA1;
    assert_ok(
        writ_check_signature(&cms, &signer, writ_buffer_span(&w.entry[0].directory), &fact, &e));
    fails_with("signed with SHA-1");
}

static void a_digest_nobody_knows_is_refused(void **state)
{
    struct writ_error e = {0};

    (void)state;
    find("");
    cms.digest_algorithm = WRIT_OID_UNKNOWN;
    assert_ok(
        writ_check_signature(&cms, &signer, writ_buffer_span(&w.entry[0].directory), &fact, &e));
    fails_with("signed with a hash that writ does not accept");
}

static void other_content_is_not_what_was_signed(void **state)
{
    struct writ_error e = {0};

    (void)state;
    find("");
    w.entry[0].directory.p[w.entry[0].directory.n - 1] ^= 1;
    assert_ok(
        writ_check_signature(&cms, &signer, writ_buffer_span(&w.entry[0].directory), &fact, &e));
    fails_with("messageDigest is not the digest of what was signed");
}

/* The signature is over the attributes, so a digest that was exchanged with the content shows. */
static void exchanged_attributes_are_not_what_was_signed(void **state)
{
    struct writ_error e = {0};
    uint8_t other[512];

    (void)state;
    find("");
    assert_true(cms.signed_attributes.n <= sizeof other);
    memcpy(other, cms.signed_attributes.p, cms.signed_attributes.n);
    other[cms.signed_attributes.n - 1] ^= 1;
    cms.signed_attributes.p = other;
    assert_ok(
        writ_check_signature(&cms, &signer, writ_buffer_span(&w.entry[0].directory), &fact, &e));
    fails_with("the signature does not verify");
}

int main(void)
{
    const struct CMUnitTest claims[] = {
        CLAIM(the_signer_is_found_by_issuer_and_serial),
        CLAIM(the_signer_is_found_by_key_id),
        CLAIM(of_two_with_one_key_id_the_bound_one_is_found),
        CLAIM(one_that_is_not_there_is_not_found),
        CLAIM(every_binding_must_fit),
        CLAIM(a_binding_with_a_hash_nobody_knows_fits_nothing),
        CLAIM(a_certificate_that_cannot_be_read_is_named),
        CLAIM(a_good_signature_passes),
        CLAIM(each_thing_that_is_wrong_has_its_sentence),
        CLAIM(a_digest_with_sha_1_is_refused_though_the_signature_is_not),
        CLAIM(a_digest_nobody_knows_is_refused),
        CLAIM(other_content_is_not_what_was_signed),
        CLAIM(exchanged_attributes_are_not_what_was_signed),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name(__FILE__, claims, NULL, NULL);
}
