#include "issue/sign.h"

#include "crypto/digest.h"
#include "crypto/keys.h"
#include "issue/orders.h"
#include "object/cms.h"

static struct writ_error e;

#define ROOT_HASH "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static struct writ_code_directory sound_directory(void)
{
    return (struct writ_code_directory){
        .kind = WRIT_SEAL_PROGRAM,
        .content_length = 4711,
        .root = bytes_of(ROOT_HASH),
        .identifier = writ_span_text("app"),
        .team = writ_span_text("team"),
    };
}

static struct writ_signer signer_of(const struct holder *h)
{
    return (struct writ_signer){.key = h->key, .certificate = writ_buffer_span(&h->der)};
}

/* A root and a developer under it. */
struct pair {
    struct holder root, alice;
};

static struct pair make_pair(void)
{
    struct pair p = {.root = issued(WRIT_ROLE_ROOT, NULL)};

    p.alice = issued(WRIT_ROLE_DEVELOPER, &p.root);
    return p;
}

static void free_pair(struct pair *p)
{
    holder_free(&p->alice);
    holder_free(&p->root);
}

/* ---- seals ---- */

/* The CMS is what the seal format wants over this directory, by this holder. */
static void assert_signs(struct writ_span cms_der, struct writ_span directory,
                         const struct holder *h, int64_t when)
{
    uint8_t hash[WRIT_SHA256_BYTES];
    struct writ_buffer message = {0};
    enum writ_signature_state state;
    struct writ_cms cms;

    assert_ok(writ_cms_parse(cms_der, &cms, &e));
    assert_spans_equal(cms.content_type, writ_oid_content(WRIT_OID_CODE_DIRECTORY));
    assert_spans_equal(cms.content_type_attribute, cms.content_type);
    assert_false(cms.has_content);
    assert_spans_equal(cms.certificate[0], h->cert.der);
    assert_true(writ_cms_names_signer(&cms, &h->cert));
    assert_ok(writ_sha256(directory, hash, &e));
    assert_spans_equal(cms.message_digest, WRIT_SPAN_OF(hash));
    assert_int_equal(cms.signing_time, when);
    assert_ok(writ_sha256(h->cert.der, hash, &e));
    assert_int_equal(cms.ess_v2.hash_algorithm, WRIT_OID_SHA256);
    assert_spans_equal(cms.ess_v2.hash, WRIT_SPAN_OF(hash));
    assert_spans_equal(cms.ess_v2.serial, h->cert.serial);
    assert_ok(writ_cms_signed_bytes(&cms, &message, &e));
    assert_ok(writ_verify_signature(h->cert.key.spki, cms.signature_algorithm,
                                    writ_buffer_span(&message), cms.signature, &state, &e));
    assert_int_equal(state, WRIT_SIGNATURE_GOOD);
    writ_buffer_free(&message);
}

static void an_entry_is_a_directory_and_a_signature_over_it(void **state)
{
    struct pair p = make_pair();
    struct writ_signer signer = signer_of(&p.alice);
    struct writ_code_directory directory = sound_directory(), again;
    struct writ_buffer d = {0}, cms = {0};

    (void)state;
    assert_ok(writ_sign_entry(&directory, &signer, 1764054000, &d, &cms, &e));
    assert_ok(writ_code_directory_parse(writ_buffer_span(&d), &again, &e));
    assert_int_equal(again.content_length, 4711);
    assert_text(again.team, "team");
    assert_signs(writ_buffer_span(&cms), writ_buffer_span(&d), &p.alice, 1764054000);
    writ_buffer_free(&d);
    writ_buffer_free(&cms);
    free_pair(&p);
}

static void both_are_appended(void **state)
{
    struct pair p = make_pair();
    struct writ_signer signer = signer_of(&p.alice);
    struct writ_code_directory directory = sound_directory();
    struct writ_buffer d = {0}, cms = {0};

    (void)state;
    writ_buffer_text(&d, "before");
    writ_buffer_text(&cms, "before");
    assert_ok(writ_sign_entry(&directory, &signer, 1764054000, &d, &cms, &e));
    assert_signs(WRIT_SPAN(cms.p + 6, cms.n - 6), WRIT_SPAN(d.p + 6, d.n - 6), &p.alice,
                 1764054000);
    writ_buffer_free(&d);
    writ_buffer_free(&cms);
    free_pair(&p);
}

static void an_rsa_key_signs_seals_too(void **state)
{
    struct scratch s = scratch_make();
    struct holder root = issued(WRIT_ROLE_ROOT, NULL);
    struct holder bob = holder_of(openssl_key(&s, "-algorithm RSA -pkeyopt rsa_keygen_bits:3072"));
    struct writ_certificate_order order = order_of(WRIT_ROLE_DEVELOPER, &bob, &root);
    struct writ_code_directory directory = sound_directory();
    struct writ_buffer d = {0}, cms = {0};
    struct writ_signer signer;

    (void)state;
    issue(&bob, &order);
    signer = signer_of(&bob);
    assert_ok(writ_sign_entry(&directory, &signer, 1764054000, &d, &cms, &e));
    assert_signs(writ_buffer_span(&cms), writ_buffer_span(&d), &bob, 1764054000);
    writ_buffer_free(&d);
    writ_buffer_free(&cms);
    holder_free(&bob);
    holder_free(&root);
    scratch_remove(&s);
}

static void the_chain_goes_along(void **state)
{
    struct pair p = make_pair();
    struct writ_span chain[8];
    struct writ_signer signer = signer_of(&p.alice);
    struct writ_code_directory directory = sound_directory();
    struct writ_buffer d = {0}, der_cms = {0};
    struct writ_cms cms;
    bool there = false;

    (void)state;
    for (size_t i = 0; i < 8; i++)
        chain[i] = writ_buffer_span(&p.root.der);
    signer.chain = chain;
    signer.chain_count = 7;
    assert_ok(writ_sign_entry(&directory, &signer, 1764054000, &d, &der_cms, &e));
    assert_ok(writ_cms_parse(writ_buffer_span(&der_cms), &cms, &e));
    assert_int_equal(cms.certificate_count, 8);
    for (size_t i = 0; i < 8; i++)
        there |= writ_span_equal(cms.certificate[i], writ_buffer_span(&p.alice.der));
    assert_true(there);
    signer.chain_count = 8;
    assert_fault(writ_sign_entry(&directory, &signer, 1764054000, &d, &der_cms, &e),
                 WRIT_FAULT_USAGE, "more than 7 certificates above the signer's");
    writ_buffer_free(&d);
    writ_buffer_free(&der_cms);
    free_pair(&p);
}

/* Signing is refused with these words, and nothing is written. */
static void assert_not_signed(const struct writ_code_directory *directory,
                              const struct writ_signer *signer, enum writ_fault fault,
                              const char *words)
{
    struct writ_buffer d = {0}, cms = {0};

    assert_fault(writ_sign_entry(directory, signer, 1764054000, &d, &cms, &e), fault, words);
    assert_int_equal(cms.n, 0);
    writ_buffer_free(&d);
    writ_buffer_free(&cms);
}

static void the_key_is_the_certificates(void **state)
{
    struct pair p = make_pair();
    struct writ_signer signer = signer_of(&p.alice);
    struct writ_code_directory directory = sound_directory();

    (void)state;
    signer.key = p.root.key;
    assert_not_signed(&directory, &signer, WRIT_FAULT_USAGE, "the key is not the certificate's");
    signer.certificate = bytes_of("3000");
    assert_not_signed(&directory, &signer, WRIT_FAULT_BAD_INPUT, "TBSCertificate");
    free_pair(&p);
}

static void the_team_is_the_certificates(void **state)
{
    struct pair p = make_pair();
    struct writ_signer signer = signer_of(&p.alice);
    struct writ_code_directory directory = sound_directory();

    (void)state;
    directory.team = writ_span_text("other");
    assert_not_signed(&directory, &signer, WRIT_FAULT_USAGE, "the team is not the certificate's");
    directory.team = writ_span_text("tea");
    assert_not_signed(&directory, &signer, WRIT_FAULT_USAGE, "the team is not the certificate's");
    directory.team = writ_span_text("Team");
    assert_not_signed(&directory, &signer, WRIT_FAULT_USAGE, "the team is not the certificate's");
    directory.team = WRIT_SPAN_NONE;
    signer = signer_of(&p.root); /* a CA has no team at all */
    assert_not_signed(&directory, &signer, WRIT_FAULT_USAGE, "the team is not the certificate's");
    free_pair(&p);
}

/* OpenSSL 3.0 cannot use Ed25519 in CMS: nobody could check such a seal independently. */
static void ed25519_does_not_sign_seals(void **state)
{
    struct holder root = issued(WRIT_ROLE_ROOT, NULL);
    struct holder eve = holder_of(writ_key_generate(WRIT_KEY_ED25519, &e));
    struct writ_certificate_order order = order_of(WRIT_ROLE_DEVELOPER, &eve, &root);
    struct writ_code_directory directory = sound_directory();
    struct writ_signer signer;

    (void)state;
    issue(&eve, &order);
    signer = signer_of(&eve);
    assert_not_signed(&directory, &signer, WRIT_FAULT_USAGE,
                      "seals are signed with P-256 or RSA, not Ed25519");
    holder_free(&eve);
    holder_free(&root);
}

static void what_nobody_would_read_is_not_signed(void **state)
{
    struct pair p = make_pair();
    struct writ_signer signer = signer_of(&p.alice);
    struct writ_code_directory directory = sound_directory();

    (void)state;
    directory.identifier = writ_span_text("a\x1b");
    assert_not_signed(&directory, &signer, WRIT_FAULT_BAD_INPUT, "identifier: not printable UTF-8");
    directory.identifier = WRIT_SPAN_NONE;
    assert_not_signed(&directory, &signer, WRIT_FAULT_BAD_INPUT, "identifier: wanted 1 to 255");
    directory = sound_directory();
    directory.root = bytes_of("0001");
    assert_not_signed(&directory, &signer, WRIT_FAULT_BAD_INPUT, "root: wanted 32 bytes, found 2");
    directory = sound_directory();
    directory.kind = (enum writ_seal_kind)6;
    assert_not_signed(&directory, &signer, WRIT_FAULT_BAD_INPUT, "unknown kind 6");
    directory = sound_directory();
    directory.content_length = (uint64_t)INT64_MAX + 1;
    assert_not_signed(&directory, &signer, WRIT_FAULT_BAD_INPUT, "contentLength");
    free_pair(&p);
}

/* ---- bundles ---- */

static struct writ_bundle sound_bundle(const struct holder *root, struct writ_span feed_key)
{
    return (struct writ_bundle){
        .serial = 7,
        .made = 1764054000,
        .profile = WRIT_PROFILE_CODE,
        .purpose = WRIT_OID_CODE_SIGNING,
        .root = writ_buffer_span(&root->der),
        .origin = writ_span_text("example.com"),
        .key_count = 1,
        .key = {feed_key},
        .anchor_count = 1,
        .anchor = {writ_buffer_span(&root->der)},
    };
}

static void a_bundle_is_signed_by_its_root(void **state)
{
    struct holder root = issued(WRIT_ROLE_ROOT, NULL);
    struct writ_bundle bundle = sound_bundle(&root, bytes_of(ROOT_HASH)), again;
    struct writ_buffer b = {0};
    enum writ_signature_state found;

    (void)state;
    writ_buffer_text(&b, "before");
    assert_ok(writ_sign_bundle(&bundle, root.key, &b, &e));
    assert_ok(writ_bundle_parse(WRIT_SPAN(b.p + 6, b.n - 6), &again, &e));
    assert_int_equal(again.serial, 7);
    assert_spans_equal(again.key[0], bytes_of(ROOT_HASH));
    assert_ok(writ_verify_signature(root.cert.key.spki, again.signature_algorithm, again.info,
                                    again.signature, &found, &e));
    assert_int_equal(found, WRIT_SIGNATURE_GOOD);
    writ_buffer_free(&b);
    holder_free(&root);
}

static void a_bundle_nobody_would_read_is_not_made(void **state)
{
    struct holder root = issued(WRIT_ROLE_ROOT, NULL);
    struct writ_bundle bundle = sound_bundle(&root, bytes_of("0001"));
    struct writ_buffer b = {0};

    (void)state;
    assert_fault(writ_sign_bundle(&bundle, root.key, &b, &e), WRIT_FAULT_BAD_INPUT,
                 "feed key: wanted 32 bytes");
    bundle = sound_bundle(&root, bytes_of(ROOT_HASH));
    bundle.origin = writ_span_text("a b");
    assert_fault(writ_sign_bundle(&bundle, root.key, &b, &e), WRIT_FAULT_BAD_INPUT,
                 "origin: may not hold spaces");
    writ_buffer_free(&b);
    holder_free(&root);
}

/* ---- feeds ---- */

static struct writ_feed sound_feed(void)
{
    return (struct writ_feed){
        .origin = "example.com",
        .version = 3,
        .as_of = 1764054000,
        .expires = 1764054000 + WRIT_FEED_LIFE,
        .file_count = 1,
        .file = {{.kind = "table", .length = 64}},
    };
}

static void a_feeds_note_is_signed_under_its_origin(void **state)
{
    struct writ_key *key = writ_key_generate(WRIT_KEY_ED25519, &e);
    struct writ_feed feed = sound_feed(), again;
    struct writ_buffer b = {0};
    struct writ_note_key verifier;
    struct writ_note note;
    enum writ_signature_state found;

    (void)state;
    writ_buffer_text(&b, "before\n");
    assert_ok(writ_sign_feed(&feed, key, &b, &e));
    assert_ok(writ_note_parse(WRIT_SPAN(b.p + 7, b.n - 7), &note, &e));
    assert_ok(writ_feed_parse(note.text, &again, &e));
    assert_int_equal(again.version, 3);
    assert_int_equal(note.count, 1);
    assert_text(note.signature[0].name, "example.com");
    assert_ok(writ_feed_key("example.com", key, &verifier, &e));
    assert_memory_equal(note.signature[0].key_id, verifier.key_id, WRIT_NOTE_KEY_ID);
    assert_ok(writ_verify_ed25519(
        verifier.key, note.text,
        WRIT_SPAN(note.signature[0].signature, note.signature[0].signature_bytes), &found, &e));
    assert_int_equal(found, WRIT_SIGNATURE_GOOD);
    writ_buffer_free(&b);
    writ_key_free(key);
}

static void feeds_are_signed_with_ed25519_only(void **state)
{
    struct holder other = new_holder();
    struct writ_feed feed = sound_feed();
    struct writ_buffer b = {0};

    (void)state;
    writ_error_clear(&e);
    assert_int_equal(writ_sign_feed(&feed, other.key, &b, &e), -1);
    assert_int_equal(e.fault, WRIT_FAULT_USAGE);
    assert_int_equal(b.n, 0);
    holder_free(&other);
}

static void a_feed_nobody_would_read_is_not_signed(void **state)
{
    struct writ_key *key = writ_key_generate(WRIT_KEY_ED25519, &e);
    struct writ_feed feed = sound_feed();
    struct writ_buffer b = {0};

    (void)state;
    feed.expires = feed.as_of + WRIT_FEED_LIFE_MAX + 1;
    assert_fault(writ_sign_feed(&feed, key, &b, &e), WRIT_FAULT_BAD_INPUT, "at most 30 days");
    feed = sound_feed();
    feed.origin[3] = '+';
    assert_fault(writ_sign_feed(&feed, key, &b, &e), WRIT_FAULT_USAGE,
                 "not a name for a feed: no spaces, no plus signs");
    writ_buffer_free(&b);
    writ_key_free(key);
}

/* The first bytes of SHA-256 over name, newline, type and key. */
static void a_keys_id_is_that_of_c2sp(void **state)
{
    struct writ_key *key = writ_key_from_pkcs8(
        bytes_of("302e020100300506032b657004220420 "
                 "0000000000000000000000000000000000000000000000000000000000000000"),
        false, WRIT_SPAN_NONE, &e);
    struct writ_buffer identity = {0};
    struct writ_note_key verifier;
    uint8_t hash[WRIT_SHA256_BYTES];

    (void)state;
    assert_non_null(key);
    assert_ok(writ_feed_key("example.com", key, &verifier, &e));
    assert_string_equal(verifier.name, "example.com");
    writ_buffer_text(&identity, "example.com\n\x01");
    writ_buffer_add(&identity, WRIT_SPAN_OF(verifier.key));
    assert_ok(writ_sha256(writ_buffer_span(&identity), hash, &e));
    assert_memory_equal(verifier.key_id, hash, WRIT_NOTE_KEY_ID);
    assert_fault(writ_feed_key("", key, &verifier, &e), WRIT_FAULT_USAGE, "not a name for a feed");
    assert_fault(writ_feed_key(times(256, "x"), key, &verifier, &e), WRIT_FAULT_USAGE,
                 "not a name for a feed");
    writ_buffer_free(&identity);
    writ_key_free(key);
}

static const struct CMUnitTest claims[] = {
    CLAIM(an_entry_is_a_directory_and_a_signature_over_it),
    CLAIM(both_are_appended),
    CLAIM(an_rsa_key_signs_seals_too),
    CLAIM(the_chain_goes_along),
    CLAIM(the_key_is_the_certificates),
    CLAIM(the_team_is_the_certificates),
    CLAIM(ed25519_does_not_sign_seals),
    CLAIM(what_nobody_would_read_is_not_signed),
    CLAIM(a_bundle_is_signed_by_its_root),
    CLAIM(a_bundle_nobody_would_read_is_not_made),
    CLAIM(a_feeds_note_is_signed_under_its_origin),
    CLAIM(feeds_are_signed_with_ed25519_only),
    CLAIM(a_feed_nobody_would_read_is_not_signed),
    CLAIM(a_keys_id_is_that_of_c2sp),
};

RUN_CLAIMS(claims)
