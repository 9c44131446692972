/*
 * writ/filterfetch.h - one filter file on its way to this device
 *
 * What has come of a file is kept under a name made of its hash, so that a pull that broke off goes
 * on where it ended, whichever server it asks then.  A file is what it should be by its size and
 * SHA-256, which stand in a signed collection or in a mirror's manifest; nothing else is believed.
 */
#ifndef WRIT_FILTERFETCH_H
#define WRIT_FILTERFETCH_H

#include "shared/fetcher.h"
#include "shared/filterplan.h"

#define FILTERFETCH_PREFIX ".writ-part-" /* 64 hexadecimal digits follow */

/* A file, and where it comes from. */
struct filterfetch {
    const char *dir;  /* where it is kept until it is whole */
    const char *from; /* its URL, or the path of a file */
    const struct filterplan_file *file;
    bool in_memory; /* nothing is written to the disk */
};

/* Brings the file.  Returns a descriptor that holds all of it, checked, or -1 with
 *   the faults of shared/fetch.h: what has come stays, for the next try;
 *   WRIT_FAULT_BAD_INPUT: another size or hash; nothing of it stays.
 * *answer is about what was fetched; *fetched grows by the bytes that came. */
int filterfetch_bring(const struct filterfetch *what, struct fetcher_answer *answer,
                      uint64_t *fetched, struct writ_error *e) WRIT_MUST_CHECK;

/* Puts the file in place under its name, on the disk. */
int filterfetch_place(const struct filterfetch *what, int fd, struct writ_error *e) WRIT_MUST_CHECK;

/* Removes what has come of the file. */
void filterfetch_forget(const struct filterfetch *what);

/* Checks a descriptor against the size and SHA-256 that were announced. */
int filterfetch_check(int fd, const struct filterplan_file *file,
                      struct writ_error *e) WRIT_MUST_CHECK;

/* True when a directory's entry is what is left of a file on its way. */
bool filterfetch_is_part(const char *name);

#endif
