#include "shared/fetcher.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "bytes/cursor.h"
#include "shared/fetcher_spawn.h"
#include "shared/file.h"
#include "shared/libexec.h"

#define SAY_FD 3 /* where writ-fetch says what happened */

extern char **environ;

bool fetcher_is_url(const char *location)
{
    return strncasecmp(location, "http://", 7) == 0 || strncasecmp(location, "https://", 8) == 0;
}

/* One run of writ-fetch. */
struct run {
    char *argv[9];
    int in_fd;  /* its standard input, or -1 */
    int out_fd; /* its standard output */
    char said[FETCHER_LINE_MAX];
};

/* The environment without the passphrase: what talks to strangers has no use for it.  The array is
 * the caller's to free; NULL without memory. */
static char **without_passphrase(void)
{
    static const char name[] = "WRIT_PASSPHRASE=";
    char **kept;
    size_t n = 0;

    while (environ != NULL && environ[n] != NULL)
        n++;
    kept = calloc(n + 1, sizeof *kept);
    for (size_t i = 0, at = 0; kept != NULL && i < n; i++) {
        if (strncmp(environ[i], name, sizeof name - 1) != 0)
            kept[at++] = environ[i];
    }
    return kept;
}

/* Descriptor `to` of the child is `from`, or /dev/null. */
static int give(posix_spawn_file_actions_t *actions, int from, int to)
{
    if (from >= 0)
        return posix_spawn_file_actions_adddup2(actions, from, to);
    return posix_spawn_file_actions_addopen(actions, to, "/dev/null", O_RDWR, 0);
}

static int give_all(posix_spawn_file_actions_t *actions, const struct fetcher_ends *ends)
{
    int rc = give(actions, ends->in, STDIN_FILENO);

    if (rc == 0)
        rc = give(actions, ends->out, STDOUT_FILENO);
    if (rc == 0)
        rc = give(actions, ends->say, SAY_FD);
    if (rc == 0 && ends->mute)
        rc = give(actions, -1, STDERR_FILENO);
    if (rc == 0 && ends->mute)
        rc = posix_spawn_file_actions_addclosefrom_np(actions, SAY_FD + 1);
    return rc;
}

static int spawn(const char *path, char *const *argv, const struct fetcher_ends *ends, pid_t *pid,
                 struct writ_error *e)
{
    posix_spawn_file_actions_t actions;
    char **environment = without_passphrase();
    int rc;

    if (environment == NULL)
        return writ_fail_memory(e);
    rc = posix_spawn_file_actions_init(&actions);
    if (rc == 0)
        rc = give_all(&actions, ends);
    if (rc == 0)
        rc = posix_spawn(pid, path, &actions, NULL, argv, environment);
    (void)posix_spawn_file_actions_destroy(&actions);
    free(environment);
    if (rc != 0)
        return writ_fail_errno(e, WRIT_FAULT_CONFIGURATION, rc, "cannot start %s", path);
    return 0;
}

int fetcher_spawn(char *const *argv, const struct fetcher_ends *ends, pid_t *pid,
                  struct writ_error *e)
{
    struct writ_buffer path = {0};
    int rc = libexec_path("writ-fetch", &path, e);

    if (rc == 0)
        rc = spawn(writ_buffer_string(&path), argv, ends, pid, e);
    writ_buffer_free(&path);
    return rc;
}

/* Reads what is said until it ends; more than fits is cut. */
static void listen_to(int fd, char said[FETCHER_LINE_MAX])
{
    size_t used = 0;
    char spill[256];

    for (;;) {
        bool full = used == FETCHER_LINE_MAX - 1;
        ssize_t n = full ? read(fd, spill, sizeof spill)
                         : read(fd, said + used, FETCHER_LINE_MAX - 1 - used);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        if (!full)
            used += (size_t)n;
    }
    said[used] = '\0';
}

static int wait_for(pid_t pid, struct writ_error *e)
{
    int status;

    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR)
            return writ_fail_errno(e, WRIT_FAULT_UNEXPECTED, errno, "cannot wait for writ-fetch");
    }
    if (WIFEXITED(status))
        return 0;
    return writ_fail(e, WRIT_FAULT_UNAVAILABLE, "writ-fetch was ended by signal %d",
                     WTERMSIG(status));
}

static void take_etag(struct fetcher_answer *answer, const char *etag)
{
    if (strlen(etag) < sizeof answer->etag)
        (void)snprintf(answer->etag, sizeof answer->etag, "%s", etag);
}

/* The lines behind the first, which may be missing: "wait SECONDS", "alert TEXT", "etag ETAG",
 * "staple BYTES". */
static void take_wish(struct fetcher_answer *answer, const char *line)
{
    long long seconds;

    if (sscanf(line, "wait %lld", &seconds) == 1 && seconds > 0)
        answer->wait_seconds = seconds;
    else if (strncmp(line, "staple ", 7) == 0)
        (void)!writ_span_decimal(writ_span_text(line + 7), UINT32_MAX, &answer->staple_bytes);
    else if (strncmp(line, "alert ", 6) == 0)
        writ_text_copy_safe(answer->alert, sizeof answer->alert, writ_span_text(line + 6));
    else if (strncmp(line, "etag ", 5) == 0)
        take_etag(answer, line + 5);
}

/* The first line: "fresh ETAG", "resumed ETAG", "not-modified", or "fault CLASS SENTENCE". */
static int take_outcome(struct fetcher_answer *answer, const char *line, struct writ_error *e)
{
    char shown[WRIT_ERROR_TEXT_MAX];
    int class, used = 0;

    if (strncmp(line, "fresh", 5) == 0 || strncmp(line, "resumed", 7) == 0) {
        const char *etag = strchr(line, ' ');

        answer->resumed = line[0] == 'r';
        if (etag != NULL)
            take_etag(answer, etag + 1);
        return 0;
    }
    if (strcmp(line, "not-modified") == 0) {
        answer->not_modified = true;
        return 0;
    }
    if (sscanf(line, "fault %d %n", &class, &used) == 1 && used > 0 &&
        writ_is_fault((uint32_t) class)) {
        writ_text_copy_safe(shown, sizeof shown, writ_span_text(line + used));
        return writ_fail(e, (enum writ_fault) class, "%s", shown);
    }
    return writ_fail(e, WRIT_FAULT_UNEXPECTED, "writ-fetch said nothing that makes sense");
}

static int understand(char *said, struct fetcher_answer *answer, struct writ_error *e)
{
    char *rest = said;
    const char *first = strsep(&rest, "\n");

    *answer = (struct fetcher_answer){0};
    while (rest != NULL)
        take_wish(answer, strsep(&rest, "\n"));
    return take_outcome(answer, first, e);
}

static int run(struct run *r, struct fetcher_answer *answer, struct writ_error *e)
{
    struct fetcher_ends ends = {.in = r->in_fd, .out = r->out_fd};
    int say[2];
    pid_t pid;
    int rc;

    r->argv[0] = (char *)(uintptr_t) "writ-fetch";
    if (pipe2(say, O_CLOEXEC) < 0)
        return writ_fail_errno(e, WRIT_FAULT_UNEXPECTED, errno, "cannot make a pipe");
    ends.say = say[1];
    rc = fetcher_spawn(r->argv, &ends, &pid, e);
    close(say[1]);
    if (rc == 0) {
        listen_to(say[0], r->said);
        rc = wait_for(pid, e);
    }
    close(say[0]);
    return rc < 0 ? -1 : understand(r->said, answer, e);
}

static char *argument(const char *text)
{
    return (char *)(uintptr_t)text;
}

int fetcher_ask(const struct fetcher_request *what, int out_fd, struct fetcher_answer *answer,
                struct writ_error *e)
{
    char bytes[24], deadline[24], from[24];
    struct run r = {
        .argv = {NULL, argument("get"), argument(what->url), bytes, deadline,
                 argument(what->etag == NULL ? "" : what->etag), from,
                 argument(what->if_range == NULL ? "" : what->if_range), NULL},
        .in_fd = -1,
        .out_fd = out_fd,
    };

    *answer = (struct fetcher_answer){0};
    (void)snprintf(bytes, sizeof bytes, "%" PRIu64, what->ceiling);
    (void)snprintf(deadline, sizeof deadline, "%" PRId64, what->deadline_ms);
    (void)snprintf(from, sizeof from, "%" PRIu64, what->from);
    return run(&r, answer, e);
}

int fetcher_get(const char *url, uint64_t ceiling, const char *etag, int64_t deadline_ms,
                int out_fd, struct fetcher_answer *answer, struct writ_error *e)
{
    struct fetcher_request what = {
        .url = url, .ceiling = ceiling, .etag = etag, .deadline_ms = deadline_ms};

    return fetcher_ask(&what, out_fd, answer, e);
}

int fetcher_memory(struct writ_span bytes, struct writ_error *e)
{
    int fd = memfd_create("writ", MFD_CLOEXEC);

    if (fd < 0)
        return writ_fail_errno(e, WRIT_FAULT_UNEXPECTED, errno, "cannot make a file in memory");
    if (file_write(fd, "a file in memory", bytes, e) == 0 && lseek(fd, 0, SEEK_SET) == 0)
        return fd;
    close(fd);
    return writ_fail(e, WRIT_FAULT_IO, "cannot write to a file in memory");
}

static int read_back(int fd, uint64_t ceiling, struct writ_buffer *out, struct writ_error *e)
{
    if (lseek(fd, 0, SEEK_SET) < 0)
        return writ_fail_errno(e, WRIT_FAULT_IO, errno, "cannot read a file in memory");
    return file_read_fd(fd, "the answer", (size_t)ceiling, out, e);
}

int fetcher_ask_buffer(const struct fetcher_request *what, struct writ_buffer *out,
                       struct fetcher_answer *answer, struct writ_error *e)
{
    int fd = fetcher_memory(WRIT_SPAN_NONE, e);
    int rc = -1;

    *answer = (struct fetcher_answer){0};
    if (fd < 0)
        return -1;
    if (fetcher_ask(what, fd, answer, e) == 0)
        rc = read_back(fd, what->ceiling, out, e);
    close(fd);
    return rc;
}

int fetcher_get_buffer(const char *url, uint64_t ceiling, const char *etag, int64_t deadline_ms,
                       struct writ_buffer *out, struct fetcher_answer *answer, struct writ_error *e)
{
    struct fetcher_request what = {
        .url = url, .ceiling = ceiling, .etag = etag, .deadline_ms = deadline_ms};

    return fetcher_ask_buffer(&what, out, answer, e);
}

int fetcher_post(const char *url, const char *type, struct writ_span body, const char *wanted,
                 uint64_t ceiling, int64_t deadline_ms, struct writ_buffer *out,
                 struct writ_error *e)
{
    char bytes[24], deadline[24];
    struct fetcher_answer answer;
    struct run r = {
        .argv = {NULL, argument("post"), argument(url), bytes, deadline, argument(type),
                 argument(wanted), NULL},
        .in_fd = fetcher_memory(body, e),
    };
    int rc = -1;

    r.out_fd = r.in_fd < 0 ? -1 : fetcher_memory(WRIT_SPAN_NONE, e);
    (void)snprintf(bytes, sizeof bytes, "%" PRIu64, ceiling);
    (void)snprintf(deadline, sizeof deadline, "%" PRId64, deadline_ms);
    if (r.out_fd >= 0 && run(&r, &answer, e) == 0)
        rc = read_back(r.out_fd, ceiling, out, e);
    if (r.in_fd >= 0)
        close(r.in_fd);
    if (r.out_fd >= 0)
        close(r.out_fd);
    return rc;
}

/* What a server showed: certificates, and behind them the staple. */
static int split(struct writ_span both, uint64_t staple_bytes, struct writ_buffer *out,
                 struct writ_buffer *staple, struct writ_error *e)
{
    struct writ_span part;

    if (staple_bytes > both.n || writ_span_part(both, 0, both.n - staple_bytes, &part) < 0)
        return writ_fail(e, WRIT_FAULT_UNEXPECTED, "writ-fetch said nothing that makes sense");
    writ_buffer_add(out, part);
    if (writ_span_part(both, part.n, staple_bytes, &part) == 0)
        writ_buffer_add(staple, part);
    return writ_buffer_check(out, e) < 0 ? -1 : writ_buffer_check(staple, e);
}

int fetcher_chain(const struct fetcher_server *server, int64_t deadline_ms, uint64_t ceiling,
                  struct writ_buffer *out, struct writ_buffer *staple, struct writ_error *e)
{
    char deadline[24];
    struct fetcher_answer answer;
    struct run r = {
        .argv = {NULL, argument("chain"), argument(server->name), argument(server->host),
                 argument(server->port), argument(server->starttls), deadline, NULL},
        .in_fd = -1,
        .out_fd = fetcher_memory(WRIT_SPAN_NONE, e),
    };
    struct writ_buffer both = {0};
    int rc = -1;

    (void)snprintf(deadline, sizeof deadline, "%" PRId64, deadline_ms);
    if (r.out_fd < 0)
        return -1;
    if (run(&r, &answer, e) == 0 && read_back(r.out_fd, ceiling, &both, e) == 0)
        rc = split(writ_buffer_span(&both), answer.staple_bytes, out, staple, e);
    writ_buffer_free(&both);
    close(r.out_fd);
    return rc;
}
