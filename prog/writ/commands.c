#include "writ/commands.h"

#include "writ/table_ca.h"
#include "writ/table_serve.h"

static const struct command *const commands[] = {
    &command_verify,        &command_why,
    &command_check,         &command_scan,
    &command_run,           &command_show,
    &command_status,        &command_sign,
    &command_seal_attach,   &command_seal_extract,
    &command_seal_strip,    &command_seal_staple,
    &command_identity_new,  &command_identity_import,
    &command_identity_list, &command_pull,
    &command_source_add,    &command_source_list,
    &command_source_show,   &command_source_remove,
    &command_trust_add,     &command_trust_list,
    &command_trust_show,    &command_trust_remove,
    &command_tls_run,       &command_tls_enable,
    &command_tls_disable,   &command_tls_status,
    &command_ca_init,       &command_ca_adopt,
    &command_ca_import,     &command_ca_issue,
    &command_ca_list,       &command_ca_show,
    &command_ca_revoke,     &command_ca_hold,
    &command_ca_reinstate,  &command_ca_export,
    &command_ca_backup,     &command_publish,
    &command_serve,
    &command_ocsp_query,    &command_ocsp_staple,
    &command_ocsp_check,    &command_ocsp_request,
    &command_crl_check,     &command_crl_fetch,
    &command_chain,         &command_filter_query,
    &command_filter_build,  &command_filter_convert,
    &command_doctor,        &command_help,
    &command_version,       &command_completion_bash,
    &command_commands,      NULL,
};

const struct program writ_program = {
    .name = "writ",
    .summary = "may this program run: on which evidence, as of when",
    .compact_group = "more",
    .commands = commands,
};
