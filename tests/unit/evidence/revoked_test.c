/* What a list says about one certificate, at every edge. */
#include "evidence/revoked.h"

#include <openssl/evp.h>

#include "test.h"
#include "world/world.h"

/* ---- Lists ---- */

static const uint8_t listed_key[WRIT_TABLE_KEY] = {0x11, 0x22, 0x33};
static const uint8_t other_key[WRIT_TABLE_KEY] = {0x44};

/* A list block, as a table holds it. */
struct list {
    struct writ_buffer bytes;
    struct writ_table table;
    struct writ_block block;
};

static struct list make_list(bool numbered, uint64_t covered_below, const char *as_of)
{
    static uint8_t certificate[] = {0x30, 0x00};
    struct writ_span chain = WRIT_SPAN_OF(certificate);
    struct writ_table_gap gaps[] = {{.from = 20, .to = 30}, {.from = 40, .to = 41}};
    struct writ_table_entry entry = {.revoked = {.reason = WRIT_REASON_SUPERSEDED,
                                                 .since = 1790000000,
                                                 .revoked_at = 1790000001}};
    struct writ_table_input in = {.kind = WRIT_BLOCK_LIST,
                                  .chain = &chain,
                                  .chain_count = 1,
                                  .as_of = world_time(as_of),
                                  .numbered = numbered,
                                  .covered_below = covered_below,
                                  .gaps = gaps,
                                  .gap_count = numbered ? 2 : 0,
                                  .entries = &entry,
                                  .entry_count = 1};
    struct writ_error e = {0};
    struct list list = {0};

    memcpy(entry.key, listed_key, sizeof entry.key);
    assert_ok(writ_table_build(&in, 1, in.as_of, &list.bytes, &e));
    assert_ok(writ_table_open(writ_buffer_span(&list.bytes), &list.table, &e));
    assert_ok(writ_table_block(&list.table, 0, &list.block, &e));
    return list;
}

static struct writ_link ask(const struct list *list, const struct writ_cert *cert,
                            const uint8_t key[WRIT_TABLE_KEY])
{
    struct writ_link link = {0};

    writ_check_status(&list->block, cert, key, &link);
    return link;
}

static struct writ_cert numbered(uint64_t number)
{
    return (struct writ_cert){.is_numbered = true, .number = number};
}

static enum writ_status status_of_number(const struct list *list, uint64_t number)
{
    struct writ_cert cert = numbered(number);

    return ask(list, &cert, other_key).status;
}

/* ---- An issuer that numbers ---- */

static void below_covered_below_is_good_and_from_there_on_newer(void **state)
{
    struct list list = make_list(true, 100, "2026-11-25");

    (void)state;
    assert_int_equal(status_of_number(&list, 0), WRIT_STATUS_GOOD);
    assert_int_equal(status_of_number(&list, 99), WRIT_STATUS_GOOD);
    assert_int_equal(status_of_number(&list, 100), WRIT_STATUS_NEWER);
    assert_int_equal(status_of_number(&list, UINT64_MAX), WRIT_STATUS_NEWER);
    writ_buffer_free(&list.bytes);
}

static void a_gap_is_half_open_and_there_may_be_several(void **state)
{
    struct list list = make_list(true, 100, "2026-11-25");

    (void)state;
    assert_int_equal(status_of_number(&list, 19), WRIT_STATUS_GOOD);
    assert_int_equal(status_of_number(&list, 20), WRIT_STATUS_BURNED);
    assert_int_equal(status_of_number(&list, 29), WRIT_STATUS_BURNED);
    assert_int_equal(status_of_number(&list, 30), WRIT_STATUS_GOOD);
    assert_int_equal(status_of_number(&list, 39), WRIT_STATUS_GOOD);
    assert_int_equal(status_of_number(&list, 40), WRIT_STATUS_BURNED);
    assert_int_equal(status_of_number(&list, 41), WRIT_STATUS_GOOD);
    writ_buffer_free(&list.bytes);
}

static void no_number_is_unnumbered_however_old(void **state)
{
    struct list list = make_list(true, 100, "2026-11-25");
    struct writ_cert cert = {.not_before = 0};

    (void)state;
    assert_int_equal(ask(&list, &cert, other_key).status, WRIT_STATUS_UNNUMBERED);
    writ_buffer_free(&list.bytes);
}

static void covered_below_is_noted(void **state)
{
    struct list list = make_list(true, 100, "2026-11-25");
    struct writ_cert cert = numbered(1);

    (void)state;
    assert_int_equal(ask(&list, &cert, other_key).covered_below, 100);
    assert_int_equal(ask(&list, &cert, listed_key).covered_below, 100);
    writ_buffer_free(&list.bytes);
}

/* ---- An issuer that does not ---- */

static enum writ_status status_of_date(const struct list *list, const char *from)
{
    struct writ_cert cert = {.not_before = world_time(from)};

    return ask(list, &cert, other_key).status;
}

static void an_hour_before_as_of_is_the_margin(void **state)
{
    struct list list = make_list(false, 0, "2026-11-25T06:00:00Z");

    (void)state;
    assert_int_equal(status_of_date(&list, "2020-01-01"), WRIT_STATUS_GOOD);
    assert_int_equal(status_of_date(&list, "2026-11-25T04:59:59Z"), WRIT_STATUS_GOOD);
    assert_int_equal(status_of_date(&list, "2026-11-25T05:00:00Z"), WRIT_STATUS_NEWER);
    assert_int_equal(status_of_date(&list, "2036-01-01"), WRIT_STATUS_NEWER);
    writ_buffer_free(&list.bytes);
}

static void a_number_does_not_help_there(void **state)
{
    struct list list = make_list(false, 0, "2026-11-25T06:00:00Z");
    struct writ_cert cert = numbered(1);

    (void)state;
    cert.not_before = world_time("2026-11-25T05:30:00Z");
    assert_int_equal(ask(&list, &cert, other_key).status, WRIT_STATUS_NEWER);
    writ_buffer_free(&list.bytes);
}

/* ---- Listed ---- */

static void listed_is_revoked_with_what_the_list_says(void **state)
{
    struct list list = make_list(true, 100, "2026-11-25");
    struct writ_cert cert = numbered(5);
    struct writ_link link = ask(&list, &cert, listed_key);

    (void)state;
    assert_int_equal(link.status, WRIT_STATUS_REVOKED);
    assert_int_equal(link.revocation.reason, WRIT_REASON_SUPERSEDED);
    assert_int_equal(link.revocation.since, 1790000000);
    assert_int_equal(link.revocation.revoked_at, 1790000001);
    writ_buffer_free(&list.bytes);
}

/* A revocation that a stamp outlives must not hide that nobody knows the certificate. */
static void listed_or_not_coverage_is_what_number_or_date_say(void **state)
{
    static const struct {
        uint64_t number;
        enum writ_status coverage;
    } numbers[] = {{5, WRIT_STATUS_GOOD}, {25, WRIT_STATUS_BURNED}, {100, WRIT_STATUS_NEWER}};
    struct list list = make_list(true, 100, "2026-11-25");
    struct writ_cert none = {0};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct writ_cert cert = numbered(numbers[i].number);

        assert_int_equal(ask(&list, &cert, other_key).coverage, numbers[i].coverage);
        assert_int_equal(ask(&list, &cert, listed_key).coverage, numbers[i].coverage);
        assert_int_equal(ask(&list, &cert, listed_key).status, WRIT_STATUS_REVOKED);
    }
    assert_int_equal(ask(&list, &none, listed_key).coverage, WRIT_STATUS_UNNUMBERED);
    assert_int_equal(ask(&list, &none, listed_key).status, WRIT_STATUS_REVOKED);
    writ_buffer_free(&list.bytes);
}

static void without_a_list_nothing_is_covered(void **state)
{
    struct writ_cert cert = numbered(5);
    struct writ_link link = {0};

    (void)state;
    writ_check_status(NULL, &cert, listed_key, &link);
    assert_int_equal(link.status, WRIT_STATUS_NOT_COVERED);
    assert_int_equal(link.coverage, WRIT_STATUS_NOT_COVERED);
    assert_int_equal(link.covered_below, 0);
}

/* ---- Keys ---- */

/* man/writ-table.5: the first 16 bytes of SHA-256(issuer key hash, serial), here by OpenSSL alone.
 */
static void a_key_is_the_hash_of_issuer_and_serial(void **state)
{
    uint8_t input[WRIT_TABLE_ISSUER + 3], hash[32], key[WRIT_TABLE_KEY];
    struct writ_error e = {0};
    struct writ_digester *digester = writ_digester_new(&e);

    (void)state;
    memset(input, 0xab, WRIT_TABLE_ISSUER);
    memcpy(input + WRIT_TABLE_ISSUER, "\x01\x02\x03", 3);
    assert_int_equal(EVP_Q_digest(NULL, "SHA256", NULL, input, sizeof input, hash, NULL), 1);
    assert_ok(writ_revocation_key(digester, input, bytes_of("010203"), key, &e));
    assert_memory_equal(key, hash, sizeof key);
    writ_digester_free(digester);
}

/* ---- Paths ---- */

static struct world w;
static struct writ_source source;
static struct writ_checked_path checked;
static struct writ_path_facts facts;

/* Alice's path, and the source that is asked about it; open when `open`. */
static void begin(const char *lines, bool open)
{
    struct writ_span mid, root;
    struct writ_error e = {0};

    world_start(&w);
    world_say(&w, lines);
    world_make(&w);
    assert_ok(writ_source_trust(writ_buffer_span(&w.ca[0].bundle), &source, &e));
    if (open)
        assert_ok(writ_source_open(&source, writ_buffer_span(&w.ca[0].note),
                                   writ_buffer_span(&w.ca[0].table), false, &e));
    mid = writ_buffer_span(&world_cert(&w, "mid")->der);
    root = writ_buffer_span(&world_cert(&w, "root")->der);
    checked = (struct writ_checked_path){0};
    facts = (struct writ_path_facts){0};
    assert_ok(writ_check_path(writ_buffer_span(&world_cert(&w, "alice")->der), &mid, 1, &root, 1,
                              world_time("2026-09-01"), &checked, &facts, &e));
    assert_ok(writ_check_revocation(&source, &checked, &facts, &e));
}

static void end(void)
{
    writ_checked_path_free(&checked);
    world_free(&w);
}

static void every_certificate_but_the_root_is_asked_about(void **state)
{
    (void)state;
    begin("", true);
    assert_int_equal(facts.link[0].status, WRIT_STATUS_GOOD);
    assert_int_equal(facts.link[1].status, WRIT_STATUS_GOOD);
    assert_int_equal(facts.link[2].status, WRIT_STATUS_NOT_ASKED);
    end();
}

static void each_is_looked_up_in_its_own_issuers_list(void **state)
{
    (void)state;
    begin("revoked mid superseded", true);
    assert_int_equal(facts.link[0].status, WRIT_STATUS_GOOD);
    assert_int_equal(facts.link[1].status, WRIT_STATUS_REVOKED);
    end();
    begin("list mid absent", true);
    assert_int_equal(facts.link[0].status, WRIT_STATUS_NOT_COVERED);
    assert_int_equal(facts.link[1].status, WRIT_STATUS_GOOD);
    end();
}

static void a_source_that_is_not_open_covers_nothing(void **state)
{
    (void)state;
    begin("revoked alice keyCompromise", false);
    assert_int_equal(facts.link[0].status, WRIT_STATUS_NOT_COVERED);
    assert_int_equal(facts.link[1].status, WRIT_STATUS_NOT_COVERED);
    end();
    begin("feed example table-spoiled", true);
    assert_int_equal(source.state, WRIT_SOURCE_DAMAGED);
    assert_int_equal(facts.link[0].status, WRIT_STATUS_NOT_COVERED);
    end();
    /* A table that could be opened, and then spoke about somebody else's issuer. */
    begin("ca other trusted\nlist other-mid in=example\nrevoked alice superseded", true);
    assert_int_equal(source.state, WRIT_SOURCE_DAMAGED);
    assert_int_equal(facts.link[0].status, WRIT_STATUS_NOT_COVERED);
    end();
}

static void one_link_is_asked_as_the_whole_path_is(void **state)
{
    struct writ_error e = {0};
    struct writ_digester *digester = writ_digester_new(&e);
    struct writ_link link = {0};

    (void)state;
    begin("revoked alice superseded", true);
    assert_ok(
        writ_check_link(&source.table, digester, &checked.cert[0], &checked.cert[1], &link, &e));
    assert_int_equal(link.status, WRIT_STATUS_REVOKED);
    assert_ok(writ_check_link(NULL, digester, &checked.cert[0], &checked.cert[1], &link, &e));
    assert_int_equal(link.status, WRIT_STATUS_NOT_COVERED);
    writ_digester_free(digester);
    end();
}

/* ---- CRLs that are sources ---- */

#define CRLS 6

/* A CRL of mid's, which lists alice or nobody. */
static struct writ_crl_source crl_of_mid(bool lists_alice, int64_t since, struct writ_buffer *bytes)
{
    struct writ_error e = {0};
    struct writ_digester *digester = writ_digester_new(&e);
    struct writ_table_entry entry = {
        .revoked = {.reason = WRIT_REASON_SUPERSEDED, .since = since, .revoked_at = since}};
    struct writ_table_input in = {.kind = WRIT_BLOCK_LIST,
                                  .chain = &checked.cert[1].der,
                                  .chain_count = 1,
                                  .as_of = world_time("2026-08-31"),
                                  .entries = &entry,
                                  .entry_count = lists_alice};
    struct writ_crl_source s = {.name = "crl",
                                .idp = {.reasons = WRIT_FLAG_ALL},
                                .issuer = checked.cert[1].subject.der,
                                .this_update = in.as_of};

    assert_ok(
        writ_digester_sha256(digester, checked.cert[1].key.spki, WRIT_SPAN_NONE, in.issuer, &e));
    assert_ok(writ_revocation_key(digester, in.issuer, checked.cert[0].serial, entry.key, &e));
    assert_ok(writ_table_build(&in, 1, in.as_of, bytes, &e));
    assert_ok(writ_table_open(writ_buffer_span(bytes), &s.table, &e));
    writ_digester_free(digester);
    return s;
}

/* Asks again, beside the feed, CRLs of which those from `first` on list alice, the last one since
 * an earlier time. */
static void ask_crls_too(size_t first)
{
    struct writ_crl_source crls[CRLS];
    struct writ_buffer bytes[CRLS] = {0};
    struct writ_error e = {0};

    for (size_t i = 0; i < CRLS; i++)
        crls[i] = crl_of_mid(i >= first, world_time(i + 1 < CRLS ? "2026-08-20" : "2026-08-10"),
                             &bytes[i]);
    source.crls =
        (struct writ_source_crls){.at = crls, .count = CRLS, .now = world_time("2026-09-01")};
    assert_ok(writ_check_revocation(&source, &checked, &facts, &e));
    source.crls = (struct writ_source_crls){0};
    for (size_t i = 0; i < CRLS; i++)
        writ_buffer_free(&bytes[i]);
}

/* More of them than answers are kept, behind a feed whose answer is the first to give way. */
static void what_any_crl_lists_is_revoked_however_many_say_good(void **state)
{
    (void)state;
    begin("list mid absent", true);
    ask_crls_too(CRLS);
    assert_int_equal(facts.link[0].status, WRIT_STATUS_GOOD);
    for (size_t first = CRLS; first-- > 0;) {
        ask_crls_too(first);
        assert_int_equal(facts.link[0].status, WRIT_STATUS_REVOKED);
    }
    end();
}

static void the_earliest_of_many_revocations_counts(void **state)
{
    (void)state;
    begin("list mid absent", true);
    ask_crls_too(0);
    assert_int_equal(facts.link[0].revocation.since, world_time("2026-08-10"));
    end();
}

/* ---- Contents ---- */

static struct writ_source_facts ask_about_content(uint64_t length, const uint8_t *root)
{
    struct writ_source_facts said = {0};

    writ_check_content_revocation(&source, length, WRIT_SPAN(root, WRIT_HASH_BYTES), &said);
    assert_true(said.content_asked);
    return said;
}

static void content_is_revoked_by_length_and_root(void **state)
{
    uint8_t other[WRIT_HASH_BYTES];
    struct writ_source_facts said;

    (void)state;
    begin("content-revoked superseded exactly since=2026-10-01", true);
    memcpy(other, w.root, sizeof other);
    other[31] ^= 1;
    said = ask_about_content(w.content.n, w.root);
    assert_true(said.content_revoked);
    assert_int_equal(said.content_revocation.reason, WRIT_REASON_SUPERSEDED);
    assert_int_equal(said.content_revocation.since, world_time("2026-10-01"));
    assert_int_equal(said.content_revocation.revoked_at, world_time("2026-11-01"));
    assert_false(ask_about_content(w.content.n, other).content_revoked);
    assert_false(ask_about_content(w.content.n + 1, w.root).content_revoked);
    end();
}

static void a_length_tells_without_a_hash_whether_to_ask(void **state)
{
    (void)state;
    begin("content-revoked superseded", true);
    assert_true(writ_source_has_content_length(&source, w.content.n));
    assert_false(writ_source_has_content_length(&source, w.content.n + 1));
    assert_false(writ_source_has_content_length(&source, w.content.n - 1));
    end();
}

static void without_open_data_no_content_is_revoked(void **state)
{
    (void)state;
    begin("content-revoked superseded", false);
    assert_false(writ_source_has_content_length(&source, w.content.n));
    assert_false(ask_about_content(w.content.n, w.root).content_revoked);
    end();
    begin("", true);
    assert_false(writ_source_has_content_length(&source, w.content.n));
    end();
}

int main(void)
{
    const struct CMUnitTest claims[] = {
        CLAIM(below_covered_below_is_good_and_from_there_on_newer),
        CLAIM(a_gap_is_half_open_and_there_may_be_several),
        CLAIM(no_number_is_unnumbered_however_old),
        CLAIM(covered_below_is_noted),
        CLAIM(an_hour_before_as_of_is_the_margin),
        CLAIM(a_number_does_not_help_there),
        CLAIM(listed_is_revoked_with_what_the_list_says),
        CLAIM(listed_or_not_coverage_is_what_number_or_date_say),
        CLAIM(without_a_list_nothing_is_covered),
        CLAIM(a_key_is_the_hash_of_issuer_and_serial),
        CLAIM(every_certificate_but_the_root_is_asked_about),
        CLAIM(each_is_looked_up_in_its_own_issuers_list),
        CLAIM(a_source_that_is_not_open_covers_nothing),
        CLAIM(one_link_is_asked_as_the_whole_path_is),
        CLAIM(what_any_crl_lists_is_revoked_however_many_say_good),
        CLAIM(the_earliest_of_many_revocations_counts),
        CLAIM(content_is_revoked_by_length_and_root),
        CLAIM(a_length_tells_without_a_hash_whether_to_ask),
        CLAIM(without_open_data_no_content_is_revoked),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name(__FILE__, claims, NULL, NULL);
}
