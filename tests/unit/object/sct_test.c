/* object/sct.h and the list in object/cert.h: RFC 6962 section 3.3. */
#include "object/sct.h"

#include "object/certs.h"

static struct writ_error e;

/* A log id, 32 times the byte; a timestamp; no extensions; ECDSA with SHA-256 and a signature. */
#define ID(byte)      byte byte byte byte byte byte byte byte
#define LOG(byte)     ID(byte) ID(byte) ID(byte) ID(byte)
#define SIGNATURE     "0403 0003 aabbcc"
#define V1(id, time)  "00" LOG(id) time "0000" SIGNATURE
#define SCT(id, time) "0032" V1(id, time) /* 1 + 32 + 8 + 2 + 2 + 2 + 3 */
#define TIME_1        "0000018bcfbf6cff"
#define LIST_OF_1     "0034" SCT("11", TIME_1)
#define LIST_OF_2     "0068" SCT("11", TIME_1) SCT("22", "ffffffffffffffff")

static int parse(const char *hex, struct writ_sct *scts, size_t *count)
{
    writ_error_clear(&e);
    *count = 77;
    return writ_sct_list_parse(bytes_of(hex), scts, count, &e);
}

static void refused(const char *hex, const char *words)
{
    struct writ_sct scts[WRIT_SCTS_MAX];
    size_t count;

    assert_fault(parse(hex, scts, &count), WRIT_FAULT_BAD_INPUT, words);
    assert_int_equal(count, 0);
}

static void log_and_instant_of_each_are_read_in_order(void **state)
{
    struct writ_sct scts[WRIT_SCTS_MAX];
    size_t count;

    (void)state;
    assert_ok(parse(LIST_OF_2, scts, &count));
    assert_int_equal(count, 2);
    assert_spans_equal(scts[0].log_id, bytes_of(LOG("11")));
    assert_true(scts[0].timestamp == UINT64_C(0x18bcfbf6cff));
    assert_spans_equal(scts[1].log_id, bytes_of(LOG("22")));
    assert_true(scts[1].timestamp == UINT64_MAX);
}

static void no_list_is_no_scts(void **state)
{
    struct writ_sct scts[WRIT_SCTS_MAX];
    size_t count = 77;

    (void)state;
    assert_ok(writ_sct_list_parse(WRIT_SPAN_NONE, scts, &count, &e));
    assert_int_equal(count, 0);
}

static void extensions_and_any_signature_are_stepped_over(void **state)
{
    struct writ_sct scts[WRIT_SCTS_MAX];
    size_t count;

    (void)state;
    assert_ok(parse("0039 0037 00" LOG("11") TIME_1 "0005 0102030405" SIGNATURE, scts, &count));
    assert_int_equal(count, 1);
    assert_ok(parse("0031 002f 00" LOG("11") TIME_1 "0000 0804 0000", scts, &count));
    assert_int_equal(count, 1);
}

/* "clients ... ignore SCTs with versions they do not understand" */
static void other_versions_are_skipped_whatever_is_in_them(void **state)
{
    struct writ_sct scts[WRIT_SCTS_MAX];
    size_t count;

    (void)state;
    assert_ok(parse("0038 0002 01ff" SCT("33", TIME_1), scts, &count));
    assert_int_equal(count, 1);
    assert_spans_equal(scts[0].log_id, bytes_of(LOG("33")));
    assert_ok(parse("0003 0001 ff", scts, &count));
    assert_int_equal(count, 0);
}

static void lengths_must_fit_exactly(void **state)
{
    (void)state;
    refused("00", "list of SCTs: wanted 2 bytes, 1 are left");
    refused("0000", "SCT: wanted 2 bytes, 0 are left");
    refused("0001 00", "SCT: wanted 2 bytes, 1 are left");
    refused("0002 0000", "SCT version: wanted 1 bytes, 0 are left");
    refused("0035" SCT("11", TIME_1), "list of SCTs: wanted 53 bytes, 52 are left");
    refused(LIST_OF_1 "00", "1 trailing bytes after the list of SCTs");
    refused("0034 0033" V1("11", TIME_1), "SCT: wanted 51 bytes, 50 are left");
    refused("0033 0031" V1("11", TIME_1), "trailing bytes after the list of SCTs");
    refused("0035 0033" V1("11", TIME_1) "00", "1 trailing bytes after the SCT");
    refused("0034 0032 00" LOG("11") TIME_1 "0001" SIGNATURE, "SCT signature");
    refused("0034 0032 00" LOG("11") TIME_1 "0008" SIGNATURE, "SCT extensions: wanted 8 bytes");
    refused("0034 0032 00" LOG("11") TIME_1 "0000 0403 0004 aabbcc", "SCT signature: wanted 4");
    refused("0034 0032 00" LOG("11") TIME_1 "0000 0403 0002 aabbcc",
            "1 trailing bytes after the SCT");
}

static void every_list_that_is_cut_is_refused(void **state)
{
    struct writ_span list = bytes_of(LIST_OF_2);

    (void)state;
    for (size_t n = 1; n < list.n; n++) {
        struct writ_sct scts[WRIT_SCTS_MAX];
        uint8_t *copy = malloc(n);
        size_t count = 77;

        assert_non_null(copy);
        memcpy(copy, list.p, n);
        assert_fault(writ_sct_list_parse(WRIT_SPAN(copy, n), scts, &count, &e),
                     WRIT_FAULT_BAD_INPUT, "list of SCTs");
        assert_int_equal(count, 0);
        free(copy);
    }
}

/* As many as there may be, and one more; those of other versions do not count. */
static void more_scts_than_the_ceiling_are_refused(void **state)
{
    (void)state;
    for (size_t n = WRIT_SCTS_MAX; n <= WRIT_SCTS_MAX + 1; n++) {
        struct writ_buffer list = {0};
        struct writ_sct scts[WRIT_SCTS_MAX];
        size_t count = 77, bytes = n * 52 + 3;

        writ_buffer_byte(&list, (uint8_t)(bytes >> 8));
        writ_buffer_byte(&list, (uint8_t)bytes);
        writ_buffer_add(&list, bytes_of("0001 01"));
        for (size_t i = 0; i < n; i++)
            writ_buffer_add(&list, bytes_of(SCT("11", TIME_1)));
        writ_error_clear(&e);
        if (n == WRIT_SCTS_MAX) {
            assert_ok(writ_sct_list_parse(writ_buffer_span(&list), scts, &count, &e));
            assert_int_equal(count, WRIT_SCTS_MAX);
        } else {
            assert_fault(writ_sct_list_parse(writ_buffer_span(&list), scts, &count, &e),
                         WRIT_FAULT_BAD_INPUT, "more than 64 SCTs");
            assert_int_equal(count, 0);
        }
        writ_buffer_free(&list);
    }
}

/* ---- in a certificate ---- */

#define SCT_LIST "2b06010401d679020402"

static struct writ_cert parsed(const char *extensions)
{
    struct writ_cert cert;

    writ_error_clear(&e);
    assert_ok(writ_cert_parse(CERT(.extensions = extensions), &cert, &e));
    return cert;
}

static void a_certificate_shows_its_list_without_both_octet_strings(void **state)
{
    struct writ_cert cert = parsed(EXTENSIONS(EXTENSION(SCT_LIST, "04{ " LIST_OF_2 " }")));

    (void)state;
    assert_spans_equal(cert.sct_list, bytes_of(LIST_OF_2));
    assert_false(cert.has_unknown_critical);
}

static void a_certificate_without_one_has_none(void **state)
{
    struct writ_cert cert = parsed(EXTENSIONS(EXTENSION(SUBJECT_KEY_ID, "04{ 01 }")));

    (void)state;
    assert_int_equal(cert.sct_list.n, 0);
}

/* The list itself is not looked at: that is for whoever wants it. */
static void a_certificate_is_not_refused_over_its_list(void **state)
{
    static const char *const odd[] = {
        EXTENSIONS(EXTENSION(SCT_LIST, "")),
        EXTENSIONS(EXTENSION(SCT_LIST, "0068")),
        EXTENSIONS(EXTENSION(SCT_LIST, "03{ 00 01 }")),
        EXTENSIONS(EXTENSION(SCT_LIST, "04{ 0003000100 } 00")),
        EXTENSIONS(EXTENSION(SCT_LIST, "0405 00")),
        EXTENSIONS(EXTENSION(SCT_LIST, "24{ 04{ 0003000100 } }")),
    };

    (void)state;
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        struct writ_cert cert = parsed(odd[i]);

        if (cert.sct_list.n != 0)
            fail_msg("%s", odd[i]);
        assert_int_equal(e.fault, WRIT_FAULT_NONE);
    }
    assert_int_equal(parsed(EXTENSIONS(EXTENSION(SCT_LIST, "04{ ffff }"))).sct_list.n, 2);
    assert_int_equal(parsed(EXTENSIONS(EXTENSION(SCT_LIST, "04{ }"))).sct_list.n, 0);
}

/* RFC 6962 section 3.3 has it not critical; who marks it so wants readers that check it. */
static void a_critical_one_is_one_that_writ_does_not_know(void **state)
{
    struct writ_cert cert = parsed(EXTENSIONS(CRITICAL(SCT_LIST, "04{ " LIST_OF_1 " }")));

    (void)state;
    assert_true(cert.has_unknown_critical);
    assert_spans_equal(cert.sct_list, bytes_of(LIST_OF_1));
}

static void a_second_list_refuses_the_certificate(void **state)
{
    struct writ_cert cert;

    (void)state;
    assert_fault(writ_cert_parse(
                     CERT(.extensions = EXTENSIONS(EXTENSION(SCT_LIST, "04{ " LIST_OF_1 " }")
                                                       EXTENSION(SCT_LIST, "04{ " LIST_OF_1 " }"))),
                     &cert, &e),
                 WRIT_FAULT_BAD_INPUT, "the same extension stands twice");
}

static const struct CMUnitTest claims[] = {
    CLAIM(log_and_instant_of_each_are_read_in_order),
    CLAIM(no_list_is_no_scts),
    CLAIM(extensions_and_any_signature_are_stepped_over),
    CLAIM(other_versions_are_skipped_whatever_is_in_them),
    CLAIM(lengths_must_fit_exactly),
    CLAIM(every_list_that_is_cut_is_refused),
    CLAIM(more_scts_than_the_ceiling_are_refused),
    CLAIM(a_certificate_shows_its_list_without_both_octet_strings),
    CLAIM(a_certificate_without_one_has_none),
    CLAIM(a_certificate_is_not_refused_over_its_list),
    CLAIM(a_critical_one_is_one_that_writ_does_not_know),
    CLAIM(a_second_list_refuses_the_certificate),
};

RUN_CLAIMS(claims)
