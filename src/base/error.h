/*
 * base/error.h - recording a fault
 *
 * Every fallible function takes a struct writ_error and returns 0 or -1, or a pointer or NULL.
 */
#ifndef WRIT_BASE_ERROR_H
#define WRIT_BASE_ERROR_H

#include <stdbool.h>
#include <stdint.h>

#include "writ/error.h"

#define WRIT_FORMAT(fmt, args) __attribute__((format(printf, fmt, args)))

/* Records a fault of class f with a sentence, unless one is recorded already.  e may be NULL.
 * Always returns -1, so that a function can end in `return writ_fail(...)`. */
int writ_fail(struct writ_error *e, enum writ_fault f, const char *fmt, ...) WRIT_FORMAT(3, 4);

/* The same for bytes that do not parse (WRIT_FAULT_BAD_INPUT), with the offset they stand at. */
int writ_fail_at(struct writ_error *e, size_t offset, const char *fmt, ...) WRIT_FORMAT(3, 4);

/* The same for a failed system call: appends ": " and the text of errno_value, and picks the class
 * from it (ENOENT, ENOTDIR, ELOOP, ENAMETOOLONG: no input; EACCES, EPERM: permission; otherwise
 * `otherwise`). */
int writ_fail_errno(struct writ_error *e, enum writ_fault otherwise, int errno_value,
                    const char *fmt, ...) WRIT_FORMAT(4, 5);

/* Records that memory ran out.  Always returns -1. */
int writ_fail_memory(struct writ_error *e);

/* True when class is one of enum writ_fault, and a fault: for what another process says. */
bool writ_is_fault(uint32_t class);

/* Puts "context: " before a sentence that is recorded already; does nothing when none is. */
void writ_error_context(struct writ_error *e, const char *fmt, ...) WRIT_FORMAT(2, 3);

/* Forgets the recorded fault, so that the error can be used again. */
void writ_error_clear(struct writ_error *e);

#endif
