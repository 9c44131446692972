/*
 * Mozilla's collections: what is signed is made of what is here and what has come, and the filters
 * of a channel form one chain.
 */
#include "shared/remotesettings.h"

#include "shared/filterplan.h"
#include "test.h"

#define HASH "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define SIGNED                                                                                     \
    "\"metadata\":{\"id\":\"x\",\"signature\":{\"mode\":\"p384ecdsa\",\"signature\":\"SIG\","      \
    "\"x5u\":\"https://example.com/chain.pem\"}}"
#define ANSWER(time, changes) "{" SIGNED ",\"timestamp\":" time ",\"changes\":[" changes "]}"
#define HEAD(time)            time "\nSIG\nhttps://example.com/chain.pem\n"
#define RECORD_A              "{\"id\":\"a\",\"last_modified\":1,\"x\":\"one\"}"
#define RECORD_B              "{\"id\":\"b\",\"last_modified\":2}"

/* merge, as a string; borrowed until the next call. */
static const char *merged(const char *answer, const char *message, struct writ_error *e)
{
    static struct writ_buffer out;

    writ_buffer_free(&out);
    if (remotesettings_merge(writ_span_text(answer), writ_span_text(message), &out, e) < 0)
        return NULL;
    return writ_buffer_string(&out);
}

static void assert_merged(const char *answer, const char *message, const char *wanted)
{
    struct writ_error e = {0};
    const char *found = merged(answer, message, &e);

    if (found == NULL)
        fail_msg("%s", e.text);
    assert_string_equal(found, wanted);
}

static void a_whole_collection_is_what_is_signed(void **state)
{
    (void)state;
    assert_merged(ANSWER("17", RECORD_B "," RECORD_A), "",
                  HEAD("17") "{\"data\":[{\"id\":\"a\",\"last_modified\":1,\"x\":\"one\"},"
                             "{\"id\":\"b\",\"last_modified\":2}],\"last_modified\":\"17\"}");
    assert_merged(ANSWER("0", ""), "", HEAD("0") "{\"data\":[],\"last_modified\":\"0\"}");
}

static void changes_are_applied_to_what_is_here(void **state)
{
    static const char here[] = "{\"data\":[" RECORD_A "," RECORD_B "],\"last_modified\":\"17\"}";

    (void)state;
    assert_merged(ANSWER("18", "{\"id\":\"c\"}"), here,
                  HEAD("18") "{\"data\":[" RECORD_A "," RECORD_B
                             ",{\"id\":\"c\"}],\"last_modified\":\"18\"}");
    assert_merged(ANSWER("18", "{\"id\":\"a\",\"x\":\"two\"}"), here,
                  HEAD("18") "{\"data\":[{\"id\":\"a\",\"x\":\"two\"}," RECORD_B
                             "],\"last_modified\":\"18\"}");
    assert_merged(ANSWER("18", "{\"id\":\"a\",\"deleted\":true}"), here,
                  HEAD("18") "{\"data\":[" RECORD_B "],\"last_modified\":\"18\"}");
    assert_merged(ANSWER("18", "{\"id\":\"z\",\"deleted\":true,\"last_modified\":4}"), here,
                  HEAD("18") "{\"data\":[" RECORD_A "," RECORD_B "],\"last_modified\":\"18\"}");
    assert_merged(ANSWER("17", ""), here,
                  HEAD("17") "{\"data\":[" RECORD_A "," RECORD_B "],\"last_modified\":\"17\"}");
}

static void what_is_not_signed_is_left_out(void **state)
{
    (void)state;
    assert_merged(ANSWER("1", "{\"id\":\"a\",\"deleted\":false,\"attachment\":null,\"n\":null}"),
                  "", HEAD("1") "{\"data\":[{\"id\":\"a\",\"n\":null}],\"last_modified\":\"1\"}");
    assert_merged(ANSWER("1", "{\"id\":\"a\",\"attachment\":{\"x\":null}}"), "",
                  HEAD("1") "{\"data\":[{\"attachment\":{\"x\":null},\"id\":\"a\"}],"
                            "\"last_modified\":\"1\"}");
}

static void one_of_several_signatures_is_taken(void **state)
{
    (void)state;
    assert_merged("{\"timestamp\":1,\"changes\":[],\"metadata\":{\"signatures\":[{\"mode\":"
                  "\"p384ecdsa\",\"signature\":\"SIG\",\"x5u\":\"https://example.com/chain.pem\"},"
                  "{}]}}",
                  "", HEAD("1") "{\"data\":[],\"last_modified\":\"1\"}");
}

static void an_answer_that_is_none_is_refused(void **state)
{
    static const char *const answers[][2] = {
        {"", "the server's answer is not JSON"},
        {"<html>", "the server's answer is not JSON"},
        {"[]", "changes is no list"},
        {"{" SIGNED ",\"timestamp\":1}", "changes is no list"},
        {"{" SIGNED ",\"timestamp\":1,\"changes\":{}}", "changes is no list"},
        {"{" SIGNED ",\"changes\":[]}", "timestamp is no number"},
        {ANSWER("\"1\"", ""), "timestamp is no number"},
        {ANSWER("-1", ""), "timestamp is no number"},
        {ANSWER("1.5", ""), "timestamp is no number"},
        {ANSWER("9007199254740993", ""), "timestamp is no number"},
        {"{\"timestamp\":1,\"changes\":[]}", "signature is missing"},
        {"{\"timestamp\":1,\"changes\":[],\"metadata\":{\"signature\":\"SIG\"}}",
         "signature is missing"},
        {"{\"timestamp\":1,\"changes\":[],\"metadata\":{\"signature\":{\"signature\":\"S\"}}}",
         "x5u is missing"},
        {"{\"timestamp\":1,\"changes\":[],\"metadata\":{\"signature\":{\"signature\":\"S\","
         "\"x5u\":\"a\\nb\"}}}",
         "x5u is something else"},
        {"{\"timestamp\":1,\"changes\":[],\"metadata\":{\"signature\":{\"mode\":\"rs256\","
         "\"signature\":\"S\",\"x5u\":\"a\"}}}",
         "another mode than p384ecdsa"},
        {ANSWER("1", "1"), "a record: id is missing"},
        {ANSWER("1", "{}"), "a record: id is missing"},
        {ANSWER("1", "{\"id\":7}"), "a record: id is something else"},
        {ANSWER("1", "{\"id\":\"\"}"), "a record: id is something else"},
        {ANSWER("1", "{\"id\":\"a\"},{\"id\":\"a\"}"), "two records have the id a"},
        {ANSWER("1", "{\"id\":\"a\"},{\"id\":\"a\",\"deleted\":true}"),
         "two records have the id a"},
        {ANSWER("1", "{\"id\":\"a\",\"x\":1.5}"), "no canonical form"},
        {ANSWER("1", "{\"id\":\"a\",\"id\":\"b\"}"), "is not JSON"},
    };
    struct writ_error e = {0};

    (void)state;
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        assert_fault_null(merged(answers[i][0], "", &e), WRIT_FAULT_BAD_INPUT, answers[i][1]);
    }
}

static void a_collection_here_that_is_damaged_is_refused(void **state)
{
    static const char *const messages[] = {"{", "{}", "{\"data\":1}", "{\"data\":[{}]}"};
    struct writ_error e = {0};

    (void)state;
    for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++)
        assert_fault_null(merged(ANSWER("1", ""), messages[i], &e), WRIT_FAULT_BAD_INPUT, "");
}

static void an_answer_over_its_ceiling_is_refused(void **state)
{
    char *large = calloc(1, REMOTESETTINGS_ANSWER_MAX + 2);
    struct writ_error e = {0};

    (void)state;
    assert_non_null(large);
    memset(large, ' ', REMOTESETTINGS_ANSWER_MAX + 1);
    assert_fault_null(merged(large, "", &e), WRIT_FAULT_BAD_INPUT, "the ceiling is 16777216");
    free(large);
}

/* ----------------------------------------------------------------------------------- taking */

static int take(const char *text, struct remotesettings_collection *c, struct writ_error *e)
{
    return remotesettings_take(writ_span_text(text), c, e);
}

static void what_was_merged_is_taken(void **state)
{
    struct remotesettings_collection c;
    struct writ_error e = {0};

    (void)state;
    assert_ok(take(HEAD("9007199254740992") "{\"data\":[],\"x\":\"\n\"}", &c, &e));
    assert_true(c.timestamp == 9007199254740992);
    assert_string_equal(c.signature, "SIG");
    assert_string_equal(c.chain_url, "https://example.com/chain.pem");
    assert_text(c.message, "{\"data\":[],\"x\":\"\n\"}");
}

static void certificates_come_over_https_only(void **state)
{
    static const char *const urls[] = {
        "http://example.com/chain.pem", "https://", "HTTPS://example.com/",
        "file:///etc/passwd",           "",         "https://a b/",
        "https://caf\xc3\xa9/"};
    struct remotesettings_collection c;
    struct writ_error e = {0};
    char text[256];

    (void)state;
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        (void)snprintf(text, sizeof text, "1\nSIG\n%s\n{}", urls[i]);
        assert_fault(take(text, &c, &e), WRIT_FAULT_BAD_INPUT, "wanted an https URL");
    }
}

static void nothing_of_what_was_merged_is_believed(void **state)
{
    static char long_signature[400], long_url[1200];
    const char *const texts[][2] = {
        {"", "timestamp"},
        {"1\n", "signature"},
        {"1\nSIG\n", "x5u"},
        {"x\nSIG\nhttps://a\n", "the timestamp is no number"},
        {"-1\nSIG\nhttps://a\n", "the timestamp is no number"},
        {"9007199254740993\nSIG\nhttps://a\n", "the timestamp is no number"},
        {long_signature, "signature of 300 characters, the ceiling is 256"},
        {long_url, "x5u of 1100 characters, the ceiling is 1024"},
    };
    struct remotesettings_collection c;
    struct writ_error e = {0};

    (void)state;
    (void)snprintf(long_signature, sizeof long_signature, "1\n%0300d\nhttps://a\n", 0);
    (void)snprintf(long_url, sizeof long_url, "1\nSIG\n%01100d\n", 0);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_fault(take(texts[i][0], &c, &e), WRIT_FAULT_BAD_INPUT, texts[i][1]);
}

/* ----------------------------------------------------------------------------------- filters */

#define FILTER(id, channel, more, name)                                                            \
    "{\"id\":\"" id "\",\"channel\":\"" channel "\"," more ",\"attachment\":{\"filename\":\"" name \
    "\",\"hash\":\"" HASH "\",\"location\":\"at/" name "\",\"size\":5}}"
#define FULL(id, channel, name) FILTER(id, channel, "\"incremental\":false", name)
#define DELTA(id, channel, parent, name)                                                           \
    FILTER(id, channel, "\"incremental\":true,\"parent\":\"" parent "\"", name)
#define MESSAGE(records) "{\"data\":[" records "],\"last_modified\":\"1\"}"
#define LINE(name)       "file " HASH " 5 " name " at/" name "\n"

static int plan(const char *message, const char *channel, struct writ_buffer *out,
                struct writ_error *e)
{
    return remotesettings_plan(writ_span_text(message), channel, out, e);
}

static void assert_plan(const char *message, const char *channel, const char *wanted)
{
    struct writ_buffer out = {0};
    struct writ_error e = {0};

    assert_ok(plan(message, channel, &out, &e));
    assert_text(writ_buffer_span(&out), wanted);
    writ_buffer_free(&out);
}

static void the_filters_of_a_channel_are_a_chain(void **state)
{
    static const char records[] = MESSAGE(
        DELTA("3", "default", "2", "2.delta") "," DELTA("2", "default", "9", "1.delta") "," FULL(
            "8", "compat",
            "c.filter") "," FULL("9", "default",
                                 "full.filter") "," DELTA("4", "compat", "8",
                                                          "c.delta") ",{\"id\":\"x\"}");

    (void)state;
    assert_plan(records, "default",
                "as_of 0\ngenerated 0\n" LINE("full.filter") LINE("1.delta") LINE("2.delta"));
    assert_plan(records, "compat", "as_of 0\ngenerated 0\n" LINE("c.filter") LINE("c.delta"));
}

static void the_latest_build_counts(void **state)
{
    (void)state;
    assert_plan(MESSAGE(FILTER("1", "default",
                               "\"incremental\":false,\"effectiveTimestamp\":"
                               "1774137600999",
                               "a") "," FILTER("2", "default",
                                               "\"incremental\":true,\"parent\":\"1\","
                                               "\"effectiveTimestamp\":1774180800000",
                                               "b")),
                "default", "as_of 1774180800\ngenerated 0\n" LINE("a") LINE("b"));
    assert_plan(
        MESSAGE(FILTER("1", "default", "\"incremental\":false,\"effectiveTimestamp\":-5", "a")),
        "default", "as_of 0\ngenerated 0\n" LINE("a"));
}

static void a_chain_that_is_broken_is_refused(void **state)
{
    static const char *const messages[][2] = {
        {"{}", "data is no list"},
        {MESSAGE(""), "no full filter in the channel default"},
        {MESSAGE(FULL("1", "compat", "a")), "no full filter in the channel default"},
        {MESSAGE(DELTA("2", "default", "1", "b")), "no full filter in the channel default"},
        {MESSAGE(FULL("1", "default", "a") "," FULL("2", "default", "b")),
         "two full filters in the channel default"},
        {MESSAGE(FULL("1", "default", "a") "," DELTA("2", "default", "1",
                                                     "b") "," DELTA("3", "default", "1", "c")),
         "two deltas of the channel default follow one filter"},
        {MESSAGE(FULL("1", "default", "a") "," DELTA("2", "default", "0", "b")),
         "1 of 1 deltas of the channel default follow a filter that is not there"},
        {MESSAGE(FULL("1", "default", "a") "," DELTA("2", "default", "1",
                                                     "b") "," DELTA("4", "default", "3", "c")),
         "1 of 2 deltas of the channel default follow a filter that is not there"},
        {MESSAGE(FULL("1", "default", "a") "," DELTA("2", "default", "2", "b")),
         "follow a filter that is not there"},
        {MESSAGE(FULL("1", "default", "a") "," FULL("8", "compat", "x") "," DELTA("2", "default",
                                                                                  "8", "b")),
         "follow a filter that is not there"},
        {MESSAGE(FULL("1", "default", "a") "," DELTA("1", "default", "1", "b")),
         "deltas of the channel default follow themselves"},
        {MESSAGE("{\"id\":\"1\",\"channel\":\"default\",\"incremental\":false}"),
         "an attachment: filename is missing"},
        {MESSAGE("{\"id\":\"1\",\"channel\":\"default\",\"attachment\":{\"filename\":\"a\"}}"),
         "a: location is missing"},
        {MESSAGE("{\"id\":\"1\",\"channel\":\"default\",\"attachment\":{\"filename\":\"a\","
                 "\"location\":\"a\"}}"),
         "a: hash is missing"},
        {MESSAGE("{\"id\":\"1\",\"channel\":\"default\",\"attachment\":{\"filename\":\"a\","
                 "\"location\":\"a\",\"hash\":\"" HASH "\",\"size\":-1}}"),
         "a: size is no number"},
        {MESSAGE("{\"id\":\"1\",\"channel\":\"default\",\"attachment\":{\"filename\":\"a\","
                 "\"location\":\"../a\",\"hash\":\"" HASH "\",\"size\":1}}"),
         "\"../a\" is no place for a filter"},
        {MESSAGE(FULL("1", "default", "012345678901234567890123456789012")),
         "is no name for a filter"},
    };
    struct writ_error e = {0};

    (void)state;
    for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++) {
        struct writ_buffer out = {0};

        assert_fault(plan(messages[i][0], "default", &out, &e), WRIT_FAULT_BAD_INPUT,
                     messages[i][1]);
        writ_buffer_free(&out);
    }
}

/* ----------------------------------------------------------------------------------- the root */

static void the_place_of_attachments_is_found(void **state)
{
    static const char *const answers[][2] = {
        {"{\"capabilities\":{\"attachments\":{\"base_url\":\"https://a.example/x\"}}}",
         "https://a.example/x/"},
        {"{\"capabilities\":{\"attachments\":{\"base_url\":\"https://a.example/\"}}}",
         "https://a.example/"},
    };
    struct writ_error e = {0};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct writ_buffer out = {0};

        assert_ok(remotesettings_base(writ_span_text(answers[i][0]), &out, &e));
        assert_text(writ_buffer_span(&out), answers[i][1]);
        writ_buffer_free(&out);
    }
}

static void a_server_without_attachments_is_refused(void **state)
{
    static const char *const answers[] = {
        "{}", "{\"capabilities\":{}}", "{\"capabilities\":{\"attachments\":{\"base_url\":\"\"}}}",
        "{\"capabilities\":{\"attachments\":{\"base_url\":7}}}"};
    struct writ_buffer out = {0};
    struct writ_error e = {0};

    (void)state;
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++)
        assert_fault(remotesettings_base(writ_span_text(answers[i]), &out, &e),
                     WRIT_FAULT_BAD_INPUT, "base_url");
    assert_int_equal(out.n, 0);
}

static const struct CMUnitTest claims[] = {
    CLAIM(a_whole_collection_is_what_is_signed),
    CLAIM(changes_are_applied_to_what_is_here),
    CLAIM(what_is_not_signed_is_left_out),
    CLAIM(one_of_several_signatures_is_taken),
    CLAIM(an_answer_that_is_none_is_refused),
    CLAIM(a_collection_here_that_is_damaged_is_refused),
    CLAIM(an_answer_over_its_ceiling_is_refused),
    CLAIM(what_was_merged_is_taken),
    CLAIM(certificates_come_over_https_only),
    CLAIM(nothing_of_what_was_merged_is_believed),
    CLAIM(the_filters_of_a_channel_are_a_chain),
    CLAIM(the_latest_build_counts),
    CLAIM(a_chain_that_is_broken_is_refused),
    CLAIM(the_place_of_attachments_is_found),
    CLAIM(a_server_without_attachments_is_refused),
};

RUN_CLAIMS(claims)
