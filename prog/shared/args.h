/*
 * shared/args.h - what was asked for on the command line
 *
 * `--option value` and `--option=value` are the same; `--` ends the options; `-` is an operand
 * (standard input).  Options may stand anywhere after the program's name, before the command's
 * words only the global ones.  A value that begins with a dash needs the form with `=`, so that a
 * forgotten value cannot swallow the option after it.
 *
 * Everything that is not in the table is refused (WRIT_FAULT_USAGE) with the nearest thing named.
 */
#ifndef WRIT_SHARED_ARGS_H
#define WRIT_SHARED_ARGS_H

#include "shared/command.h"

/* One option as it was given. */
struct args_option {
    const struct option_spec *spec;
    const char *value; /* NULL for a flag; for choices, as the table spells it */
};

struct args {
    const struct program *program; /* borrowed */
    char *const *argv;             /* the whole command line, borrowed; NULL at the end */
    const struct command *command; /* NULL when no command was named */
    const char *group;             /* "ca" when only that was given; else "" */
    struct args_option *options;   /* in the order given; owned */
    size_t option_count;
    const char **operands; /* owned; the words themselves are borrowed from argv */
    size_t operand_count;

    /* the global options */
    bool json;
    bool dry_run;
    bool quiet;
    bool help;
    bool version;
    unsigned verbose;   /* how many times -v was given */
    const char *root;   /* --root, or NULL */
    int passphrase_fd;  /* --passphrase-fd, an open descriptor; or -1 */
    int64_t now;        /* --at, else the clock when the line was read: one instant for all */
    bool now_was_given; /* --at was given */
};

/* Reads the command line.  argv must outlive a.  With --help or --version the operands are not
 * checked; a line that names no command is no fault, and command stays NULL.  After a fault, json
 * says whether --json was anywhere on the line.  Call args_free in any case. */
int args_parse(struct args *a, const struct program *p, int argc, char *const *argv,
               struct writ_error *e) WRIT_MUST_CHECK;
void args_free(struct args *a);

/* The command's own options.  The name must be one of the command's table (asserted).
 * _value: the value, or NULL when it was not given.  _value_at: the one at index, for an option
 * that is repeatable; NULL past the last.  _choice: its index among the choices, or otherwise. */
bool args_flag(const struct args *a, const char *name);
const char *args_value(const struct args *a, const char *name);
const char *args_value_at(const struct args *a, const char *name, size_t index);
int args_choice(const struct args *a, const char *name, int otherwise);

/* The operand at index, or NULL past the last. */
const char *args_operand(const struct args *a, size_t index);

/* The same values as numbers, instants and durations (base/time.h); otherwise when the option was
 * not given.  WRIT_FAULT_USAGE, naming the option, when the value is not one or, for numbers, not
 * in least..most. */
int args_number(const struct args *a, const char *name, int64_t least, int64_t most,
                int64_t otherwise, int64_t *value, struct writ_error *e) WRIT_MUST_CHECK;
int args_time(const struct args *a, const char *name, int64_t otherwise, int64_t *value,
              struct writ_error *e) WRIT_MUST_CHECK;
int args_duration(const struct args *a, const char *name, int64_t otherwise, int64_t *value,
                  struct writ_error *e) WRIT_MUST_CHECK;

/* Records a usage fault about this command line: the sentence and "; try writ ca issue --help".
 * Always -1.  For what the table cannot say: "--chain needs --cert". */
int args_fail(const struct args *a, struct writ_error *e, const char *fmt, ...) WRIT_FORMAT(3, 4);

#endif
