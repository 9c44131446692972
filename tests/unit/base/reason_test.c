#include "base/reason.h"

#include "test.h"

/* RFC 5280 section 5.3.1, from the least grave to the gravest. */
static const struct {
    enum writ_reason reason;
    unsigned code;
    const char *name;
    bool refuses_all;
} table[] = {
    {WRIT_REASON_CERTIFICATE_HOLD, 6, "certificateHold", true},
    {WRIT_REASON_AFFILIATION_CHANGED, 3, "affiliationChanged", false},
    {WRIT_REASON_SUPERSEDED, 4, "superseded", false},
    {WRIT_REASON_CESSATION_OF_OPERATION, 5, "cessationOfOperation", false},
    {WRIT_REASON_UNSPECIFIED, 0, "unspecified", false},
    {WRIT_REASON_KEY_COMPROMISE, 1, "keyCompromise", false},
    {WRIT_REASON_PRIVILEGE_WITHDRAWN, 9, "privilegeWithdrawn", true},
    {WRIT_REASON_CA_COMPROMISE, 2, "cACompromise", true},
};

#define ROWS (sizeof table / sizeof table[0])

static void names_and_codes_are_those_of_the_rfc(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        enum writ_reason found;

        assert_int_equal(table[i].reason, table[i].code);
        assert_string_equal(writ_reason_name(table[i].reason), table[i].name);
        assert_int_equal(writ_reason_parse(table[i].name, &found), 0);
        assert_int_equal(found, table[i].reason);
    }
}

static void a_name_may_be_written_in_any_case(void **state)
{
    enum writ_reason found;

    (void)state;
    assert_int_equal(writ_reason_parse("keycompromise", &found), 0);
    assert_int_equal(found, WRIT_REASON_KEY_COMPROMISE);
    assert_int_equal(writ_reason_parse("CACOMPROMISE", &found), 0);
    assert_int_equal(found, WRIT_REASON_CA_COMPROMISE);
}

static void other_names_are_refused(void **state)
{
    static const char *const bad[] = {"",       "unknown",       "key-compromise", "keyCompromise ",
                                      "stolen", "removeFromCRL", "aACompromise",   "1"};
    enum writ_reason found;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(writ_reason_parse(bad[i], &found), -1);
}

static void eight_codes_are_known(void **state)
{
    (void)state;
    for (unsigned code = 0; code < 300; code++) {
        bool known = code <= 6 || code == 9;

        assert_int_equal(writ_reason_is_known(code), known);
        assert_int_equal(strcmp(writ_reason_name((enum writ_reason)code), "unknown") != 0, known);
    }
}

static void gravity_rises_in_the_order_of_the_design(void **state)
{
    (void)state;
    for (size_t i = 1; i < ROWS; i++) {
        unsigned before = writ_reason_gravity(table[i - 1].reason);
        unsigned after = writ_reason_gravity(table[i].reason);

        if (i == 2 || i == 3) /* affiliationChanged = superseded = cessationOfOperation */
            assert_int_equal(after, before);
        else
            assert_true(after > before);
    }
}

static void stamped_seals_survive_only_the_milder_reasons(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        enum writ_reason_effect wanted =
            table[i].refuses_all ? WRIT_REASON_REFUSES_ALL : WRIT_REASON_REFUSES_FROM_SINCE;

        assert_int_equal(writ_reason_effect(table[i].reason), wanted);
    }
}

static void a_reason_nobody_knows_is_the_gravest(void **state)
{
    (void)state;
    for (unsigned code = 7; code < 300; code++) {
        if (writ_reason_is_known(code))
            continue;
        assert_true(writ_reason_gravity((enum writ_reason)code) >
                    writ_reason_gravity(WRIT_REASON_CA_COMPROMISE));
        assert_int_equal(writ_reason_effect((enum writ_reason)code), WRIT_REASON_REFUSES_ALL);
    }
}

static const struct CMUnitTest claims[] = {
    CLAIM(names_and_codes_are_those_of_the_rfc),
    CLAIM(a_name_may_be_written_in_any_case),
    CLAIM(other_names_are_refused),
    CLAIM(eight_codes_are_known),
    CLAIM(gravity_rises_in_the_order_of_the_design),
    CLAIM(stamped_seals_survive_only_the_milder_reasons),
    CLAIM(a_reason_nobody_knows_is_the_gravest),
};

RUN_CLAIMS(claims)
