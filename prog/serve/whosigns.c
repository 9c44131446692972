#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bytes/pem.h"
#include "crypto/verify.h"
#include "serve/answering.h"
#include "shared/file.h"
#include "shared/libexec.h"

#define FILE_MAX ((size_t)256 * 1024)

static const enum writ_oid hashes[HASHES] = {WRIT_OID_SHA1, WRIT_OID_SHA256, WRIT_OID_SHA384,
                                             WRIT_OID_SHA512};

/* -------------------------------------------------------------------------- certificates, kept */

void whosigns_free(struct kept_cert *kept)
{
    writ_buffer_free(&kept->der);
}

static int keep(struct writ_span der, struct kept_cert *kept, struct writ_error *e)
{
    *kept = (struct kept_cert){0};
    writ_buffer_add(&kept->der, der);
    if (writ_buffer_check(&kept->der, e) < 0)
        return -1;
    if (writ_cert_parse(writ_buffer_span(&kept->der), &kept->cert, e) == 0)
        return 0;
    whosigns_free(kept);
    return -1;
}

/* The first certificate of PEM text. */
static int keep_pem(struct writ_span text, struct kept_cert *kept, struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(text, e);
    struct writ_pem pem = {0};
    bool found = true;
    int rc = -1;

    while (found) {
        writ_pem_free(&pem);
        if (writ_pem_next(&c, &pem, &found) < 0)
            break;
        if (found && strcmp(pem.label, "CERTIFICATE") == 0) {
            rc = keep(writ_buffer_span(&pem.der), kept, e);
            break;
        }
    }
    if (!found)
        rc = writ_fail(e, WRIT_FAULT_BAD_INPUT, "there is no certificate in it");
    writ_pem_free(&pem);
    return rc;
}

int whosigns_read(const char *path, struct kept_cert *kept, struct writ_error *e)
{
    struct writ_buffer bytes = {0};
    struct writ_span all;
    int rc = -1;

    *kept = (struct kept_cert){0};
    if (file_read(path, FILE_MAX, &bytes, e) == 0) {
        all = writ_buffer_span(&bytes);
        rc = writ_pem_looks_like(all) ? keep_pem(all, kept, e) : keep(all, kept, e);
        if (rc < 0)
            writ_error_context(e, "%s", path);
    }
    writ_buffer_free(&bytes);
    return rc;
}

/* --------------------------------------------------------------------------------------- issuers
 */

static int find_issuer(struct answers *a, struct writ_span der, bool by_crl, int64_t store_id)
{
    unsigned n = atomic_load(&a->issuer_count);

    for (unsigned i = 0; i < n; i++) {
        if (a->issuer[i].by_crl == by_crl && a->issuer[i].store_id == store_id &&
            writ_span_equal(a->issuer[i].own.cert.der, der))
            return (int)i;
    }
    return NOBODY;
}

int whosigns_add_issuer(struct answers *a, struct writ_span der, bool by_crl, int64_t store_id,
                        struct writ_error *e)
{
    int known = find_issuer(a, der, by_crl, store_id);
    unsigned n = atomic_load(&a->issuer_count);
    struct issuer *issuer = &a->issuer[n];

    if (known != NOBODY) {
        atomic_store(&a->issuer[known].active, true);
        return known;
    }
    if (n >= ISSUERS_MAX) {
        (void)writ_fail(e, WRIT_FAULT_CONFIGURATION, "wanted at most %d issuers to answer for",
                        ISSUERS_MAX);
        return NOBODY;
    }
    if (keep(der, &issuer->own, e) < 0)
        return NOBODY;
    for (int i = 0; i < HASHES; i++) {
        if (writ_respond_issuer(&issuer->own.cert, hashes[i], &issuer->id[i], e) < 0)
            return NOBODY;
    }
    issuer->by_crl = by_crl;
    issuer->store_id = store_id;
    atomic_store(&issuer->responder, NOBODY);
    atomic_store(&issuer->active, true);
    atomic_store(&a->issuer_count, n + 1);
    return (int)n;
}

/* ------------------------------------------------------------------------------------ responders
 */

/* RFC 6960 section 4.2.2.2: the issuer itself, or whom it has certified for it, directly. */
static bool may_sign(const struct writ_cert *signer, const struct writ_cert *issuer, int64_t now)
{
    enum writ_signature_state state = WRIT_SIGNATURE_BAD;

    if (now < signer->not_before || now >= signer->not_after)
        return false;
    if (writ_span_equal(signer->der, issuer->der))
        return true;
    return writ_span_equal(signer->issuer.der, issuer->subject.der) &&
           writ_cert_has_purpose(signer, WRIT_OID_OCSP_SIGNING) &&
           writ_verify_signature(issuer->key.spki, signer->signature_algorithm, signer->tbs,
                                 signer->signature, &state, NULL) == 0 &&
           state == WRIT_SIGNATURE_GOOD;
}

static int best_for(struct answers *a, const struct writ_cert *issuer, int64_t now)
{
    unsigned n = atomic_load(&a->responder_count);
    int best = NOBODY;

    for (unsigned i = 0; i < n; i++) {
        const struct responder *r = &a->responder[i];

        if (atomic_load(&r->slot) == NOBODY || !may_sign(&r->own.cert, issuer, now))
            continue;
        if (best == NOBODY || r->own.cert.not_after > a->responder[best].own.cert.not_after)
            best = (int)i;
    }
    return best;
}

void whosigns_assign(struct answers *a, int64_t now)
{
    unsigned n = atomic_load(&a->issuer_count);

    for (unsigned i = 0; i < n; i++) {
        if (atomic_load(&a->issuer[i].active))
            atomic_store(&a->issuer[i].responder, best_for(a, &a->issuer[i].own.cert, now));
    }
}

/* The number of a responder with this certificate, added when it is new. */
static int add_responder(struct answers *a, const struct kept_cert *kept, struct writ_error *e)
{
    unsigned n = atomic_load(&a->responder_count);
    struct responder *r = &a->responder[n];
    bool is_issuer = !writ_cert_has_purpose(&kept->cert, WRIT_OID_OCSP_SIGNING);

    for (unsigned i = 0; i < n; i++) {
        if (writ_span_equal(a->responder[i].own.cert.der, kept->cert.der))
            return (int)i;
    }
    if (n >= RESPONDERS_MAX) {
        (void)writ_fail(e, WRIT_FAULT_CONFIGURATION, "reloaded with %d signers: start again",
                        RESPONDERS_MAX);
        return NOBODY;
    }
    if (keep(kept->cert.der, &r->own, e) < 0)
        return NOBODY;
    if (writ_responder(&r->own.cert, !is_issuer, &r->self, e) < 0) {
        whosigns_free(&r->own);
        return NOBODY;
    }
    atomic_store(&r->slot, NOBODY);
    atomic_store(&a->responder_count, n + 1);
    return (int)n;
}

/* --------------------------------------------------------------------------- the signing process
 */

static int check_signer(const struct answers_signer *given, const struct kept_cert *kept,
                        struct writ_span spki, int64_t now, struct writ_error *e)
{
    if (!writ_span_equal(kept->cert.key.spki, spki))
        return writ_fail(e, WRIT_FAULT_CONFIGURATION, "%s is not the key of %s", given->key,
                         given->certificate);
    if (now >= kept->cert.not_after || now < kept->cert.not_before)
        return writ_fail(e, WRIT_FAULT_CONFIGURATION, "%s is not valid now", given->certificate);
    return 0;
}

/* Puts a signing process in the place of the one before, while nobody is on a channel. */
static void replace(struct answers *a, struct signer *fresh, const int *numbers)
{
    unsigned n = atomic_load(&a->responder_count);

    for (size_t i = 0; i < a->channel_count; i++)
        (void)pthread_mutex_lock(&a->channel[i].lock);
    for (unsigned i = 0; i < n; i++)
        atomic_store(&a->responder[i].slot, NOBODY);
    for (size_t i = 0; i < fresh->key_count; i++)
        atomic_store(&a->responder[numbers[i]].slot, (int)i);
    for (size_t i = 0; i < a->channel_count; i++) {
        if (a->channel[i].fd >= 0)
            (void)close(a->channel[i].fd);
        a->channel[i].fd = fresh->channel[i];
    }
    atomic_store(&a->signer_is_alive, true);
    for (size_t i = 0; i < a->channel_count; i++)
        (void)pthread_mutex_unlock(&a->channel[i].lock);
    signer_stop(&a->signer);
    a->signer = *fresh;
}

static int start_process(struct answers *a, const struct answers_settings *settings,
                         struct signer *fresh, struct writ_error *e)
{
    const char *keys[ANSWERS_SIGNERS_MAX];
    struct writ_buffer program = {0};
    struct signer_order order = {.keys = keys,
                                 .key_count = settings->signer_count,
                                 .passphrase = settings->passphrase,
                                 .channel_count = a->channel_count};
    int rc = 0;

    for (size_t i = 0; i < settings->signer_count; i++)
        keys[i] = settings->signers[i].key;
    if (settings->signer_program != NULL)
        writ_buffer_text(&program, settings->signer_program);
    else
        rc = libexec_path("writ-signer", &program, e);
    order.program = writ_buffer_string(&program);
    if (rc == 0)
        rc = signer_start(&order, fresh, e);
    writ_buffer_free(&program);
    return rc;
}

static int read_all(struct answers *a, const struct answers_settings *settings,
                    const struct signer *fresh, int *numbers, struct writ_error *e)
{
    for (size_t i = 0; i < settings->signer_count; i++) {
        struct kept_cert kept;
        int rc = whosigns_read(settings->signers[i].certificate, &kept, e);

        if (rc == 0)
            rc = check_signer(&settings->signers[i], &kept, fresh->spki[i], time(NULL), e);
        numbers[i] = rc < 0 ? NOBODY : add_responder(a, &kept, e);
        whosigns_free(&kept);
        if (numbers[i] == NOBODY)
            return -1;
    }
    return 0;
}

int whosigns_start(struct answers *a, const struct answers_settings *settings, struct writ_error *e)
{
    int numbers[ANSWERS_SIGNERS_MAX];
    struct signer fresh;

    if (start_process(a, settings, &fresh, e) < 0)
        return -1;
    if (read_all(a, settings, &fresh, numbers, e) < 0) {
        for (size_t i = 0; i < fresh.channel_count; i++)
            (void)close(fresh.channel[i]);
        signer_stop(&fresh);
        return -1;
    }
    replace(a, &fresh, numbers);
    return 0;
}

void whosigns_stop(struct answers *a)
{
    for (size_t i = 0; i < a->channel_count; i++) {
        if (a->channel[i].fd >= 0)
            (void)close(a->channel[i].fd);
        writ_buffer_free(&a->channel[i].answer);
        (void)pthread_mutex_destroy(&a->channel[i].lock);
    }
    signer_stop(&a->signer);
    for (unsigned i = 0; i < atomic_load(&a->responder_count); i++)
        whosigns_free(&a->responder[i].own);
    for (unsigned i = 0; i < atomic_load(&a->issuer_count); i++)
        whosigns_free(&a->issuer[i].own);
}

/* --------------------------------------------------------------------------------------- signing
 */

int whosigns_sign(struct answers *a, size_t channel, int responder,
                  const struct writ_span *messages, size_t count, int timeout_ms,
                  struct writ_span *signatures)
{
    struct channel *c = &a->channel[channel];
    int slot;

    (void)pthread_mutex_lock(&c->lock);
    slot = atomic_load(&a->responder[responder].slot);
    if (slot == NOBODY || c->fd < 0)
        return -1;
    if (signer_sign(c->fd, (unsigned)slot, messages, count, timeout_ms, &c->answer, signatures,
                    NULL) == 0) {
        atomic_fetch_add(&a->signatures, count);
        return 0;
    }
    (void)close(c->fd);
    c->fd = -1;
    atomic_store(&a->signer_is_alive, false); /* the follower starts another one */
    return -1;
}

void whosigns_unlock(struct answers *a, size_t channel)
{
    (void)pthread_mutex_unlock(&a->channel[channel].lock);
}

size_t whosigns_demand_channel(struct answers *a)
{
    return a->channel_count - DEMAND_CHANNELS +
           atomic_fetch_add(&a->next_channel, 1) % DEMAND_CHANNELS;
}
