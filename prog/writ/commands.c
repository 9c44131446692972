#include "writ/commands.h"

static const struct command *const commands[] = {
    &command_help, &command_version, &command_completion_bash, &command_commands, NULL,
};

const struct program writ_program = {
    .name = "writ",
    .summary = "may this program run: on which evidence, as of when",
    .compact_group = "more",
    .commands = commands,
};
