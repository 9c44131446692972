#include "writ/crlfile.h"

#include <string.h>
#include <unistd.h>

#include "bytes/pem.h"
#include "shared/file.h"

/* ------------------------------------------------------------------------------ the bytes */

static int map(const char *path, struct crlfile *f, struct writ_error *e)
{
    struct stat st;
    int fd = file_open_regular(path, &st, e);
    int rc;

    if (fd < 0)
        return -1;
    rc = (uint64_t)st.st_size > WRIT_CRL_MAX
             ? writ_fail(e, WRIT_FAULT_BAD_INPUT, "%lld bytes, the ceiling is %zu",
                         (long long)st.st_size, WRIT_CRL_MAX)
             : file_map(fd, (size_t)st.st_size, &f->map, e);
    (void)close(fd);
    f->bytes = f->map;
    return rc;
}

int crlfile_open(const char *path, struct crlfile *f, struct writ_error *e)
{
    char shown[FILE_SHOWN_MAX];

    *f = (struct crlfile){0};
    if (strcmp(path, "-") == 0) {
        if (file_read_fd(STDIN_FILENO, "standard input", CRLFILE_PIPE_MAX, &f->received, e) < 0)
            return -1;
        f->bytes = writ_buffer_span(&f->received);
        return 0;
    }
    if (map(path, f, e) == 0)
        return 0;
    if (e->fault == WRIT_FAULT_BAD_INPUT)
        writ_error_context(e, "%s", file_shown(path, shown));
    return -1;
}

void crlfile_close(struct crlfile *f)
{
    file_unmap(&f->map);
    writ_buffer_free(&f->received);
    f->bytes = WRIT_SPAN_NONE;
}

/* ------------------------------------------------------------------------------- the CRLs */

int crlfile_each(struct writ_span bytes, crlfile_visit *visit, void *into, struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(bytes, e);
    struct writ_pem pem = {0};
    bool found = true;
    size_t count = 0;
    int rc = 0;

    if (writ_span_u8(bytes, 0) == WRIT_DER_SEQUENCE || !writ_pem_looks_like(bytes))
        return visit(bytes, into, e);
    while (rc == 0 && found) {
        rc = writ_pem_next(&c, &pem, &found);
        if (rc == 0 && found && strcmp(pem.label, CRLFILE_LABEL) == 0) {
            rc = count++ < CRLFILE_MAX
                     ? visit(writ_buffer_span(&pem.der), into, e)
                     : writ_fail(e, WRIT_FAULT_BAD_INPUT, "more than %d CRLs", CRLFILE_MAX);
        }
        writ_pem_free(&pem);
    }
    if (rc == 0 && count == 0)
        rc = writ_fail(e, WRIT_FAULT_BAD_INPUT, "no PEM block \"%s\" in it", CRLFILE_LABEL);
    return rc;
}
