/*
 * hook/preload - writ-gnutls.so, preloaded into programs that may use GnuTLS
 *
 * Stands before the functions with which a program, or GnuTLS by itself during a handshake, has the
 * peer's certificate verified; asks this device's filters and CRLs after them, and adds to the
 * status what GnuTLS says of a certificate that a CRL lists.  It never takes anything from the
 * status away.
 *
 * This is somebody else's process: see hook/module.c.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "hook/ask.h"
#include "hook/device.h"
#include "hook/gnutls.h"

#define EXPORTED __attribute__((visibility("default")))

#define CHAIN_MAX 8 /* certificates of a chain that are asked about */

static struct hook_settings settings;

static void start(void)
{
    hook_settings_start(&settings);
    hook_settings_environment(&settings);
    hook_device_start(&settings);
    hook_device_open();
}

/* ---- the chain ---- */

/* What a session's certificates are verified with. */
struct peers {
    const gnutls_datum_t *certs; /* as the peer sent them, its own first */
    unsigned count;
    gnutls_x509_trust_list_t anchors;
};

static bool find_peers(gnutls_session_t session, struct peers *p)
{
    const struct hook_gnutls *g = hook_gnutls();
    void *credentials = NULL;

    if (g->certificate_type_get(session) != GNUTLS_CRT_X509)
        return false;
    p->certs = g->certificate_get_peers(session, &p->count);
    if (p->certs == NULL || p->count == 0 ||
        g->credentials_get(session, GNUTLS_CRD_CERTIFICATE, &credentials) < 0)
        return false;
    g->certificate_get_trust_list(credentials, &p->anchors);
    return p->anchors != NULL;
}

static gnutls_x509_crt_t import(const gnutls_datum_t *der)
{
    const struct hook_gnutls *g = hook_gnutls();
    gnutls_x509_crt_t cert = NULL;

    if (g->x509_crt_init(&cert) < 0)
        return NULL;
    if (g->x509_crt_import(cert, der, GNUTLS_X509_FMT_DER) == 0)
        return cert;
    g->x509_crt_deinit(cert);
    return NULL;
}

/* GnuTLS has verified a chain and does not say which; so each link is found again, by its name and
 * by the signature, whatever the dates. */
static bool is_signed_by(gnutls_x509_crt_t cert, gnutls_x509_crt_t issuer)
{
    const struct hook_gnutls *g = hook_gnutls();
    unsigned status = GNUTLS_CERT_INVALID;

    return g->x509_crt_check_issuer(cert, issuer) != 0 &&
           g->x509_crt_verify(cert, &issuer, 1,
                              GNUTLS_VERIFY_DISABLE_TIME_CHECKS |
                                  GNUTLS_VERIFY_DISABLE_TRUSTED_TIME_CHECKS,
                              &status) == 0 &&
           status == 0;
}

/* The certificate above this one, to be freed by the caller; NULL when there is none. */
static gnutls_x509_crt_t find_issuer(const struct peers *p, gnutls_x509_crt_t cert, bool *is_anchor)
{
    const struct hook_gnutls *g = hook_gnutls();
    gnutls_x509_crt_t issuer = NULL;

    *is_anchor = g->x509_trust_list_get_issuer(p->anchors, cert, &issuer, GNUTLS_TL_GET_COPY) == 0;
    if (*is_anchor && is_signed_by(cert, issuer))
        return issuer;
    if (*is_anchor)
        g->x509_crt_deinit(issuer);
    *is_anchor = false;
    for (unsigned i = 1; i < p->count; i++) {
        issuer = import(&p->certs[i]);
        if (issuer != NULL && is_signed_by(cert, issuer))
            return issuer;
        if (issuer != NULL)
            g->x509_crt_deinit(issuer);
    }
    return NULL;
}

/* ---- asking ---- */

static struct writ_span encode(gnutls_x509_crt_t cert, uint8_t room[WRIT_CERT_MAX])
{
    size_t n = WRIT_CERT_MAX;

    if (hook_gnutls()->x509_crt_export(cert, GNUTLS_X509_FMT_DER, room, &n) < 0)
        return WRIT_SPAN_NONE;
    return WRIT_SPAN(room, n);
}

/* The SubjectPublicKeyInfo of an issuer that was found. */
static struct writ_span encode_key(gnutls_x509_crt_t issuer, uint8_t room[WRIT_CERT_MAX])
{
    struct writ_error ignored = {0};
    struct writ_cert parsed;

    if (issuer == NULL || writ_cert_parse(encode(issuer, room), &parsed, &ignored) < 0)
        return WRIT_SPAN_NONE;
    return parsed.key.spki;
}

static enum hook_answer ask_leaf(gnutls_x509_crt_t cert, gnutls_x509_crt_t issuer)
{
    uint8_t(*room)[WRIT_CERT_MAX] = calloc(2, sizeof *room);
    struct writ_span der = WRIT_SPAN_NONE, spki = WRIT_SPAN_NONE;
    enum hook_answer answer;

    if (room != NULL && issuer != NULL) {
        der = encode(cert, room[0]);
        spki = encode_key(issuer, room[1]);
    }
    answer = hook_ask_leaf(hook_device_hold(), settings.policy, der, spki, (int64_t)time(NULL));
    hook_device_release();
    free(room);
    return answer;
}

static enum hook_answer ask_ca(gnutls_x509_crt_t cert, gnutls_x509_crt_t issuer)
{
    uint8_t(*room)[WRIT_CERT_MAX] = calloc(2, sizeof *room);
    enum hook_answer answer = HOOK_ANSWER_PASS;

    if (room != NULL)
        answer =
            hook_ask_ca(hook_device_hold(), encode(cert, room[0]), encode_key(issuer, room[1]));
    if (room != NULL)
        hook_device_release();
    free(room);
    return answer;
}

/* Goes up the chain to its anchor, about which whoever trusts it has decided. */
static enum hook_answer ask_chain(const struct peers *p)
{
    const struct hook_gnutls *g = hook_gnutls();
    gnutls_x509_crt_t cert = import(&p->certs[0]);
    enum hook_answer answer = HOOK_ANSWER_PASS;
    bool is_anchor = false;

    for (unsigned i = 0; cert != NULL && i < CHAIN_MAX && !is_anchor &&
                         answer == HOOK_ANSWER_PASS && g->x509_crt_check_issuer(cert, cert) == 0;
         i++) {
        gnutls_x509_crt_t issuer = find_issuer(p, cert, &is_anchor);

        answer = i == 0 ? ask_leaf(cert, issuer) : ask_ca(cert, issuer);
        g->x509_crt_deinit(cert);
        cert = issuer;
    }
    if (cert != NULL)
        g->x509_crt_deinit(cert);
    return answer;
}

/* What GnuTLS says of it: "The certificate chain is revoked", "The revocation or OCSP data are old
 * and have been superseded", "The certificate is NOT trusted". */
static unsigned status_of(enum hook_answer answer)
{
    switch (answer) {
    case HOOK_ANSWER_REVOKED:
        return GNUTLS_CERT_INVALID | GNUTLS_CERT_REVOKED;
    case HOOK_ANSWER_STALE:
        return GNUTLS_CERT_INVALID | GNUTLS_CERT_REVOCATION_DATA_SUPERSEDED;
    case HOOK_ANSWER_UNCOVERED:
        return GNUTLS_CERT_INVALID;
    case HOOK_ANSWER_PASS:
        break;
    }
    return 0;
}

/* ---- standing before GnuTLS ---- */

/* One of these functions of GnuTLS calls another one, through us: only the first one asks. */
static _Thread_local bool inside;

static int ask(gnutls_session_t session, int verified, unsigned *status)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct peers peers = {0};
    int kept = errno;

    if (verified >= 0 && !inside && hook_gnutls()->whole && find_peers(session, &peers)) {
        (void)pthread_once(&once, start);
        *status |= status_of(ask_chain(&peers));
    }
    errno = kept;
    return verified;
}

EXPORTED int gnutls_certificate_verify_peers(gnutls_session_t session, gnutls_typed_vdata_st *data,
                                             unsigned elements, unsigned *status)
{
    const struct hook_gnutls *g = hook_gnutls();
    bool outer = inside;
    int verified;

    if (g->certificate_verify_peers == NULL)
        return GNUTLS_E_UNIMPLEMENTED_FEATURE;
    inside = true;
    verified = g->certificate_verify_peers(session, data, elements, status);
    inside = outer;
    return ask(session, verified, status);
}

EXPORTED int gnutls_certificate_verify_peers2(gnutls_session_t session, unsigned *status)
{
    const struct hook_gnutls *g = hook_gnutls();
    bool outer = inside;
    int verified;

    if (g->certificate_verify_peers2 == NULL)
        return GNUTLS_E_UNIMPLEMENTED_FEATURE;
    inside = true;
    verified = g->certificate_verify_peers2(session, status);
    inside = outer;
    return ask(session, verified, status);
}

EXPORTED int gnutls_certificate_verify_peers3(gnutls_session_t session, const char *hostname,
                                              unsigned *status)
{
    const struct hook_gnutls *g = hook_gnutls();
    bool outer = inside;
    int verified;

    if (g->certificate_verify_peers3 == NULL)
        return GNUTLS_E_UNIMPLEMENTED_FEATURE;
    inside = true;
    verified = g->certificate_verify_peers3(session, hostname, status);
    inside = outer;
    return ask(session, verified, status);
}
