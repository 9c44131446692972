/*
 * writ/table_serve.h - writ serve, as the table knows it: writ becomes writ-serve for it
 */
#ifndef WRIT_TABLE_SERVE_H
#define WRIT_TABLE_SERVE_H

#include "shared/args.h"
#include "shared/out.h"

extern const struct command command_serve;

/* Serves: in writ by becoming writ-serve, in writ-serve itself. */
int run_serve(const struct args *a, struct out *o);

#endif
