/*
 * bench/hook - what the hook for OpenSSL adds to a verification
 *
 *   bench-hook ROOT.pem ISSUER.pem CERT.pem ROUNDS
 *
 * Verifies the certificate once, and then calls the store's check of revocation ROUNDS times on the
 * chain that came of it: OpenSSL's own, and, when OPENSSL_CONF names writ's module, the look-up
 * besides.  Prints nanoseconds of the processor for each call (the median of 21 runs), and the
 * result of the verification; and what a whole X509_verify_cert of the same chain takes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <openssl/pem.h>
#include <openssl/ssl.h>

#define RUNS 21

static double now_ns(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static X509 *load(const char *path)
{
    FILE *f = fopen(path, "r");
    X509 *cert = f == NULL ? NULL : PEM_read_X509(f, NULL, NULL, NULL);

    if (cert == NULL)
        exit(1);
    (void)fclose(f);
    return cert;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double *times)
{
    qsort(times, RUNS, sizeof *times, compare);
    return times[RUNS / 2];
}

static double time_checks(X509_STORE_CTX *ctx, X509_STORE_CTX_check_revocation_fn check,
                          unsigned rounds)
{
    double times[RUNS];

    for (int run = 0; run < RUNS; run++) {
        double start = now_ns();

        for (unsigned i = 0; i < rounds; i++)
            (void)check(ctx);
        times[run] = (now_ns() - start) / rounds;
    }
    return median(times);
}

static double time_verifications(X509_STORE *store, X509 *cert, STACK_OF(X509) * untrusted)
{
    double times[RUNS];

    for (int run = 0; run < RUNS; run++) {
        X509_STORE_CTX *ctx = X509_STORE_CTX_new();
        double start = now_ns();

        if (X509_STORE_CTX_init(ctx, store, cert, untrusted) == 1)
            (void)X509_verify_cert(ctx);
        times[run] = now_ns() - start;
        X509_STORE_CTX_free(ctx);
    }
    return median(times);
}

int main(int argc, char **argv)
{
    STACK_OF(X509) *untrusted = sk_X509_new_null();
    X509_STORE *store;
    X509_STORE_CTX *ctx;
    X509 *cert;
    int result;

    if (argc != 5 || OPENSSL_init_ssl(0, NULL) != 1)
        return 64;
    store = X509_STORE_new();
    ctx = X509_STORE_CTX_new();
    cert = load(argv[3]);
    (void)X509_STORE_add_cert(store, load(argv[1]));
    (void)sk_X509_push(untrusted, load(argv[2]));
    if (X509_STORE_CTX_init(ctx, store, cert, untrusted) != 1)
        return 1;
    result = X509_verify_cert(ctx) == 1 ? 0 : X509_STORE_CTX_get_error(ctx);
    (void)printf("%.0f ns a check of revocation, %.0f ns a whole verification; result %d\n",
                 time_checks(ctx, X509_STORE_CTX_get_check_revocation(ctx),
                             (unsigned)strtoul(argv[4], NULL, 10)),
                 time_verifications(store, cert, untrusted), result);
    return 0;
}
