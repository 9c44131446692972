/*
 * examples/files.h - what libwrit leaves to its callers: files, and arguments
 */
#ifndef EXAMPLES_FILES_H
#define EXAMPLES_FILES_H

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Bytes of a file, mapped; p is NULL when it is empty. */
struct file {
    const uint8_t *p;
    size_t n;
};

/* Maps a file.  0, or -1 with errno; EINVAL when it is no regular file.  A file that is cut short
 * afterwards kills whoever reads it with SIGBUS: where strangers can write, map a copy. */
static inline int file_map(const char *path, struct file *f)
{
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    struct stat st;
    void *p = NULL;

    *f = (struct file){NULL, 0};
    if (fd < 0)
        return -1;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        close(fd);
        errno = EINVAL;
        return -1;
    }
    if (st.st_size > 0)
        p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (p == MAP_FAILED)
        return -1;
    *f = (struct file){(const uint8_t *)p, (size_t)st.st_size};
    return 0;
}

static inline void file_unmap(const struct file *f)
{
    if (f->p != NULL)
        munmap((void *)(uintptr_t)f->p, f->n);
}

/* "folder/name" in path; exits when that is too long. */
static inline void file_name(char path[4096], const char *folder, const char *name)
{
    if (snprintf(path, 4096, "%s/%s", folder, name) >= 4096) {
        fprintf(stderr, "%s/%s: too long\n", folder, name);
        exit(64);
    }
}

/* 2 * n hexadecimal digits.  0, or -1 when they are others or not so many. */
static inline int hex_parse(const char *text, uint8_t *out, size_t n)
{
    if (strlen(text) != 2 * n || strspn(text, "0123456789abcdefABCDEF") != 2 * n)
        return -1;
    for (size_t i = 0; i < n; i++) {
        char pair[3] = {text[2 * i], text[2 * i + 1], '\0'};

        out[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return 0;
}

#endif
