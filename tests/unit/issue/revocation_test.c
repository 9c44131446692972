#include "issue/revocation.h"

#include "base/time.h"
#include "test.h"

/* Four instants in order; the certificate is valid from BORN. */
#define BORN  ((int64_t)1700000000)
#define THEFT (BORN + 10 * WRIT_DAY)
#define LATER (BORN + 20 * WRIT_DAY)
#define NOW   (BORN + 30 * WRIT_DAY)

static const enum writ_reason all_reasons[] = {
    WRIT_REASON_CERTIFICATE_HOLD,       WRIT_REASON_AFFILIATION_CHANGED, WRIT_REASON_SUPERSEDED,
    WRIT_REASON_CESSATION_OF_OPERATION, WRIT_REASON_UNSPECIFIED,         WRIT_REASON_KEY_COMPROMISE,
    WRIT_REASON_PRIVILEGE_WITHDRAWN,    WRIT_REASON_CA_COMPROMISE,
};
#define REASONS (sizeof all_reasons / sizeof all_reasons[0])

static struct writ_error e;

static struct writ_revocation_request without_since(enum writ_reason reason)
{
    return (struct writ_revocation_request){.reason = reason};
}

static struct writ_revocation_request with_since(enum writ_reason reason, int64_t since)
{
    return (struct writ_revocation_request){
        .reason = reason, .since_given = true, .since = since, .note = "seen on the build host"};
}

static struct writ_revocation begin(struct writ_revocation_request q)
{
    struct writ_revocation r;

    writ_error_clear(&e);
    assert_ok(writ_revocation_begin(&q, BORN, NOW, &r, &e));
    return r;
}

static int try_begin(struct writ_revocation_request q, int64_t not_before, int64_t now)
{
    struct writ_revocation r;

    return writ_revocation_begin(&q, not_before, now, &r, &e);
}

static int try_widen(struct writ_revocation standing, struct writ_revocation wider)
{
    writ_error_clear(&e);
    return writ_revocation_widen(&standing, &wider, &e);
}

/* --- since when --- */

static void a_stolen_key_counts_from_notBefore_unless_somebody_knows_better(void **state)
{
    (void)state;
    assert_int_equal(begin(without_since(WRIT_REASON_KEY_COMPROMISE)).since, BORN);
    assert_int_equal(begin(without_since(WRIT_REASON_UNSPECIFIED)).since, BORN);
    assert_int_equal(begin(with_since(WRIT_REASON_KEY_COMPROMISE, THEFT)).since, THEFT);
    assert_int_equal(begin(with_since(WRIT_REASON_UNSPECIFIED, THEFT)).since, THEFT);
}

static void malware_and_a_lost_CA_count_from_notBefore(void **state)
{
    (void)state;
    assert_int_equal(begin(without_since(WRIT_REASON_CA_COMPROMISE)).since, BORN);
    assert_int_equal(begin(without_since(WRIT_REASON_PRIVILEGE_WITHDRAWN)).since, BORN);
}

static void a_certificate_put_out_of_use_counts_from_now(void **state)
{
    (void)state;
    assert_int_equal(begin(without_since(WRIT_REASON_CESSATION_OF_OPERATION)).since, NOW);
    assert_int_equal(begin(without_since(WRIT_REASON_SUPERSEDED)).since, NOW);
    assert_int_equal(begin(without_since(WRIT_REASON_AFFILIATION_CHANGED)).since, NOW);
    assert_int_equal(begin(with_since(WRIT_REASON_SUPERSEDED, THEFT)).since, THEFT);
}

static void a_hold_counts_from_now_and_takes_no_since(void **state)
{
    (void)state;
    assert_int_equal(begin(without_since(WRIT_REASON_CERTIFICATE_HOLD)).since, NOW);
    assert_fault(try_begin(with_since(WRIT_REASON_CERTIFICATE_HOLD, THEFT), BORN, NOW),
                 WRIT_FAULT_USAGE, "a hold begins now");
}

static void it_is_remembered_whether_since_was_given_and_when_it_was_decided(void **state)
{
    (void)state;
    for (size_t i = 0; i < REASONS; i++) {
        struct writ_revocation r = begin(without_since(all_reasons[i]));

        assert_int_equal(r.reason, all_reasons[i]);
        assert_false(r.since_given);
        assert_int_equal(r.revoked_at, NOW);
        assert_string_equal(r.note, "");
    }
    assert_true(begin(with_since(WRIT_REASON_KEY_COMPROMISE, THEFT)).since_given);
    assert_string_equal(begin(with_since(WRIT_REASON_KEY_COMPROMISE, THEFT)).note,
                        "seen on the build host");
}

static void since_may_be_notBefore_and_now_and_nothing_outside(void **state)
{
    (void)state;
    for (size_t i = 1; i < REASONS; i++) { /* all but the hold */
        assert_int_equal(begin(with_since(all_reasons[i], BORN)).since, BORN);
        assert_int_equal(begin(with_since(all_reasons[i], NOW)).since, NOW);
        assert_fault(try_begin(with_since(all_reasons[i], BORN - 1), BORN, NOW), WRIT_FAULT_USAGE,
                     "from 2023-11-14T22:13:20Z (the certificate's notBefore)");
        assert_fault(try_begin(with_since(all_reasons[i], NOW + 1), BORN, NOW), WRIT_FAULT_USAGE,
                     "to 2023-12-14T22:13:20Z (now)");
    }
}

static void a_since_that_spares_seals_made_with_a_stolen_key_needs_a_note(void **state)
{
    (void)state;
    for (size_t i = 1; i < REASONS; i++) {
        struct writ_revocation_request q = with_since(all_reasons[i], THEFT);

        q.note = NULL;
        if (q.reason == WRIT_REASON_KEY_COMPROMISE || q.reason == WRIT_REASON_UNSPECIFIED) {
            assert_fault(try_begin(q, BORN, NOW), WRIT_FAULT_USAGE, "say why with --note");
            q.note = "";
            assert_fault(try_begin(q, BORN, NOW), WRIT_FAULT_USAGE, "say why with --note");
        } else {
            assert_int_equal(begin(q).since, THEFT);
        }
    }
}

static void a_certificate_that_is_not_valid_yet_is_revoked_from_notBefore(void **state)
{
    (void)state;
    for (size_t i = 0; i < REASONS; i++) {
        struct writ_revocation_request q = without_since(all_reasons[i]);
        struct writ_revocation r;

        assert_ok(writ_revocation_begin(&q, NOW + WRIT_DAY, NOW, &r, &e));
        assert_int_equal(r.since, NOW + WRIT_DAY);
        assert_int_equal(r.revoked_at, NOW);
    }
    assert_fault(try_begin(with_since(WRIT_REASON_SUPERSEDED, NOW), NOW + WRIT_DAY, NOW),
                 WRIT_FAULT_USAGE, "outside");
}

static void an_expired_certificate_is_revoked_like_any_other(void **state)
{
    struct writ_revocation_request q = with_since(WRIT_REASON_KEY_COMPROMISE, THEFT);
    struct writ_revocation r;

    (void)state;
    assert_ok(writ_revocation_begin(&q, BORN, BORN + 3650 * WRIT_DAY, &r, &e));
    assert_int_equal(r.since, THEFT);
}

static void a_reason_that_writ_does_not_use_is_refused(void **state)
{
    (void)state;
    assert_fault(try_begin(without_since((enum writ_reason)7), BORN, NOW), WRIT_FAULT_USAGE,
                 "reason 7");
    assert_fault(try_begin(without_since((enum writ_reason)8), BORN, NOW), WRIT_FAULT_USAGE,
                 "reason 8");
    assert_fault(try_begin(without_since((enum writ_reason)10), BORN, NOW), WRIT_FAULT_USAGE,
                 "reason 10");
}

static void a_note_fits_up_to_its_ceiling_and_is_one_printable_line(void **state)
{
    static char note[WRIT_REVOCATION_NOTE_MAX + 2];
    struct writ_revocation_request q = without_since(WRIT_REASON_SUPERSEDED);

    (void)state;
    memset(note, 'n', WRIT_REVOCATION_NOTE_MAX);
    q.note = note;
    assert_string_equal(begin(q).note, note);
    note[WRIT_REVOCATION_NOTE_MAX] = 'n';
    assert_fault(try_begin(q, BORN, NOW), WRIT_FAULT_USAGE,
                 "at most 1024 bytes, this one has 1025");
    q.note = "two\nlines";
    assert_fault(try_begin(q, BORN, NOW), WRIT_FAULT_USAGE, "printable");
    q.note = "\xff";
    assert_fault(try_begin(q, BORN, NOW), WRIT_FAULT_USAGE, "printable");
}

static void a_refused_request_changes_nothing(void **state)
{
    struct writ_revocation_request q = with_since(WRIT_REASON_SUPERSEDED, BORN - 1);
    struct writ_revocation before, after;

    (void)state;
    memset(&before, 0x5a, sizeof before);
    after = before;
    assert_fault(writ_revocation_begin(&q, BORN, NOW, &after, &e), WRIT_FAULT_USAGE, "--since");
    assert_memory_equal(&before, &after, sizeof before);
}

/* --- revoking again --- */

/* A revocation of every reason, since THEFT; a hold gets there by having been held then. */
static struct writ_revocation standing_since(enum writ_reason reason, int64_t since)
{
    struct writ_revocation r = begin(without_since(reason));

    r.since = since;
    r.since_given = reason != WRIT_REASON_CERTIFICATE_HOLD;
    return r;
}

static void a_graver_reason_with_the_same_or_an_earlier_since_replaces_any_lesser(void **state)
{
    (void)state;
    for (size_t i = 0; i < REASONS; i++) {
        for (size_t j = 0; j < REASONS; j++) {
            struct writ_revocation standing = standing_since(all_reasons[i], LATER);

            if (writ_reason_gravity(all_reasons[j]) <= writ_reason_gravity(all_reasons[i]))
                continue;
            assert_ok(try_widen(standing, standing_since(all_reasons[j], LATER)));
            assert_ok(try_widen(standing, standing_since(all_reasons[j], THEFT)));
        }
    }
}

static void a_graver_reason_never_buys_a_later_since(void **state)
{
    (void)state;
    for (size_t i = 0; i < REASONS; i++) {
        for (size_t j = 1; j < REASONS; j++) {
            if (writ_reason_gravity(all_reasons[j]) < writ_reason_gravity(all_reasons[i]))
                continue;
            assert_fault(try_widen(standing_since(all_reasons[i], THEFT),
                                   begin(with_since(all_reasons[j], LATER))),
                         WRIT_FAULT_USAGE, "is later; revoking again only widens");
        }
    }
}

static void an_earlier_since_never_buys_a_lesser_reason(void **state)
{
    (void)state;
    for (size_t i = 1; i < REASONS; i++) {
        for (size_t j = 1; j < REASONS; j++) {
            if (writ_reason_gravity(all_reasons[j]) >= writ_reason_gravity(all_reasons[i]))
                continue;
            assert_fault(try_widen(standing_since(all_reasons[i], LATER),
                                   begin(with_since(all_reasons[j], THEFT))),
                         WRIT_FAULT_USAGE, "is less grave");
        }
    }
}

static void an_earlier_since_widens_under_a_reason_of_the_same_gravity(void **state)
{
    (void)state;
    for (size_t i = 1; i < REASONS; i++)
        assert_ok(try_widen(standing_since(all_reasons[i], LATER),
                            begin(with_since(all_reasons[i], THEFT))));
    assert_ok(try_widen(standing_since(WRIT_REASON_SUPERSEDED, LATER),
                        begin(with_since(WRIT_REASON_AFFILIATION_CHANGED, THEFT))));
}

static void exactly_the_same_again_is_nothing_to_do(void **state)
{
    (void)state;
    for (size_t i = 1; i < REASONS; i++) {
        assert_fault(try_widen(begin(with_since(all_reasons[i], THEFT)),
                               begin(with_since(all_reasons[i], THEFT))),
                     WRIT_FAULT_USAGE, "nothing to do");
        assert_fault(
            try_widen(begin(without_since(all_reasons[i])), begin(without_since(all_reasons[i]))),
            WRIT_FAULT_USAGE, "already revoked");
    }
    assert_fault(try_widen(begin(without_since(WRIT_REASON_KEY_COMPROMISE)),
                           begin(without_since(WRIT_REASON_KEY_COMPROMISE))),
                 WRIT_FAULT_USAGE,
                 "already revoked (keyCompromise) since 2023-11-14T22:13:20Z; nothing to do");
}

static void another_note_alone_is_nothing_to_do(void **state)
{
    struct writ_revocation again = begin(without_since(WRIT_REASON_KEY_COMPROMISE));

    (void)state;
    memcpy(again.note, "other", 6);
    assert_fault(try_widen(begin(without_since(WRIT_REASON_KEY_COMPROMISE)), again),
                 WRIT_FAULT_USAGE, "nothing to do");
}

static void another_reason_of_the_same_gravity_is_refused_and_is_not_nothing_to_do(void **state)
{
    (void)state;
    assert_fault(try_widen(standing_since(WRIT_REASON_SUPERSEDED, THEFT),
                           begin(with_since(WRIT_REASON_CESSATION_OF_OPERATION, THEFT))),
                 WRIT_FAULT_USAGE, "cessationOfOperation is as grave as that");
    assert_null(strstr(e.text, "nothing to do"));
}

static void asking_again_a_day_later_without_a_since_never_narrows(void **state)
{
    struct writ_revocation again = begin(without_since(WRIT_REASON_SUPERSEDED));
    struct writ_revocation standing = again;

    (void)state;
    standing.since = again.since - WRIT_DAY;
    assert_fault(try_widen(standing, again), WRIT_FAULT_USAGE, "nothing to do");
}

static void dropping_the_since_of_a_stolen_key_widens_to_everything(void **state)
{
    struct writ_revocation wider = begin(without_since(WRIT_REASON_KEY_COMPROMISE));
    struct writ_revocation standing = begin(with_since(WRIT_REASON_KEY_COMPROMISE, THEFT));

    (void)state;
    assert_ok(writ_revocation_widen(&standing, &wider, &e));
    assert_int_equal(wider.since, BORN);
    assert_false(wider.since_given);
}

/* --- holds --- */

static void what_replaces_a_hold_counts_from_the_hold_at_the_latest(void **state)
{
    struct writ_revocation held = standing_since(WRIT_REASON_CERTIFICATE_HOLD, THEFT);
    struct writ_revocation wider = begin(without_since(WRIT_REASON_SUPERSEDED));

    (void)state;
    assert_int_equal(wider.since, NOW);
    assert_ok(writ_revocation_widen(&held, &wider, &e));
    assert_int_equal(wider.since, THEFT);
    wider = begin(without_since(WRIT_REASON_KEY_COMPROMISE));
    assert_ok(writ_revocation_widen(&held, &wider, &e));
    assert_int_equal(wider.since, BORN);
    assert_fault(try_widen(held, begin(with_since(WRIT_REASON_KEY_COMPROMISE, LATER))),
                 WRIT_FAULT_USAGE, "already held since");
}

static void a_hold_replaces_nothing(void **state)
{
    struct writ_revocation hold = begin(without_since(WRIT_REASON_CERTIFICATE_HOLD));

    (void)state;
    for (size_t i = 1; i < REASONS; i++)
        assert_fault(try_widen(standing_since(all_reasons[i], THEFT), hold), WRIT_FAULT_USAGE,
                     "a hold would be softer");
    assert_fault(try_widen(standing_since(WRIT_REASON_CERTIFICATE_HOLD, THEFT), hold),
                 WRIT_FAULT_USAGE, "already held since 2023-11-24T22:13:20Z; nothing to do");
}

/* --- what comes back from disk --- */

static void every_revocation_that_can_begin_passes_the_check(void **state)
{
    struct writ_revocation r;

    (void)state;
    for (size_t i = 0; i < REASONS; i++) {
        r = begin(without_since(all_reasons[i]));
        assert_ok(writ_revocation_check(&r, &e));
        if (i == 0)
            continue;
        r = begin(with_since(all_reasons[i], THEFT));
        assert_ok(writ_revocation_check(&r, &e));
    }
}

static void a_record_that_no_request_can_have_made_is_bad_input(void **state)
{
    const struct writ_revocation good = begin(with_since(WRIT_REASON_KEY_COMPROMISE, THEFT));
    struct writ_revocation r = good;

    (void)state;
    r.reason = (enum writ_reason)77;
    assert_fault(writ_revocation_check(&r, &e), WRIT_FAULT_BAD_INPUT, "unknown reason 77");
    r = good;
    r.since = WRIT_TIME_MAX + 1;
    assert_fault(writ_revocation_check(&r, &e), WRIT_FAULT_BAD_INPUT, "out of range");
    r = good;
    r.revoked_at = WRIT_TIME_MIN - 1;
    assert_fault(writ_revocation_check(&r, &e), WRIT_FAULT_BAD_INPUT, "out of range");
    r = good;
    r.note[0] = '\n';
    assert_fault(writ_revocation_check(&r, &e), WRIT_FAULT_BAD_INPUT, "bad note");
    r = good;
    r.note[0] = '\0';
    assert_fault(writ_revocation_check(&r, &e), WRIT_FAULT_BAD_INPUT, "without a note");
    r = good;
    r.reason = WRIT_REASON_CERTIFICATE_HOLD;
    assert_fault(writ_revocation_check(&r, &e), WRIT_FAULT_BAD_INPUT, "hold");
}

static const struct CMUnitTest claims[] = {
    CLAIM(a_stolen_key_counts_from_notBefore_unless_somebody_knows_better),
    CLAIM(malware_and_a_lost_CA_count_from_notBefore),
    CLAIM(a_certificate_put_out_of_use_counts_from_now),
    CLAIM(a_hold_counts_from_now_and_takes_no_since),
    CLAIM(it_is_remembered_whether_since_was_given_and_when_it_was_decided),
    CLAIM(since_may_be_notBefore_and_now_and_nothing_outside),
    CLAIM(a_since_that_spares_seals_made_with_a_stolen_key_needs_a_note),
    CLAIM(a_certificate_that_is_not_valid_yet_is_revoked_from_notBefore),
    CLAIM(an_expired_certificate_is_revoked_like_any_other),
    CLAIM(a_reason_that_writ_does_not_use_is_refused),
    CLAIM(a_note_fits_up_to_its_ceiling_and_is_one_printable_line),
    CLAIM(a_refused_request_changes_nothing),
    CLAIM(a_graver_reason_with_the_same_or_an_earlier_since_replaces_any_lesser),
    CLAIM(a_graver_reason_never_buys_a_later_since),
    CLAIM(an_earlier_since_never_buys_a_lesser_reason),
    CLAIM(an_earlier_since_widens_under_a_reason_of_the_same_gravity),
    CLAIM(exactly_the_same_again_is_nothing_to_do),
    CLAIM(another_note_alone_is_nothing_to_do),
    CLAIM(another_reason_of_the_same_gravity_is_refused_and_is_not_nothing_to_do),
    CLAIM(asking_again_a_day_later_without_a_since_never_narrows),
    CLAIM(dropping_the_since_of_a_stolen_key_widens_to_everything),
    CLAIM(what_replaces_a_hold_counts_from_the_hold_at_the_latest),
    CLAIM(a_hold_replaces_nothing),
    CLAIM(every_revocation_that_can_begin_passes_the_check),
    CLAIM(a_record_that_no_request_can_have_made_is_bad_input),
};

RUN_CLAIMS(claims)
