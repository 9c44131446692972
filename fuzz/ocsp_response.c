/* fuzz/ocsp_response.c - feeds object/ocsp.h's responses; what OpenSSL reads too, it reads the same
 */
#include <openssl/ocsp.h>

#include "inside.h"
#include "object/ocsp.h"

static void id_lies_inside(const struct writ_ocsp_id *id, struct writ_span bytes)
{
    inside(id->der, bytes);
    inside(id->algorithm, id->der);
    inside(id->name_hash, id->der);
    inside(id->key_hash, id->der);
    inside(id->serial, id->der);
}

static void everything_lies_inside(const struct writ_ocsp_response *r, struct writ_span bytes)
{
    struct writ_cursor walk = writ_ocsp_walk(r);
    struct writ_ocsp_single single;
    size_t count = 0;

    inside(r->tbs, bytes);
    inside(r->responder.der, r->tbs);
    inside(r->responder_key, r->tbs);
    inside(r->singles, r->tbs);
    inside(r->nonce, r->tbs);
    inside(r->signature, bytes);
    HOLDS(r->cert_count <= WRIT_OCSP_CERTS_MAX);
    for (size_t i = 0; i < r->cert_count; i++)
        inside(r->cert[i], bytes);
    while (writ_ocsp_next(&walk, &single)) {
        id_lies_inside(&single.id, r->singles);
        count++;
    }
    HOLDS(walk.left == 0 && count == r->single_count && count <= WRIT_OCSP_SINGLES_MAX);
}

static int status_of(const struct writ_ocsp_single *single)
{
    return single->status == WRIT_OCSP_GOOD      ? V_OCSP_CERTSTATUS_GOOD
           : single->status == WRIT_OCSP_REVOKED ? V_OCSP_CERTSTATUS_REVOKED
                                                 : V_OCSP_CERTSTATUS_UNKNOWN;
}

/* The serial as DER has it: OpenSSL keeps sign and magnitude, and so only minimal ones. */
static void serials_agree(struct writ_span ours, OCSP_SINGLERESP *theirs)
{
    OCSP_CERTID *id = OCSP_CERTID_dup(OCSP_SINGLERESP_get0_id(theirs));
    ASN1_INTEGER *serial = NULL;
    uint8_t *der = NULL;
    int n;

    if (id == NULL)
        return; /* OpenSSL does not read again every identifier that it writes */
    HOLDS(OCSP_id_get0_info(NULL, NULL, NULL, &serial, id) == 1);
    n = i2d_ASN1_INTEGER(serial, &der);
    HOLDS(n >= 2 && writ_span_equal(WRIT_SPAN(der + 2, (size_t)n - 2), ours));
    OPENSSL_free(der);
    OCSP_CERTID_free(id);
}

static void answers_agree(const struct writ_ocsp_response *r, OCSP_BASICRESP *basic)
{
    struct writ_cursor walk = writ_ocsp_walk(r);
    struct writ_ocsp_single single;

    HOLDS(OCSP_resp_count(basic) == (int)r->single_count);
    for (int i = 0; writ_ocsp_next(&walk, &single); i++) {
        OCSP_SINGLERESP *theirs = OCSP_resp_get0(basic, i);
        int reason = -1;

        HOLDS(OCSP_single_get0_status(theirs, &reason, NULL, NULL, NULL) == status_of(&single));
        HOLDS(reason == (single.has_reason ? (int)single.reason : -1));
        serials_agree(single.id.serial, theirs);
    }
}

/* "The serial looked up comes from the answer that was verified": they are the same. */
static void openssl_reads_the_same(const struct writ_ocsp_response *r, struct writ_span bytes)
{
    const uint8_t *p = bytes.p;
    OCSP_RESPONSE *theirs = d2i_OCSP_RESPONSE(NULL, &p, (long)bytes.n);
    OCSP_BASICRESP *basic = NULL;

    if (theirs == NULL)
        return;
    HOLDS(p == bytes.p + bytes.n);
    HOLDS(OCSP_response_status(theirs) == (int)r->status);
    if (r->is_basic)
        basic = OCSP_response_get1_basic(theirs);
    if (basic != NULL)
        answers_agree(r, basic);
    OCSP_BASICRESP_free(basic);
    OCSP_RESPONSE_free(theirs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct writ_span bytes = WRIT_SPAN(data, size);
    struct writ_ocsp_response response;
    struct writ_error e = {0};

    if (writ_ocsp_response_parse(bytes, &response, &e) < 0)
        return refused(&e);
    everything_lies_inside(&response, bytes);
    openssl_reads_the_same(&response, bytes);
    return 0;
}
