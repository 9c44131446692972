/*
 * shared/jail_frame.h - the one message that leaves a jail
 *
 *   magic    4  "writ" as a little-endian number
 *   length   4  of the body
 *   fault    4  enum writ_fault; 0: the body is the answer, else it is a sentence
 *   offset   8  of the fault in the input, or all ones
 *   body
 *
 * Numbers are little-endian.  The reader takes the writer for an enemy.
 */
#ifndef WRIT_SHARED_JAIL_FRAME_H
#define WRIT_SHARED_JAIL_FRAME_H

#include "base/error.h"
#include "base/span.h"

#define JAIL_FRAME_HEADER 20
#define JAIL_FRAME_MAGIC  0x74697277u

/* The header of an answer of `length` bytes, or of the fault e, whose sentence follows. */
void jail_frame_answer(uint8_t header[JAIL_FRAME_HEADER], uint32_t length);
void jail_frame_fault(uint8_t header[JAIL_FRAME_HEADER], const struct writ_error *e);

/* Reads a whole message.  0 and the answer, borrowed from message.  -1 with the fault it carries,
 * or with WRIT_FAULT_UNEXPECTED when it is not well formed: another magic, a length that is not
 * that of the body, an unknown class of fault. */
int jail_frame_read(struct writ_span message, struct writ_span *answer,
                    struct writ_error *e) WRIT_MUST_CHECK;

#endif
