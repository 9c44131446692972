/*
 * shared/completion.h - completion for bash, made from the table of commands
 */
#ifndef WRIT_SHARED_COMPLETION_H
#define WRIT_SHARED_COMPLETION_H

#include "shared/command.h"

/* Appends a script that, once sourced by bash, completes the program's commands, options, values
 * and operands.  It needs nothing but bash itself (no bash-completion package). */
void completion_add_bash(struct writ_buffer *b, const struct program *p);

#endif
