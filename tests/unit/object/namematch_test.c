#include "object/namematch.h"

#include "object/certs.h"

#define CN_OF(value)      ATTRIBUTE(CN, value)
#define ONE(value)        "30{ " CN_OF(value) " }"
#define UTF8(text)        "0c{ '" text "' }"
#define PRINTED(text)     "13{ '" text "' }"
#define MULTI(a, b)       "30{ 31{ " a " " b " } }"
#define PAIR(type, value) "30{ " type " " value " }"

static void same(const char *a, const char *b)
{
    if (!writ_name_matches(der(a), der(b)) || !writ_name_matches(der(b), der(a)))
        fail_msg("%s and %s do not match", a, b);
}

static void different(const char *a, const char *b)
{
    if (writ_name_matches(der(a), der(b)) || writ_name_matches(der(b), der(a)))
        fail_msg("%s and %s match", a, b);
}

static void a_name_is_itself(void **state)
{
    (void)state;
    same(ONE(UTF8("Example CA")), ONE(UTF8("Example CA")));
    same("30{}", "30{}");
    different(ONE(UTF8("Example CA")), ONE(UTF8("Example CB")));
    different(ONE(UTF8("Example CA")), "30{}");
}

static void the_string_type_does_not_matter(void **state)
{
    (void)state;
    same(ONE(UTF8("Example")), ONE(PRINTED("Example")));
    same(ONE(UTF8("Example")), ONE("16{ 'Example' }"));
    same(ONE(UTF8("Example")), ONE("14{ 'Example' }"));
    same(ONE(UTF8("AB")), ONE("1e{ 0041 0042 }"));
    same(ONE(UTF8("AB")), ONE("1c{ 00000041 00000042 }"));
    same(ONE("0c{ c3a9 }"), ONE("14{ e9 }"));           /* é */
    same(ONE("0c{ f09f9880 }"), ONE("1c{ 0001f600 }")); /* outside the BMP */
}

static void nor_does_the_case(void **state)
{
    (void)state;
    same(ONE(UTF8("example ca")), ONE(UTF8("EXAMPLE CA")));
    same(ONE("0c{ c389 }"), ONE("0c{ c3a9 }"));      /* É é */
    same(ONE("0c{ c48c }"), ONE("0c{ c48d }"));      /* Č č */
    same(ONE("0c{ c5bd }"), ONE("0c{ c5be }"));      /* Ž ž */
    same(ONE("0c{ c5b8 }"), ONE("0c{ c3bf }"));      /* Ÿ ÿ */
    same(ONE("0c{ cea9 }"), ONE("0c{ cf89 }"));      /* Ω ω */
    same(ONE("0c{ ce86 }"), ONE("0c{ ceac }"));      /* Ά ά */
    same(ONE("0c{ cf82 }"), ONE("0c{ cf83 }"));      /* ς σ */
    same(ONE("0c{ d090 }"), ONE("0c{ d0b0 }"));      /* А а */
    same(ONE("0c{ d081 }"), ONE("0c{ d191 }"));      /* Ё ё */
    different(ONE("0c{ c397 }"), ONE("0c{ c3b7 }")); /* × ÷ are no letters */
    different(ONE("0c{ c4b0 }"), ONE("0c{ c4b1 }")); /* nor are İ ı two cases of one */
}

static void spaces_count_as_one_and_not_at_the_ends(void **state)
{
    (void)state;
    same(ONE(UTF8("Example CA")), ONE(UTF8("  Example   CA ")));
    same(ONE(UTF8("Example CA")), ONE("0c{ 'Example' 09 0a 'CA' }"));
    same(ONE(UTF8("A B")), ONE("0c{ 41 c2a0 42 }"));
    same(ONE(UTF8("")), ONE(UTF8("   ")));
    different(ONE(UTF8("Example CA")), ONE(UTF8("ExampleCA")));
    different(ONE(UTF8("A B C")), ONE(UTF8("A B")));
}

static void octets_that_are_no_characters_match_themselves_alone(void **state)
{
    (void)state;
    same(ONE("0c{ 41 ff }"), ONE("0c{ 61 ff }"));
    different(ONE("0c{ 41 ff }"), ONE("0c{ 41 fe }"));
    different(ONE("0c{ ff }"), ONE("14{ ff }"));        /* ÿ in Teletex */
    different(ONE("0c{ c3 }"), ONE("0c{ c3a9 }"));      /* cut off */
    different(ONE("1e{ 0041 42 }"), ONE("1e{ 0041 }")); /* half a character more */
    different(ONE("0c{ 41 c1 }"), ONE("0c{ 41 }"));
}

static void values_that_are_no_strings_match_octet_for_octet(void **state)
{
    (void)state;
    same(ONE("02{ 05 }"), ONE("02{ 05 }"));
    different(ONE("02{ 05 }"), ONE("02{ 06 }"));
    different(ONE("04{ 41 }"), ONE("0c{ 41 }"));
    different(ONE("04{ 41 }"), ONE("04{ 61 }"));
}

static void the_type_counts(void **state)
{
    (void)state;
    different("30{ " ATTRIBUTE(CN, UTF8("A")) " }", "30{ " ATTRIBUTE(O, UTF8("A")) " }");
}

static void rdns_stand_in_order(void **state)
{
    (void)state;
    same("30{ " ATTRIBUTE(O, UTF8("a")) " " ATTRIBUTE(CN, UTF8("b")) " }",
         "30{ " ATTRIBUTE(O, PRINTED("A")) " " ATTRIBUTE(CN, PRINTED("B")) " }");
    different("30{ " ATTRIBUTE(O, UTF8("a")) " " ATTRIBUTE(CN, UTF8("b")) " }",
              "30{ " ATTRIBUTE(CN, UTF8("b")) " " ATTRIBUTE(O, UTF8("a")) " }");
    different("30{ " ATTRIBUTE(O, UTF8("a")) " }",
              "30{ " ATTRIBUTE(O, UTF8("a")) " " ATTRIBUTE(CN, UTF8("b")) " }");
}

static void within_one_rdn_they_do_not(void **state)
{
    (void)state;
    same(MULTI(PAIR(CN, UTF8("a")), PAIR(OU, UTF8("b"))),
         MULTI(PAIR(OU, UTF8("B")), PAIR(CN, UTF8("A"))));
    different(MULTI(PAIR(CN, UTF8("a")), PAIR(CN, UTF8("a"))),
              MULTI(PAIR(CN, UTF8("A")), PAIR(CN, UTF8("b"))));
    different(MULTI(PAIR(CN, UTF8("a")), PAIR(OU, UTF8("b"))), ONE(UTF8("a")));
    different(MULTI(PAIR(CN, UTF8("a")), PAIR(OU, UTF8("b"))),
              "30{ " ATTRIBUTE(CN, UTF8("a")) " " ATTRIBUTE(OU, UTF8("b")) " }");
}

static void a_name_in_pieces_is_the_name_they_make(void **state)
{
    const struct writ_long_name whole = {
        .name = der("30{ " ATTRIBUTE(O, UTF8("a")) " " ATTRIBUTE(CN, UTF8("b")) " }")};
    const struct writ_long_name pieces = {.name = der("30{ " ATTRIBUTE(O, UTF8("A")) " }"),
                                          .rdn = der(PAIR(CN, UTF8("B")))};
    const struct writ_long_name first = {.name = der("30{ " ATTRIBUTE(O, UTF8("A")) " }")};

    (void)state;
    assert_true(writ_long_name_matches(&whole, &pieces));
    assert_true(writ_long_name_matches(&pieces, &whole));
    assert_true(writ_long_name_matches(&pieces, &pieces));
    assert_false(writ_long_name_matches(&pieces, &first));
    assert_false(writ_long_name_matches(&first, &pieces));
}

static void what_is_no_name_matches_the_same_octets_alone(void **state)
{
    (void)state;
    same("0c{ 41 }", "0c{ 41 }");
    different("0c{ 41 }", "0c{ 61 }");
    different("30{ 0c{ 41 } }", "30{ 0c{ 61 } }");
    different("30{ 31{ 0c{ 41 } } }", "30{ 31{ 0c{ 61 } } }");
    different(ONE(UTF8("a")) " 00", ONE(UTF8("A")));
    assert_true(writ_name_matches(WRIT_SPAN_NONE, WRIT_SPAN_NONE));
    assert_false(writ_name_matches(WRIT_SPAN_NONE, der("30{}")));
}

static void an_rdn_of_too_many_attributes_matches_octet_for_octet(void **state)
{
    static char many[8192], other[8192];
    size_t n = 0;

    (void)state;
    n += (size_t)sprintf(many, "30{ 31{");
    for (int i = 0; i <= WRIT_RDN_ATTRIBUTES_MAX; i++)
        n += (size_t)sprintf(many + n, " 30{ 06{ 550403 } 0c{ 41 } }");
    (void)strcpy(many + n, " } }");
    same(many, many);
    memcpy(other, many, sizeof many);
    memcpy(strstr(other, "0c{ 41"), "0c{ 61", 6);
    different(many, other);
}

static const struct CMUnitTest claims[] = {
    CLAIM(a_name_is_itself),
    CLAIM(the_string_type_does_not_matter),
    CLAIM(nor_does_the_case),
    CLAIM(spaces_count_as_one_and_not_at_the_ends),
    CLAIM(octets_that_are_no_characters_match_themselves_alone),
    CLAIM(values_that_are_no_strings_match_octet_for_octet),
    CLAIM(the_type_counts),
    CLAIM(rdns_stand_in_order),
    CLAIM(within_one_rdn_they_do_not),
    CLAIM(a_name_in_pieces_is_the_name_they_make),
    CLAIM(what_is_no_name_matches_the_same_octets_alone),
    CLAIM(an_rdn_of_too_many_attributes_matches_octet_for_octet),
};
RUN_CLAIMS(claims)
