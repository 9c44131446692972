/*
 * shared/command.h - the table of commands
 *
 * One table says what a program can be asked to do.  The parser (shared/args.h), the help screens
 * and synopses (shared/help.h) and the completion (shared/completion.h) are all made from it, so
 * that they cannot disagree.  Tables are constant data: everything here borrows from them.
 */
#ifndef WRIT_SHARED_COMMAND_H
#define WRIT_SHARED_COMMAND_H

#include "base/buffer.h"

struct args;
struct out;

/* What stands where a value or an operand is wanted, for completion. */
enum command_hint {
    COMMAND_HINT_NONE = 0,
    COMMAND_HINT_FILE,
    COMMAND_HINT_DIRECTORY,
    COMMAND_HINT_COMMAND /* words of the program's own commands */
};

/* An option.  A list of them ends with one whose name is NULL. */
struct option_spec {
    const char *name;           /* without its dashes: "reason" */
    const char *value;          /* what its value is called: "CODE"; NULL for a flag */
    const char *help;           /* one line, lower case, no full stop */
    const char *const *choices; /* the only values there are, in any case; NULL for any value */
    enum command_hint hint;     /* what the value is, when there are no choices */
    bool repeatable;            /* may be given several times */
    bool required;              /* the command makes no sense without it */
    char letter;                /* its short form: 'q' for -q; NUL for none */
};

/* An operand.  A list of them ends with one whose name is NULL; those that may be left out come
 * last, and only the very last may take many. */
struct operand_spec {
    const char *name;           /* "FILE", "SERIAL|FILE|NAME" */
    const char *const *choices; /* as for an option */
    enum command_hint hint;     /* as for an option */
    bool optional;              /* may be left out */
    bool many;                  /* one or more; with optional: any number */
};

struct command {
    const char *words;                   /* "verify", "ca issue" */
    const char *group;                   /* its place in `writ --help`: "sign", "judge" */
    const char *summary;                 /* one line, lower case, no full stop */
    const char *description;             /* lines that each end in a newline; may be NULL */
    const struct operand_spec *operands; /* NULL for none */
    const struct option_spec *options;   /* its own, without the global ones; NULL for none */
    const char *network;                 /* when it may connect ("always", "with --tsa"); NULL:
                                            it never opens a socket other than AF_UNIX */
    bool mutates;                        /* changes something: --dry-run is offered */
    bool needs_passphrase;               /* opens or makes a key: --passphrase-fd is offered */
    bool program_follows;                /* options end at the first operand: `run FILE ARG...` */
    bool starts_bare;                    /* OpenSSL without what it can do without
                                            (crypto/start.h): the command is a short one */
    bool hidden;                         /* for tests and builds: in no list */
    const char *const *examples;         /* lines for a shell, NULL at the end; one that does not
                                            exit with 0 ends in "# exits N" */
    const char *exits;                   /* what its exit codes mean, as description; may be NULL */
    int (*run)(const struct args *a, struct out *o); /* gives the exit code */
};

/* What a command whose program_follows exits with when that program cannot be run because writ
 * failed; as env(1) and timeout(1). */
#define COMMAND_EXIT_FAILED 125

struct program {
    const char *name;                      /* "writ" */
    const char *summary;                   /* one line */
    const char *compact_group;             /* the group listed by names alone; may be NULL */
    const struct command *const *commands; /* in the order of help; NULL at the end */
};

#define COMMAND_WORDS_MAX 64 /* room for the words of any command, and for a nearest one */

/* The options that are valid everywhere, ended by a NULL name.  command_offers says where. */
extern const struct option_spec command_globals[];

/* The command with exactly these words, or NULL. */
const struct command *command_find(const struct program *p, const char *words);

/* True when words is the first word of commands of two words ("ca"). */
bool command_is_group(const struct program *p, const char *words);

/* True when a command is one of a group: "ca issue" of "ca". */
bool command_in_group(const struct command *c, const char *group);

/* The first word of a command: "ca" of "ca issue". */
void command_first_word(const struct command *c, char word[COMMAND_WORDS_MAX]);

/* True when no command before this place in the table begins with the same word. */
bool command_stands_first(const struct program *p, const struct command *const *at);

/* True when this global option makes sense for the command (NULL: none was given yet). */
bool command_offers(const struct command *c, const struct option_spec *global);

/* True for one of command_globals. */
bool command_is_global(const struct option_spec *o);

/* How many operands the command wants at least and takes at most (SIZE_MAX: any number). */
void command_operands(const struct command *c, size_t *least, size_t *most);

/* The specification of the operand at this index, or NULL when there cannot be one. */
const struct operand_spec *command_operand(const struct command *c, size_t index);

/* The option with this name, its own or a global one that the command offers; or NULL.  c may be
 * NULL: then the global ones.  _lettered finds by the short form. */
const struct option_spec *command_option(const struct command *c, const char *name);
const struct option_spec *command_option_lettered(const struct command *c, char letter);

/* All options of a command, its own first and then the global ones it offers: the first, and the
 * one after o; NULL at the end. */
const struct option_spec *command_option_first(const struct command *c);
const struct option_spec *command_option_next(const struct command *c, const struct option_spec *o);

/* The nearest thing to a mistyped word, for "did you mean"; NULL when nothing is near.  A command
 * is looked for among the words that may follow group ("" for the first word), and by its second
 * word alone; what is found is written in full ("ca revoke") to found. */
const char *command_nearest(const struct program *p, const char *group, const char *word,
                            char found[COMMAND_WORDS_MAX]);
const char *command_nearest_option(const struct command *c, const char *name);
const char *command_nearest_choice(const char *const *choices, const char *word);

#endif
