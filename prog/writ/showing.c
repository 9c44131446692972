#include "writ/showing.h"

#include <string.h>

#include "base/hex.h"
#include "base/time.h"
#include "bytes/pem.h"
#include "crypto/digest.h"
#include "object/bundle.h"
#include "object/csr.h"
#include "object/distribution.h"
#include "object/elf.h"
#include "object/feed.h"
#include "object/onecrl.h"
#include "object/sct.h"
#include "object/seal.h"
#include "object/table.h"
#include "object/timestamp.h"
#include "writ/filterfile.h"
#include "writ/showing_crl.h"
#include "writ/showing_filter.h"
#include "writ/showing_ocsp.h"

#define LISTED_MAX 50 /* revocations of one block that are listed one by one */

/* -------------------------------------------------------------------------- certificates */

static void emit_name(struct writ_emit *m, const char *field, const struct writ_name *name)
{
    struct writ_buffer text = {0};

    writ_name_add_text(&text, name);
    writ_emit_span(m, field, writ_buffer_span(&text));
    writ_buffer_free(&text);
}

static void emit_key(struct writ_emit *m, const struct writ_public_key *key)
{
    struct writ_buffer text = {0};

    writ_public_key_add_text(&text, key);
    writ_emit_span(m, "public_key", writ_buffer_span(&text));
    writ_buffer_free(&text);
}

static void emit_points(struct writ_emit *m, const char *name, struct writ_span points)
{
    struct writ_span url;

    if (points.n == 0)
        return;
    writ_emit_list(m, name);
    for (size_t i = 0; url = writ_points_url(points, i), url.n > 0; i++)
        writ_emit_span(m, NULL, url);
    writ_emit_end(m);
}

/* Where its revocation is told, and how. */
static void emit_revocation_points(struct writ_emit *m, const struct writ_cert *cert)
{
    struct writ_span rest = cert->access, url;

    if (cert->has_ocsp_url) {
        writ_emit_list(m, "ocsp_urls");
        while (writ_cert_next_ocsp_url(&rest, &url))
            writ_emit_span(m, NULL, url);
        writ_emit_end(m);
    }
    emit_points(m, "crl_urls", cert->crl_points);
    emit_points(m, "delta_crl_urls", cert->freshest_points);
    if (cert->has_broken_points)
        writ_emit_flag(m, "distribution_points_malformed", true);
    if (cert->must_staple)
        writ_emit_flag(m, "must_staple", true);
    if (cert->has_nocheck)
        writ_emit_flag(m, "ocsp_nocheck", true);
}

static void emit_extensions(struct writ_emit *m, const struct writ_cert *cert)
{
    writ_emit_flag(m, "is_ca", cert->is_ca);
    if (cert->path_length != WRIT_CERT_NO_PATH_LENGTH)
        writ_emit_unsigned(m, "path_length", cert->path_length);
    if (cert->purpose_count > 0) {
        writ_emit_list(m, "purposes");
        for (size_t i = 0; i < cert->purpose_count; i++)
            writ_emit_string(m, NULL, writ_oid_name(cert->purpose[i]));
        writ_emit_end(m);
        writ_emit_flag(m, "purposes_critical", cert->purposes_critical);
    }
    if (cert->is_numbered)
        writ_emit_unsigned(m, "issuance_number", cert->number);
    if (cert->subject_key_id.n > 0)
        writ_emit_hex(m, "subject_key_id", cert->subject_key_id);
    if (cert->authority_key_id.n > 0)
        writ_emit_hex(m, "authority_key_id", cert->authority_key_id);
    writ_emit_flag(m, "names_ocsp_responder", cert->has_ocsp_url);
    emit_revocation_points(m, cert);
    if (cert->has_unknown_critical)
        writ_emit_flag(m, "unknown_critical_extension", true);
}

/* Nobody refuses a certificate over a list of SCTs that is malformed. */
static void emit_scts(struct writ_emit *m, const struct writ_cert *cert)
{
    struct writ_sct scts[WRIT_SCTS_MAX];
    size_t count = 0;

    if (cert->sct_list.n == 0)
        return;
    if (writ_sct_list_parse(cert->sct_list, scts, &count, NULL) < 0) {
        writ_emit_flag(m, "log_timestamps_malformed", true);
        return;
    }
    writ_emit_list(m, "log_timestamps");
    for (size_t i = 0; i < count; i++) {
        writ_emit_object(m, NULL);
        writ_emit_hex(m, "log", scts[i].log_id);
        if (scts[i].timestamp / 1000 <= (uint64_t)WRIT_TIME_MAX)
            writ_emit_time(m, "time", (int64_t)(scts[i].timestamp / 1000));
        writ_emit_unsigned(m, "time_ms", scts[i].timestamp);
        writ_emit_end(m);
    }
    writ_emit_end(m);
}

static int emit_certificate(struct writ_emit *m, struct writ_span der, struct writ_error *e)
{
    struct writ_cert cert;
    uint8_t hash[WRIT_SHA256_BYTES], key_hash[WRIT_SHA256_BYTES];

    if (writ_cert_parse(der, &cert, e) < 0 || writ_sha256(der, hash, e) < 0 ||
        writ_sha256(cert.key.spki, key_hash, e) < 0)
        return -1;
    emit_name(m, "subject", &cert.subject);
    if (cert.subject.unit.n > 0)
        writ_emit_span(m, "team", cert.subject.unit);
    emit_name(m, "issuer", &cert.issuer);
    writ_emit_hex(m, "serial", cert.serial);
    writ_emit_time(m, "not_before", cert.not_before);
    writ_emit_time(m, "not_after", cert.not_after);
    emit_key(m, &cert.key);
    writ_emit_hex(m, "public_key_hash", WRIT_SPAN_OF(key_hash));
    writ_emit_string(m, "signed_with", writ_oid_name(cert.signature_algorithm));
    writ_emit_hex(m, "fingerprint", WRIT_SPAN_OF(hash));
    emit_extensions(m, &cert);
    emit_scts(m, &cert);
    return 0;
}

static int show_certificate(struct writ_span der, struct writ_emit *m, struct writ_error *e)
{
    writ_emit_string(m, "object", "certificate");
    return emit_certificate(m, der, e);
}

static int show_request(struct writ_span der, struct writ_emit *m, struct writ_error *e)
{
    struct writ_csr csr;

    if (writ_csr_parse(der, &csr, e) < 0)
        return -1;
    writ_emit_string(m, "object", "certification request");
    emit_name(m, "subject", &csr.subject);
    emit_key(m, &csr.key);
    writ_emit_string(m, "signed_with", writ_oid_name(csr.signature_algorithm));
    return 0;
}

static int show_bundle(struct writ_span der, struct writ_emit *m, struct writ_error *e)
{
    struct writ_bundle bundle;
    int rc;

    if (writ_bundle_parse(der, &bundle, e) < 0)
        return -1;
    writ_emit_string(m, "object", "bundle");
    writ_emit_span(m, "origin", bundle.origin);
    writ_emit_string(m, "profile", writ_profile_name(bundle.profile));
    writ_emit_string(m, "purpose", writ_oid_name(bundle.purpose));
    writ_emit_unsigned(m, "serial", bundle.serial);
    writ_emit_time(m, "made", bundle.made);
    writ_emit_list(m, "feed_keys");
    for (size_t i = 0; i < bundle.key_count; i++)
        writ_emit_hex(m, NULL, bundle.key[i]);
    writ_emit_end(m);
    writ_emit_unsigned(m, "tsa_anchors", bundle.anchor_count);
    writ_emit_object(m, "root");
    rc = emit_certificate(m, bundle.root, e);
    writ_emit_end(m);
    return rc;
}

/* --------------------------------------------------------------------------- signatures */

static int emit_certificates(struct writ_emit *m, const struct writ_cms *cms, struct writ_error *e)
{
    int rc = 0;

    writ_emit_list(m, "certificates");
    for (size_t i = 0; rc == 0 && i < cms->certificate_count; i++) {
        writ_emit_object(m, NULL);
        rc = emit_certificate(m, cms->certificate[i], e);
        writ_emit_end(m);
    }
    writ_emit_end(m);
    return rc;
}

static int emit_cms(struct writ_emit *m, const struct writ_cms *cms, struct writ_error *e)
{
    struct writ_buffer type = {0};

    writ_oid_add_name(&type, cms->content_type);
    writ_emit_span(m, "content_type", writ_buffer_span(&type));
    writ_buffer_free(&type);
    writ_emit_string(m, "digest", writ_oid_name(cms->digest_algorithm));
    writ_emit_string(m, "signed_with", writ_oid_name(cms->signature_algorithm));
    if (cms->has_signing_time)
        writ_emit_time(m, "signing_time_claimed", cms->signing_time);
    writ_emit_flag(m, "binds_certificate", cms->ess.present || cms->ess_v2.present);
    return emit_certificates(m, cms, e);
}

static int emit_timestamp(struct writ_emit *m, struct writ_span der, struct writ_error *e)
{
    struct writ_timestamp stamp;

    if (writ_timestamp_parse(der, &stamp, e) < 0)
        return -1;
    writ_emit_time(m, "time", stamp.time);
    writ_emit_number(m, "accuracy_seconds", stamp.accuracy);
    writ_emit_string(m, "imprint_hash", writ_oid_name(stamp.hash_algorithm));
    writ_emit_hex(m, "imprint", stamp.imprint);
    writ_emit_hex(m, "serial", stamp.serial);
    return emit_cms(m, &stamp.cms, e);
}

static int show_timestamp(struct writ_span der, struct writ_emit *m, struct writ_error *e)
{
    writ_emit_string(m, "object", "timestamp");
    return emit_timestamp(m, der, e);
}

static int show_cms(struct writ_span der, struct writ_emit *m, struct writ_error *e)
{
    struct writ_cms cms;

    if (writ_cms_parse(der, &cms, e) < 0)
        return -1;
    if (writ_span_equal(cms.content_type, writ_oid_content(WRIT_OID_TST_INFO)))
        return show_timestamp(der, m, e);
    writ_emit_string(m, "object", "signature");
    return emit_cms(m, &cms, e);
}

static void emit_directory(struct writ_emit *m, const struct writ_code_directory *d)
{
    writ_emit_string(m, "kind", writ_seal_kind_name(d->kind));
    writ_emit_unsigned(m, "content_length", d->content_length);
    writ_emit_hex(m, "content_root", d->root);
    writ_emit_span(m, "identifier", d->identifier);
    writ_emit_span(m, "team", d->team);
    writ_emit_unsigned(m, "critical_flags", d->critical_flags);
}

static int show_directory(struct writ_span der, struct writ_emit *m, struct writ_error *e)
{
    struct writ_code_directory d;

    if (writ_code_directory_parse(der, &d, e) < 0)
        return -1;
    writ_emit_string(m, "object", "code directory");
    emit_directory(m, &d);
    return 0;
}

static int emit_entry(struct writ_emit *m, const struct writ_seal_entry *entry,
                      struct writ_error *e)
{
    struct writ_cms cms;
    int rc;

    emit_directory(m, &entry->directory);
    if (writ_cms_parse(entry->cms, &cms, e) < 0)
        return -1;
    writ_emit_object(m, "signature");
    rc = emit_cms(m, &cms, e);
    writ_emit_end(m);
    if (rc == 0 && entry->timestamp.n > 0) {
        writ_emit_object(m, "timestamp");
        rc = emit_timestamp(m, entry->timestamp, e);
        writ_emit_end(m);
    }
    if (rc == 0 && entry->staple.n > 0) {
        writ_emit_object(m, "staple");
        rc = showing_ocsp_response_walk(entry->staple, m, e);
        writ_emit_end(m);
    }
    return rc;
}

static int emit_seal(struct writ_emit *m, struct writ_span der, struct writ_error *e)
{
    struct writ_seal seal;
    int rc = 0;

    if (writ_seal_parse(der, &seal, e) < 0)
        return -1;
    writ_emit_unsigned(m, "seal_bytes", der.n);
    writ_emit_list(m, "entries");
    for (size_t i = 0; rc == 0 && i < seal.count; i++) {
        writ_emit_object(m, NULL);
        rc = emit_entry(m, &seal.entry[i], e);
        writ_emit_end(m);
    }
    writ_emit_end(m);
    return rc;
}

static int show_seal(struct writ_span der, struct writ_emit *m, struct writ_error *e)
{
    writ_emit_string(m, "object", "seal");
    return emit_seal(m, der, e);
}

static int show_sealed_file(struct writ_span bytes, struct writ_emit *m, struct writ_error *e)
{
    struct writ_seal_tail tail;
    struct writ_elf elf;

    if (writ_seal_find_tail(bytes, &tail, e) < 0 || writ_elf_parse(tail.content, &elf, e) < 0)
        return -1;
    writ_emit_string(m, "object", tail.present ? "file with a tail" : "file without a tail");
    writ_emit_string(m, "form", writ_content_form_name(elf.form));
    writ_emit_unsigned(m, "content_length", tail.content_length);
    if (elf.end > 0)
        writ_emit_unsigned(m, "elf_end", elf.end);
    return tail.present ? emit_seal(m, tail.seal, e) : 0;
}

/* ------------------------------------------------------------------------- table and feed */

static void emit_revoked(struct writ_emit *m, const struct writ_revoked *revoked)
{
    writ_emit_string(m, "reason", writ_reason_name(revoked->reason));
    writ_emit_time(m, "since", revoked->since);
    writ_emit_time(m, "revoked_at", revoked->revoked_at);
}

static void emit_entries(struct writ_emit *m, const struct writ_block *block)
{
    writ_emit_list(m, block->kind == WRIT_BLOCK_LIST ? "revoked" : "revoked_contents");
    for (size_t i = 0; i < block->count && i < LISTED_MAX; i++) {
        struct writ_revoked revoked;
        struct writ_span key;
        uint64_t length;

        writ_emit_object(m, NULL);
        if (block->kind == WRIT_BLOCK_LIST && writ_block_entry(block, i, &key, &revoked)) {
            writ_emit_hex(m, "key", key);
            emit_revoked(m, &revoked);
        } else if (writ_block_content(block, i, &length, &key, &revoked)) {
            writ_emit_unsigned(m, "content_length", length);
            writ_emit_hex(m, "content_root", key);
            emit_revoked(m, &revoked);
        }
        writ_emit_end(m);
    }
    writ_emit_end(m);
}

static int emit_block(struct writ_emit *m, const struct writ_block *block, struct writ_error *e)
{
    struct writ_span der;
    struct writ_cert cert;

    writ_emit_string(m, "kind", block->kind == WRIT_BLOCK_LIST ? "list" : "contents");
    writ_emit_hex(m, "issuer_key", block->issuer);
    if (writ_block_chain(block, 0, &der) < 0 || writ_cert_parse(der, &cert, e) < 0)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "the block's chain is malformed");
    emit_name(m, "issuer", &cert.subject);
    writ_emit_time(m, "as_of", block->as_of);
    writ_emit_flag(m, "numbered", block->numbered);
    if (block->numbered)
        writ_emit_unsigned(m, "covered_below", block->covered_below);
    writ_emit_unsigned(m, "gaps", block->gap_count);
    writ_emit_unsigned(m, "count", block->count);
    emit_entries(m, block);
    return 0;
}

static int show_table(struct writ_span bytes, struct writ_emit *m, struct writ_error *e)
{
    struct writ_table table;
    struct writ_block block;
    int rc = 0;

    if (writ_table_open(bytes, &table, e) < 0 || writ_table_check(&table, e) < 0)
        return -1;
    writ_emit_string(m, "object", "table");
    writ_emit_unsigned(m, "bytes", bytes.n);
    writ_emit_time(m, "as_of", table.as_of);
    writ_emit_list(m, "blocks");
    for (size_t i = 0; rc == 0 && i < table.blocks; i++) {
        writ_emit_object(m, NULL);
        rc = writ_table_block(&table, i, &block, e);
        if (rc == 0)
            rc = emit_block(m, &block, e);
        writ_emit_end(m);
    }
    writ_emit_end(m);
    return rc;
}

static void emit_signatures(struct writ_emit *m, const struct writ_note *note)
{
    writ_emit_list(m, "signatures");
    for (size_t i = 0; i < note->count; i++) {
        writ_emit_object(m, NULL);
        writ_emit_span(m, "key_name", note->signature[i].name);
        writ_emit_hex(m, "key_id", WRIT_SPAN_OF(note->signature[i].key_id));
        writ_emit_end(m);
    }
    writ_emit_end(m);
}

static void emit_files(struct writ_emit *m, const struct writ_feed *feed)
{
    writ_emit_list(m, "files");
    for (size_t i = 0; i < feed->file_count; i++) {
        char name[WRIT_FEED_NAME_MAX];

        writ_feed_file_name(&feed->file[i], name);
        writ_emit_object(m, NULL);
        writ_emit_string(m, "name", name);
        writ_emit_unsigned(m, "bytes", feed->file[i].length);
        writ_emit_end(m);
    }
    writ_emit_end(m);
}

static int show_feed(struct writ_span bytes, struct writ_emit *m, struct writ_error *e)
{
    struct writ_note note;
    struct writ_feed feed;

    if (writ_note_parse(bytes, &note, e) < 0 || writ_feed_parse(note.text, &feed, e) < 0)
        return -1;
    writ_emit_string(m, "object", "feed");
    writ_emit_string(m, "origin", feed.origin);
    writ_emit_hex(m, "root_key", WRIT_SPAN_OF(feed.root));
    writ_emit_unsigned(m, "version", feed.version);
    writ_emit_time(m, "as_of", feed.as_of);
    writ_emit_time(m, "expires", feed.expires);
    emit_files(m, &feed);
    writ_emit_flag(m, "names_next_key", feed.has_next_key);
    emit_signatures(m, &note);
    return 0;
}

/* ------------------------------------------------------------------------------ which is it */

typedef int show(struct writ_span bytes, struct writ_emit *m, struct writ_error *e);

static bool starts_with(struct writ_span bytes, const char *start, size_t n)
{
    return bytes.n >= n && memcmp(bytes.p, start, n) == 0;
}

static show *of_label(const char *label)
{
    if (strcmp(label, "CERTIFICATE") == 0)
        return show_certificate;
    if (strcmp(label, "CERTIFICATE REQUEST") == 0)
        return show_request;
    if (strcmp(label, WRIT_BUNDLE_PEM_LABEL) == 0)
        return show_bundle;
    if (strcmp(label, "X509 CRL") == 0)
        return showing_crl_walk;
    if (strcmp(label, "OCSP RESPONSE") == 0)
        return showing_ocsp_response_walk;
    if (strcmp(label, "OCSP REQUEST") == 0)
        return showing_ocsp_request_walk;
    if (strcmp(label, "CMS") == 0 || strcmp(label, "PKCS7") == 0)
        return show_cms;
    return NULL;
}

/* The first block that is something writ shows; of a chain, the first certificate. */
static int show_pem(struct writ_span bytes, struct writ_emit *m, struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(bytes, e);
    struct writ_pem pem = {0};
    bool found = true;
    int rc = 1;

    while (rc == 1 && found) {
        if (writ_pem_next(&c, &pem, &found) < 0)
            return -1;
        if (found && of_label(pem.label) != NULL)
            rc = of_label(pem.label)(writ_buffer_span(&pem.der), m, e);
        writ_pem_free(&pem);
    }
    if (rc != 1)
        return rc;
    return writ_fail(e, WRIT_FAULT_BAD_INPUT, "PEM, and no block in it that writ shows");
}

/* [version] signature issuer thisUpdate: only in a TBSCertList does a time come so soon. */
static bool begins_crl(struct writ_cursor tbs)
{
    struct writ_span ignored;

    tbs.error = NULL;
    if (writ_der_next_is(&tbs, WRIT_DER_INTEGER) &&
        writ_der_contents(&tbs, WRIT_DER_INTEGER, &ignored, "version") < 0)
        return false;
    return writ_der_contents(&tbs, WRIT_DER_SEQUENCE, &ignored, "signature") == 0 &&
           writ_der_contents(&tbs, WRIT_DER_SEQUENCE, &ignored, "issuer") == 0 &&
           (writ_der_next_is(&tbs, WRIT_DER_UTC_TIME) ||
            writ_der_next_is(&tbs, WRIT_DER_GENERALIZED_TIME));
}

/* The first element inside the outer SEQUENCE tells DER objects apart. */
static show *of_der(struct writ_span bytes)
{
    struct writ_cursor c = writ_cursor_over(bytes, NULL);
    struct writ_cursor inner, first;
    struct writ_span content;
    enum writ_oid oid = WRIT_OID_UNKNOWN;

    if (writ_der_enter(&c, WRIT_DER_SEQUENCE, &inner, "object") < 0)
        return NULL;
    if (writ_der_next_is(&inner, WRIT_DER_OID)) {
        if (writ_der_oid(&inner, &content, &oid, "object") < 0)
            return NULL;
        return oid == WRIT_OID_SEAL             ? show_seal
               : oid == WRIT_OID_CODE_DIRECTORY ? show_directory
               : oid == WRIT_OID_SIGNED_DATA    ? show_cms
                                                : NULL;
    }
    if (showing_is_ocsp_response(bytes))
        return showing_ocsp_response_walk;
    if (showing_is_ocsp_request(bytes))
        return showing_ocsp_request_walk;
    if (writ_der_enter(&inner, WRIT_DER_SEQUENCE, &first, "object") < 0)
        return NULL;
    if (writ_der_next_is(&first, WRIT_DER_OID))
        return show_bundle;
    if (begins_crl(first))
        return showing_crl_walk;
    return writ_der_next_is(&inner, WRIT_DER_SEQUENCE) &&
                   writ_der_next_is(&first, WRIT_DER_INTEGER) &&
                   writ_cert_parse(bytes, &(struct writ_cert){0}, NULL) < 0
               ? show_request
               : show_certificate;
}

int showing_walk(struct writ_span bytes, struct writ_emit *m, struct writ_error *e)
{
    struct writ_seal_tail tail;
    show *der;

    if (starts_with(bytes, "\x97wtbl", 5))
        return show_table(bytes, m, e);
    if (starts_with(bytes, "writ-feed/", 10))
        return show_feed(bytes, m, e);
    if (writ_onecrl_is(bytes))
        return showing_onecrl_walk(bytes, m, e);
    if (filterfile_is(bytes))
        return showing_filter_walk(bytes, m, e);
    if (starts_with(bytes,
                    "\x7f"
                    "ELF",
                    4) ||
        starts_with(bytes, "#!", 2))
        return show_sealed_file(bytes, m, e);
    if (writ_seal_find_tail(bytes, &tail, e) < 0)
        return -1;
    if (writ_pem_looks_like(bytes))
        return show_pem(bytes, m, e);
    der = of_der(bytes);
    if (der != NULL)
        return der(bytes, m, e);
    return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                     "nothing that writ knows; wanted a seal or a file with one, a certificate, "
                     "CRL, request, bundle, table, filter, feed, signature or timestamp");
}
