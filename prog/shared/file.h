/*
 * shared/file.h - files
 *
 * Reading: regular files only, up to a ceiling, never waiting for a FIFO or a device.
 * Writing: a file is replaced or created whole.  Whoever looks, and whoever looks after a crash or
 * a kill at any moment, finds the old content or the new, never a mixture.
 *
 * What this does not do: it does not stop another program from writing to a file that is being
 * read, and it does not keep two replacers of one file apart; file_lock does that, for those who
 * ask.
 *
 * Faults name the file as the caller named it, made safe to show (base/text.h).  A missing file is
 * WRIT_FAULT_NO_INPUT, a forbidden one WRIT_FAULT_PERMISSION; the rest is said per function.
 */
#ifndef WRIT_SHARED_FILE_H
#define WRIT_SHARED_FILE_H

#include <limits.h>
#include <sys/stat.h>

#include "base/buffer.h"

#define FILE_SHOWN_MAX      256          /* room for a path in a sentence */
#define FILE_TEMP_NAME_MAX  32           /* room for the name of a temporary file */
#define FILE_ATTRIBUTES_MAX 65536        /* bytes of names or of one value (XATTR_LIST_MAX) */
#define FILE_TEMP_PREFIX    ".writ-tmp-" /* how names of temporary files begin; 16 digits follow */

/* ---- reading ---- */

/* Copies path into room, made safe to show and cut when it is too long.  Returns room. */
const char *file_shown(const char *path, char room[FILE_SHOWN_MAX]);

/* What a file is, in words: "a directory", "a FIFO", "a regular file". */
const char *file_kind(mode_t mode);

/* Opens a regular file for reading, over symbolic links; "-" is a name like any other.  The caller
 * closes the descriptor; *st tells about it.  -1 with WRIT_FAULT_NO_INPUT when it is anything but a
 * regular file (it is then not even opened, so that a FIFO does not block and a tape does not
 * rewind), WRIT_FAULT_UNAVAILABLE when another process holds a lease on it. */
int file_open_regular(const char *path, struct stat *st, struct writ_error *e) WRIT_MUST_CHECK;

/* Appends the whole of a regular file.  Larger than ceiling is WRIT_FAULT_BAD_INPUT, failing half
 * way WRIT_FAULT_IO; out then holds what it held before. */
int file_read(const char *path, size_t ceiling, struct writ_buffer *out,
              struct writ_error *e) WRIT_MUST_CHECK;

/* The same from a descriptor of any kind (a pipe, standard input), from where it stands to its
 * end.  name is what sentences call it. */
int file_read_fd(int fd, const char *name, size_t ceiling, struct writ_buffer *out,
                 struct writ_error *e) WRIT_MUST_CHECK;

/* Maps the first size bytes of a regular file, read-only and private; no bytes, no mapping.  The
 * caller gives it back with file_unmap.  When another process cuts the file short, reading the
 * mapping raises SIGBUS: map files of strangers only inside shared/jail.h.  WRIT_FAULT_IO. */
int file_map(int fd, size_t size, struct writ_span *map, struct writ_error *e) WRIT_MUST_CHECK;
void file_unmap(struct writ_span *map);

/* True when the file has further names, which replacing it would leave with the old content. */
bool file_is_hard_linked(const struct stat *st);

/* ---- writing ---- */

/* Writes all of bytes to a descriptor.  WRIT_FAULT_IO names it as name. */
int file_write(int fd, const char *name, struct writ_span bytes,
               struct writ_error *e) WRIT_MUST_CHECK;

/* Copies n bytes that begin at offset of the regular file `from` to where `to` stands, inside the
 * kernel where it can (sharing the blocks on file systems that do).  The position of `from` stays.
 * WRIT_FAULT_IO when either fails or `from` has fewer bytes; name is what sentences call it. */
int file_copy(int from, uint64_t offset, uint64_t n, int to, const char *name,
              struct writ_error *e) WRIT_MUST_CHECK;

/* A file on its way: new content is written to fd, then committed or aborted.  Its temporary file
 * stands in the same directory, and holds a lock (flock) as long as its writer lives. */
struct file_replace {
    int fd;                        /* for the new content; -1 when nothing has begun */
    int dir;                       /* the directory it will stand in; -1 likewise */
    bool fresh;                    /* it must not exist yet */
    char name[NAME_MAX + 1];       /* the name it will have there */
    char temp[FILE_TEMP_NAME_MAX]; /* the name it has until then */
    char shown[FILE_SHOWN_MAX];    /* the path as the caller gave it, for sentences */
};

#define FILE_REPLACE_NONE ((struct file_replace){.fd = -1, .dir = -1})

/* Begins to replace path, or to create it when it is not there.  Where path is a symbolic link the
 * file it leads to is replaced and the link stays, even when it leads nowhere yet.  Anything but a
 * regular file (a directory, /dev/null) is WRIT_FAULT_CANNOT_CREATE, as is a directory that cannot
 * be written.  Whoever began must commit or abort. */
int file_replace_begin(const char *path, struct file_replace *r,
                       struct writ_error *e) WRIT_MUST_CHECK;

/* The same where others may write too: what stands at path is replaced by its own name, and a
 * symbolic link there is WRIT_FAULT_CANNOT_CREATE, so that nobody can lead the new content to
 * another place. */
int file_replace_begin_nofollow(const char *path, struct file_replace *r,
                                struct writ_error *e) WRIT_MUST_CHECK;

/* Begins to create path, which must not exist, not even as a symbolic link. */
int file_create_begin(const char *path, struct file_replace *r,
                      struct writ_error *e) WRIT_MUST_CHECK;

/* Before a commit: the file that will be replaced is still the one that *seen tells about, and has
 * not changed since.  WRIT_FAULT_UNAVAILABLE when another stands under the name, or when it was
 * written to: the new content was made from what is not there any more. */
int file_replace_check_same(const struct file_replace *r, const struct stat *seen,
                            struct writ_error *e) WRIT_MUST_CHECK;

/* Puts the new content in its place, with exactly these mode bits whatever the umask: on the disk
 * first (fsync), then under its name (rename), then the name on the disk.  -1 with WRIT_FAULT_IO or
 * WRIT_FAULT_CANNOT_CREATE: the temporary file is gone and the old content untouched, unless the
 * sentence says that only the last step failed.  Ends what was begun either way. */
int file_replace_commit(struct file_replace *r, mode_t mode, struct writ_error *e) WRIT_MUST_CHECK;

/* The same, with owner, group, mode (set-user-ID included) and extended attributes of like_fd: user
 * attributes, access control lists, capabilities, labels, all that it lists.  Not security.ima and
 * security.evm, which speak about the old bytes.  One that cannot be kept is a fault that names it.
 */
int file_replace_commit_like(struct file_replace *r, int like_fd,
                             struct writ_error *e) WRIT_MUST_CHECK;

/* Gives up: the temporary file is removed.  Nothing when nothing has begun. */
void file_replace_abort(struct file_replace *r);

/* All at once: path has this content and these mode bits, or is as it was. */
int file_replace_bytes(const char *path, mode_t mode, struct writ_span bytes,
                       struct writ_error *e) WRIT_MUST_CHECK;

/* The same, and not through a symbolic link at path. */
int file_replace_bytes_nofollow(const char *path, mode_t mode, struct writ_span bytes,
                                struct writ_error *e) WRIT_MUST_CHECK;

/* The same for a path that must not exist yet: it holds all of bytes afterwards, or is not there.
 */
int file_create_bytes(const char *path, mode_t mode, struct writ_span bytes,
                      struct writ_error *e) WRIT_MUST_CHECK;

/* Removes the temporary files that killed processes of this user have left in a directory: those
 * whose lock is free.  One that cannot be removed stays; a directory that cannot be read is a
 * fault. */
int file_sweep_temps(const char *dir, struct writ_error *e) WRIT_MUST_CHECK;

/* Makes a directory and all that is missing above it, with this mode (less the umask), on the disk
 * when it returns.  What exists is left as it is.  WRIT_FAULT_CANNOT_CREATE. */
int file_make_dirs(const char *path, mode_t mode, struct writ_error *e) WRIT_MUST_CHECK;

/* ---- locks ---- */

/* Takes the lock that the file at path stands for; makes the file when it is missing, and never
 * removes it.  The lock ends with file_unlock or with the process.  Waits up to wait_seconds for
 * another holder, then WRIT_FAULT_UNAVAILABLE.  Returns a descriptor for file_unlock, or -1. */
int file_lock(const char *path, unsigned wait_seconds, struct writ_error *e) WRIT_MUST_CHECK;

/* Lets go of the lock.  Nothing when fd is -1. */
void file_unlock(int fd);

#endif
