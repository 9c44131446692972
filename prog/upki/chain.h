/*
 * upki/chain.h - the certificates of a question
 */
#ifndef WRIT_UPKI_CHAIN_H
#define WRIT_UPKI_CHAIN_H

#include <upki.h>

#include "evidence/filter.h"
#include "object/sct.h"

#define CHAIN_CERTIFICATES_MAX 1024 /* in a question */
#define CHAIN_LINKS_MAX        8 /* certificates that are asked about: the first, and CAs above */

struct chain {
    struct writ_cert
        link[CHAIN_LINKS_MAX + 1];       /* [0] is asked about; each is the next one's work */
    size_t count;                        /* at least 2 */
    struct writ_sct scts[WRIT_SCTS_MAX]; /* of link[0] */
    size_t sct_count;
};

/* Reads the first certificate and finds those above it by name, up to a root or to one whose issuer
 * is not there; of several with that name the one whose key verifies the signature, else the first.
 * UPKI_OK, or what upki_check_revocation returns about certificates.  Borrows the bytes. */
enum upki_result chain_find(const struct upki_certificate_der *certificates, size_t count,
                            struct chain *chain);

/* Asks the sets: the first certificate wholly, and of the CA certificates above it, whether OneCRL
 * lists one.  -1 only when OpenSSL fails. */
int chain_ask(const struct chain *chain, const struct writ_filter_set *sets, size_t count,
              int64_t now, struct writ_filter_fact *fact, struct writ_error *e) WRIT_MUST_CHECK;

#endif
