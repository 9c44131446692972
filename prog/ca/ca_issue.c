#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/text.h"
#include "base/time.h"
#include "bytes/pem.h"
#include "ca/ca_commands.h"
#include "ca/ca_make.h"
#include "shared/certfile.h"
#include "shared/fetcher.h"
#include "shared/file.h"
#include "shared/keyfile.h"

#define PATH_BYTES   4096
#define OCSP_URL_MAX 1024

/* One issue, from what was asked for to the files it leaves. */
struct issue {
    bool from_request;
    struct certfile_request request;
    char name[CASTORE_NAME_MAX + 1];
    char team[CASTORE_NAME_MAX + 1];
    char key_path[PATH_BYTES];
    char cert_path[PATH_BYTES];
    int64_t life;
    struct writ_key *key; /* of a subject that we make one for */
    struct writ_buffer spki;
    struct castore_certificate record;
    struct writ_buffer der;
};

static void issue_free(struct issue *s)
{
    certfile_request_free(&s->request);
    writ_key_free(s->key);
    writ_buffer_free(&s->spki);
    writ_buffer_free(&s->der);
}

static bool is_regular(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* A request's file that was mistyped must not become somebody's name. */
static int check_not_file(const char *word, struct writ_error *e)
{
    size_t n = strlen(word);

    if (strchr(word, '/') == NULL && (n < 4 || strcmp(word + n - 4, ".csr") != 0))
        return 0;
    return writ_fail(e, WRIT_FAULT_NO_INPUT, "there is no request %s here", word);
}

/* PREFIX from --out, else from the request's file, else from the name. */
static void default_prefix(const struct args *a, const struct issue *s, char prefix[PATH_BYTES])
{
    const char *word = args_operand(a, 0);
    const char *out = args_value(a, "out");
    const char *dot = strrchr(word, '.');
    const char *slash = strrchr(word, '/');

    if (out != NULL)
        (void)snprintf(prefix, PATH_BYTES, "%s", out);
    else if (!s->from_request)
        writ_text_slug(prefix, 65, s->name);
    else if (dot != NULL && (slash == NULL || dot > slash))
        (void)snprintf(prefix, PATH_BYTES, "%.*s", (int)(dot - word), word);
    else
        (void)snprintf(prefix, PATH_BYTES, "%s", word);
}

static int name_files(const struct args *a, struct issue *s, struct writ_error *e)
{
    char prefix[PATH_BYTES];

    default_prefix(a, s, prefix);
    if (snprintf(s->key_path, PATH_BYTES, "%s.key", prefix) >= PATH_BYTES ||
        snprintf(s->cert_path, PATH_BYTES, "%s.pem", prefix) >= PATH_BYTES)
        return writ_fail(e, WRIT_FAULT_USAGE, "the path to write to is too long");
    if (access(s->cert_path, F_OK) == 0)
        return writ_fail(e, WRIT_FAULT_CANNOT_CREATE, "%s exists already", s->cert_path);
    if (!s->from_request && access(s->key_path, F_OK) == 0)
        return writ_fail(e, WRIT_FAULT_CANNOT_CREATE, "%s exists already", s->key_path);
    return 0;
}

/* A name that reads as a serial number could stand in the way of revoking the certificate that has
 * that number. */
static int check_not_serial(const struct args *a, const char *name, struct writ_error *e)
{
    uint8_t serial[CASTORE_SERIAL_MAX];

    if (writ_hex_parse_loose(name, serial, sizeof serial) < WRIT_SERIAL_BYTES)
        return 0;
    return args_fail(a, e, "the name reads as a serial number; say who it is with --name");
}

static int name_subject(const struct args *a, struct issue *s, struct writ_error *e)
{
    const char *given = args_value(a, "name");
    const char *team = args_value(a, "team");
    const char *name = given != NULL     ? given
                       : s->from_request ? s->request.common_name
                                         : args_operand(a, 0);

    if (given == NULL && s->request.unprintable)
        return args_fail(a, e, "the request's name cannot be shown; say who with --name");
    if (name[0] == '\0')
        return args_fail(a, e, "the request names nobody; say who with --name");
    if (check_not_serial(a, name, e) < 0)
        return -1;
    (void)snprintf(s->name, sizeof s->name, "%s", name);
    if (team != NULL)
        (void)snprintf(s->team, sizeof s->team, "%s", team);
    else
        writ_text_slug(s->team, 65, s->name);
    return 0;
}

/* An address that stands in a certificate for years: one that a reader will understand. */
static int check_ocsp_url(const struct args *a, struct writ_error *e)
{
    const char *url = args_value(a, "ocsp");
    size_t n = url == NULL ? 0 : strlen(url);

    if (url == NULL)
        return 0;
    for (size_t i = 0; i < n; i++) {
        if (url[i] <= ' ' || url[i] > '~')
            n = 0;
    }
    if (n > 0 && n <= OCSP_URL_MAX && fetcher_is_url(url) && strcmp(strchr(url, ':'), "://") != 0)
        return 0;
    return args_fail(a, e, "--ocsp: wanted an http or https URL of at most %d printable characters",
                     OCSP_URL_MAX);
}

/* What was asked for, before anything is opened.  Strangers' bytes are read here, while no key is
 * in memory. */
static int prepare_life(const struct args *a, struct issue *s, struct writ_error *e)
{
    bool responder = args_flag(a, "responder");

    if (args_duration(a, "life", responder ? WRIT_RESPONDER_LIFE : WRIT_LEAF_LIFE, &s->life, e) < 0)
        return -1;
    if (responder && (s->life < WRIT_MINUTE || s->life > 3 * WRIT_RESPONDER_LIFE))
        return args_fail(a, e,
                         "--life: a responder's is one minute to 90 days, since nobody asks "
                         "whether its certificate is revoked");
    if (s->life < WRIT_MINUTE || s->life > 10 * WRIT_LEAF_LIFE)
        return args_fail(a, e, "--life: wanted one minute to ten years");
    return 0;
}

static int prepare(const struct args *a, struct issue *s, struct writ_error *e)
{
    const char *word = args_operand(a, 0);

    if (args_flag(a, "tsa") && args_flag(a, "responder"))
        return args_fail(a, e, "--tsa and --responder are two certificates");
    s->from_request = is_regular(word);
    if ((s->from_request ? certfile_read_request(word, &s->request, e) : check_not_file(word, e)) <
        0)
        return -1;
    if (name_subject(a, s, e) < 0 || check_ocsp_url(a, e) < 0 || name_files(a, s, e) < 0 ||
        prepare_life(a, s, e) < 0)
        return -1;
    if (args_flag(a, "insecure-plain-key") && s->from_request)
        return args_fail(a, e, "--insecure-plain-key: a request's key stays with its owner");
    return 0;
}

static int make_subject_key(struct issue *s, struct writ_error *e)
{
    if (s->from_request) {
        writ_buffer_add(&s->spki, writ_buffer_span(&s->request.spki));
        return writ_buffer_check(&s->spki, e);
    }
    s->key = writ_key_generate(WRIT_KEY_P256, e);
    return s->key == NULL ? -1 : writ_key_public(s->key, &s->spki, e);
}

/* The key's file comes first: whatever happens later, there is no certificate without its key. */
static int keep_subject_key(const struct args *a, struct ca *ca, struct issue *s,
                            struct writ_error *e)
{
    bool plain = args_flag(a, "insecure-plain-key");

    if (s->from_request || a->dry_run)
        return 0;
    if (!plain && passphrase_need(&ca->passphrase, PASSPHRASE_NEW, s->key_path, e) < 0)
        return -1;
    return keyfile_create(s->key_path, s->key, &ca->passphrase, plain, e);
}

/* Whatever a revoked or ended issuer signs would be refused everywhere. */
static int check_issuer(struct ca *ca, const struct castore_matches *issuer, int64_t now,
                        struct writ_error *e)
{
    struct castore_matches m = {0};
    int rc = castore_find_id(ca->store, issuer->at[0]->id, &m, e);

    if (rc == 0 && now > m.at[0]->not_after)
        rc = writ_fail(e, WRIT_FAULT_CONFIGURATION, "the %s's certificate has ended",
                       castore_role_name(m.at[0]->role));
    else if (rc == 0 && m.at[0]->revoked)
        rc = writ_fail(
            e, WRIT_FAULT_CONFIGURATION, "the %s is revoked or held (%s): what it signs is refused",
            castore_role_name(m.at[0]->role), writ_reason_name(m.at[0]->revocation.reason));
    castore_matches_free(&m);
    return rc;
}

/* Whoever has stolen a key could use it with its new certificate as well. */
static int check_key(struct ca *ca, const struct issue *s, struct writ_error *e)
{
    struct castore_matches m = {0};
    char serial[2 * CASTORE_SERIAL_MAX + 1];
    int rc = castore_find_compromised(ca->store, s->record.spki_hash, &m, e);

    if (rc == 0 && m.n > 0) {
        ca_serial_text(m.at[0], serial);
        rc = writ_fail(e, WRIT_FAULT_USAGE,
                       "the request's key is that of %s (serial %s), which is revoked for "
                       "keyCompromise; wanted a request with a new key (writ identity new)",
                       m.at[0]->name, serial);
    }
    castore_matches_free(&m);
    return rc;
}

static int issue_in_transaction(const struct args *a, struct ca *ca, struct issue *s,
                                const struct castore_matches *issuer, const struct writ_cert *cert,
                                const struct writ_key *key, struct writ_error *e)
{
    char serial[2 * CASTORE_SERIAL_MAX + 1];
    int64_t now;
    struct ca_order order = {
        .role = args_flag(a, "tsa")         ? WRIT_ROLE_TSA
                : args_flag(a, "responder") ? WRIT_ROLE_RESPONDER
                                            : WRIT_ROLE_DEVELOPER,
        .name = s->name,
        .team = s->team,
        .spki = writ_buffer_span(&s->spki),
        .life = s->life,
        .ocsp_url = args_value(a, "ocsp"),
        .issuer_id = issuer->at[0]->id,
        .issuer = cert,
        .issuer_key = key,
    };

    if (castore_begin(ca->store, e) < 0)
        return -1;
    now = ca_now(a);
    if (check_issuer(ca, issuer, now, e) < 0 ||
        ca_make_certificate(ca, &order, now, &s->record, &s->der, e) < 0 || check_key(ca, s, e) < 0)
        return -1;
    ca_serial_text(&s->record, serial);
    if (ca_audit(ca, now, "issue", serial, args_value(a, "note"), NULL, e) < 0)
        return -1;
    return ca_finish(a, ca, e);
}

static int write_chain(const struct issue *s, const struct castore_matches *issuer,
                       struct writ_error *e)
{
    struct writ_buffer pem = {0};
    int rc;

    writ_pem_build(&pem, "CERTIFICATE", writ_buffer_span(&s->der));
    if (issuer->at[0]->role != CASTORE_ROOT)
        writ_pem_build(&pem, "CERTIFICATE", issuer->at[0]->der);
    rc = writ_buffer_check(&pem, e);
    if (rc == 0)
        rc = file_create_bytes(s->cert_path, 0644, writ_buffer_span(&pem), e);
    writ_buffer_free(&pem);
    return rc;
}

static void tell(const struct args *a, struct out *o, const struct issue *s)
{
    char serial[2 * CASTORE_SERIAL_MAX + 1], end[WRIT_TIME_TEXT], number[32] = "";

    ca_serial_text(&s->record, serial);
    writ_time_format(s->record.not_after, end);
    if (a->json) {
        struct writ_emit *m = out_emit(o);

        writ_emit_string(m, "name", s->name);
        writ_emit_string(m, "team", s->team);
        writ_emit_string(m, "role", castore_role_name(s->record.role));
        writ_emit_string(m, "serial", serial);
        if (s->record.number > 0)
            writ_emit_unsigned(m, "number", s->record.number);
        writ_emit_string(m, "not_after", end);
        writ_emit_string(m, "certificate", s->cert_path);
        writ_emit_flag(m, "dry_run", a->dry_run);
        if (!s->from_request)
            writ_emit_string(m, "key", s->key_path);
        return;
    }
    if (s->record.number > 0)
        (void)snprintf(number, sizeof number, ", number %llu",
                       (unsigned long long)s->record.number);
    out_say(o, "%s %s: serial %s%s, team %s, until %s", a->dry_run ? "would issue" : "issued",
            s->name, serial, number, s->team, end);
    if (a->dry_run)
        return;
    out_say(o, "  certificate %s", s->cert_path);
    if (!s->from_request)
        out_say(o, "  key         %s%s", s->key_path,
                args_flag(a, "insecure-plain-key") ? " (NOT encrypted)" : "");
}

static int issue(const struct args *a, struct ca *ca, struct issue *s, struct writ_error *e)
{
    struct castore_matches issuer = {0};
    struct writ_cert cert;
    struct writ_key *key = NULL;
    int rc = -1;

    if (ca_issuer(ca, args_value(a, "issuer"), &issuer, &cert, e) < 0)
        goto out;
    key = ca_issuer_key(ca, issuer.at[0], e);
    if (key == NULL || make_subject_key(s, e) < 0 || keep_subject_key(a, ca, s, e) < 0)
        goto out;
    if (issue_in_transaction(a, ca, s, &issuer, &cert, key, e) < 0) {
        if (!s->from_request && !a->dry_run)
            (void)unlink(s->key_path); /* nothing was issued for it */
        goto out;
    }
    rc = a->dry_run ? 0 : write_chain(s, &issuer, e);
    if (rc < 0)
        writ_error_context(e, "issued, and kept in the store (writ ca show %s --pem), but",
                           args_operand(a, 0));
out:
    writ_key_free(key);
    castore_matches_free(&issuer);
    return rc;
}

int ca_issue(const struct args *a, struct out *o)
{
    struct ca ca = {0};
    struct issue s = {0};
    struct writ_error e = {0};
    int status = 0;

    if (prepare(a, &s, &e) < 0 || ca_open_write(a, &ca, &e) < 0 || issue(a, &ca, &s, &e) < 0)
        status = out_fault(o, &e);
    else
        tell(a, o, &s);
    issue_free(&s);
    ca_close(&ca);
    return status;
}
