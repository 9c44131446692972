#include "shared/jail.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crypto/start.h"
#include "shared/deadline.h"
#include "shared/jail_frame.h"
#include "shared/jail_walls.h"

#define PIECE ((size_t)1 << 16) /* read at once */

/* The child as its parent sees it. */
struct child {
    pid_t pid;
    int pidfd;        /* readable once it has died */
    int pipe;         /* its answer comes out here */
    int64_t deadline; /* for the answer and its end */
};

/* Why reading its answer stopped. */
enum ending { ENDING_CLOSED, ENDING_LATE, ENDING_LONG, ENDING_FAULT };

/* Children that nobody waits for are gone when they die: how they ended cannot be told, and their
 * number may belong to another process by then. */
static bool forgets_children(void)
{
    struct sigaction action;

    return sigaction(SIGCHLD, NULL, &action) == 0 &&
           (action.sa_handler == SIG_IGN || (action.sa_flags & SA_NOCLDWAIT) != 0);
}

void jail_keep_children(void)
{
    if (forgets_children())
        (void)signal(SIGCHLD, SIG_DFL);
}

int jail_prepare(struct writ_error *e)
{
    jail_keep_children();
    return writ_crypto_start(e);
}

/* ---- in the child ---- */

static void send_all(struct writ_span bytes)
{
    while (bytes.n > 0) {
        ssize_t n = write(JAIL_WALLS_ANSWER_FD, bytes.p, bytes.n);

        if (n < 0 && errno != EINTR)
            _exit(1);
        if (n > 0)
            bytes = WRIT_SPAN(bytes.p + n, bytes.n - (size_t)n);
    }
}

static size_t answer_ceiling(const struct jail *limits)
{
    return limits->answer_bytes == 0 ? JAIL_ANSWER_BYTES : limits->answer_bytes;
}

/* Sends the answer, or the fault, and ends. */
static _Noreturn void reply(int outcome, const struct writ_buffer *answer, struct writ_error *e)
{
    uint8_t header[JAIL_FRAME_HEADER];
    struct writ_span body = writ_buffer_span(answer);

    if (outcome == 0)
        outcome = writ_buffer_check(answer, e);
    if (outcome == 0) {
        jail_frame_answer(header, (uint32_t)body.n);
    } else {
        (void)writ_fail(e, WRIT_FAULT_UNEXPECTED, "failed without saying why");
        jail_frame_fault(header, e);
        body = writ_span_text(e->text);
    }
    send_all(WRIT_SPAN_OF(header));
    send_all(body);
    _exit(0);
}

static _Noreturn void be_child(const struct jail *limits, struct jail_strength strength,
                               void *filter, int out, int parent, jail_work *work, void *argument)
{
    struct writ_buffer answer = {.ceiling = answer_ceiling(limits)};
    struct writ_error e = {.offset = SIZE_MAX};

    if (out != JAIL_WALLS_ANSWER_FD && dup2(out, JAIL_WALLS_ANSWER_FD) < 0)
        _exit(1);
    if (jail_walls_enter(limits, strength, filter, parent, &e) < 0)
        reply(-1, &answer, &e);
    reply(work(argument, &answer, &e), &answer, &e);
}

/* ---- in the parent ---- */

static int check_call(const struct jail *limits, struct jail_strength strength,
                      struct writ_error *e)
{
    if (limits->keep_count > JAIL_KEEP_MAX || limits->answer_bytes > WRIT_BUFFER_CEILING / 2 ||
        limits->deadline_ms < 0)
        return writ_fail(e, WRIT_FAULT_USAGE, "limits of a jail that are out of range");
    for (size_t i = 0; i < limits->keep_count; i++) {
        if (limits->keep[i] < 0 || limits->keep[i] == JAIL_WALLS_ANSWER_FD ||
            limits->keep[i] == STDERR_FILENO)
            return writ_fail(e, WRIT_FAULT_USAGE, "descriptor %d cannot be kept in a jail",
                             limits->keep[i]);
    }
    if (forgets_children())
        return writ_fail(e, WRIT_FAULT_USAGE,
                         "SIGCHLD is ignored, so a jailed child would be lost");
    if (!strength.seccomp && !limits->insecure_allow_unjailed)
        return writ_fail(e, WRIT_FAULT_CONFIGURATION,
                         "this kernel has no seccomp, so nothing can be read safely");
    return 0;
}

static bool gone_by(const struct child *c, int64_t deadline)
{
    struct pollfd one = {.fd = c->pidfd, .events = POLLIN};
    int ready;

    do {
        ready = c->pidfd < 0 ? 0 : poll(&one, 1, deadline_left(deadline));
    } while (ready < 0 && errno == EINTR);
    return ready > 0;
}

/* Sees the child out: one that closed its end may take until the deadline to die, any other is
 * killed.  One that the kernel holds, in a dead network file system, is left to it. */
static enum ending finish(const struct child *c, enum ending ending, int *status,
                          struct writ_error *e)
{
    bool gone;

    if (ending == ENDING_CLOSED && !gone_by(c, c->deadline))
        ending = ENDING_LATE;
    if (ending != ENDING_CLOSED)
        (void)kill(c->pid, SIGKILL);
    gone = gone_by(c, deadline_in(JAIL_GRACE_MS));
    if (waitpid(c->pid, status, gone ? 0 : WNOHANG) == c->pid || ending != ENDING_CLOSED)
        return ending;
    (void)writ_fail(e, WRIT_FAULT_UNEXPECTED, "cannot learn how the jailed child ended");
    return ENDING_FAULT;
}

static void close_all(const struct child *c)
{
    if (c->pidfd >= 0)
        (void)close(c->pidfd);
    if (c->pipe >= 0)
        (void)close(c->pipe);
}

static int start(const struct jail *limits, struct jail_strength strength, jail_work *work,
                 void *argument, struct child *c, struct writ_error *e)
{
    void *filter = strength.seccomp ? jail_walls_filter(e) : NULL;
    int parent = getpid();
    int ends[2];

    if (strength.seccomp && filter == NULL)
        return -1;
    if (pipe2(ends, O_CLOEXEC) < 0) {
        jail_walls_filter_free(filter);
        return writ_fail_errno(e, WRIT_FAULT_UNEXPECTED, errno, "cannot make a pipe");
    }
    c->pipe = ends[0];
    c->pid = fork();
    if (c->pid == 0)
        be_child(limits, strength, filter, ends[1], parent, work, argument);
    if (c->pid < 0)
        (void)writ_fail_errno(e, WRIT_FAULT_UNEXPECTED, errno, "cannot start a jailed child");
    (void)close(ends[1]);
    jail_walls_filter_free(filter);
    return c->pid < 0 ? -1 : 0;
}

static int watch(struct child *c, struct writ_error *e)
{
    c->pidfd = (int)syscall(SYS_pidfd_open, c->pid, 0);
    if (c->pidfd >= 0)
        return 0;
    return writ_fail_errno(e, WRIT_FAULT_CONFIGURATION, errno,
                           "cannot watch a jailed child (pidfd_open, Linux 5.3)");
}

/* Reads until the child closes its end, but no more than ceiling bytes. */
static enum ending receive(const struct child *c, size_t ceiling, struct writ_buffer *message,
                           struct writ_error *e)
{
    struct pollfd one = {.fd = c->pipe, .events = POLLIN};

    for (;;) {
        int ready = poll(&one, 1, deadline_left(c->deadline));
        uint8_t *at;
        ssize_t n;

        if (ready == 0)
            return ENDING_LATE;
        if (ready < 0 && errno == EINTR)
            continue;
        at = writ_buffer_extend(message, PIECE);
        n = ready < 0 || at == NULL ? -1 : read(c->pipe, at, PIECE);
        if (n < 0)
            (void)writ_fail(e, WRIT_FAULT_UNEXPECTED, "cannot read from a jailed child");
        if (at != NULL)
            message->n -= PIECE - (n < 0 ? 0 : (size_t)n);
        if (n <= 0)
            return n == 0 ? ENDING_CLOSED : ENDING_FAULT;
        if (message->n > ceiling)
            return ENDING_LONG;
    }
}

/* What a signal that ended the child means. */
static int fail_signal(int number, const struct jail *limits, struct writ_error *e)
{
    switch (number) {
    case SIGSYS:
        return writ_fail(e, WRIT_FAULT_UNEXPECTED,
                         "the jailed child tried a forbidden system call and was stopped");
    case SIGBUS:
        return writ_fail(e, WRIT_FAULT_IO, "the file changed while it was read");
    case SIGXCPU:
        return writ_fail(e, WRIT_FAULT_UNAVAILABLE,
                         "the jailed child used more than %u s of processor time",
                         limits->cpu_seconds == 0 ? JAIL_CPU_SECONDS : limits->cpu_seconds);
    case SIGKILL:
    case SIGINT:
    case SIGTERM:
    case SIGHUP:
    case SIGQUIT:
        return writ_fail(e, WRIT_FAULT_UNAVAILABLE,
                         "the jailed child was ended from outside (%s); a system short of memory "
                         "does that too",
                         strsignal(number));
    default:
        return writ_fail(e, WRIT_FAULT_UNEXPECTED, "the jailed child crashed (%s)",
                         strsignal(number));
    }
}

/* 0 when the child came to its proper end. */
static int judge_end(enum ending ending, int status, const struct jail *limits,
                     struct writ_error *e)
{
    int64_t deadline = limits->deadline_ms == 0 ? JAIL_DEADLINE_MS : limits->deadline_ms;

    if (ending == ENDING_FAULT)
        return -1;
    if (ending == ENDING_LATE)
        return writ_fail(e, WRIT_FAULT_UNAVAILABLE,
                         "the jailed child did not finish within %lld ms", (long long)deadline);
    if (ending == ENDING_LONG)
        return writ_fail(e, WRIT_FAULT_UNEXPECTED,
                         "the jailed child sent more than the %zu bytes an answer may have",
                         answer_ceiling(limits));
    if (WIFSIGNALED(status))
        return fail_signal(WTERMSIG(status), limits, e);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return writ_fail(e, WRIT_FAULT_UNEXPECTED,
                         "the jailed child ended without an answer (status %d)", status);
    return 0;
}

int jail_run(const struct jail *limits, jail_work *work, void *argument, struct writ_buffer *answer,
             struct writ_error *e)
{
    struct child c = {.pid = -1, .pidfd = -1, .pipe = -1};
    struct jail_strength strength = jail_strength();
    struct writ_buffer message = {0};
    struct writ_span body;
    enum ending ending = ENDING_FAULT;
    int status = 0;
    int rc = -1;

    c.deadline = deadline_in(limits->deadline_ms == 0 ? JAIL_DEADLINE_MS : limits->deadline_ms);
    if (check_call(limits, strength, e) < 0 || start(limits, strength, work, argument, &c, e) < 0)
        goto out;
    if (watch(&c, e) == 0)
        ending = receive(&c, answer_ceiling(limits) + JAIL_FRAME_HEADER, &message, e);
    ending = finish(&c, ending, &status, e);
    if (judge_end(ending, status, limits, e) < 0 ||
        jail_frame_read(writ_buffer_span(&message), &body, e) < 0)
        goto out;
    writ_buffer_add(answer, body);
    rc = writ_buffer_check(answer, e);
out:
    writ_buffer_free(&message);
    close_all(&c);
    return rc;
}
