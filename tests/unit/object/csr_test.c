#include "object/csr.h"

#include "object/certs.h"

static struct writ_error e;
static struct writ_csr csr;

/* The pieces of a request, in their order; NULL is the sound one, "" leaves it out. */
struct pieces {
    const char *version, *subject, *key, *attributes, *in_info, *algorithm, *signature, *inside,
        *after;
};

static const char *info_text(const struct pieces *p)
{
    return piece("30{ %s %s %s %s %s }", OR(p->version, "02{ 00 }"), OR(p->subject, NAME("Alice")),
                 OR(p->key, P256_KEY), OR(p->attributes, "a0{}"), OR(p->in_info, ""));
}

static struct writ_span request_of(const struct pieces *p)
{
    return der(piece("30{ %s %s %s %s } %s", info_text(p), OR(p->algorithm, ECDSA_SHA256),
                     OR(p->signature, "03{ 00 0102 }"), OR(p->inside, ""), OR(p->after, "")));
}

#define REQUEST(...) request_of(&(struct pieces){__VA_ARGS__})

static void read_request(struct writ_span bytes)
{
    writ_error_clear(&e);
    assert_ok(writ_csr_parse(bytes, &csr, &e));
}

#define READ(...) read_request(REQUEST(__VA_ARGS__))

#define REFUSED(words, ...)                                                                        \
    assert_fault(writ_csr_parse(REQUEST(__VA_ARGS__), &csr, &e), WRIT_FAULT_BAD_INPUT, words)

static void a_request_is_read_field_by_field(void **state)
{
    const struct pieces sound = {.version = NULL};

    (void)state;
    read_request(request_of(&sound));
    assert_spans_equal(csr.info, der(info_text(&sound)));
    assert_text(csr.subject.common_name, "Alice");
    assert_spans_equal(csr.key.spki, der(P256_KEY));
    assert_int_equal(csr.key.curve, WRIT_OID_P256);
    assert_int_equal(csr.signature_algorithm, WRIT_OID_ECDSA_SHA256);
    assert_spans_equal(csr.signature, bytes_of("0102"));
}

static void there_is_one_version(void **state)
{
    (void)state;
    REFUSED("version: number is larger than 0", .version = "02{ 01 }");
    REFUSED("version: number is negative", .version = "02{ ff }");
    REFUSED("version", .version = "");
}

static void attributes_may_be_anything_that_is_der(void **state)
{
    (void)state;
    READ(.attributes = "");
    READ(.attributes = "a0{ 30{ 06{ 2a864886f70d01090e } 31{ 30{} } } }");
    REFUSED("wrong form (BER)", .attributes = "a0{ 30{ 24{ 04{ 01 } } } }");
    REFUSED("are left", .attributes = "a0{ 30 05 00 }");
    REFUSED("trailing bytes after certificationRequestInfo", .attributes = "a1{}");
}

static void nothing_may_follow_anything(void **state)
{
    (void)state;
    REFUSED("trailing bytes after the encoding", .after = "00");
    REFUSED("trailing bytes after the encoding", .after = "05{}");
    REFUSED("trailing bytes after CertificationRequest", .inside = "05{}");
    REFUSED("trailing bytes after certificationRequestInfo", .in_info = "05{}");
}

static void key_algorithm_and_signature_are_those_of_a_certificate(void **state)
{
    (void)state;
    REFUSED("namedCurve", .key = EC_KEY("30{ 02{ 01 } }"));
    REFUSED("subject", .subject = "30{ 31{} }");
    REFUSED("trailing bytes after signatureAlgorithm",
            .algorithm = "30{ 06{ 2a8648ce3d040302 } 05{} }");
    REFUSED("signature: 1 unused bits", .signature = "03{ 01 02 }");
    REFUSED("signature", .signature = "04{ 00 01 }");
}

/* Attributes of n bytes. */
#define FILLED(n) piece("a0{ 04{ %s } }", times(n, "00"))

static void sixteen_kibibytes_are_the_ceiling(void **state)
{
    size_t around = REQUEST(.attributes = FILLED(10000)).n - 10000;
    struct writ_span largest = REQUEST(.attributes = FILLED(WRIT_CSR_MAX - around));

    (void)state;
    assert_int_equal(largest.n, WRIT_CSR_MAX);
    read_request(largest);
    REFUSED("request of 16385 bytes, the ceiling is 16384",
            .attributes = FILLED(WRIT_CSR_MAX - around + 1));
}

static void what_is_built_is_what_is_read(void **state)
{
    struct pieces sound = {.version = NULL};
    struct writ_buffer info = {0}, bytes = {0};

    (void)state;
    assert_ok(writ_csr_build_info(writ_span_text("Alice"), der(P256_KEY), &info, &e));
    assert_spans_equal(writ_buffer_span(&info), der(info_text(&sound)));
    assert_ok(writ_csr_build(writ_buffer_span(&info), WRIT_OID_ECDSA_SHA256, bytes_of("0102"),
                             &bytes, &e));
    assert_spans_equal(writ_buffer_span(&bytes), request_of(&sound));
    read_request(writ_buffer_span(&bytes));
    assert_text(csr.subject.common_name, "Alice");
    writ_buffer_free(&info);
    writ_buffer_free(&bytes);
}

static bool passes(struct writ_span bytes)
{
    struct writ_error found = {0};
    struct writ_csr c;

    return writ_csr_parse(bytes, &c, &found) == 0;
}

static bool describe(struct writ_span bytes, struct writ_buffer *out)
{
    struct writ_error found = {0};
    struct writ_csr c;

    if (writ_csr_parse(bytes, &c, &found) < 0)
        return false;
    writ_buffer_add(out, c.info);
    writ_buffer_byte(out, (uint8_t)c.signature_algorithm);
    writ_buffer_add(out, c.signature);
    return true;
}

static void no_beginning_of_a_request_passes(void **state)
{
    (void)state;
    assert_no_beginning_passes(REQUEST(.version = NULL), passes);
}

/* An algorithm that is not known is refused later, by whoever wants to verify with it. */
static void every_byte_of_a_request_counts(void **state)
{
    (void)state;
    assert_every_byte_counts(REQUEST(.version = NULL), describe);
}

static const struct CMUnitTest claims[] = {
    CLAIM(a_request_is_read_field_by_field),
    CLAIM(there_is_one_version),
    CLAIM(attributes_may_be_anything_that_is_der),
    CLAIM(nothing_may_follow_anything),
    CLAIM(key_algorithm_and_signature_are_those_of_a_certificate),
    CLAIM(sixteen_kibibytes_are_the_ceiling),
    CLAIM(what_is_built_is_what_is_read),
    CLAIM(no_beginning_of_a_request_passes),
    CLAIM(every_byte_of_a_request_counts),
};

RUN_CLAIMS(claims)
