/*
 * tests/unit/issue/orders.h - orders for certificates, and certificates that were issued
 */
#ifndef WRIT_TEST_ORDERS_H
#define WRIT_TEST_ORDERS_H

#include "base/time.h"
#include "crypto/verify.h"
#include "issue/certificate.h"
#include "object/certs.h"

#define BORN ((int64_t)1735689600) /* 2025-01-01T00:00:00Z */
#define END  ((int64_t)2051222400) /* 2035-01-01T00:00:00Z */

/* A key, its certificate, and the certificate read. */
struct holder {
    struct writ_key *key;
    struct writ_buffer spki;
    struct writ_buffer der;
    struct writ_cert cert;
};

static inline void holder_free(struct holder *h)
{
    writ_key_free(h->key);
    writ_buffer_free(&h->spki);
    writ_buffer_free(&h->der);
}

/* A sound order of this role for the holder's key, by this issuer (NULL: itself). */
static inline struct writ_certificate_order order_of(enum writ_role role, const struct holder *h,
                                                     const struct holder *issuer)
{
    bool ca = role == WRIT_ROLE_ROOT || role == WRIT_ROLE_INTERMEDIATE;

    return (struct writ_certificate_order){
        .role = role,
        .common_name = writ_span_text(ca ? "CA" : "Alice"),
        .organization = writ_span_text("Example"),
        .team = ca ? WRIT_SPAN_NONE : writ_span_text("team"),
        .spki = writ_buffer_span(&h->spki),
        .serial = {0x40, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, (uint8_t)role},
        .number = 42,
        .not_before = BORN,
        .not_after = END,
        .issuer = issuer == NULL ? NULL : &issuer->cert,
        .key = issuer == NULL ? h->key : issuer->key,
    };
}

/* A holder with this key, not yet certified.  Takes the key over. */
static inline struct holder holder_of(struct writ_key *key)
{
    struct writ_error e = {0};
    struct holder h = {.key = key};

    assert_non_null(key);
    assert_ok(writ_key_public(key, &h.spki, &e));
    return h;
}

static inline struct holder new_holder(void)
{
    struct writ_error e = {0};

    return holder_of(writ_key_generate(WRIT_KEY_P256, &e));
}

/* Issues to h what the order says. */
static inline void issue(struct holder *h, const struct writ_certificate_order *order)
{
    struct writ_error e = {0};

    writ_buffer_free(&h->der);
    assert_ok(writ_issue_certificate(order, &h->der, &e));
    assert_ok(writ_cert_parse(writ_buffer_span(&h->der), &h->cert, &e));
}

/* A new holder with a certificate of this role. */
static inline struct holder issued(enum writ_role role, const struct holder *issuer)
{
    struct holder h = new_holder();
    struct writ_certificate_order order = order_of(role, &h, issuer);

    issue(&h, &order);
    return h;
}

/* The certificate is signed by that key. */
static inline bool is_signed_by(const struct writ_cert *cert, const struct holder *issuer)
{
    struct writ_error e = {0};
    enum writ_signature_state state;

    assert_ok(writ_verify_signature(writ_buffer_span(&issuer->spki), cert->signature_algorithm,
                                    cert->tbs, cert->signature, &state, &e));
    return state == WRIT_SIGNATURE_GOOD;
}

#endif
