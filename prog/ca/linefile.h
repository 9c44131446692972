/*
 * ca/linefile.h - a large text file, line by line
 *
 * Of any size: in memory is a window of it.  Regular files only.
 */
#ifndef WRIT_CA_LINEFILE_H
#define WRIT_CA_LINEFILE_H

#include "base/buffer.h"
#include "shared/file.h"

#define LINEFILE_LINE_MAX 4096 /* bytes of a line */

struct linefile {
    int fd;
    char shown[FILE_SHOWN_MAX];
    struct writ_buffer window; /* what was read */
    size_t from;               /* where in it the next line begins */
    uint64_t line;             /* number of the last line given, from 1 */
    bool ended;                /* nothing more to read */
};

#define LINEFILE_NONE ((struct linefile){.fd = -1})

/* Opens a file; call linefile_close in any case.  Fails like file_open_regular. */
int linefile_open(const char *path, struct linefile *f, struct writ_error *e) WRIT_MUST_CHECK;
void linefile_close(struct linefile *f);

/* Gives the next line without its newline, which the last one may lack; it is valid until the next
 * call.  *is_line becomes false at the end of the file.  -1 with WRIT_FAULT_BAD_INPUT for a line
 * that is too long, or with WRIT_FAULT_IO. */
int linefile_next(struct linefile *f, struct writ_span *line, bool *is_line,
                  struct writ_error *e) WRIT_MUST_CHECK;

/* Counts the lines that are left. */
int linefile_count(struct linefile *f, uint64_t *count, struct writ_error *e) WRIT_MUST_CHECK;

/* Puts the file and the line that was given last before a fault.  Always -1. */
int linefile_blame(const struct linefile *f, struct writ_error *e);

#endif
