#include "writ/hooks.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/conf.h>
#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include "crypto/start.h"
#include "shared/file.h"
#include "shared/hooks.h"
#include "shared/libexec.h"
#include "writ/opensslconf.h"

#define TRY_SECONDS 20  /* for what a child does */
#define REASON_MAX  400 /* bytes of what it says */

int hooks_find(struct hooks *h, struct writ_error *e)
{
    struct writ_buffer module = {0};
    int rc = libexec_file(HOOKS_MODULE, &module, e);

    if (rc == 0)
        rc = libexec_file(HOOKS_MODULE_CONF, &h->module_conf, e);
    if (rc == 0)
        rc = libexec_file(HOOKS_PRELOAD, &h->preload, e);
    writ_buffer_free(&module);
    return rc;
}

void hooks_free(struct hooks *h)
{
    writ_buffer_free(&h->module_conf);
    writ_buffer_free(&h->preload);
}

/* ---- in a child ---- */

/* What a child tries: true, or false and why not. */
typedef bool trial(const void *what, char reason[REASON_MAX]);

static void run_child(int report, trial *try, const void *what)
{
    char reason[REASON_MAX] = "";
    int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    sigset_t alarms;
    bool works;

    if (nowhere >= 0) { /* what is loaded may print */
        (void)dup2(nowhere, STDIN_FILENO);
        (void)dup2(nowhere, STDOUT_FILENO);
        (void)dup2(nowhere, STDERR_FILENO);
    }
    (void)sigemptyset(&alarms);
    (void)sigaddset(&alarms, SIGALRM);
    (void)sigprocmask(SIG_UNBLOCK, &alarms, NULL);
    (void)signal(SIGALRM, SIG_DFL);
    (void)alarm(TRY_SECONDS);
    works = try(what, reason);
    if (!works && write(report, reason, strlen(reason)) < 0)
        _exit(2);
    _exit(works ? 0 : 1);
}

/* What has been said when the child ends; a signal speaks for itself. */
static int end_of_child(pid_t child, struct writ_span reason, struct writ_error *e)
{
    int status = 0;

    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR)
            return writ_fail_errno(e, WRIT_FAULT_UNEXPECTED, errno, "cannot wait for a child");
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    if (WIFSIGNALED(status))
        return writ_fail(e, WRIT_FAULT_CONFIGURATION, "a program that loads it ends with: %s",
                         strsignal(WTERMSIG(status)));
    return writ_fail(e, WRIT_FAULT_CONFIGURATION, "%.*s", (int)reason.n, (const char *)reason.p);
}

static int try_in_child(trial *try, const void *what, struct writ_error *e)
{
    struct writ_buffer reason = {0};
    struct writ_error unread = {0};
    int report[2];
    pid_t child;
    int rc;

    if (pipe2(report, O_CLOEXEC) < 0)
        return writ_fail_errno(e, WRIT_FAULT_UNEXPECTED, errno, "cannot make a pipe");
    child = fork();
    if (child == 0)
        run_child(report[1], try, what);
    rc = child < 0 ? writ_fail_errno(e, WRIT_FAULT_UNEXPECTED, errno, "cannot fork") : 0;
    close(report[1]);
    if (rc == 0) {
        if (file_read_fd(report[0], "a child", REASON_MAX, &reason, &unread) < 0)
            writ_buffer_text(&reason, unread.text);
        rc = end_of_child(child, writ_buffer_span(&reason), e);
    }
    close(report[0]);
    writ_buffer_free(&reason);
    return rc;
}

/* ---- OpenSSL ---- */

/* The cause stands first in OpenSSL's queue, and in words in its data. */
static bool fail_with_openssl(char reason[REASON_MAX])
{
    const char *data = NULL;
    int flags = 0;
    unsigned long code = ERR_get_error_all(NULL, NULL, NULL, &data, &flags);
    const char *words = writ_crypto_reason(code);

    (void)snprintf(reason, REASON_MAX, "%s%s%s", words == NULL ? "OpenSSL does not say why" : words,
                   data == NULL || data[0] == '\0' ? "" : ": ", data == NULL ? "" : data);
    return false;
}

static bool store_asks(char reason[REASON_MAX])
{
    X509_STORE *store = X509_STORE_new();
    bool asks = store != NULL && X509_STORE_get_check_revocation(store) != NULL;

    X509_STORE_free(store);
    if (!asks)
        (void)snprintf(reason, REASON_MAX, "OpenSSL reads it, and does not ask writ");
    return asks;
}

static bool try_conf(const void *what, char reason[REASON_MAX])
{
    const struct writ_span *text = what;
    BIO *bio = BIO_new_mem_buf(text->p, (int)text->n);
    CONF *conf = NCONF_new(NULL);
    long line = 0;
    bool works = bio != NULL && conf != NULL && NCONF_load_bio(conf, bio, &line) > 0 &&
                 CONF_modules_load(conf, NULL, 0) > 0;

    if (!works)
        return fail_with_openssl(reason);
    return store_asks(reason);
}

int hooks_try_openssl(struct writ_span conf, struct writ_error *e)
{
    return try_in_child(try_conf, &conf, e);
}

int hooks_try_module(const struct hooks *h, struct writ_error *e)
{
    struct writ_buffer conf = {0};
    int rc;

    writ_buffer_text(&conf, "openssl_conf = writ_init\n[writ_init]\n");
    opensslconf_include(writ_buffer_span(&h->module_conf), &conf);
    rc = writ_buffer_check(&conf, e);
    if (rc == 0)
        rc = hooks_try_openssl(writ_buffer_span(&conf), e);
    writ_buffer_free(&conf);
    return rc;
}

/* ---- GnuTLS ---- */

static bool try_library(const void *what, char reason[REASON_MAX])
{
    void *library = dlopen(what, RTLD_NOW | RTLD_LOCAL);

    if (library != NULL && dlsym(library, "gnutls_certificate_verify_peers2") != NULL)
        return true;
    (void)snprintf(reason, REASON_MAX, "%s", dlerror());
    return false;
}

int hooks_try_preload(const struct hooks *h, struct writ_error *e)
{
    struct writ_buffer path = {0};
    int rc;

    writ_buffer_add(&path, writ_buffer_span(&h->preload));
    rc = writ_buffer_check(&path, e);
    if (rc == 0)
        rc = try_in_child(try_library, writ_buffer_string(&path), e);
    writ_buffer_free(&path);
    return rc;
}
