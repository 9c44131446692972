#include "writ/commands.h"
#include "writ/table_serve.h"

static const struct command *const commands[] = {&command_serve, NULL};

/* To whoever calls it, it is writ. */
const struct program writ_program = {
    .name = "writ",
    .summary = "answer OCSP requests",
    .commands = commands,
};
