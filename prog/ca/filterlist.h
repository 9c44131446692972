/*
 * ca/filterlist.h - serial numbers by issuer, more than fit into memory
 *
 * What `writ filter build` reads: a folder with a file for each issuer, which is read again
 * whenever it is walked; or entries in any order, from a text file or a CA's store, which are
 * sorted by issuer into a temporary file without a name (in TMPDIR, else /var/tmp) as soon as an
 * issuer has more than FILTERLIST_PIECE of them.
 *
 * A serial number is one to WRIT_CLUBCARD_SERIAL_MAX octets, the content of the INTEGER as it
 * stands in the certificate, leading zeros included.
 */
#ifndef WRIT_CA_FILTERLIST_H
#define WRIT_CA_FILTERLIST_H

#include "issue/clubcard.h"
#include "shared/file.h"

#define FILTERLIST_PIECE ((size_t)16 * 1024) /* bytes that are held of each issuer */

/* Where a piece of an issuer's entries lies in the temporary file. */
struct filterlist_piece {
    uint64_t offset;
    uint32_t length;
};

/* The entries of one issuer. */
struct filterlist_group {
    uint8_t id[WRIT_CLUBCARD_ISSUER];
    uint64_t count;
    char *name; /* owned; its file in the folder; NULL when there is no folder */

    struct filterlist_piece *pieces; /* owned */
    size_t piece_count;
    struct writ_buffer last; /* what is not in a piece yet */
    uint64_t line;           /* of the last entry */
};

struct filterlist {
    char *path;                      /* owned; the folder or text file; NULL: neither */
    struct filterlist_group *groups; /* owned; ascending by id, once it is complete */
    size_t count;
    uint64_t total;  /* entries of all issuers */
    uint32_t *slots; /* owned; where an id's group is, plus one: while entries are added */
    size_t mask;     /* slots, less one */
    int fd;          /* the temporary file, or -1 */
    uint64_t end;    /* how long it is */
};

#define FILTERLIST_NONE ((struct filterlist){.fd = -1})

/* Reads a list.  path is a folder with files ISSUER.SUFFIX of one serial number in hexadecimal a
 * line, where files ISSUER.OTHER are passed over; or a text file with lines ISSUER TAB SERIAL.
 * ISSUER is the SHA-256 of the issuer's public key, in hexadecimal or in base64url.  -1 with
 * WRIT_FAULT_BAD_INPUT, file and line for anything else, and for an issuer that has two files; or
 * with the faults of files.  Of a folder only the lines are counted.  Call filterlist_free in any
 * case. */
int filterlist_read(const char *path, const char *suffix, const char *other,
                    struct filterlist *list, struct writ_error *e) WRIT_MUST_CHECK;

/* A list of entries that are added one by one.  line is where one stands in the text file. */
int filterlist_begin(struct filterlist *list, struct writ_error *e) WRIT_MUST_CHECK;
int filterlist_add(struct filterlist *list, const uint8_t id[WRIT_CLUBCARD_ISSUER],
                   struct writ_span serial, uint64_t line, struct writ_error *e) WRIT_MUST_CHECK;
/* Enrols an issuer that may have no entry. */
int filterlist_enrol(struct filterlist *list, const uint8_t id[WRIT_CLUBCARD_ISSUER],
                     struct writ_error *e) WRIT_MUST_CHECK;
void filterlist_end(struct filterlist *list);

/* The group of an issuer, or NULL. */
const struct filterlist_group *filterlist_find(const struct filterlist *list,
                                               const uint8_t id[WRIT_CLUBCARD_ISSUER]);

/* Calls visit for each entry of a group; several threads may walk at once.  Faults, visit's too,
 * get file and line. */
int filterlist_walk(const struct filterlist *list, const struct filterlist_group *group,
                    writ_clubcard_visit *visit, void *to, struct writ_error *e) WRIT_MUST_CHECK;

void filterlist_free(struct filterlist *list);

/* Used by filterlist.c: the walk through a group that has no file of its own (filterspool.c). */
int filterlist_walk_spool(const struct filterlist *list, const struct filterlist_group *group,
                          writ_clubcard_visit *visit, void *to,
                          struct writ_error *e) WRIT_MUST_CHECK;

#endif
