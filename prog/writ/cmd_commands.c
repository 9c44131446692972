#include <stdlib.h>

#include "shared/args.h"
#include "shared/help.h"
#include "shared/out.h"
#include "writ/commands.h"

/* The table itself, for those who walk it: tests, man pages, the example runner. */

typedef void add_command(struct writ_buffer *b, const struct program *p, const struct command *c);

static void add_line(struct writ_buffer *b, const struct program *p, const struct command *c)
{
    (void)p;
    writ_buffer_format(b, "%s\t%s\t%s\n", c->words, c->network == NULL ? "never" : c->network,
                       c->mutates ? "mutates" : "looks");
}

static void add_synopsis(struct writ_buffer *b, const struct program *p, const struct command *c)
{
    help_add_synopsis_line(b, p, c);
    writ_buffer_byte(b, '\n');
}

static void add_examples(struct writ_buffer *b, const struct program *p, const struct command *c)
{
    (void)p;
    for (const char *const *line = c->examples; line != NULL && *line != NULL; line++)
        writ_buffer_format(b, "%s\t%s\n", c->words, *line);
}

static void print_lines(const struct args *a, struct out *o, add_command *add)
{
    struct writ_buffer lines = {0};

    for (const struct command *const *c = a->program->commands; *c != NULL; c++) {
        if (!(*c)->hidden)
            add(&lines, a->program, *c);
    }
    out_data(o, writ_buffer_span(&lines));
    writ_buffer_free(&lines);
}

static void emit_choices(struct writ_emit *m, const char *const *choices)
{
    if (choices == NULL)
        return;
    writ_emit_list(m, "choices");
    for (; *choices != NULL; choices++)
        writ_emit_string(m, NULL, *choices);
    writ_emit_end(m);
}

static void emit_option(struct writ_emit *m, const struct option_spec *s)
{
    writ_emit_object(m, NULL);
    writ_emit_string(m, "name", s->name);
    if (s->value != NULL)
        writ_emit_string(m, "value", s->value);
    if (s->letter != '\0')
        writ_emit_span(m, "letter", WRIT_SPAN(&s->letter, 1));
    writ_emit_string(m, "help", s->help == NULL ? "" : s->help);
    emit_choices(m, s->choices);
    writ_emit_flag(m, "repeatable", s->repeatable);
    writ_emit_flag(m, "required", s->required);
    writ_emit_flag(m, "global", command_is_global(s));
    writ_emit_end(m);
}

static void emit_operands(struct writ_emit *m, const struct operand_spec *s)
{
    writ_emit_list(m, "operands");
    for (; s != NULL && s->name != NULL; s++) {
        writ_emit_object(m, NULL);
        writ_emit_string(m, "name", s->name);
        emit_choices(m, s->choices);
        writ_emit_flag(m, "optional", s->optional);
        writ_emit_flag(m, "many", s->many);
        writ_emit_end(m);
    }
    writ_emit_end(m);
}

static void emit_lines(struct writ_emit *m, const char *name, const char *const *line)
{
    writ_emit_list(m, name);
    for (; line != NULL && *line != NULL; line++)
        writ_emit_string(m, NULL, *line);
    writ_emit_end(m);
}

static void emit_command(struct writ_emit *m, const struct program *p, const struct command *c)
{
    struct writ_buffer synopsis = {0};

    help_add_synopsis_line(&synopsis, p, c);
    writ_emit_object(m, NULL);
    writ_emit_string(m, "words", c->words);
    writ_emit_string(m, "group", c->group);
    writ_emit_string(m, "summary", c->summary);
    writ_emit_span(m, "synopsis", writ_buffer_span(&synopsis));
    writ_emit_string(m, "network", c->network == NULL ? "never" : c->network);
    writ_emit_flag(m, "mutates", c->mutates);
    writ_emit_flag(m, "needs_passphrase", c->needs_passphrase);
    writ_emit_flag(m, "program_follows", c->program_follows);
    writ_emit_flag(m, "hidden", c->hidden);
    emit_operands(m, c->operands);
    writ_emit_list(m, "options");
    for (const struct option_spec *s = command_option_first(c); s != NULL;
         s = command_option_next(c, s))
        emit_option(m, s);
    writ_emit_end(m);
    emit_lines(m, "examples", c->examples);
    writ_emit_end(m);
    writ_buffer_free(&synopsis);
}

static void emit_all(const struct args *a, struct writ_emit *m)
{
    writ_emit_list(m, "commands");
    for (const struct command *const *c = a->program->commands; *c != NULL; c++)
        emit_command(m, a->program, *c);
    writ_emit_end(m);
}

static int run(const struct args *a, struct out *o)
{
    if (a->json)
        emit_all(a, out_emit(o));
    else if (args_flag(a, "synopsis"))
        print_lines(a, o, add_synopsis);
    else if (args_flag(a, "examples"))
        print_lines(a, o, add_examples);
    else
        print_lines(a, o, add_line);
    return 0;
}

const struct command command_commands = {
    .words = "commands",
    .group = "more",
    .summary = "list the table of commands for tests and man pages",
    .description = "One line per command: its words, when it may connect, and whether it changes\n"
                   "anything. With --json everything that the table says.\n",
    .options =
        (const struct option_spec[]){
            {.name = "synopsis", .help = "one line of synopsis per command"},
            {.name = "examples", .help = "words and example, one line per example"},
            {0},
        },
    .hidden = true,
    .run = run,
};
