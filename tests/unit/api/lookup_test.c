/*
 * Who is revoked in a table, asked by serial number, by certificate and by content.
 */
#include "crypto/digest.h"

#include "asking.h"

struct asked {
    struct world w;
    struct writ_lookup *l;
};

static void open_world(struct asked *a, const char *lines)
{
    struct writ_error e = {0};

    world_of(&a->w, lines);
    a->l = writ_lookup_new(a->w.ca[0].table.p, a->w.ca[0].table.n, &e);
    if (a->l == NULL)
        fail_msg("%s", e.text);
}

static void close_world(struct asked *a)
{
    writ_lookup_free(a->l);
    world_free(&a->w);
}

static void key_hash(struct world *w, const char *name, uint8_t hash[WRIT_HASH])
{
    struct writ_error e = {0};

    assert_ok(writ_sha256(writ_buffer_span(&world_cert(w, name)->spki), hash, &e));
}

static int ask_certificate(struct asked *a, const char *name, enum writ_reason *reason,
                           int64_t *since)
{
    const struct world_cert *cert = world_cert(&a->w, name);
    const struct world_cert *issuer = world_cert(&a->w, cert->issuer);
    struct writ_error e = {0};
    int answer = writ_lookup_certificate(a->l, cert->der.p, cert->der.n, issuer->der.p,
                                         issuer->der.n, reason, since, &e);

    if (answer < 0)
        fail_msg("%s", e.text);
    return answer;
}

static int ask_serial(struct asked *a, const char *name, enum writ_reason *reason, int64_t *since)
{
    const struct world_cert *cert = world_cert(&a->w, name);
    struct writ_error e = {0};
    uint8_t issuer[WRIT_HASH];
    int answer;

    key_hash(&a->w, cert->issuer, issuer);
    answer = writ_lookup_serial(a->l, issuer, cert->parsed.serial.p, cert->parsed.serial.n, reason,
                                since, &e);
    if (answer < 0)
        fail_msg("%s", e.text);
    return answer;
}

static void a_certificate_has_one_answer(void **state)
{
    static const struct {
        const char *lines;
        int answer;
    } cases[] = {
        {"", WRIT_LOOKUP_GOOD},
        {"revoked alice keyCompromise", WRIT_LOOKUP_REVOKED},
        {"cert alice number=99", WRIT_LOOKUP_GOOD},
        {"cert alice number=100", WRIT_LOOKUP_NEWER},
        {"revoked alice superseded\ncert alice number=100", WRIT_LOOKUP_REVOKED},
        {"list mid absent", WRIT_LOOKUP_NO_ISSUER},
        {"list mid gap=5,9", WRIT_LOOKUP_BURNED},
        {"list mid gap=5,7", WRIT_LOOKUP_GOOD},
        {"cert alice number=none", WRIT_LOOKUP_UNNUMBERED},
        {"cert alice number=none\nlist mid numbered=no", WRIT_LOOKUP_GOOD},
        {"cert alice number=none from=2026-11-25T05:00:00Z\nlist mid numbered=no",
         WRIT_LOOKUP_NEWER},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct asked a;
        int answer;

        open_world(&a, cases[i].lines);
        answer = ask_certificate(&a, "alice", NULL, NULL);
        if (answer != cases[i].answer)
            fail_msg("%s: found %d, wanted %d", cases[i].lines, answer, cases[i].answer);
        close_world(&a);
    }
}

static void a_revocation_says_why_and_since_when(void **state)
{
    enum writ_reason reason = WRIT_REASON_UNSPECIFIED;
    int64_t since = 0;
    struct asked a;

    (void)state;
    open_world(&a, "revoked alice keyCompromise since=2026-10-01\nrevoked mid superseded");
    assert_int_equal(ask_certificate(&a, "alice", &reason, &since), WRIT_LOOKUP_REVOKED);
    assert_string_equal(writ_reason_name(reason), "keyCompromise");
    assert_true(since == world_time("2026-10-01"));
    assert_int_equal(ask_certificate(&a, "mid", &reason, &since), WRIT_LOOKUP_REVOKED);
    assert_string_equal(writ_reason_name(reason), "superseded");
    assert_true(since == world_time("2026-11-01"));
    assert_true(writ_lookup_as_of(a.l) == world_time(WORLD_AS_OF));
    close_world(&a);
}

static void reason_and_since_are_left_alone_unless_it_is_revoked(void **state)
{
    enum writ_reason reason = WRIT_REASON_CA_COMPROMISE;
    int64_t since = 42;
    struct asked a;

    (void)state;
    open_world(&a, "");
    assert_int_equal(ask_certificate(&a, "alice", &reason, &since), WRIT_LOOKUP_GOOD);
    assert_int_equal(ask_serial(&a, "alice", &reason, &since), WRIT_LOOKUP_UNLISTED);
    assert_int_equal(reason, WRIT_REASON_CA_COMPROMISE);
    assert_true(since == 42);
    close_world(&a);
}

static void a_serial_number_is_listed_or_not(void **state)
{
    enum writ_reason reason = WRIT_REASON_UNSPECIFIED;
    int64_t since = 0;
    struct asked a;

    (void)state;
    open_world(&a, "revoked alice privilegeWithdrawn since=2026-09-01");
    assert_int_equal(ask_serial(&a, "alice", &reason, &since), WRIT_LOOKUP_REVOKED);
    assert_int_equal(reason, WRIT_REASON_PRIVILEGE_WITHDRAWN);
    assert_true(since == world_time("2026-09-01"));
    assert_int_equal(ask_serial(&a, "alice", NULL, NULL), WRIT_LOOKUP_REVOKED);
    assert_int_equal(ask_serial(&a, "mid", NULL, NULL), WRIT_LOOKUP_UNLISTED);
    close_world(&a);
    open_world(&a, "list mid absent");
    assert_int_equal(ask_serial(&a, "alice", NULL, NULL), WRIT_LOOKUP_NO_ISSUER);
    close_world(&a);
}

static void a_serial_number_of_another_issuer_is_another_one(void **state)
{
    const struct world_cert *alice;
    struct writ_error e = {0};
    uint8_t root[WRIT_HASH];
    struct asked a;

    (void)state;
    open_world(&a, "revoked alice keyCompromise");
    alice = world_cert(&a.w, "alice");
    key_hash(&a.w, "root", root);
    assert_int_equal(writ_lookup_serial(a.l, root, alice->parsed.serial.p, alice->parsed.serial.n,
                                        NULL, NULL, &e),
                     WRIT_LOOKUP_UNLISTED);
    close_world(&a);
}

static void content_is_listed_by_length_and_root(void **state)
{
    enum writ_reason reason = WRIT_REASON_UNSPECIFIED;
    struct writ_error e = {0};
    uint8_t root[WRIT_HASH], wrong[WRIT_HASH] = {0};
    struct asked a;
    uint64_t length;

    (void)state;
    open_world(&a, "content-revoked privilegeWithdrawn");
    key_hash(&a.w, "root", root);
    length = a.w.content.n;
    assert_int_equal(writ_lookup_content(a.l, root, length, a.w.root, &reason, NULL, &e),
                     WRIT_LOOKUP_REVOKED);
    assert_int_equal(reason, WRIT_REASON_PRIVILEGE_WITHDRAWN);
    assert_int_equal(writ_lookup_content(a.l, root, length + 1, a.w.root, NULL, NULL, &e),
                     WRIT_LOOKUP_UNLISTED);
    assert_int_equal(writ_lookup_content(a.l, root, length, wrong, NULL, NULL, &e),
                     WRIT_LOOKUP_UNLISTED);
    assert_int_equal(writ_lookup_content(a.l, wrong, length, a.w.root, NULL, NULL, &e),
                     WRIT_LOOKUP_NO_ISSUER);
    close_world(&a);
    open_world(&a, "");
    key_hash(&a.w, "root", root);
    assert_int_equal(writ_lookup_content(a.l, root, length, a.w.root, NULL, NULL, &e),
                     WRIT_LOOKUP_NO_ISSUER);
    close_world(&a);
}

static void what_is_no_certificate_is_bad_input(void **state)
{
    const struct world_cert *alice, *mid;
    struct writ_error e = {0};
    struct asked a;

    (void)state;
    open_world(&a, "");
    alice = world_cert(&a.w, "alice");
    mid = world_cert(&a.w, "mid");
    assert_fault(-(writ_lookup_certificate(a.l, alice->der.p, alice->der.n - 1, mid->der.p,
                                           mid->der.n, NULL, NULL, &e) < 0),
                 WRIT_FAULT_BAD_INPUT, "");
    assert_fault(-(writ_lookup_certificate(a.l, alice->der.p, alice->der.n, mid->der.p, 1, NULL,
                                           NULL, &e) < 0),
                 WRIT_FAULT_BAD_INPUT, "");
    close_world(&a);
}

static void what_is_no_table_is_not_opened(void **state)
{
    struct writ_error e = {0};
    struct world w;

    (void)state;
    world_of(&w, "revoked alice keyCompromise");
    assert_fault_null(writ_lookup_new(NULL, 0, &e), WRIT_FAULT_BAD_INPUT, "");
    assert_fault_null(writ_lookup_new(w.ca[0].table.p, w.ca[0].table.n - 8, &e),
                      WRIT_FAULT_BAD_INPUT, "");
    assert_fault_null(writ_lookup_new(w.ca[0].note.p, w.ca[0].note.n, &e), WRIT_FAULT_BAD_INPUT,
                      "");
    world_free(&w);
}

/* Opening alone looks at the bounds only: every byte of the table has its say. */
static void a_table_is_checked_whole_before_it_is_asked(void **state)
{
    size_t refused_by_the_whole_check = 0;
    struct world w;

    (void)state;
    world_of(&w, "revoked alice keyCompromise\ncontent-revoked superseded");
    for (size_t i = 0; i < w.ca[0].table.n; i++) {
        struct writ_table table;
        struct writ_lookup *l;
        bool opens, sound;

        w.ca[0].table.p[i] ^= 0x80;
        opens = writ_table_open(writ_buffer_span(&w.ca[0].table), &table, NULL) == 0;
        sound = opens && writ_table_check(&table, NULL) == 0;
        l = writ_lookup_new(w.ca[0].table.p, w.ca[0].table.n, NULL);
        assert_int_equal(l != NULL, sound);
        refused_by_the_whole_check += opens && !sound;
        writ_lookup_free(l);
        w.ca[0].table.p[i] ^= 0x80;
    }
    assert_true(refused_by_the_whole_check > 10);
    world_free(&w);
}

static void null_is_a_fault_where_it_is_not_allowed(void **state)
{
    const uint8_t hash[WRIT_HASH] = {0};
    struct writ_error e = {0};
    struct asked a;

    (void)state;
    open_world(&a, "");
    assert_fault_null(writ_lookup_new(NULL, 1, &e), WRIT_FAULT_USAGE, "writ_lookup_new");
    assert_fault(writ_lookup_serial(NULL, hash, hash, 1, NULL, NULL, &e), WRIT_FAULT_USAGE, "NULL");
    assert_fault(writ_lookup_serial(a.l, NULL, hash, 1, NULL, NULL, &e), WRIT_FAULT_USAGE, "NULL");
    assert_fault(writ_lookup_serial(a.l, hash, NULL, 1, NULL, NULL, &e), WRIT_FAULT_USAGE, "NULL");
    assert_fault(writ_lookup_certificate(NULL, hash, 1, hash, 1, NULL, NULL, &e), WRIT_FAULT_USAGE,
                 "NULL");
    assert_fault(writ_lookup_certificate(a.l, NULL, 1, hash, 1, NULL, NULL, &e), WRIT_FAULT_USAGE,
                 "NULL");
    assert_fault(writ_lookup_certificate(a.l, hash, 1, NULL, 1, NULL, NULL, &e), WRIT_FAULT_USAGE,
                 "NULL");
    assert_fault(writ_lookup_content(NULL, hash, 1, hash, NULL, NULL, &e), WRIT_FAULT_USAGE,
                 "NULL");
    assert_fault(writ_lookup_content(a.l, NULL, 1, hash, NULL, NULL, &e), WRIT_FAULT_USAGE, "NULL");
    assert_fault(writ_lookup_content(a.l, hash, 1, NULL, NULL, NULL, &e), WRIT_FAULT_USAGE, "NULL");
    assert_true(writ_lookup_as_of(NULL) == 0);
    assert_int_equal(writ_lookup_serial(NULL, hash, hash, 1, NULL, NULL, NULL), -1);
    writ_lookup_free(NULL);
    close_world(&a);
}

static const struct CMUnitTest claims[] = {
    CLAIM(a_certificate_has_one_answer),
    CLAIM(a_revocation_says_why_and_since_when),
    CLAIM(reason_and_since_are_left_alone_unless_it_is_revoked),
    CLAIM(a_serial_number_is_listed_or_not),
    CLAIM(a_serial_number_of_another_issuer_is_another_one),
    CLAIM(content_is_listed_by_length_and_root),
    CLAIM(what_is_no_certificate_is_bad_input),
    CLAIM(what_is_no_table_is_not_opened),
    CLAIM(a_table_is_checked_whole_before_it_is_asked),
    CLAIM(null_is_a_fault_where_it_is_not_allowed),
};

RUN_CLAIMS(claims)
