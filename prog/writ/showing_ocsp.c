#include "writ/showing_ocsp.h"

#include "base/reason.h"
#include "crypto/digest.h"
#include "object/ocsp.h"

#define LISTED_MAX 50 /* single responses that are shown one by one */

static void emit_oid(struct writ_emit *m, const char *field, struct writ_span content)
{
    struct writ_buffer name = {0};

    writ_oid_add_name(&name, content);
    writ_emit_span(m, field, writ_buffer_span(&name));
    writ_buffer_free(&name);
}

static void emit_id(struct writ_emit *m, const struct writ_ocsp_id *id)
{
    writ_emit_hex(m, "serial", id->serial);
    writ_emit_string(m, "hash", writ_oid_name(id->hash));
    writ_emit_hex(m, "issuer_name_hash", id->name_hash);
    writ_emit_hex(m, "issuer_key_hash", id->key_hash);
}

int showing_ocsp_request_walk(struct writ_span der, struct writ_emit *m, struct writ_error *e)
{
    struct writ_ocsp_request request;

    if (writ_ocsp_request_parse(der, &request, e) < 0)
        return -1;
    writ_emit_string(m, "object", "OCSP request");
    writ_emit_list(m, "certificates");
    for (size_t i = 0; i < request.count; i++) {
        writ_emit_object(m, NULL);
        emit_id(m, &request.id[i]);
        writ_emit_end(m);
    }
    writ_emit_end(m);
    if (request.has_nonce)
        writ_emit_hex(m, "nonce", request.nonce);
    writ_emit_flag(m, "signed", request.is_signed);
    if (request.has_unknown_critical)
        emit_oid(m, "unknown_critical", request.unknown_critical);
    return 0;
}

static const char *reason_name(unsigned reason)
{
    return writ_reason_is_known(reason) ? writ_reason_name((enum writ_reason)reason)
                                        : "aACompromise";
}

static void emit_single(struct writ_emit *m, const struct writ_ocsp_single *s)
{
    emit_id(m, &s->id);
    writ_emit_string(m, "status", writ_ocsp_cert_status_name(s->status));
    if (s->status == WRIT_OCSP_REVOKED)
        writ_emit_time(m, "revoked_at", s->revoked_at);
    if (s->has_reason)
        writ_emit_string(m, "reason", reason_name(s->reason));
    if (s->has_invalidity)
        writ_emit_time(m, "since", s->invalidity_date);
    writ_emit_time(m, "this_update", s->this_update);
    if (s->has_next_update)
        writ_emit_time(m, "next_update", s->next_update);
    if (s->has_archive_cutoff)
        writ_emit_time(m, "archive_cutoff", s->archive_cutoff);
    if (s->has_unknown_critical)
        emit_oid(m, "unknown_critical", s->unknown_critical);
}

static void emit_singles(struct writ_emit *m, const struct writ_ocsp_response *response)
{
    struct writ_cursor walk = writ_ocsp_walk(response);
    struct writ_ocsp_single single;

    writ_emit_unsigned(m, "count", response->single_count);
    writ_emit_list(m, "answers");
    for (size_t i = 0; i < LISTED_MAX && writ_ocsp_next(&walk, &single); i++) {
        writ_emit_object(m, NULL);
        emit_single(m, &single);
        writ_emit_end(m);
    }
    writ_emit_end(m);
}

static void emit_responder(struct writ_emit *m, const struct writ_ocsp_response *response)
{
    struct writ_buffer name = {0};

    if (response->by_key) {
        writ_emit_hex(m, "responder_key", response->responder_key);
        return;
    }
    writ_name_add_text(&name, &response->responder);
    writ_emit_span(m, "responder", writ_buffer_span(&name));
    writ_buffer_free(&name);
}

/* Certificates that come along are named only: cut out, they can be shown themselves. */
static int emit_certs(struct writ_emit *m, const struct writ_ocsp_response *response,
                      struct writ_error *e)
{
    uint8_t hash[WRIT_SHA256_BYTES];

    if (response->cert_count == 0)
        return 0;
    writ_emit_list(m, "certificates");
    for (size_t i = 0; i < response->cert_count; i++) {
        if (writ_sha256(response->cert[i], hash, e) < 0)
            return -1;
        writ_emit_hex(m, NULL, WRIT_SPAN_OF(hash));
    }
    writ_emit_end(m);
    return 0;
}

static int emit_basic(struct writ_emit *m, const struct writ_ocsp_response *response,
                      struct writ_error *e)
{
    emit_responder(m, response);
    writ_emit_time(m, "produced_at", response->produced_at);
    if (response->has_nonce)
        writ_emit_hex(m, "nonce", response->nonce);
    if (response->has_unknown_critical)
        emit_oid(m, "unknown_critical", response->unknown_critical);
    writ_emit_string(m, "signed_with", writ_oid_name(response->signature_algorithm));
    emit_singles(m, response);
    return emit_certs(m, response, e);
}

int showing_ocsp_response_walk(struct writ_span der, struct writ_emit *m, struct writ_error *e)
{
    struct writ_ocsp_response response;

    if (writ_ocsp_response_parse(der, &response, e) < 0)
        return -1;
    writ_emit_string(m, "object", "OCSP response");
    writ_emit_string(m, "status", writ_ocsp_status_name(response.status));
    if (response.status != WRIT_OCSP_SUCCESSFUL)
        return 0;
    emit_oid(m, "type", response.type);
    return response.is_basic ? emit_basic(m, &response, e) : 0;
}

/* SEQUENCE { ENUMERATED … } */
bool showing_is_ocsp_response(struct writ_span der)
{
    struct writ_cursor c = writ_cursor_over(der, NULL);
    struct writ_cursor inner;

    return writ_der_enter(&c, WRIT_DER_SEQUENCE, &inner, "object") == 0 &&
           writ_der_next_is(&inner, WRIT_DER_ENUMERATED);
}

/* SEQUENCE { SEQUENCE { [1] requestorName, SEQUENCE { SEQUENCE { SEQUENCE … : where a certificate
 * has a version or a serial number, and a CRL an algorithm. */
bool showing_is_ocsp_request(struct writ_span der)
{
    struct writ_cursor c = writ_cursor_over(der, NULL);
    struct writ_cursor inner, tbs, list, request, skipped;
    bool present;

    return writ_der_enter(&c, WRIT_DER_SEQUENCE, &inner, "object") == 0 &&
           writ_der_enter(&inner, WRIT_DER_SEQUENCE, &tbs, "object") == 0 &&
           writ_der_enter_optional(&tbs, WRIT_DER_CONTEXT_CONSTRUCTED(1), &skipped, &present,
                                   "object") == 0 &&
           writ_der_enter(&tbs, WRIT_DER_SEQUENCE, &list, "object") == 0 &&
           writ_der_enter(&list, WRIT_DER_SEQUENCE, &request, "object") == 0 &&
           writ_der_next_is(&request, WRIT_DER_SEQUENCE);
}
