/*
 * shared/out.h - what a program says
 *
 * Results are collected and written to standard output in one go at the end, so that half an
 * answer is never taken for a whole one.  Everything else - faults, notes, progress - goes to
 * standard error, one line each, and every line is made safe for a terminal (base/text.h).
 *
 * With -q nothing is said but faults, and data that was asked for.  With --json standard output
 * holds exactly one JSON document: {"schema":1, ...}, or {"schema":1,"fault":{...}}.
 */
#ifndef WRIT_SHARED_OUT_H
#define WRIT_SHARED_OUT_H

#include "base/emit.h"
#include "base/error.h"

#define OUT_JSON_SCHEMA 1
#define OUT_CEILING     ((size_t)1 << 30) /* bytes of results that are held: 1 GiB */

struct out {
    const char *program;         /* borrowed: the beginning of every line on standard error */
    bool json;                   /* --json */
    bool quiet;                  /* -q */
    unsigned verbose;            /* how many -v */
    struct writ_buffer text;     /* what standard output will get */
    struct writ_buffer unwanted; /* what -q or a fault has made unwanted */
    struct writ_buffer notes;    /* lines for standard error that follow the results */
    struct writ_emit emit;       /* the walk, once emitting */
    bool emitting;               /* the walk has begun */
    bool faulted;                /* a fault is the JSON document */
    bool progress;               /* a line of progress stands on the terminal */
};

/* Starts with nothing said.  Descriptors 0 to 2 that are closed are opened on /dev/null in the
 * direction that fails, so that no file opened later is taken for standard output. */
void out_start(struct out *o, const char *program);

/* For people, one line on standard output: nothing with -q or --json. */
void out_say(struct out *o, const char *fmt, ...) WRIT_FORMAT(2, 3);

/* The walk over the results (base/emit.h), as text or JSON.  The first call opens the outermost
 * object, out_finish closes what is open; in between it is always the same walk. */
struct writ_emit *out_emit(struct out *o);

/* Data that was asked for (a seal, a script, a screen of help): written whatever the options, byte
 * for byte, and not to be mixed with out_emit. */
void out_data(struct out *o, struct writ_span bytes);

/* One line on standard error: _note unless -q, and after the results that were collected before it;
 * _detail when -v was given at least level times; _progress only on a terminal, replacing the one
 * before and gone with the next line.  Among themselves they keep their order. */
void out_note(struct out *o, const char *fmt, ...) WRIT_FORMAT(2, 3);
void out_detail(struct out *o, unsigned level, const char *fmt, ...) WRIT_FORMAT(3, 4);
void out_progress(struct out *o, const char *fmt, ...) WRIT_FORMAT(2, 3);

/* A screen on standard error, byte for byte, unless -q. */
void out_screen(struct out *o, struct writ_span text);

/* Says a fault and returns its exit code: "writ: sentence" on standard error, and with --json the
 * fault as the document, in place of all results.  The first fault is the one in the document.
 * _fault_line only says the line: for a fault about one of several subjects, whose results stand
 * with it in the document through out_emit_fault, which emits the member "fault". */
int out_fault(struct out *o, const struct writ_error *e);
int out_fault_line(struct out *o, const struct writ_error *e);
void out_emit_fault(struct writ_emit *m, const struct writ_error *e);

/* Writes what was collected.  WRIT_FAULT_IO when standard output does not take it. */
int out_flush(struct out *o, struct writ_error *e) WRIT_MUST_CHECK;

/* Ends the walk, writes what was collected and frees it.  Returns status; or, when standard output
 * did not take it, says so and returns that fault's exit code, unless status is a refusal (2, 3 or
 * 6), which is worse. */
int out_finish(struct out *o, int status);

#endif
