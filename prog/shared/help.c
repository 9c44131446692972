#include "shared/help.h"

#include <stdio.h>
#include <string.h>

#define LABEL_MAX     128 /* room for "--passphrase-fd N" and the like */
#define CHOICES_WIDTH 30  /* in a synopsis */
#define OPTIONS_MANY  10  /* a usage line names the required ones only, to fit the screen */

/* Words set one after the other, on a new line under `margin` when one does not fit. */
struct setting {
    struct writ_buffer *out;
    size_t column;
    size_t margin;
    size_t width;
};

static void add_spaces(struct writ_buffer *b, size_t n)
{
    while (n-- > 0)
        writ_buffer_byte(b, ' ');
}

static void set_word(struct setting *s, const char *word)
{
    size_t n = strlen(word);

    if (s->column > s->margin && s->column + 1 + n > s->width) {
        writ_buffer_byte(s->out, '\n');
        add_spaces(s->out, s->margin);
        s->column = s->margin;
    } else if (s->column > s->margin) {
        writ_buffer_byte(s->out, ' ');
        s->column++;
    }
    writ_buffer_text(s->out, word);
    s->column += n;
}

/* How wide an option's choices are, spelled out: "auto|tail|detached". */
static size_t choices_width(const char *const *choices)
{
    size_t width = 0;

    for (; *choices != NULL; choices++)
        width += strlen(*choices) + 1;
    return width;
}

/* "--out FILE", "--attach auto|tail|detached"; choices that are too wide go by the value's name. */
static void label_option(char label[LABEL_MAX], const struct option_spec *o)
{
    bool spelled = o->choices != NULL && choices_width(o->choices) <= CHOICES_WIDTH;
    size_t used = (size_t)snprintf(label, LABEL_MAX, "--%s", o->name);

    if (!spelled && o->value != NULL)
        (void)snprintf(label + used, LABEL_MAX - used, " %s", o->value);
    for (size_t i = 0; spelled && o->choices[i] != NULL && used < LABEL_MAX; i++)
        used += (size_t)snprintf(label + used, LABEL_MAX - used, "%c%s", i == 0 ? ' ' : '|',
                                 o->choices[i]);
}

/* An option's place in a list of explanations: the value by its name, choices would be too wide. */
static void label_short(char label[LABEL_MAX], const struct option_spec *o)
{
    char letter[5] = "";

    if (o->letter != '\0')
        (void)snprintf(letter, sizeof letter, "-%c, ", o->letter);
    (void)snprintf(label, LABEL_MAX, "%s--%s%s%s", letter, o->name, o->value == NULL ? "" : " ",
                   o->value == NULL ? "" : o->value);
}

static void set_options(struct setting *s, const struct command *c)
{
    char label[LABEL_MAX];
    char word[LABEL_MAX + 8];

    for (const struct option_spec *o = c->options; o != NULL && o->name != NULL; o++) {
        label_option(label, o);
        (void)snprintf(word, sizeof word, o->required ? "%s%s" : "[%s]%s", label,
                       o->repeatable ? "..." : "");
        set_word(s, word);
    }
}

static void set_operands(struct setting *s, const struct command *c)
{
    char word[LABEL_MAX];

    for (const struct operand_spec *o = c->operands; o != NULL && o->name != NULL; o++) {
        (void)snprintf(word, sizeof word, o->optional ? "[%s%s]" : "%s%s", o->name,
                       o->many ? "..." : "");
        set_word(s, word);
    }
}

static void add_synopsis(struct writ_buffer *b, const struct program *p, const struct command *c,
                         size_t indent, size_t width)
{
    size_t words = strlen(p->name) + 1 + strlen(c->words);
    struct setting s = {b, indent + words, indent + words + 1, width};

    writ_buffer_format(b, "%s %s", p->name, c->words);
    if ((c->operands == NULL || c->operands->name == NULL) &&
        (c->options == NULL || c->options->name == NULL))
        return;
    writ_buffer_byte(b, ' ');
    s.column++;
    if (c->program_follows) {
        set_options(&s, c);
        set_word(&s, "[--]");
        set_operands(&s, c);
    } else {
        set_operands(&s, c);
        set_options(&s, c);
    }
}

void help_add_synopsis(struct writ_buffer *b, const struct program *p, const struct command *c,
                       size_t indent)
{
    add_synopsis(b, p, c, indent, HELP_COLUMNS - 1);
}

void help_add_synopsis_line(struct writ_buffer *b, const struct program *p, const struct command *c)
{
    add_synopsis(b, p, c, 0, SIZE_MAX);
}

/* "  label   text", the texts under each other. */
static void add_entry(struct writ_buffer *b, size_t width, const char *label, const char *text)
{
    writ_buffer_format(b, "  %-*s  %s\n", (int)width, label, text);
}

static size_t widest_label(const struct option_spec *o, const struct command *c)
{
    char label[LABEL_MAX];
    size_t width = 0;

    for (; o != NULL && o->name != NULL; o++) {
        label_short(label, o);
        if (command_offers(c, o) && strlen(label) > width)
            width = strlen(label);
    }
    return width;
}

static void add_own_options(struct writ_buffer *b, const struct command *c)
{
    size_t width = widest_label(c->options, NULL);
    char label[LABEL_MAX];

    for (const struct option_spec *o = c->options; o != NULL && o->name != NULL; o++) {
        label_short(label, o);
        add_entry(b, width, label, o->help);
    }
}

/* The global options by their names alone: each has its line in `writ help options`. */
static void add_global_options(struct writ_buffer *b, const struct program *p,
                               const struct command *c)
{
    struct setting s = {b, 2, 2, HELP_COLUMNS - 1};
    char label[LABEL_MAX];

    writ_buffer_text(b, "  ");
    for (const struct option_spec *o = command_globals; o->name != NULL; o++) {
        label_option(label, o);
        if (o->letter != '\0')
            (void)snprintf(label, sizeof label, "-%c", o->letter);
        if (command_offers(c, o) && strcmp(o->name, "version") != 0)
            set_word(&s, label);
    }
    (void)snprintf(label, sizeof label, "(%s help options)\n", p->name);
    set_word(&s, label);
}

static void add_examples(struct writ_buffer *b, const struct command *c)
{
    if (c->examples == NULL || c->examples[0] == NULL)
        return;
    writ_buffer_text(b, "\nExamples:\n");
    for (const char *const *line = c->examples; *line != NULL; line++)
        writ_buffer_format(b, "  %s\n", *line);
}

static bool has_many_options(const struct command *c)
{
    size_t count = 0;

    while (c->options != NULL && c->options[count].name != NULL)
        count++;
    return count > OPTIONS_MANY;
}

/* What must be given; the rest is explained below. */
static void add_short_synopsis(struct writ_buffer *b, const struct program *p,
                               const struct command *c, size_t indent)
{
    struct setting s = {b, indent, indent, HELP_COLUMNS - 1};
    char label[LABEL_MAX];

    set_word(&s, p->name);
    set_word(&s, c->words);
    set_operands(&s, c);
    for (const struct option_spec *o = c->options; o->name != NULL; o++) {
        label_option(label, o);
        if (o->required)
            set_word(&s, label);
    }
    set_word(&s, "[OPTION]...");
}

void help_add_command(struct writ_buffer *b, const struct program *p, const struct command *c)
{
    const char *usage = "Usage: ";

    writ_buffer_format(b, "%s %s - %s\n\n%s", p->name, c->words, c->summary, usage);
    (has_many_options(c) ? add_short_synopsis : help_add_synopsis)(b, p, c, strlen(usage));
    writ_buffer_format(b, "\n%s%s\nOptions:\n", c->description == NULL ? "" : "\n",
                       c->description == NULL ? "" : c->description);
    add_own_options(b, c);
    add_global_options(b, p, c);
    add_examples(b, c);
    if (c->exits != NULL)
        writ_buffer_format(b, "\nExits: %s", c->exits);
    writ_buffer_format(b, "\nNetwork: %s.\n", c->network == NULL ? "never" : c->network);
}

void help_add_group(struct writ_buffer *b, const struct program *p, const char *group)
{
    size_t width = 0;

    for (const struct command *const *c = p->commands; *c != NULL; c++) {
        if (command_in_group(*c, group) && strlen((*c)->words) > width)
            width = strlen((*c)->words);
    }
    writ_buffer_format(b, "Usage: %s %s COMMAND\n\n", p->name, group);
    for (const struct command *const *c = p->commands; *c != NULL; c++) {
        if (command_in_group(*c, group) && !(*c)->hidden)
            add_entry(b, width, (*c)->words, (*c)->summary);
    }
    writ_buffer_format(b, "\n\"%s %s COMMAND --help\" says more about one.\n", p->name, group);
}

static bool begins_group(const struct program *p, const struct command *const *at)
{
    return at == p->commands || strcmp(at[-1]->group, at[0]->group) != 0;
}

static bool is_compact(const struct program *p, const struct command *c)
{
    return p->compact_group != NULL && strcmp(p->compact_group, c->group) == 0;
}

/* The line of a command in the list of all: what it does, or the words that may follow it. */
static void add_line(struct setting *s, const struct program *p, const struct command *c)
{
    char word[COMMAND_WORDS_MAX];

    command_first_word(c, word);
    writ_buffer_format(s->out, "%-9s ", word);
    if (strchr(c->words, ' ') == NULL) {
        writ_buffer_text(s->out, c->summary);
        return;
    }
    for (const struct command *const *other = p->commands; *other != NULL; other++) {
        if (command_in_group(*other, word) && !(*other)->hidden)
            set_word(s, strchr((*other)->words, ' ') + 1);
    }
}

/* All commands of a group by their first words alone. */
static void add_names(struct setting *s, const struct program *p, const struct command *const *at)
{
    const char *group = (*at)->group;
    char word[COMMAND_WORDS_MAX];

    for (; *at != NULL && strcmp((*at)->group, group) == 0; at++) {
        command_first_word(*at, word);
        if (!(*at)->hidden && command_stands_first(p, at))
            set_word(s, word);
    }
}

static void add_commands(struct writ_buffer *b, const struct program *p)
{
    for (const struct command *const *at = p->commands; *at != NULL; at++) {
        bool begins = begins_group(p, at);
        struct setting s = {b, 20, 20, HELP_COLUMNS - 1};

        if ((*at)->hidden || !command_stands_first(p, at) || (is_compact(p, *at) && !begins))
            continue;
        writ_buffer_format(b, "%-8s  ", begins ? (*at)->group : "");
        if (is_compact(p, *at))
            add_names(&(struct setting){b, 10, 10, HELP_COLUMNS - 1}, p, at);
        else
            add_line(&s, p, *at);
        writ_buffer_byte(b, '\n');
    }
}

void help_add_program(struct writ_buffer *b, const struct program *p)
{
    writ_buffer_format(b, "%s - %s\n\nUsage: %s COMMAND [OPTION]... [OPERAND]...\n\n", p->name,
                       p->summary, p->name);
    add_commands(b, p);
    writ_buffer_format(
        b, "\n\"%s help COMMAND\" says more, \"%s help options\" what all of them take.\n", p->name,
        p->name);
}

void help_add_options(struct writ_buffer *b, const struct program *p)
{
    size_t width = widest_label(command_globals, NULL);
    char label[LABEL_MAX];

    writ_buffer_format(b, "Options of every %s command where they mean something:\n\n", p->name);
    for (const struct option_spec *o = command_globals; o->name != NULL; o++) {
        label_short(label, o);
        add_entry(b, width, label, o->help);
    }
    writ_buffer_text(b, "\n\"--option value\" and \"--option=value\" are the same; \"--\" ends "
                        "the options;\n\"-\" is standard input.\n");
}
