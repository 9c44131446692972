/*
 * writ/crlfile.h - files of CRLs
 *
 * A CRL in DER is the whole file, which is mapped: no copy of it is made, however large it is.  Of
 * PEM every block "X509 CRL" is one.  All that reads the bytes runs in a jail (shared/jail.h).
 */
#ifndef WRIT_CRLFILE_H
#define WRIT_CRLFILE_H

#include "base/buffer.h"
#include "object/crl.h"

#define CRLFILE_PIPE_MAX ((size_t)256 << 20) /* bytes from standard input, which are held */
#define CRLFILE_MAX      64                  /* CRLs in one file of PEM */
#define CRLFILE_LABEL    "X509 CRL"          /* of a PEM block */

/* The bytes of a file, or of standard input for "-". */
struct crlfile {
    struct writ_span bytes;
    struct writ_span map;        /* to be unmapped; or empty */
    struct writ_buffer received; /* of standard input */
};

/* Opens one; names it in a fault as path.  WRIT_FAULT_BAD_INPUT for more than CRLFILE_PIPE_MAX from
 * standard input, or a file of more than WRIT_CRL_MAX in either form. */
int crlfile_open(const char *path, struct crlfile *f, struct writ_error *e) WRIT_MUST_CHECK;
void crlfile_close(struct crlfile *f);

/* Calls for each CRL (DER) of the bytes, which may be none that parses; runs in a jail.  The first
 * that returns -1 ends it.  -1 with WRIT_FAULT_BAD_INPUT too for PEM that is malformed, without
 * such a block, or with more than CRLFILE_MAX. */
typedef int crlfile_visit(struct writ_span der, void *into, struct writ_error *e);
int crlfile_each(struct writ_span bytes, crlfile_visit *visit, void *into,
                 struct writ_error *e) WRIT_MUST_CHECK;

#endif
