/*
 * The one line of upki's configuration that is used, and where the file is looked for.
 */
#include "upki/config.h"

#include "scratch.h"

static void refused(const char *toml)
{
    char *dir = NULL;

    if (config_cache_dir(writ_span_text(toml), &dir) != UPKI_ERR_CONFIG_DECODE || dir != NULL)
        fail_msg("%s: was read as %s", toml, dir == NULL ? "nothing" : dir);
}

static void read_as(const char *toml, const char *wanted)
{
    char *dir = NULL;

    if (config_cache_dir(writ_span_text(toml), &dir) != UPKI_OK || strcmp(dir, wanted) != 0)
        fail_msg("%s: was read as %s, wanted %s", toml, dir == NULL ? "nothing" : dir, wanted);
    free(dir);
}

static void the_cache_directory_is_read(void **state)
{
    (void)state;
    read_as("cache-dir = \"/var/cache/upki\"\n", "/var/cache/upki");
    read_as("cache-dir=\"/c\"", "/c");
    read_as("\t cache-dir\t=  '/c' \r\n", "/c");
    read_as("# a comment\n\ncache-dir = \"/c\" # and one more\n", "/c");
    read_as("cache-dir = \"/with # and \\\"quotes\\\" and \\\\\"\n",
            "/with # and \"quotes\" and \\");
    read_as("cache-dir = '/as \\ it \" stands'\n", "/as \\ it \" stands");
    read_as("cache-dir = \"\xc3\xa9\"", "\xc3\xa9");
}

static void tables_and_what_they_hold_are_left_alone(void **state)
{
    (void)state;
    read_as("cache-dir = \"/c\"\n[revocation]\nfetch-url = \"https://x/\"\n", "/c");
    read_as("revocation = { fetch-url = 'https://x/' }\ncache-dir = '/c'\n", "/c");
    read_as("revocation.fetch-url = 'https://x/'\ncache-dir = '/c'\n", "/c");
    read_as("cache-dir = '/c'\n  [any.thing]\ncache-dir = 17\n= what", "/c");
}

static void what_is_not_understood_is_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "# nothing\n",
        "[revocation]\ncache-dir = '/c'\n",
        "cache-dir\n",
        "cache-dir =\n",
        "cache-dir = /c\n",
        "cache-dir = \"\"\n",
        "cache-dir = ''\n",
        "cache-dir = \"/c\n",
        "cache-dir = '/c\n'\n",
        "cache-dir = \"/c'\n",
        "cache-dir = \"/c\\",
        "cache-dir = \"\\u00e9\"\n",
        "cache-dir = \"/c\" x\n",
        "cache-dir = \"\"\"/c\"\"\"\n",
        "cache-dir = '/c'\ncache-dir = '/d'\n",
        "cache-dir = ['/c']\n",
        "cache-dirs = '/c'\n",
        "cache-dir = '/c'\nunknown = 1\n",
        "cache-dir = '/c'\nrevocations = 1\n",
        "= '/c'\n",
        "cache-dir : '/c'\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        refused(bad[i]);
}

static void a_path_with_nul_is_none(void **state)
{
    static const char toml[] = "cache-dir = '/c\0d'\n";
    char *dir;

    (void)state;
    assert_int_equal(config_cache_dir(WRIT_SPAN(toml, sizeof toml - 1), &dir),
                     UPKI_ERR_CONFIG_DECODE);
}

/* ----------------------------------------------------------------------------- where it is found
 */

static struct scratch s;

static int begin(void **state)
{
    char path[256];

    (void)state;
    s = scratch_make();
    (void)snprintf(path, sizeof path, "%s/home", s.path);
    setenv("HOME", path, 1);
    setenv("WRIT_ROOT", s.path, 1);
    unsetenv("XDG_CONFIG_HOME");
    unsetenv("XDG_CACHE_HOME");
    scratch_run(&s, "mkdir -p home/.config/upki xdg/upki etc/upki");
    return 0;
}

static int end(void **state)
{
    (void)state;
    scratch_remove(&s);
    return 0;
}

/* The cache that is found, below the scratch directory or as it stands; "" for none. */
static void found(const char *wanted, bool named)
{
    struct upki_config c;
    size_t skip = strlen(s.path);
    const char *cache;

    assert_int_equal(config_find(NULL, &c), UPKI_OK);
    cache = c.cache == NULL ? "" : c.cache;
    if (strncmp(cache, s.path, skip) == 0)
        cache += skip + 1;
    assert_string_equal(cache, wanted);
    assert_int_equal(c.named, named);
    free(c.cache);
}

static void put(const char *path, const char *text)
{
    scratch_put(&s, path, writ_span_text(text));
}

static void the_users_file_comes_before_the_systems_and_that_before_none(void **state)
{
    char path[256];

    (void)state;
    found("", false);
    put("etc/upki/config.toml", "cache-dir = '/system'");
    found("/system", true);
    put("home/.config/upki/config.toml", "cache-dir = '/home'");
    found("/home", true);
    put("xdg/upki/config.toml", "cache-dir = '/xdg'");
    (void)snprintf(path, sizeof path, "%s/xdg", s.path);
    setenv("XDG_CONFIG_HOME", path, 1);
    found("/xdg", true);
    setenv("XDG_CONFIG_HOME", "xdg", 1); /* relative: not a place (XDG base directories) */
    found("/home", true);
    unsetenv("HOME");
    found("/system", true);
}

static void without_a_file_upkis_own_cache_is_found_where_it_is(void **state)
{
    (void)state;
    scratch_run(&s, "mkdir -p var/cache/upki");
    found("var/cache/upki", false);
    scratch_run(&s, "mkdir -p home/.cache/upki");
    found("home/.cache/upki", false);
}

static void a_file_that_cannot_be_used_is_a_fault_and_not_passed_over(void **state)
{
    struct upki_config c;
    char path[256];

    (void)state;
    put("etc/upki/config.toml", "cache-dir = '/system'");
    put("home/.config/upki/config.toml", "cache-dir = ");
    assert_int_equal(config_find(NULL, &c), UPKI_ERR_CONFIG_DECODE);
    put("home/.config/upki/config.toml", "cache-dir = '\xff'");
    assert_int_equal(config_find(NULL, &c), UPKI_ERR_CONFIG_READ);
    (void)snprintf(path, sizeof path, "%s/nowhere", s.path);
    assert_int_equal(config_find(path, &c), UPKI_ERR_CONFIG_READ);
    assert_int_equal(config_find(s.path, &c), UPKI_ERR_CONFIG_READ);
    assert_int_equal(config_find("\xff", &c), UPKI_ERR_CONFIG_PATH);
    scratch_run(&s, "truncate -s 65537 etc/upki/config.toml");
    (void)snprintf(path, sizeof path, "%s/etc/upki/config.toml", s.path);
    assert_int_equal(config_find(path, &c), UPKI_ERR_CONFIG_READ);
}

#define IN_SCRATCH(function) cmocka_unit_test_setup_teardown(function, begin, end)

static const struct CMUnitTest claims[] = {
    CLAIM(the_cache_directory_is_read),
    CLAIM(tables_and_what_they_hold_are_left_alone),
    CLAIM(what_is_not_understood_is_refused),
    CLAIM(a_path_with_nul_is_none),
    IN_SCRATCH(the_users_file_comes_before_the_systems_and_that_before_none),
    IN_SCRATCH(without_a_file_upkis_own_cache_is_found_where_it_is),
    IN_SCRATCH(a_file_that_cannot_be_used_is_a_fault_and_not_passed_over),
};

RUN_CLAIMS(claims)
