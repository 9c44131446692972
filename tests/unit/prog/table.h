/*
 * tests/unit/prog/table.h - a table of commands that has one of everything
 *
 * For the tests of what is made from tables; no program has these commands.
 */
#ifndef WRIT_TEST_TABLE_H
#define WRIT_TEST_TABLE_H

#include "shared/args.h"
#include "test.h"

static const char *const reasons[] = {"keyCompromise", "superseded", "unspecified", NULL};
static const char *const places_to_attach[] = {"auto", "tail", "detached", NULL};
static const char *const source_kinds[] = {"feed", "crl", NULL};

static int run_nothing(const struct args *a, struct out *o)
{
    (void)a;
    (void)o;
    return 0;
}

static const struct command table_sign = {
    .words = "sign",
    .group = "sign",
    .summary = "seal programs",
    .description = "Writes a seal.\n",
    .operands =
        (const struct operand_spec[]){{.name = "FILE", .hint = COMMAND_HINT_FILE, .many = true},
                                      {0}},
    .options =
        (const struct option_spec[]){
            {.name = "key",
             .value = "REF",
             .help = "the key to sign with",
             .hint = COMMAND_HINT_FILE,
             .required = true},
            {.name = "attach",
             .value = "WHERE",
             .help = "where the seal goes",
             .choices = places_to_attach},
            {.name = "tsa", .value = "URL", .help = "ask for a timestamp", .repeatable = true},
            {.name = "force", .help = "seal what is sealed", .letter = 'f'},
            {.name = "out",
             .value = "DIR",
             .help = "write there",
             .hint = COMMAND_HINT_DIRECTORY,
             .letter = 'o'},
            {0},
        },
    .network = "with --tsa",
    .mutates = true,
    .needs_passphrase = true,
    .examples = (const char *const[]){"app sign a --key k", "app sign b    # exits 64", NULL},
    .exits = "0 sealed.\n",
    .run = run_nothing,
};

static const struct command table_run = {
    .words = "run",
    .group = "judge",
    .summary = "judge, then execute",
    .operands =
        (const struct operand_spec[]){
            {.name = "FILE", .hint = COMMAND_HINT_FILE},
            {.name = "ARG", .hint = COMMAND_HINT_FILE, .optional = true, .many = true},
            {0}},
    .options =
        (const struct option_spec[]){
            {.name = "allow-uncovered", .help = "let pass what no source covers"}, {0}},
    .program_follows = true,
    .run = run_nothing,
};

static const struct command table_why = {
    .words = "why",
    .group = "judge",
    .summary = "explain",
    .operands = (const struct operand_spec[]){{.name = "PATH", .optional = true}, {0}},
    .options =
        (const struct option_spec[]){
            {.name = "limit", .value = "N", .help = "so many"},
            {.name = "since", .value = "TIME", .help = "from then on"},
            {.name = "window", .value = "SPAN", .help = "for so long"},
            {0},
        },
    .run = run_nothing,
};

static const struct command table_source_add = {
    .words = "source add",
    .group = "sources",
    .summary = "add a source",
    .operands = (const struct operand_spec[]){{.name = "feed|crl", .choices = source_kinds},
                                              {.name = "URL|DIR", .hint = COMMAND_HINT_DIRECTORY},
                                              {0}},
    .network = "always",
    .mutates = true,
    .run = run_nothing,
};

static const struct command table_source_list = {
    .words = "source list",
    .group = "sources",
    .summary = "list the sources",
    .run = run_nothing,
};

static const struct command table_ca_revoke = {
    .words = "ca revoke",
    .group = "the CA",
    .summary = "revoke a certificate",
    .operands = (const struct operand_spec[]){{.name = "NAME"}, {0}},
    .options =
        (const struct option_spec[]){
            {.name = "reason", .value = "CODE", .help = "why", .choices = reasons},
            {.name = "note", .value = "TEXT", .help = "a person's cause"},
            {0},
        },
    .mutates = true,
    .needs_passphrase = true,
    .run = run_nothing,
};

static const struct command table_help = {
    .words = "help",
    .group = "more",
    .summary = "show help",
    .operands =
        (const struct operand_spec[]){
            {.name = "COMMAND", .hint = COMMAND_HINT_COMMAND, .optional = true, .many = true}, {0}},
    .run = run_nothing,
};

static const struct command table_version = {
    .words = "version", .group = "more", .summary = "show the version", .run = run_nothing};

static const struct command table_secret = {
    .words = "secrets",
    .group = "more",
    .summary = "for tests",
    .options =
        (const struct option_spec[]){{.name = "hidden-too", .value = "X", .help = "hidden"}, {0}},
    .hidden = true,
    .run = run_nothing,
};

static const struct command *const table_commands[] = {
    &table_sign,      &table_run,  &table_why,     &table_source_add, &table_source_list,
    &table_ca_revoke, &table_help, &table_version, &table_secret,     NULL,
};

static const struct program table = {
    .name = "app",
    .summary = "for tests",
    .compact_group = "more",
    .commands = table_commands,
};

#endif
