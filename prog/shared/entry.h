/*
 * shared/entry.h - a name in a directory that is held open
 *
 * What is done to a file through its entry stays in that directory, whatever is renamed meanwhile.
 */
#ifndef WRIT_SHARED_ENTRY_H
#define WRIT_SHARED_ENTRY_H

#include <limits.h>

#include "base/error.h"

#define ENTRY_LINKS_MAX 40 /* symbolic links followed, as Linux does */

struct entry {
    int dir;                 /* its directory, opened for reading; -1: none */
    char name[NAME_MAX + 1]; /* its name there: no slash, not "." or ".." */
};

#define ENTRY_NONE ((struct entry){.dir = -1})

/* Opens the directory part of path, which is relative to the directory `at` (AT_FDCWD for the
 * working directory).  The file itself need not exist.  entry_close gives the descriptor back.
 * -1 with errno: EISDIR when the path cannot name a file ("dir/", ".."). */
int entry_open(int at, const char *path, struct entry *p) WRIT_MUST_CHECK;
void entry_close(struct entry *p);

/* While the name is a symbolic link, goes to the entry it leads to.  -1 with errno: ELOOP when
 * that has no end. */
int entry_follow(struct entry *p) WRIT_MUST_CHECK;

/* Brings the names in the directory to the disk.  -1 with errno. */
int entry_sync(const struct entry *p) WRIT_MUST_CHECK;

#endif
