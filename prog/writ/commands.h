/*
 * writ/commands.h - the commands of writ, each defined in its own cmd_<verb>.c
 */
#ifndef WRIT_COMMANDS_H
#define WRIT_COMMANDS_H

#include "shared/command.h"

/* The whole table, in the order of help. */
extern const struct program writ_program;

extern const struct command command_help;
extern const struct command command_version;
extern const struct command command_completion_bash;
extern const struct command command_commands;

#endif
