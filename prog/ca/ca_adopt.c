#include "ca/ca_adopt.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "ca/ca_commands.h"
#include "ca/ca_make.h"
#include "crypto/verify.h"
#include "object/bundle.h"
#include "object/note.h"
#include "shared/certfile.h"
#include "shared/file.h"
#include "shared/keyfile.h"

#define FILES_MAX   8 /* operands, and keys */
#define BUNDLE_INFO "bundle.info"

/* --------------------------------------------------------------------------------- certificates */

bool ca_is_issuer(const struct writ_cert *cert)
{
    return cert->is_ca &&
           (!cert->has_key_usage || (cert->key_usage & WRIT_USAGE_KEY_CERT_SIGN) != 0);
}

static int issued(const struct castore_certificate *by, const struct writ_cert *cert, bool *is,
                  struct writ_error *e)
{
    enum writ_signature_state state;
    struct writ_cert issuer;

    *is = false;
    if (writ_cert_parse(by->der, &issuer, e) < 0)
        return -1;
    if (!writ_span_equal(issuer.subject.der, cert->issuer.der))
        return 0;
    if (writ_verify_certificate(issuer.key.spki, cert->der, &state, e) < 0)
        return -1;
    *is = state == WRIT_SIGNATURE_GOOD;
    return 0;
}

int ca_issuer_of(struct ca *ca, const struct writ_cert *cert, int64_t *issuer, struct writ_error *e)
{
    static const enum castore_role roles[] = {CASTORE_ROOT, CASTORE_INTERMEDIATE};
    int rc = 0;

    *issuer = 0;
    for (size_t r = 0; rc == 0 && r < 2; r++) {
        struct castore_matches m = {0};

        rc = castore_find_role(ca->store, roles[r], &m, e);
        for (size_t i = 0; rc == 0 && *issuer == 0 && i < m.n; i++) {
            bool is = false;

            rc = issued(m.at[i], cert, &is, e);
            *issuer = is ? m.at[i]->id : 0;
        }
        castore_matches_free(&m);
    }
    return rc;
}

static void name_of(const struct writ_cert *cert, char name[CASTORE_NAME_MAX + 1])
{
    struct writ_span text =
        cert->subject.common_name.n > 0 ? cert->subject.common_name : cert->subject.organization;

    if (text.n == 0)
        text = writ_span_text("unnamed");
    writ_text_copy_safe(name, CASTORE_NAME_MAX + 1, text);
}

int ca_foreign_record(const struct writ_cert *cert, int64_t issuer, enum castore_role role,
                      int64_t now, struct castore_certificate *record, struct writ_error *e)
{
    if (cert->serial.n > CASTORE_SERIAL_MAX)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                         "RFC 5280 section 4.1.2.2: a serial number has 1 to %d octets, this one "
                         "has %zu",
                         CASTORE_SERIAL_MAX, cert->serial.n);
    *record = (struct castore_certificate){.issuer = issuer,
                                           .role = role,
                                           .serial_n = cert->serial.n,
                                           .not_before = cert->not_before,
                                           .not_after = cert->not_after,
                                           .issued_at = now,
                                           .der = cert->der};
    memcpy(record->serial, cert->serial.p, cert->serial.n);
    name_of(cert, record->name);
    if (cert->subject.unit.n > 0 && role != CASTORE_ROOT && role != CASTORE_INTERMEDIATE)
        writ_text_copy_safe(record->team, sizeof record->team, cert->subject.unit);
    return writ_sha256(cert->key.spki, record->spki_hash, e);
}

int ca_adopt_issuer(struct ca *ca, const struct writ_cert *cert, int64_t issuer, int64_t now,
                    struct writ_error *e)
{
    struct castore_certificate record;
    int64_t id;

    if (ca_foreign_record(cert, issuer, issuer == 0 ? CASTORE_ROOT : CASTORE_INTERMEDIATE, now,
                          &record, e) < 0 ||
        castore_certificate_add(ca->store, &record, &id, e) < 0)
        return -1;
    return castore_adopt(ca->store, id, now, e);
}

/* ----------------------------------------------------------------------------- what is brought */

struct adoption {
    struct certfile file[FILES_MAX];
    struct writ_cert cert[FILES_MAX * CERTFILE_MAX];
    bool taken[FILES_MAX * CERTFILE_MAX];
    size_t count;
    struct writ_key *key[FILES_MAX];
    size_t key_count;
    struct writ_key *feed; /* of a store that is made */
    struct writ_buffer bundle, info;
    size_t added, known;
    size_t keys_added;
    bool creates;
};

static void adoption_free(struct adoption *n)
{
    for (size_t i = 0; i < FILES_MAX; i++) {
        certfile_free(&n->file[i]);
        writ_key_free(n->key[i]);
    }
    writ_key_free(n->feed);
    writ_buffer_free(&n->bundle);
    writ_buffer_free(&n->info);
}

static int check_issues(const char *path, const struct writ_cert *cert, struct writ_error *e)
{
    if (ca_is_issuer(cert))
        return 0;
    return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                     "%s: a certificate that issues nothing (no basicConstraints cA, or no "
                     "keyCertSign); writ ca import takes those",
                     path);
}

static int read_certificates(const struct args *a, struct adoption *n, struct writ_error *e)
{
    const char *path;

    for (size_t i = 0; (path = args_operand(a, i)) != NULL; i++) {
        if (i == FILES_MAX)
            return args_fail(a, e, "more than %d files", FILES_MAX);
        if (certfile_read(path, &n->file[i], e) < 0)
            return -1;
        for (size_t k = 0; k < n->file[i].count; k++, n->count++) {
            if (writ_cert_parse(n->file[i].cert[k], &n->cert[n->count], e) < 0 ||
                check_issues(path, &n->cert[n->count], e) < 0)
                return -1;
        }
    }
    return 0;
}

static int read_keys(const struct args *a, struct ca *ca, struct adoption *n, struct writ_error *e)
{
    const char *path;

    for (size_t i = 0; (path = args_value_at(a, "key", i)) != NULL; i++) {
        if (i == FILES_MAX)
            return args_fail(a, e, "more than %d keys", FILES_MAX);
        n->key[i] = keyfile_read(path, &ca->passphrase, e);
        if (n->key[i] == NULL)
            return -1;
        n->key_count++;
        if (writ_key_algorithm(n->key[i]) == WRIT_OID_UNKNOWN)
            return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                             "%s: a CA signs with P-256, or RSA of at least 2048 bits", path);
    }
    return 0;
}

/* ------------------------------------------------------------------------------- into the store */

/* The bytes are in the store already, in whatever role. */
static int is_known(struct ca *ca, const struct writ_cert *cert, bool *known, struct writ_error *e)
{
    struct castore_matches m = {0};
    int rc = castore_find_der(ca->store, cert->der, &m, e);

    *known = m.n > 0;
    castore_matches_free(&m);
    return rc;
}

/* Takes in what its issuer, or itself, lets in now; *more when something was. */
static int take_round(struct ca *ca, struct adoption *n, int64_t now, bool *more,
                      struct writ_error *e)
{
    *more = false;
    for (size_t i = 0; i < n->count; i++) {
        bool self = writ_cert_is_self_issued(&n->cert[i]), known = false;
        int64_t issuer = 0;

        if (n->taken[i])
            continue;
        if (is_known(ca, &n->cert[i], &known, e) < 0 ||
            (!known && !self && ca_issuer_of(ca, &n->cert[i], &issuer, e) < 0))
            return -1;
        if (!known && issuer == 0 && (!self || !n->creates || n->added > 0))
            continue;
        n->taken[i] = *more = true;
        n->known += known;
        n->added += !known;
        if (!known && ca_adopt_issuer(ca, &n->cert[i], issuer, now, e) < 0)
            return -1;
    }
    return 0;
}

static int refuse_left(const struct adoption *n, struct writ_error *e)
{
    char name[CASTORE_NAME_MAX + 1];

    for (size_t i = 0; i < n->count; i++) {
        if (n->taken[i])
            continue;
        name_of(&n->cert[i], name);
        if (writ_cert_is_self_issued(&n->cert[i]))
            return writ_fail(e, WRIT_FAULT_USAGE,
                             "%s is a root of its own; a store has one root: use --root DIR for "
                             "another",
                             name);
        return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                         "%s was not issued by any of these or of the store; bring its issuer's "
                         "certificate too, up to the root",
                         name);
    }
    return 0;
}

/* The store's root or intermediate with this key; NULL in *found when there is none. */
static int find_key_owner(struct ca *ca, const struct writ_key *key, struct castore_matches *m,
                          const struct castore_certificate **found, struct writ_error *e)
{
    static const enum castore_role roles[] = {CASTORE_ROOT, CASTORE_INTERMEDIATE};

    *found = NULL;
    for (size_t r = 0; *found == NULL && r < 2; r++) {
        if (castore_find_role(ca->store, roles[r], m, e) < 0)
            return -1;
        for (size_t i = 0; i < m->n; i++) {
            struct writ_cert cert;

            if (writ_cert_parse(m->at[i]->der, &cert, e) < 0)
                return -1;
            if (writ_key_matches(key, cert.key.spki))
                *found = m->at[i];
        }
    }
    return 0;
}

static int keep_key(const struct args *a, struct ca *ca, struct adoption *n, size_t i, int64_t now,
                    struct writ_error *e)
{
    bool plain = args_flag(a, "insecure-plain-keys");
    struct castore_matches m = {0};
    const struct castore_certificate *owner;
    struct writ_buffer spki = {0};
    uint8_t hash[WRIT_SHA256_BYTES];
    int rc = find_key_owner(ca, n->key[i], &m, &owner, e);

    if (rc == 0 && owner == NULL)
        rc = writ_fail(e, WRIT_FAULT_USAGE, "%s is the key of none of these certificates",
                       args_value_at(a, "key", i));
    if (rc == 0)
        rc = ca_keep_key(ca, n->key[i],
                         owner->role == CASTORE_ROOT ? CASTORE_KEY_ROOT : CASTORE_KEY_INTERMEDIATE,
                         plain, now, &spki, hash, e);
    n->keys_added += rc == 0;
    writ_buffer_free(&spki);
    castore_matches_free(&m);
    return rc;
}

static int take_in(const struct args *a, struct ca *ca, struct adoption *n, int64_t now,
                   struct writ_error *e)
{
    bool more = true;
    char subject[64];

    while (more) {
        if (take_round(ca, n, now, &more, e) < 0)
            return -1;
    }
    if (refuse_left(n, e) < 0)
        return -1;
    for (size_t i = 0; i < n->key_count; i++) {
        if (keep_key(a, ca, n, i, now, e) < 0)
            return -1;
    }
    (void)snprintf(subject, sizeof subject, "%zu certificates, %zu keys", n->added, n->keys_added);
    return ca_audit(ca, now, "adopt", subject, args_value(a, "note"), NULL, e);
}

/* ------------------------------------------------------------------------------------ the bundle
 */

/* With the root's key the bundle is signed here and now; without it, what is to be signed lies
 * beside the store until its signature is brought. */
static int make_bundle(struct ca *ca, struct adoption *n, int64_t now, struct writ_error *e)
{
    struct castore_matches root = {0};
    struct writ_cert cert;
    const struct writ_key *key = NULL;
    int rc = ca_newest(ca, CASTORE_ROOT, &root, &cert, e);

    for (size_t i = 0; rc == 0 && i < n->key_count; i++) {
        if (writ_key_matches(n->key[i], cert.key.spki))
            key = n->key[i];
    }
    if (rc == 0 && key != NULL)
        rc = ca_make_bundle(ca, key, root.at[0]->der, n->feed, now, &n->bundle, e);
    else if (rc == 0)
        rc = ca_make_bundle_info(ca, root.at[0]->der, n->feed, now, &n->info, e);
    castore_matches_free(&root);
    return rc;
}

static int write_beside(struct ca *ca, const char *name, const struct writ_buffer *bytes,
                        struct writ_error *e)
{
    struct writ_buffer path = {0};
    int rc = 0;

    writ_buffer_format(&path, "%s/%s", writ_buffer_string(&ca->dir), name);
    if (bytes->n > 0)
        rc = file_replace_bytes(writ_buffer_string(&path), 0644, writ_buffer_span(bytes), e);
    writ_buffer_free(&path);
    return rc;
}

static enum writ_oid algorithm_of(const struct writ_cert *root)
{
    return root->key.algorithm == WRIT_OID_RSA ? WRIT_OID_RSA_SHA256 : WRIT_OID_ECDSA_SHA256;
}

static int sign_bundle(struct ca *ca, struct writ_span info, struct writ_span signature,
                       struct writ_error *e)
{
    struct castore_matches root = {0};
    struct writ_cert cert;
    struct writ_buffer der = {0}, pem = {0};
    enum writ_signature_state state;
    int rc = ca_newest(ca, CASTORE_ROOT, &root, &cert, e);

    if (rc == 0)
        rc = writ_verify_signature(cert.key.spki, algorithm_of(&cert), info, signature, &state, e);
    if (rc == 0 && state != WRIT_SIGNATURE_GOOD)
        rc = writ_fail(e, WRIT_FAULT_BAD_INPUT,
                       "this is not the root's signature, with SHA-256, over " BUNDLE_INFO);
    if (rc == 0)
        rc = writ_bundle_build(info, algorithm_of(&cert), signature, &der, e);
    if (rc == 0) {
        ca_bundle_pem(writ_buffer_span(&der), &pem);
        rc = write_beside(ca, CA_BUNDLE, &pem, e);
    }
    writ_buffer_free(&der);
    writ_buffer_free(&pem);
    castore_matches_free(&root);
    return rc;
}

static int bring_signature(const struct args *a, struct ca *ca, struct writ_error *e)
{
    struct writ_buffer path = {0}, info = {0}, signature = {0};
    int rc = ca_open_read(a, ca, e);

    if (rc == 0) {
        writ_buffer_format(&path, "%s/%s", writ_buffer_string(&ca->dir), BUNDLE_INFO);
        rc = file_read(writ_buffer_string(&path), WRIT_BUNDLE_MAX, &info, e);
    }
    if (rc == 0)
        rc = file_read(args_value(a, "bundle-signature"), 4096, &signature, e);
    if (rc == 0 && !a->dry_run)
        rc = sign_bundle(ca, writ_buffer_span(&info), writ_buffer_span(&signature), e);
    writ_buffer_free(&path);
    writ_buffer_free(&info);
    writ_buffer_free(&signature);
    return rc;
}

/* -------------------------------------------------------------------------------------- command */

static const struct writ_cert *root_of(const struct adoption *n)
{
    for (size_t i = 0; i < n->count; i++) {
        if (writ_cert_is_self_issued(&n->cert[i]))
            return &n->cert[i];
    }
    return NULL;
}

static int create(const struct args *a, struct ca *ca, struct adoption *n, struct writ_error *e)
{
    const struct writ_cert *root = root_of(n);
    const char *origin = args_value(a, "origin");
    char name[CASTORE_NAME_MAX + 1], made[CASTORE_NAME_MAX + 1];
    int64_t now = ca_now(a);

    name_of(root, name);
    if (ca_default_origin(name, root->key.spki, made, e) < 0)
        return -1;
    n->feed = writ_key_generate(WRIT_KEY_ED25519, e);
    if (n->feed == NULL)
        return -1;
    ca->store = castore_create(writ_buffer_string(&ca->path),
                               args_value(a, "name") == NULL ? name : args_value(a, "name"),
                               origin == NULL ? made : origin, now, e);
    if (ca->store == NULL || castore_info(ca->store, &ca->info, e) < 0 ||
        take_in(a, ca, n, now, e) < 0 ||
        ca_keep_feed_key(ca, n->feed, args_flag(a, "insecure-plain-keys"), now, e) < 0 ||
        make_bundle(ca, n, now, e) < 0 || write_beside(ca, BUNDLE_INFO, &n->info, e) < 0 ||
        write_beside(ca, CA_BUNDLE, &n->bundle, e) < 0)
        return -1;
    return castore_commit(ca->store, e);
}

static int create_alone(const struct args *a, struct ca *ca, struct adoption *n,
                        struct writ_error *e)
{
    struct writ_buffer path = {0};
    int lock = -1;
    int rc = places_make(&ca->places, "ca", &path, e);

    writ_buffer_text(&path, "/init.lock");
    if (rc == 0)
        lock = file_lock(writ_buffer_string(&path), CASTORE_WAIT_SECONDS, e);
    rc = lock < 0 ? -1 : create(a, ca, n, e);
    file_unlock(lock);
    writ_buffer_free(&path);
    return rc;
}

/* Into a store that is there: one that was adopted itself. */
static int extend(const struct args *a, struct ca *ca, struct adoption *n, struct writ_error *e)
{
    struct castore_matches root = {0};
    struct castore_adoption standing;
    int rc = -1;

    ca->store = castore_open_write(writ_buffer_string(&ca->path), ca->who, ca_now(a), e);
    if (ca->store == NULL || castore_info(ca->store, &ca->info, e) < 0 ||
        castore_begin(ca->store, e) < 0 || castore_find_role(ca->store, CASTORE_ROOT, &root, e) < 0)
        goto out;
    if (root.n != 1 || castore_adoption(ca->store, root.at[0]->id, &standing, e) < 0)
        goto out;
    if (!standing.adopted) {
        (void)writ_fail(e, WRIT_FAULT_USAGE,
                        "the CA here, %s, is writ's own, and numbers what it issues; adopt another "
                        "into a state of its own with --root DIR",
                        ca->info.name);
        goto out;
    }
    if (take_in(a, ca, n, ca_now(a), e) == 0)
        rc = ca_finish(a, ca, e);
out:
    castore_matches_free(&root);
    return rc;
}

static int check_line(const struct args *a, struct ca *ca, struct adoption *n, struct writ_error *e)
{
    const char *origin = args_value(a, "origin");

    if (args_operand(a, 0) == NULL && args_value(a, "key") == NULL)
        return args_fail(a, e, "name the certificates of the CA, or a key of it with --key");
    if (origin != NULL && !writ_note_is_key_name(writ_span_text(origin)))
        return args_fail(a, e, "--origin: wanted a name without spaces and plus signs");
    n->creates = access(writ_buffer_string(&ca->path), F_OK) < 0 && errno == ENOENT;
    if (n->creates && root_of(n) == NULL)
        return args_fail(a, e, "there is no CA here yet: the root's certificate is wanted too");
    return 0;
}

static int adopt(const struct args *a, struct ca *ca, struct adoption *n, struct writ_error *e)
{
    bool plain = args_flag(a, "insecure-plain-keys");

    if (ca_place(a, ca, e) < 0 || read_certificates(a, n, e) < 0 || check_line(a, ca, n, e) < 0 ||
        read_keys(a, ca, n, e) < 0)
        return -1;
    if (a->dry_run && n->creates)
        return 0;
    if (!plain && (n->creates || n->key_count > 0) &&
        passphrase_need(&ca->passphrase, n->creates ? PASSPHRASE_NEW : PASSPHRASE_OPEN, "the CA",
                        e) < 0)
        return -1;
    return n->creates ? create_alone(a, ca, n, e) : extend(a, ca, n, e);
}

static void tell(const struct args *a, struct out *o, const struct ca *ca, const struct adoption *n)
{
    bool unsigned_bundle = n->creates && !a->dry_run && n->info.n > 0;

    if (args_value(a, "bundle-signature") != NULL) {
        out_say(o, "%s", a->dry_run ? "would sign the bundle" : "the bundle is signed");
        if (a->json)
            writ_emit_flag(out_emit(o), "dry_run", a->dry_run);
        return;
    }
    if (a->json) {
        struct writ_emit *m = out_emit(o);

        writ_emit_flag(m, "created", n->creates);
        writ_emit_unsigned(m, "certificates", n->creates && a->dry_run ? n->count : n->added);
        writ_emit_unsigned(m, "keys", n->creates && a->dry_run ? n->key_count : n->keys_added);
        writ_emit_flag(m, "bundle_unsigned", unsigned_bundle);
        writ_emit_flag(m, "dry_run", a->dry_run);
        return;
    }
    out_say(o, "%s %zu certificates and %zu keys", a->dry_run ? "would adopt" : "adopted",
            n->creates && a->dry_run ? n->count : n->added,
            n->creates && a->dry_run ? n->key_count : n->keys_added);
    if (n->creates && !a->dry_run)
        out_note(o,
                 "bring what it has issued and revoked with writ ca import, before the first CRL "
                 "or feed: until then nothing is revoked here");
    if (unsigned_bundle)
        out_note(o,
                 "to publish a feed, sign %.*s/" BUNDLE_INFO " with the root's key (openssl dgst "
                 "-sha256 -sign KEY -out SIG FILE), then writ ca adopt --bundle-signature SIG",
                 (int)ca->dir.n, (const char *)ca->dir.p);
}

int ca_adopt(const struct args *a, struct out *o)
{
    struct ca ca = {0};
    struct adoption *n = calloc(1, sizeof *n);
    struct writ_error e = {0};
    int status = 0;

    if (n == NULL) {
        (void)writ_fail_memory(&e);
        return out_fault(o, &e);
    }
    if ((args_value(a, "bundle-signature") != NULL ? bring_signature(a, &ca, &e)
                                                   : adopt(a, &ca, n, &e)) < 0)
        status = out_fault(o, &e);
    else
        tell(a, o, &ca, n);
    adoption_free(n);
    free(n);
    ca_close(&ca);
    return status;
}
