/*
 * Files of other projects, as our readers see them: read, or refused with which sentence. WRIT_DATA
 * names the folder they lie in; nothing of it is copied here.
 */
#include <dirent.h>

#include "base/time.h"
#include "bytes/pem.h"
#include "object/bundle.h"
#include "object/csr.h"
#include "object/elf.h"
#include "object/note.h"
#include "object/seal.h"
#include "object/table.h"
#include "object/timestamp.h"
#include "scratch.h"
#include "test.h"

static struct writ_error e;

static const char *missing(void)
{
    char path[1024];

    if (getenv("WRIT_DATA") == NULL)
        return "WRIT_DATA is not set";
    (void)snprintf(path, sizeof path, "%s/signed/manifest.tsv", getenv("WRIT_DATA"));
    return access(path, R_OK) == 0 ? NULL : "no signed/manifest.tsv in WRIT_DATA";
}

static struct writ_buffer data(const char *name)
{
    char path[1024];

    (void)snprintf(path, sizeof path, "%s/%s", getenv("WRIT_DATA"), name);
    return file_read(path);
}

/* The names in a folder that end so, in order; returns how many. */
static size_t list(const char *folder, const char *ending, char names[][512], size_t room)
{
    char path[1024];
    struct dirent **entry = NULL;
    size_t n = 0;
    int found;

    (void)snprintf(path, sizeof path, "%s/%s", getenv("WRIT_DATA"), folder);
    found = scandir(path, &entry, NULL, alphasort);
    for (int i = 0; i < found; i++) {
        size_t length = strlen(entry[i]->d_name), wanted = strlen(ending);

        if (length > wanted && strcmp(entry[i]->d_name + length - wanted, ending) == 0) {
            assert_true(n < room);
            (void)snprintf(names[n++], 512, "%s/%s", folder, entry[i]->d_name);
        }
        free(entry[i]);
    }
    free(entry);
    return n;
}

/* ---- certificates ---- */

static void certificates_that_apple_issued_are_read(void **state)
{
    static char names[16][512];
    size_t n = list("signed/apple-certs", ".cer", names, 16);

    (void)state;
    assert_int_equal(n, 5);
    for (size_t i = 0; i < n; i++) {
        struct writ_buffer der = data(names[i]);
        struct writ_cert cert;

        writ_error_clear(&e);
        assert_ok(writ_cert_parse(writ_buffer_span(&der), &cert, &e));
        assert_int_equal(cert.key.rsa_bits, 2048);
        assert_int_equal(cert.signature_algorithm, WRIT_OID_RSA_SHA256);
        assert_true(cert.purposes_critical && !cert.is_ca && cert.has_ocsp_url);
        assert_text(cert.subject.unit, "MK22MZP987");
        assert_true(cert.not_before < cert.not_after);
        /* Apple's own extensions are critical, and nobody else knows them. */
        assert_true(cert.has_unknown_critical);
        writ_buffer_free(&der);
    }
}

/* NIST's test suite of path validation: a certificate is refused here only where it is meant to be
 * refused by everybody, for a signature that is no whole octets. */
static void the_certificates_of_pkits_are_read(void **state)
{
    static char names[512][512];
    size_t n = list("pki/pkits/certs", ".crt", names, 512);

    (void)state;
    assert_int_equal(n, 405);
    for (size_t i = 0; i < n; i++) {
        struct writ_buffer der = data(names[i]);
        struct writ_cert cert;
        bool bad = strstr(names[i], "/BadSignedCACert.crt") != NULL ||
                   strstr(names[i], "/InvalidDSASignatureTest6EE.crt") != NULL;

        writ_error_clear(&e);
        if (bad)
            assert_fault(writ_cert_parse(writ_buffer_span(&der), &cert, &e), WRIT_FAULT_BAD_INPUT,
                         "signatureValue: 1 unused bits");
        else if (writ_cert_parse(writ_buffer_span(&der), &cert, &e) < 0)
            fail_msg("%s: %s", names[i], e.text);
        writ_buffer_free(&der);
    }
}

static void a_revocation_list_is_no_certificate(void **state)
{
    static char names[256][512];
    size_t n = list("pki/pkits/crls", ".crl", names, 256);

    (void)state;
    assert_int_equal(n, 173);
    for (size_t i = 0; i < n; i++) {
        struct writ_buffer der = data(names[i]);
        struct writ_cert cert;

        assert_fault(writ_cert_parse(writ_buffer_span(&der), &cert, &e), WRIT_FAULT_BAD_INPUT, "");
        writ_buffer_free(&der);
    }
}

/* Every CERTIFICATE block of a PEM file; returns how many were read and adds those refused. */
static size_t read_pem(const char *name, size_t *refused, char *sentence)
{
    struct writ_buffer text = data(name);
    struct writ_cursor c = writ_cursor_over(writ_buffer_span(&text), &e);
    struct writ_pem pem = {0};
    bool found = true;
    size_t n = 0;

    writ_error_clear(&e);
    while (found) {
        struct writ_error why = {0};
        struct writ_cert cert;

        assert_ok(writ_pem_next(&c, &pem, &found));
        if (found && strcmp(pem.label, "CERTIFICATE") == 0) {
            n++;
            if (writ_cert_parse(writ_buffer_span(&pem.der), &cert, &why) < 0) {
                (*refused)++;
                (void)snprintf(sentence, sizeof why.text, "%s", why.text);
            }
        }
        writ_pem_free(&pem);
    }
    writ_buffer_free(&text);
    return n;
}

static void the_certificates_of_two_ocsp_suites_are_read(void **state)
{
    static char names[128][512];
    char sentence[WRIT_ERROR_TEXT_MAX] = "";
    size_t refused = 0, n = 0;
    size_t files = list("pki/openssl-ocsp", ".pem", names, 128);

    (void)state;
    for (size_t i = 0; i < files; i++)
        n += read_pem(names[i], &refused, sentence);
    assert_int_equal(refused, 0);
    files = list("pki/boringssl-ocsp", ".pem", names, 128);
    for (size_t i = 0; i < files; i++)
        n += read_pem(names[i], &refused, sentence);
    assert_int_equal(n, 70);
    assert_int_equal(refused, 1); /* good_response_invalid_serial.pem */
    assert_non_null(strstr(sentence, "serialNumber: INTEGER is empty or not minimal"));
}

static void a_kernels_build_key_is_read(void **state)
{
    char sentence[WRIT_ERROR_TEXT_MAX] = "";
    size_t refused = 0;

    (void)state;
    assert_int_equal(read_pem("signed/kmod/debian-6.1.0-56-build-key.pem", &refused, sentence), 1);
    assert_int_equal(refused, 0);
}

/* ---- timestamps and signatures ---- */

static void a_token_of_apples_tsa_is_read(void **state)
{
    struct writ_buffer der = data("signed/tsa/apple-tsa-token-from-sentry-cli-arm64.der");
    struct writ_timestamp stamp;
    char time[WRIT_TIME_TEXT];

    (void)state;
    writ_error_clear(&e);
    assert_ok(writ_timestamp_parse(writ_buffer_span(&der), &stamp, &e));
    writ_time_format(stamp.time, time);
    assert_string_equal(time, "2026-09-16T14:16:56Z");
    assert_int_equal(stamp.accuracy, 1);
    assert_int_equal(stamp.hash_algorithm, WRIT_OID_SHA256);
    assert_int_equal(stamp.imprint.n, 32);
    assert_spans_equal(stamp.serial, bytes_of("2ddf468db9483cd6"));
    assert_spans_equal(stamp.nonce, bytes_of("010ae319c218d34c"));
    assert_true(stamp.cms.certificate_count > 0);
    assert_true(stamp.cms.ess.present || stamp.cms.ess_v2.present);
    for (size_t i = 0; i < stamp.cms.certificate_count; i++) {
        struct writ_cert cert;

        assert_ok(writ_cert_parse(stamp.cms.certificate[i], &cert, &e));
    }
    writ_buffer_free(&der);
}

static void no_beginning_of_that_token_is_read(void **state)
{
    struct writ_buffer der = data("signed/tsa/apple-tsa-token-from-sentry-cli-arm64.der");

    (void)state;
    for (size_t n = 0; n < der.n; n++) {
        struct writ_timestamp stamp;

        writ_error_clear(&e);
        assert_int_equal(writ_timestamp_parse(WRIT_SPAN(der.p, n), &stamp, &e), -1);
        assert_int_equal(e.fault, WRIT_FAULT_BAD_INPUT);
    }
    writ_buffer_free(&der);
}

/* They are over plain data, with what we do not allow in a seal: they are none of ours. */
static void signatures_over_plain_data_are_refused(void **state)
{
    struct writ_buffer der = data("signed/macho/sentry-cli-arm64.cms.der");
    struct writ_cms cms;

    (void)state;
    assert_fault(writ_cms_parse(writ_buffer_span(&der), &cms, &e), WRIT_FAULT_BAD_INPUT,
                 "SignedData: version 1, wanted 3");
    writ_buffer_free(&der);
}

/* ---- programs ---- */

/* A kernel module is an object whose signature follows what its headers name. */
static void a_kernel_module_ends_before_its_signature(void **state)
{
    static const char mark[] = "~Module signature appended~\n";
    static char names[16][512];
    size_t n = list("signed/kmod", ".ko", names, 16);

    (void)state;
    assert_int_equal(n, 5);
    for (size_t i = 0; i < n; i++) {
        struct writ_buffer file = data(names[i]);
        struct writ_elf elf;
        struct writ_seal_tail tail;
        uint64_t signature;

        writ_error_clear(&e);
        assert_ok(writ_elf_parse(writ_buffer_span(&file), &elf, &e));
        assert_int_equal(elf.form, WRIT_CONTENT_ELF_OTHER);
        signature =
            writ_span_u64_be(writ_buffer_span(&file), file.n - (sizeof mark - 1) - 8) & UINT32_MAX;
        assert_int_equal(elf.end, file.n - (sizeof mark - 1) - 12 - signature);
        assert_ok(writ_seal_find_tail(writ_buffer_span(&file), &tail, &e));
        assert_false(tail.present);
        writ_buffer_free(&file);
    }
}

/* ---- everything into everything ---- */

/* None of these is anything of ours. */
static void nothing_of_others_is_taken_for_ours(void **state)
{
    static const char *const files[] = {
        "signed/manifest.tsv",
        "signed/macho/fsevents-arm64.superblob",
        "signed/macho/sentry-cli-arm64.codedirectory",
        "signed/macho/sentry-cli-arm64.superblob",
        "signed/macho/sentry-cli-arm64.cms.der",
        "signed/kmod/crc7.ko",
        "signed/apple-certs/apple-signed-developer-id-application.cer",
        "pki/openssl-ocsp/D1.ors",
        "tlog/merkle-inclusion.jsonl",
    };

    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct writ_buffer file = data(files[i]);
        struct writ_span bytes = writ_buffer_span(&file);
        struct writ_seal seal;
        struct writ_bundle bundle;
        struct writ_table table;
        struct writ_note note;
        struct writ_csr csr;
        struct writ_timestamp stamp;

        assert_fault(writ_seal_parse(bytes, &seal, &e), WRIT_FAULT_BAD_INPUT, "");
        assert_fault(writ_bundle_parse(bytes, &bundle, &e), WRIT_FAULT_BAD_INPUT, "");
        assert_fault(writ_table_open(bytes, &table, &e), WRIT_FAULT_BAD_INPUT, "");
        assert_fault(writ_note_parse(bytes, &note, &e), WRIT_FAULT_BAD_INPUT, "");
        assert_fault(writ_csr_parse(bytes, &csr, &e), WRIT_FAULT_BAD_INPUT, "");
        assert_fault(writ_timestamp_parse(bytes, &stamp, &e), WRIT_FAULT_BAD_INPUT, "");
        writ_buffer_free(&file);
    }
}

static const struct CMUnitTest claims[] = {
    CLAIM(certificates_that_apple_issued_are_read),
    CLAIM(the_certificates_of_pkits_are_read),
    CLAIM(a_revocation_list_is_no_certificate),
    CLAIM(the_certificates_of_two_ocsp_suites_are_read),
    CLAIM(a_kernels_build_key_is_read),
    CLAIM(a_token_of_apples_tsa_is_read),
    CLAIM(no_beginning_of_that_token_is_read),
    CLAIM(signatures_over_plain_data_are_refused),
    CLAIM(a_kernel_module_ends_before_its_signature),
    CLAIM(nothing_of_others_is_taken_for_ours),
};

RUN_CLAIMS_UNLESS(missing, claims)
