#include "issue/respond.h"

#include <string.h>

#include "base/time.h"
#include "bytes/build.h"

#define HALF (WRIT_RESPOND_RAW / 2)

/* --------------------------------------------------------------- writing from the end backwards */

struct back {
    uint8_t *room;
    size_t at; /* where what was written begins */
    size_t n;  /* of room */
    bool failed;
};

static uint8_t *make_room(struct back *b, size_t n)
{
    if (b->failed || n > b->at) {
        b->failed = true;
        return NULL;
    }
    b->at -= n;
    return b->room + b->at;
}

static void put(struct back *b, struct writ_span bytes)
{
    uint8_t *to = make_room(b, bytes.n);

    if (to != NULL && bytes.n > 0)
        memcpy(to, bytes.p, bytes.n);
}

static void put_byte(struct back *b, uint8_t byte)
{
    put(b, WRIT_SPAN(&byte, 1));
}

/* The header of what was written since the end was here. */
static void put_header(struct back *b, uint8_t tag, size_t end)
{
    size_t n = end - b->at;
    unsigned octets = 0;

    if (b->failed)
        return;
    if (n < 0x80) {
        put_byte(b, (uint8_t)n);
    } else {
        for (size_t left = n; left > 0; left >>= 8, octets++)
            put_byte(b, (uint8_t)left);
        put_byte(b, (uint8_t)(0x80 | octets));
    }
    put_byte(b, tag);
}

static void put_element(struct back *b, uint8_t tag, struct writ_span contents)
{
    size_t end = b->at;

    put(b, contents);
    put_header(b, tag, end);
}

static void put_oid(struct back *b, enum writ_oid oid)
{
    put_element(b, WRIT_DER_OID, writ_oid_content(oid));
}

static void two_digits(uint8_t *at, int value)
{
    at[0] = (uint8_t)('0' + value / 10 % 10);
    at[1] = (uint8_t)('0' + value % 10);
}

/* RFC 6960 section 4.2.2.1: GeneralizedTime, whatever the year. */
static void put_time(struct back *b, int64_t instant)
{
    struct writ_civil c;
    uint8_t text[15];

    writ_time_to_civil(instant, &c);
    if (c.year < 0 || c.year > 9999)
        b->failed = true;
    two_digits(text, c.year / 100);
    two_digits(text + 2, c.year % 100);
    two_digits(text + 4, c.month);
    two_digits(text + 6, c.day);
    two_digits(text + 8, c.hour);
    two_digits(text + 10, c.minute);
    two_digits(text + 12, c.second);
    text[14] = 'Z';
    put_element(b, WRIT_DER_GENERALIZED_TIME, WRIT_SPAN_OF(text));
}

static int done(const struct back *b, struct writ_span *der)
{
    *der = b->failed ? WRIT_SPAN_NONE : WRIT_SPAN(b->room + b->at, b->n - b->at);
    return b->failed ? -1 : 0;
}

/* ------------------------------------------------------------------------------- ResponseData */

static void put_nonce(struct back *b, struct writ_span nonce)
{
    size_t end = b->at;

    put(b, nonce);
    put_header(b, WRIT_DER_OCTET_STRING, end);
    put_header(b, WRIT_DER_OCTET_STRING, end);
    put_oid(b, WRIT_OID_OCSP_NONCE);
    put_header(b, WRIT_DER_SEQUENCE, end);
    put_header(b, WRIT_DER_SEQUENCE, end);
    put_header(b, WRIT_DER_CONTEXT_CONSTRUCTED(1), end);
}

static void put_revoked(struct back *b, const struct writ_respond_single *s)
{
    size_t end = b->at;

    if (s->reason != 0) {
        put_byte(b, (uint8_t)s->reason);
        put_header(b, WRIT_DER_ENUMERATED, end);
        put_header(b, WRIT_DER_CONTEXT_CONSTRUCTED(0), end);
    }
    put_time(b, s->revoked_at);
    put_header(b, WRIT_DER_CONTEXT_CONSTRUCTED(1), end);
}

static void put_id(struct back *b, const struct writ_respond_single *s)
{
    size_t end = b->at;

    if (s->issuer == NULL) {
        put(b, s->id);
        return;
    }
    put_element(b, WRIT_DER_INTEGER, s->serial);
    put(b, WRIT_SPAN(s->issuer->prefix, s->issuer->prefix_n));
    put_header(b, WRIT_DER_SEQUENCE, end);
}

static void put_single(struct back *b, const struct writ_respond_single *s)
{
    size_t end = b->at;

    put_time(b, s->next_update);
    put_header(b, WRIT_DER_CONTEXT_CONSTRUCTED(0), end);
    put_time(b, s->this_update);
    if (s->status == WRIT_OCSP_REVOKED)
        put_revoked(b, s);
    else
        put_element(b, s->status == WRIT_OCSP_GOOD ? WRIT_DER_CONTEXT(0) : WRIT_DER_CONTEXT(2),
                    WRIT_SPAN_NONE);
    put_id(b, s);
    put_header(b, WRIT_DER_SEQUENCE, end);
}

int writ_respond_tbs(const struct writ_responder *r, const struct writ_respond_single *singles,
                     size_t count, struct writ_span nonce, int64_t produced_at, uint8_t *room,
                     size_t room_n, struct writ_span *tbs)
{
    struct back b = {.room = room, .at = room_n, .n = room_n};
    size_t end;

    if (nonce.n > 0)
        put_nonce(&b, nonce);
    end = b.at;
    for (size_t i = count; i > 0; i--)
        put_single(&b, &singles[i - 1]);
    put_header(&b, WRIT_DER_SEQUENCE, end);
    put_time(&b, produced_at);
    end = b.at;
    put_element(&b, WRIT_DER_OCTET_STRING, WRIT_SPAN_OF(r->key_hash));
    put_header(&b, WRIT_DER_CONTEXT_CONSTRUCTED(2), end);
    put_header(&b, WRIT_DER_SEQUENCE, room_n);
    return done(&b, tbs);
}

/* -------------------------------------------------------------------------------- the response */

static void put_certificate(struct back *b, struct writ_span certificate)
{
    size_t end = b->at;

    put(b, certificate);
    put_header(b, WRIT_DER_SEQUENCE, end);
    put_header(b, WRIT_DER_CONTEXT_CONSTRUCTED(0), end);
}

/* With NULL for RSA, without parameters otherwise (RFC 5758 section 3.2, RFC 8410 section 3). */
static void put_algorithm(struct back *b, enum writ_oid algorithm)
{
    size_t end = b->at;

    if (algorithm == WRIT_OID_RSA_SHA256)
        put_element(b, WRIT_DER_NULL, WRIT_SPAN_NONE);
    put_oid(b, algorithm);
    put_header(b, WRIT_DER_SEQUENCE, end);
}

int writ_respond_whole(const struct writ_responder *r, struct writ_span tbs,
                       struct writ_span signature, uint8_t *room, size_t room_n,
                       struct writ_span *der)
{
    static const uint8_t successful[] = {WRIT_DER_ENUMERATED, 1, WRIT_OCSP_SUCCESSFUL};
    struct back b = {.room = room, .at = room_n, .n = room_n};
    size_t end;

    if (r->certificate.n > 0)
        put_certificate(&b, r->certificate);
    end = b.at;
    put(&b, signature);
    put_byte(&b, 0); /* unused bits */
    put_header(&b, WRIT_DER_BIT_STRING, end);
    put_algorithm(&b, r->algorithm);
    put(&b, tbs);
    put_header(&b, WRIT_DER_SEQUENCE, room_n);
    put_header(&b, WRIT_DER_OCTET_STRING, room_n);
    put_oid(&b, WRIT_OID_OCSP_BASIC);
    put_header(&b, WRIT_DER_SEQUENCE, room_n);
    put_header(&b, WRIT_DER_CONTEXT_CONSTRUCTED(0), room_n);
    put(&b, WRIT_SPAN_OF(successful));
    put_header(&b, WRIT_DER_SEQUENCE, room_n);
    return done(&b, der);
}

struct writ_span writ_respond_status(enum writ_ocsp_status status)
{
    static const uint8_t whole[][5] = {
        {0x30, 3, 0x0a, 1, WRIT_OCSP_MALFORMED_REQUEST},
        {0x30, 3, 0x0a, 1, WRIT_OCSP_INTERNAL_ERROR},
        {0x30, 3, 0x0a, 1, WRIT_OCSP_TRY_LATER},
        {0x30, 3, 0x0a, 1, WRIT_OCSP_SIG_REQUIRED},
        {0x30, 3, 0x0a, 1, WRIT_OCSP_UNAUTHORIZED},
    };

    for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++) {
        if (whole[i][4] == status)
            return WRIT_SPAN_OF(whole[i]);
    }
    return WRIT_SPAN_OF(whole[1]);
}

/* --------------------------------------------------------------------------- issuers, responders
 */

int writ_respond_issuer(const struct writ_cert *issuer, enum writ_oid hash,
                        struct writ_respond_issuer *r, struct writ_error *e)
{
    struct back b = {.room = r->prefix, .at = sizeof r->prefix, .n = sizeof r->prefix};
    struct writ_span prefix;
    size_t end;

    r->hash = hash;
    if (writ_digest(hash, issuer->subject.der, r->name_hash, &r->hash_n, e) < 0 ||
        writ_digest(hash, issuer->key.bits, r->key_hash, &r->hash_n, e) < 0)
        return -1;
    put_element(&b, WRIT_DER_OCTET_STRING, WRIT_SPAN(r->key_hash, r->hash_n));
    put_element(&b, WRIT_DER_OCTET_STRING, WRIT_SPAN(r->name_hash, r->hash_n));
    end = b.at;
    put_element(&b, WRIT_DER_NULL, WRIT_SPAN_NONE);
    put_oid(&b, hash);
    put_header(&b, WRIT_DER_SEQUENCE, end);
    if (done(&b, &prefix) < 0)
        return writ_fail(e, WRIT_FAULT_UNEXPECTED, "a CertID is longer than it can be");
    r->prefix_n = prefix.n;
    memmove(r->prefix, prefix.p, prefix.n);
    return 0;
}

bool writ_respond_is_issuer(const struct writ_respond_issuer *r, const struct writ_ocsp_id *id)
{
    return id->hash == r->hash &&
           writ_span_equal(id->key_hash, WRIT_SPAN(r->key_hash, r->hash_n)) &&
           writ_span_equal(id->name_hash, WRIT_SPAN(r->name_hash, r->hash_n));
}

static enum writ_oid algorithm_of(const struct writ_public_key *key)
{
    if (key->algorithm == WRIT_OID_EC_PUBLIC_KEY && key->curve == WRIT_OID_P256)
        return WRIT_OID_ECDSA_SHA256;
    if (key->algorithm == WRIT_OID_RSA && key->rsa_bits >= 2048)
        return WRIT_OID_RSA_SHA256;
    return key->algorithm == WRIT_OID_ED25519 ? WRIT_OID_ED25519 : WRIT_OID_UNKNOWN;
}

int writ_responder(const struct writ_cert *signer, bool with_certificate, struct writ_responder *r,
                   struct writ_error *e)
{
    uint8_t hash[WRIT_DIGEST_MAX];
    size_t n;

    *r = (struct writ_responder){.algorithm = algorithm_of(&signer->key)};
    if (r->algorithm == WRIT_OID_UNKNOWN)
        return writ_fail(e, WRIT_FAULT_CONFIGURATION,
                         "a responder's key: wanted P-256, RSA of at least 2048 bits, or Ed25519");
    if (writ_digest(WRIT_OID_SHA1, signer->key.bits, hash, &n, e) < 0)
        return -1;
    memcpy(r->key_hash, hash, sizeof r->key_hash);
    if (with_certificate)
        r->certificate = signer->der;
    return 0;
}

/* ------------------------------------------------------------------------ signatures, made short
 */

/* One of r and s: a positive INTEGER, to HALF octets. */
static int take_half(struct writ_cursor *c, uint8_t half[HALF])
{
    struct writ_span number;

    if (writ_der_contents(c, WRIT_DER_INTEGER, &number, "ECDSA signature") < 0)
        return -1;
    if (number.n == HALF + 1 && number.p[0] == 0 && writ_span_part(number, 1, HALF, &number) < 0)
        return -1;
    if (number.n == 0 || number.n > HALF)
        return -1;
    memset(half, 0, HALF);
    memcpy(half + (HALF - number.n), number.p, number.n);
    return 0;
}

int writ_respond_to_raw(struct writ_span signature, uint8_t raw[WRIT_RESPOND_RAW])
{
    struct writ_cursor all = writ_cursor_over(signature, NULL), c;

    if (writ_der_enter(&all, WRIT_DER_SEQUENCE, &c, "ECDSA signature") < 0 ||
        writ_der_end(&all, "ECDSA signature") < 0 || take_half(&c, raw) < 0 ||
        take_half(&c, raw + HALF) < 0)
        return -1;
    return writ_der_end(&c, "ECDSA signature");
}

static void put_half(struct back *b, const uint8_t half[HALF])
{
    size_t end = b->at, from = 0;

    while (from < HALF - 1 && half[from] == 0)
        from++;
    put(b, WRIT_SPAN(half + from, HALF - from));
    if ((half[from] & 0x80) != 0)
        put_byte(b, 0);
    put_header(b, WRIT_DER_INTEGER, end);
}

struct writ_span writ_respond_from_raw(const uint8_t raw[WRIT_RESPOND_RAW],
                                       uint8_t room[WRIT_RESPOND_ECDSA_MAX])
{
    struct back b = {.room = room, .at = WRIT_RESPOND_ECDSA_MAX, .n = WRIT_RESPOND_ECDSA_MAX};
    struct writ_span der;

    put_half(&b, raw + HALF);
    put_half(&b, raw);
    put_header(&b, WRIT_DER_SEQUENCE, WRIT_RESPOND_ECDSA_MAX);
    (void)done(&b, &der);
    return der;
}
