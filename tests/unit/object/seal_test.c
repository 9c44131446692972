#include "object/seal.h"

#include "object/seals.h"

static struct writ_error e;
static struct writ_seal seal;
static struct writ_code_directory directory;

static const struct writ_seal *read_seal(struct writ_span bytes)
{
    writ_error_clear(&e);
    assert_ok(writ_seal_parse(bytes, &seal, &e));
    return &seal;
}

static const struct writ_code_directory *read_directory(struct writ_span bytes)
{
    writ_error_clear(&e);
    assert_ok(writ_code_directory_parse(bytes, &directory, &e));
    return &directory;
}

#define READ(...)           read_seal(SEAL(__VA_ARGS__))
#define READ_DIRECTORY(...) read_directory(DIRECTORY(__VA_ARGS__))

#define REFUSED(words, ...)                                                                        \
    assert_fault(writ_seal_parse(SEAL(__VA_ARGS__), &seal, &e), WRIT_FAULT_BAD_INPUT, words)

/* The code directory alone, and a seal with it, are refused alike. */
#define DIRECTORY_REFUSED(words, ...)                                                              \
    do {                                                                                           \
        assert_fault(writ_code_directory_parse(DIRECTORY(__VA_ARGS__), &directory, &e),            \
                     WRIT_FAULT_BAD_INPUT, words);                                                 \
        REFUSED(words, __VA_ARGS__);                                                               \
    } while (0)

/* ---- seals ---- */

static void a_seal_is_read_field_by_field(void **state)
{
    const struct writ_seal_entry *entry = &seal.entry[0];

    (void)state;
    READ(.extras = STAMP("aabb"));
    assert_int_equal(seal.count, 1);
    assert_spans_equal(entry->directory.der, DIRECTORY(.kind = NULL));
    assert_int_equal(entry->directory.kind, WRIT_SEAL_PROGRAM);
    assert_int_equal(entry->directory.content_length, 4096);
    assert_spans_equal(entry->directory.root, bytes_of(ROOT));
    assert_text(entry->directory.identifier, "app");
    assert_text(entry->directory.team, "team");
    assert_int_equal(entry->directory.critical_flags, 0);
    assert_spans_equal(entry->cms, bytes_of("30020500"));
    assert_spans_equal(entry->timestamp, bytes_of("aabb"));
}

static void a_timestamp_may_be_missing(void **state)
{
    (void)state;
    assert_int_equal(READ(.extras = "")->entry[0].timestamp.n, 0);
}

static void one_to_eight_entries_stand_in_their_order(void **state)
{
    const char *first = ENTRY(.identifier = "0c{'first'}");
    const char *other = ENTRY(.identifier = "0c{'other'}");

    (void)state;
    REFUSED("Entry", .entries = "");
    READ(.entries = piece("%s %s", first, other));
    assert_int_equal(seal.count, 2);
    assert_text(seal.entry[0].directory.identifier, "first");
    assert_text(seal.entry[1].directory.identifier, "other");
    READ(.entries = times(WRIT_SEAL_ENTRIES_MAX, first));
    assert_int_equal(seal.count, WRIT_SEAL_ENTRIES_MAX);
    REFUSED("entries: more than 8", .entries = times(WRIT_SEAL_ENTRIES_MAX + 1, first));
}

static void a_malformed_entry_condemns_the_seal(void **state)
{
    const char *sound = ENTRY(.kind = NULL);

    (void)state;
    REFUSED("unknown kind", .entries = piece("%s %s", sound, ENTRY(.kind = "0a{ 09 }")));
    REFUSED("Entry", .entries = piece("%s 05{}", sound));
    REFUSED("Entry", .entries = piece("%s 30", sound));
}

static void a_seal_of_another_version_is_refused(void **state)
{
    (void)state;
    REFUSED("seal: version 0, this writ reads 1", .version = "02{ 00 }");
    REFUSED("seal: version 2, this writ reads 1", .version = "02{ 02 }");
    REFUSED("seal: version 4294967295, this writ reads 1", .version = "02{ 00ffffffff }");
    REFUSED("seal version: number is larger than 4294967295", .version = "02{ 0100000000 }");
    REFUSED("seal: wanted writ-seal, found writ-codeDirectory", .oid = DIRECTORY_OID);
}

static void nothing_may_follow_anything(void **state)
{
    (void)state;
    REFUSED("trailing bytes after seal", .after = "00");
    REFUSED("trailing bytes after seal", .in_seal = "05{}");
    REFUSED("trailing bytes after Entry", .in_entry = "05{}");
    REFUSED("trailing bytes after code directory", .in_directory = "05{}");
    REFUSED("trailing bytes after Extra", .extras = "a0{ 30{ 02{ 01 } 04{ aa } 05{} } }");
    assert_fault(writ_code_directory_parse(
                     der(piece("%s 00", directory_text(&(struct seal_pieces){.kind = NULL}))),
                     &directory, &e),
                 WRIT_FAULT_BAD_INPUT, "trailing bytes after code directory");
}

static void ber_is_refused(void **state)
{
    (void)state;
    REFUSED("indefinite length (BER)", .cms = "30 80 05{} 0000");
    REFUSED("root: wanted OCTET STRING (tag 0x04), found tag 0x24", .root = "24{ 04{ " ROOT " } }");
    REFUSED("contentLength: number is empty or not minimal", .length = "02{ 001000 }");
    assert_fault(writ_seal_parse(der("31{}"), &seal, &e), WRIT_FAULT_BAD_INPUT, "seal");
    assert_fault(writ_seal_parse(WRIT_SPAN_NONE, &seal, &e), WRIT_FAULT_BAD_INPUT, "seal");
}

static void the_signature_is_a_sequence_that_others_read(void **state)
{
    (void)state;
    READ(.cms = "30{ ff }");
    REFUSED("signature", .cms = "04{ 01 }");
    REFUSED("signature", .cms = "");
}

static void an_extra_that_is_not_known_is_refused(void **state)
{
    (void)state;
    REFUSED("extra of type 0, which this writ does not know",
            .extras = "a0{ 30{ 02{ 00 } 04{ aa } } }");
    REFUSED("extra of type 3, which this writ does not know",
            .extras = "a0{ 30{ 02{ 03 } 04{ aa } } }");
    REFUSED("extra of type 3, which this writ does not know",
            .extras = "a0{ 30{ 02{ 01 } 04{ aa } } 30{ 02{ 03 } 04{ aa } } }");
    REFUSED("Extra", .extras = "a0{ 30{ 02{ 01 } 04{ aa } } 30 }");
    REFUSED("type of an extra", .extras = "a0{ 30{ 04{ aa } } }");
    REFUSED("value of an extra", .extras = "a0{ 30{ 02{ 01 } 30{} } }");
}

static void extras_that_are_there_are_not_empty(void **state)
{
    (void)state;
    REFUSED("extras: present and empty", .extras = "a0{}");
    REFUSED("extra of 0 bytes, wanted 1 to 65536", .extras = STAMP(""));
}

static void there_is_one_timestamp(void **state)
{
    (void)state;
    REFUSED("two timestamps in one entry",
            .extras = "a0{ 30{ 02{ 01 } 04{ aa } } 30{ 02{ 01 } 04{ aa } } }");
    REFUSED("trailing bytes after Entry", .extras = STAMP("aa") STAMP("bb"));
}

static void a_staple_stands_beside_it_in_any_order_and_once(void **state)
{
    (void)state;
    READ(.extras = "a0{ 30{ 02{ 01 } 04{ aa } } 30{ 02{ 02 } 04{ bb } } }");
    assert_spans_equal(seal.entry[0].timestamp, bytes_of("aa"));
    assert_spans_equal(seal.entry[0].staple, bytes_of("bb"));
    READ(.extras = "a0{ 30{ 02{ 02 } 04{ bb } } 30{ 02{ 01 } 04{ aa } } }");
    assert_spans_equal(seal.entry[0].staple, bytes_of("bb"));
    READ(.extras = "a0{ 30{ 02{ 02 } 04{ bb } } }");
    assert_int_equal(seal.entry[0].timestamp.n, 0);
    REFUSED("two staples in one entry",
            .extras = "a0{ 30{ 02{ 02 } 04{ aa } } 30{ 02{ 02 } 04{ aa } } }");
}

static void a_timestamp_has_a_ceiling(void **state)
{
    (void)state;
    READ(.extras = piece(STAMP("%s"), times(WRIT_SEAL_EXTRA_MAX, "00")));
    assert_int_equal(seal.entry[0].timestamp.n, WRIT_SEAL_EXTRA_MAX);
    REFUSED("extra of 65537 bytes, wanted 1 to 65536",
            .extras = piece(STAMP("%s"), times(WRIT_SEAL_EXTRA_MAX + 1, "00")));
}

/* A seal whose CMS holds n bytes. */
#define FILLED(n) SEAL(.cms = piece("30{ 04{ %s } }", times(n, "00")))

static void a_mebibyte_is_the_ceiling(void **state)
{
    size_t around = FILLED(1000000).n - 1000000;

    (void)state;
    read_seal(FILLED(WRIT_SEAL_MAX - around));
    assert_fault(writ_seal_parse(FILLED(WRIT_SEAL_MAX - around + 1), &seal, &e),
                 WRIT_FAULT_BAD_INPUT, "seal of 1048577 bytes, the ceiling is 1048576");
}

/* ---- code directories ---- */

static void a_directory_of_another_version_is_refused(void **state)
{
    (void)state;
    DIRECTORY_REFUSED("code directory: version 0, this writ reads 1",
                      .directory_version = "02{ 00 }");
    DIRECTORY_REFUSED("code directory: version 2, this writ reads 1",
                      .directory_version = "02{ 02 }");
    DIRECTORY_REFUSED("code directory: wanted writ-codeDirectory, found writ-seal",
                      .directory_oid = SEAL_OID);
}

static void there_are_five_kinds(void **state)
{
    (void)state;
    for (unsigned kind = 1; kind <= 5; kind++) {
        READ_DIRECTORY(.kind = piece("0a{ %02x }", kind));
        assert_int_equal(directory.kind, kind);
    }
    DIRECTORY_REFUSED("code directory: unknown kind 0", .kind = "0a{ 00 }");
    DIRECTORY_REFUSED("code directory: unknown kind 6", .kind = "0a{ 06 }");
    DIRECTORY_REFUSED("code directory: unknown kind 257", .kind = "0a{ 0101 }");
    DIRECTORY_REFUSED("kind: number is negative", .kind = "0a{ ff }");
    DIRECTORY_REFUSED("kind", .kind = "02{ 01 }");
}

static void kinds_have_names(void **state)
{
    static const char *const names[] = {"program", "library", "script", "manifest", "data"};
    enum writ_seal_kind kind;

    (void)state;
    for (int i = 0; i < 5; i++) {
        assert_string_equal(writ_seal_kind_name((enum writ_seal_kind)(i + 1)), names[i]);
        assert_int_equal(writ_seal_kind_parse(names[i], &kind), 0);
        assert_int_equal(kind, i + 1);
    }
    assert_string_equal(writ_seal_kind_name((enum writ_seal_kind)0), "unknown");
    assert_string_equal(writ_seal_kind_name((enum writ_seal_kind)6), "unknown");
    assert_int_equal(writ_seal_kind_parse("Library", &kind), 0);
    assert_int_equal(kind, WRIT_SEAL_LIBRARY);
    assert_int_equal(writ_seal_kind_parse("programs", &kind), -1);
    assert_int_equal(writ_seal_kind_parse("", &kind), -1);
}

static void a_content_has_0_to_63_bits_of_bytes(void **state)
{
    (void)state;
    assert_int_equal(READ_DIRECTORY(.length = "02{ 00 }")->content_length, 0);
    assert_int_equal(READ_DIRECTORY(.length = "02{ 7fffffffffffffff }")->content_length, INT64_MAX);
    DIRECTORY_REFUSED("contentLength: number is larger than 9223372036854775807",
                      .length = "02{ 00 8000000000000000 }");
    DIRECTORY_REFUSED("contentLength: number is negative", .length = "02{ ff }");
}

static void a_root_has_32_bytes(void **state)
{
    (void)state;
    DIRECTORY_REFUSED("root: wanted 32 bytes, found 31",
                      .root = piece("04{ %s }", times(31, "00")));
    DIRECTORY_REFUSED("root: wanted 32 bytes, found 33",
                      .root = piece("04{ %s }", times(33, "00")));
    DIRECTORY_REFUSED("root: wanted 32 bytes, found 0", .root = "04{}");
}

static void an_identifier_has_1_to_255_bytes(void **state)
{
    (void)state;
    assert_int_equal(READ_DIRECTORY(.identifier = piece("0c{'%s'}", times(255, "x")))->identifier.n,
                     255);
    DIRECTORY_REFUSED("identifier: wanted 1 to 255 bytes, found 256",
                      .identifier = piece("0c{'%s'}", times(256, "x")));
    DIRECTORY_REFUSED("identifier: wanted 1 to 255 bytes, found 0", .identifier = "0c{}");
}

static void a_team_has_1_to_64_bytes(void **state)
{
    (void)state;
    assert_int_equal(READ_DIRECTORY(.team = piece("0c{'%s'}", times(64, "x")))->team.n, 64);
    DIRECTORY_REFUSED("team: wanted 1 to 64 bytes, found 65",
                      .team = piece("0c{'%s'}", times(65, "x")));
    DIRECTORY_REFUSED("team: wanted 1 to 64 bytes, found 0", .team = "0c{}");
}

/* What would not be shown as it is cannot be signed. */
static void words_are_printable_utf8(void **state)
{
    static const char *const unprintable[] = {
        "0c{ 'a' 1b 'b' }",     /* escape */
        "0c{ 'a' 00 }",         /* NUL */
        "0c{ 'a' 7f }",         /* DEL */
        "0c{ 'a' 0a }",         /* newline */
        "0c{ 'a' c29b }",       /* C1 */
        "0c{ 'a' e280ae 'b' }", /* right-to-left override */
        "0c{ 'a' e2808b }",     /* zero-width space */
        "0c{ ff }",             /* no UTF-8 */
        "0c{ c0af }",           /* overlong */
    };

    (void)state;
    READ_DIRECTORY(.identifier = "0c{ 'Zo' c3ab }", .team = "0c{ e69db1 }");
    for (size_t i = 0; i < sizeof unprintable / sizeof unprintable[0]; i++) {
        DIRECTORY_REFUSED("identifier: not printable UTF-8", .identifier = unprintable[i]);
        DIRECTORY_REFUSED("team: not printable UTF-8", .team = unprintable[i]);
    }
    DIRECTORY_REFUSED("identifier", .identifier = "13{'app'}");
    DIRECTORY_REFUSED("team", .team = "16{'team'}");
}

/* The parser keeps them, so that a reader can say which one it does not know. */
static void critical_flags_are_32_bits(void **state)
{
    (void)state;
    assert_int_equal(READ_DIRECTORY(.flags = "02{ 00ffffffff }")->critical_flags, UINT32_MAX);
    DIRECTORY_REFUSED("criticalFlags: number is larger than 4294967295",
                      .flags = "02{ 0100000000 }");
    DIRECTORY_REFUSED("criticalFlags", .flags = "");
}

/* Something of n bytes after the fields of a directory. */
#define BESIDE(n) .in_directory = piece("04{ %s }", times(n, "00"))

static void a_directory_has_a_ceiling(void **state)
{
    size_t around = DIRECTORY(BESIDE(60000)).n - 60000;

    (void)state;
    DIRECTORY_REFUSED("trailing bytes after code directory",
                      BESIDE(WRIT_CODE_DIRECTORY_MAX - around));
    DIRECTORY_REFUSED("code directory of 65537 bytes, the ceiling is 65536",
                      BESIDE(WRIT_CODE_DIRECTORY_MAX - around + 1));
}

/* ---- writing ---- */

static void a_directory_that_is_built_is_read_the_same(void **state)
{
    struct writ_buffer b = {0};
    struct writ_code_directory d = {
        .kind = WRIT_SEAL_LIBRARY,
        .content_length = INT64_MAX,
        .root = bytes_of(ROOT),
        .identifier = writ_span_text("org.example.app"),
        .team = writ_span_text("T"),
        .critical_flags = 0x80000001,
    };

    (void)state;
    assert_ok(writ_code_directory_build(&d, &b, &e));
    assert_spans_equal(writ_buffer_span(&b),
                       DIRECTORY(.kind = "0a{ 02 }", .length = "02{ 7fffffffffffffff }",
                                 .identifier = "0c{'org.example.app'}", .team = "0c{'T'}",
                                 .flags = "02{ 0080000001 }"));
    read_directory(writ_buffer_span(&b));
    assert_int_equal(directory.kind, d.kind);
    assert_int_equal(directory.content_length, d.content_length);
    assert_spans_equal(directory.identifier, d.identifier);
    writ_buffer_free(&b);
}

static void a_seal_that_was_read_is_built_the_same(void **state)
{
    struct writ_span bytes =
        SEAL(.entries = piece("%s %s", ENTRY(.extras = STAMP("aa")), ENTRY(.kind = "0a{ 05 }")));
    struct writ_buffer b = {0};

    (void)state;
    read_seal(bytes);
    assert_ok(writ_seal_build(&seal, &b, &e));
    assert_spans_equal(writ_buffer_span(&b), bytes);
    writ_buffer_free(&b);
}

/* ---- all of it ---- */

static bool passes(struct writ_span bytes)
{
    struct writ_error found = {0};
    struct writ_seal s;

    return writ_seal_parse(bytes, &s, &found) == 0;
}

static bool describe(struct writ_span bytes, struct writ_buffer *out)
{
    struct writ_error found = {0};
    struct writ_seal s;

    if (writ_seal_parse(bytes, &s, &found) < 0)
        return false;
    for (size_t i = 0; i < s.count; i++) {
        writ_buffer_add(out, s.entry[i].directory.der);
        writ_buffer_add(out, s.entry[i].cms);
        writ_buffer_add(out, s.entry[i].timestamp);
    }
    return true;
}

static struct writ_span two_entries(void)
{
    return SEAL(.entries = piece("%s %s", ENTRY(.extras = STAMP("30{ aabb }")),
                                 ENTRY(.kind = "0a{ 05 }")));
}

static void no_beginning_of_a_seal_passes(void **state)
{
    (void)state;
    assert_no_beginning_passes(two_entries(), passes);
}

static void every_byte_of_a_seal_counts(void **state)
{
    (void)state;
    assert_every_byte_counts(two_entries(), describe);
}

static bool describe_directory(struct writ_span bytes, struct writ_buffer *out)
{
    struct writ_error found = {0};
    struct writ_code_directory d;

    if (writ_code_directory_parse(bytes, &d, &found) < 0)
        return false;
    return writ_code_directory_build(&d, out, &found) == 0;
}

/* Each byte changes a field: what the fields say, written again, is what was read. */
static void every_byte_of_a_directory_counts(void **state)
{
    (void)state;
    assert_every_byte_counts(DIRECTORY(.identifier = "0c{'org.example.app'}"), describe_directory);
}

static const struct CMUnitTest claims[] = {
    CLAIM(a_seal_is_read_field_by_field),
    CLAIM(a_timestamp_may_be_missing),
    CLAIM(one_to_eight_entries_stand_in_their_order),
    CLAIM(a_malformed_entry_condemns_the_seal),
    CLAIM(a_seal_of_another_version_is_refused),
    CLAIM(nothing_may_follow_anything),
    CLAIM(ber_is_refused),
    CLAIM(the_signature_is_a_sequence_that_others_read),
    CLAIM(an_extra_that_is_not_known_is_refused),
    CLAIM(extras_that_are_there_are_not_empty),
    CLAIM(there_is_one_timestamp),
    CLAIM(a_staple_stands_beside_it_in_any_order_and_once),
    CLAIM(a_timestamp_has_a_ceiling),
    CLAIM(a_mebibyte_is_the_ceiling),
    CLAIM(a_directory_of_another_version_is_refused),
    CLAIM(there_are_five_kinds),
    CLAIM(kinds_have_names),
    CLAIM(a_content_has_0_to_63_bits_of_bytes),
    CLAIM(a_root_has_32_bytes),
    CLAIM(an_identifier_has_1_to_255_bytes),
    CLAIM(a_team_has_1_to_64_bytes),
    CLAIM(words_are_printable_utf8),
    CLAIM(critical_flags_are_32_bits),
    CLAIM(a_directory_has_a_ceiling),
    CLAIM(a_directory_that_is_built_is_read_the_same),
    CLAIM(a_seal_that_was_read_is_built_the_same),
    CLAIM(no_beginning_of_a_seal_passes),
    CLAIM(every_byte_of_a_seal_counts),
    CLAIM(every_byte_of_a_directory_counts),
};

RUN_CLAIMS(claims)
