/* What a responder follows: where certificates stand, what has changed, and whether anything has.
 */
#include "ca.h"

struct met {
    size_t n;
    struct castore_status at[16];
};

static int meet(void *arg, const struct castore_status *status, struct writ_error *fault)
{
    struct met *met = arg;

    (void)fault;
    assert_true(met->n < 16);
    met->at[met->n++] = *status;
    return 0;
}

static const struct castore_status *met_id(const struct met *met, int64_t id)
{
    for (size_t i = 0; i < met->n; i++) {
        if (met->at[i].id == id)
            return &met->at[i];
    }
    return NULL;
}

static void every_certificate_is_met_with_its_serial_and_issuer(void **state)
{
    struct ca ca = ca_new();
    int64_t alice = ca_issue(&ca, 3, "Alice");
    struct met met = {0};
    const struct castore_status *s;

    (void)state;
    assert_ok(castore_status_each(ca.s, 0, meet, &met, &e));
    assert_int_equal(met.n, 3);
    s = met_id(&met, alice);
    assert_non_null(s);
    assert_int_equal(s->issuer, ca.intermediate);
    assert_int_equal(s->serial_n, 16);
    assert_int_equal(s->serial[0], 3);
    assert_false(s->revoked);
    assert_int_equal(met_id(&met, ca.intermediate)->issuer, ca.root);
    assert_int_equal(met_id(&met, ca.root)->issuer, ca.root);
    ca_remove(&ca);
}

static void only_those_after_an_id_are_met_when_asked_so(void **state)
{
    struct ca ca = ca_new();
    int64_t alice = ca_issue(&ca, 3, "Alice"), bob = ca_issue(&ca, 4, "Bob");
    struct met met = {0};

    (void)state;
    assert_ok(castore_status_each(ca.s, alice, meet, &met, &e));
    assert_int_equal(met.n, 1);
    assert_int_equal(met.at[0].id, bob);
    met.n = 0;
    assert_ok(castore_status_each(ca.s, bob, meet, &met, &e));
    assert_int_equal(met.n, 0);
    ca_remove(&ca);
}

static void the_revoked_are_met_with_time_and_reason_and_nobody_else(void **state)
{
    struct ca ca = ca_new();
    int64_t alice = ca_issue(&ca, 3, "Alice");
    struct met met = {0};

    (void)state;
    (void)ca_issue(&ca, 4, "Bob");
    ca_revoke(&ca, alice, WRIT_REASON_SUPERSEDED);
    assert_ok(castore_status_revoked(ca.s, meet, &met, &e));
    assert_int_equal(met.n, 1);
    assert_int_equal(met.at[0].id, alice);
    assert_true(met.at[0].revoked);
    assert_int_equal(met.at[0].reason, WRIT_REASON_SUPERSEDED);
    assert_int_equal(met.at[0].revoked_at, ca_revocation(WRIT_REASON_SUPERSEDED).revoked_at);
    ca_remove(&ca);
}

/* Twice revoked, once met; lifted, met as not revoked. */
static void what_has_changed_is_met_once_and_as_it_is_now(void **state)
{
    struct ca ca = ca_new();
    int64_t alice = ca_issue(&ca, 3, "Alice"), bob = ca_issue(&ca, 4, "Bob");
    struct met met = {0};
    uint64_t before, between;

    (void)state;
    assert_ok(castore_change_last(ca.s, &before, &e));
    ca_revoke(&ca, bob, WRIT_REASON_SUPERSEDED);
    assert_ok(castore_change_last(ca.s, &between, &e));
    ca_revoke(&ca, alice, WRIT_REASON_CERTIFICATE_HOLD);
    ca_revoke(&ca, alice, WRIT_REASON_KEY_COMPROMISE);
    assert_ok(castore_status_changed(ca.s, between, meet, &met, &e));
    assert_int_equal(met.n, 1);
    assert_int_equal(met.at[0].reason, WRIT_REASON_KEY_COMPROMISE);
    ca_begin(&ca);
    assert_ok(castore_reinstate(ca.s, bob, NULL, &e));
    ca_audit(&ca, "a mistake");
    assert_ok(castore_commit(ca.s, &e));
    met.n = 0;
    assert_ok(castore_status_changed(ca.s, before, meet, &met, &e));
    assert_int_equal(met.n, 2);
    assert_false(met_id(&met, bob)->revoked);
    assert_true(met_id(&met, alice)->revoked);
    ca_remove(&ca);
}

static void the_version_of_the_data_changes_when_another_commits_and_else_never(void **state)
{
    struct ca ca = ca_new();
    struct castore *reader = castore_open_read(ca.path, &e);
    int64_t first, second, third;

    (void)state;
    assert_non_null(reader);
    assert_ok(castore_data_version(reader, &first, &e));
    assert_ok(castore_data_version(reader, &second, &e));
    assert_int_equal(first, second);
    (void)ca_issue(&ca, 3, "Alice");
    assert_ok(castore_data_version(reader, &third, &e));
    assert_int_not_equal(second, third);
    castore_close(reader);
    ca_remove(&ca);
}

static void those_who_may_issue_are_found_and_nobody_else(void **state)
{
    struct ca ca = ca_new();
    struct castore_matches m = {0};

    (void)state;
    (void)ca_issue(&ca, 3, "Alice");
    assert_ok(castore_find_issuers(ca.s, &m, &e));
    assert_int_equal(m.n, 2);
    assert_int_equal(m.at[0]->id, ca.intermediate);
    assert_int_equal(m.at[1]->id, ca.root);
    castore_matches_free(&m);
    ca_remove(&ca);
}

static const struct CMUnitTest claims[] = {
    CLAIM(every_certificate_is_met_with_its_serial_and_issuer),
    CLAIM(only_those_after_an_id_are_met_when_asked_so),
    CLAIM(the_revoked_are_met_with_time_and_reason_and_nobody_else),
    CLAIM(what_has_changed_is_met_once_and_as_it_is_now),
    CLAIM(the_version_of_the_data_changes_when_another_commits_and_else_never),
    CLAIM(those_who_may_issue_are_found_and_nobody_else),
};

RUN_CLAIMS(claims)
