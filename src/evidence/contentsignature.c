#include "evidence/contentsignature.h"

#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/hex.h"
#include "bytes/build.h"
#include "bytes/pem.h"
#include "crypto/digest.h"
#include "crypto/verify.h"
#include "evidence/path.h"

#define HALF_BYTES     48                             /* r, and s */
#define SIGNATURE_TEXT ((2 * HALF_BYTES + 2) / 3 * 4) /* both in base64, which needs no padding */

/* The chain as it came; the certificates lie in the PEM blocks. */
struct chain {
    struct writ_pem pem[WRIT_CONTENT_CERTS_MAX];
    struct writ_span cert[WRIT_CONTENT_CERTS_MAX];
    size_t count;
    struct writ_span root;
};

static void chain_free(struct chain *chain)
{
    for (size_t i = 0; i < chain->count; i++)
        writ_pem_free(&chain->pem[i]);
}

/* What the bytes are wrong with is a finding; only what is not their fault is a fault of ours. */
static int find(struct writ_fact *fact, const struct writ_error *found, struct writ_error *e)
{
    if (found->fault == WRIT_FAULT_UNEXPECTED)
        return writ_fail(e, found->fault, "%s", found->text);
    writ_fact_fail(fact, "%s", found->text);
    return 0;
}

static int read_chain(struct writ_span pem, struct chain *chain, struct writ_fact *fact,
                      struct writ_error *e)
{
    struct writ_error found = {0};
    struct writ_cursor c = writ_cursor_over(pem, &found);
    bool more = pem.n <= WRIT_CONTENT_CHAIN_MAX;

    if (!more)
        writ_fact_fail(fact, "a chain of %zu bytes, the ceiling is %zu", pem.n,
                       WRIT_CONTENT_CHAIN_MAX);
    while (more) {
        struct writ_pem *block = &chain->pem[chain->count];

        if (chain->count == WRIT_CONTENT_CERTS_MAX) {
            writ_fact_fail(fact, "a chain of %d certificates or more", WRIT_CONTENT_CERTS_MAX);
            break;
        }
        if (writ_pem_next(&c, block, &more) < 0) {
            writ_pem_free(block);
            return find(fact, &found, e);
        }
        if (!more)
            break;
        chain->cert[chain->count++] = writ_buffer_span(&block->der);
        if (strcmp(block->label, "CERTIFICATE") != 0)
            writ_fact_fail(fact, "the chain holds something that is no certificate");
    }
    if (chain->count == 0)
        writ_fact_fail(fact, "the chain holds no certificate");
    return 0;
}

static int find_root(struct chain *chain, const uint8_t *root, struct writ_fact *fact,
                     struct writ_error *e)
{
    uint8_t hash[WRIT_SHA256_BYTES];
    char wanted[2 * WRIT_SHA256_BYTES + 1];

    for (size_t i = 0; i < chain->count && chain->root.n == 0; i++) {
        if (writ_sha256(chain->cert[i], hash, e) < 0)
            return -1;
        if (memcmp(hash, root, sizeof hash) == 0)
            chain->root = chain->cert[i];
    }
    writ_hex_format(WRIT_SPAN(root, WRIT_SHA256_BYTES), wanted);
    if (chain->root.n == 0)
        writ_fact_fail(fact, "the chain does not lead to the root %s", wanted);
    return 0;
}

static void check_leaf(const struct writ_cert *leaf, const char *signer, struct writ_fact *fact)
{
    if (!writ_cert_has_dns_name(leaf, signer))
        writ_fact_fail(fact, "the signer's certificate is not for %s", signer);
    if (!writ_cert_has_purpose(leaf, WRIT_OID_CODE_SIGNING))
        writ_fact_fail(fact, "the signer's certificate is not for codeSigning");
    if (leaf->has_key_usage && (leaf->key_usage & WRIT_USAGE_DIGITAL_SIGNATURE) == 0)
        writ_fact_fail(fact, "the signer's certificate is not for digitalSignature");
    if (leaf->has_unknown_critical)
        writ_fact_fail(fact, "the signer's certificate has a critical extension that is not known");
    if (leaf->key.curve != WRIT_OID_P384)
        writ_fact_fail(fact, "the signer's key is not one of P-384");
}

static void take_finding(const struct writ_fact *from, struct writ_fact *fact)
{
    if (from->state == WRIT_CHECK_FAILED)
        writ_fact_fail(fact, "%s", from->reason);
}

/* The path, and what the certificates of it may be used for; *leaf is read from what was verified.
 */
static int check_path(const struct writ_content_signature *how, const struct chain *chain,
                      struct writ_checked_path *path, struct writ_fact *fact, struct writ_error *e)
{
    struct writ_path_facts *facts;
    struct writ_error found = {0};
    struct writ_cert cert;
    int rc;

    if (writ_cert_parse(chain->cert[0], &cert, &found) < 0)
        return find(fact, &found, e);
    facts = calloc(1, sizeof *facts);
    if (facts == NULL)
        return writ_fail_memory(e);
    rc = writ_check_path(chain->cert[0], &chain->cert[1], chain->count - 1, &chain->root, 1,
                         how->now, path, facts, e);
    take_finding(&facts->built, fact);
    take_finding(&facts->strong, fact);
    take_finding(&facts->dated, fact);
    if (rc == 0 && fact->state != WRIT_CHECK_FAILED) {
        writ_check_handed_on(path, WRIT_OID_CODE_SIGNING, facts, fact);
        check_leaf(&path->cert[0], how->signer, fact);
    }
    free(facts);
    return rc;
}

/* r and s, which stand one after the other, as the SEQUENCE of RFC 3279 section 2.2.3. */
static int build_signature(struct writ_span raw, struct writ_buffer *der, struct writ_error *e)
{
    struct writ_build b = {0};
    struct writ_span r, s;

    if (writ_span_part(raw, 0, HALF_BYTES, &r) < 0 ||
        writ_span_part(raw, HALF_BYTES, HALF_BYTES, &s) < 0)
        return writ_fail(e, WRIT_FAULT_UNEXPECTED, "a signature of %zu bytes", raw.n);
    writ_build_open(&b, WRIT_DER_SEQUENCE);
    writ_build_magnitude(&b, r);
    writ_build_magnitude(&b, s);
    writ_build_close(&b);
    return writ_build_finish_into(&b, der, e);
}

/* URL-safe base64 (RFC 4648 section 5) of exactly 96 bytes. */
static bool decode(struct writ_span text, struct writ_buffer *raw)
{
    uint8_t usual[SIGNATURE_TEXT];

    if (text.n != sizeof usual)
        return false;
    for (size_t i = 0; i < sizeof usual; i++) {
        if (text.p[i] == '+' || text.p[i] == '/')
            return false;
        usual[i] = text.p[i] == '-' ? '+' : text.p[i] == '_' ? '/' : text.p[i];
    }
    return writ_base64_parse(WRIT_SPAN_OF(usual), raw) == 0 && raw->n == 2 * HALF_BYTES;
}

static int check_signature(struct writ_span spki, struct writ_span text, struct writ_span message,
                           struct writ_fact *fact, struct writ_error *e)
{
    struct writ_buffer raw = {0}, der = {0}, whole = {0};
    enum writ_signature_state state = WRIT_SIGNATURE_BAD;
    int rc = 0;

    if (!decode(text, &raw)) {
        writ_fact_fail(fact, "the signature is not URL-safe base64 of %d bytes", 2 * HALF_BYTES);
        goto out;
    }
    writ_buffer_text(&whole, "Content-Signature:");
    writ_buffer_byte(&whole, 0);
    writ_buffer_add(&whole, message);
    rc = writ_buffer_check(&whole, e);
    if (rc == 0)
        rc = build_signature(writ_buffer_span(&raw), &der, e);
    if (rc == 0)
        rc = writ_verify_signature(spki, WRIT_OID_ECDSA_SHA384, writ_buffer_span(&whole),
                                   writ_buffer_span(&der), &state, e);
    if (rc == 0 && state == WRIT_SIGNATURE_BAD)
        writ_fact_fail(fact, "the signature does not verify");
out:
    writ_buffer_free(&raw);
    writ_buffer_free(&der);
    writ_buffer_free(&whole);
    return rc;
}

int writ_check_content_signature(const struct writ_content_signature *how, struct writ_span message,
                                 struct writ_fact *fact, struct writ_error *e)
{
    struct writ_checked_path *path = calloc(1, sizeof *path);
    struct chain *chain = calloc(1, sizeof *chain);
    int rc = path == NULL || chain == NULL ? writ_fail_memory(e) : 0;

    *fact = (struct writ_fact){0};
    if (rc == 0)
        rc = read_chain(how->chain, chain, fact, e);
    if (rc == 0 && fact->state != WRIT_CHECK_FAILED)
        rc = find_root(chain, how->root, fact, e);
    if (rc == 0 && fact->state != WRIT_CHECK_FAILED)
        rc = check_path(how, chain, path, fact, e);
    if (rc == 0 && fact->state != WRIT_CHECK_FAILED)
        rc = check_signature(path->cert[0].key.spki, how->signature, message, fact, e);
    if (rc == 0)
        writ_fact_pass(fact);
    if (path != NULL)
        writ_checked_path_free(path);
    if (chain != NULL)
        chain_free(chain);
    free(path);
    free(chain);
    return rc;
}
