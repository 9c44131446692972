#include "issue/crl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "crypto/verify.h"
#include "issue/building.h"

int writ_crl_partition(struct writ_span serial, size_t n, size_t *partition, struct writ_error *e)
{
    uint8_t hash[WRIT_SHA256_BYTES];
    uint32_t number = 0;

    if (writ_sha256(serial, hash, e) < 0)
        return -1;
    for (size_t i = 0; i < sizeof number; i++)
        number = number << 8 | hash[i];
    *partition = number % n;
    return 0;
}

/* ------------------------------------------------------------------------------ what is asked */

static int compare(const void *a, const void *b)
{
    const struct writ_crl_line *x = a, *y = b;

    if (x->serial_n != y->serial_n)
        return x->serial_n < y->serial_n ? -1 : 1;
    return memcmp(x->serial, y->serial, x->serial_n);
}

static int check_line(const struct writ_crl_form *form, const struct writ_crl_line *line,
                      struct writ_error *e)
{
    if (line->serial_n < 1 || line->serial_n > WRIT_CRL_SERIAL_MAX)
        return writ_fail(e, WRIT_FAULT_USAGE, "a serial number of %u octets", line->serial_n);
    if (line->removed && !form->is_delta)
        return writ_fail(e, WRIT_FAULT_USAGE,
                         "RFC 5280 section 5.3.1: removeFromCRL is for delta CRLs");
    return 0;
}

static int sort_lines(const struct writ_crl_form *form, struct writ_error *e)
{
    for (size_t i = 0; i < form->line_count; i++) {
        if (check_line(form, &form->lines[i], e) < 0)
            return -1;
    }
    if (form->line_count > 1)
        qsort(form->lines, form->line_count, sizeof *form->lines, compare);
    for (size_t i = 1; i < form->line_count; i++) {
        if (compare(&form->lines[i - 1], &form->lines[i]) == 0)
            return writ_fail(e, WRIT_FAULT_USAGE, "a serial number stands twice in a CRL");
    }
    return 0;
}

static int check_url(const char *url, struct writ_error *e)
{
    size_t n = url == NULL ? 0 : strlen(url);

    if (url == NULL ||
        (n > 0 && n <= WRIT_CRL_URL_MAX && writ_text_is_printable(WRIT_SPAN(url, n))))
        return 0;
    return writ_fail(e, WRIT_FAULT_USAGE,
                     "the URL of a CRL: wanted 1 to %d bytes of printable text, have %zu",
                     WRIT_CRL_URL_MAX, n);
}

static int check_key(const struct writ_crl_form *form, struct writ_error *e)
{
    enum writ_oid algorithm = writ_key_algorithm(form->key);

    if (form->issuer->has_key_usage && (form->issuer->key_usage & WRIT_USAGE_CRL_SIGN) == 0)
        return writ_fail(e, WRIT_FAULT_USAGE,
                         "RFC 5280 section 6.3.3: the issuer's keyUsage has no cRLSign");
    if (!writ_key_matches(form->key, form->issuer->key.spki))
        return writ_fail(e, WRIT_FAULT_USAGE, "the key is not the issuer's");
    if (algorithm == WRIT_OID_UNKNOWN || algorithm == WRIT_OID_ED25519)
        return writ_fail(e, WRIT_FAULT_USAGE,
                         "a CA signs with P-256, or RSA of at least 2048 bits");
    return 0;
}

static int check_form(const struct writ_crl_form *form, struct writ_error *e)
{
    if (check_key(form, e) < 0 || check_url(form->partition_url, e) < 0 ||
        check_url(form->delta_url, e) < 0)
        return -1;
    if (form->next_update <= form->this_update ||
        form->next_update - form->this_update > WRIT_CRL_LIFE_MAX)
        return writ_fail(e, WRIT_FAULT_USAGE,
                         "a CRL's nextUpdate is after its thisUpdate, by at most 366 days");
    if (form->is_delta && form->base >= form->number)
        return writ_fail(e, WRIT_FAULT_USAGE, "a delta CRL builds on one with a lower number");
    return sort_lines(form, e);
}

/* --------------------------------------------------------------------------------- extensions */

/* YYYYMMDDHHMMSSZ, whatever the year (RFC 5280 section 5.3.2). */
static void add_generalized_time(struct writ_build *b, int64_t instant)
{
    struct writ_civil c;
    char text[48];

    writ_time_to_civil(instant, &c);
    (void)snprintf(text, sizeof text, "%04d%02d%02d%02d%02d%02dZ", c.year, c.month, c.day, c.hour,
                   c.minute, c.second);
    writ_build_element(b, WRIT_DER_GENERALIZED_TIME, writ_span_text(text));
}

/* An issuer without an identifier of its own is named by the hash of its key (RFC 7093 section 2,
 * method 1), as writ names those it makes. */
static int add_authority_key_id(struct writ_build *b, const struct writ_cert *issuer,
                                struct writ_error *e)
{
    uint8_t hash[WRIT_SHA256_BYTES];
    struct writ_span id = issuer->subject_key_id;

    if (writ_sha256(issuer->key.bits, hash, e) < 0)
        return -1;
    writ_build_authority_key_id(b, id.n > 0 ? id : WRIT_SPAN(hash, WRIT_KEY_ID_BYTES));
    return 0;
}

static void add_number(struct writ_build *b, enum writ_oid oid, bool critical, uint64_t number)
{
    writ_build_open_extension(b, oid, critical);
    writ_build_unsigned(b, WRIT_DER_INTEGER, number);
    writ_build_close_extension(b);
}

static void add_issuing_point(struct writ_build *b, const char *url)
{
    writ_build_open_extension(b, WRIT_OID_ISSUING_DISTRIBUTION_POINT, true);
    writ_build_open(b, WRIT_DER_SEQUENCE);
    writ_build_point_name(b, url);
    writ_build_close(b);
    writ_build_close_extension(b);
}

static void add_expired(struct writ_build *b, int64_t since)
{
    writ_build_open_extension(b, WRIT_OID_EXPIRED_CERTS_ON_CRL, false);
    add_generalized_time(b, since);
    writ_build_close_extension(b);
}

static int add_extensions(struct writ_build *b, const struct writ_crl_form *form,
                          struct writ_error *e)
{
    writ_build_open(b, WRIT_DER_CONTEXT_CONSTRUCTED(0));
    writ_build_open(b, WRIT_DER_SEQUENCE);
    if (add_authority_key_id(b, form->issuer, e) < 0)
        return -1;
    add_number(b, WRIT_OID_CRL_NUMBER, false, form->number);
    if (form->is_delta)
        add_number(b, WRIT_OID_DELTA_CRL_INDICATOR, true, form->base);
    if (form->partition_url != NULL)
        add_issuing_point(b, form->partition_url);
    if (form->delta_url != NULL && !form->is_delta)
        writ_build_points(b, WRIT_OID_FRESHEST_CRL, form->delta_url);
    if (form->keeps_expired)
        add_expired(b, form->expired_since);
    writ_build_close(b);
    writ_build_close(b);
    return 0;
}

/* ------------------------------------------------------------------------------------ entries */

static void add_reason(struct writ_build *b, unsigned code)
{
    writ_build_open_extension(b, WRIT_OID_REASON_CODE, false);
    writ_build_unsigned(b, WRIT_DER_ENUMERATED, code);
    writ_build_close_extension(b);
}

static void add_line_extensions(struct writ_build *b, const struct writ_crl_line *line)
{
    unsigned code = line->removed ? WRIT_CRL_REMOVE : (unsigned)line->reason;

    if (code == WRIT_REASON_UNSPECIFIED && !line->has_invalidity)
        return;
    writ_build_open(b, WRIT_DER_SEQUENCE);
    if (code != WRIT_REASON_UNSPECIFIED)
        add_reason(b, code);
    if (line->has_invalidity) {
        writ_build_open_extension(b, WRIT_OID_INVALIDITY_DATE, false);
        add_generalized_time(b, line->invalidity);
        writ_build_close_extension(b);
    }
    writ_build_close(b);
}

/* An empty list must be absent (RFC 5280 section 5.1.2.6). */
static void add_lines(struct writ_build *b, const struct writ_crl_form *form)
{
    if (form->line_count == 0)
        return;
    writ_build_open(b, WRIT_DER_SEQUENCE);
    for (size_t i = 0; i < form->line_count; i++) {
        const struct writ_crl_line *line = &form->lines[i];

        writ_build_open(b, WRIT_DER_SEQUENCE);
        writ_build_element(b, WRIT_DER_INTEGER, WRIT_SPAN(line->serial, line->serial_n));
        writ_build_time(b, line->revoked_at);
        add_line_extensions(b, line);
        writ_build_close(b);
    }
    writ_build_close(b);
}

/* -------------------------------------------------------------------------------- TBSCertList */

static int build_tbs(const struct writ_crl_form *form, struct writ_buffer *tbs,
                     struct writ_error *e)
{
    struct writ_build b = {0};

    writ_build_open(&b, WRIT_DER_SEQUENCE);
    writ_build_unsigned(&b, WRIT_DER_INTEGER, 1); /* v2 */
    writ_build_algorithm(&b, writ_key_algorithm(form->key));
    writ_build_raw(&b, form->issuer->subject.der);
    writ_build_time(&b, form->this_update);
    writ_build_time(&b, form->next_update);
    add_lines(&b, form);
    if (add_extensions(&b, form, e) < 0) {
        writ_build_free(&b);
        return -1;
    }
    writ_build_close(&b);
    return writ_build_finish_into(&b, tbs, e);
}

/* What was written is what a reader finds, or nobody gets to see it. */
static int check_written(const struct writ_crl_form *form, struct writ_span der,
                         struct writ_error *e)
{
    enum writ_signature_state state;
    struct writ_crl crl;

    if (writ_crl_parse(der, &crl, e) < 0 ||
        writ_verify_signature(form->issuer->key.spki, crl.signature_algorithm, crl.tbs,
                              crl.signature, &state, e) < 0)
        return -1;
    if (state == WRIT_SIGNATURE_GOOD && crl.entry_count == form->line_count &&
        crl.is_delta == form->is_delta && crl.has_idp == (form->partition_url != NULL) &&
        !crl.has_unknown_critical)
        return 0;
    return writ_fail(e, WRIT_FAULT_UNEXPECTED, "the CRL that was made is not the one asked for");
}

int writ_issue_crl(const struct writ_crl_form *form, struct writ_buffer *der, struct writ_error *e)
{
    struct writ_buffer tbs = {0};
    size_t from = der->n;
    int rc = -1;

    if (check_form(form, e) < 0 || build_tbs(form, &tbs, e) < 0 ||
        writ_issue_signed(form->key, writ_buffer_span(&tbs), der, e) < 0)
        goto out;
    rc = check_written(form, WRIT_SPAN(der->p + from, der->n - from), e);
out:
    writ_buffer_free(&tbs);
    return rc;
}
