/*
 * tests/helpers/fetch_probe.c - shared/fetch.h, driven from a shell
 *
 *   fetch_probe get URL CEILING [etag=E] [to=FILE] [from=BYTES] [if_range=E] [wishes=yes]
 *               [deadline=MS] [gap=MS] [connect=MS]
 *   fetch_probe post URL CEILING type=T wanted=W body=TEXT [deadline=MS] [gap=MS] [connect=MS]
 *
 * Prints "fresh N etag E", "resumed N etag E" or "not-modified 0 etag E", and the body unless it
 * went to a file.  A fault is printed as "class: sentence"; its class is the exit code.  What the
 * server wishes is printed before, as "wait SECONDS" and "alert TEXT".  After a fault the buffer
 * must be as it was, or that is printed too.  SIGINT and SIGTERM stop it.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shared/fetch.h"

static volatile sig_atomic_t stop;

static void on_signal(int number)
{
    stop = number;
}

/* The value of KEY=VALUE among the arguments, or NULL. */
static const char *value_of(char **args, const char *key)
{
    size_t n = strlen(key);

    for (; *args != NULL; args++) {
        if (strncmp(*args, key, n) == 0 && (*args)[n] == '=')
            return *args + n + 1;
    }
    return NULL;
}

/* What the buffer holds before anything is fetched. */
#define BEFORE "before\n"

static const char *fetched(struct writ_buffer *body)
{
    return writ_buffer_string(body) + strlen(BEFORE);
}

static void check_unchanged(struct writ_buffer *body)
{
    if (strcmp(writ_buffer_string(body), BEFORE) != 0)
        (void)printf("the buffer has changed\n");
}

static int64_t number_of(char **args, const char *key)
{
    const char *value = value_of(args, key);

    return value == NULL ? 0 : atoll(value);
}

static const char *name_of(const struct fetch_answer *answer)
{
    if (answer->status == FETCH_NOT_MODIFIED)
        return "not-modified";
    return answer->resumed ? "resumed" : "fresh";
}

static void print_wishes(const struct fetch_answer *answer)
{
    if (answer->wait_seconds > 0)
        (void)printf("wait %lld\n", (long long)answer->wait_seconds);
    if (answer->alert[0] != '\0')
        (void)printf("alert %s\n", answer->alert);
}

static int get(const struct fetch *what, char **args, struct writ_error *e)
{
    const char *path = value_of(args, "to");
    struct writ_buffer body = {0};
    struct fetch_answer answer;
    int flags = O_WRONLY | O_CREAT | (what->from > 0 ? 0 : O_TRUNC);
    int fd = path == NULL ? -1 : open(path, flags, 0600);
    int rc;

    if (fd >= 0)
        (void)lseek(fd, 0, SEEK_END);

    writ_buffer_text(&body, BEFORE);
    rc = path == NULL ? fetch_get_bytes(what, &body, &answer, e)
                      : fetch_get_fd(what, fd, &answer, e);
    if (value_of(args, "wishes") != NULL)
        print_wishes(&answer);
    if (rc < 0)
        check_unchanged(&body);
    else
        (void)printf("%s %llu etag %s\n%s", name_of(&answer), (unsigned long long)answer.bytes,
                     answer.etag, fetched(&body));
    if (fd >= 0)
        (void)close(fd);
    writ_buffer_free(&body);
    return rc;
}

static int post(const struct fetch *what, char **args, struct writ_error *e)
{
    struct writ_buffer body = {0};
    int rc;

    writ_buffer_text(&body, BEFORE);
    rc = fetch_post(what, value_of(args, "type"), writ_span_text(value_of(args, "body")),
                    value_of(args, "wanted"), &body, e);
    if (rc < 0)
        check_unchanged(&body);
    else
        (void)printf("%s", fetched(&body));
    writ_buffer_free(&body);
    return rc;
}

static int run(int argc, char **argv, struct writ_error *e)
{
    struct fetch what = {.stop = &stop};

    if (argc < 4)
        return writ_fail(e, WRIT_FAULT_USAGE, "get or post, a URL and a ceiling were wanted");
    what.url = argv[2];
    what.ceiling = strtoull(argv[3], NULL, 10);
    what.etag = value_of(argv, "etag");
    what.from = (uint64_t)number_of(argv, "from");
    what.if_range = value_of(argv, "if_range");
    what.deadline_ms = number_of(argv, "deadline");
    what.gap_ms = number_of(argv, "gap");
    what.connect_ms = number_of(argv, "connect");
    return strcmp(argv[1], "post") == 0 ? post(&what, argv, e) : get(&what, argv, e);
}

int main(int argc, char **argv)
{
    struct sigaction action = {.sa_handler = on_signal};
    struct writ_error e = {0};

    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
    if (run(argc, argv, &e) == 0)
        return 0;
    (void)fprintf(stderr, "%s: %s\n", writ_fault_name(e.fault), e.text);
    return (int)e.fault;
}
