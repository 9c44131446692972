/*
 * ca/ca_commands.h - what writ-ca can do; the table that describes it is writ/table_ca.c
 */
#ifndef WRIT_CA_CA_COMMANDS_H
#define WRIT_CA_CA_COMMANDS_H

#include "shared/args.h"
#include "shared/out.h"

int ca_init(const struct args *a, struct out *o);
int ca_adopt(const struct args *a, struct out *o);
int ca_import(const struct args *a, struct out *o);
int ca_issue(const struct args *a, struct out *o);
int ca_list(const struct args *a, struct out *o);
int ca_show(const struct args *a, struct out *o);
int ca_revoke(const struct args *a, struct out *o);
int ca_hold(const struct args *a, struct out *o);
int ca_reinstate(const struct args *a, struct out *o);
int ca_export(const struct args *a, struct out *o);
int ca_backup(const struct args *a, struct out *o);
int ca_publish(const struct args *a, struct out *o);
int ca_filter_build(const struct args *a, struct out *o);

#endif
