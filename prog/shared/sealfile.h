/*
 * shared/sealfile.h - the seal of a file, found and taken apart in a jail
 */
#ifndef WRIT_SHARED_SEALFILE_H
#define WRIT_SHARED_SEALFILE_H

#include "object/seal.h"

/* A seal whose form is right.  That it is true is for `writ verify` to say. */
struct sealfile {
    struct writ_buffer bytes; /* owned: the seal as it was found */
    struct writ_seal seal;    /* borrowed from bytes */
    bool was_tail;
};

/* Reads the seal of the file at path: its tail, or else FILE.writ beside it.  WRIT_FAULT_NO_INPUT
 * when there is none, WRIT_FAULT_BAD_INPUT when it is malformed. */
int sealfile_of(const char *path, struct sealfile *s, struct writ_error *e) WRIT_MUST_CHECK;

/* Reads a detached seal. */
int sealfile_read(const char *path, struct sealfile *s, struct writ_error *e) WRIT_MUST_CHECK;
void sealfile_free(struct sealfile *s);

#endif
