/*
 * shared/onecrl_json.h with the records that Firefox ships
 *
 * WRIT_DATA names the folder of other projects' data.
 */
#include <jansson.h>

#include "base/base64.h"
#include "evidence/onecrl.h"
#include "fixture.h"
#include "object/certs.h"
#include "shared/onecrl_json.h"

static struct writ_error e;
static struct writ_digester *digester;

static const char *missing(void)
{
    return foreign_missing("crlite/firefox-dumps/onecrl.json");
}

/* The records, and the file made of them. */
static struct {
    struct writ_buffer text, file;
    struct writ_onecrl onecrl;
    json_t *json, *data;
} world;

static struct writ_buffer member(const json_t *record, const char *name)
{
    struct writ_buffer b = {0};
    const char *text = json_string_value(json_object_get(record, name));

    if (text != NULL)
        assert_int_equal(writ_base64_parse(writ_span_text(text), &b), 0);
    return b;
}

/* A certificate that a record names; the caller frees it. */
static struct writ_buffer certificate_of(const json_t *record)
{
    struct writ_buffer name = member(record, "issuerName"), serial = member(record, "serialNumber");
    struct writ_buffer out = {0};

    writ_buffer_add(&out, CERT(.serial = piece("02{%s}", digits_of(writ_buffer_span(&serial))),
                               .issuer = digits_of(writ_buffer_span(&name))));
    writ_buffer_free(&name);
    writ_buffer_free(&serial);
    return out;
}

static bool is_listed(struct writ_span certificate)
{
    struct writ_cert cert;
    bool revoked = false;

    writ_error_clear(&e);
    assert_ok(writ_cert_parse(certificate, &cert, &e));
    assert_ok(writ_check_onecrl(&world.onecrl, digester, &cert, &revoked, &e));
    return revoked;
}

static void there_are_as_many_keys_as_records_that_differ(void **state)
{
    (void)state;
    assert_int_equal(json_array_size(world.data), 1827);
    assert_int_equal(world.onecrl.count, 1823); /* four stand there twice */
}

/* One, Certum's, has a serial of 21 octets, 00 and 20 more. */
static void a_certificate_of_each_record_by_serial_is_listed(void **state)
{
    size_t certificates = 0;

    (void)state;
    for (size_t i = 0; i < json_array_size(world.data); i++) {
        const json_t *record = json_array_get(world.data, i);
        struct writ_buffer name = member(record, "issuerName");
        struct writ_buffer serial = member(record, "serialNumber");
        uint8_t key[WRIT_ONECRL_KEY];

        if (serial.n > 0) {
            assert_ok(writ_onecrl_serial_key(digester, writ_buffer_span(&name),
                                             writ_buffer_span(&serial), key, &e));
            assert_true(writ_onecrl_find(&world.onecrl, key));
        }
        if (serial.n > 0) {
            struct writ_buffer certificate = certificate_of(record);

            assert_true(is_listed(writ_buffer_span(&certificate)));
            writ_buffer_free(&certificate);
            certificates++;
        }
        writ_buffer_free(&name);
        writ_buffer_free(&serial);
    }
    assert_int_equal(certificates, 1824);
}

static void a_certificate_of_the_same_issuer_with_another_serial_is_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < json_array_size(world.data); i++) {
        struct writ_buffer name = member(json_array_get(world.data, i), "issuerName");

        if (name.n > 0)
            assert_false(is_listed(CERT(.serial = "02{ 0102030405060708090a0b0c0d0e0f10 }",
                                        .issuer = digits_of(writ_buffer_span(&name)))));
        writ_buffer_free(&name);
    }
}

/* The keys themselves are not in the records, only their hashes; so it is the record's key that is
 * found, and another key under the same name that is not. */
static void each_record_by_subject_is_listed_and_other_keys_of_it_are_not(void **state)
{
    size_t found = 0;

    (void)state;
    for (size_t i = 0; i < json_array_size(world.data); i++) {
        const json_t *record = json_array_get(world.data, i);
        struct writ_buffer name = member(record, "subject"), hash = member(record, "pubKeyHash");
        uint8_t key[WRIT_ONECRL_KEY];

        if (hash.n > 0) {
            assert_int_equal(hash.n, WRIT_SHA256_BYTES);
            assert_ok(writ_onecrl_subject_key(digester, writ_buffer_span(&name), hash.p, key, &e));
            assert_true(writ_onecrl_find(&world.onecrl, key));
            assert_false(is_listed(CERT(.subject = digits_of(writ_buffer_span(&name)))));
            found++;
        }
        writ_buffer_free(&name);
        writ_buffer_free(&hash);
    }
    assert_int_equal(found, 3);
}

static void certificates_of_nobody_there_are_not_listed(void **state)
{
    (void)state;
    assert_false(is_listed(CERT(.serial = "02{ 01 }")));
    assert_false(is_listed(CERT(.serial = "02{ 02 }", .issuer = NAME("Alice"))));
}

static int convert(void **state)
{
    (void)state;
    digester = writ_digester_new(&e);
    world.text = foreign("crlite/firefox-dumps/onecrl.json");
    world.json = json_loadb((const char *)world.text.p, world.text.n, 0, NULL);
    world.data = json_object_get(world.json, "data");
    return digester == NULL ||
           onecrl_json_convert(writ_buffer_span(&world.text), &world.file, &e) < 0 ||
           writ_onecrl_open(writ_buffer_span(&world.file), &world.onecrl, &e) < 0;
}

static int drop(void **state)
{
    (void)state;
    writ_buffer_free(&world.text);
    writ_buffer_free(&world.file);
    json_decref(world.json);
    writ_digester_free(digester);
    return 0;
}

static const struct CMUnitTest claims[] = {
    CLAIM(there_are_as_many_keys_as_records_that_differ),
    CLAIM(a_certificate_of_each_record_by_serial_is_listed),
    CLAIM(a_certificate_of_the_same_issuer_with_another_serial_is_not),
    CLAIM(each_record_by_subject_is_listed_and_other_keys_of_it_are_not),
    CLAIM(certificates_of_nobody_there_are_not_listed),
};

int main(void)
{
    const char *why = missing();

    if (why != NULL) {
        (void)printf("1..0 # SKIP %s\n", why);
        return 0;
    }
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name(__FILE__, claims, convert, drop);
}
