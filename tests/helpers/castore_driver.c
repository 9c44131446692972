/*
 * castore_driver - the CA's store from a shell, for tests
 *
 *   castore_driver create STORE                 a root and an intermediate
 *   castore_driver issue STORE NAME [COUNT]     "issued NUMBER SERIAL" after each commit
 *   castore_driver revoke STORE WORD REASON
 *   castore_driver reinstate STORE WORD
 *   castore_driver publish STORE                "version N", once it is used up
 *   castore_driver backup STORE COPY
 *   castore_driver hold STORE                   commits, then keeps others out until its input ends
 *   castore_driver list STORE                   "NUMBER SERIAL NAME STATE"
 *   castore_driver check STORE                  that nothing is lost, double or unexplained
 *
 * Certificates are not DER here: the store keeps bytes.  Exits with the class of the fault.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/hex.h"
#include "base/time.h"
#include "shared/castore.h"

#define WHO "castore_driver"

static int64_t now(void)
{
    return (int64_t)time(NULL);
}

static int record(struct castore *s, const char *action, const char *subject, const char *why,
                  struct writ_error *e)
{
    struct castore_audit a = {
        .at = now(), .who = WHO, .action = action, .subject = subject, .why = why};

    return castore_audit_add(s, &a, e);
}

/* A certificate with a random serial number and bytes that nobody else has. */
static int make(struct castore_certificate *c, enum castore_role role, const char *name,
                char *bytes, size_t room, struct writ_error *e)
{
    char hex[2 * CASTORE_SERIAL_MAX + 1];

    c->role = role;
    c->serial_n = 16;
    if (writ_random(c->serial, c->serial_n, e) < 0)
        return -1;
    c->serial[0] &= 0x7f;
    c->not_before = now();
    c->not_after = c->not_before + 365 * WRIT_DAY;
    c->issued_at = c->not_before;
    (void)snprintf(c->name, sizeof c->name, "%s", name);
    (void)snprintf(c->team, sizeof c->team, "Team %s", name);
    writ_hex_format(WRIT_SPAN(c->serial, c->serial_n), hex);
    (void)snprintf(bytes, room, "certificate %s for %s", hex, name);
    c->der = writ_span_text(bytes);
    return 0;
}

static int add(struct castore *s, int64_t issuer, enum castore_role role, const char *name,
               struct castore_certificate *c, struct writ_error *e)
{
    char bytes[512];

    memset(c, 0, sizeof *c);
    c->issuer = issuer;
    if (make(c, role, name, bytes, sizeof bytes, e) < 0 ||
        (issuer != 0 && castore_number_next(s, issuer, &c->number, e) < 0))
        return -1;
    return castore_certificate_add(s, c, &c->id, e);
}

static int create(const char *path, char **args, struct writ_error *e)
{
    struct castore *s = castore_create(path, "Example Corp", "example.org/feed", now(), e);
    struct castore_certificate root, intermediate;
    int rc = -1;

    (void)args;
    if (s != NULL && add(s, 0, CASTORE_ROOT, "Root", &root, e) == 0 &&
        add(s, root.id, CASTORE_INTERMEDIATE, "Intermediate", &intermediate, e) == 0 &&
        record(s, "init", "Example Corp", NULL, e) == 0)
        rc = castore_commit(s, e);
    castore_close(s);
    return rc;
}

static int issuer_of(struct castore *s, int64_t *id, struct writ_error *e)
{
    struct castore_matches m = {0};
    int rc = castore_find_role(s, CASTORE_INTERMEDIATE, &m, e);

    if (rc == 0 && m.n == 0)
        rc = writ_fail(e, WRIT_FAULT_USAGE, "no intermediate");
    if (rc == 0)
        *id = m.at[0]->id;
    castore_matches_free(&m);
    return rc;
}

static int issue_one(struct castore *s, const char *name, struct writ_error *e)
{
    char hex[2 * CASTORE_SERIAL_MAX + 1];
    struct castore_certificate c;
    int64_t issuer;

    if (castore_begin(s, e) < 0 || issuer_of(s, &issuer, e) < 0 ||
        add(s, issuer, CASTORE_DEVELOPER, name, &c, e) < 0)
        return -1;
    writ_hex_format(WRIT_SPAN(c.serial, c.serial_n), hex);
    if (record(s, "issue", hex, NULL, e) < 0 || castore_commit(s, e) < 0)
        return -1;
    (void)printf("issued %llu %s\n", (unsigned long long)c.number, hex);
    return fflush(stdout) == 0 ? 0 : writ_fail(e, WRIT_FAULT_IO, "cannot print");
}

static int issue(const char *path, char **args, struct writ_error *e)
{
    struct castore *s = castore_open_write(path, WHO, now(), e);
    long count = args[0] == NULL || args[1] == NULL ? 1 : strtol(args[1], NULL, 10);
    int rc = s == NULL || args[0] == NULL ? -1 : 0;

    for (long i = 0; i < count && rc == 0; i++)
        rc = issue_one(s, args[0], e);
    castore_close(s);
    return rc;
}

/* Finds the one certificate and changes its state: revoked for a reason, or reinstated (NULL). */
static int change(struct castore *s, const char *word, const enum writ_reason *reason,
                  struct writ_error *e)
{
    struct castore_matches m = {0};
    const struct castore_certificate *c;
    struct writ_revocation r;
    int rc = -1;

    if (castore_find(s, CASTORE_BY_WORD, word, &m, e) < 0)
        return -1;
    c = castore_matches_only(&m, word, e);
    if (c == NULL)
        goto out;
    if (reason == NULL)
        rc = castore_reinstate(s, c->id, NULL, e);
    else if (writ_revocation_begin(&(struct writ_revocation_request){.reason = *reason},
                                   c->not_before, now(), &r, e) == 0)
        rc = castore_revoke(s, c->id, &r, e);
    if (rc == 0)
        rc = record(s, reason == NULL ? "reinstate" : "revoke", word, "a test", e);
out:
    castore_matches_free(&m);
    return rc;
}

static int change_in(const char *path, const char *word, const enum writ_reason *reason,
                     struct writ_error *e)
{
    struct castore *s = castore_open_write(path, WHO, now(), e);
    int rc = -1;

    if (s != NULL && castore_begin(s, e) == 0 && change(s, word, reason, e) == 0)
        rc = castore_commit(s, e);
    if (rc == 0)
        (void)printf("%s %s\n", reason == NULL ? "reinstated" : "revoked", word);
    castore_close(s);
    return rc;
}

static int revoke(const char *path, char **args, struct writ_error *e)
{
    enum writ_reason reason;

    if (args[0] == NULL || args[1] == NULL || writ_reason_parse(args[1], &reason) < 0)
        return writ_fail(e, WRIT_FAULT_USAGE, "wanted a word and a reason");
    return change_in(path, args[0], &reason, e);
}

static int reinstate(const char *path, char **args, struct writ_error *e)
{
    return args[0] == NULL ? -1 : change_in(path, args[0], NULL, e);
}

static int reserve(struct castore *s, uint64_t *version, struct writ_error *e)
{
    if (castore_begin(s, e) < 0 || castore_publication_reserve(s, now(), version, e) < 0 ||
        record(s, "publish", "reserved", NULL, e) < 0 || castore_commit(s, e) < 0)
        return -1;
    (void)printf("version %llu\n", (unsigned long long)*version);
    return fflush(stdout) == 0 ? 0 : writ_fail(e, WRIT_FAULT_IO, "cannot print");
}

static int publish(const char *path, char **args, struct writ_error *e)
{
    struct castore *s = castore_open_write(path, WHO, now(), e);
    struct castore_publication p = {.note = writ_span_text("what the feed says")};
    int rc = -1;

    (void)args;
    p.as_of = now();
    p.expires = p.as_of + 7 * WRIT_DAY;
    if (s != NULL && reserve(s, &p.version, e) == 0 && castore_begin(s, e) == 0 &&
        castore_publication_record(s, &p, e) == 0 && record(s, "publish", "done", NULL, e) == 0)
        rc = castore_commit(s, e);
    castore_close(s);
    return rc;
}

static int backup(const char *path, char **args, struct writ_error *e)
{
    struct castore *s = castore_open_read(path, e);
    int rc = s == NULL || args[0] == NULL ? -1 : castore_backup(s, args[0], now(), e);

    castore_close(s);
    return rc;
}

static int hold(const char *path, char **args, struct writ_error *e)
{
    struct castore *s = castore_open_write(path, WHO, now(), e);
    int rc = -1;

    (void)args;
    if (s != NULL && castore_begin(s, e) == 0 && record(s, "hold", path, NULL, e) == 0 &&
        castore_commit(s, e) == 0 && castore_begin(s, e) == 0) {
        (void)printf("held\n");
        (void)fflush(stdout);
        while (getchar() != EOF) {
        }
        rc = 0;
    }
    castore_close(s);
    return rc;
}

static int print_one(void *arg, const struct castore_certificate *c, struct writ_error *e)
{
    char hex[2 * CASTORE_SERIAL_MAX + 1];

    (void)arg;
    (void)e;
    writ_hex_format(WRIT_SPAN(c->serial, c->serial_n), hex);
    (void)printf("%llu %s %s %s\n", (unsigned long long)c->number, hex, c->name,
                 c->revoked ? writ_reason_name(c->revocation.reason) : "good");
    return 0;
}

static int list(const char *path, char **args, struct writ_error *e)
{
    struct castore *s = castore_open_read(path, e);
    int rc = s == NULL ? -1 : castore_certificate_each(s, print_one, NULL, e);

    (void)args;
    castore_close(s);
    return rc;
}

/* --- check --- */

struct sums {
    struct castore *s;
    int64_t issuer;    /* the intermediate */
    uint64_t next;     /* the number that must come next */
    uint64_t issued;   /* certificates under it */
    uint64_t revoked;  /* of those */
    uint64_t recorded; /* audit records of issuing */
    uint64_t reserved; /* of feed versions */
    uint64_t audit;    /* of anything */
};

/* Moves on over a gap that begins at the number that should come next. */
static int skip_gap(void *arg, const struct castore_gap *g, struct writ_error *e)
{
    struct sums *sums = (struct sums *)arg;

    (void)e;
    if (g->issuer == sums->issuer && g->first == sums->next)
        sums->next = g->next;
    return 0;
}

static int count_certificate(void *arg, const struct castore_certificate *c, struct writ_error *e)
{
    struct sums *sums = (struct sums *)arg;

    if (c->issuer != sums->issuer)
        return 0;
    if (castore_gap_each(sums->s, skip_gap, sums, e) < 0)
        return -1;
    if (c->number != sums->next)
        return writ_fail(e, WRIT_FAULT_UNEXPECTED, "number %llu where %llu was wanted",
                         (unsigned long long)c->number, (unsigned long long)sums->next);
    sums->next++;
    sums->issued++;
    sums->revoked += c->revoked;
    return 0;
}

static int count_audit(void *arg, const struct castore_audit *a, struct writ_error *e)
{
    struct sums *sums = (struct sums *)arg;

    sums->audit++;
    sums->recorded += strcmp(a->action, "issue") == 0;
    sums->reserved += strcmp(a->subject, "reserved") == 0;
    if ((uint64_t)a->id == sums->audit)
        return 0;
    return writ_fail(e, WRIT_FAULT_UNEXPECTED, "audit record %lld where %llu was wanted",
                     (long long)a->id, (unsigned long long)sums->audit);
}

static int add_up(struct castore *s, struct sums *sums, struct writ_error *e)
{
    uint64_t next;

    sums->s = s;
    sums->next = 1;
    if (castore_begin(s, e) < 0 || issuer_of(s, &sums->issuer, e) < 0 ||
        castore_certificate_each(s, count_certificate, sums, e) < 0 ||
        castore_audit_each(s, count_audit, sums, e) < 0 ||
        castore_gap_each(s, skip_gap, sums, e) < 0 ||
        castore_number_next(s, sums->issuer, &next, e) < 0)
        return -1;
    if (next != sums->next)
        return writ_fail(e, WRIT_FAULT_UNEXPECTED, "%llu comes next, wanted %llu",
                         (unsigned long long)next, (unsigned long long)sums->next);
    if (sums->recorded != sums->issued)
        return writ_fail(e, WRIT_FAULT_UNEXPECTED, "%llu certificates, %llu records of them",
                         (unsigned long long)sums->issued, (unsigned long long)sums->recorded);
    return 0;
}

static int check(const char *path, char **args, struct writ_error *e)
{
    struct castore *s = castore_open_read(path, e);
    struct castore_info info;
    struct sums sums = {0};
    int rc = -1;

    (void)args;
    if (s != NULL && add_up(s, &sums, e) == 0 && castore_info(s, &info, e) == 0) {
        (void)printf(
            "issued %llu revoked %llu next %llu versions %llu audit %llu restored %llu%s\n",
            (unsigned long long)sums.issued, (unsigned long long)sums.revoked,
            (unsigned long long)sums.next, (unsigned long long)sums.reserved,
            (unsigned long long)sums.audit, (unsigned long long)info.restored,
            info.is_backup ? " backup" : "");
        rc = 0;
    }
    castore_close(s);
    return rc;
}

static const struct {
    const char *name;
    int (*run)(const char *path, char **args, struct writ_error *e);
} verbs[] = {
    {"create", create},       {"issue", issue},     {"revoke", revoke},
    {"reinstate", reinstate}, {"publish", publish}, {"backup", backup},
    {"hold", hold},           {"list", list},       {"check", check},
};

int main(int argc, char **argv)
{
    struct writ_error e = {0};

    for (size_t i = 0; argc >= 3 && i < sizeof verbs / sizeof verbs[0]; i++) {
        if (strcmp(argv[1], verbs[i].name) != 0)
            continue;
        if (verbs[i].run(argv[2], argv + 3, &e) == 0)
            return 0;
        (void)writ_fail(&e, WRIT_FAULT_USAGE, "arguments missing");
        (void)fprintf(stderr, "castore_driver: %s\n", e.text);
        return (int)e.fault;
    }
    (void)fputs("castore_driver VERB STORE [ARG...]\n", stderr);
    return WRIT_FAULT_USAGE;
}
