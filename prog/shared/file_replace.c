#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/hex.h"
#include "shared/entry.h"
#include "shared/file.h"
#include "shared/keep.h"

#define TEMP_BYTES 8  /* random bytes in the name of a temporary file */
#define TEMP_TRIES 16 /* names that are tried */
#define NO_LOCKS(errno_value)                                                                      \
    ((errno_value) == ENOLCK || (errno_value) == EOPNOTSUPP || (errno_value) == ENOSYS)

/* What stands there now must be a regular file, or nothing. */
static int check_target(const struct file_replace *r, struct writ_error *e)
{
    struct stat st;

    if (fstatat(r->dir, r->name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
        if (errno == ENOENT)
            return 0;
        return writ_fail_errno(e, WRIT_FAULT_CANNOT_CREATE, errno, "cannot write %s", r->shown);
    }
    if (r->fresh)
        return writ_fail(e, WRIT_FAULT_CANNOT_CREATE, "%s exists already", r->shown);
    if (!S_ISREG(st.st_mode))
        return writ_fail(e, WRIT_FAULT_CANNOT_CREATE, "%s is %s; only a regular file is replaced",
                         r->shown, file_kind(st.st_mode));
    return 0;
}

static int name_temp(char temp[FILE_TEMP_NAME_MAX])
{
    uint8_t random[TEMP_BYTES];
    char digits[2 * TEMP_BYTES + 1];

    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        return -1;
    writ_hex_format(WRIT_SPAN_OF(random), digits);
    (void)snprintf(temp, FILE_TEMP_NAME_MAX, "%s%s", FILE_TEMP_PREFIX, digits);
    return 0;
}

/* Locks a temporary file that was just made.  A sweep may have come between: then it is locked, or
 * has no name any more, and another one is made (EAGAIN). */
static int claim(int fd)
{
    struct stat st;

    if (flock(fd, LOCK_EX | LOCK_NB) < 0 && !NO_LOCKS(errno))
        return -1;
    if (fstat(fd, &st) < 0)
        return -1;
    if (st.st_nlink > 0)
        return 0;
    errno = EAGAIN;
    return -1;
}

/* Makes the temporary file.  -1 with errno. */
static int make_temp(struct file_replace *r)
{
    for (int i = 0; i < TEMP_TRIES; i++) {
        int why;

        if (name_temp(r->temp) < 0)
            return -1;
        r->fd = openat(r->dir, r->temp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (r->fd < 0 && errno != EEXIST)
            return -1;
        if (r->fd < 0)
            continue;
        if (claim(r->fd) == 0)
            return 0;
        why = errno;
        (void)unlinkat(r->dir, r->temp, 0);
        (void)close(r->fd);
        r->fd = -1;
        errno = why;
        if (why != EAGAIN)
            return -1;
    }
    return -1;
}

static int begin(const char *path, bool fresh, bool follow, struct file_replace *r,
                 struct writ_error *e)
{
    struct entry p;

    *r = FILE_REPLACE_NONE;
    r->fresh = fresh;
    (void)file_shown(path, r->shown);
    if (entry_open(AT_FDCWD, path, &p) < 0 || (follow && entry_follow(&p) < 0)) {
        (void)writ_fail_errno(e, WRIT_FAULT_CANNOT_CREATE, errno, "cannot write %s", r->shown);
        entry_close(&p);
        return -1;
    }
    r->dir = p.dir;
    (void)snprintf(r->name, sizeof r->name, "%s", p.name);
    if (check_target(r, e) == 0) {
        if (make_temp(r) == 0)
            return 0;
        (void)writ_fail_errno(e, WRIT_FAULT_CANNOT_CREATE, errno,
                              "cannot make a temporary file beside %s", r->shown);
    }
    file_replace_abort(r);
    return -1;
}

int file_replace_begin(const char *path, struct file_replace *r, struct writ_error *e)
{
    return begin(path, false, true, r, e);
}

int file_replace_begin_nofollow(const char *path, struct file_replace *r, struct writ_error *e)
{
    return begin(path, false, false, r, e);
}

int file_create_begin(const char *path, struct file_replace *r, struct writ_error *e)
{
    return begin(path, true, false, r, e);
}

static bool same_time(struct timespec a, struct timespec b)
{
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

int file_replace_check_same(const struct file_replace *r, const struct stat *seen,
                            struct writ_error *e)
{
    struct stat st;

    if (fstatat(r->dir, r->name, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_dev == seen->st_dev &&
        st.st_ino == seen->st_ino && st.st_size == seen->st_size &&
        same_time(st.st_mtim, seen->st_mtim) && same_time(st.st_ctim, seen->st_ctim))
        return 0;
    return writ_fail(e, WRIT_FAULT_UNAVAILABLE,
                     "%s changed while it was worked on, and is left as it is now", r->shown);
}

static void let_go(struct file_replace *r)
{
    if (r->fd >= 0)
        (void)close(r->fd);
    if (r->dir >= 0)
        (void)close(r->dir);
    r->fd = -1;
    r->dir = -1;
}

void file_replace_abort(struct file_replace *r)
{
    if (r->fd >= 0)
        (void)unlinkat(r->dir, r->temp, 0);
    let_go(r);
}

/* Gives the temporary file its name.  Where the file system cannot rename without replacing (NFS:
 * EINVAL), a second name does the same in two steps. */
static int rename_temp(const struct file_replace *r)
{
    if (!r->fresh)
        return renameat(r->dir, r->temp, r->dir, r->name);
    if (renameat2(r->dir, r->temp, r->dir, r->name, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return -1;
    if (linkat(r->dir, r->temp, r->dir, r->name, 0) < 0)
        return -1;
    (void)unlinkat(r->dir, r->temp, 0);
    return 0;
}

/* From a temporary file with all its content and attributes to a file under its name. */
static int install(struct file_replace *r, struct writ_error *e)
{
    struct entry p = {.dir = r->dir};
    int rc = -1;

    if (fsync(r->fd) < 0) {
        (void)writ_fail_errno(e, WRIT_FAULT_IO, errno, "cannot write %s to the disk", r->shown);
        file_replace_abort(r);
        return -1;
    }
    if (rename_temp(r) < 0) {
        if (r->fresh && errno == EEXIST)
            (void)writ_fail(e, WRIT_FAULT_CANNOT_CREATE, "%s exists already", r->shown);
        else
            (void)writ_fail_errno(e, WRIT_FAULT_CANNOT_CREATE, errno, "cannot replace %s",
                                  r->shown);
        file_replace_abort(r);
        return -1;
    }
    rc = entry_sync(&p);
    if (rc < 0)
        (void)writ_fail_errno(e, WRIT_FAULT_IO, errno,
                              "%s has its new content, but may lose it in a power failure",
                              r->shown);
    let_go(r);
    return rc;
}

int file_replace_commit(struct file_replace *r, mode_t mode, struct writ_error *e)
{
    if (fchmod(r->fd, mode & 07777) == 0)
        return install(r, e);
    (void)writ_fail_errno(e, WRIT_FAULT_IO, errno, "cannot set the mode of %s", r->shown);
    file_replace_abort(r);
    return -1;
}

int file_replace_commit_like(struct file_replace *r, int like_fd, struct writ_error *e)
{
    if (keep_attributes(like_fd, r->fd, r->shown, e) == 0)
        return install(r, e);
    file_replace_abort(r);
    return -1;
}

static int write_whole(struct file_replace *r, mode_t mode, struct writ_span bytes,
                       struct writ_error *e)
{
    if (file_write(r->fd, r->shown, bytes, e) == 0)
        return file_replace_commit(r, mode, e);
    file_replace_abort(r);
    return -1;
}

int file_replace_bytes(const char *path, mode_t mode, struct writ_span bytes, struct writ_error *e)
{
    struct file_replace r;

    return file_replace_begin(path, &r, e) < 0 ? -1 : write_whole(&r, mode, bytes, e);
}

int file_replace_bytes_nofollow(const char *path, mode_t mode, struct writ_span bytes,
                                struct writ_error *e)
{
    struct file_replace r;

    return file_replace_begin_nofollow(path, &r, e) < 0 ? -1 : write_whole(&r, mode, bytes, e);
}

int file_create_bytes(const char *path, mode_t mode, struct writ_span bytes, struct writ_error *e)
{
    struct file_replace r;

    return file_create_begin(path, &r, e) < 0 ? -1 : write_whole(&r, mode, bytes, e);
}

static bool is_temp_name(const char *name)
{
    size_t prefix = sizeof FILE_TEMP_PREFIX - 1;
    uint8_t random[TEMP_BYTES];

    return strncmp(name, FILE_TEMP_PREFIX, prefix) == 0 &&
           writ_hex_parse_strict(writ_span_text(name + prefix), random, TEMP_BYTES) == 0;
}

/* The superuser's may belong to somebody else already: their owner is set before they are named. */
static bool is_ours(const struct stat *st)
{
    return S_ISREG(st->st_mode) && (st->st_uid == geteuid() || geteuid() == 0);
}

/* Removes a temporary file of ours whose writer is gone: it would hold the lock. */
static void sweep_one(int dir, const char *name)
{
    struct stat st;
    int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

    if (fd < 0)
        return;
    if (fstat(fd, &st) == 0 && is_ours(&st) && flock(fd, LOCK_EX | LOCK_NB) == 0)
        (void)unlinkat(dir, name, 0);
    (void)close(fd);
}

int file_sweep_temps(const char *dir, struct writ_error *e)
{
    char shown[FILE_SHOWN_MAX];
    DIR *d = opendir(dir);
    struct dirent *next;

    if (d == NULL)
        return writ_fail_errno(e, WRIT_FAULT_IO, errno, "cannot list %s", file_shown(dir, shown));
    while ((next = readdir(d)) != NULL) {
        if (is_temp_name(next->d_name))
            sweep_one(dirfd(d), next->d_name);
    }
    (void)closedir(d);
    return 0;
}

/* Makes one directory in an existing one. */
static int make_dir(const char *path, mode_t mode, const char *shown, struct writ_error *e)
{
    struct entry p;
    int rc = -1;

    if (entry_open(AT_FDCWD, path, &p) < 0)
        (void)writ_fail_errno(e, WRIT_FAULT_CANNOT_CREATE, errno, "cannot make %s", shown);
    else if (mkdirat(p.dir, p.name, mode) < 0 && errno != EEXIST)
        (void)writ_fail_errno(e, WRIT_FAULT_CANNOT_CREATE, errno, "cannot make %s", shown);
    else if (entry_sync(&p) < 0)
        (void)writ_fail_errno(e, WRIT_FAULT_IO, errno, "cannot write %s to the disk", shown);
    else
        rc = 0;
    entry_close(&p);
    return rc;
}

int file_make_dirs(const char *path, mode_t mode, struct writ_error *e)
{
    char shown[FILE_SHOWN_MAX];
    char part[PATH_MAX];
    struct stat st;

    (void)file_shown(path, shown);
    for (size_t i = 0; path[i] != '\0'; i++) {
        bool ends = path[i] != '/' && (path[i + 1] == '/' || path[i + 1] == '\0');

        if (i + 2 > sizeof part)
            return writ_fail_errno(e, WRIT_FAULT_CANNOT_CREATE, ENAMETOOLONG, "cannot make %s",
                                   shown);
        part[i] = path[i];
        part[i + 1] = '\0';
        if (ends && stat(part, &st) < 0 && make_dir(part, mode, shown, e) < 0)
            return -1;
    }
    if (stat(path, &st) < 0)
        return writ_fail_errno(e, WRIT_FAULT_CANNOT_CREATE, errno, "cannot make %s", shown);
    if (!S_ISDIR(st.st_mode))
        return writ_fail(e, WRIT_FAULT_CANNOT_CREATE, "%s is %s; a directory was wanted", shown,
                         file_kind(st.st_mode));
    return 0;
}
