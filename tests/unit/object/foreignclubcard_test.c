/*
 * Clubcards that Mozilla's own tests have and Mozilla's own library has built, and certificates of
 * real sites.  WRIT_DATA names the folder they lie in; nothing of it is copied here.
 */
#include <jansson.h>

#include "base/base64.h"
#include "bytes/pem.h"
#include "crypto/digest.h"
#include "object/cert.h"
#include "object/clubcard.h"
#include "object/sct.h"
#include "scratch.h"
#include "test.h"

static struct writ_error e;

static const char *missing(void)
{
    char path[1024];

    if (getenv("WRIT_DATA") == NULL)
        return "WRIT_DATA is not set";
    (void)snprintf(path, sizeof path, "%s/crlite/expected.tsv", getenv("WRIT_DATA"));
    return access(path, R_OK) == 0 ? NULL : "no crlite/expected.tsv in WRIT_DATA";
}

static struct writ_buffer data(const char *name)
{
    char path[1024];

    (void)snprintf(path, sizeof path, "%s/crlite/%s", getenv("WRIT_DATA"), name);
    return file_read(path);
}

static void hash_of(struct writ_span a, struct writ_span b, uint8_t hash[WRIT_SHA256_BYTES])
{
    struct writ_digester *d = writ_digester_new(&e);

    assert_non_null(d);
    assert_ok(writ_digester_sha256(d, a, b, hash, &e));
    writ_digester_free(d);
}

/* ---- rows of expected.tsv ---- */

#define ROW_COLUMNS 7

struct row {
    char text[4096];
    char *column[ROW_COLUMNS]; /* filter, certificate, issuer, serial, timestamps, answer, source */
};

static void take_row(struct writ_span line, struct row *r)
{
    char *at = r->text;

    assert_true(line.n < sizeof r->text);
    memcpy(r->text, line.p, line.n);
    r->text[line.n] = '\0';
    for (size_t i = 0; i < ROW_COLUMNS; i++) {
        assert_non_null(at);
        r->column[i] = strsep(&at, "\t");
    }
}

/* Their words for our answers. */
static const char *theirs(enum writ_filter_answer answer)
{
    static const char *const names[] = {"NotCovered", "NotEnrolled", "Good", "Revoked"};

    return names[answer];
}

/* The timestamps of a certificate, as the table writes them. */
static void scts_text(const struct writ_cert *cert, struct writ_buffer *text)
{
    struct writ_sct scts[WRIT_SCTS_MAX];
    size_t count;

    assert_ok(writ_sct_list_parse(cert->sct_list, scts, &count, &e));
    for (size_t i = 0; i < count; i++) {
        writ_buffer_text(text, i > 0 ? "," : "");
        writ_hex_add(text, scts[i].log_id);
        writ_buffer_format(text, ":%llu", (unsigned long long)scts[i].timestamp);
    }
}

static bool covers_one(const struct writ_clubcard *card, const struct writ_cert *cert)
{
    struct writ_sct scts[WRIT_SCTS_MAX];
    size_t count;

    assert_ok(writ_sct_list_parse(cert->sct_list, scts, &count, &e));
    for (size_t i = 0; i < count; i++) {
        if (writ_clubcard_covers(card, scts[i].log_id.p, scts[i].timestamp))
            return true;
    }
    return false;
}

static enum writ_filter_answer answer(const struct writ_clubcard *card,
                                      const struct writ_cert *cert, const uint8_t issuer[32])
{
    uint8_t hash[WRIT_SHA256_BYTES];

    if (!covers_one(card, cert))
        return WRIT_FILTER_NOT_COVERED;
    hash_of(WRIT_SPAN(issuer, 32), cert->serial, hash);
    return writ_clubcard_ask(card, issuer, cert->serial, hash);
}

static struct writ_pem pem_of(const char *name)
{
    struct writ_buffer file = data(name);
    struct writ_cursor c = writ_cursor_over(writ_buffer_span(&file), &e);
    struct writ_pem pem = {0};
    bool found;

    assert_ok(writ_pem_next(&c, &pem, &found));
    assert_true(found);
    writ_buffer_free(&file);
    return pem;
}

/* The hash of a key, as the table writes it. */
static void key_text(struct writ_span spki, char text[65])
{
    uint8_t hash[WRIT_SHA256_BYTES];

    hash_of(spki, WRIT_SPAN_NONE, hash);
    writ_hex_format(WRIT_SPAN_OF(hash), text);
}

/* The certificate that has signed this one: of the folder's two issuers, that with this name. */
static void key_of_issuer(const struct writ_cert *cert, char text[65])
{
    static const char *const issuers[] = {"firefox-esr140/issuer.pem",
                                          "firefox-esr140/no-sct-issuer.pem"};
    bool found = false;

    for (size_t i = 0; i < 2; i++) {
        struct writ_pem pem = pem_of(issuers[i]);
        struct writ_cert issuer;

        assert_ok(writ_cert_parse(writ_buffer_span(&pem.der), &issuer, &e));
        if (writ_span_equal(issuer.subject.der, cert->issuer.der)) {
            key_text(issuer.key.spki, text);
            found = true;
        }
        writ_pem_free(&pem);
    }
    assert_true(found);
}

/* Serial, issuer and timestamps are taken from the certificate itself, and are those of the row. */
static void hold_row(const struct row *r)
{
    struct writ_pem pem = pem_of(r->column[1]);
    struct writ_buffer file = data(r->column[0]), scts = {0};
    struct writ_clubcard card;
    struct writ_cert cert;
    char text[65];
    uint8_t issuer[32];

    assert_ok(writ_cert_parse(writ_buffer_span(&pem.der), &cert, &e));
    assert_spans_equal(cert.serial, bytes_of(r->column[3]));
    key_of_issuer(&cert, text);
    assert_string_equal(text, r->column[2]);
    scts_text(&cert, &scts);
    assert_string_equal(writ_buffer_string(&scts), r->column[4]);
    assert_ok(writ_clubcard_open(writ_buffer_span(&file), &card, &e));
    assert_ok(writ_clubcard_check(&card, &e));
    assert_int_equal(card.trailing, 0);
    assert_int_equal(writ_hex_parse(writ_span_text(text), issuer, 32), 0);
    assert_string_equal(theirs(answer(&card, &cert, issuer)), r->column[5]);
    writ_clubcard_close(&card);
    writ_buffer_free(&scts);
    writ_buffer_free(&file);
    writ_pem_free(&pem);
}

static void firefoxs_test_filters_answer_as_firefoxs_tests_say(void **state)
{
    struct writ_buffer table = data("expected.tsv");
    struct writ_cursor c = writ_cursor_over(writ_buffer_span(&table), NULL);
    size_t held = 0;

    (void)state;
    while (c.left > 0) {
        struct row r;

        take_row(writ_cursor_field(&c, '\n'), &r);
        if (strncmp(r.column[0], "firefox-esr140/", 15) != 0)
            continue;
        hold_row(&r);
        held++;
    }
    assert_int_equal(held, 18);
    writ_buffer_free(&table);
}

/* ---- real sites ---- */

static struct writ_buffer bytes_at(const json_t *text)
{
    struct writ_buffer b = {0};

    assert_non_null(json_string_value(text));
    assert_int_equal(writ_base64_parse(writ_span_text(json_string_value(text)), &b), 0);
    return b;
}

static void hold_scts(const struct writ_cert *cert, const json_t *wanted)
{
    struct writ_sct scts[WRIT_SCTS_MAX];
    size_t count;

    assert_ok(writ_sct_list_parse(cert->sct_list, scts, &count, &e));
    assert_int_equal(count, json_array_size(wanted));
    for (size_t i = 0; i < count; i++) {
        const json_t *sct = json_array_get(wanted, i);
        struct writ_buffer id = bytes_at(json_object_get(sct, "log_id"));

        assert_spans_equal(scts[i].log_id, writ_buffer_span(&id));
        assert_true((json_int_t)scts[i].timestamp ==
                    json_integer_value(json_object_get(sct, "timestamp")));
        writ_buffer_free(&id);
    }
}

static void hold_intermediates(const json_t *list, const struct writ_cert *leaf,
                               struct writ_span wanted_key)
{
    bool found = false;

    for (size_t i = 0; i < json_array_size(list); i++) {
        struct writ_buffer der = bytes_at(json_array_get(list, i));
        uint8_t hash[WRIT_SHA256_BYTES];
        struct writ_cert cert;

        assert_ok(writ_cert_parse(writ_buffer_span(&der), &cert, &e));
        if (writ_span_equal(cert.subject.der, leaf->issuer.der)) {
            hash_of(cert.key.spki, WRIT_SPAN_NONE, hash);
            assert_spans_equal(WRIT_SPAN_OF(hash), wanted_key);
            found = true;
        }
        writ_buffer_free(&der);
    }
    assert_true(found);
}

static void hold_site(const json_t *detail)
{
    struct writ_buffer der = bytes_at(json_object_get(detail, "end_entity_cert"));
    struct writ_buffer serial = bytes_at(json_object_get(detail, "serial"));
    struct writ_buffer key = bytes_at(json_object_get(detail, "issuer_spki_sha256"));
    struct writ_cert cert;

    assert_ok(writ_cert_parse(writ_buffer_span(&der), &cert, &e));
    assert_spans_equal(cert.serial, writ_buffer_span(&serial));
    assert_true(cert.sct_list.n > 0);
    hold_scts(&cert, json_object_get(detail, "scts"));
    hold_intermediates(json_object_get(detail, "intermediates"), &cert, writ_buffer_span(&key));
    writ_buffer_free(&der);
    writ_buffer_free(&serial);
    writ_buffer_free(&key);
}

static void certificates_of_real_sites_show_the_timestamps_that_others_have_read(void **state)
{
    struct writ_buffer file = data("upki/test-sites.json");
    json_t *json = json_loadb((const char *)file.p, file.n, 0, NULL);
    const json_t *sites = json_object_get(json, "sites");
    size_t held = 0;

    (void)state;
    for (size_t i = 0; i < json_array_size(sites); i++) {
        const json_t *detail = json_object_get(json_array_get(sites, i), "detail");

        if (!json_is_object(detail))
            continue;
        hold_site(detail);
        held++;
    }
    assert_int_equal(held, 115);
    json_decref(json);
    writ_buffer_free(&file);
}

static const struct CMUnitTest claims[] = {
    CLAIM(firefoxs_test_filters_answer_as_firefoxs_tests_say),
    CLAIM(certificates_of_real_sites_show_the_timestamps_that_others_have_read),
};

RUN_CLAIMS_UNLESS(missing, claims)
