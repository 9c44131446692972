/*
 * tests/unit/scratch.h - files and other programs, for the unit tests that need them
 *
 * A scratch is a new directory that is removed with all it holds.  Commands run in it, through
 * /bin/sh, with their output in the file `output`.
 */
#ifndef WRIT_TEST_SCRATCH_H
#define WRIT_TEST_SCRATCH_H

#include <sys/wait.h>
#include <unistd.h>

#include "base/buffer.h"
#include "test.h"

struct scratch {
    char path[64];
};

#define SCRATCH_MAX 64 /* at the same time */

/* The directories there are now, and the process that made them. */
struct scratches {
    struct scratch made[SCRATCH_MAX];
    pid_t maker;
};

static inline struct scratches *scratches_now(void)
{
    static struct scratches now;

    return &now;
}

static inline void scratch_remove(const struct scratch *s)
{
    struct scratches *now = scratches_now();
    char line[128];

    (void)snprintf(line, sizeof line, "rm -rf %.63s", s->path);
    if (system(line) != 0)
        (void)fprintf(stderr, "cannot remove %s\n", s->path);
    for (size_t i = 0; i < SCRATCH_MAX; i++) {
        if (strcmp(now->made[i].path, s->path) == 0)
            now->made[i].path[0] = '\0';
    }
}

/* What a failed test left behind goes when the program ends; a child that exits removes nothing. */
static inline void scratch_remove_all(void)
{
    struct scratches *now = scratches_now();

    for (size_t i = 0; now->maker == getpid() && i < SCRATCH_MAX; i++) {
        struct scratch left = now->made[i];

        if (left.path[0] != '\0')
            scratch_remove(&left);
    }
}

static inline struct scratch scratch_make(void)
{
    struct scratch s = {"/tmp/writ-test.XXXXXX"};
    struct scratches *now = scratches_now();
    size_t i = 0;

    while (i < SCRATCH_MAX && now->made[i].path[0] != '\0')
        i++;
    if (i == SCRATCH_MAX || mkdtemp(s.path) == NULL)
        fail_msg("cannot make a directory in /tmp");
    if (now->maker == 0)
        (void)atexit(scratch_remove_all);
    now->maker = getpid();
    now->made[i] = s;
    return s;
}

/* Reads a file whole into a buffer that the caller frees. */
static inline struct writ_buffer file_read(const char *path)
{
    struct writ_buffer b = {0};
    FILE *f = fopen(path, "rb");
    uint8_t part[4096];
    size_t n;

    if (f == NULL)
        fail_msg("cannot open %s", path);
    while ((n = fread(part, 1, sizeof part, f)) > 0)
        writ_buffer_add(&b, WRIT_SPAN(part, n));
    (void)fclose(f);
    return b;
}

static inline void scratch_put(const struct scratch *s, const char *name, struct writ_span bytes)
{
    char path[256];
    FILE *f;

    (void)snprintf(path, sizeof path, "%s/%s", s->path, name);
    f = fopen(path, "wb");
    if (f == NULL)
        fail_msg("cannot make %s", path);
    if (fwrite(bytes.p, 1, bytes.n, f) != bytes.n || fclose(f) != 0)
        fail_msg("cannot write %s", path);
}

static inline struct writ_buffer scratch_get(const struct scratch *s, const char *name)
{
    char path[256];

    (void)snprintf(path, sizeof path, "%s/%s", s->path, name);
    return file_read(path);
}

/* The exit code of a command, run in the directory. */
static inline int scratch_try(const struct scratch *s, const char *command)
{
    char line[2048];
    int status;

    (void)snprintf(line, sizeof line, "cd %s && { %s; } >output 2>&1 </dev/null", s->path, command);
    status = system(line);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Runs a command that must succeed; shows its output when it does not. */
static inline void scratch_run(const struct scratch *s, const char *command)
{
    int code = scratch_try(s, command);
    struct writ_buffer output;

    if (code == 0)
        return;
    output = scratch_get(s, "output");
    fail_msg("%s: exit code %d: %.*s", command, code, (int)output.n, (const char *)output.p);
}

/* True when a program is on the PATH. */
static inline bool program_exists(const char *name)
{
    char line[128];

    (void)snprintf(line, sizeof line, "command -v %s >/dev/null 2>&1", name);
    return system(line) == 0;
}

/* A file of the source tree, read whole: source_read("tests/fixtures/path/root.pem"). */
static inline struct writ_buffer source_read(const char *name)
{
    char path[1024];

    (void)snprintf(path, sizeof path, "%s/%s", WRIT_TEST_SOURCE, name);
    return file_read(path);
}

#endif
