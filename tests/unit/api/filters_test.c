/*
 * What filters and OneCRL say, asked by certificate and by serial number.  The filters here are of
 * the smallest kind: an issuer all of whose certificates are good, or all revoked.
 */
#include "crypto/digest.h"
#include "evidence/onecrl.h"
#include "object/certs.h"
#include "writ.h"

#define NOW    ((int64_t)1767225600) /* 2026-01-01; certificates end in 2035 unless they say so */
#define DAY    ((int64_t)86400)
#define DAY_MS ((uint64_t)86400000)
#define NOW_MS ((uint64_t)NOW * 1000)

#define SCT_LIST "2b06010401d679020402"
#define LOG      "a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1"
#define LOG_2    "b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2"
#define BLOCK    "00000000 00 00000000 00000000 00000000"

static struct writ_error e;
static struct writ_filters *f;
static char issuer_text[65];
static uint8_t issuer[WRIT_HASH];

static int begin(void **state)
{
    struct writ_span key = der(P256_KEY);

    (void)state;
    e = (struct writ_error){0};
    assert_ok(writ_sha256(key, issuer, &e));
    writ_hex_format(WRIT_SPAN(issuer, sizeof issuer), issuer_text);
    f = writ_filters_new(NOW, &e);
    assert_non_null(f);
    return 0;
}

static int end(void **state)
{
    (void)state;
    writ_filters_free(f);
    return 0;
}

/* ------------------------------------------------------------------------------- what is asked */

/* A clubcard of version 4 with one issuer and one answer, that covers a log up to NOW. */
static struct writ_span card_of(const char *log, const char *of, bool revoked)
{
    return der(piece("0400 0001 %s %016llx %016llx 00000001 %s " BLOCK " %02x 0000 00 00000000",
                     log, (unsigned long long)(NOW_MS - 10 * DAY_MS), (unsigned long long)NOW_MS,
                     of, revoked));
}

/* Adds it, in memory that stays. */
static void add(const char *name, const char *log, const char *of, bool revoked)
{
    static uint8_t room[8][256];
    static unsigned turn;
    uint8_t *bytes = room[turn++ % 8];
    struct writ_span card = card_of(log, of, revoked);

    memcpy(bytes, card.p, card.n);
    assert_ok(writ_filters_add(f, name, bytes, card.n, &e));
}

/* A list with one timestamp of a log. */
static const char *list_of(const char *log, uint64_t milliseconds)
{
    return piece("0033 0031 00 %s %016llx 0000 0403 0002 0000", log,
                 (unsigned long long)milliseconds);
}

static const char *extensions_of(const char *list)
{
    return piece(EXTENSIONS("%s"), piece(EXTENSION(SCT_LIST, "04{ %s }"), list));
}

static int ask_at(int64_t now, struct writ_span cert)
{
    struct writ_span ca = CERT(.subject = NAME("CA"));
    int answer = writ_filters_certificate(f, now, cert.p, cert.n, ca.p, ca.n, &e);

    if (answer < 0)
        fail_msg("%s", e.text);
    return answer;
}

/* A certificate with one timestamp. */
static int ask_with(const char *log, uint64_t milliseconds)
{
    return ask_at(NOW, CERT(.extensions = extensions_of(list_of(log, milliseconds))));
}

static int ask(void)
{
    return ask_with(LOG, NOW_MS - DAY_MS);
}

/* --------------------------------------------------------------------------- the certificate */

static void a_covered_certificate_gets_the_filters_answer(void **state)
{
    (void)state;
    add("full", LOG, issuer_text, false);
    assert_int_equal(ask(), WRIT_FILTERS_GOOD);
    assert_string_equal(writ_filters_file(f), "full");
    assert_string_equal(writ_filters_why(f), "covered, and not revoked");
    assert_string_equal(writ_filters_uncovered(f), "");
    add("delta", LOG, issuer_text, true);
    assert_int_equal(ask(), WRIT_FILTERS_REVOKED);
    assert_string_equal(writ_filters_file(f), "delta");
    assert_string_equal(writ_filters_why(f), "a filter lists it as revoked");
}

static void an_issuer_that_no_filter_knows_is_not_enrolled(void **state)
{
    (void)state;
    add("full", LOG, LOG_2, true);
    assert_int_equal(ask(), WRIT_FILTERS_NOT_ENROLLED);
    assert_string_equal(writ_filters_why(f), "the filters know nothing of its issuer");
}

static void revoked_by_any_file_is_revoked_in_every_order(void **state)
{
    (void)state;
    for (int place = 0; place < 3; place++) {
        writ_filters_free(f);
        f = writ_filters_new(NOW, &e);
        for (int i = 0; i < 3; i++)
            add(i == place ? "that" : "another", LOG, issuer_text, i == place);
        assert_int_equal(ask(), WRIT_FILTERS_REVOKED);
        assert_string_equal(writ_filters_file(f), "that");
    }
}

/* All filters would say "revoked". */
static void outside_of_what_they_have_seen_filters_are_not_asked(void **state)
{
    static const struct {
        const char *validity, *extensions, *uncovered;
    } cases[] = {
        {NULL, "", "no-sct"},
        {"30{ 17{'250101000000Z'} 17{'251231235959Z'} }", NULL, "expired"},
        {NULL, "ca", "ca"},
        {NULL, "no list", "no-sct"},
    };

    (void)state;
    add("full", LOG, issuer_text, true);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *list = list_of(LOG, NOW_MS - DAY_MS);
        const char *extensions = cases[i].extensions;

        if (extensions == NULL)
            extensions = extensions_of(list);
        else if (strcmp(extensions, "ca") == 0)
            extensions = piece(EXTENSIONS("%s %s"), CRITICAL(BASIC_CONSTRAINTS, "30{ 01{ ff } }"),
                               piece(EXTENSION(SCT_LIST, "04{ %s }"), list));
        else if (strcmp(extensions, "no list") == 0)
            extensions = extensions_of("0033 0031 00");
        assert_int_equal(ask_at(NOW, CERT(.validity = cases[i].validity, .extensions = extensions)),
                         WRIT_FILTERS_NOT_COVERED);
        assert_string_equal(writ_filters_uncovered(f), cases[i].uncovered);
        assert_string_equal(writ_filters_file(f), "");
    }
    assert_int_equal(ask_with(LOG, NOW_MS + 1), WRIT_FILTERS_NOT_COVERED);
    assert_string_equal(writ_filters_uncovered(f), "interval");
    assert_int_equal(ask_with(LOG_2, NOW_MS), WRIT_FILTERS_NOT_COVERED);
    assert_string_equal(writ_filters_uncovered(f), "interval");
    assert_string_equal(writ_filters_why(f), "no filter covers the log and time of its timestamps");
    assert_int_equal(ask_with(LOG, NOW_MS), WRIT_FILTERS_REVOKED);
}

static void without_files_there_is_no_source(void **state)
{
    (void)state;
    assert_int_equal(ask(), WRIT_FILTERS_NOT_COVERED);
    assert_string_equal(writ_filters_uncovered(f), "no-source");
    add("full", LOG, issuer_text, false);
    assert_int_equal(ask(), WRIT_FILTERS_GOOD);
}

static void after_ten_days_good_is_stale_and_revoked_is_not(void **state)
{
    struct writ_span cert = CERT(.extensions = extensions_of(list_of(LOG, NOW_MS - DAY_MS)));

    (void)state;
    add("full", LOG, issuer_text, false);
    assert_int_equal(ask_at(NOW + 10 * DAY, cert), WRIT_FILTERS_GOOD);
    assert_int_equal(ask_at(NOW + 10 * DAY + 1, cert), WRIT_FILTERS_STALE);
    assert_string_equal(writ_filters_file(f), "full");
    add("delta", LOG, issuer_text, true);
    assert_int_equal(ask_at(NOW + 100 * DAY, cert), WRIT_FILTERS_REVOKED);
}

static void an_unknown_issuer_in_old_filters_is_stale_too(void **state)
{
    struct writ_span cert = CERT(.extensions = extensions_of(list_of(LOG, NOW_MS - DAY_MS)));

    (void)state;
    add("full", LOG, LOG_2, false);
    assert_int_equal(ask_at(NOW + 10 * DAY + 1, cert), WRIT_FILTERS_STALE);
}

static void without_a_signed_date_coverage_tells_the_age(void **state)
{
    struct writ_filters *undated = writ_filters_new(0, &e);
    struct writ_span card = card_of(LOG, issuer_text, false);

    (void)state;
    assert_true(writ_filters_as_of(f) == NOW);
    assert_true(writ_filters_as_of(undated) == 0);
    assert_ok(writ_filters_add(undated, "full", card.p, card.n, &e));
    assert_true(writ_filters_as_of(undated) == NOW);
    writ_filters_free(undated);
}

/* A file of OneCRL with one key, in memory that stays. */
static void add_onecrl(struct writ_span issuer_name, const char *serial_digits)
{
    static uint8_t room[64];
    struct writ_digester *digester = writ_digester_new(&e);
    struct writ_buffer out = {0};
    uint8_t key[1][WRIT_ONECRL_KEY];

    assert_ok(writ_onecrl_serial_key(digester, issuer_name, bytes_of(serial_digits), key[0], &e));
    assert_ok(writ_onecrl_build(key, 1, &out, &e));
    memcpy(room, out.p, out.n);
    assert_ok(writ_filters_onecrl(f, room, out.n, &e));
    writ_buffer_free(&out);
    writ_digester_free(digester);
}

static void onecrl_revokes_a_ca_certificate(void **state)
{
    const char *ca = EXTENSIONS(CRITICAL(BASIC_CONSTRAINTS, "30{ 01{ ff } }"));

    (void)state;
    add_onecrl(der(NAME("CA")), "11");
    assert_int_equal(ask_at(NOW, CERT(.extensions = ca)), WRIT_FILTERS_REVOKED);
    assert_string_equal(writ_filters_file(f), "OneCRL");
    assert_int_equal(ask_at(NOW, CERT(.serial = "02{ 12 }", .extensions = ca)),
                     WRIT_FILTERS_NOT_COVERED);
    assert_string_equal(writ_filters_uncovered(f), "ca");
    assert_fault(writ_filters_onecrl(f, issuer, sizeof issuer, &e), WRIT_FAULT_BAD_INPUT, "");
    assert_int_equal(ask_at(NOW, CERT(.extensions = ca)), WRIT_FILTERS_REVOKED);
}

/* ----------------------------------------------------------------------------- serial numbers */

static struct writ_filters_timestamp timestamp_of(const char *log, uint64_t milliseconds)
{
    struct writ_filters_timestamp timestamp = {.milliseconds = milliseconds};

    memcpy(timestamp.log_id, bytes_of(log).p, WRIT_HASH);
    return timestamp;
}

static int ask_serial(const struct writ_filters_timestamp *timestamps, size_t count)
{
    static const uint8_t serial[] = {0x11};
    int answer = writ_filters_serial(f, NOW, issuer, serial, sizeof serial, timestamps, count, &e);

    if (answer < 0)
        fail_msg("%s", e.text);
    return answer;
}

static void a_serial_number_is_asked_where_it_is_covered(void **state)
{
    struct writ_filters_timestamp timestamps[] = {timestamp_of(LOG_2, NOW_MS),
                                                  timestamp_of(LOG, NOW_MS)};

    (void)state;
    add("good", LOG_2, issuer_text, false);
    add("revoked", LOG, issuer_text, true);
    assert_int_equal(ask_serial(timestamps, 1), WRIT_FILTERS_GOOD);
    assert_string_equal(writ_filters_file(f), "good");
    assert_int_equal(ask_serial(timestamps, 2), WRIT_FILTERS_REVOKED);
    assert_string_equal(writ_filters_file(f), "revoked");
    assert_int_equal(ask_serial(NULL, 0), WRIT_FILTERS_NOT_COVERED);
    assert_string_equal(writ_filters_uncovered(f), "no-sct");
    timestamps[0].milliseconds = NOW_MS + 1;
    assert_int_equal(ask_serial(timestamps, 1), WRIT_FILTERS_NOT_COVERED);
    assert_string_equal(writ_filters_uncovered(f), "interval");
}

static void a_serial_number_in_old_filters_is_stale(void **state)
{
    static const uint8_t serial[] = {0x11};
    struct writ_filters_timestamp timestamp = timestamp_of(LOG, NOW_MS);

    (void)state;
    add("good", LOG, issuer_text, false);
    assert_int_equal(writ_filters_serial(f, NOW + 11 * DAY, issuer, serial, 1, &timestamp, 1, &e),
                     WRIT_FILTERS_STALE);
}

static void only_the_function_that_says_so_asks_without_coverage(void **state)
{
    static const uint8_t serial[] = {0x11};

    (void)state;
    assert_int_equal(writ_filters_serial_insecure_nocoverage(f, issuer, serial, 1, &e),
                     WRIT_FILTERS_NOT_COVERED);
    assert_string_equal(writ_filters_uncovered(f), "no-source");
    add("good", LOG_2, issuer_text, false);
    assert_int_equal(writ_filters_serial_insecure_nocoverage(f, issuer, serial, 1, &e),
                     WRIT_FILTERS_GOOD);
    add("revoked", LOG, issuer_text, true);
    assert_int_equal(writ_filters_serial_insecure_nocoverage(f, issuer, serial, 1, &e),
                     WRIT_FILTERS_REVOKED);
}

static void timestamps_are_read_from_their_list(void **state)
{
    struct writ_filters_timestamp timestamps[WRIT_FILTERS_TIMESTAMPS_MAX];
    struct writ_span list = der(list_of(LOG, 1234));
    size_t count = 0;

    (void)state;
    assert_ok(writ_filters_timestamps(list.p, list.n, timestamps, &count, &e));
    assert_int_equal(count, 1);
    assert_memory_equal(timestamps[0].log_id, bytes_of(LOG).p, WRIT_HASH);
    assert_true(timestamps[0].milliseconds == 1234);
    assert_fault(writ_filters_timestamps(list.p, list.n - 1, timestamps, &count, &e),
                 WRIT_FAULT_BAD_INPUT, "");
    assert_int_equal(count, 0);
}

/* ------------------------------------------------------------------------- faults and misuse */

/* A filter that ends too early, wherever, in memory that ends there as well. */
static void what_is_no_filter_is_not_added(void **state)
{
    struct writ_span card = card_of(LOG, issuer_text, true);

    (void)state;
    for (size_t n = 0; n < card.n; n++) {
        uint8_t *cut = malloc(n + 1);

        assert_non_null(cut);
        memcpy(cut + 1, card.p, n);
        assert_fault(writ_filters_add(f, "cut", cut + 1, n, &e), WRIT_FAULT_BAD_INPUT, "");
        free(cut);
    }
    assert_int_equal(ask(), WRIT_FILTERS_NOT_COVERED);
    assert_string_equal(writ_filters_uncovered(f), "no-source");
}

static void there_is_a_ceiling_of_files(void **state)
{
    struct writ_span card = card_of(LOG, issuer_text, false);

    (void)state;
    for (int i = 0; i < WRIT_FILTERS_MAX; i++)
        assert_ok(writ_filters_add(f, "a file of a name that an index would be too narrow for",
                                   card.p, card.n, &e));
    assert_fault(writ_filters_add(f, "another", card.p, card.n, &e), WRIT_FAULT_BAD_INPUT,
                 "more than 512");
    assert_int_equal(ask(), WRIT_FILTERS_GOOD);
}

static void what_is_no_certificate_is_a_fault_and_changes_no_answer(void **state)
{
    struct writ_span ca = CERT(.subject = NAME("CA"));

    (void)state;
    add("full", LOG, issuer_text, false);
    assert_int_equal(ask(), WRIT_FILTERS_GOOD);
    assert_int_equal(writ_filters_certificate(f, NOW, issuer, sizeof issuer, ca.p, ca.n, &e), -1);
    assert_sentence(WRIT_FAULT_BAD_INPUT, "Certificate");
    writ_error_clear(&e);
    assert_int_equal(writ_filters_certificate(f, NOW, ca.p, ca.n, issuer, sizeof issuer, &e), -1);
    assert_sentence(WRIT_FAULT_BAD_INPUT, "its issuer");
    assert_string_equal(writ_filters_file(f), "full");
}

static void null_is_a_wrong_call(void **state)
{
    static const uint8_t serial[] = {0x11};
    struct writ_filters_timestamp timestamps[WRIT_FILTERS_TIMESTAMPS_MAX];
    size_t count;

    (void)state;
#define WRONG(call) assert_fault(call, WRIT_FAULT_USAGE, "NULL where something is wanted")
    WRONG(writ_filters_add(NULL, "x", serial, 1, &e));
    WRONG(writ_filters_add(f, NULL, serial, 1, &e));
    WRONG(writ_filters_add(f, "x", NULL, 1, &e));
    WRONG(writ_filters_onecrl(NULL, serial, 1, &e));
    WRONG(writ_filters_onecrl(f, NULL, 1, &e));
    WRONG(writ_filters_certificate(NULL, NOW, serial, 1, serial, 1, &e));
    WRONG(writ_filters_certificate(f, NOW, NULL, 1, serial, 1, &e));
    WRONG(writ_filters_certificate(f, NOW, serial, 1, NULL, 1, &e));
    WRONG(writ_filters_serial(NULL, NOW, issuer, serial, 1, NULL, 0, &e));
    WRONG(writ_filters_serial(f, NOW, NULL, serial, 1, NULL, 0, &e));
    WRONG(writ_filters_serial(f, NOW, issuer, NULL, 1, NULL, 0, &e));
    WRONG(writ_filters_serial(f, NOW, issuer, serial, 1, NULL, 1, &e));
    WRONG(writ_filters_serial_insecure_nocoverage(NULL, issuer, serial, 1, &e));
    WRONG(writ_filters_serial_insecure_nocoverage(f, NULL, serial, 1, &e));
    WRONG(writ_filters_serial_insecure_nocoverage(f, issuer, NULL, 1, &e));
    WRONG(writ_filters_timestamps(NULL, 1, timestamps, &count, &e));
    WRONG(writ_filters_timestamps(serial, 1, NULL, &count, &e));
    WRONG(writ_filters_timestamps(serial, 1, timestamps, NULL, &e));
#undef WRONG
    assert_fault(writ_filters_serial(f, NOW, issuer, serial, 1, timestamps,
                                     WRIT_FILTERS_TIMESTAMPS_MAX + 1, &e),
                 WRIT_FAULT_BAD_INPUT, "the ceiling is 64");
    assert_true(writ_filters_as_of(NULL) == 0);
    assert_string_equal(writ_filters_why(NULL), "");
    assert_string_equal(writ_filters_uncovered(NULL), "");
    assert_string_equal(writ_filters_file(NULL), "");
    assert_string_equal(writ_filters_why(f), "");
    writ_filters_free(NULL);
}

#define WITH_FILTERS(function) cmocka_unit_test_setup_teardown(function, begin, end)

static const struct CMUnitTest claims[] = {
    WITH_FILTERS(a_covered_certificate_gets_the_filters_answer),
    WITH_FILTERS(an_issuer_that_no_filter_knows_is_not_enrolled),
    WITH_FILTERS(revoked_by_any_file_is_revoked_in_every_order),
    WITH_FILTERS(outside_of_what_they_have_seen_filters_are_not_asked),
    WITH_FILTERS(without_files_there_is_no_source),
    WITH_FILTERS(after_ten_days_good_is_stale_and_revoked_is_not),
    WITH_FILTERS(an_unknown_issuer_in_old_filters_is_stale_too),
    WITH_FILTERS(without_a_signed_date_coverage_tells_the_age),
    WITH_FILTERS(onecrl_revokes_a_ca_certificate),
    WITH_FILTERS(a_serial_number_is_asked_where_it_is_covered),
    WITH_FILTERS(a_serial_number_in_old_filters_is_stale),
    WITH_FILTERS(only_the_function_that_says_so_asks_without_coverage),
    WITH_FILTERS(timestamps_are_read_from_their_list),
    WITH_FILTERS(what_is_no_filter_is_not_added),
    WITH_FILTERS(there_is_a_ceiling_of_files),
    WITH_FILTERS(what_is_no_certificate_is_a_fault_and_changes_no_answer),
    WITH_FILTERS(null_is_a_wrong_call),
};

RUN_CLAIMS(claims)
