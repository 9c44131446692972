/*
 * writ/unit.h - units of systemd, which get what a program needs in a drop-in file
 */
#ifndef WRIT_UNIT_H
#define WRIT_UNIT_H

#include "base/buffer.h"

#define UNIT_NAME_MAX 255
#define UNIT_DROP_IN  "writ-tls.conf"

/* A service, by its whole name. */
struct unit {
    char name[UNIT_NAME_MAX + 1]; /* "nginx.service" */
    const char *root; /* the directory that / is for it; "" for this machine's.  Borrowed */
};

/* Takes a name with or without ".service".  WRIT_FAULT_USAGE when it is none. */
int unit_name(const char *name, const char *root, struct unit *unit,
              struct writ_error *e) WRIT_MUST_CHECK;

/* The same, and looks for the unit, or for its template.  WRIT_FAULT_NO_INPUT when there is none.
 */
int unit_find(const char *name, const char *root, struct unit *unit,
              struct writ_error *e) WRIT_MUST_CHECK;

/* WRIT_FAULT_CONFIGURATION when the unit sets one of these variables by itself, which a drop-in
 * would take away from it: says which, and where. */
int unit_check_free(const struct unit *unit, const char *const *variables,
                    struct writ_error *e) WRIT_MUST_CHECK;

/* What a drop-in sets. */
struct unit_variable {
    const char *name;
    const char *value;
};

/* Appends the text of a drop-in; variables end with a NULL name. */
void unit_format(const struct unit_variable *variables, struct writ_buffer *out);

/* Appends the path of the drop-in, and of its folder. */
void unit_path(const struct unit *unit, struct writ_buffer *path);
void unit_folder(const struct unit *unit, struct writ_buffer *path);

/* Writes it.  Removes it, and its folder when nothing else is in there; WRIT_FAULT_NO_INPUT when it
 * is not there, WRIT_FAULT_CONFIGURATION when it is not ours. */
int unit_save(const struct unit *unit, struct writ_span text, struct writ_error *e) WRIT_MUST_CHECK;
int unit_remove(const struct unit *unit, bool dry_run, struct writ_error *e) WRIT_MUST_CHECK;

/* Calls back for each unit that has a drop-in of ours; text is the file's.  Stops at -1. */
typedef int unit_visit(void *context, const struct unit *unit, struct writ_span text,
                       struct writ_error *e);
int unit_each(const char *root, unit_visit *visit, void *context,
              struct writ_error *e) WRIT_MUST_CHECK;

/* The value that a drop-in of ours gives a variable, into room; "" when it gives none. */
void unit_value(struct writ_span text, const char *variable, char *room, size_t size);

#endif
