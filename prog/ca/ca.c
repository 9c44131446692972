#include "ca/ca.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/text.h"
#include "ca/ca_adopt.h"
#include "shared/certfile.h"
#include "shared/file.h"
#include "shared/jail.h"

/* "alice (uid 1000)"; under sudo the person behind it. */
static void who_am_i(char who[CASTORE_NAME_MAX + 1])
{
    const char *sudo = geteuid() == 0 ? getenv("SUDO_USER") : NULL;
    struct passwd *entry = getpwuid(getuid());
    const char *name = sudo != NULL ? sudo : entry != NULL ? entry->pw_name : "unknown";
    char text[CASTORE_NAME_MAX + 1];

    (void)snprintf(text, sizeof text, "%.200s (uid %u)", name, (unsigned)getuid());
    writ_text_copy_safe(who, CASTORE_NAME_MAX + 1, writ_span_text(text));
}

int ca_place(const struct args *a, struct ca *ca, struct writ_error *e)
{
    *ca = (struct ca){0};
    passphrase_start(&ca->passphrase, a->passphrase_fd);
    who_am_i(ca->who);
    if (jail_prepare(e) < 0 || places_find(&ca->places, a->root, e) < 0)
        return -1;
    places_path(&ca->dir, ca->places.write, "ca");
    writ_buffer_format(&ca->path, "%s/%s", writ_buffer_string(&ca->dir), CA_STORE);
    return writ_buffer_check(&ca->path, e);
}

static int check_exists(const struct ca *ca, struct writ_error *e)
{
    const char *path = (const char *)ca->path.p;

    if (access(path, F_OK) == 0 || errno != ENOENT)
        return 0;
    return writ_fail(e, WRIT_FAULT_NO_INPUT,
                     "there is no CA at %s; make one with writ ca init NAME", path);
}

static int opened(struct ca *ca, struct writ_error *e)
{
    return ca->store == NULL ? -1 : castore_info(ca->store, &ca->info, e);
}

int ca_open_read(const struct args *a, struct ca *ca, struct writ_error *e)
{
    if (ca_place(a, ca, e) < 0)
        return -1;
    (void)writ_buffer_string(&ca->path);
    if (check_exists(ca, e) < 0)
        return -1;
    ca->store = castore_open_read(writ_buffer_string(&ca->path), e);
    return opened(ca, e);
}

/* To open a backup for writing takes it into use, which no rehearsal may do. */
static int check_rehearsal(const char *path, struct writ_error *e)
{
    struct castore *s = castore_open_read(path, e);
    struct castore_info info;
    int rc = s == NULL ? -1 : castore_info(s, &info, e);

    if (rc == 0 && info.is_old)
        rc = writ_fail(e, WRIT_FAULT_CONFIGURATION,
                       "%s was made by an older writ; the first change will take it to this one's "
                       "schema, and cannot be rehearsed",
                       path);
    if (rc == 0 && info.is_backup)
        rc = writ_fail(e, WRIT_FAULT_CONFIGURATION,
                       "%s is a backup that is not in use yet; the first change will burn a gap of "
                       "numbers, and cannot be rehearsed",
                       path);
    castore_close(s);
    return rc;
}

int ca_open_write(const struct args *a, struct ca *ca, struct writ_error *e)
{
    if (ca_place(a, ca, e) < 0)
        return -1;
    (void)writ_buffer_string(&ca->path);
    if (check_exists(ca, e) < 0 || (a->dry_run && check_rehearsal((const char *)ca->path.p, e) < 0))
        return -1;
    ca->store = castore_open_write(writ_buffer_string(&ca->path), ca->who, ca_now(a), e);
    return opened(ca, e);
}

void ca_close(struct ca *ca)
{
    castore_close(ca->store);
    passphrase_forget(&ca->passphrase);
    places_free(&ca->places);
    writ_buffer_free(&ca->dir);
    writ_buffer_free(&ca->path);
}

int64_t ca_now(const struct args *a)
{
    return a->now_was_given ? a->now : (int64_t)time(NULL);
}

struct writ_key *ca_key(struct ca *ca, enum castore_purpose purpose, const uint8_t *spki_hash,
                        struct writ_error *e)
{
    struct castore_key *stored = NULL;
    struct writ_key *key = NULL;
    struct writ_span secret = WRIT_SPAN_NONE;

    if (castore_key_find(ca->store, purpose, spki_hash, &stored, e) < 0)
        return NULL;
    if (stored == NULL) {
        (void)writ_fail(e, WRIT_FAULT_CONFIGURATION, "this CA holds no %s key",
                        castore_purpose_name(purpose));
        return NULL;
    }
    if (stored->encrypted) {
        if (passphrase_need(&ca->passphrase, PASSPHRASE_OPEN, ca->info.name, e) < 0)
            goto out;
        secret = passphrase_bytes(&ca->passphrase);
    }
    key = writ_key_from_pkcs8(stored->pkcs8, stored->encrypted, secret, e);
    if (key == NULL)
        writ_error_context(e, "the %s key of %s", castore_purpose_name(purpose), ca->info.name);
out:
    castore_key_free(stored);
    return key;
}

int ca_newest(struct ca *ca, enum castore_role role, struct castore_matches *m,
              struct writ_cert *cert, struct writ_error *e)
{
    if (castore_find_role(ca->store, role, m, e) < 0)
        return -1;
    if (m->n == 0)
        return writ_fail(e, WRIT_FAULT_CONFIGURATION, "this CA has no %s certificate",
                         castore_role_name(role));
    return writ_cert_parse(m->at[0]->der, cert, e);
}

int ca_chain_of(struct ca *ca, int64_t issuer, struct ca_chain *chain, struct writ_error *e)
{
    while (issuer != 0) {
        struct castore_matches *m = &chain->match[chain->count];

        if (chain->count == CA_CHAIN_MAX)
            return writ_fail(e, WRIT_FAULT_BAD_INPUT, "the store's chain of issuers has no end");
        if (castore_find_id(ca->store, issuer, m, e) < 0)
            return -1;
        chain->count++;
        if (m->n != 1)
            return writ_fail(e, WRIT_FAULT_BAD_INPUT, "the store lacks a certificate's issuer");
        issuer = m->at[0]->issuer;
    }
    return 0;
}

void ca_chain_free(struct ca_chain *chain)
{
    for (size_t i = 0; i < chain->count; i++)
        castore_matches_free(&chain->match[i]);
    chain->count = 0;
}

/* ------------------------------------------------------------------- which certificate is meant */

static bool is_file(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* A list names certificates without their bytes: those are known by issuer and serial number. */
static int find_listed(struct ca *ca, struct writ_span der, struct castore_matches *m,
                       struct writ_error *e)
{
    struct writ_cert cert;
    int64_t issuer = 0;

    if (writ_cert_parse(der, &cert, e) < 0 || ca_issuer_of(ca, &cert, &issuer, e) < 0)
        return -1;
    if (issuer == 0)
        return 0;
    if (castore_find_serial(ca->store, issuer, cert.serial, m, e) < 0)
        return -1;
    if (m->n > 0 && m->at[0]->der.n > 0)
        castore_matches_free(m); /* another certificate of this number */
    return 0;
}

static int find_file(struct ca *ca, const char *path, struct castore_matches *m,
                     struct writ_error *e)
{
    struct certfile file = {0};
    int rc = certfile_read(path, &file, e);

    if (rc == 0)
        rc = castore_find_der(ca->store, file.cert[0], m, e);
    if (rc == 0 && m->n == 0)
        rc = find_listed(ca, file.cert[0], m, e);
    if (rc == 0 && m->n == 0)
        rc = writ_fail(e, WRIT_FAULT_NO_INPUT, "%s: this CA has issued no such certificate", path);
    certfile_free(&file);
    return rc;
}

/* The file that a word names: itself, or with .pem behind it.  NULL when there is none. */
static char *file_of(const char *word)
{
    char *path = NULL;

    if (is_file(word))
        return strdup(word);
    if (asprintf(&path, "%s.pem", word) < 0)
        return NULL;
    if (is_file(path))
        return path;
    free(path);
    return NULL;
}

/* In the store: a serial number or a name, or else a team. */
static int find_word(struct ca *ca, const char *word, struct castore_matches *m,
                     struct writ_error *e)
{
    if (castore_find(ca->store, CASTORE_BY_WORD, word, m, e) < 0)
        return -1;
    if (m->n > 0)
        return 0;
    castore_matches_free(m);
    return castore_find(ca->store, CASTORE_BY_TEAM, word, m, e);
}

/* A word that names a file and, in the store, another certificate is refused. */
static int refuse_both(const char *word, const struct castore_matches *file,
                       const struct castore_matches *store, struct writ_error *e)
{
    for (size_t i = 0; i < store->n; i++) {
        if (store->at[i]->id != file->at[0]->id)
            return writ_fail(e, WRIT_FAULT_USAGE,
                             "\"%s\" is a file, and in the store another certificate; say which by "
                             "its serial number",
                             word);
    }
    return 0;
}

int ca_find(struct ca *ca, const char *word, struct castore_matches *m,
            const struct castore_certificate **found, struct writ_error *e)
{
    struct castore_matches store = {0};
    char *path = file_of(word);
    int rc;

    rc = find_word(ca, word, path == NULL ? m : &store, e);
    if (rc == 0 && path != NULL)
        rc = find_file(ca, path, m, e);
    if (rc == 0 && path != NULL)
        rc = refuse_both(word, m, &store, e);
    castore_matches_free(&store);
    free(path);
    if (rc < 0)
        return -1;
    *found = castore_matches_only(m, word, e);
    return *found == NULL ? -1 : 0;
}

/* ---------------------------------------------------------------------------- who issues */

static int check_issues(const struct castore_certificate *c, struct writ_error *e)
{
    if (c->role == CASTORE_ROOT || c->role == CASTORE_INTERMEDIATE)
        return 0;
    return writ_fail(e, WRIT_FAULT_USAGE, "%s is no root or intermediate, and issues nothing",
                     c->name);
}

int ca_issuer(struct ca *ca, const char *word, struct castore_matches *m, struct writ_cert *cert,
              struct writ_error *e)
{
    const struct castore_certificate *found;

    if (word != NULL) {
        if (ca_find(ca, word, m, &found, e) < 0 || check_issues(found, e) < 0)
            return -1;
        return writ_cert_parse(found->der, cert, e);
    }
    if (castore_find_role(ca->store, CASTORE_INTERMEDIATE, m, e) < 0)
        return -1;
    if (m->n == 0)
        return ca_newest(ca, CASTORE_ROOT, m, cert, e);
    return writ_cert_parse(m->at[0]->der, cert, e);
}

struct writ_key *ca_issuer_key(struct ca *ca, const struct castore_certificate *issuer,
                               struct writ_error *e)
{
    return ca_key(ca, issuer->role == CASTORE_ROOT ? CASTORE_KEY_ROOT : CASTORE_KEY_INTERMEDIATE,
                  issuer->spki_hash, e);
}

/* -------------------------------------------------------------------------------- changes */

int ca_audit(struct ca *ca, int64_t now, const char *action, const char *subject, const char *why,
             const char *details, struct writ_error *e)
{
    struct castore_audit record = {
        .at = now,
        .who = ca->who,
        .action = action,
        .subject = subject,
        .why = why,
        .details = details,
    };

    return castore_audit_add(ca->store, &record, e);
}

int ca_finish(const struct args *a, struct ca *ca, struct writ_error *e)
{
    if (!a->dry_run)
        return castore_commit(ca->store, e);
    castore_rollback(ca->store);
    return 0;
}

void ca_serial_text(const struct castore_certificate *c, char text[2 * CASTORE_SERIAL_MAX + 1])
{
    writ_hex_format(WRIT_SPAN(c->serial, c->serial_n), text);
}
