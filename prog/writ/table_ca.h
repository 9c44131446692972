/*
 * writ/table_ca.h - the commands of a CA, as the table knows them
 *
 * writ knows them for its help and completion, and hands them to writ-ca, which does them.
 */
#ifndef WRIT_TABLE_CA_H
#define WRIT_TABLE_CA_H

#include "shared/args.h"
#include "shared/out.h"

extern const struct command command_ca_init;
extern const struct command command_ca_adopt;
extern const struct command command_ca_import;
extern const struct command command_ca_issue;
extern const struct command command_ca_list;
extern const struct command command_ca_show;
extern const struct command command_ca_revoke;
extern const struct command command_ca_hold;
extern const struct command command_ca_reinstate;
extern const struct command command_ca_export;
extern const struct command command_ca_backup;
extern const struct command command_publish;
extern const struct command command_filter_build;

/* Does one of them: in writ by becoming writ-ca, in writ-ca itself. */
int run_ca(const struct args *a, struct out *o);

#endif
