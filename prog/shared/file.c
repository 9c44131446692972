#include "shared/file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/text.h"

#define PIECE ((size_t)1 << 16) /* read at once */
#define HAUL  ((size_t)1 << 30) /* copied at once inside the kernel */

const char *file_shown(const char *path, char room[FILE_SHOWN_MAX])
{
    writ_text_copy_safe(room, FILE_SHOWN_MAX, writ_span_text(path));
    return room;
}

const char *file_kind(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFREG:
        return "a regular file";
    case S_IFDIR:
        return "a directory";
    case S_IFLNK:
        return "a symbolic link";
    case S_IFIFO:
        return "a FIFO";
    case S_IFSOCK:
        return "a socket";
    case S_IFCHR:
        return "a character device";
    case S_IFBLK:
        return "a block device";
    default:
        return "a file of an unknown kind";
    }
}

static int want_regular(const struct stat *st, const char *shown, struct writ_error *e)
{
    if (S_ISREG(st->st_mode))
        return 0;
    return writ_fail(e, WRIT_FAULT_NO_INPUT, "%s is %s; a regular file was wanted", shown,
                     file_kind(st->st_mode));
}

static int fail_read(const char *shown, int errno_value, struct writ_error *e)
{
    if (errno_value == EWOULDBLOCK)
        return writ_fail(e, WRIT_FAULT_UNAVAILABLE,
                         "cannot read %s: another process holds a lease on it", shown);
    return writ_fail_errno(e, WRIT_FAULT_IO, errno_value, "cannot read %s", shown);
}

int file_open_regular(const char *path, struct stat *st, struct writ_error *e)
{
    char shown[FILE_SHOWN_MAX];
    int fd;

    (void)file_shown(path, shown);
    if (stat(path, st) < 0)
        return fail_read(shown, errno, e);
    if (want_regular(st, shown, e) < 0)
        return -1;
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return fail_read(shown, errno, e);
    /* Something else may stand there by now. */
    if (fstat(fd, st) == 0 && want_regular(st, shown, e) == 0)
        return fd;
    (void)fail_read(shown, errno, e);
    (void)close(fd);
    return -1;
}

bool file_is_hard_linked(const struct stat *st)
{
    return st->st_nlink > 1;
}

static int fail_large(const char *shown, size_t ceiling, struct writ_error *e)
{
    return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                     "%s has more than the %zu bytes that are read at most", shown, ceiling);
}

/* One read(2) that waits where the descriptor would not. */
static ssize_t read_some(int fd, uint8_t *at, size_t n)
{
    ssize_t got;

    while ((got = read(fd, at, n)) < 0) {
        struct pollfd one = {.fd = fd, .events = POLLIN};

        if (errno == EAGAIN && poll(&one, 1, -1) < 0 && errno != EINTR)
            return -1;
        if (errno != EAGAIN && errno != EINTR)
            return -1;
    }
    return got;
}

/* Appends the rest of fd, at most one byte more than the ceiling.  -1 with errno, 0 for memory. */
static int read_rest(int fd, size_t ceiling, struct writ_buffer *out)
{
    size_t begin = out->n;

    while (out->n - begin <= ceiling) {
        size_t held = out->n;
        size_t want = ceiling - (held - begin) + 1;
        size_t piece = want < PIECE ? want : PIECE;
        uint8_t *at = writ_buffer_extend(out, piece);
        ssize_t got;

        if (at == NULL)
            return 0;
        got = read_some(fd, at, piece);
        out->n = held + (got < 0 ? 0 : (size_t)got);
        if (got <= 0)
            return (int)got;
    }
    return 0;
}

int file_read_fd(int fd, const char *name, size_t ceiling, struct writ_buffer *out,
                 struct writ_error *e)
{
    char shown[FILE_SHOWN_MAX];
    size_t begin = out->n;

    (void)file_shown(name, shown);
    if (read_rest(fd, ceiling, out) < 0)
        (void)fail_read(shown, errno, e);
    else if (out->n - begin > ceiling)
        (void)fail_large(shown, ceiling, e);
    else if (writ_buffer_check(out, e) == 0)
        return 0;
    out->n = begin;
    return -1;
}

int file_read(const char *path, size_t ceiling, struct writ_buffer *out, struct writ_error *e)
{
    char shown[FILE_SHOWN_MAX];
    struct stat st;
    int fd = file_open_regular(path, &st, e);
    int rc = -1;

    if (fd < 0)
        return -1;
    if ((uint64_t)st.st_size > ceiling)
        (void)writ_fail(e, WRIT_FAULT_BAD_INPUT,
                        "%s has %lld bytes, more than the %zu that are read at most",
                        file_shown(path, shown), (long long)st.st_size, ceiling);
    else
        rc = file_read_fd(fd, path, ceiling, out, e);
    (void)close(fd);
    return rc;
}

int file_map(int fd, size_t size, struct writ_span *map, struct writ_error *e)
{
    void *p;

    *map = WRIT_SPAN_NONE;
    if (size == 0)
        return 0;
    p = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (p == MAP_FAILED)
        return writ_fail_errno(e, WRIT_FAULT_IO, errno, "cannot map %zu bytes", size);
    *map = WRIT_SPAN(p, size);
    return 0;
}

void file_unmap(struct writ_span *map)
{
    if (map->n > 0)
        (void)munmap((void *)(uintptr_t)map->p, map->n);
    *map = WRIT_SPAN_NONE;
}

int file_write(int fd, const char *name, struct writ_span bytes, struct writ_error *e)
{
    char shown[FILE_SHOWN_MAX];
    size_t done = 0;

    while (done < bytes.n) {
        ssize_t n = write(fd, bytes.p + done, bytes.n - done);

        if (n < 0 && errno != EINTR)
            return writ_fail_errno(e, WRIT_FAULT_IO, errno, "cannot write %s",
                                   file_shown(name, shown));
        done += n < 0 ? 0 : (size_t)n;
    }
    return 0;
}

/* Reads the next piece and writes it. */
static int copy_piece(int from, off_t *offset, uint64_t n, int to, const char *name,
                      struct writ_error *e)
{
    char shown[FILE_SHOWN_MAX];
    uint8_t piece[PIECE];
    ssize_t got = pread(from, piece, n < PIECE ? (size_t)n : PIECE, *offset);

    (void)file_shown(name, shown);
    if (got < 0)
        return errno == EINTR ? 0 : fail_read(shown, errno, e);
    if (got == 0)
        return writ_fail(e, WRIT_FAULT_IO, "%s ended %llu bytes early while it was copied", shown,
                         (unsigned long long)n);
    *offset += got;
    return file_write(to, name, WRIT_SPAN(piece, (size_t)got), e);
}

/* True when the kernel says that it cannot copy these two by itself: across file systems before
 * Linux 5.19, special files, old kernels. */
static bool cannot_haul(int errno_value)
{
    return errno_value == EXDEV || errno_value == EINVAL || errno_value == ENOSYS ||
           errno_value == EOPNOTSUPP || errno_value == EBADF;
}

int file_copy(int from, uint64_t offset, uint64_t n, int to, const char *name, struct writ_error *e)
{
    char shown[FILE_SHOWN_MAX];
    off_t at = (off_t)offset;
    uint64_t end = offset + n;
    bool haul = true;

    if (offset > INT64_MAX || n > INT64_MAX - offset)
        return writ_fail(e, WRIT_FAULT_USAGE, "no file has %llu bytes", (unsigned long long)n);
    while ((uint64_t)at < end) {
        uint64_t left = end - (uint64_t)at;
        ssize_t got =
            haul ? copy_file_range(from, &at, to, NULL, left < HAUL ? (size_t)left : HAUL, 0) : 0;

        if (got < 0 && !cannot_haul(errno) && errno != EINTR)
            return writ_fail_errno(e, WRIT_FAULT_IO, errno, "cannot copy %s",
                                   file_shown(name, shown));
        if (got > 0 || (got < 0 && errno == EINTR))
            continue;
        /* Nothing hauled: the end of the file, or a file system that lies (procfs says 0). */
        haul = false;
        if (copy_piece(from, &at, left, to, name, e) < 0)
            return -1;
    }
    return 0;
}
