#include "shared/pulled.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "shared/places.h"

int pulled_map(int dir, const char *name, size_t ceiling, struct writ_span *map, struct stat *st,
               struct writ_error *e)
{
    int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    void *at;
    int rc = -1;

    *map = WRIT_SPAN_NONE;
    if (fd < 0)
        return writ_fail_errno(e, WRIT_FAULT_IO, errno, "%s", name);
    if (fstat(fd, st) < 0)
        (void)writ_fail_errno(e, WRIT_FAULT_IO, errno, "%s", name);
    else if (!S_ISREG(st->st_mode))
        (void)writ_fail(e, WRIT_FAULT_NO_INPUT, "%s is not a regular file", name);
    else if (st->st_size <= 0 || (uint64_t)st->st_size > ceiling)
        (void)writ_fail(e, WRIT_FAULT_BAD_INPUT, "%s has %lld bytes, wanted 1 to %zu", name,
                        (long long)st->st_size, ceiling);
    else if ((at = mmap(NULL, (size_t)st->st_size, PROT_READ, MAP_PRIVATE, fd, 0)) == MAP_FAILED)
        (void)writ_fail_errno(e, WRIT_FAULT_IO, errno, "cannot map %s", name);
    else
        rc = 0;
    if (rc == 0)
        *map = WRIT_SPAN(at, (size_t)st->st_size);
    close(fd);
    return rc;
}

void pulled_unmap(struct writ_span *map)
{
    if (map->n > 0)
        (void)munmap((void *)(uintptr_t)map->p, map->n);
    *map = WRIT_SPAN_NONE;
}

/* A name that a source may have (writ/sources.h), so neither "." nor a file of ours. */
static bool is_source_name(const char *name)
{
    size_t n = strlen(name);

    return n > 0 && n <= PULLED_NAME_MAX && name[0] != '.' &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-.") == n;
}

int pulled_each(const char *state, const char *kind, struct watch *w, pulled_look *look, void *who,
                struct writ_error *problem, struct writ_error *e)
{
    struct writ_buffer path = {0};
    struct dirent *entry;
    DIR *d = NULL;
    int rc;

    places_path(&path, state, kind);
    rc = writ_buffer_check(&path, e);
    if (rc == 0)
        rc = watch_add(w, writ_buffer_string(&path), e);
    if (rc == 0)
        d = opendir(writ_buffer_string(&path));
    if (rc == 0 && d == NULL && errno != ENOENT && errno != ENOTDIR)
        (void)writ_fail_errno(problem, WRIT_FAULT_IO, errno, "cannot be read");
    while (rc == 0 && d != NULL && (entry = readdir(d)) != NULL) {
        if (is_source_name(entry->d_name))
            rc = look(who, writ_buffer_string(&path), entry->d_name, e);
    }
    if (d != NULL)
        closedir(d);
    writ_buffer_free(&path);
    return rc;
}
