/*
 * tests/unit/prog/terminal.h - a program on a terminal of its own
 *
 * The child has a pseudo-terminal as its controlling terminal; the test types at the other end and
 * waits for what appears there, never for time to pass.
 */
#ifndef WRIT_TEST_TERMINAL_H
#define WRIT_TEST_TERMINAL_H

#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "test.h"

#define TERMINAL_PATIENCE 20000 /* milliseconds until a test that hangs is given up */

struct terminal {
    pid_t pid;
    int fd;           /* the other end */
    char seen[65536]; /* all that appeared */
    size_t n;
    size_t awaited; /* how much of it was waited for */
};

/* Forks.  In the child, which has the terminal for its descriptors 0 to 2, returns true. */
static inline bool terminal_fork(struct terminal *t)
{
    memset(t, 0, sizeof *t);
    t->pid = forkpty(&t->fd, NULL, NULL, NULL);
    if (t->pid < 0)
        fail_msg("cannot make a terminal");
    return t->pid == 0;
}

/* Reads what appeared; false at the end, when nobody has the terminal open any more. */
static inline bool terminal_read(struct terminal *t)
{
    struct pollfd wait = {.fd = t->fd, .events = POLLIN};
    ssize_t n;

    if (t->n + 1 >= sizeof t->seen)
        fail_msg("too much on the terminal");
    if (poll(&wait, 1, TERMINAL_PATIENCE) == 0) {
        (void)kill(t->pid, SIGKILL);
        fail_msg("nothing more on the terminal after \"%s\"", t->seen);
    }
    n = read(t->fd, t->seen + t->n, sizeof t->seen - 1 - t->n);
    if (n <= 0)
        return false;
    t->n += (size_t)n;
    t->seen[t->n] = '\0';
    return true;
}

/* Waits until text appears after what was awaited before. */
static inline void terminal_await(struct terminal *t, const char *text)
{
    const char *at;

    while ((at = strstr(t->seen + t->awaited, text)) == NULL) {
        if (!terminal_read(t))
            fail_msg("wanted \"%s\" on the terminal, found \"%s\"", text, t->seen);
    }
    t->awaited = (size_t)(at - t->seen) + strlen(text);
}

static inline void terminal_type(const struct terminal *t, const char *keys)
{
    if (write(t->fd, keys, strlen(keys)) != (ssize_t)strlen(keys))
        fail_msg("cannot type");
}

static inline bool terminal_echoes(const struct terminal *t)
{
    struct termios now;

    if (tcgetattr(t->fd, &now) < 0)
        fail_msg("cannot look at the terminal");
    return (now.c_lflag & ECHO) != 0;
}

/* Reads to the end and returns how the child ended, as waitpid tells it. */
static inline int terminal_end(struct terminal *t)
{
    int status;

    while (terminal_read(t))
        continue;
    if (waitpid(t->pid, &status, 0) != t->pid)
        fail_msg("the child is gone");
    (void)close(t->fd);
    return status;
}

#endif
