/*
 * Memory that runs out at every single allocation of a judgement, OpenSSL's included: a fault or
 * the right verdict, never another one, and nothing lost.
 *
 * The program is linked with --wrap for what the library calls, and OpenSSL is given the same
 * functions.  Worlds are made in a child, so that OpenSSL is untouched here until a test wants it.
 */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "asking.h"
#include "crypto/digest.h"
#include "object/certs.h"

/* -------------------------------------------------------------- memory that can be made scarce */

enum whose { LIBRARY, OPENSSL };

/* Which allocations fail. */
struct scarcity {
    bool on[2];    /* whose are counted */
    long first;    /* the first of them that fails, from 0; -1: none does */
    bool for_good; /* and all that come after it */
    long every;    /* and each that comes so many after it; 0: no more */
};

static struct scarcity scarcity = {.first = -1};
static long seen;    /* allocations counted since the scarcity began */
static long live[2]; /* allocations not given back */

static bool refuse(enum whose whose)
{
    long after;

    if (!scarcity.on[whose])
        return false;
    after = seen++ - scarcity.first;
    if (scarcity.first < 0 || after < 0)
        return false;
    return after == 0 || scarcity.for_good || (scarcity.every > 0 && after % scarcity.every == 0);
}

static void *got(enum whose whose, void *p)
{
    live[whose] += p != NULL;
    return p;
}

void *__real_malloc(size_t n);
void *__real_calloc(size_t count, size_t n);
void *__real_realloc(void *p, size_t n);
void __real_free(void *p);
int __real_vasprintf(char **out, const char *fmt, va_list args) WRIT_FORMAT(2, 0);

void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t number, size_t n);
void *__wrap_realloc(void *p, size_t n);
void __wrap_free(void *p);
int __wrap_vasprintf(char **out, const char *fmt, va_list args) WRIT_FORMAT(2, 0);
int __wrap___vasprintf_chk(char **out, int flag, const char *fmt, va_list args) WRIT_FORMAT(3, 0);

void *__wrap_malloc(size_t n)
{
    return refuse(LIBRARY) ? NULL : got(LIBRARY, __real_malloc(n));
}

void *__wrap_calloc(size_t number, size_t n)
{
    return refuse(LIBRARY) ? NULL : got(LIBRARY, __real_calloc(number, n));
}

void *__wrap_realloc(void *p, size_t n)
{
    void *moved = refuse(LIBRARY) ? NULL : __real_realloc(p, n);

    live[LIBRARY] += p == NULL && moved != NULL;
    return moved;
}

void __wrap_free(void *p)
{
    live[LIBRARY] -= p != NULL;
    __real_free(p);
}

int __wrap_vasprintf(char **out, const char *fmt, va_list args)
{
    if (refuse(LIBRARY))
        return -1;
    live[LIBRARY]++;
    return __real_vasprintf(out, fmt, args);
}

int __wrap___vasprintf_chk(char **out, int flag, const char *fmt, va_list args)
{
    (void)flag;
    return __wrap_vasprintf(out, fmt, args);
}

static void *openssl_malloc(size_t n, const char *file, int line)
{
    (void)file;
    (void)line;
    return refuse(OPENSSL) ? NULL : got(OPENSSL, __real_malloc(n));
}

static void openssl_free(void *p, const char *file, int line)
{
    (void)file;
    (void)line;
    live[OPENSSL] -= p != NULL;
    __real_free(p);
}

static void *openssl_realloc(void *p, size_t n, const char *file, int line)
{
    void *moved;

    if (n == 0) {
        openssl_free(p, file, line);
        return NULL;
    }
    moved = refuse(OPENSSL) ? NULL : __real_realloc(p, n);
    live[OPENSSL] += p == NULL && moved != NULL;
    return moved;
}

static void make_scarce(struct scarcity how)
{
    scarcity = how;
    seen = 0;
}

static void make_plenty(void)
{
    scarcity = (struct scarcity){.first = -1};
}

/* ----------------------------------------------------------------------- worlds from elsewhere */

static void put(FILE *f, const void *p, size_t n)
{
    if (fwrite(&n, sizeof n, 1, f) != 1 || (n > 0 && fwrite(p, 1, n, f) != n))
        fail_msg("cannot hand a world over");
}

static struct writ_buffer get(FILE *f)
{
    struct writ_buffer b = {0};
    size_t n = 0;
    uint8_t *p;

    if (fread(&n, sizeof n, 1, f) != 1)
        fail_msg("no world came");
    p = n > 0 ? writ_buffer_extend(&b, n) : NULL;
    if (n > 0 && (p == NULL || fread(p, 1, n, f) != n))
        fail_msg("half a world came");
    return b;
}

/* Everything of a world that a judge is given. */
static void put_world(FILE *f, const char *lines)
{
    struct world w;

    world_of(&w, lines);
    put(f, &w.env, sizeof w.env);
    put(f, w.file.p, w.file.n);
    put(f, w.ca[0].bundle.p, w.ca[0].bundle.n);
    put(f, w.ca[0].fingerprint, sizeof w.ca[0].fingerprint);
    put(f, w.ca[0].note.p, w.ca[0].note.n);
    put(f, w.ca[0].table.p, w.ca[0].table.n);
    put(f, w.seal[0].der.p, w.seal[0].der.n);
    put(f, &w.seal[0].place, sizeof w.seal[0].place);
    put(f, w.seal[0].filed_under, sizeof w.seal[0].filed_under);
    world_free(&w);
}

static void take_fixed(FILE *f, void *p, size_t n)
{
    struct writ_buffer b = get(f);

    assert_int_equal(b.n, n);
    memcpy(p, b.p, n);
    writ_buffer_free(&b);
}

static void get_world(FILE *f, struct world *w)
{
    *w = (struct world){.seals = 1};
    w->ca[0].trusted = true;
    take_fixed(f, &w->env, sizeof w->env);
    w->file = get(f);
    w->ca[0].bundle = get(f);
    take_fixed(f, w->ca[0].fingerprint, sizeof w->ca[0].fingerprint);
    w->ca[0].note = get(f);
    w->ca[0].table = get(f);
    w->seal[0].der = get(f);
    take_fixed(f, &w->seal[0].place, sizeof w->seal[0].place);
    take_fixed(f, w->seal[0].filed_under, sizeof w->seal[0].filed_under);
}

static void world_from_a_child(struct world *w, const char *lines)
{
    int ends[2], status;
    FILE *f;
    pid_t child;

    assert_int_equal(pipe(ends), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        f = fdopen(ends[1], "wb");
        put_world(f, lines);
        (void)fclose(f);
        _exit(0);
    }
    (void)close(ends[1]);
    f = fdopen(ends[0], "rb");
    assert_non_null(f);
    get_world(f, w);
    (void)fclose(f);
    assert_true(waitpid(child, &status, 0) == child && status == 0);
}

/* ------------------------------------------------------------------------------- what is tried */

struct answer {
    struct writ_error e;
    int code;   /* of a judge its exit code, of a lookup what it found; else -1 */
    char *text; /* everything that was said; NULL after a fault */
};

typedef void (*trial)(const struct world *w, struct answer *a);

static void judging(const struct world *w, struct answer *a)
{
    struct writ_judge *j = ask(w, &a->e);

    a->code = writ_judge_exit(j);
    if (a->e.fault == WRIT_FAULT_NONE)
        a->text = writ_judge_explain(j, WRIT_FORM_JSON, &a->e);
    writ_judge_free(j);
}

static void arriving(const struct world *w, struct answer *a)
{
    const struct world_ca *ca = &w->ca[0];
    struct writ_arrival *arrival =
        writ_arrival_new(w->env.now, ca->bundle.p, ca->bundle.n, ca->fingerprint, NULL, 0, &a->e);

    if (arrival != NULL && writ_arrival_note(arrival, ca->note.p, ca->note.n, &a->e) == 0 &&
        writ_arrival_table(arrival, ca->table.p, ca->table.n, &a->e) == 0)
        a->text = strdup(writ_arrival_memory(arrival));
    writ_arrival_free(arrival);
    live[LIBRARY] += a->text != NULL; /* strdup is not wrapped */
}

static void looking_up(const struct world *w, struct answer *a)
{
    static const uint8_t nobody[WRIT_HASH];
    struct writ_lookup *l = writ_lookup_new(w->ca[0].table.p, w->ca[0].table.n, &a->e);

    a->code = -1;
    if (l != NULL)
        a->code = writ_lookup_serial(l, nobody, nobody, 1, NULL, NULL, &a->e);
    writ_lookup_free(l);
}

/* A filter that says of every certificate of one issuer that it is revoked, that certificate, and
 * its issuer's; made before memory is scarce. */
static struct writ_span filter, leaf, leaf_issuer;

#define FILTERS_SAY 10 /* before an answer, which is no exit code */

static void make_filter(void)
{
    struct writ_error e = {0};
    char issuer[2 * WRIT_HASH + 1];
    uint8_t hash[WRIT_HASH];

    assert_ok(writ_sha256(der(P256_KEY), hash, &e));
    writ_hex_format(WRIT_SPAN(hash, sizeof hash), issuer);
    filter = der(piece("0400 0001 %s 0000000000000000 0000000000000001 00000001 %s 00000000 00 "
                       "00000000 00000000 00000000 01 0000 00 00000000",
                       issuer, issuer));
    leaf = CERT(.extensions = piece(
                    EXTENSIONS("%s"),
                    piece(EXTENSION("2b06010401d679020402",
                                    "04{ 0033 0031 00 %s 0000000000000001 0000 0403 0002 0000 }"),
                          issuer)));
    leaf_issuer = CERT(.subject = NAME("CA"));
}

static void asking_filters(const struct world *w, struct answer *a)
{
    struct writ_filters *f = writ_filters_new(0, &a->e);

    (void)w;
    a->code = -1;
    if (f != NULL && writ_filters_add(f, "one", filter.p, filter.n, &a->e) == 0 &&
        writ_filters_add(f, "another", filter.p, filter.n, &a->e) == 0)
        a->code =
            writ_filters_certificate(f, 1, leaf.p, leaf.n, leaf_issuer.p, leaf_issuer.n, &a->e);
    if (a->code >= 0)
        a->code += FILTERS_SAY;
    writ_filters_free(f);
}

/* A fault that says what it is, or all of the right answer. */
static bool is_right(const struct answer *a, const struct answer *wanted)
{
    bool is_verdict = a->code >= 0 && a->code < 64 && a->code != WRIT_FAULT_UNEXPECTED;

    if (is_verdict && a->code != wanted->code)
        return false;
    if (a->e.fault == WRIT_FAULT_NONE)
        return a->text == NULL ? wanted->text == NULL : strcmp(a->text, wanted->text) == 0;
    return a->e.fault == WRIT_FAULT_UNEXPECTED;
}

static struct answer try(trial what, const struct world *w, struct scarcity how)
{
    struct answer a = {0};

    make_scarce(how);
    what(w, &a);
    make_plenty();
    return a;
}

/* What is told of all that went wrong. */
struct toll {
    long wrong;
    long lost; /* by the library: OpenSSL loses some of its own when it runs out */
};

static void try_and_compare(trial what, const struct world *w, struct scarcity how,
                            const struct answer *wanted, struct toll *toll)
{
    long before = live[LIBRARY];
    struct answer a = try(what, w, how);

    if (!is_right(&a, wanted)) {
        toll->wrong++;
        (void)fprintf(stderr, "# %s %s allocation %ld: exit %d, fault %d \"%s\"\n%s\n",
                      how.on[LIBRARY] ? "library" : "", how.on[OPENSSL] ? "openssl" : "", how.first,
                      a.code, (int)a.e.fault, a.e.text, a.text == NULL ? "" : a.text);
    }
    free(a.text);
    toll->lost += live[LIBRARY] != before;
}

/* How many allocations there are when none fails. */
static long count(trial what, const struct world *w, struct scarcity how)
{
    struct answer a;

    how.first = -1;
    a = try(what, w, how);
    free(a.text);
    return seen;
}

/* WRIT_SWEEP=full: every one, which takes minutes. */
static long stride_for(long total, long tries)
{
    const char *sweep = getenv("WRIT_SWEEP");

    return sweep != NULL && strcmp(sweep, "full") == 0 ? 1 : 1 + total / tries;
}

static void sweep(trial what, const struct world *w, struct scarcity how, long tries,
                  struct toll *toll)
{
    struct answer wanted;
    long total, stride;

    (void)count(what, w, how); /* what OpenSSL keeps for good is kept from now on */
    total = count(what, w, how);
    stride = how.every > 0 ? 1 + total / tries : stride_for(total, tries);
    wanted = try(what, w, (struct scarcity){.first = -1});
    assert_int_equal(wanted.e.fault, WRIT_FAULT_NONE);
    assert_true(total > 0);
    for (how.first = 0; how.first < total; how.first += stride)
        try_and_compare(what, w, how, &wanted, toll);
    free(wanted.text);
}

static void sweep_world(trial what, const char *lines, long tries)
{
    struct toll toll = {0};
    struct world w;

    world_from_a_child(&w, lines);
    sweep(what, &w, (struct scarcity){.on = {true, false}}, 100000, &toll);
    sweep(what, &w, (struct scarcity){.on = {true, false}, .for_good = true}, 100000, &toll);
    sweep(what, &w, (struct scarcity){.on = {false, true}}, tries, &toll);
    sweep(what, &w, (struct scarcity){.on = {true, true}, .for_good = true}, tries / 4, &toll);
    for (long every = 1; every < 40; every += 3)
        sweep(what, &w, (struct scarcity){.on = {true, true}, .every = every}, 4, &toll);
    world_free(&w);
    assert_int_equal(toll.wrong, 0);
    assert_int_equal(toll.lost, 0);
}

static void a_good_file_is_allowed_or_a_fault(void **state)
{
    (void)state;
    sweep_world(judging, "stamp 2026-09-01", 400);
}

static void a_revoked_file_is_revoked_or_a_fault(void **state)
{
    (void)state;
    sweep_world(judging, "revoked alice keyCompromise", 200);
}

static void revoked_content_is_revoked_or_a_fault(void **state)
{
    (void)state;
    sweep_world(judging, "file data\nunsigned\ncontent-revoked privilegeWithdrawn", 100);
}

static void a_seal_from_an_index_is_found_or_a_fault(void **state)
{
    (void)state;
    sweep_world(judging, "file data size=100000\nseal index", 100);
}

static void a_feed_is_accepted_or_a_fault(void **state)
{
    (void)state;
    sweep_world(arriving, "", 100);
}

static void a_table_answers_or_is_a_fault(void **state)
{
    (void)state;
    sweep_world(looking_up, "revoked alice keyCompromise", 100);
}

static void filters_answer_or_are_a_fault(void **state)
{
    struct answer a = {0};

    (void)state;
    make_filter();
    asking_filters(NULL, &a);
    assert_int_equal(a.code, FILTERS_SAY + WRIT_FILTERS_REVOKED);
    sweep_world(asking_filters, "", 100);
}

/* ------------------------------------------------------------------------- the first judgement */

/* Judges in a child in which OpenSSL was never used.  True when the answer is right. */
static bool is_right_in_a_new_process(const struct world *w, struct scarcity how,
                                      const struct answer *wanted)
{
    int status;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        struct answer a;

        (void)signal(SIGSEGV, SIG_DFL); /* cmocka's would go on with the next test in the child */
        a = try(judging, w, how);
        _exit(is_right(&a, wanted) ? 0 : 1);
    }
    assert_true(waitpid(child, &status, 0) == child);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* How many allocations the first judgement makes, and what it says. */
static long first_judgement(const struct world *w, struct answer *wanted)
{
    struct scarcity both = {.on = {true, true}, .first = -1};
    int ends[2], status;
    long total = 0;
    pid_t child;
    FILE *f;

    assert_int_equal(pipe(ends), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct answer a = try(judging, w, both);

        f = fdopen(ends[1], "wb");
        put(f, &seen, sizeof seen);
        put(f, &a.code, sizeof a.code);
        put(f, a.text, strlen(a.text) + 1);
        (void)fclose(f);
        _exit(0);
    }
    (void)close(ends[1]);
    f = fdopen(ends[0], "rb");
    assert_non_null(f);
    take_fixed(f, &total, sizeof total);
    take_fixed(f, &wanted->code, sizeof wanted->code);
    wanted->text = (char *)get(f).p;
    (void)fclose(f);
    assert_true(waitpid(child, &status, 0) == child && status == 0);
    return total;
}

static void the_first_judgement_of_a_process_is_right_or_a_fault(void **state)
{
    struct answer wanted = {0};
    struct world w;
    long total, stride, wrong = 0;

    (void)state;
    world_from_a_child(&w, "stamp 2026-09-01");
    total = first_judgement(&w, &wanted);
    stride = stride_for(total, 200);
    for (long i = 0; i < total; i += stride) {
        struct scarcity how = {.on = {true, true}, .first = i, .for_good = i / stride % 2 == 1};

        if (is_right_in_a_new_process(&w, how, &wanted))
            continue;
        (void)fprintf(stderr, "# allocation %ld of %ld, for_good %d\n", i, total, how.for_good);
        wrong++;
    }
    free(wanted.text);
    world_free(&w);
    assert_int_equal(wrong, 0);
}

/* The first judgement comes first: later ones leave OpenSSL started. */
static const struct CMUnitTest claims[] = {
    CLAIM(the_first_judgement_of_a_process_is_right_or_a_fault),
    CLAIM(a_good_file_is_allowed_or_a_fault),
    CLAIM(a_revoked_file_is_revoked_or_a_fault),
    CLAIM(revoked_content_is_revoked_or_a_fault),
    CLAIM(a_seal_from_an_index_is_found_or_a_fault),
    CLAIM(a_feed_is_accepted_or_a_fault),
    CLAIM(a_table_answers_or_is_a_fault),
    CLAIM(filters_answer_or_are_a_fault),
};

int main(void)
{
    if (CRYPTO_set_mem_functions(openssl_malloc, openssl_realloc, openssl_free) != 1)
        return 1;
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name(__FILE__, claims, NULL, NULL);
}
