#include "object/ocsp.h"

#include "bytes/build.h"

/* ------------------------------------------------------------------------- CertID (RFC 6960 4.1.1)
 */

/* CAs have issued serials that are not minimal, and what a responder says about them is compared
 * octet for octet: nothing is gained by refusing the whole answer. */
static int take_serial(struct writ_cursor *c, struct writ_span *serial)
{
    if (writ_der_contents(c, WRIT_DER_INTEGER, serial, "serialNumber") < 0)
        return -1;
    if (serial->n == 0 || serial->n > WRIT_CERT_SERIAL_MAX)
        return writ_cursor_fail(c, "serialNumber: wanted 1 to %d octets, found %zu",
                                WRIT_CERT_SERIAL_MAX, serial->n);
    return 0;
}

static int take_hash(struct writ_cursor *c, struct writ_span *hash, const char *what)
{
    if (writ_der_octet_string(c, hash, what) < 0)
        return -1;
    if (hash->n == 0 || hash->n > 64)
        return writ_cursor_fail(c, "%s: wanted 1 to 64 octets, found %zu", what, hash->n);
    return 0;
}

static int take_id(struct writ_cursor *c, struct writ_ocsp_id *id)
{
    struct writ_cursor start = *c;
    struct writ_cursor inner;

    *id = (struct writ_ocsp_id){0};
    if (writ_der_whole(&start, WRIT_DER_SEQUENCE, &id->der, "CertID") < 0 ||
        writ_der_enter(c, WRIT_DER_SEQUENCE, &inner, "CertID") < 0 ||
        writ_algorithm_parse(&inner, &id->hash, &id->algorithm, "hashAlgorithm") < 0 ||
        take_hash(&inner, &id->name_hash, "issuerNameHash") < 0 ||
        take_hash(&inner, &id->key_hash, "issuerKeyHash") < 0 ||
        take_serial(&inner, &id->serial) < 0)
        return -1;
    return writ_der_end(&inner, "CertID");
}

/* -------------------------------------------------------------------- extensions (RFC 6960 4.4) */

/* Reads the value of one extension: 1 when it is understood, 0 when not, -1 when malformed.  What
 * is not understood is left unread. */
typedef int take_value(struct writ_cursor *value, enum writ_oid oid, void *into);

/* Where the first critical extension goes that nobody understands. */
struct unknown {
    bool *has;
    struct writ_span *which;
};

static int take_extension(struct writ_cursor *list, take_value *take, void *into,
                          struct unknown unknown, struct writ_span *content)
{
    struct writ_cursor extension, value;
    enum writ_oid oid;
    bool critical;
    int known;

    if (writ_der_enter(list, WRIT_DER_SEQUENCE, &extension, "Extension") < 0 ||
        writ_der_oid(&extension, content, &oid, "extnID") < 0 ||
        writ_der_boolean_default_false(&extension, &critical, "critical") < 0 ||
        writ_der_enter(&extension, WRIT_DER_OCTET_STRING, &value, "extnValue") < 0 ||
        writ_der_end(&extension, "Extension") < 0)
        return -1;
    known = take(&value, oid, into);
    if (known < 0)
        return -1;
    if (known == 0 && critical && !*unknown.has) {
        *unknown.has = true;
        *unknown.which = *content;
    }
    return known == 0 ? 0 : writ_der_end(&value, "extnValue");
}

static int take_list(struct writ_cursor *list, take_value *take, void *into, struct unknown unknown)
{
    struct writ_span seen[WRIT_OCSP_EXTENSIONS_MAX];
    size_t count = 0;

    do {
        if (count == WRIT_OCSP_EXTENSIONS_MAX)
            return writ_cursor_fail(list, "more than %d extensions", WRIT_OCSP_EXTENSIONS_MAX);
        if (take_extension(list, take, into, unknown, &seen[count]) < 0)
            return -1;
        for (size_t i = 0; i < count; i++) {
            if (writ_span_equal(seen[i], seen[count]))
                return writ_cursor_fail(list, "the same extension stands twice");
        }
        count++;
    } while (list->left > 0);
    return 0;
}

/* Extensions in the tag [number], when they are there. */
static int take_extensions(struct writ_cursor *c, unsigned number, take_value *take, void *into,
                           struct unknown unknown, const char *what)
{
    struct writ_cursor tagged, list;
    bool present;

    if (writ_der_enter_optional(c, WRIT_DER_CONTEXT_CONSTRUCTED(number), &tagged, &present, what) <
        0)
        return -1;
    if (!present)
        return 0;
    if (writ_der_enter(&tagged, WRIT_DER_SEQUENCE, &list, what) < 0 ||
        take_list(&list, take, into, unknown) < 0)
        return -1;
    return writ_der_end(&tagged, what);
}

/* RFC 9654 section 2.1: Nonce ::= OCTET STRING (SIZE (1..128)) */
static int take_nonce(struct writ_cursor *value, struct writ_span *nonce)
{
    if (writ_der_octet_string(value, nonce, "nonce") < 0)
        return -1;
    if (nonce->n == 0 || nonce->n > WRIT_OCSP_NONCE_MAX)
        return writ_cursor_fail(value, "nonce: wanted 1 to %d octets, found %zu",
                                WRIT_OCSP_NONCE_MAX, nonce->n);
    return 1;
}

/* RFC 6960 section 4.2.2.1, RFC 5280 section 4.1.2.5.2 */
static int take_time(struct writ_cursor *c, int64_t *instant, const char *what)
{
    if (!writ_der_next_is(c, WRIT_DER_GENERALIZED_TIME))
        return writ_cursor_fail(c, "%s: wanted a GeneralizedTime", what);
    return writ_der_time(c, instant, what);
}

/* Version ::= INTEGER { v1(0) }, DEFAULT v1.  Requests that write it out are refused, as DER wants;
 * responses are not. */
static int take_version(struct writ_cursor *c, bool *present)
{
    struct writ_cursor tagged;
    uint64_t version;

    if (writ_der_enter_optional(c, WRIT_DER_CONTEXT_CONSTRUCTED(0), &tagged, present, "version") <
        0)
        return -1;
    if (!*present)
        return 0;
    if (writ_der_unsigned(&tagged, WRIT_DER_INTEGER, 0, &version, "version") < 0)
        return -1;
    return writ_der_end(&tagged, "version");
}

/* --------------------------------------------------------------------- requests (RFC 6960 4.1.1)
 */

static int take_request_value(struct writ_cursor *value, enum writ_oid oid, void *into)
{
    struct writ_ocsp_request *request = into;

    switch (oid) {
    case WRIT_OID_OCSP_NONCE:
        request->has_nonce = true;
        return take_nonce(value, &request->nonce);
    case WRIT_OID_OCSP_RESPONSE_TYPES: /* basic is what everybody must give (section 4.4.3) */
    case WRIT_OID_OCSP_PREFERRED_ALGORITHMS:
        value->left = 0;
        return 1;
    default:
        return 0;
    }
}

/* serviceLocator (section 4.4.6) is for responders that ask others. */
static int take_single_request_value(struct writ_cursor *value, enum writ_oid oid, void *into)
{
    (void)value;
    (void)oid;
    (void)into;
    return 0;
}

static int take_single_request(struct writ_cursor *list, struct writ_ocsp_request *request)
{
    struct unknown unknown = {&request->has_unknown_critical, &request->unknown_critical};
    struct writ_cursor single;

    if (request->count == WRIT_OCSP_IDS_MAX)
        return writ_cursor_fail(list, "requestList: more than %d certificates", WRIT_OCSP_IDS_MAX);
    if (writ_der_enter(list, WRIT_DER_SEQUENCE, &single, "Request") < 0 ||
        take_id(&single, &request->id[request->count++]) < 0 ||
        take_extensions(&single, 0, take_single_request_value, NULL, unknown,
                        "singleRequestExtensions") < 0)
        return -1;
    return writ_der_end(&single, "Request");
}

static int take_requestor(struct writ_cursor *tbs, struct writ_ocsp_request *request)
{
    struct writ_cursor tagged, name;
    uint8_t tag;

    if (writ_der_enter_optional(tbs, WRIT_DER_CONTEXT_CONSTRUCTED(1), &tagged,
                                &request->has_requestor, "requestorName") < 0)
        return -1;
    if (!request->has_requestor)
        return 0;
    if (writ_der_any(&tagged, &tag, &name, NULL, "requestorName") < 0)
        return -1;
    return writ_der_end(&tagged, "requestorName");
}

static int take_tbs_request(struct writ_cursor *c, struct writ_ocsp_request *request)
{
    struct unknown unknown = {&request->has_unknown_critical, &request->unknown_critical};
    struct writ_cursor tbs, list;
    bool has_version;

    if (writ_der_enter(c, WRIT_DER_SEQUENCE, &tbs, "TBSRequest") < 0 ||
        take_version(&tbs, &has_version) < 0)
        return -1;
    if (has_version) /* X.690 11.5 */
        return writ_cursor_fail(&tbs, "version: the default v1 is written out (BER)");
    if (take_requestor(&tbs, request) < 0 ||
        writ_der_enter(&tbs, WRIT_DER_SEQUENCE, &list, "requestList") < 0)
        return -1;
    do {
        if (take_single_request(&list, request) < 0)
            return -1;
    } while (list.left > 0);
    if (take_extensions(&tbs, 2, take_request_value, request, unknown, "requestExtensions") < 0)
        return -1;
    return writ_der_end(&tbs, "TBSRequest");
}

/* Well formed, and not looked at (RFC 6960 section 4.1.2: a responder may ignore it). */
static int skip_signature(struct writ_cursor *whole, struct writ_ocsp_request *request)
{
    struct writ_cursor tagged;
    struct writ_span signature;

    if (writ_der_enter_optional(whole, WRIT_DER_CONTEXT_CONSTRUCTED(0), &tagged,
                                &request->is_signed, "optionalSignature") < 0)
        return -1;
    if (!request->is_signed)
        return 0;
    if (writ_der_whole(&tagged, WRIT_DER_SEQUENCE, &signature, "Signature") < 0 ||
        writ_der_check(signature, whole->error) < 0)
        return -1;
    return writ_der_end(&tagged, "optionalSignature");
}

int writ_ocsp_request_parse(struct writ_span der, struct writ_ocsp_request *request,
                            struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(der, e);
    struct writ_cursor whole;

    *request = (struct writ_ocsp_request){.der = der};
    if (der.n > WRIT_OCSP_REQUEST_MAX)
        return writ_cursor_fail(&c, "OCSP request of %zu bytes, the ceiling is %zu", der.n,
                                WRIT_OCSP_REQUEST_MAX);
    if (writ_der_enter(&c, WRIT_DER_SEQUENCE, &whole, "OCSPRequest") < 0 ||
        writ_der_end(&c, "OCSPRequest") < 0 || take_tbs_request(&whole, request) < 0 ||
        skip_signature(&whole, request) < 0)
        return -1;
    return writ_der_end(&whole, "OCSPRequest");
}

static void build_id(struct writ_build *b, const struct writ_ocsp_id *id)
{
    writ_build_open(b, WRIT_DER_SEQUENCE);
    writ_build_open(b, WRIT_DER_SEQUENCE);
    writ_build_oid(b, id->hash);
    writ_build_null(b);
    writ_build_close(b);
    writ_build_octet_string(b, id->name_hash);
    writ_build_octet_string(b, id->key_hash);
    writ_build_element(b, WRIT_DER_INTEGER, id->serial);
    writ_build_close(b);
}

static void build_nonce(struct writ_build *b, struct writ_span nonce)
{
    writ_build_open(b, WRIT_DER_CONTEXT_CONSTRUCTED(2));
    writ_build_open(b, WRIT_DER_SEQUENCE);
    writ_build_open(b, WRIT_DER_SEQUENCE);
    writ_build_oid(b, WRIT_OID_OCSP_NONCE);
    writ_build_open(b, WRIT_DER_OCTET_STRING);
    writ_build_octet_string(b, nonce);
    writ_build_close(b);
    writ_build_close(b);
    writ_build_close(b);
    writ_build_close(b);
}

int writ_ocsp_request_build(const struct writ_ocsp_id *ids, size_t count, struct writ_span nonce,
                            struct writ_buffer *out, struct writ_error *e)
{
    struct writ_build b = {0};

    if (count == 0 || count > WRIT_OCSP_IDS_MAX)
        return writ_fail(e, WRIT_FAULT_USAGE, "OCSP request: wanted 1 to %d certificates, not %zu",
                         WRIT_OCSP_IDS_MAX, count);
    if (nonce.n > WRIT_OCSP_NONCE_MAX)
        return writ_fail(e, WRIT_FAULT_USAGE, "nonce: wanted at most %d octets, not %zu",
                         WRIT_OCSP_NONCE_MAX, nonce.n);
    writ_build_open(&b, WRIT_DER_SEQUENCE);
    writ_build_open(&b, WRIT_DER_SEQUENCE);
    writ_build_open(&b, WRIT_DER_SEQUENCE);
    for (size_t i = 0; i < count; i++) {
        writ_build_open(&b, WRIT_DER_SEQUENCE);
        build_id(&b, &ids[i]);
        writ_build_close(&b);
    }
    writ_build_close(&b);
    if (nonce.n > 0)
        build_nonce(&b, nonce);
    writ_build_close(&b);
    writ_build_close(&b);
    return writ_build_finish_into(&b, out, e);
}

/* ----------------------------------------------------------- single responses (RFC 6960 4.2.1) */

static int take_single_value(struct writ_cursor *value, enum writ_oid oid, void *into)
{
    struct writ_ocsp_single *single = into;

    switch (oid) {
    case WRIT_OID_OCSP_ARCHIVE_CUTOFF:
        single->has_archive_cutoff = true;
        return take_time(value, &single->archive_cutoff, "archiveCutoff") < 0 ? -1 : 1;
    case WRIT_OID_INVALIDITY_DATE:
        single->has_invalidity = true;
        return take_time(value, &single->invalidity_date, "invalidityDate") < 0 ? -1 : 1;
    case WRIT_OID_OCSP_SCT_LIST: /* RFC 6962 section 3.3: changes nothing about the status */
    case WRIT_OID_OCSP_CRL_REFERENCES:
        value->left = 0;
        return 1;
    default:
        return 0;
    }
}

static int take_revoked_info(struct writ_cursor *status, struct writ_ocsp_single *single)
{
    struct writ_cursor tagged;
    uint64_t reason = 0;

    if (take_time(status, &single->revoked_at, "revocationTime") < 0 ||
        writ_der_enter_optional(status, WRIT_DER_CONTEXT_CONSTRUCTED(0), &tagged,
                                &single->has_reason, "revocationReason") < 0)
        return -1;
    if (!single->has_reason)
        return 0;
    if (writ_der_unsigned(&tagged, WRIT_DER_ENUMERATED, 10, &reason, "revocationReason") < 0)
        return -1;
    if (reason == 7 || reason == 8) /* not used; removeFromCRL is for delta CRLs */
        return writ_cursor_fail(&tagged, "revocationReason: %u is not one", (unsigned)reason);
    single->reason = (unsigned)reason;
    return writ_der_end(&tagged, "revocationReason");
}

static int take_cert_status(struct writ_cursor *c, struct writ_ocsp_single *single)
{
    struct writ_cursor status;
    uint8_t tag;

    if (writ_der_any(c, &tag, &status, NULL, "certStatus") < 0)
        return -1;
    switch (tag) {
    case WRIT_DER_CONTEXT(0):
        single->status = WRIT_OCSP_GOOD;
        break;
    case WRIT_DER_CONTEXT_CONSTRUCTED(1):
        single->status = WRIT_OCSP_REVOKED;
        if (take_revoked_info(&status, single) < 0)
            return -1;
        break;
    case WRIT_DER_CONTEXT(2):
        single->status = WRIT_OCSP_UNKNOWN;
        break;
    default:
        return writ_cursor_fail(&status,
                                "certStatus: tag %02x is neither good, revoked nor unknown", tag);
    }
    return writ_der_end(&status, "certStatus");
}

static int take_next_update(struct writ_cursor *c, struct writ_ocsp_single *single)
{
    struct writ_cursor tagged;

    if (writ_der_enter_optional(c, WRIT_DER_CONTEXT_CONSTRUCTED(0), &tagged,
                                &single->has_next_update, "nextUpdate") < 0)
        return -1;
    if (!single->has_next_update)
        return 0;
    if (take_time(&tagged, &single->next_update, "nextUpdate") < 0)
        return -1;
    return writ_der_end(&tagged, "nextUpdate");
}

static int take_single(struct writ_cursor *list, struct writ_ocsp_single *single)
{
    struct unknown unknown = {&single->has_unknown_critical, &single->unknown_critical};
    struct writ_cursor c;

    *single = (struct writ_ocsp_single){0};
    if (writ_der_enter(list, WRIT_DER_SEQUENCE, &c, "SingleResponse") < 0 ||
        take_id(&c, &single->id) < 0 || take_cert_status(&c, single) < 0 ||
        take_time(&c, &single->this_update, "thisUpdate") < 0 || take_next_update(&c, single) < 0 ||
        take_extensions(&c, 1, take_single_value, single, unknown, "singleExtensions") < 0)
        return -1;
    return writ_der_end(&c, "SingleResponse");
}

struct writ_cursor writ_ocsp_walk(const struct writ_ocsp_response *response)
{
    return writ_cursor_over(response->singles, NULL);
}

bool writ_ocsp_next(struct writ_cursor *walk, struct writ_ocsp_single *single)
{
    return walk->left > 0 && take_single(walk, single) == 0;
}

/* ------------------------------------------------------------------ responses (RFC 6960 4.2.1) */

static int take_response_value(struct writ_cursor *value, enum writ_oid oid, void *into)
{
    struct writ_ocsp_response *response = into;

    switch (oid) {
    case WRIT_OID_OCSP_NONCE:
        response->has_nonce = true;
        return take_nonce(value, &response->nonce);
    case WRIT_OID_OCSP_EXTENDED_REVOKE:
        response->has_extended_revoke = true;
        return writ_der_null(value, "extended-revoke") < 0 ? -1 : 1;
    default:
        return 0;
    }
}

static int take_key_hash(struct writ_cursor *c, struct writ_ocsp_response *response)
{
    if (writ_der_octet_string(c, &response->responder_key, "KeyHash") < 0)
        return -1;
    if (response->responder_key.n != 20)
        return writ_cursor_fail(c, "KeyHash: wanted the 20 octets of SHA-1, found %zu",
                                response->responder_key.n);
    return 0;
}

static int take_responder(struct writ_cursor *data, struct writ_ocsp_response *response)
{
    struct writ_cursor tagged;
    uint8_t tag;
    int rc;

    if (writ_der_any(data, &tag, &tagged, NULL, "responderID") < 0)
        return -1;
    if (tag != WRIT_DER_CONTEXT_CONSTRUCTED(1) && tag != WRIT_DER_CONTEXT_CONSTRUCTED(2))
        return writ_cursor_fail(&tagged, "responderID: tag %02x is neither byName nor byKey", tag);
    response->by_key = tag == WRIT_DER_CONTEXT_CONSTRUCTED(2);
    rc = response->by_key ? take_key_hash(&tagged, response)
                          : writ_name_parse(&tagged, &response->responder, "byName");
    return rc < 0 ? -1 : writ_der_end(&tagged, "responderID");
}

static int take_singles(struct writ_cursor *data, struct writ_ocsp_response *response)
{
    struct writ_ocsp_single single;
    struct writ_cursor list;

    if (writ_der_enter(data, WRIT_DER_SEQUENCE, &list, "responses") < 0)
        return -1;
    response->singles = WRIT_SPAN(list.at, list.left);
    while (list.left > 0) {
        if (response->single_count == WRIT_OCSP_SINGLES_MAX)
            return writ_cursor_fail(&list, "responses: more than %d", WRIT_OCSP_SINGLES_MAX);
        if (take_single(&list, &single) < 0)
            return -1;
        response->single_count++;
    }
    return 0;
}

static int take_data(struct writ_cursor *basic, struct writ_ocsp_response *response)
{
    struct unknown unknown = {&response->has_unknown_critical, &response->unknown_critical};
    struct writ_cursor start = *basic;
    struct writ_cursor data;

    if (writ_der_whole(&start, WRIT_DER_SEQUENCE, &response->tbs, "ResponseData") < 0 ||
        writ_der_enter(basic, WRIT_DER_SEQUENCE, &data, "ResponseData") < 0 ||
        take_version(&data, &response->has_version) < 0 || take_responder(&data, response) < 0 ||
        take_time(&data, &response->produced_at, "producedAt") < 0 ||
        take_singles(&data, response) < 0 ||
        take_extensions(&data, 1, take_response_value, response, unknown, "responseExtensions") < 0)
        return -1;
    return writ_der_end(&data, "ResponseData");
}

static int take_certs(struct writ_cursor *basic, struct writ_ocsp_response *response)
{
    struct writ_cursor tagged, list;
    bool present;

    if (writ_der_enter_optional(basic, WRIT_DER_CONTEXT_CONSTRUCTED(0), &tagged, &present,
                                "certs") < 0)
        return -1;
    if (!present)
        return 0;
    if (writ_der_enter(&tagged, WRIT_DER_SEQUENCE, &list, "certs") < 0)
        return -1;
    while (list.left > 0) {
        if (response->cert_count == WRIT_OCSP_CERTS_MAX)
            return writ_cursor_fail(&list, "certs: more than %d", WRIT_OCSP_CERTS_MAX);
        if (writ_der_whole(&list, WRIT_DER_SEQUENCE, &response->cert[response->cert_count++],
                           "Certificate") < 0)
            return -1;
    }
    return writ_der_end(&tagged, "certs");
}

static int take_basic(struct writ_cursor *value, struct writ_ocsp_response *response)
{
    struct writ_cursor basic;
    unsigned unused;

    if (writ_der_enter(value, WRIT_DER_SEQUENCE, &basic, "BasicOCSPResponse") < 0 ||
        take_data(&basic, response) < 0 ||
        writ_algorithm_parse(&basic, &response->signature_algorithm, &response->algorithm,
                             "signatureAlgorithm") < 0 ||
        writ_der_bit_string(&basic, &response->signature, &unused, "signature") < 0 ||
        take_certs(&basic, response) < 0 || writ_der_end(&basic, "BasicOCSPResponse") < 0)
        return -1;
    if (unused != 0)
        return writ_cursor_fail(&basic, "signature: %u unused bits", unused);
    return writ_der_end(value, "response");
}

static int take_bytes(struct writ_cursor *whole, struct writ_ocsp_response *response)
{
    struct writ_cursor tagged, bytes, value;
    enum writ_oid type;

    if (writ_der_enter(whole, WRIT_DER_CONTEXT_CONSTRUCTED(0), &tagged, "responseBytes") < 0 ||
        writ_der_enter(&tagged, WRIT_DER_SEQUENCE, &bytes, "ResponseBytes") < 0 ||
        writ_der_end(&tagged, "responseBytes") < 0 ||
        writ_der_oid(&bytes, &response->type, &type, "responseType") < 0 ||
        writ_der_enter(&bytes, WRIT_DER_OCTET_STRING, &value, "response") < 0 ||
        writ_der_end(&bytes, "ResponseBytes") < 0)
        return -1;
    response->is_basic = type == WRIT_OID_OCSP_BASIC;
    return response->is_basic ? take_basic(&value, response) : 0;
}

static int take_status(struct writ_cursor *whole, struct writ_ocsp_response *response)
{
    uint64_t status;

    if (writ_der_unsigned(whole, WRIT_DER_ENUMERATED, 6, &status, "responseStatus") < 0)
        return -1;
    if (status == 4)
        return writ_cursor_fail(whole, "responseStatus: 4 is not used");
    response->status = (enum writ_ocsp_status)status;
    return 0;
}

int writ_ocsp_response_parse(struct writ_span der, struct writ_ocsp_response *response,
                             struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(der, e);
    struct writ_cursor whole;

    *response = (struct writ_ocsp_response){.der = der};
    if (der.n > WRIT_OCSP_RESPONSE_MAX)
        return writ_cursor_fail(&c, "OCSP response of %zu bytes, the ceiling is %zu", der.n,
                                WRIT_OCSP_RESPONSE_MAX);
    if (writ_der_enter(&c, WRIT_DER_SEQUENCE, &whole, "OCSPResponse") < 0 ||
        writ_der_end(&c, "OCSPResponse") < 0 || take_status(&whole, response) < 0)
        return -1;
    /* RFC 6960 section 4.2.1: an error has no responseBytes */
    if (response->status == WRIT_OCSP_SUCCESSFUL && take_bytes(&whole, response) < 0)
        return -1;
    return writ_der_end(&whole, "OCSPResponse");
}

/* ----------------------------------------------------------------------------------- names */

const char *writ_ocsp_status_name(enum writ_ocsp_status status)
{
    switch (status) {
    case WRIT_OCSP_SUCCESSFUL:
        return "successful";
    case WRIT_OCSP_MALFORMED_REQUEST:
        return "malformedRequest";
    case WRIT_OCSP_INTERNAL_ERROR:
        return "internalError";
    case WRIT_OCSP_TRY_LATER:
        return "tryLater";
    case WRIT_OCSP_SIG_REQUIRED:
        return "sigRequired";
    case WRIT_OCSP_UNAUTHORIZED:
        return "unauthorized";
    default:
        return "unknown";
    }
}

const char *writ_ocsp_cert_status_name(enum writ_ocsp_cert_status status)
{
    switch (status) {
    case WRIT_OCSP_GOOD:
        return "good";
    case WRIT_OCSP_REVOKED:
        return "revoked";
    default:
        return "unknown";
    }
}
