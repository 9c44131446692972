#include "shared/command.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

const struct option_spec command_globals[] = {
    {.name = "json", .help = "results as one JSON document on standard output"},
    {.name = "at", .value = "TIME", .help = "act as if now were TIME (2026-11-25T07:00:00Z)"},
    {.name = "dry-run", .help = "say what would be done, and change nothing"},
    {.name = "root",
     .value = "DIR",
     .help = "keep and find all state under DIR/var/lib/writ",
     .hint = COMMAND_HINT_DIRECTORY},
    {.name = "passphrase-fd", .value = "N", .help = "read the passphrase from descriptor N"},
    {.name = "quiet", .help = "print nothing but faults and asked-for data", .letter = 'q'},
    {.name = "verbose", .help = "print more; twice, still more", .letter = 'v'},
    {.name = "help", .help = "show how to use the command", .letter = 'h'},
    {.name = "version", .help = "show the version"},
    {0},
};

const struct command *command_find(const struct program *p, const char *words)
{
    for (const struct command *const *c = p->commands; *c != NULL; c++) {
        if (strcmp((*c)->words, words) == 0)
            return *c;
    }
    return NULL;
}

bool command_in_group(const struct command *c, const char *group)
{
    size_t n = strlen(group);

    return n > 0 && strncmp(c->words, group, n) == 0 && c->words[n] == ' ';
}

bool command_is_group(const struct program *p, const char *words)
{
    for (const struct command *const *c = p->commands; *c != NULL; c++) {
        if (command_in_group(*c, words))
            return true;
    }
    return false;
}

void command_first_word(const struct command *c, char word[COMMAND_WORDS_MAX])
{
    (void)snprintf(word, COMMAND_WORDS_MAX, "%.*s", (int)strcspn(c->words, " "), c->words);
}

bool command_stands_first(const struct program *p, const struct command *const *at)
{
    char word[COMMAND_WORDS_MAX];

    command_first_word(*at, word);
    for (const struct command *const *c = p->commands; c != at; c++) {
        if (command_in_group(*c, word) || strcmp((*c)->words, word) == 0)
            return false;
    }
    return true;
}

bool command_offers(const struct command *c, const struct option_spec *global)
{
    if (c == NULL)
        return true;
    if (strcmp(global->name, "dry-run") == 0)
        return c->mutates;
    if (strcmp(global->name, "passphrase-fd") == 0)
        return c->needs_passphrase;
    return true;
}

void command_operands(const struct command *c, size_t *least, size_t *most)
{
    const struct operand_spec *o = c->operands;

    *least = 0;
    *most = 0;
    for (; o != NULL && o->name != NULL; o++) {
        *least += !o->optional;
        *most = o->many ? SIZE_MAX : *most + 1;
    }
}

const struct operand_spec *command_operand(const struct command *c, size_t index)
{
    const struct operand_spec *o = c->operands;

    for (; o != NULL && o->name != NULL; o++, index--) {
        if (index == 0 || o->many)
            return o;
    }
    return NULL;
}

/* Calls for each option that the command takes, its own first. */
#define EACH_OPTION(c, o)                                                                          \
    for (const struct option_spec *o = command_option_first(c); o != NULL;                         \
         o = command_option_next(c, o))

static const struct option_spec *offered_from(const struct command *c, const struct option_spec *o)
{
    while (o->name != NULL && !command_offers(c, o))
        o++;
    return o->name == NULL ? NULL : o;
}

static bool has_own(const struct command *c)
{
    return c != NULL && c->options != NULL && c->options->name != NULL;
}

const struct option_spec *command_option_first(const struct command *c)
{
    return has_own(c) ? c->options : offered_from(c, command_globals);
}

bool command_is_global(const struct option_spec *o)
{
    for (const struct option_spec *g = command_globals; g->name != NULL; g++) {
        if (g == o)
            return true;
    }
    return false;
}

const struct option_spec *command_option_next(const struct command *c, const struct option_spec *o)
{
    if (command_is_global(o))
        return offered_from(c, o + 1);
    return o[1].name != NULL ? o + 1 : offered_from(c, command_globals);
}

const struct option_spec *command_option(const struct command *c, const char *name)
{
    EACH_OPTION(c, o)
    {
        if (strcmp(o->name, name) == 0)
            return o;
    }
    return NULL;
}

const struct option_spec *command_option_lettered(const struct command *c, char letter)
{
    EACH_OPTION(c, o)
    {
        if (o->letter != '\0' && o->letter == letter)
            return o;
    }
    return NULL;
}

/* How far word is from what could have been meant: the edits, none when word is its beginning
 * (three letters at least), UINT_MAX when too many for a person's slip. */
static unsigned slip(const char *word, const char *meant)
{
    unsigned edits = writ_text_distance(word, meant);

    if (strlen(word) >= 3 && strncasecmp(word, meant, strlen(word)) == 0)
        return 0;
    return edits <= 1 + strlen(meant) / 4 ? edits : UINT32_MAX;
}

const char *command_nearest_option(const struct command *c, const char *name)
{
    const char *nearest = NULL;
    unsigned least = UINT32_MAX;

    EACH_OPTION(c, o)
    {
        if (slip(name, o->name) < least) {
            least = slip(name, o->name);
            nearest = o->name;
        }
    }
    return nearest;
}

const char *command_nearest_choice(const char *const *choices, const char *word)
{
    const char *nearest = NULL;
    unsigned least = UINT32_MAX;

    for (; *choices != NULL; choices++) {
        if (slip(word, *choices) < least) {
            least = slip(word, *choices);
            nearest = *choices;
        }
    }
    return nearest;
}

/* How many slips lie between word and what may stand there in one command; found is that command
 * up to there.  A second word given alone counts as none ("writ revoke"). */
static unsigned slip_to(const struct command *c, const char *group, const char *word,
                        char found[COMMAND_WORDS_MAX])
{
    const char *second = strchr(c->words, ' ');
    size_t from = group[0] == '\0' ? 0 : strlen(group) + 1;

    (void)snprintf(found, COMMAND_WORDS_MAX, "%s", c->words);
    if (second != NULL && strcmp(second + 1, word) == 0)
        return 0;
    if (group[0] != '\0' && !command_in_group(c, group))
        return UINT32_MAX;
    found[from + strcspn(found + from, " ")] = '\0';
    return slip(word, found + from);
}

const char *command_nearest(const struct program *p, const char *group, const char *word,
                            char found[COMMAND_WORDS_MAX])
{
    char candidate[COMMAND_WORDS_MAX];
    unsigned least = UINT32_MAX;

    for (const struct command *const *c = p->commands; *c != NULL; c++) {
        unsigned edits = (*c)->hidden ? UINT32_MAX : slip_to(*c, group, word, candidate);

        if (edits < least) {
            least = edits;
            memcpy(found, candidate, COMMAND_WORDS_MAX);
        }
    }
    return least == UINT32_MAX ? NULL : found;
}
