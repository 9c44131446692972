/* hook/settings.h, hook/ask.h: what a hook has been told, and what it says without data */
#include <stdlib.h>

#include "hook/ask.h"
#include "hook/settings.h"
#include "test.h"

static void start(struct hook_settings *s)
{
    (void)unsetenv(HOOKS_POLICY_VARIABLE);
    hook_settings_start(s);
}

static void without_settings_unknown_certificates_pass(void **state)
{
    struct hook_settings s;

    (void)state;
    start(&s);
    assert_int_equal(s.policy, HOOK_PASS);
    assert_int_equal(s.look_seconds, HOOK_LOOK_SECONDS);
    places_free(&s.places);
}

static void a_setting_is_taken_over_or_changes_nothing(void **state)
{
    static const struct {
        const char *name, *value;
        bool taken;
        enum hook_policy policy;
        unsigned look_seconds;
    } cases[] = {
        {"policy", "refuse", true, HOOK_REFUSE, 1}, {"policy", "pass", true, HOOK_PASS, 1},
        {"policy", "REFUSE", false, HOOK_PASS, 1},  {"policy", "", false, HOOK_PASS, 1},
        {"look", "0", true, HOOK_PASS, 0},          {"look", "3600", true, HOOK_PASS, 3600},
        {"look", "3601", false, HOOK_PASS, 1},      {"look", "99999", false, HOOK_PASS, 1},
        {"look", "", false, HOOK_PASS, 1},          {"look", "-1", false, HOOK_PASS, 1},
        {"look", "1 ", false, HOOK_PASS, 1},        {"look", "0x1", false, HOOK_PASS, 1},
        {"path", "/x.so", false, HOOK_PASS, 1},     {"", "refuse", false, HOOK_PASS, 1},
    };
    struct hook_settings s;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        start(&s);
        assert_int_equal(hook_settings_set(&s, cases[i].name, cases[i].value), cases[i].taken);
        assert_int_equal(s.policy, cases[i].policy);
        assert_int_equal(s.look_seconds, cases[i].look_seconds);
        places_free(&s.places);
    }
}

static void the_environment_has_the_last_word_if_it_makes_sense(void **state)
{
    struct hook_settings s;

    (void)state;
    start(&s);
    (void)setenv(HOOKS_POLICY_VARIABLE, "refuse", 1);
    hook_settings_environment(&s);
    assert_int_equal(s.policy, HOOK_REFUSE);
    (void)setenv(HOOKS_POLICY_VARIABLE, "maybe", 1);
    hook_settings_environment(&s);
    assert_int_equal(s.policy, HOOK_REFUSE);
    (void)unsetenv(HOOKS_POLICY_VARIABLE);
    places_free(&s.places);
}

static void who_has_no_home_asks_the_system_alone(void **state)
{
    char *home = getenv("HOME");
    struct hook_settings s;

    (void)state;
    (void)unsetenv("WRIT_ROOT");
    (void)unsetenv("XDG_DATA_HOME");
    (void)unsetenv("HOME");
    start(&s);
    assert_int_equal(s.places.reads, 1);
    assert_string_equal(s.places.read[0], PLACES_SYSTEM);
    places_free(&s.places);
    (void)setenv("WRIT_ROOT", "/nonexistent", 1);
    start(&s);
    assert_int_equal(s.places.reads, 0);
    places_free(&s.places);
    (void)unsetenv("WRIT_ROOT");
    if (home != NULL)
        (void)setenv("HOME", home, 1);
}

static void without_data_everything_passes_unless_the_policy_refuses(void **state)
{
    const struct filters none = {0};
    struct writ_span garbage = writ_span_text("no certificate");

    (void)state;
    assert_int_equal(hook_ask_leaf(NULL, HOOK_PASS, garbage, garbage, 0), HOOK_ANSWER_PASS);
    assert_int_equal(hook_ask_leaf(&none, HOOK_PASS, garbage, garbage, 0), HOOK_ANSWER_PASS);
    assert_int_equal(hook_ask_leaf(&none, HOOK_REFUSE, garbage, garbage, 0), HOOK_ANSWER_UNCOVERED);
    assert_false(hook_asks_about_cas(NULL));
    assert_false(hook_asks_about_cas(&none));
    assert_int_equal(hook_ask_ca(&none, garbage, garbage), HOOK_ANSWER_PASS);
}

static const struct CMUnitTest claims[] = {
    CLAIM(without_settings_unknown_certificates_pass),
    CLAIM(a_setting_is_taken_over_or_changes_nothing),
    CLAIM(the_environment_has_the_last_word_if_it_makes_sense),
    CLAIM(who_has_no_home_asks_the_system_alone),
    CLAIM(without_data_everything_passes_unless_the_policy_refuses),
};

RUN_CLAIMS(claims)
