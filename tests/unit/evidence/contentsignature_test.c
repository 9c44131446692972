/*
 * Who signed one of Mozilla's collections: chains and signatures as Mozilla makes them, and each of
 * their parts gone wrong (tests/fixtures/contentsignature, made by the script beside them).
 */
#include "evidence/contentsignature.h"

#include "base/buffer.h"
#include "bytes/pem.h"
#include "crypto/digest.h"
#include "test.h"

#define SIGNER "onecrl.content-signature.mozilla.org"
#define NOW    ((int64_t)1774137600) /* 2026-03-22 */

static struct writ_buffer chain, signature, message;
static uint8_t root[WRIT_HASH_BYTES];
static struct writ_fact fact;

static void read_fixture(const char *name, const char *suffix, struct writ_buffer *out)
{
    char path[512];
    FILE *f;
    int c;

    (void)snprintf(path, sizeof path, WRIT_TEST_SOURCE "/tests/fixtures/contentsignature/%s%s",
                   name, suffix);
    f = fopen(path, "rb");
    if (f == NULL)
        fail_msg("no %s", path);
    writ_buffer_free(out);
    while ((c = fgetc(f)) != EOF)
        writ_buffer_byte(out, (uint8_t)c);
    (void)fclose(f);
}

/* The root is the last certificate of the good chain. */
static void find_root(void)
{
    struct writ_error e = {0};
    struct writ_cursor c;
    bool found = true;

    read_fixture("good", ".pem", &chain);
    c = writ_cursor_over(writ_buffer_span(&chain), &e);
    while (found) {
        struct writ_pem pem = {0};

        assert_ok(writ_pem_next(&c, &pem, &found));
        if (found)
            assert_ok(writ_sha256(writ_buffer_span(&pem.der), root, &e));
        writ_pem_free(&pem);
    }
}

static void take(const char *name)
{
    find_root();
    read_fixture(name, ".pem", &chain);
    read_fixture(name, ".sig", &signature);
    read_fixture("message", "", &message);
}

static void check_at(const char *signer, int64_t now)
{
    struct writ_content_signature how = {.signature = writ_buffer_span(&signature),
                                         .chain = writ_buffer_span(&chain),
                                         .signer = signer,
                                         .root = root,
                                         .now = now};
    struct writ_error e = {0};

    assert_ok(writ_check_content_signature(&how, writ_buffer_span(&message), &fact, &e));
}

static void assert_good(void)
{
    if (fact.state != WRIT_CHECK_PASSED)
        fail_msg("%s", fact.reason);
}

static void assert_bad(const char *words)
{
    assert_int_equal(fact.state, WRIT_CHECK_FAILED);
    if (strstr(fact.reason, words) == NULL)
        fail_msg("wanted \"%s\" in \"%s\"", words, fact.reason);
}

static void a_signature_as_mozilla_makes_it_is_good(void **state)
{
    (void)state;
    take("good");
    check_at(SIGNER, NOW);
    assert_good();
    check_at("OneCRL.Content-Signature.Mozilla.org", NOW);
    assert_good();
}

static void each_part_that_is_wrong_is_named(void **state)
{
    static const char *const cases[][2] = {
        {"other-host", "is not for " SIGNER},
        {"outside", "permitted subtree violation"},
        {"no-purpose", "is not for codeSigning"},
        {"no-usage", "is not for digitalSignature"},
        {"p256", "is not one of P-384"},
        {"of-mail", "is not for codeSigning"},
        {"no-root", "the chain does not lead to the root "},
        {"no-intermediate", "no path to a trusted root"},
        {"no-leaf", "is not for " SIGNER},
        {"year", "ended at 2026-01-01T00:00:00Z"},
        {"of-year", "ended at 2026-01-01T00:00:00Z"},
        {"other-key", "the signature does not verify"},
        {"other-message", "the signature does not verify"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        take(cases[i][0]);
        check_at(SIGNER, NOW);
        assert_bad(cases[i][1]);
    }
}

static void a_chain_is_good_while_all_of_it_is_valid(void **state)
{
    static const char *const names[] = {"year", "of-year"};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        take(names[i]);
        check_at(SIGNER, NOW - 120 * 86400);
        assert_good();
        check_at(SIGNER, NOW - 500 * 86400);
        assert_bad("begins at 2025-01-01T00:00:00Z");
    }
}

static void another_root_is_refused(void **state)
{
    (void)state;
    take("good");
    root[0] ^= 1;
    check_at(SIGNER, NOW);
    assert_bad("the chain does not lead to the root ");
}

static void a_name_is_taken_whole(void **state)
{
    static const char *const names[] = {
        "content-signature.mozilla.org", "necrl.content-signature.mozilla.org",
        "onecrl.content-signature.mozilla.or", "*.content-signature.mozilla.org", ""};

    (void)state;
    take("good");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        check_at(names[i], NOW);
        assert_bad("is not for ");
    }
    check_at("unrelated.content-signature.mozilla.org", NOW);
    assert_good();
}

static void a_message_with_any_byte_changed_is_refused(void **state)
{
    (void)state;
    take("good");
    for (size_t i = 0; i < message.n; i += 7) {
        message.p[i] ^= 1;
        check_at(SIGNER, NOW);
        assert_bad("the signature does not verify");
        message.p[i] ^= 1;
    }
    message.n = 0;
    check_at(SIGNER, NOW);
    assert_bad("the signature does not verify");
}

static void a_signature_has_one_spelling(void **state)
{
    char good[129], text[200];

    (void)state;
    take("good");
    assert_int_equal(signature.n, 128);
    memcpy(good, signature.p, 128);
    good[128] = '\0';
    for (int i = 0; i < 6; i++) {
        (void)snprintf(text, sizeof text, "%s%s", good + (i == 5 ? 1 : 0),
                       (const char *[]){"A", "=", "\n", "AAAA", " ", ""}[i]);
        writ_buffer_free(&signature);
        writ_buffer_text(&signature, text);
        check_at(SIGNER, NOW);
        assert_bad("not URL-safe base64 of 96 bytes");
    }
    for (int i = 0; i < 4; i++) {
        memcpy(text, good, sizeof good);
        text[50] = "+/=\n"[i];
        writ_buffer_free(&signature);
        writ_buffer_text(&signature, text);
        check_at(SIGNER, NOW);
        assert_bad("not URL-safe base64 of 96 bytes");
    }
}

/* r and s out of range must not be taken for anything, nor crash. */
static void numbers_out_of_range_are_no_signature(void **state)
{
    static const char letters[] = "A_";

    (void)state;
    take("good");
    for (int i = 0; i < 4; i++) {
        memset(signature.p, letters[i % 2], 64);
        memset(signature.p + 64, letters[i / 2], 64);
        check_at(SIGNER, NOW);
        assert_bad("the signature does not verify");
    }
}

static void a_chain_that_is_none_is_refused(void **state)
{
    static const char *const chains[][2] = {
        {"", "holds no certificate"},
        {"just words\n", "holds no certificate"},
        {"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "does not lead to"},
        {"-----BEGIN CERTIFICATE-----\nAAA", ""},
        {"-----BEGIN X-----\nAAAA\n-----END X-----\n", "something that is no certificate"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof chains / sizeof chains[0]; i++) {
        take("good");
        writ_buffer_free(&chain);
        writ_buffer_text(&chain, chains[i][0]);
        check_at(SIGNER, NOW);
        assert_bad(chains[i][1]);
    }
}

static void a_chain_has_ceilings(void **state)
{
    (void)state;
    take("good");
    for (int i = 0; i < 8; i++)
        writ_buffer_text(&chain, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    check_at(SIGNER, NOW);
    assert_bad("8 certificates or more");
    writ_buffer_zeros(&chain, WRIT_CONTENT_CHAIN_MAX);
    check_at(SIGNER, NOW);
    assert_bad("the ceiling is 65536");
}

static void certificates_that_do_not_belong_do_no_harm(void **state)
{
    struct writ_buffer more = {0};

    (void)state;
    take("good");
    read_fixture("p256", ".pem", &more);
    writ_buffer_add(&chain, writ_buffer_span(&more));
    check_at(SIGNER, NOW);
    assert_good();
    writ_buffer_free(&more);
}

static int forget(void **state)
{
    (void)state;
    writ_buffer_free(&chain);
    writ_buffer_free(&signature);
    writ_buffer_free(&message);
    return 0;
}

#define FORGETTING(function) cmocka_unit_test_teardown(function, forget)

static const struct CMUnitTest claims[] = {
    FORGETTING(a_signature_as_mozilla_makes_it_is_good),
    FORGETTING(each_part_that_is_wrong_is_named),
    FORGETTING(a_chain_is_good_while_all_of_it_is_valid),
    FORGETTING(another_root_is_refused),
    FORGETTING(a_name_is_taken_whole),
    FORGETTING(a_message_with_any_byte_changed_is_refused),
    FORGETTING(a_signature_has_one_spelling),
    FORGETTING(numbers_out_of_range_are_no_signature),
    FORGETTING(a_chain_that_is_none_is_refused),
    FORGETTING(a_chain_has_ceilings),
    FORGETTING(certificates_that_do_not_belong_do_no_harm),
};

RUN_CLAIMS(claims)
