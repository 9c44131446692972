#include "ca.h"

/* --- transactions --- */

static void a_change_outside_a_transaction_is_refused(void **state)
{
    struct ca ca = ca_new();
    struct castore_certificate c = ca_certificate(CASTORE_DEVELOPER, ca.intermediate, 3, "Alice");
    struct castore_key k = {.purpose = CASTORE_KEY_FEED, .algorithm = "Ed25519"};
    struct castore_content content = {.length = 1};
    struct castore_publication p = {.note = writ_span_text("note")};
    struct castore_audit a = {.at = T0, .who = WHO, .action = "test"};
    struct writ_revocation r = ca_revocation(WRIT_REASON_SUPERSEDED);
    uint64_t version;
    int64_t id;

    (void)state;
    c.number = 1;
    k.pkcs8 = writ_span_text("key");
    assert_fault(castore_certificate_add(ca.s, &c, &id, &e), WRIT_FAULT_UNEXPECTED, "outside");
    assert_fault(castore_key_add(ca.s, &k, &id, &e), WRIT_FAULT_UNEXPECTED, "outside");
    assert_fault(castore_revoke(ca.s, ca.intermediate, &r, &e), WRIT_FAULT_UNEXPECTED, "outside");
    assert_fault(castore_reinstate(ca.s, ca.intermediate, NULL, &e), WRIT_FAULT_UNEXPECTED,
                 "outside");
    assert_fault(castore_content_revoke(ca.s, &content, &e), WRIT_FAULT_UNEXPECTED, "outside");
    assert_fault(castore_content_reinstate(ca.s, 1, content.root, NULL, &e), WRIT_FAULT_UNEXPECTED,
                 "outside");
    assert_fault(castore_publication_reserve(ca.s, T0, &version, &e), WRIT_FAULT_UNEXPECTED,
                 "outside");
    assert_fault(castore_publication_record(ca.s, &p, &e), WRIT_FAULT_UNEXPECTED, "outside");
    assert_fault(castore_setting_set(ca.s, "x", "y", &e), WRIT_FAULT_UNEXPECTED, "outside");
    assert_fault(castore_audit_add(ca.s, &a, &e), WRIT_FAULT_UNEXPECTED, "outside");
    assert_fault(castore_commit(ca.s, &e), WRIT_FAULT_UNEXPECTED, "outside");
    ca_remove(&ca);
}

static void a_handle_for_reading_changes_nothing(void **state)
{
    struct ca ca = ca_new();
    struct castore *reader = castore_open_read(ca.path, &e);

    (void)state;
    assert_non_null(reader);
    assert_ok(castore_begin(reader, &e));
    assert_fault(castore_setting_set(reader, "x", "y", &e), WRIT_FAULT_UNEXPECTED, "outside");
    assert_fault(castore_commit(reader, &e), WRIT_FAULT_UNEXPECTED, "outside");
    castore_rollback(reader);
    castore_close(reader);
    ca_remove(&ca);
}

static void a_view_for_reading_stays_the_same_until_it_ends(void **state)
{
    struct ca ca = ca_new();
    struct castore *reader = castore_open_read(ca.path, &e);
    uint64_t number;

    (void)state;
    assert_ok(castore_begin(reader, &e));
    (void)ca_issue(&ca, 3, "Alice");
    assert_ok(castore_number_next(reader, ca.intermediate, &number, &e));
    assert_int_equal(number, 1);
    castore_rollback(reader);
    assert_ok(castore_number_next(reader, ca.intermediate, &number, &e));
    assert_int_equal(number, 2);
    castore_close(reader);
    ca_remove(&ca);
}

static void a_change_without_an_audit_record_is_undone(void **state)
{
    struct ca ca = ca_new();
    char value[CASTORE_TEXT_MAX + 1];

    (void)state;
    ca_begin(&ca);
    assert_ok(castore_setting_set(ca.s, "place", "here", &e));
    assert_fault(castore_commit(ca.s, &e), WRIT_FAULT_UNEXPECTED, "without an audit record");
    writ_error_clear(&e);
    assert_ok(castore_setting_get(ca.s, "place", value, &e));
    assert_string_equal(value, "");
    ca_begin(&ca); /* the failed transaction is over */
    assert_ok(castore_setting_set(ca.s, "place", "here", &e));
    ca_commit(&ca);
    assert_ok(castore_setting_get(ca.s, "place", value, &e));
    assert_string_equal(value, "here");
    ca_remove(&ca);
}

static void a_revocation_is_not_lifted_without_saying_why(void **state)
{
    struct ca ca = ca_new();
    int64_t alice = ca_issue(&ca, 3, "Alice");

    (void)state;
    ca_revoke(&ca, alice, WRIT_REASON_CERTIFICATE_HOLD);
    ca_begin(&ca);
    assert_ok(castore_reinstate(ca.s, alice, NULL, &e));
    ca_audit(&ca, "");
    assert_fault(castore_commit(ca.s, &e), WRIT_FAULT_UNEXPECTED, "without saying why");
    assert_true(ca_get(&ca, alice).revoked);
    ca_begin(&ca);
    assert_ok(castore_reinstate(ca.s, alice, NULL, &e));
    ca_audit(&ca, "held by mistake");
    assert_ok(castore_commit(ca.s, &e));
    assert_false(ca_get(&ca, alice).revoked);
    ca_remove(&ca);
}

static void a_rollback_forgets_everything(void **state)
{
    struct ca ca = ca_new();
    uint64_t number, version;

    (void)state;
    ca_begin(&ca);
    (void)ca_add(&ca, ca_certificate(CASTORE_DEVELOPER, ca.intermediate, 3, "Alice"));
    assert_ok(castore_publication_reserve(ca.s, T0, &version, &e));
    ca_audit(&ca, "never");
    castore_rollback(ca.s);
    castore_rollback(ca.s); /* twice is nothing */
    assert_ok(castore_number_next(ca.s, ca.intermediate, &number, &e));
    assert_int_equal(number, 1);
    ca_begin(&ca);
    assert_ok(castore_publication_reserve(ca.s, T0, &version, &e));
    assert_int_equal(version, 1);
    castore_rollback(ca.s);
    ca_remove(&ca);
}

static void one_transaction_at_a_time(void **state)
{
    struct ca ca = ca_new();

    (void)state;
    ca_begin(&ca);
    assert_fault(castore_begin(ca.s, &e), WRIT_FAULT_UNEXPECTED, "where none can begin");
    castore_rollback(ca.s);
    ca_remove(&ca);
}

static void closing_forgets_what_is_not_committed(void **state)
{
    struct ca ca = ca_new();
    uint64_t number;

    (void)state;
    ca_begin(&ca);
    (void)ca_add(&ca, ca_certificate(CASTORE_DEVELOPER, ca.intermediate, 3, "Alice"));
    ca_audit(&ca, "");
    ca_close(&ca);
    ca_open(&ca, "ca", T0);
    assert_ok(castore_number_next(ca.s, ca.intermediate, &number, &e));
    assert_int_equal(number, 1);
    ca_remove(&ca);
}

/* --- certificates --- */

static void a_certificate_comes_back_as_it_went_in(void **state)
{
    struct ca ca = ca_new();
    struct castore_certificate c =
        ca_certificate(CASTORE_TSA, ca.intermediate, 0x7f, "Zeitstempel \xc3\xbc");
    struct castore_matches m = {0};
    uint8_t fingerprint[WRIT_SHA256_BYTES];
    int64_t id;

    (void)state;
    memcpy(c.team, "Tools", 6);
    c.issued_at = T0 + 5;
    ca_begin(&ca);
    id = ca_add(&ca, c);
    ca_commit(&ca);
    assert_ok(castore_find_id(ca.s, id, &m, &e));
    assert_int_equal(m.n, 1);
    assert_int_equal(m.at[0]->id, id);
    assert_int_equal(m.at[0]->issuer, ca.intermediate);
    assert_int_equal(m.at[0]->role, CASTORE_TSA);
    assert_int_equal(m.at[0]->number, 1);
    assert_spans_equal(WRIT_SPAN(m.at[0]->serial, m.at[0]->serial_n), WRIT_SPAN(c.serial, 16));
    assert_string_equal(m.at[0]->name, c.name);
    assert_string_equal(m.at[0]->team, "Tools");
    assert_int_equal(m.at[0]->not_before, c.not_before);
    assert_int_equal(m.at[0]->not_after, c.not_after);
    assert_int_equal(m.at[0]->issued_at, T0 + 5);
    assert_memory_equal(m.at[0]->spki_hash, c.spki_hash, sizeof c.spki_hash);
    assert_spans_equal(m.at[0]->der, c.der);
    assert_ok(writ_sha256(c.der, fingerprint, &e));
    assert_memory_equal(m.at[0]->fingerprint, fingerprint, sizeof fingerprint);
    assert_false(m.at[0]->revoked);
    castore_matches_free(&m);
    ca_remove(&ca);
}

static void numbers_are_dense_and_each_issuer_has_its_own(void **state)
{
    struct ca ca = ca_new();
    uint64_t number;

    (void)state;
    assert_int_equal(ca_get(&ca, ca.root).number, 0);
    assert_int_equal(ca_get(&ca, ca.intermediate).number, 1);
    for (uint8_t i = 0; i < 5; i++)
        assert_int_equal(ca_get(&ca, ca_issue(&ca, (uint8_t)(10 + i), "Dev")).number, i + 1);
    assert_ok(castore_number_next(ca.s, ca.root, &number, &e));
    assert_int_equal(number, 2);
    assert_ok(castore_number_next(ca.s, ca.intermediate, &number, &e));
    assert_int_equal(number, 6);
    ca_remove(&ca);
}

static void a_number_that_is_not_the_next_is_refused(void **state)
{
    struct ca ca = ca_new();
    struct castore_certificate c = ca_certificate(CASTORE_DEVELOPER, ca.intermediate, 9, "Alice");
    int64_t id;

    (void)state;
    (void)ca_issue(&ca, 3, "Bob");
    ca_begin(&ca);
    for (uint64_t number = 1; number <= 3; number++) {
        c.number = number;
        if (number != 2)
            assert_fault(castore_certificate_add(ca.s, &c, &id, &e), WRIT_FAULT_USAGE,
                         "not the next one of this issuer, which is 2");
    }
    castore_rollback(ca.s);
    ca_remove(&ca);
}

static void a_developer_issues_nothing(void **state)
{
    struct ca ca = ca_new();
    int64_t alice = ca_issue(&ca, 3, "Alice");
    struct castore_certificate c = ca_certificate(CASTORE_DEVELOPER, alice, 9, "Mallory");
    uint64_t number;
    int64_t id;

    (void)state;
    c.number = 1;
    assert_fault(castore_number_next(ca.s, alice, &number, &e), WRIT_FAULT_USAGE, "issues others");
    assert_fault(castore_number_next(ca.s, 4711, &number, &e), WRIT_FAULT_USAGE, "issues others");
    ca_begin(&ca);
    assert_fault(castore_certificate_add(ca.s, &c, &id, &e), WRIT_FAULT_USAGE, "issues others");
    castore_rollback(ca.s);
    ca_remove(&ca);
}

static void a_serial_number_and_a_certificate_are_used_once(void **state)
{
    struct ca ca = ca_new();
    struct castore_certificate c;
    int64_t id;

    (void)state;
    (void)ca_issue(&ca, 3, "Alice");
    ca_begin(&ca);
    c = ca_certificate(CASTORE_DEVELOPER, ca.intermediate, 3, "Other");
    c.number = 2;
    assert_fault(castore_certificate_add(ca.s, &c, &id, &e), WRIT_FAULT_USAGE,
                 "03030303030303030303030303030303, or this very certificate, was issued before");
    c = ca_certificate(CASTORE_INTERMEDIATE, ca.root, 3, "Other issuer");
    c.number = 2;
    assert_fault(castore_certificate_add(ca.s, &c, &id, &e), WRIT_FAULT_USAGE, "issued before");
    c = ca_certificate(CASTORE_DEVELOPER, ca.intermediate, 3, "Alice");
    c.number = 2;
    c.serial[0] = 4; /* the same bytes under another serial number */
    assert_fault(castore_certificate_add(ca.s, &c, &id, &e), WRIT_FAULT_USAGE, "issued before");
    castore_rollback(ca.s);
    ca_remove(&ca);
}

/* One certificate that must be refused with these words; the transaction goes on. */
static void assert_not_added(struct ca *ca, struct castore_certificate c, const char *words)
{
    int64_t id;

    if (c.number == 0 && c.issuer != 0)
        c.number = 1;
    assert_fault(castore_certificate_add(ca->s, &c, &id, &e), WRIT_FAULT_USAGE, words);
}

static void what_does_not_fit_is_refused(void **state)
{
    static uint8_t large[CASTORE_DER_MAX + 1];
    struct ca ca = ca_new();
    const struct castore_certificate good =
        ca_certificate(CASTORE_DEVELOPER, ca.intermediate, 3, "Alice");
    struct castore_certificate c = good;

    (void)state;
    ca_begin(&ca);
    c.serial_n = 0;
    assert_not_added(&ca, c, "1 to 20 bytes, this one has 0");
    c.serial_n = 21;
    assert_not_added(&ca, c, "1 to 20 bytes, this one has 21");
    c = good;
    c.name[0] = '\0';
    assert_not_added(&ca, c, "a certificate's name is empty");
    c.name[0] = '\033';
    assert_not_added(&ca, c, "printable");
    c = good;
    memcpy(c.team, "a\nb", 4);
    assert_not_added(&ca, c, "printable");
    c = good;
    c.der.n = 0;
    assert_not_added(&ca, c, "1 to 65536 bytes, this one has 0");
    c.der = WRIT_SPAN_OF(large);
    assert_not_added(&ca, c, "1 to 65536 bytes, this one has 65537");
    c = good;
    c.not_after = c.not_before - 1;
    assert_not_added(&ca, c, "notAfter");
    c = good;
    c.issuer = 0;
    assert_not_added(&ca, c, "a root has neither");
    c = good;
    c.role = CASTORE_ROOT;
    assert_not_added(&ca, c, "a root has neither");
    c.role = (enum castore_role)7;
    assert_not_added(&ca, c, "a root has neither");
    c = good;
    c.number = 2;
    assert_not_added(&ca, c, "is not the next one");
    castore_rollback(ca.s);
    ca_remove(&ca);
}

static void what_just_fits_comes_back(void **state)
{
    static uint8_t large[CASTORE_DER_MAX];
    struct ca ca = ca_new();
    struct castore_certificate c = ca_certificate(CASTORE_DEVELOPER, ca.intermediate, 3, "x");
    struct castore_matches m = {0};
    int64_t id;

    (void)state;
    memset(c.name, 'n', CASTORE_NAME_MAX);
    memset(c.team, 't', CASTORE_NAME_MAX);
    memset(c.serial, 0xff, sizeof c.serial);
    c.serial_n = CASTORE_SERIAL_MAX;
    c.der = WRIT_SPAN_OF(large);
    c.not_before = WRIT_TIME_MIN;
    c.not_after = WRIT_TIME_MAX;
    ca_begin(&ca);
    id = ca_add(&ca, c);
    c.serial_n = 1;
    c.der.n = 1;
    (void)ca_add(&ca, c);
    ca_commit(&ca);
    assert_ok(castore_find_id(ca.s, id, &m, &e));
    assert_string_equal(m.at[0]->name, c.name);
    assert_string_equal(m.at[0]->team, c.team);
    assert_int_equal(m.at[0]->serial_n, CASTORE_SERIAL_MAX);
    assert_int_equal(m.at[0]->der.n, CASTORE_DER_MAX);
    castore_matches_free(&m);
    ca_remove(&ca);
}

struct walk {
    int64_t ids[16];
    size_t n;
    size_t stop_at;
};

static int note_id(void *arg, const struct castore_certificate *c, struct writ_error *error)
{
    struct walk *w = (struct walk *)arg;

    if (w->n == w->stop_at)
        return writ_fail(error, WRIT_FAULT_USAGE, "enough");
    w->ids[w->n++] = c->id;
    return 0;
}

static void a_walk_meets_every_certificate_in_the_order_of_issue(void **state)
{
    struct ca ca = ca_new();
    struct walk w = {.stop_at = 16};

    (void)state;
    (void)ca_issue(&ca, 9, "Alice");
    (void)ca_issue(&ca, 3, "Bob");
    assert_ok(castore_certificate_each(ca.s, note_id, &w, &e));
    assert_int_equal(w.n, 4);
    for (size_t i = 1; i < w.n; i++)
        assert_true(w.ids[i] > w.ids[i - 1]);
    ca_remove(&ca);
}

static void a_visitor_that_fails_ends_the_walk_with_its_own_fault(void **state)
{
    struct ca ca = ca_new();
    struct walk w = {.stop_at = 1};

    (void)state;
    assert_fault(castore_certificate_each(ca.s, note_id, &w, &e), WRIT_FAULT_USAGE, "enough");
    assert_int_equal(w.n, 1);
    ca_remove(&ca);
}

/* --- finding --- */

static size_t count(struct ca *ca, enum castore_by by, const char *text)
{
    struct castore_matches m = {0};
    size_t n;

    assert_ok(castore_find(ca->s, by, text, &m, &e));
    n = m.n;
    castore_matches_free(&m);
    return n;
}

static void a_serial_number_is_found_in_every_spelling(void **state)
{
    struct ca ca = ca_new();

    (void)state;
    (void)ca_issue(&ca, 0xab, "Alice");
    assert_int_equal(count(&ca, CASTORE_BY_SERIAL, "abababababababababababababababab"), 1);
    assert_int_equal(count(&ca, CASTORE_BY_SERIAL, "ABABABABABABABABABABABABABABABAB"), 1);
    assert_int_equal(
        count(&ca, CASTORE_BY_SERIAL, "AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:aB"), 1);
    assert_int_equal(count(&ca, CASTORE_BY_WORD, "abababababababababababababababab"), 1);
    assert_int_equal(count(&ca, CASTORE_BY_SERIAL, "ababababababababababababababab"), 0);
    assert_int_equal(count(&ca, CASTORE_BY_SERIAL, ""), 0);
    assert_int_equal(count(&ca, CASTORE_BY_SERIAL, "not hexadecimal"), 0);
    assert_int_equal(count(&ca, CASTORE_BY_NAME, "abababababababababababababababab"), 0);
    ca_remove(&ca);
}

static void leading_zeros_count_and_digits_are_hexadecimal(void **state)
{
    struct ca ca = ca_new();
    struct castore_certificate c = ca_certificate(CASTORE_DEVELOPER, ca.intermediate, 3, "Ten");

    (void)state;
    ca_begin(&ca);
    c.serial[0] = 0x10;
    c.serial_n = 1;
    (void)ca_add(&ca, c);
    c = ca_certificate(CASTORE_DEVELOPER, ca.intermediate, 4, "Zero and ten");
    c.serial[0] = 0x00;
    c.serial[1] = 0x10;
    c.serial_n = 2;
    (void)ca_add(&ca, c);
    ca_commit(&ca);
    assert_int_equal(count(&ca, CASTORE_BY_SERIAL, "10"), 1);
    assert_int_equal(count(&ca, CASTORE_BY_SERIAL, "0010"), 1);
    assert_int_equal(count(&ca, CASTORE_BY_SERIAL, "010"), 0); /* no pairs */
    assert_int_equal(count(&ca, CASTORE_BY_SERIAL, "16"), 0);
    assert_int_equal(count(&ca, CASTORE_BY_SERIAL, "000010"), 0);
    ca_remove(&ca);
}

static void a_name_and_a_team_are_found_exactly(void **state)
{
    struct ca ca = ca_new();
    struct castore_certificate c = ca_certificate(CASTORE_DEVELOPER, ca.intermediate, 3, "Alice");

    (void)state;
    memcpy(c.team, "Tools", 6);
    ca_begin(&ca);
    (void)ca_add(&ca, c);
    ca_commit(&ca);
    assert_int_equal(count(&ca, CASTORE_BY_NAME, "Alice"), 1);
    assert_int_equal(count(&ca, CASTORE_BY_WORD, "Alice"), 1);
    assert_int_equal(count(&ca, CASTORE_BY_NAME, "alice"), 0);
    assert_int_equal(count(&ca, CASTORE_BY_NAME, "Alic"), 0);
    assert_int_equal(count(&ca, CASTORE_BY_NAME, "Alice%"), 0);
    assert_int_equal(count(&ca, CASTORE_BY_NAME, "Alice' OR '1'='1"), 0);
    assert_int_equal(count(&ca, CASTORE_BY_TEAM, "Tools"), 1);
    assert_int_equal(count(&ca, CASTORE_BY_TEAM, "Alice"), 0);
    assert_int_equal(count(&ca, CASTORE_BY_WORD, "Tools"), 0);
    ca_remove(&ca);
}

static void a_certificate_is_found_by_its_bytes_and_by_its_role(void **state)
{
    struct ca ca = ca_new();
    struct castore_certificate c = ca_certificate(CASTORE_DEVELOPER, ca.intermediate, 3, "Alice");
    struct castore_matches m = {0};

    (void)state;
    (void)ca_issue(&ca, 3, "Alice");
    assert_ok(castore_find_der(ca.s, c.der, &m, &e));
    assert_int_equal(m.n, 1);
    assert_string_equal(m.at[0]->name, "Alice");
    assert_ok(castore_find_der(ca.s, writ_span_text("another"), &m, &e));
    assert_int_equal(m.n, 0);
    assert_ok(castore_find_role(ca.s, CASTORE_INTERMEDIATE, &m, &e));
    assert_int_equal(m.n, 1);
    assert_int_equal(m.at[0]->id, ca.intermediate);
    castore_matches_free(&m);
    ca_remove(&ca);
}

static void an_ambiguous_word_is_refused_with_the_candidates(void **state)
{
    struct ca ca = ca_new();
    int64_t first = ca_issue(&ca, 3, "Alice");
    struct castore_matches m = {0};

    (void)state;
    (void)ca_issue(&ca, 4, "Alice");
    ca_revoke(&ca, first, WRIT_REASON_KEY_COMPROMISE);
    assert_ok(castore_find(ca.s, CASTORE_BY_WORD, "Alice", &m, &e));
    assert_int_equal(m.n, 2);
    assert_int_equal(m.at[1]->id, first); /* newest first */
    assert_fault_null(castore_matches_only(&m, "Alice", &e), WRIT_FAULT_USAGE,
                      "\"Alice\" means 2 certificates, say which by serial: "
                      "04040404040404040404040404040404 (Alice, 2027-01-15 to 2028-01-15, good); "
                      "03030303030303030303030303030303 (Alice, 2027-01-15 to 2028-01-15, revoked "
                      "keyCompromise)");
    castore_matches_free(&m);
    ca_remove(&ca);
}

static void a_name_that_looks_like_a_serial_number_is_ambiguous_with_it(void **state)
{
    struct ca ca = ca_new();

    (void)state;
    (void)ca_issue(&ca, 0xab, "Alice");
    (void)ca_issue(&ca, 0x04, "abababababababababababababababab");
    assert_int_equal(count(&ca, CASTORE_BY_WORD, "abababababababababababababababab"), 2);
    ca_remove(&ca);
}

static void one_match_is_the_answer_and_none_is_no_input(void **state)
{
    struct ca ca = ca_new();
    int64_t alice = ca_issue(&ca, 3, "Alice");
    struct castore_matches m = {0};
    const struct castore_certificate *c;

    (void)state;
    assert_ok(castore_find(ca.s, CASTORE_BY_WORD, "Alice", &m, &e));
    c = castore_matches_only(&m, "Alice", &e);
    assert_non_null(c);
    assert_int_equal(c->id, alice);
    assert_ok(castore_find(ca.s, CASTORE_BY_WORD, "Bob\033[2J", &m, &e));
    assert_fault_null(castore_matches_only(&m, "Bob\033[2J", &e), WRIT_FAULT_NO_INPUT,
                      "no certificate of this CA is \"Bob\\x1b[2J\"; see writ ca list");
    castore_matches_free(&m);
    ca_remove(&ca);
}

static void more_matches_than_anybody_reads_are_cut_off_and_say_so(void **state)
{
    struct ca ca = ca_new();
    struct castore_matches m = {0};

    (void)state;
    ca_begin(&ca);
    for (unsigned i = 0; i < CASTORE_MATCHES_MAX + 1; i++)
        (void)ca_add(&ca,
                     ca_certificate(CASTORE_DEVELOPER, ca.intermediate, (uint8_t)(i + 3), "Alice"));
    ca_commit(&ca);
    assert_ok(castore_find(ca.s, CASTORE_BY_NAME, "Alice", &m, &e));
    assert_int_equal(m.n, CASTORE_MATCHES_MAX);
    assert_true(m.more);
    assert_fault_null(castore_matches_only(&m, "Alice", &e), WRIT_FAULT_USAGE,
                      "means more than 100 certificates");
    assert_non_null(strstr(e.text, "; and 97 more"));
    castore_matches_free(&m);
    ca_remove(&ca);
}

/* --- revoking --- */

static void a_revocation_comes_back_as_it_went_in(void **state)
{
    struct ca ca = ca_new();
    int64_t alice = ca_issue(&ca, 3, "Alice");
    struct writ_revocation_request q = {.reason = WRIT_REASON_KEY_COMPROMISE,
                                        .since_given = true,
                                        .since = T0 + 60,
                                        .note = "stolen \xe2\x80\x93 laptop"};
    struct writ_revocation r, found;

    (void)state;
    assert_ok(writ_revocation_begin(&q, T0, T0 + WRIT_DAY, &r, &e));
    ca_begin(&ca);
    assert_ok(castore_revoke(ca.s, alice, &r, &e));
    ca_commit(&ca);
    assert_true(ca_get(&ca, alice).revoked);
    found = ca_get(&ca, alice).revocation;
    assert_int_equal(found.reason, WRIT_REASON_KEY_COMPROMISE);
    assert_int_equal(found.since, T0 + 60);
    assert_int_equal(found.revoked_at, T0 + WRIT_DAY);
    assert_true(found.since_given);
    assert_string_equal(found.note, "stolen \xe2\x80\x93 laptop");
    assert_false(ca_get(&ca, ca.intermediate).revoked);
    ca_remove(&ca);
}

static void revoking_again_only_widens(void **state)
{
    struct ca ca = ca_new();
    int64_t alice = ca_issue(&ca, 3, "Alice");
    struct writ_revocation r = ca_revocation(WRIT_REASON_SUPERSEDED);

    (void)state;
    ca_revoke(&ca, alice, WRIT_REASON_KEY_COMPROMISE);
    ca_begin(&ca);
    assert_fault(castore_revoke(ca.s, alice, &r, &e), WRIT_FAULT_USAGE,
                 "Alice: already revoked (keyCompromise)");
    r = ca_revocation(WRIT_REASON_KEY_COMPROMISE);
    assert_fault(castore_revoke(ca.s, alice, &r, &e), WRIT_FAULT_USAGE, "nothing to do");
    r = ca_revocation(WRIT_REASON_CERTIFICATE_HOLD);
    assert_fault(castore_revoke(ca.s, alice, &r, &e), WRIT_FAULT_USAGE, "softer");
    castore_rollback(ca.s);
    ca_revoke(&ca, alice, WRIT_REASON_CA_COMPROMISE);
    assert_int_equal(ca_get(&ca, alice).revocation.reason, WRIT_REASON_CA_COMPROMISE);
    ca_remove(&ca);
}

static void a_widening_says_what_was_written(void **state)
{
    struct ca ca = ca_new();
    int64_t alice = ca_issue(&ca, 3, "Alice");
    struct writ_revocation_request q = {.reason = WRIT_REASON_SUPERSEDED};
    struct writ_revocation r;

    (void)state;
    ca_revoke(&ca, alice, WRIT_REASON_CERTIFICATE_HOLD); /* a day after T0 */
    assert_ok(writ_revocation_begin(&q, T0, T0 + 9 * WRIT_DAY, &r, &e));
    ca_begin(&ca);
    assert_ok(castore_revoke(ca.s, alice, &r, &e));
    ca_commit(&ca);
    assert_int_equal(r.since, T0 + WRIT_DAY);
    assert_int_equal(ca_get(&ca, alice).revocation.since, T0 + WRIT_DAY);
    assert_int_equal(ca_get(&ca, alice).revocation.revoked_at, T0 + 9 * WRIT_DAY);
    ca_remove(&ca);
}

static void an_intermediate_can_be_revoked_and_a_root_cannot(void **state)
{
    struct ca ca = ca_new();
    struct writ_revocation r = ca_revocation(WRIT_REASON_CA_COMPROMISE);

    (void)state;
    ca_revoke(&ca, ca.intermediate, WRIT_REASON_CA_COMPROMISE);
    assert_true(ca_get(&ca, ca.intermediate).revoked);
    ca_begin(&ca);
    assert_fault(castore_revoke(ca.s, ca.root, &r, &e), WRIT_FAULT_USAGE, "Root is the root");
    assert_fault(castore_revoke(ca.s, 4711, &r, &e), WRIT_FAULT_USAGE, "no certificate 4711");
    assert_fault(castore_reinstate(ca.s, 4711, NULL, &e), WRIT_FAULT_USAGE, "no certificate 4711");
    castore_rollback(ca.s);
    ca_remove(&ca);
}

static void reinstating_says_what_stood_and_needs_something_to_stand(void **state)
{
    struct ca ca = ca_new();
    int64_t alice = ca_issue(&ca, 3, "Alice");
    struct writ_revocation lifted;

    (void)state;
    ca_revoke(&ca, alice, WRIT_REASON_PRIVILEGE_WITHDRAWN);
    ca_begin(&ca);
    assert_ok(castore_reinstate(ca.s, alice, &lifted, &e));
    assert_int_equal(lifted.reason, WRIT_REASON_PRIVILEGE_WITHDRAWN);
    assert_string_equal(lifted.note, "a note");
    assert_fault(castore_reinstate(ca.s, alice, NULL, &e), WRIT_FAULT_USAGE,
                 "Alice is neither revoked nor held; nothing to reinstate");
    castore_rollback(ca.s);
    ca_remove(&ca);
}

static struct castore_content content_of(uint8_t root, uint64_t length)
{
    struct castore_content c = {.length = length,
                                .reason = WRIT_REASON_PRIVILEGE_WITHDRAWN,
                                .revoked_at = T0 + 7,
                                .name = "app 1.2",
                                .note = "bad release"};

    memset(c.root, root, sizeof c.root);
    return c;
}

struct contents {
    struct castore_content at[8];
    size_t n;
};

static int note_content(void *arg, const struct castore_content *c, struct writ_error *error)
{
    struct contents *all = (struct contents *)arg;

    (void)error;
    all->at[all->n++] = *c;
    return 0;
}

static void contents_are_revoked_and_come_back_in_order(void **state)
{
    struct ca ca = ca_new();
    struct castore_content a = content_of(9, 0), b = content_of(5, CASTORE_NUMBER_MAX);
    struct contents all = {.n = 0};

    (void)state;
    b.name[0] = '\0';
    b.note[0] = '\0';
    ca_begin(&ca);
    assert_ok(castore_content_revoke(ca.s, &a, &e));
    assert_ok(castore_content_revoke(ca.s, &b, &e));
    ca_commit(&ca);
    assert_ok(castore_content_each(ca.s, note_content, &all, &e));
    assert_int_equal(all.n, 2);
    assert_int_equal(all.at[0].root[0], 5);
    assert_true(all.at[0].length == CASTORE_NUMBER_MAX);
    assert_string_equal(all.at[0].name, "");
    assert_int_equal(all.at[1].root[31], 9);
    assert_int_equal(all.at[1].length, 0);
    assert_int_equal(all.at[1].reason, WRIT_REASON_PRIVILEGE_WITHDRAWN);
    assert_int_equal(all.at[1].revoked_at, T0 + 7);
    assert_string_equal(all.at[1].name, "app 1.2");
    assert_string_equal(all.at[1].note, "bad release");
    ca_remove(&ca);
}

static void a_content_is_revoked_once_and_reinstated_with_a_cause(void **state)
{
    struct ca ca = ca_new();
    struct castore_content a = content_of(9, 4096), longer = content_of(9, 4097), lifted;
    struct contents all = {.n = 0};

    (void)state;
    ca_begin(&ca);
    assert_ok(castore_content_revoke(ca.s, &a, &e));
    assert_fault(castore_content_revoke(ca.s, &a, &e), WRIT_FAULT_USAGE,
                 "already revoked (privilegeWithdrawn, 2027-01-15T08:00:07Z); nothing to do");
    writ_error_clear(&e);
    assert_ok(castore_content_revoke(ca.s, &longer, &e)); /* the length counts too */
    ca_commit(&ca);
    ca_begin(&ca);
    assert_ok(castore_content_reinstate(ca.s, 4097, a.root, &lifted, &e));
    assert_int_equal(lifted.length, 4097);
    assert_fault(castore_content_reinstate(ca.s, 4097, a.root, NULL, &e), WRIT_FAULT_USAGE,
                 "not revoked");
    writ_error_clear(&e);
    ca_audit(&ca, "");
    assert_fault(castore_commit(ca.s, &e), WRIT_FAULT_UNEXPECTED, "without saying why");
    assert_ok(castore_content_each(ca.s, note_content, &all, &e));
    assert_int_equal(all.n, 2);
    ca_remove(&ca);
}

static void a_content_out_of_range_is_refused(void **state)
{
    struct ca ca = ca_new();
    struct castore_content c = content_of(1, CASTORE_NUMBER_MAX + 1);

    (void)state;
    ca_begin(&ca);
    assert_fault(castore_content_revoke(ca.s, &c, &e), WRIT_FAULT_USAGE, "bytes");
    c = content_of(1, 1);
    c.reason = (enum writ_reason)8;
    assert_fault(castore_content_revoke(ca.s, &c, &e), WRIT_FAULT_USAGE, "reason 8");
    c = content_of(1, 1);
    c.note[0] = '\n';
    assert_fault(castore_content_revoke(ca.s, &c, &e), WRIT_FAULT_USAGE, "printable");
    castore_rollback(ca.s);
    ca_remove(&ca);
}

/* --- keys, settings, audit, publications --- */

static struct castore_key key_of(enum castore_purpose purpose, uint8_t hash, const char *bytes)
{
    struct castore_key k = {.purpose = purpose, .algorithm = "P-256", .created = T0};

    memset(k.spki_hash, hash, sizeof k.spki_hash);
    k.pkcs8 = writ_span_text(bytes);
    return k;
}

static void keys_come_back_by_purpose_and_by_hash(void **state)
{
    struct ca ca = ca_new();
    struct castore_key first = key_of(CASTORE_KEY_FEED, 1, "first"),
                       second = key_of(CASTORE_KEY_FEED, 2, "second"), *found = NULL;
    int64_t id;

    (void)state;
    second.encrypted = true;
    ca_begin(&ca);
    assert_ok(castore_key_add(ca.s, &first, &id, &e));
    assert_ok(castore_key_add(ca.s, &second, &id, &e));
    ca_commit(&ca);
    assert_ok(castore_key_find(ca.s, CASTORE_KEY_FEED, NULL, &found, &e));
    assert_int_equal(found->id, id);
    assert_text(found->pkcs8, "second");
    assert_true(found->encrypted);
    assert_string_equal(found->algorithm, "P-256");
    assert_int_equal(found->created, T0);
    castore_key_free(found);
    assert_ok(castore_key_find(ca.s, CASTORE_KEY_FEED, first.spki_hash, &found, &e));
    assert_text(found->pkcs8, "first");
    assert_false(found->encrypted);
    assert_memory_equal(found->spki_hash, first.spki_hash, sizeof first.spki_hash);
    castore_key_free(found);
    assert_ok(castore_key_find(ca.s, CASTORE_KEY_ROOT, first.spki_hash, &found, &e));
    assert_null(found);
    castore_key_free(NULL);
    ca_remove(&ca);
}

static void a_key_is_kept_once_and_has_a_size(void **state)
{
    struct ca ca = ca_new();
    struct castore_key k = key_of(CASTORE_KEY_ROOT, 1, "key");
    int64_t id;

    (void)state;
    ca_begin(&ca);
    assert_ok(castore_key_add(ca.s, &k, &id, &e));
    assert_fault(castore_key_add(ca.s, &k, &id, &e), WRIT_FAULT_USAGE, "already");
    k = key_of(CASTORE_KEY_ROOT, 2, "");
    assert_fault(castore_key_add(ca.s, &k, &id, &e), WRIT_FAULT_USAGE, "has 0");
    k = key_of(CASTORE_KEY_ROOT, 2, "key");
    k.algorithm[0] = '\0';
    assert_fault(castore_key_add(ca.s, &k, &id, &e), WRIT_FAULT_USAGE, "algorithm is empty");
    k = key_of((enum castore_purpose)5, 2, "key");
    assert_fault(castore_key_add(ca.s, &k, &id, &e), WRIT_FAULT_USAGE, "a key for nothing");
    castore_rollback(ca.s);
    ca_remove(&ca);
}

static void a_setting_is_kept_replaced_and_checked(void **state)
{
    static char value[CASTORE_TEXT_MAX + 2];
    struct ca ca = ca_new();

    (void)state;
    ca_begin(&ca);
    assert_ok(castore_setting_set(ca.s, "publication_directory", "/srv/feed", &e));
    assert_ok(castore_setting_set(ca.s, "publication_directory", "/srv/other", &e));
    assert_fault(castore_setting_set(ca.s, "x", "a\nb", &e), WRIT_FAULT_USAGE, "printable");
    memset(value, 'v', CASTORE_TEXT_MAX + 1);
    assert_fault(castore_setting_set(ca.s, "x", value, &e), WRIT_FAULT_USAGE, "1025");
    writ_error_clear(&e);
    ca_commit(&ca);
    assert_ok(castore_setting_get(ca.s, "publication_directory", value, &e));
    assert_string_equal(value, "/srv/other");
    assert_ok(castore_setting_get(ca.s, "another", value, &e));
    assert_string_equal(value, "");
    ca_remove(&ca);
}

static int last_audit(void *arg, const struct castore_audit *a, struct writ_error *error)
{
    int64_t *wanted = (int64_t *)arg;

    assert_int_equal(a->id, ++*wanted);
    if (a->id != 2)
        return 0;
    assert_int_equal(a->at, T0 + 1);
    assert_string_equal(a->who, WHO);
    assert_string_equal(a->action, "revoke");
    assert_string_equal(a->subject, "03:03");
    assert_string_equal(a->why, "stolen");
    assert_string_equal(a->details, "{\"n\":1}");
    return writ_fail(error, WRIT_FAULT_USAGE, "seen");
}

static void audit_records_come_back_in_order(void **state)
{
    struct ca ca = ca_new();
    struct castore_audit a = {.at = T0 + 1,
                              .who = WHO,
                              .action = "revoke",
                              .subject = "03:03",
                              .why = "stolen",
                              .details = "{\"n\":1}"};
    int64_t last = 0;

    (void)state;
    ca_begin(&ca);
    assert_ok(castore_audit_add(ca.s, &a, &e)); /* one by itself is fine */
    assert_ok(castore_commit(ca.s, &e));
    assert_fault(castore_audit_each(ca.s, last_audit, &last, &e), WRIT_FAULT_USAGE, "seen");
    assert_int_equal(last, 2);
    ca_remove(&ca);
}

static void an_audit_record_says_who_and_what_in_printable_words(void **state)
{
    struct ca ca = ca_new();
    struct castore_audit a = {.at = T0, .who = "", .action = "revoke"};

    (void)state;
    ca_begin(&ca);
    assert_fault(castore_audit_add(ca.s, &a, &e), WRIT_FAULT_USAGE, "who changes a CA is empty");
    a.who = NULL;
    assert_fault(castore_audit_add(ca.s, &a, &e), WRIT_FAULT_USAGE, "who changes a CA is empty");
    a.who = WHO;
    a.action = NULL;
    assert_fault(castore_audit_add(ca.s, &a, &e), WRIT_FAULT_USAGE, "action is empty");
    a.action = "revoke";
    a.why = "two\nlines";
    assert_fault(castore_audit_add(ca.s, &a, &e), WRIT_FAULT_USAGE, "a note is not one line");
    a.why = "";
    a.subject = "\xff";
    assert_fault(castore_audit_add(ca.s, &a, &e), WRIT_FAULT_USAGE, "subject is not one line");
    castore_rollback(ca.s);
    ca_remove(&ca);
}

static struct castore_publication publication_of(uint64_t version, int64_t as_of)
{
    struct castore_publication p = {.version = version,
                                    .as_of = as_of,
                                    .expires = as_of + 7 * WRIT_DAY,
                                    .note = writ_span_text("the note")};

    memset(p.table_hash, 7, sizeof p.table_hash);
    return p;
}

static void publish(struct ca *ca, int64_t as_of, uint64_t wanted_version)
{
    struct castore_publication p = publication_of(0, as_of);

    ca_begin(ca);
    assert_ok(castore_publication_reserve(ca->s, as_of, &p.version, &e));
    assert_true(p.version == wanted_version);
    assert_ok(castore_publication_record(ca->s, &p, &e));
    ca_commit(ca);
}

static void the_last_publication_comes_back(void **state)
{
    struct ca ca = ca_new();
    struct castore_publication *last = NULL;

    (void)state;
    assert_ok(castore_publication_last(ca.s, &last, &e));
    assert_null(last);
    castore_publication_free(NULL);
    publish(&ca, T0 + 10, 1);
    publish(&ca, T0 + 20, 2);
    assert_ok(castore_publication_last(ca.s, &last, &e));
    assert_int_equal(last->version, 2);
    assert_int_equal(last->reserved_at, T0 + 20);
    assert_true(last->recorded);
    assert_int_equal(last->as_of, T0 + 20);
    assert_int_equal(last->expires, T0 + 20 + 7 * WRIT_DAY);
    assert_int_equal(last->table_hash[31], 7);
    assert_text(last->note, "the note");
    castore_publication_free(last);
    ca_remove(&ca);
}

static void a_version_is_used_up_once_it_is_reserved(void **state)
{
    struct ca ca = ca_new();
    struct castore_publication p = publication_of(0, T0), *last = NULL;

    (void)state;
    ca_begin(&ca);
    assert_ok(castore_publication_reserve(ca.s, T0, &p.version, &e));
    ca_commit(&ca);
    publish(&ca, T0 + 10, 2); /* the first was never written */
    assert_ok(castore_publication_last(ca.s, &last, &e));
    assert_int_equal(last->version, 2);
    castore_publication_free(last);
    ca_remove(&ca);
}

static void a_version_says_one_thing_once(void **state)
{
    struct ca ca = ca_new();
    struct castore_publication p = publication_of(1, T0 + 10);

    (void)state;
    publish(&ca, T0 + 10, 1);
    ca_begin(&ca);
    assert_fault(castore_publication_record(ca.s, &p, &e), WRIT_FAULT_USAGE, "says something");
    p.version = 5;
    assert_fault(castore_publication_record(ca.s, &p, &e), WRIT_FAULT_USAGE, "not reserved");
    castore_rollback(ca.s);
    ca_remove(&ca);
}

static void a_feed_does_not_go_back_in_time(void **state)
{
    struct ca ca = ca_new();
    struct castore_publication p = publication_of(0, T0 + 9);

    (void)state;
    publish(&ca, T0 + 10, 1);
    ca_begin(&ca);
    assert_ok(castore_publication_reserve(ca.s, T0, &p.version, &e));
    assert_fault(castore_publication_record(ca.s, &p, &e), WRIT_FAULT_CONFIGURATION,
                 "feed version 1 says as of 2027-01-15T08:00:10Z, and the clock now says "
                 "2027-01-15T08:00:09Z");
    castore_rollback(ca.s);
    publish(&ca, T0 + 10, 2); /* the same second is fine */
    ca_remove(&ca);
}

static void a_publication_out_of_range_is_refused(void **state)
{
    struct ca ca = ca_new();
    struct castore_publication p = publication_of(0, T0);

    (void)state;
    ca_begin(&ca);
    assert_ok(castore_publication_reserve(ca.s, T0, &p.version, &e));
    p.expires = p.as_of - 1;
    assert_fault(castore_publication_record(ca.s, &p, &e), WRIT_FAULT_USAGE, "expires before");
    p = publication_of(p.version, T0);
    p.note.n = 0;
    assert_fault(castore_publication_record(ca.s, &p, &e), WRIT_FAULT_USAGE, "has 0");
    castore_rollback(ca.s);
    ca_remove(&ca);
}

static void roles_and_purposes_have_names(void **state)
{
    (void)state;
    assert_string_equal(castore_role_name(CASTORE_ROOT), "root");
    assert_string_equal(castore_role_name(CASTORE_INTERMEDIATE), "intermediate");
    assert_string_equal(castore_role_name(CASTORE_DEVELOPER), "developer");
    assert_string_equal(castore_role_name(CASTORE_TSA), "tsa");
    assert_string_equal(castore_role_name((enum castore_role)9), "unknown");
    assert_string_equal(castore_purpose_name(CASTORE_KEY_ROOT), "root");
    assert_string_equal(castore_purpose_name(CASTORE_KEY_INTERMEDIATE), "intermediate");
    assert_string_equal(castore_purpose_name(CASTORE_KEY_FEED), "feed");
    assert_string_equal(castore_purpose_name(CASTORE_KEY_TSA), "tsa");
    assert_string_equal(castore_purpose_name((enum castore_purpose)9), "unknown");
}

static const struct CMUnitTest claims[] = {
    CLAIM(a_change_outside_a_transaction_is_refused),
    CLAIM(a_handle_for_reading_changes_nothing),
    CLAIM(a_view_for_reading_stays_the_same_until_it_ends),
    CLAIM(a_change_without_an_audit_record_is_undone),
    CLAIM(a_revocation_is_not_lifted_without_saying_why),
    CLAIM(a_rollback_forgets_everything),
    CLAIM(one_transaction_at_a_time),
    CLAIM(closing_forgets_what_is_not_committed),
    CLAIM(a_certificate_comes_back_as_it_went_in),
    CLAIM(numbers_are_dense_and_each_issuer_has_its_own),
    CLAIM(a_number_that_is_not_the_next_is_refused),
    CLAIM(a_developer_issues_nothing),
    CLAIM(a_serial_number_and_a_certificate_are_used_once),
    CLAIM(what_does_not_fit_is_refused),
    CLAIM(what_just_fits_comes_back),
    CLAIM(a_walk_meets_every_certificate_in_the_order_of_issue),
    CLAIM(a_visitor_that_fails_ends_the_walk_with_its_own_fault),
    CLAIM(a_serial_number_is_found_in_every_spelling),
    CLAIM(leading_zeros_count_and_digits_are_hexadecimal),
    CLAIM(a_name_and_a_team_are_found_exactly),
    CLAIM(a_certificate_is_found_by_its_bytes_and_by_its_role),
    CLAIM(an_ambiguous_word_is_refused_with_the_candidates),
    CLAIM(a_name_that_looks_like_a_serial_number_is_ambiguous_with_it),
    CLAIM(one_match_is_the_answer_and_none_is_no_input),
    CLAIM(more_matches_than_anybody_reads_are_cut_off_and_say_so),
    CLAIM(a_revocation_comes_back_as_it_went_in),
    CLAIM(revoking_again_only_widens),
    CLAIM(a_widening_says_what_was_written),
    CLAIM(an_intermediate_can_be_revoked_and_a_root_cannot),
    CLAIM(reinstating_says_what_stood_and_needs_something_to_stand),
    CLAIM(contents_are_revoked_and_come_back_in_order),
    CLAIM(a_content_is_revoked_once_and_reinstated_with_a_cause),
    CLAIM(a_content_out_of_range_is_refused),
    CLAIM(keys_come_back_by_purpose_and_by_hash),
    CLAIM(a_key_is_kept_once_and_has_a_size),
    CLAIM(a_setting_is_kept_replaced_and_checked),
    CLAIM(audit_records_come_back_in_order),
    CLAIM(an_audit_record_says_who_and_what_in_printable_words),
    CLAIM(the_last_publication_comes_back),
    CLAIM(a_version_is_used_up_once_it_is_reserved),
    CLAIM(a_version_says_one_thing_once),
    CLAIM(a_feed_does_not_go_back_in_time),
    CLAIM(a_publication_out_of_range_is_refused),
    CLAIM(roles_and_purposes_have_names),
};

RUN_CLAIMS(claims)
