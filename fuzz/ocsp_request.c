/* fuzz/ocsp_request.c - feeds object/ocsp.h's requests: what can be written is read the same again
 */
#include "inside.h"
#include "object/ocsp.h"

static void built_again(const struct writ_ocsp_request *r)
{
    struct writ_buffer out = {0};
    struct writ_error e = {0};
    struct writ_ocsp_request again;

    for (size_t i = 0; i < r->count; i++) {
        if (r->id[i].hash == WRIT_OID_UNKNOWN)
            return;
    }
    HOLDS(writ_ocsp_request_build(r->id, r->count, r->nonce, &out, &e) == 0);
    HOLDS(writ_ocsp_request_parse(writ_buffer_span(&out), &again, &e) == 0);
    HOLDS(again.count == r->count && writ_span_equal(again.nonce, r->nonce));
    for (size_t i = 0; i < r->count; i++) {
        HOLDS(again.id[i].hash == r->id[i].hash);
        HOLDS(writ_span_equal(again.id[i].serial, r->id[i].serial));
        HOLDS(writ_span_equal(again.id[i].key_hash, r->id[i].key_hash));
        HOLDS(writ_span_equal(again.id[i].name_hash, r->id[i].name_hash));
    }
    writ_buffer_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct writ_span bytes = WRIT_SPAN(data, size);
    struct writ_ocsp_request request;
    struct writ_error e = {0};

    if (writ_ocsp_request_parse(bytes, &request, &e) < 0)
        return refused(&e);
    HOLDS(request.count >= 1 && request.count <= WRIT_OCSP_IDS_MAX);
    HOLDS(request.has_nonce == (request.nonce.n > 0) && request.nonce.n <= WRIT_OCSP_NONCE_MAX);
    inside(request.nonce, bytes);
    inside(request.unknown_critical, bytes);
    for (size_t i = 0; i < request.count; i++) {
        inside(request.id[i].der, bytes);
        inside(request.id[i].algorithm, request.id[i].der);
        inside(request.id[i].name_hash, request.id[i].der);
        inside(request.id[i].key_hash, request.id[i].der);
        inside(request.id[i].serial, request.id[i].der);
    }
    built_again(&request);
    return 0;
}
