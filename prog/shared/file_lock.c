#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "shared/deadline.h"
#include "shared/file.h"

#define NAP_FIRST_MS 1
#define NAP_MAX_MS   20

static int open_lock(const char *path, const char *shown, struct writ_error *e)
{
    struct stat st;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0600);

    if (fd < 0)
        return writ_fail_errno(e, WRIT_FAULT_CANNOT_CREATE, errno, "cannot open the lock %s",
                               shown);
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
        return fd;
    (void)close(fd);
    return writ_fail(e, WRIT_FAULT_CANNOT_CREATE, "the lock %s is not a regular file", shown);
}

/* flock(2) has no timeout, and a timer's signal would belong to the whole process: so it is tried
 * again and again, in naps that grow. */
static int take(int fd, int64_t deadline)
{
    int64_t nap = NAP_FIRST_MS;

    while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return -1;
        if (deadline_left(deadline) == 0) {
            errno = EWOULDBLOCK;
            return -1;
        }
        deadline_nap(deadline, nap);
        nap = nap * 2 < NAP_MAX_MS ? nap * 2 : NAP_MAX_MS;
    }
    return 0;
}

int file_lock(const char *path, unsigned wait_seconds, struct writ_error *e)
{
    char shown[FILE_SHOWN_MAX];
    int fd = open_lock(path, file_shown(path, shown), e);

    if (fd < 0 || take(fd, deadline_in((int64_t)wait_seconds * 1000)) == 0)
        return fd;
    if (errno == EWOULDBLOCK)
        (void)writ_fail(e, WRIT_FAULT_UNAVAILABLE,
                        "another writ is at work and holds the lock %s; waited %u s", shown,
                        wait_seconds);
    else
        (void)writ_fail_errno(e, WRIT_FAULT_IO, errno, "cannot lock %s", shown);
    (void)close(fd);
    return -1;
}

void file_unlock(int fd)
{
    if (fd < 0)
        return;
    (void)flock(fd, LOCK_UN); /* at once, even if a child holds the descriptor too */
    (void)close(fd);
}
