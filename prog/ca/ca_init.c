#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/text.h"
#include "base/time.h"
#include "ca/ca_commands.h"
#include "ca/ca_make.h"
#include "object/note.h"
#include "shared/file.h"

#define NAME_BYTES_MAX 48 /* leaves room in 64 for " Code Signing CA" */

/* What a new CA is made of. */
struct birth {
    struct writ_key *root, *intermediate, *feed;
    struct writ_buffer root_der, intermediate_der, bundle;
    uint8_t fingerprint[WRIT_SHA256_BYTES];
};

static void birth_free(struct birth *b)
{
    writ_key_free(b->root);
    writ_key_free(b->intermediate);
    writ_key_free(b->feed);
    writ_buffer_free(&b->root_der);
    writ_buffer_free(&b->intermediate_der);
    writ_buffer_free(&b->bundle);
}

static int make_keys(struct birth *b, struct writ_error *e)
{
    b->root = writ_key_generate(WRIT_KEY_P256, e);
    b->intermediate = b->root == NULL ? NULL : writ_key_generate(WRIT_KEY_P256, e);
    b->feed = b->intermediate == NULL ? NULL : writ_key_generate(WRIT_KEY_ED25519, e);
    return b->feed == NULL ? -1 : 0;
}

static int default_origin(const char *name, const struct writ_key *root,
                          char origin[CASTORE_NAME_MAX + 1], struct writ_error *e)
{
    struct writ_buffer spki = {0};
    int rc = writ_key_public(root, &spki, e);

    if (rc == 0)
        rc = ca_default_origin(name, writ_buffer_span(&spki), origin, e);
    writ_buffer_free(&spki);
    return rc;
}

static int make_one(struct ca *ca, const struct writ_key *key, enum castore_purpose purpose,
                    bool plain, struct ca_order *order, const char *suffix, int64_t now,
                    struct castore_certificate *record, struct writ_buffer *der,
                    struct writ_error *e)
{
    struct writ_buffer spki = {0};
    uint8_t hash[WRIT_SHA256_BYTES];
    char name[CASTORE_NAME_MAX + 32];
    int rc = -1;

    (void)snprintf(name, sizeof name, "%s %s", ca->info.name, suffix);
    order->name = name;
    order->team = "";
    if (ca_keep_key(ca, key, purpose, plain, now, &spki, hash, e) == 0) {
        order->spki = writ_buffer_span(&spki);
        rc = ca_make_certificate(ca, order, now, record, der, e);
    }
    writ_buffer_free(&spki);
    return rc;
}

static int make_certificates(struct ca *ca, struct birth *b, bool plain, int64_t now,
                             struct writ_error *e)
{
    struct ca_order root = {.role = WRIT_ROLE_ROOT, .life = WRIT_ROOT_LIFE, .issuer_key = b->root};
    struct ca_order intermediate = {
        .role = WRIT_ROLE_INTERMEDIATE, .life = WRIT_INTERMEDIATE_LIFE, .issuer_key = b->root};
    struct castore_certificate root_record, record;
    struct writ_cert cert;

    if (make_one(ca, b->root, CASTORE_KEY_ROOT, plain, &root, "Root CA", now, &root_record,
                 &b->root_der, e) < 0 ||
        writ_cert_parse(writ_buffer_span(&b->root_der), &cert, e) < 0)
        return -1;
    intermediate.issuer_id = root_record.id;
    intermediate.issuer = &cert;
    return make_one(ca, b->intermediate, CASTORE_KEY_INTERMEDIATE, plain, &intermediate,
                    "Code Signing CA", now, &record, &b->intermediate_der, e);
}

/* Everything in the first transaction; the bundle, which is public, stands beside it before it is
 * committed, so that a CA never lacks one. */
static int fill(struct ca *ca, struct birth *b, bool plain, int64_t now, struct writ_error *e)
{
    struct writ_buffer path = {0};
    int rc = -1;

    if (make_certificates(ca, b, plain, now, e) < 0 ||
        ca_keep_feed_key(ca, b->feed, plain, now, e) < 0 ||
        ca_make_bundle(ca, b->root, writ_buffer_span(&b->root_der), b->feed, now, &b->bundle, e) <
            0 ||
        writ_sha256(writ_buffer_span(&b->root_der), b->fingerprint, e) < 0 ||
        ca_audit(ca, now, "init", ca->info.name, NULL, NULL, e) < 0)
        goto out;
    writ_buffer_format(&path, "%s/%s", writ_buffer_string(&ca->dir), CA_BUNDLE);
    if (file_replace_bytes(writ_buffer_string(&path), 0644, writ_buffer_span(&b->bundle), e) < 0)
        goto out;
    rc = castore_commit(ca->store, e);
out:
    writ_buffer_free(&path);
    return rc;
}

static void tell(const struct args *a, struct out *o, const struct ca *ca, const struct birth *b)
{
    char fingerprint[2 * WRIT_SHA256_BYTES + 1];

    writ_hex_format(WRIT_SPAN_OF(b->fingerprint), fingerprint);
    if (a->json) {
        struct writ_emit *m = out_emit(o);

        writ_emit_string(m, "name", ca->info.name);
        writ_emit_string(m, "origin", ca->info.origin);
        writ_emit_string(m, "root_fingerprint", fingerprint);
        writ_emit_span(m, "store", writ_buffer_span(&ca->path));
        return;
    }
    out_say(o, "CA %s: root and intermediate made, keys %s", ca->info.name,
            args_flag(a, "insecure-plain-keys") ? "NOT encrypted" : "encrypted");
    out_say(o, "  root   %s", fingerprint);
    out_say(o, "  origin %s", ca->info.origin);
    out_say(o, "  store  %.*s", (int)ca->path.n, (const char *)ca->path.p);
}

static void tell_dry_run(const struct args *a, struct out *o, const struct ca *ca)
{
    if (a->json) {
        writ_emit_string(out_emit(o), "name", args_operand(a, 0));
        writ_emit_span(out_emit(o), "store", writ_buffer_span(&ca->path));
        writ_emit_flag(out_emit(o), "dry_run", true);
    }
    out_say(o, "would make the CA %s at %.*s", args_operand(a, 0), (int)ca->path.n,
            (const char *)ca->path.p);
}

static int check_name(const char *name, struct writ_error *e)
{
    if (strlen(name) > 0 && strlen(name) <= NAME_BYTES_MAX &&
        writ_text_is_printable(writ_span_text(name)))
        return 0;
    return writ_fail(e, WRIT_FAULT_USAGE, "a CA's name has 1 to %d bytes of printable UTF-8",
                     NAME_BYTES_MAX);
}

static int create(const struct args *a, struct ca *ca, struct birth *b, int64_t now,
                  struct writ_error *e)
{
    const char *name = args_operand(a, 0);
    const char *origin = args_value(a, "origin");
    char made[CASTORE_NAME_MAX + 1];

    if (make_keys(b, e) < 0 || default_origin(name, b->root, made, e) < 0)
        return -1;
    ca->store =
        castore_create(writ_buffer_string(&ca->path), name, origin == NULL ? made : origin, now, e);
    if (ca->store == NULL || castore_info(ca->store, &ca->info, e) < 0)
        return -1;
    return fill(ca, b, args_flag(a, "insecure-plain-keys"), now, e);
}

/* One at a time: the bundle that stands beside the store must be that of the CA in it. */
static int create_alone(const struct args *a, struct ca *ca, struct birth *b, struct writ_error *e)
{
    struct writ_buffer path = {0};
    int lock = -1;
    int rc = places_make(&ca->places, "ca", &path, e);

    writ_buffer_text(&path, "/init.lock");
    if (rc == 0)
        lock = file_lock(writ_buffer_string(&path), CASTORE_WAIT_SECONDS, e);
    rc = lock < 0 ? -1 : create(a, ca, b, ca_now(a), e);
    file_unlock(lock);
    writ_buffer_free(&path);
    return rc;
}

static int begin(const struct args *a, struct ca *ca, struct writ_error *e)
{
    const char *origin = args_value(a, "origin");

    if (check_name(args_operand(a, 0), e) < 0 || ca_place(a, ca, e) < 0)
        return -1;
    if (origin != NULL && !writ_note_is_key_name(writ_span_text(origin)))
        return args_fail(a, e, "--origin: wanted a name without spaces and plus signs");
    if (access(writ_buffer_string(&ca->path), F_OK) == 0)
        return writ_fail(e, WRIT_FAULT_CANNOT_CREATE, "there is a CA at %s already",
                         (const char *)ca->path.p);
    if (a->dry_run || args_flag(a, "insecure-plain-keys"))
        return 0;
    return passphrase_need(&ca->passphrase, PASSPHRASE_NEW, args_operand(a, 0), e);
}

int ca_init(const struct args *a, struct out *o)
{
    struct ca ca = {0};
    struct birth b = {0};
    struct writ_error e = {0};
    int status = 0;

    if (begin(a, &ca, &e) < 0)
        status = out_fault(o, &e);
    else if (a->dry_run)
        tell_dry_run(a, o, &ca);
    else if (create_alone(a, &ca, &b, &e) < 0)
        status = out_fault(o, &e);
    else
        tell(a, o, &ca, &b);
    birth_free(&b);
    ca_close(&ca);
    return status;
}
