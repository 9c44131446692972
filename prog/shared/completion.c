#include "shared/completion.h"

#include <stdio.h>
#include <string.h>

/* The part that is the same for every table; % stands for "_writ".  Bash splits words at "=", so
 * "--attach=ta" arrives as three.  Names of files are left to readline, which knows about quotes
 * and tildes: compopt asks for that. */
static const char driver[] =
    "%()\n"
    "{\n"
    "    local IFS=$' \\t\\n' current=${COMP_WORDS[COMP_CWORD]}\n"
    "    local command= operands= reply= option= ended= index=0 i word\n"
    "    COMPREPLY=()\n"
    "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
    "        word=${COMP_WORDS[i]}\n"
    "        if [[ -n $option ]]; then\n"
    "            [[ $word == \"=\" ]] || option=\n"
    "        elif [[ -z $ended && $word == -- ]]; then\n"
    "            ended=1\n"
    "        elif [[ -z $ended && $word == -?* ]]; then\n"
    "            %_value \"$command\" \"$word\"\n"
    "            [[ -z $reply ]] || option=$word\n"
    "        else\n"
    "            %_words \"$command\"\n"
    "            if [[ -n $reply ]]; then\n"
    "                command=${command:+$command }$word\n"
    "            else\n"
    "                operands=${operands:+$operands }$word\n"
    "                ((index += 1))\n"
    "                %_follows \"$command\" && ended=1\n"
    "            fi\n"
    "        fi\n"
    "    done\n"
    "    if [[ -n $option ]]; then\n"
    "        [[ $current != \"=\" ]] || current=\n"
    "        %_value \"$command\" \"$option\"\n"
    "    elif [[ -z $ended && $current == -* ]]; then\n"
    "        %_options \"$command\"\n"
    "    else\n"
    "        %_words \"$command\"\n"
    "        [[ -n $reply ]] || %_operand \"$command\" \"$index\"\n"
    "    fi\n"
    "    [[ $reply != command ]] || %_words \"$operands\"\n"
    "    case $reply in\n"
    "    file) compopt -o default ;;\n"
    "    directory) compopt -o dirnames ;;\n"
    "    words*) mapfile -t COMPREPLY < <(compgen -W \"${reply#words}\" -- \"$current\") ;;\n"
    "    esac\n"
    "}\n\n";

/* What is written, and "_writ": the beginning of every name of the script. */
struct script {
    struct writ_buffer *out;
    const struct program *program;
    char prefix[COMMAND_WORDS_MAX];
};

static void add_driver(const struct script *s)
{
    for (const char *c = driver; *c != '\0'; c++) {
        if (*c == '%')
            writ_buffer_text(s->out, s->prefix);
        else
            writ_buffer_byte(s->out, (uint8_t)*c);
    }
}

/* Opens a function that sets reply according to its arguments. */
static void begin_function(const struct script *s, const char *name, const char *comment,
                           const char *subject)
{
    writ_buffer_format(s->out, "# %s\n%s_%s()\n{\n    reply=\n    case \"%s\" in\n", comment,
                       s->prefix, name, subject);
}

static void end_function(const struct script *s)
{
    writ_buffer_text(s->out, "    esac\n}\n\n");
}

/* reply='file', or the one kind that lists its words: reply='words auto tail detached'. */
static void add_reply(const struct script *s, const char *const *choices, enum command_hint hint)
{
    static const char *const kinds[] = {[COMMAND_HINT_NONE] = "any",
                                        [COMMAND_HINT_FILE] = "file",
                                        [COMMAND_HINT_DIRECTORY] = "directory",
                                        [COMMAND_HINT_COMMAND] = "command"};

    writ_buffer_format(s->out, "reply='%s", choices != NULL ? "words" : kinds[hint]);
    for (; choices != NULL && *choices != NULL; choices++)
        writ_buffer_format(s->out, " %s", *choices);
    writ_buffer_text(s->out, "' ;;\n");
}

/* The words that commands begin with: reply='words sign verify ca'. */
static void add_first_words(const struct script *s)
{
    char word[COMMAND_WORDS_MAX];

    writ_buffer_text(s->out, "    '') reply='words");
    for (const struct command *const *at = s->program->commands; *at != NULL; at++) {
        command_first_word(*at, word);
        if (!(*at)->hidden && command_stands_first(s->program, at))
            writ_buffer_format(s->out, " %s", word);
    }
    writ_buffer_text(s->out, "' ;;\n");
}

/* The words that follow a first one: ca) reply='words init issue'. */
static void add_second_words(const struct script *s, const char *group)
{
    writ_buffer_format(s->out, "    %s) reply='words", group);
    for (const struct command *const *c = s->program->commands; *c != NULL; c++) {
        if (command_in_group(*c, group) && !(*c)->hidden)
            writ_buffer_format(s->out, " %s", (*c)->words + strlen(group) + 1);
    }
    writ_buffer_text(s->out, "' ;;\n");
}

static void add_words_function(const struct script *s)
{
    char word[COMMAND_WORDS_MAX];

    begin_function(s, "words", "The words that may follow a command that is not whole yet.", "$1");
    add_first_words(s);
    for (const struct command *const *at = s->program->commands; *at != NULL; at++) {
        command_first_word(*at, word);
        if (command_is_group(s->program, word) && command_stands_first(s->program, at))
            add_second_words(s, word);
    }
    end_function(s);
}

static void add_options_function(const struct script *s)
{
    begin_function(s, "options", "The options of a command.", "$1");
    for (const struct command *const *c = s->program->commands; *c != NULL; c++) {
        if ((*c)->hidden)
            continue;
        writ_buffer_format(s->out, "    '%s') reply='words", (*c)->words);
        for (const struct option_spec *o = command_option_first(*c); o != NULL;
             o = command_option_next(*c, o))
            writ_buffer_format(s->out, " --%s", o->name);
        writ_buffer_text(s->out, "' ;;\n");
    }
    writ_buffer_text(s->out, "    *) reply='words --help --version' ;;\n");
    end_function(s);
}

/* 'sign --out'|'sign -o') reply='directory' ;; words NULL: any command. */
static void add_value(const struct script *s, const char *words, const struct option_spec *o)
{
    const char *any = words == NULL ? "*" : "";

    if (o->value == NULL)
        return;
    words = words == NULL ? "" : words;
    writ_buffer_format(s->out, "    %s'%s --%s'", any, words, o->name);
    if (o->letter != '\0')
        writ_buffer_format(s->out, "|%s'%s -%c'", any, words, o->letter);
    writ_buffer_text(s->out, ") ");
    add_reply(s, o->choices, o->hint);
}

static void add_value_function(const struct script *s)
{
    begin_function(s, "value", "What the value of an option is; nothing for a flag.", "$1 $2");
    for (const struct command *const *c = s->program->commands; *c != NULL; c++) {
        const struct option_spec *o = (*c)->options;

        for (; o != NULL && o->name != NULL && !(*c)->hidden; o++)
            add_value(s, (*c)->words, o);
    }
    for (const struct option_spec *o = command_globals; o->name != NULL; o++)
        add_value(s, NULL, o);
    end_function(s);
}

static void add_operand_function(const struct script *s)
{
    begin_function(s, "operand", "What the operand of a command at an index is.", "$1 $2");
    for (const struct command *const *c = s->program->commands; *c != NULL; c++) {
        const struct operand_spec *o = (*c)->operands;

        for (size_t i = 0; o != NULL && o->name != NULL && !(*c)->hidden; o++, i++) {
            if (o->many)
                writ_buffer_format(s->out, "    '%s '*) ", (*c)->words);
            else
                writ_buffer_format(s->out, "    '%s %zu') ", (*c)->words, i);
            add_reply(s, o->choices, o->hint);
        }
    }
    end_function(s);
}

static void add_follows_function(const struct script *s)
{
    writ_buffer_format(s->out,
                       "# Whether what follows the first operand belongs to another program.\n"
                       "%s_follows()\n{\n    case \"$1\" in\n",
                       s->prefix);
    for (const struct command *const *c = s->program->commands; *c != NULL; c++) {
        if ((*c)->program_follows)
            writ_buffer_format(s->out, "    '%s') return 0 ;;\n", (*c)->words);
    }
    writ_buffer_text(s->out, "    esac\n    return 1\n}\n\n");
}

/* "writ-gate" gives "_writ_gate": a name for functions of the shell. */
static void make_prefix(struct script *s)
{
    (void)snprintf(s->prefix, sizeof s->prefix, "_%s", s->program->name);
    for (char *c = s->prefix; *c != '\0'; c++) {
        if (*c == '-')
            *c = '_';
    }
}

void completion_add_bash(struct writ_buffer *b, const struct program *p)
{
    struct script s = {.out = b, .program = p};

    make_prefix(&s);
    writ_buffer_format(b,
                       "# Completion of %s for bash, made from its table of commands by\n"
                       "# \"%s completion bash\".  It needs nothing but bash.\n\n",
                       p->name, p->name);
    add_words_function(&s);
    add_options_function(&s);
    add_value_function(&s);
    add_operand_function(&s);
    add_follows_function(&s);
    add_driver(&s);
    writ_buffer_format(b, "complete -F %s %s\n", s.prefix, p->name);
}
