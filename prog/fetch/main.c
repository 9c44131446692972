/*
 * writ-fetch - one thing from one server
 *
 *   writ-fetch get URL CEILING DEADLINE_MS ETAG FROM IF_RANGE
 *   writ-fetch post URL CEILING DEADLINE_MS TYPE WANTED   (the body from standard input)
 *   writ-fetch race DEADLINE_MS TYPE WANTED {get|post} URL ...  (what is posted from standard
 * input) writ-fetch chain NAME HOST PORT STARTTLS DEADLINE_MS  (STARTTLS may be empty)
 *
 * The body of the answer goes to standard output; of a race, the frames of shared/raceframe.h. What
 * happened goes to descriptor 3, as the lines that shared/fetcher.c understands.  Not for people:
 * writ calls it.
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "fetch/chain.h"
#include "fetch/race.h"
#include "shared/fetch.h"
#include "shared/file.h"
#include "shared/jail.h"

#define SAY_FD   3
#define BODY_MAX ((size_t)1 << 20)

static int say(const char *line)
{
    size_t n = strlen(line);

    return write(SAY_FD, line, n) == (ssize_t)n ? 0 : WRIT_FAULT_IO;
}

static int say_fault(const struct writ_error *e)
{
    char line[WRIT_ERROR_TEXT_MAX + 32];

    (void)snprintf(line, sizeof line, "fault %d %s", (int)e->fault, e->text);
    (void)!say(line);
    return (int)e->fault;
}

static int number(const char *text, int64_t *value, struct writ_error *e)
{
    char *end;

    errno = 0;
    *value = strtoll(text, &end, 10);
    if (errno == 0 && *end == '\0' && *value >= 0)
        return 0;
    return writ_fail(e, WRIT_FAULT_USAGE, "writ-fetch: not a number: %.40s", text);
}

/* What the server wants beside what was asked; nothing of it must get lost because the rest failed.
 */
static void say_wishes(const struct fetch_answer *answer)
{
    char line[FETCH_ALERT_MAX + 16];

    if (answer->wait_seconds > 0) {
        (void)snprintf(line, sizeof line, "\nwait %" PRId64, answer->wait_seconds);
        (void)!say(line);
    }
    if (answer->alert[0] != '\0') {
        (void)snprintf(line, sizeof line, "\nalert %s", answer->alert);
        (void)!say(line);
    }
}

static int say_answer(const struct fetch_answer *answer)
{
    char line[FETCH_ETAG_MAX + 16];

    if (answer->status == FETCH_NOT_MODIFIED)
        return say("not-modified");
    (void)snprintf(line, sizeof line, "%s %s", answer->resumed ? "resumed" : "fresh", answer->etag);
    return say(line);
}

/* After a fault the ETag is that of the part that came. */
static int say_broken(const struct fetch_answer *answer, const struct writ_error *e)
{
    char line[FETCH_ETAG_MAX + 16];
    int code = say_fault(e);

    (void)snprintf(line, sizeof line, "\netag %s", answer->etag);
    (void)!say(line);
    return code;
}

static int get(char **argv, struct fetch *what, struct writ_error *e)
{
    struct fetch_answer answer = {0};
    int64_t from;
    int code;

    what->etag = argv[5];
    what->if_range = argv[7];
    if (number(argv[6], &from, e) < 0)
        return say_fault(e);
    what->from = (uint64_t)from;
    code = fetch_get_fd(what, STDOUT_FILENO, &answer, e) < 0 ? say_broken(&answer, e)
                                                             : say_answer(&answer);
    say_wishes(&answer);
    return code;
}

static int post(char **argv, const struct fetch *what, struct writ_error *e)
{
    struct writ_buffer body = {0}, answer = {0};
    int rc = file_read_fd(STDIN_FILENO, "the request", BODY_MAX, &body, e);

    if (rc == 0)
        rc = fetch_post(what, argv[5], writ_buffer_span(&body), argv[6], &answer, e);
    if (rc == 0)
        rc = file_write(STDOUT_FILENO, "the answer", writ_buffer_span(&answer), e);
    writ_buffer_free(&body);
    writ_buffer_free(&answer);
    return rc < 0 ? say_fault(e) : say("fresh");
}

/* The servers of a race: pairs of a method and a URL. */
static int read_servers(char **argv, int argc, struct race *what, struct writ_error *e)
{
    for (int i = 0; i + 1 < argc && what->count < RACE_SERVERS_MAX; i += 2) {
        bool post = strcmp(argv[i], "post") == 0;

        if (!post && strcmp(argv[i], "get") != 0)
            return writ_fail(e, WRIT_FAULT_USAGE, "writ-fetch: wanted get or post: %.40s", argv[i]);
        what->server[what->count++] = (struct race_server){.url = argv[i + 1], .post = post};
    }
    if (argc % 2 != 0 || (size_t)argc != 2 * what->count)
        return writ_fail(e, WRIT_FAULT_USAGE,
                         "writ-fetch: race wants 1 to %d pairs of a method "
                         "and a URL",
                         RACE_SERVERS_MAX);
    return 0;
}

static int race(char **argv, int argc)
{
    struct race what = {.type = argv[3], .wanted = argv[4]};
    struct writ_buffer body = {0};
    struct writ_error e = {0};
    int rc = -1;

    if (jail_prepare(&e) == 0 && number(argv[2], &what.deadline_ms, &e) == 0 &&
        read_servers(argv + 5, argc - 5, &what, &e) == 0 &&
        file_read_fd(STDIN_FILENO, "the request", BODY_MAX, &body, &e) == 0) {
        what.body = writ_buffer_span(&body);
        rc = race_run(&what, STDOUT_FILENO, &e);
    }
    writ_buffer_free(&body);
    return rc < 0 ? say_fault(&e) : say("fresh");
}

/* The deadline of a chain: in a signal handler. */
static void expire(int signal)
{
    static const char line[] = "fault 69 no answer from the server in the time it has";

    (void)signal;
    (void)!write(SAY_FD, line, sizeof line - 1);
    _exit(WRIT_FAULT_UNAVAILABLE);
}

/* The certificates and, behind them, what is stapled: so many bytes of it. */
static int write_chain(const struct writ_buffer *certificates, const struct writ_buffer *staple,
                       struct writ_error *e)
{
    char line[40];

    if (file_write(STDOUT_FILENO, "the answer", writ_buffer_span(certificates), e) < 0 ||
        file_write(STDOUT_FILENO, "the staple", writ_buffer_span(staple), e) < 0)
        return -1;
    (void)snprintf(line, sizeof line, "fresh \nstaple %zu", staple->n);
    return say(line) == 0 ? 0 : writ_fail(e, WRIT_FAULT_IO, "nobody listens");
}

static int chain(char **argv)
{
    struct chain what = {.name = argv[2], .host = argv[3], .port = argv[4], .starttls = argv[5]};
    struct writ_buffer certificates = {0}, staple = {0};
    struct writ_error e = {0};
    int rc = -1;

    if (jail_prepare(&e) == 0 && number(argv[6], &what.deadline_ms, &e) == 0 &&
        chain_fetch(&what, expire, &certificates, &staple, &e) == 0)
        rc = write_chain(&certificates, &staple, &e);
    writ_buffer_free(&certificates);
    writ_buffer_free(&staple);
    return rc < 0 ? say_fault(&e) : 0;
}

int main(int argc, char **argv)
{
    struct writ_error e = {0};
    struct fetch what = {0};
    int64_t ceiling = 0;

    /* A race may outlive its caller, whose heir it then talks to; it ends when nobody listens. */
    if (argc >= 7 && strcmp(argv[1], "race") == 0)
        return race(argv, argc);
    /* Nobody waits for an answer any more when the caller has died. */
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (argc != 7 && argc != 8) {
        (void)writ_fail(&e, WRIT_FAULT_USAGE, "writ-fetch is not for people; see writ pull");
        (void)fprintf(stderr, "%s\n", e.text);
        return say_fault(&e);
    }
    if (argc == 7 && strcmp(argv[1], "chain") == 0)
        return chain(argv);
    what.url = argv[2];
    if (jail_prepare(&e) < 0 || number(argv[3], &ceiling, &e) < 0 ||
        number(argv[4], &what.deadline_ms, &e) < 0)
        return say_fault(&e);
    what.ceiling = (uint64_t)ceiling;
    if (strcmp(argv[1], "get") == 0 && argc == 8)
        return get(argv, &what, &e);
    if (strcmp(argv[1], "post") == 0 && argc == 7)
        return post(argv, &what, &e);
    (void)writ_fail(&e, WRIT_FAULT_USAGE, "writ-fetch: wanted get, post, race or chain");
    return say_fault(&e);
}
