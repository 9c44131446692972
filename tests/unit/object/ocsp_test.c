#include "object/ocsp.h"

#include "object/certs.h"

static struct writ_error e;
static struct writ_ocsp_request request;
static struct writ_ocsp_response response;
static struct writ_ocsp_single single;

#define SHA1        "30{ 06{ 2b0e03021a } 05{} }"
#define HASHED(b)   "04{ " b b b b b b b b b b b b b b b b b b b b " }"
#define ID          "30{ " SHA1 HASHED("11") HASHED("22") " 02{ 05 } }"
#define ID_SHA256   "30{ 30{ 06{ 608648016503040201 } 05{} } 04{ 11 } 04{ 22 } 02{ 00ff } }"
#define ID_OF(s)    "30{ " SHA1 HASHED("11") HASHED("22") s " }"
#define OCSP(n)     "2b06010505073001" n
#define NONCE       OCSP("02")
#define TIME(t)     "18{'" t "'}"
#define THIS        TIME("20260301000000Z")
#define SINGLE(...) single_text(&(struct single_pieces){__VA_ARGS__})

/* ------------------------------------------------------------------------------- requests */

/* The pieces, in the order they stand in; NULL is the sound one, "" leaves it out. */
struct request_pieces {
    const char *version, *requestor, *list, *extensions, *in_tbs, *signature, *after;
};

static struct writ_span request_of(const struct request_pieces *p)
{
    return der(piece("30{ 30{ %s %s %s %s %s } %s } %s", OR(p->version, ""), OR(p->requestor, ""),
                     OR(p->list, "30{ 30{ " ID " } }"), OR(p->extensions, ""), OR(p->in_tbs, ""),
                     OR(p->signature, ""), OR(p->after, "")));
}

#define REQUEST(...) request_of(&(struct request_pieces){__VA_ARGS__})

#define ASKED(...)                                                                                 \
    do {                                                                                           \
        writ_error_clear(&e);                                                                      \
        assert_ok(writ_ocsp_request_parse(REQUEST(__VA_ARGS__), &request, &e));                    \
    } while (0)

#define REFUSED(words, ...)                                                                        \
    assert_fault(writ_ocsp_request_parse(REQUEST(__VA_ARGS__), &request, &e),                      \
                 WRIT_FAULT_BAD_INPUT, words)

static void a_request_is_read_field_by_field(void **state)
{
    (void)state;
    ASKED(.version = NULL);
    assert_int_equal(request.count, 1);
    assert_spans_equal(request.id[0].der, der(ID));
    assert_int_equal(request.id[0].hash, WRIT_OID_SHA1);
    assert_spans_equal(request.id[0].algorithm, der(SHA1));
    assert_spans_equal(request.id[0].name_hash,
                       bytes_of("1111111111111111111111111111111111111111"));
    assert_spans_equal(request.id[0].key_hash,
                       bytes_of("2222222222222222222222222222222222222222"));
    assert_spans_equal(request.id[0].serial, bytes_of("05"));
    assert_false(request.has_nonce || request.has_requestor || request.is_signed);
    assert_false(request.has_unknown_critical);
}

static void a_request_asks_about_one_to_eight_certificates(void **state)
{
    (void)state;
    ASKED(.list = piece("30{ %s }", times(8, "30{ " ID " }")));
    assert_int_equal(request.count, 8);
    REFUSED("requestList: more than 8", .list = piece("30{ %s }", times(9, "30{ " ID " }")));
    REFUSED("Request: wanted SEQUENCE", .list = "30{}");
    REFUSED("requestList", .list = "");
}

static void a_hash_that_is_not_known_is_read_all_the_same(void **state)
{
    (void)state;
    ASKED(.list = "30{ 30{ " ID_SHA256 " } }");
    assert_int_equal(request.id[0].hash, WRIT_OID_SHA256);
    ASKED(.list = "30{ 30{ 30{ 30{ 06{ 2a03 } } 04{ 01 } 04{ 02 } 02{ 01 } } } }");
    assert_int_equal(request.id[0].hash, WRIT_OID_UNKNOWN);
    REFUSED("issuerNameHash: wanted 1 to 64",
            .list = "30{ 30{ 30{ " SHA1 " 04{} 04{ 02 } 02{ 01 } } } }");
    REFUSED("issuerKeyHash: wanted 1 to 64 octets, found 65",
            .list =
                piece("30{ 30{ 30{ " SHA1 " 04{ 01 } 04{ %s } 02{ 01 } } } }", times(65, "00")));
}

static void a_serial_is_octets_up_to_twenty_one_minimal_or_not(void **state)
{
    (void)state;
    ASKED(.list = "30{ 30{ " ID_OF("02{ 0005 }") " } }");
    assert_spans_equal(request.id[0].serial, bytes_of("0005"));
    ASKED(.list = "30{ 30{ " ID_OF("02{ ff }") " } }");
    ASKED(.list = piece("30{ 30{ " ID_OF("02{ %s }") " } }", times(21, "7f")));
    REFUSED("serialNumber: wanted 1 to 21 octets, found 22",
            .list = piece("30{ 30{ " ID_OF("02{ %s }") " } }", times(22, "7f")));
    REFUSED("serialNumber: wanted 1 to 21 octets, found 0",
            .list = "30{ 30{ " ID_OF("02{}") " } }");
}

#define NONCE_OF(value) "a2{ 30{ " EXTENSION(NONCE, value) " } }"

static void a_nonce_has_1_to_128_octets(void **state)
{
    (void)state;
    ASKED(.extensions = NONCE_OF("04{ 01 }"));
    assert_true(request.has_nonce);
    assert_spans_equal(request.nonce, bytes_of("01"));
    ASKED(.extensions =
              piece("a2{ 30{ 30{ 06{ " NONCE " } 04{ 04{ %s } } } } }", times(128, "ab")));
    assert_int_equal(request.nonce.n, 128);
    REFUSED("nonce: wanted 1 to 128 octets, found 129",
            .extensions =
                piece("a2{ 30{ 30{ 06{ " NONCE " } 04{ 04{ %s } } } } }", times(129, "ab")));
    REFUSED("nonce: wanted 1 to 128 octets, found 0", .extensions = NONCE_OF("04{}"));
    REFUSED("nonce", .extensions = NONCE_OF("01020304"));
    REFUSED("trailing bytes after extnValue", .extensions = NONCE_OF("04{ 01 } 00"));
    REFUSED("the same extension stands twice", .extensions = "a2{ 30{ " EXTENSION(NONCE, "04{ 01 }")
                                                   EXTENSION(NONCE, "04{ 02 }") " } }");
}

static void what_is_critical_and_unknown_is_told_wherever_it_stands(void **state)
{
    (void)state;
    ASKED(.extensions = "a2{ 30{ " CRITICAL("2a03", "05{}") " } }");
    assert_true(request.has_unknown_critical);
    assert_spans_equal(request.unknown_critical, bytes_of("2a03"));
    ASKED(.list = "30{ 30{ " ID " a0{ 30{ " CRITICAL("2a03", "05{}") " } } } }");
    assert_true(request.has_unknown_critical);
    ASKED(.extensions = "a2{ 30{ " EXTENSION("2a03", "05{}") CRITICAL(NONCE, "04{ 01 }")
              CRITICAL(OCSP("04"), "30{ 06{ " OCSP("01") " } }") " } }");
    assert_false(request.has_unknown_critical);
    REFUSED("Extension: wanted SEQUENCE", .extensions = "a2{ 30{} }");
    REFUSED("more than 16 extensions", .extensions = "a2{ 30{ "
                                                     "30{ 06{ 2a01 } 04{} } 30{ 06{ 2a02 } 04{} } "
                                                     "30{ 06{ 2a03 } 04{} } 30{ 06{ 2a04 } 04{} } "
                                                     "30{ 06{ 2a05 } 04{} } 30{ 06{ 2a06 } 04{} } "
                                                     "30{ 06{ 2a07 } 04{} } 30{ 06{ 2a08 } 04{} } "
                                                     "30{ 06{ 2a09 } 04{} } 30{ 06{ 2a0a } 04{} } "
                                                     "30{ 06{ 2a0b } 04{} } 30{ 06{ 2a0c } 04{} } "
                                                     "30{ 06{ 2a0d } 04{} } 30{ 06{ 2a0e } 04{} } "
                                                     "30{ 06{ 2a0f } 04{} } 30{ 06{ 2a10 } 04{} } "
                                                     "30{ 06{ 2a11 } 04{} } } }");
}

static void who_asks_and_their_signature_are_read_over(void **state)
{
    (void)state;
    ASKED(.requestor = "a1{ a4{ " NAME("Carol") " } }",
          .signature = "a0{ 30{ " ECDSA_SHA256 " 03{ 00 01 } } }");
    assert_true(request.has_requestor && request.is_signed);
    REFUSED("requestorName", .requestor = "a1{}");
    REFUSED("trailing bytes after requestorName", .requestor = "a1{ 82{} 82{} }");
    REFUSED("are left", .signature = "a0{ 30{ 30 05 00 } }");
    REFUSED("Signature: wanted SEQUENCE", .signature = "a0{ 05{} }");
}

static void a_request_is_der_to_its_end(void **state)
{
    (void)state;
    REFUSED("the default v1 is written out", .version = "a0{ 02{ 00 } }");
    REFUSED("version: number is larger than 0", .version = "a0{ 02{ 01 } }");
    REFUSED("trailing bytes after TBSRequest", .in_tbs = "05{}");
    REFUSED("trailing bytes after OCSPRequest", .signature = "05{}");
    REFUSED("1 trailing bytes after OCSPRequest", .after = "00");
    REFUSED("OCSP request of 16385 bytes, the ceiling is 16384", .after = times(16385 - 68, "00"));
}

static bool request_passes(struct writ_span bytes)
{
    return writ_ocsp_request_parse(bytes, &request, NULL) == 0;
}

static void no_beginning_of_a_request_is_one(void **state)
{
    (void)state;
    assert_no_beginning_passes(REQUEST(.extensions = NONCE_OF("04{ 0102 }")), request_passes);
}

static void what_is_built_is_what_is_read(void **state)
{
    struct writ_buffer out = {0};
    struct writ_ocsp_id ids[2];

    (void)state;
    ASKED(.list = "30{ 30{ " ID " } 30{ " ID_SHA256 " } }", .extensions = NONCE_OF("04{ 0102 }"));
    ids[0] = request.id[0];
    ids[1] = request.id[1];
    assert_ok(writ_ocsp_request_build(ids, 2, request.nonce, &out, &e));
    assert_spans_equal(writ_buffer_span(&out), request.der);
    writ_buffer_free(&out);
    assert_ok(writ_ocsp_request_build(ids, 1, WRIT_SPAN_NONE, &out, &e));
    assert_spans_equal(writ_buffer_span(&out), REQUEST(.version = NULL));
    writ_buffer_free(&out);
}

static void none_nine_or_too_long_a_nonce_is_not_built(void **state)
{
    struct writ_ocsp_id ids[9];
    struct writ_buffer out = {0};

    (void)state;
    ASKED(.version = NULL);
    for (size_t i = 0; i < 9; i++)
        ids[i] = request.id[0];
    assert_fault(writ_ocsp_request_build(ids, 0, WRIT_SPAN_NONE, &out, &e), WRIT_FAULT_USAGE,
                 "wanted 1 to 8 certificates, not 0");
    assert_fault(writ_ocsp_request_build(ids, 9, WRIT_SPAN_NONE, &out, &e), WRIT_FAULT_USAGE,
                 "wanted 1 to 8 certificates, not 9");
    assert_fault(writ_ocsp_request_build(ids, 1, der(times(129, "00")), &out, &e), WRIT_FAULT_USAGE,
                 "at most 128 octets, not 129");
    assert_int_equal(out.n, 0);
}

/* ------------------------------------------------------------------------------- responses */

struct single_pieces {
    const char *id, *status, *this_update, *next_update, *extensions, *inside;
};

static const char *single_text(const struct single_pieces *p)
{
    return piece("30{ %s %s %s %s %s %s }", OR(p->id, ID), OR(p->status, "80{}"),
                 OR(p->this_update, THIS), OR(p->next_update, ""), OR(p->extensions, ""),
                 OR(p->inside, ""));
}

struct pieces {
    const char *status, *type, *version, *responder, *produced, *singles, *extensions, *in_data;
    const char *algorithm, *signature, *certs, *in_basic, *in_bytes, *inside, *after;
};

static const char *data_text(const struct pieces *p)
{
    return piece("30{ %s %s %s 30{ %s } %s %s }", OR(p->version, ""),
                 OR(p->responder, "a1{ " NAME("CA") " }"), OR(p->produced, THIS),
                 OR(p->singles, SINGLE(.id = NULL)), OR(p->extensions, ""), OR(p->in_data, ""));
}

static struct writ_span response_of(const struct pieces *p)
{
    const char *basic =
        piece("30{ %s %s %s %s %s }", data_text(p), OR(p->algorithm, ECDSA_SHA256),
              OR(p->signature, "03{ 00 0102 }"), OR(p->certs, ""), OR(p->in_basic, ""));

    return der(piece("30{ %s a0{ 30{ 06{ %s } 04{ %s } %s } } %s } %s", OR(p->status, "0a{ 00 }"),
                     OR(p->type, OCSP("01")), basic, OR(p->in_bytes, ""), OR(p->inside, ""),
                     OR(p->after, "")));
}

#define RESPONSE(...) response_of(&(struct pieces){__VA_ARGS__})

#define ANSWERED(...)                                                                              \
    do {                                                                                           \
        struct writ_cursor walk_;                                                                  \
        writ_error_clear(&e);                                                                      \
        assert_ok(writ_ocsp_response_parse(RESPONSE(__VA_ARGS__), &response, &e));                 \
        walk_ = writ_ocsp_walk(&response);                                                         \
        (void)writ_ocsp_next(&walk_, &single);                                                     \
    } while (0)

#define WRONG(words, ...)                                                                          \
    assert_fault(writ_ocsp_response_parse(RESPONSE(__VA_ARGS__), &response, &e),                   \
                 WRIT_FAULT_BAD_INPUT, words)

static void a_response_is_read_field_by_field(void **state)
{
    const struct pieces sound = {.status = NULL};

    (void)state;
    ANSWERED(.status = NULL);
    assert_int_equal(response.status, WRIT_OCSP_SUCCESSFUL);
    assert_true(response.is_basic);
    assert_spans_equal(response.tbs, der(data_text(&sound)));
    assert_false(response.by_key || response.has_version || response.has_nonce);
    assert_text(response.responder.common_name, "CA");
    assert_int_equal(response.produced_at, 1772323200);
    assert_int_equal(response.single_count, 1);
    assert_int_equal(response.signature_algorithm, WRIT_OID_ECDSA_SHA256);
    assert_spans_equal(response.algorithm, der(ECDSA_SHA256));
    assert_spans_equal(response.signature, bytes_of("0102"));
    assert_int_equal(response.cert_count, 0);
    assert_spans_equal(single.id.der, der(ID));
    assert_int_equal(single.status, WRIT_OCSP_GOOD);
    assert_int_equal(single.this_update, 1772323200);
    assert_false(single.has_next_update || single.has_reason || single.has_unknown_critical);
}

static struct writ_span failure(const char *status)
{
    return der(piece("30{ 0a{ %s } }", status));
}

static void an_error_has_a_status_and_nothing_else(void **state)
{
    static const struct {
        const char *code, *name;
    } known[] = {{"01", "malformedRequest"},
                 {"02", "internalError"},
                 {"03", "tryLater"},
                 {"05", "sigRequired"},
                 {"06", "unauthorized"}};

    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        assert_ok(writ_ocsp_response_parse(failure(known[i].code), &response, &e));
        assert_string_equal(writ_ocsp_status_name(response.status), known[i].name);
        assert_false(response.is_basic);
    }
    assert_fault(writ_ocsp_response_parse(failure("04"), &response, &e), WRIT_FAULT_BAD_INPUT,
                 "responseStatus: 4 is not used");
    assert_fault(writ_ocsp_response_parse(failure("07"), &response, &e), WRIT_FAULT_BAD_INPUT,
                 "larger than 6");
    assert_fault(writ_ocsp_response_parse(failure("00"), &response, &e), WRIT_FAULT_BAD_INPUT,
                 "responseBytes");
    WRONG("trailing bytes after OCSPResponse", .status = "0a{ 03 }");
}

static void another_response_type_is_told_and_not_read(void **state)
{
    (void)state;
    ANSWERED(.type = "2a03", .signature = "05{}");
    assert_false(response.is_basic);
    assert_spans_equal(response.type, bytes_of("2a03"));
    assert_int_equal(response.single_count, 0);
}

static void a_responder_is_a_name_or_the_hash_of_a_key(void **state)
{
    (void)state;
    ANSWERED(.responder = "a2{ " HASHED("33") " }");
    assert_true(response.by_key);
    assert_spans_equal(response.responder_key,
                       bytes_of("3333333333333333333333333333333333333333"));
    WRONG("KeyHash: wanted the 20 octets of SHA-1, found 1", .responder = "a2{ 04{ 33 } }");
    WRONG("neither byName nor byKey", .responder = "a3{ 04{ 33 } }");
    WRONG("byName", .responder = "a1{}");
    WRONG("trailing bytes after responderID", .responder = "a1{ 30{} 30{} }");
}

static void a_version_may_be_written_out_and_is_v1(void **state)
{
    (void)state;
    ANSWERED(.version = "a0{ 02{ 00 } }");
    assert_true(response.has_version);
    WRONG("version: number is larger than 0", .version = "a0{ 02{ 01 } }");
}

static void times_are_generalized_without_fractions(void **state)
{
    (void)state;
    WRONG("producedAt: wanted a GeneralizedTime", .produced = "17{'260301000000Z'}");
    WRONG("producedAt", .produced = TIME("20260301000000.5Z"));
    WRONG("producedAt", .produced = TIME("20260231000000Z"));
    WRONG("thisUpdate: wanted a GeneralizedTime",
          .singles = SINGLE(.this_update = "17{'260301000000Z'}"));
    WRONG("nextUpdate: wanted a GeneralizedTime", .singles = SINGLE(.next_update = "a0{ 05{} }"));
    ANSWERED(.singles = SINGLE(.next_update = "a0{ " TIME("20260302000000Z") " }"));
    assert_true(single.has_next_update);
    assert_int_equal(single.next_update - single.this_update, 86400);
}

static void revoked_comes_with_a_time_and_maybe_a_reason(void **state)
{
    (void)state;
    ANSWERED(.singles = SINGLE(.status = "a1{ " THIS " }"));
    assert_int_equal(single.status, WRIT_OCSP_REVOKED);
    assert_int_equal(single.revoked_at, 1772323200);
    assert_false(single.has_reason);
    ANSWERED(.singles = SINGLE(.status = "a1{ " THIS " a0{ 0a{ 0a } } }"));
    assert_true(single.has_reason);
    assert_int_equal(single.reason, 10);
    WRONG("revocationReason: number is larger than 10",
          .singles = SINGLE(.status = "a1{ " THIS " a0{ 0a{ 0b } } }"));
    WRONG("revocationReason: 7 is not one",
          .singles = SINGLE(.status = "a1{ " THIS " a0{ 0a{ 07 } } }"));
    WRONG("revocationReason: 8 is not one",
          .singles = SINGLE(.status = "a1{ " THIS " a0{ 0a{ 08 } } }"));
    WRONG("revocationTime", .singles = SINGLE(.status = "a1{}"));
    WRONG("trailing bytes after certStatus", .singles = SINGLE(.status = "a1{ " THIS " 05{} }"));
    WRONG("trailing bytes after revocationReason",
          .singles = SINGLE(.status = "a1{ " THIS " a0{ 0a{ 01 } 0a{ 01 } } }"));
}

static void good_and_unknown_come_with_nothing(void **state)
{
    (void)state;
    ANSWERED(.singles = SINGLE(.status = "82{}"));
    assert_int_equal(single.status, WRIT_OCSP_UNKNOWN);
    WRONG("trailing bytes after certStatus", .singles = SINGLE(.status = "80{ 00 }"));
    WRONG("trailing bytes after certStatus", .singles = SINGLE(.status = "82{ 00 }"));
    WRONG("neither good, revoked nor unknown", .singles = SINGLE(.status = "83{}"));
    WRONG("neither good, revoked nor unknown", .singles = SINGLE(.status = "a0{}"));
}

static void answers_are_walked_in_their_order(void **state)
{
    struct writ_cursor walk;

    (void)state;
    ANSWERED(.singles = piece("%s %s", SINGLE(.status = "82{}"), SINGLE(.id = ID_SHA256)));
    assert_int_equal(response.single_count, 2);
    walk = writ_ocsp_walk(&response);
    assert_true(writ_ocsp_next(&walk, &single));
    assert_int_equal(single.status, WRIT_OCSP_UNKNOWN);
    assert_true(writ_ocsp_next(&walk, &single));
    assert_int_equal(single.id.hash, WRIT_OID_SHA256);
    assert_false(writ_ocsp_next(&walk, &single));
    ANSWERED(.singles = "");
    assert_int_equal(response.single_count, 0);
    walk = writ_ocsp_walk(&response);
    assert_false(writ_ocsp_next(&walk, &single));
}

static void there_are_at_most_256_of_them(void **state)
{
    (void)state;
    ANSWERED(.singles = times(256, SINGLE(.id = NULL)));
    assert_int_equal(response.single_count, 256);
    WRONG("responses: more than 256", .singles = times(257, SINGLE(.id = NULL)));
}

#define SINGLE_EXTENSIONS(list) SINGLE(.extensions = "a1{ 30{ " list " } }")

static void extensions_of_an_answer_are_read(void **state)
{
    (void)state;
    ANSWERED(.singles = SINGLE_EXTENSIONS(EXTENSION(OCSP("06"), TIME("20200101000000Z"))
                                              EXTENSION("551d18", TIME("20260101000000Z"))));
    assert_true(single.has_archive_cutoff && single.has_invalidity);
    assert_int_equal(single.archive_cutoff, 1577836800);
    assert_int_equal(single.invalidity_date, 1767225600);
    ANSWERED(.singles = SINGLE_EXTENSIONS(CRITICAL("2b06010401d679020405", "04{}")));
    assert_false(single.has_unknown_critical);
    ANSWERED(.singles = SINGLE_EXTENSIONS(EXTENSION("2a03", "05{}")));
    assert_false(single.has_unknown_critical);
    ANSWERED(.singles = SINGLE_EXTENSIONS(CRITICAL("2a03", "05{}")));
    assert_true(single.has_unknown_critical);
    assert_false(response.has_unknown_critical);
    WRONG("archiveCutoff", .singles = SINGLE_EXTENSIONS(EXTENSION(OCSP("06"), "05{}")));
    WRONG("trailing bytes after extnValue",
          .singles = SINGLE_EXTENSIONS(EXTENSION("551d18", THIS " 05{}")));
}

static void extensions_of_the_response_are_read(void **state)
{
    (void)state;
    ANSWERED(.extensions =
                 "a1{ 30{ " EXTENSION(NONCE, "04{ 0102 }") EXTENSION(OCSP("09"), "05{}") " } }");
    assert_true(response.has_nonce && response.has_extended_revoke);
    assert_spans_equal(response.nonce, bytes_of("0102"));
    ANSWERED(.extensions = "a1{ 30{ " CRITICAL("2a03", "05{}") " } }");
    assert_true(response.has_unknown_critical);
    assert_spans_equal(response.unknown_critical, bytes_of("2a03"));
    WRONG("extended-revoke", .extensions = "a1{ 30{ " EXTENSION(OCSP("09"), "02{ 00 }") " } }");
    WRONG("critical", .extensions = "a1{ 30{ 30{ 06{ 2a03 } 01{ 00 } 04{} } } }");
}

static void up_to_sixteen_certificates_come_along(void **state)
{
    (void)state;
    ANSWERED(.certs = piece("a0{ 30{ %s } }", times(16, "30{ 05{} }")));
    assert_int_equal(response.cert_count, 16);
    assert_spans_equal(response.cert[15], der("30{ 05{} }"));
    ANSWERED(.certs = "a0{ 30{} }");
    WRONG("certs: more than 16", .certs = piece("a0{ 30{ %s } }", times(17, "30{ 05{} }")));
    WRONG("Certificate: wanted SEQUENCE", .certs = "a0{ 30{ 05{} } }");
    WRONG("trailing bytes after certs", .certs = "a0{ 30{} 30{} }");
}

static void nothing_may_follow_anything(void **state)
{
    (void)state;
    WRONG("1 trailing bytes after OCSPResponse", .after = "00");
    WRONG("trailing bytes after OCSPResponse", .inside = "05{}");
    WRONG("trailing bytes after ResponseBytes", .in_bytes = "05{}");
    WRONG("trailing bytes after BasicOCSPResponse", .in_basic = "05{}");
    WRONG("trailing bytes after ResponseData", .in_data = "05{}");
    WRONG("trailing bytes after SingleResponse", .singles = SINGLE(.inside = "05{}"));
    WRONG("signature: 1 unused bits", .signature = "03{ 01 02 }");
}

static void sixty_four_kibibytes_are_the_ceiling(void **state)
{
    const char *filling = times(WRIT_OCSP_RESPONSE_MAX, "00");

    (void)state;
    assert_fault(writ_ocsp_response_parse(der(piece("%s 00", filling)), &response, &e),
                 WRIT_FAULT_BAD_INPUT, "OCSP response of 65537 bytes, the ceiling is 65536");
    assert_fault(writ_ocsp_response_parse(der(filling), &response, &e), WRIT_FAULT_BAD_INPUT,
                 "OCSPResponse: wanted SEQUENCE");
}

static bool response_passes(struct writ_span bytes)
{
    return writ_ocsp_response_parse(bytes, &response, NULL) == 0;
}

#define FULL                                                                                       \
    RESPONSE(.singles = SINGLE(.status = "a1{ " THIS " a0{ 0a{ 01 } } }",                          \
                               .next_update = "a0{ " THIS " }"),                                   \
             .extensions = "a1{ 30{ " EXTENSION(NONCE, "04{ 01 }") " } }",                         \
             .certs = "a0{ 30{ 30{} } }")

static void no_beginning_of_a_response_is_one(void **state)
{
    (void)state;
    assert_no_beginning_passes(FULL, response_passes);
}

/* What is told of a response; the signed bytes as a whole, since their signature is checked. */
static bool describe(struct writ_span bytes, struct writ_buffer *out)
{
    const struct writ_ocsp_response *r = &response;

    if (!response_passes(bytes))
        return false;
    writ_buffer_format(out, "%d %d ", r->status, r->is_basic);
    writ_hex_add(out, r->type);
    writ_hex_add(out, r->tbs);
    writ_hex_add(out, r->algorithm);
    writ_hex_add(out, r->signature);
    for (size_t i = 0; i < r->cert_count; i++)
        writ_hex_add(out, r->cert[i]);
    return true;
}

static void every_byte_of_a_response_counts(void **state)
{
    (void)state;
    assert_every_byte_counts(FULL, describe);
}

static const struct CMUnitTest claims[] = {
    CLAIM(a_request_is_read_field_by_field),
    CLAIM(a_request_asks_about_one_to_eight_certificates),
    CLAIM(a_hash_that_is_not_known_is_read_all_the_same),
    CLAIM(a_serial_is_octets_up_to_twenty_one_minimal_or_not),
    CLAIM(a_nonce_has_1_to_128_octets),
    CLAIM(what_is_critical_and_unknown_is_told_wherever_it_stands),
    CLAIM(who_asks_and_their_signature_are_read_over),
    CLAIM(a_request_is_der_to_its_end),
    CLAIM(no_beginning_of_a_request_is_one),
    CLAIM(what_is_built_is_what_is_read),
    CLAIM(none_nine_or_too_long_a_nonce_is_not_built),
    CLAIM(a_response_is_read_field_by_field),
    CLAIM(an_error_has_a_status_and_nothing_else),
    CLAIM(another_response_type_is_told_and_not_read),
    CLAIM(a_responder_is_a_name_or_the_hash_of_a_key),
    CLAIM(a_version_may_be_written_out_and_is_v1),
    CLAIM(times_are_generalized_without_fractions),
    CLAIM(revoked_comes_with_a_time_and_maybe_a_reason),
    CLAIM(good_and_unknown_come_with_nothing),
    CLAIM(answers_are_walked_in_their_order),
    CLAIM(there_are_at_most_256_of_them),
    CLAIM(extensions_of_an_answer_are_read),
    CLAIM(extensions_of_the_response_are_read),
    CLAIM(up_to_sixteen_certificates_come_along),
    CLAIM(nothing_may_follow_anything),
    CLAIM(sixty_four_kibibytes_are_the_ceiling),
    CLAIM(no_beginning_of_a_response_is_one),
    CLAIM(every_byte_of_a_response_counts),
};

RUN_CLAIMS(claims)
