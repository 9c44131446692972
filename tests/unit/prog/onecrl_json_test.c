/*
 * shared/onecrl_json.h: records become the keys of the certificates that they name
 *
 * The records are made here; foreignonecrl_test.c has Mozilla's.
 */
#include "shared/onecrl_json.h"

#include "base/base64.h"
#include "evidence/onecrl.h"
#include "object/certs.h"

static struct writ_error e;

static const char *base64(struct writ_span bytes)
{
    struct writ_buffer *b = der_room();

    writ_base64_add(b, bytes);
    return writ_buffer_string(b);
}

static const char *sha256_of(struct writ_span bytes)
{
    uint8_t hash[WRIT_SHA256_BYTES];

    assert_ok(writ_sha256(bytes, hash, &e));
    return base64(WRIT_SPAN_OF(hash));
}

/* Records, as text. */
#define BY_SERIAL                                                                                  \
    piece("{\"id\": \"by-serial\", \"issuerName\": \"%s\", \"serialNumber\": \"%s\"}",             \
          base64(der(NAME("CA"))), base64(bytes_of("00f1")))
#define BY_SUBJECT                                                                                 \
    piece("{\"id\": \"by-subject\", \"subject\": \"%s\", \"pubKeyHash\": \"%s\"}",                 \
          base64(der(NAME("Alice"))), sha256_of(der(P256_KEY)))

static int convert(const char *text, struct writ_buffer *out)
{
    writ_error_clear(&e);
    return onecrl_json_convert(writ_span_text(text), out, &e);
}

/* The file that these records give, opened; the caller frees the buffer. */
static struct writ_onecrl converted(const char *text, struct writ_buffer *out)
{
    struct writ_onecrl onecrl;

    *out = (struct writ_buffer){0};
    assert_ok(convert(text, out));
    assert_ok(writ_onecrl_open(writ_buffer_span(out), &onecrl, &e));
    return onecrl;
}

static bool is_listed(const struct writ_onecrl *onecrl, struct writ_span certificate)
{
    struct writ_digester *digester = writ_digester_new(&e);
    struct writ_cert cert;
    bool revoked = false;

    assert_non_null(digester);
    assert_ok(writ_cert_parse(certificate, &cert, &e));
    assert_ok(writ_check_onecrl(onecrl, digester, &cert, &revoked, &e));
    writ_digester_free(digester);
    return revoked;
}

static void certificates_that_records_name_are_listed(void **state)
{
    struct writ_buffer file;
    struct writ_onecrl onecrl =
        converted(piece("{\"data\": [%s, %s], \"timestamp\": 1}", BY_SERIAL, BY_SUBJECT), &file);

    (void)state;
    assert_int_equal(onecrl.count, 2);
    assert_true(is_listed(&onecrl, CERT(.serial = "02{ 00f1 }", .subject = NAME("Bob"))));
    assert_true(is_listed(&onecrl, CERT(.serial = "02{ 05 }")));
    assert_false(is_listed(&onecrl, CERT(.serial = "02{ 05 }", .subject = NAME("Bob"))));
    writ_buffer_free(&file);
}

static void a_collection_without_records_lists_nothing(void **state)
{
    struct writ_buffer file;
    struct writ_onecrl onecrl = converted("{\"data\": []}", &file);

    (void)state;
    assert_int_equal(onecrl.count, 0);
    assert_false(is_listed(&onecrl, CERT(.serial = "02{ 00f1 }")));
    writ_buffer_free(&file);
}

/* Firefox does not look at it, and a third of Mozilla's records say false. */
static void a_record_counts_whether_it_is_enabled_or_not(void **state)
{
    struct writ_buffer file;
    struct writ_onecrl onecrl = converted(
        piece("{\"data\": [{\"enabled\": false, \"issuerName\": \"%s\", \"serialNumber\": \"EQ==\"}"
              "]}",
              base64(der(NAME("CA")))),
        &file);

    (void)state;
    assert_true(is_listed(&onecrl, CERT(.serial = "02{ 11 }")));
    writ_buffer_free(&file);
}

static void the_order_of_records_changes_nothing_and_twins_are_one(void **state)
{
    struct writ_buffer a, b;

    (void)state;
    (void)converted(piece("{\"data\": [%s, %s]}", BY_SERIAL, BY_SUBJECT), &a);
    (void)converted(piece("{\"data\": [%s, %s, %s]}", BY_SUBJECT, BY_SERIAL, BY_SUBJECT), &b);
    assert_spans_equal(writ_buffer_span(&b), writ_buffer_span(&a));
    writ_buffer_free(&a);
    writ_buffer_free(&b);
}

/* ---- Malformed: nothing is converted, and the sentence names the record ---- */

#define NOT_CONVERTED(text, words)                                                                 \
    do {                                                                                           \
        struct writ_buffer out_ = {0};                                                             \
        writ_buffer_text(&out_, "before");                                                         \
        assert_fault(convert(text, &out_), WRIT_FAULT_BAD_INPUT, words);                           \
        assert_int_equal(out_.n, 6);                                                               \
        writ_buffer_free(&out_);                                                                   \
    } while (0)

/* A collection of a sound record and one with these members. */
#define WITH(...) piece("{\"data\": [%s, {\"id\": \"x-1\", %s}]}", BY_SERIAL, piece(__VA_ARGS__))

#define NAMED "OneCRL, record 1 (x-1): "
#define CA    base64(der(NAME("CA")))

static void what_is_no_collection_is_refused(void **state)
{
    (void)state;
    NOT_CONVERTED("", "OneCRL is not JSON");
    NOT_CONVERTED("[]", "OneCRL: wanted an object with a list \"data\"");
    NOT_CONVERTED("{}", "OneCRL: wanted an object with a list \"data\"");
    NOT_CONVERTED("{\"data\": {}}", "OneCRL: wanted an object with a list \"data\"");
    NOT_CONVERTED("{\"data\": null}", "OneCRL: wanted an object with a list \"data\"");
    NOT_CONVERTED("[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]", "OneCRL nests deeper than 16");
}

static void a_record_names_what_is_revoked_in_one_way(void **state)
{
    static const char *const wanted =
        NAMED "wanted issuerName and serialNumber, or subject and pubKeyHash";

    (void)state;
    NOT_CONVERTED(WITH("\"enabled\": true"), wanted);
    NOT_CONVERTED(WITH("\"deleted\": true"), wanted);
    NOT_CONVERTED(WITH("\"issuerName\": \"%s\"", CA), wanted);
    NOT_CONVERTED(WITH("\"serialNumber\": \"EQ==\""), wanted);
    NOT_CONVERTED(WITH("\"subject\": \"%s\"", CA), wanted);
    NOT_CONVERTED(WITH("\"issuerName\": \"%s\", \"pubKeyHash\": \"EQ==\"", CA), wanted);
    NOT_CONVERTED(WITH("\"subject\": \"%s\", \"serialNumber\": \"EQ==\"", CA), wanted);
    NOT_CONVERTED(
        WITH("\"issuerName\": \"%s\", \"serialNumber\": \"EQ==\", \"subject\": \"%s\"", CA, CA),
        wanted);
    NOT_CONVERTED(WITH("\"issuerName\": \"%s\", \"subject\": \"%s\", \"pubKeyHash\": \"%s\"", CA,
                       CA, sha256_of(WRIT_SPAN_NONE)),
                  wanted);
}

static void a_record_without_an_id_is_named_by_its_place(void **state)
{
    (void)state;
    NOT_CONVERTED(piece("{\"data\": [%s, %s, {}]}", BY_SERIAL, BY_SUBJECT),
                  "OneCRL, record 2 (without id): wanted issuerName");
    NOT_CONVERTED("{\"data\": [7]}", "OneCRL, record 0 (without id): wanted issuerName");
    NOT_CONVERTED("{\"data\": [{\"id\": 7}]}", "OneCRL, record 0 (without id): wanted");
}

static void members_are_base64_of_one_spelling(void **state)
{
    (void)state;
    NOT_CONVERTED(WITH("\"issuerName\": 1, \"serialNumber\": \"EQ==\""),
                  NAMED "issuerName is no string");
    NOT_CONVERTED(WITH("\"issuerName\": \"%s\", \"serialNumber\": null", CA),
                  NAMED "serialNumber is no string");
    NOT_CONVERTED(WITH("\"issuerName\": \"%s\", \"serialNumber\": \"EQ\"", CA),
                  NAMED "serialNumber is not base64");
    NOT_CONVERTED(WITH("\"issuerName\": \"%s\", \"serialNumber\": \"ER==\"", CA),
                  NAMED "serialNumber is not base64");
    NOT_CONVERTED(WITH("\"issuerName\": \"%s\", \"serialNumber\": \"E-_=\"", CA),
                  NAMED "serialNumber is not base64");
    NOT_CONVERTED(WITH("\"issuerName\": \" %s\", \"serialNumber\": \"EQ==\"", CA),
                  NAMED "issuerName is not base64");
}

static void a_serial_number_has_octets_and_not_too_many(void **state)
{
    (void)state;
    NOT_CONVERTED(WITH("\"issuerName\": \"%s\", \"serialNumber\": \"\"", CA),
                  NAMED "a serial number of 0 octets, wanted 1 to 64");
    NOT_CONVERTED(WITH("\"issuerName\": \"%s\", \"serialNumber\": \"%s\"", CA,
                       base64(bytes_of(times(65, "00")))),
                  NAMED "a serial number of 65 octets, wanted 1 to 64");
}

static void a_name_is_one_name_in_der(void **state)
{
    static const char *const names[] = {
        "",                                       /* nothing */
        "30{ 31{ 30{ 06{ 550403 } } } }",         /* an attribute without a value */
        "31{}",                                   /* no SEQUENCE */
        NAME("CA") "00",                          /* something after it */
        "3080 " ATTRIBUTE(CN, "0c{'CA'}") "0000", /* BER */
    };

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        NOT_CONVERTED(
            WITH("\"issuerName\": \"%s\", \"serialNumber\": \"EQ==\"", base64(der(names[i]))),
            NAMED);
        NOT_CONVERTED(WITH("\"subject\": \"%s\", \"pubKeyHash\": \"%s\"", base64(der(names[i])),
                           sha256_of(WRIT_SPAN_NONE)),
                      NAMED);
    }
}

static void a_hash_of_a_key_has_32_bytes(void **state)
{
    (void)state;
    NOT_CONVERTED(
        WITH("\"subject\": \"%s\", \"pubKeyHash\": \"%s\"", CA, base64(bytes_of(times(31, "00")))),
        NAMED "pubKeyHash has 31 bytes, wanted 32");
    NOT_CONVERTED(WITH("\"subject\": \"%s\", \"pubKeyHash\": \"\"", CA),
                  NAMED "pubKeyHash has 0 bytes, wanted 32");
}

/* An id is a stranger's text. */
static void an_id_cannot_move_the_cursor_and_is_cut(void **state)
{
    struct writ_buffer out = {0};

    (void)state;
    assert_fault(convert("{\"data\": [{\"id\": \"a\\u001b[2J\"}]}", &out), WRIT_FAULT_BAD_INPUT,
                 "OneCRL, record 0 (a\\x1b[2J): wanted");
    assert_fault(convert(piece("{\"data\": [{\"id\": \"%s\"}]}", times(500, "y")), &out),
                 WRIT_FAULT_BAD_INPUT, "yyy...): wanted issuerName and serialNumber");
}

static void more_records_than_the_ceiling_are_refused(void **state)
{
    struct writ_buffer text = {0}, out = {0};

    (void)state;
    writ_buffer_text(&text, "{\"data\": [0");
    for (size_t i = 0; i < WRIT_ONECRL_KEYS_MAX; i++)
        writ_buffer_text(&text, ",0");
    writ_buffer_text(&text, "]}");
    assert_fault(convert(writ_buffer_string(&text), &out), WRIT_FAULT_BAD_INPUT,
                 "OneCRL of 65537 records, the ceiling is 65536");
    writ_buffer_free(&text);
}

static void more_bytes_than_the_ceiling_are_not_looked_at(void **state)
{
    struct writ_buffer out = {0};
    struct writ_span bytes = WRIT_SPAN("", ONECRL_JSON_MAX + 1); /* which are not there */

    (void)state;
    assert_fault(onecrl_json_convert(bytes, &out, &e), WRIT_FAULT_BAD_INPUT,
                 "OneCRL of 16777217 bytes, the ceiling is 16777216");
}

static void every_truncation_is_refused(void **state)
{
    const char *text = piece("{\"data\": [%s, %s]}", BY_SERIAL, BY_SUBJECT);
    struct writ_buffer out = {0};

    (void)state;
    for (size_t n = 0; n < strlen(text); n++) {
        char *cut = malloc(n == 0 ? 1 : n);

        assert_non_null(cut);
        memcpy(cut, text, n);
        assert_fault(onecrl_json_convert(WRIT_SPAN(cut, n), &out, &e), WRIT_FAULT_BAD_INPUT,
                     "OneCRL is not JSON");
        free(cut);
    }
    assert_int_equal(out.n, 0);
}

static const struct CMUnitTest claims[] = {
    CLAIM(certificates_that_records_name_are_listed),
    CLAIM(a_collection_without_records_lists_nothing),
    CLAIM(a_record_counts_whether_it_is_enabled_or_not),
    CLAIM(the_order_of_records_changes_nothing_and_twins_are_one),
    CLAIM(what_is_no_collection_is_refused),
    CLAIM(a_record_names_what_is_revoked_in_one_way),
    CLAIM(a_record_without_an_id_is_named_by_its_place),
    CLAIM(members_are_base64_of_one_spelling),
    CLAIM(a_serial_number_has_octets_and_not_too_many),
    CLAIM(a_name_is_one_name_in_der),
    CLAIM(a_hash_of_a_key_has_32_bytes),
    CLAIM(an_id_cannot_move_the_cursor_and_is_cut),
    CLAIM(more_records_than_the_ceiling_are_refused),
    CLAIM(more_bytes_than_the_ceiling_are_not_looked_at),
    CLAIM(every_truncation_is_refused),
};

RUN_CLAIMS(claims)
