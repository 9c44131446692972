/*
 * writ/commands.h - the commands of writ, each defined in its own cmd_<verb>.c
 */
#ifndef WRIT_COMMANDS_H
#define WRIT_COMMANDS_H

#include "shared/args.h"
#include "shared/out.h"

/* The whole table, in the order of help. */
extern const struct program writ_program;

extern const struct command command_verify;
extern const struct command command_why;
extern const struct command command_check;
extern const struct command command_scan;
extern const struct command command_run;
extern const struct command command_show;
extern const struct command command_status;
extern const struct command command_doctor;
extern const struct command command_sign;
extern const struct command command_seal_attach;
extern const struct command command_seal_extract;
extern const struct command command_seal_strip;
extern const struct command command_seal_staple;
extern const struct command command_identity_new;
extern const struct command command_identity_import;
extern const struct command command_identity_list;
extern const struct command command_pull;
extern const struct command command_source_add;
extern const struct command command_source_list;
extern const struct command command_source_show;
extern const struct command command_source_remove;
extern const struct command command_trust_add;
extern const struct command command_trust_list;
extern const struct command command_trust_show;
extern const struct command command_trust_remove;
extern const struct command command_tls_run;
extern const struct command command_tls_enable;
extern const struct command command_tls_disable;
extern const struct command command_tls_status;
extern const struct command command_ocsp_query;
extern const struct command command_ocsp_staple;
extern const struct command command_ocsp_check;
extern const struct command command_ocsp_request;
extern const struct command command_crl_check;
extern const struct command command_crl_fetch;
extern const struct command command_chain;
extern const struct command command_filter_query;
extern const struct command command_filter_convert;
extern const struct command command_help;
extern const struct command command_version;
extern const struct command command_completion_bash;
extern const struct command command_commands;

#endif
