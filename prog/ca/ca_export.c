#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/time.h"
#include "bytes/pem.h"
#include "ca/ca_commands.h"
#include "ca/ca_crl.h"
#include "crypto/namehash.h"
#include "shared/file.h"
#include "shared/reload.h"

#define HASHED_MAX 10 /* files of one hash in a hashed directory */

/* A file on its way: made in the transaction, written after it. */
struct product {
    char *path; /* owned */
    struct writ_buffer bytes;
};

struct export
{
    struct ca_crl_job job;
    struct product *products; /* owned */
    size_t count, room;
    size_t crls;
    bool begins_deltas;           /* the first delta: complete ones do not name it yet */
    struct writ_buffer crl_pem;   /* every complete CRL, one after the other */
    struct writ_buffer *complete; /* owned; of each issuer, DER */
    int lock;
};

static void export_free(struct export *x)
{
    file_unlock(x->lock);
    for (size_t i = 0; i < x->count; i++) {
        free(x->products[i].path);
        writ_buffer_free(&x->products[i].bytes);
    }
    free(x->products);
    for (size_t i = 0; x->complete != NULL && i < x->job.count; i++)
        writ_buffer_free(&x->complete[i]);
    free(x->complete);
    writ_buffer_free(&x->crl_pem);
    ca_crl_free(&x->job);
}

/* A new product at this path; its bytes are still to come.  NULL without memory, or when two would
 * stand there. */
static struct writ_buffer *add_product(struct export *x, const char *path, struct writ_error *e)
{
    struct product *larger;

    for (size_t i = 0; i < x->count; i++) {
        if (strcmp(x->products[i].path, path) == 0) {
            (void)writ_fail(e, WRIT_FAULT_CONFIGURATION,
                            "two files would be %s: two issuers have one name", path);
            return NULL;
        }
    }
    if (x->count == x->room) {
        larger = reallocarray(x->products, x->room + 64, sizeof *larger);
        if (larger == NULL) {
            (void)writ_fail_memory(e);
            return NULL;
        }
        x->products = larger;
        x->room += 64;
    }
    x->products[x->count] = (struct product){.path = strdup(path)};
    if (x->products[x->count].path == NULL) {
        (void)writ_fail_memory(e);
        return NULL;
    }
    return &x->products[x->count++].bytes;
}

static struct writ_buffer *add_product_in(struct export *x, const char *dir, const char *name,
                                          struct writ_error *e)
{
    struct writ_buffer path = {0};
    struct writ_buffer *bytes = NULL;

    writ_buffer_format(&path, "%s/%s", dir, name);
    if (writ_buffer_check(&path, e) == 0)
        bytes = add_product(x, writ_buffer_string(&path), e);
    writ_buffer_free(&path);
    return bytes;
}

/* ------------------------------------------------------------------------------ what is wanted */

static bool wants_crls(const struct args *a)
{
    return args_value(a, "crl") != NULL || args_value(a, "crl-dir") != NULL ||
           args_value(a, "hashed-dir") != NULL;
}

static int check_url(const struct args *a, struct writ_error *e)
{
    const char *url = args_value(a, "crl-url");
    size_t n = url == NULL ? 0 : strlen(url);
    bool good = n > 8 && n <= 512 && url[n - 1] != '/' &&
                (strncmp(url, "http://", 7) == 0 || strncmp(url, "https://", 8) == 0);

    for (size_t i = 0; i < n; i++)
        good = good && url[i] > ' ' && url[i] <= '~';
    if (url == NULL || good)
        return 0;
    return args_fail(a, e,
                     "--crl-url: wanted the http URL of the folder, without a slash at the "
                     "end, of at most 512 printable characters");
}

static int check_line(const struct args *a, struct writ_error *e)
{
    bool delta = args_flag(a, "delta");

    if (!wants_crls(a) && args_value(a, "chain") == NULL)
        return args_fail(a, e,
                         "say what to: --crl FILE, --chain FILE, --hashed-dir DIR or "
                         "--crl-dir DIR");
    if (delta && args_value(a, "crl-dir") == NULL)
        return args_fail(a, e, "--delta goes with --crl-dir DIR");
    if (delta && (args_value(a, "crl") != NULL || args_value(a, "hashed-dir") != NULL))
        return args_fail(a, e, "--delta is for --crl-dir alone; other readers want complete CRLs");
    if (args_value(a, "follows") != NULL && (delta || !wants_crls(a)))
        return args_fail(a, e, "--follows goes with complete CRLs");
    if (args_value(a, "partitions") != NULL && args_value(a, "crl-dir") == NULL)
        return args_fail(a, e, "--partitions goes with --crl-dir DIR");
    return check_url(a, e);
}

/* What certificates name is fixed once it is said: they would look elsewhere for ever. */
static int keep_setting(struct ca *ca, const char *name, const char *wanted, const char *option,
                        struct writ_error *e)
{
    char standing[CASTORE_TEXT_MAX + 1];

    if (wanted == NULL)
        return 0;
    if (castore_setting_get(ca->store, name, standing, e) < 0)
        return -1;
    if (standing[0] != '\0' && strcmp(standing, wanted) != 0)
        return writ_fail(e, WRIT_FAULT_CONFIGURATION,
                         "%s %s: certificates may have been issued that name %s, and it stays",
                         option, wanted, standing);
    return castore_setting_set(ca->store, name, wanted, e);
}

static int settle(const struct args *a, struct export *x, struct writ_error *e)
{
    struct ca *ca = x->job.ca;
    int64_t partitions = 0;
    char text[24];

    if (args_number(a, "partitions", 1, WRIT_PARTITIONS_MAX, 0, &partitions, e) < 0)
        return -1;
    (void)snprintf(text, sizeof text, "%lld", (long long)partitions);
    if (ca_crl_settings_read(ca, &x->job.settings, e) < 0)
        return -1;
    x->begins_deltas = args_flag(a, "delta") && !x->job.settings.deltas;
    x->job.published = args_value(a, "crl-dir") != NULL;
    if (keep_setting(ca, CA_SETTING_CRL_URL, args_value(a, "crl-url"), "--crl-url", e) < 0 ||
        keep_setting(ca, CA_SETTING_PARTITIONS, partitions == 0 ? NULL : text, "--partitions", e) <
            0 ||
        (args_flag(a, "delta") &&
         castore_setting_set(ca->store, CA_SETTING_DELTAS, "yes", e) < 0) ||
        ca_crl_settings_read(ca, &x->job.settings, e) < 0)
        return -1;
    if (x->job.settings.url[0] == '\0' &&
        (x->job.settings.partitions > 0 || x->job.settings.deltas))
        return args_fail(a, e, "partitions and deltas are named by their URL: say --crl-url URL");
    return 0;
}

static int read_life(const struct args *a, struct export *x, struct writ_error *e)
{
    if (args_duration(a, "expires", WRIT_CRL_LIFE, &x->job.life, e) < 0)
        return -1;
    if (x->job.life < WRIT_MINUTE || x->job.life > WRIT_CRL_LIFE_MAX)
        return args_fail(a, e, "--expires: wanted one minute to 366 days");
    x->job.drop_expired = args_flag(a, "drop-expired");
    return 0;
}

/* --------------------------------------------------------------------------------- making CRLs */

/* One file of --crl-dir. */
static int make_file(const struct args *a, struct export *x, struct ca_crl_issuer *it,
                     int partition, bool delta, bool *made, struct writ_error *e)
{
    char name[CA_CRL_NAME];
    struct writ_buffer der = {0};
    struct writ_buffer *bytes;
    int rc = ca_crl_make(&x->job, it, partition, delta, &der, made, e);

    ca_crl_file_name(it->self.at[0]->name, partition, delta, name);
    if (rc == 0 && *made) {
        bytes = add_product_in(x, args_value(a, "crl-dir"), name, e);
        if (bytes == NULL)
            rc = -1;
        else
            writ_buffer_add(bytes, writ_buffer_span(&der));
        x->crls++;
    }
    writ_buffer_free(&der);
    return rc;
}

/* True when the file is a CRL of this number. */
static bool has_number(const char *path, uint64_t number)
{
    uint8_t octets[1 + sizeof number] = {0};
    struct writ_buffer bytes = {0};
    struct writ_crl crl;
    struct writ_error ignored = {0};
    size_t first = sizeof octets;
    bool same = file_read(path, WRIT_CRL_MAX, &bytes, &ignored) == 0 &&
                writ_crl_parse(writ_buffer_span(&bytes), &crl, &ignored) == 0;

    do {
        octets[--first] = (uint8_t)number;
        number >>= 8;
    } while (number > 0 || octets[first] >= 0x80);
    same = same && !crl.is_delta &&
           writ_span_equal(crl.number, WRIT_SPAN(octets + first, sizeof octets - first));
    writ_buffer_free(&bytes);
    return same;
}

/* Complete CRLs may have gone elsewhere since this folder got its own: a delta on them would say
 * nothing to who reads this one. */
static int base_is_there(const struct args *a, struct export *x, const struct ca_crl_issuer *it,
                         int partition, bool *there, struct writ_error *e)
{
    char name[CA_CRL_NAME], *path = NULL;
    uint64_t number;

    if (ca_crl_base(&x->job, it, partition, there, &number, e) < 0)
        return -1;
    if (!*there)
        return 0;
    ca_crl_file_name(it->self.at[0]->name, partition, false, name);
    if (asprintf(&path, "%s/%s", args_value(a, "crl-dir"), name) < 0)
        return writ_fail_memory(e);
    *there = has_number(path, number);
    free(path);
    return 0;
}

/* A scope as --crl-dir has it: the base first, then the delta that builds on it. */
static int make_scope(const struct args *a, struct export *x, struct ca_crl_issuer *it,
                      int partition, bool complete, struct writ_error *e)
{
    bool made = false, there = false;

    if (!complete && base_is_there(a, x, it, partition, &there, e) < 0)
        return -1;
    if (there && make_file(a, x, it, partition, true, &made, e) < 0)
        return -1;
    if (made)
        return 0;
    if (make_file(a, x, it, partition, false, &made, e) < 0)
        return -1;
    return x->job.settings.deltas ? make_file(a, x, it, partition, true, &made, e) : 0;
}

/* The complete CRL of all, which every reader takes; made once, whoever wants it. */
static int make_complete(const struct args *a, struct export *x, size_t i, struct writ_error *e)
{
    struct ca_crl_issuer *it = &x->job.issuer[i];
    const char *dir = args_value(a, "crl-dir");
    char name[CA_CRL_NAME];
    struct writ_buffer *bytes;
    bool made;

    if (ca_crl_make(&x->job, it, -1, false, &x->complete[i], &made, e) < 0)
        return -1;
    x->crls++;
    writ_pem_build(&x->crl_pem, "X509 CRL", writ_buffer_span(&x->complete[i]));
    if (dir == NULL)
        return writ_buffer_check(&x->crl_pem, e);
    ca_crl_file_name(it->self.at[0]->name, -1, false, name);
    bytes = add_product_in(x, dir, name, e);
    if (bytes == NULL)
        return -1;
    writ_buffer_add(bytes, writ_buffer_span(&x->complete[i]));
    if (x->job.settings.deltas)
        return make_file(a, x, it, -1, true, &made, e);
    return 0;
}

static int make_issuer(const struct args *a, struct export *x, size_t i, struct writ_error *e)
{
    struct ca_crl_issuer *it = &x->job.issuer[i];
    bool delta = args_flag(a, "delta");
    int rc = delta ? make_scope(a, x, it, -1, x->begins_deltas, e) : make_complete(a, x, i, e);

    if (args_value(a, "crl-dir") == NULL)
        return rc;
    for (size_t k = 0; rc == 0 && k < x->job.settings.partitions; k++)
        rc = make_scope(a, x, it, (int)k, !delta || x->begins_deltas, e);
    return rc;
}

/* ------------------------------------------------------------------------------ the other files */

static int make_chain(const struct args *a, struct export *x, struct writ_error *e)
{
    const char *path = args_value(a, "chain");
    struct writ_buffer *bytes = path == NULL ? NULL : add_product(x, path, e);

    if (path == NULL)
        return 0;
    if (bytes == NULL)
        return -1;
    for (size_t i = x->job.count; i > 0; i--) /* intermediates first, the root last */
        writ_pem_build(bytes, "CERTIFICATE", x->job.issuer[i - 1].self.at[0]->der);
    return writ_buffer_check(bytes, e);
}

static int make_crl_file(const struct args *a, struct export *x, struct writ_error *e)
{
    const char *path = args_value(a, "crl");
    struct writ_buffer *bytes = path == NULL ? NULL : add_product(x, path, e);

    if (path == NULL)
        return 0;
    if (bytes == NULL)
        return -1;
    writ_buffer_add(bytes, writ_buffer_span(&x->crl_pem));
    return 0;
}

/* The next free name of a hash in this export: issuers of one name follow each other. */
static int hashed_name(const struct export *x, const char *dir, uint32_t hash, const char *kind,
                       char name[32], struct writ_error *e)
{
    for (int n = 0; n < HASHED_MAX; n++) {
        struct writ_buffer path = {0};
        bool taken = false;

        (void)snprintf(name, 32, "%08x.%s%d", hash, kind, n);
        writ_buffer_format(&path, "%s/%s", dir, name);
        for (size_t i = 0; i < x->count; i++)
            taken = taken || strcmp(x->products[i].path, writ_buffer_string(&path)) == 0;
        writ_buffer_free(&path);
        if (!taken)
            return 0;
    }
    return writ_fail(e, WRIT_FAULT_CONFIGURATION, "more than %d issuers of one name", HASHED_MAX);
}

static int make_hashed(struct export *x, const char *dir, uint32_t hash, const char *kind,
                       const char *label, struct writ_span der, struct writ_error *e)
{
    struct writ_buffer *bytes = NULL;
    char name[32];

    if (hashed_name(x, dir, hash, kind, name, e) == 0)
        bytes = add_product_in(x, dir, name, e);
    if (bytes == NULL)
        return -1;
    writ_pem_build(bytes, label, der);
    return writ_buffer_check(bytes, e);
}

/* As c_rehash would: HASH.0 for a certificate, HASH.r0 for its CRL. */
static int make_hashed_dir(const struct args *a, struct export *x, struct writ_error *e)
{
    const char *dir = args_value(a, "hashed-dir");

    for (size_t i = 0; dir != NULL && i < x->job.count; i++) {
        const struct ca_crl_issuer *it = &x->job.issuer[i];
        uint32_t hash;

        if (writ_name_hash(it->cert.subject.der, &hash, e) < 0 ||
            make_hashed(x, dir, hash, "", "CERTIFICATE", it->self.at[0]->der, e) < 0 ||
            (it->key != NULL &&
             make_hashed(x, dir, hash, "r", "X509 CRL", writ_buffer_span(&x->complete[i]), e) < 0))
            return -1;
    }
    return 0;
}

/* ------------------------------------------------------------------------------------- writing */

static int make_dirs(const struct args *a, struct writ_error *e)
{
    static const char *const options[] = {"crl-dir", "hashed-dir"};

    for (size_t i = 0; i < 2; i++) {
        const char *dir = args_value(a, options[i]);

        if (dir != NULL && file_make_dirs(dir, 0755, e) < 0)
            return -1;
    }
    return 0;
}

/* Of several CRLs of one issuer OpenSSL takes the one with the later thisUpdate, and of two of one
 * second the first: an older one beside ours must go. */
static void remove_older(const struct export *x, const char *dir)
{
    struct writ_buffer path = {0};

    for (size_t i = 0; i < x->count; i++) {
        const char *dot = strrchr(x->products[i].path, '.');
        size_t stem = dot == NULL ? 0 : (size_t)(dot - x->products[i].path);
        bool has_next = false;

        if (dot == NULL || dot[1] != 'r' || strncmp(x->products[i].path, dir, strlen(dir)) != 0)
            continue;
        writ_buffer_free(&path);
        writ_buffer_format(&path, "%.*s.r%d", (int)stem, x->products[i].path, atoi(dot + 2) + 1);
        for (size_t k = 0; k < x->count; k++)
            has_next = has_next || strcmp(x->products[k].path, writ_buffer_string(&path)) == 0;
        for (int n = atoi(dot + 2) + 1; !has_next && n < HASHED_MAX; n++) {
            writ_buffer_free(&path);
            writ_buffer_format(&path, "%.*s.r%d", (int)stem, x->products[i].path, n);
            (void)unlink(writ_buffer_string(&path));
        }
    }
    writ_buffer_free(&path);
}

static int write_all(const struct args *a, struct export *x, struct writ_error *e)
{
    const char *hashed = args_value(a, "hashed-dir");

    if (make_dirs(a, e) < 0)
        return -1;
    for (size_t i = 0; i < x->count; i++) {
        if (file_replace_bytes_nofollow(x->products[i].path, 0644,
                                        writ_buffer_span(&x->products[i].bytes), e) < 0)
            return -1;
    }
    if (hashed != NULL)
        remove_older(x, hashed);
    return 0;
}

static int reload(const struct args *a, struct writ_error *e)
{
    const char *command = args_value(a, "reload-cmd");

    if (command == NULL || reload_run(command, e) == 0)
        return 0;
    writ_error_context(e, "the files are in place, but");
    return -1;
}

/* ------------------------------------------------------------------------------------- command */

static int audit(struct export *x, struct writ_error *e)
{
    char subject[64];

    (void)snprintf(subject, sizeof subject, "%zu CRLs", x->crls);
    return ca_audit(x->job.ca, x->job.now, "export", subject, NULL, NULL, e);
}

/* What others have made for these issuers. */
static int follow(const struct args *a, struct export *x, struct writ_error *e)
{
    const char *path;

    for (size_t i = 0; (path = args_value_at(a, "follows", i)) != NULL; i++) {
        if (ca_crl_follow(&x->job, path, e) < 0)
            return -1;
    }
    return 0;
}

/* Numbers, entries and the record of them in one transaction, before anything is written. */
static int make_in_transaction(const struct args *a, struct export *x, struct writ_error *e)
{
    if (castore_begin(x->job.ca->store, e) < 0)
        return -1;
    x->job.now = ca_now(a);
    if (settle(a, x, e) < 0 || follow(a, x, e) < 0 || ca_crl_gather(&x->job, e) < 0)
        return -1;
    for (size_t i = 0; wants_crls(a) && i < x->job.count; i++) {
        if (x->job.issuer[i].key != NULL && make_issuer(a, x, i, e) < 0)
            return -1;
    }
    if (make_chain(a, x, e) < 0 || make_crl_file(a, x, e) < 0 || make_hashed_dir(a, x, e) < 0 ||
        audit(x, e) < 0)
        return -1;
    return ca_finish(a, x->job.ca, e);
}

/* One export after the other: an older CRL must not come to stand over a newer one. */
static int lock(struct export *x, struct writ_error *e)
{
    struct writ_buffer path = {0};

    writ_buffer_format(&path, "%s/export.lock", writ_buffer_string(&x->job.ca->dir));
    x->lock = file_lock(writ_buffer_string(&path), CASTORE_WAIT_SECONDS, e);
    writ_buffer_free(&path);
    return x->lock < 0 ? -1 : 0;
}

/* A CRL of nobody is none. */
static int check_keys(const struct args *a, const struct export *x, struct writ_error *e)
{
    for (size_t i = 0; i < x->job.count; i++) {
        if (x->job.issuer[i].key != NULL || !wants_crls(a))
            return 0;
    }
    return writ_fail(e, WRIT_FAULT_CONFIGURATION,
                     "no issuer's key is here; CRLs come from where the keys are (writ ca adopt "
                     "--key brings one)");
}

static int export(const struct args *a, struct export *x, struct writ_error *e)
{
    if (check_line(a, e) < 0 || read_life(a, x, e) < 0 || ca_open_write(a, x->job.ca, e) < 0 ||
        lock(x, e) < 0 || ca_crl_issuers(&x->job, e) < 0 || check_keys(a, x, e) < 0)
        return -1;
    x->complete = calloc(x->job.count, sizeof *x->complete);
    if (x->complete == NULL)
        return writ_fail_memory(e);
    if (make_in_transaction(a, x, e) < 0)
        return -1;
    if (a->dry_run)
        return 0;
    return write_all(a, x, e) < 0 ? -1 : reload(a, e);
}

static void tell(const struct args *a, struct out *o, const struct export *x)
{
    char until[WRIT_TIME_TEXT];

    for (size_t i = 0; wants_crls(a) && i < x->job.count; i++) {
        if (x->job.issuer[i].key == NULL)
            out_note(o, "no CRL of %s: its key is not here", x->job.issuer[i].self.at[0]->name);
    }
    writ_time_format(x->job.now + x->job.life, until);
    if (a->json) {
        struct writ_emit *m = out_emit(o);

        writ_emit_unsigned(m, "crls", x->crls);
        if (x->crls > 0)
            writ_emit_string(m, "next_update", until);
        writ_emit_list(m, "files");
        for (size_t i = 0; i < x->count; i++)
            writ_emit_string(m, NULL, x->products[i].path);
        writ_emit_end(m);
        writ_emit_flag(m, "dry_run", a->dry_run);
        return;
    }
    if (x->crls > 0)
        out_say(o, "%s %zu CRLs, good until %s", a->dry_run ? "would export" : "exported", x->crls,
                until);
    for (size_t i = 0; i < x->count; i++)
        out_say(o, "  %s", x->products[i].path);
}

int ca_export(const struct args *a, struct out *o)
{
    struct export *x = calloc(1, sizeof *x);
    struct ca ca = {0};
    struct writ_error e = {0};
    int status = 0;

    if (x == NULL) {
        (void)writ_fail_memory(&e);
        return out_fault(o, &e);
    }
    x->job.ca = &ca;
    x->lock = -1;
    if (export(a, x, &e) < 0)
        status = out_fault(o, &e);
    else
        tell(a, o, x);
    export_free(x);
    free(x);
    ca_close(&ca);
    return status;
}
