
#include "base/base64.h"
#include "crypto/digest.h"

#include "evidence/ocsp.h"
#include "object/namematch.h"
#include "shared/certfile.h"
#include "shared/file.h"
#include "shared/jail.h"
#include "writ/commands.h"
#include "writ/ocspfile.h"

/* What is asked about, and the request. */
struct request {
    struct certfile cert, issuer;
    struct writ_buffer der;
    uint8_t nonce[WRIT_OCSP_NONCE_SENT];
    size_t nonce_bytes;
};

static const char *const hashes[] = {"sha1", "sha256", NULL};
static const enum writ_oid hash_oids[] = {WRIT_OID_SHA1, WRIT_OID_SHA256};

static int build(const struct args *a, struct request *r, struct writ_error *e)
{
    struct writ_ocsp_hashes room;
    struct writ_ocsp_id id;
    struct writ_cert cert, issuer;

    if (writ_cert_parse(r->cert.cert[0], &cert, e) < 0 ||
        writ_cert_parse(r->issuer.cert[0], &issuer, e) < 0)
        return -1;
    if (!writ_name_matches(cert.issuer.der, issuer.subject.der))
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "%s was not issued by %s", args_operand(a, 0),
                         args_value(a, "issuer"));
    if (writ_ocsp_identify(&cert, &issuer, hash_oids[args_choice(a, "hash", 0)], &room, &id, e) < 0)
        return -1;
    return writ_ocsp_request_build(&id, 1, WRIT_SPAN(r->nonce, r->nonce_bytes), &r->der, e);
}

static int start(const struct args *a, struct request *r, struct writ_error *e)
{
    if (jail_prepare(e) < 0 || certfile_read(args_operand(a, 0), &r->cert, e) < 0 ||
        certfile_read(args_value(a, "issuer"), &r->issuer, e) < 0)
        return -1;
    if (!args_flag(a, "nonce"))
        return 0;
    r->nonce_bytes = sizeof r->nonce;
    return writ_random(r->nonce, sizeof r->nonce, e);
}

static int write_out(const struct args *a, const struct request *r, struct writ_error *e)
{
    return a->dry_run
               ? 0
               : file_replace_bytes(args_value(a, "out"), 0644, writ_buffer_span(&r->der), e);
}

static int tell(const struct args *a, struct out *o, const struct request *r, struct writ_error *e)
{
    struct writ_buffer base64 = {0};
    struct writ_emit *m;
    int rc;

    writ_base64_add(&base64, writ_buffer_span(&r->der));
    rc = writ_buffer_check(&base64, e);
    if (rc == 0 && a->json) {
        m = out_emit(o);
        writ_emit_string(m, "file", args_value(a, "out"));
        writ_emit_unsigned(m, "bytes", r->der.n);
        writ_emit_string(m, "hash", hashes[args_choice(a, "hash", 0)]);
        if (r->nonce_bytes > 0)
            writ_emit_hex(m, "nonce", WRIT_SPAN(r->nonce, r->nonce_bytes));
        writ_emit_span(m, "request", writ_buffer_span(&base64));
        writ_emit_flag(m, "dry_run", a->dry_run);
    } else if (rc == 0) {
        out_say(o, "%s %s: OCSP request, %zu bytes", a->dry_run ? "would write" : "wrote",
                args_value(a, "out"), r->der.n);
    }
    writ_buffer_free(&base64);
    return rc;
}

static int run(const struct args *a, struct out *o)
{
    struct request r = {.nonce_bytes = 0};
    struct writ_error e = {0};
    int status = 0;

    if (start(a, &r, &e) < 0 || build(a, &r, &e) < 0 || write_out(a, &r, &e) < 0 ||
        tell(a, o, &r, &e) < 0)
        status = out_fault(o, &e);
    writ_buffer_free(&r.der);
    certfile_free(&r.cert);
    certfile_free(&r.issuer);
    return status;
}

const struct command command_ocsp_request = {
    .words = "ocsp request",
    .group = "more",
    .summary = "write an OCSP request about a certificate",
    .description = "Asks nobody: the request is for whoever has another way to send it.\n",
    .operands = (const struct operand_spec[]){{.name = "CERT", .hint = COMMAND_HINT_FILE}, {0}},
    .options =
        (const struct option_spec[]){
            {.name = "issuer",
             .value = "FILE",
             .help = "the certificate that issued it",
             .hint = COMMAND_HINT_FILE,
             .required = true},
            {.name = "out",
             .value = "FILE",
             .help = "where the request goes, in DER",
             .hint = COMMAND_HINT_FILE,
             .required = true},
            {.name = "hash",
             .value = "HASH",
             .help = "how the issuer is named: sha1, which all know, or sha256",
             .choices = hashes},
            {.name = "nonce", .help = "ask for an answer made for this request"},
            {0}},
    .mutates = true,
    .examples =
        (const char *const[]){"writ ocsp request alice.pem --issuer=ca.pem --out alice.req", NULL},
    .run = run,
};
