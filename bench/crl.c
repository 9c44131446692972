/*
 * bench/crl.c - a large CRL: opened, verified, looked up in; by writ and by OpenSSL
 *
 *   bench-crl writ|openssl|sha256 CRL ISSUER.der SERIALS SMALL-CRL
 *
 * Prints one line "name value" per figure: milliseconds, nanoseconds, KiB of anonymous memory that
 * the work has added (RssAnon: heap, not the mapped file).  SERIALS has one in hexadecimal a line.
 * The small CRL is asked before, so that the first look-up is the first in that CRL and not the
 * first that the processor has ever seen of the code.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "crypto/digest.h"
#include "crypto/verify.h"
#include "object/crl.h"

#define SERIALS_MAX 4000
#define ASKED       400000

static struct writ_span serial[SERIALS_MAX];
static size_t serials;

static double now(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void fail(const char *what)
{
    (void)fprintf(stderr, "bench-crl: %s\n", what);
    exit(1);
}

static struct writ_span map(const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    void *p;

    if (fd < 0 || fstat(fd, &st) < 0)
        fail(path);
    p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (p == MAP_FAILED)
        fail(path);
    (void)close(fd);
    return WRIT_SPAN(p, (size_t)st.st_size);
}

static void read_serials(const char *path)
{
    static uint8_t bytes[SERIALS_MAX][WRIT_CRL_SERIAL_MAX];
    FILE *f = fopen(path, "r");
    char line[64];

    if (f == NULL)
        fail(path);
    while (serials < SERIALS_MAX && fgets(line, sizeof line, f) != NULL) {
        size_t n = strcspn(line, "\n") / 2;

        for (size_t i = 0; i < n; i++) {
            unsigned octet = 0;

            (void)sscanf(line + 2 * i, "%2x", &octet);
            bytes[serials][i] = (uint8_t)octet;
        }
        serial[serials] = WRIT_SPAN(bytes[serials], n);
        serials++;
    }
    (void)fclose(f);
}

static long anonymous_kib(void)
{
    FILE *f = fopen("/proc/self/status", "r");
    char line[128];
    long kib = 0;

    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        if (strncmp(line, "RssAnon:", 8) == 0)
            kib = strtol(line + 8, NULL, 10);
    }
    if (f != NULL)
        (void)fclose(f);
    return kib;
}

/* Of one kind of look-up: the first, one again and again, and all of them in turn. */
static void time_lookups(const char *name, bool (*find)(void *, struct writ_span), void *in)
{
    size_t hits = 0;
    double start = now();

    hits += find(in, serial[0]);
    (void)printf("%s_first_us %.3f\n", name, (now() - start) * 1e6);
    start = now();
    for (size_t i = 0; i < ASKED; i++)
        hits += find(in, serial[2]);
    (void)printf("%s_same_ns %.1f\n", name, (now() - start) * 1e9 / ASKED);
    start = now();
    for (size_t i = 0; i < ASKED; i++)
        hits += find(in, serial[i * 7 % serials]);
    (void)printf("%s_4000_ns %.1f\n", name, (now() - start) * 1e9 / ASKED);
    if (hits != 1 + ASKED + ASKED / 2)
        fail("wrong answers");
}

/* ------------------------------------------------------------------------------------ writ */

struct opened {
    struct writ_crl crl;
    struct writ_crl_index *index;
};

static bool find_with_writ(void *in, struct writ_span s)
{
    const struct opened *o = in;
    struct writ_crl_entry entry;

    return writ_crl_find(&o->crl, o->index, s, WRIT_SPAN_NONE, &entry);
}

static void run_writ(struct writ_span bytes, struct writ_span issuer, struct writ_span small)
{
    struct opened o = {0}, other = {0};
    struct writ_cert cert;
    struct writ_error e = {0};
    enum writ_signature_state state;
    long before = anonymous_kib();
    double start = now();

    if (writ_crl_parse(bytes, &o.crl, &e) < 0 || writ_cert_parse(issuer, &cert, &e) < 0)
        fail(e.text);
    (void)printf("open_ms %.2f\n", (now() - start) * 1e3);
    if (writ_verify_signature(cert.key.spki, o.crl.signature_algorithm, o.crl.tbs, o.crl.signature,
                              &state, &e) < 0 ||
        state != WRIT_SIGNATURE_GOOD)
        fail("signature");
    (void)printf("open_verify_ms %.2f\nopen_verify_kib %ld\n", (now() - start) * 1e3,
                 anonymous_kib() - before);
    if (writ_crl_parse(small, &other.crl, &e) < 0 || find_with_writ(&other, serial[0]))
        fail("the small CRL");
    if (!writ_crl_wants_index(&o.crl))
        time_lookups("place", find_with_writ, &o);
    before = anonymous_kib();
    start = now();
    if (writ_crl_index_build(&o.crl, 1, &o.index, &e) < 0)
        fail(e.text);
    (void)printf("index_build_ms %.2f\nindex_kib %ld\nindex_bytes_an_entry %.2f\n",
                 (now() - start) * 1e3, anonymous_kib() - before,
                 (double)writ_crl_index_size(o.index) / (double)o.crl.entry_count);
    if (writ_crl_index_build(&other.crl, 1, &other.index, &e) < 0 ||
        find_with_writ(&other, serial[0]))
        fail("the small CRL");
    time_lookups("index", find_with_writ, &o);
    writ_crl_index_free(other.index);
    writ_crl_index_free(o.index);
}

/* --------------------------------------------------------------------------------- OpenSSL */

static bool find_with_openssl(void *in, struct writ_span s)
{
    static unsigned char der[2 + WRIT_CRL_SERIAL_MAX];
    const unsigned char *p = der;
    ASN1_INTEGER *number;
    X509_REVOKED *revoked;
    bool found;

    der[0] = V_ASN1_INTEGER;
    der[1] = (unsigned char)s.n;
    memcpy(der + 2, s.p, s.n);
    number = d2i_ASN1_INTEGER(NULL, &p, (long)(s.n + 2));
    found = X509_CRL_get0_by_serial(in, &revoked, number) == 1;
    ASN1_INTEGER_free(number);
    return found;
}

static void run_openssl(struct writ_span bytes, struct writ_span issuer, struct writ_span small)
{
    const unsigned char *p = issuer.p;
    X509 *cert = d2i_X509(NULL, &p, (long)issuer.n);
    long before = anonymous_kib();
    double start = now();
    X509_CRL *crl, *other;

    p = bytes.p;
    crl = d2i_X509_CRL(NULL, &p, (long)bytes.n);
    (void)printf("open_ms %.2f\n", (now() - start) * 1e3);
    if (cert == NULL || crl == NULL || X509_CRL_verify(crl, X509_get0_pubkey(cert)) != 1)
        fail("OpenSSL does not verify it");
    (void)printf("open_verify_ms %.2f\nopen_verify_kib %ld\n", (now() - start) * 1e3,
                 anonymous_kib() - before);
    p = small.p;
    other = d2i_X509_CRL(NULL, &p, (long)small.n);
    if (other == NULL || find_with_openssl(other, serial[0]))
        fail("the small CRL");
    time_lookups("place", find_with_openssl, crl);
    X509_CRL_free(other);
    X509_CRL_free(crl);
    X509_free(cert);
}

static void run_sha256(struct writ_span bytes)
{
    uint8_t hash[WRIT_SHA256_BYTES];
    struct writ_error e = {0};
    double start = now();

    if (writ_sha256(bytes, hash, &e) < 0)
        fail(e.text);
    (void)printf("sha256_ms %.2f\n", (now() - start) * 1e3);
}

int main(int argc, char **argv)
{
    struct writ_span bytes, issuer;

    if (argc != 6)
        fail("usage: bench-crl writ|openssl|sha256 CRL ISSUER.der SERIALS SMALL-CRL");
    bytes = map(argv[2]);
    issuer = map(argv[3]);
    read_serials(argv[4]);
    if (strcmp(argv[1], "writ") == 0)
        run_writ(bytes, issuer, map(argv[5]));
    else if (strcmp(argv[1], "openssl") == 0)
        run_openssl(bytes, issuer, map(argv[5]));
    else
        run_sha256(bytes);
    return 0;
}
