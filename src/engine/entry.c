#include "engine/entry.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "evidence/signature.h"

struct writ_entry_check {
    const struct writ_seal_entry *entry;
    struct writ_cms cms;
    struct writ_checked_path path;
    struct writ_checked_path tsa;
};

struct writ_entry_check *writ_entry_check_new(const struct writ_seal_entry *entry,
                                              struct writ_error *e)
{
    struct writ_entry_check *check = calloc(1, sizeof *check);

    if (check == NULL)
        (void)writ_fail_memory(e);
    else
        check->entry = entry;
    return check;
}

void writ_entry_check_free(struct writ_entry_check *check)
{
    if (check == NULL)
        return;
    writ_checked_path_free(&check->path);
    writ_checked_path_free(&check->tsa);
    free(check);
}

/* ---------------------------------------------------------------------------- before the feed */

static void note_directory(const struct writ_code_directory *d, struct writ_entry_facts *facts)
{
    facts->kind = writ_seal_kind_name(d->kind);
    facts->content_length = d->content_length;
    memcpy(facts->root, d->root.p, sizeof facts->root);
    writ_text_copy_safe(facts->identifier, sizeof facts->identifier, d->identifier);
    writ_text_copy_safe(facts->team, sizeof facts->team, d->team);
    facts->critical_flags = d->critical_flags;
}

/* Chapter 5 of the design: what the CMS of a seal must have beside being one. */
static void check_profile(const struct writ_cms *cms, struct writ_fact *readable)
{
    if (!writ_span_equal(cms->content_type, writ_oid_content(WRIT_OID_CODE_DIRECTORY)))
        writ_fact_fail(readable, "the signature is not over a code directory (eContentType)");
    if (cms->has_content)
        writ_fact_fail(readable, "the signature carries content; a seal's is detached");
    if (!cms->has_content_type_attribute || !cms->has_message_digest || !cms->has_signing_time)
        writ_fact_fail(readable, "contentType, messageDigest or signingTime is not signed");
    if (!cms->ess_v2.present)
        writ_fact_fail(readable, "signingCertificateV2 is not signed");
    if (cms->ess_v2.present && cms->ess_v2.hash_algorithm == WRIT_OID_SHA1)
        writ_fact_fail(readable, "signingCertificateV2 binds with SHA-1");
}

static void check_flags(const struct writ_code_directory *d, struct writ_fact *flags)
{
    uint64_t unknown = d->critical_flags & ~(uint64_t)WRIT_SEAL_CRITICAL_KNOWN;

    if (unknown != 0)
        writ_fact_fail(flags, "critical flags 0x%llx are not known to this writ",
                       (unsigned long long)unknown);
    writ_fact_pass(flags);
}

static bool kind_fits(enum writ_seal_kind kind, const struct writ_elf *elf)
{
    switch (kind) {
    case WRIT_SEAL_PROGRAM:
        return elf->form == WRIT_CONTENT_ELF_PROGRAM;
    case WRIT_SEAL_LIBRARY: /* libc.so.6 is a library that can be started as well */
        return elf->is_shared;
    case WRIT_SEAL_SCRIPT:
        return elf->form == WRIT_CONTENT_SCRIPT;
    case WRIT_SEAL_MANIFEST:
    case WRIT_SEAL_DATA:
        return elf->form == WRIT_CONTENT_OTHER || elf->form == WRIT_CONTENT_ELF_OTHER;
    }
    return false;
}

static void check_form(const struct writ_code_directory *d,
                       const struct writ_entry_context *context, struct writ_fact *form)
{
    if (context->elf_error->fault != WRIT_FAULT_NONE)
        writ_fact_fail(form, "%s", context->elf_error->text);
    else if (!kind_fits(d->kind, context->elf))
        writ_fact_fail(form, "sealed as %s, and the file is %s", writ_seal_kind_name(d->kind),
                       writ_content_form_name(context->elf->form));
    writ_fact_pass(form);
}

static void check_content(const struct writ_code_directory *d, const struct writ_evidence *evidence,
                          struct writ_fact *content)
{
    if (d->content_length != evidence->length)
        writ_fact_fail(content, "%llu bytes were sealed, the file has %llu",
                       (unsigned long long)d->content_length, (unsigned long long)evidence->length);
    else if (!evidence->has_root ||
             !writ_span_equal(d->root, WRIT_SPAN(evidence->root, WRIT_CONTENT_ROOT)))
        writ_fact_fail(content, "the content was changed after it was sealed");
    writ_fact_pass(content);
}

/* The leaf may sign code, and everybody above it may let it. */
static void check_purpose(const struct writ_checked_path *path, const struct writ_path_facts *facts,
                          struct writ_fact *fact)
{
    const struct writ_cert *leaf = &path->cert[0];

    if (!writ_cert_has_purpose(leaf, WRIT_OID_CODE_SIGNING) || !leaf->purposes_critical)
        writ_fact_fail(fact, "the certificate lacks the critical purpose codeSigning");
    if (leaf->is_ca)
        writ_fact_fail(fact, "the certificate is a CA's");
    if (!leaf->has_key_usage || !(leaf->key_usage & WRIT_USAGE_DIGITAL_SIGNATURE))
        writ_fact_fail(fact, "the certificate's keyUsage does not allow signatures");
    if (leaf->has_unknown_critical)
        writ_fact_fail(fact, "the certificate has a critical extension that nobody understands");
    writ_check_handed_on(path, WRIT_OID_CODE_SIGNING, facts, fact);
    writ_fact_pass(fact);
}

static void check_team(const struct writ_cert *leaf, const struct writ_code_directory *d,
                       struct writ_fact *fact)
{
    if (leaf->subject.unit_count != 1)
        writ_fact_fail(fact, "the certificate names %zu teams, one was wanted",
                       leaf->subject.unit_count);
    else if (!writ_span_equal(leaf->subject.unit, d->team))
        writ_fact_fail(fact, "the seal claims the team \"%.*s\", the certificate is of another",
                       (int)d->team.n, (const char *)d->team.p);
    writ_fact_pass(fact);
}

/* When was it signed, as far as building a path goes: a stamp's claim, to be checked later. */
static int64_t provisional_instant(const struct writ_seal_entry *entry, int64_t clock)
{
    struct writ_timestamp stamp;

    if (entry->timestamp.n == 0 || writ_timestamp_parse(entry->timestamp, &stamp, NULL) < 0)
        return clock;
    return writ_timestamp_instant(&stamp);
}

/* Only the roots of bundles for signing code may vouch for code. */
static void code_anchors(const struct writ_entry_context *context,
                         struct writ_span anchors[WRIT_BUNDLES_MAX])
{
    for (size_t i = 0; i < context->source_count; i++) {
        const struct writ_bundle *bundle = &context->sources[i].bundle;

        anchors[i] =
            bundle->profile == WRIT_PROFILE_CODE && bundle->purpose == WRIT_OID_CODE_SIGNING
                ? bundle->root
                : WRIT_SPAN_NONE;
    }
}

static int look_at_path(struct writ_entry_check *check, size_t signer,
                        const struct writ_entry_context *context, struct writ_entry_facts *facts,
                        struct writ_error *e)
{
    struct writ_span anchors[WRIT_BUNDLES_MAX];

    code_anchors(context, anchors);
    if (writ_check_path(check->cms.certificate[signer], check->cms.certificate,
                        check->cms.certificate_count, anchors, context->source_count,
                        provisional_instant(check->entry, context->clock), &check->path,
                        &facts->path, e) < 0)
        return -1;
    if (facts->path.count == 0)
        return 0;
    check_purpose(&check->path, &facts->path, &facts->purpose);
    check_team(&check->path.cert[0], &check->entry->directory, &facts->team_fits);
    return 0;
}

int writ_entry_look(struct writ_entry_check *check, const struct writ_entry_context *context,
                    struct writ_entry_facts *facts, struct writ_error *e)
{
    const struct writ_code_directory *d = &check->entry->directory;
    struct writ_error found = {0};
    struct writ_cert signer;
    size_t index = 0;

    note_directory(d, facts);
    check_flags(d, &facts->flags);
    check_form(d, context, &facts->form);
    check_content(d, context->evidence, &facts->content);
    if (writ_cms_parse(check->entry->cms, &check->cms, &found) < 0) {
        writ_fact_fail(&facts->readable, "signature: %s", found.text);
        return 0;
    }
    check_profile(&check->cms, &facts->readable);
    writ_fact_pass(&facts->readable);
    facts->has_signing_time = check->cms.has_signing_time;
    facts->signing_time = check->cms.signing_time;
    if (writ_find_signer(&check->cms, &signer, &index, &facts->signature, e) < 0)
        return -1;
    if (facts->signature.state == WRIT_CHECK_FAILED)
        return 0;
    if (writ_check_signature(&check->cms, &signer, d->der, &facts->signature, e) < 0)
        return -1;
    return look_at_path(check, index, context, facts, e);
}

/* ----------------------------------------------------------------------------- after the feed */

static int ask_about_stamp(struct writ_entry_check *check, const struct writ_source *source,
                           int64_t now, struct writ_stamp_facts *stamp, struct writ_error *e)
{
    if (check->entry->timestamp.n == 0)
        return 0;
    if (writ_check_stamp(check->entry->timestamp, check->cms.signature, source, now, &check->tsa,
                         stamp, e) < 0)
        return -1;
    return writ_check_stamp_status(source, &check->tsa, stamp, e);
}

/* What the signer's CA said about the signer when the staple was made. */
static int ask_staple(const struct writ_entry_check *check, int64_t now,
                      struct writ_path_facts *path, struct writ_error *e)
{
    if (check->entry->staple.n == 0 || path->count < 2)
        return 0;
    return writ_check_staple(&check->path.cert[0], &check->path.cert[1], check->entry->staple, now,
                             &path->link[0], e);
}

int writ_entry_ask(struct writ_entry_check *check, const struct writ_entry_context *context,
                   struct writ_entry_facts *facts, struct writ_error *e)
{
    const struct writ_source *source;
    int64_t now = context->evidence->now;

    if (facts->path.count == 0)
        return 0;
    source = &context->sources[facts->path.bundle];
    if (ask_about_stamp(check, source, now, &facts->stamp, e) < 0 ||
        writ_check_revocation(source, &check->path, &facts->path, e) < 0 ||
        ask_staple(check, now, &facts->path, e) < 0)
        return -1;
    writ_check_dates(&check->path,
                     facts->stamp.state == WRIT_STAMP_COUNTS ? facts->stamp.instant : now,
                     &facts->path);
    return 0;
}
