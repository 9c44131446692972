/*
 * base/text.h - strangers' words, made safe to show
 *
 * Names in certificates, seals and notes were chosen by somebody else.  Before they reach a
 * terminal or a log, whatever could move a cursor, hide text or reverse its direction is spelled
 * out as \xNN or \u{NNNN}.
 */
#ifndef WRIT_BASE_TEXT_H
#define WRIT_BASE_TEXT_H

#include "base/buffer.h"

/* True when the bytes are well-formed UTF-8 (RFC 3629: shortest form, no surrogates, at most
 * U+10FFFF). */
bool writ_text_is_utf8(struct writ_span bytes);

/* True when the bytes are well-formed UTF-8 of at least one character and hold no control
 * character, no line or paragraph separator and no bidirectional control. */
bool writ_text_is_printable(struct writ_span bytes);

/* Appends the bytes, everything that is not printable in the sense above spelled out. */
void writ_text_add_safe(struct writ_buffer *b, struct writ_span bytes);

/* The same into a fixed array, cut at a character boundary with "..." when it does not fit.
 * room is at least 1. */
void writ_text_copy_safe(char *out, size_t room, struct writ_span bytes);

/* Makes what stands in a fixed array of at most WRIT_TEXT_FIXED_MAX bytes safe where it stands: for
 * words that a jailed child has written, which may lack their end. */
#define WRIT_TEXT_FIXED_MAX 512
void writ_text_make_safe(char *text, size_t room);

/* Lower-case ASCII letters, digits and single hyphens made out of a person's name ("Example Corp."
 * gives "example-corp"), for default file names and identifiers.  "x" when nothing is left.
 * out holds room bytes, at least 2. */
void writ_text_slug(char *out, size_t room, const char *name);

/* The number of single-character edits between two words, for "did you mean". */
unsigned writ_text_distance(const char *a, const char *b);

#endif
