#include "writ/commands.h"

#include "writ/table_ca.h"

static const struct command *const commands[] = {
    &command_verify,
    &command_why,
    &command_run,
    &command_show,
    &command_status,
    &command_sign,
    &command_seal_attach,
    &command_seal_extract,
    &command_seal_strip,
    &command_identity_new,
    &command_identity_import,
    &command_identity_list,
    &command_pull,
    &command_source_add,
    &command_source_list,
    &command_source_show,
    &command_source_remove,
    &command_trust_add,
    &command_trust_list,
    &command_trust_show,
    &command_trust_remove,
    &command_ca_init,
    &command_ca_issue,
    &command_ca_list,
    &command_ca_show,
    &command_ca_revoke,
    &command_ca_hold,
    &command_ca_reinstate,
    &command_ca_backup,
    &command_publish,
    &command_filter_query,
    &command_help,
    &command_version,
    &command_completion_bash,
    &command_commands,
    NULL,
};

const struct program writ_program = {
    .name = "writ",
    .summary = "may this program run: on which evidence, as of when",
    .compact_group = "more",
    .commands = commands,
};
