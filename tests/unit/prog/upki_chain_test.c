/*
 * Which certificates a question of upki's is about, before anybody is asked.
 */
#include "upki/chain.h"

#include "object/certs.h"

#define SCT_LIST "2b06010401d679020402"
#define CA(name, above)                                                                            \
    CERT(.subject = NAME(name), .issuer = NAME(above),                                             \
         .extensions = EXTENSIONS(CRITICAL(BASIC_CONSTRAINTS, "30{ 01{ ff } }")))

static struct chain chain;
static upki_certificate_der certificates[16];
static size_t count;

static void give(struct writ_span der)
{
    certificates[count++] = (upki_certificate_der){der.p, der.n};
}

/* The leaf, issued by CA. */
static int begin(void **state)
{
    (void)state;
    count = 0;
    give(CERT(.serial = "02{ 11 }"));
    return 0;
}

static int find(void)
{
    return (int)chain_find(certificates, count, &chain);
}

static void issuers_are_found_by_name_in_any_order(void **state)
{
    (void)state;
    give(CA("Root", "Root"));
    give(CA("other", "Root"));
    give(CA("CA", "Root"));
    assert_int_equal(find(), UPKI_OK);
    assert_int_equal(chain.count, 3);
    assert_spans_equal(chain.link[1].subject.der, der(NAME("CA")));
    assert_spans_equal(chain.link[2].subject.der, der(NAME("Root")));
}

static void of_several_whose_keys_do_not_verify_it_is_the_first(void **state)
{
    (void)state;
    give(CERT(.subject = NAME("CA"), .serial = "02{ 21 }"));
    give(CERT(.subject = NAME("CA"), .serial = "02{ 22 }"));
    give(CERT(.subject = NAME("CA"), .serial = "02{ 23 }"));
    assert_int_equal(find(), UPKI_OK);
    assert_spans_equal(chain.link[1].serial, bytes_of("21"));
}

static void without_the_issuer_it_is_said_why(void **state)
{
    (void)state;
    give(CA("other", "Root"));
    assert_int_equal(find(), UPKI_ERR_REVOCATION_NO_ISSUER);
    give(bytes_of("3000"));
    assert_int_equal(find(), UPKI_ERR_REVOCATION_INVALID_INTERMEDIATE_CERT);
    give(CA("CA", "Root"));
    assert_int_equal(find(), UPKI_OK);
}

static void a_first_certificate_that_is_none_is_a_fault(void **state)
{
    (void)state;
    give(CA("CA", "Root"));
    certificates[0].len--;
    assert_int_equal(find(), UPKI_ERR_REVOCATION_INVALID_END_ENTITY_CERT);
}

static void so_is_one_whose_timestamps_are_none(void **state)
{
    (void)state;
    count = 0;
    give(CERT(.extensions = EXTENSIONS(EXTENSION(SCT_LIST, "04{ 0033 0031 00 }"))));
    give(CA("CA", "Root"));
    assert_int_equal(find(), UPKI_ERR_REVOCATION_INVALID_SCT_IN_CERT);
}

static void a_circle_of_names_comes_to_an_end(void **state)
{
    (void)state;
    give(CA("CA", "Other"));
    give(CA("Other", "CA"));
    assert_int_equal(find(), UPKI_OK);
    assert_int_equal(chain.count, CHAIN_LINKS_MAX + 1);
}

static void a_leaf_that_signed_itself_has_no_issuer_but_another(void **state)
{
    (void)state;
    count = 0;
    give(CA("Root", "Root"));
    assert_int_equal(find(), UPKI_ERR_REVOCATION_NO_ISSUER);
    give(CA("Root", "Root"));
    assert_int_equal(find(), UPKI_OK);
    assert_int_equal(chain.count, 2);
}

#define WITH_LEAF(function) cmocka_unit_test_setup(function, begin)

static const struct CMUnitTest claims[] = {
    WITH_LEAF(issuers_are_found_by_name_in_any_order),
    WITH_LEAF(of_several_whose_keys_do_not_verify_it_is_the_first),
    WITH_LEAF(without_the_issuer_it_is_said_why),
    WITH_LEAF(a_first_certificate_that_is_none_is_a_fault),
    WITH_LEAF(so_is_one_whose_timestamps_are_none),
    WITH_LEAF(a_circle_of_names_comes_to_an_end),
    WITH_LEAF(a_leaf_that_signed_itself_has_no_issuer_but_another),
};

RUN_CLAIMS(claims)
