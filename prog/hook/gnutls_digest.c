/*
 * hook/gnutls_digest - the SHA-256 of crypto/digest.h, by the program's GnuTLS
 *
 * Linked into the preload in place of the crypto room, so that no program that has chosen GnuTLS
 * gets OpenSSL loaded into it.
 */
#include <stdlib.h>

#include "crypto/digest.h"
#include "hook/gnutls.h"

struct writ_digester {
    gnutls_hash_hd_t state;
};

struct writ_digester *writ_digester_new(struct writ_error *e)
{
    struct writ_digester *d = calloc(1, sizeof *d);

    if (d == NULL) {
        (void)writ_fail_memory(e);
    } else if (hook_gnutls()->hash_init(&d->state, GNUTLS_DIG_SHA256) < 0) {
        (void)writ_fail(e, WRIT_FAULT_UNEXPECTED, "GnuTLS has no SHA-256");
        free(d);
        d = NULL;
    }
    return d;
}

void writ_digester_free(struct writ_digester *d)
{
    uint8_t ignored[WRIT_SHA256_BYTES];

    if (d == NULL)
        return;
    hook_gnutls()->hash_deinit(d->state, ignored);
    free(d);
}

/* gnutls_hash_output begins a new message too. */
int writ_digester_sha256(struct writ_digester *d, struct writ_span a, struct writ_span b,
                         uint8_t out[WRIT_SHA256_BYTES], struct writ_error *e)
{
    const struct hook_gnutls *g = hook_gnutls();

    if ((a.n > 0 && g->hash(d->state, a.p, a.n) < 0) ||
        (b.n > 0 && g->hash(d->state, b.p, b.n) < 0))
        return writ_fail(e, WRIT_FAULT_UNEXPECTED, "GnuTLS failed to compute SHA-256");
    g->hash_output(d->state, out);
    return 0;
}

int writ_sha256(struct writ_span bytes, uint8_t out[WRIT_SHA256_BYTES], struct writ_error *e)
{
    if (hook_gnutls()->hash_fast(GNUTLS_DIG_SHA256, bytes.p, bytes.n, out) < 0)
        return writ_fail(e, WRIT_FAULT_UNEXPECTED, "GnuTLS failed to compute SHA-256");
    return 0;
}
