#include "shared/passphrase.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "base/text.h"
#include "crypto/key.h"

#define VARIABLE "WRIT_PASSPHRASE"

/* How reading a line ended. */
enum ending { LINE_WHOLE, LINE_INTERRUPTED, LINE_FAILED };

/* The terminal while it is asked: echo off, signals waiting. */
struct terminal {
    int fd;
    int signals; /* readable when a signal waits; never read, so that it stays pending */
    struct termios before;
    sigset_t mask_before;
};

void passphrase_start(struct passphrase *p, int fd)
{
    *p = (struct passphrase){.fd = fd};
}

struct writ_span passphrase_bytes(const struct passphrase *p)
{
    assert(p->known);
    return writ_buffer_span(&p->text);
}

void passphrase_forget(struct passphrase *p)
{
    writ_buffer_wipe(&p->text);
    p->known = false;
}

/* What no passphrase may be, wherever it came from. */
static int check(const struct writ_buffer *text, const char *from, struct writ_error *e)
{
    if (writ_buffer_check(text, e) < 0)
        return -1;
    if (text->n == 0)
        return writ_fail(e, WRIT_FAULT_USAGE, "%s: the passphrase is empty", from);
    if (text->n > WRIT_PASSPHRASE_MAX)
        return writ_fail(e, WRIT_FAULT_USAGE,
                         "%s: the passphrase is longer than the %d bytes allowed", from,
                         WRIT_PASSPHRASE_MAX);
    if (memchr(text->p, '\0', text->n) != NULL)
        return writ_fail(e, WRIT_FAULT_USAGE, "%s: the passphrase holds a NUL byte", from);
    return 0;
}

/* Waits until fd has something to read.  A signal that waits (signals >= 0) comes first. */
static enum ending await(int fd, int signals)
{
    struct pollfd wait[] = {{.fd = fd, .events = POLLIN}, {.fd = signals, .events = POLLIN}};

    while (poll(wait, 2, -1) < 0) {
        if (errno != EINTR)
            return LINE_FAILED;
    }
    return wait[1].revents != 0 ? LINE_INTERRUPTED : LINE_WHOLE;
}

/* Reads up to the end of the line or of the file, byte by byte so as to take nothing that comes
 * after.  Of a line that is too long one byte more than allowed is kept, for check to see. */
static enum ending read_line(int fd, int signals, struct writ_buffer *text)
{
    for (;;) {
        enum ending ending = await(fd, signals);
        uint8_t byte;
        ssize_t n;

        if (ending != LINE_WHOLE)
            return ending;
        n = read(fd, &byte, 1);
        if (n < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (n < 0)
            return LINE_FAILED;
        if (n == 0 || byte == '\n')
            return LINE_WHOLE;
        if (text->n <= WRIT_PASSPHRASE_MAX)
            writ_buffer_byte(text, byte);
    }
}

static int take_descriptor(struct passphrase *p, struct writ_error *e)
{
    if (read_line(p->fd, -1, &p->text) == LINE_FAILED)
        return writ_fail(e, WRIT_FAULT_USAGE, "--passphrase-fd %d: %s", p->fd, strerror(errno));
    return check(&p->text, "--passphrase-fd", e);
}

static int take_environment(struct passphrase *p, char *value, struct writ_error *e)
{
    writ_buffer_text(&p->text, value);
    explicit_bzero(value, strlen(value));
    (void)unsetenv(VARIABLE); /* fails only for a name that is no name */
    return check(&p->text, VARIABLE, e);
}

static int fail_terminal(struct writ_error *e)
{
    return writ_fail(e, WRIT_FAULT_IO, "/dev/tty: %s", strerror(errno));
}

/* Echo off.  Signals are held back and watched rather than handled: the terminal is put back
 * first, and then the signal does whatever it did before. */
static int hush(struct terminal *t, struct writ_error *e)
{
    static const int watched[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGALRM};
    struct termios quiet;
    sigset_t held;

    (void)sigemptyset(&held);
    for (size_t i = 0; i < sizeof watched / sizeof watched[0]; i++)
        (void)sigaddset(&held, watched[i]);
    if (tcgetattr(t->fd, &t->before) < 0)
        return fail_terminal(e);
    t->signals = signalfd(-1, &held, SFD_CLOEXEC);
    if (t->signals < 0)
        return fail_terminal(e);
    (void)sigprocmask(SIG_BLOCK, &held, &t->mask_before);
    quiet = t->before;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    quiet.c_lflag |= ECHONL;
    if (tcsetattr(t->fd, TCSAFLUSH, &quiet) == 0)
        return 0;
    (void)fail_terminal(e);
    (void)close(t->signals);
    (void)sigprocmask(SIG_SETMASK, &t->mask_before, NULL);
    return -1;
}

/* As it was; a signal that waited arrives here. */
static void unhush(struct terminal *t)
{
    (void)tcsetattr(t->fd, TCSAFLUSH, &t->before);
    (void)close(t->signals);
    (void)sigprocmask(SIG_SETMASK, &t->mask_before, NULL);
}

static void tell(const struct terminal *t, const char *text)
{
    if (write(t->fd, text, strlen(text)) < 0)
        return; /* reading will fail too, and says so */
}

/* One line typed without echo.  After a signal that did not end the program (it was stopped and
 * goes on, or ignores it) the question is put again. */
static int ask(struct terminal *t, const char *question, struct writ_buffer *text,
               struct writ_error *e)
{
    enum ending ending = LINE_INTERRUPTED;

    while (ending == LINE_INTERRUPTED) {
        writ_buffer_wipe(text);
        if (hush(t, e) < 0)
            return -1;
        tell(t, question);
        ending = read_line(t->fd, t->signals, text);
        if (ending == LINE_FAILED)
            (void)fail_terminal(e);
        if (ending == LINE_INTERRUPTED)
            tell(t, "\n");
        unhush(t);
    }
    return ending == LINE_WHOLE ? 0 : -1;
}

static const char *question_of(struct writ_buffer *b, const char *before, const char *what)
{
    writ_buffer_text(b, before);
    writ_text_add_safe(b, writ_span_text(what));
    writ_buffer_text(b, ": ");
    return writ_buffer_string(b);
}

/* Asks a second time; *same tells whether it was the same. */
static int ask_again(struct terminal *t, const struct writ_buffer *text, bool *same,
                     struct writ_error *e)
{
    struct writ_buffer again = {0};
    int rc = ask(t, "The same again: ", &again, e);

    *same = writ_span_equal(writ_buffer_span(text), writ_buffer_span(&again));
    writ_buffer_wipe(&again);
    return rc;
}

static int ask_new(struct terminal *t, const char *question, struct writ_buffer *text,
                   struct writ_error *e)
{
    for (int i = 0; i < PASSPHRASE_TRIES; i++) {
        bool same;

        if (ask(t, question, text, e) < 0 || check(text, "/dev/tty", e) < 0)
            return -1;
        if (text->n < PASSPHRASE_SHORT)
            tell(t, "That is short: it can be guessed by whoever gets the key's file.\n");
        if (ask_again(t, text, &same, e) < 0)
            return -1;
        if (same)
            return 0;
        tell(t, "The two are not the same.\n");
    }
    return writ_fail(e, WRIT_FAULT_USAGE, "the new passphrase was mistyped %d times",
                     PASSPHRASE_TRIES);
}

static int take_terminal(struct passphrase *p, enum passphrase_use use, const char *what,
                         struct writ_error *e)
{
    struct terminal t = {.fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)};
    struct writ_buffer question = {0};
    int rc;

    if (t.fd < 0)
        return writ_fail(e, WRIT_FAULT_USAGE,
                         "no passphrase for %s: give it with --passphrase-fd N, in the environment "
                         "as WRIT_PASSPHRASE, or on a terminal",
                         what);
    if (use == PASSPHRASE_NEW)
        rc = ask_new(&t, question_of(&question, "New passphrase for ", what), &p->text, e);
    else
        rc = ask(&t, question_of(&question, "Passphrase for ", what), &p->text, e);
    if (rc == 0)
        rc = check(&p->text, "/dev/tty", e);
    writ_buffer_free(&question);
    (void)close(t.fd);
    return rc;
}

int passphrase_need(struct passphrase *p, enum passphrase_use use, const char *what,
                    struct writ_error *e)
{
    char *variable;
    int rc;

    if (p->known)
        return 0;
    variable = secure_getenv(VARIABLE);
    if (p->fd >= 0)
        rc = take_descriptor(p, e);
    else if (variable != NULL)
        rc = take_environment(p, variable, e);
    else
        rc = take_terminal(p, use, what, e);
    p->known = rc == 0;
    if (rc < 0)
        passphrase_forget(p);
    return rc;
}
