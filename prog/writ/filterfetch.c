#include "writ/filterfetch.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/hex.h"
#include "crypto/digest.h"
#include "shared/file.h"

#define ETAG_SUFFIX ".etag"
#define ETAG_MAX    ((size_t)4096) /* bytes of that file: a URL, a newline, an ETag */

bool filterfetch_is_part(const char *name)
{
    return strncmp(name, FILTERFETCH_PREFIX, strlen(FILTERFETCH_PREFIX)) == 0;
}

/* ----------------------------------------------------------------------------------- checking */

int filterfetch_check(int fd, const struct filterplan_file *file, struct writ_error *e)
{
    uint8_t hash[WRIT_SHA256_BYTES];
    struct writ_span map = WRIT_SPAN_NONE;
    struct stat st;
    int rc = -1;

    if (fstat(fd, &st) < 0)
        return writ_fail_errno(e, WRIT_FAULT_IO, errno, "%s", file->name);
    if (st.st_size < 0 || (uint64_t)st.st_size != file->size)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "%s: has %jd bytes, wanted %" PRIu64, file->name,
                         (intmax_t)st.st_size, file->size);
    if (file_map(fd, (size_t)file->size, &map, e) == 0)
        rc = writ_sha256(map, hash, e);
    file_unmap(&map);
    if (rc == 0 && memcmp(hash, file->hash, sizeof hash) != 0)
        rc = writ_fail(e, WRIT_FAULT_BAD_INPUT, "%s: its SHA-256 is not the one announced",
                       file->name);
    return rc;
}

/* -------------------------------------------------------------------------------------- parts */

/* The path of the part, with a suffix; the caller's to free. */
static char *part_path(const struct filterfetch *what, const char *suffix, struct writ_error *e)
{
    char hash[2 * FILTERPLAN_HASH + 1];
    char *path = NULL;

    writ_hex_format(WRIT_SPAN_OF(what->file->hash), hash);
    if (asprintf(&path, "%s/" FILTERFETCH_PREFIX "%s%s", what->dir, hash, suffix) >= 0)
        return path;
    (void)writ_fail_memory(e);
    return NULL;
}

/* A part that somebody else has put there, or that has another name as well, is not gone on with.
 */
static bool is_ours(int fd, const struct filterplan_file *file)
{
    struct stat st;

    return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_nlink == 1 &&
           st.st_uid == geteuid() && st.st_size >= 0 && (uint64_t)st.st_size <= file->size;
}

static int open_part(const struct filterfetch *what, struct writ_error *e)
{
    char *path;
    int fd;

    if (what->in_memory) {
        fd = memfd_create("writ", MFD_CLOEXEC);
        return fd >= 0 ? fd
                       : writ_fail_errno(e, WRIT_FAULT_UNEXPECTED, errno,
                                         "cannot make a file in memory");
    }
    path = part_path(what, "", e);
    if (path == NULL)
        return -1;
    fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd >= 0 && !is_ours(fd, what->file)) {
        close(fd);
        fd = -1;
    }
    if (fd < 0) {
        (void)unlink(path);
        fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    }
    if (fd < 0)
        (void)writ_fail_errno(e, WRIT_FAULT_CANNOT_CREATE, errno, "cannot write %s", path);
    free(path);
    return fd;
}

void filterfetch_forget(const struct filterfetch *what)
{
    struct writ_error ignored = {0};
    char *part = part_path(what, "", &ignored);
    char *etag = part_path(what, ETAG_SUFFIX, &ignored);

    if (part != NULL)
        (void)unlink(part);
    if (etag != NULL)
        (void)unlink(etag);
    free(part);
    free(etag);
}

/* The ETag that the part came with, if it came from here. */
static void read_etag(const struct filterfetch *what, char etag[FETCHER_ETAG_MAX])
{
    struct writ_buffer text = {0};
    struct writ_error ignored = {0};
    struct writ_cursor c;
    char *path = part_path(what, ETAG_SUFFIX, &ignored);

    etag[0] = '\0';
    if (path != NULL && !what->in_memory && file_read(path, ETAG_MAX, &text, &ignored) == 0) {
        c = writ_cursor_over(writ_buffer_span(&text), NULL);
        if (writ_span_equal(writ_cursor_field(&c, '\n'), writ_span_text(what->from)) &&
            c.left < FETCHER_ETAG_MAX)
            (void)snprintf(etag, FETCHER_ETAG_MAX, "%.*s", (int)c.left, (const char *)c.at);
    }
    writ_buffer_free(&text);
    free(path);
}

/* Only a hint: without it the rest is asked for all the same. */
static void write_etag(const struct filterfetch *what, const char *etag)
{
    struct writ_buffer text = {0};
    struct writ_error ignored = {0};
    char *path = part_path(what, ETAG_SUFFIX, &ignored);

    writ_buffer_format(&text, "%s\n%s", what->from, etag);
    if (path != NULL && !what->in_memory && etag[0] != '\0')
        (void)!file_replace_bytes_nofollow(path, 0644, writ_buffer_span(&text), &ignored);
    writ_buffer_free(&text);
    free(path);
}

/* ----------------------------------------------------------------------------------- bringing */

static int copy(const struct filterfetch *what, int to, struct writ_error *e)
{
    struct stat st;
    int fd = file_open_regular(what->from, &st, e);
    int rc = -1;

    if (fd < 0)
        return -1;
    if (ftruncate(to, 0) < 0 || lseek(to, 0, SEEK_SET) < 0)
        (void)writ_fail_errno(e, WRIT_FAULT_IO, errno, "%s", what->file->name);
    else if (st.st_size < 0 || (uint64_t)st.st_size != what->file->size)
        (void)writ_fail(e, WRIT_FAULT_BAD_INPUT, "%s: has %jd bytes, wanted %" PRIu64,
                        what->file->name, (intmax_t)st.st_size, what->file->size);
    else
        rc = file_copy(fd, 0, what->file->size, to, what->file->name, e);
    close(fd);
    return rc;
}

static uint64_t size_of(int fd)
{
    struct stat st;

    return fstat(fd, &st) < 0 || st.st_size < 0 ? 0 : (uint64_t)st.st_size;
}

/* Asks for what is missing. */
static int fetch_rest(const struct filterfetch *what, int fd, struct fetcher_answer *answer,
                      uint64_t *fetched, struct writ_error *e)
{
    char etag[FETCHER_ETAG_MAX];
    struct fetcher_request request = {
        .url = what->from, .ceiling = what->file->size, .from = size_of(fd), .if_range = etag};
    int rc;

    read_etag(what, etag);
    if (lseek(fd, 0, SEEK_END) < 0)
        return writ_fail_errno(e, WRIT_FAULT_IO, errno, "%s", what->file->name);
    rc = fetcher_ask(&request, fd, answer, e);
    *fetched += size_of(fd) - (answer->resumed || size_of(fd) > request.from ? request.from : 0);
    if (rc < 0)
        write_etag(what, answer->etag);
    return rc;
}

/* A part that turns out to be of no use is thrown away, and the whole asked for, once. */
static int fetch(const struct filterfetch *what, int fd, struct fetcher_answer *answer,
                 uint64_t *fetched, struct writ_error *e)
{
    struct writ_error first = {0};

    if (size_of(fd) > 0) {
        if (size_of(fd) == what->file->size || fetch_rest(what, fd, answer, fetched, &first) == 0) {
            if (filterfetch_check(fd, what->file, &first) == 0)
                return 0;
        }
        if (first.fault != WRIT_FAULT_BAD_INPUT)
            return writ_fail(e, first.fault, "%s", first.text);
        if (ftruncate(fd, 0) < 0)
            return writ_fail_errno(e, WRIT_FAULT_IO, errno, "%s", what->file->name);
    }
    if (fetch_rest(what, fd, answer, fetched, e) < 0)
        return -1;
    return filterfetch_check(fd, what->file, e);
}

int filterfetch_bring(const struct filterfetch *what, struct fetcher_answer *answer,
                      uint64_t *fetched, struct writ_error *e)
{
    int fd = open_part(what, e);
    int rc;

    *answer = (struct fetcher_answer){0};
    if (fd < 0)
        return -1;
    if (fetcher_is_url(what->from))
        rc = fetch(what, fd, answer, fetched, e);
    else
        rc = copy(what, fd, e) < 0 ? -1 : filterfetch_check(fd, what->file, e);
    if (rc == 0)
        return fd;
    if (!what->in_memory && (e->fault == WRIT_FAULT_BAD_INPUT || size_of(fd) == 0))
        filterfetch_forget(what);
    close(fd);
    return -1;
}

int filterfetch_place(const struct filterfetch *what, int fd, struct writ_error *e)
{
    char *part = part_path(what, "", e), *path = NULL;
    int rc = -1;

    if (part == NULL)
        return -1;
    if (asprintf(&path, "%s/%s", what->dir, what->file->name) < 0) {
        path = NULL;
        (void)writ_fail_memory(e);
    } else if (fchmod(fd, 0644) < 0 || fsync(fd) < 0)
        (void)writ_fail_errno(e, WRIT_FAULT_IO, errno, "cannot write %s", path);
    else if (rename(part, path) < 0)
        (void)writ_fail_errno(e, WRIT_FAULT_CANNOT_CREATE, errno, "cannot write %s", path);
    else
        rc = 0;
    if (rc == 0)
        filterfetch_forget(what); /* its ETag */
    free(part);
    free(path);
    return rc;
}
