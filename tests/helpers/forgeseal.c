/*
 * tests/helpers/forgeseal.c - the parts of seals, put together as no honest signer would
 *
 *   forgeseal directory KIND IDENTIFIER TEAM FLAGS FILE
 *                                a code directory of this file's content; KIND is a name or a
 * number forgeseal seal CD CMS TOKEN [CD CMS TOKEN]... a seal of these entries; TOKEN is - for none
 *   forgeseal tail CONTENT SEAL  the content with the seal as its tail
 *   forgeseal signature CMS      the signature value in a CMS
 *   forgeseal tstinfo TIME ACCURACY FILE
 *                                a TSTInfo (RFC 3161) over this file, to be signed with openssl cms
 *
 * FILE, CD, CMS, TOKEN, CONTENT and SEAL are paths; what is made goes to standard output.  The
 * parts are taken as they are: nothing says that they have to fit.  A fault is printed as "class:
 * sentence"; its class is the exit code.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "base/time.h"
#include "bytes/build.h"
#include "crypto/digest.h"
#include "crypto/merkle.h"
#include "object/cms.h"
#include "object/seal.h"
#include "shared/file.h"

#define CEILING ((size_t)16 << 20)

static int print(struct writ_buffer *b, struct writ_error *e)
{
    int rc = writ_buffer_check(b, e);

    if (rc == 0)
        rc = file_write(STDOUT_FILENO, "standard output", writ_buffer_span(b), e);
    writ_buffer_free(b);
    return rc;
}

static enum writ_seal_kind kind_of(const char *text)
{
    enum writ_seal_kind kind;

    if (writ_seal_kind_parse(text, &kind) == 0)
        return kind;
    return (enum writ_seal_kind)strtoul(text, NULL, 10);
}

static int make_directory(char **args, struct writ_error *e)
{
    struct writ_buffer content = {0}, der = {0};
    uint8_t root[WRIT_SHA256_BYTES];
    struct writ_code_directory d = {
        .kind = kind_of(args[0]),
        .root = WRIT_SPAN_OF(root),
        .identifier = writ_span_text(args[1]),
        .team = writ_span_text(args[2]),
        .critical_flags = strtoull(args[3], NULL, 10),
    };
    int rc = -1;

    if (file_read(args[4], CEILING, &content, e) == 0 &&
        writ_merkle_root(writ_buffer_span(&content), 1, root, e) == 0) {
        d.content_length = content.n;
        if (writ_code_directory_build(&d, &der, e) == 0)
            rc = print(&der, e);
    }
    writ_buffer_free(&content);
    return rc;
}

/* The files named by args, in three buffers for each entry; "-" stays empty. */
static int read_parts(int n, char **args, struct writ_buffer *part, struct writ_error *e)
{
    for (int i = 0; i < n; i++) {
        if (strcmp(args[i], "-") != 0 && file_read(args[i], CEILING, &part[i], e) < 0)
            return -1;
    }
    return 0;
}

static int make_seal(int n, char **args, struct writ_error *e)
{
    struct writ_buffer part[3 * WRIT_SEAL_ENTRIES_MAX] = {0}, der = {0};
    struct writ_seal seal = {.count = (size_t)n / 3};
    int rc = read_parts(n, args, part, e);

    for (size_t i = 0; i < seal.count; i++) {
        seal.entry[i].directory.der = writ_buffer_span(&part[3 * i]);
        seal.entry[i].cms = writ_buffer_span(&part[3 * i + 1]);
        seal.entry[i].timestamp = writ_buffer_span(&part[3 * i + 2]);
    }
    if (rc == 0)
        rc = writ_seal_build(&seal, &der, e);
    if (rc == 0)
        rc = print(&der, e);
    for (int i = 0; i < n; i++)
        writ_buffer_free(&part[i]);
    return rc;
}

static int make_tail(char **args, struct writ_error *e)
{
    struct writ_buffer content = {0}, seal = {0};
    int rc = -1;

    if (file_read(args[0], CEILING, &content, e) == 0 &&
        file_read(args[1], CEILING, &seal, e) == 0 &&
        writ_seal_build_tail(content.n, writ_buffer_span(&seal), &content, e) == 0)
        rc = print(&content, e);
    writ_buffer_free(&seal);
    return rc;
}

static int show_signature(char **args, struct writ_error *e)
{
    struct writ_buffer bytes = {0}, value = {0};
    struct writ_cms cms;
    int rc = -1;

    if (file_read(args[0], CEILING, &bytes, e) == 0 &&
        writ_cms_parse(writ_buffer_span(&bytes), &cms, e) == 0) {
        writ_buffer_add(&value, cms.signature);
        rc = print(&value, e);
    }
    writ_buffer_free(&bytes);
    return rc;
}

/* RFC 3161 section 2.4.2, with a policy of no meaning and serial number 1. */
static void build_info(struct writ_build *b, const char *when, uint64_t accuracy,
                       struct writ_span imprint)
{
    static const uint8_t policy[] = {0x2a, 0x03, 0x04};

    writ_build_open(b, WRIT_DER_SEQUENCE);
    writ_build_unsigned(b, WRIT_DER_INTEGER, 1);
    writ_build_element(b, WRIT_DER_OID, WRIT_SPAN_OF(policy));
    writ_build_open(b, WRIT_DER_SEQUENCE);
    writ_build_algorithm(b, WRIT_OID_SHA256);
    writ_build_octet_string(b, imprint);
    writ_build_close(b);
    writ_build_unsigned(b, WRIT_DER_INTEGER, 1);
    writ_build_element(b, WRIT_DER_GENERALIZED_TIME, writ_span_text(when));
    if (accuracy > 0) {
        writ_build_open(b, WRIT_DER_SEQUENCE);
        writ_build_unsigned(b, WRIT_DER_INTEGER, accuracy);
        writ_build_close(b);
    }
    writ_build_close(b);
}

/* 2026-03-01T12:00:00Z as 20260301120000Z. */
static void squeeze(const char *text, char *out)
{
    for (; *text != '\0'; text++) {
        if (*text != '-' && *text != ':' && *text != 'T')
            *out++ = *text;
    }
    *out = '\0';
}

static int make_info(char **args, struct writ_error *e)
{
    struct writ_buffer bytes = {0}, der = {0};
    uint8_t imprint[WRIT_SHA256_BYTES];
    char instant[WRIT_TIME_TEXT], when[WRIT_TIME_TEXT];
    struct writ_build b = {0};
    int64_t time;
    int rc = -1;

    if (writ_time_parse(args[0], &time, e) == 0 && file_read(args[2], CEILING, &bytes, e) == 0 &&
        writ_sha256(writ_buffer_span(&bytes), imprint, e) == 0) {
        writ_time_format(time, instant);
        squeeze(instant, when);
        build_info(&b, when, strtoull(args[1], NULL, 10), WRIT_SPAN_OF(imprint));
        if (writ_build_finish_into(&b, &der, e) == 0)
            rc = print(&der, e);
    }
    writ_buffer_free(&bytes);
    return rc;
}

static int run(int n, char **args, struct writ_error *e)
{
    if (n == 6 && strcmp(args[0], "directory") == 0)
        return make_directory(args + 1, e);
    if (n > 1 && n <= 1 + 3 * WRIT_SEAL_ENTRIES_MAX && n % 3 == 1 && strcmp(args[0], "seal") == 0)
        return make_seal(n - 1, args + 1, e);
    if (n == 3 && strcmp(args[0], "tail") == 0)
        return make_tail(args + 1, e);
    if (n == 2 && strcmp(args[0], "signature") == 0)
        return show_signature(args + 1, e);
    if (n == 4 && strcmp(args[0], "tstinfo") == 0)
        return make_info(args + 1, e);
    return writ_fail(e, WRIT_FAULT_USAGE, "what is forgeseal to do?");
}

int main(int argc, char **argv)
{
    struct writ_error e = {0};

    if (run(argc - 1, argv + 1, &e) == 0)
        return 0;
    (void)fprintf(stderr, "%s: %s\n", writ_fault_name(e.fault), e.text);
    return e.fault == WRIT_FAULT_NONE ? 1 : (int)e.fault;
}
