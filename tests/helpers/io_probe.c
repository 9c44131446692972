/*
 * tests/helpers/io_probe.c - shared/file.h and shared/jail.h, driven from a shell
 *
 *   io_probe replace FROM PATH MODE  the content of FROM becomes that of PATH
 *   io_probe replace-like FROM PATH  the same, copied in one go, keeping what PATH had
 *   io_probe create FROM PATH MODE   the same for a path that must not exist
 *   io_probe sweep DIR
 *   io_probe dirs DIR MODE
 *   io_probe lock PATH SECONDS       takes the lock and lets go
 *   io_probe jail                    runs a jail and prints its answer
 *   io_probe jail-wait               runs a jail that waits for ever, up to 60 s
 *   io_probe jail-unjailed           runs one that may go without seccomp
 *   io_probe jail-strength           prints what the kernel offers
 *   io_probe jail-cost N             prints the median time of N jails in microseconds
 *
 * A fault is printed as "class: sentence"; its class is the exit code.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "shared/file.h"
#include "shared/jail.h"

#define CEILING ((size_t)64 << 20)

static mode_t mode_of(const char *octal)
{
    return (mode_t)strtoul(octal, NULL, 8);
}

static int replace_like(const char *source, const char *path, struct writ_error *e)
{
    struct file_replace r = FILE_REPLACE_NONE;
    struct stat st, old;
    int from = file_open_regular(source, &st, e);
    int like = from < 0 ? -1 : file_open_regular(path, &old, e);
    int rc = -1;

    if (like >= 0 && file_replace_begin(path, &r, e) == 0 &&
        file_copy(from, 0, (uint64_t)st.st_size, r.fd, source, e) == 0)
        rc = file_replace_commit_like(&r, like, e);
    file_replace_abort(&r);
    if (like >= 0)
        (void)close(like);
    if (from >= 0)
        (void)close(from);
    return rc;
}

static int write_file(char **args, struct writ_error *e)
{
    struct writ_buffer content = {0};
    int rc = file_read(args[1], CEILING, &content, e);

    if (rc == 0 && strcmp(args[0], "replace") == 0)
        rc = file_replace_bytes(args[2], mode_of(args[3]), writ_buffer_span(&content), e);
    else if (rc == 0)
        rc = file_create_bytes(args[2], mode_of(args[3]), writ_buffer_span(&content), e);
    writ_buffer_free(&content);
    return rc;
}

static int lock(char **args, struct writ_error *e)
{
    int fd = file_lock(args[1], (unsigned)atoi(args[2]), e);

    file_unlock(fd);
    return fd < 0 ? -1 : 0;
}

static int say_hello(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    (void)argument, (void)e;
    writ_buffer_text(answer, "hello from inside");
    return 0;
}

static int wait_for_ever(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    char byte;

    (void)argument, (void)answer;
    return read(0, &byte, 1) < 0 ? writ_fail(e, WRIT_FAULT_IO, "cannot wait") : 0;
}

static int run_jail(char **args, struct writ_error *e)
{
    struct jail limits = {.keep = {0}, .keep_count = 1, .deadline_ms = 60000};
    struct writ_buffer answer = {0};
    jail_work *work = strcmp(args[0], "jail-wait") == 0 ? wait_for_ever : say_hello;
    int rc;

    limits.insecure_allow_unjailed = strcmp(args[0], "jail-unjailed") == 0;
    rc = jail_prepare(e);
    if (rc == 0)
        rc = jail_run(&limits, work, NULL, &answer, e);
    if (rc == 0)
        (void)printf("%s\n", writ_buffer_string(&answer));
    writ_buffer_free(&answer);
    return rc;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double microseconds(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int measure_jails(char **args, struct writ_error *e)
{
    enum { MOST = 100000 };
    static double took[MOST];
    size_t n = (size_t)atoi(args[1]);

    if (n == 0 || n > MOST || jail_prepare(e) < 0)
        return writ_fail(e, WRIT_FAULT_USAGE, "1 to %d jails", MOST);
    for (size_t i = 0; i < n; i++) {
        struct writ_buffer answer = {0};
        double begun = microseconds();

        if (jail_run(&(struct jail){0}, say_hello, NULL, &answer, e) < 0)
            return -1;
        took[i] = microseconds() - begun;
        writ_buffer_free(&answer);
    }
    qsort(took, n, sizeof took[0], by_size);
    (void)printf("median %.0f us, fastest %.0f us, 9 in 10 below %.0f us\n", took[n / 2], took[0],
                 took[n * 9 / 10]);
    return 0;
}

static int show_strength(void)
{
    struct jail_strength s = jail_strength();

    (void)printf("seccomp %d, landlock %d\n", s.seccomp, s.landlock);
    return 0;
}

static int run(int n, char **args, struct writ_error *e)
{
    if (n == 4 && (strcmp(args[0], "replace") == 0 || strcmp(args[0], "create") == 0))
        return write_file(args, e);
    if (n == 3 && strcmp(args[0], "replace-like") == 0)
        return replace_like(args[1], args[2], e);
    if (n == 2 && strcmp(args[0], "sweep") == 0)
        return file_sweep_temps(args[1], e);
    if (n == 3 && strcmp(args[0], "dirs") == 0)
        return file_make_dirs(args[1], mode_of(args[2]), e);
    if (n == 3 && strcmp(args[0], "lock") == 0)
        return lock(args, e);
    if (n == 2 && strcmp(args[0], "jail-cost") == 0)
        return measure_jails(args, e);
    if (n == 1 && strcmp(args[0], "jail-strength") == 0)
        return show_strength();
    if (n == 1 && strncmp(args[0], "jail", 4) == 0)
        return run_jail(args, e);
    return writ_fail(e, WRIT_FAULT_USAGE, "what is io_probe to do?");
}

int main(int argc, char **argv)
{
    struct writ_error e = {0};

    if (argc > 1 ? run(argc - 1, argv + 1, &e) == 0 : false)
        return 0;
    (void)writ_fail(&e, WRIT_FAULT_USAGE, "what is io_probe to do?");
    (void)fprintf(stderr, "%s: %s\n", writ_fault_name(e.fault), e.text);
    return (int)e.fault;
}
