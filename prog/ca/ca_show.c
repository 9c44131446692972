#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "base/time.h"
#include "bytes/pem.h"
#include "ca/ca.h"
#include "ca/ca_commands.h"

/* ------------------------------------------------------------------------- one certificate */

static void emit_certificate(struct writ_emit *m, const struct castore_certificate *c)
{
    char serial[2 * CASTORE_SERIAL_MAX + 1];

    ca_serial_text(c, serial);
    writ_emit_string(m, "name", c->name);
    if (c->team[0] != '\0')
        writ_emit_string(m, "team", c->team);
    writ_emit_string(m, "role", castore_role_name(c->role));
    writ_emit_string(m, "serial", serial);
    if (c->number > 0)
        writ_emit_unsigned(m, "number", c->number);
    if (c->not_before != 0)
        writ_emit_time(m, "not_before", c->not_before);
    writ_emit_time(m, "not_after", c->not_after);
    writ_emit_time(m, "issued_at", c->issued_at);
    if (c->der.n > 0)
        writ_emit_hex(m, "fingerprint", WRIT_SPAN_OF(c->fingerprint));
    writ_emit_flag(m, "revoked", c->revoked);
    if (!c->revoked)
        return;
    writ_emit_string(m, "reason", writ_reason_name(c->revocation.reason));
    writ_emit_time(m, "since", c->revocation.since);
    writ_emit_flag(m, "since_given", c->revocation.since_given);
    writ_emit_time(m, "revoked_at", c->revocation.revoked_at);
    if (c->revocation.note[0] != '\0')
        writ_emit_string(m, "note", c->revocation.note);
}

/* The certificate and those above it but the root, as `writ ca issue` writes them. */
static int print_chain(struct ca *ca, struct out *o, const struct castore_certificate *c,
                       struct writ_error *e)
{
    struct ca_chain chain = {0};
    struct writ_buffer pem = {0};
    int rc = ca_chain_of(ca, c->issuer, &chain, e);

    writ_pem_build(&pem, "CERTIFICATE", c->der);
    for (size_t i = 0; rc == 0 && i + 1 < chain.count; i++)
        writ_pem_build(&pem, "CERTIFICATE", chain.match[i].at[0]->der);
    if (rc == 0)
        rc = writ_buffer_check(&pem, e);
    if (rc == 0)
        out_data(o, writ_buffer_span(&pem));
    writ_buffer_free(&pem);
    ca_chain_free(&chain);
    return rc;
}

static int show_certificate(const struct args *a, struct out *o, struct ca *ca,
                            struct writ_error *e)
{
    struct castore_matches m = {0};
    const struct castore_certificate *c;
    int rc = ca_find(ca, args_operand(a, 0), &m, &c, e);

    if (rc == 0 && args_flag(a, "pem") && c->der.n == 0)
        rc = writ_fail(e, WRIT_FAULT_NO_INPUT,
                       "%s was imported without its bytes; writ ca import of a folder that has "
                       "them completes it",
                       c->name);
    else if (rc == 0 && args_flag(a, "pem"))
        rc = print_chain(ca, o, c, e);
    else if (rc == 0)
        emit_certificate(out_emit(o), c);
    castore_matches_free(&m);
    return rc;
}

/* --------------------------------------------------------------------------------- the CA */

static int emit_audit(void *arg, const struct castore_audit *record, struct writ_error *e)
{
    struct writ_emit *m = arg;

    (void)e;
    writ_emit_object(m, NULL);
    writ_emit_time(m, "at", record->at);
    writ_emit_string(m, "who", record->who);
    writ_emit_string(m, "action", record->action);
    if (record->subject[0] != '\0')
        writ_emit_string(m, "subject", record->subject);
    if (record->why[0] != '\0')
        writ_emit_string(m, "why", record->why);
    if (record->details[0] != '\0')
        writ_emit_string(m, "details", record->details);
    writ_emit_end(m);
    return 0;
}

static int emit_content(void *arg, const struct castore_content *c, struct writ_error *e)
{
    struct writ_emit *m = arg;

    (void)e;
    writ_emit_object(m, NULL);
    writ_emit_string(m, "name", c->name);
    writ_emit_unsigned(m, "content_length", c->length);
    writ_emit_hex(m, "content_root", WRIT_SPAN_OF(c->root));
    writ_emit_string(m, "reason", writ_reason_name(c->reason));
    writ_emit_time(m, "revoked_at", c->revoked_at);
    if (c->note[0] != '\0')
        writ_emit_string(m, "note", c->note);
    writ_emit_end(m);
    return 0;
}

static int count_certificate(void *arg, const struct castore_certificate *c, struct writ_error *e)
{
    uint64_t *counts = arg;

    (void)e;
    counts[0]++;
    counts[1] += c->revoked;
    return 0;
}

static int emit_publication(struct ca *ca, struct writ_emit *m, struct writ_error *e)
{
    struct castore_publication *last = NULL;

    if (castore_publication_last(ca->store, &last, e) < 0)
        return -1;
    if (last != NULL) {
        writ_emit_object(m, "last_publication");
        writ_emit_unsigned(m, "version", last->version);
        writ_emit_time(m, "as_of", last->as_of);
        writ_emit_time(m, "expires", last->expires);
        writ_emit_end(m);
    }
    castore_publication_free(last);
    return 0;
}

static int emit_root(struct ca *ca, struct writ_emit *m, struct writ_error *e)
{
    struct castore_matches root = {0};
    struct writ_cert cert;
    int rc = ca_newest(ca, CASTORE_ROOT, &root, &cert, e);

    if (rc == 0) {
        writ_emit_hex(m, "root_fingerprint", WRIT_SPAN_OF(root.at[0]->fingerprint));
        writ_emit_time(m, "root_not_after", root.at[0]->not_after);
    }
    castore_matches_free(&root);
    return rc;
}

static int show_ca(const struct args *a, struct out *o, struct ca *ca, struct writ_error *e)
{
    struct writ_emit *m = out_emit(o);
    uint64_t counts[2] = {0};

    writ_emit_string(m, "name", ca->info.name);
    writ_emit_string(m, "origin", ca->info.origin);
    writ_emit_span(m, "store", writ_buffer_span(&ca->path));
    if (emit_root(ca, m, e) < 0 ||
        castore_certificate_each(ca->store, count_certificate, counts, e) < 0)
        return -1;
    writ_emit_time(m, "created", ca->info.created);
    writ_emit_unsigned(m, "certificates", counts[0]);
    writ_emit_unsigned(m, "revoked", counts[1]);
    writ_emit_unsigned(m, "restored_from_backup", ca->info.restored);
    if (ca->info.is_backup)
        writ_emit_time(m, "backup_made_at", ca->info.copied_at);
    if (emit_publication(ca, m, e) < 0)
        return -1;
    writ_emit_list(m, "revoked_contents");
    if (castore_content_each(ca->store, emit_content, m, e) < 0)
        return -1;
    writ_emit_end(m);
    if (!args_flag(a, "audit"))
        return 0;
    writ_emit_list(m, "audit");
    if (castore_audit_each(ca->store, emit_audit, m, e) < 0)
        return -1;
    writ_emit_end(m);
    return 0;
}

int ca_show(const struct args *a, struct out *o)
{
    struct ca ca;
    struct writ_error e = {0};
    int rc = -1;

    if (args_flag(a, "pem") && args_operand(a, 0) == NULL)
        return args_fail(a, &e, "--pem wants a certificate") < 0 ? out_fault(o, &e) : 0;
    if (ca_open_read(a, &ca, &e) == 0)
        rc = args_operand(a, 0) == NULL ? show_ca(a, o, &ca, &e) : show_certificate(a, o, &ca, &e);
    ca_close(&ca);
    return rc < 0 ? out_fault(o, &e) : 0;
}

/* --------------------------------------------------------------------------------- backup */

int ca_backup(const struct args *a, struct out *o)
{
    const char *path = args_operand(a, 0);
    struct ca ca;
    struct writ_error e = {0};
    int rc = -1;

    if (ca_open_read(a, &ca, &e) == 0)
        rc = a->dry_run ? 0 : castore_backup(ca.store, path, ca_now(a), &e);
    ca_close(&ca);
    if (rc < 0)
        return out_fault(o, &e);
    if (a->json) {
        writ_emit_string(out_emit(o), "backup", path);
        writ_emit_flag(out_emit(o), "dry_run", a->dry_run);
    }
    out_say(o, "%s %s", a->dry_run ? "would write" : "backup written to", path);
    if (!a->dry_run)
        out_note(o,
                 "to restore, put it in the place of the store; it will burn a gap of numbers, so "
                 "that none is used twice");
    return 0;
}
