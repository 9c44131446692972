#include <assert.h>
#include <string.h>

#include "ca/ca_commands.h"
#include "writ/commands.h"
#include "writ/table_ca.h"

static const struct command *const commands[] = {
    &command_ca_init,      &command_ca_adopt,
    &command_ca_import,    &command_ca_issue,
    &command_ca_list,      &command_ca_show,
    &command_ca_revoke,    &command_ca_hold,
    &command_ca_reinstate, &command_ca_export,
    &command_ca_backup,    &command_publish,
    &command_filter_build, NULL,
};

/* To whoever calls it, it is writ. */
const struct program writ_program = {
    .name = "writ",
    .summary = "run a CA",
    .commands = commands,
};

/* What does each of them. */
static const struct {
    const struct command *command;
    int (*run)(const struct args *a, struct out *o);
} doers[] = {
    {&command_ca_init, ca_init},
    {&command_ca_issue, ca_issue},
    {&command_ca_adopt, ca_adopt},
    {&command_ca_import, ca_import},
    {&command_ca_list, ca_list},
    {&command_ca_show, ca_show},
    {&command_ca_revoke, ca_revoke},
    {&command_ca_hold, ca_hold},
    {&command_ca_reinstate, ca_reinstate},
    {&command_ca_export, ca_export},
    {&command_ca_backup, ca_backup},
    {&command_publish, ca_publish},
    {&command_filter_build, ca_filter_build},
};

int run_ca(const struct args *a, struct out *o)
{
    for (size_t i = 0; i < sizeof doers / sizeof doers[0]; i++) {
        if (doers[i].command == a->command)
            return doers[i].run(a, o);
    }
    assert(false && "every command of the table has its doer");
    return WRIT_FAULT_UNEXPECTED;
}
