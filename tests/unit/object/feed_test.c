#include "object/feed.h"

#include "der.h"

static struct writ_error e;
static struct writ_feed feed;

#define HASH  "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define OTHER "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define VKEY  "next+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"

/* The lines, in the order they stand in; NULL is the sound one, "" leaves it out. */
struct lines {
    const char *identity, *version, *as_of, *expires, *files, *next_key, *after;
};

#define TABLE "file targets/" HASH ".table 4711 " HASH "\n"

static struct writ_span text_of(const struct lines *l)
{
    const char *text =
        piece("%s%s%s%s%s%s%s",
              l->identity == NULL ? "writ-feed/v1 example.com " OTHER "\n" : l->identity,
              l->version == NULL ? "version 7\n" : l->version,
              l->as_of == NULL ? "as_of 2026-11-25T07:00:00Z\n" : l->as_of,
              l->expires == NULL ? "expires 2026-12-02T07:00:00Z\n" : l->expires,
              l->files == NULL ? TABLE : l->files, l->next_key == NULL ? "" : l->next_key,
              l->after == NULL ? "" : l->after);

    return writ_span_text(text);
}

#define TEXT(...) text_of(&(struct lines){__VA_ARGS__})

static const struct writ_feed *read_feed(struct writ_span text)
{
    writ_error_clear(&e);
    assert_ok(writ_feed_parse(text, &feed, &e));
    return &feed;
}

#define READ(...) read_feed(TEXT(__VA_ARGS__))

#define REFUSED(words, ...)                                                                        \
    assert_fault(writ_feed_parse(TEXT(__VA_ARGS__), &feed, &e), WRIT_FAULT_BAD_INPUT, words)

static void a_feed_is_read_line_by_line(void **state)
{
    (void)state;
    READ(.next_key = "next-key " VKEY "\n");
    assert_string_equal(feed.origin, "example.com");
    assert_spans_equal(WRIT_SPAN_OF(feed.root), bytes_of(OTHER));
    assert_int_equal(feed.version, 7);
    assert_int_equal(feed.as_of, 1795590000);
    assert_int_equal(feed.expires, 1795590000 + 7 * WRIT_DAY);
    assert_int_equal(feed.file_count, 1);
    assert_string_equal(feed.file[0].kind, "table");
    assert_int_equal(feed.file[0].length, 4711);
    assert_spans_equal(WRIT_SPAN_OF(feed.file[0].hash), bytes_of(HASH));
    assert_true(feed.has_next_key);
    assert_string_equal(feed.next_key.name, "next");
    assert_false(READ(.next_key = "")->has_next_key);
}

static void lines_stand_in_their_order_and_none_is_missing(void **state)
{
    (void)state;
    REFUSED("feed: wanted a line that begins with writ-feed/v1", .identity = "");
    REFUSED("feed: wanted a line that begins with version", .version = "");
    REFUSED("feed: wanted a line that begins with as_of", .as_of = "");
    REFUSED("feed: wanted a line that begins with expires", .expires = "");
    REFUSED("feed: wanted a line that begins with version",
            .version = "as_of 2026-11-25T07:00:00Z\n", .as_of = "version 7\n");
    REFUSED("feed: wanted a line that begins with as_of", .version = "version 7\nversion 7\n");
    REFUSED("trailing bytes after the feed", .next_key = "next-key " VKEY "\n", .after = TABLE);
    assert_fault(writ_feed_parse(WRIT_SPAN_NONE, &feed, &e), WRIT_FAULT_BAD_INPUT, "writ-feed/v1");
}

static void nothing_else_is_in_a_feed(void **state)
{
    (void)state;
    REFUSED("trailing bytes after the feed", .after = "\n");
    REFUSED("trailing bytes after the feed", .after = "comment\n");
    REFUSED("trailing bytes after the feed", .after = "x");
    REFUSED("trailing bytes after the feed", .next_key = "next-key " VKEY "\nnext-key " VKEY "\n");
    REFUSED("feed: wanted a line that begins with writ-feed/v1",
            .identity = "writ-feed/v2 example.com " OTHER "\n");
    REFUSED("feed: wanted a line that begins with writ-feed/v1",
            .identity = "\nwrit-feed/v1 example.com " OTHER "\n");
}

static void fields_are_apart_by_one_space(void **state)
{
    (void)state;
    REFUSED("feed: not an origin", .identity = "writ-feed/v1  example.com " OTHER "\n");
    REFUSED("feed: wanted the root's key hash",
            .identity = "writ-feed/v1 example.com  " OTHER "\n");
    REFUSED("feed: wanted the root's key hash",
            .identity = "writ-feed/v1 example.com " OTHER " \n");
    REFUSED("feed: version is not a number", .version = "version  7\n");
    REFUSED("feed: version is not a number", .version = "version 7 \n");
    REFUSED("feed: version is not a number", .version = "version\n");
    REFUSED("feed: as_of is not a time", .as_of = "as_of 2026-11-25T07:00:00Z \n");
    REFUSED("feed: wanted \"file", .files = "file targets/" HASH ".table 4711 " HASH " \n");
    REFUSED("feed: wanted \"file", .files = "file targets/" HASH ".table  4711 " HASH "\n");
    REFUSED("feed: wanted \"file", .files = "file  targets/" HASH ".table 4711 " HASH "\n");
    REFUSED("verifier key", .next_key = "next-key  " VKEY "\n");
    REFUSED("verifier key", .next_key = "next-key " VKEY " \n");
}

static void an_origin_is_a_name_and_a_root_a_hash(void **state)
{
    (void)state;
    READ(.identity = piece("writ-feed/v1 %s " OTHER "\n", times(WRIT_NOTE_NAME_MAX, "x")));
    assert_int_equal(strlen(feed.origin), WRIT_NOTE_NAME_MAX);
    REFUSED("feed: not an origin",
            .identity = piece("writ-feed/v1 %s " OTHER "\n", times(WRIT_NOTE_NAME_MAX + 1, "x")));
    REFUSED("feed: not an origin", .identity = "writ-feed/v1 a+b " OTHER "\n");
    REFUSED("feed: not an origin", .identity = "writ-feed/v1\n");
    REFUSED("feed: wanted the root's key hash", .identity = "writ-feed/v1 example.com\n");
    REFUSED("feed: wanted the root's key hash", .identity = "writ-feed/v1 example.com " HASH "0\n");
    REFUSED("feed: wanted the root's key hash", .identity = "writ-feed/v1 example.com 00\n");
    REFUSED("feed: wanted the root's key hash",
            .identity = "writ-feed/v1 example.com FF0102030405060708090a0b0c0d0e0f1011121314151617"
                        "18191a1b1c1d1e1f\n");
}

static void a_number_has_one_spelling(void **state)
{
    static const char *const bad[] = {
        "",
        "07",
        "+7",
        "-7",
        "7.0",
        "0x7",
        "7e1",
        "9223372036854775808",
        "18446744073709551616",
        "99999999999999999999",
        "\xd9\xa7",
    };

    (void)state;
    assert_int_equal(READ(.version = "version 0\n")->version, 0);
    assert_int_equal(READ(.version = "version 9223372036854775807\n")->version, INT64_MAX);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        REFUSED("feed: version is not a number", .version = piece("version %s\n", bad[i]));
        REFUSED("feed: wanted \"file",
                .files = piece("file targets/" HASH ".table %s " HASH "\n", bad[i]));
    }
}

static void a_time_has_one_spelling(void **state)
{
    static const char *const bad[] = {
        "",
        "2026-11-25",
        "2026-11-25 07:00:00Z",
        "2026-11-25T07:00:00+00:00",
        "2026-11-25T07:00:00z",
        "2026-11-25T07:00:00.0Z",
        "2026-02-29T07:00:00Z",
        "1795590000",
        "2026-11-25T24:00:00Z",
        "2026-11-25T07:00:60Z",
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        REFUSED("feed: as_of is not a time like", .as_of = piece("as_of %s\n", bad[i]));
        REFUSED("feed: expires is not a time like", .expires = piece("expires %s\n", bad[i]));
    }
}

static void a_life_is_longer_than_nothing_and_at_most_30_days(void **state)
{
    (void)state;
    READ(.expires = "expires 2026-11-25T07:00:01Z\n");
    REFUSED("feed: expires is not after as_of", .expires = "expires 2026-11-25T07:00:00Z\n");
    REFUSED("feed: expires is not after as_of", .expires = "expires 2026-11-24T07:00:00Z\n");
    REFUSED("feed: expires is not after as_of", .expires = "expires 0001-01-01T00:00:00Z\n");
    READ(.expires = "expires 2026-12-25T07:00:00Z\n");
    REFUSED("feed: expires 30 days after as_of, at most 30 days are allowed",
            .expires = "expires 2026-12-25T07:00:01Z\n");
    REFUSED("at most 30 days are allowed", .expires = "expires 2126-11-25T07:00:00Z\n");
    REFUSED("at most 30 days are allowed", .as_of = "as_of 0001-01-01T00:00:00Z\n",
            .expires = "expires 9999-12-31T23:59:59Z\n");
}

#define FILE_OF(kind) "file targets/" HASH "." kind " 1 " HASH "\n"

static void there_is_exactly_one_table(void **state)
{
    (void)state;
    REFUSED("feed: 0 tables, exactly one was wanted", .files = "");
    REFUSED("feed: 0 tables, exactly one was wanted", .files = FILE_OF("ribbon"));
    REFUSED("feed: 2 tables, exactly one was wanted",
            .files = TABLE "file targets/" OTHER ".table 1 " OTHER "\n");
    REFUSED("feed: 2 tables, exactly one was wanted", .files = TABLE TABLE);
    assert_ptr_equal(writ_feed_table(READ(.files = TABLE FILE_OF("az09"))), &feed.file[0]);
    assert_string_equal(feed.file[1].kind, "az09");
    READ(.files = FILE_OF("a") TABLE FILE_OF("b2"));
    assert_int_equal(feed.file_count, 3);
    assert_int_equal(writ_feed_table(&feed)->length, 4711);
}

static void sixteen_files_are_the_ceiling(void **state)
{
    (void)state;
    READ(.files = piece(TABLE "%s", times(WRIT_FEED_FILES_MAX - 1, FILE_OF("x"))));
    assert_int_equal(feed.file_count, WRIT_FEED_FILES_MAX);
    REFUSED("feed: more than 16 files",
            .files = piece(TABLE "%s", times(WRIT_FEED_FILES_MAX, FILE_OF("x"))));
}

static void a_file_is_named_by_its_hash_and_kind(void **state)
{
    static const char *const bad[] = {
        "file targets/" OTHER ".table 1 " HASH "\n", /* of another hash */
        "file " HASH ".table 1 " HASH "\n",
        "file /targets/" HASH ".table 1 " HASH "\n",
        "file targets/../" HASH ".table 1 " HASH "\n",
        "file other/" HASH ".table 1 " HASH "\n",
        "file targets/" HASH " 1 " HASH "\n",
        "file targets/" HASH ". 1 " HASH "\n",
        "file targets/" HASH ".Table 1 " HASH "\n",
        "file targets/" HASH ".ta-ble 1 " HASH "\n",
        "file targets/" HASH ".table.gz 1 " HASH "\n",
        "file targets/" HASH ".table/ 1 " HASH "\n",
        "file targets/" HASH ".abcdefghijklmnopq 1 " HASH "\n", /* 17 letters */
        "file targets/" HASH ".table 1\n",
        "file targets/" HASH ".table 1 00\n",
        "file targets/" HASH ".table\n",
        "file \n",
        "file targets/" HASH ".table 1 " HASH " more\n",
    };

    (void)state;
    READ(.files = TABLE FILE_OF("abcdefghijklmnop"));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        REFUSED("feed: wanted \"file targets/HASH.KIND LENGTH HASH\"", .files = bad[i]);
}

static void the_next_key_is_a_verifier_key(void **state)
{
    (void)state;
    REFUSED("verifier key", .next_key = "next-key \n");
    REFUSED("verifier key: wanted an Ed25519 key", .next_key = "next-key next+530d903a+AAAA\n");
    REFUSED("trailing bytes after the feed", .next_key = "next-key\n");
    REFUSED("next-key", .next_key = "next-key " VKEY); /* no newline */
}

static void every_line_ends_in_a_newline(void **state)
{
    (void)state;
    REFUSED("file", .files = "file targets/" HASH ".table 4711 " HASH);
    assert_fault(writ_feed_parse(writ_span_text("writ-feed/v1 a " HASH), &feed, &e),
                 WRIT_FAULT_BAD_INPUT, "writ-feed/v1");
    REFUSED("feed: version is not a number", .version = "version 7\r\n");
}

static void a_file_lies_under_targets(void **state)
{
    char name[WRIT_FEED_NAME_MAX];

    (void)state;
    READ(.files = TABLE FILE_OF("abcdefghijklmnop"));
    writ_feed_file_name(&feed.file[0], name);
    assert_string_equal(name, "targets/" HASH ".table");
    writ_feed_file_name(&feed.file[1], name);
    assert_string_equal(name, "targets/" HASH ".abcdefghijklmnop");
}

/* ---- writing ---- */

static void a_feed_that_was_read_is_built_the_same(void **state)
{
    struct writ_span text = TEXT(.files = TABLE FILE_OF("b2"), .next_key = "next-key " VKEY "\n");
    struct writ_buffer b = {0};

    (void)state;
    read_feed(text);
    writ_buffer_text(&b, "before ");
    assert_ok(writ_feed_build(&feed, &b, &e));
    assert_spans_equal(WRIT_SPAN(b.p + 7, b.n - 7), text);
    writ_buffer_free(&b);
}

static void what_would_not_be_read_is_not_written(void **state)
{
    struct writ_buffer b = {0};
    struct writ_feed bad;

    (void)state;
    bad = *READ(.version = NULL);
    bad.expires = bad.as_of + WRIT_FEED_LIFE_MAX + 1;
    assert_fault(writ_feed_build(&bad, &b, &e), WRIT_FAULT_BAD_INPUT, "at most 30 days");
    bad = *READ(.version = NULL);
    bad.file_count = 0;
    assert_fault(writ_feed_build(&bad, &b, &e), WRIT_FAULT_BAD_INPUT, "0 tables");
    bad = *READ(.version = NULL);
    bad.version = WRIT_FEED_VERSION_MAX + 1;
    assert_fault(writ_feed_build(&bad, &b, &e), WRIT_FAULT_BAD_INPUT, "version is not a number");
    bad = *READ(.version = NULL);
    bad.origin[0] = '\0';
    assert_fault(writ_feed_build(&bad, &b, &e), WRIT_FAULT_BAD_INPUT, "not an origin");
    bad = *READ(.version = NULL);
    bad.file[0].kind[0] = 'T';
    assert_fault(writ_feed_build(&bad, &b, &e), WRIT_FAULT_BAD_INPUT, "wanted \"file");
    writ_buffer_free(&b);
}

/* ---- all of it ---- */

static bool passes(struct writ_span bytes)
{
    struct writ_error found = {0};
    struct writ_feed f;

    return writ_feed_parse(bytes, &f, &found) == 0;
}

/* But for the feed before its last line, where that line need not be there. */
static void no_beginning_of_a_feed_passes(void **state)
{
    (void)state;
    assert_no_beginning_passes(TEXT(.version = NULL), passes);
}

static bool describe(struct writ_span bytes, struct writ_buffer *out)
{
    struct writ_error found = {0};
    struct writ_feed f;

    if (writ_feed_parse(bytes, &f, &found) < 0)
        return false;
    return writ_feed_build(&f, out, &found) == 0;
}

/* Each byte changes a field: what the fields say, written again, is what was read. */
static void every_byte_of_a_feed_counts(void **state)
{
    (void)state;
    assert_every_byte_counts(TEXT(.next_key = "next-key " VKEY "\n"), describe);
}

static const struct CMUnitTest claims[] = {
    CLAIM(a_feed_is_read_line_by_line),
    CLAIM(lines_stand_in_their_order_and_none_is_missing),
    CLAIM(nothing_else_is_in_a_feed),
    CLAIM(fields_are_apart_by_one_space),
    CLAIM(an_origin_is_a_name_and_a_root_a_hash),
    CLAIM(a_number_has_one_spelling),
    CLAIM(a_time_has_one_spelling),
    CLAIM(a_life_is_longer_than_nothing_and_at_most_30_days),
    CLAIM(there_is_exactly_one_table),
    CLAIM(sixteen_files_are_the_ceiling),
    CLAIM(a_file_is_named_by_its_hash_and_kind),
    CLAIM(the_next_key_is_a_verifier_key),
    CLAIM(every_line_ends_in_a_newline),
    CLAIM(a_file_lies_under_targets),
    CLAIM(a_feed_that_was_read_is_built_the_same),
    CLAIM(what_would_not_be_read_is_not_written),
    CLAIM(no_beginning_of_a_feed_passes),
    CLAIM(every_byte_of_a_feed_counts),
};

RUN_CLAIMS(claims)
