#include "crypto/path.h"

#include <stdio.h>
#include <string.h>

#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "crypto/known.h"
#include "crypto/memory.h"

#define AUTH_LEVEL 2 /* 112 bits of strength: refuses SHA-1 and RSA below 2048 bits */
/* What is taken by those who take SHA-1: OpenSSL counts its collisions as 63 bits, MD5 as 39. */
#define WEAK_HASH_BITS 63
#define WEAK_KEY_BITS  80

static X509 *read_certificate(struct writ_span der)
{
    const unsigned char *p = der.p;

    return d2i_X509(NULL, &p, (long)der.n);
}

/* Certificates that OpenSSL cannot read are left out: no path leads over them.  So is the leaf,
 * which is read already: each one read costs 100 microseconds in OpenSSL 3. */
static int push_all(STACK_OF(X509) * stack, const struct writ_span *certs, size_t count,
                    struct writ_span leaf)
{
    for (size_t i = 0; i < count; i++) {
        X509 *cert = writ_span_equal(certs[i], leaf) ? NULL : read_certificate(certs[i]);

        if (cert != NULL && sk_X509_push(stack, cert) == 0) {
            X509_free(cert);
            return -1;
        }
    }
    return 0;
}

static enum writ_path_state state_of(int error)
{
    switch (error) {
    case X509_V_OK:
        return WRIT_PATH_GOOD;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_CERT_UNTRUSTED:
        return WRIT_PATH_NO_ANCHOR;
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return WRIT_PATH_EXPIRED;
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return WRIT_PATH_NOT_YET_VALID;
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
        return WRIT_PATH_BAD_SIGNATURE;
    case X509_V_ERR_INVALID_CA:
    case X509_V_ERR_INVALID_NON_CA:
    case X509_V_ERR_KEYUSAGE_NO_CERTSIGN:
        return WRIT_PATH_NOT_A_CA;
    case X509_V_ERR_PATH_LENGTH_EXCEEDED:
    case X509_V_ERR_CERT_CHAIN_TOO_LONG:
        return WRIT_PATH_TOO_LONG;
    case X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION:
        return WRIT_PATH_UNKNOWN_EXTENSION;
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
    case X509_V_ERR_CA_MD_TOO_WEAK:
        return WRIT_PATH_WEAK;
    case X509_V_ERR_NO_EXPLICIT_POLICY:
    case X509_V_ERR_INVALID_POLICY_EXTENSION:
        return WRIT_PATH_POLICY;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return WRIT_PATH_NAME;
    default:
        return WRIT_PATH_OTHER;
    }
}

static int keep_certificate(const X509 *cert, struct writ_path *path)
{
    int n = i2d_X509(cert, NULL);
    uint8_t *at = n <= 0 ? NULL : writ_buffer_extend(&path->bytes, (size_t)n);

    if (at == NULL || i2d_X509(cert, &at) != n)
        return -1;
    path->cert[path->count++].n =
        (size_t)n; /* pointers are set when the buffer has stopped moving */
    return 0;
}

static int keep_path(X509_STORE_CTX *context, struct writ_path *path, struct writ_error *e)
{
    STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(context);
    size_t used = 0;

    if (sk_X509_num(chain) > WRIT_PATH_LENGTH_MAX) {
        path->state = WRIT_PATH_TOO_LONG;
        (void)snprintf(path->reason, sizeof path->reason, "more than %d certificates in the path",
                       WRIT_PATH_LENGTH_MAX);
        return 0;
    }
    for (int i = 0; i < sk_X509_num(chain); i++) {
        if (keep_certificate(sk_X509_value(chain, i), path) < 0)
            return writ_fail_memory(e);
    }
    for (size_t i = 0; i < path->count; used += path->cert[i].n, i++)
        path->cert[i].p = path->bytes.p + used;
    return 0;
}

/* What a path is looked for with. */
struct question {
    struct writ_span leaf;
    const struct writ_span *candidates;
    size_t candidate_count;
    const struct writ_span *anchors;
    size_t anchor_count;
    int64_t instant;
    bool ignore_dates;
    bool at_any_strength;
    const struct writ_path_rules *rules; /* or NULL */
    struct writ_path_policies *policies; /* or NULL */
};

/* To OpenSSL no policies are none that will do when one is wanted; to RFC 5280 they are any. */
static int set_policies(X509_VERIFY_PARAM *param, const struct writ_path_rules *rules)
{
    static const char *const any = "2.5.29.32.0";
    size_t count = rules->policy_count == 0 ? 1 : rules->policy_count;

    for (size_t i = 0; i < count; i++) {
        ASN1_OBJECT *policy = OBJ_txt2obj(rules->policy_count == 0 ? any : rules->policies[i], 1);

        if (policy == NULL || X509_VERIFY_PARAM_add0_policy(param, policy) != 1) {
            ASN1_OBJECT_free(policy);
            return -1;
        }
    }
    return 0;
}

/* An address is matched as one, anything else as a DNS name: in subjectAltName only (RFC 9525). */
static int set_host(X509_VERIFY_PARAM *param, const char *host)
{
    if (host == NULL || X509_VERIFY_PARAM_set1_ip_asc(param, host) == 1)
        return 0;
    X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT |
                                               X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return X509_VERIFY_PARAM_set1_host(param, host, 0) == 1 ? 0 : -1;
}

static int set_own_rules(X509_STORE_CTX *context, const struct question *q)
{
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(context);
    const struct writ_path_rules *rules = q->rules;
    unsigned long flags = X509_V_FLAG_PARTIAL_CHAIN;

    if (rules == NULL)
        return 0;
    flags |= rules->explicit_policy ? X509_V_FLAG_EXPLICIT_POLICY : 0;
    flags |= rules->inhibit_mapping ? X509_V_FLAG_INHIBIT_MAP : 0;
    flags |= rules->inhibit_any ? X509_V_FLAG_INHIBIT_ANY : 0;
    (void)X509_VERIFY_PARAM_set_flags(param, flags);
    return set_policies(param, rules) < 0 || set_host(param, rules->host) < 0 ? -1 : 0;
}

/* No weaker than SHA-1 and 1024 bits, in every certificate of the path; what an anchor is signed
 * with vouches for nothing. */
static bool is_merely_weak(X509_STORE_CTX *context)
{
    STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(context);

    for (int i = 0; i < sk_X509_num(chain); i++) {
        X509 *cert = sk_X509_value(chain, i);
        int bits = 0;

        if (EVP_PKEY_get_security_bits(X509_get0_pubkey(cert)) < WEAK_KEY_BITS)
            return false;
        if (i + 1 < sk_X509_num(chain) &&
            (X509_get_signature_info(cert, NULL, NULL, &bits, NULL) != 1 || bits < WEAK_HASH_BITS))
            return false;
    }
    return true;
}

static void keep_policies(X509_STORE_CTX *context, struct writ_path_policies *policies)
{
    X509_POLICY_TREE *tree = X509_STORE_CTX_get0_policy_tree(context);
    STACK_OF(X509_POLICY_NODE) *nodes =
        tree == NULL ? NULL : X509_policy_tree_get0_user_policies(tree);

    policies->count = 0;
    for (int i = 0; i < sk_X509_POLICY_NODE_num(nodes); i++) {
        const ASN1_OBJECT *policy =
            X509_policy_node_get0_policy(sk_X509_POLICY_NODE_value(nodes, i));
        char *room = policies->dotted[policies->count];
        int n = OBJ_obj2txt(room, sizeof policies->dotted[0], policy, 1);

        if (n > 0 && (size_t)n < sizeof policies->dotted[0])
            policies->count++;
        if (policies->count == WRIT_PATH_POLICIES_MAX)
            return;
    }
}

static void set_rules(X509_STORE_CTX *context, const struct question *q)
{
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(context);

    X509_VERIFY_PARAM_set_auth_level(param, q->at_any_strength ? 0 : AUTH_LEVEL);
    X509_VERIFY_PARAM_set_depth(param, WRIT_PATH_LENGTH_MAX - 2);
    /* Without it OpenSSL passes over critical policyConstraints and inhibitAnyPolicy. */
    (void)X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_POLICY_CHECK);
    if (q->ignore_dates)
        (void)X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_NO_CHECK_TIME);
    else
        X509_VERIFY_PARAM_set_time(param, (time_t)q->instant);
}

static int run(X509_STORE_CTX *context, const struct question *q, struct writ_path *path,
               struct writ_error *e)
{
    int error, depth;

    if (X509_verify_cert(context) == 1) {
        if (q->rules != NULL && q->at_any_strength && !is_merely_weak(context)) {
            path->state = WRIT_PATH_WEAK;
            (void)snprintf(path->reason, sizeof path->reason,
                           "a key or hash is weaker than 1024 bits and SHA-1");
            return 0;
        }
        if (q->policies != NULL)
            keep_policies(context, q->policies);
        path->state = WRIT_PATH_GOOD;
        return keep_path(context, path, e);
    }
    error = X509_STORE_CTX_get_error(context);
    depth = X509_STORE_CTX_get_error_depth(context);
    if (error == X509_V_ERR_OUT_OF_MEM)
        return writ_fail_memory(e);
    path->state = error == X509_V_OK ? WRIT_PATH_OTHER : state_of(error);
    path->failed_at = depth < 0 ? 0 : (size_t)depth;
    (void)snprintf(path->reason, sizeof path->reason, "%s", X509_verify_cert_error_string(error));
    return 0;
}

static int look(const struct question *q, struct writ_path *path, struct writ_error *e)
{
    STACK_OF(X509) *middle = sk_X509_new_null();
    STACK_OF(X509) *roots = sk_X509_new_null();
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    X509_STORE *store = X509_STORE_new();
    X509 *cert = read_certificate(q->leaf);
    int rc = -1;

    if (cert == NULL) {
        (void)snprintf(path->reason, sizeof path->reason, "OpenSSL cannot read the certificate");
        rc = 0;
        goto out;
    }
    if (middle == NULL || roots == NULL || context == NULL || store == NULL ||
        push_all(middle, q->candidates, q->candidate_count, q->leaf) < 0 ||
        push_all(roots, q->anchors, q->anchor_count, WRIT_SPAN_NONE) < 0 ||
        X509_STORE_CTX_init(context, store, cert, middle) != 1) {
        (void)writ_fail_memory(e);
        goto out;
    }
    X509_STORE_CTX_set0_trusted_stack(context, roots);
    set_rules(context, q);
    if (set_own_rules(context, q) < 0) {
        (void)writ_fail_memory(e);
        goto out;
    }
    rc = run(context, q, path, e);
out:
    X509_STORE_CTX_free(context);
    X509_STORE_free(store);
    sk_X509_pop_free(middle, X509_free);
    sk_X509_pop_free(roots, X509_free);
    X509_free(cert);
    return rc;
}

int writ_path_self_test(struct writ_error *e)
{
    struct writ_span root = writ_known_root();
    struct question q = {
        .leaf = writ_known_leaf(), .anchors = &root, .anchor_count = 1, .ignore_dates = true};
    struct writ_path path = {.state = WRIT_PATH_OTHER};
    int rc = look(&q, &path, e);

    writ_path_free(&path);
    if (rc == 0 && path.state != WRIT_PATH_GOOD)
        rc = writ_fail(e, WRIT_FAULT_UNEXPECTED,
                       "OpenSSL does not verify a certificate that is good: %s", path.reason);
    writ_crypto_forget();
    return rc;
}

/* Dates are compared without memory. */
static bool is_sure(enum writ_path_state state)
{
    return state == WRIT_PATH_GOOD || state == WRIT_PATH_EXPIRED ||
           state == WRIT_PATH_NOT_YET_VALID;
}

static int build(const struct question *q, struct writ_path *path, struct writ_error *e)
{
    size_t most = q->rules != NULL ? WRIT_PATH_MANY_MAX : WRIT_PATH_CANDIDATES_MAX;
    bool sure = false;
    int rc = 0;

    path->state = WRIT_PATH_OTHER;
    if (q->candidate_count > most)
        return writ_fail(e, WRIT_FAULT_USAGE, "more than %zu certificates", most);
    for (int i = 0; rc == 0 && !sure && i < WRIT_CRYPTO_TRIES; i++) {
        writ_path_free(path);
        writ_crypto_forget();
        rc = look(q, path, e);
        sure = is_sure(path->state);
        if (rc == 0 && !sure)
            rc = writ_crypto_had_memory(e);
    }
    if (rc == 0 && !sure)
        rc = writ_path_self_test(e);
    writ_crypto_forget();
    return rc;
}

int writ_path_build(struct writ_span leaf, const struct writ_span *candidates,
                    size_t candidate_count, const struct writ_span *anchors, size_t anchor_count,
                    int64_t instant, bool ignore_dates, struct writ_path *path,
                    struct writ_error *e)
{
    struct question q = {leaf,         candidates, candidate_count, anchors,
                         anchor_count, instant,    ignore_dates,    .at_any_strength = false};

    return build(&q, path, e);
}

int writ_path_build_insecure_weak(struct writ_span leaf, const struct writ_span *candidates,
                                  size_t candidate_count, const struct writ_span *anchors,
                                  size_t anchor_count, int64_t instant, struct writ_path *path,
                                  struct writ_error *e)
{
    struct question q = {leaf,         candidates, candidate_count, anchors,
                         anchor_count, instant,    false,           .at_any_strength = true};

    return build(&q, path, e);
}

int writ_path_build_by(const struct writ_path_rules *rules, struct writ_span leaf,
                       const struct writ_span *candidates, size_t candidate_count,
                       const struct writ_span *anchors, size_t anchor_count, struct writ_path *path,
                       struct writ_path_policies *policies, struct writ_error *e)
{
    struct question q = {leaf,         candidates,     candidate_count,     anchors,
                         anchor_count, rules->instant, rules->ignore_dates, rules->insecure_weak,
                         rules,        policies};

    return build(&q, path, e);
}

void writ_path_free(struct writ_path *path)
{
    writ_buffer_free(&path->bytes);
    path->count = 0;
}
