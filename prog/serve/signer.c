#include "serve/signer.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"

extern char **environ;

/* ------------------------------------------------------------------------------------- frames */

static int64_t clock_ms(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void signer_put_number(struct writ_buffer *frame, size_t number)
{
    uint32_t le = htole32((uint32_t)number);

    writ_buffer_add(frame, WRIT_SPAN(&le, sizeof le));
}

void signer_put_bytes(struct writ_buffer *frame, struct writ_span bytes)
{
    signer_put_number(frame, bytes.n);
    writ_buffer_add(frame, bytes);
}

int signer_take_number(struct writ_cursor *c, size_t most, size_t *number)
{
    uint32_t value;

    if (writ_cursor_u32_le(c, &value, "a number") < 0)
        return -1;
    *number = value;
    return value <= most ? 0 : writ_cursor_fail(c, "wanted a number of at most %zu", most);
}

int signer_take_bytes(struct writ_cursor *c, size_t most, struct writ_span *bytes)
{
    size_t n;

    return signer_take_number(c, most, &n) < 0 ? -1 : writ_cursor_take(c, n, bytes, "bytes");
}

static int send_all(int fd, struct writ_span bytes, int more)
{
    struct writ_cursor c = writ_cursor_over(bytes, NULL);
    struct writ_span part;

    while (c.left > 0) {
        ssize_t n = send(fd, c.at, c.left, MSG_NOSIGNAL | more);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0 || writ_cursor_take(&c, (size_t)n, &part, "sent") < 0)
            return -1;
    }
    return 0;
}

int signer_send(int fd, struct writ_span frame)
{
    uint32_t le = htole32((uint32_t)frame.n);

    if (frame.n > SIGNER_FRAME_MAX)
        return -1;
    return send_all(fd, WRIT_SPAN(&le, sizeof le), MSG_MORE) < 0 ? -1 : send_all(fd, frame, 0);
}

/* Some bytes before the deadline: how many, 0 at the end, or -1. */
static ssize_t receive_some(int fd, int64_t deadline, uint8_t *to, size_t n)
{
    for (;;) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        int64_t left = deadline < 0 ? -1 : deadline - clock_ms();
        ssize_t got;

        if (deadline >= 0 && left <= 0)
            return -1;
        if (poll(&p, 1, left < 0 ? -1 : (int)left) <= 0) {
            if (errno == EINTR)
                continue;
            return -1;
        }
        got = recv(fd, to, n, 0);
        if (got >= 0 || errno != EINTR)
            return got;
    }
}

static int receive_all(int fd, int64_t deadline, uint8_t *to, size_t n)
{
    size_t have = 0;

    while (have < n) {
        ssize_t got = receive_some(fd, deadline, to + have, n - have);

        if (got <= 0)
            return got == 0 && have == 0 ? 0 : -1;
        have += (size_t)got;
    }
    return 1;
}

int signer_receive(int fd, int timeout_ms, struct writ_buffer *frame)
{
    int64_t deadline = timeout_ms < 0 ? -1 : clock_ms() + timeout_ms;
    uint32_t le;
    uint8_t *to;
    int rc = receive_all(fd, deadline, (uint8_t *)&le, sizeof le);

    if (rc <= 0)
        return rc;
    frame->n = 0;
    if (le32toh(le) > SIGNER_FRAME_MAX)
        return -1;
    to = writ_buffer_extend(frame, le32toh(le));
    if (le32toh(le) == 0)
        return 1;
    return to != NULL && receive_all(fd, deadline, to, le32toh(le)) > 0 ? 1 : -1;
}

/* ------------------------------------------------------------------------------------ signing */

static int take_signatures(const struct writ_buffer *answer, size_t count,
                           struct writ_span *signatures, struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(writ_buffer_span(answer), e);
    size_t n;

    if (signer_take_number(&c, SIGNER_BATCH_MAX, &n) < 0)
        return -1;
    if (n != count)
        return writ_cursor_fail(&c, "wanted %zu signatures, have %zu", count, n);
    for (size_t i = 0; i < count; i++) {
        if (signer_take_bytes(&c, SIGNER_SIGNATURE_MAX, &signatures[i]) < 0)
            return -1;
    }
    return writ_cursor_end(&c, "signatures");
}

int signer_sign(int channel, unsigned key, const struct writ_span *messages, size_t count,
                int timeout_ms, struct writ_buffer *answer, struct writ_span *signatures,
                struct writ_error *e)
{
    answer->n = 0;
    signer_put_number(answer, key);
    signer_put_number(answer, count);
    for (size_t i = 0; i < count; i++)
        signer_put_bytes(answer, messages[i]);
    if (writ_buffer_check(answer, e) < 0)
        return -1;
    if (channel < 0 || signer_send(channel, writ_buffer_span(answer)) < 0 ||
        signer_receive(channel, timeout_ms, answer) <= 0)
        return writ_fail(e, WRIT_FAULT_UNAVAILABLE, "the signing process does not answer");
    return take_signatures(answer, count, signatures, e);
}

/* ------------------------------------------------------------------------- starting, stopping */

/* The child's ends of the pairs, to be numbered 0 and SIGNER_FIRST_FD on. */
struct ends {
    int control;
    int channel[SIGNER_CHANNELS_MAX];
    size_t count;
};

static void close_ends(struct ends *ends)
{
    if (ends->control >= 0)
        (void)close(ends->control);
    for (size_t i = 0; i < ends->count; i++)
        (void)close(ends->channel[i]);
}

static int make_pair(int *ours, int *theirs, struct writ_error *e)
{
    int pair[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        return writ_fail_errno(e, WRIT_FAULT_UNAVAILABLE, errno, "a pair of sockets");
    *ours = pair[0];
    *theirs = pair[1];
    return 0;
}

static int make_pairs(size_t count, struct signer *signer, struct ends *ends, struct writ_error *e)
{
    if (make_pair(&signer->control, &ends->control, e) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (make_pair(&signer->channel[i], &ends->channel[i], e) < 0)
            return -1;
        signer->channel_count = ends->count = i + 1;
    }
    return 0;
}

/* dup2 onto its own number would leave close-on-exec set, and one onto another pair's number would
 * lose that: first all go up, out of the way. */
static int raise_ends(struct ends *ends, struct writ_error *e)
{
    const int above = SIGNER_FIRST_FD + SIGNER_CHANNELS_MAX;
    int *fds[SIGNER_CHANNELS_MAX + 1] = {&ends->control};

    for (size_t i = 0; i < ends->count; i++)
        fds[i + 1] = &ends->channel[i];
    for (size_t i = 0; i <= ends->count; i++) {
        int raised = fcntl(*fds[i], F_DUPFD_CLOEXEC, above);

        if (raised < 0)
            return writ_fail_errno(e, WRIT_FAULT_UNAVAILABLE, errno, "a descriptor");
        (void)close(*fds[i]);
        *fds[i] = raised;
    }
    return 0;
}

/* Nothing in the environment is for it: passphrases least of all. */
static int spawn(const char *program, const struct ends *ends, pid_t *pid, struct writ_error *e)
{
    char name[] = "writ-signer", count[16];
    char *const argv[] = {name, count, NULL};
    char *const env[] = {NULL};
    posix_spawn_file_actions_t actions;
    int code = posix_spawn_file_actions_init(&actions);

    (void)snprintf(count, sizeof count, "%zu", ends->count);
    if (code == 0)
        code = posix_spawn_file_actions_adddup2(&actions, ends->control, 0);
    for (size_t i = 0; code == 0 && i < ends->count; i++)
        code =
            posix_spawn_file_actions_adddup2(&actions, ends->channel[i], SIGNER_FIRST_FD + (int)i);
    if (code == 0)
        code = posix_spawn(pid, program, &actions, NULL, argv, env);
    (void)posix_spawn_file_actions_destroy(&actions);
    return code == 0 ? 0 : writ_fail_errno(e, WRIT_FAULT_UNAVAILABLE, code, "%s", program);
}

static int hand_over(const struct signer_order *order, int control, struct writ_error *e)
{
    struct writ_buffer frame = {0};
    int rc;

    signer_put_bytes(&frame, order->passphrase);
    signer_put_number(&frame, order->key_count);
    for (size_t i = 0; i < order->key_count; i++)
        signer_put_bytes(&frame, writ_span_text(order->keys[i]));
    rc = writ_buffer_check(&frame, e);
    if (rc == 0 && signer_send(control, writ_buffer_span(&frame)) < 0)
        rc = writ_fail(e, WRIT_FAULT_UNAVAILABLE, "the signing process did not start");
    writ_buffer_wipe(&frame);
    return rc;
}

/* What a signer that could not open a key says, made safe to show. */
static int pass_on(struct writ_cursor *c, size_t class, struct writ_error *e)
{
    struct writ_span sentence;
    char shown[sizeof e->text];

    if (!writ_is_fault((uint32_t) class) || signer_take_bytes(c, sizeof shown, &sentence) < 0)
        return writ_fail(e, WRIT_FAULT_UNEXPECTED, "the signing process makes no sense");
    writ_text_copy_safe(shown, sizeof shown, sentence);
    return writ_fail(e, (enum writ_fault) class, "%s", shown);
}

static int take_keys(const struct signer_order *order, struct signer *signer, struct writ_error *e)
{
    struct writ_cursor c;
    size_t class;

    if (signer_receive(signer->control, SIGNER_START_MS, &signer->answer) <= 0)
        return writ_fail(e, WRIT_FAULT_UNAVAILABLE, "the signing process does not answer");
    c = writ_cursor_over(writ_buffer_span(&signer->answer), e);
    if (signer_take_number(&c, UINT32_MAX, &class) < 0)
        return -1;
    if (class != 0)
        return pass_on(&c, class, e);
    if (signer_take_number(&c, order->key_count, &signer->key_count) < 0)
        return -1;
    for (size_t i = 0; i < signer->key_count; i++) {
        if (signer_take_bytes(&c, SIGNER_FRAME_MAX, &signer->spki[i]) < 0)
            return -1;
    }
    return signer->key_count == order->key_count
               ? writ_cursor_end(&c, "keys")
               : writ_cursor_fail(&c, "wanted %zu keys", order->key_count);
}

int signer_start(const struct signer_order *order, struct signer *signer, struct writ_error *e)
{
    struct ends ends = {.control = -1};
    int rc = -1;

    *signer = (struct signer){.control = -1};
    if (order->key_count > SIGNER_KEYS_MAX || order->channel_count > SIGNER_CHANNELS_MAX)
        return writ_fail(e, WRIT_FAULT_CONFIGURATION, "wanted at most %d keys to sign with",
                         SIGNER_KEYS_MAX);
    if (make_pairs(order->channel_count, signer, &ends, e) == 0 && raise_ends(&ends, e) == 0 &&
        spawn(order->program, &ends, &signer->pid, e) == 0)
        rc = 0;
    close_ends(&ends);
    if (rc == 0 && (hand_over(order, signer->control, e) < 0 || take_keys(order, signer, e) < 0))
        rc = -1;
    if (rc < 0) {
        for (size_t i = 0; i < signer->channel_count; i++)
            (void)close(signer->channel[i]);
        signer_stop(signer);
    }
    return rc;
}

/* Closing the control ends it at once; one that hangs is killed after a second. */
void signer_stop(struct signer *signer)
{
    static const struct timespec pause = {.tv_nsec = 5 * 1000 * 1000};

    if (signer->control >= 0)
        (void)close(signer->control);
    for (int i = 0; signer->pid > 0 && i < 200; i++) {
        pid_t gone = waitpid(signer->pid, NULL, WNOHANG);

        if (gone == signer->pid || (gone < 0 && errno == ECHILD))
            signer->pid = 0;
        else
            (void)nanosleep(&pause, NULL);
    }
    if (signer->pid > 0) {
        (void)kill(signer->pid, SIGKILL);
        (void)waitpid(signer->pid, NULL, 0);
    }
    writ_buffer_free(&signer->answer);
    *signer = (struct signer){.control = -1};
}
