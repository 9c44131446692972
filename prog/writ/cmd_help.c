#include <stdio.h>
#include <string.h>

#include "shared/args.h"
#include "shared/help.h"
#include "shared/out.h"
#include "writ/commands.h"

/* "ca issue" out of the operands; what is too long for any command is cut and then unknown. */
static void join_operands(const struct args *a, char words[COMMAND_WORDS_MAX])
{
    size_t used = 0;

    words[0] = '\0';
    for (size_t i = 0; i < a->operand_count && used < COMMAND_WORDS_MAX; i++)
        used += (size_t)snprintf(words + used, COMMAND_WORDS_MAX - used, "%s%s", i == 0 ? "" : " ",
                                 args_operand(a, i));
}

static int fail_unknown(const struct args *a, const char *words, struct writ_error *e)
{
    bool in_group = a->operand_count > 1 && command_is_group(a->program, args_operand(a, 0));
    const char *group = in_group ? args_operand(a, 0) : "";
    const char *word = args_operand(a, in_group ? 1 : 0);
    char found[COMMAND_WORDS_MAX];
    const char *nearest = command_nearest(a->program, group, word, found);

    if (nearest == NULL)
        return args_fail(a, e, "no help about \"%s\"", words);
    return writ_fail(e, WRIT_FAULT_USAGE, "no help about \"%s\"; did you mean \"%s\"?", words,
                     nearest);
}

static int add_screen(const struct args *a, struct writ_buffer *screen, struct writ_error *e)
{
    const struct command *c;
    char words[COMMAND_WORDS_MAX];

    join_operands(a, words);
    c = command_find(a->program, words);
    if (words[0] == '\0')
        help_add_program(screen, a->program);
    else if (c != NULL)
        help_add_command(screen, a->program, c);
    else if (command_is_group(a->program, words))
        help_add_group(screen, a->program, words);
    else if (strcmp(words, "options") == 0)
        help_add_options(screen, a->program);
    else
        return fail_unknown(a, words, e);
    return 0;
}

static int run(const struct args *a, struct out *o)
{
    struct writ_buffer screen = {0};
    struct writ_error e = {0};
    int status = 0;

    if (add_screen(a, &screen, &e) < 0)
        status = out_fault(o, &e);
    out_data(o, writ_buffer_span(&screen));
    writ_buffer_free(&screen);
    return status;
}

const struct command command_help = {
    .words = "help",
    .group = "more",
    .summary = "show how to use a command",
    .description = "Without a COMMAND: all commands. \"options\" in its place: the options that\n"
                   "every command takes.\n",
    .operands =
        (const struct operand_spec[]){
            {.name = "COMMAND", .hint = COMMAND_HINT_COMMAND, .optional = true, .many = true}, {0}},
    .examples =
        (const char *const[]){"writ help version", "writ help completion bash", "writ help options",
                              "writ help verfy               # exits 64", NULL},
    .run = run,
};
