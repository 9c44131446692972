/*
 * shared/help.h - the screens that the table of commands gives
 *
 * Every screen fits HELP_ROWS rows of HELP_COLUMNS columns as long as the texts of the table do;
 * lists of words and synopses are wrapped here.  (tests/prog/11-help.t walks them all.)
 */
#ifndef WRIT_SHARED_HELP_H
#define WRIT_SHARED_HELP_H

#include "shared/command.h"

#define HELP_ROWS    24
#define HELP_COLUMNS 80

/* Appends "writ ca issue NAME|CSR [--out FILE]" without a line end, wrapped under its operands when
 * it is longer than the screen is wide; indent columns are in use already.  _line never wraps. */
void help_add_synopsis(struct writ_buffer *b, const struct program *p, const struct command *c,
                       size_t indent);
void help_add_synopsis_line(struct writ_buffer *b, const struct program *p,
                            const struct command *c);

/* Appends a screen: about one command, the commands of a group ("ca"), all commands, the global
 * options. */
void help_add_command(struct writ_buffer *b, const struct program *p, const struct command *c);
void help_add_group(struct writ_buffer *b, const struct program *p, const char *group);
void help_add_program(struct writ_buffer *b, const struct program *p);
void help_add_options(struct writ_buffer *b, const struct program *p);

#endif
