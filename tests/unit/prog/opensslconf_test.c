/* writ/opensslconf.h, writ/unit.h: what writ puts into other people's configuration */
#include <string.h>

#include "base/buffer.h"
#include "shared/hooks.h"
#include "test.h"
#include "writ/opensslconf.h"
#include "writ/unit.h"

static struct writ_error e;

static const char *const texts[] = {
    "",
    "\n",
    "# nothing",
    "openssl_conf = x\n[x]\ny = z\n",
    "openssl_conf = x\n[x]\ny = z",
    "\r\n[a]\r\nb = c\r\n",
    "[a]\n# writ tls enable --system: begin, says somebody\n",
    "[a]\n# writ tls enable --system: end\n",
    "[a]\nb = c\\\n",
};

static void what_is_added_is_taken_away_byte_for_byte(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        for (size_t policy = 0; hooks_policies[policy] != NULL; policy++) {
            struct writ_buffer with = {0}, without = {0};
            struct opensslconf_block block;

            opensslconf_add(writ_span_text(texts[i]), writ_span_text("x"),
                            writ_span_text("/usr/libexec/writ/writ-openssl.cnf"), policy, &with);
            assert_ok(opensslconf_find(writ_buffer_span(&with), &block, &e));
            assert_true(block.present);
            assert_int_equal(block.policy, policy);
            opensslconf_remove(writ_buffer_span(&with), &block, &without);
            assert_string_equal(writ_buffer_string(&without), texts[i]);
            writ_buffer_free(&without);
            writ_buffer_free(&with);
        }
    }
}

static void what_others_add_behind_it_stays(void **state)
{
    struct writ_buffer with = {0}, without = {0};
    struct opensslconf_block block;

    (void)state;
    opensslconf_add(writ_span_text("a = b"), WRIT_SPAN_NONE, writ_span_text("/w"), 0, &with);
    writ_buffer_text(&with, "[later]\nc = d");
    assert_ok(opensslconf_find(writ_buffer_span(&with), &block, &e));
    opensslconf_remove(writ_buffer_span(&with), &block, &without);
    assert_string_equal(writ_buffer_string(&without), "a = b\n[later]\nc = d");
    writ_buffer_free(&without);
    writ_buffer_free(&with);
}

static void a_text_without_a_block_has_none(void **state)
{
    struct opensslconf_block block;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_ok(opensslconf_find(writ_span_text(texts[i]), &block, &e));
        assert_false(block.present);
    }
}

static void a_block_that_somebody_has_edited_is_refused(void **state)
{
    struct writ_buffer with = {0}, cut = {0};
    struct opensslconf_block block;
    struct writ_span whole, half;

    (void)state;
    opensslconf_add(writ_span_text("a = b\n"), WRIT_SPAN_NONE, writ_span_text("/w"), 0, &with);
    whole = writ_buffer_span(&with);
    half = WRIT_SPAN(whole.p, whole.n - 2);
    assert_fault(opensslconf_find(half, &block, &e), WRIT_FAULT_CONFIGURATION, "has no end");
    opensslconf_add(whole, WRIT_SPAN_NONE, writ_span_text("/w"), 0, &cut);
    assert_fault(opensslconf_find(writ_buffer_span(&cut), &block, &e), WRIT_FAULT_CONFIGURATION,
                 "two blocks");
    writ_buffer_free(&cut);
    writ_buffer_free(&with);
}

static void the_section_is_the_one_that_openssl_finds(void **state)
{
    static const struct {
        const char *text, *section;
    } cases[] = {
        {"", ""},
        {"openssl_conf = x\n", "x"},
        {"[default]\nopenssl_conf = a b\n", "a b"},
        {"a = x\nopenssl_conf = $a\n", "x"},
        {"openssl_conf = x\nopenssl_conf = y\n", "y"},
        {"[other]\nopenssl_conf = x\n", ""},
        {"openssl_conf=x # the end\n", "x"},
        {"\n.include /nonexistent/file\nopenssl_conf = x\n", "x"},
    };
    struct writ_buffer section = {0};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_ok(opensslconf_section(writ_span_text(cases[i].text), &section, &e));
        assert_string_equal(writ_buffer_string(&section), cases[i].section);
        writ_buffer_free(&section);
    }
    assert_fault(opensslconf_section(writ_span_text("[half\n"), &section, &e),
                 WRIT_FAULT_CONFIGURATION, "OpenSSL cannot read line 1");
    writ_buffer_free(&section);
}

static void a_path_is_escaped_where_openssl_would_read_more_into_it(void **state)
{
    struct writ_buffer out = {0};

    (void)state;
    opensslconf_include(writ_span_text("/a b/$c#\"d'\\e;f\xc3\xa4-1.cnf"), &out);
    assert_string_equal(writ_buffer_string(&out),
                        ".include /a b/\\$c\\#\\\"d\\'\\\\e\\;f\xc3\xa4-1.cnf\n");
    writ_buffer_free(&out);
}

static void a_services_name_is_taken_with_and_without_its_suffix(void **state)
{
    static const char *const wrong[] = {"",    ".",   ".service", "a/b", "../a",
                                        "a b", "a\n", "a;b",      "ä"};
    struct unit unit;

    (void)state;
    assert_ok(unit_name("nginx", "", &unit, &e));
    assert_string_equal(unit.name, "nginx.service");
    assert_ok(unit_name("a@b-c:d_e.service", "", &unit, &e));
    assert_string_equal(unit.name, "a@b-c:d_e.service");
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_fault(unit_name(wrong[i], "", &unit, &e), WRIT_FAULT_USAGE, "not the name");
}

static void a_drop_in_keeps_percent_signs_and_quotes_from_systemd(void **state)
{
    const struct unit_variable variables[] = {
        {"A", "100%"}, {"B", "a \"b\" \\c"}, {"OPENSSL_CONF", "/x/y.cnf"}, {NULL, NULL}};
    struct writ_buffer out = {0};
    char value[64];

    (void)state;
    unit_format(variables, &out);
    assert_non_null(strstr(writ_buffer_string(&out), "\n[Service]\nEnvironment=\"A=100%%\"\n"
                                                     "Environment=\"B=a \\\"b\\\" \\\\c\"\n"));
    unit_value(writ_buffer_span(&out), "OPENSSL_CONF", value, sizeof value);
    assert_string_equal(value, "/x/y.cnf");
    unit_value(writ_buffer_span(&out), "OPENSSL", value, sizeof value);
    assert_string_equal(value, "");
    writ_buffer_free(&out);
}

static const struct CMUnitTest claims[] = {
    CLAIM(what_is_added_is_taken_away_byte_for_byte),
    CLAIM(what_others_add_behind_it_stays),
    CLAIM(a_text_without_a_block_has_none),
    CLAIM(a_block_that_somebody_has_edited_is_refused),
    CLAIM(the_section_is_the_one_that_openssl_finds),
    CLAIM(a_path_is_escaped_where_openssl_would_read_more_into_it),
    CLAIM(a_services_name_is_taken_with_and_without_its_suffix),
    CLAIM(a_drop_in_keeps_percent_signs_and_quotes_from_systemd),
};

RUN_CLAIMS(claims)
