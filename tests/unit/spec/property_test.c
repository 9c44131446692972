/* What holds for any world: random combinations of what the cases of tests/spec vary one by one.
 * WRIT_SEED begins elsewhere; a failure shows the statements that make it. */
#include "test.h"
#include "world/world.h"

#define WORLDS     80
#define LINES_MAX  2048
#define BASE_MAX   1024
#define DIMENSIONS 9

/* ---- Random worlds ---- */

static uint64_t state_of_chance;

/* xorshift64: the same worlds on every machine. */
static uint64_t chance(uint64_t below)
{
    state_of_chance ^= state_of_chance << 13;
    state_of_chance ^= state_of_chance >> 7;
    state_of_chance ^= state_of_chance << 17;
    return state_of_chance % below;
}

/* One of each is said, mostly the first; the entry comes before its stamp. */
static const char *const dimensions[DIMENSIONS][9] = {
    {"", "file program changed", "file pie", "file library"},
    {"", "cert alice number=100", "cert alice number=none", "cert alice until=2026-11-01",
     "cert alice from=2026-10-15", "cert alice purpose=serverAuth", "cert alice key=rsa2048"},
    {"", "cert tsa number=100", "cert tsa until=2026-08-01", "cert tsa issuer=root"},
    {"", "cert mid until=2026-11-20", "cert mid from=2026-08-15", "cert root until=2026-11-20"},
    {"", "list mid gap=7,9", "list mid absent", "list root absent", "list mid numbered=no",
     "list mid covered-below=7", "list root covered-below=1"},
    {"", "feed example absent", "feed example table-spoiled"},
    {"", "now 2026-11-20", "now 2026-12-02T06:00:01Z", "at 2026-06-01", "at 2026-10-20",
     "now 2027-03-01\nfeed example as-of=2027-03-01 expires=2027-03-08", "now 2026-12-20"},
    {"entry", "entry spoiled", "entry kind=data", "entry team=mallory", "entry by=bob"},
    {"", "policy allow-uncovered"},
};

static const char *const stamps[] = {
    "stamp 2026-09-01",
    "stamp 2026-10-01",
    "stamp 2026-09-30T23:59:50Z accuracy=30",
    "stamp 2026-11-02",
    "stamp 2025-12-31",
    "stamp 2026-09-01 imprint=other",
    "stamp 2026-09-01 by=other-tsa",
};

static const char *const subjects[] = {"revoked alice", "revoked mid", "revoked tsa",
                                       "content-revoked"};
#define SUBJECTS (sizeof subjects / sizeof subjects[0])

static const char *const reasons[] = {
    "keyCompromise", "unspecified",        "superseded",      "cessationOfOperation",
    "cACompromise",  "privilegeWithdrawn", "certificateHold", "affiliationChanged"};

static const char *const sinces[] = {"2025-01-01", "2026-01-01", "2026-10-01", "2026-11-01"};

struct random_world {
    char base[BASE_MAX];            /* all but the stamp and the revocations */
    char stamp[128];                /* or "" */
    char revocation[SUBJECTS][128]; /* or "" */
};

#define CHOICE(list) ((list)[chance(sizeof(list) / sizeof(list)[0])])

static void choose_base(struct random_world *r)
{
    size_t used = 0;

    for (size_t i = 0; i < DIMENSIONS; i++) {
        size_t n = 0;

        while (n < 9 && dimensions[i][n] != NULL)
            n++;
        used += (size_t)snprintf(r->base + used, sizeof r->base - used, "%s\n",
                                 dimensions[i][chance(5) == 0 ? chance(n) : 0]);
    }
}

static void choose_revocation(char room[128], const char *subject)
{
    (void)snprintf(room, 128, "%s %s exactly since=%s\n", subject, CHOICE(reasons), CHOICE(sinces));
}

static struct random_world choose(void)
{
    struct random_world r = {0};

    choose_base(&r);
    if (chance(2) == 0)
        (void)snprintf(r.stamp, sizeof r.stamp, "%s\n", CHOICE(stamps));
    for (size_t i = 0; i < SUBJECTS; i++) {
        if (chance(8) == 0)
            choose_revocation(r.revocation[i], subjects[i]);
    }
    return r;
}

static void say_all(const struct random_world *r, char lines[LINES_MAX])
{
    (void)snprintf(lines, LINES_MAX, "%s%s%s%s%s%s", r->base, r->stamp, r->revocation[0],
                   r->revocation[1], r->revocation[2], r->revocation[3]);
}

/* ---- Judging them ---- */

static struct world w;
static char shown[LINES_MAX];

static struct writ_verdict judge(const struct random_world *r)
{
    struct writ_verdict v;

    say_all(r, shown);
    world_of(&w, shown);
    v = w.verdict;
    return v;
}

static bool allowed(const struct writ_verdict *v)
{
    return v->outcome == WRIT_ALLOWED;
}

/* Runs a check over many worlds. */
static void for_many(void (*check)(struct random_world *r))
{
    const char *seed = getenv("WRIT_SEED");

    state_of_chance = seed == NULL ? 20261125 : strtoull(seed, NULL, 10) | 1;
    for (int i = 0; i < WORLDS; i++) {
        struct random_world r = choose();

        check(&r);
    }
}

#define HOLDS(condition)                                                                           \
    do {                                                                                           \
        if (!(condition))                                                                          \
            fail_msg("%s does not hold in\n%s", #condition, shown);                                \
    } while (0)

/* ---- Properties ---- */

static void check_adding(struct random_world *r)
{
    struct writ_verdict before = judge(r), after;
    size_t i = chance(SUBJECTS);

    world_free(&w);
    if (r->revocation[i][0] != '\0')
        return;
    choose_revocation(r->revocation[i], subjects[i]);
    after = judge(r);
    world_free(&w);
    HOLDS(allowed(&before) || !allowed(&after));
}

static void adding_a_revocation_never_turns_refused_into_allowed(void **state)
{
    (void)state;
    for_many(check_adding);
}

/* Is every certificate of the path valid now, and none of them revoked? */
static bool is_valid_now(const struct writ_evidence *evidence)
{
    const struct writ_path_facts *path = &evidence->seal[0].entry[0].path;

    for (size_t i = 0; i < path->count; i++) {
        if (path->link[i].status == WRIT_STATUS_REVOKED ||
            evidence->now < path->link[i].not_before || evidence->now > path->link[i].not_after)
            return false;
    }
    return path->count > 0;
}

static void check_unstamping(struct random_world *r)
{
    struct writ_verdict with = judge(r), without;

    world_free(&w);
    r->stamp[0] = '\0';
    without = judge(r);
    HOLDS(allowed(&with) || !allowed(&without) || is_valid_now(w.evidence));
    world_free(&w);
}

static void without_its_stamp_only_what_is_valid_now_and_not_revoked_is_allowed(void **state)
{
    (void)state;
    for_many(check_unstamping);
}

static void check_twice(struct random_world *r)
{
    struct writ_verdict one = judge(r), again;

    world_free(&w);
    again = judge(r);
    world_free(&w);
    HOLDS(one.outcome == again.outcome && one.why == again.why && one.entry == again.entry);
    HOLDS(one.has_holds_until == again.has_holds_until && one.holds_until == again.holds_until);
    HOLDS(one.pull_wanted == again.pull_wanted && strcmp(one.reason, again.reason) == 0);
}

static void the_same_evidence_gives_the_same_verdict_twice(void **state)
{
    (void)state;
    for_many(check_twice);
}

static void check_exit(struct random_world *r)
{
    static const int wanted[] = {0, 2, 3, 3, 3, 4, 5, 6, 74};
    struct writ_verdict v = judge(r);

    world_free(&w);
    HOLDS(writ_verdict_exit(&v) == wanted[v.outcome]);
    HOLDS(allowed(&v) == (v.remedy[0] == '\0'));
    HOLDS(allowed(&v) || !v.has_holds_until);
    HOLDS(v.reason[0] != '\0');
}

static void the_exit_code_is_the_outcomes(void **state)
{
    (void)state;
    for_many(check_exit);
}

static void check_policy(struct random_world *r)
{
    struct writ_verdict strict = judge(r), lax;

    world_free(&w);
    strcat(r->base, "policy allow-uncovered\n");
    lax = judge(r);
    world_free(&w);
    HOLDS(!allowed(&strict) || allowed(&lax));
    HOLDS(allowed(&strict) || !allowed(&lax) || strict.outcome == WRIT_NOT_COVERED);
}

static void letting_the_uncovered_pass_changes_only_what_is_not_covered(void **state)
{
    (void)state;
    for_many(check_policy);
}

/* The same data at a later time: what was allowed is allowed up to the instant it holds until. */
static void check_holding(struct random_world *r)
{
    struct writ_verdict now = judge(r), later;
    int64_t from = w.evidence->now;
    char when[WRIT_TIME_TEXT];

    world_free(&w);
    if (!allowed(&now) || !now.has_holds_until)
        return;
    HOLDS(now.holds_until >= from);
    if (now.holds_until == from)
        return;
    writ_time_format(from + (int64_t)chance((uint64_t)(now.holds_until - from)), when);
    (void)snprintf(r->base + strlen(r->base), BASE_MAX - strlen(r->base), "at %s\n", when);
    later = judge(r);
    world_free(&w);
    HOLDS(allowed(&later));
}

static void what_is_allowed_is_allowed_until_the_instant_it_holds_until(void **state)
{
    (void)state;
    for_many(check_holding);
}

/* Else all of the above would hold for want of cases. */
static void chance_finds_all_outcomes(void **state)
{
    unsigned seen[WRIT_FAULT + 1] = {0};

    (void)state;
    state_of_chance = 20261125;
    for (int i = 0; i < 2 * WORLDS; i++) {
        struct random_world r = choose();

        seen[judge(&r).outcome]++;
        world_free(&w);
    }
    assert_true(seen[WRIT_ALLOWED] > 20);
    assert_true(seen[WRIT_REVOKED] > 20);
    assert_true(seen[WRIT_UNTRUSTED] > 20);
    assert_true(seen[WRIT_MODIFIED] > 0);
    assert_true(seen[WRIT_NOT_COVERED] > 0);
    assert_true(seen[WRIT_STALE] > 0);
    assert_true(seen[WRIT_FAULT] > 0);
}

int main(void)
{
    const struct CMUnitTest claims[] = {
        CLAIM(adding_a_revocation_never_turns_refused_into_allowed),
        CLAIM(without_its_stamp_only_what_is_valid_now_and_not_revoked_is_allowed),
        CLAIM(the_same_evidence_gives_the_same_verdict_twice),
        CLAIM(the_exit_code_is_the_outcomes),
        CLAIM(letting_the_uncovered_pass_changes_only_what_is_not_covered),
        CLAIM(what_is_allowed_is_allowed_until_the_instant_it_holds_until),
        CLAIM(chance_finds_all_outcomes),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name(__FILE__, claims, NULL, NULL);
}
