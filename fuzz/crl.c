/* fuzz/crl.c - feeds object/crl.h and what reads its parts; all ways to look a serial up agree, and
 * what OpenSSL reads as well, it reads the same */
#include "object/crl.h"

#include <openssl/x509v3.h>

#include "inside.h"

#define ASKED_MAX 200 /* entries of one CRL that are looked up */

static void everything_lies_inside(const struct writ_crl *crl, struct writ_span bytes)
{
    inside(crl->tbs, bytes);
    inside(crl->issuer.der, crl->tbs);
    inside(crl->algorithm, bytes);
    inside(crl->signature, bytes);
    inside(crl->entries, crl->tbs);
    inside(crl->authority_key_id, crl->tbs);
    inside(crl->authority_issuer, crl->tbs);
    inside(crl->authority_serial, crl->tbs);
    inside(crl->number, crl->tbs);
    inside(crl->base_number, crl->tbs);
    inside(crl->idp.der, crl->tbs);
    inside(crl->idp.name.names, crl->tbs);
    inside(crl->freshest, crl->tbs);
    inside(crl->unknown_critical, crl->tbs);
}

static void same_entry(const struct writ_crl_entry *a, const struct writ_crl_entry *b)
{
    HOLDS(writ_span_equal(a->serial, b->serial));
    HOLDS(a->serial.p == b->serial.p);
    HOLDS(a->revocation_date == b->revocation_date && a->reason == b->reason);
    HOLDS(a->cert_issuer.p == b->cert_issuer.p);
}

/* In place or by a walk, and by an index: the same entry, or none. */
static void look_up(const struct writ_crl *crl, const struct writ_crl_index *index,
                    struct writ_span serial, struct writ_span issuer, bool *found)
{
    struct writ_crl_entry one, other;

    *found = writ_crl_find(crl, NULL, serial, issuer, &one);
    HOLDS(writ_crl_find(crl, index, serial, issuer, &other) == *found);
    if (*found) {
        HOLDS(writ_span_equal(one.serial, serial) && writ_span_equal(other.serial, serial));
        HOLDS((one.reason == WRIT_CRL_REMOVE) == (other.reason == WRIT_CRL_REMOVE));
        HOLDS(crl->has_removals || crl->order != WRIT_CRL_SORTED ||
              (same_entry(&one, &other), true));
    }
}

static void every_entry_is_found(const struct writ_crl *crl)
{
    struct writ_crl_index *index = NULL;
    struct writ_crl_walk walk = writ_crl_walk(crl);
    struct writ_crl_entry entry;
    size_t count = 0;
    bool found;

    if (writ_crl_index_build(crl, 1, &index, NULL) < 0)
        return;
    while (writ_crl_next(&walk, &entry)) {
        uint8_t near[WRIT_CRL_SERIAL_MAX];

        inside(entry.serial, crl->entries);
        inside(entry.cert_issuer, crl->entries);
        if (count++ >= ASKED_MAX)
            continue;
        look_up(crl, index, entry.serial, writ_general_names_directory(entry.cert_issuer), &found);
        HOLDS(found);
        memcpy(near, entry.serial.p, entry.serial.n);
        near[entry.serial.n - 1] ^= 1;
        look_up(crl, index, WRIT_SPAN(near, entry.serial.n), WRIT_SPAN_NONE, &found);
    }
    HOLDS(count == crl->entry_count);
    writ_crl_index_free(index);
}

static void names_and_points_are_read(const struct writ_crl *crl)
{
    struct writ_span rest = crl->freshest;
    struct writ_point point;

    while (writ_point_next(&rest, &point))
        inside(point.name.names, crl->freshest);
    for (size_t i = 0; writ_points_url(crl->freshest, i).n > 0; i++)
        inside(writ_points_url(crl->freshest, i), crl->freshest);
    HOLDS(writ_name_matches(crl->issuer.der, crl->issuer.der));
}

static void times_agree(int64_t ours, const ASN1_TIME *theirs)
{
    int days = 0, seconds = 0;
    ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);

    if (epoch != NULL && ASN1_TIME_check(theirs) == 1 &&
        ASN1_TIME_diff(&days, &seconds, epoch, theirs) == 1)
        HOLDS((int64_t)days * 86400 + seconds == ours);
    ASN1_TIME_free(epoch);
}

static void entries_agree(const struct writ_crl *crl, X509_CRL *x)
{
    STACK_OF(X509_REVOKED) *revoked = X509_CRL_get_REVOKED(x);
    struct writ_crl_walk walk = writ_crl_walk(crl);
    struct writ_crl_entry entry;

    HOLDS((size_t)(revoked == NULL ? 0 : sk_X509_REVOKED_num(revoked)) == crl->entry_count);
    for (int i = 0; writ_crl_next(&walk, &entry); i++) {
        const X509_REVOKED *one = sk_X509_REVOKED_value(revoked, i);
        uint8_t *der = NULL;
        int n = i2d_ASN1_INTEGER(X509_REVOKED_get0_serialNumber(one), &der);

        HOLDS(n >= 2 && writ_span_equal(WRIT_SPAN(der + 2, (size_t)n - 2), entry.serial));
        times_agree(entry.revocation_date, X509_REVOKED_get0_revocationDate(one));
        OPENSSL_free(der);
    }
}

static void openssl_reads_the_same(const struct writ_crl *crl, struct writ_span bytes)
{
    const uint8_t *p = bytes.p;
    X509_CRL *x = d2i_X509_CRL(NULL, &p, (long)bytes.n);

    if (x == NULL)
        return;
    HOLDS(p == bytes.p + bytes.n);
    times_agree(crl->this_update, X509_CRL_get0_lastUpdate(x));
    HOLDS((X509_CRL_get0_nextUpdate(x) != NULL) == crl->has_next_update);
    if (crl->has_next_update)
        times_agree(crl->next_update, X509_CRL_get0_nextUpdate(x));
    entries_agree(crl, x);
    X509_CRL_free(x);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct writ_span bytes = WRIT_SPAN(data, size);
    struct writ_error e = {0};
    struct writ_crl crl;

    if (writ_crl_parse(bytes, &crl, &e) < 0)
        return refused(&e);
    everything_lies_inside(&crl, bytes);
    every_entry_is_found(&crl);
    names_and_points_are_read(&crl);
    openssl_reads_the_same(&crl, bytes);
    return 0;
}
