#include "object/distribution.h"

#include "object/certs.h"

static struct writ_error e;

#define URI(text)        "86{ '" text "' }"
#define DIRECTORY(name)  "a4{ " name " }"
#define FULL(names)      "a0{ a0{ " names " } }"
#define RELATIVE(pairs)  "a0{ a1{ " pairs " } }"
#define POINTS(list)     "30{ " list " }"
#define POINT_OF(fields) "30{ " fields " }"
#define PAIR(type, text) "30{ " type " 0c{ '" text "' } }"
#define USER             "81{ ff }"
#define CA_ONLY          "82{ ff }"
#define INDIRECT         "84{ ff }"
#define ATTRIBUTE_ONLY   "85{ ff }"
#define CRL_1            "http://crl.example/1"
#define CRL_2            "http://crl.example/2"

/* ------------------------------------------------------------------------------- reading */

static int points(const char *text, struct writ_span *list)
{
    struct writ_cursor c = writ_cursor_over(der(text), &e);

    return writ_points_take(&c, list, "cRLDistributionPoints");
}

static int idp(const char *fields, struct writ_idp *out)
{
    struct writ_cursor c = writ_cursor_over(der(piece("30{ %s }", fields)), &e);

    return writ_idp_take(&c, out);
}

#define POINTS_REFUSED(words, text)                                                                \
    assert_fault(points(text, &(struct writ_span){0}), WRIT_FAULT_BAD_INPUT, words)
#define IDP_REFUSED(words, fields)                                                                 \
    assert_fault(idp(fields, &(struct writ_idp){0}), WRIT_FAULT_BAD_INPUT, words)

static void points_are_read_one_after_the_other(void **state)
{
    struct writ_span list = WRIT_SPAN_NONE;
    struct writ_point point;

    (void)state;
    assert_ok(points(POINTS(POINT_OF(FULL(URI("ldap://x/") " " URI(CRL_1)) " 81{ 05 60 }")
                                POINT_OF("a2{ " DIRECTORY(NAME("CRL issuer")) " }")
                                    POINT_OF(RELATIVE(PAIR(CN, "1")))),
                     &list));
    assert_true(writ_point_next(&list, &point));
    assert_true(point.name.is_present && !point.name.is_relative && point.has_reasons);
    assert_int_equal(point.reasons, WRIT_FLAG_KEY_COMPROMISE | WRIT_FLAG_CA_COMPROMISE);
    assert_int_equal(point.crl_issuer.n, 0);
    assert_true(writ_point_next(&list, &point));
    assert_false(point.name.is_present);
    assert_int_equal(point.reasons, WRIT_FLAG_ALL);
    assert_spans_equal(writ_general_names_directory(point.crl_issuer), der(NAME("CRL issuer")));
    assert_true(writ_point_next(&list, &point));
    assert_true(point.name.is_relative);
    assert_false(writ_point_next(&list, &point));
}

static void urls_are_counted_over_all_points(void **state)
{
    struct writ_span list = WRIT_SPAN_NONE;

    (void)state;
    assert_ok(points(POINTS(POINT_OF(FULL(URI("ldap://x/") " " URI("HTTP://crl.example/1")))
                                POINT_OF(RELATIVE(PAIR(CN, "1")))
                                    POINT_OF(FULL(URI("https://crl.example/2")))),
                     &list));
    assert_text(writ_points_url(list, 0), "HTTP://crl.example/1");
    assert_text(writ_points_url(list, 1), "https://crl.example/2");
    assert_int_equal(writ_points_url(list, 2).n, 0);
}

static void points_are_strict(void **state)
{
    (void)state;
    POINTS_REFUSED("wanted SEQUENCE", POINTS(""));
    POINTS_REFUSED("neither distributionPoint nor cRLIssuer", POINTS(POINT_OF("")));
    POINTS_REFUSED("neither distributionPoint nor cRLIssuer", POINTS(POINT_OF("81{ 01 02 }")));
    POINTS_REFUSED("no name in it", POINTS(POINT_OF("a0{ a0{} }")));
    POINTS_REFUSED("no name in it", POINTS(POINT_OF("a2{}")));
    POINTS_REFUSED("is no GeneralName", POINTS(POINT_OF(FULL("8a{ 41 }"))));
    POINTS_REFUSED("wanted fullName or", POINTS(POINT_OF("a0{ a2{ 41 } }")));
    POINTS_REFUSED("distributionPoint", POINTS(POINT_OF("a0{}")));
    POINTS_REFUSED("trailing", POINTS(POINT_OF("a0{ a0{ " URI(CRL_1) " } 05{} }")));
    POINTS_REFUSED("trailing", POINTS(POINT_OF(FULL(URI(CRL_1)) " 83{ ff }")));
    POINTS_REFUSED("nameRelativeToCRLIssuer", POINTS(POINT_OF("a0{ a1{} }")));
    POINTS_REFUSED("trailing bytes after fullName",
                   POINTS(POINT_OF(FULL("a4{ " NAME("A") " 05{} }"))));
}

static void reasons_are_one_to_nine_bits(void **state)
{
    (void)state;
    POINTS_REFUSED("not 1 to 9 bits", POINTS(POINT_OF(FULL(URI(CRL_1)) " 81{ 00 }")));
    POINTS_REFUSED("not 1 to 9 bits", POINTS(POINT_OF(FULL(URI(CRL_1)) " 81{ 08 80 }")));
    POINTS_REFUSED("not 1 to 9 bits", POINTS(POINT_OF(FULL(URI(CRL_1)) " 81{ 00 ff ff ff }")));
    POINTS_REFUSED("unused bits are not zero", POINTS(POINT_OF(FULL(URI(CRL_1)) " 81{ 02 43 }")));
    POINTS_REFUSED("reasons", POINTS(POINT_OF(FULL(URI(CRL_1)) " 81{}")));
}

static void reasons_are_numbered_from_the_left(void **state)
{
    struct writ_idp out = {0};

    (void)state;
    assert_ok(idp("83{ 07 ff80 }", &out));
    assert_int_equal(out.reasons, WRIT_FLAG_ALL); /* bit 0 means nothing */
    assert_ok(idp("83{ 07 0080 }", &out));
    assert_int_equal(out.reasons, WRIT_FLAG_AA_COMPROMISE);
    assert_ok(idp("83{ 06 40 }", &out));
    assert_int_equal(out.reasons, WRIT_FLAG_KEY_COMPROMISE);
    assert_ok(idp(USER, &out));
    assert_int_equal(out.reasons, WRIT_FLAG_ALL);
    assert_false(out.has_reasons);
}

static void there_is_a_ceiling_on_points_and_names(void **state)
{
    static char text[32768];
    struct writ_span list;
    size_t n = (size_t)sprintf(text, "30{");

    (void)state;
    for (int i = 0; i < WRIT_POINTS_MAX; i++)
        n += (size_t)sprintf(text + n, " 30{ a0{ a0{ 86{ 41 } } } }");
    (void)strcpy(text + n, " }");
    assert_ok(points(text, &list));
    (void)strcpy(text + n, " 30{ a0{ a0{ 86{ 41 } } } } }");
    POINTS_REFUSED("more than 64 points", text);
    n = (size_t)sprintf(text, "30{ 30{ a0{ a0{");
    for (int i = 0; i <= WRIT_GENERAL_NAMES_MAX; i++)
        n += (size_t)sprintf(text + n, " 86{ 41 }");
    (void)strcpy(text + n, " } } } }");
    POINTS_REFUSED("more than 64 names", text);
}

static void an_idp_is_strict(void **state)
{
    struct writ_idp out;

    (void)state;
    assert_ok(idp(FULL(URI(CRL_1)) " " USER " 83{ 01 02 } " INDIRECT, &out));
    assert_true(out.only_user_certs && out.is_indirect && out.has_reasons && out.name.is_present);
    IDP_REFUSED("empty", "");
    IDP_REFUSED("wanted TRUE", "81{ 00 }");
    IDP_REFUSED("wanted TRUE", "84{ 01 }");
    IDP_REFUSED("onlyContainsUserCerts", "81{}");
    IDP_REFUSED("trailing", "81{ ff ff }");
    IDP_REFUSED("exclude each other", USER " " CA_ONLY);
    IDP_REFUSED("exclude each other", CA_ONLY " " ATTRIBUTE_ONLY);
    IDP_REFUSED("trailing", USER " 86{ ff }");
    IDP_REFUSED("trailing", CA_ONLY " " USER); /* in no other order */
}

/* --------------------------------------------------------- one against the other (6.3.3) */

static struct writ_cert cert;

/* A certificate of "CA" with these extensions. */
static void read_cert(const char *extensions)
{
    static uint8_t room[8192];
    struct writ_span bytes =
        CERT(.extensions = *extensions == '\0' ? "" : piece("a3{ 30{ %s } }", extensions));

    memcpy(room, bytes.p, bytes.n);
    assert_ok(writ_cert_parse(WRIT_SPAN(room, bytes.n), &cert, &e));
}

/* The scope of a CRL by `issuer` with this IDP ("" for none) for that certificate and its point at
 * index, or -1 for the assumed one. */
static enum writ_scope scope(const char *issuer, const char *fields, int index)
{
    struct writ_idp out = {0};
    struct writ_span rest = cert.crl_points;
    struct writ_point point;

    if (*fields != '\0')
        assert_ok(idp(fields, &out));
    for (int i = 0; i <= index; i++)
        assert_true(writ_point_next(&rest, &point));
    return writ_scope_of(der(issuer), *fields != '\0' ? &out : NULL, &cert,
                         index >= 0 ? &point : NULL);
}

#define AT_POINTS(list) EXTENSION("551d1f", POINTS(list))
#define IS_CA           CRITICAL(BASIC_CONSTRAINTS, "30{ 01{ ff } }")

static void without_points_the_issuers_name_is_the_point(void **state)
{
    (void)state;
    read_cert("");
    assert_int_equal(scope(NAME("CA"), "", -1), WRIT_SCOPE_FITS);
    assert_int_equal(scope(NAME("ca"), "", -1), WRIT_SCOPE_FITS);
    assert_int_equal(scope(NAME("Other"), "", -1), WRIT_SCOPE_ISSUER);
    assert_int_equal(scope(NAME("CA"), FULL(URI(CRL_1)), -1), WRIT_SCOPE_POINT);
    assert_int_equal(scope(NAME("CA"), FULL(DIRECTORY(NAME("CA"))), -1), WRIT_SCOPE_FITS);
    assert_int_equal(scope(NAME("CA"), FULL(DIRECTORY(NAME("CB"))), -1), WRIT_SCOPE_POINT);
}

static void a_name_in_common_is_enough(void **state)
{
    (void)state;
    read_cert(AT_POINTS(POINT_OF(FULL(URI(CRL_1) " " URI(CRL_2)))));
    assert_int_equal(scope(NAME("CA"), FULL(URI(CRL_2)), 0), WRIT_SCOPE_FITS);
    assert_int_equal(scope(NAME("CA"), FULL(URI("HTTP://CRL.example/2")), 0), WRIT_SCOPE_FITS);
    assert_int_equal(scope(NAME("CA"), FULL(URI("http://crl.example/3")), 0), WRIT_SCOPE_POINT);
    read_cert(AT_POINTS(POINT_OF(FULL(URI("http://crl.example/a/b")))));
    assert_int_equal(scope(NAME("CA"), FULL(URI("http://crl.EXAMPLE/a/b")), 0), WRIT_SCOPE_FITS);
    assert_int_equal(scope(NAME("CA"), FULL(URI("http://crl.example/A/b")), 0), WRIT_SCOPE_POINT);
    read_cert(AT_POINTS(POINT_OF(FULL(URI(CRL_1) " " URI(CRL_2)))));
    assert_int_equal(scope(NAME("CA"), FULL("82{ '" CRL_1 "' }"), 0), WRIT_SCOPE_POINT);
    assert_int_equal(scope(NAME("CA"), "", 0), WRIT_SCOPE_FITS);
    assert_int_equal(scope(NAME("CA"), USER, 0), WRIT_SCOPE_FITS);
}

static void relative_names_are_written_out_first(void **state)
{
    (void)state;
    read_cert(AT_POINTS(POINT_OF(RELATIVE(PAIR(OU, "1")))));
    assert_int_equal(scope(NAME("CA"), RELATIVE(PAIR(OU, "1")), 0), WRIT_SCOPE_FITS);
    assert_int_equal(scope(NAME("CA"), RELATIVE(PAIR(OU, "2")), 0), WRIT_SCOPE_POINT);
    assert_int_equal(
        scope(NAME("CA"),
              FULL(DIRECTORY("30{ 31{ 30{ " CN " 0c{ 'CA' } } } 31{ " PAIR(OU, "1") " } }")), 0),
        WRIT_SCOPE_FITS);
    read_cert(AT_POINTS(
        POINT_OF(FULL(DIRECTORY("30{ 31{ 30{ " CN " 0c{ 'CA' } } } 31{ " PAIR(OU, "1") " } }")))));
    assert_int_equal(scope(NAME("CA"), RELATIVE(PAIR(OU, "1")), 0), WRIT_SCOPE_FITS);
}

static void a_crl_issuer_wants_an_indirect_crl_of_that_name(void **state)
{
    (void)state;
    read_cert(AT_POINTS(POINT_OF("a2{ " DIRECTORY(NAME("Lists")) " }")));
    assert_int_equal(scope(NAME("Lists"), INDIRECT, 0), WRIT_SCOPE_FITS);
    assert_int_equal(scope(NAME("Lists"), USER, 0), WRIT_SCOPE_NOT_INDIRECT);
    assert_int_equal(scope(NAME("Lists"), "", 0), WRIT_SCOPE_NOT_INDIRECT);
    assert_int_equal(scope(NAME("CA"), INDIRECT, 0), WRIT_SCOPE_ISSUER);
    assert_int_equal(scope(NAME("CA"), "", -1), WRIT_SCOPE_FITS);
    assert_int_equal(scope(NAME("Lists"), FULL(DIRECTORY(NAME("Lists"))) " " INDIRECT, 0),
                     WRIT_SCOPE_FITS); /* a point without a name: its cRLIssuer */
    assert_int_equal(scope(NAME("Lists"), FULL(URI(CRL_1)) " " INDIRECT, 0), WRIT_SCOPE_POINT);
}

static void a_relative_name_beside_a_crl_issuer_is_relative_to_it(void **state)
{
    (void)state;
    read_cert(AT_POINTS(POINT_OF(RELATIVE(PAIR(OU, "1")) " a2{ " DIRECTORY(NAME("Lists")) " }")));
    assert_int_equal(scope(NAME("Lists"), RELATIVE(PAIR(OU, "1")) " " INDIRECT, 0),
                     WRIT_SCOPE_FITS);
}

static void kinds_of_certificates_are_told_apart(void **state)
{
    (void)state;
    read_cert("");
    assert_int_equal(scope(NAME("CA"), USER, -1), WRIT_SCOPE_FITS);
    assert_int_equal(scope(NAME("CA"), CA_ONLY, -1), WRIT_SCOPE_ONLY_CA);
    assert_int_equal(scope(NAME("CA"), ATTRIBUTE_ONLY, -1), WRIT_SCOPE_ONLY_ATTRIBUTE);
    read_cert(IS_CA);
    assert_int_equal(scope(NAME("CA"), USER, -1), WRIT_SCOPE_ONLY_USER);
    assert_int_equal(scope(NAME("CA"), CA_ONLY, -1), WRIT_SCOPE_FITS);
    assert_int_equal(scope(NAME("CA"), ATTRIBUTE_ONLY, -1), WRIT_SCOPE_ONLY_ATTRIBUTE);
}

/* -------------------------------------------------- what a certificate says about revocation */

static void a_certificate_says_where_its_crls_are(void **state)
{
    (void)state;
    read_cert(AT_POINTS(POINT_OF(FULL(URI(CRL_1)))) " " EXTENSION(
        "551d2e", POINTS(POINT_OF(FULL(URI(CRL_2))))));
    assert_text(writ_points_url(cert.crl_points, 0), CRL_1);
    assert_text(writ_points_url(cert.freshest_points, 0), CRL_2);
    assert_false(cert.has_broken_points);
}

static void points_that_do_not_read_are_told_and_not_refused(void **state)
{
    (void)state;
    read_cert(AT_POINTS(""));
    assert_true(cert.has_broken_points);
    assert_int_equal(cert.crl_points.n, 0);
    read_cert(EXTENSION("551d1f", POINTS(POINT_OF(FULL(URI(CRL_1)))) " 05{}"));
    assert_true(cert.has_broken_points);
    assert_int_equal(cert.crl_points.n, 0);
}

static void a_certificate_says_who_to_ask_by_ocsp(void **state)
{
    struct writ_span rest, url;

    (void)state;
    read_cert(EXTENSION(
        ACCESS,
        "30{ 30{ 06{ 2b06010505073002 } " URI(
            "http://ca.example/") " } "
                                  "30{ 06{ 2b06010505073001 } " URI(
                                      "ldap://ocsp.example/") " } "
                                                              "30{ 06{ "
                                                              "2b06010505073001 } " URI(
                                                                  "http://ocsp.example/"
                                                                  "1") " } "
                                                                       "30{ 06{ "
                                                                       "2b0601050507300"
                                                                       "1 } " URI(
                                                                           "https://"
                                                                           "ocsp."
                                                                           "example/2") " } }"));
    rest = cert.access;
    assert_true(writ_cert_next_ocsp_url(&rest, &url));
    assert_text(url, "http://ocsp.example/1");
    assert_true(writ_cert_next_ocsp_url(&rest, &url));
    assert_text(url, "https://ocsp.example/2");
    assert_false(writ_cert_next_ocsp_url(&rest, &url));
}

static void must_staple_and_nocheck_are_seen(void **state)
{
    (void)state;
    read_cert("");
    assert_false(cert.must_staple || cert.has_nocheck);
    read_cert(EXTENSION("2b06010505070118", "30{ 02{ 05 } }"));
    assert_true(cert.must_staple);
    read_cert(EXTENSION("2b06010505070118", "30{ 02{ 11 } }"));
    assert_false(cert.must_staple);
    read_cert(EXTENSION("2b0601050507300105", "05{}"));
    assert_true(cert.has_nocheck);
}

static const struct CMUnitTest claims[] = {
    CLAIM(points_are_read_one_after_the_other),
    CLAIM(urls_are_counted_over_all_points),
    CLAIM(points_are_strict),
    CLAIM(reasons_are_one_to_nine_bits),
    CLAIM(reasons_are_numbered_from_the_left),
    CLAIM(there_is_a_ceiling_on_points_and_names),
    CLAIM(an_idp_is_strict),
    CLAIM(without_points_the_issuers_name_is_the_point),
    CLAIM(a_name_in_common_is_enough),
    CLAIM(relative_names_are_written_out_first),
    CLAIM(a_crl_issuer_wants_an_indirect_crl_of_that_name),
    CLAIM(a_relative_name_beside_a_crl_issuer_is_relative_to_it),
    CLAIM(kinds_of_certificates_are_told_apart),
    CLAIM(a_certificate_says_where_its_crls_are),
    CLAIM(points_that_do_not_read_are_told_and_not_refused),
    CLAIM(a_certificate_says_who_to_ask_by_ocsp),
    CLAIM(must_staple_and_nocheck_are_seen),
};
RUN_CLAIMS(claims)
