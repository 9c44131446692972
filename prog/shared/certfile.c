#include "shared/certfile.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "bytes/pem.h"
#include "evidence/source.h"
#include "issue/certificate.h"
#include "object/csr.h"
#include "object/namematch.h"
#include "shared/file.h"
#include "shared/jail.h"

/* What a child is given. */
struct task {
    struct writ_span bytes;
    const char *label; /* of the PEM blocks that are wanted */
    size_t count;      /* how many were found so far */
    int (*keep)(struct writ_span der, struct task *t, struct writ_buffer *answer,
                struct writ_error *e);
};

/* Calls keep for every block with the label; for the whole when the bytes are no PEM. */
static int each_block(struct task *t, struct writ_buffer *answer, struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(t->bytes, e);
    struct writ_pem pem = {0};
    bool found = true;
    int rc = 0;

    if (!writ_pem_looks_like(t->bytes))
        return t->keep(t->bytes, t, answer, e);
    while (rc == 0 && found) {
        rc = writ_pem_next(&c, &pem, &found);
        if (rc == 0 && found && strcmp(pem.label, t->label) == 0)
            rc = t->keep(writ_buffer_span(&pem.der), t, answer, e);
        writ_pem_free(&pem);
    }
    if (rc == 0 && t->count == 0)
        rc = writ_fail(e, WRIT_FAULT_BAD_INPUT, "no PEM block \"%s\" in it", t->label);
    return rc;
}

static int work(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    return each_block(argument, answer, e);
}

static int run(struct task *t, const char *path, struct writ_buffer *answer, struct writ_error *e)
{
    struct jail limits = {0};
    char shown[FILE_SHOWN_MAX];

    if (jail_prepare(e) == 0 && jail_run(&limits, work, t, answer, e) == 0)
        return 0;
    writ_error_context(e, "%s", file_shown(path, shown));
    return -1;
}

/* ---------------------------------------------------------------------------- certificates */

static int keep_certificate(struct writ_span der, struct task *t, struct writ_buffer *answer,
                            struct writ_error *e)
{
    struct writ_cert cert;

    if (t->count == CERTFILE_MAX)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "more than %d certificates", CERTFILE_MAX);
    if (writ_cert_parse(der, &cert, e) < 0)
        return -1;
    t->count++;
    writ_buffer_add(answer, der);
    return writ_buffer_check(answer, e);
}

/* The child's answer is certificates one after the other; each is read again here. */
static int split(struct certfile *f, struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(writ_buffer_span(&f->bytes), e);
    struct writ_cert cert;

    while (c.left > 0) {
        if (f->count == CERTFILE_MAX)
            return writ_fail(e, WRIT_FAULT_UNEXPECTED, "too many certificates in an answer");
        if (writ_der_whole(&c, WRIT_DER_SEQUENCE, &f->cert[f->count], "Certificate") < 0 ||
            writ_cert_parse(f->cert[f->count], &cert, e) < 0)
            return -1;
        f->count++;
    }
    return 0;
}

int certfile_parse(struct writ_span bytes, const char *path, struct certfile *f,
                   struct writ_error *e)
{
    struct task t = {.bytes = bytes, .label = "CERTIFICATE", .keep = keep_certificate};

    *f = (struct certfile){0};
    if (run(&t, path, &f->bytes, e) < 0)
        return -1;
    return split(f, e);
}

int certfile_read(const char *path, struct certfile *f, struct writ_error *e)
{
    struct writ_buffer bytes = {0};
    int rc;

    *f = (struct certfile){0};
    rc = file_read(path, CERTFILE_BYTES_MAX, &bytes, e);
    if (rc == 0)
        rc = certfile_parse(writ_buffer_span(&bytes), path, f, e);
    writ_buffer_wipe(&bytes);
    return rc;
}

bool certfile_find_issuer(const struct writ_span *certs, size_t count, const struct writ_cert *of,
                          struct writ_cert *issuer)
{
    for (size_t i = 0; i < count; i++) {
        if (writ_cert_parse(certs[i], issuer, NULL) == 0 &&
            writ_name_matches(issuer->subject.der, of->issuer.der))
            return true;
    }
    return false;
}

void certfile_free(struct certfile *f)
{
    writ_buffer_free(&f->bytes);
    f->count = 0;
}

/* -------------------------------------------------------------------------------- requests */

/* The answer's parts: a line with the length, then the bytes. */
static void add_part(struct writ_buffer *answer, struct writ_span part)
{
    writ_buffer_format(answer, "%zu\n", part.n);
    writ_buffer_add(answer, part);
}

static int take_part(struct writ_cursor *c, size_t ceiling, struct writ_span *part)
{
    struct writ_span line;
    size_t n = 0;

    if (writ_cursor_line(c, &line, "length") < 0)
        return -1;
    for (size_t i = 0; i < line.n; i++) {
        if (line.p[i] < '0' || line.p[i] > '9' || n > ceiling)
            return writ_fail(c->error, WRIT_FAULT_UNEXPECTED, "a length that is none");
        n = n * 10 + (size_t)(line.p[i] - '0');
    }
    if (n > ceiling)
        return writ_fail(c->error, WRIT_FAULT_UNEXPECTED, "a part over its ceiling");
    return writ_cursor_take(c, n, part, "part");
}

static int keep_request(struct writ_span der, struct task *t, struct writ_buffer *answer,
                        struct writ_error *e)
{
    struct writ_csr csr;

    if (t->count > 0)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "more than one request");
    if (writ_check_request(der, &csr, e) < 0)
        return -1;
    t->count++;
    add_part(answer, csr.key.spki);
    add_part(answer, csr.subject.common_name);
    return writ_buffer_check(answer, e);
}

static int read_request(struct writ_span bytes, struct certfile_request *r, struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(bytes, e);
    struct writ_span spki, name;
    struct writ_public_key key;
    struct writ_cursor again;

    if (take_part(&c, WRIT_CSR_MAX, &spki) < 0 || take_part(&c, WRIT_CSR_MAX, &name) < 0 ||
        writ_cursor_end(&c, "the answer") < 0)
        return -1;
    again = writ_cursor_over(spki, e);
    if (writ_public_key_parse(&again, &key) < 0)
        return -1;
    writ_buffer_add(&r->spki, spki);
    r->unprintable =
        name.n >= sizeof r->common_name || (name.n > 0 && !writ_text_is_printable(name));
    if (!r->unprintable)
        (void)snprintf(r->common_name, sizeof r->common_name, "%.*s", (int)name.n,
                       (const char *)name.p);
    return writ_buffer_check(&r->spki, e);
}

int certfile_read_request(const char *path, struct certfile_request *r, struct writ_error *e)
{
    struct task t = {.label = "CERTIFICATE REQUEST", .keep = keep_request};
    struct writ_buffer bytes = {0}, answer = {0};
    int rc = -1;

    *r = (struct certfile_request){0};
    if (file_read(path, CERTFILE_BYTES_MAX, &bytes, e) == 0) {
        t.bytes = writ_buffer_span(&bytes);
        if (run(&t, path, &answer, e) == 0)
            rc = read_request(writ_buffer_span(&answer), r, e);
    }
    writ_buffer_free(&bytes);
    writ_buffer_free(&answer);
    return rc;
}

void certfile_request_free(struct certfile_request *r)
{
    writ_buffer_free(&r->spki);
}

/* --------------------------------------------------------------------------------- bundles */

static int keep_bundle(struct writ_span der, struct task *t, struct writ_buffer *answer,
                       struct writ_error *e)
{
    struct writ_source *source = &(struct writ_source){0};

    if (t->count > 0)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "more than one bundle");
    if (writ_source_trust(der, source, e) < 0)
        return -1;
    t->count++;
    writ_buffer_add(answer, der);
    return writ_buffer_check(answer, e);
}

static void describe(const struct writ_bundle *bundle, const struct writ_cert *root,
                     struct certfile_bundle *b)
{
    struct writ_buffer name = {0};

    b->serial = bundle->serial;
    b->made = bundle->made;
    b->profile = (int)bundle->profile;
    (void)snprintf(b->purpose, sizeof b->purpose, "%s", writ_oid_name(bundle->purpose));
    (void)snprintf(b->origin, sizeof b->origin, "%.*s", (int)bundle->origin.n,
                   (const char *)bundle->origin.p);
    b->anchors = bundle->anchor_count;
    b->key_count = bundle->key_count;
    for (size_t i = 0; i < bundle->key_count; i++)
        memcpy(b->key[i], bundle->key[i].p, WRIT_ED25519_KEY);
    writ_name_add_text(&name, &root->subject);
    writ_text_copy_safe(b->root_name, sizeof b->root_name, writ_buffer_span(&name));
    writ_buffer_free(&name);
}

/* The fingerprint a person compares, and the signature behind it, are computed here again: an
 * answer from the jail could be a lie, and this one decides whom the machine trusts. */
static int read_bundle(struct writ_span der, struct certfile_bundle *b, struct writ_error *e)
{
    struct writ_source *source = &(struct writ_source){0};

    writ_buffer_add(&b->der, der);
    if (writ_buffer_check(&b->der, e) < 0 ||
        writ_source_trust(writ_buffer_span(&b->der), source, e) < 0)
        return -1;
    memcpy(b->fingerprint, source->root_fingerprint, WRIT_HASH_BYTES);
    memcpy(b->root_key_hash, source->root_key_hash, WRIT_HASH_BYTES);
    describe(&source->bundle, &source->root, b);
    writ_buffer_add(&b->root, source->bundle.root);
    return writ_buffer_check(&b->root, e);
}

int certfile_read_bundle(struct writ_span bytes, const char *path, struct certfile_bundle *b,
                         struct writ_error *e)
{
    struct task t = {.bytes = bytes, .label = WRIT_BUNDLE_PEM_LABEL, .keep = keep_bundle};
    struct writ_buffer answer = {0};
    int rc;

    *b = (struct certfile_bundle){0};
    rc = run(&t, path, &answer, e);
    if (rc == 0)
        rc = read_bundle(writ_buffer_span(&answer), b, e);
    writ_buffer_free(&answer);
    return rc;
}

void certfile_bundle_free(struct certfile_bundle *b)
{
    writ_buffer_free(&b->der);
    writ_buffer_free(&b->root);
}
