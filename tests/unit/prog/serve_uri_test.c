/*
 * serve/uri.h: a request is found in a path however it is written, and nothing else is
 */
#include "serve/uri.h"

#include <string.h>

#include "base/hex.h"
#include "test.h"

/* What a path asks for, in hexadecimal; "-" when nothing. */
static const char *request(const char *path)
{
    static uint8_t room[64];
    static char hex[2 * sizeof room + 1];
    struct writ_span found;

    if (!uri_request(path, room, sizeof room, &found))
        return "-";
    writ_hex_format(found, hex);
    return hex;
}

static void base64_is_read_however_it_is_written(void **state)
{
    (void)state;
    assert_string_equal(request("/MAA="), "3000");
    assert_string_equal(request("/MAA"), "3000");
    assert_string_equal(request("/MA"), "30");
    assert_string_equal(request("/MA=="), "30");
    assert_string_equal(request("MAAB"), "300001");
    assert_string_equal(request("////MAAB"), "300001");
    assert_string_equal(request("/%2f/%2FMAAB"), "300001");
    assert_string_equal(request("/%4d%41%41%3D"), "3000");
    assert_string_equal(request("/M+//"), "33efff");
    assert_string_equal(request("/M%2B%2F%2f"), "33efff");
    assert_string_equal(request("/M //"), "33efff");
}

static void what_is_no_base64_is_no_request(void **state)
{
    static const char *const bad[] = {
        "",    "/",  "/M",   "/MAAB=", "/MA=", "/MA===", "/=",    "/MA==A", "/MAAA.",
        "/%4", "/%", "/%4g", "/MA%00", "/MB",  "/MAB",   "/MAA-", "/%254d", "/MA\xff"};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_string_equal(request(bad[i]), "-");
}

static void a_request_fits_its_room_or_is_none(void **state)
{
    char path[80] = "/";

    (void)state;
    memset(path + 1, 'A', 64);
    assert_string_not_equal(request(path), "-");
    path[65] = 'A';
    assert_string_equal(request(path), "-");
}

static void a_base_ends_at_a_slash(void **state)
{
    const char *rest = NULL;

    (void)state;
    assert_true(uri_below("/ocsp/MAA", "/ocsp", &rest));
    assert_string_equal(rest, "/MAA");
    assert_true(uri_below("/ocsp//MAA", "/ocsp/", &rest));
    assert_string_equal(rest, "//MAA");
    assert_true(uri_below("/ocsp", "/ocsp", &rest));
    assert_string_equal(rest, "");
    assert_true(uri_below("/MAA", "/", &rest));
    assert_string_equal(rest, "/MAA");
    assert_false(uri_below("/ocspMAA", "/ocsp", &rest));
    assert_false(uri_below("/MAA", "/ocsp", &rest));
    assert_false(uri_below("MAA", "/", &rest));
}

static void a_files_name_stays_below_its_folder(void **state)
{
    (void)state;
    assert_true(uri_is_file_name("latest"));
    assert_true(uri_is_file_name("blocks/0a-1_b~.x+"));
    assert_false(uri_is_file_name(""));
    assert_false(uri_is_file_name("/latest"));
    assert_false(uri_is_file_name("a//b"));
    assert_false(uri_is_file_name("a/"));
    assert_false(uri_is_file_name(".hidden"));
    assert_false(uri_is_file_name("a/../b"));
    assert_false(uri_is_file_name(".."));
    assert_false(uri_is_file_name("a%2e"));
    assert_false(uri_is_file_name("a b"));
}

static const struct CMUnitTest claims[] = {
    CLAIM(base64_is_read_however_it_is_written), CLAIM(what_is_no_base64_is_no_request),
    CLAIM(a_request_fits_its_room_or_is_none),   CLAIM(a_base_ends_at_a_slash),
    CLAIM(a_files_name_stays_below_its_folder),
};

RUN_CLAIMS(claims)
