/*
 * bench/table - a list block and a CRL with the same revocations, side by side
 *
 *   bench-table [REVOCATIONS]     default 100000
 *
 * Builds a table of one list block, and a CRL through OpenSSL.  Prints for both: bytes, opening
 * (the table: at its bounds, as for every judgement, and whole, as once on arrival), the first
 * look-up and the later ones, half of them hits.  A look-up in the table includes its SHA-256.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "base/time.h"
#include "crypto/digest.h"
#include "crypto/start.h"
#include "evidence/revoked.h"
#include "issue/certificate.h"
#include "object/table.h"

#define LOOKUPS 200000
#define ROUNDS  9

static double now_ns(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void must(bool ok, const char *what)
{
    if (ok)
        return;
    (void)fprintf(stderr, "bench-table: %s failed\n", what);
    exit(1);
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double *values, size_t n)
{
    qsort(values, n, sizeof *values, compare_doubles);
    return values[n / 2];
}

/* The i-th serial: 16 octets that look random.  Even ones are revoked, odd ones are not. */
static void serial_of(uint64_t i, uint8_t serial[16])
{
    uint64_t x = (i + 1) * 0x9e3779b97f4a7c15u;

    for (size_t j = 0; j < 16; j++) {
        x ^= x >> 29;
        x *= 0xbf58476d1ce4e5b9u;
        serial[j] = (uint8_t)(x >> 33);
    }
    serial[0] = (uint8_t)((serial[0] & 0x7f) | 0x40);
}

/* --------------------------------------------------------------------------------- the table */

struct world {
    size_t count;
    uint8_t issuer[32];
    struct writ_buffer root;
    struct writ_buffer table;
    struct writ_digester *digester;
};

static void make_root(struct world *w)
{
    struct writ_key *key = writ_key_generate(WRIT_KEY_P256, NULL);
    struct writ_buffer spki = {0};
    struct writ_certificate_order order = {
        .role = WRIT_ROLE_ROOT,
        .common_name = writ_span_text("Bench Root"),
        .not_before = 1700000000,
        .not_after = 1900000000,
        .key = key,
    };

    must(key != NULL && writ_key_public(key, &spki, NULL) == 0, "making a key");
    order.spki = writ_buffer_span(&spki);
    must(writ_new_serial(order.serial, NULL) == 0 &&
             writ_issue_certificate(&order, &w->root, NULL) == 0 &&
             writ_sha256(order.spki, w->issuer, NULL) == 0,
         "making a root");
    writ_buffer_free(&spki);
    writ_key_free(key);
}

static void make_table(struct world *w)
{
    struct writ_table_entry *entries = calloc(w->count, sizeof *entries);
    struct writ_span chain = writ_buffer_span(&w->root);
    struct writ_table_input input = {
        .kind = WRIT_BLOCK_LIST,
        .chain = &chain,
        .chain_count = 1,
        .as_of = 1764000000,
        .numbered = true,
        .covered_below = 10 * w->count,
        .entries = entries,
        .entry_count = w->count,
    };

    must(entries != NULL, "memory");
    memcpy(input.issuer, w->issuer, sizeof input.issuer);
    for (size_t i = 0; i < w->count; i++) {
        uint8_t serial[16];

        serial_of(2 * i, serial);
        must(writ_revocation_key(w->digester, w->issuer, WRIT_SPAN_OF(serial), entries[i].key,
                                 NULL) == 0,
             "a key");
        entries[i].revoked = (struct writ_revoked){.since = 1750000000, .revoked_at = 1750000000};
    }
    must(writ_table_build(&input, 1, 1764000000, &w->table, NULL) == 0, "building the table");
    free(entries);
}

static void time_opening(const struct world *w, bool whole)
{
    double times[ROUNDS];
    struct writ_table table;

    for (size_t i = 0; i < ROUNDS; i++) {
        double start = now_ns();

        must(writ_table_open(writ_buffer_span(&w->table), &table, NULL) == 0, "opening");
        must(!whole || writ_table_check(&table, NULL) == 0, "checking");
        times[i] = now_ns() - start;
    }
    (void)printf("| table: %s | %.1f us |\n", whole ? "open and check whole" : "open",
                 median(times, ROUNDS) / 1e3);
}

static void time_lookups(const struct world *w)
{
    double times[ROUNDS];
    struct writ_table table;
    struct writ_block block;
    size_t hits = 0;

    must(writ_table_open(writ_buffer_span(&w->table), &table, NULL) == 0 &&
             writ_table_find(&table, WRIT_SPAN_OF(w->issuer), WRIT_BLOCK_LIST, &block),
         "opening");
    for (size_t round = 0; round < ROUNDS; round++) {
        double start = now_ns();

        hits = 0;
        for (uint64_t i = 0; i < LOOKUPS; i++) {
            uint8_t serial[16], key[WRIT_TABLE_KEY];
            struct writ_revoked revoked;

            serial_of((i * 7919) % (2 * w->count), serial);
            must(writ_revocation_key(w->digester, w->issuer, WRIT_SPAN_OF(serial), key, NULL) == 0,
                 "a key");
            hits += writ_block_find(&block, key, &revoked);
        }
        times[round] = (now_ns() - start) / LOOKUPS;
    }
    must(hits > LOOKUPS / 3, "finding what is revoked");
    (void)printf("| table: look-up, its SHA-256 included | %.0f ns |\n", median(times, ROUNDS));
}

static void time_keys(const struct world *w)
{
    double times[ROUNDS];

    for (size_t round = 0; round < ROUNDS; round++) {
        double start = now_ns();

        for (uint64_t i = 0; i < LOOKUPS; i++) {
            uint8_t serial[16], key[WRIT_TABLE_KEY];

            serial_of((i * 7919) % (2 * w->count), serial);
            must(writ_revocation_key(w->digester, w->issuer, WRIT_SPAN_OF(serial), key, NULL) == 0,
                 "a key");
        }
        times[round] = (now_ns() - start) / LOOKUPS;
    }
    (void)printf("| of which making the serial and its SHA-256 | %.0f ns |\n",
                 median(times, ROUNDS));
}

/* ----------------------------------------------------------------------------------- the CRL */

static void add_revoked(X509_CRL *crl, uint64_t i)
{
    X509_REVOKED *revoked = X509_REVOKED_new();
    ASN1_INTEGER *number = ASN1_INTEGER_new();
    ASN1_ENUMERATED *reason = ASN1_ENUMERATED_new();
    ASN1_TIME *when = ASN1_TIME_set(NULL, 1750000000);
    uint8_t serial[16];
    BIGNUM *big;

    serial_of(2 * i, serial);
    big = BN_bin2bn(serial, sizeof serial, NULL);
    must(BN_to_ASN1_INTEGER(big, number) != NULL &&
             X509_REVOKED_set_serialNumber(revoked, number) == 1 &&
             X509_REVOKED_set_revocationDate(revoked, when) == 1 &&
             ASN1_ENUMERATED_set(reason, 1) == 1 &&
             X509_REVOKED_add1_ext_i2d(revoked, NID_crl_reason, reason, 0, 0) == 1 &&
             X509_CRL_add0_revoked(crl, revoked) == 1,
         "a CRL entry");
    BN_free(big);
    ASN1_INTEGER_free(number);
    ASN1_ENUMERATED_free(reason);
    ASN1_TIME_free(when);
}

static int make_crl(const struct world *w, uint8_t **der)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509_CRL *crl = X509_CRL_new();
    X509_NAME *name = X509_NAME_new();
    ASN1_TIME *when = ASN1_TIME_set(NULL, 1764000000);
    ASN1_TIME *next = ASN1_TIME_set(NULL, 1765000000);
    int n;

    must(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"Bench", -1,
                                    -1, 0) == 1 &&
             X509_CRL_set_version(crl, 1) == 1 && X509_CRL_set_issuer_name(crl, name) == 1 &&
             X509_CRL_set1_lastUpdate(crl, when) == 1 && X509_CRL_set1_nextUpdate(crl, next) == 1,
         "a CRL");
    for (size_t i = 0; i < w->count; i++)
        add_revoked(crl, i);
    must(X509_CRL_sort(crl) == 1 && X509_CRL_sign(crl, key, EVP_sha256()) > 0, "signing a CRL");
    *der = NULL;
    n = i2d_X509_CRL(crl, der);
    must(n > 0, "encoding a CRL");
    X509_CRL_free(crl);
    X509_NAME_free(name);
    ASN1_TIME_free(when);
    ASN1_TIME_free(next);
    EVP_PKEY_free(key);
    return n;
}

static bool crl_lookup(X509_CRL *crl, uint64_t i)
{
    ASN1_INTEGER *number = ASN1_INTEGER_new();
    X509_REVOKED *revoked;
    uint8_t serial[16];
    BIGNUM *big;
    bool hit;

    serial_of(i, serial);
    big = BN_bin2bn(serial, sizeof serial, NULL);
    must(BN_to_ASN1_INTEGER(big, number) != NULL, "a serial");
    hit = X509_CRL_get0_by_serial(crl, &revoked, number) != 0;
    BN_free(big);
    ASN1_INTEGER_free(number);
    return hit;
}

static void time_crl(const struct world *w, const uint8_t *der, int n)
{
    double opening[ROUNDS], first[ROUNDS], later[ROUNDS];

    for (size_t round = 0; round < ROUNDS; round++) {
        const unsigned char *p = der;
        double start = now_ns();
        X509_CRL *crl = d2i_X509_CRL(NULL, &p, n);
        size_t hits = 0;

        must(crl != NULL, "decoding a CRL");
        opening[round] = now_ns() - start;
        start = now_ns();
        (void)crl_lookup(crl, 0);
        first[round] = now_ns() - start;
        start = now_ns();
        for (uint64_t i = 0; i < LOOKUPS; i++)
            hits += crl_lookup(crl, (i * 7919) % (2 * w->count));
        later[round] = (now_ns() - start) / LOOKUPS;
        must(hits > LOOKUPS / 3, "finding what is revoked");
        X509_CRL_free(crl);
    }
    (void)printf("| CRL in OpenSSL: decode (d2i) | %.1f us |\n", median(opening, ROUNDS) / 1e3);
    (void)printf("| CRL in OpenSSL: first look-up | %.1f us |\n", median(first, ROUNDS) / 1e3);
    (void)printf("| CRL in OpenSSL: later look-ups | %.0f ns |\n", median(later, ROUNDS));
}

int main(int argc, char **argv)
{
    struct world w = {.count = argc > 1 ? strtoul(argv[1], NULL, 10) : 100000};
    uint8_t *der;
    int n;

    must(w.count > 0 && writ_crypto_start(NULL) == 0, "starting");
    w.digester = writ_digester_new(NULL);
    make_root(&w);
    make_table(&w);
    n = make_crl(&w, &der);
    (void)printf("| %zu revocations, medians of %d rounds | |\n|---|---|\n", w.count, ROUNDS);
    (void)printf("| table: bytes per revocation | %.2f |\n", (double)w.table.n / (double)w.count);
    (void)printf("| CRL: bytes per revocation (with a reason) | %.2f |\n",
                 (double)n / (double)w.count);
    time_opening(&w, false);
    time_opening(&w, true);
    time_crl(&w, der, n);
    time_lookups(&w);
    time_keys(&w);
    OPENSSL_free(der);
    writ_digester_free(w.digester);
    writ_buffer_free(&w.table);
    writ_buffer_free(&w.root);
    return 0;
}
