/*
 * prog/responder.h - a CA in a directory of its own, with a delegated responder, for tests
 */
#ifndef WRIT_TEST_RESPONDER_H
#define WRIT_TEST_RESPONDER_H

#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/time.h"
#include "bytes/pem.h"
#include "crypto/key.h"
#include "evidence/ocsp.h"
#include "issue/certificate.h"
#include "serve/answers.h"
#include "shared/castore.h"
#include "shared/file.h"
#include "test.h"

static struct writ_error e;

struct party {
    struct writ_key *key;
    struct writ_buffer der;
    struct writ_cert cert;
    int64_t id; /* in the store */
};

struct world {
    char dir[64];
    char store[96], signer_cert[96], signer_key[96];
    int64_t now;
    struct castore *s;
    uint64_t number;
    struct party root, intermediate, responder, alice, bob;
};

static inline void write_pem(const char *path, const char *label, struct writ_span der)
{
    struct writ_buffer pem = {0};

    writ_pem_build(&pem, label, der);
    assert_ok(file_replace_bytes(path, 0600, writ_buffer_span(&pem), &e));
    writ_buffer_free(&pem);
}

static inline const char *path_in(const struct world *w, const char *name, char path[96])
{
    (void)snprintf(path, 96, "%s/%s", w->dir, name);
    return path;
}

static inline void make_party(struct world *w, struct party *p, enum writ_role role,
                              const char *name, const struct party *issuer)
{
    struct writ_buffer spki = {0};
    struct writ_certificate_order order = {
        .role = role,
        .common_name = writ_span_text(name),
        .organization = writ_span_text("Example Corp"),
        .unnumbered = true,
        .not_before = w->now - WRIT_DAY,
        .not_after = w->now + (role == WRIT_ROLE_RESPONDER ? 30 : 300) * WRIT_DAY,
        .issuer = issuer == NULL ? NULL : &issuer->cert,
    };

    if (role == WRIT_ROLE_DEVELOPER || role == WRIT_ROLE_RESPONDER)
        order.team = writ_span_text("team");
    if (p->key == NULL) /* not given */
        p->key = writ_key_generate(WRIT_KEY_P256, &e);
    assert_non_null(p->key);
    assert_ok(writ_key_public(p->key, &spki, &e));
    order.spki = writ_buffer_span(&spki);
    order.key = issuer == NULL ? p->key : issuer->key;
    assert_ok(writ_new_serial(order.serial, &e));
    assert_ok(writ_issue_certificate(&order, &p->der, &e));
    assert_ok(writ_cert_parse(writ_buffer_span(&p->der), &p->cert, &e));
    writ_buffer_free(&spki);
}

/* Inside a transaction. */
static inline void store_party(struct world *w, struct party *p, enum castore_role role,
                               const struct party *issuer)
{
    struct castore_certificate c = {
        .issuer = issuer == NULL ? 0 : issuer->id,
        .role = role,
        .serial_n = p->cert.serial.n,
        .name = "somebody",
        .not_before = p->cert.not_before,
        .not_after = p->cert.not_after,
        .issued_at = w->now,
        .der = p->cert.der,
    };

    memcpy(c.serial, p->cert.serial.p, p->cert.serial.n);
    if (issuer != NULL)
        assert_ok(castore_number_next(w->s, issuer->id, &c.number, &e));
    assert_ok(writ_sha256(p->cert.key.spki, c.spki_hash, &e));
    assert_ok(castore_certificate_add(w->s, &c, &p->id, &e));
}

static inline void commit(struct world *w, const char *what)
{
    struct castore_audit a = {.at = w->now, .who = "a test", .action = what, .why = "a test"};

    assert_ok(castore_audit_add(w->s, &a, &e));
    assert_ok(castore_commit(w->s, &e));
}

static inline void world_open(struct world *w)
{
    w->s = castore_open_write(w->store, "a test", w->now, &e);
    assert_non_null(w->s);
}

static inline void world_make(struct world *w)
{
    struct writ_buffer pkcs8 = {0};

    *w = (struct world){.dir = "/tmp/writ-answers-XXXXXX", .now = time(NULL)};
    assert_non_null(mkdtemp(w->dir));
    make_party(w, &w->root, WRIT_ROLE_ROOT, "Root", NULL);
    make_party(w, &w->intermediate, WRIT_ROLE_INTERMEDIATE, "Intermediate", &w->root);
    make_party(w, &w->responder, WRIT_ROLE_RESPONDER, "Responder", &w->intermediate);
    make_party(w, &w->alice, WRIT_ROLE_DEVELOPER, "Alice", &w->intermediate);
    make_party(w, &w->bob, WRIT_ROLE_DEVELOPER, "Bob", &w->intermediate);
    w->s = castore_create(path_in(w, "ca.db", w->store), "Example", "example.org", w->now, &e);
    assert_non_null(w->s);
    store_party(w, &w->root, CASTORE_ROOT, NULL);
    store_party(w, &w->intermediate, CASTORE_INTERMEDIATE, &w->root);
    store_party(w, &w->responder, CASTORE_RESPONDER, &w->intermediate);
    store_party(w, &w->alice, CASTORE_DEVELOPER, &w->intermediate);
    commit(w, "init");
    castore_close(w->s);
    world_open(w);
    write_pem(path_in(w, "responder.pem", w->signer_cert), "CERTIFICATE", w->responder.cert.der);
    assert_ok(writ_key_to_pkcs8_insecure_plain(w->responder.key, &pkcs8, &e));
    write_pem(path_in(w, "responder.key", w->signer_key), "PRIVATE KEY", writ_buffer_span(&pkcs8));
    writ_buffer_wipe(&pkcs8);
}

static inline void end_party(struct party *p)
{
    writ_key_free(p->key);
    writ_buffer_free(&p->der);
}

static inline void world_end(struct world *w)
{
    char command[128];

    castore_close(w->s);
    end_party(&w->root);
    end_party(&w->intermediate);
    end_party(&w->responder);
    end_party(&w->alice);
    end_party(&w->bob);
    (void)snprintf(command, sizeof command, "rm -rf %s", w->dir);
    assert_int_equal(system(command), 0);
}

static inline void world_issue(struct world *w, struct party *p)
{
    assert_ok(castore_begin(w->s, &e));
    store_party(w, p, CASTORE_DEVELOPER, &w->intermediate);
    commit(w, "issue");
}

static inline void world_revoke(struct world *w, const struct party *p, enum writ_reason reason)
{
    struct writ_revocation r = {.reason = reason, .since = w->now - 60, .revoked_at = w->now};

    assert_ok(castore_begin(w->s, &e));
    assert_ok(castore_revoke(w->s, p->id, &r, &e));
    commit(w, "revoke");
}

static inline void world_reinstate(struct world *w, const struct party *p)
{
    assert_ok(castore_begin(w->s, &e));
    assert_ok(castore_reinstate(w->s, p->id, NULL, &e));
    commit(w, "reinstate");
}

/* A request about some certificates of one issuer. */
static inline void make_request(const struct party *const *about, size_t count,
                                const struct party *issuer, enum writ_oid hash,
                                struct writ_span nonce, struct writ_buffer *out)
{
    struct writ_ocsp_hashes hashes[WRIT_OCSP_IDS_MAX];
    struct writ_ocsp_id id[WRIT_OCSP_IDS_MAX];

    for (size_t i = 0; i < count; i++)
        assert_ok(writ_ocsp_identify(&about[i]->cert, &issuer->cert, hash, &hashes[i], &id[i], &e));
    assert_ok(writ_ocsp_request_build(id, count, nonce, out, &e));
}

/* Asks, and lets evidence/ocsp.h judge. */
static inline enum writ_answer_status ask(struct answers *a, const struct world *w,
                                          const struct party *about, const struct party *issuer,
                                          enum writ_oid hash, struct answer *answer,
                                          struct writ_answer *found)
{
    struct writ_buffer request = {0};
    struct writ_ocsp_question question;

    make_request(&about, 1, issuer, hash, WRIT_SPAN_NONE, &request);
    answers_respond(a, writ_buffer_span(&request), time(NULL), answer);
    writ_buffer_free(&request);
    writ_ocsp_question_init(&question, &about->cert, &issuer->cert, time(NULL));
    question.nocheck_required = true;
    question.is_issued = true;
    (void)w;
    assert_ok(writ_check_ocsp(&question, answer->der, found, &e));
    return found->status;
}

/* The responder of one world, which every claim begins with anew. */
static struct world w;
static struct answers *a;

static inline struct answers_settings settings_of(void)
{
    static const char *stores[1];
    static struct answers_signer signers[1];

    stores[0] = w.store;
    signers[0] = (struct answers_signer){.certificate = w.signer_cert, .key = w.signer_key};
    return (struct answers_settings){.stores = stores,
                                     .store_count = 1,
                                     .signers = signers,
                                     .signer_count = 1,
                                     .signer_program = WRIT_TEST_SIGNER};
}

static inline int start(void **state)
{
    struct answers_settings settings;

    (void)state;
    writ_error_clear(&e);
    world_make(&w);
    settings = settings_of();
    assert_ok(answers_start(&settings, &a, &e));
    return 0;
}

static inline int stop(void **state)
{
    (void)state;
    answers_stop(a);
    world_end(&w);
    return 0;
}

#define STARTED(claim) cmocka_unit_test_setup_teardown(claim, start, stop)

/* Waits until the answer about p is this one; fails after ten seconds. */
static inline void wait_for(const struct party *p, enum writ_answer_status wanted,
                            struct writ_answer *found)
{
    struct answer answer;
    enum writ_answer_status have = WRIT_ANSWER_NO_EVIDENCE;

    for (int i = 0; i < 1000; i++) {
        have = ask(a, &w, p, &w.intermediate, WRIT_OID_SHA1, &answer, found);
        answer_release(&answer);
        if (have == wanted)
            return;
        (void)usleep(10000);
    }
    fail_msg("wanted %d, have %d: %s", wanted, have, found->why);
}

#endif
