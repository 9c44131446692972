#include "serve/feed.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "serve/uri.h"

int feed_open(const char *path, struct writ_error *e)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return writ_fail_errno(e, WRIT_FAULT_NO_INPUT, errno, "cannot serve the directory %.200s",
                               path);
    return fd;
}

bool feed_file_open(int dir, const char *name, struct feed_file *file)
{
    struct stat st;

    if (!uri_is_file_name(name))
        return false;
    file->fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file->fd < 0)
        return false;
    if (fstat(file->fd, &st) < 0 || !S_ISREG(st.st_mode)) {
        (void)close(file->fd);
        return false;
    }
    file->size = (uint64_t)st.st_size;
    file->changed_at = st.st_mtim.tv_sec;
    (void)snprintf(file->etag, sizeof file->etag, "\"%" PRIx64 "-%" PRIx64 "-%" PRIx64 "%08lx\"",
                   (uint64_t)st.st_ino, file->size, (uint64_t)st.st_mtim.tv_sec,
                   (unsigned long)st.st_mtim.tv_nsec);
    return true;
}
