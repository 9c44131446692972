#include <stdlib.h>
#include <string.h>

#include "serve/answering.h"

#define LONG_ANSWER ((size_t)WRIT_CERT_MAX + 8192)

void answer_of_status(enum writ_ocsp_status status, struct answer *answer)
{
    answer->der = writ_respond_status(status);
    answer->status = status;
    answer->is_cacheable = answer->is_nonced = false;
    answer->this_update = answer->next_update = 0;
    answer->more = NULL;
}

void answer_release(struct answer *answer)
{
    free(answer->more);
    answer->more = NULL;
}

/* ------------------------------------------------------------------------------- what is said */

bool respond_dates(const struct answers *a, const struct issuer *issuer,
                   const struct responder *responder, int64_t now, int64_t *this_update,
                   int64_t *next_update)
{
    int64_t limit = responder->own.cert.not_after, validity = atomic_load(&a->validity);

    *this_update = now;
    if (issuer->by_crl) {
        int64_t crl_next = atomic_load(&issuer->crl_next);

        *this_update = atomic_load(&issuer->crl_this);
        limit = crl_next < limit ? crl_next : limit;
    }
    *next_update = now + validity < limit ? now + validity : limit;
    return !atomic_load(&a->clock_is_off) && now < *next_update && *this_update <= now &&
           now >= responder->own.cert.not_before;
}

struct writ_respond_single respond_single(const struct issuer *issuer, unsigned hash,
                                          const struct table_record *record, int64_t this_update,
                                          int64_t next_update)
{
    return (struct writ_respond_single){
        .issuer = &issuer->id[hash],
        .serial = WRIT_SPAN(record->serial, record->serial_n),
        .status = record->state == TABLE_REVOKED ? WRIT_OCSP_REVOKED
                  : record->state == TABLE_GOOD  ? WRIT_OCSP_GOOD
                                                 : WRIT_OCSP_UNKNOWN,
        .revoked_at = record->revoked_at,
        .reason = record->reason,
        .this_update = this_update,
        .next_update = next_update,
    };
}

struct writ_span respond_shorten(const struct responder *responder, struct writ_span signature,
                                 uint8_t *room)
{
    if (responder->self.algorithm != WRIT_OID_ECDSA_SHA256)
        return signature;
    return writ_respond_to_raw(signature, room) == 0 ? WRIT_SPAN(room, WRIT_RESPOND_RAW)
                                                     : WRIT_SPAN_NONE;
}

/* ------------------------------------------------------------------------------------- assembling
 */

/* The response around what was signed, in *answer; signature as it is kept. */
static int wrap(const struct responder *r, struct writ_span tbs, struct writ_span kept,
                struct answer *answer)
{
    uint8_t room[WRIT_RESPOND_ECDSA_MAX];
    struct writ_span signature = kept;

    if (r->self.algorithm == WRIT_OID_ECDSA_SHA256)
        signature = writ_respond_from_raw(kept.p, room);
    answer->status = WRIT_OCSP_SUCCESSFUL;
    memcpy(answer->etag, kept.p, sizeof answer->etag); /* of what was signed, and never twice */
    if (writ_respond_whole(&r->self, tbs, signature, answer->bytes, sizeof answer->bytes,
                           &answer->der) == 0)
        return 0;
    answer->more = malloc(LONG_ANSWER);
    return answer->more == NULL ? -1
                                : writ_respond_whole(&r->self, tbs, signature, answer->more,
                                                     LONG_ANSWER, &answer->der);
}

static int take_kept(struct answers *a, const struct issuer *issuer, unsigned hash,
                     const struct table_record *record, const uint8_t *room, struct answer *answer)
{
    const struct table_signed *s = &record->answer[hash];
    const struct responder *r = &a->responder[s->responder];
    struct writ_respond_single single =
        respond_single(issuer, hash, record, s->this_update, s->next_update);
    struct writ_span kept =
        s->n <= WRIT_RESPOND_RAW ? WRIT_SPAN(s->signature.raw, s->n) : WRIT_SPAN(room, s->n);
    uint8_t bytes[1024];
    struct writ_span tbs;

    if (writ_respond_tbs(&r->self, &single, 1, WRIT_SPAN_NONE, s->produced_at, bytes, sizeof bytes,
                         &tbs) < 0)
        return -1;
    answer->is_cacheable = true;
    answer->this_update = s->this_update;
    answer->next_update = s->next_update;
    return wrap(r, tbs, kept, answer);
}

/* ------------------------------------------------------------------------------------- on demand
 */

/* Without taking of it. */
static bool has_budget(struct answers *a, int64_t now)
{
    return atomic_load(&a->budget_second) != now ||
           atomic_load(&a->budget_used) < atomic_load(&a->budget);
}

static bool take_budget(struct answers *a, int64_t now)
{
    if (atomic_exchange(&a->budget_second, now) != now)
        atomic_store(&a->budget_used, 0);
    if (atomic_fetch_add(&a->budget_used, 1) < atomic_load(&a->budget))
        return true;
    atomic_fetch_add(&a->over_budget, 1);
    return false;
}

/* Has one response signed while somebody waits.  kept gets the signature as it is kept. */
static int sign_now(struct answers *a, int responder, const struct writ_respond_single *singles,
                    size_t count, struct writ_span nonce, int64_t now, struct answer *answer,
                    uint8_t room[SIGNER_SIGNATURE_MAX], struct writ_span *kept)
{
    const struct responder *r = &a->responder[responder];
    size_t channel = whosigns_demand_channel(a);
    uint8_t bytes[WRIT_RESPOND_TBS_MAX], raw[WRIT_RESPOND_RAW];
    struct writ_span tbs, signature;
    int rc;

    if (writ_respond_tbs(&r->self, singles, count, nonce, now, bytes, sizeof bytes, &tbs) < 0)
        return -1;
    rc = whosigns_sign(a, channel, responder, &tbs, 1, ANSWERS_SIGN_MS, &signature);
    *kept = rc < 0 ? WRIT_SPAN_NONE : respond_shorten(r, signature, raw);
    if (kept->n >= ANSWERS_ETAG_BYTES && kept->n <= SIGNER_SIGNATURE_MAX) {
        memcpy(room, kept->p, kept->n);
        kept->p = room;
    } else {
        rc = -1;
    }
    whosigns_unlock(a, channel);
    if (rc < 0)
        return -1;
    atomic_fetch_add(&a->on_demand, 1);
    answer->this_update = singles[0].this_update;
    answer->next_update = singles[0].next_update;
    answer->is_nonced = nonce.n > 0;
    return wrap(r, tbs, *kept, answer);
}

/* ------------------------------------------------------------------------------- one certificate
 */

/* What a CertID of ours means. */
struct asked {
    struct issuer *issuer;
    unsigned number; /* of the issuer */
    unsigned hash;
    int responder;
    struct table_record record;
    uint8_t room[SIGNER_SIGNATURE_MAX]; /* a long signature of the record */
};

static bool find_asked(struct answers *a, const struct writ_ocsp_id *id, struct asked *asked)
{
    unsigned n = atomic_load_explicit(&a->issuer_count, memory_order_acquire);

    for (unsigned i = 0; i < n; i++) {
        struct issuer *issuer = &a->issuer[i];

        for (unsigned h = 0; h < HASHES; h++) {
            if (!writ_respond_is_issuer(&issuer->id[h], id) || !atomic_load(&issuer->active))
                continue;
            asked->issuer = issuer;
            asked->number = i;
            asked->hash = h;
            asked->responder = atomic_load(&issuer->responder);
            return asked->responder != NOBODY;
        }
    }
    return false;
}

/* An issuer known by its CRL has no list of what it issued: what is not on it counts as good. */
static void look_up(struct answers *a, const struct writ_ocsp_id *id, struct asked *asked)
{
    struct table_record *r = &asked->record;
    enum table_hash hash = asked->hash < TABLE_HASHES ? (enum table_hash)asked->hash : TABLE_SHA1;

    if (table_get(a->table, asked->number, id->serial, hash, r, asked->room))
        return;
    *r = (struct table_record){.issuer = (uint8_t)asked->number,
                               .serial_n = (uint8_t)id->serial.n,
                               .state = asked->issuer->by_crl ? TABLE_GOOD : TABLE_ABSENT};
    memcpy(r->serial, id->serial.p, id->serial.n);
}

static bool is_kept(const struct asked *asked, int64_t now)
{
    const struct table_signed *s = &asked->record.answer[asked->hash];

    return asked->hash < TABLE_HASHES && asked->record.state != TABLE_ABSENT &&
           s->produced_at != 0 && s->next_update > now;
}

/* A good answer about what is on no CRL is kept, too, up to a number of them. */
static void keep_unlisted(struct answers *a, struct asked *asked)
{
    struct table_status status = {.issuer = asked->number,
                                  .serial = WRIT_SPAN(asked->record.serial, asked->record.serial_n),
                                  .state = TABLE_GOOD,
                                  .round = UINT32_MAX,
                                  .weak = true};

    if (atomic_fetch_add(&asked->issuer->kept, 1) >= CRL_KEPT_MAX)
        return;
    if (table_put(a->table, &status) < 0 ||
        !table_get(a->table, asked->number, status.serial, TABLE_SHA1, &asked->record, asked->room))
        asked->record.state = TABLE_GOOD; /* answered, if not kept */
}

static void keep_answer(struct answers *a, const struct asked *asked, int64_t now,
                        const struct answer *answer, struct writ_span kept)
{
    struct table_signed s = {.produced_at = (uint32_t)now,
                             .this_update = (uint32_t)answer->this_update,
                             .next_update = (uint32_t)answer->next_update,
                             .responder = (uint16_t)asked->responder};

    table_keep(a->table, asked->number, WRIT_SPAN(asked->record.serial, asked->record.serial_n),
               asked->record.change, (enum table_hash)asked->hash, &s, kept);
}

/* Nothing is signed for it yet, or it is asked for with a nonce. */
static int answer_now(struct answers *a, struct asked *asked, struct writ_span nonce, int64_t now,
                      struct answer *answer)
{
    struct writ_respond_single single;
    struct writ_span kept;
    uint8_t room[SIGNER_SIGNATURE_MAX];
    int64_t this_update, next_update;
    bool is_absent = asked->record.state == TABLE_ABSENT;
    bool is_known = asked->record.change > 0 && asked->hash < TABLE_HASHES;

    if (!respond_dates(a, asked->issuer, &a->responder[asked->responder], now, &this_update,
                       &next_update) ||
        (nonce.n == 0 && !is_known && !take_budget(a, now)))
        return -1;
    if (is_absent && next_update > now + ANSWERS_VALIDITY_MIN)
        next_update = now + ANSWERS_VALIDITY_MIN; /* it may be issued in a moment */
    if (!is_absent && !is_known && asked->hash < TABLE_HASHES && nonce.n == 0)
        keep_unlisted(a, asked);
    single = respond_single(asked->issuer, asked->hash, &asked->record, this_update, next_update);
    if (sign_now(a, asked->responder, &single, 1, nonce, now, answer, room, &kept) < 0)
        return -1;
    answer->is_cacheable = nonce.n == 0 && !is_absent && asked->hash < TABLE_HASHES;
    if (answer->is_cacheable)
        keep_answer(a, asked, now, answer, kept);
    return 0;
}

/* 0 with the answer; 1 when the signer has to be waited for, and that is not allowed; -1 when there
 * is none to be had. */
static int answer_one(struct answers *a, const struct writ_ocsp_request *request, int64_t now,
                      bool may_wait, struct answer *answer)
{
    struct writ_span nonce = request->nonce;
    struct asked asked;

    if (!find_asked(a, &request->id[0], &asked)) {
        answer_of_status(WRIT_OCSP_UNAUTHORIZED, answer);
        return 0;
    }
    if (nonce.n > 0 && !may_wait && has_budget(a, now))
        return 1;
    look_up(a, &request->id[0], &asked);
    if (nonce.n > 0 && take_budget(a, now))
        return answer_now(a, &asked, nonce, now, answer);
    if (is_kept(&asked, now))
        return take_kept(a, asked.issuer, asked.hash, &asked.record, asked.room, answer);
    return may_wait ? answer_now(a, &asked, WRIT_SPAN_NONE, now, answer) : 1;
}

/* --------------------------------------------------------------------------------- several of them
 */

/* One that this responder has no right to speak about is unknown to it. */
static void say_unknown(const struct writ_ocsp_id *id, int64_t now,
                        struct writ_respond_single *single)
{
    *single = (struct writ_respond_single){.id = id->der,
                                           .status = WRIT_OCSP_UNKNOWN,
                                           .this_update = now,
                                           .next_update = now + ANSWERS_VALIDITY_MIN};
}

static int answer_several(struct answers *a, const struct writ_ocsp_request *request, int64_t now,
                          struct answer *answer)
{
    struct writ_respond_single single[WRIT_OCSP_IDS_MAX];
    struct asked asked[WRIT_OCSP_IDS_MAX];
    int responder = NOBODY;
    struct writ_span kept;
    uint8_t room[SIGNER_SIGNATURE_MAX];

    for (size_t i = 0; i < request->count; i++) {
        const struct writ_ocsp_id *id = &request->id[i];
        int64_t from, until;

        say_unknown(id, now, &single[i]);
        if (!find_asked(a, id, &asked[i]) ||
            (responder != NOBODY && asked[i].responder != responder))
            continue;
        responder = asked[i].responder;
        look_up(a, id, &asked[i]);
        if (!respond_dates(a, asked[i].issuer, &a->responder[responder], now, &from, &until))
            return -1;
        single[i] = respond_single(asked[i].issuer, asked[i].hash, &asked[i].record, from, until);
    }
    if (responder == NOBODY) {
        answer_of_status(WRIT_OCSP_UNAUTHORIZED, answer);
        return 0;
    }
    return take_budget(a, now) ? sign_now(a, responder, single, request->count, request->nonce, now,
                                          answer, room, &kept)
                               : -1;
}

static bool can_be_asked(const struct writ_ocsp_request *request)
{
    for (size_t i = 0; i < request->count; i++) {
        if (request->id[i].serial.n > TABLE_SERIAL_MAX || request->id[i].serial.n == 0)
            return false;
    }
    return !request->has_unknown_critical;
}

static bool respond(struct answers *a, struct writ_span bytes, int64_t now, bool may_wait,
                    struct answer *answer)
{
    struct writ_ocsp_request request;
    int rc = 1;

    answer_of_status(WRIT_OCSP_MALFORMED_REQUEST, answer);
    if (writ_ocsp_request_parse(bytes, &request, NULL) < 0 || !can_be_asked(&request))
        return true;
    if (request.count == 1)
        rc = answer_one(a, &request, now, may_wait, answer);
    else if (may_wait)
        rc = answer_several(a, &request, now, answer);
    if (rc < 0) {
        answer_release(answer);
        answer_of_status(WRIT_OCSP_TRY_LATER, answer);
    }
    return rc <= 0;
}

void answers_respond(struct answers *a, struct writ_span request, int64_t now,
                     struct answer *answer)
{
    (void)respond(a, request, now, true, answer);
}

bool answers_respond_at_once(struct answers *a, struct writ_span request, int64_t now,
                             struct answer *answer)
{
    return respond(a, request, now, false, answer);
}
