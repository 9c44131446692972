/*
 * writ/filterdir.h - what a device keeps of one source of filters
 *
 * filters/NAME in the state that is written to; man/writ-filters.5 says what is in it.  Whoever
 * pulls holds its lock, and that of the directory where the filters are when it lies elsewhere,
 * because other sources may have the same one.
 */
#ifndef WRIT_FILTERDIR_H
#define WRIT_FILTERDIR_H

#include "shared/filterrecord.h"
#include "shared/places.h"
#include "writ/sources.h"

#define FILTERDIR_LOCK_SECONDS 30
#define FILTERDIR_WAIT_MAX     WRIT_DAY /* no server is waited for longer */
#define FILTERDIR_ALERT_MAX    256

struct filterdir {
    const struct places *places;
    const struct source *source;
    char *path;  /* of filters/NAME; owned */
    char *files; /* where the filters are, absolute; owned */
    bool shared; /* that is another program's directory, too */
    int lock;
    int files_lock;
    struct filterrecord here; /* what was taken over last */
    bool is_here;             /* there is such a record, and it can be read */
};

/* Makes the directories where they are missing, takes the locks, waiting FILTERDIR_LOCK_SECONDS for
 * each, removes what killed processes have left, and reads the record.  Call filterdir_close in any
 * case. */
int filterdir_open(struct filterdir *d, const struct places *places, const struct source *source,
                   struct writ_error *e) WRIT_MUST_CHECK;
void filterdir_close(struct filterdir *d);

/* "DIR/NAME", the caller's to free; NULL without memory. */
char *filterdir_join(const char *dir, const char *name, struct writ_error *e) WRIT_MUST_CHECK;

/* Reads a file of filters/NAME; one that is missing is empty. */
int filterdir_read(const struct filterdir *d, const char *name, size_t ceiling,
                   struct writ_buffer *out, struct writ_error *e) WRIT_MUST_CHECK;

/* Puts a file in place below a directory, unless it is there with these bytes already; *changed,
 * which may be NULL, is set to true when it was not.  Not through a symbolic link. */
int filterdir_put(const char *dir, const char *name, struct writ_span bytes, bool *changed,
                  struct writ_error *e) WRIT_MUST_CHECK;

/* ---- what servers have asked for ---- */

/* WRIT_FAULT_UNAVAILABLE when the server at this location asked not to be asked before a time that
 * has not come. */
int filterdir_check_wait(const struct filterdir *d, const char *location, int64_t now,
                         struct writ_error *e) WRIT_MUST_CHECK;

/* Remembers that it does; what was remembered of others stays, as far as it is not over. */
int filterdir_set_wait(const struct filterdir *d, const char *location, int64_t now,
                       int64_t seconds, struct writ_error *e) WRIT_MUST_CHECK;

/* Remembers what a server wants its user to know, or that it has nothing to say (""). */
int filterdir_set_alert(const struct filterdir *d, const char *text,
                        struct writ_error *e) WRIT_MUST_CHECK;

/* Reads what a source of this name has to say; "" for nothing. */
void filterdir_get_alert(const struct places *places, const struct source *source,
                         char alert[FILTERDIR_ALERT_MAX]);

/* ---- what must not go back ---- */

/* The greatest timestamp of a collection that was accepted under a root (64 hexadecimal digits) by
 * any source; 0 when none was.  WRIT_FAULT_IO when it cannot be read: a person has to decide. */
int filterdir_floor(const struct places *places, const char *root, const char *collection,
                    uint64_t *timestamp, struct writ_error *e) WRIT_MUST_CHECK;

/* Raises it; a lower timestamp changes nothing. */
int filterdir_raise_floor(const struct places *places, const char *root, const char *collection,
                          uint64_t timestamp, struct writ_error *e) WRIT_MUST_CHECK;

/* Removes all that was pulled, the record first; floors, and files that another program shares,
 * stay. */
int filterdir_forget(const struct places *places, const struct source *source,
                     struct writ_error *e) WRIT_MUST_CHECK;

#endif
