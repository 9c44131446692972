#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "serve/answers.h"
#include "serve/feed.h"
#include "serve/http.h"
#include "serve/limits.h"
#include "serve/listener.h"
#include "serve/notify.h"
#include "shared/passphrase.h"
#include "shared/places.h"
#include "writ/table_serve.h"

#define DEFAULT_LISTEN "127.0.0.1:2560"
#define STOP_MS        10000 /* for those who are being answered when we are told to stop */

/* One that serves. */
struct serving {
    const struct args *args; /* borrowed */
    struct out *out;
    struct limits limits;
    struct places places;
    struct writ_buffer store; /* path of this machine's CA */
    struct passphrase passphrase;
    const char *stores[ANSWERS_STORES_MAX];
    struct answers_crl crls[ANSWERS_CRLS_MAX];
    struct answers_signer signers[ANSWERS_SIGNERS_MAX];
    struct answers_settings settings;
    struct answers *answers;
    struct http *http;
    int listeners[HTTP_LISTENERS_MAX];
    int listener_count;
    sigset_t signals;
};

/* ------------------------------------------------------------------------------ what was asked for
 */

/* How many times an option was given; WRIT_FAULT_USAGE above most. */
static int count_of(const struct serving *s, const char *name, size_t most, size_t *n,
                    struct writ_error *e)
{
    *n = 0;
    while (args_value_at(s->args, name, *n) != NULL)
        *n += 1;
    return *n <= most
               ? 0
               : args_fail(s->args, e, "wanted at most %zu of --%s, found %zu", most, name, *n);
}

/* The same of two options that belong together. */
static int count_pairs(const struct serving *s, const char *one, const char *other, size_t most,
                       size_t *n, struct writ_error *e)
{
    size_t others;

    if (count_of(s, one, most, n, e) < 0 || count_of(s, other, most, &others, e) < 0)
        return -1;
    return *n == others ? 0
                        : args_fail(s->args, e, "wanted one --%s for each --%s, found %zu and %zu",
                                    other, one, others, *n);
}

/* This machine's CA, unless others are named; it need not be there when CRLs are. */
static int read_stores(struct serving *s, struct writ_error *e)
{
    struct answers_settings *to = &s->settings;

    if (count_of(s, "store", ANSWERS_STORES_MAX, &to->store_count, e) < 0 ||
        places_find(&s->places, s->args->root, e) < 0)
        return -1;
    for (size_t i = 0; i < to->store_count; i++)
        s->stores[i] = args_value_at(s->args, "store", i);
    to->stores = s->stores;
    if (to->store_count > 0)
        return 0;
    writ_buffer_format(&s->store, "%s/ca/ca.db", s->places.write);
    s->stores[0] = writ_buffer_string(&s->store);
    if (to->crl_count == 0 || access(s->stores[0], F_OK) == 0)
        to->store_count = 1;
    return writ_buffer_check(&s->store, e);
}

static int read_pairs(struct serving *s, struct writ_error *e)
{
    struct answers_settings *to = &s->settings;

    if (count_pairs(s, "responder", "key", ANSWERS_SIGNERS_MAX, &to->signer_count, e) < 0 ||
        count_pairs(s, "crl", "issuer", ANSWERS_CRLS_MAX, &to->crl_count, e) < 0)
        return -1;
    for (size_t i = 0; i < to->signer_count; i++) {
        s->signers[i].certificate = args_value_at(s->args, "responder", i);
        s->signers[i].key = args_value_at(s->args, "key", i);
    }
    for (size_t i = 0; i < to->crl_count; i++) {
        s->crls[i].crl = args_value_at(s->args, "crl", i);
        s->crls[i].issuer = args_value_at(s->args, "issuer", i);
    }
    to->signers = s->signers;
    to->crls = s->crls;
    return 0;
}

/* Keys may be plain: only who has a passphrase gives one, or who sits at a terminal. */
static int read_passphrase(struct serving *s, struct writ_error *e)
{
    passphrase_start(&s->passphrase, s->args->passphrase_fd);
    if (s->args->passphrase_fd < 0 && getenv("WRIT_PASSPHRASE") == NULL)
        return 0;
    if (passphrase_need(&s->passphrase, PASSPHRASE_OPEN, "the responder's key", e) < 0)
        return -1;
    s->settings.passphrase = passphrase_bytes(&s->passphrase);
    return 0;
}

static int read_settings(struct serving *s, struct writ_error *e)
{
    const char *base = args_value(s->args, "base");

    if (limits_read(s->args, &s->limits, e) < 0 || read_pairs(s, e) < 0 || read_stores(s, e) < 0)
        return -1;
    if (base != NULL && base[0] != '/')
        return args_fail(s->args, e, "--base: wanted a path that begins with /, found %.64s", base);
    s->settings.validity = s->limits.validity;
    s->settings.budget = (unsigned)s->limits.nonces;
    s->settings.threads = (unsigned)s->limits.threads;
    limits_fit(&s->limits);
    return read_passphrase(s, e);
}

/* --------------------------------------------------------------------------------------- starting
 */

/* Sockets that were handed over, else those that --listen names. */
static int open_listeners(struct serving *s, struct writ_error *e)
{
    size_t n;
    int given = notify_sockets(s->listeners, e);

    if (given < 0 || count_of(s, "listen", HTTP_LISTENERS_MAX, &n, e) < 0)
        return -1;
    s->listener_count = given;
    for (size_t i = 0; given == 0 && i < (n == 0 ? 1 : n); i++) {
        const char *where = n == 0 ? DEFAULT_LISTEN : args_value_at(s->args, "listen", i);
        int fd = listener_open(where, e);

        if (fd < 0)
            return -1;
        s->listeners[s->listener_count++] = fd;
    }
    return 0;
}

static int open_feed(const struct serving *s, int *fd, struct writ_error *e)
{
    const char *path = args_value(s->args, "feed");

    *fd = path == NULL ? -1 : feed_open(path, e);
    return path == NULL || *fd >= 0 ? 0 : -1;
}

/* Signals are taken by the loop alone, in whatever thread they arrive. */
static void hold_signals(struct serving *s)
{
    (void)sigemptyset(&s->signals);
    (void)sigaddset(&s->signals, SIGHUP);
    (void)sigaddset(&s->signals, SIGTERM);
    (void)sigaddset(&s->signals, SIGINT);
    (void)pthread_sigmask(SIG_BLOCK, &s->signals, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
}

static int start_http(struct serving *s, struct writ_error *e)
{
    const char *base = args_value(s->args, "base");
    struct http_settings http = {
        .answers = s->answers,
        .base = base == NULL ? "/" : base,
        .threads = (unsigned)s->limits.threads,
        .connections = (unsigned)s->limits.connections,
        .queue = (unsigned)s->limits.queue,
        .patience = s->limits.patience,
        .max_age = s->limits.cache,
        .started_at = time(NULL),
    };

    if (open_feed(s, &http.feed, e) < 0)
        return -1;
    return http_start(&http, s->listeners, s->listener_count, &s->http, e);
}

static void say_where(struct serving *s)
{
    char where[LISTENER_TEXT];

    for (int i = 0; i < s->listener_count; i++) {
        listener_name(s->listeners[i], where);
        out_note(s->out, "listening at %s", where);
    }
}

/* ---------------------------------------------------------------------------------------- serving
 */

static void say_ready(struct serving *s)
{
    struct answers_counts c;

    answers_counts(s->answers, &c);
    notify_send("READY=1\nSTATUS=%llu issuers, %llu certificates", (unsigned long long)c.issuers,
                (unsigned long long)c.certificates);
}

/* Everything is read again while requests are answered; what fails leaves all as it was. */
static void reload(struct serving *s)
{
    struct writ_error e = {0};
    int feed = -1;

    notify_reloading();
    if (open_feed(s, &feed, &e) < 0 || answers_reload(s->answers, &s->settings, &e) < 0) {
        if (feed >= 0)
            (void)close(feed);
        (void)out_fault_line(s->out, &e);
    } else {
        http_reloaded(s->http, feed, time(NULL));
        out_note(s->out, "reloaded");
    }
    say_ready(s);
}

/* Until a signal that ends it. */
static void serve(struct serving *s)
{
    int beat = notify_watchdog_ms();
    struct timespec wait = {.tv_sec = beat / 1000, .tv_nsec = beat % 1000 * 1000000L};

    for (;;) {
        int signal =
            beat > 0 ? sigtimedwait(&s->signals, NULL, &wait) : sigwaitinfo(&s->signals, NULL);

        if (signal == SIGHUP)
            reload(s);
        else if (signal == SIGTERM || signal == SIGINT)
            return;
        else if (signal < 0 && errno == EAGAIN)
            notify_send("WATCHDOG=1");
    }
}

static int serve_all(struct serving *s, struct writ_error *e)
{
    if (start_http(s, e) < 0)
        return -1;
    say_where(s);
    say_ready(s);
    serve(s);
    notify_send("STOPPING=1");
    if (s->out->json)
        writ_emit_unsigned(out_emit(s->out), "answered", http_answered(s->http));
    http_stop(s->http, STOP_MS);
    return 0;
}

/* --check: all of it has started. */
static void say_checked(struct serving *s)
{
    struct answers_counts c;
    struct writ_emit *m = out_emit(s->out);

    answers_counts(s->answers, &c);
    writ_emit_unsigned(m, "issuers", c.issuers);
    writ_emit_unsigned(m, "issuers_unserved", c.unserved);
    writ_emit_unsigned(m, "certificates", c.certificates);
    writ_emit_unsigned(m, "certificates_revoked", c.revoked);
    writ_emit_time(m, "signer_ends", c.signer_ends);
}

static int run_all(struct serving *s, struct writ_error *e)
{
    int feed = -1, rc;

    if (read_settings(s, e) < 0)
        return -1;
    hold_signals(s);
    if (args_flag(s->args, "check")) {
        rc = open_feed(s, &feed, e);
        if (rc == 0)
            rc = answers_start(&s->settings, &s->answers, e);
        if (rc == 0)
            say_checked(s);
        if (feed >= 0)
            (void)close(feed);
        return rc;
    }
    if (open_listeners(s, e) < 0 || answers_start(&s->settings, &s->answers, e) < 0)
        return -1;
    return serve_all(s, e);
}

int run_serve(const struct args *a, struct out *o)
{
    struct serving s = {.args = a, .out = o};
    struct writ_error e = {0};
    int rc = run_all(&s, &e);

    answers_stop(s.answers);
    passphrase_forget(&s.passphrase);
    places_free(&s.places);
    writ_buffer_free(&s.store);
    return rc < 0 ? out_fault(o, &e) : 0;
}
