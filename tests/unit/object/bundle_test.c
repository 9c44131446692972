#include "object/bundle.h"

#include "object/certs.h"

static struct writ_error e;
static struct writ_bundle bundle;

/* The pieces, in the order they stand in; NULL is the sound one, "" leaves it out. */
struct pieces {
    const char *oid, *version, *serial, *made, *profile, *purpose, *root, *origin, *keys, *anchors,
        *in_info;
    const char *algorithm, *signature, *inside, *after;
};

#define BUNDLE_OID   "06{ 6981eb8091b8c3cca2b5d7ab9f9292b2e9f08c5004 }"
#define CODE_SIGNING "06{ 2b06010505070303 }"
#define KEY_BYTES    "e9327918e6e7a840a46164c904786426d5e7821dd8b29a00d61cae72afdd4da4"
#define ONE_KEY      "04{ " KEY_BYTES " }"
#define ROOT_KEY     "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static const char *info_text(const struct pieces *p)
{
    return piece("30{ %s %s %s %s %s %s %s %s %s %s %s }", OR(p->oid, BUNDLE_OID),
                 OR(p->version, "02{ 01 }"), OR(p->serial, "02{ 05 }"),
                 OR(p->made, "17{'261125070000Z'}"), OR(p->profile, "0a{ 01 }"),
                 OR(p->purpose, CODE_SIGNING), OR(p->root, ROOT_TEXT),
                 OR(p->origin, "0c{'example.com'}"), OR(p->keys, "30{ " ONE_KEY " }"),
                 OR(p->anchors, "30{}"), OR(p->in_info, ""));
}

static struct writ_span bundle_of(const struct pieces *p)
{
    return der(piece("30{ %s %s %s %s } %s", info_text(p), OR(p->algorithm, ECDSA_SHA256),
                     OR(p->signature, "03{ 00 0a0b }"), OR(p->inside, ""), OR(p->after, "")));
}

#define BUNDLE(...) bundle_of(&(struct pieces){__VA_ARGS__})

static const struct writ_bundle *read_bundle(struct writ_span bytes)
{
    writ_error_clear(&e);
    assert_ok(writ_bundle_parse(bytes, &bundle, &e));
    return &bundle;
}

#define READ(...) read_bundle(BUNDLE(__VA_ARGS__))

#define REFUSED(words, ...)                                                                        \
    assert_fault(writ_bundle_parse(BUNDLE(__VA_ARGS__), &bundle, &e), WRIT_FAULT_BAD_INPUT, words)

static void a_bundle_is_read_field_by_field(void **state)
{
    const struct pieces sound = {.oid = NULL};

    (void)state;
    READ(.oid = NULL);
    assert_spans_equal(bundle.info, der(info_text(&sound)));
    assert_int_equal(bundle.serial, 5);
    assert_int_equal(bundle.made, 1795590000);
    assert_int_equal(bundle.profile, WRIT_PROFILE_CODE);
    assert_int_equal(bundle.purpose, WRIT_OID_CODE_SIGNING);
    assert_spans_equal(bundle.root, der(ROOT_TEXT));
    assert_text(bundle.origin, "example.com");
    assert_int_equal(bundle.key_count, 1);
    assert_spans_equal(bundle.key[0], bytes_of(KEY_BYTES));
    assert_int_equal(bundle.anchor_count, 0);
    assert_int_equal(bundle.signature_algorithm, WRIT_OID_ECDSA_SHA256);
    assert_spans_equal(bundle.signature, bytes_of("0a0b"));
}

static void nothing_may_follow_anything(void **state)
{
    (void)state;
    REFUSED("trailing bytes after bundle", .after = "00");
    REFUSED("trailing bytes after bundle", .inside = "05{}");
    REFUSED("trailing bytes after bundle info", .in_info = "05{}");
    assert_fault(writ_bundle_parse(WRIT_SPAN_NONE, &bundle, &e), WRIT_FAULT_BAD_INPUT, "bundle");
    assert_fault(writ_bundle_parse(der("30{}"), &bundle, &e), WRIT_FAULT_BAD_INPUT, "bundle info");
}

static void a_bundle_of_another_version_is_refused(void **state)
{
    (void)state;
    REFUSED("bundle: version 0, this writ reads 1", .version = "02{ 00 }");
    REFUSED("bundle: version 2, this writ reads 1", .version = "02{ 02 }");
    REFUSED("bundle info: wanted writ-bundle, found CN", .oid = CN);
}

static void a_serial_is_0_to_63_bits(void **state)
{
    (void)state;
    assert_int_equal(READ(.serial = "02{ 00 }")->serial, 0);
    assert_int_equal(READ(.serial = "02{ 7fffffffffffffff }")->serial, INT64_MAX);
    REFUSED("serial: number is larger", .serial = "02{ 00 8000000000000000 }");
    REFUSED("serial: number is negative", .serial = "02{ ff }");
}

static void the_time_it_was_made_exists(void **state)
{
    (void)state;
    REFUSED("made: not a time in UTC that exists", .made = "17{'261325070000Z'}");
    REFUSED("made", .made = "0c{'261125070000Z'}");
}

static void a_profile_is_code_or_tls(void **state)
{
    (void)state;
    assert_int_equal(READ(.profile = "0a{ 02 }")->profile, WRIT_PROFILE_TLS);
    REFUSED("profile: wanted code (1) or tls (2)", .profile = "0a{ 00 }");
    REFUSED("profile: number is larger than 2", .profile = "0a{ 03 }");
    REFUSED("profile", .profile = "02{ 01 }");
    assert_string_equal(writ_profile_name(WRIT_PROFILE_CODE), "code");
    assert_string_equal(writ_profile_name(WRIT_PROFILE_TLS), "tls");
}

static void a_purpose_is_code_signing_or_server_auth(void **state)
{
    (void)state;
    assert_int_equal(READ(.purpose = "06{ 2b06010505070301 }")->purpose, WRIT_OID_SERVER_AUTH);
    REFUSED("purpose: wanted codeSigning or serverAuth", .purpose = "06{ 2b06010505070308 }");
    REFUSED("purpose: wanted codeSigning or serverAuth", .purpose = "06{ 551d2500 }"); /* any */
    REFUSED("purpose: wanted codeSigning or serverAuth", .purpose = "06{ 2a03 }");
}

static void a_root_is_a_ca_that_issued_itself(void **state)
{
    (void)state;
    REFUSED("root: not a self-issued CA certificate", .root = CERT_TEXT(.serial = NULL));
    REFUSED("root: not a self-issued CA certificate",
            .root =
                CERT_TEXT(.extensions = EXTENSIONS(CRITICAL(BASIC_CONSTRAINTS, "30{ 01{ ff } }"))));
    REFUSED("root: not a self-issued CA certificate",
            .root = CERT_TEXT(.issuer = NAME("Root"), .subject = NAME("Root"),
                              .extensions = EXTENSIONS(CRITICAL(BASIC_CONSTRAINTS, "30{}"))));
    REFUSED("TBSCertificate", .root = "30{}");
    REFUSED("root", .root = "");
    REFUSED("signature and signatureAlgorithm differ",
            .root = CERT_TEXT(.outer = "30{ 06{ 2a8648ce3d040303 } }"));
}

static void an_origin_is_a_key_name(void **state)
{
    (void)state;
    assert_int_equal(READ(.origin = piece("0c{'%s'}", times(255, "x")))->origin.n, 255);
    REFUSED("origin: wanted 1 to 255 bytes, found 256",
            .origin = piece("0c{'%s'}", times(256, "x")));
    REFUSED("origin: wanted 1 to 255 bytes, found 0", .origin = "0c{}");
    REFUSED("origin: may not hold spaces or plus signs", .origin = "0c{'a b'}");
    REFUSED("origin: may not hold spaces or plus signs", .origin = "0c{'a+b'}");
    REFUSED("origin: not printable UTF-8", .origin = "0c{ 1b }");
}

static void there_are_one_to_four_feed_keys_of_32_bytes(void **state)
{
    (void)state;
    REFUSED("feed key", .keys = "30{}");
    READ(.keys = "30{ " ONE_KEY "04{ " ROOT_KEY " } }");
    assert_int_equal(bundle.key_count, 2);
    assert_spans_equal(bundle.key[1], bytes_of(ROOT_KEY));
    READ(.keys = piece("30{ %s }", times(WRIT_BUNDLE_KEYS_MAX, ONE_KEY)));
    REFUSED("feedKeys: more than 4",
            .keys = piece("30{ %s }", times(WRIT_BUNDLE_KEYS_MAX + 1, ONE_KEY)));
    REFUSED("feed key: wanted 32 bytes", .keys = "30{ 04{ 00 " KEY_BYTES " } }");
    REFUSED("feed key: wanted 32 bytes", .keys = "30{ 04{} }");
    REFUSED("feed key: wanted 32 bytes", .keys = piece("30{ 04{ %s } }", times(31, "aa")));
    REFUSED("feed key", .keys = "30{ 03{ 00 " KEY_BYTES " } }");
    REFUSED("feed key", .keys = "30{ " ONE_KEY " 04 }");
}

static void there_are_up_to_eight_tsa_anchors(void **state)
{
    const char *anchor = CERT_TEXT(.serial = NULL);

    (void)state;
    READ(.anchors = piece("30{ %s }", anchor));
    assert_int_equal(bundle.anchor_count, 1);
    assert_spans_equal(bundle.anchor[0], der(anchor));
    READ(.anchors = piece("30{ %s }", times(WRIT_BUNDLE_ANCHORS_MAX, anchor)));
    assert_int_equal(bundle.anchor_count, WRIT_BUNDLE_ANCHORS_MAX);
    REFUSED("tsaAnchors: more than 8",
            .anchors = piece("30{ %s }", times(WRIT_BUNDLE_ANCHORS_MAX + 1, anchor)));
    REFUSED("TBSCertificate", .anchors = piece("30{ %s 30{} }", anchor));
    REFUSED("tsaAnchor", .anchors = "30{ 05{} }");
    REFUSED("tsaAnchor", .anchors = piece("30{ %s 30 }", anchor));
    REFUSED("tsaAnchors", .anchors = "");
}

static void its_signature_is_whole_octets(void **state)
{
    (void)state;
    REFUSED("signature: 4 unused bits", .signature = "03{ 04 f0 }");
    REFUSED("signature", .signature = "04{ 00 }");
    REFUSED("trailing bytes after algorithm", .algorithm = "30{ 06{ 2a8648ce3d040302 } 05{} }");
}

/* A bundle of roots that hold n bytes that nobody reads. */
#define FILLED(n)                                                                                  \
    BUNDLE(.anchors = piece(                                                                       \
               "30{ %s }",                                                                         \
               times(5, CERT_TEXT(.extensions = piece(EXTENSIONS(EXTENSION("2a03", "04{ %s }")),   \
                                                      times((n) / 5, "00"))))),                    \
           .algorithm = piece("30{ 06{ 2a03 } 04{ %s } }", times((n) % 5 + 200, "00")))

static void sixty_four_kibibytes_are_the_ceiling(void **state)
{
    size_t around = FILLED(60000).n - 60000;

    (void)state;
    assert_int_equal(read_bundle(FILLED(WRIT_BUNDLE_MAX - around))->anchor_count, 5);
    assert_fault(writ_bundle_parse(FILLED(WRIT_BUNDLE_MAX - around + 5), &bundle, &e),
                 WRIT_FAULT_BAD_INPUT, "the ceiling is 65536");
}

static void what_was_read_is_built_the_same(void **state)
{
    struct writ_span bytes =
        BUNDLE(.keys = "30{ " ONE_KEY "04{ " ROOT_KEY " } }",
               .anchors = piece("30{ %s %s }", ROOT_TEXT, CERT_TEXT(.serial = NULL)));
    struct writ_buffer info = {0}, whole = {0};

    (void)state;
    read_bundle(bytes);
    assert_ok(writ_bundle_build_info(&bundle, &info, &e));
    assert_spans_equal(writ_buffer_span(&info), bundle.info);
    assert_ok(writ_bundle_build(writ_buffer_span(&info), bundle.signature_algorithm,
                                bundle.signature, &whole, &e));
    assert_spans_equal(writ_buffer_span(&whole), bytes);
    writ_buffer_free(&info);
    writ_buffer_free(&whole);
}

static bool passes(struct writ_span bytes)
{
    struct writ_error found = {0};
    struct writ_bundle b;

    return writ_bundle_parse(bytes, &b, &found) == 0;
}

static bool describe(struct writ_span bytes, struct writ_buffer *out)
{
    struct writ_error found = {0};
    struct writ_bundle b;

    if (writ_bundle_parse(bytes, &b, &found) < 0)
        return false;
    writ_buffer_add(out, b.info);
    writ_buffer_byte(out, (uint8_t)b.signature_algorithm);
    writ_buffer_add(out, b.signature);
    return true;
}

static void no_beginning_of_a_bundle_passes(void **state)
{
    (void)state;
    assert_no_beginning_passes(BUNDLE(.oid = NULL), passes);
}

static void every_byte_of_a_bundle_counts(void **state)
{
    (void)state;
    assert_every_byte_counts(BUNDLE(.oid = NULL), describe);
}

static const struct CMUnitTest claims[] = {
    CLAIM(a_bundle_is_read_field_by_field),
    CLAIM(nothing_may_follow_anything),
    CLAIM(a_bundle_of_another_version_is_refused),
    CLAIM(a_serial_is_0_to_63_bits),
    CLAIM(the_time_it_was_made_exists),
    CLAIM(a_profile_is_code_or_tls),
    CLAIM(a_purpose_is_code_signing_or_server_auth),
    CLAIM(a_root_is_a_ca_that_issued_itself),
    CLAIM(an_origin_is_a_key_name),
    CLAIM(there_are_one_to_four_feed_keys_of_32_bytes),
    CLAIM(there_are_up_to_eight_tsa_anchors),
    CLAIM(its_signature_is_whole_octets),
    CLAIM(sixty_four_kibibytes_are_the_ceiling),
    CLAIM(what_was_read_is_built_the_same),
    CLAIM(no_beginning_of_a_bundle_passes),
    CLAIM(every_byte_of_a_bundle_counts),
};

RUN_CLAIMS(claims)
