#include "shared/entry.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Cuts path at its last slash: the name behind it, and the directory before it. */
static int split(const char *path, char dir[PATH_MAX], char name[NAME_MAX + 1])
{
    const char *slash = strrchr(path, '/');
    const char *last = slash == NULL ? path : slash + 1;
    size_t n = slash == NULL ? 0 : (size_t)(slash - path);

    if (n >= PATH_MAX || strlen(last) > NAME_MAX)
        return ENAMETOOLONG;
    if (*path == '\0')
        return ENOENT;
    if (*last == '\0' || strcmp(last, ".") == 0 || strcmp(last, "..") == 0)
        return EISDIR;
    (void)snprintf(name, NAME_MAX + 1, "%s", last);
    (void)snprintf(dir, PATH_MAX, "%.*s", (int)n, path);
    if (n == 0)
        (void)snprintf(dir, PATH_MAX, "%s", slash == NULL ? "." : "/");
    return 0;
}

int entry_open(int at, const char *path, struct entry *p)
{
    char dir[PATH_MAX];
    int wrong;

    *p = ENTRY_NONE;
    wrong = split(path, dir, p->name);
    if (wrong != 0) {
        errno = wrong;
        return -1;
    }
    p->dir = openat(at, dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return p->dir < 0 ? -1 : 0;
}

void entry_close(struct entry *p)
{
    if (p->dir >= 0)
        (void)close(p->dir);
    *p = ENTRY_NONE;
}

int entry_follow(struct entry *p)
{
    char target[PATH_MAX];
    struct entry next;

    for (int links = 0; links <= ENTRY_LINKS_MAX; links++) {
        ssize_t n = readlinkat(p->dir, p->name, target, sizeof target - 1);

        if (n < 0) /* no link (EINVAL), nothing there, or something that opening it will tell */
            return 0;
        target[n] = '\0';
        if (entry_open(p->dir, target, &next) < 0)
            return -1;
        entry_close(p);
        *p = next;
    }
    errno = ELOOP;
    return -1;
}

int entry_sync(const struct entry *p)
{
    /* Some file systems (SMB, a few under FUSE) have no fsync for directories and say EINVAL. */
    return fsync(p->dir) == 0 || errno == EINVAL ? 0 : -1;
}
