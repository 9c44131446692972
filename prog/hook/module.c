/*
 * hook/module - writ.so, a configuration module of OpenSSL
 *
 * OpenSSL loads it into every program that reads an openssl.cnf which names it.  Each X509_STORE
 * made from then on gets its check of revocation from here: first whatever it would have had, then
 * the question to this device's filters and CRLs.  What is revoked becomes X509_V_ERR_CERT_REVOKED
 * and goes through the program's own verify callback, as if a CRL had said so.  A failure is never
 * turned into success.
 *
 * This is somebody else's process: nothing is printed, no signal or exit handler is set, errno and
 * OpenSSL's queue of errors are left as they were, and whatever goes wrong here ends in "go on".
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <time.h>

#include <openssl/conf.h>
#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include "hook/ask.h"
#include "hook/device.h"

#define EXPORTED __attribute__((visibility("default")))

/* The names that OpenSSL looks for in a module; <openssl/crypto.h> has another function of the
 * first one's name. */
EXPORTED int module_start(CONF_IMODULE *module, const CONF *cnf) __asm__("OPENSSL_init");
EXPORTED void module_finish(CONF_IMODULE *module) __asm__("OPENSSL_finish");

static struct {
    atomic_bool started;
    struct hook_settings settings;
    X509_STORE_CTX_check_revocation_fn standing; /* what OpenSSL does by itself */
} hook;

/* ---- asking ---- */

/* DER that OpenSSL has written, n bytes in its memory; n <= 0 when it could not. */
static struct writ_span span_of(const unsigned char *der, int n)
{
    return n <= 0 ? WRIT_SPAN_NONE : WRIT_SPAN(der, (size_t)n);
}

static enum hook_answer ask_leaf(X509 *cert, X509 *issuer)
{
    unsigned char *cert_der = NULL, *spki_der = NULL;
    int cert_n = i2d_X509(cert, &cert_der);
    int spki_n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(issuer), &spki_der);
    enum hook_answer answer =
        hook_ask_leaf(hook_device_hold(), hook.settings.policy, span_of(cert_der, cert_n),
                      span_of(spki_der, spki_n), (int64_t)time(NULL));

    hook_device_release();
    OPENSSL_free(cert_der);
    OPENSSL_free(spki_der);
    return answer;
}

static enum hook_answer ask_ca(X509 *cert, X509 *issuer)
{
    const struct filters *filters = hook_device_hold();
    enum hook_answer answer = HOOK_ANSWER_PASS;
    unsigned char *der = NULL, *spki = NULL;
    int n, spki_n = 0;

    if (hook_asks_about_cas(filters)) {
        n = i2d_X509(cert, &der);
        if (filters->crls.count > 0)
            spki_n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(issuer), &spki);
        answer = hook_ask_ca(filters, span_of(der, n), span_of(spki, spki_n));
    }
    hook_device_release();
    OPENSSL_free(der);
    OPENSSL_free(spki);
    return answer;
}

/* Asks about the i-th of a chain without leaving a trace in what the program looks at when
 * something of its own fails. */
static enum hook_answer ask(const STACK_OF(X509) * chain, int i)
{
    int kept = errno;
    enum hook_answer answer;

    (void)ERR_set_mark();
    if (i == 0)
        answer = ask_leaf(sk_X509_value(chain, 0), sk_X509_value(chain, 1));
    else
        answer = ask_ca(sk_X509_value(chain, i), sk_X509_value(chain, i + 1));
    (void)ERR_pop_to_mark();
    errno = kept;
    return answer;
}

/* The words that OpenSSL has for it: "certificate revoked", "CRL has expired", "unable to get
 * certificate CRL". */
static int error_of(enum hook_answer answer)
{
    switch (answer) {
    case HOOK_ANSWER_REVOKED:
        return X509_V_ERR_CERT_REVOKED;
    case HOOK_ANSWER_STALE:
        return X509_V_ERR_CRL_HAS_EXPIRED;
    case HOOK_ANSWER_UNCOVERED:
        return X509_V_ERR_UNABLE_TO_GET_CRL;
    case HOOK_ANSWER_PASS:
        break;
    }
    return X509_V_OK;
}

/* The program decides, as it does about every other error of verification. */
static int tell(X509_STORE_CTX *ctx, int depth, X509 *cert, int error)
{
    X509_STORE_CTX_set_error_depth(ctx, depth);
    X509_STORE_CTX_set_current_cert(ctx, cert);
    X509_STORE_CTX_set_error(ctx, error);
    return X509_STORE_CTX_get_verify_cb(ctx)(0, ctx);
}

/* The last certificate of the chain is the anchor: who trusts it has decided about it. */
static int check_chain(X509_STORE_CTX *ctx)
{
    STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(ctx);
    int count = chain == NULL ? 0 : sk_X509_num(chain);

    for (int i = 0; i + 1 < count; i++) {
        int error = error_of(ask(chain, i));
        int go_on = error == X509_V_OK ? 1 : tell(ctx, i, sk_X509_value(chain, i), error);

        if (go_on <= 0)
            return go_on;
    }
    return 1;
}

static int check_revocation(X509_STORE_CTX *ctx)
{
    int go_on = hook.standing(ctx);

    return go_on <= 0 ? go_on : check_chain(ctx);
}

/* ---- getting in ---- */

/* A program that makes a store is going to verify something.  Now it can still open files; later it
 * may have given up its rights, or its root directory. */
static void store_is_new(void *store, void *ptr, CRYPTO_EX_DATA *data, int index, long argl,
                         void *argp)
{
    int kept = errno;

    (void)ptr;
    (void)data;
    (void)index;
    (void)argl;
    (void)argp;
    X509_STORE_set_check_revocation(store, check_revocation);
    hook_device_open();
    errno = kept;
}

/* A context without a store has what OpenSSL does by itself. */
static X509_STORE_CTX_check_revocation_fn find_standing(void)
{
    X509_STORE_CTX_check_revocation_fn found = NULL;
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();

    if (ctx != NULL && X509_STORE_CTX_init(ctx, NULL, NULL, NULL) == 1)
        found = X509_STORE_CTX_get_check_revocation(ctx);
    X509_STORE_CTX_free(ctx);
    return found;
}

static void start(void)
{
    hook.standing = find_standing();
    if (hook.standing == NULL)
        return;
    hook_device_start(&hook.settings);
    (void)CRYPTO_get_ex_new_index(CRYPTO_EX_INDEX_X509_STORE, 0, NULL, store_is_new, NULL, NULL);
}

static void configure(CONF_IMODULE *module, const CONF *cnf)
{
    STACK_OF(CONF_VALUE) *lines = NCONF_get_section(cnf, CONF_imodule_get_value(module));

    for (int i = 0; lines != NULL && i < sk_CONF_VALUE_num(lines); i++) {
        const CONF_VALUE *line = sk_CONF_VALUE_value(lines, i);

        (void)hook_settings_set(&hook.settings, line->name, line->value);
    }
}

/* A program may hold an OpenSSL of its own, linked into it, that reads the same openssl.cnf.  What
 * it passes is not for the libcrypto that this module is linked with. */
static bool is_our_libcrypto(const void *caller)
{
    Dl_info theirs, ours;

    return dladdr(caller, &theirs) != 0 &&
           dladdr((const void *)(uintptr_t)CONF_imodule_get_value, &ours) != 0 &&
           theirs.dli_fbase == ours.dli_fbase;
}

int module_start(CONF_IMODULE *module, const CONF *cnf)
{
    int kept = errno;

    if (!is_our_libcrypto(__builtin_return_address(0)) || atomic_exchange(&hook.started, true))
        return 1;
    (void)ERR_set_mark();
    hook_settings_start(&hook.settings);
    configure(module, cnf);
    hook_settings_environment(&hook.settings);
    start();
    (void)ERR_pop_to_mark();
    errno = kept;
    return 1;
}

/* After CONF_modules_unload there are stores that go on asking; the module stays in memory for them
 * (-z nodelete), and so does all that it has set up. */
void module_finish(CONF_IMODULE *module)
{
    (void)module;
}
