/* shared/ocsphosts.h: whom to leave alone, and for how long. */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shared/ocsphosts.h"

#include "scratch.h"

#define NOW ((int64_t)1795590000)
#define URL "http://Ocsp.Example.org:8080/path/?x=1"

static struct places places;
static struct scratch scratch;

static int set_up(void **state)
{
    struct writ_error e = {0};
    struct places_caller who = {0};

    (void)state;
    scratch = scratch_make();
    who.root = scratch.path;
    return places_decide(&places, &who, &e);
}

static int tear_down(void **state)
{
    (void)state;
    places_free(&places);
    scratch_remove(&scratch);
    return 0;
}

static void a_host_nobody_knows_is_asked(void **state)
{
    (void)state;
    assert_int_equal(ocsphosts_left(&places, URL, NOW), 0);
}

static void one_time_out_is_forgiven(void **state)
{
    (void)state;
    ocsphosts_failed(&places, URL, NOW);
    assert_int_equal(ocsphosts_left(&places, URL, NOW), 0);
}

static void two_time_outs_in_a_row_are_not_for_a_minute(void **state)
{
    (void)state;
    ocsphosts_failed(&places, URL, NOW);
    ocsphosts_failed(&places, URL, NOW + 5);
    assert_int_equal(ocsphosts_left(&places, URL, NOW + 5), 60);
    assert_int_equal(ocsphosts_left(&places, URL, NOW + 64), 1);
    assert_int_equal(ocsphosts_left(&places, URL, NOW + 65), 0);
}

static void after_that_minute_it_takes_two_again(void **state)
{
    (void)state;
    ocsphosts_failed(&places, URL, NOW);
    ocsphosts_failed(&places, URL, NOW);
    ocsphosts_failed(&places, URL, NOW + 70);
    assert_int_equal(ocsphosts_left(&places, URL, NOW + 70), 0);
    ocsphosts_failed(&places, URL, NOW + 71);
    assert_int_equal(ocsphosts_left(&places, URL, NOW + 71), 60);
}

static void an_answer_makes_good_for_a_time_out(void **state)
{
    (void)state;
    ocsphosts_failed(&places, URL, NOW);
    ocsphosts_answered(&places, URL);
    ocsphosts_failed(&places, URL, NOW);
    assert_int_equal(ocsphosts_left(&places, URL, NOW), 0);
}

static void a_host_that_asks_to_be_left_alone_is(void **state)
{
    (void)state;
    ocsphosts_waits(&places, URL, NOW, 600);
    assert_int_equal(ocsphosts_left(&places, URL, NOW + 1), 599);
    ocsphosts_answered(&places, URL);
    assert_int_equal(ocsphosts_left(&places, URL, NOW + 1), 0);
}

static void but_not_for_longer_than_an_hour(void **state)
{
    (void)state;
    ocsphosts_waits(&places, URL, NOW, 1000000);
    assert_int_equal(ocsphosts_left(&places, URL, NOW), OCSPHOSTS_WAIT_MAX);
}

static void what_is_remembered_is_about_a_host_and_its_port(void **state)
{
    (void)state;
    ocsphosts_waits(&places, URL, NOW, 600);
    assert_int_equal(ocsphosts_left(&places, "http://OCSP.example.org:8080/other", NOW), 600);
    assert_int_equal(ocsphosts_left(&places, "http://ocsp.example.org/path/", NOW), 0);
    assert_int_equal(ocsphosts_left(&places, "http://other.example.org:8080/path/", NOW), 0);
}

static void a_clock_that_is_put_back_does_not_silence_a_host_for_years(void **state)
{
    (void)state;
    ocsphosts_waits(&places, URL, NOW, 600);
    assert_int_equal(ocsphosts_left(&places, URL, NOW - 86400), 0);
}

static void hosts_are_named_as_they_are_asked(void **state)
{
    char name[OCSPHOSTS_NAME_MAX], url[1024];

    (void)state;
    ocsphosts_name(URL, name);
    assert_string_equal(name, "ocsp.example.org:8080");
    ocsphosts_name("http://[2001:DB8::1]:80", name);
    assert_string_equal(name, "[2001:db8::1]:80");
    ocsphosts_name("no host", name);
    assert_string_equal(name, "");
    (void)snprintf(url, sizeof url, "http://%0*d/", OCSPHOSTS_NAME_MAX - 1, 0);
    ocsphosts_name(url, name);
    assert_int_equal(strlen(name), OCSPHOSTS_NAME_MAX - 1);
    (void)snprintf(url, sizeof url, "http://%0*d/", OCSPHOSTS_NAME_MAX, 0);
    ocsphosts_name(url, name);
    assert_string_equal(name, "");
}

/* The memory is in one file: every byte of it that is changed, or missing, is at worst forgotten.
 */
static void damaged_memory_is_none(void **state)
{
    char path[sizeof scratch.path * 2], command[sizeof scratch.path * 4];

    (void)state;
    ocsphosts_waits(&places, URL, NOW, 600);
    (void)snprintf(path, sizeof path, "%s/ocsp/hosts", places.write);
    (void)snprintf(command, sizeof command, "for f in %s/*; do echo nonsense >$f; done", path);
    assert_int_equal(system(command), 0);
    assert_int_equal(ocsphosts_left(&places, URL, NOW), 0);
    (void)snprintf(command, sizeof command, "for f in %s/*; do head -c 100000 /dev/zero >$f; done",
                   path);
    assert_int_equal(system(command), 0);
    assert_int_equal(ocsphosts_left(&places, URL, NOW), 0);
    ocsphosts_failed(&places, URL, NOW);
    ocsphosts_failed(&places, URL, NOW);
    assert_int_equal(ocsphosts_left(&places, URL, NOW), 0); /* still over the ceiling */
}

static void where_nothing_can_be_written_nothing_is_remembered(void **state)
{
    FILE *f = NULL;
    char path[sizeof scratch.path * 2];

    (void)state;
    (void)snprintf(path, sizeof path, "mkdir -p %s && echo x >%s/ocsp", places.write, places.write);
    assert_int_equal(system(path), 0);
    ocsphosts_failed(&places, URL, NOW);
    ocsphosts_failed(&places, URL, NOW);
    assert_int_equal(ocsphosts_left(&places, URL, NOW), 0);
    assert_null(f);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static const struct CMUnitTest claims[] = {
    TEST(a_host_nobody_knows_is_asked),
    TEST(one_time_out_is_forgiven),
    TEST(two_time_outs_in_a_row_are_not_for_a_minute),
    TEST(after_that_minute_it_takes_two_again),
    TEST(an_answer_makes_good_for_a_time_out),
    TEST(a_host_that_asks_to_be_left_alone_is),
    TEST(but_not_for_longer_than_an_hour),
    TEST(what_is_remembered_is_about_a_host_and_its_port),
    TEST(a_clock_that_is_put_back_does_not_silence_a_host_for_years),
    TEST(hosts_are_named_as_they_are_asked),
    TEST(damaged_memory_is_none),
    TEST(where_nothing_can_be_written_nothing_is_remembered),
};

RUN_CLAIMS(claims)
