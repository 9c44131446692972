#include "issue/certificate.h"

#include "base/text.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "crypto/verify.h"
#include "issue/building.h"
#include "object/csr.h"

const char *writ_role_name(enum writ_role role)
{
    switch (role) {
    case WRIT_ROLE_ROOT:
        return "root";
    case WRIT_ROLE_INTERMEDIATE:
        return "intermediate";
    case WRIT_ROLE_DEVELOPER:
        return "developer";
    case WRIT_ROLE_TSA:
        return "tsa";
    case WRIT_ROLE_RESPONDER:
        return "responder";
    }
    return "unknown";
}

int writ_new_serial(uint8_t serial[WRIT_SERIAL_BYTES], struct writ_error *e)
{
    if (writ_random(serial, WRIT_SERIAL_BYTES, e) < 0)
        return -1;
    serial[0] = (uint8_t)(serial[0] & 0x7f); /* positive */
    serial[0] = (uint8_t)(serial[0] | 0x40); /* and always of the same length */
    return 0;
}

/* ------------------------------------------------------------------------------- extensions */

static bool is_ca(enum writ_role role)
{
    return role == WRIT_ROLE_ROOT || role == WRIT_ROLE_INTERMEDIATE;
}

static void add_basic_constraints(struct writ_build *b, enum writ_role role)
{
    writ_build_open_extension(b, WRIT_OID_BASIC_CONSTRAINTS, true);
    writ_build_open(b, WRIT_DER_SEQUENCE);
    if (is_ca(role)) {
        writ_build_boolean(b, true);
        writ_build_unsigned(b, WRIT_DER_INTEGER, role == WRIT_ROLE_ROOT ? 1 : 0);
    }
    writ_build_close(b);
    writ_build_close_extension(b);
}

/* A root signs the bundle too, so it may make signatures; an intermediate may not. */
static void add_key_usage(struct writ_build *b, enum writ_role role)
{
    static const uint8_t root = 0x86, intermediate = 0x06, leaf = 0x80;

    writ_build_open_extension(b, WRIT_OID_KEY_USAGE, true);
    if (role == WRIT_ROLE_ROOT)
        writ_build_bit_string(b, WRIT_SPAN(&root, 1), 1);
    else if (role == WRIT_ROLE_INTERMEDIATE)
        writ_build_bit_string(b, WRIT_SPAN(&intermediate, 1), 1);
    else
        writ_build_bit_string(b, WRIT_SPAN(&leaf, 1), 7);
    writ_build_close_extension(b);
}

static enum writ_oid purpose_of(enum writ_role role)
{
    switch (role) {
    case WRIT_ROLE_TSA:
        return WRIT_OID_TIME_STAMPING;
    case WRIT_ROLE_RESPONDER:
        return WRIT_OID_OCSP_SIGNING;
    default:
        return WRIT_OID_CODE_SIGNING;
    }
}

/* RFC 3161 section 2.3 wants the TSA's purpose alone and critical; for code signing it is ours.
 * RFC 6960 section 4.2.2.2 says nothing of a responder's, and there are readers that take a
 * critical one for unknown. */
static void add_purpose(struct writ_build *b, enum writ_role role)
{
    writ_build_open_extension(b, WRIT_OID_EXTENDED_KEY_USAGE, role != WRIT_ROLE_RESPONDER);
    writ_build_open(b, WRIT_DER_SEQUENCE);
    writ_build_oid(b, purpose_of(role));
    writ_build_close(b);
    writ_build_close_extension(b);
}

static void add_subject_key_id(struct writ_build *b, struct writ_span id)
{
    writ_build_open_extension(b, WRIT_OID_SUBJECT_KEY_ID, false);
    writ_build_octet_string(b, id);
    writ_build_close_extension(b);
}

static void add_number(struct writ_build *b, uint64_t number)
{
    writ_build_open_extension(b, WRIT_OID_ISSUANCE_NUMBER, false);
    writ_build_unsigned(b, WRIT_DER_INTEGER, number);
    writ_build_close_extension(b);
}

static void add_ocsp_url(struct writ_build *b, const char *url)
{
    writ_build_open_extension(b, WRIT_OID_AUTHORITY_INFO_ACCESS, false);
    writ_build_open(b, WRIT_DER_SEQUENCE);
    writ_build_open(b, WRIT_DER_SEQUENCE);
    writ_build_oid(b, WRIT_OID_AD_OCSP);
    writ_build_element(b, WRIT_DER_CONTEXT(6), writ_span_text(url));
    writ_build_close(b);
    writ_build_close(b);
    writ_build_close_extension(b);
}

/* RFC 6960 section 4.2.2.2.1: the value is NULL, and means that nobody asks about this one. */
static void add_nocheck(struct writ_build *b)
{
    writ_build_open_extension(b, WRIT_OID_OCSP_NOCHECK, false);
    writ_build_null(b);
    writ_build_close_extension(b);
}

/* An issuer that others made may have no key identifier (RFC 5280 section 4.2.1.1 lets a
 * self-signed one be without); then there is none to name. */
static void add_issuer_key_id(struct writ_build *b, const struct writ_certificate_order *order,
                              struct writ_span own_id)
{
    struct writ_span id = order->issuer == NULL ? own_id : order->issuer->subject_key_id;

    if (id.n > 0)
        writ_build_authority_key_id(b, id);
}

static void add_extensions(struct writ_build *b, const struct writ_certificate_order *order,
                           struct writ_span own_id)
{
    writ_build_open(b, WRIT_DER_CONTEXT_CONSTRUCTED(3));
    writ_build_open(b, WRIT_DER_SEQUENCE);
    add_basic_constraints(b, order->role);
    add_key_usage(b, order->role);
    if (!is_ca(order->role))
        add_purpose(b, order->role);
    add_subject_key_id(b, own_id);
    add_issuer_key_id(b, order, own_id);
    if (order->role == WRIT_ROLE_RESPONDER)
        add_nocheck(b);
    if (order->role != WRIT_ROLE_ROOT && !order->unnumbered)
        add_number(b, order->number);
    if (order->ocsp_url != NULL)
        add_ocsp_url(b, order->ocsp_url);
    if (order->crl_url != NULL)
        writ_build_points(b, WRIT_OID_CRL_DISTRIBUTION_POINTS, order->crl_url);
    writ_build_close(b);
    writ_build_close(b);
}

/* --------------------------------------------------------------------------- TBSCertificate */

static void add_subject(struct writ_build *b, const struct writ_certificate_order *order)
{
    writ_build_open(b, WRIT_DER_SEQUENCE);
    if (order->organization.n > 0)
        writ_build_name_part(b, WRIT_OID_ORGANIZATION, order->organization);
    if (order->team.n > 0)
        writ_build_name_part(b, WRIT_OID_ORGANIZATIONAL_UNIT, order->team);
    writ_build_name_part(b, WRIT_OID_COMMON_NAME, order->common_name);
    writ_build_close(b);
}

static int build_tbs(const struct writ_certificate_order *order, struct writ_buffer *tbs,
                     struct writ_error *e)
{
    struct writ_build b = {0};
    struct writ_public_key key;
    struct writ_cursor c = writ_cursor_over(order->spki, e);
    uint8_t hash[WRIT_SHA256_BYTES];

    if (writ_public_key_parse(&c, &key) < 0 || writ_der_end(&c, "subjectPublicKeyInfo") < 0 ||
        writ_sha256(key.bits, hash, e) < 0)
        return -1;
    writ_build_open(&b, WRIT_DER_SEQUENCE);
    writ_build_open(&b, WRIT_DER_CONTEXT_CONSTRUCTED(0));
    writ_build_unsigned(&b, WRIT_DER_INTEGER, 2); /* v3 */
    writ_build_close(&b);
    writ_build_magnitude(&b, WRIT_SPAN_OF(order->serial));
    writ_build_algorithm(&b, writ_key_algorithm(order->key));
    if (order->issuer == NULL)
        add_subject(&b, order);
    else
        writ_build_raw(&b, order->issuer->subject.der);
    writ_build_open(&b, WRIT_DER_SEQUENCE);
    writ_build_time(&b, order->not_before);
    writ_build_time(&b, order->not_after);
    writ_build_close(&b);
    add_subject(&b, order);
    writ_build_raw(&b, order->spki);
    add_extensions(&b, order, WRIT_SPAN(hash, WRIT_KEY_ID_BYTES));
    writ_build_close(&b);
    return writ_build_finish_into(&b, tbs, e);
}

/* RFC 5280 appendix A: ub-common-name is 64 characters, which we count as bytes. */
#define NAME_MAX_BYTES 64

static int check_name(struct writ_span name, const char *what, struct writ_error *e)
{
    if (name.n >= 1 && name.n <= NAME_MAX_BYTES && writ_text_is_printable(name))
        return 0;
    return writ_fail(e, WRIT_FAULT_USAGE, "%s: wanted 1 to %d bytes of printable UTF-8", what,
                     NAME_MAX_BYTES);
}

static int check_names(const struct writ_certificate_order *order, struct writ_error *e)
{
    if (check_name(order->common_name, "common name", e) < 0 ||
        (order->organization.n > 0 && check_name(order->organization, "organization", e) < 0) ||
        (!is_ca(order->role) && check_name(order->team, "team", e) < 0))
        return -1;
    if (is_ca(order->role) && order->team.n > 0)
        return writ_fail(e, WRIT_FAULT_USAGE, "a CA has no team");
    return 0;
}

/* A signature by another key than the issuer's would lead nowhere, and nobody would notice here. */
static int check_issuer(const struct writ_certificate_order *order, struct writ_error *e)
{
    struct writ_span spki = order->issuer == NULL ? order->spki : order->issuer->key.spki;

    if ((order->role == WRIT_ROLE_ROOT) != (order->issuer == NULL))
        return writ_fail(e, WRIT_FAULT_USAGE, "a root, and nothing else, issues itself");
    if (!writ_key_matches(order->key, spki))
        return writ_fail(e, WRIT_FAULT_USAGE, "the key is not the issuer's");
    return 0;
}

static bool is_zero(const uint8_t serial[WRIT_SERIAL_BYTES])
{
    uint8_t bits = 0;

    for (size_t i = 0; i < WRIT_SERIAL_BYTES; i++)
        bits = (uint8_t)(bits | serial[i]);
    return bits == 0;
}

static int check_order(const struct writ_certificate_order *order, struct writ_error *e)
{
    if (check_names(order, e) < 0 || check_issuer(order, e) < 0)
        return -1;
    if (is_zero(order->serial)) /* RFC 5280 4.1.2.2 */
        return writ_fail(e, WRIT_FAULT_USAGE, "a serial number is positive");
    if (order->not_after <= order->not_before)
        return writ_fail(e, WRIT_FAULT_USAGE, "a certificate must end after it begins");
    if (writ_key_algorithm(order->key) == WRIT_OID_UNKNOWN ||
        writ_key_algorithm(order->key) == WRIT_OID_ED25519)
        return writ_fail(e, WRIT_FAULT_USAGE,
                         "a CA signs with P-256, or RSA of at least 2048 bits");
    return 0;
}

int writ_issue_certificate(const struct writ_certificate_order *order, struct writ_buffer *der,
                           struct writ_error *e)
{
    struct writ_buffer tbs = {0};
    struct writ_cert again;
    size_t from = der->n;
    int rc = -1;

    if (check_order(order, e) < 0 || build_tbs(order, &tbs, e) < 0 ||
        writ_issue_signed(order->key, writ_buffer_span(&tbs), der, e) < 0)
        goto out;
    rc = writ_cert_parse(WRIT_SPAN(der->p + from, der->n - from), &again, e);
out:
    writ_buffer_free(&tbs);
    return rc;
}

/* -------------------------------------------------------------------------------- requests */

int writ_issue_request(struct writ_span common_name, const struct writ_key *key,
                       struct writ_buffer *csr, struct writ_error *e)
{
    struct writ_buffer spki = {0}, info = {0}, signature = {0};
    int rc = -1;

    if (check_name(common_name, "name", e) < 0 || writ_key_public(key, &spki, e) < 0 ||
        writ_csr_build_info(common_name, writ_buffer_span(&spki), &info, e) < 0 ||
        writ_key_sign(key, writ_buffer_span(&info), &signature, e) < 0)
        goto out;
    rc = writ_csr_build(writ_buffer_span(&info), writ_key_algorithm(key),
                        writ_buffer_span(&signature), csr, e);
out:
    writ_buffer_free(&spki);
    writ_buffer_free(&info);
    writ_buffer_free(&signature);
    return rc;
}

/* What a developer may have a certificate for: P-256, or RSA of at least 3072 bits.  P-384 is slow
 * in OpenSSL 3.0, which also cannot use Ed25519 in CMS. */
static int check_developer_key(const struct writ_public_key *key, struct writ_error *e)
{
    if (key->algorithm == WRIT_OID_EC_PUBLIC_KEY && key->curve == WRIT_OID_P256)
        return 0;
    if (key->algorithm == WRIT_OID_RSA && key->rsa_bits >= 3072)
        return 0;
    return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                     "request: wanted a P-256 key, or RSA of at least 3072 bits");
}

int writ_check_request(struct writ_span der, struct writ_csr *csr, struct writ_error *e)
{
    enum writ_signature_state state;

    if (writ_csr_parse(der, csr, e) < 0 || check_developer_key(&csr->key, e) < 0 ||
        writ_verify_signature(csr->key.spki, csr->signature_algorithm, csr->info, csr->signature,
                              &state, e) < 0)
        return -1;
    if (state != WRIT_SIGNATURE_GOOD)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                         "request: not signed by the key it asks for (proof of possession)");
    return 0;
}
