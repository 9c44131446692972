#include "evidence/ocsp.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "crypto/verify.h"
#include "evidence/crlcheck.h"
#include "evidence/path.h"
#include "object/namematch.h"

/* ----------------------------------------------------------------------- CertID (RFC 6960 4.1.1)
 */

/* RFC 6960 section 4.1.1: the name as it stands in the certificate that is asked about. */
int writ_ocsp_identify(const struct writ_cert *cert, const struct writ_cert *issuer,
                       enum writ_oid hash, struct writ_ocsp_hashes *hashes, struct writ_ocsp_id *id,
                       struct writ_error *e)
{
    size_t n;

    *id = (struct writ_ocsp_id){.hash = hash, .serial = cert->serial};
    if (writ_digest(hash, cert->issuer.der, hashes->name, &n, e) < 0)
        return -1;
    id->name_hash = WRIT_SPAN(hashes->name, n);
    if (writ_digest(hash, issuer->key.bits, hashes->key, &n, e) < 0)
        return -1;
    id->key_hash = WRIT_SPAN(hashes->key, n);
    return 0;
}

static bool is_known_hash(enum writ_oid hash)
{
    return hash == WRIT_OID_SHA1 || hash == WRIT_OID_SHA256 || hash == WRIT_OID_SHA384 ||
           hash == WRIT_OID_SHA512;
}

static int is_hash_of(struct writ_span hash, enum writ_oid algorithm, struct writ_span bytes,
                      bool *is, struct writ_error *e)
{
    uint8_t room[WRIT_DIGEST_MAX];
    size_t n;

    if (writ_digest(algorithm, bytes, room, &n, e) < 0)
        return -1;
    *is = writ_span_equal(hash, WRIT_SPAN(room, n));
    return 0;
}

/* The issuer may spell its name otherwise in its own certificate (RFC 5280 section 7.1), and a
 * responder hash that. */
int writ_ocsp_id_is(const struct writ_ocsp_id *id, const struct writ_cert *cert,
                    const struct writ_cert *issuer, bool *is, struct writ_error *e)
{
    bool name = false;

    *is = false;
    if (!writ_span_equal(id->serial, cert->serial) || !is_known_hash(id->hash))
        return 0;
    if (is_hash_of(id->name_hash, id->hash, cert->issuer.der, &name, e) < 0 ||
        (!name && is_hash_of(id->name_hash, id->hash, issuer->subject.der, &name, e) < 0))
        return -1;
    return name ? is_hash_of(id->key_hash, id->hash, issuer->key.bits, is, e) : 0;
}

/* ------------------------------------------------------------------------------ what is said */

void writ_ocsp_question_init(struct writ_ocsp_question *question, const struct writ_cert *cert,
                             const struct writ_cert *issuer, int64_t now)
{
    *question = (struct writ_ocsp_question){
        .cert = cert, .issuer = issuer, .now = now, .skew = WRIT_OCSP_SKEW};
}

/* One look at one response. */
struct look {
    const struct writ_ocsp_question *q;
    struct writ_ocsp_response response;
    struct writ_ocsp_finding *finding;
    bool delegate_ended; /* the signature is a delegate's who is not valid now */
    char why_no_signer[WRIT_FACT_TEXT];
};

/* Settles the answer, with a sentence. */
static int say(struct writ_answer *answer, enum writ_answer_status status, const char *fmt, ...)
    WRIT_FORMAT(3, 4);
static int say(struct writ_answer *answer, enum writ_answer_status status, const char *fmt, ...)
{
    va_list args;

    answer->status = status;
    va_start(args, fmt);
    (void)vsnprintf(answer->why, sizeof answer->why, fmt, args);
    va_end(args);
    return 0;
}

/* ---------------------------------------------------------------- who signed (RFC 6960 4.2.2.2) */

static int verifies(bool allow_sha1, const struct writ_public_key *key, enum writ_oid algorithm,
                    struct writ_span message, struct writ_span signature, bool *good,
                    struct writ_error *e)
{
    enum writ_signature_state state;
    int rc = allow_sha1
                 ? writ_verify_signature_insecure_sha1(key->spki, algorithm, message, signature,
                                                       &state, e)
                 : writ_verify_signature(key->spki, algorithm, message, signature, &state, e);

    *good = rc == 0 && state == WRIT_SIGNATURE_GOOD;
    return rc;
}

static bool is_sha1(enum writ_oid algorithm)
{
    return algorithm == WRIT_OID_RSA_SHA1 || algorithm == WRIT_OID_ECDSA_SHA1;
}

int writ_ocsp_is_issued(const struct writ_cert *cert, const struct writ_cert *issuer,
                        bool allow_sha1, bool *issued, struct writ_error *e)
{
    enum writ_signature_state state;

    *issued = false;
    if (!writ_name_matches(cert->issuer.der, issuer->subject.der))
        return 0;
    if (allow_sha1 && is_sha1(cert->signature_algorithm))
        return verifies(true, &issuer->key, cert->signature_algorithm, cert->tbs, cert->signature,
                        issued, e);
    if (writ_verify_certificate(issuer->key.spki, cert->der, &state, e) < 0)
        return -1;
    *issued = state == WRIT_SIGNATURE_GOOD;
    return 0;
}

/* Whether responderID means this certificate. */
static int is_named(const struct writ_ocsp_response *r, const struct writ_cert *cert, bool *named,
                    struct writ_error *e)
{
    uint8_t hash[WRIT_DIGEST_MAX];
    size_t n;

    if (!r->by_key) {
        *named = writ_name_matches(r->responder.der, cert->subject.der);
        return 0;
    }
    if (writ_digest(WRIT_OID_SHA1, cert->key.bits, hash, &n, e) < 0)
        return -1;
    *named = writ_span_equal(r->responder_key, WRIT_SPAN(hash, n));
    return 0;
}

/* The first reason why a candidate is not the signer is told. */
static void not_signer(struct look *l, const char *fmt, ...) WRIT_FORMAT(2, 3);
static void not_signer(struct look *l, const char *fmt, ...)
{
    va_list args;

    if (l->why_no_signer[0] != '\0')
        return;
    va_start(args, fmt);
    (void)vsnprintf(l->why_no_signer, sizeof l->why_no_signer, fmt, args);
    va_end(args);
}

static const char *refused_sha1(const struct look *l, enum writ_oid algorithm)
{
    return is_sha1(algorithm) && !l->q->allow_sha1 ? ", which is made with SHA-1" : "";
}

/* Asks whether this certificate, which may sign, did: sets the signer when it did. */
static int try_signer(struct look *l, const struct writ_cert *cert, enum writ_ocsp_signer signer,
                      struct writ_error *e)
{
    const struct writ_ocsp_response *r = &l->response;
    char name[WRIT_WHO_TEXT];
    bool good;

    if (writ_copy_name(name, &cert->subject, e) < 0 ||
        verifies(l->q->allow_sha1, &cert->key, r->signature_algorithm, r->tbs, r->signature, &good,
                 e) < 0)
        return -1;
    if (!good) {
        not_signer(l, "the signature of \"%s\" on it does not verify%s", name,
                   refused_sha1(l, r->signature_algorithm));
        return 0;
    }
    l->finding->signer = signer;
    l->finding->is_sha1 = l->finding->is_sha1 || is_sha1(r->signature_algorithm);
    memcpy(l->finding->signer_name, name, sizeof name);
    return 0;
}

/* A certificate that the caller trusts to sign. */
static int try_trusted(struct look *l, const struct writ_cert *cert, enum writ_ocsp_signer signer,
                       struct writ_error *e)
{
    bool named;

    if (cert == NULL || l->finding->signer != WRIT_OCSP_SIGNER_NONE)
        return 0;
    if (is_named(&l->response, cert, &named, e) < 0)
        return -1;
    return named ? try_signer(l, cert, signer, e) : 0;
}

/* Why a certificate may not sign for the issuer, or NULL; apart from signature and dates. */
static const char *why_not_delegate(const struct look *l, const struct writ_cert *cert)
{
    const unsigned signs = WRIT_USAGE_DIGITAL_SIGNATURE | WRIT_USAGE_CONTENT_COMMITMENT;

    if (!writ_name_matches(cert->issuer.der, l->q->issuer->subject.der))
        return "was not issued by the certificate's issuer itself";
    if (!writ_cert_has_purpose(cert, WRIT_OID_OCSP_SIGNING))
        return "is not for OCSPSigning";
    if (cert->has_key_usage && (cert->key_usage & signs) == 0)
        return "is not for signatures (keyUsage)";
    if (cert->has_unknown_critical)
        return "has a critical extension that is unknown";
    if (!writ_is_strong_key(&cert->key))
        return "has a weak key";
    return NULL;
}

static bool is_valid_at(const struct writ_cert *cert, int64_t t, int64_t skew)
{
    return writ_time_add(t, skew) >= cert->not_before && writ_time_add(t, -skew) <= cert->not_after;
}

/* What the caller's CRLs say about a delegate: one that has been revoked signs nothing any more. */
static int ask_status(const struct look *l, const struct writ_cert *cert,
                      enum writ_answer_status *status, struct writ_error *e)
{
    struct writ_crlcheck check = {
        .issuer = l->q->issuer, .cert = cert, .now = l->q->now, .allow_sha1 = l->q->allow_sha1};
    struct writ_answer answer;

    *status = WRIT_ANSWER_NO_EVIDENCE;
    for (size_t i = 0; i < l->q->crl_count && *status != WRIT_ANSWER_REVOKED; i++) {
        if (writ_check_one_crl(&check, &l->q->crls[i], &answer, e) < 0)
            return -1;
        if (answer.status == WRIT_ANSWER_REVOKED || answer.status == WRIT_ANSWER_GOOD)
            *status = answer.status;
    }
    return 0;
}

/* The delegate has signed: settles whether that counts. */
static int settle_delegate(struct look *l, const struct writ_cert *cert, struct writ_error *e)
{
    struct writ_ocsp_finding *f = l->finding;
    enum writ_answer_status status = WRIT_ANSWER_NO_EVIDENCE;
    const char *why = NULL;

    if (!cert->has_nocheck && ask_status(l, cert, &status, e) < 0)
        return -1;
    if (status == WRIT_ANSWER_REVOKED)
        why = "is revoked";
    else if (l->q->nocheck_required && !cert->has_nocheck && status != WRIT_ANSWER_GOOD)
        why = "has no id-pkix-ocsp-nocheck, and nothing tells whether it is revoked itself";
    if (why != NULL) {
        not_signer(l, "its signer's certificate \"%s\" %s", f->signer_name, why);
        f->signer = WRIT_OCSP_SIGNER_NONE;
        return 0;
    }
    f->delegate = cert->der;
    f->delegate_is_nocheck = cert->has_nocheck;
    f->delegate_is_checked = status == WRIT_ANSWER_GOOD;
    f->is_sha1 = f->is_sha1 || is_sha1(cert->signature_algorithm);
    return 0;
}

/* A delegate that has ended can still have said "revoked" while it was valid. */
static int try_delegate(struct look *l, const struct writ_cert *cert, struct writ_error *e)
{
    const char *why = why_not_delegate(l, cert);
    bool ended = !is_valid_at(cert, l->q->now, l->q->skew);
    char name[WRIT_WHO_TEXT];
    bool good;

    if (writ_copy_name(name, &cert->subject, e) < 0)
        return -1;
    if (why == NULL && ended && !is_valid_at(cert, l->response.produced_at, 0))
        why = "is not valid now";
    if (why != NULL) {
        not_signer(l, "its signer's certificate \"%s\" %s", name, why);
        return 0;
    }
    if (verifies(l->q->allow_sha1, &l->q->issuer->key, cert->signature_algorithm, cert->tbs,
                 cert->signature, &good, e) < 0)
        return -1;
    if (!good) {
        not_signer(l, "the issuer's signature on its signer's certificate \"%s\" does not verify%s",
                   name, refused_sha1(l, cert->signature_algorithm));
        return 0;
    }
    if (try_signer(l, cert, WRIT_OCSP_SIGNER_DELEGATE, e) < 0)
        return -1;
    if (l->finding->signer == WRIT_OCSP_SIGNER_NONE)
        return 0;
    l->delegate_ended = ended;
    return settle_delegate(l, cert, e);
}

static int try_enclosed(struct look *l, struct writ_span der, struct writ_error *e)
{
    struct writ_cert cert;
    bool named;

    if (writ_cert_parse(der, &cert, NULL) < 0)
        return 0; /* who is not readable is not the signer */
    if (is_named(&l->response, &cert, &named, e) < 0)
        return -1;
    return named ? try_delegate(l, &cert, e) : 0;
}

static int find_signer(struct look *l, struct writ_error *e)
{
    if (try_trusted(l, l->q->issuer, WRIT_OCSP_SIGNER_ISSUER, e) < 0 ||
        try_trusted(l, l->q->responder, WRIT_OCSP_SIGNER_RESPONDER, e) < 0)
        return -1;
    for (size_t i = 0; i < l->response.cert_count && l->finding->signer == WRIT_OCSP_SIGNER_NONE;
         i++) {
        if (try_enclosed(l, l->response.cert[i], e) < 0)
            return -1;
    }
    not_signer(l, "neither the issuer nor a certificate in it is the responder that it names");
    return 0;
}

/* --------------------------------------------------------- the answers about the certificate */

static bool is_early(const struct look *l, const struct writ_ocsp_single *s)
{
    return s->this_update > writ_time_add(l->q->now, l->q->skew);
}

static bool is_late(const struct look *l, const struct writ_ocsp_single *s)
{
    int64_t oldest = writ_time_add(l->q->now, -l->q->skew);
    int64_t age = l->q->max_age > 0 ? l->q->max_age : WRIT_OCSP_MAX_AGE;

    if (s->has_next_update && s->next_update < oldest)
        return true;
    if (s->has_next_update && l->q->max_age == 0)
        return false;
    return s->this_update < writ_time_add(oldest, -age);
}

/* Since when: as the issuer says, or as DESIGN has it for those who do not (a stolen key may have
 * been stolen at any time).  An instant after the revocation is no answer to that. */
static int64_t since_when(const struct look *l, const struct writ_ocsp_single *s)
{
    enum writ_reason reason = l->finding->answer.reason;
    unsigned bounded = writ_reason_gravity(WRIT_REASON_SUPERSEDED);

    if (s->has_invalidity && s->invalidity_date <= s->revoked_at)
        return s->invalidity_date;
    return writ_reason_gravity(reason) <= bounded ? s->revoked_at : l->q->cert->not_before;
}

/* RFC 6960 section 2.2: a serial that was never issued may be said to be on hold since 1970. */
static bool is_never_issued(const struct look *l, const struct writ_ocsp_single *s)
{
    return l->response.has_extended_revoke && s->has_reason &&
           s->reason == WRIT_REASON_CERTIFICATE_HOLD && s->revoked_at == 0;
}

static int say_revoked(struct look *l, const struct writ_ocsp_single *s)
{
    struct writ_answer *a = &l->finding->answer;
    char at[WRIT_TIME_TEXT];

    a->reason =
        writ_reason_is_known(s->reason) ? (enum writ_reason)s->reason : WRIT_REASON_UNSPECIFIED;
    a->revoked_at = s->revoked_at;
    a->since = since_when(l, s);
    a->held = a->reason == WRIT_REASON_CERTIFICATE_HOLD;
    a->stale = is_late(l, s) || l->delegate_ended;
    if (is_never_issued(l, s))
        return say(a, WRIT_ANSWER_REVOKED, "the responder says that it was never issued");
    writ_time_format(s->revoked_at, at);
    return say(a, WRIT_ANSWER_REVOKED, "revoked at %s: %s", at, writ_reason_name(a->reason));
}

static int say_stale(struct look *l, const struct writ_ocsp_single *s)
{
    struct writ_answer *a = &l->finding->answer;
    char at[WRIT_TIME_TEXT];

    a->stale = true;
    if (l->delegate_ended && !is_late(l, s))
        return say(a, WRIT_ANSWER_STALE, "its signer's certificate is not valid any more");
    writ_time_format(s->has_next_update ? s->next_update : s->this_update, at);
    if (s->has_next_update && s->next_update < writ_time_add(l->q->now, -l->q->skew))
        return say(a, WRIT_ANSWER_STALE, "too old: its nextUpdate was %s", at);
    writ_time_format(s->this_update, at);
    return say(a, WRIT_ANSWER_STALE, "too old: its thisUpdate is %s", at);
}

/* BoringSSL's rule, not RFC 6960's: what was said before there was a certificate, or after it had
 * ended, is not about it.  A responder with archiveCutoff does keep what has ended, and what was
 * revoked stays so. */
static bool is_said_outside(const struct look *l, const struct writ_ocsp_single *s)
{
    const struct writ_cert *cert = l->q->cert;
    int64_t at = l->response.produced_at;

    if (writ_time_add(at, l->q->skew) < cert->not_before)
        return true;
    if (s->status == WRIT_OCSP_REVOKED || writ_time_add(at, -l->q->skew) <= cert->not_after)
        return false;
    return !s->has_archive_cutoff || s->archive_cutoff > cert->not_after;
}

/* Settles what one answer comes to. */
static int settle(struct look *l, const struct writ_ocsp_single *s)
{
    struct writ_answer *a = &l->finding->answer;
    char at[WRIT_TIME_TEXT];

    a->as_of = s->this_update;
    a->until = s->has_next_update ? s->next_update : 0;
    if (is_early(l, s)) {
        writ_time_format(s->this_update, at);
        return say(a, WRIT_ANSWER_NO_EVIDENCE, "from the future: its thisUpdate is %s", at);
    }
    if (s->has_next_update && s->next_update < s->this_update)
        return say(a, WRIT_ANSWER_NO_EVIDENCE, "its nextUpdate is before its thisUpdate");
    if (is_said_outside(l, s)) {
        writ_time_format(l->response.produced_at, at);
        return say(a, WRIT_ANSWER_NO_EVIDENCE, "produced at %s, when the certificate was not valid",
                   at);
    }
    if (s->status == WRIT_OCSP_REVOKED)
        return say_revoked(l, s);
    if (is_late(l, s) || l->delegate_ended)
        return say_stale(l, s);
    if (s->status == WRIT_OCSP_UNKNOWN)
        return say(a, WRIT_ANSWER_UNKNOWN, "the responder does not know the certificate");
    a->status = WRIT_ANSWER_GOOD;
    return 0;
}

/* What counts first: revoked, then what says that the response as a whole is not to be used, then
 * unknown, good, stale. */
static unsigned rank(const struct writ_answer *a)
{
    switch (a->status) {
    case WRIT_ANSWER_REVOKED:
        return 4;
    case WRIT_ANSWER_NO_EVIDENCE:
        return 3;
    case WRIT_ANSWER_UNKNOWN:
        return 2;
    case WRIT_ANSWER_GOOD:
        return 1;
    default:
        return 0;
    }
}

static void add_unknown_extension(struct writ_answer *a, struct writ_span which)
{
    struct writ_buffer name = {0};

    writ_oid_add_name(&name, which);
    (void)say(a, WRIT_ANSWER_NO_EVIDENCE, "a critical extension that is unknown: %.*s", (int)name.n,
              (const char *)name.p);
    writ_buffer_free(&name);
}

/* One answer about the certificate: kept when it is worse than those before. */
static void weigh(struct look *l, const struct writ_ocsp_single *s)
{
    struct writ_answer *a = &l->finding->answer;
    struct writ_answer before = *a;

    if (s->has_unknown_critical)
        add_unknown_extension(a, s->unknown_critical);
    else
        (void)settle(l, s);
    if (l->finding->answers++ > 0 && rank(&before) >= rank(a))
        *a = before;
}

static int read_answers(struct look *l, struct writ_error *e)
{
    struct writ_cursor walk = writ_ocsp_walk(&l->response);
    struct writ_ocsp_single single;
    bool is;

    while (writ_ocsp_next(&walk, &single)) {
        if (writ_ocsp_id_is(&single.id, l->q->cert, l->q->issuer, &is, e) < 0)
            return -1;
        if (is)
            weigh(l, &single);
        else
            l->finding->others++;
    }
    if (l->finding->answers == 0)
        return say(&l->finding->answer, WRIT_ANSWER_NO_EVIDENCE,
                   "no answer in it is about this certificate, of %zu", l->finding->others);
    return 0;
}

/* ---------------------------------------------------------------------------- the whole look */

/* RFC 9654 section 2.1: absent is normal, since most answers are made in advance; another one is
 * another answer. */
static const char *why_not_nonce(struct look *l)
{
    const struct writ_ocsp_response *r = &l->response;

    if (l->q->nonce.n == 0)
        return NULL;
    if (!r->has_nonce)
        return l->q->nonce_required ? "the nonce did not come back" : NULL;
    if (!writ_span_equal(r->nonce, l->q->nonce))
        return "another nonce came back: it answers another request";
    l->finding->nonce_fits = true;
    return NULL;
}

static int look_inside(struct look *l, struct writ_error *e)
{
    struct writ_answer *a = &l->finding->answer;
    const char *nonce;

    l->finding->has_response = true;
    l->finding->produced_at = l->response.produced_at;
    if (find_signer(l, e) < 0)
        return -1;
    if (l->finding->signer == WRIT_OCSP_SIGNER_NONE)
        return say(a, WRIT_ANSWER_NO_EVIDENCE, "%s", l->why_no_signer);
    memcpy(a->source, l->finding->signer_name, sizeof a->source);
    if (l->response.has_unknown_critical) {
        add_unknown_extension(a, l->response.unknown_critical);
        return 0;
    }
    nonce = why_not_nonce(l);
    if (nonce != NULL)
        return say(a, WRIT_ANSWER_NO_EVIDENCE, "%s", nonce);
    return read_answers(l, e);
}

static int look(struct look *l, struct writ_span response, struct writ_error *e)
{
    struct writ_answer *a = &l->finding->answer;
    struct writ_error found = {0};
    bool issued = l->q->is_issued;

    if (writ_ocsp_response_parse(response, &l->response, &found) < 0)
        return say(a, WRIT_ANSWER_NO_EVIDENCE, "it does not parse: %s", found.text);
    if (l->response.status != WRIT_OCSP_SUCCESSFUL)
        return say(a, WRIT_ANSWER_NO_EVIDENCE, "the responder says %s, which nobody has signed",
                   writ_ocsp_status_name(l->response.status));
    if (!l->response.is_basic)
        return say(a, WRIT_ANSWER_NO_EVIDENCE, "its responseType is not id-pkix-ocsp-basic");
    if (!issued && writ_ocsp_is_issued(l->q->cert, l->q->issuer, l->q->allow_sha1, &issued, e) < 0)
        return -1;
    if (!issued)
        return say(a, WRIT_ANSWER_NO_EVIDENCE,
                   "the certificate was not issued by the issuer that is given");
    return look_inside(l, e);
}

int writ_examine_ocsp(const struct writ_ocsp_question *question, struct writ_span response,
                      struct writ_ocsp_finding *finding, struct writ_error *e)
{
    struct look l = {.q = question, .finding = finding};

    *finding = (struct writ_ocsp_finding){.answer = {.from = WRIT_FROM_OCSP}};
    return look(&l, response, e);
}

int writ_check_ocsp(const struct writ_ocsp_question *question, struct writ_span response,
                    struct writ_answer *answer, struct writ_error *e)
{
    struct writ_ocsp_finding finding;

    if (writ_examine_ocsp(question, response, &finding, e) < 0)
        return -1;
    *answer = finding.answer;
    return 0;
}
