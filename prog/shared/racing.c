#include "shared/racing.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shared/deadline.h"
#include "shared/fetcher_spawn.h"

#define ARGUMENTS_MAX (5 + 2 * RACE_SERVERS_MAX + 1)
#define PIECE         4096

static char *argument(const char *text)
{
    return (char *)(uintptr_t)text;
}

static void write_arguments(const struct racing_question *what, const char *deadline,
                            char *argv[ARGUMENTS_MAX])
{
    size_t n = 0;

    argv[n++] = argument("writ-fetch");
    argv[n++] = argument("race");
    argv[n++] = argument(deadline);
    argv[n++] = argument(what->type);
    argv[n++] = argument(what->wanted);
    for (size_t i = 0; i < what->count; i++) {
        argv[n++] = argument(what->server[i].post ? "post" : "get");
        argv[n++] = argument(what->server[i].url);
    }
    argv[n] = NULL;
}

int racing_start(struct racing *r, const struct racing_question *what, struct writ_error *e)
{
    struct fetcher_ends ends = {.say = -1, .mute = true};
    char *argv[ARGUMENTS_MAX], deadline[24];
    int said[2], rc;

    *r = RACING_NONE;
    if (what->count == 0 || what->count > RACE_SERVERS_MAX)
        return writ_fail(e, WRIT_FAULT_USAGE, "%zu servers to ask; 1 to %d are wanted", what->count,
                         RACE_SERVERS_MAX);
    (void)snprintf(deadline, sizeof deadline, "%" PRId64, what->deadline_ms);
    write_arguments(what, deadline, argv);
    ends.in = fetcher_memory(what->body, e);
    if (ends.in < 0)
        return -1;
    if (pipe2(said, O_CLOEXEC) < 0) {
        rc = writ_fail_errno(e, WRIT_FAULT_UNEXPECTED, errno, "cannot make a pipe");
    } else {
        ends.out = said[1];
        rc = fetcher_spawn(argv, &ends, &r->pid, e);
        close(said[1]);
        if (rc < 0)
            close(said[0]);
        else
            r->fd = said[0];
    }
    close(ends.in);
    r->servers = what->count;
    r->said.ceiling = RACE_SERVERS_MAX * (RACE_BYTES_MAX + 2 * WRIT_ERROR_TEXT_MAX);
    return rc;
}

bool racing_is_over(const struct racing *r)
{
    return r->told == r->servers;
}

/* Reads a piece of what is said: 1, 0 when the time is over, or -1. */
static int hear(struct racing *r, int64_t deadline, struct writ_error *e)
{
    struct pollfd p = {.fd = r->fd, .events = POLLIN};
    uint8_t piece[PIECE];
    ssize_t n;
    int ready = poll(&p, 1, deadline_left(deadline));

    if (ready == 0)
        return 0;
    n = ready < 0 ? -1 : read(r->fd, piece, sizeof piece);
    if (n < 0 && errno == EINTR)
        return deadline_left(deadline) > 0 ? 1 : 0;
    if (n <= 0)
        return writ_fail(e, WRIT_FAULT_UNEXPECTED, "writ-fetch ended before it had told all");
    writ_buffer_add(&r->said, WRIT_SPAN(piece, (size_t)n));
    return writ_buffer_check(&r->said, e) < 0 ? -1 : 1;
}

int racing_next(struct racing *r, int64_t deadline, struct raceframe *f, struct writ_error *e)
{
    while (!racing_is_over(r)) {
        struct writ_cursor c = writ_cursor_over(writ_buffer_span(&r->said), e);
        struct writ_span before;
        int rc;

        if (writ_cursor_take(&c, r->read, &before, "what was taken") < 0)
            return -1;
        rc = raceframe_read(&c, r->servers, f, e);
        if (rc < 0)
            return -1;
        if (rc == 1) {
            r->read = c.offset;
            r->told++;
            return 1;
        }
        rc = hear(r, deadline, e);
        if (rc <= 0)
            return rc;
    }
    return 0;
}

void racing_end(struct racing *r)
{
    if (r->fd >= 0)
        close(r->fd);
    if (r->pid > 0) {
        (void)kill(r->pid, SIGKILL);
        while (waitpid(r->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    writ_buffer_free(&r->said);
    *r = RACING_NONE;
}

void racing_adopt(struct racing *r)
{
    r->pid = 0;
}
