#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "base/time.h"
#include "bytes/pem.h"
#include "issue/certificate.h"
#include "shared/file.h"
#include "shared/identity.h"
#include "shared/keyfile.h"
#include "writ/commands.h"

/* ------------------------------------------------------------------------------------- new */

static int write_request(const char *path, const char *name, const struct writ_key *key,
                         struct writ_error *e)
{
    struct writ_buffer der = {0}, pem = {0};
    int rc = writ_issue_request(writ_span_text(name), key, &der, e);

    if (rc == 0) {
        writ_pem_build(&pem, "CERTIFICATE REQUEST", writ_buffer_span(&der));
        rc = writ_buffer_check(&pem, e);
    }
    if (rc == 0)
        rc = file_create_bytes(path, 0644, writ_buffer_span(&pem), e);
    writ_buffer_free(&der);
    writ_buffer_free(&pem);
    return rc;
}

static int check_absent(const char *path, struct writ_error *e)
{
    struct stat st;

    if (lstat(path, &st) < 0)
        return 0;
    return writ_fail(e, WRIT_FAULT_CANNOT_CREATE, "%s exists already", path);
}

/* The key first: whatever happens, there is no request without its key. */
static int write_both(const struct args *a, const char *key_path, const char *request_path,
                      const struct passphrase *passphrase, struct writ_error *e)
{
    struct writ_key *key = writ_key_generate(WRIT_KEY_P256, e);
    int rc = -1;

    if (key != NULL &&
        keyfile_create(key_path, key, passphrase, args_flag(a, "insecure-plain-key"), e) == 0) {
        rc = write_request(request_path, args_operand(a, 0), key, e);
        if (rc < 0 && access(request_path, F_OK) < 0)
            (void)unlink(key_path); /* nothing asks for it */
    }
    writ_key_free(key);
    return rc;
}

static int make_identity(const struct args *a, const char *prefix, struct writ_error *e)
{
    struct writ_buffer key = {0}, request = {0};
    struct passphrase passphrase;
    int rc = -1;

    passphrase_start(&passphrase, a->passphrase_fd);
    writ_buffer_format(&key, "%s.key", prefix);
    writ_buffer_format(&request, "%s.csr", prefix);
    if (check_absent(writ_buffer_string(&key), e) < 0 ||
        check_absent(writ_buffer_string(&request), e) < 0)
        goto out;
    if (a->dry_run)
        rc = 0;
    else if (args_flag(a, "insecure-plain-key") ||
             passphrase_need(&passphrase, PASSPHRASE_NEW, (const char *)key.p, e) == 0)
        rc = write_both(a, (const char *)key.p, (const char *)request.p, &passphrase, e);
out:
    passphrase_forget(&passphrase);
    writ_buffer_free(&key);
    writ_buffer_free(&request);
    return rc;
}

static int new_identity(const struct args *a, struct out *o)
{
    const char *name = args_operand(a, 0);
    const char *given = args_value(a, "out");
    struct writ_error e = {0};
    char slug[65];
    const char *prefix = given != NULL ? given : slug;

    writ_text_slug(slug, sizeof slug, name);
    if (make_identity(a, prefix, &e) < 0)
        return out_fault(o, &e);
    if (a->json) {
        writ_emit_string(out_emit(o), "name", name);
        writ_emit_string(out_emit(o), "prefix", prefix);
        writ_emit_flag(out_emit(o), "dry_run", a->dry_run);
    }
    out_say(o, "%s %s.key%s and %s.csr", a->dry_run ? "would write" : "wrote", prefix,
            args_flag(a, "insecure-plain-key") ? " (NOT encrypted)" : "", prefix);
    if (!a->dry_run)
        out_note(o, "send %s.csr to your CA (writ ca issue %s.csr); the key stays with you", prefix,
                 prefix);
    return 0;
}

const struct command command_identity_new = {
    .words = "identity new",
    .group = "sign",
    .summary = "make a developer's key, and a request for a certificate",
    .description = "Writes PREFIX.key, which stays here, and PREFIX.csr, which goes to the CA.\n",
    .operands = (const struct operand_spec[]){{.name = "NAME"}, {0}},
    .options = (const struct option_spec[]){{.name = "out",
                                             .value = "PREFIX",
                                             .help = "where to write; default: from the name",
                                             .hint = COMMAND_HINT_FILE},
                                            {.name = "insecure-plain-key",
                                             .help = "do not encrypt the key"},
                                            {0}},
    .mutates = true,
    .needs_passphrase = true,
    .examples = (const char *const[]){"writ identity new \"Bob\" --out bob", NULL},
    .run = new_identity,
};

/* ---------------------------------------------------------------------------------- import */

static int check_pair(const struct args *a, const struct certfile *chain, const char *key_path,
                      struct writ_error *e)
{
    struct passphrase passphrase;
    struct writ_cert leaf;
    struct writ_key *key;
    int rc = -1;

    passphrase_start(&passphrase, a->passphrase_fd);
    key = keyfile_read(key_path, &passphrase, e);
    passphrase_forget(&passphrase);
    if (key == NULL)
        return -1;
    if (writ_cert_parse(chain->cert[0], &leaf, e) == 0)
        rc = writ_key_matches(key, leaf.key.spki)
                 ? 0
                 : writ_fail(e, WRIT_FAULT_BAD_INPUT,
                             "the first certificate is not of this key (%s)", key_path);
    writ_key_free(key);
    return rc;
}

static bool holds(const char *path, struct writ_span bytes)
{
    struct writ_buffer found = {0};
    bool same = file_read(path, bytes.n, &found, NULL) == 0 &&
                writ_span_equal(writ_buffer_span(&found), bytes);

    writ_buffer_wipe(&found);
    return same;
}

/* The certificate comes last: it is what makes an identity.  The same key, there already, is what a
 * killed import has left. */
static int write_copies(const char *key_path, struct writ_span key, const char *cert_path,
                        struct writ_span pem, struct writ_error *e)
{
    bool there = holds(key_path, key);
    int rc;

    if (check_absent(cert_path, e) < 0 || (!there && file_create_bytes(key_path, 0600, key, e) < 0))
        return -1;
    rc = file_create_bytes(cert_path, 0644, pem, e);
    if (rc < 0 && !there && access(cert_path, F_OK) < 0)
        (void)unlink(key_path);
    return rc;
}

static int copy_into(const struct writ_buffer *dir, const char *name, struct writ_span key,
                     struct writ_span pem, struct writ_error *e)
{
    struct writ_buffer key_path = {0}, cert_path = {0};
    int rc;

    writ_buffer_format(&key_path, "%.*s/%s.key", (int)dir->n, (const char *)dir->p, name);
    writ_buffer_format(&cert_path, "%.*s/%s.pem", (int)dir->n, (const char *)dir->p, name);
    rc = write_copies(writ_buffer_string(&key_path), key, writ_buffer_string(&cert_path), pem, e);
    writ_buffer_free(&key_path);
    writ_buffer_free(&cert_path);
    return rc;
}

static int keep_copies(const struct args *a, const char *name, const char *key_path,
                       const struct certfile *chain, struct writ_error *e)
{
    struct places places = {0};
    struct writ_buffer dir = {0}, key = {0}, pem = {0};
    int rc = -1;

    for (size_t i = 0; i < chain->count; i++)
        writ_pem_build(&pem, "CERTIFICATE", chain->cert[i]);
    if (places_find(&places, a->root, e) == 0 && places_make(&places, "identities", &dir, e) == 0 &&
        file_read(key_path, KEYFILE_BYTES_MAX, &key, e) == 0 && writ_buffer_check(&pem, e) == 0)
        rc = copy_into(&dir, name, writ_buffer_span(&key), writ_buffer_span(&pem), e);
    writ_buffer_wipe(&key);
    writ_buffer_free(&pem);
    writ_buffer_free(&dir);
    places_free(&places);
    return rc;
}

/* CHAIN's own name without its ending, unless another was given. */
static void default_name(const char *chain, char name[65])
{
    const char *slash = strrchr(chain, '/');
    const char *base = slash == NULL ? chain : slash + 1;
    const char *dot = strrchr(base, '.');

    (void)snprintf(name, 65, "%.*s", (int)(dot == NULL ? strlen(base) : (size_t)(dot - base)),
                   base);
}

static int import_identity(const struct args *a, struct out *o)
{
    const char *key_path = args_value(a, "key");
    const char *given = args_value(a, "name");
    struct certfile chain = {0};
    struct writ_error e = {0};
    char name[65];
    int rc = -1;

    default_name(args_operand(a, 0), name);
    if (given != NULL && strlen(given) < sizeof name)
        (void)snprintf(name, sizeof name, "%s", given);
    if (!identity_is_name(given != NULL ? given : name))
        (void)args_fail(a, &e, "--name: wanted letters, digits, hyphens, dots and underscores");
    else if (certfile_read(args_operand(a, 0), &chain, &e) == 0 &&
             check_pair(a, &chain, key_path, &e) == 0)
        rc = a->dry_run ? 0 : keep_copies(a, name, key_path, &chain, &e);
    certfile_free(&chain);
    if (rc < 0)
        return out_fault(o, &e);
    if (a->json) {
        writ_emit_string(out_emit(o), "identity", name);
        writ_emit_flag(out_emit(o), "dry_run", a->dry_run);
    }
    out_say(o, "%s identity %s: writ sign FILE --key %s", a->dry_run ? "would import" : "imported",
            name, name);
    return 0;
}

const struct command command_identity_import = {
    .words = "identity import",
    .group = "sign",
    .summary = "keep a key and its certificates, by name",
    .operands = (const struct operand_spec[]){{.name = "CHAIN", .hint = COMMAND_HINT_FILE}, {0}},
    .options =
        (const struct option_spec[]){
            {.name = "key",
             .value = "FILE",
             .help = "the key it is for",
             .hint = COMMAND_HINT_FILE,
             .required = true},
            {.name = "name", .value = "NAME", .help = "what to call it; default: CHAIN's name"},
            {0}},
    .mutates = true,
    .needs_passphrase = true,
    .examples = (const char *const[]){"writ identity import bob.pem --key bob.key", NULL},
    .run = import_identity,
};

/* ------------------------------------------------------------------------------------ list */

static void tell_identity(struct out *o, const char *name, const struct writ_cert *leaf)
{
    struct writ_buffer who = {0};
    char end[WRIT_TIME_TEXT];

    writ_name_add_text(&who, &leaf->subject);
    writ_time_format(leaf->not_after, end);
    if (o->json) {
        struct writ_emit *m = out_emit(o);

        writ_emit_object(m, NULL);
        writ_emit_string(m, "name", name);
        writ_emit_span(m, "subject", writ_buffer_span(&who));
        writ_emit_string(m, "not_after", end);
        writ_emit_end(m);
    }
    out_say(o, "%s  %s, until %s", name, writ_buffer_string(&who), end);
    writ_buffer_free(&who);
}

static int list_one(struct out *o, const char *dir, const char *file, struct writ_error *e)
{
    size_t n = strlen(file);
    struct certfile chain = {0};
    struct writ_cert leaf;
    char *path = NULL, name[65];
    int rc = -1;

    if (n < 5 || n - 4 >= sizeof name || strcmp(file + n - 4, ".pem") != 0)
        return 0;
    (void)snprintf(name, sizeof name, "%.*s", (int)(n - 4), file);
    if (asprintf(&path, "%s/%s", dir, file) < 0)
        return writ_fail_memory(e);
    if (certfile_read(path, &chain, e) == 0 && writ_cert_parse(chain.cert[0], &leaf, e) == 0) {
        tell_identity(o, name, &leaf);
        rc = 0;
    }
    certfile_free(&chain);
    free(path);
    return rc;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int list_dir(struct out *o, const char *dir, struct writ_error *e)
{
    struct dirent **entries = NULL;
    int n = scandir(dir, &entries, NULL, by_name);
    int rc = 0;

    if (n < 0)
        return errno == ENOENT ? 0
                               : writ_fail_errno(e, WRIT_FAULT_IO, errno, "cannot read %s", dir);
    for (int i = 0; i < n; i++) {
        if (rc == 0)
            rc = list_one(o, dir, entries[i]->d_name, e);
        free(entries[i]);
    }
    free(entries);
    return rc;
}

static int list_identities(const struct args *a, struct out *o)
{
    struct places places = {0};
    struct writ_buffer dir = {0};
    struct writ_error e = {0};
    int rc = places_find(&places, a->root, &e);

    if (rc == 0) {
        if (a->json)
            writ_emit_list(out_emit(o), "identities");
        places_path(&dir, places.write, "identities");
        rc = list_dir(o, writ_buffer_string(&dir), &e);
        if (a->json)
            writ_emit_end(out_emit(o));
    }
    writ_buffer_free(&dir);
    places_free(&places);
    return rc < 0 ? out_fault(o, &e) : 0;
}

const struct command command_identity_list = {
    .words = "identity list",
    .group = "sign",
    .summary = "list the identities kept here",
    .examples = (const char *const[]){"writ identity list", NULL},
    .run = list_identities,
};
