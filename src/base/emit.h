/*
 * base/emit.h - one walk, two outputs
 *
 * What a command says is walked once through these calls; the same walk gives indented text for
 * people or JSON for programs, so that the two cannot disagree.  Field names are API: lower case
 * with underscores in JSON, with spaces in text.
 */
#ifndef WRIT_BASE_EMIT_H
#define WRIT_BASE_EMIT_H

#include "base/buffer.h"

enum writ_emit_form { WRIT_EMIT_TEXT, WRIT_EMIT_JSON };

#define WRIT_EMIT_DEPTH_MAX 16

struct writ_emit {
    enum writ_emit_form form;
    struct writ_buffer *out;           /* borrowed; its failed flag says whether all was written */
    unsigned depth;                    /* open objects and lists */
    bool in_list[WRIT_EMIT_DEPTH_MAX]; /* by depth: is it a list? */
    bool used[WRIT_EMIT_DEPTH_MAX];    /* by depth: has it a member already? */
    size_t begun[WRIT_EMIT_DEPTH_MAX]; /* by depth: where in out its members begin */
    bool dashed;                       /* text: a "- " waits for the object's first member */
    bool headed;                       /* text: "name:" waits for what is in it, or for "none" */
};

/* Starts a walk that appends to out. */
void writ_emit_start(struct writ_emit *m, enum writ_emit_form form, struct writ_buffer *out);

/* Opens and closes an object or a list.  name is NULL inside a list and at the top.  In text, of
 * one with a name and nothing in it there is "name: none". */
void writ_emit_object(struct writ_emit *m, const char *name);
void writ_emit_list(struct writ_emit *m, const char *name);
void writ_emit_end(struct writ_emit *m);

/* One member.  name is NULL inside a list.  Strings may hold any bytes: they are made safe. */
void writ_emit_string(struct writ_emit *m, const char *name, const char *value);
void writ_emit_span(struct writ_emit *m, const char *name, struct writ_span value);
void writ_emit_number(struct writ_emit *m, const char *name, int64_t value);
void writ_emit_unsigned(struct writ_emit *m, const char *name, uint64_t value);
void writ_emit_flag(struct writ_emit *m, const char *name, bool value);
void writ_emit_time(struct writ_emit *m, const char *name, int64_t instant);
void writ_emit_hex(struct writ_emit *m, const char *name, struct writ_span bytes);

/* A walk that was made elsewhere, for an object that is open here: a fragment holds members only.
 * _start begins one, to be taken over at the same depth.  _add takes it over; -1 with
 * WRIT_FAULT_BAD_INPUT, and nothing added, when it is not printable text; in JSON, when it is not
 * members such as the calls above write, or one of them is named like another of the same object,
 * those that are there already included (base/json.h); in text, when it begins a line further left
 * than its members stand.  A fragment may come from a process that strangers' bytes have taken
 * over. */
void writ_emit_fragment_start(struct writ_emit *m, enum writ_emit_form form, unsigned depth,
                              struct writ_buffer *out);
int writ_emit_fragment_add(struct writ_emit *m, struct writ_span fragment,
                           struct writ_error *e) WRIT_MUST_CHECK;

/* Ends the walk: closes what is open and ends the last line. */
void writ_emit_finish(struct writ_emit *m);

#endif
