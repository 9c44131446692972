/*
 * evidence/cascade.h and object/stash.h with Mozilla's own cascades and stashes
 *
 * WRIT_DATA names the folder of other projects' data.  crlite/expected.tsv there says which file
 * answers what, and by whose word.
 */
#include "der.h"
#include "evidence/cascade.h"
#include "fixture.h"
#include "object/stash.h"

static struct writ_error e;
static struct writ_digester *digester;

static const char *missing(void)
{
    return foreign_missing("crlite/expected.tsv");
}

/* Columns of expected.tsv. */
enum { FILTER, CERT, ISSUER, SERIAL, SCTS, EXPECTED, SOURCE };

static bool starts_with(struct writ_span text, const char *start)
{
    size_t n = strlen(start);

    return text.n >= n && memcmp(text.p, start, n) == 0;
}

/* The key of a row: "key=" and digits, or issuer and serial. */
static struct writ_span key_of(struct writ_span field[TSV_FIELDS])
{
    if (starts_with(field[ISSUER], "key="))
        return bytes_of(tsv_text(field[ISSUER]) + 4);
    return bytes_of(piece("%s%s", tsv_text(field[ISSUER]), tsv_text(field[SERIAL])));
}

static const char *ask_cascade(struct writ_span bytes, struct writ_span field[TSV_FIELDS])
{
    struct writ_cascade cascade;
    bool has = false;

    writ_error_clear(&e);
    if (writ_cascade_open(bytes, &cascade, &e) < 0)
        return "reject (truncated)";
    assert_ok(writ_cascade_has(&cascade, digester, key_of(field), &has, &e));
    return has ? "member" : "nonmember";
}

static const char *ask_stash(struct writ_span bytes, struct writ_span field[TSV_FIELDS])
{
    struct writ_stash stash;

    writ_error_clear(&e);
    assert_ok(writ_stash_open(bytes, &stash, &e));
    return writ_stash_find(&stash, tsv_bytes(field[ISSUER]), tsv_bytes(field[SERIAL]))
               ? "listed"
               : "not-listed";
}

/* Every row about files of this folder; how many there are. */
static unsigned rows_of(const char *folder)
{
    struct writ_buffer table = foreign("crlite/expected.tsv");
    struct writ_cursor c = writ_cursor_over(writ_buffer_span(&table), NULL);
    struct writ_span field[TSV_FIELDS];
    unsigned rows = 0;

    while (tsv_line(&c, field)) {
        struct writ_buffer file;
        const char *answer;

        if (!starts_with(field[FILTER], folder))
            continue;
        file = foreign(piece("crlite/%s", tsv_text(field[FILTER])));
        if (writ_stash_is(writ_buffer_span(&file)))
            answer = ask_stash(writ_buffer_span(&file), field);
        else
            answer = ask_cascade(writ_buffer_span(&file), field);
        if (strcmp(answer, tsv_text(field[EXPECTED])) != 0)
            fail_msg("%s: %s %s: %s, wanted %s", tsv_text(field[FILTER]), tsv_text(field[ISSUER]),
                     tsv_text(field[SERIAL]), answer, tsv_text(field[EXPECTED]));
        writ_buffer_free(&file);
        rows++;
    }
    writ_buffer_free(&table);
    return rows;
}

static void what_firefox_esr_115_asserts_holds(void **state)
{
    (void)state;
    assert_true(rows_of("firefox-esr115/") >= 10);
}

static void what_rust_cascade_asserts_holds(void **state)
{
    (void)state;
    assert_true(rows_of("rust-cascade/") >= 22);
}

static void the_stashes_of_moz_crlite_query_answer(void **state)
{
    (void)state;
    assert_true(rows_of("moz_crlite_query/") >= 8);
}

static void every_serial_of_every_stash_is_found_under_its_issuer_only(void **state)
{
    static const struct {
        const char *name;
        size_t issuers, serials;
    } stashes[] = {
        {"firefox-esr115/20201017-1-filter.stash", 21, 2646},
        {"firefox-esr115/20201201-3-filter.stash", 42, 3548},
        {"moz_crlite_query/test-1.2022.stash", 17, 2669},
        {"moz_crlite_query/test-1.2020.stash", 2, 3},
    };

    (void)state;
    for (size_t i = 0; i < sizeof stashes / sizeof stashes[0]; i++) {
        struct writ_buffer file = foreign(piece("crlite/%s", stashes[i].name));
        struct writ_stash_issuer issuer;
        struct writ_stash stash;
        struct writ_span serial;

        writ_error_clear(&e);
        assert_ok(writ_stash_open(writ_buffer_span(&file), &stash, &e));
        assert_int_equal(stash.issuer_count, stashes[i].issuers);
        assert_int_equal(stash.serial_count, stashes[i].serials);
        for (bool more = writ_stash_first(&stash, &issuer); more; more = writ_stash_next(&issuer)) {
            while (writ_stash_serial(&issuer, &serial)) {
                assert_true(writ_stash_find(&stash, issuer.id, serial));
                assert_false(writ_stash_find(&stash, writ_span_text("nobody"), serial));
            }
        }
        writ_buffer_free(&file);
    }
}

/* Of two cascades whose keys are not published. */
static void their_heads_are_read(void **state)
{
    struct writ_buffer file = foreign("crlite/moz_crlite_query/test-1.2020.filter");
    struct writ_cascade cascade;

    (void)state;
    assert_ok(writ_cascade_open(writ_buffer_span(&file), &cascade, &e));
    assert_int_equal(cascade.version, 2);
    assert_int_equal(cascade.hash, WRIT_CASCADE_MURMUR3);
    assert_int_equal(cascade.layer_count, 1);
    assert_int_equal(cascade.layer[0].bits, 81272);
    assert_int_equal(cascade.layer[0].k, 6);
    writ_buffer_free(&file);
    file = foreign("crlite/peer-built/cascade-100k-1k.v2");
    assert_ok(writ_cascade_open(writ_buffer_span(&file), &cascade, &e));
    assert_int_equal(cascade.hash, WRIT_CASCADE_SHA256_CTR);
    assert_int_equal(cascade.salt.n, 16);
    assert_int_equal(cascade.layer_count, 10);
    writ_buffer_free(&file);
}

/* Of strangers it takes for revoked those that are in the first layer (k is 7 and half its bits are
 * set: one in 128) and not in the second (half of these), or again in the third: about 0.4 %.  A
 * wrong formula for the bits would not show here: tests/prog/44-cascades.t compares each answer
 * with another reader's. */
static void of_strangers_it_takes_as_few_for_revoked_as_it_should(void **state)
{
    struct writ_buffer file = foreign("crlite/peer-built/cascade-100k-1k.v2");
    uint8_t issuer[WRIT_CLUBCARD_ISSUER] = {1};
    enum writ_filter_answer answer;
    struct writ_cascade cascade;
    unsigned revoked = 0;

    (void)state;
    assert_ok(writ_cascade_open(writ_buffer_span(&file), &cascade, &e));
    for (uint32_t i = 0; i < 50000; i++) {
        assert_ok(
            writ_cascade_ask(&cascade, digester, issuer, WRIT_SPAN(&i, sizeof i), &answer, &e));
        revoked += answer == WRIT_FILTER_REVOKED;
    }
    assert_in_range(revoked, 150, 300);
    writ_buffer_free(&file);
}

static int make_digester(void **state)
{
    (void)state;
    digester = writ_digester_new(&e);
    return digester == NULL;
}

static int drop_digester(void **state)
{
    (void)state;
    writ_digester_free(digester);
    return 0;
}

static const struct CMUnitTest claims[] = {
    CLAIM(what_firefox_esr_115_asserts_holds),
    CLAIM(what_rust_cascade_asserts_holds),
    CLAIM(the_stashes_of_moz_crlite_query_answer),
    CLAIM(every_serial_of_every_stash_is_found_under_its_issuer_only),
    CLAIM(their_heads_are_read),
    CLAIM(of_strangers_it_takes_as_few_for_revoked_as_it_should),
};

int main(void)
{
    const char *why = missing();

    if (why != NULL) {
        (void)printf("1..0 # SKIP %s\n", why);
        return 0;
    }
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name(__FILE__, claims, make_digester, drop_digester);
}
