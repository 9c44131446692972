/*
 * bench/answers.c - a responder's table: starting, signing in advance, answering, following
 *
 *   bench-answers DIR CERTIFICATES WRIT-SIGNER
 *
 * Makes a CA with that many certificates in DIR (unless it is there), then measures what
 * serve/answers.h does with it.  One line "what: number unit" for each.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/time.h"
#include "bytes/pem.h"
#include "issue/certificate.h"
#include "serve/answers.h"
#include "shared/castore.h"
#include "shared/file.h"

#define ASKED 200000 /* requests, for the rate */

static struct writ_error e;

static double clock_s(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double cpu_s(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void need(int rc)
{
    if (rc == 0)
        return;
    (void)fprintf(stderr, "bench-answers: %s\n", e.text);
    exit(1);
}

static void say(const char *what, double number, const char *unit)
{
    (void)printf("%s: %.3f %s\n", what, number, unit);
    (void)fflush(stdout);
}

/* ------------------------------------------------------------------------------------- the CA */

struct party {
    struct writ_key *key;
    struct writ_buffer spki, der;
    struct writ_cert cert;
};

static void make_party(struct party *p, enum writ_role role, const struct party *issuer,
                       int64_t now)
{
    struct writ_certificate_order order = {
        .role = role,
        .common_name = writ_span_text(writ_role_name(role)),
        .organization = writ_span_text("Example Corp"),
        .team = role == WRIT_ROLE_RESPONDER ? writ_span_text("team") : WRIT_SPAN_NONE,
        .unnumbered = true,
        .not_before = now - WRIT_DAY,
        .not_after = now + 30 * WRIT_DAY,
        .issuer = issuer == NULL ? NULL : &issuer->cert,
    };

    p->key = writ_key_generate(WRIT_KEY_P256, &e);
    need(p->key == NULL ? -1 : writ_key_public(p->key, &p->spki, &e));
    order.spki = writ_buffer_span(&p->spki);
    order.key = issuer == NULL ? p->key : issuer->key;
    need(writ_new_serial(order.serial, &e));
    need(writ_issue_certificate(&order, &p->der, &e));
    need(writ_cert_parse(writ_buffer_span(&p->der), &p->cert, &e));
}

static void write_pem(const char *path, const char *label, struct writ_span der)
{
    struct writ_buffer pem = {0};

    writ_pem_build(&pem, label, der);
    need(file_replace_bytes(path, 0600, writ_buffer_span(&pem), &e));
    writ_buffer_free(&pem);
}

/* The n-th serial number: 16 octets that look like any. */
static void serial_of(uint64_t n, uint8_t serial[16])
{
    uint64_t a = (n + 1) * 0x9e3779b97f4a7c15ULL, b = (n + 1) * 0xc2b2ae3d27d4eb4fULL;

    memcpy(serial, &a, 8);
    memcpy(serial + 8, &b, 8);
    serial[0] = (uint8_t)((serial[0] & 0x7f) | 0x01);
}

/* As large as a certificate of writ's; what stands in it does not matter here. */
static int64_t add(struct castore *s, int64_t issuer, uint64_t n, int64_t now)
{
    uint8_t der[640] = {0};
    struct castore_certificate c = {.issuer = issuer,
                                    .role = CASTORE_DEVELOPER,
                                    .serial_n = 16,
                                    .name = "somebody",
                                    .not_before = now,
                                    .not_after = now + 365 * WRIT_DAY,
                                    .issued_at = now,
                                    .der = WRIT_SPAN_OF(der)};
    int64_t id;

    serial_of(n, c.serial);
    memcpy(der, c.serial, 16);
    need(castore_number_next(s, issuer, &c.number, &e));
    need(castore_certificate_add(s, &c, &id, &e));
    return id;
}

static void commit(struct castore *s, int64_t now)
{
    struct castore_audit a = {.at = now, .who = "bench", .action = "bench", .why = "bench"};

    need(castore_audit_add(s, &a, &e));
    need(castore_commit(s, &e));
}

static void make_ca(const char *store, uint64_t count, int64_t now)
{
    struct castore_certificate root = {.role = CASTORE_ROOT, .name = "root", .issued_at = now};
    struct castore *s = castore_create(store, "Example", "example.org", now, &e);
    struct party ca = {0}, responder = {0};
    struct writ_buffer pkcs8 = {0};
    int64_t id;

    need(s == NULL ? -1 : 0);
    make_party(&ca, WRIT_ROLE_ROOT, NULL, now);
    make_party(&responder, WRIT_ROLE_RESPONDER, &ca, now);
    root.serial_n = ca.cert.serial.n;
    memcpy(root.serial, ca.cert.serial.p, ca.cert.serial.n);
    root.not_before = ca.cert.not_before;
    root.not_after = ca.cert.not_after;
    root.der = ca.cert.der;
    need(castore_certificate_add(s, &root, &id, &e));
    for (uint64_t i = 0; i < count; i++)
        (void)add(s, id, i, now);
    commit(s, now);
    castore_close(s);
    write_pem("root.pem", "CERTIFICATE", ca.cert.der);
    write_pem("responder.pem", "CERTIFICATE", responder.cert.der);
    need(writ_key_to_pkcs8_insecure_plain(responder.key, &pkcs8, &e));
    write_pem("responder.key", "PRIVATE KEY", writ_buffer_span(&pkcs8));
    writ_buffer_wipe(&pkcs8);
}

/* ------------------------------------------------------------------------------------ measuring */

/* A request about the n-th certificate of root.pem. */
static void make_request(uint64_t n, enum writ_oid hash, struct writ_buffer *out)
{
    static struct writ_buffer pem, der;
    static struct writ_cert root;
    uint8_t name[WRIT_DIGEST_MAX], key[WRIT_DIGEST_MAX], serial[16];
    struct writ_ocsp_id id = {.hash = hash, .serial = WRIT_SPAN_OF(serial)};
    size_t size;

    if (der.n == 0) {
        struct writ_pem block = {0};
        struct writ_cursor c;
        bool found;

        need(file_read("root.pem", 65536, &pem, &e));
        c = writ_cursor_over(writ_buffer_span(&pem), &e);
        need(writ_pem_next(&c, &block, &found));
        der = block.der;
        need(writ_cert_parse(writ_buffer_span(&der), &root, &e));
    }
    serial_of(n, serial);
    need(writ_digest(hash, root.subject.der, name, &size, &e));
    need(writ_digest(hash, root.key.bits, key, &size, &e));
    id.name_hash = WRIT_SPAN(name, size);
    id.key_hash = WRIT_SPAN(key, size);
    need(writ_ocsp_request_build(&id, 1, WRIT_SPAN_NONE, out, &e));
}

static double ask(struct answers *a, uint64_t n, enum writ_oid hash, struct answer *answer)
{
    struct writ_buffer request = {0};
    double from;

    make_request(n, hash, &request);
    from = clock_s();
    answers_respond(a, writ_buffer_span(&request), time(NULL), answer);
    from = clock_s() - from;
    if (answer->status != WRIT_OCSP_SUCCESSFUL) {
        (void)fprintf(stderr, "bench-answers: %s\n", writ_ocsp_status_name(answer->status));
        exit(1);
    }
    writ_buffer_free(&request);
    return from;
}

static void wait_until_signed(struct answers *a, double from)
{
    struct answers_counts counts = {0};

    while (counts.signed_answers == 0 || counts.to_sign > 0) {
        (void)usleep(200000);
        answers_counts(a, &counts);
    }
    say("all signed, under both hashes, after", clock_s() - from, "s");
    say("signatures", (double)counts.signatures, "");
    say("answers that were waited for", (double)counts.on_demand, "");
}

static void rate(struct answers *a, uint64_t count, enum writ_oid hash, const char *what)
{
    struct writ_buffer request[1024] = {0};
    struct answer answer;
    double from;

    for (uint64_t i = 0; i < 1024; i++)
        make_request(i * 7919 % count, hash, &request[i]);
    from = cpu_s();
    for (size_t i = 0; i < ASKED; i++) {
        answers_respond(a, writ_buffer_span(&request[i % 1024]), time(NULL), &answer);
        answer_release(&answer);
    }
    say(what, ASKED / (cpu_s() - from), "requests per CPU-second, without HTTP");
    say("  bytes of the answer", (double)answer.der.n, "");
    for (size_t i = 0; i < 1024; i++)
        writ_buffer_free(&request[i]);
}

/* From the commit of a revocation until the answer says so. */
static void follow(struct answers *a, const char *store, uint64_t n)
{
    struct writ_revocation r = {.reason = WRIT_REASON_SUPERSEDED};
    struct castore *s = castore_open_write(store, "bench", time(NULL), &e);
    struct castore_matches m = {0};
    struct answer before, after = {0};
    uint8_t serial[16];
    double from;

    need(s == NULL ? -1 : 0);
    serial_of(n, serial);
    (void)ask(a, n, WRIT_OID_SHA1, &before);
    need(castore_begin(s, &e));
    need(castore_find_serial(s, 1, WRIT_SPAN_OF(serial), &m, &e));
    r.since = r.revoked_at = time(NULL);
    need(m.n == 1 ? castore_revoke(s, m.at[0]->id, &r, &e) : -1);
    commit(s, r.revoked_at);
    from = clock_s();
    do {
        (void)usleep(1000);
        (void)ask(a, n, WRIT_OID_SHA1, &after);
    } while (writ_span_equal(before.der, after.der));
    say("a revocation changes its answer after", clock_s() - from, "s");
    castore_matches_free(&m);
    castore_close(s);
}

static void memory(void)
{
    struct rusage usage;

    (void)getrusage(RUSAGE_SELF, &usage);
    say("memory of the responder, at most", (double)usage.ru_maxrss / 1024, "MiB");
}

int main(int argc, char **argv)
{
    const char *stores[] = {"ca.db"};
    const struct answers_signer signer = {.certificate = "responder.pem", .key = "responder.key"};
    struct answers_settings settings = {.stores = stores,
                                        .store_count = 1,
                                        .signers = &signer,
                                        .signer_count = 1,
                                        .signer_program = argc == 4 ? argv[3] : NULL};
    uint64_t count = argc == 4 ? strtoull(argv[2], NULL, 10) : 0;
    struct answers *a;
    struct answer answer;
    double from;

    if (count < 1024 || chdir(argv[1]) < 0)
        return 64;
    if (access("ca.db", F_OK) < 0)
        make_ca("ca.db", count, time(NULL));
    from = clock_s();
    need(answers_start(&settings, &a, &e));
    say("started after", clock_s() - from, "s");
    say("the first answer, signed on demand, took", ask(a, count - 1, WRIT_OID_SHA256, &answer),
        "s");
    say("answering after", clock_s() - from, "s");
    wait_until_signed(a, from);
    rate(a, count, WRIT_OID_SHA1, "SHA-1 CertIDs");
    rate(a, count, WRIT_OID_SHA256, "SHA-256 CertIDs");
    for (uint64_t i = 0; i < 3; i++)
        follow(a, "ca.db", (uint64_t)time(NULL) % (count / 2) + i);
    memory();
    answers_stop(a);
    return 0;
}
