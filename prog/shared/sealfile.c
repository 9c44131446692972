#include "shared/sealfile.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "shared/file.h"
#include "shared/jail.h"

/* The child is given a file with a tail, or a seal by itself, and answers with the seal. */
struct task {
    struct writ_span bytes;
    bool is_file;
};

static int work(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    const struct task *t = argument;
    struct writ_seal_tail tail = {.seal = t->bytes};
    struct writ_seal seal;

    if (t->is_file && writ_seal_find_tail(t->bytes, &tail, e) < 0)
        return -1;
    if (t->is_file && !tail.present)
        return 0;
    if (writ_seal_parse(tail.seal, &seal, e) < 0)
        return -1;
    writ_buffer_add(answer, tail.seal);
    return writ_buffer_check(answer, e);
}

/* What comes back is parsed again, as strangers' bytes. */
static int run(struct task *t, const char *path, struct sealfile *s, struct writ_error *e)
{
    struct jail limits = {0};
    char shown[FILE_SHOWN_MAX];
    int rc = -1;

    if (jail_prepare(e) == 0 && jail_run(&limits, work, t, &s->bytes, e) == 0)
        rc = s->bytes.n == 0 ? 0 : writ_seal_parse(writ_buffer_span(&s->bytes), &s->seal, e);
    if (rc < 0)
        writ_error_context(e, "%s", file_shown(path, shown));
    return rc;
}

static int read_tail(const char *path, struct sealfile *s, struct writ_error *e)
{
    struct task t = {.is_file = true};
    struct stat st;
    int fd = file_open_regular(path, &st, e);
    int rc = -1;

    if (fd < 0)
        return -1;
    if (file_map(fd, (size_t)st.st_size, &t.bytes, e) == 0)
        rc = run(&t, path, s, e);
    s->was_tail = s->bytes.n > 0;
    file_unmap(&t.bytes);
    close(fd);
    return rc;
}

int sealfile_read(const char *path, struct sealfile *s, struct writ_error *e)
{
    struct writ_buffer bytes = {0};
    struct task t = {0};
    char shown[FILE_SHOWN_MAX];
    int rc = -1;

    *s = (struct sealfile){0};
    if (file_read(path, WRIT_SEAL_MAX, &bytes, e) == 0) {
        t.bytes = writ_buffer_span(&bytes);
        rc = run(&t, path, s, e);
        if (rc == 0 && s->bytes.n == 0)
            rc = writ_fail(e, WRIT_FAULT_BAD_INPUT, "%s: no seal in it", file_shown(path, shown));
    }
    writ_buffer_free(&bytes);
    return rc;
}

int sealfile_of(const char *path, struct sealfile *s, struct writ_error *e)
{
    char *beside = NULL;
    char shown[FILE_SHOWN_MAX];
    int rc;

    *s = (struct sealfile){0};
    if (read_tail(path, s, e) < 0)
        return -1;
    if (s->was_tail)
        return 0;
    if (asprintf(&beside, "%s.writ", path) < 0)
        return writ_fail_memory(e);
    rc = access(beside, F_OK) == 0
             ? sealfile_read(beside, s, e)
             : writ_fail(e, WRIT_FAULT_NO_INPUT, "%s has no seal", file_shown(path, shown));
    free(beside);
    return rc;
}

void sealfile_free(struct sealfile *s)
{
    writ_buffer_free(&s->bytes);
}
