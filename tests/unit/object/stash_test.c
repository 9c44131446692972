/* object/stash.h: what a stash lists, what it is taken for, and every rule broken */
#include "object/stash.h"

#include "der.h"
#include "fixture.h"

static struct writ_error e;

static struct writ_stash stash;

/* Two issuers of four and two octets; two serials, and one. */
#define SOUND "02000000 04 a1a2a3a4 01 11 02 0011   01000000 02 b1b2 03 112233"

static int try_open(const char *hex)
{
    struct writ_span bytes = der(hex);

    writ_error_clear(&e);
    return writ_stash_open(bytes, &stash, &e);
}

static bool lists(const char *issuer, const char *serial)
{
    return writ_stash_find(&stash, bytes_of(issuer), bytes_of(serial));
}

static void what_is_listed_is_found_under_its_issuer(void **state)
{
    (void)state;
    assert_ok(try_open(SOUND));
    assert_int_equal(stash.issuer_count, 2);
    assert_int_equal(stash.serial_count, 3);
    assert_true(lists("a1a2a3a4", "11"));
    assert_true(lists("a1a2a3a4", "0011"));
    assert_true(lists("b1b2", "112233"));
}

static void nothing_else_is(void **state)
{
    (void)state;
    assert_ok(try_open(SOUND));
    assert_false(lists("a1a2a3a4", "112233"));
    assert_false(lists("b1b2", "11"));
    assert_false(lists("a1a2a3a4", ""));
    assert_false(lists("a1a2a3a4", "000011"));
    assert_false(lists("a1a2a3a4", "1100"));
    assert_false(lists("a1a2a3", "11"));
    assert_false(lists("a1a2a3a4a5", "11"));
    assert_false(lists("", "11"));
}

/* Nothing says that an issuer stands only once. */
static void an_issuer_that_comes_twice_is_read_twice(void **state)
{
    (void)state;
    assert_ok(try_open("01000000 02 b1b2 01 11   00000000 01 cc   01000000 02 b1b2 01 12"));
    assert_int_equal(stash.issuer_count, 3);
    assert_true(lists("b1b2", "11"));
    assert_true(lists("b1b2", "12"));
    assert_false(lists("cc", "11"));
}

static void it_can_be_walked(void **state)
{
    struct writ_stash_issuer issuer;
    struct writ_span serial;

    (void)state;
    assert_ok(try_open(SOUND));
    assert_true(writ_stash_first(&stash, &issuer));
    assert_spans_equal(issuer.id, bytes_of("a1a2a3a4"));
    assert_int_equal(issuer.count, 2);
    assert_true(writ_stash_serial(&issuer, &serial));
    assert_spans_equal(serial, bytes_of("11"));
    assert_true(writ_stash_next(&issuer)); /* the second serial is skipped */
    assert_spans_equal(issuer.id, bytes_of("b1b2"));
    assert_true(writ_stash_serial(&issuer, &serial));
    assert_spans_equal(serial, bytes_of("112233"));
    assert_false(writ_stash_serial(&issuer, &serial));
    assert_false(writ_stash_next(&issuer));
}

/* ---- Broken ---- */

#define NOT_OPENED(hex, words) assert_fault(try_open(hex), WRIT_FAULT_BAD_INPUT, words)

static void every_rule_has_its_sentence(void **state)
{
    (void)state;
    NOT_OPENED("", "an empty file is no stash");
    NOT_OPENED("010000", "count of a stash's serials: wanted 4 bytes, 3 are left");
    NOT_OPENED("01000000", "issuer in a stash: wanted 1 bytes, 0 are left");
    NOT_OPENED("01000000 00 01 11", "issuer in a stash: no octets");
    NOT_OPENED("01000000 03 a1a2", "issuer in a stash: wanted 3 bytes, 2 are left");
    NOT_OPENED("01000000 02 a1a2", "serial in a stash: wanted 1 bytes, 0 are left");
    NOT_OPENED("01000000 02 a1a2 00", "serial in a stash: no octets");
    NOT_OPENED("01000000 02 a1a2 02 11", "serial in a stash: wanted 2 bytes, 1 are left");
    NOT_OPENED("ffffffff 02 a1a2 01 11", "serial in a stash: wanted 1 bytes, 0 are left");
    NOT_OPENED(SOUND "00", "count of a stash's serials: wanted 4 bytes, 1 are left");
}

static void a_file_over_the_ceiling_is_not_looked_at(void **state)
{
    struct writ_span bytes = WRIT_SPAN("\1", WRIT_STASH_MAX + 1); /* which are not there */

    (void)state;
    assert_fault(writ_stash_open(bytes, &stash, &e), WRIT_FAULT_BAD_INPUT,
                 "stash of 16777217 bytes, the ceiling is 16777216");
}

static bool opens(struct writ_span bytes)
{
    writ_error_clear(&e);
    if (writ_stash_open(bytes, &stash, &e) == 0)
        return true;
    assert_sentence(WRIT_FAULT_BAD_INPUT, "stash");
    return false;
}

static void a_truncated_file_is_refused_or_ends_between_two_issuers(void **state)
{
    struct writ_buffer b = fixture("cascade/stash-3");
    unsigned opened = 0;

    (void)state;
    for (size_t n = 0; n < b.n; n++) {
        uint8_t *cut = malloc(n == 0 ? 1 : n);

        assert_non_null(cut);
        memcpy(cut, b.p, n);
        opened += opens(WRIT_SPAN(cut, n));
        free(cut);
    }
    assert_int_equal(opened, 1);
    writ_buffer_free(&b);
}

static bool describe(struct writ_span bytes, struct writ_buffer *out)
{
    struct writ_stash_issuer issuer;
    struct writ_span serial;

    if (!opens(bytes))
        return false;
    for (bool more = writ_stash_first(&stash, &issuer); more; more = writ_stash_next(&issuer)) {
        writ_buffer_format(out, "%zu ", issuer.count);
        writ_hex_add(out, issuer.id);
        while (writ_stash_serial(&issuer, &serial)) {
            writ_buffer_byte(out, ' ');
            writ_hex_add(out, serial);
            assert_true(writ_stash_find(&stash, issuer.id, serial));
        }
    }
    return true;
}

static void every_byte_counts(void **state)
{
    struct writ_buffer b = fixture("cascade/stash-3");

    (void)state;
    assert_every_byte_counts(writ_buffer_span(&b), describe);
    writ_buffer_free(&b);
}

/* A stash has no magic; its count can look like the version of another filter. */
static void it_is_told_from_filters_that_begin_alike(void **state)
{
    static const char *const stashes[] = {
        "01000000 20", "02000000 20", "03000000 20", "04000000 20", "02000000 04", "00000000 20",
        "05000000 20", "00008000 20", "00000100 20", "ff000000 01", "01000000 ff",
    };
    static const char *const others[] = {
        "0100 01 00010000",            /* cascade 1, murmur3, 256 bits */
        "0100 01 00200000",            /* 8192 bits: 20 stands where the length would */
        "0200 00 00 03 00010000",      /* cascade 2 without a salt */
        "0200 01 00 01 00010000",      /* inverted */
        "0200 00 10 20202020",         /* with a salt that begins with 20 */
        "0300 2000 000000000000 20",   /* clubcard 3 with 32 logs */
        "0300 0000 000000000000 01",   /* without logs */
        "0400 0001 20202020",          /* clubcard 4 with one log, whose id begins with 20 */
        "0400 0000 00000020 20202020", /* without logs, 32 issuers */
        "0400 0000 03ffffff",          /* and as many as it cannot have */
        "01008000 20",
        "00000001 20",
        "7f454c46 02", /* counts that no stash can have */
        "01000000",
        "0100",
        "05",
        "", /* too short to tell */
    };

    (void)state;
    for (size_t i = 0; i < sizeof stashes / sizeof stashes[0]; i++) {
        if (!writ_stash_is(bytes_of(stashes[i])))
            fail_msg("%s is not taken for a stash", stashes[i]);
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (writ_stash_is(bytes_of(others[i])))
            fail_msg("%s is taken for a stash", others[i]);
    }
}

static const struct CMUnitTest claims[] = {
    CLAIM(what_is_listed_is_found_under_its_issuer),
    CLAIM(nothing_else_is),
    CLAIM(an_issuer_that_comes_twice_is_read_twice),
    CLAIM(it_can_be_walked),
    CLAIM(every_rule_has_its_sentence),
    CLAIM(a_file_over_the_ceiling_is_not_looked_at),
    CLAIM(a_truncated_file_is_refused_or_ends_between_two_issuers),
    CLAIM(every_byte_counts),
    CLAIM(it_is_told_from_filters_that_begin_alike),
};

RUN_CLAIMS(claims)
