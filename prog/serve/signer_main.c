/*
 * writ-signer - signs OCSP answers for writ-serve (serve/signer.h)
 *
 * Opens its keys, gives every right away, and signs what comes over its channels, a thread for
 * each.
 */
#include <pthread.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "crypto/key.h"
#include "crypto/start.h"
#include "serve/signer.h"
#include "shared/keyfile.h"

static struct writ_key *keys[SIGNER_KEYS_MAX];
static size_t key_count;

/* ------------------------------------------------------------------------------- what it may do */

/* No core dump and no debugger sees the keys, and nothing it could start would have more rights. */
static int close_up(void)
{
    static const struct rlimit none = {0, 0};

    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
                   setrlimit(RLIMIT_CORE, &none) < 0
               ? -1
               : 0;
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1 /* what sanitizers do is theirs */
#else
#define SANITIZED 0
#endif

/* What signing over open descriptors takes: to send and receive, memory, locks, random numbers.  No
 * file, no process, no other socket. */
static const int allowed[] = {
    SCMP_SYS(recvfrom),       SCMP_SYS(sendto),          SCMP_SYS(poll),
    SCMP_SYS(close),          SCMP_SYS(futex),           SCMP_SYS(brk),
    SCMP_SYS(mmap),           SCMP_SYS(munmap),          SCMP_SYS(mremap),
    SCMP_SYS(mprotect),       SCMP_SYS(madvise),         SCMP_SYS(getrandom),
    SCMP_SYS(clock_gettime),  SCMP_SYS(getpid),          SCMP_SYS(gettid),
    SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),    SCMP_SYS(restart_syscall),
    SCMP_SYS(sched_yield),    SCMP_SYS(set_robust_list), SCMP_SYS(rseq),
    SCMP_SYS(exit),           SCMP_SYS(exit_group),
};

/* For all threads that are there already, too. */
static int forbid_the_rest(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    int rc = filter == NULL ? -1 : seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);

    for (size_t i = 0; rc == 0 && i < sizeof allowed / sizeof allowed[0]; i++)
        rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
    if (rc == 0)
        rc = seccomp_load(filter);
    seccomp_release(filter);
    return rc == 0 ? 0 : -1;
}

/* From here on no file can be opened and no process started; the threads are there already. */
static int give_up_files(void)
{
    static const struct rlimit one = {1, 1}, none = {0, 0}; /* poll wants room for one */

    if (setrlimit(RLIMIT_NOFILE, &one) < 0 || setrlimit(RLIMIT_FSIZE, &none) < 0)
        return -1;
    return SANITIZED ? 0 : forbid_the_rest();
}

/* ------------------------------------------------------------------------------------ the keys */

static int open_key(struct writ_span path, struct passphrase *passphrase, struct writ_error *e)
{
    char name[4096];

    if (path.n == 0 || path.n >= sizeof name || memchr(path.p, '\0', path.n) != NULL)
        return writ_fail(e, WRIT_FAULT_USAGE, "the path of a key is empty or too long");
    memcpy(name, path.p, path.n);
    name[path.n] = '\0';
    keys[key_count] = keyfile_read(name, passphrase, e);
    if (keys[key_count] == NULL)
        return -1;
    if (writ_key_algorithm(keys[key_count++]) == WRIT_OID_UNKNOWN)
        return writ_fail(e, WRIT_FAULT_CONFIGURATION,
                         "%s: wanted P-256, RSA of at least 2048 bits, or Ed25519", name);
    return 0;
}

/* There is no terminal to ask: without a passphrase an encrypted key is a fault. */
static int open_keys(struct writ_cursor *c, struct writ_error *e)
{
    struct passphrase passphrase;
    struct writ_span text, path;
    size_t count;
    int rc = 0;

    if (signer_take_bytes(c, WRIT_PASSPHRASE_MAX, &text) < 0 ||
        signer_take_number(c, SIGNER_KEYS_MAX, &count) < 0)
        return -1;
    passphrase_start(&passphrase, -1);
    writ_buffer_add(&passphrase.text, text);
    passphrase.known = text.n > 0;
    for (size_t i = 0; rc == 0 && i < count; i++) {
        rc = signer_take_bytes(c, 4096, &path);
        if (rc == 0)
            rc = open_key(path, &passphrase, e);
    }
    passphrase_forget(&passphrase);
    return rc;
}

static int answer_keys(int rc, const struct writ_error *e)
{
    struct writ_buffer frame = {0}, spki = {0};
    int sent = -1;

    signer_put_number(&frame, rc == 0 ? 0 : (size_t)e->fault);
    if (rc < 0)
        signer_put_bytes(&frame, writ_span_text(e->text));
    else
        signer_put_number(&frame, key_count);
    for (size_t i = 0; rc == 0 && i < key_count; i++) {
        spki.n = 0;
        if (writ_key_public(keys[i], &spki, NULL) < 0)
            goto out;
        signer_put_bytes(&frame, writ_buffer_span(&spki));
    }
    if (writ_buffer_check(&frame, NULL) == 0)
        sent = signer_send(0, writ_buffer_span(&frame));
out:
    writ_buffer_free(&spki);
    writ_buffer_free(&frame);
    return sent;
}

/* ------------------------------------------------------------------------------------- signing */

/* What one thread signs with. */
struct desk {
    int fd;
    struct writ_pen *pen[SIGNER_KEYS_MAX]; /* made when it is needed first */
    struct writ_buffer frame, one, out;
};

static struct writ_pen *pen_of(struct desk *d, size_t key)
{
    if (d->pen[key] == NULL)
        d->pen[key] = writ_pen_new(keys[key], NULL);
    return d->pen[key];
}

/* One signature behind its length.  ECDSA's are of several lengths. */
static int sign_one(struct desk *d, struct writ_pen *pen, struct writ_span message)
{
    d->one.n = 0;
    if (writ_pen_sign(pen, message, &d->one, NULL) < 0)
        return -1;
    signer_put_bytes(&d->out, writ_buffer_span(&d->one));
    return 0;
}

static int sign_frame(struct desk *d)
{
    struct writ_cursor c = writ_cursor_over(writ_buffer_span(&d->frame), NULL);
    struct writ_span message;
    size_t key, count;

    d->out.n = 0;
    if (signer_take_number(&c, SIGNER_KEYS_MAX, &key) < 0 || key >= key_count ||
        signer_take_number(&c, SIGNER_BATCH_MAX, &count) < 0 || pen_of(d, key) == NULL)
        return -1;
    signer_put_number(&d->out, count);
    for (size_t i = 0; i < count; i++) {
        if (signer_take_bytes(&c, SIGNER_FRAME_MAX, &message) < 0 ||
            sign_one(d, pen_of(d, key), message) < 0)
            return -1;
    }
    return writ_cursor_end(&c, "a frame") < 0 ? -1 : writ_buffer_check(&d->out, NULL);
}

/* Until the other end is closed, or sends something else than the rules say. */
static void *serve_channel(void *arg)
{
    struct desk *d = arg;

    while (signer_receive(d->fd, -1, &d->frame) > 0 && sign_frame(d) == 0 &&
           signer_send(d->fd, writ_buffer_span(&d->out)) == 0)
        ;
    for (size_t i = 0; i < SIGNER_KEYS_MAX; i++)
        writ_pen_free(d->pen[i]);
    writ_buffer_free(&d->frame);
    writ_buffer_free(&d->one);
    writ_buffer_free(&d->out);
    (void)close(d->fd);
    return NULL;
}

static int start_channels(const char *count)
{
    static struct desk desk[SIGNER_CHANNELS_MAX];
    int n = atoi(count);

    if (n < 1 || n > SIGNER_CHANNELS_MAX)
        return -1;
    for (int i = 0; i < n; i++) {
        pthread_t thread;

        desk[i].fd = SIGNER_FIRST_FD + i;
        if (pthread_create(&thread, NULL, serve_channel, &desk[i]) != 0 ||
            pthread_detach(thread) != 0)
            return -1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct writ_buffer frame = {0};
    struct writ_error e = {0};
    struct writ_cursor c;
    int rc;

    if (argc != 2 || close_up() < 0 || signer_receive(0, SIGNER_START_MS, &frame) <= 0)
        return 64;
    c = writ_cursor_over(writ_buffer_span(&frame), &e);
    rc = writ_crypto_start(&e) < 0 ? -1 : open_keys(&c, &e);
    writ_buffer_wipe(&frame);
    if (rc == 0 && (start_channels(argv[1]) < 0 || give_up_files() < 0))
        rc = writ_fail(&e, WRIT_FAULT_UNAVAILABLE,
                       "the signing process could not give its rights up");
    if (answer_keys(rc, &e) < 0 || rc < 0)
        return 1;
    while (signer_receive(0, -1, &frame) > 0)
        ;     /* until the responder ends, or wants this one to */
    _exit(0); /* threads may be signing */
}
