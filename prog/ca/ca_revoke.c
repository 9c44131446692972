#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "base/text.h"
#include "base/time.h"
#include "ca/ca.h"
#include "ca/ca_commands.h"
#include "shared/content.h"

/* ------------------------------------------------------------------------- certificates */

static void tell_certificate(const struct args *a, struct out *o, const char *done,
                             const struct castore_certificate *c, const struct writ_revocation *r)
{
    char serial[2 * CASTORE_SERIAL_MAX + 1], since[WRIT_TIME_TEXT];

    ca_serial_text(c, serial);
    writ_time_format(r->since, since);
    if (a->json) {
        struct writ_emit *m = out_emit(o);

        writ_emit_string(m, "done", done);
        writ_emit_flag(m, "dry_run", a->dry_run);
        writ_emit_string(m, "name", c->name);
        writ_emit_string(m, "serial", serial);
        writ_emit_string(m, "reason", writ_reason_name(r->reason));
        writ_emit_string(m, "since", since);
        return;
    }
    out_say(o, "%s%s %s (serial %s): %s%s, since %s", a->dry_run ? "would have " : "", done,
            c->name, serial, strcmp(done, "reinstated") == 0 ? "was " : "",
            writ_reason_name(r->reason), since);
}

static void warn_of_effect(struct out *o, const struct castore_certificate *c,
                           const struct writ_revocation *r)
{
    if (c->role == CASTORE_INTERMEDIATE)
        out_note(o, "%s is an intermediate: everything issued under it is refused", c->name);
    if (writ_reason_effect(r->reason) == WRIT_REASON_REFUSES_FROM_SINCE && r->since > c->not_before)
        out_note(o, "seals with a trusted timestamp from before that instant stay good");
    out_note(o, "others learn it from the next feed or CRL: writ publish, writ ca export");
}

static int audit_certificate(const struct args *a, struct ca *ca, const char *action, int64_t now,
                             const struct castore_certificate *c, const struct writ_revocation *r,
                             struct writ_error *e)
{
    char serial[2 * CASTORE_SERIAL_MAX + 1], details[128], since[WRIT_TIME_TEXT];

    ca_serial_text(c, serial);
    writ_time_format(r->since, since);
    (void)snprintf(details, sizeof details, "{\"reason\":\"%s\",\"since\":\"%s\"}",
                   writ_reason_name(r->reason), since);
    return ca_audit(ca, now, action, serial, args_value(a, "note"), details, e);
}

static int revoke_in_transaction(const struct args *a, struct ca *ca,
                                 const struct writ_revocation_request *request,
                                 const struct castore_certificate *c, const char *action,
                                 struct writ_revocation *r, struct writ_error *e)
{
    int64_t now = ca_now(a);

    if (writ_revocation_begin(request, c->not_before, now, r, e) < 0 ||
        castore_revoke(ca->store, c->id, r, e) < 0 ||
        audit_certificate(a, ca, action, now, c, r, e) < 0)
        return -1;
    return ca_finish(a, ca, e);
}

static int revoke_certificate(const struct args *a, struct out *o,
                              const struct writ_revocation_request *request, const char *action,
                              const char *done, struct writ_error *e)
{
    struct ca ca;
    struct castore_matches m = {0};
    const struct castore_certificate *c;
    struct writ_revocation r = {0};
    int rc = -1;

    if (ca_open_write(a, &ca, e) < 0 || castore_begin(ca.store, e) < 0 ||
        ca_find(&ca, args_operand(a, 0), &m, &c, e) < 0 ||
        revoke_in_transaction(a, &ca, request, c, action, &r, e) < 0)
        goto out;
    tell_certificate(a, o, done, c, &r);
    if (!a->dry_run)
        warn_of_effect(o, c, &r);
    rc = 0;
out:
    castore_matches_free(&m);
    ca_close(&ca);
    return rc;
}

/* ------------------------------------------------------------------------------- contents */

static void content_record(const struct content_id *id, const char *path, enum writ_reason reason,
                           const char *note, int64_t now, struct castore_content *record)
{
    const char *slash = strrchr(path, '/');

    *record = (struct castore_content){.length = id->length, .reason = reason, .revoked_at = now};
    memcpy(record->root, id->root, sizeof record->root);
    /* A file's name may be any bytes; a bad program must not be able to hide behind its own. */
    writ_text_copy_safe(record->name, sizeof record->name,
                        writ_span_text(slash == NULL ? path : slash + 1));
    (void)snprintf(record->note, sizeof record->note, "%s", note == NULL ? "" : note);
}

static void tell_content(const struct args *a, struct out *o, const char *done,
                         const struct castore_content *c)
{
    char root[2 * WRIT_SHA256_BYTES + 1];

    writ_hex_format(WRIT_SPAN_OF(c->root), root);
    if (a->json) {
        struct writ_emit *m = out_emit(o);

        writ_emit_string(m, "done", done);
        writ_emit_flag(m, "dry_run", a->dry_run);
        writ_emit_string(m, "name", c->name);
        writ_emit_unsigned(m, "content_length", c->length);
        writ_emit_string(m, "content_root", root);
        writ_emit_string(m, "reason", writ_reason_name(c->reason));
        return;
    }
    out_say(o, "%s%s content %s: %llu bytes, root %s", a->dry_run ? "would have " : "", done,
            c->name, (unsigned long long)c->length, root);
}

/* c is what is revoked now, or what stood until it was lifted. */
static int audit_content(const struct args *a, struct ca *ca, const char *action, int64_t now,
                         const struct castore_content *c, struct writ_error *e)
{
    char subject[64], shown[48], root[2 * WRIT_SHA256_BYTES + 1], details[256];

    writ_text_copy_safe(shown, sizeof shown, writ_span_text(c->name));
    (void)snprintf(subject, sizeof subject, "content %s", shown);
    writ_hex_format(WRIT_SPAN_OF(c->root), root);
    (void)snprintf(details, sizeof details,
                   "{\"reason\":\"%s\",\"content_length\":%llu,\"content_root\":\"%s\"}",
                   writ_reason_name(c->reason), (unsigned long long)c->length, root);
    return ca_audit(ca, now, action, subject, args_value(a, "note"), details, e);
}

static int change_content(const struct args *a, struct out *o, enum writ_reason reason, bool lift,
                          struct writ_error *e)
{
    const char *path = args_value(a, "content");
    struct content_id id;
    struct castore_content record, lifted;
    struct ca ca;
    int rc = -1;

    if (content_identify(path, &id, e) < 0)
        return -1;
    if (ca_open_write(a, &ca, e) < 0 || castore_begin(ca.store, e) < 0)
        goto out;
    content_record(&id, path, reason, args_value(a, "note"), ca_now(a), &record);
    if ((lift ? castore_content_reinstate(ca.store, id.length, id.root, &lifted, e)
              : castore_content_revoke(ca.store, &record, e)) < 0)
        goto out;
    if (audit_content(a, &ca, lift ? "reinstate" : "revoke", record.revoked_at,
                      lift ? &lifted : &record, e) < 0 ||
        ca_finish(a, &ca, e) < 0)
        goto out;
    tell_content(a, o, lift ? "reinstated" : "revoked", lift ? &lifted : &record);
    if (!a->dry_run)
        out_note(o, "others learn it from the next feed or CRL: writ publish, writ ca export");
    rc = 0;
out:
    ca_close(&ca);
    return rc;
}

/* ------------------------------------------------------------------------------- commands */

/* One thing is changed: a certificate that is named, or the content of a file. */
static int check_subject(const struct args *a, struct writ_error *e)
{
    bool named = args_operand(a, 0) != NULL;
    bool content = args_value(a, "content") != NULL;

    if (named != content)
        return 0;
    return args_fail(a, e,
                     named ? "name a certificate or --content FILE, not both"
                           : "name a certificate, or a file with --content");
}

static int ask_reason(const struct args *a, struct writ_revocation_request *request,
                      struct writ_error *e)
{
    const char *name = args_value(a, "reason");

    if (name == NULL)
        return args_fail(a, e, "say why with --reason (keyCompromise, superseded, …)");
    if (writ_reason_parse(name, &request->reason) < 0 ||
        request->reason == WRIT_REASON_CERTIFICATE_HOLD)
        return args_fail(a, e, "--reason %s: not a reason to revoke", name);
    request->since_given = args_value(a, "since") != NULL;
    request->note = args_value(a, "note");
    return args_time(a, "since", 0, &request->since, e);
}

int ca_revoke(const struct args *a, struct out *o)
{
    struct writ_revocation_request request = {0};
    struct writ_error e = {0};
    bool content = args_value(a, "content") != NULL;
    int rc = -1;

    if (check_subject(a, &e) < 0)
        return out_fault(o, &e);
    if (content && args_value(a, "reason") == NULL)
        request.reason = WRIT_REASON_UNSPECIFIED;
    else if (ask_reason(a, &request, &e) < 0)
        return out_fault(o, &e);
    if (content && request.since_given)
        (void)args_fail(a, &e, "--since does not go with --content: content is bad from the start");
    else if (content)
        rc = change_content(a, o, request.reason, false, &e);
    else
        rc = revoke_certificate(a, o, &request, "revoke", "revoked", &e);
    return rc < 0 ? out_fault(o, &e) : 0;
}

int ca_hold(const struct args *a, struct out *o)
{
    struct writ_revocation_request request = {.reason = WRIT_REASON_CERTIFICATE_HOLD,
                                              .note = args_value(a, "note")};
    struct writ_error e = {0};

    return revoke_certificate(a, o, &request, "hold", "held", &e) < 0 ? out_fault(o, &e) : 0;
}

static int reinstate_certificate(const struct args *a, struct out *o, struct writ_error *e)
{
    struct ca ca;
    struct castore_matches m = {0};
    const struct castore_certificate *c;
    struct writ_revocation lifted;
    int rc = -1;

    if (ca_open_write(a, &ca, e) < 0 || castore_begin(ca.store, e) < 0 ||
        ca_find(&ca, args_operand(a, 0), &m, &c, e) < 0 ||
        castore_reinstate(ca.store, c->id, &lifted, e) < 0)
        goto out;
    if (audit_certificate(a, &ca, "reinstate", ca_now(a), c, &lifted, e) < 0 ||
        ca_finish(a, &ca, e) < 0)
        goto out;
    tell_certificate(a, o, "reinstated", c, &lifted);
    if (!a->dry_run)
        out_note(o, "it works again for devices that pull the next feed (writ publish); others who "
                    "have kept a CRL or an OCSP answer may go on refusing it");
    rc = 0;
out:
    castore_matches_free(&m);
    ca_close(&ca);
    return rc;
}

int ca_reinstate(const struct args *a, struct out *o)
{
    struct writ_error e = {0};
    const char *note = args_value(a, "note");
    int rc = -1;

    if (check_subject(a, &e) < 0)
        return out_fault(o, &e);
    if (note == NULL || note[0] == '\0')
        (void)args_fail(a, &e, "say why with --note: an undone revocation must be explained");
    else if (args_value(a, "content") != NULL)
        rc = change_content(a, o, WRIT_REASON_UNSPECIFIED, true, &e);
    else
        rc = reinstate_certificate(a, o, &e);
    return rc < 0 ? out_fault(o, &e) : 0;
}
