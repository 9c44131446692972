/* evidence/onecrl.h: which certificates a record names, and which it does not */
#include "evidence/onecrl.h"

#include "object/certs.h"

static struct writ_error e;
static struct writ_digester *digester;

#define KEY_OF_BOB EC_KEY("06{ 2b81040022 }")

/* A list of one key, opened. */
struct list {
    struct writ_buffer bytes;
    struct writ_onecrl onecrl;
};

static struct list list_of(const uint8_t key[WRIT_ONECRL_KEY])
{
    uint8_t keys[1][WRIT_ONECRL_KEY];
    struct list list = {0};

    memcpy(keys[0], key, WRIT_ONECRL_KEY);
    assert_ok(writ_onecrl_build(keys, 1, &list.bytes, &e));
    assert_ok(writ_onecrl_open(writ_buffer_span(&list.bytes), &list.onecrl, &e));
    return list;
}

static struct list by_serial(struct writ_span issuer, struct writ_span serial)
{
    uint8_t key[WRIT_ONECRL_KEY];

    writ_error_clear(&e);
    assert_ok(writ_onecrl_serial_key(digester, issuer, serial, key, &e));
    return list_of(key);
}

static struct list by_subject(struct writ_span subject, struct writ_span spki)
{
    uint8_t hash[WRIT_SHA256_BYTES], key[WRIT_ONECRL_KEY];

    writ_error_clear(&e);
    assert_ok(writ_sha256(spki, hash, &e));
    assert_ok(writ_onecrl_subject_key(digester, subject, hash, key, &e));
    return list_of(key);
}

static bool is_listed(const struct list *list, struct writ_span certificate)
{
    struct writ_cert cert;
    bool revoked = false;

    assert_ok(writ_cert_parse(certificate, &cert, &e));
    assert_ok(writ_check_onecrl(&list->onecrl, digester, &cert, &revoked, &e));
    return revoked;
}

/* Figures from another implementation of the page: Python's hashlib. */
static void keys_are_made_as_the_page_says(void **state)
{
    struct writ_span name = bytes_of("300d310b3009060355040613024154");
    uint8_t key[WRIT_ONECRL_KEY], hash[WRIT_SHA256_BYTES];

    (void)state;
    for (unsigned i = 0; i < sizeof hash; i++)
        hash[i] = (uint8_t)i;
    assert_ok(writ_onecrl_serial_key(digester, name, bytes_of("0080"), key, &e));
    assert_spans_equal(WRIT_SPAN_OF(key), bytes_of("0420ab3858aa6da5b72a501a6e8fc484"
                                                   "ed43050bc4ff08df6e1a6b9678ab2381"));
    assert_ok(writ_onecrl_subject_key(digester, name, hash, key, &e));
    assert_spans_equal(WRIT_SPAN_OF(key), bytes_of("9567c72b91fccff442b86d255096782c"
                                                   "202e8e80d5164c824cd363523f8987f4"));
}

static void a_certificate_with_the_issuer_and_serial_of_a_record_is_revoked(void **state)
{
    struct list list = by_serial(der(NAME("CA")), bytes_of("00f1"));

    (void)state;
    assert_true(is_listed(&list, CERT(.serial = "02{ 00f1 }")));
    assert_true(
        is_listed(&list, CERT(.serial = "02{ 00f1 }", .subject = NAME("Bob"), .key = KEY_OF_BOB)));
    assert_false(is_listed(&list, CERT(.serial = "02{ 00f2 }")));
    assert_false(is_listed(&list, CERT(.serial = "02{ 00f100 }")));
    assert_false(is_listed(&list, CERT(.serial = "02{ 71 }")));
    assert_false(is_listed(&list, CERT(.serial = "02{ 00f1 }", .issuer = NAME("CB"))));
    writ_buffer_free(&list.bytes);
}

/* The serial is what stands in the certificate, its leading zero too. */
static void a_serial_without_its_leading_zero_is_another(void **state)
{
    struct list list = by_serial(der(NAME("CA")), bytes_of("f1"));

    (void)state;
    assert_false(is_listed(&list, CERT(.serial = "02{ 00f1 }")));
    writ_buffer_free(&list.bytes);
}

/* A name in another encoding is another name, as in Firefox: nothing is normalised. */
static void a_name_spelled_in_another_way_is_another(void **state)
{
    const char *printable = "30{ " ATTRIBUTE(CN, "13{'CA'}") " }";
    struct list list = by_serial(der(printable), bytes_of("11"));

    (void)state;
    assert_true(is_listed(&list, CERT(.issuer = printable)));
    assert_false(is_listed(&list, CERT(.issuer = NAME("CA"))));
    writ_buffer_free(&list.bytes);
}

static void a_certificate_with_the_subject_and_key_of_a_record_is_revoked(void **state)
{
    struct list list = by_subject(der(NAME("Alice")), der(P256_KEY));

    (void)state;
    assert_true(is_listed(&list, CERT(.serial = "02{ 01 }")));
    assert_true(is_listed(&list, CERT(.serial = "02{ 02 }", .issuer = NAME("Another CA"))));
    assert_false(is_listed(&list, CERT(.subject = NAME("Bob"))));
    assert_false(is_listed(&list, CERT(.key = KEY_OF_BOB)));
    writ_buffer_free(&list.bytes);
}

/* The issuer's name and the subject's are different questions. */
static void a_record_by_subject_says_nothing_about_who_was_issued_by_it(void **state)
{
    struct list list = by_subject(der(NAME("CA")), der(P256_KEY));

    (void)state;
    assert_false(is_listed(&list, CERT(.issuer = NAME("CA"))));
    assert_true(is_listed(&list, CERT(.subject = NAME("CA"))));
    writ_buffer_free(&list.bytes);
}

/* The length of the name is hashed, and which of the two ways it is. */
static void no_record_can_be_read_as_another(void **state)
{
    struct writ_span name = bytes_of("3003310102"), part = bytes_of("30033101");
    uint8_t hash[WRIT_SHA256_BYTES] = {7}, a[WRIT_ONECRL_KEY], b[WRIT_ONECRL_KEY];

    (void)state;
    assert_ok(writ_onecrl_serial_key(digester, name, bytes_of("07"), a, &e));
    assert_ok(writ_onecrl_serial_key(digester, part, bytes_of("0207"), b, &e));
    assert_memory_not_equal(a, b, sizeof a);
    assert_ok(writ_onecrl_serial_key(digester, name, WRIT_SPAN_OF(hash), a, &e));
    assert_ok(writ_onecrl_subject_key(digester, name, hash, b, &e));
    assert_memory_not_equal(a, b, sizeof a);
}

static void records_over_the_ceilings_are_refused(void **state)
{
    static uint8_t zeros[WRIT_ONECRL_NAME_MAX + 1];
    struct writ_span one = WRIT_SPAN(zeros, 1);
    uint8_t key[WRIT_ONECRL_KEY];

    (void)state;
    writ_error_clear(&e);
    assert_ok(writ_onecrl_serial_key(digester, WRIT_SPAN(zeros, WRIT_ONECRL_NAME_MAX),
                                     WRIT_SPAN(zeros, WRIT_ONECRL_SERIAL_MAX), key, &e));
    assert_fault(writ_onecrl_serial_key(digester, WRIT_SPAN_OF(zeros), one, key, &e),
                 WRIT_FAULT_BAD_INPUT, "a name of 2049 bytes, wanted 1 to 2048");
    assert_fault(writ_onecrl_serial_key(digester, WRIT_SPAN_NONE, one, key, &e),
                 WRIT_FAULT_BAD_INPUT, "a name of 0 bytes");
    assert_fault(writ_onecrl_serial_key(digester, one, WRIT_SPAN(zeros, 65), key, &e),
                 WRIT_FAULT_BAD_INPUT, "a serial number of 65 octets, wanted 1 to 64");
    assert_fault(writ_onecrl_serial_key(digester, one, WRIT_SPAN_NONE, key, &e),
                 WRIT_FAULT_BAD_INPUT, "a serial number of 0 octets");
    assert_fault(writ_onecrl_subject_key(digester, WRIT_SPAN_OF(zeros), zeros, key, &e),
                 WRIT_FAULT_BAD_INPUT, "a name of 2049 bytes, wanted 1 to 2048");
}

/* No record can be about it; that is no fault. */
static void a_certificate_with_a_name_longer_than_any_record_s_is_not_listed(void **state)
{
    const char *name = piece("30{ " ATTRIBUTE(CN, "0c{%s}") " }", times(2100, "61"));
    struct list list = by_subject(der(NAME("Alice")), der(P256_KEY));
    struct list serial = by_serial(der(NAME("CA")), bytes_of("11"));

    (void)state;
    assert_true(is_listed(&list, CERT(.issuer = name)));
    assert_false(is_listed(&list, CERT(.subject = name)));
    assert_false(is_listed(&serial, CERT(.issuer = name)));
    assert_true(is_listed(&serial, CERT(.subject = name)));
    writ_buffer_free(&list.bytes);
    writ_buffer_free(&serial.bytes);
}

static int make_digester(void **state)
{
    (void)state;
    digester = writ_digester_new(&e);
    return digester == NULL;
}

static int drop_digester(void **state)
{
    (void)state;
    writ_digester_free(digester);
    return 0;
}

static const struct CMUnitTest claims[] = {
    CLAIM(keys_are_made_as_the_page_says),
    CLAIM(a_certificate_with_the_issuer_and_serial_of_a_record_is_revoked),
    CLAIM(a_serial_without_its_leading_zero_is_another),
    CLAIM(a_name_spelled_in_another_way_is_another),
    CLAIM(a_certificate_with_the_subject_and_key_of_a_record_is_revoked),
    CLAIM(a_record_by_subject_says_nothing_about_who_was_issued_by_it),
    CLAIM(no_record_can_be_read_as_another),
    CLAIM(records_over_the_ceilings_are_refused),
    CLAIM(a_certificate_with_a_name_longer_than_any_record_s_is_not_listed),
};

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name(__FILE__, claims, make_digester, drop_digester);
}
