/*
 * shared/castore.h: issuers that others made, what changes, and the numbers of CRLs
 */
#include "ca.h"

/* An adopted root, in a store of its own. */
static struct ca adopted(void)
{
    struct ca ca = {.dir = scratch_make()};

    (void)snprintf(ca.path, sizeof ca.path, "%s/ca", ca.dir.path);
    writ_error_clear(&e);
    ca.s = castore_create(ca.path, "Old", "old", T0, &e);
    assert_non_null(ca.s);
    ca.root = ca_add(&ca, ca_certificate(CASTORE_ROOT, 0, 1, "Old Root"));
    assert_ok(castore_adopt(ca.s, ca.root, T0, &e));
    ca_commit(&ca);
    ca_close(&ca);
    ca_open(&ca, "ca", T0);
    return ca;
}

/* A certificate of it without its bytes. */
static struct castore_certificate bare(const struct ca *ca, uint8_t serial)
{
    struct castore_certificate c = {.issuer = ca->root, .role = CASTORE_IMPORTED, .serial_n = 1};

    c.serial[0] = serial;
    (void)snprintf(c.name, sizeof c.name, "bare");
    c.not_after = T0;
    c.issued_at = T0;
    return c;
}

static void an_adopted_issuer_gives_no_numbers_and_another_always(void **state)
{
    struct ca own = ca_new(), ca = adopted();
    struct castore_certificate c = ca_certificate(CASTORE_DEVELOPER, ca.root, 3, "Alice");
    int64_t id;

    (void)state;
    ca_begin(&ca);
    c.number = 1;
    assert_fault(castore_certificate_add(ca.s, &c, &id, &e), WRIT_FAULT_USAGE,
                 "no issuance numbers");
    writ_error_clear(&e);
    c.number = 0;
    assert_ok(castore_certificate_add(ca.s, &c, &id, &e));
    ca_commit(&ca);
    assert_int_equal(ca_get(&ca, id).number, 0);
    c.issuer = own.intermediate;
    ca_begin(&own);
    assert_fault(castore_certificate_add(own.s, &c, &id, &e), WRIT_FAULT_USAGE, "not the next one");
    castore_rollback(own.s);
    ca_remove(&own);
    ca_remove(&ca);
}

static void an_issuer_is_adopted_once_and_before_it_has_certificates(void **state)
{
    struct ca own = ca_new(), ca = adopted();
    struct castore_adoption standing;

    (void)state;
    assert_ok(castore_adoption(ca.s, ca.root, &standing, &e));
    assert_true(standing.adopted && standing.adopted_at == T0 && standing.looked_at == T0);
    ca_begin(&ca);
    assert_fault(castore_adopt(ca.s, ca.root, T0, &e), WRIT_FAULT_USAGE, "already");
    castore_rollback(ca.s);
    ca_begin(&own);
    assert_fault(castore_adopt(own.s, own.root, T0, &e), WRIT_FAULT_USAGE, "numbers them");
    castore_rollback(own.s);
    assert_ok(castore_adoption(own.s, own.root, &standing, NULL));
    assert_false(standing.adopted);
    ca_remove(&own);
    ca_remove(&ca);
}

static void looking_again_only_moves_forward(void **state)
{
    struct ca ca = adopted();
    struct castore_adoption standing;

    (void)state;
    ca_begin(&ca);
    assert_ok(castore_looked(ca.s, ca.root, T0 + 10, &e));
    assert_ok(castore_looked(ca.s, ca.root, T0 + 5, &e));
    ca_commit(&ca);
    assert_ok(castore_adoption(ca.s, ca.root, &standing, &e));
    assert_int_equal(standing.looked_at, T0 + 10);
    ca_remove(&ca);
}

static void a_certificate_without_bytes_gets_them_once(void **state)
{
    struct ca ca = adopted();
    struct castore_certificate c = bare(&ca, 7),
                               whole = ca_certificate(CASTORE_IMPORTED, ca.root, 7, "x");
    int64_t id;

    (void)state;
    whole.serial_n = 1;
    whole.not_after = T0;
    ca_begin(&ca);
    assert_ok(castore_certificate_add(ca.s, &c, &id, &e));
    assert_fault(castore_certificate_add(ca.s, &c, &id, &e), WRIT_FAULT_USAGE, "issued before");
    writ_error_clear(&e);
    c.role = CASTORE_DEVELOPER;
    assert_fault(castore_certificate_add(ca.s, &c, &id, &e), WRIT_FAULT_USAGE, "1 to 65536 bytes");
    writ_error_clear(&e);
    assert_int_equal(ca_get(&ca, id).not_before, 0);
    assert_ok(castore_certificate_complete(ca.s, id, &whole, &e));
    assert_fault(castore_certificate_complete(ca.s, id, &whole, &e), WRIT_FAULT_USAGE, "lacks");
    ca_commit(&ca);
    assert_int_equal(ca_get(&ca, id).not_before, T0);
    assert_string_equal(ca_get(&ca, id).name, "x");
    ca_remove(&ca);
}

static void one_serial_number_may_be_given_by_two_adopted_issuers(void **state)
{
    struct ca ca = adopted();
    struct castore_certificate c = bare(&ca, 7), below;
    struct castore_matches m = {0};
    int64_t id, issuer;

    (void)state;
    ca_begin(&ca);
    below = ca_certificate(CASTORE_INTERMEDIATE, ca.root, 8, "Old Issuing");
    assert_ok(castore_certificate_add(ca.s, &below, &issuer, &e));
    assert_ok(castore_adopt(ca.s, issuer, T0, &e));
    assert_ok(castore_certificate_add(ca.s, &c, &id, &e));
    c.issuer = issuer;
    assert_ok(castore_certificate_add(ca.s, &c, &id, &e));
    ca_commit(&ca);
    assert_ok(castore_find_serial(ca.s, issuer, WRIT_SPAN("\x07", 1), &m, &e));
    assert_true(m.n == 1 && m.at[0]->id == id);
    assert_ok(castore_find(ca.s, CASTORE_BY_SERIAL, "07", &m, &e));
    assert_int_equal(m.n, 2);
    castore_matches_free(&m);
    ca_remove(&ca);
}

/* How often each certificate was met, by id. */
struct met {
    unsigned count[16];
    bool revoked[16];
};

static int meet(void *arg, const struct castore_certificate *c, struct writ_error *unused)
{
    struct met *met = arg;

    (void)unused;
    met->count[c->id]++;
    met->revoked[c->id] = c->revoked;
    return 0;
}

static void every_change_of_a_revocation_is_met_once_as_it_is_now(void **state)
{
    struct ca ca = ca_new();
    int64_t alice = ca_issue(&ca, 3, "Alice"), bob = ca_issue(&ca, 4, "Bob");
    struct met met = {0};
    uint64_t before, after;

    (void)state;
    ca_revoke(&ca, bob, WRIT_REASON_SUPERSEDED);
    assert_ok(castore_change_last(ca.s, &before, &e));
    assert_int_equal(before, 1);
    ca_revoke(&ca, alice, WRIT_REASON_CERTIFICATE_HOLD);
    ca_revoke(&ca, bob, WRIT_REASON_KEY_COMPROMISE);
    ca_begin(&ca);
    assert_ok(castore_reinstate(ca.s, alice, NULL, &e));
    ca_audit(&ca, "found");
    assert_ok(castore_commit(ca.s, &e));
    assert_ok(castore_change_last(ca.s, &after, &e));
    assert_int_equal(after, 4);
    assert_ok(castore_change_each(ca.s, before, meet, &met, &e));
    assert_true(met.count[alice] == 1 && !met.revoked[alice]);
    assert_true(met.count[bob] == 1 && met.revoked[bob]);
    memset(&met, 0, sizeof met);
    assert_ok(castore_change_each(ca.s, after, meet, &met, &e));
    assert_int_equal(met.count[alice] + met.count[bob], 0);
    ca_remove(&ca);
}

static void numbers_of_crls_rise_in_each_scope_and_only_complete_ones_are_a_base(void **state)
{
    struct ca ca = ca_new();
    struct castore_crl crl;
    uint64_t number;

    (void)state;
    ca_begin(&ca);
    assert_ok(castore_crl_take(ca.s, ca.root, "", T0, true, &number, &e));
    assert_int_equal(number, 1);
    assert_ok(castore_crl_take(ca.s, ca.root, "", T0, false, &number, &e));
    assert_int_equal(number, 2);
    assert_ok(castore_crl_take(ca.s, ca.root, "0/2", T0 + 9, false, &number, &e));
    assert_int_equal(number, 1);
    ca_commit(&ca);
    assert_ok(castore_crl(ca.s, ca.root, "", &crl, &e));
    assert_true(crl.next_number == 3 && crl.has_base && crl.base_number == 1);
    assert_ok(castore_crl(ca.s, ca.root, "0/2", &crl, &e));
    assert_true(crl.next_number == 2 && !crl.has_base && crl.this_update == T0 + 9);
    ca_begin(&ca);
    assert_fault(castore_crl_take(ca.s, ca.root, "0/2", T0, false, &number, &e),
                 WRIT_FAULT_CONFIGURATION, "goes back");
    castore_rollback(ca.s);
    ca_begin(&ca);
    assert_ok(castore_crl_take(ca.s, ca.root, "", T0, false, &number, &e));
    castore_rollback(ca.s);
    assert_ok(castore_crl(ca.s, ca.root, "", &crl, &e));
    assert_int_equal(crl.next_number, 3);
    ca_remove(&ca);
}

static void a_crl_made_elsewhere_raises_the_numbers_and_never_lowers_them(void **state)
{
    struct ca ca = ca_new();
    struct castore_crl crl;
    uint64_t number;

    (void)state;
    ca_begin(&ca);
    assert_ok(castore_crl_follow(ca.s, ca.root, "", 5, T0, &e));
    assert_ok(castore_crl_follow(ca.s, ca.root, "", 4, T0 - 1, &e));
    assert_ok(castore_crl(ca.s, ca.root, "", &crl, &e));
    assert_true(crl.next_number == 6 && crl.this_update == T0 && !crl.has_base);
    assert_fault(castore_crl_take(ca.s, ca.root, "", T0 - 1, true, &number, &e),
                 WRIT_FAULT_CONFIGURATION, "goes back");
    assert_ok(castore_crl_take(ca.s, ca.root, "", T0, true, &number, &e));
    assert_int_equal(number, 6);
    assert_ok(castore_crl_follow(ca.s, ca.root, "", 2, T0 + 5, &e));
    assert_ok(castore_crl(ca.s, ca.root, "", &crl, &e));
    assert_true(crl.next_number == 8 && crl.this_update == T0 + 5 && crl.base_number == 6);
    assert_ok(castore_crl_follow(ca.s, ca.root, "", 8, T0, &e));
    assert_ok(castore_crl_take(ca.s, ca.root, "", T0 + 5, true, &number, &e));
    assert_int_equal(number, 9);
    assert_ok(castore_crl_follow(ca.s, ca.root, "0/2", 0, T0, &e)); /* it had no number */
    assert_ok(castore_crl_take(ca.s, ca.root, "0/2", T0, true, &number, &e));
    assert_int_equal(number, 2);
    ca_commit(&ca);
    ca_begin(&ca);
    assert_fault(castore_crl_follow(ca.s, ca.root, "", CASTORE_NUMBER_MAX, T0, &e),
                 WRIT_FAULT_USAGE, "too large");
    castore_rollback(ca.s);
    ca_remove(&ca);
}

static void no_row_of_these_is_changed_behind_the_back(void **state)
{
    static const char *const changes[] = {
        "UPDATE changes SET certificate = 1",
        "DELETE FROM changes",
        "DELETE FROM crls",
        "UPDATE crls SET next_number = 1",
        "INSERT OR REPLACE INTO crls VALUES (1, '', 1, 0, NULL, NULL, NULL)",
        "DELETE FROM certificates WHERE role = 1",
        "INSERT INTO adopted VALUES (1, 0, 0)",
    };
    struct ca ca = ca_new();
    uint64_t number;

    (void)state;
    ca_revoke(&ca, ca_issue(&ca, 3, "Alice"), WRIT_REASON_SUPERSEDED);
    ca_begin(&ca);
    assert_ok(castore_crl_take(ca.s, ca.root, "", T0, true, &number, &e));
    ca_commit(&ca);
    ca_close(&ca);
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++)
        assert_int_equal(ca_tamper(ca.path, true, changes[i]), SQLITE_CONSTRAINT);
    ca_remove(&ca);
}

static const struct CMUnitTest claims[] = {
    CLAIM(an_adopted_issuer_gives_no_numbers_and_another_always),
    CLAIM(a_crl_made_elsewhere_raises_the_numbers_and_never_lowers_them),
    CLAIM(an_issuer_is_adopted_once_and_before_it_has_certificates),
    CLAIM(looking_again_only_moves_forward),
    CLAIM(a_certificate_without_bytes_gets_them_once),
    CLAIM(one_serial_number_may_be_given_by_two_adopted_issuers),
    CLAIM(every_change_of_a_revocation_is_met_once_as_it_is_now),
    CLAIM(numbers_of_crls_rise_in_each_scope_and_only_complete_ones_are_a_base),
    CLAIM(no_row_of_these_is_changed_behind_the_back),
};

RUN_CLAIMS(claims)
